//! `kubectl label` and `kubectl annotate`: the two maps of an object's metadata.
//!
//! Follows `pkg/cmd/label` and `pkg/cmd/annotate` of kubectl, which differ in their words.

use super::dry_run::{self, DRY_RUN, finish, is_local};
use super::requests::{FIELD_MANAGER, RECORD, update_as_asked};
use crate::api::names::label_value;
use crate::cluster::ApiError;
use crate::kubectl::command::{CHANGE_CAUSE, Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, Format, print_operation};
use crate::kubectl::resources::NOTHING_NAMED;
use crate::kubectl::selection::{self, All, Labelled, Rules, Selection, objects_in_files, select};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::{Labels, Object, Text};
use std::rc::Rc;

/// The row of `kubectl label`.
pub const LABEL: Verb = Verb {
    name: "label",
    flags: FLAGS,
    run: label,
    manager: "kubectl-label",
    completes: Completes::Objects,
    listed: Group::Settings.at(1),
    ways: Ways::USUAL,
    help: help(
        "Update the labels on a resource.",
        &[("Set a label", "kubectl label pod web-0 tier=front"), ("Remove it", "kubectl label pod web-0 tier-")],
        &[help::OVERWRITE, help::SELECTOR, ("--all=false", "Every object of the type in the namespace.")],
        "label TYPE NAME KEY_1=VAL_1 ... [options]",
    ),
};

/// The row of `kubectl annotate`.
pub const ANNOTATE: Verb = Verb {
    name: "annotate",
    flags: FLAGS,
    run: annotate,
    manager: "kubectl-annotate",
    completes: Completes::Objects,
    listed: Group::Settings.at(2),
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Update the annotations on a resource.",
        &[
            (
                "Say why the set changed, for its next revision",
                "kubectl annotate sts/web kubernetes.io/change-cause='new image'",
            ),
            ("Remove an annotation", "kubectl annotate sts/web kubernetes.io/change-cause-"),
        ],
        &[help::OVERWRITE, help::SELECTOR, ("--all=false", "Every object of the type in the namespace.")],
        "annotate TYPE NAME KEY_1=VAL_1 ... [options]",
    ),
};

/// The flags of `label` and `annotate`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        selection::SELECTOR,
        selection::FIELD_SELECTOR,
        selection::ALL_NAMESPACES,
        DRY_RUN,
        FIELD_MANAGER,
        long("overwrite", Takes::Bool),
        long("list", Takes::Bool),
        long("all", Takes::Bool),
        long("local", Takes::Bool),
        long("resource-version", Takes::Text),
        RECORD,
    ],
];

/// Which of the two maps is changed, and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Map {
    Labels,
    Annotations,
}

/// What is to be done to the map.
struct Change {
    map: Map,
    set: Vec<(String, String)>,
    removed: Vec<String>,
}

impl Map {
    fn word(self) -> &'static str {
        match self {
            Map::Labels => "label",
            Map::Annotations => "annotation",
        }
    }

    fn of(self, object: &Object) -> &Labels {
        match self {
            Map::Labels => &object.meta.labels,
            Map::Annotations => &object.meta.annotations,
        }
    }
}

/// Splits `sts web a=b c-` into the object's words and the changes.
fn split(args: &Args, map: Map) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_change = |word: &str| {
        word.contains('=') && !word.starts_with('=') || word.ends_with('-') && word.len() > 1 && !word.starts_with('=')
    };
    let (mut names, mut changes) = (Vec::new(), Vec::new());
    for word in &args.words {
        if is_change(word) {
            changes.push(word.clone());
        } else if changes.is_empty() {
            names.push(word.clone());
        } else {
            let text = format!("all resources must be specified before {} changes: {word}", map.word());
            return Err(Failure::client(text));
        }
    }
    Ok((names, changes))
}

fn read_changes(words: &[String], map: Map) -> Result<Change, Failure> {
    let (mut set, mut removed) = (Vec::<(String, String)>::new(), Vec::new());
    for word in words {
        if let Some((key, value)) = word.split_once('=') {
            if map == Map::Labels && value.contains('=') {
                return Err(Failure::client(format!("invalid label spec: {word}")));
            }
            if let (Map::Labels, Some(wrong)) = (map, label_value(value).last()) {
                return Err(Failure::client(format!("invalid label value: {word:?}: {wrong}")));
            }
            set.retain(|(known, _)| known != key);
            set.push((key.to_string(), value.to_string()));
        } else if let Some(key) = word.strip_suffix('-') {
            removed.push(key.to_string());
        }
    }
    let both: Vec<&str> =
        removed.iter().filter(|key| set.iter().any(|(set, _)| set == *key)).map(String::as_str).collect();
    match map {
        _ if both.is_empty() => Ok(Change { map, set, removed }),
        Map::Labels => Err(Failure::client("can not both modify and remove a label in the same command")),
        Map::Annotations => Err(Failure::client(format!(
            "can not both modify and remove the following annotation(s) in the same command: {}",
            both.join(",")
        ))),
    }
}

/// `kubectl label`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn label(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    run(args, Map::Labels, cx)
}

/// `kubectl annotate`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn annotate(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    run(args, Map::Annotations, cx)
}

fn run(args: &Args, map: Map, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    if map == Map::Annotations {
        // The other one looks for its printer only when there is something to print.
        Format::of(args, cx)?;
    }
    let (words, changes) = split(args, map)?;
    check(args, map, &words, &changes)?;
    let change = read_changes(&changes, map)?;
    let found = chosen(args, words, cx)?;
    if args.is("list") {
        let mut failures = found.failures;
        let mut changed = Vec::new();
        for object in &found.objects {
            match check_overwriting(args, &change, map.of(object)) {
                Ok(()) => changed.push(Rc::new(with_labels(object, map, &change))),
                Err(failure) => failures.push(failure),
            }
        }
        list(&changed, map, cx);
        return finish(&failures, cx);
    }
    if args.has("resource-version") && found.objects.len() > 1 {
        return Err(Failure::client("--resource-version may only be used with a single resource"));
    }
    let mut failures = found.failures;
    cx.one_by_one(&found.objects, &mut failures, &mut |object, cx| change_one(args, &change, object, cx));
    finish(&failures, cx)
}

