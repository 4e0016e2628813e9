//! Clocks that are years off: what they wrote meets everybody else's work as if they were right, and nothing is dropped.

use desk::api::dossiers::DossierView;
use desk::api::life::StepInput;
use desk::api::review::Settle;
use motcua_tests::support::{BIRTH, DAY, Desk, HANH, MINUTE, RESIDENCE, Weather, World};

const YEAR: i64 = 365 * DAY;

fn moves(desk: &Desk, code: &str, state: u8) {
    let words = || "Thử".to_owned();
    desk.takes(
        code,
        match state {
            4 => StepInput::Forward { unit: words(), giver: words(), receiver: words() },
            5 => StepInput::AskPapers { agency: words(), items: vec![words()], reason: words(), basis: words() },
            _ => StepInput::Stop { reason: words(), basis: words(), number: words() },
        },
    );
}

/// Keeps the version with these words on the card about the state.
fn keeps(desk: &Desk, code: &str, words: &str) {
    let card = desk.dossier(code).expect("a dossier").cards.into_iter().find(|card| card.part == "status");
    let versions = card.expect("a card").versions;
    let keep = versions.iter().find(|version| version.text == words).expect("a version").id.clone();
    let shown = versions.into_iter().map(|version| version.id).collect();
    let settle = Settle { code: code.to_owned(), part: "status".to_owned(), keep, shown };
    desk.settle(&settle).expect("a choice");
}

fn meet(desks: &[&Desk]) {
    for _ in 0..2 {
        desks.iter().for_each(|desk| drop(desk.syncs().expect("an exchange")));
    }
}

/// When and what, line by line.
fn lines(view: &DossierView) -> Vec<(&str, &str)> {
    view.timeline.iter().map(|line| (line.at.as_str(), line.text.as_str())).collect()
}

/// Every desk tells the same of a dossier, and so does the province.
fn agree(world: &World, code: &str, desks: &[&Desk]) -> DossierView {
    let first = desks.first().expect("a desk").dossier(code).expect("a dossier");
    for desk in desks {
        let view = desk.dossier(code).expect("a dossier");
        assert_eq!(lines(&view), lines(&first), "{}", desk.name());
        assert_eq!((view.state, &view.applicant.phone), (first.state, &first.applicant.phone), "{}", desk.name());
        let there = world.at_the_province(desk).into_iter().find(|line| line.code.as_deref() == Some(code));
        assert_eq!(there.expect("a dossier").state, Some(first.state), "the province and {}", desk.name());
        desk.is_sound();
    }
    first
}

#[test]
fn what_a_clock_of_2036_wrote_stands_where_the_province_heard_of_it() {
    let world = World::new();
    let (fast, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    fast.clock_is_off_by(10 * YEAR);
    let code = fast.receives(&HANH, BIRTH);
    fast.syncs().expect("an exchange");
    other.syncs().expect("an exchange");
    fast.change_phone(&code, "0912 000 001").expect("a change");
    moves(&fast, &code, 4);
    fast.syncs().expect("an exchange");
    world.passes(MINUTE);
    // Not having heard of the change, and later by every clock that is right.
    other.change_phone(&code, "0912 000 002").expect("a change");
    meet(&[&other, &fast]);

    let view = agree(&world, &code, &[&fast, &other]);
    assert_eq!((view.applicant.phone.as_str(), view.state), ("0912000002", 4), "the later one holds");
    assert_eq!(view.cards.len(), 1, "and a person is told");
    let wrong: Vec<bool> = view.timeline.iter().map(|line| line.clock.is_some()).collect();
    assert_eq!(wrong, [true, true, true, false]);
    for line in &view.timeline {
        assert!(line.at.starts_with("2026-11-23T08:"), "the moment the province heard: {}", line.at);
        assert!(line.clock.as_ref().is_none_or(|said| said.contains("/2036")), "what the clock said: {:?}", line.clock);
    }

    // The clock is put right, and what follows needs no note.
    let notes = "SELECT count(*) FROM clock_note";
    let noted = world.count_at_the_province(notes);
    fast.clock_is_off_by(0);
    world.passes(MINUTE);
    fast.add_note(&code, "Đã chỉnh lại giờ").expect("a note");
    meet(&[&fast, &other]);
    let view = agree(&world, &code, &[&fast, &other]);
    assert!(view.timeline.last().is_some_and(|line| line.text == "Đã chỉnh lại giờ" && line.clock.is_none()));
    assert_eq!(world.count_at_the_province(notes), noted);
}

#[test]
fn a_choice_made_at_a_clock_of_2010_holds_where_its_author_had_seen_the_other() {
    chooses_after_the_others(-16 * YEAR);
}

#[test]
fn and_so_does_one_made_at_a_clock_that_is_right() {
    chooses_after_the_others(0);
}

fn chooses_after_the_others(clock_is_off_by: i64) {
    let world = World::new();
    let desks = [(); 3].map(|()| world.enrolled_desk("Xã Cao Sơn"));
    let [first, slow, third] = &desks;
    slow.clock_is_off_by(clock_is_off_by);
    let code = first.receives(&HANH, RESIDENCE);
    meet(&[first, slow, third]);
    moves(first, &code, 4);
    moves(slow, &code, 5);
    moves(third, &code, 8);
    for desk in [first, slow, first] {
        desk.syncs().expect("an exchange");
    }
    keeps(first, &code, "Yêu cầu bổ sung giấy tờ");
    meet(&[first, slow]);
    // A third move comes in, which the first choice has not seen.
    meet(&[third, slow]);
    keeps(slow, &code, "Dừng xử lý");
    meet(&[slow, first, third]);
    let view = agree(&world, &code, &[first, slow, third]);
    assert_eq!(view.state, 8, "the one who had seen the other's choice");
    assert_eq!(view.timeline.len(), 6, "nothing is dropped");
}

#[test]
fn a_neighbour_passes_on_what_the_province_noted() {
    let world = World::new();
    let (fast, near) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let far = world.enrolled_desk("Xã Cao Sơn");
    meet(&[&fast, &near, &far]);
    fast.clock_is_off_by(10 * YEAR);
    let code = fast.receives(&HANH, BIRTH);
    far.link().set(Weather::Cut);
    motcua_tests::support::meet(&fast, &far).expect("an exchange");
    let line = &far.dossier(&code).expect("a dossier").timeline[0];
    assert!(line.at.starts_with("2036") && line.clock.is_none(), "nobody has noted it yet");
    meet(&[&fast, &near]);
    motcua_tests::support::meet(&near, &far).expect("an exchange");
    agree(&world, &code, &[&fast, &near, &far]);
    let line = &far.dossier(&code).expect("a dossier").timeline[0];
    assert!(line.at.starts_with("2026") && line.clock.is_some());
}

#[test]
fn a_hub_put_back_from_a_backup_is_told_what_it_had_noted() {
    let world = World::new();
    let (fast, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let backup = world.path("hub.db");
    hub::back_up(&world.hub_folder(), &backup).expect("a backup");
    fast.clock_is_off_by(10 * YEAR);
    let code = fast.receives(&HANH, BIRTH);
    meet(&[&fast, &other]);
    let before = lines(&fast.dossier(&code).expect("a dossier")).iter().map(|(at, _)| (*at).to_owned()).next();
    world.passes(60 * MINUTE);
    world.hub_is_put_back(&backup);
    world.hub_starts();
    // What the hub hears anew it notes anew; of two notes the earlier holds.
    meet(&[&fast, &other]);
    let view = agree(&world, &code, &[&fast, &other]);
    assert_eq!(view.timeline.first().map(|line| line.at.clone()), before);
}
