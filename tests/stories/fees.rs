//! Money at the counter: what is owed, exemptions, transfers, receipts made void, the till and its close.

use desk::api::fee_rules::SetFee;
use desk::api::fees::{CancelFee, ConfirmFee, FeesView, MeansInput, TakeFee};
use desk::api::life::StepTaken;
use desk::api::payment::Account;
use desk::api::till::{CloseTill, PayIn, TillState, TillView};
use desk::error::Code;
use domain::card::vietqr::VietQr;
use domain::money::Money;
use motcua_tests::support::{BIRTH, Desk, HANH, MARRIAGE, RESIDENCE, World};

/// Chứng thực bản sao; chứng thực giao dịch.
const COPIES: &str = "2.000815";
const TRANSACTION: &str = "2.001035";
/// Xác nhận tình trạng hôn nhân: the province decides.
const MARITAL_STATUS: &str = "1.004873";

fn office() -> (World, Desk) {
    let world = World::new();
    world.it_is("2026-11-23T08:00:00");
    let desk = world.desk("Xã Cao Sơn");
    (world, desk)
}

fn text(words: &str) -> String {
    words.to_owned()
}

fn fee(code: &str) -> TakeFee {
    TakeFee { code: text(code), ..TakeFee::default() }
}

fn takes(desk: &Desk, input: &TakeFee) -> StepTaken {
    let (taken, _) = desk.take_fee(input).expect("a fee");
    assert!(taken.questions.is_empty(), "{:?}", taken.questions);
    taken
}

fn refused(desk: &Desk, input: &TakeFee) -> (Code, String) {
    let error = desk.take_fee(input).expect_err("a refusal");
    (error.code(), desk::texts::sentences(desk.language(), &error).what)
}

fn asked(desk: &Desk, input: &TakeFee) -> Vec<String> {
    let (taken, changes) = desk.take_fee(input).expect("questions");
    assert!(changes.is_empty(), "nothing was written");
    taken.questions.into_iter().map(|question| question.code).collect()
}

fn fees(desk: &Desk, code: &str) -> FeesView {
    desk.fees_of(code).expect("its fees")
}

fn closes(desk: &Desk, counted: &str, reason: &str) -> TillView {
    desk.close_till(&CloseTill { counted: text(counted), reason: text(reason) }).expect("a close").0
}

#[test]
fn copies_are_paid_by_pages_with_exact_change() {
    let (_, desk) = office();
    let code = desk.receives(&HANH, COPIES);
    let line = &fees(&desk, &code).lines[0];
    assert!(line.by_pages && !line.unknown && line.exemptions.is_empty(), "a poor household pays: {line:?}");
    assert_eq!(line.kind, "Phí");
    let copies = TakeFee { line: 1, pages: 3, copies: 20, given: text("200.000"), ..fee(&code) };
    let quote = desk.quote_fee(&copies).expect("a quote");
    assert_eq!(
        [quote.amount, quote.words, quote.change, quote.missing],
        ["100.000 đ", "Một trăm nghìn đồng", "100.000 đ", ""]
    );
    let short = TakeFee { given: text("50000"), ..copies.clone() };
    assert_eq!(desk.quote_fee(&short).expect("a quote").missing, "50.000 đ");
    assert_eq!(refused(&desk, &short).0, Code::GivenTooLittle);
    let uncounted = TakeFee { pages: 0, ..copies.clone() };
    assert_eq!(refused(&desk, &uncounted), (Code::FieldWrong, text("Giá trị ở ô số trang bản chính chưa đúng.")));
    let poor = TakeFee { exemption: text("ho-ngheo"), proof: text("Giấy chứng nhận"), ..copies.clone() };
    assert_eq!(refused(&desk, &poor), (Code::FieldWrong, text("Giá trị ở ô lý do miễn chưa đúng.")));
    let taken = takes(&desk, &TakeFee { receipt: text("AB/26P 0000031"), ..copies }).dossier;
    assert_eq!(taken.paid, "100.000 đ");
    assert!(taken.fees[0].text.contains("20 bản × 3 trang"), "{}", taken.fees[0].text);
}

