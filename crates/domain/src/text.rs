//! Vietnamese text: one spelling to keep (NFC), one folded spelling to search by.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The spelling that is stored: NFC, white space collapsed to single spaces, none at the ends.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.nfc().filter(|c| !c.is_control() && !is_invisible(*c)));
    }
    out
}

/// The spelling that is searched: base letters in lower case, `đ` as `d`, everything that is neither letter nor digit as one space.
///
/// Both places a tone mark may stand (`Thủy`, `Thuỷ`) and text typed without marks fold to the same.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        let c = if c == 'đ' { 'd' } else { c };
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else {
            gap = true;
        }
    }
    out
}

/// First letters of the folded words: "Đăng ký khai sinh" gives `dkks`.
pub fn initials(text: &str) -> String {
    fold(text).split(' ').filter_map(|word| word.chars().next()).collect()
}

/// Zero-width and direction marks that copying from the web leaves behind.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_a_name_however_it_is_spelt() {
        for spelling in ["Đặng Thị Thuỷ", "ĐẶNG THỊ THỦY", "dang thi thuy", "Đặng  Thị\u{200b} Thủy"]
        {
            assert_eq!(fold(&tidy(spelling)), "dang thi thuy");
        }
        assert_eq!(fold("Y' Nuê, A Páo"), "y nue a pao");
        assert_eq!(initials("Đăng ký khai sinh"), "dkks");
    }

    #[test]
    fn decomposed_letters_are_stored_composed() {
        assert_eq!(tidy("  Nguye\u{302}\u{303}n \t Va\u{306}n\r\n"), "Nguyễn Văn");
    }
}
