//! The wire dictionary: how `crates/protocol/dictionaries/1.zdict` was made, and why it has the size it has
//! (docs/adr/0003). Calling this again measures the sizes; with `--out FILE` it writes the one that was chosen.

use crate::figure::{Figure, Sample};
use crate::invented::{Commune, HELD_OUT, TRAINING};
use crate::line::Line;
use crate::shipment::Log;
use crate::{Load, Result};
use domain::dossier::OpId;
use protocol::message::{Relayed, SyncReply};
use std::fs;
use zstd::bulk::Compressor;

/// The size of the dictionary that ships, in bytes.
const CHOSEN: usize = 65_536;

/// Communes, and how many of their dossiers are sent in one request: mostly one, as they are received.
const COMMUNES: u64 = 160;
const SHIPMENTS: [usize; 10] = [1, 1, 1, 1, 1, 2, 2, 4, 8, 16];

/// Trains and measures.
pub fn train(load: &Load) -> Result<Vec<Figure>> {
    let samples = samples()?;
    let mut figures = vec![
        Figure::new("training messages", samples.len() as f64, "messages"),
        Figure::new("training bytes", samples.iter().map(Vec::len).sum::<usize>() as f64, "bytes"),
    ];
    for size in [16_384, 32_768, CHOSEN, 112_640] {
        let dictionary = zstd::dict::from_samples(&samples, size)?;
        for count in [1, 10] {
            let (bytes, pack) = held_out(&dictionary, count)?;
            figures.push(Figure::new(format!("{size} bytes: frame of {count}"), bytes, "bytes per dossier"));
            figures.push(Figure::new(format!("{size} bytes: packing a frame of {count}, p50"), pack.at(50), "ms"));
        }
        if let Some(file) = load.out.as_ref().filter(|_| size == CHOSEN) {
            fs::write(file, &dictionary)?;
        }
    }
    Ok(figures)
}

/// Requests of many communes, and answers that pass their operations on.
fn samples() -> Result<Vec<Vec<u8>>> {
    let mut samples = Vec::new();
    for seed in 1..=COMMUNES {
        let mut commune = Commune::new(&TRAINING, seed, 40);
        let mut first = 1 + seed * 97;
        for (turn, count) in SHIPMENTS.into_iter().enumerate() {
            let lines: Vec<Line> = commune.by_ref().take(count).collect();
            let log = Log::of(&lines, first)?;
            for request in log.requests() {
                if turn % 5 == 0 {
                    samples.push(minicbor::to_vec(answer(&request.ops, seed, request.first))?);
                }
                samples.push(minicbor::to_vec(request)?);
            }
            first += log.len() as u64;
        }
    }
    Ok(samples)
}

fn answer(ops: &[protocol::message::Carried], seed: u64, first: u64) -> SyncReply {
    let replica = u32::try_from(seed).unwrap_or(1) + 1;
    let relayed = (first..).zip(ops).map(|(seq, op)| {
        let id = OpId { replica, seq };
        Relayed { replica: id.replica, seq: id.seq, op: op.clone(), set_aside: None }
    });
    SyncReply {
        epoch: 1,
        time_ms: 1_780_000_000_000 + seed * 86_400_123,
        acknowledged: first,
        ops: relayed.collect(),
        cursor: first * 3,
        more: false,
        set_aside: Vec::new(),
        backed_up: Some(first / 2),
    }
}

/// Bytes per dossier of a commune the dictionary has never seen, and the time to pack a frame.
fn held_out(dictionary: &[u8], count: usize) -> Result<(f64, Sample)> {
    let mut commune = Commune::new(&HELD_OUT, 9_001, 40);
    let (mut bytes, mut time) = (0, Sample::default());
    const FRAMES: usize = 60;
    for frame in 0..FRAMES {
        let lines: Vec<Line> = commune.by_ref().take(count).collect();
        for request in Log::of(&lines, 500 + frame as u64 * 40)?.requests() {
            let message = minicbor::to_vec(request)?;
            // As `protocol::frame` packs.
            let packed = time.processor(|| -> Result<usize> {
                let mut compressor = Compressor::with_dictionary(9, dictionary)?;
                compressor.include_contentsize(false)?;
                compressor.include_checksum(false)?;
                compressor.include_dictid(false)?;
                compressor.include_magicbytes(false)?;
                Ok(compressor.compress(&message)?.len())
            })?;
            bytes += 1 + packed;
        }
    }
    Ok((bytes as f64 / (FRAMES * count) as f64, time))
}
