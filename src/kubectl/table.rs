//! The two ways in which kubectl lines up columns: tables of `get`, and text with tabs of `describe`; knows no object.

use super::screen_text::{Line, Span, Stream, Style};

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// What it means.
    pub style: Style,
}

impl Cell {
    /// A cell without a meaning.
    pub fn new(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), style: Style::Plain }
    }

    /// A cell with a meaning.
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell { text: text.into(), style }
    }
}

/// A table that is printed in parts: widths are remembered and only grow.
#[derive(Clone, Debug, Default)]
pub struct Table {
    widths: Vec<usize>,
    /// Whether short columns are as narrow as their cells.
    is_tight: bool,
}

/// The least width of a column, and the blanks between two.
const WIDTH_MIN: usize = 6;
const PADDING: usize = 3;

impl Table {
    /// A table of `get` without a header: no column has a least width.
    pub fn tight() -> Table {
        Table { is_tight: true, ..Table::default() }
    }

    /// Lines the rows of one flush up.
    pub fn lines(&mut self, rows: &[Vec<Cell>]) -> Vec<Line> {
        for row in rows {
            for (column, cell) in row.iter().enumerate() {
                let least = if self.is_tight { 0 } else { WIDTH_MIN };
                let width = (shown(&cell.text).chars().count() + PADDING).max(least);
                match self.widths.get_mut(column) {
                    Some(known) => *known = width.max(*known),
                    None => self.widths.push(width),
                }
            }
        }
        rows.iter().map(|row| self.line(row)).collect()
    }

    fn line(&self, row: &[Cell]) -> Line {
        let mut spans = Vec::with_capacity(row.len());
        for (column, cell) in row.iter().enumerate() {
            let text = shown(&cell.text);
            let blanks = match self.widths.get(column) {
                Some(width) if column + 1 < row.len() => width.saturating_sub(text.chars().count()),
                _ => 0,
            };
            if cell.style == Style::Plain || text.is_empty() {
                spans.push(Span { text: text + &" ".repeat(blanks), style: Style::Plain });
                continue;
            }
            spans.push(Span { text, style: cell.style.clone() });
            if blanks > 0 {
                spans.push(Span { text: " ".repeat(blanks), style: Style::Plain });
            }
        }
        Line { stream: Stream::Out, spans, job: 0 }
    }
}

/// A cell's text up to its first line break.
fn shown(text: &str) -> String {
    match text.find(['\n', '\r', '\x0c']).and_then(|at| text.get(..at)) {
        Some(first) => format!("{first}..."),
        None => text.to_string(),
    }
}

/// Lines text with tabs up: a column is a run of lines that have a cell ended by a tab in it, as wide as its longest
/// cell and two blanks.
///
/// Follows Go's `text/tabwriter` with padding 2.
pub fn align_tabs(text: &str) -> Vec<String> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.split('\t').collect()).collect();
    let mut out = Vec::with_capacity(lines.len());
    format_block(&lines, 0, lines.len(), &mut Vec::new(), &mut out);
    out
}

fn format_block(lines: &[Vec<&str>], mut from: usize, to: usize, widths: &mut Vec<usize>, out: &mut Vec<String>) {
    let column = widths.len();
    let has_column = |at: usize| lines.get(at).is_some_and(|line| column + 1 < line.len());
    let mut at = from;
    while at < to {
        if !has_column(at) {
            at += 1;
            continue;
        }
        write_lines(lines, from, at, widths, out);
        from = at;
        let mut width = 0;
        while at < to && has_column(at) {
            let cell = lines.get(at).and_then(|line| line.get(column)).map_or(0, |cell| cell.chars().count());
            width = width.max(cell + 2);
            at += 1;
        }
        widths.push(width);
        format_block(lines, from, at, widths, out);
        widths.pop();
        from = at;
    }
    write_lines(lines, from, to, widths, out);
}

fn write_lines(lines: &[Vec<&str>], from: usize, to: usize, widths: &[usize], out: &mut Vec<String>) {
    for line in lines.get(from..to).unwrap_or(&[]) {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            text.push_str(cell);
            if let Some(width) = widths.get(column) {
                text.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count())));
            }
        }
        out.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[&[&str]]) -> Vec<Vec<Cell>> {
        text.iter().map(|row| row.iter().map(|cell| Cell::new(*cell)).collect()).collect()
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn widths_are_remembered() {
        let mut table = Table::default();
        let first = table.lines(&rows(&[&["NAME", "READY", "STATUS", "AGE"], &["web-0", "0/1", "Pending", "0s"]]));
        assert_eq!(texts(&first), ["NAME    READY   STATUS    AGE", "web-0   0/1     Pending   0s"]);
        let next = table.lines(&rows(&[&["web-0", "0/1", "ContainerCreating", "1s"]]));
        assert_eq!(texts(&next), ["web-0   0/1     ContainerCreating   1s"]);
        let last = table.lines(&rows(&[&["web-0", "1/1", "Running", "3s"]]));
        assert_eq!(texts(&last), ["web-0   1/1     Running             3s"]);
        let broken = Table::default().lines(&rows(&[&["a\nb", "c"]]));
        assert_eq!(texts(&broken), ["a...   c"]);
    }

    #[test]
    fn columns_are_runs_of_lines() {
        let text =
            "Name:\tweb\nLabels:\tapp=a\n\tb=c\nContainers:\n  nginx:\n    Image:\tx\n    Image ID:\ty\nEnd:\tz\n";
        let expected = [
            "Name:    web",
            "Labels:  app=a",
            "         b=c",
            "Containers:",
            "  nginx:",
            "    Image:     x",
            "    Image ID:  y",
            "End:           z",
        ];
        assert_eq!(align_tabs(text), expected);
        assert_eq!(align_tabs("a\tbb\tc\nd\te\n"), ["a  bb  c", "d  e"]);
    }
}
