//! Amounts in đồng.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_with_dots() {
        for (amount, text) in [(0, "0 đ"), (2_000, "2.000 đ"), (1_250_000, "1.250.000 đ"), (999, "999 đ")] {
            assert_eq!(Money(amount).to_string(), text);
        }
    }
}
