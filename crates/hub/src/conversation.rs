//! One desk's open connection, as a machine without a network: pieces that arrived go in, pieces to send come out, and what
//! has to be stored is handed back to whoever has the writing hand. `crates/hub/src/line.rs` gives it a connection.

mod scans;

use crate::Refusal;
use crate::hub::{Failure, Hub};
use crate::replication::{self, Taken, Upload};
use crate::roster;
use crate::store::desk::Desk;
use crate::store::{Door, Fault, Reader, backed_up, checkpoint, desk, feed, lease, op, scan, whole};
use crate::writer::PROVINCE;
use domain::dossier::OpId;
use ed25519_dalek::VerifyingKey;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::KeyHash;
use protocol::frame::Dictionary;
use protocol::link::{Aside, Feed, HELLO, Held, Hello, Piece, Stored, Welcome};
use protocol::message::{Relayed, Signed, SyncRequest};
use protocol::op::{Seed, is_the_hubs};
use protocol::roster::{Mark, Roster};
use protocol::wire::{BadWire, Packer, Run, Unpacker};
use scans::{GIVES, Wanted};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bytes of operations, before packing, that one piece of the feed carries.
const PAGE: usize = 12 * 1024;

/// Bytes of the feed that may be on their way unread.
const UNREAD: usize = 16 * 1024;

/// Logs a desk may name in its hello.
const NAMED: usize = 64;

/// A log that this desk may speak of: its own, or one of another desk of the agency that it passes on.
#[derive(Debug, Clone)]
struct Log {
    /// Where it ends here.
    end: (u64, Head),
    /// The key its author signs with.
    key: VerifyingKey,
    /// Whether this desk wrote it.
    is_own: bool,
    /// Whether the desk has brought something of it: then it may have its scans too.
    is_brought: bool,
    /// How far the desk is known to hold it.
    held: u64,
}

/// A connection whose desk has said who it is.
pub struct Conversation {
    member: Desk,
    key: VerifyingKey,
    /// The replica the desk writes as now; the feed passes over it.
    replica: u32,
    /// The logs it may speak of, as far as they came up.
    logs: BTreeMap<u32, Log>,
    /// The roster it has.
    roster: Mark,
    /// How often the agency's desks had changed when that was looked at last.
    roster_version: Option<u64>,
    /// Whether the hub was put back from a backup.
    is_restored: bool,
    plainly: bool,
    /// What is packed with, and once there was something to pack or to unpack, what does it: most connections are quiet.
    dictionary: Dictionary,
    packer: Option<Packer>,
    unpacker: Option<Unpacker>,
    cursor: u64,
    /// Pieces of the feed that were not read yet: cursor, bytes.
    unread: Vec<(u64, usize)>,
    wanted: HashMap<u32, Wanted>,
    /// Scans of others that the desk does not have.
    not_here: BTreeSet<[u8; 32]>,
    last_want: u32,
    /// Whether what is said is carried to the desk in a file: nothing is asked for.
    is_carried: bool,
    /// Whether the desk waits to hear that all is said.
    asked: bool,
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
    /// Learns from the hub's own roster of later.
    Learn(Roster),
    /// Notes that all this desk has was heard.
    All(Box<Desk>),
    /// Notes what became of a scan: it is whole, and this is to be said of it, or it is not to be had.
    Scan([u8; 32], Option<Piece>),
}

/// What became of something that was written: operations were taken in, or something else was done.
pub type Outcome = Result<Option<Taken>, Refusal>;

