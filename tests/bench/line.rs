//! One dossier with its timeline as a line of JSON, the form a load is brought in (`--data FILE`), and the operations the
//! product makes of it.
//!
//! Everything a line says is carried, so that unpacking gives the line back; its random ids are not, since the product
//! names a dossier and an operation by (replica, number). Where several steps of a line are one state of the portal, the
//! step's word stands first in the remark.

use crate::Result;
use data_encoding::HEXLOWER;
use domain::catalogue::Channel;
use domain::code::{AgencyCode, DossierCode};
use domain::dossier::{
    CardSeen, Entry, FeeTaken, Moved, Op, OpId, Paper, Person, ProcedureInForce, Received, ResultAt, ScanHash, State,
    Submitter,
};
use domain::money::Money;
use domain::person::{CitizenId, PartialDate, PersonName, Phone, Sex};
use jiff::civil::DateTime;
use jiff::{Timestamp, tz};
use serde::{Deserialize, Serialize};

/// A dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub code: String,
    pub agency: String,
    pub procedure_code: String,
    pub procedure: String,
    pub field: String,
    pub channel: String,
    pub applicant: Citizen,
    /// The owner's name where the applicant acts for somebody.
    pub owner: Option<String>,
    pub received_at: String,
    pub due_at: String,
    pub status: String,
    pub fee: u64,
    pub copies: u16,
    pub receiver: String,
    pub result_to: String,
    pub attachments: Vec<Attachment>,
    pub note: String,
    pub events: Vec<Event>,
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citizen {
    pub full_name: String,
    pub sex: String,
    pub dob: String,
    pub id_number: String,
    pub phone: String,
    pub ethnicity: String,
    pub address: String,
}

/// A scanned paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    pub hash: String,
    pub bytes: u64,
    pub pages: u16,
}

/// A step of its life. `seq` and `from` follow from the order and are not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub seq: u64,
    pub at: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// An operation before it has a number: when (milliseconds since 1970), by whom, and what.
#[derive(Debug, Clone)]
pub struct Step {
    pub ms: u64,
    pub by: String,
    pub op: Op,
}

/// The event that is [`Op::Printed`], with the form's number as its note.
pub const PRINTED: &str = "printed";
/// The event that is [`Op::PhoneChanged`], with the number as its note.
pub const PHONE: &str = "phone_changed";
/// The event that is [`Op::AliasGiven`], with the code as its note.
pub const ALIAS: &str = "alias_given";
/// The event that is nothing but a remark.
pub const NOTED: &str = "noted";

/// Steps of a life after its reception, by the portal's numbers of states. The first of a number is meant where no word is.
const STATES: [(&str, State); 7] = [
    ("processing", State::Processing),
    ("accepted", State::Processing),
    ("submitted", State::Processing),
    ("supplemented", State::Processing),
    ("supplement_requested", State::AwaitsPapers),
    ("approved", State::Finished),
    ("returned", State::HandedBack),
];

/// Between the word of a step and its remark.
const DOT: &str = " · ";

impl Line {
    /// The operations, in the order they were written. What an operation follows is its place among them.
    pub fn steps(&self) -> Result<Vec<Step>> {
        let first = self.events.first().ok_or("a dossier without an event")?;
        let (ms, by) = (milliseconds(&first.at)?, first.by.clone());
        let mut steps = vec![Step { ms, by: by.clone(), op: Op::Received(Box::new(self.received()?)) }];
        for scan in self.attachments.iter().filter(|scan| !scan.hash.is_empty()) {
            let hash = HEXLOWER.decode(scan.hash.as_bytes())?;
            let op = Op::Attached {
                paper: scan.name.clone(),
                hash: ScanHash(hash.try_into().map_err(|_| "a hash has 32 bytes")?),
                bytes: scan.bytes,
                pages: Some(scan.pages),
                media: String::new(),
            };
            steps.push(Step { ms, by: by.clone(), op });
        }
        if let Some(text) = first.note.clone() {
            steps.push(Step { ms, by, op: Op::Noted { text } });
        }
        let mut copies = 0;
        // Replica 0, place 0: the reception.
        let mut follows = OpId { replica: 0, seq: 0 };
        for event in self.events.iter().skip(1) {
            let said = || event.note.as_deref().unwrap_or_default();
            let op = match event.kind.as_str() {
                PRINTED => {
                    copies += 1;
                    Op::Printed { form: said().to_owned(), copy: copies }
                }
                PHONE => Op::PhoneChanged { phone: Some(Phone::parse(said())?) },
                ALIAS => Op::AliasGiven { code: DossierCode::parse(said())? },
                NOTED => Op::Noted { text: said().to_owned() },
                step => {
                    let known = STATES.iter().find(|(word, _)| *word == step);
                    let (word, state) = *known.ok_or_else(|| format!("a step called {step}"))?;
                    let meant =
                        STATES.iter().find(|(_, other)| *other == state).is_some_and(|(first, _)| *first == word);
                    let words = [(!meant).then_some(word), event.note.as_deref()];
                    let note = words.into_iter().flatten().collect::<Vec<_>>().join(DOT);
                    let moved = Op::Moved(Box::new(Moved::told(state, follows, note)));
                    follows = OpId { replica: 0, seq: steps.len() as u64 };
                    moved
                }
            };
            let (ms, by) = (milliseconds(&event.at)?, event.by.clone());
            steps.push(Step { ms, by: by.clone(), op });
            if let Some((fee, receipt)) = event.fee.zip(event.receipt.clone()) {
                let fee = FeeTaken { amount: Money(fee), receipt, ..FeeTaken::default() };
                let op = Op::FeeTaken(Box::new(fee));
                steps.push(Step { ms, by, op });
            }
        }
        Ok(steps)
    }

