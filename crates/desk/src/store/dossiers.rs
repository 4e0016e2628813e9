//! Dossiers as rows: the fold of their operations, and the reads of the lists.

use super::ops::{self, At, history};
use super::{Change, Writing, finding, forgetting, scans};
use crate::error::Result;
use domain::dossier::{Dossier, Op, Value};
use domain::find::home;
use domain::person::{CitizenId, PartialDate, Phone, Sex};
use domain::text::fold;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    /// Row number.
    pub id: i64,
    /// The operation that received it.
    pub at: At,
    /// The desk's number.
    pub code: String,
    /// Official code, empty while none is known.
    pub alias: String,
    /// State by the portal's numbers.
    pub state: u8,
    /// Procedure code.
    pub procedure_code: String,
    /// Procedure name.
    pub procedure_name: String,
    /// Applicant's name.
    pub applicant: String,
    /// Their personal number, empty where not given.
    pub number: String,
    /// Birth date, ISO, as far as known.
    pub born: String,
    /// 0 unknown, 1 male, 2 female.
    pub sex: u8,
    /// Address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// Local civil time.
    pub received_at: String,
    /// Local civil time, empty where no time is known.
    pub due_at: String,
    /// Row number of its latest operation.
    pub last_op: i64,
    /// How many cards wait for a person.
    pub cards: u32,
    /// Values people may still search by, a line each: corrected, replaced, or waiting on a card.
    pub former: String,
    /// The applicant's name, folded.
    pub name_key: String,
    /// Where they live ([`domain::find::home`]).
    pub home: String,
    /// Name of whoever handed it in for them, folded; empty where they did so themselves.
    pub submitter: String,
    /// The submitter's personal number, empty where not given.
    pub submitter_number: String,
}

pub(super) const COLUMNS: &str =
    "dossier.id, dossier.origin, dossier.seq, code, alias, state, procedure_code, procedure_name, applicant,
    number, born, sex, address, phone, received_at, due_at, last_op, cards, former,
    name_key, home, submitter, submitter_number";

pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<DossierRow> {
    Ok(DossierRow {
        id: row.get(0)?,
        at: At { origin: row.get(1)?, seq: row.get(2)? },
        code: row.get(3)?,
        alias: row.get(4)?,
        state: row.get(5)?,
        procedure_code: row.get(6)?,
        procedure_name: row.get(7)?,
        applicant: row.get(8)?,
        number: row.get(9)?,
        born: row.get(10)?,
        sex: row.get(11)?,
        address: row.get(12)?,
        phone: row.get(13)?,
        received_at: row.get(14)?,
        due_at: row.get(15)?,
        last_op: row.get(16)?,
        cards: row.get(17)?,
        former: row.get(18)?,
        name_key: row.get(19)?,
        home: row.get(20)?,
        submitter: row.get(21)?,
        submitter_number: row.get(22)?,
    })
}

/// Which dossiers a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// All, newest first.
    All,
    /// Not finished, by due moment.
    Open,
    /// Due on the day that begins at this local moment (`YYYY-MM-DD`) and not finished.
    DueToday,
    /// Past due and not finished.
    Late,
    /// With an operation the hub has not stored.
    Unsent,
    /// With a card that waits for a person, the longest waiting first.
    Review,
}

/// The agency still owes an answer: not refused (3), withdrawn (7), stopped (8), finished (9, 10). The first half is the index's.
const OPEN: &str = "state < 9 AND state IN (1, 2, 4, 5, 6)";

/// Due on day `?1`, later than the moment `?2`, and its time runs: not while the citizen has something to do (5, 6).
const DUE_TODAY: &str = "state < 9 AND state IN (1, 2, 4) AND due_at >= ?2 AND due_at < ?1 || 'U'";

/// Past due at the moment `?2`, while its time ran.
pub(super) const LATE: &str = "state < 9 AND state IN (1, 2, 4) AND due_at <> '' AND due_at < ?2";

