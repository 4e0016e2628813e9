//! The catalogue as people read it: a row of the search, a procedure with its papers, what an import would change.

use super::deadline::{DeadlineView, limit_words};
use crate::catalogue::{Change, Difference, Note};
use crate::texts::{Language, text};
use domain::catalogue::{Channel, Fee, Price, Procedure, RequiredPaper};
use domain::text::fold;
use jiff::civil::Date;
use serde::Serialize;
use ts_rs::TS;

/// A procedure in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProcedureRow {
    /// National code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// The time in words; says so where it is unknown.
    pub time: String,
    /// The fee in words; says so where it is unknown.
    pub fee: String,
    /// How often it was asked for at this desk.
    pub used: u32,
}

/// A procedure to look at before it is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProcedureView {
    /// National code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// The time in words; says so where it is unknown.
    pub time: String,
    /// Each case with its own time, where there are several.
    pub cases: Vec<CaseView>,
    /// The fee in words; says so where it is unknown.
    pub fee: String,
    /// The fee, line by line.
    pub fee_lines: Vec<FeeLine>,
    /// Papers to bring, those always asked for first.
    pub papers: Vec<PaperView>,
    /// Papers the citizen gets.
    pub results: Vec<String>,
    /// What the officer should know that is no paper.
    pub notes: Vec<String>,
    /// What is doubtful about this version.
    pub doubts: Vec<String>,
    /// Where it comes from, with its date.
    pub source: String,
    /// The agency that settles it.
    pub handled_by: String,
    /// Whether somebody else may act under an authorisation.
    pub may_authorise: bool,
    /// When it would be due if it were handed in now.
    pub deadline: DeadlineView,
}

/// One case of a procedure that has several times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CaseView {
    /// Which case.
    pub case: String,
    /// Its time in words.
    pub time: String,
    /// Words beside it.
    pub note: String,
}

/// One line of the fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FeeLine {
    /// The case it is for; empty: always.
    pub text: String,
    /// đồng; `null` where it is unknown, or goes by pages.
    #[ts(type = "number | null")]
    pub amount: Option<u64>,
    /// The price in words, unknown ones included.
    pub price: String,
    /// Who pays less or nothing, who decides.
    pub note: String,
}

/// A paper to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PaperView {
    /// Its name.
    pub name: String,
    /// Originals handed in or shown.
    pub originals: u16,
    /// Copies handed in.
    pub copies: u16,
    /// When it is asked for; empty: always.
    pub condition: String,
    /// What to know before trusting the line.
    pub doubt: String,
}

/// One difference an import makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChangeRow {
    /// The procedure.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `new`, `gone`, `name`, `time`, `fee`, `papers`, `results`, `authorisation`.
    pub what: String,
    /// The same in words.
    pub text: String,
    /// What it was and what it becomes, in words; empty where that says nothing more.
    pub detail: String,
    /// The first day it holds, ISO.
    pub from: String,
}

/// Something to know about a row of an imported file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NoteRow {
    /// The row of the file.
    pub row: u32,
    /// The procedure's code, where there is one.
    pub code: String,
    /// A code that stays the same.
    pub kind: String,
    /// The whole sentence, row and code included.
    pub text: String,
}

impl ProcedureRow {
    /// The row of a procedure handed in by a channel.
    pub fn of(language: Language, procedure: &Procedure, channel: Channel, used: u32) -> Self {
        Self {
            code: procedure.code.clone(),
            name: procedure.name.clone(),
            field: procedure.field.clone(),
            time: time_words(language, procedure, channel),
            fee: fee_words(language, procedure, channel),
            used,
        }
    }
}

impl ProcedureView {
    /// The view of a procedure handed in by a channel, with the deadline it would have.
    pub fn of(language: Language, procedure: &Procedure, channel: Channel, deadline: DeadlineView) -> Self {
        let cases: Vec<CaseView> = procedure
            .cases(channel)
            .map(|time| CaseView {
                case: time.case.clone(),
                time: time.limit.map_or_else(|| unknown_time(language), |limit| limit_words(language, limit)),
                note: time.note.clone(),
            })
            .collect();
        Self {
            code: procedure.code.clone(),
            name: procedure.name.clone(),
            field: procedure.field.clone(),
            time: time_words(language, procedure, channel),
            cases,
            fee: fee_words(language, procedure, channel),
            fee_lines: procedure.fees(channel).map(|fee| FeeLine::of(language, fee)).collect(),
            papers: procedure.papers.iter().map(PaperView::from).collect(),
            results: procedure.results.iter().map(|result| result.name.clone()).collect(),
            notes: procedure.notes.clone(),
            doubts: procedure.doubts.clone(),
            source: procedure.source.clone(),
            handled_by: procedure.handled_by.clone(),
            may_authorise: procedure.may_authorise,
            deadline,
        }
    }
}

