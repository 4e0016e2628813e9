//! Papers as pictures, as files, through a printer. Nothing here can change a dossier but by noting that a form was printed.

use super::forms::{Made, PaperOf};
use super::receipt::{Paper, Written};
use super::{Desk, Done, Trouble};
use crate::error::{Code, Error, Result};
use crate::place::write_durably;
use crate::print::picture;
use crate::print::printers::{self, JobState};
use crate::store::Changes;
use crate::texts::text;
use domain::dossier::Command;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// Dots per inch of the picture on the screen.
const SCREEN_DPI: u16 = 110;

/// Which paper, on which sheet.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct PrintInput {
    /// The paper.
    pub of: PaperOf,
    /// The sheet.
    pub paper: Paper,
    /// The printer; the system's choice where empty.
    #[serde(default)]
    pub printer: Option<String>,
}

/// A paper as it will come out.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Preview {
    /// PNG data URLs, a page each.
    pub pages: Vec<String>,
    /// Its title.
    pub title: String,
    /// The sheet it is printed on: the one asked for, or the only one its form allows.
    pub paper: Paper,
    /// What is not sure about its form, in a sentence; empty where nothing is.
    pub doubt: String,
    /// Whether it would be marked as a reprint.
    pub reprint: bool,
}

/// A printer of the system.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PrinterRow {
    /// Name to print by.
    pub name: String,
    /// Whether the system chooses it.
    pub is_default: bool,
    /// In words.
    pub state: String,
}

/// A paper on its way.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Printing {
    /// To ask again by.
    pub job: String,
    /// How far.
    pub state: PrintState,
    /// What went wrong, if it did.
    pub trouble: Option<Trouble>,
    /// Whether it is marked as a reprint.
    pub reprint: bool,
}

/// See [`Printing::state`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    /// In the queue.
    Waiting,
    /// At the printer.
    Printing,
    /// It came out.
    Done,
    /// It did not.
    Failed,
}

/// A job whose end has not been noted yet.
pub(super) struct PrintJob {
    of: PaperOf,
    job: printers::Job,
    reprint: bool,
}

impl Desk {
    /// The very PDF that is printed, as pictures.
    pub fn preview(&self, input: &PrintInput) -> Result<Preview> {
        let Made { pdf, title, paper, doubt, reprint, .. } = self.made(&input.of, input.paper)?;
        let pages = (1..=picture::pages(&pdf)?)
            .map(|page| {
                let png = picture::png(&pdf, page, SCREEN_DPI)?;
                Ok(format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png)))
            })
            .collect::<Result<_>>()?;
        Ok(Preview { pages, title, paper, doubt, reprint })
    }

    /// Writes a paper to a file; a form of a dossier is noted as printed: whoever holds the file holds the paper.
    pub fn paper_to_file(&self, of: &PaperOf, paper: Paper, file: &Path) -> Done<Written> {
        let made = self.made(of, paper)?;
        write_durably(file, &made.pdf)?;
        let changes = self.note(of)?;
        Ok((Written { file: file.display().to_string(), bytes: made.pdf.len() as u64 }, changes))
    }

    /// Writes a paper as one picture, its pages one under the other (PNG, 200 dots an inch). A picture is no paper, so nothing
    /// is noted.
    pub fn paper_to_picture(&self, of: &PaperOf, paper: Paper, file: &Path) -> Result<Written> {
        let png = picture::sheet(&self.made(of, paper)?.pdf, 200)?;
        write_durably(file, &png)?;
        Ok(Written { file: file.display().to_string(), bytes: png.len() as u64 })
    }

    /// Writes a paper into the person's documents folder.
    pub fn save_paper(&self, input: &PrintInput) -> Done<Written> {
        let name = self.made(&input.of, input.paper)?.name;
        self.paper_to_file(&input.of, input.paper, &documents()?.join(format!("{name}.pdf")))
    }

    /// The system's printers.
    pub fn printers(&self) -> Vec<PrinterRow> {
        let words = |readiness| match readiness {
            printers::Readiness::Ready => "printer_ready",
            printers::Readiness::Stopped => "printer_state_stopped",
            printers::Readiness::Silent => "printer_state_silent",
        };
        printers::list()
            .into_iter()
            .map(|printer| PrinterRow {
                name: printer.name,
                is_default: printer.is_default,
                state: text(self.language(), words(printer.readiness), &[]),
            })
            .collect()
    }

    /// Hands a paper to a printer. What it speaks of is saved already; whatever happens here changes nothing about it.
    pub fn print(&self, input: &PrintInput) -> Result<Printing> {
        let Made { pdf, paper, reprint, name, .. } = self.made(&input.of, input.paper)?;
        let job = printers::submit(input.printer.as_deref(), &pdf, &name, paper.into())?;
        let name = format!("{}/{}", job.printer, job.id);
        super::hold(&self.jobs).insert(name.clone(), PrintJob { of: input.of.clone(), job, reprint });
        Ok(Printing { job: name, state: PrintState::Waiting, trouble: None, reprint })
    }

    /// What became of a paper; the printing is noted on its dossier when it has come out.
    pub fn printing(&self, job: &str) -> Done<Printing> {
        let mut jobs = super::hold(&self.jobs);
        let known = jobs.get(job).ok_or_else(|| Error::new(Code::PrinterFailed))?;
        let state = printers::state(&known.job);
        let reprint = known.reprint;
        let shown = match state {
            JobState::Done => PrintState::Done,
            JobState::NotPrinted | JobState::Gone => PrintState::Failed,
            JobState::Printing => PrintState::Printing,
            JobState::Waiting | JobState::Stopped | JobState::Silent => PrintState::Waiting,
        };
        // A job that merely waits is no trouble yet; one that waits for a hand is, though it may still come out.
        let told = shown == PrintState::Failed || matches!(state, JobState::Stopped | JobState::Silent);
        let trouble = state.problem().filter(|_| told).map(|error| Trouble::of(self.language(), &error));
        let mut changes = Changes::new();
        if state.is_final()
            && let Some(ended) = jobs.remove(job)
        {
            drop(jobs);
            if shown == PrintState::Done {
                changes = self.note(&ended.of)?;
            }
        }
        Ok((Printing { job: job.to_owned(), state: shown, trouble, reprint }, changes))
    }

    /// Takes a paper out of the queue, so that it does not come out after the clerk has given up on it.
    pub fn cancel_printing(&self, job: &str) -> Result<()> {
        match super::hold(&self.jobs).remove(job) {
            Some(known) => printers::cancel(&known.job),
            None => Ok(()),
        }
    }

    /// Notes on a dossier that a form of it was printed.
    fn note(&self, of: &PaperOf) -> Result<Changes> {
        match of {
            PaperOf::Dossier { code, form } => {
                let ((), changes) = self.carry_out(code, Command::Print { form: form.clone() })?;
                Ok(changes)
            }
            PaperOf::Draft { .. } | PaperOf::Register { .. } | PaperOf::Results => Ok(Changes::new()),
        }
    }
}

/// Where people look for what they saved.
pub(super) fn documents() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    let home = home.ok_or_else(|| Error::new(Code::FileUnwritable).with("file", "Documents"))?;
    let folder = ["Documents", "Tài liệu"].iter().map(|name| home.join(name)).find(|folder| folder.is_dir());
    Ok(folder.unwrap_or(home))
}
