//! What both ends of a way remember, and how operations are written and read with it.

use super::coder::Model;
use super::column::{In, Known, Memory, Out};
use super::parts::{
    Column, HLC, Order, PUBLIC, Parts, Told, columns, kind_of, paths_of, read_reference, write_reference,
};
use super::tree::{self, Leaf, Path, take_number};
use super::{BadWire, MAX_OPS, Run, Seeds, Unpacker};
use crate::frame::Dictionary;
use crate::op::Seed;
use domain::dossier::{Hlc, OpId};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

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

/// What both ends of a way remember of what went by.
#[derive(Debug, Default, Clone)]
pub struct Way {
    shapes: Known<Vec<u8>>,
    /// Which shape follows which.
    shape_models: BTreeMap<u8, Model>,
    last_shape: u8,
    heads: Memory,
    /// Shared with what a way begins with until it is written to.
    columns: BTreeMap<Path, Arc<Memory>>,
    last: Hlc,
    /// What the operation before was about.
    subject: Option<OpId>,
    pub seeds: BTreeMap<OpId, Seed>,
    /// The latest operation of each kind in a dossier.
    latest: BTreeMap<(OpId, u16), OpId>,
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

/// Runs still without operations, how many each has, and the operations as far as their heads say.
type Heads = (Vec<(Run, usize)>, Vec<Parts>);

impl Way {
    pub fn beginning(dictionary: Dictionary) -> Self {
        match dictionary {
            Dictionary::Second => SECOND.clone(),
            Dictionary::None | Dictionary::First => Self::default(),
        }
    }

    /// What was said is remembered, not who said it of what.
    pub fn forget_who(&mut self) {
        self.seeds.clear();
        self.latest.clear();
        (self.subject, self.last) = (None, Hlc(0));
    }

    pub fn write(&mut self, runs: &[Run], known: Seeds<'_>) -> Out {
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
            let mut kept = self.columns.remove(&path).unwrap_or_default();
            let memory = Arc::make_mut(&mut kept);
            for (op, leaf) in places {
                let Some((parts, leaf)) = all.get(op).and_then(|parts| Some((parts, parts.leaves.get(leaf)?))) else {
                    continue;
                };
                match Told::of(&path) {
                    Told::Time => self.write_time(leaf, memory, &mut out),
                    Told::Number => {
                        let expected = self.expected(&path, &all, op);
                        write_reference(parts, leaf, expected, memory, &mut out);
                    }
                    Told::Value => memory.write(leaf, parts.beside(&path), &mut out),
                }
            }
            self.columns.insert(path, kept);
        }
        self.subject = all.last().and_then(Parts::subject).or(self.subject);
        out
    }

    pub fn read(&mut self, mut from: In<'_>, known: Seeds<'_>) -> Result<Vec<Run>, BadWire> {
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

    fn read_heads(&mut self, from: &mut In<'_>) -> Option<Heads> {
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
            let mut kept = self.columns.remove(path).unwrap_or_default();
            let memory = Arc::make_mut(&mut kept);
            for (op, place) in places {
                let expected = self.expected(path, all, *op);
                let parts = all.get_mut(*op)?;
                let kind = parts.paths.get(*place)?.1;
                let leaf = match Told::of(path) {
                    Told::Time => self.read_time(memory, from)?,
                    Told::Number => read_reference(parts, expected, memory, from)?,
                    Told::Value => memory.read(kind, parts.beside(path), from)?,
                };
                if tree::kind_of(&leaf) != kind {
                    return None;
                }
                *parts.leaves.get_mut(*place)? = leaf;
            }
            self.columns.insert(path.clone(), kept);
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_that_ships_is_read_to_its_end() {
        assert!(SECOND.columns.len() > 30, "a way begins with what the office writes every day");
        assert!(SECOND.seeds.is_empty() && SECOND.subject.is_none(), "and with nobody's dossier");
    }
}
