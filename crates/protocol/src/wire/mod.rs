//! Operations on their way: many together, place by place (all the names, then all the telephone numbers), packed with a
//! dictionary that ships and with everything that went by on the same way before. What comes out is, byte for byte, what the
//! author wrote (docs/adr/0008).
//!
//! A way is one connection, one file, one request. Its two ends remember the same; whoever begins a new way begins with
//! an empty memory, so that nothing depends on what another connection carried.

mod coder;
mod column;
mod tree;

use crate::fields;
use crate::frame::Dictionary;
use crate::op::{Encoded, MAX_PART, Personal, Public, Salt, Seed, salt};
use coder::{Decoder, Model};
use column::{Beside, In, Known, Memory, Out};
use domain::dossier::{Hlc, OpId};
use std::collections::HashMap;
use std::io;
use std::sync::LazyLock;
use tree::{Leaf, PAIR_FIRST, PAIR_SECOND, Path, take_byte};
pub(crate) use tree::{put_number, take_number};
use zstd::stream::raw::{CParameter, DParameter, Decoder as Unzstd, Encoder as Zstd, InBuffer, Operation, OutBuffer};

/// Longest content of one packed frame, in bytes before packing.
const MAX_PLAIN: usize = 1024 * 1024;

/// Operations one frame may carry.
pub const MAX_OPS: usize = 4096;

/// Fast enough for an old computer and for a hub of hundreds of desks; higher levels save under 2 %.
const LEVEL: i32 = 9;

/// How far back the packer looks, as a power of two: 128 KiB at each end of each connection.
const WINDOW: u32 = 17;

/// Leaves one operation may have.
const MAX_LEAVES: usize = 8192;

/// Shapes that are remembered.
const SHAPES: usize = 254;

/// Columns a way remembers.
const COLUMNS: usize = 4096;

/// Dossiers whose seeds and latest operations a way remembers.
const SUBJECTS: usize = 20_000;

/// Models of what stands before and beside the columns.
const RUNS: u16 = 1;
const REPLICA: u16 = 2;
const FIRST: u16 = 3;
const COUNT: u16 = 4;
const SHAPE: u16 = 5;
const TIME: u16 = 6;
const REFERENCE: u16 = 8;

/// Operations of one replica, in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Who wrote them.
    pub replica: u32,
    /// Number of the first.
    pub first: u64,
    /// They.
    pub ops: Vec<Encoded>,
}

/// Why packed bytes give no operations.
#[derive(Debug, thiserror::Error)]
pub enum BadWire {
    /// Not what a [`Packer`] writes, or more than it would.
    #[error("packed operations that make no sense")]
    Malformed,
    /// The packing itself.
    #[error("operations that do not unpack: {0}")]
    Packing(#[from] io::Error),
    /// A salt was left out that follows from a seed this side does not hold: the sender is to send it.
    #[error("the seed of dossier {}/{} is not known here", .0.replica, .0.seq)]
    UnknownSeed(OpId),
}

type Seeds<'s> = &'s dyn Fn(OpId) -> Option<Seed>;

/// Packs what goes out on one way.
pub struct Packer {
    memory: Way,
    zstd: Zstd<'static>,
}

/// Unpacks what comes in on one way.
pub struct Unpacker {
    memory: Way,
    zstd: Unzstd<'static>,
}

impl Packer {
    /// For a new way.
    pub fn new(dictionary: Dictionary) -> Result<Self, BadWire> {
        Self::with(Way::beginning(dictionary), dictionary.content())
    }

    /// For a new way that begins with texts both sides know, and nothing else: what the sample that ships is packed with.
    pub fn with_texts(texts: &'static [u8]) -> Result<Self, BadWire> {
        Self::with(Way::default(), texts)
    }

