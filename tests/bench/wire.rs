//! Bytes per dossier on the wire: the bodies of the requests a desk sends, checkpoint and signature included, as this
//! release packs them; beside the same lines as JSON, as they are and in gzip.

use crate::figure::{Figure, Sample};
use crate::invented::{Commune, HELD_OUT};
use crate::line::Line;
use crate::shipment::Log;
use crate::{Load, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use protocol::frame::Dictionary;
use std::io::Write;

/// How many dossiers one shipment has, and how many shipments are measured.
const SHIPMENTS: [(usize, usize); 4] = [(1, 50), (10, 10), (100, 5), (1000, 1)];

/// A load has its beginning passed over where it is long enough, so that people have begun to come back.
const PASSED_OVER: usize = 3000;

/// Measures, and proves by unpacking that everything comes out again.
pub fn measure(load: &Load) -> Result<Vec<Figure>> {
    let brought = load.lines()?;
    let what = if brought.is_some() { "the lines that were brought" } else { "invented dossiers" };
    let lines = match brought {
        Some(lines) => lines,
        None => Commune::new(&HELD_OUT, 20_261_122, 40)
            .take(4000)
            .map(|line| Ok((serde_json::to_string(&line)?, line)))
            .collect::<Result<_>>()?,
    };
    for together in lines.chunks(1000) {
        let lines: Vec<Line> = together.iter().map(|(_, line)| line.clone()).collect();
        let log = Log::of(&lines, 100)?;
        prove(&lines, &log.unpack(&log.bodies(Dictionary::NEWEST)?)?)?;
    }
    eprintln!("{} of {what}: packed, unpacked and compared, none differs", lines.len());
    let from = if lines.len() > PASSED_OVER { PASSED_OVER } else { 0 };
    let lines = lines.get(from..).unwrap_or_default();
    let mut figures = Vec::new();
    for (count, shipments) in SHIPMENTS {
        let shipments: Vec<&[(String, Line)]> = lines.chunks_exact(count).take(shipments).collect();
        if shipments.is_empty() {
            eprintln!("too few lines for shipments of {count}");
            continue;
        }
        let dossiers = (shipments.len() * count) as f64;
        let mut sent = Sums::default();
        for (turn, shipment) in shipments.iter().enumerate() {
            sent.add(shipment, 100 + turn as u64 * 6)?;
        }
        let per = |sum: usize| sum as f64 / dossiers;
        let name = |what: &str| format!("{what}, {count} dossiers");
        let unit = "bytes per dossier";
        figures.push(Figure::new(name("request bodies"), per(sent.bodies), unit).beside("JSON lines", per(sent.json)));
        figures.push(
            Figure::new(name("the same beside gzip"), per(sent.bodies), unit)
                .beside("JSON lines, gzip -9", per(sent.gzip)),
        );
        figures.push(
            Figure::new(name("the same beside zstd"), per(sent.bodies), unit)
                .beside("JSON lines, zstd -19", per(sent.zstd)),
        );
        figures.push(Figure::new(name("without the dictionary"), per(sent.plain), unit));
        figures.push(Figure::new(name("signatures, seeds and salts in it"), per(sent.random), unit));
        figures.push(Figure::new(name("operations"), per(sent.ops), "per dossier"));
        figures.push(Figure::new(name("packing a shipment, p50"), sent.time.at(50), "ms"));
    }
    Ok(figures)
}

#[derive(Default)]
struct Sums {
    bodies: usize,
    plain: usize,
    json: usize,
    gzip: usize,
    zstd: usize,
    /// Bytes no packing can shorten: a checkpoint's head and signature (96) and the request's signature (64); a dossier's
    /// seed (16) and the salt of each later operation with a personal part (16).
    random: usize,
    ops: usize,
    time: Sample,
}

impl Sums {
    fn add(&mut self, shipment: &[(String, Line)], first: u64) -> Result<()> {
        let lines: Vec<Line> = shipment.iter().map(|(_, line)| line.clone()).collect();
        let log = Log::of(&lines, first)?;
        let bodies = self.time.processor(|| log.bodies(Dictionary::NEWEST))?;
        prove(&lines, &log.unpack(&bodies)?)?;
        let size = |bodies: &[Vec<u8>]| bodies.iter().map(Vec::len).sum::<usize>();
        self.bodies += size(&bodies);
        self.plain += size(&log.bodies(Dictionary::None)?);
        self.ops += log.len();
        let salted = log.requests().iter().flat_map(|r| &r.ops).filter(|op| op.salt.is_some()).count();
        self.random += bodies.len() * 160 + lines.len() * 16 + (salted - lines.len()) * 16;
        let json: String = shipment.iter().flat_map(|(text, _)| [text.as_str(), "\n"]).collect();
        self.json += json.len();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(json.as_bytes())?;
        self.gzip += gzip.finish()?.len();
        self.zstd += zstd::bulk::compress(json.as_bytes(), 19)?.len();
        Ok(())
    }
}

/// Every line that went in comes out.
fn prove(sent: &[Line], unpacked: &[Line]) -> Result<()> {
    let mut sent: Vec<Line> = sent.iter().map(Line::carried).collect();
    let mut unpacked = unpacked.to_vec();
    for lines in [&mut sent, &mut unpacked] {
        lines.sort_by(|one, other| one.code.cmp(&other.code));
    }
    if let Some((sent, unpacked)) = sent.iter().zip(&unpacked).find(|(sent, unpacked)| sent != unpacked) {
        return Err(format!("what was unpacked differs:\n{sent:#?}\n{unpacked:#?}").into());
    }
    if sent.len() == unpacked.len() { Ok(()) } else { Err("a dossier was lost on the way".into()) }
}
