//! Two desks of one commune on its network, without input and output: each says what the other lacks, in turns. What another
//! desk wrote is taken in only where its author vouches for it with the key that the hub's roster names.

use super::exchange::Desk;
use crate::error::{Code, Error, Result};
use crate::store::scans::MAX_SCAN;
use crate::store::{Changes, Writing, fetches, ops, others, roster};
use ed25519_dalek::VerifyingKey;
use protocol::chain::{self, Checkpoint};
use protocol::enrolment::KeyHash;
use protocol::frame::Dictionary;
use protocol::link::{Aside, Feed, Greeting, Held, Piece, Vouched, Want, Which};
use protocol::message::{Relayed, Signed};
use protocol::roster::{Member, Roster};
use protocol::wire::{BadWire, Packer, Run, Unpacker};
use std::collections::{BTreeMap, VecDeque};

/// Bytes one turn says at most, about.
const TURN: usize = 1024 * 1024;

/// Bytes of operations, before packing, that make one piece.
const RAW: usize = 48 * 1024;

/// Bytes of a scan that make one piece.
const SCAN: usize = 64 * 1024;

/// Scans asked for at a time.
const WANTED: usize = 8;

/// An exchange with a neighbour.
pub struct Neighbour<'d> {
    desk: &'d Desk<'d>,
    hub: KeyHash,
    with: [u8; 32],
    /// Whether the other one is a volunteer's: it is told of nobody else's dossiers.
    is_a_volunteers: bool,
    packer: Packer,
    unpacker: Option<Unpacker>,
    has_greeted: bool,
    /// What the other one holds, as it said and as it was told.
    theirs: BTreeMap<u32, u64>,
    /// How far logs of this desk were told in the last turn, by their rows here.
    told_of_own: BTreeMap<i64, u64>,
    /// Logs of which it lacks something: row here, replica, how far it has been told.
    to_tell: VecDeque<(i64, u32, u64)>,
    roster: Option<Signed>,
    /// Scans it asked for: number, hash, place.
    to_give: VecDeque<(u32, [u8; 32], u64)>,
    /// Scans it was asked for: hash, size, what has come.
    wanted: BTreeMap<u32, ([u8; 32], u64, Vec<u8>)>,
    not_there: Vec<[u8; 32]>,
    last_want: u32,
    /// Whether the other one holds more of this desk's present identity than the desk itself: its database is an older one.
    pub superseded: bool,
    /// Operations that came in.
    pub received: u64,
    /// Operations that were told.
    pub told: u64,
    /// What it changed here.
    pub changes: Changes,
}

impl<'d> Neighbour<'d> {
    /// A new exchange between desks of this hub, with the device of this key.
    pub fn new(desk: &'d Desk<'d>, hub: KeyHash, with: [u8; 32]) -> Result<Self> {
        Ok(Self {
            desk,
            hub,
            with,
            is_a_volunteers: false,
            packer: Packer::new(Dictionary::WIRE).map_err(|error| Error::new(Code::Internal).because(error))?,
            unpacker: None,
            has_greeted: false,
            theirs: BTreeMap::new(),
            told_of_own: BTreeMap::new(),
            to_tell: VecDeque::new(),
            roster: None,
            to_give: VecDeque::new(),
            wanted: BTreeMap::new(),
            not_there: Vec::new(),
            last_want: 0,
            superseded: false,
            received: 0,
            told: 0,
            changes: Changes::new(),
        })
    }

    /// What to say in this turn; nothing when there is nothing to say.
    pub fn say(&mut self) -> Result<Vec<Piece>> {
        if !std::mem::replace(&mut self.has_greeted, true) {
            return Ok(vec![Piece::Greeting(self.greeting()?)]);
        }
        let mut turn: Vec<Piece> = self.roster.take().map(Piece::Roster).into_iter().collect();
        let mut bytes = 0;
        while bytes < TURN
            && let Some(piece) = self.next_scan()?
        {
            bytes += SCAN;
            turn.push(piece);
        }
        while bytes < TURN
            && let Some(feed) = self.next_ops()?
        {
            bytes += feed.packed.len();
            turn.push(Piece::Feed(feed));
        }
        turn.extend(self.wants()?);
        Ok(turn)
    }

