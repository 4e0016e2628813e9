//! Somebody else, or nobody, answers at the hub's address. Each case has a code of its own, loses nothing, and is over when
//! the hub is back.

use desk::api::Trouble;
use desk::error::Code;
use desk::texts::Language;
use motcua_tests::support::{BIRTH, Certificate, HANH, Key, PAO, Says, Stranger, World};

#[test]
fn whoever_answers_in_the_hubs_place_is_recognised_and_loses_nothing() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let mut written = Vec::new();
    for (key, certificate, says, code) in [
        (Key::Hub, Certificate::Valid, Says::Page(200), Code::HubUnreadable),
        (Key::Hub, Certificate::Valid, Says::Page(404), Code::HubUnreadable),
        (Key::Hub, Certificate::Valid, Says::Page(500), Code::HubFailing),
        (Key::Hub, Certificate::Valid, Says::Page(503), Code::HubFailing),
        (Key::Hub, Certificate::Valid, Says::Rubbish(200), Code::HubUnreadable),
        (Key::Hub, Certificate::Valid, Says::Rubbish(409), Code::HubUnreadable),
        (Key::Hub, Certificate::Expired, Says::Page(200), Code::HubCertificateExpired),
        (Key::Own, Certificate::Valid, Says::Page(200), Code::HubNotOurs),
        (Key::Own, Certificate::Expired, Says::Page(200), Code::HubNotOurs),
        (Key::None, Certificate::Valid, Says::Page(200), Code::HubUnreachable),
    ] {
        let acknowledged = desk.sync_status().expect("a status").acknowledged;
        written.push(desk.receives(&HANH, BIRTH));
        world.answered_by(&Stranger::new(&world, key, certificate, says));
        let error = desk.syncs().expect_err("that is not the hub");
        assert_eq!(error.code(), code, "{key:?} {certificate:?} {says:?}: {error}");
        for language in [Language::Vietnamese, Language::English] {
            let trouble = Trouble::of(language, &error);
            for sentence in [&trouble.what, &trouble.lost, &trouble.r#do] {
                assert!(sentence.ends_with('.') && !sentence.contains('{'), "{code:?}: {sentence}");
            }
        }
        assert_eq!(desk.sync_status().expect("a status").acknowledged, acknowledged, "nobody else can acknowledge");
        world.link_returns();
        desk.syncs().expect("the hub is back");
        assert_eq!(world.codes_at_the_province(&desk), written);
    }
    desk.is_sound();
}

#[test]
fn enrolment_trusts_no_key_but_the_codes() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    world.answered_by(&Stranger::new(&world, Key::Own, Certificate::Valid, Says::Page(200)));
    assert_eq!(desk.enrols().expect_err("an impostor").code(), Code::HubNotOurs);
    world.link_returns();
    desk.enrols().expect("enrolment");
    for (code, wrong) in [("", Code::AlreadyEnrolled), ("abc", Code::AlreadyEnrolled)] {
        let input = desk::api::enrol::EnrolInput { hub: desk.link().url(), code: code.into() };
        assert_eq!(desk.enrol(&input).expect_err("enrolled").code(), wrong);
    }
}

#[test]
fn a_hub_that_was_away_is_found_again_and_holds_all_it_acknowledged() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let first = desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    world.hub_stops();
    let second = desk.receives(&PAO, BIRTH);
    assert_eq!(desk.syncs().expect_err("no hub").code(), Code::HubUnreachable);
    world.days_pass(1);
    world.hub_starts();
    desk.syncs().expect("an exchange");
    assert_eq!(world.codes_at_the_province(&desk), [first, second]);
}

#[test]
fn a_code_of_another_agency_and_a_used_code_are_refused_in_words() {
    let world = World::new();
    let (cao_son, lung_pu) = (world.desk("Xã Cao Sơn"), world.desk("Xã Lũng Pù"));
    let agency = domain::code::AgencyCode::parse(cao_son.agency()).expect("an agency");
    let now = u64::try_from(world.now_ms()).expect("now");
    let code = hub::add_desk(&world.hub_folder(), &agency, "Quầy 1", now).expect("a code").to_string();
    let input = |desk: &motcua_tests::support::Desk| desk::api::enrol::EnrolInput {
        hub: desk.link().url(),
        code: code.clone(),
    };
    let error = lung_pu.enrol(&input(&lung_pu)).expect_err("another agency's code");
    assert_eq!(error.code(), Code::HubRefused);
    assert!(!Trouble::of(Language::Vietnamese, &error).what.contains("wrong_agency"), "in words: {error}");
    cao_son.enrol(&input(&cao_son)).expect("enrolment");
    let second = world.desk("Xã Cao Sơn");
    assert_eq!(second.enrol(&input(&second)).expect_err("a used code").code(), Code::HubRefused);
    assert!(!second.sync_status().expect("a status").enrolled);
}
