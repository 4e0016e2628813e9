//! The scans of backups. Beside the backups in a folder stands `motcua-scans`, with a folder for each store, and in it every scan
//! of that desk which the province has not said it has whole: the sealed files as they are, under their hashes. So a scan is
//! copied once, however many backups there are, and opens with what opens the backup.

use super::Store;
use super::scans::{self, Scans, Standing, file_in};
use crate::error::{Code, Error, Result};
use crate::place::fill_durably;
use data_encoding::HEXLOWER;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The scans beside the backups in one folder.
pub struct BackedScans(PathBuf);

impl BackedScans {
    /// Those that belong to a backup of the store with this name.
    pub fn beside(backup: &Path, store: &str) -> Self {
        Self(backup.with_file_name("motcua-scans").join(store))
    }

    /// Copies what is not there yet, and drops what the province has. Answers how many are there now, of this desk's.
    pub fn bring_up_to_date(&self, store: &Store, own: &Scans) -> Result<u32> {
        let mut count = 0;
        for hash in store.read(scans::not_whole_there)? {
            let (from, to) = (own.path(&hash), file_in(&self.0, &hash));
            let Ok(length) = fs::metadata(&from).map(|file| file.len()) else { continue };
            if fs::metadata(&to).map(|file| file.len()).ok() != Some(length) {
                copy(&from, &to)?;
            }
            count += 1;
        }
        // What this desk knows nothing of may be another copy's of it.
        for (hash, file) in self.all() {
            let known = store.read(|connection| scans::of(connection, &hash))?;
            if known.is_some_and(|known| known.standing == Standing::Whole)
                && let Err(error) = fs::remove_file(&file)
            {
                log::warn!("a scan that the province has stays in the backup: {error}");
            }
        }
        Ok(count)
    }

    /// Opens all of them as after a disaster. One that is damaged is copied anew.
    ///
    /// # Errors
    /// The copy is damaged again: the place is of no use.
    pub fn open_on_trial(&self, store: &Store, own: &Scans) -> Result<()> {
        for hash in store.read(scans::not_whole_there)? {
            let (from, to) = (own.path(&hash), file_in(&self.0, &hash));
            if !own.is_whole(&hash) || own.is_sound(&to, &hash) {
                continue;
            }
            copy(&from, &to)?;
            // One that is damaged here too is the desk's trouble, not the backup's.
            if own.is_sound(&from, &hash) && !own.is_sound(&to, &hash) {
                return Err(Error::new(Code::BackupUnreadable).with("file", to.display()));
            }
        }
        Ok(())
    }

    /// Puts back what is sound and not here. Answers how many those are.
    pub fn put_back(&self, own: &Scans) -> Result<u32> {
        let mut count = 0;
        for (hash, file) in self.all() {
            if own.is_sound(&own.path(&hash), &hash) {
                continue;
            }
            if !own.is_sound(&file, &hash) {
                log::error!("a scan of the backup is damaged: {}", file.display());
                continue;
            }
            copy(&file, &own.path(&hash))?;
            count += 1;
        }
        Ok(count)
    }

    fn all(&self) -> Vec<([u8; 32], PathBuf)> {
        let inside = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let files = inside(self.0.clone()).flat_map(inside);
        let named = |file: PathBuf| {
            let hash = HEXLOWER.decode(file.file_name()?.to_str()?.as_bytes()).ok()?;
            Some((hash.try_into().ok()?, file))
        };
        files.filter_map(named).collect()
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let unreadable = |error| Error::new(Code::FileUnreadable).with("file", from.display()).because(error);
    let mut file = File::open(from).map_err(unreadable)?;
    let mut buffer = vec![0; 256 * 1024];
    fill_durably(to, &mut |append| {
        loop {
            let count = file.read(&mut buffer).map_err(unreadable)?;
            match buffer.get(..count) {
                Some(bytes) if count > 0 => append(bytes)?,
                _ => return Ok(()),
            }
        }
    })
}
