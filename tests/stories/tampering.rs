//! `motcua verify` notices a changed byte wherever it stands, and accepts what was forgotten on purpose.

use desk::error::Code;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, HANH, PAO, World};
use rusqlite::params;

#[test]
fn a_changed_byte_is_noticed_wherever_it_stands() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.add_note(&code, "Đủ giấy tờ").expect("a note");
    desk.receives(&PAO, CERTIFIED_COPY);
    let sound = desk.is_sound();
    assert_eq!((sound.operations, sound.dossiers), (4, 2));

    let raw = desk.raw();
    for column in ["public", "personal", "salt"] {
        let rows: Vec<(i64, Vec<u8>)> = {
            let mut statement =
                raw.prepare(&format!("SELECT id, {column} FROM op WHERE {column} IS NOT NULL")).expect("SQL");
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
            rows.map(|row| row.expect("a row")).collect()
        };
        assert_eq!(rows.len(), 4, "{column}");
        for (id, bytes) in rows {
            for at in [0, bytes.len() / 2, bytes.len() - 1] {
                let mut changed = bytes.clone();
                changed[at] ^= 0x20;
                let sql = format!("UPDATE op SET {column} = ?2 WHERE id = ?1");
                raw.execute(&sql, params![id, changed]).expect("tampered");
                let faults = desk.verify().expect("a verification").faults;
                assert!(!faults.is_empty(), "byte {at} of {column} in row {id} was changed and nobody noticed");
                raw.execute(&sql, params![id, bytes]).expect("put back");
            }
        }
    }
    desk.is_sound();
}

#[test]
fn a_changed_table_and_a_missing_row_are_noticed() {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.add_note(&code, "Đủ giấy tờ").expect("a note");
    desk.receives(&PAO, CERTIFIED_COPY);
    desk.closes();
    let sound = std::fs::read(desk.database()).expect("the database");
    for tampering in [
        "UPDATE dossier SET applicant = 'Ai đó khác' WHERE id = 1",
        "UPDATE dossier SET due_at = '2030-01-01T17:00:00' WHERE id = 1",
        "UPDATE dossier SET state = 10 WHERE id = 2",
        "UPDATE dossier SET code = 'H56.14-261123-00009' WHERE id = 2",
        "UPDATE dossier SET cards = 1 WHERE id = 2",
        "UPDATE dossier SET former = 'Ai đó khác' WHERE id = 2",
        "INSERT INTO seen (origin, replica, seq, upto) VALUES (1, 7, 3, 9)",
        "DELETE FROM dossier WHERE id = 2",
        "DELETE FROM op WHERE seq = 3",
        "DELETE FROM op WHERE seq = 4",
        "UPDATE op SET hlc = hlc + 1 WHERE seq = 3",
        "UPDATE op SET kind = 3 WHERE seq = 3",
        "UPDATE op SET seq = 9 WHERE seq = 4",
        "UPDATE origin SET last_seq = 3",
        "UPDATE op SET personal = NULL, salt = NULL WHERE seq = 4",
    ] {
        std::fs::write(desk.database(), &sound).expect("the database as it was");
        {
            let raw = desk.raw();
            raw.pragma_update(None, "foreign_keys", false).expect("a setting");
            assert_eq!(raw.change(tampering), 1, "{tampering}");
        }
        desk.opens().expect("the desk");
        let faults = desk.verify().expect("a verification").faults;
        assert!(!faults.is_empty(), "nobody noticed: {tampering}");
        for fault in &faults {
            assert!(!fault.contains(HANH.name) && !fault.contains(HANH.number), "no personal data: {fault}");
        }
        desk.closes();
    }
}

#[test]
fn what_was_forgotten_on_purpose_still_verifies() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.change_phone(&code, "0912000001").expect("a change");
    let other = desk.receives(&PAO, CERTIFIED_COPY);
    desk.syncs().expect("an exchange");

    let raw = desk.raw();
    assert_eq!(raw.change("UPDATE op SET personal = NULL, salt = NULL WHERE dossier_seq = 2"), 2);
    // Until the table is folded again it tells what the log has forgotten, and verification says so.
    assert_eq!(desk.verify().expect("a verification").faults.len(), 1);
    raw.change(
        "UPDATE dossier SET applicant = '(đã xóa theo thời hạn lưu)', number = '', born = '', sex = 0, address = '', phone = '', \
         name_key = 'da xoa theo thoi han luu', home = '' WHERE seq = 2",
    );
    desk.is_sound();
    let shown = desk.dossier(&code).expect("a dossier");
    assert_eq!(shown.applicant.name, "(đã xóa theo thời hạn lưu)");
    assert_eq!((&*shown.applicant.number_masked, &*shown.applicant.address, &*shown.applicant.phone), ("", "", ""));
    assert_eq!(shown.timeline.len(), 2, "that something happened, and when, is still there");
    assert_eq!(desk.add_note(&code, "x").expect_err("forgotten").code(), Code::DossierForgotten);
    let paper = desk::api::receipt::Paper::A5;
    assert_eq!(desk.receipt_pdf(&code, paper).expect_err("forgotten").code(), Code::DossierForgotten);
    assert_eq!(desk.dossier(&other).expect("a dossier").applicant.name, PAO.name);
    desk.syncs().expect("an exchange");
}

#[test]
fn a_busy_day_after_a_search_is_no_damage() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    assert_eq!(desk.find("dang my hanh").expect("a search").len(), 1);
    // Each new number is written into the index of words again, often enough for SQLite to merge what the search had seen.
    for number in 0..40 {
        desk.change_phone(&code, &format!("09120000{number:02}")).expect("a new number");
        if number == 20 {
            assert_eq!(desk.find("dang my hanh").expect("a search").len(), 1);
        }
    }
    desk.is_sound();
}

#[test]
fn a_word_that_is_not_its_authors_is_noticed() {
    let world = World::new();
    let (desk, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    other.receives(&HANH, BIRTH);
    for desk in [&other, &desk] {
        desk.syncs().expect("an exchange");
    }
    desk.is_sound();
    let raw = desk.raw();
    assert_eq!(raw.execute("UPDATE vouched SET signature = zeroblob(64)", []).expect("tampered"), 1);
    assert_eq!(desk.verify().expect("a verification").faults.len(), 1);
}
