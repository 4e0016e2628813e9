//! The receipt: as a picture, as a file, through a printer. Nothing here can change a dossier but by noting that it was printed.

use super::catalogue::price_words;
use super::{Desk, Done, Trouble, civil, words};
use crate::error::{Code, Error, Result};
use crate::place::write_durably;
use crate::print::picture;
use crate::print::printers::{self, JobState};
use crate::print::receipt::{self, Counterpart, Due, FeeLine, Fees, PaperLine, Receipt, Reprint, Standing};
use crate::store::Changes;
use crate::store::settings::{self, Key};
use crate::texts::{Language, text};
use domain::card::receipt::LookupSecret;
use domain::catalogue::{Fee, Price, TimeLimit};
use domain::deadline::due_for;
use domain::dossier::{Command, Dossier, Op, ResultAt};
use domain::money::Money;
use domain::person::{CitizenId, Phone};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// The form of TT 03/2025 this is.
pub const FORM: &str = "01";

/// Dots per inch of the picture on the screen.
const SCREEN_DPI: u16 = 110;

/// Size of the sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// 148 × 210 mm.
    #[default]
    A5,
    /// 210 × 297 mm.
    A4,
}

impl From<Paper> for receipt::Paper {
    fn from(paper: Paper) -> Self {
        match paper {
            Paper::A5 => Self::A5,
            Paper::A4 => Self::A4,
        }
    }
}

/// The receipt as it will come out.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Preview {
    /// PNG data URLs, a page each.
    pub pages: Vec<String>,
    /// Whether it would be marked as a reprint.
    pub reprint: bool,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Written {
    /// Where.
    pub file: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
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
    code: String,
    job: printers::Job,
    reprint: bool,
}

/// Which receipt, on which sheet.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ReceiptInput {
    /// The dossier.
    pub code: String,
    /// The sheet.
    pub paper: Paper,
    /// The printer; the system's choice where empty.
    #[serde(default)]
    pub printer: Option<String>,
}

impl Desk {
    /// The receipt's PDF, both counterparts, exactly as it is printed.
    pub fn receipt_pdf(&self, code: &str, paper: Paper) -> Result<(Vec<u8>, bool)> {
        let (_, dossier) = self.located(code)?;
        let form = self.receipt(&dossier)?;
        let reprint = form.reprint.is_some();
        Ok((receipt::pdf(&form, paper.into(), Counterpart::BOTH)?, reprint))
    }

