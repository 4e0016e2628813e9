//! Where a hub is: a folder with its key, its certificate and its store, for the eyes of one system user; or a database of a
//! PostgreSQL server, with such a folder beside it for key and certificate, or with none.
//!
//! `hub.key` is what desks know the hub by. It is not in a backup and has to be kept safe beside it. Without a folder the key
//! is kept in the database, and certificates are made anew at each start.

use crate::certificate::Identity;
use crate::scans::Scans;
use crate::store::{Address, Database, Readers, Store, copy, sqlite, whole};
use crate::{Error, Result};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where a hub is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    folder: Option<PathBuf>,
    store: Address,
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Place {
    fn from(folder: &P) -> Self {
        let folder = folder.as_ref().to_owned();
        Self { store: Address::Sqlite(folder.join("hub.db")), folder: Some(folder) }
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        place.clone()
    }
}

impl Place {
    /// In a database. `folder` is for key and certificate; without it the key is kept in the database. `authority` is a file
    /// (PEM) with the authority that vouches for the server; without it the connection is not encrypted.
    pub fn in_database(url: &str, authority: Option<&Path>, folder: Option<&Path>) -> Self {
        let database = Database { url: url.to_owned(), authority: authority.map(Path::to_owned) };
        Self { folder: folder.map(Path::to_owned), store: Address::Postgres(database) }
    }

    /// Where its store is.
    pub(crate) fn store(&self) -> &Address {
        &self.store
    }

    /// Opens the hub, founding it if there is none.
    pub(crate) fn found(&self) -> Result<(Identity, Store)> {
        // A first `serve` and a first `desk add` may run at once; only one of them makes the key.
        let _turn = self.folder.as_deref().map(take_turn).transpose()?;
        let mut store = self.store.open()?;
        let identity = match store.read(whole::key)? {
            Some((hash, kept)) => {
                let identity = match (self.key(), kept) {
                    (Some(path), _) => read_key(&path)?.ok_or(Error::Key(path))?,
                    (None, Some(pem)) => Identity::from_pem(&pem).ok_or(Error::KeyElsewhere)?,
                    (None, None) => return Err(Error::KeyElsewhere),
                };
                if identity.key_hash() != hash {
                    return Err(self.key().map_or(Error::KeyElsewhere, Error::Key));
                }
                identity
            }
            None => self.make_key(&mut store)?,
        };
        Ok((identity, store))
    }

    /// Opens the store of a hub that is there already.
    pub(crate) fn open(&self) -> Result<Store> {
        if !self.store.is_founded()? {
            return Err(Error::NoHub(self.folder.clone()));
        }
        self.store.open()
    }

    /// Puts a backup in the place of the store, when `prepare` has made the copy of it what it is to be. A file that was there is
    /// moved aside; answers where to. A database has to be empty.
    pub(crate) fn put_back(
        &self,
        backup: &Path,
        prepare: impl FnOnce(&mut Store, &Identity) -> Result<()>,
    ) -> Result<Option<PathBuf>> {
        let folder = self.folder.as_deref().ok_or(Error::KeyElsewhere)?;
        let _turn = take_turn(folder)?;
        let path = folder.join("hub.key");
        let identity = read_key(&path)?.ok_or(Error::KeyMissing(path))?;
        let copy = tempfile::NamedTempFile::new_in(folder).map_err(Error::folder(folder))?.into_temp_path();
        fs::copy(backup, &copy).map_err(Error::folder(backup))?;
        let sound = sqlite::open_backup(&copy)?.ok_or_else(|| Error::NoBackup(backup.to_owned()))?;
        let mut store = Store::Sqlite(sound);
        prepare(&mut store, &identity)?;
        match &self.store {
            Address::Postgres(_) => {
                let mut database = self.store.open()?;
                if database.read(whole::key)?.is_some() {
                    return Err(Error::HoldsAHub);
                }
                copy::into(&mut store, &mut database)?;
                Ok(None)
            }
            Address::Sqlite(path) => {
                if let Store::Sqlite(store) = store {
                    sqlite::close_whole(store)?;
                }
                File::open(&copy).and_then(|copy| copy.sync_all()).map_err(Error::folder(&*copy))?;
                let aside = move_aside(path)?;
                copy.persist(path).map_err(|error| Error::Folder { path: path.clone(), cause: error.error })?;
                sync_folder(folder).map_err(Error::folder(folder))?;
                Ok(aside)
            }
        }
    }

