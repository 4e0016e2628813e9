//! kill -9 of the hub in the middle of an exchange: what it acknowledged it has, and everything arrives once.

use desk::api::enrol::EnrolInput;
use desk::api::setup::{SetUp, set_up};
use desk::place::Place;
use desk::texts::Language;
use motcua_tests::support::{BIRTH, HANH, HubProcess, PASSPHRASE, answer, hub_program};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const KILLS: u32 = 20;

#[test]
fn what_the_hub_acknowledged_it_still_has_and_everything_arrives_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let mut serving = HubProcess::serve(&data, "127.0.0.1:0");
    let address = serving.url.trim_start_matches("https://").to_owned();
    let desk = Arc::new(desk(folder.path(), &data, &serving.url));

    // An undisturbed exchange tells how long one takes here.
    let mut written = vec![day_of_work(&desk)];
    let begun = Instant::now();
    desk.sync_now().expect("an exchange");
    let whole = begun.elapsed();

    let mut random = fastrand::Rng::with_seed(20_261_123);
    let mut cut = 0;
    for _ in 0..KILLS {
        written.push(day_of_work(&desk));
        let (done, ends) = mpsc::channel();
        let sender = {
            let desk = Arc::clone(&desk);
            thread::spawn(move || done.send(desk.sync_now().is_ok()).expect("somebody waits"))
        };
        let moment: Duration = whole.mul_f64(random.f64() * 1.2);
        let early = ends.recv_timeout(moment);
        serving.kill();
        cut += u32::from(!early.or_else(|_| ends.recv()).expect("the exchange ends"));
        sender.join().expect("the sender ends");

        let acknowledged = i64::from(desk.sync_status().expect("a status").acknowledged);
        let held = count(&data, "SELECT count(*) FROM op");
        assert!(acknowledged <= held, "{acknowledged} acknowledged, {held} held");
        serving = HubProcess::serve(&data, &address);
    }
    assert!(cut > 0, "no exchange was cut");
    desk.sync_now().expect("an exchange");
    let status = desk.sync_status().expect("a status");
    assert_eq!(status.waiting, 0);
    assert_eq!(count(&data, "SELECT count(*) FROM op"), i64::from(status.acknowledged));
    assert_eq!(count(&data, "SELECT max(seq) FROM op"), i64::from(status.acknowledged), "none twice, none left out");
    assert_eq!(count(&data, "SELECT count(*) FROM outbox"), i64::try_from(written.len()).expect("few"));
    let listed = answer(hub_program(&data).args(["dossier", "list", "--agency", "H56.14", "--json"])).json;
    let codes: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|dossier| dossier["code"].as_str()).collect();
    assert_eq!(codes, written);
    assert!(desk.verify().expect("a verification").faults.is_empty());
}

/// A dossier and fifty remarks on it. Answers its number.
fn day_of_work(desk: &desk::api::Desk) -> String {
    let draft = desk::api::drafts::Draft {
        applicant: HANH.input(),
        procedure: Some(BIRTH.to_owned()),
        sets: 1,
        ..desk::api::drafts::Draft::default()
    };
    let (received, _) = desk.receive_answering_all(draft, desk.now().expect("a time")).expect("a dossier");
    for n in 0..50 {
        desk.add_note(&received.code, &format!("Việc thứ {n}")).expect("a note");
    }
    received.code
}

fn desk(folder: &Path, hub: &Path, url: &str) -> desk::api::Desk {
    let place = Place::on_machine(folder.join("desk"), folder.join("machine"));
    let input = SetUp {
        agency: "H56.14".into(),
        commune: "Xã Cao Sơn".into(),
        counter: 1,
        officer: "Lò Thị Mai".into(),
        ..SetUp::default()
    };
    // The hub's process has the computer's clock, so the desk has it too.
    let clock: desk::api::Clock = Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        i64::try_from(since.as_millis()).expect("a clock of this era")
    });
    let (desk, _) = set_up(place, &input, Some(PASSPHRASE), clock, Language::Vietnamese).expect("a desk");
    let code = answer(hub_program(hub).args(["desk", "add", "--agency", "H56.14", "--name", "Quầy 1"])).out;
    desk.enrol(&EnrolInput { hub: url.to_owned(), code }).expect("enrolment");
    desk
}

fn count(data: &Path, sql: &str) -> i64 {
    let store = rusqlite::Connection::open(data.join("hub.db")).expect("the hub's store");
    store.query_row(sql, [], |row| row.get(0)).expect("a count")
}
