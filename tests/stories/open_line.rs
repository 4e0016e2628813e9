//! The connection that stays open: scans that go on where they stopped, news that comes by itself, a side that lacks something.

use desk::api::dossiers::SyncStep;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, Weather, World};
use std::path::PathBuf;

/// A scanned page: begins like a PNG and does not pack.
pub fn scan(world: &World, name: &str, bytes: u32) -> PathBuf {
    let path = world.path(name);
    let noise = (0..bytes).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8);
    std::fs::write(&path, b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).collect::<Vec<u8>>()).expect("a file");
    path
}

fn scans_at_the_province(world: &World, desk: &Desk) -> Vec<Vec<u8>> {
    let folder = world.hub_folder().join("scans").join(desk.agency());
    let inside = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = inside(folder).flat_map(inside).filter(|file| file.extension().is_none());
    files.map(|file| std::fs::read(file).expect("a scan")).collect()
}

#[test]
fn a_scan_goes_on_at_the_byte_where_the_line_was_cut() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let file = scan(&world, "trang-1.png", 150_000);
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
    assert_eq!(scans_at_the_province(&world, &desk), [std::fs::read(file).expect("the file")]);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM scan WHERE whole_at IS NOT NULL"), 1);
    desk.is_sound();
}

#[test]
fn a_scan_that_the_desk_has_lost_holds_nothing_up() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.attach(&code, 1, &[&scan(&world, "trang-1.png", 5_000)]).expect("attached");
    std::fs::remove_dir_all(desk.place().data().join("scans")).expect("somebody clears the folder");
    desk.attach(&code, 1, &[&scan(&world, "trang-2.png", 6_000)]).expect("attached");
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    let lengths: Vec<usize> = scans_at_the_province(&world, &desk).iter().map(Vec::len).collect();
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
    let now = u64::try_from(world.now_ms()).expect("now");
    let newest = hub::desks(&world.hub_folder(), now).expect("the list").last().map(|line| line.desk);
    hub::revoke_desk(&world.hub_folder(), newest.expect("a desk"), hub::Revocation::Stolen, now).expect("revoked");
    let code = first.receives(&PAO, CERTIFIED_COPY);
    first.syncs().expect("an exchange");
    second.syncs().expect("it may still hand in what it has");
    assert_eq!(second.codes(), Vec::<String>::new(), "other people's dossiers are no longer for it");
    assert_eq!(world.codes_at_the_province(&first), [code]);
}
