//! PostgreSQL 15 or later: one connection, used by one thread at a time. Several hubs may share one database.
//!
//! Writers read what is committed, statement by statement, and hold the row of the agency they write for, so that what they
//! read of it stays true. Readers see one state. Nothing here needs more than tables, row locks and transactions.

use super::sql::for_postgres;
use super::value::{Cell, Row, Value};
use super::{Ending, Fault};
use crate::{Error, Result};
use bytes::BytesMut;
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::borrow::Cow;
use std::cell::{Cell as Flag, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a server may take to answer a call, where the URL says nothing of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the network may keep what was sent without the server having it; the connection is lost then.
const SILENCE: Duration = Duration::from_secs(30);

/// How often two hubs that start at once may get into each other's way over the first table.
const TRIES: usize = 10;

const STEPS: &[&str] = &[include_str!("../../../../migrations/hub-postgres/0001_first.sql")];

/// A database of a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Database {
    /// `postgres://user:password@host:port/name`, or `host=… user=…`.
    pub url: String,
    /// The authority that vouches for the server, PEM. With it TLS is a must, without it there is none.
    pub authority: Option<PathBuf>,
}

// A URL may hold a password.
impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").field("authority", &self.authority).finish_non_exhaustive()
    }
}

/// A connection, with the statements it has prepared.
pub struct Connection {
    client: RefCell<Client>,
    prepared: RefCell<HashMap<String, Statement>>,
    /// Whether a statement of this transaction failed.
    has_failed: Flag<bool>,
}

impl Database {
    /// Connects, and makes or upgrades the tables.
    pub fn open(&self) -> Result<Connection> {
        let mut client = self.connect()?;
        upgrade(&mut client)?;
        Ok(client.into())
    }

    /// Connects to a database that has its tables.
    pub fn open_as_it_is(&self) -> Result<Connection> {
        Ok(self.connect()?.into())
    }

    /// Whether a hub was founded in it.
    pub fn has_tables(&self) -> Result<bool> {
        let row = self.connect()?.query_one("SELECT to_regclass('schema_version') IS NOT NULL", &[]);
        Ok(row.and_then(|row| row.try_get(0)).map_err(Fault::from)?)
    }

    fn connect(&self) -> Result<Client> {
        let mut config: postgres::Config = self.url.parse().map_err(Fault::from)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        config.application_name("motcua-hub");
        let client = match self.tls()? {
            Some(tls) => config.ssl_mode(postgres::config::SslMode::Require).connect(tls),
            None => config.connect(NoTls),
        };
        let mut client = client.map_err(Fault::from)?;
        // What was acknowledged is on the server's disk, whatever the server's own settings say.
        let durable =
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
        client.batch_execute(durable).map_err(Fault::from)?;
        Ok(client)
    }

    fn tls(&self) -> Result<Option<MakeRustlsConnect>> {
        let Some(path) = &self.authority else { return Ok(None) };
        let unusable = |error: String| Error::folder(path)(std::io::Error::other(error));
        let mut roots = rustls::RootCertStore::empty();
        for authority in CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))? {
            let authority = authority.map_err(|error| unusable(error.to_string()))?;
            roots.add(authority).map_err(|error| unusable(error.to_string()))?;
        }
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Some(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth())))
    }
}

impl From<Client> for Connection {
    fn from(client: Client) -> Self {
        Self { client: client.into(), prepared: RefCell::default(), has_failed: Flag::default() }
    }
}

/// Makes or upgrades the tables. Of several hubs that start at once, one does it and the others wait for the row.
fn upgrade(client: &mut Client) -> Result<()> {
    let first = "CREATE TABLE IF NOT EXISTS schema_version (one BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);
                 INSERT INTO schema_version (one, version) VALUES (1, 0) ON CONFLICT (one) DO NOTHING";
    // `IF NOT EXISTS` looks before it makes; whoever comes between finds the table on the next look.
    let mut made = client.batch_execute(first);
    for _ in 1..TRIES {
        if made.is_err() {
            made = client.batch_execute(first);
        }
    }
    made.map_err(Fault::from)?;
    let mut transaction = client.transaction().map_err(Fault::from)?;
    let held = "UPDATE schema_version SET version = version WHERE one = 1 RETURNING version";
    let version: i64 = transaction.query_one(held, &[]).and_then(|row| row.try_get(0)).map_err(Fault::from)?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(due) = STEPS.get(version..) else { return Err(Error::NewerStore) };
    for step in due {
        transaction.batch_execute(step).map_err(Fault::from)?;
    }
    if !due.is_empty() {
        let reached = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
        let note = "UPDATE schema_version SET version = $1 WHERE one = 1";
        transaction.execute(note, &[&reached]).map_err(Fault::from)?;
    }
    Ok(transaction.commit().map_err(Fault::from)?)
}

