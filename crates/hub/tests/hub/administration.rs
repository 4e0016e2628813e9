//! What the administrator does while the hub serves.

use crate::support::{CAO_SON, DAY, Desk, LUNG_CU, Province, client};
use domain::code::AgencyCode;
use hub::{DeskState, Error, Revocation};
use std::fs;

#[test]
fn the_list_of_desks_tells_how_each_stands() {
    let province = Province::new();
    let agency = AgencyCode::parse(CAO_SON).expect("an agency");
    assert!(matches!(hub::add_desk(province.place(), &agency, " \n ", 0), Err(Error::NoName)));
    for name in ["dùng", "ngừng", "mất", "hỏng"] {
        province.desk(CAO_SON, name);
    }
    province.code(LUNG_CU, "chờ");
    hub::revoke_desk(province.place(), 2, Revocation::Retired, province.now()).expect("retired");
    hub::revoke_desk(province.place(), 3, Revocation::Stolen, province.now()).expect("stolen");
    assert!(matches!(hub::revoke_desk(province.place(), 99, Revocation::Stolen, 0), Err(Error::NoDesk(99))));
    let states = |now| -> Vec<_> {
        hub::desks(province.place(), now)
            .expect("a list")
            .into_iter()
            .map(|d| (d.desk, d.state, d.leases.len()))
            .collect()
    };
    use DeskState::{CodeSpent, Enrolled, Retired, Stolen, Waiting};
    let expected = [(1, Enrolled, 5), (2, Retired, 5), (3, Stolen, 5), (4, Enrolled, 5), (5, Waiting, 0)];
    assert_eq!(states(province.now()), expected);
    assert_eq!(states(province.now() + 8 * DAY).last(), Some(&(5, CodeSpent, 0)));
}

#[test]
fn a_backup_is_a_whole_store_and_desks_hear_of_it() {
    let province = Province::new();
    let (mut one, two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let dossier = one.receive("H56.14-261122-01001");
    one.note(dossier, "trước khi sao lưu");
    assert_eq!(one.sync(&province).expect("an answer").backed_up, None);

    let file = province.data().join("backup.db");
    let done = hub::back_up(province.place(), &file).expect("a backup");
    assert_eq!(done.bytes, fs::metadata(&file).expect("a file").len());
    assert!(matches!(hub::back_up(province.place(), &file), Err(Error::FileExists(_))));
    one.note(dossier, "sau khi sao lưu");
    let reply = one.sync(&province).expect("an answer");
    assert_eq!((reply.acknowledged, reply.backed_up), (3, Some(2)));
    assert_eq!(two.send_from(&province, 1).expect("an answer").backed_up, None, "it has nothing there");

    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::copy(&file, elsewhere.path().join("hub.db")).expect("a copy");
    let agency = AgencyCode::parse(CAO_SON).expect("an agency");
    assert_eq!(hub::dossiers(elsewhere.path(), &agency).expect("a list").len(), 1);
    let names: Vec<_> =
        fs::read_dir(province.data()).expect("a folder").map(|f| f.expect("a file").file_name()).collect();
    assert!(
        names.iter().all(|name| !name.to_string_lossy().starts_with(".tmp")),
        "nothing is left lying about: {names:?}"
    );
}

#[test]
fn a_hub_that_lost_its_key_does_not_become_another() {
    let mut province = Province::new();
    let config = |province: &Province| hub::Config {
        place: province.place().clone(),
        listen: "127.0.0.1:0".into(),
        names: vec![],
        clock: hub::system_clock(),
        scans: true,
    };
    province.running.take().expect("a hub").stop();
    let key = province.data().join("hub.key");
    let pem = fs::read(&key).expect("a key");
    fs::remove_file(&key).expect("the key is gone");
    assert!(matches!(hub::serve(config(&province)), Err(Error::Key(_))));
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").expect("another file");
    assert!(matches!(hub::serve(config(&province)), Err(Error::Key(_))));
    fs::write(&key, pem).expect("the key is back");
    assert!(hub::serve(config(&province)).is_ok());
}

#[test]
fn the_certificate_is_renewed_before_it_ends_and_the_key_stays() {
    let mut province = Province::new();
    let key = province.hub().key_hash;
    let certificate = |province: &Province| fs::read_to_string(province.data().join("hub.crt")).expect("a certificate");
    let first = certificate(&province);
    province.push_clock(300 * DAY);
    province.restart();
    assert_eq!(certificate(&province), first);
    province.push_clock(40 * DAY);
    province.restart();
    assert_ne!(certificate(&province), first);
    assert_eq!(province.hub().key_hash, key);
    assert_eq!(crate::support::key_hash_in(province.data()), key);
    assert!(Desk::new(CAO_SON).enrol(&province, &province.code(CAO_SON, "Bàn 1")).is_ok());
}

#[test]
fn nobody_else_reads_the_hubs_files() {
    let province = Province::new();
    province.desk(CAO_SON, "Bàn 1");
    #[cfg(unix)]
    for entry in fs::read_dir(province.data()).expect("a folder") {
        use std::os::unix::fs::PermissionsExt;
        let path = entry.expect("a file").path();
        let mode = fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
        assert!(mode == 0o600 || path.ends_with("hub.lock"), "{} has {mode:o}", path.display());
    }
}

#[test]
fn a_client_of_another_hub_does_not_talk_to_this_one() {
    let (one, other) = (Province::new(), Province::new());
    let url = format!("{}/health", one.hub().url());
    assert!(client(other.data()).get(&url).send().is_err());
    assert!(client(one.data()).get(&url).send().is_ok());
}
