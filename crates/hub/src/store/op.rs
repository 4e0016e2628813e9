//! `op`: every operation that was acknowledged, in the bytes it came in.

use super::value::{Row, Value, values};
use super::{Door, Fault, Reader};
use crate::SetAsideReason;
use domain::dossier::OpId;
use protocol::chain::{self, Head};
use protocol::fields::{self, kind};
use protocol::message::{Carried, SetAside};
use protocol::op::Seed;

/// How many operations the hub holds.
pub fn count(store: &Reader<'_>) -> Result<u64, Fault> {
    store.first("SELECT count(*) FROM op", &[])?.ok_or(Fault::Column)?.take()
}

/// The end of a replica's log: its last number and the chain's head there.
pub fn end(store: &Reader<'_>, agency: &str, replica: u32) -> Result<(u64, Head), Fault> {
    let sql = "SELECT seq, head FROM op WHERE agency = $1 AND replica = $2 ORDER BY seq DESC LIMIT 1";
    let row = store.first(sql, &values![agency, replica])?;
    row.map_or(Ok((0, chain::START)), |mut row| Ok((row.take()?, row.take()?)))
}

/// The chain's head at one place of a log.
pub fn head_at(store: &Reader<'_>, agency: &str, replica: u32, seq: u64) -> Result<Option<Head>, Fault> {
    let sql = "SELECT head FROM op WHERE agency = $1 AND replica = $2 AND seq = $3";
    store.first(sql, &values![agency, replica, seq])?.map(|mut row| row.take()).transpose()
}

/// The public parts of a stretch of a log, in order.
pub fn public_parts(store: &Reader<'_>, agency: &str, replica: u32, from: u64, to: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let sql = "SELECT public FROM op WHERE agency = $1 AND replica = $2 AND seq BETWEEN $3 AND $4 ORDER BY seq";
    store.query(sql, &values![agency, replica, from, to])?.into_iter().map(|mut row| row.take()).collect()
}

/// What of a stretch of a log was set aside.
pub fn set_aside(store: &Reader<'_>, agency: &str, replica: u32, from: u64, to: u64) -> Result<Vec<SetAside>, Fault> {
    let sql = "SELECT seq, set_aside FROM op
               WHERE agency = $1 AND replica = $2 AND seq BETWEEN $3 AND $4 AND set_aside IS NOT NULL ORDER BY seq";
    let rows = store.query(sql, &values![agency, replica, from, to])?;
    rows.into_iter().map(|mut row| Ok(SetAside { seq: row.take()?, reason: row.take()? })).collect()
}

/// Kinds of operations that a dossier's row depends on.
pub const MOVING: [u16; 4] = [kind::RECEIVED, kind::ALIAS_GIVEN, kind::MOVED, kind::SETTLED];

/// The public parts of the operations that dossiers' rows follow from, of dossiers that one replica received, each named by the
/// number of its reception.
pub fn moving(store: &Reader<'_>, agency: &str, replica: u32, numbers: &[u64]) -> Result<Vec<(OpId, Vec<u8>)>, Fault> {
    let sql = "SELECT replica, seq, public FROM op
               WHERE agency = $1 AND dossier_replica = $2 AND dossier_seq = {int} AND set_aside IS NULL
                 AND kind IN ($3, $4, $5, $6)";
    let asked: Vec<_> = numbers.iter().map(|number| values![*number]).collect();
    let [received, alias, moved, settled] = MOVING;
    let rows = store.query_many(sql, &values![agency, replica, received, alias, moved, settled], &asked)?;
    rows.into_iter().map(|mut row| Ok((id(&mut row)?, row.take()?))).collect()
}

/// The public parts of a dossier's operations of one kind that have effect.
pub fn of_kind(store: &Reader<'_>, agency: &str, dossier: OpId, kind: u16) -> Result<Vec<(OpId, Vec<u8>)>, Fault> {
    let sql = "SELECT replica, seq, public FROM op
               WHERE agency = $1 AND dossier_replica = $2 AND dossier_seq = $3 AND kind = $4 AND set_aside IS NULL";
    let rows = store.query(sql, &values![agency, dossier.replica, dossier.seq, kind])?;
    rows.into_iter().map(|mut row| Ok((id(&mut row)?, row.take()?))).collect()
}

