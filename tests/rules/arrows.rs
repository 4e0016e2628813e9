//! Which of our packages may know which, and what they may bring along (ARCHITECTURE.md draws it).

use crate::rule::Rule;
use crate::tree::top;
use serde_json::{Value, json};
use std::env;
use std::process::Command;

/// What each package of ours may depend on among ours. A new package gets its row here first.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("protocol", &["domain"]),
    ("desk", &["domain", "protocol"]),
    ("hub", &["domain", "protocol"]),
    ("cli", &["desk"]),
    ("shell", &["desk"]),
    ("xtask", &[]),
    ("motcua-tests", &["domain", "protocol", "desk", "hub"]),
];

/// What a package must not ask for itself.
const NOT_ASKED_FOR: &[(&str, &[&str])] = &[
    ("shell", &["rusqlite", "rusqlite_migration", "libsqlite3-sys"]),
    ("cli", &["rusqlite", "rusqlite_migration", "libsqlite3-sys"]),
];

/// What a package must not bring along, however deep.
const NOT_BROUGHT: &[(&str, &[&str])] = &[
    (
        "domain",
        &["serde", "serde_core", "serde_json", "getrandom", "rand", "uuid", "tokio", "rusqlite", "reqwest", "hyper"],
    ),
    ("protocol", &["serde", "serde_core", "serde_json", "tokio", "rusqlite", "libsqlite3-sys", "reqwest", "hyper"]),
    ("desk", &["axum", "axum-server", "postgres", "tokio-postgres", "sqlx", "tauri"]),
    ("hub", &["tauri", "wry", "printpdf", "printers", "desk"]),
    ("cli", &["axum", "axum-server", "postgres", "tokio-postgres", "tauri", "hub"]),
];

/// What `cargo metadata` says.
struct Manifests(Value);

impl From<Value> for Manifests {
    fn from(metadata: Value) -> Self {
        Self(metadata)
    }
}

impl Manifests {
    /// Each package with all it asks for, for building, running and testing alike.
    fn packages(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.0["packages"].as_array().into_iter().flatten().map(|package| {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            (package["name"].as_str().unwrap_or_default(), dependencies.filter_map(|d| d["name"].as_str()).collect())
        })
    }
}

/// A package and all it brings along, as `cargo tree` lists it.
struct Brought {
    package: &'static str,
    list: String,
}

impl From<(&'static str, &str)> for Brought {
    fn from((package, list): (&'static str, &str)) -> Self {
        Self { package, list: list.to_owned() }
    }
}

#[test]
fn arrows_between_our_packages_point_one_way() {
    let made_up = |name: &str, dependency: &str| json!({ "packages": [{ "name": name, "dependencies": [{ "name": dependency }] }] });
    Rule::new(
        "The arrows are domain ← protocol ← {desk, hub} and desk ← {shell, cli}; nothing points back. Pass the value in, or move \
         the code to the room it belongs to. A new package gets a row in tests/rules/arrows.rs.",
        |manifests: &Manifests| {
            let mut breaches = Vec::new();
            for (package, dependencies) in manifests.packages() {
                let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package) else {
                    breaches.push(format!("{package}: has no row of arrows"));
                    continue;
                };
                let ours = dependencies.iter().filter(|name| ARROWS.iter().any(|(ours, _)| ours == *name));
                breaches.extend(ours.filter(|name| !allowed.contains(name)).map(|name| format!("{package} → {name}")));
                let refused = NOT_ASKED_FOR.iter().filter(|(name, _)| *name == package).flat_map(|(_, list)| *list);
                breaches.extend(refused.filter(|name| dependencies.contains(name)).map(|name| format!("{package} → {name}")));
            }
            breaches
        },
    )
    .notices(made_up("domain", "protocol"))
    .notices(made_up("desk", "hub"))
    .notices(made_up("cli", "rusqlite"))
    .notices(made_up("stranger", "desk"))
    .accepts(made_up("shell", "desk"))
    .holds_for(&Manifests(manifests()));
}

#[test]
fn no_package_brings_along_what_is_not_its_business() {
    let rule = Rule::new(
        "A package brings along what its room must not know: domain and protocol are pure, the desk knows no web server, the \
         hub no window and no printing. Drop the dependency or the feature that pulls it in (`cargo tree -i NAME -p PACKAGE`).",
        |brought: &Brought| {
            let refused = NOT_BROUGHT.iter().filter(|(name, _)| *name == brought.package).flat_map(|(_, list)| *list);
            let names: Vec<&str> = brought.list.lines().filter_map(|line| line.split_whitespace().next()).collect();
            refused.filter(|name| names.contains(name)).map(|name| format!("{} brings {name}", brought.package)).collect()
        },
    )
    .notices(("domain", "domain v0.1.0\nserde v1.0.0"))
    .notices(("hub", "hub v0.1.0\naxum v0.8.0\nprintpdf v0.12.0 (*)"))
    .accepts(("desk", "desk v0.1.0\nserde v1.0.0\naxum-extra-not v1.0.0"));
    for (package, _) in NOT_BROUGHT {
        let list = cargo(&["tree", "--locked", "--package", package, "--edges", "normal", "--prefix", "none"]);
        assert!(list.starts_with(package), "cargo tree shows {package} first");
        rule.holds_for(&Brought { package, list });
    }
}

fn manifests() -> Value {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().map_or(0, Vec::len);
    assert!(packages >= ARROWS.len(), "cargo metadata names {packages} packages, fewer than have arrows");
    metadata
}

fn cargo(words: &[&str]) -> String {
    let output =
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args(words).current_dir(top()).output();
    let output = output.expect("the rules ask cargo what depends on what");
    assert!(output.status.success(), "cargo {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}
