use super::*;
use crate::catalogue::builtin;
use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TODAY: Date = date(2026, 11, 22);

/// A workbook of one sheet with these texts.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells) {
            if !text.is_empty() {
                sheet.write_string(row, column, *text).expect("a cell");
            }
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

fn read(bytes: &[u8]) -> Import {
    read_excel("danh muc.xlsx", bytes, &[], TODAY).expect("a catalogue")
}

fn refused(bytes: &[u8]) -> Error {
    read_excel("danh muc.xlsx", bytes, &[], TODAY).expect_err("no catalogue")
}

#[test]
fn a_provinces_table_is_read_by_its_headings() {
    let bytes = workbook(&[
        &["DANH MỤC THỦ TỤC HÀNH CHÍNH CẤP XÃ"],
        &["(Kèm theo Quyết định số 1/QĐ-THU)"],
        &[
            "STT",
            "MÃ TTHC",
            "Tên thủ tục hành chính",
            "Lĩnh vực",
            "Thời hạn giải quyết (ngày)",
            "Phí, lệ phí (nếu có)",
            "Thành phần hồ sơ",
        ],
        &["I", "", "LĨNH VỰC HỘ TỊCH"],
        &[
            "1",
            "1.900001",
            "Đăng ký thử",
            "Hộ tịch",
            "03 ngày làm việc",
            "8.000 đồng/bản",
            "- Tờ khai theo mẫu\n- Bản sao Sổ hộ khẩu\n2. Giấy khác (nếu có)",
        ],
        &["2", "2.900002.000.00.00.H22", "Đăng ký kết hôn thử", "Hộ tịch", "Trong ngày", "Không", ""],
        &["3", "1.900003", "Việc thử", "Đất đai", "5", "Do HĐND tỉnh quyết định", ""],
        &["4", "1.900004", "Việc khó", "Đất đai", "5 ngày làm việc; xác minh thì 10 ngày làm việc", "", ""],
    ]);
    let import = read(&bytes);
    let told: Vec<_> = import.notes.iter().map(|note| (note.row, note.kind, note.detail.as_str())).collect();
    assert_eq!(
        told,
        [
            (4, NoteKind::BadCode, "LĨNH VỰC HỘ TỊCH"),
            (5, NoteKind::PapersOutdated, "1"),
            (7, NoteKind::TimeUnknown, "5"),
            (7, NoteKind::FeeOpen, "Do HĐND tỉnh quyết định"),
            (8, NoteKind::TimeSeveral, "5 ngày làm việc; xác minh thì 10 ngày làm việc"),
        ]
    );
    let [first, wedding, open, hard] = import.procedures.as_slice() else { panic!("{:?}", import.procedures) };
    assert_eq!((first.code.as_str(), first.field.as_str(), first.effective_from), ("1.900001", "Hộ tịch", TODAY));
    assert_eq!(first.time(Channel::Counter), Some(TimeLimit::WorkingDays(3)));
    assert_eq!((first.fees[0].price, first.fees[0].per.as_str()), (Some(Price::Flat(Money(8_000))), "bản"));
    let papers: Vec<_> =
        first.papers.iter().map(|paper| (paper.name.as_str(), paper.originals, paper.copies)).collect();
    assert_eq!(papers, [("Tờ khai theo mẫu", 1, 0), ("Bản sao Sổ hộ khẩu", 0, 1), ("Giấy khác (nếu có)", 1, 0)]);
    assert_eq!((wedding.code.as_str(), wedding.may_authorise), ("2.900002", false));
    assert_eq!(wedding.time(Channel::Post), Some(TimeLimit::SameDay));
    assert_eq!(wedding.fees[0].price, Some(Price::Flat(Money(0))));
    assert_eq!((open.time(Channel::Counter), open.fees[0].price), (None, None));
    assert_eq!((hard.time(Channel::Counter), hard.cases(Channel::Counter).count()), (None, 2));
}

