//! A desk's bundle, carried to the hub on a stick, and the hub's answer for the way back. What is inside is what would be said on
//! an open connection, and is taken in the same way, also while the hub serves. It is read twice: nothing is taken in of one
//! that is not whole.

use crate::admin::Written;
use crate::alone::{Alone, Call};
use crate::clock::Clock;
use crate::hub::Failure;
use crate::place::Place;
use crate::{Error, Result};
use ed25519_dalek::{SigningKey, VerifyingKey};
use protocol::bundle::{Opener, Sealer};
use protocol::link::Piece;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Takes in a bundle and writes the one to carry back; the same bundle again changes nothing and is answered again.
pub fn carry_in(place: impl Into<Place>, file: &Path, out: &Path, clock: Clock) -> Result<Written> {
    let mut bundle = File::open(file).map_err(Error::folder(file))?;
    let mut alone = Alone::open(place, clock)?;
    // An answer that was broken off is none.
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut answer = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(Error::folder(out))?;
    let bytes = alone.carry_in(&mut bundle, BufWriter::new(answer.as_file_mut())).map_err(|error| match error {
        Carrying::Reading(cause) => Error::folder(file)(cause),
        Carrying::Writing(cause) => Error::folder(out)(cause),
        Carrying::Other(error) => error,
    })?;
    answer.as_file().sync_all().map_err(Error::folder(out))?;
    answer.persist(out).map_err(|error| Error::folder(out)(error.error))?;
    Ok(Written { file: out.to_owned(), bytes })
}

/// Why a bundle was not taken in, or not answered.
#[derive(Debug)]
pub enum Carrying {
    /// It cannot be read.
    Reading(io::Error),
    /// The answer cannot be written.
    Writing(io::Error),
    /// It is none, or is refused, or the hub is broken.
    Other(Error),
}

impl From<Error> for Carrying {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for Carrying {
    fn from(failure: Failure) -> Self {
        Self::Other(match failure {
            Failure::Refused(refusal) => Error::Refused(refusal),
            Failure::Broken(cause) => Error::Broken(cause),
        })
    }
}

impl Alone {
    /// Takes in a bundle, and writes the one to carry back. Answers how many bytes that has.
    pub fn carry_in(&mut self, bundle: &mut (impl Read + Seek), mut out: impl Write) -> Result<u64, Carrying> {
        let key = self.key().clone();
        let writer = each(&key, bundle, &mut |_, _| Ok(()))?;
        bundle.seek(SeekFrom::Start(0)).map_err(Carrying::Reading)?;
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(|error| Error::NoRandomness(error.to_string()))?;
        let (mut sealer, head) = Sealer::begin(&key, &writer, fresh);
        let (mut call, mut bytes) = (Call::default(), 0);
        let mut write = |sealed: Vec<u8>| {
            bytes += sealed.len() as u64;
            out.write_all(&sealed).map_err(Carrying::Writing)
        };
        write(head)?;
        each(&key, bundle, &mut |by, piece| {
            let said = if by == writer { self.reads(&mut call, &writer, piece)? } else { Vec::new() };
            write(sealer.add(&said))
        })?;
        let last = self.has_read(call)?;
        write(sealer.add(&last))?;
        write(sealer.end())?;
        out.flush().map_err(Carrying::Writing)?;
        Ok(bytes)
    }
}

/// Does something with each piece of a bundle. Answers who wrote it.
fn each(
    key: &SigningKey,
    bundle: &mut impl Read,
    with: &mut dyn FnMut(VerifyingKey, Piece) -> Result<(), Carrying>,
) -> Result<VerifyingKey, Carrying> {
    let none = |error| Carrying::Other(Error::Bundle(error));
    let (mut opener, mut buffer) = (Opener::new(key), vec![0; 256 * 1024]);
    loop {
        let count = bundle.read(&mut buffer).map_err(Carrying::Reading)?;
        match buffer.get(..count).filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => opener.arrived(bytes).map_err(none)?,
            None => opener.ended().map_err(none)?,
        }
        while let Some((writer, piece)) = opener.take().map_err(none)? {
            with(writer, piece)?;
        }
        if count == 0 {
            return opener.finish().map_err(none);
        }
    }
}
