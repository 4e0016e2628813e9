//! Intake in progress.

use super::{Change, Writing};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension, params};

/// One draft in the list of those to continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Random name.
    pub id: String,
    /// Applicant's name as far as typed.
    pub applicant: String,
    /// Procedure's name, if chosen.
    pub procedure: String,
    /// When it was saved, milliseconds since 1970.
    pub saved_ms: i64,
}

/// Drafts, latest first.
pub fn list(connection: &Connection) -> Result<Vec<DraftRow>> {
    let mut statement = connection
        .prepare_cached("SELECT id, applicant, procedure, saved_ms FROM draft ORDER BY saved_ms DESC LIMIT 100")?;
    let rows = statement.query_map([], |row| {
        Ok(DraftRow { id: row.get(0)?, applicant: row.get(1)?, procedure: row.get(2)?, saved_ms: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A draft's content.
pub fn body(connection: &Connection, id: &str) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT body FROM draft WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// Keeps a draft.
pub fn save(writing: &mut Writing<'_>, draft: &DraftRow, body: &str) -> Result<()> {
    let tx = writing.changed(Change::Drafts);
    tx.prepare_cached(
        "INSERT INTO draft (id, applicant, procedure, body, saved_ms) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET
         applicant = excluded.applicant, procedure = excluded.procedure, body = excluded.body, saved_ms = excluded.saved_ms",
    )?
    .execute(params![draft.id, draft.applicant, draft.procedure, body, draft.saved_ms])?;
    Ok(())
}

/// Drops a draft.
pub fn discard(writing: &mut Writing<'_>, id: &str) -> Result<()> {
    let tx = writing.changed(Change::Drafts);
    tx.prepare_cached("DELETE FROM draft WHERE id = ?1")?.execute([id])?;
    Ok(())
}
