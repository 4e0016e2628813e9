//! Dates as cards write them: day first, zeros where the day or the month is unknown.

use crate::person::{Malformed, PartialDate};
use jiff::civil::Date;

/// Reads `25101995`, `00061950`, `00001950`, `1950`, `25/10/1995`, `06/1950`.
///
/// Years have four digits; nothing is completed from the calendar of today.
pub(super) fn partial(text: &str) -> Result<PartialDate, Malformed> {
    let parts: Vec<&str> = match text.len() {
        8 if all_digits(text) => vec![part(text, 0..2), part(text, 2..4), part(text, 4..8)],
        _ => text.split(['/', '-', '.']).map(str::trim).collect(),
    };
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        if digits.contains(&part.len()) && all_digits(part) {
            part.parse::<i16>().map_err(|_| Malformed::Date)
        } else {
            Err(Malformed::Date)
        }
    };
    match parts.as_slice() {
        [year] => PartialDate::of(number(year, 4..=4)?, 0, 0),
        [month, year] => PartialDate::of(number(year, 4..=4)?, number(month, 1..=2)?, 0),
        [day, month, year] => PartialDate::of(number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?),
        _ => Err(Malformed::Date),
    }
}

/// Reads a whole date; one without its day or month is none.
pub(super) fn whole(text: &str) -> Result<Date, Malformed> {
    match partial(text)? {
        PartialDate::Day(date) => Ok(date),
        PartialDate::Month(..) | PartialDate::Year(_) => Err(Malformed::Date),
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn part(text: &str, range: std::ops::Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_write_dates_in_these_ways() {
        for (written, iso) in [
            ("25101995", "1995-10-25"),
            ("00061950", "1950-06"),
            ("00001950", "1950"),
            ("1950", "1950"),
            ("25/10/1995", "1995-10-25"),
            ("5-3-1950", "1950-03-05"),
            ("06/1950", "1950-06"),
            ("00/00/1950", "1950"),
        ] {
            assert_eq!(partial(written).map(PartialDate::iso).as_deref(), Ok(iso), "{written}");
        }
        for odd in [
            "",
            "31021990",
            "25001995",
            "99999999",
            "0195",
            "195",
            "25101",
            "251095",
            "hôm qua",
            "25/10/95",
            "+1/2/1990",
        ] {
            assert_eq!(partial(odd), Err(Malformed::Date), "{odd}");
        }
        assert_eq!(whole("00061950"), Err(Malformed::Date));
    }
}
