//! Fees by officer.md §4, and what holds for every ledger.

use super::super::{Entry, Hlc, Moved, Seen, Stamp, State};
use super::*;
use crate::catalogue::Price;
use proptest::prelude::*;

const NOON: u64 = 1_795_410_000_000; // 2026-11-23 12:00 in Viet Nam.

fn fee(amount: u64) -> FeeTaken {
    FeeTaken { amount: Money(amount), ..FeeTaken::default() }
}

fn written(fee: FeeTaken) -> FeeTaken {
    match take(fee, None, &[]).expect("a fee") {
        Op::FeeTaken(fee) => *fee,
        other => panic!("{other:?}"),
    }
}

/// A dossier with these operations after its reception, a second apart, all by one desk.
fn dossier(ops: Vec<Op>) -> Dossier {
    let mut all = vec![Op::Received(Box::new(super::super::merge::tests::received()))];
    all.extend(ops);
    let entries = all.into_iter().zip(1u64..).map(|(op, seq)| {
        let id = OpId { replica: 1, seq };
        Entry { stamp: Stamp { id, hlc: Hlc((NOON + seq * 1000) << 16), noted_ms: None, actor: None }, op }
    });
    Dossier::merge(entries, &Seen::default()).expect("a dossier")
}

fn line(seq: u64) -> OpId {
    OpId { replica: 1, seq }
}

fn taken(amount: u64, means: Means, receipt: &str) -> Op {
    Op::FeeTaken(Box::new(FeeTaken { means, receipt: receipt.to_owned(), ..fee(amount) }))
}

#[test]
fn the_amounts_of_the_officers() {
    let copies = Price::Pages { first: Money(2_000), first_pages: 2, then: Money(1_000), at_most: Money(200_000) };
    for (price, pages, count, amount) in [
        (copies, 1, 1, 2_000),
        (copies, 3, 1, 5_000),
        (copies, 3, 20, 100_000),
        (copies, 198, 1, 200_000),
        (copies, 250, 1, 200_000),
        (Price::Flat(Money(10_000)), 0, 1, 10_000),
        (Price::Flat(Money(50_000)), 0, 1, 50_000),
        (Price::Flat(Money(30_000)), 0, 1, 30_000),
        (Price::Flat(Money(25_000)), 0, 1, 25_000),
        (Price::Flat(Money(15_000)), 0, 1, 15_000),
        (Price::Flat(Money(10_000)), 0, 4, 40_000),
    ] {
        assert_eq!(price.of(pages, count), Money(amount), "{price:?}, {pages} pages, {count}");
    }
}

#[test]
fn a_fee_of_0_says_why() {
    assert_eq!(take(fee(0), None, &[]), Err(Refusal::NoGround));
    let exemption = |proof: &str| {
        let [code, name, proof] = ["poor", "hộ nghèo", proof].map(str::to_owned);
        FeeTaken { exemption: Some(Exempted { code, name, proof }), ..fee(0) }
    };
    assert_eq!(take(exemption(" "), Some(Money(0)), &[]), Err(Refusal::NoExemptionProof));
    assert!(take(exemption("Giấy chứng nhận hộ nghèo"), Some(Money(0)), &[]).is_ok());
    assert!(take(fee(0), Some(Money(0)), &[]).is_ok(), "its line asks for 0");
    assert!(take(FeeTaken { source: "NQ 12".into(), ..fee(0) }, None, &[]).is_ok());
    let transfer = written(FeeTaken { means: Means::Transfer, note: "miễn".into(), ..fee(0) });
    assert_eq!(transfer.means, Means::default(), "nothing is not waited for");
}

#[test]
fn an_odd_amount_is_a_question() {
    let asked = |amount, owed| match take(fee(amount), owed, &[]) {
        Err(Refusal::Unanswered(open)) => open,
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(10_000_000_000, None), [Question::FeeLarge]);
    assert_eq!(asked(8_000, Some(Money(5_000))), [Question::FeeDiffers]);
    let both = asked(10_000_000_000, Some(Money(8_000)));
    assert!(take(fee(10_000_000_000), Some(Money(8_000)), &both).is_ok());
}

