//! A dossier (hồ sơ): what it is made of, the operations that make its life, and the fold that turns them into its present state.
//!
//! [`decide`] turns an officer's command into operations or a refusal that names its rule; [`Dossier::merge`] turns
//! operations, in whatever order they arrived, into the dossier, by the rules of `merge.rs` where they meet. Nothing else
//! changes a dossier.

mod decide;
mod fees;
mod fold;
mod life;
mod merge;

use decide::open_questions;
pub use decide::{Command, Given, Intake, Known, Question, Refusal, decide, registers_birth};
pub use fees::{Exempted, FeeKind, FeeLine, FeeTaken, LARGE, Means, Stage, sum};
pub use fold::{Dossier, Entry};
pub use life::{Capacity, Delivery, Grounds, HandOver, Moved, Recipient, ResultPaper, State, Step, Taken, steps_from};
pub use merge::{ReviewCard, Seen, Value, Version};

use crate::catalogue::condition::Answer;
use crate::catalogue::{Channel, TimeLimit};
use crate::code::{AgencyCode, DossierCode};
use crate::deadline::{Rules, due_for};
use crate::person::{CitizenId, PartialDate, PersonName, Phone, Sex};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// Identity of an operation: the replica that wrote it and its number there, counted from 1.
///
/// Replica 0 is the writer itself, so that an operation written before enrolment needs no change after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// Number the hub leased to the writer; 0 for the writer itself.
    pub replica: u32,
    /// Position in the writer's log, from 1.
    pub seq: u64,
}

impl OpId {
    /// The identity as others know it, where `writer` wrote it down.
    pub fn seen_from(self, writer: u32) -> OpId {
        OpId { replica: if self.replica == 0 { writer } else { self.replica }, seq: self.seq }
    }
}

/// Hybrid logical time: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hlc(pub u64);

impl Hlc {
    /// How far ahead of its own clock a replica lets another's time carry it.
    pub const MAX_LEAD_MS: u64 = 10 * 60 * 1000;

    /// The time to give the next operation, after this one, when the own clock shows `now_ms`.
    pub fn next(self, now_ms: u64) -> Hlc {
        Hlc((self.0 + 1).max(now_ms << 16))
    }

    /// This clock after hearing `other` while its own shows `now_ms`; a time too far ahead is not followed.
    pub fn heard(self, other: Hlc, now_ms: u64) -> Hlc {
        if other.millis() > now_ms + Self::MAX_LEAD_MS { self } else { self.max(other) }
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> u64 {
        self.0 >> 16
    }

    /// The moment in Viet Nam.
    pub fn civil(self) -> DateTime {
        civil(i64::try_from(self.millis()).unwrap_or(0))
    }
}

/// Milliseconds since 1970 as Vietnamese civil time (UTC+7, no daylight saving since 1975).
pub fn civil(ms: i64) -> DateTime {
    jiff::tz::offset(7).to_datetime(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Who an operation is by, when, and what it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Its identity.
    pub id: OpId,
    /// Its place in time, by the clock of the computer it was written at.
    pub hlc: Hlc,
    /// When the province first heard of it, milliseconds since 1970, where that clock was too far ahead to be believed.
    pub noted_ms: Option<u64>,
    /// The officer, as the operation that added them; `None` for the system itself.
    pub actor: Option<OpId>,
}

impl Stamp {
    /// Its time as far as it can be believed.
    pub fn time(&self) -> Hlc {
        self.noted_ms.map_or(self.hlc, |ms| self.hlc.min(Hlc(ms << 16)))
    }

    /// Its place on the timeline: time, then writer, then number.
    pub fn place(&self) -> (Hlc, OpId) {
        (self.time(), self.id)
    }
}

/// A citizen as a dossier names them. What was not given is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Họ tên.
    pub name: PersonName,
    /// Số định danh cá nhân.
    pub number: Option<CitizenId>,
    /// Old nine-digit identity card number, still a key in old papers.
    pub old_number: Option<String>,
    /// Ngày sinh, as far as it is known.
    pub born: Option<PartialDate>,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Nơi thường trú or nơi cư trú, in the card's words.
    pub address: String,
    /// Số điện thoại.
    pub phone: Option<Phone>,
    /// Email.
    pub email: String,
    /// Dân tộc.
    pub ethnicity: String,
}

/// Somebody who hands in a dossier for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitter {
    /// Who they are.
    pub person: Person,
    /// What they are to the owner (con, vợ, người được ủy quyền…).
    pub relation: String,
    /// The authorisation paper, where there is one.
    pub authorisation: String,
}

