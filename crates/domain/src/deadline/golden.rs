//! The golden deadlines of `tests/golden/deadlines.tsv`, and what a single line cannot say.

use super::*;
use crate::calendar::table::Table;
use jiff::civil::datetime;

const GOLDEN: &str = include_str!("../../../../tests/golden/deadlines.tsv");

/// `3 working days`, `24 clock hours`, `same day`.
fn read_limit(words: &str) -> TimeLimit {
    let (count, unit) = words.split_once(' ').expect("a count and a unit");
    let number = || count.parse().expect("a number");
    match unit.trim_end_matches('s') {
        "day" if count == "same" => TimeLimit::SameDay,
        "working hour" => TimeLimit::WorkingHours(number()),
        "clock hour" => TimeLimit::ClockHours(number()),
        "working day" => TimeLimit::WorkingDays(number()),
        "calendar day" => TimeLimit::CalendarDays(number()),
        _ => panic!("no time limit: {words}"),
    }
}

#[test]
fn golden_deadlines() {
    let rules = Rules::default();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in GOLDEN.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [limit, handed_in, wanted, certainty, source] = columns.as_slice() else { panic!("five columns: {line}") };
        assert!(!source.is_empty(), "{line}");
        let found = match due(read_limit(limit), handed_in.parse().expect("a moment"), &rules) {
            Ok(due) => {
                (due.at.strftime("%Y-%m-%d %H:%M:%S").to_string(), if due.provisional { "provisional" } else { "sure" })
            }
            Err(no_due) => (no_due.to_string(), "none"),
        };
        let wanted =
            if *certainty == "none" || wanted.len() == 19 { (*wanted).to_owned() } else { format!("{wanted}:00") };
        if found != (wanted, certainty) {
            wrong.push(format!("{line}\n    found {found:?}"));
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases >= 40, "{cases} cases");
}

