//! A province's month: communes of three desks, each open from morning to evening, send what their officers do all day over open
//! connections to the hub's own program, and hear what the others of their commune do. What it takes the hub, and how that
//! grows with desks.
//!
//! A commune takes in 240 dossiers a month (29,500 records in four weeks from 124 communes of Tuyên Quang), and everything that
//! happens to them later is sent too. What a desk wrote within a quarter of an hour goes together. Scans are left out.

use crate::Result;
use crate::figure::Figure;
use crate::hub::SETTINGS;
use crate::hub::postgres;
use crate::hub::served::{Serving, client, enrolled, now_ms, server_seconds, trusting};
use crate::invented::{Commune, HELD_OUT};
use crate::line::{Line, blake};
use crate::shipment::Log;
use ::hub::Place;
use domain::code::AgencyCode;
use domain::dossier::Hlc;
use ed25519_dalek::SigningKey;
use protocol::chain::{self, Checkpoint, Head};
use protocol::enrolment::Code;
use protocol::fields;
use protocol::frame::Dictionary;
use protocol::link::{HELLO, Hello, PROTOCOL, Piece, Pieces, Stored};
use protocol::message::{EnrolReply, Signed};
use protocol::op::{Encoded, Public, Seed};
use protocol::roster::Roster;
use protocol::wire::{Packer, Run};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Instant;
use std::{env, fs, thread};

/// Communes of a province, and of a third of one.
const COMMUNES: [usize; 2] = [50, 150];

/// Desks of each.
const DESKS: usize = 3;

/// Dossiers a commune takes in in a month, and on a working day of it.
const A_MONTH: usize = 240;
const A_DAY: u32 = 11;

/// Milliseconds within which a desk sends everything together, and a day.
const TOGETHER: u64 = 15 * 60 * 1000;
const DAY: u64 = 24 * 60 * 60 * 1000;

/// Measures both engines, each with a third of the desks first; PostgreSQL where it is installed.
pub fn measure() -> Result<Vec<Figure>> {
    let program = env::var("MOTCUA_HUB_PROGRAM").map_err(|_| "MOTCUA_HUB_PROGRAM names no program")?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let logs = logs()?;
    let mut figures = Vec::new();
    for (engine, programs) in [("sqlite", None), ("postgres", postgres::programs())] {
        if engine == "postgres" && programs.is_none() {
            eprintln!("PostgreSQL is not installed: it was not measured");
            continue;
        }
        let server = programs.map(|programs| postgres::Server::start(&programs, &SETTINGS, &[]));
        let mut months = Vec::new();
        for communes in COMMUNES {
            let logs = logs.get(..communes * DESKS).ok_or("too few communes")?;
            let folder = folder.path().join(format!("{engine}-{communes}"));
            let month = match &server {
                None => on_file(&program, &folder, logs)?,
                Some(server) => on_server(&program, &folder, server, logs)?,
            };
            let desks = logs.len();
            let name = |what: &str| format!("province_{engine}_{desks}_desks_{what}");
            figures.extend([
                Figure::new(name("operations"), month.operations as f64, "operations"),
                Figure::new(name("seconds"), month.seconds, "s"),
                Figure::new(name("hub_cpu_s"), month.hub_cpu, "s"),
                Figure::new(name("hub_memory_mb"), month.most_kb / 1024.0, "MB at most"),
                Figure::new(name("db_mb"), month.stored / 1e6, "MB"),
            ]);
            if server.is_some() {
                figures.push(Figure::new(name("server_cpu_s"), month.server_cpu, "s"));
            }
            months.push((desks as f64, month));
        }
        if let [(few, third), (many, whole)] = months.as_slice() {
            let each = |third: f64, whole: f64| (whole - third) / (many - few);
            let name = |what: &str| format!("province_{engine}_memory_{what}_kb_per_desk");
            figures.extend([
                Figure::new(name("growth"), each(third.idle_kb, whole.idle_kb), "kB"),
                Figure::new(name("worked"), each(third.worked_kb, whole.worked_kb), "kB"),
            ]);
        }
    }
    Ok(figures)
}

/// What a month took.
struct Month {
    operations: usize,
    /// From the first operation sent to the last one heard by everybody.
    seconds: f64,
    hub_cpu: f64,
    server_cpu: f64,
    /// The hub's memory with all connections open before anything is said on them, after the month, and at most.
    idle_kb: f64,
    worked_kb: f64,
    most_kb: f64,
    /// Bytes on the disk.
    stored: f64,
}

/// A desk's part of its commune's month.
struct Months {
    agency: String,
    ops: Vec<Encoded>,
    /// Places in `ops` where what is sent together ends, by the day it is sent on.
    ends: BTreeMap<u64, Vec<usize>>,
}

