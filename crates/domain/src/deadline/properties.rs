//! What holds for every moment and every limit.

use super::hours::Session;
use super::*;
use proptest::prelude::*;

/// Any second from 1900 to 2200.
fn any_moment() -> impl Strategy<Value = DateTime> {
    moments(date(1900, 1, 1), date(2200, 12, 31))
}

/// Any second the calendar reaches, with room after it.
fn moment_in_reach() -> impl Strategy<Value = DateTime> {
    moments(date(2025, 1, 1), date(2040, 12, 31))
}

fn moments(first: Date, last: Date) -> impl Strategy<Value = DateTime> {
    let days = (last - first).get_days();
    // Half of the times are at the edges, where the rules turn.
    let edges = prop::sample::select(vec![0, 25_199, 25_200, 41_400, 41_401, 48_600, 53_999, 54_000, 61_200, 61_201]);
    (0..=days, prop_oneof![0..86_400_i32, edges]).prop_map(move |(day, second)| {
        let day = first.saturating_add(jiff::Span::new().days(day));
        let clock = |n: i32| i8::try_from(n).expect("a clock's number");
        day.at(clock(second / 3600), clock(second / 60 % 60), clock(second % 60), 0)
    })
}

fn day_limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![
        Just(TimeLimit::SameDay),
        (1..200_u16).prop_map(TimeLimit::WorkingDays),
        (1..400_u16).prop_map(TimeLimit::CalendarDays),
    ]
}

fn working_limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![day_limit(), (1..400_u16).prop_map(TimeLimit::WorkingHours)]
}

/// The limits the law knows: by days, by working hours, within 24 hours.
fn lawful_limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![3 => working_limit(), 1 => Just(TimeLimit::ClockHours(24))]
}

fn any_limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![
        Just(TimeLimit::SameDay),
        any::<u16>().prop_map(TimeLimit::WorkingDays),
        any::<u16>().prop_map(TimeLimit::CalendarDays),
        any::<u16>().prop_map(TimeLimit::WorkingHours),
        any::<u16>().prop_map(TimeLimit::ClockHours),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    let other_hours = || {
        let session = |opens, closes| Session { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) };
        OfficeHours::new(session(8, 12), session(12, 16)).expect("hours in order")
    };
    let after_hours = prop::sample::select(vec![AfterHours::NextWorkingDay, AfterHours::DayHandedIn]);
    (after_hours, any::<bool>()).prop_map(move |(after_hours, other)| Rules {
        after_hours,
        hours: if other { other_hours() } else { OfficeHours::default() },
        ..Rules::default()
    })
}

