//! The working calendar (lịch làm việc) of the office: which days are worked, which are not, and why.
//!
//! Weekends follow from the weekday; holidays, swapped days and make-up Saturdays are dated rows with their source.
//! The table that ships inside is whole for 2025–2027. For later years the holidays are computed from the law and
//! everything in such a year is provisional; before the table and after [`COMPUTED`] the calendar does not reach, and
//! says so instead of taking a year to be without holidays.

pub mod lunar;
mod statute;
pub mod table;

use jiff::civil::{Date, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;
use table::{Certainty, Kind, Row, Table};

/// The years whose holidays are computed where no table has them: from the year the present holidays hold
/// (24/11 since 2026) for as long as a lunar calendar of this accuracy is of use.
pub const COMPUTED: RangeInclusive<i16> = 2026..=2050;

/// Holidays and make-up days 2025–2027 as the table `days.tsv` has them.
static BUILTIN: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::of(Table::parse(include_str!("days.tsv")).unwrap_or_default()));

/// The days an office works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i16>,
    rows: BTreeMap<Date, Row>,
}

/// What a day is for the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day<'a> {
    /// An ordinary working day.
    Work,
    /// A working day by a row of the table: a make-up Saturday, or a day that may yet become a holiday.
    WorkByRow(&'a Row),
    /// Saturday or Sunday. A Saturday shift of the desk does not make a Saturday a working day.
    Weekend,
    /// A day off by a row of the table.
    Off(&'a Row),
}

/// The calendar holds nothing for a year; no deadline can be promised there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the working calendar does not reach {year}")]
pub struct OutOfReach {
    /// The year that was asked for.
    pub year: i16,
}

impl Calendar {
    /// The table that ships inside, 2025–2027, with computed years after it.
    pub fn builtin() -> Self {
        BUILTIN.clone()
    }

    /// A calendar of one table, with the years of [`COMPUTED`] that the table is not the whole of computed.
    pub fn of(table: Table) -> Self {
        let computed = COMPUTED.filter(|year| !table.years.contains(year)).flat_map(statute::days).collect();
        Self { years: BTreeSet::new(), rows: computed }.with(table)
    }

    /// The calendar corrected by a table: a year the table is the whole of replaces that year, any other row its day.
    pub fn with(mut self, table: Table) -> Self {
        self.rows.retain(|day, _| !table.years.contains(&day.year()));
        self.years.extend(table.years);
        self.rows.extend(table.rows);
        self
    }

    /// What a day is.
    pub fn day(&self, date: Date) -> Result<Day<'_>, OutOfReach> {
        let year = date.year();
        if !self.years.contains(&year) && !COMPUTED.contains(&year) {
            return Err(OutOfReach { year });
        }
        Ok(match self.rows.get(&date) {
            Some(row) if row.kind == Kind::Off => Day::Off(row),
            Some(row) => Day::WorkByRow(row),
            None if is_weekend(date) => Day::Weekend,
            None => Day::Work,
        })
    }

    /// Whether a year's holidays are only computed, its official plan not known.
    pub fn computes(&self, year: i16) -> bool {
        !self.years.contains(&year) && COMPUTED.contains(&year)
    }
}

