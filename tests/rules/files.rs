//! Rules about any file: its length, and what must never stand in it.

use crate::rule::Rule;
use crate::tree::{Tree, at, is_a};

const CODE: &[&str] = &["rs", "ts", "js", "mjs", "svelte", "css", "html", "sql", "py", "sh"];
const LOCKS: &[&str] = &["lock", "package-lock.json"];

fn is_lock(path: &str) -> bool {
    LOCKS.iter().any(|lock| path.ends_with(lock))
}

#[test]
fn no_file_of_code_grows_past_600_lines_without_a_reason() {
    const REASON: &str = "over 600 lines because ";
    let long = "x\n".repeat(601);
    let excused = format!("// {REASON}a table is one thing\n{long}");
    Rule::new(
        "Give each subject a file of its own. Where one file is truly better, say why in it: `// over 600 lines because …`.",
        |tree: &Tree| {
            let long = tree.files().filter(|(path, text)| is_a(path, CODE) && text.lines().count() > 600);
            long.filter(|(_, text)| !text.contains(REASON))
                .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
                .collect()
        },
    )
    .notices([("crates/desk/src/all.rs", long.as_str())])
    .accepts([("crates/desk/src/table.rs", excused.as_str()), ("docs/long.md", long.as_str())])
    .holds_for(Tree::checkout());
}

#[test]
fn no_number_could_be_a_real_citizens() {
    let real = format!("let id = \"{}{}\";", "001190", "004321");
    Rule::new(
        "A 12-digit number could be somebody's. Take one that begins 000 or 099: no person has those.",
        |tree: &Tree| {
            let texts = tree.files().filter(|(path, _)| !is_lock(path));
            texts
                .flat_map(|(path, text)| numbers(text).map(move |offset| at(path, text, offset, "a 12-digit number")))
                .collect()
        },
    )
    .notices([("docs/example.md", real.as_str())])
    .accepts([("tests/stories/one.rs", "000190004321 099190004321 0.123456789012 1234567890123 Cargo0123456789ab")])
    .holds_for(Tree::checkout());
}

/// Where runs of exactly twelve digits stand that are outside the marked range.
fn numbers(text: &str) -> impl Iterator<Item = usize> {
    let mut runs = Vec::new();
    let mut rest = 0;
    for run in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let before = text.get(..rest).unwrap_or_default();
        let decimals = before.strip_suffix('.').is_some_and(|whole| whole.ends_with(|c: char| c.is_ascii_digit()));
        let marked = run.starts_with("000") || run.starts_with("099");
        if run.len() == 12 && run.bytes().all(|byte| byte.is_ascii_digit()) && !marked && !decimals {
            runs.push(rest);
        }
        rest += run.len();
        rest += text.get(rest..).and_then(|text| text.chars().next()).map_or(0, char::len_utf8);
    }
    runs.into_iter()
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let path = format!("see {}notes.txt", ["/ho", "me/mai/"].concat());
    let quoted = format!("File::open(\"{}\")", ["/t", "mp"].concat());
    Rule::new(
        "Paths of one machine mean nothing on another. Ask `std::env::temp_dir`, the caller, or write the path from the top.",
        |tree: &Tree| {
            let roots = [["/wo", "rk"], ["/t", "mp"], ["/ro", "ot"], ["/ho", "me"]].map(|parts| parts.concat());
            let mut breaches = Vec::new();
            for (path, text) in tree.files().filter(|(path, _)| !is_lock(path)) {
                for root in &roots {
                    for (offset, _) in text.match_indices(root.as_str()) {
                        let before = text.get(..offset).and_then(|before| before.chars().next_back());
                        let after = text.get(offset + root.len()..).and_then(|after| after.chars().next());
                        let begins = !before.is_some_and(|c| c.is_alphanumeric() || ".-_~*}])".contains(c));
                        let quoted = before.is_some_and(|c| "\"'`".contains(c)) && after == before;
                        if begins && (after == Some('/') || quoted) {
                            breaches.push(at(path, text, offset, root));
                        }
                    }
                }
            }
            breaches
        },
    )
    .notices([("docs/guides/a.md", path.as_str())])
    .notices([("crates/desk/src/a.rs", quoted.as_str())])
    .accepts([("docs/a.md", "target/tmp/x, $HOME/work/y and https://example.org/home/z")])
    .holds_for(Tree::checkout());
}

#[test]
fn no_file_names_a_package_registry() {
    let mirror = ["registry=https://npm.pkg.", "example/"].concat();
    let fetched = ["curl https://static.crates", ".io/crates/a"].concat();
    let resolved = ["\"resolved\": \"https://", "mirror.example/a.tgz\""].concat();
    Rule::new(
        "Packages come from where each machine is set to get them. Keep hosts out of files, and `resolved` out of the npm lock \
         (`omit-lockfile-registry-resolved=true` in ui/.npmrc, then `npm install --package-lock-only`).",
        |tree: &Tree| {
            let hosts = [("//", "registry."), ("npm", "js."), ("crates", ".io"), ("pkg", ".dev"), ("j", "frog"), ("py", "pi.org")];
            let hosts = hosts.map(|(start, end)| format!("{start}{end}"));
            let cargo = format!("registry+https://github.com/rust-lang/{}-index", hosts[2]);
            let mut breaches = Vec::new();
            for (path, text) in tree.files() {
                for (number, line) in text.lines().enumerate() {
                    let wrong = if path.ends_with("Cargo.lock") {
                        line.starts_with("source = ") && line != format!("source = \"{cargo}\"")
                    } else if path.ends_with("package-lock.json") {
                        line.contains("\"resolved\": \"http")
                    } else {
                        hosts.iter().any(|host| line.contains(host)) || line.trim_start().starts_with("registry=")
                    };
                    if wrong {
                        breaches.push(format!("{path}:{}: {}", number + 1, line.trim()));
                    }
                }
            }
            breaches
        },
    )
    .notices([("ui/.npmrc", mirror.as_str())])
    .notices([("docs/guides/a.md", fetched.as_str())])
    .notices([("ui/package-lock.json", resolved.as_str())])
    .notices([("Cargo.lock", "source = \"git+https://example.org/x\"")])
    .accepts([("ui/.npmrc", "omit-lockfile-registry-resolved=true"), ("a.rs", "self.registry.lookup(x); // the registry.")])
    .holds_for(Tree::checkout());
}
