//! The one text of a statement, and what each engine makes of it.
//!
//! Values are `$1`, `$2`, … A statement for many rows at once has their columns and kinds in braces; a look-up of many keys
//! has the kind of the key:
//!
//! ```sql
//! INSERT INTO checkpoint (agency, seq) SELECT CAST($1 AS TEXT), new.seq FROM {seq int} AS new
//! SELECT code FROM dossier WHERE agency = $1 AND code = {text}
//! ```
//!
//! PostgreSQL gets arrays, in one round trip, and reads rows from them with `unnest`. (Keys are not joined: a server that
//! does not know yet how a table grows would walk an agency's whole log for it.) SQLite runs the statement for each row;
//! `WHERE true` keeps it from reading an `ON CONFLICT` as part of a join.

use std::borrow::Cow;

/// The kinds of columns, as they stand in braces, with PostgreSQL's arrays of them.
const KINDS: [(&str, &str); 3] = [("int", "int8[]"), ("text", "text[]"), ("bytes", "bytea[]")];

/// For SQLite: one row in place of the braces. `first` is the number of the row's first value.
pub fn for_sqlite(sql: &str, first: usize) -> String {
    let filled = filled(sql, |braces| match braces {
        Braces::Key(_) => format!("${first}"),
        Braces::Rows(columns) => {
            let cell = |((name, _), number): (&(&str, &str), usize)| format!("${number} AS {name}");
            format!("(SELECT {}) AS new", columns.iter().zip(first..).map(cell).collect::<Vec<_>>().join(", "))
        }
    });
    // SQLite takes `$1` for a name; `?1` is a number.
    filled.replace('$', "?")
}

/// For PostgreSQL: arrays in place of the braces.
pub fn for_postgres(sql: &str, first: usize) -> Cow<'_, str> {
    let array = |kind: &str| KINDS.iter().find(|(ours, _)| *ours == kind).map_or("unknown", |(_, theirs)| theirs);
    filled(sql, |braces| match braces {
        Braces::Key(kind) => format!("ANY(${first}::{})", array(kind)),
        Braces::Rows(columns) => {
            let columns = columns.iter().zip(first..);
            let (arrays, names): (Vec<_>, Vec<_>) =
                columns.map(|((name, kind), number)| (format!("${number}::{}", array(kind)), *name)).unzip();
            format!("unnest({}) AS new ({})", arrays.join(", "), names.join(", "))
        }
    })
}

/// What stands in braces.
enum Braces<'a> {
    /// Of what kind a key is.
    Key(&'a str),
    /// Columns with their kinds.
    Rows(Vec<(&'a str, &'a str)>),
}

fn filled<'s>(sql: &'s str, fill: impl Fn(Braces<'_>) -> String) -> Cow<'s, str> {
    let parts = sql.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (inside, after))) = parts else { return sql.into() };
    match after.strip_prefix(" AS new") {
        Some(after) => {
            let columns = inside.split(',').filter_map(|column| column.trim().split_once(' ')).collect();
            [before, &fill(Braces::Rows(columns)), after].concat().into()
        }
        None => [before, &fill(Braces::Key(inside)), after].concat().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_read_by_both() {
        let sql = "INSERT INTO t (a, b) SELECT CAST($1 AS TEXT), new.b FROM {b int, c bytes} AS new WHERE true";
        assert_eq!(
            for_sqlite(sql, 2),
            "INSERT INTO t (a, b) SELECT CAST(?1 AS TEXT), new.b FROM (SELECT ?2 AS b, ?3 AS c) AS new WHERE true"
        );
        assert_eq!(
            for_postgres(sql, 2),
            "INSERT INTO t (a, b) SELECT CAST($1 AS TEXT), new.b \
             FROM unnest($2::int8[], $3::bytea[]) AS new (b, c) WHERE true"
        );
        let keys = "SELECT b FROM t WHERE a = $1 AND b = {text}";
        assert_eq!(for_sqlite(keys, 2), "SELECT b FROM t WHERE a = ?1 AND b = ?2");
        assert_eq!(for_postgres(keys, 2), "SELECT b FROM t WHERE a = $1 AND b = ANY($2::text[])");
        assert_eq!((for_sqlite("a = $1", 1).as_str(), &*for_postgres("a = $1", 1)), ("a = ?1", "a = $1"));
    }
}
