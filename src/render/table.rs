//! Tables: aligned columns without borders, that fit the screen.

use std::borrow::Cow;

use anstyle::Style;
use comfy_table::{CellAlignment, ColumnConstraint, Row, Width, presets};
use dialoguer::console::{measure_text_width, truncate_str};

use super::{escape, style};

/// The blanks between two columns.
const GAP: u16 = 2;
/// The widest that a cell can be.
const WIDEST: u16 = u16::MAX - GAP;
/// What stands in a cell without a value, so that every line has as many words.
const NOTHING: &str = "-";
/// How many rows are laid out at a time, so that a long list does not stand in
/// memory several times over.
const CHUNK: usize = 1000;

/// One cell: a line of harmless text, and its style.
///
/// The two meet only when the line is laid out: a library that had to look for
/// styles in every cell took more time than all the rest of a list.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: Style,
    /// What stands out, as spans of characters.
    marks: Vec<(usize, usize)>,
}

impl Cell {
    /// A cell of `text`, which is made harmless; `-` if there is none.
    pub(crate) fn new(text: &str, style: Style) -> Self {
        match text.trim() {
            "" => Self { text: NOTHING.to_owned(), style: style::DIM, marks: Vec::new() },
            text => Self { text: escape::line(text).into_owned(), style, marks: Vec::new() },
        }
    }

    /// As [`new`](Self::new), of a text that nobody else needs.
    pub(crate) fn of(text: String, style: Style) -> Self {
        let is_harmless = matches!(escape::line(&text), Cow::Borrowed(_));
        if is_harmless && !text.is_empty() && text.trim().len() == text.len() {
            return Self { text, style, marks: Vec::new() };
        }
        Self::new(&text, style)
    }

    /// The same, with these characters of `text` standing out.
    pub(crate) fn marked(mut self, text: &str, marks: &[(usize, usize)]) -> Self {
        // Where characters were changed, the places are no longer known.
        if self.text == text {
            self.marks = marks.to_vec();
        }
        self
    }

    /// A cell that stays empty if `text` is.
    pub(crate) fn bare(text: &str) -> Self {
        let text = escape::line(text.trim()).into_owned();
        Self { text, style: style::PLAIN, marks: Vec::new() }
    }

    /// A cell without a style.
    pub(crate) fn plain(text: &str) -> Self {
        Self::new(text, style::PLAIN)
    }
}

/// The cells of many rows one after the other, so that those of a long list do
/// not each take memory of their own.
#[derive(Debug, Default)]
struct Packed {
    text: String,
    /// How many bytes of `text` belong to each cell, and its style's place.
    cells: Vec<(u32, u8)>,
    styles: Vec<Style>,
    /// What stands out in which cell, in order.
    marks: Vec<(usize, (usize, usize))>,
}

impl Packed {
    fn push(&mut self, cell: &Cell) {
        let text = cut(&cell.text, usize::from(WIDEST));
        // A record's file is far shorter than what fails here.
        let length = u32::try_from(text.len()).unwrap_or_default();
        self.text.push_str(if length == 0 { "" } else { &text });
        let known = self.styles.iter().position(|style| *style == cell.style);
        let style = known.unwrap_or_else(|| {
            self.styles.push(cell.style);
            self.styles.len() - 1
        });
        self.marks.extend(cell.marks.iter().map(|span| (self.cells.len(), *span)));
        self.cells.push((length, u8::try_from(style).unwrap_or_default()));
    }

    /// Hands over the cells in order.
    fn each(&self) -> impl Iterator<Item = Shown<'_>> {
        let (mut text, mut marks) = (self.text.as_str(), self.marks.as_slice());
        self.cells.iter().enumerate().map(move |(place, (length, style))| {
            let (own, rest) = text.split_at_checked(*length as usize).unwrap_or((text, ""));
            text = rest;
            let (own_marks, rest) = marks.split_at(marks.partition_point(|(of, _)| *of <= place));
            marks = rest;
            let style = self.styles.get(usize::from(*style)).copied().unwrap_or_default();
            (own, style, own_marks.iter().map(|(_, span)| *span).collect())
        })
    }
}

