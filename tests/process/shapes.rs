//! What every command answers with `--json`: the shapes that others rely on, through the program itself.

use crate::shape::has_shape;
use motcua_tests::support::{
    BIRTH, HANH, HubProcess, PAO, RESIDENCE, Terminal, World, answer, card_picture, hub_program,
};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;

/// Xác nhận tình trạng hôn nhân: the province decides its fee.
const MARITAL_STATUS: &str = "1.004873";

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

#[test]
fn every_command_answers_one_document_of_its_shape() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hub, file) = (folder.path().join("hub"), |name: &str| folder.path().join(name));
    let serving = HubProcess::serve(&hub, "127.0.0.1:0");
    let terminal = Terminal::new(folder.path());
    let does = |words: &[&str], shape: Value| {
        let said = terminal.does(words);
        has_shape(&said, &shape);
        said
    };

    // Some need no desk at all.
    let card = json!([{ "kind": "card", "text": "text", "warnings": [{ "code": "text", "text": "text" }], "card": {
        "number": HANH.number, "old_number": "text?", "name": HANH.name, "born": HANH.born, "sex": "female",
        "address": "text?", "issued": "2021-12-10", "extra": ["text"] } }]);
    does(&["scan", "--text", &HANH.card_text()], card.clone());
    let other = json!([{ "kind": "text", "text": "text", "card": "anything?", "warnings": [{}] }]);
    does(&["scan", "--text", "xin chào"], other);
    does(&["scan", "--text", "https://example.vn/a"], json!([{ "kind": "url" }]));
    let picture = file("the.png");
    card_picture(&HANH.card_text(), &picture);
    does(&["scan", text(&picture)], card);
    let due = json!({ "due": "2026-11-25T17:00:00+07:00", "reason": "text?", "steps": ["text"] });
    does(&["deadline", "--procedure", BIRTH, "--at", "2026-11-23T15:00"], due.clone());
    does(&["deadline", "--procedure", BIRTH, "--at", "2026-11-23T08:00:00Z"], due);
    let row = json!([{ "code": "text", "name": "text", "field": "text", "time": "text", "fee": "text" }]);
    let found = does(&["catalogue", "search", "dkks"], row.clone());
    assert_eq!(found[0]["code"], BIRTH);

    let setup = ["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2", "--officer", "Lò Thị Mai"];
    does(&setup, json!({ "recovery_key": "text", "agency": "H56.14", "centre": "text" }));
    does(&["status"], json!({ "waiting": "number", "acknowledged": 0, "link": "none", "why": "text?" }));
    let card_text = HANH.card_text();
    let receive =
        ["receive", "--card-text", &card_text, "--procedure", BIRTH, "--phone", "0912345678", "--paper", "2=1,0"];
    let warning = json!({ "code": "text", "text": "text" });
    let received = json!({ "code": "text", "due": "text?", "warnings": [warning] });
    let before = does(&receive, received.clone());
    assert!(before["code"].as_str().is_some_and(|code| code.ends_with("-00001")), "lane 00 before enrolment: {before}");

    let code = answer(hub_program(&hub).args(["desk", "add", "--agency", "H56.14", "--name", "Quầy 2"])).out;
    let enrolled = json!({ "enrolled": true, "hub": serving.url });
    does(&["enrol", "--hub", &serving.url, "--code", code.trim()], enrolled);
    let receive = [
        "receive",
        "--card",
        text(&picture),
        "--procedure",
        RESIDENCE,
        "--at",
        "2026-11-23T09:15",
        "--channel",
        "counter",
    ];
    let code = does(&receive, received)["code"].as_str().expect("a number").to_owned();
    assert_eq!(code, "H56.14-261123-01001");
    let late = ["receive", "--card-text", &PAO.card_text(), "--procedure", BIRTH, "--at", "2025-12-01 09:00"];
    does(&late, json!({ "due": "2025-12-01T17:00:00+07:00" }));

    let show = json!({ "code": code, "aliases": ["text"], "state": 2, "sync": "saved", "due": "text?", "papers": [{
            "name": "text", "originals": "number", "copies": "number", "note": "text" }],
        "applicant": { "name": HANH.name, "number_masked": "text", "born": "text?", "sex": "female", "address": "text", "phone": "text" },
        "timeline": [{ "at": "text", "by": "text", "text": "text", "sync": "saved" }] });
    does(&["show", &code], show);
    let rows = json!([{ "code": "text", "applicant": "text", "procedure": "text", "state": "number", "due": "text?", "sync": "saved" }]);
    assert_eq!(does(&["list"], rows.clone()).as_array().map(Vec::len), Some(3));
    does(&["list", "--due", "today"], rows.clone());
    assert!(does(&["list", "--due", "late"], rows.clone()).as_array().is_some_and(|late| !late.is_empty()));
    assert_eq!(does(&["find", "dang my hanh"], rows).as_array().map(Vec::len), Some(2));

    let written = |path: &Path| json!({ "file": text(path), "bytes": "number" });
    for (name, size) in [("a5.pdf", "a5"), ("a4.pdf", "a4"), ("a5.png", "a5")] {
        let out = file(name);
        let said = does(&["print", &code, "--form", "01", "--size", size, "--out", text(&out)], written(&out));
        assert_eq!(said["bytes"].as_u64(), Some(out.metadata().expect("the file").len()));
    }
    does(&["scan", text(&file("a5.png"))], json!([{ "kind": "receipt", "text": "text" }]));

    let standing = json!({ "waiting": "number", "acknowledged": "number", "link": "sending", "text": "text", "detail": "text",
        "waiting_dossiers": 3, "waiting_scans": 0, "waiting_bytes": "number", "minutes_left": "number?",
        "bytes_a_second": "number?", "offers_stick": false, "carried": "text?" });
    does(&["status"], standing);
    let hop = json!({ "hop": "text", "name": "text", "state": "well", "text": "text", "ms": "number?" });
    let trial = does(&["sync", "--try"], json!({ "well": true, "text": "text", "do": "", "hops": [hop] }));
    assert_eq!(trial["hops"].as_array().map(Vec::len), Some(5));
    does(&["sync", "--once"], json!({ "waiting": 0, "acknowledged": 6, "link": "all_sent" }));
    does(&["show", &code], json!({ "sync": "received" }));
    does(&["verify"], json!({ "ok": true, "from": "text", "operations": 6, "dossiers": 3 }));
    let backup = file("b.mcxb");
    does(&["backup", text(&backup)], json!({ "file": text(&backup), "bytes": "number", "scans": 0 }));
    does(&["restore", text(&backup)], json!({ "ok": true, "operations": 6, "dossiers": 3 }));
    let with_paper = before["code"].as_str().expect("a number");
    let scan = json!({ "paper": "text", "bytes": "number", "at": "text", "by": "text", "state": "here", "percent": 0, "text": "text",
        "id": "text", "media": "image/png", "is_here": true, "offer": "" });
    let attached = json!({ "code": with_paper, "timeline": [{ "text": "text" }], "waits": "text", "scans": [scan] });
    does(&["attach", with_paper, "--paper", "1", text(&picture)], attached);
    let listed = json!([{ "id": "text", "paper": "text", "bytes": "number", "media": "image/png", "state": "here", "here": true,
        "file": "text" }]);
    let scans = does(&["scans", with_paper, "--fetch", "--out", text(&file("xem"))], listed);
    let seen = std::fs::read(scans[0]["file"].as_str().expect("a file")).expect("the scan");
    assert_eq!(seen, std::fs::read(&picture).expect("the picture"));
    let (bundle, answer_file) = (file("goi.mcxgoi"), file("tra-loi.mcxgoi"));
    let small = json!({ "file": text(&bundle), "bytes": "number", "scans": 0, "scan_bytes": 0 });
    does(&["bundle", "out", text(&bundle), "--without-scans"], small);
    does(
        &["bundle", "out", text(&bundle)],
        json!({ "file": text(&bundle), "bytes": "number", "scans": 1, "scan_bytes": "number" }),
    );
    let carried = ["bundle", "in", text(&bundle), "--out", text(&answer_file)];
    let said = answer(hub_program(&hub).arg("--json").args(carried)).out;
    has_shape(&serde_json::from_str(&said).expect("one document"), &written(&answer_file));
    does(&["bundle", "in", text(&answer_file)], json!({ "waiting": 0, "acknowledged": "number" }));
    let catalogue = file("danh-muc.json");
    let procedure = json!({ "code": "1.900001", "name": "Thủ tục thử", "field": "Thử" });
    std::fs::write(&catalogue, json!({ "procedures": [procedure] }).to_string()).expect("a file");
    let change = json!({ "code": "text", "name": "text", "text": "text" });
    let imported = json!({ "rows": 1, "kept": 1, "changes": [change], "notes": [{ "text": "text" }], "preview": true });
    does(&["catalogue", "import", "--preview", text(&catalogue)], imported);
    does(&["catalogue", "import", text(&catalogue)], json!({ "rows": 1, "kept": 1, "preview": false }));
    assert_eq!(does(&["catalogue", "search", "thủ tục thử"], row)[0]["code"], "1.900001");
}

