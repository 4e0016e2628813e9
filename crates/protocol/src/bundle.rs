//! A bundle: what would be said on an open connection ([`crate::link`]), in a file for a stick. Only the one it is for can read
//! it, and it says who wrote it. It is sealed and opened part by part, so that neither side ever holds all of it.
//!
//! The file's key comes from X25519 (RFC 7748) between a pair of keys made for this file and the receiver's Ed25519 key in its
//! Montgomery form, through BLAKE3's key derivation; the content is sealed with XChaCha20-Poly1305 in parts, each knowing its
//! place and whether it is the last. The first begins with the writer's Ed25519 key and signature over the receiver and the
//! file's own key: nobody but the writer and the receiver can seal a part under that.

use crate::link::{Piece, Pieces};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// What every bundle begins with.
pub const MAGIC: &[u8; 8] = b"MCXGOI2\n";

/// Bytes sealed together.
const PART: usize = 256 * 1024;
/// What a sealed part has beside its bytes.
const SEAL: usize = 16;
/// What stands before the first part: [`MAGIC`], and the public half of the file's own key.
const HEAD: usize = MAGIC.len() + 32;

/// Bytes of scans that one bundle carries at most; the rest goes with the next. The file systems of sticks end a file at 4 GB.
pub const MAX_SCANS: u64 = 3_500_000_000;

/// Bytes of a scan that make one piece in a bundle.
pub const SCAN_PIECE: usize = 64 * 1024;

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

/// Writes a bundle.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    place: u64,
    /// What makes no whole part yet.
    content: Vec<u8>,
}

impl Sealer {
    /// Begins one. Answers the file's first bytes. `fresh` are 32 random bytes, used for nothing else.
    pub fn begin(from: &SigningKey, to: &VerifyingKey, fresh: [u8; 32]) -> (Self, Vec<u8>) {
        let once = SigningKey::from_bytes(&fresh);
        let shared = to.to_montgomery().mul_clamped(once.to_scalar_bytes()).to_bytes();
        let public = once.verifying_key().to_bytes();
        let signature = from.sign(&statement(to, &public)).to_bytes();
        let content = [from.verifying_key().as_bytes().as_slice(), &signature].concat();
        let sealer = Self { cipher: cipher(&shared, &public, to), place: 0, content };
        (sealer, [MAGIC.as_slice(), &public].concat())
    }

    /// Adds encoded pieces. Answers what is to be written now.
    pub fn add(&mut self, pieces: &[u8]) -> Vec<u8> {
        self.content.extend_from_slice(pieces);
        let mut sealed = Vec::new();
        // The last part has bytes too: what follows it is not known yet.
        while self.content.len() > PART {
            let part: Vec<u8> = self.content.drain(..PART).collect();
            sealed.extend(self.seal(&part, false));
        }
        sealed
    }

    /// Ends it. Answers the file's last bytes.
    pub fn end(mut self) -> Vec<u8> {
        let part = std::mem::take(&mut self.content);
        self.seal(&part, true)
    }

    fn seal(&mut self, part: &[u8], last: bool) -> Vec<u8> {
        let payload = Payload { msg: part, aad: &beside(self.place, last) };
        // Memory does not fail, and nothing else can.
        let sealed = self.cipher.encrypt(&nonce(self.place), payload).unwrap_or_default();
        self.place += 1;
        sealed
    }
}

/// Reads a bundle. Whether its writer may write is the reader's to know.
pub struct Opener<'k> {
    to: &'k SigningKey,
    /// What was read of the file and is not open yet.
    sealed: Vec<u8>,
    open: Option<Open>,
    pieces: Pieces,
}

struct Open {
    cipher: XChaCha20Poly1305,
    public: [u8; 32],
    place: u64,
    writer: Option<VerifyingKey>,
}

impl<'k> Opener<'k> {
    /// Begins to read one that is for this key.
    pub fn new(to: &'k SigningKey) -> Self {
        Self { to, sealed: Vec::new(), open: None, pieces: Pieces::default() }
    }

