//! `dossier`: dossiers as their operations make them, without anything that names a person.

use super::value::{Row, Value, values};
use super::{Door, Fault, Reader};
use domain::dossier::OpId;
use std::collections::BTreeSet;

/// One dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    /// The operation that received it.
    pub id: OpId,
    /// The desk's number.
    pub code: String,
    /// The newest official code.
    pub alias: Option<String>,
    /// The portal's number of its state.
    pub state: u8,
    /// Local civil time of the desk.
    pub received_at: String,
}

/// An agency's dossiers, oldest number first.
pub fn all(store: &Reader<'_>, agency: &str) -> Result<Vec<DossierRow>, Fault> {
    let sql = "SELECT replica, seq, code, alias, state, received_at FROM dossier WHERE agency = $1";
    let row = |mut row: Row| {
        Ok(DossierRow {
            id: OpId { replica: row.take()?, seq: row.take()? },
            code: row.take()?,
            alias: row.take()?,
            state: row.take()?,
            received_at: row.take()?,
        })
    };
    let mut all =
        store.query(sql, &values![agency])?.into_iter().map(row).collect::<Result<Vec<DossierRow>, Fault>>()?;
    // A server sorts texts by the rules of its language.
    all.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(all)
}

/// Those of the numbers that dossiers of the agency have.
pub fn taken(store: &Reader<'_>, agency: &str, codes: &[&str]) -> Result<BTreeSet<String>, Fault> {
    let sql = "SELECT code FROM dossier WHERE agency = $1 AND code = {text}";
    let rows: Vec<_> = codes.iter().map(|code| values![*code]).collect();
    store.query_many(sql, &values![agency], &rows)?.into_iter().map(|mut row| row.take()).collect()
}

/// Writes dossiers' present state.
pub fn put(door: &Door<'_>, agency: &str, dossiers: &[DossierRow]) -> Result<(), Fault> {
    let sql = "INSERT INTO dossier (agency, replica, seq, code, alias, state, received_at)
               VALUES ($1, {int}, {int}, {text}, {text}, {int}, {text})
               ON CONFLICT (agency, replica, seq) DO UPDATE SET alias = excluded.alias, state = excluded.state";
    door.execute_many(sql, &values![agency], &dossiers.iter().map(values_of).collect::<Vec<_>>())
}

fn values_of(row: &DossierRow) -> [Value<'_>; 6] {
    let DossierRow { id, code, alias, state, received_at } = row;
    values![id.replica, id.seq, code, alias.as_deref(), *state, received_at]
}
