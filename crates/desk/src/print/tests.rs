//! The receipt as a clerk sees it, as a computer reads it back, and as anything a person may type into it.
//!
//! `BLESS=1` rewrites the golden files; look at them before you keep them.

use super::layout::{Mark, Page};
use super::picture;
use super::receipt::{
    Applicant, Counterpart, Due, FeeLine, Fees, Paper, PaperLine, Receipt, Reprint, Standing, Submitter, pages, pdf,
    text,
};
use domain::card::receipt::{LookupSecret, Receipt as Lookup};
use domain::catalogue::Channel;
use domain::code::DossierCode;
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use hayro::kurbo::{Affine, BezPath, Rect};
use jiff::civil::datetime;
use proptest::prelude::*;
use std::path::PathBuf;

/// An ordinary visit: three working days, somebody else hands in.
fn ordinary() -> Receipt {
    let paper = |name: &str, originals, copies, note: &str| PaperLine {
        name: name.to_owned(),
        originals,
        copies,
        note: note.to_owned(),
        shown: false,
    };
    Receipt {
        superior: "UBND xã Cao Sơn".into(),
        centre: "Trung tâm Phục vụ hành chính công xã Cao Sơn".into(),
        counter: "Quầy số 2".into(),
        place: "Cao Sơn".into(),
        code: DossierCode::parse("H56.14-260828-07042").expect("a number"),
        standing: Standing::Provisional,
        alias: String::new(),
        book: "01/2026".into(),
        serial: "412".into(),
        reprint: None,
        practice: false,
        offline: true,
        applicant: Applicant {
            name: "Đặng Thị Mỹ Hạnh".into(),
            address: "Bản Sín Chải, xã Cao Sơn, tỉnh Lào Cai".into(),
            phone: "0912 345 678".into(),
            email: String::new(),
            personal_number: "000 157 000 321".into(),
        },
        submitter: Some(Submitter {
            name: "Giàng A Páo".into(),
            authorisation: "theo văn bản ủy quyền ngày 26/8/2026".into(),
        }),
        channel: Channel::Counter,
        procedure_name: "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân".into(),
        procedure_code: "1.004873".into(),
        papers: vec![
            paper("Tờ khai cấp Giấy xác nhận tình trạng hôn nhân theo mẫu", 1, 0, ""),
            paper("Bản án ly hôn đã có hiệu lực pháp luật", 0, 1, "đã đối chiếu, trả lại bản chính"),
            paper("Văn bản ủy quyền được chứng thực", 1, 0, ""),
        ],
        sets: 1,
        time_limit: "03 ngày làm việc".into(),
        received_at: datetime(2026, 8, 28, 9, 5, 0, 0),
        explained: vec![],
        due: Some(Due { at: datetime(2026, 9, 7, 17, 0, 0, 0), provisional: String::new() }),
        result_at: "Quầy trả kết quả của Trung tâm".into(),
        fees: Fees::Lines(vec![FeeLine { case: String::new(), price: "15.000 đ".into() }]),
        helped_by: String::new(),
        contact_phone: "0214 3 800 014".into(),
        secret: LookupSecret::parse("7K3M").expect("a secret"),
        officer: "Lò Thị Mai".into(),
    }
}

/// Nothing is known but who and what.
fn minimal() -> Receipt {
    Receipt {
        superior: String::new(),
        counter: String::new(),
        standing: Standing::Unconnected,
        book: String::new(),
        serial: String::new(),
        offline: false,
        applicant: Applicant { name: "Y' Nuê".into(), ..Applicant::default() },
        submitter: None,
        procedure_name: "Xác nhận thông tin hộ tịch".into(),
        procedure_code: String::new(),
        papers: Vec::new(),
        time_limit: String::new(),
        explained: vec![],
        due: None,
        result_at: String::new(),
        fees: Fees::Unknown,
        contact_phone: String::new(),
        officer: String::new(),
        ..ordinary()
    }
}

