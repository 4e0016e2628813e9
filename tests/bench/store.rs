//! A desk with many dossiers: how long an intake takes until it is safe on the disk, and how long the officer waits for a
//! search, a list, the first screen; beside one row put into a table of a bare SQLite on the same disk.

use crate::figure::{Figure, Sample};
use crate::invented::{Commune, HELD_OUT};
use crate::line::{Line, NOTED};
use crate::{Load, Result};
use desk::api::dossiers::{Filter, ListInput};
use desk::api::drafts::{Draft, PaperInput};
use desk::api::people::PersonInput;
use desk::api::receive::Receive;
use desk::api::setup::{SetUp, set_up};
use desk::api::{Clock, Desk};
use desk::place::Place;
use desk::store::ops::{self, At};
use desk::texts::Language;
use fastrand::Rng;
use jiff::civil::{DateTime, date};
use protocol::fields::Content;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs};

/// How many dossiers the store is filled with where none were brought.
const DOSSIERS: usize = 100_000;

/// A commune this size takes in so many a day; 2026 until November then makes the [`DOSSIERS`].
const A_DAY: u32 = 450;

/// Dossiers in one transaction while the store is filled.
const TOGETHER: usize = 2_000;

/// Intakes and bare commits, in turn.
const INTAKES: usize = 600;

/// Searches of each kind.
const SEARCHES: usize = 300;

/// Operations on their way to the province while the screens are measured: an afternoon without a link.
const WAITING: u64 = 100;

/// What the desk's clock shows.
const NOW: DateTime = date(2026, 11, 20).at(9, 0, 0, 0);

/// What the terminal opens a bench's desk with.
pub const PASSPHRASE: &str = "đo đạc từng mili giây";

/// A desk in a folder of its own, with the officer who set it up.
pub fn new_desk(folder: &Path, agency: &str) -> Result<Desk> {
    let clock: Clock = Arc::new(|| milliseconds(NOW));
    let place = Place::on_machine(folder.join("desk"), folder.join("machine"));
    let input = SetUp {
        agency: agency.to_owned(),
        commune: "Xã Bản Mẫu".to_owned(),
        superior: "UBND tỉnh Mẫu".to_owned(),
        counter: 1,
        officer: "Lò Thị Mai".to_owned(),
        pin: "246810".to_owned(),
        ..SetUp::default()
    };
    let (desk, _) = set_up(place, &input, Some(PASSPHRASE), clock, Language::Vietnamese)?;
    Ok(desk)
}

/// What an officer types for a line.
pub fn draft(line: &Line) -> Draft {
    let applicant = &line.applicant;
    Draft {
        applicant: PersonInput {
            name: applicant.full_name.clone(),
            number: applicant.id_number.clone(),
            born: applicant.dob.clone(),
            address: applicant.address.clone(),
            phone: applicant.phone.clone(),
            ..PersonInput::default()
        },
        procedure: Some(line.procedure_code.clone()),
        papers: line
            .attachments
            .iter()
            .map(|paper| PaperInput { name: paper.name.clone(), originals: 1, ..PaperInput::default() })
            .collect(),
        sets: 1,
        ..Draft::default()
    }
}

/// Measures.
pub fn measure(load: &Load) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut commune = Commune::new(&HELD_OUT, 100_000, A_DAY);
    let desk = new_desk(folder.path(), commune.agency())?;
    let mut figures = Vec::new();

    let begun = Instant::now();
    let lines: Vec<Line> = match load.lines()? {
        Some(lines) => lines.into_iter().map(|(_, line)| line).collect(),
        None => commune.by_ref().take(DOSSIERS).collect(),
    };
    eprintln!("{} dossiers, {:.1} s to invent or read them", lines.len(), begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let operations = fill(&desk, &lines)?;
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("{operations} operations appended in {seconds:.1} s");
    let file = fs::metadata(folder.path().join("desk").join("desk.db"))?.len();
    figures.push(Figure::new("dossiers", lines.len() as f64, "dossiers"));
    figures.push(Figure::new("operations", operations as f64, "operations"));
    figures.push(Figure::new("appending, 2,000 dossiers together", operations as f64 / seconds, "operations a second"));
    figures.push(Figure::new("file", file as f64 / lines.len() as f64, "bytes per dossier"));

    figures.extend(intakes(&desk, &mut commune, folder.path())?);
    figures.extend(searches(&desk, &lines)?);
    let unsent = ListInput { filter: Filter::Unsent, text: String::new(), limit: 100, offset: 0 };
    figures.push(repeated("list unsent, nothing ever sent, p50", 5, || desk.dossiers(&unsent))?);
    figures.push(repeated("status, nothing ever sent, p50", 5, || desk.sync_status())?);
    send_all_but(&desk, WAITING)?;
    figures.extend(screens(&desk)?);
    let mut verifying = Sample::default();
    let verified = verifying.time(|| desk.store().verify())?;
    if !verified.faults.is_empty() {
        return Err(format!("verify found {:?}", verified.faults).into());
    }
    figures.push(Figure::new("verify", verifying.at(50) / 1e3, "s"));
    Ok(figures)
}

