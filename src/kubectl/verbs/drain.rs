//! `kubectl drain`: a node is closed and its pods are evicted.
//!
//! Follows `pkg/drain` of kubectl.

use super::cordon::{check_named, nodes, set_all_unschedulable};
use super::dry_run::{self, DRY_RUN, is_dry};
use crate::cluster::{ApiError, DeleteOptions};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::resources::client_labels;
use crate::kubectl::selection;
use crate::kubectl::selector::LabelSelector;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::duration::go_duration;
use crate::model::pod::{node_name, volumes};
use crate::model::{Key, Kind, Millis, Object, Text, pod};
use crate::world::RefusedDrain;
use std::rc::Rc;

/// The row of `kubectl drain`.
pub const DRAIN: Verb = Verb {
    name: "drain",
    flags: &[FLAGS],
    run,
    manager: "kubectl",
    completes: Completes::Nodes,
    listed: Group::Cluster.at(6),
    ways: Ways::USUAL,
    help: help(
        "Drain node in preparation for maintenance.",
        &[(
            "Evict the pods of a node, within their budgets",
            "kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data",
        )],
        &[
            ("--ignore-daemonsets=false", "Leave pods of DaemonSets alone."),
            ("--delete-emptydir-data=false", "Evict pods with emptyDir volumes, too; their data is lost."),
            ("--disable-eviction=false", "Delete instead of evicting, past budgets."),
            ("--force=false", "Evict pods without a controller, too."),
            ("--grace-period=-1", "Seconds of grace; -1 takes the pod's own."),
            ("--pod-selector=''", "Only pods whose labels match."),
            help::TIMEOUT,
        ],
        "drain NODE [options]",
    ),
};

/// The flags of `drain`.
pub const FLAGS: &[Flag] = &[
    selection::SELECTOR,
    DRY_RUN,
    long("ignore-daemonsets", Takes::Bool),
    long("delete-emptydir-data", Takes::Bool),
    long("force", Takes::Bool),
    long("grace-period", Takes::Int),
    long("timeout", Takes::Duration),
    long("pod-selector", Takes::Text),
    long("disable-eviction", Takes::Bool),
    long("skip-wait-for-delete-timeout", Takes::Int),
    long("chunk-size", Takes::Int).ignored(),
];

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
    /// The nodes that could not be drained, and why.
    pending: Vec<(Text, Vec<String>)>,
}

const RETRY: Millis = Millis::seconds(5);

