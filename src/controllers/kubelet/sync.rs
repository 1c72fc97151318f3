//! One sync of a pod: what its status says, what is done one after the other, and when the next sync comes. What is to be
//! done is worked out in `pod_actions`.
//!
//! Follows pkg/kubelet/pod_workers.go, kubelet.go (`SyncPod`) and kuberuntime_manager.go (`SyncPod`). The status is told at the beginning, so that what goes wrong in a sync is shown by the next one.

use super::Visit;
use super::worker::{Action, FIRST_DELAY, Failing, Flow, Job, Life, Stage, Step, Unmounted};
use crate::model::{Millis, pod};

/// How often the kubelet sees which containers ended.
const RELIST: Millis = Millis::seconds(1);
/// How often the queue of syncs is looked at, and when within that time.
const TICK: Millis = Millis::seconds(1);
const TICK_PHASE: Millis = Millis(650);
/// How long it takes from an act of the kubelet's own to the next sync.
const NOTICE: Millis = Millis(50);
/// How often a sync that waits for volumes looks at them.
const MOUNT_POLL: Millis = Millis(300);
/// The time to the next sync: after a success, and after an error.
const RESYNC: Millis = Millis::seconds(60);
const RETRY: Millis = Millis::seconds(10);
/// From the last write of the status to the end of the object.
pub(super) const CLEAN_UP: Millis = Millis(300);

/// The next moment after `now` at which the kubelet sees which containers ended.
fn relist_after(now: Millis) -> Millis {
    Millis((now.0.div_euclid(RELIST.0) + 1) * RELIST.0)
}

/// The first look at the queue at `at` or later.
fn tick_from(at: Millis) -> Millis {
    let phase = TICK_PHASE.0;
    Millis((at.0 - phase + TICK.0 - 1).div_euclid(TICK.0) * TICK.0 + phase)
}

