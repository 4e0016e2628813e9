//! The catalogue of administrative procedures (thủ tục hành chính): what a citizen can ask for, how long it takes, what it costs, what to bring.
//!
//! What the catalogue does not know is `None` and is shown as unknown; nothing is filled in by guess.

pub mod compare;
pub mod condition;
pub mod owed;
pub mod search;

use crate::money::Money;
use crate::text::fold;
use jiff::civil::Date;

/// How a dossier reaches the desk (KenhThucHien of the National Portal: 1 counter, 2 online, 3 post).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Channel {
    /// Trực tiếp.
    #[default]
    Counter,
    /// Trực tuyến.
    Online,
    /// Bưu chính công ích.
    Post,
}

impl Channel {
    /// All three, in the portal's order.
    pub const ALL: [Channel; 3] = [Channel::Counter, Channel::Online, Channel::Post];
}

/// The time the law gives for one procedure through one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeLimit {
    /// Result on the day of reception; from 15:00, the next working day.
    SameDay,
    /// Working hours of the office.
    WorkingHours(u16),
    /// Hours by the clock, day and night (hộ tịch within 24 hours, Luật Hộ tịch 2026, from 1/3/2027).
    ClockHours(u16),
    /// Ngày làm việc.
    WorkingDays(u16),
    /// Ngày (calendar days), moved to the next working day when it ends on a day off (BLDS 2015, Điều 148).
    CalendarDays(u16),
}

/// Time for some channels, or for one case of the procedure there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureTime {
    /// The channels it holds for.
    pub channels: Vec<Channel>,
    /// The case it holds for ("bổ sung thông tin hộ tịch"), where one procedure has several times; empty: always.
    pub case: String,
    /// The time, if the catalogue is sure of one.
    pub limit: Option<TimeLimit>,
    /// Words beside it: how it may be longer, which article gives it.
    pub note: String,
}

/// What a fee line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// One amount each time.
    Flat(Money),
    /// By the pages of the original, as for certified copies (TT 226/2016/TT-BTC): so much for each of the first pages,
    /// so much for each one after them, never more than `at_most` for one copy.
    Pages {
        /// Amount for each of the first pages.
        first: Money,
        /// How many pages are "first".
        first_pages: u16,
        /// Amount for each page after them.
        then: Money,
        /// The most one copy can cost.
        at_most: Money,
    },
}

impl Price {
    /// The price of so many copies (or dossiers, or papers) of an original with so many pages.
    pub fn of(self, pages: u32, copies: u32) -> Money {
        let one = match self {
            Self::Flat(amount) => amount.0,
            Self::Pages { first, first_pages, then, at_most } => {
                let dear = pages.min(u32::from(first_pages));
                let cheap = pages - dear;
                first.0.saturating_mul(dear.into()).saturating_add(then.0.saturating_mul(cheap.into())).min(at_most.0)
            }
        };
        Money(one.saturating_mul(copies.into()))
    }
}

/// One line of a fee table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// The channels it holds for.
    pub channels: Vec<Channel>,
    /// The case it holds for ("đăng ký quá hạn"); empty: always.
    pub case: String,
    /// The price. `None` is "not known here" (decided by the province, or doubtful), never "free".
    pub price: Option<Price>,
    /// What one price is for: a copy, a paper, a dossier; empty where the source does not say.
    pub per: String,
    /// Who pays less or nothing, and other words of the source.
    pub note: String,
}

/// A paper the procedure asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredPaper {
    /// Its name as the catalogue gives it.
    pub name: String,
    /// How many originals are handed in or shown.
    pub originals: u16,
    /// How many copies are handed in.
    pub copies: u16,
    /// When it is asked for, where that is not always ("nếu ủy quyền"); empty: always.
    pub condition: String,
    /// What an officer should know before trusting this line (it names hộ khẩu, cấp huyện or CMND, for example); empty: nothing.
    pub doubt: String,
}

/// A paper the citizen gets at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureResult {
    /// Its name.
    pub name: String,
    /// `KQ.…` code, empty where none is known.
    pub code: String,
}

/// One version of a procedure, in force from its date until another version of the same code takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// National code, `1.001193`.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// First day this version holds.
    pub effective_from: Date,
    /// Last day it holds, if that is known.
    pub effective_to: Option<Date>,
    /// Codes of the procedures that take its place once it has ended, where the source names them.
    pub replaced_by: Vec<String>,
    /// Decision that published it, where known.
    pub decision: String,
    /// The agency that settles it, in the catalogue's words.
    pub handled_by: String,
    /// Time for each channel.
    pub times: Vec<ProcedureTime>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Papers to bring, those always asked for first.
    pub papers: Vec<RequiredPaper>,
    /// Papers the citizen gets.
    pub results: Vec<ProcedureResult>,
    /// Whether somebody else may act under an authorisation ([`authorisation_allowed`]).
    pub may_authorise: bool,
    /// What the officer should know at the counter that is no paper to bring.
    pub notes: Vec<String>,
    /// What is doubtful about this version, in words for the officer.
    pub doubts: Vec<String>,
    /// Where the version comes from, with its date.
    pub source: String,
}

