//! The merge table, case by case, and what holds for every history.

use super::super::{
    CardSeen, Dossier, Entry, FeeTaken, Hlc, Moved, Op, OpId, Part, Person, ProcedureInForce, Received, ResultAt,
    ReviewCard, Seen, Stamp, State,
};
use super::Value;
use crate::catalogue::Channel;
use crate::code::{AgencyCode, DossierCode};
use crate::money::Money;
use crate::person::{CitizenId, PersonName, Phone};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Desks that write about one dossier, and hear of each other when a test says so.
#[derive(Debug, Clone, Default)]
struct Desks {
    entries: Vec<Entry>,
    seen: Seen,
    heard: BTreeMap<u32, BTreeMap<u32, u64>>,
    now: u64,
}

impl Desks {
    /// Desk 1 has received the dossier, and everybody has heard of it.
    fn new() -> Self {
        let mut desks = Self::default();
        desks.writes(1, Op::Received(Box::new(received())));
        (2..=4).for_each(|desk| desks.hears(desk, 1));
        desks
    }

    /// A desk writes an operation, a second after the last one.
    fn writes(&mut self, desk: u32, op: Op) -> OpId {
        self.now += 1000;
        let heard = self.heard.entry(desk).or_default();
        let seq = heard.get(&desk).copied().unwrap_or(0) + 1;
        let id = OpId { replica: desk, seq };
        heard.iter().for_each(|(replica, seq)| self.seen.note(id, OpId { replica: *replica, seq: *seq }));
        heard.insert(desk, seq);
        self.entries.push(Entry { stamp: Stamp { id, hlc: Hlc(self.now << 16), noted_ms: None, actor: None }, op });
        id
    }

    /// A desk hears all that another knows.
    fn hears(&mut self, desk: u32, other: u32) {
        let theirs = self.heard.entry(other).or_default().clone();
        let mine = self.heard.entry(desk).or_default();
        for (replica, seq) in theirs {
            let known = mine.entry(replica).or_default();
            *known = seq.max(*known);
        }
    }

    fn meet(&mut self) {
        (0..2).for_each(|_| (1..=4).for_each(|desk| (1..=4).for_each(|other| self.hears(desk, other))));
    }

    fn dossier(&self) -> Dossier {
        Dossier::merge(self.entries.clone(), &self.seen).expect("a dossier")
    }

    /// What a desk knows.
    fn dossier_at(&self, desk: u32) -> Dossier {
        let heard = &self.heard[&desk];
        let known = |entry: &&Entry| heard.get(&entry.stamp.id.replica).is_some_and(|seq| entry.stamp.id.seq <= *seq);
        Dossier::merge(self.entries.iter().filter(known).cloned(), &self.seen).expect("a dossier")
    }
}

pub(in crate::dossier) fn received() -> Received {
    let applicant = Person {
        name: PersonName::parse("Lò Văn Ỉn").expect("a name"),
        number: Some(CitizenId::parse("000090000123").expect("a number")),
        old_number: None,
        born: None,
        sex: None,
        address: "Bản Pá".to_owned(),
        phone: None,
        email: String::new(),
        ethnicity: String::new(),
    };
    Received {
        code: DossierCode::parse("H56.14-261123-01001").expect("a code"),
        agency: AgencyCode::parse("H56.14").expect("an agency"),
        procedure: ProcedureInForce {
            code: "1.001193".to_owned(),
            name: "Đăng ký khai sinh".to_owned(),
            field: "Hộ tịch".to_owned(),
            version: date(2025, 7, 1),
            limit: None,
        },
        applicant,
        submitter: None,
        channel: Channel::Counter,
        papers: vec![],
        sets: 1,
        at: date(2026, 11, 23).at(9, 0, 0, 0),
        due: None,
        due_provisional: false,
        offline: false,
        answered: vec![],
        result_at: ResultAt::Counter,
        card_seen: CardSeen::None,
        helper: String::new(),
        helped_at: String::new(),
        competent: None,
        note: String::new(),
        secret: "7K2M".to_owned(),
        particulars: Default::default(),
    }
}

