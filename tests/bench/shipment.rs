//! Dossiers as the desk sends them: numbered operations of one replica, cut into requests, packed and signed; and unpacked
//! again.

use crate::Result;
use crate::line::{Line, Step, blake};
use domain::dossier::{Dossier, Entry, Hlc, Op, OpId, Stamp};
use ed25519_dalek::SigningKey;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::KeyHash;
use protocol::fields::{self, Content, Header};
use protocol::frame::{self, Dictionary};
use protocol::message::{Carried, SYNC, Signed, SyncRequest};
use protocol::op::{Encoded, Seed};
use protocol::wire::Run;
use std::collections::BTreeMap;

/// Unpacked bytes of operations after which the desk begins another request (`desk::sync`).
const REQUEST_BYTES: usize = 128 * 1024;

/// The replica that sends.
const REPLICA: u32 = 7;

/// A desk's log from where the hub has it.
pub struct Log {
    ops: Vec<Encoded>,
    /// Number of the first of `ops`.
    first: u64,
    /// The chain before it.
    head: Head,
    clerks: Vec<String>,
    device: SigningKey,
}

impl Log {
    /// The operations of some dossiers in order of time. `first` is the number of the first one; the clerks' own operations
    /// were numbers 1 and on, long sent.
    pub fn of(lines: &[Line], first: u64) -> Result<Self> {
        let steps = in_time(lines)?;
        let mut log = Self {
            ops: Vec::new(),
            first,
            head: blake("what the hub has"),
            clerks: Vec::new(),
            device: SigningKey::from_bytes(&[3; 32]),
        };
        let mut received: BTreeMap<usize, (OpId, Seed)> = BTreeMap::new();
        let mut clock = Hlc(0);
        let mut numbers: BTreeMap<(usize, u64), u64> = BTreeMap::new();
        for (place, within, mut step) in steps {
            clock = clock.next(step.ms);
            let id = OpId { replica: 0, seq: first + log.ops.len() as u64 };
            numbers.insert((place, within), id.seq);
            if let Op::Moved { follows, .. } = &mut step.op {
                follows.seq = *numbers.get(&(place, follows.seq)).ok_or("a step that follows nothing")?;
            }
            let clerk = log.clerks.iter().position(|clerk| *clerk == step.by).unwrap_or_else(|| {
                log.clerks.push(step.by.clone());
                log.clerks.len() - 1
            });
            let known = received.get(&place).copied();
            // The product draws it at random.
            let seed = known.map_or_else(|| start(&format!("{place} {} {first}", step.ms)), |(_, seed)| seed);
            let header = Header {
                hlc: clock,
                actor: Some(OpId { replica: 0, seq: clerk as u64 + 1 }),
                dossier: known.map(|(dossier, _)| dossier),
                deps: Vec::new(),
            };
            if known.is_none() {
                received.insert(place, (id, seed));
            }
            log.ops.push(fields::write(&header, &Content::Dossier(step.op), &seed)?);
        }
        Ok(log)
    }

    /// The operations as one run of the replica that wrote them.
    pub fn run(&self) -> Run {
        Run { replica: REPLICA, first: self.first, ops: self.ops.clone() }
    }

    /// The operations.
    pub fn ops(&self) -> &[Encoded] {
        &self.ops
    }

    /// How many operations.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// The requests that carry it, cut where the desk cuts them.
    pub fn requests(&self) -> Vec<SyncRequest> {
        let mut requests = Vec::new();
        let (mut rest, mut first, mut head) = (self.ops.as_slice(), self.first, self.head);
        while !rest.is_empty() {
            let mut size = 0;
            let full = |op: &Encoded| {
                size += op.public.len() + op.personal.as_ref().map_or(0, |personal| personal.bytes.len() + 16);
                size >= REQUEST_BYTES
            };
            let count = rest.iter().position(full).map_or(rest.len(), |last| last + 1);
            let (now, later) = rest.split_at(count);
            head = now.iter().fold(head, |head, op| chain::follow(&head, &op.public));
            let last = first + count as u64 - 1;
            requests.push(SyncRequest {
                epoch: 1,
                replica: REPLICA,
                first,
                ops: now.iter().cloned().map(Carried::from).collect(),
                checkpoint: Some(Checkpoint::sign(&self.device, REPLICA, last, head)),
                cursor: 40,
            });
            (rest, first) = (later, last + 1);
        }
        requests
    }

    /// The bodies of the requests, packed and signed as they leave the desk.
    pub fn bodies(&self, dictionary: Dictionary) -> Result<Vec<Vec<u8>>> {
        let hub = KeyHash([9; 12]);
        let body = |request: &SyncRequest| {
            Ok(Signed::new(&self.device, &hub, SYNC, frame::pack(request, dictionary)?).encode())
        };
        self.requests().iter().map(body).collect()
    }

    /// The lines that come out of the bodies again, in the order of their reception.
    pub fn unpack(&self, bodies: &[Vec<u8>]) -> Result<Vec<Line>> {
        let mut timelines: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
        for body in bodies {
            let request: SyncRequest = frame::unpack(&Signed::decode(body)?.frame)?;
            for (number, carried) in (request.first..).zip(request.ops) {
                let op = Encoded::from(carried);
                let public = op.open()?;
                let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
                let Content::Dossier(what) = fields::read(&public, personal)? else {
                    return Err("an operation of the office among those of dossiers".into());
                };
                let id = OpId { replica: REPLICA, seq: number };
                let dossier = public.dossier.map_or(number, |dossier| dossier.seq);
                let stamp = Stamp { id, hlc: Hlc(public.hlc), actor: public.actor.map(|a| a.seen_from(REPLICA)) };
                timelines.entry(dossier).or_default().push(Entry { stamp, op: what });
            }
        }
        let name = |entry: &Entry| {
            let clerk = entry.stamp.actor.and_then(|actor| self.clerks.get(usize::try_from(actor.seq).ok()? - 1));
            clerk.cloned().unwrap_or_default()
        };
        let line = |timeline: Vec<Entry>| {
            let dossier = Dossier::fold(timeline).ok_or("a dossier that nothing received")?;
            Line::of(dossier.timeline(), name)
        };
        timelines.into_values().map(line).collect()
    }
}

/// The steps of many dossiers as they followed one another: which dossier, its place there, and it.
pub fn in_time(lines: &[Line]) -> Result<Vec<(usize, u64, Step)>> {
    let mut steps = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        steps.extend((0..).zip(line.steps()?).map(|(within, step)| (place, within, step)));
    }
    steps.sort_by_key(|(_, _, step)| step.ms);
    Ok(steps)
}

fn start(name: &str) -> Seed {
    let mut seed = Seed::default();
    seed.copy_from_slice(blake(name).split_at(16).0);
    seed
}
