//! What a till is made of, read from the log: a shift's operations, closes, what was paid in.

use super::dossiers;
use super::ops::{At, all_own};
use crate::error::Result;
use domain::dossier::{Hlc, Op, OpId, Stamp};
use domain::till::{PaidIn, ShiftClose, ShiftLine};
use protocol::fields::{self, Content};
use protocol::op::Public;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;

/// A close as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseRow {
    /// Row of its operation.
    pub row: i64,
    /// Who closed it and when; its identity names the close.
    pub stamp: Stamp,
    /// Whether it is of this desk.
    pub is_own: bool,
    /// What it says.
    pub close: ShiftClose,
}

/// An operation of money.
struct Event {
    row: i64,
    stamp: Stamp,
    is_own: bool,
    dossier: Option<At>,
    content: Content,
}

/// The columns an [`Event`] is made of; the words of the partial index follow.
const EVENT: &str =
    "SELECT op.id, op.public, op.personal, op.seq, origin.replica, origin.own, op.dossier_origin, op.dossier_seq
     FROM op JOIN origin ON origin.id = op.origin
     WHERE op.kind IN (11, 12, 20, 21, 22) AND (origin.own = 1 OR op.set_aside = '')";

/// `None` for what cannot be read; it is kept.
fn event(row: &Row<'_>) -> rusqlite::Result<Option<Event>> {
    let (public, personal): (Vec<u8>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
    let Ok(public) = Public::decode(&public) else { return Ok(None) };
    let Ok(content) = fields::read(&public, personal.as_deref()) else { return Ok(None) };
    let id = OpId { replica: row.get::<_, Option<u32>>(4)?.unwrap_or(0), seq: row.get(3)? };
    let actor = public.actor.map(|actor| actor.seen_from(id.replica));
    let (origin, seq): (Option<i64>, Option<u64>) = (row.get(6)?, row.get(7)?);
    Ok(Some(Event {
        row: row.get(0)?,
        stamp: Stamp { id, hlc: Hlc(public.hlc), noted_ms: None, actor },
        is_own: row.get(5)?,
        dossier: origin.zip(seq).map(|(origin, seq)| At { origin, seq }),
        content: content.named(|named| named.seen_from(id.replica)),
    }))
}

/// The latest closes of all desks, newest first.
pub fn closes(connection: &Connection, limit: u32) -> Result<Vec<CloseRow>> {
    let mut statement = connection.prepare_cached(&format!("{EVENT} AND op.kind = 21 ORDER BY op.id DESC LIMIT ?1"))?;
    let mut closes = Vec::new();
    for found in statement.query_map([limit], event)? {
        if let Some(Event { row, stamp, is_own, content: Content::ShiftClosed(close), .. }) = found? {
            closes.push(CloseRow { row, stamp, is_own, close: *close });
        }
    }
    Ok(closes)
}

/// The last close of this desk.
pub fn last_close(connection: &Connection) -> Result<Option<CloseRow>> {
    let sql = format!("{EVENT} AND op.kind = 21 AND origin.own = 1 ORDER BY op.id DESC LIMIT 1");
    let found = connection.prepare_cached(&sql)?.query_row([], event).optional()?.flatten();
    Ok(found.and_then(|found| match found.content {
        Content::ShiftClosed(close) => {
            Some(CloseRow { row: found.row, stamp: found.stamp, is_own: true, close: *close })
        }
        _ => None,
    }))
}

/// What was paid in, oldest first.
pub fn paid_in(connection: &Connection) -> Result<Vec<PaidIn>> {
    let mut statement = connection.prepare_cached(&format!("{EVENT} AND op.kind = 22 ORDER BY op.id"))?;
    let mut all = Vec::new();
    for found in statement.query_map([], event)? {
        if let Some(Event { content: Content::PaidIn(paid), .. }) = found? {
            all.push(paid);
        }
    }
    Ok(all)
}

/// The lines this desk's present shift has to do with, in the order they were taken, each with its dossier's number.
pub fn shift(connection: &Connection) -> Result<Vec<(String, ShiftLine)>> {
    let last = last_close(connection)?;
    let after = last.as_ref().map_or(0, |last| last.row);
    let (mut taken, mut cancelled, mut confirmed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut dossiers: BTreeSet<At> = BTreeSet::new();
    for found in money(connection, "op.id > ?1", params![after])? {
        match found.content {
            Content::Dossier(Op::FeeTaken(_)) if found.is_own => taken.insert(found.stamp.id),
            Content::Dossier(Op::FeeCancelled { line, .. }) => cancelled.insert(line),
            Content::Dossier(Op::FeeConfirmed { line, .. }) => confirmed.insert(line),
            _ => continue,
        };
        dossiers.extend(found.dossier);
    }
    let carried = last.map(|last| last.close.waiting).unwrap_or_default();
    for line in &carried {
        dossiers.extend(dossier_of(connection, *line)?);
    }
    let own: BTreeSet<u32> = all_own(connection)?.iter().map(|origin| origin.replica.unwrap_or(0)).collect();
    let mut lines = Vec::new();
    for at in dossiers {
        let Some(dossier) = dossiers::load(connection, at)? else { continue };
        // What was cancelled before and is said again changes nothing.
        let mut gone = BTreeSet::new();
        for found in money(
            connection,
            "op.id <= ?1 AND op.dossier_origin = ?2 AND op.dossier_seq = ?3",
            params![after, at.origin, at.seq],
        )? {
            if let Content::Dossier(Op::FeeCancelled { line, .. }) = found.content {
                gone.insert(line);
            }
        }
        for line in dossier.fees().iter().filter(|line| own.contains(&line.stamp.id.replica)) {
            let id = line.stamp.id;
            let (is_new, waited) = (taken.contains(&id), carried.contains(&id));
            let cancelled_now = cancelled.contains(&id) && !gone.contains(&id);
            let confirmed_now = confirmed.contains(&id) && (is_new || waited);
            if is_new || waited || cancelled_now {
                let line = ShiftLine { line: line.clone(), is_new, cancelled_now, confirmed_now };
                lines.push((dossier.received().code.as_str().to_owned(), line));
            }
        }
    }
    lines.sort_by_key(|(_, line)| line.line.stamp.place());
    Ok(lines)
}

fn money(connection: &Connection, which: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Event>> {
    let mut statement =
        connection.prepare_cached(&format!("{EVENT} AND op.kind IN (11, 12, 20) AND {which} ORDER BY op.id"))?;
    let found = statement.query_map(values, event)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The dossier a fee line belongs to.
fn dossier_of(connection: &Connection, line: OpId) -> Result<Option<At>> {
    let sql = "SELECT op.dossier_origin, op.dossier_seq FROM origin CROSS JOIN op ON op.origin = origin.id
         WHERE ifnull(origin.replica, 0) = ?1 AND op.seq = ?2 AND op.dossier_seq IS NOT NULL";
    let at = |row: &Row<'_>| Ok(At { origin: row.get(0)?, seq: row.get(1)? });
    Ok(connection.prepare_cached(sql)?.query_row(params![line.replica, line.seq], at).optional()?)
}