#[test]
fn what_the_province_decides_is_typed_with_its_source_and_proposed_from_then_on() {
    let (_, desk) = office();
    let code = desk.receives(&HANH, MARITAL_STATUS);
    let line = &fees(&desk, &code).lines[0];
    assert!(line.unknown && line.price.contains("HĐND"), "unknown, never free: {line:?}");
    assert_eq!(desk.quote_fee(&TakeFee { line: 1, ..fee(&code) }).expect("a quote").amount, "");
    let typed = TakeFee { line: 1, amount: text("15.000"), ..fee(&code) };
    assert_eq!(refused(&desk, &typed), (Code::FieldWrong, text("Giá trị ở ô văn bản quy định mức thu chưa đúng.")));
    let sourced = TakeFee { source: text("Nghị quyết 12/2025/NQ-HĐND"), keep: true, ..typed };
    takes(&desk, &sourced);
    let line = &fees(&desk, &code).lines[0];
    assert_eq!(
        (line.unknown, line.price.as_str(), line.source.as_str()),
        (false, "15.000 đ", "Nghị quyết 12/2025/NQ-HĐND")
    );

    // Somebody else decides it for a late birth beforehand; a part of the case is enough.
    let set = SetFee {
        procedure: text(BIRTH),
        case: text("quá hạn"),
        amount: text("8.000"),
        source: text("Nghị quyết 12/2025/NQ-HĐND"),
        from: text("2026-01-01"),
    };
    let (rows, _) = desk.set_fee(&set).expect("an amount");
    assert_eq!(rows.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["price_new"]);
    assert_eq!(
        desk.set_fee(&SetFee { case: text("đăng ký"), ..set.clone() }).expect_err("two lines").code(),
        Code::FieldWrong
    );
    assert_eq!(
        desk.set_fee(&SetFee { source: text(" "), ..set.clone() }).expect_err("no source").code(),
        Code::FieldWrong
    );
    let birth = desk.receives(&HANH, BIRTH);
    let late = fees(&desk, &birth).lines.into_iter().find(|line| line.name == "đăng ký quá hạn").expect("a line");
    takes(&desk, &TakeFee { line: late.place, ..fee(&birth) });
    assert_eq!(fees(&desk, &birth).paid, "8.000 đ");
}

#[test]
fn a_fee_table_goes_from_one_desk_to_another_after_a_look() {
    let (world, desk) = office();
    let other = world.desk("Xã Nà Mèo");
    let set =
        SetFee { procedure: text(MARITAL_STATUS), amount: text("15000"), source: text("NQ 12"), ..SetFee::default() };
    desk.set_fee(&set).expect("an amount");
    let file = world.path("muc-thu.json");
    let rows = desk.export_fees(&file).expect("a file");
    assert!(rows > 10);
    let (changes, _) = other.import_fees(&file, true).expect("a preview");
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].text.contains("15.000 đ"), "{changes:?}");
    let code = other.receives(&HANH, MARITAL_STATUS);
    assert!(fees(&other, &code).lines[0].unknown, "a preview changes nothing");
    other.import_fees(&file, false).expect("taken in");
    assert!(!fees(&other, &code).lines[0].unknown);
    assert!(other.import_fees(&file, false).expect("again").0.is_empty());
    std::fs::write(&file, "{}").expect("a file");
    assert_eq!(other.import_fees(&file, true).expect_err("no table").code(), Code::FeesUnreadable);
}

#[test]
fn who_is_exempt_pays_0_with_a_reason_and_a_proof() {
    let (_, desk) = office();
    let code = desk.receives(&HANH, MARITAL_STATUS);
    let line = &fees(&desk, &code).lines[0];
    let names: Vec<&str> = line.exemptions.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(names, ["co-cong", "ho-ngheo", "khuyet-tat"]);
    let exempt = TakeFee { line: 1, exemption: text("ho-ngheo"), ..fee(&code) };
    assert_eq!(refused(&desk, &exempt).0, Code::FieldWrong, "nothing was shown");
    let shown = TakeFee { proof: text("Giấy chứng nhận hộ nghèo số 7"), ..exempt };
    assert_eq!(asked(&desk, &TakeFee { amount: text("8000"), ..shown.clone() }), ["fee_differs"]);
    let view = takes(&desk, &shown).dossier;
    assert_eq!((view.paid.as_str(), view.fees.len()), ("0 đ", 1));
    let last = view.timeline.last().map(|line| line.text.clone()).unwrap_or_default();
    assert!(last.contains("Thu 0 đ") && last.contains("Người thuộc hộ nghèo"), "{last}");

    let farm = desk.receives(&HANH, TRANSACTION);
    let exempt =
        TakeFee { line: 1, exemption: text("vay-nong-nghiep"), proof: text("Hợp đồng tín dụng"), ..fee(&farm) };
    takes(&desk, &exempt);
    let marriage = desk.receives(&HANH, MARRIAGE);
    takes(&desk, &TakeFee { line: 1, ..fee(&marriage) });
    assert_eq!(fees(&desk, &marriage).taken[0].amount, "0 đ", "its line asks for 0");
}

