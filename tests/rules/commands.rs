//! The window's commands: short, asynchronous, one list, and no permission more than they need.

use crate::rule::Rule;
use crate::source::{Source, inside, name, places};
use crate::tree::{Tree, at, is_a};
use serde_json::Value;
use std::collections::BTreeSet;

const SHELL: &[&str] = &["src-tauri/src/"];
const BACKEND: &[&str] = &["ui/src/backend/"];
/// A command asks `desk::api` and hands the answer on.
const LINES: usize = 3;

#[test]
fn a_command_is_async_and_short() {
    Rule::new(
        "A command of the window is `async` (a synchronous one freezes the window) and at most three lines over `desk::api`; \
         everything more belongs in the use case.",
        |tree: &Tree| {
            let mut breaches = Vec::new();
            let commands = commands(tree);
            if commands.is_empty() {
                breaches.push("src-tauri/src: no command at all".to_owned());
            }
            for Command { place, name, signature, body } in commands {
                if places(&signature, "async").next().is_none() {
                    breaches.push(format!("{place}: {name} is not async"));
                }
                let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
                if lines > LINES {
                    breaches.push(format!("{place}: {name} has {lines} lines"));
                }
            }
            breaches
        },
    )
    .notices([("src-tauri/src/a.rs", "#[tauri::command]\npub fn today(x: u8) -> u8 { api::today(x) }")])
    .notices([("src-tauri/src/a.rs", "#[tauri::command]\nasync fn a() -> u8 {\n1;\n2;\n3;\n4\n}")])
    .notices([("src-tauri/src/main.rs", "fn main() {}")])
    .accepts([("src-tauri/src/a.rs", "#[tauri::command(async)]\n#[doc = \"x\"]\npub async fn a(x: [u8; 2]) -> u8 {\n  // Why.\n  api::a(x)\n}")])
    .holds_for(Tree::checkout());
}

