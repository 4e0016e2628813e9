//! A desk with a name: a data folder, a machine, a clock that may be wrong, and somebody at it.

use super::{DAY, Link, Person, Province};
use ::domain::catalogue::RequiredPaper;
use desk::api::dossiers::{Filter, ListInput};
use desk::api::drafts::{Draft, PaperInput};
use desk::api::enrol::EnrolInput;
use desk::api::life::{CapacityInput, DeliveryInput, ResultInput, StepInput, TakeStep};
use desk::api::receive::{Receive, Received};
use desk::api::safety;
use desk::api::setup::{self, SetUp};
use desk::api::status::SyncView;
use desk::api::{Clock, Sitter};
use desk::error::Result;
use desk::keys::{DataKey, KeyFile, Unlock};
use desk::place::Place;
use desk::store::verify::Verified;
use desk::texts::Language;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A desk of a commune. While it is open it is a [`desk::api::Desk`], with all that one can do.
pub struct Desk {
    province: Arc<Province>,
    link: Arc<Link>,
    agency: String,
    name: String,
    place: Place,
    drift_ms: Arc<AtomicI64>,
    recovery: String,
    at_work: Option<desk::api::Desk>,
}

/// The passphrase of every desk here.
pub const PASSPHRASE: &str = "mot hai ba bon";

impl Deref for Desk {
    type Target = desk::api::Desk;

    fn deref(&self) -> &Self::Target {
        self.at_work.as_ref().expect("the desk is open")
    }
}

impl Desk {
    pub(crate) fn set_up(province: Arc<Province>, link: Arc<Link>, commune: &str, agency: &str, counter: u32) -> Self {
        let name = format!("{commune}, quầy {counter}");
        let folder = province.folder.path().join(&name);
        let place = Place::on_machine(folder.join("data"), folder.join("machine"));
        let drift_ms = Arc::new(AtomicI64::new(0));
        let input = SetUp {
            agency: agency.to_owned(),
            commune: commune.to_owned(),
            counter,
            officer: "Lò Thị Mai".to_owned(),
            phone: "02193000000".to_owned(),
            ..SetUp::default()
        };
        let clock = clock(&province, &drift_ms);
        let (at_work, recovery) =
            setup::set_up(place.clone(), &input, Some(PASSPHRASE), clock, Language::Vietnamese).expect("a desk");
        let (agency, recovery) = (agency.to_owned(), recovery.to_string());
        Self { province, link, agency, name, place, drift_ms, recovery, at_work: Some(at_work) }
    }

    /// Its name among the province's desks.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The commune's agency code.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// Its folders.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The recovery sheet.
    pub fn recovery(&self) -> &str {
        &self.recovery
    }

    /// Its link to the hub.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Its clock, which may be wrong.
    pub fn clock(&self) -> Clock {
        clock(&self.province, &self.drift_ms)
    }

    /// Its clock is off by this much, ahead or behind.
    pub fn clock_is_off_by(&self, ms: i64) {
        self.drift_ms.store(ms, Ordering::SeqCst);
    }

    /// The administrator makes a one-time code.
    pub fn is_given_a_code(&self) -> ::hub::Result<String> {
        let agency = ::domain::code::AgencyCode::parse(&self.agency).expect("an agency");
        let now = u64::try_from(self.province.now_ms.load(Ordering::SeqCst)).unwrap_or(0);
        Ok(::hub::add_desk(&self.province.hub_folder(), &agency, &self.name, now)?.to_string())
    }

    /// The administrator makes a one-time code for a volunteer's computer, and the desk uses it.
    pub fn enrols_as_a_volunteers(&self) -> Result<SyncView> {
        let agency = ::domain::code::AgencyCode::parse(&self.agency).expect("an agency");
        let now = u64::try_from(self.province.now_ms.load(Ordering::SeqCst)).unwrap_or(0);
        let code = ::hub::add_volunteers_desk(&self.province.hub_folder(), &agency, &self.name, now).expect("a code");
        let (view, _) = self.enrol(&EnrolInput { hub: self.link.url(), code: code.to_string() })?;
        Ok(view)
    }

