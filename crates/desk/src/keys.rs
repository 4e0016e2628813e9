//! The one data key of a store, and who can unwrap it: an officer by PIN on this machine, support staff by passphrase, anybody
//! with the recovery sheet.
//!
//! A PIN opens nothing without the machine's secret (both go into Argon2id), so a stolen data folder or backup is not a
//! matter of a million tries.

use crate::error::{Code, Error, Result};
use crate::place::{Place, write_durably};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use std::fs;
use zeroize::Zeroizing;

/// The key SQLCipher gets, and from which nothing else is derived.
pub type DataKey = Zeroizing<[u8; 32]>;

/// Argon2id work: 64 MiB, two passes; under 250 ms on the machines of docs/figures.md.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 2;

/// Wrong PINs that cost nothing; each one after them doubles the wait, up to [`LONGEST_WAIT_MS`].
const FREE_TRIES: u32 = 3;
const LONGEST_WAIT_MS: i64 = 15 * 60 * 1000;

/// How a store is opened.
pub enum Unlock<'a> {
    /// An officer's number in the store, and their PIN.
    Pin {
        /// The officer.
        officer: i64,
        /// Six digits.
        pin: &'a str,
    },
    /// The store's passphrase.
    Passphrase(&'a str),
    /// The recovery sheet.
    Recovery(&'a str),
}

/// The file `keys.json`: a promise to every later release.
#[derive(Serialize, Deserialize)]
pub struct KeyFile {
    version: u8,
    /// Names the store in machine-bound files; random, not secret.
    pub store: String,
    slots: Vec<Slot>,
}

#[derive(Serialize, Deserialize)]
struct Slot {
    #[serde(flatten)]
    owner: Owner,
    #[serde(default)]
    memory_kib: u32,
    #[serde(default)]
    passes: u32,
    salt: String,
    nonce: String,
    wrapped: String,
    /// Wrong tries since the last right one.
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    not_before_ms: i64,
}

/// Whose slot it is. An officer's name and role are here because the log-in screen shows them before anything is unlocked.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Owner {
    /// An officer's PIN.
    Officer {
        /// Number in the store.
        officer: i64,
        /// Name on the tile.
        name: String,
        /// Role, as [`protocol::fields::Role::number`].
        role: u8,
    },
    /// The passphrase.
    Passphrase,
    /// The recovery sheet.
    Recovery,
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::new(Code::Internal).because(error.to_string()))?;
    Ok(bytes)
}

/// A fresh 128-bit recovery key as it is printed: 26 letters and digits in groups of four.
pub fn new_recovery_key() -> Result<Zeroizing<String>> {
    let letters = Zeroizing::new(BASE32_NOPAD.encode(&random::<16>()?));
    let groups: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    Ok(Zeroizing::new(groups.join("-")))
}

