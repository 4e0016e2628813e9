//! How two desks' edits of one dossier meet. Nothing here drops an operation: all of them stay on the timeline.
//!
//! - Phone and address: the causally later write holds. Of truly concurrent ones the greater in (time, writer, number) does,
//!   and a card is raised.
//! - Name, personal number, result: no clock decides. Concurrent values stand side by side on a card; until a person
//!   chooses, what all of their authors had seen holds.
//! - Status: a move names the operation whose state it leads on from. Of several that lead on from the same one the
//!   earliest is in force; the others, and what follows them, are not, with a card. So with choices made while apart.
//! - A choice is a write of the value it keeps. It settles what its author had seen; what they had not, and another choice
//!   made while apart, raises the card again.
//! - Money is a ledger: lines are added and cancelled by counter-lines, and never meet.

use super::{Op, OpId, Part, Stamp, State};
use crate::code::DossierCode;
use crate::person::{CitizenId, PersonName, Phone};
use std::collections::{BTreeMap, BTreeSet};

/// What the authors of a dossier's operations had seen of each other's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<OpId, BTreeMap<u32, u64>>);

impl Seen {
    /// When it wrote `op`, its author had seen `upto` and all before it of that writer's log.
    pub fn note(&mut self, op: OpId, upto: OpId) {
        self.0.entry(op).or_default().insert(upto.replica, upto.seq);
    }

    /// Whether the author of `later` had seen `earlier`. Every author has seen their own log.
    pub fn covers(&self, later: OpId, earlier: OpId) -> bool {
        if later.replica == earlier.replica {
            return earlier.seq < later.seq;
        }
        self.0.get(&later).and_then(|seen| seen.get(&earlier.replica)).is_some_and(|seq| earlier.seq <= *seq)
    }
}

/// What an operation gives a part of the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A telephone number, or none.
    Phone(Option<Phone>),
    /// An address, may be empty.
    Address(String),
    /// A name.
    Name(PersonName),
    /// A personal number, or none.
    Number(Option<CitizenId>),
    /// A result.
    Result(String),
    /// A state.
    State(State),
    /// A number of the dossier.
    Code(DossierCode),
}

impl Value {
    /// The part it is of.
    pub fn part(&self) -> Part {
        match self {
            Self::Phone(_) => Part::Phone,
            Self::Address(_) => Part::Address,
            Self::Name(_) => Part::Name,
            Self::Number(_) => Part::Number,
            Self::Result(_) => Part::Result,
            Self::State(_) => Part::Status,
            Self::Code(_) => Part::Code,
        }
    }

    /// What an operation writes by itself; a choice writes what it keeps.
    fn of(op: &Op) -> Vec<Value> {
        match op {
            Op::Received(received) => vec![
                Self::Phone(received.applicant.phone.clone()),
                Self::Address(received.applicant.address.clone()),
                Self::Name(received.applicant.name.clone()),
                Self::Number(received.applicant.number.clone()),
                Self::State(State::Received),
                Self::Code(received.code.clone()),
            ],
            Op::PhoneChanged { phone } => vec![Self::Phone(phone.clone())],
            Op::AddressChanged { address } => vec![Self::Address(address.clone())],
            Op::NameCorrected { name } => vec![Self::Name(name.clone())],
            Op::NumberCorrected { number } => vec![Self::Number(number.clone())],
            Op::ResultRecorded { text } => vec![Self::Result(text.clone())],
            Op::Moved(moved) => vec![Self::State(moved.state)],
            Op::Renumbered { printed } => vec![Self::Code(printed.clone())],
            Op::Noted { .. }
            | Op::AliasGiven { .. }
            | Op::Printed { .. }
            | Op::Attached { .. }
            | Op::FeeTaken(_)
            | Op::FeeCancelled { .. }
            | Op::FeeConfirmed { .. }
            | Op::Settled { .. }
            | Op::Forgotten { .. }
            | Op::PaperReused(_)
            | Op::Unknown { .. } => vec![],
        }
    }
}

/// One version of a part: who wrote or chose it, and the operation it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Who and when.
    pub stamp: Stamp,
    /// The operation whose value it is; a choice names this one.
    pub kept: OpId,
    /// What it says.
    pub value: Value,
}

/// A card (việc cần xem lại): versions of one part that were written while apart, for a person to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewCard {
    /// Which part.
    pub part: Part,
    /// Two or more versions, oldest first.
    pub versions: Vec<Version>,
}

/// Everything ever written to the parts of a dossier, oldest first. A choice of what is not there writes nothing.
pub(super) fn writes<'a>(timeline: impl Iterator<Item = (&'a Stamp, &'a Op)> + Clone) -> Vec<Version> {
    let own: Vec<Version> = timeline
        .clone()
        .flat_map(|(stamp, op)| {
            Value::of(op).into_iter().map(|value| Version { stamp: stamp.clone(), kept: stamp.id, value })
        })
        .collect();
    let chosen = timeline.filter_map(|(stamp, op)| {
        let Op::Settled { part, kept } = op else { return None };
        let found = own.iter().find(|write| write.kept == *kept && write.value.part() == *part)?;
        Some(Version { stamp: stamp.clone(), ..found.clone() })
    });
    let chosen: Vec<Version> = chosen.collect();
    let mut all = own;
    all.extend(chosen);
    all.sort_by_key(|write| write.stamp.place());
    all
}

