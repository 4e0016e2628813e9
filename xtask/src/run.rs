//! `cargo xtask run`: the desk in a practice commune; in its window where there is a display, in the terminal where not.

use crate::house::House;
use crate::practice::{self, COMMUNE, OFFICER, PIN, Practice};
use crate::{Result, call, debian, screens};
use std::env;
use std::process::Command;

/// An invented citizen's card as its QR code reads. No province has the number 000.
const CARD: &str = "000090000321||Giàng A Mẫu|01021990|Nam|Bản Suối Mẫu, Xã Bản Mẫu|15082024||||";
/// Registration of a birth.
const PROCEDURE: &str = "1.001193";

/// Installs, builds, opens the practice commune, and ends when the window is closed or the job in the terminal is done.
pub fn run() -> Result<()> {
    let house = House::find()?;
    if ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty())) {
        debian::ensure(&house, &[debian::BUILD, debian::WINDOW])?;
        screens::install(&house)?;
        screens::build_if_stale(&house)?;
        practice::build(&house, true)?;
        in_the_window(&Practice::open(&house)?)
    } else {
        debian::ensure(&house, &[debian::BUILD, debian::PICTURE])?;
        practice::build(&house, false)?;
        in_the_terminal(&Practice::open(&house)?)
    }
}

fn in_the_window(practice: &Practice) -> Result<()> {
    println!("\n{COMMUNE}. Officer: {OFFICER}. PIN: {PIN}. The practice hub answers at {}.", practice.url);
    call::run(&mut practice.window()).map_err(|error| {
        format!("{error}\nWhere no display can be reached: env -u DISPLAY -u WAYLAND_DISPLAY cargo xtask run").into()
    })
}

/// The main job of a desk: a card is read, a dossier taken in, its receipt printed, the province reached.
fn in_the_terminal(practice: &Practice) -> Result<()> {
    println!("\nNo display here: the same job in the terminal, at {COMMUNE}.");
    let (receipt, picture) = (practice.path("receipt.pdf"), practice.path("receipt.png"));
    let received = practice.ask(&["receive", "--card-text", CARD, "--procedure", PROCEDURE])?;
    let code = received["code"].as_str().ok_or_else(|| format!("the answer names no dossier: {received}"))?;
    println!("{received:#}");

    let mut print = practice.desk(&["print", code, "--form", "01", "--size", "a5", "--out"]);
    call::run(print.arg(&receipt))?;
    // The program adds `.png` to the name itself.
    call::run(
        Command::new("pdftoppm")
            .args(["-png", "-r", "150", "-f", "1", "-singlefile"])
            .arg(&receipt)
            .arg(picture.with_extension("")),
    )?;
    call::run(&mut practice.desk(&["sync", "--once"]))?;
    call::run(&mut practice.desk(&["show", code]))?;
    call::run(&mut practice.desk(&["verify"]))?;

    println!("\nDossier  {code}\nReceipt  {}\nPicture  {}", receipt.display(), picture.display());
    Ok(())
}
