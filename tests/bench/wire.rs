//! Bytes on the wire between a real desk and a real hub: everything that is said above TLS, both ways, hellos, signatures and
//! answers included; beside the same lines as JSON, as they are and packed.
//!
//! The load goes into the desk's log past the rules of intake. That nothing is lost is proved at the hub: its operations are
//! the desk's byte for byte, and make the lines that were loaded.

use crate::figure::{Figure, Sample};
use crate::invented::{Commune, HELD_OUT};
use crate::line::Line;
use crate::shipment::in_time;
use crate::{Load, Result};
use ::domain::code::AgencyCode;
use ::domain::dossier::{Dossier, Entry, Hlc, Op, OpId, Stamp};
use desk::api::enrol::EnrolInput;
use desk::api::setup::{SetUp, set_up};
use desk::api::{Clock, Desk};
use desk::place::Place;
use desk::store::ops::At;
use desk::texts::Language;
use flate2::Compression;
use flate2::write::GzEncoder;
use protocol::fields::{self, Content, Role};
use protocol::op::{Encoded, Personal, Public};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// How many dossiers one shipment has, and how many shipments are measured, each of a desk of its own.
const SHIPMENTS: [(usize, usize); 4] = [(1, 50), (10, 10), (100, 5), (1000, 1)];

/// A load has its beginning passed over where it is long enough, so that people have begun to come back.
const PASSED_OVER: usize = 3000;

/// Steps that are sent one at a time on an open connection.
const EVENTS: usize = 50;

/// How many dossiers both sides hold when there is nothing to say.
const HELD: usize = 10_000;

/// Measures, and proves that everything comes out again.
pub fn measure(load: &Load) -> Result<Vec<Figure>> {
    let lines = match load.lines()? {
        Some(lines) => lines,
        None => Commune::new(&HELD_OUT, 20_261_122, 40)
            .take(HELD)
            .map(|line| Ok((serde_json::to_string(&line)?, line)))
            .collect::<Result<_>>()?,
    };
    let from = if lines.len() > PASSED_OVER { PASSED_OVER } else { 0 };
    let mut rest = lines.get(from..).unwrap_or_default();
    let mut figures = Vec::new();
    for (count, shipments) in SHIPMENTS {
        let mut sums = Sums::default();
        for _ in 0..shipments {
            let Some((now, later)) = rest.split_at_checked(count) else { break };
            rest = later;
            let pair = Pair::with(now)?;
            sums.json(now)?;
            pair.desk.hang_up();
            let bytes = sums.time.time(|| pair.exchange())?;
            sums.add(now.len(), pair.operations, bytes);
            pair.prove()?;
            if count == 100 && sums.dossiers == 100 {
                figures.extend(pair.events()?);
            }
        }
        if sums.dossiers == 0 {
            eprintln!("too few lines for shipments of {count}");
            continue;
        }
        figures.extend(sums.figures(count));
    }
    let pair = Pair::with(lines.get(..HELD).unwrap_or(&lines))?;
    pair.exchange()?;
    pair.prove()?;
    eprintln!("{} dossiers together: sent, unpacked and compared, none differs", pair.written.len());
    figures.extend(pair.idle()?);
    Ok(figures)
}

#[derive(Default)]
struct Sums {
    dossiers: u64,
    operations: u64,
    up: u64,
    down: u64,
    json: u64,
    gzip: u64,
    zstd: u64,
    time: Sample,
}

impl Sums {
    fn add(&mut self, dossiers: usize, operations: u64, bytes: (u64, u64)) {
        self.dossiers += dossiers as u64;
        self.operations += operations;
        self.up += bytes.0;
        self.down += bytes.1;
    }

    fn figures(&self, count: usize) -> Vec<Figure> {
        let per = |sum: u64| sum as f64 / self.dossiers as f64;
        let figure = |name: &str, sum: u64| Figure::new(name, per(sum), "bytes per dossier");
        vec![
            figure(&format!("push_{count}"), self.up + self.down).beside("JSON lines", per(self.json)),
            figure(&format!("{count}: sent alone"), self.up).beside("JSON lines, zstd -19", per(self.zstd)),
            figure(&format!("{count}: answered"), self.down).beside("JSON lines, gzip -9", per(self.gzip)),
            Figure::new(format!("{count}: operations"), per(self.operations), "per dossier"),
            Figure::new(format!("{count}: a shipment, p50"), self.time.at(50), "ms"),
        ]
    }

