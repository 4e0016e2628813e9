//! `cargo xtask setup`: all that `run` and `test` would install, and nothing else.

use crate::house::House;
use crate::{Result, call, debian, screens};
use std::process::Command;

/// Debian packages, Rust components and npm packages.
pub fn everything() -> Result<()> {
    let house = House::find()?;
    for_tests(&house)?;
    screens::install(&house)?;
    println!("Everything is installed.");
    Ok(())
}

/// What the tests need beside npm packages.
pub fn for_tests(house: &House) -> Result<()> {
    debian::ensure(house, &[debian::BUILD, debian::WINDOW, debian::PICTURE, debian::TESTS, debian::SERVER])?;
    for (component, command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !call::succeeds(house.cargo().args([command, "--version"])) {
            call::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}
