//! Forms: each printed from a real desk at its moment, a template adjusted by the province, a wrong one refused.

use calamine::Reader;
use desk::api::fees::TakeFee;
use desk::api::forms::PaperOf;
use desk::api::life::{CapacityInput, DeliveryInput, ResultInput, StepInput, TakeStep};
use desk::api::officers::{AddOfficer, Role};
use desk::api::printing::PrintInput;
use desk::api::receipt::Paper;
use desk::error::Code;
use desk::print::facts::NotReceived;
use motcua_tests::support::{BIRTH, DAY, Desk, HANH, PAO, RESIDENCE, World};

fn takes(desk: &Desk, code: &str, step: StepInput) {
    let input = TakeStep { code: code.to_owned(), step, at: String::new(), note: String::new(), answered: vec![] };
    let (taken, _) = desk.take_step(&input).expect("a step");
    assert!(taken.questions.is_empty(), "{:?}", taken.questions);
}

fn offered(desk: &Desk, code: &str) -> Vec<String> {
    desk.dossier(code).expect("a dossier").forms.into_iter().map(|offer| offer.form).collect()
}

fn of(code: &str, form: &str) -> PaperOf {
    PaperOf::Dossier { code: code.to_owned(), form: form.to_owned() }
}

/// The paper's PDF in a file, and that it was noted.
fn prints(world: &World, desk: &Desk, code: &str, form: &str) -> Vec<u8> {
    let file = world.path(&format!("{form}.pdf"));
    desk.paper_to_file(&of(code, form), Paper::A5, &file).expect(form);
    let shown = desk.dossier(code).expect("a dossier");
    assert!(shown.timeline.last().expect("a line").text.contains(&format!("mẫu {form}")), "{form}");
    let pdf = std::fs::read(&file).expect("the file");
    assert!(pdf.starts_with(b"%PDF"));
    pdf
}

#[test]
fn every_form_is_offered_at_its_moment_and_printed() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, RESIDENCE);
    assert_eq!(offered(&desk, &code), ["01", "06"]);
    let error = desk.made(&of(&code, "02"), Paper::A5).map(|_| ()).expect_err("nobody asked for papers");
    assert_eq!(error.code(), Code::FormNotNow);

    let forward = |unit: &str, receiver: &str| StepInput::Forward {
        unit: unit.into(),
        giver: String::new(),
        receiver: receiver.into(),
    };
    takes(&desk, &code, forward("Công chức Tư pháp", "Vi Thị Nga"));
    prints(&world, &desk, &code, "handover");
    takes(
        &desk,
        &code,
        StepInput::AskPapers {
            agency: String::new(),
            items: vec!["Giấy tờ chứng minh chỗ ở".into()],
            reason: "Chưa đủ giấy tờ".into(),
            basis: "Điều 21 Luật Cư trú".into(),
        },
    );
    assert_eq!(offered(&desk, &code), ["01", "02", "06", "handover"]);
    let first = prints(&world, &desk, &code, "02");
    assert!(prints(&world, &desk, &code, "02") != first, "a reprint says so");
    takes(&desk, &code, StepInput::PapersCame { papers: vec![] });
    takes(&desk, &code, StepInput::DraftExtension { reason: "Phải xác minh thêm".into(), due: String::new() });
    let draft = prints(&world, &desk, &code, "04");
    let signed = StepInput::Extend { due: String::new(), number: "12/UBND".into(), signer: "Hoàng Văn Chủ".into() };
    takes(&desk, &code, signed);
    assert!(prints(&world, &desk, &code, "04") != draft);
    let fee = TakeFee { code: code.clone(), amount: "15000".into(), receipt: "AB 12".into(), ..TakeFee::default() };
    desk.take_fee(&fee).expect("a fee");
    prints(&world, &desk, &code, "fee");
    let result = ResultInput { name: "Thông báo kết quả".into(), number: "7/TB".into(), dated: String::new() };
    takes(&desk, &code, StepInput::Finish { results: vec![result] });
    let waiting = desk.made(&PaperOf::Results, Paper::A5).expect("the list of results");
    assert_eq!((waiting.title.as_str(), waiting.paper), ("PHIẾU BÀN GIAO KẾT QUẢ", Paper::A4));
    takes(
        &desk,
        &code,
        StepInput::HandBack {
            name: String::new(),
            number: String::new(),
            capacity: CapacityInput::Applicant,
            authorisation: String::new(),
            delivery: DeliveryInput::Counter,
            receipt_back: true,
        },
    );
    prints(&world, &desk, &code, "result");
    prints(&world, &desk, &code, "06");
    assert_eq!(offered(&desk, &code), ["01", "02", "04", "06", "handover", "result", "fee"]);

    let stopped = desk.receives(&PAO, RESIDENCE);
    takes(&desk, &stopped, StepInput::Withdraw { reason: "Không còn nhu cầu".into() });
    assert_eq!(offered(&desk, &stopped), ["01", "05", "06"]);
    prints(&world, &desk, &stopped, "05");
    desk.is_sound();
}