#[test]
fn odd_amounts_are_asked_and_words_are_refused() {
    let (_, desk) = office();
    let code = desk.receives(&HANH, RESIDENCE);
    let typed = |amount: &str| TakeFee { amount: text(amount), ..fee(&code) };
    assert_eq!(asked(&desk, &typed("10.000.000.000")), ["fee_large"]);
    for wrong in ["-15000", "mười lăm nghìn", "15,5", "", "99999999999999999999"] {
        assert_eq!(refused(&desk, &typed(wrong)).0, Code::FieldWrong, "{wrong}");
    }
    assert_eq!(refused(&desk, &TakeFee { given: text("abc"), ..typed("15000") }).0, Code::FieldWrong);
    assert_eq!(refused(&desk, &TakeFee { line: 99, ..typed("15000") }).0, Code::FieldWrong);
    assert!(fees(&desk, &code).taken.is_empty());
    let meant = TakeFee { answered: vec![text("fee_large")], ..typed("10000000000") };
    assert_eq!(takes(&desk, &meant).dossier.paid, "10.000.000.000 đ");
}

#[test]
fn a_transfer_waits_until_a_person_has_seen_it() {
    let (_, desk) = office();
    let code = desk.receives(&HANH, RESIDENCE);
    assert_eq!(desk.payment_code(&code, "15000").expect_err("no account").code(), Code::NoAccount);
    let account = Account { bank: text("970415"), account: text("1134000999888"), holder: text("UBND XA CAO SON") };
    for wrong in [
        Account { bank: text("97041"), ..account.clone() },
        Account { account: text("tài khoản"), ..account.clone() },
        Account { holder: String::new(), ..account.clone() },
    ] {
        assert_eq!(desk.set_account(&wrong).expect_err("a refusal").code(), Code::FieldWrong, "{wrong:?}");
    }
    let personal = Account { holder: text("LO THI MAI"), ..account.clone() };
    let (view, _) = desk.set_account(&personal).expect("an account");
    assert!(view.expect("it is set").warning.contains("cá nhân"));
    let (view, _) = desk.set_account(&account).expect("an account");
    assert_eq!(view.expect("it is set").warning, "");
    let shown = desk.payment_code(&code, "15000").expect("a code");
    let read = VietQr::read(&shown.text).expect("a payment");
    assert_eq!((read.amount, read.purpose), (Some(Money(15_000)), Some(format!("LP {code}"))));
    assert!(!shown.text.contains(HANH.number), "it names the dossier alone");
    for wrong in ["0", "10000000"] {
        assert_eq!(desk.payment_code(&code, wrong).expect_err("a refusal").code(), Code::AmountUnfit, "{wrong}");
    }

    let taken = takes(&desk, &TakeFee { amount: text("15000"), means: MeansInput::Transfer, ..fee(&code) }).dossier;
    assert_eq!((taken.paid.as_str(), taken.awaited.as_str()), ("0 đ", "15.000 đ"), "it does not count");
    assert!(taken.fees[0].text.contains("Chờ cán bộ xác nhận đã nhận tiền"));
    let confirm = ConfirmFee { code: code.clone(), line: taken.fees[0].id.clone(), reference: text("4821") };
    let (confirmed, _) = desk.confirm_fee(&confirm).expect("it came");
    assert_eq!((confirmed.paid.as_str(), confirmed.awaited.as_str()), ("15.000 đ", ""));
    assert_eq!(desk.confirm_fee(&confirm).expect_err("once").code(), Code::NothingToConfirm);
}

