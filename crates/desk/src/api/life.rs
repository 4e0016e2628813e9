//! The steps in a dossier's life: forwarding, requests for papers and payments, extension, refusal, stop, withdrawal, the
//! end, and the result in the citizen's hand.

use super::dossiers::DossierView;
use super::drafts::PaperInput;
use super::receive::QuestionView;
use super::steps::{OFFICERS, amount, typed, typed_or_none};
use super::{Desk, Done, words};
use crate::error::{Code, Error, Result};
use crate::store::settings::{self, Key};
use crate::texts::text;
use domain::dossier::{
    Capacity, Command, Delivery, Dossier, Grounds, HandOver, Paper, Question, Recipient, ResultPaper, State, Step,
    Taken, steps_from,
};
use domain::money::Money;
use domain::person::{CitizenId, PartialDate, PersonName};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A step somebody asks for.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct TakeStep {
    /// The dossier.
    pub code: String,
    /// What happens.
    pub step: StepInput,
    /// When it happened, `2026-11-22T09:15`, where it is entered later; empty: now.
    #[serde(default)]
    pub at: String,
    /// Remark, may be empty.
    #[serde(default)]
    pub note: String,
    /// Codes of the questions that were answered yes.
    #[serde(default)]
    pub answered: Vec<String>,
}

/// What happens at a step, as it was typed. Where texts may be empty their fields say so.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepInput {
    /// Tiếp nhận hồ sơ trực tuyến.
    Accept,
    /// Không tiếp nhận.
    Refuse {
        /// Reason.
        reason: String,
        /// Legal basis, may be empty.
        basis: String,
    },
    /// Chuyển xử lý.
    Forward {
        /// The unit that takes it.
        unit: String,
        /// Who gives it.
        giver: String,
        /// Who takes it.
        receiver: String,
    },
    /// Yêu cầu bổ sung.
    AskPapers {
        /// The agency that asks; empty: the desk's own.
        agency: String,
        /// What is missing, line by line.
        items: Vec<String>,
        /// Why.
        reason: String,
        /// Legal basis, may be empty.
        basis: String,
    },
    /// Đã bổ sung.
    PapersCame {
        /// What came.
        papers: Vec<PaperInput>,
    },
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    AskPayment {
        /// What is to be paid.
        what: String,
        /// How much, as typed; may be empty.
        amount: String,
    },
    /// Đã thực hiện nghĩa vụ tài chính.
    Paid {
        /// What shows it.
        proof: String,
    },
    /// Dự thảo xin lỗi và gia hạn.
    DraftExtension {
        /// Why.
        reason: String,
        /// The new due moment, `2026-12-02` (its close) or `2026-12-02T10:00`; empty: one proposed by the calendar.
        due: String,
    },
    /// Đã ký gia hạn.
    Extend {
        /// The new due moment; empty: the draft's.
        due: String,
        /// Number of the document, may be empty.
        number: String,
        /// Who signed.
        signer: String,
    },
    /// Dừng giải quyết.
    Stop {
        /// Reason.
        reason: String,
        /// Legal basis, may be empty.
        basis: String,
        /// Number of the notice, may be empty.
        number: String,
    },
    /// Rút hồ sơ.
    Withdraw {
        /// Reason.
        reason: String,
    },
    /// Đã xử lý xong.
    Finish {
        /// What came of it.
        results: Vec<ResultInput>,
    },
    /// Trả kết quả.
    HandBack {
        /// Who takes it; empty: the applicant.
        name: String,
        /// Their personal number, may be empty.
        number: String,
        /// `applicant`, `submitter`, `authorised`.
        capacity: CapacityInput,
        /// The authorisation, may be empty.
        authorisation: String,
        /// How it reaches them.
        delivery: DeliveryInput,
        /// Whether the printed receipt was given back.
        receipt_back: bool,
    },
    /// Mở lại.
    Reopen {
        /// What was wrong.
        reason: String,
    },
}

/// A paper the citizen gets.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct ResultInput {
    /// Its name.
    pub name: String,
    /// Its number, may be empty.
    #[serde(default)]
    pub number: String,
    /// Its date as typed, may be empty.
    #[serde(default)]
    pub dated: String,
}

