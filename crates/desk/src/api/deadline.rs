//! The due moment of a procedure and the way it was reached, in words an officer can check against the wall calendar.

use crate::texts::{Language, text};
use domain::calendar::table::Certainty;
use domain::catalogue::{Channel, Procedure, TimeLimit};
use domain::deadline::{DayOff, Due, NoDue, Outside, Rules, Step, due_for};
use jiff::civil::{Date, DateTime, Time};
use serde::Serialize;
use ts_rs::TS;

/// When a result is due, or why no date can be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeadlineView {
    /// RFC 3339 at +07:00; `null` where no date can be promised.
    pub due: Option<String>,
    /// Why there is no date; `null` where there is one.
    pub reason: Option<String>,
    /// The date rests on days off that are not officially decided yet.
    pub provisional: bool,
    /// How the date was reached, one sentence a step.
    pub steps: Vec<String>,
    /// The date in a few words, or that there is none.
    pub text: String,
}

/// The deadline of a procedure handed in at a moment of the office's own time (UTC+7) by a channel, in the case the officer chose.
pub fn deadline(
    language: Language,
    procedure: &Procedure,
    at: DateTime,
    channel: Channel,
    case: Option<&str>,
    rules: &Rules,
) -> DeadlineView {
    let Some(limit) = procedure.time_of(channel, case) else {
        return DeadlineView::none(language, no_limit(language, procedure, channel));
    };
    match due_for(&procedure.field, limit, at, rules) {
        Ok(due) => DeadlineView {
            due: Some(office_time(due.at)),
            reason: None,
            provisional: due.provisional,
            steps: sentences(language, &due),
            text: in_a_few_words(language, due.at),
        },
        Err(NoDue::NoTime) => DeadlineView::none(language, text(language, "deadline_reason_no_time", &[])),
        Err(NoDue::OutOfReach(beyond)) => {
            let year = ("year", beyond.year.to_string());
            DeadlineView::none(language, text(language, "deadline_reason_out_of_reach", &[year]))
        }
    }
}

impl DeadlineView {
    fn none(language: Language, reason: String) -> Self {
        let text = text(language, "deadline_text_none", &[]);
        Self { due: None, reason: Some(reason), provisional: false, steps: Vec::new(), text }
    }
}

/// A moment of the office's own time as RFC 3339: Viet Nam keeps +07:00 all year.
pub fn office_time(at: DateTime) -> String {
    format!("{at}+07:00")
}

/// A due moment in a few words: "17 giờ 00, thứ Hai 07/09/2026".
pub fn in_a_few_words(language: Language, due: DateTime) -> String {
    let (hour, minute) = (format!("{:02}", due.hour()), format!("{:02}", due.minute()));
    let day = Words { language }.day(due.date());
    text(language, "deadline_text", &[("hour", hour), ("minute", minute), ("day", day)])
}

/// A day with its weekday: "thứ Sáu 28/08/2026".
pub(super) fn weekday_date(language: Language, day: Date) -> String {
    Words { language }.day(day)
}

/// A time limit in words: "3 ngày làm việc", "trong ngày".
pub fn limit_words(language: Language, limit: TimeLimit) -> String {
    let (unit, count) = match limit {
        TimeLimit::SameDay => return text(language, "deadline_limit_same_day", &[]),
        TimeLimit::WorkingHours(count) => ("working_hour", count),
        TimeLimit::ClockHours(count) => ("clock_hour", count),
        TimeLimit::WorkingDays(count) => ("working_day", count),
        TimeLimit::CalendarDays(count) => ("calendar_day", count),
    };
    let plural = if count == 1 { "" } else { "s" };
    text(language, &format!("deadline_limit_{unit}{plural}"), &[("count", count.to_string())])
}

/// The steps of a count as sentences, the due moment last.
pub fn sentences(language: Language, due: &Due) -> Vec<String> {
    let words = Words { language };
    let mut sentences: Vec<String> = due.steps.iter().map(|step| words.step(step)).collect();
    sentences.push(words.say("due", &words.moment(due.at)));
    if due.provisional {
        sentences.push(words.say("provisional", &[]));
    }
    sentences
}

fn no_limit(language: Language, procedure: &Procedure, channel: Channel) -> String {
    let cases: Vec<String> = procedure
        .cases(channel)
        .filter_map(|time| {
            let case = if time.case.is_empty() { text(language, "case_usual", &[]) } else { time.case.clone() };
            Some(format!("{case}: {}", limit_words(language, time.limit?)))
        })
        .collect();
    if cases.len() > 1 {
        text(language, "deadline_reason_cases", &[("cases", cases.join("; "))])
    } else {
        text(language, "deadline_reason_no_time", &[])
    }
}

struct Words {
    language: Language,
}

