//! Backups put back, folders copied, database files of yesterday: the desk goes on, and no number is given twice.

use desk::api::attach::ScanState;
use desk::api::dossiers::SyncStep;
use desk::api::officers::{AddOfficer, Role};
use desk::api::review::Settle;
use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, HANH, PAO, RESIDENCE, Weather, World, YNUE};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[test]
fn a_restored_desk_goes_on_under_a_spare_identity_and_gets_back_what_the_province_had() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    let backup = world.path("usb/cao-son.mcxb");
    desk.back_up_to(&backup).expect("a backup");
    let sent = desk.receives(&PAO, CERTIFIED_COPY);
    desk.syncs().expect("an exchange");
    let unsent = desk.receives(&PAO, RESIDENCE);

    world.cut_link();
    desk.restores(&backup).expect("the backup");
    assert_eq!(desk.codes(), std::slice::from_ref(&before));
    let next = desk.receives(&YNUE, RESIDENCE);
    assert_eq!(next, "H56.14-261123-02001", "the lane of the next spare, although nobody could be asked");
    assert!(![&before, &sent, &unsent].contains(&&next));

    world.link_returns();
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    assert_eq!(desk.codes(), [before.clone(), sent.clone(), next.clone()], "what the hub had comes back");
    assert_eq!(world.codes_at_the_province(&desk), [before, sent.clone(), next]);
    assert_eq!(desk.sync_status().expect("a status").waiting, 0);
    assert_eq!(desk.dossier(&sent).expect("a dossier").sync, SyncStep::Received);
    desk.add_note(&sent, "Đã khôi phục từ bản sao lưu").expect("work on it goes on");
    desk.syncs().expect("an exchange");
    desk.is_sound();
}

#[test]
fn a_backup_made_before_anything_was_sent_loses_nothing_the_province_has() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let first = desk.receives(&HANH, BIRTH);
    let backup = world.path("usb/cao-son.mcxb");
    desk.back_up_to(&backup).expect("a backup");
    let second = desk.receives(&PAO, CERTIFIED_COPY);
    desk.syncs().expect("an exchange");

    desk.restores(&backup).expect("the backup");
    let third = desk.receives(&YNUE, RESIDENCE);
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    let all = [first, second, third];
    assert_eq!(world.codes_at_the_province(&desk), all);
    assert_eq!(desk.codes(), all, "what the hub had comes back");
    desk.is_sound();
}

#[test]
fn a_desk_restored_many_times_never_gives_a_number_twice() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let backup = world.path("usb/cao-son.mcxb");
    desk.back_up_to(&backup).expect("a backup");
    let mut given = BTreeSet::new();
    // One identity in use and four spares; after them it goes on unenrolled, in the lane of desks without a connection.
    for time in 0..7 {
        let code = desk.receives(&HANH, BIRTH);
        assert!(given.insert(code.clone()), "{code} was given twice, at restore {time}");
        if time < 5 {
            desk.syncs().expect("an exchange");
        }
        desk.restores(&backup).expect("the backup");
    }
    assert_eq!(desk.syncs().expect_err("no identity left").code(), Code::NotEnrolled);
    desk.enrols().expect("enrolment");
    desk.syncs().expect("an exchange");
    desk.is_sound();
}

#[test]
fn a_copy_of_the_folder_on_another_machine_goes_on_unenrolled() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, BIRTH);
    let mut copy = desk.copied_to_another_machine();
    copy.opens().expect("with the recovery sheet");
    assert_eq!(copy.codes(), std::slice::from_ref(&before));
    let there = copy.receives(&PAO, BIRTH);
    assert_eq!(there, "H56.14-261123-00001", "lane 00: nobody leased this machine a number");
    assert_eq!(copy.syncs().expect_err("not enrolled").code(), Code::NotEnrolled);

    let here = desk.receives(&YNUE, BIRTH);
    assert_eq!(here, "H56.14-261123-01002", "the desk itself goes on as before");
    desk.syncs().expect("an exchange");
    copy.enrols().expect("the copy becomes a desk of its own");
    for desk in [&copy, &desk, &copy] {
        desk.syncs().expect("an exchange");
    }
    let all = [there, before, here];
    assert_eq!(world.codes_at_the_province(&desk), all);
    assert_eq!((desk.codes(), copy.codes()), (all.clone().into(), all.into()));
    desk.is_sound();
    copy.is_sound();
}

