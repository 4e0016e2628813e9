//! The province's hub on a morning when every commune has a backlog: operations a second that it stores from 64 desks, each
//! of a commune of its own, over TLS, with their signatures checked, their content read, their dossiers and the outbox
//! written; beside the very same rows of its log put into the same engine by nobody who asks, in batches of 100.
//!
//! The requests are made and signed before the clock starts. What the desks themselves cost is told apart.

mod bare;
pub mod served;

#[expect(clippy::expect_used, reason = "it is the tests' own; a server that does not start ends the bench")]
#[path = "../../crates/hub/tests/hub/postgres.rs"]
pub mod postgres;

use crate::Result;
use crate::figure::{Figure, Sample, processor_seconds};
use crate::invented::{Commune, HELD_OUT};
use crate::line::Line;
use crate::shipment::Log;
use ::hub::Place;
use bare::Row;
use domain::code::AgencyCode;
use ed25519_dalek::SigningKey;
use protocol::chain::{self, Checkpoint};
use protocol::enrolment::Code;
use protocol::frame::{self, Dictionary};
use protocol::message::{Carried, SYNC, Signed, SyncReply, SyncRequest};
use reqwest::blocking::Client;
use served::{Serving, client, enrolled, now_ms, post, server_seconds};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use std::{env, thread};

/// Desks that send at once.
const DESKS: usize = 64;

/// Requests of each.
const REQUESTS: usize = 40;

/// Operations in a request, and in a batch of bare rows.
const TOGETHER: usize = 100;

/// How often everything is measured; the figures are medians.
const TURNS: usize = 5;

/// What a province would set on a server of its own.
pub const SETTINGS: [&str; 4] =
    ["shared_buffers=1GB", "max_wal_size=8GB", "max_connections=200", "checkpoint_timeout=1h"];

/// A commune takes in so many a day.
const A_DAY: u32 = 40;

/// Measures both engines; PostgreSQL where it is installed. Hub and bare rows take turns.
pub fn measure() -> Result<Vec<Figure>> {
    let program = env::var("MOTCUA_HUB_PROGRAM").map_err(|_| "MOTCUA_HUB_PROGRAM names no program")?;
    let logs = logs()?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let (mut rows, mut turns) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let on_file = folder.path().join(format!("file-{turn}"));
        let ours = through_hub(&program, &Place::from(&on_file), &on_file, None, &logs)?;
        rows = bare::rows(&on_file.join("hub.db"))?;
        if rows.len() != DESKS * REQUESTS * TOGETHER {
            return Err(format!("{} operations are stored", rows.len()).into());
        }
        let bare = bare::into_sqlite(&folder.path().join(format!("bare-{turn}.db")), &batches(&rows))?;
        turns.push(Turn { ours, bare: per_second(&rows, bare), server: 0.0, bare_server: 0.0 });
    }
    let mut figures = told("sqlite", &turns, "SQLite, the same rows, prepared, 100 a commit");

    match postgres::programs() {
        None => eprintln!("PostgreSQL is not installed: it was not measured"),
        Some(programs) => {
            let server = postgres::Server::start(&programs, &SETTINGS, &[]);
            let turns: Vec<Turn> = (0..TURNS)
                .map(|turn| on_postgres(&program, &server, &folder.path().join(format!("beside-{turn}")), &logs, &rows))
                .collect::<Result<_>>()?;
            let peer = "PostgreSQL, the same rows, unnest, 100 a commit";
            figures.extend(told("postgres", &turns, peer));
            let each = |seconds: f64| seconds * 1e6 / rows.len() as f64;
            let server_cpu = median(&turns, |turn| each(turn.server));
            let server_cpu = Figure::new("hub_postgres_server_cpu", server_cpu, "µs an operation");
            figures.push(server_cpu.beside(peer, median(&turns, |turn| each(turn.bare_server))));
        }
    }
    Ok(figures)
}

