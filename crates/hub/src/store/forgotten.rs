//! `forgotten`: dossiers whose persons' data was erased after their retention.

use super::value::{Row, values};
use super::{Door, Fault, Reader};
use domain::dossier::OpId;
use std::collections::BTreeSet;

/// Notes that dossiers are forgotten which were not.
pub fn add(door: &Door<'_>, agency: &str, dossiers: &BTreeSet<OpId>, now: u64) -> Result<(), Fault> {
    let sql = "INSERT INTO forgotten (agency, replica, seq, forgotten_at) VALUES ($1, {int}, {int}, $2)";
    let rows: Vec<_> = dossiers.iter().map(|id| values![id.replica, id.seq]).collect();
    door.execute_many(sql, &values![agency, now], &rows)?;
    door.execute("UPDATE agency SET forgotten = forgotten + $2 WHERE agency = $1", &values![agency, dossiers.len()])
}

/// Those of some dossiers that are forgotten.
pub fn among(store: &Reader<'_>, agency: &str, dossiers: &BTreeSet<OpId>) -> Result<BTreeSet<OpId>, Fault> {
    let id = |mut row: Row| Ok(OpId { replica: row.take()?, seq: row.take()? });
    let sql = "SELECT replica, seq FROM forgotten WHERE agency = $1 AND replica = {int} AND seq = {int}";
    let rows: Vec<_> = dossiers.iter().map(|id| values![id.replica, id.seq]).collect();
    store.query_many(sql, &values![agency], &rows)?.into_iter().map(id).collect()
}
