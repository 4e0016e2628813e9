//! Stories of offices: named desks, a real hub, a clock that is pushed and links that are cut.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a story that meets what it does not expect has failed"
)]

mod bad_link;
mod clocks;
mod counter;
mod damage;
mod disasters;
mod fees;
mod fetching;
mod finding;
mod forgetting;
mod forms;
mod hub_put_back;
mod life;
mod merging;
mod neighbours;
mod no_signal;
mod not_received;
mod open_line;
mod paper;
mod pins;
mod shown;
mod stick;
mod strange_hub;
mod tampering;
mod try_link;
mod two_desks;
