//! Who writes for an agency, in the hub's own word. Every desk holds it: by it desks know each other on the commune's network and
//! hold each other's logs against their authors' keys; and a hub that was put back from a backup learns from it whom it has
//! forgotten.

use crate::enrolment::KeyHash;
use crate::message::{Lease, Signed};
use crate::op::{Malformed, encode};
use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

/// What a roster is signed for, beside the hub's key.
const ROSTER: &str = "/v2/roster";

/// The desks of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Roster {
    /// The agency.
    #[n(0)]
    pub agency: String,
    /// The hub's epoch.
    #[n(1)]
    pub epoch: u32,
    /// Grows with every change within an epoch.
    #[n(2)]
    pub version: u64,
    /// They, by number.
    #[n(3)]
    pub desks: Vec<Member>,
}

/// A desk of a [`Roster`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Member {
    /// Its number in the administrator's list.
    #[n(0)]
    pub desk: u32,
    /// The administrator's name for it.
    #[n(1)]
    pub name: String,
    /// What it calls itself.
    #[n(2)]
    pub label: String,
    /// Its Ed25519 key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub device: [u8; 32],
    /// Its replica numbers and lanes, the one it began with first.
    #[n(4)]
    pub leases: Vec<Lease>,
    /// When it enrolled, milliseconds since 1970 by the hub's clock.
    #[n(5)]
    pub enrolled_at: u64,
    /// When it was revoked.
    #[n(6)]
    pub revoked_at: Option<u64>,
    /// Whether it was revoked as stolen.
    #[n(7)]
    pub stolen: Option<bool>,
    /// Whether it is a volunteer's: it hands in what it has, and hears of nobody else's.
    #[n(8)]
    pub volunteer: Option<bool>,
}

/// Names a signed roster in a word of its own; 0 names none.
pub type Mark = u32;

impl Roster {
    /// Signs it with the hub's key.
    pub fn sign(&self, key: &SigningKey, hub: &KeyHash) -> Signed {
        Signed::new(key, hub, ROSTER, encode(self))
    }

    /// Reads one that the hub with this key signed.
    ///
    /// # Errors
    /// It is no roster, or not this hub's.
    pub fn open(signed: &Signed, key: &VerifyingKey, hub: &KeyHash) -> Result<Self, Malformed> {
        if !signed.is_signed_by(key, hub, ROSTER) {
            return Err(Malformed::Field("signature"));
        }
        Self::trusted(signed)
    }

    /// Reads one whose signature was held against the hub's key before.
    pub fn trusted(signed: &Signed) -> Result<Self, Malformed> {
        crate::op::decode(&signed.frame)
    }

    /// What it is called where saying which one is enough.
    pub fn mark(signed: &Signed) -> Mark {
        signed.signature.first_chunk().map_or(0, |bytes| Mark::from_le_bytes(*bytes))
    }

    /// Whether it says more than another one.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.epoch, self.version) > (other.epoch, other.version)
    }

    /// The desk that writes as a replica.
    pub fn of_replica(&self, replica: u32) -> Option<&Member> {
        self.desks.iter().find(|desk| desk.leases.iter().any(|lease| lease.replica == replica))
    }

    /// The desk whose device has this key.
    pub fn of_device(&self, key: &VerifyingKey) -> Option<&Member> {
        self.desks.iter().find(|desk| desk.device == key.to_bytes())
    }
}

impl Member {
    /// Whether it is a volunteer's.
    pub fn is_volunteer(&self) -> bool {
        self.volunteer.unwrap_or(false)
    }

    /// The key it signs with.
    pub fn key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.device).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_is_the_hubs_word_and_nobody_elses() {
        let (hub, stranger) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let of = KeyHash([3; 12]);
        let member = Member {
            desk: 7,
            name: "Quầy 1".to_owned(),
            label: String::new(),
            device: SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes(),
            leases: vec![Lease { replica: 31, lane: 1 }, Lease { replica: 32, lane: 2 }],
            enrolled_at: 5,
            revoked_at: None,
            stolen: None,
            volunteer: None,
        };
        let roster = Roster { agency: "H56.14".to_owned(), epoch: 1, version: 2, desks: vec![member] };
        let signed = roster.sign(&hub, &of);
        assert_eq!(Roster::open(&signed, &hub.verifying_key(), &of).expect("the hub's"), roster);
        assert!(Roster::open(&signed, &stranger.verifying_key(), &of).is_err());
        assert!(Roster::open(&roster.sign(&stranger, &of), &hub.verifying_key(), &of).is_err());
        let mut changed = signed;
        if let Some(byte) = changed.frame.last_mut() {
            *byte ^= 1;
        }
        assert!(Roster::open(&changed, &hub.verifying_key(), &of).is_err());
        assert_eq!(roster.of_replica(32).map(|desk| desk.desk), Some(7));
        assert_eq!(roster.of_replica(33), None);
    }
}
