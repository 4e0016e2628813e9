//! `scan`: scanned papers that operations name, and which of them have come.

use super::value::values;
use super::{Door, Fault, Reader};
use domain::dossier::OpId;

/// Notes scans that operations of a replica name: its hash and how many bytes it has.
pub fn name(door: &Door<'_>, agency: &str, scans: &[(OpId, [u8; 32], u64)]) -> Result<(), Fault> {
    let sql = "INSERT INTO scan (agency, hash, replica, bytes) VALUES ($1, {bytes}, {int}, {int})
               ON CONFLICT (agency, hash) DO NOTHING";
    let rows: Vec<_> = scans.iter().map(|(id, hash, bytes)| values![hash, id.replica, *bytes]).collect();
    door.execute_many(sql, &values![agency], &rows)
}

/// Scans that operations of these replicas name and that have not come: hash and bytes.
pub fn lacking(store: &Reader<'_>, agency: &str, replicas: &[u32], most: usize) -> Result<Vec<([u8; 32], u64)>, Fault> {
    let sql = "SELECT hash, bytes FROM scan
               WHERE agency = $1 AND replica = $2 AND whole_at IS NULL AND lacked_at IS NULL
               ORDER BY bytes, hash LIMIT $3";
    let mut lacking = Vec::new();
    for replica in replicas {
        for mut row in store.query(sql, &values![agency, *replica, most])? {
            lacking.push((row.take()?, row.take()?));
        }
    }
    lacking.truncate(most);
    Ok(lacking)
}

/// Notes that a scan is whole.
pub fn is_whole(door: &Door<'_>, agency: &str, hash: &[u8; 32], now: u64) -> Result<(), Fault> {
    let sql = "UPDATE scan SET whole_at = $3 WHERE agency = $1 AND hash = $2 AND whole_at IS NULL";
    door.execute(sql, &values![agency, hash, now])
}

/// Notes that the desk which named a scan has it no more. It is not asked for again.
pub fn is_lacked(door: &Door<'_>, agency: &str, hash: &[u8; 32], now: u64) -> Result<(), Fault> {
    let sql = "UPDATE scan SET lacked_at = $3 WHERE agency = $1 AND hash = $2 AND whole_at IS NULL";
    door.execute(sql, &values![agency, hash, now])
}
