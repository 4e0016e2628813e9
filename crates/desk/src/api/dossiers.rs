//! Lists of dossiers, and one dossier with its timeline.

use super::attach::ScanRow;
use super::drafts::{AnswerInput, Channel, PaperInput};
use super::fees::FeeRow;
use super::forms::FormOffer;
use super::life::StepOffer;
use super::people::{PersonView, Sex};
use super::review::ReviewCard;
use super::timeline::TimelineRow;
use super::{Desk, deadline, words};
use crate::error::{Code, Error, Result};
use crate::store::dossiers::{self, DossierRow as Row, Filter as Which};
use crate::store::settings::{self, Key};
use crate::store::{officers, ops};
use crate::texts::{Language, text};
use domain::deadline::due_for;
use domain::dossier::{Dossier, Entry, Op, ResultPaper, State};
use jiff::civil::DateTime;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One row of a list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DossierRow {
    /// The desk's number.
    pub code: String,
    /// The official code, once known.
    pub alias: Option<String>,
    /// Applicant.
    pub applicant: String,
    /// Procedure's name.
    pub procedure: String,
    /// The portal's number of the state.
    pub state: u8,
    /// The state in words.
    pub state_text: String,
    /// When it was received, RFC 3339.
    pub received: String,
    /// When it is due, RFC 3339.
    pub due: Option<String>,
    /// The due moment in words.
    pub due_text: String,
    /// How pressing it is.
    pub urgency: Urgency,
    /// How far it has got on its way to the province.
    pub sync: SyncStep,
    /// How many cards wait for a person.
    pub cards: u32,
}

/// How pressing a dossier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Nothing is owed any more.
    None,
    /// The time stands still: the citizen has something to do.
    Waiting,
    /// In time.
    Ok,
    /// Due today.
    Today,
    /// Past due.
    Late,
    /// No time is known.
    Unknown,
}

/// The ladder every dossier climbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncStep {
    /// On this computer.
    Saved,
    /// And in a backup at a second place.
    Copied,
    /// On its way.
    Sent,
    /// At the province.
    Received,
}

/// Which dossiers a list shows.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ListInput {
    /// Filter.
    pub filter: Filter,
    /// Words to search by; empty: none.
    pub text: String,
    /// How many.
    pub limit: u32,
    /// From which on.
    pub offset: u32,
}

/// See [`ListInput::filter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "DossierFilter")]
pub enum Filter {
    /// Everything.
    All,
    /// Not finished.
    Open,
    /// Due today.
    Today,
    /// Past due.
    Late,
    /// Not at the province yet.
    Unsent,
    /// With a card that waits for a person.
    Review,
}

/// A whole personal number; that it was looked at is logged.
#[derive(Serialize, TS)]
pub struct Revealed {
    /// Empty where none was given.
    pub number: String,
}

/// A dossier's page.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DossierView {
    /// The desk's number.
    pub code: String,
    /// The official code, once known.
    pub alias: Option<String>,
    /// What kind of number the desk's is.
    pub number_note: String,
    /// The portal's number of the state.
    pub state: u8,
    /// In words.
    pub state_text: String,
    /// How far it has got.
    pub sync: SyncStep,
    /// Why it has not got to the province, in a sentence; `null` where it has.
    pub waits: Option<String>,
    /// RFC 3339.
    pub received: String,
    /// Officer's name.
    pub received_by: String,
    /// RFC 3339.
    pub due: Option<String>,
    /// In words.
    pub due_text: String,
    /// How the due moment was reached.
    pub deadline_steps: Vec<String>,
    /// How pressing.
    pub urgency: Urgency,
    /// Chủ hồ sơ.
    pub applicant: PersonView,
    /// Người nộp, if somebody else.
    pub submitter: Option<PersonView>,
    /// Procedure's name.
    pub procedure: String,
    /// Its code.
    pub procedure_code: String,
    /// Lĩnh vực.
    pub field: String,
    /// How it came.
    pub channel: Channel,
    /// Who helped.
    pub helper: String,
    /// Where that was; empty: here.
    pub helped_at: String,
    /// The agency that received it.
    pub received_at: String,
    /// The agency that settles it.
    pub competent: String,
    /// Which of the procedure's cases it is; empty where there is nothing to choose.
    pub case: String,
    /// Whether the due day was agreed, for want of a time of the law.
    pub due_agreed: bool,
    /// What was answered to the conditions of papers.
    pub answers: Vec<AnswerInput>,
    /// Papers used again from earlier dossiers.
    pub reused: Vec<ReusedRow>,
    /// Papers.
    pub papers: Vec<PaperInput>,
    /// Scanned papers.
    pub scans: Vec<ScanRow>,
    /// What happened.
    pub timeline: Vec<TimelineRow>,
    /// How often the receipt was printed.
    pub printed: u32,
    /// The result in force, empty while there is none.
    pub result: String,
    /// The fee ledger.
    pub fees: Vec<FeeRow>,
    /// What was taken, has arrived and is not cancelled, in words.
    pub paid: String,
    /// Forms that make sense for it as it stands, form 01 first.
    pub forms: Vec<FormOffer>,
    /// What was transferred and nobody has seen arrive, in words; empty where nothing was.
    pub awaited: String,
    /// Steps that may follow.
    pub next_steps: Vec<StepOffer>,
    /// The moment promised at the reception, in words, where another one holds now; else empty.
    pub promised_text: String,
    /// What a person has to choose.
    pub cards: Vec<ReviewCard>,
}

