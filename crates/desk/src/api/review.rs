//! Hồ sơ cần xem lại: cards with the versions that desks wrote while apart, and a person's choice.

use super::dossiers::{DossierView, state_text};
use super::steps::{OFFICERS, name, named};
use super::timeline::{at, by, part_code, part_text};
use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::store::ops;
use crate::texts::text;
use domain::dossier::{Command, Dossier, Part, ReviewCard as Card, Value};
use domain::person::{CitizenId, Phone};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One part of a dossier that was written in several versions while desks were apart.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReviewCard {
    /// `phone`, `address`, `name`, `number`, `result`, `status`, `code`.
    pub part: String,
    /// The part in words.
    pub title: String,
    /// What happened and what holds until a person chooses, in words.
    pub text: String,
    /// The versions, oldest first.
    pub versions: Vec<VersionRow>,
}

/// A version on a card.
#[derive(Debug, Clone, Serialize, TS)]
pub struct VersionRow {
    /// Names it.
    pub id: String,
    /// What it says; of personal numbers only what tells them apart.
    pub text: String,
    /// Officer's name.
    pub by: String,
    /// RFC 3339.
    pub at: String,
    /// At which computer, in words.
    pub place: String,
    /// Whether it holds now.
    pub holds: bool,
}

/// A person's choice.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct Settle {
    /// The dossier.
    pub code: String,
    /// [`ReviewCard::part`].
    pub part: String,
    /// [`VersionRow::id`] of the version that is kept.
    pub keep: String,
    /// Every [`VersionRow::id`] the person was shown; where the card has others by now, nothing is chosen.
    pub shown: Vec<String>,
}

impl Desk {
    /// Keeps one version of a card.
    pub fn settle(&self, input: &Settle) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        let gone = || Error::new(Code::NothingToSettle);
        let part = Part::ALL.into_iter().find(|part| part_code(*part) == input.part).ok_or_else(gone)?;
        let kept = named(&input.keep).ok_or_else(gone)?;
        let shown = input.shown.iter().filter_map(|id| named(id)).collect();
        self.command(&input.code, Command::Settle { part, kept, shown })
    }

    pub(super) fn review_cards(&self, connection: &Connection, dossier: &Dossier) -> Result<Vec<ReviewCard>> {
        if dossier.cards().is_empty() {
            return Ok(Vec::new());
        }
        let own = ops::all_own(connection)?;
        let place = |replica: u32| {
            let here = own.iter().any(|origin| origin.replica.unwrap_or(0) == replica);
            let key = if here { "place_here" } else { "place_elsewhere" };
            text(self.language(), key, &[("number", replica.to_string())])
        };
        let card = |card: &Card| {
            let versions = card.versions.iter().map(|version| {
                Ok(VersionRow {
                    id: name(version.kept),
                    text: self.version_text(&version.value, card),
                    by: by(connection, &version.stamp)?,
                    at: at(&version.stamp),
                    place: place(version.stamp.id.replica),
                    holds: holds(dossier, &version.value, version.kept == dossier.state_by()),
                })
            });
            Ok(ReviewCard {
                part: part_code(card.part).to_owned(),
                title: part_text(self.language(), card.part),
                text: text(self.language(), &format!("card_{}", part_code(card.part)), &[]),
                versions: versions.collect::<Result<_>>()?,
            })
        };
        dossier.cards().iter().map(card).collect()
    }

    fn version_text(&self, value: &Value, card: &Card) -> String {
        let said = match value {
            Value::Phone(phone) => phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
            Value::Address(address) => address.clone(),
            Value::Name(name) => name.as_str().to_owned(),
            Value::Number(number) => {
                let others = card.versions.iter().filter_map(|version| match &version.value {
                    Value::Number(number) => number.as_ref(),
                    _ => None,
                });
                let others: Vec<&CitizenId> = others.collect();
                number.as_ref().map(|number| number.masked_beside(&others)).unwrap_or_default()
            }
            Value::Result(text) => text.clone(),
            Value::State(state) => state_text(self.language(), state.number()),
            Value::Code(code) => code.as_str().to_owned(),
        };
        if said.is_empty() { text(self.language(), "value_none", &[]) } else { said }
    }
}

/// Whether a version is what the dossier says now.
fn holds(dossier: &Dossier, value: &Value, in_force: bool) -> bool {
    let now = dossier.applicant();
    match value {
        Value::Phone(phone) => *phone == now.phone,
        Value::Address(address) => *address == now.address,
        Value::Name(name) => *name == now.name,
        Value::Number(number) => *number == now.number,
        Value::Result(text) => text == dossier.result(),
        Value::State(_) => in_force,
        Value::Code(code) => *code == dossier.received().code,
    }
}
