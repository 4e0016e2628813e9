//! Numbers of dossiers: `{agency}-{yyMMdd}-{LLnnn}`, where a lane `LL` belongs to one desk alone.

use crate::person::Malformed;
use jiff::civil::Date;
use std::fmt;

/// An agency's electronic identification code, `H56.14` (QĐ 20/2020/QĐ-TTg): a letter and two digits, then up to four levels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AgencyCode(String);

impl AgencyCode {
    /// Reads the new form (`H55.242`) and the old one (`000.00.01.H22`).
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim().to_ascii_uppercase();
        let is_province = |part: &str| {
            part.len() == 3
                && part.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
                && part.bytes().skip(1).all(|b| b.is_ascii_digit())
        };
        let is_level = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = text.split('.').collect();
        let well_formed = match parts.as_slice() {
            [first, rest @ ..] if is_province(first) => rest.len() <= 4 && rest.iter().all(|p| is_level(p)),
            [levels @ .., last] => levels.len() == 3 && levels.iter().all(|p| is_level(p)) && is_province(last),
            [] => false,
        };
        if well_formed { Ok(Self(text)) } else { Err(Malformed::AgencyCode) }
    }

    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A share of the day's numbers that one desk alone may use. Lane 00 is for desks not yet enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(u8);

impl Lane {
    /// The lane of a desk that has not been enrolled with the province.
    pub const UNENROLLED: Lane = Lane(0);
    /// How many dossiers fit one lane in a day.
    pub const WIDTH: u16 = 999;

    /// Lanes go from 0 to 99.
    pub fn new(number: u8) -> Option<Self> {
        (number <= 99).then_some(Self(number))
    }

    /// The two digits in front of the number of the day.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A dossier's number. A desk's own are made by [`DossierCode::mint`]; those of other systems are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DossierCode(String);

impl DossierCode {
    /// The number a desk gives: the receiving agency, the day, its lane and the sequence of the day from 1 to 999.
    pub fn mint(agency: &AgencyCode, day: Date, lane: Lane, sequence: u16) -> Self {
        let (year, month, day) = (day.year().rem_euclid(100), day.month(), day.day());
        Self(format!("{}-{year:02}{month:02}{day:02}-{:02}{sequence:03}", agency.as_str(), lane.0))
    }

    /// Reads a number of any system in the field: an agency, six digits of date, four to six of sequence.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim().to_ascii_uppercase();
        let digits = |part: &str, from: usize, to: usize| {
            (from..=to).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        match text.split('-').collect::<Vec<_>>().as_slice() {
            [agency, day, number] if AgencyCode::parse(agency).is_ok() && digits(day, 6, 6) && digits(number, 4, 6) => {
                Ok(Self(text))
            }
            _ => Err(Malformed::DossierCode),
        }
    }

    /// The number as it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lane a desk's own number was given in; `None` for a number of another system's width.
    pub fn lane(&self) -> Option<u8> {
        let number = self.0.rsplit('-').next().filter(|number| number.len() == 5)?;
        number.get(..2)?.parse().ok()
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_number_names_agency_day_lane_and_sequence() {
        let agency = AgencyCode::parse("h56.14").expect("an agency");
        let code = DossierCode::mint(&agency, date(2026, 11, 22), Lane::new(7).expect("a lane"), 42);
        assert_eq!(code.as_str(), "H56.14-261122-07042");
        assert_eq!(DossierCode::parse("h56.14-261122-07042"), Ok(code));
    }

    #[test]
    fn numbers_of_other_systems_are_understood() {
        for code in ["000.00.01.H22-240118-0007", "H55.242-260901-12345", "H56-240118-0007"] {
            assert!(DossierCode::parse(code).is_ok(), "{code}");
        }
        for text in ["", "H56.14", "H56.14-2611-0001", "56.14-261122-0001", "H56.14-261122-1"] {
            assert_eq!(DossierCode::parse(text), Err(Malformed::DossierCode), "{text}");
        }
    }
}
