//! What a desk and its hub, or two desks of a commune, say to each other on one open connection: small pieces, each with its
//! length before it. A piece of a kind that a release does not know is passed over, so that pieces can be added.
//!
//! The first thing the side that calls says is [`Piece::Hello`]; nothing waits for the answer to it.

use crate::chain::Head;
use crate::message::{SetAside, Signed};
use crate::op::{Malformed, encode};
use crate::roster::Mark;
use crate::wire::{put_number, take_number};
use minicbor::{Decode, Encode};

/// What TLS is asked for (ALPN) where this is spoken.
pub const PROTOCOL: &[u8] = b"motcua/2";

/// What TLS is asked for (ALPN) between two desks of a commune.
pub const NEIGHBOURS: &[u8] = b"motcua-neighbours/1";

/// What a [`Hello`] is signed for, beside the hub's key.
pub const HELLO: &str = "/v2/hello";

/// Longest piece, in bytes. Nearly all are shorter than [`PIECE`].
pub const MAX_PIECE: usize = 256 * 1024;

/// What senders aim at, in bytes: a second of a line of 32 kbit/s.
pub const PIECE: usize = 4 * 1024;

/// Bytes of a scan that make one piece: with what TLS and TCP put before it one packet, also where a tunnel has taken its part.
pub const SCAN_PIECE: usize = 1300;

/// Bytes that may be said before TLS has ended its handshake: a hello and some operations.
pub const EARLY: usize = 16 * 1024;

/// BLAKE3 hash of a scan, which is its name.
pub type ScanHash = [u8; 32];

/// How a desk begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Its agency.
    #[n(0)]
    pub agency: String,
    /// The replica it writes as now.
    #[n(1)]
    pub replica: u32,
    /// The hub's epoch it knows.
    #[n(2)]
    pub epoch: u32,
    /// How far it has read the feed of its scope.
    #[n(3)]
    pub cursor: u64,
    /// Dictionaries it has, beside none at all.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub dictionaries: Vec<u8>,
    /// Older replicas of its own whose operations it has not been told are stored.
    #[n(5)]
    pub others: Option<Vec<u32>>,
    /// The [roster](crate::roster::Roster) it holds.
    #[n(6)]
    pub roster: Option<Mark>,
    /// Logs of other desks that it holds and has not been told are stored.
    #[n(7)]
    pub held: Option<Vec<Held>>,
}

/// A log as far as somebody holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Held {
    /// Its replica.
    #[n(0)]
    pub replica: u32,
    /// Its last operation that is held, without a gap before it.
    #[n(1)]
    pub seq: u64,
    /// The beginning of the chain's head there: another copy of the writer has another one.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub head: [u8; 8],
}

impl Held {
    /// A log with this head at its end.
    pub fn of(replica: u32, seq: u64, head: &Head) -> Self {
        Self { replica, seq, head: *head.first_chunk().unwrap_or(&[0; 8]) }
    }

    /// Whether it is the log with this head there.
    pub fn is_of(&self, head: &Head) -> bool {
        head.starts_with(&self.head)
    }
}

impl Hello {
    /// The bytes that are signed.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads them.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        crate::op::decode(bytes)
    }
}

/// How the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// Its epoch.
    #[n(0)]
    pub epoch: u32,
    /// Its clock, milliseconds since 1970.
    #[n(1)]
    pub time_ms: u64,
    /// How far it holds the caller's logs.
    #[n(2)]
    pub stored: Vec<Stored>,
    /// What it packs with on this connection.
    #[n(3)]
    pub dictionary: u8,
    /// Whether the feed goes on after the caller's cursor.
    #[n(4)]
    pub more: bool,
    /// Whether the hub was put back from a backup and looks for what it lacks. Then `stored` names every log of the agency.
    #[n(5)]
    pub restored: Option<bool>,
    /// In a file: where its feed begins. The desk may have another cursor by the time it is carried there.
    #[n(6)]
    pub from: Option<u64>,
    /// In a file: the replica whose own operations its feed passes over. The desk may write as another by then.
    #[n(7)]
    pub reader: Option<u32>,
    /// Bytes of a scan with which one [`Want`] is answered at most; [`SCAN_PIECE`] where nothing is said.
    #[n(8)]
    pub gives: Option<u32>,
}

