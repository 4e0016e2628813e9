//! The one box: a name, a number, a procedure, whatever somebody types into it.

use super::catalogue::ProcedureRow;
use super::dossiers::{self as dossier_views, DossierRow};
use super::people::Sex;
use super::{Desk, words};
use crate::error::Result;
use crate::store::dossiers::{self, DossierRow as Row};
use crate::store::finding;
use domain::find::Search;
use domain::person::CitizenId;
use serde::Serialize;
use ts_rs::TS;

/// What was found.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LookUp {
    /// Dossiers, newest first.
    pub dossiers: Vec<DossierRow>,
    /// Procedures, best first.
    pub procedures: Vec<ProcedureRow>,
    /// People who have been here before.
    pub people: Vec<Person>,
}

/// What this desk knows of a person from their last visit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Person {
    /// Họ tên.
    pub name: String,
    /// Masked number.
    pub number_masked: String,
    /// Whole number, for the form that was opened for them.
    pub number: Option<String>,
    /// ISO, as far as known.
    pub born: Option<String>,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Địa chỉ.
    pub address: String,
    /// Số điện thoại.
    pub phone: String,
    /// When, RFC 3339.
    pub last_seen: String,
    /// Number of that dossier.
    pub last_code: String,
}

impl Person {
    fn of(row: Row) -> Self {
        Self {
            number_masked: CitizenId::parse(&row.number).map(|number| number.masked()).unwrap_or_default(),
            number: (!row.number.is_empty()).then_some(row.number),
            born: (!row.born.is_empty()).then_some(row.born),
            sex: dossier_views::sex(row.sex),
            address: row.address,
            phone: row.phone,
            last_seen: words::stored(&row.received_at),
            last_code: row.code,
            name: row.applicant,
        }
    }
}

/// How many of each kind the box shows.
const SHOWN: usize = 9;

impl Desk {
    /// Searches dossiers, procedures and people.
    pub fn look_up(&self, text: &str) -> Result<LookUp> {
        let now = self.now()?;
        let found = self.found(text, 40)?;
        let mut people: Vec<Person> = Vec::new();
        for row in &found {
            let known =
                |person: &Person| person.name == row.applicant && person.number.as_deref().unwrap_or("") == row.number;
            if people.len() < SHOWN && !people.iter().any(known) {
                people.push(Person::of(row.clone()));
            }
        }
        let dossiers = found.into_iter().take(SHOWN).map(|row| self.row(row, now)).collect::<Result<_>>()?;
        Ok(LookUp { dossiers, procedures: self.find_procedures(text, SHOWN)?, people })
    }

    /// The person with this number, as of their last visit.
    pub fn earlier(&self, number: &str) -> Result<Option<Person>> {
        let Ok(number) = CitizenId::parse(number) else { return Ok(None) };
        Ok(self.store.read(|connection| dossiers::latest_of(connection, number.as_str()))?.map(Person::of))
    }

    /// Rows a text finds. Where it reads as a day or a state and nothing is found, it is taken as words.
    pub(super) fn found(&self, text: &str, limit: u32) -> Result<Vec<Row>> {
        let now = self.now()?;
        let search = Search::typed(text, now.date());
        let words = Search::words_of(text);
        self.store.read(|connection| {
            let found = finding::find(connection, &search, &now.to_string(), limit)?;
            if found.is_empty() && search != words {
                return finding::find(connection, &words, &now.to_string(), limit);
            }
            Ok(found)
        })
    }

    /// Dossiers a text finds: the terminal's `find`.
    pub fn find(&self, text: &str) -> Result<Vec<DossierRow>> {
        let now = self.now()?;
        self.found(text, 100)?.into_iter().map(|row| self.row(row, now)).collect()
    }
}
