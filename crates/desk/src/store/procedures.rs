//! Catalogue versions imported at this desk.

use super::{Change, Writing};
use crate::error::Result;
use rusqlite::{Connection, params};

/// The stored bodies (JSON of [`crate::catalogue`]), oldest import first.
pub fn bodies(connection: &Connection) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM procedure ORDER BY imported_ms, code, effective_from")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a version; the same version again is replaced by what was imported last.
pub fn save(writing: &mut Writing<'_>, code: &str, effective_from: &str, body: &str, now_ms: i64) -> Result<()> {
    let tx = writing.changed(Change::Catalogue);
    tx.prepare_cached(
        "INSERT INTO procedure (code, effective_from, body, imported_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (code, effective_from) DO UPDATE SET body = excluded.body, imported_ms = excluded.imported_ms",
    )?
    .execute(params![code, effective_from, body, now_ms])?;
    Ok(())
}
