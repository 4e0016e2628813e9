//! Sending and receiving, and how it is shown: the pill, the page, `motcua status`.

use super::{Desk, Done, civil, hold, office_moment, words};
use crate::error::{Code, Error, Result};
use crate::store::settings::{self, Key};
use crate::store::{Change, Changes, dossiers, ops};
use crate::sync::exchange;
use crate::sync::hub::Hub;
use crate::sync::link::Link;
use crate::sync::pace::{Action, Event};
use crate::sync::session::Manner;
use crate::sync::{self};
use crate::texts::text;
use data_encoding::HEXLOWER;
use protocol::message::{SYNC, SyncRequest};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use ts_rs::TS;

/// How replication stands, in words.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncView {
    /// Which face the pill shows.
    pub pill: Pill,
    /// Its words.
    pub text: String,
    /// More, for the page.
    pub detail: String,
    /// Operations the province has not stored.
    pub waiting: u32,
    /// Dossiers with an operation among them.
    pub waiting_dossiers: u32,
    /// Operations it has.
    pub acknowledged: u32,
    /// Dossiers with a card that waits for a person.
    pub review: u32,
    /// Whether this desk was enrolled.
    pub enrolled: bool,
    /// RFC 3339.
    pub last_success: Option<String>,
    /// RFC 3339.
    pub next_try: Option<String>,
    /// The hub's address.
    pub hub: Option<String>,
    /// Where backups go.
    pub backup_folder: String,
    /// When the last one was made, RFC 3339.
    pub last_backup: Option<String>,
}

/// The pill's faces (experience: replication shown to people).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Pill {
    /// Not enrolled.
    None,
    /// Everything is at the province.
    AllSent,
    /// No link, nothing wrong.
    Offline,
    /// On its way.
    Sending,
    /// Waiting for days, or a great deal.
    Long,
    /// A person has to look.
    Attention,
    /// The computer itself has trouble.
    Trouble,
}

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

/// What waits longer than this, or is more than this, is worth a word.
const LONG_MS: i64 = 3 * 24 * 3_600_000;
const MANY: u64 = 50;

impl Desk {
    /// How replication stands.
    pub fn sync_status(&self) -> Result<SyncView> {
        let now = self.now_ms();
        let pace = *hold(&self.pace);
        let (own, hub, last) = self.store.read(|connection| {
            let last = settings::number(connection, Key::LastSync)?;
            Ok((ops::all_own(connection)?, settings::get(connection, Key::Hub)?, last))
        })?;
        let enrolled = own.last().is_some_and(|origin| origin.replica.is_some()) && !hub.is_empty();
        let waiting: u64 = own.iter().map(|origin| origin.last_seq - origin.acknowledged).sum();
        let acknowledged: u64 = own.iter().map(|origin| origin.acknowledged).sum();
        let unsent = self.store.read(dossiers::count_unsent)?;
        let copied = self.store.read(|connection| settings::number(connection, Key::CopiedAt))?;
        let aside = self.store.read(ops::count_set_aside)?;
        let review = self.store.read(dossiers::count_review)?;
        let urgent = self.notices()?.iter().any(|notice| notice.urgent);
        let oldest = self.store.read(ops::oldest_waiting_ms)?;
        let waits = oldest.map_or(0, |oldest| now - i64::try_from(oldest).unwrap_or(now));
        let pill = match () {
            () if urgent => Pill::Trouble,
            () if aside > 0 || review > 0 => Pill::Attention,
            () if !enrolled => Pill::None,
            () if waiting == 0 && pace.failures() == 0 => Pill::AllSent,
            () if waiting > 0 && (waits > LONG_MS || waiting > MANY && pace.failures() > 0) => Pill::Long,
            () if pace.failures() > 0 => Pill::Offline,
            () => Pill::Sending,
        };
        let key = match pill {
            Pill::None => "pill_none",
            Pill::AllSent => "pill_all_sent",
            Pill::Offline => "pill_offline",
            Pill::Sending => "pill_sending",
            Pill::Long => "pill_long",
            Pill::Attention if aside == 0 => "pill_review",
            Pill::Attention => "pill_attention",
            Pill::Trouble => "pill_trouble",
        };
        let clock = |ms: i64| {
            let at = civil(ms);
            format!("{:02}:{:02}", at.hour(), at.minute())
        };
        let params = [
            ("waiting", unsent.to_string()),
            ("aside", aside.to_string()),
            ("review", review.to_string()),
            ("days", (waits / 86_400_000).to_string()),
            ("at", if last > 0 { clock(last) } else { "–".to_owned() }),
            ("last", if last > 0 { words::moment(self.language(), civil(last)) } else { "–".to_owned() }),
        ];
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let next = i64::try_from(pace.next_ms()).unwrap_or(0);
        Ok(SyncView {
            pill,
            text: text(self.language(), key, &params),
            detail: text(self.language(), &format!("{key}_detail"), &params),
            waiting: small(waiting),
            waiting_dossiers: small(unsent),
            backup_folder: self.backup_folder()?.display().to_string(),
            last_backup: (copied > 0).then(|| office_moment(copied)),
            acknowledged: small(acknowledged),
            review: small(review),
            enrolled,
            last_success: (last > 0).then(|| office_moment(last)),
            next_try: (enrolled && next > now).then(|| office_moment(next)),
            hub: (!hub.is_empty()).then_some(hub),
        })
    }

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