    /// Takes in the file's next bytes.
    ///
    /// # Errors
    /// It is none, is for somebody else, was damaged, or is not signed by the one it names.
    pub fn arrived(&mut self, bytes: &[u8]) -> Result<(), BadBundle> {
        self.sealed.extend_from_slice(bytes);
        if self.open.is_none() && self.sealed.len() >= HEAD {
            self.begin()?;
        }
        while self.open.is_some() && self.sealed.len() > PART + SEAL {
            let part: Vec<u8> = self.sealed.drain(..PART + SEAL).collect();
            self.part(&part, false)?;
        }
        Ok(())
    }

    /// The file has no more bytes.
    ///
    /// # Errors
    /// As [`Self::arrived`]; or it was cut short.
    pub fn ended(&mut self) -> Result<(), BadBundle> {
        let part = std::mem::take(&mut self.sealed);
        self.part(&part, true)
    }

    /// The next whole piece, and who wrote it.
    ///
    /// # Errors
    /// What is inside makes no sense.
    pub fn take(&mut self) -> Result<Option<(VerifyingKey, Piece)>, BadBundle> {
        let piece = self.pieces.take().map_err(|_| BadBundle::Content)?;
        Ok(self.open.as_ref().and_then(|open| open.writer).zip(piece))
    }

    /// Who wrote it, and that all of it was taken.
    ///
    /// # Errors
    /// It ends in the middle of a piece.
    pub fn finish(self) -> Result<VerifyingKey, BadBundle> {
        let writer = self.open.and_then(|open| open.writer).ok_or(BadBundle::Sealed)?;
        if self.pieces.is_empty() { Ok(writer) } else { Err(BadBundle::Content) }
    }

    fn begin(&mut self) -> Result<(), BadBundle> {
        let head: Vec<u8> = self.sealed.drain(..HEAD).collect();
        let public = head.strip_prefix(MAGIC.as_slice()).and_then(<[u8]>::first_chunk).ok_or(BadBundle::NotOne)?;
        let once = VerifyingKey::from_bytes(public).map_err(|_| BadBundle::Sealed)?;
        let shared = once.to_montgomery().mul_clamped(self.to.to_scalar_bytes()).to_bytes();
        if shared == [0; 32] {
            return Err(BadBundle::Sealed);
        }
        let cipher = cipher(&shared, public, &self.to.verifying_key());
        self.open = Some(Open { cipher, public: *public, place: 0, writer: None });
        Ok(())
    }

    fn part(&mut self, sealed: &[u8], last: bool) -> Result<(), BadBundle> {
        let open = self.open.as_mut().ok_or(BadBundle::NotOne)?;
        let payload = Payload { msg: sealed, aad: &beside(open.place, last) };
        let content = open.cipher.decrypt(&nonce(open.place), payload).map_err(|_| BadBundle::Sealed)?;
        open.place += 1;
        let mut content = content.as_slice();
        if open.writer.is_none() {
            let (writer, rest) = content.split_first_chunk::<32>().ok_or(BadBundle::Sealed)?;
            let (signature, rest) = rest.split_first_chunk::<64>().ok_or(BadBundle::Sealed)?;
            let writer = VerifyingKey::from_bytes(writer).map_err(|_| BadBundle::Signature)?;
            let statement = statement(&self.to.verifying_key(), &open.public);
            let signed = writer.verify_strict(&statement, &Signature::from_bytes(signature));
            signed.map_err(|_| BadBundle::Signature)?;
            (open.writer, content) = (Some(writer), rest);
        }
        self.pieces.arrived(content);
        Ok(())
    }
}

fn statement(to: &VerifyingKey, public: &[u8; 32]) -> Vec<u8> {
    [b"motcua bundle 2".as_slice(), to.as_bytes(), public].concat()
}

fn cipher(shared: &[u8; 32], once: &[u8; 32], to: &VerifyingKey) -> XChaCha20Poly1305 {
    let material = [shared.as_slice(), once, to.as_bytes()].concat();
    XChaCha20Poly1305::new(&Key::from(blake3::derive_key("motcua bundle key 2", &material)))
}

/// The key is of one file alone, so a part's place is nonce enough.
fn nonce(place: u64) -> XNonce {
    let mut nonce = [0; 24];
    if let Some(place_bytes) = nonce.first_chunk_mut::<8>() {
        *place_bytes = place.to_le_bytes();
    }
    XNonce::from(nonce)
}

