//! `checkpoint`: the devices' signed words on their logs.

use super::{Door, column};
use protocol::chain::Checkpoint;
use rusqlite::{Result, params};

/// Keeps a checkpoint that was verified. The head it names is the operation's own.
pub fn keep(door: &Door<'_>, agency: &str, checkpoint: &Checkpoint) -> Result<()> {
    let sql = "INSERT INTO checkpoint (agency, replica, seq, signature) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (agency, replica, seq) DO NOTHING";
    let seq = column(checkpoint.seq);
    door.prepare_cached(sql)?.execute(params![agency, checkpoint.replica, seq, checkpoint.signature]).map(drop)
}
