//! A hub that one caller has to themselves: it does what is brought to it at once, and nothing runs beside it. Bundles are
//! taken in so, also while a hub serves the same store; and so is whatever else brings its bytes without a network.

use crate::clock::Clock;
use crate::conversation::{Conversation, Heard};
use crate::hub::{Failure, Hub};
use crate::place::Place;
use crate::store::Store;
use crate::{Error, Refusal, Result, enrolment, http, replication, roster};
use ed25519_dalek::{SigningKey, VerifyingKey};
use protocol::link::{Piece, Pieces};
use protocol::message::{ENROL, SYNC, Signed};

/// What the office says of itself.
type Outcome<T> = std::result::Result<T, Failure>;

/// A hub at the hands of one caller.
pub struct Alone {
    hub: Hub,
    store: Store,
}

/// One desk's connection with it.
#[derive(Default)]
pub struct Call {
    pieces: Pieces,
    /// The roster that came before the hello.
    brought: Option<Signed>,
    conversation: Option<Conversation>,
    /// Whether what is said is carried to the desk in a file.
    is_carried: bool,
    is_over: bool,
}

impl Call {
    /// Whether the hub has said its last word.
    pub fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Alone {
    /// Opens the hub of a place.
    pub fn open(place: impl Into<Place>, clock: Clock) -> Result<Self> {
        let place = place.into();
        let (identity, store) = place.found()?;
        Ok(Self { hub: Hub::new(&identity, &place, clock, true)?, store })
    }

    /// The key it is known by.
    pub fn public_key(&self) -> VerifyingKey {
        self.hub.signer.verifying_key()
    }

    /// Its key, to open what is sealed for it and to sign what it answers.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.hub.signer
    }

    /// Answers a request of the first protocol by its path: whether it was granted, and the frame that says what came of it.
    ///
    /// # Errors
    /// The hub itself is broken, which a server would answer with 500.
    pub fn request(&mut self, path: &str, body: &[u8]) -> Result<(bool, Vec<u8>)> {
        let answer = match path {
            SYNC => self.sync(body),
            ENROL => self.enrol(body),
            _ => Err(Refusal::Malformed.into()),
        };
        match answer {
            Ok(frame) => Ok((true, frame)),
            Err(Failure::Refused(refusal)) => {
                let frame = http::in_words(refusal).map_err(|error| Error::Broken(error.to_string()))?;
                Ok((false, frame))
            }
            Err(Failure::Broken(cause)) => Err(Error::Broken(cause)),
        }
    }

    fn sync(&mut self, body: &[u8]) -> Outcome<Vec<u8>> {
        let upload = replication::open(&self.hub, body)?;
        let now = (self.hub.clock)();
        let mut taken = None;
        if upload.brings_something() {
            taken = Some(self.store.write(|door| replication::take_in(door, &self.hub, &upload, now))??);
        }
        replication::answered(&self.hub, &upload, taken, now)
    }

    fn enrol(&mut self, body: &[u8]) -> Outcome<Vec<u8>> {
        let (request, dictionary) = enrolment::open(&self.hub, body)?;
        let now = (self.hub.clock)();
        let reply = self.store.write(|door| enrolment::decide(door, &request, now))??;
        enrolment::answered(&self.hub, reply, &request.agency, dictionary)
    }

    /// Takes in bytes that arrived on a connection. Answers the bytes to say to them.
    ///
    /// # Errors
    /// The hub itself is broken; the connection ends without a word.
    pub fn hears(&mut self, call: &mut Call, bytes: &[u8]) -> Result<Vec<u8>> {
        call.pieces.arrived(bytes);
        let mut said = Vec::new();
        while !call.is_over {
            let outcome = match call.pieces.take() {
                Ok(None) => break,
                Ok(Some(piece)) => self.heard(call, piece),
                Err(_) => Err(Refusal::Malformed.into()),
            };
            said.extend(spoken(call, outcome)?);
        }
        said.extend(self.news(call)?);
        Ok(said)
    }

