//! The papers of the office: which there are for a dossier, and each as the PDF that is printed.

use super::facts::OF_DOSSIER;
use super::receipt::{FORM, Paper};
use super::steps::OFFICERS;
use super::{Desk, receipt};
use crate::error::Result;
use crate::print::facts::{Facts, NotReceived, moment};
use crate::print::form;
use crate::print::template::Template;
use domain::dossier::{Dossier, State, Step};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a paper is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum PaperOf {
    /// A form of a dossier.
    Dossier {
        /// The dossier.
        code: String,
        /// [`FormOffer::form`].
        form: String,
    },
    /// What a volunteer gives to somebody they helped: no receipt, no due moment (officer.md §1.2).
    Draft {
        /// The draft.
        id: String,
    },
    /// The register of a month (form 07).
    Register {
        /// `2026-11`.
        month: String,
    },
    /// The list of results that are handed to the desk and wait for their people.
    Results,
}

/// A form that may be printed for a dossier now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FormOffer {
    /// `01` to `06` of TT 03/2025, or `handover`, `result`, `fee`.
    pub form: String,
    /// Its title.
    pub title: String,
}

/// A paper, made.
pub struct Made {
    /// The file.
    pub pdf: Vec<u8>,
    /// The paper's title.
    pub title: String,
    /// The sheet it is on.
    pub paper: Paper,
    /// What is not sure about its form, in a sentence; empty where nothing is.
    pub doubt: String,
    /// Whether it is marked as a reprint.
    pub reprint: bool,
    /// A name for its file and its print job, without personal data.
    pub name: String,
}

impl Desk {
    /// A paper as it is printed.
    pub fn made(&self, of: &PaperOf, paper: Paper) -> Result<Made> {
        match of {
            PaperOf::Draft { id } => self.filled("help", &self.helped(id)?, paper, "phieu-ho-tro".to_owned()),
            PaperOf::Dossier { code, form } if form == FORM => {
                let (pdf, reprint) = self.receipt_pdf(code, paper)?;
                let title = crate::print::receipt::TITLE.to_owned();
                Ok(Made { pdf, title, paper, doubt: String::new(), reprint, name: code.clone() })
            }
            PaperOf::Dossier { code, form } => {
                self.require(&OFFICERS)?;
                let (_, dossier) = self.located(code)?;
                self.filled(form, &self.facts(form, &dossier)?, paper, format!("{code}-{form}"))
            }
            PaperOf::Register { month } => {
                self.require(&OFFICERS)?;
                self.filled("07", &self.register(month)?, paper, format!("so-theo-doi-{month}"))
            }
            PaperOf::Results => {
                self.require(&OFFICERS)?;
                let facts = self.finished_results()?;
                let name = format!("ban-giao-ket-qua-{}", facts.at.date());
                self.filled("transfer", &facts, paper, name)
            }
        }
    }

    /// Form 02 or 03 for a file that was not received: no dossier, no number, no clock (officer.md §1.3).
    pub fn not_received_paper(&self, form: &str, told: &NotReceived, paper: Paper) -> Result<Made> {
        self.require(&OFFICERS)?;
        self.filled(form, &told.facts(self.office()?), paper, format!("mau-{form}"))
    }

    fn filled(&self, form: &str, facts: &Facts, paper: Paper, name: String) -> Result<Made> {
        let template = self.template(form, facts.at.date())?;
        Ok(Made {
            pdf: form::pdf(&template, facts, paper.into())?,
            title: title(&template, facts),
            paper: template.sheet(paper.into()).into(),
            doubt: self.doubt(&template),
            reprint: facts.reprint.is_some(),
            name,
        })
    }

    /// What a volunteer wrote down for somebody.
    fn helped(&self, id: &str) -> Result<Facts> {
        let draft = self.draft(id)?;
        let mut facts = self.office()?;
        let catalogue = self.catalogue();
        let procedure = draft.procedure.as_deref().and_then(|code| catalogue.named(code));
        let helper = if draft.helper.trim().is_empty() { &self.officer().name } else { &draft.helper };
        for (place, words) in [
            ("applicant", draft.applicant.name.as_str()),
            ("address", &draft.applicant.address),
            ("phone", &draft.applicant.phone),
            ("procedure", procedure.map(|procedure| procedure.name.as_str()).unwrap_or_default()),
            ("helper", helper),
            ("at", &moment(facts.at)),
        ] {
            facts.set(place, words);
        }
        for paper in draft.papers.iter().filter(|paper| paper.originals > 0 || paper.copies > 0) {
            let counted = |count: u16| count.to_string();
            let (originals, copies) = (counted(paper.originals), counted(paper.copies));
            facts.add("papers", [("name", paper.name.clone()), ("originals", originals), ("copies", copies)]);
        }
        Ok(facts)
    }

    /// The forms that make sense for a dossier as it stands.
    pub(super) fn form_offers(&self, dossier: &Dossier) -> Result<Vec<FormOffer>> {
        let mut offers = vec![FormOffer { form: FORM.to_owned(), title: crate::print::receipt::TITLE.to_owned() }];
        let today = self.now()?.date();
        for form in OF_DOSSIER.into_iter().filter(|form| makes_sense(form, dossier)) {
            let template = self.template(form, today)?;
            offers.push(FormOffer { form: form.to_owned(), title: template.title_on(today).to_owned() });
        }
        Ok(offers)
    }
}

fn title(template: &Template, facts: &Facts) -> String {
    template.title_on(facts.at.date()).to_owned()
}

fn makes_sense(form: &str, dossier: &Dossier) -> bool {
    let took = |is: fn(&Step) -> bool| dossier.way().iter().any(|(_, moved)| is(&moved.step));
    match form {
        "02" => took(|step| matches!(step, Step::SupplementAsked { .. })),
        "03" => took(|step| matches!(step, Step::Refused(_))),
        "04" => took(|step| matches!(step, Step::ExtensionDrafted { .. } | Step::Extended { .. })),
        "05" => matches!(dossier.state(), State::Stopped | State::Withdrawn),
        "06" => true,
        "handover" => took(|step| matches!(step, Step::Forwarded(_))),
        "result" => took(|step| matches!(step, Step::Finished { .. } | Step::HandedBack(_))),
        "fee" => dossier.fees().iter().any(|line| !line.cancelled),
        _ => false,
    }
}

impl From<crate::print::receipt::Paper> for receipt::Paper {
    fn from(paper: crate::print::receipt::Paper) -> Self {
        match paper {
            crate::print::receipt::Paper::A5 => Self::A5,
            crate::print::receipt::Paper::A4 => Self::A4,
        }
    }
}
