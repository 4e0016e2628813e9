//! The rows of the hub's log, put into its table by nobody who asks.

use super::postgres::Database;
use crate::Result;
use postgres::types::ToSql;
use rusqlite::{Connection, params};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// A row of the hub's log.
pub struct Row {
    pub agency: String,
    replica: i64,
    seq: i64,
    public: Vec<u8>,
    personal: Option<Vec<u8>>,
    salt: Option<Vec<u8>>,
    head: Vec<u8>,
    kind: Option<i64>,
    dossier_replica: Option<i64>,
    dossier_seq: Option<i64>,
    set_aside: Option<String>,
    heard_at: i64,
    position: i64,
}

const COLUMNS: &str = "agency, replica, seq, public, personal, salt, head, kind, dossier_replica, dossier_seq, set_aside, \
                       heard_at, position";

/// The rows a hub has stored in a file, desk by desk.
pub fn rows(file: &Path) -> Result<Vec<Row>> {
    let store = Connection::open(file)?;
    let mut statement = store.prepare(&format!("SELECT {COLUMNS} FROM op ORDER BY agency, replica, seq"))?;
    let rows = statement.query_map([], |row| {
        Ok(Row {
            agency: row.get(0)?,
            replica: row.get(1)?,
            seq: row.get(2)?,
            public: row.get(3)?,
            personal: row.get(4)?,
            salt: row.get(5)?,
            head: row.get(6)?,
            kind: row.get(7)?,
            dossier_replica: row.get(8)?,
            dossier_seq: row.get(9)?,
            set_aside: row.get(10)?,
            heard_at: row.get(11)?,
            position: row.get(12)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Puts batches into a new file, each in a commit of its own that waits for the disk.
pub fn into_sqlite(file: &Path, batches: &[&[Row]]) -> Result<Duration> {
    let store = Connection::open(file)?;
    store.pragma_update(None, "journal_mode", "WAL")?;
    store.pragma_update(None, "synchronous", "FULL")?;
    store.execute_batch(include_str!("../../../migrations/hub-sqlite/0001_first.sql"))?;
    let begun = Instant::now();
    let sql = format!("INSERT INTO op ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
    let mut insert = store.prepare(&sql)?;
    for batch in batches {
        store.execute_batch("BEGIN IMMEDIATE")?;
        for row in *batch {
            insert.execute(params![
                row.agency,
                row.replica,
                row.seq,
                row.public,
                row.personal,
                row.salt,
                row.head,
                row.kind,
                row.dossier_replica,
                row.dossier_seq,
                row.set_aside,
                row.heard_at,
                row.position,
            ])?;
        }
        store.execute_batch("COMMIT")?;
    }
    Ok(begun.elapsed())
}

/// Puts batches into a new database over so many connections, each in a commit of its own that waits for the disk.
pub fn into_postgres(database: &Database, batches: &[&[Row]], connections: usize) -> Result<Duration> {
    let mut clients: Vec<_> = (0..connections).map(|_| database.connect()).collect();
    if let Some(first) = clients.first_mut() {
        first.batch_execute(include_str!("../../../migrations/hub-postgres/0001_first.sql"))?;
        first.batch_execute("CHECKPOINT")?;
    }
    let sql = format!(
        "INSERT INTO op ({COLUMNS}) SELECT * FROM unnest($1::text[], $2::int8[], $3::int8[], $4::bytea[], $5::bytea[], \
         $6::bytea[], $7::bytea[], $8::int8[], $9::int8[], $10::int8[], $11::text[], $12::int8[], $13::int8[]) \
         ON CONFLICT DO NOTHING"
    );
    let begun = Instant::now();
    thread::scope(|scope| {
        let inserting: Vec<_> = clients
            .iter_mut()
            .enumerate()
            .map(|(turn, client)| {
                let sql = sql.as_str();
                scope.spawn(move || {
                    let insert = client.prepare(sql)?;
                    // A desk's batches follow each other, so they go the same way.
                    let mut own = batches.iter().enumerate().filter(|(place, _)| place % connections == turn);
                    own.try_for_each(|(_, batch)| inserted(client, &insert, batch))
                })
            })
            .collect();
        for one in inserting {
            one.join().map_err(|_| "an inserting thread fell over")??;
        }
        Ok(begun.elapsed())
    })
}

fn inserted(
    client: &mut postgres::Client,
    insert: &postgres::Statement,
    batch: &[Row],
) -> std::result::Result<(), postgres::Error> {
    fn column<'a, T>(batch: &'a [Row], of: impl Fn(&'a Row) -> T) -> Vec<T> {
        batch.iter().map(of).collect()
    }
    let values: [&(dyn ToSql + Sync); 13] = [
        &column(batch, |row| &row.agency),
        &column(batch, |row| row.replica),
        &column(batch, |row| row.seq),
        &column(batch, |row| &row.public),
        &column(batch, |row| &row.personal),
        &column(batch, |row| &row.salt),
        &column(batch, |row| &row.head),
        &column(batch, |row| row.kind),
        &column(batch, |row| row.dossier_replica),
        &column(batch, |row| row.dossier_seq),
        &column(batch, |row| &row.set_aside),
        &column(batch, |row| row.heard_at),
        &column(batch, |row| row.position),
    ];
    client.execute(insert, &values).map(drop)
}