/// A paper handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its name.
    pub name: String,
    /// Originals taken or shown.
    pub originals: u16,
    /// Copies taken.
    pub copies: u16,
    /// The officer's remark.
    pub note: String,
}

/// How the officer checked who the person is (officer.md: compared with the original or VNeID; the card itself is not scanned).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CardSeen {
    /// Not recorded.
    #[default]
    None,
    /// The card itself.
    Original,
    /// Shown in VNeID.
    Vneid,
}

/// Where the citizen gets the result (HinhThuc of the portal).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResultAt {
    /// At the counter.
    #[default]
    Counter,
    /// By post.
    Post,
}

/// The procedure a dossier is for, as it stood when the dossier was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureInForce {
    /// National code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// First day of the version in force at reception.
    pub version: Date,
    /// Its time for the dossier's channel, where the catalogue knew one.
    pub limit: Option<TimeLimit>,
}

impl Received {
    /// When the result is due for a file that counts as handed in at a moment, by its procedure's time.
    pub fn limit_due(&self, handed_in: DateTime, rules: &Rules) -> Option<DateTime> {
        due_for(&self.procedure.field, self.procedure.limit?, handed_in, rules).ok().map(|due| due.at)
    }
}

/// The agency that settles a dossier, as it was called on the day of reception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competent {
    /// Its code, where it is on the desk's list.
    pub code: Option<AgencyCode>,
    /// Its name.
    pub name: String,
}

/// What is special about one dossier: the case of its procedure, and what was answered about the papers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Particulars {
    /// Which of the procedure's cases it is, where its times have several; empty: the usual one, or none was chosen.
    pub case: String,
    /// Whether the due day was agreed with the citizen because the catalogue gives no time: no time limit of the law.
    pub is_agreed: bool,
    /// What the officer answered to the conditions of papers.
    pub answers: Vec<Answer>,
}

/// A paper that is used again from an earlier dossier (tái sử dụng giấy tờ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reused {
    /// Which paper of the new dossier it is.
    pub paper: String,
    /// The operation that received the earlier dossier.
    pub from: OpId,
    /// That dossier's number.
    pub code: DossierCode,
    /// Hash of the scan that was attached there.
    pub hash: ScanHash,
    /// How many bytes the scan has.
    pub bytes: u64,
    /// Its media type.
    pub media: String,
}

/// A dossier taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The desk's number, which never changes.
    pub code: DossierCode,
    /// The agency that received it.
    pub agency: AgencyCode,
    /// What is asked for.
    pub procedure: ProcedureInForce,
    /// Chủ hồ sơ.
    pub applicant: Person,
    /// Người nộp, where it is somebody else.
    pub submitter: Option<Submitter>,
    /// How it came.
    pub channel: Channel,
    /// What came with it.
    pub papers: Vec<Paper>,
    /// Số bộ hồ sơ.
    pub sets: u16,
    /// When it was received, by the desk's corrected clock, UTC+7.
    pub at: DateTime,
    /// When the result is due, UTC+7; `None` where the catalogue gives no time.
    pub due: Option<DateTime>,
    /// Whether the due moment rests on days that are not officially announced yet.
    pub due_provisional: bool,
    /// Whether the desk had no link to the province at that moment.
    pub offline: bool,
    /// What the officer was asked and said yes to before it was received.
    pub answered: Vec<Question>,
    /// Where the result is fetched.
    pub result_at: ResultAt,
    /// How the person was identified.
    pub card_seen: CardSeen,
    /// Who helped to fill it in.
    pub helper: String,
    /// Where that was, if not at this counter: a village, a reception point.
    pub helped_at: String,
    /// The agency that settles it, where that is not the receiving one (received regardless of boundaries, NĐ 118/2025/NĐ-CP).
    pub competent: Option<Competent>,
    /// The officer's remark.
    pub note: String,
    /// Four characters that open the public look-up, never derived from a person's data.
    pub secret: String,
    /// What is special about it.
    pub particulars: Particulars,
}

/// BLAKE3 hash of a scanned paper's bytes, by which the scan is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScanHash(pub [u8; 32]);

/// A part of a dossier that two desks can have changed while apart, so that a person may have to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Số điện thoại.
    Phone,
    /// Địa chỉ.
    Address,
    /// Họ tên.
    Name,
    /// Số định danh cá nhân.
    Number,
    /// Kết quả.
    Result,
    /// Trạng thái.
    Status,
    /// Số tiếp nhận, where two copies of one desk gave the same number.
    Code,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 7] =
        [Self::Phone, Self::Address, Self::Name, Self::Number, Self::Result, Self::Status, Self::Code];
}