/// See [`Capacity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "Capacity")]
pub enum CapacityInput {
    /// Chủ hồ sơ.
    Applicant,
    /// Người nộp.
    Submitter,
    /// Người được ủy quyền.
    Authorised,
}

/// See [`Delivery`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "Delivery")]
pub enum DeliveryInput {
    /// At the counter.
    Counter,
    /// By post.
    Post,
    /// Electronic.
    Electronic,
}

/// What became of a step.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StepTaken {
    /// The dossier as it is now.
    pub dossier: DossierView,
    /// What has to be answered first; the step was not taken while there is something.
    pub questions: Vec<QuestionView>,
}

/// A step that may follow.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StepOffer {
    /// [`StepInput`]'s tag.
    pub step: String,
    /// In words.
    pub text: String,
}

impl Desk {
    /// Takes a step in a dossier's life, or says what has to be answered first.
    pub fn take_step(&self, input: &TakeStep) -> Done<StepTaken> {
        self.require(&OFFICERS)?;
        let (_, dossier) = self.located(&input.code)?;
        let taken = Taken {
            step: self.step(&input.step, &dossier)?,
            at: if input.at.is_empty() { None } else { Some(self.moment_typed("at", &input.at)?) },
            note: input.note.clone(),
            answered: input.answered.iter().filter_map(|code| Question::from_code(code)).collect(),
        };
        match self.carry_out(&input.code, Command::Take(Box::new(taken))) {
            Ok(((), changes)) => Ok((StepTaken { dossier: self.dossier(&input.code)?, questions: vec![] }, changes)),
            Err(error) => match error.open_questions() {
                Some(open) => {
                    let view = |question: &Question| self.question(*question, &[], &[]);
                    let questions = open.iter().map(view).collect();
                    Ok((StepTaken { dossier: self.dossier(&input.code)?, questions }, Default::default()))
                }
                None => Err(error),
            },
        }
    }

    fn step(&self, input: &StepInput, dossier: &Dossier) -> Result<Step> {
        let grounds = |reason: &str, basis: &str| Grounds { reason: reason.to_owned(), basis: basis.to_owned() };
        Ok(match input {
            StepInput::Accept => Step::Accepted { due: None },
            StepInput::Refuse { reason, basis } => Step::Refused(grounds(reason, basis)),
            StepInput::Forward { unit, giver, receiver } => Step::Forwarded(HandOver {
                unit: unit.clone(),
                giver: if giver.trim().is_empty() { self.officer.name.clone() } else { giver.clone() },
                receiver: receiver.clone(),
            }),
            StepInput::AskPapers { agency, items, reason, basis } => Step::SupplementAsked {
                agency: if agency.trim().is_empty() { self.committee()? } else { agency.clone() },
                items: items.clone(),
                grounds: grounds(reason, basis),
            },
            StepInput::PapersCame { papers } => {
                Step::Supplemented { papers: papers.iter().map(Paper::from).collect(), due: None }
            }
            StepInput::AskPayment { what, amount: typed } => Step::PaymentAsked {
                what: what.clone(),
                amount: if typed.trim().is_empty() { None } else { Some(amount(typed)?) }.filter(|a| *a != Money(0)),
            },
            StepInput::Paid { proof } => Step::PaymentDone { proof: proof.clone(), due: None },
            StepInput::DraftExtension { reason, due } => {
                Step::ExtensionDrafted { reason: reason.clone(), due: self.new_due(due, dossier)? }
            }
            StepInput::Extend { due, number, signer } => {
                let drafted = dossier.drafted_extension().filter(|_| due.trim().is_empty());
                let due = drafted.map_or_else(|| self.new_due(due, dossier), Ok)?;
                Step::Extended { due, number: number.clone(), signer: signer.clone() }
            }
            StepInput::Stop { reason, basis, number } => {
                Step::Stopped { grounds: grounds(reason, basis), number: number.clone() }
            }
            StepInput::Withdraw { reason } => Step::Withdrawn { reason: reason.clone() },
            StepInput::Finish { results } => {
                let paper = |paper: &ResultInput| self.result_paper(paper);
                Step::Finished { results: results.iter().map(paper).collect::<Result<_>>()? }
            }
            StepInput::HandBack { name, number, capacity, authorisation, delivery, receipt_back } => {
                Step::HandedBack(Recipient {
                    name: self.recipient(name, *capacity, dossier)?,
                    number: typed_or_none("number", number, CitizenId::parse)?,
                    capacity: match capacity {
                        CapacityInput::Applicant => Capacity::Applicant,
                        CapacityInput::Submitter => Capacity::Submitter,
                        CapacityInput::Authorised => Capacity::Authorised,
                    },
                    authorisation: authorisation.clone(),
                    delivery: match delivery {
                        DeliveryInput::Counter => Delivery::Counter,
                        DeliveryInput::Post => Delivery::Post,
                        DeliveryInput::Electronic => Delivery::Electronic,
                    },
                    receipt_back: *receipt_back,
                })
            }
            StepInput::Reopen { reason } => Step::Reopened { reason: reason.clone() },
        })
    }

