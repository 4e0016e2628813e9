//! kill -9 at any moment between the key press and the receipt: what was said is there, and nothing is there twice.

use desk::keys::{DataKey, KeyFile, Unlock};
use desk::place::Place;
use desk::store::Store;
use desk::store::dossiers::{self, Filter};
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, HANH, HubProcess, PAO, PASSPHRASE, Terminal, answer};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How many moments; `MOTCUA_KILLS` asks for another number.
fn moments() -> u64 {
    std::env::var("MOTCUA_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// Runs a command and kills it when `patience` is over. Answers what it had said by then, and whether it ended by itself.
fn until(command: &mut Command, patience: Duration) -> (Value, bool) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
    let mut out = child.stdout.take().expect("its output");
    let (said, hears) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).expect("text");
        said.send(text).ok();
    });
    let ended = hears.recv_timeout(patience);
    let by_itself = ended.is_ok();
    if !by_itself {
        child.kill().expect("killed");
    }
    child.wait().expect("ended");
    let text = ended.or_else(|_| hears.recv()).expect("what it said");
    reader.join().expect("the reader ends");
    (serde_json::from_str(&text).unwrap_or(Value::Null), by_itself)
}

struct Checked {
    place: Place,
    key: DataKey,
}

impl Checked {
    fn new(terminal: &Terminal) -> Self {
        let place = Place::on_machine(terminal.data(), terminal.machine());
        let mut keys = KeyFile::read(&place).expect("keys");
        let key = keys.unlock(&Unlock::Passphrase(PASSPHRASE), &place, 0).expect("the key");
        Self { place, key }
    }

    /// The store opens, verifies, and holds no number twice. Answers its numbers.
    fn numbers(&self) -> Vec<String> {
        let store = Store::open(&self.place, self.key.clone()).expect("the store opens");
        assert_eq!(store.verify().expect("a verification").faults, Vec::<String>::new());
        let rows = store.read(|connection| dossiers::list(connection, Filter::All, "", 100_000, 0)).expect("the list");
        let numbers: Vec<String> = rows.into_iter().map(|row| row.code).collect();
        let distinct: BTreeSet<&String> = numbers.iter().collect();
        assert_eq!(distinct.len(), numbers.len(), "a number was given twice: {numbers:?}");
        numbers
    }
}

#[test]
fn whatever_was_said_before_the_power_went_is_there_afterwards() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = enrolled(folder.path());
    let checked = Checked::new(&terminal);
    let receipt = folder.path().join("phieu.pdf");
    let out = receipt.to_str().expect("a path");
    let (hanh, pao) = (HANH.card_text(), PAO.card_text());
    let receive = |n: u64| {
        let (card, procedure) = if n.is_multiple_of(3) { (&hanh, BIRTH) } else { (&pao, CERTIFIED_COPY) };
        terminal.command(&["receive", "--card-text", card, "--procedure", procedure])
    };

    // One undisturbed run tells how long receiving and printing take here.
    let begun = Instant::now();
    let first = answer(&mut receive(0));
    let receiving = begun.elapsed();
    let code = first.json["code"].as_str().expect("a number").to_owned();
    terminal.does(&["print", &code, "--form", "01", "--out", out]);
    let whole = begun.elapsed();

    let seed = std::env::var("MOTCUA_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_123);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut said = BTreeSet::from([code]);
    let (mut killed, mut printed) = (0, 0);
    for n in 0..moments() {
        // Every second moment falls where the dossier is being written, the others anywhere.
        let moment = match n % 2 {
            0 => whole.mul_f64(random.f64() * 1.3),
            _ => receiving.mul_f64(0.6 + 0.5 * random.f64()),
        };
        let begun = Instant::now();
        let (received, by_itself) = until(&mut receive(n), moment);
        killed += u64::from(!by_itself);
        if let Some(code) = received["code"].as_str() {
            assert!(said.insert(code.to_owned()), "{code} was said twice (moment {n} of seed {seed})");
            std::fs::remove_file(&receipt).ok();
            let left = moment.saturating_sub(begun.elapsed());
            let (written, by_itself) =
                until(&mut terminal.command(&["print", code, "--form", "01", "--out", out]), left);
            killed += u64::from(!by_itself);
            let file = std::fs::read(&receipt).ok();
            assert!(
                file.as_ref().is_none_or(|pdf| pdf.starts_with(b"%PDF") && pdf.trim_ascii_end().ends_with(b"%%EOF")),
                "half a receipt"
            );
            if written["file"].is_string() {
                assert!(file.is_some(), "a receipt that was announced is there");
                printed += 1;
                assert_eq!(terminal.does(&["show", code])["printed"], 1);
            }
        }
        let numbers = checked.numbers();
        for code in &said {
            assert!(numbers.contains(code), "{code} was said and is gone (moment {n} of seed {seed})");
        }
    }
    assert!(killed > 0, "every moment missed its run");
    assert_eq!(terminal.does(&["verify"])["ok"], true);
    println!("{killed} killed, {printed} printed, {} numbers said, {} stored", said.len(), checked.numbers().len());
}

/// A desk whose hub has gone away for good.
fn enrolled(folder: &Path) -> Terminal {
    let terminal = Terminal::new(folder);
    let hub = folder.join("hub");
    let serving = HubProcess::serve(&hub, "127.0.0.1:0");
    terminal.sets_up("1");
    terminal.enrols(&serving, &hub);
    terminal
}
