//! Removes pods that no kubelet will ever finish: of deleted nodes, and of nodes that are out of service.
//!
//! Follows pkg/controller/podgc: it looks every 20 seconds, and at a vanished node only after 40 more.

use super::{Controller, ControllerId, Ctx, Decision, Outcome, Subject, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::conditions::set_condition;
use crate::model::node::{is_node_ready, is_out_of_service};
use crate::model::pod::{is_over, node_of};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;

/// The collector keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct PodGc {}

const PERIOD: i64 = 20_000;
const QUARANTINE: Millis = Millis::seconds(40);

impl Controller for PodGc {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match (change.kind(), change.verb) {
            (Kind::Node, Verb::Deleted) => timers.add(next_look(change.at + QUARANTINE), work(&object.key())),
            (Kind::Node, _) if is_out_of_service(object) => timers.add(next_look(change.at), work(&object.key())),
            (Kind::Pod, Verb::Added | Verb::Modified) => {
                let name = node_of(object);
                let node = cluster.find(Kind::Node, &Text::default(), &name);
                let is_new = change.old.as_ref().is_none_or(|old| node_of(old) != name);
                match node {
                    // A name that no node has, as one that was mistyped.
                    None if !name.is_empty() && (is_new || object.meta.is_terminating()) => {
                        timers.add(next_look(change.at + QUARANTINE), work(&Key::new(Kind::Node, "", name)));
                    }
                    Some(node) if object.meta.is_terminating() && is_out_of_service(node) => {
                        timers.add(next_look(change.at), work(&Key::new(Kind::Node, "", name)));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let node = ctx.cluster.get(&work.key).cloned();
        let is_gone = node.is_none();
        if node.is_some_and(|node| is_node_ready(&node) || !is_out_of_service(&node)) {
            return;
        }
        let pods: Vec<Key> = ctx.cluster.pods_on(&work.key.name).cloned().collect();
        for key in pods {
            let Some(pod) = ctx.cluster.get(&key).cloned() else { continue };
            if is_gone || pod.meta.is_terminating() {
                remove(ctx, &pod, is_gone);
            }
        }
    }
}

fn work(key: &Key) -> Work {
    Work { controller: ControllerId::PodGc, key: key.clone(), task: "" }
}

/// The collector's first look at `at` or after it.
fn next_look(at: Millis) -> Millis {
    Millis((at.0 + PERIOD - 1).div_euclid(PERIOD) * PERIOD)
}

fn remove(ctx: &mut Ctx<'_>, pod: &Object, is_node_gone: bool) {
    let key = pod.key();
    let has_ended = is_over(pod);
    let condition = obj! {
        "lastProbeTime" => Value::Null, "lastTransitionTime" => ctx.now().rfc3339(),
        "message" => "PodGC: node no longer exists", "observedGeneration" => pod.meta.generation,
        "reason" => "DeletionByPodGC", "status" => "True", "type" => "DisruptionTarget",
    };
    if !has_ended {
        _ = ctx.cluster.modify(&key, |pod| {
            pod.set_at(&["status", "phase"], "Failed");
            if is_node_gone {
                set_condition(pod, condition);
            }
        });
    }
    let at = ctx.now();
    ctx.decisions.record(|| {
        let rule = if is_node_gone { "pod-gc.node-gone" } else { "pod-gc.out-of-service" };
        let facts = vec![("pod", key.name.clone()), ("node", node_of(pod))];
        let controller = ControllerId::PodGc;
        Decision { at, controller, key: key.clone(), rule, subject: Subject::Whole, facts, outcome: Outcome::Acts }
    });
    _ = ctx.cluster.delete(&key, &DeleteOptions { uid: Some(pod.meta.uid.clone()), ..DeleteOptions::FORCE });
}
