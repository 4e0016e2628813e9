//! VietQR: a bank transfer as tags, lengths and values (EMVCo), closed by a checksum.
//!
//! A transfer to a person's own account is no lawful receipt of the State, and offline nobody can tell whether it was paid.

use crate::money::Money;
use crate::text;

/// NAPAS, the switch all VietQR transfers name.
const NAPAS: &str = "A000000727";

/// What a payment code asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VietQr {
    /// The bank's six-digit number (BIN).
    pub bank: String,
    /// The account, or the card for `QRIBFTTC`.
    pub account: String,
    /// The amount, where the code fixes one.
    pub amount: Option<Money>,
    /// Nội dung chuyển tiền.
    pub purpose: Option<String>,
    /// Số hóa đơn.
    pub bill: Option<String>,
    /// Mã tham chiếu.
    pub reference: Option<String>,
}

impl VietQr {
    /// Reads a payment code in đồng whose checksum is right; `None` for anything else.
    pub fn read(code: &str) -> Option<Self> {
        let code = super::bare(code);
        let (covered, checksum) = code.split_at_checked(code.len().checked_sub(4)?)?;
        if !covered.ends_with("6304") || u16::from_str_radix(checksum, 16).ok()? != crc(covered.as_bytes()) {
            return None;
        }
        let fields = fields(code)?;
        if value(&fields, "00") != Some("01") || value(&fields, "53").is_some_and(|currency| currency != "704") {
            return None;
        }
        let transfer = self::fields(value(&fields, "38")?)?;
        let receiver = self::fields(value(&transfer, "01")?)?;
        if value(&transfer, "00") != Some(NAPAS) {
            return None;
        }
        let amount = match value(&fields, "54") {
            Some(text) => Some(amount(text)?),
            None => None,
        };
        let notes = value(&fields, "62").and_then(self::fields).unwrap_or_default();
        let note = |tag| value(&notes, tag).map(text::tidy).filter(|text| !text.is_empty());
        Some(Self {
            bank: value(&receiver, "00")?.to_owned(),
            account: value(&receiver, "01")?.to_owned(),
            amount,
            purpose: note("08"),
            bill: note("01"),
            reference: note("05"),
        })
    }
}

/// Whether a text begins as a payment code does and names NAPAS, so that one with a wrong checksum is not taken for plain text.
pub(super) fn resembles(text: &str) -> bool {
    text.starts_with("000201") && text.contains(NAPAS)
}

/// Whole đồng; a fraction may only be zeros.
fn amount(text: &str) -> Option<Money> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) && fraction.bytes().all(|b| b == b'0');
    if digits { whole.parse().ok().map(Money) } else { None }
}

/// Splits two-digit tags, two-digit lengths (in characters) and values; `None` where they do not come out even.
fn fields(mut text: &str) -> Option<Vec<(&str, &str)>> {
    let mut fields = Vec::new();
    while !text.is_empty() {
        let (tag, rest) = take(text, 2)?;
        let (length, rest) = take(rest, 2)?;
        if !length.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (value, rest) = take(rest, length.parse().ok()?)?;
        fields.push((tag, value));
        text = rest;
    }
    Some(fields)
}

fn take(text: &str, characters: usize) -> Option<(&str, &str)> {
    let end = text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(characters)?;
    text.split_at_checked(end)
}

fn value<'a>(fields: &[(&str, &'a str)], tag: &str) -> Option<&'a str> {
    fields.iter().find(|(name, _)| *name == tag).map(|(_, value)| *value)
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = "00020101021238540010A00000072701240006970436011012345678900208QRIBFTTA5303704540480005802VN62260822LP H99.9.9-261122-000163042245";

    fn sealed(body: &str) -> String {
        let covered = format!("{body}6304");
        format!("{covered}{:04X}", crc(covered.as_bytes()))
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc(b"123456789"), 0x29B1);
    }

    #[test]
    fn a_payment_is_read_with_its_amount_and_purpose() {
        let expected = VietQr {
            bank: "970436".into(),
            account: "1234567890".into(),
            amount: Some(Money(8000)),
            purpose: Some("LP H99.9.9-261122-0001".into()),
            bill: None,
            reference: None,
        };
        assert_eq!(VietQr::read(SAMPLE), Some(expected.clone()));
        assert_eq!(VietQr::read(&format!("{}\r\n", SAMPLE.to_lowercase().replace("a000000727", NAPAS))), None);
        assert_eq!(VietQr::read(&format!("{SAMPLE}\r\n")), Some(expected));
    }

    #[test]
    fn a_code_without_amount_leaves_it_empty_and_a_wrong_one_is_refused() {
        let body = |amount: &str| {
            sealed(&format!(
                "00020101021138540010A00000072701240006970436011012345678900208QRIBFTTA5303704{amount}5802VN"
            ))
        };
        assert_eq!(VietQr::read(&body("")).map(|p| p.amount), Some(None));
        assert_eq!(VietQr::read(&body("54078000.00")).map(|p| p.amount), Some(Some(Money(8000))));
        for wrong in ["54038.5", "5404-800", "5403abc"] {
            assert_eq!(VietQr::read(&body(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn a_payment_code_with_a_wrong_checksum_is_pointed_out() {
        let damaged = SAMPLE.replace("48000", "49000");
        assert_eq!(VietQr::read(&damaged), None);
        let scanned = super::super::read(&damaged);
        assert_eq!(
            (scanned.kind, scanned.warnings),
            (super::super::Kind::Text, vec![super::super::Warning::PaymentDamaged])
        );
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_always_noticed(at in 0usize..SAMPLE.len(), digit in 0u8..10) {
            let mut bytes = SAMPLE.as_bytes().to_vec();
            let changed = bytes[at] != b'0' + digit;
            bytes[at] = b'0' + digit;
            let text = String::from_utf8(bytes).expect("ASCII");
            prop_assert_eq!(VietQr::read(&text).is_none(), changed);
        }

        #[test]
        fn sealed_nonsense_never_fails(body in "\\PC{0,60}", digits in "[0-9]{0,60}") {
            let _ = VietQr::read(&sealed(&body));
            let _ = VietQr::read(&sealed(&format!("000201{digits}")));
        }
    }
}
