//! A province to tell stories in: `world.desk("Xã Cao Sơn")`, `world.cut_link()`, `world.days_pass(3)`.

mod aloud;
mod desk;
mod lan;
mod link;
mod people;
mod program;
mod stranger;

pub use aloud::{is_golden, read_aloud};
pub use desk::{Desk, PASSPHRASE, Raw, brought, copy_folder};
pub use lan::{door, meet};
pub use link::{Link, Weather};
pub use people::{BIRTH, CERTIFIED_COPY, HANH, MARRIAGE, PAO, Person, RESIDENCE, YNUE, card_picture};
pub use program::{Answer, HubProcess, Terminal, answer, hub_program};
pub use stranger::{Certificate, Key, Says, Stranger};

use ::domain::code::AgencyCode;
use ::hub::{Config, DossierLine, Running};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use rcgen::{CertificateParams, KeyPair, SanType};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// One minute, one day, in milliseconds.
pub const MINUTE: i64 = 60_000;
/// One day.
pub const DAY: i64 = 24 * 60 * MINUTE;

/// A province: one hub, a clock, and as many desks as a story needs.
pub struct World {
    province: Arc<Province>,
    links: Mutex<Vec<Arc<Link>>>,
    communes: Mutex<Vec<(String, u32)>>,
}

/// What all of its desks share.
pub(crate) struct Province {
    folder: TempDir,
    now_ms: Arc<AtomicI64>,
    hub: Mutex<Option<Running>>,
}

impl World {
    /// A Monday morning, eight o'clock; the hub serves.
    #[expect(clippy::new_without_default, reason = "a world with a hub at work is made on purpose")]
    pub fn new() -> Self {
        let province = Province {
            folder: tempfile::tempdir().expect("a folder"),
            now_ms: Arc::new(AtomicI64::new(moment("2026-11-23T08:00:00"))),
            hub: Mutex::new(None),
        };
        long_lived_certificate(&province.hub_folder());
        let world = Self { province: Arc::new(province), links: Mutex::default(), communes: Mutex::default() };
        world.hub_starts();
        world
    }

    /// The next desk of a commune, set up but not enrolled; the first is counter 1. Each has a link of its own to the hub.
    pub fn desk(&self, commune: &str) -> Desk {
        let mut communes = self.communes.lock().expect("no panic");
        let place = match communes.iter().position(|(name, _)| name == commune) {
            Some(place) => place,
            None => {
                communes.push((commune.to_owned(), 0));
                communes.len() - 1
            }
        };
        let counter = communes.get_mut(place).map_or(1, |(_, counters)| {
            *counters += 1;
            *counters
        });
        let link = Arc::new(Link::to(self.hub_address()));
        self.links.lock().expect("no panic").push(Arc::clone(&link));
        Desk::set_up(Arc::clone(&self.province), link, commune, &agency_of(place), counter)
    }

    /// The next desk of a commune, enrolled.
    pub fn enrolled_desk(&self, commune: &str) -> Desk {
        let desk = self.desk(commune);
        desk.enrols().expect("enrolment");
        desk
    }

    /// No desk reaches the hub any more.
    pub fn cut_link(&self) {
        self.every_link(|link| link.set(Weather::Cut));
    }

    /// Every desk reaches the hub again.
    pub fn link_returns(&self) {
        let hub = self.hub_address();
        self.every_link(|link| link.lead_to(hub));
    }

    /// Somebody else answers at the hub's address.
    pub fn answered_by(&self, stranger: &Stranger) {
        self.every_link(|link| link.lead_to(stranger.address()));
    }

    fn every_link(&self, what: impl Fn(&Link)) {
        self.links.lock().expect("no panic").iter().for_each(|link| what(link));
    }

