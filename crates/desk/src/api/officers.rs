//! Officers of the desk and their PINs.

use super::setup::check_pin;
use super::{Desk, Done, hold};
use crate::error::{Code, Error, Result};
use crate::keys::Owner;
use crate::store::officers::{self, Officer};
use domain::person::PersonName;
use protocol::fields::{Content, Role as OfficeRole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An officer as a tile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfficerTile {
    /// Number in the store.
    #[ts(type = "number")]
    pub id: i64,
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// What an officer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cán bộ một cửa.
    OneStop,
    /// Chuyên môn.
    Specialist,
    /// Lãnh đạo.
    Leader,
    /// Tình nguyện viên.
    Volunteer,
    /// Quản trị.
    Administrator,
}

impl From<OfficeRole> for Role {
    fn from(role: OfficeRole) -> Self {
        match role {
            OfficeRole::OneStop => Self::OneStop,
            OfficeRole::Specialist => Self::Specialist,
            OfficeRole::Leader => Self::Leader,
            OfficeRole::Volunteer => Self::Volunteer,
            OfficeRole::Administrator => Self::Administrator,
        }
    }
}

impl From<Role> for OfficeRole {
    fn from(role: Role) -> Self {
        match role {
            Role::OneStop => Self::OneStop,
            Role::Specialist => Self::Specialist,
            Role::Leader => Self::Leader,
            Role::Volunteer => Self::Volunteer,
            Role::Administrator => Self::Administrator,
        }
    }
}

impl OfficerTile {
    pub(super) fn of(officer: &Officer) -> Self {
        Self { id: officer.id, name: officer.name.clone(), role: officer.role.into() }
    }
}

/// A new officer.
#[derive(Deserialize, TS)]
pub struct AddOfficer {
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their PIN.
    pub pin: String,
}

impl Desk {
    /// Everybody who has worked at this commune's desks.
    pub fn officers(&self) -> Result<Vec<OfficerTile>> {
        self.store.read(|connection| Ok(officers::list(connection)?.iter().map(OfficerTile::of).collect()))
    }

    /// Adds an officer with a PIN. Only the administrator does this.
    pub fn add_officer(&self, input: &AddOfficer) -> Done<OfficerTile> {
        self.require(&[OfficeRole::Administrator])?;
        check_pin(&input.pin)?;
        let name = PersonName::parse(&input.name)
            .map_err(|e| Error::new(Code::FieldWrong).with("field", "name").because(e))?;
        let content = Content::OfficerAdded { name: name.as_str().to_owned(), role: input.role.into() };
        let now_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let (officer, changes) = self.write(|writing| {
            let at = writing.append(now_ms, Some(self.officer.at), None, &content)?;
            let added = officers::list(writing.reading())?.into_iter().find(|officer| officer.at == at);
            added.ok_or_else(|| Error::new(Code::Internal))
        })?;
        self.give_pin(&officer, &input.pin)?;
        Ok((OfficerTile::of(&officer), changes))
    }

    /// Gives whoever sits here another PIN.
    pub(super) fn set_pin(&self, pin: &str) -> Result<()> {
        self.give_pin(&self.officer, pin)
    }

    fn give_pin(&self, officer: &Officer, pin: &str) -> Result<()> {
        let mut keys = hold(&self.keys);
        let owner = Owner::Officer { officer: officer.id, name: officer.name.clone(), role: officer.role.number() };
        keys.add(owner, pin, self.store.key(), &self.place)?;
        keys.save(&self.place)
    }
}
