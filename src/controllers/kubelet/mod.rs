//! Runs the pods of all nodes: images, containers, restarts, probes, deletion, and the status that tells of them.
//! Chooses no node.
//!
//! Every pod has a `Worker` with an agenda; the earliest entry is the pod's timer, so that a pod to which nothing
//! happens costs nothing.

mod lifecycle;
mod pressure;
mod probes;
pub mod static_pods;
mod stop;
mod worker;
mod workload;

use super::{Controller, ControllerId, Ctx, Decision, Environment, Note, Outcome, Subject, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::pod::node_of;
use crate::model::pod::{is_over, is_static};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::sorted::BTreeMap;
use crate::world::environment::KubeletKind;
use crate::world::{Shortage, Wish};
use std::rc::Rc;
use worker::{Action, Role, Worker};
use workload::Workload;

/// The kubelets of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Kubelet {
    workers: Rc<BTreeMap<Key, Rc<Worker>>>,
    /// How many addresses each node gave out.
    addresses: Rc<BTreeMap<Text, i64>>,
    /// When a node was last short of something: by its name and the condition's.
    short_at: Rc<BTreeMap<(Text, &'static str), Millis>>,
}

/// Does what is due on the agenda of a pod.
const TASK_TICK: &str = "tick";
/// Keeps a static pod alive.
const TASK_STATIC: &str = "static";

impl Controller for Kubelet {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match change.kind() {
            Kind::Pod => {}
            Kind::VolumeAttachment if change.verb == Verb::Modified => {
                return self.look_again(object.str_at(&["spec", "nodeName"]), cluster, timers);
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
            if self.workers.get(&key).is_some_and(|worker| worker.uid == object.meta.uid) {
                Rc::make_mut(&mut self.workers).remove(&key);
                timers.cancel(&work(&key, TASK_TICK));
            }
            return;
        }
        if node_of(object).is_empty() {
            return;
        }
        let is_news = change.old.as_ref().is_none_or(|old| {
            old.body.get("spec") != object.body.get("spec")
                || old.meta.deletion_timestamp != object.meta.deletion_timestamp
                || old.meta.annotations != object.meta.annotations
        });
        if is_news {
            timers.add(change.at, work(&key, ""));
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        if work.key.kind == Kind::Node {
            return self.keep_house(ctx, &work.key);
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
        let is_known = self.workers.get(&work.key).is_some_and(|worker| worker.uid == pod.meta.uid);
        let worker = match self.workers.get(&work.key) {
            Some(worker) if is_known => Worker::clone(worker),
            _ if is_over(&pod) => {
                return self.delete_if_asked(ctx, &pod);
            }
            _ => Worker::new(&pod, node, ctx.now()),
        };
        let mut visit = Visit { kubelet: self, ctx, pod, worker };
        if !is_known {
            visit.admit();
        } else if work.task.is_empty() {
            visit.look();
        }
        visit.run_agenda();
        visit.write();
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Kubelet, key: key.clone(), task }
}

impl Kubelet {
    /// Takes up what a user did to machines and processes.
    pub fn hear(&mut self, wish: &Wish, cluster: &Cluster, environment: &Environment, timers: &mut Timers) {
        match wish {
            Wish::EndContainer { pod, container, exit_code } => {
                let Some(worker) = Rc::make_mut(&mut self.workers).get_mut(pod) else { return };
                let worker = Rc::make_mut(worker);
                let found = worker.containers.iter().position(|c| c.name == *container && c.is_running());
                if let Some(at) = found {
                    let run = worker.containers.get(at).map_or(0, |container| container.run);
                    let reason = if *exit_code == 0 { "Completed" } else { "Error" };
                    worker.plan(cluster.now(), Action::Exit { at, run, code: *exit_code, reason });
                    timers.add(cluster.now(), work(pod, TASK_TICK));
                }
            }
            Wish::Ended { run, code, .. } => {
                let Some(worker) = Rc::make_mut(&mut self.workers).get_mut(&run.pod) else { return };
                let worker = Rc::make_mut(worker);
                let found = worker.containers.iter().position(|c| c.name == run.container && c.is_running());
                if let Some(at) = found.filter(|_| worker.uid == run.uid) {
                    let reason = if *code == 0 { "Completed" } else { "Error" };
                    let life = worker.containers.get(at).map_or(0, |container| container.run);
                    worker.plan(cluster.now(), Action::Exit { at, run: life, code: *code, reason });
                    timers.add(cluster.now(), work(&run.pod, TASK_TICK));
                }
            }
            Wish::Answered { .. } | Wish::StartFailed { .. } => {}
            Wish::LookAtPod(pod) => timers.add(cluster.now(), work(pod, "")),
            Wish::LookAtNode(node) => {
                let is_reboot = cluster.runtime().stopped(node).is_none() && environment.kubelet == KubeletKind::Real;
                for key in cluster.pods_on(node) {
                    if is_reboot && let Some(worker) = Rc::make_mut(&mut self.workers).get_mut(key) {
                        Rc::make_mut(worker).reboot(cluster.now());
                    }
                    timers.add(cluster.now(), work(key, ""));
                }
                if cluster.runtime().shortage(node) != Shortage::default() {
                    pressure::look_soon(node, cluster, timers);
                }
            }
            Wish::LookAtResources(node) => pressure::look_soon(node, cluster, timers),
        }
    }

    /// Lets the pods of a node that wait for volumes look again.
    fn look_again(&self, node: &str, cluster: &Cluster, timers: &mut Timers) {
        for key in cluster.pods_on(node) {
            if self.workers.get(key).is_some_and(|worker| worker.waits_for_volumes) {
                timers.add(cluster.now(), work(key, ""));
            }
        }
    }

    /// A pod that ended under an earlier kubelet only has to be let go.
    fn delete_if_asked(&mut self, ctx: &mut Ctx<'_>, pod: &Object) {
        if pod.meta.is_terminating() {
            stop::let_go(ctx, pod);
        }
    }

    /// The next free address on a node.
    fn next_address(&mut self, ctx: &Ctx<'_>, node: &Text) -> Text {
        let Some(profile) = ctx.environment.node(node) else { return Text::default() };
        let counter = Rc::make_mut(&mut self.addresses).entry(node.clone()).or_insert(0);
        let (network, third) = profile.pod_network.rsplit_once('.').unwrap_or(("10.244", "0"));
        let third: i64 = third.parse().unwrap_or(0);
        // A node that takes more pods than a network of 254 has addresses uses the networks behind its own, too.
        let size = if profile.pods > 200 { 60_000 } else { 254 - ctx.environment.first_pod_address };
        let mut address = Text::default();
        for _ in 0..size {
            let number = ctx.environment.first_pod_address + *counter % size;
            let is_first_round = *counter < size;
            *counter += 1;
            address = format!("{network}.{}.{}", third + number / 254, number % 254).into();
            let mut pods = ctx.cluster.pods_on(node).filter_map(|key| ctx.cluster.get(key));
            if is_first_round || !pods.any(|pod| pod.str_at(&["status", "podIP"]) == address.as_str()) {
                break;
            }
        }
        address
    }
}

/// One look of the kubelet at one pod.
struct Visit<'k, 'c, 'x> {
    kubelet: &'k mut Kubelet,
    ctx: &'c mut Ctx<'x>,
    pod: Rc<Object>,
    worker: Worker,
}

impl Visit<'_, '_, '_> {
    fn now(&self) -> Millis {
        self.ctx.now()
    }

    fn is_recorded(&self) -> bool {
        self.ctx.environment.kubelet == KubeletKind::Recorded
    }

    fn is_stopping(&self) -> bool {
        self.worker.deadline.is_some()
    }

    /// The container's part of the pod's spec.
    fn spec(&self, at: usize) -> Value {
        let Some(container) = self.worker.containers.get(at) else { return Value::Null };
        let list = if container.role == Role::Main { "containers" } else { "initContainers" };
        self.pod.list_at(&["spec", list]).get(container.place).cloned().unwrap_or_default()
    }

    fn workload(&self, at: usize) -> Workload {
        let is_init = self.worker.containers.get(at).is_some_and(|container| container.role == Role::Init);
        let breakage = self.ctx.cluster.runtime().breakage(&self.pod.key());
        Workload::of(&self.pod, &self.spec(at), is_init, breakage, self.ctx.environment.kubelet)
    }

    /// Does everything on the agenda that is due.
    fn run_agenda(&mut self) {
        let now = self.now();
        while let Some(action) = self.worker.take_due(now) {
            self.perform(action);
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Begin(at) => self.begin(at),
            Action::Pulled(at) => self.pulled(at),
            Action::PullFailed(at) => self.pull_failed(at),
            Action::PullBackOff(at) => self.pull_back_off(at),
            Action::Start(at) => self.start(at),
            Action::Exit { at, run, code, reason } => self.exit(at, run, code, reason),
            Action::BackOff(at) => self.back_off(at),
            Action::Restart(at) => self.restart(at),
            Action::Ready { at, run } => self.become_ready(at, run),
            Action::Probe { at, run, probe } => self.probe(at, run, probe),
            Action::Kill { at, run } => self.exit(at, run, 137, "Error"),
            Action::Finish => self.finish(),
            Action::LetGo => stop::let_go(self.ctx, &self.pod),
        }
    }

    /// Writes the status if it changed, keeps the worker, and sets the pod's timer.
    fn write(mut self) {
        let key = self.pod.key();
        // The last step of a deletion takes the object away.
        let Some(stored) = self.ctx.cluster.get(&key).filter(|pod| pod.meta.uid == self.worker.uid).cloned() else {
            return;
        };
        let host_ip = self.ctx.environment.node(&self.worker.node).map(|node| node.internal_ip.clone());
        let mut next = Object::clone(&stored);
        let now = self.now();
        self.worker.write_status(&mut next, &host_ip.unwrap_or_default(), now);
        if next.body.get("status") != stored.body.get("status") {
            // Read in this same step: nobody wrote it in between.
            _ = self.ctx.cluster.replace(next);
        }
        if let Some(at) = self.worker.next_at() {
            self.ctx.timers.set(at.max(now), work(&key, TASK_TICK));
        }
        Rc::make_mut(&mut self.kubelet.workers).insert(key, Rc::new(self.worker));
    }

    fn container_event(&mut self, at: usize, is_warning: bool, reason: &'static str, message: impl Into<Text>) {
        let Some(container) = self.worker.containers.get(at) else { return };
        let list = if container.role == Role::Main { "containers" } else { "initContainers" };
        let note = Note {
            about: &self.pod,
            field_path: format!("spec.{list}{{{}}}", container.name).into(),
            component: "kubelet".into(),
            host: self.worker.node.clone(),
            is_warning,
            reason,
            message: message.into(),
        };
        self.ctx.note(note);
    }

    fn record(&mut self, rule: &'static str, outcome: Outcome, facts: Vec<(&'static str, Text)>) {
        let (at, key) = (self.now(), self.pod.key());
        self.ctx.decisions.record(|| {
            let mut facts = facts;
            facts.push(("pod", key.name.clone()));
            Decision { at, controller: ControllerId::Kubelet, key, rule, subject: Subject::Whole, facts, outcome }
        });
    }
}