    fn received(&self) -> Result<Received> {
        let applicant = self.applicant.person()?;
        // In a line the one at the counter is the applicant and the other one the owner; in the product's words (and the
        // decree's) the owner is the applicant and the one at the counter the submitter.
        let (applicant, submitter) = match &self.owner {
            None => (applicant, None),
            Some(owner) => {
                let submitter = Submitter { person: applicant, relation: String::new(), authorisation: String::new() };
                (Person { name: PersonName::parse(owner)?, ..nobody(&submitter.person.name) }, Some(submitter))
            }
        };
        Ok(Received {
            code: DossierCode::parse(&self.code)?,
            agency: AgencyCode::parse(&self.agency)?,
            procedure: ProcedureInForce {
                code: self.procedure_code.clone(),
                name: self.procedure.clone(),
                field: self.field.clone(),
                version: desk::catalogue::FIRST_DAY,
                limit: None,
            },
            applicant,
            submitter,
            channel: match self.channel.as_str() {
                "counter" => Channel::Counter,
                "online" => Channel::Online,
                "postal" => Channel::Post,
                other => return Err(format!("a channel called {other}").into()),
            },
            papers: self
                .attachments
                .iter()
                .map(|scan| Paper { name: scan.name.clone(), originals: 1, copies: 0, note: String::new() })
                .collect(),
            sets: self.copies,
            at: civil(&self.received_at)?,
            due: (!self.due_at.is_empty()).then(|| civil(&self.due_at)).transpose()?,
            due_provisional: false,
            offline: false,
            answered: vec![],
            result_at: if self.result_to == "post" { ResultAt::Post } else { ResultAt::Counter },
            card_seen: CardSeen::Original,
            helper: String::new(),
            helped_at: String::new(),
            competent: None,
            note: self.note.clone(),
            // Drawn at random in the product; as incompressible here.
            secret: HEXLOWER.encode(blake(&self.code).get(..2).unwrap_or_default()).to_uppercase(),
            particulars: Default::default(),
        })
    }

    /// The line that operations came from, but for its random ids, `seq` and `from`.
    pub fn of(timeline: &[Entry], name: impl Fn(&Entry) -> String) -> Result<Self> {
        let [first, rest @ ..] = timeline else { return Err("no operations".into()) };
        let Op::Received(received) = &first.op else { return Err("the first operation does not receive".into()) };
        let mut line = Self::of_received(received);
        let mut event = Event { kind: "received".into(), by: name(first), at: moment(first)?, ..Event::default() };
        line.receiver.clone_from(&event.by);
        let mut rest = rest.iter().peekable();
        let mut scans = line.attachments.iter_mut();
        let at_once = |entry: &&Entry| entry.stamp.hlc.millis() == first.stamp.hlc.millis();
        while let Some(entry) = rest.next_if(|entry| at_once(entry) && !matches!(entry.op, Op::Moved(_))) {
            match &entry.op {
                Op::Attached { hash, bytes, pages, .. } => {
                    let scan = scans.next().ok_or("a scan without a paper")?;
                    (scan.hash, scan.bytes, scan.pages) = (HEXLOWER.encode(&hash.0), *bytes, pages.unwrap_or_default());
                }
                Op::Noted { text } => event.note = Some(text.clone()),
                _ => return Err("an operation that no line begins with".into()),
            }
        }
        line.events.push(event);
        for entry in rest {
            let (kind, note) = match &entry.op {
                Op::FeeTaken(fee) => {
                    let event = line.events.last_mut().ok_or("a fee before everything")?;
                    (event.fee, event.receipt) = (Some(fee.amount.0), Some(fee.receipt.clone()));
                    continue;
                }
                Op::Moved(moved) => step_of(moved.state, &moved.note)?,
                Op::Noted { text } => (NOTED, Some(text.clone())),
                Op::Printed { form, .. } => (PRINTED, Some(form.clone())),
                Op::PhoneChanged { phone } => (PHONE, phone.as_ref().map(|phone| phone.as_str().to_owned())),
                Op::AliasGiven { code } => (ALIAS, Some(code.as_str().to_owned())),
                _ => return Err("an operation that no line makes".into()),
            };
            line.events.push(Event {
                kind: kind.into(),
                by: name(entry),
                at: moment(entry)?,
                note,
                ..Event::default()
            });
        }
        line.fee = line.events.iter().filter_map(|event| event.fee).sum();
        line.status = line.events.last().map(|event| event.kind.clone()).unwrap_or_default();
        Ok(line)
    }

