//! A commune without a signal works all day, and everything reaches the province exactly once.

use desk::api::dossiers::SyncStep;
use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, HANH, MARRIAGE, PAO, RESIDENCE, World, YNUE};

#[test]
fn a_day_without_a_signal() {
    let world = World::new();
    let mut cao_son = world.desk("Xã Cao Sơn");
    let written: Vec<String> = [(HANH, BIRTH), (PAO, CERTIFIED_COPY), (YNUE, RESIDENCE)]
        .map(|(who, what)| cao_son.receives(&who, what))
        .into();
    assert_eq!(written, ["H56.14-261123-00001", "H56.14-261123-00002", "H56.14-261123-00003"]);
    for code in &written {
        let shown = cao_son.dossier(code).expect("a dossier");
        assert!(shown.number_note.contains("chưa kết nối"), "{}", shown.number_note);
        assert_eq!(shown.sync, SyncStep::Saved);
    }
    assert_eq!(cao_son.syncs().expect_err("not enrolled").code(), Code::NotEnrolled);

    // The numbers stand on paper already: enrolment keeps them and only says whose they are.
    cao_son.enrols().expect("enrolment");
    assert_eq!(cao_son.codes(), written);
    let after = cao_son.receives(&PAO, MARRIAGE);
    assert_eq!(after, "H56.14-261123-01001");

    world.cut_link();
    cao_son.syncs().expect_err("no link");
    let meanwhile = cao_son.receives(&HANH, RESIDENCE);
    cao_son.opens().expect("the computer is switched on again");
    world.days_pass(3);
    assert_eq!(cao_son.sync_status().expect("a status").waiting, 6, "five dossiers and an officer");
    assert_eq!(world.codes_at_the_province(&cao_son), Vec::<String>::new());

    world.link_returns();
    let status = cao_son.syncs().expect("an exchange");
    assert_eq!((status.waiting, status.acknowledged), (0, 6));
    cao_son.syncs().expect("another exchange");
    let all: Vec<String> = written.into_iter().chain([after, meanwhile]).collect();
    assert_eq!(world.codes_at_the_province(&cao_son), all);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM op"), 6);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM outbox"), 5, "one effect a dossier");
    for code in &all {
        assert_eq!(cao_son.dossier(code).expect("a dossier").sync, SyncStep::Received);
    }
    cao_son.is_sound();
}