#[test]
fn the_screen_says_what_is_not_sure_and_which_sheet_a_letter_needs() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, RESIDENCE);
    takes(&desk, &code, StepInput::Withdraw { reason: "Không còn nhu cầu".into() });
    let shown = desk.preview(&PrintInput { of: of(&code, "05"), paper: Paper::A5, printer: None }).expect("a preview");
    assert_eq!(shown.paper, Paper::A4);
    assert!(shown.doubt.contains("chưa chắc"), "{}", shown.doubt);
    assert_eq!(shown.title, "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ");
    assert_eq!(desk.dossier(&code).expect("a dossier").timeline.len(), 2, "a preview notes nothing");
}

#[test]
fn a_file_that_is_not_received_gets_its_paper_and_no_number() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let told = NotReceived {
        name: HANH.name.into(),
        procedure: "Đăng ký khai sinh".into(),
        missing: vec!["Giấy chứng sinh".into()],
        reason: "Thiếu giấy tờ".into(),
        officer: desk.officer().name.clone(),
        ..NotReceived::default()
    };
    for form in ["02", "03"] {
        let made = desk.not_received_paper(form, &told, Paper::A5).expect("a paper");
        assert!(made.pdf.starts_with(b"%PDF") && !made.reprint, "{form}");
    }
    assert_eq!(desk.codes(), [""; 0]);
}

#[test]
fn a_volunteers_paper_comes_from_a_draft_and_is_no_receipt() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let volunteer = AddOfficer { name: "Tình nguyện viên A".into(), role: Role::Volunteer, pin: "135791".into() };
    desk.add_officer(&volunteer).expect("an officer");
    desk.seats("tình nguyện viên a");
    let (saved, _) = desk.save_draft(&desk.draft(&HANH, BIRTH)).expect("a draft");
    let made = desk.made(&PaperOf::Draft { id: saved.id }, Paper::A5).expect("a paper");
    assert_eq!(made.title, "PHIẾU HỖ TRỢ KÊ KHAI – KHÔNG PHẢI GIẤY TIẾP NHẬN");
    let register = desk.made(&PaperOf::Register { month: "2026-11".into() }, Paper::A4).map(|_| ());
    assert_eq!(register.expect_err("not a volunteer's").code(), Code::NotAllowed);
}

