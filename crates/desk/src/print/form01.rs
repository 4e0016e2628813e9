//! Where everything stands on Mẫu 01, in the order of the form (TT 03/2025/TT-VPCP, Phụ lục I): the two heads, number and
//! codes, title, who and what, the seven numbered items, signatures. National heading and type follow
//! NĐ 30/2020/NĐ-CP, Phụ lục I; on A5 its sizes are scaled, never below 11 points.

use super::MM;
use super::codes;
use super::face::{Face, Faces};
use super::layout::{Align, Bar, Column, Flow, Line, Margins, Page, Span, Style};
use super::receipt::{Counterpart, Fees, Paper, Receipt, Standing};
use crate::error::Result;
use domain::catalogue::Channel;
use jiff::civil::{DateTime, Weekday};

const COUNTRY: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
const TITLE: &str = "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ";
const PRACTICE: &str = "TẬP – KHÔNG CÓ GIÁ TRỊ";

/// Measures of one sheet size, in points.
struct Look {
    width: f32,
    height: f32,
    margins: Margins,
    /// Type of the text.
    body: f32,
    head: f32,
    motto: f32,
    title: f32,
    number: f32,
    due: f32,
    /// White between groups.
    gap: f32,
    /// White under each line of the text.
    lead: f32,
    /// Width of the barcode with its label.
    barcode: f32,
    barcode_height: f32,
    /// Side of the look-up code with its quiet zone.
    qr: f32,
    /// Room to sign in.
    signature: f32,
    /// Width of each of the two columns of counts.
    count: f32,
}

fn look(paper: Paper) -> Look {
    let mm = |left: f32, top: f32, right: f32, bottom: f32| Margins {
        left: left * MM,
        top: top * MM,
        right: right * MM,
        bottom: bottom * MM,
    };
    match paper {
        Paper::A5 => Look {
            width: 148.0 * MM,
            height: 210.0 * MM,
            margins: mm(12.0, 6.5, 8.0, 6.5),
            body: 11.0,
            head: 11.0,
            motto: 12.0,
            title: 13.5,
            number: 13.0,
            due: 17.0,
            gap: 3.0,
            lead: 0.0,
            barcode: 74.0 * MM,
            barcode_height: 8.0 * MM,
            qr: 26.0 * MM,
            signature: 36.0,
            count: 55.0,
        },
        Paper::A4 => Look {
            width: 210.0 * MM,
            height: 297.0 * MM,
            margins: mm(25.0, 15.0, 15.0, 15.0),
            body: 13.0,
            head: 12.5,
            motto: 13.5,
            title: 15.0,
            number: 15.0,
            due: 20.0,
            gap: 7.0,
            lead: 2.0,
            barcode: 88.0 * MM,
            barcode_height: 11.0 * MM,
            qr: 32.0 * MM,
            signature: 52.0,
            count: 68.0,
        },
    }
}

impl Look {
    /// The same closer together, with this share of the white, at half of it in 12 points where it was more: better than
    /// a second sheet for the signatures alone.
    fn closer(&self, share: f32) -> Look {
        Look {
            body: if share > 0.5 { self.body } else { self.body.min(12.0) },
            gap: self.gap * share,
            lead: self.lead * share,
            signature: self.signature - 12.0 * (1.0 - share),
            ..*self
        }
    }
}

/// One counterpart of the receipt, on one page where it fits.
pub(super) fn pages(receipt: &Receipt, paper: Paper, counterpart: Counterpart) -> Result<Vec<Page>> {
    let mut look = look(paper);
    for share in [1.0, 0.75, 0.5] {
        let pages = compose(receipt, &look.closer(share), counterpart)?.finish(|_, _| None);
        if pages.len() == 1 {
            return Ok(pages);
        }
    }
    // Only a receipt of several sheets needs a foot, and only then is the room for it taken.
    let style = Style { face: Face::Italic, size: 11.0 };
    look.margins.bottom += 14.0;
    let foot = |page, count| Some(Span::value(style, &format!("{} – Trang {page}/{count}", receipt.code)));
    Ok(compose(receipt, &look, counterpart)?.finish(foot))
}