/// How far a log is stored.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stored {
    /// The log's replica.
    #[n(0)]
    pub replica: u32,
    /// Its last operation that is stored durably, without a gap before it.
    #[n(1)]
    pub seq: u64,
    /// Its last operation that a backup of the hub holds, where that has changed.
    #[n(2)]
    pub backed_up: Option<u64>,
    /// What was set aside of what has just come.
    #[n(3)]
    pub set_aside: Option<Vec<SetAside>>,
    /// Why nothing more of this log is taken.
    #[n(4)]
    pub refused: Option<String>,
    /// How far what has come on this way was held against the log and found to be it.
    #[n(5)]
    pub compared: Option<u64>,
    /// The hub's own signature of the [`Checkpoint`](crate::chain::Checkpoint) at `compared`, where the log is another desk's:
    /// its author believes it from whoever passes it on.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub word: Option<[u8; 64]>,
}

impl Stored {
    /// Stored up to `seq`, and nothing else to say.
    pub fn of(replica: u32, seq: u64) -> Self {
        Self { replica, seq, backed_up: None, set_aside: None, refused: None, compared: None, word: None }
    }
}

/// A part of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Feed {
    /// The cursor after it.
    #[n(0)]
    pub cursor: u64,
    /// Operations, as [`crate::wire::Packer`] packs them.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub packed: Vec<u8>,
    /// Which of them have no effect: place among them, reason.
    #[n(2)]
    pub set_aside: Option<Vec<Aside>>,
    /// The authors' words on their logs, which end with operations among these.
    #[n(3)]
    pub vouched: Option<Vec<Vouched>>,
    /// Whether the feed goes on.
    #[n(4)]
    pub more: Option<bool>,
}

/// A [`Checkpoint`](crate::chain::Checkpoint) whose head follows from the operations beside it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Vouched {
    /// The log's replica.
    #[n(0)]
    pub replica: u32,
    /// Its last operation that is covered.
    #[n(1)]
    pub seq: u64,
    /// Ed25519.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// An operation of a [`Feed`] that has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Aside {
    /// Its place among the operations, from 0.
    #[n(0)]
    pub place: u32,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// Which scan is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Which {
    /// The one that this operation names: its hash is known to whoever holds the operation, and need not be said.
    #[n(0)]
    NamedBy {
        /// The operation's replica.
        #[n(0)]
        replica: u32,
        /// Its number.
        #[n(1)]
        seq: u64,
    },
    /// The one of this hash.
    #[n(1)]
    Hash(
        /// BLAKE3.
        #[cbor(n(0), with = "minicbor::bytes")]
        ScanHash,
    ),
}

/// Somebody lacks a scan.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Want {
    /// What it is called on this connection.
    #[n(0)]
    pub number: u32,
    /// Which one.
    #[n(1)]
    pub which: Which,
    /// How many of its bytes are here already.
    #[n(2)]
    pub offset: u64,
    /// To the hub: how many bytes are asked for now, at most what it [gives](Welcome::gives).
    #[n(3)]
    pub count: Option<u32>,
}

/// A scan for which nobody asked: in a file it follows; on a connection it can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Brought {
    /// What it is called in the file. Not the number of any [`Want`].
    #[n(0)]
    pub number: u32,
    /// Its BLAKE3 hash.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hash: ScanHash,
    /// Its bytes.
    #[n(2)]
    pub size: u64,
}

/// How far a wanted scan has got.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Got {
    /// The number of the [`Want`].
    #[n(0)]
    pub number: u32,
    /// Bytes that are here.
    #[n(1)]
    pub offset: u64,
    /// Whether it is whole, and is what its hash says.
    #[n(2)]
    pub whole: Option<bool>,
    /// In a file: which scan it is. Nobody remembers its number by then.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub hash: Option<ScanHash>,
}

