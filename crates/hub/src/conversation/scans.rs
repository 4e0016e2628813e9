//! The scans of a connection: which the hub asks for, what comes of each, and what a desk is given that asks for one.

use super::{Conversation, Heard, Write, hears};
use crate::hub::{Failure, Hub};
use crate::store::Fault;
use crate::store::scan::{self, Lacking, Named};
use domain::dossier::OpId;
use protocol::bundle;
use protocol::link::{Brought, Got, Piece, SCAN_PIECE, Want, Which};
use std::io;

/// Scans one desk is asked for at a time.
const WANTED: usize = 16;

/// Bytes of a scan with which one question for it is answered at most. What else is to be said waits for them.
pub const GIVES: u32 = 32 * 1024;

/// A scan that is to come.
pub struct Wanted {
    hash: [u8; 32],
    size: u64,
    /// Whether the desk wrote the operation that names it: nobody else says that it is not to be had.
    is_own: bool,
}

impl Conversation {
    /// Asks for scans that this desk's operations name and nobody has sent. A file that goes back asks for none.
    pub(super) fn wants(&mut self, hub: &Hub) -> Result<Vec<Piece>, Failure> {
        let Some(scans) = hub.scans.as_ref().filter(|_| !self.is_carried) else { return Ok(Vec::new()) };
        let agency = self.member.agency.as_str();
        let mut say = Vec::new();
        for is_own in [true, false] {
            let brought = self.logs.iter().filter(|(_, log)| log.is_own == is_own && log.is_brought);
            let replicas: Vec<u32> = brought.map(|(replica, _)| *replica).collect();
            let lacking = hub.readers.read(|store| scan::lacking(store, agency, &replicas, WANTED))?;
            for Lacking { hash, bytes: size, named_by: OpId { replica, seq } } in lacking {
                let is_known = self.wanted.values().any(|wanted| wanted.hash == hash) || self.not_here.contains(&hash);
                if self.wanted.len() >= WANTED || is_known {
                    continue;
                }
                self.last_want += 1;
                self.wanted.insert(self.last_want, Wanted { hash, size, is_own });
                let (which, offset) = (Which::NamedBy { replica, seq }, scans.here(agency, &hash));
                say.push(Piece::Want(Want { number: self.last_want, which, offset, count: None }));
            }
        }
        Ok(say)
    }

    /// The desk does not have a scan.
    pub(super) fn lacks(&mut self, hub: &Hub, number: u32, wanted: &Wanted) -> Result<Heard, Failure> {
        let Wanted { hash, size, is_own } = *wanted;
        let here = hub.scans.as_ref().map_or(0, |scans| scans.here(&self.member.agency, &hash));
        if here >= size
            && let Some(scans) = &hub.scans
            && scans.finish(&self.member.agency, &hash).map_err(not_kept)?
        {
            // It came before the backup the hub was put back from.
            return Ok(Heard::Write(Write::Scan(hash, Some(self.got(number, here, Some(true), hash)))));
        }
        if is_own {
            return Ok(Heard::Write(Write::Scan(hash, None)));
        }
        self.not_here.insert(hash);
        Ok(Heard::Say(Vec::new()))
    }

    /// A scan is to be had that was not asked for; in a file it follows. It is taken where an operation names it and it has not
    /// come; on a connection it is asked for now.
    pub(super) fn brought(&mut self, hub: &Hub, brought: &Brought) -> Result<Vec<Piece>, Failure> {
        let Brought { number, hash, .. } = *brought;
        let known = hub.readers.read(|store| scan::of(store, &self.member.agency, &hash))?;
        Ok(match known {
            Some(Named { is_whole: true, .. }) if !self.is_carried => Vec::new(),
            Some(Named { bytes: size, .. }) if !self.is_carried => {
                let Some(scans) = &hub.scans else { return Ok(Vec::new()) };
                if self.wanted.len() >= 2 * WANTED || self.wanted.values().any(|wanted| wanted.hash == hash) {
                    return Ok(Vec::new());
                }
                let offset = scans.here(&self.member.agency, &hash);
                self.last_want += 1;
                self.wanted.insert(self.last_want, Wanted { hash, size, is_own: true });
                vec![Piece::Want(Want { number: self.last_want, which: Which::Hash(hash), offset, count: None })]
            }
            Some(Named { bytes: size, is_whole: true, .. }) => vec![self.got(number, size, Some(true), hash)],
            Some(Named { bytes: size, .. }) => {
                self.wanted.insert(number, Wanted { hash, size, is_own: true });
                Vec::new()
            }
            None => Vec::new(),
        })
    }