#[test]
fn the_register_of_a_month_is_live_on_paper_and_in_excel() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let empty = desk.made(&PaperOf::Register { month: "2026-10".into() }, Paper::A4).expect("an empty month").pdf;
    for who in [&HANH, &PAO] {
        desk.receives(who, RESIDENCE);
    }
    let month = PaperOf::Register { month: "2026-11".into() };
    let made = desk.made(&month, Paper::A5).expect("a register");
    assert_eq!((made.title.as_str(), made.paper), ("SỔ THEO DÕI HỒ SƠ", Paper::A4));
    assert!(made.pdf.len() > empty.len());
    let file = world.path("so.xlsx");
    desk.register_workbook("2026-11", &file).expect("a workbook");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&file).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
    let cell = |row, column| sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!((cell(1, 0), cell(2, 0)), ("SỔ THEO DÕI HỒ SƠ".into(), "tháng 11 năm 2026".into()));
    assert_eq!(
        (cell(3, 7), cell(4, 7), cell(3, 12)),
        ("Nhận và trả kết quả".into(), "Nhận hồ sơ".into(), "Ghi chú".into())
    );
    assert_eq!((cell(5, 4), cell(6, 4)), (HANH.name.into(), PAO.name.into()));
    assert!(matches!(sheet.get_value((6, 0)), Some(calamine::Data::Float(2.0))), "a number is a number");
    for wrong in ["2026-13", "thang 11", ""] {
        let error = desk.made(&PaperOf::Register { month: wrong.into() }, Paper::A4).map(|_| ()).expect_err(wrong);
        assert_eq!(error.code(), Code::FieldWrong, "{wrong}");
    }
}

#[test]
fn a_template_adjusted_by_the_province_holds_from_its_day_on() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, RESIDENCE);
    let made = |code: &str| desk.made(&of(code, "06"), Paper::A4).expect("a form");
    let before = made(&code);
    world.passes(DAY);

    let file = world.path("06.json");
    desk.export_form("06", &file).expect("the template");
    let body = std::fs::read_to_string(&file).expect("the file");
    let adjusted = body.replace("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "PHIẾU KIỂM SOÁT (TỈNH LÀO CAI)");
    std::fs::write(&file, adjusted).expect("written");
    let picture = world.path("06.png");
    let (shown, _) = desk.import_form(&file, true, Some(&picture)).expect("a sound template");
    assert!(shown.preview && image::open(&picture).is_ok());
    assert!(desk.forms().expect("forms").iter().all(|row| !row.own), "shown, and not taken in");

    let (taken, _) = desk.import_form(&file, false, None).expect("taken in");
    assert_eq!(taken.row.from, "2026-11-24", "from the day it was taken in, not from its own earlier one");
    let own: Vec<String> = desk.forms().expect("forms").into_iter().filter(|row| row.own).map(|row| row.form).collect();
    assert_eq!(own, ["06"]);
    let later = desk.receives(&PAO, RESIDENCE);
    assert_eq!(made(&later).title, "PHIẾU KIỂM SOÁT (TỈNH LÀO CAI)");
    assert_eq!(made(&code).title, before.title, "an old dossier keeps the form of its day");
    assert!(made(&code).pdf == before.pdf);
}

#[test]
fn a_wrong_template_is_refused_and_the_old_one_stays() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, RESIDENCE);
    let before = desk.made(&of(&code, "06"), Paper::A4).expect("a form").pdf;
    let file = world.path("06.json");
    desk.export_form("06", &file).expect("the template");
    let body = std::fs::read_to_string(&file).expect("the file");
    for (from, to, code) in [
        ("\"codes\"", "\"barcode\"", Code::TemplateBlock),
        ("{applicant}", "{chu_ho_so}", Code::TemplatePlace),
        ("{promised}", "{due}", Code::TemplateLacks),
        ("\"blocks\"", "\"block\"", Code::TemplateUnreadable),
        ("\"06\"", "\"66\"", Code::TemplateForm),
    ] {
        std::fs::write(&file, body.replace(from, to)).expect("written");
        assert_eq!(desk.import_form(&file, false, None).expect_err(to).code(), code, "{to}");
    }
    let gone = desk.import_form(&world.path("no.json"), false, None).expect_err("no file");
    assert_eq!(gone.code(), Code::FileUnreadable);
    assert!(desk.made(&of(&code, "06"), Paper::A4).expect("a form").pdf == before);

    std::fs::write(&file, body).expect("written");
    let clerk = AddOfficer { name: "Vi Thị Nga".into(), role: Role::OneStop, pin: "135791".into() };
    desk.add_officer(&clerk).expect("an officer");
    desk.seats("Vi Thị Nga");
    assert_eq!(desk.import_form(&file, false, None).expect_err("no administrator").code(), Code::NotAllowed);
}