    /// Takes in what the other one said in its turn.
    ///
    /// # Errors
    /// It is of another agency, or talks nonsense. Nothing is lost; what was taken in before stays.
    pub fn hear(&mut self, turn: Vec<Piece>) -> Result<()> {
        // What was told in the last turn is held there now.
        let told = std::mem::take(&mut self.told_of_own);
        if !told.is_empty() {
            self.write(|writing| told.iter().try_for_each(|(id, seq)| others::share(writing, *id, *seq)))?;
        }
        for piece in turn {
            match piece {
                Piece::Greeting(greeting) => self.greeted(greeting)?,
                Piece::Roster(brought) => {
                    let hub = self.hub;
                    self.write(|writing| roster::keep(writing, &brought, &hub).map(drop))?;
                }
                Piece::Feed(feed) => self.fed(feed)?,
                Piece::Want(Want { number, which: Which::Hash(hash), offset, .. }) => {
                    self.to_give.push_back((number, hash, offset));
                }
                Piece::Scan { number, offset, bytes } => self.scanned(number, offset, &bytes)?,
                Piece::Lacking(number) => {
                    self.not_there.extend(self.wanted.remove(&number).map(|(hash, ..)| hash));
                }
                // Of a newer release, or nothing a neighbour has to say.
                _ => {}
            }
        }
        Ok(())
    }

    fn greeting(&self) -> Result<Greeting> {
        self.desk.store.read(|connection| {
            let roster = roster::held(connection)?.ok_or_else(|| Error::new(Code::NotEnrolled))?;
            let origins = ops::origins(connection)?;
            let logs =
                origins.iter().filter_map(|origin| Some(Held::of(origin.replica?, origin.last_seq, &origin.head)));
            Ok(Greeting {
                agency: roster.agency,
                roster: (roster.epoch, roster.version),
                logs: logs.collect(),
                words: others::hub_words(connection)?,
                dictionaries: vec![Dictionary::WIRE.number()],
            })
        })
    }

    fn greeted(&mut self, greeting: Greeting) -> Result<()> {
        let newest =
            greeting.dictionaries.iter().copied().max().and_then(Dictionary::numbered).unwrap_or(Dictionary::None);
        // Both pack with what both have.
        let common = if newest == Dictionary::WIRE { newest } else { Dictionary::None };
        let packing = |error: BadWire| Error::new(Code::Internal).because(error);
        (self.packer, self.unpacker) =
            (Packer::new(common).map_err(packing)?, Some(Unpacker::new(common).map_err(packing)?));
        let theirs: BTreeMap<u32, Held> = greeting.logs.into_iter().map(|held| (held.replica, held)).collect();
        let (held, signed, own, to_tell) = self.desk.store.read(|connection| {
            let mut to_tell = VecDeque::new();
            for origin in ops::origins(connection)? {
                let Some(replica) = origin.replica else { continue };
                let known = theirs.get(&replica).map_or(0, |held| held.seq);
                // What they hold of it has to be the same as far as it goes: another copy of its writer may have told them.
                let is_same = match theirs.get(&replica).filter(|held| (1..=origin.last_seq).contains(&held.seq)) {
                    Some(held) => held.is_of(&ops::head_after(connection, &origin, held.seq)?),
                    None => true,
                };
                if is_same && known < origin.last_seq {
                    to_tell.push_back((origin.id, replica, known));
                }
            }
            Ok((roster::held(connection)?, roster::signed(connection)?, ops::own(connection)?, to_tell))
        })?;
        let roster = held.ok_or_else(|| Error::new(Code::NotEnrolled))?;
        if roster.agency != greeting.agency {
            return Err(unreadable().because("a desk of another agency"));
        }
        let member = roster.desks.iter().find(|desk| desk.device == self.with);
        self.is_a_volunteers = member.is_none_or(Member::is_volunteer);
        let its_own = |replica: &u32| member.is_some_and(|it| it.leases.iter().any(|lease| lease.replica == *replica));
        let to_tell: VecDeque<_> =
            to_tell.into_iter().filter(|(_, replica, _)| !self.is_a_volunteers || its_own(replica)).collect();
        self.superseded = own.replica.and_then(|own| theirs.get(&own)).is_some_and(|held| held.seq > own.last_seq);
        self.roster = signed.filter(|_| (roster.epoch, roster.version) > greeting.roster);
        self.to_tell = to_tell;
        self.theirs = theirs.iter().map(|(replica, held)| (*replica, held.seq)).collect();
        let theirs: Vec<Held> = theirs.into_values().collect();
        self.write(|writing| {
            for held in &theirs {
                share(writing, held)?;
            }
            greeting.words.iter().try_for_each(|word| believe(writing, word))
        })
    }

