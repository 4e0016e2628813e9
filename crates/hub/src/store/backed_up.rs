//! `backed_up`: how far the newest backup holds each replica's log.

use super::{Door, column, number};
use rusqlite::{Connection, OptionalExtension, Result, params};

/// A replica's last operation that a backup holds.
pub fn of_replica(store: &Connection, agency: &str, replica: u32) -> Result<Option<u64>> {
    let sql = "SELECT seq FROM backed_up WHERE agency = ?1 AND replica = ?2";
    store.prepare_cached(sql)?.query_row(params![agency, replica], |row| row.get(0).map(number)).optional()
}

/// The ends of all logs in a store: agency, replica, last number.
pub fn ends(store: &Connection) -> Result<Vec<(String, u32, u64)>> {
    let sql = "SELECT agency, replica, max(seq) FROM op GROUP BY agency, replica";
    store.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?, number(row.get(2)?))))?.collect()
}

/// Notes that a backup holds a replica's log up to `seq`.
pub fn note(door: &Door<'_>, agency: &str, replica: u32, seq: u64) -> Result<()> {
    let sql = "INSERT INTO backed_up (agency, replica, seq) VALUES (?1, ?2, ?3)
               ON CONFLICT (agency, replica) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > backed_up.seq";
    door.prepare_cached(sql)?.execute(params![agency, replica, column(seq)]).map(drop)
}
