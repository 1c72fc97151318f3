//! `kubectl wait`: until a condition, a field, a creation or a deletion; changes nothing.
//!
//! Follows `pkg/cmd/wait/wait.go` of kubectl.

use super::wait_condition::{Condition, conditions};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::host::Pause;
use crate::kubectl::jsonpath;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, Format, show};
use crate::kubectl::resources::{Resource, Targets, fetch, namespace_of, not_found};
use crate::kubectl::selection::{self, All, Labelled, Rules, has_selector, named_in_files, select};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::conditions::all_conditions;
use crate::model::workload::observed_generation;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use std::rc::Rc;

/// The row of `kubectl wait`.
pub const WAIT: Verb = Verb {
    name: "wait",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: Group::Advanced.at(5),
    ways: Ways::USUAL,
    help: help(
        "Wait for a specific condition on one or many resources.",
        &[
            ("Until a pod is ready", "kubectl wait --for=condition=Ready pod/web-0 --timeout=60s"),
            (
                "Until a set has three ready pods",
                "kubectl wait --for=jsonpath='{.status.readyReplicas}'=3 sts/web --timeout=60s",
            ),
        ],
        &[
            ("--for=[]", "delete, create, condition=NAME[=VALUE] or jsonpath=PATH[=VALUE]; several in turn."),
            ("--timeout=30s", "How long to wait."),
            help::SELECTOR,
            ("--all=false", "Every object of the type."),
        ],
        "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
    ),
};

/// The flags of `wait`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FILES,
    &[
        selection::SELECTOR,
        selection::FIELD_SELECTOR,
        selection::ALL_NAMESPACES,
        long("for", Takes::Each),
        long("timeout", Takes::Duration),
        long("all", Takes::Bool),
        long("local", Takes::Bool).refused(),
        short("output", 'o', Takes::Text),
        long("template", Takes::Text),
        long("show-managed-fields", Takes::Bool),
        long("allow-missing-template-keys", Takes::Bool).ignored(),
    ],
];

/// How objects are chosen.
const RULES: Rules =
    Rules { type_is_all: false, all: All::Type, labelled: Labelled::File, needs_types: false, asks: "get" };

/// Objects that are waited for.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What each object is waited for, one after the other.
    conditions: Vec<Condition>,
    /// How many of them the first object has met.
    met: usize,
    left: Vec<(Key, Text)>,
    /// Objects whose turn is over without success, as they are complained of.
    failures: Vec<Failure>,
    /// What could not be read, is not there, or does not fit what is asked of it.
    unread: Vec<Failure>,
    /// Whether objects that a selector means are yet to come.
    seeks: bool,
    /// Whether the time that all share is over.
    is_spent: bool,
    args: Args,
    until: Option<Millis>,
    is_one_check: bool,
}

/// Reads what stands behind `kubectl wait`, as far as no cluster has to be asked: its conditions, and its arguments.
///
/// # Errors
/// A flag that there is not, or a condition that is none, in kubectl's words.
pub fn read(words: &[String]) -> Result<(Vec<Condition>, Args), Failure> {
    let args = Args::parse(words, FLAGS).map_err(|error| Failure::client(error.message))?;
    Ok((conditions(&args, true)?, args))
}

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    Format::of(args, cx)?;
    // Folders are gone through to the bottom unless that is turned off.
    let args = &args.or("recursive", "true");
    let conditions = conditions(args, cx.cluster().kubernetes().has(Difference::WaitsForSeveral))?;
    let mut waiting = begin(args, &conditions, cx);
    // Who does not wait asks what there is now.
    let waits = args.duration("timeout") != Some(Millis::ZERO);
    if waits && waiting.as_ref().map_or(true, |waiting| !waiting.unread.is_empty()) {
        // What a line before has asked for is made while this program starts.
        cx.host.pause(Pause::Command);
        waiting = begin(args, &conditions, cx);
    }
    let waiting = waiting?;
    if waiting.conditions.iter().any(|condition| matches!(condition, Condition::Status { .. }))
        && waiting.left.iter().any(|(key, _)| key.kind == Kind::StatefulSet)
    {
        let name = waiting.left.first().map_or_else(String::new, |(key, _)| key.name.to_string());
        cx.hint("no_auto_sts_condition", &[("name", &name)]);
    }
    Ok(Box::new(waiting).poll(cx))
}

/// Looks up what is to be waited for.
fn begin(args: &Args, conditions: &[Condition], cx: &mut Cx<'_>) -> Result<Waiting, Failure> {
    let timeout = args.duration("timeout").unwrap_or(Millis::seconds(30));
    let timeout = if timeout.0 < 0 { Millis::seconds(7 * 24 * 3600) } else { timeout };
    let mut waiting = Waiting {
        conditions: conditions.to_vec(),
        met: 0,
        left: Vec::new(),
        failures: Vec::new(),
        unread: Vec::new(),
        seeks: false,
        is_spent: false,
        args: args.clone(),
        until: Some(cx.now() + timeout),
        is_one_check: timeout == Millis::ZERO,
    };
    if are_named(args) {
        let (names, mut failures) = named_in_files(args, RULES, cx)?;
        for named in names {
            waiting.add(named.resource, &named.namespace, &named.name, cx);
        }
        waiting.unread.append(&mut failures);
        return Ok(waiting);
    }
    match Targets::parse(args.before_dash(), cx)? {
        Targets::Names(names) if !has_selector(args) && !args.is("all-namespaces") => {
            let namespace = namespace_of(args, cx);
            for (resource, name) in names {
                waiting.add(resource, &namespace, &name, cx);
            }
        }
        _ => {
            waiting.seek(cx)?;
            if waiting.left.is_empty() && waiting.unread.is_empty() && !waiting.is_for(&Condition::Delete) {
                waiting.seeks = waiting.is_for(&Condition::Create);
                if !waiting.seeks {
                    return Err(Failure::client("no matching resources found"));
                }
            }
        }
    }
    Ok(waiting)
}