    fn of_received(received: &Received) -> Self {
        let counter = received.submitter.as_ref().map_or(&received.applicant, |submitter| &submitter.person);
        Self {
            code: received.code.as_str().to_owned(),
            agency: received.agency.as_str().to_owned(),
            procedure_code: received.procedure.code.clone(),
            procedure: received.procedure.name.clone(),
            field: received.procedure.field.clone(),
            channel: match received.channel {
                Channel::Counter => "counter".into(),
                Channel::Online => "online".into(),
                Channel::Post => "postal".into(),
            },
            applicant: Citizen::of(counter),
            owner: received.submitter.as_ref().map(|_| received.applicant.name.as_str().to_owned()),
            received_at: iso(received.at),
            due_at: received.due.map(iso).unwrap_or_default(),
            copies: received.sets,
            result_to: match received.result_at {
                ResultAt::Counter => "counter".into(),
                ResultAt::Post => "post".into(),
            },
            attachments: received
                .papers
                .iter()
                .map(|paper| Attachment { name: paper.name.clone(), ..Attachment::default() })
                .collect(),
            note: received.note.clone(),
            ..Self::default()
        }
    }

    /// The same line as it can come back: without ids, numbers and what follows from the order.
    pub fn carried(&self) -> Self {
        let mut line = Self { id: String::new(), ..self.clone() };
        for event in &mut line.events {
            (event.id, event.seq, event.from) = (String::new(), 0, None);
        }
        line
    }
}

impl Citizen {
    fn person(&self) -> Result<Person> {
        Ok(Person {
            name: PersonName::parse(&self.full_name)?,
            number: (!self.id_number.is_empty()).then(|| CitizenId::parse(&self.id_number)).transpose()?,
            old_number: None,
            born: (!self.dob.is_empty()).then(|| PartialDate::from_iso(&self.dob)).transpose()?,
            sex: match self.sex.as_str() {
                "Nam" => Some(Sex::Male),
                "Nữ" => Some(Sex::Female),
                _ => None,
            },
            address: self.address.clone(),
            phone: (!self.phone.is_empty()).then(|| Phone::parse(&self.phone)).transpose()?,
            email: String::new(),
            ethnicity: self.ethnicity.clone(),
        })
    }

    fn of(person: &Person) -> Self {
        Self {
            full_name: person.name.as_str().to_owned(),
            sex: person.sex.map_or("", |sex| if sex == Sex::Male { "Nam" } else { "Nữ" }).to_owned(),
            dob: person.born.map(PartialDate::iso).unwrap_or_default(),
            id_number: person.number.as_ref().map(CitizenId::as_str).unwrap_or_default().to_owned(),
            phone: person.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
            ethnicity: person.ethnicity.clone(),
            address: person.address.clone(),
        }
    }
}

/// The word of a step and its remark, from a state and the remark on it.
fn step_of(state: State, note: &str) -> Result<(&'static str, Option<String>)> {
    let mut words = STATES.iter().filter(|(_, other)| *other == state).map(|(word, _)| *word);
    let meant = words.next().ok_or_else(|| format!("no step is state {state:?}"))?;
    for word in words {
        if note == word {
            return Ok((word, None));
        }
        if let Some(note) = note.strip_prefix(word).and_then(|rest| rest.strip_prefix(DOT)) {
            return Ok((word, Some(note.to_owned())));
        }
    }
    Ok((meant, (!note.is_empty()).then(|| note.to_owned())))
}

fn nobody(name: &PersonName) -> Person {
    Person {
        name: name.clone(),
        number: None,
        old_number: None,
        born: None,
        sex: None,
        address: String::new(),
        phone: None,
        email: String::new(),
        ethnicity: String::new(),
    }
}

/// 32 bytes nobody can foretell, the same each time for the same name.
pub fn blake(name: &str) -> [u8; 32] {
    protocol::chain::follow(&protocol::chain::START, name.as_bytes())
}

fn milliseconds(text: &str) -> Result<u64> {
    Ok(u64::try_from(text.parse::<Timestamp>()?.as_millisecond())?)
}

fn civil(text: &str) -> Result<DateTime> {
    Ok(tz::offset(7).to_datetime(text.parse::<Timestamp>()?))
}

fn moment(entry: &Entry) -> Result<String> {
    let ms = i64::try_from(entry.stamp.hlc.millis())?;
    Ok(iso(tz::offset(7).to_datetime(Timestamp::from_millisecond(ms)?)))
}

/// A moment of the office's own time as lines write it.
pub fn iso(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+07:00").to_string()
}
