//! The hub's folder: its key, its certificate and its store, for the eyes of one system user.
//!
//! `hub.key` is what desks know the hub by. It is not in a backup and has to be kept safe beside it.

use crate::certificate::Identity;
use crate::store;
use crate::{Error, Result};
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The hub's folder, with everything in it that has to be there.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Opens the folder, founding the hub in it if there is none.
    pub fn found(path: &Path) -> Result<(Self, Identity, Connection)> {
        make_folder(path)?;
        let folder = Self(path.to_owned());
        // A first `serve` and a first `desk add` may run at once; only one of them makes key and tables.
        let turn = folder.file("hub.lock");
        let turn = File::create(&turn).and_then(|file| file.lock().map(|()| file)).map_err(Error::folder(turn))?;
        let (identity, store) = (folder.identity()?, store::open(&folder.store())?);
        drop(turn);
        Ok((folder, identity, store))
    }

    /// Opens the store of a hub that is there already.
    pub fn open(path: &Path) -> Result<(Self, Connection)> {
        let folder = Self(path.to_owned());
        if !folder.store().exists() {
            return Err(Error::NoHub(path.to_owned()));
        }
        let store = store::open(&folder.store())?;
        Ok((folder, store))
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.file("hub.db")
    }

    /// The certificate's file.
    pub fn certificate(&self) -> PathBuf {
        self.file("hub.crt")
    }

    /// Writes a file whole or not at all, readable by its owner alone.
    pub fn write(&self, path: &Path, content: &[u8]) -> Result<()> {
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            file.write_all(content)?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            sync_folder(&self.0)
        };
        write().map_err(Error::folder(path))
    }

    fn identity(&self) -> Result<Identity> {
        let path = self.file("hub.key");
        if path.exists() {
            let pem = fs::read_to_string(&path).map_err(Error::folder(&path))?;
            return Identity::from_pem(&pem).ok_or(Error::Key(path));
        }
        // A store without its key is a hub that lost its identity, not a new hub.
        if self.store().exists() {
            return Err(Error::Key(path));
        }
        let identity = Identity::generate()?;
        self.write(&path, identity.to_pem().as_bytes())?;
        Ok(identity)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Makes a file's name last through a power cut.
pub fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

fn make_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(Error::folder(path))
}