    fn json(&mut self, shipment: &[(String, Line)]) -> Result<()> {
        let json: String = shipment.iter().flat_map(|(text, _)| [text.as_str(), "\n"]).collect();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(json.as_bytes())?;
        self.json += json.len() as u64;
        self.gzip += gzip.finish()?.len() as u64;
        self.zstd += zstd::bulk::compress(json.as_bytes(), 19)?.len() as u64;
        Ok(())
    }
}

/// A desk and its hub, which asks for no scans: a load names them and has none.
struct Pair {
    _hub: ::hub::Running,
    desk: Desk,
    now: Arc<AtomicI64>,
    clerks: BTreeMap<String, At>,
    /// Lines in the order they were loaded, and where their receptions stand.
    written: Vec<(Line, At)>,
    operations: u64,
    folder: TempDir,
}

impl Pair {
    /// Both, enrolled; the clerks of some lines long known to both; and the lines in the desk's log, in order of time.
    fn with(lines: &[(String, Line)]) -> Result<Self> {
        let agency = &lines.first().ok_or("no lines")?.1.agency;
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        // Before everything that any load tells of.
        let now = Arc::new(AtomicI64::new(ms("2025-12-01T08:00:00+07:00")?));
        let (for_hub, for_desk) = (Arc::clone(&now), Arc::clone(&now));
        let hub = ::hub::serve(::hub::Config {
            place: ::hub::Place::from(&folder.path().join("hub")),
            listen: "127.0.0.1:0".to_owned(),
            names: vec![],
            clock: Arc::new(move || u64::try_from(for_hub.load(Ordering::SeqCst)).unwrap_or(0)),
            scans: false,
        })?;
        let clock: Clock = Arc::new(move || for_desk.load(Ordering::SeqCst));
        let input = SetUp {
            agency: agency.clone(),
            commune: "Xã Bản Mẫu".to_owned(),
            counter: 1,
            officer: "Lò Thị Mai".to_owned(),
            ..SetUp::default()
        };
        let place = Place::on_machine(folder.path().join("desk"), folder.path().join("machine"));
        let (desk, _) = set_up(place, &input, Some("mot hai ba bon"), clock, Language::Vietnamese)?;
        let at = u64::try_from(now.load(Ordering::SeqCst))?;
        let code = ::hub::add_desk(&folder.path().join("hub"), &AgencyCode::parse(agency)?, "Quầy 1", at)?;
        desk.enrol(&EnrolInput { hub: hub.url(), code: code.to_string() })?;
        let (clerks, written) = (BTreeMap::new(), Vec::new());
        let mut pair = Self { _hub: hub, desk, now, clerks, written, operations: 0, folder };
        for name in lines.iter().flat_map(|(_, line)| line.events.iter().map(|event| &event.by)) {
            if !pair.clerks.contains_key(name) {
                let content = Content::OfficerAdded { name: name.clone(), role: Role::OneStop };
                let (place, _) = pair.desk.store().write(|writing| writing.append(at, None, None, &content))?;
                pair.clerks.insert(name.clone(), place);
            }
        }
        // After everything that any load tells of.
        pair.now.store(ms("2028-01-03T08:00:00+07:00")?, Ordering::SeqCst);
        pair.exchange()?;
        pair.write(lines)?;
        Ok(pair)
    }

    fn write(&mut self, lines: &[(String, Line)]) -> Result<()> {
        let lines: Vec<Line> = lines.iter().map(|(_, line)| line.clone()).collect();
        let mut places: BTreeMap<(usize, u64), At> = BTreeMap::new();
        let mut steps = in_time(&lines)?.into_iter().peekable();
        while steps.peek().is_some() {
            self.desk.store().write(|writing| {
                for (dossier, within, mut step) in steps.by_ref().take(1000) {
                    if let Op::Moved { follows, .. } = &mut step.op
                        && let Some(place) = places.get(&(dossier, follows.seq))
                    {
                        follows.seq = place.seq;
                    }
                    let actor = self.clerks.get(&step.by).copied();
                    let about = places.get(&(dossier, 0)).copied();
                    let place = writing.append(step.ms, actor, about, &Content::Dossier(step.op))?;
                    places.insert((dossier, within), place);
                }
                Ok(())
            })?;
        }
        self.operations = places.len() as u64;
        for (place, line) in lines.into_iter().enumerate() {
            let at = places.get(&(place, 0)).copied().ok_or("a dossier that was not received")?;
            self.written.push((line, at));
        }
        Ok(())
    }

