//! The hub at work: listening, its certificate kept fresh, ended in good order.

use crate::certificate::{Identity, Names};
use crate::hub::{Hub, Serving};
use crate::line;
use crate::tls::Tls;
use crate::writer::Writer;
use crate::{Clock, Error, Place, Result, http};
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use protocol::enrolment::KeyHash;
use protocol::link::PROTOCOL;
use rustls::server::Acceptor;
use std::future::{Ready, ready};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::{StartHandshake, TlsStream};

/// Connections held at once; more are closed unanswered and come again.
const CONNECTIONS: usize = 1024;

/// Threads that do what takes the processor or waits for the disk. None of them waits for another; more would only hold memory
/// and take the processor from each other.
const ASIDE: usize = 32;

/// A client that does not end its part of TLS in this time is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long requests in hand may take to end when the hub is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How often a hub that runs for years looks at its certificate's end.
const LOOK_AT_CERTIFICATE: Duration = Duration::from_secs(12 * 60 * 60);

type Handle = axum_server::Handle<SocketAddr>;

/// How to serve.
#[derive(Clone)]
pub struct Config {
    /// Where the hub is; it is founded where there is none.
    pub place: Place,
    /// Address and port, `0.0.0.0:8443`; port 0 takes a free one.
    pub listen: String,
    /// Names and addresses desks reach the hub by, besides `localhost` and the address listened on.
    pub names: Vec<String>,
    /// The time.
    pub clock: Clock,
    /// Whether scanned papers are taken in as well; they need a folder.
    pub scans: bool,
}

/// A hub that serves, until it is stopped or dropped. Not to be dropped inside an async function.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The hash of its key, as one-time codes carry it.
    pub key_hash: KeyHash,
    handle: Handle,
    ended: Option<oneshot::Receiver<()>>,
    runtime: Option<Runtime>,
    hub: Option<Arc<Serving>>,
    writers: Vec<JoinHandle<()>>,
}

/// Starts a hub on threads of its own. When this returns, it listens.
pub fn serve(config: Config) -> Result<Running> {
    let (identity, store) = config.place.found()?;
    drop(store);
    let key_hash = identity.key_hash();
    let listen_error = |cause| Error::Listen { address: config.listen.clone(), cause };
    let listener = TcpListener::bind(&config.listen).map_err(listen_error)?;
    listener.set_nonblocking(true).map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    let names = Names::new(address.ip(), &config.names)?;
    let (http, pieces) = identity.tls(&certificate(&config.place, &identity, &names, &config.clock)?)?;
    let (http, pieces) = (RustlsConfig::from_config(http), RustlsConfig::from_config(pieces));

    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().max_blocking_threads(ASIDE).build().map_err(listen_error)?;
    let (writer, writers) = Writer::start(config.place.store());
    let hub = Hub::new(&identity, &config.place, Arc::clone(&config.clock), config.scans)?;
    let hub = Arc::new(Serving::new(hub, writer, config.place.is_shared()));
    let handle = Handle::new();
    let (end, ended) = oneshot::channel::<()>();
    {
        let _inside = runtime.enter();
        let acceptor = Parting {
            entrance: Entrance(handle.clone()),
            http: http.clone(),
            pieces: pieces.clone(),
            hub: Arc::clone(&hub),
            open: Arc::new(Semaphore::new(CONNECTIONS)),
        };
        let mut server = axum_server::from_tcp(listener)
            .map_err(listen_error)?
            .acceptor(acceptor)
            .handle(handle.clone())
            .http1_only();
        // With a timer, a connection that does not send the head of a request within 30 s is closed.
        server.http_builder().http1().timer(TokioTimer::new());
        let service = http::router(Arc::clone(&hub)).into_make_service();
        runtime.spawn(async move {
            if let Err(error) = server.serve(service).await {
                log::error!("the hub stopped listening: {error}");
            }
            drop(end);
        });
    }
    let (place, clock) = (config.place, config.clock);
    runtime.spawn(async move {
        loop {
            tokio::time::sleep(LOOK_AT_CERTIFICATE).await;
            match certificate(&place, &identity, &names, &clock).and_then(|pem| identity.tls(&pem)) {
                Ok((for_http, for_pieces)) => {
                    http.reload_from_config(for_http);
                    pieces.reload_from_config(for_pieces);
                }
                Err(error) => log::error!("the certificate could not be renewed: {error}"),
            }
        }
    });
    log::info!("serving on {address}");
    Ok(Running { address, key_hash, handle, ended: Some(ended), runtime: Some(runtime), hub: Some(hub), writers })
}

