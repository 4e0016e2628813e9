//! What an officer may do with a dossier, and what is refused.

use super::{
    CardSeen, Competent, Dossier, Entry, FeeTaken, Op, OpId, Paper, Part, Particulars, Person, ProcedureInForce,
    Received, ResultAt, Reused, ScanHash, State, Submitter, Taken, fees, life,
};
use crate::catalogue::condition::{self, Answer, Need, Situation};
use crate::catalogue::{Channel, Procedure, TimeLimit};
use crate::code::{AgencyCode, DossierCode};
use crate::deadline::Rules;
use crate::money::Money;
use crate::person::{CitizenId, PersonName, Phone};
use crate::text::{fold, tidy};
use jiff::civil::DateTime;

/// What an officer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take in a dossier. `answered` are the questions somebody has said yes to.
    Receive {
        /// What is on the counter.
        intake: Box<Intake>,
        /// Questions already answered.
        answered: Vec<Question>,
    },
    /// Put a remark on the timeline.
    Note {
        /// Its words.
        text: String,
    },
    /// Change the applicant's telephone number.
    ChangePhone {
        /// The new number, or none.
        phone: Option<Phone>,
    },
    /// Change the applicant's address.
    ChangeAddress {
        /// The new one, may be empty.
        address: String,
    },
    /// Correct the applicant's name.
    CorrectName {
        /// The right one.
        name: PersonName,
    },
    /// Correct the applicant's personal number.
    CorrectNumber {
        /// The right one; `None` takes a wrong one away.
        number: Option<CitizenId>,
    },
    /// Take a step in its life.
    Take(Box<Taken>),
    /// Write down a fee that was taken.
    TakeFee {
        /// What was taken.
        fee: Box<FeeTaken>,
        /// What its line asks for, where that is known.
        owed: Option<Money>,
        /// Questions already answered.
        answered: Vec<Question>,
    },
    /// Cancel a line of the fee ledger by a counter-line.
    CancelFee {
        /// The line.
        line: OpId,
        /// Why.
        reason: String,
        /// How many copies of the receipt are kept.
        copies_kept: Option<u8>,
    },
    /// Write down that a transfer was seen to have arrived.
    ConfirmFee {
        /// The line.
        line: OpId,
        /// The last digits of the transaction, may be empty.
        reference: String,
    },
    /// Attach a scanned paper.
    Attach {
        /// Which paper of the dossier it is, by its place on the list from 1.
        paper: usize,
        /// Hash of the scan's bytes.
        hash: ScanHash,
        /// How many there are.
        bytes: u64,
        /// Media type.
        media: String,
    },
    /// Record the result.
    RecordResult {
        /// Number of the document or the decision.
        text: String,
    },
    /// Choose between the versions on a card.
    Settle {
        /// Which part.
        part: Part,
        /// The operation whose value is kept, one of the card's.
        kept: OpId,
        /// The operations whose values the officer was shown.
        shown: Vec<OpId>,
    },
    /// Record the official code.
    GiveAlias {
        /// That code.
        code: DossierCode,
    },
    /// Erase what names a person, once retention has ended.
    Forget {
        /// Why, without a person's data.
        because: String,
    },
    /// A form came out of the printer.
    Print {
        /// Form of TT 03/2025.
        form: String,
    },
}

/// What is on the counter when a dossier is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The receiving agency.
    pub agency: AgencyCode,
    /// The procedure version in force.
    pub procedure: Procedure,
    /// Chủ hồ sơ.
    pub applicant: Person,
    /// Người nộp, where it is somebody else.
    pub submitter: Option<Submitter>,
    /// How it came.
    pub channel: Channel,
    /// Papers with their counts; one with neither originals nor copies is not there.
    pub papers: Vec<Paper>,
    /// Số bộ.
    pub sets: u16,
    /// Where the result is fetched.
    pub result_at: ResultAt,
    /// How the person was identified.
    pub card_seen: CardSeen,
    /// Who helped.
    pub helper: String,
    /// Where that was.
    pub helped_at: String,
    /// The agency that settles it, where that is another.
    pub competent: Option<Competent>,
    /// The officer's remark.
    pub note: String,
    /// Which of the procedure's cases it is, as the officer chose; empty: the usual one.
    pub case: Option<String>,
    /// The day agreed with the citizen, at its close, where the catalogue gives no time.
    pub agreed: Option<DateTime>,
    /// What was answered to the conditions of papers.
    pub answers: Vec<Answer>,
    /// Papers used again from earlier dossiers.
    pub reused: Vec<Reused>,
}

