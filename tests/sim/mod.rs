//! The simulator: whole worlds of desks, a hub and people with sticks, in virtual time, drawn from a seed. It drives the real
//! engine and the real hub on real stores; only lines, power and time are its own. Whatever happens, in whatever order, certain
//! things stay true ([`check`]); docs/adr/0012-simulator.md says which, and what is left out.

pub mod check;
pub mod event;
pub mod files;
pub mod kept;
pub mod line;
pub mod office;
pub mod run;
pub mod seat;
pub mod seen;
pub mod template;
pub mod world;

pub use run::{Failure, replay, run, run_many};

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: &'static str,
    /// What was found.
    pub found: String,
}

impl Broken {
    /// Says so.
    pub fn new(invariant: &'static str, found: impl Into<String>) -> Self {
        Self { invariant, found: found.into() }
    }
}

/// What holds, or does not.
pub type Checked<T> = Result<T, Broken>;
