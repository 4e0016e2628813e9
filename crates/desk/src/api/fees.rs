//! The fees of a dossier: what it owes, what is taken, confirmed and cancelled.

use super::drafts::Channel as ChannelView;
use super::life::StepTaken;
use super::steps::{OFFICERS, amount, name, named};
use super::timeline::{at, by};
use super::{Desk, Done, catalogue, dossiers::DossierView, fee_rules, payment};
use crate::error::{Code, Error, Result};
use crate::texts::{Language, text};
use domain::catalogue::Price;
use domain::catalogue::owed::{Exemption, FeeRules, Owed};
use domain::dossier::{Command, Dossier, Exempted, FeeKind, FeeLine, FeeTaken, Means, Question, Stage, State};
use domain::money::Money;
use domain::text::tidy;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A line of the fee ledger.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FeeRow {
    /// Names the line.
    pub id: String,
    /// In words.
    pub amount: String,
    /// The fee line of the catalogue, empty where it is none.
    pub line: String,
    /// What it is, in one sentence: phí or lệ phí, how many, how paid, why nothing.
    pub text: String,
    /// Number of the receipt in the real book, may be empty.
    pub receipt: String,
    /// The officer's remark, may be empty.
    pub note: String,
    /// Officer's name.
    pub by: String,
    /// RFC 3339.
    pub at: String,
    /// Whether it is a transfer nobody has seen arrive.
    pub waits: bool,
    /// Whether it was taken today, so that its receipt is made void rather than cancelled later.
    pub today: bool,
    /// Whether a counter-line cancels it.
    pub cancelled: bool,
}

/// What a dossier owes and what was taken.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FeesView {
    /// The dossier.
    pub code: String,
    /// How it came.
    pub channel: ChannelView,
    /// The fee lines of its procedure's version for its channel; none where the catalogue knows none.
    pub lines: Vec<OwedLine>,
    /// The fee ledger.
    pub taken: Vec<FeeRow>,
    /// What was taken, has arrived and is not cancelled, in words.
    pub paid: String,
    /// What waits for a person's word, in words; empty where nothing does.
    pub awaited: String,
    /// At which stage of its life a fee would be taken now.
    pub stage: StageInput,
    /// The account fees are transferred to, where one is set.
    pub account: Option<payment::AccountView>,
}

/// A fee line the dossier may owe.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OwedLine {
    /// Its place on the list, from 1.
    pub place: u32,
    /// What it is for.
    pub name: String,
    /// Phí, lệ phí, or both where that is not known.
    pub kind: String,
    /// The price in words; says so where it is unknown.
    pub price: String,
    /// Whether the price is not known here: its amount is typed with the resolution that gives it.
    pub unknown: bool,
    /// Whether it goes by the pages of the original.
    pub by_pages: bool,
    /// What one price is for, empty where the source does not say.
    pub per: String,
    /// Words of the source beside it.
    pub note: String,
    /// What gives the price.
    pub source: String,
    /// Who pays nothing, on this line.
    pub exemptions: Vec<ExemptionView>,
}

/// A reason to pay nothing.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExemptionView {
    /// To be given back in [`TakeFee::exemption`].
    pub code: String,
    /// In words.
    pub name: String,
    /// What is shown for it.
    pub proof: String,
    /// Where it is written, and that it has yet to be checked where it has.
    pub source: String,
}

/// A fee is taken.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct TakeFee {
    /// The dossier.
    pub code: String,
    /// Đồng, as typed: `8000`, `8.000`, `8.000 đ`; empty: what its line asks for.
    pub amount: String,
    /// Ký hiệu and number of the receipt in the real book, may be empty.
    pub receipt: String,
    /// Remark, may be empty.
    pub note: String,
    /// [`OwedLine::place`]; 0: none of the lines.
    #[serde(default)]
    pub line: u32,
    /// How many copies, papers or cases; 0 counts as one.
    #[serde(default)]
    pub copies: u32,
    /// Pages of the original.
    #[serde(default)]
    pub pages: u32,
    /// [`ExemptionView::code`], empty where the fee is paid.
    #[serde(default)]
    pub exemption: String,
    /// What was shown for the exemption.
    #[serde(default)]
    pub proof: String,
    /// What gives an amount the catalogue does not know.
    #[serde(default)]
    pub source: String,
    /// Whether that amount is proposed from now on.
    #[serde(default)]
    pub keep: bool,
    /// How it is paid.
    #[serde(default)]
    pub means: MeansInput,
    /// Cash put on the counter, as typed; may be empty.
    #[serde(default)]
    pub given: String,
    /// When in the dossier's life; `null`: as its state says.
    #[serde(default)]
    pub stage: Option<StageInput>,
    /// Codes of the questions that were answered yes.
    #[serde(default)]
    pub answered: Vec<String>,
}

