//! `kubectl patch`: a change of living objects, or of files, in one of three languages of patches.
//!
//! Follows `pkg/cmd/patch/patch.go` of kubectl.

use super::dry_run::{self, DRY_RUN, finish, is_dry, is_local};
use super::requests::{FIELD_MANAGER, RECORD, read_patch, record, warn};
use super::scale::{scale_of, too_large};
use crate::cluster::patch::{PatchError, json_merge, json_patch, strategic_merge};
use crate::cluster::{ApiError, Client, FieldValidation, PatchType};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::files::read_file;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::json_patch_faults;
use crate::kubectl::manifests;
use crate::kubectl::output_formats::{self, print_operation};
use crate::kubectl::selection::{Rules, Selection, objects_in_files, select_named};
use crate::kubectl::subresource::Place;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Meta, Object, Value, parse_json};
use std::rc::Rc;

/// The row of `kubectl patch`.
pub const PATCH: Verb = Verb {
    name: "patch",
    flags: FLAGS,
    run: patch,
    manager: "kubectl-patch",
    completes: Completes::Objects,
    listed: Group::Advanced.at(3),
    ways: Ways { changes_sizes: true, ..Ways::USUAL },
    help: help(
        "Update fields of a resource.",
        &[
            (
                "Roll out to the highest ordinals only",
                "kubectl patch sts web -p '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":2}}}}'",
            ),
            (
                "The same as a JSON patch",
                "kubectl patch sts web --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":2}]'",
            ),
        ],
        &[
            ("-p, --patch=''", "The patch, in JSON or YAML."),
            ("--type='strategic'", "strategic, merge or json."),
            ("--subresource=''", "status, scale or resize."),
            help::DRY_RUN,
            help::OUTPUT,
        ],
        "patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file help::FILE] [options]",
    ),
};

/// The flags of `patch`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        DRY_RUN,
        FIELD_MANAGER,
        short("patch", 'p', Takes::Text),
        long("patch-file", Takes::Text),
        long("type", Takes::Text),
        long("subresource", Takes::Text),
        long("local", Takes::Bool),
        RECORD,
    ],
];

/// The objects of the cluster, or those of files with `--local`.
fn chosen(args: &Args, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    if args.is("local") {
        return objects_in_files(args, cx);
    }
    select_named(args, Rules::default(), cx)
}

/// `kubectl patch`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn patch(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let patch_type = match args.text("type").to_ascii_lowercase().as_str() {
        "" | "strategic" => PatchType::Strategic,
        "merge" => PatchType::Merge,
        "json" => PatchType::Json,
        _ => {
            let given = args.text("type");
            return Err(Failure::client(format!("--type must be one of [json merge strategic], not {given:?}")));
        }
    };
    if !args.text("patch").is_empty() && !args.text("patch-file").is_empty() {
        return Err(Failure::client("cannot specify --patch and --patch-file together"));
    }
    if args.is("local") && !args.before_dash().is_empty() {
        return Err(Failure::client("cannot specify --local and server resources"));
    }
    let text = if args.has("patch-file") {
        let name = args.text("patch-file");
        read_file(name, cx).ok_or_else(|| {
            Failure::client(format!("unable to read patch file: open {name}: no such file or directory"))
        })?
    } else {
        args.text("patch").to_string()
    };
    if text.is_empty() {
        return Err(Failure::client("must specify --patch or --patch-file containing the contents of the patch"));
    }
    dry_run::check(args, cx)?;
    let patch = read_sent(&text, patch_type, args)?;
    let found = chosen(args, cx)?;
    let mut failures = found.failures;
    cx.one_by_one(&found.objects, &mut failures, &mut |object, cx| match &patch {
        Ok(patch) => patch_one(args, object, patch_type, patch, cx),
        Err(failure) => Err(failure.clone()),
    });
    finish(&failures, cx)
}

/// A patch as the API server reads it. What begins as JSON does is sent as it is, and read as nothing else: what is
/// wrong with it is said of each object.
fn read_sent(text: &str, patch_type: PatchType, args: &Args) -> Result<Result<Value, Failure>, Failure> {
    if !text.trim_start().starts_with('{') {
        // Nothing at all changes nothing.
        let or_nothing = |patch: Value| if patch.is_null() { Value::map() } else { patch };
        return read_patch(text).map(|patch| Ok(if patch_type == PatchType::Json { patch } else { or_nothing(patch) }));
    }
    let stays_here = args.is("local") || is_local(args);
    Ok(parse_json(text).map_err(|error| match patch_type {
        PatchType::Merge if stays_here => Failure::client("Invalid JSON Patch"),
        _ if stays_here => Failure::client("invalid JSON document"),
        PatchType::Strategic => ApiError::BadRequest(error.message).into(),
        _ => ApiError::BadRequest(format!("error decoding patch: {}", error.message)).into(),
    }))
}

