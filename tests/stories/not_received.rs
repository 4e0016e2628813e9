//! Visits that end without a dossier, times that are chosen, papers that depend on the case (officer.md 1.3).

use desk::api::drafts::{AnswerInput, Channel, Draft};
use desk::api::not_received::{NotReceivedInput, OutcomeInput, TurnAway};
use desk::api::officers::{AddOfficer, Role};
use desk::api::people::PersonInput;
use desk::api::receive::Receive;
use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, World, YNUE};
use std::fs;

/// Thay đổi, cải chính, bổ sung: two times. Xác nhận thông tin hộ tịch: none.
const CORRECTION: &str = "1.004859";
const NO_TIME: &str = "2.002516";

fn visit(draft: Draft, outcome: OutcomeInput, missing: &[&str], reason: &str) -> TurnAway {
    let missing = missing.iter().map(|name| (*name).to_owned()).collect();
    TurnAway { draft, outcome, missing, reason: reason.to_owned(), basis: String::new() }
}

fn asks_only(procedure: &str) -> Draft {
    Draft { procedure: Some(procedure.to_owned()), sets: 1, ..Draft::default() }
}

fn counts(desk: &Desk) -> Vec<(String, [u32; 3])> {
    let list =
        desk.not_received(&NotReceivedInput { first: "2026-11-01".into(), last: String::new() }).expect("a list");
    list.days.into_iter().map(|day| (day.date, [day.supplement, day.refused, day.asked])).collect()
}

#[test]
fn an_incomplete_file_gets_a_form_and_no_number() {
    let world = World::new();
    world.it_is("2026-11-23T08:00:00");
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let away = |visit: &TurnAway| desk.turn_away(visit).map(|(row, _)| row);
    let mut draft = desk.draft(&HANH, BIRTH);
    draft.id = Some(desk.save_draft(&draft).expect("a draft").0.id);
    let row = away(&visit(draft, OutcomeInput::Supplement, &["Giấy chứng sinh"], "")).expect("form 02");
    assert!(row.sheet[1].contains("Mẫu 02") && row.sheet.iter().any(|line| line == "1. Giấy chứng sinh"), "{row:?}");
    assert!(desk.today().expect("today").drafts.is_empty(), "the draft is done with");
    away(&visit(desk.draft(&PAO, BIRTH), OutcomeInput::Refused, &[], "Không thuộc thẩm quyền")).expect("form 03");
    let asked = away(&visit(asks_only(BIRTH), OutcomeInput::Asked, &[], "")).expect("guidance");
    assert!(asked.sheet.iter().any(|line| line.contains("Giấy chứng sinh")), "guidance names the papers");
    for (wrong, code) in [
        (visit(desk.draft(&YNUE, BIRTH), OutcomeInput::Supplement, &[], ""), Code::NothingAsked),
        (visit(desk.draft(&YNUE, BIRTH), OutcomeInput::Refused, &[], ""), Code::FieldWrong),
        (visit(asks_only(BIRTH), OutcomeInput::Refused, &[], "Không thuộc thẩm quyền"), Code::FieldWrong),
        (visit(asks_only("9.999999"), OutcomeInput::Asked, &[], ""), Code::ProcedureUnknown),
    ] {
        assert_eq!(away(&wrong).expect_err("refused").code(), code);
    }
    world.days_pass(1);
    away(&visit(asks_only(CERTIFIED_COPY), OutcomeInput::Asked, &[], "")).expect("guidance");
    let both = vec![("2026-11-24".to_owned(), [0, 0, 1]), ("2026-11-23".to_owned(), [1, 1, 1])];
    assert_eq!(counts(&desk), both);
    assert_eq!(desk.codes(), [""; 0], "no dossier, no number");
    assert_eq!(desk.receives(&HANH, BIRTH), "H56.14-261124-01001", "and none was used up");
    desk.is_sound();

    // The commune's other desk sees them, and a desk that is restored still has them.
    let other = world.enrolled_desk("Xã Cao Sơn");
    desk.syncs().expect("an exchange");
    other.syncs().expect("an exchange");
    assert_eq!(counts(&other), both);
    assert_eq!(world.codes_at_the_province(&desk).len(), 1, "the province counts no dossier of them");
    other.is_sound();
}

