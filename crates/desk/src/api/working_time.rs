//! The working calendar and the office's hours: what holds, and corrections an administrator imports.

use super::deadline::weekday_date;
use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::store::Changes;
use crate::store::settings::{self, Key};
use crate::texts::{Language, text};
use domain::calendar::Day;
use domain::calendar::table::Fault;
use domain::deadline::correction::Correction;
use domain::deadline::{AfterHours, AfterWaiting, Rules};
use jiff::ToSpan;
use jiff::civil::Date;
use protocol::fields::Role;
use serde::Serialize;
use std::path::Path;
use ts_rs::TS;

/// Between two corrections in the store.
pub(super) const NEXT: char = '\u{c}';

/// No correction is longer: ten years of days, each with its source.
const MAX_BYTES: u64 = 1 << 20;

/// What deadlines are counted by, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct WorkingTime {
    /// The hours of today, "07:00–11:30, 13:30–17:00".
    pub hours: String,
    /// What becomes of a file handed in outside working time.
    pub after_hours: String,
    /// How the time goes on after it stood still.
    pub after_waiting: String,
    /// Days of this year and the next that are not what their weekday says, in order.
    pub days: Vec<DayRow>,
    /// Years whose official plan is not known; their holidays are computed.
    pub computed: Vec<i16>,
    /// What an import changes, a sentence each.
    pub changes: Vec<String>,
    /// Whether it was only looked at.
    pub preview: bool,
}

/// One day off, or worked although it is a Saturday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DayRow {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The same with its weekday.
    pub text: String,
    /// Whether it is worked.
    pub worked: bool,
    /// What it is.
    pub name: String,
    /// What that rests on.
    pub source: String,
    /// Whether that has yet to be decided.
    pub provisional: bool,
}

/// The rules with the corrections of a store. One that a later release wrote and this one cannot read is passed over.
pub(super) fn rules(corrections: &str) -> Rules {
    let texts = corrections.split(NEXT).filter(|text| !text.is_empty());
    texts.fold(Rules::default(), |rules, text| match Correction::parse(text) {
        Ok(correction) => rules.with(correction),
        Err(error) => {
            log::error!("a correction of the working time cannot be read: {error}");
            rules
        }
    })
}

impl Desk {
    /// What deadlines are counted by now.
    pub fn working_time(&self) -> Result<WorkingTime> {
        Ok(view(self.language(), &self.rules(), self.now()?.date()))
    }

    /// Takes in a correction; with `preview` only says what it would change. Promises that were made stay as they are.
    pub fn import_working_time(&self, file: &Path, preview: bool) -> Done<WorkingTime> {
        let read = read(file)?;
        let correction = Correction::parse(&read).map_err(|error| {
            let fault = fault_words(self.language(), &error.fault);
            Error::new(Code::WorkingTimeWrong).with("line", error.line).with("fault", fault).because(error)
        })?;
        let (today, before) = (self.now()?.date(), self.rules());
        let after = Rules::clone(&before).with(correction);
        let changes = changes(self.language(), &before, &after, today);
        let view = WorkingTime { changes, preview, ..view(self.language(), &after, today) };
        if preview {
            return Ok((view, Changes::new()));
        }
        self.require(&[Role::Administrator, Role::Leader, Role::OneStop])?;
        let ((), told) = self.store.write(|writing| {
            let kept = settings::get(writing.reading(), Key::WorkingTime)?;
            let all = if kept.is_empty() { read.clone() } else { format!("{kept}{NEXT}{read}") };
            settings::set(writing, Key::WorkingTime, &all)
        })?;
        self.set_rules(after);
        Ok((view, told))
    }
}

