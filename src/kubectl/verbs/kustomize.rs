//! `kubectl kustomize`: what a kustomization builds.
//!
//! Follows `kustomize/commands/build` of kustomize.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files::write_file;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::manifests::kustomized;
use crate::kubectl::output_formats::text_lines;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::manifest::to_yaml;

/// The flags of `kustomize`.
pub const FLAGS: &[&[Flag]] = &[&[
    short("output", 'o', Takes::Text),
    short("env", 'e', Takes::Each).ignored(),
    long("as-current-user", Takes::Bool).ignored(),
    long("enable-alpha-plugins", Takes::Bool).ignored(),
    long("enable-helm", Takes::Bool).ignored(),
    long("helm-api-versions", Takes::List).ignored(),
    long("helm-command", Takes::Text).ignored(),
    long("helm-debug", Takes::Bool).ignored(),
    long("helm-kube-version", Takes::Text).ignored(),
    long("load-restrictor", Takes::Text).ignored(),
    long("mount", Takes::Each).ignored(),
    long("network", Takes::Bool).ignored(),
    long("network-name", Takes::Text).ignored(),
]];

/// The row of `kubectl kustomize`.
pub const KUSTOMIZE: Verb = Verb {
    name: "kustomize",
    flags: FLAGS,
    run: kustomize,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: Group::Advanced.at(6),
    ways: Ways { needs_server: false, ..Ways::USUAL },
    help: help("Build a set of resources from a directory with a kustomization.", &[], &[], "kustomize DIR [options]"),
};

/// `kubectl kustomize`.
///
/// # Errors
/// kustomize's words for what is wrong with a kustomization.
pub fn kustomize(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let folder = match args.before_dash() {
        [] => ".".to_string(),
        [folder] => folder.clone(),
        _ => return Err(Failure::client("specify one path to kustomization.yaml")),
    };
    let texts: Vec<String> = kustomized(&folder, cx)?.iter().map(to_yaml).collect();
    let text = texts.join("---\n");
    match args.get("output") {
        Some(file) => write_file(file, text, cx),
        None => text_lines(&text, &mut cx.out),
    }
    OK
}
