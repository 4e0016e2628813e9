//! A visit that ends without a dossier (chưa nhận): an incomplete file goes back with form 02, one that cannot be taken with
//! form 03 (TT 03/2025/TT-VPCP), and whoever only asks gets guidance. There is no code, no clock, and no line in report II.06a.

use crate::dossier::{Person, Refusal};
use crate::text::tidy;
use jiff::civil::DateTime;

/// How the visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Yêu cầu bổ sung, hoàn thiện hồ sơ (form 02).
    Supplement,
    /// Từ chối tiếp nhận (form 03).
    Refused,
    /// Only asked; guidance was given.
    Asked,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 3] = [Self::Supplement, Self::Refused, Self::Asked];

    /// As it stands in JSON and in the keys of the texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Supplement => "supplement",
            Self::Refused => "refused",
            Self::Asked => "asked",
        }
    }

    /// The outcome with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// A visit that ended without a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReceived {
    /// How it ended.
    pub outcome: Outcome,
    /// National code of the procedure.
    pub procedure: String,
    /// Its name, as it stood then.
    pub procedure_name: String,
    /// Who came; a person who only asks need not be named.
    pub person: Option<Person>,
    /// What is missing, by name.
    pub missing: Vec<String>,
    /// Why, in the officer's words.
    pub reason: String,
    /// Legal basis, may be empty.
    pub basis: String,
    /// When, by the desk's corrected clock, UTC+7.
    pub at: DateTime,
}

/// The visit as it is written down, or the rule that refuses it: form 02 says what is missing, once and whole; form 03 says why;
/// both name the person.
pub fn turn_away(visit: NotReceived) -> Result<NotReceived, Refusal> {
    let missing = visit.missing.iter().map(|item| tidy(item)).filter(|item| !item.is_empty());
    let visit =
        NotReceived { missing: missing.collect(), reason: tidy(&visit.reason), basis: tidy(&visit.basis), ..visit };
    match visit.outcome {
        Outcome::Supplement if visit.missing.is_empty() => Err(Refusal::NothingAsked),
        Outcome::Refused if visit.reason.is_empty() => Err(Refusal::NoReason),
        Outcome::Supplement | Outcome::Refused if visit.person.is_none() => Err(Refusal::Nameless),
        Outcome::Supplement | Outcome::Refused | Outcome::Asked => Ok(visit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::PersonName;
    use jiff::civil::datetime;

    fn visit(outcome: Outcome) -> NotReceived {
        let person = Person {
            name: PersonName::parse("Vàng A Páo").expect("a name"),
            number: None,
            old_number: None,
            born: None,
            sex: None,
            address: String::new(),
            phone: None,
            email: String::new(),
            ethnicity: String::new(),
        };
        NotReceived {
            outcome,
            procedure: "1.001193".into(),
            procedure_name: "Thủ tục đăng ký khai sinh".into(),
            person: Some(person),
            missing: vec![],
            reason: String::new(),
            basis: String::new(),
            at: datetime(2026, 11, 23, 9, 0, 0, 0),
        }
    }

    #[test]
    fn each_form_says_what_it_has_to() {
        let asked = NotReceived { person: None, ..visit(Outcome::Asked) };
        assert_eq!(turn_away(asked.clone()), Ok(asked));
        assert_eq!(turn_away(visit(Outcome::Supplement)), Err(Refusal::NothingAsked));
        let blank = NotReceived { missing: vec!["  ".into()], ..visit(Outcome::Supplement) };
        assert_eq!(turn_away(blank), Err(Refusal::NothingAsked));
        let missing = NotReceived { missing: vec![" Giấy  chứng sinh".into()], ..visit(Outcome::Supplement) };
        assert_eq!(turn_away(missing.clone()).expect("form 02").missing, ["Giấy chứng sinh"]);
        assert_eq!(turn_away(NotReceived { person: None, ..missing }), Err(Refusal::Nameless));
        assert_eq!(turn_away(visit(Outcome::Refused)), Err(Refusal::NoReason));
        assert!(turn_away(NotReceived { reason: "Không thuộc thẩm quyền".into(), ..visit(Outcome::Refused) }).is_ok());
    }
}
