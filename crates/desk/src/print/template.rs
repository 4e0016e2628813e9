//! Forms as data: what stands on a form of TT 03/2025/TT-VPCP, in which order, from which day on, and how sure that is.
//!
//! A template is a JSON document that ships with the program (`crates/desk/data/forms`) or was taken in at the desk for a
//! province. Its texts name places in braces, `{applicant}`; what a place is filled with is `facts`, where everything goes on
//! the page is `form`. Two stars stand around what is printed bold. Form 01 is no template (docs/adr/0017).

use super::facts;
use super::receipt::Paper;
use crate::error::{Code, Error, Result};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::LazyLock;

/// A form as it holds from a day on. This is a promise: provinces keep such files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Which paper: `02` to `07` of TT 03/2025, or one of the office's own, `handover`, `result`.
    pub form: String,
    /// Its title as printed.
    pub title: String,
    /// The regulation and the number it has there.
    pub source: String,
    /// First day it holds.
    pub from: Day,
    /// Last day it holds; none while nothing has replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// How sure it is that the law wants it so.
    pub confidence: Confidence,
    /// What is not sure about it; empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doubt: String,
    /// The same form under an earlier regulation: another title and source, the same blocks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// The sheets it may be printed on, the usual one first.
    pub sizes: Vec<Size>,
    /// How the sheet lies and what it is for.
    #[serde(default, skip_serializing_if = "Kind::is_slip")]
    pub kind: Kind,
    /// What stands on it, from top to bottom.
    pub blocks: Vec<Block>,
}

/// A day as it stands in a template, `2025-09-15`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub Date);

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        text.parse().map(Day)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

/// A former title of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Its title.
    pub title: String,
    /// The regulation and the number it had there.
    pub source: String,
    /// First day it held.
    pub from: Day,
    /// Last day it held.
    pub to: Day,
}

/// How sure a template is: high, medium, low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Seen in the regulation or in several provinces' forms.
    H,
    /// From one source.
    M,
    /// The words or the order are ours.
    L,
}

/// A sheet's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// 148 × 210 mm.
    A5,
    /// 210 × 297 mm.
    A4,
}

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A slip, set as close as one page needs.
    #[default]
    Slip,
    /// A letter in 13 points or more (NĐ 30/2020/NĐ-CP, Phụ lục I).
    Letter,
    /// A register: the sheet lies on its side, every page has its number.
    Register,
}

impl Kind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_slip(&self) -> bool {
        *self == Kind::Slip
    }
}

/// One thing on a form. `when` names a place or a list that has to be filled for it to stand there, or with `!` one that has to be
/// empty; an empty `when` is always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// National heading, office, place and day.
    Heads {
        /// The body above the office.
        #[serde(default)]
        over: String,
        /// The office.
        office: String,
        /// The line for the document's number.
        #[serde(default)]
        number: String,
        /// Whether the place in the register is named.
        #[serde(default)]
        register: bool,
    },
    /// The dossier's number as a barcode; nothing where there is no dossier.
    Codes {
        /// What stands over it.
        label: String,
    },
    /// The form's title, and the mark of a reprint.
    Title {
        /// A line under it.
        #[serde(default)]
        under: String,
    },
    /// Words in a frame.
    Mark {
        /// The words.
        text: String,
        /// Condition.
        #[serde(default)]
        when: String,
    },
    /// A label and what is known; dots to write on where nothing is.
    Field {
        /// The label with its colon.
        label: String,
        /// What is known.
        value: String,
        /// Condition.
        #[serde(default)]
        when: String,
    },
    /// Two short fields on one line.
    Pair {
        /// Labels and values.
        fields: [(String, String); 2],
        /// Condition.
        #[serde(default)]
        when: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: String,
        /// Whether it stands in the middle.
        #[serde(default)]
        centred: bool,
        /// Whether it is in italics.
        #[serde(default)]
        italic: bool,
        /// Condition.
        #[serde(default)]
        when: String,
    },
    /// A table over a list, a row a line of it.
    Table {
        /// The list.
        list: String,
        /// Its columns.
        columns: Vec<TableColumn>,
        /// What stands in the only row of an empty table; where it is empty too, an empty table is left out.
        #[serde(default)]
        none: String,
        /// Empty rows to write on are added up to so many.
        #[serde(default)]
        at_least: usize,
        /// Condition.
        #[serde(default)]
        when: String,
    },
    /// A list, a paragraph a line of it.
    List {
        /// The list.
        list: String,
        /// The words of a line; its columns are places.
        text: String,
        /// Condition.
        #[serde(default)]
        when: String,
    },
    /// Who signs, side by side.
    Signatures {
        /// Everybody, from left to right.
        columns: Vec<Signature>,
    },
    /// White.
    Space,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// Its heading.
    pub head: String,
    /// Words over this column and its neighbours with the same ones.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// What stands in it, with the list's columns as places; a new line for each line end.
    pub value: String,
    /// Its share of the width, as a weight beside the others'.
    pub weight: u16,
    /// Whether it is set in the middle.
    #[serde(default)]
    pub centred: bool,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// In which role.
    pub role: String,
    /// What is to be written.
    #[serde(default)]
    pub note: String,
    /// The name under the room to sign in.
    #[serde(default)]
    pub name: String,
    /// Instead of a signature: who gets a copy (Nơi nhận), a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
}

