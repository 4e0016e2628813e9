//! The desk's store: SQLCipher, one writer and a few readers, and one door for writes that answers what changed.
//!
//! Tables are a fold of the log: whatever appends an operation refolds its dossier in the same transaction.

pub mod backed_scans;
pub mod backup;
mod clocks;
pub mod dossiers;
pub mod drafts;
pub mod fetches;
pub mod finding;
mod forgetting;
pub mod not_received;
pub mod numbers;
pub mod officers;
pub mod ops;
pub mod others;
pub mod procedures;
mod rehome;
pub mod roster;
pub mod scans;
mod seen;
pub mod settings;
pub mod templates;
pub mod till;
pub mod verify;

use crate::error::{Code, Error, Result};
use crate::keys::DataKey;
use crate::place::Place;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use serde::Serialize;
use settings::Key;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use ts_rs::TS;

/// What a write touched, so that screens fetch it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Dossiers, their lists and counts, and visits that ended without one.
    Dossiers,
    /// Intake in progress.
    Drafts,
    /// What waits to be sent.
    Sync,
    /// Procedures.
    Catalogue,
    /// Officers.
    Officers,
    /// Closes of a till, and what was paid in.
    Till,
    /// The desk's settings.
    Settings,
}

/// The changes of one write.
pub type Changes = BTreeSet<Change>;

/// Statements a connection keeps prepared: more than this release has, or it would prepare them over and over.
const STATEMENTS: usize = 256;

/// Number of the rules by which this release makes tables of the log. Whoever changes what a fold says raises it by one.
const FOLD: i64 = 4;

/// How many migrations this release knows; a store with more was written by a newer one.
fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(include_str!("../../../../migrations/desk/0001_first.sql")),
        M::up(include_str!("../../../../migrations/desk/0002_merging.sql")),
        M::up(include_str!("../../../../migrations/desk/0003_link.sql")),
        M::up(include_str!("../../../../migrations/desk/0004_neighbours.sql")),
        M::up(include_str!("../../../../migrations/desk/0005_scans.sql")),
        M::up(include_str!("../../../../migrations/desk/0006_fetched.sql")),
        M::up(include_str!("../../../../migrations/desk/0007_clocks.sql")),
        M::up(include_str!("../../../../migrations/desk/0008_forgotten.sql")),
        M::up(include_str!("../../../../migrations/desk/0009_forms.sql")),
        M::up(include_str!("../../../../migrations/desk/0010_finding.sql")),
        M::up(include_str!("../../../../migrations/desk/0011_money.sql")),
    ])
}

/// An open store.
pub struct Store {
    path: PathBuf,
    key: DataKey,
    // Closed before the writer: only the last connection puts the journal into the database file, and a reader cannot.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl Store {
    /// Makes a new store. An existing one is never overwritten.
    pub fn create(place: &Place, key: DataKey) -> Result<Self> {
        let path = place.database();
        if place.is_set_up() {
            return Err(Error::new(Code::AlreadySetUp));
        }
        crate::place::make_private(place.data())
            .map_err(|error| Error::new(Code::FileUnwritable).with("file", place.data().display()).because(error))?;
        if path.exists() {
            // Set-up was cut off before its keys were written: nothing can ever open this, and still it is not deleted.
            let _ = move_aside(place, &path, Error::new(Code::StoreDamaged));
        }
        Self::connect(path, key)
    }

    /// Opens the store, bringing an older one up to date. One that cannot be read with its own key is moved aside, never deleted.
    pub fn open(place: &Place, key: DataKey) -> Result<Self> {
        let path = place.database();
        if !path.exists() {
            return Err(Error::new(Code::StoreMissing));
        }
        Self::connect(path.clone(), key)
            .inspect_err(|error| log::error!("store: {error}"))
            .map_err(|error| if error.code() == Code::StoreDamaged { move_aside(place, &path, error) } else { error })
    }

    fn connect(path: PathBuf, key: DataKey) -> Result<Self> {
        let mut writer = connection(&path, &key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.pragma_update(None, "foreign_keys", true)?;
        let version: i64 = writer.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        migrations().to_latest(&mut writer).map_err(|error| match error {
            rusqlite_migration::Error::MigrationDefinition(
                rusqlite_migration::MigrationDefinitionError::DatabaseTooFarAhead,
            ) => Error::new(Code::StoreNewer).with("version", version),
            rusqlite_migration::Error::RusqliteError { err, .. } => Error::from(err),
            other => Error::new(Code::Internal).because(other),
        })?;
        let store = Self { path, key, writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) };
        store.fold_anew()?;
        store.erase_scans()?;
        Ok(store)
    }

