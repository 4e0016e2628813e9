//! One connection with the hub, from the desk's side, as a machine without input and output: pieces that arrived go in,
//! pieces to send come out, and what the store has to take in is handed back. It decides the order: answers, then operations,
//! then scans; and how much is on its way at once ([`Window`]).

mod fetching;
mod heard;
mod paper;
mod relaying;
mod scans;

use super::speed::Speed;
use super::window::Window;
use crate::error::{Code, Error, Result};
use crate::store::scans::{Scans, some_waiting};
use crate::store::settings::{self, Key};
use crate::store::{Store, ops, others, roster};
use domain::dossier::OpId;
use ed25519_dalek::SigningKey;
use fetching::Fetching;
pub use heard::Heard;
use protocol::bundle;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::KeyHash;
use protocol::frame::Dictionary;
use protocol::link::{Feed, HELLO, Held, Hello, PIECE, Piece, ScanHash, Stored, Want};
use protocol::message::{Relayed, Signed};
use protocol::op::is_the_hubs;
use protocol::roster::Roster;
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

/// One of the logs this desk holds, as far as this connection is concerned.
#[derive(Debug)]
struct Log {
    origin: i64,
    replica: u32,
    /// The last operation that has gone out on this connection, and the chain's head there.
    sent: u64,
    head: Head,
    stored: u64,
    refused: bool,
    /// Whether it may be sent: the newest at once, others when the hub has said that it knows them.
    open: bool,
    /// Whether this desk wrote it. Of others' logs it sends what their authors vouch for.
    is_own: bool,
    /// Its last operation here, and the chain's head there.
    end: (u64, Head),
}

/// Something on its way.
#[derive(Debug)]
struct OnItsWay {
    bytes: usize,
    at_ms: u64,
    /// Where the [`Window`] stood.
    mark: u64,
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
    /// A question for the bytes of a scan up to a place; the mark is of the window of what comes.
    Fetch {
        number: u32,
        end: u64,
        count: usize,
        mark: u64,
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
    /// Bytes from `next` on that were read together: what a scan is sealed in is opened once.
    ahead: VecDeque<u8>,
}

/// How a connection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manner {
    /// The other side lacked a dictionary or a seed the last time: nothing is left out.
    pub plainly: bool,
    /// The hub did not know this desk the last time: the roster it once signed goes first.
    pub introduces: bool,
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
    /// Whether the hub was put back from a backup: it says which logs it knows.
    hub_is_restored: bool,
    agency: String,
    /// The replica this desk writes as.
    replica: Option<u32>,
    logs: Vec<Log>,
    roster: Option<Signed>,
    /// Whether the hub may have forgotten this desk: the roster goes first.
    introduces: bool,
    epoch: u32,
    cursor: u64,
    /// Up to where all of the feed has been told here, as far as it is for this desk at all.
    told: Option<u64>,
    feed_goes_on: bool,
    answers: VecDeque<Piece>,
    on_its_way: VecDeque<OnItsWay>,
    wanted: VecDeque<Wanted>,
    /// Wanted scans of others' that a neighbour may still bring.
    awaited: Vec<Want>,
    /// What the hub wanted on this connection and has not whole: its number, the scan, how much of it has arrived.
    under_way: BTreeMap<u32, (ScanHash, u64)>,
    /// Scans of earlier connections of which it was not heard that they arrived whole, and their sizes.
    unsure: VecDeque<(ScanHash, u64)>,
    /// Those that the hub was asked about.
    questions: BTreeMap<u32, (ScanHash, u64)>,
    /// Scans that a person here asked for.
    fetching: Fetching,
    window: Window,
    speed: Speed,
    /// Operations that went out here: bytes before packing, and after it.
    packing: (u64, u64),
    raw: f64,
    heard_ms: u64,
    /// Whether somebody wants to know that all is said, here or there.
    asked: bool,
    /// Whether this is a file: nothing is answered, nothing is waited for, and what it says may be old.
    pub(super) on_paper: bool,
}

