//! Times and fees as catalogues write them, in words: "03 ngày làm việc", "8.000 đồng/bản", "do HĐND tỉnh quyết định".

use domain::catalogue::{Price, TimeLimit};
use domain::money::Money;
use domain::text::fold;

/// What some words say about a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeWords {
    /// Exactly one time.
    One(TimeLimit),
    /// Several times, for several cases.
    Several,
    /// A number without a unit, which may mean anything.
    Unitless(u16),
    /// Nothing that is a time.
    Nothing,
}

/// What some words say about a fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeeWords {
    /// One price, and what it is for (empty: not said).
    One(Price, String),
    /// Several amounts, for several cases.
    Several,
    /// Plainly nothing to pay.
    Free,
    /// Left to the province or to another rule, or not readable.
    Unknown,
    /// No words at all.
    Nothing,
}

/// Numbers spelled out behind their digits: "15 (mười lăm) ngày".
const SPELLED: [&str; 14] =
    ["mot", "hai", "ba", "bon", "tu", "nam", "lam", "sau", "bay", "tam", "chin", "muoi", "linh", "le"];

/// Reads a time.
pub fn time(text: &str) -> TimeWords {
    let folded = fold(text);
    if let Ok(number) = folded.parse() {
        return TimeWords::Unitless(number);
    }
    match times(text).as_slice() {
        [limit] => TimeWords::One(*limit),
        [] if folded.contains("trong ngay") => TimeWords::One(TimeLimit::SameDay),
        [] => TimeWords::Nothing,
        _ => TimeWords::Several,
    }
}

/// The times with a number and a unit that a text names, each once.
pub fn times(text: &str) -> Vec<TimeLimit> {
    let folded = fold(text);
    let tokens: Vec<&str> = folded.split(' ').collect();
    let mut found: Vec<TimeLimit> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let Some(count) = token.parse::<u16>().ok().filter(|count| *count > 0) else { continue };
        // "sau 15 giờ" is an hour of the day.
        let hour = place
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            .is_some_and(|before| matches!(*before, "sau" | "truoc" | "luc" | "den" | "tu"));
        let rest = tokens.iter().skip(place + 1).copied().skip_while(|word| SPELLED.contains(word));
        let limit = match rest.take(3).collect::<Vec<_>>().as_slice() {
            ["ngay", "lam", "viec"] => TimeLimit::WorkingDays(count),
            ["ngay", ..] => TimeLimit::CalendarDays(count),
            ["gio", "lam", "viec"] => TimeLimit::WorkingHours(count),
            ["gio", ..] if !hour => TimeLimit::ClockHours(count),
            _ => continue,
        };
        if !found.contains(&limit) {
            found.push(limit);
        }
    }
    found
}

/// Reads a fee.
pub fn fee(text: &str) -> FeeWords {
    let folded = fold(text);
    if folded.is_empty() {
        return FeeWords::Nothing;
    }
    let amounts = amounts(text);
    if let (Some(first_pages), [first, then, at_most]) = (pages_before(&folded), amounts.as_slice()) {
        let price = Price::Pages { first: *first, first_pages, then: *then, at_most: *at_most };
        return FeeWords::One(price, "bản".into());
    }
    match amounts.as_slice() {
        [] if is_free(&folded) => FeeWords::Free,
        [] => FeeWords::Unknown,
        [Money(0)] => FeeWords::Free,
        [amount] => FeeWords::One(Price::Flat(*amount), per(text)),
        _ => FeeWords::Several,
    }
}

/// Whether words leave the amount to somebody else: the provincial council, another rule, or nobody.
pub fn is_left_open(text: &str) -> bool {
    let folded = format!(" {} ", fold(text));
    let anywhere = [" phi ", " muc thu ", " hoi dong nhan dan ", " hdnd "];
    let opening = [" theo quy dinh ", " khong quy dinh ", " chua quy dinh "];
    !is_free(folded.trim())
        && (anywhere.iter().any(|words| folded.contains(words))
            || opening.iter().any(|words| folded.starts_with(words)))
}

/// The amounts in đồng that a text names, in order, each once. A bare number is none: it needs groups of three or a currency.
pub fn amounts(text: &str) -> Vec<Money> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (_, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        rest = after;
        let number = number.trim_end_matches(['.', ',']);
        let mut groups = number.split(['.', ',']);
        let head = groups.next().unwrap_or_default();
        let tail: Vec<&str> = groups.collect();
        let grouped = !tail.is_empty() && (1..=3).contains(&head.len()) && tail.iter().all(|group| group.len() == 3);
        let currency = after.trim_start().to_lowercase();
        let in_dong = ["đ", "d/", "dong", "vnd", "vnđ"].iter().any(|unit| currency.starts_with(unit));
        if !(grouped || tail.is_empty() && in_dong) {
            continue;
        }
        let amount = std::iter::once(head).chain(tail).collect::<String>().parse().map(Money);
        if let Ok(amount) = amount
            && !found.contains(&amount)
        {
            found.push(amount);
        }
    }
    found
}

/// "từ trang thứ 3": two pages before it.
fn pages_before(folded: &str) -> Option<u16> {
    let (_, after) = folded.split_once("tu trang thu ")?;
    let number: u16 = match after.split(' ').next()? {
        "ba" => 3,
        digits => digits.parse().ok()?,
    };
    number.checked_sub(1)
}

