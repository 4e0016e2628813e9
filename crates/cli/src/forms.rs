//! Papers from a terminal: the forms of a dossier, the month's register, and the templates they are printed by.

use crate::answers::Answers;
use crate::session::desk;
use crate::{Arguments, Size};
use clap::Subcommand;
use desk::api::forms::PaperOf;
use desk::api::receipt::{Paper, Written};
use desk::api::templates::FormRow;
use desk::error::Result;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum FormsCommand {
    /// The forms, the regulation each follows, and how sure that is.
    List,
    /// Write the template that holds today into a file, to be adjusted.
    Export {
        /// The form: 02 to 07, handover, transfer, result, fee, help.
        form: String,
        /// The file.
        file: PathBuf,
    },
    /// Take in an adjusted template; it holds from today, or from the later day it names.
    Import {
        /// The file.
        file: PathBuf,
        /// Only check it and draw it, filled with examples, as a picture beside the file.
        #[arg(long)]
        preview: bool,
    },
}

#[derive(Subcommand)]
pub enum ReportCommand {
    /// The register of a month (form 07): PDF, or Excel where the file's name ends with .xlsx.
    Register {
        /// The month, 2026-11.
        #[arg(long)]
        month: String,
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
    /// The results that wait for their people (Phiếu bàn giao kết quả), PDF.
    Results {
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
}

pub fn print(
    arguments: &Arguments,
    answers: &Answers,
    code: &str,
    form: &str,
    size: Size,
    out: &Path,
) -> Result<ExitCode> {
    let paper = match size {
        Size::A5 => Paper::A5,
        Size::A4 => Paper::A4,
    };
    let of = PaperOf::Dossier { code: code.to_owned(), form: form.to_owned() };
    let desk = desk(arguments)?;
    let written = if ends_with(out, "png") {
        desk.paper_to_picture(&of, paper, out)?
    } else {
        desk.paper_to_file(&of, paper, out)?.0
    };
    Ok(file(answers, &written))
}

pub fn report(arguments: &Arguments, answers: &Answers, what: &ReportCommand) -> Result<ExitCode> {
    let desk = desk(arguments)?;
    let written = match what {
        ReportCommand::Register { month, out } if ends_with(out, "xlsx") => desk.register_workbook(month, out)?,
        ReportCommand::Register { month, out } => {
            desk.paper_to_file(&PaperOf::Register { month: month.clone() }, Paper::A4, out)?.0
        }
        ReportCommand::Results { out } => desk.paper_to_file(&PaperOf::Results, Paper::A4, out)?.0,
    };
    Ok(file(answers, &written))
}

pub fn forms(arguments: &Arguments, answers: &Answers, what: &FormsCommand) -> Result<ExitCode> {
    let desk = desk(arguments)?;
    match what {
        FormsCommand::List => {
            let rows = desk.forms()?;
            let line = |row: &FormRow| {
                let FormRow { form, title, source, from, doubt, .. } = row;
                let own = if row.own { answers.words("cli_form_own", &[]) } else { String::new() };
                let doubt = if doubt.is_empty() { String::new() } else { format!("    ! {doubt}\n") };
                format!("{form}  {title}\n    {source}, {from} [{:?}] {own}\n{doubt}", row.confidence)
            };
            Ok(answers.say(&json!(rows), &rows.iter().map(line).collect::<String>()))
        }
        FormsCommand::Export { form, file: out } => Ok(file(answers, &desk.export_form(form, out)?)),
        FormsCommand::Import { file, preview } => {
            let picture = preview.then(|| file.with_extension("png"));
            let (imported, _) = desk.import_form(file, *preview, picture.as_deref())?;
            let params = [
                ("form", imported.row.form.clone()),
                ("title", imported.row.title.clone()),
                ("from", imported.row.from.clone()),
                ("picture", imported.picture.clone().unwrap_or_default()),
            ];
            let said = answers.words(if *preview { "cli_form_preview" } else { "cli_form_imported" }, &params);
            Ok(answers.say(&json!(imported), &said))
        }
    }
}

fn ends_with(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|known| known.eq_ignore_ascii_case(extension))
}

fn file(answers: &Answers, written: &Written) -> ExitCode {
    answers.say(&json!({ "file": written.file, "bytes": written.bytes }), &written.file)
}