#[test]
fn a_receipt_is_void_on_its_day_and_cancelled_later() {
    let dossier = dossier(vec![taken(15_000, Means::default(), "AB/26P 0000031"), taken(8_000, Means::default(), "")]);
    let on = |day| jiff::civil::date(2026, 11, day).at(16, 0, 0, 0);
    let cancel = |seq, copies, day| cancel(&dossier, line(seq), "Thu nhầm", copies, on(day));
    assert_eq!(cancel(2, None, 23), Err(Refusal::CopiesNotKept));
    assert_eq!(cancel(2, Some(0), 23), Err(Refusal::CopiesNotKept));
    assert!(cancel(2, Some(3), 23).is_ok());
    assert!(cancel(2, None, 24).is_ok(), "later it is a counter-line");
    assert!(cancel(3, None, 23).is_ok(), "no receipt, no copies");
    assert_eq!(cancel(4, None, 24), Err(Refusal::NoFeeLine));
    assert_eq!(super::cancel(&dossier, line(2), " ", Some(3), on(23)), Err(Refusal::NoReason));
}

#[test]
fn a_transfer_counts_once_a_person_has_seen_it() {
    let ops = vec![taken(15_000, Means::Transfer, ""), taken(8_000, Means::default(), "")];
    let before = dossier(ops.clone());
    assert_eq!((before.paid(), before.awaited()), (Money(8_000), Money(15_000)));
    assert_eq!(confirm(&before, line(3), ""), Err(Refusal::NothingToConfirm), "cash is here already");
    let confirmed = confirm(&before, line(2), " 4821 ").expect("it waits");
    let again = Op::FeeConfirmed { line: line(2), reference: "9999".into() };
    let after = dossier([ops.clone(), vec![confirmed.clone(), again]].concat());
    assert_eq!((after.paid(), after.awaited()), (Money(23_000), Money(0)));
    assert_eq!(after.fees()[0].confirmed.as_deref(), Some("4821"), "the first word stands");
    assert_eq!(confirm(&after, line(2), ""), Err(Refusal::NothingToConfirm));
    let cancelled = Op::FeeCancelled { line: line(2), reason: "trả lại".into(), copies_kept: None };
    let gone = dossier([ops, vec![confirmed, cancelled]].concat());
    assert_eq!((gone.paid(), gone.awaited()), (Money(8_000), Money(0)));
    // A state told by another system has no say about money.
    let moved = Op::Moved(Box::new(Moved::told(State::Finished, line(1), String::new())));
    assert_eq!(dossier(vec![moved, taken(1, Means::default(), "")]).paid(), Money(1));
}

fn ledger() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (0u64..=u64::MAX, any::<bool>()).prop_map(|(amount, cash)| {
            taken(amount, if cash { Means::default() } else { Means::Transfer }, "")
        }),
        1 => (2u64..30).prop_map(|seq| Op::FeeCancelled { line: line(seq), reason: "nhầm".into(), copies_kept: None }),
        1 => (2u64..30).prop_map(|seq| Op::FeeConfirmed { line: line(seq), reference: String::new() }),
    ];
    prop::collection::vec(op, 0..28)
}

proptest! {
    #[test]
    fn no_line_counts_twice_and_a_cancelled_one_never(ops in ledger()) {
        let dossier = dossier(ops.clone());
        let cancelled: Vec<OpId> =
            ops.iter().filter_map(|op| if let Op::FeeCancelled { line, .. } = op { Some(*line) } else { None }).collect();
        let mut left = 0u64;
        for each in dossier.fees() {
            prop_assert_eq!(each.cancelled, cancelled.contains(&each.stamp.id));
            prop_assert!(!(each.cancelled && (each.counts() || each.waits())));
            prop_assert!(!(each.counts() && each.waits()));
            prop_assert!(each.cancelled || each.counts() || each.waits());
            left = left.saturating_add(if each.cancelled { 0 } else { each.fee.amount.0 });
        }
        prop_assert_eq!(sum([dossier.paid(), dossier.awaited()]), Money(left));
    }

    #[test]
    fn change_is_exact_or_the_fee_is_refused(amount in 1u64..10_000_000, given in any::<u32>()) {
        let given = u64::from(given);
        let cash = FeeTaken { means: Means::Cash { given: Some(Money(given)) }, ..fee(amount) };
        match take(cash, None, &[]) {
            Ok(Op::FeeTaken(fee)) => prop_assert_eq!(fee.change().map(|change| change.0 + amount), Some(given)),
            refused => {
                prop_assert_eq!(refused, Err(Refusal::GivenTooLittle));
                prop_assert!(given < amount);
            }
        }
    }
}
