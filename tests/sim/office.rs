//! The province's hub in a simulated world: the real one, at the hands of one caller, and what may happen to its files.

use super::files::{Files, torn};
use domain::code::AgencyCode;
use ed25519_dalek::VerifyingKey;
use fastrand::Rng;
use hub::{Alone, Call, Revocation};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The hub's folder below the world's.
pub const FOLDER: &str = "hub";
const STORE: &str = "hub/hub.db";

/// The hub.
pub struct Office {
    top: PathBuf,
    now: Arc<AtomicI64>,
    alone: Option<Alone>,
    /// Backups that were made of it, oldest first.
    pub backups: Vec<PathBuf>,
    /// Whether one of them was ever put in its place.
    pub was_restored: bool,
    /// How many there ever were.
    made: usize,
    /// A connection to look at its store with.
    look: Option<Connection>,
}

impl Office {
    /// Founds a hub below a folder, or opens the one that is there.
    pub fn found(top: &Path, now: &Arc<AtomicI64>) -> Self {
        let (top, now) = (top.to_owned(), Arc::clone(now));
        let mut office = Self { top, now, alone: None, backups: Vec::new(), was_restored: false, made: 0, look: None };
        office.opens();
        office
    }

    fn place(&self) -> PathBuf {
        self.top.join(FOLDER)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.now.load(Ordering::SeqCst)).unwrap_or(0)
    }

    fn opens(&mut self) {
        let now = Arc::clone(&self.now);
        let clock: hub::Clock = Arc::new(move || u64::try_from(now.load(Ordering::SeqCst)).unwrap_or(0));
        self.alone = Some(Alone::open(&self.place(), clock).expect("the hub opens"));
        self.look = Some(Connection::open(self.top.join(STORE)).expect("the hub's store"));
    }

    /// Lets go of its files.
    pub fn closes(&mut self) {
        (self.look, self.alone) = (None, None);
    }

    /// The hub itself.
    fn alone(&mut self) -> &mut Alone {
        self.alone.as_mut().expect("the hub is open")
    }

    /// Its store, to look at.
    pub fn store(&self) -> &Connection {
        self.look.as_ref().expect("the hub is open")
    }

    /// One number out of its store.
    pub fn count(&self, sql: &str) -> u64 {
        self.store().query_row(sql, [], |row| row.get(0)).expect(sql)
    }

    /// Its epoch.
    pub fn epoch(&self) -> u64 {
        self.count("SELECT epoch FROM hub")
    }

    /// A request of the first protocol.
    pub fn request(&mut self, path: &str, body: &[u8]) -> (bool, Vec<u8>) {
        self.alone().request(path, body).expect("the hub answers")
    }

    /// Bytes arrive on a connection.
    pub fn hears(&mut self, call: &mut Call, bytes: &[u8]) -> Vec<u8> {
        self.alone().hears(call, bytes).expect("the hub answers")
    }

    /// What is to be said on a connection because others have written.
    pub fn news(&mut self, call: &mut Call) -> Vec<u8> {
        self.alone().news(call).expect("the hub answers")
    }

    /// A bundle is carried in. The answer to carry back.
    pub fn carry_in(&mut self, bundle: &[u8]) -> Option<Vec<u8>> {
        let mut answer = Vec::new();
        match self.alone().carry_in(&mut std::io::Cursor::new(bundle), &mut answer) {
            Ok(_) => Some(answer),
            Err(hub::Carrying::Other(hub::Error::Refused(_))) => None,
            Err(error) => panic!("the hub cannot take a bundle in: {error:?}"),
        }
    }

    /// A one-time code for a desk of an agency.
    pub fn makes_a_code(&self, agency: &str) -> String {
        let agency = AgencyCode::parse(agency).expect("an agency");
        hub::add_desk(&self.place(), &agency, "Quầy", self.now_ms()).expect("a code").to_string()
    }

    /// Revokes the desk that holds a replica number.
    pub fn revokes(&self, replica: u32, why: Revocation) {
        let sql = "SELECT desk FROM lease WHERE replica = ?1";
        let number: u32 = self.store().query_row(sql, [replica], |row| row.get(0)).expect("a desk");
        hub::revoke_desk(&self.place(), number, why, self.now_ms()).expect("revoked");
    }

    /// The hub's key, as a desk meets it.
    pub fn key(&mut self) -> VerifyingKey {
        self.alone().public_key()
    }

    /// Does something and loses its power on the way: its journal ends anywhere in what was written.
    pub fn crashes(&mut self, rng: &mut Rng, doing: impl FnOnce(&mut Self)) {
        let files = |office: &Self| Files::of(&office.top, &[FOLDER]);
        let before = files(self);
        doing(self);
        let after = files(self);
        self.closes();
        torn(&before, &after, STORE, "hub/scans", "none", rng).put(&self.top, &[FOLDER]);
        self.opens();
    }

    /// A backup is made.
    pub fn backs_up(&mut self) {
        self.made += 1;
        let file = self.top.join(format!("hub-{}.backup", self.made));
        hub::back_up(&self.place(), &file).expect("a backup");
        self.backups.push(file);
    }

    /// A backup is put in the place of the store, as the administrator does after a disaster.
    pub fn restores(&mut self, number: usize) {
        self.was_restored = true;
        self.closes();
        let backup = self.backups.get(number).expect("a backup");
        hub::restore(&self.place(), backup, self.now_ms()).expect("the hub is put back");
        self.opens();
    }

    /// The administrator has seen that everybody has sent again what was lacking.
    pub fn resumes(&mut self) {
        hub::resume(&self.place()).expect("work is resumed");
    }

    /// A backup is copied over the store, and nobody says so.
    pub fn is_overwritten(&mut self, number: usize) {
        self.closes();
        let store = self.top.join(STORE);
        for end in ["-wal", "-shm"] {
            let beside = PathBuf::from(format!("{}{end}", store.display()));
            if beside.exists() {
                std::fs::remove_file(beside).expect("removed");
            }
        }
        std::fs::copy(self.backups.get(number).expect("a backup"), &store).expect("put back");
        self.opens();
    }

    /// Answers what arrived on a connection, and has lost it then.
    pub fn answers_and_forgets(&mut self, call: &mut Call, bytes: &[u8]) -> Vec<u8> {
        let before = Files::of(&self.top, &[FOLDER]);
        let said = self.hears(call, bytes);
        self.closes();
        before.put(&self.top, &[FOLDER]);
        self.opens();
        said
    }

    /// Lets the effect of a reception happen once more.
    pub fn effects_again(&self) {
        let sql = "INSERT INTO outbox (agency, replica, seq, effect, payload, made_at)
                   SELECT agency, replica, seq, effect || ' again', payload, made_at FROM outbox WHERE true
                   ON CONFLICT DO NOTHING";
        self.store().execute(sql, []).expect("another effect");
    }
}
