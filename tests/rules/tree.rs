//! The files of this checkout as git sees them: tracked, or new and not ignored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

/// Text files by their path from the top, with forward slashes. Files that are no text have an empty one.
pub struct Tree(BTreeMap<String, String>);

static CHECKOUT: LazyLock<Tree> = LazyLock::new(|| {
    let listed = git(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let files = listed.split('\0').filter(|path| !path.is_empty()).filter_map(|path| {
        // A file deleted and not yet committed is still listed.
        let bytes = fs::read(top().join(path)).ok()?;
        Some((path.to_owned(), String::from_utf8(bytes).unwrap_or_default()))
    });
    Tree(files.collect())
});

/// The top of the checkout.
pub fn top() -> PathBuf {
    let tests = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    tests.parent().map(Path::to_path_buf).unwrap_or(tests)
}

/// What a git command prints.
pub fn git(words: &[&str]) -> String {
    // The checkout may belong to another user, in a container for instance.
    let output = Command::new("git").args(["-c", "safe.directory=*"]).args(words).current_dir(top()).output();
    let output = output.expect("the rules ask git which files there are");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("git prints paths in UTF-8")
}

impl Tree {
    /// This checkout.
    pub fn checkout() -> &'static Self {
        &CHECKOUT
    }

    /// Every file under one of these places, which are folders with a slash at the end or single files.
    pub fn under<'a>(&'a self, places: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(|(path, _)| places.iter().any(|place| is_under(path, place)))
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Whether there is such a file or folder.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.0.contains_key(path) || self.0.keys().any(|file| file.starts_with(&folder))
    }
}

/// Whether a path is a place or lies in it.
pub fn is_under(path: &str, place: &str) -> bool {
    path == place || (place.ends_with('/') && path.starts_with(place))
}

/// A made-up tree of a few files.
impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        Self(files.map(|(path, text)| (path.to_owned(), text.to_owned())).into())
    }
}

/// Whether a path ends in one of these extensions.
pub fn is_a(path: &str, extensions: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

/// `path:line: what`, for the byte at an offset of a text.
pub fn at(path: &str, text: &str, offset: usize, what: &str) -> String {
    let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
    format!("{path}:{line}: {what}")
}