fn compose(receipt: &Receipt, look: &Look, counterpart: Counterpart) -> Result<Flow> {
    let banner = receipt.practice.then(|| Span::label(Style { face: Face::Bold, size: look.title }, PRACTICE));
    let flow = Flow::new(Faces::open()?, look.width, look.height, look.margins, banner);
    let mut form = Form { flow, look, receipt };
    form.heads();
    form.number()?;
    form.title(counterpart);
    form.people();
    form.items();
    form.ending();
    Ok(form.flow)
}

struct Form<'a> {
    flow: Flow,
    look: &'a Look,
    receipt: &'a Receipt,
}

impl Form<'_> {
    fn regular(&self) -> Style {
        Style { face: Face::Regular, size: self.look.body }
    }

    fn bold(&self) -> Style {
        Style { face: Face::Bold, size: self.look.body }
    }

    fn italic(&self) -> Style {
        Style { face: Face::Italic, size: self.look.body }
    }

    /// The office on the left, the country on the right.
    fn heads(&mut self) {
        let bold = |size| Style { face: Face::Bold, size };
        let (flow, look) = (&mut self.flow, self.look);
        let full = flow.width();
        let country = flow.lines(&[Span::label(bold(look.head), COUNTRY)], full);
        let right = country.iter().map(|line| line.width).fold(0.0, f32::max) + 1.0;
        let left = full - right - 8.0;
        let top = flow.y();

        let plain = Style { face: Face::Regular, size: look.head };
        let superior = flow.at_most(3, &[Span::value(plain, &self.receipt.superior.to_uppercase())], left);
        let centre = flow.at_most(5, &[Span::value(bold(look.head), &self.receipt.centre.to_uppercase())], left);
        let mut end = flow.put(&superior, flow.left(), top, left, Align::Centre);
        end = flow.put(&centre, flow.left(), end, left, Align::Centre);
        // Half as long as the name above it (NĐ 30/2020, Phụ lục I, mục II.2).
        let name = centre.iter().map(|line| line.width).fold(0.0, f32::max);
        flow.rule(flow.left() + (left - name / 2.0) / 2.0, end + 2.0, name / 2.0);

        let x = flow.left() + full - right;
        let motto = flow.lines(&[Span::label(bold(look.motto), MOTTO)], right);
        let mut right_end = flow.put(&country, x, top, right, Align::Centre);
        right_end = flow.put(&motto, x, right_end, right, Align::Centre);
        let motto = motto.iter().map(|line| line.width).fold(0.0, f32::max);
        flow.rule(x + (right - motto) / 2.0, right_end + 2.0, motto);
        let day = self.receipt.received_at.date();
        let date = format!(
            "{}, ngày {:02} tháng {} năm {}",
            self.receipt.place,
            day.day(),
            if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() },
            day.year()
        );
        let italic = Style { face: Face::Italic, size: look.motto };
        let date = flow.at_most(2, &[Span::value(italic, &date)], right);
        right_end = flow.put(&date, x, right_end + look.gap + 2.0, right, Align::Centre);
        let regular = self.regular();
        let register = [("Quyển số: ", &self.receipt.book, 0.55), (", Số thứ tự: ", &self.receipt.serial, 0.45)]
            .map(|(label, value, share)| self.spans(label, value, regular, right * share))
            .concat();
        let register = self.flow.at_most(2, &register, right);
        right_end = self.flow.put(&register, x, right_end, right, Align::Centre);
        self.flow.skip((end + 4.0).max(right_end) - top + 2.0 * look.gap);
    }

    /// The number with its two codes, and the place in the register.
    fn number(&mut self) -> Result<()> {
        let (regular, look) = (self.regular(), self.look);
        let receipt = self.receipt;
        let label = match (&receipt.standing, receipt.alias.is_empty()) {
            (Standing::Provisional, true) => "Số tiếp nhận tạm (chưa có mã trên hệ thống):",
            (Standing::Unconnected, true) => "Số tiếp nhận tạm (máy chưa kết nối, chưa có mã trên hệ thống):",
            (Standing::Provisional | Standing::Unconnected, false) => "Số tiếp nhận tạm:",
            (Standing::Official { .. }, _) => "Mã hồ sơ:",
        };
        let top = self.flow.y();
        let left = self.flow.left();
        let label = self.flow.at_most(2, &[Span::label(regular, label)], look.barcode);
        let mut end = self.flow.put(&label, left, top, look.barcode, Align::Centre) + 2.0;
        let (bars, width) = codes::code128(&receipt.code, end, look.barcode, look.barcode_height)?;
        let indent = left + (look.barcode - width) / 2.0;
        self.flow.bars(bars.into_iter().map(|bar| Bar { x: bar.x + indent, ..bar }));
        end += look.barcode_height;
        let number = Style { face: Face::Bold, size: look.number };
        let number = self.flow.lines(&[Span::value(number, receipt.code.as_str())], look.barcode);
        end = self.flow.put(&number, left, end, look.barcode, Align::Centre);

        // The code itself stands flush with the margin and the label; its quiet zone lies in white that is there anyway.
        let (qr, symbol) = codes::lookup(&receipt.code, receipt.secret, look.qr)?;
        let qr_left = left + self.flow.width() - symbol;
        self.flow.bars(qr.into_iter().map(|bar| Bar { x: bar.x + qr_left, y: bar.y + top, ..bar }));

        let x = left + look.barcode + 4.0;
        let width = qr_left - x - (look.qr - symbol) / 2.0;
        let mut lines = self.flow.lines(&[Span::label(regular, "Mã tra cứu:")], width);
        lines.extend(self.flow.lines(&[Span::value(self.bold(), &receipt.secret.to_string())], width));
        if receipt.offline {
            let words = Span::label(self.italic(), "Tiếp nhận khi không\u{a0}có\u{a0}mạng");
            lines.extend(self.flow.at_most(3, &[words], width));
        }
        let words_end = self.flow.put(&lines, x, top, width, Align::Centre);
        self.flow.skip(end.max(top + symbol).max(words_end) - top + 2.0 * look.gap);
        Ok(())
    }

    fn title(&mut self, counterpart: Counterpart) {
        let (receipt, look) = (self.receipt, self.look);
        self.flow.paragraph(&[Span::label(Style { face: Face::Bold, size: look.title }, TITLE)], Align::Centre);
        let counterpart = match counterpart {
            Counterpart::Kept => "(Liên 1: lưu)",
            Counterpart::Given => "(Liên 2: giao người nộp hồ sơ)",
        };
        self.flow.paragraph(&[Span::label(self.italic(), counterpart)], Align::Centre);
        if let Some(reprint) = receipt.reprint {
            let words = format!("BẢN IN LẠI LẦN {} – {}", reprint.count, moment(reprint.at));
            let lines = self.flow.lines(&[Span::value(self.bold(), &words)], self.flow.width());
            self.flow.skip(look.gap);
            self.flow.boxed(&lines);
            self.flow.skip(look.gap);
        }
        let (bold, regular, italic) = (self.bold(), self.regular(), self.italic());
        if let Standing::Official { decision } = &receipt.standing
            && !decision.is_empty()
        {
            let words = format!("(mã hồ sơ cấp tại quầy theo {decision})");
            self.flow.paragraph(&[Span::value(italic, &words)], Align::Centre);
        }
        if !receipt.alias.is_empty() {
            let label = Span::label(regular, "Mã hồ sơ trên hệ thống: ");
            self.flow.paragraph(&[label, Span::value(bold, &receipt.alias)], Align::Centre);
        }
        self.flow.skip(look.gap);
    }

    /// Who hands in what.
    fn people(&mut self) {
        let (bold, regular) = (self.bold(), self.regular());
        let receipt = self.receipt;
        let applicant = &receipt.applicant;
        let office = ("Bộ phận tiếp nhận và trả kết quả: ", receipt.counter.as_str());
        self.pair(office, ("Điện thoại: ", &receipt.contact_phone));
        self.field("Tiếp nhận hồ sơ của: ", &applicant.name, bold);
        self.submitter();
        self.field("Địa chỉ: ", &applicant.address, regular);
        let number = ("Số căn cước/Hộ chiếu: ", applicant.personal_number.as_str());
        if applicant.email.is_empty() {
            self.pair(("Số điện thoại: ", &applicant.phone), number);
        } else {
            self.pair(("Số điện thoại: ", &applicant.phone), ("Email: ", &applicant.email));
            self.field(number.0, number.1, regular);
        }
        let mut wanted =
            vec![Span::label(regular, "Nội dung yêu cầu giải quyết: "), Span::value(bold, &receipt.procedure_name)];
        if !receipt.procedure_code.is_empty() {
            wanted.push(Span::label(regular, " (mã\u{a0}thủ\u{a0}tục\u{a0}"));
            wanted.push(Span::value(regular, &receipt.procedure_code));
            wanted.push(Span::label(regular, ")"));
        }
        self.line(&wanted);
    }

    fn submitter(&mut self) {
        let (bold, regular) = (self.bold(), self.regular());
        let mut spans = vec![Span::label(regular, "Người nộp hồ sơ: ")];
        match &self.receipt.submitter {
            None => spans.push(Span::label(regular, "chủ hồ sơ")),
            Some(submitter) => {
                spans.push(Span::value(bold, &submitter.name));
                if !submitter.authorisation.is_empty() {
                    spans.push(Span::label(regular, " "));
                    spans.push(Span::value(regular, &format!("({})", submitter.authorisation)));
                }
            }
        }
        self.line(&spans);
    }

    fn items(&mut self) {
        let regular = self.regular();
        let receipt = self.receipt;
        self.flow.skip(self.look.gap);
        self.papers();
        let sets = format!("{:02} (bộ)", receipt.sets);
        let time = if receipt.time_limit.is_empty() { "chưa có thời hạn" } else { &receipt.time_limit };
        self.field("2. Số lượng hồ sơ: ", &sets, regular);
        self.field("3. Thời gian giải quyết theo quy định: ", time, regular);
        let channel = match receipt.channel {
            Channel::Counter => "nộp trực tiếp",
            Channel::Online => "nộp trực tuyến",
            Channel::Post => "nộp qua bưu chính công ích",
        };
        let received = format!("{} ({channel})", moment(receipt.received_at));
        self.field("4. Thời gian nhận hồ sơ: ", &received, regular);
        for words in &receipt.explained {
            self.line(&[Span::value(self.italic(), words)]);
        }
    }

    /// From the promise to the signatures, on one page: nobody signs a sheet that says nothing.
    fn ending(&mut self) {
        let mut trial = Form { flow: self.flow.endless(), look: self.look, receipt: self.receipt };
        let top = trial.flow.y();
        trial.close();
        self.flow.need_if_it_helps(trial.flow.y() - top);
        self.close();
    }

    fn close(&mut self) {
        let regular = self.regular();
        let receipt = self.receipt;
        self.due();
        self.field("6. Đăng ký nhận kết quả tại: ", &receipt.result_at, regular);
        self.fees();
        if !receipt.helped_by.is_empty() {
            self.field("Người hỗ trợ kê khai: ", &receipt.helped_by, regular);
        }
        // This paper is no fee receipt: those are registered books (NĐ 123/2020/NĐ-CP, officer.md §1.8).
        let remember =
            "Giấy này không thay biên lai thu phí, lệ phí. Khi nhận kết quả xin mang giấy này và giấy tờ tùy thân.";
        self.line(&[Span::label(self.italic(), remember)]);
        self.signatures();
    }

    /// 1. What was handed in.
    fn papers(&mut self) {
        let (bold, regular, italic) = (self.bold(), self.regular(), self.italic());
        let heading = "1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ:";
        // The heading must not stand alone at the foot of a page.
        self.flow.need(6.0 * self.look.body);
        self.line(&[Span::label(regular, heading)]);
        self.flow.skip(1.5);
        let (number, count) = (2.0 * self.look.body, self.look.count);
        let columns = [
            Column { head: "TT", width: number, align: Align::Centre },
            Column { head: "Tên giấy tờ", width: self.flow.width() - number - 2.0 * count, align: Align::Left },
            Column { head: "Bản\u{a0}chính", width: count, align: Align::Centre },
            Column { head: "Bản\u{a0}sao", width: count, align: Align::Centre },
        ];
        let counted = |count: u16| vec![Span::value(regular, &count.to_string())];
        let mut rows: Vec<Vec<Vec<Span>>> = Vec::new();
        for (place, paper) in self.receipt.papers.iter().enumerate() {
            let mut name = vec![Span::value(regular, &paper.name)];
            if !paper.note.is_empty() {
                name.push(Span::label(italic, " "));
                name.push(Span::value(italic, &format!("({})", paper.note)));
            }
            let place = vec![Span::value(regular, &(place + 1).to_string())];
            // A paper that was only shown goes home again: the office must not be said to hold it.
            let originals = if paper.shown { vec![Span::value(regular, "xem")] } else { counted(paper.originals) };
            rows.push(vec![place, name, originals, counted(paper.copies)]);
        }
        if rows.is_empty() {
            let none = vec![Span::label(italic, "(không có giấy tờ kèm theo)")];
            rows.push(vec![Vec::new(), none, Vec::new(), Vec::new()]);
        }
        self.flow.table(&columns, bold, &rows);
        self.flow.skip(self.look.gap);
    }

    /// 5. The promise, large enough to be read without glasses.
    fn due(&mut self) {
        let (regular, look) = (self.regular(), self.look);
        let large = |size| Style { face: Face::Bold, size };
        let width = self.flow.width() - 10.0;
        let mut lines = self.flow.lines(&[Span::label(regular, "5. Thời gian trả kết quả:")], width);
        match &self.receipt.due {
            Some(due) => {
                let day = format!(" ({})", weekday(due.at.date().weekday()));
                let words = [
                    Span::value(large(look.due), &moment(due.at)),
                    Span::label(regular, " "),
                    Span::value(large(look.number), &day),
                ];
                lines.extend(self.flow.lines(&words, width));
                if !due.provisional.is_empty() {
                    let words = format!("Ngày tạm tính, có thể thay đổi: {}", due.provisional);
                    lines.extend(self.flow.at_most(4, &[Span::value(self.italic(), &words)], width));
                }
            }
            None => {
                let none = Span::label(large(look.due), "Chưa hẹn được ngày");
                lines.extend(self.flow.lines(&[none], width));
                let why = "Chưa có thời hạn trong danh mục. Cán bộ sẽ báo ngày trả; ngày hẹn ghi tay: …… / …… / ……";
                lines.extend(self.flow.lines(&[Span::label(self.italic(), why)], width));
            }
        }
        self.flow.skip(look.gap);
        self.flow.boxed(&lines);
        self.flow.skip(look.gap);
    }

    /// 7. Fees, as far as they are known; what is not known is never free.
    fn fees(&mut self) {
        let (bold, regular) = (self.bold(), self.regular());
        let mut spans = vec![Span::label(regular, "7. Phí, lệ phí (nếu có): ")];
        match &self.receipt.fees {
            Fees::None => spans.push(Span::label(regular, "không thu.")),
            Fees::Unknown => spans.push(Span::label(regular, "chưa rõ.")),
            Fees::Lines(lines) => {
                for (place, fee) in lines.iter().enumerate() {
                    if place > 0 {
                        spans.push(Span::label(regular, "; "));
                    }
                    if !fee.case.is_empty() {
                        spans.push(Span::value(regular, &fee.case));
                        spans.push(Span::label(regular, ": "));
                    }
                    spans.push(Span::value(bold, &fee.price));
                }
                spans.push(Span::label(regular, "."));
            }
        }
        self.line(&spans);
    }

    fn signatures(&mut self) {
        let (bold, italic, look) = (self.bold(), self.italic(), self.look);
        let half = self.flow.width() / 2.0;
        let submitter = self.receipt.submitter.as_ref().map_or(&self.receipt.applicant.name, |person| &person.name);
        let columns = [("NGƯỜI NỘP HỒ SƠ", submitter), ("NGƯỜI TIẾP NHẬN HỒ SƠ", &self.receipt.officer)];
        let names = columns.map(|(_, name)| self.flow.at_most(3, &[Span::value(bold, name)], half - 8.0));
        let names_height = names.iter().map(|lines| lines.iter().map(Line::height).sum::<f32>()).fold(0.0, f32::max);
        self.flow.skip(look.gap);
        self.flow.need(2.0 * look.body * 1.2 + look.signature + names_height);
        let top = self.flow.y();
        let mut end = top;
        for (place, ((role, _), name)) in columns.iter().zip(&names).enumerate() {
            let x = self.flow.left() + place as f32 * half;
            let mut lines = self.flow.lines(&[Span::label(bold, role)], half);
            lines.extend(self.flow.lines(&[Span::label(italic, "(Ký, ghi rõ họ tên)")], half));
            let signed = self.flow.put(&lines, x, top, half, Align::Centre) + look.signature;
            end = end.max(self.flow.put(name, x, signed, half, Align::Centre));
        }
        self.flow.skip(end - top);
    }

    /// A label and what is known; dots to write on where nothing is.
    fn field(&mut self, label: &'static str, value: &str, style: Style) {
        let spans = self.spans(label, value, style, self.flow.width());
        self.line(&spans);
    }

    /// Two short fields on one line, the second in the right half or as far left of it as it needs; one under the other
    /// where they do not fit.
    fn pair(&mut self, first: (&'static str, &str), second: (&'static str, &str)) {
        let regular = self.regular();
        let (width, between) = (self.flow.width(), 12.0);
        let half = width / 2.0;
        let [left, right] = [first, second].map(|(label, value)| {
            let spans = self.spans(label, value, regular, half - between);
            self.flow.lines(&spans, width)
        });
        let (left, right) = match (left.as_slice(), right.as_slice()) {
            ([left], [right]) if left.width + between + right.width <= width => (left, right),
            _ => {
                self.field(first.0, first.1, regular);
                self.field(second.0, second.1, regular);
                return;
            }
        };
        let height = left.height().max(right.height());
        self.flow.need(height);
        let top = self.flow.y();
        let x = half.min(width - right.width).max(left.width + between);
        self.flow.put(std::slice::from_ref(left), self.flow.left(), top, width, Align::Left);
        self.flow.put(std::slice::from_ref(right), self.flow.left() + x, top, width - x, Align::Left);
        self.flow.skip(height + self.look.lead);
    }

    fn spans(&self, label: &'static str, value: &str, style: Style, width: f32) -> Vec<Span> {
        let label = Span::label(self.regular(), label);
        let value = Span::value(style, value);
        if !value.is_empty() {
            return vec![label, value];
        }
        let taken: f32 = self.flow.lines(std::slice::from_ref(&label), width).iter().map(|line| line.width).sum();
        let dots = self.flow.dots(self.regular(), width - taken - 0.5 * self.look.body);
        vec![label, dots]
    }

    fn line(&mut self, spans: &[Span]) {
        self.flow.paragraph(spans, Align::Left);
        self.flow.skip(self.look.lead);
    }
}

/// "09 giờ 05 phút, ngày 22/11/2026"; only the comma may end a line.
fn moment(at: DateTime) -> String {
    format!("{:02} giờ {:02} phút, ngày {:02}/{:02}/{}", at.hour(), at.minute(), at.day(), at.month(), at.year())
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "thứ Hai",
        Weekday::Tuesday => "thứ Ba",
        Weekday::Wednesday => "thứ Tư",
        Weekday::Thursday => "thứ Năm",
        Weekday::Friday => "thứ Sáu",
        Weekday::Saturday => "thứ Bảy",
        Weekday::Sunday => "Chủ nhật",
    }
}
