//! Clocks that are too far ahead to be believed. What claims a time that no clock shows yet is stored as it is; the hub notes
//! in a log of its own when it heard of it, and every fold, here and at the desks, goes by that (docs/adr/0014).

use crate::effects::Reading;
use crate::store::op::{self, NewOp};
use crate::store::{Door, Fault, checkpoint, clock_note, whole};
use domain::dossier::{Hlc, OpId};
use ed25519_dalek::SigningKey;
use protocol::chain::{self, Checkpoint};
use protocol::fields::{self, ClockNote, Content, Header};
use protocol::message::Carried;
use protocol::op::replica_of_hub;

/// Keeps what the hub noted once itself and somebody brings back to it.
pub fn learn<'a>(door: &Door<'_>, agency: &str, new: impl Iterator<Item = (OpId, &'a Reading)>) -> Result<(), Fault> {
    let notes: Vec<_> = new.filter_map(|(id, reading)| Some((id, reading.note?))).collect();
    clock_note::keep(door, agency, &notes)
}

/// Notes those of a desk's new operations that claim too late a time. The notes follow `feed_end` in the feed. Answers how many
/// there are.
pub fn note(
    door: &Door<'_>,
    signer: &SigningKey,
    agency: &str,
    times: impl Iterator<Item = (OpId, Hlc)>,
    feed_end: u64,
    now: u64,
) -> Result<u64, Fault> {
    let latest = now.saturating_add(Hlc::MAX_LEAD_MS);
    let ahead: Vec<OpId> = times.filter(|(_, hlc)| hlc.millis() > latest).map(|(id, _)| id).collect();
    if ahead.is_empty() {
        return Ok(0);
    }
    // A hub that was put back from a backup may have been told already what it once noted.
    let known = clock_note::of(door, agency, &ahead)?;
    let mut notes: Vec<ClockNote> = Vec::new();
    for OpId { replica, seq } in ahead.into_iter().filter(|id| !known.contains_key(id)) {
        match notes.last_mut() {
            Some(note) if note.last + 1 == seq => note.last = seq,
            _ => notes.push(ClockNote { replica, first: seq, last: seq, at_ms: now }),
        }
    }
    say(door, signer, agency, &notes, feed_end, now)?;
    Ok(notes.len() as u64)
}

/// Writes notes into the hub's own log of this epoch.
fn say(
    door: &Door<'_>,
    signer: &SigningKey,
    agency: &str,
    notes: &[ClockNote],
    feed_end: u64,
    now: u64,
) -> Result<(), Fault> {
    let replica = replica_of_hub(whole::epoch(door)?);
    let (end, mut head) = op::end(door, agency, replica)?;
    let written = |note: &ClockNote| {
        let header = Header { hlc: Hlc(now << 16), actor: None, dossier: None, deps: Vec::new(), was: None };
        // Nothing in it is personal, so no seed hides anything.
        fields::write(&header, &Content::ClockNoted(*note), &[0; 16]).map(Carried::from).map_err(|_| Fault::Column)
    };
    let carried = notes.iter().map(written).collect::<Result<Vec<Carried>, Fault>>()?;
    let mut rows = Vec::new();
    for (seq, carried) in (end + 1..).zip(&carried) {
        head = chain::follow(&head, &carried.public);
        let (id, kind) = (OpId { replica, seq }, Some(fields::kind::CLOCK_NOTED));
        rows.push(NewOp { id, carried, head, kind, dossier: None, set_aside: None });
    }
    let Some(last) = rows.last().map(|row| row.id.seq) else { return Ok(()) };
    op::add(door, agency, &rows, feed_end, now)?;
    checkpoint::keep(door, agency, &Checkpoint::sign(signer, replica, last, head))?;
    let kept: Vec<_> = rows.iter().zip(notes).map(|(row, note)| (row.id, *note)).collect();
    clock_note::keep(door, agency, &kept)
}
