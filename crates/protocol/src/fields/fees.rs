//! Money: the fee ledger of a dossier, the closes of a till, what was paid in.
//!
//! Why somebody is exempt says something about a person, and stands in the personal part.

use super::life::{Words, given, id};
use super::{Parts, kind};
use crate::op::{Malformed, Ref, Seed, decode, encode};
use domain::dossier::{Exempted, FeeKind, FeeTaken, Means, Op, OpId, Stage};
use domain::money::Money;
use domain::till::{PaidIn, ShiftClose, Sums};
use jiff::civil::DateTime;
use minicbor::{Decode, Encode};

#[derive(Encode, Decode)]
#[cbor(map)]
struct Taken {
    /// Đồng.
    #[n(0)]
    amount: u64,
    #[n(1)]
    receipt: Option<String>,
    #[n(2)]
    line: Option<String>,
    /// 1 phí, 2 lệ phí.
    #[n(3)]
    kind: Option<u8>,
    #[n(4)]
    copies: Option<u32>,
    #[n(5)]
    pages: Option<u32>,
    #[n(6)]
    source: Option<String>,
    /// Missing: cash; 2 transfer.
    #[n(7)]
    means: Option<u8>,
    /// Đồng the citizen put on the counter.
    #[n(8)]
    given: Option<u64>,
    /// Missing: 1 khi tiếp nhận; 2 khi bổ sung, 4 khi trả kết quả.
    #[n(9)]
    stage: Option<u8>,
}

