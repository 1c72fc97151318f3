//! The stand-in for a kubelet that the recorded sessions ran with: fixed times, no init containers, no hooks, no probes
//! but a wait before readiness. Only the world `recorder` has it.

mod pod;
mod stopping;

use super::misbehaviour::Behaviour;
use super::status::{ContainerView, PodView, Role, Shown, Termination, hex64};
use super::stop::let_go;
use super::{Kubelet, TASK_TICK, event_at, work};
use crate::controllers::back_off::{BACK_OFF, BACK_OFF_FORGOTTEN, BACK_OFF_MAX};
use crate::controllers::{ControllerId, Ctx, Facts, Outcome};
use crate::model::duration::go_duration;
use crate::model::{Key, Millis, Object, Text, Value};
pub(in crate::controllers::kubelet) use pod::StandInPod;
use pod::{Action, Container};
use std::rc::Rc;
use stopping::NOTICE;

/// Looks at a pod: does what is due and writes its status.
pub(super) fn look(kubelet: &mut Kubelet, ctx: &mut Ctx<'_>, pod: Rc<Object>, node: Text, is_news: bool) {
    let key = pod.key();
    let known =
        kubelet.stand_in_pods.get(&key).filter(|state| state.uid == pod.meta.uid).map(|state| StandInPod::clone(state));
    if known.is_none() && crate::model::pod::is_over(&pod) {
        if pod.meta.is_terminating() {
            let_go(ctx, &pod);
        }
        return;
    }
    let is_known = known.is_some();
    let state = known.unwrap_or_else(|| StandInPod::new(&pod, node, ctx.now()));
    let mut visit = Visit { kubelet, ctx, pod, state };
    if !is_known {
        visit.admit();
    } else if is_news {
        visit.review();
    }
    let now = visit.ctx.now();
    while let Some(action) = visit.take_due(now) {
        visit.perform(action);
    }
    visit.write();
}

struct Visit<'k, 'c, 'x> {
    kubelet: &'k mut Kubelet,
    ctx: &'c mut Ctx<'x>,
    pod: Rc<Object>,
    state: StandInPod,
}