    /// The very PDF that is printed, as pictures.
    pub fn preview_receipt(&self, input: &ReceiptInput) -> Result<Preview> {
        let (pdf, reprint) = self.receipt_pdf(&input.code, input.paper)?;
        let pages = (1..=picture::pages(&pdf)?)
            .map(|page| {
                let png = picture::png(&pdf, page, SCREEN_DPI)?;
                Ok(format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png)))
            })
            .collect::<Result<_>>()?;
        Ok(Preview { pages, reprint })
    }

    /// Writes the receipt to a file and notes it as printed: whoever holds the file holds the paper.
    pub fn print_to_file(&self, code: &str, paper: Paper, file: &Path) -> Done<Written> {
        let (pdf, _) = self.receipt_pdf(code, paper)?;
        write_durably(file, &pdf)?;
        let ((), changes) = self.carry_out(code, Command::Print { form: FORM.to_owned() })?;
        Ok((Written { file: file.display().to_string(), bytes: pdf.len() as u64 }, changes))
    }

    /// Writes the receipt as one picture, its pages one under the other (PNG, 200 dots an inch). A picture is no paper, so
    /// nothing is noted.
    pub fn picture_to_file(&self, code: &str, paper: Paper, file: &Path) -> Result<Written> {
        let (pdf, _) = self.receipt_pdf(code, paper)?;
        let png = picture::sheet(&pdf, 200)?;
        write_durably(file, &png)?;
        Ok(Written { file: file.display().to_string(), bytes: png.len() as u64 })
    }

    /// Writes the receipt into the person's documents folder.
    pub fn save_receipt(&self, input: &ReceiptInput) -> Done<Written> {
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
        let home = home.ok_or_else(|| Error::new(Code::FileUnwritable).with("file", "Documents"))?;
        let documents =
            ["Documents", "Tài liệu"].iter().map(|name| home.join(name)).find(|folder| folder.is_dir()).unwrap_or(home);
        self.print_to_file(&input.code, input.paper, &documents.join(format!("{}.pdf", input.code)))
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

    /// Hands the receipt to a printer. The dossier is saved already; whatever happens here changes nothing about it.
    pub fn print_receipt(&self, input: &ReceiptInput) -> Result<Printing> {
        let (pdf, reprint) = self.receipt_pdf(&input.code, input.paper)?;
        let job = printers::submit(input.printer.as_deref(), &pdf, &input.code, input.paper.into())?;
        let name = format!("{}/{}", job.printer, job.id);
        super::hold(&self.jobs).insert(name.clone(), PrintJob { code: input.code.clone(), job, reprint });
        Ok(Printing { job: name, state: PrintState::Waiting, trouble: None, reprint })
    }

    /// What became of a paper; the printing is noted on the dossier when it has come out.
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
                ((), changes) = self.carry_out(&ended.code, Command::Print { form: FORM.to_owned() })?;
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

    fn receipt(&self, dossier: &Dossier) -> Result<Receipt> {
        let received = dossier.received();
        let printed = dossier.printed(FORM);
        let now = self.now()?;
        let say = |key: &str| text(Language::Vietnamese, key, &[]);
        let (settings, enrolled_then) = self.store.read(|connection| {
            let get = |key| settings::get(connection, key);
            let all = [Key::Superior, Key::Commune, Key::Counter, Key::PlaceName, Key::Phone, Key::Practice];
            let mut values = Vec::new();
            for key in all {
                values.push(get(key)?);
            }
            Ok((values, get(Key::OfficialNumberDecision)?))
        })?;
        let [superior, commune, counter, place, phone, practice] =
            <[String; 6]>::try_from(settings).map_err(|_| Error::new(Code::Internal))?;
        let standing = match (enrolled_then.is_empty(), received.code.lane()) {
            (false, _) => Standing::Official { decision: enrolled_then },
            (true, Some(0)) => Standing::Unconnected,
            (true, _) => Standing::Provisional,
        };
        let centre = text(Language::Vietnamese, "centre_name", &[("commune", words::in_sentence(&commune))]);
        let first = dossier.timeline().iter().find(|entry| matches!(entry.op, Op::Received(_)));
        let officer = match first.and_then(|entry| entry.stamp.actor) {
            Some(actor) => {
                self.store.read(|c| crate::store::officers::by_op(c, actor.replica, actor.seq))?.map(|o| o.name)
            }
            None => None,
        };
        let submitter = received.submitter.as_ref().map(|submitter| receipt::Submitter {
            name: submitter.person.name.as_str().to_owned(),
            authorisation: [submitter.relation.as_str(), submitter.authorisation.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
        });
        let applicant = dossier.applicant();
        Ok(Receipt {
            superior: if superior.is_empty() { format!("UBND {}", words::in_sentence(&commune)) } else { superior },
            result_at: match received.result_at {
                ResultAt::Counter => centre.clone(),
                ResultAt::Post => say("result_by_post"),
            },
            centre,
            counter: text(Language::Vietnamese, "counter_name", &[("counter", counter)]),
            place,
            code: received.code.clone(),
            standing,
            alias: dossier.aliases().last().map(|alias| alias.as_str().to_owned()).unwrap_or_default(),
            book: String::new(),
            serial: String::new(),
            reprint: (printed > 0).then(|| Reprint { count: u16::try_from(printed).unwrap_or(u16::MAX), at: now }),
            practice: practice == "yes",
            offline: received.offline,
            applicant: receipt::Applicant {
                name: applicant.name.as_str().to_owned(),
                address: applicant.address.clone(),
                phone: applicant.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
                email: applicant.email.clone(),
                personal_number: applicant.number.as_ref().map(CitizenId::grouped).unwrap_or_default(),
            },
            submitter,
            channel: received.channel,
            procedure_name: received.procedure.name.clone(),
            procedure_code: received.procedure.code.clone(),
            papers: received
                .papers
                .iter()
                .map(|paper| PaperLine {
                    name: paper.name.clone(),
                    originals: paper.originals,
                    copies: paper.copies,
                    note: paper.note.clone(),
                    shown: paper.name.contains("(xuất trình)"),
                })
                .collect(),
            explained: self.explained(dossier),
            sets: received.sets,
            time_limit: received
                .procedure
                .limit
                .map(|limit| super::deadline::limit_words(Language::Vietnamese, limit))
                .unwrap_or_default(),
            received_at: received.at,
            due: received.due.map(|at| Due {
                at,
                provisional: match (received.particulars.is_agreed, received.due_provisional) {
                    (true, _) => say("due_agreed"),
                    (false, true) => say("due_provisional"),
                    (false, false) => String::new(),
                },
            }),
            fees: self.fees(dossier),
            helped_by: received.helper.clone(),
            contact_phone: phone,
            secret: LookupSecret::parse(&received.secret).ok_or_else(|| Error::new(Code::DossierForgotten))?,
            officer: officer.unwrap_or_default(),
        })
    }

    /// What explains the times on the paper (officer.md §2: a file taken after hours is explained on the slip).
    fn explained(&self, dossier: &Dossier) -> Vec<String> {
        let received = dossier.received();
        let moment = |at: DateTime| {
            let date = format!("{:02}/{:02}/{:04}", at.day(), at.month(), at.year());
            let params = [("hour", at.hour().to_string()), ("minute", format!("{:02}", at.minute())), ("date", date)];
            text(Language::Vietnamese, "moment_on_paper", &params)
        };
        let say = |key: &str, at: DateTime| text(Language::Vietnamese, key, &[("at", moment(at))]);
        let mut lines = Vec::new();
        let limit = received.procedure.limit;
        let due = limit.and_then(|limit| due_for(&received.procedure.field, limit, received.at, &self.rules()).ok());
        if let Some(due) = due.filter(|due| Some(due.at) == received.due) {
            if due.counted_from.date() != received.at.date() {
                lines.push(say("receipt_after_hours", due.counted_from));
            } else if limit == Some(TimeLimit::SameDay) && due.at.date() != received.at.date() {
                lines.push(text(Language::Vietnamese, "receipt_after_three", &[]));
            }
        }
        let written = dossier.timeline().iter().find(|entry| matches!(entry.op, Op::Received(_)));
        let written = written.map(|entry| civil(i64::try_from(entry.stamp.hlc.millis()).unwrap_or(0)));
        if let Some(written) = written
            && written.duration_since(received.at).abs() > SignedDuration::from_mins(15)
        {
            lines.push(say("receipt_written_at", written));
        }
        lines
    }

    /// The fee lines of the catalogue version the dossier was received under.
    fn fees(&self, dossier: &Dossier) -> Fees {
        let in_force = &dossier.received().procedure;
        let channel = dossier.received().channel;
        let catalogue = self.catalogue();
        let Some(procedure) = catalogue.version(&in_force.code, in_force.version) else { return Fees::Unknown };
        let lines: Vec<_> = procedure.fees(channel).collect();
        if lines.is_empty() {
            return Fees::Unknown;
        }
        if lines.iter().all(|fee| fee.price == Some(Price::Flat(Money(0)))) {
            return Fees::None;
        }
        let line = |fee: &Fee| FeeLine { case: fee.case.clone(), price: price_words(Language::Vietnamese, fee) };
        Fees::Lines(lines.into_iter().map(line).collect())
    }
}
