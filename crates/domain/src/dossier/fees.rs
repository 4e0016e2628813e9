//! The fee ledger of a dossier (khoản thu): lines that are taken, confirmed and cancelled, and never edited.
//!
//! A receipt is a matter of the tax law (NĐ 123/2020/NĐ-CP, 70/2025/NĐ-CP): a line bears the number of the real book. What a
//! receipt says is not erased: on its own day it is void with all its copies kept, later a counter-line cancels it. Nothing is
//! paid back unless the fee's own rule says so (officer.md §1.8).

use super::{Dossier, Op, OpId, Question, Refusal, Stamp, open_questions};
use crate::money::Money;
use crate::text::tidy;
use jiff::civil::DateTime;

/// From this amount on somebody is asked whether it is meant: the dearest fee a commune takes is far below.
pub const LARGE: Money = Money(10_000_000);

/// Which of the two the law calls it (Luật Phí và lệ phí 2015, Điều 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeKind {
    /// Phí: for a service.
    Fee,
    /// Lệ phí: for a State act.
    Charge,
}

impl FeeKind {
    /// Both, in the order of their numbers.
    pub const ALL: [Self; 2] = [Self::Fee, Self::Charge];

    /// 1 phí, 2 lệ phí.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// When in the dossier's life a fee is taken (HinhThucThu of the portal).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// 1 khi tiếp nhận.
    #[default]
    Reception,
    /// 2 khi bổ sung.
    Supplement,
    /// 4 khi trả kết quả.
    HandBack,
}

impl Stage {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Reception, Self::Supplement, Self::HandBack];

    /// The portal's number.
    pub fn number(self) -> u8 {
        match self {
            Self::Reception => 1,
            Self::Supplement => 2,
            Self::HandBack => 4,
        }
    }
}

/// How a fee reaches the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Tiền mặt, with what the citizen gave, where that was noted.
    Cash {
        /// What was put on the counter.
        given: Option<Money>,
    },
    /// Chuyển khoản: counts once a person has seen it in the account.
    Transfer,
}

impl Default for Means {
    fn default() -> Self {
        Self::Cash { given: None }
    }
}

/// Why somebody pays nothing, with what was shown for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exempted {
    /// The reason's code in the table of exemptions.
    pub code: String,
    /// The reason in the words of that day.
    pub name: String,
    /// What was shown, or where it was looked up.
    pub proof: String,
}

/// A fee that is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeeTaken {
    /// How much, in đồng. 0 is a fee of 0, with its ground.
    pub amount: Money,
    /// Ký hiệu and number of the receipt in the real book, may be empty.
    pub receipt: String,
    /// The fee line of the catalogue; empty where it is none of them.
    pub line: String,
    /// Phí or lệ phí, where that is known.
    pub kind: Option<FeeKind>,
    /// How many copies, papers or cases; 0 where nobody counted.
    pub copies: u32,
    /// Pages of the original, where the price goes by pages; else 0.
    pub pages: u32,
    /// What gives the amount: the catalogue's source, the province's resolution; may be empty.
    pub source: String,
    /// Why nothing is paid, where that is so.
    pub exemption: Option<Exempted>,
    /// How it is paid.
    pub means: Means,
    /// When in the dossier's life.
    pub stage: Stage,
    /// The officer's remark, may be empty.
    pub note: String,
}

impl FeeTaken {
    /// The change to give back: exact, or `None` where what was given does not suffice or was not noted.
    pub fn change(&self) -> Option<Money> {
        match self.means {
            Means::Cash { given } => given?.0.checked_sub(self.amount.0).map(Money),
            Means::Transfer => None,
        }
    }
}

/// A line of the fee ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLine {
    /// Who took it and when; its identity names the line.
    pub stamp: Stamp,
    /// What was taken.
    pub fee: FeeTaken,
    /// Whether a counter-line cancels it.
    pub cancelled: bool,
    /// That a person saw the transfer arrive: the last digits of the transaction, may be empty.
    pub confirmed: Option<String>,
}

