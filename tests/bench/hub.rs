//! The province's hub on a morning when every commune has a backlog: operations a second that it stores from 64 desks, each
//! of a commune of its own, over TLS, with their signatures checked, their content read, their dossiers and the outbox
//! written; beside the very same rows of its log put into the same engine by nobody who asks, in batches of 100.
//!
//! The requests are made and signed before the clock starts. What the desks themselves cost is told apart.

mod bare;

#[expect(clippy::expect_used, reason = "it is the tests' own; a server that does not start ends the bench")]
#[path = "../../crates/hub/tests/hub/postgres.rs"]
mod postgres;

use crate::Result;
use crate::figure::{Figure, processor_seconds};
use crate::invented::{Commune, HELD_OUT};
use crate::line::Line;
use crate::shipment::Log;
use ::hub::Place;
use bare::Row;
use domain::code::AgencyCode;
use ed25519_dalek::SigningKey;
use protocol::chain::{self, Checkpoint};
use protocol::enrolment::{Code, KeyHash};
use protocol::frame::{self, Dictionary};
use protocol::message::{Carried, ENROL, EnrolReply, EnrolRequest, MEDIA_TYPE, SYNC, Signed, SyncReply, SyncRequest};
use reqwest::blocking::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Hundredths of a second, in which the system counts processor time.
const TICKS: f64 = 100.0;

/// Desks that send at once.
const DESKS: usize = 64;

/// Requests of each.
const REQUESTS: usize = 40;

/// Operations in a request, and in a batch of bare rows.
const TOGETHER: usize = 100;

/// A commune takes in so many a day.
const A_DAY: u32 = 40;

/// Measures both engines; PostgreSQL where it is installed.
pub fn measure() -> Result<Vec<Figure>> {
    let program = env::var("MOTCUA_HUB_PROGRAM").map_err(|_| "MOTCUA_HUB_PROGRAM names no program")?;
    let logs = logs()?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;

    let on_file = folder.path().join("file");
    let ours = through_hub(&program, &Place::from(&on_file), &on_file, None, &logs)?;
    let rows = bare::rows(&on_file.join("hub.db"))?;
    if rows.len() != DESKS * REQUESTS * TOGETHER {
        return Err(format!("{} operations are stored", rows.len()).into());
    }
    let bare = bare::into_sqlite(&folder.path().join("bare.db"), &batches(&rows))?;
    let mut figures = told("sqlite", &ours, "SQLite, the same rows, prepared, 100 a commit", per_second(&rows, bare));

    match postgres::programs() {
        None => eprintln!("PostgreSQL is not installed: it was not measured"),
        Some(programs) => {
            let settings = ["shared_buffers=1GB", "max_wal_size=8GB", "max_connections=200", "checkpoint_timeout=1h"];
            let server = postgres::Server::start(&programs, &settings, &[]);
            let database = postgres::Database::new(server.socket());
            let beside = folder.path().join("beside");
            let place = Place::in_database(&database.url, None, Some(&beside));
            let before = server_seconds(server.socket())?;
            let ours = through_hub(&program, &place, &beside, Some(&database.url), &logs)?;
            let behind = server_seconds(server.socket())? - before;
            if database.count("SELECT count(*) FROM op") != i64::try_from(rows.len())? {
                return Err("PostgreSQL holds another number of operations".into());
            }
            let (mut best, mut bare_cpu) = (0.0_f64, 0.0);
            for connections in [8, DESKS] {
                let database = postgres::Database::new(server.socket());
                let before = server_seconds(server.socket())?;
                let bare = per_second(&rows, bare::into_postgres(&database, &batches(&rows), connections)?);
                bare_cpu = server_seconds(server.socket())? - before;
                eprintln!("bare rows over {connections} connections: {bare:.0} a second");
                best = best.max(bare);
            }
            let peer = "PostgreSQL, the same rows, unnest, 100 a commit";
            figures.extend(told("postgres", &ours, peer, best));
            let each = |seconds: f64| seconds * 1e6 / rows.len() as f64;
            let server_cpu = Figure::new("hub_postgres_server_cpu", each(behind), "µs an operation");
            figures.push(server_cpu.beside(peer, each(bare_cpu)));
        }
    }
    Ok(figures)
}

