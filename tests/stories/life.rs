//! Whole lives of dossiers, each with its page as a clerk reads it (tests/golden/life).

use desk::api::dossiers::{DossierView, Filter, ListInput};
use desk::api::fees::TakeFee;
use desk::api::life::{CapacityInput, DeliveryInput, ResultInput, StepInput, StepTaken, TakeStep};
use desk::api::receive::Receive;
use desk::error::Code;
use motcua_tests::support::{BIRTH, Desk, HANH, MARRIAGE, PAO, World, is_golden, read_aloud};

/// Khai tử; xác nhận tình trạng hôn nhân, 3 working days.
const DEATH: &str = "1.000656";
const MARITAL_STATUS: &str = "1.004873";

fn takes(desk: &Desk, code: &str, step: StepInput) -> StepTaken {
    asks(desk, code, step, &[])
}

fn asks(desk: &Desk, code: &str, step: StepInput, answered: &[&str]) -> StepTaken {
    let answered = answered.iter().map(|code| (*code).to_owned()).collect();
    let taken = TakeStep { code: code.to_owned(), step, at: String::new(), note: String::new(), answered };
    desk.take_step(&taken).expect("a step").0
}

fn refused(desk: &Desk, code: &str, step: StepInput) -> Code {
    let taken = TakeStep { code: code.to_owned(), step, at: String::new(), note: String::new(), answered: vec![] };
    desk.take_step(&taken).expect_err("a refusal").code()
}

fn forward() -> StepInput {
    let text = str::to_owned;
    StepInput::Forward {
        unit: text("Công chức tư pháp – hộ tịch"), giver: String::new(), receiver: text("Vi Thị Nga")
    }
}

fn ask_papers(item: &str) -> StepInput {
    let text = str::to_owned;
    let (reason, basis) = (text("Chưa đủ căn cứ xác nhận"), text("NĐ 123/2015/NĐ-CP, Điều 22"));
    StepInput::AskPapers { agency: String::new(), items: vec![text(item)], reason, basis }
}

fn came(name: &str) -> StepInput {
    let (name, note) = (name.to_owned(), String::new());
    StepInput::PapersCame { papers: vec![desk::api::drafts::PaperInput { name, originals: 1, copies: 0, note }] }
}

fn finish(name: &str, number: &str) -> StepInput {
    let (name, number) = (name.to_owned(), number.to_owned());
    StepInput::Finish { results: vec![ResultInput { name, number, dated: String::new() }] }
}

fn hand_back(receipt_back: bool) -> StepInput {
    StepInput::HandBack {
        name: String::new(),
        number: String::new(),
        capacity: CapacityInput::Applicant,
        authorisation: String::new(),
        delivery: DeliveryInput::Counter,
        receipt_back,
    }
}

fn page(desk: &Desk, code: &str) -> DossierView {
    desk.dossier(code).expect("a dossier")
}

fn on_the_list(desk: &Desk, filter: Filter) -> Vec<String> {
    let input = ListInput { filter, text: String::new(), limit: 50, offset: 0 };
    desk.dossiers(&input).expect("the list").into_iter().map(|row| row.code).collect()
}

