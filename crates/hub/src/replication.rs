//! A desk sends its operations and asks for those of the others. What is well signed is always stored and acknowledged;
//! what breaks a rule is stored without effect, so that nothing blocks what follows.

use crate::Refusal;
use crate::effects::{self, LAST_NUMBER, Reading};
use crate::hub::{Failure, Hub, Serving, answer_with};
use crate::store::desk;
use crate::store::op::NewOp;
use crate::store::{Door, Fault, Reader, checkpoint, feed, op};
use crate::{forgetting, times};
use axum::body::Bytes;
use domain::dossier::OpId;
use ed25519_dalek::VerifyingKey;
use protocol::chain::{self, Checkpoint, Head};
use protocol::frame::{self, Dictionary};
use protocol::message::{Carried, SYNC, SetAside, Signed, SyncReply, SyncRequest};
use protocol::op::is_the_hubs;
use std::sync::Arc;

/// Operations one request may carry.
const MAX_OPS: usize = 4096;

/// Bytes of operations one answer carries, before packing.
const PAGE: usize = 256 * 1024;

/// What a desk sent, read and signed.
pub struct Upload {
    /// The agency of the desk it comes from.
    agency: String,
    /// What it sent.
    pub request: SyncRequest,
    /// What the hub understands of each operation.
    readings: Vec<Option<Reading>>,
    dictionary: Dictionary,
}

impl Upload {
    /// Whether there is anything to hold against the log.
    pub fn brings_something(&self) -> bool {
        !self.request.ops.is_empty() || self.request.checkpoint.is_some()
    }

    /// Whether an operation names a scan.
    pub fn brings_scans(&self) -> bool {
        self.readings.iter().flatten().any(|reading| reading.scan.is_some())
    }
}

/// What came over an open connection, its signature verified there.
pub fn uploaded(agency: &str, request: SyncRequest) -> Result<Upload, Refusal> {
    if request.ops.len() > MAX_OPS {
        return Err(Refusal::TooLarge);
    }
    if last(&request).is_none() {
        return Err(Refusal::Malformed);
    }
    let readings = numbered(&request).map(|(id, carried)| effects::read(id, carried)).collect();
    Ok(Upload { agency: agency.to_owned(), readings, dictionary: Dictionary::None, request })
}

/// What became of what a desk sent.
#[derive(Debug)]
pub struct Taken {
    /// Where its log ends now.
    pub end: (u64, Head),
    /// What of it has no effect.
    pub set_aside: Vec<SetAside>,
    /// Where the agency's feed ended before it, and where it ends with it.
    feed: (u64, u64),
    /// Where the feed ends with what the hub itself said to it.
    reached: u64,
}

impl Taken {
    /// Where a writer who had read the feed up to `cursor` has to read on: what it has just sent it knows.
    fn passed(&self, cursor: u64) -> u64 {
        if cursor == self.feed.0 { self.feed.1 } else { cursor }
    }
}

/// Answers a request to replicate.
pub async fn sync(hub: Arc<Serving>, body: Bytes) -> Result<Vec<u8>, Failure> {
    let upload = Arc::new(hub.aside(move |hub| open(hub, &body)).await?);
    let now = (hub.clock)();
    let mut taken = None;
    if upload.brings_something() {
        let (brought, at) = (Arc::clone(&upload), Arc::clone(&hub));
        taken = Some(hub.writer.write(&upload.agency, move |door| take_in(door, &at, &brought, now)).await??);
        hub.feeds.grew(&upload.agency);
    }
    hub.aside(move |hub| answered(hub, &upload, taken, now)).await
}

/// The answer, packed, once what was sent is stored.
pub fn answered(hub: &Hub, upload: &Upload, taken: Option<Taken>, now: u64) -> Result<Vec<u8>, Failure> {
    let request = &upload.request;
    let standing = hub.readers.glance(|store| desk::standing(store, request.replica))?;
    let standing = standing.ok_or(Refusal::UnknownReplica)?;
    let agency = standing.desk.agency.as_str();
    // Positions of another epoch mean nothing in this one.
    let read = taken.as_ref().map_or(request.cursor, |taken| taken.passed(request.cursor));
    let cursor = if request.epoch == standing.epoch { read } else { 0 };
    let page = if !standing.desk.hears() {
        // It may hand in what it has; other people's dossiers are no longer for it.
        feed::Page { cursor: request.cursor, ..feed::Page::default() }
    } else if cursor == standing.feed_end {
        feed::Page { cursor, ..feed::Page::default() }
    } else {
        hub.readers.read(|store| feed::after(store, agency, cursor, request.replica, PAGE))?
    };
    let acknowledged = match &taken {
        Some(taken) => taken.end.0,
        None => hub.readers.glance(|store| op::end(store, agency, request.replica))?.0,
    };
    let reply = SyncReply {
        epoch: standing.epoch,
        time_ms: now,
        acknowledged,
        ops: page.ops,
        cursor: page.cursor,
        more: page.more,
        set_aside: taken.map(|taken| taken.set_aside).unwrap_or_default(),
        backed_up: standing.backed_up,
    };
    frame::pack(&reply, upload.dictionary).map_err(|error| Failure::Broken(error.to_string()))
}