impl FeeLine {
    /// The line of a fee.
    pub fn of(language: Language, fee: &Fee) -> Self {
        let amount = match fee.price {
            Some(Price::Flat(amount)) => Some(amount.0),
            Some(Price::Pages { .. }) | None => None,
        };
        Self { text: fee.case.clone(), amount, price: price_words(language, fee), note: fee.note.clone() }
    }
}

impl From<&RequiredPaper> for PaperView {
    fn from(paper: &RequiredPaper) -> Self {
        Self {
            name: paper.name.clone(),
            originals: paper.originals,
            copies: paper.copies,
            condition: paper.condition.clone(),
            doubt: paper.doubt.clone(),
        }
    }
}

impl ChangeRow {
    /// A difference in words, on the day it first holds, between the versions before and after.
    pub fn of(
        language: Language,
        change: &Change,
        day: Date,
        (before, after): (Option<&Procedure>, Option<&Procedure>),
    ) -> Self {
        let what = match change.what {
            Difference::New => "new",
            Difference::Gone => "gone",
            Difference::Name => "name",
            Difference::Time => "time",
            Difference::Fee => "fee",
            Difference::Papers => "papers",
            Difference::Results => "results",
            Difference::Authorisation => "authorisation",
        };
        Self {
            code: change.code.clone(),
            name: change.name.clone(),
            what: what.into(),
            text: text(language, &format!("catalogue_change_{what}"), &[]),
            detail: before.zip(after).map(|(old, new)| detail(language, change.what, old, new)).unwrap_or_default(),
            from: day.to_string(),
        }
    }
}

impl NoteRow {
    /// A note in words.
    pub fn of(language: Language, note: &Note) -> Self {
        let key = format!("catalogue_note_{}", note.kind.as_str());
        let words = text(language, &key, &[("detail", note.detail.clone())]);
        let whole = [("row", note.row.to_string()), ("code", note.code.clone()), ("words", words)];
        Self {
            row: u32::try_from(note.row).unwrap_or(u32::MAX),
            code: note.code.clone(),
            kind: note.kind.as_str().into(),
            text: text(language, "catalogue_note_row", &whole),
        }
    }
}

/// What a difference changes, at the counter: "3 ngày làm việc → trong ngày", "+ Giấy chứng sinh".
fn detail(language: Language, what: Difference, old: &Procedure, new: &Procedure) -> String {
    let becomes = |old: String, new: String| if old == new { String::new() } else { format!("{old} → {new}") };
    match what {
        Difference::Name => becomes(old.name.clone(), new.name.clone()),
        Difference::Time => becomes(times_in_words(language, old), times_in_words(language, new)),
        Difference::Fee => {
            becomes(fee_words(language, old, Channel::Counter), fee_words(language, new, Channel::Counter))
        }
        Difference::Papers => {
            let only = |one: &Procedure, other: &Procedure, mark: &str| -> Vec<String> {
                let names = one.papers.iter().map(|paper| &paper.name);
                names
                    .filter(|name| !other.papers.iter().any(|paper| paper.name == **name))
                    .map(|name| format!("{mark} {name}"))
                    .collect()
            };
            [only(new, old, "+"), only(old, new, "–")].concat().join("; ")
        }
        Difference::New | Difference::Gone | Difference::Results | Difference::Authorisation => String::new(),
    }
}

/// The times at the counter, each with its case.
fn times_in_words(language: Language, procedure: &Procedure) -> String {
    let limit = |limit: Option<_>| limit.map_or_else(|| unknown_time(language), |limit| limit_words(language, limit));
    let times: Vec<String> = procedure
        .cases(Channel::Counter)
        .map(|time| match time.case.as_str() {
            "" => limit(time.limit),
            case => format!("{case}: {}", limit(time.limit)),
        })
        .collect();
    if times.is_empty() { unknown_time(language) } else { times.join("; ") }
}

