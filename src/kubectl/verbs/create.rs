//! `kubectl create -f`: new objects of files; the short forms beside it are in `generators`.

use super::requests::{OnFailure, create_at, for_each, key_of, validation};
use super::{create_edit, create_flags, dry_run, generators, raw};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::Args;
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::are_named;
use crate::kubectl::print::{Format, print_operation};
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl create`.
pub const CREATE: Verb = Verb {
    name: "create",
    flags: create_flags::ALL,
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

/// `kubectl create`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn create(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    let has_files = are_named(args);
    if !words.is_empty() && !has_files {
        return generators::create_object(words, args, cx);
    }
    if !has_files {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    raw::check_sent_file(args)?;
    if !words.is_empty() {
        return Err(Failure::Usage(format!("Unexpected args: [{}]", words.join(" ")), "create".into()));
    }
    dry_run::check(args, cx)?;
    let validation = validation(args)?;
    Format::of(args, cx)?;
    if !args.text("raw").is_empty() {
        return raw::post(args, cx);
    }
    if args.is("edit") {
        return create_edit::run(args, cx);
    }
    let exit = for_each(args, cx, "no objects passed to create", OnFailure::GoOn, &mut |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        let value =
            if args.is("save-config") { source.with_last_applied(&key.namespace) } else { source.value.clone() };
        let object = create_at(&value, &source.file, &key, validation, args, cx)?;
        print_operation(args, &object, "created", cx)
    })?;
    Ok(Flow::Done(exit))
}
