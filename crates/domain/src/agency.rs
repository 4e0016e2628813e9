//! Agencies (cơ quan) by code, with the days they existed and what took their place.
//!
//! Communes were merged and renamed (2025), and are again: a paper keeps the agency of its day, a new dossier names one that
//! exists. The list is a text an administrator can read and import, a line an agency, its columns separated by tabs:
//! `code name from to successor source`, `-` where there is no end or no successor.

use crate::calendar::table::{Fault, TableError, read_date, read_words};
use crate::code::AgencyCode;
use crate::text::fold;
use jiff::civil::Date;

/// An agency for the days it was called so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Its code (QĐ 20/2020/QĐ-TTg).
    pub code: AgencyCode,
    /// Its name.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day, where it ended.
    pub to: Option<Date>,
    /// The agency that took its place.
    pub successor: Option<AgencyCode>,
    /// The decision.
    pub source: String,
}

/// A list of agencies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agencies(Vec<Agency>);

/// Why no agency of a code can be named on a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAgency {
    /// The list has no such code.
    #[error("no such agency")]
    Unknown,
    /// It did not exist yet.
    #[error("the agency begins on {0}")]
    NotYet(Date),
    /// It has ended.
    #[error("the agency ended on {ended}")]
    Ended {
        /// Its last day.
        ended: Date,
        /// What took its place and exists on the day, where the list knows.
        now: Option<Box<Agency>>,
    },
}

impl Agencies {
    /// Reads a list; the first faulty line is the error.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut agencies = Self::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim_end();
            if !line.is_empty() && !line.starts_with('#') {
                let agency = read(line).map_err(|fault| TableError { line: index + 1, fault })?;
                let again = |known: &Agency| known.code == agency.code && known.overlaps(&agency);
                if agencies.0.iter().any(again) {
                    return Err(TableError { line: index + 1, fault: Fault::Twice });
                }
                agencies.0.push(agency);
            }
        }
        Ok(agencies)
    }

    /// This list with another's lines; a code that the other has is the other's alone.
    pub fn with(mut self, other: Self) -> Self {
        self.0.retain(|known| other.0.iter().all(|new| new.code != known.code));
        self.0.extend(other.0);
        self
    }

    /// The agency of a code on a day.
    pub fn on(&self, code: &AgencyCode, day: Date) -> Result<&Agency, NoAgency> {
        let lines: Vec<&Agency> = self.0.iter().filter(|agency| agency.code == *code).collect();
        if let Some(agency) = lines.iter().find(|agency| agency.is(day)) {
            return Ok(agency);
        }
        let last = lines.iter().max_by_key(|agency| agency.from).ok_or(NoAgency::Unknown)?;
        match last.to.filter(|ended| *ended < day) {
            Some(ended) => Err(NoAgency::Ended { ended, now: self.successor(last, day).map(|a| Box::new(a.clone())) }),
            None => Err(NoAgency::NotYet(lines.iter().map(|agency| agency.from).min().unwrap_or(last.from))),
        }
    }

    /// What took an agency's place, and its successors', on a day. It ends: each code is asked once.
    fn successor(&self, of: &Agency, day: Date) -> Option<&Agency> {
        let (mut asked, mut next) = (vec![&of.code], of.successor.as_ref()?);
        loop {
            if asked.contains(&next) {
                return None;
            }
            asked.push(next);
            let lines = || self.0.iter().filter(|agency| agency.code == *next);
            if let Some(agency) = lines().find(|agency| agency.is(day)) {
                return Some(agency);
            }
            next = lines().max_by_key(|agency| agency.from)?.successor.as_ref()?;
        }
    }

    /// Those that exist on a day and whose name or code holds all words of a text.
    pub fn find(&self, text: &str, day: Date) -> Vec<&Agency> {
        let text = fold(text);
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let holds = |agency: &&Agency| {
            let said = fold(&format!("{} {}", agency.code.as_str(), agency.name));
            agency.is(day) && words.iter().all(|word| said.contains(word))
        };
        self.0.iter().filter(holds).collect()
    }

    /// Every line.
    pub fn all(&self) -> &[Agency] {
        &self.0
    }
}

