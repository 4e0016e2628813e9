//! A printed page as a picture: the preview on the screen and what tests look at. It is drawn from the very file that
//! goes to the printer.

use crate::error::{Code, Error, Result};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::{GrayImage, ImageFormat};
use std::io::Cursor;

/// How many pages a PDF of ours has.
pub fn pages(pdf: &[u8]) -> Result<usize> {
    Ok(open(pdf)?.pages().len())
}

/// One page in shades of grey, counted from 1, at 30 to 600 dots per inch.
///
/// Fails with `internal` where the file is no PDF or has no such page: only our own papers are ever drawn.
pub fn page(pdf: &[u8], number: usize, dpi: u16) -> Result<GrayImage> {
    let pdf = open(pdf)?;
    let page = number.checked_sub(1).and_then(|index| pdf.pages().get(index)).ok_or_else(|| fault("no such page"))?;
    let scale = f32::from(dpi.clamp(30, 600)) / 72.0;
    let drawn = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE },
    );
    // Papers are black on white, so one channel says it all.
    let shades = drawn.data().iter().map(|pixel| pixel.g).collect();
    GrayImage::from_raw(drawn.width().into(), drawn.height().into(), shades)
        .ok_or_else(|| fault("a picture of odd size"))
}

/// All pages as one PNG file, one under the other.
pub fn sheet(pdf: &[u8], dpi: u16) -> Result<Vec<u8>> {
    let pages = (1..=pages(pdf)?).map(|number| page(pdf, number, dpi)).collect::<Result<Vec<_>>>()?;
    let width = pages.iter().map(GrayImage::width).max().unwrap_or(0);
    let mut sheet = GrayImage::from_pixel(width, pages.iter().map(GrayImage::height).sum(), image::Luma([255]));
    let mut top = 0;
    for page in &pages {
        image::imageops::replace(&mut sheet, page, 0, top);
        top += i64::from(page.height());
    }
    encoded(&sheet)
}

/// The same as a PNG file.
pub fn png(pdf: &[u8], number: usize, dpi: u16) -> Result<Vec<u8>> {
    encoded(&page(pdf, number, dpi)?)
}

pub(super) fn encoded(picture: &GrayImage) -> Result<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).map_err(|cause| Error::new(Code::Internal).because(cause))?;
    Ok(file.into_inner())
}

fn open(pdf: &[u8]) -> Result<Pdf> {
    Pdf::new(pdf.to_vec()).map_err(|cause| fault(&format!("{cause:?}")))
}

fn fault(cause: &str) -> Error {
    Error::new(Code::Internal).because(cause.to_owned())
}
