//! Every form as a clerk sees it, and as anything a person may type into it.
//!
//! `BLESS=1` rewrites the golden files; `FORMS=folder` writes every form as a picture there, to be looked at.

use super::facts::{FORMS, Facts, LISTS, NotReceived, PLACES};
use super::form::{example, pages, pdf, text};
use super::layout::{Mark, Page};
use super::picture;
use super::receipt::{Paper, Reprint, Standing};
use super::template::{Confidence, Kind, Template, read, shipped};
use crate::error::Code;
use jiff::civil::{date, datetime};
use proptest::prelude::*;
use std::path::PathBuf;

const SHEETS: [(Paper, &str); 2] = [(Paper::A5, "a5"), (Paper::A4, "a4")];

fn template(form: &str) -> &'static Template {
    shipped().iter().find(|template| template.form == form).expect("a template")
}

/// An ordinary dossier with a second hand-over, a second missing paper and three rows of a register.
fn ordinary() -> Facts {
    let mut facts = Facts::example();
    facts.set("withdrawn", "");
    facts.set("not_received", "");
    let text = |words: &str| words.to_owned();
    facts.add("items", [("text", text("Tờ khai theo mẫu, có đủ chữ ký của người yêu cầu"))]);
    facts.add(
        "hand_overs",
        [
            ("from", text("Công chức Tư pháp – Hộ tịch")),
            ("to", text("Trung tâm Phục vụ hành chính công xã Bản Mẫu")),
            ("at", text("16 giờ 05 phút, ngày 26/11/2026")),
            ("giver", text("Vi Thị Nga")),
            ("receiver", text("Lê Thị Ví Dụ")),
            ("kept", text("Đúng hạn")),
            ("note", text("")),
        ],
    );
    for (code, applicant) in [("H56.14-261123-01002", "Y' Nuê Ƀuôn Yă"), ("H56.14-261124-01001", "Giàng A Thử")]
    {
        facts.add(
            "dossiers",
            [
                ("code", text(code)),
                ("procedure", text("Chứng thực bản sao từ bản chính giấy tờ, văn bản")),
                ("sets", text("01")),
                ("applicant", text(applicant)),
                ("address", text("Thôn Nà Thử, xã Bản Mẫu")),
                ("agency", text("UBND xã Bản Mẫu")),
                ("received", text("24/11/2026")),
                ("due", text("24/11/2026")),
                ("method", text("Bưu chính")),
                ("post", text("X")),
                ("note", text("Chưa trả")),
            ],
        );
    }
    facts
}

/// Everything at once, and too much of it: the longest procedure's name there is, a name of 120 letters, forty lines a list.
fn long() -> Facts {
    let mut facts = ordinary();
    let procedure =
        "Thủ tục giải quyết chế độ trợ cấp một lần đối với người có thành tích tham gia kháng chiến ".repeat(11);
    let name = "Nguyễn Phước Công Tằng Tôn Nữ Hạ Vy Ễ Ậ Ử Ữ ".repeat(3);
    let (procedure, name): (String, String) = (procedure.chars().take(919).collect(), name.chars().take(120).collect());
    for (place, example) in PLACES {
        let words = match place {
            "procedure" | "reason" => procedure.clone(),
            "applicant" | "submitter" | "recipient" | "giver" | "receiver" | "by" | "signer" | "helper" => name.clone(),
            "address" | "basis" | "unit" | "authorisation" | "recipient_authorisation" => {
                format!("{example}, ").repeat(6)
            }
            _ => continue,
        };
        facts.set(place, words);
    }
    for list in &LISTS {
        for number in 1..40 {
            let columns = list.columns.iter().filter(|(column, _)| *column != "n");
            facts.add(
                list.name,
                columns.map(|(column, example)| {
                    let words = match *column {
                        "procedure" if number % 9 == 0 => procedure.clone(),
                        "name" | "text" | "applicant" if number % 5 == 0 => format!("{name}{example}"),
                        _ => (*example).to_owned(),
                    };
                    (*column, words)
                }),
            );
        }
    }
    facts.practice = true;
    facts.reprint = Some(Reprint { count: 2, at: datetime(2026, 11, 29, 14, 30, 0, 0) });
    facts
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)
}

