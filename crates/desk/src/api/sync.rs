//! Sending and receiving.

use super::status::SyncView;
use super::{Desk, Done, hold};
use crate::error::{Code, Error, Result};
use crate::store::settings::{self, Key};
use crate::store::{Change, Changes, ops};
use crate::sync::exchange;
use crate::sync::hub::Hub;
use crate::sync::link::{Flow, Link};
use crate::sync::pace::{Action, Event};
use crate::sync::session::Manner;
use crate::sync::{self};
use data_encoding::HEXLOWER;
use protocol::message::{SYNC, SyncRequest};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The hub, and the open connection with it.
#[derive(Default)]
pub(super) struct Connection {
    pub(super) hub: Option<Arc<Hub>>,
    pub(super) link: Option<Link>,
    /// How the next connection begins, by what the other side lacked the last time.
    pub(super) manner: Manner,
    /// What the last connection had carried when it was cut in the middle of something, bytes.
    pub(super) cut_after: Option<u64>,
    /// Bytes of connections that have ended: sent, received.
    pub(super) bytes: (u64, u64),
}

/// How long one turn on an open connection takes at most, before whoever keeps the desk running hears of it.
const SLICE: Duration = Duration::from_millis(500);

/// A person who wrote something this lately is at work: receipts must not wait behind scans.
const AT_WORK_MS: i64 = 60_000;

impl Desk {
    /// Sends and takes in until nothing is left to do, or the link gives out: "send now", and the terminal's `sync`.
    pub fn sync_now(&self) -> Done<SyncView> {
        let hub = self.hub()?;
        let now = self.now_ms();
        hold(&self.pace).step(Event::Asked, u64::try_from(now).unwrap_or(0));
        if let Some(link) = &mut hold(&self.connection).link {
            link.ask();
        }
        let mut changes = Changes::new();
        loop {
            let round = self.round(&hub).map_err(|error| self.in_words(error))?;
            changes.extend(round.changes);
            if !round.more {
                break;
            }
        }
        changes.insert(Change::Sync);
        Ok((self.sync_status()?, changes))
    }

    /// How long to wait before it makes sense to try again, milliseconds.
    pub fn wait_ms(&self) -> u64 {
        let now = u64::try_from(self.now_ms()).unwrap_or(0);
        hold(&self.pace).next_ms().saturating_sub(now)
    }

    /// Closes the open connection, if there is one. The next exchange begins a new one.
    pub fn hang_up(&self) {
        let mut connection = hold(&self.connection);
        if let Some(link) = connection.link.take() {
            connection.bytes = sum(connection.bytes, link.bytes());
        }
        *hold(&self.flow) = Flow::default();
    }

    /// Bytes on open connections since the desk was opened, above TLS: sent, received.
    pub fn line_bytes(&self) -> (u64, u64) {
        let connection = hold(&self.connection);
        let open = connection.link.as_ref().map(Link::bytes).unwrap_or_default();
        sum(connection.bytes, open)
    }

    /// Called every moment by whoever keeps the desk running: opens a connection when it is time, and keeps an open one going.
    /// `work` says that something was just saved. Answers what changed.
    pub fn tick(&self, work: bool) -> Result<Changes> {
        let hub = match self.hub() {
            Ok(hub) => hub,
            Err(error) if error.code() == Code::NotEnrolled => return Ok(Changes::new()),
            Err(error) => return Err(error),
        };
        let now = u64::try_from(self.now_ms()).unwrap_or(0);
        let event = if work { Event::Work } else { Event::Tick };
        let is_time = hold(&self.pace).step(event, now) == Action::Round;
        if !is_time && hold(&self.connection).link.is_none() {
            return Ok(Changes::new());
        }
        match self.round(&hub) {
            Ok(round) => Ok(round.changes),
            Err(error) => {
                log::info!("no exchange with the hub: {error}");
                Ok([Change::Sync].into())
            }
        }
    }

    /// Whether something was saved since this was last asked.
    pub fn takes_new_work(&self) -> bool {
        self.new_work.swap(false, Ordering::Relaxed)
    }

