//! `kubectl taint`: marks on nodes that keep pods away.
//!
//! Follows `pkg/cmd/taint/taint.go` of kubectl.

use super::dry_run::{self, DRY_RUN, finish};
use super::requests::{FIELD_MANAGER, VALIDATE, update_as_asked, validation};
use crate::api::names::{label_value, qualified_name};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::output_formats::{self, print_operation};
use crate::kubectl::resources::{Resource, Scope, fetch};
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Kind, Object, Text, Value, node};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl taint`.
pub const TAINT: Verb = Verb {
    name: "taint",
    flags: &[output_formats::FLAGS, TAINT_FLAGS],
    run: taint,
    manager: "kubectl-taint",
    completes: Completes::Objects,
    listed: Group::Cluster.at(7),
    ways: Ways::USUAL,
    help: help(
        "Update the taints on one or more nodes.",
        &[
            ("No pods that do not tolerate it", "kubectl taint nodes node-1 dedicated=db:NoSchedule"),
            ("Take it away", "kubectl taint nodes node-1 dedicated-"),
        ],
        &[help::OVERWRITE, help::SELECTOR],
        "taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]",
    ),
};

/// The flags of `taint`.
pub const TAINT_FLAGS: &[Flag] =
    &[selection::SELECTOR, DRY_RUN, long("overwrite", Takes::Bool), long("all", Takes::Bool), VALIDATE, FIELD_MANAGER];

/// A change of taints as it is typed.
struct TaintChange {
    key: String,
    value: String,
    effect: String,
    removes: bool,
}

impl TaintChange {
    fn taint(&self) -> Value {
        let mut taint = obj! { "effect" => Text::new(&self.effect), "key" => Text::new(&self.key) };
        if !self.value.is_empty() {
            taint.set_at(&["value"], Text::new(&self.value));
        }
        taint
    }
}

/// `kubectl taint`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn taint(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    validation(args)?;
    let (names, changes) = split(args.before_dash())?;
    let Some((kind, names)) = names.split_first() else {
        return Err(Failure::client("one or more resources must be specified as <resource> <name>"));
    };
    if changes.is_empty() {
        return Err(Failure::client("at least one taint update is required"));
    }
    let changes = parse_taints(&changes).map_err(|text| Failure::Usage(text, "taint".into()))?;
    let kind = kind.to_lowercase();
    // The mapper's own words, to which nothing is added.
    let named = Resource::find_served(&kind, cx).ok_or_else(|| {
        let name = kind.split('.').next().unwrap_or_default();
        Failure::Raw(format!("the server doesn't have a resource type {name:?}"))
    });
    if named? != Resource::Kept(Kind::Node) {
        return Err(Failure::client(format!("invalid resource type {kind}, only node types are supported")));
    }
    // Told is what is removed.
    let is_both = |one: &&TaintChange| {
        let added = changes.iter().filter(|it| !it.removes && it.key == one.key);
        one.removes && added.into_iter().any(|it| one.effect.is_empty() || it.effect == one.effect)
    };
    let both: Vec<String> = changes.iter().filter(is_both).map(|it| format!("{}={}", it.key, it.effect)).collect();
    if !both.is_empty() {
        return Err(Failure::client(format!(
            "can not both modify and remove the following taint(s) in the same command: {}",
            both.join(", ")
        )));
    }
    let (all, selector) = (args.is("all"), args.text("selector"));
    if all && !selector.is_empty() {
        return Err(Failure::client("setting 'all' parameter with a non empty selector is prohibited"));
    }
    if !all && selector.is_empty() && names.is_empty() {
        return Err(Failure::client("at least one resource name must be specified since 'all' parameter is not set"));
    }
    let mut nodes = Vec::new();
    if all || !selector.is_empty() {
        // Names beside them are not looked at.
        nodes.extend(Scope { namespace: None, ..Scope::of(args, cx)? }.list(Resource::Kept(Kind::Node), cx)?);
    } else {
        for name in names {
            nodes.push(fetch(Resource::Kept(Kind::Node), &Text::default(), name, cx)?);
        }
    }
    let mut failures = Vec::new();
    cx.one_by_one(&nodes, &mut failures, &mut |node, cx| taint_node(args, node, &changes, cx));
    finish(&failures, cx)
}

/// The words before the first change, and the changes.
fn split(words: &[String]) -> Result<(&[String], Vec<&String>), Failure> {
    let is_change = |word: &String| word.contains(['=', ':']) || word.ends_with('-');
    let first = words.iter().position(is_change).unwrap_or(words.len());
    let (names, changes) = words.split_at(first);
    match changes.iter().find(|word| !is_change(word)) {
        Some(word) => Err(Failure::client(format!("all resources must be specified before taint changes: {word}"))),
        None => Ok((names, changes.iter().collect())),
    }
}

/// The changes, each taint once.
fn parse_taints(words: &[&String]) -> Result<Vec<TaintChange>, String> {
    let mut changes: Vec<TaintChange> = Vec::new();
    for word in words {
        let change = parse_taint(word)?;
        let is_same = |it: &TaintChange| !it.removes && it.key == change.key && it.effect == change.effect;
        if !change.removes && changes.iter().any(is_same) {
            let TaintChange { key, value, effect, .. } = change;
            return Err(format!("duplicated taints with the same key and effect: {{{key} {value} {effect} <nil>}}"));
        }
        changes.push(change);
    }
    Ok(changes)
}

/// Follows `parseTaint` in kubectl's `cmd/taint/utils.go`.
fn parse_taint(word: &str) -> Result<TaintChange, String> {
    let (word, removes) = word.strip_suffix('-').map_or((word, false), |word| (word, true));
    let wrong = |faults: Vec<String>| format!("invalid taint spec: {word}, {}", faults.join("; "));
    let (key, value, effect) = match word.split(':').collect::<Vec<_>>().as_slice() {
        [key] => (*key, "", ""),
        [pair, effect] => {
            if !matches!(*effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute") {
                return Err(format!("invalid taint effect: {effect}, unsupported taint effect"));
            }
            let (key, value) = match pair.split('=').collect::<Vec<_>>().as_slice() {
                [key] => (*key, ""),
                [key, value] => (*key, *value),
                _ => return Err(format!("invalid taint spec: {word}")),
            };
            let faults = label_value(value);
            if !faults.is_empty() {
                return Err(wrong(faults));
            }
            (key, value, *effect)
        }
        _ => return Err(format!("invalid taint spec: {word}")),
    };
    let faults = qualified_name(key);
    if !faults.is_empty() {
        return Err(wrong(faults));
    }
    if effect.is_empty() && !removes {
        return Err(format!("invalid taint spec: {word}"));
    }
    Ok(TaintChange { key: key.into(), value: value.into(), effect: effect.into(), removes })
}

fn taint_node(args: &Args, node: &Rc<Object>, changes: &[TaintChange], cx: &mut Cx<'_>) -> Result<(), Failure> {
    let taints = node::taints(node).to_vec();
    let taken: Vec<&str> = changes
        .iter()
        .filter(|change| !change.removes && taints.iter().any(|taint| is_same(taint, change)))
        .map(|change| change.key.as_str())
        .collect();
    if !taken.is_empty() && !args.is("overwrite") {
        return Err(Failure::client(format!(
            "node {} already has {} taint(s) with same effect(s) and --overwrite is false",
            node.meta.name,
            taken.join(",")
        )));
    }
    let (verb, taints) = reorganized(args, taints, changes)?;
    let mut next = Object::clone(node);
    if taints.is_empty() {
        next.remove_at(&["spec", "taints"]);
    } else {
        next.set_at(&["spec", "taints"], taints);
    }
    let stored = update_as_asked(node, next, args, cx)?;
    // Here a dry run says no more than the real one.
    print_operation(&args.without("dry-run"), &stored, verb, cx)
}

fn is_same(taint: &Value, change: &TaintChange) -> bool {
    taint.str_at(&["key"]) == change.key && (change.effect.is_empty() || taint.str_at(&["effect"]) == change.effect)
}

/// What was done, and the taints that are left: new ones stand before those that were there.
///
/// Follows `reorganizeTaints` in kubectl's `cmd/taint/utils.go`.
fn reorganized(args: &Args, old: Vec<Value>, changes: &[TaintChange]) -> Result<(&'static str, Vec<Value>), Failure> {
    let added = changes.iter().filter(|change| !change.removes);
    let mut taints: Vec<Value> = added.clone().map(TaintChange::taint).collect();
    let old_count = old.len();
    taints.extend(old.into_iter().filter(|taint| !added.clone().any(|change| is_same(taint, change))));
    let has_added = taints.len() != old_count;
    let (mut has_removed, mut missing) = (false, Vec::new());
    for change in changes.iter().filter(|change| change.removes) {
        let before = taints.len();
        taints.retain(|taint| !is_same(taint, change));
        has_removed = taints.len() != before;
        if !has_removed {
            let effect = if change.effect.is_empty() { String::new() } else { format!(":{}", change.effect) };
            missing.push(format!("taint {:?} not found", format!("{}{effect}", change.key)));
        }
    }
    if !missing.is_empty() {
        return Err(Failure::client(missing.join(", ")));
    }
    let verb = match (has_added, has_removed) {
        _ if args.is("overwrite") => "modified",
        (true, true) => "modified",
        (true, false) => "tainted",
        _ => "untainted",
    };
    Ok((verb, taints))
}