impl Words {
    fn step(&self, step: &Step) -> String {
        match step {
            Step::LimitChanged { from, limit, source } => {
                let limit = limit_words(self.language, *limit);
                self.say("limit_changed", &[("from", date(*from)), ("limit", limit), ("source", source.clone())])
            }
            Step::OutsideHours { at, why } => {
                let key = match why {
                    Outside::BeforeOpening => "before_opening",
                    Outside::AfterClosing => "after_closing",
                    Outside::DayOff => "on_day_off",
                };
                self.say(key, &self.moment(*at))
            }
            Step::CountsFrom { at } => self.say("counts_from", &self.moment(*at)),
            Step::ReceptionDay { day } => self.say("reception_day", &[("day", self.day(*day))]),
            Step::DaysOff { first, last, reason } => {
                let days = ("days", self.days(*first, *last));
                match reason {
                    DayOff::Weekend => self.say("weekend", &[days]),
                    DayOff::Holiday(row) => {
                        let key = by_certainty(row.certainty, "holiday", "holiday_expected");
                        self.say(key, &[days, ("name", row.name.clone()), ("source", row.source.clone())])
                    }
                }
            }
            Step::WorkedByTable { day, row } => {
                let key = by_certainty(row.certainty, "worked", "worked_expected");
                self.say(key, &[("day", self.day(*day)), ("name", row.name.clone()), ("source", row.source.clone())])
            }
            Step::YearComputed { year } => self.say("year_computed", &[("year", year.to_string())]),
            Step::Counted { day, nth } => self.say("counted", &[("day", self.day(*day)), ("nth", nth.to_string())]),
            Step::CalendarDays { days, last } => {
                let limit = limit_words(self.language, TimeLimit::CalendarDays(*days));
                self.say("calendar_days", &[("limit", limit), ("day", self.day(*last))])
            }
            Step::ClockHours { hours, end } => {
                let limit = limit_words(self.language, TimeLimit::ClockHours(*hours));
                let [time, day] = self.moment(*end);
                self.say("clock_hours", &[("limit", limit), time, day])
            }
            Step::StoodStill { from, to } => {
                let moment = |at: &DateTime| format!("{} {}", clock(at.time()), self.day(at.date()));
                self.say("stood_still", &[("from", moment(from)), ("to", moment(to))])
            }
            Step::ResumedDay { day } => self.say("resumed_day", &[("day", self.day(*day))]),
            Step::DaysLeft { days, working } => {
                let limit = if *working { TimeLimit::WorkingDays(*days) } else { TimeLimit::CalendarDays(*days) };
                self.say("days_left", &[("limit", limit_words(self.language, limit))])
            }
            Step::EndMoved { to } => self.say("end_moved", &[("day", self.day(*to))]),
            Step::HoursWorked { day, from, to } => {
                self.say("hours_worked", &[("day", self.day(*day)), ("from", clock(*from)), ("to", clock(*to))])
            }
            Step::Lunch { day, from, to } => {
                self.say("lunch", &[("day", self.day(*day)), ("from", clock(*from)), ("to", clock(*to))])
            }
            Step::Night { resumes } => self.say("night", &self.moment(*resumes)),
            Step::SameDay { day, until } => self.say("same_day", &[("day", self.day(*day)), ("time", clock(*until))]),
            Step::NextDay { day, until } => self.say("next_day", &[("day", self.day(*day)), ("time", clock(*until))]),
        }
    }