fn one_more(limit: TimeLimit) -> TimeLimit {
    match limit {
        TimeLimit::SameDay => TimeLimit::WorkingDays(1),
        TimeLimit::WorkingDays(days) => TimeLimit::WorkingDays(days + 1),
        TimeLimit::CalendarDays(days) => TimeLimit::CalendarDays(days + 1),
        TimeLimit::WorkingHours(hours) => TimeLimit::WorkingHours(hours + 8),
        TimeLimit::ClockHours(hours) => TimeLimit::ClockHours(hours + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_moment_and_no_limit_make_it_panic(limit in any_limit(), at in prop_oneof![any_moment(), moment_in_reach()], rules in rules()) {
        if let Ok(due) = due(limit, at, &rules) {
            prop_assert!(rules.calendar.day(due.at.date()).is_ok());
        }
    }

    #[test]
    fn nothing_is_due_before_it_is_received(limit in lawful_limit(), at in moment_in_reach(), rules in rules()) {
        let due = due(limit, at, &rules).expect("in reach");
        prop_assert!(at <= due.counted_from && due.counted_from <= due.at, "{due:?}");
    }

    #[test]
    fn nothing_is_due_on_a_day_off(limit in lawful_limit(), at in moment_in_reach(), rules in rules()) {
        let due = due(limit, at, &rules).expect("in reach");
        prop_assert!(rules.calendar.day(due.at.date()).expect("in reach").works(), "{due:?}");
    }

    #[test]
    fn days_end_with_the_working_day_and_working_hours_within_it(limit in lawful_limit(), at in moment_in_reach(), rules in rules()) {
        let due = due(limit, at, &rules).expect("in reach").at.time();
        match limit {
            TimeLimit::SameDay | TimeLimit::WorkingDays(_) | TimeLimit::CalendarDays(_) => {
                prop_assert_eq!(due, rules.hours.closes());
            }
            TimeLimit::WorkingHours(_) => {
                prop_assert!(rules.hours.sessions().iter().any(|session| session.opens <= due && due <= session.closes));
            }
            TimeLimit::ClockHours(_) => {}
        }
    }

    #[test]
    fn who_comes_later_is_not_served_earlier(limit in lawful_limit(), one in moment_in_reach(), gap in 0..900_000_i64, rules in rules()) {
        let other = one.saturating_add(jiff::SignedDuration::from_secs(gap));
        let (one, other) = (due(limit, one, &rules).expect("in reach"), due(limit, other, &rules).expect("in reach"));
        prop_assert!(one.at <= other.at, "{one:?}\n{other:?}");
    }

    /// Not for hours by the clock: 24 of them that end on a Saturday wait until Monday 17:00, 72 end on Monday morning.
    #[test]
    fn a_longer_limit_never_ends_earlier(limit in working_limit(), at in moment_in_reach(), rules in rules()) {
        let longer = due(one_more(limit), at, &rules).expect("in reach");
        prop_assert!(due(limit, at, &rules).expect("in reach").at <= longer.at);
    }

    #[test]
    fn stretches_of_work_are_never_empty(hours in 1..100_u16, at in moment_in_reach(), rules in rules()) {
        for step in due(TimeLimit::WorkingHours(hours), at, &rules).expect("in reach").steps {
            if let Step::HoursWorked { from, to, .. } = step {
                prop_assert!(from < to);
            }
        }
    }

    /// The days between, counted from the calendar afresh: as many working days as the limit has.
    #[test]
    fn working_days_are_as_many_as_the_limit(days in 1..200_u16, at in moment_in_reach()) {
        let rules = Rules::default();
        let due = due(TimeLimit::WorkingDays(days), at, &rules).expect("in reach");
        let counted = due.counted_from.date().series(jiff::Span::new().days(1)).skip(1)
            .take_while(|day| *day <= due.at.date())
            .filter(|day| rules.calendar.day(*day).expect("in reach").works())
            .count();
        prop_assert_eq!(counted, usize::from(days));
    }

    /// The working time between, measured minute by minute: as much as the limit has.
    #[test]
    fn working_hours_are_as_many_as_the_limit(hours in 1..60_u16, at in moment_in_reach()) {
        let rules = Rules::default();
        let at = at.with().second(0).build().expect("a minute");
        let due = due(TimeLimit::WorkingHours(hours), at, &rules).expect("in reach");
        let at_work = |minute: &DateTime| {
            rules.calendar.day(minute.date()).expect("in reach").works()
                && rules.hours.sessions().iter().any(|s| s.opens <= minute.time() && minute.time() < s.closes)
        };
        let minutes = due.counted_from.series(jiff::Span::new().minutes(1)).take_while(|m| *m < due.at).filter(at_work).count();
        prop_assert_eq!(minutes, usize::from(hours) * 60);
    }

    #[test]
    fn a_change_of_law_keeps_the_order(one in moments(date(2027, 2, 1), date(2027, 3, 31)), gap in 0..900_000_i64) {
        let rules = Rules::default();
        let other = one.saturating_add(jiff::SignedDuration::from_secs(gap));
        let at = |moment| due_for("Hộ tịch", TimeLimit::SameDay, moment, &rules).expect("in reach").at;
        prop_assert!(at(one) <= at(other));
    }
}
