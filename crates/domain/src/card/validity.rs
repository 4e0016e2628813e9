//! How long a card is valid. Its code does not say; it follows from birth and issue (Luật Căn cước 2023, Điều 21).

use crate::person::PartialDate;
use jiff::{ToSpan, civil::Date};

/// Ages at which a card must be changed.
const AGES: [i32; 4] = [14, 25, 40, 60];

/// A card issued within this many years before one of the ages runs on to the next.
const RUNS_ON: i32 = 2;

/// The last day of a card's validity; `None` for one that is valid for life.
///
/// Where the day or the month of birth is unknown the doubt goes to the holder: the date returned is the latest it can be.
pub fn expiry(born: PartialDate, issued: Date) -> Option<Date> {
    let (earliest, latest) = bounds(born)?;
    AGES.into_iter()
        .find(|age| birthday(earliest, age - RUNS_ON).is_some_and(|from| issued < from))
        .and_then(|age| birthday(latest, age))
}

/// A birthday; that of 29 February falls on the last day of February in other years.
fn birthday(born: Date, age: i32) -> Option<Date> {
    born.checked_add(age.years()).ok()
}

fn bounds(born: PartialDate) -> Option<(Date, Date)> {
    match born {
        PartialDate::Day(day) => Some((day, day)),
        PartialDate::Month(year, month) => {
            let first = Date::new(year, month, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        PartialDate::Year(year) => {
            let first = Date::new(year, 1, 1).ok()?;
            Some((first, first.last_of_year()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_card_runs_to_the_next_age_or_the_one_after_if_that_is_near() {
        let born = PartialDate::Day(date(1986, 3, 15));
        for (issued, until) in [
            (date(2021, 12, 10), Some(date(2026, 3, 15))),
            (date(2024, 4, 20), Some(date(2046, 3, 15))),
            (date(2024, 3, 14), Some(date(2026, 3, 15))),
            (date(2024, 3, 15), Some(date(2046, 3, 15))),
            (date(2011, 3, 14), Some(date(2026, 3, 15))),
            (date(2044, 3, 15), None),
            (date(2050, 1, 1), None),
        ] {
            assert_eq!(expiry(born, issued), until, "issued {issued}");
        }
    }

    #[test]
    fn a_childs_card_runs_to_fourteen() {
        let born = PartialDate::Day(date(2015, 8, 2));
        assert_eq!(expiry(born, date(2024, 9, 1)), Some(date(2029, 8, 2)));
        assert_eq!(expiry(born, date(2028, 9, 1)), Some(date(2040, 8, 2)));
    }

    #[test]
    fn an_unknown_day_of_birth_is_read_in_the_holders_favour() {
        let year = PartialDate::Year(1986);
        assert_eq!(expiry(year, date(2021, 12, 10)), Some(date(2026, 12, 31)));
        assert_eq!(expiry(year, date(2024, 2, 1)), Some(date(2046, 12, 31)), "may already be within two years of 40");
        assert_eq!(expiry(PartialDate::Month(1986, 2), date(2021, 12, 10)), Some(date(2026, 2, 28)));
        assert_eq!(expiry(PartialDate::Day(date(2000, 2, 29)), date(2021, 1, 1)), Some(date(2025, 2, 28)));
    }
}