#[test]
fn commands_are_written_registered_permitted_and_called_alike() {
    const WRITTEN: &str = "#[tauri::command]\nasync fn log_in() { x() }";
    const REGISTERED: &str = "fn main() { b.invoke_handler(tauri::generate_handler![commands::log_in]) }";
    const CAPABILITY: &str =
        r#"{ "permissions": ["allow-log-in", "core:event:allow-listen", "core:event:allow-unlisten"] }"#;
    const LISTENS: &str = "import { listen } from \"@tauri-apps/api/event\"; listen(\"x\")";
    const CALLS: &str = "export const logIn = (i: T.In) => call<Map<string, T.Out>>(\"log_in\", i);";
    Rule::new(
        "Every command stands in four places: its function, `generate_handler!`, an `allow-…` in src-tauri/capabilities, and \
         a call in ui/src/backend. Add it where it is missing, or remove it everywhere; and permit nothing that is not used \
         (no `…:default`).",
        |tree: &Tree| {
            let written: BTreeSet<String> = commands(tree).into_iter().map(|command| command.name).collect();
            let permitted = permitted(tree);
            let allowed = permitted.iter().filter_map(|p| p.strip_prefix("allow-")).map(|p| p.replace('-', "_")).collect();
            let mut breaches = Vec::new();
            for (place, there) in [
                ("generate_handler!", registered(tree)),
                ("src-tauri/capabilities", allowed),
                ("ui/src/backend", called(tree)),
            ] {
                breaches.extend(written.difference(&there).map(|name| format!("{place}: lacks {name}")));
                breaches.extend(there.difference(&written).map(|name| format!("{place}: {name} is no command")));
            }
            let used = used(tree);
            let framework: BTreeSet<String> = permitted.into_iter().filter(|p| p.contains(':')).collect();
            breaches.extend(framework.difference(&used).map(|p| format!("src-tauri/capabilities: {p} is not used")));
            breaches.extend(used.difference(&framework).map(|p| format!("src-tauri/capabilities: lacks {p}")));
            breaches
        },
    )
    .accepts([
        ("src-tauri/src/commands.rs", WRITTEN),
        ("src-tauri/src/main.rs", REGISTERED),
        ("src-tauri/capabilities/desk.json", CAPABILITY),
        ("ui/src/backend/index.ts", CALLS),
        ("ui/src/backend/tauri.ts", LISTENS),
    ])
    .notices([
        ("src-tauri/src/commands.rs", WRITTEN),
        ("src-tauri/src/main.rs", REGISTERED),
        ("src-tauri/capabilities/desk.json", CAPABILITY),
        ("ui/src/backend/index.ts", CALLS),
    ])
    .notices([
        ("src-tauri/src/commands.rs", WRITTEN),
        ("src-tauri/src/main.rs", REGISTERED),
        ("src-tauri/capabilities/desk.json", r#"{ "permissions": ["allow-log-in", "core:default"] }"#),
        ("ui/src/backend/index.ts", CALLS),
    ])
    .notices([
        ("src-tauri/src/commands.rs", WRITTEN),
        ("src-tauri/src/main.rs", REGISTERED),
        ("src-tauri/capabilities/desk.json", r#"{ "permissions": ["allow-log-in"] }"#),
        ("ui/src/backend/index.ts", "call(\"log_out\")"),
    ])
    .holds_for(Tree::checkout());
}

/// A command as the shell writes it.
struct Command {
    place: String,
    name: String,
    signature: String,
    body: String,
}

fn commands(tree: &Tree) -> Vec<Command> {
    let mut commands = Vec::new();
    for (path, text) in tree.under(SHELL).filter(|(path, _)| is_a(path, &["rs"])) {
        let code = Source::new(text).code;
        for attribute in places(&code, "tauri::command") {
            let rest = code.get(attribute..).unwrap_or_default();
            let Some(function) = places(rest, "fn").next() else { continue };
            let after = rest.get(function + 2..).unwrap_or_default().trim_start();
            let Some(opening) = after.find('{') else { continue };
            commands.push(Command {
                place: at(path, text, attribute, "command"),
                name: name(after).to_owned(),
                signature: rest.get(..function).unwrap_or_default().replace("command(async)", ""),
                body: after.get(opening..).and_then(inside).unwrap_or_default().to_owned(),
            });
        }
    }
    commands
}

/// The commands in `generate_handler![…]`.
fn registered(tree: &Tree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in tree.under(SHELL) {
        let code = Source::new(text).code;
        for list in places(&code, "generate_handler!") {
            let list =
                code.get(list..).and_then(|rest| rest.find('[').and_then(|open| rest.get(open..))).and_then(inside);
            let paths = list.unwrap_or_default().split(',').map(str::trim).filter(|path| !path.is_empty());
            names.extend(paths.map(|path| path.rsplit("::").next().unwrap_or(path).to_owned()));
        }
    }
    names
}

/// Every permission of every capability, by its identifier.
fn permitted(tree: &Tree) -> BTreeSet<String> {
    let mut permissions = BTreeSet::new();
    for (path, text) in tree.under(&["src-tauri/capabilities/"]) {
        let capability: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{path} is no JSON: {error}"));
        let listed = capability["permissions"].as_array().into_iter().flatten();
        permissions.extend(listed.filter_map(|p| p.as_str().or_else(|| p["identifier"].as_str())).map(str::to_owned));
    }
    permissions
}

/// The commands the screens call, as the first argument of `call` or `invoke`.
fn called(tree: &Tree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in tree.under(BACKEND).filter(|(path, _)| !path.contains(".test.")) {
        for caller in ["call", "invoke"] {
            for place in places(text, caller) {
                let rest = text.get(place + caller.len()..).unwrap_or_default();
                let types = if rest.starts_with('<') { inside(rest).map_or(0, |types| types.len() + 2) } else { 0 };
                let argument = rest.get(types..).and_then(|rest| rest.strip_prefix('(')).map(str::trim_start);
                let quoted = argument.and_then(|argument| argument.strip_prefix('"').or(argument.strip_prefix('\'')));
                names.extend(quoted.map(|quoted| name(quoted).to_owned()));
            }
        }
    }
    names
}

/// The framework's permissions that the screens' imports need: `listen` from `@tauri-apps/api/event` needs two.
fn used(tree: &Tree) -> BTreeSet<String> {
    const API: &str = "@tauri-apps/api/";
    let mut permissions = BTreeSet::new();
    for (_, text) in tree.under(BACKEND) {
        for line in text.split(';').filter(|line| line.contains("import") && line.contains(API)) {
            let module = line.split_once(API).map_or("", |(_, module)| name(module));
            let imports =
                line.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(names, _)| names);
            // `core` is the call itself; every command has its own permission.
            for import in imports
                .split(',')
                .map(str::trim)
                .filter(|i| !i.is_empty() && !i.starts_with("type ") && module != "core")
            {
                let verbs: &[&str] =
                    if matches!(import, "listen" | "once") { &["listen", "unlisten"] } else { &[import] };
                permissions.extend(verbs.iter().map(|verb| format!("core:{module}:allow-{}", dashed(verb))));
            }
        }
    }
    permissions
}

/// `emitTo` as `emit-to`.
fn dashed(name: &str) -> String {
    let mut dashed = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            dashed.push('-');
        }
        dashed.extend(letter.to_lowercase());
    }
    dashed
}
