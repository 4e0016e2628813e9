use super::*;
use crate::texts::{Language, text};
use domain::catalogue::search::Index;
use domain::catalogue::{Channel, Price, TimeLimit, authorisation_allowed, on_day, version_on};
use domain::money::Money;
use domain::text::{fold, tidy};
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 22);

fn starter(code: &str) -> &'static Procedure {
    version_on(builtin(), code, TODAY).unwrap_or_else(|| panic!("{code} ships inside"))
}

#[test]
fn sixty_procedures_ship_inside() {
    let file = include_bytes!("../../data/catalogue.json");
    let import = read_json("catalogue.json", file).expect("our own file");
    assert_eq!(import.notes, []);
    assert_eq!(import.procedures, builtin());
    assert_eq!(on_day(builtin(), TODAY).len(), 60);
    for code in [
        "1.001193", "2.000815", "2.000884", "1.004873", "2.000635", "1.000656", "1.000894", "1.004845", "1.004837",
        "1.004222",
    ] {
        assert_eq!(starter(code).code, code);
    }
    let as_of = serde_json::from_slice::<Value>(file).expect("JSON")["as_of"].as_str().and_then(|day| day.parse().ok());
    assert_eq!(as_of, Some(BUILTIN_AS_OF));
}

#[test]
fn the_starters_times_are_the_laws() {
    use TimeLimit::{ClockHours, SameDay, WorkingDays};
    for (code, limit) in [
        ("1.004873", Some(WorkingDays(3))),
        ("2.000815", Some(SameDay)),
        ("2.000884", Some(SameDay)),
        ("1.001193", Some(SameDay)),
        ("1.000656", Some(SameDay)),
        ("2.000635", Some(SameDay)),
        ("1.000894", Some(SameDay)),
        ("2.000720", Some(WorkingDays(3))),
        ("1.004222", Some(WorkingDays(7))),
        ("1.004859", None),
        ("1.011606", None),
        ("1.001776", None),
    ] {
        assert_eq!(starter(code).time(Channel::Counter), limit, "{code}");
    }
    let cases: Vec<_> = starter("1.004859").cases(Channel::Counter).map(|time| time.limit).collect();
    assert_eq!(cases, [Some(SameDay), Some(WorkingDays(3))], "only the adding is done on the day");
    for code in ["1.001193", "1.000656", "2.000635", "1.000894"] {
        let later = version_on(builtin(), code, date(2027, 3, 1)).expect("a version under the new law");
        assert_eq!(later.time(Channel::Counter), Some(ClockHours(24)), "{code}");
        let last = version_on(builtin(), code, date(2027, 2, 28)).expect("a version under the old law");
        assert_eq!(last.time(Channel::Counter), Some(SameDay), "{code}");
        assert!(version_on(builtin(), code, date(2025, 12, 31)).is_some(), "{code} holds for dossiers of last year");
    }
}

#[test]
fn the_starters_fees_are_the_laws() {
    let only = |code: &str| {
        let prices: Vec<_> = starter(code).fees(Channel::Counter).map(|fee| fee.price).collect();
        assert_eq!(prices.len(), 1, "{code}");
        prices[0]
    };
    let copy = only("2.000815").expect("a price");
    assert_eq!([1, 3, 198, 250].map(|pages| copy.of(pages, 1).0), [2_000, 5_000, 200_000, 200_000]);
    assert_eq!(copy.of(3, 20), Money(100_000));
    for (code, amount) in [
        ("2.000884", 10_000),
        ("2.001035", 50_000),
        ("2.000913", 30_000),
        ("2.000927", 25_000),
        ("1.000894", 0),
        ("1.004837", 0),
        ("2.000635", 8_000),
        ("1.004222", 20_000),
    ] {
        assert_eq!(only(code), Some(Price::Flat(Money(amount))), "{code}");
    }
    assert_eq!(only("1.004873"), None, "the provincial council decides");
    let birth: Vec<_> =
        starter("1.001193").fees(Channel::Counter).map(|fee| (fee.case.is_empty(), fee.price)).collect();
    assert_eq!(birth, [(false, Some(Price::Flat(Money(0)))), (false, None)], "on time free, late unknown");
    let lodging: Vec<_> = starter("1.004194").fees(Channel::Counter).map(|fee| fee.price).collect();
    assert_eq!(lodging, [Some(Price::Flat(Money(15_000))), Some(Price::Flat(Money(10_000)))]);
}

