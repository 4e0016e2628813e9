//! The catalogue of administrative procedures (thủ tục hành chính): what a citizen can ask for, how long it takes, what it costs, what to bring.
//!
//! What the catalogue does not know is `None` and is shown as unknown; nothing is filled in by guess.

use crate::money::Money;
use jiff::civil::Date;

/// How a dossier reaches the desk (KenhThucHien of the National Portal: 1 counter, 2 online, 3 post).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Channel {
    /// Trực tiếp.
    #[default]
    Counter,
    /// Trực tuyến.
    Online,
    /// Bưu chính công ích.
    Post,
}

/// The time the law gives for one procedure through one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeLimit {
    /// Result on the day of reception; from 15:00, the next working day.
    SameDay,
    /// Working hours of the office.
    WorkingHours(u16),
    /// Hours by the clock, day and night (hộ tịch within 24 hours, Luật Hộ tịch 2026, from 1/3/2027).
    ClockHours(u16),
    /// Ngày làm việc.
    WorkingDays(u16),
    /// Ngày (calendar days), moved to the next working day when it ends on a day off (BLDS 2015, Điều 148).
    CalendarDays(u16),
}

/// Time for one channel. `limit` is `None` where the catalogue gives no usable time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureTime {
    /// The channel it holds for.
    pub channel: Channel,
    /// The time, if the catalogue is sure of one.
    pub limit: Option<TimeLimit>,
    /// The portal's words beside it.
    pub note: String,
}

/// One line of a fee table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// The channel it holds for.
    pub channel: Channel,
    /// The amount. `None` is "not known here" (decided by the province, or doubtful), never "free".
    pub amount: Option<Money>,
    /// What one amount is for: a page, a copy, a dossier; empty where the source does not say.
    pub per: String,
    /// Who pays less or nothing, and other words of the source.
    pub note: String,
}

/// A paper the procedure asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredPaper {
    /// Its name as the catalogue gives it.
    pub name: String,
    /// How many originals are handed in or shown.
    pub originals: u16,
    /// How many copies are handed in.
    pub copies: u16,
    /// When it is asked for, where that is not always ("nếu ủy quyền"); empty: always.
    pub condition: String,
    /// What an officer should know before trusting this line (it names hộ khẩu, cấp huyện or CMND, for example); empty: nothing.
    pub doubt: String,
}

/// A paper the citizen gets at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureResult {
    /// Its name.
    pub name: String,
    /// `KQ.…` code, empty where none is known.
    pub code: String,
}

/// One version of a procedure, in force from its date until another version of the same code takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// National code, `1.001193`.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// First day this version holds.
    pub effective_from: Date,
    /// Last day it holds, if that is known.
    pub effective_to: Option<Date>,
    /// Decision that published it, where known.
    pub decision: String,
    /// The agency that settles it, in the catalogue's words.
    pub handled_by: String,
    /// Time for each channel.
    pub times: Vec<ProcedureTime>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Papers to bring.
    pub papers: Vec<RequiredPaper>,
    /// Papers the citizen gets.
    pub results: Vec<ProcedureResult>,
    /// Whether somebody else may act under an authorisation; not for marriage, re-registration of marriage, recognition of parent and child (TT 04/2020/TT-BTP, Điều 2).
    pub may_authorise: bool,
    /// What is doubtful about this version, in words for the officer.
    pub doubts: Vec<String>,
    /// Where the version comes from, with its date.
    pub source: String,
}

impl Procedure {
    /// The time for a channel: `None` where the catalogue has no single sure one.
    pub fn time(&self, channel: Channel) -> Option<TimeLimit> {
        let mut sure = self.times.iter().filter(|time| time.channel == channel).map(|time| time.limit);
        match (sure.next(), sure.next()) {
            (Some(limit), None) => limit,
            _ => None,
        }
    }

    /// Whether this version is the one in force on a day.
    pub fn in_force(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }
}
