//! Setting up a desk: who it is, its first officer, its keys.

use super::{Clock, Desk, Sitter, hold};
use crate::error::{Code, Error, Result};
use crate::keys::{self, DataKey, KeyFile, Owner};
use crate::place::Place;
use crate::store::settings::{self, Key};
use crate::store::{Store, ops};
use crate::texts::Speech;
use domain::code::AgencyCode;
use domain::person::PersonName;
use domain::text::tidy;
use protocol::fields::{Content, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroizing;

/// What a new desk is told.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct SetUp {
    /// Agency code, `H56.14`.
    pub agency: String,
    /// "Xã Bản Mẫu".
    pub commune: String,
    /// The body above, "UBND tỉnh …"; may stay empty.
    pub superior: String,
    /// Place in the date line of papers; the commune's name where empty.
    pub place: String,
    /// Number of the counter.
    pub counter: u32,
    /// Telephone printed on receipts; may stay empty.
    pub phone: String,
    /// The first officer, who administers the desk.
    pub officer: String,
    /// Their PIN; empty where only a passphrase is used.
    pub pin: String,
    /// A practice commune, marked on every paper.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub practice: bool,
}

/// What comes of it: the recovery key is shown this once and kept nowhere.
#[derive(Serialize, TS)]
pub struct SetUpDone {
    /// 26 letters and digits that open the store and every backup.
    pub recovery_key: String,
    /// Who is logged in.
    pub session: super::opening::Session,
}

/// Makes a desk. `passphrase` is for the terminal; the window needs none.
pub fn set_up(
    place: Place,
    input: &SetUp,
    passphrase: Option<&str>,
    clock: Clock,
    speech: impl Into<Speech>,
) -> Result<(Desk, Zeroizing<String>)> {
    if place.is_set_up() {
        return Err(Error::new(Code::AlreadySetUp));
    }
    let field = |name: &'static str| move || Error::new(Code::FieldWrong).with("field", name);
    let agency = AgencyCode::parse(&input.agency).map_err(|error| field("agency")().because(error))?;
    let officer = PersonName::parse(&input.officer).map_err(|error| field("officer")().because(error))?;
    let commune = tidy(&input.commune);
    if commune.is_empty() {
        return Err(field("commune")());
    }
    if !input.pin.is_empty() {
        check_pin(&input.pin)?;
    }
    if passphrase.is_some_and(|text| text.chars().count() < 8) {
        return Err(Error::new(Code::PassphraseWeak));
    }
    if input.pin.is_empty() && passphrase.is_none() {
        return Err(Error::new(Code::PinWeak));
    }
    let key: DataKey = Zeroizing::new(keys::random()?);
    let recovery = keys::new_recovery_key()?;
    let mut key_file = KeyFile::new()?;
    if let Some(passphrase) = passphrase {
        key_file.add(Owner::Passphrase, passphrase, &key, &place)?;
    }
    key_file.add(Owner::Recovery, &recovery, &key, &place)?;
    let store = Store::create(&place, key.clone())?;
    let device = data_encoding::HEXLOWER.encode(&keys::random::<32>()?);
    let now_ms = u64::try_from(clock()).unwrap_or(0);
    let (officer_id, _) = store.write(|writing| {
        let counter = input.counter.to_string();
        let place_name = if input.place.trim().is_empty() { bare_name(&commune) } else { tidy(&input.place) };
        let values = [
            (Key::Agency, agency.as_str()),
            (Key::Commune, &commune),
            (Key::Superior, &tidy(&input.superior)),
            (Key::PlaceName, &place_name),
            (Key::Counter, &counter),
            (Key::Phone, &tidy(&input.phone)),
            (Key::Practice, if input.practice { "yes" } else { "" }),
            (Key::DeviceKey, &device),
        ];
        for (key, value) in values {
            settings::set(writing, key, value)?;
        }
        ops::begin_origin(writing, None, 0)?;
        let content = Content::OfficerAdded { name: officer.as_str().to_owned(), role: Role::Administrator };
        writing.append(now_ms, None, None, &content)?;
        Ok(writing.reading().last_insert_rowid())
    })?;
    let officer_id = store.read(|c| Ok(crate::store::officers::list(c)?.first().map_or(officer_id, |o| o.id)))?;
    if !input.pin.is_empty() {
        let name = officer.as_str().to_owned();
        let owner = Owner::Officer { officer: officer_id, name, role: Role::Administrator.number() };
        key_file.add(owner, &input.pin, &key, &place)?;
    }
    // The key file comes last: a desk counts as set up only when everything before it is on the disk.
    key_file.save(&place)?;
    let desk = Desk::seat(place, key_file, store, &Sitter::Id(officer_id), clock, speech)?;
    Ok((desk, recovery))
}

/// A PIN is six digits, not all the same and not in a row.
pub(super) fn check_pin(pin: &str) -> Result<()> {
    let digits: Vec<i16> = pin.bytes().map(i16::from).collect();
    let steps: Vec<i16> = digits.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect();
    let dull = [-1, 0, 1].iter().any(|step| steps.iter().all(|s| s == step));
    if pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) && !dull {
        Ok(())
    } else {
        Err(Error::new(Code::PinWeak))
    }
}

/// "Xã Bản Mẫu" is written "Bản Mẫu, ngày …".
fn bare_name(commune: &str) -> String {
    let word = commune.split(' ').next().unwrap_or_default();
    let is_kind = ["xa", "phuong", "dac khu"].contains(&domain::text::fold(word).as_str());
    if is_kind { commune.get(word.len()..).unwrap_or_default().trim().to_owned() } else { commune.to_owned() }
}

impl Desk {
    /// The key file's store name, for messages.
    pub fn store_name(&self) -> String {
        hold(&self.keys).store.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_not_a_row_of_digits() {
        for weak in ["", "12345", "123456", "654321", "111111", "12a456", "1234567"] {
            assert!(check_pin(weak).is_err(), "{weak}");
        }
        assert!(check_pin("246810").is_ok());
    }

    #[test]
    fn the_date_line_names_the_place_alone() {
        assert_eq!(bare_name("Xã Bản Mẫu"), "Bản Mẫu");
        assert_eq!(bare_name("Bản Mẫu"), "Bản Mẫu");
    }
}
