//! Invented dossiers from a seed: the load a bench has where none was brought, and what the wire dictionary was trained on.
//!
//! The two never share a record, a commune or a remark: they differ in seed, in [`Words`] and in the syllables their places
//! are named with. They hold what this release of the product writes: receptions, scans, receipts printed, steps of a dossier's
//! life, fees, remarks, official codes, changed telephone numbers. Names of people are made of the commonest Vietnamese ones, their numbers begin with 000, the range no
//! person has.

use crate::line::{ALIAS, Attachment, Citizen, Event, Line, NOTED, PHONE, PRINTED, blake, iso};
use data_encoding::HEXLOWER;
use domain::catalogue::{Channel, Procedure};
use domain::deadline::{Rules, due_for};
use fastrand::Rng;
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, civil::Weekday};

/// What a load is written with.
pub struct Words {
    places: [&'static str; 20],
    remarks: &'static [&'static str],
}

/// What the dictionary was trained on.
pub const TRAINING: Words = Words {
    places: [
        "Nà",
        "Pác",
        "Khuổi",
        "Lũng",
        "Cốc",
        "Tân",
        "Phiêng",
        "Huổi",
        "Suối",
        "Đồng",
        "Mường",
        "Chiềng",
        "Lập",
        "Tiến",
        "Sơn",
        "Hòa",
        "Bình",
        "Thượng",
        "Hạ",
        "Lạnh",
    ],
    remarks: &[
        "Hồ sơ đầy đủ, hợp lệ",
        "Thiếu bản sao giấy tờ, công dân bổ sung sau",
        "Công dân đề nghị nhận kết quả buổi chiều",
        "Chuyển cán bộ chuyên môn thụ lý",
        "Đã gọi điện báo cho công dân đến nhận kết quả",
        "Trình lãnh đạo Ủy ban nhân dân xã ký",
        "Chờ kết quả xác minh",
        "Đề nghị công dân bổ sung giấy tờ",
        "Công dân đã bổ sung đủ giấy tờ",
        "Đã có kết quả",
        "Đã trả kết quả cho công dân",
        "Người nhà nhận thay",
        "Không liên lạc được qua điện thoại",
    ],
};

/// What a bench's own load is written with.
pub const HELD_OUT: Words = Words {
    places: [
        "Bản", "Lao", "Sín", "Páo", "Tủa", "Hồng", "Trung", "Minh", "Phố", "Cuôn", "Tơ", "Rông", "Đắk", "Ia", "Vân",
        "Long", "Yên", "Phúc", "Đoàn", "Kết",
    ],
    remarks: &[
        "Giấy tờ hợp lệ, đã đối chiếu bản chính",
        "Còn thiếu ảnh chân dung, hẹn mai mang đến",
        "Bà con ở xa, xin nhận qua bưu điện",
        "Phân công anh Páo xử lý",
        "Gọi hai lần chưa nghe máy",
        "Chủ tịch đi họp huyện cũ, chiều ký",
        "Công an xã đang kiểm tra nơi cư trú",
        "Đã nhắn Zalo cho con gái của cụ",
    ],
};

const SURNAMES: [&str; 24] = [
    "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Hà", "Lò", "Giàng", "Vàng",
    "Sùng", "Lý", "Triệu", "Nông", "Đinh", "Quàng", "Lương", "Ma", "Chảo", "Thào",
];
const MIDDLE: [&str; 16] = [
    "Văn", "Thị", "Văn", "Thị", "Thị", "Hữu", "Minh", "Ngọc", "Thu", "Xuân", "Đức", "Quang", "A", "Seo", "Thanh",
    "Hồng",
];
const GIVEN: [&str; 40] = [
    "Mai", "Hoa", "Lan", "Hạnh", "Hương", "Thảo", "Linh", "Nga", "Thủy", "Yến", "Hùng", "Dũng", "Tuấn", "Sơn", "Nam",
    "Cường", "Páo", "Dế", "Sua", "Chứ", "Dinh", "Tùng", "Phong", "Thắng", "Long", "Hải", "Bình", "Kiên", "Vân", "Liên",
    "Ánh", "Duyên", "Thơm", "Chi", "Giang", "Quỳnh", "Toàn", "Khánh", "Phúc", "Việt",
];
const PROVINCES: [&str; 8] =
    ["Tuyên Quang", "Lào Cai", "Cao Bằng", "Lạng Sơn", "Điện Biên", "Sơn La", "Thái Nguyên", "Gia Lai"];
const ETHNICITIES: [&str; 8] = ["Kinh", "Tày", "Nùng", "Dao", "Mông", "Thái", "Mường", "Hà Nhì"];
const VILLAGE: [&str; 4] = ["Bản", "Thôn", "Xóm", "Tổ dân phố"];
const PREFIXES: [&str; 10] = ["032", "035", "038", "086", "091", "094", "096", "097", "098", "070"];

