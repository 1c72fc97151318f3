//! `kubectl kustomize`: what a kustomization builds.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::files;
use crate::kubectl::flags::Args;
use crate::kubectl::help::help;
use crate::kubectl::manifests::no_kustomization;
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl kustomize`.
pub const KUSTOMIZE: Verb = Verb {
    name: "kustomize",
    flags: &[],
    run: kustomize,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Build a set of resources from a directory with a kustomization. This lab keeps plain manifests.",
        &[],
        &[],
        "kustomize DIR [options]",
    ),
};

/// `kubectl kustomize`: the working directory holds plain manifests.
///
/// # Errors
/// Always: there is no kustomization.
pub fn kustomize(args: &Args, _: &mut Cx<'_>) -> Result<Flow, Failure> {
    let directory = args.before_dash().first().map_or(files::HOME, String::as_str);
    Err(no_kustomization(directory))
}