impl Connection {
    /// Begins to write. A row that was changed by others is waited for and then seen as they left it.
    pub fn begin_to_write(&self) -> Result<(), Fault> {
        self.say("BEGIN ISOLATION LEVEL READ COMMITTED")
    }

    /// Begins to read one state.
    pub fn begin_to_read(&self) -> Result<(), Fault> {
        self.say("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// Ends the transaction.
    ///
    /// # Errors
    /// A commit after a statement failed: the server would undo everything and call that a success.
    pub fn end(&self, ending: Ending) -> Result<(), Fault> {
        let has_failed = self.has_failed.take();
        match ending {
            Ending::Commit if !has_failed => self.say("COMMIT"),
            Ending::Undo => self.say("ROLLBACK"),
            Ending::Commit => {
                self.say("ROLLBACK")?;
                Err(Fault::Postgres { said: "a statement before the commit had failed".to_owned(), again: false })
            }
        }
    }

    /// Whether it is lost.
    pub fn is_closed(&self) -> bool {
        self.client.borrow().is_closed()
    }

    /// Runs a statement once.
    pub fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Fault> {
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.query(sql.into(), &values)
    }

    /// Runs a statement for many rows at once.
    pub fn run_many<'a, R: AsRef<[Value<'a>]>>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        many: &[R],
    ) -> Result<Vec<Row>, Fault> {
        let Some(width) = many.first().map(|row| row.as_ref().len()) else { return Ok(Vec::new()) };
        let column = |place| many.iter().map(|row| row.as_ref().get(place).copied().unwrap_or(Value::Null)).collect();
        let columns: Vec<Vec<Value<'a>>> = (0..width).map(column).collect();
        let arrays = columns.iter().map(|column| column as &(dyn ToSql + Sync));
        let all: Vec<_> = values.iter().map(|value| value as _).chain(arrays).collect();
        self.query(for_postgres(sql, values.len() + 1), &all)
    }

    fn query(&self, sql: Cow<'_, str>, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Fault> {
        let mut client = self.client.borrow_mut();
        let known = self.prepared.borrow().get(&*sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = client.prepare(&sql)?;
                self.prepared.borrow_mut().insert(sql.into_owned(), statement.clone());
                statement
            }
        };
        let answered = client.query(&statement, values).inspect_err(|_| self.has_failed.set(true));
        answered?.iter().map(row).collect()
    }

    fn say(&self, command: &str) -> Result<(), Fault> {
        Ok(self.client.borrow_mut().batch_execute(command)?)
    }
}

fn row(row: &postgres::Row) -> Result<Row, Fault> {
    let cell = |(place, column): (usize, &postgres::Column)| {
        let cell = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(place)?.map(Cell::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(place)?.map(|value| Cell::Int(value.into())),
            Type::TEXT => row.try_get::<_, Option<String>>(place)?.map(Cell::Text),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place)?.map(Cell::Bytes),
            _ => return Err(Fault::Column),
        };
        Ok(cell.unwrap_or(Cell::Null))
    };
    Ok(row.columns().iter().enumerate().map(cell).collect::<Result<Vec<_>, Fault>>()?.into())
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(kind, out),
            Value::Text(value) => value.to_sql(kind, out),
            Value::Bytes(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Self {
        // The server's details may quote a row; its code and its sentence do not.
        let said = match error.as_db_error() {
            Some(said) => format!("{} ({})", said.message(), said.code().code()),
            None => std::error::Error::source(&error).map_or(error.to_string(), |cause| format!("{error}: {cause}")),
        };
        let again =
            [&SqlState::T_R_SERIALIZATION_FAILURE, &SqlState::T_R_DEADLOCK_DETECTED, &SqlState::UNIQUE_VIOLATION];
        Self::Postgres { said, again: error.code().is_some_and(|code| again.contains(&code)) }
    }
}
