//! Every figure of docs/figures.md. `cargo xtask bench NAME` builds this as it ships, runs it, and reads the figures from the
//! file it names; each is also told on standard error as soon as it is known.
#![expect(clippy::print_stderr, reason = "a command speaks to whoever called it")]

mod dictionary;
mod figure;
mod hub;
mod invented;
mod line;
mod link;
mod pair;
mod province;
mod qr;
mod receipt;
mod shipment;
mod sim;
mod start;
mod store;
mod wire;

use figure::Figure;
use invented::{Commune, HELD_OUT};
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

/// The result of a step; its error is a sentence.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What to measure with, where the caller brings their own.
#[derive(Debug, Default)]
struct Load {
    /// Dossiers as JSON lines.
    data: Option<PathBuf>,
    /// Pictures and the texts they hold.
    manifest: Option<PathBuf>,
    /// A folder with rivals to measure in the same run.
    peers: Option<PathBuf>,
    /// Where the dictionary goes.
    out: Option<PathBuf>,
    /// How many seeds the simulator runs.
    seeds: Option<u64>,
    /// Where the figures go.
    figures: Option<PathBuf>,
}

impl Load {
    /// The lines that were brought, each with its own text.
    fn lines(&self) -> Result<Option<Vec<(String, line::Line)>>> {
        let Some(file) = &self.data else { return Ok(None) };
        let text = fs::read_to_string(file)?;
        let read = |text: &str| Ok((text.to_owned(), serde_json::from_str(text)?));
        text.lines().filter(|text| !text.trim().is_empty()).map(read).collect::<Result<_>>().map(Some)
    }

    /// The lines that were brought, or so many invented ones.
    fn lines_or_invented(&self, count: usize) -> Result<Vec<(String, line::Line)>> {
        if let Some(lines) = self.lines()? {
            return Ok(lines);
        }
        let commune = Commune::new(&HELD_OUT, 20_261_122, 40);
        commune.take(count).map(|line| Ok((serde_json::to_string(&line)?, line))).collect()
    }
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<()> {
    // Cargo adds a word of its own.
    let mut words = env::args().skip(1).filter(|word| word != "--bench");
    let name = words.next().unwrap_or_default();
    let mut load = Load::default();
    while let Some(option) = words.next() {
        let word = words.next().ok_or("an option without a value")?;
        if option == "--seeds" {
            load.seeds = Some(word.parse()?);
            continue;
        }
        let value = Some(word.into());
        match option.as_str() {
            "--data" => load.data = value,
            "--manifest" => load.manifest = value,
            "--peers" => load.peers = value,
            "--out" => load.out = value,
            "--figures" => load.figures = value,
            _ => return Err(format!("no option {option}").into()),
        }
    }
    let figures = match name.as_str() {
        "wire" => wire::measure(&load),
        "store" => store::measure(&load),
        "receipt" => receipt::measure(),
        "qr" => qr::measure(&load),
        "hub" => hub::measure(),
        "province" => province::measure(),
        "start" => start::measure(),
        "sim" => sim::measure(&load),
        "link" => link::measure(&load),
        "dictionary" => dictionary::train(&load),
        _ => Err(format!("no bench {name}").into()),
    }?;
    // A file of its own: whatever a bench starts may write to the terminal as well.
    if let Some(file) = &load.figures {
        fs::write(file, format!("{:#}\n", Value::Array(figures.iter().map(Figure::json).collect())))?;
    }
    Ok(())
}
