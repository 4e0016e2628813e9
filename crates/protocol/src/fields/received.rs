//! A dossier taken in. What names or describes a person, and every free remark, stands in the personal part.

use super::person::PersonFields;
use crate::op::{Malformed, Seed, decode, encode};
use domain::catalogue::condition::Answer;
use domain::catalogue::{Channel, TimeLimit};
use domain::code::{AgencyCode, DossierCode};
use domain::dossier::{
    CardSeen, Competent, Paper, Particulars, Person, ProcedureInForce, Question, Received, ResultAt, Submitter,
};
use domain::person::PersonName;
use jiff::civil::DateTime;
use minicbor::{Decode, Encode};

#[derive(Encode, Decode)]
#[cbor(map)]
struct Fields {
    #[n(0)]
    code: String,
    #[n(1)]
    agency: String,
    #[n(2)]
    procedure: String,
    #[n(3)]
    procedure_name: String,
    #[n(4)]
    field: String,
    /// First day of the catalogue version in force.
    #[n(5)]
    version: String,
    /// 1 counter, 2 online, 3 post, as the portal's KenhThucHien.
    #[n(6)]
    channel: u8,
    /// Local civil time, `2026-11-22T09:15:00`.
    #[n(7)]
    at: String,
    #[n(8)]
    due: Option<String>,
    #[n(9)]
    due_provisional: Option<bool>,
    #[n(10)]
    limit: Option<Limit>,
    #[n(11)]
    papers: Vec<PaperFields>,
    #[n(12)]
    sets: u16,
    /// 1 by post, absent at the counter.
    #[n(13)]
    result_at: Option<u8>,
    /// 1 original, 2 VNeID.
    #[n(14)]
    card_seen: Option<u8>,
    #[n(15)]
    offline: Option<bool>,
    /// Codes of the questions that were answered.
    #[n(16)]
    answered: Option<Vec<String>>,
    /// Code of the agency that settles it, where that is another.
    #[n(17)]
    competent: Option<String>,
    #[n(18)]
    competent_name: Option<String>,
    /// Where somebody helped to fill it in.
    #[n(19)]
    helped_at: Option<String>,
    /// The chosen case of the procedure.
    #[n(20)]
    case: Option<String>,
    /// Whether the due day was agreed, for want of a time of the law.
    #[n(21)]
    agreed: Option<bool>,
}