impl Got {
    /// So much of a wanted scan has come.
    pub fn so_far(number: u32, offset: u64) -> Self {
        Self { number, offset, whole: None, hash: None }
    }
}

/// How two desks of a commune begin, on its network. Then they take turns: each says what the other lacks and ends its turn with
/// [`Piece::Ping`]; when neither has anything to say, all is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Greeting {
    /// Their agency.
    #[n(0)]
    pub agency: String,
    /// Epoch and version of the roster that is held.
    #[n(1)]
    pub roster: (u32, u64),
    /// Every log that is held.
    #[n(2)]
    pub logs: Vec<Held>,
    /// The hub's words on logs: that it holds them so far.
    #[n(3)]
    pub words: Vec<Vouched>,
    /// Dictionaries that are here, beside none at all.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub dictionaries: Vec<u8>,
}

/// One thing that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The caller begins.
    Hello(Signed),
    /// The hub's answer.
    Welcome(Welcome),
    /// Operations of the caller, packed, and the signature of the [`Checkpoint`] at the last of them.
    Ops {
        /// Ed25519.
        signature: [u8; 64],
        /// By [`crate::wire::Packer`].
        packed: Vec<u8>,
    },
    /// How far a log is stored.
    Stored(Stored),
    /// A part of the feed.
    Feed(Feed),
    /// How far the feed is stored here.
    Read(u64),
    /// A scan is lacking.
    Want(Want),
    /// Bytes of a scan.
    Scan {
        /// The number of the [`Want`].
        number: u32,
        /// Where they belong.
        offset: u64,
        /// They.
        bytes: Vec<u8>,
    },
    /// How far a scan has got.
    Got(Got),
    /// The wanted scan is not here either.
    Lacking(u32),
    /// Is anybody there?
    Ping(u64),
    /// Yes; and the time, milliseconds since 1970.
    Pong(u64),
    /// The other side will not go on, for this reason.
    Refused(String),
    /// The dictionary or a seed is not known: begin anew, and leave nothing out.
    Plainly,
    /// The agency's roster, as the hub signed it.
    Roster(Signed),
    /// A neighbour begins.
    Greeting(Greeting),
    /// A scan follows unasked.
    Brought(Brought),
    /// Something of a newer release.
    Unknown(u8),
}

mod kind {
    pub const HELLO: u8 = 1;
    pub const WELCOME: u8 = 2;
    pub const OPS: u8 = 3;
    pub const STORED: u8 = 4;
    pub const FEED: u8 = 5;
    pub const READ: u8 = 6;
    pub const WANT: u8 = 7;
    pub const SCAN: u8 = 8;
    pub const GOT: u8 = 9;
    pub const LACKING: u8 = 10;
    pub const PING: u8 = 11;
    pub const PONG: u8 = 12;
    pub const REFUSED: u8 = 13;
    pub const PLAINLY: u8 = 14;
    pub const ROSTER: u8 = 15;
    pub const GREETING: u8 = 16;
    pub const BROUGHT: u8 = 17;
}

