//! One look of a kubelet at one pod: news, due steps, and the status that comes of them.
//!
//! Follows `podWorkerLoop` in pkg/kubelet/pod_workers.go.

use super::misbehaviour::Behaviour;
use super::status::Turn;
use super::worker::{Action, Stage, Worker};
use super::{Kubelet, TASK_TICK, event_at, work};
use crate::controllers::{ControllerId, Ctx, Facts, Outcome};
use crate::model::{Millis, Object, Text, Value};
use crate::ordering::Order as _;
use crate::world::{Order, Run, RuntimeEvent};
use std::rc::Rc;

/// One look of the kubelet at one pod.
pub(super) struct Visit<'k, 'c, 'x> {
    pub(super) kubelet: &'k mut Kubelet,
    pub(super) ctx: &'c mut Ctx<'x>,
    pub(super) pod: Rc<Object>,
    pub(super) worker: Worker,
}

impl Visit<'_, '_, '_> {
    pub(super) fn now(&self) -> Millis {
        self.ctx.now()
    }

    pub(super) fn host_ip(&self) -> Text {
        self.ctx.environment.node(&self.worker.node).map(|node| node.internal_ip.clone()).unwrap_or_default()
    }

    /// The container's part of the pod's spec.
    pub(super) fn spec(&self, at: usize) -> Value {
        let Some(container) = self.worker.containers.get(at) else { return Value::Null };
        self.pod.list_at(&["spec", container.role.list()]).get(container.place).cloned().unwrap_or_default()
    }

    pub(super) fn behaviour(&self, at: usize) -> Behaviour {
        let is_init =
            self.worker.containers.get(at).is_some_and(|container| container.role == super::status::Role::Init);
        Behaviour::of(&self.pod, &self.spec(at), is_init, self.ctx.cluster.runtime())
    }

    pub(super) fn take_address(&mut self) {
        let node = self.worker.node.clone();
        // A pod in its node's network has no address of its own.
        let is_hosts = self.pod.at(&["spec", "hostNetwork"]).and_then(Value::as_bool) == Some(true);
        self.worker.ip = if is_hosts { self.host_ip() } else { self.kubelet.next_address(self.ctx, &node) };
    }

    /// Something about the pod changed, or its machine is back.
    pub(super) fn look(&mut self) {
        self.worker.take_added(&self.pod);
        if self.pod.meta.is_terminating() {
            self.mounts_changed();
        } else {
            self.mount(true);
        }
        self.review_probes();
        self.review_ends();
        self.ask_sync();
    }

    /// Somebody made the containers end at their next start, and now.
    fn review_ends(&mut self) {
        for at in self.worker.running() {
            let (now, behaviour) = (self.now(), self.behaviour(at));
            let Some((container, end)) = self.worker.containers.get(at).zip(behaviour.end) else { continue };
            let super::worker::Life::Running { since } = container.life else { continue };
            let life = container.lives;
            let is_planned =
                self.worker.agenda.iter().any(|(_, action)| matches!(action, Action::End { at: i, .. } if *i == at));
            if (since + end.after <= now || end.code == 1) && !is_planned && self.worker.stage == Stage::Kept {
                self.worker.plan(now, Action::End { at, life, code: end.code, reason: end.reason });
            }
        }
    }

    /// Takes up what processes said.
    pub(super) fn handle(&mut self, mut events: Vec<(Millis, RuntimeEvent)>) {
        // Whatever was answered was answered before the process went that it may have ended.
        events.order_by_key(|(at, event)| (*at, !matches!(event, RuntimeEvent::Answered { .. })));
        for (at_time, event) in events {
            match event {
                RuntimeEvent::EndContainer { container, exit_code, .. } => {
                    if let Some((at, life)) = self.life_of(&container, None) {
                        let reason = if exit_code == 0 { "Completed" } else { "Error" };
                        self.end(at, life, exit_code, reason, Text::default());
                    }
                }
                RuntimeEvent::Ended { run, code, is_oom, message } => {
                    if let Some((at, life)) = self.life_of(&run.container, Some(&run)) {
                        let reason = if is_oom {
                            "OOMKilled"
                        } else if code == 0 {
                            "Completed"
                        } else {
                            "Error"
                        };
                        self.end(at, life, code, reason, message);
                        // A kubelet that was away hears of it later.
                        if let Some(super::worker::Life::Ended(end)) =
                            self.worker.containers.get_mut(at).map(|container| &mut container.life)
                        {
                            end.finished = Some(at_time);
                        }
                    }
                }
                RuntimeEvent::StartFailed { run, message } => {
                    let found = self.life_of(&run.container, Some(&run));
                    if let Some(container) = found.and_then(|(at, _)| self.worker.containers.get_mut(at)) {
                        container.start_error = Some(message);
                    }
                }
                RuntimeEvent::Answered { run, number, reply, is_steady } if run.uid == self.worker.uid => {
                    self.answered(number, &reply, is_steady);
                }
                RuntimeEvent::LookAtPod(_) => self.review_probes(),
                _ => {}
            }
        }
    }

    /// The place and the life of a running container; of this run alone if one is given.
    fn life_of(&self, name: &str, run: Option<&Run>) -> Option<(usize, i64)> {
        let mut containers = self.worker.containers.iter().enumerate();
        let is_meant = |life: i64| run.is_none_or(|run| run.uid == self.worker.uid && run.number == life - 1);
        let (at, container) = containers.find(|(_, c)| c.name == name && c.is_running() && is_meant(c.lives))?;
        Some((at, container.lives))
    }

    /// Does everything on the agenda that is due.
    pub(super) fn run_agenda(&mut self) {
        let now = self.now();
        while let Some(action) = self.worker.take_due(now) {
            match action {
                Action::Sync => self.sync(),
                Action::GoOn => self.go_on(),
                Action::Mount => self.mount(false),
                Action::End { at, life, code, reason } => {
                    let is_running = self.worker.containers.get(at).is_some_and(|c| c.is_running() && c.lives == life);
                    if is_running {
                        let run = self.run_of(at);
                        self.ctx.cluster.runtime_mut().order(Order::Kill(run));
                        self.end(at, life, code, reason, Text::default());
                    }
                }
                Action::Tick { at, probe } => self.tick(at, probe),
                Action::Reply(number) => self.reply_is_due(number),
                Action::TimeUp(number) => self.time_is_up(number),
                Action::Kill { at, life } => self.kill(at, life),
                Action::Deadline => self.ask_sync(),
                Action::Measure => self.measure(),
                Action::Resized => self.resized(),
            }
        }
    }

    /// Writes a status if it changed.
    pub(super) fn write_status(&mut self, write: impl FnOnce(&mut [Turn; 4], &mut Object, Millis)) {
        let key = self.pod.key();
        // The last step of a deletion takes the object away.
        let Some(stored) = self.ctx.cluster.get(&key).filter(|pod| pod.meta.uid == self.worker.uid).cloned() else {
            return;
        };
        let (mut next, now) = (Object::clone(&stored), self.now());
        let mut turns = self.worker.turns;
        write(&mut turns, &mut next, now);
        self.worker.turns = turns;
        if next.body.get("status") != stored.body.get("status") {
            // Read in this same step: nobody wrote it in between.
            _ = self.ctx.cluster.replace(next);
        }
        if let Some(stored) = self.ctx.cluster.get(&key) {
            self.pod = Rc::clone(stored);
        }
    }

    /// Keeps the worker and sets the pod's timer.
    pub(super) fn keep(self) {
        let key = self.pod.key();
        if self.ctx.cluster.get(&key).is_none_or(|pod| pod.meta.uid != self.worker.uid) {
            return;
        }
        if let Some(at) = self.worker.next_at() {
            let now = self.ctx.now();
            self.ctx.timers.set(at.max(now), work(&key, TASK_TICK));
        }
        Rc::make_mut(&mut self.kubelet.workers).insert(key, Rc::new(self.worker));
    }

    pub(super) fn container_event(
        &mut self,
        at: usize,
        is_warning: bool,
        reason: &'static str,
        message: impl Into<Text>,
    ) {
        let Some(container) = self.worker.containers.get(at) else { return };
        let (list, name) = (container.role.list(), container.name.clone());
        event_at(self.ctx, &self.pod, &self.worker.node, (list, &name), is_warning, reason, message.into());
    }

    pub(super) fn pod_event(&mut self, is_warning: bool, reason: &'static str, message: impl Into<Text>) {
        event_at(self.ctx, &self.pod, &self.worker.node, ("", ""), is_warning, reason, message.into());
    }

    pub(super) fn record(&mut self, rule: &'static str, outcome: Outcome, facts: Facts) {
        let key = self.pod.key();
        self.ctx.decide_about(ControllerId::Kubelet, ("pod", &key), rule, outcome, || facts);
    }
}
