//! The catalogue as it is stored and shipped. These structs are a promise: a desk reads today what it wrote years ago.
//! Fields are added, never renamed or given another meaning; whoever must do either raises [`VERSION`].

use crate::error::{Code, Error, Result};
use domain::catalogue::{
    Channel, Fee, Price, Procedure, ProcedureResult, ProcedureTime, RequiredPaper, TimeLimit, authorisation_allowed,
};
use domain::money::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The version of the rows written here.
pub const VERSION: u32 = 1;

/// What the `format` field of a catalogue file says.
pub const FORMAT: &str = "motcua-catalogue";

/// A version of a procedure as it stands in a file or in the desk's store.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    code: String,
    name: String,
    field: String,
    from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Codes that take its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    replaced_by: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    decision: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    handled_by: String,
    /// Missing: by the rule of [`authorisation_allowed`].
    #[serde(default)]
    may_authorise: Option<bool>,
    #[serde(default)]
    times: Vec<TimeRow>,
    #[serde(default)]
    fees: Vec<FeeRow>,
    #[serde(default)]
    papers: Vec<PaperRow>,
    #[serde(default)]
    results: Vec<ResultRow>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    doubts: Vec<String>,
    #[serde(default)]
    source: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChannelRow {
    Counter,
    Online,
    Post,
}

#[derive(Debug, Serialize, Deserialize)]
struct TimeRow {
    channels: Vec<ChannelRow>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    case: String,
    limit: Option<LimitRow>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "snake_case")]
enum LimitRow {
    SameDay,
    WorkingHours { count: u16 },
    ClockHours { count: u16 },
    WorkingDays { count: u16 },
    CalendarDays { count: u16 },
}

#[derive(Debug, Serialize, Deserialize)]
struct FeeRow {
    channels: Vec<ChannelRow>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    case: String,
    price: Option<PriceRow>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    per: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

/// Amounts in đồng.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum PriceRow {
    Flat { amount: u64 },
    Pages { first: u64, first_pages: u16, then: u64, at_most: u64 },
}

#[derive(Debug, Serialize, Deserialize)]
struct PaperRow {
    name: String,
    originals: u16,
    copies: u16,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    condition: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    doubt: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct ResultRow {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    code: String,
}

/// A row with the version it was written in, as the desk's store keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    version: u32,
    #[serde(flatten)]
    row: Row,
}

/// A version of a procedure as one JSON document for the desk's store.
pub fn to_json(procedure: &Procedure) -> Result<String> {
    serde_json::to_string(&Stored { version: VERSION, row: Row::from(procedure) })
        .map_err(|cause| Error::new(Code::Internal).because(cause))
}

/// Reads what [`to_json`] wrote. A row of a later version is not guessed at.
///
/// # Errors
/// [`Code::CatalogueNewer`] for a later version, [`Code::Internal`] for anything that was never written here.
pub fn from_json(text: &str) -> Result<Procedure> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    let broken = |cause: serde_json::Error| Error::new(Code::Internal).because(cause);
    let head: Head = serde_json::from_str(text).map_err(broken)?;
    if head.version > VERSION {
        return Err(Error::new(Code::CatalogueNewer));
    }
    let stored: Stored = serde_json::from_str(text).map_err(broken)?;
    stored.row.into_procedure().map_err(|cause| Error::new(Code::Internal).because(cause))
}

impl Row {
    /// The version it describes; what is wrong with a row is said by the field's name.
    pub fn into_procedure(self) -> std::result::Result<Procedure, String> {
        let date = |field: &str, text: &str| text.parse::<Date>().map_err(|_| format!("{field}: {text}"));
        Ok(Procedure {
            effective_from: date("from", &self.from)?,
            effective_to: self.to.as_deref().map(|to| date("to", to)).transpose()?,
            replaced_by: self.replaced_by,
            may_authorise: self.may_authorise.unwrap_or_else(|| authorisation_allowed(&self.field, &self.name)),
            code: self.code,
            name: self.name,
            field: self.field,
            decision: self.decision,
            handled_by: self.handled_by,
            times: self.times.into_iter().map(ProcedureTime::from).collect(),
            fees: self.fees.into_iter().map(Fee::from).collect(),
            papers: self.papers.into_iter().map(RequiredPaper::from).collect(),
            results: self
                .results
                .into_iter()
                .map(|result| ProcedureResult { name: result.name, code: result.code })
                .collect(),
            notes: self.notes,
            doubts: self.doubts,
            source: self.source,
        })
    }
}