impl Write {
    /// Where it is written: the agency, or the whole province.
    pub fn place<'a>(&self, agency: &'a str) -> &'a str {
        if matches!(self, Self::Learn(_)) { PROVINCE } else { agency }
    }

    /// Does it for an agency, in the hand's transaction; answers what became of operations. A refusal leaves everything as it was.
    pub fn carry_out(&self, door: &Door<'_>, hub: &Hub, agency: &str, now: u64) -> Result<Outcome, Fault> {
        match self {
            Self::Ops(upload) => return Ok(replication::take_in(door, hub, upload, now)?.map(Some)),
            Self::Learn(roster) => roster::learn(door, roster)?,
            Self::All(member) => desk::heard(door, member, now)?,
            // Its dossier may have been forgotten while it came.
            Self::Scan(hash, Some(_)) if !scan::is_named(door, agency, hash)? => hub
                .scans
                .iter()
                .try_for_each(|scans| scans.erase(agency, hash))
                .map_err(|error| Fault::NotOpened(error.to_string()))?,
            Self::Scan(hash, Some(_)) => scan::is_whole(door, agency, hash, now)?,
            Self::Scan(hash, None) => scan::is_lacked(door, agency, hash, now)?,
        }
        Ok(Ok(None))
    }
}

impl Conversation {
    /// Begins with a desk's hello. Answers what to say first; `carried` says that it will be carried there, nobody knows when.
    pub fn begin(hub: &Hub, hello: &Signed, carried: bool) -> Result<(Self, Vec<Piece>), Failure> {
        let said = Hello::decode(&hello.frame).map_err(|_| Refusal::Malformed)?;
        let member = hub.readers.read(|store| desk::by_replica(store, said.replica))?.ok_or(Refusal::UnknownReplica)?;
        let key = verified(&member, hello, &hub.key)?;
        if member.agency != said.agency {
            return Err(Refusal::WrongAgency.into());
        }
        let newest = Dictionary::WIRE;
        let plainly = !said.dictionaries.contains(&newest.number());
        let dictionary = if plainly { Dictionary::None } else { newest };
        let (epoch, restored_at, cursor, more) = hub.readers.read(|store| -> Result<_, Fault> {
            let epoch = whole::epoch(store)?;
            let cursor = if said.epoch == epoch { said.cursor } else { 0 };
            let more = member.hears() && feed::end(store, &member.agency)? > cursor;
            Ok((epoch, whole::restored_at(store)?, cursor, more))
        })?;
        let mut conversation = Self {
            member,
            key,
            replica: said.replica,
            logs: BTreeMap::new(),
            roster: said.roster.unwrap_or_default(),
            roster_version: None,
            is_restored: restored_at.is_some(),
            plainly,
            dictionary,
            packer: None,
            unpacker: None,
            cursor,
            unread: Vec::new(),
            wanted: HashMap::new(),
            not_here: BTreeSet::new(),
            last_want: 0,
            is_carried: carried,
            asked: false,
        };
        let stored = conversation.named(hub, &said)?;
        let mut say = vec![Piece::Welcome(Welcome {
            epoch,
            time_ms: (hub.clock)(),
            stored,
            dictionary: dictionary.number(),
            more,
            restored: conversation.is_restored.then_some(true),
            from: carried.then_some(cursor),
            reader: carried.then_some(said.replica),
            gives: Some(GIVES),
        })];
        say.extend(conversation.roster(hub)?);
        say.extend(conversation.wants(hub)?);
        Ok((conversation, say))
    }

