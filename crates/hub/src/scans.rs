//! Scanned papers at the hub: files called by the BLAKE3 hash of what they hold, one folder an agency. One that is not whole
//! yet is a file of its own, and goes on at the byte where it stopped.

use crate::place::sync_folder;
use data_encoding::HEXLOWER;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The folder of all scans.
#[derive(Debug, Clone)]
pub struct Scans(PathBuf);

impl Scans {
    /// The scans in a folder, which is made with the first of them.
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Bytes of a scan that are here.
    pub fn here(&self, agency: &str, hash: &[u8; 32]) -> u64 {
        let length = |path: PathBuf| fs::metadata(path).ok().map(|file| file.len());
        length(self.whole(agency, hash)).or_else(|| length(self.part(agency, hash))).unwrap_or(0)
    }

    /// Whether all of a scan is here.
    pub fn is_whole(&self, agency: &str, hash: &[u8; 32]) -> bool {
        self.whole(agency, hash).exists()
    }

    /// Adds bytes at a place, up to `size` in all. Answers how many are here now; bytes beyond a gap are left out.
    pub fn add(&self, agency: &str, hash: &[u8; 32], offset: u64, bytes: &[u8], size: u64) -> io::Result<u64> {
        if self.whole(agency, hash).exists() {
            return Ok(size);
        }
        let part = self.part(agency, hash);
        if let Some(folder) = part.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        let here = file.metadata()?.len();
        let end = offset.saturating_add(bytes.len() as u64);
        if offset > here || end <= here || end > size {
            return Ok(here);
        }
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        Ok(end)
    }

    /// Looks at a scan of which all bytes are here. One that is what its hash says is kept, durably; another one is thrown away.
    pub fn finish(&self, agency: &str, hash: &[u8; 32]) -> io::Result<bool> {
        let (part, whole) = (self.part(agency, hash), self.whole(agency, hash));
        if whole.exists() {
            return Ok(true);
        }
        let mut file = File::open(&part)?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        if hasher.finalize().as_bytes() != hash {
            fs::remove_file(&part)?;
            return Ok(false);
        }
        file.sync_all()?;
        fs::rename(&part, &whole)?;
        whole.parent().map_or(Ok(()), sync_folder)?;
        Ok(true)
    }

    /// Bytes of a whole scan from a place on; `None` where it is not here.
    pub fn read(&self, agency: &str, hash: &[u8; 32], offset: u64, count: usize) -> Option<Vec<u8>> {
        let mut file = File::open(self.whole(agency, hash)).ok()?;
        file.seek(SeekFrom::Start(offset)).ok()?;
        let mut bytes = Vec::new();
        file.take(count as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Removes what is here of a scan that nobody is to have any more.
    pub fn erase(&self, agency: &str, hash: &[u8; 32]) -> io::Result<()> {
        for file in [self.whole(agency, hash), self.part(agency, hash)] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn whole(&self, agency: &str, hash: &[u8; 32]) -> PathBuf {
        let name = HEXLOWER.encode(hash);
        self.0.join(agency).join(name.get(..2).unwrap_or_default()).join(name)
    }

    fn part(&self, agency: &str, hash: &[u8; 32]) -> PathBuf {
        self.whole(agency, hash).with_extension("part")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_goes_on_where_it_stopped_and_is_kept_only_when_it_is_what_it_says() {
        let dir = tempfile::tempdir().expect("a folder");
        let scans = Scans::new(dir.path());
        let content = b"a page of grey and black".repeat(100);
        let (hash, size) = (*blake3::hash(&content).as_bytes(), content.len() as u64);
        assert_eq!(scans.add("H56.14", &hash, 0, &content[..1000], size).expect("added"), 1000);
        assert_eq!(scans.here("H56.14", &hash), 1000);
        assert_eq!(scans.add("H56.14", &hash, 1500, &content[1500..], size).expect("a gap"), 1000);
        assert_eq!(scans.add("H56.14", &hash, 900, &content[900..], size).expect("the rest"), size);
        assert!(scans.finish("H56.14", &hash).expect("a look"));
        assert_eq!(scans.read("H56.14", &hash, 5, 10).expect("bytes"), content[5..15]);
        assert_eq!(scans.read("H56.15", &hash, 5, 10), None, "another agency's");

        let other = [1; 32];
        scans.add("H56.14", &other, 0, &content, size).expect("added");
        assert!(!scans.finish("H56.14", &other).expect("a look"));
        assert_eq!(scans.here("H56.14", &other), 0);
    }
}