    /// Bytes of a scan.
    pub(super) fn scan(&mut self, hub: &Hub, number: u32, offset: u64, bytes: &[u8]) -> Result<Heard, Failure> {
        let (Some(scans), Some(wanted)) = (&hub.scans, self.wanted.get(&number)) else { return Ok(Heard::Say(vec![])) };
        let (agency, hash) = (self.member.agency.as_str(), wanted.hash);
        let here = scans.add(agency, &hash, offset, bytes, wanted.size).map_err(not_kept)?;
        if here < wanted.size {
            // In a file only what is whole is worth a word.
            let so_far = (!self.is_carried).then(|| Piece::Got(Got::so_far(number, here)));
            return Ok(Heard::Say(so_far.into_iter().collect()));
        }
        let whole = scans.finish(agency, &hash).map_err(not_kept)?;
        self.wanted.remove(&number);
        let got = self.got(number, here, Some(whole), hash);
        if whole { Ok(Heard::Write(Write::Scan(hash, Some(got)))) } else { Ok(Heard::Say(vec![got])) }
    }

    /// Whether more scans should be asked for, once some are whole; and which.
    pub(super) fn more_wants(&mut self, hub: &Hub) -> Result<Vec<Piece>, Failure> {
        if self.wanted.len() < WANTED / 2 { self.wants(hub) } else { Ok(Vec::new()) }
    }

    /// What a desk is given of a scan that it asks for: as many bytes as it asks for now; in a file all of it.
    pub(super) fn give(&self, hub: &Hub, want: &Want) -> Result<Vec<Piece>, Failure> {
        let Want { number, which, offset, count } = *want;
        let agency = self.member.agency.as_str();
        let hash = hub.readers.read(|store| -> Result<_, Fault> {
            let hash = match which {
                Which::Hash(hash) => Some(hash),
                Which::NamedBy { replica, seq } => scan::named_by(store, agency, OpId { replica, seq })?,
            };
            let Some(hash) = hash else { return Ok(None) };
            let is_own = |named: Named| self.logs.get(&named.replica).is_some_and(|log| log.is_own);
            let may = hears(store, self.replica)? || scan::of(store, agency, &hash)?.is_some_and(is_own);
            Ok(may.then_some(hash))
        })?;
        let given = hash.zip(hub.scans.as_ref()).filter(|(hash, scans)| scans.is_whole(agency, hash));
        let Some((hash, scans)) = given else { return Ok(vec![Piece::Lacking(number)]) };
        let size = scans.here(agency, &hash);
        let (most, piece) = match self.is_carried {
            true => (size, bundle::SCAN_PIECE),
            false => (u64::from(count.unwrap_or(SCAN_PIECE as u32).min(GIVES)), SCAN_PIECE),
        };
        let end = offset.saturating_add(most).min(size);
        let mut say: Vec<Piece> =
            self.is_carried.then_some(Piece::Brought(Brought { number, hash, size })).into_iter().collect();
        let mut offset = offset;
        loop {
            let count = piece.min(usize::try_from(end.saturating_sub(offset)).unwrap_or(piece));
            let Some(bytes) = scans.read(agency, &hash, offset, count) else {
                return Ok(vec![Piece::Lacking(number)]);
            };
            let next = offset + bytes.len() as u64;
            let is_last = bytes.is_empty() || next >= end;
            say.push(Piece::Scan { number, offset, bytes });
            if is_last {
                return Ok(say);
            }
            offset = next;
        }
    }

    fn got(&self, number: u32, offset: u64, whole: Option<bool>, hash: [u8; 32]) -> Piece {
        Piece::Got(Got { number, offset, whole, hash: self.is_carried.then_some(hash) })
    }
}

fn not_kept(error: io::Error) -> Failure {
    Failure::Broken(format!("a scan cannot be kept: {error}"))
}
