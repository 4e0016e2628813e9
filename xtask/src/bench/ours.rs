//! Our own figures: the bench program of tests/bench, built as the product ships, run under a load.

use super::{Figure, Load, peers};
use crate::display::Display;
use crate::house::House;
use crate::{Result, call, debian, practice, screens};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Figures of the bench called `name`.
pub fn measure(house: &House, name: &str, load: &Load) -> Result<Vec<Figure>> {
    figures(house, name, bench(house, name, load)?)
}

/// Bytes on the wire, and those of the encodings that `sizes.py` of the rivals' folder measures.
pub fn wire(house: &House, load: &Load) -> Result<Vec<Figure>> {
    let mut all = measure(house, "wire", load)?;
    if let Some(folder) = &load.peers {
        all.extend(peers::sizes(house, folder, load.data.as_deref())?);
    }
    Ok(all)
}

/// How soon everything is at the province over a bad line, and with the rivals' programs beside.
pub fn link(house: &House, load: &Load) -> Result<Vec<Figure>> {
    let Some(folder) = &load.peers else { return measure(house, "link", load) };
    let data = load.data.clone().map_or_else(|| peers::data(house, folder), Ok)?;
    let mut bench =
        bench(house, "link", &Load { peers: Some(folder.clone()), data: Some(data.clone()), ..Load::default() })?;
    bench.env("WORK", peers::work(house, folder, &data)?);
    figures(house, "link", bench)
}

/// Codes read from pictures, and by the decoders that `qr_baseline.py` of the rivals' folder knows.
pub fn qr(house: &House, load: &Load) -> Result<Vec<Figure>> {
    let Some(manifest) = &load.manifest else { return Err("The pictures: --manifest FILE".into()) };
    let mut all = measure(house, "qr", load)?;
    if let Some(folder) = &load.peers {
        all.extend(peers::decoders(folder, manifest)?);
    }
    Ok(all)
}

/// Cold start to usable: the terminal, and the window on a display of its own.
pub fn start(house: &House, load: &Load) -> Result<Vec<Figure>> {
    screens::install(house)?;
    screens::build_if_stale(house)?;
    let mut build = house.cargo();
    build.args(["build", "--release", "--package", "cli", "--package", "shell", "--features", "shell/custom-protocol"]);
    call::run(&mut build)?;
    let display = Display::start()?;
    let mut bench = call::wrapped("dbus-run-session", &bench(house, "start", load)?);
    bench
        .env("MOTCUA_DESK_PROGRAM", house.release_program("motcua"))
        .env("MOTCUA_WINDOW_PROGRAM", house.release_program("motcua-desk"));
    display.show(&mut bench);
    practice::without_render_node(&mut bench);
    figures(house, "start", bench)
}

/// What the hub's own program does under a load, on either engine. PostgreSQL is installed where it is missing.
pub fn hub(house: &House, name: &str, load: &Load) -> Result<Vec<Figure>> {
    debian::ensure(house, &[debian::SERVER])?;
    call::run(house.cargo().args(["build", "--release", "--package", "hub"]))?;
    let mut bench = bench(house, name, load)?;
    bench.env("MOTCUA_HUB_PROGRAM", house.release_program("motcua-hub"));
    figures(house, name, bench)
}

/// Trains the wire dictionary as it was trained, and writes it into the protocol's folder where that is asked for.
pub fn dictionary(house: &House, write: bool) -> Result<()> {
    let mut command = bench(house, "dictionary", &Load::default())?;
    if write {
        command.arg("--out").arg(house.root().join("crates/protocol/dictionaries"));
    }
    call::run(&mut command)
}

fn bench(house: &House, name: &str, load: &Load) -> Result<Command> {
    fs::create_dir_all(house.output("bench"))?;
    let mut command = house.cargo();
    command.args(["bench", "--quiet", "--package", "motcua-tests", "--bench", "figures", "--", name]);
    command.arg("--figures").arg(raw(house, name));
    for (option, file) in [("--data", &load.data), ("--manifest", &load.manifest), ("--peers", &load.peers)] {
        if let Some(file) = file {
            // The bench runs in its package's folder, not where the person stands.
            command.arg(option).arg(whole(file)?);
        }
    }
    if let Some(seeds) = load.seeds {
        command.arg("--seeds").arg(seeds.to_string());
    }
    Ok(command)
}

/// Where the bench leaves its figures.
fn raw(house: &House, name: &str) -> PathBuf {
    house.output("bench").join(format!("{name}.figures"))
}

fn figures(house: &House, name: &str, mut command: Command) -> Result<Vec<Figure>> {
    call::run(&mut command)?;
    let Value::Array(figures) = serde_json::from_slice(&fs::read(raw(house, name))?)? else {
        return Err("no figures".into());
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let figure = |figure: &Value| {
        Some(Figure {
            name: text(&figure["name"])?,
            value: figure["value"].as_f64()?,
            unit: text(&figure["unit"])?,
            peer: text(&figure["peer"]).zip(figure["peer_value"].as_f64()),
        })
    };
    figures.iter().map(|value| figure(value).ok_or_else(|| format!("no figure: {value}").into())).collect()
}

/// A path from the root of the file system.
pub fn whole(file: &Path) -> Result<PathBuf> {
    file.canonicalize().map_err(|error| format!("{}: {error}", file.display()).into())
}