/// What a decision needs to know besides the command.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// Nothing exists yet; these dossiers of today have the same person and procedure.
    Nothing {
        /// Their numbers.
        same_today: &'a [DossierCode],
    },
    /// The dossier the command is about, and the rules its times are counted by now.
    Dossier(&'a Dossier, &'a Rules),
}

/// What the desk gives a new dossier: the number from its lane, the due moment by the rules in force, a look-up secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The number.
    pub code: DossierCode,
    /// The moment the law counts as reception: the next opening for what was handed in after hours.
    pub counted_from: DateTime,
    /// When the result is due, if a time is known.
    pub due: Option<DateTime>,
    /// Whether that rests on days not officially announced yet.
    pub due_provisional: bool,
    /// Four characters drawn at random.
    pub secret: String,
    /// Whether the desk has no link to the province now.
    pub offline: bool,
    /// Whether the moment of reception is after the desk's own clock.
    pub in_future: bool,
    /// Whether the desk's clock went back so far that a person has to look at the wall calendar.
    pub clock_doubtful: bool,
}

/// Something that is allowed but must be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// The same person has handed in the same procedure today already.
    SameDay,
    /// A paper that everybody has to bring was not counted.
    PapersMissing,
    /// The desk's clock went back by hours: is the date on the screen the one on the wall?
    ClockDoubtful,
    /// The moment of reception is after the desk's own clock.
    InFuture,
    /// The citizen was asked for papers once already; a second request counts as late (QĐ 766).
    SecondSupplement,
    /// The due moment has passed: the apology goes out, the dossier stays late.
    AfterDue,
    /// An authorisation ends with its giver's death: are they alive?
    PrincipalAlive,
    /// The result is fetched without the printed receipt: was the person checked against the book?
    ReceiptMissing,
    /// The procedure has several times and nobody chose which case this is: it would be received without a due day.
    CaseOpen,
    /// The amount is not the one the fee's line asks for.
    FeeDiffers,
    /// The amount is one no commune takes ([`super::LARGE`]).
    FeeLarge,
}

impl Question {
    /// Every question, in the order they are asked.
    pub const ALL: [Question; 11] = [
        Self::SameDay,
        Self::PapersMissing,
        Self::ClockDoubtful,
        Self::InFuture,
        Self::SecondSupplement,
        Self::AfterDue,
        Self::PrincipalAlive,
        Self::ReceiptMissing,
        Self::CaseOpen,
        Self::FeeDiffers,
        Self::FeeLarge,
    ];

    /// The question with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.code() == code)
    }

    /// As it stands in JSON and in the keys of the texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameDay => "same_day",
            Self::PapersMissing => "papers_missing",
            Self::ClockDoubtful => "clock_doubtful",
            Self::InFuture => "in_future",
            Self::SecondSupplement => "second_supplement",
            Self::AfterDue => "after_due",
            Self::PrincipalAlive => "principal_alive",
            Self::ReceiptMissing => "receipt_missing",
            Self::CaseOpen => "case_open",
            Self::FeeDiffers => "fee_differs",
            Self::FeeLarge => "fee_large",
        }
    }
}

