//! The forms' templates: which hold, taken out to be adjusted, and taken in again.

use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::place::write_durably;
use crate::print::form;
use crate::print::template::{self, Confidence, Day, Template};
use crate::store::templates;
use crate::texts::text;
use jiff::civil::Date;
use protocol::fields::Role;
use serde::Serialize;
use std::path::Path;

/// No template is anywhere near this long.
const LONGEST: u64 = 256 * 1024;
/// Dots per inch of a picture that is to be judged.
const DPI: u16 = 110;

/// A form and the template that holds for it.
#[derive(Debug, Clone, Serialize)]
pub struct FormRow {
    /// `02` to `07`, or the office's own: `handover`, `transfer`, `result`, `fee`, `help`.
    pub form: String,
    /// Its title.
    pub title: String,
    /// The regulation it follows.
    pub source: String,
    /// First day the template holds, `2025-09-15`.
    pub from: String,
    /// Last day, where one is known.
    pub to: Option<String>,
    /// `H`, `M`, `L`.
    pub confidence: Confidence,
    /// What is not sure about it, empty where nothing is.
    pub doubt: String,
    /// Whether it was taken in here and did not ship with the program.
    pub own: bool,
}

/// A template that was taken in, or shown first.
#[derive(Debug, Clone, Serialize)]
pub struct FormImported {
    /// What holds from then on.
    #[serde(flatten)]
    pub row: FormRow,
    /// The picture of it, filled with examples.
    pub picture: Option<String>,
    /// Whether it was only shown.
    pub preview: bool,
}

impl Desk {
    /// The forms of a day, in the order of their numbers. Form 01 is no template.
    pub fn forms(&self) -> Result<Vec<FormRow>> {
        let today = self.now()?.date();
        let stored = self.stored_templates()?;
        let rows = template::shipped().iter().map(|shipped| {
            let held = choose(&shipped.form, today, &stored).unwrap_or(shipped);
            row(held, today, !std::ptr::eq(held, shipped) && held != shipped)
        });
        Ok(rows.collect())
    }

    /// Writes the template that holds today into a file, to be adjusted.
    pub fn export_form(&self, form: &str, file: &Path) -> Result<super::receipt::Written> {
        let held = self.template(form, self.now()?.date())?;
        let body = written(&held)?;
        write_durably(file, body.as_bytes())?;
        Ok(super::receipt::Written { file: file.display().to_string(), bytes: body.len() as u64 })
    }

    /// Takes in a template: it holds from its own first day on, and never before today, so that what was printed keeps its form.
    /// `preview` only checks it; either way a picture of it is drawn where one is asked for.
    pub fn import_form(&self, file: &Path, preview: bool, picture: Option<&Path>) -> Done<FormImported> {
        self.require(&[Role::Administrator])?;
        let unreadable = || Error::new(Code::FileUnreadable).with("file", file.display());
        let size = std::fs::metadata(file).map_err(|error| unreadable().because(error))?.len();
        if size > LONGEST {
            return Err(Error::new(Code::TemplateUnreadable).with("line", 1));
        }
        let body = std::fs::read_to_string(file).map_err(|error| unreadable().because(error))?;
        let mut read = template::read(&body)?;
        let today = self.now()?.date();
        read.from = read.from.max(Day(today));
        read.earlier.clear();
        if read.to.is_some_and(|to| to < read.from) {
            return Err(Error::new(Code::TemplateUnreadable).with("line", 1));
        }
        if let Some(picture) = picture {
            write_durably(picture, &form::example(&read, DPI)?)?;
        }
        let row = row(&read, today.max(read.from.0), true);
        let picture = picture.map(|picture| picture.display().to_string());
        let imported = FormImported { row, picture, preview };
        if preview {
            return Ok((imported, Default::default()));
        }
        let (body, now_ms) = (written(&read)?, self.now_ms());
        let from = read.from.0.to_string();
        let ((), changes) = self.write(|writing| templates::add(writing, &read.form, &from, &body, now_ms))?;
        Ok((imported, changes))
    }

    /// The template of a form that holds on a day; of what was printed before the oldest, that one.
    pub(super) fn template(&self, form: &str, day: Date) -> Result<Template> {
        let stored = self.stored_templates()?;
        let shipped = template::shipped().iter().find(|template| template.form == form);
        let shipped = shipped.ok_or_else(|| Error::new(Code::TemplateForm).with("form", form))?;
        Ok(choose(form, day, &stored).unwrap_or(shipped).clone())
    }

    fn stored_templates(&self) -> Result<Vec<Template>> {
        let bodies = self.store.read(templates::bodies)?;
        // One that a later release no longer understands does not keep the others from being printed.
        Ok(bodies.iter().filter_map(|body| template::read(body).ok()).collect())
    }

    /// What is not sure about a template, as a sentence; empty where nothing is.
    pub(super) fn doubt(&self, template: &Template) -> String {
        if template.doubt.is_empty() {
            return String::new();
        }
        text(self.language(), "form_doubt", &[("doubt", template.doubt.clone())])
    }
}

/// Of the templates of a form that hold on a day the one with the latest first day; of several the one taken in last.
fn choose<'a>(form: &str, day: Date, stored: &'a [Template]) -> Option<&'a Template> {
    let all = template::shipped().iter().chain(stored.iter().rev());
    let holding = all.filter(|template| template.form == form).filter_map(|t| Some((t.since(day)?, t)));
    holding.max_by_key(|(since, _)| *since).map(|(_, template)| template)
}

fn row(template: &Template, day: Date, own: bool) -> FormRow {
    FormRow {
        form: template.form.clone(),
        title: template.title_on(day).to_owned(),
        source: template.source_on(day).to_owned(),
        from: template.from.0.to_string(),
        to: template.to.map(|to| to.0.to_string()),
        confidence: template.confidence,
        doubt: template.doubt.clone(),
        own,
    }
}

fn written(template: &Template) -> Result<String> {
    let body = serde_json::to_string_pretty(template);
    body.map(|body| body + "\n").map_err(|error| Error::new(Code::Internal).because(error))
}
