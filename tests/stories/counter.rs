//! What happens at the counter: questions, refusals, clocks, full lanes, and a catalogue that changes.

use desk::api::dossiers::Urgency;
use desk::api::drafts::Channel;
use desk::api::officers::{AddOfficer, Role};
use desk::api::receive::Receive;
use desk::error::Code;
use jiff::civil::DateTime;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, DAY, Desk, HANH, MARRIAGE, MINUTE, PAO, RESIDENCE, World};

fn questions(desk: &Desk, procedure: &str) -> Vec<String> {
    let tried = desk.tries(&HANH, procedure).expect("questions, or a dossier");
    assert_eq!(tried.questions.is_empty(), !tried.code.is_empty(), "with open questions nothing is received");
    tried.questions.into_iter().map(|question| question.code).collect()
}

#[test]
fn the_same_person_twice_on_one_day_is_a_question_not_an_error() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    assert_eq!(questions(&desk, BIRTH), [""; 0]);
    assert_eq!(questions(&desk, BIRTH), ["same_day"]);
    assert_eq!(desk.codes().len(), 1);
    assert_eq!(questions(&desk, CERTIFIED_COPY), [""; 0], "another procedure is another matter");

    let (again, _) = desk
        .receive(&Receive { draft: desk.draft(&HANH, BIRTH), answered: vec!["same_day".into()] })
        .expect("a dossier");
    assert_eq!(again.code, "H56.14-261123-00003");
    world.days_pass(1);
    assert_eq!(questions(&desk, BIRTH), [""; 0], "tomorrow is another day");
}

#[test]
fn papers_that_are_missing_are_a_question_that_names_them() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let mut draft = desk.draft(&HANH, BIRTH);
    let missing = draft.papers.remove(0).name;
    let (asked, _) = desk.receive(&Receive { draft, answered: vec![] }).expect("a question");
    assert_eq!((asked.code.as_str(), asked.questions.len()), ("", 1));
    assert!(asked.questions[0].text.contains(&missing), "{}", asked.questions[0].text);
}

#[test]
fn a_clock_that_went_back_by_a_day_is_a_question_before_a_receipt_is_printed() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    desk.receives(&PAO, BIRTH);
    desk.clock_is_off_by(-DAY);
    assert_eq!(questions(&desk, BIRTH), ["clock_doubtful"]);
    assert_eq!(desk.codes().len(), 1);
    assert!(desk.notices().expect("notices").iter().any(|notice| notice.code == "clock_went_back" && notice.urgent));

    let answered = vec!["clock_doubtful".into()];
    let (received, _) = desk.receive(&Receive { draft: desk.draft(&HANH, BIRTH), answered }).expect("a dossier");
    assert_eq!(received.code, "H56.14-261122-00001", "the office said that this is the day");
    desk.clock_is_off_by(-11 * 60 * MINUTE);
    assert_eq!(questions(&desk, CERTIFIED_COPY), [""; 0], "half a day may be a summer's mistake; it is only shown");
    desk.is_sound();
}

#[test]
fn legal_time_is_the_hubs_where_the_desks_clock_is_wrong() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.clock_is_off_by(-3 * DAY);
    assert_eq!(desk.now().expect("a time").to_string(), "2026-11-20T08:00:00");
    desk.syncs().expect("an exchange");
    assert_eq!(desk.now().expect("a time").to_string(), "2026-11-23T08:00:00");
    assert_eq!(desk.receives(&HANH, BIRTH), "H56.14-261123-01001");
    assert!(desk.notices().expect("notices").iter().any(|notice| notice.code == "clock_slow"));
}

#[test]
fn a_volunteer_gives_no_receipts() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let volunteer = AddOfficer { name: "Tình nguyện viên A".into(), role: Role::Volunteer, pin: "135791".into() };
    desk.add_officer(&volunteer).expect("an officer");
    desk.seats("tình nguyện viên a");
    assert_eq!(desk.tries(&HANH, BIRTH).expect_err("not allowed").code(), Code::NotAllowed);
    assert_eq!(desk.codes(), [""; 0]);
    assert_eq!(desk.add_officer(&volunteer).expect_err("not allowed").code(), Code::NotAllowed);
    assert_eq!(desk.enrols().expect_err("not allowed").code(), Code::NotAllowed);
}

#[test]
fn a_marriage_is_not_handed_in_by_somebody_else() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let for_another = |procedure| {
        let mut draft = desk.draft(&HANH, procedure);
        draft.submitter = Some(PAO.input());
        draft.relation = "cháu".into();
        desk.receive(&Receive { draft, answered: vec![] })
    };
    assert_eq!(for_another(MARRIAGE).expect_err("TT 04/2020/TT-BTP").code(), Code::NoAuthorisation);
    assert_eq!(desk.codes(), [""; 0], "and no number is used up");
    let (received, _) = for_another(BIRTH).expect("a dossier");
    assert_eq!(received.code, "H56.14-261123-00001");
    let submitter = desk.dossier(&received.code).expect("a dossier").submitter.expect("a submitter");
    assert_eq!(submitter.name, PAO.name);
}

