//! One desk's open connection, as a machine without a network: pieces that arrived go in, pieces to send come out, and what
//! has to be stored is handed back to whoever has the writing hand. `crates/hub/src/line.rs` gives it a connection.

use crate::Refusal;
use crate::hub::{Failure, Hub};
use crate::replication::{self, Upload};
use crate::store::desk::Desk;
use crate::store::{Door, Fault, Reader, backed_up, checkpoint, desk, feed, op, scan, whole};
use domain::dossier::OpId;
use ed25519_dalek::VerifyingKey;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::KeyHash;
use protocol::frame::Dictionary;
use protocol::link::{Aside, Feed, Got, HELLO, Hello, Piece, SCAN_PIECE, Stored, Want, Welcome};
use protocol::message::{Relayed, Signed, SyncRequest};
use protocol::op::Seed;
use protocol::wire::{BadWire, Packer, Run, Unpacker};
use std::collections::{BTreeMap, HashMap};

/// Bytes of operations, before packing, that one piece of the feed carries.
const PAGE: usize = 12 * 1024;

/// Bytes of the feed that may be on their way unread.
const UNREAD: usize = 16 * 1024;

/// Scans one desk is asked for at a time.
const WANTED: usize = 16;

/// A connection whose desk has said who it is.
pub struct Conversation {
    member: Desk,
    key: VerifyingKey,
    /// The replica the desk writes as now; the feed passes over it.
    replica: u32,
    /// Where each of the desk's logs ends here.
    ends: BTreeMap<u32, (u64, Head)>,
    plainly: bool,
    packer: Packer,
    unpacker: Unpacker,
    cursor: u64,
    /// Pieces of the feed that were not read yet: cursor, bytes.
    unread: Vec<(u64, usize)>,
    wanted: HashMap<u32, Wanted>,
    last_want: u32,
    /// Whether the desk waits to hear that all is said.
    asked: bool,
}

struct Wanted {
    hash: [u8; 32],
    size: u64,
}

/// What a piece amounts to.
pub enum Heard {
    /// Say this.
    Say(Vec<Piece>),
    /// Write this, then say what [`Conversation::written`] answers.
    Write(Write),
}

/// What the writing hand has to do.
pub enum Write {
    /// Takes operations in.
    Ops(Upload),
    /// Notes what became of a scan: it is whole, and this is to be said of it, or it is not to be had.
    Scan([u8; 32], Option<Piece>),
}

impl Write {
    /// Does it for an agency, in the hand's transaction. A refusal leaves everything as it was.
    pub fn carry_out(&self, door: &Door<'_>, agency: &str, now: u64) -> Result<Result<(), Refusal>, Fault> {
        match self {
            Self::Ops(upload) => replication::take_in(door, upload, now),
            Self::Scan(hash, Some(_)) => scan::is_whole(door, agency, hash, now).map(Ok),
            Self::Scan(hash, None) => scan::is_lacked(door, agency, hash, now).map(Ok),
        }
    }
}

impl Conversation {
    /// Begins with a desk's hello. Answers what to say first.
    pub fn begin(hub: &Hub, hello: &Signed) -> Result<(Self, Vec<Piece>), Failure> {
        let said = Hello::decode(&hello.frame).map_err(|_| Refusal::Malformed)?;
        let member = hub.readers.read(|store| desk::by_replica(store, said.replica))?.ok_or(Refusal::UnknownReplica)?;
        let key = verified(&member, hello, &hub.key)?;
        if member.agency != said.agency {
            return Err(Refusal::WrongAgency.into());
        }
        let newest = Dictionary::WIRE;
        let plainly = !said.dictionaries.contains(&newest.number());
        let dictionary = if plainly { Dictionary::None } else { newest };
        let broken = |error: BadWire| Failure::Broken(error.to_string());
        let others = said.others.clone().unwrap_or_default();
        let (epoch, cursor, more, ends, backed) = hub.readers.read(|store| -> Result<_, Fault> {
            let epoch = whole::epoch(store)?;
            let cursor = if said.epoch == epoch { said.cursor } else { 0 };
            let more = member.revoked_at.is_none() && feed::end(store, &member.agency)? > cursor;
            let (mut ends, mut backed) = (BTreeMap::new(), BTreeMap::new());
            for replica in others.iter().take(64).chain([&said.replica]) {
                // The same computer's, or nothing is said of it.
                let same = desk::by_replica(store, *replica)?
                    .is_some_and(|other| other.agency == member.agency && other.device == member.device);
                if same {
                    ends.insert(*replica, op::end(store, &member.agency, *replica)?);
                    backed.insert(*replica, backed_up::of_replica(store, &member.agency, *replica)?);
                }
            }
            Ok((epoch, cursor, more, ends, backed))
        })?;
        let stored = ends.iter().map(|(replica, (seq, _))| Stored {
            replica: *replica,
            seq: *seq,
            backed_up: backed.get(replica).copied().flatten(),
            set_aside: None,
            refused: None,
            compared: None,
        });
        let welcome = Welcome {
            epoch,
            time_ms: (hub.clock)(),
            stored: stored.collect(),
            dictionary: dictionary.number(),
            more,
            from: cursor,
            reader: said.replica,
        };
        let mut conversation = Self {
            member,
            key,
            replica: said.replica,
            ends,
            plainly,
            packer: Packer::new(dictionary).map_err(broken)?,
            unpacker: Unpacker::new(dictionary).map_err(broken)?,
            cursor,
            unread: Vec::new(),
            wanted: HashMap::new(),
            last_want: 0,
            asked: false,
        };
        let mut say = vec![Piece::Welcome(welcome)];
        say.extend(conversation.wants(hub)?);
        Ok((conversation, say))
    }

