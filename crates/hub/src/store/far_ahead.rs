//! `far_ahead`: operations whose time lies too far ahead of the hub's (design: time).

use super::{Door, column};
use domain::dossier::{Hlc, OpId};
use rusqlite::{Result, params};

/// Notes that an operation claims a time more than [`Hlc::MAX_LEAD_MS`] after the hub heard of it.
pub fn note(door: &Door<'_>, agency: &str, op: OpId, claimed: Hlc, heard_at: u64) -> Result<()> {
    let sql = "INSERT INTO far_ahead (agency, replica, seq, claimed, heard_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![agency, op.replica, column(op.seq), column(claimed.millis()), column(heard_at)];
    door.prepare_cached(sql)?.execute(values).map(drop)
}
