//! The three faces of a paper: Tinos, whose letters are as wide as Times New Roman's (the face of NĐ 30/2020/NĐ-CP,
//! Phụ lục I) and which has every Vietnamese letter.
//!
//! A paper carries only the letters it uses: each face is cut down before it is embedded, so that a receipt stays
//! small enough to be kept, sent and printed over a slow cable.

use crate::error::{Code, Error, Result};
use printpdf::ParsedFont;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use subsetter::GlyphRemapper;

/// One of the three ways a letter is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Face {
    Regular,
    Bold,
    Italic,
}

impl Face {
    fn name(self) -> &'static str {
        match self {
            Face::Regular => "Tinos",
            Face::Bold => "Tinos-Bold",
            Face::Italic => "Tinos-Italic",
        }
    }
}

/// Stands for a letter that Tinos does not have, so that it is seen on paper that something is missing.
const MISSING: char = '□';

/// The faces, opened once.
pub(super) struct Faces {
    regular: ParsedFont,
    bold: ParsedFont,
    italic: ParsedFont,
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    let open = |bytes: &[u8]| ParsedFont::from_bytes(bytes, 0, &mut Vec::new());
    Some(Faces {
        regular: open(include_bytes!("../../fonts/Tinos-Regular.ttf"))?,
        bold: open(include_bytes!("../../fonts/Tinos-Bold.ttf"))?,
        italic: open(include_bytes!("../../fonts/Tinos-Italic.ttf"))?,
    })
});

impl Faces {
    /// The faces that ship inside the program.
    pub(super) fn open() -> Result<&'static Faces> {
        FACES.as_ref().ok_or_else(|| Error::new(Code::Internal).because("a shipped font cannot be read"))
    }

    fn font(&self, face: Face) -> &ParsedFont {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
            Face::Italic => &self.italic,
        }
    }

    /// The letter as it can be drawn: itself, or a box where the face has no such letter.
    pub(super) fn legible(&self, face: Face, letter: char) -> char {
        if self.font(face).lookup_glyph_index(u32::from(letter)).is_some() { letter } else { MISSING }
    }

    /// How wide a text is, in points.
    ///
    /// Whole thousandths of the type size, cut and not rounded: that is how the widths stand in the PDF, and viewers
    /// set the letters by those.
    pub(super) fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        let font = self.font(face);
        let thousandths: u32 = text
            .chars()
            .filter_map(|letter| font.lookup_glyph_index(u32::from(letter)))
            .filter_map(|glyph| font.get_glyph_width(glyph))
            .map(|units| u32::from(units) * 1000 / u32::from(font.units_per_em.max(1)))
            .sum();
        thousandths as f32 * size / 1000.0
    }

    /// A face with only the letters that are used.
    pub(super) fn subset(&self, face: Face, used: &BTreeSet<char>) -> Result<ParsedFont> {
        let whole = self.font(face);
        let mut kept = GlyphRemapper::new();
        let letters: BTreeMap<u32, u16> = used
            .iter()
            .filter_map(|letter| Some((u32::from(*letter), whole.lookup_glyph_index(u32::from(*letter))?)))
            .map(|(letter, glyph)| (letter, kept.remap(glyph)))
            .collect();
        let bytes = subsetter::subset(&whole.original_bytes, 0, &kept)
            .map_err(|cause| Error::new(Code::Internal).because(cause))?;
        let mut small = ParsedFont::from_bytes(&bytes, 0, &mut Vec::new())
            .ok_or_else(|| Error::new(Code::Internal).because("a cut-down font cannot be read"))?;
        for (letter, glyph) in letters {
            small.set_codepoint_mapping(letter, glyph);
        }
        small.font_name = Some(format!("{}+{}", subset_tag(&bytes), face.name()));
        Ok(small)
    }
}

/// Six capitals in front of the name of a cut-down font (ISO 32000-1, 9.6.4). Different cuts get different tags:
/// printers keep fonts by name from one job to the next.
fn subset_tag(font: &[u8]) -> String {
    blake3::hash(font).as_bytes().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_has_every_letter_of_vietnamese_and_of_the_peoples_names() {
        let faces = Faces::open().expect("fonts");
        let vowels = "aăâeêioôơuưy";
        let tones = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];
        let mut letters: String =
            vowels.chars().flat_map(|v| tones.map(|t| domain::text::tidy(&format!("{v}{t}")))).collect();
        letters.push_str("bcdđfghjklmnpqrstvwxzƀčĕĭŏŭñ\u{306}0123456789.,:;/-–—()[]“”‘’'…№□");
        for face in [Face::Regular, Face::Bold, Face::Italic] {
            for letter in letters.chars().chain(letters.to_uppercase().chars()) {
                assert_eq!(faces.legible(face, letter), letter, "{face:?}");
            }
            assert_eq!(faces.legible(face, '漢'), MISSING);
        }
    }

    #[test]
    fn a_cut_down_face_is_small_and_as_wide_as_the_whole_one() {
        let faces = Faces::open().expect("fonts");
        let used: BTreeSet<char> = "Đặng Thị Mỹ Hạnh".chars().collect();
        let small = faces.subset(Face::Regular, &used).expect("a subset");
        assert!(small.original_bytes.len() < 20_000, "{}", small.original_bytes.len());
        for letter in used {
            let glyph = small.lookup_glyph_index(u32::from(letter)).expect("a glyph");
            let width = f32::from(small.get_glyph_width(glyph).expect("a width")) * 10.0 / 2048.0;
            let letter = letter.to_string();
            assert!((width - faces.width(Face::Regular, 10.0, &letter)).abs() < 0.011, "{letter}");
        }
    }
}
