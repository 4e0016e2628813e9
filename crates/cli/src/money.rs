//! `motcua fees`, `motcua cash` and `motcua step CODE fee`: what dossiers owe, what is taken, the till.

use crate::answers::Answers;
use clap::{Args, Subcommand, ValueEnum};
use desk::api::dossiers::DossierView;
use desk::api::fee_rules::{FeeRuleRow, SetFee};
use desk::api::fees::{FeesView, MeansInput, OwedLine, StageInput, TakeFee};
use desk::api::payment::Account;
use desk::api::till::{CloseRow, CloseTill, PayIn, TillRow, TillView};
use desk::api::{Desk, Done};
use desk::error::{Code, Error, Result};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum Fees {
    /// What a dossier owes and what was taken.
    Show {
        /// Its number or official code.
        code: String,
    },
    /// Keep an amount that the province decided, so that it is proposed.
    Set {
        /// National code of the procedure.
        procedure: String,
        /// The case of its fee line, or a part of it that names one alone.
        #[arg(long, default_value = "")]
        case: String,
        /// Đồng.
        #[arg(long)]
        amount: String,
        /// The resolution.
        #[arg(long)]
        source: String,
        /// First day it holds, 2026-01-01; today where not given.
        #[arg(long, default_value = "")]
        from: String,
    },
    /// Write amounts and exemptions to a file.
    Export {
        /// The file.
        file: PathBuf,
    },
    /// Take in amounts and exemptions from a file.
    Import {
        /// The file.
        file: PathBuf,
        /// Only show what it would change.
        #[arg(long)]
        preview: bool,
    },
    /// Set the account fees are transferred to; --account "" takes it away.
    Account {
        /// The bank's six-digit number (BIN).
        #[arg(long, default_value = "")]
        bank: String,
        /// The account.
        #[arg(long)]
        account: String,
        /// Whose it is.
        #[arg(long, default_value = "")]
        holder: String,
    },
    /// Draw the payment code (VietQR) of an amount for a dossier.
    Qr {
        /// Its number or official code.
        code: String,
        /// Đồng.
        #[arg(long)]
        amount: String,
        /// The picture, a PNG file.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum Cash {
    /// The present shift and the closes.
    Show,
    /// Close the till.
    Close {
        /// The cash that was counted, in đồng.
        #[arg(long, default_value = "")]
        counted: String,
        /// Why that is not what should be there.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Write down that money of a close was paid in.
    PaidIn {
        /// The close as `show` names it, 12/305.
        close: String,
        /// Đồng.
        amount: String,
        /// Number of the document that shows it.
        #[arg(long)]
        document: String,
    },
}

/// A fee that was taken.
#[derive(Args)]
pub struct Fee {
    /// Đồng; what its line asks for where not given.
    #[arg(default_value = "")]
    amount: String,
    /// Number of the receipt in the real book.
    #[arg(long, default_value = "")]
    receipt: String,
    /// Remark.
    #[arg(long, default_value = "")]
    note: String,
    /// The fee line as `fees show` counts them, from 1.
    #[arg(long, default_value_t = 0)]
    line: u32,
    /// How many copies, papers or cases.
    #[arg(long, default_value_t = 0)]
    copies: u32,
    /// Pages of the original.
    #[arg(long, default_value_t = 0)]
    pages: u32,
    /// Why nothing is paid, by its code in `fees show`.
    #[arg(long, default_value = "")]
    exempt: String,
    /// What was shown for it.
    #[arg(long, default_value = "")]
    proof: String,
    /// The resolution that gives an amount the catalogue does not know.
    #[arg(long, default_value = "")]
    source: String,
    /// Propose that amount from now on.
    #[arg(long)]
    keep: bool,
    /// Paid by transfer: it counts once somebody has confirmed it.
    #[arg(long, conflicts_with = "given")]
    transfer: bool,
    /// Cash put on the counter.
    #[arg(long, default_value = "")]
    given: String,
    /// When in the dossier's life; as its state says where not given.
    #[arg(long)]
    stage: Option<Stage>,
    /// Questions answered yes beforehand, by their codes; say it again for each.
    #[arg(long = "yes")]
    answered: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Stage {
    Reception,
    Supplement,
    HandBack,
}

/// Takes a fee. Questions that are open refuse it; `--yes CODE` answers them.
pub fn take(desk: &Desk, code: String, fee: &Fee) -> Done<DossierView> {
    let input = TakeFee {
        code,
        amount: fee.amount.clone(),
        receipt: fee.receipt.clone(),
        note: fee.note.clone(),
        line: fee.line,
        copies: fee.copies,
        pages: fee.pages,
        exemption: fee.exempt.clone(),
        proof: fee.proof.clone(),
        source: fee.source.clone(),
        keep: fee.keep,
        means: if fee.transfer { MeansInput::Transfer } else { MeansInput::Cash },
        given: fee.given.clone(),
        stage: fee.stage.map(|stage| match stage {
            Stage::Reception => StageInput::Reception,
            Stage::Supplement => StageInput::Supplement,
            Stage::HandBack => StageInput::HandBack,
        }),
        answered: fee.answered.clone(),
    };
    let (taken, changes) = desk.take_fee(&input)?;
    if let Some(question) = taken.questions.first() {
        return Err(Error::new(Code::AnswerFirst).with("question", &question.text).with("code", &question.code));
    }
    Ok((taken.dossier, changes))
}

/// `motcua fees`.
pub fn fees(desk: &Desk, answers: &Answers, command: &Fees) -> Result<ExitCode> {
    match command {
        Fees::Show { code } => {
            let view = desk.fees_of(code)?;
            Ok(answers.say(&json!(view), &owed(answers, &view)))
        }
        Fees::Set { procedure, case, amount, source, from } => {
            let [procedure, case, amount, source, from] = [procedure, case, amount, source, from].map(Clone::clone);
            let (rows, _) = desk.set_fee(&SetFee { procedure, case, amount, source, from })?;
            Ok(changed(answers, &rows, false))
        }
        Fees::Export { file } => {
            let rows = desk.export_fees(file)?;
            let document = json!({ "file": file.display().to_string(), "rows": rows });
            Ok(answers.say(&document, &file.display().to_string()))
        }
        Fees::Import { file, preview } => {
            let (rows, _) = desk.import_fees(file, *preview)?;
            Ok(changed(answers, &rows, *preview))
        }
        Fees::Account { bank, account, holder } => {
            let [bank, account, holder] = [bank, account, holder].map(Clone::clone);
            let (view, _) = desk.set_account(&Account { bank, account, holder })?;
            let said = match &view {
                Some(view) => format!("{} {} {}\n{}", view.bank, view.account, view.holder, view.warning),
                None => answers.words("account_none", &[]),
            };
            Ok(answers.say(&json!(view), said.trim_end()))
        }
        Fees::Qr { code, amount, out } => {
            let view = desk.write_payment_code(code, amount, out)?;
            let document = json!({ "file": out.display().to_string(), "text": view.text, "purpose": view.purpose,
                "amount": view.amount, "warning": view.account.warning });
            let said = [&view.text, &view.words, &view.waits, &view.account.warning].map(String::as_str).join("\n");
            Ok(answers.say(&document, said.trim_end()))
        }
    }
}

fn changed(answers: &Answers, rows: &[FeeRuleRow], preview: bool) -> ExitCode {
    let mut said: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let none = answers.words("fee_rule_none", &[]);
    if said.is_empty() {
        said.push(&none);
    }
    answers.say(&json!({ "changes": rows, "preview": preview }), &said.join("\n"))
}

fn owed(answers: &Answers, view: &FeesView) -> String {
    let line = |line: &OwedLine| {
        let exempt = line.exemptions.iter().map(|reason| format!("\n     {} – {}", reason.code, reason.name));
        format!("{}. {}: {}, {}", line.place, line.name, line.kind, line.price) + &exempt.collect::<String>()
    };
    let mut said: Vec<String> = view.lines.iter().map(line).collect();
    for row in &view.taken {
        let mark = if row.cancelled { "×" } else { " " };
        said.push(format!("{mark} {}  {}  {}  {}", row.id, row.amount, row.text, row.receipt));
    }
    said.push(answers.words("fees_paid", &[("amount", view.paid.clone())]));
    if !view.awaited.is_empty() {
        said.push(answers.words("fees_awaited", &[("amount", view.awaited.clone())]));
    }
    said.join("\n")
}

/// `motcua cash`.
pub fn cash(desk: &Desk, answers: &Answers, command: &Cash) -> Result<ExitCode> {
    let view = match command {
        Cash::Show => desk.till()?,
        Cash::Close { counted, reason } => {
            desk.close_till(&CloseTill { counted: counted.clone(), reason: reason.clone() })?.0
        }
        Cash::PaidIn { close, amount, document } => {
            let [close, amount, document] = [close, amount, document].map(Clone::clone);
            desk.pay_in(&PayIn { close, amount, document })?.0
        }
    };
    Ok(answers.say(&json!(view), &till(answers, &view)))
}

fn till(answers: &Answers, view: &TillView) -> String {
    let line = |row: &TillRow| {
        format!("{}  {}  {}  {}  {}  {}", row.id, row.code, row.amount, row.state_text, row.receipt, row.by)
    };
    let mut said: Vec<String> = view.lines.iter().map(line).collect();
    let sums = [("cash", &view.cash), ("confirmed", &view.confirmed), ("waiting", &view.waiting)];
    let sums = [&sums[..], &[("expected", &view.expected)]].concat();
    let sums: Vec<(&'static str, String)> = sums.into_iter().map(|(key, amount)| (key, amount.clone())).collect();
    said.push(answers.words("till_sums", &sums));
    let close = |row: &CloseRow| {
        let params = [
            ("id", row.id.clone()),
            ("counter", row.counter.clone()),
            ("by", row.by.clone()),
            ("at", row.at.clone()),
            ("expected", row.expected.clone()),
        ];
        let more = [&row.difference, &row.reason].into_iter().chain(&row.paid_in).filter(|words| !words.is_empty());
        more.fold(answers.words("till_closed", &params), |said, words| format!("{said} · {words}"))
    };
    said.extend(view.closes.iter().map(close));
    said.join("\n")
}
