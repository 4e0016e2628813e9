//! `cargo xtask run | test | bench NAME | link | setup`: everything a newcomer types, and all a machine with only Rust, Node and
//! npm needs to know. It must not depend on the product's crates, nor on anything that takes long to build.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to whoever typed it")]

mod bench;
mod call;
mod debian;
mod display;
mod house;
mod link;
mod practice;
mod run;
mod screens;
mod setup;
mod tally;
mod test;

use bench::Load;
use link::Line;
use std::env;
use std::error::Error;
use std::process::ExitCode;

/// The result of a step; its error is a sentence for the person at the terminal.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "\
cargo xtask run       installs what is missing, builds, and opens the desk in a practice commune
cargo xtask test      runs every test
cargo xtask bench NAME [--peers DIR] [--data FILE] [--manifest FILE] [--seeds N]
                      measures, prints a table and writes target/bench/NAME.json
cargo xtask link --to ADDRESS [--listen ADDRESS] [--rate KBIT] [--rtt MS] [--stall PERCENT] [--cut SECONDS] [--outage SECONDS]
                      a bad line to the hub at an address, to try the desk behind; --cut 0: never cut
cargo xtask dictionary [--write]
                      measures wire dictionaries; writes the chosen one only before it has shipped
cargo xtask setup     only installs what run and test need";

/// What was asked for.
#[derive(Debug, PartialEq)]
enum Task {
    Run,
    Test,
    Setup,
    Bench { name: String, load: Load },
    Link(Line),
    Dictionary { write: bool },
}

fn main() -> ExitCode {
    let Some(task) = parse(env::args().skip(1)) else {
        eprintln!("{USAGE}\n\nBenches: {}", bench::names());
        return ExitCode::from(2);
    };
    let outcome = match task {
        Task::Run => run::run().map(|()| ExitCode::SUCCESS),
        Task::Test => test::test(),
        Task::Setup => setup::everything().map(|()| ExitCode::SUCCESS),
        Task::Bench { name, load } => bench::bench(&name, &load).map(|()| ExitCode::SUCCESS),
        Task::Link(line) => line.stand().map(|()| ExitCode::SUCCESS),
        Task::Dictionary { write } => bench::dictionary(write).map(|()| ExitCode::SUCCESS),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The task a command line names; none where it is wrong use.
fn parse(mut words: impl Iterator<Item = String>) -> Option<Task> {
    let task = match words.next()?.as_str() {
        "run" => Task::Run,
        "test" => Task::Test,
        "setup" => Task::Setup,
        "bench" => {
            let name = words.next().filter(|name| bench::is_known(name))?;
            let mut load = Load::default();
            while let Some(option) = words.next() {
                let word = words.next()?;
                if option == "--seeds" {
                    load.seeds = Some(word.parse().ok()?);
                    continue;
                }
                let value = Some(word.into());
                match option.as_str() {
                    "--peers" => load.peers = value,
                    "--data" => load.data = value,
                    "--manifest" => load.manifest = value,
                    _ => return None,
                }
            }
            Task::Bench { name, load }
        }
        "link" => return Line::parse(words).map(Task::Link),
        "dictionary" => match words.next().as_deref() {
            None => Task::Dictionary { write: false },
            Some("--write") => Task::Dictionary { write: true },
            Some(_) => return None,
        },
        _ => return None,
    };
    words.next().is_none().then_some(task)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Option<Task> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_command_line_is_one_task_or_wrong_use() {
        assert_eq!(parsed("run"), Some(Task::Run));
        assert_eq!(parsed("test"), Some(Task::Test));
        assert_eq!(parsed("setup"), Some(Task::Setup));
        assert_eq!(parsed("dictionary --write"), Some(Task::Dictionary { write: true }));
        let load = Load { data: Some("lines".into()), ..Load::default() };
        assert_eq!(parsed("bench store --data lines"), Some(Task::Bench { name: "store".to_owned(), load }));
        let load = Load { seeds: Some(500), ..Load::default() };
        assert_eq!(parsed("bench sim --seeds 500"), Some(Task::Bench { name: "sim".to_owned(), load }));
        for wrong in [
            "",
            "walk",
            "run fast",
            "test --now",
            "bench",
            "bench no-such-bench",
            "bench store --data",
            "bench sim --seeds many",
            "link",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
