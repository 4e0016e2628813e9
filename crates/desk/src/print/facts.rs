//! What a form is filled with: the places and lists a template may name, each with an example, and what every form has to say.
//!
//! The examples are nobody's data: they fill the preview of a template that is being taken in.

use super::receipt::Reprint;
use domain::card::receipt::LookupSecret;
use domain::code::DossierCode;
use domain::text::tidy;
use jiff::civil::{Date, DateTime, datetime};
use std::collections::BTreeMap;
use std::fmt;

/// A form and what it has to say, by the regulation that made it.
pub struct Form {
    /// As in a template.
    pub form: &'static str,
    /// Places and lists its template has to name.
    pub obligatory: &'static [&'static str],
}

/// The forms a template may be for. What each has to say follows TT 03/2025/TT-VPCP, Phụ lục I, as far as it is known.
pub const FORMS: [Form; 11] = [
    Form { form: "02", obligatory: &["applicant", "procedure", "items", "reason", "by"] },
    Form { form: "03", obligatory: &["applicant", "procedure", "reason", "by"] },
    Form {
        form: "04",
        obligatory: &["applicant", "procedure", "code", "promised", "reason", "new_due", "signer", "draft"],
    },
    Form { form: "05", obligatory: &["applicant", "procedure", "code", "reason"] },
    Form { form: "06", obligatory: &["applicant", "code", "received", "promised", "hand_overs"] },
    Form { form: "07", obligatory: &["month", "dossiers"] },
    Form { form: "handover", obligatory: &["code", "giver", "receiver", "unit", "at"] },
    Form { form: "transfer", obligatory: &["dossiers"] },
    Form { form: "result", obligatory: &["code", "applicant", "procedure", "results", "recipient", "by", "at"] },
    Form { form: "fee", obligatory: &["applicant", "fees", "total", "by"] },
    Form { form: "help", obligatory: &["applicant", "procedure", "papers", "helper"] },
];

/// Every place with an example of what fills it.
pub const PLACES: [(&str, &str); 55] = [
    // The office.
    ("superior", "UBND xã Bản Mẫu"),
    ("centre", "Trung tâm Phục vụ hành chính công xã Bản Mẫu"),
    ("counter", "Quầy số 1"),
    ("agency", "Ủy ban nhân dân xã Bản Mẫu"),
    ("office_phone", "0214 3 000 000"),
    ("book", "01/2026"),
    ("serial", "412"),
    // The dossier.
    ("code", "H56.14-261123-01001"),
    ("code_label", "Số tiếp nhận tạm"),
    ("alias", "H56.14-261123-0007"),
    ("procedure", "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân"),
    ("procedure_code", "1.004873"),
    ("field", "Hộ tịch"),
    ("applicant", "Nguyễn Thị Mẫu"),
    ("submitter", "Trần Văn Thử"),
    ("authorisation", "theo văn bản ủy quyền ngày 20/11/2026"),
    ("address", "Thôn Nà Thử, xã Bản Mẫu"),
    ("phone", "0912 000 000"),
    ("email", "mau@example.vn"),
    ("personal_number", "099 *** *** 012"),
    ("channel", "nộp trực tiếp"),
    ("sets", "01"),
    ("time_limit", "03 ngày làm việc"),
    ("received", "09 giờ 05 phút, ngày 23/11/2026"),
    ("received_day", "23/11/2026"),
    ("promised", "17 giờ 00 phút, ngày 26/11/2026"),
    ("due", "17 giờ 00 phút, ngày 26/11/2026"),
    ("result_at", "Trung tâm Phục vụ hành chính công xã Bản Mẫu"),
    ("officer", "Lê Thị Ví Dụ"),
    // What happened.
    ("at", "14 giờ 30 phút, ngày 24/11/2026"),
    ("by", "Lê Thị Ví Dụ"),
    ("reason", "Chưa xác minh được tình trạng hôn nhân trong thời gian cư trú ở nơi khác"),
    ("basis", "Khoản 4 Điều 22 Nghị định số 123/2015/NĐ-CP"),
    ("asking", "UBND xã Bản Mẫu"),
    ("number", "12/UBND"),
    ("signer", "Hoàng Văn Giả"),
    ("new_due", "17 giờ 00 phút, ngày 03/12/2026"),
    ("unit", "Công chức Tư pháp – Hộ tịch"),
    ("from_unit", "Trung tâm Phục vụ hành chính công xã Bản Mẫu"),
    ("giver", "Lê Thị Ví Dụ"),
    ("receiver", "Vi Thị Nga"),
    ("stage", "Đang xử lý"),
    ("recipient", "Trần Văn Thử"),
    ("capacity", "người được ủy quyền"),
    ("recipient_number", "099 *** *** 345"),
    ("recipient_authorisation", "theo văn bản ủy quyền ngày 20/11/2026"),
    ("delivery", "nhận trực tiếp"),
    ("receipt_back", "đã thu lại giấy tiếp nhận"),
    ("total", "15.000 đ"),
    ("helper", "Vàng Seo Mẫu, Đoàn Thanh niên xã"),
    ("month", "tháng 11 năm 2026"),
    // Filled where it is so, and then with a word.
    ("draft", "dự thảo"),
    ("withdrawn", "rút hồ sơ"),
    ("not_received", "chưa tiếp nhận"),
    ("provisional", "chưa có mã"),
];