/// The forms that ship with the program.
const SHIPPED: [&str; 11] = [
    include_str!("../../data/forms/02.json"),
    include_str!("../../data/forms/03.json"),
    include_str!("../../data/forms/04.json"),
    include_str!("../../data/forms/05.json"),
    include_str!("../../data/forms/06.json"),
    include_str!("../../data/forms/07.json"),
    include_str!("../../data/forms/handover.json"),
    include_str!("../../data/forms/transfer.json"),
    include_str!("../../data/forms/result.json"),
    include_str!("../../data/forms/fee.json"),
    include_str!("../../data/forms/help.json"),
];

static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| SHIPPED.iter().filter_map(|text| read(text).ok()).collect());

/// The names of the blocks, as they stand in a file.
const BLOCKS: [&str; 11] =
    ["heads", "codes", "title", "mark", "field", "pair", "paragraph", "table", "list", "signatures", "space"];

/// The forms that ship with the program, in the order of their numbers.
pub fn shipped() -> &'static [Template] {
    &TEMPLATES
}

/// Reads a template and checks it: every block and place is known, and nothing is missing that the form has to say.
pub fn read(text: &str) -> Result<Template> {
    let unreadable = |error: &serde_json::Error| {
        Error::new(Code::TemplateUnreadable).with("line", error.line()).because(error.to_string())
    };
    let value: Value = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let blocks = value.get("blocks").and_then(Value::as_array).into_iter().flatten();
    for block in blocks.filter_map(|block| block.get("block")).map(|name| name.as_str().unwrap_or_default()) {
        if !BLOCKS.contains(&block) {
            return Err(Error::new(Code::TemplateBlock).with("block", block));
        }
    }
    let template: Template = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    template.checked()?;
    Ok(template)
}

impl Template {
    fn checked(&self) -> Result<()> {
        let known = facts::FORMS.iter().find(|form| form.form == self.form);
        let known = known.ok_or_else(|| Error::new(Code::TemplateForm).with("form", &self.form))?;
        if self.to.is_some_and(|to| to < self.from) || self.sizes.is_empty() || self.title.trim().is_empty() {
            return Err(Error::new(Code::TemplateUnreadable).with("line", 1));
        }
        let mut named = Vec::new();
        for block in &self.blocks {
            let (list, texts, when) = block.parts();
            let columns = match list {
                Some(list) => {
                    named.push(list.to_owned());
                    let known = facts::LISTS.iter().find(|known| known.name == list);
                    known.ok_or_else(|| unknown(list))?.columns
                }
                None => &[],
            };
            let when = when.trim_start_matches('!');
            if !(when.is_empty() || facts::is_place(when) || facts::LISTS.iter().any(|list| list.name == when)) {
                return Err(unknown(when));
            }
            named.push(when.to_owned());
            for place in texts.iter().flat_map(|text| places(text)) {
                if !facts::is_place(place) && !columns.iter().any(|(column, _)| *column == place) {
                    return Err(unknown(place));
                }
                named.push(place.to_owned());
            }
        }
        let lacking = known.obligatory.iter().find(|place| !named.iter().any(|named| named == *place));
        match lacking {
            Some(place) => Err(Error::new(Code::TemplateLacks).with("form", &self.form).with("place", place)),
            None => Ok(()),
        }
    }