#[test]
fn a_dossiers_life_goes_on_in_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    terminal.does(&["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2"]);
    let received = terminal.does(&["receive", "--card-text", &HANH.card_text(), "--procedure", RESIDENCE]);
    let code = received["code"].as_str().expect("a number");
    let step = |words: &[&str], shape: Value| {
        let said = terminal.does(&[&["step", code], words].concat());
        has_shape(&said, &shape);
        said
    };
    step(&["note", "Đã gọi lại"], json!({ "code": code, "result": "", "paid": "0 đ", "cards": [{}] }));
    step(&["phone", "0912 000 001"], json!({ "applicant": { "phone": "0912000001" } }));
    step(&["address", "Thôn Nà Ngà"], json!({ "applicant": { "address": "Thôn Nà Ngà" } }));
    step(&["name", "Đặng Mỹ Hạnh"], json!({ "applicant": { "name": "Đặng Mỹ Hạnh" } }));
    step(&["number", "099157000322"], json!({ "applicant": { "number_masked": "099······322" } }));
    step(
        &["forward", "--unit", "Công chức tư pháp", "--to", "Vi Thị Nga", "--note", "Giao bản giấy"],
        json!({ "state": 4, "state_text": "Đang xử lý" }),
    );
    let fee = json!({ "id": "text", "amount": "15.000 đ", "receipt": "AB 1", "note": "", "by": "text", "at": "text", "cancelled": false,
        "line": "", "text": "text", "waits": false, "today": true });
    let said = step(&["fee", "15000", "--receipt", "AB 1"], json!({ "paid": "15.000 đ", "fees": [fee] }));
    let line = said["fees"][0]["id"].as_str().expect("its name");
    let cancel = ["cancel-fee", line, "--reason", "thu nhầm", "--copies-kept", "3"];
    step(&cancel, json!({ "paid": "0 đ", "fees": [{ "cancelled": true }] }));
    let shape = json!({ "result": "Số 12", "next_steps": [{ "step": "text", "text": "text" }],
        "timeline": [{ "not_in_force": false }] });
    step(&["result", "Số 12"], shape);
    assert_eq!(terminal.does(&["list", "--review"]), json!([]));
    has_shape(&terminal.does(&["find", "0912000001"]), &json!([{ "code": code, "cards": 0 }]));
    step(&["finish", "--result", "Giấy xác nhận=12"], json!({ "state": 9 }));
    step(&["hand-back", "--receipt"], json!({ "state": 10 }));
    let forgotten = terminal.does(&["forget", code, "--because", "Hết thời hạn lưu", "--yes", code]);
    has_shape(&forgotten, &json!({ "code": code, "state": 10, "applicant": { "phone": "", "address": "" } }));
    assert_eq!(terminal.does(&["find", "0912000001"]), json!([]));
}

