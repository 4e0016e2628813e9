//! The count itself: a walk over days and hours that writes down each step it takes.

use super::hours::OfficeHours;
use super::{AfterHours, AfterWaiting, Cited, DayOff, Due, NoDue, Outside, Rules, Step};
use crate::calendar::table::Row;
use crate::calendar::{Day, OutOfReach};
use crate::catalogue::TimeLimit;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

pub(super) fn due(limit: TimeLimit, handed_in: DateTime, rules: &Rules) -> Result<Due, NoDue> {
    let mut count = Count::of(rules, handed_in);
    let by_days = match limit {
        TimeLimit::WorkingHours(0)
        | TimeLimit::ClockHours(0)
        | TimeLimit::WorkingDays(0)
        | TimeLimit::CalendarDays(0) => return Err(NoDue::NoTime),
        TimeLimit::SameDay | TimeLimit::WorkingDays(_) | TimeLimit::CalendarDays(_) => true,
        TimeLimit::WorkingHours(_) | TimeLimit::ClockHours(_) => false,
    };
    let counted_from = match rules.after_hours {
        AfterHours::DayHandedIn if by_days => {
            count.look(handed_in.date())?;
            handed_in
        }
        AfterHours::DayHandedIn | AfterHours::NextWorkingDay => count.reception(handed_in)?,
    };
    let at = match limit {
        TimeLimit::SameDay => count.same_day(counted_from)?,
        TimeLimit::WorkingDays(days) => count.working_days(counted_from.date(), days)?,
        TimeLimit::CalendarDays(days) => count.calendar_days(counted_from.date(), days)?,
        TimeLimit::WorkingHours(hours) => count.working_hours(counted_from, length(hours))?,
        TimeLimit::ClockHours(hours) => count.clock_hours(counted_from, length(hours))?,
    };
    Ok(Due { at, counted_from, steps: count.steps, provisional: count.provisional })
}

/// What was left of a time at `asked` runs on from `resumed`.
pub(super) fn resume(
    limit: TimeLimit,
    due: DateTime,
    asked: DateTime,
    resumed: DateTime,
    rules: &Rules,
) -> Result<Due, NoDue> {
    if rules.after_waiting == AfterWaiting::CountedAnew {
        return self::due(limit, resumed, rules);
    }
    let mut count = Count::of(rules, resumed);
    if asked > due {
        return Ok(Due { at: due, counted_from: asked, steps: count.steps, provisional: false });
    }
    count.steps.push(Step::StoodStill { from: asked, to: resumed });
    let counted_from = count.reception(resumed)?;
    let today = counted_from.date();
    let at = match limit {
        TimeLimit::SameDay => count.same_day(counted_from)?,
        TimeLimit::WorkingDays(_) => {
            let left = count.working_days_between(asked.date(), due.date())?;
            count.steps.push(Step::DaysLeft { days: left, working: true });
            count.working_days(today, left)?
        }
        TimeLimit::CalendarDays(_) => {
            let left = u16::try_from((due.date() - asked.date()).get_days()).unwrap_or(0);
            count.steps.push(Step::DaysLeft { days: left, working: false });
            count.calendar_days(today, left)?
        }
        TimeLimit::WorkingHours(_) => {
            let left = count.worked_between(asked, due)?;
            count.working_hours(counted_from, left)?
        }
        TimeLimit::ClockHours(_) => count.clock_hours(counted_from, asked.duration_until(due))?,
    };
    let on = |step| if let Step::ReceptionDay { day } = step { Step::ResumedDay { day } } else { step };
    let steps = count.steps.into_iter().map(on).collect();
    Ok(Due { at: at.max(due), counted_from, steps, provisional: count.provisional })
}

fn length(hours: u16) -> SignedDuration {
    SignedDuration::from_hours(i64::from(hours))
}

struct Count<'a> {
    rules: &'a Rules,
    hours: OfficeHours,
    steps: Vec<Step>,
    provisional: bool,
    /// The latest year said to be computed: each is said once.
    computed: Option<i16>,
}

impl<'a> Count<'a> {
    fn of(rules: &'a Rules, received: DateTime) -> Self {
        let hours = rules.hours_on(received.date());
        Self { rules, hours, steps: Vec::new(), provisional: false, computed: None }
    }

    /// The moment a file counts as received.
    fn reception(&mut self, handed_in: DateTime) -> Result<DateTime, NoDue> {
        let (day, time, hours) = (handed_in.date(), handed_in.time(), self.hours);
        let why = if !self.rules.calendar.day(day)?.works() {
            Outside::DayOff
        } else if time < hours.opens() {
            Outside::BeforeOpening
        } else if time > hours.closes() {
            Outside::AfterClosing
        } else {
            self.look(day)?;
            return Ok(handed_in);
        };
        self.steps.push(Step::OutsideHours { at: handed_in, why });
        let first = if why == Outside::AfterClosing { tomorrow(day)? } else { day };
        let at = self.working_day_from(first)?.to_datetime(hours.opens());
        self.steps.push(Step::CountsFrom { at });
        Ok(at)
    }

    fn same_day(&mut self, received: DateTime) -> Result<DateTime, NoDue> {
        let today = received.date();
        let until = self.rules.same_day_until.min(self.hours.closes());
        let works = self.rules.calendar.day(today)?.works();
        if works && received.time() < until {
            self.steps.push(Step::SameDay { day: today, until });
            return Ok(self.close_of(today));
        }
        let day = self.working_day_from(tomorrow(today)?)?;
        self.steps.push(if works { Step::NextDay { day, until } } else { Step::EndMoved { to: day } });
        Ok(self.close_of(day))
    }

