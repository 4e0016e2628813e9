//! Visits that ended without a dossier: the fold of their operations.

use super::ops::{At, encoded};
use super::{Change, Writing};
use crate::error::Result;
use domain::not_received::NotReceived;
use protocol::fields::{self, Content, kind};
use rusqlite::{Connection, Row, params};

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its operation.
    pub at: At,
    /// [`domain::not_received::Outcome::code`].
    pub outcome: String,
    /// Procedure code.
    pub procedure_code: String,
    /// Procedure name.
    pub procedure_name: String,
    /// Who came, empty where nobody is named.
    pub person: String,
    /// Their address.
    pub address: String,
    /// Their telephone.
    pub phone: String,
    /// Missing papers, a line each.
    pub missing: String,
    /// Why.
    pub reason: String,
    /// Legal basis.
    pub basis: String,
    /// Local civil time.
    pub when: String,
}

const COLUMNS: &str =
    "SELECT origin, seq, outcome, procedure_code, procedure_name, person, address, phone, missing, reason, basis, at
    FROM not_received";

fn row(row: &Row<'_>) -> rusqlite::Result<Visit> {
    Ok(Visit {
        at: At { origin: row.get(0)?, seq: row.get(1)? },
        outcome: row.get(2)?,
        procedure_code: row.get(3)?,
        procedure_name: row.get(4)?,
        person: row.get(5)?,
        address: row.get(6)?,
        phone: row.get(7)?,
        missing: row.get(8)?,
        reason: row.get(9)?,
        basis: row.get(10)?,
        when: row.get(11)?,
    })
}

impl Visit {
    fn of(at: At, visit: &NotReceived) -> Self {
        let person = visit.person.as_ref();
        Self {
            at,
            outcome: visit.outcome.code().to_owned(),
            procedure_code: visit.procedure.clone(),
            procedure_name: visit.procedure_name.clone(),
            person: person.map(|person| person.name.as_str().to_owned()).unwrap_or_default(),
            address: person.map(|person| person.address.clone()).unwrap_or_default(),
            phone: person.and_then(|person| Some(person.phone.as_ref()?.as_str().to_owned())).unwrap_or_default(),
            missing: visit.missing.join("\n"),
            reason: visit.reason.clone(),
            basis: visit.basis.clone(),
            when: visit.at.to_string(),
        }
    }
}

/// Visits of the days from `first` to `last` (`YYYY-MM-DD`), newest first.
pub fn between(connection: &Connection, first: &str, last: &str) -> Result<Vec<Visit>> {
    // `'U'` stands after every `T…` time of a day.
    let sql = format!("{COLUMNS} WHERE at >= ?1 AND at < ?2 || 'U' ORDER BY at DESC, origin, seq");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([first, last], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The visit an operation wrote down.
pub fn by_op(connection: &Connection, at: At) -> Result<Option<Visit>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE origin = ?1 AND seq = ?2"))?;
    let mut rows = statement.query_map(params![at.origin, at.seq], row)?;
    Ok(rows.next().transpose()?)
}

/// Every row, in the order of the log.
pub(super) fn all(connection: &Connection) -> Result<Vec<Visit>> {
    let mut statement = connection.prepare(&format!("{COLUMNS} ORDER BY origin, seq"))?;
    Ok(statement.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
}

/// What the log says: every visit that has effect here, in its order.
pub(super) fn of_log(connection: &Connection) -> Result<Vec<Visit>> {
    let mut statement = connection.prepare(
        "SELECT op.public, op.personal, op.salt, op.origin, op.seq FROM op JOIN origin ON origin.id = op.origin
         WHERE op.kind = ?1 AND (origin.own = 1 OR op.set_aside = '') ORDER BY op.origin, op.seq",
    )?;
    let mut rows = statement.query([kind::NOT_RECEIVED])?;
    let mut visits = Vec::new();
    while let Some(row) = rows.next()? {
        let (op, at) = (encoded(row)?, At { origin: row.get(3)?, seq: row.get(4)? });
        let Ok(public) = op.open() else { continue };
        let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
        if let Ok(Content::NotReceived(visit)) = fields::read(&public, personal) {
            visits.push(Visit::of(at, &visit));
        }
    }
    Ok(visits)
}

pub(super) fn add(writing: &mut Writing<'_>, at: At, visit: &NotReceived) -> Result<()> {
    put(writing, &Visit::of(at, visit))
}

/// One that the hub set aside has no effect here any more, unless this desk wrote it.
pub(super) fn drop(writing: &mut Writing<'_>, at: At) -> Result<()> {
    let sql = "DELETE FROM not_received WHERE origin = ?1 AND seq = ?2 AND EXISTS (SELECT 1 FROM origin WHERE id = ?1 AND own = 0)";
    writing.changed(Change::Dossiers).execute(sql, params![at.origin, at.seq])?;
    Ok(())
}

/// Makes the table anew of the log, in which another release has kept what it did not understand.
pub(super) fn fold_all(writing: &mut Writing<'_>) -> Result<()> {
    writing.tx.execute("DELETE FROM not_received", [])?;
    of_log(&writing.tx)?.iter().try_for_each(|visit| put(writing, visit))
}

fn put(writing: &mut Writing<'_>, visit: &Visit) -> Result<()> {
    writing
        .changed(Change::Dossiers)
        .prepare_cached(
            "INSERT INTO not_received (origin, seq, outcome, procedure_code, procedure_name, person, address, phone, missing,
             reason, basis, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (origin, seq) DO NOTHING",
        )?
        .execute(params![
            visit.at.origin,
            visit.at.seq,
            visit.outcome,
            visit.procedure_code,
            visit.procedure_name,
            visit.person,
            visit.address,
            visit.phone,
            visit.missing,
            visit.reason,
            visit.basis,
            visit.when
        ])?;
    Ok(())
}