#[test]
fn forms_the_register_and_templates_in_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    let file = |name: &str| folder.path().join(name);
    let written = |path: &Path| json!({ "file": text(path), "bytes": "number" });
    terminal.does(&["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2"]);
    let at = "2026-11-23T09:15";
    let received = terminal.does(&["receive", "--card-text", &HANH.card_text(), "--procedure", RESIDENCE, "--at", at]);
    let code = received["code"].as_str().expect("a number");
    terminal.does(&["step", code, "forward", "--unit", "Công chức tư pháp", "--to", "Vi Thị Nga"]);
    for (form, name) in [("06", "06.pdf"), ("handover", "giao.pdf"), ("06", "06.png")] {
        let out = file(name);
        let said = terminal.does(&["print", code, "--form", form, "--size", "a4", "--out", text(&out)]);
        has_shape(&said, &written(&out));
        assert_eq!(said["bytes"].as_u64(), Some(out.metadata().expect("the file").len()));
    }
    for name in ["so.pdf", "so.xlsx"] {
        let out = file(name);
        let said = terminal.does(&["report", "register", "--month", "2026-11", "--out", text(&out)]);
        has_shape(&said, &written(&out));
    }
    let out = file("ket-qua.pdf");
    has_shape(&terminal.does(&["report", "results", "--out", text(&out)]), &written(&out));

    let row = json!({ "form": "text", "title": "text", "source": "text", "from": "text", "to": "text?",
        "confidence": "text", "doubt": "text", "own": "flag" });
    let rows = terminal.does(&["forms", "list"]);
    has_shape(&rows, &json!([row]));
    assert_eq!(rows.as_array().map(Vec::len), Some(11));
    let template = file("06.json");
    has_shape(&terminal.does(&["forms", "export", "06", text(&template)]), &written(&template));
    let shown = terminal.does(&["forms", "import", text(&template), "--preview"]);
    has_shape(&shown, &json!({ "form": "06", "preview": true, "picture": text(&file("06.png")), "own": true }));
    let taken = terminal.does(&["forms", "import", text(&template)]);
    has_shape(&taken, &json!({ "form": "06", "preview": false, "picture": "text?" }));
}

