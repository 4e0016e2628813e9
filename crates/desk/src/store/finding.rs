//! Finding dossiers: by what somebody types into the one box, by who lives together, by who is served twice.

use super::dossiers::{COLUMNS, DossierRow, LATE, row, rows, village};
use crate::error::Result;
use domain::dossier::State;
use domain::find::{Received, Search, is_house};
use domain::text::{fold, initials};
use rusqlite::{Connection, params};

/// What people search a dossier by, folded: names also by their initials and with an apostrophe left out (H'Yên), numbers also
/// by their last digits, and words no name has for the day, the month and the state.
pub(super) fn words(row: &DossierRow) -> String {
    let number = row.code.rsplit('-').next().unwrap_or_default();
    let ends = |text: &str, digits: usize| {
        text.len().checked_sub(digits).and_then(|at| text.get(at..)).unwrap_or("").to_owned()
    };
    let given_names = row.applicant.split_once(' ').map_or("", |(_, given)| given);
    let born: Vec<&str> = row.born.split('-').collect();
    let day = row.received_at.get(..10).unwrap_or_default().replace('-', "");
    let words = [
        row.applicant.clone(),
        row.applicant.replace(['\'', '’'], ""),
        initials(&row.applicant),
        initials(given_names),
        row.submitter.clone(),
        row.code.clone(),
        number.to_owned(),
        ends(number, 4),
        ends(number, 3),
        row.alias.clone(),
        row.number.clone(),
        ends(&row.number, 4),
        row.phone.clone(),
        ends(&row.phone, 4),
        ends(&row.phone, 3),
        row.procedure_code.replace('.', ""),
        row.procedure_name.clone(),
        village(&row.address).to_owned(),
        born.join(" "),
        born.iter().map(|part| part.trim_start_matches('0')).collect::<Vec<_>>().join(" "),
        row.former.clone(),
        format!("{} {} {}", day_word(&day), month_word(day.get(..6).unwrap_or_default()), state_word(row.state)),
    ];
    fold(&words.join(" "))
}

/// No Vietnamese word begins with z, so nobody who types a name finds these.
fn day_word(digits: &str) -> String {
    format!("zd{digits}")
}

fn month_word(digits: &str) -> String {
    format!("zm{digits}")
}

fn state_word(state: u8) -> String {
    format!("zs{state}")
}

/// The words of a search as the index is asked for them.
fn asked(search: &Search) -> String {
    // One digit begins too many words, and is the whole of one in a date of birth.
    let whole = |word: &str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    let part = |word: &String| if whole(word) { format!("\"{word}\"") } else { format!("\"{word}\"*") };
    let mut parts: Vec<String> = search.words.iter().map(part).collect();
    match search.received {
        Some(Received::Day(day)) => parts.push(day_word(&day.strftime("%Y%m%d").to_string())),
        Some(Received::Month(year, month)) => parts.push(month_word(&format!("{year:04}{month:02}"))),
        None => {}
    }
    let states: Vec<String> = search.states.iter().map(|state: &State| state_word(state.number())).collect();
    if !states.is_empty() {
        parts.push(format!("({})", states.join(" OR ")));
    }
    parts.join(" AND ")
}

/// Dossiers a search finds, newest first; late ones by due moment. `now` is local civil time, ISO.
pub fn find(connection: &Connection, search: &Search, now: &str, limit: u32) -> Result<Vec<DossierRow>> {
    let mut asked = asked(search);
    if search.is_late {
        // Only where the time runs: the index narrows to those first, and few of them are late.
        let running = State::ALL.into_iter().filter(|state| state.is_open() && !state.waits());
        let running = running.map(|state| state_word(state.number())).collect::<Vec<_>>().join(" OR ");
        asked = if asked.is_empty() { running } else { format!("{asked} AND ({running})") };
        let sql = format!(
            "SELECT {COLUMNS} FROM dossier_words CROSS JOIN dossier ON dossier.id = dossier_words.rowid
             WHERE dossier_words MATCH ?1 AND {LATE} ORDER BY due_at, dossier.id LIMIT ?3"
        );
        return rows(connection, &sql, &[&asked, &now, &limit]);
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM dossier_words JOIN dossier ON dossier.id = dossier_words.rowid
         WHERE dossier_words MATCH ?1 ORDER BY dossier_words.rowid DESC LIMIT ?2"
    );
    rows(connection, &sql, &[&asked, &limit])
}

