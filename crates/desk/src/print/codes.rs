//! The two codes on a paper, drawn as black bars: Code 128 of the dossier's number, for a barcode gun, and the look-up
//! QR code, for a telephone. Neither ever holds a personal number: the first is made from a dossier's number alone, the
//! second from that and the look-up secret.

use super::layout::Bar;
use crate::error::{Code, Error, Result};
use barcoders::sym::code128::Code128;
use domain::card::receipt::{LookupSecret, Receipt};
use domain::code::DossierCode;
use qrcode::{Color, EcLevel, QrCode};

/// White before and after a Code 128, in modules (ISO/IEC 15417).
const QUIET: f32 = 10.0;
/// Width of one module: 0.25 mm (10 mil), which a cheap laser printer draws and every gun reads.
const MODULE: f32 = 0.25 * super::MM;

/// Code 128 of a dossier's number from `y` down, at most so wide with its quiet zones. Answers with the bars, counted
/// from the left quiet zone's edge, and the width taken.
pub(super) fn code128(code: &DossierCode, y: f32, width: f32, height: f32) -> Result<(Vec<Bar>, f32)> {
    let symbol = Code128::new(character_sets(code.as_str())).map_err(|cause| internal(format!("{cause:?}")))?.encode();
    let modules = symbol.len() as f32 + 2.0 * QUIET;
    let module = MODULE.min(width / modules);
    let bars = runs(symbol.iter().map(|module| *module == 1))
        .map(|(from, count)| Bar { x: (QUIET + from) * module, y, width: count * module, height })
        .collect();
    Ok((bars, modules * module))
}

/// Marks where Code 128 goes over to pairs of digits (set C, `Ć`) and back to single characters (set B, `Ɓ`).
///
/// A run of at least four digits is worth the change. An odd run keeps its first digit outside.
fn character_sets(text: &str) -> String {
    let mut out = String::from("Ɓ");
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (single, paired) = if digits >= 4 { (digits % 2, digits - digits % 2) } else { (digits.max(1), 0) };
        // Outside digits a character may be longer than a byte; Code 128 will refuse it.
        let single = if digits == 0 { first.len_utf8() } else { single };
        out.push_str(rest.get(..single).unwrap_or_default());
        let (pairs, after) = rest.get(single..).unwrap_or_default().split_at_checked(paired).unwrap_or_default();
        if !pairs.is_empty() {
            out.push('Ć');
            out.push_str(pairs);
            if !after.is_empty() {
                out.push('Ɓ');
            }
        }
        rest = after;
    }
    out
}

/// The look-up code, in a square of this side with its quiet zone (four modules). Answers with the bars, counted from the
/// symbol's own corner, and the side of the symbol.
///
/// A quarter of it may be creased or dirty (level Q): the paper lives in a pocket for days.
pub(super) fn lookup(code: &DossierCode, secret: LookupSecret, side: f32) -> Result<(Vec<Bar>, f32)> {
    const QUIET: f32 = 4.0;
    let text = Receipt::lookup_text(code, secret);
    let symbol = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|cause| internal(cause.to_string()))?;
    let modules = symbol.width() as f32;
    let module = side / (modules + 2.0 * QUIET);
    let colours = symbol.to_colors();
    let rows = colours.chunks(symbol.width()).enumerate();
    let bars = rows.flat_map(|(row, colours)| {
        runs(colours.iter().map(|colour| *colour == Color::Dark)).map(move |(from, count)| Bar {
            x: from * module,
            y: row as f32 * module,
            width: count * module,
            height: module,
        })
    });
    Ok((bars.collect(), modules * module))
}

/// Where black begins and how long it lasts, in modules.
fn runs(black: impl Iterator<Item = bool>) -> impl Iterator<Item = (f32, f32)> {
    let mut runs: Vec<(f32, f32)> = Vec::new();
    let mut within = false;
    for (place, black) in black.enumerate() {
        match runs.last_mut() {
            Some((_, count)) if black && within => *count += 1.0,
            _ if black => runs.push((place as f32, 1.0)),
            _ => {}
        }
        within = black;
    }
    runs.into_iter()
}

fn internal(cause: String) -> Error {
    Error::new(Code::Internal).because(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_of_digits_are_packed_in_pairs() {
        assert_eq!(character_sets("H56.14-261122-07042"), "ƁH56.14-Ć261122Ɓ-0Ć7042");
        assert_eq!(character_sets("000.00.01.H22-240118-0007"), "Ɓ000.00.01.H22-Ć240118Ɓ-Ć0007");
    }

    #[test]
    fn the_barcode_is_wide_enough_to_read_and_keeps_its_place() {
        for (text, width) in [("H56.14-261122-07042", 180.0), ("H56.123.123.123.123-261122-070421", 180.0)] {
            let code = DossierCode::parse(text).expect("a number");
            let (bars, taken) = code128(&code, 0.0, width, 30.0).expect("a barcode");
            assert!(taken <= width && taken >= 20.0 * super::super::MM, "{taken}");
            assert!(bars.iter().all(|bar| bar.x > 0.0 && bar.x + bar.width < width));
        }
    }

    #[test]
    fn the_look_up_code_is_large_enough_to_read() {
        let code = DossierCode::parse("H56.14-261122-07042").expect("a number");
        let secret = LookupSecret::parse("7K3M").expect("a secret");
        let (bars, side) = lookup(&code, secret, 26.0 * super::super::MM).expect("a code");
        assert!(side >= 20.0 * super::super::MM, "{side}");
        assert!(bars.iter().all(|bar| bar.x + bar.width <= side + 0.01 && bar.y + bar.height <= side + 0.01));
    }

    #[test]
    fn neighbouring_modules_make_one_bar() {
        let found: Vec<_> = runs([true, true, false, true, false, false, true].into_iter()).collect();
        assert_eq!(found, [(0.0, 2.0), (3.0, 1.0), (6.0, 1.0)]);
    }
}
