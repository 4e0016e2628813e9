//! How soon a day's work is at the province over a bad line: a real desk and a real hub, with TCP and TLS as they are, at the two
//! ends of a line that is slow, far, lossy and cut ([`air`]).
//!
//! 100 dossiers and ten scans of noise wait at a desk that has met its hub before, so that TLS has a ticket. The moment the
//! weather turns is the moment the desk begins to call. What is told of the hub is read in its own store. The floor is
//! what has to be carried at the line's rate: the operations as they are packed, and the scans; nothing for packets, TLS, answers or cuts.

mod air;
mod rivals;
#[path = "../../../xtask/src/link/weather.rs"]
mod weather;

use crate::figure::{Figure, Sample};
use crate::line::Line;
use crate::pair::{Pair, Served};
use crate::{Load, Result};
use air::{Air, Counts, HUB};
use fastrand::Rng;
use motcua_tests::support::{BIRTH, HANH, PAO, YNUE, brought};
use rusqlite::{Connection, OpenFlags, params};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use weather::Weather;

/// The line: 32 kbit/s each way, 800 ms there and back, 2 % of packets lost, a queue of 4 s.
const LINE: Weather =
    Weather { kbit: 32.0, rtt_ms: 800.0, queue_ms: 4000.0, trouble: 2.0, cut_ms: 0.0, outage_ms: 2000.0 };

/// What waits at the desk.
const DOSSIERS: usize = 100;
const SCANS: usize = 10;
const SCAN_BYTES: usize = 150_000;

/// A load has its beginning passed over where it is long enough, so that people have begun to come back.
const PASSED_OVER: usize = 3000;

/// From one receipt to the next, seconds: fifteen in the mean, and in step with nothing.
const RECEIPTS_S: (f64, f64) = (10.0, 20.0);

/// A course that takes longer than this, or a rival, is given up.
const AT_MOST: Duration = Duration::from_secs(1260);

/// How often whoever keeps a desk running calls it, and how often the hub's store is looked at.
const TURN: Duration = Duration::from_millis(200);
const LOOK: Duration = Duration::from_millis(10);

/// One run on a line of its own.
struct Course {
    name: &'static str,
    weather: Weather,
    /// Whether somebody works at the desk meanwhile, and takes in a dossier from time to time.
    at_work: bool,
}

/// All of them, side by side.
const COURSES: [Course; 4] = [
    Course { name: "backlog", weather: Weather { cut_ms: 30_000.0, ..LINE }, at_work: false },
    Course { name: "cut every 20 s", weather: Weather { cut_ms: 20_000.0, ..LINE }, at_work: false },
    Course { name: "at work", weather: LINE, at_work: true },
    Course { name: "at work, cut every 30 s", weather: Weather { cut_ms: 30_000.0, ..LINE }, at_work: true },
];

/// What a course came to.
struct Outcome {
    records: Duration,
    all: Duration,
    receipts: Sample,
    /// Bytes above TLS that the desk sent.
    sent: u64,
    counts: Counts,
}

/// Runs every course, and the rivals of a folder beside them.
pub fn measure(load: &Load) -> Result<Vec<Figure>> {
    air::can_be()?;
    let lines = load.lines_or_invented(PASSED_OVER + DOSSIERS)?;
    let from = if lines.len() >= PASSED_OVER + DOSSIERS { PASSED_OVER } else { 0 };
    let lines = lines.get(from..from + DOSSIERS).ok_or("too few lines: 100 are needed")?;
    let once = Once::measured(lines)?;
    let floor = (once.records + (SCANS * SCAN_BYTES) as u64) as f64 * 8.0 / (LINE.kbit * 1e3);
    eprintln!("floor {floor:.1} s: records {} bytes, scans {} bytes", once.records, SCANS * SCAN_BYTES);
    // One course alone, for whoever works on the line.
    let only = std::env::var("MOTCUA_LINK_ONLY").ok();
    let chosen = COURSES.iter().filter(|course| only.as_deref().is_none_or(|only| course.name == only));
    thread::scope(|scope| {
        let courses: Vec<_> = (0..)
            .zip(chosen)
            .map(|(seed, course)| (course, scope.spawn(move || course.run(seed, lines).map_err(|e| e.to_string()))))
            .collect();
        let rivals = scope.spawn(|| rivals::measure(load));
        let mut figures = Vec::new();
        for (course, run) in courses {
            let outcome = run.join().map_err(|_| "a course ended by a fault")??;
            figures.extend(course.figures(&outcome, floor, once.all));
        }
        figures.extend(rivals.join().map_err(|_| "a rival's course ended by a fault")?);
        Ok(figures)
    })
}

