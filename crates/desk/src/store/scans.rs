//! Scanned papers: files beside the database, each called by the BLAKE3 hash of what it holds and sealed in pieces under a key
//! of its own, so that any part can be read without the rest. The same scan is kept once. The table beside them says how far
//! each has got on its way to the province.

use super::{Change, Writing};
use crate::error::{Code, Error, Result};
use crate::keys::{DataKey, random};
use crate::place::{Place, make_private, write_durably};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use domain::dossier::ScanHash;
use rusqlite::{Connection, OptionalExtension, params};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
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
        write_durably(&path, &self.seal(&hash, 0, content)?)?;
        Ok(hash)
    }

    /// Seals bytes of a scan that begin with the part at this place.
    fn seal(&self, hash: &[u8; 32], first: u64, content: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = Vec::with_capacity(content.len() + (content.len() / PART + 1) * SEAL);
        for (place, part) in (first..).zip(content.chunks(PART)) {
            let nonce: [u8; 24] = random()?;
            let payload = Payload { msg: part, aad: &beside(hash, place) };
            let part = self.cipher.encrypt(&XNonce::from(nonce), payload);
            sealed.extend(nonce);
            sealed.extend(part.map_err(|_| Error::new(Code::Internal).because("a scan was not sealed"))?);
        }
        Ok(sealed)
    }

    /// Whether all of a scan is here.
    pub fn is_whole(&self, hash: &[u8; 32]) -> bool {
        self.path(hash).exists()
    }

    /// How many bytes are here of a scan that comes.
    pub fn part(&self, hash: &[u8; 32]) -> u64 {
        let (begin, last) = self.last_of(hash);
        begin + last.len() as u64
    }

    /// What has come last of a scan: where it begins, and the bytes that do not fill a sealed part yet. They are none where the
    /// power went while they were written.
    fn last_of(&self, hash: &[u8; 32]) -> (u64, Vec<u8>) {
        let path = self.part_path(hash);
        let begin = length(&path).unwrap_or(0) / PART as u64 * PART as u64;
        (begin, read(&self.cipher, &path, hash, begin, PART).unwrap_or_default())
    }

    /// Adds bytes at a place to a scan that comes, up to `size` in all; they are sealed as they come. Answers how many are here
    /// now; bytes beyond a gap are left out.
    pub fn add(&self, hash: &[u8; 32], offset: u64, bytes: &[u8], size: u64) -> Result<u64> {
        if self.is_whole(hash) {
            return Ok(size);
        }
        let (path, (begin, mut content)) = (self.part_path(hash), self.last_of(hash));
        let here = begin + content.len() as u64;
        let end = offset.saturating_add(bytes.len() as u64);
        if offset > here || end <= here || end > size {
            return Ok(here);
        }
        // What came last is sealed anew together with what comes.
        let place = begin / PART as u64;
        content.extend(bytes.get(usize::try_from(here - offset).unwrap_or(usize::MAX)..).unwrap_or_default());
        let unwritable = |error| Error::new(Code::FileUnwritable).with("file", path.display()).because(error);
        path.parent().map_or(Ok(()), make_private).map_err(unwritable)?;
        let mut file = private(&path).map_err(unwritable)?;
        let (at, sealed) = (place * (PART + SEAL) as u64, self.seal(hash, place, &content)?);
        let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(&sealed));
        written.and_then(|()| file.set_len(at + sealed.len() as u64)).map_err(unwritable)?;
        Ok(end)
    }

    /// Looks at a scan of which all bytes have come. One that is what its hash says is kept, durably; another one is thrown away.
    pub fn finish(&self, hash: &[u8; 32]) -> Result<bool> {
        let (part, whole) = (self.part_path(hash), self.path(hash));
        if whole.exists() {
            return Ok(true);
        }
        if !self.is_sound(&part, hash) {
            // Nothing was there, or it goes now.
            let _ = fs::remove_file(&part);
            return Ok(false);
        }
        let unwritable = |error| Error::new(Code::FileUnwritable).with("file", whole.display()).because(error);
        File::open(&part).and_then(|file| file.sync_all()).map_err(unwritable)?;
        fs::rename(&part, &whole).map_err(unwritable)?;
        Ok(true)
    }

    /// Whether a sealed file holds this scan, under this desk's key.
    pub fn is_sound(&self, file: &Path, hash: &[u8; 32]) -> bool {
        let (mut hasher, mut offset) = (blake3::Hasher::new(), 0);
        loop {
            match read(&self.cipher, file, hash, offset, PART) {
                Ok(bytes) if bytes.is_empty() => return hasher.finalize().as_bytes() == hash,
                Ok(bytes) => {
                    hasher.update(&bytes);
                    offset += bytes.len() as u64;
                }
                Err(_) => return false,
            }
        }
    }

    /// A scan that is damaged here is put aside, so that it can come again.
    pub fn put_aside_damaged(&self, hash: &[u8; 32]) -> Result<()> {
        let path = self.path(hash);
        if !path.exists() || self.is_sound(&path, hash) {
            return Ok(());
        }
        let unwritable = |error| Error::new(Code::FileUnwritable).with("file", path.display()).because(error);
        fs::rename(&path, path.with_extension("damaged")).map_err(unwritable)
    }

    /// All of a scan.
    ///
    /// # Errors
    /// It is not here, or damaged.
    pub fn content(&self, hash: &[u8; 32]) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let bytes = self.read(hash, content.len() as u64, PART)?;
            if bytes.is_empty() {
                break;
            }
            content.extend(bytes);
        }
        let damaged = || Error::new(Code::FileUnreadable).with("file", self.path(hash).display());
        if blake3::hash(&content).as_bytes() == hash { Ok(content) } else { Err(damaged()) }
    }

    /// How long a scan is; `None` where it is not here.
    pub fn size(&self, hash: &[u8; 32]) -> Option<u64> {
        length(&self.path(hash))
    }

    /// Up to `count` bytes from `offset` on; fewer at the end of a sealed part, none at the end of the scan.
    ///
    /// # Errors
    /// The file is damaged, or was sealed under another key.
    pub fn read(&self, hash: &[u8; 32], offset: u64, count: usize) -> Result<Vec<u8>> {
        read(&self.cipher, &self.path(hash), hash, offset, count)
    }

    /// Where a scan is, sealed.
    pub fn path(&self, hash: &[u8; 32]) -> PathBuf {
        file_in(&self.folder, hash)
    }

    fn part_path(&self, hash: &[u8; 32]) -> PathBuf {
        self.path(hash).with_extension("part")
    }
}

