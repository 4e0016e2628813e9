//! The same dossier worked at two desks while apart: nothing is dropped, and a person settles what met.

use desk::api::dossiers::{DossierView, Filter, ListInput};
use desk::api::fees::{CancelFee, TakeFee};
use desk::api::life::{StepInput, TakeStep};
use desk::api::review::Settle;
use desk::api::status::Pill;
use desk::error::Code;
use motcua_tests::support::{Desk, HANH, MINUTE, RESIDENCE, World, is_golden, read_aloud};

/// A dossier that two desks of a commune know.
fn known_to_both(world: &World) -> (Desk, Desk, String) {
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, RESIDENCE);
    meet(&first, &second);
    (first, second, code)
}

fn meet(first: &Desk, second: &Desk) {
    for desk in [first, second, first] {
        desk.syncs().expect("an exchange");
    }
}

fn forwards(desk: &Desk, code: &str) {
    let (unit, receiver) = ("Công chức tư pháp – hộ tịch".to_owned(), "Vi Thị Nga".to_owned());
    desk.takes(code, StepInput::Forward { unit, giver: String::new(), receiver });
}

fn takes(desk: &Desk, code: &str, receipt: &str) {
    let (code, receipt) = (code.to_owned(), receipt.to_owned());
    desk.take_fee(&TakeFee { code, amount: "15.000 đ".to_owned(), receipt, ..TakeFee::default() }).expect("a fee");
}

fn keeps(desk: &Desk, code: &str, part: &str, text: &str) -> desk::error::Result<DossierView> {
    let card = desk.dossier(code)?.cards.into_iter().find(|card| card.part == part).expect("a card");
    let keep = card.versions.iter().find(|version| version.text == text).expect("a version").id.clone();
    let shown = card.versions.into_iter().map(|version| version.id).collect();
    desk.settle(&Settle { code: code.to_owned(), part: part.to_owned(), keep, shown }).map(|(view, _)| view)
}

fn to_review(desk: &Desk) -> Vec<String> {
    let input = ListInput { filter: Filter::Review, text: String::new(), limit: 500, offset: 0 };
    desk.dossiers(&input).expect("the list").into_iter().map(|row| format!("{} {}", row.code, row.cards)).collect()
}

/// What differs between desks about the same dossier is at which of them something was written, and how far it has got.
fn as_elsewhere(mut view: DossierView) -> String {
    for version in view.cards.iter_mut().flat_map(|card| &mut card.versions) {
        version.place = String::new();
    }
    read_aloud(&view)
}

