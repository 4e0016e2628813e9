//! A catalogue from an Excel workbook (.xlsx). The heading row is found by its words, with or without accents, in any order
//! and under any titles above it; formulas count as the values Excel last saw.

use super::papers::{self, Line};
use super::words::{self, FeeWords, TimeWords};
use super::{Import, NoteKind, ROWS, Sheet, TEXT_CHARS, national_code, too_large, unreadable, within_size};
use crate::error::{Code, Error, Result};
use calamine::{DataRef, Reader, Xlsx};
use domain::catalogue::{
    Channel, Fee, Price, Procedure, ProcedureResult, ProcedureTime, TimeLimit, authorisation_allowed, version_on,
};
use domain::money::Money;
use domain::text::{fold, tidy};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use zip::ZipArchive;

/// The most a workbook may unpack to, in bytes: what a compressed file of [`super::FILE_BYTES`] honestly holds.
const UNPACKED_BYTES: u64 = 200 * 1024 * 1024;
/// The most strings a workbook may announce; memory for them is taken before they are read.
const STRINGS: u64 = 2_000_000;
/// All the text kept from one sheet, in bytes.
const KEPT_BYTES: usize = 64 * 1024 * 1024;
/// The heading is looked for in so many rows.
const HEADING_ROWS: u32 = 30;

/// A column that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Code,
    Name,
    Field,
    Time,
    Fee,
    Papers,
    Results,
    HandledBy,
    Decision,
    From,
    To,
}

/// What each column may be called (folded); the first is what an error calls it, in the words beside it.
const COLUMNS: [(Column, &str, &[&str]); 11] = [
    (
        Column::Code,
        "Mã thủ tục",
        &[
            "ma thu tuc",
            "ma thu tuc hanh chinh",
            "ma tthc",
            "ma so tthc",
            "ma so thu tuc",
            "ma so",
            "ma",
            "ma tt",
            "code",
        ],
    ),
    (
        Column::Name,
        "Tên thủ tục",
        &[
            "ten thu tuc",
            "ten thu tuc hanh chinh",
            "ten tthc",
            "thu tuc hanh chinh",
            "ten tt",
            "thu tuc",
            "tthc",
            "ten",
            "name",
        ],
    ),
    (Column::Field, "Lĩnh vực", &["linh vuc", "ten linh vuc", "field"]),
    (
        Column::Time,
        "Thời hạn giải quyết",
        &[
            "thoi han giai quyet",
            "thoi gian giai quyet",
            "thoi han",
            "thoi gian",
            "thoi gian thuc hien",
            "thoi han thuc hien",
            "time",
        ],
    ),
    (
        Column::Fee,
        "Phí, lệ phí",
        &[
            "phi le phi",
            "le phi",
            "phi",
            "muc phi",
            "muc thu",
            "phi le phi neu co",
            "le phi neu co",
            "muc phi le phi",
            "fee",
        ],
    ),
    (
        Column::Papers,
        "Thành phần hồ sơ",
        &["thanh phan ho so", "ho so", "giay to", "giay to phai nop", "ho so gom", "thanh phan ho so gom", "papers"],
    ),
    (
        Column::Results,
        "Kết quả",
        &["ket qua", "ket qua giai quyet", "ket qua thuc hien", "ket qua thuc hien tthc", "results"],
    ),
    (
        Column::HandledBy,
        "Cơ quan giải quyết",
        &["co quan giai quyet", "co quan thuc hien", "don vi giai quyet", "don vi thuc hien", "co quan co tham quyen"],
    ),
    (
        Column::Decision,
        "Quyết định công bố",
        &["quyet dinh cong bo", "so quyet dinh", "quyet dinh", "qd cong bo", "so qd"],
    ),
    (
        Column::From,
        "Hiệu lực từ",
        &["hieu luc tu", "ngay hieu luc", "ngay co hieu luc", "ngay ap dung", "ap dung tu", "tu ngay"],
    ),
    (Column::To, "Hết hiệu lực", &["het hieu luc", "ngay het hieu luc", "den ngay", "hieu luc den"]),
];

