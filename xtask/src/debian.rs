//! The Debian packages: which are missing, and installing those.

use crate::house::House;
use crate::{Result, call};
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// To build everything but the window: a C++ compiler, cmake for the second QR decoder, OpenSSL's headers for SQLCipher,
/// those of CUPS for the printers.
pub const BUILD: &[&str] = &["build-essential", "pkg-config", "cmake", "libssl-dev", "libcups2-dev"];

/// To build and open the window. Tray, menu and SVG packages that guides to Tauri also list are not linked by this one.
pub const WINDOW: &[&str] = &["libwebkit2gtk-4.1-dev", "dbus-daemon"];

/// To make a picture of the printed receipt.
pub const PICTURE: &[&str] = &["poppler-utils"];

/// To drive the real window on a display of our own, and the screens in a browser; and to make hosts of our own on a network.
pub const TESTS: &[&str] = &["webkit2gtk-driver", "xvfb", "xdotool", "chromium", "iproute2"];

/// The hub's larger store: its tests and its bench start a server of their own from these programs.
pub const SERVER: &[&str] = &["postgresql"];

const ATTEMPTS: u32 = 3;

/// Installs what is missing of these packages. On another system than Debian and its children it only says so.
///
/// # Errors
/// Packages are missing and neither is this root nor does `sudo` work without a question, or the third attempt failed.
pub fn ensure(house: &House, groups: &[&[&str]]) -> Result<()> {
    let wanted: Vec<&str> = groups.concat();
    if call::find("dpkg-query").is_none() {
        println!("This system has no dpkg. Its names for these Debian packages are needed: {}", wanted.join(" "));
        return Ok(());
    }
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing Debian packages: {}", missing.join(" "));
    let Some(right) = right_to_install() else {
        return Err(format!("Install them, then call this again:\n  apt-get install {}", missing.join(" ")).into());
    };
    let mut attempt = 1;
    loop {
        match install(house, right, &missing) {
            Err(error) if attempt < ATTEMPTS => {
                println!("{error}\nAttempt {attempt} of {ATTEMPTS} failed, trying again.")
            }
            outcome => return outcome,
        }
        thread::sleep(Duration::from_secs(5) * attempt);
        attempt += 1;
    }
}

fn missing<'a>(wanted: &[&'a str]) -> Result<Vec<&'a str>> {
    // It ends with an error where it knows nothing of a package, and still lists the others.
    let known = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .stderr(Stdio::null())
        .output()?;
    Ok(not_installed(wanted, &String::from_utf8_lossy(&known.stdout)))
}

fn not_installed<'a>(wanted: &[&'a str], listing: &str) -> Vec<&'a str> {
    let installed = |package: &&str| listing.lines().any(|line| line == format!("{package} installed"));
    wanted.iter().copied().filter(|package| !installed(package)).collect()
}

/// The words that go before a command to run it as root: none as root itself, no answer where that cannot be had.
fn right_to_install() -> Option<&'static [&'static str]> {
    let root = call::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Some(&[]);
    }
    call::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn install(house: &House, right: &[&str], packages: &[&str]) -> Result<()> {
    // An archive folder of our own: some images delete every package file in the usual one after any dpkg run, so that two
    // installations at once take each other's files away.
    let archives = house.output("apt");
    fs::create_dir_all(archives.join("partial"))?;
    let options = [format!("Dir::Cache::Archives={}", archives.display()), "DPkg::Lock::Timeout=600".to_owned()];
    let apt = |words: &[&str]| {
        let words = [right, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], words].concat();
        let (program, args) = words.split_first().unwrap_or((&"apt-get", &[]));
        let mut command = Command::new(program);
        command.args(args).args(options.iter().flat_map(|option| ["-o", option]));
        command
    };
    // A list that cannot be fetched anew may still be good enough to install from.
    if let Err(error) = call::run(&mut apt(&["update", "--quiet"])) {
        println!("{error}");
    }
    call::run(apt(&["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages))?;
    call::run(&mut apt(&["clean"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_fully_installed_count() {
        let listing = "cmake installed\nxvfb not-installed\npkg-config config-files\nlibssl-dev-extra installed\n";
        let wanted = ["cmake", "xvfb", "pkg-config", "libssl-dev"];
        assert_eq!(not_installed(&wanted, listing), ["xvfb", "pkg-config", "libssl-dev"]);
    }
}
