//! Made-up operations of every kind, small and large, for the other tests.
// over 600 lines because every kind stands here once

use domain::catalogue::condition::Answer;
use domain::catalogue::{Channel, TimeLimit};
use domain::code::{AgencyCode, DossierCode, Lane};
use domain::dossier::{
    Capacity, CardSeen, Competent, Delivery, Exempted, FeeKind, FeeTaken, Grounds, HandOver, Hlc, Means, Moved, Op,
    OpId, Paper, Part, Particulars, Person, ProcedureInForce, Question, Received, Recipient, ResultAt, ResultPaper,
    Reused, ScanHash, Stage, State, Step, Submitter,
};
use domain::money::Money;
use domain::not_received::{NotReceived, Outcome};
use domain::person::{CitizenId, PartialDate, PersonName, Phone, Sex};
use domain::till::{PaidIn, ShiftClose, Sums};
use jiff::civil::{Date, DateTime, date};
use proptest::option;
use proptest::prelude::*;
use protocol::fields::{ClockNote, Content, Header, Role};

prop_compose! {
    fn day()(year in 1900i16..2100, month in 1i8..=12, day in 1i8..=28) -> Date { date(year, month, day) }
}

prop_compose! {
    fn moment()(day in day(), hour in 0i8..24, minute in 0i8..60, second in 0i8..60) -> DateTime {
        day.at(hour, minute, second, 0)
    }
}

fn name() -> impl Strategy<Value = PersonName> {
    "[A-ZĐ][a-zđàáảãạăâêôơư']{0,8}( [A-ZĐ][a-zđàáảãạăâêôơư]{0,8}){0,5}"
        .prop_map(|text| PersonName::parse(&text).expect("a name"))
}

fn citizen() -> impl Strategy<Value = CitizenId> {
    "(000|099)[0-9]{9}".prop_map(|text| CitizenId::parse(&text).expect("a number"))
}

fn phone() -> impl Strategy<Value = Phone> {
    "0[0-9]{9,10}".prop_map(|text| Phone::parse(&text).expect("a number"))
}

fn born() -> impl Strategy<Value = PartialDate> {
    prop_oneof![
        (1900i16..2100).prop_map(PartialDate::Year),
        (1900i16..2100, 1i8..=12).prop_map(|(year, month)| PartialDate::Month(year, month)),
        day().prop_map(PartialDate::Day),
    ]
}

fn sex() -> impl Strategy<Value = Sex> {
    prop_oneof![Just(Sex::Male), Just(Sex::Female)]
}

prop_compose! {
    fn person()(
        name in name(), number in option::of(citizen()), old_number in option::of("[0-9]{9}"), born in option::of(born()),
        sex in option::of(sex()), address in ".{0,60}", phone in option::of(phone()), email in "[a-z.@]{0,20}",
        ethnicity in "[A-ZĐ]?[a-zđàáảãạăâêôơư' ]{0,12}",
    ) -> Person {
        Person { name, number, old_number, born, sex, address, phone, email, ethnicity }
    }
}

prop_compose! {
    fn submitter()(person in person(), relation in ".{0,20}", authorisation in ".{0,40}") -> Submitter {
        Submitter { person, relation, authorisation }
    }
}

prop_compose! {
    fn paper()(name in ".{0,80}", originals in any::<u16>(), copies in any::<u16>(), note in ".{0,20}") -> Paper {
        Paper { name, originals, copies, note }
    }
}

fn limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![
        Just(TimeLimit::SameDay),
        any::<u16>().prop_map(TimeLimit::WorkingHours),
        any::<u16>().prop_map(TimeLimit::ClockHours),
        any::<u16>().prop_map(TimeLimit::WorkingDays),
        any::<u16>().prop_map(TimeLimit::CalendarDays),
    ]
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::Counter), Just(Channel::Online), Just(Channel::Post)]
}