fn blessed() -> bool {
    std::env::var_os("BLESS").is_some()
}

#[test]
fn every_form_of_the_regulation_ships_and_says_what_it_has_to() {
    let shipped: Vec<&str> = shipped().iter().map(|template| template.form.as_str()).collect();
    let known: Vec<&str> = FORMS.iter().map(|form| form.form).collect();
    assert_eq!(shipped, known, "a template that is not sound does not ship");
    for template in super::template::shipped() {
        assert_eq!(template.confidence == Confidence::H, template.doubt.is_empty() && template.form == "help");
    }
}

#[test]
fn a_clerk_would_read_the_forms_like_this() {
    for template in shipped() {
        for (paper, size) in SHEETS {
            if template.sheet(paper) != paper {
                continue;
            }
            let name = format!("form-{}-{size}.txt", template.form);
            let words = text(template, &ordinary(), paper).expect("a form");
            if blessed() {
                std::fs::write(golden(&name), &words).expect("written");
            }
            assert_eq!(words, std::fs::read_to_string(golden(&name)).expect("a golden file"), "{name}");
        }
    }
}

#[test]
fn some_forms_look_like_their_pictures() {
    for (form, paper, name) in [("02", Paper::A5, "form-02-a5.png"), ("04", Paper::A4, "form-04-a4.png")] {
        let draw = |facts: &Facts| {
            let file = pdf(template(form), facts, paper).expect("a form");
            picture::page(&file, 1, 100).expect("a page")
        };
        let drawn = draw(&ordinary());
        if blessed() {
            drawn.save(golden(name)).expect("written");
        }
        let kept = image::open(golden(name)).expect("a golden picture").into_luma8();
        let differing = |other: &image::GrayImage| {
            assert_eq!(other.dimensions(), kept.dimensions());
            other.pixels().zip(kept.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 48).count()
        };
        // Another processor may round the shade of an edge differently; one letter more is seen.
        assert!(differing(&drawn) <= 4, "{name}: {} pixels differ", differing(&drawn));
        let mut other = ordinary();
        other.set("reason", format!("{}n", other.get("reason")));
        assert!(differing(&draw(&other)) > 16, "{name}: a letter more is not seen");
    }
}

#[test]
fn nothing_is_set_too_small_or_off_the_page() {
    for template in shipped() {
        for (name, facts) in [("ordinary", ordinary()), ("long", long()), ("bare", Facts::default())] {
            for (paper, size) in SHEETS {
                let pages = pages(template, &facts, paper).expect("pages");
                for page in &pages {
                    assert!(page.holds_everything(), "{} {name}", template.form);
                    for mark in &page.marks {
                        assert!(!matches!(mark, Mark::Text { style, .. } if style.size < 11.0), "{mark:?}");
                    }
                }
                if let Some(folder) = std::env::var_os("FORMS") {
                    let file = pdf(template, &facts, paper).expect("a form");
                    let picture = picture::sheet(&file, 70).expect("a picture");
                    let name = format!("{}-{size}-{name}.png", template.form);
                    std::fs::write(PathBuf::from(folder).join(name), picture).expect("written");
                }
            }
        }
    }
}

#[test]
fn a_letter_is_set_in_thirteen_points() {
    for template in shipped().iter().filter(|template| template.kind == Kind::Letter) {
        assert_eq!(template.sheet(Paper::A5), Paper::A4, "NĐ 30/2020: a letter is written on A4");
        let pages = pages(template, &long(), Paper::A5).expect("pages");
        let smallest = pages.iter().flat_map(|page| &page.marks).filter_map(|mark| match mark {
            Mark::Text { style, text, .. } if text.starts_with("Thủ tục") || text.starts_with("Lý do") => {
                Some(style.size)
            }
            Mark::Text { .. } | Mark::Bar(_) => None,
        });
        assert!(smallest.fold(f32::MAX, f32::min) >= 13.0, "{}", template.form);
    }
}