/// One page of a list. `now` is local civil time, ISO.
pub fn list(connection: &Connection, filter: Filter, now: &str, limit: u32, offset: u32) -> Result<Vec<DossierRow>> {
    let day = now.get(..10).unwrap_or(now);
    // ?1 the day, ?2 the moment; `'U'` stands after every `T…` time of a day.
    let (condition, order) = match filter {
        Filter::All => ("true", "received_at DESC, dossier.id DESC"),
        Filter::Open => return open(connection, limit, offset),
        Filter::DueToday => (DUE_TODAY, "due_at, dossier.id"),
        Filter::Late => (LATE, "due_at, dossier.id"),
        Filter::Unsent => (UNSENT, "last_op, dossier.id"),
        Filter::Review => ("cards > 0", "last_op, dossier.id"),
    };
    let sql = format!("SELECT {COLUMNS} FROM dossier WHERE {condition} ORDER BY {order} LIMIT ?3 OFFSET ?4");
    rows(connection, &sql, &[&day, &now, &limit, &offset])
}

/// Two walks along the index of due moments, so that a page costs what it shows: first those with one, then those without.
fn open(connection: &Connection, limit: u32, offset: u32) -> Result<Vec<DossierRow>> {
    let sql = format!(
        "SELECT * FROM (SELECT {COLUMNS} FROM dossier WHERE {OPEN} AND due_at <> '' ORDER BY due_at, dossier.id LIMIT ?1 + ?2)
         UNION ALL
         SELECT * FROM (SELECT {COLUMNS} FROM dossier WHERE {OPEN} AND due_at = '' ORDER BY dossier.id LIMIT ?1 + ?2)
         LIMIT ?1 OFFSET ?2"
    );
    rows(connection, &sql, &[&limit, &offset])
}

/// With an own operation after the acknowledged ones. A dossier whose latest operation is older than all of those is out at
/// once, which leaves only as many to look at as have changed since.
const UNSENT: &str = "last_op >= (SELECT min(op.id) FROM origin CROSS JOIN op ON op.origin = origin.id
        AND op.seq = origin.acknowledged + 1 WHERE origin.own = 1)
    AND EXISTS (SELECT 1 FROM op CROSS JOIN origin ON origin.id = op.origin WHERE op.dossier_origin = dossier.origin
        AND op.dossier_seq = dossier.seq AND origin.own = 1 AND op.seq > origin.acknowledged)";

/// The dossier with this number or official code.
pub fn by_code(connection: &Connection, code: &str) -> Result<Option<DossierRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM dossier WHERE code = ?1 OR alias <> '' AND alias = ?1 ORDER BY code = ?1 DESC, dossier.id LIMIT 1"
    );
    Ok(connection.prepare_cached(&sql)?.query_row([code], row).optional()?)
}

/// Dossiers a person handed in on a day (`YYYY-MM-DD`) for a procedure; the person by number, else by folded name and birth.
pub fn same_day(
    connection: &Connection,
    day: &str,
    procedure: &str,
    number: &str,
    name: &str,
    born: &str,
) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM dossier WHERE received_at >= ?1 AND received_at < ?1 || 'U' AND procedure_code = ?2"
    );
    let folded = fold(name);
    let same = |found: &DossierRow| {
        if number.is_empty() || found.number.is_empty() {
            fold(&found.applicant) == folded && (born.is_empty() || found.born.is_empty() || found.born == born)
        } else {
            found.number == number
        }
    };
    let found = rows(connection, &sql, &[&day, &procedure])?;
    Ok(found.into_iter().filter(same).map(|found| found.code).collect())
}

/// The latest dossier of the person with this number.
pub fn latest_of(connection: &Connection, number: &str) -> Result<Option<DossierRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM dossier WHERE number = ?1 AND number <> '' ORDER BY received_at DESC LIMIT 1");
    Ok(connection.prepare_cached(&sql)?.query_row([number], row).optional()?)
}