    fn with(memory: Way, texts: &'static [u8]) -> Result<Self, BadWire> {
        let mut zstd = Zstd::with_dictionary(LEVEL, texts)?;
        zstd.set_parameter(CParameter::WindowLog(WINDOW))?;
        zstd.set_parameter(CParameter::ChecksumFlag(false))?;
        zstd.set_parameter(CParameter::DictIdFlag(false))?;
        zstd.set_parameter(CParameter::ContentSizeFlag(false))?;
        Ok(Self { memory, zstd })
    }

    /// Keeps what went by for a sample only.
    pub fn forget(&mut self) {
        self.memory.forget_who();
    }

    /// Packs operations. `known` are the seeds of dossiers whose reception the other side surely holds.
    pub fn pack(&mut self, runs: &[Run], known: Seeds<'_>) -> Result<Vec<u8>, BadWire> {
        let Out { coder, texts } = self.memory.write(runs, known);
        let coded = coder.finish();
        let mut packed = Vec::new();
        put_number(&mut packed, coded.len() as u64);
        packed.extend(coded);
        if !texts.is_empty() {
            self.zstd_all(&texts, &mut packed)?;
        }
        Ok(packed)
    }

    fn zstd_all(&mut self, plain: &[u8], packed: &mut Vec<u8>) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        let mut input = InBuffer::around(plain);
        while input.pos() < plain.len() {
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            self.zstd.run(&mut input, &mut output)?;
            packed.extend_from_slice(output.as_slice());
        }
        loop {
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            let left = self.zstd.flush(&mut output)?;
            packed.extend_from_slice(output.as_slice());
            if left == 0 {
                return Ok(());
            }
        }
    }
}

impl Unpacker {
    /// For a new way.
    pub fn new(dictionary: Dictionary) -> Result<Self, BadWire> {
        Self::with(Way::beginning(dictionary), dictionary.content())
    }

    fn with(memory: Way, texts: &[u8]) -> Result<Self, BadWire> {
        let mut zstd = Unzstd::with_dictionary(texts)?;
        zstd.set_parameter(DParameter::WindowLogMax(WINDOW))?;
        Ok(Self { memory, zstd })
    }

    /// Unpacks operations. `known` are the seeds of dossiers this side holds. After an error the way is of no use any more.
    pub fn unpack(&mut self, packed: &[u8], known: Seeds<'_>) -> Result<Vec<Run>, BadWire> {
        let mut rest = packed;
        let length = take_number(&mut rest).and_then(|length| usize::try_from(length).ok());
        let (coded, rest) = length.and_then(|length| rest.split_at_checked(length)).ok_or(BadWire::Malformed)?;
        let texts = if rest.is_empty() { Vec::new() } else { self.zstd_all(rest)? };
        self.memory.read(In { coder: Decoder::new(coded), texts: &texts }, known)
    }

