//! `kubectl cordon`, `uncordon`, `drain` and `taint`: nodes before and after maintenance.

use super::dry_run::{self, DRY_RUN, finish, is_dry};
use super::requests::{FIELD_MANAGER, VALIDATE, update, validation};
use crate::api::names::qualified_name;
use crate::cluster::ApiError;
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::duration::go_duration;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::print::told;
use crate::kubectl::resources::Scope;
use crate::kubectl::selection;
use crate::kubectl::selector::LabelSelector;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The flags of `cordon` and `uncordon`.
pub const CORDON_FLAGS: &[Flag] = &[selection::SELECTOR, DRY_RUN];

/// The flags of `drain`.
pub const FLAGS: &[Flag] = &[
    selection::SELECTOR,
    DRY_RUN,
    long("ignore-daemonsets", Takes::Bool),
    long("delete-emptydir-data", Takes::Bool),
    long("delete-local-data", Takes::Bool),
    long("force", Takes::Bool),
    long("grace-period", Takes::Int),
    long("timeout", Takes::Duration),
    long("pod-selector", Takes::Text),
    long("disable-eviction", Takes::Bool),
    long("skip-wait-for-delete-timeout", Takes::Int),
    long("chunk-size", Takes::Int).ignored(),
];

/// The flags of `taint`.
pub const TAINT_FLAGS: &[Flag] = &[
    selection::SELECTOR,
    DRY_RUN,
    long("overwrite", Takes::Bool),
    long("all", Takes::Bool),
    VALIDATE,
    FIELD_MANAGER,
    short("output", 'o', Takes::Text),
];

/// The nodes that are named.
fn nodes(args: &Args, verb: &str, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let words = args.before_dash();
    if words.is_empty() && !args.has("selector") {
        return Err(Failure::Usage(format!("USAGE: {verb} NODE [flags]"), verb.into()));
    }
    if args.has("selector") {
        let labels = LabelSelector::parse(args.text("selector")).map_err(|error| Failure::client(error.to_string()))?;
        let scope = Scope { labels, ..Scope::default() };
        return Ok(cx.cluster().list(Kind::Node).filter(|node| scope.takes(node)).cloned().collect());
    }
    let mut found = Vec::new();
    for word in words.iter().filter(|word| !matches!(word.as_str(), "node" | "nodes" | "no") || words.len() == 1) {
        let name = word.strip_prefix("node/").or_else(|| word.strip_prefix("nodes/")).unwrap_or(word);
        found.push(Rc::clone(cx.cluster().fetch(&Key::new(Kind::Node, "", Text::new(name)))?));
    }
    Ok(found)
}

/// `kubectl cordon`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn cordon(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let nodes = nodes(args, "cordon", cx)?;
    set_all_unschedulable(args, &nodes, true, cx)
}

/// `kubectl uncordon`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn uncordon(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let nodes = nodes(args, "uncordon", cx)?;
    set_all_unschedulable(args, &nodes, false, cx)
}

fn set_all_unschedulable(args: &Args, nodes: &[Rc<Object>], wanted: bool, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    let mut failures = Vec::new();
    cx.one_by_one(nodes, &mut failures, &mut |node, cx| set_unschedulable(args, node, wanted, cx));
    finish(&failures, cx)
}

fn set_unschedulable(args: &Args, node: &Rc<Object>, wanted: bool, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let now = node.at(&["spec", "unschedulable"]).and_then(Value::as_bool).unwrap_or(false);
    let verb = if wanted { "cordoned" } else { "uncordoned" };
    if now == wanted {
        return told(args, node, &format!("already {verb}"), cx);
    }
    if !is_dry(args) {
        let mut next = Object::clone(node);
        if wanted {
            next.set_at(&["spec", "unschedulable"], true);
        } else {
            next.remove_at(&["spec", "unschedulable"]);
        }
        update(node, next, cx)?;
    }
    told(args, node, verb, cx)
}

/// A pod on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The eviction is to be asked for at this moment.
    Ask(Millis),
    /// It was accepted; the pod is waited for.
    Gone,
}

#[derive(Clone, Debug)]
struct Leaving {
    key: Key,
    uid: Text,
    step: Step,
}

/// `kubectl drain`, while pods leave.
#[derive(Clone, Debug)]
pub struct Drain {
    nodes: Vec<Text>,
    node: Text,
    pods: Vec<Leaving>,
    until: Option<Millis>,
    timeout: Millis,
    grace: Option<i64>,
    deletes: bool,
    /// The pods that are meant.
    wanted: LabelSelector,
    /// Pods that began to end longer ago than this are not waited for; zero waits for all.
    skipped_after: Millis,
    args: Args,
    exit: i32,
}

const RETRY: Millis = Millis::seconds(5);

