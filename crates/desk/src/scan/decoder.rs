//! The engines that find codes in a gray picture, behind one shape.

use super::Area;
use domain::card::{self, Kind};
use image::GrayImage;
use std::panic::{AssertUnwindSafe, catch_unwind};
use zxingcpp::{Barcode, BarcodeFormat, ImageFormat, ImageView, TextMode};

/// An engine: its name, and how it reads a picture.
pub(super) struct Decoder {
    pub name: &'static str,
    read: fn(&GrayImage) -> Reading,
}

impl Decoder {
    /// Reads a picture of at least one pixel.
    pub fn read(&self, picture: &GrayImage) -> Reading {
        (self.read)(picture)
    }
}

/// What an engine made of a picture.
pub(super) struct Reading {
    /// The texts of the codes it read.
    pub texts: Vec<String>,
    /// Where it saw a code and could not read it.
    pub failed: Vec<Area>,
}

/// QR codes.
pub(super) static ZXING: Decoder = Decoder { name: "zxing-cpp", read: zxing_codes };

/// The Code128 barcode of a receipt. Other barcodes on a desk, of parcels and goods, say nothing to it.
pub(super) static ZXING_BARCODE: Decoder = Decoder { name: "zxing-cpp", read: zxing_barcodes };

/// QR codes, by an engine that shares nothing with the other.
pub(super) static RQRR: Decoder = Decoder { name: "rqrr", read: rqrr_codes };

fn zxing_codes(picture: &GrayImage) -> Reading {
    zxing(picture, BarcodeFormat::QRCode)
}

fn zxing_barcodes(picture: &GrayImage) -> Reading {
    let mut reading = zxing(picture, BarcodeFormat::Code128);
    reading.texts.retain(|text| matches!(card::read(text).kind, Kind::Receipt(_)));
    Reading { failed: Vec::new(), ..reading }
}

fn zxing(picture: &GrayImage, format: BarcodeFormat) -> Reading {
    let reader = zxingcpp::read().formats([format]).return_errors(true).text_mode(TextMode::Plain);
    let view = ImageView::from_slice(picture.as_raw(), picture.width(), picture.height(), ImageFormat::Lum);
    let codes = match view.and_then(|view| reader.from(view)) {
        Ok(codes) => codes,
        Err(error) => {
            log::warn!("zxing-cpp gave up on a picture: {error}");
            Vec::new()
        }
    };
    let (read, failed): (Vec<Barcode>, Vec<Barcode>) = codes.into_iter().partition(Barcode::is_valid);
    Reading { texts: read.iter().filter_map(text).collect(), failed: failed.iter().map(area).collect() }
}

/// A code's text. Its bytes are UTF-8 or not; an engine's guess at another alphabet is good enough for a poster's code,
/// never for a card's: `Lê` guessed wrongly is still a name, and nobody would notice.
fn text(code: &Barcode) -> Option<String> {
    match String::from_utf8(code.bytes()).ok() {
        Some(text) if !code.has_eci() => Some(text),
        strict => Some(code.text()).filter(|guess| strict.as_ref() == Some(guess) || !is_card(guess)),
    }
}

fn is_card(text: &str) -> bool {
    matches!(card::read(text).kind, Kind::Card(_))
}

fn area(code: &Barcode) -> Area {
    let at = code.position();
    let corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left];
    let xs = corners.map(|corner| f64::from(corner.x));
    let ys = corners.map(|corner| f64::from(corner.y));
    let (least, most) = (
        |sides: [f64; 4]| sides.into_iter().fold(f64::MAX, f64::min),
        |sides: [f64; 4]| sides.into_iter().fold(0.0, f64::max),
    );
    Area { left: least(xs), top: least(ys), right: most(xs), bottom: most(ys) }
}

/// rqrr 0.11 panics on a few pictures (an assertion in its geometry); that costs this look and nothing else.
fn rqrr_codes(picture: &GrayImage) -> Reading {
    let read = || {
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(picture.width() as usize, picture.height() as usize, |x, y| {
                picture.get_pixel(x as u32, y as u32).0[0]
            });
        let grids = prepared.detect_grids();
        let bytes = |grid: &rqrr::Grid<_>| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).ok().map(|_| bytes)
        };
        grids.iter().filter_map(bytes).filter_map(|bytes| String::from_utf8(bytes).ok()).collect()
    };
    Reading { texts: catch_unwind(AssertUnwindSafe(read)).unwrap_or_default(), failed: Vec::new() }
}
