//! Scanned papers of a dossier.

use super::dossiers::DossierView;
use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::store::scans::MAX_SCAN;
use domain::dossier::{Command, ScanHash};
use protocol::fields::Role;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Beginnings of files that papers are scanned into, and their media types.
const BEGINNINGS: [(&[u8], &str); 6] = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"RIFF", "image/webp"),
];

impl Desk {
    /// Attaches scanned files to a paper of a dossier, by its place on the list from 1. The same file again changes nothing.
    ///
    /// # Errors
    /// A file cannot be read, is too large, or is no picture and no PDF: then none of them is attached.
    pub fn attach(&self, code: &str, paper: usize, files: &[&Path]) -> Done<DossierView> {
        self.require(&[Role::OneStop, Role::Specialist, Role::Leader, Role::Administrator])?;
        let scans = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
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
