//! A migration that has left the house is never edited: communes do not update on one day.

use crate::rule::Rule;
use crate::tree::{Tree, git, is_a};
use std::collections::BTreeMap;

const RELEASED: &str = "migrations/released.txt";

/// The list of released migrations, and every migration with git's hash of what it holds now.
struct Migrations {
    released: String,
    hashes: BTreeMap<String, String>,
}

impl<const N: usize> From<(&str, [(&str, &str); N])> for Migrations {
    fn from((released, hashes): (&str, [(&str, &str); N])) -> Self {
        Self {
            released: released.to_owned(),
            hashes: hashes.map(|(path, hash)| (path.to_owned(), hash.to_owned())).into(),
        }
    }
}

#[test]
fn a_released_migration_is_never_edited() {
    Rule::new(
        "A released migration was changed, renamed or removed. Put it back (`git log -- FILE`) and write the change as the next \
         number. At a release, `git hash-object FILE` and the file's path become a line of migrations/released.txt.",
        |migrations: &Migrations| {
            let lines = migrations.released.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            let wrong = lines.filter(|line| match line.split_once("  ") {
                Some((hash, path)) => migrations.hashes.get(path).map(String::as_str) != Some(hash),
                None => true,
            });
            wrong.map(|line| format!("{RELEASED}: {line}")).collect()
        },
    )
    .notices(("aa  migrations/desk/0001_first.sql", [("migrations/desk/0001_first.sql", "ab")]))
    .notices(("aa  migrations/desk/0001_first.sql", []))
    .notices(("aa", []))
    .accepts(("# none yet\n", [("migrations/desk/0001_first.sql", "ab")]))
    .accepts(("aa  migrations/desk/0001_first.sql\n", [("migrations/desk/0001_first.sql", "aa")]))
    .holds_for(&Migrations { released: released(), hashes: hashes() });
}

#[test]
fn migrations_are_numbered_without_a_gap() {
    Rule::new(
        "Migrations are `migrations/ROOM/0001_what.sql`, 0002, and so on: the next number, never one twice, never one left out.",
        |tree: &Tree| {
            let mut rooms: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (path, _) in tree.under(&["migrations/"]).filter(|(path, _)| is_a(path, &["sql"])) {
                let (room, file) = path.rsplit_once('/').unwrap_or_default();
                rooms.entry(room).or_default().push(file);
            }
            let mut breaches = Vec::new();
            for (room, files) in rooms {
                let numbered = files.iter().zip(1..).filter(|(file, number)| !file.starts_with(&format!("{number:04}_")));
                breaches.extend(numbered.map(|(file, number)| format!("{room}/{file}: is not number {number:04}")));
            }
            breaches
        },
    )
    .notices([("migrations/desk/0001_a.sql", ""), ("migrations/desk/0003_b.sql", "")])
    .notices([("migrations/desk/0001_a.sql", ""), ("migrations/desk/0001_b.sql", "")])
    .accepts([("migrations/desk/0001_a.sql", ""), ("migrations/hub-sqlite/0001_a.sql", ""), ("migrations/README.md", "")])
    .holds_for(Tree::checkout());
}

fn released() -> String {
    Tree::checkout().text(RELEASED).expect("migrations/released.txt lists the released migrations, or none").to_owned()
}

fn hashes() -> BTreeMap<String, String> {
    let files: Vec<&str> = Tree::checkout().under(&["migrations/"]).map(|(path, _)| path).collect();
    let hashes = git(&[&["hash-object", "--no-filters", "--"], files.as_slice()].concat());
    files.into_iter().map(str::to_owned).zip(hashes.lines().map(str::to_owned)).collect()
}