fn agency() -> impl Strategy<Value = AgencyCode> {
    prop_oneof!["[A-Z][0-9]{2}\\.[0-9]{1,3}", "[0-9]{3}\\.[0-9]{2}\\.[0-9]{2}\\.[A-Z][0-9]{2}"]
        .prop_map(|text| AgencyCode::parse(&text).expect("an agency"))
}

prop_compose! {
    fn code()(agency in agency(), day in day(), lane in 0u8..=99, number in 1u16..=999) -> DossierCode {
        DossierCode::mint(&agency, day, Lane::new(lane).expect("a lane"), number)
    }
}

prop_compose! {
    fn procedure()(
        code in "[12]\\.[0-9]{6}", name in ".{0,200}", field in ".{0,30}", version in day(), limit in option::of(limit()),
    ) -> ProcedureInForce {
        ProcedureInForce { code, name, field, version, limit }
    }
}

prop_compose! {
    fn counter()(
        channel in channel(), papers in prop::collection::vec(paper(), 0..12), sets in any::<u16>(), at in moment(),
        due in option::of(moment()), due_provisional in any::<bool>(),
        result_at in prop_oneof![Just(ResultAt::Counter), Just(ResultAt::Post)],
        card_seen in prop_oneof![Just(CardSeen::None), Just(CardSeen::Original), Just(CardSeen::Vneid)],
    ) -> (Channel, Vec<Paper>, u16, DateTime, Option<DateTime>, bool, ResultAt, CardSeen) {
        (channel, papers, sets, at, due, due_provisional, result_at, card_seen)
    }
}

prop_compose! {
    fn particulars()(
        case in ".{0,40}", is_agreed in any::<bool>(), answers in prop::collection::vec((".{1,40}", any::<bool>()), 0..4),
    ) -> Particulars {
        let answers = answers.into_iter().map(|(condition, yes)| Answer { condition, yes }).collect();
        Particulars { case, is_agreed, answers }
    }
}

prop_compose! {
    fn reused()(
        paper in ".{0,80}", from in id(), code in code(), hash in any::<[u8; 32]>(), bytes in any::<u64>(), media in "[a-z/]{0,20}",
    ) -> Reused {
        Reused { paper, from, code, hash: ScanHash(hash), bytes, media }
    }
}

prop_compose! {
    fn not_received()(
        outcome in proptest::sample::select(Outcome::ALL.to_vec()), procedure in "[12]\\.[0-9]{6}", procedure_name in ".{0,100}",
        person in option::of(person()), missing in prop::collection::vec(".{0,40}", 0..4), reason in ".{0,80}",
        basis in ".{0,40}", at in moment(),
    ) -> NotReceived {
        NotReceived { outcome, procedure, procedure_name, person, missing, reason, basis, at }
    }
}

prop_compose! {
    fn received()(
        code in code(), agency in agency(), procedure in procedure(), applicant in person(), submitter in option::of(submitter()),
        (channel, papers, sets, at, due, due_provisional, result_at, card_seen) in counter(),
        helper in ".{0,30}", (helped_at, competent) in (".{0,30}", option::of((option::of(agency()), ".{0,40}"))), note in ".{0,80}",
        offline in any::<bool>(), secret in "[0-9A-HJKMNP-TV-Z]{4}",
        answered in proptest::sample::subsequence(domain::dossier::Question::ALL.to_vec(), 0..=4), particulars in particulars(),
    ) -> Received {
        Received {
            code, agency, procedure, applicant, submitter, channel, papers, sets, at, due, due_provisional, result_at, card_seen,
            helper, helped_at, competent: competent.map(|(code, name)| Competent { code, name }), note, offline, answered, secret, particulars,
        }
    }
}

fn role() -> impl Strategy<Value = Role> {
    (1u8..=5).prop_map(|number| Role::from_number(number).expect("a role"))
}

fn told(state: State, follows: OpId, note: &str) -> Op {
    Op::Moved(Box::new(Moved::told(state, follows, note.to_owned())))
}

