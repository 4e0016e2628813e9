//! The use cases: what a person can do at a desk, one file each. The window, the terminal and the tests call these and nothing
//! below them. Their inputs and views are the only types of the product with `Serialize` and generated TypeScript.

pub mod agencies;
pub mod around;
pub mod attach;
pub mod bundle;
pub mod carried;
pub mod catalogue;
pub mod conditions;
pub mod deadline;
pub mod dossiers;
pub mod drafts;
pub mod enrol;
mod facts;
pub mod fee_rules;
pub mod fees;
pub mod fetching;
mod forget;
pub mod forms;
pub mod life;
pub mod lookup;
pub mod neighbours;
pub mod not_received;
pub mod officers;
pub mod opening;
pub mod payment;
pub mod people;
pub mod printing;
pub mod procedures;
pub mod receipt;
pub mod receive;
pub mod register;
pub mod review;
pub mod safety;
pub mod scan;
pub mod setup;
pub mod status;
pub mod steps;
pub mod sync;
pub mod templates;
pub mod till;
pub mod timeline;
pub mod today;
pub mod trial;
#[cfg(test)]
mod types;
pub mod words;
pub mod working_time;

use crate::catalogue::Catalogue;
use crate::error::{Code, Error, Result};
use crate::identity::{Identity, Mark, Verdict};
use crate::keys::{DataKey, KeyFile};
use crate::place::Place;
use crate::store::scans::Scans;
use crate::store::settings::{self, Key};
use crate::store::{Change, Changes, Store, Writing, numbers, officers as officer_table, ops};
use crate::sync::link::Flow;
use crate::sync::pace::Pace;
use crate::texts::{Language, Speech, sentences};
use domain::code::AgencyCode;
use domain::deadline::Rules;
use ed25519_dalek::SigningKey;
use jiff::civil::DateTime;
use officer_table::Officer;
use protocol::fields::Role;
use protocol::message::Lease;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use ts_rs::TS;

/// The computer's clock, milliseconds since 1970. A test pushes its own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A view, and what the use case changed.
pub type Done<T> = Result<(T, Changes)>;

/// An error as people and scripts read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Trouble {
    /// A code that stays the same in every language and release.
    pub code: String,
    /// What happened.
    pub what: String,
    /// Whether anything is lost.
    pub lost: String,
    /// What to do.
    pub r#do: String,
}

impl Trouble {
    /// An error in words.
    pub fn of(language: Language, error: &Error) -> Self {
        let said = sentences(language, error);
        Self { code: error.code().as_str().to_owned(), what: said.what, lost: said.lost, r#do: said.action }
    }
}

/// A desk with somebody at it.
pub struct Desk {
    place: Place,
    clock: Clock,
    speech: Speech,
    keys: Mutex<KeyFile>,
    store: Store,
    officer: Officer,
    device: SigningKey,
    catalogue: RwLock<Arc<Catalogue>>,
    rules: RwLock<Arc<Rules>>,
    identity: Mutex<Option<Identity>>,
    pace: Mutex<Pace>,
    scans: Scans,
    connection: Mutex<sync::Connection>,
    /// Neighbours by their device's key.
    met: Mutex<BTreeMap<[u8; 32], neighbours::NeighbourView>>,
    /// What goes on on it, for screens that must not wait for the connection.
    flow: Mutex<Flow>,
    /// The most dossiers that waited since none did: "3/7".
    most_waiting: AtomicU64,
    trial: Mutex<trial::Trial>,
    jobs: Mutex<HashMap<String, printing::PrintJob>>,
    new_work: AtomicBool,
    /// When somebody last wrote something, by the computer's clock.
    last_work_ms: AtomicI64,
    /// Keeps others from replacing the store while somebody works with it.
    _held: std::fs::File,
}

/// Who sits at a desk that is being opened.
pub enum Sitter<'a> {
    /// By row number.
    Id(i64),
    /// By name.
    Named(&'a str),
    /// The officer who set the desk up.
    First,
}

impl Desk {
    /// Opens a store with its key and seats an officer.
    pub fn open(
        place: Place,
        keys: KeyFile,
        key: DataKey,
        sitter: &Sitter<'_>,
        clock: Clock,
        speech: impl Into<Speech>,
    ) -> Result<Self> {
        let store = Store::open(&place, key)?;
        Self::seat(place, keys, store, sitter, clock, speech)
    }

