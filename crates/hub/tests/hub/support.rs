//! A province for tests: the real hub on a free port, a clock that is pushed, and desks that speak for themselves.

use crate::both;
use crate::postgres::Database;
use domain::catalogue::Channel;
use domain::code::{AgencyCode, DossierCode};
use domain::dossier::{CardSeen, Hlc, Op, OpId, Person, ProcedureInForce, Received, ResultAt};
use domain::person::{CitizenId, PersonName, Phone};
use ed25519_dalek::SigningKey;
use hub::{Config, Place, Refusal, Running};
use jiff::civil::date;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::{Code, KeyHash};
use protocol::fields::{self, Content, Header};
use protocol::frame::{self, Dictionary};
use protocol::message::{
    Carried, ENROL, EnrolReply, EnrolRequest, MEDIA_TYPE, Refused, Relayed, SYNC, Signed, SyncReply, SyncRequest,
};
use protocol::op::Encoded;
use reqwest::blocking::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// 2026-11-22, nine in the morning.
pub const MORNING: u64 = 1_795_312_800_000;
/// One day.
pub const DAY: u64 = 24 * 60 * 60 * 1000;
/// One minute.
pub const MINUTE: u64 = 60 * 1000;
/// The commune most tests are about.
pub const CAO_SON: &str = "H56.14";
/// Another one.
pub const LUNG_CU: &str = "H56.15";

/// What the hub answers with.
pub type Answer<T> = Result<T, Refusal>;

/// Where a hub of a test is: in a folder of its own, and in a database of its own where the suite runs on PostgreSQL.
pub struct Home {
    dir: TempDir,
    database: Option<Database>,
    place: Place,
}

impl Home {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let database = both::database();
        let place = match &database {
            Some(database) => Place::in_database(&database.url, None, Some(dir.path())),
            None => Place::from(dir.path()),
        };
        Self { dir, database, place }
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    pub fn data(&self) -> &Path {
        self.dir.path()
    }

    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// `motcua-hub` on this home.
    pub fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua-hub"));
        command.env("MOTCUA_HUB_DATA", self.data()).env_remove("MOTCUA_HUB_POSTGRES");
        if let Some(database) = &self.database {
            command.env("MOTCUA_HUB_POSTGRES", &database.url);
        }
        command
    }

    pub fn count(&self, sql: &str) -> i64 {
        match &self.database {
            Some(database) => database.count(sql),
            None => {
                let store = rusqlite::Connection::open(self.data().join("hub.db")).expect("the store");
                store.query_row(sql, [], |row| row.get(0)).expect("a count")
            }
        }
    }
}

/// A hub at work.
pub struct Province {
    pub now: Arc<AtomicU64>,
    pub running: Option<Running>,
    pub client: Client,
    pub home: Home,
}

impl Province {
    pub fn new() -> Self {
        let home = Home::new();
        let now = Arc::new(AtomicU64::new(MORNING));
        let running = start(home.place(), &now);
        let client = client(home.data());
        Self { now, running: Some(running), client, home }
    }

    pub fn place(&self) -> &Place {
        self.home.place()
    }

    pub fn data(&self) -> &Path {
        self.home.data()
    }

    pub fn hub(&self) -> &Running {
        self.running.as_ref().expect("a hub")
    }

