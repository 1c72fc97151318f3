//! `kubectl scale`, `patch`, `label` and `annotate`: small changes of living objects.

use super::write::{objects_of_files, update};
use crate::cluster::{ApiError, Client, FieldValidation, PatchType, patched};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::print::told;
use crate::kubectl::resources::{NOTHING_NAMED, select};
use crate::manifest::parse;
use crate::model::{Kind, Labels, Object, Text, Value, parse_json};
use std::rc::Rc;

/// The flags of `scale`.
pub const SCALE_FLAGS: &[Flag] = &[
    long("replicas", Takes::Int),
    long("current-replicas", Takes::Int),
    long("resource-version", Takes::Text),
    long("timeout", Takes::Duration),
    long("all", Takes::Bool),
    long("dry-run", Takes::TextOr("unchanged")),
    short("filename", 'f', Takes::List),
    short("selector", 'l', Takes::Text),
    short("output", 'o', Takes::Text),
];

/// The flags of `patch`.
pub const PATCH_FLAGS: &[Flag] = &[
    short("patch", 'p', Takes::Text),
    long("patch-file", Takes::Text),
    long("type", Takes::Text),
    long("subresource", Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    long("field-manager", Takes::Text),
    long("local", Takes::Bool),
    short("filename", 'f', Takes::List),
    short("output", 'o', Takes::Text),
];

/// The flags of `label` and `annotate`.
pub const LABEL_FLAGS: &[Flag] = &[
    long("overwrite", Takes::Bool),
    long("list", Takes::Bool),
    long("all", Takes::Bool),
    long("local", Takes::Bool),
    long("resource-version", Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    long("field-selector", Takes::Text),
    long("field-manager", Takes::Text),
    short("filename", 'f', Takes::List),
    short("selector", 'l', Takes::Text),
    short("all-namespaces", 'A', Takes::Bool),
    short("output", 'o', Takes::Text),
];

/// Whether nothing is to be stored.
pub fn is_dry(args: &Args) -> bool {
    args.get("dry-run").is_some_and(|how| how != "none")
}

/// The objects that a changing command means.
///
/// # Errors
/// What is wrong with the arguments.
pub fn chosen(args: &Args, cx: &mut Cx<'_>) -> Result<(Vec<Rc<Object>>, Vec<Failure>), Failure> {
    if args.has("filename") {
        return Ok((objects_of_files(args, cx)?, Vec::new()));
    }
    select(args, cx)
}

/// Says what went wrong beside, and gives the exit status.
pub fn finish(failures: &[Failure], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for failure in failures {
        cx.fail(failure);
    }
    Ok(Flow::Done(i32::from(!failures.is_empty())))
}

/// `kubectl scale`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn scale(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(replicas) = args.int("replicas") else {
        return Err(Failure::client("required flag(s) \"replicas\" not set"));
    };
    if replicas < 0 {
        return Err(Failure::client(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    let (objects, mut failures) = chosen(args, cx)?;
    if objects.is_empty() && failures.is_empty() {
        return Err(Failure::client("no objects passed to scale"));
    }
    cx.one_by_one(&objects, &mut failures, &mut |object, cx| scale_one(args, object, replicas, cx));
    finish(&failures, cx)
}

fn scale_one(args: &Args, object: &Rc<Object>, replicas: i64, cx: &mut Cx<'_>) -> Result<(), Failure> {
    if object.kind != Kind::StatefulSet {
        let text = "Error from server (NotFound): the server could not find the requested resource";
        return Err(Failure::Raw(text.into()));
    }
    let now = object.i64_at(&["spec", "replicas"]).unwrap_or(0);
    if let Some(wanted) = args.int("current-replicas").filter(|wanted| *wanted >= 0 && *wanted != now) {
        return Err(Failure::client(format!("Expected replicas to be {wanted}, was {now}")));
    }
    if is_dry(args) {
        return told(args, object, "scaled", cx);
    }
    let key = object.key();
    let answer = cx.send(false, &mut |cluster, manager| {
        cluster.scale(&key, replicas, Client { manager, validation: FieldValidation::Ignore })
    })?;
    told(args, &answer.object, "scaled", cx)
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
    let text = if args.has("patch-file") {
        let name = args.text("patch-file");
        crate::kubectl::tools::read_file(name, cx).ok_or_else(|| {
            Failure::client(format!("unable to read patch file: open {name}: no such file or directory"))
        })?
    } else {
        args.text("patch").to_string()
    };
    if text.is_empty() {
        return Err(Failure::client("must specify --patch or --patch-file containing the contents of the patch"));
    }
    let patch = read_patch(&text)?;
    if args.before_dash().is_empty() && !args.has("filename") {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let (objects, mut failures) = chosen(args, cx)?;
    cx.one_by_one(&objects, &mut failures, &mut |object, cx| patch_one(args, object, patch_type, &patch, cx));
    finish(&failures, cx)
}

/// A patch as it is typed: JSON, or YAML.
///
/// # Errors
/// What is neither.
pub fn read_patch(text: &str) -> Result<Value, Failure> {
    if let Ok(value) = parse_json(text) {
        return Ok(value);
    }
    let documents = parse(text);
    match documents.first() {
        Some(document) => match (&document.value, &document.error) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(error)) => Err(Failure::client(format!("unable to parse {text:?}: {}", error.message))),
            (None, None) => Ok(Value::Null),
        },
        None => Ok(Value::Null),
    }
}

fn patch_one(
    args: &Args,
    object: &Rc<Object>,
    patch_type: PatchType,
    patch: &Value,
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    let (is_scale, mut key) = (args.text("subresource") == "scale", object.key());
    if patch.as_str().is_some() && patch_type != PatchType::Json {
        let message = "json: cannot unmarshal string into Go value of type map[string]interface {}";
        return Err(ApiError::BadRequest(message.into()).into());
    }
    key.name = object.meta.name.clone();
    if args.text("subresource") == "status" {
        let (next, _) = patched(object, patch_type, patch, FieldValidation::Warn)?;
        let stored = cx.cluster_mut().update_status(&next)?;
        let is_same = stored.meta.resource_version == object.meta.resource_version;
        return told(args, &stored, if is_same { "patched (no change)" } else { "patched" }, cx);
    }
    let answer = cx.send(is_dry(args), &mut |cluster, manager| {
        cluster.patch_value(&key, patch_type, patch, Client { manager, validation: FieldValidation::Warn })
    })?;
    for warning in &answer.warnings {
        cx.out.err(format!("Warning: {warning}"));
    }
    let verb = if answer.is_changed { "patched" } else { "patched (no change)" };
    if is_scale {
        cx.out.out(format!("scale.autoscaling/{} {verb}", object.meta.name));
        return Ok(());
    }
    told(args, &answer.object, verb, cx)
}

/// What is to be set and what is to be removed.
type Pairs = (Vec<(String, String)>, Vec<String>);

/// Splits `sts web a=b c-` into the object's words and the changes.
fn split(args: &Args) -> (Vec<String>, Vec<String>) {
    let is_change = |word: &String| word.contains('=') || (word.ends_with('-') && word.len() > 1);
    let words = args.before_dash();
    let at = words.iter().position(is_change).unwrap_or(words.len());
    (words.get(..at).unwrap_or(&[]).to_vec(), words.get(at..).unwrap_or(&[]).to_vec())
}

fn pairs(changes: &[String]) -> Result<Pairs, Failure> {
    let (mut set, mut removed) = (Vec::new(), Vec::new());
    for change in changes {
        if let Some((key, value)) = change.split_once('=') {
            set.push((key.to_string(), value.to_string()));
        } else if let Some(key) = change.strip_suffix('-') {
            removed.push(key.to_string());
        } else {
            return Err(Failure::client(format!("unknown argument: {change}")));
        }
    }
    if let Some((key, _)) = set.iter().find(|(key, _)| removed.contains(key)) {
        return Err(Failure::client(format!("can not both modify and remove label {key:?} in the same command")));
    }
    Ok((set, removed))
}

/// `kubectl label`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn label(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    mark(args, true, cx)
}

/// `kubectl annotate`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn annotate(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    mark(args, false, cx)
}