/// The time of a procedure by a channel, in words.
pub fn time_words(language: Language, procedure: &Procedure, channel: Channel) -> String {
    match procedure.time(channel) {
        Some(limit) => limit_words(language, limit),
        None if procedure.cases(channel).filter(|time| time.limit.is_some()).count() > 1 => {
            text(language, "procedure_time_cases", &[])
        }
        None => unknown_time(language),
    }
}

/// The fee of a procedure by a channel, in words: every case of it, nothing left out.
pub fn fee_words(language: Language, procedure: &Procedure, channel: Channel) -> String {
    let lines: Vec<String> = procedure
        .fees(channel)
        .map(|fee| {
            let price = price_words(language, fee);
            if fee.case.is_empty() { price } else { format!("{}: {price}", fee.case) }
        })
        .collect();
    if lines.is_empty() { text(language, "procedure_fee_unknown", &[]) } else { lines.join("; ") }
}

/// The price of one fee line, in words.
pub fn price_words(language: Language, fee: &Fee) -> String {
    let say = |key: &str, params: &[(&'static str, String)]| text(language, key, params);
    match fee.price {
        None if fold(&fee.note).contains("hoi dong nhan dan") => {
            say("procedure_fee_unknown_why", &[("why", say("procedure_fee_council", &[]))])
        }
        None => say("procedure_fee_unknown", &[]),
        Some(Price::Flat(amount)) if amount.0 == 0 => say("procedure_fee_free", &[]),
        Some(Price::Flat(amount)) if fee.per.is_empty() => amount.to_string(),
        Some(Price::Flat(amount)) => {
            say("procedure_fee_each", &[("amount", amount.to_string()), ("per", fee.per.clone())])
        }
        Some(Price::Pages { first, first_pages, then, at_most }) => say(
            "procedure_fee_pages",
            &[
                ("first", first.to_string()),
                ("pages", first_pages.to_string()),
                ("then", then.to_string()),
                ("at_most", at_most.to_string()),
                ("per", fee.per.clone()),
            ],
        ),
    }
}

fn unknown_time(language: Language) -> String {
    text(language, "procedure_time_unknown", &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{NoteKind, builtin, compare};
    use domain::catalogue::version_on;
    use jiff::civil::date;

    fn row(code: &str) -> ProcedureRow {
        let procedure = version_on(builtin(), code, date(2026, 11, 22)).expect("ships inside");
        ProcedureRow::of(Language::Vietnamese, procedure, Channel::Counter, 3)
    }

    #[test]
    fn a_row_says_time_and_fee_and_what_is_unknown() {
        for (code, time, fee) in [
            ("1.004873", "3 ngày làm việc", "chưa rõ – do HĐND tỉnh quyết định"),
            ("2.000884", "trong ngày", "10.000 đ/trường hợp"),
            ("1.000894", "trong ngày", "không thu"),
            ("1.001776", "chưa có thời hạn", "chưa rõ"),
            (
                "2.000815",
                "trong ngày",
                "2.000 đ/trang cho 2 trang đầu, 1.000 đ/trang từ trang sau, tối đa 200.000 đ/bản",
            ),
            ("1.004859", "tùy trường hợp", "chưa rõ – do HĐND tỉnh quyết định"),
            (
                "1.001193",
                "trong ngày",
                "đăng ký đúng hạn, trong 60 ngày kể từ ngày sinh: không thu; đăng ký quá hạn: chưa rõ – do HĐND tỉnh quyết định",
            ),
        ] {
            let row = row(code);
            assert_eq!((row.time.as_str(), row.fee.as_str(), row.used), (time, fee, 3), "{code}");
        }
    }

    #[test]
    fn every_difference_and_note_has_its_sentence() {
        let day = date(2026, 11, 22);
        let rows: Vec<_> = compare(&[], builtin(), day)
            .iter()
            .map(|it| ChangeRow::of(Language::English, it, day, (None, None)))
            .collect();
        assert_eq!(rows.len(), 60);
        assert!(rows.iter().all(|row| row.what == "new" && row.text == "New procedure"));
        for what in ["gone", "name", "time", "fee", "papers", "results", "authorisation"] {
            let key = format!("catalogue_change_{what}");
            assert_ne!(text(Language::Vietnamese, &key, &[]), key);
        }
        let note = Note { row: 7, code: "1.900001".into(), kind: NoteKind::TimeUnknown, detail: "5".into() };
        let said = NoteRow::of(Language::Vietnamese, &note);
        assert_eq!(said.text, "Dòng 7, mã 1.900001: Thời hạn để trống vì không rõ: 5.");
    }
}
