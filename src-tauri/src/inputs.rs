//! What the screens hand in with a command, where that is no use case's own input.

use desk::api::fetching::ScanOf;
use serde::Deserialize;
use std::path::PathBuf;

/// A dossier's number.
#[derive(Deserialize)]
pub struct Of {
    pub code: String,
}

/// A text.
#[derive(Deserialize)]
pub struct Text {
    pub text: String,
}

/// A draft's name.
#[derive(Deserialize)]
pub struct Named {
    pub id: String,
}

/// A personal number.
#[derive(Deserialize)]
pub struct Number {
    pub number: String,
}

/// A folder's path.
#[derive(Deserialize)]
pub struct Folder {
    pub folder: String,
}

/// A file's path.
#[derive(Deserialize)]
pub struct OneFile {
    pub file: PathBuf,
}

/// A catalogue's file.
#[derive(Deserialize)]
pub struct CatalogueFile {
    pub file: PathBuf,
    /// Whether it only says what it would change.
    pub preview: bool,
}

/// A new bundle.
#[derive(Deserialize)]
pub struct Stick {
    pub file: PathBuf,
    /// Whether scans go along.
    pub scans: bool,
}

/// Scanned papers for a dossier.
#[derive(Deserialize)]
pub struct Scans {
    pub code: String,
    /// Place of the paper on the dossier's list, from 1.
    pub paper: usize,
    pub files: Vec<PathBuf>,
}

/// A scan, and where it is to be written.
#[derive(Deserialize)]
pub struct NewScanFile {
    #[serde(flatten)]
    pub scan: ScanOf,
    pub file: PathBuf,
}

/// A month, `2026-11`.
#[derive(Deserialize)]
pub struct Month {
    pub month: String,
}

/// A print job.
#[derive(Deserialize)]
pub struct Job {
    pub job: String,
}

/// A picture from the clipboard, a drop or a file dialogue.
#[derive(Deserialize)]
pub struct Picture {
    pub name: String,
    pub base64: String,
}

/// Words for a dossier: a remark, an address, a name, a personal number, a result.
#[derive(Deserialize)]
pub struct Words {
    pub code: String,
    pub text: String,
}

/// A telephone number for a dossier.
#[derive(Deserialize)]
pub struct NewPhone {
    pub code: String,
    pub phone: String,
}

/// An official code for a dossier.
#[derive(Deserialize)]
pub struct NewAlias {
    pub code: String,
    pub alias: String,
}