fn mark(args: &Args, is_label: bool, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (words, changes) = split(args);
    if words.is_empty() && !args.has("filename") {
        return Err(Failure::client(if is_label || changes.is_empty() {
            "one or more resources must be specified as <resource> <name> or <resource>/<name>".to_string()
        } else {
            NOTHING_NAMED.to_string()
        }));
    }
    if changes.is_empty() && !args.is("list") {
        let what = if is_label { "label" } else { "annotation" };
        return Err(Failure::client(format!("at least one {what} update is required")));
    }
    let (set, removed) = pairs(&changes)?;
    let mut chosen_args = args.clone();
    chosen_args.words = words;
    chosen_args.dash_at = None;
    let (objects, mut failures) = chosen(&chosen_args, cx)?;
    if args.is("list") {
        for object in &objects {
            let all = if is_label { &object.meta.labels } else { &object.meta.annotations };
            all.iter().for_each(|(key, value)| cx.out.out(format!("{key}={value}")));
        }
        return finish(&failures, cx);
    }
    cx.one_by_one(&objects, &mut failures, &mut |object, cx| mark_one(args, is_label, object, &set, &removed, cx));
    finish(&failures, cx)
}

fn mark_one(
    args: &Args,
    is_label: bool,
    object: &Rc<Object>,
    set: &[(String, String)],
    removed: &[String],
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    let old = if is_label { &object.meta.labels } else { &object.meta.annotations };
    if !args.is("overwrite") {
        let is_other = |key: &String, value: &String| old.get(key).is_some_and(|old| old.as_str() != value.as_str());
        let mut taken = set.iter().filter(|(key, value)| is_other(key, value)).map(|(key, _)| {
            let old = old.get(key).map_or("", Text::as_str);
            if is_label {
                format!("'{key}' already has a value ({old}), and --overwrite is false")
            } else {
                format!("--overwrite is false but found the following declared annotation(s): '{key}' already has a value ({old})")
            }
        });
        if let Some(text) = taken.next() {
            return Err(Failure::client(text));
        }
    }
    let mut next: Labels = old.clone();
    for key in removed {
        if next.remove(key).is_none() && is_label {
            cx.out.out(format!("label {key:?} not found."));
        }
    }
    for (key, value) in set {
        next.insert(key.clone(), Text::new(value));
    }
    let is_same = next == *old;
    let mut changed = Object::clone(object);
    if is_label {
        changed.meta.labels = next;
    } else {
        changed.meta.annotations = next;
    }
    let stored = if is_dry(args) { Rc::new(changed) } else { update(object, changed, cx)? };
    let verb = match (is_label, is_same) {
        (false, _) => "annotated",
        (true, true) => "not labeled",
        (true, false) if set.is_empty() => "unlabeled",
        (true, false) if removed.is_empty() => "labeled",
        (true, false) => "modified",
    };
    told(args, &stored, verb, cx)
}
