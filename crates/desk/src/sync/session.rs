//! One connection with the hub, from the desk's side, as a machine without input and output: pieces that arrived go in,
//! pieces to send come out, and what the store has to take in is handed back. It decides the order: answers, then operations,
//! then scans; and how much is on its way at once ([`Window`]).

use super::speed::Speed;
use super::window::Window;
use crate::error::{Code, Error, Result};
use crate::store::scans::{self, Scans, Standing};
use crate::store::settings::{self, Key};
use crate::store::{Store, ops};
use ed25519_dalek::SigningKey;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::KeyHash;
use protocol::frame::Dictionary;
use protocol::link::{Feed, Got, HELLO, Hello, PIECE, Piece, SCAN_PIECE, ScanHash, Stored, Vouched, Want, Welcome};
use protocol::message::{Relayed, Signed};
use protocol::wire::{BadWire, Packer, Run, Unpacker};
use std::collections::{BTreeMap, VecDeque};

/// Bytes of operations, before packing, that are thought to make one piece while nothing is known yet; and the bounds of that.
const FIRST_RAW: usize = 6 * 1024;
const RAW: (usize, usize) = (2 * 1024, 32 * 1024);

/// What a thousand bytes of operations are thought to come to while nothing is known yet.
pub const UNMEASURED_PACKING: u64 = (PIECE * 1000 / FIRST_RAW) as u64;

/// What packing aims at: with the signature and the lengths it makes a [`PIECE`].
const PACKED: usize = PIECE - 600;

/// Scans of earlier connections that the hub is asked about at most.
const QUESTIONS: usize = 64;

/// Nothing heard for so long on a quiet line: is anybody there? Milliseconds.
const QUIET_MS: u64 = 25_000;

/// One of this desk's logs, as far as this connection is concerned.
#[derive(Debug)]
struct Log {
    origin: i64,
    replica: u32,
    /// The last operation that has gone out on this connection, and the chain's head there.
    sent: u64,
    head: Head,
    stored: u64,
    refused: bool,
    /// Whether it may be sent: the newest at once, older ones when the hub has said that it knows them.
    open: bool,
}

/// Something on its way.
#[derive(Debug)]
struct OnItsWay {
    bytes: usize,
    at_ms: u64,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    /// Operations of a log, by its replica.
    Ops(u32),
    Scan {
        number: u32,
        end: u64,
    },
    /// Whether the hub has a scan, by what it is called in the question.
    Question(u32),
    Ping,
}

/// A scan the hub wants.
#[derive(Debug)]
struct Wanted {
    number: u32,
    hash: ScanHash,
    next: u64,
    size: u64,
}

/// What has arrived and concerns the store.
#[derive(Debug)]
pub enum Heard {
    /// The hub's answer to hello.
    Welcome(Welcome),
    /// How far a log is stored; `origin` is its row here.
    Stored {
        /// Row of the log here.
        origin: i64,
        /// How far the hub has looked at what this desk sent and found it stored.
        verified: u64,
        /// The hub's word.
        stored: Stored,
    },
    /// Operations of others.
    Feed {
        /// They, in feed order.
        ops: Vec<Relayed>,
        /// Their authors' words.
        vouched: Vec<Vouched>,
        /// The cursor after them.
        cursor: u64,
    },
    /// How far a scan has got.
    Scan {
        /// Its hash.
        hash: ScanHash,
        /// Bytes of it the hub has.
        there: u64,
        /// Where it stands.
        standing: Standing,
    },
}