    /// How far the logs that a hello names are stored: its own, those of others it holds; all, where the hub looks for what it lacks.
    fn named(&mut self, hub: &Hub, said: &Hello) -> Result<Vec<Stored>, Failure> {
        let own: Vec<u32> = said.others.iter().flatten().take(NAMED).copied().chain([said.replica]).collect();
        let mut named: Vec<(u32, Option<Held>)> = own.iter().map(|replica| (*replica, None)).collect();
        named.extend(said.held.iter().flatten().take(NAMED).map(|held| (held.replica, Some(*held))));
        if self.is_restored {
            let all = hub.readers.read(|store| lease::of_agency(store, &self.member.agency))?;
            named.extend(all.into_iter().map(|replica| (replica, None)));
        }
        let (mut stored, agency) = (Vec::new(), self.member.agency.clone());
        for (replica, held) in named {
            let is_new = !self.logs.contains_key(&replica);
            // Of another agency's, or of one nobody was given, nothing is said.
            let Some(log) = self.log(hub, replica)? else { continue };
            // Another computer's is none of its own.
            if own.contains(&replica) && !log.is_own {
                self.logs.remove(&replica);
                continue;
            }
            let seq = log.end.0;
            if let Some(held) = held {
                // Another copy of its writer may have written what the desk holds.
                let head = hub.readers.read(|store| op::head_at(store, &agency, replica, held.seq))?;
                if head.is_some_and(|head| held.is_of(&head)) {
                    log.held = log.held.max(held.seq);
                }
            }
            if is_new {
                let backed_up = hub.readers.read(|store| backed_up::of_replica(store, &agency, replica))?;
                stored.push(Stored { backed_up, ..Stored::of(replica, seq) });
            }
        }
        Ok(stored)
    }

    /// A log of the agency, as far as the hub has it; `None` where nobody of the agency was given that replica number.
    fn log(&mut self, hub: &Hub, replica: u32) -> Result<Option<&mut Log>, Failure> {
        if !self.logs.contains_key(&replica) {
            let agency = self.member.agency.as_str();
            let (author, end) = hub.readers.read(|store| -> Result<_, Fault> {
                Ok((desk::by_replica(store, replica)?, op::end(store, agency, replica)?))
            })?;
            let device = author.filter(|author| author.agency == agency).and_then(|author| author.device);
            let key = device.and_then(|device| VerifyingKey::from_bytes(&device).ok());
            let Some(key) = key.or_else(|| is_the_hubs(replica).then(|| hub.signer.verifying_key())) else {
                return Ok(None);
            };
            let is_own = key == self.key;
            self.logs.insert(replica, Log { end, key, is_own, is_brought: is_own, held: 0 });
        }
        Ok(self.logs.get_mut(&replica))
    }

    /// The roster, where the desk has another one.
    fn roster(&mut self, hub: &Hub) -> Result<Option<Piece>, Failure> {
        let agency = self.member.agency.as_str();
        let version = hub.readers.read(|store| desk::roster_version(store, agency))?;
        if self.roster_version.replace(version) == Some(version) {
            return Ok(None);
        }
        let signed = hub.readers.read(|store| roster::signed(hub, store, agency))?;
        let mark = Roster::mark(&signed);
        Ok((std::mem::replace(&mut self.roster, mark) != mark).then_some(Piece::Roster(signed)))
    }

