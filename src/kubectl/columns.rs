//! The cells of `kubectl get` as the API server's table printer fills them: one file for each group of kinds, and what
//! they share; lines nothing up.
//!
//! Follows `pkg/printers/internalversion/printers.go`.

pub(super) mod access;
pub(super) mod autoscalers;
pub(super) mod budgets;
pub(super) mod events;
pub(super) mod jobs;
pub(super) mod limits;
pub(super) mod network;
pub(super) mod nodes;
pub(super) mod pods;
pub(super) mod storage;
pub(super) mod workloads;

pub use super::cells::{Column, int_or_string, labels_text, pairs, since, since_text};
use crate::kubectl::cells::selector_text;
use crate::kubectl::screen_text::Style;
use crate::kubectl::table::Cell;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::conditions::phase;
use crate::model::{Millis, Object, Text};
pub use events::event_times;
pub use network::first_three;
pub use storage::access_modes;

/// The column of a ServiceAccount's secrets.
pub(super) const SECRETS: &str = "SECRETS";

/// Whether a version of Kubernetes prints a column.
pub fn is_printed(column: &Column, kubernetes: Kubernetes) -> bool {
    column.0 != SECRETS || !kubernetes.has(Difference::NoSecretsColumn)
}

/// The cell that names an object, and leads to it.
pub fn name_cell(object: &Object, name: &str) -> Cell {
    let style = Style::Name {
        kind: object.kind,
        namespace: object.meta.namespace.to_string(),
        name: object.meta.name.to_string(),
    };
    Cell::styled(name, style)
}

/// How long ago an object was created.
pub fn age(object: &Object, now: Millis) -> String {
    since(object.meta.created.truncated(), now)
}

/// A state with its meaning.
pub(super) fn state(text: &str) -> Cell {
    let style = match text {
        "Running" | "Bound" | "Active" | "Ready" | "Completed" | "Succeeded" | "Available" => Style::Good,
        "Pending" | "ContainerCreating" | "Terminating" | "Released" | "PodInitializing" | "Unknown" => Style::Warn,
        text if text.starts_with("Init:") && !text.contains("Err") && !text.contains("Back") => Style::Warn,
        text if text.starts_with("Ready,") => Style::Warn,
        "" => Style::Plain,
        _ => Style::Bad,
    };
    Cell::styled(text, style)
}

fn or_none(text: &str) -> Cell {
    Cell::new(if text.is_empty() { "<none>" } else { text })
}

fn phase_or_terminating(object: &Object) -> String {
    if object.meta.is_terminating() { "Terminating".into() } else { phase(object).to_string() }
}

fn unset(text: &str) -> Cell {
    Cell::new(if text.is_empty() { "<unset>" } else { text })
}

/// The value of a label as a column, and the column's header.
pub fn label_header(key: &str) -> String {
    key.rsplit('/').next().unwrap_or(key).to_ascii_uppercase()
}

/// The value of a label.
pub fn label_cell(object: &Object, key: &str) -> Cell {
    Cell::new(object.meta.labels.get(key).map_or("", Text::as_str))
}

fn number(object: &Object, path: &[&str]) -> i64 {
    object.i64_at(path).unwrap_or(0)
}

/// Names and images of a template's containers, and the selector.
fn wide_cells(object: &Object, template: &[&str]) -> Vec<Cell> {
    let path = [template, &["spec", "containers"]].concat();
    let containers = object.list_at(&path);
    let join = |field: &str| containers.iter().map(|it| it.str_at(&[field])).collect::<Vec<_>>().join(",");
    let selector = selector_text(object.at(&["spec", "selector"]));
    vec![Cell::new(join("name")), Cell::new(join("image")), Cell::new(selector)]
}

fn shares(have: i64, want: i64) -> Cell {
    let style = if have == want { Style::Good } else { Style::Warn };
    Cell::styled(format!("{have}/{want}"), style)
}
