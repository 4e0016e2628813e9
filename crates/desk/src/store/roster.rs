//! The agency's roster, as the hub signed it: who writes for it, and with which keys.

use super::settings::{self, Key};
use super::{Writing, ops, others};
use crate::error::Result;
use data_encoding::HEXLOWER;
use ed25519_dalek::VerifyingKey;
use protocol::chain::Checkpoint;
use protocol::enrolment::KeyHash;
use protocol::link::Vouched;
use protocol::message::Signed;
use protocol::op::is_the_hubs;
use protocol::roster::Roster;
use rusqlite::Connection;

/// The roster this desk holds, as it was signed.
pub fn signed(connection: &Connection) -> Result<Option<Signed>> {
    let kept = settings::get(connection, Key::Roster)?;
    Ok(HEXLOWER.decode(kept.as_bytes()).ok().filter(|bytes| !bytes.is_empty()).and_then(|b| Signed::decode(&b).ok()))
}

/// The roster this desk holds.
pub fn held(connection: &Connection) -> Result<Option<Roster>> {
    Ok(signed(connection)?.and_then(|signed| Roster::trusted(&signed).ok()))
}

/// The hub's key, once it was met.
pub fn hub_key(connection: &Connection) -> Result<Option<VerifyingKey>> {
    let key = HEXLOWER.decode(settings::get(connection, Key::HubPublic)?.as_bytes()).ok();
    Ok(key.and_then(|key| VerifyingKey::try_from(key.as_slice()).ok()))
}

/// The key a log is signed with: the hub's for its own, else its author's where the roster names them.
pub fn key_of(connection: &Connection, roster: Option<&Roster>, replica: u32) -> Result<Option<VerifyingKey>> {
    if is_the_hubs(replica) {
        return hub_key(connection);
    }
    Ok(roster.and_then(|roster| roster.of_replica(replica)).and_then(|author| author.key()))
}

/// Keeps a roster that somebody brought, where it is the hub's word on this agency and newer than the one that is held.
/// Answers whether it is kept.
pub fn keep(writing: &mut Writing<'_>, brought: &Signed, hub: &KeyHash) -> Result<bool> {
    let connection = writing.reading();
    let Some(key) = hub_key(connection)? else { return Ok(false) };
    let Ok(roster) = Roster::open(brought, &key, hub) else {
        log::warn!("a roster that the hub did not sign was left out");
        return Ok(false);
    };
    let is_newer = held(connection)?.is_none_or(|held| roster.is_newer_than(&held));
    if !is_newer || roster.agency != settings::get(connection, Key::Agency)? {
        return Ok(false);
    }
    settings::set(writing, Key::Roster, &HEXLOWER.encode(&brought.encode()))?;
    Ok(true)
}

/// Keeps an author's word on their log, where it is theirs and fits what is here of it. An author the roster does not name yet
/// is believed until it does.
pub fn vouch(writing: &mut Writing<'_>, roster: Option<&Roster>, vouched: &Vouched) -> Result<bool> {
    let Some(origin) = ops::origin_known_as(writing.reading(), vouched.replica)? else { return Ok(false) };
    if vouched.seq > origin.last_seq {
        return Ok(false);
    }
    if let Some(key) = key_of(writing.reading(), roster, vouched.replica)? {
        let head = ops::head_after(writing.reading(), &origin, vouched.seq)?;
        let Vouched { replica, seq, signature } = *vouched;
        if !(Checkpoint { replica, seq, head, signature }).is_signed_by(&key) {
            log::warn!("replica {replica}: a word on its log at {seq} is not its author's");
            return Ok(false);
        }
    }
    others::vouch(writing, vouched)?;
    Ok(true)
}