#[test]
fn the_starter_is_fit_for_the_counter() {
    for procedure in builtin() {
        let code = &procedure.code;
        assert_eq!(procedure.may_authorise, authorisation_allowed(&procedure.field, &procedure.name), "{code}");
        assert!(
            procedure.papers.is_sorted_by_key(|paper| !paper.condition.is_empty()),
            "{code}: conditional papers last"
        );
        let mut names: Vec<_> = procedure.papers.iter().map(|paper| &paper.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), procedure.papers.len(), "{code}: a paper twice");
        for paper in &procedure.papers {
            assert!(paper.originals + paper.copies > 0, "{code}: {} is no paper", paper.name);
            let folded = fold(&paper.name);
            let outdated =
                ["ho khau", "cap huyen", "chung minh nhan dan", "cmnd"].iter().any(|old| folded.contains(old));
            assert!(!outdated || !paper.doubt.is_empty(), "{code}: {}", paper.name);
        }
        for words in [&procedure.name, &procedure.field, &procedure.source] {
            assert_eq!(*words, tidy(words), "{code}");
        }
        let known = procedure.times.iter().any(|time| time.limit.is_some());
        let said = procedure.times.iter().any(|time| !time.note.is_empty()) || !procedure.doubts.is_empty();
        assert!(known || said, "{code}: an unknown time is explained");
        for (time, fee) in [(Channel::Counter, Channel::Counter), (Channel::Online, Channel::Online)] {
            let cases = procedure.cases(time).count();
            assert!(
                cases < 2
                    || procedure.cases(time).all(|time| !time.case.is_empty() || cases == 1)
                    || code == "1.010041"
            );
            let lines = procedure.fees(fee).count();
            assert!(lines < 2 || procedure.fees(fee).all(|fee| !fee.case.is_empty()), "{code}: which fee?");
        }
        let stored = to_json(procedure).expect("JSON");
        assert_eq!(from_json(&stored).expect("our own JSON"), *procedure, "{code}");
    }
}

