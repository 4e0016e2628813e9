//! The system's printers: which there are, a paper sent without a dialogue, and what became of it.
//!
//! "Sent" is not "printed": a queue takes a job and may cancel it a second later, or wait for a printer that is switched
//! off. So [`submit`] answers with a [`Job`], and whoever prints asks for its [`state`] until that is final or their
//! patience ends; nothing in here waits. The dossier is stored before any of this begins and nothing in here changes it.
//!
//! CUPS (Linux, macOS) through the `printers` crate. "Done" is what the queue knows: the last byte went to the printer.
//! Through winspool the crate hands the file to the printer as it is, which only printers that speak PDF understand;
//! Windows needs the page drawn first, and that belongs here.

use super::receipt::Paper;
use crate::error::{Code, Error, Result};
use printers::common::base::job::{PrinterJobOptions, PrinterJobState};
use printers::common::base::printer::{Printer as SystemPrinter, PrinterState};
use printers::common::converters::Converter;
use std::io::Write;

/// A printer of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    /// Its name in the system, by which [`submit`] finds it.
    pub name: String,
    /// The name a person gave it; the system's name where nobody did.
    pub label: String,
    /// Whether the system prints here when nobody chooses.
    pub is_default: bool,
    /// How it is, as far as the system knows.
    pub readiness: Readiness,
}

/// How a printer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It takes papers.
    Ready,
    /// Paused, or waiting for a hand: paper, toner, a door.
    Stopped,
    /// Switched off, unplugged, or not answering.
    Silent,
}

/// A paper on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The printer's name in the system.
    pub printer: String,
    /// The queue's number.
    pub id: u64,
}

/// What became of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// In the queue, nothing wrong.
    Waiting,
    /// Being sent to the printer.
    Printing,
    /// In the queue, but the printer is stopped or the job is held: a hand is needed.
    Stopped,
    /// In the queue, but the printer does not answer.
    Silent,
    /// The last byte went to the printer. Final.
    Done,
    /// Cancelled, or given up by the queue. Final: it will not come out any more.
    NotPrinted,
    /// The queue does not know the job, or no longer. Final: look at the printer.
    Gone,
}

impl JobState {
    /// Whether waiting longer is of no use.
    pub fn is_final(self) -> bool {
        matches!(self, JobState::Done | JobState::NotPrinted | JobState::Gone)
    }

    /// What to tell the officer when waiting is over; nothing where the paper came out.
    ///
    /// A job that is not final is still in the queue: [`cancel`] it before the paper is printed elsewhere, or it comes
    /// out a second time when the printer wakes.
    pub fn problem(self) -> Option<Error> {
        match self {
            JobState::Done => None,
            JobState::NotPrinted => Some(Error::new(Code::PrinterFailed)),
            JobState::Stopped => Some(Error::new(Code::PrinterStopped)),
            JobState::Waiting | JobState::Printing | JobState::Silent | JobState::Gone => {
                Some(Error::new(Code::PrinterSilent))
            }
        }
    }
}

/// The printers of this computer; none where there is no print system.
pub fn list() -> Vec<Printer> {
    printers::get_printers().iter().map(Printer::of).collect()
}

