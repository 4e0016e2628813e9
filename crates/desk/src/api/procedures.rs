//! Procedures of the desk's catalogue: found, looked at, imported.

use super::catalogue::{ChangeRow, NoteRow, ProcedureRow, ProcedureView};
use super::deadline::{self, DeadlineView};
use super::drafts::Channel;
use super::not_received::ended_or_unknown;
use super::{Desk, Done};
use crate::catalogue::{self as files, Catalogue, compare, to_json};
use crate::error::Result;
use crate::store::{Changes, dossiers, procedures};
use crate::texts::Language;
use domain::catalogue::compare::Change;
use domain::catalogue::{Procedure, version_on};
use domain::deadline::Rules;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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
    /// Which of its cases, where it has several; `null` while nobody chose.
    #[serde(default)]
    pub case: Option<String>,
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
pub fn starter_due(
    language: Language,
    code: &str,
    at: DateTime,
    channel: Channel,
    case: Option<&str>,
) -> Result<DeadlineView> {
    due(language, &Catalogue::with_stored(&[]), code, at, (channel, case), &Rules::default())
}

/// Rows of the starter catalogue that a text finds, for a face without a desk.
pub fn starter_find(language: Language, text: &str, limit: usize, day: Date) -> Vec<ProcedureRow> {
    find(language, &Catalogue::with_stored(&[]), text, limit, day, &[])
}

/// The deadline of a procedure of a catalogue, by a channel and in a case.
fn due(
    language: Language,
    catalogue: &Catalogue,
    code: &str,
    at: DateTime,
    (channel, case): (Channel, Option<&str>),
    rules: &Rules,
) -> Result<DeadlineView> {
    let ended = || ended_or_unknown(catalogue, code, at.date());
    let procedure = catalogue.in_force(code, at.date()).ok_or_else(ended)?;
    Ok(deadline::deadline(language, procedure, at, channel.into(), case, rules))
}

impl Desk {
    /// Procedures a text finds, best first.
    pub fn find_procedures(&self, text: &str, limit: usize) -> Result<Vec<ProcedureRow>> {
        let uses = self.store.read(dossiers::uses)?;
        Ok(find(self.language(), &self.catalogue(), text, limit.min(500), self.now()?.date(), &uses))
    }

    /// When the result of a procedure handed in at a moment would be due.
    pub fn deadline(&self, code: &str, at: DateTime, channel: Channel, case: Option<&str>) -> Result<DeadlineView> {
        due(self.language(), &self.catalogue(), code, at, (channel, case), &self.rules())
    }

    /// A procedure as of now, with the moment its result would be due.
    pub fn procedure(&self, input: &ProcedureInput) -> Result<ProcedureView> {
        let now = self.now()?;
        let catalogue = self.catalogue();
        let ended = || self.not_in_force(&input.code, now.date());
        let procedure = catalogue.in_force(&input.code, now.date()).ok_or_else(ended)?;
        let how = (input.channel, input.case.as_deref());
        let due = due(self.language(), &catalogue, &input.code, now, how, &self.rules())?;
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

/// What an import comes to, in words: every difference on the day it first holds, today's and those to come.
fn imported(language: Language, before: &Catalogue, import: &files::Import, today: Date, preview: bool) -> Imported {
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let replaced = |old: &&Procedure| {
        import.procedures.iter().any(|new| new.code == old.code && new.effective_from == old.effective_from)
    };
    let kept = before.versions().iter().filter(|old| !replaced(old));
    let after: Vec<Procedure> = kept.chain(&import.procedures).cloned().collect();
    let begins = import.procedures.iter().map(|new| new.effective_from);
    let ends = import.procedures.iter().filter_map(|new| new.effective_to?.tomorrow().ok());
    let days: BTreeSet<Date> = begins.chain(ends).filter(|day| *day > today).chain([today]).collect();
    let mut told: Vec<Change> = Vec::new();
    let mut changes = Vec::new();
    for day in days {
        for change in compare(before.versions(), &after, day) {
            let version = |versions: &[Procedure]| version_on(versions, &change.code, day).cloned();
            if !told.contains(&change) {
                let versions = (version(before.versions()), version(&after));
                changes.push(ChangeRow::of(language, &change, day, (versions.0.as_ref(), versions.1.as_ref())));
                told.push(change);
            }
        }
    }
    Imported {
        rows: small(import.rows),
        kept: small(import.procedures.len()),
        changes,
        notes: import.notes.iter().map(|note| NoteRow::of(language, note)).collect(),
        preview,
    }
}
