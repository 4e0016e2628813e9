//! A hub put back from a backup. It lacks what came after, and says so with a new epoch: desks send again what it has lost, also
//! each other's operations and the hub's own roster. Until an administrator has seen that, it leases no number and lets no effect
//! out (design: identity, numbers, disasters).

use crate::admin::{self, DeskLine, DeskState};
use crate::store::{Fault, Store, op, outbox, whole};
use crate::{Error, Place, Result};
use std::path::{Path, PathBuf};

/// The first minute of 2020, milliseconds since 1970.
const FROM_MS: u64 = 1_577_836_800_000;

/// How a hub stands.
#[derive(Debug, Clone)]
pub struct Status {
    /// Its epoch.
    pub epoch: u32,
    /// When it was put back from a backup, milliseconds since 1970, until work was resumed.
    pub restored_at: Option<u64>,
    /// Operations it holds.
    pub operations: u64,
    /// Effects that wait in the outbox; they wait until work is resumed.
    pub effects: u64,
    /// Desks that may still bring what it lacks.
    pub not_heard: Vec<DeskLine>,
}

/// Puts a backup in the place of the hub's store. A store that is there is moved aside, never deleted; answers where to.
///
/// # Errors
/// The file is no backup, the hub's key is not there, or a hub is at work. Nothing was changed.
pub fn restore(place: impl Into<Place>, backup: &Path, now: u64) -> Result<Option<PathBuf>> {
    let place = place.into();
    let last = place.epoch();
    place.put_back(backup, |copy, identity| {
        let known = copy.read(whole::key)?.ok_or_else(|| Error::NoBackup(backup.to_owned()))?;
        if known.0 != identity.key_hash() {
            return Err(Error::NoBackup(backup.to_owned()));
        }
        begin_epoch(copy, last, now)
    })
}

/// An epoch that no desk has met: two restorations of one backup are two, also within a minute, or by a clock that has stopped, as
/// long as the store that is replaced still says its own.
fn begin_epoch(copy: &mut Store, last: u32, now: u64) -> Result<()> {
    let minutes = u32::try_from(now.saturating_sub(FROM_MS) / 60_000).unwrap_or(u32::MAX);
    copy.write(|door| {
        let epoch = whole::epoch(door)?.max(last).saturating_add(1).max(minutes);
        whole::begin_epoch(door, epoch, now)
    })?;
    Ok(())
}

/// Numbers are leased and effects go out again.
pub fn resume(place: impl Into<Place>) -> Result<()> {
    let mut store = place.into().open()?;
    Ok(store.write(whole::resume)?)
}

/// How the hub stands.
pub fn status(place: impl Into<Place>, now: u64) -> Result<Status> {
    let place = place.into();
    let not_heard = admin::desks(&place, now)?
        .into_iter()
        .filter(|desk| desk.state == DeskState::Enrolled && desk.heard_at.is_none())
        .collect();
    let mut store = place.open()?;
    Ok(store.read(|reader| {
        let restored_at = whole::restored_at(reader)?;
        Ok::<_, Fault>(Status {
            epoch: whole::epoch(reader)?,
            restored_at,
            operations: op::count(reader)?,
            effects: outbox::count(reader)?,
            not_heard: if restored_at.is_some() { not_heard } else { Vec::new() },
        })
    })?)
}