/// A full visit that needs two sheets of A5: official number, e-mail, six papers, two fees, a helper.
fn full() -> Receipt {
    let paper = |name: &str, originals, copies| PaperLine {
        name: name.into(),
        originals,
        copies,
        note: String::new(),
        shown: false,
    };
    let mut receipt = ordinary();
    receipt.offline = false;
    receipt.standing = Standing::Official { decision: "QĐ 512/QĐ-UBND ngày 05/3/2026".into() };
    receipt.applicant = Applicant {
        name: "Nguyễn Phước Công Tằng Tôn Nữ Hạ Vy".into(),
        address: "Số nhà 12, ngõ 3, tổ dân phố Pá Hạ, thôn Nậm Cang 2, xã Cao Sơn, tỉnh Lào Cai".into(),
        phone: "0987 654 321".into(),
        email: "ha.vy.nguyen@example.vn".into(),
        personal_number: "099 *** *** 012".into(),
    };
    receipt.submitter = Some(Submitter {
        name: "Y' Nuê Ƀuôn Yă".into(),
        authorisation: "ông, có sự thỏa thuận của cha mẹ".into(),
    });
    receipt.procedure_name = "Liên thông thủ tục hành chính về đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi".into();
    receipt.procedure_code = "2.000986".into();
    receipt.papers = vec![
        paper("Tờ khai điện tử đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế", 1, 0),
        paper("Giấy chứng sinh do cơ sở y tế nơi trẻ em sinh ra cấp", 1, 0),
        paper("Văn bản thỏa thuận của cha mẹ về việc xác định dân tộc của con", 1, 0),
        paper("Giấy chứng nhận kết hôn của cha mẹ", 0, 1),
        paper("Giấy tờ chứng minh nơi cư trú", 0, 1),
        paper("Ảnh 4 × 6", 2, 0),
    ];
    receipt.fees = Fees::None;
    receipt.helped_by = "Vàng Seo Lử, Đoàn Thanh niên xã".into();
    receipt
}

/// Everything at once, and too much of it.
fn long() -> Receipt {
    let name = "Thủ tục giải quyết chế độ trợ cấp một lần đối với người có thành tích tham gia kháng chiến ";
    let papers = (1..=60).map(|n| PaperLine {
        name: format!("Giấy tờ số {n}: {}", name.repeat(if n % 7 == 0 { 3 } else { 1 })),
        originals: n % 3,
        copies: n % 5,
        note: String::new(),
        shown: false,
    });
    Receipt {
        practice: true,
        reprint: Some(Reprint { count: 2, at: datetime(2026, 8, 29, 14, 30, 0, 0) }),
        alias: "000.00.01.H56-260828-0007".into(),
        procedure_name: name.repeat(10),
        papers: papers.collect(),
        explained: vec![],
        due: Some(Due {
            at: datetime(2027, 2, 16, 17, 0, 0, 0),
            provisional: "lịch nghỉ Tết Nguyên đán 2027 chưa công bố".into(),
        }),
        fees: Fees::Lines(vec![
            FeeLine {
                case: "đăng ký quá hạn".into(), price: "chưa rõ – do HĐND tỉnh quyết định".into()
            },
            FeeLine { case: "bản sao trích lục".into(), price: "8.000 đ".into() },
        ]),
        helped_by: "Vàng Seo Lử, Đoàn Thanh niên xã".into(),
        ..ordinary()
    }
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)
}

fn blessed() -> bool {
    std::env::var_os("BLESS").is_some()
}

#[test]
fn a_clerk_would_read_the_receipt_like_this() {
    for (name, receipt, paper) in [
        ("receipt-a5.txt", ordinary(), Paper::A5),
        ("receipt-a4.txt", ordinary(), Paper::A4),
        ("receipt-a5-minimal.txt", minimal(), Paper::A5),
    ] {
        let words = text(&receipt, paper, Counterpart::BOTH).expect("a receipt");
        if blessed() {
            std::fs::write(golden(name), &words).expect("written");
        }
        assert_eq!(words, std::fs::read_to_string(golden(name)).expect("a golden file"), "{name}");
    }
}

#[test]
fn the_receipt_looks_like_its_picture() {
    let draw = |receipt: Receipt| {
        let file = pdf(&receipt, Paper::A5, &[Counterpart::Given]).expect("a receipt");
        picture::page(&file, 1, 100).expect("a page")
    };
    let drawn = draw(ordinary());
    if blessed() {
        drawn.save(golden("receipt-a5.png")).expect("written");
    }
    let kept = image::open(golden("receipt-a5.png")).expect("a golden picture").into_luma8();
    // Another processor may round the shade of an edge differently; one letter more is seen.
    assert!(differing(&drawn, &kept) <= 4, "{} pixels differ", differing(&drawn, &kept));
    let other = draw(Receipt { officer: "Lò Thị Main".into(), ..ordinary() });
    assert!(differing(&other, &kept) > 16, "a letter more is not seen: {}", differing(&other, &kept));
}

/// How many pixels are plainly of another shade.
fn differing(a: &image::GrayImage, b: &image::GrayImage) -> usize {
    assert_eq!(a.dimensions(), b.dimensions());
    a.pixels().zip(b.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 48).count()
}

#[test]
fn the_same_receipt_is_the_same_file_and_a_small_one() {
    let file = pdf(&ordinary(), Paper::A5, Counterpart::BOTH).expect("a receipt");
    assert_eq!(file, pdf(&ordinary(), Paper::A5, Counterpart::BOTH).expect("a receipt"));
    assert!(file.len() <= 30 * 1024, "{} bytes", file.len());
}

