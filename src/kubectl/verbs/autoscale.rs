//! `kubectl autoscale`: the lab has no metrics to scale by, and says so.

use super::dry_run::{DRY_RUN, finish};
use super::generators::not_kept;
use super::requests::FIELD_MANAGER;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::manifests;
use crate::kubectl::selection::{Rules, select_named};
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl autoscale`.
pub const AUTOSCALE: Verb = Verb {
    name: "autoscale",
    flags: FLAGS,
    run: autoscale,
    manager: "kubectl-autoscale",
    completes: Completes::Objects,
    help: help(
        "Look up a set and create an autoscaler for it. This lab has no metrics to scale by.",
        &[],
        &[("--min=-1", "The least pods."), ("--max=-1", "The most pods. Required.")],
        "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]",
    ),
};

/// The flags of `autoscale`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        DRY_RUN,
        FIELD_MANAGER,
        long("min", Takes::Int).ignored(),
        long("max", Takes::Int),
        long("cpu-percent", Takes::Int).ignored(),
        long("cpu", Takes::Text).ignored(),
        long("memory", Takes::Text).ignored(),
        long("name", Takes::Text).ignored(),
        long("save-config", Takes::Bool).ignored(),
        short("output", 'o', Takes::Text).ignored(),
    ],
];

/// `kubectl autoscale`: the lab has no metrics to scale by.
///
/// # Errors
/// What kubectl refuses.
pub fn autoscale(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let found = select_named(args, Rules::default(), cx)?;
    if args.int("max").is_none() {
        return Err(Failure::client("required flag(s) \"max\" not set"));
    }
    if !found.objects.is_empty() {
        return not_kept("horizontalpodautoscaler", "horizontalpodautoscalers", cx);
    }
    finish(&found.failures, cx)
}