    fn zstd_all(&mut self, packed: &[u8]) -> Result<Vec<u8>, BadWire> {
        let (mut plain, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
        let mut input = InBuffer::around(packed);
        loop {
            let before = input.pos();
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            self.zstd.run(&mut input, &mut output)?;
            let given = output.as_slice().len();
            plain.extend_from_slice(output.as_slice());
            if plain.len() > MAX_PLAIN {
                return Err(BadWire::Malformed);
            }
            // A full buffer may have more behind it; anything less was all there is.
            if given < buffer.len() && (input.pos() == packed.len() || input.pos() == before) {
                break;
            }
        }
        if input.pos() == packed.len() { Ok(plain) } else { Err(BadWire::Malformed) }
    }
}

/// What both ends of a way remember of what went by.
#[derive(Debug, Default, Clone)]
struct Way {
    shapes: Known<Vec<u8>>,
    /// Which shape follows which.
    shape_models: HashMap<u8, Model>,
    last_shape: u8,
    heads: Memory,
    columns: HashMap<Path, Memory>,
    last: Hlc,
    /// What the operation before was about.
    subject: Option<OpId>,
    seeds: HashMap<OpId, Seed>,
    /// The latest operation of each kind in a dossier.
    latest: HashMap<(OpId, u16), OpId>,
}

/// How an operation is told.
mod form {
    /// As it is: its parts are leaves.
    pub const PLAIN: u8 = 1;
    /// It has a personal part.
    pub const PERSONAL: u8 = 2;
    /// Its hash follows from the personal part and the salt.
    pub const HASHED: u8 = 4;
    /// The salt follows from the seed in its own personal part.
    pub const OWN_SEED: u8 = 8;
    /// The salt follows from the seed of its dossier.
    pub const KNOWN_SEED: u8 = 16;
}

/// Roots of paths.
const PUBLIC: u8 = 0;
const PERSONAL: u8 = 1;
const ASIDE: u8 = 2;
/// Keys of the public part (`crate::op::Public`).
const KIND: u8 = 0;
const HLC: u8 = 2;
const DOSSIER: u8 = 4;
const FIELDS: u8 = 6;
const HASH: u8 = 7;

/// An operation taken apart, or being put together.
#[derive(Default)]
struct Parts {
    id: Option<OpId>,
    /// Form, kind, and the shapes of both parts.
    shape: Vec<u8>,
    /// Where its leaves stand, and of what kind they are.
    paths: Vec<(Path, u8)>,
    leaves: Vec<Leaf>,
    ms: u64,
    /// Whether it was written together with the operation before.
    at_once: bool,
    dossier: Option<OpId>,
    /// The operation its own kind of operation most likely follows.
    follows: Option<OpId>,
}

/// What a way begins with where both sides have the second dictionary: as if its sample, invented dossiers of a commune's
/// every day, had gone by already.
static SECOND: LazyLock<Way> = LazyLock::new(|| {
    let mut sample = Dictionary::Second.sample();
    let Ok(mut unpacker) = Unpacker::with(Way::default(), Dictionary::Second.content()) else { return Way::default() };
    while let Some(length) = take_number(&mut sample).and_then(|length| usize::try_from(length).ok()) {
        let Some((packed, rest)) = sample.split_at_checked(length) else { return Way::default() };
        sample = rest;
        if unpacker.unpack(packed, &|_| None).is_err() {
            return Way::default();
        }
    }
    unpacker.memory.forget_who();
    unpacker.memory
});

impl Way {
    fn beginning(dictionary: Dictionary) -> Self {
        match dictionary {
            Dictionary::Second => SECOND.clone(),
            Dictionary::None | Dictionary::First => Self::default(),
        }
    }

    /// What was said is remembered, not who said it of what.
    fn forget_who(&mut self) {
        self.seeds.clear();
        self.latest.clear();
        (self.subject, self.last) = (None, Hlc(0));
    }

    fn write(&mut self, runs: &[Run], known: Seeds<'_>) -> Out {
        self.stay_small();
        let (mut out, mut all) = (Out::default(), Vec::new());
        self.heads.put_number(RUNS, runs.len() as u64, &mut out);
        for run in runs {
            self.heads.put_number(REPLICA, u64::from(run.replica), &mut out);
            self.heads.put_number(FIRST, run.first, &mut out);
            self.heads.put_number(COUNT, run.ops.len() as u64, &mut out);
            for (seq, op) in (run.first..).zip(&run.ops) {
                all.push(self.take_apart(OpId { replica: run.replica, seq }, op, known));
            }
        }
        for parts in &all {
            self.write_shape(&parts.shape, &mut out);
        }
        self.place_in_time(&mut all);
        self.relate(&mut all);
        for (path, places) in columns(&all) {
            let mut memory = self.columns.remove(&path).unwrap_or_default();
            for (op, leaf) in places {
                let Some((parts, leaf)) = all.get(op).and_then(|parts| Some((parts, parts.leaves.get(leaf)?))) else {
                    continue;
                };
                match Told::of(&path) {
                    Told::Time => self.write_time(leaf, &mut memory, &mut out),
                    Told::Number => {
                        let expected = self.expected(&path, &all, op);
                        write_reference(parts, leaf, expected, &mut memory, &mut out);
                    }
                    Told::Value => memory.write(leaf, parts.beside(&path), &mut out),
                }
            }
            self.columns.insert(path, memory);
        }
        self.subject = all.last().and_then(Parts::subject).or(self.subject);
        out
    }

