//! The practice commune: a hub on its embedded store and a desk enrolled with it, both under `target/practice`, both
//! through the commands an office would type.

use crate::house::House;
use crate::{Result, call};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// An invented agency: no province has the number 00.
pub const AGENCY: &str = "H00.01";
/// An invented commune, "Model Commune".
pub const COMMUNE: &str = "Xã Bản Mẫu";
/// An invented officer of the one-stop desk.
pub const OFFICER: &str = "Lò Thị Mai";
/// Her PIN.
pub const PIN: &str = "246810";
/// The passphrase of the practice store. It guards nothing.
const PASSPHRASE: &str = "ban mau tap lam quen";

/// How long a hub may take to close its store.
const GRACE: Duration = Duration::from_secs(5);

/// Builds the programs a practice commune runs, and the window where it is wanted.
pub fn build(house: &House, window: bool) -> Result<()> {
    let mut build = house.cargo();
    build.args(["build", "--package", "cli", "--package", "hub"]);
    if window {
        build.args(["--package", "shell", "--features", "shell/custom-protocol"]);
    }
    call::run(&mut build)
}

/// Keeps WebKit from an empty window where the machine has no render node. A choice already made stands.
pub fn without_render_node(command: &mut Command) {
    let has_node = fs::read_dir("/dev/dri").is_ok_and(|devices| {
        devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
    });
    if !has_node && std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
}

/// A practice commune whose hub is serving. The hub ends when this value goes.
pub struct Practice<'a> {
    house: &'a House,
    hub: Child,
    /// Where the hub answers.
    pub url: String,
}

impl<'a> Practice<'a> {
    /// Starts the hub, and sets up and enrols the desk where that has not been done.
    pub fn open(house: &'a House) -> Result<Self> {
        let folder = house.output("practice");
        fs::create_dir_all(&folder)?;
        let (hub, url) = start_hub(house, &folder)?;
        let practice = Self { house, hub, url };
        let enrolled = folder.join("enrolled");
        if !enrolled.exists() {
            practice.found()?;
            fs::write(enrolled, &practice.url)?;
        }
        Ok(practice)
    }

    /// Where a thing of the practice commune lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.house.output("practice").join(name)
    }

    /// `motcua` on the practice desk.
    pub fn desk(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.house.program("motcua"));
        command.arg("--data").arg(self.path("desk")).args(words);
        command.env("MOTCUA_PASSPHRASE", PASSPHRASE).env("MOTCUA_MACHINE_DIR", self.path("machine"));
        command
    }

    /// The desk's window, on a session bus of its own where there is none.
    pub fn window(&self) -> Command {
        let has_bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
            || std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists());
        let mut window = Command::new(self.house.program("motcua-desk"));
        window.env("MOTCUA_DATA", self.path("desk")).env("MOTCUA_MACHINE_DIR", self.path("machine"));
        without_render_node(&mut window);
        if has_bus { window } else { call::wrapped("dbus-run-session", &window) }
    }

    /// What the desk answers to `--json`.
    ///
    /// # Errors
    /// The desk refused; its own sentence says why.
    pub fn ask(&self, words: &[&str]) -> Result<Value> {
        let words = [&["--json"], words].concat();
        let mut command = self.desk(&words);
        call::announce(&command);
        let output = command.stderr(Stdio::inherit()).output()?;
        let answer: Value = serde_json::from_slice(&output.stdout).map_err(|error| {
            format!("the desk's answer is no JSON ({error}): {}", String::from_utf8_lossy(&output.stdout))
        })?;
        if output.status.success() { Ok(answer) } else { Err(format!("the desk refused: {answer}").into()) }
    }

    /// Sets up a desk and enrols it. What an attempt cut short has left is of no use to anybody and makes room.
    fn found(&self) -> Result<()> {
        for half_made in ["desk", "machine"] {
            match fs::remove_dir_all(self.path(half_made)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let mut setup = self.desk(&["setup", "--agency", AGENCY, "--commune", COMMUNE, "--desk", "1"]);
        call::run(setup.args(["--officer", OFFICER, "--pin", PIN, "--practice"]))?;
        let code = call::read(
            Command::new(self.house.program("motcua-hub"))
                .arg("--data")
                .arg(self.path("hub"))
                .args(["desk", "add", "--agency", AGENCY, "--name", COMMUNE]),
        )?;
        call::run(&mut self.desk(&["enrol", "--hub", &self.url, "--code", code.trim()]))
    }
}

impl Drop for Practice<'_> {
    fn drop(&mut self) {
        // Asked first, so that it can close its store; it would survive the other way too.
        call::succeeds(Command::new("kill").args(["-TERM", &self.hub.id().to_string()]));
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if let Ok(Some(_)) = self.hub.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.hub.kill();
        let _ = self.hub.wait();
    }
}

/// Starts the hub where it listened last time, since the desk remembers that address, or on a free port the first time.
fn start_hub(house: &House, folder: &Path) -> Result<(Child, String)> {
    let (remembered, log) = (folder.join("hub-address"), folder.join("hub.log"));
    let address = fs::read_to_string(&remembered).unwrap_or_else(|_| "127.0.0.1:0".to_owned());
    let mut hub = call::companion(house.program("motcua-hub"))
        .args(["serve", "--data"])
        .arg(folder.join("hub"))
        .args(["--listen", &address])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(&log)?)
        .spawn()?;
    let mut output = BufReader::new(hub.stdout.take().ok_or("the hub's output is closed")?);
    let mut line = String::new();
    output.read_line(&mut line)?;
    let Some(url) = url(&line) else {
        let _ = hub.kill();
        let _ = hub.wait();
        let said = fs::read_to_string(&log)?;
        return Err(format!(
            "The practice hub did not start on {address}: {line}{said}\n\
             End whatever holds that address, or delete target/practice to begin anew."
        )
        .into());
    };
    // A pipe nobody reads from would stop the hub once it is full.
    thread::spawn(move || io::copy(&mut output, &mut io::sink()));
    fs::write(remembered, url.trim_start_matches("https://"))?;
    Ok((hub, url))
}

/// The address in the hub's first line, with or without a scheme and words before it.
fn url(line: &str) -> Option<String> {
    let address = line.split_whitespace().last()?.trim_end_matches('/');
    let host = address.trim_start_matches("https://");
    let (_, port) = host.rsplit_once(':')?;
    port.parse::<u16>().ok().map(|_| format!("https://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hub_may_print_its_address_with_or_without_a_scheme() {
        for line in ["127.0.0.1:4123\n", "https://127.0.0.1:4123/\n", "đang nghe https://127.0.0.1:4123\n"] {
            assert_eq!(url(line).as_deref(), Some("https://127.0.0.1:4123"), "{line}");
        }
        for line in ["", "\n", "address already in use", "127.0.0.1"] {
            assert_eq!(url(line), None, "{line}");
        }
    }
}