fn grounds() -> impl Strategy<Value = Grounds> {
    (".{0,80}", ".{0,40}").prop_map(|(reason, basis)| Grounds { reason, basis })
}

prop_compose! {
    fn result_paper()(name in ".{1,60}", code in "(KQ\\.G15\\.[0-9]{6})?", number in ".{0,20}", dated in option::of(day())) -> ResultPaper {
        ResultPaper { name, code, number, dated }
    }
}

prop_compose! {
    fn recipient()(
        name in name(), number in option::of(citizen()),
        capacity in proptest::sample::select(vec![Capacity::Applicant, Capacity::Submitter, Capacity::Authorised]),
        authorisation in ".{0,60}",
        delivery in proptest::sample::select(vec![Delivery::Counter, Delivery::Post, Delivery::Electronic]),
        receipt_back in any::<bool>(),
    ) -> Recipient {
        Recipient { name, number, capacity, authorisation, delivery, receipt_back }
    }
}

fn life_step() -> impl Strategy<Value = Step> {
    let unit = ".{0,40}";
    prop_oneof![
        option::of(moment()).prop_map(|due| Step::Accepted { due }),
        grounds().prop_map(Step::Refused),
        (unit, ".{0,30}", ".{0,30}").prop_map(|(unit, giver, receiver)| Step::Forwarded(HandOver {
            unit,
            giver,
            receiver
        })),
        (unit, prop::collection::vec(".{0,40}", 0..4), grounds())
            .prop_map(|(agency, items, grounds)| Step::SupplementAsked { agency, items, grounds }),
        (prop::collection::vec(paper(), 0..4), option::of(moment()))
            .prop_map(|(papers, due)| Step::Supplemented { papers, due }),
        (".{0,40}", option::of(any::<u64>()))
            .prop_map(|(what, amount)| Step::PaymentAsked { what, amount: amount.map(Money) }),
        (".{0,40}", option::of(moment())).prop_map(|(proof, due)| Step::PaymentDone { proof, due }),
        (".{0,80}", moment()).prop_map(|(reason, due)| Step::ExtensionDrafted { reason, due }),
        (moment(), ".{0,20}", ".{0,30}").prop_map(|(due, number, signer)| Step::Extended { due, number, signer }),
        (grounds(), ".{0,20}").prop_map(|(grounds, number)| Step::Stopped { grounds, number }),
        ".{0,80}".prop_map(|reason| Step::Withdrawn { reason }),
        prop::collection::vec(result_paper(), 0..3).prop_map(|results| Step::Finished { results }),
        recipient().prop_map(Step::HandedBack),
        ".{0,80}".prop_map(|reason| Step::Reopened { reason }),
    ]
}

prop_compose! {
    fn moved()(
        step in option::of(life_step()), state in proptest::sample::select(State::ALL.to_vec()), follows in id(),
        at in option::of(moment()), note in ".{0,80}",
        answered in proptest::sample::subsequence(domain::dossier::Question::ALL.to_vec(), 0..=3),
    ) -> Moved {
        let step = step.unwrap_or(Step::Other(state));
        Moved { state: step.leads_to(state), step, follows, at, answered, note }
    }
}

fn money() -> impl Strategy<Value = Money> {
    any::<u64>().prop_map(Money)
}

fn means() -> impl Strategy<Value = Means> {
    prop_oneof![option::of(money()).prop_map(|given| Means::Cash { given }), Just(Means::Transfer)]
}

prop_compose! {
    fn fee_taken()(
        (amount, receipt, line) in (money(), "[A-Z0-9/]{0,12}", ".{0,40}"),
        kind in option::of(proptest::sample::select(FeeKind::ALL.to_vec())),
        (copies, pages, source) in (any::<u32>(), any::<u32>(), ".{0,40}"),
        exemption in option::of((".{0,10}", ".{0,40}", ".{0,40}")), means in means(),
        stage in proptest::sample::select(Stage::ALL.to_vec()), note in ".{0,80}",
    ) -> FeeTaken {
        let exemption = exemption.map(|(code, name, proof)| Exempted { code, name, proof });
        FeeTaken { amount, receipt, line, kind, copies, pages, source, exemption, means, stage, note }
    }
}