/// A cell's text, its style, and what stands out in it.
type Shown<'a> = (&'a str, Style, Vec<(usize, usize)>);
/// The same, cut to the width of its column.
type Fitted<'a> = (Cow<'a, str>, Style, Vec<(usize, usize)>);

/// A table to be built row by row.
#[derive(Debug, Default)]
pub(crate) struct Table {
    header: Vec<Cell>,
    right: Vec<usize>,
    shrink: Vec<(usize, usize)>,
    rows: Packed,
    count: usize,
    /// The width of each column's widest cell, headings aside.
    widest: Vec<usize>,
    /// Lines below rows, and how long each is and how many rows are above it.
    below: String,
    below_at: Vec<(usize, usize)>,
    headless: bool,
}

impl Table {
    /// A table with the given headings.
    pub(crate) fn new<T: AsRef<str>>(headings: impl IntoIterator<Item = T>) -> Self {
        let header: Vec<Cell> = headings
            .into_iter()
            .map(|text| Cell { style: style::STRONG, ..Cell::bare(text.as_ref()) })
            .collect();
        Self { widest: vec![0; header.len()], header, ..Self::default() }
    }

    /// Aligns the column at `index` to the right.
    pub(crate) fn right(mut self, index: usize) -> Self {
        self.right.push(index);
        self
    }

    /// Lets the column at `index` be cut down to `least`; the first one named
    /// is cut first.
    pub(crate) fn shrink(mut self, index: usize, least: usize) -> Self {
        self.shrink.push((index, least));
        self
    }

    /// Leaves the headings out, unless `header`.
    pub(crate) fn with_header(mut self, header: bool) -> Self {
        self.headless = !header;
        self
    }

    /// Adds a row, of as many cells as there are headings.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut cells = cells.into_iter();
        for most in &mut self.widest {
            let cell = cells.next().unwrap_or_else(|| Cell::bare(""));
            *most = width(&cell.text).max(*most);
            self.rows.push(&cell);
        }
        self.count += 1;
    }

    /// Adds a line of its own below the last row.
    pub(crate) fn below(&mut self, text: &str) {
        self.below.push_str(text);
        self.below_at.push((text.len(), self.count));
    }

    /// The table's lines, no wider than `limit` if the columns that may be cut
    /// allow it. Without a limit nothing is cut, short of the 65 533 columns of
    /// the screen that one cell can take.
    pub(crate) fn render(self, limit: Option<usize>) -> String {
        let widths = self.widths(limit);
        let mut text = String::new();
        let mut below = self.below.as_str();
        let mut below_at = self.below_at.iter().peekable();
        let header = (!self.headless).then(|| {
            let cells = self.header.iter();
            cells.map(|cell| (cell.text.as_str(), cell.style, Vec::new())).collect()
        });
        let mut cells = self.rows.each();
        let rows = (0..self.count).map(|_| cells.by_ref().take(widths.len()).collect());
        let mut rows = header.into_iter().chain(rows);
        let mut done = usize::from(self.headless);
        loop {
            let chunk: Vec<Vec<Fitted<'_>>> =
                rows.by_ref().take(CHUNK).map(|row| fit(row, &widths)).collect();
            if chunk.is_empty() {
                return text;
            }
            for (line, cells) in lay_out(&chunk, &widths, &self.right).lines().zip(&chunk) {
                paint(&mut text, line.trim_end(), cells);
                text.push('\n');
                while let Some((length, _)) = below_at.next_if(|(_, above)| *above <= done) {
                    let (line, rest) = below.split_at_checked(*length).unwrap_or((below, ""));
                    text.push_str(line);
                    text.push('\n');
                    below = rest;
                }
                done += 1;
            }
        }
    }

    /// The width of each column: that of its widest cell, cut down until the
    /// table keeps to `limit`, as far as columns may be cut.
    ///
    /// The library could choose widths too, but not in a given order, and not
    /// for rows that it is yet to see.
    fn widths(&self, limit: Option<usize>) -> Vec<u16> {
        let mut widths = self.widest.clone();
        if !self.headless {
            for (cell, most) in self.header.iter().zip(&mut widths) {
                *most = width(&cell.text).max(*most);
            }
        }
        if let Some(limit) = limit {
            let gaps = usize::from(GAP) * widths.len().saturating_sub(1);
            let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(limit);
            for (index, least) in &self.shrink {
                let Some(width) = widths.get_mut(*index) else { continue };
                let cut_to = width.saturating_sub(over).max(*least).min(*width);
                over -= *width - cut_to;
                *width = cut_to;
            }
        }
        widths.into_iter().map(|width| u16::try_from(width).unwrap_or(WIDEST).min(WIDEST)).collect()
    }
}

