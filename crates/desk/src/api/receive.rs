//! Taking in a dossier: check what was typed, ask what must be meant, give the number and the due moment, save.

use super::drafts::{CardSeen, Draft, ResultAt};
use super::people::FieldProblem;
use super::scan::WarningView;
use super::steps::OFFICERS;
use super::{Desk, Done, civil, deadline, words};
use crate::error::{Code, Error, Result};
use crate::keys;
use crate::store::settings::{self, Key};
use crate::store::{dossiers, drafts, numbers};
use crate::texts::text;
use domain::card::receipt::LookupSecret;
use domain::catalogue::condition::Answer;
use domain::catalogue::{Procedure, TimeLimit};
use domain::code::AgencyCode;
use domain::deadline::due_for;
use domain::dossier::{self, Command, Given, Intake, Known, Paper, Question, Refusal, Submitter, decide};
use domain::person::{CitizenId, PartialDate};
use domain::text::{fold, tidy};
use jiff::civil::DateTime;
use protocol::fields::Content;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A dossier to take in.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct Receive {
    /// What is on the counter.
    pub draft: Draft,
    /// Codes of the questions that were answered with yes.
    pub answered: Vec<String>,
}

/// What became of it. With open questions nothing was received yet, and `code` is empty.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct Received {
    /// The desk's number.
    pub code: String,
    /// When the result is due, RFC 3339; `null` where no time is known.
    pub due: Option<String>,
    /// What somebody should know.
    pub warnings: Vec<WarningView>,
    /// What has to be answered before it is received.
    pub questions: Vec<QuestionView>,
}

/// Something that is allowed but must be meant.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "Question")]
pub struct QuestionView {
    /// To be given back in `answered`.
    pub code: String,
    /// In words.
    pub text: String,
}

/// Clocks differ by minutes; a moment of reception later than that is in the future.
const FUTURE_MS: i64 = 5 * 60_000;

/// A desk asks the hub every half minute; one that has had no answer for longer than this has no link.
const LINK_FRESH_MS: i64 = 2 * 60_000;

/// A clock further off than this needs a person's word before a receipt is printed.
const CLOCK_DOUBT_MS: i64 = 12 * 3_600_000;

impl Desk {
    /// What has to be mended before the dossier can be received.
    pub fn check_intake(&self, draft: &Draft) -> Result<Vec<FieldProblem>> {
        let now = self.now()?;
        Ok(self.intake(draft, now).err().unwrap_or_default())
    }

    /// Takes in a dossier now.
    pub fn receive(&self, input: &Receive) -> Done<Received> {
        self.receive_at(input, self.now()?)
    }

