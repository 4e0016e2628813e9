//! What the hub noted of clocks that were too far ahead to be believed: every fold places such operations at the moment the
//! province heard of them (docs/adr/0014).

use super::ops::At;
use super::{Writing, dossiers};
use crate::error::Result;
use protocol::fields::{self, ClockNote, Content, kind};
use protocol::op::{Public, is_the_hubs};
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeMap;

/// When the province first heard of the operation `op` of `origin`, where that is noted: a column of a query on both.
pub(super) const NOTED: &str = "(SELECT min(noted_ms) FROM clock_note
    WHERE clock_note.replica = origin.replica AND from_seq <= op.seq AND to_seq >= op.seq)";

/// The note an operation of a replica is, if it is one: nobody but the hub notes clocks.
pub(super) fn said(replica: Option<u32>, public: &Public) -> Option<ClockNote> {
    if public.kind != kind::CLOCK_NOTED || !replica.is_some_and(is_the_hubs) {
        return None;
    }
    match fields::read(public, None) {
        Ok(Content::ClockNoted(note)) => Some(note),
        _ => None,
    }
}

/// Keeps a note, and folds anew what it concerns.
pub(super) fn note(writing: &mut Writing<'_>, at: At, note: &ClockNote) -> Result<()> {
    keep(&writing.tx, at, note)?;
    let concerned: Vec<At> = {
        let mut statement = writing.tx.prepare_cached(
            "SELECT DISTINCT dossier_origin, dossier_seq FROM origin JOIN op ON op.origin = origin.id
             WHERE origin.replica = ?1 AND op.seq BETWEEN ?2 AND ?3 AND dossier_seq IS NOT NULL",
        )?;
        let rows = statement.query_map(params![note.replica, note.first, note.last], |row| {
            Ok(At { origin: row.get(0)?, seq: row.get(1)? })
        })?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    concerned.into_iter().try_for_each(|dossier| dossiers::refold(writing, dossier))
}

fn keep(tx: &Transaction<'_>, at: At, note: &ClockNote) -> Result<()> {
    let ClockNote { replica, first, last, at_ms } = *note;
    tx.prepare_cached(
        "INSERT INTO clock_note (origin, seq, replica, from_seq, to_seq, noted_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![at.origin, at.seq, replica, first, last, at_ms])?;
    Ok(())
}

/// Keeps every note of the log, anew.
pub(super) fn note_all(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("DELETE FROM clock_note", [])?;
    let mut statement = tx.prepare(
        "SELECT op.origin, op.seq, origin.replica, op.public FROM op JOIN origin ON origin.id = op.origin
         WHERE op.kind = ?1 ORDER BY op.id",
    )?;
    let mut rows = statement.query([kind::CLOCK_NOTED])?;
    while let Some(row) = rows.next()? {
        let public: Vec<u8> = row.get(3)?;
        let note = Public::decode(&public).ok().zip(row.get(2)?).and_then(|(public, replica)| said(replica, &public));
        if let Some(note) = note {
            keep(tx, At { origin: row.get(0)?, seq: row.get(1)? }, &note)?;
        }
    }
    Ok(())
}

/// Every note a log gave, by its number there, for verification.
pub(super) fn rows(connection: &Connection, origin: i64) -> Result<BTreeMap<u64, ClockNote>> {
    let mut statement = connection
        .prepare_cached("SELECT seq, replica, from_seq, to_seq, noted_ms FROM clock_note WHERE origin = ?1")?;
    let rows = statement.query_map([origin], |row| {
        let note = ClockNote { replica: row.get(1)?, first: row.get(2)?, last: row.get(3)?, at_ms: row.get(4)? };
        Ok((row.get(0)?, note))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
