//! Golden screens: a dossier's page as text.

use desk::api::dossiers::DossierView;
use std::fmt::Write;
use std::path::Path;

/// The page as a clerk would read it aloud.
pub fn read_aloud(view: &DossierView) -> String {
    let mut text = format!("Hồ sơ {}: {}\n", view.code, view.state_text);
    let who = &view.applicant;
    let mut line = |words: &str| writeln!(text, "{words}").expect("memory takes every letter");
    line(&format!("{}, {}, {}, {}", who.name, who.number_masked, who.address, who.phone));
    let promised = if view.promised_text.is_empty() {
        String::new()
    } else {
        format!(" (hẹn ban đầu {})", view.promised_text)
    };
    line(&format!("Hẹn trả: {}{promised}", view.due_text));
    line(&format!("Kết quả: {}. Đã thu: {}", view.result, view.paid));
    for card in &view.cards {
        line(&format!("\nCẦN XEM LẠI: {}. {}", card.title, card.text));
        for version in &card.versions {
            let mark = if version.holds { "đang dùng" } else { "" };
            line(&format!("  {} – {}, {}, {} {mark}", version.text, version.by, moment(&version.at), version.place));
        }
    }
    let next: Vec<&str> = view.next_steps.iter().map(|offer| offer.text.as_str()).collect();
    line(&format!("Bước tiếp theo: {}", next.join(" · ")));
    line("\nDiễn biến");
    for row in &view.timeline {
        let idle = if row.not_in_force { " (không có hiệu lực)" } else { "" };
        line(&format!("  {} {}: {}{idle}", moment(&row.at), row.by, row.text));
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// `11-22 08:01`.
fn moment(at: &str) -> String {
    at.get(5..16).expect("a moment").replace('T', " ")
}

/// Holds a text against its golden file; `BLESS=1` writes the file anew.
pub fn is_golden(name: &str, text: &str) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(golden.parent().expect("a folder")).expect("the folder");
        std::fs::write(&golden, text).expect("the golden text");
    }
    assert_eq!(std::fs::read_to_string(&golden).expect("the golden text"), text, "{}", golden.display());
}
