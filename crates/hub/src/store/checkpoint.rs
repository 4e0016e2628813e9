//! `checkpoint`: the devices' signed words on their logs.

use super::value::values;
use super::{Door, Fault, Reader};
use protocol::chain::Checkpoint;
use protocol::link::Vouched;

/// Keeps a checkpoint that was verified. The head it names is the operation's own.
pub fn keep(door: &Door<'_>, agency: &str, checkpoint: &Checkpoint) -> Result<(), Fault> {
    let sql = "INSERT INTO checkpoint (agency, replica, seq, signature) VALUES ($1, $2, $3, $4)
               ON CONFLICT (agency, replica, seq) DO NOTHING";
    door.execute(sql, &values![agency, checkpoint.replica, checkpoint.seq, &checkpoint.signature])
}

/// The words on a stretch of a log.
pub fn within(store: &Reader<'_>, agency: &str, replica: u32, first: u64, last: u64) -> Result<Vec<Vouched>, Fault> {
    let sql = "SELECT seq, signature FROM checkpoint
               WHERE agency = $1 AND replica = $2 AND seq BETWEEN $3 AND $4 ORDER BY seq";
    let rows = store.query(sql, &values![agency, replica, first, last])?;
    rows.into_iter().map(|mut row| Ok(Vouched { replica, seq: row.take()?, signature: row.take()? })).collect()
}
