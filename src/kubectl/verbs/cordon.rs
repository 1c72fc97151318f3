//! `kubectl cordon` and `uncordon`: nodes that take no new pods.
//!
//! Follows `pkg/cmd/drain/drain.go` of kubectl.

use super::dry_run::{self, DRY_RUN, finish, is_dry};
use super::requests::update;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag};
use crate::kubectl::help::{self, help};
use crate::kubectl::output_formats::print_operation;
use crate::kubectl::resources::{Resource, Scope, fetch, namespace_of};
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::node::is_cordoned;
use crate::model::{Kind, Object};
use std::rc::Rc;

/// The row of `kubectl uncordon`.
pub const UNCORDON: Verb = Verb {
    name: "uncordon",
    flags: &[CORDON_FLAGS],
    run: uncordon,
    manager: "kubectl",
    completes: Completes::Nodes,
    listed: Group::Cluster.at(5),
    ways: Ways::USUAL,
    help: help(
        "Mark node as schedulable.",
        &[("New pods may come again", "kubectl uncordon node-1")],
        &[help::DRY_RUN, help::SELECTOR],
        "uncordon NODE [options]",
    ),
};

/// The row of `kubectl cordon`.
pub const CORDON: Verb = Verb {
    name: "cordon",
    flags: &[CORDON_FLAGS],
    run: cordon,
    manager: "kubectl",
    completes: Completes::Nodes,
    listed: Group::Cluster.at(4),
    ways: Ways::USUAL,
    help: help(
        "Mark node as unschedulable.",
        &[("No new pods on this node", "kubectl cordon node-1")],
        &[help::DRY_RUN, help::SELECTOR],
        "cordon NODE [options]",
    ),
};

/// The flags of `cordon` and `uncordon`.
pub const CORDON_FLAGS: &[Flag] = &[selection::SELECTOR, DRY_RUN];

/// Refuses a command that names no node, or names them in two ways.
///
/// # Errors
/// kubectl's words for it.
pub fn check_named(args: &Args, verb: &str) -> Result<(), Failure> {
    let words = args.before_dash();
    if words.is_empty() && !args.has("selector") {
        return Err(Failure::Usage(format!("USAGE: {verb} NODE [flags]"), verb.into()));
    }
    if !words.is_empty() && args.has("selector") {
        let text = "cannot specify both a node name and a --selector option";
        return Err(Failure::Usage(text.into(), verb.into()));
    }
    Ok(())
}

/// A kind's group and version as Go prints a resource: `apps/v1`, and `/v1` for the core.
fn schema_version(kind: Kind) -> String {
    match kind.api_version() {
        version if version.contains('/') => version.to_string(),
        version => format!("/{version}"),
    }
}

/// The nodes that are named.
///
/// # Errors
/// What is missing.
pub fn nodes(args: &Args, verb: &str, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    check_named(args, verb)?;
    let words = args.before_dash();
    if args.has("selector") {
        return Scope { namespace: None, ..Scope::of(args, cx)? }.list(Resource::Kept(Kind::Node), cx);
    }
    let mut found = Vec::new();
    for word in words {
        let (kind, name) = word.split_once('/').unwrap_or(("node", word));
        let resource = Resource::named(kind, cx)?;
        let object = fetch(resource, &namespace_of(args, cx), name, cx)?;
        if object.kind != Kind::Node {
            let what = format!("{}, Resource={}", schema_version(object.kind), object.kind.names().plural);
            return Err(Failure::client(format!("expected resource of type node, got {what:?}")));
        }
        found.push(object);
    }
    Ok(found)
}

/// `kubectl cordon`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn cordon(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let nodes = nodes(args, "cordon", cx)?;
    set_all_unschedulable(args, &nodes, true, cx)
}

/// `kubectl uncordon`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn uncordon(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let nodes = nodes(args, "uncordon", cx)?;
    set_all_unschedulable(args, &nodes, false, cx)
}

/// Closes or opens nodes for new pods.
///
/// # Errors
/// A dry run of a kind that does not exist.
pub fn set_all_unschedulable(
    args: &Args,
    nodes: &[Rc<Object>],
    wanted: bool,
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    let mut failures = Vec::new();
    cx.one_by_one(nodes, &mut failures, &mut |node, cx| set_unschedulable(args, node, wanted, cx));
    finish(&failures, cx)
}

fn set_unschedulable(args: &Args, node: &Rc<Object>, wanted: bool, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let now = is_cordoned(node);
    let verb = if wanted { "cordoned" } else { "uncordoned" };
    if now == wanted {
        return print_operation(args, node, &format!("already {verb}"), cx);
    }
    if !is_dry(args) {
        let mut next = Object::clone(node);
        if wanted {
            next.set_at(&["spec", "unschedulable"], true);
        } else {
            next.remove_at(&["spec", "unschedulable"]);
        }
        // kubectl names the failure and goes on as if there were none.
        if let Err(failure) = update(node, next, cx) {
            let Failure::Server(error) = failure else { return Err(failure) };
            let word = if wanted { "cordon" } else { "uncordon" };
            cx.out.err(format!("error: unable to {word} node {:?}: {error}", node.meta.name.as_str()));
            return Ok(());
        }
    }
    print_operation(args, node, verb, cx)
}
