//! The life of a dossier after its reception: its states, the steps between them, and which step the law allows where.
//!
//! The states are the portal's ten (TrangThaiHoSo). Money, delivery and the way to the province are told apart from them:
//! see [`super::Dossier::fees`], [`super::Dossier::handed_back`] and the desk's ladder.

use super::{Dossier, OpId, Paper, Question, Refusal, open_questions};
use crate::deadline::{self, NoDue, Rules};
use crate::money::Money;
use crate::person::{CitizenId, PersonName};
use crate::text::tidy;
use jiff::civil::{Date, DateTime};

/// Where a dossier stands, by the portal's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// 1 Mới đăng ký: handed in online, nobody has looked at it.
    Registered,
    /// 2 Được tiếp nhận.
    Received,
    /// 3 Không được tiếp nhận.
    Refused,
    /// 4 Đang xử lý.
    Processing,
    /// 5 Yêu cầu bổ sung giấy tờ.
    AwaitsPapers,
    /// 6 Yêu cầu thực hiện nghĩa vụ tài chính.
    AwaitsPayment,
    /// 7 Công dân yêu cầu rút hồ sơ.
    Withdrawn,
    /// 8 Dừng xử lý.
    Stopped,
    /// 9 Đã xử lý xong.
    Finished,
    /// 10 Đã trả kết quả.
    HandedBack,
}

impl State {
    /// All ten, in the order of their numbers.
    pub const ALL: [State; 10] = [
        Self::Registered,
        Self::Received,
        Self::Refused,
        Self::Processing,
        Self::AwaitsPapers,
        Self::AwaitsPayment,
        Self::Withdrawn,
        Self::Stopped,
        Self::Finished,
        Self::HandedBack,
    ];

    /// The portal's number, 1 to 10.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The state with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// Whether the agency still owes an answer: its time runs or waits.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Registered | Self::Received | Self::Processing | Self::AwaitsPapers | Self::AwaitsPayment)
    }

    /// Whether nothing more is done: not taken in, withdrawn, stopped, handed back.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn | Self::Stopped | Self::HandedBack)
    }

    /// Whether the time stands still because the citizen has to do something.
    pub fn waits(self) -> bool {
        matches!(self, Self::AwaitsPapers | Self::AwaitsPayment)
    }
}

/// What happened at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Tiếp nhận một hồ sơ nộp trực tuyến.
    Accepted {
        /// When the result is due.
        due: Option<DateTime>,
    },
    /// Không tiếp nhận (form 03).
    Refused(Grounds),
    /// Chuyển xử lý, with the hand-over of form 06.
    Forwarded(HandOver),
    /// Yêu cầu bổ sung, hoàn thiện hồ sơ (form 02).
    SupplementAsked {
        /// The agency that asks.
        agency: String,
        /// What is missing or to be mended, line by line.
        items: Vec<String>,
        /// Why, and by which rule.
        grounds: Grounds,
    },
    /// Đã bổ sung.
    Supplemented {
        /// What came.
        papers: Vec<Paper>,
        /// When the result is due now.
        due: Option<DateTime>,
    },
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    PaymentAsked {
        /// What is to be paid and to whom.
        what: String,
        /// How much, where the notice says.
        amount: Option<Money>,
    },
    /// Đã thực hiện nghĩa vụ tài chính.
    PaymentDone {
        /// What shows it: number of the receipt.
        proof: String,
        /// When the result is due now.
        due: Option<DateTime>,
    },
    /// Dự thảo văn bản xin lỗi và đề nghị gia hạn (form 04), for the head of the resolving agency to sign. Moves nothing yet.
    ExtensionDrafted {
        /// Why the time does not suffice.
        reason: String,
        /// The new moment asked for.
        due: DateTime,
    },
    /// Văn bản xin lỗi và gia hạn đã ký (form 04).
    Extended {
        /// The new due moment.
        due: DateTime,
        /// Số văn bản.
        number: String,
        /// The head of the resolving agency.
        signer: String,
    },
    /// Dừng giải quyết (form 05).
    Stopped {
        /// Why, and by which rule.
        grounds: Grounds,
        /// Number of the decision or notice, may be empty until it is signed.
        number: String,
    },
    /// Rút hồ sơ, as the citizen asked (form 05).
    Withdrawn {
        /// Why, in the citizen's words.
        reason: String,
    },
    /// Đã xử lý xong.
    Finished {
        /// What came of it.
        results: Vec<ResultPaper>,
    },
    /// Trả kết quả.
    HandedBack(Recipient),
    /// A state that was written by mistake is corrected: work goes on.
    Reopened {
        /// What was wrong.
        reason: String,
    },
    /// A step that a newer release knows, with the state it says; or one from another system that tells no more.
    Other(State),
}