#[test]
fn golden_waiting() {
    let rules = Rules::default();
    let moment = |text: &str| text.parse::<DateTime>().expect("a moment");
    let lines = include_str!("../../../../tests/golden/waiting.tsv").lines();
    let mut wrong = Vec::new();
    for line in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [limit, due, asked, there, wanted, source] = columns.as_slice() else { panic!("six columns: {line}") };
        assert!(!source.is_empty(), "{line}");
        let found = resume(read_limit(limit), moment(due), moment(asked), moment(there), &rules).expect("in reach").at;
        if found != moment(wanted) {
            wrong.push(format!("{line}\n    found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_the_field_says_so_the_whole_time_runs_again() {
    let rules = Rules { after_waiting: AfterWaiting::CountedAnew, ..Rules::default() };
    let at = |day, hour| date(2026, 11, day).at(hour, 0, 0, 0);
    let found = resume(TimeLimit::WorkingDays(3), at(25, 17), at(20, 10), at(30, 9), &rules).expect("in reach");
    assert_eq!(found.at, date(2026, 12, 3).at(17, 0, 0, 0));
}

#[test]
fn a_count_says_its_way() {
    let rules = Rules::default();
    let found = due(TimeLimit::WorkingDays(3), datetime(2026, 8, 28, 18, 0, 0, 0), &rules).expect("in reach");
    let cited = |name: &str, source: &str| {
        DayOff::Holiday(Cited { name: name.into(), source: source.into(), certainty: Certainty::Sure })
    };
    let off = |first, last, reason| Step::DaysOff { first, last, reason };
    assert_eq!(
        found.steps,
        [
            Step::OutsideHours { at: datetime(2026, 8, 28, 18, 0, 0, 0), why: Outside::AfterClosing },
            off(date(2026, 8, 29), date(2026, 8, 30), DayOff::Weekend),
            off(
                date(2026, 8, 31),
                date(2026, 8, 31),
                cited("Nghỉ hoán đổi, làm bù thứ Bảy 22/08/2026", "Văn phòng Chính phủ thông báo 13/10/2025")
            ),
            off(date(2026, 9, 1), date(2026, 9, 1), cited("Quốc khánh", "Văn phòng Chính phủ thông báo 13/10/2025")),
            off(date(2026, 9, 2), date(2026, 9, 2), cited("Quốc khánh", "BLLĐ 2019, Điều 112")),
            Step::CountsFrom { at: datetime(2026, 9, 3, 7, 0, 0, 0) },
            Step::ReceptionDay { day: date(2026, 9, 3) },
            Step::Counted { day: date(2026, 9, 4), nth: 1 },
            off(date(2026, 9, 5), date(2026, 9, 6), DayOff::Weekend),
            Step::Counted { day: date(2026, 9, 7), nth: 2 },
            Step::Counted { day: date(2026, 9, 8), nth: 3 },
        ]
    );
    assert_eq!(found.counted_from, datetime(2026, 9, 3, 7, 0, 0, 0));
}

#[test]
fn hours_say_where_they_rest() {
    let found = due(TimeLimit::WorkingHours(6), datetime(2026, 8, 21, 10, 30, 0, 0), &Rules::default()).expect("due");
    let (friday, saturday) = (date(2026, 8, 21), date(2026, 8, 22));
    let at = |hour, minute| time(hour, minute, 0, 0);
    assert_eq!(found.at, saturday.at(8, 30, 0, 0));
    assert!(matches!(
        found.steps.as_slice(),
        [
            Step::HoursWorked { day: d1, from: f1, to: t1 },
            Step::Lunch { day: d2, from: f2, to: t2 },
            Step::HoursWorked { day: d3, from: f3, to: t3 },
            Step::WorkedByTable { day: d4, row },
            Step::Night { resumes },
            Step::HoursWorked { day: d5, from: f5, to: t5 },
        ] if (*d1, *f1, *t1) == (friday, at(10, 30), at(11, 30))
            && (*d2, *f2, *t2) == (friday, at(11, 30), at(13, 30))
            && (*d3, *f3, *t3) == (friday, at(13, 30), at(17, 0))
            && *d4 == saturday && row.name == "Làm bù cho thứ Hai 31/08/2026"
            && *resumes == saturday.at(7, 0, 0, 0)
            && (*d5, *f5, *t5) == (saturday, at(7, 0), at(8, 30))
    ));
}

#[test]
fn a_limit_of_zero_is_no_limit() {
    let (rules, now) = (Rules::default(), datetime(2026, 11, 19, 9, 0, 0, 0));
    for limit in
        [TimeLimit::WorkingHours(0), TimeLimit::ClockHours(0), TimeLimit::WorkingDays(0), TimeLimit::CalendarDays(0)]
    {
        assert_eq!(due(limit, now, &rules), Err(NoDue::NoTime));
    }
}

#[test]
fn the_day_handed_in_may_be_the_day_of_reception_where_a_commune_decides_so() {
    let rules = Rules { after_hours: AfterHours::DayHandedIn, ..Rules::default() };
    for (limit, handed_in, wanted) in [
        (TimeLimit::WorkingDays(1), datetime(2026, 11, 19, 18, 0, 0, 0), datetime(2026, 11, 20, 17, 0, 0, 0)),
        (TimeLimit::WorkingDays(3), datetime(2026, 11, 28, 9, 0, 0, 0), datetime(2026, 12, 2, 17, 0, 0, 0)),
        (TimeLimit::SameDay, datetime(2026, 11, 19, 18, 0, 0, 0), datetime(2026, 11, 20, 17, 0, 0, 0)),
        (TimeLimit::SameDay, datetime(2026, 11, 28, 9, 0, 0, 0), datetime(2026, 11, 30, 17, 0, 0, 0)),
        (TimeLimit::WorkingHours(1), datetime(2026, 11, 19, 18, 0, 0, 0), datetime(2026, 11, 20, 8, 0, 0, 0)),
    ] {
        assert_eq!(due(limit, handed_in, &rules).expect("due").at, wanted, "{limit:?} {handed_in}");
    }
}

#[test]
fn an_official_plan_takes_the_mark_away() {
    let handed_in = datetime(2027, 2, 3, 9, 0, 0, 0);
    let expected = due(TimeLimit::WorkingDays(1), handed_in, &Rules::default()).expect("due");
    assert_eq!((expected.at, expected.provisional), (datetime(2027, 2, 11, 17, 0, 0, 0), true));

    let plan: String = (5..=11)
        .map(|day| format!("2027-02-{day:02}\toff\tTết Nguyên đán\tThông báo nghỉ Tết\t2026-11-30\tsure\n"))
        .chain(["2027-02-04\twork\tNgày làm việc\tThông báo nghỉ Tết\t2026-11-30\tsure\n".to_owned()])
        .collect();
    let calendar = Calendar::builtin().with(Table::parse(&plan).expect("a plan"));
    let rules = Rules { calendar, ..Rules::default() };
    let decided = due(TimeLimit::WorkingDays(1), handed_in, &rules).expect("due");
    assert_eq!((decided.at, decided.provisional), (datetime(2027, 2, 4, 17, 0, 0, 0), false));
}

#[test]
fn from_march_2027_ho_tich_of_one_day_is_settled_within_24_hours() {
    let rules = Rules::default();
    for (handed_in, wanted) in [
        // Friday, the last working day of the old law, on both sides of 15:00.
        (datetime(2027, 2, 26, 14, 59, 0, 0), datetime(2027, 2, 26, 17, 0, 0, 0)),
        (datetime(2027, 2, 26, 15, 30, 0, 0), datetime(2027, 3, 1, 17, 0, 0, 0)),
        // Sunday 28/2 counts as received on Monday 1/3, under the new law.
        (datetime(2027, 2, 28, 10, 0, 0, 0), datetime(2027, 3, 2, 7, 0, 0, 0)),
        (datetime(2027, 3, 1, 15, 30, 0, 0), datetime(2027, 3, 2, 15, 30, 0, 0)),
    ] {
        let found = due_for("Hộ tịch", TimeLimit::SameDay, handed_in, &rules).expect("due");
        assert_eq!(found.at, wanted, "{handed_in}");
        let new_law = found.counted_from.date() >= date(2027, 3, 1);
        assert_eq!(matches!(found.steps.first(), Some(Step::LimitChanged { .. })), new_law);
    }
    let later = datetime(2027, 3, 1, 15, 30, 0, 0);
    for (field, limit, wanted) in [
        ("Chứng thực", TimeLimit::SameDay, datetime(2027, 3, 2, 17, 0, 0, 0)),
        ("Hộ tịch", TimeLimit::WorkingDays(3), datetime(2027, 3, 4, 17, 0, 0, 0)),
    ] {
        assert_eq!(due_for(field, limit, later, &rules).expect("due").at, wanted);
    }
}