/// A paper used again from an earlier dossier.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReusedRow {
    /// Which paper.
    pub paper: String,
    /// The dossier it was brought for.
    pub code: String,
    /// When that was written down, RFC 3339.
    pub at: String,
}

fn reused_rows(dossier: &Dossier) -> Vec<ReusedRow> {
    let row = |entry: &Entry| match &entry.op {
        Op::PaperReused(reused) => Some(ReusedRow {
            paper: reused.paper.clone(),
            code: reused.code.as_str().to_owned(),
            at: super::timeline::at(&entry.stamp),
        }),
        _ => None,
    };
    dossier.timeline().iter().filter_map(row).collect()
}

pub(super) fn sex(number: u8) -> Option<Sex> {
    match number {
        1 => Some(Sex::Male),
        2 => Some(Sex::Female),
        _ => None,
    }
}

pub(super) fn state_text(language: Language, state: u8) -> String {
    text(language, &format!("state_{state}"), &[])
}

impl Desk {
    /// A page of a list.
    pub fn dossiers(&self, input: &ListInput) -> Result<Vec<DossierRow>> {
        let now = self.now()?;
        let which = match input.filter {
            Filter::All => Which::All,
            Filter::Open => Which::Open,
            Filter::Today => Which::DueToday,
            Filter::Late => Which::Late,
            Filter::Unsent => Which::Unsent,
            Filter::Review => Which::Review,
        };
        let limit = input.limit.clamp(1, 500);
        let rows = if input.text.trim().is_empty() {
            self.store.read(|connection| dossiers::list(connection, which, &now.to_string(), limit, input.offset))?
        } else {
            self.found(&input.text, limit)?
        };
        rows.into_iter().map(|row| self.row(row, now)).collect()
    }

    pub(super) fn row(&self, row: Row, now: DateTime) -> Result<DossierRow> {
        let sync = self.store.read(|connection| step(connection, row.at))?;
        let due = row.due_at.parse::<DateTime>().ok();
        Ok(DossierRow {
            sync,
            state_text: state_text(self.language(), row.state),
            urgency: State::from_number(row.state).map_or(Urgency::Unknown, |state| urgency(state, due, now)),
            due_text: self.due_text(due),
            due: due.map(deadline::office_time),
            received: words::stored(&row.received_at),
            alias: (!row.alias.is_empty()).then_some(row.alias),
            code: row.code,
            applicant: row.applicant,
            procedure: row.procedure_name,
            state: row.state,
            cards: row.cards,
        })
    }

    fn due_text(&self, due: Option<DateTime>) -> String {
        due.map_or_else(|| text(self.language(), "due_unknown", &[]), |due| words::moment(self.language(), due))
    }

    /// A dossier by the desk's number or its official code.
    pub(super) fn located(&self, code: &str) -> Result<(Row, Dossier)> {
        self.store.read(|connection| located(connection, code))
    }

