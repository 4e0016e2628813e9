//! The list of commune procedures published from the National Public Service Portal, where times, fees and papers were cut
//! out of running text. It adds procedures; it replaces what was checked against the law only when it is newer.

use super::papers::{self, Line};
use super::{BUILTIN_AS_OF, FIRST_DAY, Import, NoteKind, Sheet, builtin, national_code, unreadable, words};
use crate::error::Result;
use domain::catalogue::{
    Channel, Fee, Price, Procedure, ProcedureResult, ProcedureTime, TimeLimit, authorisation_allowed, version_on,
};
use domain::money::Money;
use domain::text::{fold, tidy};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

/// The source gives up a list of papers after so many lines.
const PAPERS_SHOWN: usize = 20;

#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    name: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    handled_by: String,
    decision: Option<String>,
    #[serde(default)]
    after_15h_next_working_day: bool,
    #[serde(default)]
    channels: Vec<ChannelLine>,
    #[serde(default)]
    required_papers: Vec<PaperLine>,
    #[serde(default)]
    results: Vec<ResultLine>,
    #[serde(default)]
    confidence: String,
    #[serde(default)]
    doubts: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct ChannelLine {
    channel: String,
    time: Option<u16>,
    unit: Option<String>,
    fee: Option<u64>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PaperLine {
    name: String,
    #[serde(default)]
    originals: u64,
    #[serde(default)]
    copies: u64,
}

#[derive(Debug, Deserialize)]
struct ResultLine {
    name: String,
    code: Option<String>,
}

/// Reads the list: an object with `procedures` (and `meta.as_of`), or the bare array.
pub fn read(file: &Value, name: &str) -> Result<Import> {
    let rows = file.get("procedures").unwrap_or(file).as_array().ok_or_else(|| unreadable(name))?;
    let is_row = |row: &Value| row.get("code").is_some() && row.get("name").is_some();
    if !rows.iter().any(is_row) {
        return Err(unreadable(name));
    }
    let as_of = file.pointer("/meta/as_of").and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
    let mut sheet = Sheet::new(rows.len(), name)?;
    for (number, value) in (1..).zip(rows) {
        if !sheet.short_enough(number, value) {
            continue;
        }
        match Row::deserialize(value) {
            Ok(row) => take(&mut sheet, number, row, as_of),
            Err(cause) => {
                let code = value.get("code").and_then(Value::as_str).unwrap_or_default();
                sheet.note(number, code, NoteKind::Unreadable, &cause.to_string());
            }
        }
    }
    Ok(sheet.done())
}

fn take(sheet: &mut Sheet, number: usize, row: Row, as_of: Option<Date>) {
    let code = national_code(&row.code).unwrap_or(&row.code).to_owned();
    let checked = version_on(builtin(), &code, as_of.unwrap_or(BUILTIN_AS_OF));
    let newer = as_of.filter(|day| *day > BUILTIN_AS_OF);
    match (checked, newer) {
        (Some(_), None) => sheet.note(number, &code, NoteKind::Kept, ""),
        (Some(checked), Some(day)) => {
            let mut procedure = procedure(sheet, number, row, as_of);
            procedure.effective_from = day;
            sheet.fill(number, &mut procedure, checked);
            sheet.take(number, procedure);
        }
        (None, _) => {
            let procedure = procedure(sheet, number, row, as_of);
            sheet.take(number, procedure);
        }
    }
}

fn procedure(sheet: &mut Sheet, number: usize, row: Row, as_of: Option<Date>) -> Procedure {
    let times = times(sheet, number, &row);
    let fees = fees(sheet, number, &row);
    let mut note = |kind, detail: &str| sheet.note(number, &row.code, kind, detail);

    let cut = row.required_papers.len() == PAPERS_SHOWN;
    let sorted = papers::sort(row.required_papers.into_iter().map(|paper| Line {
        words: paper.name,
        originals: paper.originals,
        copies: paper.copies,
    }));
    for (count, kind) in [
        (sorted.moved, NoteKind::PapersMoved),
        (sorted.outdated, NoteKind::PapersOutdated),
        (sorted.miscounted, NoteKind::PapersMiscounted),
        (usize::from(cut) * PAPERS_SHOWN, NoteKind::PapersCut),
    ] {
        if count > 0 {
            note(kind, &count.to_string());
        }
    }
    let mut doubts: Vec<String> = row.doubts.iter().map(|doubt| in_vietnamese(doubt)).collect();
    doubts.iter().for_each(|doubt| note(NoteKind::Doubt, doubt));
    if cut {
        doubts.push(format!("Danh sách giấy tờ của nguồn bị cắt ở {PAPERS_SHOWN} dòng; có thể thiếu."));
    }
    if row.confidence == "medium" {
        doubts.push("Nguồn không chắc chắn về thủ tục này.".into());
    }
    Procedure {
        effective_from: FIRST_DAY,
        effective_to: None,
        replaced_by: Vec::new(),
        decision: row.decision.unwrap_or_default(),
        handled_by: handled_by(&row.handled_by),
        times,
        fees,
        papers: sorted.papers,
        results: row
            .results
            .into_iter()
            .map(|result| ProcedureResult { name: tidy(&result.name), code: result.code.unwrap_or_default() })
            .collect(),
        may_authorise: authorisation_allowed(&row.field, &row.name),
        notes: sorted.notes,
        doubts,
        source: as_of.map_or_else(
            || "Cổng Dịch vụ công quốc gia, chưa đối chiếu".into(),
            |day| format!("Cổng Dịch vụ công quốc gia, đọc ngày {}, chưa đối chiếu", day.strftime("%d/%m/%Y")),
        ),
        name: tidy(&row.name),
        field: tidy(&row.field),
        code: row.code,
    }
}

impl Row {
    /// Its lines in the portal's order of channels; a channel nobody knows is passed over.
    fn lines(&self) -> impl Iterator<Item = (Channel, &ChannelLine)> {
        Channel::ALL.into_iter().flat_map(move |wanted| {
            self.channels
                .iter()
                .filter(move |line| channel(&line.channel) == Some(wanted))
                .map(move |line| (wanted, line))
        })
    }
}

/// The times, lines that say the same for several channels put together.
fn times(sheet: &mut Sheet, number: usize, row: &Row) -> Vec<ProcedureTime> {
    let mut times: Vec<ProcedureTime> = Vec::new();
    for (channel, line) in row.lines() {
        let words = line.note.as_deref().map(tidy).unwrap_or_default();
        let (limit, doubt) = limit(line, row, &words);
        let mut note = String::new();
        if let Some(kind) = doubt {
            let given = line.time.map(|time| time.to_string()).unwrap_or_default();
            if kind == NoteKind::TimeUnknown && !given.is_empty() {
                note = format!("Cổng ghi {given}, không rõ đơn vị.");
            }
            if !times.iter().any(|time| time.limit == limit && time.note == note) {
                sheet.note(number, &row.code, kind, &given);
            }
        }
        match times.iter_mut().find(|time| time.limit == limit && time.note == note) {
            Some(same) if same.channels.contains(&channel) => {}
            Some(same) => same.channels.push(channel),
            None => times.push(ProcedureTime { channels: vec![channel], case: String::new(), limit, note }),
        }
    }
    let several = Channel::ALL
        .into_iter()
        .any(|channel| times.iter().filter(|time| time.channels.contains(&channel)).count() > 1);
    if several {
        sheet.note(number, &row.code, NoteKind::TimeSeveral, "");
        for (place, time) in (1..).zip(&mut times) {
            time.case = format!("trường hợp {place}");
        }
    }
    if times.iter().all(|time| time.limit.is_none() && time.note.is_empty()) {
        times.clear();
    }
    times
}

/// The time of one line, and why it is not simply what the line says.
fn limit(line: &ChannelLine, row: &Row, words: &str) -> (Option<TimeLimit>, Option<NoteKind>) {
    let named = words::times(words);
    let same_day_field = fold(&row.field).starts_with("ho tich");
    // Only the "bổ sung" half of these is settled on the day; the other half takes three working days.
    let split = fold(&row.name).contains("cai chinh");
    match (line.time, line.unit.as_deref()) {
        (Some(1) | None, None) if row.after_15h_next_working_day && same_day_field && !split => {
            (Some(TimeLimit::SameDay), None)
        }
        (None, _) => (None, None),
        (Some(count), Some("working_day")) => (Some(TimeLimit::WorkingDays(count)), None),
        (Some(count), Some("day")) => {
            let working =
                named.contains(&TimeLimit::WorkingDays(count)) && !named.contains(&TimeLimit::CalendarDays(count));
            if working {
                (Some(TimeLimit::WorkingDays(count)), Some(NoteKind::TimeFromWords))
            } else {
                (Some(TimeLimit::CalendarDays(count)), None)
            }
        }
        (Some(count), Some("hour")) => (Some(TimeLimit::WorkingHours(count)), None),
        (Some(count), _) => {
            let unit = [TimeLimit::WorkingDays(count), TimeLimit::CalendarDays(count)];
            let mut said = unit.into_iter().filter(|limit| named.contains(limit));
            match (said.next(), said.next()) {
                (Some(limit), None) if !split => (Some(limit), Some(NoteKind::TimeFromWords)),
                _ => (None, Some(NoteKind::TimeUnknown)),
            }
        }
    }
}

/// The fee lines, those that say the same for several channels put together.
fn fees(sheet: &mut Sheet, number: usize, row: &Row) -> Vec<Fee> {
    let mut fees: Vec<Fee> = Vec::new();
    let mut told = Vec::new();
    for (channel, line) in row.lines() {
        let words = line.note.as_deref().map(tidy).unwrap_or_default();
        let (price, doubt) = match price(line.fee, &words) {
            Ok(read) => read,
            Err(Dollars) => {
                sheet.note(number, &row.code, NoteKind::Dollars, &words);
                continue;
            }
        };
        if let Some(kind) = doubt
            && !told.contains(&kind)
        {
            sheet.note(number, &row.code, kind, &line.fee.unwrap_or_default().to_string());
            told.push(kind);
        }
        let (per, note) = per(&words);
        match fees.iter_mut().find(|fee| fee.price == price && fee.per == per && fee.note == note) {
            Some(same) if same.channels.contains(&channel) => {}
            Some(same) => same.channels.push(channel),
            None => fees.push(Fee { channels: vec![channel], case: String::new(), price, per, note }),
        }
    }
    fees
}

/// Marks a line that is about an embassy.
struct Dollars;

/// The price of one line, and why it is not simply what the line says.
fn price(fee: Option<u64>, words: &str) -> std::result::Result<(Option<Price>, Option<NoteKind>), Dollars> {
    let folded = fold(words);
    let council = folded.contains("hoi dong nhan dan") || folded.contains("hdnd");
    let named = words::amounts(words);
    Ok(match fee {
        None => (None, None),
        Some(1..1_000) if folded.contains("usd") => return Err(Dollars),
        Some(0) if words::is_left_open(words) => (None, Some(NoteKind::FeeOpen)),
        Some(amount) if amount > 0 && council => (None, Some(NoteKind::FeeOpen)),
        Some(amount) => match words::fee(words) {
            words::FeeWords::One(pages @ Price::Pages { first, .. }, _) if first == Money(amount) => {
                (Some(pages), None)
            }
            _ if (1..1_000).contains(&amount) => (None, Some(NoteKind::FeeDoubtful)),
            _ if amount > 0 && !named.is_empty() && !named.contains(&Money(amount)) => {
                (None, Some(NoteKind::FeeDoubtful))
            }
            _ => (Some(Price::Flat(Money(amount))), None),
        },
    })
}

/// "/giao dịch)Cá nhân, hộ gia đình…": what one price is for, and the words after it.
fn per(words: &str) -> (String, String) {
    let Some(rest) = words.strip_prefix('/') else { return (String::new(), words.to_owned()) };
    let (per, note) = rest.split_once([')', ';', '.']).unwrap_or((rest, ""));
    if per.chars().count() > 40 { (String::new(), rest.to_owned()) } else { (tidy(per), tidy(note)) }
}

fn channel(text: &str) -> Option<Channel> {
    match text {
        "counter" => Some(Channel::Counter),
        "online" => Some(Channel::Online),
        "post" => Some(Channel::Post),
        _ => None,
    }
}

fn handled_by(text: &str) -> String {
    let known = [
        ("UBND/", "UBND, Chủ tịch UBND cấp xã hoặc cơ quan chuyên môn"),
        ("commune police", "Công an cấp xã"),
        ("social insurance", "Cơ quan bảo hiểm xã hội"),
    ];
    known.iter().find(|(start, _)| text.starts_with(start)).map_or_else(|| tidy(text), |(_, name)| (*name).to_owned())
}

/// The doubts of the published list, which are in English, for the officer. One it does not know stays as it is.
fn in_vietnamese(doubt: &str) -> String {
    let known = [
        ("no time given", "Nguồn không ghi thời hạn."),
        ("names Sổ hộ khẩu", "Nêu Sổ hộ khẩu, không còn giá trị từ 01/01/2023."),
        ("time 1 is doubtful", "Nguồn ghi thời hạn 1: không chắc; thủ tục hộ kinh doanh thường là 3 ngày làm việc."),
        ("fee cut wrongly", "Mức phí bị cắt sai từ nguồn."),
        ("rows of 10 are US dollars", "Dòng ghi 10 là đô la Mỹ, thu ở cơ quan đại diện."),
        ("an annual review", "Đây là đợt rà soát hằng năm, không phải 1 ngày."),
        ("same day, up to 5 working days", "Trong ngày; cần xác minh thì không quá 5 ngày làm việc."),
        ("only bổ sung is same-day", "Chỉ việc bổ sung là trong ngày; thay đổi, cải chính là 3 ngày làm việc."),
        ("old linked procedure", "Thủ tục liên thông cũ; phần lời ghi ngày làm việc."),
        ("3 working days, not 1", "Thời hạn là 3 ngày làm việc, không phải 1."),
        ("counter fee as", "Lệ phí tại quầy như đăng ký tạm trú; trực tuyến 7.000 đồng."),
        (
            "counter fee is 15,000",
            "Lệ phí tại quầy 15.000 đồng cho cá nhân, hộ gia đình; 10.000 đồng là mức theo danh sách.",
        ),
        ("names the abolished district level", "Nêu cấp huyện, đã bỏ từ 01/07/2025."),
        ("its note says working days", "Phần lời ghi ngày làm việc."),
    ];
    known
        .iter()
        .find(|(start, _)| doubt.starts_with(start))
        .map_or_else(|| tidy(doubt), |(_, words)| (*words).to_owned())
}
