//! VNeID's live code: bound to a session, checked only with the Ministry of Public Security's service, made of nothing a
//! desk can read. (The picture of the card inside VNeID shows the card's own code, which is read as the card.)
//!
//! Its form is not published. It is known by its name where it carries one, and otherwise by its shape: one unbroken
//! token, as no other code people hold out at a desk is.

use super::web;

/// Hosts of the identity service and of its log-in.
const HOSTS: [&str; 3] = ["vneid.gov.vn", "dinhdanhdientu.gov.vn", "dancuquocgia.gov.vn"];

/// The shortest run taken for a token: 256 bits, the least a signature or a key has, take 43 letters of base64.
const SHORTEST_TOKEN: usize = 43;

pub(super) fn is_live_code(text: &str) -> bool {
    names_itself(text) || is_token(text)
}

fn names_itself(text: &str) -> bool {
    let scheme = text.split([':', '|']).next().unwrap_or_default();
    let ours = |host: String| HOSTS.iter().any(|h| host == *h || host.ends_with(&format!(".{h}")));
    scheme.eq_ignore_ascii_case("vneid") && scheme.len() < text.len() || web::host(text).is_some_and(ours)
}

/// A signed token (`header.payload.signature`), or one run of base64 or hexadecimal, long enough to hold a key.
fn is_token(text: &str) -> bool {
    let has = |test: fn(&char) -> bool| text.chars().any(|c| test(&c));
    let of = |marks: &[char], parts: usize| {
        let parts_found: Vec<&str> = text.split('.').collect();
        parts_found.len() == parts
            && parts_found.iter().all(|part| !part.is_empty())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || marks.contains(&c))
    };
    let hexadecimal = text.chars().all(|c| c.is_ascii_hexdigit());
    let mixed = if hexadecimal {
        has(char::is_ascii_alphabetic)
    } else {
        has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase)
    };
    text.len() >= SHORTEST_TOKEN
        && mixed
        && has(char::is_ascii_digit)
        && (of(&['-', '_'], 3) || of(&['+', '/', '=', '-', '_'], 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_codes_are_known_by_name_or_shape() {
        for code in [
            "https://vneid.gov.vn/qr/9c1",
            "https://sso.dancuquocgia.gov.vn/auth?x=1",
            "vneid://share?session=1",
            "VNEID|20261122|abc",
            "eyJhbGciOiJFUzI1NiJ9.eyJzaWQiOiI5YzEyIn0.c2lnbmF0dXJlLW9mLWEtbGl2ZS1jb2Rl",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert!(is_live_code(code), "{code}");
        }
        for other in [
            "https://vneid.gov.vn.example/qr",
            "https://myvneid.gov.vn.example",
            "https://dichvucong.gov.vn/p/home",
            "vneid",
            "0123456789012345678901234567890123456789012345678901234567890123",
            "Shop2026.example/mot-duong-dan-rat-dai-khong-co-giao-thuc",
            "khong-phai-ma-dong-chi-la-mot-dong-chu-rat-dai-viet-lien-nhau",
        ] {
            assert!(!is_live_code(other), "{other}");
        }
    }
}