/// A connection.
pub struct Session {
    device: SigningKey,
    hub: KeyHash,
    packer: Packer,
    unpacker: Option<Unpacker>,
    plainly: bool,
    greeted: bool,
    welcomed: bool,
    agency: String,
    logs: Vec<Log>,
    epoch: u32,
    cursor: u64,
    feed_goes_on: bool,
    answers: VecDeque<Piece>,
    on_its_way: VecDeque<OnItsWay>,
    wanted: VecDeque<Wanted>,
    /// What the hub wanted on this connection and has not whole: its number, the scan, how much of it has arrived.
    under_way: BTreeMap<u32, (ScanHash, u64)>,
    /// Scans of earlier connections of which it was not heard that they arrived whole, and their sizes.
    unsure: VecDeque<(ScanHash, u64)>,
    /// Those that the hub was asked about.
    questions: BTreeMap<u32, (ScanHash, u64)>,
    window: Window,
    speed: Speed,
    /// Operations that went out here: bytes before packing, and after it.
    packing: (u64, u64),
    raw: f64,
    heard_ms: u64,
    /// Whether somebody wants to know that all is said.
    asked: bool,
    /// Whether this is a file: nothing is answered, and nothing is waited for.
    on_paper: bool,
}

impl Session {
    /// A new connection. `plainly`: the other side lacked a dictionary or a seed the last time.
    pub fn new(store: &Store, device: &SigningKey, hub: KeyHash, plainly: bool, now_ms: u64) -> Result<Self> {
        let packing = |error: BadWire| Error::new(Code::Internal).because(error);
        let dictionary = if plainly { Dictionary::None } else { Dictionary::WIRE };
        let (agency, logs, epoch, cursor, unsure) = store.read(|connection| {
            let mut logs = Vec::new();
            for origin in ops::all_own(connection)? {
                let Some(replica) = origin.replica else { continue };
                logs.push(Log {
                    origin: origin.id,
                    replica,
                    sent: origin.acknowledged,
                    head: ops::head_after(connection, &origin, origin.acknowledged)?,
                    stored: origin.acknowledged,
                    refused: !origin.refused.is_empty(),
                    open: false,
                });
            }
            if let Some(newest) = logs.last_mut() {
                newest.open = true;
            }
            let number = |key| settings::number(connection, key);
            let unsure = scans::some_waiting(connection, QUESTIONS)?;
            Ok((settings::get(connection, Key::Agency)?, logs, number(Key::HubEpoch)?, number(Key::Cursor)?, unsure))
        })?;
        Ok(Self {
            device: device.clone(),
            hub,
            packer: Packer::new(dictionary).map_err(packing)?,
            unpacker: None,
            plainly,
            greeted: false,
            welcomed: false,
            agency,
            logs,
            epoch: u32::try_from(epoch).unwrap_or(0),
            cursor: u64::try_from(cursor).unwrap_or(0),
            feed_goes_on: true,
            answers: VecDeque::new(),
            on_its_way: VecDeque::new(),
            wanted: VecDeque::new(),
            under_way: BTreeMap::new(),
            unsure: unsure.into(),
            questions: BTreeMap::new(),
            window: Window::default(),
            speed: Speed::default(),
            packing: (0, 0),
            raw: FIRST_RAW as f64,
            heard_ms: now_ms,
            asked: false,
            on_paper: false,
        })
    }

    /// What would be said on a connection that lets everything through at once, for a bundle: hello and operations. What the
    /// hub has not acknowledged is said again, however often it was carried already.
    pub fn all(&mut self, store: &Store, scans: &Scans) -> Result<Vec<u8>> {
        self.on_paper = true;
        // An older identity's operations are known to the hub, or it says that they are not.
        self.logs.iter_mut().for_each(|log| log.open = true);
        let mut bytes = Vec::new();
        while let Some(piece) = self.next(store, scans, 0, false)? {
            bytes.extend(piece);
        }
        Ok(bytes)
    }

