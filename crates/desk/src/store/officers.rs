//! Officers of the agency's desks.

use super::ops::At;
use super::{Change, Writing};
use crate::error::Result;
use protocol::fields::Role;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// An officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Row number; the number of their key slot.
    pub id: i64,
    /// The operation that added them.
    pub at: At,
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

const COLUMNS: &str = "SELECT id, origin, seq, name, role FROM officer";

fn row(row: &Row<'_>) -> rusqlite::Result<Officer> {
    let role: u8 = row.get(4)?;
    Ok(Officer {
        id: row.get(0)?,
        at: At { origin: row.get(1)?, seq: row.get(2)? },
        name: row.get(3)?,
        role: Role::from_number(role).unwrap_or(Role::OneStop),
    })
}

/// All officers, in the order they were added.
pub fn list(connection: &Connection) -> Result<Vec<Officer>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    Ok(statement.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The officer with this row number.
pub fn by_id(connection: &Connection, id: i64) -> Result<Option<Officer>> {
    Ok(connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?.query_row([id], row).optional()?)
}

/// The officer an operation names.
pub fn by_op(connection: &Connection, replica: u32, seq: u64) -> Result<Option<Officer>> {
    let sql = format!("{COLUMNS} WHERE seq = ?2 AND origin IN (SELECT id FROM origin WHERE ifnull(replica, 0) = ?1)");
    Ok(connection.prepare_cached(&sql)?.query_row(params![replica, seq], row).optional()?)
}

pub(super) fn add(writing: &mut Writing<'_>, at: At, name: &str, role: Role) -> Result<()> {
    let tx = writing.changed(Change::Officers);
    tx.prepare_cached(
        "INSERT INTO officer (origin, seq, name, role) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (origin, seq) DO NOTHING",
    )?
    .execute(params![at.origin, at.seq, name, role.number()])?;
    Ok(())
}

/// Notes a full view of a dossier's personal number.
pub fn log_reveal(writing: &mut Writing<'_>, at_ms: i64, officer: i64, dossier: At) -> Result<()> {
    writing
        .tx
        .prepare_cached("INSERT INTO reveal (at_ms, officer, origin, seq) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![at_ms, officer, dossier.origin, dossier.seq])?;
    Ok(())
}
