//! The register of a month (form 07, Sổ theo dõi hồ sơ), live from the store, on paper and as a workbook; and the list of
//! results that wait for their people.

use super::facts::{delivery, results, when};
use super::receipt::Written;
use super::steps::OFFICERS;
use super::{Desk, printing};
use crate::error::{Code, Error, Result};
use crate::place::write_durably;
use crate::print::facts::{Facts, day};
use crate::print::receipt::Standing;
use crate::print::workbook;
use crate::store::{dossiers, ops::At};
use crate::texts::{Language, text};
use domain::dossier::{Delivery, Dossier, ResultAt, State, Step};
use domain::person::Phone;
use jiff::ToSpan;
use jiff::civil::Date;
use rusqlite::Connection;
use std::path::Path;

impl Desk {
    /// Writes the register of a month, `2026-11`, as an Excel workbook.
    pub fn register_workbook(&self, month: &str, file: &Path) -> Result<Written> {
        self.require(&OFFICERS)?;
        let facts = self.register(month)?;
        let bytes = workbook::write(&self.template("07", facts.at.date())?, &facts)?;
        write_durably(file, &bytes)?;
        Ok(Written { file: file.display().to_string(), bytes: bytes.len() as u64 })
    }

    /// The same into the person's documents folder.
    pub fn save_workbook(&self, month: &str) -> Result<Written> {
        let (first, _) = self.month(month)?;
        let name = format!("so-theo-doi-{:04}-{:02}.xlsx", first.year(), first.month());
        self.register_workbook(month, &printing::documents()?.join(name))
    }

    pub(super) fn register(&self, month: &str) -> Result<Facts> {
        let (first, next) = self.month(month)?;
        let (from, to) = (first.to_string(), next.to_string());
        let mut facts = self.office()?;
        // The register of a month holds the form of its last day.
        facts.at = next.saturating_sub(1.day()).at(23, 59, 59, 0).min(facts.at);
        let words = [("month", format!("{:02}", first.month())), ("year", first.year().to_string())];
        facts.set("month", text(Language::Vietnamese, "month_of_year", &words));
        self.rows(&mut facts, |connection| dossiers::received_between(connection, &from, &to))?;
        Ok(facts)
    }

    /// The dossiers that are finished and not fetched.
    pub(super) fn finished_results(&self) -> Result<Facts> {
        let mut facts = self.office()?;
        facts.set("by", self.officer.name.clone());
        self.rows(&mut facts, |connection| dossiers::in_state(connection, State::Finished.number()))?;
        Ok(facts)
    }

    /// The first day of a month and of the next.
    fn month(&self, typed: &str) -> Result<(Date, Date)> {
        let wrong = || Error::new(Code::FieldWrong).with("field", "month");
        let first: Date = format!("{}-01", typed.trim()).parse().map_err(|error| wrong().because(error))?;
        let next = first.checked_add(1.month()).map_err(|error| wrong().because(error))?;
        Ok((first, next))
    }

    fn rows(&self, facts: &mut Facts, which: impl Fn(&Connection) -> Result<Vec<At>>) -> Result<()> {
        let found = self.store.read(|connection| {
            let all = which(connection)?.into_iter().map(|at| dossiers::load(connection, at));
            all.collect::<Result<Vec<Option<Dossier>>>>()
        })?;
        let commune = self.committee()?;
        let mut provisional = false;
        for dossier in found.into_iter().flatten() {
            let code = &dossier.received().code;
            provisional |= dossier.aliases().is_empty() && !matches!(self.standing(code)?, Standing::Official { .. });
            facts.add("dossiers", row(&dossier, &commune));
        }
        if provisional {
            facts.set("provisional", text(Language::Vietnamese, "number_provisional", &[]));
        }
        Ok(())
    }
}

/// A line of the register.
fn row(dossier: &Dossier, agency: &str) -> Vec<(&'static str, String)> {
    let say = |key: &str| text(Language::Vietnamese, key, &[]);
    let (received, applicant) = (dossier.received(), dossier.applicant());
    let returned = dossier.way().iter().rev().find_map(|(stamp, moved)| match &moved.step {
        Step::HandedBack(recipient) if dossier.state() == State::HandedBack => {
            Some((when(stamp, moved), recipient.delivery))
        }
        _ => None,
    });
    let by_post = received.result_at == ResultAt::Post;
    let method = match (returned, by_post) {
        (Some((_, how)), _) => delivery(how),
        (None, true) => delivery(Delivery::Post),
        (None, false) => delivery(Delivery::Counter),
    };
    let paper = |paper: &domain::dossier::ResultPaper| {
        if paper.number.is_empty() { paper.name.clone() } else { format!("{}, {}", paper.name, paper.number) }
    };
    let papers: Vec<String> = results(dossier).iter().map(paper).collect();
    let mark = |is: bool| if is { "X".to_owned() } else { String::new() };
    let mut notes = Vec::new();
    if matches!(dossier.state(), State::Refused | State::Withdrawn | State::Stopped) {
        notes.push(say(&format!("state_{}", dossier.state().number())));
    }
    if dossier.extended()
        && let Some(due) = dossier.due()
    {
        notes.push(text(Language::Vietnamese, "register_extended", &[("day", day(due.date()))]));
    }
    vec![
        ("code", dossier.aliases().last().unwrap_or(&received.code).as_str().to_owned()),
        ("procedure", received.procedure.name.clone()),
        ("sets", format!("{:02}", received.sets)),
        ("applicant", applicant.name.as_str().to_owned()),
        ("address", applicant.address.clone()),
        ("phone", applicant.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned()),
        ("agency", agency.to_owned()),
        ("received", day(received.at.date())),
        ("due", received.due.map(|due| day(due.date())).unwrap_or_default()),
        ("returned", returned.map(|(at, _)| day(at.date())).unwrap_or_default()),
        ("method", say(method)),
        ("result", if papers.is_empty() { dossier.result().to_owned() } else { papers.join("; ") }),
        ("fee", mark(dossier.paid().0 > 0)),
        ("post", mark(by_post)),
        ("note", notes.join("; ")),
    ]
}