#[test]
fn money_is_taken_and_the_till_is_closed_in_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    terminal.does(&["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2"]);
    let received = terminal.does(&["receive", "--card-text", &HANH.card_text(), "--procedure", "2.000815"]);
    let code = received["code"].as_str().expect("a number");
    let does = |words: &[&str], shape: Value| {
        let said = terminal.does(words);
        has_shape(&said, &shape);
        said
    };
    let line = json!({ "place": 1, "name": "text", "kind": "Phí", "price": "text", "unknown": false, "by_pages": true, "per": "text",
        "note": "text", "source": "text", "exemptions": [{}] });
    let owed = json!({ "code": code, "channel": "counter", "lines": [line], "taken": [{}], "paid": "0 đ", "awaited": "",
        "stage": "reception", "account": "anything?" });
    does(&["fees", "show", code], owed);
    let account = ["fees", "account", "--bank", "970415", "--account", "1134000999888", "--holder", "UBND XA CAO SON"];
    does(&account, json!({ "bank": "970415", "account": "text", "holder": "text", "warning": "" }));
    let (picture, table) = (folder.path().join("ma.png"), folder.path().join("muc-thu.json"));
    let code_of_it = ["fees", "qr", code, "--amount", "100000", "--out", text(&picture)];
    let drawn =
        does(&code_of_it, json!({ "file": text(&picture), "text": "text", "purpose": "text", "amount": "100.000 đ" }));
    // The desk's own reader reads what the desk drew.
    does(&["scan", text(&picture)], json!([{ "kind": "vietqr", "text": drawn["text"] }]));
    let copies = ["step", code, "fee", "--line", "1", "--pages", "3", "--copies", "20", "--given", "200000"];
    does(&copies, json!({ "paid": "100.000 đ" }));
    let transfer =
        does(&["step", code, "fee", "15000", "--transfer"], json!({ "paid": "100.000 đ", "awaited": "15.000 đ" }));
    let line = transfer["fees"][1]["id"].as_str().expect("its name");
    does(&["step", code, "confirm-fee", line, "--reference", "4821"], json!({ "paid": "115.000 đ", "awaited": "" }));
    let set = ["fees", "set", MARITAL_STATUS, "--amount", "15000", "--source", "NQ 12/2025/NQ-HĐND"];
    let change = json!({ "what": "price_new", "text": "text" });
    does(&set, json!({ "changes": [change], "preview": false }));
    does(&["fees", "export", text(&table)], json!({ "file": text(&table), "rows": "number" }));
    does(&["fees", "import", "--preview", text(&table)], json!({ "changes": [{}], "preview": true }));
    let row = json!({ "id": "text", "code": code, "amount": "text", "state": "text", "state_text": "text", "text": "text",
        "receipt": "", "by": "text", "at": "text", "carried": false });
    let till =
        does(&["cash", "show"], json!({ "lines": [row], "cash": "100.000 đ", "confirmed": "15.000 đ", "open": true }));
    assert_eq!(till["lines"].as_array().map(Vec::len), Some(2));
    let close = json!({ "id": "text", "counter": "2", "own": true, "by": "text", "at": "text", "began": "text", "count": 2,
        "expected": "100.000 đ", "counted": "100.000 đ", "difference": "", "reason": "", "confirmed": "15.000 đ",
        "waiting": "0 đ", "paid_in": ["text"], "left": "100.000 đ" });
    let closed =
        does(&["cash", "close", "--counted", "100000"], json!({ "lines": [{}], "open": false, "closes": [close] }));
    let close = closed["closes"][0]["id"].as_str().expect("its name");
    does(
        &["cash", "paid-in", close, "100000", "--document", "GNT 1"],
        json!({ "closes": [{ "left": "", "paid_in": ["text"] }] }),
    );
    assert_eq!(does(&["cash", "close"], json!({ "open": false }))["closes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_card_is_settled_in_the_terminal() {
    let world = World::new();
    let (first, mut second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, RESIDENCE);
    for desk in [&first, &second] {
        desk.syncs().expect("an exchange");
    }
    first.change_phone(&code, "0912 000 001").expect("a change");
    second.change_phone(&code, "0912 000 002").expect("a change");
    for desk in [&first, &second] {
        desk.syncs().expect("an exchange");
    }
    second.closes();
    let terminal = Terminal::of(&second);
    let version = json!({ "id": "text", "text": "text", "by": "text", "at": "text", "place": "text", "holds": "flag" });
    let card = json!({ "part": "phone", "title": "text", "text": "text", "versions": [version] });
    let shown = terminal.does(&["show", &code]);
    has_shape(&shown, &json!({ "cards": [card] }));
    has_shape(&terminal.does(&["list", "--review"]), &json!([{ "code": code, "cards": 1 }]));
    has_shape(&terminal.does(&["status"]), &json!({ "review": 1 }));
    let keep = shown["cards"][0]["versions"][0]["id"].as_str().expect("its name");
    let settled = terminal.does(&["step", &code, "settle", "phone", keep]);
    has_shape(&settled, &json!({ "applicant": { "phone": "0912000001" } }));
    assert_eq!(settled["cards"], json!([]));
}

#[test]
fn a_stream_of_pictures_is_answered_line_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    let (card, none) = (folder.path().join("the.png"), folder.path().join("khong co.png"));
    card_picture(&HANH.card_text(), &card);
    let mut child =
        terminal.command(&["scan", "--stream"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    std::io::Write::write_all(
        &mut child.stdin.take().expect("its input"),
        format!("{}\n{}\n", text(&card), text(&none)).as_bytes(),
    )
    .expect("two lines");
    let output = child.wait_with_output().expect("it ends");
    let lines: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((output.status.code(), lines.len()), (Some(0), 2));
    has_shape(&lines[0], &json!({ "texts": [HANH.card_text()], "ms": "number" }));
    has_shape(&lines[1], &json!({ "texts": ["text"], "ms": "number", "error": { "code": "file_unreadable" } }));
}

#[test]
fn without_json_a_person_reads_sentences() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    terminal.does(&["setup", "--agency", "H56.14", "--commune", "Xã Cao Sơn", "--desk", "2"]);
    let plain = |words: &[&str]| {
        let mut command = std::process::Command::new(terminal.command(&[]).get_program());
        command
            .env("MOTCUA_PASSPHRASE", motcua_tests::support::PASSPHRASE)
            .env("MOTCUA_MACHINE_DIR", terminal.machine());
        answer(command.arg("--data").arg(terminal.data()).args(words))
    };
    let received = plain(&["receive", "--card-text", &HANH.card_text(), "--procedure", BIRTH]);
    assert_eq!(received.code, Some(0), "{received:?}");
    assert!(received.json.is_null() && received.out.contains("H56.14-"), "{}", received.out);
    let refused = plain(&["show", "H56.14-200101-00001"]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""));
    assert!(refused.err.contains("(dossier_unknown)"), "{}", refused.err);
    let english = plain(&["--lang", "en", "verify"]);
    assert!(english.out.is_ascii() && !english.out.is_empty(), "{}", english.out);
}