fn phone(text: &str) -> Op {
    Op::PhoneChanged { phone: Some(Phone::parse(text).expect("a number")) }
}

fn name(text: &str) -> Op {
    Op::NameCorrected { name: PersonName::parse(text).expect("a name") }
}

fn moved(state: u8, follows: OpId) -> Op {
    let state = State::from_number(state).expect("a state");
    Op::Moved(Box::new(Moved::told(state, follows, String::new())))
}

const RECEPTION: OpId = OpId { replica: 1, seq: 1 };

fn parts(dossier: &Dossier) -> Vec<Part> {
    dossier.cards().iter().map(|card| card.part).collect()
}

fn kept(card: &ReviewCard) -> Vec<OpId> {
    card.versions.iter().map(|version| version.kept).collect()
}

#[test]
fn of_two_telephone_numbers_the_later_holds_and_a_card_is_raised() {
    let mut desks = Desks::new();
    let first = desks.writes(1, phone("0912000001"));
    let second = desks.writes(2, phone("0912000002"));
    let dossier = desks.dossier();
    assert_eq!(dossier.phone().map(Phone::as_str), Some("0912000002"));
    assert_eq!(kept(&dossier.cards()[0]), [first, second]);
    // Whoever has seen both and writes anew has settled it, whatever their clock says.
    desks.meet();
    desks.now = 500;
    desks.writes(1, phone("0912000003"));
    let dossier = desks.dossier();
    assert_eq!((dossier.phone().map(Phone::as_str), parts(&dossier)), (Some("0912000003"), vec![]));
}

#[test]
fn a_write_after_another_was_seen_is_no_conflict_and_the_same_value_twice_neither() {
    let mut desks = Desks::new();
    desks.writes(1, phone("0912000001"));
    desks.hears(2, 1);
    desks.writes(2, phone("0912000002"));
    assert_eq!(parts(&desks.dossier()), []);
    desks.writes(1, Op::AddressChanged { address: "Bản Co".to_owned() });
    desks.writes(2, Op::AddressChanged { address: "Bản Co".to_owned() });
    assert_eq!(parts(&desks.dossier()), []);
}

#[test]
fn no_clock_decides_about_a_name() {
    let mut desks = Desks::new();
    desks.writes(1, name("Lò Văn Ín"));
    desks.meet();
    let one = desks.writes(1, name("Lò Văn Ình"));
    let two = desks.writes(2, name("Lò Văn Ính"));
    let dossier = desks.dossier();
    assert_eq!(dossier.applicant().name.as_str(), "Lò Văn Ín", "what both had seen holds");
    assert_eq!(kept(&dossier.cards()[0]), [one, two]);
    desks.meet();
    desks.writes(3, Op::Settled { part: Part::Name, kept: one });
    let dossier = desks.dossier();
    assert_eq!((dossier.applicant().name.as_str(), parts(&dossier)), ("Lò Văn Ình", vec![]));
}

#[test]
fn of_two_results_neither_is_in_force_until_a_person_chooses() {
    let mut desks = Desks::new();
    let one = desks.writes(1, Op::ResultRecorded { text: "Số 1".to_owned() });
    desks.writes(2, Op::ResultRecorded { text: "Số 2".to_owned() });
    assert_eq!((desks.dossier().result(), parts(&desks.dossier())), ("", vec![Part::Result]));
    desks.meet();
    desks.writes(2, Op::Settled { part: Part::Result, kept: one });
    assert_eq!((desks.dossier().result(), parts(&desks.dossier())), ("Số 1", vec![]));
}

#[test]
fn choices_made_while_apart_raise_the_card_again_unless_they_are_the_same() {
    let mut desks = Desks::new();
    let one = desks.writes(1, name("Lò Văn Ín"));
    let two = desks.writes(2, name("Lò Văn Ính"));
    desks.meet();
    let mut same = desks.clone();
    for desk in [1, 2] {
        same.writes(desk, Op::Settled { part: Part::Name, kept: one });
    }
    assert_eq!((same.dossier().applicant().name.as_str(), parts(&same.dossier())), ("Lò Văn Ín", vec![]));
    desks.writes(1, Op::Settled { part: Part::Name, kept: one });
    desks.writes(2, Op::Settled { part: Part::Name, kept: two });
    let dossier = desks.dossier();
    assert_eq!(kept(&dossier.cards()[0]), [one, two]);
    desks.meet();
    desks.writes(4, Op::Settled { part: Part::Name, kept: two });
    assert_eq!((desks.dossier().applicant().name.as_str(), parts(&desks.dossier())), ("Lò Văn Ính", vec![]));
}

