//! A visit that ended without a dossier. Who came, and why nothing was received, stands in the personal part.

use super::life::given;
use super::person::PersonFields;
use crate::op::{Malformed, Seed, decode, encode};
use domain::dossier::Person;
use domain::not_received::{NotReceived, Outcome};
use minicbor::{Decode, Encode};

#[derive(Encode, Decode)]
#[cbor(map)]
struct Fields {
    /// 1 asked, 2 form 02, 3 form 03.
    #[n(0)]
    outcome: u8,
    #[n(1)]
    procedure: String,
    #[n(2)]
    procedure_name: String,
    /// Local civil time.
    #[n(3)]
    at: String,
    /// Names of missing papers.
    #[n(4)]
    missing: Option<Vec<String>>,
    /// Legal basis.
    #[n(5)]
    basis: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PersonalFields {
    #[n(0)]
    person: Option<PersonFields>,
    #[n(1)]
    reason: Option<String>,
    #[cbor(n(15), with = "minicbor::bytes")]
    seed: Seed,
}

fn number(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Asked => 1,
        Outcome::Supplement => 2,
        Outcome::Refused => 3,
    }
}

pub fn write(visit: &NotReceived, seed: &Seed) -> (Vec<u8>, Vec<u8>) {
    let fields = Fields {
        outcome: number(visit.outcome),
        procedure: visit.procedure.clone(),
        procedure_name: visit.procedure_name.clone(),
        at: visit.at.to_string(),
        missing: (!visit.missing.is_empty()).then(|| visit.missing.clone()),
        basis: given(&visit.basis),
    };
    let personal = PersonalFields {
        person: visit.person.as_ref().map(PersonFields::from),
        reason: given(&visit.reason),
        seed: *seed,
    };
    (encode(&fields), encode(&personal))
}

/// Reads a visit; `None` for an outcome that a newer release counts.
pub fn read(fields: &[u8], personal: Option<&[u8]>) -> Result<Option<NotReceived>, Malformed> {
    let fields: Fields = decode(fields)?;
    let personal = personal.map(decode::<PersonalFields>).transpose()?;
    let outcome = Outcome::ALL.into_iter().find(|outcome| number(*outcome) == fields.outcome);
    let (person, reason) = personal.map_or((None, None), |personal| (personal.person, personal.reason));
    let person = person.map(Person::try_from).transpose()?;
    let at = fields.at.parse().map_err(|_| Malformed::Field("at"))?;
    Ok(outcome.map(|outcome| NotReceived {
        outcome,
        procedure: fields.procedure,
        procedure_name: fields.procedure_name,
        person,
        missing: fields.missing.unwrap_or_default(),
        reason: reason.unwrap_or_default(),
        basis: fields.basis.unwrap_or_default(),
        at,
    }))
}
