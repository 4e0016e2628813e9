//! One dossier with its timeline as a line of JSON, the form a load is brought in (`--data FILE`), and the operations the
//! product makes of it.
//!
//! Everything a line says is carried, so that unpacking gives the line back; its random ids are not, since the product
//! names a dossier and an operation by (replica, number). What the product has no operation for yet travels as the words of
//! a remark: the steps of the life of a dossier after its reception, fees taken, scans with their hashes, the people's
//! ethnicity.

use crate::Result;
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use domain::catalogue::Channel;
use domain::code::{AgencyCode, DossierCode};
use domain::dossier::{CardSeen, Entry, Op, Paper, Person, ProcedureInForce, Received, ResultAt, Submitter};
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

/// Between the parts of a remark that stands for an event.
const DOT: &str = " · ";

impl Line {
    /// The operations, in the order they were written.
    pub fn steps(&self) -> Result<Vec<Step>> {
        let first = self.events.first().ok_or("a dossier without an event")?;
        let mut steps = vec![Step {
            ms: milliseconds(&first.at)?,
            by: first.by.clone(),
            op: Op::Received(Box::new(self.received()?)),
        }];
        let noted = |event: &Event, text: String| -> Result<Step> {
            Ok(Step { ms: milliseconds(&event.at)?, by: event.by.clone(), op: Op::Noted { text } })
        };
        if let Some(text) = self.extras()? {
            steps.push(noted(first, text)?);
        }
        if let Some(words) = &first.note {
            steps.push(noted(first, words.clone())?);
        }
        let mut copies = 0;
        for event in self.events.iter().skip(1) {
            let said = || event.note.as_deref().unwrap_or_default();
            let mut step = noted(event, event.words())?;
            match event.kind.as_str() {
                PRINTED => {
                    copies += 1;
                    step.op = Op::Printed { form: said().to_owned(), copy: copies };
                }
                PHONE => step.op = Op::PhoneChanged { phone: Some(Phone::parse(said())?) },
                ALIAS => step.op = Op::AliasGiven { code: DossierCode::parse(said())? },
                _ => {}
            }
            steps.push(step);
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
            note: self.note.clone(),
            // Drawn at random in the product; as incompressible here.
            secret: HEXLOWER.encode(blake(&self.code).get(..2).unwrap_or_default()).to_uppercase(),
        })
    }

    /// What is known of people and scans and has no field of its own yet, as words.
    fn extras(&self) -> Result<Option<String>> {
        let mut parts = Vec::new();
        if !self.applicant.ethnicity.is_empty() {
            parts.push(self.applicant.ethnicity.clone());
        }
        for scan in self.attachments.iter().filter(|scan| !scan.hash.is_empty()) {
            let hash = BASE64_NOPAD.encode(&HEXLOWER.decode(scan.hash.as_bytes())?);
            parts.push(format!("{} {} {hash}", scan.pages, scan.bytes));
        }
        // The first remark of the moment of reception is always this one, empty where it has nothing to say.
        let has_note = self.events.first().is_some_and(|event| event.note.is_some());
        Ok((!parts.is_empty() || has_note).then(|| parts.join(DOT)))
    }

    /// The line that operations came from, but for its random ids, `seq` and `from`.
    pub fn of(timeline: &[Entry], name: impl Fn(&Entry) -> String) -> Result<Self> {
        let [first, rest @ ..] = timeline else { return Err("no operations".into()) };
        let Op::Received(received) = &first.op else { return Err("the first operation does not receive".into()) };
        let mut line = Self::of_received(received);
        let mut rest = rest.iter().peekable();
        let at_once = |entry: &&Entry| entry.stamp.hlc.millis() == first.stamp.hlc.millis();
        let mut event = Event { kind: "received".into(), by: name(first), at: moment(first)?, ..Event::default() };
        line.receiver.clone_from(&event.by);
        if let Some(Op::Noted { text }) = rest.next_if(|entry| at_once(entry)).map(|entry| &entry.op) {
            line.read_extras(text)?;
        }
        if let Some(Op::Noted { text }) = rest.next_if(|entry| at_once(entry)).map(|entry| &entry.op) {
            event.note = Some(text.clone());
        }
        line.events.push(event);
        for entry in rest {
            let (kind, note) = match &entry.op {
                Op::Noted { text } => {
                    line.events.push(Event { by: name(entry), at: moment(entry)?, ..Event::of_words(text)? });
                    continue;
                }
                Op::Printed { form, .. } => (PRINTED, form.clone()),
                Op::PhoneChanged { phone } => (PHONE, phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned()),
                Op::AliasGiven { code } => (ALIAS, code.as_str().to_owned()),
                _ => return Err("an operation that no line makes".into()),
            };
            let (by, at) = (name(entry), moment(entry)?);
            line.events.push(Event { kind: kind.into(), by, at, note: Some(note), ..Event::default() });
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

    fn read_extras(&mut self, text: &str) -> Result<()> {
        let mut scans = self.attachments.iter_mut();
        for part in text.split(DOT) {
            match part.split(' ').collect::<Vec<_>>().as_slice() {
                [pages, bytes, hash] if hash.len() == 43 => {
                    let scan = scans.next().ok_or("a scan without a paper")?;
                    scan.hash = HEXLOWER.encode(&BASE64_NOPAD.decode(hash.as_bytes())?);
                    (scan.pages, scan.bytes) = (pages.parse()?, bytes.parse()?);
                }
                _ => self.applicant.ethnicity = part.to_owned(),
            }
        }
        Ok(())
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
            ethnicity: String::new(),
        })
    }

    fn of(person: &Person) -> Self {
        Self {
            full_name: person.name.as_str().to_owned(),
            sex: person.sex.map_or("", |sex| if sex == Sex::Male { "Nam" } else { "Nữ" }).to_owned(),
            dob: person.born.map(PartialDate::iso).unwrap_or_default(),
            id_number: person.number.as_ref().map(CitizenId::as_str).unwrap_or_default().to_owned(),
            phone: person.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
            ethnicity: String::new(),
            address: person.address.clone(),
        }
    }
}

impl Event {
    fn words(&self) -> String {
        if self.kind == NOTED {
            return self.note.clone().unwrap_or_default();
        }
        let mut parts = vec![self.kind.clone()];
        if let Some((fee, receipt)) = self.fee.zip(self.receipt.as_ref()) {
            parts.push(format!("{fee} {receipt}"));
        }
        parts.extend(self.note.clone());
        parts.join(DOT)
    }

    fn of_words(text: &str) -> Result<Self> {
        let is_kind = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !text.split(DOT).next().is_some_and(is_kind) {
            return Ok(Self { kind: NOTED.to_owned(), note: Some(text.to_owned()), ..Self::default() });
        }
        let mut parts = text.split(DOT).peekable();
        let kind = parts.next().unwrap_or_default().to_owned();
        let paid = |part: &&str| part.split(' ').count() == 2 && part.starts_with(|c: char| c.is_ascii_digit());
        let (fee, receipt) = match parts.next_if(paid).and_then(|part| part.split_once(' ')) {
            Some((fee, receipt)) => (Some(fee.parse()?), Some(receipt.to_owned())),
            None => (None, None),
        };
        let note = parts.collect::<Vec<_>>().join(DOT);
        Ok(Self { kind, fee, receipt, note: (!note.is_empty()).then_some(note), ..Self::default() })
    }
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