impl Running {
    /// Where desks find it: `https://` and the address.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Waits until `told` says to stop, or the hub has stopped by itself: then `false`.
    pub fn wait(&mut self, told: impl Future<Output = ()>) -> bool {
        let (Some(runtime), Some(ended)) = (&self.runtime, &mut self.ended) else { return false };
        runtime.block_on(async {
            tokio::select! {
                () = told => true,
                _ = ended => false,
            }
        })
    }

    /// Takes no new requests, ends those in hand, and returns when everything is on the disk.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.graceful_shutdown(Some(GRACE));
        if let Some(runtime) = self.runtime.take() {
            if let Some(ended) = self.ended.take() {
                drop(runtime.block_on(ended));
            }
            runtime.shutdown_timeout(GRACE);
        }
        // The last to let go of the hub: its connections are closed here, where waiting is allowed, and its writers end.
        drop(self.hub.take());
        for writer in self.writers.drain(..) {
            if writer.join().is_err() {
                log::error!("a writer ended by a fault");
            }
        }
    }
}

/// The certificate to show: the one that was kept, or a new one where that is missing, ends soon, or has other names.
fn certificate(place: &Place, identity: &Identity, names: &Names, clock: &Clock) -> Result<String> {
    let now = clock();
    if let Some(pem) = place.certificate()
        && identity.still_shows(&pem, names, now)
    {
        return Ok(pem);
    }
    let pem = identity.certify(names, now)?;
    place.keep_certificate(&pem)?;
    Ok(pem)
}

/// Lets a connection in while there is room.
#[derive(Clone)]
struct Entrance(Handle);

impl<S> Accept<TcpStream, S> for Entrance {
    type Stream = TcpStream;
    type Service = S;
    type Future = Ready<io::Result<(TcpStream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(if self.0.connection_count() > CONNECTIONS {
            Err(io::Error::other("too many connections"))
        } else {
            stream.set_nodelay(true).map(|()| (stream, service))
        })
    }
}

/// Where connections part: those that speak pieces are talked with here, the others are HTTP's.
#[derive(Clone)]
struct Parting {
    entrance: Entrance,
    http: RustlsConfig,
    pieces: RustlsConfig,
    hub: Arc<Serving>,
    /// Room for connections that speak pieces.
    open: Arc<Semaphore>,
}

impl<S: Send + 'static> Accept<TcpStream, S> for Parting {
    type Stream = TlsStream<TcpStream>;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let (entering, parting) = (self.entrance.accept(stream, service), self.clone());
        Box::pin(async move {
            let (stream, service) = entering.await?;
            let start = timeout(HANDSHAKE, LazyConfigAcceptor::new(Acceptor::default(), stream)).await??;
            let speaks_pieces = start.client_hello().alpn().is_some_and(|mut asked| asked.any(|name| name == PROTOCOL));
            if !speaks_pieces {
                return Ok((timeout(HANDSHAKE, start.into_stream(parting.http.get_inner())).await??, service));
            }
            let room = parting.open.try_acquire_owned().map_err(io::Error::other)?;
            let StartHandshake { accepted, io: stream, .. } = start;
            let tls =
                accepted.into_connection(parting.pieces.get_inner()).map_err(|(error, _)| io::Error::other(error))?;
            let stream = Tls::new(stream, tls)?;
            tokio::spawn(async move {
                line::talk(parting.hub, stream).await;
                drop(room);
            });
            // Not an error of anybody's: the server has nothing more to do with it.
            Err(io::Error::other("taken over"))
        })
    }
}
