//! The real window, from log-in to receipt, with the mouse unplugged. `cargo xtask test` starts the display and builds the
//! programs these tests drive.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod driver;
mod sending;

use driver::{Window, key, until};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const PASSPHRASE: &str = "mot hai ba bon nam";
const PIN: &str = "246810";

/// A desk in a folder of its own, opened in the window.
struct Counter {
    folder: TempDir,
    axe: String,
}

impl Counter {
    fn set_up() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let counter = Self { folder, axe: std::fs::read_to_string(axe).expect("npm ci has run") };
        counter.motcua(&[
            "setup",
            "--agency",
            "H00.01",
            "--commune",
            "Xã Bản Mẫu",
            "--desk",
            "2",
            "--officer",
            "Lò Thị Mai",
            "--pin",
            PIN,
        ]);
        counter
    }

    /// The terminal face on the same store.
    fn motcua(&self, arguments: &[&str]) -> Value {
        let output = Command::new(variable("MOTCUA_DESK_PROGRAM"))
            .args(["--json", "--data"])
            .arg(self.folder.path().join("desk"))
            .args(arguments)
            .env("MOTCUA_PASSPHRASE", PASSPHRASE)
            .env("MOTCUA_MACHINE_DIR", self.folder.path().join("machine"))
            .output()
            .expect("motcua runs");
        serde_json::from_slice(&output.stdout).expect("one JSON document")
    }

    fn window(&self) -> Window {
        // The driver starts the program with this process's environment; one test runs at a time.
        let wrapper = self.folder.path().join("window.sh");
        let script = format!(
            "#!/bin/sh\necho $$ > '{0}/pid'\nMOTCUA_DATA='{0}/desk' MOTCUA_MACHINE_DIR='{0}/machine' HOME='{0}' exec '{1}' \"$@\"\n",
            self.folder.path().display(),
            variable("MOTCUA_WINDOW_PROGRAM"),
        );
        std::fs::write(&wrapper, script).expect("written");
        #[cfg(unix)]
        std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("set");
        Window::open(&wrapper.to_string_lossy(), self.folder.path().join("pid"))
    }

    fn passes_axe(&self, window: &Window, screen: &str) {
        let findings = window.serious_findings(&self.axe);
        assert!(findings.is_empty(), "{screen}: {findings:#?}");
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by cargo xtask test"))
}

#[test]
fn a_visit_without_a_card_goes_from_log_in_to_receipt_by_keyboard_alone() {
    let counter = Counter::set_up();
    let window = counter.window();
    window.shows("Lò Thị Mai");
    counter.passes_axe(&window, "log-in");
    window.types(PIN);
    window.shows("Việc của tôi");
    counter.passes_axe(&window, "today");

    window.press(key::F4);
    window.shows("Chọn thủ tục");
    window.types("doc than");
    window.shows("Giấy xác nhận tình trạng hôn nhân");
    counter.passes_axe(&window, "procedures");
    window.press(key::ENTER);
    window.shows("Giấy tờ nhận");
    window.types("Đặng Thị Mỹ Hạnh");
    window.press(key::TAB);
    window.types("099157000321");
    window.press(key::TAB);
    window.types("21/3/57");
    counter.passes_axe(&window, "intake");
    window.press(key::F6);
    window.press(key::SPACE);
    window.control(key::ENTER);
    window.shows("Chưa ghi nhận:");
    counter.passes_axe(&window, "question");
    window.press(key::ENTER);
    window.shows("H00.01-");
    until("the receipt is drawn", || {
        let drawn =
            "return [...document.images].some((i) => i.src.startsWith('data:image/png') && i.naturalWidth > 300);";
        window.script(drawn).as_bool().unwrap_or(false).then_some(())
    });
    counter.passes_axe(&window, "receipt");

    let listed = counter.motcua(&["list"]);
    assert_eq!(listed[0]["applicant"], "Đặng Thị Mỹ Hạnh");
    let code = listed[0]["code"].as_str().expect("a code");
    assert!(window.text().contains(code), "the number on the screen is the number in the store");
    let shown = counter.motcua(&["show", code]);
    assert_eq!(shown["applicant"]["born"], "1957-03-21");
    assert_eq!(shown["papers"].as_array().map(Vec::len), Some(1));
    assert_eq!(counter.motcua(&["verify"])["ok"], true);
}

#[test]
fn a_scanned_card_fills_the_form_and_is_never_typed_into_a_field() {
    let counter = Counter::set_up();
    let window = counter.window();
    window.shows("Lò Thị Mai");
    window.types(PIN);
    window.shows("Việc của tôi");
    window.scans("099157000321||Dang Thi My Hanh|21031957|Nu|Thon Na Mau, Xa Ban Mau|10122021");
    // Grouped as the check shows it: while the scanner types, the box repeats the name.
    window.shows("099 157 000 321");
    counter.passes_axe(&window, "card");
    window.press(key::ENTER);
    window.shows("Chọn thủ tục");
    window.types("1.001193");
    window.shows("khai sinh");
    window.press(key::ENTER);
    window.shows("Giấy tờ nhận");
    window.shows("099 157 000 321");
    window.types("0912345678");
    // Another card in the middle of a form asks first, and leaves the field it was scanned into as it was.
    window.scans("099257000654||Lo Van On|01011957|Nam|Ban Pa Khoang|10122021");
    window.shows("Lo Van On");
    assert_eq!(window.value("applicant.phone"), "0912345678");
    window.shows("Dang Thi My Hanh");
    counter.passes_axe(&window, "another card");
}

#[test]
fn what_was_typed_is_there_again_after_the_program_was_killed() {
    let counter = Counter::set_up();
    {
        let window = counter.window();
        window.shows("Lò Thị Mai");
        window.types(PIN);
        window.shows("Việc của tôi");
        window.press(key::F4);
        window.shows("Chọn thủ tục");
        window.types("dkks");
        window.shows("khai sinh");
        window.press(key::ENTER);
        window.shows("Giấy tờ nhận");
        window.types("Giàng A Páo");
        window.shows("Đã lưu");
        window.kill();
    }
    let window = counter.window();
    window.shows("Lò Thị Mai");
    window.types(PIN);
    window.shows("Giàng A Páo");
}

#[test]
fn every_other_screen_is_reached_by_keyboard_and_has_no_serious_finding() {
    let counter = Counter::set_up();
    counter.motcua(&[
        "receive",
        "--card-text",
        "099157000321||Đặng Thị Mỹ Hạnh|21031957|Nữ|Thôn Nà Mẫu|10122021",
        "--procedure",
        "2.000815",
    ]);
    let window = counter.window();
    window.shows("Lò Thị Mai");
    window.types("135791");
    window.shows("Mã PIN chưa đúng");
    counter.passes_axe(&window, "wrong PIN");
    window.types(PIN);
    window.shows("Đặng Thị Mỹ Hạnh");
    for (tab, shows, screen) in
        [('3', "Đặng Thị Mỹ Hạnh", "dossiers"), ('4', "Mã kết nối", "sync"), ('5', "Cán bộ", "settings")]
    {
        window.control(tab);
        window.shows(shows);
        counter.passes_axe(&window, screen);
    }
    window.control('1');
    window.shows("Việc của tôi");
    let listed = counter.motcua(&["list"]);
    window.scans(listed[0]["code"].as_str().expect("a code"));
    window.shows("Đã lưu trên máy");
    counter.passes_axe(&window, "dossier");
    window.press(key::F1);
    window.shows("F9");
    counter.passes_axe(&window, "help");
    window.press(key::ESCAPE);
}
