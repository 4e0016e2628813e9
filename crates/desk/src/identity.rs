//! What a desk knows of its own identity outside its database, bound to this machine: spare identities, and marks by which
//! a database that was put back from yesterday is recognised before it writes (docs/adr/0004).

use crate::error::Result;
use crate::place::{Place, write_durably, write_soon};
use protocol::message::Lease;
use serde::{Deserialize, Serialize};
use std::fs;

/// How far ahead sequence numbers are reserved durably.
const RESERVATION: u64 = 1000;

/// Leases and reservation, written durably and seldom. A stored promise.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Replica in use; `None` before enrolment.
    pub replica: Option<u32>,
    /// Spares, `[replica, lane]`.
    pub spares: Vec<(u32, u8)>,
    /// Sequence numbers up to here may have been used.
    pub reserved: u64,
}

/// The latest this machine has written, noted after every intake without waiting for the disk.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Replica the number belongs to.
    pub replica: Option<u32>,
    /// Last operation.
    pub seq: u64,
    /// The last dossier numbers given, of the latest days: day, lane, number.
    pub given: Vec<(String, u8, u16)>,
}

/// What the database has to do before its first write.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Sound,
    /// It is older than what this machine has written under its identity: go on under the next spare.
    TakeSpare(Lease),
    /// The same, but no spare is here (another machine, or not enrolled): go on in lane 00 until enrolled anew.
    GoUnenrolled,
}

impl Identity {
    /// Reads what this machine knows of a store; nothing where it never met it.
    pub fn read(place: &Place, store: &str) -> Option<Self> {
        serde_json::from_slice(&fs::read(place.machine_file(store, "identity.json")).ok()?).ok()
    }

    /// Writes it durably.
    pub fn save(&self, place: &Place, store: &str) -> Result<()> {
        write_durably(&place.machine_file(store, "identity.json"), &serde_json::to_vec(self).unwrap_or_default())
    }

    /// Holds a database's own `replica` and last number against what this machine knows.
    pub fn judge(known: Option<&Self>, mark: &Mark, replica: Option<u32>, last_seq: u64) -> Verdict {
        let Some(replica) = replica else { return Verdict::Sound };
        let Some(known) = known else { return Verdict::GoUnenrolled };
        let next = || {
            let spare = known.spares.first().filter(|(spare, _)| *spare != replica);
            spare.map_or(Verdict::GoUnenrolled, |(replica, lane)| {
                Verdict::TakeSpare(Lease { replica: *replica, lane: *lane })
            })
        };
        let behind_mark = mark.replica == Some(replica) && mark.seq > last_seq;
        let behind_reservation = known.reserved > last_seq + RESERVATION;
        if known.replica != Some(replica) || behind_mark || behind_reservation { next() } else { Verdict::Sound }
    }

    /// Reserves ahead when `last_seq` has come close to what is reserved. Answers whether it has to be saved.
    pub fn reserve(&mut self, last_seq: u64) -> bool {
        if self.reserved > last_seq {
            return false;
        }
        self.reserved = last_seq + RESERVATION;
        true
    }
}

impl Mark {
    /// Reads the mark; one that is missing or torn says nothing.
    pub fn read(place: &Place, store: &str) -> Self {
        let read = fs::read(place.machine_file(store, "mark.json")).ok();
        read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Notes the latest numbers.
    pub fn save(&self, place: &Place, store: &str) -> Result<()> {
        write_soon(&place.machine_file(store, "mark.json"), &serde_json::to_vec(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Identity {
        Identity { replica: Some(7), spares: vec![(8, 12), (9, 13)], reserved: 1500 }
    }

    #[test]
    fn a_database_older_than_this_machine_takes_the_next_identity() {
        let mark = |seq| Mark { replica: Some(7), seq, ..Mark::default() };
        let judge = |seq, last| Identity::judge(Some(&known()), &mark(seq), Some(7), last);
        let spare = Verdict::TakeSpare(Lease { replica: 8, lane: 12 });
        assert_eq!(judge(900, 900), Verdict::Sound);
        assert_eq!(judge(900, 899), spare, "restored from ten minutes ago");
        assert_eq!(judge(0, 400), spare, "more than a reservation behind, mark lost");
        assert_eq!(judge(0, 600), Verdict::Sound, "a power cut took the mark, nothing else");
    }

    #[test]
    fn a_copy_on_another_machine_goes_on_unenrolled() {
        assert_eq!(Identity::judge(None, &Mark::default(), Some(7), 10), Verdict::GoUnenrolled);
        assert_eq!(Identity::judge(None, &Mark::default(), None, 10), Verdict::Sound);
        let other = Identity { replica: Some(9), ..known() };
        assert_eq!(
            Identity::judge(Some(&other), &Mark::default(), Some(7), 10),
            Verdict::TakeSpare(Lease { replica: 8, lane: 12 }),
            "an old database under an identity this machine has already left",
        );
    }
}
