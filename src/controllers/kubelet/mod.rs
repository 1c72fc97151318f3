//! Runs the pods of all nodes: images, containers, restarts, probes, deletion, and the status that tells of them.
//! Chooses no node.
//!
//! Follows pkg/kubelet/kubelet.go and pkg/kubelet/pod_workers.go.
//!
//! Every pod has a `Worker` with an agenda; the earliest entry is the pod's timer, so that a pod to which nothing
//! happens costs nothing. What a worker does is a chain of syncs (`sync.rs`), each a chain of steps that take time.

mod admit;
mod answerer;
mod ephemeral_storage;
mod gone_pods;
mod image_volumes;
mod misbehaviour;
mod mounts;
mod oom_kill;
mod pod_actions;
mod pod_addresses;
mod pod_view;
mod pressure;
mod probes;
mod references;
mod refresh;
mod resize;
mod restart_of_all;
mod runtime_events;
mod stand_in;
mod start;
pub mod static_pods;
mod status;
mod stop;
mod supplied;
mod sync;
mod take_over;
mod visit;
mod worker;

use super::{Controller, ControllerId, Ctx, NewEvent, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::conditions::condition;
use crate::model::pod::{is_static, node_name, node_of};
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::sorted::{SharedMap, SharedSet};
use crate::world::RuntimeEvent;
use crate::world::environment::KubeletKind;
use stand_in::StandInPod;
use std::rc::Rc;
use visit::Visit;
use worker::Worker;

/// The kubelets of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Kubelet {
    workers: Rc<SharedMap<Key, Rc<Worker>>>,
    /// The pods of a world with stand-ins.
    stand_in_pods: Rc<SharedMap<Key, Rc<StandInPod>>>,
    /// How many addresses each node gave out.
    addresses: Rc<SharedMap<Text, i64>>,
    /// The addresses that pods have, with their nodes; one that is over has given its own back.
    used_addresses: Rc<SharedSet<(Text, Text)>>,
    /// When a node was last short of something: by its name and the condition's.
    short_at: Rc<SharedMap<(Text, &'static str), Millis>>,
    /// What processes said that was not heard yet.
    runtime_events: Rc<SharedMap<Key, Vec<(Millis, RuntimeEvent)>>>,
    /// Pods that may write only so much beside their claims.
    limited: Rc<SharedSet<Key>>,
    /// Whether a kubelet was started anew and has to forget what it told so far.
    has_restarted: bool,
    /// What programs that ended may have made: by kind and namespace, none for all of them, the pod of the latest.
    makers: Rc<SharedMap<(Kind, Text), Key>>,
    /// Pods whose objects are gone while something of them runs.
    gone: Vec<(Rc<Object>, Rc<Worker>)>,
}

/// Does what is due on the agenda of a pod.
const TASK_TICK: &str = "tick";
/// Writes that a pod is refused.
const TASK_REFUSE: &str = "refuse";
/// Keeps a static pod alive.
const TASK_STATIC: &str = "static";
/// Lets the files of a pod's volumes follow the objects behind them.
const TASK_REFRESH: &str = "refresh";
/// Stops what runs of pods whose objects are gone.
const TASK_GONE: &str = "gone";

impl Controller for Kubelet {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match change.kind() {
            Kind::Pod => self.note_address(change),
            Kind::ConfigMap | Kind::Secret => return self.plan_refresh(&object.key(), change.at, cluster, timers),
            Kind::VolumeAttachment if change.verb == Verb::Modified => {
                return self.look_again(node_name(object), cluster, timers);
            }
            Kind::PersistentVolumeClaim if change.verb == Verb::Modified => {
                return self.look_at_users(&object.key(), cluster, timers);
            }
            Kind::Namespace if change.verb == Verb::Deleted && !self.makers.is_empty() => {
                return Rc::make_mut(&mut self.makers).retain(|(_, namespace), _| *namespace != object.meta.name);
            }
            _ => return,
        }
        let key = object.key();
        if is_static(object) {
            if change.verb == Verb::Deleted || object.meta.is_terminating() {
                timers.add(change.at, work(&key, TASK_STATIC));
            }
            return;
        }
        if change.verb == Verb::Deleted {
            return self.forget(&key, object, change.at, timers);
        }
        if node_of(object).is_empty() {
            return;
        }
        let is_news = change.old.as_ref().is_none_or(|old| {
            old.body.get("spec") != object.body.get("spec")
                || old.meta.deletion_timestamp != object.meta.deletion_timestamp
                || old.meta.annotations != object.meta.annotations
                || gates_changed(old, object)
        });
        if is_news {
            timers.add(change.at, work(&key, ""));
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        if work.key.kind == Kind::Node {
            return self.keep_house(ctx, &work.key);
        }
        if std::mem::take(&mut self.has_restarted) {
            ctx.events.forget("kubelet");
        }
        if work.task == TASK_GONE {
            return self.stop_gone(ctx);
        }
        let pod = ctx.cluster.get(&work.key).cloned();
        if pod.as_deref().map_or(work.task == TASK_STATIC, is_static) {
            return static_pods::keep(ctx, &work.key);
        }
        let Some(pod) = pod else { return };
        let node = node_of(&pod);
        let is_stopped = ctx.cluster.runtime().stopped(&node).is_some();
        let has_kubelet = ctx.environment.node(&node).is_some();
        if is_stopped || !has_kubelet || ctx.cluster.find(Kind::Node, &Text::default(), &node).is_none() {
            return;
        }
        if ctx.environment.kubelet == KubeletKind::Recorded {
            return stand_in::look(self, ctx, pod, node, work.task.is_empty());
        }
        let known = self.workers.get(&work.key).filter(|worker| worker.uid == pod.meta.uid).cloned();
        let is_known = known.is_some();
        let worker = match known {
            Some(worker) => Worker::clone(&worker),
            None => match self.admit(ctx, &pod, node, work.task == TASK_REFUSE) {
                Some(worker) => worker,
                None => return,
            },
        };
        let events = Rc::make_mut(&mut self.runtime_events).remove(&work.key).unwrap_or_default();
        let mut visit = Visit { kubelet: self, ctx, pod, worker };
        if is_known && work.task == TASK_REFRESH {
            visit.write_all_files();
        } else if !is_known || work.task.is_empty() {
            visit.look();
        }
        visit.handle(events);
        visit.run_agenda();
        visit.keep();
    }
}

/// Whether a condition that a readiness gate of the pod looks for changed.
fn gates_changed(old: &Object, new: &Object) -> bool {
    let status = |pod: &Object, kind: &str| condition(pod, kind).map(|it| Text::new(it.str_at(&["status"])));
    let mut gates = new.list_at(&["spec", "readinessGates"]).iter().map(|gate| gate.str_at(&["conditionType"]));
    gates.any(|kind| status(old, kind) != status(new, kind))
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Kubelet, key: key.clone(), task }
}

impl Kubelet {
    /// Ends a pod to save its node.
    fn end_pod(&mut self, key: &Key, why: Text) {
        if let Some(worker) = Rc::make_mut(&mut self.workers).get_mut(key) {
            Rc::make_mut(worker).ended_for = Some(("Evicted", why.clone(), Some(Millis::ZERO)));
        }
        if let Some(kept) = Rc::make_mut(&mut self.stand_in_pods).get_mut(key) {
            Rc::make_mut(kept).evict(why);
        }
    }
}

/// Tells something about a pod, or about a container of it: its list in the spec and its name.
fn event_at(
    ctx: &mut Ctx<'_>,
    pod: &Object,
    node: &Text,
    (list, name): (&str, &str),
    is_warning: bool,
    reason: &'static str,
    message: Text,
) {
    let field_path = if list.is_empty() { Text::default() } else { format!("spec.{list}{{{name}}}").into() };
    ctx.record(NewEvent {
        about: pod,
        field_path,
        component: "kubelet".into(),
        host: node.clone(),
        is_warning,
        reason,
        message,
    });
}
