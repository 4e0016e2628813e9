//! One operation on the wire: its shape and its leaves, what is left out of it, and what its parts are told relative to.

use super::column::{Beside, In, Memory, Out};
use super::tree::{self, Leaf, PAIR_FIRST, PAIR_SECOND, Path, put_number, take_byte, take_number};
use super::way::Way;
use super::{BadWire, Seeds};
use crate::fields;
use crate::op::{Encoded, MAX_PART, Personal, Public, Salt, Seed, salt};
use domain::dossier::{Hlc, OpId};
use std::collections::BTreeMap;

/// Leaves one operation may have.
const MAX_LEAVES: usize = 8192;

/// The model of references.
const REFERENCE: u16 = 8;

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
pub const PUBLIC: u8 = 0;
const PERSONAL: u8 = 1;
const ASIDE: u8 = 2;
/// Keys of the public part (`crate::op::Public`).
const KIND: u8 = 0;
pub const HLC: u8 = 2;
const DOSSIER: u8 = 4;
const FIELDS: u8 = 6;
const HASH: u8 = 7;

/// An operation taken apart, or being put together.
#[derive(Default)]
pub struct Parts {
    /// Its identity.
    pub id: Option<OpId>,
    /// Form, kind, and the shapes of both parts.
    pub shape: Vec<u8>,
    /// Where its leaves stand, and of what kind they are.
    pub paths: Vec<(Path, u8)>,
    /// They.
    pub leaves: Vec<Leaf>,
    /// Its moment, milliseconds since 1970.
    pub ms: u64,
    /// Whether it was written together with the operation before.
    pub at_once: bool,
    /// Its dossier, where it names one.
    pub dossier: Option<OpId>,
    /// The operation its own kind of operation most likely follows.
    pub follows: Option<OpId>,
}

impl Way {
    fn seed(&self, dossier: Option<OpId>, known: Seeds<'_>) -> Option<Seed> {
        let dossier = dossier?;
        self.seeds.get(&dossier).copied().or_else(|| known(dossier))
    }

    fn note_seed(&mut self, id: OpId, personal: Option<&Personal>) {
        if let Some(seed) = personal.and_then(|personal| fields::seed(&personal.bytes)) {
            self.seeds.insert(id, seed);
        }
    }

    pub fn take_apart(&mut self, id: OpId, op: &Encoded, known: Seeds<'_>) -> Parts {
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
            let follows_from =
                |seed: Option<Seed>| seed.map(|seed| salt(&seed, Hlc(public.hlc))) == Some(personal.salt);
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

    pub fn put_together(&mut self, parts: Parts, known: Seeds<'_>) -> Result<Encoded, BadWire> {
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
            let hlc = Hlc(parts
                .paths
                .iter()
                .zip(&public[1..])
                .find_map(|((path, _), leaf)| match leaf {
                    Leaf::Uint(hlc) if *path == [PUBLIC, HLC] => Some(*hlc),
                    _ => None,
                })
                .ok_or(BadWire::Malformed)?);
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
pub fn kind_of(shape: &[u8]) -> Option<u16> {
    let mut rest = shape;
    match take_byte(&mut rest)? & form::PLAIN {
        0 => u16::try_from(take_number(&mut rest)?).ok(),
        _ => None,
    }
}

/// Where the leaves of a whole operation of this shape stand: those of the public part, without kind and hash where they
/// follow, those of the personal part, the salt where it does not follow.
pub fn paths_of(shape: &[u8]) -> Option<Vec<(Path, u8)>> {
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
    pub fn number(&self, path: &[u8]) -> Option<u64> {
        let place = self.paths.iter().position(|(known, _)| known == path)?;
        match self.leaves.get(place)? {
            Leaf::Uint(number) => Some(*number),
            _ => None,
        }
    }

    /// The dossier it names.
    pub fn reference(&self) -> Option<OpId> {
        let replica = u32::try_from(self.number(&[PUBLIC, DOSSIER, PAIR_FIRST])?).ok()?;
        let seq = self.number(&[PUBLIC, DOSSIER, PAIR_SECOND])?;
        Some(OpId { replica: if replica == 0 { self.id?.replica } else { replica }, seq })
    }

    /// What it is about: the dossier it names, or itself.
    pub fn subject(&self) -> Option<OpId> {
        self.reference().or(self.id)
    }

    pub fn beside(&self, path: &Path) -> Beside {
        Beside { ms: self.ms, hint: u8::from(self.at_once && Order::of(path) == Order::Public) }
    }
}

/// When a column is written: time first, then what every operation has, then what kinds have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    Time,
    Public,
    Inside,
}

impl Order {
    pub fn of(path: &Path) -> Self {
        match path.as_slice() {
            [PUBLIC, HLC] => Self::Time,
            [PUBLIC, FIELDS, ..] => Self::Inside,
            [PUBLIC, ..] => Self::Public,
            _ => Self::Inside,
        }
    }
}

/// A path, and the leaves that stand there: which leaf of which operation.
pub type Column = (Path, Vec<(usize, usize)>);

/// The columns of operations in the order they are written.
pub fn columns(all: &[Parts]) -> Vec<Column> {
    let mut places: BTreeMap<&Path, usize> = BTreeMap::new();
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
pub enum Told {
    /// Relative to the time before.
    Time,
    /// Relative to the operation's own number.
    Number,
    /// Each by itself, or as one before.
    Value,
}

impl Told {
    pub fn of(path: &Path) -> Self {
        match path.as_slice() {
            [PUBLIC, HLC] => Self::Time,
            [PUBLIC, DOSSIER, PAIR_SECOND] | [PUBLIC, FIELDS, .., PAIR_SECOND] => Self::Number,
            _ => Self::Value,
        }
    }
}

/// Tells the number of an operation that another refers to. Nothing refers to itself, so 0 is free: what was expected.
pub fn write_reference(parts: &Parts, leaf: &Leaf, expected: Option<OpId>, memory: &mut Memory, out: &mut Out) {
    let (Leaf::Uint(number), Some(id)) = (leaf, parts.id) else { return };
    let model = REFERENCE | u16::from(parts.at_once);
    match id.seq.checked_sub(*number) {
        _ if expected.map(|expected| expected.seq) == Some(*number) => memory.put_number(model, 0, out),
        Some(back) if back > 0 => memory.put_number(model, back, out),
        _ => memory.put_whole(model, *number, out),
    }
}

pub fn read_reference(parts: &Parts, expected: Option<OpId>, memory: &mut Memory, from: &mut In<'_>) -> Option<Leaf> {
    Some(Leaf::Uint(match memory.get_number(REFERENCE | u16::from(parts.at_once), from)? {
        Ok(0) => expected?.seq,
        Ok(back) => parts.id?.seq.checked_sub(back)?,
        Err(whole) => whole,
    }))
}