/// A list and its columns, each with an example.
pub struct List {
    /// Its name in a template.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [(&'static str, &'static str)],
}

/// Every list. `n` counts its rows from 1.
pub const LISTS: [List; 6] = [
    List {
        name: "papers",
        columns: &[("n", "1"), ("name", "Tờ khai theo mẫu"), ("originals", "1"), ("copies", "0"), ("note", "")],
    },
    List { name: "items", columns: &[("n", "1"), ("text", "Bản chính Trích lục ghi chú ly hôn")] },
    List {
        name: "hand_overs",
        columns: &[
            ("n", "1"),
            ("from", "Trung tâm Phục vụ hành chính công xã Bản Mẫu"),
            ("to", "Công chức Tư pháp – Hộ tịch"),
            ("at", "15 giờ 10 phút, ngày 23/11/2026"),
            ("giver", "Lê Thị Ví Dụ"),
            ("receiver", "Vi Thị Nga"),
            ("kept", "Trước hạn"),
            ("note", ""),
        ],
    },
    List {
        name: "results",
        columns: &[
            ("n", "1"),
            ("name", "Giấy xác nhận tình trạng hôn nhân"),
            ("number", "215/UBND-XNTTHN"),
            ("dated", "25/11/2026"),
        ],
    },
    List {
        name: "fees",
        columns: &[("n", "1"), ("amount", "15.000 đ"), ("receipt", "Quyển AB/26P, số 0000123"), ("note", "Lệ phí")],
    },
    List {
        name: "dossiers",
        columns: &[
            ("n", "1"),
            ("code", "H56.14-261123-01001"),
            ("procedure", "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân"),
            ("sets", "01"),
            ("applicant", "Nguyễn Thị Mẫu"),
            ("address", "Thôn Nà Thử, xã Bản Mẫu"),
            ("phone", "0912 000 000"),
            ("agency", "UBND xã Bản Mẫu"),
            ("received", "23/11/2026"),
            ("due", "26/11/2026"),
            ("returned", "26/11/2026"),
            ("method", "Trực tiếp"),
            ("result", "Giấy xác nhận tình trạng hôn nhân, số 215"),
            ("fee", "X"),
            ("post", ""),
            ("note", ""),
        ],
    },
];

/// Whether a template may name this place.
pub(super) fn is_place(name: &str) -> bool {
    PLACES.iter().any(|(place, _)| *place == name)
}

/// A line of a list, by its columns.
pub type Row = BTreeMap<&'static str, String>;

