//! What all papers of the office have in common: the measures of a sheet, the two heads, number and codes, labelled
//! lines, signatures. National heading and type follow NĐ 30/2020/NĐ-CP, Phụ lục I; on A5 its sizes are scaled, never
//! below 11 points.

use super::MM;
use super::codes;
use super::face::{Face, Faces};
use super::layout::{Align, Bar, Flow, Line, Margins, Page, Span, Style};
use super::receipt::{Paper, Reprint};
use crate::error::Result;
use domain::card::receipt::LookupSecret;
use domain::code::DossierCode;
use jiff::civil::{Date, DateTime, Weekday};

const COUNTRY: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
const PRACTICE: &str = "TẬP – KHÔNG CÓ GIÁ TRỊ";

/// Measures of one sheet size, in points.
pub(super) struct Look {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) margins: Margins,
    /// Type of the text.
    pub(super) body: f32,
    pub(super) head: f32,
    pub(super) motto: f32,
    pub(super) title: f32,
    pub(super) number: f32,
    pub(super) due: f32,
    /// White between groups.
    pub(super) gap: f32,
    /// White under each line of the text.
    pub(super) lead: f32,
    /// Width of the barcode with its label.
    pub(super) barcode: f32,
    pub(super) barcode_height: f32,
    /// Side of the look-up code with its quiet zone.
    pub(super) qr: f32,
    /// Room to sign in.
    pub(super) signature: f32,
    /// Width of each of the two columns of counts.
    pub(super) count: f32,
}

pub(super) fn look(paper: Paper) -> Look {
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
    /// The same with more white and larger type, for a paper that does not need the whole sheet.
    pub(super) fn roomy(&self) -> Look {
        Look { body: self.body.max(12.0), gap: self.gap + 2.0, lead: self.lead + 2.0, ..*self }
    }

    /// The sheet on its side, for a register: in the smallest type and with even margins.
    pub(super) fn lying(&self) -> Look {
        let margin = 12.0 * MM;
        Look {
            width: self.height,
            height: self.width,
            margins: Margins { left: margin, top: margin, right: margin, bottom: margin },
            body: 11.0,
            gap: 4.0,
            lead: 0.0,
            ..*self
        }
    }

    /// The same closer together, with this share of the white, at half of it in 12 points where it was more: better than
    /// a second sheet for the signatures alone.
    pub(super) fn closer(&self, share: f32) -> Look {
        Look {
            body: if share > 0.5 { self.body } else { self.body.min(12.0) },
            gap: self.gap * share,
            lead: self.lead * share,
            signature: self.signature - 12.0 * (1.0 - share),
            ..*self
        }
    }
}

/// The same paper on one page, set as close as that needs; on several pages, and then with a foot, where it never fits.
pub(super) fn fitted(
    look: &Look,
    shares: &[f32],
    foot: &str,
    compose: impl Fn(&Look) -> Result<Flow>,
) -> Result<Vec<Page>> {
    for share in shares {
        let pages = compose(&look.closer(*share))?.finish(|_, _| None);
        if pages.len() == 1 {
            return Ok(pages);
        }
    }
    numbered(look, foot, compose)
}

/// The paper with page numbers under every page.
pub(super) fn numbered(look: &Look, foot: &str, compose: impl Fn(&Look) -> Result<Flow>) -> Result<Vec<Page>> {
    // Only a paper of several sheets needs a foot, and only then is the room for it taken.
    let mut look = Look { ..*look };
    look.margins.bottom += 14.0;
    let style = Style { face: Face::Italic, size: 11.0 };
    let named = if foot.is_empty() { String::new() } else { format!("{foot} – ") };
    let words = |page, count| Some(Span::value(style, &format!("{named}Trang {page}/{count}")));
    Ok(compose(&look)?.finish(words))
}