#[test]
fn a_database_file_of_yesterday_is_recognised_before_it_writes() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    let yesterday = std::fs::read(desk.database()).expect("the database");
    desk.opens().expect("the desk");
    let lost = desk.receives(&PAO, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    std::fs::write(desk.database(), yesterday).expect("somebody puts the old file back");
    world.cut_link();
    desk.opens().expect("the desk");
    let after = desk.receives(&YNUE, BIRTH);
    assert_eq!([&*lost, &*after], ["H56.14-261123-01002", "H56.14-261123-02001"]);
    world.link_returns();
    desk.syncs().expect("an exchange");
    assert_eq!(desk.codes(), [before, lost, after]);
    desk.is_sound();
}

#[test]
fn marks_lost_with_the_machine_folder_still_give_no_number_twice() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    // A new system on the old disk: the data folder is there, the machine's own is not.
    std::fs::remove_dir_all(desk.machine()).expect("the machine's folder");
    desk.opens().expect("with the recovery sheet");
    let after = desk.receives(&PAO, BIRTH);
    assert_eq!([&*before, &*after], ["H56.14-261123-01001", "H56.14-261123-00001"]);
    desk.is_sound();
}

#[test]
fn a_desk_behind_the_hub_without_knowing_it_moves_to_a_spare_before_it_sends_anything_else() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, BIRTH);
    desk.closes();
    let yesterday = std::fs::read(desk.database()).expect("the database");
    desk.opens().expect("the desk");
    let lost = desk.receives(&PAO, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    std::fs::write(desk.database(), yesterday).expect("somebody puts the old file back");
    // A power cut took the mark, which is never waited for.
    let store = desk.store_of_keys();
    std::fs::remove_file(desk.place().machine_file(&store, "mark.json")).expect("the mark");
    desk.opens().expect("the desk");
    desk.syncs().expect("an exchange");
    let after = desk.receives(&YNUE, BIRTH);
    assert_eq!([&*lost, &*after], ["H56.14-261123-01002", "H56.14-261123-02001"]);
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    assert_eq!(world.codes_at_the_province(&desk), [before.clone(), lost.clone(), after.clone()]);
    assert_eq!(desk.codes(), [before, lost, after]);
    desk.is_sound();
}