impl Session {
    /// A new connection.
    pub fn new(store: &Store, device: &SigningKey, hub: KeyHash, manner: Manner, now_ms: u64) -> Result<Self> {
        let packing = |error: BadWire| Error::new(Code::Internal).because(error);
        let Manner { plainly, introduces } = manner;
        let dictionary = if plainly { Dictionary::None } else { Dictionary::WIRE };
        let (agency, replica, logs, epoch, cursor, roster, unsure) = store.read(|connection| {
            let mut logs = Vec::new();
            let newest = ops::own(connection)?.replica;
            for origin in ops::origins(connection)? {
                let Some(replica) = origin.replica else { continue };
                logs.push(Log {
                    origin: origin.id,
                    replica,
                    sent: origin.acknowledged,
                    head: ops::head_after(connection, &origin, origin.acknowledged)?,
                    stored: origin.acknowledged,
                    refused: !origin.refused.is_empty(),
                    open: Some(replica) == newest,
                    is_own: origin.is_own,
                    end: (origin.last_seq, origin.head),
                });
            }
            // What this desk wrote goes before what it passes on.
            logs.sort_by_key(|log| !log.is_own);
            let number = |key| settings::number(connection, key);
            let (epoch, cursor) = (number(Key::HubEpoch)?, number(Key::Cursor)?);
            let (agency, roster) = (settings::get(connection, Key::Agency)?, roster::signed(connection)?);
            Ok((agency, newest, logs, epoch, cursor, roster, some_waiting(connection, QUESTIONS)?))
        })?;
        Ok(Self {
            device: device.clone(),
            hub,
            packer: Packer::new(dictionary).map_err(packing)?,
            unpacker: None,
            plainly,
            greeted: false,
            welcomed: false,
            hub_is_restored: false,
            agency,
            replica,
            logs,
            introduces: introduces && roster.is_some(),
            roster,
            epoch: u32::try_from(epoch).unwrap_or(0),
            cursor: u64::try_from(cursor).unwrap_or(0),
            told: None,
            feed_goes_on: true,
            answers: VecDeque::new(),
            on_its_way: VecDeque::new(),
            wanted: VecDeque::new(),
            awaited: Vec::new(),
            under_way: BTreeMap::new(),
            unsure: unsure.into(),
            questions: BTreeMap::new(),
            fetching: Fetching::default(),
            window: Window::default(),
            speed: Speed::default(),
            packing: (0, 0),
            raw: FIRST_RAW as f64,
            heard_ms: now_ms,
            asked: false,
            on_paper: false,
        })
    }

    /// The last connection had carried so many bytes when it was cut in the middle of something.
    pub fn after_a_cut(mut self, carried: Option<u64>) -> Self {
        if let Some(carried) = carried {
            self.window = Window::after_a_cut(carried);
            self.fetching.after_a_cut(carried);
        }
        self
    }

    /// How many bytes were carried, where the connection ends in the middle of something.
    pub fn cut_after(&self) -> Option<u64> {
        (!self.on_its_way.is_empty()).then(|| self.window.mark() + self.fetching.carried())
    }

