//! The house rules that a reader could break without meaning to, each as a test whose message says what to do instead.
//!
//! A rule is a function from what it looks at to what breaks it. Before it looks at this tree it must notice a breach made
//! for it, so that none of them can fall asleep.
#![expect(clippy::expect_used, reason = "a rule that cannot read the tree has failed")]

mod arrows;
mod commands;
mod files;
mod lints;
mod map;
mod migrations;
mod purity;
mod rule;
mod screens;
mod source;
mod store;
mod texts;
mod tree;