    /// Time goes by, at the hub and at every desk.
    pub fn passes(&self, ms: i64) {
        self.province.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Whole days go by.
    pub fn days_pass(&self, days: i64) {
        self.passes(days * DAY);
    }

    /// It is this moment by every clock that is right, as clocks in Viet Nam show it.
    pub fn it_is(&self, local: &str) {
        self.province.now_ms.store(moment(local), Ordering::SeqCst);
    }

    /// A clock that is right.
    pub fn clock(&self) -> ::desk::api::Clock {
        let now = Arc::clone(&self.province.now_ms);
        Arc::new(move || now.load(Ordering::SeqCst))
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.province.now_ms.load(Ordering::SeqCst)
    }

    /// The hub is stopped in good order.
    pub fn hub_stops(&self) {
        if let Some(running) = self.province.hub.lock().expect("no panic").take() {
            running.stop();
        }
    }

    /// The hub serves, at a new address that the links lead to.
    pub fn hub_starts(&self) {
        let now = Arc::clone(&self.province.now_ms);
        let clock: ::hub::Clock = Arc::new(move || u64::try_from(now.load(Ordering::SeqCst)).unwrap_or(0));
        let config = Config {
            place: (&self.hub_folder()).into(),
            listen: "127.0.0.1:0".into(),
            names: vec![],
            clock,
            scans: true,
        };
        let running = ::hub::serve(config).expect("a hub");
        *self.province.hub.lock().expect("no panic") = Some(running);
        self.link_returns();
    }

    /// The hub is stopped, and a backup takes the place of what it has. It does not serve yet.
    pub fn hub_is_put_back(&self, backup: &Path) {
        self.hub_stops();
        let now = u64::try_from(self.now_ms()).unwrap_or(0);
        ::hub::restore(&self.hub_folder(), backup, now).expect("the backup");
    }

    /// Where the hub itself answers, for who has no link of their own.
    pub fn hub_url(&self) -> String {
        format!("https://{}", self.hub_address())
    }

    fn hub_address(&self) -> std::net::SocketAddr {
        self.province.hub.lock().expect("no panic").as_ref().expect("a hub at work").address
    }

    /// The hub's folder: key, certificate, store.
    pub fn hub_folder(&self) -> PathBuf {
        self.province.hub_folder()
    }

    /// What the province holds of a commune, by number: nothing that names a person.
    pub fn at_the_province(&self, desk: &Desk) -> Vec<DossierLine> {
        let agency = AgencyCode::parse(desk.agency()).expect("an agency");
        ::hub::dossiers(&self.hub_folder(), &agency).expect("the list")
    }

    /// The numbers of the dossiers the province holds of a commune, in order. Fails where one is there without effect.
    pub fn codes_at_the_province(&self, desk: &Desk) -> Vec<String> {
        let lines = self.at_the_province(desk);
        assert!(lines.iter().all(|line| line.set_aside.is_none()), "something was set aside: {lines:?}");
        lines.into_iter().filter_map(|line| line.code).collect()
    }

    /// Rows of the hub's store.
    pub fn count_at_the_province(&self, sql: &str) -> i64 {
        let store = rusqlite::Connection::open(self.hub_folder().join("hub.db")).expect("the hub's store");
        store.query_row(sql, [], |row| row.get(0)).expect("a count")
    }

    /// A scanned page to attach: begins like a PNG and does not pack.
    pub fn scanned_page(&self, name: &str, bytes: u32) -> PathBuf {
        let path = self.path(name);
        let noise = (0..bytes).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8);
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).collect::<Vec<u8>>()).expect("a file");
        path
    }

    /// The whole scans that the province holds of a commune.
    pub fn scans_at_the_province(&self, desk: &Desk) -> Vec<Vec<u8>> {
        let folder = self.hub_folder().join("scans").join(desk.agency());
        let inside =
            |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let files = inside(folder).flat_map(inside).filter(|file| file.extension().is_none());
        files.map(|file| std::fs::read(file).expect("a scan")).collect()
    }

    /// A desk is reported stolen.
    pub fn is_stolen(&self, desk: &Desk) {
        let now = u64::try_from(self.now_ms()).unwrap_or(0);
        let desks = ::hub::desks(&self.hub_folder(), now).expect("the desks");
        let number = desks.iter().find(|line| line.name == desk.name()).expect("an enrolled desk").desk;
        ::hub::revoke_desk(&self.hub_folder(), number, ::hub::Revocation::Stolen, now).expect("revoked");
    }

    /// A path of this world for a story's own files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.province.folder.path().join(name)
    }
}

impl Province {
    fn hub_folder(&self) -> PathBuf {
        self.folder.path().join("hub")
    }
}

/// H56.14, H56.15, …
fn agency_of(place: usize) -> String {
    format!("H56.{}", 14 + place)
}

/// Milliseconds since 1970 of a moment as clocks in Viet Nam show it.
pub fn moment(local: &str) -> i64 {
    let local: DateTime = local.parse().expect("a moment");
    Offset::constant(7).to_timestamp(local).expect("a moment").as_millisecond()
}

/// The world's clock stands in a fixed year, the clock that TLS asks does not: the hub is given a certificate that outlives
/// both, so that no test fails on a day of its own.
fn long_lived_certificate(folder: &Path) {
    let agency = AgencyCode::parse("H56").expect("an agency");
    ::hub::add_desk(folder, &agency, "nobody's", 0).expect("a hub is founded");
    let certificate = certificate(&hub_key(folder), 2100);
    std::fs::write(folder.join("hub.crt"), certificate.pem()).expect("a certificate");
}

fn hub_key(folder: &Path) -> KeyPair {
    let pem = std::fs::read_to_string(folder.join("hub.key")).expect("the hub's key");
    KeyPair::from_pem_and_sign_algo(&pem, &rcgen::PKCS_ED25519).expect("a key")
}

/// A certificate for this machine that ends with a year.
fn certificate(key: &KeyPair, last_year: i32) -> rcgen::Certificate {
    let mut params = CertificateParams::default();
    let here = IpAddr::from([127, 0, 0, 1]);
    params.subject_alt_names =
        vec![SanType::DnsName("localhost".try_into().expect("a name")), SanType::IpAddress(here)];
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(last_year, 12, 31);
    params.self_signed(key).expect("a certificate")
}