/// One turn on a new database of a server, and the bare rows over a few connections or one a desk, whichever is faster.
fn on_postgres(
    program: &str,
    server: &postgres::Server,
    beside: &Path,
    logs: &BTreeMap<String, Vec<Carried>>,
    rows: &[Row],
) -> Result<Turn> {
    let database = postgres::Database::new(server.socket());
    let place = Place::in_database(&database.url, None, Some(beside));
    let before = server_seconds(server.socket())?;
    let ours = through_hub(program, &place, beside, Some(&database.url), logs)?;
    let mut turn =
        Turn { ours, bare: 0.0, server: server_seconds(server.socket())? - before, bare_server: f64::INFINITY };
    if database.count("SELECT count(*) FROM op") != i64::try_from(rows.len())? {
        return Err("PostgreSQL holds another number of operations".into());
    }
    for connections in [8, DESKS] {
        let database = postgres::Database::new(server.socket());
        let before = server_seconds(server.socket())?;
        let bare = per_second(rows, bare::into_postgres(&database, &batches(rows), connections)?);
        eprintln!("bare rows over {connections} connections: {bare:.0} a second");
        turn.bare_server = turn.bare_server.min(server_seconds(server.socket())? - before);
        turn.bare = turn.bare.max(bare);
    }
    Ok(turn)
}

/// The hub, and the bare rows right after it.
struct Turn {
    ours: Cost,
    /// Bare rows a second.
    bare: f64,
    /// Seconds a server spent on processors for the hub, and for the bare rows.
    server: f64,
    bare_server: f64,
}

/// What storing all operations cost.
struct Cost {
    wall: Duration,
    /// Seconds the desks spent on processors.
    desks: f64,
    /// Seconds the hub's process spent on them.
    hub: f64,
}

fn told(engine: &str, turns: &[Turn], peer: &str) -> Vec<Figure> {
    let count = (DESKS * REQUESTS * TOGETHER) as f64;
    let rate = |turn: &Turn| count / turn.ours.wall.as_secs_f64();
    let each = |seconds: f64| seconds * 1e6 / count;
    for turn in turns {
        eprintln!("{engine}: {:.0} beside {:.0}, {:.2}", rate(turn), turn.bare, rate(turn) / turn.bare);
    }
    vec![
        Figure::new(format!("hub_{engine}_ops"), median(turns, rate), "operations a second")
            .beside(peer, median(turns, |turn| turn.bare)),
        Figure::new(format!("hub_{engine}_ratio"), median(turns, |turn| rate(turn) / turn.bare), "of the bare rows"),
        Figure::new(format!("hub_{engine}_hub_cpu"), median(turns, |turn| each(turn.ours.hub)), "µs an operation"),
        Figure::new(
            format!("hub_{engine}_clients_cpu"),
            median(turns, |turn| each(turn.ours.desks)),
            "µs an operation",
        ),
    ]
}

fn median(turns: &[Turn], of: impl Fn(&Turn) -> f64) -> f64 {
    let mut sample = Sample::default();
    turns.iter().for_each(|turn| sample.add(of(turn)));
    sample.at(50)
}

fn per_second(rows: &[Row], taken: Duration) -> f64 {
    rows.len() as f64 / taken.as_secs_f64()
}

/// The rows of the log as the desks send them: a request's worth of each desk in turn.
fn batches(rows: &[Row]) -> Vec<&[Row]> {
    let of_desks: Vec<&[Row]> = rows.chunk_by(|one, other| one.agency == other.agency).collect();
    (0..REQUESTS).flat_map(|turn| of_desks.iter().filter_map(move |desk| desk.chunks(TOGETHER).nth(turn))).collect()
}

