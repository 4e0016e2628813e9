//! Logs that other desks write: what their authors vouch for, what the hub said of them, and what is passed on of them.

use super::forgetting::NOT_FORGOTTEN;
use super::ops::{ORIGIN, Origin, encoded, origin, origin_known_as, origin_of};
use super::{Change, Writing, rehome};
use crate::error::Result;
use domain::dossier::Op;
use protocol::fields::{self, Content};
use protocol::link::Vouched;
use protocol::message::Relayed;
use protocol::op::Encoded;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The next stretch of another desk's log after `sent` that its author vouches for: operations, and the signature at the last.
pub fn vouched_after(connection: &Connection, origin: i64, sent: u64) -> Result<Option<(Vec<Encoded>, [u8; 64])>> {
    let mut next = connection
        .prepare_cached("SELECT seq, signature FROM vouched WHERE origin = ?1 AND seq > ?2 ORDER BY seq LIMIT 1")?;
    let next: Option<(u64, [u8; 64])> =
        next.query_row(params![origin, sent], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((seq, signature)) = next else { return Ok(None) };
    let mut statement = connection.prepare_cached(
        "SELECT public, personal, salt FROM op WHERE origin = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
    )?;
    let ops = statement.query_map(params![origin, sent, seq], encoded)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok((sent + ops.len() as u64 == seq).then_some((ops, signature)))
}

/// Other desks' logs that the hub is not known to hold to their end.
pub fn of_others_not_acknowledged(connection: &Connection) -> Result<Vec<Origin>> {
    let sql = format!("{ORIGIN} WHERE own = 0 AND replica IS NOT NULL AND acknowledged < last_seq ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([], origin)?.collect::<rusqlite::Result<_>>()?)
}

/// The hub's words on logs that this desk passed on: replica, number, signature.
pub fn hub_words(connection: &Connection) -> Result<Vec<Vouched>> {
    let mut statement = connection
        .prepare_cached("SELECT replica, word_seq, word FROM origin WHERE word IS NOT NULL AND replica IS NOT NULL")?;
    let word = |row: &Row<'_>| Ok(Vouched { replica: row.get(0)?, seq: row.get(1)?, signature: row.get(2)? });
    Ok(statement.query_map([], word)?.collect::<rusqlite::Result<_>>()?)
}

/// Notes how far a neighbour's computer holds a log of this desk.
pub fn share(writing: &mut Writing<'_>, id: i64, seq: u64) -> Result<()> {
    let sql = "UPDATE origin SET shared = ?2 WHERE id = ?1 AND shared < ?2";
    if writing.tx.execute(sql, params![id, seq])? > 0 {
        writing.changed(Change::Sync);
    }
    Ok(())
}

/// Scans that operations of other desks name which the hub is not known to hold: hash and bytes.
pub fn scans_of_others(connection: &Connection) -> Result<Vec<([u8; 32], u64)>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT op.public, op.personal, op.salt FROM origin JOIN op ON op.origin = origin.id AND op.seq > origin.acknowledged
         WHERE origin.own = 0 AND op.kind = ?1 AND {NOT_FORGOTTEN}"
    ))?;
    let mut rows = statement.query([fields::kind::ATTACHED])?;
    let mut scans = Vec::new();
    while let Some(row) = rows.next()? {
        let op = encoded(row)?;
        let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
        if let Ok(Content::Dossier(Op::Attached { hash, bytes, .. })) =
            op.open().and_then(|public| fields::read(&public, personal))
        {
            scans.push((hash.0, bytes));
        }
    }
    Ok(scans)
}

/// An author's words on their log: number, signature.
pub fn words(connection: &Connection, origin: i64) -> Result<Vec<(u64, [u8; 64])>> {
    let mut statement =
        connection.prepare_cached("SELECT seq, signature FROM vouched WHERE origin = ?1 ORDER BY seq")?;
    Ok(statement.query_map([origin], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Takes in an operation that the hub tells. Where a neighbour had told another one in its place, of another copy of its writer,
/// the hub's is the one that holds. Answers whether it was new.
pub fn take_in_from_hub(writing: &mut Writing<'_>, relayed: Relayed) -> Result<bool> {
    let id = relayed.id();
    if let Some(origin) = origin_known_as(&writing.tx, id.replica)?.filter(|origin| id.seq <= origin.last_seq) {
        let known: Vec<u8> = writing
            .tx
            .prepare_cached("SELECT public FROM op WHERE origin = ?1 AND seq = ?2")?
            .query_row(params![origin.id, id.seq], |row| row.get(0))?;
        if known != relayed.op.public && !origin.is_own {
            rehome::drop_from(writing, &origin, id.seq)?;
        }
    }
    let is_new = writing.take_in(relayed)?;
    writing
        .tx
        .prepare_cached(
            "UPDATE origin SET acknowledged = ?2 WHERE replica = ?1 AND acknowledged < ?2 AND last_seq >= ?2",
        )?
        .execute(params![id.replica, id.seq])?;
    Ok(is_new)
}

/// Keeps the hub's word on a log, to be passed on to its author.
pub fn keep_word(writing: &mut Writing<'_>, id: i64, seq: u64, word: &[u8; 64]) -> Result<()> {
    writing
        .tx
        .prepare_cached("UPDATE origin SET word_seq = ?2, word = ?3 WHERE id = ?1 AND word_seq < ?2")?
        .execute(params![id, seq, word])?;
    Ok(())
}

/// Keeps an author's word on their log.
pub fn vouch(writing: &mut Writing<'_>, vouched: &Vouched) -> Result<()> {
    let origin = origin_of(writing, vouched.replica)?;
    writing
        .tx
        .prepare_cached(
            "INSERT INTO vouched (origin, seq, signature) VALUES (?1, ?2, ?3) ON CONFLICT (origin, seq) DO NOTHING",
        )?
        .execute(params![origin, vouched.seq, vouched.signature])?;
    Ok(())
}

/// Why operations of a stretch of a log have no effect, by number.
pub fn reasons(connection: &Connection, origin: i64, first: u64, last: u64) -> Result<Vec<(u64, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, set_aside FROM op WHERE origin = ?1 AND seq BETWEEN ?2 AND ?3 AND set_aside <> '' ORDER BY seq",
    )?;
    let rows = statement.query_map(params![origin, first, last], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