/// Seconds the processes of a server have spent on processors, those that have ended included.
fn server_seconds(socket: &Path) -> Result<f64> {
    let file = fs::read_to_string(socket.join("data").join("postmaster.pid"))?;
    let first = file.lines().next().unwrap_or_default();
    let mut ticks = 0.0;
    for process in fs::read_dir("/proc")?.flatten() {
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let is_first = process.file_name().to_str() == Some(first);
        // After the name in brackets: the parent is field 4, user and system time are 14 and 15, 16 and 17 those of children.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied().unwrap_or_default();
        if is_first || field(4) == first {
            let own = [14, 15].into_iter().chain(is_first.then_some([16, 17]).into_iter().flatten());
            ticks += own.filter_map(|number| field(number).parse::<f64>().ok()).sum::<f64>();
        }
    }
    Ok(ticks / TICKS)
}

/// What storing all operations cost.
struct Cost {
    wall: Duration,
    /// Seconds the desks spent on processors.
    desks: f64,
    /// Seconds the hub's process spent on them.
    hub: f64,
}

fn told(engine: &str, ours: &Cost, peer: &str, bare: f64) -> Vec<Figure> {
    let count = (DESKS * REQUESTS * TOGETHER) as f64;
    let rate = count / ours.wall.as_secs_f64();
    let each = |seconds: f64| seconds * 1e6 / count;
    vec![
        Figure::new(format!("hub_{engine}_ops"), rate, "operations a second").beside(peer, bare),
        Figure::new(format!("hub_{engine}_ratio"), rate / bare, "of the bare rows"),
        Figure::new(format!("hub_{engine}_hub_cpu"), each(ours.hub), "µs an operation"),
        Figure::new(format!("hub_{engine}_clients_cpu"), each(ours.desks), "µs an operation"),
    ]
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
    let key = codes.first().ok_or("no desks")?.hub;
    let mut senders = Vec::new();
    for (code, (agency, log)) in codes.iter().zip(logs) {
        senders.push(bodies(&client, &serving.url, &key, code, agency, log)?);
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

fn bodies(
    client: &Client,
    url: &str,
    hub: &KeyHash,
    code: &Code,
    agency: &str,
    log: &[Carried],
) -> Result<Vec<Vec<u8>>> {
    let device = SigningKey::from_bytes(&crate::line::blake(agency));
    let request = EnrolRequest {
        secret: code.secret.0,
        device: device.verifying_key().to_bytes(),
        label: String::new(),
        agency: agency.to_owned(),
    };
    let body = Signed::new(&device, hub, ENROL, frame::pack(&request, Dictionary::NEWEST)?).encode();
    let reply: EnrolReply = frame::unpack(&post(client, &format!("{url}{ENROL}"), body)?)?;
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
        bodies.push(Signed::new(&device, hub, SYNC, frame::pack(&request, Dictionary::NEWEST)?).encode());
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

fn post(client: &Client, url: &str, body: Vec<u8>) -> Result<Vec<u8>> {
    let response = client.post(url).header("content-type", MEDIA_TYPE).body(body).send()?;
    if !response.status().is_success() {
        return Err(format!("the hub answers {}", response.status()).into());
    }
    Ok(response.bytes()?.to_vec())
}

/// A client that trusts the hub's own certificate.
fn client(folder: &Path) -> Result<Client> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("hub.crt"))?)?;
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(tls).timeout(Duration::from_secs(120)).build()?)
}

fn now_ms() -> u64 {
    ::hub::system_clock()()
}

/// The hub's own program, ended with this value.
struct Serving {
    process: Child,
    url: String,
}

impl Serving {
    fn start(program: &str, folder: &Path, postgres: Option<&str>) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        command.env_remove("MOTCUA_HUB_POSTGRES").stderr(fs::File::create(folder.join("hub.log"))?);
        if let Some(url) = postgres {
            command.args(["--postgres", url]);
        }
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        BufReader::new(process.stdout.take().ok_or("the hub's output is closed")?).read_line(&mut url)?;
        Ok(Self { process, url: url.trim_end().to_owned() })
    }

    /// Seconds its process has spent on processors.
    fn processor_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // After the name in brackets: the state is field 3, user and system time are 14 and 15.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |field: usize| fields.get(field - 3).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
        Ok((ticks(14) + ticks(15)) / TICKS)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // One that has ended already is as good as one that is ended now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