fn logs() -> Result<Vec<Months>> {
    let (mut logs, mut agencies) = (Vec::new(), BTreeSet::new());
    let most = COMMUNES.into_iter().max().unwrap_or_default();
    for seed in 1.. {
        if agencies.len() == most {
            break;
        }
        let commune = Commune::new(&HELD_OUT, seed, A_DAY);
        let agency = commune.agency().to_owned();
        if !agencies.insert(agency.clone()) {
            continue;
        }
        let mut lines: Vec<Line> = commune.take(A_MONTH).collect();
        lines.iter_mut().flat_map(|line| &mut line.attachments).for_each(|scan| scan.hash.clear());
        for desk in 0..DESKS {
            let own: Vec<Line> = lines.iter().skip(desk).step_by(DESKS).cloned().collect();
            logs.push(Months::of(agency.clone(), Log::of(&own, 1)?.ops().to_vec())?);
        }
    }
    Ok(logs)
}

impl Months {
    fn of(agency: String, ops: Vec<Encoded>) -> Result<Self> {
        let (mut ends, mut last): (BTreeMap<u64, Vec<usize>>, _) = (BTreeMap::new(), None);
        for (place, op) in ops.iter().enumerate() {
            let ms = Hlc(Public::decode(&op.public)?.hlc).millis();
            let ends = ends.entry(ms / DAY).or_default();
            match ends.last_mut() {
                Some(end) if last == Some(ms / TOGETHER) => *end = place + 1,
                _ => ends.push(place + 1),
            }
            last = Some(ms / TOGETHER);
        }
        Ok(Self { agency, ops, ends })
    }
}

fn on_file(program: &str, folder: &Path, logs: &[Months]) -> Result<Month> {
    let mut month = replayed(program, &Place::from(folder), folder, None, logs)?;
    let bytes = |name: &str| fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    month.stored = (bytes("hub.db") + bytes("hub.db-wal")) as f64;
    Ok(month)
}

fn on_server(program: &str, folder: &Path, server: &postgres::Server, logs: &[Months]) -> Result<Month> {
    let database = postgres::Database::new(server.socket());
    let place = Place::in_database(&database.url, None, Some(folder));
    let before = server_seconds(server.socket())?;
    let mut month = replayed(program, &place, folder, Some(&database.url), logs)?;
    month.server_cpu = server_seconds(server.socket())? - before;
    month.stored = database.count("SELECT pg_database_size(current_database())") as f64;
    if database.count("SELECT count(*) FROM op") != i64::try_from(month.operations)? {
        return Err("PostgreSQL holds another number of operations".into());
    }
    Ok(month)
}

fn replayed(program: &str, place: &Place, folder: &Path, postgres: Option<&str>, logs: &[Months]) -> Result<Month> {
    let code = |(number, log): (usize, &Months)| {
        let agency = AgencyCode::parse(&log.agency).map_err(|_| "no agency")?;
        Ok(::hub::add_desk(place, &agency, &format!("Quầy {}", number % DESKS + 1), now_ms())?)
    };
    let codes = logs.iter().enumerate().map(code).collect::<Result<Vec<Code>>>()?;
    let serving = Serving::start(program, folder, postgres)?;
    let client = client(folder)?;
    let enrolments = logs.iter().zip(&codes).enumerate().map(|(number, (log, code))| {
        let device = SigningKey::from_bytes(&blake(&format!("{} {number}", log.agency)));
        let reply = enrolled(&client, &serving.url, code, &device, &log.agency)?;
        Ok((device, reply))
    });
    let enrolments = enrolments.collect::<Result<Vec<_>>>()?;
    drop(client);

    let mut tls = trusting(folder)?;
    tls.alpn_protocols = vec![PROTOCOL.to_vec()];
    let tls = Arc::new(tls);
    let address = serving.url.trim_start_matches("https://");
    let desks = logs
        .iter()
        .zip(&codes)
        .zip(enrolments)
        .map(|((log, code), (device, reply))| Desk::connect(address, &tls, log, code, device, &reply));
    let desks = desks.collect::<Result<Vec<Desk<'_>>>>()?;
    let (idle_kb, _) = serving.memory_kb()?;
    let (begun, before) = (Instant::now(), serving.processor_seconds()?);
    let ends = day_by_day(desks, logs)?;
    let (seconds, hub_cpu) = (begun.elapsed().as_secs_f64(), serving.processor_seconds()? - before);
    let operations = logs.iter().map(|log| log.ops.len()).sum();
    if ends.iter().sum::<u64>() != u64::try_from(operations)? {
        return Err("not everything was acknowledged".into());
    }
    let (worked_kb, most_kb) = serving.memory_kb()?;
    Ok(Month { operations, seconds, hub_cpu, server_cpu: 0.0, idle_kb, worked_kb, most_kb, stored: 0.0 })
}