/// A commune whose dossiers follow one another through 2026.
pub struct Commune {
    rng: Rng,
    words: &'static Words,
    agency: String,
    villages: Vec<String>,
    address: String,
    clerks: Vec<String>,
    people: Vec<Citizen>,
    procedures: Vec<&'static Procedure>,
    rules: Rules,
    clock: DateTime,
    gap_s: f64,
    number: (u16, DateTime),
}

impl Commune {
    /// A commune of its own for each seed. `a_day` is how many dossiers it takes in on a working day.
    pub fn new(words: &'static Words, seed: u64, a_day: u32) -> Self {
        let mut rng = Rng::with_seed(seed);
        let name = |rng: &mut Rng| format!("{} {}", pick(rng, &words.places), pick(rng, &words.places));
        let villages = (0..12).map(|_| format!("{} {}", pick(&mut rng, &VILLAGE), name(&mut rng))).collect();
        let address = format!("Xã {}, {}", name(&mut rng), pick(&mut rng, &PROVINCES));
        let clock = date(2026, 1, 5).at(7, 30, 0, 0);
        let mut commune = Self {
            agency: format!("H{:02}.{}", rng.u8(1..63), rng.u8(1..99)),
            villages,
            address,
            clerks: Vec::new(),
            people: Vec::new(),
            procedures: desk::catalogue::builtin().iter().filter(|p| p.in_force(clock.date())).collect(),
            rules: Rules::default(),
            clock,
            gap_s: 9.0 * 3600.0 / f64::from(a_day.max(1)),
            number: (0, clock),
            rng,
            words,
        };
        // What a commune is asked for most differs from one to the next.
        commune.rng.shuffle(&mut commune.procedures);
        commune.clerks = (0..4).map(|_| commune.name()).collect();
        commune
    }

    /// Its agency code.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    fn name(&mut self) -> String {
        let rng = &mut self.rng;
        format!("{} {} {}", pick(rng, &SURNAMES), pick(rng, &MIDDLE), pick(rng, &GIVEN))
    }

    fn citizen(&mut self) -> Citizen {
        // Two in five come back.
        if self.people.len() > 20 && self.rng.u8(0..5) < 2 {
            let known = self.rng.usize(..self.people.len());
            return self.people.get(known).cloned().unwrap_or_default();
        }
        let full_name = self.name();
        let rng = &mut self.rng;
        let (female, year) = (rng.bool(), rng.u16(1945..2009));
        let century = u8::from(female) + if year >= 2000 { 2 } else { 0 };
        let citizen = Citizen {
            full_name,
            sex: if female { "Nữ" } else { "Nam" }.to_owned(),
            dob: format!("{year}-{:02}-{:02}", rng.u8(1..13), rng.u8(1..29)),
            id_number: format!("000{century}{:02}{:06}", year % 100, rng.u32(..1_000_000)),
            phone: format!("{}{:07}", pick(rng, &PREFIXES), rng.u32(..10_000_000)),
            ethnicity: if rng.bool() { pick(rng, &ETHNICITIES).to_owned() } else { String::new() },
            address: format!("{}, {}", self.villages[rng.usize(..self.villages.len())], self.address),
        };
        self.people.push(citizen.clone());
        citizen
    }

    /// The next moment somebody comes to the counter, in working hours.
    fn arrival(&mut self) -> DateTime {
        let wait = -self.gap_s * (1.0 - self.rng.f64()).ln();
        let mut at = self.clock.saturating_add(SignedDuration::from_millis((wait * 1000.0) as i64));
        if at.hour() >= 17 {
            let tomorrow = at.date().saturating_add(SignedDuration::from_hours(24));
            at = tomorrow.at(7, 30 + self.rng.i8(0..20), self.rng.i8(0..60), 0);
        }
        while matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
            at = at.saturating_add(SignedDuration::from_hours(24));
        }
        self.clock = at;
        at
    }

    /// The next dossier's number: the lanes of its desks fill one after another, as several desks would.
    fn code(&mut self, at: DateTime) -> String {
        self.number = if self.number.1.date() == at.date() { (self.number.0 + 1, at) } else { (1, at) };
        let (lane, number) = (self.number.0 / 999 + 1, self.number.0 % 999 + 1);
        format!("{}-{}-{lane:02}{number:03}", self.agency, at.strftime("%y%m%d"))
    }

    fn remark(&mut self) -> Option<String> {
        (self.rng.u8(0..3) == 0).then(|| pick(&mut self.rng, self.words.remarks).to_owned())
    }

    fn life(&mut self, at: DateTime, code: &str, days: u32) -> Vec<Event> {
        let (mut events, mut fees) = (Vec::new(), Vec::new());
        let mut now = at;
        let counter = self.clerk();
        let mut step = |kind: &str, by: &str, now: DateTime, note: Option<String>| {
            let (by, at) = (by.to_owned(), iso(now));
            events.push(Event { kind: kind.to_owned(), by, at, note, ..Event::default() });
        };
        let later = |now: DateTime, rng: &mut Rng, most_s: i64| {
            now.saturating_add(SignedDuration::from_millis(rng.i64(1_000..most_s * 1000)))
        };
        step("received", &counter, now, None);
        now = later(now, &mut self.rng, 90);
        step(PRINTED, &counter, now, Some("01".to_owned()));
        if self.rng.u8(0..3) == 0 {
            now = later(now, &mut self.rng, 7200);
            let number = code.rsplit('-').next().and_then(|n| n.get(1..)).unwrap_or_default();
            let day = at.strftime("%y%m%d");
            let (province, level) = (code.get(..3).unwrap_or_default(), self.rng.u8(1..60));
            step(ALIAS, &counter, now, Some(format!("000.{level:02}.07.{province}-{day}-{number}")));
        }
        let path: &[&str] = match self.rng.u8(0..8) {
            0 => &["accepted", "supplement_requested", "supplemented", "submitted", "approved", "returned"],
            1 | 2 => &["accepted", "processing", "submitted", "approved", "returned"],
            3 => &["processing", "approved"],
            4 => &[],
            _ => &["processing", "approved", "returned"],
        };
        for (place, kind) in path.iter().enumerate() {
            now = later(now, &mut self.rng, i64::from(days.max(1)) * 14_400);
            let (by, remark) = (self.clerk(), self.remark());
            step(kind, &by, now, remark);
            if place == 0 && self.rng.u8(0..3) == 0 {
                let fee = u64::from(self.rng.u16(1..40)) * 2_000;
                let receipt = format!("BL26{:06}", self.rng.u32(..1_000_000));
                fees.push((1, fee, receipt));
            }
            if self.rng.u8(0..6) == 0 {
                now = later(now, &mut self.rng, 7_200);
                let remark = pick(&mut self.rng, self.words.remarks).to_owned();
                step(NOTED, &by, now, Some(remark));
            }
        }
        if self.rng.u8(0..20) == 0 {
            now = later(now, &mut self.rng, 3600);
            let phone = format!("{}{:07}", pick(&mut self.rng, &PREFIXES), self.rng.u32(..10_000_000));
            step(PHONE, &counter, now, Some(phone));
        }
        for (steps, fee, receipt) in fees {
            let moved =
                |event: &&mut Event| !matches!(event.kind.as_str(), "received" | PRINTED | ALIAS | NOTED | PHONE);
            if let Some(event) = events.iter_mut().filter(moved).nth(steps - 1) {
                (event.fee, event.receipt) = (Some(fee), Some(receipt));
            }
        }
        events
    }

    fn clerk(&mut self) -> String {
        let one = self.rng.usize(..self.clerks.len());
        self.clerks.get(one).cloned().unwrap_or_default()
    }
}