#[derive(Default, Encode, Decode)]
#[cbor(map)]
struct TakenPersonal {
    /// The remark.
    #[n(0)]
    words: Option<String>,
    /// Code of the exemption.
    #[n(1)]
    exemption: Option<String>,
    /// The exemption in words.
    #[n(2)]
    because: Option<String>,
    /// What was shown.
    #[n(3)]
    proof: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Cancelled {
    #[n(0)]
    line: Ref,
    #[n(1)]
    copies_kept: Option<u8>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Confirmed {
    #[n(0)]
    line: Ref,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Close {
    #[n(0)]
    counter: String,
    /// Civil time, UTC+7, as text.
    #[n(1)]
    began: Option<String>,
    #[n(2)]
    at: String,
    #[n(3)]
    lines: u32,
    #[n(4)]
    cash: u64,
    #[n(5)]
    given_back: u64,
    #[n(6)]
    confirmed: u64,
    #[n(7)]
    waiting_sum: u64,
    #[n(8)]
    voided: u32,
    #[n(9)]
    free: u32,
    #[n(10)]
    counted: Option<u64>,
    #[n(11)]
    waiting: Vec<Ref>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Paid {
    #[n(0)]
    close: Ref,
    #[n(1)]
    amount: u64,
}

/// The personal part of what belongs to no dossier: the reason of a difference, the document that shows the payment.
#[derive(Encode, Decode)]
#[cbor(map)]
struct OwnWords {
    #[n(0)]
    words: Option<String>,
    #[cbor(n(15), with = "minicbor::bytes")]
    seed: Seed,
}

/// Writes a fee that was taken.
pub fn write(fee: &FeeTaken) -> Parts {
    (kind::FEE_TAKEN, encode(&taken(fee)), taken_personal(fee))
}

/// Writes a counter-line.
pub fn write_cancelled(line: OpId, reason: &str, copies_kept: Option<u8>) -> Parts {
    let fields = Cancelled { line: Ref::from(line), copies_kept };
    (kind::FEE_CANCELLED, encode(&fields), Some(encode(&Words { words: given(reason) })))
}

/// Writes that a transfer arrived.
pub fn write_confirmed(line: OpId, reference: &str) -> Parts {
    let fields = Confirmed { line: Ref::from(line) };
    (kind::FEE_CONFIRMED, encode(&fields), Some(encode(&Words { words: given(reference) })))
}

fn taken(fee: &FeeTaken) -> Taken {
    let counted = |number: u32| (number > 0).then_some(number);
    let (means, given_cash) = match fee.means {
        Means::Cash { given } => (None, given.map(|given| given.0)),
        Means::Transfer => (Some(2), None),
    };
    Taken {
        amount: fee.amount.0,
        receipt: given(&fee.receipt),
        line: given(&fee.line),
        kind: fee.kind.map(FeeKind::number),
        copies: counted(fee.copies),
        pages: counted(fee.pages),
        source: given(&fee.source),
        means,
        given: given_cash,
        stage: (fee.stage != Stage::Reception).then(|| fee.stage.number()),
    }
}

fn taken_personal(fee: &FeeTaken) -> Option<Vec<u8>> {
    let exemption = fee.exemption.as_ref();
    let has_words = !fee.note.is_empty() || exemption.is_some();
    has_words.then(|| {
        encode(&TakenPersonal {
            words: given(&fee.note),
            exemption: exemption.map(|why| why.code.clone()),
            because: exemption.map(|why| why.name.clone()),
            proof: exemption.map(|why| why.proof.clone()),
        })
    })
}

/// Reads an operation of the ledger.
pub fn read(kind: u16, fields: &[u8], personal: Option<&[u8]>) -> Result<Op, Malformed> {
    let words = || -> Result<String, Malformed> {
        Ok(personal.map(decode::<Words>).transpose()?.and_then(|personal| personal.words).unwrap_or_default())
    };
    Ok(match kind {
        kind::FEE_TAKEN => Op::FeeTaken(Box::new(read_taken(fields, personal)?)),
        kind::FEE_CANCELLED => {
            let Cancelled { line, copies_kept } = decode(fields)?;
            Op::FeeCancelled { line: id(line), reason: words()?, copies_kept }
        }
        kind::FEE_CONFIRMED => Op::FeeConfirmed { line: id(decode::<Confirmed>(fields)?.line), reference: words()? },
        kind => Op::Unknown { kind },
    })
}

/// A kind or a stage that a newer release counts is none known here.
fn read_taken(fields: &[u8], personal: Option<&[u8]>) -> Result<FeeTaken, Malformed> {
    let fields: Taken = decode(fields)?;
    let personal: TakenPersonal = personal.map(decode).transpose()?.unwrap_or_default();
    let exemption = personal.exemption.map(|code| Exempted {
        code,
        name: personal.because.unwrap_or_default(),
        proof: personal.proof.unwrap_or_default(),
    });
    Ok(FeeTaken {
        amount: Money(fields.amount),
        receipt: fields.receipt.unwrap_or_default(),
        line: fields.line.unwrap_or_default(),
        kind: FeeKind::ALL.into_iter().find(|kind| Some(kind.number()) == fields.kind),
        copies: fields.copies.unwrap_or(0),
        pages: fields.pages.unwrap_or(0),
        source: fields.source.unwrap_or_default(),
        exemption,
        means: match fields.means {
            None => Means::Cash { given: fields.given.map(Money) },
            // Whatever is not cash has to be seen to arrive.
            Some(_) => Means::Transfer,
        },
        stage: Stage::ALL.into_iter().find(|stage| Some(stage.number()) == fields.stage).unwrap_or_default(),
        note: personal.words.unwrap_or_default(),
    })
}

/// Writes a close.
pub fn write_close(close: &ShiftClose, seed: &Seed) -> Parts {
    let ShiftClose { counter, began, at, sums, counted, reason, waiting } = close;
    let fields = Close {
        counter: counter.clone(),
        began: began.map(|began| began.to_string()),
        at: at.to_string(),
        lines: sums.lines,
        cash: sums.cash.0,
        given_back: sums.given_back.0,
        confirmed: sums.confirmed.0,
        waiting_sum: sums.waiting.0,
        voided: sums.voided,
        free: sums.free,
        counted: counted.map(|counted| counted.0),
        waiting: waiting.iter().copied().map(Ref::from).collect(),
    };
    (kind::SHIFT_CLOSED, encode(&fields), Some(encode(&OwnWords { words: given(reason), seed: *seed })))
}

/// Reads a close.
pub fn read_close(fields: &[u8], personal: Option<&[u8]>) -> Result<ShiftClose, Malformed> {
    let close: Close = decode(fields)?;
    let moment = |text: &str| text.parse::<DateTime>().map_err(|_| Malformed::Field("at"));
    Ok(ShiftClose {
        began: close.began.as_deref().map(moment).transpose()?,
        at: moment(&close.at)?,
        counter: close.counter,
        sums: Sums {
            lines: close.lines,
            cash: Money(close.cash),
            given_back: Money(close.given_back),
            confirmed: Money(close.confirmed),
            waiting: Money(close.waiting_sum),
            voided: close.voided,
            free: close.free,
        },
        counted: close.counted.map(Money),
        reason: own_words(personal)?,
        waiting: close.waiting.into_iter().map(id).collect(),
    })
}

/// Writes what was paid in.
pub fn write_paid_in(paid: &PaidIn, seed: &Seed) -> Parts {
    let fields = Paid { close: Ref::from(paid.close), amount: paid.amount.0 };
    (kind::PAID_IN, encode(&fields), Some(encode(&OwnWords { words: given(&paid.document), seed: *seed })))
}

/// Reads what was paid in.
pub fn read_paid_in(fields: &[u8], personal: Option<&[u8]>) -> Result<PaidIn, Malformed> {
    let Paid { close, amount } = decode(fields)?;
    Ok(PaidIn { close: id(close), amount: Money(amount), document: own_words(personal)? })
}

fn own_words(personal: Option<&[u8]>) -> Result<String, Malformed> {
    Ok(personal.map(decode::<OwnWords>).transpose()?.and_then(|own| own.words).unwrap_or_default())
}