    fn next_ops(&mut self) -> Result<Option<Feed>> {
        let desk = self.desk;
        while let Some((id, replica, told)) = self.to_tell.pop_front() {
            let packer = &mut self.packer;
            let said = desk.store.read(|connection| {
                let Some(origin) = ops::origin_known_as(connection, replica)? else { return Ok(None) };
                let (ops, signature) = if origin.is_own {
                    let ops = ops::from(connection, id, told + 1, RAW)?;
                    let seq = told + ops.len() as u64;
                    let head = ops::head_after(connection, &origin, seq)?;
                    (ops, Checkpoint::sign(desk.device, replica, seq, head).signature)
                } else {
                    match others::vouched_after(connection, id, told)? {
                        Some(stretch) => stretch,
                        None => return Ok(None),
                    }
                };
                if ops.is_empty() {
                    return Ok(None);
                }
                let run = Run { replica, first: told + 1, ops };
                let last = told + run.ops.len() as u64;
                let reasons = others::reasons(connection, id, run.first, last)?;
                // They may have forgotten a dossier that is known here, and its seed with it.
                let packed = packer.pack(std::slice::from_ref(&run), &|_| None);
                let packed = packed.map_err(|error| Error::new(Code::Internal).because(error))?;
                let vouched = Some(vec![Vouched { replica, seq: last, signature }]);
                let aside =
                    |(seq, reason): (u64, String)| Some(Aside { place: u32::try_from(seq - run.first).ok()?, reason });
                let asides: Vec<Aside> = reasons.into_iter().filter_map(aside).collect();
                let set_aside = (!asides.is_empty()).then_some(asides);
                Ok(Some((origin.is_own, last, Feed { cursor: 0, packed, set_aside, vouched, more: None })))
            })?;
            // The rest of a log that nobody vouches for yet comes another time.
            let Some((is_own, last, feed)) = said else { continue };
            if is_own {
                self.told_of_own.insert(id, last);
            }
            self.told += last - told;
            self.theirs.insert(replica, last);
            self.to_tell.push_front((id, replica, last));
            return Ok(Some(feed));
        }
        Ok(None)
    }

    fn fed(&mut self, feed: Feed) -> Result<()> {
        let unpacker = self.unpacker.as_mut().ok_or_else(unreadable)?;
        let runs = self.desk.store.read(|connection| {
            let known = |dossier| ops::seed(connection, dossier).ok().flatten();
            unpacker.unpack(&feed.packed, &known).map_err(|error| unreadable().because(error))
        })?;
        let vouched = feed.vouched.unwrap_or_default();
        let mut asides: BTreeMap<usize, String> = BTreeMap::new();
        for aside in feed.set_aside.into_iter().flatten() {
            asides.insert(usize::try_from(aside.place).unwrap_or(usize::MAX), aside.reason);
        }
        let superseded = self.superseded;
        let mut received = 0;
        self.write(|writing| {
            let Some(roster) = roster::held(writing.reading())? else { return Ok(()) };
            let own = ops::own(writing.reading())?.replica;
            let mut place = 0;
            for run in runs {
                let of_run: Vec<Option<String>> = (place..place + run.ops.len()).map(|at| asides.remove(&at)).collect();
                place += run.ops.len();
                // What an older database lacks of its own identity is heard under the next one.
                if superseded && own == Some(run.replica) {
                    continue;
                }
                received += take_in(writing, &roster, run, of_run, &vouched)?;
            }
            Ok(())
        })?;
        self.received += received;
        Ok(())
    }

    fn wants(&mut self) -> Result<Vec<Piece>> {
        if !self.wanted.is_empty() || !self.to_tell.is_empty() {
            return Ok(Vec::new());
        }
        let (asked, named) = self
            .desk
            .store
            .read(|connection| Ok((fetches::open(connection)?, others::scans_of_others(connection)?)))?;
        let asked = asked.into_iter().map(|fetch| (fetch.hash, fetch.bytes));
        let lacking = asked.chain(named).filter(|(hash, size)| {
            let is_sane = (1..=MAX_SCAN as u64).contains(size);
            is_sane && !self.not_there.contains(hash) && self.desk.scans.size(hash).is_none()
        });
        let mut turn = Vec::new();
        for (hash, size) in lacking.take(WANTED).collect::<BTreeMap<_, _>>() {
            self.last_want += 1;
            self.wanted.insert(self.last_want, (hash, size, Vec::new()));
            turn.push(Piece::Want(Want { number: self.last_want, which: Which::Hash(hash), offset: 0, count: None }));
        }
        Ok(turn)
    }

    fn next_scan(&mut self) -> Result<Option<Piece>> {
        let Some((number, hash, place)) = self.to_give.pop_front() else { return Ok(None) };
        let size = self.desk.scans.size(&hash).filter(|_| !self.is_a_volunteers);
        let Some(size) = size else { return Ok(Some(Piece::Lacking(number))) };
        let bytes = self.desk.scans.read(&hash, place, SCAN)?;
        let next = place + bytes.len() as u64;
        if next < size && !bytes.is_empty() {
            self.to_give.push_front((number, hash, next));
        }
        Ok(Some(Piece::Scan { number, offset: place, bytes }))
    }

