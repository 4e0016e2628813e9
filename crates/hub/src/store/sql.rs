//! The one text of a statement, and what each engine makes of it.
//!
//! Values are `$1`, `$2`, … A statement for many rows or keys at once has the kind of each further value in braces:
//!
//! ```sql
//! INSERT INTO checkpoint (agency, seq) VALUES ($1, {int})
//! SELECT code FROM dossier WHERE agency = $1 AND code = {text}
//! ```
//!
//! PostgreSQL gets arrays, in one round trip, and reads rows and keys from them with `unnest`. Each key is looked up by itself:
//! for a join, or for `= ANY(array)`, a server that does not know yet how a table grows walks an agency's whole log. SQLite
//! runs the statement for each row.

use std::borrow::Cow;

/// The kinds, as they stand in braces, with PostgreSQL's arrays of them.
const KINDS: [(&str, &str); 3] = [("{int}", "int8[]"), ("{text}", "text[]"), ("{bytes}", "bytea[]")];

/// For SQLite: a row's values in place of the braces. `first` is the number of the first of them.
pub fn for_sqlite(sql: &str, first: usize) -> String {
    let (filled, _) = filled(sql, first, |number| format!("${number}"));
    // SQLite takes `$1` for a name; `?1` is a number.
    filled.replace('$', "?")
}

/// For PostgreSQL: arrays in place of the braces.
pub fn for_postgres(sql: &str, first: usize) -> Cow<'_, str> {
    if !sql.contains('{') {
        return sql.into();
    }
    let (text, arrays) = filled(sql, first, |number| format!("many.v{number}"));
    let names: Vec<_> = (first..).zip(&arrays).map(|(number, _)| format!("v{number}")).collect();
    let arrays: Vec<_> = (first..).zip(arrays).map(|(number, array)| format!("${number}::{array}")).collect();
    let many = format!("unnest({}) AS many ({})", arrays.join(", "), names.join(", "));
    let row = text.split_once("VALUES (").and_then(|(before, rest)| Some((before, rest.split_once(')')?)));
    match row {
        Some((before, (row, after))) => format!("{before}SELECT {row} FROM {many}{after}").into(),
        // `OFFSET 0` keeps the look-up from being turned into a join.
        None => format!("SELECT found.* FROM {many}, LATERAL ({text} OFFSET 0) AS found").into(),
    }
}

/// A text with something in place of each pair of braces, given the number of its value; and the arrays of their kinds.
fn filled(sql: &str, first: usize, fill: impl Fn(usize) -> String) -> (String, Vec<&'static str>) {
    let (mut filled, mut arrays) = (String::with_capacity(sql.len()), Vec::new());
    let mut rest = sql;
    while let Some((before, braces)) = rest.find('{').and_then(|at| rest.split_at_checked(at)) {
        let Some((kind, array)) = KINDS.iter().find(|(kind, _)| braces.starts_with(kind)) else { break };
        filled.push_str(before);
        filled.push_str(&fill(first + arrays.len()));
        arrays.push(*array);
        rest = braces.get(kind.len()..).unwrap_or_default();
    }
    filled.push_str(rest);
    (filled, arrays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_read_by_both() {
        let rows = "INSERT INTO t (a, b, c) VALUES ($1, {int}, {bytes}) ON CONFLICT (a) DO NOTHING";
        assert_eq!(for_sqlite(rows, 2), "INSERT INTO t (a, b, c) VALUES (?1, ?2, ?3) ON CONFLICT (a) DO NOTHING");
        assert_eq!(
            for_postgres(rows, 2),
            "INSERT INTO t (a, b, c) SELECT $1, many.v2, many.v3 FROM unnest($2::int8[], $3::bytea[]) AS many (v2, v3) \
             ON CONFLICT (a) DO NOTHING"
        );
        let keys = "SELECT b FROM t WHERE a = $1 AND b = {text}";
        assert_eq!(for_sqlite(keys, 2), "SELECT b FROM t WHERE a = ?1 AND b = ?2");
        assert_eq!(
            for_postgres(keys, 2),
            "SELECT found.* FROM unnest($2::text[]) AS many (v2), \
             LATERAL (SELECT b FROM t WHERE a = $1 AND b = many.v2 OFFSET 0) AS found"
        );
        assert_eq!((for_sqlite("a = $1", 1).as_str(), &*for_postgres("a = $1", 1)), ("a = ?1", "a = $1"));
    }
}