    /// Sends and takes in until all is said. Answers the bytes it took: out, in.
    fn exchange(&self) -> Result<(u64, u64)> {
        let before = self.desk.line_bytes();
        self.desk.sync_now()?;
        let after = self.desk.line_bytes();
        Ok((after.0 - before.0, after.1 - before.1))
    }

    fn events(&self) -> Result<Vec<Figure>> {
        let (mut sent, mut both) = (Sample::default(), Sample::default());
        let at = u64::try_from(self.now.load(Ordering::SeqCst))?;
        let actor = self.clerks.values().next().copied();
        for (place, (_, dossier)) in self.written.iter().rev().take(EVENTS).enumerate() {
            let follows = OpId { replica: 0, seq: dossier.seq };
            let note = if place % 3 == 0 { "Trình lãnh đạo ký" } else { "" };
            let moved = Op::Moved { state: 10, follows, note: note.to_owned() };
            let content = Content::Dossier(moved);
            let at = at + place as u64 * 61_007;
            self.desk.store().write(|writing| writing.append(at, actor, Some(*dossier), &content))?;
            let bytes = self.exchange()?;
            sent.add(bytes.0 as f64);
            both.add((bytes.0 + bytes.1) as f64);
        }
        Ok(vec![
            Figure::new("event_1", sent.mean(), "bytes").beside("JSON", 219.0),
            Figure::new("event_1: with the answers", both.mean(), "bytes"),
        ])
    }

    fn idle(&self) -> Result<Vec<Figure>> {
        let open = self.exchange()?;
        self.desk.hang_up();
        let anew = self.exchange()?;
        let sum = |(out, back): (u64, u64)| (out + back) as f64;
        Ok(vec![
            Figure::new("poll_idle", sum(anew), "bytes"),
            Figure::new("poll_idle: on a connection that is open", sum(open), "bytes"),
        ])
    }

    /// Everything that was written is at the hub, byte for byte, and makes the lines again.
    fn prove(&self) -> Result<()> {
        let store =
            Connection::open_with_flags(self.folder.path().join("hub/hub.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut select = store.prepare("SELECT replica, seq, public, personal, salt FROM op ORDER BY replica, seq")?;
        let mut rows = select.query([])?;
        let mut timelines: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
        let mut there = Vec::new();
        while let Some(row) = rows.next()? {
            let id = OpId { replica: row.get(0)?, seq: row.get(1)? };
            let (bytes, salt): (Option<Vec<u8>>, Option<[u8; 16]>) = (row.get(3)?, row.get(4)?);
            let personal = bytes.zip(salt).map(|(bytes, salt)| Personal { bytes, salt });
            let op = Encoded { public: row.get(2)?, personal };
            let public: Public = op.open()?;
            let content = fields::read(&public, op.personal.as_ref().map(|personal| personal.bytes.as_slice()))?;
            if let Content::Dossier(what) = content {
                let dossier = public.dossier.map_or(id.seq, |dossier| dossier.seq);
                let actor = public.actor.map(|actor| actor.seen_from(id.replica));
                let stamp = Stamp { id, hlc: Hlc(public.hlc), actor };
                timelines.entry(dossier).or_default().push(Entry { stamp, op: what });
            }
            there.push(op);
        }
        let here = self.desk.store().read(|connection| {
            let own = desk::store::ops::own(connection)?;
            desk::store::ops::from(connection, own.id, 1, usize::MAX)
        })?;
        if here != there {
            return Err("the hub holds other bytes than the desk".into());
        }
        let name = |entry: &Entry| {
            let of = |at: &At| entry.stamp.actor.is_some_and(|actor| actor.seq == at.seq);
            self.clerks.iter().find(|(_, at)| of(at)).map(|(name, _)| name.clone()).unwrap_or_default()
        };
        for (line, at) in &self.written {
            let timeline = timelines.remove(&at.seq).ok_or("a dossier was lost on the way")?;
            let dossier = Dossier::fold(timeline).ok_or("a dossier that nothing received")?;
            let (came, went) = (Line::of(dossier.timeline(), name)?, line.carried());
            if came != went {
                return Err(format!("what came differs:\n{went:#?}\n{came:#?}").into());
            }
        }
        Ok(())
    }
}

fn ms(moment: &str) -> Result<i64> {
    Ok(moment.parse::<jiff::Timestamp>()?.as_millisecond())
}