/// "Miễn lệ phí", "Không thu", "Không": but not "Miễn lệ phí cho người thuộc hộ nghèo", where others pay, nor "Không quy định".
fn is_free(folded: &str) -> bool {
    let plain =
        ["khong", "khong co", "mien", "mien phi", "mien le phi", "khong thu", "khong mat phi", "khong phai nop"];
    let opening = ["khong thu ", "khong phai nop ", "mien phi ", "mien le phi ", "mien thu "];
    let others_pay = ["mien phi cho ", "mien phi doi voi ", "mien le phi cho ", "mien le phi doi voi "];
    plain.contains(&folded)
        || opening.iter().any(|start| folded.starts_with(start))
            && !others_pay.iter().any(|start| folded.starts_with(start))
}

/// What one amount is for: the words behind the stroke in "8.000 đồng/bản".
fn per(text: &str) -> String {
    let behind = text.rsplit_once('/').map(|(_, behind)| behind).unwrap_or_default();
    let words = behind.split([')', ';', '.', ',', '(', ':']).next().unwrap_or_default().trim();
    if words.chars().any(|c| c.is_ascii_digit()) || words.chars().count() > 40 { String::new() } else { words.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_as_offices_write_them() {
        use TimeLimit::{CalendarDays, ClockHours, SameDay, WorkingDays, WorkingHours};
        for (text, said) in [
            ("03 ngày làm việc", TimeWords::One(WorkingDays(3))),
            ("Không quá 15 (mười lăm) ngày làm việc kể từ ngày nhận đủ hồ sơ", TimeWords::One(WorkingDays(15))),
            ("15 ngày", TimeWords::One(CalendarDays(15))),
            ("24 giờ kể từ khi hồ sơ đầy đủ", TimeWords::One(ClockHours(24))),
            ("08 giờ làm việc", TimeWords::One(WorkingHours(8))),
            ("Trong ngày", TimeWords::One(SameDay)),
            (
                "Ngay trong ngày tiếp nhận hoặc trong ngày làm việc tiếp theo nếu tiếp nhận sau 15 giờ",
                TimeWords::One(SameDay),
            ),
            ("3 ngày làm việc; cần xác minh thì 5 ngày làm việc", TimeWords::Several),
            ("10 ngày làm việc, không quá 10 ngày làm việc", TimeWords::One(WorkingDays(10))),
            ("3", TimeWords::Unitless(3)),
            ("", TimeWords::Nothing),
            ("Thông tư 85/2019/TT-BTC ngày 05/12/2019", TimeWords::Nothing),
            ("Không quy định", TimeWords::Nothing),
        ] {
            assert_eq!(time(text), said, "{text}");
        }
    }

    #[test]
    fn fees_are_read_as_offices_write_them() {
        let flat = |amount, per: &str| FeeWords::One(Price::Flat(Money(amount)), per.into());
        let pages = Price::Pages { first: Money(2_000), first_pages: 2, then: Money(1_000), at_most: Money(200_000) };
        for (text, said) in [
            ("8.000 đồng/bản", flat(8_000, "bản")),
            ("10,000đ/trường hợp (một giấy tờ)", flat(10_000, "trường hợp")),
            ("50000 đồng", flat(50_000, "")),
            (
                "2.000 đồng/trang; từ trang thứ 3 trở lên thu 1.000 đồng/trang, tối đa 200.000 đồng/bản",
                FeeWords::One(pages, "bản".into()),
            ),
            ("Không", FeeWords::Free),
            ("Miễn lệ phí. Phí cấp bản sao thu riêng", FeeWords::Free),
            ("0 đồng", FeeWords::Free),
            ("Miễn lệ phí cho người thuộc hộ nghèo", FeeWords::Unknown),
            ("Do HĐND tỉnh quyết định (Thông tư số 85/2019/TT-BTC ngày 05/12/2019)", FeeWords::Unknown),
            ("Không quy định", FeeWords::Unknown),
            ("20.000 đồng trực tiếp, 10.000 đồng trực tuyến", FeeWords::Several),
            ("", FeeWords::Nothing),
        ] {
            assert_eq!(fee(text), said, "{text}");
        }
    }

    #[test]
    fn an_amount_left_to_others_is_not_free() {
        for (text, open) in [
            ("Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định.", true),
            ("Theo quy định của Luật phí và lệ phí", true),
            ("Không quy định.", true),
            ("Miễn lệ phí cho người thuộc hộ nghèo.", true),
            ("Miễn lệ phí.", false),
            ("Không thu lệ phí đăng ký đối với tổ hợp tác theo quy định", false),
            ("05 ngày làm việc kể từ ngày nhận đủ hồ sơ theo quy định", false),
            ("", false),
        ] {
            assert_eq!(is_left_open(text), open, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_words_are_too_strange(text in any::<String>()) {
            let _ = (time(&text), fee(&text), amounts(&text), is_left_open(&text));
        }

        #[test]
        fn a_written_time_is_read_back(days in 1_u16..400) {
            prop_assert_eq!(time(&format!("Không quá {days:02} ngày làm việc")), TimeWords::One(TimeLimit::WorkingDays(days)));
        }
    }
}