    /// The administrator makes a one-time code, and the desk uses it.
    pub fn enrols(&self) -> Result<SyncView> {
        let code = self.is_given_a_code().expect("a code");
        let (view, _) = self.enrol(&EnrolInput { hub: self.link.url(), code })?;
        Ok(view)
    }

    /// What is on the counter when somebody brings everything a procedure asks of everybody.
    pub fn draft(&self, who: &Person, procedure: &str) -> Draft {
        brought(self, who, procedure)
    }

    /// Takes in a dossier, saying yes to every question. Answers its number.
    pub fn receives(&self, who: &Person, procedure: &str) -> String {
        let draft = self.draft(who, procedure);
        let (received, _) = self.receive_answering_all(draft, self.now().expect("a time")).expect("a dossier");
        received.code
    }

    /// Tries to take in a dossier without answering anything.
    pub fn tries(&self, who: &Person, procedure: &str) -> Result<Received> {
        let draft = self.draft(who, procedure);
        self.receive(&Receive { draft, answered: vec![] }).map(|(received, _)| received)
    }

    /// Takes a step that raises no question.
    pub fn takes(&self, code: &str, step: StepInput) {
        let (at, note, answered) = (String::new(), String::new(), vec![]);
        let taken = self.take_step(&TakeStep { code: code.to_owned(), step, at, note, answered }).expect("a step").0;
        assert!(taken.questions.is_empty(), "{:?}", taken.questions);
    }

    /// Takes the two last steps of a dossier: finished, and the result in its owner's hand.
    pub fn finishes(&self, code: &str) {
        let result = ResultInput { name: "Kết quả".to_owned(), ..ResultInput::default() };
        self.takes(code, StepInput::Finish { results: vec![result] });
        self.takes(
            code,
            StepInput::HandBack {
                name: String::new(),
                number: String::new(),
                capacity: CapacityInput::Applicant,
                authorisation: String::new(),
                delivery: DeliveryInput::Counter,
                receipt_back: true,
            },
        );
    }

    /// Sends and receives until nothing is left to do.
    pub fn syncs(&self) -> Result<SyncView> {
        self.sync_now().map(|(view, _)| view)
    }

    /// The numbers of all its dossiers, in order.
    pub fn codes(&self) -> Vec<String> {
        let input = ListInput { filter: Filter::All, text: String::new(), limit: 500, offset: 0 };
        let mut codes: Vec<String> = self.dossiers(&input).expect("the list").into_iter().map(|row| row.code).collect();
        codes.sort();
        codes
    }

    /// Replays the log; fails with what does not agree.
    pub fn is_sound(&self) -> Verified {
        let verified = self.verify().expect("a verification");
        assert_eq!(verified.faults, Vec::<String>::new(), "{}", self.name);
        verified
    }

    /// Everybody goes home.
    pub fn closes(&mut self) {
        self.at_work = None;
    }

    /// Somebody sits down: as after switching the computer on.
    pub fn opens(&mut self) -> Result<()> {
        self.closes();
        let mut keys = KeyFile::read(&self.place)?;
        let key = keys.unlock(&Unlock::Recovery(&self.recovery), &self.place, self.clock()())?;
        let desk =
            desk::api::Desk::open(self.place.clone(), keys, key, &Sitter::First, self.clock(), Language::Vietnamese)?;
        self.at_work = Some(desk);
        Ok(())
    }

    /// A backup is put in the place of what the desk has, with the recovery sheet.
    pub fn restores(&mut self, backup: &Path) -> Result<()> {
        self.closes();
        let how = Unlock::Recovery(&self.recovery);
        let (place, clock) = (self.place.clone(), self.clock());
        self.at_work = Some(safety::restore(place, backup, &how, &Sitter::First, clock, Language::Vietnamese)?);
        Ok(())
    }

    /// The name its machine knows its store by, read from the key file of the closed desk.
    pub fn store_of_keys(&self) -> String {
        KeyFile::read(&self.place).expect("keys").store
    }

