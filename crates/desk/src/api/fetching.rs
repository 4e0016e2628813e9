//! Scans that are not on this computer: they come when a person asks for one, never by themselves, since the SIM's bytes cost
//! money. The commune's other desks are asked first, where any was met; then the province. And what is here is opened: in the
//! window's own memory, never by way of a file that somebody would have to remove, unless a person names one.

use super::dossiers::DossierView;
use super::receipt::Written;
use super::{Desk, Done, hold, words};
use crate::error::{Code, Error, Result};
use crate::place::write_durably;
use crate::store::fetches::{self, Fetch};
use crate::store::officers;
use crate::store::scans::MAX_SCAN;
use crate::store::settings::{self, Key};
use crate::texts::text;
use data_encoding::{BASE64, HEXLOWER};
use domain::dossier::{Dossier, Op, ScanHash};
use protocol::fields::Role;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::Ordering;
use ts_rs::TS;

/// The commune's other desks have this long to answer before the province is asked, milliseconds.
const NEIGHBOURS_FIRST_MS: i64 = 30_000;

/// Whoever may see a dossier's papers.
const READERS: [Role; 4] = [Role::OneStop, Role::Specialist, Role::Leader, Role::Administrator];

/// One scan of a dossier.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ScanOf {
    /// The dossier's number.
    pub code: String,
    /// The scan, from its row.
    pub id: String,
}

/// What a scan holds.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScanContent {
    /// Its media type.
    pub media: String,
    /// Its bytes, as base64.
    pub base64: String,
}

/// A scan as its operation names it.
struct Named {
    hash: ScanHash,
    bytes: u64,
    media: String,
}

impl Named {
    fn all(dossier: &Dossier) -> impl Iterator<Item = Self> + '_ {
        dossier.timeline().iter().filter_map(|entry| match &entry.op {
            Op::Attached { hash, bytes, media, .. } => Some(Self { hash: *hash, bytes: *bytes, media: media.clone() }),
            _ => None,
        })
    }
}

/// What a row calls a scan.
pub(super) fn id_of(hash: &ScanHash) -> String {
    HEXLOWER.encode(&hash.0)
}

impl Desk {
    /// Asks for the scans of a dossier that are not on this computer; for one of them, where `only` names it.
    pub fn fetch_scans(&self, code: &str, only: Option<&str>) -> Done<DossierView> {
        self.require(&READERS)?;
        let (_, dossier) = self.located(code)?;
        let is_asked = |named: &Named| {
            only.is_none_or(|id| id_of(&named.hash) == id) && (1..=MAX_SCAN as u64).contains(&named.bytes)
        };
        let mut asked: Vec<Named> = Named::all(&dossier).filter(is_asked).collect();
        for named in &asked {
            self.scans.put_aside_damaged(&named.hash.0)?;
        }
        asked.retain(|named| !self.scans.is_whole(&named.hash.0));
        let (now, for_hub) = (self.now_ms(), hold(&self.met).is_empty());
        let ((), changes) = self.store.write(|writing| {
            asked.iter().try_for_each(|named| fetches::ask(writing, &named.hash.0, named.bytes, now, for_hub))
        })?;
        self.new_work.store(true, Ordering::Relaxed);
        Ok((self.dossier(code)?, changes))
    }

    /// What a scan holds. Each view is logged.
    ///
    /// # Errors
    /// It is not on this computer, or damaged.
    pub fn open_scan(&self, input: &ScanOf) -> Result<ScanContent> {
        let (media, content) = self.opened(input)?;
        Ok(ScanContent { media, base64: BASE64.encode(&content) })
    }

    /// Writes a scan to a file that a person named, for the program that shows it: from there on it is theirs to keep or remove.
    pub fn save_scan(&self, input: &ScanOf, file: &Path) -> Result<Written> {
        let (_, content) = self.opened(input)?;
        write_durably(file, &content)?;
        Ok(Written { file: file.display().to_string(), bytes: content.len() as u64 })
    }

    fn opened(&self, input: &ScanOf) -> Result<(String, Vec<u8>)> {
        self.require(&READERS)?;
        let (row, dossier) = self.located(&input.code)?;
        let not_here = || Error::new(Code::ScanNotHere);
        let named = Named::all(&dossier).find(|named| id_of(&named.hash) == input.id).ok_or_else(not_here)?;
        if !self.scans.is_whole(&named.hash.0) {
            return Err(not_here());
        }
        let content = self.scans.content(&named.hash.0)?;
        self.store.write(|writing| officers::log_reveal(writing, self.now_ms(), self.officer.id, row.at))?;
        Ok((named.media, content))
    }

    /// A scan that was asked for, and how many of its bytes are here.
    pub(super) fn fetch_of(&self, connection: &Connection, hash: &ScanHash) -> Result<Option<(Fetch, u64)>> {
        let Some(fetch) = fetches::of(connection, &hash.0)? else { return Ok(None) };
        let coming = hold(&self.flow).fetched.filter(|(coming, _)| *coming == hash.0);
        Ok(Some((fetch, coming.map_or_else(|| self.scans.part(&hash.0), |(_, here)| here))))
    }

    /// "Tải về (150 kB, khoảng 40 giây)".
    pub(super) fn offer(&self, connection: &Connection, hash: &ScanHash, bytes: u64) -> Result<String> {
        let measured = u64::try_from(settings::number(connection, Key::LineSpeed)?).ok();
        let speed = hold(&self.flow).bytes_a_second.or(measured).filter(|speed| *speed > 0);
        let size = ("size", words::size(bytes));
        let left = bytes.saturating_sub(self.scans.part(&hash.0));
        Ok(match speed.map(|speed| left.div_ceil(speed)) {
            None => text(self.language(), "fetch_offer", &[size]),
            Some(seconds) => {
                let (key, count) =
                    if seconds < 100 { ("about_seconds", seconds) } else { ("about_minutes", seconds.div_ceil(60)) };
                let time = text(self.language(), key, &[("count", count.max(1).to_string())]);
                text(self.language(), "fetch_offer_time", &[size, ("time", time)])
            }
        })
    }

    /// The province may be asked for what no neighbour had, once one was `met`; or when whoever was asked first has had time.
    pub(super) fn fetches_go_on(&self, met: bool) -> Result<()> {
        let (now, open) = (self.now_ms(), self.store.read(fetches::open)?);
        let asked_until_ms = if met { now } else { now - NEIGHBOURS_FIRST_MS };
        // A clock that was set back keeps nothing waiting.
        let is_due =
            |fetch: &Fetch| !fetch.is_for_the_hub && (fetch.asked_ms <= asked_until_ms || fetch.asked_ms > now);
        let due: Vec<[u8; 32]> = open.iter().filter(|fetch| is_due(fetch)).map(|fetch| fetch.hash).collect();
        if !due.is_empty() {
            self.store.write(|writing| due.iter().try_for_each(|hash| fetches::may_go_to_the_hub(writing, hash)))?;
            self.new_work.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}