#[derive(Encode, Decode)]
struct Limit {
    /// 1 same day, 2 working hours, 3 clock hours, 4 working days, 5 calendar days.
    #[n(0)]
    unit: u8,
    #[n(1)]
    count: u16,
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct PaperFields {
    #[n(0)]
    name: String,
    #[n(1)]
    originals: Option<u16>,
    #[n(2)]
    copies: Option<u16>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PersonalFields {
    #[n(0)]
    applicant: PersonFields,
    #[n(1)]
    submitter: Option<PersonFields>,
    #[n(2)]
    relation: Option<String>,
    #[n(3)]
    authorisation: Option<String>,
    #[n(4)]
    helper: Option<String>,
    #[n(5)]
    note: Option<String>,
    /// Remarks on papers: place in the list, words.
    #[n(6)]
    paper_notes: Option<Vec<PaperNote>>,
    #[n(7)]
    secret: String,
    /// What was answered to the conditions of papers; they say things about a person.
    #[n(8)]
    answers: Option<Vec<AnswerFields>>,
    #[cbor(n(15), with = "minicbor::bytes")]
    seed: Seed,
}

#[derive(Encode, Decode)]
struct AnswerFields {
    #[n(0)]
    condition: String,
    #[n(1)]
    yes: bool,
}

impl From<&Answer> for AnswerFields {
    fn from(answer: &Answer) -> Self {
        Self { condition: answer.condition.clone(), yes: answer.yes }
    }
}

impl From<AnswerFields> for Answer {
    fn from(fields: AnswerFields) -> Self {
        Self { condition: fields.condition, yes: fields.yes }
    }
}

impl From<&Paper> for PaperFields {
    fn from(paper: &Paper) -> Self {
        Self {
            name: paper.name.clone(),
            originals: (paper.originals > 0).then_some(paper.originals),
            copies: (paper.copies > 0).then_some(paper.copies),
        }
    }
}

#[derive(PartialEq, Encode, Decode)]
pub(super) struct PaperNote {
    #[n(0)]
    place: u16,
    #[n(1)]
    words: String,
}

/// What an applicant is called when its personal part has been forgotten.
const FORGOTTEN: &str = "(đã xóa theo thời hạn lưu)";

pub fn write(received: &Received, seed: &Seed) -> (Vec<u8>, Vec<u8>) {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let fields = Fields {
        code: received.code.as_str().to_owned(),
        agency: received.agency.as_str().to_owned(),
        procedure: received.procedure.code.clone(),
        procedure_name: received.procedure.name.clone(),
        field: received.procedure.field.clone(),
        version: received.procedure.version.to_string(),
        channel: match received.channel {
            Channel::Counter => 1,
            Channel::Online => 2,
            Channel::Post => 3,
        },
        at: received.at.to_string(),
        due: received.due.map(|due| due.to_string()),
        due_provisional: received.due_provisional.then_some(true),
        limit: received.procedure.limit.map(limit_fields),
        papers: received.papers.iter().map(PaperFields::from).collect(),
        sets: received.sets,
        result_at: match received.result_at {
            ResultAt::Counter => None,
            ResultAt::Post => Some(1),
        },
        card_seen: match received.card_seen {
            CardSeen::None => None,
            CardSeen::Original => Some(1),
            CardSeen::Vneid => Some(2),
        },
        offline: received.offline.then_some(true),
        answered: (!received.answered.is_empty())
            .then(|| received.answered.iter().map(|question| question.code().to_owned()).collect()),
        competent: received
            .competent
            .as_ref()
            .and_then(|agency| agency.code.as_ref())
            .map(|code| code.as_str().to_owned()),
        competent_name: received.competent.as_ref().map(|agency| agency.name.clone()),
        helped_at: given(&received.helped_at),
        case: given(&received.particulars.case),
        agreed: received.particulars.is_agreed.then_some(true),
    };
    let personal = PersonalFields {
        applicant: PersonFields::from(&received.applicant),
        submitter: received.submitter.as_ref().map(|submitter| PersonFields::from(&submitter.person)),
        relation: received.submitter.as_ref().and_then(|submitter| given(&submitter.relation)),
        authorisation: received.submitter.as_ref().and_then(|submitter| given(&submitter.authorisation)),
        helper: given(&received.helper),
        note: given(&received.note),
        paper_notes: paper_notes(&received.papers),
        secret: received.secret.clone(),
        answers: Some(&received.particulars.answers)
            .filter(|answers| !answers.is_empty())
            .map(|answers| answers.iter().map(AnswerFields::from).collect()),
        seed: *seed,
    };
    (encode(&fields), encode(&personal))
}

/// The remarks on papers, where there are any.
pub(super) fn paper_notes(papers: &[Paper]) -> Option<Vec<PaperNote>> {
    let notes: Vec<PaperNote> = (0u16..)
        .zip(papers)
        .filter(|(_, paper)| !paper.note.is_empty())
        .map(|(place, paper)| PaperNote { place, words: paper.note.clone() })
        .collect();
    (!notes.is_empty()).then_some(notes)
}

/// Papers with their remarks.
pub(super) fn papers(fields: Vec<PaperFields>, notes: Option<Vec<PaperNote>>) -> Vec<Paper> {
    let paper = |fields: PaperFields| Paper {
        name: fields.name,
        originals: fields.originals.unwrap_or(0),
        copies: fields.copies.unwrap_or(0),
        note: String::new(),
    };
    let mut papers: Vec<Paper> = fields.into_iter().map(paper).collect();
    for PaperNote { place, words } in notes.unwrap_or_default() {
        if let Some(paper) = papers.get_mut(usize::from(place)) {
            paper.note = words;
        }
    }
    papers
}

pub fn read(fields: &[u8], personal: Option<&[u8]>) -> Result<Received, Malformed> {
    let fields: Fields = decode(fields)?;
    let mut personal = personal.map(decode::<PersonalFields>).transpose()?;
    let moment = |text: &str, field| text.parse::<DateTime>().map_err(|_| Malformed::Field(field));
    let papers = papers(fields.papers, personal.as_mut().and_then(|personal| personal.paper_notes.take()));
    let answers = personal.as_mut().and_then(|personal| personal.answers.take()).unwrap_or_default();
    let (applicant, submitter, helper, note, secret) = match personal {
        None => (forgotten()?, None, String::new(), String::new(), String::new()),
        Some(personal) => {
            let submitter = personal.submitter.map(|person| {
                Ok::<_, Malformed>(Submitter {
                    person: Person::try_from(person)?,
                    relation: personal.relation.unwrap_or_default(),
                    authorisation: personal.authorisation.unwrap_or_default(),
                })
            });
            (
                Person::try_from(personal.applicant)?,
                submitter.transpose()?,
                personal.helper.unwrap_or_default(),
                personal.note.unwrap_or_default(),
                personal.secret,
            )
        }
    };
    let number = fields.competent.map(|code| AgencyCode::parse(&code)).transpose();
    let number = number.map_err(|_| Malformed::Field("competent"))?;
    let competent = fields.competent_name.map(|name| Competent { code: number, name });
    Ok(Received {
        code: DossierCode::parse(&fields.code).map_err(|_| Malformed::Field("code"))?,
        agency: AgencyCode::parse(&fields.agency).map_err(|_| Malformed::Field("agency"))?,
        procedure: ProcedureInForce {
            code: fields.procedure,
            name: fields.procedure_name,
            field: fields.field,
            version: fields.version.parse().map_err(|_| Malformed::Field("version"))?,
            limit: fields.limit.map(limit).transpose()?,
        },
        applicant,
        submitter,
        channel: match fields.channel {
            1 => Channel::Counter,
            2 => Channel::Online,
            3 => Channel::Post,
            _ => return Err(Malformed::Field("channel")),
        },
        papers,
        sets: fields.sets,
        at: moment(&fields.at, "at")?,
        due: fields.due.map(|due| moment(&due, "due")).transpose()?,
        due_provisional: fields.due_provisional.unwrap_or(false),
        offline: fields.offline.unwrap_or(false),
        // A question of a newer release has no name here; the bytes keep it.
        answered: fields.answered.unwrap_or_default().iter().filter_map(|code| Question::from_code(code)).collect(),
        result_at: match fields.result_at {
            None => ResultAt::Counter,
            Some(1) => ResultAt::Post,
            Some(_) => return Err(Malformed::Field("result_at")),
        },
        card_seen: match fields.card_seen {
            None => CardSeen::None,
            Some(1) => CardSeen::Original,
            Some(2) => CardSeen::Vneid,
            Some(_) => return Err(Malformed::Field("card_seen")),
        },
        helper,
        helped_at: fields.helped_at.unwrap_or_default(),
        competent,
        note,
        secret,
        particulars: Particulars {
            case: fields.case.unwrap_or_default(),
            is_agreed: fields.agreed.unwrap_or(false),
            answers: answers.into_iter().map(Answer::from).collect(),
        },
    })
}

fn forgotten() -> Result<Person, Malformed> {
    Ok(Person {
        name: forgotten_name()?,
        number: None,
        old_number: None,
        born: None,
        sex: None,
        address: String::new(),
        phone: None,
        email: String::new(),
        ethnicity: String::new(),
    })
}

pub fn forgotten_name() -> Result<PersonName, Malformed> {
    PersonName::parse(FORGOTTEN).map_err(|_| Malformed::Field("name"))
}

fn limit_fields(limit: TimeLimit) -> Limit {
    let (unit, count) = match limit {
        TimeLimit::SameDay => (1, 0),
        TimeLimit::WorkingHours(n) => (2, n),
        TimeLimit::ClockHours(n) => (3, n),
        TimeLimit::WorkingDays(n) => (4, n),
        TimeLimit::CalendarDays(n) => (5, n),
    };
    Limit { unit, count }
}

fn limit(Limit { unit, count }: Limit) -> Result<TimeLimit, Malformed> {
    Ok(match unit {
        1 => TimeLimit::SameDay,
        2 => TimeLimit::WorkingHours(count),
        3 => TimeLimit::ClockHours(count),
        4 => TimeLimit::WorkingDays(count),
        5 => TimeLimit::CalendarDays(count),
        _ => return Err(Malformed::Field("limit")),
    })
}
