//! `-o custom-columns`: tables of columns that somebody chose by templates; knows no kind.
//!
//! Follows `customcolumn.go` of kubectl's `cmd/get`.

use super::command::Failure;
use super::jsonpath;
use super::screen_text::Output;
use super::table::{Cell, Table};
use crate::model::Value;

/// The columns of `-o custom-columns=…`: headers and templates.
///
/// # Errors
/// kubectl's words for what is no list of columns.
pub(super) fn of(template: &str) -> Result<Vec<(String, String)>, Failure> {
    if template.is_empty() {
        return Err(Failure::client("custom-columns format specified but no custom columns given"));
    }
    let mut columns = Vec::new();
    for part in template.split(',') {
        let Some((header, path)) = part.split_once(':') else {
            return Err(Failure::client(format!(
                "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )));
        };
        columns.push((header.to_string(), jsonpath::relaxed(path).map_err(Failure::Client)?));
    }
    Ok(columns)
}

/// Columns from a file: a line of headers, and a line of paths below them.
///
/// # Errors
/// Lines that do not fit each other, and what is no path.
pub(super) fn of_file(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let (headers, paths) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if headers.len() != paths.len() || headers.is_empty() {
        return Err(Failure::client(format!(
            "number of headers ({}) and field specifications ({}) don't match",
            headers.len(),
            paths.len()
        )));
    }
    let columns = headers.iter().zip(&paths);
    let column = |(header, path): (&&str, &&str)| Ok(((*header).to_string(), jsonpath::relaxed(path)?));
    columns.map(column).collect::<Result<_, String>>().map_err(Failure::Client)
}

/// Prints objects below the headers, if there are to be any, up to the first that a template cannot be used with.
pub fn put(columns: &[(String, String)], has_header: bool, values: &[Value], table: &mut Table, out: &mut Output) {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    if has_header {
        rows.push(columns.iter().map(|(header, _)| Cell::new(header.clone())).collect());
    }
    let mut failed = None;
    for value in values {
        match texts(columns, value) {
            Ok(texts) => rows.extend(broken(&texts)),
            Err(why) => {
                failed = Some(why);
                break;
            }
        }
    }
    out.lines.extend(table.lines(&rows));
    if let Some(why) = failed {
        out.err(format!("error: {why}"));
    }
}

fn texts(columns: &[(String, String)], value: &Value) -> Result<Vec<String>, String> {
    columns.iter().map(|(_, template)| jsonpath::cell(template, value)).collect()
}

/// The rows of one object: what stands behind a line break in a text begins another.
fn broken(texts: &[String]) -> Vec<Vec<Cell>> {
    let mut rows = vec![Vec::new()];
    for text in texts {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                rows.push(Vec::new());
            }
            rows.last_mut().into_iter().for_each(|row| row.push(Cell::new(line)));
        }
    }
    rows
}