fn beside(place: u64, last: bool) -> [u8; 9] {
    let mut beside = [u8::from(last); 9];
    if let Some(place_bytes) = beside.first_chunk_mut::<8>() {
        *place_bytes = place.to_le_bytes();
    }
    beside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32])
    }

    fn pieces() -> Vec<Piece> {
        let scan = |number| Piece::Scan { number, offset: 0, bytes: vec![7; 200_000] };
        vec![Piece::Read(5), scan(1), scan(2), scan(3), Piece::Ping(1)]
    }

    /// The file of these pieces.
    fn sealed(pieces: &[Piece]) -> Vec<u8> {
        let (mut sealer, mut file) = Sealer::begin(&key(1), &key(2).verifying_key(), [9; 32]);
        for piece in pieces {
            file.extend(sealer.add(&piece.encode()));
            assert!(sealer.content.len() <= PART);
        }
        file.extend(sealer.end());
        file
    }

    fn open(to: &SigningKey, file: &[u8], step: usize) -> Result<(VerifyingKey, Vec<Piece>), BadBundle> {
        let (mut opener, mut pieces) = (Opener::new(to), Vec::new());
        for bytes in file.chunks(step).map(Some).chain([None]) {
            match bytes {
                Some(bytes) => opener.arrived(bytes)?,
                None => opener.ended()?,
            }
            assert!(opener.sealed.len() <= PART + SEAL);
            while let Some((writer, piece)) = opener.take()? {
                assert_eq!(writer, key(1).verifying_key());
                pieces.push(piece);
            }
        }
        Ok((opener.finish()?, pieces))
    }

    #[test]
    fn only_the_one_it_is_for_reads_it_and_knows_who_wrote_it() {
        let file = sealed(&pieces());
        for step in [7_000, PART, PART + SEAL] {
            assert_eq!(open(&key(2), &file, step), Ok((key(1).verifying_key(), pieces())));
        }
        assert_eq!(open(&key(3), &file, PART), Err(BadBundle::Sealed));
        assert_eq!(open(&key(2), b"PK\x03\x04", PART), Err(BadBundle::NotOne));
        assert_eq!(open(&key(2), &[7; 100], PART), Err(BadBundle::NotOne));
    }

    #[test]
    fn nobody_writes_in_the_name_of_another() {
        // The receiver reads whose it is; to another one it cannot be handed on.
        let (sealer, head) = Sealer::begin(&key(1), &key(2).verifying_key(), [9; 32]);
        let whose = sealer.content.clone();
        let (mut forged, head_of_forged) = Sealer::begin(&key(4), &key(2).verifying_key(), [8; 32]);
        forged.content = whose;
        assert_ne!(head, head_of_forged);
        assert_eq!(open(&key(2), &[head_of_forged, forged.end()].concat(), PART), Err(BadBundle::Signature));
    }

    #[test]
    fn a_bundle_that_was_changed_or_cut_anywhere_is_none() {
        // One of which the last part is full, too.
        let full = PART - 96 - Piece::Scan { number: 1, offset: 0, bytes: vec![] }.encode().len() - 2;
        let full = vec![Piece::Scan { number: 1, offset: 0, bytes: vec![7; full] }];
        for pieces in [pieces(), full] {
            let file = sealed(&pieces);
            for place in (0..file.len()).step_by(file.len() / 97) {
                let mut changed = file.clone();
                changed[place] ^= 1;
                assert!(open(&key(2), &changed, PART).is_err(), "changed at {place}");
                assert!(open(&key(2), &file[..place], PART).is_err(), "cut at {place}");
            }
            let more = [file.clone(), vec![0]].concat();
            assert_eq!(open(&key(2), &more, PART), Err(BadBundle::Sealed), "with more at its end");
        }
        let file = sealed(&pieces());
        let part = PART + SEAL;
        assert_eq!(open(&key(2), &file[..HEAD + part], PART), Err(BadBundle::Sealed), "cut between parts");
        let swapped = [&file[..HEAD], &file[HEAD + part..HEAD + 2 * part], &file[HEAD..HEAD + part]].concat();
        assert_eq!(open(&key(2), &swapped, PART), Err(BadBundle::Sealed), "parts in another order");
    }
}
