//! Puts a template with its facts on pages: a block after the other, with the measures all papers share.

use super::facts::{Facts, Row};
use super::layout::{Align, Column, Flow, Page, Span, Style};
use super::receipt::Paper;
use super::sheet::{self, Codes, Heads, Look, Sheet, Signer};
use super::template::{Block, Kind, Piece, Signature, TableColumn, Template, pieces};
use super::{pdf, picture};
use crate::error::Result;

/// Where a paragraph names a place and nothing is known.
const DOTS: &str = "……………";

/// The paper as a PDF. The same facts in the same template always give the same bytes.
///
/// Fails only by a fault of the product (`internal`).
pub fn pdf(template: &Template, facts: &Facts, paper: Paper) -> Result<Vec<u8>> {
    let title = format!("{} {}", template.form, facts.code.as_ref().map(|code| code.as_str()).unwrap_or_default());
    pdf::write(title.trim(), facts.at, &pages(template, facts, paper)?)
}

/// The words of the paper, line by line as they stand on it, pages parted by an empty line.
pub fn text(template: &Template, facts: &Facts, paper: Paper) -> Result<String> {
    Ok(pages(template, facts, paper)?.iter().map(Page::text).collect::<Vec<_>>().join("\n"))
}

/// A template filled with examples, on the sheet it is usually printed on, as one picture (PNG).
pub fn example(template: &Template, dpi: u16) -> Result<Vec<u8>> {
    picture::sheet(&pdf(template, &Facts::example(), template.sheet(Paper::A5))?, dpi)
}

pub(super) fn pages(template: &Template, facts: &Facts, paper: Paper) -> Result<Vec<Page>> {
    let paper = template.sheet(paper);
    let foot = match (&facts.code, template.kind) {
        (Some(code), Kind::Slip | Kind::Letter) => code.as_str(),
        (None, _) | (_, Kind::Register) => facts.get("month"),
    };
    let compose = |look: &Look| compose(template, facts, look);
    match template.kind {
        Kind::Slip => {
            let roomy = compose(&sheet::look(paper).roomy())?.finish(|_, _| None);
            if roomy.len() == 1 {
                return Ok(roomy);
            }
            sheet::fitted(&sheet::look(paper), &[1.0, 0.75, 0.5], foot, compose)
        }
        Kind::Letter => sheet::fitted(&sheet::look(paper), &[1.0, 0.75], foot, compose),
        Kind::Register => sheet::numbered(&sheet::look(paper).lying(), foot, compose),
    }
}

fn compose(template: &Template, facts: &Facts, look: &Look) -> Result<Flow> {
    let mut form = Filled { sheet: Sheet::new(look, facts.practice)?, template, facts };
    for block in &template.blocks {
        form.block(block)?;
    }
    Ok(form.sheet.flow)
}

/// What stands where a place is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Dots,
    Nothing,
}

struct Filled<'a> {
    sheet: Sheet<'a>,
    template: &'a Template,
    facts: &'a Facts,
}

