//! The scans of a connection: what the hub wants of them, what goes out, and what is heard of each.

use super::{Heard, Session, Wanted, What};
use crate::error::Result;
use crate::store::scans::{Scans, Standing};
use crate::store::{Store, ops};
use domain::dossier::OpId;
use protocol::link::{Brought, Got, Piece, ScanHash, Want, Which};
use std::collections::{BTreeMap, VecDeque};

impl Session {
    pub(super) fn next_scan(&mut self, scans: &Scans, count: usize, now_ms: u64) -> Result<Option<Vec<u8>>> {
        while let Some(wanted) = self.wanted.front_mut() {
            let (number, offset) = (wanted.number, wanted.next);
            if wanted.ahead.is_empty() {
                match scans.read(&wanted.hash, offset, usize::MAX) {
                    Ok(ahead) => wanted.ahead = ahead.into(),
                    Err(error) => {
                        // It holds nothing up.
                        log::error!("a scan is damaged here: {error}");
                        self.wanted.pop_front();
                        self.under_way.remove(&number);
                        return Ok(Some(Piece::Lacking(number).encode()));
                    }
                }
            }
            let bytes: Vec<u8> = wanted.ahead.drain(..count.min(wanted.ahead.len())).collect();
            wanted.next += bytes.len() as u64;
            let end = wanted.next;
            let is_last = wanted.next >= wanted.size;
            if is_last || bytes.is_empty() {
                self.wanted.pop_front();
            }
            // Nothing more of one that is all there: the hub has still to look at it.
            if is_last || !bytes.is_empty() {
                let piece = Piece::Scan { number, offset, bytes };
                return Ok(Some(self.sent(piece, What::Scan { number, end }, now_ms)));
            }
        }
        Ok(None)
    }

    /// Asks the hub for the last byte of a scan: where a connection was cut just as the last of it went out, nothing else says
    /// that it arrived. By then the hub has asked for all it wants.
    pub(super) fn next_question(&mut self, now_ms: u64) -> Option<Vec<u8>> {
        let only_questions = self.on_its_way.iter().all(|sent| matches!(sent.what, What::Question(_)));
        if !self.welcomed || self.on_paper || !self.wanted.is_empty() || !only_questions {
            return None;
        }
        let (hash, size) = self.unsure.pop_front()?;
        let number = u32::try_from(self.questions.len()).unwrap_or(u32::MAX);
        self.questions.insert(number, (hash, size));
        let offset = size.saturating_sub(1);
        let question = Piece::Want(Want { number, which: Which::Hash(hash), offset, count: None });
        Some(self.sent(question, What::Question(number), now_ms))
    }

    /// The hub's answer to such a question. It may lack a scan without asking for it: somebody else of this desk's name had said
    /// that it is not to be had. Where it is here, the hub is told.
    pub(super) fn question_answered(&mut self, number: u32, has_it: bool, scans: &Scans, now_ms: u64) -> Option<Heard> {
        let (hash, size) = *self.questions.get(&number)?;
        if !has_it && scans.size(&hash) == Some(size) {
            self.answers.push_back(Piece::Brought(Brought { number, hash, size }));
        }
        self.answered(now_ms, |what| *what == What::Question(number));
        let (there, standing) = if has_it { (size, Standing::Whole) } else { (0, Standing::Unasked) };
        Some(Heard::Scan { hash, there, standing })
    }

    /// The hub lacks a scan: it is sent from there on, where it is here.
    pub(super) fn want(&mut self, want: &Want, store: &Store, scans: &Scans) -> Result<Option<Heard>> {
        let Want { number, which, offset: there, .. } = *want;
        self.wanted.retain(|wanted| wanted.number != number);
        let hash = match which {
            Which::Hash(hash) => Some(hash),
            Which::NamedBy { replica, seq } => store.read(|connection| ops::scan(connection, OpId { replica, seq }))?,
        };
        let Some(hash) = hash else {
            self.answers.push_back(Piece::Lacking(number));
            return Ok(None);
        };
        self.unsure.retain(|(unsure, _)| *unsure != hash);
        match scans.size(&hash) {
            Some(size) if there <= size => {
                self.wanted.push_back(Wanted { number, hash, next: there, size, ahead: VecDeque::new() });
                self.under_way.insert(number, (hash, there));
                Ok(Some(Heard::Scan { hash, there, standing: Standing::Waits }))
            }
            None if self.is_anothers(which) => {
                self.awaited.push(want.clone());
                Ok(None)
            }
            _ => {
                self.answers.push_back(Piece::Lacking(number));
                Ok(Some(Heard::Scan { hash, there, standing: Standing::Lost }))
            }
        }
    }

    /// A neighbour may have brought scans that were asked for before they were here.
    pub fn look_again(&mut self, store: &Store, scans: &Scans) -> Result<()> {
        std::mem::take(&mut self.awaited).iter().try_for_each(|want| self.want(want, store, scans).map(drop))
    }

    /// How far a wanted scan has got. Only that it is whole, or has to begin anew, is news for the store.
    pub(super) fn got(&mut self, got: &Got, now_ms: u64) -> Option<Heard> {
        let Got { number, offset, whole, hash } = *got;
        if self.on_paper {
            let hash = hash.filter(|_| whole == Some(true))?;
            return Some(Heard::Scan { hash, there: offset, standing: Standing::Whole });
        }
        self.answered(now_ms, |what| matches!(what, What::Scan { number: of, end } if *of == number && *end <= offset));
        let (hash, there) = self.under_way.get_mut(&number)?;
        *there = offset;
        let hash = *hash;
        let whole = whole?;
        self.under_way.remove(&number);
        let (there, standing) = if whole { (offset, Standing::Whole) } else { (0, Standing::Waits) };
        Some(Heard::Scan { hash, there, standing })
    }

    /// The scans that are under way, and how much of each has arrived.
    pub fn scans_under_way(&self) -> BTreeMap<ScanHash, u64> {
        self.under_way.values().copied().collect()
    }
}
