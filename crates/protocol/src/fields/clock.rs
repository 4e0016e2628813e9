//! The hub's note on a clock.

use minicbor::{Decode, Encode};

/// A stretch of a log that claims a time more than [`domain::dossier::Hlc::MAX_LEAD_MS`] after the hub heard of it. Every fold
/// places these operations at `at_ms`; of several notes on one operation the earliest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ClockNote {
    /// The log, as the hub leased it.
    #[n(0)]
    pub replica: u32,
    /// The first operation of the stretch.
    #[n(1)]
    pub first: u64,
    /// The last one.
    #[n(2)]
    pub last: u64,
    /// When the hub heard of them, milliseconds since 1970 by its clock.
    #[n(3)]
    pub at_ms: u64,
}