    pub fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    pub fn push_clock(&self, ms: u64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    /// Ends the hub and starts it again in the same place.
    pub fn restart(&mut self) {
        self.running.take().expect("a hub").stop();
        self.running = Some(start(self.place(), &self.now));
        self.client = client(self.data());
    }

    pub fn code(&self, agency: &str, name: &str) -> Code {
        let agency = AgencyCode::parse(agency).expect("an agency");
        hub::add_desk(self.place(), &agency, name, self.now()).expect("a code")
    }

    /// A desk that has enrolled.
    pub fn desk(&self, agency: &str, name: &str) -> Desk {
        let mut desk = Desk::new(agency);
        let reply = desk.enrol(self, &self.code(agency, name)).expect("enrolment");
        desk.replica = reply.leases.first().expect("a lease").replica;
        desk.epoch = reply.epoch;
        desk
    }

    /// Sends bytes as they are.
    pub fn post(&self, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
        let url = format!("{}{path}", self.hub().url());
        let response = self.client.post(url).header("content-type", MEDIA_TYPE).body(body).send().expect("an answer");
        (response.status().as_u16(), response.bytes().expect("a body").to_vec())
    }

    /// Sends a frame signed by a key.
    pub fn send(&self, key: &SigningKey, path: &str, frame: Vec<u8>) -> (u16, Vec<u8>) {
        self.post(path, Signed::new(key, &self.hub().key_hash, path, frame).encode())
    }

    pub fn count(&self, sql: &str) -> i64 {
        self.home.count(sql)
    }
}

fn start(place: &Place, now: &Arc<AtomicU64>) -> Running {
    let clock = Arc::clone(now);
    let clock: hub::Clock = Arc::new(move || clock.load(Ordering::SeqCst));
    hub::serve(Config { place: place.clone(), listen: "127.0.0.1:0".into(), names: vec![], clock, scans: true })
        .expect("a hub")
}

/// A client that trusts the certificate in the hub's folder and nothing else.
pub fn client(data: &Path) -> Client {
    let certificate = CertificateDer::from_pem_file(data.join("hub.crt")).expect("a certificate");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder().tls_backend_preconfigured(tls).build().expect("a client")
}

/// The answer in a response, or the refusal, whose status has to be the code's own.
pub fn read<T: for<'b> minicbor::Decode<'b, ()>>((status, body): (u16, Vec<u8>)) -> Answer<T> {
    if status == 200 {
        return Ok(frame::unpack(&body).expect("an answer"));
    }
    let refused: Refused = frame::unpack(&body).unwrap_or_else(|error| panic!("status {status}: {error}"));
    let refusal = *Refusal::ALL.iter().find(|refusal| refusal.code() == refused.code).expect("a known code");
    assert_eq!(refusal.status().as_u16(), status);
    Err(refusal)
}

/// A desk: its key, its log, and what it has heard of the others.
#[derive(Clone)]
pub struct Desk {
    pub key: SigningKey,
    pub agency: String,
    pub replica: u32,
    pub epoch: u32,
    pub log: Vec<Encoded>,
    pub cursor: u64,
    pub heard: Vec<Relayed>,
}

impl Desk {
    pub fn new(agency: &str) -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("randomness");
        let key = SigningKey::from_bytes(&seed);
        Self { key, agency: agency.into(), replica: 0, epoch: 0, log: vec![], cursor: 0, heard: vec![] }
    }

    pub fn enrol(&self, province: &Province, code: &Code) -> Answer<EnrolReply> {
        let request = EnrolRequest {
            secret: code.secret.0,
            device: self.key.verifying_key().to_bytes(),
            label: "Bàn số 1".into(),
            agency: self.agency.clone(),
        };
        read(province.send(&self.key, ENROL, frame::pack(&request, Dictionary::NEWEST).expect("a frame")))
    }

    fn write(&mut self, hlc: Hlc, dossier: Option<OpId>, op: Op) -> OpId {
        let header = Header { hlc, actor: None, dossier, deps: vec![], was: None };
        let content = Content::Dossier(op);
        self.log.push(fields::write(&header, &content, &[7; 16]).expect("an operation"));
        OpId { replica: self.replica, seq: self.log.len() as u64 }
    }

    /// The time its next operation gets: an hour before the hub's first moment, and a little more each time.
    pub fn next_hlc(&self) -> Hlc {
        Hlc((MORNING - 60 * MINUTE + self.log.len() as u64) << 16)
    }

    pub fn receive(&mut self, code: &str) -> OpId {
        self.receive_for(code, &self.agency.clone())
    }

    pub fn receive_for(&mut self, code: &str, agency: &str) -> OpId {
        self.write(self.next_hlc(), None, Op::Received(Box::new(received(code, agency))))
    }

