//! Two computers on one network that know nothing of each other's address: each a program in a network namespace of its own.

use motcua_tests::support::{BIRTH, HANH, HubProcess, Terminal};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Two hosts with a cable between them.
struct Cable {
    hosts: [String; 2],
}

impl Cable {
    /// `None` where this machine does not let us make hosts: that takes root and `ip`.
    fn lay() -> Option<Self> {
        let hosts = ["a", "b"].map(|end| format!("motcua{}{end}", std::process::id()));
        let cable = Self { hosts };
        let [a, b] = &cable.hosts;
        let laid = ip(&["netns", "add", a])
            && ip(&["netns", "add", b])
            && ip(&["-n", a, "link", "add", "cable0", "type", "veth", "peer", "name", "cable0", "netns", b])
            && [(a, "10.77.0.1/24"), (b, "10.77.0.2/24")].iter().all(|(host, address)| {
                ip(&["-n", host, "addr", "add", address, "dev", "cable0"])
                    && ip(&["-n", host, "link", "set", "cable0", "up"])
                    && ip(&["-n", host, "link", "set", "lo", "up"])
                    && ip(&["-n", host, "route", "add", "default", "dev", "cable0"])
            });
        laid.then_some(cable)
    }

    fn on(&self, host: usize, command: &Command) -> Command {
        let mut inside = Command::new("ip");
        inside.args(["netns", "exec", &self.hosts[host]]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside.stdin(Stdio::null());
        inside
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for host in &self.hosts {
            ip(&["netns", "del", host]);
        }
    }
}

fn ip(words: &[&str]) -> bool {
    let done = Command::new("ip").args(words).stdout(Stdio::null()).stderr(Stdio::null()).status();
    done.is_ok_and(|status| status.success())
}

fn desk(folder: &Path, counter: &str, hub: &HubProcess, data: &Path) -> Terminal {
    let terminal = Terminal::new(&folder.join(counter));
    terminal.sets_up(counter);
    terminal.enrols(hub, data);
    terminal
}

#[test]
fn two_desks_find_each_other_and_exchange_without_a_word_from_anybody() {
    let Some(cable) = Cable::lay() else {
        // Not by `eprintln!`: of a test that passes that would not be seen.
        writeln!(io::stderr(), "no network namespaces here: two desks finding each other was SKIPPED").ok();
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let mut hub = HubProcess::serve(&data, "127.0.0.1:0");
    let desks = [desk(folder.path(), "1", &hub, &data), desk(folder.path(), "2", &hub, &data)];
    desks[0].does(&["sync"]);
    hub.kill();
    let received = desks[0].does(&["receive", "--card-text", &HANH.card_text(), "--procedure", BIRTH]);
    let code = received["code"].as_str().expect("a number").to_owned();

    let looking = [0, 1].map(|host| {
        let command = desks[host].command(&["neighbours", "--for", "20"]);
        cable.on(host, &command).stdout(Stdio::piped()).spawn().expect("it runs")
    });
    for looked in looking {
        let said = looked.wait_with_output().expect("it ends");
        let met: serde_json::Value = serde_json::from_slice(&said.stdout).expect("a document");
        assert!(!met.as_array().expect("a list").is_empty(), "nobody was found");
    }
    assert_eq!(desks[1].does(&["show", &code])["code"], code.as_str());
}
