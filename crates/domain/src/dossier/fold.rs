//! The present state of a dossier: the fold of its operations, the same at every desk that holds the same operations.

use super::merge::{self, ReviewCard, Seen, Value, Version};
use super::{FeeLine, FeeTaken, Moved, Op, OpId, Part, Person, Received, Recipient, ResultPaper, Stamp, State, Step};
use crate::code::DossierCode;
use crate::person::Phone;
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};

/// One line of a dossier's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who and when.
    pub stamp: Stamp,
    /// What happened.
    pub op: Op,
}

/// A dossier as its operations make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    id: OpId,
    received: Box<Received>,
    applicant: Person,
    result: String,
    state: State,
    state_by: OpId,
    way: Vec<(Stamp, Moved)>,
    due: Option<DateTime>,
    idle: BTreeSet<OpId>,
    aliases: Vec<DossierCode>,
    fees: Vec<FeeLine>,
    cards: Vec<ReviewCard>,
    writes: Vec<Version>,
    timeline: Vec<Entry>,
}

impl Dossier {
    /// Folds a dossier's operations with what their authors had seen. The order they are given in does not matter.
    ///
    /// `None` while the operation that received it has not arrived.
    pub fn merge(entries: impl IntoIterator<Item = Entry>, seen: &Seen) -> Option<Dossier> {
        let mut timeline: Vec<Entry> = entries
            .into_iter()
            .map(|Entry { stamp, op }| Entry { op: op.named(|id| id.seen_from(stamp.id.replica)), stamp })
            .collect();
        timeline.sort_by_key(|entry| entry.stamp.place());
        timeline.dedup_by_key(|entry| entry.stamp.id);
        let (id, received) = timeline.iter().find_map(|entry| match &entry.op {
            Op::Received(received) => Some((entry.stamp.id, received.clone())),
            _ => None,
        })?;
        // Who writes about a dossier has seen its reception.
        let after =
            |later: &Stamp, earlier: &Stamp| later.id != id && (earlier.id == id || seen.covers(later.id, earlier.id));
        let writes = merge::writes(timeline.iter().map(|entry| (&entry.stamp, &entry.op)));
        let mut dossier = Dossier {
            id,
            applicant: received.applicant.clone(),
            due: received.due,
            received,
            result: String::new(),
            state: State::Received,
            state_by: id,
            way: vec![],
            idle: BTreeSet::new(),
            aliases: vec![],
            fees: vec![],
            cards: vec![],
            writes: vec![],
            timeline: vec![],
        };
        for part in [Part::Phone, Part::Address, Part::Name, Part::Number, Part::Result] {
            let (holds, card) = merge::register(part, &writes, &after);
            dossier.put(holds);
            dossier.cards.extend(card);
        }
        let mut follows = BTreeMap::new();
        let mut cancelled = BTreeSet::new();
        let mut confirmed = BTreeMap::new();
        for entry in &timeline {
            match &entry.op {
                Op::Moved(moved) => {
                    follows.insert(entry.stamp.id, moved.follows);
                }
                Op::FeeCancelled { line, .. } => {
                    cancelled.insert(*line);
                }
                Op::FeeConfirmed { line, reference } => {
                    // The first word stands, whoever says it again.
                    confirmed.entry(*line).or_insert_with(|| reference.clone());
                }
                Op::FeeTaken(fee) => dossier.fees.push(FeeLine {
                    stamp: entry.stamp.clone(),
                    fee: FeeTaken::clone(fee),
                    cancelled: false,
                    confirmed: None,
                }),
                Op::AliasGiven { code } if !dossier.aliases.contains(code) => dossier.aliases.push(code.clone()),
                Op::AliasGiven { .. }
                | Op::Received(_)
                | Op::Noted { .. }
                | Op::PhoneChanged { .. }
                | Op::Printed { .. }
                | Op::Attached { .. }
                | Op::AddressChanged { .. }
                | Op::NameCorrected { .. }
                | Op::NumberCorrected { .. }
                | Op::ResultRecorded { .. }
                | Op::Settled { .. }
                | Op::Renumbered { .. }
                | Op::Forgotten { .. }
                | Op::PaperReused(_)
                | Op::Unknown { .. } => {}
            }
        }
        for line in &mut dossier.fees {
            line.cancelled = cancelled.contains(&line.stamp.id);
            line.confirmed = confirmed.remove(&line.stamp.id);
        }
        let status = merge::status(id, &follows, &writes, &after);
        (dossier.state, dossier.state_by, dossier.idle) = (status.state, status.by, status.idle);
        for id in &status.way {
            let written = timeline.iter().find(|entry| entry.stamp.id == *id);
            if let Some(Entry { stamp, op: Op::Moved(moved) }) = written {
                dossier.due = moved.step.due().or(dossier.due);
                dossier.way.push((stamp.clone(), Moved::clone(moved)));
            }
        }
        dossier.cards.extend(status.card);
        dossier.cards.extend(merge::numbers(&writes, &after));
        (dossier.writes, dossier.timeline) = (writes, timeline);
        Some(dossier)
    }