    pub fn note(&mut self, dossier: OpId, words: &str) -> OpId {
        let own = if dossier.replica == self.replica { OpId { replica: 0, ..dossier } } else { dossier };
        self.write(self.next_hlc(), Some(own), Op::Noted { text: words.into() })
    }

    pub fn alias(&mut self, dossier: OpId, code: &str) -> OpId {
        let code = DossierCode::parse(code).expect("a code");
        self.write(self.next_hlc(), Some(dossier), Op::AliasGiven { code })
    }

    pub fn note_at(&mut self, dossier: OpId, hlc: Hlc) -> OpId {
        self.write(hlc, Some(dossier), Op::Noted { text: "a note".into() })
    }

    pub fn head(&self, seq: u64) -> Head {
        self.log.iter().take(seq as usize).fold(chain::START, |head, op| chain::follow(&head, &op.public))
    }

    /// A request with the operations from `first` to `last`.
    pub fn request(&self, first: u64, last: u64) -> SyncRequest {
        let ops: Vec<Carried> = (first..=last).map(|seq| Carried::from(self.log[seq as usize - 1].clone())).collect();
        let checkpoint = (!ops.is_empty()).then(|| Checkpoint::sign(&self.key, self.replica, last, self.head(last)));
        SyncRequest { epoch: self.epoch, replica: self.replica, first, ops, checkpoint, cursor: self.cursor }
    }

    pub fn ask(&self, province: &Province, request: &SyncRequest) -> Answer<SyncReply> {
        read(province.send(&self.key, SYNC, frame::pack(request, Dictionary::NEWEST).expect("a frame")))
    }

    /// Sends what stands from `first` on.
    pub fn send_from(&self, province: &Province, first: u64) -> Answer<SyncReply> {
        self.ask(province, &self.request(first, self.log.len() as u64))
    }

    /// Sends the whole log and hears everything the hub has.
    pub fn sync(&mut self, province: &Province) -> Answer<SyncReply> {
        loop {
            let reply = self.send_from(province, 1)?;
            self.cursor = reply.cursor;
            self.heard.extend(reply.ops.iter().cloned());
            if !reply.more {
                return Ok(reply);
            }
        }
    }
}

/// A dossier of an invented person.
pub fn received(code: &str, agency: &str) -> Received {
    Received {
        code: DossierCode::parse(code).expect("a code"),
        agency: AgencyCode::parse(agency).expect("an agency"),
        procedure: ProcedureInForce {
            code: "1.001193".into(),
            name: "Thủ tục đăng ký khai sinh".into(),
            field: "Hộ tịch".into(),
            version: date(2025, 7, 1),
            limit: None,
        },
        applicant: Person {
            name: PersonName::parse("Giàng Thị Dợ").expect("a name"),
            number: Some(CitizenId::parse("000157000321").expect("a number")),
            old_number: None,
            born: None,
            sex: None,
            address: "Bản Lùng Tám, xã Cao Sơn".into(),
            phone: Some(Phone::parse("0912345678").expect("a telephone number")),
            email: String::new(),
            ethnicity: String::new(),
        },
        submitter: None,
        channel: Channel::Counter,
        papers: vec![],
        sets: 1,
        at: date(2026, 11, 22).at(8, 0, 0, 0),
        due: None,
        due_provisional: false,
        offline: false,
        answered: vec![],
        result_at: ResultAt::Counter,
        card_seen: CardSeen::None,
        helper: String::new(),
        helped_at: String::new(),
        competent: None,
        note: String::new(),
        secret: "K7M2".into(),
        particulars: Default::default(),
    }
}

/// The hash of a hub's key, from its certificate's file.
pub fn key_hash_in(data: &Path) -> KeyHash {
    let der = CertificateDer::from_pem_file(data.join("hub.crt")).expect("a certificate");
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).expect("a certificate");
    KeyHash::of(certificate.public_key().raw)
}
