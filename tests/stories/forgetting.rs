//! A dossier's retention has ended: what names a person is erased at every desk and at the province, and nothing else is.

use desk::api::dossiers::{Filter, ListInput};
use desk::api::officers::{AddOfficer, Role};
use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, World};
use std::path::Path;

const WHY: &str = "Hết thời hạn lưu 5 năm";
const ERASED: &str = "(đã xóa theo thời hạn lưu)";

fn meet(desks: &[&Desk]) {
    for _ in 0..2 {
        desks.iter().for_each(|desk| drop(desk.syncs().expect("an exchange")));
    }
}

fn applicants(desk: &Desk) -> Vec<String> {
    let input = ListInput { filter: Filter::All, text: String::new(), limit: 500, offset: 0 };
    desk.dossiers(&input).expect("the list").into_iter().map(|row| row.applicant).collect()
}

/// How many scans a desk's folder holds.
fn scans(desk: &Desk) -> usize {
    let folder = desk.place().data().join("scans");
    let files = |folder: &Path| std::fs::read_dir(folder).map_or(0, |files| files.count());
    std::fs::read_dir(folder).map_or(0, |folders| folders.map(|sub| files(&sub.expect("a folder").path())).sum())
}

/// Personal parts of a dossier that are left at a desk.
fn left(desk: &Desk, code: &str) -> i64 {
    desk.raw().count(&format!(
        "SELECT count(*) FROM op JOIN dossier ON dossier.origin = dossier_origin AND dossier.seq = dossier_seq
         WHERE code = '{code}' AND (personal IS NOT NULL OR salt IS NOT NULL)"
    ))
}

#[test]
fn what_names_a_person_is_erased_everywhere_and_the_chains_verify() {
    let world = World::new();
    let (first, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, BIRTH);
    let kept = first.receives(&PAO, CERTIFIED_COPY);
    first.change_phone(&code, "0912000001").expect("a change");
    let (own, shared) = (world.scanned_page("to-khai.png", 30_000), world.scanned_page("chung.png", 20_000));
    first.attach(&code, 1, &[&own, &shared]).expect("attached");
    first.attach(&kept, 1, &[&shared]).expect("attached");
    first.finishes(&code);
    meet(&[&first, &other]);
    assert_eq!((scans(&first), world.scans_at_the_province(&first).len()), (2, 2));

    // Somebody who has not heard works on it meanwhile.
    other.add_note(&code, "Bà Hạnh gọi hỏi").expect("a note");
    other.change_phone(&code, "0912000002").expect("a change");
    let (view, _) = first.forget(&code, WHY, Some(&code)).expect("forgotten");
    assert_eq!((view.applicant.name.as_str(), view.applicant.phone.as_str()), (ERASED, ""));
    assert_eq!((left(&first, &code), scans(&first)), (0, 1), "a scan that another dossier has too stays");
    meet(&[&first, &other, &first]);

    for desk in [&first, &other] {
        let view = desk.dossier(&code).expect("a dossier");
        assert_eq!((view.applicant.name.as_str(), view.applicant.address.as_str(), view.state), (ERASED, "", 10));
        assert_eq!(view.timeline.len(), 9, "that something happened, and when, is still there");
        assert!(view.timeline.iter().any(|line| line.text.contains(WHY)));
        assert!(view.timeline.iter().all(|line| !line.text.contains("Hạnh") && !line.text.contains("0912")));
        assert!(applicants(desk).contains(&ERASED.to_owned()) && applicants(desk).contains(&PAO.name.to_owned()));
        assert!(desk.find("my hanh").expect("a search").is_empty() && desk.find("0912000002").expect("one").is_empty());
        assert_eq!(left(desk, &code), 0, "{}", desk.name());
        assert_eq!(desk.add_note(&code, "x").expect_err("forgotten").code(), Code::DossierForgotten);
        assert_eq!(desk.forget(&code, WHY, Some(&code)).map(drop).expect_err("it is").code(), Code::DossierForgotten);
        desk.is_sound();
    }
    let there = "SELECT count(*) FROM op WHERE dossier_seq = 2 AND (personal IS NOT NULL OR salt IS NOT NULL)";
    assert_eq!(world.count_at_the_province(there), 0);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM op WHERE personal IS NOT NULL AND kind = 1"), 1);
    assert_eq!(world.scans_at_the_province(&first), [std::fs::read(shared).expect("the shared scan")]);
    let states: Vec<_> = world.at_the_province(&first).into_iter().map(|line| line.state).collect();
    assert_eq!(states, [Some(10), Some(2)]);

    // A new desk hears what is left of it.
    let late = world.enrolled_desk("Xã Cao Sơn");
    meet(&[&late]);
    assert_eq!(late.dossier(&code).expect("a dossier").applicant.name, ERASED);
    late.is_sound();
}

#[test]
fn a_backup_made_before_holds_it_until_the_desk_hears_again() {
    let world = World::new();
    let (mut first, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, BIRTH);
    first.finishes(&code);
    meet(&[&first, &other]);
    let backup = world.path("usb/cao-son.mcxb");
    first.back_up_to(&backup).expect("a backup");
    other.forget(&code, WHY, Some(&code)).expect("forgotten");
    meet(&[&other, &first]);
    assert_eq!(applicants(&first), [ERASED]);
    first.restores(&backup).expect("the backup");
    assert_eq!(applicants(&first), [HANH.name], "no word reaches a backup");
    meet(&[&first]);
    assert_eq!((applicants(&first), left(&first, &code)), (vec![ERASED.to_owned()], 0));
    first.is_sound();
}

#[test]
fn only_what_is_finished_is_forgotten_and_only_on_purpose() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let forget = |desk: &Desk, why: &str, again: Option<&str>| {
        desk.forget(&code, why, again).map(drop).expect_err("refused").code()
    };
    assert_eq!(forget(&desk, WHY, Some(&code)), Code::NotFinished);
    desk.finishes(&code);
    assert_eq!(forget(&desk, WHY, None), Code::ForgetNotMeant);
    assert_eq!(forget(&desk, WHY, Some("H56.14-261123-00009")), Code::ForgetNotMeant);
    assert_eq!(forget(&desk, "  ", Some(&code)), Code::FieldWrong);
    let officer = AddOfficer { name: "Vừ Mí Sò".to_owned(), role: Role::OneStop, pin: "246810".to_owned() };
    desk.add_officer(&officer).expect("an officer");
    desk.seats("Vừ Mí Sò");
    assert_eq!(forget(&desk, WHY, Some(&code)), Code::NotAllowed);
    assert_eq!(applicants(&desk), [HANH.name], "nothing was erased");
    desk.is_sound();
}
