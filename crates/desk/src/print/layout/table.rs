//! Tables: a heading of one band or two, rows that stay whole where they can, and the heading again on every page.

use super::{Align, Flow, Line, PADDING, RULE, SIDE, Span, Style};

/// A column of a table.
#[derive(Debug, Clone)]
pub(in crate::print) struct Column<'a> {
    pub(in crate::print) head: &'a str,
    /// Words over this column and its neighbours with the same ones; empty: none.
    pub(in crate::print) group: &'a str,
    pub(in crate::print) width: f32,
    pub(in crate::print) align: Align,
}

impl Flow {
    /// A table. Its heading is repeated on every page; a row stays whole unless it is taller than a page.
    pub(in crate::print) fn table(&mut self, columns: &[Column<'_>], head: Style, rows: &[Vec<Vec<Span>>]) {
        let heading = self.heading(columns, head);
        let head_height = heading.groups + heading.heads;
        let page_height = self.bottom() - self.margins.top - head_height;
        let mut begun = false;
        for cells in rows {
            let mut cells: Vec<Vec<Line>> =
                columns.iter().zip(cells).map(|(column, spans)| self.lines(spans, column.width - 2.0 * SIDE)).collect();
            loop {
                let first =
                    row_height(&cells.iter().map(|cell| cell.iter().take(1).cloned().collect()).collect::<Vec<_>>());
                let whole = row_height(&cells);
                let wanted = if whole <= page_height * 0.5 { whole } else { first };
                let over = self.y + wanted + if begun { 0.0 } else { head_height } > self.bottom();
                if over {
                    self.next_page();
                }
                if over || !begun {
                    self.put_heading(columns, &heading);
                    begun = true;
                }
                let room = (self.bottom() - self.y).max(first);
                let rest = cells.iter_mut().map(|cell| split_to_fit(cell, room)).collect::<Vec<_>>();
                self.row(columns, &cells);
                if rest.iter().all(Vec::is_empty) {
                    break;
                }
                cells = rest;
            }
        }
    }

    fn heading(&self, columns: &[Column<'_>], head: Style) -> Heading {
        let set = |words: &str, width: f32| self.lines(&[Span::label(head, words)], width - 2.0 * SIDE);
        let mut bands: Vec<Band> = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            match bands.last_mut() {
                Some(band) if !column.group.is_empty() && band.group == column.group => {
                    band.width += column.width;
                    band.columns += 1;
                }
                _ => bands.push(Band {
                    group: column.group.to_owned(),
                    first: place,
                    columns: 1,
                    width: column.width,
                    lines: vec![],
                }),
            }
        }
        for band in bands.iter_mut().filter(|band| !band.group.is_empty()) {
            band.lines = set(&band.group, band.width);
        }
        let cells: Vec<Vec<Line>> = columns.iter().map(|column| set(column.head, column.width)).collect();
        let of = |grouped: bool| {
            let cells = columns.iter().zip(&cells).filter(move |(column, _)| column.group.is_empty() != grouped);
            cells.map(|(_, cell)| height(cell)).fold(0.0, f32::max)
        };
        let grouped = bands.iter().any(|band| !band.group.is_empty());
        let groups =
            if grouped { row_height(&bands.iter().map(|band| band.lines.clone()).collect::<Vec<_>>()) } else { 0.0 };
        // Whoever stands under no group has both bands to itself.
        let heads = (of(true) + 2.0 * PADDING).max(of(false) + 2.0 * PADDING - groups);
        Heading { bands, cells, groups, heads }
    }

    fn put_heading(&mut self, columns: &[Column<'_>], heading: &Heading) {
        let (mut x, top) = (self.margins.left, self.y);
        let (groups, heads) = (heading.groups, heading.heads);
        for band in &heading.bands {
            let (mut under, mut tall) = (top, groups + heads);
            if !band.group.is_empty() {
                self.put(&band.lines, x + SIDE, top + PADDING, band.width - 2.0 * SIDE, Align::Centre);
                self.frame(x, top, band.width + RULE, groups + RULE, RULE);
                (under, tall) = (top + groups, heads);
            }
            let within = columns.iter().zip(&heading.cells).skip(band.first).take(band.columns);
            for (column, cell) in within {
                self.put(cell, x + SIDE, under + PADDING, column.width - 2.0 * SIDE, Align::Centre);
                self.frame(x, under, column.width + RULE, tall + RULE, RULE);
                x += column.width;
            }
        }
        self.y = top + groups + heads;
    }

    fn row(&mut self, columns: &[Column<'_>], cells: &[Vec<Line>]) {
        let height = row_height(cells);
        let (mut x, top) = (self.margins.left, self.y);
        for (column, cell) in columns.iter().zip(cells) {
            self.put(cell, x + SIDE, top + PADDING, column.width - 2.0 * SIDE, column.align);
            self.frame(x, top, column.width + RULE, height + RULE, RULE);
            x += column.width;
        }
        self.y = top + height;
    }
}

/// The heading of a table: one band of words, or two where columns are grouped.
struct Heading {
    bands: Vec<Band>,
    cells: Vec<Vec<Line>>,
    groups: f32,
    heads: f32,
}

/// Columns under the same words, or one that stands alone.
struct Band {
    group: String,
    first: usize,
    columns: usize,
    width: f32,
    lines: Vec<Line>,
}

fn height(lines: &[Line]) -> f32 {
    lines.iter().map(Line::height).sum()
}

fn row_height(cells: &[Vec<Line>]) -> f32 {
    let tallest = cells.iter().map(|cell| height(cell)).fold(0.0, f32::max);
    tallest + 2.0 * PADDING
}

/// Keeps the lines that fit into a row of this height and answers with the others.
fn split_to_fit(lines: &mut Vec<Line>, height: f32) -> Vec<Line> {
    let mut end = 2.0 * PADDING;
    let fitting = lines
        .iter()
        .take_while(|line| {
            end += line.height();
            end <= height + 0.01
        })
        .count();
    lines.split_off(fitting)
}