pub(super) fn rows(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<DossierRow>> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map(values, row)?.collect::<rusqlite::Result<_>>()?)
}

/// Counts for the first screen: due today, late, open, received today.
pub fn counts(connection: &Connection, now: &str) -> Result<(u64, u64, u64, u64)> {
    let day = now.get(..10).unwrap_or(now);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT (SELECT count(*) FROM dossier WHERE {DUE_TODAY}),
                (SELECT count(*) FROM dossier WHERE {LATE}),
                (SELECT count(*) FROM dossier WHERE {OPEN}),
                (SELECT count(*) FROM dossier WHERE received_at >= ?1 AND received_at < ?1 || 'U')"
    ))?;
    Ok(statement.query_row([day, now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?)
}

/// How many dossiers have an operation the hub has not stored.
pub fn count_unsent(connection: &Connection) -> Result<u64> {
    let sql = "SELECT count(*) FROM (SELECT DISTINCT op.dossier_origin, op.dossier_seq FROM origin JOIN op
               ON op.origin = origin.id AND op.seq > origin.acknowledged WHERE origin.own = 1 AND op.dossier_seq IS NOT NULL)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// How many dossiers have a card that waits for a person.
pub fn count_review(connection: &Connection) -> Result<u64> {
    Ok(connection.prepare_cached("SELECT count(*) FROM dossier WHERE cards > 0")?.query_row([], |row| row.get(0))?)
}

/// The dossiers received from one day on and before another (`2026-11-01`), as they were received.
pub fn received_between(connection: &Connection, from: &str, to: &str) -> Result<Vec<At>> {
    let mut statement = connection.prepare_cached(
        "SELECT origin, seq FROM dossier WHERE received_at >= ?1 AND received_at < ?2 ORDER BY received_at, code",
    )?;
    let at = |row: &Row<'_>| Ok(At { origin: row.get(0)?, seq: row.get(1)? });
    Ok(statement.query_map([from, to], at)?.collect::<rusqlite::Result<_>>()?)
}

/// The dossiers in a state, as they were received.
pub fn in_state(connection: &Connection, state: u8) -> Result<Vec<At>> {
    let mut statement =
        connection.prepare_cached("SELECT origin, seq FROM dossier WHERE state = ?1 ORDER BY received_at, code")?;
    let at = |row: &Row<'_>| Ok(At { origin: row.get(0)?, seq: row.get(1)? });
    Ok(statement.query_map([state], at)?.collect::<rusqlite::Result<_>>()?)
}

/// How often each procedure was asked for.
pub fn uses(connection: &Connection) -> Result<Vec<(String, u32)>> {
    let mut statement = connection.prepare_cached("SELECT code, times FROM procedure_use")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// A dossier, folded from the log.
pub fn load(connection: &Connection, at: At) -> Result<Option<Dossier>> {
    let (entries, seen) = history(connection, at)?;
    Ok(Dossier::merge(entries, &seen))
}

/// Folds a dossier again and writes its row.
pub(super) fn refold(writing: &mut Writing<'_>, at: At) -> Result<()> {
    write_row(writing, at, false)
}

/// A dossier whose reception has no effect any more has no row.
fn drop_row(writing: &mut Writing<'_>, at: At) -> Result<()> {
    let tx = writing.changed(Change::Dossiers);
    let id: Option<i64> = tx
        .prepare_cached("DELETE FROM dossier WHERE origin = ?1 AND seq = ?2 RETURNING id")?
        .query_row(params![at.origin, at.seq], |row| row.get(0))
        .optional()?;
    if let Some(id) = id {
        tx.prepare_cached("DELETE FROM dossier_words WHERE rowid = ?1")?.execute([id])?;
    }
    Ok(())
}

/// Writes a dossier's row and its words; a row that stays as it was only where `anew` asks for it.
fn write_row(writing: &mut Writing<'_>, at: At, anew: bool) -> Result<()> {
    let Some(mut dossier) = load(&writing.tx, at)? else { return drop_row(writing, at) };
    if !dossier.is_forgotten() {
        note_scans(writing, &dossier)?;
    } else if forgetting::erase(writing, at, &dossier)? {
        dossier = load(&writing.tx, at)?.unwrap_or(dossier);
    }
    let last_op: i64 = writing
        .tx
        .prepare_cached("SELECT max(id) FROM op WHERE dossier_origin = ?1 AND dossier_seq = ?2")?
        .query_row(params![at.origin, at.seq], |row| row.get(0))?;
    let tx = writing.changed(Change::Dossiers);
    let known = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM dossier WHERE origin = ?1 AND seq = ?2"))?
        .query_row(params![at.origin, at.seq], row)
        .optional()?;
    let id = known.as_ref().map(|known| known.id);
    let new = DossierRow::of(&dossier, id.unwrap_or_default(), at, last_op);
    if let Some(known) = known
        && !anew
        && new == (DossierRow { last_op, ..known })
    {
        // A remark, a print: nothing people search by or a list shows, and the index of words is the dear part.
        tx.prepare_cached("UPDATE dossier SET last_op = ?3 WHERE origin = ?1 AND seq = ?2")?
            .execute(params![at.origin, at.seq, last_op])?;
        return Ok(());
    }
    let columns = params![
        at.origin,
        at.seq,
        new.code,
        new.alias,
        new.state,
        new.procedure_code,
        new.procedure_name,
        new.applicant,
        new.number,
        new.born,
        new.sex,
        new.address,
        new.phone,
        new.received_at,
        new.due_at,
        last_op,
        new.cards,
        new.former,
        new.name_key,
        new.home,
        new.submitter,
        new.submitter_number
    ];
    let id = match id {
        Some(id) => {
            tx.prepare_cached(
                "UPDATE dossier SET (code, alias, state, procedure_code, procedure_name, applicant, number, born, sex, address,
                 phone, received_at, due_at, last_op, cards, former, name_key, home, submitter, submitter_number)
                 = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
                 WHERE origin = ?1 AND seq = ?2",
            )?
            .execute(columns)?;
            tx.prepare_cached("DELETE FROM dossier_words WHERE rowid = ?1")?.execute([id])?;
            id
        }
        None => {
            tx.prepare_cached(
                "INSERT INTO dossier (origin, seq, code, alias, state, procedure_code, procedure_name, applicant, number, born,
                 sex, address, phone, received_at, due_at, last_op, cards, former, name_key, home, submitter, submitter_number)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
            )?
            .execute(columns)?;
            let id = tx.last_insert_rowid();
            tx.prepare_cached(
                "INSERT INTO procedure_use (code, times) VALUES (?1, 1) ON CONFLICT (code) DO UPDATE SET times = times + 1",
            )?
            .execute([&new.procedure_code])?;
            id
        }
    };
    tx.prepare_cached("INSERT INTO dossier_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, finding::words(&new)])?;
    Ok(())
}

/// Notes the scans that this desk's own operations name: these are its to send.
fn note_scans(writing: &mut Writing<'_>, dossier: &Dossier) -> Result<()> {
    let attached = dossier.timeline().iter().filter_map(|entry| match &entry.op {
        Op::Attached { hash, bytes, .. } if *bytes > 0 => Some((entry.stamp.id.replica, hash, *bytes)),
        _ => None,
    });
    let attached: Vec<_> = attached.collect();
    if attached.is_empty() {
        return Ok(());
    }
    let own: Vec<u32> = ops::all_own(&writing.tx)?.iter().map(|origin| origin.replica.unwrap_or(0)).collect();
    attached
        .into_iter()
        .filter(|(replica, ..)| own.contains(replica))
        .try_for_each(|(_, hash, bytes)| scans::note(writing, hash, bytes))
}

impl DossierRow {
    /// The row a fold makes; only its own number, its place in the log and its latest operation are not the fold's.
    pub(super) fn of(dossier: &Dossier, id: i64, at: At, last_op: i64) -> Self {
        let received = dossier.received();
        let applicant = dossier.applicant();
        Self {
            id,
            at,
            code: received.code.as_str().to_owned(),
            alias: dossier.aliases().last().map(|code| code.as_str().to_owned()).unwrap_or_default(),
            state: dossier.state().number(),
            procedure_code: received.procedure.code.clone(),
            procedure_name: received.procedure.name.clone(),
            applicant: applicant.name.as_str().to_owned(),
            number: applicant.number.as_ref().map(CitizenId::as_str).unwrap_or_default().to_owned(),
            born: applicant.born.map(PartialDate::iso).unwrap_or_default(),
            sex: applicant.sex.map_or(0, |sex| match sex {
                Sex::Male => 1,
                Sex::Female => 2,
            }),
            address: applicant.address.clone(),
            phone: applicant.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
            received_at: received.at.to_string(),
            due_at: dossier.due().map(|due| due.to_string()).unwrap_or_default(),
            last_op,
            cards: u32::try_from(dossier.cards().len()).unwrap_or(u32::MAX),
            former: former(dossier),
            name_key: fold(applicant.name.as_str()),
            home: home(&applicant.address),
            submitter: received.submitter.as_ref().map(|it| fold(it.person.name.as_str())).unwrap_or_default(),
            submitter_number: received
                .submitter
                .as_ref()
                .and_then(|it| Some(it.person.number.as_ref()?.as_str().to_owned()))
                .unwrap_or_default(),
        }
    }
}

/// Of an address the place before the first comma: what follows is the same for a whole commune, and a search for Sơn would
/// find everybody of Cao Sơn.
pub(super) fn village(address: &str) -> &str {
    address.split(',').next().unwrap_or_default().trim()
}

/// What was written of the applicant and does not hold, each once.
fn former(dossier: &Dossier) -> String {
    let now = dossier.applicant();
    let mut former: Vec<&str> = Vec::new();
    for write in dossier.writes() {
        let value = match &write.value {
            Value::Phone(phone) if *phone != now.phone => phone.as_ref().map(Phone::as_str).unwrap_or_default(),
            Value::Address(address) if *address != now.address => village(address),
            Value::Name(name) if *name != now.name => name.as_str(),
            Value::Number(number) if *number != now.number => {
                number.as_ref().map(CitizenId::as_str).unwrap_or_default()
            }
            Value::Code(code) if *code != dossier.received().code => code.as_str(),
            Value::Phone(_)
            | Value::Address(_)
            | Value::Name(_)
            | Value::Number(_)
            | Value::Result(_)
            | Value::State(_)
            | Value::Code(_) => "",
        };
        if !value.is_empty() && !former.contains(&value) {
            former.push(value);
        }
    }
    former.join("\n")
}

/// Folds every dossier again. The words of a row that stays as it was may still be others than another release's.
pub(super) fn refold_all(writing: &mut Writing<'_>) -> Result<()> {
    let receptions: Vec<At> = {
        let sql = "SELECT origin, seq FROM op WHERE dossier_origin = origin AND dossier_seq = seq ORDER BY id";
        let mut statement = writing.tx.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok(At { origin: row.get(0)?, seq: row.get(1)? }))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    receptions.into_iter().try_for_each(|at| write_row(writing, at, true))
}

/// Every row, in order, for verification.
pub(super) fn all(connection: &Connection, mut each: impl FnMut(DossierRow) -> Result<()>) -> Result<()> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM dossier ORDER BY dossier.id"))?;
    for found in statement.query_map([], row)? {
        each(found?)?;
    }
    Ok(())
}