impl Visit<'_, '_, '_> {
    fn take_due(&mut self, now: Millis) -> Option<Action> {
        let agenda = &mut self.state.agenda;
        let (place, _) = agenda.iter().enumerate().filter(|(_, (at, _))| *at <= now).min_by_key(|(_, (at, _))| *at)?;
        Some(agenda.remove(place).1)
    }

    fn plan(&mut self, after: Millis, action: Action) {
        let at = self.ctx.now() + after;
        self.state.agenda.push((at, action));
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Begin(at) => self.begin(at),
            Action::PullFailed(at) => self.pull_failed(at),
            Action::PullBackOff(at) => self.pull_back_off(at),
            Action::Start(at) => self.start(at),
            Action::Exit { at, run, code, reason } => self.exit(at, run, code, reason),
            Action::BackOff(at) => self.back_off(at),
            Action::Restart(at) => self.restart(at),
            Action::Ready { at, run } => self.become_ready(at, run),
            Action::Finish => self.finish(),
            Action::LetGo => let_go(self.ctx, &self.pod),
        }
    }

    fn spec(&self, at: usize) -> Value {
        let Some(container) = self.state.containers.get(at) else { return Value::Null };
        self.pod.list_at(&["spec", container.view.role.list()]).get(container.place).cloned().unwrap_or_default()
    }

    fn behaviour(&self, at: usize) -> Behaviour {
        let breakage = self.ctx.cluster.runtime().breakage(&self.pod.key());
        Behaviour::recorded(&self.pod, &self.spec(at), breakage)
    }

    fn image(&self, at: usize) -> Text {
        self.state.containers.get(at).map(|container| container.view.image.clone()).unwrap_or_default()
    }

    fn event(&mut self, at: usize, is_warning: bool, reason: &'static str, message: impl Into<Text>) {
        let Some(container) = self.state.containers.get(at) else { return };
        let (list, name) = (container.view.role.list(), container.view.name.clone());
        event_at(self.ctx, &self.pod, &self.state.node, (list, &name), is_warning, reason, message.into());
    }

    fn record(&mut self, rule: &'static str, outcome: Outcome, facts: Facts) {
        let key = self.pod.key();
        self.ctx.decide_about(ControllerId::Kubelet, ("pod", &key), rule, outcome, || facts);
    }

    fn write(mut self) {
        let key = self.pod.key();
        let Some(stored) = self.ctx.cluster.get(&key).filter(|pod| pod.meta.uid == self.state.uid).cloned() else {
            return;
        };
        let (now, mut next) = (self.ctx.now(), Object::clone(&stored));
        let mut turns = self.state.turns;
        self.view().write(&mut turns, &mut next, now);
        self.state.turns = turns;
        if next.body.get("status") != stored.body.get("status") {
            // Read in this same step: nobody wrote it in between.
            _ = self.ctx.cluster.replace(next);
        }
        if let Some(at) = self.state.agenda.iter().map(|(at, _)| *at).min() {
            self.ctx.timers.set(at.max(now), work(&key, TASK_TICK));
        }
        Rc::make_mut(&mut self.kubelet.stand_in_pods).insert(key, Rc::new(self.state));
    }

    fn view(&self) -> PodView {
        let containers: Vec<ContainerView> = self.state.containers.iter().map(|c| c.view.clone()).collect();
        let policy = self.pod.str_at(&["spec", "restartPolicy"]);
        let phase = self.state.final_phase.unwrap_or_else(|| PodView::phase_of(&containers, policy, false));
        let evicted = self.state.evicted.as_ref().filter(|_| self.state.final_phase.is_some());
        let host_ip = self.ctx.environment.node(&self.state.node).map(|node| node.internal_ip.clone());
        PodView {
            containers,
            phase,
            coming: phase,
            has_network: !self.state.ip.is_empty() && !matches!(phase, "Succeeded" | "Failed"),
            is_ending: self.state.deadline.is_some(),
            ip: self.state.ip.clone(),
            host_ip: host_ip.unwrap_or_default(),
            began: self.state.began,
            why: evicted.map(|why| ("Evicted", why.clone())),
            is_sorted: false,
            resize: None,
        }
    }

    fn has_volumes(&self) -> bool {
        let claims = crate::model::pod::claims_of(&self.pod);
        claims.iter().all(|key| super::references::is_attached(self.ctx.cluster, key, &self.state.node))
    }

    fn admit(&mut self) {
        if self.pod.meta.is_terminating() {
            self.begin_stop();
        } else if self.has_volumes() {
            self.begin_all();
        } else {
            self.state.waits_for_volumes = true;
        }
    }

    fn review(&mut self) {
        if self.pod.meta.is_terminating() || self.state.evicted.is_some() {
            self.begin_stop();
        } else if self.state.waits_for_volumes && self.has_volumes() {
            self.state.waits_for_volumes = false;
            self.begin_all();
        }
        for at in 0..self.state.containers.len() {
            self.follow_image(at);
            self.review_readiness(at);
        }
    }

    /// The stand-in runs no init containers and starts all others at once.
    fn begin_all(&mut self) {
        for at in 0..self.state.containers.len() {
            let Some(container) = self.state.containers.get_mut(at).filter(|c| c.view.role == Role::Main) else {
                continue;
            };
            if !std::mem::replace(&mut container.is_begun, true) && self.state.deadline.is_none() {
                self.plan(Millis::ZERO, Action::Begin(at));
            }
        }
    }

    fn follow_image(&mut self, at: usize) {
        let image = Text::new(self.spec(at).str_at(&["image"]));
        let Some(container) = self.state.containers.get_mut(at) else { return };
        if container.view.image == image || image.is_empty() {
            return;
        }
        container.view.image = image;
        let (name, run) = (container.view.name.clone(), container.run);
        if container.is_running() {
            self.event(at, false, "Killing", format!("Container {name} definition changed, will be restarted"));
            self.plan(Millis::ZERO, Action::Exit { at, run, code: 0, reason: "Completed" });
        } else if container.is_begun && run == 0 {
            self.state.agenda.retain(|(_, action)| {
                !matches!(action, Action::Begin(i) | Action::PullFailed(i) | Action::PullBackOff(i) if *i == at)
            });
            self.plan(Millis::ZERO, Action::Begin(at));
        }
    }

    fn review_readiness(&mut self, at: usize) {
        let behaviour = self.behaviour(at);
        let Some(container) = self.state.containers.get_mut(at) else { return };
        if container.is_running() {
            let ready = Action::Ready { at, run: container.run };
            let is_pending = self.state.agenda.iter().any(|(_, action)| *action == ready);
            container.view.ready =
                behaviour.is_ready && container.view.started && !is_pending && container.view.role != Role::Init;
        }
    }

    fn begin(&mut self, at: usize) {
        if self.state.deadline.is_some() {
            return;
        }
        let (image, behaviour) = (self.image(at), self.behaviour(at));
        let policy = self.spec(at).str_at(&["imagePullPolicy"]).to_string();
        let has_image = self.ctx.cluster.runtime().has_image(&self.state.node, &image);
        if policy == "Never" && !has_image {
            let text = format!("Container image \"{image}\" is not present with pull policy of Never");
            self.event(at, true, "ErrImageNeverPull", text.clone());
            self.event(at, true, "Failed", "Error: ErrImageNeverPull");
            return self.wait(at, "ErrImageNeverPull", text);
        }
        let start = self.ctx.environment.delays.start;
        if has_image && policy != "Always" {
            let text = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
            self.event(at, false, "Pulled", text);
            return self.plan(start, Action::Start(at));
        }
        self.event(at, false, "Pulling", format!("Pulling image \"{image}\""));
        if behaviour.missing.is_some() {
            return self.plan(NOTICE, Action::PullFailed(at));
        }
        let took = go_duration(Millis(self.ctx.environment.delays.pull.0.saturating_mul(behaviour.pull_factor)));
        let node = self.state.node.clone();
        self.ctx.cluster.runtime_mut().add_image(&node, &image);
        let text = format!(
            "Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: 70000000 bytes."
        );
        self.event(at, false, "Pulled", text);
        self.plan(start, Action::Start(at));
    }

    fn wait(&mut self, at: usize, reason: &'static str, message: impl Into<Text>) {
        if let Some(container) = self.state.containers.get_mut(at) {
            container.wait(reason, message);
        }
    }

    fn take_address(&mut self) {
        if self.state.ip.is_empty() {
            let node = self.state.node.clone();
            self.state.ip = self.kubelet.next_address(self.ctx, &node);
        }
    }

    fn pull_failed(&mut self, at: usize) {
        let image = self.image(at);
        self.take_address();
        let whole = super::start::whole_reference(&image);
        let error = format!(
            "failed to pull and unpack image \"{whole}\": failed to resolve reference \"{whole}\": {whole}: not found"
        );
        self.event(at, true, "Failed", format!("Failed to pull image \"{image}\": {error}"));
        self.event(at, true, "Failed", "Error: ErrImagePull");
        self.wait(at, "ErrImagePull", error);
        self.plan(NOTICE, Action::PullBackOff(at));
    }

    /// It asks for an image only once.
    fn pull_back_off(&mut self, at: usize) {
        let image = self.image(at);
        let text = format!("Back-off pulling image \"{image}\"");
        self.event(at, false, "BackOff", text.clone());
        self.event(at, true, "Failed", "Error: ImagePullBackOff");
        self.record("kubelet.image-back-off", Outcome::Waits, vec![("image", image)]);
        self.wait(at, "ImagePullBackOff", text);
    }

    fn start(&mut self, at: usize) {
        if self.state.deadline.is_some() {
            return;
        }
        self.take_address();
        let id = format!("containerd://{}", hex64(self.ctx.cluster.rng()));
        self.event(at, false, "Created", "Container created");
        self.event(at, false, "Started", "Container started");
        let (now, behaviour, spec) = (self.ctx.now(), self.behaviour(at), self.spec(at));
        let Some(container) = self.state.containers.get_mut(at) else { return };
        if let Shown::Terminated(end) = &container.view.state {
            container.view.last = Some(end.clone());
        }
        if container.run > 0 {
            container.view.restarts += 1;
        }
        container.run += 1;
        container.view.id = id.into();
        container.view.state = Shown::Running { since: now };
        container.view.started = true;
        let has_readiness = spec.get("readinessProbe").is_some();
        container.view.ready = !has_readiness && behaviour.is_ready && container.view.role != Role::Init;
        let run = container.run;
        if let Some(end) = behaviour.end {
            self.plan(end.after, Action::Exit { at, run, code: end.code, reason: end.reason });
        }
        if has_readiness {
            let delay = spec.i64_at(&["readinessProbe", "initialDelaySeconds"]).unwrap_or(0).clamp(0, 5);
            self.plan(Millis::seconds(1 + delay), Action::Ready { at, run });
        }
    }

    fn become_ready(&mut self, at: usize, run: u64) {
        let is_ready = self.behaviour(at).is_ready;
        if let Some(container) = self.state.containers.get_mut(at).filter(|c| c.run == run && c.is_running()) {
            container.view.ready = is_ready;
        }
    }

    fn exit(&mut self, at: usize, run: u64, code: i64, reason: &'static str) {
        let now = self.ctx.now();
        let Some(container) = self.state.containers.get_mut(at).filter(|container| container.run == run) else {
            return;
        };
        let Shown::Running { since } = container.view.state else { return };
        let id = container.view.id.clone();
        let end = Termination { code, reason, started: Some(since), finished: Some(now), id, message: Text::default() };
        container.view.state = Shown::Terminated(end);
        (container.view.ready, container.view.started) = (false, false);
        if self.state.deadline.is_some() {
            return self.stop_next();
        }
        match self.pod.str_at(&["spec", "restartPolicy"]) {
            "Always" => self.plan_restart(at),
            "OnFailure" if code != 0 => self.plan_restart(at),
            _ => self.end_if_over(),
        }
    }

    /// Keeps the phase once all regular containers are done for good.
    fn end_if_over(&mut self) {
        let mut mains = self.state.containers.iter().filter(|container| container.view.role == Role::Main);
        if mains.any(|container| container.end().is_none()) {
            return;
        }
        let phase = self.view().phase;
        if matches!(phase, "Succeeded" | "Failed") {
            self.state.final_phase = Some(phase);
        }
    }

    /// The first restart comes at once; each further one waits twice as long as the one before.
    fn plan_restart(&mut self, at: usize) {
        let now = self.ctx.now();
        let Some(container) = self.state.containers.get_mut(at) else { return };
        match container.back_off.filter(|(_, raised)| now - *raised <= BACK_OFF_FORGOTTEN) {
            None => {
                container.back_off = Some((BACK_OFF, now));
                self.plan(NOTICE, Action::Restart(at));
            }
            Some((delay, _)) => {
                container.back_off = Some((Millis(delay.0 * 2).min(BACK_OFF_MAX), now + delay));
                self.plan(delay, Action::Restart(at));
                self.plan(Millis::ZERO, Action::BackOff(at));
            }
        }
    }

    fn back_off(&mut self, at: usize) {
        let now = self.ctx.now();
        let restart =
            self.state.agenda.iter().find(|(_, action)| *action == Action::Restart(at)).map(|(time, _)| *time);
        let Some(container) = self.state.containers.get(at) else { return };
        if container.is_running() || self.state.deadline.is_some() {
            return;
        }
        let finished = container.end().and_then(|end| end.finished).unwrap_or(now);
        let delay = go_duration(restart.unwrap_or(now) - finished);
        let name = container.view.name.clone();
        let pod = format!("{}_{}({})", self.pod.meta.name, self.pod.meta.namespace, self.pod.meta.uid);
        self.event(at, true, "BackOff", format!("Back-off restarting failed container {name} in pod {pod}"));
        let facts = vec![("container", name.clone()), ("delay", delay.clone().into())];
        self.record("kubelet.crash-loop", Outcome::Waits, facts);
        self.wait(at, "CrashLoopBackOff", format!("back-off {delay} restarting failed container={name} pod={pod}"));
    }

    fn restart(&mut self, at: usize) {
        if self.state.deadline.is_some() || self.state.containers.get(at).is_none_or(Container::is_running) {
            return;
        }
        let image = self.image(at);
        self.record("kubelet.restarts", Outcome::Acts, Vec::new());
        if !self.ctx.cluster.runtime().has_image(&self.state.node, &image) {
            return self.begin(at);
        }
        let text = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
        self.event(at, false, "Pulled", text);
        self.start(at);
    }
}

impl Kubelet {
    /// Lets the pods of a node that wait for volumes look again.
    pub(super) fn stand_in_waits(&self, key: &Key) -> bool {
        self.stand_in_pods.get(key).is_some_and(|state| state.waits_for_volumes)
    }
}

/// How long the hook before the stop signal takes, as far as its command says so. The stand-in runs nothing.
fn slept(spec: &Value) -> Millis {
    if let Some(seconds) = spec.i64_at(&["lifecycle", "preStop", "sleep", "seconds"]) {
        return Millis::seconds(seconds.clamp(0, 1_000_000));
    }
    let words: Vec<&str> = spec
        .list_at(&["lifecycle", "preStop", "exec", "command"])
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