#[test]
fn each_counterpart_has_its_own_page() {
    let file = pdf(&ordinary(), Paper::A5, Counterpart::BOTH).expect("a receipt");
    assert_eq!(picture::pages(&file).expect("pages"), 2);
    let words = text(&ordinary(), Paper::A5, Counterpart::BOTH).expect("a receipt");
    assert!(words.contains("(Liên 1: lưu)") && words.contains("(Liên 2: giao người nộp hồ sơ)"));
}

#[test]
fn what_is_printed_can_be_selected_and_searched_letter_by_letter() {
    for receipt in [ordinary(), minimal(), full(), long()] {
        for paper in [Paper::A5, Paper::A4] {
            let file = pdf(&receipt, paper, Counterpart::BOTH).expect("a receipt");
            let written: Vec<String> = pages(&receipt, paper, Counterpart::BOTH)
                .expect("pages")
                .iter()
                .map(|page| page.marks.iter().filter_map(words_of).collect())
                .collect();
            assert_eq!(read_back(&file), written);
        }
    }
}

fn words_of(mark: &Mark) -> Option<&str> {
    match mark {
        Mark::Text { text, .. } => Some(text),
        Mark::Bar(_) => None,
    }
}

#[test]
fn decomposed_letters_come_out_composed() {
    let receipt = Receipt {
        applicant: Applicant {
            name: "\u{110}a\u{306}\u{323}ng Thi\u{323} My\u{303} Ha\u{323}nh".into(),
            ..Applicant::default()
        },
        ..ordinary()
    };
    let file = pdf(&receipt, Paper::A5, &[Counterpart::Given]).expect("a receipt");
    assert!(read_back(&file).concat().contains("Đặng Thị Mỹ Hạnh"));
}

#[test]
fn both_codes_are_read_back_and_name_the_dossier_alone() {
    let receipt = ordinary();
    let file = pdf(&receipt, Paper::A5, &[Counterpart::Given]).expect("a receipt");
    let page = picture::page(&file, 1, 200).expect("a page");
    let view = zxingcpp::ImageView::from_slice(page.as_raw(), page.width(), page.height(), zxingcpp::ImageFormat::Lum);
    let found: Vec<String> = zxingcpp::read()
        .try_harder(true)
        .from(view.expect("an image"))
        .expect("a reading")
        .iter()
        .map(|code| code.text())
        .collect();
    let lookup = Lookup::lookup_text(&receipt.code, receipt.secret);
    assert!(found.contains(&receipt.code.to_string()), "{found:?}");
    assert!(found.contains(&lookup), "{found:?}");
    assert_eq!(found.len(), 2);
    for text in found {
        assert!(!text.contains("157000321") && Lookup::read(&text).is_some_and(|read| read.code == receipt.code));
    }
}

#[test]
fn the_number_says_how_it_stands() {
    let words = |receipt: Receipt| text(&receipt, Paper::A4, &[Counterpart::Given]).expect("a receipt");
    assert!(words(ordinary()).contains("(chưa có mã trên hệ thống)"));
    let known = words(Receipt { alias: "H56-260828-0007".into(), ..ordinary() });
    assert!(!known.contains("chưa có mã") && known.contains("Mã hồ sơ trên hệ thống: H56-260828-0007"));
    let decision = "QĐ 512/QĐ-UBND ngày 05/3/2026".to_owned();
    let official = words(Receipt { standing: Standing::Official { decision }, ..ordinary() });
    assert!(!official.contains("tạm") && official.contains("512/QĐ-UBND"));
}

#[test]
fn practice_reprint_and_doubt_are_marked_on_every_page_they_concern() {
    let pages = pages(&long(), Paper::A5, &[Counterpart::Kept]).expect("pages");
    assert!(pages.len() > 5);
    let words: Vec<String> = pages.iter().map(Page::text).collect();
    for (number, page) in words.iter().enumerate() {
        assert!(page.contains("TẬP – KHÔNG CÓ GIÁ TRỊ"));
        assert!(page.contains(&format!("H56.14-260828-07042 – Trang {}/{}", number + 1, words.len())), "{page}");
    }
    assert!(words.concat().contains("BẢN IN LẠI LẦN 2"));
    assert!(words.concat().contains("Ngày tạm tính"));
    assert!(words.concat().contains("Giấy này không thay biên lai"));
    let headed = words.iter().filter(|page| page.contains("TT | Tên giấy tờ | Bản chính | Bản sao")).count();
    let rows = words.iter().filter(|page| page.lines().any(|line| line.contains("Giấy tờ số"))).count();
    assert_eq!(headed, rows, "the table's heading is repeated");
    let last = words.last().expect("a page");
    assert!(last.contains("5. Thời gian trả kết quả") && last.contains("NGƯỜI TIẾP NHẬN HỒ SƠ"));
    for n in 1..=60 {
        assert_eq!(words.iter().filter(|page| page.contains(&format!("Giấy tờ số {n}:"))).count(), 1);
    }
}

