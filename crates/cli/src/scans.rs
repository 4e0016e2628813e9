//! `motcua scans`: the scans of a dossier, here and elsewhere.

use crate::answers::Answers;
use desk::api::Desk;
use desk::api::attach::{ScanRow, ScanState};
use desk::api::fetching::ScanOf;
use desk::api::neighbours::Neighbourhood;
use desk::api::words::size;
use desk::error::Result;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// How long the commune's other desks are looked for before the province is asked.
const NEIGHBOURS: Duration = Duration::from_secs(5);

pub fn list(desk: &Desk, answers: &Answers, code: &str, fetch: bool, out: Option<&Path>) -> Result<ExitCode> {
    if fetch {
        desk.fetch_scans(code, None)?;
        comes(desk, code)?;
    }
    let view = desk.dossier(code)?;
    let (mut documents, mut said) = (Vec::new(), Vec::new());
    for (number, scan) in (1..).zip(&view.scans) {
        let file = out.filter(|_| scan.is_here).map(|folder| {
            let name = format!("{}-{number}.{}", view.code, ending(&scan.media));
            desk.save_scan(&ScanOf { code: view.code.clone(), id: scan.id.clone() }, &folder.join(name))
        });
        let file = file.transpose()?.map(|written| written.file);
        let shown = file.clone().unwrap_or_else(|| scan.offer.clone());
        said.push(format!("{number}  {}  {}  {}  {shown}", scan.text, size(scan.bytes), scan.paper));
        documents.push(json!({ "id": scan.id, "paper": scan.paper, "bytes": scan.bytes, "media": scan.media,
            "state": scan.state, "here": scan.is_here, "file": file }));
    }
    if said.is_empty() {
        said.push(answers.words("cli_no_scans", &[]));
    }
    Ok(answers.say(&Value::Array(documents), &said.join("\n")))
}

/// Fetches what was asked for: from a neighbour where one is found, else from the province.
fn comes(desk: &Desk, code: &str) -> Result<()> {
    let is_open = || -> Result<bool> {
        Ok(desk.dossier(code)?.scans.iter().any(|scan: &ScanRow| scan.state == ScanState::Coming))
    };
    let (begun, mut neighbourhood) = (Instant::now(), Neighbourhood::default());
    while is_open()? && desk.has_neighbours()? && desk.neighbours().is_empty() && begun.elapsed() < NEIGHBOURS {
        if neighbourhood.turn(desk).is_err() {
            // A network that cannot be listened on has no neighbours.
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    if is_open()? { desk.sync_now().map(drop) } else { Ok(()) }
}

fn ending(media: &str) -> &'static str {
    match media {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/tiff" => "tif",
        "image/webp" => "webp",
        _ => "bin",
    }
}
