//! The sentences of `ui/messages`, the same ones the screens use, for terminal, receipts and errors.

use crate::error::Error;
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// A language the product speaks completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Tiếng Việt, the source of all texts.
    #[default]
    Vietnamese,
    /// English.
    English,
}

/// The language a computer speaks now, shared by everything that is opened there.
#[derive(Debug, Clone, Default)]
pub struct Speech(Arc<AtomicBool>);

impl Speech {
    /// Speaks another language from now on.
    pub fn set(&self, language: Language) {
        self.0.store(language == Language::English, Ordering::Relaxed);
    }

    /// The language now.
    pub fn now(&self) -> Language {
        if self.0.load(Ordering::Relaxed) { Language::English } else { Language::Vietnamese }
    }
}

impl From<Language> for Speech {
    fn from(language: Language) -> Self {
        Self(Arc::new(AtomicBool::new(language == Language::English)))
    }
}

/// What happened, whether anything is lost, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences {
    /// What happened.
    pub what: String,
    /// Whether anything is lost.
    pub lost: String,
    /// What to do.
    pub action: String,
}

static VIETNAMESE: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("../../../ui/messages/vi.json")));
static ENGLISH: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("../../../ui/messages/en.json")));

/// The text under a key, its `{name}` places filled in. An unknown key answers with itself; a test keeps that from happening.
pub fn text(language: Language, key: &str, params: &[(&'static str, String)]) -> String {
    let table = match language {
        Language::Vietnamese => &*VIETNAMESE,
        Language::English => &*ENGLISH,
    };
    let template = table.get(key).and_then(Value::as_str).unwrap_or(key);
    params.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The three sentences of an error. A field that has a name in the office is called by it.
pub fn sentences(language: Language, error: &Error) -> Sentences {
    let named = error.params().iter().map(|(name, value)| {
        let key = format!("field_{value}");
        let known = *name == "field" && VIETNAMESE.contains_key(&key);
        (*name, if known { text(language, &key, &[]) } else { value.clone() })
    });
    let params: Vec<(&'static str, String)> = named.collect();
    let part = |part: &str| text(language, &format!("error_{}_{part}", error.code().as_str()), &params);
    Sentences { what: part("what"), lost: part("lost"), action: part("do") }
}

fn read(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn every_code_has_its_three_sentences_in_both_languages() {
        for (name, table) in [("vi", &*VIETNAMESE), ("en", &*ENGLISH)] {
            for code in Code::ALL {
                for part in ["what", "lost", "do"] {
                    let key = format!("error_{}_{part}", code.as_str());
                    assert!(table.get(&key).and_then(Value::as_str).is_some_and(|t| !t.is_empty()), "{name}: {key}");
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let keys = |table: &Map<String, Value>| table.keys().filter(|k| *k != "$schema").cloned().collect::<Vec<_>>();
        let (mut vi, mut en) = (keys(&VIETNAMESE), keys(&ENGLISH));
        vi.sort();
        en.sort();
        assert_eq!(vi, en);
    }
}
