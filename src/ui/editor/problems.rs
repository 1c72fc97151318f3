//! What is wrong with a manifest, as places in its text; draws nothing.

use crate::cluster::Cluster;
use crate::explain::cause::fixed_fields;
use crate::i18n::Lang;
use crate::manifest::{Hint, Manifest, Problem, Severity, read_with};
use crate::model::{Key, Kind};
use crate::playground::{Compared, Playground};
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

/// Checks a text as the cluster's Kubernetes would, with the kinds that definitions have brought and the sets that are there.
pub fn check(text: &str, playground: &Playground) -> Vec<Mark> {
    let lines: Vec<&str> = text.split('\n').collect();
    let cluster = playground.cluster();
    let mut manifest = read_with(text, cluster.kubernetes(), &cluster.custom_types());
    let mut fixed = fixed(&manifest, cluster);
    // What is written otherwise and means the same is not refused.
    if !fixed.is_empty() && playground.compare(text) == Compared::Refused {
        manifest.problems.append(&mut fixed);
    }
    let marks = manifest.problems.into_iter().map(|problem| {
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

/// The fields of StatefulSets that a text asks to be otherwise than they are, and that no update may change.
fn fixed(manifest: &Manifest, cluster: &Cluster) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, document) in manifest.documents.iter().enumerate() {
        let Some(value) = &document.value else { continue };
        if Kind::of(value.str_at(&["apiVersion"]), value.str_at(&["kind"])) != Some(Kind::StatefulSet) {
            continue;
        }
        let namespace = match value.str_at(&["metadata", "namespace"]) {
            "" => "default",
            name => name,
        };
        let key = Key::new(Kind::StatefulSet, namespace.to_string(), value.str_at(&["metadata", "name"]).to_string());
        let Some(set) = cluster.get(&key) else { continue };
        problems.extend(fixed_fields(set, value).into_iter().map(|field| Problem {
            document: number,
            span: document.place(&format!("spec.{field}")).key,
            severity: Severity::Error,
            message: String::new(),
            hint: Some(Hint { id: "set-fixed", arguments: vec![field.to_string(), key.name.to_string()] }),
        }));
    }
    problems
}
