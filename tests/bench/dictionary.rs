//! The second wire dictionary: how `crates/protocol/dictionaries/2.texts` and `2.sample` were made, and why they have the size
//! they have (docs/adr/0008). Calling this again measures sizes; with `--out FOLDER` it writes the ones that were chosen.

use crate::figure::Figure;
use crate::invented::{Commune, HELD_OUT, TRAINING};
use crate::line::Line;
use crate::shipment::Log;
use crate::{Load, Result};
use protocol::wire::{Packer, Run};
use std::collections::BTreeSet;
use std::fs;

/// How many communes' days are in the sample, and how many dossiers of each.
const COMMUNES: u64 = 12;
const CHOSEN: usize = 25;

/// Dossiers one packed piece of the sample holds.
const PIECE: usize = 25;

/// Makes both, and measures on a commune that is in neither.
pub fn train(load: &Load) -> Result<Vec<Figure>> {
    let texts = texts();
    let mut figures = vec![Figure::new("texts", texts.len() as f64, "bytes")];
    // Packed as long as the program runs, which ends after this.
    let lasting: &'static [u8] = Box::leak(texts.clone().into_boxed_slice());
    for dossiers in [0, 10, CHOSEN, 60] {
        let (sample, runs) = sample(lasting, dossiers)?;
        figures.push(Figure::new(format!("{dossiers} dossiers a commune: sample"), sample.len() as f64, "bytes"));
        for count in [1, 10, 100] {
            let bytes = held_out(lasting, &runs, count)?;
            figures.push(Figure::new(
                format!("{dossiers} a commune: {count} on a new way"),
                bytes,
                "bytes per dossier",
            ));
        }
        if let Some(folder) = load.out.as_ref().filter(|_| dossiers == CHOSEN) {
            fs::write(folder.join("2.texts"), &texts)?;
            fs::write(folder.join("2.sample"), &sample)?;
        }
    }
    Ok(figures)
}

/// The catalogue's own words, what is asked for most last: the packer finds the nearest cheapest.
fn texts() -> Vec<u8> {
    let mut known = BTreeSet::new();
    let mut texts = Vec::new();
    for procedure in desk::catalogue::builtin().iter().rev() {
        let papers = procedure.papers.iter().map(|paper| &paper.name);
        for text in papers.chain([&procedure.field, &procedure.name]) {
            if known.insert(text.clone()) {
                texts.extend_from_slice(text.as_bytes());
            }
        }
    }
    texts
}

fn sample(texts: &'static [u8], dossiers: usize) -> Result<(Vec<u8>, Vec<Run>)> {
    let mut packer = Packer::with_texts(texts)?;
    let (mut sample, mut runs) = (Vec::new(), Vec::new());
    for seed in (1..=COMMUNES).filter(|_| dossiers > 0) {
        let lines: Vec<Line> = Commune::new(&TRAINING, seed, 40).take(dossiers).collect();
        for (turn, lines) in lines.chunks(PIECE).enumerate() {
            let run = Log::of(lines, 1 + seed * 97 + turn as u64 * 400)?.run();
            let packed = packer.pack(std::slice::from_ref(&run), &|_| None)?;
            let mut length = packed.len();
            while length > 127 {
                sample.push(length as u8 | 128);
                length >>= 7;
            }
            sample.push(length as u8);
            sample.extend(packed);
            runs.push(run);
        }
    }
    Ok((sample, runs))
}

/// Bytes per dossier of a commune the sample has never seen, on a way of its own for each `count` of them.
fn held_out(texts: &'static [u8], sample: &[Run], count: usize) -> Result<f64> {
    let mut commune = Commune::new(&HELD_OUT, 9_001, 40);
    let ways = 400 / count.max(10);
    let mut bytes = 0;
    for way in 0..ways {
        let lines: Vec<Line> = commune.by_ref().take(count).collect();
        let mut packer = Packer::with_texts(texts)?;
        for run in sample {
            packer.pack(std::slice::from_ref(run), &|_| None)?;
        }
        packer.forget();
        bytes += packer.pack(&[Log::of(&lines, 500 + way as u64 * 40)?.run()], &|_| None)?.len();
    }
    Ok(bytes as f64 / (ways * count) as f64)
}
