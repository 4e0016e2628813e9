//! Sending by line and by stick, and scans, in the real window: no terminal is needed for any of it.

use crate::driver::{Window, key, until};
use crate::{Counter, PIN};
use motcua_tests::support::{HubProcess, answer, hub_program};
use std::fs;
use std::path::{Path, PathBuf};

const CARD: &str = "099157000321||Đặng Thị Mỹ Hạnh|21031957|Nữ|Thôn Nà Mẫu|10122021";
const BIRTH: &str = "1.001193";

/// A counter that is enrolled, with a dossier the province lacks.
struct Connected {
    counter: Counter,
    hub: HubProcess,
    code: String,
}

impl Connected {
    fn set_up() -> Self {
        let counter = Counter::set_up();
        let folder = counter.folder.path().join("hub");
        let hub = HubProcess::serve(&folder, "127.0.0.1:0");
        let code = answer(hub_program(&folder).args(["desk", "add", "--agency", "H00.01", "--name", "Quầy 2"])).out;
        counter.motcua(&["enrol", "--hub", &hub.url, "--code", code.trim()]);
        counter.motcua(&["sync", "--once"]);
        let papers = ["--paper", "1=1,0", "--paper", "2=1,0"];
        let received = counter.motcua(&[&["receive", "--card-text", CARD, "--procedure", BIRTH], &papers[..]].concat());
        let code = received["code"].as_str().expect("a number").to_owned();
        Self { counter, hub, code }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.counter.folder.path().join(name)
    }

    /// The window, with somebody logged in.
    fn window(&self) -> Window {
        let window = self.counter.window();
        window.shows("Lò Thị Mai");
        window.types(PIN);
        window.shows("Việc của tôi");
        window
    }
}

/// A scanned page: begins like a PNG and does not pack.
fn scan(path: &Path, bytes: u32) {
    let noise = (0..bytes).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8);
    fs::write(path, b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).collect::<Vec<u8>>()).expect("a file");
}

#[test]
fn a_stick_carries_out_and_in_what_the_line_does_not() {
    let mut office = Connected::set_up();
    office.hub.kill();
    let window = office.window();
    window.control('4');
    window.shows("Đang làm không mạng · 1 hồ sơ chờ gửi");
    window.shows("Chưa gửi được vì");
    window.press(key::F2);
    window.shows("Tới được máy chủ tỉnh, nhưng phần mềm ở đó chưa chạy.");
    window.shows("Báo người phụ trách máy chủ tỉnh.");
    office.counter.passes_axe(&window, "a trial that failed");

    let (bundle, reply) = (office.path("goi.mcxgoi"), office.path("tra-loi.mcxgoi"));
    window.press(key::F6);
    window.chooses("Chọn nơi chép trên USB", &bundle);
    window.shows("Tháo USB đúng cách");
    window.shows("Đã ở trên USB từ");
    office.counter.passes_axe(&window, "a bundle was written");
    let carried = answer(hub_program(&office.path("hub")).args(["bundle", "in"]).arg(&bundle).arg("--out").arg(&reply));
    assert_eq!(carried.code, Some(0), "{}", carried.err);
    window.press(key::F7);
    window.chooses("Chọn tệp trả lời của tỉnh", &reply);
    window.shows("Đã nhận trả lời của tỉnh");
    assert_eq!(office.counter.motcua(&["status"])["waiting"], 0);
    // A file that is none is refused in words, and nothing is lost.
    window.press(key::F7);
    window.chooses("Chọn tệp trả lời của tỉnh", &bundle);
    window.shows("Không mất gì");
    assert_eq!(office.counter.motcua(&["verify"])["ok"], true);
}

#[test]
fn a_scan_is_attached_to_a_paper_and_shown_on_its_way_until_the_province_has_it() {
    let office = Connected::set_up();
    let (page, none) = (office.path("trang-1.png"), office.path("khong-phai.txt"));
    scan(&page, 300_000);
    fs::write(&none, "chữ").expect("a file");
    let window = office.window();
    window.scans(&office.code);
    window.shows("Đặng Thị Mỹ Hạnh – ");
    window.press(key::F6);
    window.shows("Bản quét của giấy nào?");
    office.counter.passes_axe(&window, "which paper");
    window.press('2');
    window.chooses("Chọn ảnh hoặc PDF đã quét", &page);
    window.shows("Đã đính kèm 1 bản quét");
    let shown = office.counter.motcua(&["show", &office.code]);
    assert_eq!(shown["scans"][0]["paper"], shown["papers"][1]["name"]);
    until("the scan is at the province, and the page says so", || {
        let received =
            "return [...document.querySelectorAll('.scans .status')].some((s) => s.innerText === 'Tỉnh đã nhận');";
        window.script(received).as_bool().unwrap_or(false).then_some(())
    });
    office.counter.passes_axe(&window, "a dossier with a scan");
    window.press(key::F6);
    window.shows("Bản quét của giấy nào?");
    window.press('1');
    window.chooses("Chọn ảnh hoặc PDF đã quét", &none);
    window.shows("không phải ảnh");
    assert_eq!(office.counter.motcua(&["status"])["waiting_scans"], 0);
}
