//! The screens know the window in one folder only.

use crate::rule::Rule;
use crate::tree::{Tree, at, is_a};

#[test]
fn the_screens_know_tauri_in_one_folder() {
    Rule::new(
        "Only ui/src/backend/ may know Tauri, so that the screens also run in a browser and in tests. Add a function there and call it.",
        |tree: &Tree| {
            let sources = || tree.under(&["ui/src/"]).filter(|(path, _)| is_a(path, &["ts", "js", "svelte"]));
            let mut breaches = Vec::new();
            for (path, text) in sources().filter(|(path, _)| !path.starts_with("ui/src/backend/")) {
                for word in ["@tauri-apps", "__TAURI"] {
                    breaches.extend(text.match_indices(word).map(|(offset, _)| at(path, text, offset, word)));
                }
            }
            if !sources().any(|(path, text)| path.starts_with("ui/src/backend/") && text.contains("@tauri-apps")) {
                breaches.push("ui/src/backend: nothing there reaches the desk".to_owned());
            }
            breaches
        },
    )
    .notices([
        ("ui/src/backend/tauri.ts", "import { invoke } from \"@tauri-apps/api/core\";"),
        ("ui/src/today/Today.svelte", "import { invoke } from \"@tauri-apps/api/core\";"),
    ])
    .notices([("ui/src/main.ts", "")])
    .accepts([("ui/src/backend/tauri.ts", "import { invoke } from \"@tauri-apps/api/core\";"), ("ui/src/main.ts", "")])
    .holds_for(Tree::checkout());
}