    fn working_days(&mut self, received: Date, days: u16) -> Result<DateTime, NoDue> {
        self.steps.push(Step::ReceptionDay { day: received });
        let mut day = received;
        for nth in 1..=days {
            day = self.working_day_from(tomorrow(day)?)?;
            self.steps.push(Step::Counted { day, nth });
        }
        Ok(self.close_of(day))
    }

    fn calendar_days(&mut self, received: Date, days: u16) -> Result<DateTime, NoDue> {
        self.steps.push(Step::ReceptionDay { day: received });
        let last = received.checked_add(i64::from(days).days()).map_err(|_| beyond(received))?;
        self.steps.push(Step::CalendarDays { days, last });
        let day = self.working_day_from(last)?;
        if day != last {
            self.steps.push(Step::EndMoved { to: day });
        }
        Ok(self.close_of(day))
    }

    fn clock_hours(&mut self, received: DateTime, length: SignedDuration) -> Result<DateTime, NoDue> {
        let end = received.checked_add(length).map_err(|_| beyond(received.date()))?;
        self.steps.push(Step::ClockHours { hours: u16::try_from(length.as_hours()).unwrap_or(u16::MAX), end });
        let day = self.working_day_from(end.date())?;
        if day == end.date() {
            return Ok(end);
        }
        self.steps.push(Step::EndMoved { to: day });
        Ok(self.close_of(day))
    }

    fn working_hours(&mut self, received: DateTime, length: SignedDuration) -> Result<DateTime, NoDue> {
        let mut left = length;
        let (mut day, mut now) = (received.date(), received.time());
        let [morning, afternoon] = self.hours.sessions();
        loop {
            for session in [morning, afternoon] {
                if now >= session.closes {
                    continue;
                }
                if session == afternoon && now < afternoon.opens {
                    self.steps.push(Step::Lunch { day, from: morning.closes, to: afternoon.opens });
                }
                let from = now.max(session.opens);
                let to = from.saturating_add(left).min(session.closes);
                self.steps.push(Step::HoursWorked { day, from, to });
                left -= from.duration_until(to);
                if left.is_zero() {
                    return Ok(day.to_datetime(to));
                }
                now = to;
            }
            day = self.working_day_from(tomorrow(day)?)?;
            now = morning.opens;
            self.steps.push(Step::Night { resumes: day.to_datetime(now) });
        }
    }

    /// Working days after `first`, up to and with `last`.
    fn working_days_between(&self, first: Date, last: Date) -> Result<u16, NoDue> {
        let (mut days, mut day) = (0, first);
        while day < last {
            day = tomorrow(day)?;
            days += u16::from(self.rules.calendar.day(day)?.works());
        }
        Ok(days)
    }

    /// Working time from one moment to another.
    fn worked_between(&self, from: DateTime, to: DateTime) -> Result<SignedDuration, NoDue> {
        let (mut worked, mut day) = (SignedDuration::ZERO, from.date());
        while day <= to.date() {
            if self.rules.calendar.day(day)?.works() {
                for session in self.hours.sessions() {
                    let opens = day.to_datetime(session.opens).max(from);
                    let closes = day.to_datetime(session.closes).min(to);
                    worked += opens.duration_until(closes).max(SignedDuration::ZERO);
                }
            }
            day = tomorrow(day)?;
        }
        Ok(worked)
    }

    /// The first working day from a day on, the days off before it written down.
    fn working_day_from(&mut self, first: Date) -> Result<Date, NoDue> {
        let mut day = first;
        while !self.look(day)? {
            day = tomorrow(day)?;
        }
        Ok(day)
    }

    /// Looks a day up in the calendar and writes down what is worth explaining; answers whether it is worked.
    fn look(&mut self, day: Date) -> Result<bool, NoDue> {
        let found = self.rules.calendar.day(day)?;
        self.provisional |= found.provisional();
        if self.rules.calendar.computes(day.year()) && self.computed != Some(day.year()) {
            self.provisional = true;
            self.computed = Some(day.year());
            self.steps.push(Step::YearComputed { year: day.year() });
        }
        match found {
            Day::Work => {}
            Day::WorkByRow(row) => {
                let step = Step::WorkedByTable { day, row: cite(row) };
                if !self.steps.contains(&step) {
                    self.steps.push(step);
                }
            }
            Day::Weekend => self.skip(day, DayOff::Weekend),
            Day::Off(row) => self.skip(day, DayOff::Holiday(cite(row))),
        }
        Ok(found.works())
    }

    /// Writes a day off down, joined to the one before where both are off for the same reason.
    fn skip(&mut self, day: Date, why: DayOff) {
        if let Some(Step::DaysOff { last, reason, .. }) = self.steps.last_mut()
            && *reason == why
            && last.tomorrow().is_ok_and(|next| next == day)
        {
            *last = day;
        } else {
            self.steps.push(Step::DaysOff { first: day, last: day, reason: why });
        }
    }

    fn close_of(&self, day: Date) -> DateTime {
        day.to_datetime(self.hours.closes())
    }
}

fn cite(row: &Row) -> Cited {
    Cited { name: row.name.clone(), source: row.source.clone(), certainty: row.certainty }
}

fn tomorrow(day: Date) -> Result<Date, NoDue> {
    day.tomorrow().map_err(|_| beyond(day))
}

/// The end of time as the date library has it, far beyond every calendar.
fn beyond(day: Date) -> NoDue {
    NoDue::OutOfReach(OutOfReach { year: day.year() })
}