    /// Whether it is with the device of this key.
    pub fn is_with(&self, key: &VerifyingKey) -> bool {
        self.key == *key
    }

    /// Whose desk it is.
    pub fn agency(&self) -> &str {
        &self.member.agency
    }

    /// Takes in a piece.
    pub fn hear(&mut self, hub: &Hub, piece: Piece) -> Result<Heard, Failure> {
        Ok(Heard::Say(match piece {
            Piece::Ops { signature, packed } => return self.ops(hub, signature, &packed),
            Piece::Read(cursor) => {
                self.unread.retain(|(unread, _)| *unread > cursor);
                Vec::new()
            }
            Piece::Scan { number, offset, bytes } => return self.scan(hub, number, offset, &bytes),
            Piece::Lacking(number) => match self.wanted.remove(&number) {
                Some(wanted) => return Ok(Heard::Write(Write::Scan(wanted.hash, None))),
                None => Vec::new(),
            },
            Piece::Want(want) => {
                let revoked = hub.readers.read(|store| is_revoked(store, self.replica))?;
                vec![if revoked { Piece::Lacking(want.number) } else { give(hub, &self.member.agency, want) }]
            }
            Piece::Ping(_) => {
                self.asked = true;
                Vec::new()
            }
            Piece::Hello(_) => return Err(Refusal::Malformed.into()),
            Piece::Welcome(_)
            | Piece::Stored(_)
            | Piece::Feed(_)
            | Piece::Got(_)
            | Piece::Pong(_)
            | Piece::Refused(_)
            | Piece::Plainly
            | Piece::Unknown(_) => Vec::new(),
        }))
    }

    fn ops(&mut self, hub: &Hub, signature: [u8; 64], packed: &[u8]) -> Result<Heard, Failure> {
        let (agency, plainly) = (self.member.agency.clone(), self.plainly);
        let known = |dossier: OpId| {
            let read = || hub.readers.read(|store| op::seed(store, &agency, dossier)).ok().flatten();
            if plainly { None } else { read() }
        };
        let mut runs = match self.unpacker.unpack(packed, &known) {
            Ok(runs) => runs,
            Err(BadWire::UnknownSeed(dossier)) => {
                log::info!("desk {}: the seed of {}/{} is not here", self.member.desk, dossier.replica, dossier.seq);
                return Ok(Heard::Say(vec![Piece::Plainly]));
            }
            Err(error) => {
                log::info!("desk {}: {error}", self.member.desk);
                return Err(Refusal::Malformed.into());
            }
        };
        // One run a piece: a signature vouches for the end of one log.
        let (Some(run), true) = (runs.pop(), runs.is_empty()) else { return Err(Refusal::Malformed.into()) };
        let (end, head) = *self.ends.get(&run.replica).ok_or(Refusal::UnknownReplica)?;
        let last = (run.first + run.ops.len() as u64).checked_sub(1).ok_or(Refusal::Malformed)?;
        let new = run.ops.iter().skip(usize::try_from((end + 1).saturating_sub(run.first)).unwrap_or(usize::MAX));
        let head = new.fold(head, |head, op| chain::follow(&head, &op.public));
        let checkpoint = Checkpoint { replica: run.replica, seq: last, head, signature };
        let is_next = run.first <= end + 1 && last > end;
        if is_next && !checkpoint.is_signed_by(&self.key) {
            // Where part of it was known already, that part may be of another log: it is looked at before anything is said.
            log::info!("desk {}: a signature does not fit its log", self.member.desk);
            let refusal = if run.first <= end { Refusal::Fork } else { Refusal::Checkpoint };
            return Ok(Heard::Say(vec![refused(run.replica, end, refusal)]));
        }
        let request = SyncRequest {
            epoch: 0,
            replica: run.replica,
            first: run.first,
            ops: run.ops.into_iter().map(Into::into).collect(),
            checkpoint: is_next.then_some(checkpoint),
            cursor: 0,
        };
        Ok(Heard::Write(Write::Ops(replication::uploaded(&self.member.agency, request)?)))
    }

