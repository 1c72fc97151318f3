//! The end of containers and pods: hook, signal, grace, kill, last status, and letting the object go. Starts nothing.
//!
//! Follows kuberuntime_container.go (`killContainer`), kuberuntime_termination_order.go and kubelet.go
//! (`SyncTerminatingPod`, `SyncTerminatedPod`).

use super::Visit;
use super::status::{Role, Termination};
use super::sync::CLEAN_UP;
use super::worker::{Action, Asking, Flow, Job, Life, Probe, Purpose, Stage, Step, Stop, Stopping};
use crate::cluster::DeleteOptions;
use crate::controllers::{Ctx, Outcome};
use crate::model::{Millis, Object, Text};
use crate::world::{Order, Question, Reply};

/// The kubelet grants at least this, whatever was asked for.
const GRACE_MIN: Millis = Millis::seconds(2);

/// Takes the object away, now that nothing of it runs.
pub(super) fn let_go(ctx: &mut Ctx<'_>, pod: &Object) {
    let options = DeleteOptions { uid: Some(pod.meta.uid.clone()), ..DeleteOptions::FORCE };
    // Gone already is as good.
    _ = ctx.cluster.delete(&pod.key(), &options);
}

impl Visit<'_, '_, '_> {
    /// The grace of the pod's containers.
    fn grace(&self, at: usize, probe: Option<Probe>) -> Millis {
        if let Some((_, _, Some(grace))) = &self.worker.ended_for {
            return *grace;
        }
        let own = probe.and_then(|probe| self.spec(at).i64_at(&[probe.field(), "terminationGracePeriodSeconds"]));
        let deleted = self.pod.meta.deletion_grace_period_seconds.filter(|_| self.pod.meta.is_terminating());
        let spec = self.pod.i64_at(&["spec", "terminationGracePeriodSeconds"]);
        Millis::seconds(deleted.or(own).or(spec).unwrap_or(30).clamp(0, 100_000_000))
    }

    /// Begins to stop a container: its hook first, then its turn, then the signal.
    pub(super) fn stop(&mut self, at: usize, message: String, probe: Option<Probe>, is_ordered: bool) {
        let now = self.now();
        if !self.worker.containers.get(at).is_some_and(|c| c.is_running()) || self.stop_of(at).is_some() {
            return;
        }
        self.container_event(at, false, "Killing", message);
        if let Some(probe) = probe {
            let name = self.worker.containers.get(at).map(|container| container.name.clone()).unwrap_or_default();
            let word = Text::from(probe.word().to_ascii_lowercase());
            self.record("kubelet.probe-kills", Outcome::Acts, vec![("container", name), ("probe", word)]);
        }
        if let Some(job) = &mut self.worker.job {
            job.has_acted = true;
        }
        let grace = self.grace(at, probe);
        self.worker.stops.push(Stop { at, grace, since: now, stage: Stopping::Hook, is_ordered });
        let hook = self.spec(at).at(&["lifecycle", "preStop"]).cloned().filter(|hook| !hook.is_null());
        match hook.filter(|_| grace > Millis::ZERO) {
            Some(hook) => {
                self.ask_hook(at, Purpose::PreStop, &hook);
                let number = self.worker.asked;
                self.worker.plan(now + grace, Action::TimeUp(number));
            }
            None => self.hook_is_over(at),
        }
    }

    fn stop_of(&mut self, at: usize) -> Option<&mut Stop> {
        self.worker.stops.iter_mut().find(|stop| stop.at == at)
    }

    /// The hook before the signal is over, or its time is.
    pub(super) fn pre_stop_answered(&mut self, at: usize, reply: &Reply) {
        let hook = self.spec(at).at(&["lifecycle", "preStop"]).cloned().unwrap_or_default();
        if self.hook_error(at, &hook, reply).is_some() {
            self.container_event(at, true, "FailedPreStopHook", "PreStopHook failed");
        }
        if self.stop_of(at).is_some_and(|stop| stop.stage == Stopping::Hook) {
            self.hook_is_over(at);
        }
    }

    /// The grace shrinks by the whole seconds that the hook took; then the container waits for its turn.
    pub(super) fn hook_is_over(&mut self, at: usize) {
        let now = self.now();
        if let Some(stop) = self.stop_of(at) {
            stop.grace = stop.grace - (now - stop.since).truncated();
            (stop.since, stop.stage) = (now, Stopping::Turn);
        }
        self.take_turns();
    }

    /// Signals every container whose turn it is.
    fn take_turns(&mut self) {
        let waiting: Vec<Stop> = self.worker.stops.iter().filter(|s| s.stage == Stopping::Turn).copied().collect();
        for stop in waiting {
            let role = |at: usize| self.worker.containers.get(at).map_or(Role::Main, |container| container.role);
            // A sidecar waits for the regular containers and for the sidecars behind it.
            let comes_first =
                |other: &Stop| other.at > stop.at || matches!(role(other.at), Role::Main | Role::Ephemeral);
            let is_held = stop.is_ordered
                && stop.grace > Millis::ZERO
                && role(stop.at) == Role::Sidecar
                && self.worker.stops.iter().any(|other| other.at != stop.at && comes_first(other));
            if !is_held {
                self.signal(stop.at);
            }
        }
    }

    fn signal(&mut self, at: usize) {
        let (now, behaviour, run) = (self.now(), self.behaviour(at), self.run_of(at));
        let life = self.worker.containers.get(at).map_or(0, |container| container.lives);
        let Some(stop) = self.stop_of(at) else { return };
        let grace = (stop.grace - (now - stop.since).truncated()).max(GRACE_MIN);
        stop.stage = Stopping::Signalled;
        self.worker.plan(now + grace, Action::Kill { at, life });
        if !behaviour.ignores_stop {
            self.ctx.cluster.runtime_mut().order(Order::Stop(run));
        }
    }

    /// The grace is up.
    pub(super) fn kill(&mut self, at: usize, life: i64) {
        let run = self.run_of(at);
        if self.worker.containers.get(at).is_some_and(|c| c.is_running() && c.lives == life) {
            self.ctx.cluster.runtime_mut().order(Order::Kill(run));
            self.end(at, life, 137, "Error", Text::default());
        }
    }

    /// A container's process is over.
    pub(super) fn end(&mut self, at: usize, life: i64, code: i64, reason: &'static str, message: Text) {
        let now = self.now();
        let Some(container) = self.worker.containers.get_mut(at).filter(|c| c.lives == life) else { return };
        let Life::Running { since } = container.life else { return };
        let id = container.id.clone();
        let (started, finished) = (Some(since), Some(now));
        container.life = Life::Ended(Termination { code, reason, started, finished, id, message });
        self.worker.agenda.retain(
            |(_, action)| !matches!(action, Action::End { at: i, .. } | Action::Kill { at: i, .. } if *i == at),
        );
        if code == 0 {
            self.note_maker(at);
        }
        let was_stopping = self.stop_of(at).is_some();
        self.worker.stops.retain(|stop| stop.at != at);
        self.questions_died(at);
        if was_stopping {
            self.take_turns();
            if self.worker.stops.is_empty() {
                return self.go_on();
            }
        }
        self.probes_see_end(at);
        if !was_stopping {
            self.ask_sync_after_listing();
        }
    }

    /// What was asked of a process that is over: commands of hooks fail, probes are forgotten. A hook after the start
    /// that needs no process goes on.
    fn questions_died(&mut self, at: usize) {
        let needs_process = |asking: &Asking| {
            let is_command = asking.question.as_deref().is_some_and(|q| matches!(q, Question::Exec(_)));
            asking.purpose != Purpose::PostStart || is_command
        };
        let all = std::mem::take(&mut self.worker.asking).into_iter();
        let (dead, rest): (Vec<_>, Vec<_>) = all.partition(|asking| asking.at == at && needs_process(asking));
        self.worker.asking = rest;
        for asking in dead {
            let is_command = asking.question.as_deref().is_some_and(|q| matches!(q, Question::Exec(_)));
            match asking.purpose {
                Purpose::PreStop if is_command => {
                    self.container_event(at, true, "FailedPreStopHook", "PreStopHook failed");
                }
                Purpose::PostStart => {
                    let reply = Reply::Exit { code: 137, output: Text::default(), assumed: None };
                    self.post_start_answered(at, &reply);
                }
                _ => {}
            }
        }
    }

    /// Everything that runs is stopped.
    pub(super) fn sync_ending(&mut self) {
        self.worker.ending = Some(self.now());
        self.show(false);
        let grace = self.grace(0, None);
        self.record("kubelet.stops", Outcome::Acts, vec![("grace", grace.whole_seconds().to_string().into())]);
        self.worker.agenda.retain(|(_, action)| !matches!(action, Action::Mount | Action::Sync));
        self.tell_deadline();
        self.worker.job = Some(Job { steps: vec![Step::Close, Step::Stops], ..Job::default() });
        let running = self.worker.running();
        for at in running {
            let name = self.worker.containers.get(at).map(|container| container.name.clone()).unwrap_or_default();
            self.stop(at, format!("Stopping container {name}"), None, true);
        }
        self.go_on();
    }

    /// Nothing runs any more: the last status.
    pub(super) fn close(&mut self) -> Flow {
        self.worker.stage = Stage::Over;
        self.worker.probing = None;
        self.worker.agenda.clear();
        self.tell_deadline();
        self.show(true);
        Flow::On
    }

    /// The kubelet has tidied up behind the pod.
    pub(super) fn sync_over(&mut self) {
        if self.pod.meta.is_terminating() {
            let now = self.now();
            let is_tidy = self.worker.synced + CLEAN_UP <= now;
            if is_tidy {
                let_go(self.ctx, &self.pod);
            } else {
                let at = self.worker.synced + CLEAN_UP;
                self.worker.plan(at, Action::Sync);
            }
        }
    }
}
