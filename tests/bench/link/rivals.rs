//! Rivals on lines of their own, in the same weather as our backlog: the programs in `sync` of the folder that `--peers` names.
//! They carry the same number of dossiers and scans, records first. What is not there after [`AT_MOST`] is given up, and said.

use super::air::{Air, HUB};
use super::{AT_MOST, DOSSIERS, LINE, SCAN_BYTES, SCANS};
use crate::figure::Figure;
use crate::{Load, Result};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A rival's server that does not listen after this is given up.
const BEGINS: Duration = Duration::from_secs(60);

/// One of them.
struct Rival {
    name: &'static str,
    interpreter: &'static str,
    program: &'static str,
    /// Its words for the hub's side and the desk's, before the address; and what stands at the end.
    server: (&'static str, &'static [&'static str]),
    client: (&'static str, &'static [&'static str]),
}

const RIVALS: [Rival; 4] = [
    Rival {
        name: "REST, a POST a record",
        interpreter: "node",
        program: "weak.js",
        server: ("rest-server", &[]),
        client: ("rest-client", &["1"]),
    },
    Rival {
        name: "REST over six connections",
        interpreter: "node",
        program: "weak.js",
        server: ("rest-server", &[]),
        client: ("rest-client", &["6"]),
    },
    Rival {
        name: "PouchDB, five documents a batch",
        interpreter: "node",
        program: "weak.js",
        server: ("pouch-server", &[]),
        client: ("pouch-client", &["5"]),
    },
    Rival {
        name: "op log in Python, TLS, 12 KB window",
        interpreter: "python3",
        program: "oplog.py",
        server: ("server", &["tls"]),
        client: ("client", &["tls"]),
    },
];

/// Runs all of them side by side.
pub fn measure(load: &Load) -> Vec<Figure> {
    let (Some(folder), Some(data)) = (&load.peers, &load.data) else { return Vec::new() };
    thread::scope(|scope| {
        let run = |(place, rival): (usize, &'static Rival)| {
            scope.spawn(move || rival.run(place, &folder.join("sync"), data).map_err(|error| error.to_string()))
        };
        let runs: Vec<_> = RIVALS.iter().enumerate().map(run).collect();
        let mut figures = Vec::new();
        for (rival, run) in RIVALS.iter().zip(runs) {
            match run.join() {
                Ok(Ok((records, all))) => {
                    for (what, seconds) in [("records", records), ("all", all)] {
                        let (when, seconds) = seconds.map_or(("never within", AT_MOST.as_secs_f64()), |s| ("after", s));
                        figures.push(Figure::new(format!("rival: {}: {what}, {when}", rival.name), seconds, "s"));
                    }
                }
                Ok(Err(error)) => eprintln!("{} is not available here: {error}", rival.name),
                Err(_) => eprintln!("{} ended by a fault", rival.name),
            }
        }
        figures
    })
}

/// A program that ends with the bench.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Rival {
    /// Seconds until all records were there, and until everything was.
    fn run(&self, place: usize, folder: &Path, data: &Path) -> Result<(Option<f64>, Option<f64>)> {
        let air = Air::new(&format!("rival-{place}"))?;
        let work = std::env::var_os("WORK").unwrap_or_else(|| folder.join("work").into());
        let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let status = scratch.path().join("status.json");
        let [count, scans, bytes] = [DOSSIERS, SCANS, SCAN_BYTES].map(|number| number.to_string());
        let load = |command: &mut Command| {
            command.arg(data);
            if self.interpreter == "python3" {
                command.arg(Path::new(&work).join("dict_pack.zdict"));
            }
            command.args([&count, &scans, &bytes]);
        };
        let words = |mut command: Command, first: &str| {
            command.arg(folder.join(self.program)).args([first, HUB, "9000"]);
            command.env("WORK", &work).env("WINDOW", "12288").stdin(Stdio::null()).stderr(Stdio::null());
            command
        };
        let mut server = words(air.hub.command(self.interpreter), self.server.0);
        if self.server.0 == "pouch-server" {
            load(&mut server);
            server.arg(&status);
        }
        let mut server = Running(server.args(self.server.1).stdout(Stdio::null()).spawn()?);
        let since = Instant::now();
        while air.desk.inside(|| Ok(TcpStream::connect((HUB, 9000)).is_ok())).is_ok_and(|listens| !listens) {
            if let Some(ended) = server.0.try_wait()? {
                return Err(format!("its server has ended: {ended}").into());
            }
            if since.elapsed() > BEGINS {
                return Err("its server does not listen".into());
            }
        }
        let mut client = words(air.desk.command(self.interpreter), self.client.0);
        // Python's transport stands before the load, the number of connections or documents after it.
        if self.interpreter == "python3" {
            client.args(self.client.1);
            load(&mut client);
        } else {
            load(&mut client);
            client.args(self.client.1);
        }
        let begun = air.turns(LINE_CUT, 100 + place as u64);
        let mut client = Running(client.stdout(Stdio::piped()).spawn()?);
        let out = client.0.stdout.take().ok_or("no output")?;
        let (sender, said) = channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(std::result::Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let (mut records, mut all) = (None, None);
        loop {
            let left = AT_MOST.saturating_sub(begun.elapsed());
            match said.recv_timeout(left.min(Duration::from_secs(1))) {
                Ok(line) => {
                    let line: Value = serde_json::from_str(&line).unwrap_or_default();
                    records = records.or(line["t_records"].as_f64());
                    all = all.or(line["t_all"].as_f64());
                }
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => {}
                Err(_) => break,
            }
        }
        if records.is_none() {
            // Its server alone knows.
            let told: Value =
                std::fs::read(&status).ok().and_then(|it| serde_json::from_slice(&it).ok()).unwrap_or_default();
            records = told["t_records_server"].as_f64().filter(|seconds| *seconds > 0.0);
        }
        if all.is_none() && begun.elapsed() < AT_MOST {
            return Err("its client has ended early".into());
        }
        Ok((records, all))
    }
}

/// The weather of our backlog.
const LINE_CUT: super::Weather = super::Weather { cut_ms: 30_000.0, ..LINE };