    /// What to say once something was written, or refused.
    pub fn written(&mut self, hub: &Hub, write: &Write, outcome: Result<(), Refusal>) -> Result<Vec<Piece>, Failure> {
        match write {
            Write::Ops(upload) => self.stored(hub, upload, outcome),
            // What is lacking is said first: with the last answer all is said.
            Write::Scan(_, got) => Ok(self.more_wants(hub)?.into_iter().chain(got.clone()).collect()),
        }
    }

    fn stored(&mut self, hub: &Hub, upload: &Upload, outcome: Result<(), Refusal>) -> Result<Vec<Piece>, Failure> {
        let (agency, replica) = (self.member.agency.as_str(), upload.request.replica);
        let last = (upload.request.first + upload.request.ops.len() as u64).saturating_sub(1);
        let (end, set_aside, backed_up) = hub.readers.read(|store| -> Result<_, Fault> {
            Ok((
                op::end(store, agency, replica)?,
                op::set_aside(store, agency, replica, upload.request.first, last)?,
                backed_up::of_replica(store, agency, replica)?,
            ))
        })?;
        self.ends.insert(replica, end);
        // What is lacking is said first: with the answer to the last operations all is said.
        let mut say = if upload.brings_scans() { self.wants(hub)? } else { Vec::new() };
        say.push(match outcome {
            Ok(()) => Piece::Stored(Stored {
                replica,
                seq: end.0,
                backed_up,
                set_aside: (!set_aside.is_empty()).then_some(set_aside),
                refused: None,
                compared: Some(last.min(end.0)),
            }),
            Err(refusal) => refused(replica, end.0, refusal),
        });
        Ok(say)
    }

    /// The next piece of the feed, while there is something to say and not too much unread.
    pub fn feed(&mut self, hub: &Hub) -> Result<Option<Piece>, Failure> {
        let unread: usize = self.unread.iter().map(|(_, bytes)| bytes).sum();
        if unread >= UNREAD {
            return Ok(None);
        }
        let (agency, cursor, replica) = (self.member.agency.as_str(), self.cursor, self.replica);
        let (page, vouched) = hub.readers.read(|store| -> Result<_, Fault> {
            // Asked each time: the desk may have been revoked since it said who it is.
            if is_revoked(store, replica)? {
                return Ok((feed::Page { cursor, ..feed::Page::default() }, Vec::new()));
            }
            let page = feed::after(store, agency, cursor, replica, PAGE)?;
            let mut vouched = Vec::new();
            for (replica, first, last) in stretches(&page.ops) {
                vouched.extend(checkpoint::within(store, agency, replica, first, last)?);
            }
            Ok((page, vouched))
        })?;
        if page.cursor == cursor {
            return Ok(std::mem::take(&mut self.asked).then(|| Piece::Pong((hub.clock)())));
        }
        let asides: Vec<Aside> = (0..)
            .zip(&page.ops)
            .filter_map(|(place, op)| Some(Aside { place, reason: op.set_aside.clone()? }))
            .collect();
        let mut runs: Vec<Run> = Vec::new();
        for op in page.ops {
            match runs.last_mut() {
                Some(run) if run.replica == op.replica && run.first + run.ops.len() as u64 == op.seq => {
                    run.ops.push(op.op.into());
                }
                _ => runs.push(Run { replica: op.replica, first: op.seq, ops: vec![op.op.into()] }),
            }
        }
        let plainly = self.plainly;
        let known = |dossier: OpId| -> Option<Seed> {
            let read = || hub.readers.read(|store| op::seed(store, agency, dossier)).ok().flatten();
            if plainly { None } else { read() }
        };
        let packed = self.packer.pack(&runs, &known).map_err(|error| Failure::Broken(error.to_string()))?;
        let piece = Feed {
            cursor: page.cursor,
            packed,
            set_aside: (!asides.is_empty()).then_some(asides),
            vouched: (!vouched.is_empty()).then_some(vouched),
            more: page.more.then_some(true),
        };
        self.cursor = page.cursor;
        self.unread.push((page.cursor, piece.packed.len()));
        Ok(Some(Piece::Feed(piece)))
    }

