//! Setting type on pages: measuring with the face's own widths, breaking lines, columns, boxes, and tables that go on
//! over the page with their heading repeated.
//!
//! Everything is in points (1/72 inch) from the top left corner of the page. A page is a list of marks, texts and black
//! bars; `pdf` turns them into a file, tests read them as they stand.

mod table;

use super::face::{Face, Faces};
pub(super) use table::Column;

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) face: Face,
    /// Type size in points.
    pub(super) size: f32,
}

/// A piece of a paragraph in one style.
#[derive(Debug, Clone)]
pub(super) struct Span {
    text: String,
    style: Style,
}

impl Span {
    /// Words of the form itself.
    pub(super) fn label(style: Style, text: &str) -> Self {
        Self { text: text.to_owned(), style }
    }

    /// The end of a line within a paragraph.
    pub(super) fn line_end(style: Style) -> Self {
        Self { text: "\n".to_owned(), style }
    }

    /// Words that come from outside, however they are spelt: letters are composed (NFC), white space is made single.
    pub(super) fn value(style: Style, text: &str) -> Self {
        Self { text: domain::text::tidy(text), style }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Align {
    Left,
    Centre,
}

/// A line ready to be put on a page: neighbouring texts of different styles.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    runs: Vec<Run>,
    pub(super) width: f32,
    size: f32,
}

#[derive(Debug, Clone)]
struct Run {
    text: String,
    style: Style,
    width: f32,
}

impl Line {
    pub(super) fn height(&self) -> f32 {
        self.size * LEADING
    }

    fn push(&mut self, faces: &Faces, text: &str, style: Style) {
        let width = faces.width(style.face, style.size, text);
        match self.runs.last_mut() {
            Some(last) if last.style == style => {
                last.text.push_str(text);
                last.width += width;
            }
            _ => self.runs.push(Run { text: text.to_owned(), style, width }),
        }
        self.width += width;
        self.size = self.size.max(style.size);
    }
}

/// From one baseline to the next, in type sizes. Stacked marks (Ễ, Ậ) need the room.
const LEADING: f32 = 1.15;
/// Where in that room the baseline lies.
const BASELINE: f32 = 0.91;

/// A mark on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A text on one baseline; `y` is the baseline.
    Text { x: f32, y: f32, width: f32, style: Style, text: String },
    /// A black rectangle: a rule, one side of a box, a module of a code.
    Bar(Bar),
}

/// A black rectangle; `x`, `y` its top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bar {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// One side of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) marks: Vec<Mark>,
}

impl Page {
    /// Whether every mark stands on the page.
    pub(super) fn holds_everything(&self) -> bool {
        self.marks.iter().all(|mark| {
            let (left, right, top, bottom) = match mark {
                Mark::Text { x, y, width, style, .. } => (*x, x + width, y - style.size, y + style.size * 0.25),
                Mark::Bar(bar) => (bar.x, bar.x + bar.width, bar.y, bar.y + bar.height),
            };
            left >= 0.0 && top >= 0.0 && right <= self.width && bottom <= self.height
        })
    }

    /// The page's words line by line, as a person would read them out; what stands apart on a line is set apart by `|`.
    /// Baselines within about four points count as one line.
    pub(super) fn text(&self) -> String {
        let mut texts: Vec<(f32, f32, f32, &str)> = self
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text { x, y, width, text, .. } => Some(((y / 4.0).round(), *x, *width, text.as_str())),
                Mark::Bar(_) => None,
            })
            .collect();
        texts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut out = String::new();
        let mut before: Option<(f32, f32)> = None;
        for (y, x, width, text) in texts {
            match before {
                Some((line, end)) if line == y && x - end > 2.0 => out.push_str(" | "),
                Some((line, _)) if line != y => out.push('\n'),
                _ => {}
            }
            out.push_str(text);
            before = Some((y, x + width));
        }
        out.push('\n');
        out
    }
}

/// The white edges of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margins {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

/// Pages being filled from top to bottom.
pub(super) struct Flow {
    faces: &'static Faces,
    margins: Margins,
    blank: Page,
    banner: Option<Line>,
    pages: Vec<Page>,
    /// Where the next thing begins.
    y: f32,
}

/// Thickness of the rules of boxes and tables.
const RULE: f32 = 0.6;
/// White between a rule and the words under or over it.
const PADDING: f32 = 2.0;
/// White between a rule and the words beside it.
const SIDE: f32 = 3.5;

impl Flow {
    /// Begins with one empty page. A banner stands boxed at the head of every page.
    pub(super) fn new(faces: &'static Faces, width: f32, height: f32, margins: Margins, banner: Option<Span>) -> Self {
        let mut flow = Self {
            faces,
            margins,
            blank: Page { width, height, marks: Vec::new() },
            banner: None,
            pages: Vec::new(),
            y: 0.0,
        };
        flow.banner = banner.and_then(|span| flow.lines(&[span], flow.width() - 2.0 * SIDE).into_iter().next());
        flow.next_page();
        flow
    }