    fn read(&mut self, mut from: In<'_>, known: Seeds<'_>) -> Result<Vec<Run>, BadWire> {
        self.stay_small();
        let (mut runs, mut all) = self.read_heads(&mut from).ok_or(BadWire::Malformed)?;
        self.read_leaves(&mut all, &mut from).ok_or(BadWire::Malformed)?;
        if !from.texts.is_empty() || from.coder.is_past_the_end() {
            return Err(BadWire::Malformed);
        }
        self.subject = all.last().and_then(Parts::subject).or(self.subject);
        let mut all = all.into_iter();
        for (run, count) in &mut runs {
            for parts in all.by_ref().take(*count) {
                run.ops.push(self.put_together(parts, known)?);
            }
        }
        Ok(runs.into_iter().map(|(run, _)| run).collect())
    }

    fn write_shape(&mut self, shape: &Vec<u8>, out: &mut Out) {
        let symbol = self.shapes.meet(shape, SHAPES).map_or(0, |known| known + 1);
        out.coder.byte(self.shape_models.entry(self.last_shape).or_default(), symbol);
        self.last_shape = symbol;
        if symbol == 0 {
            self.heads.put_number(SHAPE, shape.len() as u64, out);
            out.texts.extend_from_slice(shape);
        }
    }

    fn read_shape(&mut self, from: &mut In<'_>) -> Option<Vec<u8>> {
        let symbol = from.coder.byte(self.shape_models.entry(self.last_shape).or_default());
        self.last_shape = symbol;
        if let Some(known) = symbol.checked_sub(1) {
            return self.shapes.recall(known);
        }
        let length = usize::try_from(self.heads.get_number(SHAPE, from)?.ok()?).ok()?;
        let (shape, rest) = from.texts.split_at_checked(length)?;
        from.texts = rest;
        let shape = shape.to_vec();
        self.shapes.meet(&shape, SHAPES);
        Some(shape)
    }

    fn read_heads(&mut self, from: &mut In<'_>) -> Option<(Vec<(Run, usize)>, Vec<Parts>)> {
        let (mut runs, mut ids) = (Vec::new(), Vec::new());
        for _ in 0..self.heads.get_number(RUNS, from)?.ok()? {
            let replica = u32::try_from(self.heads.get_number(REPLICA, from)?.ok()?).ok()?;
            let first = self.heads.get_number(FIRST, from)?.ok()?;
            let count = usize::try_from(self.heads.get_number(COUNT, from)?.ok()?).ok()?;
            if ids.len().checked_add(count)? > MAX_OPS || runs.len() >= MAX_OPS || first > u64::MAX / 2 {
                return None;
            }
            ids.extend((first..).take(count).map(|seq| OpId { replica, seq }));
            runs.push((Run { replica, first, ops: Vec::with_capacity(count) }, count));
        }
        let parts = ids.into_iter().map(|id| {
            let shape = self.read_shape(from)?;
            let paths = paths_of(&shape)?;
            if from.coder.is_past_the_end() {
                return None;
            }
            Some(Parts { id: Some(id), leaves: vec![Leaf::Uint(0); paths.len()], paths, shape, ..Parts::default() })
        });
        let parts = parts.collect::<Option<Vec<_>>>()?;
        Some((runs, parts))
    }

    /// Forgets what has grown too large, at the same moment at both ends.
    fn stay_small(&mut self) {
        if self.columns.len() > COLUMNS {
            self.columns.clear();
        }
        if self.seeds.len() > SUBJECTS {
            self.seeds.clear();
        }
        if self.latest.len() > SUBJECTS {
            self.latest.clear();
        }
    }

    fn read_leaves(&mut self, all: &mut [Parts], from: &mut In<'_>) -> Option<()> {
        let columns = columns(all);
        let of = |order: Order| columns.iter().filter(move |(path, _)| Order::of(path) == order);
        // What comes later is told relative to what came before.
        self.read_columns(of(Order::Time), all, from)?;
        self.place_in_time(all);
        self.read_columns(of(Order::Public), all, from)?;
        self.relate(all);
        self.read_columns(of(Order::Inside), all, from)
    }

