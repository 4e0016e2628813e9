//! What a dossier owes: the fee lines of its procedure's version, amounts that the province decided, and who is exempt.
//!
//! An exemption belongs to a fee line. It is offered where the line's own words give it, and nowhere else: a poor household
//! pays the full price for certified copies (TT 226/2016/TT-BTC) and nothing for many acts of civil status.

use super::{Channel, Fee, Price, Procedure};
use crate::dossier::FeeKind;
use crate::money::Money;
use crate::text::fold;
use jiff::civil::Date;

/// An amount that the catalogue leaves to others, as a resolution of the province gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPrice {
    /// National code of the procedure.
    pub procedure: String,
    /// The case of its fee line; empty: the line without one.
    pub case: String,
    /// The channels it holds for; none: all of them.
    pub channels: Vec<Channel>,
    /// How much, each time.
    pub amount: Money,
    /// First day it holds.
    pub from: Date,
    /// Last day, if that is known.
    pub to: Option<Date>,
    /// The resolution.
    pub source: String,
}

/// A reason why somebody pays nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// Names it in operations and commands.
    pub code: String,
    /// In words.
    pub name: String,
    /// The field (lĩnh vực) whose fee lines it may belong to.
    pub field: String,
    /// Words by which a line's note gives it.
    pub named_by: String,
    /// What is shown for it.
    pub proof: String,
    /// Where that is written.
    pub source: String,
    /// Whether that was checked against the law's own text.
    pub sure: bool,
    /// First day it holds.
    pub from: Date,
    /// Last day, if that is known.
    pub to: Option<Date>,
}

/// What the law calls the fee of a field, or of some of its procedures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindRule {
    /// The field.
    pub field: String,
    /// The procedures; none: all of the field's.
    pub procedures: Vec<String>,
    /// Phí or lệ phí.
    pub kind: FeeKind,
}

/// Everything known about fees besides the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeeRules {
    /// The province's amounts.
    pub prices: Vec<LocalPrice>,
    /// Reasons to pay nothing.
    pub exemptions: Vec<Exemption>,
    /// Phí or lệ phí; rules for single procedures come first.
    pub kinds: Vec<KindRule>,
}

/// A fee line a dossier may owe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed<'a> {
    /// The line, at the price in force. Without a price it is unknown, never free.
    pub fee: Fee,
    /// Phí or lệ phí, where that is known.
    pub kind: Option<FeeKind>,
    /// What gives the price.
    pub source: String,
    /// Whether the province gave it.
    pub is_local: bool,
    /// Who pays nothing.
    pub exemptions: Vec<&'a Exemption>,
}

impl Owed<'_> {
    /// What is asked for so many copies of an original with so many pages; nothing for somebody exempt. `None` where the price
    /// is not known.
    pub fn amount(&self, pages: u32, copies: u32, is_exempt: bool) -> Option<Money> {
        if is_exempt { Some(Money(0)) } else { self.fee.price.map(|price| price.of(pages, copies)) }
    }
}

impl FeeRules {
    /// The fee lines of a procedure's version for a channel, in the catalogue's order, as they stand on a day.
    pub fn owed<'a>(&'a self, procedure: &Procedure, channel: Channel, day: Date) -> Vec<Owed<'a>> {
        let kind = self.kind(procedure);
        let line = |fee: &Fee| {
            let local = self.price(&procedure.code, &fee.case, channel, day);
            let price = local.map_or(fee.price, |local| Some(Price::Flat(local.amount)));
            Owed {
                fee: Fee { price, ..fee.clone() },
                kind,
                source: local.map_or_else(|| procedure.source.clone(), |local| local.source.clone()),
                is_local: local.is_some(),
                exemptions: self.exemptions(&procedure.field, &fee.note, day),
            }
        };
        procedure.fees(channel).map(line).collect()
    }

    /// The province's amount for a line on a day: of several the one that began last.
    fn price(&self, procedure: &str, case: &str, channel: Channel, day: Date) -> Option<&LocalPrice> {
        let here = |price: &&LocalPrice| {
            price.procedure == procedure
                && fold(&price.case) == fold(case)
                && (price.channels.is_empty() || price.channels.contains(&channel))
                && holds(price.from, price.to, day)
        };
        self.prices.iter().filter(here).max_by_key(|price| price.from)
    }

    fn exemptions(&self, field: &str, note: &str, day: Date) -> Vec<&Exemption> {
        let (field, note) = (fold(field), fold(note));
        let given = |reason: &&Exemption| {
            field.starts_with(&fold(&reason.field))
                && note.contains(&fold(&reason.named_by))
                && holds(reason.from, reason.to, day)
        };
        self.exemptions.iter().filter(given).collect()
    }

    fn kind(&self, procedure: &Procedure) -> Option<FeeKind> {
        let field = fold(&procedure.field);
        let applies = |rule: &&KindRule| {
            field.starts_with(&fold(&rule.field))
                && (rule.procedures.is_empty() || rule.procedures.contains(&procedure.code))
        };
        self.kinds.iter().find(applies).map(|rule| rule.kind)
    }
}