fn patch_one(
    args: &Args,
    object: &Rc<Object>,
    patch_type: PatchType,
    patch: &Value,
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    let key = object.key();
    if key.kind.is_custom() && patch_type == PatchType::Strategic && !args.is("local") {
        return Err(Failure::client(format!(
            "application/strategic-merge-patch+json is not supported by {}, Kind={}: the body of the request was in \
             an unknown format - accepted media types include: application/json-patch+json, \
             application/merge-patch+json, application/apply-patch+yaml",
            key.kind.api_version(),
            key.kind
        )));
    }
    if (args.is("local") || is_local(args)) && patch_type != PatchType::Json && patch.as_map().is_none() {
        return Err(Failure::client("invalid JSON document"));
    }
    if patch.as_str().is_some() && patch_type != PatchType::Json {
        let message = "json: cannot unmarshal string into Go value of type map[string]interface {}";
        return Err(ApiError::BadRequest(message.into()).into());
    }
    // What a patch does is told without a word of the dry run.
    let told = &args.without("dry-run");
    if patch_type == PatchType::Json && (args.is("local") || is_local(args)) {
        check_operations(&object.to_value(), patch)?;
    }
    if args.is("local") || is_local(args) {
        let next = patched_here(object, patch_type, patch)?;
        let verb = if next == **object { "patched (no change)" } else { "patched" };
        return print_operation(told, &Rc::new(next), verb, cx);
    }
    let place = Place::named(args.text("subresource"), object.kind)?;
    if place == Place::Scale {
        return patch_scale(args, object, patch_type, patch, cx);
    }
    let answer = cx.send(is_dry(args), &mut |cluster, manager| {
        let client = Client { manager, validation: FieldValidation::Warn };
        match place {
            Place::Part(part) => cluster.patch_part(&key, part, patch_type, patch, client),
            _ => cluster.patch_value(&key, patch_type, patch, client),
        }
    })?;
    warn(&answer, cx);
    let object = record(answer.object, args, cx)?;
    let verb = if answer.is_changed { "patched" } else { "patched (no change)" };
    print_operation(told, &object, verb, cx)
}

/// What the client's own library makes of an object: nothing is checked, and nothing is filled in.
///
/// Follows `getPatchedJSON` of kubectl's `cmd/patch`.
pub(super) fn patched_here(object: &Object, patch_type: PatchType, patch: &Value) -> Result<Object, Failure> {
    let current = object.to_value();
    let refused = |error: PatchError| Failure::client(error.to_string());
    let next = match (patch_type, object.kind.structure()) {
        (PatchType::Strategic, Some(root)) => strategic_merge(&current, patch, root).map_err(refused)?,
        (PatchType::Json, _) => json_patch(&current, patch).map_err(refused)?,
        _ => json_merge(&current, patch),
    };
    let mut body = next.as_map().cloned().unwrap_or_default();
    let mut meta = body.remove("metadata").map(|meta| Meta::from_value(&meta)).unwrap_or_default();
    meta.managers = object.meta.managers.clone();
    meta.status_at = object.meta.status_at;
    body.remove("apiVersion");
    body.remove("kind");
    Ok(Object { kind: object.kind, meta, body })
}

/// Refuses what the client's own library cannot carry out, in its words.
fn check_operations(value: &Value, operations: &Value) -> Result<(), Failure> {
    if let Err(PatchError::BadRequest(why)) = json_patch(value, operations) {
        return Err(Failure::client(why));
    }
    let mut value = value.clone();
    for operation in operations.as_list().unwrap_or(&[]) {
        if operation.as_map().is_none() {
            let sort = operation.json_type();
            return Err(Failure::client(format!(
                "json: cannot unmarshal {sort} into Go value of type jsonpatch.Operation"
            )));
        }
        value = json_patch(&value, &vec![operation.clone()].into())
            .map_err(|_| Failure::client(json_patch_faults::fault(&value, operation)))?;
    }
    Ok(())
}

/// How many replicas the Scale of an object has after a patch.
///
/// # Errors
/// A number that no Scale may have, or a patch that does not fit.
pub(super) fn scaled_by(object: &Object, patch_type: PatchType, patch: &Value, cx: &Cx<'_>) -> Result<i64, Failure> {
    let numbers = cx.cluster().replicas_of(object);
    let scale = scale_of(object, numbers, cx.cluster());
    let next = match patch_type {
        PatchType::Json => json_patch(&scale, patch).map_err(|error| ApiError::BadRequest(error.to_string()))?,
        _ => json_merge(&scale, patch),
    };
    let replicas = next.at(&["spec"]).and_then(|spec| spec.i64_at(&["replicas"])).unwrap_or(0);
    if i32::try_from(replicas).is_err() {
        return Err(too_large(object, (replicas, numbers.1), cx.cluster()));
    }
    if replicas < 0 {
        let (name, rule) = (&object.meta.name, "must be greater than or equal to 0");
        return Err(Failure::Raw(format!(
            "The Scale \"{name}\" is invalid: spec.replicas: Invalid value: {replicas}: {rule}"
        )));
    }
    Ok(replicas)
}

/// Patches the Scale of a set: its number of replicas is all that counts.
fn patch_scale(
    args: &Args,
    object: &Rc<Object>,
    patch_type: PatchType,
    patch: &Value,
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    let replicas = scaled_by(object, patch_type, patch, cx)?;
    let key = object.key();
    let answer = cx.send(is_dry(args), &mut |cluster, manager| {
        cluster.scale(&key, replicas, Client { manager, validation: FieldValidation::Warn })
    })?;
    let verb = if answer.is_changed { "patched" } else { "patched (no change)" };
    let verb = if args.text("output") == "name" { String::new() } else { format!(" {verb}") };
    cx.out.out(format!("scale.autoscaling/{}{verb}", object.meta.name));
    Ok(())
}
