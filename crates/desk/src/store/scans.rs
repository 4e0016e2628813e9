//! Scanned papers: files beside the database, each called by the BLAKE3 hash of what it holds and sealed in pieces under a key
//! of its own, so that any part can be read without the rest. The same scan is kept once. The table beside them says how far
//! each has got on its way to the province.

use super::{Change, Writing};
use crate::error::{Code, Error, Result};
use crate::keys::{DataKey, random};
use crate::place::{Place, write_durably};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use domain::dossier::ScanHash;
use rusqlite::{Connection, OptionalExtension, params};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes sealed together.
const PART: usize = 64 * 1024;
/// What a sealed part has beside its bytes: 24 of nonce, 16 of seal.
const SEAL: usize = 40;

/// Largest scan, in bytes. A page of 150 dots an inch has 50 to 150 kB.
pub const MAX_SCAN: usize = 32 * 1024 * 1024;

/// The scans of a desk.
pub struct Scans {
    folder: PathBuf,
    cipher: XChaCha20Poly1305,
}

impl Scans {
    /// The scans beside a store with this key.
    pub fn new(place: &Place, key: &DataKey) -> Self {
        let key = blake3::derive_key("motcua scans 1", key.as_slice());
        Self { folder: place.data().join("scans"), cipher: XChaCha20Poly1305::new(&Key::from(key)) }
    }

    /// Keeps a scan, durably. Answers its hash.
    pub fn keep(&self, content: &[u8]) -> Result<[u8; 32]> {
        if content.len() > MAX_SCAN {
            return Err(Error::new(Code::ScanTooLarge).with("limit", MAX_SCAN / 1024 / 1024));
        }
        let hash = *blake3::hash(content).as_bytes();
        let path = self.path(&hash);
        if path.exists() {
            return Ok(hash);
        }
        let mut sealed = Vec::with_capacity(content.len() + (content.len() / PART + 1) * SEAL);
        for (place, part) in (0u64..).zip(content.chunks(PART)) {
            let nonce: [u8; 24] = random()?;
            let payload = Payload { msg: part, aad: &beside(&hash, place) };
            let part = self.cipher.encrypt(&XNonce::from(nonce), payload);
            sealed.extend(nonce);
            sealed.extend(part.map_err(|_| Error::new(Code::Internal).because("a scan was not sealed"))?);
        }
        write_durably(&path, &sealed)?;
        Ok(hash)
    }

    /// How long a scan is; `None` where it is not here.
    pub fn size(&self, hash: &[u8; 32]) -> Option<u64> {
        let sealed = fs::metadata(self.path(hash)).ok()?.len();
        Some(sealed - sealed.div_ceil((PART + SEAL) as u64) * SEAL as u64)
    }

    /// Up to `count` bytes from `offset` on; fewer at the end of a sealed part, none at the end of the scan.
    ///
    /// # Errors
    /// The file is damaged, or was sealed under another key.
    pub fn read(&self, hash: &[u8; 32], offset: u64, count: usize) -> Result<Vec<u8>> {
        let path = self.path(hash);
        let damaged = || Error::new(Code::FileUnreadable).with("file", path.display());
        let place = offset / PART as u64;
        let mut sealed = Vec::new();
        let mut file = File::open(&path).map_err(|error| damaged().because(error))?;
        let read = file
            .seek(SeekFrom::Start(place * (PART + SEAL) as u64))
            .and_then(|_| file.take((PART + SEAL) as u64).read_to_end(&mut sealed));
        read.map_err(|error| damaged().because(error))?;
        if sealed.is_empty() {
            return Ok(sealed);
        }
        let (nonce, sealed) = sealed.split_at_checked(24).ok_or_else(damaged)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| damaged())?;
        let payload = Payload { msg: sealed, aad: &beside(hash, place) };
        let part = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| damaged())?;
        let from = usize::try_from(offset % PART as u64).unwrap_or(PART).min(part.len());
        let to = from.saturating_add(count).min(part.len());
        Ok(part.get(from..to).unwrap_or_default().to_vec())
    }

    fn path(&self, hash: &[u8; 32]) -> PathBuf {
        path_in(&self.folder, hash)
    }
}

