//! `domain` and `protocol` are pure: the same values in, the same values out, on any machine, at any time. What they build on
//! is held by the arrows, the calls of the standard library here.

use crate::rule::Rule;
use crate::source::{Source, places};
use crate::tree::{Tree, at, is_a};

/// What acts on the world or differs from run to run. Short forms catch what a grouped `use` brings in.
const ACTS: &[&str] = &[
    "std::fs",
    "fs::",
    "std::net",
    "net::",
    "std::process",
    "std::thread",
    "thread::",
    "std::env",
    "env::",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "HashMap",
    "HashSet",
    "RandomState",
    "static mut",
];

#[test]
fn domain_and_protocol_never_ask_the_world() {
    Rule::new(
        "`domain` and `protocol` ask nothing: no file, network, clock, thread, environment, random order. Let the caller hand the \
         value in (`now`, `today`, an id); for order take a BTreeMap.",
        |tree: &Tree| {
            let mut breaches = Vec::new();
            for (path, text) in tree.under(&["crates/domain/src/", "crates/protocol/src/"]).filter(|(path, _)| is_a(path, &["rs"])) {
                let code = Source::new(text).code;
                let io = path.starts_with("crates/domain/").then_some("std::io");
                for word in ACTS.iter().copied().chain(io) {
                    breaches.extend(places(&code, word).map(|offset| at(path, text, offset, word)));
                }
            }
            breaches
        },
    )
    .notices([("crates/domain/src/a.rs", "use std::fs;")])
    .notices([("crates/domain/src/a.rs", "use std::{fmt, thread}; fn a() { thread::yield_now() }")])
    .notices([("crates/protocol/src/a.rs", "let now = std::time::SystemTime::now();")])
    .accepts([("crates/domain/src/a.rs", "/// Not `Instant`.\nfn a() { \"std::fs\" }"), ("crates/desk/src/a.rs", "use std::fs;")])
    .holds_for(Tree::checkout());
}
