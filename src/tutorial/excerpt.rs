//! Manifests that are no whole ones: authors show a part of a file, and templates from which files are made.

use super::compare::is_left_out;

/// Whether a YAML text leaves something out, or has places that a template fills: it cannot be applied as it stands.
pub(super) fn is_excerpt(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    // `...` also ends a document that has begun with `---`.
    let is_end = |at: usize| at + 1 == lines.len() && lines[at] == "..." && lines[0].starts_with("---");
    lines.iter().enumerate().any(|(at, line)| is_dots(line) && !is_end(at) || is_filled(line))
}

/// `...`, `# ...`.
fn is_dots(line: &str) -> bool {
    let line = line.trim().trim_start_matches('#').trim();
    line != ":" && is_left_out(line)
}

/// `{{ if .Values.x }}`, `replicas: {{ .Values.replicas }}`: no YAML has a mapping of mappings in braces there.
fn is_filled(line: &str) -> bool {
    let line = line.trim_start();
    let value = line.split_once(": ").map_or(line, |(key, value)| if key.contains(' ') { line } else { value });
    value.trim_start().starts_with("{{")
}