impl Job for Waiting {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let is_over = self.is_one_check || self.until.is_some_and(|until| cx.now() >= until);
        if self.seeks {
            match self.seek(cx) {
                Ok(()) => self.seeks = self.left.is_empty(),
                Err(failure) => return Flow::Done(cx.fail(&failure)),
            }
        }
        if self.is_for(&Condition::Create) && !self.are_created(cx) {
            return match is_over {
                true => Flow::Done(cx.fail(&Failure::client("timed out waiting for the condition"))),
                false => Flow::Wait(self),
            };
        }
        while let Some((key, uid)) = self.left.first().cloned() {
            let object = cx.cluster().get(&key).cloned();
            // All share one timeout: once it is over, nobody asks what the others are like.
            let is_spent = !self.is_one_check && self.is_spent;
            let Some(condition) = self.conditions.get(self.met) else {
                self.go_on();
                continue;
            };
            let is_met = match (condition, &object) {
                (Condition::Delete, object) => object.as_ref().is_none_or(|object| object.meta.uid != uid),
                (Condition::Create, object) => object.is_some(),
                (_, None) => {
                    cx.fail(&not_found(key.kind, &key.name));
                    return Flow::Done(1);
                }
                (condition, Some(object)) => match condition.is_met(object) {
                    Ok(is_met) => !is_spent && is_met,
                    Err(why) => {
                        self.failures.push(Failure::client(why));
                        self.go_on();
                        continue;
                    }
                },
            };
            if is_met {
                self.tell(&key, object.as_ref(), cx);
                self.met += 1;
            } else if is_over {
                let name = format!("{}/{}", key.kind.names().plural, key.name);
                self.is_spent = true;
                self.failures.push(Failure::client(if self.is_one_check {
                    format!("condition not met for {name}")
                } else {
                    format!("timed out waiting for the condition on {name}")
                }));
                self.go_on();
            } else {
                return Flow::Wait(self);
            }
        }
        self.failures.append(&mut self.unread);
        Flow::Done(cx.fail_all(&self.failures))
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}

impl Waiting {
    fn is_for(&self, wanted: &Condition) -> bool {
        self.conditions.contains(wanted)
    }

    /// Whether all objects are there; what has been met before has been there.
    fn are_created(&self, cx: &Cx<'_>) -> bool {
        if self.seeks {
            return false;
        }
        self.met > 0 || !self.failures.is_empty() || self.left.iter().all(|(key, _)| cx.cluster().get(key).is_some())
    }

    /// Turns to the next object.
    fn go_on(&mut self) {
        self.left.remove(0);
        self.met = 0;
    }

    /// Looks for what the selectors mean.
    fn seek(&mut self, cx: &mut Cx<'_>) -> Result<(), Failure> {
        let found = select(&self.args, RULES, cx)?;
        self.left = found.objects.iter().map(|object| (object.key(), object.meta.uid.clone())).collect();
        self.unread = found.failures;
        Ok(())
    }

    /// Takes an object on; of one that is missing the others do not know.
    fn add(&mut self, resource: Resource, namespace: &Text, name: &str, cx: &Cx<'_>) {
        let found = fetch(resource, namespace, name, cx);
        match found {
            Ok(object) => self.left.push((object.key(), object.meta.uid.clone())),
            Err(_) if self.is_for(&Condition::Create) => {
                if let Resource::Kept(kind) = resource {
                    self.left.push((Key::new(kind, namespace.clone(), Text::new(name)), Text::default()));
                }
            }
            Err(_) if self.is_for(&Condition::Delete) => {}
            Err(failure) => self.unread.push(failure),
        }
    }

    /// Says that the wait for an object is over.
    fn tell(&self, key: &Key, object: Option<&Rc<Object>>, cx: &mut Cx<'_>) {
        match (Format::of(&self.args, cx), object) {
            (Ok(format), Some(object)) if !format.is_table() => {
                output_formats::print(&format, std::slice::from_ref(object), true, &mut cx.out);
            }
            _ => cx.out.out(format!("{}/{} condition met", key.kind.qualified_singular(), key.name)),
        }
    }
}

impl Condition {
    fn is_met(&self, object: &Object) -> Result<bool, &'static str> {
        match self {
            Condition::Delete | Condition::Create => Ok(false),
            Condition::Status { name, value } => {
                let generation = object.meta.generation;
                let observed = observed_generation(object);
                if observed.is_some_and(|observed| observed < generation) && object.kind != Kind::Pod {
                    return Ok(false);
                }
                Ok(all_conditions(object).iter().any(|condition| {
                    condition.str_at(&["type"]).eq_ignore_ascii_case(name)
                        && condition.str_at(&["status"]).eq_ignore_ascii_case(value)
                }))
            }
            Condition::Path { path, value } => {
                let found = jsonpath::find(path, &object.to_value()).unwrap_or_default();
                match (found.as_slice(), value) {
                    ([], _) | ([Value::Null], None) => Ok(false),
                    ([_, _, ..], _) => Err("given jsonpath expression matches more than one value"),
                    (_, None) => Ok(true),
                    ([Value::Map(_) | Value::List(_)], Some(_)) => {
                        Err("jsonpath leads to a nested object or list which is not supported")
                    }
                    ([found], Some(value)) => Ok(show(found).trim() == value.trim()),
                }
            }
        }
    }
}