/// Reason and legal basis of a refusal, a request or a stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    /// The reason, in plain words.
    pub reason: String,
    /// Căn cứ: the article, as the officer gives it; may be empty.
    pub basis: String,
}

/// A hand-over between two people, a row of form 06.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// The unit that takes it.
    pub unit: String,
    /// Người giao.
    pub giver: String,
    /// Người nhận.
    pub receiver: String,
}

/// A paper the citizen gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultPaper {
    /// Its name.
    pub name: String,
    /// `KQ.…` code of the catalogue, empty where none is known.
    pub code: String,
    /// Its number, may be empty.
    pub number: String,
    /// Its date, where it has one.
    pub dated: Option<Date>,
}

/// Who was given the result, and on what ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their name.
    pub name: PersonName,
    /// Their personal number, where it was seen.
    pub number: Option<CitizenId>,
    /// In which capacity.
    pub capacity: Capacity,
    /// The authorisation paper of somebody authorised.
    pub authorisation: String,
    /// How it reached them.
    pub delivery: Delivery,
    /// Whether the printed receipt was given back.
    pub receipt_back: bool,
}

/// In which capacity somebody takes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// Chủ hồ sơ.
    Applicant,
    /// Whoever handed the dossier in.
    Submitter,
    /// Người được ủy quyền.
    Authorised,
}

/// How a result reaches the citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// At the counter.
    #[default]
    Counter,
    /// By post.
    Post,
    /// As an electronic result.
    Electronic,
}

impl Step {
    /// Every kind of step, by the code it has in commands and texts.
    pub const CODES: [&'static str; 14] = [
        "accept",
        "refuse",
        "forward",
        "ask_papers",
        "papers_came",
        "ask_payment",
        "paid",
        "draft_extension",
        "extend",
        "stop",
        "withdraw",
        "finish",
        "hand_back",
        "reopen",
    ];

    /// Its code, as in [`Step::CODES`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accept",
            Self::Refused(_) => "refuse",
            Self::Forwarded(_) => "forward",
            Self::SupplementAsked { .. } => "ask_papers",
            Self::Supplemented { .. } => "papers_came",
            Self::PaymentAsked { .. } => "ask_payment",
            Self::PaymentDone { .. } => "paid",
            Self::ExtensionDrafted { .. } => "draft_extension",
            Self::Extended { .. } => "extend",
            Self::Stopped { .. } => "stop",
            Self::Withdrawn { .. } => "withdraw",
            Self::Finished { .. } => "finish",
            Self::HandedBack(_) => "hand_back",
            Self::Reopened { .. } => "reopen",
            Self::Other(_) => "other",
        }
    }

    /// The state after it, from the one before.
    pub fn leads_to(&self, from: State) -> State {
        match self {
            Self::Accepted { .. } => State::Received,
            Self::Refused(_) => State::Refused,
            Self::Forwarded(_) | Self::Supplemented { .. } | Self::PaymentDone { .. } | Self::Reopened { .. } => {
                State::Processing
            }
            Self::SupplementAsked { .. } => State::AwaitsPapers,
            Self::PaymentAsked { .. } => State::AwaitsPayment,
            Self::ExtensionDrafted { .. } | Self::Extended { .. } => from,
            Self::Stopped { .. } => State::Stopped,
            Self::Withdrawn { .. } => State::Withdrawn,
            Self::Finished { .. } => State::Finished,
            Self::HandedBack(_) => State::HandedBack,
            Self::Other(state) => *state,
        }
    }

    /// The due moment it sets, where it sets one.
    pub fn due(&self) -> Option<DateTime> {
        match self {
            Self::Accepted { due } | Self::Supplemented { due, .. } | Self::PaymentDone { due, .. } => *due,
            Self::Extended { due, .. } => Some(*due),
            _ => None,
        }
    }
}

