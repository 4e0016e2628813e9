//! What happens in a simulated world, drawn from a seed.

use fastrand::Rng;
use std::fmt;

/// What somebody does with dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Takes one in.
    Receive,
    /// Puts a remark on one.
    Note,
    /// Changes a telephone number.
    Phone,
    /// Changes an address.
    Address,
    /// Corrects a name.
    Name,
    /// Moves one to another state.
    Move,
    /// Takes a fee.
    Fee,
    /// Records a result.
    Outcome,
    /// Chooses on a card.
    Settle,
    /// Attaches a scan.
    Attach,
    /// Finishes one and has its persons' data erased.
    Forget,
}

/// What becomes of a request of the first protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives, its answer does not.
    Unanswered,
}

/// What happens. A desk is named by its number among those there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Somebody works at a desk.
    Work(usize, Work),
    /// A desk opens a connection.
    Call(usize),
    /// Bytes move on the open connections, in so many steps.
    Bytes(u8),
    /// A connection is cut.
    Cut(usize),
    /// A desk says and hears all there is, on a good line.
    Sync(usize),
    /// A desk speaks the first protocol.
    Round(usize, Fate),
    /// A desk writes a bundle.
    BundleOut(usize),
    /// A bundle, of all that were written, is carried in.
    CarryIn(usize),
    /// An answer, of all that were given, comes back to the desk it is for.
    BundleIn(usize),
    /// A desk loses its power while somebody works.
    CrashAtWork(usize, Work),
    /// A desk loses its power while it hears what has arrived.
    CrashHearing(usize),
    /// The hub loses its power while it hears what has arrived from a desk.
    HubCrashes(usize),
    /// A desk's files are copied: as a backup, or as they are.
    Copy(usize, bool),
    /// One of the copies is put in the desk's place.
    Restore(usize),
    /// A desk's folder goes on elsewhere too: the folder alone, or its whole machine.
    Clone(usize, bool),
    /// A desk's clock is off from now on.
    Clock(usize, i64),
    /// Time goes by, or the hub's clock and everybody's are set back.
    Wait(i64),
    /// A desk that spoke the first protocol alone gets a newer release.
    Upgrade(usize),
    /// The hub makes a backup.
    HubCopy,
    /// The newest backup of the hub, or an older one, is put in its place.
    HubRestore(bool),
    /// A desk is retired, or reported stolen.
    Revoke(usize, bool),
    /// A desk that has no number is enrolled.
    Enrol(usize),
}

/// One thing that happens, with the chance that is its own: it does the same whatever is left out before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub what: What,
    /// Its chance.
    pub chance: u64,
}

impl fmt::Display for Event {
    /// As it is written in `kept.rs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, chance } = self;
        match what {
            What::Work(at, work) => write!(f, "(What::Work({at}, Work::{work:?}), {chance:#x})"),
            What::CrashAtWork(at, work) => write!(f, "(What::CrashAtWork({at}, Work::{work:?}), {chance:#x})"),
            What::Round(at, fate) => write!(f, "(What::Round({at}, Fate::{fate:?}), {chance:#x})"),
            what => write!(f, "(What::{what:?}, {chance:#x})"),
        }
    }
}

/// What a seed decides.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many desks of the commune begin.
    pub desks: usize,
    /// Whether a desk of another commune is there.
    pub stranger: bool,
    /// Which of them speak the first protocol alone.
    pub old: [bool; 4],
    /// What happens.
    pub events: Vec<Event>,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const YEAR: i64 = 365 * DAY;

/// Clocks: right, two hours slow, minutes fast, 2010, 2036.
const CLOCKS: [i64; 6] = [0, 0, -120 * MINUTE, 8 * MINUTE, -16 * YEAR, 10 * YEAR];

impl Plan {
    /// Draws a plan.
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let (desks, stranger) = (rng.usize(1..=3), rng.u8(..4) == 0);
        let old = std::array::from_fn(|_| rng.u8(..6) == 0);
        // Some worlds are rough, some are quiet; some never lose anything, so that what goes wrong there has another reason.
        let rough = rng.u8(..4);
        let count = rng.usize(12..44);
        let events = (0..count).map(|_| Event { what: what(&mut rng, desks, rough), chance: rng.u64(..) }).collect();
        Self { desks, stranger, old, events }
    }
}

fn work(rng: &mut Rng) -> Work {
    match rng.u8(..20) {
        0..=6 => Work::Receive,
        7..=8 => Work::Note,
        9..=10 => Work::Phone,
        11 => Work::Address,
        12 => Work::Name,
        13..=14 => Work::Move,
        15 => Work::Fee,
        16 => Work::Outcome,
        17 => Work::Settle,
        18 => Work::Attach,
        _ => *rng.choice(&[Work::Attach, Work::Forget]).unwrap_or(&Work::Attach),
    }
}

fn what(rng: &mut Rng, desks: usize, rough: u8) -> What {
    // One more than there are at first: the stranger, or whoever comes later.
    let desk = rng.usize(..desks + 1);
    match rng.u8(..if rough == 0 { 72 } else { 100 }) {
        0..=29 => What::Work(desk, work(rng)),
        30..=35 => What::Call(desk),
        36..=47 => What::Bytes(rng.u8(1..60)),
        48..=51 => What::Cut(desk),
        52..=57 => What::Sync(desk),
        58..=61 => {
            What::Round(desk, *rng.choice(&[Fate::Answered, Fate::Lost, Fate::Unanswered]).unwrap_or(&Fate::Lost))
        }
        62..=64 => What::BundleOut(desk),
        65..=67 => What::CarryIn(rng.usize(..16)),
        68..=69 => What::BundleIn(rng.usize(..16)),
        70 => What::Wait(*rng.choice(&[MINUTE, 40 * MINUTE, DAY, -120 * MINUTE]).unwrap_or(&DAY)),
        71 => What::Upgrade(desk),
        72..=76 => What::CrashAtWork(desk, work(rng)),
        77..=80 => What::CrashHearing(desk),
        81..=83 => What::HubCrashes(desk),
        84..=87 => What::Copy(desk, rng.bool()),
        88..=90 => What::Restore(desk),
        91 => What::Clone(desk, rough == 1 && rng.bool()),
        92..=93 => What::Clock(desk, *rng.choice(&CLOCKS).unwrap_or(&0)),
        94..=95 => What::HubCopy,
        96 => What::HubRestore(rng.bool()),
        97 => What::Revoke(desk, rng.bool()),
        _ => What::Enrol(desk),
    }
}
