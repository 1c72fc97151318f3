//! What kubectl says of a word that is no command of its own, and what it suggests.

use crate::kubectl::suggest;

/// kubectl's order of its commands, in which it suggests them.
const ORDER: &[&str] = &[
    "create",
    "expose",
    "run",
    "set",
    "explain",
    "get",
    "edit",
    "delete",
    "rollout",
    "scale",
    "autoscale",
    "certificate",
    "cluster-info",
    "top",
    "cordon",
    "uncordon",
    "drain",
    "taint",
    "describe",
    "logs",
    "attach",
    "exec",
    "port-forward",
    "proxy",
    "cp",
    "auth",
    "debug",
    "events",
    "diff",
    "apply",
    "patch",
    "replace",
    "wait",
    "kustomize",
    "label",
    "annotate",
    "completion",
    "alpha",
    "api-resources",
    "api-versions",
    "config",
    "plugin",
    "version",
];

/// The commands that kubectl suggests: at most two letters away, or beginning with what was typed.
pub(super) fn suggestions(word: &str) -> Vec<&'static str> {
    let is_near = |name: &&&str| suggest::distance(word, name) <= 2 || name.starts_with(word);
    ORDER.iter().filter(is_near).copied().collect()
}