prop_compose! {
    fn sums()(counts in any::<[u32; 3]>(), amounts in any::<[u64; 4]>()) -> Sums {
        let ([lines, voided, free], [cash, given_back, confirmed, waiting]) = (counts, amounts.map(Money));
        Sums { lines, cash, given_back, confirmed, waiting, voided, free }
    }
}

prop_compose! {
    fn close()(
        counter in "[0-9]{0,3}", began in option::of(moment()), at in moment(), sums in sums(), counted in option::of(money()),
        reason in ".{0,80}", waiting in prop::collection::vec(id(), 0..4),
    ) -> ShiftClose {
        ShiftClose { counter, began, at, sums, counted, reason, waiting }
    }
}

/// What happens to a dossier after its reception.
fn life() -> impl Strategy<Value = Op> {
    prop_oneof![
        (".{0,80}", any::<[u8; 32]>(), any::<u64>(), option::of(any::<u16>()), "[a-z/]{0,20}").prop_map(
            |(paper, hash, bytes, pages, media)| Op::Attached { paper, hash: ScanHash(hash), bytes, pages, media }
        ),
        moved().prop_map(|moved| Op::Moved(Box::new(moved))).boxed(),
        ".{0,200}".prop_map(|address| Op::AddressChanged { address }),
        name().prop_map(|name| Op::NameCorrected { name }),
        option::of(citizen()).prop_map(|number| Op::NumberCorrected { number }),
        fee_taken().prop_map(|fee| Op::FeeTaken(Box::new(fee))),
        (id(), ".{0,80}", option::of(any::<u8>())).prop_map(|(line, reason, copies_kept)| Op::FeeCancelled {
            line,
            reason,
            copies_kept
        }),
        (id(), "[0-9]{0,6}").prop_map(|(line, reference)| Op::FeeConfirmed { line, reference }),
        ".{0,200}".prop_map(|text| Op::ResultRecorded { text }),
        (proptest::sample::select(Part::ALL.to_vec()), id()).prop_map(|(part, kept)| Op::Settled { part, kept }),
        code().prop_map(|printed| Op::Renumbered { printed }),
        ".{0,200}".prop_map(|because| Op::Forgotten { because }),
        reused().prop_map(|reused| Op::PaperReused(Box::new(reused))),
    ]
}

/// Any operation of this release.
pub fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        4 => received().prop_map(|received| Content::Dossier(Op::Received(Box::new(received)))).boxed(),
        1 => ".{0,300}".prop_map(|text| Content::Dossier(Op::Noted { text })),
        1 => option::of(phone()).prop_map(|phone| Content::Dossier(Op::PhoneChanged { phone })),
        1 => code().prop_map(|code| Content::Dossier(Op::AliasGiven { code })),
        1 => ("[0-9]{2}", any::<u32>()).prop_map(|(form, copy)| Content::Dossier(Op::Printed { form, copy })),
        4 => life().prop_map(Content::Dossier).boxed(),
        1 => not_received().prop_map(|visit| Content::NotReceived(Box::new(visit))).boxed(),
        1 => (name(), role()).prop_map(|(name, role)| Content::OfficerAdded { name: name.as_str().to_owned(), role }),
        1 => (id(), any::<(u64, u64)>()).prop_map(|(OpId { replica, seq: first }, (last, at_ms))| {
            Content::ClockNoted(ClockNote { replica, first, last, at_ms })
        }),
        1 => close().prop_map(|close| Content::ShiftClosed(Box::new(close))),
        1 => (id(), money(), ".{0,40}")
            .prop_map(|(close, amount, document)| Content::PaidIn(PaidIn { close, amount, document })),
    ]
}