    /// What only its machine has.
    pub fn machine(&self) -> PathBuf {
        self.place.data().with_file_name("machine")
    }

    /// Another officer of the desk takes the seat.
    pub fn seats(&mut self, officer: &str) {
        self.closes();
        let mut keys = KeyFile::read(&self.place).expect("keys");
        let key = keys.unlock(&Unlock::Recovery(&self.recovery), &self.place, self.clock()()).expect("the key");
        let desk = desk::api::Desk::open(
            self.place.clone(),
            keys,
            key,
            &Sitter::Named(officer),
            self.clock(),
            Language::Vietnamese,
        );
        self.at_work = Some(desk.expect("a desk"));
    }

    /// The data folder as it is, copied to a machine that never met it. The copy is closed.
    pub fn copied_to_another_machine(&self) -> Self {
        let name = format!("{} – bản sao", self.name);
        let folder = self.province.folder.path().join(&name);
        let place = Place::on_machine(folder.join("data"), folder.join("machine"));
        copy_folder(self.place.data(), place.data());
        Self {
            province: Arc::clone(&self.province),
            link: Arc::clone(&self.link),
            agency: self.agency.clone(),
            name,
            place,
            drift_ms: Arc::new(AtomicI64::new(0)),
            recovery: self.recovery.clone(),
            at_work: None,
        }
    }

    /// Its database under the key, for what no desk does: looking at it from outside, and harming it.
    pub fn raw(&self) -> Raw {
        Raw::open(&self.place, &self.recovery)
    }

    /// A file of its own in the data folder.
    pub fn database(&self) -> PathBuf {
        self.place.database()
    }
}

/// What is on the counter of a desk when somebody brings everything a procedure asks of everybody.
pub fn brought(desk: &desk::api::Desk, who: &Person, procedure: &str) -> Draft {
    let catalogue = desk.catalogue();
    let today = desk.now().expect("a time").date();
    let papers = catalogue.in_force(procedure, today).expect("a procedure in force").papers.iter();
    let counted = |paper: &RequiredPaper| PaperInput {
        name: paper.name.clone(),
        originals: paper.originals,
        copies: paper.copies,
        note: String::new(),
    };
    Draft {
        applicant: who.input(),
        procedure: Some(procedure.to_owned()),
        papers: papers.filter(|paper| paper.condition.is_empty()).map(counted).collect(),
        sets: 1,
        ..Draft::default()
    }
}

fn clock(province: &Province, drift_ms: &Arc<AtomicI64>) -> Clock {
    let (now, drift) = (Arc::clone(&province.now_ms), Arc::clone(drift_ms));
    Arc::new(move || now.load(Ordering::SeqCst) + drift.load(Ordering::SeqCst))
}

/// A desk's database, opened with its key and none of its code.
pub struct Raw(rusqlite::Connection);

impl Raw {
    /// Opens the database of a desk with its recovery sheet.
    pub fn open(place: &Place, recovery: &str) -> Self {
        let mut keys = KeyFile::read(place).expect("keys");
        let key = keys.unlock(&Unlock::Recovery(recovery), place, DAY).expect("the key");
        Self::with_key(&place.database(), &key)
    }

    /// Opens a database with a key.
    pub fn with_key(database: &Path, key: &DataKey) -> Self {
        let connection = rusqlite::Connection::open(database).expect("the database");
        let key = format!("x'{}'", data_encoding::HEXLOWER.encode(key.as_slice()));
        connection.pragma_update(None, "key", key).expect("the key");
        Self(connection)
    }
}

impl Deref for Raw {
    type Target = rusqlite::Connection;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Raw {
    /// Carries out one statement. Answers how many rows it touched.
    pub fn change(&self, sql: &str) -> usize {
        self.0.execute(sql, []).expect(sql)
    }

    /// One number.
    pub fn count(&self, sql: &str) -> i64 {
        self.0.query_row(sql, [], |row| row.get(0)).expect(sql)
    }
}

/// Copies a folder with all in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