    fn read_columns<'c>(
        &mut self,
        columns: impl Iterator<Item = &'c Column>,
        all: &mut [Parts],
        from: &mut In<'_>,
    ) -> Option<()> {
        for (path, places) in columns {
            let mut memory = self.columns.remove(path).unwrap_or_default();
            for (op, place) in places {
                let expected = self.expected(path, all, *op);
                let parts = all.get_mut(*op)?;
                let kind = parts.paths.get(*place)?.1;
                let leaf = match Told::of(path) {
                    Told::Time => self.read_time(&mut memory, from)?,
                    Told::Number => read_reference(parts, expected, &mut memory, from)?,
                    Told::Value => memory.read(kind, parts.beside(path), from)?,
                };
                if tree::kind_of(&leaf) != kind {
                    return None;
                }
                *parts.leaves.get_mut(*place)? = leaf;
            }
            self.columns.insert(path.clone(), memory);
        }
        Some(())
    }

    /// Fills in the moments of operations.
    fn place_in_time(&self, all: &mut [Parts]) {
        let mut before: Option<u64> = None;
        for parts in all {
            let hlc = parts.number(&[PUBLIC, HLC]).unwrap_or(0);
            parts.ms = Hlc(hlc).millis();
            parts.at_once = before.and_then(|before| before.checked_add(1)) == Some(hlc);
            before = Some(hlc);
        }
    }

    /// Fills in what operations are about, and what they most likely follow.
    fn relate(&mut self, all: &mut [Parts]) {
        for parts in all {
            let Some(id) = parts.id else { continue };
            parts.dossier = parts.reference();
            let Some((kind, dossier)) = kind_of(&parts.shape).zip(parts.dossier) else { continue };
            parts.follows = Some(self.latest.insert((dossier, kind), id).unwrap_or(dossier));
        }
    }

    /// The operation that one refers to, if it refers to the one that is most likely.
    fn expected(&self, path: &Path, all: &[Parts], op: usize) -> Option<OpId> {
        if Order::of(path) == Order::Inside {
            return all.get(op)?.follows;
        }
        match op.checked_sub(1) {
            Some(before) => all.get(before)?.subject(),
            None => self.subject,
        }
    }

    fn write_time(&mut self, leaf: &Leaf, memory: &mut Memory, out: &mut Out) {
        let Leaf::Uint(hlc) = *leaf else { return };
        let (hlc, last) = (Hlc(hlc), self.last);
        self.last = hlc;
        match hlc.millis().checked_sub(last.millis()) {
            _ if Some(hlc.0) == last.0.checked_add(1) => memory.put_number(TIME, 0, out),
            Some(ms) if ms > 0 && hlc.0 & 0xffff == 0 => memory.put_number(TIME, ms, out),
            _ => memory.put_whole(TIME, hlc.0, out),
        }
    }

    fn read_time(&mut self, memory: &mut Memory, from: &mut In<'_>) -> Option<Leaf> {
        let hlc = match memory.get_number(TIME, from)? {
            Ok(0) => self.last.0.checked_add(1)?,
            Ok(ms) => self.last.millis().checked_add(ms)?.checked_mul(1 << 16)?,
            Err(whole) => whole,
        };
        self.last = Hlc(hlc);
        Some(Leaf::Uint(hlc))
    }

    fn seed(&self, dossier: Option<OpId>, known: Seeds<'_>) -> Option<Seed> {
        let dossier = dossier?;
        self.seeds.get(&dossier).copied().or_else(|| known(dossier))
    }

    fn note_seed(&mut self, id: OpId, personal: Option<&Personal>) {
        if let Some(seed) = personal.and_then(|personal| fields::seed(&personal.bytes)) {
            self.seeds.insert(id, seed);
        }
    }

