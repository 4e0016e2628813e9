//! What is said on paper: all of it at once, for a bundle, to nobody who answers.

use super::{Session, Wanted};
use crate::error::Result;
use crate::store::scans::{Scans, not_whole_there};
use crate::store::{Store, fetches, others};
use protocol::bundle::MAX_SCANS;
use protocol::link::{Brought, Piece, ScanHash, Want, Which};
use std::collections::{BTreeSet, VecDeque};

/// Scans in a file are called by numbers from here on: the hub's own come nowhere near.
const FIRST_NUMBER: u32 = 1 << 31;

/// How many scans a bundle holds, and their bytes.
pub type Carried = (u32, u64);

impl Session {
    /// Says what would be said on a connection that lets everything through at once: hello, operations, and where `scans` are to
    /// go along, those that the hub is not known to have whole. What the hub has not acknowledged is said again, however often it
    /// was carried already.
    pub fn says_all(
        &mut self,
        store: &Store,
        scans: &Scans,
        with_scans: bool,
        say: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<Carried> {
        self.on_paper = true;
        self.introduces = self.roster.is_some();
        // An older identity's operations are known to the hub, or it says that they are not.
        self.logs.iter_mut().for_each(|log| log.open = true);
        self.pieces(store, scans, say)?;
        let asked = store.read(fetches::open)?;
        for (number, fetch) in (1..).zip(asked.iter().filter(|fetch| scans.size(&fetch.hash).is_none())) {
            say(&Piece::Want(Want { number, which: Which::Hash(fetch.hash), offset: 0, count: None }).encode())?;
        }
        let (mut count, mut bytes) = (0, 0);
        if !with_scans {
            return Ok((count, bytes));
        }
        for hash in store.read(|connection| {
            let passed_on = others::scans_of_others(connection)?.into_iter().map(|(hash, _)| hash);
            Ok::<BTreeSet<ScanHash>, _>(not_whole_there(connection)?.into_iter().chain(passed_on).collect())
        })? {
            let Some(size) = scans.size(&hash).filter(|size| bytes + size <= MAX_SCANS) else { continue };
            // One that is damaged here is left out.
            if scans.read(&hash, 0, 1).is_err() {
                continue;
            }
            let number = FIRST_NUMBER + count;
            say(&Piece::Brought(Brought { number, hash, size }).encode())?;
            self.wanted.push_back(Wanted { number, hash, next: 0, size, ahead: VecDeque::new() });
            self.pieces(store, scans, say)?;
            (count, bytes) = (count + 1, bytes + size);
        }
        Ok((count, bytes))
    }

    fn pieces(&mut self, store: &Store, scans: &Scans, say: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        while let Some(piece) = self.next(store, scans, 0, false)? {
            say(&piece)?;
        }
        Ok(())
    }
}