fn said(view: &DossierView) -> String {
    view.timeline.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_dossier_worked_at_two_desks_while_apart() {
    let world = World::new();
    let (first, second, code) = known_to_both(&world);
    world.cut_link();
    world.passes(MINUTE);
    first.change_phone(&code, "0912 000 001").expect("a change");
    first.change_address(&code, "Thôn Nà Ngà, xã Cao Sơn").expect("a change");
    first.correct_name(&code, "Đặng Thị Mỹ Hạnh Nga").expect("a correction");
    first.correct_number(&code, "099157000322").expect("a correction");
    first.record_result(&code, "Số 12/ĐKTT").expect("a result");
    forwards(&first, &code);
    takes(&first, &code, "AB/26P 0000017");
    world.passes(MINUTE);
    second.change_phone(&code, "0912 000 002").expect("a change");
    second.change_address(&code, "Thôn Nà Tàu, xã Cao Sơn").expect("a change");
    second.correct_name(&code, "Đặng Thị Mĩ Hạnh").expect("a correction");
    second.correct_number(&code, "099157000331").expect("a correction");
    second.record_result(&code, "Số 14/ĐKTT").expect("a result");
    let items = vec!["Giấy tờ chứng minh chỗ ở".to_owned()];
    let (agency, reason, basis) = (String::new(), "Thiếu giấy tờ về chỗ ở".to_owned(), String::new());
    second.takes(&code, StepInput::AskPapers { agency, items, reason, basis });
    takes(&second, &code, "AC/26P 0000004");
    world.link_returns();
    meet(&first, &second);

    let (here, there) = (first.dossier(&code).expect("a dossier"), second.dossier(&code).expect("a dossier"));
    assert_eq!(as_elsewhere(here.clone()), as_elsewhere(there));
    let aloud = read_aloud(&here);
    is_golden("merging.txt", &aloud);
    for desk in [&first, &second] {
        assert_eq!(to_review(desk), [format!("{code} 6")]);
        let status = desk.sync_status().expect("a status");
        assert_eq!((status.pill, status.review, &*status.text), (Pill::Attention, 1, "1 hồ sơ cần xem lại"));
        for words in
            ["my hanh nga", "mi hanh", "dang thi my hanh", "0912000001", "099157000322", "099157000321", "na tau"]
        {
            assert_eq!(desk.find(words).expect("a search").len(), 1, "{words}");
        }
        desk.is_sound();
    }

    // One person settles it for both.
    for (part, text) in [
        ("phone", "0912000001"),
        ("address", "Thôn Nà Tàu, xã Cao Sơn"),
        ("name", "Đặng Thị Mĩ Hạnh"),
        ("number", "099······322"),
        ("result", "Số 12/ĐKTT"),
        ("status", "Yêu cầu bổ sung giấy tờ"),
    ] {
        let card = second.dossier(&code).expect("a dossier").cards.into_iter().find(|card| card.part == part);
        let texts = card.expect("a card").versions.into_iter().map(|version| version.text).collect::<Vec<_>>();
        assert!(texts.iter().any(|version| version == text), "{texts:?}");
        keeps(&second, &code, part, text).expect("a choice");
    }
    let line = here.fees[1].id.clone();
    let reason = "Thu hai lần".to_owned();
    second.cancel_fee(&CancelFee { code: code.clone(), line, reason, copies_kept: 3 }).expect("a counter-line");
    meet(&second, &first);
    let settled = first.dossier(&code).expect("a dossier");
    assert_eq!(as_elsewhere(settled.clone()), as_elsewhere(second.dossier(&code).expect("a dossier")));
    assert!(settled.cards.is_empty() && to_review(&first).is_empty());
    assert_eq!((settled.applicant.phone.as_str(), settled.state, &*settled.paid), ("0912000001", 5, "15.000 đ"));
    assert_eq!((&*settled.applicant.name, &*settled.result), ("Đặng Thị Mĩ Hạnh", "Số 12/ĐKTT"));
    assert_eq!(first.reveal(&code).expect("a look").number, "099157000322");
    // Nothing is gone, and the work goes on from the state that was chosen.
    for text in here.timeline.iter().map(|line| &line.text) {
        assert!(said(&settled).contains(text), "{text} is gone:\n{}", said(&settled));
    }
    first.takes(&code, StepInput::PapersCame { papers: vec![] });
    meet(&first, &second);
    let late = world.enrolled_desk("Xã Cao Sơn");
    late.syncs().expect("an exchange");
    let everywhere = as_elsewhere(first.dossier(&code).expect("a dossier"));
    for desk in [&first, &second, &late] {
        assert_eq!(as_elsewhere(desk.dossier(&code).expect("a dossier")), everywhere);
        let view = desk.dossier(&code).expect("a dossier");
        assert_eq!((view.state, view.cards.len()), (4, 0));
        assert_eq!(desk.sync_status().expect("a status").pill, Pill::AllSent);
        desk.is_sound();
    }
}

#[test]
fn two_persons_who_choose_differently_while_apart_are_asked_again() {
    let world = World::new();
    let (first, second, code) = known_to_both(&world);
    world.cut_link();
    first.correct_name(&code, "Đặng Mỹ Hạnh").expect("a correction");
    second.correct_name(&code, "Đặng Mĩ Hạnh").expect("a correction");
    world.link_returns();
    meet(&first, &second);
    world.cut_link();
    keeps(&first, &code, "name", "Đặng Mỹ Hạnh").expect("a choice");
    keeps(&second, &code, "name", "Đặng Mĩ Hạnh").expect("a choice");
    assert!(to_review(&first).is_empty() && to_review(&second).is_empty());
    world.link_returns();
    meet(&first, &second);
    for desk in [&first, &second] {
        assert_eq!(desk.dossier(&code).expect("a dossier").applicant.name, HANH.name, "nobody's choice is in force");
        assert_eq!(to_review(desk), [format!("{code} 1")]);
    }
    keeps(&second, &code, "name", "Đặng Mỹ Hạnh").expect("a choice");
    meet(&second, &first);
    assert_eq!(first.dossier(&code).expect("a dossier").applicant.name, "Đặng Mỹ Hạnh");
    assert!(to_review(&first).is_empty());
}

#[test]
fn a_card_that_changed_since_it_was_shown_is_shown_again() {
    let world = World::new();
    let (first, second, code) = known_to_both(&world);
    let third = world.enrolled_desk("Xã Cao Sơn");
    third.syncs().expect("an exchange");
    first.change_phone(&code, "0912 000 001").expect("a change");
    second.change_phone(&code, "0912 000 002").expect("a change");
    third.change_phone(&code, "0912 000 003").expect("a change");
    meet(&second, &first);
    let card = first.dossier(&code).expect("a dossier").cards.remove(0);
    let shown: Vec<String> = card.versions.into_iter().map(|version| version.id).collect();
    // While the officer looks at it, what the third desk wrote arrives.
    meet(&third, &first);
    let late = Settle { code: code.clone(), part: "phone".to_owned(), keep: shown[0].clone(), shown };
    assert_eq!(first.settle(&late).expect_err("the card is another").code(), Code::NothingToSettle);
    assert_eq!(to_review(&first), [format!("{code} 1")]);
    keeps(&first, &code, "phone", "0912000003").expect("a choice");
}

#[test]
fn a_desk_with_a_wrong_clock_that_has_seen_a_value_changes_it_without_a_card() {
    let world = World::new();
    let (first, second, code) = known_to_both(&world);
    first.clock_is_off_by(9 * MINUTE);
    first.change_phone(&code, "0912 000 001").expect("a change");
    meet(&first, &second);
    second.change_phone(&code, "0912 000 002").expect("a change");
    meet(&second, &first);
    for desk in [&first, &second] {
        let view = desk.dossier(&code).expect("a dossier");
        assert_eq!((&*view.applicant.phone, view.cards.len()), ("0912000002", 0));
    }
}

#[test]
fn a_restored_desk_still_knows_what_it_had_seen() {
    let world = World::new();
    let (first, mut second, code) = known_to_both(&world);
    first.change_phone(&code, "0912 000 001").expect("a change");
    meet(&first, &second);
    second.add_note(&code, "Đã thấy số mới").expect("a remark");
    let backup = world.path("usb/cao-son.mcxb");
    second.back_up_to(&backup).expect("a backup");
    second.syncs().expect("an exchange");
    second.restores(&backup).expect("the backup");
    second.change_phone(&code, "0912 000 002").expect("a change under the spare number");
    second.syncs().expect("an exchange");
    meet(&second, &first);
    let view = first.dossier(&code).expect("a dossier");
    assert_eq!((&*view.applicant.phone, view.cards.len()), ("0912000002", 0));
}

#[test]
fn what_cannot_be_right_is_refused() {
    let world = World::new();
    let (first, _, code) = known_to_both(&world);
    let refused = |result: desk::api::Done<DossierView>| result.expect_err("a refusal").code();
    let step = StepInput::PapersCame { papers: vec![] };
    let early = TakeStep { code: code.clone(), step, at: String::new(), note: String::new(), answered: vec![] };
    assert_eq!(first.take_step(&early).expect_err("a refusal").code(), Code::NotInThisState);
    for amount in ["", "tám nghìn", "-8000", "8,5"] {
        let fee = TakeFee { code: code.clone(), amount: amount.into(), ..TakeFee::default() };
        let error = first.take_fee(&fee).expect_err(amount);
        let said = desk::texts::sentences(first.language(), &error).what;
        assert_eq!((error.code(), &*said), (Code::FieldWrong, "Giá trị ở ô số tiền chưa đúng."), "{amount}");
    }
    let nothing = TakeFee { code: code.clone(), amount: "0".into(), ..TakeFee::default() };
    let error = first.take_fee(&nothing).expect_err("a fee of 0 without a ground");
    let said = desk::texts::sentences(first.language(), &error).what;
    assert!(said.contains("căn cứ của mức thu 0 đồng"), "{said}");
    takes(&first, &code, "");
    let line = first.dossier(&code).expect("a dossier").fees[0].id.clone();
    let cancel = |line: &str, reason: &str| {
        let (line, reason) = (line.into(), reason.into());
        first.cancel_fee(&CancelFee { code: code.clone(), line, reason, copies_kept: 0 })
    };
    assert_eq!(refused(cancel(&line, " ")), Code::FieldWrong);
    assert_eq!(refused(cancel("9/9", "nhầm")), Code::NoFeeLine);
    cancel(&line, "nhầm").expect("a counter-line");
    assert_eq!(refused(cancel(&line, "nhầm")), Code::NoFeeLine);
    assert_eq!(refused(first.correct_name(&code, "123")), Code::FieldWrong);
    assert_eq!(refused(first.correct_number(&code, "0991570003")), Code::FieldWrong);
    let choice = Settle { code: code.clone(), part: "phone".into(), keep: line, shown: vec![] };
    assert_eq!(refused(first.settle(&choice)), Code::NothingToSettle);
    // What changes nothing writes nothing.
    let before = first.dossier(&code).expect("a dossier").timeline.len();
    first.correct_name(&code, HANH.name).expect("nothing to do");
    first.change_address(&code, HANH.address).expect("nothing to do");
    assert_eq!(first.dossier(&code).expect("a dossier").timeline.len(), before);
}

#[test]
fn a_store_made_by_older_rules_is_folded_anew() {
    let world = World::new();
    let (mut first, second, code) = known_to_both(&world);
    world.cut_link();
    first.change_phone(&code, "0912 000 001").expect("a change");
    second.change_phone(&code, "0912 000 002").expect("a change");
    world.link_returns();
    meet(&first, &second);
    let before = read_aloud(&first.dossier(&code).expect("a dossier"));
    first.closes();
    let raw = first.raw();
    raw.change("DELETE FROM seen");
    raw.change("DELETE FROM dossier_words");
    raw.change("UPDATE dossier SET cards = 0, former = '', phone = ''");
    raw.change("DELETE FROM setting WHERE key = 'fold'");
    drop(raw);
    first.opens().expect("the desk");
    first.is_sound();
    assert_eq!(read_aloud(&first.dossier(&code).expect("a dossier")), before);
    assert_eq!(to_review(&first), [format!("{code} 1")]);
    assert_eq!(first.find("0912000001").expect("a search").len(), 1);
}
