//! The till of a desk (quỹ thu của quầy): what a shift took, and its close.
//!
//! A shift (ca thu) lasts from one close (chốt quỹ) to the next. A line belongs to the desk that took it, whoever confirms or
//! cancels it; a transfer nobody has seen arrive goes on into the next shift.

use crate::dossier::{FeeLine, Means, OpId, sum};
use crate::money::Money;
use crate::text::tidy;
use jiff::civil::DateTime;

/// A fee line a shift has to do with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftLine {
    /// The line as it stands now.
    pub line: FeeLine,
    /// Whether it was taken in this shift.
    pub is_new: bool,
    /// Whether its counter-line came in this shift.
    pub cancelled_now: bool,
    /// Whether it was confirmed in this shift.
    pub confirmed_now: bool,
}

impl ShiftLine {
    fn is_cash(&self) -> bool {
        self.line.fee.means != Means::Transfer
    }

    /// What it puts into the drawer.
    pub fn cash(&self) -> Money {
        if self.is_new && self.is_cash() && self.line.counts() { self.line.fee.amount } else { Money(0) }
    }

    /// What it takes out of the drawer again: cash of a former shift whose line was cancelled in this one.
    pub fn given_back(&self) -> Money {
        let back = !self.is_new && self.cancelled_now && self.is_cash();
        if back { self.line.fee.amount } else { Money(0) }
    }

    /// What was seen to arrive in the account in this shift.
    pub fn confirmed(&self) -> Money {
        let arrived = self.confirmed_now && !self.is_cash() && self.line.counts();
        if arrived { self.line.fee.amount } else { Money(0) }
    }

    /// What is still waited for.
    pub fn waiting(&self) -> Money {
        if self.line.waits() { self.line.fee.amount } else { Money(0) }
    }
}

/// What a shift took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Lines taken and not cancelled, those of 0 among them.
    pub lines: u32,
    /// Cash taken.
    pub cash: Money,
    /// Cash of former shifts whose lines were cancelled.
    pub given_back: Money,
    /// Transfers seen to arrive.
    pub confirmed: Money,
    /// Transfers still waited for, of former shifts too.
    pub waiting: Money,
    /// Lines taken and cancelled.
    pub voided: u32,
    /// Lines of 0: exempt, or free.
    pub free: u32,
}

impl Sums {
    /// The sums of a shift's lines.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a ShiftLine> + Clone) -> Self {
        let total = |part: fn(&ShiftLine) -> Money| sum(lines.clone().into_iter().map(part));
        let count = |which: fn(&&ShiftLine) -> bool| {
            u32::try_from(lines.clone().into_iter().filter(which).count()).unwrap_or(u32::MAX)
        };
        Self {
            lines: count(|line| line.is_new && !line.line.cancelled),
            cash: total(ShiftLine::cash),
            given_back: total(ShiftLine::given_back),
            confirmed: total(ShiftLine::confirmed),
            waiting: total(ShiftLine::waiting),
            voided: count(|line| line.is_new && line.line.cancelled),
            free: count(|line| line.is_new && !line.line.cancelled && line.line.fee.amount == Money(0)),
        }
    }

    /// The cash there should be in the drawer. Where more was given back than was taken, none of it is left.
    pub fn expected(&self) -> Money {
        Money(self.cash.0.saturating_sub(self.given_back.0))
    }
}

/// A close of a till (chốt quỹ), as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftClose {
    /// Number of the counter.
    pub counter: String,
    /// When the shift's first line was taken, UTC+7.
    pub began: Option<DateTime>,
    /// When it was closed, UTC+7.
    pub at: DateTime,
    /// What it took.
    pub sums: Sums,
    /// The cash somebody counted; `None` where nobody did.
    pub counted: Option<Money>,
    /// Why that is not what should be there; empty where it is.
    pub reason: String,
    /// The lines that go on into the next shift.
    pub waiting: Vec<OpId>,
}

/// Money of a close that was paid in (nộp tiền).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidIn {
    /// The close.
    pub close: OpId,
    /// How much.
    pub amount: Money,
    /// Number of the document that shows it.
    pub document: String,
}

/// Why a till is not closed, or its money not paid in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TillRefusal {
    /// Nothing was taken, confirmed or cancelled since the last close.
    #[error("nothing happened since the last close")]
    NothingToClose,
    /// Cash that is missing, or too much, has a reason.
    #[error("a difference has a reason")]
    NoReason,
    /// More is paid in than the close has left.
    #[error("more is paid in than is left")]
    TooMuchPaidIn,
    /// Paying in is shown by a document.
    #[error("paying in is shown by a document")]
    NoDocument,
}

/// The close of a shift. `counted` is held against the cash that should be there.
pub fn close(
    lines: &[ShiftLine],
    counter: &str,
    counted: Option<Money>,
    reason: &str,
    at: DateTime,
) -> Result<ShiftClose, TillRefusal> {
    if !lines.iter().any(|line| line.is_new || line.cancelled_now || line.confirmed_now) {
        return Err(TillRefusal::NothingToClose);
    }
    let (sums, reason) = (Sums::of(lines), tidy(reason));
    let differs = counted.is_some_and(|counted| counted != sums.expected());
    if differs && reason.is_empty() {
        return Err(TillRefusal::NoReason);
    }
    Ok(ShiftClose {
        counter: counter.to_owned(),
        began: lines.iter().filter(|line| line.is_new).map(|line| line.line.stamp.time().civil()).min(),
        at,
        sums,
        counted,
        reason: if differs { reason } else { String::new() },
        waiting: lines.iter().filter(|line| line.line.waits()).map(|line| line.line.stamp.id).collect(),
    })
}