    /// One round, and what follows from it for the pace and for the desk's identity.
    fn round(&self, hub: &Hub) -> Result<sync::Round> {
        let round = self.exchange(hub);
        *hold(&self.flow) = hold(&self.connection).link.as_ref().map(Link::flow).unwrap_or_default();
        self.note_link(round.as_ref().map(|_| ()))?;
        let now = u64::try_from(self.now_ms()).unwrap_or(0);
        let event = match &round {
            Ok(round) => Event::Done { progress: round.acknowledged + round.received > 0, more: round.more },
            Err(_) => Event::Failed { random: crate::keys::random().map_or(0, u64::from_le_bytes) },
        };
        hold(&self.pace).step(event, now);
        if self.must_leave(&round)? {
            hold(&self.connection).link = None;
            self.leave_identity()?;
        }
        if self.store.rehome(now)? > 0 {
            hold(&self.connection).link = None;
            self.mark()?;
        }
        round
    }

    /// Whether what the hub said means that this desk must not write under its number any more.
    pub(super) fn must_leave(&self, round: &Result<sync::Round>) -> Result<bool> {
        match round {
            Ok(round) => Ok(round.superseded),
            Err(_) => Ok(!self.store.read(ops::own)?.refused.is_empty()),
        }
    }

    /// What an exchange works on.
    pub(super) fn exchanging(&self, at_work: bool) -> exchange::Desk<'_> {
        exchange::Desk { store: &self.store, scans: &self.scans, device: &self.device, now_ms: self.now_ms(), at_work }
    }

    /// Notes the hub's key, for the day when only a stick gets through.
    pub(super) fn know_hub(&self, hub: &Hub) -> Result<()> {
        let Some(key) = hub.seen_key().map(|key| HEXLOWER.encode(key.as_bytes())) else { return Ok(()) };
        if self.store.read(|connection| settings::get(connection, Key::HubPublic))? != key {
            self.store.write(|writing| settings::set(writing, Key::HubPublic, &key))?;
        }
        Ok(())
    }

    /// Works on the open connection for a while, opening one where there is none.
    fn exchange(&self, hub: &Hub) -> Result<sync::Round> {
        self.fetches_go_on(false)?;
        let mut connection = hold(&self.connection);
        let desk = self.exchanging(self.now_ms() - self.last_work_ms.load(Ordering::Relaxed) < AT_WORK_MS);
        // Once for a connection that had ended unnoticed, once for a side that lacked what was left out.
        for last in [false, false, true] {
            let was_open = connection.link.is_some();
            if !was_open {
                match Link::open(hub, &desk, connection.manner, connection.cut_after)? {
                    Some(link) => {
                        connection.link = Some(link);
                        self.know_hub(hub)?;
                    }
                    None => {
                        let carry = |request: &SyncRequest| hub.exchange(&self.device, SYNC, request);
                        return sync::round(&self.store, &self.device, self.now_ms(), carry);
                    }
                }
            }
            let Some(link) = &mut connection.link else { break };
            let error = match link.pump(&desk, SLICE) {
                Ok(round) => return Ok(round),
                Err(error) => error,
            };
            let (bytes, was_of_use, cut_after) = (link.bytes(), link.was_of_use(), link.cut_after());
            if was_of_use {
                // A link that comes and goes is not one that fails.
                hold(&self.pace).progressed();
            }
            connection.bytes = sum(connection.bytes, bytes);
            connection.cut_after = cut_after;
            connection.link = None;
            let says = |name: &str, value: &str| error.params().iter().any(|(n, v)| *n == name && *v == value);
            let manner = Manner {
                plainly: says("plainly", "true"),
                introduces: says("reason", "unknown_replica") || connection.manner.introduces,
            };
            let is_new = manner != connection.manner && manner != Manner::default();
            connection.manner = manner;
            if last || !(is_new || was_open && error.code() == Code::HubSilent) {
                return Err(error);
            }
        }
        Err(Error::new(Code::HubSilent))
    }
}

fn sum(one: (u64, u64), other: (u64, u64)) -> (u64, u64) {
    (one.0 + other.0, one.1 + other.1)
}
