//! An operation as bytes. It is encoded once; the same bytes are chained, stored and sent (docs/adr/0002).
//!
//! The public part is a CBOR map of numbered fields. What concerns a person stands in a separate part of which the public
//! part holds only a salted hash, so that it can be forgotten and the chain still verifies.

use domain::dossier::{Hlc, OpId};
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// Longest public part, and longest personal part, in bytes. Longer ones are refused before they are parsed.
pub const MAX_PART: usize = 64 * 1024;

/// Why bytes are no operation.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Longer than [`MAX_PART`].
    #[error("an operation's part is longer than {MAX_PART} bytes")]
    TooLong,
    /// Not the CBOR that was expected.
    #[error("not an operation: {0}")]
    Cbor(#[from] minicbor::decode::Error),
    /// A value its domain type refuses (a personal number of 11 digits, say).
    #[error("an operation's field {0} is not what it should be")]
    Field(&'static str),
    /// The personal part is not the one the public part was made with.
    #[error("the personal part does not match its hash")]
    Personal,
}

/// An [`OpId`] on the wire: `[replica, seq]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct Ref {
    /// Replica, 0 for the writer itself.
    #[n(0)]
    pub replica: u32,
    /// Number in its log.
    #[n(1)]
    pub seq: u64,
}

/// Replica numbers from here on are the hub's own, and no desk is given one.
const HUBS: u32 = 1 << 31;

/// The replica as which the hub writes in an epoch: one that was put back from a backup begins another log.
pub fn replica_of_hub(epoch: u32) -> u32 {
    HUBS | epoch
}

/// Whether a replica is the hub itself: its log is signed with the hub's key.
pub fn is_the_hubs(replica: u32) -> bool {
    replica >= HUBS
}

impl From<OpId> for Ref {
    fn from(id: OpId) -> Self {
        Self { replica: id.replica, seq: id.seq }
    }
}

impl Ref {
    /// The identity as others see it, when `writer` wrote the operation this stands in.
    pub fn seen_from(self, writer: u32) -> OpId {
        OpId { replica: self.replica, seq: self.seq }.seen_from(writer)
    }
}

/// The public part. Fields are only ever added; a number is never given a second meaning.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Public {
    /// Kind, see [`crate::fields::kind`].
    #[n(0)]
    pub kind: u16,
    /// Version of the kind's fields.
    #[n(1)]
    pub schema: u16,
    /// Hybrid logical time ([`Hlc`]).
    #[n(2)]
    pub hlc: u64,
    /// The officer, as the operation that added them.
    #[n(3)]
    pub actor: Option<Ref>,
    /// The dossier, as the operation that received it; absent where this is that operation, or none is concerned.
    #[n(4)]
    pub dossier: Option<Ref>,
    /// What the author had seen of other replicas since their previous operation: for each, its highest number.
    #[n(5)]
    pub deps: Option<Vec<Ref>>,
    /// The kind's own numbered fields, a CBOR map.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub fields: Vec<u8>,
    /// Hash of the personal part with its salt ([`Personal::hash`]); absent where there is none.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub personal: Option<[u8; 32]>,
    /// The operation as which it was written first, in a log that the hub knows otherwise: two copies of one desk had written.
    #[n(8)]
    pub was: Option<Ref>,
}

/// The part that can be forgotten: its bytes (a CBOR map of numbered fields) and the salt they were hashed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// The fields.
    pub bytes: Vec<u8>,
    /// Sixteen bytes nobody can guess.
    pub salt: Salt,
}

/// Hides a personal part behind its hash.
pub type Salt = [u8; 16];

/// A dossier's secret, drawn once when it is received and kept in that operation's personal part: the salts of all its
/// operations follow from it, so that they need not travel, and forgetting it forgets them all.
pub type Seed = [u8; 16];

/// The salt of the operation at `hlc` in the subject whose seed this is.
pub fn salt(seed: &Seed, hlc: Hlc) -> Salt {
    let key = blake3::derive_key("motcua personal salt 1", seed);
    let hash = blake3::keyed_hash(&key, &hlc.0.to_le_bytes());
    let mut salt = [0; 16];
    salt.copy_from_slice(hash.as_bytes().split_at(16).0);
    salt
}

impl Personal {
    /// What the public part holds of this.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("motcua personal part 1");
        hasher.update(&self.salt);
        hasher.update(&self.bytes);
        *hasher.finalize().as_bytes()
    }
}

/// An operation as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The public part.
    pub public: Vec<u8>,
    /// The personal part; `None` where there never was one or it has been forgotten.
    pub personal: Option<Personal>,
}

impl Public {
    /// The bytes that are chained, stored and sent.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads an operation of any release. Fields it does not know stay in the bytes, which are kept.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        decode(bytes)
    }

    /// What its author says to have newly seen: other writers, each with its last number that was seen. Everybody has seen their
    /// own log; a number that no column takes says nothing.
    pub fn newly_seen(&self) -> BTreeMap<u32, u64> {
        let mut seen = BTreeMap::new();
        for Ref { replica, seq } in self.deps.iter().flatten().filter(|seen| seen.replica != 0 && seen.seq < 1 << 62) {
            let upto = seen.entry(*replica).or_insert(*seq);
            *upto = (*upto).max(*seq);
        }
        seen
    }
}

impl Encoded {
    /// Reads the public part and holds the personal part, where there is one, against its hash.
    pub fn open(&self) -> Result<Public, Malformed> {
        let public = Public::decode(&self.public)?;
        match (&self.personal, public.personal) {
            (Some(personal), Some(hash)) if personal.hash() == hash => Ok(public),
            (None, _) => Ok(public),
            (Some(_), _) => Err(Malformed::Personal),
        }
    }
}

/// CBOR of a value.
#[expect(clippy::expect_used, reason = "the derived encoders fail only where the writer does, and memory does not")]
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("memory takes every byte")
}

/// Reads one CBOR value that is the whole of `bytes`.
pub(crate) fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, Malformed> {
    if bytes.len() > MAX_PART {
        return Err(Malformed::TooLong);
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode()?;
    if decoder.position() == bytes.len() { Ok(value) } else { Err(Malformed::Field("end")) }
}