fn id() -> impl Strategy<Value = OpId> {
    (any::<u32>(), any::<u64>()).prop_map(|(replica, seq)| OpId { replica, seq })
}

prop_compose! {
    /// Any header.
    pub fn header()(
        hlc in any::<u64>(), actor in option::of(id()), dossier in option::of(id()), deps in prop::collection::vec(id(), 0..5),
        was in option::of(id()),
    ) -> Header {
        Header { hlc: Hlc(hlc), actor, dossier, deps, was }
    }
}

/// How many of [`one_of_each`] the messages and the chain of golden.txt are made of: those of the first format.
pub const FIRST: usize = 8;

/// One operation of each kind, the same for ever, with a name for each. New ones come last.
pub fn one_of_each() -> Vec<(&'static str, Header, Content)> {
    let citizen = |name: &str, number: &str| Person {
        name: PersonName::parse(name).expect("a name"),
        number: Some(CitizenId::parse(number).expect("a number")),
        old_number: Some("090123456".to_owned()),
        born: Some(PartialDate::Day(date(1957, 3, 21))),
        sex: Some(Sex::Female),
        address: "Thôn Nà Mẫu, xã Cao Sơn".to_owned(),
        phone: Some(Phone::parse("0912345678").expect("a number")),
        email: "hanh@example.vn".to_owned(),
        ethnicity: String::new(),
    };
    let full = Received {
        code: DossierCode::parse("H56.14-261123-01001").expect("a code"),
        agency: AgencyCode::parse("H56.14").expect("an agency"),
        procedure: ProcedureInForce {
            code: "1.001193".to_owned(),
            name: "Thủ tục đăng ký khai sinh".to_owned(),
            field: "Hộ tịch".to_owned(),
            version: date(2025, 7, 1),
            limit: Some(TimeLimit::WorkingDays(3)),
        },
        applicant: citizen("Đặng Thị Mỹ Hạnh", "099157000321"),
        submitter: Some(Submitter {
            person: citizen("A Páo", "000090000123"),
            relation: "cháu".to_owned(),
            authorisation: "Giấy ủy quyền số 12".to_owned(),
        }),
        channel: Channel::Online,
        papers: vec![
            Paper { name: "Tờ khai".to_owned(), originals: 1, copies: 0, note: String::new() },
            Paper {
                name: "Giấy chứng sinh".to_owned(), originals: 0, copies: 2, note: "bản chụp mờ".to_owned()
            },
        ],
        sets: 2,
        at: date(2026, 11, 23).at(9, 15, 0, 0),
        due: Some(date(2026, 11, 27).at(17, 0, 0, 0)),
        due_provisional: true,
        result_at: ResultAt::Post,
        card_seen: CardSeen::Vneid,
        helper: "Tình nguyện viên A".to_owned(),
        helped_at: String::new(),
        competent: None,
        note: "Hẹn buổi chiều".to_owned(),
        offline: true,
        answered: Question::ALL[..4].to_vec(),
        secret: "7K2M".to_owned(),
        particulars: Particulars::default(),
    };
    let least = Received {
        applicant: Person {
            name: PersonName::parse("Y' Nuê").expect("a name"),
            number: None,
            old_number: None,
            born: Some(PartialDate::Year(1949)),
            sex: None,
            address: String::new(),
            phone: None,
            email: String::new(),
            ethnicity: String::new(),
        },
        submitter: None,
        procedure: ProcedureInForce { limit: None, ..full.procedure.clone() },
        channel: Channel::Counter,
        papers: vec![],
        sets: 1,
        due: None,
        due_provisional: false,
        result_at: ResultAt::Counter,
        card_seen: CardSeen::None,
        helper: String::new(),
        helped_at: String::new(),
        competent: None,
        note: String::new(),
        offline: false,
        answered: vec![],
        ..full.clone()
    };
    let ethnic =
        Received { applicant: Person { ethnicity: "Mường".to_owned(), ..least.applicant.clone() }, ..least.clone() };
    let alone = Header { hlc: Hlc(0x019a_0000_0000_0001), actor: None, dossier: None, deps: vec![], was: None };
    let actor = Some(OpId { replica: 0, seq: 1 });
    let begins = Header { actor, deps: vec![OpId { replica: 7, seq: 300 }], ..alone.clone() };
    let follows = Header { actor, dossier: Some(OpId { replica: 12, seq: 70_000 }), ..alone.clone() };
    let phone = Phone::parse("0912000001").expect("a number");
    let alias = DossierCode::parse("000.00.01.H56-261123-0007").expect("a code");
    let mut each = vec![
        ("officer_added", alone, Content::OfficerAdded { name: "Lò Thị Mai".to_owned(), role: Role::Administrator }),
        ("received", begins.clone(), Content::Dossier(Op::Received(Box::new(full)))),
        ("received_least", begins.clone(), Content::Dossier(Op::Received(Box::new(least)))),
        ("noted", follows.clone(), Content::Dossier(Op::Noted { text: "Đã gọi lại".to_owned() })),
        ("phone_changed", follows.clone(), Content::Dossier(Op::PhoneChanged { phone: Some(phone) })),
        ("phone_removed", follows.clone(), Content::Dossier(Op::PhoneChanged { phone: None })),
        ("alias_given", follows.clone(), Content::Dossier(Op::AliasGiven { code: alias })),
        ("printed", follows.clone(), Content::Dossier(Op::Printed { form: "01".to_owned(), copy: 2 })),
    ];
    each.extend(later(&follows));
    let noted = ClockNote { replica: 12, first: 3, last: 70_000, at_ms: 1_795_312_800_000 };
    let by_hub = Header { hlc: Hlc(0x019a_0000_0000_0002), actor: None, dossier: None, deps: vec![], was: None };
    let forgotten = Op::Forgotten { because: "Hết thời hạn lưu 5 năm".to_owned() };
    each.push(("forgotten", follows.clone(), Content::Dossier(forgotten)));
    each.push(("clock_noted", by_hub, Content::ClockNoted(noted)));
    each.extend(money_of_each(&follows, &begins));
    let particulars = Particulars {
        case: "bổ sung thông tin hộ tịch".to_owned(),
        is_agreed: true,
        answers: vec![Answer { condition: "trẻ bị bỏ rơi".to_owned(), yes: false }],
    };
    let particular = Received { particulars, ..ethnic.clone() };
    let visit = NotReceived {
        outcome: Outcome::Supplement,
        procedure: "1.001193".to_owned(),
        procedure_name: "Thủ tục đăng ký khai sinh".to_owned(),
        person: Some(ethnic.applicant.clone()),
        missing: vec!["Giấy chứng sinh".to_owned()],
        reason: "Chưa có giấy chứng sinh".to_owned(),
        basis: "Luật Hộ tịch 2014, Điều 16".to_owned(),
        at: date(2026, 11, 23).at(9, 15, 0, 0),
    };
    let asked = NotReceived {
        outcome: Outcome::Asked,
        person: None,
        missing: vec![],
        reason: String::new(),
        basis: String::new(),
        ..visit.clone()
    };
    let alone = Header { deps: vec![], ..begins.clone() };
    each.push(("received_ethnicity", begins.clone(), Content::Dossier(Op::Received(Box::new(ethnic)))));
    each.push(("received_particulars", begins, Content::Dossier(Op::Received(Box::new(particular)))));
    each.push(("not_received", alone.clone(), Content::NotReceived(Box::new(visit))));
    each.push(("not_received_asked", alone, Content::NotReceived(Box::new(asked))));
    let reused = Reused {
        paper: "Giấy chứng sinh".to_owned(),
        from: OpId { replica: 0, seq: 4 },
        code: DossierCode::parse("H56.14-261122-01002").expect("a code"),
        hash: ScanHash([0xb3; 32]),
        bytes: 524_288,
        media: "application/pdf".to_owned(),
    };
    each.push(("paper_reused", follows, Content::Dossier(Op::PaperReused(Box::new(reused)))));
    each
}

