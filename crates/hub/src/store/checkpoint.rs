//! `checkpoint`: the devices' signed words on their logs.

use super::value::values;
use super::{Door, Fault};
use protocol::chain::Checkpoint;

/// Keeps a checkpoint that was verified. The head it names is the operation's own.
pub fn keep(door: &Door<'_>, agency: &str, checkpoint: &Checkpoint) -> Result<(), Fault> {
    let sql = "INSERT INTO checkpoint (agency, replica, seq, signature) VALUES ($1, $2, $3, $4)
               ON CONFLICT (agency, replica, seq) DO NOTHING";
    door.execute(sql, &values![agency, checkpoint.replica, checkpoint.seq, &checkpoint.signature])
}
