//! `kubectl top`: the lab has no metrics server, and says so.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl top pods`.
pub const TOP_PODS: Verb = Verb {
    name: "top pods",
    flags: &[TOP_FLAGS],
    run: top,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Display resource (CPU/memory) usage of pods.",
        &[],
        &[help::SELECTOR, help::ALL_NAMESPACES],
        "top pod [NAME | -l label] [options]",
    ),
};

/// The row of `kubectl top pod`.
pub const TOP_POD: Verb = Verb {
    name: "top pod",
    flags: &[TOP_FLAGS],
    run: top,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Display resource (CPU/memory) usage of pods.",
        &[],
        &[help::SELECTOR, help::ALL_NAMESPACES],
        "top pod [NAME | -l label] [options]",
    ),
};

/// The row of `kubectl top nodes`.
pub const TOP_NODES: Verb = Verb {
    name: "top nodes",
    flags: &[TOP_FLAGS],
    run: top,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Display resource (CPU/memory) usage of nodes.",
        &[],
        &[help::SELECTOR],
        "top node [NAME | -l label] [options]",
    ),
};

/// The row of `kubectl top node`.
pub const TOP_NODE: Verb = Verb {
    name: "top node",
    flags: &[TOP_FLAGS],
    run: top,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Display resource (CPU/memory) usage of nodes.",
        &[],
        &[help::SELECTOR],
        "top node [NAME | -l label] [options]",
    ),
};

/// The flags of `top`.
pub const TOP_FLAGS: &[Flag] = &[
    short("selector", 'l', Takes::Text).ignored(),
    short("all-namespaces", 'A', Takes::Bool).ignored(),
    long("containers", Takes::Bool).ignored(),
    long("no-headers", Takes::Bool).ignored(),
    long("sort-by", Takes::Text).ignored(),
    long("sum", Takes::Bool).ignored(),
    long("field-selector", Takes::Text).ignored(),
    long("use-protocol-buffers", Takes::Bool).ignored(),
];

/// `kubectl top`: the lab has no metrics server.
///
/// # Errors
/// None: it says that there are no metrics.
pub fn top(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.before_dash().is_empty() && args.has("selector") {
        return Err(Failure::client("only one of NAME or selector can be provided"));
    }
    let exit = cx.fail(&Failure::client("Metrics API not available"));
    cx.hint("no_metrics", &[]);
    Ok(Flow::Done(exit))
}