/// The fee ledger in full, and the till.
fn money_of_each(follows: &Header, alone: &Header) -> Vec<(&'static str, Header, Content)> {
    let (own, text) = (OpId { replica: 0, seq: 4 }, str::to_owned);
    let exemption =
        Exempted { code: text("poor"), name: text("Hộ nghèo"), proof: text("Giấy chứng nhận hộ nghèo") };
    let exempt = FeeTaken {
        amount: Money(0),
        line: text("đăng ký quá hạn"),
        kind: Some(FeeKind::Charge),
        copies: 1,
        exemption: Some(exemption),
        stage: Stage::HandBack,
        ..FeeTaken::default()
    };
    let copies = FeeTaken {
        amount: Money(100_000),
        receipt: text("AB/26P 0001235"),
        line: text("Chứng thực bản sao"),
        kind: Some(FeeKind::Fee),
        copies: 20,
        pages: 3,
        source: text("TT 226/2016/TT-BTC"),
        means: Means::Cash { given: Some(Money(200_000)) },
        stage: Stage::Supplement,
        ..FeeTaken::default()
    };
    let transfer = FeeTaken { amount: Money(15_000), means: Means::Transfer, ..FeeTaken::default() };
    let sums = Sums {
        lines: 12,
        cash: Money(115_000),
        given_back: Money(2_000),
        confirmed: Money(30_000),
        waiting: Money(15_000),
        voided: 1,
        free: 2,
    };
    let close = ShiftClose {
        counter: text("2"),
        began: Some(date(2026, 11, 23).at(7, 31, 5, 0)),
        at: date(2026, 11, 23).at(17, 2, 0, 0),
        sums,
        counted: Some(Money(112_000)),
        reason: text("Trả nhầm tiền lẻ"),
        waiting: vec![own],
    };
    let least = ShiftClose { began: None, counted: None, reason: String::new(), waiting: vec![], ..close.clone() };
    let dossier = |op| (follows.clone(), Content::Dossier(op));
    let taken = |fee| dossier(Op::FeeTaken(Box::new(fee)));
    let void = Op::FeeCancelled { line: own, reason: text("Thu nhầm"), copies_kept: Some(3) };
    let paid = PaidIn { close: own, amount: Money(112_000), document: text("GNT 0045") };
    [
        ("fee_taken_exempt", taken(exempt)),
        ("fee_taken_copies", taken(copies)),
        ("fee_taken_transfer", taken(transfer)),
        ("fee_void", dossier(void)),
        ("fee_confirmed", dossier(Op::FeeConfirmed { line: own, reference: text("4821") })),
        ("shift_closed", (alone.clone(), Content::ShiftClosed(Box::new(close)))),
        ("shift_closed_least", (alone.clone(), Content::ShiftClosed(Box::new(least)))),
        ("paid_in", (alone.clone(), Content::PaidIn(paid))),
    ]
    .map(|(name, (header, content))| (name, header, content))
    .into()
}

