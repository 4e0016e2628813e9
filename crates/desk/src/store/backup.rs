//! Backups: one file that holds the encrypted store and the wrapped keys that open it, so that the recovery sheet is enough.
//!
//! The scans that the province has not yet stand beside it ([`super::backed_scans`]).
//!
//! Layout: `MCXB1\n`, the length of the key file as eight bytes little-endian, the key file, the database (SQLCipher).

use super::backed_scans::BackedScans;
use super::scans::Scans;
use super::{Store, ops, settings};
use crate::error::{Code, Error, Result};
use crate::keys::{DataKey, KeyFile, Unlock};
use crate::place::{Place, write_durably};
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 6] = b"MCXB1\n";

/// A key file longer than this is none.
const MAX_KEYS: u64 = 1024 * 1024;

impl Store {
    /// Writes a backup, with the scans beside it, and notes how far it reaches. Answers its size in bytes, and how many scans
    /// of this desk are there.
    pub fn back_up(&self, place: &Place, scans: &Scans, target: &Path, now_ms: i64) -> Result<(u64, u32)> {
        let unwritable =
            |error: std::io::Error| Error::new(Code::FileUnwritable).with("file", target.display()).because(error);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let copy = beside(target, "copy");
        let _ = fs::remove_file(&copy);
        let reached = {
            // A connection of its own, outside any transaction, as VACUUM asks; others go on writing meanwhile.
            let connection = super::connection(self.path(), self.key(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            let reached = ops::last_row(&connection)?;
            connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(|error| {
                match error.sqlite_error_code() {
                    Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::SystemIoFailure) => {
                        Error::new(Code::FileUnwritable).with("file", target.display()).because(error)
                    }
                    _ => Error::from(error),
                }
            })?;
            reached
        };
        let written = self.bundle(place, &copy, target).map_err(unwritable);
        let _ = fs::remove_file(&copy);
        let bytes = written?;
        // The store is safe by now, whatever becomes of them. Each that it names is on the disk here.
        let count = BackedScans::beside(target, &KeyFile::read(place)?.store).bring_up_to_date(self, scans)?;
        self.write(|writing| {
            settings::set(writing, settings::Key::CopiedOp, &reached.to_string())?;
            settings::set(writing, settings::Key::CopiedAt, &now_ms.to_string())
        })?;
        Ok((bytes, count))
    }

    fn bundle(&self, place: &Place, copy: &Path, target: &Path) -> std::io::Result<u64> {
        let keys = fs::read(place.keys())?;
        let new = beside(target, "new");
        let mut file = private(&new)?;
        file.write_all(MAGIC)?;
        file.write_all(&(keys.len() as u64).to_le_bytes())?;
        file.write_all(&keys)?;
        std::io::copy(&mut fs::File::open(copy)?, &mut file)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        fs::rename(&new, target)?;
        Ok(bytes)
    }
}

/// A name of the product's own beside a file, so that nobody's file is touched.
fn beside(file: &Path, what: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
}

/// Makes a file that its owner alone can read.
fn private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A backup taken apart into a folder of its own, opened with its key and found sound.
pub struct Unpacked {
    keys: KeyFile,
    database: PathBuf,
}

/// Opens a backup as it would be after a disaster, with the key at hand, and leaves nothing behind.
pub fn open_on_trial(place: &Place, backup: &Path, key: &DataKey) -> Result<()> {
    let (_, database) = take_apart(place, backup, "trial.db")?;
    let result =
        super::connection(&database, key, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|connection| sound(&connection));
    let _ = fs::remove_file(&database);
    result.map_err(|error| Error::new(Code::BackupUnreadable).with("file", backup.display()).because(error))
}

/// Takes a backup apart beside the desk's data folder and proves that it opens. The folder is emptied again if it does not.
pub fn unpack(place: &Place, backup: &Path, how: &Unlock<'_>) -> Result<(Unpacked, DataKey)> {
    let (keys, database) = take_apart(place, backup, "restored.db")?;
    let opened = keys.open(how, place).and_then(|key| {
        let connection = super::connection(&database, &key, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|c| sound(&c));
        connection.map_err(|error| Error::new(Code::BackupUnreadable).with("file", backup.display()).because(error))?;
        Ok(key)
    });
    match opened {
        Ok(key) => Ok((Unpacked { keys, database }, key)),
        Err(error) => {
            let _ = fs::remove_file(&database);
            Err(error)
        }
    }
}

/// The key file of a backup, and its database written beside the desk's under a name of its own.
fn take_apart(place: &Place, backup: &Path, name: &str) -> Result<(KeyFile, PathBuf)> {
    let unreadable =
        |error: std::io::Error| Error::new(Code::FileUnreadable).with("file", backup.display()).because(error);
    let not_one = || Error::new(Code::BackupUnreadable).with("file", backup.display());
    let mut file = fs::File::open(backup).map_err(unreadable)?;
    let (mut magic, mut length) = ([0; 6], [0; 8]);
    file.read_exact(&mut magic)
        .and_then(|()| file.read_exact(&mut length))
        .map_err(|error| not_one().because(error))?;
    let length = u64::from_le_bytes(length);
    if &magic != MAGIC || length > MAX_KEYS {
        return Err(not_one());
    }
    let mut keys = Vec::new();
    (&mut file).take(length).read_to_end(&mut keys).map_err(unreadable)?;
    let keys = KeyFile::parse(&keys).map_err(|error| not_one().because(error))?;
    let database = place.data().join(name);
    let written = (|| {
        fs::create_dir_all(place.data())?;
        let mut target = private(&database)?;
        std::io::copy(&mut file, &mut target)?;
        target.sync_all()
    })();
    written.map_err(|error| Error::new(Code::FileUnwritable).with("file", database.display()).because(error))?;
    Ok((keys, database))
}

fn sound(connection: &Connection) -> Result<()> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(Error::new(Code::StoreDamaged).with("file", "backup").because(said)) }
}

impl Unpacked {
    /// Puts the unpacked store in the place of the desk's; what was there is kept in `damaged/`, never deleted.
    pub fn take_over(self, place: &Place) -> Result<()> {
        let unwritable = |error: std::io::Error| {
            Error::new(Code::FileUnwritable).with("file", place.database().display()).because(error)
        };
        let kept = (1..10_000).map(|n| place.damaged().join(format!("replaced-{n}"))).find(|folder| !folder.exists());
        let kept = kept.ok_or_else(|| Error::new(Code::Internal))?;
        let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", place.database().display()));
        for old in [place.database(), beside("-wal"), beside("-shm"), place.keys()] {
            if old.exists() {
                fs::create_dir_all(&kept).map_err(unwritable)?;
                fs::rename(&old, kept.join(old.file_name().unwrap_or_default())).map_err(unwritable)?;
            }
        }
        fs::rename(&self.database, place.database()).map_err(unwritable)?;
        write_durably(&place.keys(), &self.keys.bytes()?)
    }
}