    pub(crate) fn seat(
        place: Place,
        keys: KeyFile,
        store: Store,
        sitter: &Sitter<'_>,
        clock: Clock,
        speech: impl Into<Speech>,
    ) -> Result<Self> {
        let held = crate::place::hold(&place, false)?;
        let identity = match_identity(&place, &keys, &store)?;
        let (officer, device, bodies, corrections) = store.read(|connection| {
            let officers = officer_table::list(connection)?;
            let officer = match sitter {
                Sitter::Id(id) => officers.into_iter().find(|officer| officer.id == *id),
                Sitter::Named(name) => {
                    let folded = domain::text::fold(name);
                    officers.into_iter().find(|officer| domain::text::fold(&officer.name) == folded)
                }
                Sitter::First => officers.into_iter().next(),
            };
            let unknown = || match sitter {
                Sitter::Named(name) => Error::new(Code::OfficerUnknown).with("name", name),
                Sitter::Id(_) | Sitter::First => Error::new(Code::Locked),
            };
            let device = settings::get(connection, Key::DeviceKey)?;
            let corrections = settings::get(connection, Key::WorkingTime)?;
            Ok((officer.ok_or_else(unknown)?, device, crate::store::procedures::bodies(connection)?, corrections))
        })?;
        let scans = Scans::new(&place, store.key());
        let device: Option<[u8; 32]> =
            data_encoding::HEXLOWER.decode(device.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let device = device.ok_or_else(|| Error::new(Code::Internal).because("the store holds no device key"))?;
        let desk = Self {
            place,
            clock,
            speech: speech.into(),
            keys: Mutex::new(keys),
            store,
            officer,
            device: SigningKey::from_bytes(&device),
            catalogue: RwLock::new(Arc::new(Catalogue::with_stored(&bodies))),
            rules: RwLock::new(Arc::new(working_time::rules(&corrections))),
            identity: Mutex::new(identity),
            pace: Mutex::new(Pace::default()),
            scans,
            connection: Mutex::default(),
            met: Mutex::default(),
            flow: Mutex::default(),
            most_waiting: AtomicU64::new(0),
            trial: Mutex::default(),
            jobs: Mutex::new(HashMap::new()),
            new_work: AtomicBool::new(false),
            last_work_ms: AtomicI64::new(0),
            _held: held,
        };
        // A mark that a power cut took is noted again before anybody can put an older store back.
        if let Err(error) = desk.mark() {
            log::error!("the mark was not noted: {error}");
        }
        Ok(desk)
    }

    /// Who sits here.
    pub fn officer(&self) -> &Officer {
        &self.officer
    }

    /// The language its sentences are in.
    pub fn language(&self) -> Language {
        self.speech.now()
    }

    /// The catalogue as of now.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.catalogue.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(crate) fn set_catalogue(&self, catalogue: Catalogue) {
        *self.catalogue.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(catalogue);
    }

    /// The rules deadlines follow.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(crate) fn set_rules(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(rules);
    }

    /// The store, for reports and verification.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The own clock, milliseconds since 1970.
    fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// Legal time at this desk: its own clock corrected by the last trusted time of the hub, as Vietnamese civil time.
    pub fn now(&self) -> Result<DateTime> {
        let offset = self.store.read(|connection| settings::number(connection, Key::ClockOffset))?;
        Ok(civil(self.now_ms().saturating_add(offset)))
    }

    fn agency(&self) -> Result<AgencyCode> {
        let text = self.store.read(|connection| settings::get(connection, Key::Agency))?;
        AgencyCode::parse(&text).map_err(|error| Error::new(Code::Internal).because(error))
    }

    fn require(&self, allowed: &[Role]) -> Result<()> {
        if allowed.contains(&self.officer.role) { Ok(()) } else { Err(Error::new(Code::NotAllowed)) }
    }

