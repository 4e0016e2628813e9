//! `op`: every operation that was acknowledged, in the bytes it came in.

use super::{Door, column, number};
use crate::SetAsideReason;
use domain::dossier::OpId;
use protocol::chain::{self, Head};
use protocol::fields::kind;
use protocol::message::{Carried, SetAside};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// The end of a replica's log: its last number and the chain's head there.
pub fn end(store: &Connection, agency: &str, replica: u32) -> Result<(u64, Head)> {
    let sql = "SELECT seq, head FROM op WHERE agency = ?1 AND replica = ?2 ORDER BY seq DESC LIMIT 1";
    let end = store
        .prepare_cached(sql)?
        .query_row(params![agency, replica], |row| Ok((number(row.get(0)?), row.get(1)?)))
        .optional()?;
    Ok(end.unwrap_or((0, chain::START)))
}

/// The public part and the head at one place of a log.
pub fn at(store: &Connection, agency: &str, replica: u32, seq: u64) -> Result<Option<(Vec<u8>, Head)>> {
    let sql = "SELECT public, head FROM op WHERE agency = ?1 AND replica = ?2 AND seq = ?3";
    store
        .prepare_cached(sql)?
        .query_row(params![agency, replica, column(seq)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// What of a stretch of a log was set aside.
pub fn set_aside(store: &Connection, agency: &str, replica: u32, from: u64, to: u64) -> Result<Vec<SetAside>> {
    let sql = "SELECT seq, set_aside FROM op
               WHERE agency = ?1 AND replica = ?2 AND seq BETWEEN ?3 AND ?4 AND set_aside IS NOT NULL ORDER BY seq";
    let row = |row: &Row<'_>| Ok(SetAside { seq: number(row.get(0)?), reason: row.get(1)? });
    store.prepare_cached(sql)?.query_map(params![agency, replica, column(from), column(to)], row)?.collect()
}

/// A dossier's operations that have effect.
pub fn of_dossier(store: &Connection, agency: &str, dossier: OpId) -> Result<Vec<(OpId, Carried)>> {
    let sql = "SELECT replica, seq, public, personal, salt FROM op
               WHERE agency = ?1 AND dossier_replica = ?2 AND dossier_seq = ?3 AND set_aside IS NULL";
    let row = |row: &Row<'_>| Ok((OpId { replica: row.get(0)?, seq: number(row.get(1)?) }, carried(row)?));
    store.prepare_cached(sql)?.query_map(params![agency, dossier.replica, column(dossier.seq)], row)?.collect()
}

/// Receptions of dossiers that were set aside.
pub fn set_aside_receptions(store: &Connection, agency: &str) -> Result<Vec<(OpId, Carried, String)>> {
    let sql = "SELECT replica, seq, public, personal, salt, set_aside FROM op
               WHERE agency = ?1 AND kind = ?2 AND set_aside IS NOT NULL ORDER BY replica, seq";
    let row = |row: &Row<'_>| {
        Ok((OpId { replica: row.get(0)?, seq: number(row.get(1)?) }, carried(row)?, row.get("set_aside")?))
    };
    store.prepare_cached(sql)?.query_map(params![agency, kind::RECEIVED], row)?.collect()
}

/// The parts of an operation, from a row with columns of their names.
pub fn carried(row: &Row<'_>) -> Result<Carried> {
    Ok(Carried { public: row.get("public")?, personal: row.get("personal")?, salt: row.get("salt")? })
}

/// A new row.
#[derive(Debug)]
pub struct NewOp<'a> {
    /// The writer's agency.
    pub agency: &'a str,
    /// The operation's identity.
    pub id: OpId,
    /// Its parts.
    pub carried: &'a Carried,
    /// The chain's head after it.
    pub head: &'a Head,
    /// Its kind, where it can be read.
    pub kind: Option<u16>,
    /// The dossier concerned.
    pub dossier: Option<OpId>,
    /// Why it has no effect, where it has none.
    pub set_aside: Option<SetAsideReason>,
    /// The hub's time.
    pub heard_at: u64,
}

/// Appends to a replica's log. Whether a row was really inserted: `false` where there was one already.
pub fn add(door: &Door<'_>, op: &NewOp<'_>) -> Result<bool> {
    let sql = "INSERT INTO op (agency, replica, seq, public, personal, salt, head, kind, dossier_replica, dossier_seq,
                               set_aside, heard_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
               ON CONFLICT (agency, replica, seq) DO NOTHING";
    let inserted = door.prepare_cached(sql)?.execute(params![
        op.agency,
        op.id.replica,
        column(op.id.seq),
        op.carried.public,
        op.carried.personal,
        op.carried.salt,
        op.head,
        op.kind,
        op.dossier.map(|dossier| dossier.replica),
        op.dossier.map(|dossier| column(dossier.seq)),
        op.set_aside.map(SetAsideReason::code),
        column(op.heard_at),
    ])?;
    Ok(inserted == 1)
}