/// Puts lines into the store through its one door, many in a transaction. Answers how many operations that were.
fn fill(desk: &Desk, lines: &[Line]) -> Result<usize> {
    let officer = desk.officer().at;
    let mut count = 0;
    for together in lines.chunks(TOGETHER) {
        let steps = together.iter().map(Line::steps).collect::<Result<Vec<_>>>()?;
        let (written, _) = desk.store().write(|writing| {
            let mut written = 0;
            for dossier in steps {
                let mut at: Option<At> = None;
                for step in dossier {
                    let appended = writing.append(step.ms, Some(officer), at, &Content::Dossier(step.op))?;
                    at = at.or(Some(appended));
                    written += 1;
                }
            }
            Ok(written)
        })?;
        count += written;
    }
    Ok(count)
}

/// Enrols the desk and has the province acknowledge everything but the last operations.
fn send_all_but(desk: &Desk, waiting: u64) -> Result<()> {
    desk.store().write(|writing| {
        let own = ops::own(writing.reading())?;
        ops::enrol_origin(writing, own.id, 7, 1)?;
        let acknowledged = own.last_seq.saturating_sub(waiting);
        ops::set_progress(writing, own.id, acknowledged, acknowledged, 0)
    })?;
    Ok(())
}

fn repeated<T>(name: &str, times: usize, mut work: impl FnMut() -> desk::error::Result<T>) -> Result<Figure> {
    let mut sample = Sample::default();
    for _ in 0..times {
        sample.time(&mut work)?;
    }
    Ok(Figure::new(name, sample.at(50), "ms"))
}

/// One intake by the whole use case, one bare commit in SQLCipher, one in plain SQLite, in turn: a neighbour on the disk
/// disturbs all three alike.
fn intakes(desk: &Desk, commune: &mut Commune, folder: &Path) -> Result<Vec<Figure>> {
    let cipher = bare(&folder.join("cipher.db"), true)?;
    let plain = bare(&folder.join("plain.db"), false)?;
    let (mut ours, mut in_cipher, mut in_plain) = (Sample::default(), Sample::default(), Sample::default());
    let answered = ["same_day", "papers_missing", "clock_doubtful"].map(str::to_owned).to_vec();
    for line in commune.take(INTAKES) {
        let input = Receive { draft: draft(&line), answered: answered.clone() };
        let (received, _) = ours.time(|| desk.receive_at(&input, NOW))?;
        if received.code.is_empty() {
            return Err("an intake was not received".into());
        }
        let body = serde_json::to_string(&line)?;
        for (connection, sample) in [(&cipher, &mut in_cipher), (&plain, &mut in_plain)] {
            sample.time(|| connection.prepare_cached("INSERT INTO dossier (body) VALUES (?1)")?.execute([&body]))?;
        }
    }
    let figure = |percent: usize, peer: &str, sample: &Sample| {
        Figure::new(format!("intake p{percent}"), ours.at(percent), "ms").beside(peer, sample.at(percent))
    };
    let (cipher, plain) = ("one row, bare SQLCipher, FULL", "one row, bare SQLite, FULL");
    Ok([50, 99].iter().flat_map(|p| [figure(*p, cipher, &in_cipher), figure(*p, plain, &in_plain)]).collect())
}

