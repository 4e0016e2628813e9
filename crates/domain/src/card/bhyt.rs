//! The health-insurance card's code: fields separated by `|`, closed by `$`, Vietnamese texts as hexadecimal UTF-8,
//! `-` where a field is empty.
//!
//! The old card has a code of two letters and 13 digits and ten fields, the new one a ten-digit code and 17 fields.
//! Hexadecimal that was misread by one letter still gives some name, so it is to be compared with the card's face.

use super::{bare, day, filled};
use crate::person::{PartialDate, PersonName, Sex};
use jiff::civil::Date;

/// The fewest fields, the closing `$` not counted.
const FEWEST_FIELDS: usize = 9;

/// What a health-insurance card says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bhyt {
    /// Mã số BHXH (ten digits), or the old card's whole code (two letters and 13 digits).
    pub code: String,
    /// Họ và tên.
    pub name: Option<PersonName>,
    /// Ngày sinh.
    pub born: Option<PartialDate>,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Địa chỉ; new cards leave it empty.
    pub address: Option<String>,
    /// Nơi đăng ký khám chữa bệnh ban đầu: province and clinic, `01 - C54`.
    pub clinic: Option<String>,
    /// Giá trị sử dụng: từ ngày.
    pub valid_from: Option<Date>,
    /// Ngày cấp.
    pub issued: Option<Date>,
    /// Thời điểm đủ 5 năm liên tục; only new cards say it.
    pub five_years_from: Option<Date>,
}

impl Bhyt {
    /// Reads the text of either layout; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let fields: Vec<&str> = bare(text).split('|').map(bare).collect();
        let field = |place: usize| fields.get(place).copied().filter(|field| !matches!(*field, "" | "-" | "$"));
        let code = field(0)?;
        let is_new = code.len() == 10 && all_digits(code);
        let is_old = code.len() == 15
            && code.get(..2).is_some_and(|letters| letters.bytes().all(|b| b.is_ascii_alphabetic()))
            && code.get(2..).is_some_and(all_digits);
        if !(is_new || is_old) || fields.len() < FEWEST_FIELDS {
            return None;
        }
        let date = |place| day::whole(field(place)?).ok();
        Some(Self {
            code: code.to_ascii_uppercase(),
            name: field(1).and_then(words).and_then(|name| PersonName::parse(&name).ok()),
            born: field(2).and_then(|text| day::partial(text).ok()),
            sex: match field(3) {
                Some("1") => Some(Sex::Male),
                Some("2") => Some(Sex::Female),
                _ => None,
            },
            address: filled(field(4).and_then(words).as_deref()),
            clinic: filled(field(5)),
            valid_from: date(6),
            issued: date(8),
            five_years_from: if is_new { date(12) } else { None },
        })
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The text that hexadecimal digits spell in UTF-8.
fn words(hexadecimal: &str) -> Option<String> {
    let digits: Option<Vec<u32>> = hexadecimal.chars().map(|c| c.to_digit(16)).collect();
    let bytes: Option<Vec<u8>> = digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const NEW: &str = "0123456789|4e677579e1bb856e2056c4836e20416e|05/03/1950|1|-|01 - 001|01/01/2024|-|15/01/2024|01010123456789|-|4| 01/01/2029|0123456789abcdef-1202|4|58c3a32042e1baa36e204de1baab75|$";

    #[test]
    fn the_new_card_is_read_by_place() {
        let card = Bhyt::read(NEW).expect("a card");
        assert_eq!(card.code, "0123456789");
        assert_eq!(card.name.as_ref().map(PersonName::as_str), Some("Nguyễn Văn An"));
        assert_eq!(card.born, Some(PartialDate::Day(date(1950, 3, 5))));
        assert_eq!((card.sex, card.address), (Some(Sex::Male), None));
        assert_eq!(card.clinic.as_deref(), Some("01 - 001"));
        assert_eq!((card.valid_from, card.issued), (Some(date(2024, 1, 1)), Some(date(2024, 1, 15))));
        assert_eq!(card.five_years_from, Some(date(2029, 1, 1)));
    }

    #[test]
    fn the_old_card_has_an_address_and_fewer_fields() {
        let text = "hs4010120878123|4C c3b2|1950|2|58c3a32042e1baa36e204de1baab75|01 - 001|01/01/2020|-|15/01/2020|$"
            .replace("C c", "Cc");
        let card = Bhyt::read(&text).expect("a card");
        assert_eq!((card.code.as_str(), card.sex), ("HS4010120878123", Some(Sex::Female)));
        assert_eq!(card.name.as_ref().map(PersonName::as_str), Some("Lò"));
        assert_eq!(card.born, Some(PartialDate::Year(1950)));
        assert_eq!(card.address.as_deref(), Some("Xã Bản Mẫu"));
        assert_eq!(card.five_years_from, None);
    }

    #[test]
    fn a_misread_name_is_left_empty() {
        for name in ["-", "", "4e6", "zz", "ff", "3132"] {
            let card = Bhyt::read(&NEW.replace("4e677579e1bb856e2056c4836e20416e", name)).expect("a card");
            assert_eq!(card.name, None, "{name}");
        }
    }

    #[test]
    fn other_codes_are_none() {
        for text in [
            "",
            "$",
            "0123456789",
            "0123456789|a|b",
            "012345678|a|b|c|d|e|f|g|h|$",
            "1S4010120878123|a|b|c|d|e|f|g|h|$",
        ] {
            assert_eq!(Bhyt::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_name_survives_its_hexadecimal(name in "\\PC{0,40}") {
            let digits: String = name.bytes().map(|b| format!("{b:02x}")).collect();
            prop_assert_eq!(words(&digits), Some(name));
        }

        #[test]
        fn damaged_fields_never_fail(fields in prop::collection::vec("[0-9a-fé$/ -]{0,20}", 8..20)) {
            let _ = Bhyt::read(&format!("0123456789|{}", fields.join("|")));
        }
    }
}
