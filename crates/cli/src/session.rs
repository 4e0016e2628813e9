//! Opening the desk a command is about.

use crate::{Arguments, Lang};
use desk::api::{Clock, Desk, Sitter};
use desk::error::{Code, Error, Result};
use desk::keys::{KeyFile, Unlock};
use desk::place::Place;
use desk::texts::Language;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the passphrase is looked for before it is asked for.
const PASSPHRASE: &str = "MOTCUA_PASSPHRASE";

pub fn language(lang: Lang) -> Language {
    match lang {
        Lang::Vi => Language::Vietnamese,
        Lang::En => Language::English,
    }
}

pub fn clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// The data folder: the one that was named, else the user's.
pub fn place(arguments: &Arguments) -> Place {
    arguments.data.clone().map_or_else(Place::usual, Place::new)
}

/// The passphrase, from the environment or typed unseen.
pub fn passphrase() -> Result<String> {
    if let Ok(text) = std::env::var(PASSPHRASE) {
        return Ok(text);
    }
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Cụm mật khẩu / Passphrase: ")
            .map_err(|error| Error::new(Code::Locked).because(error));
    }
    Err(Error::new(Code::Locked))
}

/// The desk in the data folder, with the officer the command names.
pub fn desk(arguments: &Arguments) -> Result<Desk> {
    let place = place(arguments);
    let mut keys = KeyFile::read(&place)?;
    let clock = clock();
    let key = keys.unlock(&Unlock::Passphrase(&passphrase()?), &place, clock())?;
    Desk::open(place, keys, key, &sitter(arguments), clock, language(arguments.lang))
}

/// The desk in the data folder, or none where nobody has set one up.
pub fn desk_if_any(arguments: &Arguments) -> Result<Option<Desk>> {
    if place(arguments).is_set_up() { desk(arguments).map(Some) } else { Ok(None) }
}

pub fn sitter(arguments: &Arguments) -> Sitter<'_> {
    arguments.officer.as_deref().map_or(Sitter::First, Sitter::Named)
}
