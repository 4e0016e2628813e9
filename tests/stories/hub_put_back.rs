//! The hub itself is put back from yesterday's backup: desks bring again what it lost, also each other's, and no number is
//! given twice.

use desk::api::dossiers::SyncStep;
use desk::api::enrol::EnrolInput;
use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, MARRIAGE, PAO, RESIDENCE, World, YNUE};

/// What the hub counts of itself.
fn status(world: &World) -> hub::Status {
    hub::status(&world.hub_folder(), u64::try_from(world.now_ms()).expect("a time")).expect("a status")
}

fn sorted(codes: &[&String]) -> Vec<String> {
    let mut codes: Vec<String> = codes.iter().map(|code| (*code).clone()).collect();
    codes.sort();
    codes
}

fn syncs(desks: &[&Desk]) {
    for desk in desks {
        desk.syncs().expect("an exchange");
    }
}

#[test]
fn a_hub_put_back_from_yesterday_is_brought_what_it_lost_by_whoever_has_it() {
    let world = World::new();
    let (desk, mut lost) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let before = desk.receives(&HANH, BIRTH);
    syncs(&[&desk, &lost]);
    let newcomer = world.desk("Xã Cao Sơn");
    let invitation = EnrolInput { hub: newcomer.link().url(), code: newcomer.is_given_a_code().expect("a code") };
    let backup = world.path("tinh/hom-qua.db");
    std::fs::create_dir_all(backup.parent().expect("a folder")).expect("a folder");
    hub::back_up(&world.hub_folder(), &backup).expect("a backup");

    // After it: more work, a desk that burns down when everything of it had been acknowledged, and one that enrolled.
    world.days_pass(1);
    let own = desk.receives(&PAO, CERTIFIED_COPY);
    let of_lost = lost.receives(&YNUE, RESIDENCE);
    let late = world.enrolled_desk("Xã Cao Sơn");
    let of_late = late.receives(&HANH, MARRIAGE);
    syncs(&[&desk, &lost, &late, &desk, &late]);
    let all = sorted(&[&before, &own, &of_lost, &of_late]);
    assert_eq!(desk.codes(), all);
    let leases = world.count_at_the_province("SELECT count(*) FROM lease");
    lost.closes();

    world.hub_is_put_back(&backup);
    assert_eq!(world.codes_at_the_province(&desk), sorted(&[&before]), "yesterday");
    assert!(status(&world).restored_at.is_some());
    world.hub_starts();
    let refused = newcomer.enrol(&invitation).map(drop).expect_err("no number before somebody has looked");
    assert_eq!(refused.code(), Code::HubRefused);
    assert!(matches!(late.is_given_a_code(), Err(hub::Error::Restored)), "nor a code");

    // The desk that the hub has forgotten comes first.
    syncs(&[&late]);
    assert_eq!(
        world.codes_at_the_province(&desk),
        all,
        "it brought the hub's own roster, its work, and everybody else's"
    );
    assert_eq!(late.dossier(&of_late).expect("a dossier").sync, SyncStep::Received);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM lease"), leases);
    syncs(&[&desk, &desk, &late]);
    assert_eq!(world.codes_at_the_province(&desk), all);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM outbox"), 4, "one effect a dossier");
    let waiting: Vec<String> = status(&world).not_heard.iter().map(|desk| desk.name.clone()).collect();
    assert_eq!(waiting, ["Xã Cao Sơn, quầy 2"], "the one that burnt down");
    assert_eq!(status(&world).effects, 4, "and they wait");

    hub::resume(&world.hub_folder()).expect("the administrator has looked");
    newcomer.enrol(&invitation).expect("enrolment");
    let of_newcomer = newcomer.receives(&PAO, BIRTH);
    syncs(&[&newcomer, &desk, &late, &desk]);
    let everything = sorted(&[&before, &own, &of_lost, &of_late, &of_newcomer]);
    assert_eq!(everything.len(), 5, "no number twice");
    for desk in [&desk, &late, &newcomer] {
        assert_eq!(desk.codes(), everything);
        desk.is_sound();
    }
    assert_eq!(world.codes_at_the_province(&desk), everything);
}

#[test]
fn two_restorations_of_one_backup_are_two_epochs() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let backup = world.path("hub.db");
    hub::back_up(&world.hub_folder(), &backup).expect("a backup");
    let mut codes = Vec::new();
    let mut epochs = vec![status(&world).epoch];
    for who in [&HANH, &PAO, &YNUE] {
        codes.push(desk.receives(who, BIRTH));
        syncs(&[&desk]);
        world.hub_is_put_back(&backup);
        world.hub_starts();
        epochs.push(status(&world).epoch);
        syncs(&[&desk]);
        assert_eq!(world.codes_at_the_province(&desk), codes);
    }
    assert!(epochs.is_sorted_by(|one, next| one < next), "{epochs:?}");
    desk.is_sound();
}

#[test]
fn a_forgotten_desk_is_known_again_by_the_stick() {
    let world = World::new();
    let first = world.enrolled_desk("Xã Cao Sơn");
    let backup = world.path("hub.db");
    hub::back_up(&world.hub_folder(), &backup).expect("a backup");
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    world.hub_is_put_back(&backup);
    let (bundle, answer) = (world.path("goi.mcxgoi"), world.path("tra-loi.mcxgoi"));
    desk.bundle_out(&bundle, true).expect("a bundle");
    let now = u64::try_from(world.now_ms()).expect("a time");
    hub::carry_in(&world.hub_folder(), &bundle, &answer, std::sync::Arc::new(move || now)).expect("taken in");
    desk.bundle_in(&answer).expect("the answer");
    assert_eq!(world.codes_at_the_province(&first), std::slice::from_ref(&code));
    assert_eq!(desk.dossier(&code).expect("a dossier").sync, SyncStep::Received);
    desk.is_sound();
}

#[test]
fn what_is_no_backup_of_this_hub_changes_nothing() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    syncs(&[&desk]);
    let backup = world.path("hub.db");
    hub::back_up(&world.hub_folder(), &backup).expect("a backup");
    let at_work = hub::restore(&world.hub_folder(), &backup, 0).expect_err("a hub is at work");
    assert!(matches!(at_work, hub::Error::InUse(_)), "{at_work}");
    world.hub_stops();

    let torn = world.path("rach.db");
    let bytes = std::fs::read(&backup).expect("the backup");
    std::fs::write(&torn, &bytes[..bytes.len() / 2]).expect("half of it");
    let text = world.path("thu.txt");
    std::fs::write(&text, "Kính gửi").expect("a letter");
    let other = World::new();
    let strange = other.path("hub.db");
    hub::back_up(&other.hub_folder(), &strange).expect("another hub's");
    for file in [torn, text, strange] {
        let error = hub::restore(&world.hub_folder(), &file, 0).expect_err("no backup of this hub");
        assert!(matches!(error, hub::Error::NoBackup(_)), "{}: {error}", file.display());
    }
    assert!(
        hub::restore(&world.path("moi"), &backup, 0).is_err_and(|error| matches!(error, hub::Error::KeyMissing(_)))
    );
    world.hub_starts();
    assert_eq!(world.codes_at_the_province(&desk), [code]);
}
