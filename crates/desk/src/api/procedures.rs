//! Procedures of the desk's catalogue: found, looked at, imported.

use super::catalogue::{ChangeRow, NoteRow, ProcedureRow, ProcedureView};
use super::deadline::{self, DeadlineView};
use super::drafts::Channel;
use super::{Desk, Done};
use crate::catalogue::{self as files, Catalogue, compare, to_json};
use crate::error::{Code, Error, Result};
use crate::store::{Changes, dossiers, procedures};
use crate::texts::Language;
use domain::catalogue::Procedure;
use domain::deadline::Rules;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::path::Path;
use ts_rs::TS;

/// A text to find procedures by; the most used where empty.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct FindInput {
    /// Words, initials or a code.
    pub text: String,
    /// How many.
    pub limit: u32,
}

/// A procedure to look at.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ProcedureInput {
    /// National code.
    pub code: String,
    /// The channel it would come by.
    pub channel: Channel,
}

/// What an import does, or with a preview would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Imported {
    /// Rows of the file.
    pub rows: u32,
    /// Versions that were kept.
    pub kept: u32,
    /// What differs from the catalogue before.
    pub changes: Vec<ChangeRow>,
    /// What was dropped or doubted.
    pub notes: Vec<NoteRow>,
    /// Whether this was only a preview.
    pub preview: bool,
}

/// Rows of a catalogue that a text finds.
fn find(
    language: Language,
    catalogue: &Catalogue,
    text: &str,
    limit: usize,
    day: Date,
    uses: &[(String, u32)],
) -> Vec<ProcedureRow> {
    let used = |found: &Procedure| uses.iter().find(|(code, _)| *code == found.code).map_or(0, |(_, times)| *times);
    let row = |found: &&Procedure| ProcedureRow::of(language, found, Channel::Counter.into(), used(found));
    catalogue.find(text, limit, day, uses).iter().map(row).collect()
}

/// The deadline of a procedure of the starter catalogue, for a face without a desk.
pub fn starter_due(language: Language, code: &str, at: DateTime, channel: Channel) -> Result<DeadlineView> {
    due(language, &Catalogue::with_stored(&[]), code, at, channel, &Rules::default())
}

/// Rows of the starter catalogue that a text finds, for a face without a desk.
pub fn starter_find(language: Language, text: &str, limit: usize, day: Date) -> Vec<ProcedureRow> {
    find(language, &Catalogue::with_stored(&[]), text, limit, day, &[])
}

/// The deadline of a procedure of a catalogue.
fn due(
    language: Language,
    catalogue: &Catalogue,
    code: &str,
    at: DateTime,
    channel: Channel,
    rules: &Rules,
) -> Result<DeadlineView> {
    let procedure =
        catalogue.in_force(code, at.date()).ok_or_else(|| Error::new(Code::ProcedureUnknown).with("code", code))?;
    Ok(deadline::deadline(language, procedure, at, channel.into(), rules))
}

impl Desk {
    /// Procedures a text finds, best first.
    pub fn find_procedures(&self, text: &str, limit: usize) -> Result<Vec<ProcedureRow>> {
        let uses = self.store.read(dossiers::uses)?;
        Ok(find(self.language(), &self.catalogue(), text, limit.min(500), self.now()?.date(), &uses))
    }

    /// When the result of a procedure handed in at a moment would be due.
    pub fn deadline(&self, code: &str, at: DateTime, channel: Channel) -> Result<DeadlineView> {
        due(self.language(), &self.catalogue(), code, at, channel, &self.rules())
    }

    /// A procedure as of now, with the moment its result would be due.
    pub fn procedure(&self, input: &ProcedureInput) -> Result<ProcedureView> {
        let now = self.now()?;
        let catalogue = self.catalogue();
        let unknown = || Error::new(Code::ProcedureUnknown).with("code", &input.code);
        let procedure = catalogue.in_force(&input.code, now.date()).ok_or_else(unknown)?;
        let due = due(self.language(), &catalogue, &input.code, now, input.channel, &self.rules())?;
        Ok(ProcedureView::of(self.language(), procedure, input.channel.into(), due))
    }

    /// Takes in a catalogue file; with `preview` only says what it would change. Dossiers received before keep their version.
    pub fn import_catalogue(&self, file: &Path, preview: bool) -> Done<Imported> {
        let today = self.now()?.date();
        let before = self.catalogue();
        let import = files::read_file(file, before.versions(), today)?;
        let imported = imported(self.language(), &before, &import, today, preview);
        if preview {
            return Ok((imported, Changes::new()));
        }
        let now_ms = self.now_ms();
        let (bodies, changes) = self.store.write(|writing| {
            for version in &import.procedures {
                procedures::save(
                    writing,
                    &version.code,
                    &version.effective_from.to_string(),
                    &to_json(version)?,
                    now_ms,
                )?;
            }
            procedures::bodies(writing.reading())
        })?;
        self.set_catalogue(Catalogue::with_stored(&bodies));
        Ok((imported, changes))
    }
}

/// What an import comes to, in words.
fn imported(language: Language, before: &Catalogue, import: &files::Import, today: Date, preview: bool) -> Imported {
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let after: Vec<Procedure> = before.versions().iter().chain(&import.procedures).cloned().collect();
    let changes = compare(before.versions(), &after, today);
    Imported {
        rows: small(import.rows),
        kept: small(import.procedures.len()),
        changes: changes.iter().map(|change| ChangeRow::of(language, change)).collect(),
        notes: import.notes.iter().map(|note| NoteRow::of(language, note)).collect(),
        preview,
    }
}