impl From<&Procedure> for Row {
    fn from(procedure: &Procedure) -> Self {
        let it = procedure.clone();
        Self {
            code: it.code,
            name: it.name,
            field: it.field,
            from: it.effective_from.to_string(),
            to: it.effective_to.map(|to| to.to_string()),
            replaced_by: it.replaced_by.clone(),
            decision: it.decision,
            handled_by: it.handled_by,
            may_authorise: Some(it.may_authorise),
            times: it.times.into_iter().map(TimeRow::from).collect(),
            fees: it.fees.into_iter().map(FeeRow::from).collect(),
            papers: it.papers.into_iter().map(PaperRow::from).collect(),
            results: it.results.into_iter().map(|result| ResultRow { name: result.name, code: result.code }).collect(),
            notes: it.notes,
            doubts: it.doubts,
            source: it.source,
        }
    }
}

/// A pair of conversions between a row and what it stands for, field by field.
macro_rules! same {
    ($row:ident = $domain:ident { $($field:ident),* ; $($list:ident),* ; $($option:ident),* }) => {
        impl From<$row> for $domain {
            fn from(row: $row) -> Self {
                Self {
                    $($field: row.$field,)*
                    $($list: row.$list.into_iter().map(Into::into).collect(),)*
                    $($option: row.$option.map(Into::into),)*
                }
            }
        }

        impl From<$domain> for $row {
            fn from(it: $domain) -> Self {
                Self {
                    $($field: it.$field,)*
                    $($list: it.$list.into_iter().map(Into::into).collect(),)*
                    $($option: it.$option.map(Into::into),)*
                }
            }
        }
    };
}

same!(TimeRow = ProcedureTime { case, note; channels; limit });
same!(FeeRow = Fee { case, per, note; channels; price });
same!(PaperRow = RequiredPaper { name, originals, copies, condition, doubt; ; });

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

impl From<LimitRow> for TimeLimit {
    fn from(row: LimitRow) -> Self {
        match row {
            LimitRow::SameDay => Self::SameDay,
            LimitRow::WorkingHours { count } => Self::WorkingHours(count),
            LimitRow::ClockHours { count } => Self::ClockHours(count),
            LimitRow::WorkingDays { count } => Self::WorkingDays(count),
            LimitRow::CalendarDays { count } => Self::CalendarDays(count),
        }
    }
}

impl From<TimeLimit> for LimitRow {
    fn from(limit: TimeLimit) -> Self {
        match limit {
            TimeLimit::SameDay => Self::SameDay,
            TimeLimit::WorkingHours(count) => Self::WorkingHours { count },
            TimeLimit::ClockHours(count) => Self::ClockHours { count },
            TimeLimit::WorkingDays(count) => Self::WorkingDays { count },
            TimeLimit::CalendarDays(count) => Self::CalendarDays { count },
        }
    }
}

impl From<PriceRow> for Price {
    fn from(row: PriceRow) -> Self {
        match row {
            PriceRow::Flat { amount } => Self::Flat(Money(amount)),
            PriceRow::Pages { first, first_pages, then, at_most } => {
                Self::Pages { first: Money(first), first_pages, then: Money(then), at_most: Money(at_most) }
            }
        }
    }
}

impl From<Price> for PriceRow {
    fn from(price: Price) -> Self {
        match price {
            Price::Flat(amount) => Self::Flat { amount: amount.0 },
            Price::Pages { first, first_pages, then, at_most } => {
                Self::Pages { first: first.0, first_pages, then: then.0, at_most: at_most.0 }
            }
        }
    }
}