#[test]
fn a_birth_after_15_hours_on_the_eve_of_tet() {
    let world = World::new();
    world.it_is("2026-02-13T15:20:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&PAO, BIRTH);
    let due = page(&desk, &code).due;
    assert_eq!(due.as_deref(), Some("2026-02-23T17:00:00+07:00"), "the next working day after 14-22/2");
    for (now, late) in [("2026-02-22T23:59:00", 0), ("2026-02-23T16:59:00", 0), ("2026-02-23T17:00:01", 1)] {
        world.it_is(now);
        assert_eq!(on_the_list(&desk, Filter::Late).len(), late, "{now}");
    }
    world.it_is("2026-02-23T08:00:00");
    assert_eq!(on_the_list(&desk, Filter::Today), [&*code]);
    takes(&desk, &code, forward());
    takes(&desk, &code, finish("Giấy khai sinh", "12/2026"));
    takes(&desk, &code, hand_back(true));
    is_golden("life/birth-before-tet.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn a_death_certificate_on_a_saturday() {
    let world = World::new();
    world.it_is("2026-11-28T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, DEATH);
    assert_eq!(page(&desk, &code).due.as_deref(), Some("2026-11-30T17:00:00+07:00"), "received Monday at its opening");
    world.it_is("2026-11-30T09:00:00");
    takes(&desk, &code, forward());
    takes(&desk, &code, finish("Trích lục khai tử", "7/TLKT-BS"));
    takes(&desk, &code, hand_back(true));
    is_golden("life/death-on-a-saturday.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn papers_that_come_late() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, MARITAL_STATUS);
    takes(&desk, &code, forward());
    world.it_is("2026-11-20T10:00:00");
    takes(&desk, &code, ask_papers("Bản sao quyết định ly hôn"));
    // Nobody is late while the citizen has the paper to bring.
    world.it_is("2026-12-09T10:00:00");
    assert!(on_the_list(&desk, Filter::Late).is_empty() && on_the_list(&desk, Filter::Today).is_empty());
    assert_eq!(on_the_list(&desk, Filter::Open), [&*code]);
    assert_eq!(refused(&desk, &code, finish("Giấy xác nhận", "3")), Code::NotInThisState);
    let view = takes(&desk, &code, came("Bản sao quyết định ly hôn")).dossier;
    assert_eq!(view.due.as_deref(), Some("2026-12-11T17:00:00+07:00"), "two working days were left");
    let again = takes(&desk, &code, ask_papers("Giấy tờ chứng minh nơi cư trú"));
    assert_eq!(again.questions.iter().map(|q| q.code.as_str()).collect::<Vec<_>>(), ["second_supplement"]);
    assert_eq!(again.dossier.state, 4, "nothing was written");
    takes(&desk, &code, finish("Giấy xác nhận tình trạng hôn nhân", "31/UBND-XNTTHN"));
    let question = takes(&desk, &code, hand_back(false));
    assert_eq!(question.questions.first().map(|q| q.code.as_str()), Some("receipt_missing"));
    asks(&desk, &code, hand_back(false), &["receipt_missing"]);
    is_golden("life/papers-that-come-late.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn a_withdrawal_keeps_the_fee() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, MARITAL_STATUS);
    let (amount, receipt) = ("15.000".to_owned(), "AB/26P 0000031".to_owned());
    desk.take_fee(&TakeFee { code: code.clone(), amount, receipt, ..TakeFee::default() }).expect("a fee");
    takes(&desk, &code, StepInput::Withdraw { reason: "Không cần nữa".to_owned() });
    let view = page(&desk, &code);
    assert_eq!((view.state, view.paid.as_str()), (7, "15.000 đ"), "nothing is refunded by itself");
    assert!(on_the_list(&desk, Filter::Open).is_empty());
    is_golden("life/withdrawn.txt", &read_aloud(&view));
}

#[test]
fn a_late_dossier_from_apology_to_return() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, MARITAL_STATUS);
    takes(&desk, &code, forward());
    world.it_is("2026-11-26T08:00:00");
    assert_eq!(on_the_list(&desk, Filter::Late), [&*code]);
    let draft = |due: &str| StepInput::DraftExtension {
        reason: "Chờ nơi cư trú cũ trả lời".to_owned(),
        due: due.to_owned(),
    };
    let asked = takes(&desk, &code, draft(""));
    assert_eq!(asked.questions.first().map(|q| q.code.as_str()), Some("after_due"));
    assert_eq!(refused(&desk, &code, draft("25/11/2026")), Code::NotLater);
    let view = asks(&desk, &code, draft(""), &["after_due"]).dossier;
    assert_eq!(view.due.as_deref(), Some("2026-11-25T17:00:00+07:00"), "a draft promises nothing");
    let signed =
        StepInput::Extend { due: String::new(), number: "45/UBND-TP".into(), signer: "Nông Văn Sơn".into() };
    let view = asks(&desk, &code, signed.clone(), &["after_due"]).dossier;
    assert_eq!(view.due.as_deref(), Some("2026-12-01T17:00:00+07:00"));
    assert_eq!(refused(&desk, &code, signed), Code::ExtendedBefore);
    world.it_is("2026-11-30T14:00:00");
    takes(&desk, &code, finish("Giấy xác nhận tình trạng hôn nhân", "33/UBND-XNTTHN"));
    takes(&desk, &code, hand_back(true));
    is_golden("life/late-with-apology.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn nobody_marries_by_proxy_and_one_of_the_couple_hands_in() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let mut draft = desk.draft(&HANH, MARRIAGE);
    draft.submitter = Some(PAO.input());
    draft.relation = "người được ủy quyền".to_owned();
    let refused = desk.receive(&Receive { draft, answered: vec![] }).expect_err("a refusal");
    assert_eq!(refused.code(), Code::NoAuthorisation);
    // One of the couple brings the file; both sign when they come.
    let code = desk.receives(&HANH, MARRIAGE);
    is_golden("life/marriage.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn a_stopped_dossier_is_reopened_when_it_was_a_mistake() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, MARITAL_STATUS);
    let text = str::to_owned;
    let stop = StepInput::Stop {
        reason: text("Người yêu cầu đã mất"),
        basis: text("Biên bản 19/11/2026"),
        number: text("5/TB-UBND"),
    };
    takes(&desk, &code, stop.clone());
    assert_eq!(refused(&desk, &code, stop), Code::NotInThisState);
    assert_eq!(refused(&desk, &code, StepInput::Reopen { reason: " ".to_owned() }), Code::FieldWrong);
    takes(&desk, &code, StepInput::Reopen { reason: text("Nhầm với hồ sơ khác") });
    is_golden("life/stopped.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn what_went_on_paper_during_a_power_cut_keeps_its_true_time() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, MARITAL_STATUS);
    world.it_is("2026-11-20T14:00:00");
    let step = |at: &str| TakeStep {
        code: code.clone(),
        step: forward(),
        at: at.to_owned(),
        note: "Mất điện từ 10 giờ".to_owned(),
        answered: vec![],
    };
    for (at, refusal) in [
        ("2026-11-20T14:01", Code::StepInFuture),
        ("2026-11-19T08:00", Code::BeforeTheLast),
        ("sáng nay", Code::FieldWrong),
    ] {
        assert_eq!(desk.take_step(&step(at)).expect_err(at).code(), refusal);
    }
    desk.take_step(&step("2026-11-20T10:15")).expect("a step");
    is_golden("life/entered-later.txt", &read_aloud(&page(&desk, &code)));
}

#[test]
fn a_dossier_for_another_commune() {
    let world = World::new();
    world.it_is("2026-11-19T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let list = world.path("co-quan.tsv");
    std::fs::write(&list, "H56.20\tUBND xã Bản Cũ\t2020-01-01\t2025-06-30\tH56.30\tNQ 1\nH56.30\tUBND xã Bản Mới\t2025-07-01\t-\t-\tNQ 2\n")
        .expect("a list");
    assert_eq!(desk.import_agencies(&list, false).expect("a list").0.len(), 2);
    let for_agency = |competent: &str| {
        let mut draft = desk.draft(&HANH, MARITAL_STATUS);
        (draft.competent, draft.helper, draft.helped_at) =
            (competent.to_owned(), "Vàng A Páo".into(), "Nhà văn hóa Lùng Tám".into());
        draft
    };
    let said = |competent: &str| {
        let problems = desk.check_intake(&for_agency(competent)).expect("an answer");
        problems.into_iter().map(|problem| problem.text).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(said("H56.20"), "Cơ quan này kết thúc thứ Hai 30/06/2025, nay là UBND xã Bản Mới (H56.30).");
    assert_eq!(said("H56.99"), "Danh sách cơ quan không có mã H56.99. Gõ tên cơ quan nếu chưa có mã.");
    let (received, _) = desk.receive(&Receive { draft: for_agency("H56.30"), answered: vec![] }).expect("a dossier");
    let view = page(&desk, &received.code);
    assert_eq!((view.received_at.as_str(), view.competent.as_str()), ("UBND xã Cao Sơn", "UBND xã Bản Mới"));
    assert_eq!((view.helper.as_str(), view.helped_at.as_str()), ("Vàng A Páo", "Nhà văn hóa Lùng Tám"));
    let text = str::to_owned;
    let (unit, receiver) = (view.competent, text("Bưu điện xã"));
    desk.takes(&received.code, StepInput::Forward { unit, giver: String::new(), receiver });
    is_golden("life/for-another-commune.txt", &read_aloud(&page(&desk, &received.code)));
}

#[test]
fn a_calendar_is_corrected_and_promises_stay() {
    let world = World::new();
    world.it_is("2026-11-30T09:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let before = desk.receives(&HANH, MARITAL_STATUS);
    let file = world.path("lich.tsv");
    std::fs::write(&file, "2026-12-02\toff\tNghỉ bão\tUBND tỉnh\t2026-11-30\tsure\n").expect("a correction");
    let (seen, _) = desk.import_working_time(&file, true).expect("a look");
    assert_eq!(seen.changes, ["thứ Tư 02/12/2026 thành ngày nghỉ: Nghỉ bão"]);
    assert_eq!(page(&desk, &desk.receives(&PAO, MARITAL_STATUS)).due.as_deref(), Some("2026-12-03T17:00:00+07:00"));
    desk.import_working_time(&file, false).expect("the correction");
    let due = |code: &str| page(&desk, code).due;
    assert_eq!(due(&before).as_deref(), Some("2026-12-03T17:00:00+07:00"), "the promise stays");
    let deadline = desk.deadline(
        MARITAL_STATUS,
        "2026-11-30T09:00:00".parse().expect("a time"),
        desk::api::drafts::Channel::Counter,
        None,
    );
    assert_eq!(deadline.expect("a deadline").due.as_deref(), Some("2026-12-04T17:00:00+07:00"));
    std::fs::write(
        &file,
        "2026-12-02\toff\tNghỉ bão\tUBND tỉnh\t-\tsure\n2026-12-02\twork\tLàm bù\tUBND tỉnh\t-\tsure\n",
    )
    .expect("a file that contradicts itself");
    let error = desk.import_working_time(&file, false).expect_err("a refusal");
    assert_eq!(error.code(), Code::WorkingTimeWrong);
    assert!(desk::texts::sentences(desk.language(), &error).what.contains("Dòng 2"));
    // It is there again when the desk is opened anew.
    let mut desk = desk;
    desk.closes();
    desk.opens().expect("the desk");
    assert!(desk.working_time().expect("the calendar").days.iter().any(|day| day.day == "2026-12-02" && !day.worked));
}
