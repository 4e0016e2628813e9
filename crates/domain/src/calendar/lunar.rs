//! The Vietnamese lunar calendar (âm lịch): on which day a lunar date falls.
//!
//! After the method Hồ Ngọc Đức published ("Thuật toán tính âm lịch"): new moons and the sun's longitude by the series
//! of Meeus, both read at UTC+7, as the state calendar has been since 1968 in the north and 1976 everywhere. A lunar
//! month begins on the day of the new moon, month 11 holds the winter solstice, and of thirteen months between two
//! solstices the first without a principal term (trung khí) is the leap month. At UTC+7 some years differ from
//! Beijing's: Tết came a day earlier in 2007 and will in 2030.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use std::f64::consts::PI;

/// Hà Nội's offset from UTC, in days.
const OFFSET: f64 = 7.0 / 24.0;
/// Mean length of a lunar month, in days.
const MONTH: f64 = 29.530588853;
/// The new moon of 1 January 1900 (UTC), from which new moons are numbered, in Julian days.
const FIRST_NEW_MOON: f64 = 2415021.076998695;
/// Julian day number of 1 January 1970.
const UNIX_EPOCH: i64 = 2440588;

/// The day of a lunar date in an ordinary (not leap) month; `None` where there is no such date.
///
/// `year` is the solar year in which the lunar year begins. Day 30 of a month of 29 days is no date.
pub fn date_of(year: i16, month: u8, day: u8) -> Option<Date> {
    if !(1..=12).contains(&month) || !(1..=30).contains(&day) {
        return None;
    }
    let number = month_number(year, month)?;
    let (first, next) = (new_moon(number), new_moon(number + 1));
    let wanted = first + i64::from(day) - 1;
    if wanted < next { from_day_number(wanted) } else { None }
}

/// The first day of the lunar year, mùng 1 Tết.
pub fn new_year(year: i16) -> Option<Date> {
    date_of(year, 1, 1)
}

/// The number of the new moon that opens an ordinary month.
fn month_number(year: i16, month: u8) -> Option<i64> {
    let solstice_year = if month < 11 { year.checked_sub(1)? } else { year };
    let (before, after) = (eleventh_month(solstice_year)?, eleventh_month(solstice_year.checked_add(1)?)?);
    let eleventh = (0.5 + (before as f64 - FIRST_NEW_MOON) / MONTH).floor() as i64;
    let mut places = i64::from((month + 1) % 12); // month 11 stands first, month 12 second, month 1 third
    if after - before > 365 && places >= leap_place(eleventh) {
        places += 1;
    }
    Some(eleventh + places)
}

/// First day of the month that holds a solar year's winter solstice.
fn eleventh_month(year: i16) -> Option<i64> {
    let last_day = day_number(Date::new(year, 12, 31).ok()?);
    let number = ((last_day - 2415021) as f64 / MONTH).floor() as i64;
    let first = new_moon(number);
    Some(if sun_sector(first) >= 9 { new_moon(number - 1) } else { first })
}

/// How many months after month 11 the leap month of a thirteen-month span stands.
fn leap_place(eleventh: i64) -> i64 {
    let sector = |place: i64| sun_sector(new_moon(eleventh + place));
    (1..14).find(|place| sector(*place) == sector(place + 1)).unwrap_or(13)
}

