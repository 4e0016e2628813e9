//! The steps one by one, and what holds for every life.

use super::super::{
    CardSeen, Command, Dossier, Entry, Hlc, Known, Op, OpId, Paper, Person, ProcedureInForce, Question, Received,
    Refusal, ResultAt, Seen, Stamp, Submitter, decide,
};
use super::*;
use crate::catalogue::{Channel, TimeLimit};
use crate::code::{AgencyCode, DossierCode};
use jiff::civil::{date, datetime};

fn person(name: &str) -> Person {
    Person {
        name: PersonName::parse(name).expect("a name"),
        number: None,
        old_number: None,
        born: None,
        sex: None,
        address: String::new(),
        phone: None,
        email: String::new(),
        ethnicity: String::new(),
    }
}

/// A life that is lived at one desk: 3 working days, received on Thursday 19/11/2026 at 09:00.
struct Life {
    entries: Vec<Entry>,
    rules: Rules,
}

impl Life {
    fn new() -> Self {
        let at = datetime(2026, 11, 19, 9, 0, 0, 0);
        let rules = Rules::default();
        let limit = TimeLimit::WorkingDays(3);
        let received = Received {
            code: DossierCode::parse("H55.242-261119-01001").expect("a code"),
            agency: AgencyCode::parse("H55.242").expect("an agency"),
            procedure: ProcedureInForce {
                code: "1.004873".to_owned(),
                name: "Cấp Giấy xác nhận tình trạng hôn nhân".to_owned(),
                field: "Hộ tịch".to_owned(),
                version: date(2025, 7, 1),
                limit: Some(limit),
            },
            applicant: person("Lò Thị Mai"),
            submitter: Some(Submitter {
                person: person("Lò Văn Pó"),
                relation: "con".to_owned(),
                authorisation: String::new(),
            }),
            channel: Channel::Counter,
            papers: vec![],
            sets: 1,
            at,
            due: deadline::due(limit, at, &rules).ok().map(|due| due.at),
            due_provisional: false,
            offline: false,
            answered: vec![],
            result_at: ResultAt::Counter,
            card_seen: CardSeen::Original,
            helper: String::new(),
            helped_at: String::new(),
            competent: None,
            note: String::new(),
            secret: "7K2M".to_owned(),
            particulars: Default::default(),
        };
        let mut life = Self { entries: vec![], rules };
        life.write(at, Op::Received(Box::new(received)));
        life
    }

    fn dossier(&self) -> Dossier {
        Dossier::merge(self.entries.clone(), &Seen::default()).expect("it was received")
    }

    fn write(&mut self, at: DateTime, op: Op) {
        let ms = at.to_zoned(jiff::tz::offset(7).to_time_zone()).expect("a moment").timestamp().as_millisecond();
        let seq = self.entries.len() as u64 + 1;
        let hlc = Hlc(u64::try_from(ms).expect("after 1970") << 16 | seq);
        self.entries
            .push(Entry { stamp: Stamp { id: OpId { replica: 1, seq }, hlc, actor: None, noted_ms: None }, op });
    }

    fn take(&mut self, now: DateTime, step: Step, answered: &[Question]) -> Result<(), Refusal> {
        let taken = Taken { step, at: None, note: String::new(), answered: answered.to_vec() };
        self.carry_out(now, taken)
    }

    fn carry_out(&mut self, now: DateTime, taken: Taken) -> Result<(), Refusal> {
        let dossier = self.dossier();
        for op in decide(Known::Dossier(&dossier, &self.rules), Command::Take(Box::new(taken)), now, None)? {
            self.write(now, op);
        }
        Ok(())
    }
}

fn day(day: i8, hour: i8, minute: i8) -> DateTime {
    datetime(2026, 11, day, hour, minute, 0, 0)
}

fn forwarded() -> Step {
    let text = str::to_owned;
    Step::Forwarded(HandOver { unit: text("Công chức tư pháp"), giver: text("Hà Thu"), receiver: text("Vi Nam") })
}

fn asked() -> Step {
    Step::SupplementAsked {
        agency: "UBND xã Cường Lợi".to_owned(),
        items: vec!["Bản sao quyết định ly hôn".to_owned()],
        grounds: grounds(),
    }
}

fn grounds() -> Grounds {
    Grounds {
        reason: "Thiếu giấy tờ về tình trạng hôn nhân".to_owned(),
        basis: "NĐ 123/2015/NĐ-CP, Điều 22".to_owned(),
    }
}

