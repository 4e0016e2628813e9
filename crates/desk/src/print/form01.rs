//! Where everything stands on Mẫu 01, in the order of the form (TT 03/2025/TT-VPCP, Phụ lục I): the two heads, number and
//! codes, title, who and what, the seven numbered items, signatures.

use super::face::Face;
use super::layout::{Align, Column, Flow, Page, Span, Style};
use super::receipt::{Counterpart, Fees, Paper, Receipt, Standing, TITLE};
use super::sheet::{self, Codes, Heads, Look, Sheet, Signer, moment, weekday};
use crate::error::Result;
use domain::catalogue::Channel;

/// One counterpart of the receipt, on one page where it fits.
pub(super) fn pages(receipt: &Receipt, paper: Paper, counterpart: Counterpart) -> Result<Vec<Page>> {
    let compose = |look: &Look| compose(receipt, look, counterpart);
    sheet::fitted(&sheet::look(paper), &[1.0, 0.75, 0.5], receipt.code.as_str(), compose)
}

fn compose(receipt: &Receipt, look: &Look, counterpart: Counterpart) -> Result<Flow> {
    let mut form = Form { sheet: Sheet::new(look, receipt.practice)?, receipt };
    form.sheet.heads(&Heads {
        over: &receipt.superior,
        office: &receipt.centre,
        number: "",
        place: &receipt.place,
        day: Some(receipt.received_at.date()),
        register: Some((&receipt.book, &receipt.serial)),
    });
    form.number()?;
    form.title(counterpart);
    form.people();
    form.items();
    form.ending();
    Ok(form.sheet.flow)
}

struct Form<'a> {
    sheet: Sheet<'a>,
    receipt: &'a Receipt,
}

