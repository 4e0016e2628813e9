//! What an officer should look at twice. None of these ever stops the work.

use crate::person::Sex;
use jiff::civil::Date;

/// Something odd about a code, with what the sentence about it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The number's fourth digit says one sex, the card another.
    SexDisagrees {
        /// By the number.
        number: Sex,
        /// By the card's own field.
        card: Sex,
    },
    /// The number's digits say one year of birth, the card another.
    BirthYearDisagrees {
        /// By the number.
        number: i16,
        /// By the card's own field.
        card: i16,
    },
    /// The number begins with a place code that no province ever had.
    UnknownPlace {
        /// The three digits.
        code: String,
    },
    /// The name holds signs that stand in no name, as when a scanner types in the wrong alphabet.
    NameGarbled,
    /// The birth field holds something that is no date; the birth date stays empty.
    BornUnreadable {
        /// What the field holds.
        text: String,
    },
    /// The sex field holds neither Nam nor Nữ; the sex stays empty.
    SexUnreadable {
        /// What the field holds.
        text: String,
    },
    /// The issue field holds something that is no whole date; the issue date stays empty.
    IssuedUnreadable {
        /// What the field holds.
        text: String,
    },
    /// The card's validity, which follows from its birth and issue dates, has ended.
    Expired {
        /// The last day it was valid.
        until: Date,
    },
    /// The card says its holder is born, or itself issued, after today; or issued before the birth.
    DatesImpossible,
    /// A payment code whose checksum is wrong: not to be paid from.
    PaymentDamaged,
}