#[test]
fn nothing_is_set_smaller_than_eleven_points_or_off_the_page() {
    for receipt in [ordinary(), minimal(), full(), long()] {
        for paper in [Paper::A5, Paper::A4] {
            for page in pages(&receipt, paper, Counterpart::BOTH).expect("pages") {
                assert!(page.holds_everything());
                for mark in &page.marks {
                    assert!(!matches!(mark, Mark::Text { style, .. } if style.size < 11.0), "{mark:?}");
                }
            }
        }
    }
}

#[test]
fn a_page_that_is_not_there_is_an_error() {
    let file = pdf(&ordinary(), Paper::A5, &[Counterpart::Given]).expect("a receipt");
    assert!(picture::page(&file, 0, 72).is_err() && picture::page(&file, 2, 72).is_err());
    assert!(picture::page(b"no paper at all", 1, 72).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_stays_on_the_page(
        office in any_text(), name in any_text(), address in any_text(), procedure in any_text(),
        paper in any_text(), other in any_text(), count in 0usize..12, practice in any::<bool>(), a4 in any::<bool>(),
    ) {
        let mut receipt = ordinary();
        receipt.practice = practice;
        receipt.superior = office.clone();
        receipt.centre = office;
        receipt.applicant = Applicant {
            name: name.clone(), address: address.clone(), phone: other.clone(), email: other.clone(),
            personal_number: other.clone(),
        };
        receipt.submitter = Some(Submitter { name: name.clone(), authorisation: address.clone() });
        receipt.procedure_name = procedure.clone();
        receipt.procedure_code = other.clone();
        receipt.papers = (0..count)
            .map(|_| PaperLine { name: paper.clone(), originals: 1, copies: u16::MAX, note: other.clone(), shown: false })
            .collect();
        receipt.officer = name;
        receipt.alias = other.clone();
        receipt.book = other.clone();
        receipt.place = other.clone();
        receipt.contact_phone = procedure;
        receipt.helped_by = address.clone();
        receipt.due = Some(Due { at: datetime(2026, 12, 31, 17, 0, 0, 0), provisional: other.clone() });
        receipt.fees = Fees::Lines(vec![FeeLine { case: address, price: other }]);
        let size = if a4 { Paper::A4 } else { Paper::A5 };
        for page in pages(&receipt, size, &[Counterpart::Given]).expect("pages") {
            prop_assert!(page.holds_everything());
        }
    }
}

/// Words as people type them, unbroken runs, and anything else a keyboard or a clipboard may hold.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "([A-Za-zĐđƠơƯưẾếỘộ']{1,9} ){0,60}",
        "[a-zA-Z0-9/_-]{0,600}",
        "\\PC{0,120}",
        any::<String>(),
        Just(String::new()),
        Just("Ễ".repeat(1200)),
    ]
}

/// The words a viewer would select, page by page, in the order they were drawn.
fn read_back(file: &[u8]) -> Vec<String> {
    let pdf = hayro::hayro_syntax::Pdf::new(file.to_vec()).expect("a PDF");
    let cache = InterpreterCache::new();
    pdf.pages()
        .iter()
        .map(|page| {
            let (width, height) = page.render_dimensions();
            let view = Rect::new(0.0, 0.0, width.into(), height.into());
            let mut context = Context::new(Affine::IDENTITY, view, &cache, page.xref(), InterpreterSettings::default());
            let mut reader = Reader(String::new());
            interpret_page(page, &mut context, &mut reader);
            reader.0
        })
        .collect()
}

/// A device that draws nothing and writes down the letters.
struct Reader(String);

impl<'a> Device<'a> for Reader {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(letter)) => self.0.push(letter),
                Some(BfString::String(letters)) => self.0.push_str(&letters),
                None => self.0.push('\u{fffd}'),
            }
        }
    }
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

#[test]
fn dots_are_there_to_write_on_where_nothing_is_known() {
    let words = text(&minimal(), Paper::A5, &[Counterpart::Given]).expect("a receipt");
    for label in ["Địa chỉ: ...", "Số điện thoại: ...", "Số thứ tự: ...", "Số căn cước/Hộ chiếu: ..."]
    {
        assert!(words.contains(label), "{label}");
    }
    assert!(words.contains("chưa có thời hạn") && words.contains("Chưa hẹn được ngày"));
}