#[test]
fn the_registers_pages_are_numbered_under_the_same_heads() {
    let words: Vec<String> = pages(template("07"), &long(), Paper::A4).expect("pages").iter().map(Page::text).collect();
    assert!(words.len() > 3);
    for (number, page) in words.iter().enumerate() {
        assert!(page.contains(&format!("tháng 11 năm 2026 – Trang {}/{}", number + 1, words.len())), "{page}");
        assert!(page.contains("Nhận và trả kết quả") && page.contains("Tên TTHC"), "{page}");
    }
}

#[test]
fn a_file_that_is_not_received_has_no_number_and_no_due_moment() {
    let told = NotReceived {
        name: "Giàng A Thử".into(),
        procedure: "Đăng ký kết hôn".into(),
        missing: vec!["Giấy xác nhận tình trạng hôn nhân".into(), " ".into()],
        reason: "Chưa đủ giấy tờ".into(),
        officer: "Lê Thị Ví Dụ".into(),
        ..NotReceived::default()
    };
    let mut office = Facts::default();
    office.at = datetime(2026, 11, 24, 8, 0, 0, 0);
    office.set("centre", "Trung tâm Phục vụ hành chính công xã Bản Mẫu");
    for form in ["02", "03"] {
        let words = text(template(form), &told.facts(office.clone()), Paper::A5).expect("a form");
        for said in ["Giàng A Thử", "Đăng ký kết hôn", "Giấy xác nhận tình trạng hôn nhân", "Chưa đủ giấy tờ"]
        {
            assert!(words.contains(said), "{form}: {said}");
        }
        assert!(
            !words.contains("Mã hồ sơ") && !words.contains("Thời gian nộp") && !words.contains("hẹn trả"),
            "{words}"
        );
    }
}

#[test]
fn no_paper_calls_the_desks_own_number_the_official_code() {
    let mut facts = ordinary();
    facts.set("alias", "");
    facts.set("code_label", Standing::Provisional.label(false));
    for template in shipped().iter().filter(|template| !["07", "transfer", "help"].contains(&template.form.as_str())) {
        let words = text(template, &facts, Paper::A4).expect("a form");
        assert!(words.contains("Số tiếp nhận tạm") && !words.contains("Mã hồ sơ"), "{words}");
    }
    let words = text(template("07"), &facts, Paper::A4).expect("a form");
    assert!(words.contains("ghi số tiếp nhận tạm của quầy"), "{words}");
}

#[test]
fn a_volunteers_paper_promises_nothing() {
    let mut facts = ordinary();
    facts.code = None;
    let words = text(template("help"), &facts, Paper::A5).expect("a form");
    assert!(words.contains("KHÔNG PHẢI GIẤY TIẾP NHẬN") && !words.contains("26/11/2026") && !words.contains("H56.14"));
}

#[test]
fn what_is_withdrawn_and_what_is_a_draft_says_so() {
    let mut facts = ordinary();
    assert!(text(template("04"), &facts, Paper::A4).expect("a form").contains("DỰ THẢO"));
    facts.set("draft", "");
    assert!(!text(template("04"), &facts, Paper::A4).expect("a form").contains("DỰ THẢO"));
    let stopped = text(template("05"), &facts, Paper::A4).expect("a form");
    facts.set("withdrawn", "rút hồ sơ");
    let withdrawn = text(template("05"), &facts, Paper::A4).expect("a form");
    assert!(!stopped.contains("đề nghị rút") && withdrawn.contains("đề nghị rút"));
}