/// The logs of the communes, by agency.
fn logs() -> Result<BTreeMap<String, Vec<Carried>>> {
    let mut logs = BTreeMap::new();
    for seed in 1.. {
        if logs.len() == DESKS {
            break;
        }
        let commune = Commune::new(&HELD_OUT, seed, A_DAY);
        let agency = commune.agency().to_owned();
        // A dossier of this load has 3.4 operations and more; what is too much is left away.
        let lines: Vec<Line> = commune.take(REQUESTS * TOGETHER / 3).collect();
        let ops: Vec<Carried> =
            Log::of(&lines, 1)?.ops().iter().take(REQUESTS * TOGETHER).cloned().map(Carried::from).collect();
        if ops.len() < REQUESTS * TOGETHER {
            return Err("too few dossiers for the load".into());
        }
        logs.insert(agency, ops);
    }
    Ok(logs)
}

fn through_hub(
    program: &str,
    place: &Place,
    folder: &Path,
    postgres: Option<&str>,
    logs: &BTreeMap<String, Vec<Carried>>,
) -> Result<Cost> {
    let codes = logs.keys().map(|agency| {
        let agency = AgencyCode::parse(agency).map_err(|_| "no agency")?;
        Ok(::hub::add_desk(place, &agency, "Quầy 1", now_ms())?)
    });
    let codes = codes.collect::<Result<Vec<Code>>>()?;
    let serving = Serving::start(program, folder, postgres)?;
    let client = client(folder)?;
    let mut senders = Vec::new();
    for (code, (agency, log)) in codes.iter().zip(logs) {
        senders.push(bodies(&client, &serving.url, code, agency, log)?);
    }

    let begin = Arc::new(Barrier::new(senders.len() + 1));
    let (url, client) = (format!("{}{SYNC}", serving.url), &client);
    thread::scope(|scope| {
        let sending: Vec<_> = senders
            .into_iter()
            .map(|sender| {
                let (begin, url) = (Arc::clone(&begin), url.as_str());
                scope.spawn(move || {
                    begin.wait();
                    send(client, url, sender)
                })
            })
            .collect();
        begin.wait();
        let (begun, desks, hub) = (Instant::now(), processor_seconds(), serving.processor_seconds()?);
        for sender in sending {
            sender.join().map_err(|_| "a desk fell over")??;
        }
        let (desks, hub) = (processor_seconds() - desks, serving.processor_seconds()? - hub);
        Ok(Cost { wall: begun.elapsed(), desks, hub })
    })
}

fn bodies(client: &Client, url: &str, code: &Code, agency: &str, log: &[Carried]) -> Result<Vec<Vec<u8>>> {
    let device = SigningKey::from_bytes(&crate::line::blake(agency));
    let reply = enrolled(client, url, code, &device, agency)?;
    let replica = reply.leases.first().ok_or("no lease")?.replica;
    let (mut head, mut sent) = (chain::START, 0);
    let mut bodies = Vec::new();
    for ops in log.chunks(TOGETHER) {
        head = ops.iter().fold(head, |head, op| chain::follow(&head, &op.public));
        let last = sent + ops.len() as u64;
        let request = SyncRequest {
            epoch: reply.epoch,
            replica,
            first: sent + 1,
            ops: ops.to_vec(),
            checkpoint: Some(Checkpoint::sign(&device, replica, last, head)),
            // The commune's feed holds what this desk wrote and nothing else.
            cursor: sent,
        };
        bodies.push(Signed::new(&device, &code.hub, SYNC, frame::pack(&request, Dictionary::NEWEST)?).encode());
        sent = last;
    }
    Ok(bodies)
}

fn send(client: &Client, url: &str, bodies: Vec<Vec<u8>>) -> std::result::Result<(), String> {
    let mut sent = 0;
    for body in bodies {
        let answer = post(client, url, body).map_err(|error| error.to_string())?;
        let reply: SyncReply = frame::unpack(&answer).map_err(|error| error.to_string())?;
        sent += TOGETHER as u64;
        if reply.acknowledged != sent || !reply.set_aside.is_empty() {
            return Err(format!("{} of {sent} acknowledged, set aside: {:?}", reply.acknowledged, reply.set_aside));
        }
    }
    Ok(())
}