    /// What to say after something was learned of a roster.
    fn learned(&mut self, hub: &Hub) -> Result<Vec<Piece>, Failure> {
        let before: Vec<u32> = self.logs.keys().copied().collect();
        let stored = self.named(hub, &Hello { replica: self.replica, ..Hello::default() })?;
        let mut say: Vec<Piece> =
            stored.into_iter().filter(|stored| !before.contains(&stored.replica)).map(Piece::Stored).collect();
        say.extend(self.roster(hub)?);
        Ok(say)
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
                Some(wanted) => return self.lacks(hub, number, &wanted),
                None => Vec::new(),
            },
            Piece::Roster(brought) => match roster::own(hub, &brought) {
                Some(roster) if self.is_restored && roster.agency == self.member.agency => {
                    return Ok(Heard::Write(Write::Learn(roster)));
                }
                _ => Vec::new(),
            },
            Piece::Brought(brought) => self.brought(hub, &brought)?,
            Piece::Want(want) => self.give(hub, &want)?,
            Piece::Ping(_) => {
                self.asked = true;
                let all = || Heard::Write(Write::All(Box::new(self.member.clone())));
                return Ok(if self.is_restored { all() } else { Heard::Say(Vec::new()) });
            }
            Piece::Hello(_) => return Err(Refusal::Malformed.into()),
            Piece::Welcome(_)
            | Piece::Stored(_)
            | Piece::Feed(_)
            | Piece::Got(_)
            | Piece::Pong(_)
            | Piece::Refused(_)
            | Piece::Plainly
            | Piece::Greeting(_)
            | Piece::Unknown(_) => Vec::new(),
        }))
    }

    fn ops(&mut self, hub: &Hub, signature: [u8; 64], packed: &[u8]) -> Result<Heard, Failure> {
        let (agency, plainly) = (self.member.agency.clone(), self.plainly);
        let known = |dossier: OpId| {
            let read = || hub.readers.read(|store| op::seed(store, &agency, dossier)).ok().flatten();
            if plainly { None } else { read() }
        };
        let dictionary = self.dictionary;
        let unpacker = begun(&mut self.unpacker, || Unpacker::new(dictionary))?;
        let mut runs = match unpacker.unpack(packed, &known) {
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
        let log = self.log(hub, run.replica)?.ok_or(Refusal::UnknownReplica)?;
        let ((end, head), key) = (log.end, log.key);
        let last = (run.first + run.ops.len() as u64).checked_sub(1).ok_or(Refusal::Malformed)?;
        let new = run.ops.iter().skip(usize::try_from((end + 1).saturating_sub(run.first)).unwrap_or(usize::MAX));
        let head = new.fold(head, |head, op| chain::follow(&head, &op.public));
        let checkpoint = Checkpoint { replica: run.replica, seq: last, head, signature };
        log.is_brought = true;
        let is_next = run.first <= end + 1 && last > end;
        if is_next && !checkpoint.is_signed_by(&key) {
            // Where part of it was known already, that part may be of another log: it is looked at before anything is said.
            log::info!("desk {}: a signature does not fit its log", self.member.desk);
            let refusal = if run.first <= end { Refusal::Fork } else { Refusal::Checkpoint };
            let sent = run.ops.iter().map(|op| op.public.as_slice());
            let same = self.same(hub, run.replica, run.first, sent)?;
            return Ok(Heard::Say(vec![refused(run.replica, end, same, refusal)]));
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

    /// How far what was sent of a log is the one that is here.
    fn same<'o>(
        &self,
        hub: &Hub,
        replica: u32,
        first: u64,
        sent: impl Iterator<Item = &'o [u8]>,
    ) -> Result<u64, Failure> {
        let known = hub.readers.read(|store| op::public_parts(store, &self.member.agency, replica, first, u64::MAX))?;
        let same = known.iter().zip(sent).take_while(|(known, sent)| known.as_slice() == *sent).count();
        Ok((first + same as u64).saturating_sub(1))
    }

    /// What to say once something was written, or refused.
    pub fn written(&mut self, hub: &Hub, write: &Write, outcome: Outcome) -> Result<Vec<Piece>, Failure> {
        match write {
            Write::Ops(upload) => self.stored(hub, upload, outcome),
            Write::Learn(_) => self.learned(hub),
            Write::All(_) => Ok(Vec::new()),
            // What is lacking is said first: with the last answer all is said.
            Write::Scan(_, got) => Ok(self.more_wants(hub)?.into_iter().chain(got.clone()).collect()),
        }
    }

    fn stored(&mut self, hub: &Hub, upload: &Upload, outcome: Outcome) -> Result<Vec<Piece>, Failure> {
        let (agency, replica) = (self.member.agency.as_str(), upload.request.replica);
        let last = (upload.request.first + upload.request.ops.len() as u64).saturating_sub(1);
        let end = match &outcome {
            Ok(Some(taken)) => taken.end,
            _ => hub.readers.glance(|store| op::end(store, agency, replica))?,
        };
        let backed_up = hub.readers.glance(|store| backed_up::of_replica(store, agency, replica))?;
        let is_own = self.log(hub, replica)?.is_none_or(|log| {
            log.end = end;
            if outcome.is_ok() {
                log.held = log.held.max(last.min(end.0));
            }
            log.is_own
        });
        let compared = last.min(end.0);
        let agency = self.member.agency.as_str();
        let head =
            if is_own { None } else { hub.readers.read(|store| op::head_at(store, agency, replica, compared))? };
        let word = head.map(|head| Checkpoint::sign(&hub.signer, replica, compared, head).signature);
        // What is lacking is said first: with the answer to the last operations all is said.
        let mut say = if upload.brings_scans() { self.wants(hub)? } else { Vec::new() };
        say.push(match outcome {
            Ok(taken) => Piece::Stored(Stored {
                replica,
                seq: end.0,
                backed_up,
                set_aside: taken.map(|taken| taken.set_aside).filter(|aside| !aside.is_empty()),
                refused: None,
                compared: Some(compared),
                word,
            }),
            Err(refusal) => {
                let sent = upload.request.ops.iter().map(|op| op.public.as_slice());
                let same = self.same(hub, replica, upload.request.first, sent)?;
                refused(replica, end.0, same, refusal)
            }
        });
        Ok(say)
    }

    /// The next piece of the feed, while there is something to say and not too much unread.
    pub fn feed(&mut self, hub: &Hub) -> Result<Option<Piece>, Failure> {
        // The authors of what follows are in it.
        if let Some(roster) = self.roster(hub)? {
            return Ok(Some(roster));
        }
        let unread: usize = self.unread.iter().map(|(_, bytes)| bytes).sum();
        if unread >= UNREAD {
            return Ok(None);
        }
        let (agency, cursor, replica, logs) = (self.member.agency.as_str(), self.cursor, self.replica, &self.logs);
        let (page, vouched) = hub.readers.read(|store| -> Result<_, Fault> {
            // Asked each time: the desk may have been revoked since it said who it is.
            if !hears(store, replica)? {
                return Ok((feed::Page { cursor, ..feed::Page::default() }, Vec::new()));
            }
            let mut page = feed::after(store, agency, cursor, replica, PAGE)?;
            // What a neighbour has told it already is not told again, unless there is something to add.
            let is_news =
                |op: &Relayed| op.set_aside.is_some() || logs.get(&op.replica).is_none_or(|log| op.seq > log.held);
            page.ops.retain(is_news);
            while page.ops.is_empty() && page.more {
                page = feed::after(store, agency, page.cursor, replica, PAGE)?;
                page.ops.retain(is_news);
            }
            let mut vouched = Vec::new();
            for (replica, first, last) in page.stretches() {
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
        let dictionary = self.dictionary;
        let packed = begun(&mut self.packer, || Packer::new(dictionary))?.pack(&runs, &known).map_err(broken)?;
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
}

/// Whether the desk of a replica was revoked: other people's dossiers are no longer for it.
fn hears(store: &Reader<'_>, replica: u32) -> Result<bool, Fault> {
    Ok(desk::by_replica(store, replica)?.is_some_and(|member| member.hears()))
}

/// The key of the device that signed a hello for this hub.
fn verified(member: &Desk, hello: &Signed, hub: &KeyHash) -> Result<VerifyingKey, Refusal> {
    let device = member.device.ok_or(Refusal::UnknownReplica)?;
    let key = VerifyingKey::from_bytes(&device).map_err(|_| Refusal::Signature)?;
    if hello.is_signed_by(&key, hub, HELLO) { Ok(key) } else { Err(Refusal::Signature) }
}

/// What is there already, or begins now.
fn begun<T>(kept: &mut Option<T>, begin: impl FnOnce() -> Result<T, BadWire>) -> Result<&mut T, Failure> {
    Ok(match kept {
        Some(kept) => kept,
        None => kept.insert(begin().map_err(broken)?),
    })
}

fn broken(error: BadWire) -> Failure {
    Failure::Broken(error.to_string())
}

fn refused(replica: u32, seq: u64, same: u64, refusal: Refusal) -> Piece {
    let refused = Some(refusal.code().to_owned());
    Piece::Stored(Stored { refused, compared: Some(same), ..Stored::of(replica, seq) })
}