#[test]
fn a_full_lane_goes_on_in_the_spare_lanes_and_then_says_so() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.receives(&HANH, BIRTH);
    let raw = desk.raw();
    let fill = |lane: u8| {
        raw.change(&format!("INSERT OR REPLACE INTO day_number (day, lane, last) VALUES ('2026-11-23', {lane}, 998)"));
    };
    for lane in 1..=5 {
        fill(lane);
        assert_eq!(desk.receives(&HANH, CERTIFIED_COPY), format!("H56.14-261123-0{lane}999"));
    }
    let error = desk.tries(&PAO, CERTIFIED_COPY).expect_err("every lane is full");
    assert_eq!(error.code(), Code::NumbersExhausted);
    assert_eq!(desk.codes().len(), 6);
    world.days_pass(1);
    assert_eq!(desk.receives(&PAO, CERTIFIED_COPY), "H56.14-261124-01001");
    desk.syncs().expect("an exchange");
    assert_eq!(world.codes_at_the_province(&desk), desk.codes());
    desk.is_sound();
}

#[test]
fn what_is_settled_the_same_day_is_due_the_next_working_day_from_three_in_the_afternoon() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let due = |at: &str| {
        desk.deadline(BIRTH, at.parse::<DateTime>().expect("a moment"), Channel::Counter, None).expect("a deadline").due
    };
    // A Monday before a holiday (24/11, Ngày Văn hoá Việt Nam), a Tuesday, and a Friday before a weekend.
    for (at, moment) in [
        ("2026-11-23T08:00", "2026-11-23T17:00:00+07:00"),
        ("2026-11-23T14:59", "2026-11-23T17:00:00+07:00"),
        ("2026-11-23T15:00", "2026-11-25T17:00:00+07:00"),
        ("2026-12-01T15:00", "2026-12-02T17:00:00+07:00"),
        ("2026-11-27T15:00", "2026-11-30T17:00:00+07:00"),
        ("2026-11-28T09:00", "2026-11-30T17:00:00+07:00"),
    ] {
        assert_eq!(due(at).as_deref(), Some(moment), "{at}");
    }
    world.it_is("2026-12-01T15:00:00");
    let code = desk.receives(&HANH, BIRTH);
    let shown = desk.dossier(&code).expect("a dossier");
    assert_eq!(shown.due.as_deref(), Some("2026-12-02T17:00:00+07:00"));
    assert!(!shown.deadline_steps.is_empty());
    for (now, urgency) in [
        ("2026-12-01T16:00:00", Urgency::Ok),
        ("2026-12-02T07:00:00", Urgency::Today),
        ("2026-12-02T17:00:01", Urgency::Late),
    ] {
        world.it_is(now);
        assert_eq!(desk.dossier(&code).expect("a dossier").urgency, urgency, "{now}");
    }
    assert_eq!(desk.today().expect("the first screen").late, 1);
}

#[test]
fn a_dossier_keeps_the_catalogue_version_it_was_received_under() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, RESIDENCE);
    let (name, due) = {
        let shown = desk.dossier(&before).expect("a dossier");
        (shown.procedure, shown.due)
    };
    let file = world.path("danh-muc.json");
    let catalogue = serde_json::json!({ "format": "motcua-catalogue", "version": 1, "as_of": "2026-11-23", "procedures": [{
        "code": RESIDENCE, "name": "Đăng ký thường trú (mới)", "field": "Đăng ký, quản lý cư trú",
        "from": "2026-11-23", "decision": "1/QĐ-THU", "handled_by": "Công an cấp xã", "may_authorise": true,
        "times": [{ "channels": ["counter", "online", "post"], "limit": { "unit": "working_days", "count": 9 } }],
        "fees": [], "papers": [], "results": [], "notes": [], "doubts": [], "source": "thử"
    }]});
    std::fs::write(&file, catalogue.to_string()).expect("a file");
    let (preview, _) = desk.import_catalogue(&file, true).expect("a preview");
    assert!(preview.changes.iter().any(|change| change.code == RESIDENCE), "{preview:?}");
    assert_eq!(
        desk.dossier(&desk.receives(&PAO, RESIDENCE)).expect("a dossier").procedure,
        name,
        "a preview changes nothing"
    );
    desk.import_catalogue(&file, false).expect("an import");
    desk.opens().expect("the desk, the next morning");

    let after = desk.receives(&HANH, RESIDENCE);
    let shown = desk.dossier(&after).expect("a dossier");
    assert_eq!(shown.procedure, "Đăng ký thường trú (mới)");
    assert_eq!(shown.due.as_deref(), Some("2026-12-07T17:00:00+07:00"), "nine working days and a holiday");
    let kept = desk.dossier(&before).expect("a dossier");
    assert_eq!((kept.procedure, kept.due), (name, due));
    desk.is_sound();
}
