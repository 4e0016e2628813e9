//! Where a desk keeps its things: a folder that may be copied and carried, and a folder bound to this machine that may not.

use crate::error::{Code, Error, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folders of one desk.
#[derive(Debug, Clone)]
pub struct Place {
    data: PathBuf,
    machine: PathBuf,
}

impl Place {
    /// A desk in `data`, with its machine-bound files in the folder the environment names (`MOTCUA_MACHINE_DIR`),
    /// else the user's state folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let machine = std::env::var_os("MOTCUA_MACHINE_DIR").map(PathBuf::from).unwrap_or_else(|| {
            let base = ["XDG_STATE_HOME", "LOCALAPPDATA"].into_iter().find_map(std::env::var_os).map(PathBuf::from);
            let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
            base.or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("motcua")
        });
        Self { data: data.into(), machine }
    }

    /// The desk of this computer's user: the folder `MOTCUA_DATA` names, else the one for their programs' data.
    pub fn usual() -> Self {
        let data = std::env::var_os("MOTCUA_DATA").map(PathBuf::from).unwrap_or_else(|| {
            let base = ["XDG_DATA_HOME", "APPDATA"].into_iter().find_map(std::env::var_os).map(PathBuf::from);
            let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
            base.or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("motcua")
        });
        Self::new(data)
    }

    /// A desk in `data` on the machine whose own files are in `machine`.
    pub fn on_machine(data: impl Into<PathBuf>, machine: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), machine: machine.into() }
    }

    /// The store.
    pub fn database(&self) -> PathBuf {
        self.data.join("desk.db")
    }

    /// The wrapped data key.
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys.json")
    }

    /// Where damaged stores are moved.
    pub fn damaged(&self) -> PathBuf {
        self.data.join("damaged")
    }

    /// Where backups go while no other folder is named in the settings: beside the data folder.
    pub fn backups(&self) -> PathBuf {
        let name = self.data.file_name().map_or_else(|| "motcua".into(), |name| name.to_string_lossy().into_owned());
        self.data.with_file_name(format!("{name}-backup"))
    }

    /// The data folder itself.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A machine-bound file of the store with this name.
    pub fn machine_file(&self, store: &str, name: &str) -> PathBuf {
        self.machine.join(store).join(name)
    }

    /// The machine's own secret.
    pub fn machine_secret(&self) -> PathBuf {
        self.machine.join("secret")
    }

    /// Whether a desk was set up here.
    pub fn is_set_up(&self) -> bool {
        self.keys().exists()
    }
}

/// Writes a file so that after a power cut either the old or the new content is there, readable by its owner alone.
pub fn write_durably(path: &Path, content: &[u8]) -> Result<()> {
    fill_durably(path, &mut |write| write(content))
}

/// The same for a file that is too large to be held: `fill` is handed what writes the next bytes of it.
pub fn fill_durably<T>(path: &Path, fill: &mut dyn FnMut(&mut Append<'_>) -> Result<T>) -> Result<T> {
    write(path, fill, true)
}

/// Writes the next bytes of a file.
pub type Append<'w> = dyn FnMut(&[u8]) -> Result<()> + 'w;

/// Writes a file without waiting for the disk: cheap enough for every intake, may be lost in a power cut.
pub fn write_soon(path: &Path, content: &[u8]) -> Result<()> {
    write(path, &mut |write| write(content), false)
}

fn write<T>(path: &Path, fill: &mut dyn FnMut(&mut Append<'_>) -> Result<T>, durable: bool) -> Result<T> {
    let unwritable = |error| Error::new(Code::FileUnwritable).with("file", path.display()).because(error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_private(folder).map_err(unwritable)?;
    // A name of its own for each writer: two programs may write the same file at once.
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(unwritable)?;
    let filled = fill(&mut |bytes| file.write_all(bytes).map_err(unwritable))?;
    if durable {
        file.as_file().sync_all().map_err(unwritable)?;
    }
    file.persist(path).map_err(|error| unwritable(error.error))?;
    #[cfg(unix)]
    if durable {
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
    }
    Ok(filled)
}

/// Makes a folder, and those above it, that their owner alone can read.
pub fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Holds a desk's folder: shared by everybody who works with it, alone by whoever replaces it. Free again when it is dropped.
pub fn hold(place: &Place, alone: bool) -> Result<fs::File> {
    let path = place.data().join("lock");
    let unwritable =
        |error: std::io::Error| Error::new(Code::FileUnwritable).with("file", path.display()).because(error);
    make_private(place.data()).map_err(unwritable)?;
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(unwritable)?;
    let held = if alone { file.try_lock() } else { file.try_lock_shared() };
    match held {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Error::new(Code::StoreBusy)),
        Err(fs::TryLockError::Error(error)) => Err(unwritable(error)),
    }
}