#[test]
fn a_volunteer_may_only_say_that_somebody_asked() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let volunteer = AddOfficer { name: "Tình nguyện viên A".into(), role: Role::Volunteer, pin: "135791".into() };
    desk.add_officer(&volunteer).expect("an officer");
    desk.seats("tình nguyện viên a");
    let refusal = visit(desk.draft(&HANH, BIRTH), OutcomeInput::Refused, &[], "Không thuộc thẩm quyền");
    assert_eq!(desk.turn_away(&refusal).expect_err("not allowed").code(), Code::NotAllowed);
    desk.turn_away(&visit(asks_only(BIRTH), OutcomeInput::Asked, &[], "")).expect("guidance");
}

#[test]
fn a_changed_row_of_a_visit_is_noticed() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    desk.turn_away(&visit(asks_only(BIRTH), OutcomeInput::Asked, &[], "")).expect("guidance");
    desk.closes();
    desk.raw().change("UPDATE not_received SET outcome = 'refused'");
    desk.opens().expect("a desk");
    let faults = desk.verify().expect("a verification").faults;
    assert!(faults.iter().any(|fault| fault.contains("visits")), "{faults:?}");
}

#[test]
fn the_officer_says_which_case_it_is() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let correction = |case: Option<&str>| {
        let draft = Draft { case: case.map(str::to_owned), ..desk.draft(&HANH, CORRECTION) };
        desk.receive(&Receive { draft, answered: vec!["same_day".into(), "papers_missing".into()] })
            .expect("an answer")
            .0
    };
    let open = correction(None);
    assert_eq!(open.questions.iter().map(|q| q.code.as_str()).collect::<Vec<_>>(), ["case_open"]);
    assert_eq!(desk.codes(), [""; 0]);
    let added = correction(Some("bổ sung thông tin hộ tịch"));
    assert_eq!(added.due.as_deref(), Some("2026-11-19T17:00:00+07:00"));
    let changed = correction(Some("thay đổi, cải chính hộ tịch, xác định lại dân tộc"));
    assert_eq!(changed.due.as_deref(), Some("2026-11-25T17:00:00+07:00"), "three working days, 24/11 is a day off");
    let page = desk.dossier(&changed.code).expect("a dossier");
    assert_eq!((page.case.as_str(), page.due_agreed), ("thay đổi, cải chính hộ tịch, xác định lại dân tộc", false));
    let at = desk.now().expect("a time");
    let view = desk.deadline(CORRECTION, at, Channel::Counter, Some("bo sung thong tin ho tich")).expect("a deadline");
    assert_eq!(view.due, added.due, "also without marks");
    desk.is_sound();
}

#[test]
fn a_day_is_agreed_only_where_the_law_gives_none() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let wrong = |procedure: &str, agreed: &str| {
        let draft = Draft { agreed: agreed.into(), ..desk.draft(&HANH, procedure) };
        let problems = desk.check_intake(&draft).expect("a check");
        problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
    };
    assert_eq!(wrong(BIRTH, "27/11/2026"), ["agreed"], "the law gives a time");
    for day in ["19/11/2026", "22/11/2026", "mai", "1/1/2026"] {
        assert_eq!(wrong(NO_TIME, day), ["agreed"], "{day}");
    }
    assert_eq!(wrong(NO_TIME, "27/11/2026"), [""; 0]);
    let plain = desk.receives(&HANH, NO_TIME);
    assert_eq!(desk.dossier(&plain).expect("a dossier").due, None, "nothing is guessed");
    let draft = Draft { agreed: "27/11/2026".into(), ..desk.draft(&PAO, NO_TIME) };
    let (received, _) = desk.receive_answering_all(draft, desk.now().expect("a time")).expect("a dossier");
    assert_eq!(received.due.as_deref(), Some("2026-11-27T17:00:00+07:00"));
    assert!(received.warnings.iter().any(|warning| warning.code == "day_agreed"));
    let page = desk.dossier(&received.code).expect("a dossier");
    assert!(page.due_agreed && page.deadline_steps.is_empty(), "an agreed day is not the law's");
    desk.is_sound();
}

