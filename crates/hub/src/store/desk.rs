//! `desk`: computers that are desks of an agency, or have a one-time code to become one.

use super::{Door, column, number};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// One computer.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its agency.
    pub agency: String,
    /// Its number in the administrator's list.
    pub desk: u32,
    /// The administrator's name for it.
    pub name: String,
    /// When its one-time code was made.
    pub code_made_at: u64,
    /// How often the code was tried in vain.
    pub failed_tries: u32,
    /// Its Ed25519 key, once enrolled.
    pub device: Option<[u8; 32]>,
    /// What it calls itself.
    pub label: String,
    /// When it enrolled.
    pub enrolled_at: Option<u64>,
    /// When it was revoked.
    pub revoked_at: Option<u64>,
    /// Whether it was revoked as stolen.
    pub stolen: bool,
}

const COLUMNS: &str = "agency, desk, name, code_made_at, failed_tries, device, label, enrolled_at, revoked_at, stolen";

fn row(row: &Row<'_>) -> Result<Desk> {
    let moment = |index: &str| row.get::<_, Option<i64>>(index).map(|moment| moment.map(number));
    Ok(Desk {
        agency: row.get("agency")?,
        desk: row.get("desk")?,
        name: row.get("name")?,
        code_made_at: number(row.get("code_made_at")?),
        failed_tries: row.get("failed_tries")?,
        device: row.get("device")?,
        label: row.get("label")?,
        enrolled_at: moment("enrolled_at")?,
        revoked_at: moment("revoked_at")?,
        stolen: row.get("stolen")?,
    })
}

/// Every desk, by number.
pub fn all(store: &Connection) -> Result<Vec<Desk>> {
    store.prepare_cached(&format!("SELECT {COLUMNS} FROM desk ORDER BY desk"))?.query_map([], row)?.collect()
}

/// The desk with this number.
pub fn by_number(store: &Connection, desk: u32) -> Result<Option<Desk>> {
    store.prepare_cached(&format!("SELECT {COLUMNS} FROM desk WHERE desk = ?1"))?.query_row([desk], row).optional()
}

/// The desk a one-time code was made for.
pub fn by_code(store: &Connection, code_hash: &[u8; 32]) -> Result<Option<Desk>> {
    let sql = format!("SELECT {COLUMNS} FROM desk WHERE code_hash = ?1");
    store.prepare_cached(&sql)?.query_row([code_hash], row).optional()
}

/// The desk that holds a replica number.
pub fn by_replica(store: &Connection, replica: u32) -> Result<Option<Desk>> {
    let sql = format!("SELECT {COLUMNS} FROM lease JOIN desk USING (agency, desk) WHERE replica = ?1");
    store.prepare_cached(&sql)?.query_row([replica], row).optional()
}

/// Adds a desk that has a one-time code.
pub fn add(door: &Door<'_>, agency: &str, desk: u32, name: &str, code_hash: &[u8; 32], now: u64) -> Result<()> {
    let sql = "INSERT INTO desk (agency, desk, name, code_hash, code_made_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    door.execute(sql, params![agency, desk, name, code_hash, column(now)]).map(drop)
}

/// Counts a try of the code in vain.
pub fn tried_in_vain(door: &Door<'_>, desk: &Desk) -> Result<()> {
    let sql = "UPDATE desk SET failed_tries = failed_tries + 1 WHERE agency = ?1 AND desk = ?2";
    door.execute(sql, params![desk.agency, desk.desk]).map(drop)
}

/// Binds the desk to its computer's key.
pub fn enrol(door: &Door<'_>, desk: &Desk, device: &[u8; 32], label: &str, now: u64) -> Result<()> {
    let sql = "UPDATE desk SET device = ?3, label = ?4, enrolled_at = ?5 WHERE agency = ?1 AND desk = ?2";
    door.execute(sql, params![desk.agency, desk.desk, device, label, column(now)]).map(drop)
}

/// Revokes the desk.
pub fn revoke(door: &Door<'_>, desk: &Desk, stolen: bool, now: u64) -> Result<()> {
    let sql = "UPDATE desk SET revoked_at = ?3, stolen = ?4 WHERE agency = ?1 AND desk = ?2";
    door.execute(sql, params![desk.agency, desk.desk, column(now), stolen]).map(drop)
}
