//! Finding people and dossiers again: by whatever an officer remembers, by who lives together, by who is served twice.

use desk::api::drafts::{Draft, ReusedInput};
use desk::api::people::PersonInput;
use desk::api::receive::Receive;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, Person, RESIDENCE, World, YNUE};

fn found(desk: &Desk, text: &str) -> Vec<String> {
    let mut codes: Vec<String> = desk.find(text).expect("a search").into_iter().map(|row| row.code).collect();
    codes.sort();
    codes
}

#[test]
fn a_dossier_is_found_by_whatever_is_remembered() {
    let world = World::new();
    world.it_is("2026-11-18T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let with_phone = |who: &Person, phone: &str, procedure| {
        let mut draft = desk.draft(who, procedure);
        draft.applicant.phone = phone.into();
        desk.receive_answering_all(draft, desk.now().expect("a time")).expect("a dossier").0.code
    };
    let hanh = with_phone(&HANH, "0912345678", BIRTH);
    world.it_is("2026-11-20T09:00:00");
    let pao = with_phone(&PAO, "0987654321", CERTIFIED_COPY);
    let ynue = with_phone(&YNUE, "", RESIDENCE);
    world.it_is("2026-11-23T09:00:00");
    for (text, wanted) in [
        ("hanh", vec![&hanh]),
        ("Mỹ Hạnh", vec![&hanh]),
        ("hạnh đặng", vec![&hanh]),
        ("dtmh", vec![&hanh]),
        ("mh", vec![]),
        ("a pao", vec![&pao]),
        ("pa", vec![&pao]),
        ("nue", vec![&ynue]),
        ("Y Nuê", vec![&ynue]),
        ("1957", vec![&hanh]),
        ("21/3/1957", vec![&hanh]),
        ("hanh 1957", vec![&hanh]),
        ("nà mẫu", vec![&hanh]),
        ("0912 345 678", vec![&hanh]),
        ("5678", vec![&hanh]),
        ("0321", vec![&hanh]),
        ("1.001193", vec![&hanh]),
        ("khai sinh", vec![&hanh]),
        ("20/11", vec![&pao, &ynue]),
        ("20/11/2026", vec![&pao, &ynue]),
        ("pao 20/11", vec![&pao]),
        ("hôm nay", vec![]),
        ("tháng 11", vec![&hanh, &pao, &ynue]),
        ("tháng 10", vec![]),
        ("quá hạn", vec![&hanh, &pao]),
        ("hạnh quá hạn", vec![&hanh]),
        ("chờ bổ sung", vec![]),
        ("mới tiếp nhận", vec![&hanh, &pao, &ynue]),
        ("nuê mới tiếp nhận", vec![&ynue]),
        (&*hanh, vec![&hanh]),
    ] {
        assert_eq!(found(&desk, text), wanted.into_iter().cloned().collect::<Vec<_>>(), "{text}");
    }
    let end = pao.get(pao.len() - 3..).expect("three digits");
    assert!(found(&desk, end).contains(&pao), "by the last digits of its number");
    desk.is_sound();
}

#[test]
fn a_household_and_its_papers_are_seen_at_the_next_visit() {
    let world = World::new();
    world.it_is("2026-10-01T09:00:00");
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let earlier = desk.receives(&HANH, BIRTH);
    let paper = desk.dossier(&earlier).expect("a dossier").papers[1].name.clone();
    desk.attach(&earlier, 2, &[world.scanned_page("chung-sinh.png", 30_000)]).expect("a scan");
    world.it_is("2026-11-23T09:00:00");
    // A son of the same hamlet and family, and his mother, who is known.
    let son = PersonInput {
        name: "Đặng Văn Sơn".into(),
        address: "thôn Nà Mẫu, xã Cao Sơn".into(),
        ..PersonInput::default()
    };
    let around = desk.around(&Draft { applicant: son, ..desk.draft(&PAO, BIRTH) }).expect("what is known");
    let ties: Vec<(&str, &str)> =
        around.household.iter().map(|row| (row.code.as_str(), row.tie_text.as_str())).collect();
    assert_eq!(ties, [(earlier.as_str(), "Cùng thôn, cùng họ – có thể là người nhà")]);
    assert!(around.papers.is_empty(), "papers of somebody who is only perhaps a relative are not offered");
    assert!(desk.around(&desk.draft(&YNUE, BIRTH)).expect("what is known").household.is_empty());

    let mut draft = desk.draft(&HANH, BIRTH);
    let around = desk.around(&draft).expect("what is known");
    assert_eq!(around.household[0].tie_text, "Của chính người này");
    assert!(around.alike.is_empty(), "more than thirty days ago");
    let [reusable] = around.papers.as_slice() else { panic!("{:?}", around.papers) };
    assert_eq!((reusable.paper.as_str(), reusable.code.as_str()), (paper.as_str(), earlier.as_str()));
    // The officer uses the scan again: the paper is not missing though nobody brought it.
    draft.papers.retain(|one| one.name != paper);
    let (code, scan) = (reusable.code.clone(), reusable.scan.clone());
    draft.reused = vec![ReusedInput { paper: paper.clone(), code, scan }];
    let (received, _) = desk.receive(&Receive { draft: draft.clone(), answered: vec![] }).expect("an answer");
    assert!(received.questions.is_empty(), "{received:?}");
    let page = desk.dossier(&received.code).expect("a dossier");
    assert_eq!((page.reused[0].paper.as_str(), page.reused[0].code.as_str()), (paper.as_str(), earlier.as_str()));
    assert!(page.timeline.iter().any(|line| line.text.contains("Dùng lại giấy tờ")), "{:?}", page.timeline);
    draft.reused[0].scan = "00".into();
    assert_eq!(desk.check_intake(&draft).expect("a check")[0].field, "papers");
    desk.syncs().expect("an exchange");
    assert_eq!(world.codes_at_the_province(&desk).len(), 2);
    desk.is_sound();
}

#[test]
fn a_likely_duplicate_shows_while_it_is_typed() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    world.days_pass(7);
    let typed = |name: &str, number: &str, born: &str, address: &str| {
        let applicant = PersonInput {
            name: name.into(),
            number: number.into(),
            born: born.into(),
            address: address.into(),
            ..PersonInput::default()
        };
        let draft = Draft { applicant, procedure: Some(BIRTH.into()), sets: 1, ..Draft::default() };
        desk.around(&draft).expect("what is known").alike.into_iter().map(|row| row.code).collect::<Vec<_>>()
    };
    assert_eq!(typed("dang thi my hanh", "", "1957", ""), [&*code], "name and year, without marks");
    assert_eq!(typed("", HANH.number, "", ""), [&*code], "the number alone");
    assert_eq!(typed("Đặng Thị Mỹ Hạnh", "", "1958", ""), [""; 0], "another year");
    assert_eq!(typed("Đặng Thị Mỹ Hạnh", "", "", "Bản Pờ Tó, xã Cao Sơn"), [""; 0], "another village");
    assert_eq!(typed("Đặng Thị Mỹ Hạnh", PAO.number, "", ""), [""; 0], "another number");
    assert_eq!(typed("Đặng", "", "1957", ""), [""; 0], "a family name is nobody yet");
    world.days_pass(40);
    assert_eq!(typed("dang thi my hanh", "", "1957", ""), [""; 0], "long ago");
    desk.is_sound();
}
