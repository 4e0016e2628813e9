//! What desk and hub say to each other. Numbered fields; add only.

pub use crate::carried::Carried;

use crate::chain::Checkpoint;
use domain::dossier::OpId;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

/// Path of enrolment at the hub.
pub const ENROL: &str = "/v1/enrol";
/// Path of replication at the hub.
pub const SYNC: &str = "/v1/sync";
/// Media type of frames.
pub const MEDIA_TYPE: &str = "application/vnd.motcua.frame";

/// An operation of another replica, passed on by the hub.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Relayed {
    /// Who wrote it.
    #[n(0)]
    pub replica: u32,
    /// Its number there.
    #[n(1)]
    pub seq: u64,
    /// The operation.
    #[n(2)]
    pub op: Carried,
    /// Why the hub lets it have no effect; absent: it has.
    #[n(3)]
    pub set_aside: Option<String>,
}

impl Relayed {
    /// Its identity.
    pub fn id(&self) -> OpId {
        OpId { replica: self.replica, seq: self.seq }
    }
}

/// A desk asks to become one, with the secret of its one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolRequest {
    /// From the one-time code.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub secret: [u8; 8],
    /// The device's Ed25519 key. The same code with the same key gets the same answer again.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub device: [u8; 32],
    /// The desk's label, for the administrator's list.
    #[n(2)]
    pub label: String,
    /// The desk's agency; it has to be the one the code was made for.
    #[n(3)]
    pub agency: String,
}

/// A replica number and the lane of numbers that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Lease {
    /// Replica number, never leased twice.
    #[n(0)]
    pub replica: u32,
    /// Lane 01–99 of the agency.
    #[n(1)]
    pub lane: u8,
}

/// The hub's answer to enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolReply {
    /// The hub's epoch; it changes when the hub was restored from a backup.
    #[n(0)]
    pub epoch: u32,
    /// The first lease is used now, the others are spares.
    #[n(1)]
    pub leases: Vec<Lease>,
    /// The hub's clock, milliseconds since 1970.
    #[n(2)]
    pub time_ms: u64,
    /// The agency's [roster](crate::roster::Roster), this desk in it.
    #[n(3)]
    pub roster: Option<Signed>,
}

/// A desk sends what the hub lacks and asks for what it lacks itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncRequest {
    /// The epoch the desk knows.
    #[n(0)]
    pub epoch: u32,
    /// The writer of `ops`.
    #[n(1)]
    pub replica: u32,
    /// Number of the first of `ops`.
    #[n(2)]
    pub first: u64,
    /// Operations, contiguous and in order.
    #[n(3)]
    pub ops: Vec<Carried>,
    /// Vouches for the log up to the last of `ops`.
    #[n(4)]
    pub checkpoint: Option<Checkpoint>,
    /// How far the desk has read the feed of its scope.
    #[n(5)]
    pub cursor: u64,
}

/// Why the hub stored an operation without letting it take effect.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetAside {
    /// Its number in the sender's log.
    #[n(0)]
    pub seq: u64,
    /// A code with a text in every language.
    #[n(1)]
    pub reason: String,
}

/// The hub's answer to replication.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncReply {
    /// The hub's epoch.
    #[n(0)]
    pub epoch: u32,
    /// The hub's clock, milliseconds since 1970.
    #[n(1)]
    pub time_ms: u64,
    /// The last operation of the sender that is stored durably, without a gap before it.
    #[n(2)]
    pub acknowledged: u64,
    /// What the desk lacked, in feed order.
    #[n(3)]
    pub ops: Vec<Relayed>,
    /// The cursor after `ops`.
    #[n(4)]
    pub cursor: u64,
    /// Whether the feed goes on.
    #[n(5)]
    pub more: bool,
    /// What of this request was set aside.
    #[n(6)]
    pub set_aside: Vec<SetAside>,
    /// The last operation of the sender that a backup of the hub holds.
    #[n(7)]
    pub backed_up: Option<u64>,
}

/// A refusal by the hub, with HTTP status 4xx.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// A code with texts in every language.
    #[n(0)]
    pub code: String,
}

/// A frame with the device's signature over path and frame.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Signed {
    /// The frame.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub frame: Vec<u8>,
    /// Ed25519.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl Signed {
    /// Signs a frame for a path of one hub (the hash of its key keeps it from being played to another).
    pub fn new(key: &SigningKey, hub: &crate::enrolment::KeyHash, path: &str, frame: Vec<u8>) -> Self {
        let signature = key.sign(&statement(hub, path, &frame)).to_bytes();
        Self { frame, signature }
    }

    /// Whether the device with this key signed it for this path of this hub.
    pub fn is_signed_by(&self, key: &VerifyingKey, hub: &crate::enrolment::KeyHash, path: &str) -> bool {
        key.verify_strict(&statement(hub, path, &self.frame), &Signature::from_bytes(&self.signature)).is_ok()
    }

    /// The bytes of an HTTP body.
    pub fn encode(&self) -> Vec<u8> {
        crate::op::encode(self)
    }

    /// Reads an HTTP body.
    pub fn decode(bytes: &[u8]) -> Result<Self, crate::op::Malformed> {
        let mut decoder = minicbor::Decoder::new(bytes);
        Ok(decoder.decode()?)
    }
}

fn statement(hub: &crate::enrolment::KeyHash, path: &str, frame: &[u8]) -> Vec<u8> {
    [b"motcua request 1".as_slice(), &hub.0, path.as_bytes(), b"\0", frame].concat()
}