#[test]
fn headings_may_lack_accents_and_values_may_be_numbers_dates_and_formulas() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "Trang bìa").expect("a cell");
    let sheet = workbook.add_worksheet();
    for (column, title) in (3..).zip(["ten thu tuc", "MA SO", "le phi", "Hieu luc tu", "thoi han"]) {
        sheet.write_string(2, column, title).expect("a cell");
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_formula(3, 3, Formula::new("\"Thủ \"&\"tục\"").set_result("Thủ tục")).expect("a cell");
    sheet.write_number(3, 4, 1.90001).expect("a cell");
    sheet.write_formula(3, 5, Formula::new("4000*2").set_result("8000")).expect("a cell");
    sheet.write_with_format(3, 6, ExcelDateTime::from_ymd(2026, 12, 1).expect("a day"), &day).expect("a cell");
    sheet.write_formula(3, 7, Formula::new("1/0").set_result("#DIV/0!")).expect("a cell");
    for (row, from) in [(4, "15/01/2027"), (5, "ngày mai")] {
        sheet.write_string(row, 3, "Thủ tục").expect("a cell");
        sheet.write_string(row, 4, "1.900011").expect("a cell");
        sheet.write_string(row, 6, from).expect("a cell");
    }
    sheet.write_string(1_048_575, 16_383, "rất xa").expect("a cell");
    let import = read(&workbook.save_to_buffer().expect("a workbook"));
    let told: Vec<_> = import.notes.iter().map(|note| (note.row, note.kind)).collect();
    assert_eq!(told, [(4, NoteKind::FormulaError), (6, NoteKind::BadDate)]);
    let [first, second] = import.procedures.as_slice() else { panic!("{:?}", import.procedures) };
    assert_eq!((first.code.as_str(), first.name.as_str()), ("1.900010", "Thủ tục"));
    assert_eq!(first.fees[0].price, Some(Price::Flat(Money(8_000))));
    assert_eq!((first.effective_from, second.effective_from), (date(2026, 12, 1), date(2027, 1, 15)));
}

#[test]
fn a_row_keeps_what_it_does_not_say() {
    let bytes = workbook(&[
        &["Mã", "Tên", "Thời hạn"],
        &["1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân", "2 ngày làm việc"],
    ]);
    let import = read_excel("danh muc.xlsx", &bytes, builtin(), TODAY).expect("a catalogue");
    let version = &import.procedures[0];
    let known = version_on(builtin(), "1.004873", TODAY).expect("ships inside");
    assert_eq!(version.time(Channel::Counter), Some(TimeLimit::WorkingDays(2)));
    assert_eq!((&version.papers, &version.field), (&known.papers, &known.field));
    assert!(import.notes.iter().any(|note| note.kind == NoteKind::Filled && note.detail.contains("giấy tờ")));
}

#[test]
fn wrong_columns_are_named() {
    let missing = |bytes: &[u8]| {
        let error = refused(bytes);
        assert_eq!(error.code(), Code::CatalogueColumns);
        error.params().iter().find(|(name, _)| *name == "missing").map(|(_, value)| value.clone())
    };
    let other = workbook(&[&["Họ và tên", "Ngày sinh"], &["Lò Thị Mẫu", "1957"]]);
    assert_eq!(missing(&other).as_deref(), Some("Mã thủ tục, Tên thủ tục"));
    let half = workbook(&[&["STT", "Tên thủ tục"], &["1", "Đăng ký thử"]]);
    assert_eq!(missing(&half).as_deref(), Some("Mã thủ tục"));
    assert_eq!(missing(&workbook(&[])).as_deref(), Some("Mã thủ tục, Tên thủ tục"));
}

#[test]
fn what_is_no_workbook_is_refused() {
    assert_eq!(refused(b"PK\x03\x04 not a zip").code(), Code::CatalogueUnreadable);
    assert_eq!(refused(b"").code(), Code::CatalogueUnreadable);
    let torn = workbook(&[&["Mã", "Tên"]]);
    assert_eq!(refused(&torn[..torn.len() / 2]).code(), Code::CatalogueUnreadable);
    assert_eq!(refused(&zipped("hello.txt", b"hello")).code(), Code::CatalogueUnreadable);
}

#[test]
fn a_bomb_is_refused_before_it_is_opened() {
    let zeros = zipped("xl/worksheets/sheet1.xml", &vec![0; 3 * 1024 * 1024]);
    assert!(zeros.len() < 100_000);
    let bomb = unpacks_sanely("bom.xlsx", &zeros, 1024 * 1024).map_err(|error| error.code());
    assert_eq!(bomb, Err(Code::CatalogueTooLarge));
    assert!(unpacks_sanely("bom.xlsx", &zeros, UNPACKED_BYTES).is_ok());
    let announced =
        zipped("xl/sharedStrings.xml", br#"<sst count="1" uniqueCount="9999999999999999999999"><si/></sst>"#);
    assert_eq!(refused(&announced).code(), Code::CatalogueTooLarge);
}

#[test]
fn too_many_rows_and_too_long_texts_are_refused() {
    let long = "x".repeat(TEXT_CHARS + 1);
    let import = read(&workbook(&[&["Mã", "Tên"], &["1.900001", &long], &["1.900002", "Thử"]]));
    assert_eq!((import.procedures.len(), import.notes[0].kind, import.notes[0].row), (1, NoteKind::TooLong, 2));
    let mut rows: Vec<&[&str]> = vec![&["Mã", "Tên"]];
    rows.resize(ROWS + 2, &["1.900001", "Thử"]);
    assert_eq!(refused(&workbook(&rows)).code(), Code::CatalogueTooLarge);
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).expect("a part");
    zip.write_all(bytes).expect("its bytes");
    zip.finish().expect("a file").into_inner()
}
