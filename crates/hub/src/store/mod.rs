//! The hub's store: SQLite in one file, or PostgreSQL. One file a table; each statement is one text that both engines read
//! ([`sql`]). Reads take a [`Reader`], writes take the [`Door`].
//!
//! The SQL keeps to what PostgreSQL's larger relatives take too: every key is led by the agency; no sequences people see, no
//! triggers, no advisory locks, no notifications, no foreign keys between agencies.

pub mod backed_up;
pub mod checkpoint;
pub mod clock_note;
pub mod copy;
pub mod desk;
pub mod dossier;
pub mod feed;
pub mod forgotten;
pub mod lease;
pub mod op;
pub mod outbox;
pub mod postgres;
pub mod readers;
pub mod scan;
pub mod seen;
pub mod sql;
pub mod sqlite;
pub mod value;
pub mod whole;

pub use self::postgres::Database;
use crate::Result;
pub use readers::Readers;
use std::ops::Deref;
use std::path::PathBuf;
use value::{Row, Value};

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The embedded engine's word.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The server's word, or that of the connection to it.
    #[error("PostgreSQL: {said}")]
    Postgres {
        /// Without any row's content.
        said: String,
        /// Whether others were in the way: the same work may succeed when it is done again.
        again: bool,
    },
    /// A row is not what its table promises.
    #[error("a column holds what it should not")]
    Column,
    /// No connection could be had.
    #[error("{0}")]
    NotOpened(String),
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// In a file.
    Sqlite(PathBuf),
    /// In a database of a server.
    Postgres(Database),
}

impl Address {
    /// Opens the store for writing, making or upgrading its tables.
    pub fn open(&self) -> Result<Store> {
        match self {
            Self::Sqlite(path) => sqlite::open(path).map(Store::Sqlite),
            Self::Postgres(database) => database.open().map(Box::new).map(Store::Postgres),
        }
    }

    /// Opens another connection to a store whose tables are there.
    fn open_another(&self, to: Purpose) -> Result<Store, Fault> {
        let store = match (self, to) {
            (Self::Sqlite(path), Purpose::Reading) => return Ok(Store::Sqlite(sqlite::open_to_read(path)?)),
            (Self::Sqlite(path), Purpose::Writing) => sqlite::open(path).map(Store::Sqlite),
            (Self::Postgres(database), _) => database.open_as_it_is().map(Box::new).map(Store::Postgres),
        };
        store.map_err(|error| Fault::NotOpened(error.to_string()))
    }

    /// Opens a connection to write over, once the first was lost.
    pub fn open_again(&self) -> Result<Store, Fault> {
        self.open_another(Purpose::Writing)
    }

    /// Whether there is a store.
    pub fn is_founded(&self) -> Result<bool> {
        match self {
            Self::Sqlite(path) => Ok(path.exists()),
            Self::Postgres(database) => database.has_tables(),
        }
    }

    /// How many may write at once: a file has room for one; a server works on one agency while another's commit waits.
    pub fn hands(&self) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => 4,
        }
    }
}

#[derive(Clone, Copy)]
enum Purpose {
    Reading,
    Writing,
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With all of it kept.
    Commit,
    /// With nothing of it kept.
    Undo,
}

/// An open store, used by one at a time.
pub enum Store {
    /// A file.
    Sqlite(rusqlite::Connection),
    /// A connection to a server.
    Postgres(Box<postgres::Connection>),
}

impl Store {
    /// Carries out work in one transaction, whole or not at all.
    pub fn write<T, E: From<Fault>>(&mut self, work: impl FnOnce(&Door<'_>) -> Result<T, E>) -> Result<T, E> {
        match self {
            Self::Sqlite(store) => sqlite::begin_to_write(store)?,
            Self::Postgres(store) => store.begin_to_write()?,
        }
        let mut open = Transaction { store: self, is_open: true };
        let value = work(&Door(Reader(open.store)))?;
        open.end(Ending::Commit)?;
        Ok(value)
    }

    /// Reads one consistent state.
    pub fn read<T, E: From<Fault>>(&mut self, reading: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        match self {
            Self::Sqlite(store) => sqlite::begin_to_read(store)?,
            Self::Postgres(store) => store.begin_to_read()?,
        }
        let open = Transaction { store: self, is_open: true };
        reading(&Reader(open.store))
    }

    /// Reads with one statement, which sees one state by itself.
    pub fn glance<T, E: From<Fault>>(&mut self, reading: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        reading(&Reader(self))
    }

    /// Whether its connection is lost.
    pub fn is_lost(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(store) => store.is_closed(),
        }
    }

    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Fault> {
        match self {
            Self::Sqlite(store) => sqlite::run(store, sql, values),
            Self::Postgres(store) => store.run(sql, values),
        }
    }

    fn run_many<'a>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        rows: &[impl AsRef<[Value<'a>]>],
    ) -> Result<Vec<Row>, Fault> {
        match self {
            Self::Sqlite(store) => sqlite::run_many(store, sql, values, rows),
            Self::Postgres(store) => store.run_many(sql, values, rows),
        }
    }
}

/// A transaction that is undone unless it is committed, also by a fault on the way.
struct Transaction<'a> {
    store: &'a Store,
    is_open: bool,
}

impl Transaction<'_> {
    fn end(&mut self, ending: Ending) -> Result<(), Fault> {
        self.is_open = false;
        match self.store {
            Store::Sqlite(store) => sqlite::end(store, ending),
            Store::Postgres(store) => store.end(ending),
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // A connection that is lost has undone it.
        if self.is_open && self.end(Ending::Undo).is_err() {
            log::warn!("a transaction could not be ended");
        }
    }
}

/// What reads go through: one state of the store.
pub struct Reader<'a>(&'a Store);

impl Reader<'_> {
    /// The rows a statement answers.
    pub fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Fault> {
        self.0.run(sql, values)
    }

    /// The first row, where there is one.
    pub fn first(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>, Fault> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// The rows a statement answers for many rows that are asked for.
    pub fn query_many<'a>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        rows: &[impl AsRef<[Value<'a>]>],
    ) -> Result<Vec<Row>, Fault> {
        self.0.run_many(sql, values, rows)
    }
}

/// What writes go through: a transaction that nobody is answered before.
pub struct Door<'a>(Reader<'a>);

impl Door<'_> {
    /// Runs a statement that writes.
    pub fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<(), Fault> {
        self.0.query(sql, values).map(drop)
    }

    /// Runs a statement that writes, for many rows.
    pub fn execute_many<'a>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        rows: &[impl AsRef<[Value<'a>]>],
    ) -> Result<(), Fault> {
        self.0.query_many(sql, values, rows).map(drop)
    }
}

impl<'a> Deref for Door<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.0
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