    /// The name of whoever takes the result; the applicant's and the submitter's are known.
    fn recipient(&self, name: &str, capacity: CapacityInput, dossier: &Dossier) -> Result<PersonName> {
        let known = match capacity {
            CapacityInput::Applicant => Some(&dossier.applicant().name),
            CapacityInput::Submitter => dossier.received().submitter.as_ref().map(|submitter| &submitter.person.name),
            CapacityInput::Authorised => None,
        };
        match known {
            Some(known) if name.trim().is_empty() => Ok(known.clone()),
            _ => typed("name", name, PersonName::parse),
        }
    }

    /// A new due moment as typed; where nothing was, the time the law gives, counted from now.
    fn new_due(&self, typed: &str, dossier: &Dossier) -> Result<DateTime> {
        if !typed.trim().is_empty() {
            return self.moment_typed("due", typed);
        }
        let proposed = dossier.received().limit_due(self.now()?.max(dossier.due().unwrap_or_default()), &self.rules());
        proposed.ok_or_else(|| Error::new(Code::FieldWrong).with("field", "due"))
    }

    fn result_paper(&self, input: &ResultInput) -> Result<ResultPaper> {
        let dated = input.dated.trim();
        Ok(ResultPaper {
            name: input.name.clone(),
            code: String::new(),
            number: input.number.clone(),
            dated: if dated.is_empty() { None } else { Some(self.day_typed("dated", dated)?) },
        })
    }

    /// A moment as it is typed: with the hour, or a day alone, which is its closing time.
    fn moment_typed(&self, field: &'static str, typed: &str) -> Result<DateTime> {
        let typed = typed.trim();
        match typed.parse::<DateTime>() {
            Ok(at) if typed.contains(['T', ' ']) => Ok(at),
            _ => Ok(self.day_typed(field, typed)?.to_datetime(self.rules().hours_on(self.now()?.date()).closes())),
        }
    }

    /// A day as people type it, perhaps one to come.
    pub(super) fn day_typed(&self, field: &'static str, typed: &str) -> Result<Date> {
        let wrong = || Error::new(Code::FieldWrong).with("field", field);
        if let Ok(day) = typed.parse::<Date>() {
            return Ok(day);
        }
        let century = self.now()?.date().saturating_add(50.years());
        match PartialDate::typed(typed, century) {
            Ok(PartialDate::Day(day)) => Ok(day),
            _ => Err(wrong()),
        }
    }

    /// The commune's own agency: "UBND xã Cường Lợi".
    pub(super) fn committee(&self) -> Result<String> {
        let commune = self.store.read(|connection| settings::get(connection, Key::Commune))?;
        Ok(text(self.language(), "committee", &[("commune", words::in_sentence(&commune))]))
    }

    pub(super) fn step_offers(&self, state: State) -> Vec<StepOffer> {
        let offer = |step: &&str| StepOffer {
            step: (*step).to_owned(),
            text: text(self.language(), &format!("step_{step}"), &[]),
        };
        steps_from(state).iter().map(offer).collect()
    }
}

impl From<&PaperInput> for Paper {
    fn from(paper: &PaperInput) -> Self {
        Self {
            name: domain::text::tidy(&paper.name),
            originals: paper.originals,
            copies: paper.copies,
            note: domain::text::tidy(&paper.note),
        }
    }
}
