//! `kubectl create`: new objects of files, or of flags by one of its subcommands (`create_subcommands`).
//!
//! Follows `pkg/cmd/create/create.go` of kubectl.

use super::create_subcommands::{SUBCOMMANDS, family_of};
use super::requests::{OnFailure, create_at, create_value, for_each, key_of, validation, with_saved_config};
use super::{create_edit, create_flags, dry_run, raw};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::help::{self, help};
use crate::kubectl::kustomize::content_hash;
use crate::kubectl::manifests::are_named;
use crate::kubectl::output_formats::{Format, print_operation, print_typed_operation};
use crate::kubectl::subcommand::{Makes, Subcommand, find};
use crate::kubectl::verb::{Completes, Forms, Group, Verb, Ways};
use crate::model::Value;

/// The row of `kubectl create`.
pub const CREATE: Verb = Verb {
    name: "create",
    flags: create_flags::ALL,
    run: create,
    manager: "kubectl-create",
    completes: Completes::Nothing,
    listed: Group::Beginner.at(1),
    ways: Ways {
        takes_command: true,
        changes_sizes: true,
        makes: Some(Forms { rows: SUBCOMMANDS, flags_alone: create_flags::WITH_FILES }),
        ..Ways::USUAL
    },
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
        return create_object(words, args, cx);
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
        let mut value =
            if args.is("save-config") { source.with_last_applied(&key.namespace) } else { source.value.clone() };
        cx.note_cause_in(&mut value);
        let object = create_at(&value, &source.file, &key, validation, args, cx)?;
        print_operation(args, &object, "created", cx)
    })?;
    Ok(Flow::Done(exit))
}

/// `kubectl create namespace lab` and its kin; `words` stand behind `create`.
fn create_object(words: &[String], args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((row, rest)) = find(SUBCOMMANDS, words) else {
        return match words.split_first().and_then(|(first, rest)| Some((family_of(first)?, rest))) {
            Some((family, rest)) => unknown_subcommand(family, rest, cx),
            None => Err(Failure::Usage(format!("Unexpected args: [{}]", words.join(" ")), "create".into())),
        };
    };
    if let Some(text) = row.missing(args) {
        return Err(Failure::client(text));
    }
    let [name] = rest else {
        let text = format!("exactly one NAME is required, got {}", rest.len());
        return Err(Failure::Usage(text, format!("create {}", row.name)));
    };
    match row.makes {
        Makes::Answer(answer) => answer(name, args, cx),
        Makes::Object(make) => create_made(row, name, make, args, cx),
    }
}

/// Sends what a subcommand makes of its flags.
fn create_made(
    row: &Subcommand,
    name: &str,
    make: fn(&str, &Args, &mut Cx<'_>) -> Result<Value, Failure>,
    args: &Args,
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    Format::of(args, cx)?;
    validation(args)?;
    if name.is_empty() && row.asks_for_name {
        return Err(Failure::client("name must be specified"));
    }
    let mut value = make(name, args, cx)?;
    if args.is("append-hash") {
        let name = format!("{}-{}", value.str_at(&["metadata", "name"]), content_hash(&value));
        value.set_at(&["metadata", "name"], name);
    }
    if row.saves_config {
        value = with_saved_config(value, args);
    }
    let stored = create_value(&value, args, cx).map_err(|failure| match (failure, row.failed) {
        (Failure::Server(error), Some(attempt)) => Failure::Raw(format!("error: failed to create {attempt} {error}")),
        (failure, _) => failure,
    })?;
    print_typed_operation(args, &stored, "created", cx)?;
    OK
}

/// What `create secret` and `create service` say of a subcommand that they do not have, or of none.
fn unknown_subcommand(family: &str, rest: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = format!("create {family}");
    if !rest.is_empty() {
        return Err(Failure::Usage(format!("unknown command {:?}", rest.join(" ")), name));
    }
    let help = crate::kubectl::help::family(&name).unwrap_or_default();
    help.lines().for_each(|line| cx.out.err(line.to_string()));
    Ok(Flow::Done(1))
}
