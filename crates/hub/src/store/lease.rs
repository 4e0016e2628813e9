//! `lease`: replica numbers and lanes given to desks.

use super::value::values;
use super::{Door, Fault, Reader};
use protocol::message::Lease;

/// A desk's leases, the one it began with first.
pub fn of_desk(store: &Reader<'_>, agency: &str, desk: u32) -> Result<Vec<Lease>, Fault> {
    let sql = "SELECT replica, lane FROM lease WHERE agency = $1 AND desk = $2 ORDER BY replica";
    let rows = store.query(sql, &values![agency, desk])?;
    rows.into_iter().map(|mut row| Ok(Lease { replica: row.take()?, lane: row.take()? })).collect()
}

/// All replica numbers of an agency.
pub fn of_agency(store: &Reader<'_>, agency: &str) -> Result<Vec<u32>, Fault> {
    let rows = store.query("SELECT replica FROM lease WHERE agency = $1 ORDER BY replica", &values![agency])?;
    rows.into_iter().map(|mut row| row.take()).collect()
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
pub fn lanes(store: &Reader<'_>, agency: &str) -> Result<Vec<GivenLane>, Fault> {
    let sql = "SELECT lane, revoked_at, stolen FROM lease JOIN desk USING (agency, desk) WHERE agency = $1";
    let rows = store.query(sql, &values![agency])?;
    let given = rows
        .into_iter()
        .map(|mut row| Ok(GivenLane { lane: row.take()?, revoked_at: row.take()?, stolen: row.take()? }));
    given.collect()
}

/// The agency a replica belongs to.
pub fn agency_of(store: &Reader<'_>, replica: u32) -> Result<Option<String>, Fault> {
    let row = store.first("SELECT agency FROM lease WHERE replica = $1", &values![replica])?;
    row.map(|mut row| row.take()).transpose()
}

/// Gives a desk a lease.
pub fn add(door: &Door<'_>, agency: &str, desk: u32, lease: Lease) -> Result<(), Fault> {
    let sql = "INSERT INTO lease (agency, replica, lane, desk) VALUES ($1, $2, $3, $4)";
    door.execute(sql, &values![agency, lease.replica, lease.lane, desk])
}
