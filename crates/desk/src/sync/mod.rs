//! Replication with the province's hub: when to try ([`pace`]), what is said on an open connection ([`session`]) and how much
//! of it at once ([`window`]), how that is held against the store ([`exchange`]), the connection itself ([`link`]), and which part
//! of the way fails ([`trial`]); and with the commune's other desks ([`neighbour`]), on its network ([`lan`]).
//!
//! [`round`] is the exchange of the first release, one request and its answer, for a hub or a proxy that knows nothing else.
//! No transaction is open while bytes cross the network.

pub mod exchange;
pub mod hub;
pub mod lan;
pub mod link;
pub mod neighbour;
pub mod pace;
pub mod session;
pub mod speed;
pub mod trial;
pub mod window;

use crate::error::{Code, Error, Result};
use crate::store::settings::{self, Key};
use crate::store::{Changes, Store, ops, others};
use ed25519_dalek::SigningKey;
use protocol::chain::Checkpoint;
use protocol::message::{Carried, SyncReply, SyncRequest};

/// Unpacked bytes of operations one request carries at most.
const REQUEST_BYTES: usize = 128 * 1024;

/// What one round did.
#[derive(Debug, Default)]
pub struct Round {
    /// Operations the hub acknowledged that it had not before.
    pub acknowledged: u64,
    /// Operations of others that came in.
    pub received: u64,
    /// Whether another round would do more at once.
    pub more: bool,
    /// Whether the hub holds more of this desk's present identity than the desk itself: its database is an older one.
    pub superseded: bool,
    /// What it changed here.
    pub changes: Changes,
}

/// One request and its answer, which `carry` fetches.
pub fn round(
    store: &Store,
    device: &SigningKey,
    now_ms: i64,
    carry: impl FnOnce(&SyncRequest) -> Result<SyncReply>,
) -> Result<Round> {
    let (origin, newest, request) = store.read(|connection| {
        // An older identity's operations go first: they were written first.
        let own = ops::all_own(connection)?;
        let mut usable = own.iter().filter(|origin| origin.replica.is_some() && origin.refused.is_empty());
        let waiting = usable.clone().find(|origin| origin.acknowledged < origin.last_seq);
        let Some(origin) = waiting.or(usable.next_back()) else {
            return Err(Error::new(if own.iter().any(|origin| origin.replica.is_some()) {
                Code::HubRefused
            } else {
                Code::NotEnrolled
            })
            .with("reason", "fork"));
        };
        let replica = origin.replica.ok_or_else(|| Error::new(Code::NotEnrolled))?;
        let first = origin.acknowledged + 1;
        let sent = ops::from(connection, origin.id, first, REQUEST_BYTES)?;
        let checkpoint = match sent.len() as u64 {
            0 => None,
            count => {
                let last = origin.acknowledged + count;
                Some(Checkpoint::sign(device, replica, last, ops::head_after(connection, origin, last)?))
            }
        };
        let request = SyncRequest {
            epoch: u32::try_from(settings::number(connection, Key::HubEpoch)?).unwrap_or(0),
            replica,
            first,
            ops: sent.into_iter().map(Carried::from).collect(),
            checkpoint,
            cursor: u64::try_from(settings::number(connection, Key::Cursor)?).unwrap_or(0),
        };
        let newest = own.last().cloned().ok_or_else(|| Error::new(Code::NotEnrolled))?;
        Ok((origin.clone(), newest, request))
    })?;
    let sent = origin.acknowledged + request.ops.len() as u64;
    let asked = request.cursor;
    let reply = match carry(&request) {
        Ok(reply) => reply,
        Err(error) => {
            // The request may have arrived although no answer did: its dossiers are shown as sent, not yet as received.
            if error.code() == Code::HubSilent && sent > origin.sent {
                store.write(|writing| {
                    ops::set_progress(writing, origin.id, sent, origin.acknowledged, origin.backed_up)
                })?;
            }
            // A log the hub knows otherwise is never taken, however often it is sent: it must not block what other logs hold.
            if let Some((_, reason)) =
                error.params().iter().find(|(_, reason)| reason == "fork" || reason == "checkpoint")
            {
                store.write(|writing| ops::refuse(writing, origin.id, reason))?;
            }
            return Err(error);
        }
    };
    // After a restore the hub may hold operations of a former identity that this database lacks; the feed brings them back.
    let acknowledged = reply.acknowledged.min(origin.last_seq);
    let gained = acknowledged.saturating_sub(origin.acknowledged);
    // The feed passes over the asker's own operations. Where this database lacks some of them, that part of the feed is read
    // again under the next identity.
    let behind = reply.acknowledged > origin.last_seq;
    let cursor = if behind { asked } else { reply.cursor };
    let (received, changes) = store.write(|writing| {
        let mut received = 0;
        for op in reply.ops {
            received += u64::from(others::take_in_from_hub(writing, op)?);
        }
        for aside in reply.set_aside {
            ops::set_aside(writing, ops::At { origin: origin.id, seq: aside.seq }, &aside.reason)?;
        }
        ops::set_progress(writing, origin.id, sent.min(acknowledged), acknowledged, reply.backed_up.unwrap_or(0))?;
        settings::set(writing, Key::Cursor, &cursor.to_string())?;
        settings::set(writing, Key::HubEpoch, &reply.epoch.to_string())?;
        settings::set(writing, Key::LastSync, &now_ms.to_string())?;
        let offset = i64::try_from(reply.time_ms).unwrap_or(now_ms).saturating_sub(now_ms);
        settings::set(writing, Key::ClockOffset, &offset.to_string())?;
        Ok(received)
    })?;
    let unsent = store.waiting()? > 0;
    Ok(Round {
        acknowledged: gained,
        received,
        // Without progress nothing is tried again at once, whatever the hub says.
        more: (acknowledged != origin.acknowledged && unsent) || (reply.more && cursor != asked),
        superseded: behind && origin == newest,
        changes,
    })
}
