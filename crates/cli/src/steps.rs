//! `motcua step`: what happens to a dossier after its reception.

use crate::life::{self, Life};
use clap::Subcommand;
use desk::api::dossiers::DossierView;
use desk::api::review::Settle;
use desk::api::steps::{CancelFee, TakeFee};
use desk::api::{Desk, Done};

#[derive(Subcommand)]
pub enum Action {
    /// Put a remark on the timeline.
    Note {
        /// Its words.
        text: String,
    },
    /// Change the applicant's telephone number; "" takes it away.
    Phone {
        /// The new number.
        number: String,
    },
    /// Change the applicant's address; "" takes it away.
    Address {
        /// The new address.
        address: String,
    },
    /// Correct the applicant's name.
    Name {
        /// The right name.
        name: String,
    },
    /// Correct the applicant's personal number; "" takes a wrong one away.
    Number {
        /// The right number.
        number: String,
    },
    /// Take a step in the dossier's life.
    #[command(flatten)]
    Life(Box<Life>),
    /// Write down a fee that was taken.
    Fee {
        /// Đồng.
        amount: String,
        /// Number of the receipt or of the receipt book.
        #[arg(long, default_value = "")]
        receipt: String,
        /// Remark.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Cancel a line of the fee ledger.
    CancelFee {
        /// The line as `show` names it, 12/305.
        line: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Record the result.
    Result {
        /// Number of the document or the decision.
        text: String,
    },
    /// Keep one version of a card.
    Settle {
        /// The card's part: phone, address, name, number, result, status.
        part: String,
        /// The version as `show` names it, 12/305.
        keep: String,
    },
}

/// Carries an action out and answers with the dossier as it then is.
pub fn carry_out(desk: &Desk, code: &str, action: &Action) -> Done<DossierView> {
    let code = code.to_owned();
    match action {
        Action::Note { text } => desk.add_note(&code, text),
        Action::Phone { number } => desk.change_phone(&code, number),
        Action::Address { address } => desk.change_address(&code, address),
        Action::Name { name } => desk.correct_name(&code, name),
        Action::Number { number } => desk.correct_number(&code, number),
        Action::Life(life) => life::take(desk, code, life),
        Action::Fee { amount, receipt, note } => {
            let (amount, receipt, note) = (amount.clone(), receipt.clone(), note.clone());
            desk.take_fee(&TakeFee { code, amount, receipt, note })
        }
        Action::CancelFee { line, reason } => {
            desk.cancel_fee(&CancelFee { code, line: line.clone(), reason: reason.clone() })
        }
        Action::Result { text } => desk.record_result(&code, text),
        Action::Settle { part, keep } => {
            // Whoever types a command has read `show`; what the card holds now is what they choose between.
            let cards = desk.dossier(&code)?.cards;
            let card = cards.into_iter().filter(|card| card.part == *part);
            let shown = card.flat_map(|card| card.versions).map(|version| version.id).collect();
            desk.settle(&Settle { code, part: part.clone(), keep: keep.clone(), shown })
        }
    }
}