    /// The next piece to send, as bytes; `None` while there is nothing, or enough is on its way.
    pub fn next(&mut self, store: &Store, scans: &Scans, now_ms: u64, at_work: bool) -> Result<Option<Vec<u8>>> {
        if std::mem::take(&mut self.introduces)
            && let Some(roster) = &self.roster
        {
            return Ok(Some(Piece::Roster(roster.clone()).encode()));
        }
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
        let oldest_ms = self.on_its_way.front().map_or(0, |oldest| now_ms.saturating_sub(oldest.at_ms));
        let (window, taken) = (self.window.bytes(at_work, oldest_ms), self.bytes_on_their_way());
        // An operation does not wait for room that scans have taken.
        if taken <= window
            && let Some(piece) = self.next_ops(store, (window - taken).clamp(PIECE / 4, PIECE), now_ms)?
        {
            return Ok(Some(piece));
        }
        let count = if self.on_paper { bundle::SCAN_PIECE } else { self.window.scan_piece() };
        if (taken == 0 || taken + count <= window)
            && let Some(piece) = self.next_scan(scans, count, now_ms)?
        {
            return Ok(Some(piece));
        }
        if let Some(fetch) = self.next_fetch(store, scans, now_ms, at_work)? {
            return Ok(Some(fetch));
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
        let replica = self.replica.ok_or_else(|| Error::new(Code::NotEnrolled))?;
        let others = self.logs.iter().rev().filter(|log| log.is_own && log.replica != replica && !log.refused);
        let others: Vec<u32> = others.map(|log| log.replica).collect();
        // What the hub noted itself, a hub that was put back from a backup may lack.
        let is_told = |log: &&Log| log.stored < log.end.0 || is_the_hubs(log.replica);
        let held = self.logs.iter().filter(|log| !log.is_own && !log.refused).filter(is_told);
        let held: Vec<Held> = held.map(|log| Held::of(log.replica, log.end.0, &log.end.1)).collect();
        let hello = Hello {
            agency: self.agency.clone(),
            replica,
            epoch: self.epoch,
            cursor: self.cursor,
            dictionaries: if self.plainly { vec![] } else { vec![Dictionary::WIRE.number()] },
            others: (!others.is_empty()).then_some(others),
            roster: self.roster.as_ref().map(Roster::mark),
            held: (!held.is_empty()).then_some(held),
        };
        Ok(Piece::Hello(Signed::new(&self.device, &self.hub, HELLO, hello.encode())))
    }

    fn next_ops(&mut self, store: &Store, room: usize, now_ms: u64) -> Result<Option<Vec<u8>>> {
        self.look_at_others(store)?;
        let raw = self.raw * room as f64 / PIECE as f64;
        // On paper nobody can ask for what was left out.
        let (plainly, packer) = (self.plainly || self.on_paper, &mut self.packer);
        let stored: Vec<(u32, u64)> = self.logs.iter().map(|log| (log.replica, log.stored)).collect();
        for log in self.logs.iter_mut().filter(|log| log.open && !log.refused) {
            let packed = store.read(|connection| {
                let (ops, word) = if log.is_own {
                    (ops::from(connection, log.origin, log.sent + 1, raw as usize)?, None)
                } else {
                    let next = others::vouched_after(connection, log.origin, log.sent)?;
                    next.map_or((Vec::new(), None), |(ops, word)| (ops, Some(word)))
                };
                if ops.is_empty() {
                    return Ok(None);
                }
                let size: usize = ops.iter().map(ops::size).sum();
                let run = Run { replica: log.replica, first: log.sent + 1, ops };
                // The hub surely holds the reception of a dossier that it has acknowledged, or told of itself.
                let known = |dossier: OpId| {
                    let own = stored.iter().find(|(replica, _)| *replica == dossier.replica);
                    let there = !plainly && own.is_none_or(|(_, stored)| dossier.seq <= *stored);
                    if there { ops::seed(connection, dossier).ok().flatten() } else { None }
                };
                let packed = packer
                    .pack(std::slice::from_ref(&run), &known)
                    .map_err(|error| Error::new(Code::Internal).because(error))?;
                Ok(Some((run, packed, size, word)))
            })?;
            let Some((run, packed, size, word)) = packed else { continue };
            log.head = run.ops.iter().fold(log.head, |head, op| chain::follow(&head, &op.public));
            log.sent += run.ops.len() as u64;
            let last = log.sent;
            let own_word = || Checkpoint::sign(&self.device, log.replica, last, log.head).signature;
            let signature = word.unwrap_or_else(own_word);
            self.packing = (self.packing.0 + size as u64, self.packing.1 + packed.len() as u64);
            let aim = size as f64 * PACKED as f64 / packed.len().max(1) as f64;
            self.raw = (self.raw * 0.5 + aim * 0.5).clamp(RAW.0 as f64, RAW.1 as f64);
            let what = What::Ops(run.replica);
            return Ok(Some(self.sent(Piece::Ops { signature, packed }, what, now_ms)));
        }
        Ok(None)
    }

    fn sent(&mut self, piece: Piece, what: What, at_ms: u64) -> Vec<u8> {
        let bytes = piece.encode();
        self.on_its_way.push_back(OnItsWay { bytes: bytes.len(), at_ms, mark: self.window.mark(), what });
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
                self.fetching.may_ask_for(welcome.gives);
                self.feed_goes_on = welcome.more;
                if welcome.epoch != self.epoch {
                    self.cursor = 0;
                }
                let is_reader = welcome.reader.is_none_or(|reader| self.replica == Some(reader));
                self.told = is_reader.then_some(welcome.from.unwrap_or(self.cursor));
                // A log the hub says nothing of is not for this computer to speak of.
                self.logs.iter_mut().for_each(|log| log.open = false);
                for stored in &welcome.stored {
                    self.hub_has(store, stored)?;
                }
                self.hub_is_restored = welcome.restored.unwrap_or(false);
                if self.hub_is_restored {
                    self.answers.extend(self.roster.clone().map(Piece::Roster));
                    // The hub hears it when this desk has said all.
                    self.asked = true;
                }
                Ok(Some(Heard::Welcome(welcome)))
            }
            Piece::Roster(roster) => Ok(Some(Heard::Roster(roster))),
            Piece::Stored(stored) => {
                if stored.compared.is_none() && stored.refused.is_none() {
                    self.hub_has(store, &stored)?;
                }
                Ok(self.stored(stored, now_ms))
            }
            Piece::Feed(feed) => self.feed(feed, store).map(Some),
            // What was lacking when a file was written may have come since.
            Piece::Want(_) if self.on_paper => Ok(None),
            Piece::Want(want) => self.want(&want, store, scans),
            Piece::Got(got) => Ok(self.got(&got, now_ms)),
            Piece::Brought(brought) => {
                self.brought(&brought);
                Ok(None)
            }
            Piece::Scan { number, offset, bytes } => self.scan(number, offset, &bytes, (store, scans), now_ms),
            Piece::Lacking(number) => Ok(self.lacking(number, scans, now_ms)),
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
            Piece::Hello(_) | Piece::Ops { .. } | Piece::Read(_) | Piece::Greeting(_) | Piece::Unknown(_) => Ok(None),
        }
    }
}

