//! `seen`: what writers had seen of each other when they wrote, as the running sum of what their operations say.

use super::value::values;
use super::{Door, Fault, Reader};
use domain::dossier::{OpId, Seen};

/// Notes what new operations say: with each, its author had newly seen another log up to an operation.
pub fn note(door: &Door<'_>, agency: &str, said: &[(OpId, OpId)]) -> Result<(), Fault> {
    let sql = "INSERT INTO seen (agency, replica, other, seq, upto) VALUES ($1, {int}, {int}, {int}, {int})";
    let rows: Vec<_> = said.iter().map(|(op, upto)| values![op.replica, upto.replica, op.seq, upto.seq]).collect();
    door.execute_many(sql, &values![agency], &rows)
}

/// What the authors of operations had seen of other writers' logs; asked for by operation and other writer.
pub fn of(store: &Reader<'_>, agency: &str, asked: &[(OpId, u32)]) -> Result<Seen, Fault> {
    let sql = "SELECT replica, {int} AS written, other, upto FROM seen
               WHERE agency = $1 AND replica = {int} AND other = {int} AND seq <= {int} ORDER BY seq DESC LIMIT 1";
    let rows: Vec<_> = asked.iter().map(|(op, other)| values![op.seq, op.replica, *other, op.seq]).collect();
    let mut seen = Seen::default();
    for mut row in store.query_many(sql, &values![agency], &rows)? {
        let op = OpId { replica: row.take()?, seq: row.take()? };
        seen.note(op, OpId { replica: row.take()?, seq: row.take()? });
    }
    Ok(seen)
}