/// How a fee is paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MeansInput {
    /// Tiền mặt.
    #[default]
    Cash,
    /// Chuyển khoản.
    Transfer,
}

/// When in the dossier's life a fee is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageInput {
    /// Khi tiếp nhận.
    Reception,
    /// Khi bổ sung.
    Supplement,
    /// Khi trả kết quả.
    HandBack,
}

/// What a fee comes to before it is taken.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FeeQuote {
    /// What is to be paid, in digits; empty while it is not known.
    pub amount: String,
    /// The same in words (viết bằng chữ).
    pub words: String,
    /// Tiền thối, in digits; empty where nothing was given, or too little.
    pub change: String,
    /// What is still missing, in digits; empty where it suffices.
    pub missing: String,
}

/// A line of the ledger is cancelled.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct CancelFee {
    /// The dossier.
    pub code: String,
    /// [`FeeRow::id`].
    pub line: String,
    /// Why.
    pub reason: String,
    /// How many copies (liên) of the receipt are kept, asked for on the day it was given.
    #[serde(default)]
    pub copies_kept: u8,
}

/// A transfer was seen to have arrived.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct ConfirmFee {
    /// The dossier.
    pub code: String,
    /// [`FeeRow::id`].
    pub line: String,
    /// The last digits of the transaction, may be empty.
    #[serde(default)]
    pub reference: String,
}

impl Desk {
    /// What a dossier owes and what was taken.
    pub fn fees_of(&self, code: &str) -> Result<FeesView> {
        let (_, dossier) = self.located(code)?;
        let rules = self.fee_rules()?;
        let lines = self.owed(&rules, &dossier);
        let taken = self.store.read(|connection| self.fee_rows(connection, &dossier))?;
        Ok(FeesView {
            code: dossier.received().code.as_str().to_owned(),
            channel: dossier.received().channel.into(),
            lines: lines.iter().zip(1..).map(|(line, place)| self.owed_line(&dossier, line, place)).collect(),
            taken,
            paid: dossier.paid().to_string(),
            awaited: amount_or_empty(dossier.awaited()),
            stage: stage_now(&dossier).into(),
            account: self.account()?,
        })
    }

    /// What a fee comes to as it is typed so far: nothing is refused, what is not known yet is empty.
    pub fn quote_fee(&self, input: &TakeFee) -> Result<FeeQuote> {
        let (_, dossier) = self.located(&input.code)?;
        let rules = self.fee_rules()?;
        let lines = self.owed(&rules, &dossier);
        let quoted = match amount(&input.amount) {
            Ok(typed) => Some(typed),
            Err(_) if input.amount.trim().is_empty() => place(&lines, input.line).and_then(|line| asked(line, input)),
            Err(_) => None,
        };
        let given = amount(&input.given).ok().filter(|_| input.means == MeansInput::Cash);
        let both = quoted.zip(given);
        Ok(FeeQuote {
            amount: quoted.map(|amount| amount.to_string()).unwrap_or_default(),
            words: quoted.map(Money::in_words).unwrap_or_default(),
            change: both
                .and_then(|(amount, given)| given.0.checked_sub(amount.0))
                .map(|change| Money(change).to_string())
                .unwrap_or_default(),
            missing: both
                .and_then(|(amount, given)| amount.0.checked_sub(given.0))
                .filter(|missing| *missing > 0)
                .map(|missing| Money(missing).to_string())
                .unwrap_or_default(),
        })
    }

    /// Writes down a fee that was taken, or says what has to be answered first.
    pub fn take_fee(&self, input: &TakeFee) -> Done<StepTaken> {
        self.require(&OFFICERS)?;
        let (_, dossier) = self.located(&input.code)?;
        let rules = self.fee_rules()?;
        let lines = self.owed(&rules, &dossier);
        let line = chosen(&lines, input.line)?;
        let (fee, owed) = self.fee(input, line, &dossier)?;
        let kept = line.filter(|line| input.keep && line.fee.price.is_none() && fee.exemption.is_none());
        let local = kept.map(|line| fee_rules::price_of(&dossier, line, &fee));
        let answered = input.answered.iter().filter_map(|code| Question::from_code(code)).collect();
        let command = Command::TakeFee { fee: Box::new(fee), owed, answered };
        match self.carry_out(&input.code, command) {
            Ok(((), mut changes)) => {
                if let Some(local) = local {
                    changes.extend(self.keep_price(local)?);
                }
                Ok((StepTaken { dossier: self.dossier(&input.code)?, questions: vec![] }, changes))
            }
            Err(error) => match error.open_questions() {
                Some(open) => {
                    let questions = open.iter().map(|question| self.question(*question, &[], &[])).collect();
                    Ok((StepTaken { dossier: self.dossier(&input.code)?, questions }, Default::default()))
                }
                None => Err(error),
            },
        }
    }

