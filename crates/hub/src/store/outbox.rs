//! `outbox`: what is to reach systems beyond the hub. A row is made in the transaction that inserts its operation.

use super::{Door, column};
use domain::dossier::OpId;
use rusqlite::{Result, params};

/// A dossier was received: the portal is to hear of it. The payload names the dossier; the rest stands in its operation.
pub const DOSSIER_RECEIVED: &str = "dossier_received";

/// Puts an effect in the outbox.
pub fn put(door: &Door<'_>, agency: &str, op: OpId, effect: &str, payload: &str, now: u64) -> Result<()> {
    let sql = "INSERT INTO outbox (agency, replica, seq, effect, payload, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![agency, op.replica, column(op.seq), effect, payload, column(now)];
    door.prepare_cached(sql)?.execute(values).map(drop)
}
