//! HTTP in and out: how large and how slow a request may be, and what refusals look like. A request's bytes are all here
//! before anything else begins, so that nobody waits for a slow sender but the sender.

use crate::hub::{Failure, Serving};
use crate::store::whole;
use crate::{Refusal, enrolment, replication};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use protocol::frame::{self, BadFrame, Dictionary};
use protocol::message::{ENROL, MEDIA_TYPE, Refused, SYNC};
use std::sync::Arc;
use std::time::Duration;

/// Longest body of a request, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// How long a body may take to arrive; at 32 kbit/s this is enough for 480 kB, many times what a desk sends at once.
const ARRIVAL: Duration = Duration::from_secs(120);

/// How long a request that has arrived waits for room.
const WAIT: Duration = Duration::from_secs(30);

/// The hub's paths.
pub fn router(hub: Arc<Serving>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route(ENROL, post(enrol))
        .route(SYNC, post(sync))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(hub)
}

async fn health(State(hub): State<Arc<Serving>>) -> Response {
    let answers = hub.aside(|hub| Ok(hub.readers.glance(whole::epoch)?)).await.is_ok();
    if answers && hub.writer.is_alive() {
        "ok".into_response()
    } else {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

async fn enrol(State(hub): State<Arc<Serving>>, request: Request) -> Response {
    answer(&hub, request, enrolment::enrol).await
}

async fn sync(State(hub): State<Arc<Serving>>, request: Request) -> Response {
    answer(&hub, request, replication::sync).await
}

async fn answer<F>(hub: &Arc<Serving>, request: Request, work: impl FnOnce(Arc<Serving>, Bytes) -> F) -> Response
where
    F: Future<Output = Result<Vec<u8>, Failure>>,
{
    let body = match received(request).await {
        Ok(body) => body,
        Err(refusal) => return refused(refusal),
    };
    let Ok(Ok(_room)) = tokio::time::timeout(WAIT, hub.room.acquire()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match work(Arc::clone(hub), body).await {
        Ok(frame) => framed(StatusCode::OK, frame),
        Err(Failure::Refused(refusal)) => refused(refusal),
        Err(Failure::Broken(cause)) => {
            log::error!("a request could not be answered: {cause}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn received(request: Request) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(ARRIVAL, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Refusal::TooLarge),
        Ok(Err(_)) => Err(Refusal::Malformed),
        Err(_) => Err(Refusal::TooSlow),
    }
}

fn refused(refusal: Refusal) -> Response {
    match in_words(refusal) {
        Ok(frame) => framed(refusal.status(), frame),
        Err(_) => refusal.status().into_response(),
    }
}

/// A refusal, packed without a dictionary so that every release reads it.
pub fn in_words(refusal: Refusal) -> Result<Vec<u8>, BadFrame> {
    frame::pack(&Refused { code: refusal.code().to_owned() }, Dictionary::None)
}

fn framed(status: StatusCode, frame: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], frame).into_response()
}
