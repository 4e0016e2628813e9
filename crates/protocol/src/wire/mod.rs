//! Operations on their way: many together, place by place (all the names, then all the telephone numbers), packed with a
//! dictionary that ships and with everything that went by on the same way before. What comes out is, byte for byte, what the
//! author wrote (docs/adr/0008).
//!
//! A way is one connection, one file, one request. Its two ends remember the same; whoever begins a new way begins with
//! an empty memory, so that nothing depends on what another connection carried.

mod coder;
mod column;
mod parts;
mod tree;
mod way;

use crate::frame::Dictionary;
use crate::op::{Encoded, Seed};
use coder::Decoder;
use column::{In, Out};
use domain::dossier::OpId;
use std::io;
pub(crate) use tree::{put_number, take_number};
use way::Way;
use zstd::stream::raw::{CParameter, DParameter, Decoder as Unzstd, Encoder as Zstd, InBuffer, Operation, OutBuffer};

/// Longest content of one packed frame, in bytes before packing.
const MAX_PLAIN: usize = 1024 * 1024;

/// Operations one frame may carry.
pub const MAX_OPS: usize = 4096;

/// Fast enough for an old computer and for a hub of hundreds of desks; higher levels save under 2 %.
const LEVEL: i32 = 9;

/// How far back the packer looks, as a power of two: 128 KiB at each end of each connection.
const WINDOW: u32 = 17;

/// Entries of the tables in which the packer looks up what it has met, as a power of two. What goes by in one window fits; zstd's own
/// would take 2 MB of memory for each end of each connection.
const TABLES: u32 = 15;

/// Operations of one replica, in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Who wrote them.
    pub replica: u32,
    /// Number of the first.
    pub first: u64,
    /// They.
    pub ops: Vec<Encoded>,
}

/// Why packed bytes give no operations.
#[derive(Debug, thiserror::Error)]
pub enum BadWire {
    /// Not what a [`Packer`] writes, or more than it would.
    #[error("packed operations that make no sense")]
    Malformed,
    /// The packing itself.
    #[error("operations that do not unpack: {0}")]
    Packing(#[from] io::Error),
    /// A salt was left out that follows from a seed this side does not hold: the sender is to send it.
    #[error("the seed of dossier {}/{} is not known here", .0.replica, .0.seq)]
    UnknownSeed(OpId),
}

type Seeds<'s> = &'s dyn Fn(OpId) -> Option<Seed>;

/// Packs what goes out on one way.
pub struct Packer {
    memory: Way,
    zstd: Zstd<'static>,
}

/// Unpacks what comes in on one way.
pub struct Unpacker {
    memory: Way,
    zstd: Unzstd<'static>,
}

impl Packer {
    /// For a new way.
    pub fn new(dictionary: Dictionary) -> Result<Self, BadWire> {
        Self::with(Way::beginning(dictionary), dictionary.content())
    }

    /// For a new way that begins with texts both sides know, and nothing else: what the sample that ships is packed with.
    pub fn with_texts(texts: &'static [u8]) -> Result<Self, BadWire> {
        Self::with(Way::default(), texts)
    }

    fn with(memory: Way, texts: &'static [u8]) -> Result<Self, BadWire> {
        let mut zstd = Zstd::with_dictionary(LEVEL, texts)?;
        zstd.set_parameter(CParameter::WindowLog(WINDOW))?;
        zstd.set_parameter(CParameter::HashLog(TABLES))?;
        zstd.set_parameter(CParameter::ChainLog(TABLES))?;
        zstd.set_parameter(CParameter::ChecksumFlag(false))?;
        zstd.set_parameter(CParameter::DictIdFlag(false))?;
        zstd.set_parameter(CParameter::ContentSizeFlag(false))?;
        Ok(Self { memory, zstd })
    }

    /// Keeps what went by for a sample only.
    pub fn forget(&mut self) {
        self.memory.forget_who();
    }

    /// Packs operations. `known` are the seeds of dossiers whose reception the other side surely holds.
    pub fn pack(&mut self, runs: &[Run], known: Seeds<'_>) -> Result<Vec<u8>, BadWire> {
        let Out { coder, texts } = self.memory.write(runs, known);
        let coded = coder.finish();
        let mut packed = Vec::new();
        put_number(&mut packed, coded.len() as u64);
        packed.extend(coded);
        if !texts.is_empty() {
            self.zstd_all(&texts, &mut packed)?;
        }
        Ok(packed)
    }

    fn zstd_all(&mut self, plain: &[u8], packed: &mut Vec<u8>) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        let mut input = InBuffer::around(plain);
        while input.pos() < plain.len() {
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            self.zstd.run(&mut input, &mut output)?;
            packed.extend_from_slice(output.as_slice());
        }
        loop {
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            let left = self.zstd.flush(&mut output)?;
            packed.extend_from_slice(output.as_slice());
            if left == 0 {
                return Ok(());
            }
        }
    }
}

impl Unpacker {
    /// For a new way.
    pub fn new(dictionary: Dictionary) -> Result<Self, BadWire> {
        Self::with(Way::beginning(dictionary), dictionary.content())
    }

    fn with(memory: Way, texts: &[u8]) -> Result<Self, BadWire> {
        let mut zstd = Unzstd::with_dictionary(texts)?;
        zstd.set_parameter(DParameter::WindowLogMax(WINDOW))?;
        Ok(Self { memory, zstd })
    }

    /// Unpacks operations. `known` are the seeds of dossiers this side holds. After an error the way is of no use any more.
    pub fn unpack(&mut self, packed: &[u8], known: Seeds<'_>) -> Result<Vec<Run>, BadWire> {
        let mut rest = packed;
        let length = take_number(&mut rest).and_then(|length| usize::try_from(length).ok());
        let (coded, rest) = length.and_then(|length| rest.split_at_checked(length)).ok_or(BadWire::Malformed)?;
        let texts = if rest.is_empty() { Vec::new() } else { self.zstd_all(rest)? };
        self.memory.read(In { coder: Decoder::new(coded), texts: &texts }, known)
    }

    fn zstd_all(&mut self, packed: &[u8]) -> Result<Vec<u8>, BadWire> {
        let (mut plain, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
        let mut input = InBuffer::around(packed);
        loop {
            let before = input.pos();
            let mut output = OutBuffer::around(buffer.as_mut_slice());
            self.zstd.run(&mut input, &mut output)?;
            let given = output.as_slice().len();
            plain.extend_from_slice(output.as_slice());
            if plain.len() > MAX_PLAIN {
                return Err(BadWire::Malformed);
            }
            // A full buffer may have more behind it; anything less was all there is.
            if given < buffer.len() && (input.pos() == packed.len() || input.pos() == before) {
                break;
            }
        }
        if input.pos() == packed.len() { Ok(plain) } else { Err(BadWire::Malformed) }
    }
}