/// The operations of a dossier's life. An operation that names another does so as its author knows it: replica 0 is the author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Tiếp nhận.
    Received(Box<Received>),
    /// A remark on the timeline.
    Noted {
        /// Its words.
        text: String,
    },
    /// The applicant's telephone number was changed.
    PhoneChanged {
        /// The new number; `None` takes the old one away.
        phone: Option<Phone>,
    },
    /// The province or the portal gave its official code.
    AliasGiven {
        /// That code.
        code: DossierCode,
    },
    /// A paper form was printed.
    Printed {
        /// Form of TT 03/2025, `01`.
        form: String,
        /// Counts from 1; above 1 it is a reprint.
        copy: u32,
    },
    /// A scanned paper was attached.
    Attached {
        /// Which paper of the dossier it is.
        paper: String,
        /// Hash of the scan's bytes.
        hash: ScanHash,
        /// How many bytes the scan has.
        bytes: u64,
        /// How many pages, where that is known.
        pages: Option<u16>,
        /// Media type, `application/pdf`; empty where it is not known.
        media: String,
    },
    /// A step in the dossier's life.
    Moved(Box<Moved>),
    /// The applicant's address was changed.
    AddressChanged {
        /// The new one, may be empty.
        address: String,
    },
    /// The applicant's name was corrected.
    NameCorrected {
        /// The right name.
        name: PersonName,
    },
    /// The applicant's personal number was corrected.
    NumberCorrected {
        /// The right number; `None` takes a wrong one away.
        number: Option<CitizenId>,
    },
    /// A fee was taken: a line of the ledger, never edited.
    FeeTaken(Box<FeeTaken>),
    /// A fee line was cancelled by this counter-line.
    FeeCancelled {
        /// The line.
        line: OpId,
        /// Why.
        reason: String,
        /// How many copies (liên) of a receipt made void were kept, where somebody counted.
        copies_kept: Option<u8>,
    },
    /// A person saw the transfer of a fee line arrive in the account.
    FeeConfirmed {
        /// The line.
        line: OpId,
        /// The last digits of the transaction, may be empty.
        reference: String,
    },
    /// The result was recorded.
    ResultRecorded {
        /// Number of the document or the decision.
        text: String,
    },
    /// A person chose between what two desks wrote while apart.
    Settled {
        /// Which part.
        part: Part,
        /// The operation whose value is kept.
        kept: OpId,
    },
    /// Another copy of the desk may have given the dossier's number to another one: it goes on under a number of its own. A
    /// person has to look, since the receipt says the former.
    Renumbered {
        /// The number on the receipt.
        printed: DossierCode,
    },
    /// What names a person in it was erased when the dossier's retention had ended (hết thời hạn lưu). Whoever holds this erases
    /// the personal parts of the dossier's operations, also of those that come later.
    Forgotten {
        /// Why, without a person's data: it is never erased itself.
        because: String,
    },
    /// A paper of an earlier dossier is used again (DuocTaiSuDung of QĐ 766/QĐ-TTg).
    PaperReused(Box<Reused>),
    /// Something a newer release wrote; kept and passed on, without effect here.
    Unknown {
        /// Its kind.
        kind: u16,
    },
}

impl Op {
    /// The same operation with the one it names written another way: as its author writes it, or as others know it.
    pub fn named(mut self, name: impl FnOnce(OpId) -> OpId) -> Op {
        match &mut self {
            Op::Moved(moved) => moved.follows = name(moved.follows),
            Op::PaperReused(reused) => reused.from = name(reused.from),
            Op::FeeCancelled { line: id, .. } | Op::FeeConfirmed { line: id, .. } | Op::Settled { kept: id, .. } => {
                *id = name(*id)
            }
            Op::Received(_)
            | Op::Noted { .. }
            | Op::PhoneChanged { .. }
            | Op::AliasGiven { .. }
            | Op::Printed { .. }
            | Op::Attached { .. }
            | Op::AddressChanged { .. }
            | Op::NameCorrected { .. }
            | Op::NumberCorrected { .. }
            | Op::FeeTaken(_)
            | Op::ResultRecorded { .. }
            | Op::Renumbered { .. }
            | Op::Forgotten { .. }
            | Op::Unknown { .. } => {}
        }
        self
    }
}