/// The request, signed by the device its replica number was leased to.
pub fn open(hub: &Hub, body: &[u8]) -> Result<Upload, Failure> {
    let signed = Signed::decode(body).map_err(|_| Refusal::Malformed)?;
    let request: SyncRequest = frame::unpack(&signed.frame).map_err(Refusal::from)?;
    let member =
        hub.readers.glance(|store| desk::by_replica(store, request.replica))?.ok_or(Refusal::UnknownReplica)?;
    let device = member.device.ok_or(Refusal::UnknownReplica)?;
    let key = VerifyingKey::from_bytes(&device).map_err(|_| Refusal::Signature)?;
    if !signed.is_signed_by(&key, &hub.key, SYNC) {
        return Err(Refusal::Signature.into());
    }
    if request.ops.len() > MAX_OPS {
        return Err(Refusal::TooLarge.into());
    }
    if last(&request).is_none() {
        return Err(Refusal::Malformed.into());
    }
    if request.checkpoint.as_ref().is_some_and(|c| c.replica != request.replica || !c.is_signed_by(&key)) {
        return Err(Refusal::Checkpoint.into());
    }
    let readings = numbered(&request).map(|(id, carried)| effects::read(id, carried)).collect();
    Ok(Upload { agency: member.agency, readings, dictionary: answer_with(&signed.frame), request })
}

/// The number of the last operation sent, where there is one; `None` for numbers that no log has.
fn last(request: &SyncRequest) -> Option<Option<u64>> {
    match u64::try_from(request.ops.len()) {
        Ok(0) => Some(None),
        Ok(_) if request.first == 0 => None,
        Ok(count) => request.first.checked_add(count - 1).filter(|last| *last < LAST_NUMBER).map(Some),
        Err(_) => None,
    }
}

fn numbered(request: &SyncRequest) -> impl Iterator<Item = (OpId, &Carried)> {
    (request.first..).zip(&request.ops).map(|(seq, op)| (OpId { replica: request.replica, seq }, op))
}

/// Stores what is new of a request. Nothing is stored of a request that is refused, nor of one that leaves a gap.
pub fn take_in(door: &Door<'_>, hub: &Hub, upload: &Upload, now: u64) -> Result<Result<Taken, Refusal>, Fault> {
    let (agency, sent) = (upload.agency.as_str(), upload.request.ops.len());
    // From here to the commit nobody else writes for this agency, so that what is read stays true.
    let held = feed::hold(door, agency, sent)?;
    let taken = take_in_after(door, hub, upload, held, now)?;
    let reached = taken.as_ref().map_or(held.end, |taken| taken.reached);
    if reached != held.end + sent as u64 {
        feed::reach(door, agency, reached)?;
    }
    Ok(taken)
}

