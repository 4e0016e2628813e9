//! The receipt: how long its PDF and the picture on the screen take, and how many bytes the PDF has.

use crate::Result;
use crate::figure::{Figure, Sample};
use crate::invented::{Commune, HELD_OUT};
use crate::store::{draft, new_desk};
use desk::api::printing::PrintInput;
use desk::api::receipt::{Paper, receipt_of};
use jiff::civil::date;
use std::env;

/// Dossiers of many procedures, with one paper or many, short names and long ones.
const DOSSIERS: usize = 60;

/// Measures.
pub fn measure() -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut commune = Commune::new(&HELD_OUT, 7, 40);
    let desk = new_desk(folder.path(), commune.agency())?;
    let at = date(2026, 11, 20).at(9, 0, 0, 0);
    let mut codes = Vec::new();
    for line in commune.by_ref().take(DOSSIERS) {
        codes.push(desk.receive_answering_all(draft(&line), at)?.0.code);
    }
    let mut figures = Vec::new();
    for (name, paper) in [("A5", Paper::A5), ("A4", Paper::A4)] {
        let (mut bytes, mut pdf, mut pictures) = (Sample::default(), Sample::default(), Sample::default());
        for code in &codes {
            let (file, _) = pdf.time(|| desk.receipt_pdf(code, paper))?;
            bytes.add(file.len() as f64);
            let input = PrintInput { of: receipt_of(code), paper, printer: None };
            pictures.time(|| desk.preview(&input))?;
        }
        for percent in [50, 95] {
            figures.push(Figure::new(format!("{name} PDF, both copies, p{percent}"), pdf.at(percent), "ms"));
            figures.push(Figure::new(format!("{name} PDF, both copies, p{percent}"), bytes.at(percent), "bytes"));
            let preview = format!("{name} on the screen, PDF and pictures of its pages, p{percent}");
            figures.push(Figure::new(preview, pictures.at(percent), "ms"));
        }
    }
    Ok(figures)
}