    fn say(&self, key: &str, params: &[(&'static str, String)]) -> String {
        let sentence = text(self.language, &format!("deadline_step_{key}"), params);
        let mut letters = sentence.chars();
        // A weekday that opens a sentence takes a capital.
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    fn moment(&self, at: DateTime) -> [(&'static str, String); 2] {
        [("time", clock(at.time())), ("day", self.day(at.date()))]
    }

    /// "thứ Sáu 28/08/2026": people check a date by its weekday.
    fn day(&self, day: Date) -> String {
        let weekday = text(self.language, &format!("weekday_{}", day.weekday().to_monday_one_offset()), &[]);
        format!("{weekday} {}", date(day))
    }

    fn days(&self, first: Date, last: Date) -> String {
        if first == last {
            self.day(first)
        } else {
            text(self.language, "deadline_days", &[("first", self.day(first)), ("last", self.day(last))])
        }
    }
}

fn by_certainty<'a>(certainty: Certainty, sure: &'a str, expected: &'a str) -> &'a str {
    match certainty {
        Certainty::Sure => sure,
        Certainty::Provisional => expected,
    }
}

fn date(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::ProcedureTime;
    use jiff::civil::datetime;

    #[test]
    fn the_way_to_a_deadline_reads_like_the_wall_calendar() {
        let view = counter("Hộ tịch", vec![time("", TimeLimit::WorkingDays(3))], datetime(2026, 8, 28, 9, 0, 0, 0));
        assert_eq!(view.due.as_deref(), Some("2026-09-07T17:00:00+07:00"));
        assert_eq!((view.reason, view.provisional), (None, false));
        assert_eq!(view.text, "17 giờ 00, thứ Hai 07/09/2026");
        assert_eq!(
            view.steps,
            [
                "Ngày tiếp nhận thứ Sáu 28/08/2026 không tính.",
                "Từ thứ Bảy 29/08/2026 đến Chủ nhật 30/08/2026: nghỉ cuối tuần, không tính.",
                "Thứ Hai 31/08/2026: Nghỉ hoán đổi, làm bù thứ Bảy 22/08/2026, không tính (Văn phòng Chính phủ thông báo 13/10/2025).",
                "Thứ Ba 01/09/2026: Quốc khánh, không tính (Văn phòng Chính phủ thông báo 13/10/2025).",
                "Thứ Tư 02/09/2026: Quốc khánh, không tính (BLLĐ 2019, Điều 112).",
                "Thứ Năm 03/09/2026: ngày làm việc thứ 1.",
                "Thứ Sáu 04/09/2026: ngày làm việc thứ 2.",
                "Từ thứ Bảy 05/09/2026 đến Chủ nhật 06/09/2026: nghỉ cuối tuần, không tính.",
                "Thứ Hai 07/09/2026: ngày làm việc thứ 3.",
                "Hẹn trả kết quả: 17:00 thứ Hai 07/09/2026.",
            ]
        );
    }

    #[test]
    fn every_step_has_its_words_in_both_languages() {
        let limits = [
            TimeLimit::SameDay,
            TimeLimit::WorkingHours(8),
            TimeLimit::WorkingHours(1),
            TimeLimit::ClockHours(24),
            TimeLimit::WorkingDays(10),
            TimeLimit::CalendarDays(15),
            TimeLimit::CalendarDays(1),
        ];
        let moments = [
            datetime(2026, 8, 21, 6, 0, 0, 0),
            datetime(2026, 8, 21, 15, 30, 0, 0),
            datetime(2026, 11, 28, 9, 0, 0, 0),
            datetime(2027, 1, 29, 18, 0, 0, 0),
            datetime(2027, 3, 5, 10, 0, 0, 0),
            datetime(2027, 12, 30, 12, 0, 0, 0),
        ];
        for language in [Language::Vietnamese, Language::English] {
            for (limit, at) in limits.iter().flat_map(|limit| moments.map(|at| (*limit, at))) {
                let view = deadline(
                    language,
                    &bare("Hộ tịch", vec![time("", limit)]),
                    at,
                    Channel::Counter,
                    None,
                    &Rules::default(),
                );
                assert!(view.due.is_some());
                for sentence in &view.steps {
                    let said = !sentence.contains("deadline_")
                        && !sentence.contains("weekday_")
                        && !sentence.contains(['{', '}']);
                    assert!(said, "{sentence}");
                }
            }
        }
    }

    #[test]
    fn no_date_comes_with_its_reason() {
        let at = datetime(2026, 11, 19, 9, 0, 0, 0);
        let silent = counter("Hộ tịch", Vec::new(), at);
        assert_eq!(silent.due, None);
        assert!(silent.reason.is_some_and(|reason| reason.starts_with("Chưa có thời hạn")));

        let cases = vec![time("bổ sung", TimeLimit::SameDay), time("thay đổi, cải chính", TimeLimit::WorkingDays(3))];
        let reason = counter("Hộ tịch", cases, at).reason.expect("two cases");
        assert!(reason.contains("bổ sung: trong ngày; thay đổi, cải chính: 3 ngày làm việc"), "{reason}");

        let early = counter("Hộ tịch", vec![time("", TimeLimit::SameDay)], datetime(2024, 12, 31, 9, 0, 0, 0));
        assert!(early.reason.is_some_and(|reason| reason.contains("2024")));
    }

    #[test]
    fn a_date_on_undecided_days_says_so() {
        let at = datetime(2027, 2, 3, 9, 0, 0, 0);
        let view = counter("Chứng thực", vec![time("", TimeLimit::WorkingDays(3))], at);
        assert_eq!(view.due.as_deref(), Some("2027-02-15T17:00:00+07:00"));
        assert!(view.provisional);
        assert!(view.steps.last().is_some_and(|sentence| sentence.contains("tạm tính")));
    }

    fn counter(field: &str, times: Vec<ProcedureTime>, at: DateTime) -> DeadlineView {
        deadline(Language::Vietnamese, &bare(field, times), at, Channel::Counter, None, &Rules::default())
    }

    fn time(case: &str, limit: TimeLimit) -> ProcedureTime {
        ProcedureTime { channels: vec![Channel::Counter], case: case.into(), limit: Some(limit), note: String::new() }
    }

    fn bare(field: &str, times: Vec<ProcedureTime>) -> Procedure {
        Procedure {
            code: "1.009999".into(),
            name: "Thủ tục thử".into(),
            field: field.into(),
            effective_from: jiff::civil::date(2025, 7, 1),
            effective_to: None,
            replaced_by: Vec::new(),
            decision: String::new(),
            handled_by: String::new(),
            times,
            fees: Vec::new(),
            papers: Vec::new(),
            results: Vec::new(),
            may_authorise: true,
            notes: Vec::new(),
            doubts: Vec::new(),
            source: String::new(),
        }
    }
}