/// What the same load takes above TLS on a line without trouble: bytes the desk sends.
struct Once {
    /// Hello and operations.
    records: u64,
    /// Scans as well.
    all: u64,
}

impl Once {
    fn measured(lines: &[(String, Line)]) -> Result<Self> {
        let by = |config| Ok(::hub::serve(config)?);
        let mut pair = Pair::served(lines, &Served { listen: "127.0.0.1:0", scans: true, by: &by })?;
        waits(&mut pair, lines, 0)?;
        let records = pair.exchange()?.0;
        attach(&pair, SCANS)?;
        Ok(Self { records, all: records + pair.exchange()?.0 })
    }
}

/// Puts the load into a desk's log. The papers its lines name have been at the hub for long, but for the scans attached here.
fn waits(pair: &mut Pair, lines: &[(String, Line)], scans: usize) -> Result<()> {
    let store = Connection::open(pair.hub_folder().join("hub.db"))?;
    store.busy_timeout(Duration::from_secs(10))?;
    for (_, line) in lines {
        for paper in &line.attachments {
            let hash = data_encoding::HEXLOWER.decode(paper.hash.as_bytes())?;
            store.execute(
                "INSERT OR IGNORE INTO scan (agency, hash, replica, seq, bytes, whole_at) VALUES (?1, ?2, 0, 0, ?3, 1)",
                params![line.agency, hash, paper.bytes],
            )?;
        }
    }
    let lines: Vec<_> = lines.iter().map(|(text, line)| (text.clone(), line.clone())).collect();
    pair.write(&lines)?;
    attach(pair, scans)
}

/// Attaches scans of noise, each to a dossier of its own.
fn attach(pair: &Pair, count: usize) -> Result<()> {
    let mut noise = Rng::with_seed(20_261_122);
    for (line, _) in pair.written.iter().take(count) {
        let mut page = b"\x89PNG\r\n\x1a\n".to_vec();
        page.resize_with(SCAN_BYTES, || noise.u8(..));
        let file: PathBuf = pair.hub_folder().with_file_name("page.png");
        std::fs::write(&file, page)?;
        pair.desk.attach(&line.code, 1, &[&file])?;
    }
    Ok(())
}

impl Course {
    fn run(&self, seed: u64, lines: &[(String, Line)]) -> Result<Outcome> {
        let air = Air::new(&seed.to_string())?;
        let listen = format!("{HUB}:8443");
        let by = |config| air.hub.inside(|| Ok(::hub::serve(config)?));
        let served = Served { listen: &listen, scans: true, by: &by };
        let mut pair = air.desk.inside(|| Pair::served(lines, &served))?;
        waits(&mut pair, lines, SCANS)?;
        pair.desk.hang_up();
        // Everybody has gone home by then; where not, the receipts tell the desk.
        pair.now.fetch_add(600_000, Ordering::SeqCst);
        let before = pair.desk.line_bytes().0;
        let (begun, over) = (air.turns(self.weather, seed), AtomicBool::new(false));
        let watched = thread::scope(|scope| {
            scope.spawn(|| {
                if let Err(error) = air.desk.inside(|| keeps_running(&pair, begun, &over)) {
                    eprintln!("{}: the desk has ended: {error}", self.name);
                }
            });
            let watched = self.watch(&pair, begun, seed);
            over.store(true, Ordering::SeqCst);
            watched
        });
        let (records, all, receipts) = watched?;
        let sent = pair.desk.line_bytes().0 - before;
        pair.is_there()?;
        let counts = air.counts();
        air.desk.inside(|| Ok(drop(pair)))?;
        Ok(Outcome { records, all, receipts, sent, counts })
    }

