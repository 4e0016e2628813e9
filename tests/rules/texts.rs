//! Every sentence an officer meets is there in each language the product speaks completely.

use crate::rule::Rule;
use crate::source::{Source, inside, is_name, name, places};
use crate::tree::{Tree, at, is_a};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const VIETNAMESE: &str = "ui/messages/vi.json";
const ENGLISH: &str = "ui/messages/en.json";

#[test]
fn both_languages_say_the_same() {
    Rule::new(
        "ui/messages/vi.json and en.json must have the same keys with the same {places}, none empty. Other languages may lack \
         keys and then show Vietnamese.",
        |tree: &Tree| {
            let (vietnamese, english) = (messages(tree, VIETNAMESE), messages(tree, ENGLISH));
            let mut breaches = Vec::new();
            if vietnamese.is_empty() {
                breaches.push(format!("{VIETNAMESE}: no messages"));
            }
            breaches.extend(vietnamese.keys().filter(|key| !english.contains_key(*key)).map(|key| format!("{ENGLISH}: lacks {key}")));
            for (path, text) in tree.under(&["ui/messages/"]) {
                breaches.extend(repeated(text).into_iter().map(|key| format!("{path}: {key} stands there twice")));
                for (key, message) in messages(tree, path) {
                    match vietnamese.get(&key) {
                        None => breaches.push(format!("{path}: {key} is not in {VIETNAMESE}")),
                        Some(source) if source.places != message.places => {
                            breaches.push(format!("{path}: {key} has places {:?}, not {:?}", message.places, source.places));
                        }
                        Some(_) if message.empty => breaches.push(format!("{path}: {key} is empty")),
                        Some(_) => {}
                    }
                }
            }
            breaches
        },
    )
    .notices([(VIETNAMESE, r#"{ "a": "A", "b": "B" }"#), (ENGLISH, r#"{ "a": "A" }"#)])
    .notices([(VIETNAMESE, r#"{ "a": "A" }"#), (ENGLISH, r#"{ "a": "A", "b": "B" }"#)])
    .notices([(VIETNAMESE, r#"{ "a": "A {n}" }"#), (ENGLISH, r#"{ "a": "A {m}" }"#)])
    .notices([(VIETNAMESE, r#"{ "a": "A" }"#), (ENGLISH, r#"{ "a": " " }"#)])
    .notices([(VIETNAMESE, "{\n  \"a\": \"A\",\n  \"a\": \"B\"\n}"), (ENGLISH, r#"{ "a": "A" }"#)])
    .accepts([
        (VIETNAMESE, r#"{ "$schema": "x", "a": "A {n}", "b": "B" }"#),
        (ENGLISH, r#"{ "a": "{n} A", "b": "B" }"#),
        ("ui/messages/hmn.json", r#"{ "b": "B" }"#),
    ])
    .holds_for(Tree::checkout());
}

#[test]
fn every_text_that_is_asked_for_exists() {
    Rule::new(
        "A screen or a crate asks for a text that ui/messages/vi.json does not have. Add it there and in en.json.",
        |tree: &Tree| {
            let known: BTreeSet<String> = messages(tree, VIETNAMESE).into_keys().collect();
            let mut breaches = Vec::new();
            for (path, text) in
                tree.under(&["ui/src/"]).filter(|(path, text)| is_screen(path) && text.contains("paraglide/messages"))
            {
                let asked = places(text, "m.").map(|offset| (offset, name(text.get(offset + 2..).unwrap_or_default())));
                let unknown = asked.filter(|(_, key)| !key.is_empty() && !known.contains(*key));
                breaches.extend(unknown.map(|(offset, key)| at(path, text, offset, key)));
            }
            for (path, text) in tree.under(&["crates/", "src-tauri/src/"]).filter(|(path, _)| is_a(path, &["rs"])) {
                let unknown = asked_in_rust(text).into_iter().filter(|(_, key)| !known.contains(key));
                breaches.extend(unknown.map(|(offset, key)| at(path, text, offset, &key)));
            }
            breaches
        },
    )
    .notices([
        (VIETNAMESE, r#"{ "today_title": "Hôm nay" }"#),
        ("ui/src/Today.svelte", "import { m } from \"./paraglide/messages.js\"; <h1>{m.today_titel()}</h1>"),
    ])
    .notices([(VIETNAMESE, "{}"), ("crates/desk/src/print/a.rs", "text(language, \"receipt_title\", &[])")])
    .accepts([
        (VIETNAMESE, r#"{ "today_title": "Hôm nay" }"#),
        (
            "ui/src/Today.svelte",
            "import { m } from \"./paraglide/messages.js\"; {m.today_title()} {form.x} {items.map((m) => m)}",
        ),
        ("ui/src/other.ts", "rows.map((m) => m.id)"),
        (
            "crates/desk/src/a.rs",
            "text(language, \"today_title\", &[]); text(&format!(\"error_{}_what\", code)); context(\"a_b\")",
        ),
    ])
    .holds_for(Tree::checkout());
}

fn is_screen(path: &str) -> bool {
    is_a(path, &["ts", "js", "svelte"]) && !path.contains(".test.")
}

/// One message: the `{places}` in it, and whether it says nothing.
struct Message {
    places: BTreeSet<String>,
    empty: bool,
}

fn messages(tree: &Tree, path: &str) -> BTreeMap<String, Message> {
    let json = tree.text(path).unwrap_or("{}");
    let table: BTreeMap<String, Value> = serde_json::from_str(json).unwrap_or_else(|error| panic!("{path}: {error}"));
    let table = table.into_iter().filter(|(key, _)| key != "$schema");
    table.map(|(key, value)| (key, Message { places: holes(&value), empty: says_nothing(&value) })).collect()
}

fn holes(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => {
            let begins = text.match_indices('{').filter_map(|(offset, _)| text.get(offset..).and_then(inside));
            begins.map(|place| place.trim().to_owned()).collect()
        }
        Value::Array(values) => values.iter().flat_map(holes).collect(),
        Value::Object(values) => values.values().flat_map(holes).collect(),
        _ => BTreeSet::new(),
    }
}

fn says_nothing(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Keys that a table has twice; a JSON reader takes the last of them without a word.
fn repeated(json: &str) -> BTreeSet<&str> {
    let keys =
        json.lines().filter_map(|line| line.trim_start().strip_prefix('"')?.split_once("\":")).map(|(key, _)| key);
    let mut seen = BTreeSet::new();
    keys.filter(|key| !seen.insert(*key)).collect()
}

/// The keys that Rust asks `texts::text` for, where they are written out.
fn asked_in_rust(source: &str) -> Vec<(usize, String)> {
    let Source { code, strings } = Source::new(source);
    let mut asked = Vec::new();
    for place in places(&code, "text(") {
        let brackets = place + "text".len();
        let length = code.get(brackets..).and_then(inside).map_or(0, str::len);
        let arguments = strings.get(brackets..brackets + length).unwrap_or_default();
        let has_a_call = code.get(brackets + 1..brackets + length).is_some_and(|code| code.contains('('));
        let key = arguments.trim_start();
        let offset = brackets + arguments.len() - key.len();
        let key = key.split_whitespace().next().unwrap_or_default();
        if !has_a_call && key.contains('_') && key.chars().all(|c| is_name(c) && !c.is_uppercase()) {
            asked.push((offset, key.to_owned()));
        }
    }
    asked
}
