//! Shows replies as the client does: frames, lists, tabs; knows no server.

use super::connection::{Heading, Reply};

/// How replies are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Frames, counts and times, at the prompt.
    Interactive,
    /// Frames only.
    Framed,
    /// Columns between tabs.
    Tabs,
}

/// A reply as text. `seconds` stands in the parentheses.
pub fn print(reply: &Reply, style: Style, is_vertical: bool, has_names: bool, seconds: &str) -> String {
    match reply {
        Reply::Changed if style == Style::Interactive => "Database changed\n".to_string(),
        Reply::Changed => String::new(),
        Reply::Done { .. } if style != Style::Interactive => String::new(),
        Reply::Done { affected, note, warning } => {
            let rows = if *affected == 1 { "row" } else { "rows" };
            let note = if note.is_empty() { String::new() } else { format!("{note}\n") };
            let warning = if warning.is_some() { ", 1 warning" } else { "" };
            format!("Query OK, {affected} {rows} affected{warning} ({seconds} sec)\n{note}\n")
        }
        Reply::Rows { columns, rows } => {
            let mut text = match style {
                Style::Interactive if rows.is_empty() => return format!("Empty set ({seconds} sec)\n\n"),
                _ if rows.is_empty() => return String::new(),
                _ if is_vertical => vertical(columns, rows),
                Style::Tabs => return tabs(columns, rows, has_names),
                _ => frame(columns, rows, has_names),
            };
            if style == Style::Interactive {
                let count = rows.len();
                text.push_str(&format!(
                    "{count} {} in set ({seconds} sec)\n\n",
                    if count == 1 { "row" } else { "rows" }
                ));
            }
            text
        }
    }
}

type Columns = [Heading];
type Rows = [Vec<Option<String>>];

fn shown(cell: &Option<String>) -> &str {
    cell.as_deref().unwrap_or("NULL")
}

fn frame(columns: &Columns, rows: &Rows, has_names: bool) -> String {
    let width_of = |(at, column): (usize, &Heading)| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| width(shown(cell)));
        let least = if column.is_nullable { 4 } else { 0 };
        cells.chain([if has_names { width(&column.name) } else { 0 }, least]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = columns.iter().enumerate().map(width_of).collect();
    let border: String = widths.iter().map(|width| format!("+{}", "-".repeat(width + 2))).collect::<String>() + "+\n";
    let mut text = border.clone();
    if has_names {
        for (column, width) in columns.iter().zip(&widths) {
            text.push_str(&format!("| {} ", padded(&column.name, *width, false)));
        }
        text.push_str(&format!("|\n{border}"));
    }
    for row in rows {
        for ((cell, width), column) in row.iter().zip(&widths).zip(columns) {
            text.push_str(&format!("| {} ", padded(shown(cell), *width, column.is_number)));
        }
        text.push_str("|\n");
    }
    text + &border
}

fn padded(text: &str, size: usize, is_right: bool) -> String {
    let blanks = " ".repeat(size.saturating_sub(width(text)));
    if is_right { blanks + text } else { text.to_string() + &blanks }
}

/// The columns that text takes on a terminal: two for each wide character.
fn width(text: &str) -> usize {
    let of = |c: char| match u32::from(c) {
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1_f300..=0x1_faff | 0x2_0000..=0x3_fffd => 2,
        _ => 1,
    };
    text.chars().map(of).sum()
}

fn vertical(columns: &Columns, rows: &Rows) -> String {
    let size = columns.iter().map(|column| width(&column.name)).max().unwrap_or(0);
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let stars = "*".repeat(27);
        text.push_str(&format!("{stars} {}. row {stars}\n", at + 1));
        for (column, cell) in columns.iter().zip(row) {
            text.push_str(&format!("{}: {}\n", padded(&column.name, size, true), shown(cell)));
        }
    }
    text
}

fn tabs(columns: &Columns, rows: &Rows, has_names: bool) -> String {
    let mut text = String::new();
    if has_names {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        text.push_str(&format!("{}\n", names.join("\t")));
    }
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| shown(cell).replace('\n', "\\n").replace('\t', "\\t")).collect();
        text.push_str(&format!("{}\n", cells.join("\t")));
    }
    text
}