/// A row whose cells keep to `widths`.
///
/// Cut here already: the library takes very long over very long cells.
fn fit<'a>(cells: Vec<Shown<'a>>, widths: &[u16]) -> Vec<Fitted<'a>> {
    let fitted = cells.into_iter().zip(widths);
    fitted
        .map(|((text, style, marks), width)| (cut(text, usize::from(*width)), style, marks))
        .collect()
}

/// The rows as a table with columns of `widths`, those in `right` aligned to
/// the right. Each row is one line.
fn lay_out(rows: &[Vec<Fitted<'_>>], widths: &[u16], right: &[usize]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING);
    for cells in rows {
        let mut row = Row::from(cells.iter().map(|(text, ..)| text.as_ref()));
        row.max_height(1);
        table.add_row(row);
    }
    for ((index, column), width) in table.column_iter_mut().enumerate().zip(widths) {
        column
            .set_padding((0, GAP))
            .set_constraint(ColumnConstraint::Absolute(Width::Fixed(*width + GAP)));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Adds a laid out line to `text`, with its cells in their styles. Between the
/// cells there are only blanks, so that each is found where the last one ended.
fn paint(text: &mut String, line: &str, cells: &[Fitted<'_>]) {
    let mut rest = line;
    for (cell, style, marks) in cells.iter().filter(|(text, ..)| !text.is_empty()) {
        let start = rest.trim_start_matches(' ');
        let at_once = || {
            let before = rest.get(..rest.len() - start.len())?;
            Some((before, start.strip_prefix(cell.as_ref())?))
        };
        // The library may have cut a cell before this one.
        let found = at_once().or_else(|| rest.split_once(cell.as_ref()));
        let Some((before, after)) = found else { continue };
        text.push_str(before);
        style::mark(text, *style, cell, marks);
        rest = after;
    }
    text.push_str(rest);
}

/// The columns of the screen that harmless text takes.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { measure_text_width(text) }
}

/// `text` in at most `width` columns of the screen, with `…` where it was cut.
pub(crate) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.is_ascii() && text.len() <= width {
        return Cow::Borrowed(text);
    }
    let mut most = width;
    loop {
        let cut = truncate_str(text, most, "…");
        // A text can be wider as a whole than its characters one by one.
        let over = self::width(&cut).saturating_sub(width);
        if over == 0 || most == 0 {
            return cut;
        }
        most = most.saturating_sub(over.div_ceil(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["ID", "TITLE", "COUNT"]).right(2).shrink(1, 8);
        table.row(vec![
            Cell::new("INC-7K3F9Q", style::ID),
            Cell::plain("CRM crashes when the report runs"),
            Cell::plain("7"),
        ]);
        table.row(vec![Cell::plain("CI-1"), Cell::plain("日本語 日本語"), Cell::plain("")]);
        table.below("  found here");
        table
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_align_without_a_width() {
        assert_eq!(
            plain(&table().render(None)),
            "\
ID          TITLE                             COUNT
INC-7K3F9Q  CRM crashes when the report runs      7
CI-1        日本語 日本語                         -
  found here
"
        );
    }

    #[test]
    fn the_title_is_cut_to_fit() {
        let text = plain(&table().render(Some(34)));
        assert_eq!(
            text,
            "\
ID          TITLE            COUNT
INC-7K3F9Q  CRM crashes wh…      7
CI-1        日本語 日本語        -
  found here
"
        );
        assert!(text.lines().all(|line| measure_text_width(line) <= 34), "{text}");
    }

    #[test]
    fn ids_are_never_cut() {
        let text = plain(&table().render(Some(5)));
        assert!(text.contains("INC-7K3F9Q  CRM cra…"), "{text}");
    }

    #[test]
    fn styles_do_not_move_columns() {
        let text = table().render(None);
        assert!(text.contains("\u{1b}[36mINC-7K3F9Q\u{1b}[0m  CRM"), "{text:?}");
    }

    #[test]
    fn a_style_stays_in_its_cell() {
        let mut table = Table::new(["TITLE", "STATUS"]);
        table.row(vec![Cell::plain("a new printer is new"), Cell::new("new", style::ID)]);
        let text = table.render(None);
        let line = text.lines().nth(1).unwrap_or_default();
        assert_eq!(line, "a new printer is new  \u{1b}[36mnew\u{1b}[0m");
    }

    #[test]
    fn what_is_cut_keeps_its_style() {
        let mut table = Table::new(["NAME"]).shrink(0, 4);
        table.row(vec![Cell::new("web-01.example.com", style::ID)]);
        let text = table.render(Some(4));
        assert_eq!(text.lines().nth(1), Some("\u{1b}[36mweb…\u{1b}[0m"));
    }

    #[test]
    fn long_lists_are_laid_out_alike_from_end_to_end() {
        let build = |count: usize| {
            let mut table = Table::new(["ID", "TITLE"]).right(0).shrink(1, 8);
            for index in 0..count {
                table.row(vec![Cell::plain(&index.to_string()), Cell::new("short", style::DIM)]);
            }
            table.below("    the last of the first");
            table.row(vec![Cell::plain("1000000000"), Cell::plain("a very long title indeed")]);
            plain(&table.render(Some(24)))
        };
        const CHUNK: usize = 1000;
        let text = build(CHUNK - 1);
        assert_eq!(text.lines().count(), CHUNK + 2);
        assert_eq!(text.lines().nth(1), Some("         0  short"));
        assert_eq!(text.lines().nth(CHUNK), Some("    the last of the first"));
        assert_eq!(text.lines().last(), Some("1000000000  a very long…"));
        let text = build(3 * CHUNK);
        assert_eq!(text.lines().count(), 3 * CHUNK + 3);
        assert_eq!(text.lines().nth(3 * CHUNK), Some("      2999  short"));
        assert_eq!(text.lines().last(), Some("1000000000  a very long…"));
    }

    #[test]
    fn a_row_stays_one_line_whatever_its_cells_hold() {
        let mut table = Table::new(["ID", "TITLE"]).shrink(1, 2);
        // Wider as a whole than its characters one by one.
        table.row(vec![Cell::plain("1"), Cell::plain(&"\u{2601}\u{fe0f}".repeat(20))]);
        table.row(vec![Cell::plain("2"), Cell::plain(&"long".repeat(100_000))]);
        table.row(vec![Cell::plain("3"), Cell::plain("")]);
        let text = plain(&table.render(Some(12)));
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.lines().all(|line| measure_text_width(line) <= 12), "{text}");
        let mut table = Table::new(["TITLE"]);
        table.row(vec![Cell::plain(&"long ".repeat(13_000))]);
        let text = plain(&table.render(None));
        assert_eq!(text.lines().nth(1).map(str::len), Some(64_999));
    }

    #[test]
    fn cutting_counts_columns_not_characters() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("ab", 0), "…");
        // Each takes two columns, though its parts say one and none.
        let clouds = "\u{2601}\u{fe0f}".repeat(5);
        let cut = cut(&clouds, 7);
        assert!(width(&cut) <= 7 && cut.starts_with("\u{2601}\u{fe0f}\u{2601}"), "{cut}");
    }
}
