//! A disk that takes no more: a file-size limit stands in for it, since it stops the same writes.
#![cfg(unix)]

use motcua_tests::support::{BIRTH, HANH, Terminal, answer};
use std::process::Command;

/// The same command where no file may grow past so many KiB.
fn with_room(command: &Command, kib: u32) -> Command {
    let mut limited = Command::new("sh");
    // The limit's signal is ignored, so that writes fail as they do on a full disk. POSIX counts in blocks of 512 bytes.
    limited.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kib * 2));
    limited.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::new(folder.path());
    terminal.sets_up("1");
    let card = HANH.card_text();
    let receive = terminal.command(&["receive", "--card-text", &card, "--procedure", BIRTH]);
    let mut stored = vec![answer(&mut terminal.command(&["receive", "--card-text", &card, "--procedure", BIRTH]))];

    let mut refused = 0;
    for kib in (0..=160).step_by(8) {
        let outcome = answer(&mut with_room(&receive, kib));
        match outcome.code {
            Some(0) => stored.push(outcome),
            Some(1) => {
                refused += 1;
                let code = outcome.json["error"]["code"].as_str().unwrap_or_default();
                assert!(["store_unwritable", "disk_full", "file_unwritable"].contains(&code), "{kib} KiB: {outcome:?}");
            }
            _ => panic!("{kib} KiB: {outcome:?}"),
        }
    }
    assert!(refused > 2, "the limit stops nothing");
    stored.push(answer(&mut terminal.command(&["receive", "--card-text", &card, "--procedure", BIRTH])));
    assert_eq!(terminal.does(&["verify"])["ok"], true);
    let listed = terminal.does(&["list"]);
    let mut listed: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|row| row["code"].as_str()).collect();
    listed.sort_unstable();
    listed.dedup();
    let said: Vec<&str> = stored.iter().filter_map(|answer| answer.json["code"].as_str()).collect();
    assert_eq!(said.len(), stored.len());
    for code in said {
        assert!(listed.contains(&code), "{code} was said and is gone");
    }
}