/// What one paper says. A place or a list that is not filled is empty.
#[derive(Clone, Default)]
pub struct Facts {
    words: BTreeMap<&'static str, String>,
    lists: BTreeMap<&'static str, Vec<Row>>,
    /// The moment the paper speaks of, UTC+7: it decides which template holds.
    pub at: DateTime,
    /// The day written at its head; none while that is left to who signs it.
    pub day: Option<Date>,
    /// Where it is written.
    pub place: String,
    /// The dossier, where there is one.
    pub code: Option<DossierCode>,
    /// What opens its look-up, where the paper goes to the citizen.
    pub secret: Option<LookupSecret>,
    /// Whether this is not the first printing.
    pub reprint: Option<Reprint>,
    /// Whether it is of a practice commune and worth nothing.
    pub practice: bool,
}

impl fmt::Debug for Facts {
    /// The number alone: everything else may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Facts({:?})", self.code)
    }
}

impl Facts {
    /// Fills a place.
    pub fn set(&mut self, place: &'static str, words: impl Into<String>) {
        debug_assert!(is_place(place), "no template could name {place}");
        self.words.insert(place, tidy(&words.into()));
    }

    /// Adds a line to a list.
    pub fn add(&mut self, list: &'static str, columns: impl IntoIterator<Item = (&'static str, String)>) {
        let rows = self.lists.entry(list).or_default();
        let number = ("n", (rows.len() + 1).to_string());
        rows.push(columns.into_iter().chain([number]).map(|(column, words)| (column, tidy(&words))).collect());
    }

    /// What fills a place, empty where nothing does.
    pub fn get(&self, place: &str) -> &str {
        self.words.get(place).map_or("", String::as_str)
    }

    /// The lines of a list.
    pub fn rows(&self, list: &str) -> &[Row] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Whether a condition of a template holds.
    pub(super) fn holds(&self, when: &str) -> bool {
        let (wanted, name) = when.strip_prefix('!').map_or((true, when), |name| (false, name));
        name.is_empty() || (!self.get(name).is_empty() || !self.rows(name).is_empty()) == wanted
    }

    /// A paper about nobody, with every place and list filled.
    pub fn example() -> Facts {
        let mut facts = Facts {
            at: datetime(2026, 11, 24, 14, 30, 0, 0),
            day: Some(datetime(2026, 11, 24, 14, 30, 0, 0).date()),
            place: "Bản Mẫu".to_owned(),
            ..Facts::default()
        };
        for (place, example) in PLACES {
            facts.set(place, example);
        }
        facts.code = DossierCode::parse(facts.get("code")).ok();
        for list in &LISTS {
            let columns = list.columns.iter().filter(|(column, _)| *column != "n");
            facts.add(list.name, columns.map(|(column, example)| (*column, (*example).to_owned())));
        }
        facts
    }
}

/// A file that was not taken in: somebody was told what is missing (form 02) or that it is refused (form 03). There is no
/// dossier, no number and no clock (officer.md §1.3).
#[derive(Clone, Default)]
pub struct NotReceived {
    /// Who came.
    pub name: String,
    /// Where they live, may be empty.
    pub address: String,
    /// Telephone, may be empty.
    pub phone: String,
    /// What was asked for.
    pub procedure: String,
    /// What is missing or to be mended, line by line; a refusal may have none.
    pub missing: Vec<String>,
    /// Why.
    pub reason: String,
    /// Căn cứ, may be empty.
    pub basis: String,
    /// The officer who told them.
    pub officer: String,
}

impl NotReceived {
    /// What form 02 or 03 says about it, over what is known of the office.
    pub fn facts(&self, office: Facts) -> Facts {
        let mut facts = office;
        facts.code = None;
        for (place, words) in [
            ("applicant", &self.name),
            ("address", &self.address),
            ("phone", &self.phone),
            ("procedure", &self.procedure),
            ("reason", &self.reason),
            ("basis", &self.basis),
            ("by", &self.officer),
        ] {
            facts.set(place, words.as_str());
        }
        let centre = facts.get("centre").to_owned();
        facts.set("asking", centre);
        facts.set("not_received", "chưa tiếp nhận");
        for item in self.missing.iter().filter(|item| !item.trim().is_empty()) {
            facts.add("items", [("text", item.clone())]);
        }
        facts
    }
}

/// "09 giờ 05 phút, ngày 22/11/2026".
pub fn moment(at: DateTime) -> String {
    super::sheet::moment(at)
}

/// "22/11/2026".
pub fn day(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}
