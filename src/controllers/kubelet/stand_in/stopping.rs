//! How the stand-in ends pods: grace periods, one container after another.

use super::{Action, Visit, slept};
use crate::controllers::Outcome;
use crate::controllers::kubelet::status::{Role, Shown};
use crate::model::Millis;

/// How long it takes to notice that a container ended.
pub(super) const NOTICE: Millis = Millis::seconds(1);

/// From the last status to the end of the object.
const LET_GO_DELAY: Millis = Millis(20);

/// At least this much grace is granted, whatever was asked for.
const GRACE_MIN: Millis = Millis::seconds(2);

impl Visit<'_, '_, '_> {
    /// The pod is to go, or to go sooner.
    pub(super) fn begin_stop(&mut self) {
        let now = self.ctx.now();
        let grace = Millis::seconds(self.pod.meta.deletion_grace_period_seconds.unwrap_or(0)).max(GRACE_MIN);
        if let Some(deadline) = self.state.deadline {
            if now + grace < deadline {
                self.state.deadline = Some(now + grace);
                self.hurry(now + grace);
            }
            return;
        }
        self.state.deadline = Some(now + grace);
        self.state.agenda.clear();
        self.record("kubelet.stops", Outcome::Acts, vec![("grace", grace.whole_seconds().to_string().into())]);
        for at in self.running() {
            let name = self.state.containers.get(at).map(|container| container.view.name.clone()).unwrap_or_default();
            self.event(at, false, "Killing", format!("Stopping container {name}"));
        }
        self.stop_next();
    }

    fn running(&self) -> Vec<usize> {
        let containers = self.state.containers.iter().enumerate();
        containers.filter(|(_, container)| container.is_running()).map(|(at, _)| at).collect()
    }

    pub(super) fn stop_next(&mut self) {
        let (now, deadline, stop) =
            (self.ctx.now(), self.state.deadline.unwrap_or_default(), self.ctx.environment.delays.stop);
        let running = self.running();
        if running.is_empty() {
            let is_planned = self.state.agenda.iter().any(|(_, a)| matches!(a, Action::Finish | Action::LetGo));
            // It takes its second also for a pod of which nothing ran.
            let has_just_ended = self
                .state
                .containers
                .iter()
                .any(|c| matches!(&c.view.state, Shown::Terminated(end) if end.finished == Some(now)));
            if !is_planned {
                self.plan(if has_just_ended { Millis::ZERO } else { stop }, Action::Finish);
            }
            return;
        }
        for at in running {
            let is_signalled =
                self.state.agenda.iter().any(|(_, a)| matches!(a, Action::Exit { at: i, .. } if *i == at));
            let run = self.state.containers.get(at).map_or(0, |container| container.run);
            if is_signalled {
                continue;
            }
            let stop = stop + slept(&self.spec(at));
            if now + stop > deadline {
                self.plan((deadline - now).max(Millis::ZERO), Action::Exit { at, run, code: 137, reason: "Error" });
            } else {
                self.plan(stop, Action::Exit { at, run, code: 0, reason: "Completed" });
            }
        }
    }

    /// The grace period became shorter.
    fn hurry(&mut self, deadline: Millis) {
        for (at, action) in &mut self.state.agenda {
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
        let has_run = self.state.containers.iter().any(|container| container.run > 0);
        if self.state.evicted.is_some() {
            self.state.final_phase = Some("Failed");
        }
        if has_run {
            let mut mains = self.state.containers.iter().filter(|container| container.view.role == Role::Main);
            let is_fine = mains.all(|container| container.end().is_some_and(|end| end.code == 0));
            self.state.final_phase.get_or_insert(if is_fine { "Succeeded" } else { "Failed" });
            for container in &mut self.state.containers {
                let is_waiting = matches!(&container.view.state, Shown::Waiting { .. });
                if is_waiting && let Some(end) = container.view.last.take() {
                    container.view.state = Shown::Terminated(end);
                }
            }
        }
        if self.pod.meta.is_terminating() {
            // Watchers see the last status before the object is gone.
            self.plan(if has_run { LET_GO_DELAY } else { Millis::ZERO }, Action::LetGo);
        }
    }
}
