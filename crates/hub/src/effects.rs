//! What operations do at the hub: which are set aside, and the dossiers, the feed and the outbox that follow from the
//! others. Everything here follows from rows really inserted, in their transaction, so nothing happens twice.

use crate::SetAsideReason;
use crate::store::desk::Desk;
use crate::store::dossier::DossierRow;
use crate::store::{Door, Fault, Reader, clock_note, dossier, lease, op, outbox, scan, seen};
use domain::code::{AgencyCode, DossierCode};
use domain::dossier::{Dossier, Entry, Hlc, Op, OpId, Seen, Stamp};
use protocol::fields::{self, ClockNote, Content};
use protocol::message::Carried;
use protocol::op::{Encoded, MAX_PART, Public, Ref, is_the_hubs};
use std::collections::{BTreeMap, BTreeSet, btree_map};

/// No log grows to this number; what claims to is not computed with.
pub const LAST_NUMBER: u64 = 1 << 48;

/// The end of the hybrid clocks that fit a signed column: the year 6429.
const LAST_TIME: u64 = 1 << 62;

/// What the hub understands of an operation.
#[derive(Debug)]
pub struct Reading {
    /// Its kind.
    pub kind: u16,
    /// Its time.
    pub hlc: Hlc,
    /// The dossier concerned.
    pub dossier: Option<OpId>,
    /// The number and the agency of a dossier it receives.
    pub receives: Option<(DossierCode, AgencyCode)>,
    /// The scan it names: hash and bytes.
    pub scan: Option<([u8; 32], u64)>,
    /// Whether it has the persons' data of its dossier erased.
    pub forgets: bool,
    /// What it says of a clock, where the hub itself wrote it.
    pub note: Option<ClockNote>,
    /// What its author had newly seen of other logs.
    seen: BTreeMap<u32, u64>,
    /// What it does to the dossier's row, where it does anything.
    entry: Option<Entry>,
}

/// Reads an operation; `None` where its bytes break the format. A kind of a newer release is read as far as its frame.
pub fn read(id: OpId, carried: &Carried) -> Option<Reading> {
    let mut entry = open(id, carried)?;
    // Times and numbers no desk could store, and a reception that claims to belong to another dossier, are of no use to anybody.
    let beyond = |id: &OpId| id.seq >= LAST_NUMBER;
    if entry.stamp.hlc.0 >= LAST_TIME
        || entry.dossier.as_ref().is_some_and(beyond)
        || entry.stamp.actor.as_ref().is_some_and(beyond)
    {
        return None;
    }
    let dossier = match &entry.content {
        Content::Dossier(Op::Received(_)) if entry.dossier.is_some() => return None,
        Content::Dossier(Op::Received(_)) => Some(id),
        Content::Dossier(Op::Unknown { .. })
        | Content::OfficerAdded { .. }
        | Content::ClockNoted(_)
        | Content::NotReceived(_)
        | Content::ShiftClosed(_)
        | Content::PaidIn(_) => entry.dossier,
        // Part of a dossier's life, but of no dossier.
        Content::Dossier(_) => Some(entry.dossier?),
    };
    let receives = match &entry.content {
        Content::Dossier(Op::Received(received)) => Some((received.code.clone(), received.agency.clone())),
        _ => None,
    };
    let scan = match &entry.content {
        Content::Dossier(Op::Attached { hash, bytes, .. }) if *bytes > 0 => Some((hash.0, *bytes)),
        _ => None,
    };
    let note = match &entry.content {
        Content::ClockNoted(note) if is_the_hubs(id.replica) => Some(*note),
        _ => None,
    };
    let forgets = matches!(entry.content, Content::Dossier(Op::Forgotten { .. }));
    let (kind, hlc, seen) = (entry.kind, entry.stamp.hlc, std::mem::take(&mut entry.seen));
    Some(Reading { kind, hlc, dossier, receives, scan, forgets, note, seen, entry: entry.moving_the_row() })
}

/// The number of a dossier whose reception was set aside, where it can still be read.
pub fn code_of(id: OpId, carried: &Carried) -> Option<DossierCode> {
    read(id, carried)?.receives.map(|(code, _)| code)
}

/// An operation, opened.
struct Opened {
    kind: u16,
    stamp: Stamp,
    dossier: Option<OpId>,
    seen: BTreeMap<u32, u64>,
    content: Content,
}

