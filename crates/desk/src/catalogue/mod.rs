//! The catalogue of procedures: the starter that ships inside, and catalogues imported from files.
//!
//! Nothing a file does not say is filled in. What was dropped or doubted on the way is told row by row ([`Note`]).

mod excel;
pub mod fees;
mod held;
mod papers;
mod portal;
mod row;
mod words;

pub use domain::catalogue::compare::{Change, Difference, compare};
pub use excel::read_excel;
pub use held::Catalogue;
pub use row::{from_json, to_json};

use crate::error::{Code, Error, Result};
use domain::catalogue::{Procedure, is_code};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

/// The largest catalogue file a desk opens, in bytes.
pub const FILE_BYTES: u64 = 20 * 1024 * 1024;
/// The most rows a catalogue may have.
pub const ROWS: usize = 20_000;
/// The longest text of one cell or field, in characters. The longest in the national catalogue has 919.
pub const TEXT_CHARS: usize = 4_000;

/// The day communes took over the procedures (two-level local government). A version without a date of its own begins here.
pub const FIRST_DAY: Date = jiff::civil::date(2025, 7, 1);

/// What a file came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Import {
    /// How many rows it had.
    pub rows: usize,
    /// The versions to keep.
    pub procedures: Vec<Procedure>,
    /// What was dropped or doubted, in the order of the rows.
    pub notes: Vec<Note>,
}

/// Something an officer should know about one row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The row: Excel's own number, or the place in a JSON list counted from 1.
    pub row: usize,
    /// The procedure's code, where the row has one.
    pub code: String,
    /// What it is about; its words are under `catalogue_note_…` in `ui/messages`.
    pub kind: NoteKind,
    /// The piece of the source it is about.
    pub detail: String,
}

macro_rules! note_kinds {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        /// What a note is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum NoteKind { $(#[doc = $doc] $name,)* }

        impl NoteKind {
            /// Every kind; each has its words in every language (a test holds it).
            pub const ALL: &'static [NoteKind] = &[$(NoteKind::$name,)*];

            /// The end of its key in `ui/messages`.
            pub fn as_str(self) -> &'static str {
                match self { $(NoteKind::$name => $text,)* }
            }
        }
    };
}

note_kinds! {
    BadCode = "bad_code", "The row was left out: it has no national code.";
    NoName = "no_name", "The row was left out: it has no name.";
    Unreadable = "unreadable", "The row was left out: it cannot be read.";
    TooLong = "too_long", "The row was left out: one of its texts is longer than any catalogue's.";
    Repeated = "repeated", "The row was left out: an earlier one has the same code and date.";
    BadDate = "bad_date", "The row was left out: a date in it is none.";
    FormulaError = "formula_error", "A cell holds a formula's error and counts as empty.";
    Kept = "kept", "The desk's own checked version stays; the file is no newer.";
    Filled = "filled", "What the file does not say was taken from the desk's checked version.";
    TimeUnknown = "time_unknown", "The time is a number without a unit, or not readable, and is left open.";
    TimeSeveral = "time_several", "Several times for one channel; the officer chooses.";
    TimeFromWords = "time_from_words", "The unit of the time was taken from the words beside it.";
    FeeOpen = "fee_open", "The fee is 0 in the file, but its words leave it to the province or another rule: unknown.";
    FeeDoubtful = "fee_doubtful", "The amount is not the one in the words beside it: unknown.";
    Dollars = "dollars", "A fee in dollars, for embassies, was dropped.";
    PapersMoved = "papers_moved", "Lines among the papers that are no papers were moved to the notes.";
    PapersOutdated = "papers_outdated", "Papers name hộ khẩu, cấp huyện or CMND and are marked.";
    PapersCut = "papers_cut", "The list of papers has exactly twenty lines: the source cuts it there.";
    PapersMiscounted = "papers_miscounted", "A count of papers was a stray number.";
    Doubt = "doubt", "The source itself doubts the row.";
}

/// The starter catalogue: the sixty procedures a commune meets most, checked against the law where it could be.
pub fn builtin() -> &'static [Procedure] {
    static STARTER: LazyLock<Vec<Procedure>> = LazyLock::new(|| {
        let read = serde_json::from_str(include_str!("../../data/catalogue.json")).ok();
        read.and_then(|value| own(&value, "catalogue.json").ok()).map(|import| import.procedures).unwrap_or_default()
    });
    &STARTER
}

/// The day the starter catalogue was read from the National Portal.
pub const BUILTIN_AS_OF: Date = jiff::civil::date(2026, 7, 20);

/// Reads a catalogue file, JSON or Excel, whichever it is. `known` is the desk's catalogue, from which an Excel row takes
/// what it does not say; `today` is the first day of Excel versions that name none.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::CatalogueTooLarge`], [`Code::CatalogueUnreadable`], [`Code::CatalogueColumns`],
/// [`Code::CatalogueNewer`].
pub fn read_file(path: &Path, known: &[Procedure], today: Date) -> Result<Import> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unreadable = |cause| Error::new(Code::FileUnreadable).with("file", &name).because(cause);
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.first() {
        Some(b'P') => read_excel(&name, &bytes, known, today),
        _ => read_json(&name, &bytes),
    }
}