#[test]
fn a_receipt_is_void_on_its_day_and_a_counter_line_later() {
    let (world, desk) = office();
    let code = desk.receives(&HANH, RESIDENCE);
    let line = |receipt: &str| {
        let fee = TakeFee { amount: text("15000"), receipt: text(receipt), ..fee(&code) };
        takes(&desk, &fee).dossier.fees.last().map(|row| row.id.clone()).unwrap_or_default()
    };
    let (first, second) = (line("AB/26P 0000031"), line("AB/26P 0000032"));
    let cancel = |line: &str, copies_kept| CancelFee {
        code: code.clone(),
        line: text(line),
        reason: text("Ghi sai"),
        copies_kept,
    };
    assert_eq!(desk.cancel_fee(&cancel(&first, 0)).expect_err("the copies").code(), Code::CopiesNotKept);
    let (void, _) = desk.cancel_fee(&cancel(&first, 3)).expect("void");
    assert_eq!(void.paid, "15.000 đ");
    assert!(void.timeline.last().is_some_and(|line| line.text.contains("giữ lại 3 liên")));
    world.days_pass(1);
    let (later, _) = desk.cancel_fee(&cancel(&second, 0)).expect("a counter-line");
    assert_eq!((later.paid.as_str(), later.fees.len()), ("0 đ", 2), "nothing is deleted");
}

#[test]
fn a_shift_is_closed_counted_and_paid_in() {
    let (world, desk) = office();
    assert_eq!(desk.close_till(&CloseTill::default()).expect_err("nothing yet").code(), Code::NothingToClose);
    let code = desk.receives(&HANH, RESIDENCE);
    let cash = TakeFee { amount: text("15000"), ..fee(&code) };
    let first = takes(&desk, &cash).dossier.fees[0].id.clone();
    takes(&desk, &cash);
    takes(&desk, &TakeFee { means: MeansInput::Transfer, amount: text("50000"), ..fee(&code) });
    let wrong = takes(&desk, &TakeFee { amount: text("8000"), ..fee(&code) }).dossier.fees[3].id.clone();
    let cancel =
        |line: &str| CancelFee { code: code.clone(), line: text(line), reason: text("Thu nhầm"), copies_kept: 0 };
    desk.cancel_fee(&cancel(&wrong)).expect("a counter-line");
    takes(&desk, &TakeFee { amount: text("0"), note: text("cấp lại do lỗi cơ quan"), ..fee(&code) });

    let till = desk.till().expect("the till");
    assert_eq!((till.count, till.voided, till.free), (4, 1, 1));
    assert_eq!(
        [&till.cash, &till.waiting, &till.expected, &till.expected_words],
        ["30.000 đ", "50.000 đ", "30.000 đ", "Ba mươi nghìn đồng"]
    );
    assert_eq!(till.officers.iter().map(|o| (o.name.as_str(), o.count)).collect::<Vec<_>>(), [("Lò Thị Mai", 4)]);
    let states: Vec<TillState> = till.lines.iter().map(|line| line.state).collect();
    use TillState::{Cash, Free, Voided, Waiting};
    assert_eq!(states, [Cash, Cash, Waiting, Voided, Free]);
    let short = CloseTill { counted: text("29.000"), reason: String::new() };
    assert_eq!(desk.close_till(&short).expect_err("a difference").code(), Code::DifferenceReason);
    let nonsense = CloseTill { counted: text("ba mươi"), ..short };
    assert_eq!(desk.close_till(&nonsense).expect_err("no number").code(), Code::FieldWrong);
    let closed = closes(&desk, "29.000", "Trả nhầm tiền lẻ");
    let close = &closed.closes[0];
    assert_eq!(
        [&close.expected, &close.counted, &close.difference, &close.left],
        ["30.000 đ", "29.000 đ", "−1.000 đ", "29.000 đ"]
    );
    let again = closes(&desk, "0", "");
    assert_eq!(again.closes.len(), 1, "once more changes nothing");

    // The next shift: the transfer of the last one waits on, one of its lines is cancelled.
    world.days_pass(1);
    let till = desk.till().expect("the till");
    assert_eq!((till.lines.len(), till.lines[0].carried, till.open), (1, true, false));
    takes(&desk, &cash);
    desk.cancel_fee(&cancel(&first)).expect("a counter-line");
    let line = till.lines[0].id.clone();
    desk.confirm_fee(&ConfirmFee { code: code.clone(), line, reference: String::new() }).expect("it came");
    let till = desk.till().expect("the till");
    assert_eq!(
        [&till.cash, &till.given_back, &till.confirmed, &till.waiting, &till.expected],
        ["15.000 đ", "15.000 đ", "50.000 đ", "0 đ", "0 đ"]
    );
    let closed = closes(&desk, "0", "");
    assert_eq!((closed.closes.len(), closed.closes[0].difference.as_str()), (2, ""));
    assert!(closed.lines.is_empty());

    // What the first close held is taken to the treasury in two ways.
    let id = closed.closes[1].id.clone();
    let pay = |amount: &str, document: &str| {
        desk.pay_in(&PayIn { close: id.clone(), amount: text(amount), document: text(document) })
    };
    assert_eq!(pay("29001", "GNT 1").expect_err("too much").code(), Code::TooMuchPaidIn);
    assert_eq!(pay("20000", "").expect_err("no document").code(), Code::FieldWrong);
    pay("20000", "GNT 1").expect("paid in");
    let (till, _) = pay("9000", "GNT 2").expect("paid in");
    assert_eq!((till.closes[1].left.as_str(), till.closes[1].paid_in.len()), ("", 2));
    let nobody = PayIn { close: text("9/9"), amount: text("1"), document: text("x") };
    assert_eq!(desk.pay_in(&nobody).expect_err("no such close").code(), Code::CloseUnknown);
    desk.is_sound();
}