    /// The next piece to send, as bytes; `None` while there is nothing, or enough is on its way.
    pub fn next(&mut self, store: &Store, scans: &Scans, now_ms: u64, at_work: bool) -> Result<Option<Vec<u8>>> {
        if !self.greeted {
            self.greeted = true;
            return self.hello().map(|hello| Some(hello.encode()));
        }
        if let Some(answer) = self.answers.pop_front() {
            return Ok(Some(answer.encode()));
        }
        if self.on_paper {
            self.on_its_way.clear();
        }
        let room = self.window.bytes(at_work).saturating_sub(self.bytes_on_their_way());
        if self.on_its_way.is_empty() || room >= PIECE / 2 {
            if let Some(piece) = self.next_ops(store, room.clamp(PIECE / 4, PIECE), now_ms)? {
                return Ok(Some(piece));
            }
            if let Some(piece) = self.next_scan(scans, now_ms)? {
                return Ok(Some(piece));
            }
        }
        if let Some(question) = self.next_question(now_ms) {
            return Ok(Some(question));
        }
        let quiet = self.on_its_way.is_empty() && now_ms.saturating_sub(self.heard_ms) > QUIET_MS;
        if quiet || std::mem::take(&mut self.asked) {
            return Ok(Some(self.sent(Piece::Ping(self.cursor), What::Ping, now_ms)));
        }
        Ok(None)
    }

    fn hello(&self) -> Result<Piece> {
        let newest = self.logs.last().ok_or_else(|| Error::new(Code::NotEnrolled))?;
        let others = self.logs.iter().rev().skip(1).filter(|log| !log.refused).map(|log| log.replica);
        let others: Vec<u32> = others.collect();
        let hello = Hello {
            agency: self.agency.clone(),
            replica: newest.replica,
            epoch: self.epoch,
            cursor: self.cursor,
            dictionaries: if self.plainly { vec![] } else { vec![Dictionary::WIRE.number()] },
            others: (!others.is_empty()).then_some(others),
        };
        Ok(Piece::Hello(Signed::new(&self.device, &self.hub, HELLO, hello.encode())))
    }

    fn next_ops(&mut self, store: &Store, room: usize, now_ms: u64) -> Result<Option<Vec<u8>>> {
        let raw = self.raw * room as f64 / PIECE as f64;
        let (plainly, packer) = (self.plainly, &mut self.packer);
        let stored: Vec<(u32, u64)> = self.logs.iter().map(|log| (log.replica, log.stored)).collect();
        for log in self.logs.iter_mut().filter(|log| log.open && !log.refused) {
            let packed = store.read(|connection| {
                let ops = ops::from(connection, log.origin, log.sent + 1, raw as usize)?;
                if ops.is_empty() {
                    return Ok(None);
                }
                let size: usize = ops.iter().map(ops::size).sum();
                let run = Run { replica: log.replica, first: log.sent + 1, ops };
                // The hub surely holds the reception of a dossier that it has acknowledged, or told of itself.
                let known = |dossier: domain::dossier::OpId| {
                    let own = stored.iter().find(|(replica, _)| *replica == dossier.replica);
                    let there = !plainly && own.is_none_or(|(_, stored)| dossier.seq <= *stored);
                    if there { ops::seed(connection, dossier).ok().flatten() } else { None }
                };
                let packed = packer
                    .pack(std::slice::from_ref(&run), &known)
                    .map_err(|error| Error::new(Code::Internal).because(error))?;
                Ok(Some((run, packed, size)))
            })?;
            let Some((run, packed, size)) = packed else { continue };
            log.head = run.ops.iter().fold(log.head, |head, op| chain::follow(&head, &op.public));
            log.sent += run.ops.len() as u64;
            let last = log.sent;
            let signature = Checkpoint::sign(&self.device, log.replica, last, log.head).signature;
            self.packing = (self.packing.0 + size as u64, self.packing.1 + packed.len() as u64);
            let aim = size as f64 * PACKED as f64 / packed.len().max(1) as f64;
            self.raw = (self.raw * 0.5 + aim * 0.5).clamp(RAW.0 as f64, RAW.1 as f64);
            let what = What::Ops(run.replica);
            return Ok(Some(self.sent(Piece::Ops { signature, packed }, what, now_ms)));
        }
        Ok(None)
    }

