//! Places of birth registration in personal numbers: the 63 provinces as they were before July 2025.
//!
//! Numbers given before and after the mergers keep these codes. Above 096 they name countries, of which no list is
//! published, so nothing is said about those (NĐ 137/2015/NĐ-CP, TT 59/2021/TT-BCA).

const PROVINCES: [u8; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45,
    46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92,
    93, 94, 95, 96,
];

/// Whether a place code may stand in a real number: a province's, or any above 096.
pub(super) fn is_known(code: &str) -> bool {
    code.parse::<u16>().is_ok_and(|code| code > 96 || u8::try_from(code).is_ok_and(|code| PROVINCES.contains(&code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_in_the_list_of_provinces_are_unknown_and_countries_are_not() {
        for known in ["001", "010", "096", "097", "099", "301"] {
            assert!(is_known(known), "{known}");
        }
        for unknown in ["000", "003", "005", "090", "", "x"] {
            assert!(!is_known(unknown), "{unknown}");
        }
    }
}
