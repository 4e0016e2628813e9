//! `cargo xtask test`: every test there is, of every runner, to the end, whatever fails on the way.

use crate::display::Display;
use crate::house::House;
use crate::tally::Tally;
use crate::{Result, call, practice, screens, setup};
use std::io::{self, BufRead, BufReader};
use std::process::{Command, ExitCode};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A command that has ended and is silent for this long has said all it had to say.
const SILENCE: Duration = Duration::from_millis(500);

/// Runs everything and closes with the line `N passed, N failed`. A part that fails without a failed test, one that does
/// not compile for instance, counts as one failure. The parts that failed are named before it.
pub fn test() -> Result<ExitCode> {
    let house = House::find()?;
    let mut report = Report::default();

    report.part("installing what is missing", |_| setup::for_tests(&house));
    report.part("format", |_| call::run(house.cargo().args(["fmt", "--all", "--check"])));
    report.part("npm packages", |_| screens::install(&house));
    for script in ["check", "test", "build", "test:screens"] {
        report.part(&format!("screens: {script}"), |tally| counted(screens::script(&house, script), tally));
    }
    report.part("lints", |_| {
        let mut clippy = house.cargo();
        clippy.args(["clippy", "--workspace", "--all-targets", "--features", "motcua-tests/window"]);
        call::run(clippy.args(["--", "-D", "warnings"]))
    });
    // `cargo test` builds the programs of a package only for that package's own tests; those that kill them are elsewhere.
    report.part("programs", |_| practice::build(&house, false));
    report.part("tests", |tally| {
        let mut tests = house.cargo();
        tests.args(["test", "--no-fail-fast"]);
        counted(tests, tally)
    });
    report.part("the window", |tally| window(&house, tally));

    Ok(report.close())
}

/// Builds the programs as an office runs them, and drives the real window on a display of its own.
fn window(house: &House, tally: &mut Tally) -> Result<()> {
    practice::build(house, true)?;
    let display = Display::start()?;
    let mut tests = call::wrapped("dbus-run-session", &house.cargo());
    tests
        .args(["test", "--package", "motcua-tests", "--features", "window", "--test", "e2e", "--", "--test-threads=1"])
        .env("MOTCUA_WINDOW_PROGRAM", house.program("motcua-desk"))
        .env("MOTCUA_DESK_PROGRAM", house.program("motcua"))
        .env("MOTCUA_HUB_PROGRAM", house.program("motcua-hub"))
        .env("TAURI_WEBVIEW_AUTOMATION", "true");
    display.show(&mut tests);
    practice::without_render_node(&mut tests);
    counted(tests, tally)
}

/// Runs a command, passing on all it says in the order it says it, and counting the tests it tells of.
fn counted(mut command: Command, tally: &mut Tally) -> Result<()> {
    call::announce(&command);
    let (output, ours) = io::pipe()?;
    let mut child = command.stdout(ours.try_clone()?).stderr(ours).spawn()?;
    // The command holds its ends of the pipe; while they are open the output has no end.
    drop(command);
    let (line, lines) = mpsc::channel();
    thread::spawn(move || {
        for said in BufReader::new(output).split(b'\n').map_while(|said| said.ok()) {
            if line.send(String::from_utf8_lossy(&said).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut ended = None;
    loop {
        match lines.recv_timeout(SILENCE) {
            Ok(said) => {
                println!("{said}");
                tally.read(&said);
            }
            // What a command leaves running, a session bus's services for instance, may hold its output open for ever.
            Err(RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(RecvTimeoutError::Timeout) => ended = child.try_wait()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
}

/// What the parts came to.
#[derive(Default)]
struct Report {
    tally: Tally,
    failed: Vec<String>,
}

impl Report {
    fn part(&mut self, name: &str, work: impl FnOnce(&mut Tally) -> Result<()>) {
        println!("\n── {name}");
        let failed_before = self.tally.failed;
        let outcome = work(&mut self.tally);
        if let Err(error) = &outcome {
            println!("{name}: {error}");
            self.tally.failed = self.tally.failed.max(failed_before + 1);
        }
        if outcome.is_err() || self.tally.failed > failed_before {
            self.failed.push(name.to_owned());
        }
    }

    fn close(self) -> ExitCode {
        if !self.failed.is_empty() {
            println!("\nFailed: {}", self.failed.join(", "));
        }
        println!("\n{} passed, {} failed", self.tally.passed, self.tally.failed);
        if self.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_fails_without_a_failed_test_counts_once() {
        let mut report = Report::default();
        report.part("good", |tally| {
            tally.read("test result: ok. 4 passed; 0 failed");
            Ok(())
        });
        report.part("does not compile", |_| Err("no".into()));
        report.part("two tests fail", |tally| {
            tally.read("test result: FAILED. 1 passed; 2 failed");
            Err("no".into())
        });
        assert_eq!(report.tally, Tally { passed: 5, failed: 3 });
        assert_eq!(report.failed, ["does not compile", "two tests fail"]);
    }

    #[test]
    fn what_a_command_leaves_running_is_not_waited_for() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo 'test result: ok. 3 passed; 0 failed'"]);
        let mut tally = Tally::default();
        counted(command, &mut tally).expect("it ended well");
        assert_eq!(tally, Tally { passed: 3, failed: 0 });
    }

    #[test]
    fn a_runner_that_hides_its_failures_behind_success_is_still_named() {
        let mut report = Report::default();
        report.part("quiet", |tally| {
            tally.read("Tests  1 failed | 3 passed (4)");
            Ok(())
        });
        assert_eq!(report.failed, ["quiet"]);
    }
}
