//! Two desks of a commune on its own network: one of them has no way to the province, the other one speaks for both.

use desk::api::dossiers::SyncStep;
use desk::error::Code;
use desk::sync::lan::Door;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, RESIDENCE, Weather, World, YNUE};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

fn door() -> Door {
    Door::open(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a door")
}

/// One desk calls at the other's door.
pub fn meet(caller: &Desk, host: &Desk) -> desk::error::Result<desk::api::neighbours::NeighbourView> {
    let (door, is_over) = (door(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while host.answers(&door).expect("an open door").is_none() && !is_over.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        });
        let met = caller.meet(door.address());
        is_over.store(true, Ordering::SeqCst);
        met.map(|(view, _)| view)
    })
}

fn step(desk: &Desk, code: &str) -> SyncStep {
    desk.dossier(code).expect("a dossier").sync
}

#[test]
fn a_desk_without_a_link_is_spoken_for_by_its_neighbour() {
    let world = World::new();
    let (far, near) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    // The first roster a desk holds names those who were there before it.
    far.syncs().expect("an exchange");
    let known = near.receives(&YNUE, RESIDENCE);
    near.syncs().expect("an exchange");
    far.link().set(Weather::Cut);

    let code = far.receives(&HANH, BIRTH);
    let scan = world.scanned_page("to-khai.png", 200_000);
    far.attach(&code, 1, &[&scan]).expect("attached");
    let met = meet(&far, &near).expect("an exchange");
    assert!(met.told == 2 && met.received >= 2, "{met:?}");
    assert_eq!(near.codes(), far.codes());
    assert_eq!((step(&far, &code), step(&near, &code)), (SyncStep::Copied, SyncStep::Copied), "on two computers");
    assert_eq!(step(&far, &known), SyncStep::Copied, "it takes nobody's word but the hub's");

    // The neighbour passes it on, and the scan with it: once.
    near.syncs().expect("an exchange");
    assert_eq!(world.codes_at_the_province(&near), far.codes());
    assert_eq!(step(&near, &code), SyncStep::Received);
    assert_eq!(world.scans_at_the_province(&near), [std::fs::read(scan).expect("the scan")]);
    assert_eq!(step(&far, &code), SyncStep::Copied, "it has not heard");
    meet(&near, &far).expect("another exchange");
    assert_eq!(step(&far, &code), SyncStep::Received, "the hub's own word, brought by the neighbour");
    assert_eq!(far.sync_status().expect("a status").waiting, 0);

    // With its link back there is nothing left to say, and nothing is told twice.
    world.link_returns();
    far.syncs().expect("an exchange");
    assert_eq!(step(&far, &known), SyncStep::Received);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM outbox"), 2, "one effect a dossier");
    for desk in [&far, &near] {
        desk.is_sound();
    }
}

#[test]
fn a_new_desk_has_the_whole_commune_from_its_neighbour() {
    let world = World::new();
    let old = world.enrolled_desk("Xã Cao Sơn");
    for who in [&HANH, &PAO, &YNUE] {
        old.receives(who, BIRTH);
    }
    old.syncs().expect("an exchange");
    let new = world.enrolled_desk("Xã Cao Sơn");
    old.syncs().expect("it hears of the new one");
    meet(&new, &old).expect("an exchange");
    assert_eq!(new.codes(), old.codes());
    let before = new.line_bytes().1;
    new.syncs().expect("the tail");
    let told = new.line_bytes().1 - before;
    assert!(told < 300, "{told} bytes: the province tells nothing again that the neighbour has told");
    assert_eq!(step(&new, &old.codes()[0]), SyncStep::Received);
    let next = old.receives(&HANH, CERTIFIED_COPY);
    old.syncs().expect("an exchange");
    new.syncs().expect("an exchange");
    assert!(new.codes().contains(&next));
    new.is_sound();
}

