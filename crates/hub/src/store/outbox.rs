//! `outbox`: what is to reach systems beyond the hub. A row is made in the transaction that inserts its operation.

use super::value::values;
use super::{Door, Fault, Reader};
use domain::dossier::OpId;

/// A dossier was received: the portal is to hear of it. The payload names the dossier; the rest stands in its operation.
pub const DOSSIER_RECEIVED: &str = "dossier_received";

/// How many effects wait.
pub fn count(store: &Reader<'_>) -> Result<u64, Fault> {
    let sql = "SELECT count(*) FROM outbox WHERE sent_at IS NULL";
    store.first(sql, &[])?.ok_or(Fault::Column)?.take()
}

/// Puts an effect of operations in the outbox, each with its payload.
pub fn put(door: &Door<'_>, agency: &str, effect: &str, payloads: &[(OpId, String)], now: u64) -> Result<(), Fault> {
    let sql = "INSERT INTO outbox (agency, replica, seq, effect, payload, made_at)
               VALUES ($1, {int}, {int}, $2, {text}, $3)";
    let rows: Vec<_> = payloads.iter().map(|(op, payload)| values![op.replica, op.seq, payload]).collect();
    door.execute_many(sql, &values![agency, effect, now], &rows)
}
