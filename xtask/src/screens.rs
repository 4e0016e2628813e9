//! The screens: their npm packages, and building them into `ui/dist`, which the window carries inside.

use crate::house::House;
use crate::{Result, call};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// Folders under `ui` that npm and the build make; nothing in them is a source.
const MADE: &[&str] = &["node_modules", "dist", "paraglide"];

/// Installs exactly what `package-lock.json` lists, unless that is what is installed.
pub fn install(house: &House) -> Result<()> {
    let lock = fs::read(house.ui().join("package-lock.json"))
        .map_err(|error| format!("ui/package-lock.json cannot be read: {error}"))?;
    let stamp = house.ui().join("node_modules").join(".installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if call::find("npm").is_none() {
        return Err("npm is not installed. It comes with Node, version 20 or later.".into());
    }
    call::run(npm(house, "ci").args(["--no-audit", "--no-fund"]))?;
    fs::write(&stamp, lock).map_err(|error| format!("{} cannot be written: {error}", stamp.display()).into())
}

/// Builds the screens where a source is newer than the last build.
pub fn build_if_stale(house: &House) -> Result<()> {
    let built = fs::metadata(house.ui().join("dist").join("index.html")).and_then(|file| file.modified());
    match built {
        Ok(built) if newest(&house.ui())? <= built => Ok(()),
        _ => call::run(&mut script(house, "build")),
    }
}

/// A script of `ui/package.json`.
pub fn script(house: &House, name: &str) -> Command {
    let mut command = npm(house, "run");
    command.arg(name);
    command
}

fn npm(house: &House, word: &str) -> Command {
    let mut command = Command::new("npm");
    command.arg(word).current_dir(house.ui()).env("NO_COLOR", "1");
    command
}

/// When the newest source under a folder was written; hidden files are the tools' own.
fn newest(folder: &Path) -> Result<SystemTime> {
    let mut latest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let written =
            if entry.file_type()?.is_dir() { newest(&entry.path())? } else { entry.metadata()?.modified()? };
        latest = latest.max(written);
    }
    Ok(latest)
}