    /// The pages, each with its foot where one is asked for: a function of page and number of pages.
    pub(super) fn finish(mut self, foot: impl Fn(usize, usize) -> Option<Span>) -> Vec<Page> {
        let count = self.pages.len();
        for number in 1..=count {
            let Some(line) = foot(number, count).and_then(|span| self.lines(&[span], self.width()).into_iter().next())
            else {
                continue;
            };
            let top = self.bottom() + PADDING;
            self.put_on(number - 1, &line, self.margins.left, top, self.width(), Align::Centre);
        }
        debug_assert!(self.pages.iter().all(Page::holds_everything), "a mark lies off the page");
        self.pages
    }

    pub(super) fn left(&self) -> f32 {
        self.margins.left
    }

    /// The width between the margins.
    pub(super) fn width(&self) -> f32 {
        self.blank.width - self.margins.left - self.margins.right
    }

    /// Where the next thing begins, from the top of the page.
    pub(super) fn y(&self) -> f32 {
        self.y
    }

    fn bottom(&self) -> f32 {
        self.blank.height - self.margins.bottom
    }

    fn next_page(&mut self) {
        self.pages.push(self.blank.clone());
        self.y = self.margins.top;
        if let Some(line) = self.banner.clone() {
            self.boxed(&[line]);
            self.skip(2.0 * PADDING);
        }
    }

