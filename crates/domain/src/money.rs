//! Amounts in đồng, in digits and in words.

use std::fmt;

/// An amount in whole đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub u64);

impl fmt::Display for Money {
    /// `1.250.000 đ`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(" đ")
    }
}

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

impl Money {
    /// The amount in words, as a receipt says it (viết bằng chữ): "Mười lăm nghìn đồng".
    pub fn in_words(self) -> String {
        let said = if self.0 == 0 { vec![DIGITS[0]] } else { whole(self.0) };
        let mut words = said.join(" ");
        // Every numeral begins with a letter that has a capital of one character.
        if let Some(first) = words.chars().next() {
            words.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
        }
        words + " đồng"
    }
}

/// A number above 0, from its billions down.
fn whole(number: u64) -> Vec<&'static str> {
    let mut said = Vec::new();
    if number >= 1_000_000_000 {
        said.extend(whole(number / 1_000_000_000));
        said.push("tỷ");
    }
    for (size, name) in [(1_000_000, Some("triệu")), (1_000, Some("nghìn")), (1, None)] {
        let group = number / size % 1_000;
        if group > 0 {
            // After something larger its zeros are spoken: "một triệu không trăm linh năm nghìn".
            said.extend(three_digits(group, !said.is_empty()));
            said.extend(name);
        }
    }
    said
}

/// Up to 999; `whole` says the hundred even where it is zero.
fn three_digits(number: u64, whole: bool) -> Vec<&'static str> {
    let digit = |place: u64| DIGITS.get(usize::try_from(number / place % 10).unwrap_or(0)).copied().unwrap_or_default();
    let (tens, ones) = (number / 10 % 10, number % 10);
    let mut said = Vec::new();
    let hundreds = whole || number >= 100;
    if hundreds {
        said.extend([digit(100), "trăm"]);
    }
    match tens {
        0 if ones > 0 && hundreds => said.push("linh"),
        0 => {}
        1 => said.push("mười"),
        _ => said.extend([digit(10), "mươi"]),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => said.push("mốt"),
        (1.., 5) => said.push("lăm"),
        _ => said.push(digit(1)),
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_with_dots() {
        for (amount, text) in [(0, "0 đ"), (2_000, "2.000 đ"), (1_250_000, "1.250.000 đ"), (999, "999 đ")] {
            assert_eq!(Money(amount).to_string(), text);
        }
    }

    #[test]
    fn amounts_are_said_as_on_a_receipt() {
        for (amount, words) in [
            (0, "Không đồng"),
            (5, "Năm đồng"),
            (2_000, "Hai nghìn đồng"),
            (5_000, "Năm nghìn đồng"),
            (10_000, "Mười nghìn đồng"),
            (15_000, "Mười lăm nghìn đồng"),
            (21_000, "Hai mươi mốt nghìn đồng"),
            (25_000, "Hai mươi lăm nghìn đồng"),
            (44_000, "Bốn mươi bốn nghìn đồng"),
            (100_000, "Một trăm nghìn đồng"),
            (105_000, "Một trăm linh năm nghìn đồng"),
            (111_000, "Một trăm mười một nghìn đồng"),
            (200_000, "Hai trăm nghìn đồng"),
            (1_005_000, "Một triệu không trăm linh năm nghìn đồng"),
            (1_250_500, "Một triệu hai trăm năm mươi nghìn năm trăm đồng"),
            (2_000_010, "Hai triệu không trăm mười đồng"),
            (10_000_000_000, "Mười tỷ đồng"),
            (1_000_000_001, "Một tỷ không trăm linh một đồng"),
            (1_000_000_000_000_000_000, "Một tỷ tỷ đồng"),
        ] {
            assert_eq!(Money(amount).in_words(), words, "{amount}");
        }
        assert!(Money(u64::MAX).in_words().ends_with("sáu trăm mười lăm đồng"));
    }
}
