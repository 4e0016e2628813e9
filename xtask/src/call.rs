//! Calling other programs: in the open, for their output, or as a companion that ends when this program ends.

use crate::Result;
use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Cargo, without what the outer `cargo run` says about this package. Build scripts that watch those names would
/// otherwise run again at every change between `cargo xtask test` and `cargo test`.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let of_this_package = name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if of_this_package || matches!(&*name, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE") {
            cargo.env_remove(&*name);
        }
    }
    cargo
}

/// Says what is about to run, then runs it with the terminal as its own.
pub fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.status().map_err(|error| format!("{} cannot be started: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", line(command)).into()) }
}

/// Runs a command silently; its standard output where it succeeds, its standard error as the error where it does not.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|error| format!("{} cannot be started: {error}", line(command)))?;
    if !output.status.success() {
        let said = [&output.stdout[..], &output.stderr[..]].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        return Err(format!("{} ended with {}\n{}", line(command), output.status, said.concat().trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether a command runs and succeeds; its output is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Where a program lies on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// A command that the system ends when this program ends, however it ends. Without `setpriv` (it is in every Debian) it is
/// an ordinary command.
pub fn companion(program: impl AsRef<OsStr>) -> Command {
    let Some(setpriv) = find("setpriv") else { return Command::new(program) };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}

/// A command as another program runs it, `dbus-run-session` for instance, in the same place and surroundings.
pub fn wrapped(wrapper: &str, command: &Command) -> Command {
    let mut outer = Command::new(wrapper);
    outer.arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    outer
}

/// Prints a command before its output.
pub fn announce(command: &Command) {
    println!("\n→ {}", line(command));
}

/// A command as somebody would type it.
fn line(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let args = command.get_args().map(|arg| {
        let arg = arg.to_string_lossy();
        if arg.contains(' ') { format!("'{arg}'") } else { arg.into_owned() }
    });
    [name.into_owned()].into_iter().chain(args).collect::<Vec<_>>().join(" ")
}