#[test]
fn a_line_of_another_desk_is_that_desks() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let meet = || [&first, &second, &first].into_iter().for_each(|desk| drop(desk.syncs().expect("an exchange")));
    let code = first.receives(&HANH, RESIDENCE);
    let cash = TakeFee { amount: text("15000"), ..fee(&code) };
    takes(&first, &cash);
    let line = takes(&first, &TakeFee { means: MeansInput::Transfer, ..cash.clone() }).dossier.fees[1].id.clone();
    meet();
    takes(&second, &TakeFee { amount: text("8000"), ..fee(&code) });
    // The other desk sees the money arrive; it stays the first one's.
    second.confirm_fee(&ConfirmFee { code: code.clone(), line, reference: String::new() }).expect("it came");
    closes(&second, "8000", "");
    meet();
    let till = first.till().expect("the till");
    assert_eq!([&till.cash, &till.confirmed, &till.expected], ["15.000 đ", "15.000 đ", "15.000 đ"]);
    assert_eq!((till.lines.len(), till.closes.len()), (2, 1));
    assert!(!till.closes[0].own && till.closes[0].expected == "8.000 đ", "the other's close is listed");
    closes(&first, "15000", "");
    meet();
    for desk in [&first, &second] {
        assert_eq!(desk.till().expect("the till").closes.len(), 2);
        desk.is_sound();
    }
}

#[test]
fn a_close_moves_with_the_log_it_stood_in() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let shared = desk.receives(&HANH, RESIDENCE);
    desk.syncs().expect("an exchange");
    desk.closes();
    let yesterday = std::fs::read(desk.database()).expect("the database");
    desk.opens().expect("the desk");
    desk.add_note(&shared, "Bản thứ nhất").expect("a note");
    desk.syncs().expect("an exchange");
    desk.closes();
    std::fs::write(desk.database(), yesterday).expect("somebody puts the old file back");
    let store = desk.store_of_keys();
    std::fs::remove_file(desk.place().machine_file(&store, "mark.json")).expect("the mark");
    world.cut_link();
    desk.opens().expect("the desk");
    let fee = TakeFee { amount: text("15000"), ..fee(&shared) };
    takes(&desk, &TakeFee { means: MeansInput::Transfer, ..fee.clone() });
    takes(&desk, &fee);
    let closed = closes(&desk, "15000", "");
    let id = closed.closes[0].id.clone();
    desk.pay_in(&PayIn { close: id, amount: text("15000"), document: text("GNT 1") }).expect("paid in");

    world.link_returns();
    desk.syncs().expect_err("the hub refuses the fork");
    for _ in 0..3 {
        desk.syncs().expect("what was written moves to the next identity");
    }
    let till = desk.till().expect("the till");
    assert_eq!((till.closes.len(), till.closes[0].left.as_str(), till.open), (1, "", false));
    assert_eq!((till.lines.len(), till.waiting.as_str()), (1, "15.000 đ"), "the transfer still waits in this till");
    desk.is_sound();
}
