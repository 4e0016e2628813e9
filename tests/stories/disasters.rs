//! Backups put back, folders copied, database files of yesterday: the desk goes on, and no number is given twice.

use desk::api::dossiers::SyncStep;
use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, HANH, PAO, RESIDENCE, World, YNUE};
use std::collections::BTreeSet;

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
fn a_log_the_hub_knows_otherwise_is_kept_and_does_not_block_what_comes_after_it() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    let yesterday = std::fs::read(desk.database()).expect("the database");
    desk.opens().expect("the desk");
    desk.receives(&PAO, BIRTH);
    desk.syncs().expect("an exchange");
    desk.closes();
    std::fs::write(desk.database(), yesterday).expect("somebody puts the old file back");
    let store = desk.store_of_keys();
    std::fs::remove_file(desk.place().machine_file(&store, "mark.json")).expect("the mark");
    desk.opens().expect("the desk");
    // Written without a link under numbers the hub has already seen otherwise.
    let forked = desk.receives(&YNUE, BIRTH);
    desk.syncs().expect_err("the hub refuses the fork");
    let after = desk.receives(&HANH, RESIDENCE);
    desk.syncs().expect("the next identity is not held up");
    assert!(world.codes_at_the_province(&desk).contains(&after));
    assert!(desk.codes().contains(&forked), "what was forked is still here, and a person is told");
    assert_eq!(desk.sync_status().expect("a status").pill, desk::api::status::Pill::Attention);
    desk.is_sound();
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