/// What holds of a part that is not the status, and the card it raises. `None` where nothing was ever written to it.
pub(super) fn register(
    part: Part,
    writes: &[Version],
    after: &dyn Fn(&Stamp, &Stamp) -> bool,
) -> (Option<Value>, Option<ReviewCard>) {
    let written: Vec<&Version> = writes.iter().filter(|write| write.value.part() == part).collect();
    let latest = latest(&written, after);
    let mut versions: Vec<Version> = Vec::new();
    for write in &latest {
        if versions.iter().all(|version| version.value != write.value) {
            versions.push((*write).clone());
        }
    }
    let holds = match part {
        Part::Phone | Part::Address | Part::Status | Part::Code => latest.last().map(|write| write.value.clone()),
        Part::Name | Part::Number | Part::Result => agreed(&written, after),
    };
    (holds, (versions.len() > 1).then_some(ReviewCard { part, versions }))
}

/// The value of the latest writes where they say the same, else of the latest that all of their authors had seen. It ends:
/// nobody has seen what they are about to write, so each round has fewer writes.
fn agreed(written: &[&Version], after: &dyn Fn(&Stamp, &Stamp) -> bool) -> Option<Value> {
    let latest = latest(written, after);
    let first = latest.first()?;
    if latest.iter().all(|write| write.value == first.value) {
        return Some(first.value.clone());
    }
    let seen_by_all = |write: &&Version| latest.iter().all(|last| after(&last.stamp, &write.stamp));
    let before: Vec<&Version> = written.iter().copied().filter(seen_by_all).collect();
    agreed(&before, after)
}

/// The writes that no author of another one had seen, oldest first.
fn latest<'a>(written: &[&'a Version], after: &dyn Fn(&Stamp, &Stamp) -> bool) -> Vec<&'a Version> {
    let mut latest: Vec<&Version> = Vec::new();
    for write in written {
        if !latest.iter().any(|other| after(&other.stamp, &write.stamp)) {
            latest.retain(|other| !after(&write.stamp, &other.stamp));
            latest.push(write);
        }
    }
    latest
}

/// The card of a dossier whose receipt says another number than it has, until a person has looked after it was renumbered.
pub(super) fn numbers(writes: &[Version], after: &dyn Fn(&Stamp, &Stamp) -> bool) -> Option<ReviewCard> {
    let of_code = || writes.iter().filter(|write| write.value.part() == Part::Code);
    let looked =
        |write: &Version| of_code().any(|other| other.stamp.id != other.kept && after(&other.stamp, &write.stamp));
    let versions: Vec<Version> = of_code().filter(|write| write.stamp.id == write.kept).cloned().collect();
    let open = versions.iter().skip(1).any(|write| !looked(write));
    open.then_some(ReviewCard { part: Part::Code, versions })
}

/// Where a dossier stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    /// The state.
    pub state: State,
    /// The operation that made it so.
    pub by: OpId,
    /// The steps that led there from the reception, in their order.
    pub way: Vec<OpId>,
    /// Moves that are not in force.
    pub idle: BTreeSet<OpId>,
    /// For a person, where moves met.
    pub card: Option<ReviewCard>,
}

/// The status after all moves and choices, from the reception on. `follows` says what each move follows.
pub(super) fn status(
    reception: OpId,
    follows: &BTreeMap<OpId, OpId>,
    writes: &[Version],
    after: &dyn Fn(&Stamp, &Stamp) -> bool,
) -> Status {
    let of_status = || writes.iter().filter(|write| write.value.part() == Part::Status);
    let moves: Vec<&Version> = of_status().filter(|write| follows.contains_key(&write.stamp.id)).collect();
    let choices: Vec<&Version> = of_status().filter(|write| write.stamp.id != write.kept).collect();
    let choices = latest(&choices, after);
    let mut next: BTreeMap<OpId, Vec<OpId>> = BTreeMap::new();
    for id in moves.iter().map(|write| write.stamp.id) {
        if let Some(before) = follows.get(&id) {
            next.entry(*before).or_default().push(id);
        }
    }

    let mut by = choices.first().map_or(reception, |choice| choice.kept);
    let mut held = BTreeSet::from([by]);
    // What led to where a person put it was in force in its time.
    let mut back = by;
    while let Some(before) = follows.get(&back)
        && held.insert(*before)
    {
        back = *before;
    }
    let mut onward = |from: &OpId| next.get(from)?.iter().copied().find(|id| held.insert(*id));
    while let Some(id) = onward(&by) {
        by = id;
    }

    let idle: BTreeSet<OpId> = moves.iter().map(|write| write.stamp.id).filter(|id| !held.contains(id)).collect();
    let open = |write: &&&Version| {
        let id = write.stamp.id;
        let settled = choices.iter().any(|choice| after(&choice.stamp, &write.stamp));
        idle.contains(&id) && (!settled || choices.iter().any(|choice| choice.kept == id))
    };
    let open: Vec<&Version> = moves.iter().filter(open).copied().collect();
    let led_on: BTreeSet<&OpId> = open.iter().filter_map(|write| follows.get(&write.stamp.id)).collect();
    let holds = of_status().find(|write| write.stamp.id == by);
    let ends = open.iter().copied().filter(|write| !led_on.contains(&write.stamp.id));
    let versions = holds.into_iter().chain(ends);
    let mut versions: Vec<Version> = versions.cloned().collect();
    versions.sort_by_key(|version| version.stamp.place());
    let state = holds.map(|write| &write.value);
    let state = if let Some(Value::State(state)) = state { *state } else { State::Received };
    let mut way: Vec<OpId> = std::iter::successors(Some(by), |id| follows.get(id).copied()).take(moves.len()).collect();
    way.retain(|id| *id != reception);
    way.reverse();
    Status { state, by, way, idle, card: (versions.len() > 1).then_some(ReviewCard { part: Part::Status, versions }) }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test that meets what it does not expect has failed")]
pub(super) mod tests;
