//! Every trouble is one document `{"error": …}` on standard output and exit code 1; wrong use is exit code 2.

use crate::shape::has_shape;
use motcua_tests::support::{BIRTH, HANH, Terminal, card_picture};
use serde_json::json;

fn refuses(terminal: &Terminal, words: &[&str], code: &str) {
    let answer = terminal.run(words);
    assert_eq!(answer.code, Some(1), "{words:?}: {answer:?}");
    has_shape(&answer.json, &json!({ "error": { "code": code, "what": "text", "lost": "text", "do": "text" } }));
    for sentence in ["what", "lost", "do"] {
        let said = answer.json["error"][sentence].as_str().unwrap_or_default();
        assert!(said.ends_with('.') && !said.contains(['{', '}']) && !said.contains("error_"), "{words:?}: {said}");
        assert!(!said.contains(HANH.number), "no personal data in an error: {said}");
    }
}

#[test]
fn before_a_desk_is_set_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().expect("a path").to_owned();
    for words in [&["status"][..], &["list"], &["verify"], &["sync", "--once"], &["show", "H56.14-261123-01001"]] {
        refuses(&terminal, words, "not_set_up");
    }
    let setup = ["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2", "--officer", "Lò Thị Mai"];
    let mut weak = terminal.command(&setup);
    let weak = motcua_tests::support::answer(weak.env("MOTCUA_PASSPHRASE", "ngắn"));
    assert_eq!((weak.code, &weak.json["error"]["code"]), (Some(1), &json!("passphrase_weak")));
    refuses(&terminal, &["setup", "--agency", "ở đâu đó", "--commune", "Xã Cao Sơn", "--desk", "2"], "field_wrong");
    refuses(&terminal, &["setup", "--agency", "H56.14", "--commune", " ", "--desk", "2"], "field_wrong");
    refuses(&terminal, &[&setup[..], &["--pin", "123456"]].concat(), "pin_weak");
    assert!(!terminal.data().join("keys.json").exists(), "nothing was set up by any of these");

    refuses(&terminal, &["scan", &file("không có.png")], "file_unreadable");
    std::fs::write(file("thư.png"), "đây không phải là ảnh").expect("a file");
    refuses(&terminal, &["scan", &file("thư.png")], "picture_unreadable");
    image::GrayImage::new(300, 300).save(file("đen.png")).expect("a picture");
    refuses(&terminal, &["scan", &file("đen.png")], "no_code");
    refuses(&terminal, &["scan", "--text", &"x".repeat(100_000)], "text_too_long");
    refuses(&terminal, &["deadline", "--procedure", BIRTH, "--at", "hôm qua"], "field_wrong");
    refuses(&terminal, &["deadline", "--procedure", "9.999999", "--at", "2026-11-23T09:00"], "procedure_unknown");
    // Of several pictures those that can be read are read, and the exit code says that not all were.
    card_picture(&HANH.card_text(), &folder.path().join("the.png"));
    let both = terminal.run(&["scan", &file("the.png"), &file("đen.png")]);
    assert_eq!(both.code, Some(1));
    has_shape(&both.json[0], &json!({ "kind": "card" }));
    has_shape(&both.json[1], &json!({ "file": "text", "error": { "code": "no_code" } }));
}

