//! Two desks of one commune, and a commune next door.

use motcua_tests::support::{BIRTH, CERTIFIED_COPY, HANH, MINUTE, PAO, World, YNUE};

#[test]
fn two_desks_of_a_commune_see_each_others_dossiers_and_nobody_elses() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let next_door = world.enrolled_desk("Xã Lũng Pù");
    let hanh = first.receives(&HANH, BIRTH);
    let pao = second.receives(&PAO, CERTIFIED_COPY);
    let other = next_door.receives(&YNUE, BIRTH);
    assert_eq!([&*hanh, &*pao, &*other], ["H56.14-261123-01001", "H56.14-261123-06001", "H56.15-261123-01001"]);
    for desk in [&first, &second, &next_door, &first] {
        desk.syncs().expect("an exchange");
    }
    for desk in [&first, &second] {
        assert_eq!(desk.codes(), [hanh.as_str(), pao.as_str()]);
        assert_eq!(desk.dossier(&hanh).expect("a dossier").received_by, "Lò Thị Mai");
        desk.is_sound();
    }
    assert_eq!(next_door.codes(), [other]);
}

#[test]
fn a_telephone_number_changed_at_both_desks_while_apart() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, BIRTH);
    first.syncs().expect("an exchange");
    second.syncs().expect("an exchange");

    world.cut_link();
    first.change_phone(&code, "0912 000 001").expect("a change");
    world.passes(MINUTE);
    second.change_phone(&code, "0912 000 002").expect("a change");
    world.passes(MINUTE);
    first.add_note(&code, "Đã gọi lại").expect("a note");
    world.link_returns();
    for desk in [&first, &second, &first] {
        desk.syncs().expect("an exchange");
    }

    let (here, there) = (first.dossier(&code).expect("a dossier"), second.dossier(&code).expect("a dossier"));
    assert_eq!(here.applicant.phone, "0912000002", "the later one holds");
    assert_eq!(here.applicant, there.applicant);
    let said = |view: &desk::api::dossiers::DossierView| -> Vec<String> {
        view.timeline.iter().map(|line| line.text.clone()).collect()
    };
    assert_eq!(said(&here), said(&there));
    let timeline = said(&here).join("\n");
    assert!(timeline.contains("0912000001") && timeline.contains("0912000002"), "nothing is dropped:\n{timeline}");
    first.is_sound();
    second.is_sound();
}

#[test]
fn a_desk_that_comes_late_hears_of_everything_before_it() {
    let world = World::new();
    let first = world.enrolled_desk("Xã Cao Sơn");
    let code = first.receives(&HANH, BIRTH);
    for n in 0..40 {
        first.add_note(&code, &format!("Việc thứ {n}")).expect("a note");
    }
    first.syncs().expect("an exchange");
    let late = world.enrolled_desk("Xã Cao Sơn");
    late.syncs().expect("an exchange");
    assert_eq!(late.dossier(&code).expect("a dossier").timeline.len(), 41);
    // What the late desk adds names a dossier of the other's log.
    late.add_note(&code, "Bàn mới đã xem").expect("a note");
    late.syncs().expect("an exchange");
    first.syncs().expect("an exchange");
    assert_eq!(first.dossier(&code).expect("a dossier").timeline.len(), 42);
}

#[test]
fn a_number_two_desks_gave_before_enrolment_stops_neither_of_them() {
    let world = World::new();
    let (one, two) = (world.desk("Xã Cao Sơn"), world.desk("Xã Cao Sơn"));
    let same = one.receives(&HANH, BIRTH);
    assert_eq!(two.receives(&PAO, BIRTH), same, "neither has a lane of its own yet");
    one.enrols().expect("a desk of the province");
    two.enrols().expect("a desk of the province");
    one.syncs().expect("an exchange");
    two.syncs().expect("an exchange");
    let later = two.receives(&YNUE, BIRTH);
    two.syncs().expect("an exchange");
    one.syncs().expect("what was set aside does not hold up what follows");
    assert!(one.codes().contains(&later));
    assert_eq!(two.sync_status().expect("a status").pill, desk::api::status::Pill::Attention, "a person is told");
    one.is_sound();
    two.is_sound();
}
