//! Damaged files, files of a newer release, places that cannot be written: a clear code, and nothing is deleted.

use desk::api::dossiers::SyncStep;
use desk::api::receipt::Paper;
use desk::api::setup::{SetUp, set_up};
use desk::error::Code;
use desk::place::Place;
use desk::texts::Language;
use motcua_tests::support::{BIRTH, Desk, HANH, PASSPHRASE, World};
use std::fs;
use std::io::{Seek, SeekFrom, Write};

/// Overwrites bytes of the closed database.
fn harm(desk: &Desk, at: u64, length: usize) {
    let mut file = fs::OpenOptions::new().write(true).open(desk.database()).expect("the database");
    file.seek(SeekFrom::Start(at)).expect("a place");
    file.write_all(&vec![0xA5; length]).expect("harm");
}

#[test]
fn a_damaged_database_is_moved_aside_with_every_byte_and_a_backup_takes_its_place() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let backup = world.path("usb/cao-son.mcxb");
    desk.back_up_to(&backup).expect("a backup");
    desk.closes();
    harm(&desk, 0, 64);
    let damaged = fs::read(desk.database()).expect("the damaged file");

    assert_eq!(desk.opens().expect_err("damaged").code(), Code::StoreDamaged);
    assert!(!desk.database().exists());
    let aside = desk.place().damaged().join("desk-1.db");
    assert!(fs::read(&aside).expect("moved aside") == damaged, "every byte of it is kept");
    assert_eq!(desk.opens().expect_err("moved").code(), Code::StoreMissing);

    desk.restores(&backup).expect("the backup");
    assert_eq!(desk.codes(), [code]);
    assert!(fs::read(&aside).expect("still there") == damaged);
    desk.is_sound();
}

#[test]
fn damage_in_the_middle_is_noticed_wherever_it_is_and_nothing_is_deleted() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    for _ in 0..20 {
        desk.receives(&HANH, BIRTH);
    }
    desk.closes();
    let sound = fs::read(desk.database()).expect("the database");
    let pages = sound.len() as u64 / 4096;
    assert!(pages > 10, "{pages} pages");
    for page in 1..pages {
        fs::write(desk.database(), &sound).expect("a sound database");
        harm(&desk, page * 4096 + 1000, 16);
        let outcome = desk.opens().and_then(|()| desk.verify());
        match outcome {
            Ok(verified) => assert!(!verified.faults.is_empty(), "page {page} was harmed and nobody noticed"),
            Err(error) => assert_eq!(error.code(), Code::StoreDamaged, "page {page}: {error}"),
        }
        desk.closes();
        let kept = desk.database().exists()
            || fs::read_dir(desk.place().damaged()).is_ok_and(|mut files| files.next().is_some());
        assert!(kept, "page {page}");
    }
}

#[test]
fn a_database_of_a_newer_release_is_left_untouched() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    desk.receives(&HANH, BIRTH);
    desk.closes();
    {
        let raw = desk.raw();
        raw.pragma_update(None, "user_version", 9999).expect("a newer release");
    }
    let before = fs::read(desk.database()).expect("the database");
    let error = desk.opens().expect_err("newer");
    assert_eq!(error.code(), Code::StoreNewer);
    assert!(fs::read(desk.database()).expect("the database") == before, "not one byte is changed");
    assert!(!desk.place().damaged().exists());
}

#[test]
fn a_key_file_that_is_no_key_file_is_said_to_be_one() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    desk.closes();
    let keys = fs::read(desk.place().keys()).expect("the key file");
    for (text, code) in [
        (b"".as_slice(), Code::KeysDamaged),
        (b"{\"version\": 2, \"store\": \"x\", \"slots\": []}", Code::StoreNewer),
        (&keys[..keys.len() / 2], Code::KeysDamaged),
    ] {
        fs::write(desk.place().keys(), text).expect("a file");
        assert_eq!(desk.opens().expect_err("no key file").code(), code);
    }
    fs::write(desk.place().keys(), keys).expect("a file");
    desk.opens().expect("the desk");
}

#[test]
fn a_backup_that_is_none_leaves_the_desk_as_it_was() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let backup = world.path("usb/cao-son.mcxb");
    assert_eq!(desk.dossier(&code).expect("a dossier").sync, SyncStep::Saved);
    desk.back_up_to(&backup).expect("a backup");
    assert_eq!(desk.dossier(&code).expect("a dossier").sync, SyncStep::Copied);
    let whole = fs::read(&backup).expect("the backup");
    let torn = world.path("usb/torn.mcxb");
    for length in [0, 5, 14, 100, whole.len() / 2, whole.len() - 4096] {
        fs::write(&torn, &whole[..length]).expect("a file");
        assert_eq!(desk.restores(&torn).expect_err("torn").code(), Code::BackupUnreadable, "{length} bytes");
        desk.opens().expect("the desk as it was");
        assert_eq!(desk.codes(), std::slice::from_ref(&code));
    }
    assert_eq!(desk.restores(&world.path("usb/none.mcxb")).expect_err("none").code(), Code::FileUnreadable);
    desk.opens().expect("the desk as it was");
    desk.is_sound();
}

#[test]
fn what_cannot_be_written_is_said_and_changes_nothing() {
    let world = World::new();
    let file = world.path("a-file");
    fs::write(&file, "not a folder").expect("a file");

    let place = Place::on_machine(file.join("desk"), world.path("machine"));
    let input = SetUp {
        agency: "H56.14".into(),
        commune: "Xã Cao Sơn".into(),
        counter: 1,
        officer: "Lò Thị Mai".into(),
        ..SetUp::default()
    };
    let desk = world.desk("Xã Cao Sơn");
    let nowhere = set_up(place.clone(), &input, Some(PASSPHRASE), desk.clock(), Language::Vietnamese);
    assert_eq!(nowhere.err().map(|error| error.code()), Some(Code::FileUnwritable));
    assert!(!place.is_set_up());

    let code = desk.receives(&HANH, BIRTH);
    let error = desk.back_up_to(&file.join("b.mcxb")).expect_err("no folder");
    assert_eq!(error.code(), Code::FileUnwritable);
    let error = desk.print_to_file(&code, Paper::A5, &file.join("r.pdf")).expect_err("no folder");
    assert_eq!(error.code(), Code::FileUnwritable);
    assert_eq!(desk.dossier(&code).expect("a dossier").printed, 0, "what was not written was not printed");
    desk.is_sound();
}
