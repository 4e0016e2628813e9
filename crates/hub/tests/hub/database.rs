//! What only a server's database can do: be shared, be lost for a moment, be reached over TLS. On the embedded store there is
//! nothing to see here.

use crate::both;
use crate::postgres::{Server, programs};
use crate::support::{CAO_SON, Province};
use domain::code::AgencyCode;
use hub::{Error, Place};
use std::fs;
use std::net::TcpListener;

fn add_desk(place: &Place) -> hub::Result<protocol::enrolment::Code> {
    hub::add_desk(place, &AgencyCode::parse(CAO_SON).expect("an agency"), "Bàn 1", 0)
}

#[test]
fn without_a_folder_the_key_is_kept_in_the_database_and_is_one_for_all() {
    let Some(database) = both::database() else { return };
    let place = Place::in_database(&database.url, None, None);
    assert!(matches!(hub::desks(&place, 0), Err(Error::NoHub(None))), "asking founds no hub");
    let codes: Vec<_> = std::thread::scope(|scope| {
        let adding: Vec<_> = (0..6).map(|_| scope.spawn(|| add_desk(&place).expect("a code"))).collect();
        adding.into_iter().map(|code| code.join().expect("a thread")).collect()
    });
    assert!(codes.iter().all(|code| code.hub == codes[0].hub));
    assert_eq!(hub::desks(&place, 0).expect("a list").len(), 6);

    let folder = tempfile::tempdir().expect("a folder");
    let beside = Place::in_database(&database.url, None, Some(folder.path()));
    assert!(matches!(add_desk(&beside), Err(Error::Key(_))), "a folder without this hub's key");
    assert!(!folder.path().join("hub.key").exists(), "and no other key is made in it");
    let file = folder.path().join("backup.db");
    hub::back_up(&place, &file).expect("a backup");
    assert!(
        !fs::read(&file).expect("a file").windows(11).any(|part| part == b"PRIVATE KEY"),
        "the key is in no backup"
    );
}

#[test]
fn with_a_folder_the_key_is_not_in_the_database() {
    let Some(database) = both::database() else { return };
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let places = [&folders[0], &folders[1]].map(|folder| Place::in_database(&database.url, None, Some(folder.path())));
    let code = add_desk(&places[0]).expect("a code");
    assert_eq!(database.count("SELECT count(*) FROM hub WHERE key IS NULL AND key_hash IS NOT NULL"), 1);
    assert!(matches!(add_desk(&Place::in_database(&database.url, None, None)), Err(Error::KeyElsewhere)));
    assert!(matches!(add_desk(&places[1]), Err(Error::Key(_))));
    fs::copy(folders[0].path().join("hub.key"), folders[1].path().join("hub.key")).expect("the key is brought");
    assert_eq!(add_desk(&places[1]).expect("a code").hub, code.hub);
}

#[test]
fn a_backup_is_put_back_into_a_new_database_and_into_no_other() {
    let (Some(old), Some(new)) = (both::database(), both::database()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let [was, is] = [&old, &new].map(|database| Place::in_database(&database.url, None, Some(folder.path())));
    let code = add_desk(&was).expect("a code");
    let file = folder.path().join("backup.db");
    hub::back_up(&was, &file).expect("a backup");
    let keyless = Place::in_database(&new.url, None, None);
    assert!(matches!(hub::restore(&keyless, &file, 0), Err(Error::KeyElsewhere)), "no backup has the key");
    assert!(matches!(hub::restore(&was, &file, 0), Err(Error::HoldsAHub)));

    assert_eq!(hub::restore(&is, &file, 7).expect("put back"), None);
    let status = hub::status(&is, 0).expect("a status");
    assert_eq!((status.restored_at, status.epoch), (Some(7), 2));
    assert_eq!(hub::desks(&is, 0).expect("a list").len(), 1);
    assert!(matches!(add_desk(&is), Err(Error::Restored)), "until somebody has looked");
    hub::resume(&is).expect("resumed");
    assert_eq!(add_desk(&is).expect("a code").hub, code.hub, "desks know it again");
}

#[test]
fn connections_that_are_lost_cost_nobody_anything() {
    let province = Province::new();
    let Some(database) = province.home.database() else { return };
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    let dossier = desk.receive("H56.14-261122-01001");
    for _ in 0..5 {
        assert_eq!(desk.sync(&province).expect("an answer").acknowledged, desk.log.len() as u64);
        let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert!(database.count(others) >= 2, "those who write and those who read");
        desk.note(dossier, "sau khi mất kết nối");
    }
    assert_eq!(desk.sync(&province).expect("an answer").acknowledged, 6);
}

#[test]
fn a_database_of_a_newer_release_is_left_alone() {
    let Some(database) = both::database() else { return };
    let place = Place::in_database(&database.url, None, None);
    add_desk(&place).expect("a code");
    database.connect().batch_execute("UPDATE schema_version SET version = 999").expect("a newer store");
    assert!(matches!(add_desk(&place), Err(Error::NewerStore)));
}

#[test]
fn with_an_authority_the_server_is_spoken_to_over_tls_and_no_other_is() {
    if both::database().is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = rcgen::CertificateParams::new(vec!["localhost".into()]).expect("a name").self_signed(&key);
    let certificate = certificate.expect("a certificate").pem();
    let (authority, other) = (folder.path().join("authority.pem"), folder.path().join("other.pem"));
    fs::write(&authority, &certificate).expect("a file");
    let strange = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("another");
    fs::write(&other, strange.cert.pem()).expect("a file");

    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let settings = [&format!("port={port}"), "listen_addresses=localhost", "ssl=on", "fsync=off"];
    let files = [("server.crt", certificate.as_str()), ("server.key", &key.serialize_pem())];
    let _server = Server::start(&programs().expect("it is installed"), &settings, &files);
    let url = format!("postgres://motcua@localhost:{port}/postgres");
    let ask = |authority| hub::desks(Place::in_database(&url, authority, None), 0);
    assert!(matches!(ask(Some(other.as_path())), Err(Error::Store(_))), "another's certificate");
    add_desk(&Place::in_database(&url, Some(&authority), None)).expect("a code");
    assert_eq!(ask(Some(&authority)).expect("a list").len(), 1);
}
