//! Files as a power cut, a copy or a restore leaves them.

use fastrand::Rng;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What SQLite writes before a page in its journal: which page, whether a commit ends with it, sums.
const FRAME_HEAD: usize = 24;
/// What stands at the beginning of the journal.
const JOURNAL_HEAD: usize = 32;
/// Bytes of a page of every store here.
const PAGE: usize = 4096;

/// The files of some folders at one moment, by their path below the one above them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Files {
    /// Everything under these folders of `top`. What SQLite shares in memory is nothing to keep.
    pub fn of(top: &Path, folders: &[&str]) -> Self {
        let mut files = Self::default();
        for folder in folders {
            files.gather(top, &top.join(folder));
        }
        files
    }

    fn gather(&mut self, top: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.gather(top, &path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                let name = path.strip_prefix(top).expect("below the top").to_owned();
                self.0.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }

    /// Puts them below `top`, in the place of whatever the same folders hold.
    pub fn put(&self, top: &Path, folders: &[&str]) {
        for folder in folders {
            let folder = top.join(folder);
            if folder.exists() {
                fs::remove_dir_all(&folder).expect("a folder is emptied");
            }
        }
        for (name, content) in &self.0 {
            let path = top.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
    }

    /// Only those below a folder.
    pub fn below(&self, folder: &str) -> Self {
        Self(self.0.iter().filter(|(name, _)| name.starts_with(folder)).map(|(n, c)| (n.clone(), c.clone())).collect())
    }

    /// Without those of this name.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|path, _| !path.to_string_lossy().ends_with(name));
        self
    }

    fn get(&self, name: &str) -> &[u8] {
        self.0.get(Path::new(name)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What a crash leaves of a store and what stands beside it, somewhere between two moments: before something was done, and after
/// it. The store's journal is cut at any byte of what was added. `early` names files that are on the disk before the last of
/// the store's commits, `late` those that may be lost even after it.
pub fn torn(before: &Files, after: &Files, store: &str, early: &str, late: &str, rng: &mut Rng) -> Files {
    let journal = format!("{store}-wal");
    let (old, new) = (before.get(&journal), after.get(&journal));
    let fate = rng.u8(..4);
    let part = rng.f64();
    // A journal that was begun anew, or a store that was written into, says nothing about the moments between.
    if before.get(store) != after.get(store) || !new.starts_with(old) || fate == 0 {
        return if rng.bool() { before.clone() } else { after.clone() };
    }
    // Where the other files are not as they were, only the last commit can be said to follow them.
    let from = if before.below(early) == after.below(early) { old.len() } else { last_commit(new).max(old.len()) };
    let kept = if fate == 1 { new.len() } else { from + ((new.len() - from) as f64 * part) as usize };
    let mut files = after.clone();
    files.0.insert(journal.into(), new.get(..kept).expect("a part").to_vec());
    if kept < new.len() || rng.bool() {
        files = files.without(late);
        files.0.extend(
            before.0.iter().filter(|(n, _)| n.to_string_lossy().ends_with(late)).map(|(n, c)| (n.clone(), c.clone())),
        );
    }
    files
}

/// Where the last commit of a journal begins.
fn last_commit(journal: &[u8]) -> usize {
    let frames = journal.get(JOURNAL_HEAD..).unwrap_or_default().chunks_exact(FRAME_HEAD + PAGE);
    let ends: Vec<bool> = frames.map(|frame| frame.get(4..8).is_some_and(|size| size != [0; 4])).collect();
    let complete = ends.iter().rposition(|ends| *ends).unwrap_or(0);
    let begin =
        ends.get(..complete).and_then(|earlier| earlier.iter().rposition(|ends| *ends)).map_or(0, |end| end + 1);
    JOURNAL_HEAD + begin * (FRAME_HEAD + PAGE)
}
