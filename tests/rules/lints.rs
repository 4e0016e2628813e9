//! Rules about attributes, and about waiting in tests.

use crate::rule::Rule;
use crate::source::{Source, inside, places};
use crate::tree::{Tree, at, is_a};

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    Rule::new(
        "Write `#[expect(lint, reason = \"…\")]`: it says why, and complains once it is no longer needed. In TypeScript, \
         `@ts-expect-error` with its reason.",
        |tree: &Tree| {
            let mut breaches = Vec::new();
            for (path, text) in tree.files().filter(|(path, _)| is_a(path, &["rs"])) {
                let code = Source::new(text).code;
                for attribute in places(&code, "#[").chain(places(&code, "#![")) {
                    let bracket = attribute + code.get(attribute..).and_then(|rest| rest.find('[')).unwrap_or_default();
                    let body = code.get(bracket..).and_then(inside).unwrap_or_default();
                    if places(body, "allow(").next().is_some() {
                        breaches.push(at(path, text, attribute, "allow"));
                    }
                    if places(body, "expect(").next().is_some() && places(body, "reason").next().is_none() {
                        breaches.push(at(path, text, attribute, "expect without a reason"));
                    }
                }
            }
            let silencers = [["@ts-", "ignore"], ["@ts-", "nocheck"]].map(|parts| parts.concat());
            for (path, text) in tree.files().filter(|(path, _)| is_a(path, &["ts", "js", "svelte"])) {
                for silencer in &silencers {
                    breaches.extend(text.match_indices(silencer.as_str()).map(|(offset, _)| at(path, text, offset, silencer)));
                }
            }
            breaches
        },
    )
    .notices([("crates/desk/src/a.rs", "#[allow(dead_code)]\nfn a() {}")])
    .notices([("crates/desk/src/a.rs", "#![cfg_attr(test, allow(unused))]")])
    .notices([("crates/desk/src/a.rs", "#[expect(dead_code)]\nfn a() {}")])
    .notices([("ui/src/a.ts", ["// @ts-", "ignore\n"].concat().as_str())])
    .accepts([("crates/desk/src/a.rs", "#[expect(dead_code, reason = \"…\")]\nfn a() { gate.allow(b); } // #[allow(x)]")])
    .holds_for(Tree::checkout());
}

#[test]
fn no_test_sleeps() {
    Rule::new(
        "A test that sleeps is slow on a fast machine and fails on a slow one. Wait on the condition itself: a line of output, \
         a channel, the driver's own wait.",
        |tree: &Tree| {
            let mut breaches = Vec::new();
            for (path, text) in tree.files().filter(|(path, _)| is_a(path, &["rs"])) {
                let code = Source::new(text).code;
                let tests_begin = if is_test_file(path) { Some(0) } else { code.find("#[cfg(test)]") };
                let Some(begin) = tests_begin else { continue };
                let sleeps = places(&code, "sleep").filter(|offset| *offset >= begin);
                breaches.extend(sleeps.map(|offset| at(path, text, offset, "sleep")));
            }
            let waits = ["setTimeout(", "waitForTimeout(", "sleep("];
            for (path, text) in tree.files().filter(|(path, _)| is_screen_test(path)) {
                for wait in waits {
                    breaches.extend(places(text, wait).map(|offset| at(path, text, offset, wait)));
                }
            }
            breaches
        },
    )
    .notices([("tests/stories/a.rs", "std::thread::sleep(d);")])
    .notices([("crates/hub/src/a.rs", "fn a() {}\n#[cfg(test)]\nmod tests { use tokio::time::sleep; }")])
    .notices([("ui/tests/a.test.ts", "await page.waitForTimeout(500);")])
    .accepts([("crates/hub/src/a.rs", "fn back_off() { sleep(d) }\n#[cfg(test)]\nmod tests { /* no sleep */ }")])
    .holds_for(Tree::checkout());
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.starts_with("crates/") && path.contains("/tests/") || path.ends_with("/tests.rs")
}

fn is_screen_test(path: &str) -> bool {
    is_a(path, &["ts", "js", "mjs"]) && (path.starts_with("ui/tests/") || path.contains(".test."))
}