    /// Asks for scans that this desk's operations name and nobody has sent.
    fn wants(&mut self, hub: &Hub) -> Result<Vec<Piece>, Failure> {
        let Some(scans) = &hub.scans else { return Ok(Vec::new()) };
        let agency = self.member.agency.as_str();
        let replicas: Vec<u32> = self.ends.keys().copied().collect();
        let lacking = hub.readers.read(|store| scan::lacking(store, agency, &replicas, WANTED))?;
        let mut say = Vec::new();
        for (hash, size) in lacking {
            if self.wanted.len() >= WANTED || self.wanted.values().any(|wanted| wanted.hash == hash) {
                continue;
            }
            self.last_want += 1;
            self.wanted.insert(self.last_want, Wanted { hash, size });
            let offset = scans.here(agency, &hash);
            say.push(Piece::Want(Want { number: self.last_want, hash, offset }));
        }
        Ok(say)
    }

    fn scan(&mut self, hub: &Hub, number: u32, offset: u64, bytes: &[u8]) -> Result<Heard, Failure> {
        let (Some(scans), Some(wanted)) = (&hub.scans, self.wanted.get(&number)) else { return Ok(Heard::Say(vec![])) };
        let agency = self.member.agency.as_str();
        let broken = |error: std::io::Error| Failure::Broken(format!("a scan cannot be kept: {error}"));
        let here = scans.add(agency, &wanted.hash, offset, bytes, wanted.size).map_err(broken)?;
        if here < wanted.size {
            return Ok(Heard::Say(vec![Piece::Got(Got { number, offset: here, whole: None })]));
        }
        let hash = wanted.hash;
        let whole = scans.finish(agency, &hash).map_err(broken)?;
        self.wanted.remove(&number);
        let got = Piece::Got(Got { number, offset: here, whole: Some(whole) });
        if whole { Ok(Heard::Write(Write::Scan(hash, Some(got)))) } else { Ok(Heard::Say(vec![got])) }
    }

    /// Whether more scans should be asked for, once some are whole; and which.
    fn more_wants(&mut self, hub: &Hub) -> Result<Vec<Piece>, Failure> {
        if self.wanted.len() < WANTED / 2 { self.wants(hub) } else { Ok(Vec::new()) }
    }
}

/// Whether the desk of a replica was revoked: other people's dossiers are no longer for it.
fn is_revoked(store: &Reader<'_>, replica: u32) -> Result<bool, Fault> {
    Ok(desk::by_replica(store, replica)?.is_none_or(|member| member.revoked_at.is_some()))
}

/// A part of a scan that a desk lacks.
fn give(hub: &Hub, agency: &str, want: Want) -> Piece {
    let Want { number, hash, offset } = want;
    match hub.scans.as_ref().and_then(|scans| scans.read(agency, &hash, offset, SCAN_PIECE)) {
        Some(bytes) => Piece::Scan { number, offset, bytes },
        None => Piece::Lacking(number),
    }
}

/// The key of the device that signed a hello for this hub.
fn verified(member: &Desk, hello: &Signed, hub: &KeyHash) -> Result<VerifyingKey, Refusal> {
    let device = member.device.ok_or(Refusal::UnknownReplica)?;
    let key = VerifyingKey::from_bytes(&device).map_err(|_| Refusal::Signature)?;
    if hello.is_signed_by(&key, hub, HELLO) { Ok(key) } else { Err(Refusal::Signature) }
}

fn refused(replica: u32, seq: u64, refusal: Refusal) -> Piece {
    let refused = Some(refusal.code().to_owned());
    Piece::Stored(Stored { replica, seq, backed_up: None, set_aside: None, refused, compared: None })
}

/// Stretches of logs among operations: replica, first, last.
fn stretches(ops: &[Relayed]) -> Vec<(u32, u64, u64)> {
    let mut stretches: Vec<(u32, u64, u64)> = Vec::new();
    for op in ops {
        match stretches.last_mut() {
            Some((replica, _, last)) if *replica == op.replica && *last + 1 == op.seq => *last = op.seq,
            _ => stretches.push((op.replica, op.seq, op.seq)),
        }
    }
    stretches
}
