//! When a dossier's result is due (ngày hẹn trả kết quả), and how that moment was reached.
//!
//! The rule, with its sources:
//! - The day of reception is not counted (Bộ luật Dân sự 2015, Điều 147 khoản 2); working days run over the working
//!   calendar and end when the office closes. A make-up Saturday is a full working day; an ordinary Saturday is none,
//!   even where a desk keeps a shift.
//! - A file handed in outside working time (before opening, after closing, on a day off or in a Saturday shift) counts
//!   as received at the opening of the next working time, and that day is the day of reception ([`AfterHours`]). In the
//!   lunch break it is received there and then.
//! - Same-day procedures: before 15:00 due the same day, from 15:00 on the next working day. 15:00 never adds a day to
//!   a procedure of one day or more.
//! - Calendar days that end on a day off end with the next working day (Điều 148 khoản 5). So do hours by the clock,
//!   which otherwise run day and night from the moment of reception (Điều 147 khoản 1).
//! - Working hours run only while the office works: not over lunch, night or days off.
//! - While the citizen has to bring something or to pay, the time stands still; what was left of it runs on from the moment that
//!   is done ([`resume`]). So the 766 score counts (QĐ 766/QĐ-TTg, Tiến độ). Some provinces count anew from the complete file
//!   ([`AfterWaiting`]).
//! - A change of law is dated data ([`LimitChange`]): from 1/3/2027 what hộ tịch settled on the same day, with its
//!   15:00, is settled within 24 hours (Luật Hộ tịch 2026).
//!
//! Whatever rests on a day that is not decided yet, or on a year whose plan is only computed, is marked provisional.

pub mod correction;
mod count;
pub mod hours;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;

use crate::calendar::table::Certainty;
use crate::calendar::{Calendar, OutOfReach};
use crate::catalogue::TimeLimit;
use correction::DatedHours;
use hours::OfficeHours;
use jiff::civil::{Date, DateTime, Time, date, time};

/// What deadlines are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Which days are worked.
    pub calendar: Calendar,
    /// Which hours are worked, where no decision says otherwise.
    pub hours: OfficeHours,
    /// Hours by decision, each from a day on.
    pub dated_hours: Vec<DatedHours>,
    /// From this time on a same-day procedure is due the next working day: 15:00.
    pub same_day_until: Time,
    /// Which day a file handed in outside working time is received.
    pub after_hours: AfterHours,
    /// How the time goes on after it stood still.
    pub after_waiting: AfterWaiting,
    /// Changes of law that take hold on a day.
    pub changes: Vec<LimitChange>,
}

/// How a dossier's time goes on when what the citizen was asked for is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AfterWaiting {
    /// The time of waiting is taken out, as the 766 score does.
    #[default]
    Deducted,
    /// The whole time runs again from the complete file, where the law of the field says so.
    CountedAnew,
}

/// The day of reception of a file handed in outside working time. A commune decides once, and the slip explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AfterHours {
    /// The next working day, at its opening.
    #[default]
    NextWorkingDay,
    /// The day it was handed in, so that the next working day is already counted. Hours run from the next opening all the same.
    DayHandedIn,
}

/// From a day on, the law gives the procedures of a field another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitChange {
    /// Lĩnh vực, as the catalogue writes it.
    pub field: String,
    /// First day of reception it holds for.
    pub from: Date,
    /// The time that is replaced; procedures with any other time keep theirs.
    pub was: TimeLimit,
    /// The new time.
    pub becomes: TimeLimit,
    /// The law.
    pub source: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            calendar: Calendar::builtin(),
            hours: OfficeHours::default(),
            dated_hours: vec![],
            same_day_until: time(15, 0, 0, 0),
            after_hours: AfterHours::default(),
            after_waiting: AfterWaiting::default(),
            changes: vec![LimitChange {
                field: "Hộ tịch".to_owned(),
                from: date(2027, 3, 1),
                was: TimeLimit::SameDay,
                becomes: TimeLimit::ClockHours(24),
                source: "Luật Hộ tịch 03/2026/QH16".to_owned(),
            }],
        }
    }
}

/// A deadline and how it was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The moment, in the office's own time (UTC+7).
    pub at: DateTime,
    /// The moment of reception the count runs from; later than the handing in where that was outside working time.
    pub counted_from: DateTime,
    /// The way from one to the other.
    pub steps: Vec<Step>,
    /// Whether it rests on days that have yet to be decided.
    pub provisional: bool,
}

/// Why no deadline can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDue {
    /// A limit of zero days or hours is none.
    #[error("a time limit of zero")]
    NoTime,
    /// The working calendar does not reach so far.
    #[error(transparent)]
    OutOfReach(#[from] OutOfReach),
}