fn bare(file: &Path, encrypted: bool) -> Result<Connection> {
    let connection = Connection::open(file)?;
    if encrypted {
        connection.pragma_update(None, "key", format!("x'{}'", "2a".repeat(32)))?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE dossier (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")?;
    Ok(connection)
}

/// What is typed to find a dossier.
type Typed = fn(&Line) -> String;

/// What people type into the one box, and the terminal's `find`.
fn searches(desk: &Desk, lines: &[Line]) -> Result<Vec<Figure>> {
    let mut rng = Rng::with_seed(1);
    let mut figures = Vec::new();
    let word = |line: &Line, place: usize| line.applicant.full_name.split(' ').nth(place).unwrap_or("mai").to_owned();
    let kinds: [(&str, Typed); 4] = [
        ("a whole name", |line| line.applicant.full_name.clone()),
        ("a number", |line| line.code.clone()),
        ("a telephone", |line| line.applicant.phone.clone()),
        ("a surname", |line| line.applicant.full_name.split(' ').next().unwrap_or_default().to_owned()),
    ];
    let any = |rng: &mut Rng| lines.get(rng.usize(..lines.len())).ok_or("no lines");
    let mut measured = |name: &str, texts: Vec<String>| -> Result<()> {
        let (mut box_, mut find) = (Sample::default(), Sample::default());
        for text in texts {
            box_.time(|| desk.look_up(&text))?;
            find.time(|| desk.find(&text))?;
        }
        for percent in [50, 99] {
            figures.push(Figure::new(format!("the box, {name}, p{percent}"), box_.at(percent), "ms"));
            figures.push(Figure::new(format!("find, {name}, p{percent}"), find.at(percent), "ms"));
        }
        Ok(())
    };
    for (name, text) in kinds {
        let texts = (0..SEARCHES).map(|_| any(&mut rng).map(text)).collect::<std::result::Result<_, _>>()?;
        measured(name, texts)?;
    }
    let mut typed = Vec::new();
    for _ in 0..SEARCHES {
        let line = any(&mut rng)?;
        let last = word(line, line.applicant.full_name.split(' ').count() - 1);
        typed.push(format!("{} {}", word(line, 0), last.chars().take(2).collect::<String>()));
    }
    measured("a surname and two letters", typed)?;
    measured("one letter", "nthdlvgcbpqsxyakm".chars().map(String::from).collect())?;
    measured("nobody", (0..SEARCHES).map(|n| format!("qwrt{n}")).collect())?;
    Ok(figures)
}

/// The first screen, the lists and a dossier's page.
fn screens(desk: &Desk) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut repeat = |name: &str, work: &dyn Fn() -> Result<()>| -> Result<()> {
        let mut sample = Sample::default();
        for _ in 0..40 {
            sample.time(work)?;
        }
        figures.push(Figure::new(format!("{name}, p50"), sample.at(50), "ms"));
        figures.push(Figure::new(format!("{name}, p99"), sample.at(99), "ms"));
        Ok(())
    };
    repeat("today", &|| Ok(desk.today().map(drop)?))?;
    repeat("status", &|| Ok(desk.sync_status().map(drop)?))?;
    let filters = [
        ("all", Filter::All),
        ("open", Filter::Open),
        ("today", Filter::Today),
        ("late", Filter::Late),
        ("unsent", Filter::Unsent),
    ];
    for (name, filter) in filters {
        for offset in [0, 50_000] {
            let input = ListInput { filter, text: String::new(), limit: 100, offset };
            repeat(&format!("list {name} from {offset}"), &|| Ok(desk.dossiers(&input).map(drop)?))?;
        }
    }
    let input = ListInput { filter: Filter::All, text: String::new(), limit: 1, offset: 0 };
    let code = desk.dossiers(&input)?.first().map(|row| row.code.clone()).ok_or("an empty list")?;
    repeat("a dossier's page", &|| Ok(desk.dossier(&code).map(drop)?))?;
    repeat("noting a remark, durable", &|| Ok(desk.add_note(&code, NOTED).map(drop)?))?;
    Ok(figures)
}

fn milliseconds(at: DateTime) -> i64 {
    jiff::tz::offset(7).to_timestamp(at).map_or(0, |at| at.as_millisecond())
}
