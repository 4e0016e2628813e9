//! A display of our own for the window's tests, so that they need no screen and disturb none.

use crate::{Result, call};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A virtual screen of the size most commune desks have. It goes when this value goes.
pub struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts the server on a free number and waits until it takes windows.
    pub fn start() -> Result<Self> {
        let mut server = call::companion("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            // It writes its number once it is ready, and ends without a word where it cannot start.
            BufReader::new(output).read_line(&mut number)?;
        }
        let display = Self { server, name: format!(":{}", number.trim()) };
        if number.trim().is_empty() { Err("Xvfb did not start".into()) } else { Ok(display) }
    }

    /// Puts a command on this display, and on no other.
    pub fn show(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name).env("GDK_BACKEND", "x11").env_remove("WAYLAND_DISPLAY");
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // A server that has ended already is as good as one that is ended now.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
