//! Citizens as their papers name them: numbers, names, dates that may be known only in part.

use crate::text;
use jiff::civil::Date;
use std::fmt;

/// Sex as Vietnamese identity papers record it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// Why a text is not the thing it was read as. Each has a sentence for the officer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A personal number has exactly 12 digits.
    #[error("a personal number has 12 digits, this has {digits}")]
    CitizenId {
        /// How many digits were given.
        digits: usize,
    },
    /// A name has at least one letter and at most 200 characters.
    #[error("not a name")]
    Name,
    /// Not a date, a month or a year.
    #[error("not a date")]
    Date,
    /// A Vietnamese telephone number has 10 or 11 digits beginning with 0, or +84.
    #[error("not a telephone number")]
    Phone,
    /// A number is `agency-yyMMdd-digits`.
    #[error("not a dossier number")]
    DossierCode,
    /// An agency's electronic identification code (QĐ 20/2020/QĐ-TTg).
    #[error("not an agency code")]
    AgencyCode,
}

/// Số định danh cá nhân: 12 digits, `PPP C YY NNNNNN`, without a check digit (Luật Căn cước 2023).
///
/// Debug output is masked, so that no log ever holds one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CitizenId(String);

impl CitizenId {
    /// Reads 12 digits, letting spaces, dots and hyphens stand between them.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}')).collect();
        if digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(Malformed::CitizenId { digits: digits.chars().filter(char::is_ascii_digit).count() })
        }
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Three digits, dots, three digits: enough to tell people apart, not enough to misuse.
    pub fn masked(&self) -> String {
        format!("{}······{}", self.part(0..3), self.part(9..12))
    }

    /// Masked, but for the digits in which it differs from `others`: enough for a person to choose between them.
    pub fn masked_beside(&self, others: &[&CitizenId]) -> String {
        let shown = |place: usize, digit: char| {
            !(3..9).contains(&place) || others.iter().any(|other| other.0.chars().nth(place) != Some(digit))
        };
        self.0.chars().enumerate().map(|(place, digit)| if shown(place, digit) { digit } else { '·' }).collect()
    }

    /// In groups of three, as people read it aloud.
    pub fn grouped(&self) -> String {
        [0..3, 3..6, 6..9, 9..12].map(|range| self.part(range)).join(" ")
    }

    /// Place of birth registration: 001–096 a province as of before 2025, above that a country.
    pub fn place_code(&self) -> &str {
        self.part(0..3)
    }

    /// Sex by the century digit (even: male).
    pub fn sex(&self) -> Sex {
        if self.century_digit().is_multiple_of(2) { Sex::Male } else { Sex::Female }
    }

    /// Birth year by the century digit and the two digits after it.
    pub fn birth_year(&self) -> i16 {
        let century = 1900 + 100 * i16::from(self.century_digit() / 2);
        century + self.part(4..6).parse::<i16>().unwrap_or(0)
    }

    fn century_digit(&self) -> u8 {
        self.0.as_bytes().get(3).map_or(0, |b| b - b'0')
    }

    fn part(&self, range: std::ops::Range<usize>) -> &str {
        self.0.get(range).unwrap_or_default()
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A person's name as one piece of text: never split into first and last, from one word to many, `Y'` and `A Páo` included.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Tidies the text (NFC, single spaces); it needs a letter and at most 200 characters.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let name = text::tidy(text);
        if name.chars().any(char::is_alphabetic) && name.chars().count() <= 200 {
            Ok(Self(name))
        } else {
            Err(Malformed::Name)
        }
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({} letters)", self.0.chars().count())
    }
}

/// A date of which the day, or the day and the month, may be unknown, as for many elderly people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartialDate {
    /// Only the year is known.
    Year(i16),
    /// Year and month.
    Month(i16, i8),
    /// The whole date.
    Day(Date),
}

impl PartialDate {
    /// The year, known in every case.
    pub fn year(self) -> i16 {
        match self {
            Self::Year(year) | Self::Month(year, _) => year,
            Self::Day(date) => date.year(),
        }
    }

    /// Reads what [`PartialDate::iso`] writes: `1957`, `1957-03` or `1957-03-21`.
    pub fn from_iso(text: &str) -> Result<Self, Malformed> {
        let number = |part: Option<&str>| part.and_then(|p| p.parse::<i16>().ok()).ok_or(Malformed::Date);
        let parts: Vec<&str> = text.split('-').collect();
        Self::of(
            number(parts.first().copied())?,
            if parts.len() > 1 { number(parts.get(1).copied())? } else { 0 },
            if parts.len() > 2 { number(parts.get(2).copied())? } else { 0 },
        )
    }

    /// Reads a date as people type it, day first: `2/11/57`, `02111957`, `2-11-1957`, `11/1957`, `1957`; 00 is "unknown".
    ///
    /// Two-digit years belong to the hundred years that end with `today`.
    pub fn typed(text: &str, today: Date) -> Result<Self, Malformed> {
        let mut parts: Vec<String> =
            text.trim().split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).map(str::to_owned).collect();
        if let [run] = parts.as_slice() {
            parts = match run.len() {
                8 | 6 => [run.get(..2), run.get(2..4), run.get(4..)].into_iter().flatten().map(str::to_owned).collect(),
                4 => vec![run.clone()],
                _ => return Err(Malformed::Date),
            };
        }
        let number = |p: &String| p.parse::<i16>().map_err(|_| Malformed::Date);
        let (day, month, year) = match parts.as_slice() {
            [year] => (0, 0, year),
            [month, year] => (0, number(month)?, year),
            [day, month, year] => (number(day)?, number(month)?, year),
            _ => return Err(Malformed::Date),
        };
        let full_year = match year.len() {
            4 => number(year)?,
            2 => {
                let this = today.year();
                let guess = this - this % 100 + number(year)?;
                if guess > this { guess - 100 } else { guess }
            }
            _ => return Err(Malformed::Date),
        };
        Self::of(full_year, month, day)
    }

    /// Year with month and day, 0 where unknown. A day without a month is not a date.
    pub fn of(year: i16, month: i16, day: i16) -> Result<Self, Malformed> {
        if !(1850..=2200).contains(&year) {
            return Err(Malformed::Date);
        }
        let small = |n: i16| i8::try_from(n).map_err(|_| Malformed::Date);
        match (small(month)?, small(day)?) {
            (0, 0) => Ok(Self::Year(year)),
            (month @ 1..=12, 0) => Ok(Self::Month(year, month)),
            (month, day) => Date::new(year, month, day).map(Self::Day).map_err(|_| Malformed::Date),
        }
    }

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub fn iso(self) -> String {
        match self {
            Self::Year(year) => format!("{year:04}"),
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
            Self::Day(date) => date.to_string(),
        }
    }

    /// As Vietnamese papers write it: `21/03/1957`, `03/1957` or `1957`.
    pub fn vietnamese(self) -> String {
        match self {
            Self::Year(year) => format!("{year:04}"),
            Self::Month(year, month) => format!("{month:02}/{year:04}"),
            Self::Day(date) => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()),
        }
    }
}

/// A Vietnamese telephone number in its national form, `0` and nine or ten more digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number with spaces, dots, hyphens and `+84` as people write them.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')' | '\u{a0}')).collect();
        let national = compact.strip_prefix("+84").map_or_else(|| compact.clone(), |rest| format!("0{rest}"));
        if national.starts_with('0')
            && (10..=11).contains(&national.len())
            && national.bytes().all(|b| b.is_ascii_digit())
        {
            Ok(Self(national))
        } else {
            Err(Malformed::Phone)
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_personal_number_tells_sex_and_birth_year() {
        let number = CitizenId::parse("010 157 000.321").expect("12 digits");
        assert_eq!((number.sex(), number.birth_year(), number.place_code()), (Sex::Female, 1957, "010"));
        assert_eq!(number.grouped(), "010 157 000 321");
        assert!(!format!("{number:?}").contains("157000"));
        assert_eq!(CitizenId::parse("01015700032"), Err(Malformed::CitizenId { digits: 11 }));
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        let today = date(2026, 11, 22);
        let read = |text| PartialDate::typed(text, today).map(PartialDate::iso);
        for (typed, iso) in [
            ("2/11/26", "2026-11-02"),
            ("02112026", "2026-11-02"),
            ("2-11-57", "1957-11-02"),
            ("1957", "1957"),
            ("3/1957", "1957-03"),
            ("00/00/1957", "1957"),
            ("21.03.1957", "1957-03-21"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(iso), "{typed}");
            assert_eq!(PartialDate::from_iso(iso).map(PartialDate::iso).as_deref(), Ok(iso));
        }
        for bad in ["", "31/2/1990", "5/0/1990", "13/1990", "99999", "hai"] {
            assert_eq!(read(bad), Err(Malformed::Date), "{bad}");
        }
    }

    #[test]
    fn names_are_never_split_or_refused_for_being_unusual() {
        for name in ["Y'", "A Páo", "Lò Thị Mai", "H'Mông", "Nguyễn Phước Công Tằng Tôn Nữ Hạ Vy"] {
            assert_eq!(PersonName::parse(name).expect("a name").as_str(), name);
        }
        assert_eq!(PersonName::parse(" 123 "), Err(Malformed::Name));
    }

    #[test]
    fn telephone_numbers_come_in_many_dresses() {
        for text in ["0912 345 678", "+84912345678", "0912.345.678", "091-234-5678"] {
            assert_eq!(Phone::parse(text).expect("a number").as_str(), "0912345678");
        }
        assert!(Phone::parse("12345").is_err());
    }
}