impl FeeLine {
    /// Whether its money is here: cash, or a transfer somebody has seen arrive.
    pub fn counts(&self) -> bool {
        !self.cancelled && !self.waits()
    }

    /// Whether it is a transfer that nobody has seen arrive.
    pub fn waits(&self) -> bool {
        !self.cancelled && self.fee.means == Means::Transfer && self.confirmed.is_none()
    }
}

/// The sum of amounts; it ends at the largest number there is.
pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    Money(amounts.into_iter().fold(0, |sum, amount| sum.saturating_add(amount.0)))
}

impl Dossier {
    /// What was taken, has arrived and is not cancelled.
    pub fn paid(&self) -> Money {
        sum(self.fees().iter().filter(|line| line.counts()).map(|line| line.fee.amount))
    }

    /// What was transferred and nobody has seen arrive.
    pub fn awaited(&self) -> Money {
        sum(self.fees().iter().filter(|line| line.waits()).map(|line| line.fee.amount))
    }

    fn fee_line(&self, id: OpId) -> Option<&FeeLine> {
        self.fees().iter().find(|line| line.stamp.id == id && !line.cancelled)
    }
}

/// A fee as it is written down. `owed` is what its line asks for, where that is known.
pub(super) fn take(fee: FeeTaken, owed: Option<Money>, answered: &[Question]) -> Result<Op, Refusal> {
    let mut fee = FeeTaken {
        receipt: tidy(&fee.receipt),
        line: tidy(&fee.line),
        source: tidy(&fee.source),
        note: tidy(&fee.note),
        exemption: fee.exemption.map(|why| Exempted { proof: tidy(&why.proof), ..why }),
        ..fee
    };
    if fee.exemption.as_ref().is_some_and(|why| why.proof.is_empty()) {
        return Err(Refusal::NoExemptionProof);
    }
    if fee.amount == Money(0) {
        let grounded = fee.exemption.is_some() || owed.is_some() || !(fee.source.is_empty() && fee.note.is_empty());
        if !grounded {
            return Err(Refusal::NoGround);
        }
        // Nothing is neither counted nor waited for.
        fee.means = Means::default();
    }
    if matches!(fee.means, Means::Cash { given: Some(_) }) && fee.change().is_none() {
        return Err(Refusal::GivenTooLittle);
    }
    let mut questions = Vec::new();
    if owed.is_some_and(|owed| owed != fee.amount) {
        questions.push(Question::FeeDiffers);
    }
    if fee.amount >= LARGE {
        questions.push(Question::FeeLarge);
    }
    open_questions(questions, answered)?;
    Ok(Op::FeeTaken(Box::new(fee)))
}

/// The counter-line of a fee line. A receipt that is cancelled on its own day is void, and its copies (liên) are kept.
pub(super) fn cancel(
    dossier: &Dossier,
    line: OpId,
    reason: &str,
    copies_kept: Option<u8>,
    now: DateTime,
) -> Result<Op, Refusal> {
    let reason = Some(tidy(reason)).filter(|reason| !reason.is_empty()).ok_or(Refusal::NoReason)?;
    let cancelled = dossier.fee_line(line).ok_or(Refusal::NoFeeLine)?;
    let is_same_day = cancelled.stamp.time().civil().date() == now.date();
    let copies_kept = copies_kept.filter(|copies| *copies > 0);
    if is_same_day && !cancelled.fee.receipt.is_empty() && copies_kept.is_none() {
        return Err(Refusal::CopiesNotKept);
    }
    Ok(Op::FeeCancelled { line, reason, copies_kept })
}

/// That a person saw a transfer arrive.
pub(super) fn confirm(dossier: &Dossier, line: OpId, reference: &str) -> Result<Op, Refusal> {
    let waits = dossier.fee_line(line).is_some_and(FeeLine::waits);
    let reference = tidy(reference);
    waits.then_some(Op::FeeConfirmed { line, reference }).ok_or(Refusal::NothingToConfirm)
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, clippy::panic, reason = "a test that meets what it does not expect has failed")]
mod tests;