/// What stands at the head of a paper.
pub(super) struct Heads<'a> {
    /// The body above, in plain type.
    pub(super) over: &'a str,
    /// The office.
    pub(super) office: &'a str,
    /// Number of the document, under the office; empty: it has none.
    pub(super) number: &'a str,
    /// Where it is written.
    pub(super) place: &'a str,
    /// When; dots to write on where that is not known yet.
    pub(super) day: Option<Date>,
    /// Quyển số and số thứ tự of the register, where the paper names them.
    pub(super) register: Option<(&'a str, &'a str)>,
}

/// A dossier's number with its codes.
pub(super) struct Codes<'a> {
    /// What the number is.
    pub(super) label: &'a str,
    pub(super) code: &'a DossierCode,
    /// Where the look-up code stands beside it: what it opens with.
    pub(super) secret: Option<LookupSecret>,
    pub(super) offline: bool,
}

/// Who signs, or who gets a copy.
#[derive(Default)]
pub(super) struct Signer {
    pub(super) role: String,
    /// What is to be written under it.
    pub(super) note: String,
    pub(super) name: String,
    /// Nơi nhận, a line each.
    pub(super) copies: Vec<String>,
}

/// A paper being written from top to bottom.
pub(super) struct Sheet<'a> {
    pub(super) flow: Flow,
    pub(super) look: &'a Look,
}

impl<'a> Sheet<'a> {
    /// An empty sheet; one of a practice commune says on every page that it is worth nothing.
    pub(super) fn new(look: &'a Look, practice: bool) -> Result<Self> {
        let banner = practice.then(|| Span::label(Style { face: Face::Bold, size: look.title }, PRACTICE));
        Ok(Self { flow: Flow::new(Faces::open()?, look.width, look.height, look.margins, banner), look })
    }

