//! Amounts the province decided and reasons to pay nothing: dated rows that an administrator keeps, takes out and takes in.

use super::steps::{OFFICERS, amount};
use super::{Desk, Done};
use crate::catalogue::fees;
use crate::error::{Code, Error, Result};
use crate::store::Changes;
use crate::store::settings::{self, Key};
use crate::texts::{Language, text};
use domain::catalogue::is_code;
use domain::catalogue::owed::{Exemption, FeeRules, LocalPrice, Owed};
use domain::dossier::{Dossier, FeeTaken};
use domain::money::Money;
use domain::text::tidy;
use jiff::civil::Date;
use serde::Serialize;
use std::path::Path;
use ts_rs::TS;

/// No fee table is longer.
const MAX_BYTES: u64 = 1 << 20;

/// A change to the fee table, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FeeRuleRow {
    /// `price_new`, `price_changed`, `exemption_new`, `exemption_changed`.
    pub what: String,
    /// In words.
    pub text: String,
}

/// An amount of the province, as typed.
#[derive(Debug, Clone, Default)]
pub struct SetFee {
    /// National code of the procedure.
    pub procedure: String,
    /// The case of its fee line; empty: the line without one.
    pub case: String,
    /// Đồng.
    pub amount: String,
    /// The resolution.
    pub source: String,
    /// First day it holds, `2026-01-01`; empty: today.
    pub from: String,
}

/// What an amount is kept as: one price, for all channels, from the day the dossier was received.
pub(super) fn price_of(dossier: &Dossier, line: &Owed<'_>, fee: &FeeTaken) -> LocalPrice {
    let received = dossier.received();
    LocalPrice {
        procedure: received.procedure.code.clone(),
        case: line.fee.case.clone(),
        channels: vec![],
        amount: Money(fee.amount.0 / u64::from(fee.copies.max(1))),
        from: received.at.date(),
        to: None,
        source: tidy(&fee.source),
    }
}

impl Desk {
    /// Everything known about fees here.
    pub(super) fn fee_rules(&self) -> Result<FeeRules> {
        let stored = self.store.read(|connection| settings::get(connection, Key::FeeRules))?;
        Ok(fees::with_stored(&stored))
    }

    /// Keeps an amount that the province decided, so that it is proposed from its day on.
    pub fn set_fee(&self, input: &SetFee) -> Done<Vec<FeeRuleRow>> {
        let field = |name: &str| Error::new(Code::FieldWrong).with("field", name);
        self.require(&OFFICERS)?;
        if !is_code(&input.procedure) || self.catalogue().named(&input.procedure).is_none() {
            return Err(Error::new(Code::ProcedureUnknown).with("code", &input.procedure));
        }
        let (today, typed) = (self.now()?.date(), input.from.trim());
        let price = LocalPrice {
            procedure: input.procedure.clone(),
            case: self.case(&input.procedure, &input.case, today)?,
            channels: vec![],
            amount: amount(&input.amount)?,
            from: if typed.is_empty() { today } else { typed.parse::<Date>().map_err(|_| field("from"))? },
            to: None,
            source: Some(tidy(&input.source)).filter(|source| !source.is_empty()).ok_or_else(|| field("fee_source"))?,
        };
        let above = FeeRules { prices: vec![price], ..FeeRules::default() };
        self.take_over(&above, false)
    }

    /// The fee table as a file; answers how many rows it has.
    pub fn export_fees(&self, file: &Path) -> Result<usize> {
        let rules = self.fee_rules()?;
        std::fs::write(file, fees::to_json(&rules)?)
            .map_err(|error| Error::new(Code::FileUnwritable).with("file", file.display()).because(error))?;
        Ok(rules.prices.len() + rules.exemptions.len())
    }

