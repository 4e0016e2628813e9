//! Receipts: what is printed, printed again, and not printed at all.

use desk::api::printing::PrintInput;
use desk::api::receipt::{Paper, receipt_of};
use desk::error::Code;
use motcua_tests::support::{BIRTH, HANH, MINUTE, World};

#[test]
fn a_second_print_is_a_marked_reprint_and_a_failed_one_changes_nothing() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let file = world.path("phieu.pdf");
    desk.print_to_file(&code, Paper::A5, &file).expect("a receipt");
    let first = std::fs::read(&file).expect("the file");
    assert!(first.starts_with(b"%PDF"));
    world.passes(MINUTE);

    let preview = |paper| desk.preview(&PrintInput { of: receipt_of(&code), paper, printer: None });
    assert!(preview(Paper::A4).expect("a preview").reprint, "the next one will be marked");
    let printer = Some("không có máy in này".to_owned());
    let input = PrintInput { of: receipt_of(&code), paper: Paper::A5, printer };
    let error = desk.print(&input).expect_err("no such printer");
    assert!(matches!(error.code(), Code::PrinterNone | Code::PrinterUnknown), "{error}");
    assert_eq!(desk.dossier(&code).expect("a dossier").printed, 1, "what did not come out was not printed");

    desk.print_to_file(&code, Paper::A5, &file).expect("a receipt");
    let shown = desk.dossier(&code).expect("a dossier");
    assert_eq!(shown.printed, 2);
    let lines: Vec<&str> = shown.timeline.iter().skip(1).map(|line| line.text.as_str()).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0] != lines[1] && lines[1].starts_with("In lại"), "{lines:?}");
    assert!(std::fs::read(&file).expect("the file") != first, "the reprint says so on the paper");
    desk.is_sound();
}

#[test]
fn a_picture_of_the_receipt_is_no_print() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.picture_to_file(&code, Paper::A5, &world.path("phieu.png")).expect("a picture");
    assert_eq!(desk.dossier(&code).expect("a dossier").printed, 0);
    let unknown = desk.print_to_file("H56.14-261123-99999", Paper::A5, &world.path("x.pdf")).expect_err("unknown");
    assert_eq!(unknown.code(), Code::DossierUnknown);
    assert!(!world.path("x.pdf").exists());
}