    /// The title it has on a day.
    pub fn title_on(&self, day: Date) -> &str {
        self.former(day).map_or(&self.title, |earlier| &earlier.title)
    }

    /// The regulation it follows on a day.
    pub fn source_on(&self, day: Date) -> &str {
        self.former(day).map_or(&self.source, |earlier| &earlier.source)
    }

    fn former(&self, day: Date) -> Option<&Earlier> {
        self.earlier.iter().find(|earlier| earlier.from.0 <= day && day <= earlier.to.0)
    }

    /// Since when it holds, under its present title or a former one, where it does on a day.
    pub fn since(&self, day: Date) -> Option<Date> {
        let now = self.from.0 <= day && self.to.is_none_or(|to| day <= to.0);
        if now { Some(self.from.0) } else { self.former(day).map(|earlier| earlier.from.0) }
    }

    /// The sheet it is printed on where somebody asks for one: that, or the usual one of the form.
    pub fn sheet(&self, asked: Paper) -> Paper {
        let sizes = self.sizes.iter().map(|size| match size {
            Size::A5 => Paper::A5,
            Size::A4 => Paper::A4,
        });
        let sizes: Vec<Paper> = sizes.collect();
        if sizes.contains(&asked) { asked } else { sizes.first().copied().unwrap_or_default() }
    }
}

fn unknown(place: &str) -> Error {
    Error::new(Code::TemplatePlace).with("place", place)
}

impl Block {
    /// The list it goes over, its texts, and its condition.
    fn parts(&self) -> (Option<&str>, Vec<&str>, &str) {
        match self {
            Self::Heads { over, office, number, register: _ } => (None, vec![over, office, number], ""),
            Self::Codes { label } => (None, vec![label, "{code}"], ""),
            Self::Title { under } => (None, vec![under], ""),
            Self::Mark { text, when } | Self::Paragraph { text, when, .. } => (None, vec![text], when),
            Self::Field { label, value, when } => (None, vec![label, value], when),
            Self::Pair { fields, when } => {
                (None, fields.iter().flat_map(|(label, value)| [label.as_str(), value]).collect(), when)
            }
            Self::Table { list, columns, when, .. } => {
                (Some(list), columns.iter().map(|column| column.value.as_str()).collect(), when)
            }
            Self::List { list, text, when } => (Some(list), vec![text], when),
            Self::Signatures { columns } => {
                let texts = columns.iter().flat_map(|column| {
                    let own = [column.role.as_str(), column.note.as_str(), column.name.as_str()];
                    own.into_iter().chain(column.copies.iter().map(String::as_str))
                });
                (None, texts.collect(), "")
            }
            Self::Space => (None, vec![], ""),
        }
    }
}

/// A piece of a template's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Words as they stand.
    Words(&'a str),
    /// A place to fill.
    Place(&'a str),
}

/// A text in its pieces, each with whether it is bold. A brace that opens nothing is a letter like any other.
pub(super) fn pieces(text: &str) -> Vec<(Piece<'_>, bool)> {
    let mut pieces = Vec::new();
    for (number, part) in text.split("**").enumerate() {
        let bold = number % 2 == 1;
        let mut rest = part;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((place, behind)) = after.split_once('}') else { break };
            pieces.push((Piece::Words(before), bold));
            pieces.push((Piece::Place(place), bold));
            rest = behind;
        }
        pieces.push((Piece::Words(rest), bold));
    }
    pieces.retain(|(piece, _)| *piece != Piece::Words(""));
    pieces
}

fn places(text: &str) -> Vec<&str> {
    pieces(text)
        .into_iter()
        .filter_map(|(piece, _)| match piece {
            Piece::Place(place) => Some(place),
            Piece::Words(_) => None,
        })
        .collect()
}
