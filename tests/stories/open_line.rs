//! The connection that stays open: scans that go on where they stopped, news that comes by itself, a side that lacks something.

use desk::api::dossiers::SyncStep;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, Weather, World};

#[test]
fn a_scan_goes_on_at_the_byte_where_the_line_was_cut() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let file = world.scanned_page("trang-1.png", 150_000);
    desk.attach(&code, 1, &[&file]).expect("attached");
    desk.attach(&code, 1, &[&file]).expect("the same again changes nothing");
    let before = desk.link().passed();
    let mut cuts = 0;
    loop {
        desk.link().set(Weather::CutAfter(20_000));
        if desk.syncs().is_ok() {
            break;
        }
        cuts += 1;
        assert!(cuts < 40, "it never comes to an end");
        assert_eq!(desk.dossier(&code).expect("a dossier").sync, SyncStep::Received, "records go before scans");
    }
    assert!((7..12).contains(&cuts), "{cuts} cuts of 20 kB for 150 kB");
    let passed = desk.link().passed() - before;
    // Both directions, answers, TLS and a new handshake after each cut; never the whole scan again.
    assert!(passed < 250_000, "{passed} bytes passed");
    assert_eq!(world.scans_at_the_province(&desk), [std::fs::read(file).expect("the file")]);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM scan WHERE whole_at IS NOT NULL"), 1);
    desk.is_sound();
}

#[test]
fn a_scan_that_the_desk_has_lost_holds_nothing_up() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.attach(&code, 1, &[&world.scanned_page("trang-1.png", 5_000)]).expect("attached");
    std::fs::remove_dir_all(desk.place().data().join("scans")).expect("somebody clears the folder");
    desk.attach(&code, 1, &[&world.scanned_page("trang-2.png", 6_000)]).expect("attached");
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    let lengths: Vec<usize> = world.scans_at_the_province(&desk).iter().map(Vec::len).collect();
    assert_eq!(lengths, [6_008]);
}

#[test]
fn what_one_desk_writes_comes_to_the_other_by_itself() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    for desk in [&first, &second] {
        desk.syncs().expect("an exchange");
    }
    let code = first.receives(&PAO, CERTIFIED_COPY);
    // Nobody presses a key at either desk, and no time passes by their clocks.
    while second.codes() != [code.as_str()] {
        first.tick(first.takes_new_work()).expect("a turn");
        second.tick(false).expect("a turn");
    }
    second.add_note(&code, "Đã gọi điện").expect("a note");
    let notes = |desk: &Desk| desk.dossier(&code).expect("a dossier").timeline.len();
    while notes(&first) != notes(&second) {
        second.tick(second.takes_new_work()).expect("a turn");
        first.tick(false).expect("a turn");
    }
    first.is_sound();
}

#[test]
fn a_side_that_lacks_a_seed_is_told_everything_and_nothing_is_lost() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, BIRTH);
    first.syncs().expect("an exchange");
    second.syncs().expect("an exchange");
    // Retention has ended at the province; a desk still writes about the dossier.
    let store = rusqlite::Connection::open(world.hub_folder().join("hub.db")).expect("the hub's store");
    let forgotten = "UPDATE op SET personal = NULL, salt = NULL WHERE kind = 1";
    assert_eq!(store.execute(forgotten, []).expect("forgotten"), 1);
    second.add_note(&code, "Hẹn buổi chiều").expect("a note");
    second.syncs().expect("an exchange, plainly");
    assert_eq!(second.sync_status().expect("a status").waiting, 0);
    first.syncs().expect("an exchange");
    assert!(first.dossier(&code).expect("a dossier").timeline.iter().any(|line| line.text.contains("Hẹn buổi chiều")));
}

#[test]
fn a_desk_revoked_while_its_connection_is_open_hears_nothing_more_of_the_others() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    for desk in [&first, &second] {
        desk.syncs().expect("an exchange");
    }
    world.is_stolen(&second);
    let code = first.receives(&PAO, CERTIFIED_COPY);
    first.syncs().expect("an exchange");
    second.syncs().expect("it may still hand in what it has");
    assert_eq!(second.codes(), Vec::<String>::new(), "other people's dossiers are no longer for it");
    assert_eq!(world.codes_at_the_province(&first), [code]);
}
