//! Backups, restores and verification.

use super::status::SyncView;
use super::{Clock, Desk, Done, Sitter, civil, office_moment};
use crate::error::{Code, Error, Result};
use crate::keys::{KeyFile, Unlock};
use crate::place::Place;
use crate::store::backed_scans::BackedScans;
use crate::store::backup;
use crate::store::settings::{self, Key};
use crate::store::verify::Verified;
use crate::store::{Change, ops};
use crate::texts::Speech;
use serde::Serialize;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// A backup is due this long after the last one, when something was written since.
const EVERY_MS: i64 = 2 * 3_600_000;

/// One backup is opened again on trial this often.
const TRIAL_MS: i64 = 7 * 24 * 3_600_000;

/// Automatic backups that are kept.
const KEPT: i64 = 20;

/// A backup that was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BackedUp {
    /// Where.
    pub file: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Scans of this desk that stand beside it: those the province has not whole.
    pub scans: u32,
    /// When, RFC 3339.
    pub at: String,
}

impl Desk {
    /// Writes a backup to a file, and beside it the scans that the province has not whole.
    pub fn back_up_to(&self, file: &Path) -> Result<BackedUp> {
        let (bytes, scans) = self.store.back_up(&self.place, &self.scans, file, self.now_ms())?;
        Ok(BackedUp { file: file.display().to_string(), bytes, scans, at: office_moment(self.now_ms()) })
    }

    /// Writes a backup to the second place, under the next of its names in turn.
    pub fn back_up(&self) -> Done<BackedUp> {
        let at = civil(self.now_ms());
        // Names go round, so that the folder does not grow for ever.
        let turn = (at.date().day_of_year() as i64 * 12 + i64::from(at.hour()) / 2) % KEPT;
        let file = self.backup_folder()?.join(format!("motcua-{turn:02}.mcxb"));
        Ok((self.back_up_to(&file)?, [Change::Sync, Change::Dossiers].into()))
    }

    /// The folder backups go to: the one that was named, while it is there (a stick may be out), else the one beside the data.
    pub(super) fn backup_folder(&self) -> Result<PathBuf> {
        let named = self.store.read(|connection| settings::get(connection, Key::BackupFolder))?;
        let named = PathBuf::from(named);
        Ok(if named.is_dir() { named } else { self.place.backups() })
    }

    /// Names the folder backups go to, a stick or a second disk; empty for the usual one. It is tried at once.
    pub fn set_backup_folder(&self, folder: &str) -> Done<SyncView> {
        let folder = folder.trim();
        if !folder.is_empty() && !Path::new(folder).is_dir() {
            return Err(Error::new(Code::FileUnwritable).with("file", folder));
        }
        let ((), mut changes) = self.store.write(|writing| settings::set(writing, Key::BackupFolder, folder))?;
        changes.extend(self.back_up()?.1);
        Ok((self.sync_status()?, changes))
    }

    /// Makes the backup that is due, if one is; on closing with `closing`, whenever something was written since the last.
    pub fn back_up_if_due(&self, closing: bool) -> Result<Option<BackedUp>> {
        let now = self.now_ms();
        let (copied_op, copied_at, last_op) = self.store.read(|connection| {
            let last: i64 = ops::last_row(connection)?;
            Ok((settings::number(connection, Key::CopiedOp)?, settings::number(connection, Key::CopiedAt)?, last))
        })?;
        // A clock that was set back must not keep the backup away for years.
        let due = closing || (now - copied_at).abs() >= EVERY_MS;
        if last_op == copied_op || !due {
            return Ok(None);
        }
        let (written, _) = self.back_up()?;
        self.try_backup_if_due(Path::new(&written.file))?;
        Ok(Some(written))
    }

    /// Once a week the newest backup is opened again, as it would be after a disaster.
    fn try_backup_if_due(&self, file: &Path) -> Result<()> {
        let now = self.now_ms();
        let last = self.store.read(|connection| settings::number(connection, Key::TriedAt))?;
        if (now - last).abs() < TRIAL_MS {
            return Ok(());
        }
        backup::open_on_trial(&self.place, file, self.store.key())?;
        self.backed_scans(file)?.open_on_trial(&self.store, &self.scans)?;
        self.store.write(|writing| settings::set(writing, Key::TriedAt, &now.to_string()))?;
        Ok(())
    }

    fn backed_scans(&self, backup: &Path) -> Result<BackedScans> {
        Ok(BackedScans::beside(backup, &KeyFile::read(&self.place)?.store))
    }

    /// Replays the log and compares.
    pub fn verify(&self) -> Result<Verified> {
        self.store.verify()
    }
}

/// Puts a backup in the place of a desk's store, and the scans beside it. What was there is kept; the desk goes on under a spare identity, so that no
/// number is given twice.
pub fn restore(
    place: Place,
    file: &Path,
    how: &Unlock<'_>,
    sitter: &Sitter<'_>,
    clock: Clock,
    speech: impl Into<Speech>,
) -> Result<Desk> {
    let alone = crate::place::hold(&place, true)?;
    let (unpacked, key) = backup::unpack(&place, file, how)?;
    unpacked.take_over(&place)?;
    drop(alone);
    let keys = KeyFile::read(&place)?;
    let desk = Desk::open(place, keys, key, sitter, clock, speech)?;
    desk.backed_scans(file)?.put_back(&desk.scans)?;
    // Whatever the marks say: nothing is written again under numbers the restored desk may have used after this backup.
    if desk.store.read(|connection| Ok(ops::own(connection)?.last_seq))? > 0 {
        desk.leave_identity()?;
    }
    Ok(desk)
}