#[test]
fn people_find_what_they_ask_for() {
    let procedures = on_day(builtin(), TODAY);
    let index = Index::new(procedures.iter().copied());
    let lines = include_str!("tests/queries.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let (mut asked, mut wrong) = (0, Vec::new());
    for line in lines {
        let (query, rest) = line.split_once('\t').expect("query, code, name");
        let (code, _) = rest.split_once('\t').expect("query, code, name");
        let hits = index.find(query, 3);
        let found: Vec<_> = hits.iter().map(|hit| procedures[hit.position].code.as_str()).collect();
        if found.first() != Some(&code) {
            wrong.push(format!("{query}: {code} wanted, {found:?} found"));
        }
        asked += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked >= 40);
    for procedure in &procedures {
        let hits = index.find(&procedure.name, 1);
        assert_eq!(procedures[hits[0].position].code, procedure.code, "a full name finds itself");
    }
}

/// The stored form is a promise: this text is read for ever, and this is what is written today.
#[test]
fn a_stored_version_keeps_its_form() {
    let stored = r#"{"version":1,"code":"1.900001","name":"Thủ tục thử","field":"Hộ tịch","from":"2025-07-01","to":"2027-02-28","decision":"1/QĐ-THU","handled_by":"UBND cấp xã","may_authorise":false,"times":[{"channels":["counter","online","post"],"case":"bổ sung","limit":{"unit":"same_day"},"note":"Điều 1"},{"channels":["counter"],"limit":{"unit":"working_hours","count":4}},{"channels":["counter"],"limit":{"unit":"clock_hours","count":24}},{"channels":["counter"],"limit":{"unit":"working_days","count":3}},{"channels":["post"],"limit":{"unit":"calendar_days","count":15}},{"channels":["online"],"limit":null}],"fees":[{"channels":["counter"],"case":"quá hạn","price":null,"note":"tỉnh quyết định"},{"channels":["counter"],"price":{"kind":"flat","amount":8000},"per":"bản"},{"channels":["post"],"price":{"kind":"pages","first":2000,"first_pages":2,"then":1000,"at_most":200000}}],"papers":[{"name":"Tờ khai","originals":1,"copies":0},{"name":"Giấy khác","originals":0,"copies":2,"condition":"nếu có","doubt":"nguồn cũ"}],"results":[{"name":"Giấy thử","code":"KQ.G99.000001"},{"name":"Giấy không mã"}],"notes":["Lưu ý"],"doubts":["Chưa chắc"],"source":"Nguồn thử"}"#;
    let procedure = from_json(stored).expect("version 1 is read");
    assert_eq!(to_json(&procedure).expect("JSON"), stored);
    assert_eq!(procedure.effective_to, Some(date(2027, 2, 28)));
    assert_eq!(procedure.times.len(), 6);

    let lean = r#"{"version":1,"code":"1.900001","name":"Thủ tục thử","field":"Hộ tịch","from":"2025-07-01","of a later hand":[]}"#;
    assert_eq!(from_json(lean).map(|read| (read.code, read.may_authorise)).ok(), Some(("1.900001".into(), true)));
    let newer = lean.replace(r#""version":1"#, r#""version":2"#);
    assert_eq!(from_json(&newer).map_err(|error| error.code()), Err(Code::CatalogueNewer));
    for broken in ["", "{}", r#"{"version":1}"#, &lean.replace("2025-07-01", "hôm qua")] {
        assert_eq!(from_json(broken).map_err(|error| error.code()), Err(Code::Internal), "{broken}");
    }
}

#[test]
fn the_published_list_adds_what_is_not_checked_yet() {
    let import = read_json("portal.json", include_bytes!("tests/portal.json")).expect("the list's format");
    let told: Vec<_> = import.notes.iter().map(|note| (note.row, note.kind, note.detail.as_str())).collect();
    assert_eq!(
        told,
        [
            (1, NoteKind::Kept, ""),
            (2, NoteKind::FeeOpen, "0"),
            (2, NoteKind::PapersMoved, "2"),
            (2, NoteKind::PapersOutdated, "1"),
            (3, NoteKind::TimeUnknown, "1"),
            (4, NoteKind::Dollars, "/bản)Tại cơ quan đại diện: 10 USD/bản."),
            (4, NoteKind::Doubt, "Dòng ghi 10 là đô la Mỹ, thu ở cơ quan đại diện."),
            (5, NoteKind::TimeFromWords, "15"),
            (5, NoteKind::FeeDoubtful, "5000"),
            (6, NoteKind::TimeUnknown, "5"),
            (6, NoteKind::TimeSeveral, ""),
            (6, NoteKind::PapersMiscounted, "1"),
            (7, NoteKind::Repeated, "Thủ tục đăng ký thử trong ngày"),
            (8, NoteKind::BadCode, "Không có mã"),
            (9, NoteKind::NoName, ""),
            (10, NoteKind::Unreadable, "invalid type: integer `7`, expected a string"),
        ]
    );
    let codes: Vec<_> = import.procedures.iter().map(|procedure| procedure.code.as_str()).collect();
    assert_eq!(codes, ["1.900001", "1.900002", "1.900003", "1.900004", "1.900005", "2.900008"]);
    let of = |place: usize| &import.procedures[place];
    assert_eq!(of(0).time(Channel::Counter), Some(TimeLimit::SameDay));
    assert_eq!((of(0).effective_from, of(0).decision.as_str()), (FIRST_DAY, "1/QĐ-THU"));
    assert_eq!(of(0).fees.len(), 1, "two channels, one line");
    assert_eq!(of(0).notes, ["Lưu ý: không nộp thêm giấy tờ"]);
    assert_eq!(of(1).time(Channel::Counter), None, "only part of it is done on the day");
    assert_eq!(
        of(2).fees.iter().filter_map(|fee| fee.price).map(|price| price.of(3, 1)).collect::<Vec<_>>(),
        [Money(5_000)]
    );
    assert_eq!(of(3).time(Channel::Counter), Some(TimeLimit::WorkingDays(15)), "its words say working days");
    assert_eq!(of(3).fees[0].price, None, "5,000 beside the words 7,000");
    assert_eq!((of(4).time(Channel::Counter), of(4).cases(Channel::Online).count()), (None, 2));
}

#[test]
fn a_newer_list_brings_a_new_version_and_loses_nothing_checked() {
    let row = |as_of: &str, time: &str| {
        format!(
            r#"{{"meta":{{"as_of":"{as_of}"}},"procedures":[{{"code":"1.004873","name":"Tên mới","field":"Hộ tịch",
            "channels":[{{"channel":"counter","time":{time},"fee":0,"note":"Do Hội đồng nhân dân tỉnh quyết định"}}]}}]}}"#
        )
    };
    let read = |json: String| read_json("portal.json", json.as_bytes()).expect("a list");
    assert_eq!(read(row("2026-07-20", r#"5,"unit":"working_day""#)).procedures, []);
    let newer = read(row("2026-12-01", r#"5,"unit":"working_day""#));
    let version = &newer.procedures[0];
    assert_eq!(
        (version.effective_from, version.time(Channel::Counter)),
        (date(2026, 12, 1), Some(TimeLimit::WorkingDays(5)))
    );
    assert_eq!(version.papers, starter("1.004873").papers, "what the list does not say stays");
    let silent = read(row("2026-12-01", r#"3,"unit":null"#));
    assert_eq!(silent.procedures[0].time(Channel::Counter), Some(TimeLimit::WorkingDays(3)));
    assert!(silent.notes.iter().any(|note| note.kind == NoteKind::Filled));
}

#[test]
fn what_is_no_catalogue_is_refused_with_a_reason() {
    let code = |bytes: &[u8]| read_json("tệp", bytes).map(|_| ()).map_err(|error| error.code());
    for bytes in [&b""[..], b"[]", b"{}", b"7", b"{\"procedures\":[{\"a\":1}]}", b"\xff\xfe", b"[[[["] {
        assert_eq!(code(bytes), Err(Code::CatalogueUnreadable), "{bytes:?}");
    }
    assert_eq!(code(br#"{"format":"motcua-catalogue","version":2,"procedures":[]}"#), Err(Code::CatalogueNewer));
    assert_eq!(code(&vec![b' '; FILE_BYTES as usize + 1]), Err(Code::CatalogueTooLarge));
    let many = format!("[{}{{}}]", r#"{"code":"1.900001","name":"x"},"#.repeat(ROWS));
    assert_eq!(code(many.as_bytes()), Err(Code::CatalogueTooLarge));
    let long = format!(r#"[{{"code":"1.900001","name":"{}"}}]"#, "a".repeat(TEXT_CHARS + 1));
    let import = read_json("tệp", long.as_bytes()).expect("a list with one bad row");
    assert_eq!((import.procedures.len(), import.notes[0].kind), (0, NoteKind::TooLong));
    let missing = read_file(Path::new("không/có.json"), &[], TODAY).map_err(|error| error.code());
    assert_eq!(missing, Err(Code::FileUnreadable));
}

#[test]
fn every_note_has_its_words() {
    for kind in NoteKind::ALL {
        for language in [Language::Vietnamese, Language::English] {
            let key = format!("catalogue_note_{}", kind.as_str());
            assert_ne!(text(language, &key, &[]), key);
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_json("tệp", &bytes);
        let _ = read_excel("tệp", &bytes, &[], TODAY);
    }

    #[test]
    fn no_row_is_too_strange(
        code in "1\\.[0-9]{6}", name in any::<String>(), note in any::<String>(), time in any::<Option<u32>>(),
        fee in any::<Option<u64>>(), paper in any::<String>(), originals in any::<u64>(),
    ) {
        let row = serde_json::json!([{"code": code, "name": name, "field": "Hộ tịch", "channels":
            [{"channel": "counter", "time": time, "unit": null, "fee": fee, "note": note}],
            "required_papers": [{"name": paper, "originals": originals, "copies": 0}]}]);
        let import = read_json("tệp", row.to_string().as_bytes()).expect("a list");
        for procedure in &import.procedures {
            let stored = to_json(procedure).expect("JSON");
            prop_assert_eq!(&from_json(&stored).expect("our own JSON"), procedure);
        }
    }
}
