//! Tables: aligned columns without borders, that fit the screen.

use std::borrow::Cow;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{escape, style};

/// The blanks between two columns.
const GAP: usize = 2;
/// What stands in a cell without a value, so that every line has as many words.
const NOTHING: &str = "-";

/// One cell: a line of harmless text and how it looks.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: Cow<'static, str>,
    style: Style,
}

impl Cell {
    /// A cell of `text`, which is made harmless; `-` if there is none.
    pub(crate) fn new(text: &str, style: Style) -> Self {
        let text = escape::line(text.trim());
        if text.is_empty() {
            Self { text: Cow::Borrowed(NOTHING), style: style::DIM }
        } else {
            Self { text: Cow::Owned(text.into_owned()), style }
        }
    }

    /// A cell that stays empty if `text` is.
    pub(crate) fn bare(text: &str) -> Self {
        Self { text: Cow::Owned(escape::line(text.trim()).into_owned()), style: style::PLAIN }
    }

    /// A cell without a style.
    pub(crate) fn plain(text: &str) -> Self {
        Self::new(text, style::PLAIN)
    }
}

/// A table to be built row by row.
#[derive(Debug, Default)]
pub(crate) struct Table {
    header: Vec<Cell>,
    right: Vec<usize>,
    shrink: Vec<(usize, usize)>,
    rows: Vec<Vec<Cell>>,
    below: Vec<(usize, String)>,
}

impl Table {
    /// A table with the given headings.
    pub(crate) fn new<T: AsRef<str>>(headings: impl IntoIterator<Item = T>) -> Self {
        let header = headings
            .into_iter()
            .map(|text| Cell { style: style::STRONG, ..Cell::bare(text.as_ref()) })
            .collect();
        Self { header, ..Self::default() }
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

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Adds a line of its own below the last row.
    pub(crate) fn below(&mut self, text: String) {
        self.below.push((self.rows.len(), text));
    }

    /// The table's lines, no wider than `width` if the columns that may be cut
    /// allow it. Nothing is cut without a width.
    pub(crate) fn render(mut self, width: Option<usize>) -> String {
        let widths = self.fit(width);
        let mut below = self.below.into_iter().peekable();
        let mut text = String::new();
        for (index, row) in std::iter::once(&self.header).chain(&self.rows).enumerate() {
            let mut blanks = 0;
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let pad = width.saturating_sub(cell.text.width());
                let (before, after) = if self.right.contains(&at) { (pad, 0) } else { (0, pad) };
                blanks += before;
                // Blanks wait for the next text, so that no line ends in them.
                if !cell.text.is_empty() {
                    text.extend(std::iter::repeat_n(' ', blanks));
                    style::paint_onto(&mut text, cell.style, &cell.text);
                    blanks = 0;
                }
                blanks += after + GAP;
            }
            text.push('\n');
            while let Some((_, extra)) = below.next_if(|(after, _)| *after == index) {
                text.push_str(&extra);
                text.push('\n');
            }
        }
        text
    }

    /// Cuts cells until the table keeps to `limit`, as far as columns may be
    /// cut. Gives the width of each column.
    fn fit(&mut self, limit: Option<usize>) -> Vec<usize> {
        let mut widths = vec![0; self.header.len()];
        for row in std::iter::once(&self.header).chain(&self.rows) {
            for (cell, most) in row.iter().zip(widths.iter_mut()) {
                *most = cell.text.width().max(*most);
            }
        }
        let Some(limit) = limit else { return widths };
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(limit);
        for (index, least) in &self.shrink {
            let Some(width) = widths.get_mut(*index) else { continue };
            let cut_to = width.saturating_sub(over).max(*least).min(*width);
            over -= *width - cut_to;
            if cut_to < *width {
                *width = cut_to;
                for row in std::iter::once(&mut self.header).chain(&mut self.rows) {
                    if let Some(cell) = row.get_mut(*index) {
                        cell.text = Cow::Owned(cut(&cell.text, cut_to));
                    }
                }
            }
        }
        widths
    }
}

/// `text` in at most `width` columns of the screen, with `…` where it was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut taken = 0;
    let mut cut: String = text
        .chars()
        .take_while(|c| {
            taken += c.width().unwrap_or(0);
            taken < width
        })
        .collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
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
        table.below("  found here".to_owned());
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
        assert!(text.lines().all(|line| line.width() <= 34), "{text}");
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
    fn cutting_counts_columns_not_characters() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("ab", 0), "…");
    }
}