impl Filled<'_> {
    fn block(&mut self, block: &Block) -> Result<()> {
        match block {
            Block::Heads { over, office, number, register } => self.heads(over, office, number, *register),
            Block::Codes { label } => self.codes(label)?,
            Block::Title { under } => self.title(under),
            Block::Mark { text, when } => {
                if self.facts.holds(when) {
                    self.sheet.framed(&self.words(text, Empty::Dots));
                }
            }
            Block::Field { label, value, when } => {
                if self.facts.holds(when) {
                    self.field(label, value);
                }
            }
            Block::Pair { fields, when } => {
                if self.facts.holds(when) {
                    let [first, second] =
                        fields.each_ref().map(|(label, value)| (label, self.words(value, Empty::Nothing)));
                    self.sheet.pair((first.0, &first.1), (second.0, &second.1));
                }
            }
            Block::Paragraph { text, centred, italic, when } => {
                if self.facts.holds(when) {
                    let style = if *italic { self.sheet.italic() } else { self.sheet.regular() };
                    let spans = self.spans(text, None, style, Empty::Dots);
                    self.paragraph(&spans, if *centred { Align::Centre } else { Align::Left });
                }
            }
            Block::Table { list, columns, none, at_least, when } => {
                if self.facts.holds(when) {
                    self.table(list, columns, none, *at_least);
                }
            }
            Block::List { list, text, when } => {
                if self.facts.holds(when) {
                    for row in self.facts.rows(list) {
                        let spans = self.spans(text, Some(row), self.sheet.regular(), Empty::Nothing);
                        self.paragraph(&spans, Align::Left);
                    }
                }
            }
            Block::Signatures { columns } => self.signatures(columns),
            Block::Space => self.sheet.flow.skip(2.0 * self.sheet.look.gap),
        }
        Ok(())
    }

    fn heads(&mut self, over: &str, office: &str, number: &str, register: bool) {
        let [over, office] = [over, office].map(|text| self.words(text, Empty::Nothing));
        let number = self.words(number, Empty::Dots);
        self.sheet.heads(&Heads {
            over: &over,
            office: &office,
            number: &number,
            place: &self.facts.place,
            day: self.facts.day,
            register: register.then(|| (self.facts.get("book"), self.facts.get("serial"))),
        });
    }

    fn codes(&mut self, label: &str) -> Result<()> {
        let Some(code) = &self.facts.code else { return Ok(()) };
        let label = self.words(label, Empty::Nothing);
        self.sheet.codes(&Codes { label: &label, code, secret: self.facts.secret, offline: false })
    }

    fn title(&mut self, under: &str) {
        let style = Style { size: self.sheet.look.title, ..self.sheet.bold() };
        self.sheet.flow.skip(self.sheet.look.gap);
        let title = Span::value(style, self.template.title_on(self.facts.at.date()));
        self.sheet.flow.balanced(&[title]);
        let under = self.spans(under, None, self.sheet.italic(), Empty::Nothing);
        if !under.is_empty() {
            self.sheet.flow.paragraph(&under, Align::Centre);
        }
        if let Some(reprint) = self.facts.reprint {
            self.sheet.reprint(reprint);
        }
        self.sheet.flow.skip(2.0 * self.sheet.look.gap);
    }

    fn field(&mut self, label: &str, value: &str) {
        let label = &format!("{} ", self.words(label, Empty::Nothing));
        let words = self.spans(value, None, self.sheet.regular(), Empty::Nothing);
        if words.iter().all(Span::is_empty) {
            self.sheet.field(label, "", self.sheet.regular());
            return;
        }
        let mut spans = vec![Span::label(self.sheet.regular(), label)];
        spans.extend(words);
        self.paragraph(&spans, Align::Left);
    }

    fn paragraph(&mut self, spans: &[Span], align: Align) {
        self.sheet.flow.paragraph(spans, align);
        let letter = if self.template.kind == Kind::Letter { self.sheet.look.gap * 0.6 } else { 0.0 };
        self.sheet.flow.skip(self.sheet.look.lead + letter);
    }

    fn table(&mut self, list: &str, columns: &[TableColumn], none: &str, at_least: usize) {
        let regular = self.sheet.regular();
        let rows = self.facts.rows(list);
        let blank = Row::new();
        let all = rows.iter().chain(std::iter::repeat_n(&blank, at_least.saturating_sub(rows.len())));
        let mut cells: Vec<Vec<Vec<Span>>> = all
            .map(|row| {
                let cell = |column: &TableColumn| {
                    // A column of words around its places is to be written on where they are empty.
                    let labelled = pieces(&column.value).iter().any(
                        |(piece, _)| matches!(piece, Piece::Words(words) if words.chars().any(char::is_alphabetic)),
                    );
                    let empty = if labelled { Empty::Dots } else { Empty::Nothing };
                    let mut spans = self.spans(&column.value, Some(row), regular, empty);
                    if spans.is_empty() {
                        // An empty row is as tall as one that is written on.
                        spans.push(Span::line_end(regular));
                    }
                    spans
                };
                columns.iter().map(cell).collect()
            })
            .collect();
        if cells.is_empty() {
            if none.is_empty() {
                return;
            }
            let wide = columns.iter().enumerate().max_by_key(|(_, column)| column.weight).map(|(place, _)| place);
            let mut row = vec![Vec::new(); columns.len()];
            if let Some(cell) = wide.and_then(|place| row.get_mut(place)) {
                cell.push(Span::label(self.sheet.italic(), none));
            }
            cells.push(row);
        }
        let weights: f32 = columns.iter().map(|column| f32::from(column.weight)).sum();
        let width = self.sheet.flow.width() / weights.max(1.0);
        let set: Vec<Column<'_>> = columns
            .iter()
            .map(|column| Column {
                head: &column.head,
                group: &column.group,
                width: width * f32::from(column.weight),
                align: if column.centred { Align::Centre } else { Align::Left },
            })
            .collect();
        self.sheet.flow.skip(1.5);
        self.sheet.flow.table(&set, self.sheet.bold(), &cells);
        self.sheet.flow.skip(self.sheet.look.gap);
    }

    fn signatures(&mut self, columns: &[Signature]) {
        let filled: Vec<Signer> = columns
            .iter()
            .map(|column| Signer {
                role: self.words(&column.role, Empty::Nothing),
                note: self.words(&column.note, Empty::Nothing),
                name: self.words(&column.name, Empty::Nothing),
                copies: column.copies.iter().map(|copy| self.words(copy, Empty::Nothing)).collect(),
            })
            .collect();
        self.sheet.signatures(&filled);
    }

    /// A text with its places filled, in one style.
    fn words(&self, text: &str, empty: Empty) -> String {
        let filled = pieces(text).into_iter().map(|(piece, _)| match piece {
            Piece::Words(words) => words,
            Piece::Place(place) => match (self.facts.get(place), empty) {
                ("", Empty::Dots) => "……",
                (words, _) => words,
            },
        });
        let words: String = filled.collect();
        words.trim().to_owned()
    }

    /// A text with its places filled, from a line of a list first.
    fn spans(&self, text: &str, row: Option<&Row>, style: Style, empty: Empty) -> Vec<Span> {
        let mut spans = Vec::new();
        for (piece, bold) in pieces(text) {
            let style = if bold { self.sheet.bold() } else { style };
            match piece {
                Piece::Words(words) => {
                    for (number, line) in words.split('\n').enumerate() {
                        if number > 0 {
                            spans.push(Span::line_end(style));
                        }
                        spans.push(Span::label(style, line));
                    }
                }
                Piece::Place(place) => {
                    let known =
                        row.map_or_else(|| self.facts.get(place), |row| row.get(place).map_or("", String::as_str));
                    match (known, empty) {
                        ("", Empty::Dots) => spans.push(Span::label(style, DOTS)),
                        // A day stays with its word.
                        (words, _) => spans.push(Span::label(style, &words.replace(", ngày ", ", ngày\u{a0}"))),
                    }
                }
            }
        }
        spans.retain(|span| !span.is_empty());
        spans
    }
}