/// `kubectl drain`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    let wanted = LabelSelector::parse(args.text("pod-selector")).map_err(|error| Failure::client(error.to_string()))?;
    let nodes = nodes(args, "drain", cx)?;
    set_all_unschedulable(args, &nodes, true, cx)?;
    let timeout = args.duration("timeout").unwrap_or(Millis::ZERO);
    let job = Drain {
        nodes: nodes.iter().map(|node| node.meta.name.clone()).collect(),
        node: Text::default(),
        pods: Vec::new(),
        until: (timeout.0 > 0).then(|| cx.now() + timeout),
        timeout,
        grace: args.int("grace-period").filter(|grace| *grace >= 0),
        deletes: args.is("disable-eviction"),
        wanted,
        skipped_after: Millis::seconds(args.int("skip-wait-for-delete-timeout").unwrap_or(0).clamp(0, 1 << 40)),
        args: args.clone(),
        exit: 0,
    };
    Ok(Box::new(job).next_node(cx))
}

impl Job for Drain {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let now = cx.now();
        let is_over = self.until.is_some_and(|until| now >= until);
        let mut left = Vec::new();
        for mut pod in std::mem::take(&mut self.pods) {
            if let Step::Ask(at) = pod.step
                && at <= now
            {
                if !self.deletes {
                    cx.out.out(format!("evicting pod {}/{}", pod.key.namespace, pod.key.name));
                }
                if is_over {
                    // The time that is left is looked at before each request only.
                    left.push(pod);
                    continue;
                }
                match self.ask(&pod, cx) {
                    Ok(()) => pod.step = Step::Gone,
                    Err(ApiError::NotFound { .. }) => continue,
                    Err(ApiError::TooManyRequests(text)) => {
                        cx.out.err(format!("{} (will retry after 5s): {text}", at_pod(&pod)));
                        pod.step = Step::Ask(now + RETRY);
                    }
                    Err(error) => {
                        let text = format!("{}: {error}", at_pod(&pod));
                        return self.fail(&[pod], &text.clone(), &[text], cx);
                    }
                }
            }
            let is_gone = cx.cluster().get(&pod.key).is_none_or(|object| object.meta.uid != pod.uid);
            if pod.step == Step::Gone && is_gone {
                let verb = if self.deletes { "deleted" } else { "evicted" };
                cx.out.out(format!("pod/{} {verb}", pod.key.name));
                continue;
            }
            left.push(pod);
        }
        self.pods = left;
        if self.pods.is_empty() {
            cx.out.out(format!("node/{} drained", self.node));
            return self.next_node(cx);
        }
        let waits_to_ask = self.pods.iter().any(|pod| matches!(pod.step, Step::Ask(at) if at > now));
        if is_over && !waits_to_ask {
            return self.time_out(cx);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        let next = self.pods.iter().filter_map(|pod| match pod.step {
            Step::Ask(at) => Some(at),
            Step::Gone => None,
        });
        let waits_to_ask = self.pods.iter().any(|pod| matches!(pod.step, Step::Ask(_)));
        next.chain(self.until.filter(|_| !waits_to_ask)).min()
    }
}

impl Drain {
    fn next_node(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        if self.nodes.is_empty() {
            return Flow::Done(self.exit);
        }
        self.node = self.nodes.remove(0);
        let name = self.node.clone();
        let all: Vec<Rc<Object>> = cx
            .cluster()
            .list(Kind::Pod)
            .filter(|pod| pod.str_at(&["spec", "nodeName"]) == name.as_str())
            // Static pods stay: their kubelet would bring them back.
            .filter(|pod| pod.meta.annotation("kubernetes.io/config.mirror").is_empty())
            .filter(|pod| self.wanted.matches(&pod.meta.labels))
            .filter(|pod| !self.is_skipped(pod, cx.now()))
            .cloned()
            .collect();
        let refusals = self.refusals(&all);
        if !refusals.is_empty() {
            let text = match refusals.as_slice() {
                [only] => only.clone(),
                several => format!("[{}]", several.join(", ")),
            };
            return self.fail(&[], &text, &refusals, cx);
        }
        self.warn(&all, cx);
        if is_dry(&self.args) {
            for pod in &all {
                cx.out.out(format!("evicting pod {}/{} (dry run)", pod.meta.namespace, pod.meta.name));
            }
            cx.out.out(format!("node/{name} drained (dry run)"));
            return self.next_node(cx);
        }
        let now = cx.now();
        self.pods =
            all.iter().map(|pod| Leaving { key: pod.key(), uid: pod.meta.uid.clone(), step: Step::Ask(now) }).collect();
        self.poll(cx)
    }