    /// Makes the tables of another release those of this one, which folds by other rules or understands more kinds.
    fn fold_anew(&self) -> Result<()> {
        if self.read(|connection| settings::number(connection, Key::Fold))? == FOLD {
            return Ok(());
        }
        self.write(|writing| {
            seen::note_all(&writing.tx)?;
            clocks::note_all(&writing.tx)?;
            dossiers::refold_all(writing)?;
            not_received::fold_all(writing)?;
            settings::set(writing, Key::Fold, &FOLD.to_string())
        })?;
        Ok(())
    }

    /// Reads a consistent picture of the store; never waits for a write.
    pub fn read<T>(&self, what: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let spare = lock(&self.readers).pop();
        let mut reader = match spare {
            Some(reader) => reader,
            None => connection(&self.path, &self.key, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let result = {
            let picture = reader.transaction()?;
            what(&picture)
        };
        let mut readers = lock(&self.readers);
        if readers.len() < 4 {
            readers.push(reader);
        }
        result
    }

    /// The one write door: everything `what` writes becomes durable together, or nothing does.
    pub fn write<T>(&self, what: impl FnOnce(&mut Writing<'_>) -> Result<T>) -> Result<(T, Changes)> {
        let (result, changes, forgets) = {
            let mut writer = lock(&self.writer);
            let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut writing = Writing { tx, changes: Changes::new(), forgets: false };
            let result = what(&mut writing)?;
            let Writing { tx, changes, forgets } = writing;
            tx.commit()?;
            (result, changes, forgets)
        };
        if forgets {
            self.erase_scans()?;
        }
        Ok((result, changes))
    }

    /// The data key, for backups.
    pub(crate) fn key(&self) -> &DataKey {
        &self.key
    }

    /// The database file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// A write in progress.
pub struct Writing<'a> {
    tx: Transaction<'a>,
    changes: Changes,
    /// Whether scans are to be erased after it.
    forgets: bool,
}

impl Writing<'_> {
    /// What is written is read in the same transaction.
    pub fn reading(&self) -> &Connection {
        &self.tx
    }

    pub(crate) fn changed(&mut self, change: Change) -> &Transaction<'_> {
        self.changes.insert(change);
        &self.tx
    }
}

/// Opens an encrypted connection and proves that the key fits.
fn connection(path: &Path, key: &DataKey, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let raw = zeroize::Zeroizing::new(format!("x'{}'", data_encoding::HEXLOWER.encode(key.as_slice())));
    connection.pragma_update(None, "key", raw.as_str())?;
    connection.pragma_update_and_check(None, "cipher_log_level", "NONE", |_| Ok(()))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(connection)
}

/// Moves a store that cannot be read, with its journal, into `damaged/`, and says so.
fn move_aside(place: &Place, path: &Path, error: Error) -> Error {
    let folder = place.damaged();
    let moved = (1..1000).map(|n| folder.join(format!("desk-{n}.db"))).find(|target| !target.exists());
    let Some(target) = moved else { return error };
    if fs::create_dir_all(&folder).and_then(|()| fs::rename(path, &target)).is_err() {
        return error;
    }
    for suffix in ["-wal", "-shm"] {
        let beside = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if beside(path).exists()
            && let Err(error) = fs::rename(beside(path), beside(&target))
        {
            log::error!("store: the journal could not be moved aside: {error}");
        }
    }
    Error::new(Code::StoreDamaged).with("file", target.display()).because(error)
}

/// A poisoned lock means a panic elsewhere; SQLite has rolled that transaction back, so the connection is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let code = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Code::StoreDamaged,
            Some(ErrorCode::DiskFull) => Code::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::StoreBusy,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => Code::StoreUnwritable,
            _ if is_unreadable_page(&error) => Code::StoreDamaged,
            _ => Code::Internal,
        };
        Error::new(code).with("file", "desk.db").because(error)
    }
}

/// SQLCipher answers a page whose seal is broken with the bare SQLITE_ERROR; faulty SQL always comes with words of its own.
fn is_unreadable_page(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            failure.extended_code == rusqlite::ffi::SQLITE_ERROR
                && message.as_deref().is_none_or(|message| message == "SQL logic error")
        }
        _ => false,
    }
}
