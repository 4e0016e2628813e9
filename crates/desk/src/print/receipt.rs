//! The receipt: Mẫu 01 "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" (TT 03/2025/TT-VPCP, Phụ lục I), as the desk knows it.
//!
//! [`Receipt`] holds what the paper says and nothing else; `form01` knows where it stands on the page. An empty
//! text means "not known": the form then leaves dots to write on, or leaves the line out.

use super::{form01, layout::Page, pdf};
use crate::error::Result;
use domain::card::receipt::LookupSecret;
use domain::catalogue::Channel;
use domain::code::DossierCode;
use jiff::civil::DateTime;
use std::fmt;

/// Its title.
pub const TITLE: &str = "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ";

/// The size of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// 148 × 210 mm upright, what most desks keep in the printer.
    #[default]
    A5,
    /// 210 × 297 mm upright.
    A4,
}

/// Liên: which of the two sheets this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counterpart {
    /// Liên 1, kept with the dossier.
    Kept,
    /// Liên 2, given to whoever handed the dossier in.
    Given,
}

impl Counterpart {
    /// Both, the kept one first.
    pub const BOTH: &'static [Counterpart] = &[Counterpart::Kept, Counterpart::Given];
}

/// How the number of this desk stands (officer.md §1.1): the official code is the province's to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The desk's own number; the official code comes when the dossier reaches the system.
    Provisional,
    /// The same, from a desk that has not been enrolled with the province (lane 00).
    Unconnected,
    /// The province has decided in writing that a desk's number is the official code: the decision's number and date.
    Official {
        /// For example `QĐ 512/QĐ-UBND ngày 05/3/2026`.
        decision: String,
    },
}

impl Standing {
    /// What the number is called on paper; `aliased` where the system's own code is known and stands beside it.
    pub fn label(&self, aliased: bool) -> &'static str {
        match (self, aliased) {
            (Self::Provisional, false) => "Số tiếp nhận tạm (chưa có mã trên hệ thống)",
            (Self::Unconnected, false) => "Số tiếp nhận tạm (máy chưa kết nối, chưa có mã trên hệ thống)",
            (Self::Provisional | Self::Unconnected, true) => "Số tiếp nhận tạm",
            (Self::Official { .. }, _) => "Mã hồ sơ",
        }
    }
}

/// Chủ hồ sơ: the person or organisation the dossier is about.
#[derive(Clone, Default)]
pub struct Applicant {
    /// Name as on the card.
    pub name: String,
    /// Where they live.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// Electronic mail.
    pub email: String,
    /// Personal number or passport as it is to be printed: whole or masked is the caller's choice.
    pub personal_number: String,
}

/// Người nộp, where it is not the applicant.
#[derive(Clone)]
pub struct Submitter {
    /// Name as on the card.
    pub name: String,
    /// By what right: "theo văn bản ủy quyền ngày 20/11/2026", "cha đẻ".
    pub authorisation: String,
}

/// A paper that was handed in.
#[derive(Clone)]
pub struct PaperLine {
    /// Its name.
    pub name: String,
    /// How many originals were taken.
    pub originals: u16,
    /// How many copies were taken.
    pub copies: u16,
    /// A remark under the name: "đã đối chiếu, trả lại bản chính".
    pub note: String,
    /// Whether it was shown and given back at once.
    pub shown: bool,
}

/// When the result is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The moment, Vietnamese time.
    pub at: DateTime,
    /// Why the date may still move ("lịch nghỉ Tết 2027 chưa công bố"); empty: it may not.
    pub provisional: String,
}

/// One line of fees, in words: what is known of it, never a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLine {
    /// The case it is for ("đăng ký quá hạn"); empty: always.
    pub case: String,
    /// The price in words: "15.000 đ", "chưa rõ – do HĐND tỉnh quyết định".
    pub price: String,
}

/// Phí, lệ phí.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fees {
    /// The procedure is known to cost nothing.
    None,
    /// The catalogue does not say.
    Unknown,
    /// What is to be paid, line by line.
    Lines(Vec<FeeLine>),
}

/// A second and later printing of the same receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reprint {
    /// The first reprint is 1.
    pub count: u16,
    /// When it was printed.
    pub at: DateTime,
}

/// Everything Mẫu 01 says about one dossier.
#[derive(Clone)]
pub struct Receipt {
    /// Cơ quan chủ quản: "UBND xã Cao Sơn".
    pub superior: String,
    /// "Trung tâm Phục vụ hành chính công xã Cao Sơn".
    pub centre: String,
    /// "Quầy số 2".
    pub counter: String,
    /// Where it is written, in front of the date: "Cao Sơn".
    pub place: String,
    /// The number this desk gave.
    pub code: DossierCode,
    /// How that number stands.
    pub standing: Standing,
    /// The official code of the settlement system, once it is known.
    pub alias: String,
    /// Quyển số of the dossier register.
    pub book: String,
    /// Số thứ tự in it.
    pub serial: String,
    /// Set when this is not the first printing.
    pub reprint: Option<Reprint>,
    /// Set in a practice commune: the paper is worth nothing and says so.
    pub practice: bool,
    /// Set when the dossier was received without a network.
    pub offline: bool,
    /// Whose dossier it is.
    pub applicant: Applicant,
    /// Who handed it in, if somebody else.
    pub submitter: Option<Submitter>,
    /// How it came.
    pub channel: Channel,
    /// What is asked for.
    pub procedure_name: String,
    /// Its national code.
    pub procedure_code: String,
    /// What was handed in.
    pub papers: Vec<PaperLine>,
    /// How many sets (bộ) of papers.
    pub sets: u16,
    /// The time by the rules, in words: "03 ngày làm việc". Empty: the catalogue has none.
    pub time_limit: String,
    /// When the dossier was received, Vietnamese time.
    pub received_at: DateTime,
    /// What explains the times, a sentence a line: handed in after hours, after 15:00, written down later.
    pub explained: Vec<String>,
    /// When the result is promised, if a time is known.
    pub due: Option<Due>,
    /// Where the result is fetched.
    pub result_at: String,
    /// What it costs.
    pub fees: Fees,
    /// Who helped to fill in the declaration, if anybody.
    pub helped_by: String,
    /// Whom to telephone.
    pub contact_phone: String,
    /// The look-up secret in the QR code.
    pub secret: LookupSecret,
    /// The officer who received it.
    pub officer: String,
}

impl fmt::Debug for Receipt {
    /// The number alone: everything else may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({})", self.code)
    }
}

/// The receipt as a PDF, one after the other for each counterpart. The same receipt always gives the same bytes.
///
/// Fails only by a fault of the product (`internal`).
pub fn pdf(receipt: &Receipt, paper: Paper, counterparts: &[Counterpart]) -> Result<Vec<u8>> {
    let pages = pages(receipt, paper, counterparts)?;
    pdf::write(&format!("Giấy tiếp nhận hồ sơ {}", receipt.code), receipt.received_at, &pages)
}

/// The words of the receipt, line by line as they stand on the paper, pages parted by an empty line.
pub fn text(receipt: &Receipt, paper: Paper, counterparts: &[Counterpart]) -> Result<String> {
    Ok(pages(receipt, paper, counterparts)?.iter().map(Page::text).collect::<Vec<_>>().join("\n"))
}

pub(super) fn pages(receipt: &Receipt, paper: Paper, counterparts: &[Counterpart]) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for counterpart in counterparts {
        pages.extend(form01::pages(receipt, paper, *counterpart)?);
    }
    Ok(pages)
}