    /// Whether a pod has been ending for so long that it is passed over.
    fn is_skipped(&self, pod: &Object, now: Millis) -> bool {
        self.skipped_after.0 > 0 && pod.meta.deletion_timestamp.is_some_and(|since| now - since > self.skipped_after)
    }

    fn refusals(&self, pods: &[Rc<Object>]) -> Vec<String> {
        let names = |takes: &dyn Fn(&&Rc<Object>) -> bool| {
            let found = pods.iter().filter(takes).map(|pod| format!("{}/{}", pod.meta.namespace, pod.meta.name));
            found.collect::<Vec<_>>().join(", ")
        };
        let mut refusals = Vec::new();
        let local = names(&|pod| has_local_data(pod) && !is_over(pod));
        if !local.is_empty() && !self.args.is("delete-emptydir-data") && !self.args.is("delete-local-data") {
            refusals.push(format!(
                "cannot delete Pods with local storage (use --delete-emptydir-data to override): {local}"
            ));
        }
        let bare = names(&|pod| pod.meta.controller().is_none() && !is_over(pod));
        if !bare.is_empty() && !self.args.is("force") {
            refusals.push(format!("cannot delete Pods that declare no controller (use --force to override): {bare}"));
        }
        refusals
    }

    fn warn(&self, pods: &[Rc<Object>], cx: &mut Cx<'_>) {
        let names = |takes: &dyn Fn(&&Rc<Object>) -> bool| {
            let found = pods.iter().filter(takes).map(|pod| format!("{}/{}", pod.meta.namespace, pod.meta.name));
            found.collect::<Vec<_>>().join(", ")
        };
        let mut warnings = Vec::new();
        let local = names(&|pod| has_local_data(pod) && !is_over(pod));
        if !local.is_empty() {
            warnings.push(format!("deleting Pods with local storage: {local}"));
        }
        let bare = names(&|pod| pod.meta.controller().is_none() && !is_over(pod));
        if !bare.is_empty() {
            warnings.push(format!("deleting Pods that declare no controller: {bare}"));
        }
        if !warnings.is_empty() {
            cx.out.err(format!("Warning: {}", warnings.join("; ")));
        }
    }

    fn ask(&self, pod: &Leaving, cx: &mut Cx<'_>) -> Result<(), ApiError> {
        let is_same = cx.cluster().fetch(&pod.key)?.meta.uid == pod.uid;
        if !is_same {
            return Err(ApiError::NotFound { kind: Kind::Pod, name: pod.key.name.clone() });
        }
        if self.deletes {
            let options = crate::cluster::DeleteOptions {
                grace_period_seconds: self.grace,
                ..crate::cluster::DeleteOptions::BACKGROUND
            };
            return cx.cluster_mut().delete(&pod.key, &options).map(|_| ());
        }
        cx.cluster_mut().evict(&pod.key, self.grace)
    }

