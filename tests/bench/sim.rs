//! The simulator over many more seeds than a test run has time for.

use crate::figure::Figure;
use crate::{Load, Result};
use motcua_tests::sim::run::{SEEDS, run_many};
use std::time::Instant;

/// Seeds, where the caller does not say how many.
const MANY: u64 = 200_000;

/// Failures after which it ends: each costs many runs, to make it as short as it gets.
const ENOUGH: usize = 100;

/// Runs the seeds that come after those of the tests. What fails is told on standard error.
pub fn measure(load: &Load) -> Result<Vec<Figure>> {
    let begun = Instant::now();
    let ran = run_many(SEEDS..SEEDS + load.seeds.unwrap_or(MANY), ENOUGH, |told| eprintln!("{told}"));
    let seconds = begun.elapsed().as_secs_f64();
    Ok(vec![
        Figure::new("sim_seeds", ran.seeds as f64, "seeds"),
        Figure::new("sim_failures", ran.failures.len() as f64, "seeds"),
        Figure::new("sim_seeds_s", ran.seeds as f64 / seconds, "seeds/s"),
    ])
}