    fn put(&mut self, value: Option<Value>) {
        match value {
            Some(Value::Phone(phone)) => self.applicant.phone = phone,
            Some(Value::Address(address)) => self.applicant.address = address,
            Some(Value::Name(name)) => self.applicant.name = name,
            Some(Value::Number(number)) => self.applicant.number = number,
            Some(Value::Result(text)) => self.result = text,
            Some(Value::State(_) | Value::Code(_)) | None => {}
        }
    }

    /// The operation that received it; by it every other operation names the dossier.
    pub fn id(&self) -> OpId {
        self.id
    }

    /// What was taken in, as it was then.
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// The applicant as they are known now.
    pub fn applicant(&self) -> &Person {
        &self.applicant
    }

    /// The applicant's telephone number now.
    pub fn phone(&self) -> Option<&Phone> {
        self.applicant.phone.as_ref()
    }

    /// The result in force, empty while there is none or a person has to choose between several.
    pub fn result(&self) -> &str {
        &self.result
    }

    /// Official codes given by other systems, oldest first.
    pub fn aliases(&self) -> &[DossierCode] {
        &self.aliases
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// The steps in force, from the reception on.
    pub fn way(&self) -> &[(Stamp, Moved)] {
        &self.way
    }

    /// When the result is due now: as promised at the reception, moved by waiting or by an extension.
    pub fn due(&self) -> Option<DateTime> {
        self.due
    }

    /// Since when it stands where it stands, UTC+7.
    pub fn since(&self) -> DateTime {
        self.way.last().map_or(self.received.at, |(stamp, moved)| moved.at.unwrap_or_else(|| stamp.time().civil()))
    }

    /// How often the citizen was asked for papers.
    pub fn supplements_asked(&self) -> usize {
        self.way.iter().filter(|(_, moved)| matches!(moved.step, Step::SupplementAsked { .. })).count()
    }

    /// Whether its time was extended.
    pub fn extended(&self) -> bool {
        self.way.iter().any(|(_, moved)| matches!(moved.step, Step::Extended { .. }))
    }

    /// The moment an extension was drafted for and is not signed yet.
    pub fn drafted_extension(&self) -> Option<DateTime> {
        self.way.iter().rev().find_map(|(_, moved)| match moved.step {
            Step::ExtensionDrafted { due, .. } => Some(due),
            _ => None,
        })
    }

    /// What it was finished with; empty while it is not, or was reopened.
    pub fn results(&self) -> &[ResultPaper] {
        let papers = self.way.iter().rev().find_map(|(_, moved)| match &moved.step {
            Step::Finished { results } => Some(results.as_slice()),
            Step::Reopened { .. } => Some(&[][..]),
            _ => None,
        });
        papers.unwrap_or_default()
    }

    /// Whom the result was given to, where it was.
    pub fn handed_back(&self) -> Option<&Recipient> {
        self.way.iter().rev().find_map(|(_, moved)| match &moved.step {
            Step::HandedBack(recipient) if self.state == State::HandedBack => Some(recipient),
            _ => None,
        })
    }

    /// The operation that made the state; the next move follows it.
    pub fn state_by(&self) -> OpId {
        self.state_by
    }

    /// Whether an operation is a move that is not in force (không có hiệu lực).
    pub fn is_idle(&self, op: OpId) -> bool {
        self.idle.contains(&op)
    }

    /// The fee ledger, oldest first.
    pub fn fees(&self) -> &[FeeLine] {
        &self.fees
    }

    /// What a person has to look at, by part.
    pub fn cards(&self) -> &[ReviewCard] {
        &self.cards
    }

    /// Everything ever written to the parts of the dossier, oldest first.
    pub fn writes(&self) -> &[Version] {
        &self.writes
    }

    /// How often a form was printed.
    pub fn printed(&self, form: &str) -> u32 {
        let copies = self.timeline.iter().filter(|entry| matches!(&entry.op, Op::Printed { form: f, .. } if f == form));
        u32::try_from(copies.count()).unwrap_or(u32::MAX)
    }

    /// Whether its persons' data was erased after its retention.
    pub fn is_forgotten(&self) -> bool {
        self.timeline.iter().any(|entry| matches!(entry.op, Op::Forgotten { .. }))
    }

    /// Everything that happened, oldest first.
    pub fn timeline(&self) -> &[Entry] {
        &self.timeline
    }
}
