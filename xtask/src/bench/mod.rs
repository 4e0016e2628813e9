//! `cargo xtask bench NAME`: measures, prints a table, and writes `target/bench/NAME.json`.
//!
//! The measuring itself is the product's business and stands in tests/bench, built as it ships; rivals that bring their own
//! programs are called from [`peers`].

mod ours;
mod peers;

use crate::Result;
use crate::house::House;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Every bench, by the name it is called with.
const BENCHES: &[Bench] = &[
    Bench { name: "start", measure: ours::start },
    Bench { name: "store", measure: |house, load| ours::measure(house, "store", load) },
    Bench { name: "receipt", measure: |house, load| ours::measure(house, "receipt", load) },
    Bench { name: "wire", measure: ours::wire },
    Bench { name: "link", measure: ours::link },
    Bench { name: "hub", measure: |house, load| ours::hub(house, "hub", load) },
    Bench { name: "province", measure: |house, load| ours::hub(house, "province", load) },
    Bench { name: "qr", measure: ours::qr },
    Bench { name: "sim", measure: |house, load| ours::measure(house, "sim", load) },
];

/// One bench: measures under a load and gives every figure it wants shown.
struct Bench {
    name: &'static str,
    measure: fn(&House, &Load) -> Result<Vec<Figure>>,
}

/// What to measure with, where the caller brings their own.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// A folder with rivals to measure in the same run.
    pub peers: Option<PathBuf>,
    /// Dossiers as JSON lines, for `wire`, `link` and `store`.
    pub data: Option<PathBuf>,
    /// Pictures and the texts they hold, for `qr`.
    pub manifest: Option<PathBuf>,
    /// How many seeds `sim` runs.
    pub seeds: Option<u64>,
}

/// One figure, beside a rival's where one was measured in the same run.
struct Figure {
    name: String,
    value: f64,
    unit: String,
    peer: Option<(String, f64)>,
}

/// The names of all benches, for the person who asked for another.
pub fn names() -> String {
    BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>().join(" ")
}

/// Whether there is such a bench.
pub fn is_known(name: &str) -> bool {
    BENCHES.iter().any(|bench| bench.name == name)
}

/// Trains the wire dictionary again.
pub fn dictionary(write: bool) -> Result<()> {
    ours::dictionary(&House::find()?, write)
}

/// Runs one bench.
pub fn bench(name: &str, load: &Load) -> Result<()> {
    let house = House::find()?;
    let bench = BENCHES.iter().find(|bench| bench.name == name).ok_or("there is no such bench")?;
    let figures = (bench.measure)(&house, load)?;
    println!("{}", table(&figures));
    let folder = house.output("bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, format!("{:#}\n", document(name, &figures)))?;
    println!("{}", file.display());
    Ok(())
}

fn document(name: &str, figures: &[Figure]) -> Value {
    let figures: Vec<Value> = figures
        .iter()
        .map(|figure| {
            let (peer, peer_value) = figure.peer.clone().unzip();
            json!({
                "name": figure.name, "value": figure.value, "unit": figure.unit, "peer": peer, "peer_value": peer_value,
            })
        })
        .collect();
    json!({ "bench": name, "figures": figures })
}

fn table(figures: &[Figure]) -> String {
    let rows: Vec<[String; 3]> = figures
        .iter()
        .map(|figure| {
            let measured = format!("{} {}", number(figure.value), figure.unit);
            let peer = figure.peer.as_ref().map(|(peer, value)| format!("{peer}: {} {}", number(*value), figure.unit));
            [figure.name.clone(), measured, peer.unwrap_or_default()]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (first, second) = (width(0), width(1));
    let lines = rows
        .iter()
        .map(|[name, value, peer]| format!("{name:<first$}  {value:>second$}  {peer}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// As many decimals as a reader can use.
fn number(value: f64) -> String {
    match value.abs() {
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Vec<Figure> {
        let peer = Some(("bare SQLite".to_owned(), 2.5));
        vec![
            Figure { name: "intake p50".to_owned(), value: 3.25, unit: "ms".to_owned(), peer },
            Figure { name: "receipt".to_owned(), value: 21_800.0, unit: "bytes".to_owned(), peer: None },
        ]
    }

    #[test]
    fn the_table_lines_its_columns_up() {
        assert_eq!(table(&figures()), "intake p50      3.25 ms  bare SQLite: 2.50 ms\nreceipt     21800 bytes");
    }

    #[test]
    fn the_file_holds_every_figure() {
        let document = document("store", &figures());
        assert_eq!(document["bench"], "store");
        assert_eq!(
            document["figures"],
            json!([
                { "name": "intake p50", "value": 3.25, "unit": "ms", "peer": "bare SQLite", "peer_value": 2.5 },
                { "name": "receipt", "value": 21800.0, "unit": "bytes", "peer": null, "peer_value": null },
            ])
        );
    }
}