impl Agency {
    fn is(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

fn read(line: &str) -> Result<Agency, Fault> {
    let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
    let [number, name, from, to, successor, source] = columns.as_slice() else {
        return Err(Fault::Columns(columns.len()));
    };
    let code = |text: &str| AgencyCode::parse(text).map_err(|_| Fault::Code);
    let given = |text: &&&str| **text != "-";
    let agency = Agency {
        code: code(number)?,
        name: read_words(name)?,
        from: read_date(from)?,
        to: Some(to).filter(given).map(|to| read_date(to)).transpose()?,
        successor: Some(successor).filter(given).map(|text| code(text)).transpose()?,
        source: read_words(source)?,
    };
    if agency.to.is_some_and(|to| to < agency.from) { Err(Fault::Order) } else { Ok(agency) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const LIST: &str = "# ví dụ\nH55.10\tUBND xã Cũ\t2020-01-01\t2025-06-30\tH55.242\tNQ 1\n\
                        H55.242\tUBND xã Mới\t2025-07-01\t2026-12-31\tH55.300\tNQ 2\n\
                        H55.300\tUBND xã Mới Nữa\t2027-01-01\t-\t-\tNQ 3\n";

    fn code(text: &str) -> AgencyCode {
        AgencyCode::parse(text).expect("a code")
    }

    #[test]
    fn an_agency_that_ended_names_what_took_its_place() {
        let list = Agencies::parse(LIST).expect("a list");
        let on = |text, day| list.on(&code(text), day);
        assert_eq!(on("H55.10", date(2025, 6, 30)).map(|a| a.name.as_str()), Ok("UBND xã Cũ"));
        let now = |day| match on("H55.10", day) {
            Err(NoAgency::Ended { ended, now }) => (ended, now.map(|agency| agency.name)),
            other => panic!("{other:?}"),
        };
        assert_eq!(now(date(2026, 11, 28)), (date(2025, 6, 30), Some("UBND xã Mới".to_owned())));
        assert_eq!(now(date(2027, 1, 1)).1.as_deref(), Some("UBND xã Mới Nữa"), "through two mergers");
        assert_eq!(on("H55.300", date(2026, 11, 28)), Err(NoAgency::NotYet(date(2027, 1, 1))));
        assert_eq!(on("H55.999", date(2026, 11, 28)), Err(NoAgency::Unknown));
        let found: Vec<&str> = list.find("xa moi", date(2026, 11, 28)).iter().map(|a| a.code.as_str()).collect();
        assert_eq!(found, ["H55.242"]);
    }

    #[test]
    fn successors_in_a_circle_end() {
        let list = Agencies::parse(
            "H55.1\tA\t2020-01-01\t2024-12-31\tH55.2\tNQ\nH55.2\tB\t2020-01-01\t2024-12-31\tH55.1\tNQ\n",
        )
        .expect("a list");
        let found = list.on(&code("H55.1"), date(2026, 1, 1));
        assert_eq!(found, Err(NoAgency::Ended { ended: date(2024, 12, 31), now: None }));
    }

    #[test]
    fn a_list_that_contradicts_itself_is_none() {
        for (text, line, fault) in [
            ("H55.1\tA\t2020-01-01\t-\t-\tNQ\nH55.1\tB\t2025-01-01\t-\t-\tNQ", 2, Fault::Twice),
            ("H55.1\tA\t2020-01-01\t2019-12-31\t-\tNQ", 1, Fault::Order),
            ("xã A\tA\t2020-01-01\t-\t-\tNQ", 1, Fault::Code),
            ("H55.1\tA\t1/1/2020\t-\t-\tNQ", 1, Fault::Date),
            ("H55.1\tA\t2020-01-01", 1, Fault::Columns(3)),
        ] {
            assert_eq!(Agencies::parse(text), Err(TableError { line, fault }), "{text}");
        }
        let renamed = Agencies::parse("H55.1\tA\t2020-01-01\t2025-06-30\t-\tNQ\nH55.1\tB\t2025-07-01\t-\t-\tNQ");
        assert_eq!(renamed.expect("a renaming").all().len(), 2);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(columns in proptest::collection::vec("(H55\\.[0-9]|2025-0[0-9]-01|-|\\PC{0,6})", 0..8)) {
            let _ = Agencies::parse(&columns.join("\t"));
        }
    }
}
