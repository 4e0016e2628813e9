//! What a scanned code is, and what it says: identity cards first, and the other codes people hold out at a desk.
//!
//! The same reading serves a decoded picture, a keyboard-wedge scanner and a paste. Nothing is guessed: what a code does
//! not say stays empty, what it says oddly raises a warning, and no text at all makes it fail.

pub mod bhyt;
mod day;
pub mod identity;
mod place;
pub mod receipt;
pub mod validity;
pub mod vietqr;
mod vneid;
mod warning;
mod web;

pub use bhyt::Bhyt;
pub use identity::Card;
pub use receipt::{LookupSecret, Receipt};
pub use validity::expiry;
pub use vietqr::VietQr;
pub use warning::Warning;

use jiff::civil::Date;

/// The longest text a face of the product hands over, in characters. A code carries at most 4,296 (ISO/IEC 18004, version
/// 40-L) and a card's fewer than 400; callers refuse more as `text_too_long`.
pub const LONGEST_TEXT: usize = 4096;

/// What a code turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Thẻ căn cước công dân or thẻ căn cước.
    Card(Box<Card>),
    /// VNeID's live code. It says nothing without a connection: the officer looks at the telephone and types the number.
    Vneid,
    /// Thẻ bảo hiểm y tế.
    Bhyt(Box<Bhyt>),
    /// A bank transfer to be paid (VietQR), its checksum proven.
    VietQr(Box<VietQr>),
    /// A receipt printed at a desk: its look-up code, or the bare number of its barcode.
    Receipt(Receipt),
    /// A web address. Nothing opens it.
    Url(String),
    /// Anything else.
    Text,
}

/// A code's kind, and what an officer should look at twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// What the code is.
    pub kind: Kind,
    /// What is odd about it on any day.
    pub warnings: Vec<Warning>,
}

impl Scanned {
    /// All warnings as of a day: the lasting ones, then those of a card that has expired or lies about the future.
    pub fn warnings_on(&self, today: Date) -> Vec<Warning> {
        let dated = match &self.kind {
            Kind::Card(card) => card.warnings_on(today),
            _ => Vec::new(),
        };
        self.warnings.iter().cloned().chain(dated).collect()
    }
}

/// Says what a code is. Works for every text; what is not recognised is [`Kind::Text`].
pub fn read(text: &str) -> Scanned {
    let text = bare(text);
    if let Some((card, warnings)) = Card::read(text) {
        return Scanned { kind: Kind::Card(Box::new(card)), warnings };
    }
    let kind = if let Some(receipt) = Receipt::read(text) {
        Kind::Receipt(receipt)
    } else if let Some(bhyt) = Bhyt::read(text) {
        Kind::Bhyt(Box::new(bhyt))
    } else if let Some(payment) = VietQr::read(text) {
        Kind::VietQr(Box::new(payment))
    } else if vneid::is_live_code(text) {
        Kind::Vneid
    } else if web::is_address(text) {
        Kind::Url(text.to_owned())
    } else {
        Kind::Text
    };
    let damaged = kind == Kind::Text && vietqr::resembles(text);
    Scanned { kind, warnings: if damaged { vec![Warning::PaymentDamaged] } else { Vec::new() } }
}

/// A text without what scanners and copying put around it: byte-order mark, spaces, Tab, CR, LF, other controls.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// A field's text tidied for keeping, `None` when the code leaves it empty.
fn filled(field: Option<&str>) -> Option<String> {
    field.map(crate::text::tidy).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(text: &str) -> &'static str {
        match read(text).kind {
            Kind::Card(_) => "card",
            Kind::Vneid => "vneid",
            Kind::Bhyt(_) => "bhyt",
            Kind::VietQr(_) => "vietqr",
            Kind::Receipt(_) => "receipt",
            Kind::Url(_) => "url",
            Kind::Text => "text",
        }
    }

    #[test]
    fn every_code_people_hold_out_is_named() {
        for (expected, text) in [
            ("card", "099095012345||Nguyễn Văn An|25101995|Nam|Số 1, Xã Bản Mẫu|10122021"),
            ("card", "\u{feff} 099095012345||Nguyễn Văn An|25101995|Nam|Số 1, Xã Bản Mẫu|10122021\t\r\n"),
            ("vneid", "https://vneid.gov.vn/qr?t=8f2c"),
            (
                "bhyt",
                "HS4010120878123|4e677579e1bb856e2056c4836e20416e|05/03/1950|1|-|01 - 001|01/01/2024|-|15/01/2024|$",
            ),
            ("receipt", "MOTCUA:H56.14-261122-07042:7K3M"),
            ("receipt", "H56.14-261122-07042\r"),
            ("url", "http://www.corp.google.com/sparrow/ui_office_hours/"),
            ("url", "HTTPS://DICHVUCONG.GOV.VN/P/HOME"),
            ("text", "amzn to socialqr"),
            ("text", "UI office hours signup\nhttp://www.corp.google.com/sparrow/ui_office_hours/"),
            ("text", "Sean Owen\nsrowen@google.com\n917-364-2918\nhttp://awesome-thoughts.com"),
            ("text", "BEGIN:VCARD\r\nN:Nguyễn;An\r\nEND:VCARD"),
            ("text", "099095012345"),
            ("text", "099095012345|Nguyễn Văn An"),
            ("text", "|||||||||||"),
            ("text", ""),
        ] {
            assert_eq!(kind(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_card_from_another_planet_is_no_card() {
        for text in [
            "ZX-81-MARS-77||Zorg|99999999|Xeno|Olympus Mons|00000000",
            "09909501234||Nguyễn Văn An|25101995|Nam|Số 1|10122021",
            "0990950123456||Nguyễn Văn An|25101995|Nam|Số 1|10122021",
            "٠٩٩٠٩٥٠١٢٣٤٥||Nguyễn Văn An|25101995|Nam|Số 1|10122021",
            "099095012345||42|25101995|Nam|Số 1|10122021",
            "099095012345|||25101995|Nam|Số 1|10122021",
        ] {
            assert_eq!(kind(text), "text", "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_fail(text in any::<String>()) {
            let _ = read(&text);
        }

        #[test]
        fn no_text_of_a_codes_letters_makes_reading_fail(text in "[0-9|$:.HMOTCUA_/-]{0,80}") {
            let _ = read(&text);
        }

        #[test]
        fn plain_words_are_never_taken_for_anything_else(words in prop::collection::vec("[a-zà-ỹ]{1,12}", 1..12)) {
            prop_assert_eq!(kind(&words.join(" ")), "text");
        }
    }
}