/// A person as far as they are typed.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// Name, folded.
    pub name: String,
    /// Personal number, empty where not given.
    pub number: String,
    /// Year of birth, `1986`; empty where not known.
    pub born: String,
    /// [`domain::find::home`].
    pub home: String,
}

/// How an earlier dossier belongs to the people at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// Their own.
    Own,
    /// They handed it in for somebody else.
    HandedIn,
    /// Somebody of the same house.
    House,
    /// Somebody of the same hamlet and family name: perhaps a relative.
    Hamlet,
}

/// Dossiers since a moment (local civil time) that look like the same person's: by number, else by name, year of birth and home.
pub fn alike(connection: &Connection, who: &Who, since: &str) -> Result<Vec<DossierRow>> {
    let by_number = format!(
        "SELECT {COLUMNS} FROM dossier WHERE number = ?1 AND number <> '' AND received_at >= ?2 ORDER BY received_at DESC LIMIT 20"
    );
    let by_name = format!(
        "SELECT {COLUMNS} FROM dossier WHERE name_key = ?1 AND received_at >= ?2 ORDER BY received_at DESC LIMIT 50"
    );
    let mut found = rows(connection, &by_number, &[&who.number, &since])?;
    if !who.name.is_empty() {
        let named = rows(connection, &by_name, &[&who.name, &since])?;
        let is_same = |row: &DossierRow| same_person(row, who) && !found.iter().any(|known| known.id == row.id);
        let more: Vec<DossierRow> = named.into_iter().filter(is_same).collect();
        found.extend(more);
    }
    Ok(found)
}

/// Whether a row is of this person, as far as both say something: two numbers decide; else nothing that is known may differ.
fn same_person(row: &DossierRow, who: &Who) -> bool {
    if !who.number.is_empty() && !row.number.is_empty() {
        return who.number == row.number;
    }
    let agrees = |one: &str, other: &str| one.is_empty() || other.is_empty() || one == other;
    row.name_key == who.name && agrees(row.born.get(..4).unwrap_or(""), &who.born) && agrees(&row.home, &who.home)
}

/// The latest dossiers of a household: the person's own, those they handed in, those of the same house or, where the address
/// names a hamlet only, of the same family name there.
pub fn household(connection: &Connection, who: &Who, limit: usize) -> Result<Vec<(Tie, DossierRow)>> {
    let query = |column: &str, value: &str| -> Result<Vec<DossierRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM dossier WHERE {column} = ?1 AND {column} <> '' ORDER BY received_at DESC LIMIT 60"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        Ok(statement.query_map(params![value], row)?.collect::<rusqlite::Result<_>>()?)
    };
    let family = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
    let mut found: Vec<(Tie, DossierRow)> = Vec::new();
    found.extend(query("number", &who.number)?.into_iter().map(|row| (Tie::Own, row)));
    found.extend(
        query("name_key", &who.name)?.into_iter().filter(|row| same_person(row, who)).map(|row| (Tie::Own, row)),
    );
    found.extend(query("submitter_number", &who.number)?.into_iter().map(|row| (Tie::HandedIn, row)));
    let near = |row: &DossierRow| row.home == who.home || who.home.is_empty();
    let by_name = query("submitter", &who.name)?.into_iter().filter(|row| {
        let numbers_differ =
            !row.submitter_number.is_empty() && !who.number.is_empty() && row.submitter_number != who.number;
        !numbers_differ && near(row)
    });
    found.extend(by_name.map(|row| (Tie::HandedIn, row)));
    let tie = if is_house(&who.home) { Tie::House } else { Tie::Hamlet };
    let together = query("home", &who.home)?.into_iter();
    let related = together.filter(|row| tie == Tie::House || family(&row.name_key) == family(&who.name));
    found.extend(related.map(|row| (tie, row)));
    found.sort_by_key(|(tie, row)| (row.id, *tie));
    found.dedup_by_key(|(_, row)| row.id);
    found.sort_by(|(one, a), (other, b)| {
        (one == &Tie::Hamlet, &b.received_at).cmp(&(other == &Tie::Hamlet, &a.received_at))
    });
    found.truncate(limit);
    Ok(found)
}