/// The dossiers that operations of a stretch of a log concern.
pub fn dossiers_within(store: &Reader<'_>, agency: &str, replica: u32, from: u64, to: u64) -> Result<Vec<OpId>, Fault> {
    let sql = "SELECT DISTINCT dossier_replica, dossier_seq FROM op
               WHERE agency = $1 AND replica = $2 AND seq BETWEEN $3 AND $4 AND dossier_replica IS NOT NULL";
    store.query(sql, &values![agency, replica, from, to])?.iter_mut().map(id).collect()
}

/// Erases the personal parts and the salts of a dossier's operations.
pub fn erase(door: &Door<'_>, agency: &str, dossier: OpId) -> Result<(), Fault> {
    let sql = "UPDATE op SET personal = NULL, salt = NULL
               WHERE agency = $1 AND dossier_replica = $2 AND dossier_seq = $3 AND personal IS NOT NULL";
    door.execute(sql, &values![agency, dossier.replica, dossier.seq])
}

/// Receptions of dossiers that were set aside.
pub fn set_aside_receptions(store: &Reader<'_>, agency: &str) -> Result<Vec<(OpId, Carried, String)>, Fault> {
    let sql = "SELECT replica, seq, public, personal, salt, set_aside FROM op
               WHERE agency = $1 AND kind = $2 AND set_aside IS NOT NULL ORDER BY replica, seq";
    let rows = store.query(sql, &values![agency, kind::RECEIVED])?;
    rows.into_iter().map(|mut row| Ok((id(&mut row)?, carried(&mut row)?, row.take()?))).collect()
}

/// The seed of a dossier, where its reception is here and has not been forgotten.
pub fn seed(store: &Reader<'_>, agency: &str, dossier: OpId) -> Result<Option<Seed>, Fault> {
    let sql = "SELECT personal FROM op WHERE agency = $1 AND replica = $2 AND seq = $3";
    let Some(mut row) = store.first(sql, &values![agency, dossier.replica, dossier.seq])? else { return Ok(None) };
    Ok(row.take::<Option<Vec<u8>>>()?.and_then(|personal| fields::seed(&personal)))
}

fn id(row: &mut Row) -> Result<OpId, Fault> {
    Ok(OpId { replica: row.take()?, seq: row.take()? })
}

/// The parts of an operation, from a row's next columns `public, personal, salt`.
pub fn carried(row: &mut Row) -> Result<Carried, Fault> {
    Ok(Carried { public: row.take()?, personal: row.take()?, salt: row.take()? })
}

/// A new row.
#[derive(Debug)]
pub struct NewOp<'a> {
    /// The operation's identity.
    pub id: OpId,
    /// Its parts.
    pub carried: &'a Carried,
    /// The chain's head after it.
    pub head: Head,
    /// Its kind, where it can be read.
    pub kind: Option<u16>,
    /// The dossier concerned.
    pub dossier: Option<OpId>,
    /// Why it has no effect, where it has none.
    pub set_aside: Option<SetAsideReason>,
}

/// Appends to a log of an agency that is held. They follow each other in the feed, the first after `feed_end`.
///
/// # Errors
/// An operation is there already: nothing of this transaction may then be kept.
pub fn add(door: &Door<'_>, agency: &str, ops: &[NewOp<'_>], feed_end: u64, heard_at: u64) -> Result<(), Fault> {
    let sql = "INSERT INTO op (agency, replica, seq, public, personal, salt, head, kind, dossier_replica, dossier_seq,
                               set_aside, heard_at, position)
               VALUES ($1, {int}, {int}, {bytes}, {bytes}, {bytes}, {bytes}, {int}, {int}, {int}, {text}, $2, {int})";
    let rows: Vec<_> = ops.iter().zip(feed_end + 1..).map(|(op, position)| row(op, position)).collect();
    door.execute_many(sql, &values![agency, heard_at], &rows)
}

fn row<'a>(op: &'a NewOp<'_>, position: u64) -> [Value<'a>; 11] {
    values![
        op.id.replica,
        op.id.seq,
        &op.carried.public,
        op.carried.personal.as_ref(),
        op.carried.salt.as_ref(),
        &op.head,
        op.kind,
        op.dossier.map(|dossier| dossier.replica),
        op.dossier.map(|dossier| dossier.seq),
        op.set_aside.map(SetAsideReason::code),
        position,
    ]
}
