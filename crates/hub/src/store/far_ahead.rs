//! `far_ahead`: operations whose time lies too far ahead of the hub's (design: time).

use super::value::values;
use super::{Door, Fault};
use domain::dossier::{Hlc, OpId};

/// Notes operations that claim a time more than [`Hlc::MAX_LEAD_MS`] after the hub heard of them.
pub fn note(door: &Door<'_>, agency: &str, claims: &[(OpId, Hlc)], heard_at: u64) -> Result<(), Fault> {
    let sql = "INSERT INTO far_ahead (agency, replica, seq, claimed, heard_at)
               VALUES ($1, {int}, {int}, {int}, $2)";
    let rows: Vec<_> = claims.iter().map(|(op, claimed)| values![op.replica, op.seq, claimed.millis()]).collect();
    door.execute_many(sql, &values![agency, heard_at], &rows)
}
