//! What a connection hands back to whoever has the store.

use crate::store::scans::Standing;
use protocol::link::{ScanHash, Stored, Vouched, Welcome};
use protocol::message::{Relayed, Signed};

/// What has arrived and concerns the store.
#[derive(Debug)]
pub enum Heard {
    /// The hub's answer to hello.
    Welcome(Welcome),
    /// How far a log is stored; `origin` is its row here.
    Stored {
        /// Row of the log here.
        origin: i64,
        /// How far the hub has looked at what this desk sent and found it stored.
        verified: u64,
        /// The hub's word.
        stored: Stored,
    },
    /// The agency's roster.
    Roster(Signed),
    /// Operations of others.
    Feed {
        /// They, in feed order.
        ops: Vec<Relayed>,
        /// Their authors' words.
        vouched: Vec<Vouched>,
        /// The cursor before them; `None` where what was passed over before them is not this desk's own.
        from: Option<u64>,
        /// The cursor after them.
        cursor: u64,
    },
    /// How far a scan has got.
    Scan {
        /// Its hash.
        hash: ScanHash,
        /// Bytes of it the hub has.
        there: u64,
        /// Where it stands.
        standing: Standing,
    },
    /// A scan that a person asked for has come whole, or is not to be had.
    Fetched {
        /// Its hash.
        hash: ScanHash,
        /// Whether it is here.
        is_here: bool,
    },
}