    /// Takes in a dossier that was handed in at `at` (UTC+7), as a record made afterwards says.
    pub fn receive_at(&self, input: &Receive, at: DateTime) -> Done<Received> {
        // A volunteer's paper is no receipt (officer.md §1.2).
        self.require(&OFFICERS)?;
        // A number has two digits of year: a moment outside the product's own lifetime is a slip of the hand.
        if !(2025..2100).contains(&at.year()) {
            return Err(Error::new(Code::FieldWrong).with("field", at));
        }
        let mut intake = self.intake(&input.draft, at).map_err(|problems| {
            let first = problems.first().map(|problem| problem.field.clone()).unwrap_or_default();
            Error::new(Code::FieldWrong).with("field", first)
        })?;
        let answered: Vec<Question> = input.answered.iter().filter_map(|code| Question::from_code(code)).collect();
        let due_by = |procedure: &Procedure| {
            let limit = procedure.time_of(input.draft.channel.into(), input.draft.case.as_deref())?;
            due_for(&procedure.field, limit, at, &self.rules()).ok()
        };
        let agreed = intake.agreed;
        let mut due = due_by(&intake.procedure);
        let counted_from = due.as_ref().map_or(at, |due| due.counted_from);
        // What is handed in after hours on the last day of a rule is received, by the law, under the next one.
        if counted_from.date() != at.date()
            && let Some(next) = self.catalogue().in_force(&intake.procedure.code, counted_from.date())
            && next.effective_from != intake.procedure.effective_from
        {
            intake.procedure = next.clone();
            due = due_by(&intake.procedure);
        }
        let bits = u32::from_le_bytes(keys::random()?);
        let spare = self.spare_lanes();
        let now_ms = self.now_ms();
        let number = intake.applicant.number.as_ref().map(CitizenId::as_str).unwrap_or_default().to_owned();
        let born = intake.applicant.born.map(PartialDate::iso).unwrap_or_default();
        let last_sync = self.store.read(|connection| settings::number(connection, Key::LastSync))?;
        let offline = now_ms - last_sync > LINK_FRESH_MS;
        let warnings = self.intake_warnings(&intake, offline);
        let missing: Vec<String> = intake.missing_papers().into_iter().map(str::to_owned).collect();
        let name = intake.applicant.name.as_str().to_owned();
        let procedure = intake.procedure.code.clone();
        let agency = intake.agency.clone();
        let mut same_today = Vec::new();
        let outcome = self.write(|writing| {
            let day = at.date().to_string();
            let found = dossiers::same_day(writing.reading(), &day, &procedure, &number, &name, &born)?;
            same_today = found.iter().filter_map(|code| domain::code::DossierCode::parse(code).ok()).collect();
            let last_clock = settings::number(writing.reading(), Key::LastClock)?;
            let offset = settings::number(writing.reading(), Key::ClockOffset)?;
            let given = Given {
                code: numbers::mint(writing, &agency, at.date(), &spare)?,
                due: due.as_ref().map(|due| due.at),
                due_provisional: due.as_ref().is_some_and(|due| due.provisional),
                secret: LookupSecret::from_bits(bits).to_string(),
                offline,
                counted_from,
                in_future: at > civil(now_ms + FUTURE_MS),
                clock_doubtful: last_clock - now_ms > CLOCK_DOUBT_MS || offset.abs() > CLOCK_DOUBT_MS,
            };
            let code = given.code.clone();
            let command = Command::Receive { intake: Box::new(intake), answered };
            let ops = decide(Known::Nothing { same_today: &same_today }, command, at, Some(given))?;
            let now = u64::try_from(now_ms).unwrap_or(0);
            // The first one receives it; what follows is of that dossier.
            let mut dossier = None;
            for op in ops {
                let at = writing.append(now, Some(self.officer.at), dossier, &Content::Dossier(op))?;
                dossier.get_or_insert(at);
            }
            settings::set(writing, Key::LastClock, &last_clock.max(now_ms).to_string())?;
            if let Some(id) = &input.draft.id {
                drafts::discard(writing, id)?;
            }
            Ok(code)
        });
        match outcome {
            Ok((code, changes)) => {
                let due = due.map(|due| due.at).or(agreed).map(deadline::office_time);
                Ok((Received { code: code.as_str().to_owned(), due, warnings, questions: vec![] }, changes))
            }
            Err(error) => match error.open_questions() {
                Some(open) => {
                    let view = |question: &Question| self.question(*question, &same_today, &missing);
                    Ok((
                        Received { questions: open.iter().map(view).collect(), warnings, ..Received::default() },
                        Default::default(),
                    ))
                }
                None => Err(error),
            },
        }
    }

    /// Takes in a dossier with every question answered yes, the questions told as warnings: the terminal's way.
    pub fn receive_answering_all(&self, draft: Draft, at: DateTime) -> Done<Received> {
        let (asked, changes) = self.receive_at(&Receive { draft: draft.clone(), answered: vec![] }, at)?;
        if asked.questions.is_empty() {
            return Ok((asked, changes));
        }
        let answered = Question::ALL.into_iter().map(|question| question.code().to_owned()).collect();
        let (mut received, changes) = self.receive_at(&Receive { draft, answered }, at)?;
        received.warnings.extend(asked.questions.into_iter().map(|q| WarningView { code: q.code, text: q.text }));
        Ok((received, changes))
    }

