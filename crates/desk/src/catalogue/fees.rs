//! What is known of fees besides the catalogue: the exemptions that ship inside, and over them what the province decided and
//! an administrator corrected, as dated rows with their sources.

use crate::error::{Code, Error, Result};
use domain::catalogue::Channel;
use domain::catalogue::owed::{Exemption, FeeRules, KindRule, LocalPrice};
use domain::dossier::FeeKind;
use domain::money::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What the `format` field of a fee table says.
const FORMAT: &str = "motcua-fees";
/// The version of the rows written here. Fields are added, never given another meaning.
const VERSION: u32 = 1;

/// A fee table as it stands in a file or in the desk's store.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Table {
    format: String,
    version: u32,
    #[serde(default)]
    prices: Vec<PriceRow>,
    #[serde(default)]
    exemptions: Vec<ExemptionRow>,
    #[serde(default)]
    kinds: Vec<KindRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PriceRow {
    procedure: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    channels: Vec<ChannelRow>,
    amount: u64,
    from: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Day>,
    source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ExemptionRow {
    code: String,
    name: String,
    field: String,
    named_by: String,
    proof: String,
    source: String,
    #[serde(default)]
    sure: bool,
    from: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Day>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KindRow {
    field: String,
    #[serde(default)]
    procedures: Vec<String>,
    kind: Kind,
}

/// A day as it stands in the file, `2026-01-01`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Day(Date);

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> std::result::Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChannelRow {
    Counter,
    Online,
    Post,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Phí.
    Fee,
    /// Lệ phí.
    Charge,
}

/// The rules that ship inside.
pub fn builtin() -> &'static FeeRules {
    static BUILTIN: LazyLock<FeeRules> = LazyLock::new(|| {
        from_json(include_str!("../../data/fees.json")).unwrap_or_else(|error| {
            log::error!("the fee table inside cannot be read: {error}");
            FeeRules::default()
        })
    });
    &BUILTIN
}

/// The rules with those of a store over them. A table of a later release that cannot be read here is passed over, and kept.
pub fn with_stored(table: &str) -> FeeRules {
    if table.is_empty() {
        return builtin().clone();
    }
    match from_json(table) {
        Ok(stored) => over(builtin(), &stored),
        Err(error) => {
            log::error!("the stored fee table cannot be read: {error}");
            builtin().clone()
        }
    }
}

/// One table over another: a row of the same line or reason from the same day replaces the one below.
pub fn over(below: &FeeRules, above: &FeeRules) -> FeeRules {
    let mut rules = below.clone();
    for price in &above.prices {
        rules.prices.retain(|old| !same_price(old, price));
        rules.prices.push(price.clone());
    }
    for reason in &above.exemptions {
        match rules.exemptions.iter_mut().find(|old| same_reason(old, reason)) {
            Some(old) => *old = reason.clone(),
            None => rules.exemptions.push(reason.clone()),
        }
    }
    let kinds = below.kinds.iter().filter(|kind| !above.kinds.contains(kind)).cloned();
    rules.kinds = above.kinds.iter().cloned().chain(kinds).collect();
    rules
}

/// Whether two amounts are of the same line, channels and first day.
pub fn same_price(one: &LocalPrice, other: &LocalPrice) -> bool {
    (&one.procedure, &one.case, &one.channels, one.from) == (&other.procedure, &other.case, &other.channels, other.from)
}

/// Whether two reasons are the same one.
pub fn same_reason(one: &Exemption, other: &Exemption) -> bool {
    (&one.code, &one.field, one.from) == (&other.code, &other.field, other.from)
}

/// Reads a fee table.
pub fn from_json(text: &str) -> Result<FeeRules> {
    let table: Table = serde_json::from_str(text).map_err(|error| Error::new(Code::FeesUnreadable).because(error))?;
    if table.format != FORMAT {
        return Err(Error::new(Code::FeesUnreadable));
    }
    if table.version > VERSION {
        return Err(Error::new(Code::CatalogueNewer));
    }
    let rules = FeeRules {
        prices: table.prices.into_iter().map(LocalPrice::from).collect(),
        exemptions: table.exemptions.into_iter().map(Exemption::from).collect(),
        kinds: table.kinds.into_iter().map(KindRule::from).collect(),
    };
    // Nothing is believed without its source, and no amount without its procedure.
    let sourced = rules.prices.iter().all(|price| !price.source.trim().is_empty() && !price.procedure.is_empty())
        && rules.exemptions.iter().all(|reason| !reason.source.trim().is_empty() && !reason.named_by.trim().is_empty());
    if sourced { Ok(rules) } else { Err(Error::new(Code::FeesUnreadable).because("a row has no source")) }
}

/// Writes a fee table.
pub fn to_json(rules: &FeeRules) -> Result<String> {
    let table = Table {
        format: FORMAT.to_owned(),
        version: VERSION,
        prices: rules.prices.iter().map(PriceRow::from).collect(),
        exemptions: rules.exemptions.iter().map(ExemptionRow::from).collect(),
        kinds: rules.kinds.iter().map(KindRow::from).collect(),
    };
    serde_json::to_string_pretty(&table).map_err(|error| Error::new(Code::Internal).because(error))
}

impl From<PriceRow> for LocalPrice {
    fn from(row: PriceRow) -> Self {
        let PriceRow { procedure, case, channels, amount, from, to, source } = row;
        let channels = channels.into_iter().map(Channel::from).collect();
        Self { procedure, case, channels, amount: Money(amount), from: from.0, to: to.map(|day| day.0), source }
    }
}

impl From<&LocalPrice> for PriceRow {
    fn from(price: &LocalPrice) -> Self {
        let LocalPrice { procedure, case, channels, amount, from, to, source } = price.clone();
        let channels = channels.into_iter().map(ChannelRow::from).collect();
        Self { procedure, case, channels, amount: amount.0, from: Day(from), to: to.map(Day), source }
    }
}

impl From<ExemptionRow> for Exemption {
    fn from(row: ExemptionRow) -> Self {
        let ExemptionRow { code, name, field, named_by, proof, source, sure, from, to } = row;
        Self { code, name, field, named_by, proof, source, sure, from: from.0, to: to.map(|day| day.0) }
    }
}

impl From<&Exemption> for ExemptionRow {
    fn from(reason: &Exemption) -> Self {
        let Exemption { code, name, field, named_by, proof, source, sure, from, to } = reason.clone();
        Self { code, name, field, named_by, proof, source, sure, from: Day(from), to: to.map(Day) }
    }
}

impl From<KindRow> for KindRule {
    fn from(row: KindRow) -> Self {
        let kind = match row.kind {
            Kind::Fee => FeeKind::Fee,
            Kind::Charge => FeeKind::Charge,
        };
        Self { field: row.field, procedures: row.procedures, kind }
    }
}

impl From<&KindRule> for KindRow {
    fn from(rule: &KindRule) -> Self {
        let kind = match rule.kind {
            FeeKind::Fee => Kind::Fee,
            FeeKind::Charge => Kind::Charge,
        };
        Self { field: rule.field.clone(), procedures: rule.procedures.clone(), kind }
    }
}

impl From<ChannelRow> for Channel {
    fn from(row: ChannelRow) -> Self {
        match row {
            ChannelRow::Counter => Self::Counter,
            ChannelRow::Online => Self::Online,
            ChannelRow::Post => Self::Post,
        }
    }
}

impl From<Channel> for ChannelRow {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Counter => Self::Counter,
            Channel::Online => Self::Online,
            Channel::Post => Self::Post,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use jiff::civil::date;

    fn reasons(procedure: &str, case: &str) -> Vec<&'static str> {
        let catalogue = Catalogue::with_stored(&[]);
        let day = date(2026, 11, 23);
        let procedure = catalogue.in_force(procedure, day).expect("a procedure of the starter");
        let owed = builtin().owed(procedure, Channel::Counter, day);
        let line = owed.into_iter().find(|line| line.fee.case == case).expect("a line");
        line.exemptions.iter().map(|reason| reason.code.as_str()).collect()
    }

    #[test]
    fn every_line_has_its_own_exemptions() {
        let civil_status = ["co-cong", "ho-ngheo", "khuyet-tat"];
        assert_eq!(reasons("1.001193", "đăng ký quá hạn"), civil_status);
        assert!(
            reasons("1.001193", "đăng ký đúng hạn, trong 60 ngày kể từ ngày sinh").is_empty(),
            "it is 0 for everybody"
        );
        assert!(reasons("2.000815", "").is_empty(), "a poor household pays for copies");
        assert!(reasons("2.000635", "").is_empty(), "copies of extracts");
        assert_eq!(reasons("2.002516", ""), civil_status);
        assert_eq!(reasons("2.001035", ""), ["vay-nong-nghiep"]);
        assert_eq!(reasons("1.004194", "cá nhân, hộ gia đình").len(), 8);
        assert_eq!(reasons("2.001263", "").len(), 3);
    }

    #[test]
    fn a_table_comes_back_from_its_file() {
        let text = to_json(builtin()).expect("a table");
        assert_eq!(&from_json(&text).expect("the same"), builtin());
        for wrong in ["", "{}", r#"{"format":"motcua-catalogue","version":1}"#] {
            assert_eq!(from_json(wrong).expect_err("no fee table").code(), Code::FeesUnreadable, "{wrong}");
        }
        let price = r#"{"format":"motcua-fees","version":1,"prices":[{"procedure":"1.001193","amount":8000,"from":"2026-01-01","source":" "}]}"#;
        assert_eq!(from_json(price).expect_err("no source").code(), Code::FeesUnreadable);
        let newer = r#"{"format":"motcua-fees","version":2}"#;
        assert_eq!(from_json(newer).expect_err("newer").code(), Code::CatalogueNewer);
    }

    #[test]
    fn a_correction_stands_over_what_ships_inside() {
        let mut corrected = builtin().exemptions.first().expect("one").clone();
        corrected.to = Some(date(2026, 12, 31));
        let above = FeeRules { exemptions: vec![corrected.clone()], ..FeeRules::default() };
        let rules = over(builtin(), &above);
        assert_eq!(rules.exemptions.len(), builtin().exemptions.len());
        assert_eq!(rules.exemptions.first(), Some(&corrected));
        assert_eq!(rules.kinds, builtin().kinds);
    }
}