/// Hands a PDF to a printer, the default one unless named, and answers with the queue's job.
///
/// The title is read by anybody at the queue: a dossier's number at most, no name. Fails with `printer_none`,
/// `printer_unknown` or `printer_failed`.
pub fn submit(printer: Option<&str>, pdf: &[u8], title: &str, paper: Paper) -> Result<Job> {
    let known = list();
    let chosen = choose(&known, printer)?;
    let failed = || Error::new(Code::PrinterFailed);
    // The crate would write the paper where everybody can read it and leave it there; this file is the owner's alone and
    // goes as soon as the queue has its own copy.
    let mut file = tempfile::Builder::new()
        .prefix("giay-")
        .suffix(".pdf")
        .tempfile()
        .map_err(|cause| Error::new(Code::FileUnwritable).with("file", "giay.pdf").because(cause))?;
    file.write_all(pdf).and_then(|()| file.flush()).map_err(|cause| failed().because(cause))?;
    let path =
        file.path().to_str().ok_or_else(|| failed().because("the folder for temporary files has an odd name"))?;

    let media = match paper {
        Paper::A5 => "A5",
        Paper::A4 => "A4",
    };
    let options = PrinterJobOptions {
        name: Some(title),
        raw_properties: &[("media", media), ("sides", "one-sided"), ("print-scaling", "none")],
        converter: Converter::None,
    };
    let system = printers::get_printer_by_name(&chosen.name).ok_or_else(failed)?;
    let id = system.print_file(path, options).map_err(|cause| failed().because(cause.message))?;
    Ok(Job { printer: chosen.name.clone(), id })
}

/// What became of a job so far.
pub fn state(job: &Job) -> JobState {
    let Some(printer) = printers::get_printer_by_name(&job.printer) else { return JobState::Gone };
    // The crate never frees the list of jobs it is given, so the long list of finished ones is asked for only once, at
    // the end.
    let jobs = || printer.get_active_jobs().into_iter().chain(printer.get_job_history());
    let found = jobs().find(|known| known.id == job.id);
    found.map_or(JobState::Gone, |found| job_state(&found.state, Printer::of(&printer).readiness))
}

/// Takes a job out of the queue. One that is final already stays what it is.
pub fn cancel(job: &Job) -> Result<()> {
    let failed = || Error::new(Code::PrinterFailed);
    let printer = printers::get_printer_by_name(&job.printer).ok_or_else(failed)?;
    match printer.cancel_job(job.id) {
        Err(cause) if !state(job).is_final() => Err(failed().because(cause.message)),
        _ => Ok(()),
    }
}

impl Printer {
    fn of(system: &SystemPrinter) -> Self {
        let label = if system.name.is_empty() { &system.system_name } else { &system.name };
        Self {
            name: system.system_name.clone(),
            label: label.clone(),
            is_default: system.is_default,
            readiness: readiness(&system.state, &system.state_reasons),
        }
    }
}

fn choose<'a>(known: &'a [Printer], wanted: Option<&str>) -> Result<&'a Printer> {
    match wanted {
        _ if known.is_empty() => Err(Error::new(Code::PrinterNone)),
        Some(name) => known
            .iter()
            .find(|printer| printer.name == name)
            .ok_or_else(|| Error::new(Code::PrinterUnknown).with("printer", name)),
        None => known
            .iter()
            .find(|printer| printer.is_default)
            .or(known.first())
            .ok_or_else(|| Error::new(Code::PrinterNone)),
    }
}

/// Reads the state and its reasons (RFC 8011 §5.4.12: keywords, perhaps ending in `-report`, `-warning` or `-error`).
fn readiness(state: &PrinterState, reasons: &[String]) -> Readiness {
    const SILENT: [&str; 4] = ["offline", "connecting-to-device", "timed-out", "shutdown"];
    const STOPPED: [&str; 9] = [
        "paused",
        "stopped",
        "media-empty",
        "media-needed",
        "media-jam",
        "door-open",
        "cover-open",
        "toner-empty",
        "marker-supply-empty",
    ];
    let says = |words: &[&str]| {
        reasons.iter().any(|reason| !reason.ends_with("-warning") && words.iter().any(|word| reason.starts_with(word)))
    };
    match state {
        PrinterState::OFFLINE => Readiness::Silent,
        PrinterState::PAUSED => Readiness::Stopped,
        _ if says(&SILENT) => Readiness::Silent,
        _ if says(&STOPPED) => Readiness::Stopped,
        PrinterState::READY | PrinterState::PRINTING | PrinterState::UNKNOWN => Readiness::Ready,
    }
}