    /// Takes in a fee table; with `preview` only says what it would change. What was taken before stays as it is.
    pub fn import_fees(&self, file: &Path, preview: bool) -> Done<Vec<FeeRuleRow>> {
        let named = |code: Code| Error::new(code).with("file", file.display());
        let unreadable = |error: std::io::Error| named(Code::FileUnreadable).because(error);
        if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_BYTES {
            return Err(named(Code::FeesUnreadable));
        }
        let read = std::fs::read_to_string(file).map_err(unreadable)?;
        let above = fees::from_json(&read).map_err(|error| error.with("file", file.display()))?;
        if !preview {
            self.require(&OFFICERS)?;
        }
        self.take_over(&above, preview)
    }

    pub(super) fn keep_price(&self, price: LocalPrice) -> Result<Changes> {
        let above = FeeRules { prices: vec![price], ..FeeRules::default() };
        Ok(self.take_over(&above, false)?.1)
    }

    fn take_over(&self, above: &FeeRules, preview: bool) -> Done<Vec<FeeRuleRow>> {
        let before = self.fee_rules()?;
        let after = fees::over(&before, above);
        let rows = differences(self.language(), &before, &after);
        if preview || rows.is_empty() && before == after {
            return Ok((rows, Changes::new()));
        }
        let table = fees::to_json(&after)?;
        let ((), changes) = self.store.write(|writing| settings::set(writing, Key::FeeRules, &table))?;
        Ok((rows, changes))
    }

    /// The case as the catalogue writes it; a part of it is enough where that names one line alone.
    fn case(&self, procedure: &str, typed: &str, day: Date) -> Result<String> {
        let catalogue = self.catalogue();
        let version = catalogue.in_force(procedure, day).or_else(|| catalogue.named(procedure));
        let mut cases: Vec<&str> = version.iter().flat_map(|v| &v.fees).map(|fee| fee.case.as_str()).collect();
        cases.dedup();
        let folded = domain::text::fold(typed);
        let exact = cases.iter().find(|case| domain::text::fold(case) == folded);
        let mut part = cases.iter().filter(|case| !folded.is_empty() && domain::text::fold(case).contains(&folded));
        match (exact, part.next(), part.next()) {
            (Some(case), ..) | (None, Some(case), None) => Ok((*case).to_owned()),
            _ => Err(Error::new(Code::FieldWrong).with("field", "fee_line")),
        }
    }
}

/// What one table changes of another, a sentence each.
fn differences(language: Language, before: &FeeRules, after: &FeeRules) -> Vec<FeeRuleRow> {
    let row = |what: &str, params: &[(&'static str, String)]| FeeRuleRow {
        what: what.to_owned(),
        text: text(language, &format!("fee_rule_{what}"), params),
    };
    let prices = after.prices.iter().filter(|price| !before.prices.contains(price)).map(|price| {
        let known = before.prices.iter().any(|old| fees::same_price(old, price));
        row(if known { "price_changed" } else { "price_new" }, &price_params(price))
    });
    let reasons = after.exemptions.iter().filter(|reason| !before.exemptions.contains(reason)).map(|reason| {
        let known = before.exemptions.iter().any(|old| fees::same_reason(old, reason));
        row(if known { "exemption_changed" } else { "exemption_new" }, &reason_params(reason))
    });
    prices.chain(reasons).collect()
}

fn date(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn price_params(price: &LocalPrice) -> Vec<(&'static str, String)> {
    let case = if price.case.is_empty() { String::new() } else { format!(" ({})", price.case) };
    let until = price.to.map(|day| format!("–{}", date(day))).unwrap_or_default();
    vec![
        ("line", price.procedure.clone() + &case),
        ("amount", price.amount.to_string()),
        ("from", date(price.from) + &until),
        ("source", price.source.clone()),
    ]
}

fn reason_params(reason: &Exemption) -> Vec<(&'static str, String)> {
    let until = reason.to.map(|day| format!("–{}", date(day))).unwrap_or_default();
    vec![
        ("name", reason.name.clone()),
        ("field", reason.field.clone()),
        ("from", date(reason.from) + &until),
        ("source", reason.source.clone()),
    ]
}