    /// Looks at the hub's store until everything is there, and works at the desk meanwhile.
    fn watch(&self, pair: &Pair, begun: Instant, seed: u64) -> Result<(Duration, Duration, Sample)> {
        let store = Connection::open_with_flags(pair.hub_folder().join("hub.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        store.busy_timeout(Duration::from_secs(10))?;
        let count = |sql: &str| store.prepare_cached(sql)?.query_row([], |row| row.get::<_, u64>(0));
        let stored = || count("SELECT coalesce(max(seq), 0) FROM op");
        let whole = || count("SELECT count(*) FROM scan WHERE replica > 0 AND whole_at IS NOT NULL");
        let written = || -> Result<u64> { Ok(pair.desk.store().read(desk::store::ops::own)?.last_seq) };
        let (load, mut records, mut receipts) = (written()?, None, Sample::default());
        let mut rng = Rng::with_seed(seed);
        let mut pause = || Duration::from_secs_f64(RECEIPTS_S.0 + rng.f64() * (RECEIPTS_S.1 - RECEIPTS_S.0));
        let mut next = begun + pause();
        let people = [HANH, PAO, YNUE];
        // A receipt on its way: its last operation, and when it was saved.
        let mut waiting: Option<(u64, Instant)> = None;
        for person in people.iter().cycle() {
            // From one receipt to the next.
            loop {
                if begun.elapsed() > AT_MOST {
                    return Err(format!("{}: not there after {} s", self.name, AT_MOST.as_secs()).into());
                }
                let there = stored()?;
                if there >= load && records.is_none() {
                    records = Some(begun.elapsed());
                    eprintln!("{}: records after {:.1} s", self.name, begun.elapsed().as_secs_f64());
                }
                if let Some((seq, saved)) = waiting
                    && there >= seq
                {
                    receipts.add(saved.elapsed().as_secs_f64());
                    waiting = None;
                }
                if let Some(records) = records
                    && waiting.is_none()
                    && whole()? >= SCANS as u64
                {
                    return Ok((records, begun.elapsed(), receipts));
                }
                if self.at_work && records.is_some() && waiting.is_none() && Instant::now() >= next {
                    break;
                }
                thread::sleep(LOOK);
            }
            let desk = &pair.desk;
            desk.receive_answering_all(brought(desk, person, BIRTH), desk.now()?)?;
            waiting = Some((written()?, Instant::now()));
            next = Instant::now() + pause();
        }
        Err("nobody came".into())
    }

    fn figures(&self, outcome: &Outcome, floor: f64, once: u64) -> Vec<Figure> {
        let (records, all) = (outcome.records.as_secs_f64(), outcome.all.as_secs_f64());
        let waste = (outcome.sent as f64 - once as f64) / once as f64;
        let Counts { bytes, cuts, lost, no_room, cut_off, .. } = outcome.counts;
        eprintln!(
            "{}: {cuts} cuts; {} bytes up and {} down in packets; {lost} lost, {no_room} found no room, {cut_off} cut off",
            self.name, bytes[0], bytes[1]
        );
        let figure = |name: &str, value: f64, unit| Figure::new(name, value, unit);
        let named = |what: &str, value: f64, unit| Figure::new(format!("{}: {what}", self.name), value, unit);
        let mut figures = match self.name {
            "backlog" => vec![
                figure("link_records_s", records, "s"),
                figure("link_all_s", all, "s").beside("floor", floor),
                figure("link_all_ratio", all / floor, "of the floor"),
                named("sent again", waste, "of what is sent once"),
            ],
            "cut every 20 s" => vec![
                figure("waste_ratio", waste, "of what is sent once"),
                named("records", records, "s"),
                named("all", all, "s"),
            ],
            "at work" => vec![
                figure("receipt_wait_median_s", outcome.receipts.at(50), "s"),
                figure("receipt_wait_worst_s", outcome.receipts.at(100), "s"),
                named("all", all, "s"),
            ],
            _ => vec![
                named("receipt_wait_median_s", outcome.receipts.at(50), "s"),
                named("receipt_wait_worst_s", outcome.receipts.at(100), "s"),
                named("all", all, "s"),
            ],
        };
        figures.push(named("packets up", bytes[0] as f64, "bytes"));
        figures
    }
}

/// What `src-tauri/src/keeping.rs` does, on a clock that goes on.
fn keeps_running(pair: &Pair, begun: Instant, over: &AtomicBool) -> Result<()> {
    let from = pair.now.load(Ordering::SeqCst);
    while !over.load(Ordering::SeqCst) {
        pair.now.store(from + i64::try_from(begun.elapsed().as_millis())?, Ordering::SeqCst);
        pair.desk.tick(pair.desk.takes_new_work())?;
        thread::sleep(TURN);
    }
    Ok(())
}
