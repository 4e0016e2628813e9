//! `motcua step CODE …`: the steps of a dossier's life.

use crate::commands::counted;
use clap::{Args, Subcommand, ValueEnum};
use desk::api::dossiers::DossierView;
use desk::api::life::{CapacityInput, DeliveryInput, ResultInput, StepInput, TakeStep};
use desk::api::{Desk, Done};
use desk::error::{Code, Error, Result};

#[derive(Subcommand)]
pub enum Life {
    /// Accept a dossier that was handed in online.
    Accept(More),
    /// Refuse a dossier that was handed in online (form 03).
    Refuse {
        #[command(flatten)]
        grounds: Grounds,
        #[command(flatten)]
        more: More,
    },
    /// Hand it over to the unit that settles it (form 06).
    Forward {
        /// The unit that takes it.
        #[arg(long)]
        unit: String,
        /// Who takes it.
        #[arg(long)]
        to: String,
        /// Who gives it; the officer at work where it is left out.
        #[arg(long, default_value = "")]
        from: String,
        #[command(flatten)]
        more: More,
    },
    /// Ask the citizen for papers (form 02); the time stands still until they come.
    AskPapers {
        /// One thing that is missing; say it again for each.
        #[arg(long = "item", required = true)]
        items: Vec<String>,
        /// The agency that asks; the commune's own where it is left out.
        #[arg(long, default_value = "")]
        agency: String,
        #[command(flatten)]
        grounds: Grounds,
        #[command(flatten)]
        more: More,
    },
    /// The papers came.
    PapersCame {
        /// One paper with its originals and copies, `Tờ khai=1,0`; say it again for each.
        #[arg(long = "paper")]
        papers: Vec<String>,
        #[command(flatten)]
        more: More,
    },
    /// Ask the citizen to pay; the time stands still until it is done.
    AskPayment {
        /// What is to be paid.
        what: String,
        /// Đồng.
        #[arg(long, default_value = "")]
        amount: String,
        #[command(flatten)]
        more: More,
    },
    /// The payment was made.
    Paid {
        /// What shows it.
        proof: String,
        #[command(flatten)]
        more: More,
    },
    /// Draft an apology with a new due moment (form 04), for the head of the resolving agency to sign.
    DraftExtension {
        /// Why.
        #[arg(long)]
        reason: String,
        /// The new due moment; proposed by the working calendar where it is left out.
        #[arg(long, default_value = "")]
        due: String,
        #[command(flatten)]
        more: More,
    },
    /// The extension was signed.
    Extend {
        /// Who signed.
        #[arg(long)]
        signer: String,
        /// Number of the document.
        #[arg(long, default_value = "")]
        number: String,
        /// The new due moment; the draft's where it is left out.
        #[arg(long, default_value = "")]
        due: String,
        #[command(flatten)]
        more: More,
    },
    /// Stop it (form 05).
    Stop {
        /// Number of the notice.
        #[arg(long, default_value = "")]
        number: String,
        #[command(flatten)]
        grounds: Grounds,
        #[command(flatten)]
        more: More,
    },
    /// The citizen withdraws it (form 05).
    Withdraw {
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        more: More,
    },
    /// It is settled.
    Finish {
        /// One result, `Giấy khai sinh=45/2026,2026-11-20`; number and date may be left out; say it again for each.
        #[arg(long = "result", required = true)]
        results: Vec<String>,
        #[command(flatten)]
        more: More,
    },
    /// Hand the result over.
    HandBack {
        /// In which capacity somebody takes it.
        #[arg(long, value_enum, default_value_t = Capacity::Applicant)]
        capacity: Capacity,
        /// Their name, where it is not known already.
        #[arg(long, default_value = "")]
        name: String,
        /// Their personal number.
        #[arg(long, default_value = "")]
        number: String,
        /// The authorisation.
        #[arg(long, default_value = "")]
        authorisation: String,
        /// How it reaches them.
        #[arg(long, value_enum, default_value_t = Delivery::Counter)]
        by: Delivery,
        /// The printed receipt was given back.
        #[arg(long)]
        receipt: bool,
        #[command(flatten)]
        more: More,
    },
    /// Reopen it to correct a mistake.
    Reopen {
        /// What was wrong.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        more: More,
    },
}