impl Procedure {
    /// The time for a channel: `None` where the catalogue has no single sure one. Where it has several
    /// ([`Procedure::cases`]), the officer says which case this is.
    pub fn time(&self, channel: Channel) -> Option<TimeLimit> {
        let mut sure = self.cases(channel).map(|time| time.limit);
        match (sure.next(), sure.next()) {
            (Some(limit), None) => limit,
            _ => None,
        }
    }

    /// The time for a channel in the case the officer chose (empty: the usual one): where the channel has one time alone, that
    /// one; `None` where it has several and none is of this case.
    pub fn time_of(&self, channel: Channel, case: Option<&str>) -> Option<TimeLimit> {
        let chosen = |time: &&ProcedureTime| case.is_some_and(|case| fold(case) == fold(&time.case));
        if self.has_cases(channel) { self.cases(channel).find(chosen)?.limit } else { self.time(channel) }
    }

    /// Whether a channel has several times, so that the officer has to say which case this is.
    pub fn has_cases(&self, channel: Channel) -> bool {
        self.cases(channel).count() > 1
    }

    /// The times for a channel, one for each case.
    pub fn cases(&self, channel: Channel) -> impl Iterator<Item = &ProcedureTime> {
        self.times.iter().filter(move |time| time.channels.contains(&channel))
    }

    /// The fee lines for a channel.
    pub fn fees(&self, channel: Channel) -> impl Iterator<Item = &Fee> {
        self.fees.iter().filter(move |fee| fee.channels.contains(&channel))
    }

    /// Whether this version's dates hold a day. The version that counts is [`version_on`]'s.
    pub fn in_force(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }
}

/// The version of a procedure that counts on a day: of those whose dates hold it, the one that began last.
pub fn version_on<'a>(versions: &'a [Procedure], code: &str, day: Date) -> Option<&'a Procedure> {
    versions
        .iter()
        .filter(|version| version.code == code && version.in_force(day))
        .max_by_key(|version| version.effective_from)
}

/// The last version of a procedure that has ended by a day, where none holds on it.
pub fn ended_before<'a>(versions: &'a [Procedure], code: &str, day: Date) -> Option<&'a Procedure> {
    let over = |version: &&Procedure| version.code == code && version.effective_to.is_some_and(|last| last < day);
    match version_on(versions, code, day) {
        Some(_) => None,
        None => versions.iter().filter(over).max_by_key(|version| version.effective_to),
    }
}

/// The catalogue as it stands on a day: one version of each code, in the order of the codes' first appearance.
pub fn on_day(versions: &[Procedure], day: Date) -> Vec<&Procedure> {
    let mut seen = std::collections::BTreeSet::new();
    versions
        .iter()
        .filter(|version| seen.insert(version.code.as_str()))
        .filter_map(|first| version_on(versions, &first.code, day))
        .collect()
}

/// Whether a procedure may be carried out by somebody else under an authorisation. Not marriage, re-registration of
/// marriage, recognition of parent and child (TT 04/2020/TT-BTP, Điều 2), nor the certification of a signature or a
/// will, where the person signs before the certifier (NĐ 23/2015/NĐ-CP).
pub fn authorisation_allowed(field: &str, name: &str) -> bool {
    let (field, name) = (fold(field), fold(name));
    let forbidden: &[&str] = if field.starts_with("ho tich") {
        &["dang ky ket hon", "dang ky lai ket hon", "nhan cha me con"]
    } else if field.starts_with("chung thuc") {
        &["chung thuc chu ky trong", "chung thuc di chuc"]
    } else {
        &[]
    };
    !forbidden.iter().any(|words| name.contains(words))
}