    fn next_scan(&mut self, scans: &Scans, now_ms: u64) -> Result<Option<Vec<u8>>> {
        while let Some(wanted) = self.wanted.front_mut() {
            let (number, offset) = (wanted.number, wanted.next);
            let bytes = scans.read(&wanted.hash, offset, SCAN_PIECE)?;
            wanted.next += bytes.len() as u64;
            let end = wanted.next;
            if wanted.next >= wanted.size || bytes.is_empty() {
                self.wanted.pop_front();
            }
            if !bytes.is_empty() {
                let piece = Piece::Scan { number, offset, bytes };
                return Ok(Some(self.sent(piece, What::Scan { number, end }, now_ms)));
            }
        }
        Ok(None)
    }

    /// Asks the hub for the last byte of a scan: where a connection was cut just as the last of it went out, nothing else says
    /// that it arrived. By then the hub has asked for all it wants.
    fn next_question(&mut self, now_ms: u64) -> Option<Vec<u8>> {
        let only_questions = self.on_its_way.iter().all(|sent| matches!(sent.what, What::Question(_)));
        if !self.welcomed || self.on_paper || !self.wanted.is_empty() || !only_questions {
            return None;
        }
        let (hash, size) = self.unsure.pop_front()?;
        let number = u32::try_from(self.questions.len()).unwrap_or(u32::MAX);
        self.questions.insert(number, (hash, size));
        let question = Piece::Want(Want { number, hash, offset: size.saturating_sub(1) });
        Some(self.sent(question, What::Question(number), now_ms))
    }

    /// The hub's answer to such a question.
    fn question_answered(&mut self, number: u32, has_it: bool, now_ms: u64) -> Option<Heard> {
        let (hash, size) = *self.questions.get(&number)?;
        self.answered(now_ms, |what| *what == What::Question(number));
        let (there, standing) = if has_it { (size, Standing::Whole) } else { (0, Standing::Unasked) };
        Some(Heard::Scan { hash, there, standing })
    }

    fn sent(&mut self, piece: Piece, what: What, at_ms: u64) -> Vec<u8> {
        let bytes = piece.encode();
        self.on_its_way.push_back(OnItsWay { bytes: bytes.len(), at_ms, what });
        bytes
    }

    /// Takes in a piece.
    ///
    /// # Errors
    /// The other side refuses to go on, or says what no hub says. The connection is of no use any more; nothing is lost.
    pub fn arrived(&mut self, piece: Piece, store: &Store, scans: &Scans, now_ms: u64) -> Result<Option<Heard>> {
        self.heard_ms = now_ms;
        match piece {
            Piece::Welcome(welcome) => {
                let dictionary = Dictionary::numbered(welcome.dictionary).ok_or_else(unreadable)?;
                self.unpacker = Some(Unpacker::new(dictionary).map_err(|_| unreadable())?);
                self.welcomed = true;
                self.feed_goes_on = welcome.more;
                if welcome.epoch != self.epoch {
                    self.cursor = 0;
                }
                for log in &mut self.logs {
                    // A log the hub says nothing of is not this computer's to speak for.
                    log.open = welcome.stored.iter().any(|stored| stored.replica == log.replica);
                }
                for stored in &welcome.stored {
                    self.hub_has(store, stored)?;
                }
                Ok(Some(Heard::Welcome(welcome)))
            }
            Piece::Stored(stored) => Ok(self.stored(stored, now_ms)),
            Piece::Feed(feed) => self.feed(feed, store).map(Some),
            Piece::Want(want) => Ok(Some(self.want(want, scans))),
            Piece::Got(got) => Ok(self.got(&got, now_ms)),
            Piece::Scan { number, bytes, .. } => Ok(self.question_answered(number, !bytes.is_empty(), now_ms)),
            Piece::Lacking(number) => Ok(self.question_answered(number, false, now_ms)),
            Piece::Pong(_) => {
                self.answered(now_ms, |what| *what == What::Ping);
                Ok(None)
            }
            Piece::Ping(number) => {
                self.answers.push_back(Piece::Pong(number));
                Ok(None)
            }
            Piece::Refused(code) => Err(Error::new(Code::HubRefused).with("reason", code)),
            Piece::Plainly => Err(Error::new(Code::HubUnreadable).with("plainly", true)),
            Piece::Hello(_) | Piece::Ops { .. } | Piece::Read(_) | Piece::Unknown(_) => Ok(None),
        }
    }
}

