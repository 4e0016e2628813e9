//! The other desks of the commune, on its own network: each holds what the others wrote, and whichever has a link to the
//! province passes it on for all.

use super::{Desk, Done, hold, office_moment};
use crate::error::Result;
use crate::store::{Changes, fetches, ops, roster};
use crate::sync::lan::{self, Discovery, Door, Met};
use crate::sync::neighbour::others;
use protocol::enrolment::KeyHash;
use protocol::roster::Roster;
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;
use ts_rs::TS;

/// How long after an exchange the same neighbour is met again, milliseconds; and after something was written here.
const AGAIN_MS: i64 = 20_000;
const NEWS_MS: i64 = 2_000;

/// How long after the network could not be listened on it is tried again, milliseconds.
const LISTEN_AGAIN_MS: i64 = 60_000;

/// A desk of the commune that was met on its network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NeighbourView {
    /// What it calls itself.
    pub label: String,
    /// When it was last met, RFC 3339.
    pub met_at: String,
    /// Operations that came from it then.
    pub received: u32,
    /// Operations that it was told then.
    pub told: u32,
}

/// The search for neighbours, and the door at which they are let in. Whoever keeps the desk running holds it, and turns it.
#[derive(Default)]
pub struct Neighbourhood {
    open: Option<(Door, Discovery)>,
    /// Doors that were heard of: when they were last called at, and how often in vain since.
    doors: BTreeMap<SocketAddr, (i64, u32)>,
    /// The last operation, and when a scan was asked for last, the last time somebody was met.
    last: (i64, i64),
    /// When the network could not be listened on.
    failed_at: Option<i64>,
}

impl Neighbourhood {
    /// Lets in who is at the door, and calls at those who are due. A desk that has no neighbours in the roster looks for none.
    pub fn turn(&mut self, desk: &Desk) -> Result<Changes> {
        let Some((roster, hub)) = desk.commune()? else {
            self.open = None;
            return Ok(Changes::new());
        };
        let mut changes = Changes::new();
        let (door, discovery) = match &self.open {
            Some(open) => open,
            None => {
                let waits = |at: i64| (desk.now_ms() - at).unsigned_abs() < LISTEN_AGAIN_MS.unsigned_abs();
                if self.failed_at.is_some_and(waits) {
                    return Ok(changes);
                }
                self.failed_at = Some(desk.now_ms());
                let own = roster.of_device(&desk.device.verifying_key()).map_or(0, |own| own.desk);
                let door = Door::open(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))?;
                let discovery = Discovery::begin(&roster.agency, own, door.address())?;
                self.failed_at = None;
                self.open.insert((door, discovery))
            }
        };
        while let Some(heard) = desk.answer_neighbour(door, &roster, hub)? {
            changes.extend(heard);
        }
        for door in discovery.found(&roster.agency) {
            self.doors.insert(door, (0, 0));
        }
        let (now, last) =
            (desk.now_ms(), desk.store.read(|store| Ok((ops::last_row(store)?, fetches::newest(store)?)))?);
        let has_news = std::mem::replace(&mut self.last, last) != last;
        for (door, (met_at, in_vain)) in &mut self.doors {
            // A computer that was switched off is called at ever more seldom, at last every five minutes.
            let wait = if has_news && *in_vain == 0 { NEWS_MS } else { AGAIN_MS << (*in_vain).min(4) };
            // A clock that was set back waits no longer than one that was not.
            if (now - *met_at).unsigned_abs() < wait.unsigned_abs() {
                continue;
            }
            *met_at = now;
            match desk.meet(*door) {
                Ok((_, met)) => {
                    *in_vain = 0;
                    changes.extend(met);
                }
                Err(error) => {
                    *in_vain += 1;
                    log::info!("no exchange with a neighbour at {door}: {error}");
                }
            }
        }
        Ok(changes)
    }
}

impl Desk {
    /// Whether the commune has other desks to meet.
    pub fn has_neighbours(&self) -> Result<bool> {
        Ok(self.commune()?.is_some())
    }

    /// Neighbours that were met since the desk was opened.
    pub fn neighbours(&self) -> Vec<NeighbourView> {
        hold(&self.met).values().cloned().collect()
    }

    /// Calls at a neighbour's door and exchanges what either lacks.
    ///
    /// # Errors
    /// Nobody answers there, or somebody whom the roster does not name as a desk at work. Nothing is lost.
    pub fn meet(&self, address: SocketAddr) -> Done<NeighbourView> {
        let Some((roster, hub)) = self.commune()? else {
            return Err(crate::error::Error::new(crate::error::Code::NotEnrolled));
        };
        let desk = self.exchanging(false);
        let met = lan::call(address, &desk, &roster, hub)?;
        self.after(&roster, met)
    }

    /// Lets in one neighbour who waits at the door; `None` where nobody does.
    fn answer_neighbour(&self, door: &Door, roster: &Roster, hub: KeyHash) -> Result<Option<Changes>> {
        let desk = self.exchanging(false);
        match door.answer(&desk, roster, hub) {
            Ok(None) => Ok(None),
            Ok(Some(met)) => self.after(roster, met).map(|(_, changes)| Some(changes)),
            // Whoever it was comes again, or is none of the commune's.
            Err(error) => {
                log::info!("no exchange with who was at the door: {error}");
                Ok(Some(Changes::new()))
            }
        }
    }

    /// Lets in whoever is at a door, once; for doors that are opened by hand.
    pub fn answers(&self, door: &Door) -> Result<Option<Changes>> {
        match self.commune()? {
            Some((roster, hub)) => self.answer_neighbour(door, &roster, hub),
            None => Ok(None),
        }
    }

    /// The roster and the hub, where there are other desks to meet.
    fn commune(&self) -> Result<Option<(Roster, KeyHash)>> {
        let Some(roster) = self.store.read(roster::held)? else { return Ok(None) };
        let key = self.device.verifying_key();
        let is_at_work = roster.of_device(&key).is_some_and(|own| own.revoked_at.is_none());
        if !is_at_work || others(&roster, &key).next().is_none() {
            return Ok(None);
        }
        let hub = self.hub()?.key();
        Ok(Some((roster, hub)))
    }

    fn after(&self, roster: &Roster, met: Met<'_>) -> Done<NeighbourView> {
        let Met { device, exchange } = met;
        let desk = roster.desks.iter().find(|desk| desk.device == device);
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let view = NeighbourView {
            label: desk.map(|desk| desk.label.clone()).unwrap_or_default(),
            met_at: office_moment(self.now_ms()),
            received: small(exchange.received),
            told: small(exchange.told),
        };
        hold(&self.met).insert(device, view.clone());
        if exchange.superseded {
            self.leave_identity()?;
        }
        if exchange.received > 0 {
            // Whoever has a link passes it on at once.
            self.new_work.store(true, Ordering::Relaxed);
        }
        let changes = exchange.changes;
        self.fetches_go_on(true)?;
        Ok((view, changes))
    }
}
