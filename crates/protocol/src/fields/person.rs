//! A person in a personal part.

use crate::op::Malformed;
use domain::dossier::Person;
use domain::person::{CitizenId, PartialDate, PersonName, Phone, Sex};
use minicbor::{Decode, Encode};

/// A person's numbered fields; what was not given is absent.
#[derive(Debug, Encode, Decode)]
#[cbor(map)]
pub struct PersonFields {
    #[n(0)]
    name: String,
    #[n(1)]
    number: Option<String>,
    #[n(2)]
    old_number: Option<String>,
    #[n(3)]
    born: Option<String>,
    #[n(4)]
    sex: Option<u8>,
    #[n(5)]
    address: Option<String>,
    #[n(6)]
    phone: Option<String>,
    #[n(7)]
    email: Option<String>,
    #[n(8)]
    ethnicity: Option<String>,
}

impl From<&Person> for PersonFields {
    fn from(person: &Person) -> Self {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            name: person.name.as_str().to_owned(),
            number: person.number.as_ref().map(|number| number.as_str().to_owned()),
            old_number: person.old_number.clone(),
            born: person.born.map(PartialDate::iso),
            sex: person.sex.map(|sex| match sex {
                Sex::Male => 1,
                Sex::Female => 2,
            }),
            address: given(&person.address),
            phone: person.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            email: given(&person.email),
            ethnicity: given(&person.ethnicity),
        }
    }
}

impl TryFrom<PersonFields> for Person {
    type Error = Malformed;

    fn try_from(fields: PersonFields) -> Result<Self, Malformed> {
        Ok(Self {
            name: PersonName::parse(&fields.name).map_err(|_| Malformed::Field("name"))?,
            number: fields.number.map(|n| CitizenId::parse(&n)).transpose().map_err(|_| Malformed::Field("number"))?,
            old_number: fields.old_number,
            born: fields.born.map(|b| PartialDate::from_iso(&b)).transpose().map_err(|_| Malformed::Field("born"))?,
            sex: match fields.sex {
                None => None,
                Some(1) => Some(Sex::Male),
                Some(2) => Some(Sex::Female),
                Some(_) => return Err(Malformed::Field("sex")),
            },
            address: fields.address.unwrap_or_default(),
            phone: fields.phone.map(|p| Phone::parse(&p)).transpose().map_err(|_| Malformed::Field("phone"))?,
            email: fields.email.unwrap_or_default(),
            ethnicity: fields.ethnicity.unwrap_or_default(),
        })
    }
}
