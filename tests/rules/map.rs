//! ARCHITECTURE.md, the map of the house, is true.

use crate::rule::Rule;
use crate::source::{name, places};
use crate::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";

#[test]
fn the_map_names_only_what_exists() {
    Rule::new(
        "ARCHITECTURE.md names a path or a test that is not there. Put the map right; it is what a newcomer believes first. \
         (In backticks, whatever has a slash is a path from the top; `path::name` is a function in that file.)",
        |tree: &Tree| {
            let Some(map) = tree.text(MAP) else { return vec![format!("{MAP} is missing")] };
            let named = quoted(map).filter(|word| is_path(word)).chain(links(map));
            let wrong = named.filter(|word| !exists(tree, word)).map(|word| format!("{MAP}: {word}"));
            wrong.collect()
        },
    )
    .notices([("src/a.rs", "")])
    .notices([(MAP, "The rules stand in `crates/domian/`.")])
    .notices([(MAP, "Held by `tests/stories/power.rs::a_cut_loses_nothing`."), ("tests/stories/power.rs", "fn another() {}")])
    .notices([(MAP, "See [the decision](docs/adr/0009-none.md).")])
    .accepts([
        (MAP, "`crates/domain/src` holds `domain`, see [it](docs/a.md#top) and `tests/a.rs::holds`; `cargo test`, `desk::api`."),
        ("crates/domain/src/lib.rs", ""),
        ("docs/a.md", ""),
        ("tests/a.rs", "#[test]\nfn holds() {}"),
    ])
    .holds_for(Tree::checkout());
}

#[test]
fn every_invariant_names_the_test_that_guards_it() {
    Rule::new(
        "Under a heading with `Invariants`, ARCHITECTURE.md numbers them (`1. …`), and each names its test as \
         `path/of/file.rs::name_of_test`.",
        |tree: &Tree| {
            let invariants = invariants(tree.text(MAP).unwrap_or_default());
            if invariants.is_empty() {
                return vec![format!("{MAP}: no numbered invariants")];
            }
            let unguarded = invariants.iter().filter(|text| !quoted(text).any(|word| is_path(word) && word.contains("::")));
            unguarded.map(|text| format!("{MAP}: {}", text.lines().next().unwrap_or_default())).collect()
        },
    )
    .notices([(MAP, "## Invariants\n\n1. A receipt is a saved dossier.\n")])
    .notices([(MAP, "## Rooms\n\n1. `tests/a.rs::b`\n")])
    .accepts([(MAP, "## Invariants\n\n1. A receipt is a saved\n   dossier (`tests/a.rs::b`).\n2. So (`c/d.rs::e`).\n\n## Next\n\n1. other\n")])
    .holds_for(Tree::checkout());
}

/// What stands in backticks within a line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let outside_blocks = text.split("```").step_by(2);
    outside_blocks.flat_map(|part| part.lines().flat_map(|line| line.split('`').skip(1).step_by(2)))
}

/// Where relative links lead.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .filter_map(|target| target.split('#').next())
}

fn is_path(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    word.contains('/') && word.chars().all(plain) && !word.contains("://") && !word.starts_with(['/', '-'])
}

fn exists(tree: &Tree, word: &str) -> bool {
    let Some((file, function)) = word.split_once("::") else { return tree.has(word) };
    let source = tree.text(file).unwrap_or_default();
    places(source, "fn").any(|at| name(source.get(at + 2..).unwrap_or_default().trim_start()) == function)
}

/// The numbered items under the heading of invariants, each with the lines that continue it.
fn invariants(map: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut within = false;
    for line in map.lines() {
        let number = line.split_once(". ").map(|(number, _)| number);
        if line.starts_with('#') {
            within = line.to_lowercase().contains("invariant");
        } else if within
            && number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
        {
            items.push(line.to_owned());
        } else if let Some(item) = items.last_mut().filter(|_| within) {
            item.push('\n');
            item.push_str(line);
        }
    }
    items
}
