//! From starting a program to the first thing it can be used for: `motcua status` in the terminal, the officers' tiles in
//! the window.
//!
//! "Cold" is with the program and the store out of the memory of files, as after the computer was switched on; the system's
//! own libraries are not, since others use them meanwhile.

use crate::Result;
use crate::figure::{Figure, Sample};
use crate::invented::{Commune, HELD_OUT};
use crate::store::{draft, new_desk};
use jiff::civil::date;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Starts of each kind.
const STARTS: usize = 15;
const WINDOWS: usize = 7;

/// Dossiers at the desk that is started.
const DOSSIERS: usize = 200;

/// How long a window may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The WebKit window that comes with the system: what a window costs before there is anything of ours in it.
const BARE: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/// Measures the programs that the environment names, as `cargo xtask test` does for the window's tests.
pub fn measure() -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut commune = Commune::new(&HELD_OUT, 3, 40);
    {
        let desk = new_desk(folder.path(), commune.agency())?;
        for line in commune.by_ref().take(DOSSIERS) {
            desk.receive_answering_all(draft(&line), date(2026, 11, 20).at(9, 0, 0, 0))?;
        }
    }
    let mut figures = Vec::new();
    match env::var("MOTCUA_DESK_PROGRAM") {
        Ok(program) => figures.extend(terminal(&program, folder.path())?),
        Err(_) => eprintln!("MOTCUA_DESK_PROGRAM names no program: the terminal is not measured"),
    }
    match env::var("MOTCUA_WINDOW_PROGRAM") {
        Ok(program) => figures.extend(window(&program, folder.path())?),
        Err(_) => eprintln!("MOTCUA_WINDOW_PROGRAM names no program: the window is not measured"),
    }
    Ok(figures)
}

fn terminal(program: &str, folder: &Path) -> Result<Vec<Figure>> {
    let run = |words: &[&str]| -> Result<()> {
        let mut command = Command::new(program);
        command.args(words).env("MOTCUA_PASSPHRASE", crate::store::PASSPHRASE);
        command.env("MOTCUA_DATA", folder.join("desk")).env("MOTCUA_MACHINE_DIR", folder.join("machine"));
        let output = command.stdin(Stdio::null()).output()?;
        let said = || String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
        if output.status.success() { Ok(()) } else { Err(said().into()) }
    };
    let (mut cold, mut warm, mut bare) = (Sample::default(), Sample::default(), Sample::default());
    for _ in 0..STARTS {
        forget(program, folder)?;
        cold.time(|| run(&["--json", "status"]))?;
        warm.time(|| run(&["--json", "status"]))?;
        bare.time(|| run(&["--version"]))?;
    }
    let figure = |name: &str, sample: &Sample| {
        Figure::new(format!("motcua status, {name}, p50"), sample.at(50), "ms").beside("motcua --version", bare.at(50))
    };
    Ok(vec![figure("cold", &cold), figure("warm", &warm)])
}

fn window(program: &str, folder: &Path) -> Result<Vec<Figure>> {
    let tiles =
        "return document.querySelectorAll('button').length > 0 && document.body.innerText.includes('Lò Thị Mai');";
    let blank = "return document.readyState === 'complete';";
    let (mut cold, mut warm, mut bare) = (Sample::default(), Sample::default(), Sample::default());
    let has_bare = Path::new(BARE).exists();
    for _ in 0..WINDOWS {
        forget(program, folder)?;
        cold.add(opened(program, &[], folder, tiles)?);
        warm.add(opened(program, &[], folder, tiles)?);
        if has_bare {
            bare.add(opened(BARE, &["--automation"], folder, blank)?);
        }
    }
    let figure = |name: &str, sample: &Sample| {
        let figure = Figure::new(format!("window to the officers' tiles, {name}, p50"), sample.at(50), "ms");
        if has_bare { figure.beside("an empty WebKitGTK window, warm", bare.at(50)) } else { figure }
    };
    Ok(vec![figure("cold", &cold), figure("warm", &warm)])
}

/// Milliseconds from asking the driver for a window to a script in it that answers true.
fn opened(program: &str, args: &[&str], folder: &Path, script: &str) -> Result<f64> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut driver = Driver(
        Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("MOTCUA_DATA", folder.join("desk"))
            .env("MOTCUA_MACHINE_DIR", folder.join("machine"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?,
    );
    // The client wants a TLS provider although the driver speaks plain HTTP; a second one is refused, harmlessly.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().timeout(PATIENCE).build()?;
    let base = format!("http://127.0.0.1:{port}");
    let post = |path: &str, body: Value| -> Result<Value> {
        let answer = client.post(format!("{base}/{path}")).body(body.to_string()).send()?.text()?;
        Ok(serde_json::from_str::<Value>(&answer)?["value"].take())
    };
    let begun = Instant::now();
    while client.get(format!("{base}/status")).send().is_err() {
        if begun.elapsed() > PATIENCE {
            return Err("the driver never listened".into());
        }
        thread::yield_now();
    }
    let begun = Instant::now();
    let options = json!({ "binary": program, "args": args });
    let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
    let session = post("session", wanted)?;
    let id = session["sessionId"].as_str().ok_or_else(|| format!("no window: {session}"))?.to_owned();
    let script = json!({ "script": script, "args": [] });
    while post(&format!("session/{id}/execute/sync"), script.clone())? != Value::Bool(true) {
        if begun.elapsed() > PATIENCE {
            return Err(format!("{program} never showed what it should").into());
        }
    }
    let taken = begun.elapsed().as_secs_f64() * 1e3;
    client.delete(format!("{base}/session/{id}")).send()?;
    driver.end();
    Ok(taken)
}

/// A driver that goes when this value goes.
struct Driver(Child);

impl Driver {
    fn end(&mut self) {
        // One that has ended already is as good as one that is ended now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}

/// Drops the program and the desk's files from the memory of files, where the system has a `dd` that can.
fn forget(program: &str, folder: &Path) -> Result<()> {
    let mut files = vec![Path::new(program).to_path_buf()];
    for entry in fs::read_dir(folder.join("desk"))? {
        files.push(entry?.path());
    }
    for file in files.iter().filter(|file| file.is_file()) {
        let mut input = std::ffi::OsString::from("if=");
        input.push(file);
        let done = Command::new("dd").arg(input).args(["iflag=nocache", "count=0"]).stderr(Stdio::null()).status();
        if !done.is_ok_and(|status| status.success()) {
            eprintln!("no GNU dd here: cold starts are warm ones");
        }
    }
    Ok(())
}
