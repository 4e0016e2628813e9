//! The look-up code on a desk's printed receipt, and the barcode beside it.
//!
//! It names the dossier and carries a short secret, so that nobody looks up a neighbour's dossier by counting. It never
//! holds a personal number or a name: other systems print `…?SGT=<ID number>`, readable by whoever finds the paper.

use crate::code::DossierCode;
use std::fmt;

const PREFIX: &str = "MOTCUA";

/// Digits and capitals without I, L, O and U (Crockford's base 32): none is mistaken for another when read aloud.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Four characters known only to whoever holds the receipt: 20 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LookupSecret([u8; 4]);

impl LookupSecret {
    /// Makes a secret out of the lowest 20 of the given random bits.
    pub fn from_bits(bits: u32) -> Self {
        Self([15, 10, 5, 0].map(|shift| letter(bits >> shift)))
    }

    /// Reads four characters as people type them: in either case, O for 0, I and L for 1.
    pub fn parse(text: &str) -> Option<Self> {
        let read = |b: u8| match b.to_ascii_uppercase() {
            b'O' => Some(b'0'),
            b'I' | b'L' => Some(b'1'),
            b => LETTERS.contains(&b).then_some(b),
        };
        match text.trim().as_bytes() {
            &[a, b, c, d] => Some(Self([read(a)?, read(b)?, read(c)?, read(d)?])),
            _ => None,
        }
    }
}

fn letter(bits: u32) -> u8 {
    LETTERS.get((bits & 31) as usize).copied().unwrap_or(b'0')
}

impl fmt::Display for LookupSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

impl fmt::Debug for LookupSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupSecret(…)")
    }
}

/// What a receipt's code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The dossier's number.
    pub code: DossierCode,
    /// The secret; the barcode carries none.
    pub secret: Option<LookupSecret>,
}

impl Receipt {
    /// Reads the look-up code, or a bare dossier number from the barcode (ours or another system's).
    pub fn read(text: &str) -> Option<Self> {
        let text = super::bare(text);
        match text.split(':').collect::<Vec<_>>().as_slice() {
            [code] => DossierCode::parse(code).ok().map(|code| Self { code, secret: None }),
            [prefix, code, secret] if prefix.eq_ignore_ascii_case(PREFIX) => {
                Some(Self { code: DossierCode::parse(code).ok()?, secret: Some(LookupSecret::parse(secret)?) })
            }
            _ => None,
        }
    }

    /// The text to print as a QR code: capitals, digits and `:.-` only, which a QR code packs most tightly.
    pub fn lookup_text(code: &DossierCode, secret: LookupSecret) -> String {
        format!("{PREFIX}:{code}:{secret}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_printed_code_names_the_dossier_and_nothing_of_its_owner() {
        let code = DossierCode::parse("H56.14-261122-07042").expect("a number");
        let text = Receipt::lookup_text(&code, LookupSecret::from_bits(0x39C74));
        assert_eq!(text, "MOTCUA:H56.14-261122-07042:773M");
        assert_eq!(Receipt::read("H56.14-261122-07042"), Some(Receipt { code, secret: None }));
    }

    #[test]
    fn a_secret_is_forgiving_to_type_and_silent_in_logs() {
        assert_eq!(LookupSecret::parse(" ol7k "), LookupSecret::parse("017K"));
        for wrong in ["", "7K3", "7K3MM", "7K3U", "7K3!", "ấ"] {
            assert_eq!(LookupSecret::parse(wrong), None, "{wrong}");
        }
        assert!(!format!("{:?}", LookupSecret::parse("7K3M")).contains("7K3M"));
    }

    #[test]
    fn half_a_code_is_no_receipt() {
        for text in [
            "MOTCUA",
            "MOTCUA:",
            "MOTCUA:H56.14-261122-07042",
            "MOTCUA:H56.14-261122-07042:",
            "MOTCUA:x:7K3M",
            "XYZ:H56.14-261122-07042:7K3M",
        ] {
            assert_eq!(Receipt::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(bits in any::<u32>(), day in 1u8..29, number in 1u16..=999, lower in any::<bool>()) {
            let code = DossierCode::parse(&format!("H56.14-2611{day:02}-07{number:03}")).expect("a number");
            let secret = LookupSecret::from_bits(bits);
            let text = Receipt::lookup_text(&code, secret);
            let scanned = if lower { text.to_lowercase() } else { text };
            prop_assert_eq!(Receipt::read(&scanned), Some(Receipt { code, secret: Some(secret) }));
        }
    }
}
