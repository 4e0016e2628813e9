//! A real desk and a real hub, and dossiers of a load in the desk's log, past the rules of intake.

use crate::Result;
use crate::line::Line;
use crate::shipment::in_time;
use ::domain::code::AgencyCode;
use ::domain::dossier::{Dossier, Entry, Hlc, Op, OpId, Seen, Stamp};
use ::hub::{Config, Running};
use desk::api::enrol::EnrolInput;
use desk::api::setup::{SetUp, set_up};
use desk::api::{Clock, Desk};
use desk::place::Place;
use desk::store::ops::At;
use desk::texts::Language;
use jiff::Timestamp;
use protocol::fields::{self, Content, Role};
use protocol::op::{Encoded, Personal, Public};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A desk and its hub.
pub struct Pair {
    _hub: ::hub::Running,
    pub desk: Desk,
    /// The clock of both, milliseconds since 1970.
    pub now: Arc<AtomicI64>,
    pub clerks: BTreeMap<String, At>,
    /// Lines in the order they were loaded, and where their receptions stand.
    pub written: Vec<(Line, At)>,
    pub operations: u64,
    folder: TempDir,
}

/// Where the hub listens, whether it asks for scans, and how it is started.
pub struct Served<'s> {
    pub listen: &'s str,
    pub scans: bool,
    pub by: &'s (dyn Fn(Config) -> Result<Running> + Sync),
}

impl Pair {
    /// Both, enrolled; the clerks of some lines long known to both; and the lines in the desk's log, in order of time.
    ///
    /// The hub asks for no scans: a load names them and has none.
    pub fn with(lines: &[(String, Line)]) -> Result<Self> {
        let by = |config| Ok(::hub::serve(config)?);
        let mut pair = Self::served(lines, &Served { listen: "127.0.0.1:0", scans: false, by: &by })?;
        pair.write(lines)?;
        Ok(pair)
    }

    /// Both, enrolled, at a hub that is served in a way of its own; the clerks of some lines long known to both.
    pub fn served(lines: &[(String, Line)], served: &Served<'_>) -> Result<Self> {
        let agency = &lines.first().ok_or("no lines")?.1.agency;
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        // The hub's certificate holds from today, whenever that is.
        let now = Arc::new(AtomicI64::new(Timestamp::now().as_millisecond()));
        let (for_hub, for_desk) = (Arc::clone(&now), Arc::clone(&now));
        let hub = (served.by)(Config {
            place: ::hub::Place::from(&folder.path().join("hub")),
            listen: served.listen.to_owned(),
            names: vec![],
            clock: Arc::new(move || u64::try_from(for_hub.load(Ordering::SeqCst)).unwrap_or(0)),
            scans: served.scans,
        })?;
        // Before everything that any load tells of.
        now.store(ms("2025-12-01T08:00:00+07:00")?, Ordering::SeqCst);
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
        Ok(pair)
    }

    /// Puts lines into the desk's log, in order of time.
    pub fn write(&mut self, lines: &[(String, Line)]) -> Result<()> {
        let lines: Vec<Line> = lines.iter().map(|(_, line)| line.clone()).collect();
        let mut places: BTreeMap<(usize, u64), At> = BTreeMap::new();
        let mut steps = in_time(&lines)?.into_iter().peekable();
        while steps.peek().is_some() {
            self.desk.store().write(|writing| {
                for (dossier, within, mut step) in steps.by_ref().take(1000) {
                    if let Op::Moved(moved) = &mut step.op
                        && let Some(place) = places.get(&(dossier, moved.follows.seq))
                    {
                        moved.follows.seq = place.seq;
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
    pub fn exchange(&self) -> Result<(u64, u64)> {
        let before = self.desk.line_bytes();
        self.desk.sync_now()?;
        let after = self.desk.line_bytes();
        Ok((after.0 - before.0, after.1 - before.1))
    }

    /// Where the hub has its store and its scans.
    pub fn hub_folder(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    /// The desk's operations.
    fn own(&self) -> Result<Vec<Encoded>> {
        let own = self.desk.store().read(|connection| {
            let own = desk::store::ops::own(connection)?;
            desk::store::ops::from(connection, own.id, 1, usize::MAX)
        });
        Ok(own?)
    }

    /// Every operation of the desk is at the hub, byte for byte.
    pub fn is_there(&self) -> Result<()> {
        let store = Connection::open_with_flags(self.hub_folder().join("hub.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut select = store.prepare("SELECT public FROM op ORDER BY seq")?;
        let there = select.query_map([], |row| row.get(0))?.collect::<std::result::Result<Vec<Vec<u8>>, _>>()?;
        let here: Vec<Vec<u8>> = self.own()?.into_iter().map(|op| op.public).collect();
        if here == there { Ok(()) } else { Err("the hub holds other bytes than the desk".into()) }
    }

    /// Everything that was written is at the hub, byte for byte, and makes the lines again.
    pub fn prove(&self) -> Result<()> {
        let store = Connection::open_with_flags(self.hub_folder().join("hub.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
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
                let stamp = Stamp { id, hlc: Hlc(public.hlc), noted_ms: None, actor };
                timelines.entry(dossier).or_default().push(Entry { stamp, op: what });
            }
            there.push(op);
        }
        if self.own()? != there {
            return Err("the hub holds other bytes than the desk".into());
        }
        let name = |entry: &Entry| {
            let of = |at: &At| entry.stamp.actor.is_some_and(|actor| actor.seq == at.seq);
            self.clerks.iter().find(|(_, at)| of(at)).map(|(name, _)| name.clone()).unwrap_or_default()
        };
        for (line, at) in &self.written {
            let timeline = timelines.remove(&at.seq).ok_or("a dossier was lost on the way")?;
            let dossier = Dossier::merge(timeline, &Seen::default()).ok_or("a dossier that nothing received")?;
            let (came, went) = (Line::of(dossier.timeline(), name)?, line.carried());
            if came != went {
                return Err(format!("what came differs:\n{went:#?}\n{came:#?}").into());
            }
        }
        Ok(())
    }
}

fn ms(moment: &str) -> Result<i64> {
    Ok(moment.parse::<Timestamp>()?.as_millisecond())
}