/// Why a command was not carried out, with the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The dossier's list has no paper at this place.
    #[error("the dossier has no such paper")]
    NoPaper,
    /// Questions nobody has answered yet. Nothing was received.
    #[error("questions are open")]
    Unanswered(Vec<Question>),
    /// Marriage, re-registration of marriage, recognition of parent and child cannot be handed to somebody else (TT 04/2020/TT-BTP, Điều 2).
    #[error("the procedure allows no authorisation")]
    NoAuthorisation,
    /// Whoever asks for a signature or a will to be certified signs before the certifier (NĐ 23/2015/NĐ-CP).
    #[error("the person concerned signs before the certifier")]
    SignsInPerson,
    /// The procedure version does not hold on the day of reception.
    #[error("the procedure is not in force on this day")]
    ProcedureNotInForce,
    /// A dossier has at least one set.
    #[error("a dossier has at least one set")]
    NoSets,
    /// A remark without words.
    #[error("a remark needs words")]
    EmptyNote,
    /// The step does not follow in this state.
    #[error("the step does not follow in this state")]
    NotInThisState {
        /// Where the dossier stands.
        state: State,
        /// [`Step::code`] of what was asked for.
        step: &'static str,
    },
    /// Nothing happens after the clock.
    #[error("a step cannot lie in the future")]
    StepInFuture,
    /// Nothing happens before what it follows.
    #[error("a step cannot lie before the one it follows")]
    BeforeTheLast,
    /// A hand-over names the unit and both people (form 06).
    #[error("a hand-over names the unit, the giver and the receiver")]
    HandOverIncomplete,
    /// A request says what is wanted, once and whole (form 02).
    #[error("a request says what is wanted")]
    NothingAsked,
    /// A request says which agency asks.
    #[error("a request says which agency asks")]
    NoUnit,
    /// A payment is shown by something.
    #[error("a payment is shown by a receipt")]
    NoProof,
    /// Form 04 is signed by the head of the resolving agency.
    #[error("an extension is signed by somebody")]
    NoSigner,
    /// What has no due moment cannot be extended.
    #[error("the dossier has no due moment")]
    NoDueMoment,
    /// An extension is given once (NĐ 61/2018/NĐ-CP, Điều 19; form 04).
    #[error("the dossier was extended before")]
    ExtendedBefore,
    /// An extension leads to a later moment, which is still to come.
    #[error("the new due moment is not later")]
    NotLater,
    /// What has a result is neither stopped nor withdrawn (form 05).
    #[error("the dossier has a result")]
    ResultExists,
    /// The dossier was handed in by its owner.
    #[error("nobody else handed the dossier in")]
    NoSubmitter,
    /// Somebody authorised shows the authorisation.
    #[error("an authorised person shows the authorisation")]
    NoAuthorisationPaper,
    /// A fee of 0 says why: an exemption, the line that asks for 0, a resolution.
    #[error("a fee of 0 has a ground")]
    NoGround,
    /// An exemption names what was shown for it.
    #[error("an exemption is shown by something")]
    NoExemptionProof,
    /// What was given does not suffice.
    #[error("less was given than the fee")]
    GivenTooLittle,
    /// A receipt made void on its own day is kept with all its copies (NĐ 123/2020/NĐ-CP).
    #[error("the copies of a void receipt are kept")]
    CopiesNotKept,
    /// The line is no transfer, or its arrival is confirmed already.
    #[error("nothing waits to be confirmed")]
    NothingToConfirm,
    /// The ledger has no such line, or it is cancelled already.
    #[error("no such line in the ledger, or cancelled already")]
    NoFeeLine,
    /// A cancellation says why.
    #[error("a cancelled fee needs a reason")]
    NoReason,
    /// A day is agreed only where the law gives no time, and it is still to come.
    #[error("no day can be agreed here")]
    NotToAgree,
    /// Forms 02 and 03 name the person.
    #[error("the form names a person")]
    Nameless,
    /// A result without words.
    #[error("a result needs words")]
    NoResult,
    /// The part has no card, or the card has other versions than the officer was shown: something arrived meanwhile.
    #[error("there is nothing to choose between")]
    NothingToSettle,
    /// Only a finished dossier can be forgotten.
    #[error("the dossier is not finished")]
    NotFinished,
    /// The command is about a dossier that is not there, or one that is there already.
    #[error("the command does not fit the dossier's state")]
    WrongState,
}

/// The operations a command amounts to at `now` (UTC+7), or the rule that refuses it.
pub fn decide(known: Known<'_>, command: Command, now: DateTime, given: Option<Given>) -> Result<Vec<Op>, Refusal> {
    match (command, known) {
        (Command::Receive { intake, answered }, Known::Nothing { same_today }) => {
            receive(*intake, &answered, same_today, now, given.ok_or(Refusal::WrongState)?)
        }
        (Command::Take(taken), Known::Dossier(dossier, rules)) => {
            Ok(vec![Op::Moved(Box::new(life::take(dossier, *taken, now, rules)?))])
        }
        (command, Known::Dossier(dossier, _)) => follow(dossier, command, now).map(Vec::from_iter),
        (_, Known::Nothing { .. }) => Err(Refusal::WrongState),
    }
}

