//! A bundle: what would be said on an open connection ([`crate::link`]), in a file for a stick. Only the one it is for can read
//! it, and it says who wrote it.
//!
//! The file's key comes from X25519 (RFC 7748) between a pair of keys made for this file and the receiver's Ed25519 key in its
//! Montgomery form, through BLAKE3's key derivation; the content is sealed with XChaCha20-Poly1305 in parts, each knowing its
//! place and whether it is the last. The writer's Ed25519 signature over receiver and content stands inside.

use crate::link::{Piece, Pieces};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// What every bundle begins with.
pub const MAGIC: &[u8; 8] = b"MCXGOI1\n";

/// Bytes sealed together.
const PART: usize = 256 * 1024;
/// What a sealed part has beside its bytes.
const SEAL: usize = 16;

/// Largest bundle that is read, in bytes.
pub const MAX_BUNDLE: u64 = 2 * 1024 * 1024 * 1024;

/// Why a file is no bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// It does not begin like one.
    #[error("not a bundle")]
    NotOne,
    /// It is for somebody else, or was damaged or cut short on the way.
    #[error("a bundle for somebody else, or a damaged one")]
    Sealed,
    /// Nobody who may signed it.
    #[error("a bundle that its writer did not sign")]
    Signature,
    /// What is inside makes no sense.
    #[error("a bundle of pieces that make no sense")]
    Content,
}

/// Writes a bundle of encoded pieces. `fresh` are 32 random bytes, used for nothing else.
pub fn seal(from: &SigningKey, to: &VerifyingKey, fresh: [u8; 32], pieces: &[u8]) -> Vec<u8> {
    let mut content = pieces.to_vec();
    let signature = from.sign(&statement(to, &content)).to_bytes();
    content.splice(0..0, from.verifying_key().to_bytes().into_iter().chain(signature));
    let once = SigningKey::from_bytes(&fresh);
    let shared = to.to_montgomery().mul_clamped(once.to_scalar_bytes()).to_bytes();
    let public = once.verifying_key().to_bytes();
    let cipher = cipher(&shared, &public, to);
    let mut file = [MAGIC.as_slice(), &public].concat();
    let last = content.len().div_ceil(PART).saturating_sub(1);
    for (place, part) in content.chunks(PART).enumerate() {
        let payload = Payload { msg: part, aad: &beside(place, place == last) };
        // Memory does not fail, and nothing else can.
        file.extend(cipher.encrypt(&nonce(place), payload).unwrap_or_default());
    }
    file
}

/// Reads a bundle. Answers who wrote it, and the pieces.
///
/// # Errors
/// It is none, is for somebody else, was damaged, or is not signed by the one it names. Whether that one may write is the
/// reader's to know.
pub fn open(to: &SigningKey, file: &[u8]) -> Result<(VerifyingKey, Vec<Piece>), BadBundle> {
    let rest = file.strip_prefix(MAGIC.as_slice()).ok_or(BadBundle::NotOne)?;
    let (public, sealed) = rest.split_first_chunk::<32>().ok_or(BadBundle::NotOne)?;
    let once = VerifyingKey::from_bytes(public).map_err(|_| BadBundle::Sealed)?;
    let shared = once.to_montgomery().mul_clamped(to.to_scalar_bytes()).to_bytes();
    if shared == [0; 32] {
        return Err(BadBundle::Sealed);
    }
    let cipher = cipher(&shared, public, &to.verifying_key());
    let last = sealed.len().div_ceil(PART + SEAL).saturating_sub(1);
    let mut content = Vec::new();
    for (place, part) in sealed.chunks(PART + SEAL).enumerate() {
        let payload = Payload { msg: part, aad: &beside(place, place == last) };
        content.extend(cipher.decrypt(&nonce(place), payload).map_err(|_| BadBundle::Sealed)?);
    }
    let (writer, content) = content.split_first_chunk::<32>().ok_or(BadBundle::Sealed)?;
    let (signature, content) = content.split_first_chunk::<64>().ok_or(BadBundle::Sealed)?;
    let writer = VerifyingKey::from_bytes(writer).map_err(|_| BadBundle::Signature)?;
    let statement = statement(&to.verifying_key(), content);
    writer.verify_strict(&statement, &Signature::from_bytes(signature)).map_err(|_| BadBundle::Signature)?;
    let mut reader = Pieces::default();
    reader.arrived(content);
    let mut pieces = Vec::new();
    while let Some(piece) = reader.take().map_err(|_| BadBundle::Content)? {
        pieces.push(piece);
    }
    if reader.is_empty() { Ok((writer, pieces)) } else { Err(BadBundle::Content) }
}

fn statement(to: &VerifyingKey, content: &[u8]) -> Vec<u8> {
    let hash = blake3::hash(content);
    [b"motcua bundle 1".as_slice(), to.as_bytes(), hash.as_bytes()].concat()
}

fn cipher(shared: &[u8; 32], once: &[u8; 32], to: &VerifyingKey) -> XChaCha20Poly1305 {
    let material = [shared.as_slice(), once, to.as_bytes()].concat();
    XChaCha20Poly1305::new(&Key::from(blake3::derive_key("motcua bundle key 1", &material)))
}

/// The key is of one file alone, so a part's place is nonce enough.
fn nonce(place: usize) -> XNonce {
    let mut nonce = [0; 24];
    if let Some(place_bytes) = nonce.first_chunk_mut::<8>() {
        *place_bytes = (place as u64).to_le_bytes();
    }
    XNonce::from(nonce)
}

fn beside(place: usize, last: bool) -> [u8; 9] {
    let mut beside = [u8::from(last); 9];
    if let Some(place_bytes) = beside.first_chunk_mut::<8>() {
        *place_bytes = (place as u64).to_le_bytes();
    }
    beside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32])
    }

    fn encoded() -> Vec<u8> {
        pieces().iter().flat_map(Piece::encode).collect()
    }

    fn pieces() -> Vec<Piece> {
        let scan = |number| Piece::Scan { number, offset: 0, bytes: vec![7; 200_000] };
        vec![Piece::Read(5), scan(1), scan(2), scan(3), Piece::Ping(1)]
    }

    #[test]
    fn only_the_one_it_is_for_reads_it_and_knows_who_wrote_it() {
        let file = seal(&key(1), &key(2).verifying_key(), [9; 32], &encoded());
        let (writer, read) = open(&key(2), &file).expect("a bundle");
        assert_eq!((writer, read), (key(1).verifying_key(), pieces()));
        assert_eq!(open(&key(3), &file), Err(BadBundle::Sealed));
        assert_eq!(open(&key(2), b"PK\x03\x04"), Err(BadBundle::NotOne));
    }

    #[test]
    fn a_bundle_that_was_changed_or_cut_anywhere_is_none() {
        let file = seal(&key(1), &key(2).verifying_key(), [9; 32], &encoded());
        for place in (0..file.len()).step_by(file.len() / 97) {
            let mut changed = file.clone();
            changed[place] ^= 1;
            assert!(open(&key(2), &changed).is_err(), "changed at {place}");
            assert!(open(&key(2), &file[..place]).is_err(), "cut at {place}");
        }
        let whole_parts = MAGIC.len() + 32 + PART + SEAL;
        assert_eq!(open(&key(2), &file[..whole_parts]), Err(BadBundle::Sealed), "cut between parts");
    }
}
