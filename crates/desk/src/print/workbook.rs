//! A register as an Excel workbook, with the columns of its template. Every cell is typed: words are words, whatever sign
//! they begin with, and numbers are numbers.

use super::facts::{Facts, Row};
use super::template::{Block, Piece, TableColumn, Template, pieces};
use crate::error::{Code, Error, Result};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// Points of the template's widths that make one of Excel's.
const POINTS: f64 = 5.0;

/// The workbook's bytes.
pub fn write(template: &Template, facts: &Facts) -> Result<Vec<u8>> {
    made(template, facts).map_err(|error| Error::new(Code::Internal).because(error))
}

fn made(template: &Template, facts: &Facts) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same register is the same file.
    let at = facts.at;
    let made = rust_xlsxwriter::ExcelDateTime::from_ymd(
        at.year().unsigned_abs(),
        at.month().unsigned_abs(),
        at.day().unsigned_abs(),
    )?;
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made));
    let sheet = workbook.add_worksheet();
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    let tables = template.blocks.iter().filter_map(|block| match block {
        Block::Table { list, columns, .. } => Some((list, columns)),
        _ => None,
    });
    for (list, columns) in tables.take(1) {
        heads(sheet, template, facts, columns)?;
        let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
        for (line, row) in (5..).zip(facts.rows(list)) {
            for (place, column) in (0..).zip(columns) {
                let words = filled(&column.value, row);
                match (column.value.as_str(), words.parse::<u32>()) {
                    ("{n}" | "{sets}", Ok(number)) => sheet.write_number_with_format(line, place, number, &cell)?,
                    _ => sheet.write_string_with_format(line, place, words, &cell)?,
                };
            }
        }
    }
    workbook.save_to_buffer()
}

/// The office, the title, the month, and two lines of headings that stay in sight and are printed on every page.
fn heads(
    sheet: &mut Worksheet,
    template: &Template,
    facts: &Facts,
    columns: &[TableColumn],
) -> std::result::Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Center);
    sheet.write_string(0, 0, facts.get("centre"))?;
    sheet.write_string_with_format(1, 0, template.title_on(facts.at.date()), &bold)?;
    sheet.write_string(2, 0, facts.get("month"))?;
    let mut first = 0;
    for band in columns.chunk_by(|a, b| !a.group.is_empty() && a.group == b.group) {
        let width = u16::try_from(band.len()).unwrap_or(u16::MAX);
        let group = band.first().map(|column| column.group.as_str()).unwrap_or_default();
        for (place, column) in (first..).zip(band) {
            sheet.set_column_width(place, f64::from(column.weight) / POINTS)?;
            if group.is_empty() {
                sheet.merge_range(3, place, 4, place, &column.head, &head)?;
            } else {
                sheet.write_string_with_format(4, place, &column.head, &head)?;
            }
        }
        if !group.is_empty() && width > 1 {
            sheet.merge_range(3, first, 3, first + width - 1, group, &head)?;
        } else if !group.is_empty() {
            sheet.write_string_with_format(3, first, group, &head)?;
        }
        first += width;
    }
    sheet.set_freeze_panes(5, 0)?;
    sheet.set_repeat_rows(3, 4)?;
    Ok(())
}

fn filled(text: &str, row: &Row) -> String {
    let words: String = pieces(text)
        .into_iter()
        .map(|(piece, _)| match piece {
            Piece::Words(words) => words,
            Piece::Place(place) => row.get(place).map_or("", String::as_str),
        })
        .collect();
    words.trim().to_owned()
}
