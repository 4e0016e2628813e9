//! How many codes are read from pictures, and how long that takes; beside rqrr alone on the same pixels in the same run.
//!
//! A manifest holds one object a line: `corpus`, `file` beside the manifest, `accept` (the right texts, or `text`, the one
//! right text) and perhaps `tier`. A picture without a right text was readable to nobody and counts as missed. Times are
//! processor milliseconds of decoding alone, without loading the file.

use crate::figure::{Figure, Sample};
use crate::{Load, Result};
use desk::scan;
use desk::scan::picture;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use unicode_normalization::UnicodeNormalization;

#[derive(Deserialize)]
struct Picture {
    corpus: String,
    file: String,
    #[serde(default)]
    accept: Vec<String>,
    #[serde(default)]
    text: Option<String>,
}

/// What one engine made of one corpus.
#[derive(Default)]
struct Reading {
    pictures: usize,
    read: usize,
    wrong: usize,
    time: Sample,
}

impl Reading {
    fn add(&mut self, right: &[String], texts: &[String]) {
        let hit = texts.iter().any(|text| right.contains(&plain(text)));
        self.pictures += 1;
        self.read += usize::from(hit);
        self.wrong += usize::from(!hit && !texts.is_empty() && !right.is_empty());
    }

    fn rate(&self) -> f64 {
        100.0 * self.read as f64 / self.pictures.max(1) as f64
    }
}

/// Measures.
pub fn measure(load: &Load) -> Result<Vec<Figure>> {
    let manifest = load.manifest.as_ref().ok_or("qr needs --manifest FILE")?;
    let folder = manifest.parent().ok_or("a manifest without a folder")?;
    let mut corpora: BTreeMap<String, (Reading, Reading)> = BTreeMap::new();
    for line in fs::read_to_string(manifest)?.lines().filter(|line| !line.trim().is_empty()) {
        let entry: Picture = serde_json::from_str(line)?;
        let right: Vec<String> = entry.accept.iter().chain(&entry.text).map(|text| plain(text)).collect();
        let pixels = picture::open(&folder.join(&entry.file))?;
        let (ours, rqrr) = corpora.entry(entry.corpus).or_default();
        let texts = ours.time.processor(|| scan::texts(&pixels));
        ours.add(&right, &texts);
        let texts = rqrr.time.processor(|| alone(&pixels));
        rqrr.add(&right, &texts);
    }
    let mut figures = Vec::new();
    for (corpus, (ours, rqrr)) in &corpora {
        let name = |what: &str| format!("{corpus} ({}), {what}", ours.pictures);
        figures.push(Figure::new(name("read"), ours.rate(), "%").beside("rqrr alone", rqrr.rate()));
        for percent in [50, 95] {
            let (ours, rqrr) = (ours.time.at(percent), rqrr.time.at(percent));
            figures.push(Figure::new(name(&format!("p{percent}")), ours, "ms").beside("rqrr alone", rqrr));
        }
        figures.push(
            Figure::new(name("another text"), ours.wrong as f64, "pictures").beside("rqrr alone", rqrr.wrong as f64),
        );
    }
    Ok(figures)
}

/// rqrr as it comes; the pictures it panics on are ones it does not read.
fn alone(pixels: &image::GrayImage) -> Vec<String> {
    let read = || {
        let mut prepared = rqrr::PreparedImage::prepare(pixels.clone());
        let texts = prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok());
        texts.map(|(_, text)| text).collect()
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// A text as the manifest's are compared: composed letters, one kind of line end, nothing around it.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    text.nfc().collect::<String>().trim_matches(['\u{feff}', ' ', '\n', '\r', '\t']).to_owned()
}
