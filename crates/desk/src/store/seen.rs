//! What writers had seen of each other when they wrote: the running sum of what their operations say, so that whether one
//! operation was written after another was seen is one step into an index, not a walk through a log.

use super::ops::At;
use crate::error::Result;
use domain::dossier::{OpId, Seen};
use protocol::op::Public;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::BTreeSet;

/// Notes what an operation says.
pub(super) fn note(tx: &Transaction<'_>, at: At, public: &Public) -> Result<()> {
    for (replica, upto) in public.newly_seen() {
        tx.prepare_cached("INSERT OR REPLACE INTO seen (origin, replica, seq, upto) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![at.origin, replica, at.seq, upto])?;
    }
    Ok(())
}

/// Notes what every operation of the log says, anew.
pub(super) fn note_all(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("DELETE FROM seen", [])?;
    let mut statement = tx.prepare("SELECT origin, seq, public FROM op ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let public: Vec<u8> = row.get(2)?;
        // What cannot be read says nothing.
        if let Ok(public) = Public::decode(&public) {
            note(tx, At { origin: row.get(0)?, seq: row.get(1)? }, &public)?;
        }
    }
    Ok(())
}

/// What each of these operations' authors had seen of the others'. Where all are of one writer there is nothing to ask.
pub(super) fn of(connection: &Connection, ops: &[(i64, OpId)]) -> Result<Seen> {
    let mut seen = Seen::default();
    let writers: BTreeSet<u32> = ops.iter().map(|(_, id)| id.replica).collect();
    for (origin, id) in ops {
        for replica in writers.iter().filter(|replica| **replica != id.replica) {
            let mut statement = connection.prepare_cached(
                "SELECT upto FROM seen WHERE origin = ?1 AND replica = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1",
            )?;
            let upto: Option<u64> =
                statement.query_row(params![origin, replica, id.seq], |row| row.get(0)).optional()?;
            if let Some(seq) = upto {
                seen.note(*id, OpId { replica: *replica, seq });
            }
        }
    }
    Ok(seen)
}

/// What a writer had seen of others with its operation `seq`.
pub(super) fn up_to(connection: &Connection, origin: i64, seq: u64) -> Result<Vec<OpId>> {
    let mut statement = connection
        .prepare_cached("SELECT replica, max(upto) FROM seen WHERE origin = ?1 AND seq <= ?2 GROUP BY replica")?;
    let rows = statement.query_map(params![origin, seq], |row| Ok(OpId { replica: row.get(0)?, seq: row.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every row of a writer, for verification: writer seen, number there, up to.
pub(super) fn rows(connection: &Connection, origin: i64) -> Result<BTreeSet<(u32, u64, u64)>> {
    let mut statement = connection.prepare_cached("SELECT replica, seq, upto FROM seen WHERE origin = ?1")?;
    let rows = statement.query_map([origin], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
