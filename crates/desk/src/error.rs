//! What can go wrong at a desk, as codes with parameters. The sentences stand in `ui/messages`, three to a code:
//! what happened, whether anything is lost, what to do.

use std::error::Error as StdError;
use std::fmt;

/// The result of everything a desk does.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        /// One code for each thing an officer can act on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $doc] $name,)* }

        impl Code {
            /// Every code; each has its texts in every language (a test holds it).
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as it stands in JSON and in the keys of the texts.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    // A code is one row, in the order of the rooms it comes from.
    FileUnreadable = "file_unreadable", "A file that was named cannot be opened or read (`file`).";
    FileUnwritable = "file_unwritable", "A file cannot be written (`file`).";
    PictureUnreadable = "picture_unreadable", "A file is no picture, or a damaged one (`file`).";
    PictureTooLarge = "picture_too_large", "A picture has more pixels or bytes than a desk will open (`file`, `limit`).";
    NoCode = "no_code", "A picture holds no code that could be read (`file`).";
    TextTooLong = "text_too_long", "A text given as a card's is longer than any card's (`limit`).";
    Internal = "internal", "A fault of the product itself; nothing an officer did.";
}

/// A code, the values its sentences name, and the technical cause for the log.
#[derive(Debug)]
pub struct Error {
    code: Code,
    params: Vec<(&'static str, String)>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with no values.
    pub fn new(code: Code) -> Self {
        Self { code, params: Vec::new(), cause: None }
    }

    /// Adds a value its sentences name. Personal data never goes here.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// Keeps the technical cause, for the log only.
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The values its sentences name.
    pub fn params(&self) -> &[(&'static str, String)] {
        &self.params
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        for (name, value) in &self.params {
            write!(f, " {name}={value}")?;
        }
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl StdError for Error {}
