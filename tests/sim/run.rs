//! Running seeds: one, or many over all processors; and a failing one made as short as it gets.

use super::event::{Event, Plan};
use super::world::{Sabotage, World};
use super::{Broken, Checked};
use super::{check, seen};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Seeds of every test run; a bench goes on after them.
pub const SEEDS: u64 = 2_000;

/// A seed at which an invariant does not hold.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What does not hold.
    pub broken: Broken,
    /// The plan, with the shortest list of what has to happen for it.
    pub plan: Plan,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, broken, plan } = self;
        writeln!(f, "seed {seed}: not so: {}", broken.invariant)?;
        writeln!(f, "  {}", broken.found)?;
        writeln!(f, "  {} desks, old ones {:?}, a stranger: {}; it takes:", plan.desks, plan.old, plan.stranger)?;
        for event in &plan.events {
            writeln!(f, "    {event},")?;
        }
        write!(f, "  MOTCUA_SEED={seed} cargo test --test sim runs it again")
    }
}

/// What occurred in a world.
pub type Seen = BTreeSet<&'static str>;

/// Runs a seed.
pub fn run(seed: u64) -> Result<Seen, Box<Failure>> {
    sabotaged(seed, Sabotage::None)
}

/// Runs a seed in a world with a part that does what it must not.
pub fn sabotaged(seed: u64, sabotage: Sabotage) -> Result<Seen, Box<Failure>> {
    let plan = Plan::of(seed);
    match replay(&plan, sabotage) {
        Ok(seen) => Ok(seen),
        Err(broken) => Err(Box::new(Failure { seed, broken, plan })),
    }
}

/// Lets a plan happen. A fault of the product's own is an invariant that does not hold.
pub fn replay(plan: &Plan, sabotage: Sabotage) -> Checked<Seen> {
    let all = || {
        let mut world = World::begin(plan)?;
        world.sabotage = sabotage;
        for event in &plan.events {
            world.happens(event)?;
            check::after_each(&mut world)?;
        }
        check::in_the_end(&mut world)?;
        Ok(seen::of(&world))
    };
    catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|fault| {
        let words = fault.downcast_ref::<String>().cloned();
        let words = words.or_else(|| fault.downcast_ref::<&str>().map(|words| (*words).to_owned()));
        Err(Broken::new("nothing panics", words.unwrap_or_default()))
    })
}

/// Leaves out whatever the failure does not need.
pub fn shorter(failure: Failure, sabotage: Sabotage) -> Failure {
    let Failure { seed, mut broken, mut plan } = failure;
    let same = |plan: &Plan| replay(plan, sabotage).err().filter(|found| found.invariant == broken.invariant);
    let mut size = plan.events.len().div_ceil(2);
    let mut best = None;
    while size > 0 {
        let mut from = 0;
        while from < plan.events.len() {
            let mut fewer = plan.clone();
            let _left_out: Vec<Event> = fewer.events.drain(from..(from + size).min(plan.events.len())).collect();
            match same(&fewer) {
                Some(found) => (plan, best) = (fewer, Some(found)),
                None => from += size,
            }
        }
        size /= 2;
    }
    if let Some(found) = best {
        broken = found;
    }
    Failure { seed, broken, plan }
}

/// What running many seeds came to.
#[derive(Debug, Default)]
pub struct Ran {
    /// Seeds that were run.
    pub seeds: u64,
    /// What occurred in them.
    pub seen: Seen,
    /// Those that failed, each as short as it gets, in their order.
    pub failures: Vec<Failure>,
}

/// Runs seeds over all processors, telling each failure and each thousandth seed as it comes. After `most` failures no more are
/// begun.
pub fn run_many(seeds: Range<u64>, most: usize, tell: impl Fn(&str) + Sync) -> Ran {
    let (next, ran) = (AtomicU64::new(seeds.start), Mutex::new(Ran::default()));
    let ran_so_far = || ran.lock().unwrap_or_else(PoisonError::into_inner);
    let hand = || {
        while ran_so_far().failures.len() < most {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) {
                break;
            }
            let (seen, failure) = match run(seed) {
                Ok(seen) => (seen, None),
                Err(failure) => (Seen::new(), Some(shorter(*failure, Sabotage::None))),
            };
            let mut ran = ran_so_far();
            ran.seen.extend(seen);
            ran.seeds += 1;
            if ran.seeds.is_multiple_of(1_000) {
                tell(&format!("{} seeds, {} failures", ran.seeds, ran.failures.len()));
            }
            if let Some(failure) = failure {
                tell(&failure.to_string());
                ran.failures.push(failure);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(hand);
        }
    });
    let mut ran = ran.into_inner().unwrap_or_else(PoisonError::into_inner);
    ran.failures.sort_by_key(|failure| failure.seed);
    ran
}
