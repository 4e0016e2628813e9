//! From a picture to the texts of its codes: a card under a lamp, a telephone's photo, one frame of a camera.
//!
//! A picture is looked at in several ways, the cheap ones first, until one finds a text. `zxing-cpp` reads nearly every
//! code that can be read as it is; what it misses is mostly too small, and enlarging lets it read half of those. `rqrr`,
//! an engine of another family, has the last look.

mod decoder;
pub mod picture;
mod retouch;
#[cfg(test)]
mod tests;

use crate::error::{Code, Error, Result};
use decoder::{Decoder, RQRR, ZXING, ZXING_BARCODE};
use image::{GrayImage, imageops};
use retouch::{as_it_is, doubled_in_black_and_white, sharpened_and_doubled, sharpened_and_tripled, tripled};
use std::borrow::Cow;
use std::path::Path;
use std::time::{Duration, Instant};

/// No new look begins after this long, so that a picture without any code is given up while the officer still waits.
const BUDGET: Duration = Duration::from_millis(150);

/// A text found in a picture, and the engine that found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What the code says.
    pub text: String,
    /// `zxing-cpp` or `rqrr`.
    pub decoder: &'static str,
}

/// Which part of a picture is looked at.
enum Part {
    /// All of it, at no more than [`FRAME`] pixels.
    Frame,
    /// All of it at full size, where that is larger than the frame.
    Full,
    /// The places where an earlier look found a code that it could not read.
    Failed,
}

/// One way to look at a picture.
struct Look {
    at: Part,
    through: fn(&GrayImage) -> Cow<'_, GrayImage>,
    with: &'static Decoder,
}

const fn look(at: Part, through: fn(&GrayImage) -> Cow<'_, GrayImage>, with: &'static Decoder) -> Look {
    Look { at, through, with }
}

/// All looks, in the order that reads most in the least time on photographs and card-like pictures of three grades.
const LOOKS: [Look; 9] = [
    look(Part::Frame, as_it_is, &ZXING),
    look(Part::Full, as_it_is, &ZXING),
    look(Part::Failed, sharpened_and_doubled, &ZXING),
    look(Part::Frame, as_it_is, &ZXING_BARCODE),
    look(Part::Frame, sharpened_and_doubled, &ZXING),
    look(Part::Frame, tripled, &ZXING),
    look(Part::Frame, doubled_in_black_and_white, &ZXING),
    look(Part::Frame, sharpened_and_tripled, &ZXING),
    look(Part::Frame, as_it_is, &RQRR),
];

/// Pixels of the frame that every look starts from. A code lost by shrinking to this is sought at full size next.
const FRAME: f64 = 2.0e6;

/// Pixels of the largest picture that is still looked at whole.
const FULL: f64 = 24.0e6;

/// At most so many places of unread codes are tried again.
const MOST_FAILED: usize = 4;

/// The texts of the codes in a picture, from the first look that finds any; none where no look does.
pub fn decode(picture: &GrayImage) -> Vec<Found> {
    let begun = Instant::now();
    decode_while(picture, || begun.elapsed() < BUDGET)
}

fn decode_while(picture: &GrayImage, has_time: impl Fn() -> bool) -> Vec<Found> {
    let frame = retouch::at_most(picture, FRAME);
    let shrunk = picture.dimensions() != frame.dimensions();
    let mut failed = Vec::new();
    for (turn, look) in LOOKS.iter().enumerate() {
        if turn > 0 && !has_time() {
            break;
        }
        let parts: Vec<Cow<'_, GrayImage>> = match look.at {
            Part::Frame => vec![Cow::Borrowed(&*frame)],
            Part::Full if shrunk => vec![retouch::at_most(picture, FULL)],
            Part::Full => Vec::new(),
            Part::Failed => failed.iter().take(MOST_FAILED).map(|area| Cow::Owned(cut(picture, *area))).collect(),
        };
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let reading = look.with.read(&(look.through)(&part));
            if !reading.texts.is_empty() {
                return reading.texts.into_iter().map(|text| Found { text, decoder: look.with.name }).collect();
            }
            if matches!(look.at, Part::Frame | Part::Full) {
                let scale = f64::from(picture.width()) / f64::from(part.width().max(1));
                failed.extend(reading.failed.iter().map(|area| area.scaled(scale)));
            }
        }
    }
    Vec::new()
}

/// A rectangle of a picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    fn scaled(self, by: f64) -> Self {
        Self { left: self.left * by, top: self.top * by, right: self.right * by, bottom: self.bottom * by }
    }
}

/// An area with a fifth of its size around it, for the quiet zone.
fn cut(picture: &GrayImage, area: Area) -> GrayImage {
    let margin = (area.right - area.left).max(area.bottom - area.top) / 5.0;
    let within = |place: f64, side: u32| place.clamp(0.0, f64::from(side)) as u32;
    let (left, right) = (within(area.left - margin, picture.width()), within(area.right + margin, picture.width()));
    let (top, bottom) = (within(area.top - margin, picture.height()), within(area.bottom + margin, picture.height()));
    imageops::crop_imm(picture, left, top, right.saturating_sub(left), bottom.saturating_sub(top)).to_image()
}

/// The texts of the codes in a picture file.
///
/// Errors: `file_unreadable`, `picture_unreadable`, `picture_too_large`, `no_code`.
pub fn read_file(path: &Path) -> Result<Vec<String>> {
    let texts = texts(&picture::open(path)?);
    if texts.is_empty() { Err(Error::new(Code::NoCode).with("file", picture::name(path))) } else { Ok(texts) }
}

/// The texts alone.
pub fn texts(picture: &GrayImage) -> Vec<String> {
    decode(picture).into_iter().map(|found| found.text).collect()
}
