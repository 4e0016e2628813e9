//! `hub`: the one row about the hub as a whole, and the numbers counted there.

use super::value::values;
use super::{Door, Fault, Reader};
use protocol::enrolment::KeyHash;

/// The hub's epoch; it changes when the hub is restored from a backup.
pub fn epoch(store: &Reader<'_>) -> Result<u32, Fault> {
    store.first("SELECT epoch FROM hub WHERE one = 1", &[])?.ok_or(Fault::Column)?.take()
}

/// When the hub was put back from a backup; `None` once an administrator has seen what the desks sent again, and always before.
/// Until then no number is leased and nothing leaves the outbox.
pub fn restored_at(store: &Reader<'_>) -> Result<Option<u64>, Fault> {
    store.first("SELECT restored_at FROM hub WHERE one = 1", &[])?.ok_or(Fault::Column)?.take()
}

/// Begins a new epoch of a hub that was put back from a backup.
pub fn begin_epoch(door: &Door<'_>, epoch: u32, now: u64) -> Result<(), Fault> {
    door.execute("UPDATE hub SET epoch = $1, restored_at = $2 WHERE one = 1", &values![epoch, now])?;
    door.execute("UPDATE desk SET heard_at = NULL", &[])
}

/// Numbers are leased and the outbox is emptied again.
pub fn resume(door: &Door<'_>) -> Result<(), Fault> {
    door.execute("UPDATE hub SET restored_at = NULL WHERE one = 1", &[])
}

/// No number up to these is given again: they were given, and forgotten with what came after a backup.
pub fn pass_over(door: &Door<'_>, desk: u32, replica: u32) -> Result<(), Fault> {
    let sql = "UPDATE hub SET next_desk = CASE WHEN next_desk > $1 THEN next_desk ELSE $1 + 1 END,
                              next_replica = CASE WHEN next_replica > $2 THEN next_replica ELSE $2 + 1 END WHERE one = 1";
    door.execute(sql, &values![desk, replica])
}

/// The hash of the key desks know the hub by, once it is founded, and the key itself (PEM) where it is kept here.
pub fn key(store: &Reader<'_>) -> Result<Option<(KeyHash, Option<String>)>, Fault> {
    let mut row = store.first("SELECT key_hash, key FROM hub WHERE one = 1", &[])?.ok_or(Fault::Column)?;
    let hash: Option<_> = row.take()?;
    let key = row.take()?;
    Ok(hash.map(|hash| (KeyHash(hash), key)))
}

/// Founds the hub with a key. `false` where another founded it meanwhile.
pub fn found(door: &Door<'_>, hash: KeyHash, key: Option<&str>) -> Result<bool, Fault> {
    let sql = "UPDATE hub SET key_hash = $1, key = $2 WHERE one = 1 AND key_hash IS NULL RETURNING one";
    Ok(door.first(sql, &values![&hash.0, key])?.is_some())
}

/// Holds the row until the commit: desks are added, enrolled and revoked one at a time in the whole province.
pub fn take_turn(door: &Door<'_>) -> Result<(), Fault> {
    door.execute("UPDATE hub SET one = one WHERE one = 1", &[])
}

/// The next number for a desk.
pub fn next_desk(door: &Door<'_>) -> Result<u32, Fault> {
    next(door, "UPDATE hub SET next_desk = next_desk + 1 WHERE one = 1 RETURNING next_desk - 1")
}

/// The next replica number. It was never given before and will not be again.
pub fn next_replica(door: &Door<'_>) -> Result<u32, Fault> {
    next(door, "UPDATE hub SET next_replica = next_replica + 1 WHERE one = 1 RETURNING next_replica - 1")
}

fn next(door: &Door<'_>, sql: &str) -> Result<u32, Fault> {
    door.first(sql, &[])?.ok_or(Fault::Column)?.take()
}