#[test]
fn a_form_has_the_title_of_its_day() {
    let old = template("04").title_on(date(2025, 9, 14));
    assert_eq!(old, "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ");
    assert!(template("04").title_on(date(2025, 9, 15)).starts_with("VĂN BẢN XIN LỖI"));
    assert!(
        template("06").source_on(date(2020, 1, 1)).contains("01/2018")
            && template("05").since(date(2020, 1, 1)).is_none()
    );
    let mut facts = ordinary();
    facts.at = datetime(2025, 9, 1, 8, 0, 0, 0);
    assert!(text(template("04"), &facts, Paper::A4).expect("a form").contains("PHIẾU XIN LỖI"));
}

#[test]
fn a_template_comes_back_as_it_was_written() {
    for template in shipped() {
        let written = serde_json::to_string_pretty(template).expect("JSON");
        assert_eq!(&read(&written).expect("a template"), template);
    }
}

#[test]
fn what_is_wrong_with_a_template_is_named() {
    let sound = serde_json::to_string_pretty(template("03")).expect("JSON");
    let wrong = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        let error = read(&sound.replacen(from, to, 1)).expect_err("a wrong template");
        (error.code(), error.params().last().map(|(_, value)| value.clone()).unwrap_or_default())
    };
    assert_eq!(wrong("\"heads\"", "\"header\""), (Code::TemplateBlock, "header".into()));
    assert_eq!(wrong("{address}", "{adress}"), (Code::TemplatePlace, "adress".into()));
    assert_eq!(wrong("\"list\": \"items\"", "\"list\": \"things\""), (Code::TemplatePlace, "things".into()));
    assert_eq!(wrong("\"when\": \"items\"", "\"when\": \"nothing\""), (Code::TemplatePlace, "nothing".into()));
    assert_eq!(wrong("**{reason}**", "…"), (Code::TemplateLacks, "reason".into()));
    assert_eq!(wrong("\"form\": \"03\"", "\"form\": \"13\""), (Code::TemplateForm, "13".into()));
    assert_eq!(wrong("\"blocks\"", "\"blokcs\"").0, Code::TemplateUnreadable);
    assert_eq!(wrong("\"a5\"", "\"a6\"").0, Code::TemplateUnreadable);
    assert_eq!(read("không phải JSON").expect_err("no JSON").code(), Code::TemplateUnreadable);
}

#[test]
fn the_handbook_names_every_place() {
    let page = golden("../../docs/handbook/mau-giay-to.md");
    let page = std::fs::read_to_string(page).expect("the handbook's page");
    let columns = LISTS.iter().flat_map(|list| list.columns.iter().map(|(column, _)| *column).chain([list.name]));
    for name in PLACES.iter().map(|(place, _)| *place).chain(columns) {
        assert!(page.contains(&format!("`{name}`")), "docs/handbook/mau-giay-to.md does not name {name}");
    }
}

#[test]
fn a_template_is_shown_filled_with_examples() {
    for template in shipped() {
        let picture = image::load_from_memory(&example(template, 40).expect("a picture")).expect("PNG").into_luma8();
        assert!(picture.pixels().any(|pixel| pixel.0[0] < 64), "{}", template.form);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_stays_on_the_page(words in any_text(), other in any_text(), lines in 0usize..8, a4 in any::<bool>()) {
        let mut facts = Facts::example();
        (facts.place, facts.practice) = (other.clone(), a4);
        for (number, (place, _)) in PLACES.into_iter().enumerate() {
            facts.set(place, if number % 2 == 0 { words.clone() } else { other.clone() });
        }
        for list in &LISTS {
            for _ in 0..lines {
                let columns = list.columns.iter().filter(|(column, _)| *column != "n");
                facts.add(list.name, columns.map(|(column, _)| (*column, words.clone())));
            }
        }
        for template in shipped() {
            for page in pages(template, &facts, if a4 { Paper::A4 } else { Paper::A5 }).expect("pages") {
                prop_assert!(page.holds_everything(), "{}", template.form);
            }
        }
    }
}

/// Words as people type them, unbroken runs, and anything else a keyboard or a clipboard may hold.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["([A-Za-zĐđƠơƯưẾếỘộ']{1,9} ){0,40}", "[a-zA-Z0-9/_-]{0,300}", "\\PC{0,80}", Just(String::new())]
}