#[test]
fn a_choice_settles_only_what_its_author_had_seen() {
    let mut desks = Desks::new();
    let one = desks.writes(1, phone("0912000001"));
    desks.writes(2, phone("0912000002"));
    let third = desks.writes(3, phone("0912000003"));
    desks.hears(1, 2);
    let choice = desks.writes(1, Op::Settled { part: Part::Phone, kept: one });
    let dossier = desks.dossier();
    assert_eq!(kept(&dossier.cards()[0]), [third, one], "the one nobody had seen still waits");
    assert_eq!(dossier.cards()[0].versions[1].stamp.id, choice, "who chose is shown");
}

#[test]
fn a_choice_of_what_is_not_there_changes_nothing() {
    let mut desks = Desks::new();
    let address = desks.writes(1, Op::AddressChanged { address: "Bản Co".to_owned() });
    for kept in [address, OpId { replica: 9, seq: 9 }] {
        desks.writes(1, Op::Settled { part: Part::Phone, kept });
        desks.writes(1, Op::Settled { part: Part::Status, kept });
    }
    let dossier = desks.dossier();
    assert_eq!((dossier.phone(), dossier.state().number(), parts(&dossier)), (None, 2, vec![]));
}

#[test]
fn of_two_moves_from_one_state_the_earlier_is_in_force() {
    let mut desks = Desks::new();
    let first = desks.writes(1, moved(4, RECEPTION));
    let second = desks.writes(2, moved(5, RECEPTION));
    let after = desks.writes(2, moved(9, second));
    let dossier = desks.dossier();
    assert_eq!((dossier.state().number(), dossier.state_by()), (4, first));
    assert!(!dossier.is_idle(first) && dossier.is_idle(second) && dossier.is_idle(after));
    assert_eq!(kept(&dossier.cards()[0]), [first, after], "where each of the two ways ended");
    // A person takes the other way; what led there was in force in its time, what did not is not.
    desks.meet();
    desks.writes(3, Op::Settled { part: Part::Status, kept: after });
    let dossier = desks.dossier();
    assert_eq!((dossier.state().number(), dossier.state_by(), parts(&dossier)), (9, after, vec![]));
    assert!(dossier.is_idle(first) && !dossier.is_idle(second) && !dossier.is_idle(after));
    // It goes on from there.
    desks.hears(1, 3);
    desks.writes(1, moved(10, after));
    assert_eq!((desks.dossier().state().number(), parts(&desks.dossier())), (10, vec![]));
}

#[test]
fn a_move_nobody_had_seen_when_the_choice_was_made_raises_the_card_again() {
    let mut desks = Desks::new();
    let first = desks.writes(1, moved(4, RECEPTION));
    let second = desks.writes(2, moved(5, RECEPTION));
    desks.hears(3, 1);
    desks.hears(3, 2);
    desks.writes(3, Op::Settled { part: Part::Status, kept: first });
    let later = desks.writes(2, moved(8, second));
    let dossier = desks.dossier();
    assert_eq!((dossier.state().number(), kept(&dossier.cards()[0])), (4, vec![first, later]));
}

#[test]
fn choices_between_moves_made_while_apart_raise_the_card_again() {
    let mut desks = Desks::new();
    let first = desks.writes(1, moved(4, RECEPTION));
    let second = desks.writes(2, moved(5, RECEPTION));
    desks.meet();
    desks.writes(1, Op::Settled { part: Part::Status, kept: second });
    desks.writes(2, Op::Settled { part: Part::Status, kept: first });
    let dossier = desks.dossier();
    assert_eq!((dossier.state().number(), kept(&dossier.cards()[0])), (5, vec![first, second]));
}