    /// What there is to say on a connection because others have written meanwhile.
    ///
    /// # Errors
    /// The hub itself is broken; the connection ends without a word.
    pub fn news(&mut self, call: &mut Call) -> Result<Vec<u8>> {
        let mut said = Vec::new();
        while !call.is_over
            && let Some(conversation) = &mut call.conversation
        {
            let piece = conversation.feed(&self.hub).map(|piece| piece.into_iter().collect::<Vec<_>>());
            let more = spoken(call, piece)?;
            if more.is_empty() {
                break;
            }
            said.extend(more);
        }
        Ok(said)
    }

    /// Takes in one piece of a file that the holder of this key wrote, when nothing is waited for. Answers the bytes to say.
    pub(crate) fn reads(&mut self, call: &mut Call, writer: &VerifyingKey, piece: Piece) -> Outcome<Vec<u8>> {
        call.is_carried = true;
        let said = self.heard(call, piece)?;
        if call.conversation.as_ref().is_some_and(|begun| !begun.is_with(writer)) {
            return Err(Refusal::Signature.into());
        }
        Ok(said.iter().flat_map(Piece::encode).collect())
    }

    /// What is said at the end of a file: that all is said, and what others have written.
    pub(crate) fn has_read(&mut self, call: Call) -> Outcome<Vec<u8>> {
        let mut conversation = call.conversation.ok_or(Refusal::Malformed)?;
        if let Heard::Write(write) = conversation.hear(&self.hub, Piece::Ping(0))? {
            let (agency, now) = (conversation.agency().to_owned(), (self.hub.clock)());
            let outcome = self.store.write(|door| write.carry_out(door, &self.hub, &agency, now))?;
            conversation.written(&self.hub, &write, outcome)?;
        }
        let mut said = Vec::new();
        while let Some(piece) = conversation.feed(&self.hub)? {
            said.extend(piece.encode());
            // On paper everything is read.
            conversation.hear(&self.hub, Piece::Read(u64::MAX))?;
        }
        Ok(said)
    }

    /// Takes in one piece. A connection begins with the hello, and before it the roster where the hub may have forgotten the desk.
    fn heard(&mut self, call: &mut Call, piece: Piece) -> Outcome<Vec<Piece>> {
        let Some(begun) = &mut call.conversation else {
            let hello = match piece {
                Piece::Hello(hello) => hello,
                Piece::Roster(roster) if call.brought.is_none() => {
                    call.brought = Some(roster);
                    return Ok(Vec::new());
                }
                _ => return Err(Refusal::Malformed.into()),
            };
            if let Some(roster) = call.brought.take().and_then(|brought| roster::own(&self.hub, &brought)) {
                self.store.write(|door| roster::learn(door, &roster))?;
            }
            let (begun, say) = Conversation::begin(&self.hub, &hello, call.is_carried)?;
            call.conversation = Some(begun);
            return Ok(say);
        };
        match begun.hear(&self.hub, piece)? {
            Heard::Say(say) => Ok(say),
            Heard::Write(write) => {
                let (agency, now) = (begun.agency().to_owned(), (self.hub.clock)());
                let outcome = self.store.write(|door| write.carry_out(door, &self.hub, &agency, now))?;
                begun.written(&self.hub, &write, outcome)
            }
        }
    }
}

/// The bytes of what is said. A refusal is the last word.
fn spoken(call: &mut Call, outcome: Outcome<Vec<Piece>>) -> Result<Vec<u8>> {
    let say = match outcome {
        Ok(say) => say,
        Err(Failure::Refused(refusal)) => {
            call.is_over = true;
            vec![Piece::Refused(refusal.code().to_owned())]
        }
        Err(Failure::Broken(cause)) => return Err(Error::Broken(cause)),
    };
    Ok(say.iter().flat_map(Piece::encode).collect())
}