#[test]
fn at_a_desk() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().expect("a path").to_owned();
    let setup = ["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2", "--officer", "Lò Thị Mai"];
    terminal.does(&setup);
    refuses(&terminal, &setup, "already_set_up");
    let card = HANH.card_text();
    let code = terminal.does(&["receive", "--card-text", &card, "--procedure", BIRTH])["code"].clone();
    let code = code.as_str().expect("a number");
    std::fs::write(file("tệp"), "một tệp").expect("a file");

    for (words, trouble) in [
        (&["receive", "--card-text", &card, "--procedure", "9.999999"][..], "procedure_unknown"),
        (&["receive", "--card-text", "https://example.vn", "--procedure", BIRTH], "not_a_card"),
        (&["receive", "--card-text", &card, "--procedure", BIRTH, "--phone", "12"], "field_wrong"),
        (&["receive", "--card-text", &card, "--procedure", BIRTH, "--paper", "99=1,0"], "field_wrong"),
        (&["receive", "--card-text", &card, "--procedure", BIRTH, "--paper", "1=nhiều"], "field_wrong"),
        (&["receive", "--card", &file("không có.png"), "--procedure", BIRTH], "file_unreadable"),
        (&["show", "H56.14-200101-00001"], "dossier_unknown"),
        (&["print", "H56.14-200101-00001", "--form", "01", "--out", &file("x.pdf")], "dossier_unknown"),
        (&["print", code, "--form", "01", "--out", &file("tệp/x.pdf")], "file_unwritable"),
        (&["print", code, "--form", "03", "--out", &file("x.pdf")], "form_not_now"),
        (&["report", "register", "--month", "11/2026", "--out", &file("x.pdf")], "field_wrong"),
        (&["forms", "export", "13", &file("x.json")], "template_form"),
        (&["forms", "import", &file("tệp")], "template_unreadable"),
        (&["forms", "import", &file("không có.json")], "file_unreadable"),
        (&["step", code, "settle", "phone", "1/1"], "nothing_to_settle"),
        (&["step", code, "paid", "0001"], "not_in_this_state"),
        (&["step", code, "forward", "--unit", " ", "--to", "Vi Thị Nga"], "hand_over_incomplete"),
        (&["step", code, "finish", "--result", "Giấy khai sinh=45/2026,32/13/2026"], "field_wrong"),
        (&["step", code, "fee", "0"], "field_wrong"),
        (&["step", code, "cancel-fee", "1/1", "--reason", "nhầm"], "no_fee_line"),
        (&["attach", code, "--paper", "99", &file("tệp")], "not_a_scan"),
        (&["attach", code, "--paper", "1", &file("không có.png")], "file_unreadable"),
        (&["scans", "H56.14-200101-00001"], "dossier_unknown"),
        (&["bundle", "out", &file("goi.mcxgoi")], "not_enrolled"),
        (&["bundle", "in", &file("tệp")], "not_enrolled"),
        (&["backup", &file("tệp/b.mcxb")], "file_unwritable"),
        (&["restore", &file("tệp")], "backup_unreadable"),
        (&["restore", &file("không có.mcxb")], "file_unreadable"),
        (&["catalogue", "import", &file("tệp")], "catalogue_unreadable"),
        (&["sync", "--once"], "not_enrolled"),
        (&["sync"], "not_enrolled"),
        (&["enrol", "--hub", "https://127.0.0.1:1", "--code", "không phải mã"], "enrol_code_malformed"),
        (&["enrol", "--hub", "http://127.0.0.1:1", "--code", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"], "hub_address"),
        (
            &["enrol", "--hub", "https://127.0.0.1:1", "--code", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"],
            "hub_unreachable",
        ),
        (&["--as", "Không Ai Cả", "list"], "officer_unknown"),
    ] {
        refuses(&terminal, words, trouble);
    }

    let wrong = motcua_tests::support::answer(terminal.command(&["list"]).env("MOTCUA_PASSPHRASE", "sai sai sai sai"));
    assert_eq!((wrong.code, &wrong.json["error"]["code"]), (Some(1), &json!("passphrase_wrong")));
    let nobody = motcua_tests::support::answer(terminal.command(&["list"]).env_remove("MOTCUA_PASSPHRASE"));
    assert_eq!((nobody.code, &nobody.json["error"]["code"]), (Some(1), &json!("locked")));

    // None of it changed anything.
    assert_eq!(terminal.does(&["list"]).as_array().map(Vec::len), Some(1));
    assert_eq!(terminal.does(&["show", code])["printed"], 0);
    assert_eq!(terminal.does(&["verify"])["ok"], true);
}

#[test]
fn wrong_use_is_exit_code_two() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    for words in [
        &[][..],
        &["nothing"],
        &["receive"],
        &["receive", "--card-text", "x"],
        &["setup", "--agency", "H56.14"],
        &["print", "H56.14-261123-01001", "--form", "99", "--out", "x"],
        &["scan"],
        &["list", "--due", "sometime"],
        &["deadline", "--procedure", BIRTH],
    ] {
        let answer = terminal.run(words);
        assert_eq!((answer.code, answer.out.as_str()), (Some(2), ""), "{words:?}");
        assert!(!answer.err.is_empty());
    }
}