/// What every step may say.
#[derive(Args)]
pub struct More {
    /// When it happened, where it is entered later: 2026-11-22T09:15.
    #[arg(long, default_value = "")]
    at: String,
    /// Remark.
    #[arg(long, default_value = "")]
    note: String,
    /// Questions answered yes beforehand, by their codes; say it again for each.
    #[arg(long = "yes")]
    answered: Vec<String>,
}

/// Reason and legal basis.
#[derive(Args)]
pub struct Grounds {
    /// Why.
    #[arg(long)]
    reason: String,
    /// Legal basis.
    #[arg(long, default_value = "")]
    basis: String,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Capacity {
    Applicant,
    Submitter,
    Authorised,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Delivery {
    Counter,
    Post,
    Electronic,
}

/// Takes a step. Questions that are open refuse it; `--yes CODE` answers them.
pub fn take(desk: &Desk, code: String, life: &Life) -> Done<DossierView> {
    let (step, more) = input(life)?;
    let More { at, note, answered } = more;
    let (taken, changes) =
        desk.take_step(&TakeStep { code, step, at: at.clone(), note: note.clone(), answered: answered.clone() })?;
    if let Some(question) = taken.questions.first() {
        return Err(Error::new(Code::AnswerFirst).with("question", &question.text).with("code", &question.code));
    }
    Ok((taken.dossier, changes))
}

fn input(life: &Life) -> Result<(StepInput, &More)> {
    Ok(match life {
        Life::Accept(more) => (StepInput::Accept, more),
        Life::Refuse { grounds: Grounds { reason, basis }, more } => {
            (StepInput::Refuse { reason: reason.clone(), basis: basis.clone() }, more)
        }
        Life::Forward { unit, to, from, more } => {
            (StepInput::Forward { unit: unit.clone(), giver: from.clone(), receiver: to.clone() }, more)
        }
        Life::AskPapers { items, agency, grounds: Grounds { reason, basis }, more } => {
            let (agency, items) = (agency.clone(), items.clone());
            (StepInput::AskPapers { agency, items, reason: reason.clone(), basis: basis.clone() }, more)
        }
        Life::PapersCame { papers, more } => {
            let papers = papers.iter().map(|paper| counted(paper, &[])).collect::<Result<_>>()?;
            (StepInput::PapersCame { papers }, more)
        }
        Life::AskPayment { what, amount, more } => {
            (StepInput::AskPayment { what: what.clone(), amount: amount.clone() }, more)
        }
        Life::Paid { proof, more } => (StepInput::Paid { proof: proof.clone() }, more),
        Life::DraftExtension { reason, due, more } => {
            (StepInput::DraftExtension { reason: reason.clone(), due: due.clone() }, more)
        }
        Life::Extend { signer, number, due, more } => {
            let (due, number) = (due.clone(), number.clone());
            (StepInput::Extend { due, number, signer: signer.clone() }, more)
        }
        Life::Stop { number, grounds: Grounds { reason, basis }, more } => {
            (StepInput::Stop { reason: reason.clone(), basis: basis.clone(), number: number.clone() }, more)
        }
        Life::Withdraw { reason, more } => (StepInput::Withdraw { reason: reason.clone() }, more),
        Life::Finish { results, more } => {
            (StepInput::Finish { results: results.iter().map(|text| result(text)).collect() }, more)
        }
        Life::HandBack { capacity, name, number, authorisation, by, receipt, more } => {
            let capacity = match capacity {
                Capacity::Applicant => CapacityInput::Applicant,
                Capacity::Submitter => CapacityInput::Submitter,
                Capacity::Authorised => CapacityInput::Authorised,
            };
            let delivery = match by {
                Delivery::Counter => DeliveryInput::Counter,
                Delivery::Post => DeliveryInput::Post,
                Delivery::Electronic => DeliveryInput::Electronic,
            };
            let (name, number, authorisation) = (name.clone(), number.clone(), authorisation.clone());
            (StepInput::HandBack { name, number, capacity, authorisation, delivery, receipt_back: *receipt }, more)
        }
        Life::Reopen { reason, more } => (StepInput::Reopen { reason: reason.clone() }, more),
    })
}

/// `Giấy khai sinh=45/2026,2026-11-20`.
fn result(text: &str) -> ResultInput {
    let (name, rest) = text.split_once('=').unwrap_or((text, ""));
    let (number, dated) = rest.split_once(',').unwrap_or((rest, ""));
    ResultInput { name: name.to_owned(), number: number.to_owned(), dated: dated.to_owned() }
}