/// `kubectl drain`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    check_named(args, "drain")?;
    dry_run::check(args, cx)?;
    let wanted = client_labels(args.text("pod-selector"))
        .map_err(|_| Failure::client("--pod-selector=<pod_selector> must be a valid label selector"))?;
    let nodes = nodes(args, "drain", cx)?;
    set_all_unschedulable(args, &nodes, true, cx)?;
    let timeout = args.duration("timeout").unwrap_or(Millis::ZERO);
    let job = Drain {
        nodes: nodes.iter().map(|node| node.meta.name.clone()).collect(),
        node: Text::default(),
        pods: Vec::new(),
        until: None,
        timeout,
        grace: args.int("grace-period").filter(|grace| *grace >= 0),
        deletes: args.is("disable-eviction"),
        wanted,
        skipped_after: Millis::seconds(args.int("skip-wait-for-delete-timeout").unwrap_or(0).clamp(0, 1 << 40)),
        args: args.clone(),
        pending: Vec::new(),
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

/// Whether a DaemonSet keeps a pod that has not ended.
fn is_daemon(pod: &&Rc<Object>) -> bool {
    pod.meta.controller().is_some_and(|owner| owner.kind == "DaemonSet") && !is_over(pod)
}

impl Drain {
    fn next_node(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        if self.nodes.is_empty() {
            return self.end(cx);
        }
        self.node = self.nodes.remove(0);
        let name = self.node.clone();
        // Each node has the whole time.
        self.until = (self.timeout.0 > 0).then(|| cx.now() + self.timeout);
        if let Err(error) = cx.check_access("list", Kind::Pod, "", "", "") {
            let text = error.to_string();
            return self.fail(&[], &text.clone(), &[text], cx);
        }
        let all: Vec<Rc<Object>> = cx
            .cluster()
            .list(Kind::Pod)
            .filter(|pod| node_name(pod) == name.as_str())
            // Static pods stay: their kubelet would bring them back.
            .filter(|pod| pod.meta.annotation("kubernetes.io/config.mirror").is_empty())
            .filter(|pod| self.wanted.matches(&pod.meta.labels))
            .filter(|pod| !self.is_skipped(pod, cx.now()))
            .cloned()
            .collect();
        let says_once = cx.cluster().kubernetes().has(Difference::UnmanagedSaidOnce);
        let held = Held::of(&all);
        let refused = self.refused(&held);
        let refusals = refused.as_ref().map(|refused| refusals(refused, says_once)).unwrap_or_default();
        if !is_dry(&self.args) {
            let node_uid = cx.cluster().find(Kind::Node, &Text::default(), &name).map(|node| node.meta.uid.clone());
            let refused = refused.map(|refused| RefusedDrain { node_uid: node_uid.unwrap_or_default(), ..refused });
            cx.cluster_mut().runtime_mut().set_refused_drain(&name, refused);
        }
        if !refusals.is_empty() {
            let text = match refusals.as_slice() {
                [only] => only.clone(),
                several => format!("[{}]", several.join(", ")),
            };
            return self.fail(&[], &text, &refusals, cx);
        }
        held.warn(cx);
        // What a DaemonSet keeps would come back at once.
        let all: Vec<Rc<Object>> = all.into_iter().filter(|pod| !is_daemon(&pod)).collect();
        if is_dry(&self.args) {
            let dry_run = if self.args.text("dry-run") == "server" { "server dry run" } else { "dry run" };
            for pod in &all {
                cx.out.out(format!("evicting pod {}/{} ({dry_run})", pod.meta.namespace, pod.meta.name));
            }
            cx.out.out(format!("node/{name} drained ({dry_run})"));
            return self.next_node(cx);
        }
        let now = cx.now();
        self.pods =
            all.iter().map(|pod| Leaving { key: pod.key(), uid: pod.meta.uid.clone(), step: Step::Ask(now) }).collect();
        self.poll(cx)
    }

    /// Lists the nodes that are left, and why.
    fn end(&self, cx: &mut Cx<'_>) -> Flow {
        if self.pending.is_empty() {
            return Flow::Done(0);
        }
        cx.out.err("There are pending nodes to be drained:");
        self.pending.iter().for_each(|(node, _)| cx.out.err(format!(" {node}")));
        self.pending.iter().flat_map(|(_, texts)| texts).for_each(|text| cx.out.err(text.clone()));
        Flow::Done(1)
    }

    /// Whether a pod has been ending for so long that it is passed over.
    fn is_skipped(&self, pod: &Object, now: Millis) -> bool {
        self.skipped_after.0 > 0 && pod.meta.deletion_timestamp.is_some_and(|since| now - since > self.skipped_after)
    }

    /// Which pods keep the node from being drained; `None` if none does.
    fn refused(&self, held: &Held) -> Option<RefusedDrain> {
        let leaves_data = self.args.is("delete-emptydir-data");
        let unless = |is_allowed: bool, keys: &[Key]| if is_allowed { Vec::new() } else { keys.to_vec() };
        let refused = RefusedDrain {
            daemons: unless(self.args.is("ignore-daemonsets"), &held.daemons),
            local: unless(leaves_data, &held.local),
            bare: unless(self.args.is("force"), &held.bare),
            ..RefusedDrain::default()
        };
        let is_refused = refused != RefusedDrain::default();
        is_refused.then(|| RefusedDrain { options: options(&self.args), ..refused })
    }

    fn ask(&self, pod: &Leaving, cx: &mut Cx<'_>) -> Result<(), ApiError> {
        let is_same = cx.cluster().fetch(&pod.key)?.meta.uid == pod.uid;
        if !is_same {
            return Err(ApiError::NotFound { kind: Kind::Pod, name: pod.key.name.clone() });
        }
        let options = DeleteOptions { grace_period_seconds: self.grace, ..DeleteOptions::BACKGROUND };
        if self.deletes {
            return cx.request(|cluster| cluster.delete(&pod.key, &options)).map(|_| ());
        }
        cx.request(|cluster| cluster.evict(&pod.key, &options))
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
        self.pending.push((node, texts.to_vec()));
        self.pods.clear();
        self.next_node(cx)
    }
}

/// The pods of a node that a drain does not move without being told so.
struct Held {
    daemons: Vec<Key>,
    local: Vec<Key>,
    bare: Vec<Key>,
}

impl Held {
    fn of(pods: &[Rc<Object>]) -> Held {
        let keys = |takes: &dyn Fn(&&Rc<Object>) -> bool| pods.iter().filter(takes).map(|pod| pod.key()).collect();
        Held {
            daemons: keys(&is_daemon),
            local: keys(&|pod| has_local_data(pod) && !is_over(pod) && !is_daemon(pod)),
            bare: keys(&|pod| pod.meta.controller().is_none() && !is_over(pod)),
        }
    }

    fn warn(&self, cx: &mut Cx<'_>) {
        let texts = [
            ("ignoring DaemonSet-managed Pods", &self.daemons),
            ("deleting Pods with local storage", &self.local),
            ("deleting Pods that declare no controller", &self.bare),
        ];
        let warnings = texts.into_iter().filter(|(_, keys)| !keys.is_empty());
        let warnings: Vec<String> = warnings.map(|(text, keys)| format!("{text}: {}", names(keys))).collect();
        if !warnings.is_empty() {
            cx.out.err(format!("Warning: {}", warnings.join("; ")));
        }
    }
}

fn names(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(|key| format!("{}/{}", key.namespace, key.name)).collect();
    names.join(", ")
}

/// What kubectl says of the pods that keep a node from being drained.
fn refusals(refused: &RefusedDrain, says_once: bool) -> Vec<String> {
    // The last reason had the words in front as well, once.
    let again = if says_once { "" } else { "cannot delete " };
    let bare = format!("{again}Pods that declare no controller (use --force to override)");
    let reasons = [
        ("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", &refused.daemons),
        ("Pods with local storage (use --delete-emptydir-data to override)", &refused.local),
        (&*bare, &refused.bare),
    ];
    let reasons = reasons.into_iter().filter(|(_, keys)| !keys.is_empty());
    reasons.map(|(text, keys)| format!("cannot delete {text}: {}", names(keys))).collect()
}

/// The options that were written, as they are typed again for one node.
fn options(args: &Args) -> Vec<Text> {
    let mut options: Vec<Text> = Vec::new();
    for flag in args.written().filter(|flag| !matches!(flag.long, "selector" | "dry-run")) {
        let value = args.text(flag.long);
        let is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_=.,/:".contains(c));
        let option = match (flag.takes, is_plain) {
            (Takes::Bool, _) if args.is(flag.long) => format!("--{}", flag.long),
            (_, true) => format!("--{}={value}", flag.long),
            (_, false) => format!("--{}='{}'", flag.long, value.replace('\'', "'\\''")),
        };
        if !options.iter().any(|it| **it == *option) {
            options.push(option.into());
        }
    }
    options
}

fn at_pod(pod: &Leaving) -> String {
    format!("error when evicting pods/{:?} -n {:?}", pod.key.name.as_str(), pod.key.namespace.as_str())
}

fn is_over(pod: &Object) -> bool {
    pod::is_over(pod)
}

fn has_local_data(pod: &Object) -> bool {
    volumes(pod).iter().any(|volume| volume.get("emptyDir").is_some())
}