impl Day<'_> {
    /// Whether the office works.
    pub fn works(self) -> bool {
        matches!(self, Self::Work | Self::WorkByRow(_))
    }

    /// Whether the row that makes the day what it is has yet to be decided.
    pub fn provisional(self) -> bool {
        match self {
            Self::Off(row) | Self::WorkByRow(row) => row.certainty == Certainty::Provisional,
            Self::Work | Self::Weekend => false,
        }
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn builtin_table() -> Table {
        Table::parse(include_str!("days.tsv")).expect("the table that ships inside is read without an error")
    }

    fn days_off(rows: impl IntoIterator<Item = (Date, Row)>) -> Vec<Date> {
        rows.into_iter().filter(|(day, row)| row.kind == Kind::Off && !is_weekend(*day)).map(|(day, _)| day).collect()
    }

    #[test]
    fn the_table_inside_is_whole_for_three_years_and_every_row_has_its_year() {
        let table = builtin_table();
        assert_eq!(table.years, BTreeSet::from([2025, 2026, 2027]));
        assert!(table.rows.keys().all(|day| table.years.contains(&day.year())));
        assert!(table.rows.values().all(|row| row.decided.is_some() == (row.certainty == Certainty::Sure)));
        assert_eq!(Calendar::builtin(), Calendar::of(table));
    }

    /// The law and the moon against what was decided: they differ by the swapped days and nothing else.
    #[test]
    fn computed_holidays_agree_with_the_table() {
        let table = builtin_table();
        for (year, swapped) in
            [(2025, vec![date(2025, 5, 2)]), (2026, vec![date(2026, 1, 2), date(2026, 8, 31)]), (2027, vec![])]
        {
            let decided = days_off(table.rows.clone().into_iter().filter(|(day, _)| day.year() == year));
            let mut computed = days_off(statute::days(year));
            if year == 2025 {
                computed.retain(|day| *day != date(2025, 11, 24)); // a holiday since 2026
            }
            computed.extend(swapped);
            computed.sort();
            assert_eq!(computed, decided, "{year}");
        }
    }

    #[test]
    fn swapped_days_come_in_pairs() {
        let calendar = Calendar::builtin();
        for (off, worked) in [
            (date(2025, 5, 2), date(2025, 4, 26)),
            (date(2026, 1, 2), date(2026, 1, 10)),
            (date(2026, 8, 31), date(2026, 8, 22)),
        ] {
            assert!(matches!(calendar.day(off), Ok(Day::Off(_))), "{off}");
            assert!(matches!(calendar.day(worked), Ok(Day::WorkByRow(_))), "{worked}");
            assert_eq!(worked.weekday(), Weekday::Saturday);
        }
    }

    #[test]
    fn later_years_are_computed_and_years_beyond_are_out_of_reach() {
        let calendar = Calendar::builtin();
        assert!(calendar.computes(2028) && !calendar.computes(2027));
        for day in [date(2028, 1, 3), date(2028, 1, 26), date(2028, 4, 4), date(2028, 5, 2), date(2028, 9, 4)] {
            assert!(calendar.day(day).expect("in reach").provisional(), "{day}");
            assert!(!calendar.day(day).expect("in reach").works(), "{day}");
        }
        assert_eq!(calendar.day(date(2024, 12, 31)), Err(OutOfReach { year: 2024 }));
        assert_eq!(calendar.day(date(2051, 1, 1)), Err(OutOfReach { year: 2051 }));
    }

    #[test]
    fn an_official_plan_replaces_its_year_and_a_correction_its_day() {
        let plan =
            Table::parse("year\t2027\n2027-02-11\toff\tTết Nguyên đán\tThông báo\t2026-11-30\tsure").expect("plan");
        let calendar = Calendar::builtin().with(plan);
        assert_eq!(calendar.day(date(2027, 2, 4)), Ok(Day::Work));
        assert!(matches!(calendar.day(date(2027, 2, 11)), Ok(Day::Off(row)) if row.certainty == Certainty::Sure));
        assert!(matches!(calendar.day(date(2026, 11, 24)), Ok(Day::Off(_))));

        let correction = Table::parse("2028-03-06\toff\tNghỉ bão\tUBND tỉnh\t2028-03-05\tsure").expect("correction");
        let calendar = Calendar::builtin().with(correction);
        assert!(matches!(calendar.day(date(2028, 3, 6)), Ok(Day::Off(_))));
        assert!(calendar.computes(2028), "one row does not make a year known");
        assert!(matches!(calendar.day(date(2028, 1, 26)), Ok(Day::Off(_))));
    }
}