impl Iterator for Commune {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let at = self.arrival();
        let code = self.code(at);
        // Few procedures make most of the work.
        let most_asked = (self.rng.f64().powi(3) * self.procedures.len() as f64) as usize;
        let procedure = *self.procedures.get(most_asked)?;
        let limit = procedure.time(Channel::Counter);
        let due = limit.and_then(|limit| due_for(&procedure.field, limit, at, &self.rules).ok());
        let days = due.as_ref().map_or(3, |due| (due.at.date() - at.date()).get_days().unsigned_abs());
        let mut papers: Vec<_> = procedure.papers.iter().filter(|paper| paper.condition.is_empty()).collect();
        papers.truncate(6);
        let applicant = self.citizen();
        let owner = (self.rng.u8(0..8) == 0 && procedure.may_authorise).then(|| self.name());
        let events = self.life(at, &code, days);
        let scanned = self.rng.bool();
        let attachments = papers
            .into_iter()
            .map(|paper| {
                let hash =
                    if scanned { HEXLOWER.encode(&blake(&format!("{code} {}", paper.name))) } else { String::new() };
                let (bytes, pages) = (self.rng.u64(40_000..400_000), self.rng.u16(1..5));
                let (bytes, pages) = if scanned { (bytes, pages) } else { (0, 0) };
                Attachment { name: paper.name.clone(), hash, bytes, pages }
            })
            .collect();
        Some(Line {
            id: HEXLOWER.encode(blake(&code).get(..16).unwrap_or_default()),
            agency: self.agency.clone(),
            procedure_code: procedure.code.clone(),
            procedure: procedure.name.clone(),
            field: procedure.field.clone(),
            channel: ["counter", "counter", "counter", "counter", "online", "postal"][self.rng.usize(..6)].to_owned(),
            applicant,
            owner,
            received_at: iso(at),
            due_at: due.map(|due| iso(due.at)).unwrap_or_default(),
            status: events.last().map(|event| event.kind.clone()).unwrap_or_default(),
            fee: events.iter().filter_map(|event| event.fee).sum(),
            copies: if self.rng.u8(0..5) == 0 { self.rng.u16(2..5) } else { 1 },
            receiver: events.first().map(|event| event.by.clone()).unwrap_or_default(),
            result_to: if self.rng.u8(0..10) == 0 { "post" } else { "counter" }.to_owned(),
            attachments,
            note: self.remark().unwrap_or_default(),
            events,
            code,
        })
    }
}

fn pick<'a>(rng: &mut Rng, list: &[&'a str]) -> &'a str {
    rng.choice(list).copied().unwrap_or_default()
}
