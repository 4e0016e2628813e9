//! The real programs, `motcua` and `motcua-hub`, as an office runs them.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A program of ours, beside the test that asks for it.
///
/// # Panics
/// It has not been built: `cargo test` builds only the programs of the packages it tests.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{name} is not built: `cargo build -p cli -p hub` makes it, `cargo xtask test` does both");
    path
}

/// `motcua` on one desk of one machine.
pub struct Terminal {
    data: PathBuf,
    machine: PathBuf,
}

/// What a command came to.
#[derive(Debug)]
pub struct Answer {
    /// Exit code; `None` where it was killed.
    pub code: Option<i32>,
    /// The one JSON document on standard output, `Null` where there is none.
    pub json: Value,
    /// Standard output as it is.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Terminal {
    /// A terminal whose desk is under this folder.
    pub fn new(folder: &Path) -> Self {
        Self { data: folder.join("desk"), machine: folder.join("machine") }
    }

    /// A terminal at a desk that is closed.
    pub fn of(desk: &super::Desk) -> Self {
        Self { data: desk.place().data().to_owned(), machine: desk.machine() }
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The machine's own folder.
    pub fn machine(&self) -> &Path {
        &self.machine
    }

    /// A command, ready to run.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program("motcua"));
        for name in ["MOTCUA_DATA", "MOTCUA_LANG"] {
            command.env_remove(name);
        }
        command.env("MOTCUA_PASSPHRASE", super::PASSPHRASE).env("MOTCUA_MACHINE_DIR", &self.machine);
        command.arg("--data").arg(&self.data).arg("--json").args(words).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, words: &[&str]) -> Answer {
        answer(&mut self.command(words))
    }

    /// Sets a desk of Xã Cao Sơn up, the counter of this number.
    pub fn sets_up(&self, counter: &str) {
        let whose = ["--agency", "H56.14", "--commune", "Xã Cao Sơn", "--officer", "Lò Thị Mai"];
        self.does(&[["setup", "--desk", counter].as_slice(), &whose].concat());
    }

    /// The administrator of a hub makes a one-time code, and the desk uses it.
    pub fn enrols(&self, hub: &HubProcess, data: &Path) {
        let added = answer(hub_program(data).args(["desk", "add", "--agency", "H56.14", "--name", "Một quầy"]));
        self.does(&["enrol", "--hub", &hub.url, "--code", added.out.trim()]);
    }

    /// Runs a command that has to succeed. Answers its document.
    pub fn does(&self, words: &[&str]) -> Value {
        let answer = self.run(words);
        assert_eq!(answer.code, Some(0), "{words:?}: {}{}", answer.out, answer.err);
        answer.json
    }
}

/// Runs a command to its end.
pub fn answer(command: &mut Command) -> Answer {
    let output = command.output().expect("the program runs");
    let out = String::from_utf8(output.stdout).expect("text");
    let json = serde_json::from_str(&out).unwrap_or(Value::Null);
    Answer { code: output.status.code(), json, out, err: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// `motcua-hub` on a folder.
pub fn hub_program(data: &Path) -> Command {
    let mut command = Command::new(program("motcua-hub"));
    command.env_remove("MOTCUA_HUB_POSTGRES");
    command.arg("--data").arg(data).stdin(Stdio::null());
    command
}

/// A hub in a process of its own, killed when the test ends.
pub struct HubProcess {
    child: Child,
    _out: BufReader<ChildStdout>,
    /// Where it listens.
    pub url: String,
}

impl HubProcess {
    /// Serves a folder at an address (port 0: any).
    pub fn serve(data: &Path, listen: &str) -> Self {
        let mut command = hub_program(data);
        command.args(["serve", "--listen", listen]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the hub runs");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut url = String::new();
        out.read_line(&mut url).expect("its address");
        Self { child, _out: out, url: url.trim_end().to_owned() }
    }

    /// SIGKILL: no goodbye, nothing flushed.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