impl Session {
    /// Goes back where the hub has less of a log than was thought: one that was put back from a backup lacks what it once had.
    /// What it has more is sent again all the same: only what it has compared is known to be this log's.
    fn hub_has(&mut self, store: &Store, stored: &Stored) -> Result<()> {
        let Some(log) = self.logs.iter_mut().find(|log| log.replica == stored.replica) else { return Ok(()) };
        log.open = true;
        log.refused |= stored.refused.is_some();
        if stored.seq == log.stored || stored.seq > log.stored && (log.is_own || stored.seq >= log.end.0) {
            return Ok(());
        }
        let (origin, seq) = (log.origin, stored.seq);
        log.head = store.read(|connection| {
            let known = ops::origins(connection)?.into_iter().find(|known| known.id == origin);
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
        if let Some(OnItsWay { bytes, at_ms, mark, .. }) = place.and_then(|place| self.on_its_way.remove(place)) {
            self.was_answered(bytes, mark, at_ms, now_ms);
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
        let from = self.told;
        self.told = from.map(|_| feed.cursor);
        Ok(Heard::Feed { ops, vouched: feed.vouched.unwrap_or_default(), from, cursor: feed.cursor })
    }

    /// What was heard of the feed is stored here, up to a position.
    pub fn has_read(&mut self, cursor: u64) {
        self.cursor = cursor;
        self.answers.push_back(Piece::Read(cursor));
    }

    /// Takes off what was answered, and learns from how long it took.
    fn answered(&mut self, now_ms: u64, is: impl Fn(&What) -> bool) {
        let (mut bytes, mut newest) = (0, None);
        self.on_its_way.retain(|sent| {
            let answered = is(&sent.what);
            if answered {
                bytes += sent.bytes;
                newest = Some((sent.at_ms, sent.mark));
            }
            !answered
        });
        if let Some((sent_ms, mark)) = newest {
            self.was_answered(bytes, mark, sent_ms, now_ms);
        }
    }

    fn was_answered(&mut self, bytes: usize, mark: u64, sent_ms: u64, now_ms: u64) {
        self.window.answered(bytes, mark, now_ms.saturating_sub(sent_ms));
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
            && self.fetching.is_over()
    }

    /// The hub it is with.
    pub fn hub(&self) -> KeyHash {
        self.hub
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