/// One step of the count; every face says it in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A change of law replaced the catalogue's time.
    LimitChanged {
        /// First day of the new time.
        from: Date,
        /// The new time.
        limit: TimeLimit,
        /// The law.
        source: String,
    },
    /// The file was handed in outside working time.
    OutsideHours {
        /// When.
        at: DateTime,
        /// Outside in which way.
        why: Outside,
    },
    /// So it counts as received then.
    CountsFrom {
        /// Opening of the next working time.
        at: DateTime,
    },
    /// The day of reception is not counted.
    ReceptionDay {
        /// That day.
        day: Date,
    },
    /// Days off, one or several in a row, are not counted.
    DaysOff {
        /// First of them.
        first: Date,
        /// Last of them.
        last: Date,
        /// Why they are off.
        reason: DayOff,
    },
    /// A day is worked by the calendar's table, although its weekday or a holiday plan would have it otherwise.
    WorkedByTable {
        /// The day.
        day: Date,
        /// The row: a make-up Saturday, mostly.
        row: Cited,
    },
    /// A year's official plan of days off is not known; its holidays are computed.
    YearComputed {
        /// The year.
        year: i16,
    },
    /// A working day was counted.
    Counted {
        /// The day.
        day: Date,
        /// First, second, …
        nth: u16,
    },
    /// Calendar days were counted.
    CalendarDays {
        /// How many.
        days: u16,
        /// The last of them.
        last: Date,
    },
    /// Hours by the clock were counted.
    ClockHours {
        /// How many.
        hours: u16,
        /// Their end.
        end: DateTime,
    },
    /// The end fell on a day off and moves to the end of the next working day.
    EndMoved {
        /// That working day.
        to: Date,
    },
    /// A stretch of working hours was counted.
    HoursWorked {
        /// The day.
        day: Date,
        /// From when.
        from: Time,
        /// Until when.
        to: Time,
    },
    /// The lunch break is not counted.
    Lunch {
        /// The day.
        day: Date,
        /// Its beginning.
        from: Time,
        /// Its end.
        to: Time,
    },
    /// Evening and night are not counted; the hours go on when the office opens.
    Night {
        /// The next opening.
        resumes: DateTime,
    },
    /// The time stood still while the citizen had something to do.
    StoodStill {
        /// From when.
        from: DateTime,
        /// Until when.
        to: DateTime,
    },
    /// The day on which what was asked for came is not counted.
    ResumedDay {
        /// That day.
        day: Date,
    },
    /// So many days were left of the time.
    DaysLeft {
        /// How many.
        days: u16,
        /// Working days; else calendar days.
        working: bool,
    },
    /// A same-day procedure received in time.
    SameDay {
        /// The day.
        day: Date,
        /// Before which it had to be received.
        until: Time,
    },
    /// A same-day procedure received too late in the day (the 15:00 rule).
    NextDay {
        /// The next working day.
        day: Date,
        /// Before which it had to be received.
        until: Time,
    },
}

/// In which way a moment lies outside working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Before the office opens.
    BeforeOpening,
    /// After it has closed.
    AfterClosing,
    /// On a day off, an ordinary Saturday included.
    DayOff,
}

/// Why a day is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOff {
    /// Saturday, Sunday.
    Weekend,
    /// A holiday or a swapped day.
    Holiday(Cited),
}

/// A row of the working calendar, as a step quotes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// What the day is, in Vietnamese.
    pub name: String,
    /// What that rests on.
    pub source: String,
    /// Decided or expected.
    pub certainty: Certainty,
}

/// When a result is due for a time limit and a file handed in at a moment of the office's own time.
///
/// The result is never before the reception it counts from.
pub fn due(limit: TimeLimit, handed_in: DateTime, rules: &Rules) -> Result<Due, NoDue> {
    count::due(limit, handed_in, rules)
}

/// When a result is due in a field (lĩnh vực, as the catalogue writes it) for the time the catalogue gives, changes of
/// law included.
pub fn due_for(field: &str, limit: TimeLimit, handed_in: DateTime, rules: &Rules) -> Result<Due, NoDue> {
    let by_catalogue = due(limit, handed_in, rules)?;
    let received = by_catalogue.counted_from.date();
    let applies = |change: &&LimitChange| change.field == field && change.was == limit && change.from <= received;
    let Some(change) = rules.changes.iter().filter(applies).max_by_key(|change| change.from) else {
        return Ok(by_catalogue);
    };
    let mut by_law = due(change.becomes, handed_in, rules)?;
    let step = Step::LimitChanged { from: change.from, limit: change.becomes, source: change.source.clone() };
    by_law.steps.insert(0, step);
    Ok(by_law)
}

/// When a result is due whose time stood still from `asked` to `resumed`; `due` is the moment that held before. A time that was
/// over when the citizen was asked stays over, and none becomes shorter by waiting.
pub fn resume(
    limit: TimeLimit,
    due: DateTime,
    asked: DateTime,
    resumed: DateTime,
    rules: &Rules,
) -> Result<Due, NoDue> {
    count::resume(limit, due, asked, resumed, rules)
}