/// The operation a command over a dossier amounts to: none where nothing changes.
fn follow(dossier: &Dossier, command: Command, moment: DateTime) -> Result<Option<Op>, Refusal> {
    let now = dossier.applicant();
    // While a card is open, the value in force may be meant too.
    let changes = |part, same: bool| !same || dossier.cards().iter().any(|card| card.part == part);
    let words = |text: &str, without| Some(tidy(text)).filter(|text| !text.is_empty()).ok_or(without);
    Ok(match command {
        Command::Note { text } => Some(Op::Noted { text: words(&text, Refusal::EmptyNote)? }),
        Command::ChangePhone { phone } => {
            changes(Part::Phone, now.phone == phone).then_some(Op::PhoneChanged { phone })
        }
        Command::ChangeAddress { address } => {
            let address = tidy(&address);
            changes(Part::Address, now.address == address).then_some(Op::AddressChanged { address })
        }
        Command::CorrectName { name } => changes(Part::Name, now.name == name).then_some(Op::NameCorrected { name }),
        Command::CorrectNumber { number } => {
            changes(Part::Number, now.number == number).then_some(Op::NumberCorrected { number })
        }
        Command::TakeFee { fee, owed, answered } => Some(fees::take(*fee, owed, &answered)?),
        Command::CancelFee { line, reason, copies_kept } => {
            Some(fees::cancel(dossier, line, &reason, copies_kept, moment)?)
        }
        Command::ConfirmFee { line, reference } => Some(fees::confirm(dossier, line, &reference)?),
        Command::RecordResult { text } => {
            let text = words(&text, Refusal::NoResult)?;
            changes(Part::Result, dossier.result() == text).then_some(Op::ResultRecorded { text })
        }
        Command::Settle { part, kept, shown } => {
            let card = dossier.cards().iter().find(|card| card.part == part);
            let versions: Vec<OpId> = card.iter().flat_map(|card| &card.versions).map(|version| version.kept).collect();
            let known = versions.contains(&kept) && versions.iter().all(|version| shown.contains(version));
            Some(known.then_some(Op::Settled { part, kept }).ok_or(Refusal::NothingToSettle)?)
        }
        Command::Attach { paper, hash, bytes, media } => {
            let papers = &dossier.received().papers;
            let paper = paper.checked_sub(1).and_then(|place| papers.get(place)).ok_or(Refusal::NoPaper)?;
            let known = |entry: &Entry| matches!(&entry.op, Op::Attached { paper: of, hash: known, .. } if *of == paper.name && *known == hash);
            let attached = Op::Attached { paper: paper.name.clone(), hash, bytes, pages: None, media };
            (!dossier.timeline().iter().any(known)).then_some(attached)
        }
        Command::GiveAlias { code } => (!dossier.aliases().contains(&code)).then_some(Op::AliasGiven { code }),
        Command::Forget { because } => {
            if !dossier.state().is_over() {
                return Err(Refusal::NotFinished);
            }
            Some(Op::Forgotten { because: words(&because, Refusal::NoReason)? })
        }
        Command::Print { form } => Some(Op::Printed { copy: dossier.printed(&form) + 1, form }),
        Command::Receive { .. } | Command::Take(_) => return Err(Refusal::WrongState),
    })
}

/// Of the questions that a command raises, those that were answered; or the ones that are still open.
pub(super) fn open_questions(raised: Vec<Question>, answered: &[Question]) -> Result<Vec<Question>, Refusal> {
    let (answered, open): (Vec<Question>, Vec<Question>) = raised.into_iter().partition(|q| answered.contains(q));
    if open.is_empty() { Ok(answered) } else { Err(Refusal::Unanswered(open)) }
}