fn came() -> Step {
    Step::Supplemented { papers: vec![], due: None }
}

fn result() -> Step {
    let text = str::to_owned;
    let paper = ResultPaper { name: text("Giấy xác nhận"), code: String::new(), number: text("12"), dated: None };
    Step::Finished { results: vec![paper] }
}

fn recipient(capacity: Capacity, authorisation: &str) -> Step {
    Step::HandedBack(Recipient {
        name: PersonName::parse("Lò Thị Mai").expect("a name"),
        number: None,
        capacity,
        authorisation: authorisation.to_owned(),
        delivery: Delivery::Counter,
        receipt_back: true,
    })
}

fn extended(due: DateTime) -> Step {
    Step::Extended { due, number: "12/UBND-TP".to_owned(), signer: "Nông Văn Sơn".to_owned() }
}

#[test]
fn from_reception_to_the_citizens_hand() {
    let mut life = Life::new();
    assert_eq!(life.dossier().due(), Some(day(25, 17, 0)), "24/11 is a day off");
    for (now, step) in
        [(day(19, 9, 30), forwarded()), (day(20, 14, 0), result()), (day(23, 8, 5), recipient(Capacity::Applicant, ""))]
    {
        life.take(now, step, &[]).expect("it follows");
    }
    let dossier = life.dossier();
    assert_eq!(dossier.state(), State::HandedBack);
    assert_eq!(dossier.way().iter().map(|(_, moved)| moved.state.number()).collect::<Vec<_>>(), [4, 9, 10]);
    assert_eq!(dossier.handed_back().map(|recipient| recipient.capacity), Some(Capacity::Applicant));
}

#[test]
fn what_the_citizen_waits_for_is_not_counted() {
    let mut life = Life::new();
    life.take(day(20, 10, 0), asked(), &[]).expect("asked");
    assert_eq!((life.dossier().state(), life.dossier().due()), (State::AwaitsPapers, Some(day(25, 17, 0))));
    assert_eq!(
        life.take(day(20, 11, 0), result(), &[]),
        Err(Refusal::NotInThisState { state: State::AwaitsPapers, step: "finish" }),
        "what waits for papers is not finished"
    );
    life.take(day(30, 15, 30), came(), &[]).expect("they came");
    // Two working days were left on Friday 20/11 (23 and 25); they run from Monday 30/11.
    assert_eq!(life.dossier().due(), Some(datetime(2026, 12, 2, 17, 0, 0, 0)));
}

#[test]
fn the_second_request_for_papers_has_to_be_meant() {
    let mut life = Life::new();
    life.take(day(20, 10, 0), asked(), &[]).expect("asked");
    life.take(day(23, 10, 0), came(), &[]).expect("they came");
    assert_eq!(life.take(day(23, 11, 0), asked(), &[]), Err(Refusal::Unanswered(vec![Question::SecondSupplement])));
    life.take(day(23, 11, 0), asked(), &[Question::SecondSupplement]).expect("it was meant");
    let dossier = life.dossier();
    assert_eq!(dossier.supplements_asked(), 2);
    assert_eq!(dossier.way().last().map(|(_, moved)| moved.answered.clone()), Some(vec![Question::SecondSupplement]));
}

#[test]
fn a_time_is_extended_once_and_to_a_later_moment() {
    let mut life = Life::new();
    let later = datetime(2026, 12, 2, 17, 0, 0, 0);
    for (now, due, refusal) in [
        (day(23, 9, 0), day(25, 17, 0), Refusal::NotLater),
        (day(26, 9, 0), day(25, 18, 0), Refusal::NotLater),
        (day(26, 9, 0), later, Refusal::Unanswered(vec![Question::AfterDue])),
    ] {
        assert_eq!(life.take(now, extended(due), &[]), Err(refusal), "{now} to {due}");
    }
    let draft = Step::ExtensionDrafted { reason: "Chờ xác minh nơi cư trú cũ".to_owned(), due: later };
    life.take(day(23, 9, 0), draft, &[]).expect("drafted");
    assert_eq!(life.dossier().due(), Some(day(25, 17, 0)), "a draft moves nothing");
    life.take(day(23, 16, 0), extended(later), &[]).expect("signed");
    assert_eq!((life.dossier().state(), life.dossier().due()), (State::Received, Some(later)));
    assert_eq!(life.take(day(23, 16, 30), extended(day(30, 17, 0).max(later)), &[]), Err(Refusal::ExtendedBefore));
}