/// Whether a text is a national procedure code: one digit, a dot, six digits (`1.001193`).
pub fn is_code(text: &str) -> bool {
    matches!(text.as_bytes(), [first, b'.', rest @ ..]
        if first.is_ascii_digit() && rest.len() == 6 && rest.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// A procedure nobody has written more about than its name.
    pub(super) fn bare(code: &str, name: &str, field: &str) -> Procedure {
        Procedure {
            code: code.into(),
            name: name.into(),
            field: field.into(),
            effective_from: date(2025, 7, 1),
            effective_to: None,
            replaced_by: vec![],
            decision: String::new(),
            handled_by: String::new(),
            times: vec![],
            fees: vec![],
            papers: vec![],
            results: vec![],
            may_authorise: true,
            notes: vec![],
            doubts: vec![],
            source: String::new(),
        }
    }

    fn time(case: &str, limit: Option<TimeLimit>) -> ProcedureTime {
        ProcedureTime { channels: vec![Channel::Counter], case: case.into(), limit, note: String::new() }
    }

    #[test]
    fn a_time_is_sure_only_where_there_is_one() {
        let mut procedure = bare("1.009001", "Cải chính", "Hộ tịch");
        assert_eq!(procedure.time(Channel::Counter), None);
        procedure.times = vec![time("", Some(TimeLimit::WorkingDays(3)))];
        assert_eq!(procedure.time(Channel::Counter), Some(TimeLimit::WorkingDays(3)));
        assert_eq!(procedure.time(Channel::Post), None, "another channel's time is not borrowed");
        procedure.times.push(time("bổ sung", Some(TimeLimit::SameDay)));
        assert_eq!(procedure.time(Channel::Counter), None, "two cases: the officer says which");
        assert_eq!(procedure.cases(Channel::Counter).count(), 2);
        assert_eq!(procedure.time_of(Channel::Counter, None), None);
        assert_eq!(procedure.time_of(Channel::Counter, Some("BO SUNG")), Some(TimeLimit::SameDay));
        assert_eq!(procedure.time_of(Channel::Counter, Some("")), Some(TimeLimit::WorkingDays(3)), "the usual case");
        assert_eq!(procedure.time_of(Channel::Counter, Some("không có")), None, "never guessed");
        procedure.times.truncate(1);
        assert_eq!(procedure.time_of(Channel::Counter, Some("bổ sung")), Some(TimeLimit::WorkingDays(3)));
    }

    #[test]
    fn copies_are_paid_by_the_pages_of_the_original() {
        let price = Price::Pages { first: Money(2_000), first_pages: 2, then: Money(1_000), at_most: Money(200_000) };
        for (pages, copies, amount) in [
            (1, 1, 2_000),
            (2, 1, 4_000),
            (3, 1, 5_000),
            (3, 20, 100_000),
            (198, 1, 200_000),
            (250, 1, 200_000),
            (0, 1, 0),
            (u32::MAX, u32::MAX, 200_000 * u64::from(u32::MAX)),
        ] {
            assert_eq!(price.of(pages, copies), Money(amount), "{pages} pages, {copies} copies");
        }
        assert_eq!(Price::Flat(Money(10_000)).of(7, 1), Money(10_000), "three signatures on one paper are one case");
    }

    #[test]
    fn the_version_that_began_last_counts() {
        let old = Procedure { effective_to: Some(date(2027, 2, 28)), ..bare("1.009001", "Khai sinh", "Hộ tịch") };
        let corrected =
            Procedure { effective_from: date(2026, 11, 22), ..bare("1.009001", "Khai sinh", "Hộ tịch") };
        let other = bare("1.009002", "Khai tử", "Hộ tịch");
        let all = [old.clone(), other.clone(), corrected.clone()];
        let on = |year, month, day| version_on(&all, "1.009001", date(year, month, day));
        assert_eq!(on(2026, 11, 21), Some(&old));
        assert_eq!(on(2026, 11, 22), Some(&corrected));
        assert_eq!(on(2025, 6, 30), None);
        assert_eq!(on_day(&all, date(2026, 12, 1)), [&corrected, &other]);
    }

    #[test]
    fn what_has_ended_says_when() {
        let all =
            [Procedure { effective_to: Some(date(2026, 11, 22)), ..bare("1.009001", "Khai sinh", "Hộ tịch") }];
        assert_eq!(ended_before(&all, "1.009001", date(2026, 11, 22)), None);
        assert_eq!(ended_before(&all, "1.009001", date(2026, 11, 23)), all.first());
        assert_eq!(ended_before(&all, "1.009002", date(2026, 11, 23)), None, "one that never was");
    }

    #[test]
    fn nobody_marries_by_proxy() {
        for (field, name, allowed) in [
            ("Hộ tịch", "Thủ tục đăng ký kết hôn", false),
            ("Hộ tịch", "Thủ tục đăng ký lại kết hôn", false),
            ("Hộ tịch", "Thủ tục đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con", false),
            ("Hộ tịch", "Thủ tục ghi vào Sổ hộ tịch việc kết hôn của công dân Việt Nam", true),
            ("Hộ tịch", "Thủ tục đăng ký khai sinh", true),
            ("Chứng thực", "Chứng thực chữ ký trong các giấy tờ, văn bản", false),
            ("Chứng thực", "Chứng thực di chúc", false),
            ("Chứng thực", "Chứng thực bản sao từ bản chính", true),
        ] {
            assert_eq!(authorisation_allowed(field, name), allowed, "{name}");
        }
    }

    #[test]
    fn a_code_is_one_digit_and_six() {
        assert!(is_code("1.001193"));
        for text in ["", "1.00119", "1001193", "1.0011930", "a.001193", "1.00119x"] {
            assert!(!is_code(text), "{text}");
        }
    }
}
