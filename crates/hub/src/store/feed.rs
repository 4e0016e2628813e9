//! `feed`: the order in which an agency's desks hear of each other's operations.

use super::{Door, column, number, op};
use domain::dossier::OpId;
use protocol::message::Relayed;
use rusqlite::{Connection, Result, params};

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

/// The last position of an agency's feed; 0 where nothing has happened.
pub fn end(store: &Connection, agency: &str) -> Result<u64> {
    let sql = "SELECT coalesce(max(position), 0) FROM feed WHERE agency = ?1";
    store.prepare_cached(sql)?.query_row([agency], |row| row.get(0).map(number))
}

/// What stands after `cursor` and was not written by `reader`, up to `cap` bytes of operations but at least one.
pub fn after(store: &Connection, agency: &str, cursor: u64, reader: u32, cap: usize) -> Result<Page> {
    let sql = "SELECT position, replica, seq, public, personal, salt, set_aside
               FROM feed JOIN op USING (agency, replica, seq)
               WHERE agency = ?1 AND position > ?2 ORDER BY position";
    // A cursor past the end is of a feed that no longer exists; reading on from the end heals it.
    let mut page = Page { cursor: cursor.min(end(store, agency)?), ..Page::default() };
    let mut statement = store.prepare_cached(sql)?;
    let mut rows = statement.query(params![agency, column(page.cursor)])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let replica = row.get("replica")?;
        if replica != reader {
            let op = op::carried(row)?;
            bytes += 32 + op.public.len() + op.personal.as_ref().map_or(0, Vec::len);
            if bytes > cap && !page.ops.is_empty() {
                page.more = true;
                break;
            }
            page.ops.push(Relayed { replica, seq: number(row.get("seq")?), op, set_aside: row.get("set_aside")? });
        }
        page.cursor = number(row.get("position")?);
    }
    Ok(page)
}

/// Puts an operation at the end.
pub fn add(door: &Door<'_>, agency: &str, op: OpId) -> Result<()> {
    let sql = "INSERT INTO feed (agency, position, replica, seq) VALUES (?1, ?2, ?3, ?4)";
    let position = column(end(door, agency)?.saturating_add(1));
    door.prepare_cached(sql)?.execute(params![agency, position, op.replica, column(op.seq)]).map(drop)
}