    /// Goes to the next page unless so much room is left on this one.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > self.bottom() {
            self.next_page();
        }
    }

    /// The same, unless a whole page would not be enough either.
    pub(super) fn need_if_it_helps(&mut self, height: f32) {
        let banner = self.banner.as_ref().map_or(0.0, |line| line.height() + 4.0 * PADDING);
        if self.margins.top + banner + height <= self.bottom() {
            self.need(height);
        }
    }

    /// A flow over one page without end, to find out how tall something is.
    pub(super) fn endless(&self) -> Flow {
        let blank = Page { width: self.blank.width, height: f32::MAX, marks: Vec::new() };
        Flow { blank: blank.clone(), banner: None, pages: vec![blank], y: 0.0, ..*self }
    }

    /// Leaves room empty.
    pub(super) fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Breaks a paragraph into lines. A word wider than the line is cut between letters.
    pub(super) fn lines(&self, spans: &[Span], width: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut line = Line::default();
        let mut space: Option<Style> = None;
        for word in words(spans) {
            let pieces = match word {
                Word::Text(pieces) => pieces,
                Word::Space(style) => {
                    space = Some(style);
                    continue;
                }
                Word::End(style) => {
                    line.size = line.size.max(style.size);
                    lines.push(std::mem::take(&mut line));
                    space = None;
                    continue;
                }
            };
            let measure = |text: &str, style: Style| self.faces.width(style.face, style.size, text);
            let pieces: Vec<(String, Style)> = pieces
                .into_iter()
                .map(|(text, style)| (text.chars().map(|c| self.faces.legible(style.face, c)).collect(), style))
                .collect();
            let word_width: f32 = pieces.iter().map(|(text, style)| measure(text, *style)).sum();
            let gap = space.take().filter(|_| line.width > 0.0);
            let gap_width = gap.map_or(0.0, |style| measure(" ", style));
            if line.width > 0.0 && line.width + gap_width + word_width > width {
                lines.push(std::mem::take(&mut line));
            } else if let Some(style) = gap {
                line.push(self.faces, " ", style);
            }
            for (text, style) in pieces {
                if line.width + measure(&text, style) <= width {
                    line.push(self.faces, &text, style);
                    continue;
                }
                for letter in text.chars() {
                    let letter = letter.to_string();
                    if line.width > 0.0 && line.width + measure(&letter, style) > width {
                        lines.push(std::mem::take(&mut line));
                    }
                    line.push(self.faces, &letter, style);
                }
            }
        }
        if !line.runs.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// The same, but never more than so many lines; a text that is cut ends in `…`.
    pub(super) fn at_most(&self, count: usize, spans: &[Span], width: f32) -> Vec<Line> {
        let mut lines = self.lines(spans, width);
        if lines.len() > count {
            lines.truncate(count);
            if let Some(last) = lines.last_mut() {
                self.end_with_ellipsis(last, width);
            }
        }
        lines
    }

    fn end_with_ellipsis(&self, line: &mut Line, width: f32) {
        let Some(style) = line.runs.last().map(|run| run.style) else { return };
        let room = width - self.faces.width(style.face, style.size, "…");
        while line.width > room {
            let Some(last) = line.runs.last_mut() else { break };
            match last.text.pop() {
                Some(letter) => {
                    let cut = self.faces.width(last.style.face, last.style.size, &letter.to_string());
                    last.width -= cut;
                    line.width -= cut;
                }
                None => {
                    line.runs.pop();
                }
            }
        }
        line.push(self.faces, "…", style);
    }

    /// A row of dots to write on by hand.
    pub(super) fn dots(&self, style: Style, width: f32) -> Span {
        let dot = self.faces.width(style.face, style.size, ".");
        let count = if dot > 0.0 { (width / dot) as usize } else { 0 };
        Span { text: ".".repeat(count), style }
    }

    /// Sets lines one under the other from `top` on this page, and answers where they end. The flow does not move.
    pub(super) fn put(&mut self, lines: &[Line], x: f32, top: f32, width: f32, align: Align) -> f32 {
        let page = self.pages.len().saturating_sub(1);
        lines.iter().fold(top, |top, line| {
            self.put_on(page, line, x, top, width, align);
            top + line.height()
        })
    }

    fn put_on(&mut self, page: usize, line: &Line, x: f32, top: f32, width: f32, align: Align) {
        let mut x = match align {
            Align::Left => x,
            Align::Centre => x + (width - line.width).max(0.0) / 2.0,
        };
        let y = top + line.size * BASELINE;
        let Some(page) = self.pages.get_mut(page) else { return };
        for run in &line.runs {
            // A no-break space has kept its words together; whoever searches the paper types a plain one.
            let text = run.text.replace('\u{a0}', " ");
            page.marks.push(Mark::Text { x, y, width: run.width, style: run.style, text });
            x += run.width;
        }
    }

    /// Black bars on this page.
    pub(super) fn bars(&mut self, bars: impl IntoIterator<Item = Bar>) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.extend(bars.into_iter().map(Mark::Bar));
        }
    }

    /// A thin rule from `x`.
    pub(super) fn rule(&mut self, x: f32, y: f32, width: f32) {
        self.bars([Bar { x, y, width, height: RULE }]);
    }

    /// A paragraph over the whole width, going on over the page where it must.
    pub(super) fn paragraph(&mut self, spans: &[Span], align: Align) {
        for line in self.lines(spans, self.width()) {
            self.need(line.height());
            self.y = self.put(&[line], self.margins.left, self.y, self.width(), align);
        }
    }

    /// A few words in the middle, in lines of about the same length.
    pub(super) fn balanced(&mut self, spans: &[Span]) {
        let count = self.lines(spans, self.width()).len();
        let (mut width, mut narrower) = (self.width(), self.width() * 0.96);
        while narrower > 0.0 && self.lines(spans, narrower).len() == count {
            width = narrower;
            narrower *= 0.96;
        }
        for line in self.lines(spans, width) {
            self.need(line.height());
            self.y = self.put(&[line], self.margins.left, self.y, self.width(), Align::Centre);
        }
    }

    /// Lines in a frame over the whole width, all on one page.
    pub(super) fn boxed(&mut self, lines: &[Line]) {
        let height = lines.iter().map(Line::height).sum::<f32>() + 2.0 * PADDING;
        if self.pages.last().is_some_and(|page| !page.marks.is_empty()) {
            self.need(height);
        }
        let (x, top, width) = (self.margins.left, self.y, self.width());
        self.put(lines, x + SIDE, top + PADDING, width - 2.0 * SIDE, Align::Centre);
        self.frame(x, top, width, height, 2.0 * RULE);
        self.y = top + height;
    }

    fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, rule: f32) {
        self.bars([
            Bar { x, y, width, height: rule },
            Bar { x, y: y + height - rule, width, height: rule },
            Bar { x, y, width: rule, height },
            Bar { x: x + width - rule, y, width: rule, height },
        ]);
    }
}

enum Word {
    /// What may not be parted: pieces of text, each in its style.
    Text(Vec<(String, Style)>),
    /// White between words, in the style of the text it belongs to.
    Space(Style),
    /// The end of a line.
    End(Style),
}

/// Parts spans at their spaces. Spans that touch without a space make one word.
fn words(spans: &[Span]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for span in spans {
        if span.text == "\n" {
            words.push(Word::End(span.style));
            continue;
        }
        for (place, text) in span.text.split(' ').enumerate() {
            if place > 0 {
                words.push(Word::Space(span.style));
            }
            if text.is_empty() {
                continue;
            }
            match words.last_mut() {
                Some(Word::Text(pieces)) => pieces.push((text.to_owned(), span.style)),
                _ => words.push(Word::Text(vec![(text.to_owned(), span.style)])),
            }
        }
    }
    words
}