impl Session {
    /// Goes back where the hub has less of a log than was thought: one that was put back from a backup lacks what it once had.
    /// What it has more is sent again all the same: only what it has compared is known to be this log's.
    fn hub_has(&mut self, store: &Store, stored: &Stored) -> Result<()> {
        let Some(log) = self.logs.iter_mut().find(|log| log.replica == stored.replica) else { return Ok(()) };
        log.refused |= stored.refused.is_some();
        if stored.seq >= log.stored {
            return Ok(());
        }
        let (origin, seq) = (log.origin, stored.seq);
        log.head = store.read(|connection| {
            let known = ops::all_own(connection)?.into_iter().find(|known| known.id == origin);
            ops::head_after(connection, &known.ok_or_else(unreadable)?, seq)
        })?;
        (log.sent, log.stored) = (seq, seq);
        Ok(())
    }

    /// An answer to the oldest operations of a log that are on their way.
    fn stored(&mut self, stored: Stored, now_ms: u64) -> Option<Heard> {
        let replica = stored.replica;
        let of_log = |sent: &OnItsWay| matches!(sent.what, What::Ops(of) if of == replica);
        let place = self.on_its_way.iter().position(of_log);
        if let Some(OnItsWay { bytes, at_ms, .. }) = place.and_then(|place| self.on_its_way.remove(place)) {
            self.was_answered(bytes, at_ms, now_ms);
        }
        let log = self.logs.iter_mut().find(|log| log.replica == replica)?;
        log.refused |= stored.refused.is_some();
        let verified = stored.compared.unwrap_or(0).min(stored.seq);
        log.stored = log.stored.max(verified);
        Some(Heard::Stored { origin: log.origin, verified, stored })
    }

    fn feed(&mut self, feed: Feed, store: &Store) -> Result<Heard> {
        let unpacker = self.unpacker.as_mut().ok_or_else(unreadable)?;
        let runs = store.read(|connection| {
            let known = |dossier| ops::seed(connection, dossier).ok().flatten();
            unpacker.unpack(&feed.packed, &known).map_err(|error| match error {
                BadWire::UnknownSeed(_) => unreadable().with("plainly", true),
                error => unreadable().because(error),
            })
        })?;
        let mut ops: Vec<Relayed> = Vec::new();
        for run in runs {
            for (seq, op) in (run.first..).zip(run.ops) {
                ops.push(Relayed { replica: run.replica, seq, op: op.into(), set_aside: None });
            }
        }
        for aside in feed.set_aside.unwrap_or_default() {
            let op = usize::try_from(aside.place).ok().and_then(|place| ops.get_mut(place));
            op.ok_or_else(unreadable)?.set_aside = Some(aside.reason);
        }
        self.feed_goes_on = feed.more.unwrap_or(false);
        Ok(Heard::Feed { ops, vouched: feed.vouched.unwrap_or_default(), cursor: feed.cursor })
    }

    /// What was heard of the feed is stored here, up to a position.
    pub fn has_read(&mut self, cursor: u64) {
        self.cursor = cursor;
        self.answers.push_back(Piece::Read(cursor));
    }

