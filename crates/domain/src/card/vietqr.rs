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

impl VietQr {
    /// The payment code as a banking app reads it: its amount fixed, where there is one. `None` where something is longer than
    /// its place, the bank's number is not six digits, or there is no account.
    ///
    /// The purpose goes without accents: banks pass on nothing else.
    pub fn write(&self) -> Option<String> {
        let bank = self.bank.len() == 6 && self.bank.bytes().all(|byte| byte.is_ascii_digit());
        let account = (1..=19).contains(&self.account.len()) && self.account.bytes().all(|b| b.is_ascii_alphanumeric());
        if !bank || !account {
            return None;
        }
        let receiver = field("00", &self.bank)? + &field("01", &self.account)?;
        let transfer = field("00", NAPAS)? + &field("01", &receiver)? + &field("02", "QRIBFTTA")?;
        let note =
            |tag, text: &Option<String>| text.as_deref().map_or(Some(String::new()), |text| field(tag, &plain(text)));
        let notes = note("01", &self.bill)? + &note("05", &self.reference)? + &note("08", &self.purpose)?;
        let mut code = field("00", "01")? + &field("01", if self.amount.is_some() { "12" } else { "11" })?;
        code += &field("38", &transfer)?;
        code += &field("53", "704")?;
        if let Some(Money(amount)) = self.amount {
            code += &field("54", &amount.to_string())?;
        }
        code += &field("58", "VN")?;
        if !notes.is_empty() {
            code += &field("62", &notes)?;
        }
        code += "6304";
        let checksum = crc(code.as_bytes());
        Some(format!("{code}{checksum:04X}"))
    }
}

/// Whether an account's holder is named like an office or the State Treasury. A transfer to a person's own account is no lawful
/// receipt of the State.
pub fn is_agencys(holder: &str) -> bool {
    let words = text::fold(holder);
    const OFFICES: [&str; 9] =
        ["ubnd", "uy ban nhan dan", "kho bac", "kbnn", "trung tam", "van phong", "cong an", "ngan sach", "hdnd"];
    OFFICES.iter().any(|office| words.starts_with(office) || words.contains(&format!(" {office}")))
}

/// Tag, length in two digits, value.
fn field(tag: &str, value: &str) -> Option<String> {
    (1..=99).contains(&value.len()).then(|| format!("{tag}{:02}{value}", value.len()))
}

/// The letters, digits and marks a bank passes on.
fn plain(text: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '/');
    let upper = text.chars().map(|c| if c.is_ascii() { c.to_string() } else { text::fold(&c.to_string()) });
    upper.collect::<String>().chars().filter(kept).collect()
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
    fn the_published_code_is_written_to_the_letter() {
        let payment = VietQr::read(SAMPLE).expect("a payment");
        assert_eq!(payment.write().as_deref(), Some(SAMPLE));
    }

    #[test]
    fn an_office_is_told_from_a_person() {
        for (holder, agencys) in [
            ("UBND XA CAO SON", true),
            ("Kho bạc Nhà nước khu vực VII", true),
            ("Trung tâm Phục vụ hành chính công xã Cao Sơn", true),
            ("Ủy ban nhân dân xã Cao Sơn", true),
            ("LO THI MAI", false),
            ("", false),
        ] {
            assert_eq!(is_agencys(holder), agencys, "{holder}");
        }
    }

    #[test]
    fn what_no_bank_reads_is_not_written() {
        let payment = VietQr::read(SAMPLE).expect("a payment");
        for (bank, account) in
            [("97043", "1"), ("97043x", "1"), ("970436", ""), ("970436", "12 34"), ("970436", "1234567890123456789012")]
        {
            let wrong = VietQr { bank: bank.into(), account: account.into(), ..payment.clone() };
            assert_eq!(wrong.write(), None, "{bank} {account}");
        }
        let accents = VietQr { purpose: Some("Lệ phí Đ\u{1f600} H56.14".into()), ..payment };
        let read = accents.write().as_deref().and_then(VietQr::read).expect("a payment");
        assert_eq!(read.purpose.as_deref(), Some("Le phi d H56.14"));
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
        fn what_is_written_is_read(
            bank in "[0-9]{6}", account in "[0-9A-Z]{1,19}", amount in proptest::option::of(any::<u64>()),
            purpose in proptest::option::of("[A-Z0-9][A-Z0-9.-]{0,22}[A-Z0-9]"),
        ) {
            let amount = amount.map(Money);
            let payment = VietQr { bank, account, amount, purpose, bill: None, reference: None };
            prop_assert_eq!(payment.write().as_deref().and_then(VietQr::read), Some(payment));
        }

        #[test]
        fn sealed_nonsense_never_fails(body in "\\PC{0,60}", digits in "[0-9]{0,60}") {
            let _ = VietQr::read(&sealed(&body));
            let _ = VietQr::read(&sealed(&format!("000201{digits}")));
        }
    }
}