    fn intake(&self, draft: &Draft, at: DateTime) -> std::result::Result<Intake, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut problem = |field: &str, key: &str| {
            problems.push(FieldProblem { field: field.to_owned(), text: text(self.language(), key, &[]) });
        };
        let today = at.date();
        let applicant = draft.applicant.read(self.language(), "applicant", today);
        let submitter =
            draft.submitter.as_ref().map(|person| person.read(self.language(), "submitter", today)).transpose();
        let catalogue = self.catalogue();
        let procedure = draft.procedure.as_deref().and_then(|code| catalogue.in_force(code, today));
        if procedure.is_none() {
            problem("procedure", "problem_procedure");
        }
        if draft.submitter.is_some() && tidy(&draft.relation).is_empty() {
            problem("relation", "problem_relation");
        }
        if draft.sets == 0 {
            problem("sets", "problem_sets");
        }
        let agreed = self.agreed(draft, procedure, at, &mut problem);
        let reused = self.reused(&draft.reused);
        if reused.is_err() {
            problem("papers", "problem_reused");
        }
        if let Err(more) = &applicant {
            problems.extend(more.iter().cloned());
        }
        if let Err(more) = &submitter {
            problems.extend(more.iter().cloned());
        }
        let competent = self.competent(&draft.competent, today).map_err(|text| {
            problems.push(FieldProblem { field: "competent".to_owned(), text });
        });
        let agency = self.agency().map_err(|error| log::error!("agency: {error}")).ok();
        match (applicant, submitter, procedure, agency, competent) {
            (Ok(applicant), Ok(submitter), Some(procedure), Some(agency), Ok(competent)) if problems.is_empty() => {
                let intake = self.complete(draft, agency, procedure.clone(), applicant, submitter);
                Ok(Intake { agreed, competent, reused: reused.unwrap_or_default(), ..intake })
            }
            _ => Err(problems),
        }
    }

    /// The day agreed with the citizen, at its close: only where the law gives no time, on a working day to come.
    fn agreed(
        &self,
        draft: &Draft,
        procedure: Option<&Procedure>,
        at: DateTime,
        problem: &mut impl FnMut(&str, &str),
    ) -> Option<DateTime> {
        if draft.agreed.trim().is_empty() {
            return None;
        }
        let day = self.day_typed("agreed", &draft.agreed).ok();
        let is_known = procedure?.time_of(draft.channel.into(), draft.case.as_deref()).is_some();
        let rules = self.rules();
        match day {
            _ if is_known => problem("agreed", "problem_agreed_known"),
            None => problem("agreed", "problem_agreed_day"),
            Some(day) if day <= at.date() => problem("agreed", "problem_agreed_past"),
            Some(day) if rules.calendar.day(day).is_ok_and(|day| !day.works()) => {
                problem("agreed", "problem_agreed_day_off");
            }
            Some(day) => return Some(day.to_datetime(rules.hours_on(day).closes())),
        }
        None
    }

    fn complete(
        &self,
        draft: &Draft,
        agency: AgencyCode,
        procedure: Procedure,
        applicant: dossier::Person,
        submitter: Option<dossier::Person>,
    ) -> Intake {
        Intake {
            agency,
            procedure,
            applicant,
            submitter: submitter.map(|person| Submitter {
                person,
                relation: tidy(&draft.relation),
                authorisation: tidy(&draft.authorisation),
            }),
            channel: draft.channel.into(),
            papers: draft
                .papers
                .iter()
                .map(|paper| Paper {
                    name: tidy(&paper.name),
                    originals: paper.originals,
                    copies: paper.copies,
                    note: tidy(&paper.note),
                })
                .filter(|paper| !paper.name.is_empty())
                .collect(),
            sets: draft.sets,
            result_at: match draft.result_at {
                ResultAt::Counter => dossier::ResultAt::Counter,
                ResultAt::Post => dossier::ResultAt::Post,
            },
            card_seen: match draft.card_seen {
                CardSeen::None => dossier::CardSeen::None,
                CardSeen::Original => dossier::CardSeen::Original,
                CardSeen::Vneid => dossier::CardSeen::Vneid,
            },
            helper: tidy(&draft.helper),
            helped_at: tidy(&draft.helped_at),
            competent: None,
            note: tidy(&draft.note),
            case: draft.case.clone(),
            agreed: None,
            answers: draft.answers.iter().map(Answer::from).collect(),
            reused: vec![],
        }
    }

    fn intake_warnings(&self, intake: &Intake, offline: bool) -> Vec<WarningView> {
        let mut codes = Vec::new();
        if intake.time().is_none() {
            codes.push(if intake.agreed.is_some() { "day_agreed" } else { "no_time_limit" });
        }
        if !intake.procedure.doubts.is_empty() {
            codes.push("procedure_doubtful");
        }
        // Births, deaths and marriages are registered in the Ministry of Justice's own system, which needs the line (officer.md §1.7).
        let today = matches!(intake.time(), Some(TimeLimit::SameDay | TimeLimit::ClockHours(_)));
        if offline && today && fold(&intake.procedure.field).starts_with("ho tich") {
            codes.push("offline_register");
        }
        codes.into_iter().map(|code| self.warning(code)).collect()
    }

    fn warning(&self, code: &str) -> WarningView {
        WarningView { code: code.to_owned(), text: text(self.language(), &format!("warning_{code}"), &[]) }
    }

    pub(super) fn question(
        &self,
        question: Question,
        same_today: &[domain::code::DossierCode],
        missing: &[String],
    ) -> QuestionView {
        let params = match question {
            Question::SameDay => vec![("code", same_today.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", "))],
            Question::PapersMissing => vec![("papers", missing.join("; "))],
            Question::InFuture
            | Question::SecondSupplement
            | Question::AfterDue
            | Question::PrincipalAlive
            | Question::ReceiptMissing
            | Question::CaseOpen
            | Question::FeeDiffers
            | Question::FeeLarge => vec![],
            Question::ClockDoubtful => {
                vec![("now", self.now().map(|now| words::moment(self.language(), now)).unwrap_or_default())]
            }
        };
        QuestionView {
            code: question.code().to_owned(),
            text: text(self.language(), &format!("question_{}", question.code()), &params),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let field = |name: &str| Error::new(Code::FieldWrong).with("field", name);
        let error = match refusal {
            Refusal::Unanswered(_) => Error::new(Code::QuestionsOpen),
            Refusal::NoAuthorisation => Error::new(Code::NoAuthorisation),
            Refusal::SignsInPerson => Error::new(Code::SignsInPerson),
            Refusal::ProcedureNotInForce => Error::new(Code::ProcedureNotInForce),
            Refusal::NoSets => Error::new(Code::NoSets),
            Refusal::EmptyNote => Error::new(Code::EmptyNote),
            Refusal::NotInThisState { state, step } => {
                Error::new(Code::NotInThisState).with("state", state.number()).with("step", step)
            }
            Refusal::StepInFuture => Error::new(Code::StepInFuture),
            Refusal::BeforeTheLast => Error::new(Code::BeforeTheLast),
            Refusal::HandOverIncomplete => Error::new(Code::HandOverIncomplete),
            Refusal::NothingAsked => Error::new(Code::NothingAsked),
            Refusal::NoDueMoment => Error::new(Code::NoDueMoment),
            Refusal::ExtendedBefore => Error::new(Code::ExtendedBefore),
            Refusal::NotLater => Error::new(Code::NotLater),
            Refusal::ResultExists => Error::new(Code::ResultExists),
            Refusal::NoSubmitter => Error::new(Code::NoSubmitter),
            Refusal::NoAuthorisationPaper => Error::new(Code::NoAuthorisationPaper),
            Refusal::NoUnit => field("agency"),
            Refusal::NoProof => field("proof"),
            Refusal::NoSigner => field("signer"),
            Refusal::NoFeeLine => Error::new(Code::NoFeeLine),
            Refusal::NoPaper => Error::new(Code::NoPaper),
            Refusal::NothingToSettle => Error::new(Code::NothingToSettle),
            Refusal::WrongState => Error::new(Code::WrongState),
            Refusal::NotToAgree => field("agreed"),
            Refusal::Nameless => field("applicant.name"),
            Refusal::NoGround => field("ground"),
            Refusal::NoExemptionProof => field("exemption_proof"),
            Refusal::GivenTooLittle => Error::new(Code::GivenTooLittle),
            Refusal::CopiesNotKept => Error::new(Code::CopiesNotKept),
            Refusal::NothingToConfirm => Error::new(Code::NothingToConfirm),
            Refusal::NotFinished => Error::new(Code::NotFinished),
            Refusal::NoReason => field("reason"),
            Refusal::NoResult => field("result"),
        };
        error.because(refusal)
    }
}

impl Error {
    /// The questions a refusal left open.
    pub(super) fn open_questions(&self) -> Option<Vec<Question>> {
        match self.cause()?.downcast_ref::<Refusal>()? {
            Refusal::Unanswered(open) => Some(open.clone()),
            _ => None,
        }
    }
}
