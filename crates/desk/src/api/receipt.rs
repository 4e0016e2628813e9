//! The receipt, form 01: filled from its dossier, as a file or a picture. Nothing here can change a dossier but by noting that it
//! was printed.

use super::catalogue::price_words;
use super::forms::PaperOf;
use super::{Desk, Done, civil};
use crate::error::{Code, Error, Result};
use crate::print::receipt::{self, Counterpart, Due, FeeLine, Fees, PaperLine, Receipt, Reprint, Standing};
use crate::store::settings::{self, Key};
use crate::texts::{Language, text};
use domain::card::receipt::LookupSecret;
use domain::catalogue::{Fee, Price, TimeLimit};
use domain::code::DossierCode;
use domain::deadline::due_for;
use domain::dossier::{Dossier, Op, ResultAt};
use domain::money::Money;
use domain::person::{CitizenId, Phone};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::path::Path;
use ts_rs::TS;

/// The form of TT 03/2025 this is.
pub const FORM: &str = "01";

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

/// Form 01 of a dossier.
pub fn receipt_of(code: &str) -> PaperOf {
    PaperOf::Dossier { code: code.to_owned(), form: FORM.to_owned() }
}

impl From<Paper> for receipt::Paper {
    fn from(paper: Paper) -> Self {
        match paper {
            Paper::A5 => Self::A5,
            Paper::A4 => Self::A4,
        }
    }
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

impl Desk {
    /// The receipt's PDF, both counterparts, exactly as it is printed.
    pub fn receipt_pdf(&self, code: &str, paper: Paper) -> Result<(Vec<u8>, bool)> {
        let (_, dossier) = self.located(code)?;
        let form = self.receipt(&dossier)?;
        let reprint = form.reprint.is_some();
        Ok((receipt::pdf(&form, paper.into(), Counterpart::BOTH)?, reprint))
    }

    /// Writes the receipt to a file and notes it as printed.
    pub fn print_to_file(&self, code: &str, paper: Paper, file: &Path) -> Done<Written> {
        self.paper_to_file(&receipt_of(code), paper, file)
    }

    /// Writes the receipt as one picture; nothing is noted.
    pub fn picture_to_file(&self, code: &str, paper: Paper, file: &Path) -> Result<Written> {
        self.paper_to_picture(&receipt_of(code), paper, file)
    }

    fn receipt(&self, dossier: &Dossier) -> Result<Receipt> {
        let received = dossier.received();
        let printed = dossier.printed(FORM);
        let now = self.now()?;
        let say = |key: &str| text(Language::Vietnamese, key, &[]);
        let office = self.office()?;
        let of_office = |place: &str| office.get(place).to_owned();
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
            superior: of_office("superior"),
            result_at: match received.result_at {
                ResultAt::Counter => of_office("centre"),
                ResultAt::Post => say("result_by_post"),
            },
            centre: of_office("centre"),
            counter: of_office("counter"),
            place: office.place.clone(),
            code: received.code.clone(),
            standing: self.standing(&received.code)?,
            alias: dossier.aliases().last().map(|alias| alias.as_str().to_owned()).unwrap_or_default(),
            book: String::new(),
            serial: String::new(),
            reprint: (printed > 0).then(|| Reprint { count: u16::try_from(printed).unwrap_or(u16::MAX), at: now }),
            practice: office.practice,
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
            contact_phone: of_office("office_phone"),
            secret: LookupSecret::parse(&received.secret).ok_or_else(|| Error::new(Code::DossierForgotten))?,
            officer: officer.unwrap_or_default(),
        })
    }

    /// How the desk's number stands: the official code is the province's to give (officer.md §1.1).
    pub(super) fn standing(&self, code: &DossierCode) -> Result<Standing> {
        let decision = self.store.read(|connection| settings::get(connection, Key::OfficialNumberDecision))?;
        Ok(match (decision.is_empty(), code.lane()) {
            (false, _) => Standing::Official { decision },
            (true, Some(0)) => Standing::Unconnected,
            (true, _) => Standing::Provisional,
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
        let written = written.map(|entry| civil(i64::try_from(entry.stamp.time().millis()).unwrap_or(0)));
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