/// The text of a file an administrator imports.
pub(super) fn read(file: &Path) -> Result<String> {
    let named = |code: Code| Error::new(code).with("file", file.display());
    let unreadable = |error: std::io::Error| named(Code::FileUnreadable).because(error);
    if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_BYTES {
        return Err(named(Code::FileUnreadable));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    Ok(text.replace(NEXT, "\n"))
}

fn view(language: Language, rules: &Rules, today: Date) -> WorkingTime {
    let hours = rules
        .hours_on(today)
        .sessions()
        .map(|s| format!("{}–{}", s.opens.strftime("%H:%M"), s.closes.strftime("%H:%M")));
    let after_hours = match rules.after_hours {
        AfterHours::NextWorkingDay => "next_working_day",
        AfterHours::DayHandedIn => "day_handed_in",
    };
    let after_waiting = match rules.after_waiting {
        AfterWaiting::Deducted => "deducted",
        AfterWaiting::CountedAnew => "counted_anew",
    };
    let years = [today.year(), today.year() + 1];
    WorkingTime {
        hours: hours.join(", "),
        after_hours: text(language, &format!("after_hours_{after_hours}"), &[]),
        after_waiting: text(language, &format!("after_waiting_{after_waiting}"), &[]),
        days: days(today).filter_map(|day| row(language, rules, day)).collect(),
        computed: years.into_iter().filter(|year| rules.calendar.computes(*year)).collect(),
        changes: Vec::new(),
        preview: false,
    }
}

/// Every day of this year and the next.
fn days(today: Date) -> impl Iterator<Item = Date> {
    let first = today.first_of_year();
    first.series(1.day()).take_while(move |day| day.year() <= first.year() + 1)
}

fn row(language: Language, rules: &Rules, day: Date) -> Option<DayRow> {
    let found = rules.calendar.day(day).ok()?;
    let (Day::Off(cited) | Day::WorkByRow(cited)) = found else { return None };
    Some(DayRow {
        day: day.to_string(),
        text: weekday_date(language, day),
        worked: found.works(),
        name: cited.name.clone(),
        source: cited.source.clone(),
        provisional: found.provisional(),
    })
}

/// What differs, a sentence each: days that become off or worked, hours, choices.
fn changes(language: Language, before: &Rules, after: &Rules, today: Date) -> Vec<String> {
    let mut said = Vec::new();
    for day in days(today) {
        let worked = |rules: &Rules| rules.calendar.day(day).map(Day::works);
        if worked(before) == worked(after) {
            continue;
        }
        let key = if worked(after) == Ok(true) { "working_time_worked" } else { "working_time_off" };
        let name = row(language, after, day).or_else(|| row(language, before, day)).map(|row| row.name);
        said.push(text(language, key, &[("day", weekday_date(language, day)), ("name", name.unwrap_or_default())]));
    }
    for hours in after.dated_hours.iter().filter(|hours| !before.dated_hours.contains(hours)) {
        let sessions =
            hours.hours.sessions().map(|s| format!("{}–{}", s.opens.strftime("%H:%M"), s.closes.strftime("%H:%M")));
        let params = [
            ("from", weekday_date(language, hours.from)),
            ("hours", sessions.join(", ")),
            ("source", hours.source.clone()),
        ];
        said.push(text(language, "working_time_hours", &params));
    }
    let (was, is) = (view(language, before, today), view(language, after, today));
    if was.after_hours != is.after_hours {
        said.push(is.after_hours);
    }
    if was.after_waiting != is.after_waiting {
        said.push(is.after_waiting);
    }
    said
}

/// What is wrong with a line, in words.
pub(super) fn fault_words(language: Language, fault: &Fault) -> String {
    let key = match fault {
        Fault::Columns(_) => "columns",
        Fault::Date => "date",
        Fault::Kind => "kind",
        Fault::Words => "words",
        Fault::Certainty => "certainty",
        Fault::Year => "year",
        Fault::Twice => "twice",
        Fault::Hours => "hours",
        Fault::Choice => "choice",
        Fault::Code => "code",
        Fault::Order => "order",
    };
    text(language, &format!("table_{key}"), &[])
}
