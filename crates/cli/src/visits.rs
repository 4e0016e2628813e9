//! Visits that end without a dossier: `motcua turn-away`, `motcua list --not-received`.

use crate::answers::Answers;
use clap::ValueEnum;
use desk::api::Desk;
use desk::api::drafts::Draft;
use desk::api::not_received::{NotReceivedDay, NotReceivedInput, NotReceivedRow, OutcomeInput, TurnAway};
use desk::api::people::PersonInput;
use desk::api::scan;
use desk::error::Result;
use serde_json::json;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct TurnAwayArguments {
    /// How the visit ends: form 02, form 03, or only asked.
    #[arg(long)]
    outcome: Outcome,
    /// Procedure code.
    #[arg(long)]
    procedure: String,
    /// Who came: a card's text as a scanner typed it.
    #[arg(long, conflicts_with = "name")]
    card_text: Option<String>,
    /// Who came: the name alone.
    #[arg(long, default_value = "")]
    name: String,
    /// Telephone.
    #[arg(long, default_value = "")]
    phone: String,
    /// A paper that is missing. May be repeated.
    #[arg(long = "missing", value_name = "PAPER")]
    missing: Vec<String>,
    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
    /// Legal basis.
    #[arg(long, default_value = "")]
    basis: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Outcome {
    Supplement,
    Refused,
    Asked,
}

/// Writes a visit down and says what the citizen takes home.
pub fn turn_away(desk: &Desk, answers: &Answers, input: &TurnAwayArguments) -> Result<ExitCode> {
    let applicant = match &input.card_text {
        Some(text) => {
            PersonInput { phone: input.phone.clone(), ..PersonInput::from(&scan::card(answers.language, text)?) }
        }
        None => PersonInput { name: input.name.clone(), phone: input.phone.clone(), ..PersonInput::default() },
    };
    let visit = TurnAway {
        draft: Draft { applicant, procedure: Some(input.procedure.clone()), sets: 1, ..Draft::default() },
        outcome: match input.outcome {
            Outcome::Supplement => OutcomeInput::Supplement,
            Outcome::Refused => OutcomeInput::Refused,
            Outcome::Asked => OutcomeInput::Asked,
        },
        missing: input.missing.clone(),
        reason: input.reason.clone(),
        basis: input.basis.clone(),
    };
    let (row, _) = desk.turn_away(&visit)?;
    Ok(answers.say(&json!(row), &row.sheet.join("\n")))
}

/// Lists visits with their counts by day.
pub fn list(desk: &Desk, answers: &Answers, first: &str, last: &str) -> Result<ExitCode> {
    let list = desk.not_received(&NotReceivedInput { first: first.to_owned(), last: last.to_owned() })?;
    let day = |day: &NotReceivedDay| {
        let params = [
            ("date", day.date.clone()),
            ("supplement", day.supplement.to_string()),
            ("refused", day.refused.to_string()),
            ("asked", day.asked.to_string()),
        ];
        answers.words("cli_not_received_day", &params)
    };
    let line = |row: &NotReceivedRow| format!("  {}  {}  {}  {}", row.at, row.outcome_text, row.person, row.procedure);
    let said: Vec<String> = list.days.iter().map(day).chain(list.rows.iter().map(line)).collect();
    Ok(answers.say(&json!(list), &said.join("\n")))
}
