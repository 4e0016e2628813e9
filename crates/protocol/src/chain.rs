//! The chain over one replica's operations, and the signed checkpoints that vouch for it.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

/// Hash over all operations of a replica up to one of them. [`START`] stands before the first.
pub type Head = [u8; 32];

/// The head of an empty log.
pub const START: Head = [0; 32];

/// The head after one more operation, given its public part.
pub fn follow(head: &Head, public: &[u8]) -> Head {
    let mut hasher = blake3::Hasher::new_derive_key("motcua operation chain 1");
    hasher.update(head);
    hasher.update(public);
    *hasher.finalize().as_bytes()
}

/// A replica's word that its log up to `seq` has this head. It is stored and relayed unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// The replica.
    #[n(0)]
    pub replica: u32,
    /// Its last operation that is covered; 0 for none.
    #[n(1)]
    pub seq: u64,
    /// The head there.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub head: Head,
    /// Ed25519 signature of the device.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl Checkpoint {
    /// Signs a head.
    pub fn sign(key: &SigningKey, replica: u32, seq: u64, head: Head) -> Self {
        let signature = key.sign(&Self::statement(replica, seq, &head)).to_bytes();
        Self { replica, seq, head, signature }
    }

    /// Whether the device with this key signed it.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let statement = Self::statement(self.replica, self.seq, &self.head);
        key.verify_strict(&statement, &Signature::from_bytes(&self.signature)).is_ok()
    }

    fn statement(replica: u32, seq: u64, head: &Head) -> Vec<u8> {
        [b"motcua checkpoint 1".as_slice(), &replica.to_le_bytes(), &seq.to_le_bytes(), head].concat()
    }
}