    /// The epoch of the store that is there, as far as it can be read; 0 where there is none.
    pub(crate) fn epoch(&self) -> u32 {
        Readers::new(self.store.clone()).read(whole::epoch).unwrap_or(0)
    }

    /// The certificate that was kept, where one was.
    pub(crate) fn certificate(&self) -> Option<String> {
        fs::read_to_string(self.folder.as_ref()?.join("hub.crt")).ok()
    }

    /// Keeps a certificate, where there is a folder to keep it in.
    pub(crate) fn keep_certificate(&self, pem: &str) -> Result<()> {
        self.folder.as_ref().map_or(Ok(()), |folder| write(&folder.join("hub.crt"), pem))
    }

    /// Where scanned papers are kept, where there is a folder.
    pub(crate) fn scans(&self) -> Option<Scans> {
        self.folder.as_ref().map(|folder| Scans::new(&folder.join("scans")))
    }

    /// Whether other hubs may write into the same store.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.store, Address::Postgres(_))
    }

    fn key(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("hub.key"))
    }

    /// The key of a hub that is being founded: one that lies ready in the folder, or a new one.
    fn make_key(&self, store: &mut Store) -> Result<Identity> {
        let path = self.key();
        let ready = path.as_deref().map_or(Ok(None), read_key)?;
        let (identity, is_new) = match ready {
            Some(identity) => (identity, false),
            None => (Identity::generate()?, true),
        };
        let pem = identity.to_pem();
        if let Some(path) = path.as_deref().filter(|_| is_new) {
            write(path, &pem)?;
        }
        let kept = path.is_none().then_some(pem.as_str());
        if store.write(|door| whole::found(door, identity.key_hash(), kept))? {
            return Ok(identity);
        }
        // Another process founded the hub meanwhile, with a key of its own.
        match path {
            None => self.found().map(|(identity, _)| identity),
            Some(path) => {
                if is_new {
                    fs::remove_file(&path).map_err(Error::folder(&path))?;
                }
                Err(Error::Key(path))
            }
        }
    }
}

fn read_key(path: &Path) -> Result<Option<Identity>> {
    if !path.exists() {
        return Ok(None);
    }
    let pem = fs::read_to_string(path).map_err(Error::folder(path))?;
    Identity::from_pem(&pem).map(Some).ok_or_else(|| Error::Key(path.to_owned()))
}

/// Moves a store aside that nobody has open.
fn move_aside(path: &Path) -> Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    if !sqlite::is_idle(path) {
        return Err(Error::InUse(path.to_owned()));
    }
    let names = (1..).map(|n| path.with_file_name(format!("hub-replaced-{n}.db")));
    let Some(aside) = names.into_iter().find(|aside| !aside.exists()) else { return Ok(None) };
    fs::rename(path, &aside).map_err(Error::folder(path))?;
    Ok(Some(aside))
}

fn take_turn(folder: &Path) -> Result<File> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Error::folder(folder))?;
    let turn = folder.join("hub.lock");
    File::create(&turn).and_then(|file| file.lock().map(|()| file)).map_err(Error::folder(turn))
}

/// Writes a file whole or not at all, readable by its owner alone.
fn write(path: &Path, content: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_folder(folder)
    };
    write().map_err(Error::folder(path))
}

/// Makes a file's name last through a power cut.
pub fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
