//! The format as others rely on it: what was written once is read for ever, and nothing that arrives can do harm.
#![expect(clippy::expect_used, reason = "a test that meets what it does not expect has failed")]

mod golden;
mod hostile;
mod made_up;
mod newer;
mod round_trip;
mod wire;
