//! The list of agencies: those a dossier may be settled by, with the days they existed.

use super::working_time::{NEXT, fault_words, read};
use super::{Desk, Done, deadline::weekday_date};
use crate::error::{Code, Error, Result};
use crate::store::Changes;
use crate::store::settings::{self, Key};
use crate::texts::text;
use domain::agency::{Agencies, Agency, NoAgency};
use domain::code::AgencyCode;
use domain::dossier::Competent;
use domain::text::tidy;
use jiff::civil::Date;
use serde::Serialize;
use std::path::Path;
use ts_rs::TS;

/// An agency of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AgencyRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day; `null` while it has none.
    pub to: Option<String>,
    /// The code of what took its place.
    pub successor: Option<String>,
    /// The decision.
    pub source: String,
}

impl Desk {
    /// Agencies that exist today and whose name or code holds the words of a text; all lines of the list for none.
    pub fn agencies(&self, words: &str) -> Result<Vec<AgencyRow>> {
        let (list, today) = (self.agency_list()?, self.now()?.date());
        let words = words.trim();
        Ok(if words.is_empty() {
            list.all().iter().map(AgencyRow::from).collect()
        } else {
            list.find(words, today).into_iter().map(AgencyRow::from).collect()
        })
    }

    /// Takes in a list of agencies; with `preview` only shows its lines. Dossiers keep the agency of their day.
    pub fn import_agencies(&self, file: &Path, preview: bool) -> Done<Vec<AgencyRow>> {
        let typed = read(file)?;
        let list = Agencies::parse(&typed).map_err(|error| {
            let fault = fault_words(self.language(), &error.fault);
            Error::new(Code::AgenciesWrong).with("line", error.line).with("fault", fault).because(error)
        })?;
        let rows = list.all().iter().map(AgencyRow::from).collect();
        if preview {
            return Ok((rows, Changes::new()));
        }
        self.require(&super::steps::OFFICERS)?;
        let ((), changes) = self.store.write(|writing| {
            let kept = settings::get(writing.reading(), Key::Agencies)?;
            let all = if kept.is_empty() { typed.clone() } else { format!("{kept}{NEXT}{typed}") };
            settings::set(writing, Key::Agencies, &all)
        })?;
        Ok((rows, changes))
    }

    fn agency_list(&self) -> Result<Agencies> {
        let kept = self.store.read(|connection| settings::get(connection, Key::Agencies))?;
        let texts = kept.split(NEXT).filter(|text| !text.is_empty());
        Ok(texts.filter_map(|text| Agencies::parse(text).ok()).fold(Agencies::default(), Agencies::with))
    }

    /// The agency that settles a dossier, as it was typed: a code of the list on that day, or a name; or why it cannot be.
    pub(super) fn competent(&self, typed: &str, day: Date) -> std::result::Result<Option<Competent>, String> {
        let typed = tidy(typed);
        if typed.is_empty() {
            return Ok(None);
        }
        let Ok(code) = AgencyCode::parse(&typed) else { return Ok(Some(Competent { code: None, name: typed })) };
        let list = self.agency_list().unwrap_or_default();
        let said = |key: &str, params: &[(&'static str, String)]| text(self.language(), key, params);
        match list.on(&code, day) {
            Ok(agency) => Ok(Some(Competent { code: Some(code), name: agency.name.clone() })),
            Err(NoAgency::Unknown) => Err(said("problem_agency_unknown", &[("code", typed)])),
            Err(NoAgency::NotYet(from)) => {
                Err(said("problem_agency_not_yet", &[("day", weekday_date(self.language(), from))]))
            }
            Err(NoAgency::Ended { ended, now }) => {
                let now = now.map(|agency| format!("{} ({})", agency.name, agency.code.as_str()));
                let key = if now.is_some() { "problem_agency_now" } else { "problem_agency_ended" };
                let day = weekday_date(self.language(), ended);
                Err(said(key, &[("day", day), ("now", now.unwrap_or_default())]))
            }
        }
    }
}

impl From<&Agency> for AgencyRow {
    fn from(agency: &Agency) -> Self {
        Self {
            code: agency.code.as_str().to_owned(),
            name: agency.name.clone(),
            from: agency.from.to_string(),
            to: agency.to.map(|day| day.to_string()),
            successor: agency.successor.as_ref().map(|code| code.as_str().to_owned()),
            source: agency.source.clone(),
        }
    }
}
