//! A container's way from its image to its end and back: pull, create, start, exit, back-off. Ends no pod.

use super::worker::{Action, Role, State, Termination, hex64};
use super::{Visit, probes};
use crate::controllers::Outcome;
use crate::model::{Kind, Millis, Text, Value};

/// The first wait of a crash loop or of a failing pull, and the longest.
const BACK_OFF: Millis = Millis::seconds(10);
const BACK_OFF_MAX: Millis = Millis::seconds(300);
/// A wait that was not raised for so long is forgotten.
const BACK_OFF_FORGOTTEN: Millis = Millis::seconds(600);
/// How long the kubelet takes to notice that a container ended.
const NOTICE: Millis = Millis::seconds(1);

impl Visit<'_, '_, '_> {
    /// The pod has just come to the node.
    pub(super) fn admit(&mut self) {
        if self.pod.meta.is_terminating() {
            self.begin_stop();
            return;
        }
        if self.has_volumes() {
            self.go_on();
        } else {
            self.worker.waits_for_volumes = true;
        }
    }

    /// Something about the pod changed, or its machine is back.
    pub(super) fn look(&mut self) {
        if self.pod.meta.is_terminating() || self.worker.evicted.is_some() {
            self.begin_stop();
        } else if self.worker.waits_for_volumes && self.has_volumes() {
            self.worker.waits_for_volumes = false;
            self.go_on();
        }
        self.follow_images();
        self.review_readiness();
    }

    /// Whether all attachable volumes are attached to the node.
    fn has_volumes(&self) -> bool {
        let (cluster, node) = (&self.ctx.cluster, &self.worker.node);
        crate::model::pod::claims_of(&self.pod).iter().all(|key| {
            let Some(claim) = cluster.get(key) else { return false };
            let name = Text::new(claim.str_at(&["spec", "volumeName"]));
            let volume = cluster.find(Kind::PersistentVolume, &Text::default(), &name);
            volume.is_none_or(|volume| {
                let attachment = crate::controllers::attach_detach::attachment_name(volume, node);
                attachment.is_none_or(|attachment| {
                    let found = cluster.find(Kind::VolumeAttachment, &Text::default(), &attachment);
                    found.is_some_and(|a| a.at(&["status", "attached"]).and_then(Value::as_bool) == Some(true))
                })
            })
        })
    }

    /// Begins the containers whose turn it is.
    pub(super) fn go_on(&mut self) {
        if self.is_stopping() {
            return;
        }
        let now = self.now();
        let is_recorded = self.is_recorded();
        for (at, container) in self.worker.containers.iter_mut().enumerate() {
            // The stand-in runs no init containers and starts all others at once.
            if is_recorded && container.role != Role::Main {
                continue;
            }
            if !container.is_begun {
                container.is_begun = true;
                self.worker.agenda.push((now, Action::Begin(at)));
                if !is_recorded {
                    return;
                }
            }
            let may_pass = match container.role {
                Role::Init => container.is_done(),
                Role::Sidecar => container.started,
                Role::Main => container.has_run(),
            };
            if !may_pass && !is_recorded {
                return;
            }
        }
    }

    /// Restarts containers whose image was changed in the living pod.
    fn follow_images(&mut self) {
        for at in 0..self.worker.containers.len() {
            let image = Text::new(self.spec(at).str_at(&["image"]));
            let now = self.now();
            let Some(container) = self.worker.containers.get_mut(at) else { continue };
            if container.image == image || image.is_empty() {
                continue;
            }
            container.image = image;
            container.pull_delay = Millis::ZERO;
            let name = container.name.clone();
            if container.is_running() {
                let run = container.run;
                let text = format!("Container {name} definition changed, will be restarted");
                self.container_event(at, false, "Killing", text);
                self.worker.plan(now, Action::Exit { at, run, code: 0, reason: "Completed" });
            } else if container.is_begun && !container.has_run() {
                self.worker.agenda.retain(|(_, action)| {
                    !matches!(action, Action::Begin(i) | Action::PullFailed(i) | Action::PullBackOff(i) if *i == at)
                });
                self.worker.plan(now, Action::Begin(at));
            }
        }
    }

    pub(super) fn begin(&mut self, at: usize) {
        if self.is_stopping() {
            return;
        }
        let Some(image) = self.worker.containers.get(at).map(|container| container.image.clone()) else { return };
        let workload = self.workload(at);
        let policy = self.spec(at).str_at(&["imagePullPolicy"]).to_string();
        let has_image = self.ctx.cluster.runtime().has_image(&self.worker.node, &image);
        if policy == "Never" && !has_image {
            let text = format!("Container image \"{image}\" is not present with pull policy of Never");
            self.container_event(at, true, "ErrImageNeverPull", text.clone());
            self.container_event(at, true, "Failed", "Error: ErrImageNeverPull");
            return self.wait(at, "ErrImageNeverPull", text);
        }
        if has_image && policy != "Always" {
            let text = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
            self.container_event(at, false, "Pulled", text);
            return self.plan_start(at);
        }
        self.container_event(at, false, "Pulling", format!("Pulling image \"{image}\""));
        let now = self.now();
        if !workload.has_image {
            self.worker.plan(now + NOTICE, Action::PullFailed(at));
        } else if self.is_recorded() {
            self.pulled(at);
        } else {
            let factor = workload.pull_factor;
            let base = self.ctx.environment.delays.pull.0;
            let pull = if has_image { base / 4 } else { base.saturating_mul(factor) };
            self.worker.plan(now + Millis(pull), Action::Pulled(at));
        }
    }

    pub(super) fn pulled(&mut self, at: usize) {
        let Some(image) = self.worker.containers.get(at).map(|container| container.image.clone()) else { return };
        let had_image = self.ctx.cluster.runtime().has_image(&self.worker.node, &image);
        let base = self.ctx.environment.delays.pull.0;
        let factor = self.workload(at).pull_factor;
        let took = if had_image && !self.is_recorded() { base / 4 } else { base.saturating_mul(factor) };
        let node = self.worker.node.clone();
        self.ctx.cluster.runtime_mut().add_image(&node, &image);
        let took = go_duration(took);
        let text = format!(
            "Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: 70000000 bytes."
        );
        self.container_event(at, false, "Pulled", text);
        self.plan_start(at);
    }

    fn plan_start(&mut self, at: usize) {
        let is_first = self.worker.containers.iter().all(|container| !container.has_run());
        let start = self.ctx.environment.delays.start;
        let delay = if is_first || self.is_recorded() { start } else { Millis(start.0 / 4) };
        let at_time = self.now() + delay;
        self.worker.plan(at_time, Action::Start(at));
    }

    pub(super) fn pull_failed(&mut self, at: usize) {
        let Some(container) = self.worker.containers.get(at) else { return };
        let image = container.image.clone();
        if self.is_recorded() {
            self.take_address();
        }
        let whole = whole_reference(&image);
        let error = format!(
            "failed to pull and unpack image \"{whole}\": failed to resolve reference \"{whole}\": {whole}: not found"
        );
        self.container_event(at, true, "Failed", format!("Failed to pull image \"{image}\": {error}"));
        self.container_event(at, true, "Failed", "Error: ErrImagePull");
        self.wait(at, "ErrImagePull", error);
        let now = self.now();
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        let doubled = Millis(container.pull_delay.0.saturating_mul(2)).min(BACK_OFF_MAX);
        container.pull_delay = doubled.max(BACK_OFF);
        let next = now + container.pull_delay;
        self.worker.plan(now + NOTICE, Action::PullBackOff(at));
        if !self.is_recorded() {
            self.worker.plan(next, Action::Begin(at));
        }
    }

    pub(super) fn pull_back_off(&mut self, at: usize) {
        let Some(container) = self.worker.containers.get(at) else { return };
        let image = container.image.clone();
        let text = format!("Back-off pulling image \"{image}\"");
        self.container_event(at, false, "BackOff", text.clone());
        self.container_event(at, true, "Failed", "Error: ImagePullBackOff");
        self.record("kubelet.image-back-off", Outcome::Waits, vec![("image", image)]);
        self.wait(at, "ImagePullBackOff", text);
    }

    fn wait(&mut self, at: usize, reason: &'static str, message: impl Into<Text>) {
        if let Some(container) = self.worker.containers.get_mut(at) {
            container.wait(reason, message);
        }
    }

    fn take_address(&mut self) {
        if self.worker.ip.is_empty() {
            let node = self.worker.node.clone();
            self.worker.ip = self.kubelet.next_address(self.ctx, &node);
        }
    }

    pub(super) fn start(&mut self, at: usize) {
        if self.is_stopping() {
            return;
        }
        self.take_address();
        let id = format!("containerd://{}", hex64(self.ctx.cluster.rng()));
        self.container_event(at, false, "Created", "Container created");
        self.container_event(at, false, "Started", "Container started");
        let (now, workload, spec) = (self.now(), self.workload(at), self.spec(at));
        let is_recorded = self.is_recorded();
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        if let State::Terminated(end) = &container.state {
            container.last = Some(end.clone());
        }
        if container.has_run() {
            container.restarts += 1;
        }
        container.run += 1;
        container.id = id.into();
        container.state = State::Running { since: now };
        container.tallies = Default::default();
        container.started = is_recorded || spec.get("startupProbe").is_none();
        let has_readiness = spec.get("readinessProbe").is_some();
        container.ready = container.started && !has_readiness && workload.is_ready && container.role != Role::Init;
        let run = container.run;
        if let Some(end) = workload.end {
            self.worker.plan(now + end.after, Action::Exit { at, run, code: end.code, reason: end.reason });
        }
        if is_recorded {
            if has_readiness {
                let delay = spec.i64_at(&["readinessProbe", "initialDelaySeconds"]).unwrap_or(0).clamp(0, 5);
                self.worker.plan(now + Millis::seconds(1 + delay), Action::Ready { at, run });
            }
            return;
        }
        probes::plan_all(&mut self.worker, at, &spec, now);
        self.go_on();
    }

    pub(super) fn exit(&mut self, at: usize, run: u64, code: i64, reason: &'static str) {
        let now = self.now();
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        let State::Running { since } = container.state else { return };
        if container.run != run {
            return;
        }
        let id = container.id.clone();
        container.state = State::Terminated(Termination { code, reason, started: since, finished: now, id });
        container.ready = false;
        container.started = false;
        let role = container.role;
        if self.is_stopping() {
            return self.stop_next();
        }
        let policy = self.pod.str_at(&["spec", "restartPolicy"]);
        let restarts = match (role, policy) {
            (Role::Sidecar, _) | (Role::Main, "Always") => true,
            (Role::Init, "Never") | (_, "Never") => false,
            _ => code != 0,
        };
        let restarts = restarts && !(role == Role::Init && code == 0);
        match (role, restarts) {
            (_, true) => self.plan_restart(at),
            (Role::Init, _) if code == 0 => self.go_on(),
            (Role::Init, _) => self.worker.final_phase = Some("Failed"),
            _ => self.end_if_over(),
        }
    }

    /// Stops the sidecars and keeps the phase once all regular containers are done for good.
    fn end_if_over(&mut self) {
        let policy = self.pod.str_at(&["spec", "restartPolicy"]).to_string();
        if self.worker.mains().any(|container| container.latest_end().is_none()) {
            return;
        }
        let phase = self.worker.phase(&policy);
        if matches!(phase, "Succeeded" | "Failed") {
            let now = self.now();
            for (at, container) in self.worker.containers.iter().enumerate() {
                if container.is_running() && container.role == Role::Sidecar {
                    let action = Action::Exit { at, run: container.run, code: 0, reason: "Completed" };
                    self.worker.agenda.push((now, action));
                }
            }
            self.worker.final_phase = Some(phase);
        }
    }

    /// The first restart comes at once; each further one waits twice as long as the one before.
    fn plan_restart(&mut self, at: usize) {
        let now = self.now();
        let is_recorded = self.is_recorded();
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        let living = container.back_off.filter(|(_, raised)| now - *raised <= BACK_OFF_FORGOTTEN);
        match living {
            None => {
                container.back_off = Some((BACK_OFF, now));
                self.worker.plan(now + NOTICE, Action::Restart(at));
            }
            Some((delay, _)) => {
                container.back_off = Some((Millis(delay.0 * 2).min(BACK_OFF_MAX), now + delay));
                self.worker.plan(now + delay, Action::Restart(at));
                let notice = if is_recorded { Millis::ZERO } else { NOTICE };
                self.worker.plan(now + notice, Action::BackOff(at));
            }
        }
    }

    pub(super) fn back_off(&mut self, at: usize) {
        let now = self.now();
        let restart =
            self.worker.agenda.iter().find(|(_, action)| *action == Action::Restart(at)).map(|(time, _)| *time);
        let Some(container) = self.worker.containers.get(at) else { return };
        if container.is_running() || self.is_stopping() {
            return;
        }
        let finished = container.latest_end().map_or(now, |end| end.finished);
        let delay = go_duration((restart.unwrap_or(now) - finished).0);
        let name = container.name.clone();
        let pod = format!("{}_{}({})", self.pod.meta.name, self.pod.meta.namespace, self.pod.meta.uid);
        self.container_event(at, true, "BackOff", format!("Back-off restarting failed container {name} in pod {pod}"));
        self.record(
            "kubelet.crash-loop",
            Outcome::Waits,
            vec![("container", name.clone()), ("delay", delay.clone().into())],
        );
        self.wait(at, "CrashLoopBackOff", format!("back-off {delay} restarting failed container={name} pod={pod}"));
    }

    pub(super) fn restart(&mut self, at: usize) {
        if self.is_stopping() || self.worker.containers.get(at).is_none_or(|container| container.is_running()) {
            return;
        }
        let Some(image) = self.worker.containers.get(at).map(|container| container.image.clone()) else { return };
        self.record("kubelet.restarts", Outcome::Acts, Vec::new());
        if !self.ctx.cluster.runtime().has_image(&self.worker.node, &image) {
            return self.begin(at);
        }
        let text = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
        self.container_event(at, false, "Pulled", text);
        self.start(at);
    }

    pub(super) fn become_ready(&mut self, at: usize, run: u64) {
        let is_ready = self.workload(at).is_ready;
        if let Some(container) = self.worker.containers.get_mut(at)
            && container.run == run
            && container.is_running()
        {
            container.ready = is_ready;
        }
    }
}

/// A length of time as Go writes it: `500ms`, `1.2s`, `2m40s`, `5m0s`.
pub(super) fn go_duration(ms: i64) -> String {
    if ms < 1000 {
        return format!("{ms}ms");
    }
    let (minutes, rest) = (ms / 60_000, ms % 60_000);
    let seconds = match rest % 1000 {
        0 => format!("{}s", rest / 1000),
        fraction => format!("{}.{}s", rest / 1000, format!("{fraction:03}").trim_end_matches('0')),
    };
    if minutes == 0 { seconds } else { format!("{minutes}m{seconds}") }
}

/// An image's name with its registry, as the container runtime names it.
fn whole_reference(image: &str) -> String {
    match image.split_once('/') {
        None => format!("docker.io/library/{image}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => image.to_string(),
        Some(_) => format!("docker.io/{image}"),
    }
}
