//! People as they are typed and shown.

use crate::texts::{Language, text};
use domain::card::Card;
use domain::dossier::Person;
use domain::person::{CitizenId, Malformed, PartialDate, PersonName, Phone, Sex as DomainSex};
use domain::text::tidy;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Sex as papers record it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl From<DomainSex> for Sex {
    fn from(sex: DomainSex) -> Self {
        match sex {
            DomainSex::Male => Self::Male,
            DomainSex::Female => Self::Female,
        }
    }
}

impl From<Sex> for DomainSex {
    fn from(sex: Sex) -> Self {
        match sex {
            Sex::Male => Self::Male,
            Sex::Female => Self::Female,
        }
    }
}

/// A person as typed into the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PersonInput {
    /// Họ tên.
    pub name: String,
    /// Số định danh cá nhân.
    pub number: String,
    /// Old identity card number.
    pub old_number: String,
    /// As typed: `2/11/57`, `1957`.
    pub born: String,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Địa chỉ.
    pub address: String,
    /// Số điện thoại.
    pub phone: String,
    /// Email.
    pub email: String,
    /// Names of the fields that came from a card.
    pub from_card: Vec<String>,
}

impl From<&Card> for PersonInput {
    fn from(card: &Card) -> Self {
        Self {
            name: card.name.as_str().to_owned(),
            number: card.number.as_str().to_owned(),
            old_number: card.old_number.clone().unwrap_or_default(),
            born: card.born.map(PartialDate::iso).unwrap_or_default(),
            sex: card.sex.map(Sex::from),
            address: card.address.clone().unwrap_or_default(),
            from_card: ["name", "number", "old_number", "born", "sex", "address"].map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }
}

/// A field that has to be mended, with what is wrong in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FieldProblem {
    /// `applicant.number` and the like.
    pub field: String,
    /// What is wrong.
    pub text: String,
}

/// A person as shown, the number masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PersonView {
    /// Họ tên.
    pub name: String,
    /// `000······321`; empty where none was given.
    pub number_masked: String,
    /// ISO, as far as known.
    pub born: Option<String>,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Địa chỉ.
    pub address: String,
    /// Số điện thoại.
    pub phone: String,
}

impl PersonView {
    pub(super) fn of(person: &Person) -> Self {
        Self {
            name: person.name.as_str().to_owned(),
            number_masked: person.number.as_ref().map(CitizenId::masked).unwrap_or_default(),
            born: person.born.map(PartialDate::iso),
            sex: person.sex.map(Sex::from),
            address: person.address.clone(),
            phone: person.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
        }
    }
}

impl PersonInput {
    /// The person, or everything that has to be mended; `prefix` names the person in the form.
    pub(super) fn read(&self, language: Language, prefix: &str, today: Date) -> Result<Person, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut problem = |field: &str, key: &str, params: &[(&'static str, String)]| {
            problems.push(FieldProblem { field: format!("{prefix}.{field}"), text: text(language, key, params) });
        };
        let name = PersonName::parse(&self.name).map_err(|_| problem("name", "problem_name", &[])).ok();
        let number = given(&self.number).map(|number| {
            CitizenId::parse(number).map_err(|error| {
                let digits = if let Malformed::CitizenId { digits } = error { digits } else { 0 };
                problem("number", "problem_number", &[("digits", digits.to_string())]);
            })
        });
        let born = given(&self.born).map(|born| {
            let born = PartialDate::from_iso(born).or_else(|_| PartialDate::typed(born, today));
            let late = born
                .as_ref()
                .is_ok_and(|born| matches!(born, PartialDate::Day(day) if *day > today) || born.year() > today.year());
            let wrong = match born {
                Ok(born) if !late => return Ok(born),
                Ok(_) => "problem_born_future",
                Err(_) => "problem_born",
            };
            problem("born", wrong, &[]);
            Err(())
        });
        let phone =
            given(&self.phone).map(|phone| Phone::parse(phone).map_err(|_| problem("phone", "problem_phone", &[])));
        let old = tidy(&self.old_number);
        if !old.is_empty() && (old.len() != 9 || old.bytes().any(|b| !b.is_ascii_digit())) {
            problem("old_number", "problem_old_number", &[]);
        }
        match name {
            Some(name) if problems.is_empty() => Ok(Person {
                name,
                number: number.and_then(Result::ok),
                old_number: given(&old).map(str::to_owned),
                born: born.and_then(Result::ok),
                sex: self.sex.map(DomainSex::from),
                address: tidy(&self.address),
                phone: phone.and_then(Result::ok),
                email: tidy(&self.email),
                ethnicity: String::new(),
            }),
            _ => Err(problems),
        }
    }
}

fn given(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}