/// Money of a close, `before` of which was paid in already, taken to the treasury or the bank.
pub fn pay_in(
    close: &ShiftClose,
    id: OpId,
    before: Money,
    amount: Money,
    document: &str,
) -> Result<PaidIn, TillRefusal> {
    let document = tidy(document);
    if document.is_empty() {
        return Err(TillRefusal::NoDocument);
    }
    let held = close.counted.unwrap_or_else(|| close.sums.expected());
    if amount == Money(0) || amount.0 > held.0.saturating_sub(before.0) {
        return Err(TillRefusal::TooMuchPaidIn);
    }
    Ok(PaidIn { close: id, amount, document })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::{FeeTaken, Hlc, Stamp};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn line(amount: u64, means: Means, states: [bool; 4]) -> ShiftLine {
        let [is_new, cancelled_now, confirmed, confirmed_now] = states;
        let stamp = Stamp { id: OpId { replica: 1, seq: 1 }, hlc: Hlc(1 << 16), noted_ms: None, actor: None };
        let fee = FeeTaken { amount: Money(amount), means, ..FeeTaken::default() };
        let confirmed = (confirmed || confirmed_now).then(String::new);
        ShiftLine {
            line: FeeLine { stamp, fee, cancelled: cancelled_now, confirmed },
            is_new,
            cancelled_now,
            confirmed_now,
        }
    }

    fn cash() -> Means {
        Means::default()
    }

    #[test]
    fn a_days_lines_are_told_apart() {
        let lines = [
            line(15_000, cash(), [true, false, false, false]),
            line(0, cash(), [true, false, false, false]),
            line(8_000, cash(), [true, true, false, false]),
            line(50_000, Means::Transfer, [true, false, false, false]),
            line(30_000, Means::Transfer, [false, false, false, true]),
            line(2_000, cash(), [false, true, false, false]),
        ];
        let sums = Sums::of(&lines);
        let expected = Sums {
            lines: 3,
            cash: Money(15_000),
            given_back: Money(2_000),
            confirmed: Money(30_000),
            waiting: Money(50_000),
            voided: 1,
            free: 1,
        };
        assert_eq!((sums, sums.expected()), (expected, Money(13_000)));
        let at = date(2026, 11, 23).at(17, 0, 0, 0);
        let closed = close(&lines, "2", Some(Money(13_000)), "", at).expect("it is right");
        assert_eq!(closed.waiting.len(), 1);
        assert_eq!(close(&lines, "2", Some(Money(12_000)), " ", at), Err(TillRefusal::NoReason));
        let short = close(&lines, "2", Some(Money(12_000)), "Trả nhầm tiền lẻ", at).expect("with its reason");
        assert_eq!(short.reason, "Trả nhầm tiền lẻ");
        assert_eq!(close(&lines[3..3], "2", None, "", at), Err(TillRefusal::NothingToClose));
        let carried = [line(1, Means::Transfer, [false; 4])];
        assert_eq!(close(&carried, "2", None, "", at), Err(TillRefusal::NothingToClose), "it waited before");
        let id = OpId { replica: 1, seq: 9 };
        assert_eq!(pay_in(&short, id, Money(0), Money(12_000), ""), Err(TillRefusal::NoDocument));
        assert_eq!(pay_in(&short, id, Money(0), Money(13_000), "GNT 1"), Err(TillRefusal::TooMuchPaidIn));
        assert_eq!(pay_in(&short, id, Money(2_000), Money(10_001), "GNT 1"), Err(TillRefusal::TooMuchPaidIn));
        assert!(pay_in(&short, id, Money(2_000), Money(10_000), "GNT 1").is_ok());
    }

    proptest! {
        #[test]
        fn every_line_stands_in_one_sum_and_a_cancelled_one_in_none(
            made in prop::collection::vec((0u64..1_000_000, any::<bool>(), any::<[bool; 4]>()), 0..40)
        ) {
            let means = |cash: bool| if cash { Means::default() } else { Means::Transfer };
            let lines: Vec<ShiftLine> = made.into_iter().map(|(amount, cash, s)| line(amount, means(cash), s)).collect();
            for each in &lines {
                let places = [each.cash(), each.given_back(), each.confirmed(), each.waiting()];
                let stands = places.iter().filter(|money| **money > Money(0)).count();
                prop_assert!(stands <= 1);
                if each.line.cancelled {
                    prop_assert_eq!((each.cash(), each.confirmed(), each.waiting()), Default::default());
                }
            }
            let sums = Sums::of(&lines);
            let taken: u64 = lines.iter().filter(|each| !each.line.cancelled).map(|each| each.line.fee.amount.0).sum();
            prop_assert!(sums.cash.0 + sums.confirmed.0 + sums.waiting.0 <= taken);
            prop_assert!(sums.expected() <= sums.cash);
        }
    }
}
