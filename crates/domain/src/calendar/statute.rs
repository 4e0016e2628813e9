//! The public holidays of a year by the law alone, for years whose official plan is not in the table yet.
//!
//! Bộ luật Lao động 2019 Điều 112 names the days, Điều 111 khoản 3 moves a weekly day off that meets a holiday to the
//! next working day, Nghị quyết 80-NQ/TW adds 24/11 from 2026. Which five days Tết takes, which day goes with 2/9 and
//! which days are swapped is decided each year, so every row computed here is provisional.

use super::lunar;
use super::table::{Certainty, Kind, Row};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use std::collections::BTreeMap;

const SOURCE: &str = "Tính theo BLLĐ 2019, Điều 111, 112; chưa có lịch nghỉ chính thức";

/// The expected days off of a year (from 2026 on), weekends aside.
pub(super) fn days(year: i16) -> BTreeMap<Date, Row> {
    let mut holidays = vec![(date(year, 1, 1), "Tết Dương lịch")];
    if let Some(new_year) = lunar::new_year(year) {
        // With the compensation for weekends this is the choice made every year from 2018 to 2026.
        holidays.extend((-2..=2).filter_map(|n| Some((new_year.checked_add(n.days()).ok()?, "Tết Nguyên đán"))));
    }
    holidays.extend(lunar::date_of(year, 3, 10).map(|day| (day, "Giỗ Tổ Hùng Vương")));
    holidays.push((date(year, 4, 30), "Ngày Chiến thắng 30/4"));
    holidays.push((date(year, 5, 1), "Ngày Quốc tế Lao động"));
    let national_day = date(year, 9, 2);
    let neighbour = match national_day.weekday() {
        // The neighbour that makes the longer break, as in every year from 2021 on.
        Weekday::Sunday | Weekday::Monday | Weekday::Thursday => date(year, 9, 3),
        Weekday::Tuesday | Weekday::Wednesday | Weekday::Friday | Weekday::Saturday => date(year, 9, 1),
    };
    holidays.extend([(national_day, "Quốc khánh"), (neighbour, "Quốc khánh")]);
    holidays.push((date(year, 11, 24), "Ngày Văn hóa Việt Nam"));

    let mut rows: BTreeMap<Date, Row> =
        holidays.iter().map(|(day, name)| (*day, off(*day, (*name).to_owned()))).collect();
    for (day, name) in holidays.iter().filter(|(day, _)| super::is_weekend(*day)) {
        let mut free = *day;
        while super::is_weekend(free) || rows.contains_key(&free) {
            let Ok(tomorrow) = free.tomorrow() else { break };
            free = tomorrow;
        }
        rows.entry(free).or_insert_with(|| off(free, format!("Nghỉ bù {name}")));
    }
    rows
}

fn off(date: Date, name: String) -> Row {
    Row { date, kind: Kind::Off, name, source: SOURCE.to_owned(), decided: None, certainty: Certainty::Provisional }
}
