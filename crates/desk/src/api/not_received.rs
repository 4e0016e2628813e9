//! Visits that end without a dossier: an incomplete file goes back with form 02, one that cannot be taken with form 03, and
//! whoever only asks gets guidance (officer.md 1.3). No code, no clock, no line in II.06a.

use super::drafts::Draft;
use super::people::PersonInput;
use super::{Desk, Done, civil, words};
use crate::error::{Code, Error, Result};
use crate::store::not_received::{self as table, Visit as Row};
use crate::store::ops::At;
use crate::store::settings::{self, Key};
use crate::texts::{Language, text};
use domain::not_received::{NotReceived, Outcome, turn_away};
use jiff::civil::{Date, DateTime};
use protocol::fields::Content;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A visit that ends without a dossier.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct TurnAway {
    /// What was on the counter; its procedure says what the visit was about.
    pub draft: Draft,
    /// How it ends.
    pub outcome: OutcomeInput,
    /// What is missing, by name.
    pub missing: Vec<String>,
    /// Why; may be empty where the outcome lets it.
    pub reason: String,
    /// Legal basis, may be empty.
    pub basis: String,
}

/// See [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "Outcome")]
pub enum OutcomeInput {
    /// Yêu cầu bổ sung (form 02).
    Supplement,
    /// Từ chối (form 03).
    Refused,
    /// Only asked.
    Asked,
}

impl From<OutcomeInput> for Outcome {
    fn from(outcome: OutcomeInput) -> Self {
        match outcome {
            OutcomeInput::Supplement => Self::Supplement,
            OutcomeInput::Refused => Self::Refused,
            OutcomeInput::Asked => Self::Asked,
        }
    }
}

impl From<Outcome> for OutcomeInput {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Supplement => Self::Supplement,
            Outcome::Refused => Self::Refused,
            Outcome::Asked => Self::Asked,
        }
    }
}

/// Which days' visits are listed; both ISO, today where empty.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct NotReceivedInput {
    /// The first day.
    #[serde(default)]
    pub first: String,
    /// The last day.
    #[serde(default)]
    pub last: String,
}

/// Visits of some days.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NotReceivedList {
    /// How many each day, newest first.
    pub days: Vec<NotReceivedDay>,
    /// The visits, newest first.
    pub rows: Vec<NotReceivedRow>,
}

/// A day's counts.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NotReceivedDay {
    /// ISO.
    pub date: String,
    /// Sent back with form 02.
    pub supplement: u32,
    /// Refused with form 03.
    pub refused: u32,
    /// Only asked.
    pub asked: u32,
}

/// One visit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NotReceivedRow {
    /// Names it.
    pub id: String,
    /// How it ended.
    pub outcome: OutcomeInput,
    /// In words.
    pub outcome_text: String,
    /// Who came, empty where nobody is named.
    pub person: String,
    /// Procedure's name.
    pub procedure: String,
    /// What is missing.
    pub missing: Vec<String>,
    /// Why, may be empty.
    pub reason: String,
    /// When, RFC 3339.
    pub at: String,
    /// The sheet for the citizen, line by line.
    pub sheet: Vec<String>,
}

impl Desk {
    /// Writes down a visit that ends without a dossier; its draft goes. A volunteer may only say that somebody asked.
    pub fn turn_away(&self, input: &TurnAway) -> Done<NotReceivedRow> {
        if !self.is_officer() && input.outcome != OutcomeInput::Asked {
            return Err(Error::new(Code::NotAllowed));
        }
        let now = self.now()?;
        let catalogue = self.catalogue();
        let code = input.draft.procedure.as_deref().unwrap_or_default();
        let procedure = catalogue.in_force(code, now.date()).ok_or_else(|| self.not_in_force(code, now.date()))?;
        let visit = turn_away(NotReceived {
            outcome: input.outcome.into(),
            procedure: procedure.code.clone(),
            procedure_name: procedure.name.clone(),
            person: self.whoever(&input.draft.applicant, now.date())?,
            missing: input.missing.clone(),
            reason: input.reason.clone(),
            basis: input.basis.clone(),
            at: now,
        })?;
        let now_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let content = Content::NotReceived(Box::new(visit));
        let (at, changes) = self.write(|writing| {
            if let Some(id) = &input.draft.id {
                crate::store::drafts::discard(writing, id)?;
            }
            writing.append(now_ms, Some(self.officer.at), None, &content)
        })?;
        let row = self.store.read(|connection| table::by_op(connection, at))?;
        Ok((self.visit_row(row.ok_or_else(|| Error::new(Code::Internal))?)?, changes))
    }