#[test]
fn nobody_is_let_in_whom_the_roster_does_not_name_as_a_desk_at_work() {
    let world = World::new();
    let (desk, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    desk.syncs().expect("an exchange");
    meet(&desk, &other).expect("they know each other");
    let code = desk.receives(&HANH, BIRTH);
    let nobody = door().address();
    assert_eq!(desk.meet(nobody).map(drop).expect_err("nobody there").code(), Code::NeighbourUnreachable);

    // A desk next door, one that is not enrolled, one that was stolen.
    let next_door = (world.enrolled_desk("Xã Lũng Pù"), world.enrolled_desk("Xã Lũng Pù"));
    next_door.0.syncs().expect("an exchange");
    for (caller, host) in [(&next_door.0, &desk), (&desk, &next_door.0)] {
        assert_eq!(meet(caller, host).expect_err("another commune's").code(), Code::NeighbourUnreadable);
    }
    assert_eq!(
        world.desk("Xã Cao Sơn").meet(door().address()).map(drop).expect_err("nobody").code(),
        Code::NotEnrolled
    );
    world.is_stolen(&other);
    desk.syncs().expect("it hears of that");
    for (caller, host) in [(&other, &desk), (&desk, &other)] {
        assert!(meet(caller, host).is_err());
    }
    assert!(!other.codes().contains(&code));
    assert_eq!(desk.meet(door().address()).map(drop).expect_err("alone").code(), Code::NotEnrolled);
    desk.is_sound();
}

#[test]
fn what_a_stolen_desk_wrote_has_no_effect_whoever_passes_it_on() {
    let world = World::new();
    let [desk, stolen, third] = [(); 3].map(|()| world.enrolled_desk("Xã Cao Sơn"));
    for desk in [&desk, &stolen] {
        desk.syncs().expect("an exchange");
    }
    third.link().set(Weather::Cut);
    stolen.link().set(Weather::Cut);
    // The third has not heard yet that it was stolen, and takes it at its word.
    world.is_stolen(&stolen);
    let strange = stolen.receives(&PAO, CERTIFIED_COPY);
    meet(&stolen, &third).expect("an exchange");
    assert!(third.codes().contains(&strange));
    desk.syncs().expect("it hears of that");
    meet(&third, &desk).expect("an exchange");
    assert!(!desk.codes().contains(&strange), "without effect");
    desk.syncs().expect("an exchange");
    let aside = world.count_at_the_province("SELECT count(*) FROM op WHERE set_aside = 'stolen'");
    assert!(aside > 0, "the province keeps it, set aside");
    world.link_returns();
    third.syncs().expect("an exchange");
    assert_eq!(third.codes(), desk.codes(), "and whoever believed it hears so");
    for desk in [&desk, &third] {
        desk.is_sound();
    }
}

#[test]
fn a_volunteers_desk_hands_in_what_it_has_and_hears_of_nobody_elses() {
    let world = World::new();
    let [desk, outreach] = [(); 2].map(|()| world.desk("Xã Cao Sơn"));
    desk.enrols().expect("enrolment");
    outreach.enrols_as_a_volunteers().expect("enrolment");
    let code = desk.receives(&YNUE, RESIDENCE);
    let scan = world.scanned_page("to-khai.png", 3_000);
    desk.attach(&code, 1, &[&scan]).expect("attached");
    desk.syncs().expect("an exchange");
    let own = outreach.receives(&HANH, BIRTH);
    // On the commune's network, and by the province.
    let met = meet(&outreach, &desk).expect("an exchange");
    assert!(met.told > 0 && met.received == 0, "{met:?}");
    assert_eq!(outreach.codes(), std::slice::from_ref(&own));
    outreach.syncs().expect("an exchange");
    let noted = outreach.receives(&PAO, CERTIFIED_COPY);
    for desk in [&outreach, &desk, &outreach] {
        desk.syncs().expect("an exchange");
    }
    let mut all = [code, own.clone(), noted.clone()];
    all.sort();
    assert_eq!((desk.codes(), world.codes_at_the_province(&desk)), (all.clone().into(), all.into()));
    assert_eq!(outreach.codes(), [own, noted], "and nobody else's");
    for desk in [&outreach, &desk] {
        desk.is_sound();
    }
}