/// One of each kind of [`life`], those that may leave something out twice.
fn later(follows: &Header) -> Vec<(&'static str, Header, Content)> {
    let (own, other) = (OpId { replica: 0, seq: 4 }, OpId { replica: 12, seq: 70_000 });
    let scan = Op::Attached {
        paper: "Giấy chứng sinh".to_owned(),
        hash: ScanHash([0xb3; 32]),
        bytes: 524_288,
        pages: Some(4),
        media: "application/pdf".to_owned(),
    };
    let least = Op::Attached {
        paper: "Tờ khai".to_owned(),
        hash: ScanHash([0; 32]),
        bytes: 1,
        pages: None,
        media: String::new(),
    };
    let number = CitizenId::parse("099157000322").expect("a number");
    let text = str::to_owned;
    let due = date(2026, 12, 2).at(17, 0, 0, 0);
    let forwarded =
        Step::Forwarded(HandOver { unit: text("Tư pháp"), giver: text("Hà Thu"), receiver: text("Vi Nam") });
    let grounds = Grounds { reason: text("Thiếu giấy tờ"), basis: text("NĐ 123/2015/NĐ-CP, Điều 22") };
    let asked =
        Step::SupplementAsked { agency: text("UBND xã Cao Sơn"), items: vec![text("Giấy chứng sinh")], grounds };
    let paper = Paper { name: text("Giấy chứng sinh"), originals: 1, copies: 0, note: text("bản gốc") };
    let came = Step::Supplemented { papers: vec![paper], due: Some(due) };
    let extended = Step::Extended { due, number: text("12/UBND"), signer: text("Nông Văn Sơn") };
    let dated = Some(date(2026, 11, 30));
    let result =
        ResultPaper { name: text("Giấy khai sinh"), code: text("KQ.G15.000021"), number: text("45/2026"), dated };
    let finished = Step::Finished { results: vec![result] };
    let handed = Step::HandedBack(Recipient {
        name: PersonName::parse("Lò Văn Pó").expect("a name"),
        number: Some(number.clone()),
        capacity: Capacity::Authorised,
        authorisation: text("Giấy ủy quyền số 7"),
        delivery: Delivery::Post,
        receipt_back: true,
    });
    let step = |from: State, follows, step: Step| {
        let (at, answered) = (Some(date(2026, 11, 20).at(8, 5, 0, 0)), vec![Question::PrincipalAlive]);
        let state = step.leads_to(from);
        Op::Moved(Box::new(Moved { step, state, follows, at, answered, note: String::new() }))
    };
    let fee = |receipt: &str, note: &str| {
        let (receipt, note) = (receipt.to_owned(), note.to_owned());
        Op::FeeTaken(Box::new(FeeTaken { amount: Money(8_000), receipt, note, ..FeeTaken::default() }))
    };
    [
        ("attached", scan),
        ("attached_least", least),
        ("moved", told(State::AwaitsPapers, other, "Thiếu giấy chứng sinh")),
        ("moved_least", told(State::Processing, own, "")),
        ("moved_forward", step(State::Received, own, forwarded)),
        ("moved_ask_papers", step(State::Processing, other, asked)),
        ("moved_papers_came", step(State::AwaitsPapers, own, came)),
        ("moved_extend", step(State::Processing, own, extended)),
        ("moved_finish", step(State::Processing, own, finished)),
        ("moved_hand_back", step(State::Finished, own, handed)),
        ("address_changed", Op::AddressChanged { address: "Thôn Nà Ngà, xã Cao Sơn".to_owned() }),
        ("address_removed", Op::AddressChanged { address: String::new() }),
        ("name_corrected", Op::NameCorrected { name: PersonName::parse("Đặng Thị Mỹ Hạnh").expect("a name") }),
        ("number_corrected", Op::NumberCorrected { number: Some(number) }),
        ("number_removed", Op::NumberCorrected { number: None }),
        ("fee_taken", fee("AB/26P 0001234", "trẻ em")),
        ("fee_taken_least", fee("", "")),
        ("fee_cancelled", Op::FeeCancelled { line: own, reason: "Thu nhầm".to_owned(), copies_kept: None }),
        ("result_recorded", Op::ResultRecorded { text: "Giấy khai sinh số 45/2026".to_owned() }),
        ("settled", Op::Settled { part: Part::Status, kept: other }),
        ("renumbered", Op::Renumbered { printed: DossierCode::parse("H56.14-261122-01002").expect("a code") }),
    ]
    .map(|(name, op)| (name, follows.clone(), Content::Dossier(op)))
    .into()
}