impl Opened {
    /// The entry on the dossier's timeline, where the dossier's row at the hub depends on it.
    fn moving_the_row(self) -> Option<Entry> {
        match self.content {
            Content::Dossier(op) => match op {
                Op::Received(_) | Op::AliasGiven { .. } | Op::Moved(_) | Op::Settled { .. } => {
                    Some(Entry { stamp: self.stamp, op })
                }
                Op::Noted { .. }
                | Op::PhoneChanged { .. }
                | Op::Printed { .. }
                | Op::Attached { .. }
                | Op::AddressChanged { .. }
                | Op::NameCorrected { .. }
                | Op::NumberCorrected { .. }
                | Op::FeeTaken(_)
                | Op::FeeCancelled { .. }
                | Op::FeeConfirmed { .. }
                | Op::ResultRecorded { .. }
                | Op::Renumbered { .. }
                | Op::Forgotten { .. }
                | Op::PaperReused(_)
                | Op::Unknown { .. } => None,
            },
            Content::OfficerAdded { .. }
            | Content::ClockNoted(_)
            | Content::NotReceived(_)
            | Content::ShiftClosed(_)
            | Content::PaidIn(_) => None,
        }
    }
}

fn open(id: OpId, carried: &Carried) -> Option<Opened> {
    // A personal part without its salt, or the salt alone, cannot be held against the hash.
    let torn = carried.personal.is_some() != carried.salt.is_some();
    if torn || carried.personal.as_ref().is_some_and(|personal| personal.len() > MAX_PART) {
        return None;
    }
    let encoded = Encoded::from(carried.clone());
    let public: Public = encoded.open().ok()?;
    let content = fields::read(&public, encoded.personal.as_ref().map(|personal| personal.bytes.as_slice())).ok()?;
    let seen = |reference: Ref| reference.seen_from(id.replica);
    let stamp = Stamp { id, hlc: Hlc(public.hlc), noted_ms: None, actor: public.actor.map(seen) };
    let dossier = public.dossier.map(seen);
    Some(Opened { kind: public.kind, stamp, dossier, seen: public.newly_seen(), content })
}

/// The rule that each of the new operations of a desk's replica breaks, if it breaks one; in the order of the operations.
pub fn breaks(
    store: &Reader<'_>,
    member: &Desk,
    replica: u32,
    readings: &[Option<&Reading>],
) -> Result<Vec<Option<SetAsideReason>>, Fault> {
    if member.stolen {
        return Ok(vec![Some(SetAsideReason::Stolen); readings.len()]);
    }
    let agency = member.agency.as_str();
    let asked: Vec<&str> =
        readings.iter().flatten().filter_map(|r| r.receives.as_ref()).map(|(code, _)| code.as_str()).collect();
    let mut taken = dossier::taken(store, agency, &asked)?;
    let mut owners = BTreeMap::from([(replica, Some(agency.to_owned()))]);
    let mut broken = |reading: &Reading| {
        if let Some((code, receiver)) = &reading.receives {
            return Ok(if receiver.as_str() != agency {
                Some(SetAsideReason::WrongAgency)
            } else if !taken.insert(code.as_str().to_owned()) {
                Some(SetAsideReason::CodeTaken)
            } else {
                None
            });
        }
        let Some(dossier) = reading.dossier else { return Ok(None) };
        let owner = match owners.entry(dossier.replica) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(unknown) => unknown.insert(lease::agency_of(store, dossier.replica)?),
        };
        Ok(owner.as_deref().is_some_and(|owner| owner != agency).then_some(SetAsideReason::WrongAgency))
    };
    readings.iter().map(|reading| reading.map_or(Ok(Some(SetAsideReason::Unreadable)), &mut broken)).collect()
}

/// Notes what the authors of operations say to have newly seen of each other's logs, also of operations that are set aside.
pub fn note_seen<'a>(
    door: &Door<'_>,
    agency: &str,
    new: impl Iterator<Item = (OpId, &'a Carried, Option<&'a Reading>)>,
) -> Result<(), Fault> {
    let mut said = Vec::new();
    for (id, carried, reading) in new {
        // Of what cannot be read as a whole its frame may still say it.
        let unread = || Public::decode(&carried.public).map(|public| public.newly_seen()).unwrap_or_default();
        let seen = reading.map_or_else(unread, |reading| reading.seen.clone());
        said.extend(seen.into_iter().map(|(replica, seq)| (id, OpId { replica, seq })));
    }
    seen::note(door, agency, &said)
}