impl Visit<'_, '_, '_> {
    /// Asks for a sync as soon as the kubelet gets to it.
    pub(super) fn ask_sync(&mut self) {
        let now = self.now();
        if self.worker.job.is_some() {
            self.worker.is_asked = true;
        } else {
            let at = now.max(self.worker.synced + NOTICE);
            self.worker.plan_once(at, Action::Sync);
        }
    }

    /// A container ended: the kubelet sees it when it lists the containers next.
    pub(super) fn ask_sync_after_listing(&mut self) {
        let at = relist_after(self.now());
        self.worker.plan_once(at, Action::Sync);
    }

    pub(super) fn sync(&mut self) {
        if self.worker.job.is_some() {
            self.worker.is_asked = true;
            return;
        }
        self.worker.cancel(&Action::Sync);
        if self.worker.stage == Stage::Kept && self.is_to_end() {
            self.worker.stage = Stage::Ending;
        }
        match self.worker.stage {
            Stage::Kept => self.sync_kept(),
            Stage::Ending => self.sync_ending(),
            Stage::Over => self.sync_over(),
        }
    }

    /// Whether somebody deleted or evicted the pod.
    fn is_to_end(&self) -> bool {
        let is_evicted = self.worker.ended_for.as_ref().is_some_and(|(_, _, grace)| grace.is_some());
        self.pod.meta.is_terminating() || is_evicted
    }

    fn sync_kept(&mut self) {
        self.check_deadline();
        for container in &mut self.worker.containers {
            container.death = match &container.life {
                Life::Ended(end) => Some(end.finished.unwrap_or_default()),
                _ => container.earlier.as_ref().and_then(|end| end.finished),
            };
        }
        self.review_resize();
        self.show_restart_of_all();
        let phase = self.show(false);
        if matches!(phase, "Succeeded" | "Failed") {
            self.worker.stage = Stage::Ending;
            self.worker.synced = self.now();
            return self.ask_sync_after_listing();
        }
        self.trigger_readiness();
        let mut job = Job { steps: vec![Step::Decide, Step::Mounts], ..Job::default() };
        let is_first = self.worker.probing.is_none();
        if is_first {
            self.begin_mounts();
            job.waits_for_mounts = true;
            self.worker.job = Some(job);
            let at = self.now() + MOUNT_POLL;
            return self.worker.plan(at, Action::GoOn);
        }
        self.worker.job = Some(job);
        self.go_on();
    }

    fn begin_mounts(&mut self) {
        let volumes = pod::volumes(&self.pod).len();
        let next = self.now() + Millis(200);
        self.worker.unmounted = (0..volumes).map(|place| Unmounted { place, next, delay: FIRST_DELAY }).collect();
        if volumes > 0 {
            self.worker.plan_once(next, Action::Mount);
        }
    }

    /// The next steps, as far as nothing has to be waited for.
    pub(super) fn go_on(&mut self) {
        self.worker.cancel(&Action::GoOn);
        while let Some(step) = self.worker.job.as_mut().and_then(|job| job.steps.pop()) {
            match self.take(step) {
                Flow::On => {}
                Flow::After(length) => {
                    let at = self.now() + length;
                    return self.worker.plan(at, Action::GoOn);
                }
                Flow::Blocked => return,
            }
        }
        if self.worker.job.is_some() {
            self.end_sync();
        }
    }

    fn take(&mut self, step: Step) -> Flow {
        match step {
            Step::Mounts => self.await_mounts(),
            Step::Decide => self.decide(),
            Step::Stops if self.worker.stops.is_empty() => Flow::On,
            Step::Stops => {
                self.then(Step::Stops);
                Flow::Blocked
            }
            Step::Sandbox => self.sandbox_is_up(),
            Step::Try(at) => self.try_start(at),
            Step::Pulled { at, took } => self.pulled(at, took),
            Step::VolumePulled { at, volume, image, took } => self.volume_pulled(at, volume, &image, took),
            Step::Start(at) => self.start(at),
            Step::Started(at) => self.started(at),
            Step::HookFailed { at, message } => self.fail(at, "PostStartHookError", message, Failing::Plainly),
            Step::Close => self.close(),
        }
    }

    /// Puts a step before all others.
    pub(super) fn then(&mut self, step: Step) {
        if let Some(job) = &mut self.worker.job {
            job.steps.push(step);
        }
    }

    fn await_mounts(&mut self) -> Flow {
        if self.worker.unmounted.is_empty() || self.pod.meta.is_terminating() {
            if let Some(job) = &mut self.worker.job {
                job.waits_for_mounts = false;
                if self.pod.meta.is_terminating() {
                    job.steps.clear();
                }
            }
            return Flow::On;
        }
        if let Some(job) = &mut self.worker.job {
            job.waits_for_mounts = true;
        }
        self.then(Step::Mounts);
        Flow::Blocked
    }

    /// All volumes are there, or the pod is to go: a sync that waits for them is let go on.
    pub(super) fn mounts_changed(&mut self) {
        if self.worker.job.as_ref().is_some_and(|job| job.waits_for_mounts)
            && !self.worker.agenda.iter().any(|(_, action)| *action == Action::GoOn)
        {
            let delay = if self.pod.meta.is_terminating() { Millis::ZERO } else { Millis(100) };
            let at = self.now() + delay;
            self.worker.plan(at, Action::GoOn);
        }
    }

    fn decide(&mut self) -> Flow {
        self.begin_probes();
        self.tell_missing_pull_secrets();
        let plan = self.compute();
        let Some(job) = &mut self.worker.job else { return Flow::On };
        for at in plan.starts.iter().rev().chain(plan.inits.iter().rev()).chain(plan.extras.iter().rev()) {
            job.steps.push(Step::Try(*at));
        }
        let mut wait = Flow::On;
        if plan.needs_sandbox {
            job.steps.push(Step::Sandbox);
            wait = Flow::After(self.sandbox_time());
        }
        if plan.ends {
            for at in self.worker.running() {
                let name = self.worker.containers.get(at).map(|c| c.name.clone()).unwrap_or_default();
                self.stop(at, format!("Stopping container {name}"), None, true);
            }
        }
        if !plan.stops.is_empty() || plan.ends {
            self.then(Step::Stops);
        }
        for (at, message, probe) in plan.stops {
            self.stop(at, message, probe, false);
        }
        wait
    }

    /// From nothing to the pod's network.
    fn sandbox_time(&self) -> Millis {
        Millis((self.ctx.environment.delays.start.0 - MOUNT_POLL.0).max(0) * 5 / 13)
    }

    /// From an image that is there to the running container, without its hook.
    pub(super) fn start_time(&self) -> Millis {
        Millis((self.ctx.environment.delays.start.0 - MOUNT_POLL.0).max(0) * 8 / 13)
    }

    fn sandbox_is_up(&mut self) -> Flow {
        self.worker.has_sandbox = true;
        // The sandbox is listed among the containers.
        if let Some(job) = &mut self.worker.job {
            (job.has_acted, job.has_made_network) = (true, true);
        }
        if self.worker.ip.is_empty() {
            self.take_address();
        }
        // Only the condition is written here: the address comes with the next status.
        self.show_network();
        Flow::On
    }

    fn end_sync(&mut self) {
        let (now, Some(job)) = (self.now(), self.worker.job.take()) else { return };
        self.worker.synced = now;
        if self.worker.stage == Stage::Over {
            return self.worker.plan_once(relist_after(now), Action::Sync);
        }
        if self.worker.stage == Stage::Kept && self.is_to_end() {
            self.worker.is_asked = false;
            return self.worker.plan_once(now + NOTICE, Action::Sync);
        }
        let is_asked = std::mem::take(&mut self.worker.is_asked);
        if job.has_acted {
            self.worker.plan_once(now + NOTICE, Action::Sync);
            // Sandbox and container are seen one after the other if a pull lay between them.
            self.worker.is_seen_twice = job.is_seen_twice;
        } else if is_asked || std::mem::take(&mut self.worker.is_seen_twice) {
            self.worker.plan_once(relist_after(now), Action::Sync);
        }
        let back_off = job.failings.iter().filter_map(|failing| match failing {
            Failing::BackOff(left) => Some((*left).min(RESYNC)),
            Failing::Plainly => None,
        });
        let length = match (job.failings.contains(&Failing::Plainly), back_off.min()) {
            (true, _) => RETRY,
            (false, Some(left)) => left,
            // A pod to which nothing is to happen needs no look.
            (false, None) if !self.is_unsettled() => return,
            _ => RESYNC,
        };
        let at = now + self.worker.jitter(length);
        self.worker.plan_once(tick_from(at), Action::Sync);
    }

    /// Whether a sync could find anything that no event tells.
    fn is_unsettled(&self) -> bool {
        self.worker.containers.iter().enumerate().any(|(at, container)| {
            let spec = self.spec(at);
            container.trouble.is_some() && !container.is_running()
                || container.is_started(&spec) && !container.is_ready(&spec)
        })
    }

    /// Ends a pod that was active for as long as it may be.
    fn check_deadline(&mut self) {
        let Some(seconds) = self.pod.i64_at(&["spec", "activeDeadlineSeconds"]) else { return };
        let at = self.worker.began + Millis::seconds(seconds.clamp(0, 1_000_000_000));
        if self.now() < at {
            return self.worker.plan_once(tick_from(at), Action::Deadline);
        }
        if self.worker.ended_for.is_none() {
            let text = "Pod was active on the node longer than the specified deadline";
            self.worker.ended_for = Some(("DeadlineExceeded", text.into(), None));
        }
        self.tell_deadline();
    }

    /// The kubelet tells of it at each of its looks.
    pub(super) fn tell_deadline(&mut self) {
        if let Some(("DeadlineExceeded", text, _)) = self.worker.ended_for.clone() {
            self.pod_event(false, "DeadlineExceeded", text);
        }
    }
}