    fn take_apart(&mut self, id: OpId, op: &Encoded, known: Seeds<'_>) -> Parts {
        let parts = self.in_parts(id, op, known).unwrap_or_else(|| plainly(id, op));
        self.note_seed(id, op.personal.as_ref());
        parts
    }

    /// An operation in its leaves; `None` where it would not come out again.
    fn in_parts(&self, id: OpId, op: &Encoded, known: Seeds<'_>) -> Option<Parts> {
        let public = Public::decode(&op.public).ok()?;
        let (public_shape, mut leaves) = tree::split(&op.public)?;
        let mut form = 0;
        let mut shape = Vec::new();
        put_number(&mut shape, u64::from(public.kind));
        shape.extend(&public_shape);
        let mut own_paths = tree::paths(&public_shape, &[PUBLIC], MAX_LEAVES)?;
        if own_paths.first()?.0 != [PUBLIC, KIND] {
            return None;
        }
        let mut salt_leaf = None;
        if let Some(personal) = &op.personal {
            form |= form::PERSONAL;
            let (personal_shape, personal_leaves) = tree::split(&personal.bytes)?;
            shape.extend(personal_shape);
            if public.personal == Some(personal.hash()) && own_paths.last()?.0 == [PUBLIC, HASH] {
                form |= form::HASHED;
                leaves.pop();
                own_paths.pop();
            }
            let dossier = public.dossier.map(|dossier| dossier.seen_from(id.replica));
            let follows_from = |seed: Option<Seed>| seed.map(|seed| salt(&seed, Hlc(public.hlc))) == Some(personal.salt);
            if follows_from(fields::seed(&personal.bytes)) {
                form |= form::OWN_SEED;
            } else if follows_from(self.seed(dossier, known)) {
                form |= form::KNOWN_SEED;
            } else {
                salt_leaf = Some(Leaf::Bytes(personal.salt.to_vec()));
            }
            leaves.extend(personal_leaves);
        }
        shape.insert(0, form);
        // The kind stands in the shape.
        leaves.remove(0);
        leaves.extend(salt_leaf);
        let paths = paths_of(&shape)?;
        (paths.len() == leaves.len()).then_some(Parts { id: Some(id), shape, paths, leaves, ..Parts::default() })
    }

    fn put_together(&mut self, parts: Parts, known: Seeds<'_>) -> Result<Encoded, BadWire> {
        let id = parts.id.ok_or(BadWire::Malformed)?;
        let op = self.whole(parts, known)?;
        if op.public.len() > MAX_PART || op.personal.as_ref().is_some_and(|personal| personal.bytes.len() > MAX_PART) {
            return Err(BadWire::Malformed);
        }
        self.note_seed(id, op.personal.as_ref());
        Ok(op)
    }

