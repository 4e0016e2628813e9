//! Pages as a PDF file. The same pages always make the same bytes: what varies from one run to the next (document ids,
//! the hour of making) is left out or comes from the caller.

use super::face::{Face, Faces};
use super::layout::{Mark, Page};
use crate::error::{Code, Error, Result};
use jiff::civil::DateTime;
use printpdf::{
    FontId, OffsetDateTime, Op, PaintMode, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfParseErrorSeverity,
    PdfSaveOptions, PdfWarnMsg, Pt, Rect, TextItem, TextMatrix,
};
use std::collections::{BTreeMap, BTreeSet};

/// Writes the pages. The title shows in viewers' windows and print queues, so it holds no personal data; `at` is the
/// hour the paper speaks of, Vietnamese time.
pub(super) fn write(title: &str, at: DateTime, pages: &[Page]) -> Result<Vec<u8>> {
    let mut document = PdfDocument::new(title);
    let made = date(at)?;
    document.metadata.info.creation_date = made;
    document.metadata.info.modification_date = made;
    document.metadata.info.metadata_date = made;
    document.metadata.info.creator = "Một Cửa Xã".to_owned();

    let faces = Faces::open()?;
    for (face, letters) in used_letters(pages) {
        let font = PdfFont::new(faces.subset(face, &letters)?);
        document.resources.fonts.map.insert(font_id(face), font);
    }
    document.pages = pages.iter().map(page).collect();

    let mut warnings: Vec<PdfWarnMsg> = Vec::new();
    let mut file = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if let Some(wrong) = warnings.into_iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
        return Err(Error::new(Code::Internal).because(wrong.msg));
    }
    // The ids are counted up from one document to the next within a run; a file without them is as valid.
    file.trailer.remove(b"ID");
    // An empty claim to a printing standard (PDF/X) that viewers would show.
    if let Ok(info) = file.trailer.get(b"Info").and_then(|info| info.as_reference())
        && let Ok(info) = file.get_dictionary_mut(info)
    {
        info.remove(b"GTS_PDFXVersion");
    }
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|cause| Error::new(Code::Internal).because(cause))?;
    Ok(bytes)
}

fn used_letters(pages: &[Page]) -> BTreeMap<Face, BTreeSet<char>> {
    let mut used: BTreeMap<Face, BTreeSet<char>> = BTreeMap::new();
    for mark in pages.iter().flat_map(|page| &page.marks) {
        if let Mark::Text { style, text, .. } = mark {
            used.entry(style.face).or_default().extend(text.chars());
        }
    }
    used
}

fn page(page: &Page) -> PdfPage {
    let mut ops = Vec::new();
    for mark in &page.marks {
        if let Mark::Bar(bar) = mark {
            let mut rectangle = Rect::from_xywh(
                points(bar.x),
                points(page.height - bar.y - bar.height),
                points(bar.width),
                points(bar.height),
            );
            rectangle.mode = Some(PaintMode::Fill);
            ops.push(Op::DrawRectangle { rectangle });
        }
    }
    ops.push(Op::StartTextSection);
    let mut current = None;
    for mark in &page.marks {
        if let Mark::Text { x, y, style, text, .. } = mark {
            if current != Some(*style) {
                current = Some(*style);
                ops.push(Op::SetFont { font: PdfFontHandle::External(font_id(style.face)), size: Pt(style.size) });
            }
            ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(points(*x), points(page.height - y)) });
            ops.push(Op::ShowText { items: vec![TextItem::Text(text.clone())] });
        }
    }
    ops.push(Op::EndTextSection);
    PdfPage::new(Pt(page.width).into(), Pt(page.height).into(), ops)
}

/// To a hundredth of a point: 3.5 µm, finer than any printer, and shorter to write.
fn points(value: f32) -> Pt {
    Pt((value * 100.0).round() / 100.0)
}

fn font_id(face: Face) -> FontId {
    FontId(format!("{face:?}"))
}

fn date(at: DateTime) -> Result<OffsetDateTime> {
    let vietnam = jiff::tz::Offset::constant(7);
    let seconds = vietnam.to_timestamp(at).map_err(|cause| Error::new(Code::Internal).because(cause))?.as_second();
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|cause| Error::new(Code::Internal).because(cause.to_string()))
}