/// Where a scan's file stands in the folder of scans.
pub(super) fn path_in(folder: &Path, hash: &[u8; 32]) -> PathBuf {
    let name = HEXLOWER.encode(hash);
    folder.join(name.get(..2).unwrap_or_default()).join(name)
}

/// What a part is sealed for: its scan and its place there.
fn beside(hash: &[u8; 32], place: u64) -> Vec<u8> {
    [hash.as_slice(), &place.to_le_bytes()].concat()
}

/// Where a scan stands, by the hub's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is to be sent.
    Waits,
    /// The province has it whole.
    Whole,
    /// The province has all that names it and does not ask for it.
    Unasked,
    /// The hub asked for it, and its file is gone here.
    Lost,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Waits, Self::Whole, Self::Unasked, Self::Lost];

    fn number(self) -> usize {
        Self::ALL.iter().position(|standing| *standing == self).unwrap_or_default()
    }
}

/// A scan an own operation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Its size.
    pub bytes: u64,
    /// How much of it the hub has.
    pub there: u64,
    /// Where it stands.
    pub standing: Standing,
}

/// Notes a scan that an own operation names; one that is known keeps its standing.
pub(super) fn note(writing: &mut Writing<'_>, hash: &ScanHash, bytes: u64) -> Result<()> {
    let tx = writing.changed(Change::Sync);
    tx.prepare_cached("INSERT INTO scan (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING")?
        .execute(params![hash.0, bytes])?;
    Ok(())
}

/// What is known of a scan; `None` where no own operation names it.
pub fn of(connection: &Connection, hash: &[u8; 32]) -> Result<Option<Scan>> {
    let mut statement = connection.prepare_cached("SELECT bytes, there, standing FROM scan WHERE hash = ?1")?;
    let row = |row: &rusqlite::Row<'_>| {
        let standing = Standing::ALL.get(row.get::<_, usize>(2)?).copied().unwrap_or(Standing::Waits);
        Ok(Scan { bytes: row.get(0)?, there: row.get(1)?, standing })
    };
    Ok(statement.query_row([hash], row).optional()?)
}

/// How many scans wait, and how many of their bytes are not at the hub.
pub fn waiting(connection: &Connection) -> Result<(u64, u64)> {
    let sql = "SELECT count(*), ifnull(sum(bytes - there), 0) FROM scan WHERE standing = 0";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Some of the scans that wait: hash, size.
pub fn some_waiting(connection: &Connection, count: usize) -> Result<Vec<([u8; 32], u64)>> {
    let mut statement = connection.prepare_cached("SELECT hash, bytes FROM scan WHERE standing = 0 LIMIT ?1")?;
    let rows = statement.query_map([count], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes how far a scan has got.
pub fn set(writing: &mut Writing<'_>, hash: &[u8; 32], there: u64, standing: Standing) -> Result<()> {
    let tx = writing.changed(Change::Sync);
    tx.prepare_cached("UPDATE scan SET there = min(?2, bytes), standing = ?3 WHERE hash = ?1")?.execute(params![
        hash,
        there,
        standing.number()
    ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_read_back_from_any_place_and_by_nobody_else() {
        let dir = tempfile::tempdir().expect("a folder");
        let place = Place::on_machine(dir.path().join("data"), dir.path().join("machine"));
        let scans = Scans::new(&place, &DataKey::new([7; 32]));
        let content: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        let hash = scans.keep(&content).expect("kept");
        assert_eq!(scans.keep(&content).expect("kept once"), hash);
        assert_eq!(scans.size(&hash), Some(200_000));
        let mut read = Vec::new();
        while let Some(bytes) =
            Some(scans.read(&hash, read.len() as u64, 3000).expect("bytes")).filter(|b| !b.is_empty())
        {
            read.extend(bytes);
        }
        assert_eq!(read, content);
        assert!(Scans::new(&place, &DataKey::new([8; 32])).read(&hash, 0, 10).is_err());
        assert_eq!(scans.size(&[0; 32]), None);
    }
}
