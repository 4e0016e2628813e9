//! A step in a dossier's life. Names, reasons and remarks stand in the personal part.

use super::life::{given, id};
use super::received::{PaperFields, forgotten_name};
use super::{Parts, kind};
use crate::op::{Malformed, Ref, decode, encode};
use domain::dossier::{
    Capacity, Delivery, Grounds, HandOver, Moved, Op, Question, Recipient, ResultPaper, State, Step,
};
use domain::money::Money;
use domain::person::{CitizenId, PersonName};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use minicbor::{Decode, Encode};

/// Where civil seconds are counted from.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

#[derive(Default, Encode, Decode)]
#[cbor(map)]
struct Fields {
    /// By the portal's numbers.
    #[n(0)]
    state: u8,
    #[n(1)]
    follows: Ref,
    /// Which step ([`number`]); absent: nothing but the state is told.
    #[n(2)]
    step: Option<u8>,
    /// Seconds of local civil time since 1970.
    #[n(3)]
    at: Option<i64>,
    /// Local civil time.
    #[n(4)]
    due: Option<String>,
    /// Codes of the questions that were answered.
    #[n(5)]
    answered: Option<Vec<String>>,
    /// The agency or unit.
    #[n(6)]
    unit: Option<String>,
    /// Đồng.
    #[n(7)]
    amount: Option<u64>,
    /// Number of a document.
    #[n(8)]
    number: Option<String>,
    #[n(9)]
    papers: Option<Vec<PaperFields>>,
    #[n(10)]
    results: Option<Vec<ResultFields>>,
    /// Legal basis.
    #[n(11)]
    basis: Option<String>,
    /// 1 applicant, 2 submitter, 3 authorised.
    #[n(12)]
    capacity: Option<u8>,
    /// 1 post, 2 electronic, absent at the counter.
    #[n(13)]
    delivery: Option<u8>,
    #[n(14)]
    receipt_back: Option<bool>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct ResultFields {
    #[n(0)]
    name: String,
    #[n(1)]
    code: Option<String>,
    /// `2026-11-22`.
    #[n(2)]
    dated: Option<String>,
}

#[derive(Default, PartialEq, Encode, Decode)]
#[cbor(map)]
struct PersonalFields {
    /// The officer's remark.
    #[n(0)]
    note: Option<String>,
    /// A reason; what is to be paid; what shows a payment.
    #[n(1)]
    reason: Option<String>,
    /// What is asked for, line by line.
    #[n(2)]
    items: Option<Vec<String>>,
    /// Who gives, or signs.
    #[n(3)]
    giver: Option<String>,
    /// Who takes.
    #[n(4)]
    receiver: Option<String>,
    #[n(5)]
    name: Option<String>,
    #[n(6)]
    citizen: Option<String>,
    #[n(7)]
    authorisation: Option<String>,
    /// Remarks on papers: place in the list, words.
    #[n(8)]
    paper_notes: Option<Vec<super::received::PaperNote>>,
    /// Numbers of results, one for each.
    #[n(9)]
    numbers: Option<Vec<String>>,
}

/// Number of a step on the wire, by its code; [`Step::Other`] has none.
fn number(step: &Step) -> Option<u8> {
    let place = Step::CODES.iter().position(|code| *code == step.code())?;
    u8::try_from(place + 1).ok()
}

/// Writes a step.
pub fn write(moved: &Moved) -> Parts {
    let moment = |at: DateTime| at.to_string();
    let codes: Vec<String> = moved.answered.iter().map(|question| question.code().to_owned()).collect();
    let mut fields = Fields {
        state: moved.state.number(),
        follows: Ref::from(moved.follows),
        step: number(&moved.step),
        at: moved.at.map(|at| DateTime::from(EPOCH).duration_until(at).as_secs()),
        due: moved.step.due().map(moment),
        answered: (!codes.is_empty()).then_some(codes),
        ..Fields::default()
    };
    let mut personal = PersonalFields { note: given(&moved.note), ..PersonalFields::default() };
    match &moved.step {
        Step::Accepted { .. } | Step::Other(_) => {}
        Step::Refused(grounds) => (personal.reason, fields.basis) = (given(&grounds.reason), given(&grounds.basis)),
        Step::Forwarded(HandOver { unit, giver, receiver }) => {
            fields.unit = given(unit);
            (personal.giver, personal.receiver) = (given(giver), given(receiver));
        }
        Step::SupplementAsked { agency, items, grounds } => {
            (fields.unit, fields.basis) = (given(agency), given(&grounds.basis));
            (personal.items, personal.reason) = (Some(items.clone()), given(&grounds.reason));
        }
        Step::Supplemented { papers, .. } => {
            fields.papers = Some(papers.iter().map(PaperFields::from).collect());
            personal.paper_notes = super::received::paper_notes(papers);
        }
        Step::PaymentAsked { what, amount } => {
            (fields.amount, personal.reason) = (amount.map(|amount| amount.0), given(what));
        }
        Step::PaymentDone { proof, .. } => personal.reason = given(proof),
        Step::ExtensionDrafted { reason, due } => {
            (fields.due, personal.reason) = (Some(moment(*due)), given(reason));
        }
        Step::Extended { number, signer, .. } => (fields.number, personal.giver) = (given(number), given(signer)),
        Step::Stopped { grounds, number } => {
            (fields.number, fields.basis, personal.reason) =
                (given(number), given(&grounds.basis), given(&grounds.reason));
        }
        Step::Withdrawn { reason } | Step::Reopened { reason } => personal.reason = given(reason),
        Step::Finished { results } => {
            let paper = |paper: &ResultPaper| ResultFields {
                name: paper.name.clone(),
                code: given(&paper.code),
                dated: paper.dated.map(|date| date.to_string()),
            };
            fields.results = Some(results.iter().map(paper).collect());
            let numbers = || results.iter().map(|paper| paper.number.clone()).collect();
            personal.numbers = results.iter().any(|paper| !paper.number.is_empty()).then(numbers);
        }
        Step::HandedBack(recipient) => {
            fields.capacity = Some(match recipient.capacity {
                Capacity::Applicant => 1,
                Capacity::Submitter => 2,
                Capacity::Authorised => 3,
            });
            fields.delivery = match recipient.delivery {
                Delivery::Counter => None,
                Delivery::Post => Some(1),
                Delivery::Electronic => Some(2),
            };
            fields.receipt_back = recipient.receipt_back.then_some(true);
            personal.name = Some(recipient.name.as_str().to_owned());
            personal.citizen = recipient.number.as_ref().map(|number| number.as_str().to_owned());
            personal.authorisation = given(&recipient.authorisation);
        }
    }
    let personal = (personal != PersonalFields::default()).then(|| encode(&personal));
    (kind::MOVED, encode(&fields), personal)
}

/// Reads a step. A state that a newer release counts makes it unknown; a step of a newer release keeps its state.
pub fn read(fields: &[u8], personal: Option<&[u8]>) -> Result<Op, Malformed> {
    let fields: Fields = decode(fields)?;
    let personal = personal.map(decode::<PersonalFields>).transpose()?.unwrap_or_default();
    let Some(state) = State::from_number(fields.state) else { return Ok(Op::Unknown { kind: kind::MOVED }) };
    let code = fields.step.and_then(|step| Step::CODES.get(usize::from(step).checked_sub(1)?)).copied();
    let passed = |seconds: i64| DateTime::from(EPOCH).checked_add(SignedDuration::from_secs(seconds));
    let at = fields.at.map(passed).transpose().map_err(|_| Malformed::Field("at"))?;
    let due = moment(fields.due.as_deref(), "due")?;
    let needed = |due: Option<DateTime>| due.ok_or(Malformed::Field("due"));
    let basis = fields.basis.unwrap_or_default();
    let reason = personal.reason.unwrap_or_default();
    let unit = fields.unit.unwrap_or_default();
    let step = match code.unwrap_or("other") {
        "accept" => Step::Accepted { due },
        "refuse" => Step::Refused(Grounds { reason, basis }),
        "forward" => Step::Forwarded(HandOver {
            unit,
            giver: personal.giver.unwrap_or_default(),
            receiver: personal.receiver.unwrap_or_default(),
        }),
        "ask_papers" => Step::SupplementAsked {
            agency: unit,
            items: personal.items.unwrap_or_default(),
            grounds: Grounds { reason, basis },
        },
        "papers_came" => Step::Supplemented {
            papers: super::received::papers(fields.papers.unwrap_or_default(), personal.paper_notes),
            due,
        },
        "ask_payment" => Step::PaymentAsked { what: reason, amount: fields.amount.map(Money) },
        "paid" => Step::PaymentDone { proof: reason, due },
        "draft_extension" => Step::ExtensionDrafted { reason, due: needed(due)? },
        "extend" => Step::Extended {
            due: needed(due)?,
            number: fields.number.unwrap_or_default(),
            signer: personal.giver.unwrap_or_default(),
        },
        "stop" => Step::Stopped { grounds: Grounds { reason, basis }, number: fields.number.unwrap_or_default() },
        "withdraw" => Step::Withdrawn { reason },
        "finish" => Step::Finished {
            results: results(fields.results.unwrap_or_default(), personal.numbers.unwrap_or_default())?,
        },
        "hand_back" => Step::HandedBack(Recipient {
            name: match personal.name {
                Some(name) => PersonName::parse(&name).map_err(|_| Malformed::Field("name"))?,
                None => forgotten_name()?,
            },
            number: personal
                .citizen
                .map(|n| CitizenId::parse(&n))
                .transpose()
                .map_err(|_| Malformed::Field("number"))?,
            capacity: match fields.capacity {
                Some(1) => Capacity::Applicant,
                Some(2) => Capacity::Submitter,
                Some(3) => Capacity::Authorised,
                _ => return Err(Malformed::Field("capacity")),
            },
            authorisation: personal.authorisation.unwrap_or_default(),
            delivery: match fields.delivery {
                None => Delivery::Counter,
                Some(1) => Delivery::Post,
                Some(2) => Delivery::Electronic,
                Some(_) => return Err(Malformed::Field("delivery")),
            },
            receipt_back: fields.receipt_back.unwrap_or(false),
        }),
        "reopen" => Step::Reopened { reason },
        _ => Step::Other(state),
    };
    Ok(Op::Moved(Box::new(Moved {
        step,
        state,
        follows: id(fields.follows),
        at,
        answered: fields.answered.unwrap_or_default().iter().filter_map(|code| Question::from_code(code)).collect(),
        note: personal.note.unwrap_or_default(),
    })))
}

fn moment(text: Option<&str>, field: &'static str) -> Result<Option<DateTime>, Malformed> {
    text.map(|text| text.parse().map_err(|_| Malformed::Field(field))).transpose()
}

fn results(fields: Vec<ResultFields>, numbers: Vec<String>) -> Result<Vec<ResultPaper>, Malformed> {
    let numbers = numbers.into_iter().chain(std::iter::repeat(String::new()));
    let paper = |(fields, number): (ResultFields, String)| {
        let dated = fields.dated.map(|text| text.parse::<Date>()).transpose().map_err(|_| Malformed::Field("dated"))?;
        Ok(ResultPaper { name: fields.name, code: fields.code.unwrap_or_default(), number, dated })
    };
    fields.into_iter().zip(numbers).map(paper).collect()
}