fn holds(from: Date, to: Option<Date>, day: Date) -> bool {
    from <= day && to.is_none_or(|last| day <= last)
}

#[cfg(test)]
mod tests {
    use super::super::tests::bare;
    use super::*;
    use jiff::civil::date;

    fn line(case: &str, price: Option<Price>, note: &str) -> Fee {
        let (case, note) = (case.into(), note.into());
        Fee { channels: vec![Channel::Counter], case, price, per: String::new(), note }
    }

    fn reason(code: &str, field: &str, named_by: &str) -> Exemption {
        Exemption {
            code: code.into(),
            name: code.into(),
            field: field.into(),
            named_by: named_by.into(),
            proof: String::new(),
            source: String::new(),
            sure: true,
            from: date(2016, 1, 1),
            to: None,
        }
    }

    #[test]
    fn a_poor_household_pays_for_copies_and_not_for_a_late_birth() {
        let rules = FeeRules {
            exemptions: vec![
                reason("poor", "Hộ tịch", "miễn cho người thuộc hộ nghèo"),
                reason("farm", "Chứng thực", "Nghị định 55/2015"),
            ],
            ..FeeRules::default()
        };
        let codes = |field: &str, note: &str| {
            let fees = vec![line("", None, note)];
            let procedure = Procedure { fees, ..bare("1.900001", "Thử", field) };
            let owed = rules.owed(&procedure, Channel::Counter, date(2026, 11, 23));
            owed[0].exemptions.iter().map(|reason| reason.code.clone()).collect::<Vec<_>>()
        };
        assert_eq!(codes("Hộ tịch", "Do tỉnh quyết định. Miễn cho người thuộc hộ nghèo."), ["poor"]);
        assert_eq!(codes("Hộ tịch", ""), Vec::<String>::new());
        assert_eq!(codes("Chứng thực", "Không miễn, giảm cho hộ nghèo."), Vec::<String>::new());
        assert_eq!(codes("Chứng thực", "Thế chấp theo Nghị định 55/2015/NĐ-CP: không thu phí."), ["farm"]);
    }

    #[test]
    fn the_provinces_amount_holds_from_its_day_for_its_line() {
        let price = |case: &str, amount, from, to| LocalPrice {
            procedure: "1.900001".into(),
            case: case.into(),
            channels: vec![Channel::Counter],
            amount: Money(amount),
            from,
            to,
            source: "NQ".into(),
        };
        let rules = FeeRules {
            prices: vec![
                price("quá hạn", 8_000, date(2026, 1, 1), None),
                price("quá hạn", 6_000, date(2027, 1, 1), Some(date(2027, 6, 30))),
            ],
            ..FeeRules::default()
        };
        let fees = vec![line("quá hạn", None, ""), line("", None, "")];
        let procedure = Procedure { fees, ..bare("1.900001", "Thử", "Hộ tịch") };
        let amounts = |day, channel| {
            let owed = rules.owed(&procedure, channel, day);
            owed.iter().map(|line| line.amount(1, 1, false)).collect::<Vec<_>>()
        };
        assert_eq!(amounts(date(2025, 12, 31), Channel::Counter), [None, None]);
        assert_eq!(amounts(date(2026, 1, 1), Channel::Counter), [Some(Money(8_000)), None]);
        assert_eq!(amounts(date(2027, 6, 30), Channel::Counter), [Some(Money(6_000)), None]);
        assert_eq!(amounts(date(2027, 7, 1), Channel::Counter), [Some(Money(8_000)), None], "the older one goes on");
        assert!(amounts(date(2026, 1, 1), Channel::Online).is_empty(), "the catalogue has no line for that channel");
    }

    #[test]
    fn what_is_not_known_is_not_free_unless_somebody_is_exempt() {
        let procedure = Procedure { fees: vec![line("", None, "")], ..bare("1.900001", "Thử", "Hộ tịch") };
        let rules = FeeRules::default();
        let owed = rules.owed(&procedure, Channel::Counter, date(2026, 11, 23));
        assert_eq!((owed[0].amount(1, 1, false), owed[0].amount(1, 1, true)), (None, Some(Money(0))));
    }
}