    fn whole(&self, parts: Parts, known: Seeds<'_>) -> Result<Encoded, BadWire> {
        let mut shape = parts.shape.as_slice();
        let form = take_byte(&mut shape).ok_or(BadWire::Malformed)?;
        let mut leaves = parts.leaves.into_iter();
        let bytes = |leaf: Option<Leaf>| match leaf {
            Some(Leaf::Bytes(bytes)) => Ok(bytes),
            _ => Err(BadWire::Malformed),
        };
        let salt_of = |leaf| Salt::try_from(bytes(leaf)?).map_err(|_| BadWire::Malformed);
        if form & form::PLAIN != 0 {
            let public = bytes(leaves.next())?;
            let personal = match form & form::PERSONAL {
                0 => None,
                _ => Some(Personal { bytes: bytes(leaves.next())?, salt: salt_of(leaves.next())? }),
            };
            return Ok(Encoded { public, personal });
        }
        let kind = take_number(&mut shape).ok_or(BadWire::Malformed)?;
        let own = parts.paths.iter().take_while(|(path, _)| path.first() == Some(&PUBLIC)).count();
        let mut public: Vec<Leaf> = [Leaf::Uint(kind)].into_iter().chain(leaves.by_ref().take(own)).collect();
        let public_shape = shape;
        tree::skip(&mut shape).ok_or(BadWire::Malformed)?;
        let mut personal = None;
        if form & form::PERSONAL != 0 {
            let bytes = tree::join(&mut shape, &mut leaves).ok_or(BadWire::Malformed)?;
            let hlc = Hlc(parts.paths.iter().zip(&public[1..]).find_map(|((path, _), leaf)| match leaf {
                Leaf::Uint(hlc) if *path == [PUBLIC, HLC] => Some(*hlc),
                _ => None,
            }).ok_or(BadWire::Malformed)?);
            let salt = if form & form::OWN_SEED != 0 {
                salt(&fields::seed(&bytes).ok_or(BadWire::Malformed)?, hlc)
            } else if form & form::KNOWN_SEED != 0 {
                let dossier = parts.dossier.ok_or(BadWire::Malformed)?;
                salt(&self.seed(Some(dossier), known).ok_or(BadWire::UnknownSeed(dossier))?, hlc)
            } else {
                salt_of(leaves.next())?
            };
            let part = Personal { bytes, salt };
            if form & form::HASHED != 0 {
                public.push(Leaf::Bytes(part.hash().to_vec()));
            }
            personal = Some(part);
        }
        let public = tree::join(&mut &public_shape[..], &mut public.into_iter()).ok_or(BadWire::Malformed)?;
        Ok(Encoded { public, personal })
    }
}

/// An operation that is not taken apart.
fn plainly(id: OpId, op: &Encoded) -> Parts {
    let mut shape = vec![form::PLAIN];
    let mut leaves = vec![Leaf::Bytes(op.public.clone())];
    if let Some(personal) = &op.personal {
        shape = vec![form::PLAIN | form::PERSONAL];
        leaves.extend([Leaf::Bytes(personal.bytes.clone()), Leaf::Bytes(personal.salt.to_vec())]);
    }
    let paths = paths_of(&shape).unwrap_or_default();
    Parts { id: Some(id), shape, paths, leaves, ..Parts::default() }
}

/// The kind a shape is of; `None` where its operation is not taken apart.
fn kind_of(shape: &[u8]) -> Option<u16> {
    let mut rest = shape;
    match take_byte(&mut rest)? & form::PLAIN {
        0 => u16::try_from(take_number(&mut rest)?).ok(),
        _ => None,
    }
}

/// Where the leaves of a whole operation of this shape stand: those of the public part, without kind and hash where they
/// follow, those of the personal part, the salt where it does not follow.
fn paths_of(shape: &[u8]) -> Option<Vec<(Path, u8)>> {
    let mut rest = shape;
    let form = take_byte(&mut rest)?;
    let bytes = tree::kind_of(&Leaf::Bytes(Vec::new()));
    let aside = |place: u8| (vec![ASIDE, place], bytes);
    if form & form::PLAIN != 0 {
        let more = if form & form::PERSONAL == 0 { 1 } else { 3 };
        return rest.is_empty().then(|| (0..more).map(aside).collect());
    }
    let kind = u16::try_from(take_number(&mut rest)?).ok()?.to_le_bytes();
    let public = rest;
    tree::skip(&mut rest)?;
    let public = public.get(..public.len() - rest.len())?;
    let mut paths = tree::paths(public, &[PUBLIC], MAX_LEAVES)?;
    if paths.first()?.0 != [PUBLIC, KIND] {
        return None;
    }
    paths.remove(0);
    if form & form::HASHED != 0 && paths.pop()?.0 != [PUBLIC, HASH] {
        return None;
    }
    // The same key means different things in different kinds.
    for (path, _) in paths.iter_mut().filter(|(path, _)| path.get(1) == Some(&FIELDS)) {
        path.splice(2..2, kind);
    }
    if form & form::PERSONAL != 0 {
        paths.extend(tree::paths(rest, &[PERSONAL, kind[0], kind[1]], MAX_LEAVES)?);
        if form & (form::OWN_SEED | form::KNOWN_SEED) == 0 {
            paths.push(aside(2));
        }
    } else if !rest.is_empty() {
        return None;
    }
    Some(paths)
}

