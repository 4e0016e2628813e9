//! A W3C WebDriver client, as much of it as these tests need, straight to WebKitWebDriver.

use reqwest::blocking::Client;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long something on the screen may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keys that have no character (WebDriver, 17.4.2).
pub mod key {
    pub const ENTER: char = '\u{e007}';
    pub const CONTROL: char = '\u{e009}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const SPACE: char = ' ';
    pub const TAB: char = '\u{e004}';
    pub const F1: char = '\u{e031}';
    pub const F2: char = '\u{e032}';
    pub const F4: char = '\u{e034}';
    pub const F6: char = '\u{e036}';
    pub const F7: char = '\u{e037}';
}

/// The real window with somebody at its keyboard. There is no mouse.
pub struct Window {
    driver: Child,
    client: Client,
    session: String,
    pid: PathBuf,
}

impl Window {
    /// Opens the program in a window of 1366 × 768 and waits until it answers. The program writes its number into `pid`.
    pub fn open(program: &str, pid: PathBuf) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed by cargo xtask test");
        // The client wants a TLS provider although the driver speaks plain HTTP; a second one is refused, harmlessly.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(Duration::from_secs(90)).build().expect("a client");
        let base = format!("http://127.0.0.1:{port}");
        until("the driver listens", || client.get(format!("{base}/status")).send().ok().map(drop));
        let options = json!({ "binary": program, "args": [] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let answer = send(client.post(format!("{base}/session")), &wanted);
        let id = answer["sessionId"].as_str().expect("a session").to_owned();
        let window = Self { driver, client, session: format!("{base}/session/{id}"), pid };
        window.post("window/rect", &json!({ "x": 0, "y": 0, "width": 1366, "height": 768 }));
        window
    }

    /// Ends the program as a power cut does.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(&self.pid).expect("the program has begun");
        // It may be gone already; what counts is that it is not there afterwards.
        let _ = Command::new("kill").args(["-9", pid.trim()]).stderr(Stdio::null()).status();
    }

    /// Runs a script in the page and answers what it returns.
    pub fn script(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// The same for a script that calls back its last argument.
    pub fn script_async(&self, script: &str) -> Value {
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Waits until the page shows a text.
    pub fn shows(&self, text: &str) {
        let script = format!("return document.body.innerText.includes({});", json!(text));
        let seen = || self.script(&script).as_bool().unwrap_or(false).then_some(());
        if !waits(seen) {
            panic!("the window never showed {text:?}, but:\n{}", self.text());
        }
    }

    /// What stands in a field, once the field is there.
    pub fn value(&self, id: &str) -> String {
        let script = format!("return document.getElementById({})?.value ?? null;", json!(id));
        if !waits(|| (!self.script(&script).is_null()).then_some(())) {
            panic!("there never was a field {id:?}, but:\n{}", self.text());
        }
        self.script(&script).as_str().unwrap_or_default().to_owned()
    }

    /// Everything the page shows.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText;").as_str().unwrap_or_default().to_owned()
    }

    /// Types a text at the pace of a person, wherever the focus is.
    pub fn types(&self, text: &str) {
        self.keys(text.chars().flat_map(|c| [down(c), up(c), json!({ "type": "pause", "duration": 45 })]).collect());
    }

    /// Presses one key.
    pub fn press(&self, key: char) {
        self.keys(vec![down(key), up(key), json!({ "type": "pause", "duration": 60 })]);
    }

    /// Presses a key while Ctrl is held.
    pub fn control(&self, key: char) {
        self.keys(vec![down(key::CONTROL), down(key), up(key), up(key::CONTROL)]);
    }

    /// Types as a keyboard-wedge scanner does: keys of the display itself, five milliseconds apart, Enter at the end.
    pub fn scans(&self, code: &str) {
        let typed = Command::new("xdotool").args(["type", "--delay", "5", &format!("{code}\r")]).status();
        assert!(typed.expect("xdotool is installed by cargo xtask test").success());
    }

    /// Gives a file to the system's own dialogue of this title, which no driver of a web view can reach.
    pub fn chooses(&self, title: &str, file: &Path) {
        let found = Command::new("xdotool").args(["search", "--sync", "--onlyvisible", "--name", title]).output();
        let found = String::from_utf8(found.expect("xdotool").stdout).expect("a number");
        let dialogue = found.lines().next().expect("a dialogue").to_owned();
        let path = file.display().to_string();
        // There is no window manager to give it the keyboard. A slash opens the field for a path, which takes it a moment.
        for words in [
            &["windowfocus", "--sync", &dialogue][..],
            &["key", "--delay", "500", "ctrl+a", "slash", "ctrl+a"],
            &["type", "--delay", "20", &path],
            &["key", "Return"],
        ] {
            assert!(Command::new("xdotool").args(words).status().expect("xdotool").success(), "{words:?}");
        }
    }

    /// What axe finds on the screen that is serious or worse (WCAG 2.2 AA).
    pub fn serious_findings(&self, axe: &str) -> Vec<String> {
        self.script(&format!("{axe}; return true;"));
        let found = self.script_async(
            "const done = arguments[arguments.length - 1];
             axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((result) => done(
               result.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map(
                 (v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)));",
        );
        found.as_array().expect("axe answers").iter().map(|f| f.as_str().unwrap_or_default().to_owned()).collect()
    }

    fn keys(&self, actions: Vec<Value>) {
        self.post("actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }));
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        send(self.client.post(format!("{}/{path}", self.session)), body)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Only one window may be open on a computer: this one has to be gone before the next test.
        self.kill();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Waits for a condition; panics with its name when patience ends.
pub fn until(what: &str, condition: impl FnMut() -> Option<()>) {
    assert!(waits(condition), "{what}: it never came to that");
}

fn waits(mut condition: impl FnMut() -> Option<()>) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if condition().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

fn down(key: char) -> Value {
    json!({ "type": "keyDown", "value": key })
}

fn up(key: char) -> Value {
    json!({ "type": "keyUp", "value": key })
}

fn send(request: reqwest::blocking::RequestBuilder, body: &Value) -> Value {
    let request = if body.is_null() {
        request
    } else {
        request.header("content-type", "application/json").body(body.to_string())
    };
    let answer = expect(request.send());
    let text = expect(answer.text());
    let answer: Value = expect(serde_json::from_str(&text));
    assert!(answer["value"]["error"].is_null(), "the driver: {} to {body}", answer["value"]);
    answer["value"].clone()
}

fn expect<T, E: Debug>(result: Result<T, E>) -> T {
    result.expect("the driver answers")
}