/// A recovery key without its hyphens and spaces, in upper case.
fn bare(recovery: &str) -> String {
    recovery.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

impl KeyFile {
    /// A key file of a new store, still without slots.
    pub fn new() -> Result<Self> {
        let store = HEXLOWER.encode(&random::<8>()?);
        Ok(Self { version: 1, store, slots: Vec::new() })
    }

    /// Reads the key file of a desk.
    pub fn read(place: &Place) -> Result<Self> {
        let text = fs::read(place.keys()).map_err(|error| Error::new(Code::NotSetUp).because(error))?;
        Self::parse(&text)
    }

    /// Reads a key file from a backup.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let keys: Self = serde_json::from_slice(text).map_err(|error| Error::new(Code::KeysDamaged).because(error))?;
        if keys.version == 1 { Ok(keys) } else { Err(Error::new(Code::StoreNewer)) }
    }

    /// Writes it durably.
    pub fn save(&self, place: &Place) -> Result<()> {
        write_durably(&place.keys(), &self.bytes()?)
    }

    /// As it stands in the file.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self).map_err(|error| Error::new(Code::Internal).because(error))
    }

    /// The officers who have a PIN, in the order they were added.
    pub fn officers(&self) -> impl Iterator<Item = (i64, &str, u8)> {
        self.slots.iter().filter_map(|slot| match &slot.owner {
            Owner::Officer { officer, name, role } => Some((*officer, name.as_str(), *role)),
            Owner::Passphrase | Owner::Recovery => None,
        })
    }

    /// Wraps the data key for an owner, replacing the slot they had.
    pub fn add(&mut self, owner: Owner, secret: &str, key: &DataKey, place: &Place) -> Result<()> {
        let salt = random::<16>()?;
        let nonce = random::<24>()?;
        let secret = if owner == Owner::Recovery { bare(secret) } else { secret.to_owned() };
        let secret = Zeroizing::new(secret);
        let (memory_kib, passes) = match owner {
            Owner::Recovery => (0, 0),
            Owner::Officer { .. } | Owner::Passphrase => (MEMORY_KIB, PASSES),
        };
        let slot = Slot {
            memory_kib,
            passes,
            salt: HEXLOWER.encode(&salt),
            nonce: HEXLOWER.encode(&nonce),
            wrapped: String::new(),
            failures: 0,
            not_before_ms: 0,
            owner,
        };
        let wrapped = slot
            .cipher(&secret, place, true)?
            .encrypt(&XNonce::from(nonce), Payload { msg: key.as_slice(), aad: &self.bound(&slot.owner)? })
            .map_err(|_| Error::new(Code::Internal))?;
        let same = |a: &Owner, b: &Owner| match (a, b) {
            (Owner::Officer { officer: a, .. }, Owner::Officer { officer: b, .. }) => a == b,
            (a, b) => a == b,
        };
        self.slots.retain(|old| !same(&old.owner, &slot.owner));
        self.slots.push(Slot { wrapped: HEXLOWER.encode(&wrapped), ..slot });
        Ok(())
    }

    /// What a slot is bound to: its store and its owner, so that nobody makes their own slot another's by editing the file.
    fn bound(&self, owner: &Owner) -> Result<Vec<u8>> {
        let owner = serde_json::to_vec(owner).map_err(|error| Error::new(Code::Internal).because(error))?;
        Ok([self.store.as_bytes(), b"\0", &owner].concat())
    }

    /// Unwraps the data key of the desk at `place`. Wrong tries are counted in the file, for each slot apart; after the third
    /// each one doubles the wait.
    pub fn unlock(&mut self, how: &Unlock<'_>, place: &Place, now_ms: i64) -> Result<DataKey> {
        let counted = !matches!(how, Unlock::Recovery(_));
        let found = self.slots.iter().position(|slot| how.is_for(&slot.owner));
        if let Some(slot) = found.and_then(|at| self.slots.get_mut(at)).filter(|_| counted) {
            let wait = slot.not_before_ms - now_ms;
            if wait > LONGEST_WAIT_MS {
                // Set while the clock was wrong: it is counted from now, once, so that it ends.
                slot.not_before_ms = now_ms + LONGEST_WAIT_MS;
                self.save(place)?;
            }
            if wait > 0 {
                let seconds = wait.min(LONGEST_WAIT_MS).div_euclid(1000) + 1;
                return Err(Error::new(Code::PinWait).with("seconds", seconds));
            }
        }
        let opened = self.open(how, place);
        let Some(slot) = found.and_then(|at| self.slots.get_mut(at)).filter(|_| counted) else { return opened };
        match &opened {
            Ok(_) if slot.failures == 0 => return opened,
            Ok(_) => (slot.failures, slot.not_before_ms) = (0, 0),
            Err(error) if error.code() != how.wrong() => return opened,
            Err(_) => {
                slot.failures = slot.failures.saturating_add(1);
                let doublings = slot.failures.saturating_sub(FREE_TRIES).min(20);
                let wait = if doublings == 0 { 0 } else { (1000 << doublings).min(LONGEST_WAIT_MS) };
                slot.not_before_ms = now_ms + wait;
            }
        }
        self.save(place)?;
        opened
    }

    /// Unwraps the data key and counts nothing: for a backup, whose file is not the desk's.
    pub fn open(&self, how: &Unlock<'_>, place: &Place) -> Result<DataKey> {
        let slot = self.slots.iter().find(|slot| how.is_for(&slot.owner)).ok_or_else(|| Error::new(how.wrong()))?;
        let secret = Zeroizing::new(match how {
            Unlock::Pin { pin, .. } => (*pin).to_owned(),
            Unlock::Passphrase(text) => (*text).to_owned(),
            Unlock::Recovery(text) => bare(text),
        });
        slot.open(&secret, &self.bound(&slot.owner)?, place)?.ok_or_else(|| Error::new(how.wrong()))
    }
}