fn receive(
    intake: Intake,
    answered: &[Question],
    same_today: &[DossierCode],
    now: DateTime,
    given: Given,
) -> Result<Vec<Op>, Refusal> {
    if intake.submitter.is_some() && !intake.procedure.may_authorise {
        let certified = fold(&intake.procedure.field).starts_with("chung thuc");
        return Err(if certified { Refusal::SignsInPerson } else { Refusal::NoAuthorisation });
    }
    if !intake.procedure.in_force(given.counted_from.date()) {
        return Err(Refusal::ProcedureNotInForce);
    }
    if intake.sets == 0 {
        return Err(Refusal::NoSets);
    }
    let mut open = Vec::new();
    if !same_today.is_empty() {
        open.push(Question::SameDay);
    }
    if !intake.missing_papers().is_empty() {
        open.push(Question::PapersMissing);
    }
    if given.clock_doubtful {
        open.push(Question::ClockDoubtful);
    }
    if given.in_future {
        open.push(Question::InFuture);
    }
    let limit = intake.time();
    if intake.agreed.is_some_and(|day| limit.is_some() || day <= given.counted_from) {
        return Err(Refusal::NotToAgree);
    }
    if limit.is_none() && intake.agreed.is_none() && intake.procedure.has_cases(intake.channel) {
        open.push(Question::CaseOpen);
    }
    let answered = open_questions(open, answered)?;
    let due = given.due.filter(|_| limit.is_some()).or(intake.agreed);
    let particulars = Particulars {
        case: intake.chosen_case().to_owned(),
        is_agreed: intake.agreed.is_some(),
        answers: intake.answers_asked(),
    };
    let reused = intake.reused.into_iter().map(|reused| Op::PaperReused(Box::new(reused)));
    let received = Op::Received(Box::new(Received {
        code: given.code,
        agency: intake.agency,
        procedure: ProcedureInForce {
            code: intake.procedure.code,
            name: intake.procedure.name,
            field: intake.procedure.field,
            version: intake.procedure.effective_from,
            limit,
        },
        applicant: intake.applicant,
        submitter: intake.submitter,
        channel: intake.channel,
        papers: intake.papers.into_iter().filter(|paper| paper.originals > 0 || paper.copies > 0).collect(),
        sets: intake.sets,
        at: now,
        due,
        due_provisional: given.due_provisional && limit.is_some(),
        offline: given.offline,
        answered,
        result_at: intake.result_at,
        card_seen: intake.card_seen,
        helper: intake.helper,
        helped_at: intake.helped_at,
        competent: intake.competent,
        note: intake.note,
        secret: given.secret,
        particulars,
    }));
    Ok(std::iter::once(received).chain(reused).collect())
}

impl Intake {
    /// The time of the law for this file, where there is one.
    pub fn time(&self) -> Option<TimeLimit> {
        self.procedure.time_of(self.channel, self.case.as_deref())
    }

    /// The case as the catalogue writes it; empty where there is nothing to choose.
    fn chosen_case(&self) -> &str {
        let case = self.case.as_deref().map(fold);
        let mut cases = self.procedure.cases(self.channel).filter(|_| self.procedure.has_cases(self.channel));
        cases.find(|time| Some(fold(&time.case)) == case).map_or("", |time| time.case.as_str())
    }

    /// What the form says about the conditions of papers.
    pub fn situation(&self) -> Situation<'_> {
        Situation {
            channel: self.channel,
            relation: self.submitter.as_ref().map(|submitter| submitter.relation.as_str()),
            registers_birth: registers_birth(&self.procedure),
        }
    }

    /// The answers to what is still asked.
    fn answers_asked(&self) -> Vec<Answer> {
        let asked = condition::questions(&self.procedure, &self.situation(), &self.answers);
        let answer = |part: &&str| self.answers.iter().rev().find(|answer| fold(&answer.condition) == fold(part));
        let answers = asked.iter().filter_map(|part| Some((part, answer(part)?.yes)));
        answers.map(|(part, yes)| Answer { condition: (*part).to_owned(), yes }).collect()
    }

    /// Papers that have to be brought in this case and were not counted, by name. An identity paper that was compared is not asked for again.
    pub fn missing_papers(&self) -> Vec<&str> {
        let compared = |name: &str| self.card_seen != CardSeen::None && fold(name).starts_with("giay to tuy than");
        let here = |name: &str| {
            self.papers.iter().any(|paper| paper.name == name && (paper.originals > 0 || paper.copies > 0))
                || self.reused.iter().any(|reused| reused.paper == name)
        };
        let situation = self.situation();
        self.procedure
            .papers
            .iter()
            .filter(|paper| {
                condition::need(paper, &situation, &self.answers) == Need::Needed
                    && (paper.originals > 0 || paper.copies > 0)
                    && !here(&paper.name)
                    && !compared(&paper.name)
            })
            .map(|paper| paper.name.as_str())
            .collect()
    }
}

/// Whether a procedure registers a birth, which relatives do without an authorisation.
pub fn registers_birth(procedure: &Procedure) -> bool {
    fold(&procedure.field).starts_with("ho tich") && fold(&procedure.name).contains("dang ky khai sinh")
}