#[test]
fn two_copies_that_never_met_both_reach_the_province_and_a_number_printed_twice_is_told() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let neighbour = world.enrolled_desk("Xã Cao Sơn");
    let shared = desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    let yesterday = std::fs::read(desk.database()).expect("the database");
    desk.opens().expect("the desk");
    let of_one = desk.receives(&PAO, BIRTH);
    desk.add_note(&of_one, "Bản thứ nhất").expect("a note");
    desk.syncs().expect("an exchange");
    desk.closes();
    std::fs::write(desk.database(), yesterday).expect("somebody puts the old file back");
    let store = desk.store_of_keys();
    std::fs::remove_file(desk.place().machine_file(&store, "mark.json")).expect("the mark");
    world.cut_link();
    desk.opens().expect("the desk");
    // The counters of numbers went with the mark: the second copy gives the first one's number again.
    let printed = desk.receives(&YNUE, RESIDENCE);
    assert_eq!(printed, of_one, "nobody could know");
    let officer = AddOfficer { name: "Vừ Mí Sò".to_owned(), role: Role::OneStop, pin: "246810".to_owned() };
    desk.add_officer(&officer).expect("an officer");
    desk.change_phone(&printed, "0912 000 002").expect("a change");
    desk.add_note(&shared, "Bản thứ hai").expect("a note");

    world.link_returns();
    desk.syncs().expect_err("the hub refuses the fork");
    let after = desk.receives(&HANH, RESIDENCE);
    for _ in 0..2 {
        desk.syncs().expect("what was written moves to the next identity");
        neighbour.syncs().expect("an exchange");
    }
    let codes = desk.codes();
    assert_eq!(
        (codes.len(), codes.contains(&shared), codes.contains(&of_one), codes.contains(&after)),
        (4, true, true, true)
    );
    assert_eq!(
        (world.codes_at_the_province(&desk), neighbour.codes()),
        (codes.clone(), codes.clone()),
        "nothing is dropped"
    );
    let renumbered = codes.iter().find(|code| ![&shared, &of_one, &after].contains(code)).expect("the second copy's");
    for desk in [&desk, &neighbour] {
        let dossier = desk.dossier(renumbered).expect("a dossier");
        assert_eq!((dossier.applicant.name.as_str(), dossier.sync), (YNUE.name, SyncStep::Received));
        assert_eq!(dossier.cards[0].part, "code", "a person is told");
        assert!(dossier.timeline.iter().any(|line| line.text.contains("0912")), "what followed has come along");
        assert!(dossier.timeline.iter().any(|line| line.text.contains(&printed)), "with the number on the receipt");
        assert_eq!(desk.find(&printed).expect("a search").len(), 2, "which finds both");
        assert!(desk.dossier(&shared).expect("a dossier").timeline.iter().any(|line| line.text == "Bản thứ hai"));
        assert!(desk.dossier(&of_one).expect("a dossier").timeline.iter().any(|line| line.text == "Bản thứ nhất"));
        desk.is_sound();
    }
    assert_eq!(desk.officers().expect("officers").len(), 3);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM outbox"), 4, "one effect a dossier");
    assert_eq!(desk.sync_status().expect("a status").waiting, 0);

    let card = &desk.dossier(renumbered).expect("a dossier").cards[0];
    let keep = card.versions.iter().find(|version| version.text == *renumbered).expect("the new number").id.clone();
    let shown = card.versions.iter().map(|version| version.id.clone()).collect();
    let settle = Settle { code: renumbered.clone(), part: card.part.clone(), keep, shown };
    desk.settle(&settle).expect("the citizen was told");
    for desk in [&desk, &neighbour] {
        desk.syncs().expect("an exchange");
        assert!(desk.dossier(renumbered).expect("a dossier").cards.is_empty());
    }
}

#[test]
fn numbers_given_in_a_spare_lane_are_not_given_again_when_that_lane_becomes_the_desks_own() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    desk.raw().change("INSERT OR REPLACE INTO day_number (day, lane, last) VALUES ('2026-11-23', 1, 999)");
    desk.closes();
    let before = std::fs::read(desk.database()).expect("the database");
    desk.opens().expect("the desk");
    let given = desk.receives(&HANH, BIRTH);
    assert_eq!(given, "H56.14-261123-02001", "the own lane is full");
    desk.closes();
    std::fs::write(desk.database(), before).expect("somebody puts the old file back");
    desk.opens().expect("the desk");
    assert_eq!(desk.receives(&PAO, BIRTH), "H56.14-261123-02002", "that one stands on a receipt");
}