/// The codes of the steps that may follow in a state, in the order a desk offers them. The law's own limits beside the state
/// ([`Refusal`]) are told when the step is taken.
pub fn steps_from(state: State) -> &'static [&'static str] {
    match state {
        State::Registered => &["accept", "refuse", "withdraw"],
        State::Received => {
            &["forward", "finish", "ask_papers", "ask_payment", "draft_extension", "extend", "withdraw", "stop"]
        }
        State::Processing => {
            &["finish", "forward", "ask_papers", "ask_payment", "draft_extension", "extend", "withdraw", "stop"]
        }
        State::AwaitsPapers => &["papers_came", "withdraw", "stop"],
        State::AwaitsPayment => &["paid", "withdraw", "stop"],
        State::Finished => &["hand_back", "reopen"],
        State::Withdrawn | State::Stopped | State::HandedBack => &["reopen"],
        State::Refused => &[],
    }
}

/// One step in a dossier's life, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What happened.
    pub step: Step,
    /// The state after it.
    pub state: State,
    /// The operation that made the state in force when this was written: the reception or another step.
    pub follows: OpId,
    /// When it happened, by the desk's corrected clock or by the record made on paper during a power cut; UTC+7. The hybrid
    /// time of an operation orders it and says nothing in law. `None` where nobody told.
    pub at: Option<DateTime>,
    /// What the officer was asked and said yes to.
    pub answered: Vec<Question>,
    /// The officer's remark, may be empty.
    pub note: String,
}

impl Moved {
    /// A state that another system tells, with nothing about how it came to be.
    pub fn told(state: State, follows: OpId, note: String) -> Self {
        Self { step: Step::Other(state), state, follows, at: None, answered: Vec::new(), note }
    }
}

/// A step an officer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What happened. The due moments it sets are counted here, except those of an extension, which people agree on.
    pub step: Step,
    /// When, where it is entered later than it happened.
    pub at: Option<DateTime>,
    /// Remark, may be empty.
    pub note: String,
    /// Questions somebody has said yes to.
    pub answered: Vec<Question>,
}

/// The step as it is written down, or the rule that refuses it. `now` is the desk's clock, UTC+7.
pub(super) fn take(dossier: &Dossier, taken: Taken, now: DateTime, rules: &Rules) -> Result<Moved, Refusal> {
    let Taken { step, at, note, answered } = taken;
    let from = dossier.state();
    if !steps_from(from).contains(&step.code()) {
        return Err(Refusal::NotInThisState { state: from, step: step.code() });
    }
    let moment = at.unwrap_or(now);
    if moment > now {
        return Err(Refusal::StepInFuture);
    }
    // Minutes are what people write down; the second a step was keyed in says nothing against it.
    if at.is_some() && moment < to_the_minute(dossier.since()) {
        return Err(Refusal::BeforeTheLast);
    }
    let mut questions = Vec::new();
    let step = checked(dossier, step, moment, rules, &mut questions)?;
    let answered = open_questions(questions, &answered)?;
    let (at, follows, note) = (Some(to_the_second(moment)), dossier.state_by(), tidy(&note));
    Ok(Moved { state: step.leads_to(from), step, follows, at, answered, note })
}

