//! `fetch`: scans that a person at this desk asked for.

use super::{Change, Writing};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A scan that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetch {
    /// Its BLAKE3 hash.
    pub hash: [u8; 32],
    /// How many bytes it has, as the operation says that names it.
    pub bytes: u64,
    /// When, milliseconds since 1970.
    pub asked_ms: i64,
    /// Whether the province may be asked for it: the commune's other desks come first.
    pub is_for_the_hub: bool,
    /// Whether the province does not have it either.
    pub is_lacked: bool,
}

const FETCH: &str = "SELECT hash, bytes, asked_ms, for_hub, lacked FROM fetch";

fn fetch(row: &Row<'_>) -> rusqlite::Result<Fetch> {
    Ok(Fetch {
        hash: row.get(0)?,
        bytes: row.get(1)?,
        asked_ms: row.get(2)?,
        is_for_the_hub: row.get(3)?,
        is_lacked: row.get(4)?,
    })
}

/// Those that may still come, the smallest first.
pub fn open(connection: &Connection) -> Result<Vec<Fetch>> {
    let mut statement = connection.prepare_cached(&format!("{FETCH} WHERE lacked = 0 ORDER BY bytes, hash"))?;
    Ok(statement.query_map([], fetch)?.collect::<rusqlite::Result<_>>()?)
}

/// The one of this hash; `None` where nobody asks for it.
pub fn of(connection: &Connection, hash: &[u8; 32]) -> Result<Option<Fetch>> {
    let mut statement = connection.prepare_cached(&format!("{FETCH} WHERE hash = ?1"))?;
    Ok(statement.query_row([hash], fetch).optional()?)
}

/// When one was asked for last that may still come, milliseconds since 1970; 0 where none is.
pub fn newest(connection: &Connection) -> Result<i64> {
    let sql = "SELECT ifnull(max(asked_ms), 0) FROM fetch WHERE lacked = 0";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Notes that somebody asks for a scan; once more, where it was not to be had.
pub fn ask(writing: &mut Writing<'_>, hash: &[u8; 32], bytes: u64, now_ms: i64, for_hub: bool) -> Result<()> {
    let sql = "INSERT INTO fetch (hash, bytes, asked_ms, for_hub) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (hash) DO UPDATE SET asked_ms = ?3, for_hub = ?4, lacked = 0 WHERE lacked = 1";
    changed(writing).prepare_cached(sql)?.execute(params![hash, bytes, now_ms, for_hub])?;
    Ok(())
}

/// Notes that the province may be asked for a scan.
pub fn may_go_to_the_hub(writing: &mut Writing<'_>, hash: &[u8; 32]) -> Result<()> {
    changed(writing).prepare_cached("UPDATE fetch SET for_hub = 1 WHERE hash = ?1")?.execute([hash])?;
    Ok(())
}

/// Notes that a scan is here.
pub fn has_come(writing: &mut Writing<'_>, hash: &[u8; 32]) -> Result<()> {
    changed(writing).prepare_cached("DELETE FROM fetch WHERE hash = ?1")?.execute([hash])?;
    Ok(())
}

/// Notes that the province does not have it either.
pub fn is_lacked(writing: &mut Writing<'_>, hash: &[u8; 32]) -> Result<()> {
    changed(writing).prepare_cached("UPDATE fetch SET lacked = 1 WHERE hash = ?1")?.execute([hash])?;
    Ok(())
}

fn changed<'w>(writing: &'w mut Writing<'_>) -> &'w rusqlite::Transaction<'w> {
    writing.changed(Change::Dossiers)
}
