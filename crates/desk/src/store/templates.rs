//! Templates of forms taken in at this desk.

use super::{Change, Writing};
use crate::error::Result;
use rusqlite::{Connection, params};

/// The stored bodies (JSON of [`crate::print::template`]), the one taken in last first.
pub fn bodies(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT body FROM form_template ORDER BY id DESC")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a template that holds from a day on.
pub fn add(writing: &mut Writing<'_>, form: &str, from_day: &str, body: &str, now_ms: i64) -> Result<()> {
    let tx = writing.changed(Change::Settings);
    tx.prepare_cached("INSERT INTO form_template (form, from_day, body, imported_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![form, from_day, body, now_ms])?;
    Ok(())
}