impl Form<'_> {
    /// The number with its two codes, and how it stands.
    fn number(&mut self) -> Result<()> {
        let receipt = self.receipt;
        let label = &format!("{}:", receipt.standing.label(!receipt.alias.is_empty()));
        self.sheet.codes(&Codes { label, code: &receipt.code, secret: Some(receipt.secret), offline: receipt.offline })
    }

    fn title(&mut self, counterpart: Counterpart) {
        let (receipt, look) = (self.receipt, self.sheet.look);
        self.sheet.flow.paragraph(&[Span::label(Style { face: Face::Bold, size: look.title }, TITLE)], Align::Centre);
        let counterpart = match counterpart {
            Counterpart::Kept => "(Liên 1: lưu)",
            Counterpart::Given => "(Liên 2: giao người nộp hồ sơ)",
        };
        self.sheet.flow.paragraph(&[Span::label(self.sheet.italic(), counterpart)], Align::Centre);
        if let Some(reprint) = receipt.reprint {
            self.sheet.reprint(reprint);
        }
        let (bold, regular, italic) = (self.sheet.bold(), self.sheet.regular(), self.sheet.italic());
        if let Standing::Official { decision } = &receipt.standing
            && !decision.is_empty()
        {
            let words = format!("(mã hồ sơ cấp tại quầy theo {decision})");
            self.sheet.flow.paragraph(&[Span::value(italic, &words)], Align::Centre);
        }
        if !receipt.alias.is_empty() {
            let label = Span::label(regular, "Mã hồ sơ trên hệ thống: ");
            self.sheet.flow.paragraph(&[label, Span::value(bold, &receipt.alias)], Align::Centre);
        }
        self.sheet.flow.skip(look.gap);
    }

    /// Who hands in what.
    fn people(&mut self) {
        let (bold, regular) = (self.sheet.bold(), self.sheet.regular());
        let receipt = self.receipt;
        let applicant = &receipt.applicant;
        let office = ("Bộ phận tiếp nhận và trả kết quả: ", receipt.counter.as_str());
        self.sheet.pair(office, ("Điện thoại: ", &receipt.contact_phone));
        self.sheet.field("Tiếp nhận hồ sơ của: ", &applicant.name, bold);
        self.submitter();
        self.sheet.field("Địa chỉ: ", &applicant.address, regular);
        let number = ("Số căn cước/Hộ chiếu: ", applicant.personal_number.as_str());
        if applicant.email.is_empty() {
            self.sheet.pair(("Số điện thoại: ", &applicant.phone), number);
        } else {
            self.sheet.pair(("Số điện thoại: ", &applicant.phone), ("Email: ", &applicant.email));
            self.sheet.field(number.0, number.1, regular);
        }
        let mut wanted =
            vec![Span::label(regular, "Nội dung yêu cầu giải quyết: "), Span::value(bold, &receipt.procedure_name)];
        if !receipt.procedure_code.is_empty() {
            wanted.push(Span::label(regular, " (mã\u{a0}thủ\u{a0}tục\u{a0}"));
            wanted.push(Span::value(regular, &receipt.procedure_code));
            wanted.push(Span::label(regular, ")"));
        }
        self.sheet.line(&wanted);
    }

    fn submitter(&mut self) {
        let (bold, regular) = (self.sheet.bold(), self.sheet.regular());
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
        self.sheet.line(&spans);
    }

    fn items(&mut self) {
        let regular = self.sheet.regular();
        let receipt = self.receipt;
        self.sheet.flow.skip(self.sheet.look.gap);
        self.papers();
        let sets = format!("{:02} (bộ)", receipt.sets);
        let time = if receipt.time_limit.is_empty() { "chưa có thời hạn" } else { &receipt.time_limit };
        self.sheet.field("2. Số lượng hồ sơ: ", &sets, regular);
        self.sheet.field("3. Thời gian giải quyết theo quy định: ", time, regular);
        let channel = match receipt.channel {
            Channel::Counter => "nộp trực tiếp",
            Channel::Online => "nộp trực tuyến",
            Channel::Post => "nộp qua bưu chính công ích",
        };
        let received = format!("{} ({channel})", moment(receipt.received_at));
        self.sheet.field("4. Thời gian nhận hồ sơ: ", &received, regular);
        for words in &receipt.explained {
            self.sheet.line(&[Span::value(self.sheet.italic(), words)]);
        }
    }

    /// From the promise to the signatures, on one page: nobody signs a sheet that says nothing.
    fn ending(&mut self) {
        let mut trial = Form { sheet: self.sheet.endless(), receipt: self.receipt };
        let top = trial.sheet.flow.y();
        trial.close();
        self.sheet.flow.need_if_it_helps(trial.sheet.flow.y() - top);
        self.close();
    }

    fn close(&mut self) {
        let regular = self.sheet.regular();
        let receipt = self.receipt;
        self.due();
        self.sheet.field("6. Đăng ký nhận kết quả tại: ", &receipt.result_at, regular);
        self.fees();
        if !receipt.helped_by.is_empty() {
            self.sheet.field("Người hỗ trợ kê khai: ", &receipt.helped_by, regular);
        }
        // This paper is no fee receipt: those are registered books (NĐ 123/2020/NĐ-CP, officer.md §1.8).
        let remember =
            "Giấy này không thay biên lai thu phí, lệ phí. Khi nhận kết quả xin mang giấy này và giấy tờ tùy thân.";
        self.sheet.line(&[Span::label(self.sheet.italic(), remember)]);
        self.signatures();
    }

    /// 1. What was handed in.
    fn papers(&mut self) {
        let (bold, regular, italic) = (self.sheet.bold(), self.sheet.regular(), self.sheet.italic());
        let heading = "1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ:";
        // The heading must not stand alone at the foot of a page.
        self.sheet.flow.need(6.0 * self.sheet.look.body);
        self.sheet.line(&[Span::label(regular, heading)]);
        self.sheet.flow.skip(1.5);
        let (number, count) = (2.0 * self.sheet.look.body, self.sheet.look.count);
        let columns = [
            Column { head: "TT", group: "", width: number, align: Align::Centre },
            Column {
                head: "Tên giấy tờ",
                group: "",
                width: self.sheet.flow.width() - number - 2.0 * count,
                align: Align::Left,
            },
            Column { head: "Bản\u{a0}chính", group: "", width: count, align: Align::Centre },
            Column { head: "Bản\u{a0}sao", group: "", width: count, align: Align::Centre },
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
        self.sheet.flow.table(&columns, bold, &rows);
        self.sheet.flow.skip(self.sheet.look.gap);
    }

    /// 5. The promise, large enough to be read without glasses.
    fn due(&mut self) {
        let (regular, look) = (self.sheet.regular(), self.sheet.look);
        let large = |size| Style { face: Face::Bold, size };
        let width = self.sheet.flow.width() - 10.0;
        let mut lines = self.sheet.flow.lines(&[Span::label(regular, "5. Thời gian trả kết quả:")], width);
        match &self.receipt.due {
            Some(due) => {
                let day = format!(" ({})", weekday(due.at.date().weekday()));
                let words = [
                    Span::value(large(look.due), &moment(due.at)),
                    Span::label(regular, " "),
                    Span::value(large(look.number), &day),
                ];
                lines.extend(self.sheet.flow.lines(&words, width));
                if !due.provisional.is_empty() {
                    let words = format!("Ngày tạm tính, có thể thay đổi: {}", due.provisional);
                    lines.extend(self.sheet.flow.at_most(4, &[Span::value(self.sheet.italic(), &words)], width));
                }
            }
            None => {
                let none = Span::label(large(look.due), "Chưa hẹn được ngày");
                lines.extend(self.sheet.flow.lines(&[none], width));
                let why = "Chưa có thời hạn trong danh mục. Cán bộ sẽ báo ngày trả; ngày hẹn ghi tay: …… / …… / ……";
                lines.extend(self.sheet.flow.lines(&[Span::label(self.sheet.italic(), why)], width));
            }
        }
        self.sheet.flow.skip(look.gap);
        self.sheet.flow.boxed(&lines);
        self.sheet.flow.skip(look.gap);
    }

    /// 7. Fees, as far as they are known; what is not known is never free.
    fn fees(&mut self) {
        let (bold, regular) = (self.sheet.bold(), self.sheet.regular());
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
        self.sheet.line(&spans);
    }

    fn signatures(&mut self) {
        let submitter = self.receipt.submitter.as_ref().map_or(&self.receipt.applicant.name, |person| &person.name);
        let signer = |role: &str, name: &str| Signer {
            role: role.to_owned(),
            note: "(Ký, ghi rõ họ tên)".to_owned(),
            name: name.to_owned(),
            copies: vec![],
        };
        let officer = &self.receipt.officer;
        self.sheet.signatures(&[signer("NGƯỜI NỘP HỒ SƠ", submitter), signer("NGƯỜI TIẾP NHẬN HỒ SƠ", officer)]);
    }
}