#[test]
fn a_result_goes_to_its_owner_or_to_who_may_take_it() {
    let mut life = Life::new();
    life.take(day(20, 8, 0), result(), &[]).expect("finished");
    for (step, refusal) in [
        (recipient(Capacity::Authorised, " "), Refusal::NoAuthorisationPaper),
        (recipient(Capacity::Authorised, "Giấy ủy quyền số 7"), Refusal::Unanswered(vec![Question::PrincipalAlive])),
    ] {
        assert_eq!(life.take(day(20, 9, 0), step, &[]), Err(refusal));
    }
    let Step::HandedBack(proper) = recipient(Capacity::Submitter, "") else { unreachable!() };
    let without = Step::HandedBack(Recipient { receipt_back: false, ..proper });
    assert_eq!(
        life.take(day(20, 9, 0), without.clone(), &[]),
        Err(Refusal::Unanswered(vec![Question::ReceiptMissing]))
    );
    life.take(day(20, 9, 0), without, &[Question::ReceiptMissing]).expect("checked against the book");
}

#[test]
fn what_has_a_result_is_neither_stopped_nor_withdrawn() {
    let mut life = Life::new();
    life.write(day(19, 10, 0), Op::ResultRecorded { text: "Quyết định số 45".to_owned() });
    let stopped = Step::Stopped { grounds: grounds(), number: String::new() };
    assert_eq!(life.take(day(19, 11, 0), stopped, &[]), Err(Refusal::ResultExists));
    let withdrawn = Step::Withdrawn { reason: "Không cần nữa".to_owned() };
    assert_eq!(life.take(day(19, 11, 0), withdrawn, &[]), Err(Refusal::ResultExists));
}

#[test]
fn a_step_needs_its_words_and_its_time() {
    let mut life = Life::new();
    let blank = HandOver { unit: "Tư pháp".to_owned(), giver: " ".to_owned(), receiver: "Vi Nam".to_owned() };
    let nothing =
        Step::SupplementAsked { agency: "UBND xã".to_owned(), items: vec![" ".to_owned()], grounds: grounds() };
    let no_reason = Step::Withdrawn { reason: String::new() };
    let no_signer = Step::Extended { due: day(30, 17, 0), number: String::new(), signer: String::new() };
    for (step, refusal) in [
        (Step::Forwarded(blank), Refusal::HandOverIncomplete),
        (nothing, Refusal::NothingAsked),
        (no_reason, Refusal::NoReason),
        (no_signer, Refusal::NoSigner),
        (Step::Finished { results: vec![] }, Refusal::NoResult),
        (Step::Other(State::Finished), Refusal::NotInThisState { state: State::Received, step: "other" }),
    ] {
        assert_eq!(life.take(day(19, 10, 0), step, &[]), Err(refusal));
    }
    let taken = |at| Taken { step: forwarded(), at: Some(at), note: String::new(), answered: vec![] };
    assert_eq!(life.carry_out(day(19, 10, 0), taken(day(19, 10, 1))), Err(Refusal::StepInFuture));
    assert_eq!(life.carry_out(day(19, 10, 0), taken(day(19, 8, 59))), Err(Refusal::BeforeTheLast));
    life.carry_out(day(20, 10, 0), taken(day(19, 9, 0))).expect("entered after the power came back");
    assert_eq!(life.dossier().since(), day(19, 9, 0));
}

#[test]
fn a_mistake_is_corrected_by_going_on() {
    let mut life = Life::new();
    life.take(day(20, 8, 0), result(), &[]).expect("finished");
    let reopened = |reason: &str| Step::Reopened { reason: reason.to_owned() };
    assert_eq!(life.take(day(20, 9, 0), reopened(""), &[]), Err(Refusal::NoReason));
    life.take(day(20, 9, 0), reopened("Sai năm sinh trên giấy"), &[]).expect("reopened");
    assert_eq!(life.dossier().state(), State::Processing);
    life.take(day(20, 10, 0), result(), &[]).expect("finished again");
}

#[test]
fn every_step_has_a_state_it_follows_in_and_a_code() {
    let offered: std::collections::BTreeSet<&str> =
        State::ALL.into_iter().flat_map(|state| steps_from(state).iter().copied()).collect();
    assert_eq!(offered, Step::CODES.into_iter().collect());
    for state in State::ALL {
        assert_eq!(State::from_number(state.number()), Some(state));
    }
    assert_eq!((State::Registered.number(), State::HandedBack.number()), (1, 10));
}

