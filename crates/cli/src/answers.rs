//! How the terminal answers: one JSON document with `--json`, sentences without.

use desk::api::Trouble;
use desk::error::{Code, Error};
use desk::texts::{Language, text};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

pub struct Answers {
    pub json: bool,
    pub language: Language,
}

impl Answers {
    /// One document, or one text.
    pub fn say(&self, document: &Value, sentences: &str) -> ExitCode {
        let whole = if self.json { document.to_string() } else { sentences.trim_end().to_owned() };
        self.line(&whole);
        ExitCode::SUCCESS
    }

    /// One line on standard output. A reader that went away ends the program quietly.
    pub fn line(&self, text: &str) {
        let mut out = io::stdout().lock();
        if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
            std::process::exit(0);
        }
    }

    /// What happened, whether anything is lost, what to do; exit code 1.
    pub fn refuse(&self, error: &Error) -> ExitCode {
        let trouble = Trouble::of(self.language, error);
        if self.json {
            self.line(&json!({ "error": trouble }).to_string());
        } else {
            // Standard error may be closed; there is nothing left to tell it then.
            let _ = writeln!(io::stderr(), "{} {} {} ({})", trouble.what, trouble.lost, trouble.r#do, trouble.code);
        }
        if error.code() == Code::Internal {
            let _ = writeln!(io::stderr(), "{error}");
        }
        ExitCode::from(1)
    }

    pub fn words(&self, key: &str, params: &[(&'static str, String)]) -> String {
        text(self.language, key, params)
    }
}