/// Reads the first sheet that has a catalogue's heading. `known` is the desk's catalogue, from which a row takes what it does
/// not say; versions without a date of their own begin `today`.
///
/// # Errors
/// [`Code::CatalogueTooLarge`] for a file, or what it unpacks to, beyond any catalogue; [`Code::CatalogueUnreadable`] for what
/// is no workbook; [`Code::CatalogueColumns`] (`file`, `missing`) where the needed columns are not found.
pub fn read_excel(name: &str, bytes: &[u8], known: &[Procedure], today: Date) -> Result<Import> {
    within_size(name, bytes)?;
    unpacks_sanely(name, bytes, UNPACKED_BYTES)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|cause| unreadable(name).because(cause))?;
    let mut closest: Option<Vec<Column>> = None;
    for sheet in workbook.sheet_names() {
        match read_sheet(name, &mut workbook, &sheet)? {
            Found::Table(table) => return take_all(name, table, known, today),
            Found::NoHeading(best) => {
                if closest.as_ref().is_none_or(|other| best.len() > other.len()) {
                    closest = Some(best);
                }
            }
        }
    }
    let found = closest.unwrap_or_default();
    let missing: Vec<&str> = COLUMNS
        .iter()
        .filter(|(column, ..)| NEEDED.contains(column) && !found.contains(column))
        .map(|(_, title, _)| *title)
        .collect();
    Err(Error::new(Code::CatalogueColumns).with("file", name).with("missing", missing.join(", ")))
}

/// Without these columns a sheet is no catalogue.
const NEEDED: [Column; 2] = [Column::Code, Column::Name];

/// A sheet below its heading: row numbers as Excel shows them.
struct Table {
    rows: BTreeMap<u32, BTreeMap<Column, Cell>>,
}

enum Found {
    Table(Table),
    /// No heading; the needed columns of the row that came closest to one.
    NoHeading(Vec<Column>),
}

/// A cell of a known column.
enum Cell {
    Text(String),
    Number(f64),
    Day(Date),
    /// A formula's error.
    Error,
    /// Longer than any catalogue's text.
    TooLong,
}

/// Refuses a bomb before it is opened: counts what every part really unpacks to, and looks at how many strings are announced.
fn unpacks_sanely(name: &str, bytes: &[u8], most: u64) -> Result<()> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|cause| unreadable(name).because(cause))?;
    let mut left = most;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|cause| unreadable(name).because(cause))?;
        let strings = part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let mut part = part.take(left + 1);
        let mut head = Vec::new();
        let broken = |cause: io::Error| unreadable(name).because(cause);
        part.by_ref().take(4096).read_to_end(&mut head).map_err(broken)?;
        let size = head.len() as u64 + io::copy(&mut part, &mut io::sink()).map_err(broken)?;
        let announced = if strings { announced_strings(&head) } else { 0 };
        left = left.checked_sub(size).filter(|_| announced <= STRINGS).ok_or_else(|| too_large(name))?;
    }
    Ok(())
}

fn announced_strings(head: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(head);
    let Some((_, after)) = text.split_once("uniqueCount") else { return 0 };
    let digits: String = after.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u64::MAX)
}

fn read_sheet(name: &str, workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<Found> {
    // A chart is a sheet without cells.
    let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { return Ok(Found::NoHeading(Vec::new())) };
    let mut heading: Option<BTreeMap<u32, Column>> = None;
    let mut heading_row = 0;
    let mut line: (u32, BTreeMap<u32, Column>) = (0, BTreeMap::new());
    let mut closest: Vec<Column> = Vec::new();
    let mut rows: BTreeMap<u32, BTreeMap<Column, Cell>> = BTreeMap::new();
    let mut kept = 0;
    while let Some(cell) = cells.next_cell().map_err(|cause| unreadable(name).because(cause))? {
        let (row, place) = cell.get_position();
        let Some(columns) = &heading else {
            if row != line.0 {
                if is_heading(&line.1) {
                    heading_row = line.0;
                    heading = Some(std::mem::take(&mut line.1));
                } else {
                    line = (row, BTreeMap::new());
                }
            }
            if let Some(columns) = &heading {
                keep(&mut rows, &mut kept, columns, row, place, cell.get_value());
            } else if row > HEADING_ROWS {
                break;
            } else if let Some(column) = column(cell.get_value())
                && !line.1.values().any(|other| *other == column)
            {
                line.1.insert(place, column);
                let needed: Vec<Column> = line.1.values().copied().filter(|column| NEEDED.contains(column)).collect();
                if needed.len() > closest.len() {
                    closest = needed;
                }
            }
            continue;
        };
        keep(&mut rows, &mut kept, columns, row, place, cell.get_value());
        if rows.len() > ROWS || kept > KEPT_BYTES {
            return Err(too_large(name));
        }
    }
    if heading.is_none() && !is_heading(&line.1) {
        return Ok(Found::NoHeading(closest));
    }
    // Excel counts rows from 1.
    let rows = rows.into_iter().filter(|(row, _)| *row > heading_row).map(|(row, cells)| (row + 1, cells)).collect();
    Ok(Found::Table(Table { rows }))
}

fn is_heading(columns: &BTreeMap<u32, Column>) -> bool {
    NEEDED.iter().all(|needed| columns.values().any(|column| column == needed))
}

/// The column a heading names: its words without "(…)", "*" or line breaks.
fn column(value: &DataRef<'_>) -> Option<Column> {
    let text = match value {
        DataRef::String(text) => text.as_str(),
        DataRef::SharedString(text) => text,
        _ => return None,
    };
    let title: String = text.chars().take(80).collect();
    let whole = fold(&title);
    let bare = fold(title.split('(').next().unwrap_or_default());
    COLUMNS
        .iter()
        .find(|(.., names)| names.contains(&whole.as_str()) || names.contains(&bare.as_str()))
        .map(|(column, ..)| *column)
}

fn keep(
    rows: &mut BTreeMap<u32, BTreeMap<Column, Cell>>,
    kept: &mut usize,
    columns: &BTreeMap<u32, Column>,
    row: u32,
    place: u32,
    value: &DataRef<'_>,
) {
    let Some(column) = columns.get(&place) else { return };
    let text = |text: &str| {
        if text.chars().nth(TEXT_CHARS).is_some() { Cell::TooLong } else { Cell::Text(text.to_owned()) }
    };
    let cell = match value {
        DataRef::Empty => return,
        DataRef::String(words) if words.trim().is_empty() => return,
        DataRef::SharedString(words) if words.trim().is_empty() => return,
        DataRef::String(words) => text(words),
        DataRef::SharedString(words) => text(words),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(value) => Cell::Text(value.to_string()),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let day = i16::try_from(year).ok().zip(i8::try_from(month).ok()).zip(i8::try_from(day).ok());
            match day.and_then(|((year, month), day)| Date::new(year, month, day).ok()) {
                Some(day) => Cell::Day(day),
                None => Cell::Number(moment.as_f64()),
            }
        }
        DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => text(words),
        DataRef::Error(_) => Cell::Error,
    };
    if let Cell::Text(words) = &cell {
        *kept += words.len();
    }
    rows.entry(row).or_default().insert(*column, cell);
}

