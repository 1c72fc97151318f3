//! Deletes pods from nodes whose `NoExecute` taints they do not tolerate, at once or after their time. Taints nothing.
//!
//! Follows pkg/controller/tainteviction/taint_eviction.go.

use super::scheduler::node_match::toleration_covers;
use super::{Controller, ControllerId, Ctx, Facts, Outcome, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::conditions::set_condition;
use crate::model::node::no_execute_taints;
use crate::model::pod::node_of;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The pods that will be deleted, and when.
#[derive(Clone, Debug, Default)]
pub struct TaintEviction {
    planned: Rc<SharedMap<Key, Millis>>,
}

/// From when a pod comes to a tainted node until it is seen there: the controllers' client may send 20 requests a second,
/// and who makes a new pod for each that leaves must let time go on.
const SEEN_AFTER: Millis = Millis(50);

const SOURCE: &str = "taint-eviction-controller";
const TASK_DELETE: &str = "delete";

impl Controller for TaintEviction {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match (change.kind(), change.verb) {
            (Kind::Node, Verb::Added | Verb::Modified) => {
                let taints = |node: &Object| node.at(&["spec", "taints"]).cloned();
                if change.old.as_ref().map_or(taints(object).is_some(), |old| taints(old) != taints(object)) {
                    timers.add(change.at, work(&object.key(), ""));
                }
            }
            (Kind::Pod, Verb::Deleted) => self.forget(&object.key(), timers),
            (Kind::Pod, _) => {
                let node = node_of(object);
                let was_there = change.old.as_ref().is_some_and(|old| node_of(old) == node);
                let has_taints = || {
                    let node = cluster.find(Kind::Node, &Text::default(), &node);
                    node.is_some_and(|node| no_execute_taints(node).next().is_some())
                };
                if !node.is_empty() && !was_there && has_taints() {
                    timers.add(change.at + SEEN_AFTER, work(&object.key(), ""));
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match (work.key.kind, work.task) {
            (Kind::Node, _) => {
                let pods: Vec<Key> = ctx.cluster.pods_on(&work.key.name).cloned().collect();
                for pod in pods {
                    self.judge(ctx, &pod);
                }
            }
            (_, TASK_DELETE) => {
                self.forget(&work.key, ctx.timers);
                if ctx.cluster.get(&work.key).is_some_and(|pod| !pod.meta.is_terminating()) {
                    evict(ctx, &work.key);
                }
            }
            _ => self.judge(ctx, &work.key),
        }
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::TaintEviction, key: key.clone(), task }
}

/// When a pod has to leave its node; `None` if it may stay.
fn leaves_at(pod: &Object, node: &Object, now: Millis) -> Option<Millis> {
    let mut leaves: Option<Millis> = None;
    for taint in no_execute_taints(node) {
        let covering: Vec<&Value> = pod
            .list_at(&["spec", "tolerations"])
            .iter()
            .filter(|toleration| toleration_covers(toleration, taint))
            .collect();
        let since = Millis::parse_rfc3339(taint.str_at(&["timeAdded"])).unwrap_or(now);
        let at = match covering.iter().filter_map(|toleration| toleration.i64_at(&["tolerationSeconds"])).min() {
            _ if covering.is_empty() => now,
            None => continue,
            Some(seconds) => (since + Millis::seconds(seconds.clamp(0, 1_000_000_000))).max(now),
        };
        leaves = Some(leaves.map_or(at, |before| before.min(at)));
    }
    leaves
}

impl TaintEviction {
    fn forget(&mut self, key: &Key, timers: &mut Timers) {
        if self.planned.contains_key(key) {
            Rc::make_mut(&mut self.planned).remove(key);
            timers.cancel(&work(key, TASK_DELETE));
        }
    }

    fn judge(&mut self, ctx: &mut Ctx<'_>, key: &Key) {
        let Some(pod) = ctx.cluster.get(key).cloned() else { return };
        let Some(node) = ctx.cluster.find(Kind::Node, &Text::default(), &node_of(&pod)).cloned() else { return };
        let now = ctx.now();
        match leaves_at(&pod, &node, now) {
            None => {
                if self.planned.contains_key(key) {
                    self.forget(key, ctx.timers);
                    let text = format!("Cancelling deletion of Pod {}/{}", key.namespace, key.name);
                    ctx.event(&pod, SOURCE, false, "TaintManagerEviction", text);
                }
            }
            Some(at) if at <= now => {
                self.forget(key, ctx.timers);
                if pod.meta.is_terminating() {
                    return;
                }
                evict(ctx, key);
            }
            Some(at) => {
                let seconds = (at - now).whole_seconds().to_string();
                record(ctx, key, "taint-eviction.tolerates", Outcome::Waits, || vec![("seconds", seconds.into())]);
                Rc::make_mut(&mut self.planned).insert(key.clone(), at);
                ctx.timers.set(at, work(key, TASK_DELETE));
            }
        }
    }
}

fn evict(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(pod) = ctx.cluster.get(key).cloned() else { return };
    let text = format!("Marking for deletion Pod {}/{}", key.namespace, key.name);
    ctx.event(&pod, SOURCE, false, "TaintManagerEviction", text);
    record(ctx, key, "taint-eviction.deletes", Outcome::Acts, Vec::new);
    let condition = obj! {
        "lastProbeTime" => Value::Null, "lastTransitionTime" => ctx.now().rfc3339(),
        "message" => "Taint manager: deleting due to NoExecute taint", "observedGeneration" => pod.meta.generation,
        "reason" => "DeletionByTaintManager", "status" => "True", "type" => "DisruptionTarget",
    };
    _ = ctx.cluster.modify(key, |pod| set_condition(pod, condition));
    _ = ctx.cluster.delete(key, &DeleteOptions::BACKGROUND);
}

fn record(ctx: &mut Ctx<'_>, key: &Key, rule: &'static str, outcome: Outcome, facts: impl FnOnce() -> Facts) {
    ctx.decide_about(ControllerId::TaintEviction, ("pod", key), rule, outcome, facts);
}
