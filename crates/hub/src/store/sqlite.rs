//! The embedded engine: one file, opened by whoever writes or reads.

use super::sql::for_sqlite;
use super::value::{Cell, Row, Value};
use super::{Ending, Fault};
use crate::{Error, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};
use rusqlite_migration::{M, Migrations};
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// How long a command waits for another to finish its transaction.
const PATIENCE: Duration = Duration::from_secs(10);

/// KiB of pages the writing hand keeps in memory: what it writes for many desks at once is not put away in the middle.
const CACHE_KIB: i64 = 32 * 1024;

/// Pages in the journal before they are put into the one file, 32 MiB: many commits write the same pages, which then go once.
const JOURNAL_PAGES: i64 = 8 * 1024;

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
    let mut store = Connection::open(path).map_err(Fault::from)?;
    prepare(&store).map_err(Fault::from)?;
    store.pragma_update(None, "journal_mode", "WAL").map_err(Fault::from)?;
    // What was acknowledged is on the disk.
    store.pragma_update(None, "synchronous", "FULL").map_err(Fault::from)?;
    store.pragma_update(None, "cache_size", -CACHE_KIB).map_err(Fault::from)?;
    store.pragma_update(None, "wal_autocheckpoint", JOURNAL_PAGES).map_err(Fault::from)?;
    MIGRATIONS.to_latest(&mut store).map_err(migration_error)?;
    Ok(store)
}

/// Opens a copy of a backup, bringing one of an older release up to date; `None` where it is no sound store.
pub fn open_backup(path: &Path) -> Result<Option<Connection>> {
    let verdict = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|copy| copy.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)));
    if verdict.is_ok_and(|verdict| verdict == "ok") { open(path).map(Some) } else { Ok(None) }
}

/// Puts everything into the one file, and leaves it.
pub fn close_whole(store: Connection) -> Result<(), Fault> {
    store.pragma_update(None, "journal_mode", "DELETE")?;
    store.close().map_err(|(_, error)| error.into())
}

/// Whether nobody has a store open; its journal is then in the one file.
pub fn is_idle(path: &Path) -> bool {
    let alone = |store: Connection| {
        store.busy_timeout(Duration::ZERO)?;
        store.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0))
    };
    Connection::open(path).and_then(alone).is_ok_and(|mode| mode == "delete")
}

/// Opens a store that is there, for reading alone.
pub fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    prepare(&reader)?;
    Ok(reader)
}

fn prepare(store: &Connection) -> rusqlite::Result<()> {
    store.busy_timeout(PATIENCE)?;
    store.set_prepared_statement_cache_capacity(64);
    store.pragma_update(None, "trusted_schema", false)
}

fn migration_error(error: rusqlite_migration::Error) -> Error {
    match error {
        rusqlite_migration::Error::MigrationDefinition(_) => Error::NewerStore,
        rusqlite_migration::Error::RusqliteError { err, .. } => Error::Store(err.into()),
        other => Error::Store(rusqlite::Error::ToSqlConversionFailure(Box::new(other)).into()),
    }
}

/// Begins to write, alone among all writers.
pub fn begin_to_write(store: &Connection) -> Result<(), Fault> {
    Ok(store.execute_batch("BEGIN IMMEDIATE")?)
}

/// Begins to read one state.
pub fn begin_to_read(store: &Connection) -> Result<(), Fault> {
    Ok(store.execute_batch("BEGIN")?)
}

/// Ends the transaction. What could not be committed is undone.
pub fn end(store: &Connection, ending: Ending) -> Result<(), Fault> {
    let committed = match ending {
        Ending::Commit => store.execute_batch("COMMIT"),
        Ending::Undo => Ok(()),
    };
    // Some failures have undone everything by themselves.
    if !store.is_autocommit() {
        store.execute_batch("ROLLBACK")?;
    }
    Ok(committed?)
}

/// Runs a statement once.
pub fn run(store: &Connection, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    step(&mut store.prepare_cached(&for_sqlite(sql, 1))?, values.iter(), &mut rows)?;
    Ok(rows)
}

/// Runs a statement for each of many rows.
pub fn run_many<'a, R: AsRef<[Value<'a>]>>(
    store: &Connection,
    sql: &str,
    values: &[Value<'_>],
    many: &[R],
) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let mut statement = store.prepare_cached(&for_sqlite(sql, values.len() + 1))?;
    for row in many {
        step(&mut statement, values.iter().chain(row.as_ref()), &mut rows)?;
    }
    Ok(rows)
}

fn step<'v, 'a: 'v>(
    statement: &mut CachedStatement<'_>,
    values: impl Iterator<Item = &'v Value<'a>>,
    into: &mut Vec<Row>,
) -> Result<(), Fault> {
    for (number, value) in (1..).zip(values) {
        statement.raw_bind_parameter(number, value)?;
    }
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let cell = |column| cell(row.get_ref(column)?);
        into.push((0..columns).map(cell).collect::<Result<Vec<Cell>, Fault>>()?.into());
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Result<Cell, Fault> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(value) => Ok(Cell::Int(value)),
        ValueRef::Text(value) => String::from_utf8(value.to_vec()).map(Cell::Text).map_err(|_| Fault::Column),
        ValueRef::Blob(value) => Ok(Cell::Bytes(value.to_vec())),
        ValueRef::Real(_) => Err(Fault::Column),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
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