    /// Writes through the one door, then notes outside the database how far this machine has got.
    fn write<T>(&self, what: impl FnOnce(&mut Writing<'_>) -> Result<T>) -> Done<T> {
        let mut known = hold(&self.identity);
        let (result, changes) = self.store.write(|writing| {
            let last = ops::own(writing.reading())?.last_seq;
            if let Some(identity) = known.as_mut()
                && identity.reserve(last)
            {
                identity.save(&self.place, &hold(&self.keys).store)?;
            }
            what(writing)
        })?;
        if changes.contains(&Change::Sync) || changes.contains(&Change::Dossiers) {
            // It is saved; that the mark could not be noted must not make it look as if it were not.
            if let Err(error) = self.mark() {
                log::error!("the mark was not noted: {error}");
            }
            self.new_work.store(true, Ordering::Relaxed);
            self.last_work_ms.store(self.now_ms(), Ordering::Relaxed);
        }
        Ok((result, changes))
    }

    fn mark(&self) -> Result<()> {
        let mark = self.store.read(|connection| {
            let own = ops::own(connection)?;
            Ok(Mark { replica: own.replica, seq: own.last_seq, given: numbers::latest(connection)? })
        })?;
        mark.save(&self.place, &hold(&self.keys).store)
    }

    /// The hub knows more under this desk's number than the desk does: go on under the next spare, so that nothing is
    /// written twice under one number. Without a spare it stays as it is, and the hub refuses the fork.
    fn leave_identity(&self) -> Result<()> {
        let mut known = hold(&self.identity);
        let Some(identity) = known.as_mut() else { return Ok(()) };
        let Some((replica, lane)) = identity.spares.first().copied() else { return Ok(()) };
        take(&self.place, &hold(&self.keys).store, identity, Lease { replica, lane }, &self.store)?;
        drop(known);
        self.mark()
    }

    /// Spare lanes for the day when the own is full.
    fn spare_lanes(&self) -> Vec<u8> {
        hold(&self.identity)
            .as_ref()
            .map(|known| known.spares.iter().map(|(_, lane)| *lane).collect())
            .unwrap_or_default()
    }
}

/// Holds the database against what this machine knows of it, and moves to a spare identity where it is older.
fn match_identity(place: &Place, keys: &KeyFile, store: &Store) -> Result<Option<Identity>> {
    let mut known = Identity::read(place, &keys.store);
    let mark = Mark::read(place, &keys.store);
    let own = store.read(ops::own)?;
    match Identity::judge(known.as_ref(), &mark, own.replica, own.last_seq) {
        Verdict::Sound => {}
        Verdict::TakeSpare(lease) => take(place, &keys.store, known.get_or_insert_default(), lease, store)?,
        Verdict::GoUnenrolled => {
            store.write(|writing| {
                settings::set(writing, Key::Hub, "")?;
                ops::begin_origin(writing, None, 0)
            })?;
            log::warn!("the store is a copy without a spare identity: going on unenrolled");
            known = None;
        }
    }
    // Under whatever identity it goes on, it gives no number a second time that this machine has given.
    let held = store.read(numbers::latest)?;
    if mark.given.iter().any(|given| !held.contains(given)) {
        store.write(|writing| numbers::raise_all(writing, &mark.given))?;
    }
    Ok(known)
}

/// Goes on under a spare identity. The machine knows it before the database uses it.
fn take(place: &Place, name: &str, known: &mut Identity, lease: Lease, store: &Store) -> Result<()> {
    known.spares.retain(|(replica, _)| *replica != lease.replica);
    known.replica = Some(lease.replica);
    known.reserved = 0;
    known.save(place, name)?;
    store.write(|writing| ops::begin_origin(writing, Some(lease.replica), lease.lane))?;
    log::warn!(
        "going on as replica {}: the store is older than what was written under the former number",
        lease.replica
    );
    Ok(())
}

/// Milliseconds since 1970 as Vietnamese civil time (UTC+7, no daylight saving since 1975).
pub fn civil(ms: i64) -> DateTime {
    domain::dossier::civil(ms)
}

/// Milliseconds since 1970 as RFC 3339 at +07:00, whole seconds.
pub(crate) fn office_moment(ms: i64) -> String {
    deadline::office_time(civil(ms - ms.rem_euclid(1000)))
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