/// What new operations do beyond their own log.
#[derive(Debug, Default)]
pub struct Effects {
    /// Dossiers as they are now.
    dossiers: Vec<DossierRow>,
    /// Those that were received, each with what the portal is to hear.
    received: Vec<(OpId, String)>,
    /// Scans they name.
    scans: Vec<(OpId, [u8; 32], u64)>,
}

/// What these new operations will do once they are stored. Dossiers are folded from their operations, in whatever order they
/// came; nothing happens to one until its reception is here.
pub fn of<'a>(
    store: &Reader<'_>,
    agency: &str,
    new: impl Iterator<Item = (OpId, &'a Reading)>,
    forgotten: &BTreeSet<OpId>,
) -> Result<Effects, Fault> {
    let mut effects = Effects::default();
    let mut timelines: BTreeMap<OpId, Vec<Entry>> = BTreeMap::new();
    for (id, reading) in new {
        let is_wanted = reading.dossier.is_none_or(|dossier| !forgotten.contains(&dossier));
        effects.scans.extend(reading.scan.filter(|_| is_wanted).map(|(hash, bytes)| (id, hash, bytes)));
        if let Some((code, _)) = &reading.receives {
            effects.received.push((id, serde_json::json!({ "code": code.as_str() }).to_string()));
        }
        if let (Some(dossier), Some(entry)) = (reading.dossier, &reading.entry) {
            timelines.entry(dossier).or_default().push(entry.clone());
        }
        if let Some(ClockNote { replica, first, last, .. }) = reading.note {
            for dossier in op::dossiers_within(store, agency, replica, first, last)? {
                timelines.entry(dossier).or_default();
            }
        }
    }
    let mut by_receiver: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for dossier in timelines.keys() {
        by_receiver.entry(dossier.replica).or_default().push(dossier.seq);
    }
    for (replica, numbers) in by_receiver {
        for (id, public) in op::moving(store, agency, replica, &numbers)? {
            // Nothing of the row is personal, and the personal part was held against its hash when it came.
            let Some(reading) = read(id, &Carried { public, personal: None, salt: None }) else { continue };
            if let (Some(dossier), Some(entry)) = (reading.dossier, reading.entry) {
                timelines.entry(dossier).or_default().push(entry);
            }
        }
    }
    // Where all is one writer's there is nothing to ask, and that is nearly always.
    let asked: Vec<_> = timelines.values().flat_map(|timeline| meetings(timeline)).collect();
    let seen = seen::of(store, agency, &asked)?;
    let met: BTreeSet<OpId> = asked.into_iter().map(|(op, _)| op).collect();
    let noted = clock_note::of(store, agency, &met.into_iter().collect::<Vec<_>>())?;
    for entry in timelines.values_mut().flatten() {
        entry.stamp.noted_ms = noted.get(&entry.stamp.id).copied();
    }
    effects.dossiers = timelines.into_iter().filter_map(|(id, timeline)| row(id, timeline, &seen)).collect();
    Ok(effects)
}

/// Each operation of a dossier with each other writer there.
fn meetings(timeline: &[Entry]) -> Vec<(OpId, u32)> {
    let writers: BTreeSet<u32> = timeline.iter().map(|entry| entry.stamp.id.replica).collect();
    let others = |id: OpId| writers.iter().filter(move |other| **other != id.replica).map(move |other| (id, *other));
    timeline.iter().flat_map(|entry| others(entry.stamp.id)).collect()
}

fn row(id: OpId, timeline: Vec<Entry>, seen: &Seen) -> Option<DossierRow> {
    let dossier = Dossier::merge(timeline, seen)?;
    Some(DossierRow {
        id,
        code: dossier.received().code.as_str().to_owned(),
        alias: dossier.aliases().last().map(|alias| alias.as_str().to_owned()),
        state: dossier.state().number(),
        received_at: dossier.received().at.to_string(),
    })
}

impl Effects {
    /// Lets them happen, in the transaction that stored the operations.
    pub fn take(&self, door: &Door<'_>, agency: &str, now: u64) -> Result<(), Fault> {
        dossier::put(door, agency, &self.dossiers)?;
        scan::name(door, agency, &self.scans)?;
        outbox::put(door, agency, outbox::DOSSIER_RECEIVED, &self.received, now)
    }
}