    /// A dossier's page.
    pub fn dossier(&self, code: &str) -> Result<DossierView> {
        let (row, dossier) = self.located(code)?;
        let now = self.now()?;
        let received = dossier.received();
        let (timeline, sync, official) = self.store.read(|connection| {
            let line = |entry: &Entry| self.timeline_row(connection, &dossier, entry);
            let timeline: Vec<TimelineRow> = dossier.timeline().iter().map(line).collect::<Result<_>>()?;
            Ok((timeline, step(connection, row.at)?, settings::get(connection, Key::OfficialNumberDecision)?))
        })?;
        let (cards, fees) = self
            .store
            .read(|connection| Ok((self.review_cards(connection, &dossier)?, self.fee_rows(connection, &dossier)?)))?;
        let (waits, scans) =
            self.store.read(|connection| Ok((self.waits(connection, &row)?, self.scan_rows(connection, &dossier)?)))?;
        let due_steps = received
            .procedure
            .limit
            .and_then(|limit| due_for(&received.procedure.field, limit, received.at, &self.rules()).ok())
            .filter(|due| Some(due.at) == received.due);
        let committee = self.committee()?;
        let number_note = match (official.is_empty(), received.code.lane()) {
            (false, _) => "number_official",
            (true, Some(0)) => "number_unconnected",
            (true, _) => "number_provisional",
        };
        Ok(DossierView {
            code: row.code.clone(),
            alias: dossier.aliases().last().map(|alias| alias.as_str().to_owned()),
            number_note: text(self.language(), number_note, &[]),
            state: dossier.state().number(),
            state_text: state_text(self.language(), dossier.state().number()),
            sync,
            waits,
            received: deadline::office_time(received.at),
            received_by: timeline.first().map(|first| first.by.clone()).unwrap_or_default(),
            due: dossier.due().map(deadline::office_time),
            due_text: self.due_text(dossier.due()),
            promised_text: if dossier.due() == received.due { String::new() } else { self.due_text(received.due) },
            deadline_steps: due_steps.map(|due| deadline::sentences(self.language(), &due)).unwrap_or_default(),
            urgency: urgency(dossier.state(), dossier.due(), now),
            applicant: PersonView::of(dossier.applicant()),
            submitter: received.submitter.as_ref().map(|s| PersonView::of(&s.person)),
            procedure: received.procedure.name.clone(),
            procedure_code: received.procedure.code.clone(),
            field: received.procedure.field.clone(),
            channel: received.channel.into(),
            helper: received.helper.clone(),
            helped_at: received.helped_at.clone(),
            received_at: committee.clone(),
            competent: received.competent.as_ref().map_or(committee, |agency| agency.name.clone()),
            papers: received
                .papers
                .iter()
                .map(|paper| PaperInput {
                    name: paper.name.clone(),
                    originals: paper.originals,
                    copies: paper.copies,
                    note: paper.note.clone(),
                })
                .collect(),
            case: received.particulars.case.clone(),
            due_agreed: received.particulars.is_agreed && dossier.due() == received.due,
            answers: received
                .particulars
                .answers
                .iter()
                .map(|answer| AnswerInput { condition: answer.condition.clone(), yes: answer.yes })
                .collect(),
            reused: reused_rows(&dossier),
            scans,
            timeline,
            printed: dossier.printed(super::receipt::FORM),
            result: result_words(&dossier),
            fees,
            paid: dossier.paid().to_string(),
            forms: self.form_offers(&dossier)?,
            awaited: super::fees::amount_or_empty(dossier.awaited()),
            next_steps: self.step_offers(dossier.state()),
            cards,
        })
    }

    /// The whole personal number of a dossier's applicant. Each view is logged.
    pub fn reveal(&self, code: &str) -> Result<Revealed> {
        let (row, dossier) = self.located(code)?;
        let number = dossier.applicant().number.as_ref().map(|number| number.as_str().to_owned()).unwrap_or_default();
        self.store.write(|writing| officers::log_reveal(writing, self.now_ms(), self.officer.id, row.at))?;
        Ok(Revealed { number })
    }
}

/// The result as it was recorded, else the papers it was finished with.
fn result_words(dossier: &Dossier) -> String {
    if !dossier.result().is_empty() {
        return dossier.result().to_owned();
    }
    let papers: Vec<String> = dossier.results().iter().map(paper_words).collect();
    papers.join("; ")
}

/// "Giấy khai sinh số 45/2026".
pub(super) fn paper_words(paper: &ResultPaper) -> String {
    if paper.number.is_empty() { paper.name.clone() } else { format!("{} số {}", paper.name, paper.number) }
}

/// A dossier by the desk's number or its official code.
pub(super) fn located(connection: &Connection, code: &str) -> Result<(Row, Dossier)> {
    let code = code.trim().to_ascii_uppercase();
    let unknown = || Error::new(Code::DossierUnknown).with("code", &code);
    let row = dossiers::by_code(connection, &code)?.ok_or_else(unknown)?;
    let dossier = dossiers::load(connection, row.at)?.ok_or_else(unknown)?;
    Ok((row, dossier))
}

fn urgency(state: State, due: Option<DateTime>, now: DateTime) -> Urgency {
    match due {
        _ if !state.is_open() => Urgency::None,
        _ if state.waits() => Urgency::Waiting,
        None => Urgency::Unknown,
        Some(due) if due < now => Urgency::Late,
        Some(due) if due.date() == now.date() => Urgency::Today,
        Some(_) => Urgency::Ok,
    }
}

/// How far the slowest of the operations on a dossier has got.
fn step(connection: &Connection, at: ops::At) -> Result<SyncStep> {
    let copied = ops::last_copied(connection)?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT min({}) FROM op JOIN origin ON origin.id = op.origin WHERE op.dossier_origin = ?1 AND op.dossier_seq = ?2",
        ops::STEP
    ))?;
    let step: Option<u8> = statement.query_row(params![at.origin, at.seq, copied], |row| row.get(0))?;
    Ok(ladder(step.unwrap_or(3)))
}

pub(super) fn ladder(step: u8) -> SyncStep {
    match step {
        0 => SyncStep::Saved,
        1 => SyncStep::Copied,
        2 => SyncStep::Sent,
        _ => SyncStep::Received,
    }
}