    /// Visits of some days that ended without a dossier, with their counts by day.
    pub fn not_received(&self, input: &NotReceivedInput) -> Result<NotReceivedList> {
        let today = self.now()?.date();
        let day = |text: &str, field: &'static str| match text.trim() {
            "" => Ok(today),
            text => text.parse::<Date>().map_err(|e| Error::new(Code::FieldWrong).with("field", field).because(e)),
        };
        let (first, last) = (day(&input.first, "first")?.to_string(), day(&input.last, "last")?.to_string());
        let rows = self.store.read(|connection| table::between(connection, &first, &last))?;
        let mut days: Vec<NotReceivedDay> = Vec::new();
        for row in &rows {
            let date = row.when.get(..10).unwrap_or_default();
            if days.last().is_none_or(|day| day.date != date) {
                days.push(NotReceivedDay { date: date.to_owned(), supplement: 0, refused: 0, asked: 0 });
            }
            let Some(day) = days.last_mut() else { continue };
            match outcome(row) {
                Outcome::Supplement => day.supplement += 1,
                Outcome::Refused => day.refused += 1,
                Outcome::Asked => day.asked += 1,
            }
        }
        Ok(NotReceivedList { days, rows: rows.into_iter().map(|row| self.visit_row(row)).collect::<Result<_>>()? })
    }

    /// The person of a form as far as there is one; somebody who only asks need not be named.
    fn whoever(&self, input: &PersonInput, today: Date) -> Result<Option<domain::dossier::Person>> {
        if *input == PersonInput::default() || input.name.trim().is_empty() {
            return Ok(None);
        }
        input.read(self.language(), "applicant", today).map(Some).map_err(|problems| {
            let first = problems.first().map(|problem| problem.field.clone()).unwrap_or_default();
            Error::new(Code::FieldWrong).with("field", first)
        })
    }

    fn visit_row(&self, row: Row) -> Result<NotReceivedRow> {
        let how = outcome(&row);
        let sheet = self.sheet(&row)?;
        let At { origin, seq } = row.at;
        Ok(NotReceivedRow {
            id: format!("{origin}/{seq}"),
            outcome: how.into(),
            outcome_text: text(self.language(), &format!("outcome_{}", how.code()), &[]),
            person: row.person,
            procedure: row.procedure_name,
            missing: row.missing.lines().map(str::to_owned).collect(),
            reason: row.reason,
            at: words::stored(&row.when),
            sheet,
        })
    }

    /// What the citizen takes home, in Vietnamese: form 02, form 03, or guidance. The printed forms are laid out from the same row.
    fn sheet(&self, row: &Row) -> Result<Vec<String>> {
        let say = |key: &str, params: &[(&'static str, String)]| text(Language::Vietnamese, key, params);
        let commune = self.store.read(|connection| settings::get(connection, Key::Commune))?;
        let how = outcome(row);
        let mut lines = vec![
            say("centre_name", &[("commune", words::in_sentence(&commune))]),
            say(&format!("sheet_title_{}", how.code()), &[]),
        ];
        let mut told = |key: &str, value: &str| {
            if !value.is_empty() {
                lines.push(say(key, &[("value", value.to_owned())]));
            }
        };
        told("sheet_person", &row.person);
        told("sheet_address", &row.address);
        told("sheet_phone", &row.phone);
        told("sheet_procedure", &format!("{} ({})", row.procedure_name, row.procedure_code));
        let items: Vec<String> = match how {
            Outcome::Supplement | Outcome::Refused => row.missing.lines().map(str::to_owned).collect(),
            Outcome::Asked if row.missing.is_empty() => self.guidance(&row.procedure_code, row.when.parse().ok()),
            Outcome::Asked => row.missing.lines().map(str::to_owned).collect(),
        };
        if !items.is_empty() {
            let key = if how == Outcome::Asked { "sheet_bring" } else { "sheet_missing" };
            lines.push(say(key, &[]));
            lines.extend(items.iter().enumerate().map(|(place, item)| format!("{}. {item}", place + 1)));
        }
        for (key, value) in [("sheet_reason", &row.reason), ("sheet_basis", &row.basis)] {
            if !value.is_empty() {
                lines.push(say(key, &[("value", value.clone())]));
            }
        }
        let at = row.when.parse::<DateTime>().map(|at| words::moment(Language::Vietnamese, at)).unwrap_or_default();
        lines.push(say("sheet_at", &[("at", at), ("officer", self.officer.name.clone())]));
        lines.push(say("sheet_foot", &[]));
        Ok(lines)
    }

    /// What to bring for a procedure, each paper with when it is asked for.
    fn guidance(&self, code: &str, at: Option<DateTime>) -> Vec<String> {
        let day = at.unwrap_or_else(|| civil(self.now_ms())).date();
        let catalogue = self.catalogue();
        let papers = catalogue.in_force(code, day).map(|procedure| procedure.papers.as_slice()).unwrap_or_default();
        let line = |paper: &domain::catalogue::RequiredPaper| match paper.condition.as_str() {
            "" => paper.name.clone(),
            condition => format!("{} ({condition})", paper.name),
        };
        papers.iter().map(line).collect()
    }

    /// See [`ended_or_unknown`].
    pub(super) fn not_in_force(&self, code: &str, day: Date) -> Error {
        ended_or_unknown(&self.catalogue(), code, day)
    }
}

/// Why a catalogue has no version of a procedure on a day: it has ended, and what takes its place; or nobody knows it.
pub fn ended_or_unknown(catalogue: &crate::catalogue::Catalogue, code: &str, day: Date) -> Error {
    let Some(ended) = domain::catalogue::ended_before(catalogue.versions(), code, day) else {
        return Error::new(Code::ProcedureUnknown).with("code", code);
    };
    let last = ended.effective_to.map(|last| last.strftime("%d/%m/%Y").to_string()).unwrap_or_default();
    let after = |code: &String| match catalogue.in_force(code, day) {
        Some(next) => format!("{code} {}", next.name),
        None => code.clone(),
    };
    let next: Vec<String> = ended.replaced_by.iter().map(after).collect();
    let error = if next.is_empty() { Error::new(Code::ProcedureEnded) } else { Error::new(Code::ProcedureReplaced) };
    error.with("code", code).with("name", &ended.name).with("last", last).with("next", next.join("; "))
}

fn outcome(row: &Row) -> Outcome {
    Outcome::from_code(&row.outcome).unwrap_or(Outcome::Asked)
}
