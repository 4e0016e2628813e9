//! What happens to a dossier after its reception: remarks, corrections, the result.

use super::dossiers::{DossierView, located};
use super::{Desk, Done, civil};
use crate::error::{Code, Error, Result};
use crate::store::Writing;
use domain::code::DossierCode;
use domain::dossier::{Command, Known, OpId, decide};
use domain::money::Money;
use domain::person::{CitizenId, Malformed, PersonName, Phone};
use protocol::fields::{Content, Role};

/// Who answers for a dossier; whoever only helps people to fill in forms does not.
pub(super) const OFFICERS: [Role; 4] = [Role::OneStop, Role::Specialist, Role::Leader, Role::Administrator];

impl Desk {
    /// Puts a remark on the timeline.
    pub fn add_note(&self, code: &str, words: &str) -> Done<DossierView> {
        self.command(code, Command::Note { text: words.to_owned() })
    }

    /// Records the official code.
    pub fn give_alias(&self, code: &str, alias: &str) -> Done<DossierView> {
        self.command(code, Command::GiveAlias { code: typed("alias", alias, DossierCode::parse)? })
    }

    /// Changes the applicant's telephone number; empty takes it away.
    pub fn change_phone(&self, code: &str, phone: &str) -> Done<DossierView> {
        self.command(code, Command::ChangePhone { phone: typed_or_none("phone", phone, Phone::parse)? })
    }

    /// Changes the applicant's address; empty takes it away.
    pub fn change_address(&self, code: &str, address: &str) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        self.command(code, Command::ChangeAddress { address: address.to_owned() })
    }

    /// Corrects the applicant's name.
    pub fn correct_name(&self, code: &str, name: &str) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        self.command(code, Command::CorrectName { name: typed("name", name, PersonName::parse)? })
    }

    /// Corrects the applicant's personal number; empty takes a wrong one away.
    pub fn correct_number(&self, code: &str, number: &str) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        self.command(code, Command::CorrectNumber { number: typed_or_none("number", number, CitizenId::parse)? })
    }

    /// Records the result.
    pub fn record_result(&self, code: &str, words: &str) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        self.command(code, Command::RecordResult { text: words.to_owned() })
    }

    pub(super) fn command(&self, code: &str, command: Command) -> Done<DossierView> {
        let ((), changes) = self.carry_out(code, command)?;
        Ok((self.dossier(code)?, changes))
    }

    /// Decides a command over a dossier and appends what comes of it, in one transaction: what another desk's operations
    /// change meanwhile is decided about, not written over.
    pub(super) fn carry_out(&self, code: &str, command: Command) -> Done<()> {
        let now_ms = self.now_ms();
        self.write(|writing: &mut Writing<'_>| {
            let (row, dossier) = located(writing.reading(), code)?;
            for op in decide(Known::Dossier(&dossier, &self.rules()), command, civil(now_ms), None)? {
                let now = u64::try_from(now_ms).unwrap_or(0);
                writing.append(now, Some(self.officer.at), Some(row.at), &Content::Dossier(op))?;
            }
            Ok(())
        })
    }
}

/// An operation's name for screens and scripts, `12/305`: the writer's number and the number in its log.
pub(super) fn name(id: OpId) -> String {
    format!("{}/{}", id.replica, id.seq)
}

/// The operation with this name.
pub(super) fn named(name: &str) -> Option<OpId> {
    let (replica, seq) = name.trim().split_once('/')?;
    Some(OpId { replica: replica.parse().ok()?, seq: seq.parse().ok()? })
}

/// Reads a domain value from what was typed.
pub(super) type Parse<T> = fn(&str) -> std::result::Result<T, Malformed>;

pub(super) fn typed<T>(field: &'static str, text: &str, parse: Parse<T>) -> Result<T> {
    parse(text).map_err(|error| Error::new(Code::FieldWrong).with("field", field).because(error))
}

pub(super) fn typed_or_none<T>(field: &'static str, text: &str, parse: Parse<T>) -> Result<Option<T>> {
    if text.trim().is_empty() { Ok(None) } else { typed(field, text, parse).map(Some) }
}

/// An amount as people type it: digits, with dots or spaces between, perhaps with đ.
pub(super) fn amount(text: &str) -> Result<Money> {
    let digits: String = text.trim().trim_end_matches(['đ', 'Đ']).chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    let wrong = || Error::new(Code::FieldWrong).with("field", "amount");
    if digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        return Err(wrong());
    }
    digits.parse().map(Money).map_err(|error| wrong().because(error))
}