#[test]
fn a_scan_that_only_the_lost_machine_had_comes_back_with_its_backup() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let pages = [1, 2].map(|n| world.scanned_page(&format!("trang-{n}.png"), 90_000 + n));
    desk.attach(&code, 1, &pages[..1]).expect("attached");
    desk.syncs().expect("the first is at the province");
    world.cut_link();
    desk.attach(&code, 1, &pages[1..]).expect("attached");
    let backup = world.path("usb/cao-son.mcxb");
    assert_eq!(desk.back_up_to(&backup).expect("a backup").scans, 1, "only what the province has not");
    let copied = || files_below(&world.path("usb/motcua-scans"));
    let [(file, first)] = copied().try_into().expect("one scan");
    let written = std::fs::metadata(&file).and_then(|file| file.modified()).expect("a time");
    desk.add_note(&code, "Đã xem").expect("a note");
    desk.back_up_to(&world.path("usb/sau.mcxb")).expect("another backup in the same place");
    let again = std::fs::metadata(&file).and_then(|file| file.modified()).expect("a time");
    assert_eq!(written, again, "it is not copied again");

    // The machine burns. What is on the stick goes to a new one; somebody has looked at it with an editor meanwhile.
    std::fs::remove_dir_all(desk.place().data().join("scans")).expect("burnt");
    let mut harmed = first.clone();
    harmed[100] ^= 1;
    std::fs::write(&file, &harmed).expect("harmed");
    desk.restores(&backup).expect("restored");
    assert_eq!(desk.dossier(&code).expect("a dossier").scans[1].state, ScanState::Lost, "a damaged scan is none");
    std::fs::write(&file, &first).expect("as it was");
    desk.restores(&backup).expect("restored once more");
    assert_eq!(desk.dossier(&code).expect("a dossier").scans[1].state, ScanState::Here);

    world.link_returns();
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    assert_eq!(world.scans_at_the_province(&desk).len(), 2);
    assert_eq!(desk.dossier(&code).expect("a dossier").scans[1].state, ScanState::Received);
    assert_eq!(desk.back_up_to(&backup).expect("a backup").scans, 0);
    assert!(copied().is_empty(), "what the province has leaves the backups");
    desk.is_sound();
}

#[test]
fn a_machine_is_lost_and_the_province_gets_its_scans_from_another_one() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let pages = [1, 2].map(|n| world.scanned_page(&format!("trang-{n}.png"), 90_000 + n));
    // Of one the province knows and has a part, of the other it knows nothing.
    desk.attach(&code, 1, &pages[..1]).expect("attached");
    desk.link().set(Weather::CutAfter(40_000));
    desk.syncs().expect_err("cut in the middle of the scan");
    desk.attach(&code, 1, &pages[1..]).expect("attached");
    let backup = world.path("usb/cao-son.mcxb");
    assert_eq!(desk.back_up_to(&backup).expect("a backup").scans, 2);
    let mut new = desk.copied_to_another_machine();
    std::fs::remove_dir_all(new.place().data()).expect("nothing of it is left but the stick");
    drop(desk);
    world.link_returns();
    new.restores(&backup).expect("restored on a new machine");
    new.enrols().expect("enrolled with a new code");
    new.syncs().expect("an exchange");
    new.syncs().expect("another exchange");
    let mut there = world.scans_at_the_province(&new);
    there.sort_by_key(Vec::len);
    assert_eq!(there, pages.map(|page| std::fs::read(page).expect("a page")));
    let scans = new.dossier(&code).expect("a dossier").scans;
    assert_eq!(scans.iter().map(|scan| scan.state).collect::<Vec<_>>(), [ScanState::Received; 2]);
    new.is_sound();
}

#[test]
fn the_weekly_trial_opens_the_scans_of_a_backup_too() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    world.cut_link();
    let code = desk.receives(&HANH, BIRTH);
    desk.attach(&code, 1, &[world.scanned_page("trang-1.png", 90_000)]).expect("attached");
    desk.back_up_if_due(true).expect("a look").expect("a backup");
    let place = desk.place().backups().join("motcua-scans");
    let [(file, sealed)] = files_below(&place).try_into().expect("one scan");
    let mut harmed = sealed.clone();
    harmed[70_000] ^= 1;
    std::fs::write(&file, harmed).expect("harmed");
    world.days_pass(8);
    desk.add_note(&code, "Đã xem").expect("a note");
    desk.back_up_if_due(true).expect("a look").expect("a backup, tried");
    assert_eq!(std::fs::read(&file).expect("the copy"), sealed, "it was copied anew");
}

/// The files below a folder, with what they hold.
fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let inside = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => files_below(&path),
        path => vec![(path.clone(), std::fs::read(path).expect("a file"))],
    };
    std::fs::read_dir(folder).into_iter().flatten().flatten().flat_map(inside).collect()
}
