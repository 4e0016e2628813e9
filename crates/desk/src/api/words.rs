//! Moments and names as Vietnamese offices write them.

use crate::texts::{Language, text};
use jiff::civil::{Date, DateTime};

/// "16 giờ 30, thứ Tư, 24/02/2026".
pub fn moment(language: Language, at: DateTime) -> String {
    let params =
        [("hour", at.hour().to_string()), ("minute", format!("{:02}", at.minute())), ("day", day(language, at.date()))];
    text(language, "moment", &params)
}

/// "thứ Tư, 24/02/2026".
fn day(language: Language, date: Date) -> String {
    let weekday = format!("weekday_{}", date.weekday().to_monday_one_offset());
    let date = format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year());
    text(language, "day", &[("weekday", text(language, &weekday, &[])), ("date", date)])
}

/// "Xã Bản Mẫu" inside a sentence: "xã Bản Mẫu".
pub fn in_sentence(commune: &str) -> String {
    let mut letters = commune.chars();
    let first = letters.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    let is_kind =
        ["xa", "phuong", "dac"].contains(&domain::text::fold(commune.split(' ').next().unwrap_or_default()).as_str());
    if is_kind { first + letters.as_str() } else { commune.to_owned() }
}

/// A stored local moment (`2026-11-22T09:15:00`) as RFC 3339 at +07:00.
pub fn stored(at: &str) -> String {
    format!("{at}+07:00")
}

/// "1,4 MB".
pub fn size(bytes: u64) -> String {
    let (amount, unit) = if bytes < 1_000_000 { (bytes as f64 / 1e3, "kB") } else { (bytes as f64 / 1e6, "MB") };
    format!("{} {unit}", format!("{amount:.1}").replace('.', ","))
}
