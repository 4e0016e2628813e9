//! The feed: the order in which an agency's desks hear of each other's operations. A position stands with each operation;
//! how far they go stands with the agency.
//!
//! Positions are given under the agency's row, which is held until the commit. So whoever sees one sees all before it, and a
//! reader never goes past one that is committed later.

use super::value::values;
use super::{Door, Fault, Reader, op};
use protocol::message::Relayed;

/// Operations fetched at a time.
const AT_A_TIME: usize = 256;

/// A part of the feed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Operations of other replicas, in feed order.
    pub ops: Vec<Relayed>,
    /// The last position that was looked at.
    pub cursor: u64,
    /// Whether there is more after it.
    pub more: bool,
}

impl Page {
    /// The stretches of logs in it: replica, first, last.
    pub fn stretches(&self) -> Vec<(u32, u64, u64)> {
        let mut stretches: Vec<(u32, u64, u64)> = Vec::new();
        for op in &self.ops {
            match stretches.last_mut() {
                Some((replica, _, last)) if *replica == op.replica && *last + 1 == op.seq => *last = op.seq,
                _ => stretches.push((op.replica, op.seq, op.seq)),
            }
        }
        stretches
    }
}

/// The last position of an agency's feed; 0 where nothing has happened.
pub fn end(store: &Reader<'_>, agency: &str) -> Result<u64, Fault> {
    let row = store.first("SELECT feed_end FROM agency WHERE agency = $1", &values![agency])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// What stands after `cursor` and was not written by `reader`, up to `cap` bytes of operations but at least one.
pub fn after(store: &Reader<'_>, agency: &str, cursor: u64, reader: u32, cap: usize) -> Result<Page, Fault> {
    let sql = "SELECT position, replica, seq, set_aside, public, personal, salt FROM op
               WHERE agency = $1 AND position > $2 AND replica <> $3 ORDER BY position LIMIT $4";
    let end = end(store, agency)?;
    // A cursor past the end is of a feed that no longer exists; reading on from the end heals it.
    let mut page = Page { cursor: cursor.min(end), ..Page::default() };
    let mut bytes = 0;
    while page.cursor < end {
        let rows = store.query(sql, &values![agency, page.cursor, reader, AT_A_TIME])?;
        let is_last = rows.len() < AT_A_TIME;
        for mut row in rows {
            let position = row.take()?;
            let (replica, seq, set_aside) = (row.take()?, row.take()?, row.take()?);
            let op = op::carried(&mut row)?;
            bytes += 32 + op.public.len() + op.personal.as_ref().map_or(0, Vec::len);
            if bytes > cap && !page.ops.is_empty() {
                page.more = true;
                return Ok(page);
            }
            page.ops.push(Relayed { replica, seq, op, set_aside });
            page.cursor = position;
        }
        if is_last {
            page.cursor = end;
        }
    }
    Ok(page)
}

/// What the row of an agency says that is held.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Where its feed ended before.
    pub end: u64,
    /// How many of its dossiers were forgotten.
    pub forgotten: u64,
}

/// Holds the agency's row until the commit. `more` are the operations that are about to follow: the feed ends with them, unless
/// [`reach`] says otherwise.
pub fn hold(door: &Door<'_>, agency: &str, more: usize) -> Result<Held, Fault> {
    let sql = "UPDATE agency SET feed_end = feed_end + $2 WHERE agency = $1 RETURNING feed_end - $2, forgotten";
    let mut row = door.first(sql, &values![agency, more])?.ok_or(Fault::Column)?;
    Ok(Held { end: row.take()?, forgotten: row.take()? })
}

/// Notes where the feed of an agency that is held ends now.
pub fn reach(door: &Door<'_>, agency: &str, end: u64) -> Result<(), Fault> {
    door.execute("UPDATE agency SET feed_end = $2 WHERE agency = $1", &values![agency, end])
}