/// Random lives: whatever officers ask for and whenever, what is written is lawful. `MOTCUA_LIVES`, set when this is built, says how many.
#[test]
fn no_life_leaves_the_law() {
    let lives: u64 = option_env!("MOTCUA_LIVES").and_then(|text| text.parse().ok()).unwrap_or(3_000);
    for seed in 0..lives {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut life = Life::new();
        let mut now = day(19, 9, 0);
        for _ in 0..dice.usize(1..14) {
            now = now.saturating_add(jiff::Span::new().minutes(dice.i64(1..6_000)));
            let before = life.dossier();
            let mut taken = Taken { step: any_step(&mut dice, now), at: None, note: String::new(), answered: vec![] };
            if dice.u8(0..5) == 0 {
                taken.at = Some(now.saturating_sub(jiff::Span::new().minutes(dice.i64(0..9_000))));
            }
            if dice.bool() {
                taken.answered = Question::ALL.to_vec();
            }
            let written = life.carry_out(now, taken.clone());
            lawful(seed, &before, &taken, written, &life.dossier());
        }
    }
}

fn any_step(dice: &mut fastrand::Rng, now: DateTime) -> Step {
    let due = now.saturating_add(jiff::Span::new().hours(dice.i64(-50..400)));
    let word = |dice: &mut fastrand::Rng, text: &str| if dice.u8(0..8) == 0 { " ".to_owned() } else { text.to_owned() };
    match dice.u8(0..15) {
        0 => Step::Accepted { due: Some(due) },
        1 => Step::Refused(Grounds { reason: word(dice, "Không đúng thẩm quyền"), basis: String::new() }),
        2 | 3 => forwarded(),
        4 => asked(),
        5 => Step::Supplemented {
            papers: vec![Paper { name: "A".into(), originals: 1, copies: 0, note: "".into() }],
            due: Some(due),
        },
        6 => Step::PaymentAsked {
            what: word(dice, "Lệ phí trước bạ"), amount: Some(Money(dice.u64(0..9) * 1_000))
        },
        7 => Step::PaymentDone { proof: word(dice, "0001"), due: Some(due) },
        8 => Step::ExtensionDrafted { reason: word(dice, "Chờ xác minh"), due },
        9 => Step::Extended { due, number: String::new(), signer: word(dice, "Nông Văn Sơn") },
        10 => Step::Stopped { grounds: grounds(), number: String::new() },
        11 => Step::Withdrawn { reason: word(dice, "Không cần nữa") },
        12 => result(),
        13 => recipient(
            dice.choice([Capacity::Applicant, Capacity::Submitter, Capacity::Authorised])
                .unwrap_or(Capacity::Applicant),
            "Giấy ủy quyền",
        ),
        _ => Step::Reopened { reason: word(dice, "Nhầm") },
    }
}

fn lawful(seed: u64, before: &Dossier, taken: &Taken, written: Result<(), Refusal>, after: &Dossier) {
    let told = |words: &str| format!("seed {seed}: {words}: {taken:?} in {:?}", before.state());
    if written.is_err() {
        assert_eq!(before.way(), after.way(), "{}", told("a refusal writes nothing"));
        return;
    }
    let (_, moved) = after.way().last().expect("a step");
    assert_eq!(after.way().len(), before.way().len() + 1, "{}", told("one step, in force"));
    assert!(steps_from(before.state()).contains(&moved.step.code()), "{}", told("it does not follow here"));
    assert!(after.since() >= before.since() || moved.at.is_some(), "{}", told("time goes back"));
    assert!(after.due() >= before.due(), "{}", told("a promise became earlier"));
    if matches!(moved.step, Step::Extended { .. }) {
        assert!(!before.extended() && after.due() > before.due(), "{}", told("extended twice, or to nothing"));
    }
    if after.state() == State::HandedBack {
        assert_eq!(before.state(), State::Finished, "{}", told("handed back before it was finished"));
    }
    if after.supplements_asked() > 1 && matches!(moved.step, Step::SupplementAsked { .. }) {
        assert!(moved.answered.contains(&Question::SecondSupplement), "{}", told("a second request nobody meant"));
    }
    assert!(!before.state().waits() || after.state() != State::Finished, "{}", told("finished while it waited"));
}
