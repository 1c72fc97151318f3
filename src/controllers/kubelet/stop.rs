//! The end of a pod: stop signal, grace period, kill, last status, and letting the object go. Starts nothing.

use super::Visit;
use super::worker::{Action, Role, State};
use crate::cluster::DeleteOptions;
use crate::controllers::{Ctx, Outcome};
use crate::model::{Millis, Object, Value};

/// From the last status to the end of the object.
const LET_GO_DELAY: Millis = Millis(20);
/// The kubelet grants at least this, whatever was asked for.
const GRACE_MIN: Millis = Millis::seconds(2);

/// Takes the object away, now that nothing of it runs.
pub(super) fn let_go(ctx: &mut Ctx<'_>, pod: &Object) {
    let options = DeleteOptions { uid: Some(pod.meta.uid.clone()), ..DeleteOptions::FORCE };
    // Gone already is as good.
    _ = ctx.cluster.delete(&pod.key(), &options);
}

impl Visit<'_, '_, '_> {
    /// The pod is to go, or to go sooner.
    pub(super) fn begin_stop(&mut self) {
        let now = self.now();
        let grace = Millis::seconds(self.pod.meta.deletion_grace_period_seconds.unwrap_or(0)).max(GRACE_MIN);
        if let Some(deadline) = self.worker.deadline {
            if now + grace < deadline {
                self.worker.deadline = Some(now + grace);
                self.hurry(now + grace);
            }
            return;
        }
        self.worker.deadline = Some(now + grace);
        self.worker
            .agenda
            .retain(|(_, action)| matches!(action, Action::Probe { probe: super::worker::Probe::Readiness, .. }));
        let running: Vec<usize> = self.running(|_| true);
        self.record("kubelet.stops", Outcome::Acts, vec![("grace", (grace.whole_seconds()).to_string().into())]);
        for at in &running {
            let name = self.worker.containers.get(*at).map(|container| container.name.clone()).unwrap_or_default();
            self.container_event(*at, false, "Killing", format!("Stopping container {name}"));
        }
        self.stop_next();
    }

    fn running(&self, keep: impl Fn(Role) -> bool) -> Vec<usize> {
        let containers = self.worker.containers.iter().enumerate();
        containers.filter(|(_, container)| container.is_running() && keep(container.role)).map(|(at, _)| at).collect()
    }

    /// Signals the containers whose turn it is: regular ones together, then sidecars from the last to the first.
    pub(super) fn stop_next(&mut self) {
        let (now, deadline) = (self.now(), self.worker.deadline.unwrap_or_else(|| self.now()));
        let mut next = self.running(|role| role != Role::Sidecar);
        if next.is_empty() {
            next = self.running(|_| true).pop().into_iter().collect();
        }
        if next.is_empty() {
            let is_planned =
                self.worker.agenda.iter().any(|(_, action)| matches!(action, Action::Finish | Action::LetGo));
            // The stand-in takes its second also for a pod of which nothing ran.
            let delay = match self.is_recorded()
                && self
                    .worker
                    .containers
                    .iter()
                    .all(|c| !matches!(&c.state, State::Terminated(end) if end.finished == now))
            {
                true => self.ctx.environment.delays.stop,
                false => Millis::ZERO,
            };
            if !is_planned {
                self.worker.plan(now + delay, Action::Finish);
            }
            return;
        }
        for at in next {
            let is_signalled =
                self.worker.agenda.iter().any(|(_, action)| matches!(action, Action::Exit { at: i, .. } if *i == at));
            if is_signalled {
                continue;
            }
            let (workload, spec) = (self.workload(at), self.spec(at));
            let hook = pre_stop(&spec);
            let stop = self.ctx.environment.delays.stop;
            let run = self.worker.containers.get(at).map_or(0, |container| container.run);
            let finishes = now + hook + stop;
            if workload.ignores_stop || finishes > deadline {
                self.worker.plan(deadline.max(now), Action::Exit { at, run, code: 137, reason: "Error" });
            } else {
                self.worker.plan(finishes, Action::Exit { at, run, code: 0, reason: "Completed" });
            }
        }
    }

    /// The grace period became shorter.
    fn hurry(&mut self, deadline: Millis) {
        for (at, action) in &mut self.worker.agenda {
            if let Action::Exit { code, reason, .. } = action
                && *at > deadline
            {
                *at = deadline;
                (*code, *reason) = (137, "Error");
            }
        }
    }

    /// Settles the last status of a pod of which something ran, and lets the object go.
    pub(super) fn finish(&mut self) {
        let has_run = self.worker.containers.iter().any(|container| container.has_run());
        if self.worker.evicted.is_some() {
            self.worker.final_phase = Some("Failed");
        }
        if has_run {
            self.worker.final_phase = self.worker.final_phase.or_else(|| {
                let is_fine = self.worker.mains().all(|c| c.latest_end().is_some_and(|end| end.code == 0));
                Some(if is_fine { "Succeeded" } else { "Failed" })
            });
            for container in &mut self.worker.containers {
                let is_waiting = matches!(&container.state, State::Waiting { .. });
                if is_waiting && let Some(end) = container.last.take() {
                    container.state = State::Terminated(end);
                }
            }
        }
        if !self.pod.meta.is_terminating() {
            // It was evicted: the object stays and tells so.
            return;
        }
        // Watchers see the last status before the object is gone.
        let delay = if has_run { LET_GO_DELAY } else { Millis::ZERO };
        let at = self.now() + delay;
        self.worker.plan(at, Action::LetGo);
    }
}

/// How long the hook before the stop signal takes, as far as its command says so.
fn pre_stop(spec: &Value) -> Millis {
    let Some(hook) = spec.at(&["lifecycle", "preStop"]) else { return Millis::ZERO };
    if let Some(seconds) = hook.i64_at(&["sleep", "seconds"]) {
        return Millis::seconds(seconds.clamp(0, 1_000_000));
    }
    let words: Vec<&str> = hook
        .list_at(&["exec", "command"])
        .iter()
        .filter_map(Value::as_str)
        .flat_map(|word| word.split(|c: char| c.is_whitespace() || c == ';'))
        .collect();
    let sleeps = words.windows(2).filter_map(|pair| match pair {
        ["sleep", seconds] => seconds.parse::<i64>().ok(),
        _ => None,
    });
    Millis::seconds(sleeps.map(|seconds| seconds.clamp(0, 1_000_000)).sum())
}