fn take_in_after(
    door: &Door<'_>,
    hub: &Hub,
    upload: &Upload,
    held: feed::Held,
    now: u64,
) -> Result<Result<Taken, Refusal>, Fault> {
    let Upload { agency, request, readings, .. } = upload;
    let replica = request.replica;
    let feed_end = held.end;
    // Asked again: the desk may have been revoked since.
    let member = match desk::by_replica(door, replica)? {
        None if !is_the_hubs(replica) => return Ok(Err(Refusal::UnknownReplica)),
        member => member,
    };
    let (end, mut head) = op::end(door, agency, replica)?;
    let mut taken = Taken { end: (end, head), set_aside: Vec::new(), feed: (feed_end, feed_end), reached: feed_end };

    if !request.ops.is_empty() && request.first <= end {
        let last = last(request).flatten().unwrap_or(end);
        let known = op::public_parts(door, agency, replica, request.first, last)?;
        if known.iter().zip(&request.ops).any(|(known, sent)| *known != sent.public) {
            return Ok(Err(fork(replica)));
        }
        taken.set_aside = op::set_aside(door, agency, replica, request.first, last)?;
    }
    if !request.ops.is_empty() && request.first > end + 1 {
        return Ok(Ok(taken));
    }
    let mut new = Vec::new();
    for ((id, carried), reading) in numbered(request).zip(readings).skip_while(|((id, _), _)| id.seq <= end) {
        head = chain::follow(&head, &carried.public);
        let (kind, dossier) = (reading.as_ref().map(|r| r.kind), reading.as_ref().and_then(|r| r.dossier));
        new.push((NewOp { id, carried, head, kind, dossier, set_aside: None }, reading.as_ref()));
    }
    match (&request.checkpoint, new.is_empty()) {
        (Some(checkpoint), _) => match vouches(door, agency, request, checkpoint, end, &head)? {
            Vouched::Yes => checkpoint::keep(door, agency, checkpoint)?,
            Vouched::Beyond => {}
            // Without operations beside it, a signed head that is not ours can only be of another log.
            Vouched::No if request.ops.is_empty() => return Ok(Err(fork(replica))),
            Vouched::No => return Ok(Err(Refusal::Checkpoint)),
        },
        (None, true) => {}
        (None, false) => return Ok(Err(Refusal::Checkpoint)),
    }
    let Some(last) = new.last().map(|(row, _)| row.id.seq) else { return Ok(Ok(taken)) };

    let (mut rows, readings): (Vec<_>, Vec<_>) = new.into_iter().unzip();
    if let Some(member) = &member {
        for (row, reason) in rows.iter_mut().zip(effects::breaks(door, member, replica, &readings)?) {
            row.set_aside = reason;
        }
    }
    effects::note_seen(door, agency, rows.iter().zip(&readings).map(|(row, reading)| (row.id, row.carried, *reading)))?;
    let read = || rows.iter().zip(&readings).filter_map(|(row, reading)| Some((row, (*reading)?)));
    let rows_end = feed_end + rows.len() as u64;
    let notes = if member.is_some() {
        let times = read().map(|(row, reading)| (row.id, reading.hlc));
        times::note(door, &hub.signer, agency, times, rows_end, now)?
    } else {
        times::learn(door, agency, read().map(|(row, reading)| (row.id, reading)))?;
        0
    };
    let in_force = || read().filter(|(row, _)| row.set_aside.is_none());
    let forgotten = forgetting::of(door, hub, agency, held, read(), now)?;
    let effects = effects::of(door, agency, in_force().map(|(row, reading)| (row.id, reading)), &forgotten)?;
    // Every operation is passed on, also one without effect: a log with a hole in it could not be followed.
    op::add(door, agency, &rows, feed_end, now)?;
    forgotten.iter().try_for_each(|dossier| op::erase(door, agency, *dossier))?;
    effects.take(door, agency, now)?;
    let aside = |row: &NewOp<'_>| Some(SetAside { seq: row.id.seq, reason: row.set_aside?.code().to_owned() });
    let stored = taken.set_aside.len();
    taken.set_aside.extend(rows.iter().filter_map(aside));
    taken.end = (last, head);
    (taken.feed.1, taken.reached) = (rows_end, rows_end + notes);
    log::info!(
        "replica {replica}: {} operations stored, {} of them set aside",
        rows.len(),
        taken.set_aside.len() - stored
    );
    Ok(Ok(taken))
}

/// What a checkpoint, signed by the device, says about the log as the hub holds it.
enum Vouched {
    Yes,
    No,
    /// It speaks of operations the hub has not seen.
    Beyond,
}

/// Holds a checkpoint against the log. Beside operations it has to stand at the last of them; `head` is the head there,
/// where they are new.
fn vouches(
    store: &Reader<'_>,
    agency: &str,
    request: &SyncRequest,
    checkpoint: &Checkpoint,
    end: u64,
    head: &Head,
) -> Result<Vouched, Fault> {
    if !request.ops.is_empty() && last(request).flatten() != Some(checkpoint.seq) {
        return Ok(Vouched::No);
    }
    let ours = match checkpoint.seq {
        0 => chain::START,
        seq if seq <= end => match op::head_at(store, agency, request.replica, seq)? {
            Some(head) => head,
            None => return Ok(Vouched::Beyond),
        },
        _ if request.ops.is_empty() => return Ok(Vouched::Beyond),
        _ => *head,
    };
    Ok(if ours == checkpoint.head { Vouched::Yes } else { Vouched::No })
}

fn fork(replica: u32) -> Refusal {
    log::warn!("another copy of a desk has written as replica {replica}");
    Refusal::Fork
}
