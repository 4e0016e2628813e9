//! `motcua step`: what happens to a dossier after its reception.

use crate::life::{self, Life};
use crate::money::{self, Fee};
use clap::Subcommand;
use desk::api::dossiers::DossierView;
use desk::api::fees::{CancelFee, ConfirmFee};
use desk::api::review::Settle;
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
    Fee(Box<Fee>),
    /// Write down that a transfer was seen to have arrived.
    ConfirmFee {
        /// The line as `show` names it, 12/305.
        line: String,
        /// The last digits of the transaction.
        #[arg(long, default_value = "")]
        reference: String,
    },
    /// Cancel a line of the fee ledger.
    CancelFee {
        /// The line as `show` names it, 12/305.
        line: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// How many copies (liên) of the receipt are kept, where it is made void on its own day.
        #[arg(long, default_value_t = 0)]
        copies_kept: u8,
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
        Action::Fee(fee) => money::take(desk, code, fee),
        Action::ConfirmFee { line, reference } => {
            desk.confirm_fee(&ConfirmFee { code, line: line.clone(), reference: reference.clone() })
        }
        Action::CancelFee { line, reason, copies_kept } => {
            let (line, reason) = (line.clone(), reason.clone());
            desk.cancel_fee(&CancelFee { code, line, reason, copies_kept: *copies_kept })
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