/// The step with its words in order and its due moment counted; what has to be meant goes to `questions`.
fn checked(
    dossier: &Dossier,
    step: Step,
    moment: DateTime,
    rules: &Rules,
    questions: &mut Vec<Question>,
) -> Result<Step, Refusal> {
    let words = |text: &str, without: Refusal| Some(tidy(text)).filter(|text| !text.is_empty()).ok_or(without);
    let grounds = |grounds: Grounds| {
        Ok(Grounds { reason: words(&grounds.reason, Refusal::NoReason)?, basis: tidy(&grounds.basis) })
    };
    let decided = || if dossier.result().is_empty() { Ok(()) } else { Err(Refusal::ResultExists) };
    Ok(match step {
        Step::Accepted { .. } => Step::Accepted { due: dossier.received().limit_due(moment, rules) },
        Step::Refused(why) => Step::Refused(grounds(why)?),
        Step::Forwarded(HandOver { unit, giver, receiver }) => Step::Forwarded(HandOver {
            unit: words(&unit, Refusal::HandOverIncomplete)?,
            giver: words(&giver, Refusal::HandOverIncomplete)?,
            receiver: words(&receiver, Refusal::HandOverIncomplete)?,
        }),
        Step::SupplementAsked { agency, items, grounds: why } => {
            let items: Vec<String> = items.iter().map(|item| tidy(item)).filter(|item| !item.is_empty()).collect();
            if items.is_empty() {
                return Err(Refusal::NothingAsked);
            }
            if dossier.supplements_asked() > 0 {
                questions.push(Question::SecondSupplement);
            }
            Step::SupplementAsked { agency: words(&agency, Refusal::NoUnit)?, items, grounds: grounds(why)? }
        }
        Step::Supplemented { papers, .. } => {
            let papers: Vec<Paper> =
                papers.into_iter().filter(|paper| paper.originals > 0 || paper.copies > 0).collect();
            Step::Supplemented { papers, due: resumed(dossier, moment, rules) }
        }
        Step::PaymentAsked { what, amount } => Step::PaymentAsked {
            what: words(&what, Refusal::NothingAsked)?,
            amount: amount.filter(|amount| amount.0 > 0),
        },
        Step::PaymentDone { proof, .. } => {
            Step::PaymentDone { proof: words(&proof, Refusal::NoProof)?, due: resumed(dossier, moment, rules) }
        }
        Step::ExtensionDrafted { reason, due } => {
            extension(dossier, due, moment, questions)?;
            Step::ExtensionDrafted { reason: words(&reason, Refusal::NoReason)?, due }
        }
        Step::Extended { due, number, signer } => {
            extension(dossier, due, moment, questions)?;
            Step::Extended { due, number: tidy(&number), signer: words(&signer, Refusal::NoSigner)? }
        }
        Step::Stopped { grounds: why, number } => {
            decided()?;
            Step::Stopped { grounds: grounds(why)?, number: tidy(&number) }
        }
        Step::Withdrawn { reason } => {
            decided()?;
            Step::Withdrawn { reason: words(&reason, Refusal::NoReason)? }
        }
        Step::Finished { results } => {
            let results: Vec<ResultPaper> = results
                .into_iter()
                .map(|paper| ResultPaper { name: tidy(&paper.name), number: tidy(&paper.number), ..paper })
                .filter(|paper| !paper.name.is_empty())
                .collect();
            if results.is_empty() {
                return Err(Refusal::NoResult);
            }
            Step::Finished { results }
        }
        Step::HandedBack(recipient) => Step::HandedBack(entitled(dossier, recipient, questions)?),
        Step::Reopened { reason } => Step::Reopened { reason: words(&reason, Refusal::NoReason)? },
        // No officer asks for one; `steps_from` has no such code.
        Step::Other(_) => return Err(Refusal::NotInThisState { state: dossier.state(), step: "other" }),
    })
}

/// An extension is given once, to a later moment (form 04). After the due moment the apology still goes out, and the dossier
/// stays late in the count.
fn extension(dossier: &Dossier, due: DateTime, moment: DateTime, questions: &mut Vec<Question>) -> Result<(), Refusal> {
    let present = dossier.due().ok_or(Refusal::NoDueMoment)?;
    if dossier.extended() {
        return Err(Refusal::ExtendedBefore);
    }
    if due <= present || due <= moment {
        return Err(Refusal::NotLater);
    }
    if moment > present {
        questions.push(Question::AfterDue);
    }
    Ok(())
}

/// Whether somebody may be given the result: its owner, whoever handed the dossier in, or somebody with an authorisation,
/// which ends with its giver's death (Bộ luật Dân sự 2015, Điều 140).
fn entitled(dossier: &Dossier, recipient: Recipient, questions: &mut Vec<Question>) -> Result<Recipient, Refusal> {
    match recipient.capacity {
        Capacity::Applicant => {}
        Capacity::Submitter => {
            if dossier.received().submitter.is_none() {
                return Err(Refusal::NoSubmitter);
            }
        }
        Capacity::Authorised => {
            if tidy(&recipient.authorisation).is_empty() {
                return Err(Refusal::NoAuthorisationPaper);
            }
            questions.push(Question::PrincipalAlive);
        }
    }
    if recipient.delivery == Delivery::Counter && !recipient.receipt_back {
        questions.push(Question::ReceiptMissing);
    }
    Ok(Recipient { authorisation: tidy(&recipient.authorisation), ..recipient })
}

fn to_the_second(at: DateTime) -> DateTime {
    at.date().at(at.hour(), at.minute(), at.second(), 0)
}

fn to_the_minute(at: DateTime) -> DateTime {
    at.date().at(at.hour(), at.minute(), 0, 0)
}

/// The due moment of a dossier whose time stood still and runs again from `moment`.
fn resumed(dossier: &Dossier, moment: DateTime, rules: &Rules) -> Option<DateTime> {
    let (limit, due) = (dossier.received().procedure.limit?, dossier.due()?);
    let resumed: Result<_, NoDue> = deadline::resume(limit, due, dossier.since(), moment, rules);
    resumed.ok().map(|due| due.at)
}

#[cfg(test)]
mod tests;
