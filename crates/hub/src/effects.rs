//! What operations do at the hub: which are set aside, and the dossiers, the feed and the outbox that follow from the
//! others. Everything here follows from rows really inserted, in their transaction, so nothing happens twice.

use crate::SetAsideReason;
use crate::store::dossier::DossierRow;
use crate::store::{Door, dossier, far_ahead, lease, op, outbox};
use domain::code::{AgencyCode, DossierCode};
use domain::dossier::{Dossier, Entry, Hlc, Op, OpId, Stamp};
use protocol::fields::{self, Content};
use protocol::message::Carried;
use protocol::op::{Encoded, MAX_PART, Public, Ref};
use rusqlite::{Connection, Result};

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
}

/// Reads an operation; `None` where its bytes break the format. A kind of a newer release is read as far as its frame.
pub fn read(id: OpId, carried: &Carried) -> Option<Reading> {
    let entry = open(id, carried)?;
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
        Content::Dossier(Op::Unknown { .. }) | Content::OfficerAdded { .. } => entry.dossier,
        // Part of a dossier's life, but of no dossier.
        Content::Dossier(_) => Some(entry.dossier?),
    };
    let receives = match entry.content {
        Content::Dossier(Op::Received(received)) => Some((received.code, received.agency)),
        _ => None,
    };
    Some(Reading { kind: entry.kind, hlc: entry.stamp.hlc, dossier, receives })
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
    content: Content,
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
    let stamp = Stamp { id, hlc: Hlc(public.hlc), actor: public.actor.map(seen) };
    Some(Opened { kind: public.kind, stamp, dossier: public.dossier.map(seen), content })
}

/// The rule an operation of this agency breaks, if it breaks one.
pub fn breaks(store: &Connection, agency: &str, reading: Option<&Reading>) -> Result<Option<SetAsideReason>> {
    let Some(reading) = reading else { return Ok(Some(SetAsideReason::Unreadable)) };
    if let Some((code, receiver)) = &reading.receives {
        return Ok(if receiver.as_str() != agency {
            Some(SetAsideReason::WrongAgency)
        } else if dossier::has_code(store, agency, code.as_str())? {
            Some(SetAsideReason::CodeTaken)
        } else {
            None
        });
    }
    let Some(dossier) = reading.dossier else { return Ok(None) };
    let owner = lease::agency_of(store, dossier.replica)?;
    Ok(owner.is_some_and(|owner| owner != agency).then_some(SetAsideReason::WrongAgency))
}

/// Notes an operation that claims a time no clock shows yet.
pub fn note_time(door: &Door<'_>, agency: &str, id: OpId, hlc: Hlc, now: u64) -> Result<()> {
    if hlc.millis() > now.saturating_add(Hlc::MAX_LEAD_MS) {
        far_ahead::note(door, agency, id, hlc, now)
    } else {
        Ok(())
    }
}

/// Lets an inserted operation take effect. The dossier it concerns is folded by [`fold`], once for all of a request's
/// operations; only a dossier that is being received is folded at once, because its number is now taken.
pub fn take(door: &Door<'_>, agency: &str, id: OpId, reading: &Reading, now: u64) -> Result<()> {
    if let Some((code, _)) = &reading.receives {
        fold(door, agency, id)?;
        let payload = serde_json::json!({ "code": code.as_str() }).to_string();
        outbox::put(door, agency, id, outbox::DOSSIER_RECEIVED, &payload, now)?;
    }
    Ok(())
}

/// Makes a dossier's row from its operations, in whatever order they came. Nothing happens until its reception is here.
pub fn fold(door: &Door<'_>, agency: &str, id: OpId) -> Result<()> {
    let entries = op::of_dossier(door, agency, id)?.into_iter().filter_map(|(id, carried)| {
        let Opened { stamp, content, .. } = open(id, &carried)?;
        match content {
            Content::Dossier(op) => Some(Entry { stamp, op }),
            Content::OfficerAdded { .. } => None,
        }
    });
    let Some(dossier) = Dossier::fold(entries) else { return Ok(()) };
    let row = DossierRow {
        id,
        code: dossier.received().code.as_str().to_owned(),
        alias: dossier.aliases().last().map(|alias| alias.as_str().to_owned()),
        state: dossier.state(),
        received_at: dossier.received().at.to_string(),
    };
    dossier::put(door, agency, &row)
}