impl Piece {
    /// The bytes on the connection, length first.
    pub fn encode(&self) -> Vec<u8> {
        let (kind, body) = match self {
            Self::Hello(hello) => (kind::HELLO, hello.encode()),
            Self::Welcome(welcome) => (kind::WELCOME, encode(welcome)),
            Self::Ops { signature, packed } => (kind::OPS, [signature.as_slice(), packed].concat()),
            Self::Stored(stored) => (kind::STORED, encode(stored)),
            Self::Feed(feed) => (kind::FEED, encode(feed)),
            Self::Read(cursor) => (kind::READ, numbers(&[*cursor])),
            Self::Want(want) => (kind::WANT, encode(want)),
            Self::Scan { number, offset, bytes } => {
                (kind::SCAN, [numbers(&[u64::from(*number), *offset]).as_slice(), bytes].concat())
            }
            Self::Got(got) => (kind::GOT, encode(got)),
            Self::Lacking(number) => (kind::LACKING, numbers(&[u64::from(*number)])),
            Self::Ping(number) => (kind::PING, numbers(&[*number])),
            Self::Pong(number) => (kind::PONG, numbers(&[*number])),
            Self::Refused(code) => (kind::REFUSED, code.clone().into_bytes()),
            Self::Plainly => (kind::PLAINLY, Vec::new()),
            Self::Roster(roster) => (kind::ROSTER, roster.encode()),
            Self::Greeting(greeting) => (kind::GREETING, encode(greeting)),
            Self::Brought(brought) => (kind::BROUGHT, encode(brought)),
            Self::Unknown(kind) => (*kind, Vec::new()),
        };
        let mut bytes = numbers(&[body.len() as u64 + 1]);
        bytes.push(kind);
        bytes.extend(body);
        bytes
    }

    fn decode(kind: u8, body: &[u8]) -> Option<Self> {
        let mut rest = body;
        Some(match kind {
            kind::HELLO => Self::Hello(whole(body)?),
            kind::WELCOME => Self::Welcome(whole(body)?),
            kind::OPS => {
                let (signature, packed) = body.split_at_checked(64)?;
                Self::Ops { signature: signature.try_into().ok()?, packed: packed.to_vec() }
            }
            kind::STORED => Self::Stored(whole(body)?),
            kind::FEED => Self::Feed(whole(body)?),
            kind::READ => Self::Read(take_number(&mut rest)?),
            kind::WANT => Self::Want(whole(body)?),
            kind::SCAN => {
                let number = u32::try_from(take_number(&mut rest)?).ok()?;
                let offset = take_number(&mut rest)?;
                Self::Scan { number, offset, bytes: rest.to_vec() }
            }
            kind::GOT => Self::Got(whole(body)?),
            kind::LACKING => Self::Lacking(u32::try_from(take_number(&mut rest)?).ok()?),
            kind::PING => Self::Ping(take_number(&mut rest)?),
            kind::PONG => Self::Pong(take_number(&mut rest)?),
            kind::REFUSED => Self::Refused(String::from_utf8(body.to_vec()).ok()?),
            kind::PLAINLY => Self::Plainly,
            kind::ROSTER => Self::Roster(whole(body)?),
            kind::GREETING => Self::Greeting(whole(body)?),
            kind::BROUGHT => Self::Brought(whole(body)?),
            kind => Self::Unknown(kind),
        })
    }
}

/// Puts pieces together from bytes as they arrive.
#[derive(Debug, Default)]
pub struct Pieces {
    bytes: Vec<u8>,
}

impl Pieces {
    /// Takes in what has arrived.
    pub fn arrived(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether nothing is left that waits for its rest.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next whole piece; `None` while it is not all here.
    ///
    /// # Errors
    /// The bytes are no pieces, or one is longer than [`MAX_PIECE`]. The connection is of no use any more.
    pub fn take(&mut self) -> Result<Option<Piece>, Malformed> {
        let mut rest = self.bytes.as_slice();
        let Some(length) = take_number(&mut rest) else {
            return if self.bytes.len() < 10 { Ok(None) } else { Err(Malformed::Field("length")) };
        };
        let length = usize::try_from(length).ok().filter(|length| (1..=MAX_PIECE).contains(length));
        let length = length.ok_or(Malformed::Field("length"))?;
        let Some(piece) = rest.get(..length) else { return Ok(None) };
        let (kind, body) = piece.split_first().ok_or(Malformed::Field("length"))?;
        let read = Piece::decode(*kind, body).ok_or(Malformed::Field("piece"))?;
        let passed = self.bytes.len() - rest.len() + length;
        self.bytes.drain(..passed);
        Ok(Some(read))
    }
}

fn numbers(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in numbers {
        put_number(&mut bytes, *number);
    }
    bytes
}

/// CBOR that is the whole of `bytes`.
fn whole<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Option<T> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}
