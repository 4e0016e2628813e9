//! `lease`: replica numbers and lanes given to desks.

use super::{Door, number};
use protocol::message::Lease;
use rusqlite::{Connection, OptionalExtension, Result, params};

/// A desk's leases, the one it began with first.
pub fn of_desk(store: &Connection, agency: &str, desk: u32) -> Result<Vec<Lease>> {
    let sql = "SELECT replica, lane FROM lease WHERE agency = ?1 AND desk = ?2 ORDER BY replica";
    let lease = |row: &rusqlite::Row<'_>| Ok(Lease { replica: row.get(0)?, lane: row.get(1)? });
    store.prepare_cached(sql)?.query_map(params![agency, desk], lease)?.collect()
}

/// A lane that was given out, and what became of its desk.
#[derive(Debug, Clone, Copy)]
pub struct GivenLane {
    /// The lane.
    pub lane: u8,
    /// When its desk was revoked.
    pub revoked_at: Option<u64>,
    /// Whether as stolen.
    pub stolen: bool,
}

/// Every lane an agency's desks were ever given.
pub fn lanes(store: &Connection, agency: &str) -> Result<Vec<GivenLane>> {
    let sql = "SELECT lane, revoked_at, stolen FROM lease JOIN desk USING (agency, desk) WHERE agency = ?1";
    let given = |row: &rusqlite::Row<'_>| {
        let revoked_at = row.get::<_, Option<i64>>(1)?.map(number);
        Ok(GivenLane { lane: row.get(0)?, revoked_at, stolen: row.get(2)? })
    };
    store.prepare_cached(sql)?.query_map([agency], given)?.collect()
}

/// The agency a replica belongs to.
pub fn agency_of(store: &Connection, replica: u32) -> Result<Option<String>> {
    store
        .prepare_cached("SELECT agency FROM lease WHERE replica = ?1")?
        .query_row([replica], |row| row.get(0))
        .optional()
}

/// Gives a desk a lease.
pub fn add(door: &Door<'_>, agency: &str, desk: u32, lease: Lease) -> Result<()> {
    let sql = "INSERT INTO lease (agency, replica, lane, desk) VALUES (?1, ?2, ?3, ?4)";
    door.execute(sql, params![agency, lease.replica, lease.lane, desk]).map(drop)
}
