//! The one-time code that makes a computer a desk of the province: a secret, and the hash of the hub's key, so that the
//! first contact already knows whom it talks to.

use data_encoding::BASE32_NOPAD;
use std::fmt;
use std::str::FromStr;

/// The first 12 bytes of the BLAKE3 hash of a hub's public key (SubjectPublicKeyInfo, DER).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHash(pub [u8; 12]);

impl KeyHash {
    /// The hash of a SubjectPublicKeyInfo.
    pub fn of(public_key_info: &[u8]) -> Self {
        let mut hash = [0; 12];
        hash.copy_from_slice(blake3::hash(public_key_info).as_bytes().split_at(12).0);
        Self(hash)
    }
}

/// Eight random bytes that the hub gave out once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub [u8; 8]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A one-time code, written as eight groups of four letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// What the hub knows the request by.
    pub secret: Secret,
    /// Whom the desk will talk to.
    pub hub: KeyHash,
}

/// A text that is no one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a one-time code has 32 letters and digits")]
pub struct NotACode;

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.secret.0.as_slice(), &self.hub.0].concat();
        let text = BASE32_NOPAD.encode(&bytes);
        for (place, c) in text.chars().enumerate() {
            if place > 0 && place.is_multiple_of(4) {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Reads a code with or without its hyphens, in either case; 0, 1 and 8, which the alphabet lacks, as O, I and B.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let letters: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                '8' => 'B',
                c => c,
            })
            .collect();
        let bytes = BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| NotACode)?;
        let (secret, hub) = bytes.split_at_checked(8).ok_or(NotACode)?;
        Ok(Self {
            secret: Secret(secret.try_into().map_err(|_| NotACode)?),
            hub: KeyHash(hub.try_into().map_err(|_| NotACode)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_copied_by_hand() {
        let code = Code { secret: Secret([7; 8]), hub: KeyHash::of(b"a public key") };
        let text = code.to_string();
        assert_eq!(text.len(), 39, "eight groups of four");
        assert_eq!(text.parse(), Ok(code));
        assert_eq!(text.to_lowercase().replace('-', " ").replace('o', "0").parse(), Ok(code));
        assert_eq!("".parse::<Code>(), Err(NotACode));
        assert_eq!(text[..38].parse::<Code>(), Err(NotACode));
    }
}