impl Parts {
    fn number(&self, path: &[u8]) -> Option<u64> {
        let place = self.paths.iter().position(|(known, _)| known == path)?;
        match self.leaves.get(place)? {
            Leaf::Uint(number) => Some(*number),
            _ => None,
        }
    }

    /// The dossier it names.
    fn reference(&self) -> Option<OpId> {
        let replica = u32::try_from(self.number(&[PUBLIC, DOSSIER, PAIR_FIRST])?).ok()?;
        let seq = self.number(&[PUBLIC, DOSSIER, PAIR_SECOND])?;
        Some(OpId { replica: if replica == 0 { self.id?.replica } else { replica }, seq })
    }

    /// What it is about: the dossier it names, or itself.
    fn subject(&self) -> Option<OpId> {
        self.reference().or(self.id)
    }

    fn beside(&self, path: &Path) -> Beside {
        Beside { ms: self.ms, hint: u8::from(self.at_once && Order::of(path) == Order::Public) }
    }
}

/// When a column is written: time first, then what every operation has, then what kinds have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Time,
    Public,
    Inside,
}

impl Order {
    fn of(path: &Path) -> Self {
        match path.as_slice() {
            [PUBLIC, HLC] => Self::Time,
            [PUBLIC, FIELDS, ..] => Self::Inside,
            [PUBLIC, ..] => Self::Public,
            _ => Self::Inside,
        }
    }
}

/// A path, and the leaves that stand there: which leaf of which operation.
type Column = (Path, Vec<(usize, usize)>);

/// The columns of operations in the order they are written.
fn columns(all: &[Parts]) -> Vec<Column> {
    let mut places: HashMap<&Path, usize> = HashMap::new();
    let mut columns: Vec<Column> = Vec::new();
    for (op, parts) in all.iter().enumerate() {
        for (leaf, (path, _)) in parts.paths.iter().enumerate() {
            let column = *places.entry(path).or_insert_with(|| {
                columns.push((path.clone(), Vec::new()));
                columns.len() - 1
            });
            if let Some((_, places)) = columns.get_mut(column) {
                places.push((op, leaf));
            }
        }
    }
    columns.sort_by_key(|(path, _)| Order::of(path));
    columns
}

/// How the values of a column are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Relative to the time before.
    Time,
    /// Relative to the operation's own number.
    Number,
    /// Each by itself, or as one before.
    Value,
}

impl Told {
    fn of(path: &Path) -> Self {
        match path.as_slice() {
            [PUBLIC, HLC] => Self::Time,
            [PUBLIC, DOSSIER, PAIR_SECOND] | [PUBLIC, FIELDS, .., PAIR_SECOND] => Self::Number,
            _ => Self::Value,
        }
    }
}

/// Tells the number of an operation that another refers to. Nothing refers to itself, so 0 is free: what was expected.
fn write_reference(parts: &Parts, leaf: &Leaf, expected: Option<OpId>, memory: &mut Memory, out: &mut Out) {
    let (Leaf::Uint(number), Some(id)) = (leaf, parts.id) else { return };
    let model = REFERENCE | u16::from(parts.at_once);
    match id.seq.checked_sub(*number) {
        _ if expected.map(|expected| expected.seq) == Some(*number) => memory.put_number(model, 0, out),
        Some(back) if back > 0 => memory.put_number(model, back, out),
        _ => memory.put_whole(model, *number, out),
    }
}

fn read_reference(parts: &Parts, expected: Option<OpId>, memory: &mut Memory, from: &mut In<'_>) -> Option<Leaf> {
    Some(Leaf::Uint(match memory.get_number(REFERENCE | u16::from(parts.at_once), from)? {
        Ok(0) => expected?.seq,
        Ok(back) => parts.id?.seq.checked_sub(back)?,
        Err(whole) => whole,
    }))
}