    fn time_out(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let pods = self.pods.clone();
        let reason = format!("global timeout reached: {}", go_duration(self.timeout));
        let texts: Vec<String> = pods
            .iter()
            .map(|pod| match pod.step {
                Step::Ask(_) => format!("{}: {reason}", at_pod(pod)),
                Step::Gone => format!(
                    "error when waiting for pod {:?} in namespace {:?} to terminate: {reason}",
                    pod.key.name.as_str(),
                    pod.key.namespace.as_str()
                ),
            })
            .collect();
        for pod in pods.iter().filter(|pod| pod.step == Step::Gone) {
            cx.out.out(format!("pod/{} eviction failed", pod.key.name));
        }
        let text = match texts.as_slice() {
            [only] => only.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        self.fail(&pods, &text, &texts, cx)
    }

    fn fail(mut self: Box<Self>, pods: &[Leaving], text: &str, texts: &[String], cx: &mut Cx<'_>) -> Flow {
        let node = self.node.clone();
        if !pods.is_empty() {
            cx.out.err(format!("There are pending pods in node \"{node}\" when an error occurred: {text}"));
            pods.iter().for_each(|pod| cx.out.err(format!("pod/{}", pod.key.name)));
        }
        cx.out.err(format!("error: unable to drain node \"{node}\" due to error: {text}, continuing command..."));
        cx.out.err("There are pending nodes to be drained:");
        cx.out.err(format!(" {node}"));
        texts.iter().for_each(|text| cx.out.err(text.clone()));
        self.exit = 1;
        self.pods.clear();
        self.next_node(cx)
    }
}

fn at_pod(pod: &Leaving) -> String {
    format!("error when evicting pods/{:?} -n {:?}", pod.key.name.as_str(), pod.key.namespace.as_str())
}

fn is_over(pod: &Object) -> bool {
    matches!(pod.str_at(&["status", "phase"]), "Succeeded" | "Failed")
}

fn has_local_data(pod: &Object) -> bool {
    pod.list_at(&["spec", "volumes"]).iter().any(|volume| volume.get("emptyDir").is_some())
}

/// A change of taints as it is typed.
struct TaintChange {
    key: String,
    value: String,
    effect: String,
    removes: bool,
}

/// `kubectl taint`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn taint(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    validation(args)?;
    let words = args.before_dash();
    let is_change = |word: &&String| word.contains(['=', ':']) || word.ends_with('-');
    let mut names: Vec<String> = words.iter().filter(|word| !is_change(word)).cloned().collect();
    let changes: Vec<&String> = words.iter().filter(is_change).collect();
    match names.first().map(String::as_str) {
        Some("node" | "nodes" | "no") => _ = names.remove(0),
        Some(first) if first.starts_with("node/") || first.starts_with("nodes/") => {}
        Some(other) => {
            let kind = crate::kubectl::resources::Resource::named(other)?;
            return Err(Failure::client(format!("invalid resource type {}, only node(s) is supported", kind.plural())));
        }
        None => return Err(Failure::client("one or more resources must be specified as <resource> <name>")),
    }
    if changes.is_empty() {
        return Err(Failure::client("at least one taint update is required"));
    }
    let usage = |text: String| Failure::Usage(text, "taint".into());
    let changes: Vec<TaintChange> =
        changes.into_iter().map(|word| parse_taint(word)).collect::<Result<_, _>>().map_err(usage)?;
    let mut nodes = Vec::new();
    if args.is("all") || args.has("selector") {
        let labels = LabelSelector::parse(args.text("selector")).map_err(|error| Failure::client(error.to_string()))?;
        nodes.extend(cx.cluster().list(Kind::Node).filter(|node| labels.matches(&node.meta.labels)).cloned());
    } else if names.is_empty() {
        return Err(Failure::client("one or more resources must be specified as <resource> <name>"));
    }
    for name in names {
        let name = name.rsplit('/').next().unwrap_or(&name).to_string();
        nodes.push(Rc::clone(cx.cluster().fetch(&Key::new(Kind::Node, "", Text::new(&name)))?));
    }
    let mut failures = Vec::new();
    cx.one_by_one(&nodes, &mut failures, &mut |node, cx| taint_node(args, node, &changes, cx));
    finish(&failures, cx)
}

fn parse_taint(word: &str) -> Result<TaintChange, String> {
    let (word, removes) = word.strip_suffix('-').map_or((word, false), |word| (word, true));
    let (pair, effect) = word.split_once(':').unwrap_or((word, ""));
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    if let Some(wrong) = qualified_name(key).last() {
        return Err(format!("invalid taint spec: {word}, {wrong}"));
    }
    if effect.is_empty() && !removes {
        return Err(format!("invalid taint spec: {word}"));
    }
    if !effect.is_empty() && !matches!(effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute") {
        return Err(format!("invalid taint effect: {effect}, unsupported taint effect"));
    }
    Ok(TaintChange { key: key.into(), value: value.into(), effect: effect.into(), removes })
}

fn taint_node(args: &Args, node: &Rc<Object>, changes: &[TaintChange], cx: &mut Cx<'_>) -> Result<(), Failure> {
    let mut taints = node.list_at(&["spec", "taints"]).to_vec();
    let is_same = |taint: &Value, change: &TaintChange| {
        taint.str_at(&["key"]) == change.key && (change.effect.is_empty() || taint.str_at(&["effect"]) == change.effect)
    };
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
    let (mut has_added, mut has_removed, mut missing) = (false, false, Vec::new());
    for change in changes {
        let before = taints.len();
        taints.retain(|taint| !is_same(taint, change));
        if change.removes {
            if taints.len() == before {
                let effect = if change.effect.is_empty() { String::new() } else { format!(":{}", change.effect) };
                missing.push(format!("taint {:?} not found", format!("{}{effect}", change.key)));
            }
            has_removed = true;
            continue;
        }
        has_added = true;
        let mut taint = obj! { "effect" => Text::new(&change.effect), "key" => Text::new(&change.key) };
        if !change.value.is_empty() {
            taint.set_at(&["value"], Text::new(&change.value));
        }
        taints.push(taint);
    }
    if !missing.is_empty() {
        return Err(Failure::client(missing.join(", ")));
    }
    let mut next = Object::clone(node);
    if taints.is_empty() {
        next.remove_at(&["spec", "taints"]);
    } else {
        next.set_at(&["spec", "taints"], taints);
    }
    let stored = if is_dry(args) { Rc::new(next) } else { update(node, next, cx)? };
    let verb = match (has_added, has_removed) {
        (true, true) => "modified",
        (true, false) => "tainted",
        _ => "untainted",
    };
    told(args, &stored, verb, cx)
}