#[test]
fn conditions_of_papers_are_asked_once_and_kept() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let mut draft = desk.draft(&HANH, BIRTH);
    let asked = |draft: &Draft| -> Vec<String> {
        desk.papers_asked(draft).expect("papers").questions.into_iter().map(|question| question.condition).collect()
    };
    let all = asked(&draft);
    assert!(all.iter().any(|condition| condition == "không có giấy chứng sinh"), "{all:?}");
    assert!(!all.iter().any(|condition| condition.contains("bưu chính") || condition.contains("ủy quyền")), "{all:?}");
    let tries = |draft: &Draft| desk.receive(&Receive { draft: draft.clone(), answered: vec![] }).expect("an answer").0;
    let abandoned = "trẻ bị bỏ rơi".to_owned();
    draft.answers = vec![AnswerInput { condition: abandoned.clone(), yes: true }];
    let missing = tries(&draft);
    assert!(missing.questions[0].text.contains("trẻ bị bỏ rơi do cơ quan"), "{missing:?}");
    draft.answers = vec![AnswerInput { condition: abandoned.clone(), yes: false }];
    draft.submitter = Some(PersonInput { name: "Vàng Thị Dợ".into(), ..PersonInput::default() });
    draft.relation = "hàng xóm".into();
    assert!(tries(&draft).questions[0].text.contains("ủy quyền"), "a neighbour brings an authorisation");
    draft.relation = "bà ngoại".into();
    let received = tries(&draft);
    assert!(received.questions.is_empty(), "a grandmother needs none for a birth: {received:?}");
    let answers = desk.dossier(&received.code).expect("a dossier").answers;
    assert_eq!(answers, [AnswerInput { condition: abandoned, yes: false }]);
    desk.is_sound();
}

#[test]
fn an_import_says_what_changes_and_from_when_and_moves_no_old_dossier() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let old = desk.receives(&HANH, "1.004873");
    let file = world.path("danh-muc.json");
    let version = |code: &str, name: &str, from: &str, more: &str| {
        format!(r#"{{"code":"{code}","name":"{name}","field":"Hộ tịch","from":"{from}","papers":[]{more}}}"#)
    };
    let time = r#","times":[{"channels":["counter"],"limit":{"unit":"working_days","count":2}}]"#;
    let rows = [
        version("1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân", "2026-12-01", time),
        version("1.900001", "Thủ tục mới", "2026-11-19", time),
        version("1.900002", "Thủ tục cũ", "2025-07-01", r#","to":"2026-11-18","replaced_by":["1.900001"]"#),
        version("1.001193", "Thủ tục đăng ký khai sinh", "2025-07-01", r#","to":"2026-11-30""#),
    ];
    let text = format!(r#"{{"format":"motcua-catalogue","version":1,"procedures":[{}]}}"#, rows.join(","));
    fs::write(&file, text).expect("a file");
    let (preview, _) = desk.import_catalogue(&file, true).expect("a preview");
    let told: Vec<(&str, &str, &str)> =
        preview.changes.iter().map(|row| (row.from.as_str(), row.code.as_str(), row.what.as_str())).collect();
    for change in [
        ("2026-11-19", "1.900001", "new"),
        ("2026-12-01", "1.004873", "time"),
        ("2026-12-01", "1.004873", "papers"),
        ("2026-12-01", "1.001193", "gone"),
    ] {
        assert!(told.contains(&change), "{change:?} in {told:?}");
    }
    let time = preview.changes.iter().find(|row| row.what == "time" && row.code == "1.004873").expect("a change");
    assert_eq!(time.detail, "3 ngày làm việc → 2 ngày làm việc");
    assert!(desk.procedure(&procedure("1.900001")).is_err(), "a preview changes nothing");
    desk.import_catalogue(&file, false).expect("an import");
    assert_eq!(
        desk.procedure(&procedure("1.004873")).expect("a procedure").time,
        "3 ngày làm việc",
        "not before its day"
    );
    let ended = desk.procedure(&procedure("1.900002")).expect_err("it has ended");
    assert_eq!(ended.code(), Code::ProcedureReplaced);
    let said = desk::api::Trouble::of(desk::texts::Language::Vietnamese, &ended);
    assert!(said.what.contains("18/11/2026") && said.r#do.contains("1.900001 Thủ tục mới"), "{said:?}");
    world.it_is("2026-12-01T09:00:00");
    assert_eq!(desk.procedure(&procedure("1.004873")).expect("a procedure").time, "2 ngày làm việc");
    assert_eq!(desk.procedure(&procedure("1.001193")).expect_err("abolished yesterday").code(), Code::ProcedureEnded);
    assert_eq!(desk.dossier(&old).expect("a dossier").due.as_deref(), Some("2026-11-25T17:00:00+07:00"));
}

fn procedure(code: &str) -> desk::api::procedures::ProcedureInput {
    desk::api::procedures::ProcedureInput { code: code.to_owned(), channel: Channel::Counter, case: None }
}
