//! A payment code as a picture for the screen.

use super::picture::encoded;
use crate::error::{Code, Error, Result};
use image::{GrayImage, Luma, imageops};
use qrcode::{Color, EcLevel, QrCode};

/// White around the symbol, in modules (ISO/IEC 18004).
const QUIET: u32 = 4;
/// Pixels of a module: a telephone reads it from an arm's length off a cheap screen.
const MODULE: u32 = 8;

/// The code as a PNG file, black on white.
pub fn png(text: &str) -> Result<Vec<u8>> {
    let symbol = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|cause| Error::new(Code::Internal).because(cause.to_string()))?;
    let side = u32::try_from(symbol.width()).unwrap_or(0);
    let mut modules = GrayImage::from_pixel(side + 2 * QUIET, side + 2 * QUIET, Luma([255]));
    for ((x, y), colour) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).zip(symbol.to_colors()) {
        if colour == Color::Dark {
            modules.put_pixel(x + QUIET, y + QUIET, Luma([0]));
        }
    }
    let size = modules.width() * MODULE;
    encoded(&imageops::resize(&modules, size, size, imageops::FilterType::Nearest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan;
    use domain::card::vietqr::VietQr;
    use domain::money::Money;

    /// The published code, and the one a desk makes.
    const PUBLISHED: &str = "00020101021238540010A00000072701240006970436011012345678900208QRIBFTTA5303704540480005802VN62260822LP H99.9.9-261122-000163042245";

    #[test]
    fn two_strange_readers_read_the_drawn_code() {
        let own = VietQr {
            bank: "970415".into(),
            account: "1134000999888".into(),
            amount: Some(Money(100_000)),
            purpose: Some("LP H55.242-261123-01001".into()),
            bill: None,
            reference: None,
        };
        for text in [PUBLISHED.to_owned(), own.write().expect("a code")] {
            let picture = image::load_from_memory(&png(&text).expect("a picture")).expect("a PNG").to_luma8();
            let mut seen = rqrr::PreparedImage::prepare(picture.clone());
            let grid = seen.detect_grids().into_iter().next().expect("rqrr finds it");
            assert_eq!(grid.decode().expect("rqrr reads it").1, text);
            let found = scan::decode(&picture);
            assert_eq!(
                found.iter().map(|found| (found.text.as_str(), found.decoder)).collect::<Vec<_>>(),
                [(text.as_str(), "zxing-cpp")]
            );
            let read = VietQr::read(&found.first().expect("a text").text).expect("a payment");
            assert_eq!(read.write(), Some(text));
        }
    }
}