    /// Cancels a line of the fee ledger.
    pub fn cancel_fee(&self, input: &CancelFee) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        let line = named(&input.line).ok_or_else(|| Error::new(Code::NoFeeLine))?;
        let (reason, copies_kept) = (input.reason.clone(), Some(input.copies_kept));
        self.command(&input.code, Command::CancelFee { line, reason, copies_kept })
    }

    /// Writes down that a transfer was seen to have arrived.
    pub fn confirm_fee(&self, input: &ConfirmFee) -> Done<DossierView> {
        self.require(&OFFICERS)?;
        let line = named(&input.line).ok_or_else(|| Error::new(Code::NoFeeLine))?;
        self.command(&input.code, Command::ConfirmFee { line, reference: input.reference.clone() })
    }

    pub(super) fn fee_rows(&self, connection: &Connection, dossier: &Dossier) -> Result<Vec<FeeRow>> {
        let today = self.now()?.date();
        let lines = dossier.fees().iter().map(|line| {
            Ok(FeeRow {
                id: name(line.stamp.id),
                amount: line.fee.amount.to_string(),
                line: line.fee.line.clone(),
                text: fee_words(self.language(), line),
                receipt: line.fee.receipt.clone(),
                note: line.fee.note.clone(),
                by: by(connection, &line.stamp)?,
                at: at(&line.stamp),
                waits: line.waits(),
                today: line.stamp.time().civil().date() == today,
                cancelled: line.cancelled,
            })
        });
        lines.collect()
    }

    /// The fee lines of the version the dossier was received under, at the prices of that day.
    fn owed<'a>(&self, rules: &'a FeeRules, dossier: &Dossier) -> Vec<Owed<'a>> {
        let received = dossier.received();
        let catalogue = self.catalogue();
        let version = catalogue.version(&received.procedure.code, received.procedure.version);
        version.map(|version| rules.owed(version, received.channel, received.at.date())).unwrap_or_default()
    }

    fn owed_line(&self, dossier: &Dossier, line: &Owed<'_>, place: u32) -> OwedLine {
        OwedLine {
            place,
            name: line_name(dossier, line),
            kind: text(self.language(), kind_key(line.kind), &[]),
            price: catalogue::price_words(self.language(), &line.fee),
            unknown: line.fee.price.is_none(),
            by_pages: matches!(line.fee.price, Some(Price::Pages { .. })),
            per: line.fee.per.clone(),
            note: line.fee.note.clone(),
            source: line.source.clone(),
            exemptions: line.exemptions.iter().map(|reason| self.exemption(reason)).collect(),
        }
    }

    fn exemption(&self, reason: &Exemption) -> ExemptionView {
        let source = if reason.sure {
            reason.source.clone()
        } else {
            text(self.language(), "fee_source_unsure", &[("source", reason.source.clone())])
        };
        ExemptionView { code: reason.code.clone(), name: reason.name.clone(), proof: reason.proof.clone(), source }
    }

    /// The fee as it was typed, and what its line asks for.
    fn fee(&self, input: &TakeFee, line: Option<&Owed<'_>>, dossier: &Dossier) -> Result<(FeeTaken, Option<Money>)> {
        let field = |name: &str| Error::new(Code::FieldWrong).with("field", name);
        let exemption = match line {
            _ if input.exemption.is_empty() => None,
            Some(line) => Some(exempted(line, input).ok_or_else(|| field("exemption"))?),
            None => return Err(field("fee_line")),
        };
        let by_pages = line.is_some_and(|line| matches!(line.fee.price, Some(Price::Pages { .. })));
        if by_pages && input.pages == 0 && exemption.is_none() && input.amount.trim().is_empty() {
            return Err(field("pages"));
        }
        // A price by pages says nothing while nobody has counted them.
        let counted = !by_pages || input.pages > 0 || exemption.is_some();
        let owed = line.filter(|_| counted).and_then(|line| asked(line, input));
        let source = tidy(&input.source);
        if line.is_some_and(|line| line.fee.price.is_none()) && exemption.is_none() && source.is_empty() {
            return Err(field("fee_source"));
        }
        let typed = if input.amount.trim().is_empty() { None } else { Some(amount(&input.amount)?) };
        let given = if input.given.trim().is_empty() { None } else { Some(given(&input.given)?) };
        let fee = FeeTaken {
            amount: typed.or(owed).ok_or_else(|| field("amount"))?,
            receipt: input.receipt.clone(),
            line: line.map(|line| line_name(dossier, line)).unwrap_or_default(),
            kind: line.and_then(|line| line.kind),
            copies: if line.is_some() { input.copies.max(1) } else { input.copies },
            pages: input.pages,
            source: line.filter(|_| source.is_empty()).map_or(source, |line| line.source.clone()),
            exemption,
            means: match input.means {
                MeansInput::Cash => Means::Cash { given },
                MeansInput::Transfer => Means::Transfer,
            },
            stage: input.stage.map_or_else(|| stage_now(dossier), Stage::from),
            note: input.note.clone(),
        };
        Ok((fee, owed))
    }
}