impl Unlock<'_> {
    fn is_for(&self, owner: &Owner) -> bool {
        match (self, owner) {
            (Self::Pin { officer, .. }, Owner::Officer { officer: of, .. }) => officer == of,
            (Self::Passphrase(_), Owner::Passphrase) | (Self::Recovery(_), Owner::Recovery) => true,
            _ => false,
        }
    }

    fn wrong(&self) -> Code {
        match self {
            Self::Pin { .. } => Code::PinWrong,
            Self::Passphrase(_) => Code::PassphraseWrong,
            Self::Recovery(_) => Code::RecoveryWrong,
        }
    }
}

impl Slot {
    fn open(&self, secret: &str, bound: &[u8], place: &Place) -> Result<Option<DataKey>> {
        let damaged = || Error::new(Code::KeysDamaged);
        let nonce = HEXLOWER
            .decode(self.nonce.as_bytes())
            .ok()
            .and_then(|n| <[u8; 24]>::try_from(n).ok())
            .ok_or_else(damaged)?;
        let wrapped = HEXLOWER.decode(self.wrapped.as_bytes()).map_err(|_| damaged())?;
        let opened =
            self.cipher(secret, place, false)?.decrypt(&XNonce::from(nonce), Payload { msg: &wrapped, aad: bound });
        let Ok(opened) = opened.map(Zeroizing::new) else { return Ok(None) };
        let key: [u8; 32] = opened.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Some(Zeroizing::new(key)))
    }

    /// The cipher a secret makes. The machine's secret is made when a slot is first added on a machine.
    fn cipher(&self, secret: &str, place: &Place, make: bool) -> Result<XChaCha20Poly1305> {
        let damaged = |error: String| Error::new(Code::KeysDamaged).because(error);
        let salt = HEXLOWER.decode(self.salt.as_bytes()).map_err(|error| damaged(error.to_string()))?;
        let mut key = Zeroizing::new([0; 32]);
        if self.memory_kib == 0 {
            // A recovery key is 128 random bits: nothing to stretch.
            let mut hasher = blake3::Hasher::new_derive_key("motcua recovery slot 1");
            hasher.update(&salt).update(secret.as_bytes());
            key.copy_from_slice(hasher.finalize().as_bytes());
        } else {
            let params = Params::new(self.memory_kib.min(1024 * 1024), self.passes.clamp(1, 16), 1, Some(32))
                .map_err(|error| damaged(error.to_string()))?;
            let machine = match self.owner {
                Owner::Officer { .. } => machine_secret(place, make)?,
                Owner::Passphrase | Owner::Recovery => Zeroizing::new(Vec::new()),
            };
            Argon2::new_with_secret(&machine, Algorithm::Argon2id, Version::V0x13, params)
                .and_then(|argon| argon.hash_password_into(secret.as_bytes(), &salt, key.as_mut_slice()))
                .map_err(|error| damaged(error.to_string()))?;
        }
        Ok(XChaCha20Poly1305::new(&Key::from(*key)))
    }
}

/// The machine's secret; on another machine than the one a PIN was set on, there is none, or another one.
fn machine_secret(place: &Place, make: bool) -> Result<Zeroizing<Vec<u8>>> {
    let path = place.machine_secret();
    match fs::read(&path) {
        Ok(secret) => Ok(Zeroizing::new(secret)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && make => {
            let secret = Zeroizing::new(random::<32>()?.to_vec());
            write_durably(&path, &secret)?;
            Ok(secret)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::new(Code::OtherMachine).because(error))
        }
        Err(error) => Err(Error::new(Code::FileUnreadable).with("file", path.display()).because(error)),
    }
}
