//! `kubectl create -f`: new objects of files; the short forms beside it are in `generators`.

use super::dry_run::{self, DRY_RUN};
use super::generators;
use super::requests::{FIELD_MANAGER, OnFailure, VALIDATE, create_at, for_each, key_of, validation};
use super::{create_secret, create_token, data_sources};
use crate::cluster::with_last_applied;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::print::{self, print_operation};
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl create`.
pub const CREATE: Verb = Verb {
    name: "create",
    flags: FLAGS,
    run: create,
    manager: "kubectl-create",
    completes: Completes::Nothing,
    help: help(
        "Create a resource from a file or from stdin.",
        &[
            ("Create what stands in the editor", "kubectl create -f manifest.yaml"),
            ("Create a namespace", "kubectl create namespace lab"),
        ],
        &[help::FILE, help::DRY_RUN, ("--save-config=false", "Keep what was created for a later apply."), help::OUTPUT],
        "create -f FILENAME [options]",
    ),
};

/// The flags of `create`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    print::FLAGS,
    data_sources::FLAGS,
    create_secret::FLAGS,
    create_token::FLAGS,
    &[
        selection::SELECTOR,
        DRY_RUN,
        VALIDATE,
        FIELD_MANAGER,
        long("save-config", Takes::Bool),
        long("edit", Takes::Bool).refused(),
        long("raw", Takes::Text).refused(),
        long("windows-line-endings", Takes::Bool).ignored(),
        long("append-hash", Takes::Bool),
        long("tcp", Takes::List),
        long("clusterip", Takes::Text),
        long("node-port", Takes::Int),
        long("type", Takes::Text),
        long("image", Takes::List),
        long("replicas", Takes::Int),
        long("min-available", Takes::Text),
        long("max-unavailable", Takes::Text),
        long("hard", Takes::List),
        long("scopes", Takes::List),
        long("external-name", Takes::Text),
        long("value", Takes::Int),
        long("global-default", Takes::Bool),
        long("description", Takes::Text),
        long("preemption-policy", Takes::Text),
        long("port", Takes::Int),
        long("schedule", Takes::Text),
        long("restart", Takes::Text),
        long("from", Takes::Text),
        long("class", Takes::Text),
        long("rule", Takes::Each),
        long("default-backend", Takes::Text),
        long("annotation", Takes::Each),
        long("verb", Takes::List),
        long("resource", Takes::List),
        long("resource-name", Takes::List),
        long("non-resource-url", Takes::List),
        long("aggregation-rule", Takes::List),
        long("role", Takes::Text),
        long("clusterrole", Takes::Text),
        long("user", Takes::List),
        long("group", Takes::List),
        long("serviceaccount", Takes::List),
    ],
];

/// `kubectl create`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn create(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    dry_run::check(args, cx)?;
    if !are_named(args) {
        return match words.split_first() {
            None => Err(Failure::client("must specify one of -f and -k")),
            Some((what, rest)) => generators::create_object(what, rest, args, cx),
        };
    }
    if !words.is_empty() {
        return Err(Failure::Usage(format!("Unexpected args: [{}]", words.join(" ")), "create".into()));
    }
    let validation = validation(args)?;
    let exit = for_each(args, cx, "no objects passed to create", OnFailure::GoOn, &mut |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        let value = if args.is("save-config") {
            with_last_applied(&source.value, &key.namespace)
        } else {
            source.value.clone()
        };
        let object = create_at(&value, &source.file, &key, validation, args, cx)?;
        print_operation(args, &object, "created", cx)
    })?;
    Ok(Flow::Done(exit))
}
