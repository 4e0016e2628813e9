//! Open connections: bytes between a desk and its [`Conversation`], and the writing hand between them.

use crate::Refusal;
use crate::conversation::{Conversation, Heard};
use crate::hub::{Failure, Serving};
use crate::roster;
use crate::store::Door;
use crate::writer::PROVINCE;
use protocol::link::{Piece, Pieces};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// A connection that does not say who it is in this time is closed.
const HELLO: Duration = Duration::from_secs(60);

/// A desk asks whether anybody is there every 25 s; one that is silent for longer than this has gone.
const SILENCE: Duration = Duration::from_secs(120);

/// Where several hubs share a store, the others' work is looked for this often.
const OTHERS: Duration = Duration::from_secs(5);

/// Talks with one desk until either side ends.
pub async fn talk(hub: Arc<Serving>, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    match talked(&hub, &mut stream).await {
        Ok(()) => {}
        Err(Failure::Refused(refusal)) => {
            let last = Piece::Refused(refusal.code().to_owned()).encode();
            // A desk that has gone does not hear it.
            let _ = timeout(HELLO, stream.write_all(&last)).await;
        }
        Err(Failure::Broken(cause)) => log::error!("a connection could not go on: {cause}"),
    }
    let _ = stream.shutdown().await;
}

async fn talked(hub: &Arc<Serving>, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<(), Failure> {
    let (mut pieces, mut buffer) = (Pieces::default(), vec![0; 16 * 1024]);
    let begun = timeout(HELLO, hello(stream, &mut pieces, &mut buffer)).await;
    let Some(hello) = begun.map_err(|_| Refusal::TooSlow)?? else { return Ok(()) };
    let (mut conversation, say) = begin(hub, hello).await?;
    let mut grew = hub.feeds.of(conversation.agency());
    let mut out = say.iter().flat_map(Piece::encode).collect::<Vec<u8>>();
    loop {
        while let Some(piece) = pieces.take().map_err(|_| Refusal::Malformed)? {
            let said;
            (conversation, said) = heard(hub, conversation, piece).await?;
            out.extend(said);
        }
        // All of it at one time: going to another thread and back costs more than most pieces do.
        let (back, said) = hub
            .aside(move |hub| {
                let mut said = Vec::new();
                while let Some(piece) = conversation.feed(hub)? {
                    said.extend(piece.encode());
                }
                Ok((conversation, said))
            })
            .await?;
        conversation = back;
        out.extend(said);
        if !out.is_empty() {
            let written = timeout(SILENCE, async {
                stream.write_all(&out).await?;
                stream.flush().await
            });
            if !matches!(written.await, Ok(Ok(()))) {
                return Ok(());
            }
            out.clear();
        }
        let mut quiet = Duration::ZERO;
        loop {
            tokio::select! {
                read = stream.read(&mut buffer) => match read {
                    Ok(0) | Err(_) => return Ok(()),
                    Ok(count) => {
                        pieces.arrived(buffer.get(..count).unwrap_or_default());
                        break;
                    }
                },
                rung = grew.changed() => {
                    if rung.is_err() { return Ok(()); }
                    break;
                }
                () = tokio::time::sleep(OTHERS) => {
                    quiet += OTHERS;
                    if quiet >= SILENCE { return Ok(()); }
                    if hub.shares_its_store { break; }
                }
            }
        }
    }
}

/// How a desk begins: its hello, and before it the roster where the hub may have forgotten the desk.
type Beginning = (Option<protocol::message::Signed>, protocol::message::Signed);

/// Begins with a desk.
async fn begin(hub: &Arc<Serving>, (brought, hello): Beginning) -> Result<(Conversation, Vec<Piece>), Failure> {
    if let Some(roster) = brought.and_then(|brought| roster::own(hub, &brought)) {
        hub.writer.write(PROVINCE, move |door| roster::learn(door, &roster)).await?;
    }
    hub.aside(move |hub| Conversation::begin(hub, &hello, false)).await
}

/// The beginning of a connection; `None` where it ends before.
async fn hello(
    stream: &mut (impl AsyncRead + Unpin),
    pieces: &mut Pieces,
    buffer: &mut [u8],
) -> Result<Option<Beginning>, Failure> {
    let mut brought = None;
    loop {
        match pieces.take().map_err(|_| Refusal::Malformed)? {
            Some(Piece::Hello(hello)) => return Ok(Some((brought, hello))),
            Some(Piece::Roster(roster)) if brought.is_none() => {
                brought = Some(roster);
                // The hello may have come with it.
                continue;
            }
            Some(_) => return Err(Refusal::Malformed.into()),
            None => {}
        }
        match stream.read(buffer).await {
            Ok(0) => return Ok(None),
            Ok(count) => pieces.arrived(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(None),
        }
    }
}

/// Takes in one piece. Answers the bytes to say.
async fn heard(
    hub: &Arc<Serving>,
    mut conversation: Conversation,
    piece: Piece,
) -> Result<(Conversation, Vec<u8>), Failure> {
    // As with requests: so many are worked on at once.
    let _room = hub.room.acquire().await.map_err(|error| Failure::Broken(error.to_string()))?;
    let (back, heard) = hub
        .aside(move |hub| {
            let heard = conversation.hear(hub, piece)?;
            Ok((conversation, heard))
        })
        .await?;
    conversation = back;
    let now = (hub.clock)();
    let say = match heard {
        Heard::Say(say) => say,
        Heard::Write(write) => {
            let (write, agency) = (Arc::new(write), conversation.agency().to_owned());
            let (done, of, at) = (Arc::clone(&write), agency.clone(), Arc::clone(hub));
            let work = move |door: &Door<'_>| done.carry_out(door, &at, &of, now);
            let outcome = hub.writer.write(write.place(&agency), work).await?;
            hub.feeds.grew(&agency);
            let (back, say) = hub
                .aside(move |hub| {
                    let say = conversation.written(hub, &write, outcome)?;
                    Ok((conversation, say))
                })
                .await?;
            conversation = back;
            say
        }
    };
    Ok((conversation, say.iter().flat_map(Piece::encode).collect()))
}