/// Where a scan is in a folder of scans.
pub fn file_in(folder: &Path, hash: &[u8; 32]) -> PathBuf {
    let name = HEXLOWER.encode(hash);
    folder.join(name.get(..2).unwrap_or_default()).join(name)
}

/// How long the scan in a sealed file is.
fn length(file: &Path) -> Option<u64> {
    let sealed = fs::metadata(file).ok()?.len();
    Some(sealed.saturating_sub(sealed.div_ceil((PART + SEAL) as u64) * SEAL as u64))
}

/// Opens bytes of a sealed file; see [`Scans::read`].
fn read(cipher: &XChaCha20Poly1305, path: &Path, hash: &[u8; 32], offset: u64, count: usize) -> Result<Vec<u8>> {
    let damaged = || Error::new(Code::FileUnreadable).with("file", path.display());
    let place = offset / PART as u64;
    let mut sealed = Vec::new();
    let mut file = File::open(path).map_err(|error| damaged().because(error))?;
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
    let part = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| damaged())?;
    let from = usize::try_from(offset % PART as u64).unwrap_or(PART).min(part.len());
    let to = from.saturating_add(count).min(part.len());
    Ok(part.get(from..to).unwrap_or_default().to_vec())
}

/// A file to be written into that its owner alone can read.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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

/// How many scans a stick would take to the province, and their bytes.
pub fn to_carry(connection: &Connection) -> Result<(u64, u64)> {
    let sql = "SELECT count(*), ifnull(sum(bytes), 0) FROM scan WHERE standing IN (0, 2)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Some of the scans that wait: hash, size.
pub fn some_waiting(connection: &Connection, count: usize) -> Result<Vec<([u8; 32], u64)>> {
    let mut statement = connection.prepare_cached("SELECT hash, bytes FROM scan WHERE standing = 0 LIMIT ?1")?;
    let rows = statement.query_map([count], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Scans of this desk that the province is not known to have whole.
pub fn not_whole_there(connection: &Connection) -> Result<Vec<[u8; 32]>> {
    let mut statement = connection.prepare_cached("SELECT hash FROM scan WHERE standing <> ?1 ORDER BY hash")?;
    let rows = statement.query_map([Standing::Whole.number()], |row| row.get(0))?;
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

    #[test]
    fn a_scan_that_comes_is_sealed_as_it_comes_and_kept_only_when_it_is_what_it_says() {
        let dir = tempfile::tempdir().expect("a folder");
        let place = Place::on_machine(dir.path().join("data"), dir.path().join("machine"));
        let scans = Scans::new(&place, &DataKey::new([7; 32]));
        let content: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        let (hash, size) = (*blake3::hash(&content).as_bytes(), content.len() as u64);
        let add = |from: usize, to: usize| scans.add(&hash, from as u64, &content[from..to], size).expect("added");
        assert_eq!((add(0, 1_300), add(1_000, 70_000)), (1_300, 70_000));
        assert_eq!((add(90_000, 100_000), add(0, 500)), (70_000, 70_000), "beyond a gap, and again");
        let part = scans.part_path(&hash);
        let sealed = std::fs::read(&part).expect("the part");
        assert!(!sealed.windows(16).any(|bytes| bytes == &content[..16]), "nobody else reads it");
        // The power goes while the last of it is written.
        std::fs::write(&part, &sealed[..sealed.len() - 9]).expect("a torn part");
        assert_eq!((scans.part(&hash), add(70_000, 80_000)), (PART as u64, PART as u64));
        assert_eq!(add(PART, 200_000), size);
        assert!(!scans.is_whole(&hash) && scans.finish(&hash).expect("a look"));
        assert_eq!((scans.size(&hash), scans.content(&hash).expect("all of it")), (Some(size), content.clone()));
        assert_eq!(add(0, 10), size, "it is here");

        let other = [1; 32];
        assert_eq!(scans.add(&other, 0, &content, size).expect("added"), size);
        assert!(!scans.finish(&other).expect("a look"));
        assert_eq!(scans.part(&other), 0);
    }
}