/// The day, at UTC+7, of the `number`th new moon after that of 1 January 1900.
fn new_moon(number: i64) -> i64 {
    let k = number as f64;
    let t = k / 1236.85; // Julian centuries from 1900
    let (t2, t3) = (t * t, t * t * t);
    let degrees = PI / 180.0;
    let mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3
        + 0.00033 * ((166.56 + 132.87 * t - 0.009173 * t2) * degrees).sin();
    let sun = (359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3) * degrees;
    let moon = (306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3) * degrees;
    let node = (21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3) * degrees;
    let correction = (0.1734 - 0.000393 * t) * sun.sin() + 0.0021 * (2.0 * sun).sin() - 0.4068 * moon.sin()
        + 0.0161 * (2.0 * moon).sin()
        - 0.0004 * (3.0 * moon).sin()
        + 0.0104 * (2.0 * node).sin()
        - 0.0051 * (sun + moon).sin()
        - 0.0074 * (sun - moon).sin()
        + 0.0004 * (2.0 * node + sun).sin()
        - 0.0004 * (2.0 * node - sun).sin()
        - 0.0006 * (2.0 * node + moon).sin()
        + 0.0010 * (2.0 * node - moon).sin()
        + 0.0005 * (2.0 * moon + sun).sin();
    let earth_rotation = if t < -11.0 {
        0.001 + 0.000839 * t + 0.0002261 * t2 - 0.00000845 * t3 - 0.000000081 * t * t3
    } else {
        -0.000278 + 0.000265 * t + 0.000262 * t2
    };
    (mean + correction - earth_rotation + 0.5 + OFFSET).floor() as i64
}

/// In which twelfth of its way (0 from the spring equinox) the sun stands when a day begins at UTC+7.
fn sun_sector(day_number: i64) -> i64 {
    let t = (day_number as f64 - 2451545.5 - OFFSET) / 36525.0; // Julian centuries from 2000
    let t2 = t * t;
    let degrees = PI / 180.0;
    let anomaly = (357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2) * degrees;
    let mean = 280.46645 + 36000.76983 * t + 0.0003032 * t2;
    let equation = (1.914600 - 0.004817 * t - 0.000014 * t2) * anomaly.sin()
        + (0.019993 - 0.000101 * t) * (2.0 * anomaly).sin()
        + 0.000290 * (3.0 * anomaly).sin();
    ((mean + equation).rem_euclid(360.0) / 30.0).floor() as i64
}

fn day_number(day: Date) -> i64 {
    let days = day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days());
    UNIX_EPOCH + i64::from(days)
}

fn from_day_number(number: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add((number - UNIX_EPOCH).days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Year, mùng 1 Tết, Giỗ Tổ (10/3), as the almanacs have them.
    const ALMANAC: &str = include_str!("../../../../tests/golden/lunar.tsv");

    #[test]
    fn new_year_and_the_kings_day_agree_with_the_almanacs_from_1985_to_2060() {
        let mut years = 0;
        for line in ALMANAC.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [year, new_year_day, kings_day] = columns.as_slice() else { panic!("three columns: {line}") };
            let year: i16 = year.parse().expect("a year");
            assert_eq!(new_year(year).map(|d| d.to_string()).as_deref(), Some(*new_year_day), "Tết {year}");
            assert_eq!(date_of(year, 3, 10).map(|d| d.to_string()).as_deref(), Some(*kings_day), "Giỗ Tổ {year}");
            years += 1;
        }
        assert_eq!(years, 76);
    }

    #[test]
    fn utc_plus_seven_is_not_beijing() {
        // Beijing's new year: 1985-02-20, 2007-02-18, 2030-02-03.
        for (year, day) in [(1985, date(1985, 1, 21)), (2007, date(2007, 2, 17)), (2030, date(2030, 2, 2))] {
            assert_eq!(new_year(year), Some(day));
        }
    }

    #[test]
    fn a_lunar_year_may_lack_its_thirtieth_day() {
        assert_eq!(date_of(2026, 12, 29), Some(date(2027, 2, 5)));
        assert_eq!(date_of(2026, 12, 30), None);
        assert_eq!(date_of(2025, 13, 1), None);
        assert_eq!(date_of(2025, 1, 0), None);
    }

    #[test]
    fn months_follow_each_other_through_two_centuries() {
        for year in 1900..=2200 {
            for month in 1..=12 {
                let first = date_of(year, month, 1).expect("each month has a first day");
                let next =
                    if month == 12 { new_year(year + 1) } else { date_of(year, month + 1, 1) }.expect("next month");
                let days = (next - first).get_days();
                // Two new moons apart where a leap month stands between them.
                assert!((29..=30).contains(&days) || (58..=60).contains(&days), "{month}/{year}: {days}");
            }
        }
    }
}