#[test]
fn a_move_that_follows_what_is_not_there_is_not_in_force() {
    let mut desks = Desks::new();
    let astray = desks.writes(2, moved(9, OpId { replica: 7, seq: 7 }));
    let round = OpId { replica: 2, seq: 2 };
    desks.writes(2, moved(8, OpId { replica: 2, seq: 3 }));
    desks.writes(2, moved(7, round));
    let dossier = desks.dossier();
    assert_eq!((dossier.state().number(), parts(&dossier)), (2, vec![Part::Status]));
    assert!(dossier.is_idle(astray) && dossier.is_idle(round));
}

#[test]
fn a_fee_taken_at_both_desks_is_two_lines_and_a_counter_line_cancels_one() {
    let mut desks = Desks::new();
    let fee = |amount| Op::FeeTaken(Box::new(FeeTaken { amount: Money(amount), ..FeeTaken::default() }));
    let first = desks.writes(1, fee(8_000));
    desks.writes(2, fee(8_000));
    assert_eq!((desks.dossier().paid(), parts(&desks.dossier())), (Money(16_000), vec![]));
    for desk in [1, 2] {
        desks.writes(desk, Op::FeeCancelled { line: first, reason: "thu hai lần".to_owned(), copies_kept: None });
    }
    let dossier = desks.dossier();
    assert_eq!((dossier.paid(), dossier.fees().len()), (Money(8_000), 2), "cancelled twice is cancelled once");
}

#[test]
fn what_an_author_names_as_their_own_is_theirs_everywhere() {
    let mut desks = Desks::new();
    let first = desks.writes(2, moved(4, RECEPTION));
    desks.writes(2, moved(9, OpId { replica: 0, ..first }));
    assert_eq!(desks.dossier().state().number(), 9);
}