fn job_state(state: &PrinterJobState, printer: Readiness) -> JobState {
    match (state, printer) {
        (PrinterJobState::COMPLETED, _) => JobState::Done,
        (PrinterJobState::CANCELLED, _) => JobState::NotPrinted,
        (PrinterJobState::PAUSED, _) => JobState::Stopped,
        (PrinterJobState::PENDING | PrinterJobState::PROCESSING, Readiness::Stopped) => JobState::Stopped,
        (PrinterJobState::PENDING | PrinterJobState::PROCESSING, Readiness::Silent) => JobState::Silent,
        (PrinterJobState::PENDING, Readiness::Ready) => JobState::Waiting,
        (PrinterJobState::PROCESSING, Readiness::Ready) => JobState::Printing,
        (PrinterJobState::UNKNOWN, _) => JobState::Gone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer(name: &str, is_default: bool) -> Printer {
        Printer { name: name.into(), label: name.into(), is_default, readiness: Readiness::Ready }
    }

    #[test]
    fn the_named_printer_is_taken_else_the_default_else_the_first() {
        let known = [printer("may-1", false), printer("may-2", true)];
        let chosen = |wanted| choose(&known, wanted).map(|printer| printer.name.as_str()).map_err(|e| e.code());
        assert_eq!(chosen(None), Ok("may-2"));
        assert_eq!(chosen(Some("may-1")), Ok("may-1"));
        assert_eq!(chosen(Some("may-3")), Err(Code::PrinterUnknown));
        assert_eq!(choose(&known[..1], None).map(|printer| printer.name.as_str()).map_err(|e| e.code()), Ok("may-1"));
        for wanted in [None, Some("may-1")] {
            assert_eq!(choose(&[], wanted).map_err(|e| e.code()).err(), Some(Code::PrinterNone));
        }
    }

    #[test]
    fn a_printer_says_why_it_does_not_print() {
        let read = |state: PrinterState, reasons: &str| {
            readiness(&state, &reasons.split(',').map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(read(PrinterState::READY, "none"), Readiness::Ready);
        assert_eq!(read(PrinterState::PRINTING, "toner-low-warning"), Readiness::Ready);
        assert_eq!(read(PrinterState::PRINTING, "media-empty-error"), Readiness::Stopped);
        assert_eq!(read(PrinterState::PAUSED, "paused"), Readiness::Stopped);
        assert_eq!(read(PrinterState::PRINTING, "none,connecting-to-device"), Readiness::Silent);
        assert_eq!(read(PrinterState::OFFLINE, "offline-report"), Readiness::Silent);
    }

    #[test]
    fn a_paper_is_printed_only_when_the_queue_says_so() {
        use PrinterJobState as Queue;
        for (queue, printer, state, code) in [
            (Queue::COMPLETED, Readiness::Ready, JobState::Done, None),
            (Queue::COMPLETED, Readiness::Stopped, JobState::Done, None),
            (Queue::CANCELLED, Readiness::Ready, JobState::NotPrinted, Some(Code::PrinterFailed)),
            (Queue::PAUSED, Readiness::Ready, JobState::Stopped, Some(Code::PrinterStopped)),
            (Queue::PENDING, Readiness::Stopped, JobState::Stopped, Some(Code::PrinterStopped)),
            (Queue::PENDING, Readiness::Ready, JobState::Waiting, Some(Code::PrinterSilent)),
            (Queue::PROCESSING, Readiness::Ready, JobState::Printing, Some(Code::PrinterSilent)),
            (Queue::PROCESSING, Readiness::Silent, JobState::Silent, Some(Code::PrinterSilent)),
            (Queue::UNKNOWN, Readiness::Ready, JobState::Gone, Some(Code::PrinterSilent)),
        ] {
            assert_eq!(job_state(&queue, printer), state);
            assert_eq!(state.problem().map(|error| error.code()), code, "{state:?}");
            assert_eq!(state.is_final(), matches!(state, JobState::Done | JobState::NotPrinted | JobState::Gone));
        }
    }
}
