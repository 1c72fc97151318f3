//! `kubectl diff`: what an apply would change, as two forms beside each other; changes nothing.
//!
//! Follows `pkg/cmd/diff/diff.go` of kubectl.

use super::apply::{is_empty, patch_between};
use super::prune::{self, Pruning};
use super::requests::{FIELD_MANAGER, OnFailure, create_one, dry_patch, for_each, key_of, patch_type_of, warn};
use crate::cluster::{ApiError, Client, FieldValidation, last_applied};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::external_diff::Program;
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, Source, are_named};
use crate::kubectl::output_formats::value_of;
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::manifest::to_yaml;
use crate::model::{Key, Kind, Object, Value};
use crate::ordering::Order;

/// The row of `kubectl diff`.
pub const DIFF: Verb = Verb {
    name: "diff",
    flags: FLAGS,
    run: diff,
    manager: "kubectl-client-side-apply",
    completes: Completes::Nothing,
    listed: Group::Advanced.at(1),
    ways: Ways { compares: true, ..Ways::USUAL },
    help: help(
        "Diff the live version against a would-be applied version.",
        &[("What would apply change?", "kubectl diff -f manifest.yaml")],
        &[help::FILE],
        "diff -f FILENAME [options]",
    ),
};

/// The flags of `diff`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    prune::FLAGS,
    &[
        selection::SELECTOR,
        FIELD_MANAGER,
        long("server-side", Takes::Bool),
        long("force-conflicts", Takes::Bool),
        long("concurrency", Takes::Int).ignored(),
        long("show-managed-fields", Takes::Bool),
        long("show-secrets", Takes::Bool),
    ],
];

/// `kubectl diff`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn diff(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    // 1 says that there are differences, anything above that there was an error.
    compare(args, cx).or_else(|failure| {
        if failure != Failure::Said {
            cx.fail(&failure);
        }
        Ok(Flow::Done(2))
    })
}

fn compare(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.words.is_empty() {
        return Err(Failure::Usage(format!("Unexpected args: [{}]", args.words.join(" ")), "diff".into()));
    }
    if !are_named(args) {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    if args.is("force-conflicts") && !args.is("server-side") {
        return Err(Failure::client("--force-conflicts only works with --server-side"));
    }
    let mut pruning = Pruning::of(args)?;
    // The forms are compared as two folders of files, hence in the order of the files' names.
    let mut found: Vec<(String, String, String)> = Vec::new();
    let exit = for_each(args, cx, "", OnFailure::Stop, &mut |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        if let (Some(pruning), Some(object)) = (&mut pruning, cx.cluster().get(&key)) {
            pruning.keep(object);
        }
        let (live, merged) = shown_forms(args, source, &key, cx)?;
        if live == merged {
            return Ok(());
        }
        found.push((file_name(&key), live, merged));
        Ok(())
    })?;
    if exit != 0 {
        return Ok(Flow::Done(2));
    }
    if let Some(pruning) = pruning {
        for object in pruning.gone(args, cx)? {
            // These are shown as they are, with the owners of their fields.
            found.push((file_name(&object.key()), to_yaml(&value_of(&object, true)), String::new()));
        }
    }
    found.order();
    let program = Program::of(cx.state.variables.get("KUBECTL_EXTERNAL_DIFF").map_or("", String::as_str));
    let at = cx.now().rfc3339().replace('T', " ").replace('Z', ".000000000 +0000");
    let (lines, exit) = program.run(&found, &at).map_err(Failure::client)?;
    lines.into_iter().for_each(|line| cx.out.out(line));
    Ok(Flow::Done(exit))
}

/// The name of the file in which an object is compared.
fn file_name(key: &Key) -> String {
    let version = key.kind.api_version().replace('/', ".");
    format!("{version}.{}.{}.{}", key.kind.names().kind, key.namespace, key.name)
}

/// An object as a tree, with the owners of its fields if they are asked for.
fn form_of(args: &Args, object: &Object) -> Value {
    value_of(object, args.is("show-managed-fields"))
}

