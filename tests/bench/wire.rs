//! Bytes on the wire between a real desk and a real hub: everything that is said above TLS, both ways, hellos, signatures and
//! answers included; beside the same lines as JSON, as they are and packed.
//!
//! The load goes into the desk's log past the rules of intake. That nothing is lost is proved at the hub: its operations are
//! the desk's byte for byte, and make the lines that were loaded.

use crate::figure::{Figure, Sample};
use crate::line::Line;
use crate::pair::Pair;
use crate::{Load, Result};
use ::domain::dossier::{Moved, Op, OpId, State};
use flate2::Compression;
use flate2::write::GzEncoder;
use protocol::fields::Content;
use std::io::Write;
use std::sync::atomic::Ordering;

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
    let lines = load.lines_or_invented(HELD)?;
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

impl Pair {
    fn events(&self) -> Result<Vec<Figure>> {
        let (mut sent, mut both) = (Sample::default(), Sample::default());
        let at = u64::try_from(self.now.load(Ordering::SeqCst))?;
        let actor = self.clerks.values().next().copied();
        for (place, (_, dossier)) in self.written.iter().rev().take(EVENTS).enumerate() {
            let follows = OpId { replica: 0, seq: dossier.seq };
            let note = if place % 3 == 0 { "Trình lãnh đạo ký" } else { "" };
            let moved = Op::Moved(Box::new(Moved::told(State::HandedBack, follows, note.to_owned())));
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
}
