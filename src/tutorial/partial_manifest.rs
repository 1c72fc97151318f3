//! Manifests that nobody applies: a part of a file, a template from which files are made, an object as the cluster has it.

use super::compare::is_left_out;

/// Whether a YAML text leaves something out, has places that a template fills, or is an object as the API server stores it:
/// it cannot be applied as it stands.
pub(super) fn is_excerpt(text: &str) -> bool {
    if has_field(text, &["uid"]) && has_field(text, &["resourceVersion"]) {
        return true;
    }
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

/// The kind of a YAML text that a program of the reader's reads, and no API server: kustomize's, kind's, a kubelet's.
pub(super) fn kind_for_program(text: &str) -> Option<&str> {
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim).unwrap_or_default();
    let (group, kind) = (value("apiVersion:"), value("kind:"));
    let is_own =
        [".config.k8s.io/", "kind.x-k8s.io/", "kubeadm.k8s.io/", "audit.k8s.io/"].iter().any(|it| group.contains(it));
    (is_own || matches!(kind, "Kustomization" | "Component" | "Config")).then_some(kind)
}

/// Whether a text in YAML or JSON has one of these fields.
pub(super) fn has_field(text: &str, fields: &[&str]) -> bool {
    text.lines().any(|line| {
        let (key, rest) = line.trim_start().split_once(':').unwrap_or_default();
        fields.contains(&key.trim_matches('"')) && (rest.is_empty() || rest.starts_with(' '))
    })
}
