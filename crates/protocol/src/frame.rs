//! A frame: one message in zstd, its first byte naming the dictionary it was packed with. The hub keeps every dictionary for ever.

use crate::op::{Malformed, encode};
use minicbor::{Decode, Encode};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use zstd::bulk::{Compressor, Decompressor};

/// Longest message a frame may unpack to, in bytes; a bomb is refused at this size.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// Fast enough for an old computer; with the dictionary higher levels save under 3 %.
const LEVEL: i32 = 9;

/// A dictionary that ships with the product. Its number is its name on the wire and is never given another content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dictionary {
    /// No dictionary; always allowed.
    None,
    /// For frames: messages of the first release, trained on invented dossiers of the starter catalogue.
    First,
    /// For [`crate::wire`]: texts of the office, and a sample of invented dossiers.
    Second,
}

impl Dictionary {
    /// What this release packs frames with.
    pub const NEWEST: Dictionary = Dictionary::First;
    /// What this release packs operations with on open connections and in files.
    pub const WIRE: Dictionary = Dictionary::Second;

    /// Its name on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::First => 1,
            Self::Second => 2,
        }
    }

    /// The dictionary of this name, where this release has it.
    pub fn numbered(number: u8) -> Option<Self> {
        [Self::None, Self::First, Self::Second].into_iter().find(|dictionary| dictionary.number() == number)
    }

    pub(crate) fn content(self) -> &'static [u8] {
        match self {
            Self::None => &[],
            Self::First => include_bytes!("../dictionaries/1.zdict"),
            Self::Second => include_bytes!("../dictionaries/2.texts"),
        }
    }

    /// Operations that both sides pretend to have heard already, each packed piece with its length before it.
    pub(crate) fn sample(self) -> &'static [u8] {
        match self {
            Self::None | Self::First => &[],
            Self::Second => include_bytes!("../dictionaries/2.sample"),
        }
    }
}

/// Why bytes are no frame.
#[derive(Debug, thiserror::Error)]
pub enum BadFrame {
    /// Nothing at all.
    #[error("an empty frame")]
    Empty,
    /// A dictionary of a newer release: the sender is to pack again with [`Dictionary::None`].
    #[error("dictionary {0} is not known here")]
    UnknownDictionary(u8),
    /// Not zstd, cut short, or larger than [`MAX_MESSAGE`].
    #[error("a frame that does not unpack: {0}")]
    Packing(#[from] io::Error),
    /// The message is not what was expected.
    #[error(transparent)]
    Message(#[from] Malformed),
}

/// Packs a message.
pub fn pack<T: Encode<()>>(message: &T, dictionary: Dictionary) -> Result<Vec<u8>, BadFrame> {
    let bytes = encode(message);
    if bytes.len() > MAX_MESSAGE {
        return Err(io::Error::other("the message is too large").into());
    }
    let packed = COMPRESSORS.with_borrow_mut(|kept| {
        let compressor = match kept.entry(dictionary.number()) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(room) => room.insert(compressor(dictionary)?),
        };
        compressor.compress(&bytes)
    })?;
    Ok([&[dictionary.number()], packed.as_slice()].concat())
}

thread_local! {
    /// A compressor works through its dictionary once, which takes longer than packing a short message. What it packs does not
    /// depend on what it packed before.
    static COMPRESSORS: RefCell<BTreeMap<u8, Compressor<'static>>> = const { RefCell::new(BTreeMap::new()) };
    /// The same of unpacking.
    static DECOMPRESSORS: RefCell<BTreeMap<u8, Decompressor<'static>>> = const { RefCell::new(BTreeMap::new()) };
}

fn compressor(dictionary: Dictionary) -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::with_dictionary(LEVEL, dictionary.content())?;
    compressor.include_contentsize(false)?;
    compressor.include_checksum(false)?;
    compressor.include_dictid(false)?;
    compressor.include_magicbytes(false)?;
    Ok(compressor)
}

fn decompressor(dictionary: Dictionary) -> io::Result<Decompressor<'static>> {
    let mut decompressor = Decompressor::with_dictionary(dictionary.content())?;
    decompressor.include_magicbytes(false)?;
    Ok(decompressor)
}

/// Unpacks a message.
pub fn unpack<T: for<'b> Decode<'b, ()>>(frame: &[u8]) -> Result<T, BadFrame> {
    let (number, packed) = frame.split_first().ok_or(BadFrame::Empty)?;
    let dictionary = Dictionary::numbered(*number).ok_or(BadFrame::UnknownDictionary(*number))?;
    let bytes = DECOMPRESSORS.with_borrow_mut(|kept| -> io::Result<Vec<u8>> {
        let decompressor = match kept.entry(dictionary.number()) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(room) => room.insert(decompressor(dictionary)?),
        };
        // The size is not announced; room grows only when a smaller one was not enough, and never past the cap.
        let mut room = (packed.len().saturating_mul(16)).clamp(16 * 1024, MAX_MESSAGE);
        loop {
            match decompressor.decompress(packed, room) {
                Err(_) if room < MAX_MESSAGE => room = (room * 8).min(MAX_MESSAGE),
                unpacked => return unpacked,
            }
        }
    })?;
    let mut decoder = minicbor::Decoder::new(&bytes);
    let message = decoder.decode().map_err(Malformed::from)?;
    if decoder.position() == bytes.len() { Ok(message) } else { Err(Malformed::Field("end").into()) }
}
