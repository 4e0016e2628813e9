//! The working calendar as a text table, which an administrator can read, correct and import.
//!
//! A line is `date kind name source decided certainty`, separated by tabs; `year 2027` says that the table's rows and
//! the weekends are the whole of that year; `#` opens a comment. Anything else is an error with its line number, and
//! nothing of a table with an error is used.

use crate::text;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// What a row makes of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `off`: no work, as on a holiday.
    Off,
    /// `work`: a full working day, as on a Saturday worked for a day off elsewhere (làm bù).
    Work,
}

/// Whether a row has been decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// By law, or by a decision that was read.
    Sure,
    /// Expected; a deadline that rests on it says so.
    Provisional,
}

/// One day of the working calendar that is not simply what its weekday says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The day.
    pub date: Date,
    /// Off or worked.
    pub kind: Kind,
    /// What the day is, in Vietnamese ("Giỗ Tổ Hùng Vương", "Làm bù cho thứ Hai 31/08/2026").
    pub name: String,
    /// The law, decision or notice it rests on.
    pub source: String,
    /// When that was decided, where known.
    pub decided: Option<Date>,
    /// Decided or expected.
    pub certainty: Certainty,
}

/// A calendar table that was read without an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The years the table is the whole of.
    pub years: BTreeSet<i16>,
    /// Its rows by day.
    pub rows: BTreeMap<Date, Row>,
}

/// The first line of a table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct TableError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Neither six columns nor `year YYYY`.
    #[error("{0} columns where there should be six")]
    Columns(usize),
    /// The first or the fifth column is not `YYYY-MM-DD` (the fifth may be `-`).
    #[error("not a date")]
    Date,
    /// The second column is neither `off` nor `work`.
    #[error("neither off nor work")]
    Kind,
    /// Name or source is empty or longer than 200 characters.
    #[error("name or source empty or longer than 200 characters")]
    Words,
    /// The sixth column is neither `sure` nor `provisional`.
    #[error("neither sure nor provisional")]
    Certainty,
    /// Not a year from 1900 to 2200.
    #[error("not a year")]
    Year,
    /// The day or the year was already given.
    #[error("given twice")]
    Twice,
    /// Not `HH:MM-HH:MM`, or hours that do not follow each other.
    #[error("not the hours of a day")]
    Hours,
    /// No such choice.
    #[error("no such choice")]
    Choice,
    /// Not an agency's code.
    #[error("not an agency's code")]
    Code,
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Order,
}

impl Table {
    /// Reads a table; the first faulty line is the error.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut table = Self::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim_end();
            if !line.is_empty() && !line.starts_with('#') {
                table.read(line).map_err(|fault| TableError { line: index + 1, fault })?;
            }
        }
        Ok(table)
    }

    /// Reads one line.
    pub(crate) fn read(&mut self, line: &str) -> Result<(), Fault> {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        let new = match columns.as_slice() {
            ["year", year] => {
                let year = year.parse().ok().filter(|year| (1900..=2200).contains(year)).ok_or(Fault::Year)?;
                self.years.insert(year)
            }
            [date, kind, name, source, decided, certainty] => {
                let row = Row {
                    date: read_date(date)?,
                    kind: match *kind {
                        "off" => Kind::Off,
                        "work" => Kind::Work,
                        _ => return Err(Fault::Kind),
                    },
                    name: read_words(name)?,
                    source: read_words(source)?,
                    decided: if *decided == "-" { None } else { Some(read_date(decided)?) },
                    certainty: match *certainty {
                        "sure" => Certainty::Sure,
                        "provisional" => Certainty::Provisional,
                        _ => return Err(Fault::Certainty),
                    },
                };
                self.rows.insert(row.date, row).is_none()
            }
            other => return Err(Fault::Columns(other.len())),
        };
        if new { Ok(()) } else { Err(Fault::Twice) }
    }
}

/// Exactly `YYYY-MM-DD`: jiff alone would also take other dresses of ISO 8601.
pub(crate) fn read_date(text: &str) -> Result<Date, Fault> {
    let date = Date::from_str(text).map_err(|_| Fault::Date)?;
    if date.to_string() == text && (1900..=2200).contains(&date.year()) { Ok(date) } else { Err(Fault::Date) }
}

pub(crate) fn read_words(text: &str) -> Result<String, Fault> {
    let words = text::tidy(text);
    if words.is_empty() || words.chars().count() > 200 { Err(Fault::Words) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_table_is_read_row_by_row() {
        let table = Table::parse(
            "\u{feff}# ghi chú\r\nyear\t2028\r\n\r\n2028-01-03\toff\tNghỉ bù Tết Dương lịch\tBLLĐ 2019\t-\tprovisional\r\n",
        )
        .expect("a table");
        assert_eq!(table.years, BTreeSet::from([2028]));
        let row = table.rows.get(&date(2028, 1, 3)).expect("the row");
        assert_eq!((row.kind, row.certainty, row.decided), (Kind::Off, Certainty::Provisional, None));
        assert_eq!(row.name, "Nghỉ bù Tết Dương lịch");
    }

    #[test]
    fn a_faulty_line_is_named_by_its_number() {
        let good = "2028-01-03\toff\tNghỉ bù\tBLLĐ\t2019-11-20\tsure";
        for (bad, fault) in [
            ("2028-01-04", Fault::Columns(1)),
            ("2028-01-04\toff\tTên\tNguồn\t-\tsure\tthừa", Fault::Columns(7)),
            ("4/1/2028\toff\tTên\tNguồn\t-\tsure", Fault::Date),
            ("2028-02-30\toff\tTên\tNguồn\t-\tsure", Fault::Date),
            ("20280104\toff\tTên\tNguồn\t-\tsure", Fault::Date),
            ("2028-01-04\tnghỉ\tTên\tNguồn\t-\tsure", Fault::Kind),
            ("2028-01-04\toff\t\tNguồn\t-\tsure", Fault::Words),
            ("2028-01-04\toff\tTên\t \t-\tsure", Fault::Words),
            ("2028-01-04\toff\tTên\tNguồn\thôm qua\tsure", Fault::Date),
            ("2028-01-04\toff\tTên\tNguồn\t-\tchắc", Fault::Certainty),
            ("year\t28", Fault::Year),
            ("year\tNhâm Thân", Fault::Year),
            (good, Fault::Twice),
        ] {
            let text = format!("# đầu\n{good}\n{bad}\n");
            assert_eq!(Table::parse(&text), Err(TableError { line: 3, fault }), "{bad}");
        }
        assert_eq!(Table::parse("year\t2028\nyear\t2028"), Err(TableError { line: 2, fault: Fault::Twice }));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(\\PC|\t|\n){0,200}") {
            let _ = Table::parse(&text);
        }

        #[test]
        fn no_line_of_tabs_and_words_makes_the_reader_panic(columns in proptest::collection::vec("[0-9a-zđ -]{0,12}", 0..9)) {
            let _ = Table::parse(&columns.join("\t"));
        }
    }
}
