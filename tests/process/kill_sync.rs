//! kill -9 of the desk or of the hub at any moment of an exchange between the real programs: what was said to be received is at
//! the hub, everything arrives once, and both stores are sound. `MOTCUA_KILLS=1000` kills a thousand times.

use motcua_tests::support::{BIRTH, HANH, HubProcess, Terminal};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

#[test]
fn whichever_side_dies_in_the_middle_everything_arrives_once() {
    let kills = number("MOTCUA_KILLS", 12);
    let seed = number("MOTCUA_SEED", 20_261_127);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let mut hub = HubProcess::serve(&data, "127.0.0.1:0");
    let address = hub.url.trim_start_matches("https://").to_owned();
    let terminal = Terminal::new(folder.path());
    terminal.sets_up("1");
    terminal.enrols(&hub, &data);

    let card = HANH.card_text();
    let receive = || terminal.does(&["receive", "--card-text", &card, "--procedure", BIRTH])["code"].to_string();
    let mut given = BTreeSet::from([receive()]);
    // An undisturbed exchange tells how long one takes here, from the program's start to its end.
    let begun = Instant::now();
    terminal.does(&["sync", "--once"]);
    let whole = begun.elapsed();

    let mut random = fastrand::Rng::with_seed(seed);
    let (mut desks, mut hubs) = (0, 0);
    while desks + hubs < kills {
        if random.u8(..3) == 0 {
            let code = receive();
            assert!(given.insert(code.clone()), "{code} was given twice (seed {seed})");
        }
        let mut exchange = terminal.command(&["sync", "--once"]);
        let exchange = exchange.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the desk runs");
        let moment = whole.mul_f64(0.2 + random.f64());
        if random.bool() {
            desks += u64::from(is_killed_after(exchange, moment));
        } else {
            hubs += 1;
            let exchange = ended_within(exchange, moment);
            hub.kill();
            if let Some(mut exchange) = exchange {
                exchange.wait().expect("it ends");
            }
            hub = HubProcess::serve(&data, &address);
        }
        let acknowledged = terminal.does(&["status"])["acknowledged"].as_u64().expect("a count");
        let held = count(&data, "SELECT count(*) FROM op");
        assert!(acknowledged <= held, "{acknowledged} acknowledged, {held} held (seed {seed})");
    }
    assert!(desks > 0 && hubs > 0, "one side was never killed");
    terminal.does(&["sync", "--once"]);
    let status = terminal.does(&["status"]);
    let acknowledged = status["acknowledged"].as_u64().expect("a count");
    assert_eq!((status["waiting"].as_u64(), count(&data, "SELECT count(*) FROM op")), (Some(0), acknowledged));
    assert_eq!(count(&data, "SELECT max(seq) FROM op"), acknowledged, "none twice, none left out");
    assert_eq!(count(&data, "SELECT count(*) FROM dossier"), given.len() as u64);
    assert_eq!(count(&data, "SELECT count(*) FROM outbox"), given.len() as u64);
    assert_eq!(terminal.does(&["verify"])["ok"], true);
    println!("{desks} desks and {hubs} hubs killed, {} dossiers", given.len());
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Waits for a program to end; gives it back where it runs longer than this.
fn ended_within(mut program: Child, most: Duration) -> Option<Child> {
    let begun = Instant::now();
    while begun.elapsed() < most {
        if program.try_wait().expect("its state").is_some() {
            return None;
        }
        std::thread::yield_now();
    }
    Some(program)
}

/// Kills a program when it has run so long. Whether it was still running.
fn is_killed_after(program: Child, moment: Duration) -> bool {
    let Some(mut program) = ended_within(program, moment) else { return false };
    program.kill().expect("killed");
    program.wait().expect("ended");
    true
}

fn count(data: &Path, sql: &str) -> u64 {
    let store = rusqlite::Connection::open(data.join("hub.db")).expect("the hub's store");
    store.query_row(sql, [], |row| row.get(0)).expect("a count")
}
