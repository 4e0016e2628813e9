//! Dossiers as numbered operations of one replica, where a bench needs them without a desk.

use crate::Result;
use crate::line::{Line, Step, blake};
use domain::dossier::{Hlc, Op, OpId};
use protocol::fields::{self, Content, Header};
use protocol::op::{Encoded, Seed};
use protocol::wire::Run;
use std::collections::BTreeMap;

/// The replica that sends.
const REPLICA: u32 = 7;

/// A desk's log from where the hub has it.
pub struct Log {
    ops: Vec<Encoded>,
    /// Number of the first of `ops`.
    first: u64,
}

impl Log {
    /// The operations of some dossiers in order of time. `first` is the number of the first one; the clerks' own operations
    /// were numbers 1 and on, long sent.
    pub fn of(lines: &[Line], first: u64) -> Result<Self> {
        let steps = in_time(lines)?;
        let (mut log, mut clerks) = (Self { ops: Vec::new(), first }, Vec::new());
        let mut received: BTreeMap<usize, (OpId, Seed)> = BTreeMap::new();
        let mut clock = Hlc(0);
        let mut numbers: BTreeMap<(usize, u64), u64> = BTreeMap::new();
        for (place, within, mut step) in steps {
            clock = clock.next(step.ms);
            let id = OpId { replica: 0, seq: first + log.ops.len() as u64 };
            numbers.insert((place, within), id.seq);
            if let Op::Moved(moved) = &mut step.op {
                moved.follows.seq = *numbers.get(&(place, moved.follows.seq)).ok_or("a step that follows nothing")?;
            }
            let clerk = clerks.iter().position(|clerk| *clerk == step.by).unwrap_or_else(|| {
                clerks.push(step.by.clone());
                clerks.len() - 1
            });
            let known = received.get(&place).copied();
            // The product draws it at random.
            let seed = known.map_or_else(|| start(&format!("{place} {} {first}", step.ms)), |(_, seed)| seed);
            let header = Header {
                hlc: clock,
                actor: Some(OpId { replica: 0, seq: clerk as u64 + 1 }),
                dossier: known.map(|(dossier, _)| dossier),
                deps: Vec::new(),
                was: None,
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
