//! `kubectl top`: the lab has no metrics server, and says so.
//!
//! Follows `pkg/cmd/top` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::verb::{Completes, Verb, Ways};

/// The row of `kubectl top pods`.
pub const TOP_PODS: Verb = Verb { name: "top pods", ..TOP_POD };

/// The row of `kubectl top pod`.
pub const TOP_POD: Verb = Verb {
    name: "top pod",
    flags: &[TOP_FLAGS, POD_FLAGS],
    run: top_pod,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Display resource (CPU/memory) usage of pods.",
        &[],
        &[help::SELECTOR, help::ALL_NAMESPACES],
        "top pod [NAME | -l label] [options]",
    ),
};

/// The row of `kubectl top nodes`.
pub const TOP_NODES: Verb = Verb { name: "top nodes", ..TOP_NODE };

/// The row of `kubectl top node`.
pub const TOP_NODE: Verb = Verb {
    name: "top node",
    flags: &[TOP_FLAGS, NODE_FLAGS],
    run: top_node,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Display resource (CPU/memory) usage of nodes.",
        &[],
        &[help::SELECTOR],
        "top node [NAME | -l label] [options]",
    ),
};

/// The flags of `top` in both forms.
pub const TOP_FLAGS: &[Flag] = &[
    short("selector", 'l', Takes::Text),
    long("no-headers", Takes::Bool).ignored(),
    long("sort-by", Takes::Text),
    long("show-swap", Takes::Bool).ignored(),
    long("use-protocol-buffers", Takes::Bool).ignored(),
];

/// The flags that only `top pod` has.
const POD_FLAGS: &[Flag] = &[
    short("all-namespaces", 'A', Takes::Bool).ignored(),
    long("field-selector", Takes::Text),
    long("containers", Takes::Bool).ignored(),
    long("sum", Takes::Bool).ignored(),
];

/// The flags that only `top node` has.
const NODE_FLAGS: &[Flag] = &[long("show-capacity", Takes::Bool).ignored()];

/// `kubectl top pod`.
///
/// # Errors
/// What kubectl refuses.
pub fn top_pod(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_selected = !args.text("selector").is_empty() || !args.text("field-selector").is_empty();
    top(args, "pod", is_selected.then_some("only one of NAME or selector can be provided"), cx)
}

/// `kubectl top node`.
///
/// # Errors
/// What kubectl refuses.
pub fn top_node(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_selected = !args.text("selector").is_empty();
    top(args, "node", is_selected.then_some("only one of NAME or --selector can be provided"), cx)
}

/// The lab has no metrics server; what kubectl refuses comes before. `selected` is what it says of a name beside a
/// selector.
fn top(args: &Args, what: &str, selected: Option<&str>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.words.len() > 1 {
        return Err(Failure::Usage(format!("{what} [NAME | -l label]"), format!("top {what}")));
    }
    if !matches!(args.text("sort-by"), "" | "cpu" | "memory") {
        return Err(Failure::client("--sort-by accepts only cpu or memory"));
    }
    if let Some(text) = selected.filter(|_| !args.words.is_empty()) {
        return Err(Failure::client(text));
    }
    let exit = cx.fail(&Failure::client("Metrics API not available"));
    cx.hint("no_metrics", &[]);
    Ok(Flow::Done(exit))
}
