//! What a desk of the first release says, byte for byte as it said it then, to the hub of today: `traffic-0001` holds its
//! requests. `FREEZE=1` records them anew, which is right only before that release.

use crate::{folder, thawed};
use desk::store::ops;
use domain::code::AgencyCode;
use ed25519_dalek::SigningKey;
use motcua_tests::support::World;
use protocol::chain::{self, Checkpoint, START};
use protocol::frame::{self, Dictionary};
use protocol::message::{Carried, ENROL, EnrolReply, EnrolRequest, MEDIA_TYPE, SYNC, Signed, SyncReply, SyncRequest};
use protocol::op::Encoded;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// 2026-11-22, nine in the morning.
const MORNING: u64 = 1_795_312_800_000;
const AGENCY: &str = "H56.14";
/// The requests, in their order, and where each goes.
const REQUESTS: [(&str, &str); 4] =
    [("1-enrol", ENROL), ("2-dossiers", SYNC), ("3-the-same-again", SYNC), ("4-nothing-new", SYNC)];

#[test]
fn a_desk_of_the_first_release_is_served_by_the_hub_of_today() {
    let frozen = folder("traffic-0001");
    let dir = tempfile::tempdir().expect("a folder");
    if std::env::var_os("FREEZE").is_some() {
        record(&frozen);
    }
    fs::copy(frozen.join("hub.key"), dir.path().join("hub.key")).expect("the hub's key");
    let agency = AgencyCode::parse(AGENCY).expect("an agency");
    hub::add_desk(dir.path(), &agency, "Quầy 1", MORNING).expect("a place for a desk");
    let hash = fs::read(frozen.join("code.hash")).expect("the hash of its one-time code");
    let store = rusqlite::Connection::open(dir.path().join("hub.db")).expect("the hub's store");
    store.execute("UPDATE desk SET code_hash = ?1", [hash]).expect("the code of then");
    // Long after: what a desk wrote then is in nobody's future.
    let clock: hub::Clock = Arc::new(|| MORNING + 2 * 24 * 60 * 60 * 1000);
    let place = dir.path().into();
    let running = hub::serve(hub::Config { place, listen: "127.0.0.1:0".into(), names: vec![], clock, scans: true })
        .expect("a hub");

    let client = client(dir.path());
    let answers = REQUESTS.map(|(name, path)| {
        let body = fs::read(frozen.join(format!("{name}.bin"))).expect("a request");
        let request = client.post(format!("{}{path}", running.url())).header("content-type", MEDIA_TYPE).body(body);
        let response = request.send().expect("an answer");
        assert_eq!(response.status().as_u16(), 200, "{name}");
        response.bytes().expect("a body").to_vec()
    });
    let [enrolled, first, again, nothing] = answers;
    let enrolled: EnrolReply = frame::unpack(&enrolled).expect("a lease");
    assert_eq!(enrolled.leases.first().map(|lease| (lease.replica, lease.lane)), Some((1, 1)));
    let written = log_of_the_frozen_desk().len();
    for answer in [first, again, nothing] {
        let reply: SyncReply = frame::unpack(&answer).expect("an acknowledgement");
        assert_eq!((reply.acknowledged, reply.set_aside.len(), reply.ops.len()), (written as u64, 0, 0));
    }
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
    assert_eq!(count("SELECT count(*) FROM op"), i64::try_from(written).expect("few"));
    assert_eq!(count("SELECT count(*) FROM outbox"), 2, "one effect a dossier, although they were said twice");
    let codes: Vec<String> =
        hub::dossiers(dir.path(), &agency).expect("the list").into_iter().filter_map(|line| line.code).collect();
    let told = fs::read_to_string(folder("desk-0001").join("expected.txt")).expect("what the frozen desk tells");
    assert!(codes.len() == 2 && codes.iter().all(|code| told.contains(code)), "{codes:?}");
}

/// The operations of the frozen desk, in the bytes it wrote.
fn log_of_the_frozen_desk() -> Vec<Encoded> {
    let world = World::new();
    let desk = thawed(&world);
    // On another machine it goes on under another identity; what it wrote stands under the first.
    let first = |origins: Vec<ops::Origin>| origins.first().map_or(0, |origin| origin.id);
    let log = desk.store().read(|store| ops::from(store, first(ops::all_own(store)?), 1, usize::MAX));
    log.expect("its log")
}

fn client(data: &Path) -> reqwest::blocking::Client {
    let certificate = CertificateDer::from_pem_file(data.join("hub.crt")).expect("a certificate");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::blocking::Client::builder().tls_backend_preconfigured(tls).build().expect("a client")
}

/// Writes the requests as the first release makes them.
fn record(frozen: &Path) {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(frozen).expect("a folder");
    if frozen.join("hub.key").exists() {
        fs::copy(frozen.join("hub.key"), dir.path().join("hub.key")).expect("the hub's key");
    }
    let agency = AgencyCode::parse(AGENCY).expect("an agency");
    let code = hub::add_desk(dir.path(), &agency, "Quầy 1", MORNING).expect("a code");
    fs::copy(dir.path().join("hub.key"), frozen.join("hub.key")).expect("the hub's key");
    let store = rusqlite::Connection::open(dir.path().join("hub.db")).expect("the hub's store");
    let hash: Vec<u8> = store.query_row("SELECT code_hash FROM desk", [], |row| row.get(0)).expect("its hash");
    fs::write(frozen.join("code.hash"), hash).expect("a file");

    let device = SigningKey::from_bytes(&[9; 32]);
    let write = |name: &str, path: &str, frame: Vec<u8>| {
        let body = Signed::new(&device, &code.hub, path, frame).encode();
        fs::write(frozen.join(format!("{name}.bin")), body).expect("a file");
    };
    let enrol = EnrolRequest {
        secret: code.secret.0,
        device: device.verifying_key().to_bytes(),
        label: "Xã Cao Sơn – 1".to_owned(),
        agency: AGENCY.to_owned(),
    };
    let log = log_of_the_frozen_desk();
    let last = log.len() as u64;
    let head = log.iter().fold(START, |head, op| chain::follow(&head, &op.public));
    let request = |first: u64, ops: &[Encoded]| SyncRequest {
        epoch: 1,
        replica: 1,
        first,
        ops: ops.iter().cloned().map(Carried::from).collect(),
        checkpoint: (!ops.is_empty()).then(|| Checkpoint::sign(&device, 1, last, head)),
        cursor: 0,
    };
    let packed = |request: &SyncRequest| frame::pack(request, Dictionary::NEWEST).expect("a frame");
    let all = packed(&request(1, &log));
    let frames =
        [frame::pack(&enrol, Dictionary::NEWEST).expect("a frame"), all.clone(), all, packed(&request(last + 1, &[]))];
    for ((name, path), frame) in REQUESTS.into_iter().zip(frames) {
        write(name, path, frame);
    }
}
