//! Corrections of what deadlines are counted by, as a text an administrator can read, keep and carry to another desk.
//!
//! It is a table of the working calendar ([`table`](crate::calendar::table)) with three kinds of lines more, their columns
//! separated by tabs:
//! - `hours 2026-10-01 07:30-11:30 13:00-16:30 QĐ 12/QĐ-UBND`: the office's hours for files received from that day on;
//! - `after_hours next_working_day|day_handed_in QĐ …`: which day a file handed in outside working time is received;
//! - `after_waiting deducted|counted_anew QĐ …`: how the time goes on when what the citizen was asked for is there.
//!
//! Each names its source. Nothing of a text with an error is used.

use super::hours::{OfficeHours, Session};
use super::{AfterHours, AfterWaiting, Rules};
use crate::calendar::table::{Fault, Table, TableError, read_date, read_words};
use jiff::civil::{Date, Time};

/// A correction that was read without an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// Days.
    pub table: Table,
    /// Hours, each from its day on.
    pub hours: Vec<DatedHours>,
    /// Files handed in outside working time.
    pub after_hours: Option<AfterHours>,
    /// Times that stood still.
    pub after_waiting: Option<AfterWaiting>,
}

/// The office's hours from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedHours {
    /// First day of reception they hold for.
    pub from: Date,
    /// The hours.
    pub hours: OfficeHours,
    /// The decision.
    pub source: String,
}

impl Correction {
    /// Reads a correction; the first faulty line is the error.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut correction = Self::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim_end();
            if !line.is_empty() && !line.starts_with('#') {
                correction.read(line).map_err(|fault| TableError { line: index + 1, fault })?;
            }
        }
        Ok(correction)
    }

    fn read(&mut self, line: &str) -> Result<(), Fault> {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        match columns.as_slice() {
            ["hours", from, morning, afternoon, source] => {
                let hours = OfficeHours::new(session(morning)?, session(afternoon)?).map_err(|_| Fault::Hours)?;
                let dated = DatedHours { from: read_date(from)?, hours, source: read_words(source)? };
                if self.hours.iter().any(|known| known.from == dated.from) {
                    return Err(Fault::Twice);
                }
                self.hours.push(dated);
            }
            ["after_hours", choice, source] => {
                read_words(source)?;
                let choice = match *choice {
                    "next_working_day" => AfterHours::NextWorkingDay,
                    "day_handed_in" => AfterHours::DayHandedIn,
                    _ => return Err(Fault::Choice),
                };
                once(&mut self.after_hours, choice)?;
            }
            ["after_waiting", choice, source] => {
                read_words(source)?;
                let choice = match *choice {
                    "deducted" => AfterWaiting::Deducted,
                    "counted_anew" => AfterWaiting::CountedAnew,
                    _ => return Err(Fault::Choice),
                };
                once(&mut self.after_waiting, choice)?;
            }
            ["hours" | "after_hours" | "after_waiting", ..] => return Err(Fault::Columns(columns.len())),
            _ => self.table.read(line)?,
        }
        Ok(())
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Fault> {
    if place.replace(value).is_some() { Err(Fault::Twice) } else { Ok(()) }
}

/// `07:30-11:30`.
fn session(text: &str) -> Result<Session, Fault> {
    let (opens, closes) = text.split_once('-').ok_or(Fault::Hours)?;
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).map_err(|_| Fault::Hours);
    Ok(Session { opens: time(opens)?, closes: time(closes)? })
}

impl Rules {
    /// These rules, corrected.
    pub fn with(mut self, correction: Correction) -> Self {
        self.calendar = self.calendar.with(correction.table);
        self.dated_hours.retain(|known| correction.hours.iter().all(|new| new.from != known.from));
        self.dated_hours.extend(correction.hours);
        self.after_hours = correction.after_hours.unwrap_or(self.after_hours);
        self.after_waiting = correction.after_waiting.unwrap_or(self.after_waiting);
        self
    }

    /// The office's hours for what is received on a day.
    pub fn hours_on(&self, day: Date) -> OfficeHours {
        let dated = self.dated_hours.iter().filter(|dated| dated.from <= day).max_by_key(|dated| dated.from);
        dated.map_or(self.hours, |dated| dated.hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::TimeLimit;
    use crate::deadline::due;
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    const DECISION: &str = "# QĐ của UBND xã\nhours\t2026-12-01\t07:30-11:30\t13:00-16:30\tQĐ 12/QĐ-UBND\n\
                            after_hours\tday_handed_in\tQĐ 12/QĐ-UBND\nafter_waiting\tcounted_anew\tQĐ 13/QĐ-UBND\n\
                            2026-12-07\toff\tNghỉ bão\tUBND tỉnh\t2026-12-06\tsure\n";

    #[test]
    fn a_decision_of_the_commune_holds_from_its_day_on() {
        let rules = Rules::default().with(Correction::parse(DECISION).expect("a correction"));
        let one_day = |at| due(TimeLimit::WorkingDays(1), at, &rules).expect("in reach").at;
        assert_eq!(one_day(datetime(2026, 11, 26, 9, 0, 0, 0)), datetime(2026, 11, 27, 17, 0, 0, 0));
        assert_eq!(one_day(datetime(2026, 12, 3, 9, 0, 0, 0)), datetime(2026, 12, 4, 16, 30, 0, 0));
        assert_eq!(
            one_day(datetime(2026, 12, 3, 16, 45, 0, 0)),
            datetime(2026, 12, 4, 16, 30, 0, 0),
            "handed in that day"
        );
        assert_eq!(one_day(datetime(2026, 12, 4, 9, 0, 0, 0)), datetime(2026, 12, 8, 16, 30, 0, 0), "7/12 is off");
        assert_eq!(rules.after_waiting, AfterWaiting::CountedAnew);
        assert_eq!(rules.hours_on(date(2026, 11, 30)), OfficeHours::default());
    }

    #[test]
    fn a_correction_that_contradicts_itself_is_none() {
        let day = "2026-12-07\toff\tNghỉ bão\tUBND tỉnh\t-\tsure";
        for (text, line, fault) in [
            (format!("{day}\n2026-12-07\twork\tLàm bù\tUBND tỉnh\t-\tsure"), 2, Fault::Twice),
            ("hours\t2026-12-01\t13:00-16:30\t07:30-11:30\tQĐ 12".to_owned(), 1, Fault::Hours),
            ("hours\t2026-12-01\t7h-11h\t13:00-16:30\tQĐ 12".to_owned(), 1, Fault::Hours),
            ("hours\t2026-12-01\t07:30-11:30".to_owned(), 1, Fault::Columns(3)),
            ("after_hours\tsometimes\tQĐ 12".to_owned(), 1, Fault::Choice),
            ("after_hours\tday_handed_in\t ".to_owned(), 1, Fault::Columns(2)),
            ("after_waiting\tdeducted\tQĐ 1\nafter_waiting\tcounted_anew\tQĐ 2".to_owned(), 2, Fault::Twice),
        ] {
            assert_eq!(Correction::parse(&text), Err(TableError { line, fault }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(words in proptest::collection::vec("(hours|after_hours|year|[0-9:-]{0,12}|\\PC{0,8})", 0..8)) {
            let _ = Correction::parse(&words.join("\t"));
        }
    }
}
