//! What an import would change, told before it is done.

use super::{Procedure, on_day};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// One difference between two catalogues on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The procedure.
    pub code: String,
    /// Its name, the newer one where both have it.
    pub name: String,
    /// What is different.
    pub what: Difference,
}

/// What is different about a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The new catalogue alone has it.
    New,
    /// The old catalogue alone has it.
    Gone,
    /// Its name or field.
    Name,
    /// Its times.
    Time,
    /// Its fees.
    Fee,
    /// The papers to bring.
    Papers,
    /// The papers the citizen gets.
    Results,
    /// Whether somebody else may act under an authorisation.
    Authorisation,
}

/// The differences between the versions in force on a day, by code. Words beside a time or fee count: an exemption is one.
pub fn compare(old: &[Procedure], new: &[Procedure], day: Date) -> Vec<Change> {
    let (before, after) = (by_code(old, day), by_code(new, day));
    let change =
        |procedure: &Procedure, what| Change { code: procedure.code.clone(), name: procedure.name.clone(), what };
    let mut changes = Vec::new();
    for (code, procedure) in &after {
        let what = before.get(code).map_or_else(|| vec![Difference::New], |earlier| differences(earlier, procedure));
        changes.extend(what.into_iter().map(|what| change(procedure, what)));
    }
    let gone = before.iter().filter(|(code, _)| !after.contains_key(*code));
    changes.extend(gone.map(|(_, procedure)| change(procedure, Difference::Gone)));
    changes.sort_by(|one, other| (&one.code, one.what).cmp(&(&other.code, other.what)));
    changes
}

fn by_code(versions: &[Procedure], day: Date) -> BTreeMap<&str, &Procedure> {
    on_day(versions, day).into_iter().map(|procedure| (procedure.code.as_str(), procedure)).collect()
}

fn differences(old: &Procedure, new: &Procedure) -> Vec<Difference> {
    [
        (old.name != new.name || old.field != new.field, Difference::Name),
        (old.times != new.times, Difference::Time),
        (old.fees != new.fees, Difference::Fee),
        (old.papers != new.papers, Difference::Papers),
        (old.results != new.results, Difference::Results),
        (old.may_authorise != new.may_authorise, Difference::Authorisation),
    ]
    .into_iter()
    .filter_map(|(changed, what)| changed.then_some(what))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::bare;
    use super::*;
    use crate::catalogue::{Channel, Fee, ProcedureTime, TimeLimit};
    use jiff::civil::date;

    #[test]
    fn a_preview_names_what_would_change() {
        let day = date(2026, 11, 22);
        let birth = bare("1.009001", "Khai sinh", "Hộ tịch");
        let death = bare("1.009002", "Khai tử", "Hộ tịch");
        let copy = bare("2.009003", "Chứng thực bản sao", "Chứng thực");
        let mut dearer = birth.clone();
        dearer.effective_from = day;
        dearer.fees = vec![Fee {
            channels: vec![Channel::Counter],
            case: "".into(),
            price: None,
            per: "".into(),
            note: "".into(),
        }];
        dearer.times = vec![ProcedureTime {
            channels: vec![Channel::Counter],
            case: "".into(),
            limit: Some(TimeLimit::SameDay),
            note: "".into(),
        }];
        let changes = compare(&[birth.clone(), death.clone()], &[dearer, copy.clone()], day);
        let told: Vec<_> = changes.iter().map(|change| (change.code.as_str(), change.what)).collect();
        assert_eq!(
            told,
            [
                ("1.009001", Difference::Time),
                ("1.009001", Difference::Fee),
                ("1.009002", Difference::Gone),
                ("2.009003", Difference::New)
            ]
        );
        assert_eq!(compare(&[birth.clone(), copy.clone()], &[copy, birth], day), [], "order is no difference");
    }
}
