//! The real programs, in processes that are killed, starved and misused.
#![expect(clippy::expect_used, reason = "a test that meets what it does not expect has failed")]

mod full_disk;
mod kill_desk;
mod kill_hub;
mod kill_sync;
mod neighbours;
mod shape;
mod shapes;
mod troubles;