    /// A sheet without end, to find out how tall something is.
    pub(super) fn endless(&self) -> Sheet<'a> {
        Sheet { flow: self.flow.endless(), look: self.look }
    }

    pub(super) fn regular(&self) -> Style {
        Style { face: Face::Regular, size: self.look.body }
    }

    pub(super) fn bold(&self) -> Style {
        Style { face: Face::Bold, size: self.look.body }
    }

    pub(super) fn italic(&self) -> Style {
        Style { face: Face::Italic, size: self.look.body }
    }

    /// The office on the left, the country on the right.
    pub(super) fn heads(&mut self, heads: &Heads<'_>) {
        let bold = |size| Style { face: Face::Bold, size };
        let (flow, look) = (&mut self.flow, self.look);
        let full = flow.width();
        let country = flow.lines(&[Span::label(bold(look.head), COUNTRY)], full);
        let right = country.iter().map(|line| line.width).fold(0.0, f32::max) + 1.0;
        // On a wide sheet the heads stand over the outer parts and not over half a page each.
        let left = (full - right - 8.0).min(1.2 * right);
        let top = flow.y();

        let plain = Style { face: Face::Regular, size: look.head };
        let superior = flow.at_most(3, &[Span::value(plain, &heads.over.to_uppercase())], left);
        let centre = flow.at_most(5, &[Span::value(bold(look.head), &heads.office.to_uppercase())], left);
        let mut end = flow.put(&superior, flow.left(), top, left, Align::Centre);
        end = flow.put(&centre, flow.left(), end, left, Align::Centre);
        // Half as long as the name above it (NĐ 30/2020, Phụ lục I, mục II.2).
        let name = centre.iter().map(|line| line.width).fold(0.0, f32::max);
        flow.rule(flow.left() + (left - name / 2.0) / 2.0, end + 2.0, name / 2.0);
        if !heads.number.is_empty() {
            let number = flow.at_most(2, &[Span::value(plain, heads.number)], left);
            end = flow.put(&number, flow.left(), end + look.gap + 2.0, left, Align::Centre);
        }

        let x = flow.left() + full - right;
        let motto = flow.lines(&[Span::label(bold(look.motto), MOTTO)], right);
        let mut right_end = flow.put(&country, x, top, right, Align::Centre);
        right_end = flow.put(&motto, x, right_end, right, Align::Centre);
        let motto = motto.iter().map(|line| line.width).fold(0.0, f32::max);
        flow.rule(x + (right - motto) / 2.0, right_end + 2.0, motto);
        let italic = Style { face: Face::Italic, size: look.motto };
        let day = written(heads.day);
        let day = if heads.place.is_empty() { day } else { format!("{}, {day}", heads.place) };
        let date = flow.at_most(2, &[Span::value(italic, &day)], right);
        right_end = flow.put(&date, x, right_end + look.gap + 2.0, right, Align::Centre);
        if let Some((book, serial)) = heads.register {
            let regular = self.regular();
            let register = [("Quyển số: ", book, 0.55), (", Số thứ tự: ", serial, 0.45)]
                .map(|(label, value, share)| self.spans(label, value, regular, right * share))
                .concat();
            let register = self.flow.at_most(2, &register, right);
            right_end = self.flow.put(&register, x, right_end, right, Align::Centre);
        }
        self.flow.skip((end + 4.0).max(right_end) - top + 2.0 * self.look.gap);
    }

    /// The number with its barcode and, where somebody may look the dossier up, the look-up code.
    pub(super) fn codes(&mut self, codes: &Codes<'_>) -> Result<()> {
        let (regular, look) = (self.regular(), self.look);
        let top = self.flow.y();
        let left = self.flow.left();
        let label = self.flow.at_most(2, &[Span::label(regular, codes.label)], look.barcode);
        let mut end = self.flow.put(&label, left, top, look.barcode, Align::Centre) + 2.0;
        let (bars, width) = codes::code128(codes.code, end, look.barcode, look.barcode_height)?;
        let indent = left + (look.barcode - width) / 2.0;
        self.flow.bars(bars.into_iter().map(|bar| Bar { x: bar.x + indent, ..bar }));
        end += look.barcode_height;
        let number = Style { face: Face::Bold, size: look.number };
        let number = self.flow.lines(&[Span::value(number, codes.code.as_str())], look.barcode);
        end = self.flow.put(&number, left, end, look.barcode, Align::Centre);
        if let Some(secret) = codes.secret {
            end = end.max(self.lookup(codes, secret, top)?);
        }
        self.flow.skip(end - top + 2.0 * look.gap);
        Ok(())
    }

    /// The look-up code on the right of the number, with what it opens with; answers where it ends.
    fn lookup(&mut self, codes: &Codes<'_>, secret: LookupSecret, top: f32) -> Result<f32> {
        let (regular, look, left) = (self.regular(), self.look, self.flow.left());
        // The code itself stands flush with the margin and the label; its quiet zone lies in white that is there anyway.
        let (qr, symbol) = codes::lookup(codes.code, secret, look.qr)?;
        let qr_left = left + self.flow.width() - symbol;
        self.flow.bars(qr.into_iter().map(|bar| Bar { x: bar.x + qr_left, y: bar.y + top, ..bar }));

        let x = left + look.barcode + 4.0;
        let width = qr_left - x - (look.qr - symbol) / 2.0;
        let mut lines = self.flow.lines(&[Span::label(regular, "Mã tra cứu:")], width);
        lines.extend(self.flow.lines(&[Span::value(self.bold(), &secret.to_string())], width));
        if codes.offline {
            let words = Span::label(self.italic(), "Tiếp nhận khi không\u{a0}có\u{a0}mạng");
            lines.extend(self.flow.at_most(3, &[words], width));
        }
        let words_end = self.flow.put(&lines, x, top, width, Align::Centre);
        Ok((top + symbol).max(words_end))
    }

    /// That this is not the first printing.
    pub(super) fn reprint(&mut self, reprint: Reprint) {
        self.framed(&format!("BẢN IN LẠI LẦN {} – {}", reprint.count, moment(reprint.at)));
    }

    /// Words in a frame over the whole width.
    pub(super) fn framed(&mut self, words: &str) {
        let lines = self.flow.lines(&[Span::value(self.bold(), words)], self.flow.width() - 10.0);
        self.flow.skip(self.look.gap);
        self.flow.boxed(&lines);
        self.flow.skip(self.look.gap);
    }

    /// Who signs, side by side: role, what is to be written, and the name under the room to sign in.
    pub(super) fn signatures(&mut self, signers: &[Signer]) {
        let (bold, italic, look) = (self.bold(), self.italic(), self.look);
        let part = self.flow.width() / signers.len().max(1) as f32;
        let tall = |lines: &[Line]| lines.iter().map(Line::height).sum::<f32>();
        let set: Vec<(Vec<Line>, Vec<Line>)> = signers
            .iter()
            .map(|signer| {
                let mut lines = self.flow.lines(&[Span::value(bold, &signer.role)], part);
                lines.extend(self.flow.lines(&[Span::value(italic, &signer.note)], part));
                (lines, self.flow.at_most(3, &[Span::value(bold, &signer.name)], part - 8.0))
            })
            .collect();
        let copies: Vec<Vec<Line>> = signers.iter().map(|signer| self.copies(signer, part)).collect();
        let roles = set.iter().map(|(role, _)| tall(role)).fold(0.0, f32::max);
        let names = set.iter().map(|(_, name)| tall(name)).fold(0.0, f32::max);
        let listed = copies.iter().map(|lines| tall(lines)).fold(0.0, f32::max);
        self.flow.skip(look.gap);
        self.flow.need((roles + look.signature + names).max(listed));
        let top = self.flow.y();
        let mut end = top;
        for (place, ((role, name), copies)) in set.iter().zip(&copies).enumerate() {
            let x = self.flow.left() + place as f32 * part;
            self.flow.put(role, x, top, part, Align::Centre);
            end = end.max(self.flow.put(name, x, top + roles + look.signature, part, Align::Centre));
            end = end.max(self.flow.put(copies, x, top, part, Align::Left));
        }
        self.flow.skip(end - top);
    }

    /// Nơi nhận: who gets the paper besides (NĐ 30/2020, Phụ lục I, mục II.9).
    fn copies(&self, signer: &Signer, width: f32) -> Vec<Line> {
        let set = |face, words: &str| self.flow.lines(&[Span::value(Style { face, size: 11.0 }, words)], width - 8.0);
        let mut lines = Vec::new();
        if !signer.copies.is_empty() {
            lines.extend(set(Face::Italic, "Nơi nhận:"));
            lines.extend(signer.copies.iter().flat_map(|copy| set(Face::Regular, &format!("- {copy}"))));
        }
        lines
    }

    /// A label and what is known; dots to write on where nothing is.
    pub(super) fn field(&mut self, label: &str, value: &str, style: Style) {
        let spans = self.spans(label, value, style, self.flow.width());
        self.line(&spans);
    }

    /// Two short fields on one line, the second in the right half or as far left of it as it needs; one under the other
    /// where they do not fit.
    pub(super) fn pair(&mut self, first: (&str, &str), second: (&str, &str)) {
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

    pub(super) fn spans(&self, label: &str, value: &str, style: Style, width: f32) -> Vec<Span> {
        let label = Span::label(self.regular(), label);
        let value = Span::value(style, value);
        if !value.is_empty() {
            return vec![label, value];
        }
        let taken: f32 = self.flow.lines(std::slice::from_ref(&label), width).iter().map(|line| line.width).sum();
        let dots = self.flow.dots(self.regular(), width - taken - 0.5 * self.look.body);
        vec![label, dots]
    }

    pub(super) fn line(&mut self, spans: &[Span]) {
        self.flow.paragraph(spans, Align::Left);
        self.flow.skip(self.look.lead);
    }
}

/// "09 giờ 05 phút, ngày 22/11/2026"; only the comma may end a line.
pub(super) fn moment(at: DateTime) -> String {
    format!("{:02} giờ {:02} phút, ngày {:02}/{:02}/{}", at.hour(), at.minute(), at.day(), at.month(), at.year())
}

pub(super) fn weekday(day: Weekday) -> &'static str {
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

/// "ngày 05 tháng 9 năm 2026", with dots where the day is not known yet.
pub(super) fn written(day: Option<Date>) -> String {
    let Some(day) = day else { return "ngày …… tháng …… năm ………".to_owned() };
    let month = if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
}
