//! A copy of a whole store in a new file: what a backup is, whichever engine the hub works with.

use super::value::{Row, Value};
use super::{Fault, Reader, Store, backed_up, sqlite};
use crate::{Error, Result};
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::path::Path;
use std::time::Duration;

/// Rows fetched from a server at a time.
const AT_A_TIME: usize = 1_000;

/// Every table: its name, the columns of its key, its other columns. The hub's own key is not for a backup.
const TABLES: [(&str, &str, &str); 13] = [
    ("hub", "one", "epoch, next_desk, next_replica, key_hash, restored_at"),
    ("agency", "agency", "feed_end, roster, forgotten"),
    (
        "desk",
        "agency, desk",
        "name, code_hash, code_made_at, failed_tries, device, label, enrolled_at, revoked_at, stolen, heard_at, volunteer",
    ),
    ("lease", "agency, replica", "lane, desk"),
    (
        "op",
        "agency, replica, seq",
        "public, personal, salt, head, kind, dossier_replica, dossier_seq, set_aside, heard_at, position",
    ),
    ("checkpoint", "agency, replica, seq", "signature"),
    ("dossier", "agency, replica, seq", "code, alias, state, received_at"),
    ("forgotten", "agency, replica, seq", "forgotten_at"),
    ("seen", "agency, replica, other, seq", "upto"),
    ("clock_note", "agency, hub, seq", "replica, from_seq, to_seq, noted_at"),
    ("outbox", "agency, replica, seq, effect", "payload, made_at, sent_at"),
    ("backed_up", "agency, replica", "seq"),
    ("scan", "agency, hash", "replica, seq, bytes, named, whole_at, lacked_at"),
];

/// Copies one consistent state, which writers do not wait for, checks the copy, and says how far it holds each log.
pub fn copy(store: &mut Store, to: &Path) -> Result<Vec<(String, u32, u64)>> {
    match store {
        Store::Sqlite(from) => {
            let mut copy = Connection::open(to).map_err(Fault::from)?;
            let whole = Backup::new(from, &mut copy).map_err(Fault::from)?;
            whole.run_to_completion(i32::MAX, Duration::from_millis(50), None).map_err(Fault::from)?;
        }
        Store::Postgres(_) => {
            let copy = sqlite::open(to)?;
            store.read(|reader| row_by_row(reader, &copy))?;
        }
    }
    checked(to)
}

fn row_by_row(reader: &Reader<'_>, copy: &Connection) -> Result<(), Fault> {
    copy.execute_batch("BEGIN; DELETE FROM hub")?;
    rows(reader, |insert, values| sqlite::run(copy, insert, values).map(drop))?;
    Ok(copy.execute_batch("COMMIT")?)
}

/// Puts a whole store in the place of one that holds no hub, in one transaction.
pub fn into(from: &mut Store, to: &mut Store) -> Result<(), Fault> {
    to.write(|door| {
        door.execute("DELETE FROM hub", &[])?;
        from.read(|reader| rows(reader, |insert, values| door.execute(insert, values)))
    })
}

/// Hands over every row of every table, with the statement that inserts it.
fn rows(
    reader: &Reader<'_>,
    mut insert_into: impl FnMut(&str, &[Value<'_>]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for (table, key, others) in TABLES {
        let columns = format!("{key}, {others}");
        let numbers =
            |text: &str| (1..=text.split(',').count()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO {table} ({columns}) VALUES ({})", numbers(&columns));
        let mut from = String::new();
        let mut last = Vec::new();
        loop {
            let sql = format!("SELECT {columns} FROM {table} {from} ORDER BY {key} LIMIT {AT_A_TIME}");
            let rows = reader.query(&sql, &last.iter().map(Value::from).collect::<Vec<_>>())?;
            let count = rows.len();
            for cells in rows.into_iter().map(Row::cells) {
                insert_into(&insert, &cells.iter().map(Value::from).collect::<Vec<_>>())?;
                last = cells;
            }
            if count < AT_A_TIME {
                break;
            }
            last.truncate(key.split(',').count());
            from = format!("WHERE ({key}) > ({})", numbers(key));
        }
    }
    Ok(())
}

fn checked(path: &Path) -> Result<Vec<(String, u32, u64)>> {
    let copy = Connection::open(path).map_err(Fault::from)?;
    // One file, with nothing beside it that could be forgotten.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(Fault::from)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(Fault::from)?;
    if verdict != "ok" {
        return Err(Error::BadBackup);
    }
    Ok(Store::Sqlite(copy).read(backed_up::ends)?)
}
