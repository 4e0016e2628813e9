//! `scan`: scanned papers that operations name, and which of them have come.

use super::value::{Row, values};
use super::{Door, Fault, Reader};
use domain::dossier::OpId;
use std::collections::BTreeMap;

/// A scan that has not come.
pub struct Lacking {
    /// Its BLAKE3 hash.
    pub hash: [u8; 32],
    /// How many bytes it has.
    pub bytes: u64,
    /// The first operation that named it.
    pub named_by: OpId,
}

/// Notes scans that operations of a replica name: its hash and how many bytes it has.
pub fn name(door: &Door<'_>, agency: &str, scans: &[(OpId, [u8; 32], u64)]) -> Result<(), Fault> {
    let sql =
        "INSERT INTO scan (agency, hash, replica, seq, bytes, named) VALUES ($1, {bytes}, {int}, {int}, {int}, {int})
               ON CONFLICT (agency, hash) DO UPDATE SET named = scan.named + excluded.named";
    // The same page may be attached twice at once; a row is written once.
    let mut named: BTreeMap<&[u8; 32], (OpId, u64, u64)> = BTreeMap::new();
    for (id, hash, bytes) in scans {
        named.entry(hash).or_insert((*id, *bytes, 0)).2 += 1;
    }
    let mut rows = Vec::new();
    for (hash, (id, bytes, times)) in named {
        rows.push(values![hash, id.replica, id.seq, bytes, times]);
    }
    door.execute_many(sql, &values![agency], &rows)
}

/// Takes back that operations name a scan. Answers whether none does any more: then nothing is known of it.
pub fn forget(door: &Door<'_>, agency: &str, hash: &[u8; 32], times: u64) -> Result<bool, Fault> {
    let less = "UPDATE scan SET named = named - $3 WHERE agency = $1 AND hash = $2";
    door.execute(less, &values![agency, hash, times])?;
    let sql = "DELETE FROM scan WHERE agency = $1 AND hash = $2 AND named <= 0";
    door.execute(sql, &values![agency, hash])?;
    is_named(door, agency, hash).map(|is_named| !is_named)
}

/// Whether an operation names a scan.
pub fn is_named(store: &Reader<'_>, agency: &str, hash: &[u8; 32]) -> Result<bool, Fault> {
    let sql = "SELECT named FROM scan WHERE agency = $1 AND hash = $2";
    Ok(store.first(sql, &values![agency, hash])?.is_some())
}

/// Scans that operations of these replicas name and that have not come.
pub fn lacking(store: &Reader<'_>, agency: &str, replicas: &[u32], most: usize) -> Result<Vec<Lacking>, Fault> {
    let sql = "SELECT hash, bytes, seq FROM scan
               WHERE agency = $1 AND replica = $2 AND whole_at IS NULL AND lacked_at IS NULL
               ORDER BY bytes, hash LIMIT $3";
    let mut lacking = Vec::new();
    for replica in replicas {
        for mut row in store.query(sql, &values![agency, *replica, most])? {
            let (hash, bytes, seq) = (row.take()?, row.take()?, row.take()?);
            lacking.push(Lacking { hash, bytes, named_by: OpId { replica: *replica, seq } });
        }
    }
    lacking.truncate(most);
    Ok(lacking)
}

/// The scan that an operation was the first to name.
pub fn named_by(store: &Reader<'_>, agency: &str, op: OpId) -> Result<Option<[u8; 32]>, Fault> {
    let sql = "SELECT hash FROM scan WHERE agency = $1 AND replica = $2 AND seq = $3";
    store.query(sql, &values![agency, op.replica, op.seq])?.into_iter().next().map(|mut row| row.take()).transpose()
}

/// A scan that operations name.
pub struct Named {
    /// How many bytes it has.
    pub bytes: u64,
    /// Whose operation was the first to name it.
    pub replica: u32,
    /// Whether all of it has come.
    pub is_whole: bool,
}

/// The scan of this hash; `None` where no operation names one.
pub fn of(store: &Reader<'_>, agency: &str, hash: &[u8; 32]) -> Result<Option<Named>, Fault> {
    let sql = "SELECT bytes, replica, whole_at FROM scan WHERE agency = $1 AND hash = $2";
    let row = store.query(sql, &values![agency, hash])?.into_iter().next();
    let named = |mut row: Row| {
        let (bytes, replica, whole_at) = (row.take()?, row.take()?, row.take::<Option<u64>>()?);
        Ok(Named { bytes, replica, is_whole: whole_at.is_some() })
    };
    row.map(named).transpose()
}

/// Notes that a scan is whole.
pub fn is_whole(door: &Door<'_>, agency: &str, hash: &[u8; 32], now: u64) -> Result<(), Fault> {
    let sql = "UPDATE scan SET whole_at = $3 WHERE agency = $1 AND hash = $2 AND whole_at IS NULL";
    door.execute(sql, &values![agency, hash, now])
}

/// Notes that the desk which named a scan has it no more. It is not asked for again.
pub fn is_lacked(door: &Door<'_>, agency: &str, hash: &[u8; 32], now: u64) -> Result<(), Fault> {
    let sql = "UPDATE scan SET lacked_at = $3 WHERE agency = $1 AND hash = $2 AND whole_at IS NULL";
    door.execute(sql, &values![agency, hash, now])
}