/// Every desk works through its days; nobody begins a day before everybody has ended the one before and heard of it. How far each
/// log was acknowledged.
fn day_by_day(desks: Vec<Desk<'_>>, logs: &[Months]) -> Result<Vec<u64>> {
    let days: BTreeSet<u64> = logs.iter().flat_map(|log| log.ends.keys().copied()).collect();
    let evening = Barrier::new(desks.len());
    thread::scope(|scope| {
        let working = desks.into_iter().map(|mut desk| {
            let (days, evening) = (&days, &evening);
            // A desk that has failed still ends its days, or the others would wait for it.
            let work = move || -> std::result::Result<u64, String> {
                let mut outcome = Ok(());
                for day in days {
                    outcome = outcome.and_then(|()| desk.works(*day).map_err(|error| error.to_string()));
                    evening.wait();
                    outcome = outcome.and_then(|()| desk.hears_all().map_err(|error| error.to_string()));
                }
                outcome.map(|()| desk.sent)
            };
            thread::Builder::new().stack_size(256 * 1024).spawn_scoped(scope, work)
        });
        let working: Vec<_> = working.collect::<std::result::Result<_, _>>()?;
        working.into_iter().map(|desk| Ok(desk.join().map_err(|_| "a desk fell over")??)).collect()
    })
}

/// A desk at its counter.
struct Desk<'l> {
    line: StreamOwned<ClientConnection, TcpStream>,
    pieces: Pieces,
    packer: Packer,
    device: SigningKey,
    replica: u32,
    log: &'l Months,
    /// What was acknowledged, and the chain's head there.
    sent: u64,
    head: Head,
    /// Seeds of the dossiers that were received here, by their numbers.
    seeds: BTreeMap<u64, Seed>,
}

impl<'l> Desk<'l> {
    fn connect(
        address: &str,
        tls: &Arc<ClientConfig>,
        log: &'l Months,
        code: &Code,
        device: SigningKey,
        enrolled: &EnrolReply,
    ) -> Result<Self> {
        let replica = enrolled.leases.first().ok_or("no lease")?.replica;
        let tcp = TcpStream::connect(address)?;
        tcp.set_nodelay(true)?;
        let name = address.split(':').next().unwrap_or_default().to_owned().try_into()?;
        let line = StreamOwned::new(ClientConnection::new(Arc::clone(tls), name)?, tcp);
        let (pieces, packer, head) = (Pieces::default(), Packer::new(Dictionary::WIRE)?, chain::START);
        let mut desk = Self { line, pieces, packer, device, replica, log, sent: 0, head, seeds: BTreeMap::new() };
        let hello = Hello {
            agency: log.agency.clone(),
            replica,
            epoch: enrolled.epoch,
            dictionaries: vec![Dictionary::WIRE.number()],
            roster: enrolled.roster.as_ref().map(Roster::mark),
            ..Hello::default()
        };
        desk.says(&Piece::Hello(Signed::new(&desk.device, &code.hub, HELLO, hello.encode())))?;
        desk.hears_all()?;
        Ok(desk)
    }

    /// Sends what it wrote on a day, each time waiting for the answer.
    fn works(&mut self, day: u64) -> Result<()> {
        for end in self.log.ends.get(&day).into_iter().flatten() {
            let first = usize::try_from(self.sent)?;
            let ops = self.log.ops.get(first..*end).ok_or("no such operations")?;
            let run = Run { replica: self.replica, first: self.sent + 1, ops: ops.to_vec() };
            let seeds = &self.seeds;
            let packed = self.packer.pack(&[run], &|dossier| seeds.get(&dossier.seq).copied())?;
            self.head = ops.iter().fold(self.head, |head, op| chain::follow(&head, &op.public));
            for (seq, op) in (self.sent + 1..).zip(ops) {
                let seed = op.personal.as_ref().and_then(|personal| fields::seed(&personal.bytes));
                self.seeds.extend(seed.map(|seed| (seq, seed)));
            }
            self.sent = u64::try_from(*end)?;
            let signature = Checkpoint::sign(&self.device, self.replica, self.sent, self.head).signature;
            self.says(&Piece::Ops { signature, packed })?;
            let Piece::Stored(Stored { seq, set_aside: None, refused: None, .. }) =
                self.hears(|piece| matches!(piece, Piece::Stored(_)))?
            else {
                return Err("something was set aside or refused".into());
            };
            if seq != self.sent {
                return Err(format!("{seq} of {} acknowledged", self.sent).into());
            }
        }
        Ok(())
    }

    /// Hears everything the others have written.
    fn hears_all(&mut self) -> Result<()> {
        self.says(&Piece::Ping(0))?;
        self.hears(|piece| matches!(piece, Piece::Pong(_))).map(drop)
    }

    /// The next piece of the kind that is waited for. Of the others' operations it says that it has read them.
    fn hears(&mut self, is_meant: impl Fn(&Piece) -> bool) -> Result<Piece> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            while let Some(piece) = self.pieces.take()? {
                match piece {
                    Piece::Refused(code) => return Err(code.into()),
                    Piece::Feed(feed) => self.says(&Piece::Read(feed.cursor))?,
                    piece if is_meant(&piece) => return Ok(piece),
                    _ => {}
                }
            }
            match self.line.read(&mut buffer)? {
                0 => return Err("the hub has closed a connection".into()),
                count => self.pieces.arrived(buffer.get(..count).unwrap_or_default()),
            }
        }
    }

    fn says(&mut self, piece: &Piece) -> Result<()> {
        self.line.write_all(&piece.encode())?;
        Ok(self.line.flush()?)
    }
}