    /// The hub lacks a scan: it is sent from there on, where it is here.
    fn want(&mut self, want: Want, scans: &Scans) -> Heard {
        let Want { number, hash, offset: there } = want;
        self.wanted.retain(|wanted| wanted.number != number);
        self.unsure.retain(|(unsure, _)| *unsure != hash);
        match scans.size(&hash) {
            Some(size) if there < size => {
                self.wanted.push_back(Wanted { number, hash, next: there, size });
                self.under_way.insert(number, (hash, there));
                Heard::Scan { hash, there, standing: Standing::Waits }
            }
            _ => {
                self.answers.push_back(Piece::Lacking(number));
                Heard::Scan { hash, there, standing: Standing::Lost }
            }
        }
    }

    /// How far a wanted scan has got. Only that it is whole, or has to begin anew, is news for the store.
    fn got(&mut self, got: &Got, now_ms: u64) -> Option<Heard> {
        let Got { number, offset, whole } = *got;
        self.answered(now_ms, |what| matches!(what, What::Scan { number: of, end } if *of == number && *end <= offset));
        let (hash, there) = self.under_way.get_mut(&number)?;
        *there = offset;
        let hash = *hash;
        let whole = whole?;
        self.under_way.remove(&number);
        let (there, standing) = if whole { (offset, Standing::Whole) } else { (0, Standing::Waits) };
        Some(Heard::Scan { hash, there, standing })
    }

    /// Takes off what was answered, and learns from how long it took.
    fn answered(&mut self, now_ms: u64, is: impl Fn(&What) -> bool) {
        let (mut bytes, mut sent_ms) = (0, None);
        self.on_its_way.retain(|sent| {
            let answered = is(&sent.what);
            if answered {
                bytes += sent.bytes;
                sent_ms = Some(sent.at_ms);
            }
            !answered
        });
        if let Some(sent_ms) = sent_ms {
            self.was_answered(bytes, sent_ms, now_ms);
        }
    }

    fn was_answered(&mut self, bytes: usize, sent_ms: u64, now_ms: u64) {
        self.window.answered(bytes, now_ms.saturating_sub(sent_ms));
        self.speed.answered(bytes, now_ms, !self.on_its_way.is_empty());
    }

    fn bytes_on_their_way(&self) -> usize {
        self.on_its_way.iter().map(|sent| sent.bytes).sum()
    }

    /// Whether nothing is on its way and nothing more was announced. Together with nothing to send: all is said.
    pub fn is_quiet(&self) -> bool {
        self.welcomed
            && !self.feed_goes_on
            && self.on_its_way.is_empty()
            && self.answers.is_empty()
            && !self.asked
            && self.wanted.is_empty()
            && self.unsure.is_empty()
    }

    /// Asks the hub whether there is more. It answers when it has said all.
    pub fn ask(&mut self) {
        self.asked = true;
    }

    /// Whether an answer is so long overdue that the connection counts as dead. `patience_ms` is what a person has.
    pub fn is_dead(&self, now_ms: u64, patience_ms: u64) -> bool {
        let waiting = !self.welcomed || !self.on_its_way.is_empty();
        waiting && now_ms.saturating_sub(self.heard_ms) > self.window.patience_ms().min(patience_ms)
    }

    /// The last operation of each log that went out on this connection: row here, number.
    pub fn gone_out(&self) -> Vec<(i64, u64)> {
        self.logs.iter().map(|log| (log.origin, log.sent)).collect()
    }

    /// The scans that are under way, and how much of each has arrived.
    pub fn scans_under_way(&self) -> BTreeMap<ScanHash, u64> {
        self.under_way.values().copied().collect()
    }

    /// Bytes a second this connection takes, once that is known.
    pub fn bytes_a_second(&self) -> Option<u64> {
        self.speed.bytes_a_second()
    }

    /// What a thousand bytes of operations came to, once any went out.
    pub fn packing(&self) -> Option<u64> {
        let (before, after) = self.packing;
        (after * 1000).checked_div(before)
    }

    /// Whether something that was sent was answered: the connection was of use.
    pub fn was_of_use(&self) -> bool {
        self.window.has_answers()
    }
}

fn unreadable() -> Error {
    Error::new(Code::HubUnreadable)
}
