//! What is wrong with a manifest, as places in its text; draws nothing.

use crate::i18n::Lang;
use crate::kubernetes::Kubernetes;
use crate::manifest::{CustomType, Hint, Severity, read_with};
use std::ops::Range;

/// A problem at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its line, from 0.
    pub row: usize,
    /// Its column in characters, from 0.
    pub column: usize,
    /// Where in the line, in bytes.
    pub range: Range<usize>,
    /// How bad it is.
    pub severity: Severity,
    message: String,
    hint: Option<Hint>,
}

impl Mark {
    /// What is wrong: the words of kubectl or the API server, or ours where they say nothing.
    pub fn text(&self, lang: Lang) -> String {
        if self.message.is_empty() { self.sentence(lang) } else { self.message.clone() }
    }

    /// What could be done; empty if nobody knows.
    pub fn hint(&self, lang: Lang) -> String {
        if self.message.is_empty() { String::new() } else { self.sentence(lang) }
    }

    fn sentence(&self, lang: Lang) -> String {
        self.hint.as_ref().map_or_else(String::new, |hint| hint.sentence(lang))
    }
}

/// Checks a text as that Kubernetes would, with the kinds that definitions have brought.
pub fn check(text: &str, kubernetes: Kubernetes, custom: &[CustomType]) -> Vec<Mark> {
    let lines: Vec<&str> = text.split('\n').collect();
    let marks = read_with(text, kubernetes, custom).problems.into_iter().map(|problem| {
        let row = problem.span.line.saturating_sub(1).min(lines.len().saturating_sub(1));
        let line = lines.get(row).copied().unwrap_or_default();
        let column = problem.span.column.saturating_sub(1);
        let from = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        let length = problem.span.end.saturating_sub(problem.span.start);
        let to = (from.saturating_add(length)).min(line.len());
        let to = (from..=to).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(from);
        // A place without width is shown from the line's first character on.
        let first = line.len() - line.trim_start().len();
        let range = if to > from { from..to } else { first.min(from)..line.len() };
        Mark { row, column, range, severity: problem.severity, message: problem.message, hint: problem.hint }
    });
    marks.collect()
}
