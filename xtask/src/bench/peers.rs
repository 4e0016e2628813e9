//! Rivals measured in the same run, by the programs of the folder that `--peers` names: `sync/sizes.py` for bytes per
//! dossier, `qr_baseline.py` for decoders of codes, and in the bench `link` those that cross its line. They need packages of
//! Python and Node; where one cannot run, the bench says so and goes on with our own figures alone.

use super::Figure;
use super::ours::whole;
use crate::house::House;
use crate::{Result, call};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many dossiers each column of the table of `sizes.py` has.
const COLUMNS: [&str; 4] = ["1", "10", "100", "1000"];

/// Bytes per dossier in every encoding of `sizes.py`.
pub fn sizes(house: &House, folder: &Path, data: Option<&Path>) -> Result<Vec<Figure>> {
    let measured = || {
        let data = data.map_or_else(|| self::data(house, folder), whole)?;
        measured_sizes(house, folder, &data)
    };
    Ok(measured().map_or_else(|error| unavailable(&error.to_string()), |table| read_sizes(&table)))
}

/// The load that the rivals' own figures are told for: 10,000 dossiers.
pub fn data(house: &House, folder: &Path) -> Result<PathBuf> {
    generated(house, folder, "10000", "20261122", "d10k.jsonl")
}

/// Where the programs of the link find a dictionary and a certificate; made as far as this machine can.
pub fn work(house: &House, folder: &Path, data: &Path) -> Result<PathBuf> {
    let work = house.output("bench").join("peers");
    std::fs::create_dir_all(&work)?;
    if !work.join("dict_pack.zdict").exists()
        && let Err(error) = measured_sizes(house, folder, data)
    {
        unavailable(&error.to_string());
    }
    if !work.join("cert.pem").exists() {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        openssl.args(["-days", "365", "-subj", "/CN=hub.test", "-keyout", "key.pem", "-out", "cert.pem"]);
        if let Err(error) = call::read(openssl.current_dir(&work)) {
            unavailable(&error.to_string());
        }
    }
    Ok(work)
}

fn measured_sizes(house: &House, folder: &Path, data: &Path) -> Result<String> {
    let training = generated(house, folder, "4000", "777", "train.jsonl")?;
    let work = house.output("bench").join("peers");
    call::read(python(&whole(folder)?.join("sync/sizes.py")).arg(whole(data)?).arg(training).env("WORK", &work))
}

fn generated(house: &House, folder: &Path, count: &str, seed: &str, name: &str) -> Result<PathBuf> {
    let work = house.output("bench").join("peers");
    std::fs::create_dir_all(&work)?;
    let file = work.join(name);
    if !file.exists() {
        call::run(python(&whole(folder)?.join("sync/gen.py")).args([count, seed]).arg(&file))?;
    }
    Ok(file)
}

/// Decode rates of the decoders of `qr_baseline.py`.
pub fn decoders(folder: &Path, manifest: &Path) -> Result<Vec<Figure>> {
    let mut baseline = python(&whole(folder)?.join("qr_baseline.py"));
    match call::read(baseline.arg(whole(manifest)?)) {
        // Its table is for people; it is shown as it is.
        Ok(table) => println!("{table}"),
        Err(error) => drop(unavailable(&error.to_string())),
    }
    Ok(Vec::new())
}

fn python(program: &Path) -> Command {
    let mut command = Command::new("python3");
    command.arg(program);
    command
}

fn unavailable(why: &str) -> Vec<Figure> {
    let last = why.trim().lines().last().unwrap_or_default();
    println!("A rival is not available here: {last}");
    Vec::new()
}

/// The rows `| encoding | 1928 (357) | … |`: bytes per dossier, per event in brackets.
fn read_sizes(table: &str) -> Vec<Figure> {
    let mut figures = Vec::new();
    for line in table.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, values @ ..] = cells.as_slice() else { continue };
        let values: Vec<f64> = values.iter().filter_map(|cell| cell.split(' ').next()?.parse().ok()).collect();
        if values.len() != COLUMNS.len() || !line.contains('(') {
            continue;
        }
        figures.extend(values.into_iter().zip(COLUMNS).map(|(value, count)| Figure {
            name: format!("rival: {name}, {count} dossiers"),
            value,
            unit: "bytes per dossier".to_owned(),
            peer: None,
        }));
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_sizes_are_read_and_nothing_else() {
        let table = "| encoding | 1 doss. B/dossier (B/event) | 10 doss. (B) |\n|---|---|---|\n\
                     | gzip -9 whole batch | 1037 (192) | 532 (101) | 420 (80) | 406 (77) |\n| raw | 2 | 3 | 4 |\n";
        let figures = read_sizes(table);
        assert_eq!(figures.iter().map(|figure| figure.value).collect::<Vec<_>>(), [1037.0, 532.0, 420.0, 406.0]);
        assert_eq!(figures[1].name, "rival: gzip -9 whole batch, 10 dossiers");
    }
}
