//! `backed_up`: how far the newest backup holds each replica's log.

use super::value::values;
use super::{Door, Fault, Reader};

/// A replica's last operation that a backup holds.
pub fn of_replica(store: &Reader<'_>, agency: &str, replica: u32) -> Result<Option<u64>, Fault> {
    let sql = "SELECT seq FROM backed_up WHERE agency = $1 AND replica = $2";
    store.first(sql, &values![agency, replica])?.map(|mut row| row.take()).transpose()
}

/// The ends of all logs in a store: agency, replica, last number.
pub fn ends(store: &Reader<'_>) -> Result<Vec<(String, u32, u64)>, Fault> {
    let rows = store.query("SELECT agency, replica, max(seq) FROM op GROUP BY agency, replica", &[])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// Notes that a backup holds replicas' logs that far.
pub fn note(door: &Door<'_>, ends: &[(String, u32, u64)]) -> Result<(), Fault> {
    let sql = "INSERT INTO backed_up (agency, replica, seq)
               VALUES ({text}, {int}, {int})
               ON CONFLICT (agency, replica) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > backed_up.seq";
    let rows: Vec<_> = ends.iter().map(|(agency, replica, seq)| values![agency, *replica, *seq]).collect();
    door.execute_many(sql, &[], &rows)
}
