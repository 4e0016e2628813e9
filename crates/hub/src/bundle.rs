//! A desk's bundle, carried to the hub on a stick, and the hub's answer for the way back. What is inside is what would be said on
//! an open connection, and is taken in the same way, also while the hub serves.

use crate::admin::Written;
use crate::clock::Clock;
use crate::hub::{Failure, Hub};
use crate::line;
use crate::place::Place;
use crate::writer::Writer;
use crate::{Error, Result};
use ed25519_dalek::VerifyingKey;
use protocol::bundle::{self, MAX_BUNDLE};
use protocol::link::Piece;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Takes in a bundle and writes the one to carry back; the same bundle again changes nothing and is answered again.
pub fn carry_in(place: impl Into<Place>, file: &Path, out: &Path, clock: Clock) -> Result<Written> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|open| open.take(MAX_BUNDLE).read_to_end(&mut bytes));
    read.map_err(Error::folder(file))?;
    let answer = answered(&place.into(), &bytes, clock)?;
    fs::write(out, &answer).map_err(Error::folder(out))?;
    Ok(Written { file: out.to_owned(), bytes: answer.len() as u64 })
}

fn answered(place: &Place, file: &[u8], clock: Clock) -> Result<Vec<u8>> {
    let (identity, store) = place.found()?;
    drop(store);
    let key = identity.signing_key().ok_or(Error::KeyElsewhere)?;
    let (writer, pieces) = bundle::open(&key, file).map_err(Error::Bundle)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::folder("tokio"))?;
    let (hand, threads) = Writer::start(place.store());
    let hub = Arc::new(Hub::new(&identity, place, hand, clock, true)?);
    let said = runtime.block_on(answer(&hub, &writer, pieces));
    drop(runtime);
    drop(hub);
    for thread in threads {
        if thread.join().is_err() {
            log::error!("a writer ended by a fault");
        }
    }
    let said = said.map_err(|failure| match failure {
        Failure::Refused(refusal) => Error::Refused(refusal),
        Failure::Broken(cause) => Error::Broken(cause),
    })?;
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| Error::NoRandomness(error.to_string()))?;
    Ok(bundle::seal(&key, &writer, fresh, &said))
}

async fn answer(hub: &Arc<Hub>, writer: &VerifyingKey, pieces: Vec<Piece>) -> std::result::Result<Vec<u8>, Failure> {
    let mut pieces = pieces.into_iter();
    let beginning = match pieces.next() {
        Some(Piece::Hello(hello)) => (None, hello),
        Some(Piece::Roster(roster)) => match pieces.next() {
            Some(Piece::Hello(hello)) => (Some(roster), hello),
            _ => return Err(crate::Refusal::Malformed.into()),
        },
        _ => return Err(crate::Refusal::Malformed.into()),
    };
    let (mut conversation, say) = line::begin(hub, beginning).await?;
    if !conversation.is_with(writer) {
        return Err(crate::Refusal::Signature.into());
    }
    let mut said: Vec<u8> = say.iter().flat_map(Piece::encode).collect();
    // With the last of it all is said.
    for piece in pieces.chain([Piece::Ping(0)]) {
        let more;
        (conversation, more) = line::heard(hub, conversation, piece).await?;
        said.extend(more);
    }
    loop {
        let (back, piece) = hub
            .aside(move |hub| {
                let piece = conversation.feed(hub)?;
                // On paper everything is read.
                conversation.hear(hub, Piece::Read(u64::MAX))?;
                Ok((conversation, piece))
            })
            .await?;
        conversation = back;
        match piece {
            Some(piece) => said.extend(piece.encode()),
            None => return Ok(said),
        }
    }
}
