//! The suite runs twice: on the embedded store, and on PostgreSQL.

use crate::postgres::{Database, Server, programs};
use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

/// Names the server for the second time: the folder of its socket.
const SUITE: &str = "MOTCUA_TEST_POSTGRES";

/// A new database of the server the suite runs on, if it runs on one.
pub fn database() -> Option<Database> {
    env::var_os(SUITE).map(|socket| Database::new(Path::new(&socket)))
}

/// Runs every other test of this program again, on PostgreSQL.
#[test]
fn the_whole_suite_on_postgresql() {
    if env::var_os(SUITE).is_some() {
        return;
    }
    let Some(programs) = programs() else {
        // Not by `eprintln!`: of a test that passes that would not be seen.
        writeln!(io::stderr(), "PostgreSQL is not installed: the half of the suite that runs on it was SKIPPED").ok();
        return;
    };
    // What is tested is the hub; the disk of a server that nobody cuts the power of need not be waited for.
    let server = Server::start(&programs, &["fsync=off", "max_connections=300"], &[]);
    let mut suite = Command::new(env::current_exe().expect("this program"));
    let status = suite.env(SUITE, server.socket()).status().expect("the suite runs");
    assert!(status.success(), "the suite fails on PostgreSQL");
}