/// Refuses what does not go together.
fn check(args: &Args, map: Map, words: &[String], changes: &[String]) -> Result<(), Failure> {
    for flag in ["selector", "field-selector"] {
        if args.is("all") && !args.text(flag).is_empty() {
            return Err(Failure::client(format!("cannot set --all and --{flag} at the same time")));
        }
    }
    if args.is("local") && (!words.is_empty() || !are_named(args)) {
        return Err(Failure::client(
            "can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set",
        ));
    }
    if words.is_empty() && !are_named(args) {
        return Err(Failure::client(if map == Map::Labels || changes.is_empty() {
            "one or more resources must be specified as <resource> <name> or <resource>/<name>".to_string()
        } else {
            NOTHING_NAMED.to_string()
        }));
    }
    if changes.is_empty() && !args.is("list") {
        return Err(Failure::client(format!("at least one {} update is required", map.word())));
    }
    Ok(())
}

fn chosen(args: &Args, words: Vec<String>, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    if args.is("local") {
        return objects_in_files(args, cx);
    }
    let mut chosen = args.clone();
    chosen.words = words;
    chosen.dash_at = None;
    select(&chosen, Rules { all: All::Type, labelled: Labelled::Live, ..Rules::default() }, cx)
}

fn list(objects: &[Rc<Object>], map: Map, cx: &mut Cx<'_>) {
    for object in objects {
        let indent = if objects.len() > 1 {
            let names = object.kind.names();
            cx.out.out(format!("Listing {}s for {}.{}/{}:", map.word(), names.kind, names.group, object.meta.name));
            " "
        } else {
            ""
        };
        map.of(object).iter().for_each(|(key, value)| cx.out.out(format!("{indent}{key}={value}")));
    }
}

/// Refuses to write over other values, unless that is wished.
fn check_overwriting(args: &Args, change: &Change, old: &Labels) -> Result<(), Failure> {
    if args.is("overwrite") {
        return Ok(());
    }
    let is_other = |key: &String, value: &String| old.get(key).is_some_and(|old| old.as_str() != value.as_str());
    let taken: Vec<String> = change
        .set
        .iter()
        .filter(|(key, value)| is_other(key, value))
        .map(|(key, _)| format!("'{key}' already has a value ({})", old.get(key).map_or("", Text::as_str)))
        .collect();
    match (change.map, taken.as_slice()) {
        (_, []) => Ok(()),
        (Map::Labels, taken) => {
            let all: Vec<String> = taken.iter().map(|it| format!("{it}, and --overwrite is false")).collect();
            let text = if all.len() == 1 { all.concat() } else { format!("[{}]", all.join(", ")) };
            Err(Failure::client(text))
        }
        (Map::Annotations, taken) => Err(Failure::client(format!(
            "--overwrite is false but found the following declared annotation(s): {}",
            taken.join("; ")
        ))),
    }
}

/// The object with the map changed.
fn with_labels(object: &Object, map: Map, change: &Change) -> Object {
    let mut changed = object.clone();
    let labels = match map {
        Map::Labels => &mut changed.meta.labels,
        Map::Annotations => &mut changed.meta.annotations,
    };
    for key in &change.removed {
        labels.remove(key);
    }
    for (key, value) in &change.set {
        labels.insert(key.clone(), Text::new(value));
    }
    changed
}

fn change_one(args: &Args, change: &Change, object: &Rc<Object>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let old = change.map.of(object);
    check_overwriting(args, change, old)?;
    for key in &change.removed {
        // What stays at the client is not looked at so closely.
        if !old.contains_key(key) && change.map == Map::Labels && !args.is("local") && !is_local(args) {
            cx.out.out(format!("label {key:?} not found."));
        }
    }
    let mut changed = with_labels(object, change.map, change);
    let is_own_cause = change.map == Map::Annotations && change.set.iter().any(|(key, _)| key == CHANGE_CAUSE);
    if !args.is("local") && !is_own_cause {
        cx.note_cause(&mut changed);
    }
    let next = change.map.of(&changed).clone();
    let is_stale = args.get("resource-version").is_some_and(|it| *it != *object.meta.resource_version.to_string());
    let tells_both = cx.cluster().kubernetes().has(Difference::LabelsAreModified);
    // What stays as it is, is not sent any more.
    let is_sent = next != *old || change.map == Map::Annotations || !tells_both;
    if is_stale && is_sent && !is_local(args) && !args.is("local") {
        let (kind, name) = (object.kind, object.meta.name.clone());
        return Err(ApiError::Conflict { kind, name, why: String::new() }.into());
    }
    let is_same = next == *old;
    let is_added = change.set.iter().any(|(key, value)| old.get(key).map(Text::as_str) != Some(value.as_str()));
    let is_removed = change.removed.iter().any(|key| old.contains_key(key));
    let verb = match change.map {
        Map::Annotations => "annotated",
        Map::Labels if is_same => "not labeled",
        Map::Labels if tells_both && is_added && is_removed => "modified",
        Map::Labels if tells_both && is_removed || !args.is("overwrite") && next.len() < old.len() => "unlabeled",
        Map::Labels => "labeled",
    };
    let stored = if args.is("local") { Rc::new(changed) } else { update_as_asked(object, changed, args, cx)? };
    print_operation(args, &stored, verb, cx)
}
