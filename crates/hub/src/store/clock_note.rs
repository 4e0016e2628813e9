//! `clock_note`: stretches of logs whose clock was too far ahead, and when the hub heard of them (design: time).

use super::value::values;
use super::{Door, Fault, Reader};
use domain::dossier::OpId;
use protocol::fields::ClockNote;
use std::collections::BTreeMap;

/// Keeps notes, each by the operation of the hub's own that says so.
pub fn keep(door: &Door<'_>, agency: &str, notes: &[(OpId, ClockNote)]) -> Result<(), Fault> {
    let sql = "INSERT INTO clock_note (agency, hub, seq, replica, from_seq, to_seq, noted_at)
               VALUES ($1, {int}, {int}, {int}, {int}, {int}, {int})";
    let row = |(by, note): &(OpId, ClockNote)| {
        let ClockNote { replica, first, last, at_ms } = *note;
        values![by.replica, by.seq, replica, first, last, at_ms]
    };
    door.execute_many(sql, &values![agency], &notes.iter().map(row).collect::<Vec<_>>())
}

/// When the hub first heard of those of the operations that are noted.
pub fn of(store: &Reader<'_>, agency: &str, ops: &[OpId]) -> Result<BTreeMap<OpId, u64>, Fault> {
    let sql = "SELECT replica, {int} AS written, noted_at FROM clock_note
               WHERE agency = $1 AND replica = {int} AND from_seq <= {int} AND to_seq >= {int}";
    let rows: Vec<_> = ops.iter().map(|op| values![op.seq, op.replica, op.seq, op.seq]).collect();
    let mut noted: BTreeMap<OpId, u64> = BTreeMap::new();
    for mut row in store.query_many(sql, &values![agency], &rows)? {
        let (op, at_ms) = (OpId { replica: row.take()?, seq: row.take()? }, row.take()?);
        let earliest = noted.entry(op).or_insert(at_ms);
        *earliest = at_ms.min(*earliest);
    }
    Ok(noted)
}