/// The same with the API server merging: conflicts with other managers are errors here as well.
fn both_forms_of_server(args: &Args, source: &Source, key: &Key, cx: &mut Cx<'_>) -> Result<Forms, Failure> {
    cx.check_access("get", key.kind, "", &key.namespace, &key.name)?;
    let live = cx.cluster().get(key).map(|object| form_of(args, object));
    let is_forced = args.is("force-conflicts");
    let sent = cx.send(true, &mut |cluster, manager| {
        cluster.apply_from(&source.value, key, Client { manager, validation: FieldValidation::Strict }, is_forced)
    });
    let answer = sent.map_err(|error| {
        if matches!(error, ApiError::ApplyConflict(_)) {
            let lead = cx.log_lead('W');
            let (version, kind) = (key.kind.api_version(), key.kind.names().kind);
            let what = format!("{version}, Kind={kind}: {}", key.name);
            cx.out.err(format!("{lead} diff.go:723] Object ({what}) keeps changing, diffing without lock"));
        }
        Failure::Server(error)
    })?;
    let mut object = Object::clone(&answer.object);
    // What is not there yet has no version.
    object.meta.resource_version = cx.cluster().get(key).map_or(0, |old| old.meta.resource_version);
    Ok((live, form_of(args, &object)))
}

/// An object as it is, if it is there, and as it would be after an apply.
type Forms = (Option<Value>, Value);

/// Both forms in YAML; of a Secret one sees which values differ, but not how.
fn shown_forms(args: &Args, source: &Source, key: &Key, cx: &mut Cx<'_>) -> Result<(String, String), Failure> {
    let (mut live, mut merged) = both_forms(args, source, key, cx)?;
    if !args.is("show-secrets") && key.kind == Kind::Secret {
        mask(live.as_mut(), &mut merged);
    }
    Ok((live.as_ref().map(to_yaml).unwrap_or_default(), to_yaml(&merged)))
}

/// Hides the values of a Secret.
///
/// Follows `Masker` in pkg/cmd/diff/diff.go.
fn mask(live: Option<&mut Value>, merged: &mut Value) {
    const HIDDEN: &str = "***";
    let data = |value: &Value| value.at(&["data"]).cloned().unwrap_or_default();
    let (old, new) = (live.as_ref().map(|live| data(live)).unwrap_or_default(), data(merged));
    let hide = |value: &mut Value, other: &Value, differing: &str| {
        let Some(own) = value.at(&["data"]).and_then(Value::as_map).cloned() else { return };
        for (key, text) in own.iter() {
            let differs = other.get(key).is_some_and(|other| other != text);
            let hidden = Value::text(if differs { differing } else { HIDDEN });
            value.at_mut(&["data"]).map_mut().insert(key.clone(), hidden);
        }
    };
    hide(merged, &old, "*** (after)");
    if let Some(live) = live {
        hide(live, &new, "*** (before)");
    }
}

fn both_forms(args: &Args, source: &Source, key: &Key, cx: &mut Cx<'_>) -> Result<Forms, Failure> {
    if args.is("server-side") {
        return both_forms_of_server(args, source, key, cx);
    }
    cx.check_access("get", key.kind, "", &key.namespace, &key.name)?;
    let Some(old) = cx.cluster().get(key).cloned() else {
        // The client of diff asks for no strictness: the server warns.
        let object = create_one(&source.value, &source.file, key, FieldValidation::Warn, true, cx);
        let object = object.map_err(|failure| match failure {
            Failure::ServerAt(_, error) => Failure::Server(error),
            failure => failure,
        })?;
        let mut value = object.to_value();
        if let Some(Value::Map(mut meta)) = value.get("metadata").cloned() {
            meta.remove("resourceVersion");
            value.set_at(&["metadata"], meta);
        }
        return Ok((None, value));
    };
    let mut modified = source.value.clone();
    if key.kind.names().is_namespaced {
        modified.set_at(&["metadata", "namespace"], &key.namespace);
    }
    if modified.at(&["metadata", "annotations"]).is_none() {
        modified.set_at(&["metadata", "annotations"], Value::map());
    }
    let patch = patch_between(key, last_applied(&old).as_ref(), &modified, &old);
    let live = form_of(args, &old);
    if is_empty(&patch) {
        return Ok((Some(live.clone()), live));
    }
    let merged = match args.is("show-managed-fields") {
        true => cx.send(true, &mut |cluster, manager| {
            let client = Client { manager, validation: FieldValidation::Warn };
            cluster.patch_value(key, patch_type_of(key.kind), &patch, client)
        })?,
        false => cx
            .check_access("patch", key.kind, "", &key.namespace, &key.name)
            .and_then(|()| dry_patch(&old, &patch, FieldValidation::Warn, cx.cluster()))?,
    };
    warn(&merged, cx);
    let mut merged = Object::clone(&merged.object);
    merged.meta.resource_version = old.meta.resource_version;
    Ok((Some(live), form_of(args, &merged)))
}