fn take_all(name: &str, table: Table, known: &[Procedure], today: Date) -> Result<Import> {
    let mut sheet = Sheet::new(table.rows.len(), name)?;
    for (row, cells) in table.rows {
        let number = row as usize;
        let line = SheetRow { number, code: cells.get(&Column::Code).map(code).unwrap_or_default(), cells };
        if line.cells.values().any(|cell| matches!(cell, Cell::TooLong)) {
            sheet.note(number, &line.code, NoteKind::TooLong, "");
            continue;
        }
        if line.cells.values().any(|cell| matches!(cell, Cell::Error)) {
            sheet.note(number, &line.code, NoteKind::FormulaError, "");
        }
        if national_code(&line.code).is_none() {
            sheet.note(number, &line.code, NoteKind::BadCode, &line.text(Column::Name));
            continue;
        }
        match line.procedure(&mut sheet, today) {
            Some(mut procedure) => {
                let code = national_code(&line.code).unwrap_or(&line.code);
                if let Some(earlier) = version_on(known, code, procedure.effective_from) {
                    if procedure.field.is_empty() {
                        procedure.field.clone_from(&earlier.field);
                        procedure.may_authorise = earlier.may_authorise;
                    }
                    if procedure.handled_by.is_empty() {
                        procedure.handled_by.clone_from(&earlier.handled_by);
                    }
                    sheet.fill(number, &mut procedure, earlier);
                }
                sheet.take(number, procedure);
            }
            None => sheet.note(number, &line.code, NoteKind::BadDate, ""),
        }
    }
    Ok(sheet.done())
}

/// The code's text; Excel turns `1.001193` into a number and may lose its last zeros.
fn code(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => format!("{number:.6}"),
        Cell::Text(text) => tidy(text),
        Cell::Day(_) | Cell::Error | Cell::TooLong => String::new(),
    }
}

struct SheetRow {
    number: usize,
    code: String,
    cells: BTreeMap<Column, Cell>,
}

impl SheetRow {
    fn text(&self, column: Column) -> String {
        match self.cells.get(&column) {
            Some(Cell::Text(text)) => tidy(text),
            Some(Cell::Number(number)) => number.to_string(),
            Some(Cell::Day(day)) => day.strftime("%d/%m/%Y").to_string(),
            Some(Cell::Error | Cell::TooLong) | None => String::new(),
        }
    }

    /// The lines of a cell, without their bullets and numbers.
    fn lines(&self, column: Column) -> Vec<String> {
        let Some(Cell::Text(text)) = self.cells.get(&column) else { return Vec::new() };
        text.lines().map(|line| tidy(without_bullet(line))).filter(|line| !line.is_empty()).collect()
    }

    /// `Err` where a date is none.
    fn day(&self, column: Column) -> std::result::Result<Option<Date>, ()> {
        match self.cells.get(&column) {
            None | Some(Cell::Error | Cell::TooLong) => Ok(None),
            Some(Cell::Day(day)) => Ok(Some(*day)),
            Some(Cell::Number(_)) => Err(()),
            Some(Cell::Text(text)) => written_day(text.trim()).map(Some).ok_or(()),
        }
    }

