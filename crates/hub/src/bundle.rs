//! A desk's bundle, carried to the hub on a stick, and the hub's answer for the way back. What is inside is what would be said on
//! an open connection, and is taken in the same way, also while the hub serves.

use crate::admin::Written;
use crate::alone::Alone;
use crate::clock::Clock;
use crate::hub::Failure;
use crate::place::Place;
use crate::{Error, Result};
use protocol::bundle::{self, MAX_BUNDLE};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// Takes in a bundle and writes the one to carry back; the same bundle again changes nothing and is answered again.
pub fn carry_in(place: impl Into<Place>, file: &Path, out: &Path, clock: Clock) -> Result<Written> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|open| open.take(MAX_BUNDLE).read_to_end(&mut bytes));
    read.map_err(Error::folder(file))?;
    let answer = Alone::open(place, clock)?.carry_in(&bytes)?;
    fs::write(out, &answer).map_err(Error::folder(out))?;
    Ok(Written { file: out.to_owned(), bytes: answer.len() as u64 })
}

impl Alone {
    /// Takes in the bytes of a bundle. Answers those of the one to carry back.
    pub fn carry_in(&mut self, file: &[u8]) -> Result<Vec<u8>> {
        let (writer, pieces) = bundle::open(self.key(), file).map_err(Error::Bundle)?;
        let said = self.answers(&writer, pieces).map_err(|failure| match failure {
            Failure::Refused(refusal) => Error::Refused(refusal),
            Failure::Broken(cause) => Error::Broken(cause),
        })?;
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(|error| Error::NoRandomness(error.to_string()))?;
        Ok(bundle::seal(self.key(), &writer, fresh, &said))
    }
}
