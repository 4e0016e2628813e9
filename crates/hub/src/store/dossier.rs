//! `dossier`: dossiers as their operations make them, without anything that names a person.

use super::{Door, column, number};
use domain::dossier::OpId;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

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
pub fn all(store: &Connection, agency: &str) -> Result<Vec<DossierRow>> {
    let sql = "SELECT replica, seq, code, alias, state, received_at FROM dossier WHERE agency = ?1 ORDER BY code";
    let row = |row: &Row<'_>| {
        Ok(DossierRow {
            id: OpId { replica: row.get(0)?, seq: number(row.get(1)?) },
            code: row.get(2)?,
            alias: row.get(3)?,
            state: row.get(4)?,
            received_at: row.get(5)?,
        })
    };
    store.prepare_cached(sql)?.query_map([agency], row)?.collect()
}

/// Whether a dossier of the agency has this number.
pub fn has_code(store: &Connection, agency: &str, code: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM dossier WHERE agency = ?1 AND code = ?2";
    store.prepare_cached(sql)?.query_row(params![agency, code], |_| Ok(())).optional().map(|row| row.is_some())
}

/// Writes a dossier's present state.
pub fn put(door: &Door<'_>, agency: &str, dossier: &DossierRow) -> Result<()> {
    let sql = "INSERT INTO dossier (agency, replica, seq, code, alias, state, received_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (agency, replica, seq) DO UPDATE SET alias = excluded.alias, state = excluded.state";
    let DossierRow { id, code, alias, state, received_at } = dossier;
    let values = params![agency, id.replica, column(id.seq), code, alias, state, received_at];
    door.prepare_cached(sql)?.execute(values).map(drop)
}
