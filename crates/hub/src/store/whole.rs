//! `hub`: the one row about the hub as a whole, and the numbers counted there.

use super::Door;
use rusqlite::{Connection, Result};

/// The hub's epoch; it changes when the hub is restored from a backup.
pub fn epoch(store: &Connection) -> Result<u32> {
    store.query_row("SELECT epoch FROM hub WHERE one = 1", [], |row| row.get(0))
}

/// The next number for a desk.
pub fn next_desk(door: &Door<'_>) -> Result<u32> {
    door.query_row("UPDATE hub SET next_desk = next_desk + 1 WHERE one = 1 RETURNING next_desk - 1", [], |row| {
        row.get(0)
    })
}

/// The next replica number. It was never given before and will not be again.
pub fn next_replica(door: &Door<'_>) -> Result<u32> {
    let sql = "UPDATE hub SET next_replica = next_replica + 1 WHERE one = 1 RETURNING next_replica - 1";
    door.query_row(sql, [], |row| row.get(0))
}