    fn procedure(&self, sheet: &mut Sheet, today: Date) -> Option<Procedure> {
        let from = self.day(Column::From).ok()?;
        let effective_to = self.day(Column::To).ok()?;
        let (name, field) = (self.text(Column::Name), self.text(Column::Field));
        let sorted = papers::sort(self.lines(Column::Papers).into_iter().map(|words| {
            let copy = fold(&words).starts_with("ban sao");
            Line { words, originals: u64::from(!copy), copies: u64::from(copy) }
        }));
        for (count, kind) in [(sorted.moved, NoteKind::PapersMoved), (sorted.outdated, NoteKind::PapersOutdated)] {
            if count > 0 {
                sheet.note(self.number, &self.code, kind, &count.to_string());
            }
        }
        let results = self.lines(Column::Results);
        Some(Procedure {
            code: self.code.clone(),
            effective_from: from.unwrap_or(today),
            effective_to,
            replaced_by: Vec::new(),
            decision: self.text(Column::Decision),
            handled_by: self.text(Column::HandledBy),
            times: self.times(sheet),
            fees: self.fees(sheet),
            papers: sorted.papers,
            results: results.into_iter().map(|name| ProcedureResult { name, code: String::new() }).collect(),
            may_authorise: authorisation_allowed(&field, &name),
            notes: sorted.notes,
            doubts: Vec::new(),
            source: format!("Tệp Excel, dòng {}, nhập ngày {}", self.number, today.strftime("%d/%m/%Y")),
            name,
            field,
        })
    }

    fn times(&self, sheet: &mut Sheet) -> Vec<ProcedureTime> {
        let text = self.text(Column::Time);
        let mut note = |kind| sheet.note(self.number, &self.code, kind, &text);
        let time = |case: &str, limit: Option<TimeLimit>, words: &str| ProcedureTime {
            channels: Channel::ALL.into(),
            case: case.into(),
            limit,
            note: words.into(),
        };
        match words::time(&text) {
            TimeWords::One(limit) => vec![time("", Some(limit), "")],
            TimeWords::Several => {
                note(NoteKind::TimeSeveral);
                let limits = words::times(&text);
                (1..)
                    .zip(limits)
                    .map(|(place, limit)| time(&format!("trường hợp {place}"), Some(limit), &text))
                    .collect()
            }
            TimeWords::Unitless(_) => {
                note(NoteKind::TimeUnknown);
                vec![time("", None, &format!("Tệp ghi {text}, không rõ đơn vị."))]
            }
            TimeWords::Nothing if text.is_empty() => Vec::new(),
            TimeWords::Nothing => {
                note(NoteKind::TimeUnknown);
                vec![time("", None, &text)]
            }
        }
    }

    fn fees(&self, sheet: &mut Sheet) -> Vec<Fee> {
        let text = self.text(Column::Fee);
        let fee = |price: Option<Price>, per: String, words: &str| {
            vec![Fee { channels: Channel::ALL.into(), case: String::new(), price, per, note: words.into() }]
        };
        if let Some(Cell::Number(number)) = self.cells.get(&Column::Fee) {
            let amount = *number;
            // Below a thousand đồng there is no fee: it is in dollars, or in thousands.
            if amount == 0.0 || ((1_000.0..1e12).contains(&amount) && amount.fract() == 0.0) {
                return fee(Some(Price::Flat(Money(amount as u64))), String::new(), "");
            }
            sheet.note(self.number, &self.code, NoteKind::FeeDoubtful, &text);
            return fee(None, String::new(), &format!("Tệp ghi {text}."));
        }
        match words::fee(&text) {
            FeeWords::One(price, per) => fee(Some(price), per, &text),
            FeeWords::Free => fee(Some(Price::Flat(Money(0))), String::new(), &text),
            FeeWords::Nothing => Vec::new(),
            FeeWords::Several | FeeWords::Unknown => {
                sheet.note(self.number, &self.code, NoteKind::FeeOpen, &text);
                fee(None, String::new(), &text)
            }
        }
    }
}

/// `- …`, `+ …`, `* …`, `1. …`, `a) …`.
fn without_bullet(line: &str) -> &str {
    let line = line.trim().trim_start_matches(['-', '+', '*', '•', '–']).trim_start();
    let marker = line.find(['.', ')']).filter(|at| *at <= 2);
    match marker.map(|at| line.split_at(at)) {
        Some((number, rest)) if number.len() <= 2 && number.chars().all(|c| c.is_ascii_alphanumeric()) => {
            rest.get(1..).unwrap_or(rest).trim_start()
        }
        _ => line,
    }
}

/// `01/07/2025`, `1-7-2025` or `2025-07-01`.
fn written_day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests;