/// One thing that may happen among four desks.
#[derive(Debug, Clone)]
enum Step {
    Hears(u32, u32),
    Phone(u32, u8),
    Address(u32, u8),
    Name(u32, u8),
    Number(u32, u8),
    Result(u32, u8),
    Move(u32, u8),
    Astray(u32, u8, u32, u64),
    Fee(u32, u8),
    Cancel(u32, usize),
    Choose(u32, usize, usize),
    ClockTurns(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let desk = || 1u32..=4;
    prop_oneof![
        4 => (desk(), desk()).prop_map(|(desk, other)| Step::Hears(desk, other)),
        2 => (desk(), 0u8..4).prop_map(|(desk, n)| Step::Phone(desk, n)),
        1 => (desk(), 0u8..4).prop_map(|(desk, n)| Step::Address(desk, n)),
        2 => (desk(), 0u8..4).prop_map(|(desk, n)| Step::Name(desk, n)),
        1 => (desk(), 0u8..4).prop_map(|(desk, n)| Step::Number(desk, n)),
        1 => (desk(), 0u8..4).prop_map(|(desk, n)| Step::Result(desk, n)),
        3 => (desk(), 3u8..=10).prop_map(|(desk, state)| Step::Move(desk, state)),
        1 => (desk(), 3u8..=10, 0u32..=4, 1u64..12).prop_map(|(desk, state, r, s)| Step::Astray(desk, state, r, s)),
        1 => (desk(), 1u8..9).prop_map(|(desk, amount)| Step::Fee(desk, amount)),
        1 => (desk(), any::<usize>()).prop_map(|(desk, n)| Step::Cancel(desk, n)),
        3 => (desk(), any::<usize>(), any::<usize>()).prop_map(|(desk, card, n)| Step::Choose(desk, card, n)),
        1 => any::<u16>().prop_map(Step::ClockTurns),
    ]
}

/// Plays a story. A desk chooses from the cards it has; one without any does nothing.
fn played(steps: &[Step]) -> Desks {
    let mut desks = Desks::new();
    for step in steps {
        let (desk, op) = match *step {
            Step::Hears(desk, other) => {
                desks.hears(desk, other);
                continue;
            }
            Step::ClockTurns(now) => {
                desks.now = u64::from(now);
                continue;
            }
            Step::Phone(desk, n) => (desk, phone(&format!("091200000{n}"))),
            Step::Address(desk, n) => (desk, Op::AddressChanged { address: format!("Bản {n}") }),
            Step::Name(desk, n) => (desk, name(&format!("Lò Văn Ín {n}"))),
            Step::Number(desk, n) => {
                (desk, Op::NumberCorrected { number: CitizenId::parse(&format!("00009000000{n}")).ok() })
            }
            Step::Result(desk, n) => (desk, Op::ResultRecorded { text: format!("Số {n}") }),
            Step::Move(desk, state) => (desk, moved(state, desks.dossier_at(desk).state_by())),
            Step::Astray(desk, state, replica, seq) => (desk, moved(state, OpId { replica, seq })),
            Step::Fee(desk, amount) => {
                let amount = Money(u64::from(amount) * 1000);
                (desk, Op::FeeTaken(Box::new(FeeTaken { amount, ..FeeTaken::default() })))
            }
            Step::Cancel(desk, n) => {
                let known = desks.dossier_at(desk);
                let Some(line) = known.fees().iter().cycle().nth(n % 7) else { continue };
                (desk, Op::FeeCancelled { line: line.stamp.id, reason: "nhầm".to_owned(), copies_kept: None })
            }
            Step::Choose(desk, card, n) => {
                let known = desks.dossier_at(desk);
                let Some(card) = known.cards().iter().cycle().nth(card % 7) else { continue };
                let Some(version) = card.versions.iter().cycle().nth(n % 5) else { continue };
                (desk, Op::Settled { part: card.part, kept: version.kept })
            }
        };
        desks.writes(desk, op);
    }
    desks
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_of_arrival_the_fold_is_the_same_and_nothing_is_gone(
        steps in prop::collection::vec(step(), 0..40), order in any::<u64>(), cut in any::<prop::sample::Index>(),
    ) {
        let desks = played(&steps);
        let dossier = desks.dossier();
        // Any order, and some operations twice.
        let mut shuffled = desks.entries.clone();
        let length = u64::try_from(shuffled.len()).expect("few");
        shuffled.extend(desks.entries.get(..cut.index(desks.entries.len())).expect("a part").to_vec());
        shuffled.sort_by_key(|entry| {
            (entry.stamp.id.seq * 31 + u64::from(entry.stamp.id.replica)).wrapping_mul(order | 1) % length.max(7)
        });
        prop_assert_eq!(&Dossier::merge(shuffled, &desks.seen).expect("a dossier"), &dossier);

        // Every operation stands on the timeline, and every value that holds or waits was written by one that is there.
        prop_assert_eq!(dossier.timeline().len(), desks.entries.len());
        for entry in &desks.entries {
            let there = dossier.timeline().iter().find(|line| line.stamp == entry.stamp).expect("it stands there");
            prop_assert_eq!(&there.op, &entry.op.clone().named(|id| id.seen_from(entry.stamp.id.replica)));
            for value in Value::of(&there.op) {
                prop_assert!(dossier.writes().iter().any(|write| write.stamp == entry.stamp && write.value == value));
            }
        }
        for card in dossier.cards() {
            prop_assert!(card.versions.len() > 1);
            for version in &card.versions {
                prop_assert_eq!(version.value.part(), card.part);
                let there = dossier.timeline().iter().find(|line| line.stamp.id == version.kept).expect("it stands there");
                prop_assert!(Value::of(&there.op).contains(&version.value));
            }
        }
        let paid: u64 = dossier.fees().iter().filter(|line| !line.cancelled).map(|line| line.fee.amount.0).sum();
        prop_assert_eq!(dossier.paid(), Money(paid));

        // A part that only one value was written to after everybody had met has no card; an open one is settled by a choice
        // of whoever has heard everything.
        let mut met = desks.clone();
        met.meet();
        for card in dossier.cards() {
            let kept = card.versions.last().expect("versions").kept;
            met.writes(3, Op::Settled { part: card.part, kept });
        }
        let settled = met.dossier();
        prop_assert_eq!(settled.cards(), &[]);
        // And what everybody then knows is what everybody shows.
        met.meet();
        for desk in 1..=4 {
            prop_assert_eq!(&met.dossier_at(desk), &settled);
        }
    }
}
