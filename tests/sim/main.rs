//! Whatever happens in whatever order: worlds drawn from seeds, and the invariants that hold in all of them.
#![expect(clippy::expect_used, reason = "a test that meets what it does not expect has failed")]

use motcua_tests::sim::event::{Plan, What};
use motcua_tests::sim::kept::kept;
use motcua_tests::sim::run::{SEEDS, sabotaged, shorter};
use motcua_tests::sim::seen::ALL;
use motcua_tests::sim::world::Sabotage;
use motcua_tests::sim::{Failure, replay, run, run_many};

/// Seeds that failed once, each with a line that says why.
const KEPT: &str = include_str!("seeds.txt");

/// Failures that are shown; the others are the same more often than not.
const SHOWN: usize = 5;

fn kept_seeds() -> impl Iterator<Item = u64> {
    let lines = KEPT.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split(' ').next().and_then(|seed| seed.parse().ok()).expect("a seed, and why it is kept"))
}

fn told(failures: &[Failure]) -> String {
    failures.iter().map(|failure| format!("\n{failure}\n")).collect()
}

fn holds(seed: u64) {
    if let Err(failure) = run(seed) {
        panic!("{}", told(&[shorter(*failure, Sabotage::None)]));
    }
}

#[test]
fn whatever_happens_in_whatever_order_the_promises_hold() {
    let asked = |name: &str| std::env::var(name).ok().map(|number| number.parse().expect("a number"));
    if let Some(seed) = asked("MOTCUA_SEED") {
        return holds(seed);
    }
    kept_seeds().for_each(holds);
    let seeds = asked("MOTCUA_SEEDS").unwrap_or(SEEDS);
    let ran = run_many(0..seeds, SHOWN, |_| {});
    assert!(ran.failures.is_empty(), "{}", told(&ran.failures));
    let missing: Vec<&str> = ALL.into_iter().filter(|words| !ran.seen.contains(words)).collect();
    assert!(missing.is_empty() || seeds < SEEDS, "in {seeds} worlds it never came to this: {missing:?}");
}

#[test]
fn worlds_that_failed_once_hold() {
    for (why, plan) in kept() {
        if let Err(broken) = replay(&plan, Sabotage::None) {
            panic!("{why}: {broken:?}");
        }
    }
}

/// A part that does what it must not is found by the invariant that speaks of it, at one of the first seeds in which it has
/// anything to do.
fn is_found(sabotage: Sabotage, has_to_do: fn(&What) -> bool, invariant: &str) {
    let plans = (0..SEEDS).map(|seed| (seed, Plan::of(seed)));
    let seeds = plans.filter(|(_, plan)| plan.events.iter().any(|event| has_to_do(&event.what))).map(|(seed, _)| seed);
    let mut broken = seeds.take(120).filter_map(|seed| sabotaged(seed, sabotage).err()).map(|failure| failure.broken);
    assert!(broken.any(|broken| broken.invariant == invariant), "{sabotage:?} was not noticed");
}

#[test]
fn a_hub_that_answers_before_it_has_stored_is_found() {
    let crashes = |what: &What| matches!(what, What::HubCrashes(_));
    is_found(Sabotage::AnswersBeforeItStores, crashes, "nothing acknowledged is lost");
}

#[test]
fn a_machine_that_forgets_its_mark_is_found() {
    let restores = |what: &What| matches!(what, What::Restore(_));
    is_found(Sabotage::MachineForgets, restores, "no number is given twice");
}

#[test]
fn an_effect_that_happens_again_is_found() {
    let crashes = |what: &What| matches!(what, What::HubCrashes(_));
    is_found(Sabotage::EffectsAgain, crashes, "every effect happens once");
}

#[test]
fn a_restored_hub_that_does_not_say_so_is_found() {
    let restores = |what: &What| matches!(what, What::HubRestore(_));
    is_found(Sabotage::SameEpoch, restores, "nothing acknowledged is lost");
}
