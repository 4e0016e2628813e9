//! The one write door: only `desk::store` changes a desk's tables.

use crate::rule::Rule;
use crate::source::{Source, words};
use crate::tree::{Tree, at, is_a};

#[test]
fn only_the_store_writes_to_the_desks_tables() {
    Rule::new(
        "SQL that writes belongs in `desk::store`, behind its one transaction, so that operations and tables never part.",
        |tree: &Tree| {
            let places = ["crates/desk/src/", "crates/cli/src/", "src-tauri/src/", "crates/domain/src/", "crates/protocol/src/"];
            let outside = tree.under(&places).filter(|(path, _)| !path.starts_with("crates/desk/src/store"));
            let mut breaches = Vec::new();
            for (path, text) in outside {
                let sql = match () {
                    () if is_a(path, &["rs"]) => Source::new(text).strings,
                    () if is_a(path, &["sql"]) => text.to_owned(),
                    () => continue,
                };
                breaches.extend(writes(&sql).into_iter().map(|(offset, words)| at(path, text, offset, &words)));
            }
            breaches
        },
    )
    .notices([("crates/desk/src/sync/a.rs", "tx.execute(\"INSERT INTO op (seq) VALUES (1)\", [])")])
    .notices([("crates/cli/src/main.rs", "x(\"\n    update dossier\n    set state = 2\")")])
    .notices([("crates/desk/src/api/a.rs", "x(r#\"DELETE FROM draft\"#)")])
    .notices([("crates/desk/src/api/a.sql", "INSERT OR REPLACE INTO draft VALUES (1)")])
    .accepts([
        ("crates/desk/src/store/op.rs", "tx.execute(\"INSERT INTO op (seq) VALUES (1)\", [])"),
        ("crates/desk/src/api/a.rs", "// INSERT INTO op\nx(\"SELECT 1 FROM op\"); y(\"insert the card\")"),
    ])
    .holds_for(Tree::checkout());
}

/// Where SQL begins to write, with the words that show it.
fn writes(sql: &str) -> Vec<(usize, String)> {
    let (offsets, words): (Vec<usize>, Vec<String>) =
        words(sql).map(|(offset, word)| (offset, word.to_ascii_lowercase())).unzip();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let begins = |at: &usize| {
        matches!(
            &words[*at..],
            ["insert" | "replace", "into", ..]
                | ["insert", "or", _, "into", ..]
                | ["delete", "from", ..]
                | ["update", _, "set", ..]
                | ["create" | "alter" | "drop", "table", ..]
        )
    };
    (0..words.len()).filter(begins).map(|at| (offsets[at], words[at..words.len().min(at + 3)].join(" "))).collect()
}
