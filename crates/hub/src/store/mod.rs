//! The hub's store: SQLite now, and in SQL that PostgreSQL understands in its sense (no sequences people see, no triggers,
//! every key led by the agency), one file a table. Reads take `&Connection`, writes take the [`Door`].

pub mod backed_up;
pub mod checkpoint;
pub mod desk;
pub mod dossier;
pub mod far_ahead;
pub mod feed;
pub mod lease;
pub mod op;
pub mod outbox;
pub mod whole;

use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags, Savepoint, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What writes go through: a savepoint inside an IMMEDIATE transaction.
pub type Door<'a> = Savepoint<'a>;

/// How long a command waits for another to finish its transaction.
const PATIENCE: Duration = Duration::from_secs(10);

const STEPS: &[M<'_>] = &[M::up(include_str!("../../../../migrations/hub-sqlite/0001_first.sql"))];
const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);

/// Opens the store for writing, making or upgrading its tables.
pub fn open(path: &Path) -> Result<Connection> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    // SQLite gives its side files the permissions of the store itself.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(Error::folder(path))?;
    let mut store = Connection::open(path)?;
    prepare(&store)?;
    store.pragma_update(None, "journal_mode", "WAL")?;
    // What was acknowledged is on the disk.
    store.pragma_update(None, "synchronous", "FULL")?;
    MIGRATIONS.to_latest(&mut store).map_err(migration_error)?;
    Ok(store)
}

/// Carries out one command of the administrator, whole or not at all.
pub fn write<T>(store: &mut Connection, work: impl FnOnce(&Door<'_>) -> Result<T>) -> Result<T> {
    let mut transaction = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let door = transaction.savepoint()?;
    let value = work(&door)?;
    door.commit()?;
    transaction.commit()?;
    Ok(value)
}

/// Connections that only read, as many as are asked for at once.
pub struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Readers of a store that is there.
    pub fn new(path: PathBuf) -> Self {
        Self { path, free: Mutex::default() }
    }

    /// Reads one consistent state.
    pub fn read<T>(&self, reading: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = free.map_or_else(|| self.open(), Ok)?;
        let transaction = reader.transaction()?;
        let result = reading(&transaction);
        drop(transaction);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        result
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let reader = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        prepare(&reader)?;
        Ok(reader)
    }
}

fn prepare(store: &Connection) -> rusqlite::Result<()> {
    store.busy_timeout(PATIENCE)?;
    store.pragma_update(None, "trusted_schema", false)
}

fn migration_error(error: rusqlite_migration::Error) -> Error {
    match error {
        rusqlite_migration::Error::MigrationDefinition(_) => Error::NewerStore,
        rusqlite_migration::Error::RusqliteError { err, .. } => Error::Store(err),
        other => Error::Store(rusqlite::Error::ToSqlConversionFailure(Box::new(other))),
    }
}

/// A number for a column. No log, feed or clock comes near the end of the range, so what lies beyond it is just far away.
pub fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number from a column that only ever held what [`column`] gave.
pub fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_make_a_store() {
        assert_eq!(MIGRATIONS.validate(), Ok(()));
    }

    #[test]
    fn a_store_of_a_newer_release_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("hub.db");
        open(&path).expect("a store").pragma_update(None, "user_version", 999).expect("a newer store");
        assert!(matches!(open(&path), Err(Error::NewerStore)));
    }
}
