//! Scanned papers of a dossier: attaching them, and what has become of each.

use super::dossiers::DossierView;
use super::{Desk, Done, fetching, hold, timeline};
use crate::error::{Code, Error, Result};
use crate::store::scans::{self, MAX_SCAN, Standing};
use crate::texts::text;
use domain::dossier::{Command, Dossier, Op, ScanHash};
use protocol::fields::Role;
use rusqlite::Connection;
use serde::Serialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use ts_rs::TS;

/// Beginnings of files that papers are scanned into, and their media types.
const BEGINNINGS: [(&[u8], &str); 6] = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"RIFF", "image/webp"),
];

/// A scanned paper.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScanRow {
    /// The paper it is of.
    pub paper: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When it was attached, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What has become of it.
    pub state: ScanState,
    /// How much of it is at the province, per cent.
    pub percent: u8,
    /// That in words.
    pub text: String,
    /// What opens it, and asks for it.
    pub id: String,
    /// Its media type.
    pub media: String,
    /// Whether it can be opened on this computer.
    pub is_here: bool,
    /// What it takes to fetch it, "Tải về (150 kB, khoảng 40 giây)"; empty where it is here, on its way here, or nowhere.
    pub offer: String,
}

/// What has become of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScanState {
    /// On this computer; it waits to be sent.
    Here,
    /// A part of it is at the province.
    OnItsWay,
    /// At the province.
    Received,
    /// Another desk of the commune attached it; that desk sends it.
    Elsewhere,
    /// On this computer; the province does not ask for it.
    NotAsked,
    /// The province asked for it, and its file is gone here.
    Lost,
    /// Another desk's; it was fetched, or passed on, and is on this computer.
    Fetched,
    /// Somebody here asked for it, and it comes.
    Coming,
    /// Somebody here asked for it, and the province does not have it yet.
    Nowhere,
}

impl ScanState {
    /// The key of its words.
    fn words(self) -> &'static str {
        match self {
            Self::Here => "scan_here",
            Self::OnItsWay => "scan_on_its_way",
            Self::Received => "scan_received",
            Self::Elsewhere => "scan_elsewhere",
            Self::NotAsked => "scan_not_asked",
            Self::Lost => "scan_lost",
            Self::Fetched => "scan_fetched",
            Self::Coming => "scan_coming",
            Self::Nowhere => "scan_nowhere",
        }
    }
}

impl Desk {
    /// Attaches scanned files to a paper of a dossier, by its place on the list from 1. The same file again changes nothing.
    ///
    /// # Errors
    /// A file cannot be read, is too large, or is no picture and no PDF: then none of them is attached.
    pub fn attach(&self, code: &str, paper: usize, files: &[impl AsRef<Path>]) -> Done<DossierView> {
        self.require(&[Role::OneStop, Role::Specialist, Role::Leader, Role::Administrator])?;
        let scans = files.iter().map(|file| read(file.as_ref())).collect::<Result<Vec<_>>>()?;
        let mut changes = super::Changes::new();
        for (content, media) in scans {
            // The bytes are on the disk before an operation names them.
            let hash = ScanHash(self.scans.keep(&content)?);
            let (bytes, media) = (content.len() as u64, media.to_owned());
            changes.extend(self.carry_out(code, Command::Attach { paper, hash, bytes, media })?.1);
        }
        Ok((self.dossier(code)?, changes))
    }
}

impl Desk {
    /// The scans of a dossier, in the order they were attached.
    pub(super) fn scan_rows(&self, connection: &Connection, dossier: &Dossier) -> Result<Vec<ScanRow>> {
        let mut rows = Vec::new();
        for entry in dossier.timeline() {
            let Op::Attached { paper, hash, bytes, media, .. } = &entry.op else { continue };
            let is_here = self.scans.is_whole(&hash.0);
            let (state, percent) = self.scan_state(connection, hash, *bytes, is_here)?;
            let is_to_be_had =
                !is_here && matches!(state, ScanState::Received | ScanState::Elsewhere | ScanState::Nowhere);
            rows.push(ScanRow {
                paper: paper.clone(),
                bytes: *bytes,
                at: timeline::at(&entry.stamp),
                by: timeline::by(connection, &entry.stamp)?,
                state,
                percent,
                text: text(self.language(), state.words(), &[("percent", percent.to_string())]),
                id: fetching::id_of(hash),
                media: media.clone(),
                is_here,
                offer: if is_to_be_had { self.offer(connection, hash, *bytes)? } else { String::new() },
            });
        }
        Ok(rows)
    }

    fn scan_state(
        &self,
        connection: &Connection,
        hash: &ScanHash,
        bytes: u64,
        is_here: bool,
    ) -> Result<(ScanState, u8)> {
        // A part that is not there is never rounded up to the whole.
        let percent = |part: u64| u8::try_from(part.min(bytes) * 100 / bytes.max(1)).unwrap_or(100);
        if let Some((fetch, here)) = self.fetch_of(connection, hash)?.filter(|_| !is_here) {
            let is_lacked = fetch.is_lacked;
            return Ok(if is_lacked { (ScanState::Nowhere, 0) } else { (ScanState::Coming, percent(here)) });
        }
        let Some(scan) = scans::of(connection, &hash.0)? else {
            return Ok((if is_here { ScanState::Fetched } else { ScanState::Elsewhere }, 0));
        };
        let there = hold(&self.flow).scans.get(&hash.0).copied().unwrap_or(scan.there);
        Ok(match scan.standing {
            Standing::Whole => (ScanState::Received, 100),
            Standing::Unasked => (ScanState::NotAsked, 0),
            Standing::Lost => (ScanState::Lost, percent(there)),
            Standing::Waits if !is_here => (ScanState::Lost, percent(there)),
            Standing::Waits if there > 0 => (ScanState::OnItsWay, percent(there)),
            Standing::Waits => (ScanState::Here, 0),
        })
    }
}

fn read(file: &Path) -> Result<(Vec<u8>, &'static str)> {
    let unreadable = |error| Error::new(Code::FileUnreadable).with("file", file.display()).because(error);
    let mut content = Vec::new();
    let file_open = File::open(file).map_err(unreadable)?;
    file_open.take(MAX_SCAN as u64 + 1).read_to_end(&mut content).map_err(unreadable)?;
    if content.len() > MAX_SCAN {
        return Err(Error::new(Code::ScanTooLarge).with("limit", MAX_SCAN / 1024 / 1024));
    }
    let known = BEGINNINGS.iter().find(|(beginning, _)| content.starts_with(beginning));
    let (_, media) = known.ok_or_else(|| Error::new(Code::NotAScan).with("file", file.display()))?;
    Ok((content, media))
}