    fn scanned(&mut self, number: u32, offset: u64, bytes: &[u8]) -> Result<()> {
        let Some((hash, size, content)) = self.wanted.get_mut(&number) else { return Ok(()) };
        if offset != content.len() as u64 || bytes.is_empty() {
            return Err(unreadable());
        }
        content.extend_from_slice(bytes);
        if (content.len() as u64) < *size {
            return Ok(());
        }
        let (hash, content) = (*hash, std::mem::take(content));
        self.wanted.remove(&number);
        if *blake3::hash(&content).as_bytes() == hash {
            self.desk.scans.keep(&content)?;
            self.write(|writing| fetches::has_come(writing, &hash))?;
        } else {
            self.not_there.push(hash);
        }
        Ok(())
    }

    fn write(&mut self, what: impl FnOnce(&mut Writing<'_>) -> Result<()>) -> Result<()> {
        let ((), changes) = self.desk.store.write(what)?;
        self.changes.extend(changes);
        Ok(())
    }
}

/// Takes in a stretch of a log, where its author vouches for its end. Answers how many operations were new.
fn take_in(
    writing: &mut Writing<'_>,
    roster: &Roster,
    run: Run,
    asides: Vec<Option<String>>,
    vouched: &[Vouched],
) -> Result<u64> {
    let replica = run.replica;
    let last = run.first + run.ops.len() as u64 - 1;
    let known = ops::origin_known_as(writing.reading(), replica)?;
    let (known_seq, known_head) = known.map_or((0, chain::START), |origin| (origin.last_seq, origin.head));
    let author = roster::key_of(writing.reading(), Some(roster), replica)?;
    let word = vouched.iter().find(|word| word.replica == replica && word.seq == last);
    let (Some(author), Some(word), true) = (author, word, run.first <= known_seq + 1) else { return Ok(0) };
    let new = (run.first..).zip(run.ops).zip(asides).filter(|((seq, _), aside)| *seq > known_seq || aside.is_some());
    let new: Vec<_> = new.collect();
    if last > known_seq {
        let unheard = new.iter().filter(|((seq, _), _)| *seq > known_seq);
        let head = unheard.fold(known_head, |head, ((_, op), _)| chain::follow(&head, &op.public));
        let checkpoint = Checkpoint { replica, seq: last, head, signature: word.signature };
        if !checkpoint.is_signed_by(&author) {
            log::warn!("replica {replica}: a neighbour holds another log than its author vouches for; it is left out");
            return Ok(0);
        }
    }
    let stolen =
        roster.of_replica(replica).and_then(|author| author.stolen).unwrap_or(false).then(|| "stolen".to_owned());
    let mut received = 0;
    for ((seq, op), aside) in new {
        let set_aside = aside.or_else(|| stolen.clone());
        received += u64::from(writing.take_in(Relayed { replica, seq, op: op.into(), set_aside })?);
    }
    roster::vouch(writing, Some(roster), word)?;
    Ok(received)
}

/// Notes that a neighbour holds a log of this desk's.
fn share(writing: &mut Writing<'_>, held: &Held) -> Result<()> {
    let Some(origin) = ops::origin_known_as(writing.reading(), held.replica)?.filter(|origin| origin.is_own) else {
        return Ok(());
    };
    let is_held = held.seq <= origin.last_seq
        && held.seq > 0
        && held.is_of(&ops::head_after(writing.reading(), &origin, held.seq)?);
    if is_held { others::share(writing, origin.id, held.seq) } else { Ok(()) }
}

/// Believes the hub's word on a log, whoever brings it, where it fits the log that is here.
fn believe(writing: &mut Writing<'_>, word: &Vouched) -> Result<()> {
    let Vouched { replica, seq, signature } = *word;
    let (origin, key) = (ops::origin_known_as(writing.reading(), replica)?, roster::hub_key(writing.reading())?);
    let (Some(origin), Some(key)) = (origin, key) else { return Ok(()) };
    if seq > origin.last_seq || seq <= origin.acknowledged {
        return Ok(());
    }
    let head = ops::head_after(writing.reading(), &origin, seq)?;
    if !(Checkpoint { replica, seq, head, signature }).is_signed_by(&key) {
        log::warn!("replica {replica}: a word of the hub on it is not the hub's");
        return Ok(());
    }
    ops::set_progress(writing, origin.id, seq, seq, origin.backed_up)?;
    others::keep_word(writing, origin.id, seq, &signature)
}

fn unreadable() -> Error {
    Error::new(Code::NeighbourUnreadable)
}

/// Desks that may be spoken to: of this roster, at work, and not this one.
pub fn others<'r>(roster: &'r Roster, own: &'r VerifyingKey) -> impl Iterator<Item = &'r Member> {
    roster.desks.iter().filter(|desk| desk.revoked_at.is_none() && desk.device != own.to_bytes())
}
