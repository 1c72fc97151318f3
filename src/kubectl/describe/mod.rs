//! What `kubectl describe` says of one object, as text with tabs that the printer lines up; knows no arguments.
//!
//! Follows `pkg/describe/describe.go` of kubectl: the order of the fields, the indents, and which lines share columns.

pub(super) mod access;
pub(super) mod budget;
pub(super) mod events;
pub(super) mod generic;
pub(super) mod limits;
pub(super) mod network;
pub(super) mod nodes;
pub(super) mod pod;
mod pod_volumes;
pub(super) mod services;
pub(super) mod small_kinds;
pub(super) mod stateful_set;
pub(super) mod storage;
mod volume_sources;
pub(super) mod workloads;

use super::cells::scalar;
pub use super::cells::selector_text;
use crate::cluster::Cluster;
use crate::model::duration::human_duration;
use crate::model::{Labels, Millis, Object, Quantity, Value};
use std::fmt::{Display, Write as _};

/// A pod template as describe writes it, with its tabs.
pub fn template_text(cluster: &Cluster, template: &Value) -> String {
    let mut page = Page::new(cluster);
    page.line(0, "Pod Template:");
    pod::template(&mut page, template);
    page.text
}

/// The text so far, and what it is about.
pub(super) struct Page<'a> {
    cluster: &'a Cluster,
    now: Millis,
    text: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(cluster: &'a Cluster) -> Page<'a> {
        Page { cluster, now: cluster.now(), text: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// A line of its own at an indent of `level`.
    fn line(&mut self, level: usize, text: impl Display) {
        _ = writeln!(self.text, "{:width$}{text}", "", width = 2 * level);
    }

    /// `label:` and a value in the next column.
    fn field(&mut self, level: usize, label: &str, value: impl Display) {
        self.line(level, format_args!("{label}:\t{value}"));
    }

    /// A field, left out if its value is empty.
    fn optional(&mut self, level: usize, label: &str, value: &str) {
        if !value.is_empty() {
            self.field(level, label, value);
        }
    }

    /// One line for each text, the first behind the label; `<none>` if there is none.
    fn lines(&mut self, level: usize, label: &str, texts: impl IntoIterator<Item = String>) {
        let mut texts = texts.into_iter();
        self.field(level, label, texts.next().as_deref().unwrap_or("<none>"));
        for text in texts {
            self.line(0, format_args!("\t{text}"));
        }
    }

    /// Labels or a selector, one a line.
    fn labels(&mut self, level: usize, label: &str, labels: &Labels) {
        self.lines(level, label, labels.iter().map(|(key, value)| format!("{key}={value}")));
    }

    /// Annotations, one a line, without what `kubectl apply` keeps for itself.
    fn annotations(&mut self, level: usize, label: &str, annotations: &Labels) {
        const LENGTH_MAX: usize = 140;
        let shown = annotations.iter().filter(|(key, _)| key.as_str() != LAST_APPLIED);
        let mut lines = Vec::new();
        for (key, value) in shown {
            let value = value.strip_suffix('\n').unwrap_or(value);
            if value.len() + key.len() + 2 > LENGTH_MAX || value.contains('\n') {
                lines.push(format!("{key}:"));
                lines.extend(value.split('\n').map(|part| format!("  {}", shorten(part, LENGTH_MAX - 2))));
            } else {
                lines.push(format!("{key}: {value}"));
            }
        }
        self.lines(level, label, lines);
    }

    /// Name, and the namespace if the kind has one.
    fn name(&mut self, object: &Object) {
        self.field(0, "Name", &object.meta.name);
        if object.kind.names().is_namespaced {
            self.field(0, "Namespace", &object.meta.namespace);
        }
    }

    /// Labels and annotations of the object.
    fn metadata(&mut self, object: &Object) {
        self.labels(0, "Labels", &object.meta.labels);
        self.annotations(0, "Annotations", &object.meta.annotations);
    }

    /// How long ago a moment was, as describe writes it.
    fn since(&self, at: Millis) -> String {
        human_duration(self.now - at)
    }

    /// How long ago the time in a field was; `<unknown>` without one.
    fn since_value(&self, time: Option<&Value>) -> String {
        match time.and_then(Value::as_str).and_then(Millis::parse_rfc3339) {
            Some(at) => self.since(at),
            None => "<unknown>".into(),
        }
    }
}

/// The annotation in which `kubectl apply` keeps what it applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// At most `length` bytes of `text`, and dots if something is missing.
fn shorten(text: &str, length: usize) -> String {
    if text.len() <= length {
        return text.to_string();
    }
    let end = (0..=length).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}...", text.get(..end).unwrap_or(""))
}

/// A time in a field as describe writes it.
fn written_time(time: Option<&Value>) -> String {
    match time.and_then(Value::as_str).and_then(Millis::parse_rfc3339) {
        Some(at) => at.rfc1123z(),
        None => "Mon, 01 Jan 0001 00:00:00 +0000".into(),
    }
}

/// A text, or `<none>`.
fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
}

/// The strings of a list, joined.
fn joined(list: &[Value], separator: &str) -> String {
    list.iter().map(scalar).collect::<Vec<_>>().join(separator)
}

/// An amount in a field; nothing for a missing or broken one.
fn amount(value: Option<&Value>) -> Quantity {
    let text = value.map(scalar).unwrap_or_default();
    Quantity::parse(&text).or_else(|_| Quantity::parse("0")).unwrap_or_else(|_| unreachable!("0 is an amount"))
}