/// Reads a catalogue in JSON: this product's own format, or the list published from the National Portal, told apart by shape.
///
/// # Errors
/// As [`read_file`].
pub fn read_json(name: &str, bytes: &[u8]) -> Result<Import> {
    within_size(name, bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|cause| unreadable(name).because(cause))?;
    if value.get("format").and_then(Value::as_str) == Some(row::FORMAT) {
        own(&value, name)
    } else {
        portal::read(&value, name)
    }
}

/// Reads this product's own format.
fn own(file: &Value, name: &str) -> Result<Import> {
    let version = file.get("version").and_then(Value::as_u64).ok_or_else(|| unreadable(name))?;
    if version > row::VERSION.into() {
        return Err(Error::new(Code::CatalogueNewer).with("file", name));
    }
    let rows = file.get("procedures").and_then(Value::as_array).ok_or_else(|| unreadable(name))?;
    let mut sheet = Sheet::new(rows.len(), name)?;
    for (number, value) in (1..).zip(rows) {
        if !sheet.short_enough(number, value) {
            continue;
        }
        let read = serde_json::from_value::<row::Row>(value.clone()).map_err(|cause| cause.to_string());
        match read.and_then(row::Row::into_procedure) {
            Ok(procedure) => sheet.take(number, procedure),
            Err(cause) => {
                let code = value.get("code").and_then(Value::as_str).unwrap_or_default();
                sheet.note(number, code, NoteKind::Unreadable, &cause);
            }
        }
    }
    Ok(sheet.done())
}

fn within_size(name: &str, bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 > FILE_BYTES { Err(too_large(name)) } else { Ok(()) }
}

fn too_large(name: &str) -> Error {
    Error::new(Code::CatalogueTooLarge).with("file", name)
}

fn unreadable(name: &str) -> Error {
    Error::new(Code::CatalogueUnreadable).with("file", name)
}

/// The national code at the head of a province's longer one (`2.000815.000.00.00.H55`), or of the code itself.
fn national_code(text: &str) -> Option<&str> {
    let text = text.trim();
    let head = text.get(..8).filter(|head| is_code(head))?;
    matches!(text.as_bytes().get(8), None | Some(b'.')).then_some(head)
}

/// An import being put together: every row passes here.
struct Sheet {
    import: Import,
    seen: BTreeSet<(String, Date)>,
}

impl Sheet {
    fn new(rows: usize, name: &str) -> Result<Self> {
        if rows > ROWS {
            return Err(too_large(name));
        }
        Ok(Self { import: Import { rows, ..Import::default() }, seen: BTreeSet::new() })
    }

    fn note(&mut self, row: usize, code: &str, kind: NoteKind, detail: &str) {
        let detail = detail.chars().take(200).collect();
        let code = code.chars().take(40).collect();
        self.import.notes.push(Note { row, code, kind, detail });
    }

    /// Whether no text in a JSON row is longer than any catalogue's; notes the row if one is.
    fn short_enough(&mut self, row: usize, value: &Value) -> bool {
        let short = short(value);
        if !short {
            let code = value.get("code").and_then(Value::as_str).unwrap_or_default();
            self.note(row, code, NoteKind::TooLong, "");
        }
        short
    }

    /// Keeps a version, its code brought to the national one, unless the row is unfit.
    fn take(&mut self, row: usize, mut procedure: Procedure) {
        let Some(code) = national_code(&procedure.code) else {
            return self.note(row, &procedure.code, NoteKind::BadCode, &procedure.name);
        };
        procedure.code = code.to_owned();
        if procedure.name.trim().is_empty() {
            return self.note(row, &procedure.code, NoteKind::NoName, "");
        }
        if !self.seen.insert((procedure.code.clone(), procedure.effective_from)) {
            return self.note(row, &procedure.code, NoteKind::Repeated, &procedure.name);
        }
        self.import.procedures.push(procedure);
    }

    /// Gives a version what it does not say itself from an earlier one, and notes that it did.
    fn fill(&mut self, row: usize, procedure: &mut Procedure, earlier: &Procedure) {
        let mut filled = Vec::new();
        if procedure.times.iter().all(|time| time.limit.is_none()) && earlier.times.iter().any(|t| t.limit.is_some()) {
            procedure.times.clone_from(&earlier.times);
            filled.push("thời hạn");
        }
        if procedure.fees.iter().all(|fee| fee.price.is_none()) && earlier.fees.iter().any(|fee| fee.price.is_some()) {
            procedure.fees.clone_from(&earlier.fees);
            filled.push("lệ phí");
        }
        if procedure.papers.is_empty() && !earlier.papers.is_empty() {
            procedure.papers.clone_from(&earlier.papers);
            procedure.notes.clone_from(&earlier.notes);
            filled.push("giấy tờ");
        }
        if procedure.results.is_empty() && !earlier.results.is_empty() {
            procedure.results.clone_from(&earlier.results);
            filled.push("kết quả");
        }
        if !filled.is_empty() {
            self.note(row, &procedure.code, NoteKind::Filled, &filled.join(", "));
        }
    }

    fn done(self) -> Import {
        self.import
    }
}

fn short(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().nth(TEXT_CHARS).is_none(),
        Value::Array(list) => list.iter().all(short),
        Value::Object(fields) => fields.values().all(short),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests;