/// The line with this place.
fn place<'a, 'b>(lines: &'b [Owed<'a>], place: u32) -> Option<&'b Owed<'a>> {
    lines.get(usize::try_from(place).ok()?.checked_sub(1)?)
}

/// The line that was chosen, where one was.
fn chosen<'a, 'b>(lines: &'b [Owed<'a>], number: u32) -> Result<Option<&'b Owed<'a>>> {
    if number == 0 {
        return Ok(None);
    }
    place(lines, number).map(Some).ok_or_else(|| Error::new(Code::FieldWrong).with("field", "fee_line"))
}

/// What a line asks for, for what was counted.
fn asked(line: &Owed<'_>, input: &TakeFee) -> Option<Money> {
    line.amount(input.pages, input.copies.max(1), exempted(line, input).is_some())
}

fn exempted(line: &Owed<'_>, input: &TakeFee) -> Option<Exempted> {
    let reason = line.exemptions.iter().find(|reason| reason.code == input.exemption)?;
    Some(Exempted { code: reason.code.clone(), name: reason.name.clone(), proof: input.proof.clone() })
}

fn given(typed: &str) -> Result<Money> {
    amount(typed).map_err(|error| Error::new(Code::FieldWrong).with("field", "given").because(error))
}

/// What a fee line is for: its case, or else the procedure.
fn line_name(dossier: &Dossier, line: &Owed<'_>) -> String {
    if line.fee.case.is_empty() { dossier.received().procedure.name.clone() } else { line.fee.case.clone() }
}

/// While the citizen brings papers it is a fee at the supplement; when the result is there, one at the hand-back.
fn stage_now(dossier: &Dossier) -> Stage {
    match dossier.state() {
        State::AwaitsPapers | State::AwaitsPayment => Stage::Supplement,
        State::Finished | State::HandedBack => Stage::HandBack,
        State::Registered
        | State::Received
        | State::Refused
        | State::Processing
        | State::Withdrawn
        | State::Stopped => Stage::Reception,
    }
}

pub(super) fn amount_or_empty(amount: Money) -> String {
    if amount == Money(0) { String::new() } else { amount.to_string() }
}

fn kind_key(kind: Option<FeeKind>) -> &'static str {
    match kind {
        Some(FeeKind::Fee) => "fee_kind_fee",
        Some(FeeKind::Charge) => "fee_kind_charge",
        None => "fee_kind_unknown",
    }
}

/// A fee line in words: what it is for, how many, how it is paid, why nothing.
pub(super) fn fee_words(language: Language, line: &FeeLine) -> String {
    let fee = &line.fee;
    let said = |key: &str, params: &[(&'static str, String)]| text(language, key, params);
    let mut parts = vec![said(kind_key(fee.kind), &[])];
    if !fee.line.is_empty() {
        parts.push(fee.line.clone());
    }
    if fee.pages > 0 {
        parts.push(said("fee_counted_pages", &[("pages", fee.pages.to_string()), ("copies", fee.copies.to_string())]));
    } else if fee.copies > 1 {
        parts.push(said("fee_counted", &[("copies", fee.copies.to_string())]));
    }
    if let Some(why) = &fee.exemption {
        parts.push(said("fee_exempt", &[("name", why.name.clone()), ("proof", why.proof.clone())]));
    } else if fee.means == Means::Transfer {
        parts.push(match line.confirmed.as_deref() {
            None => said("fee_awaited", &[]),
            Some("") => said("fee_confirmed", &[]),
            Some(reference) => said("fee_confirmed_reference", &[("reference", reference.to_owned())]),
        });
    } else if fee.amount > Money(0) {
        parts.push(said("fee_cash", &[]));
    }
    parts.join(" · ")
}

impl From<StageInput> for Stage {
    fn from(stage: StageInput) -> Self {
        match stage {
            StageInput::Reception => Self::Reception,
            StageInput::Supplement => Self::Supplement,
            StageInput::HandBack => Self::HandBack,
        }
    }
}

impl From<Stage> for StageInput {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Reception => Self::Reception,
            Stage::Supplement => Self::Supplement,
            Stage::HandBack => Self::HandBack,
        }
    }
}
