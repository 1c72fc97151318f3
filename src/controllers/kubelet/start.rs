//! A container's way from its image to its running process: back-off, pull, create, start, hook. Stops nothing but what
//! its hook after the start failed.
//!
//! Follows kuberuntime_container.go (`startContainer`), kuberuntime_manager.go (`doBackOff`) and images/image_manager.go.

use super::Visit;
use super::image_volumes::pulled_text;
use super::references;
use super::status::{Termination, hex64};
use super::worker::{Failing, Flow, Life, Purpose, Step, Trouble};
use crate::api::image_name_error;
use crate::controllers::Outcome;
use crate::controllers::back_off::{BACK_OFF, BACK_OFF_MAX, BackOff};
use crate::kubernetes::Difference;
use crate::model::duration::go_duration;
use crate::model::{Kind, Millis, Text, Value};
use crate::shell::registry::{self, Missing};
use crate::world::{Order, Reply, Run};

impl Visit<'_, '_, '_> {
    /// The name of one life of a container.
    pub(super) fn run_of(&self, at: usize) -> Run {
        let container = self.worker.containers.get(at);
        Run {
            pod: self.pod.key(),
            uid: self.worker.uid.clone(),
            container: container.map(|container| container.name.clone()).unwrap_or_default(),
            number: container.map_or(0, |container| container.lives - 1),
        }
    }

    /// Notes why a container could not start. An init container holds up all that comes after it.
    pub(super) fn fail(&mut self, at: usize, reason: &'static str, message: impl Into<Text>, failing: Failing) -> Flow {
        let is_init = self.worker.containers.get(at).is_some_and(|c| c.role == super::status::Role::Init);
        if let Some(container) = self.worker.containers.get_mut(at) {
            container.trouble = Some(Trouble { reason, message: message.into() });
        }
        if let Some(job) = &mut self.worker.job {
            job.failings.push(failing);
            if is_init {
                job.steps.clear();
            }
        }
        Flow::On
    }

    pub(super) fn try_start(&mut self, at: usize) -> Flow {
        let image = Text::new(self.spec(at).str_at(&["image"]));
        let (now, key) = (self.now(), self.pod.meta.clone());
        let Some(container) = self.worker.containers.get_mut(at) else { return Flow::On };
        if container.image != image {
            // Another image counts as another container.
            (container.image, container.crash, container.pull) = (image, None, None);
        }
        if let Some(death) = container.death {
            let left = container.crash.and_then(|crash| Some((crash, crash.left(death, now)?)));
            if let Some((crash, left)) = left {
                let (name, delay) = (container.name.clone(), go_duration(crash.delay));
                let pod = format!("{}_{}({})", key.name, key.namespace, key.uid);
                let text = format!("Back-off restarting failed container {name} in pod {pod}");
                self.container_event(at, true, "BackOff", text);
                let facts = vec![("container", name.clone()), ("delay", delay.clone().into())];
                self.record("kubelet.crash-loop", Outcome::Waits, facts);
                let message = format!("back-off {delay} restarting failed container={name} pod={pod}");
                return self.fail(at, "CrashLoopBackOff", message, Failing::BackOff(left));
            }
            container.crash = Some(BackOff::raise(container.crash, (BACK_OFF, BACK_OFF_MAX), death, now));
            self.record("kubelet.restarts", Outcome::Acts, Vec::new());
        }
        self.ensure_image(at)
    }

    /// Tells of an error at a container, as an event and for the next status.
    fn fail_aloud(&mut self, at: usize, reason: &'static str, message: impl Into<Text>, failing: Failing) -> Flow {
        self.container_event(at, true, "Failed", format!("Error: {reason}"));
        self.fail(at, reason, message, failing)
    }

    /// Gets the images of the container's volumes, and then its own.
    pub(super) fn ensure_image(&mut self, at: usize) -> Flow {
        if let Some(flow) = self.ensure_image_volumes(at) {
            return flow;
        }
        let Some(image) = self.worker.containers.get(at).map(|container| container.image.clone()) else {
            return Flow::On;
        };
        let policy = self.spec(at).str_at(&["imagePullPolicy"]).to_string();
        if let Some(why) = image_name_error(&image) {
            let text =
                format!("Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {why}");
            self.container_event(at, true, "InspectFailed", text.clone());
            return self.fail_aloud(at, "InvalidImageName", text, Failing::Plainly);
        }
        let has_image = self.ctx.cluster.runtime().has_image(&self.worker.node, &image);
        if policy == "Never" && !has_image && !self.image_is_local(at) {
            let text = format!("Container image \"{image}\" is not present with pull policy of Never");
            self.container_event(at, true, "ErrImageNeverPull", text.clone());
            return self.fail_aloud(at, "ErrImageNeverPull", text, Failing::Plainly);
        }
        if has_image && policy != "Always" {
            let text = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
            self.container_event(at, false, "Pulled", text);
            return self.create(at);
        }
        self.pull(at, image, has_image)
    }

    /// Whether an image that nobody pulled is on the machine all the same.
    fn image_is_local(&self, at: usize) -> bool {
        let image = self.worker.containers.get(at).map(|container| container.image.clone()).unwrap_or_default();
        self.ctx.cluster.runtime().image(&image).is_some_and(|profile| profile.is_present)
    }

    fn pull(&mut self, at: usize, image: Text, has_image: bool) -> Flow {
        let now = self.now();
        let Some(container) = self.worker.containers.get(at) else { return Flow::On };
        if container.pull.is_some_and(|pull| pull.left(pull.raised, now).is_some()) {
            let message = format!("Back-off pulling image \"{image}\": {}", container.pull_error);
            self.container_event(at, false, "BackOff", format!("Back-off pulling image \"{image}\""));
            self.record("kubelet.image-back-off", Outcome::Waits, vec![("image", image)]);
            return self.fail_aloud(at, "ImagePullBackOff", message, Failing::Plainly);
        }
        self.container_event(at, false, "Pulling", format!("Pulling image \"{image}\""));
        let took = self.pull_time(at, &image, has_image);
        self.then(Step::Pulled { at, took });
        Flow::After(took)
    }

    /// How long a pull takes, or how long it takes to fail.
    fn pull_time(&self, at: usize, image: &Text, has_image: bool) -> Millis {
        if let Some(profile) = self.ctx.cluster.runtime().image(image) {
            return profile.takes;
        }
        let (behaviour, base) = (self.behaviour(at), self.ctx.environment.delays.pull.0);
        match (behaviour.missing.is_none(), has_image) {
            (false, _) => Millis::seconds(1),
            (true, true) => Millis(base / 4),
            (true, false) => Millis(base.saturating_mul(behaviour.pull_factor)),
        }
    }

    pub(super) fn pulled(&mut self, at: usize, took: Millis) -> Flow {
        if let Some(job) = &mut self.worker.job {
            job.has_pulled = true;
        }
        let Some(image) = self.worker.containers.get(at).map(|container| container.image.clone()) else {
            return Flow::On;
        };
        let now = self.now();
        if let Some(error) = self.pull_refusal(&image) {
            self.container_event(at, true, "Failed", format!("Failed to pull image \"{image}\": {error}"));
            let (reason, error) = match error.strip_prefix("RegistryUnavailable: ") {
                Some(why) => {
                    let text = format!("image pull failed for {image} because the registry is unavailable: {why}");
                    ("RegistryUnavailable", text.into())
                }
                None => ("ErrImagePull", error),
            };
            if let Some(container) = self.worker.containers.get_mut(at) {
                container.pull = Some(BackOff::raise(container.pull, (BACK_OFF, BACK_OFF_MAX), now, now));
                container.pull_error = format!("{reason}: {error}").into();
            }
            return self.fail_aloud(at, reason, error, Failing::Plainly);
        }
        let node = self.worker.node.clone();
        self.ctx.cluster.runtime_mut().add_image(&node, &image);
        let text = pulled_text(&image, &go_duration(took));
        self.container_event(at, false, "Pulled", text);
        self.create(at)
    }

    /// What the runtime says of an image that cannot be pulled; `None` if it can.
    pub(super) fn pull_refusal(&self, image: &Text) -> Option<Text> {
        match self.ctx.cluster.runtime().image(image) {
            Some(profile) => profile.refuses.clone(),
            None => registry::missing(image).map(|missing| refusal(image, missing).into()),
        }
    }

    /// Makes the container, if everything that it names is there.
    fn create(&mut self, at: usize) -> Flow {
        let (spec, image) = (self.spec(at), self.image_of(at));
        let user = self.ctx.cluster.runtime().image(&image).map(|profile| profile.user.clone()).unwrap_or_default();
        let mut unset = references::environment_error(self.ctx.cluster, &self.pod, &spec);
        if unset.is_some() && self.supply() {
            unset = references::environment_error(self.ctx.cluster, &self.pod, &spec);
        }
        let missing = unset
            .or_else(|| references::sub_path_error(self.ctx.cluster, &self.pod, &spec, &self.worker.ip))
            .or_else(|| references::user_error(&self.pod, &spec, &image, &user));
        if let Some(message) = missing {
            self.container_event(at, true, "Failed", format!("Error: {message}"));
            return self.fail(at, "CreateContainerConfigError", message, Failing::Plainly);
        }
        let refusal = self.ctx.cluster.runtime().image(&image).and_then(|profile| profile.create_error.clone());
        if let Some(message) = refusal {
            self.container_event(at, true, "Failed", format!("Error: {message}"));
            return self.fail(at, "CreateContainerError", message, Failing::Plainly);
        }
        self.then(Step::Start(at));
        Flow::After(self.start_time())
    }

    pub(super) fn image_of(&self, at: usize) -> Text {
        self.worker.containers.get(at).map(|container| container.image.clone()).unwrap_or_default()
    }

    /// What is told of a container: newer versions leave its name to the event's place in the object.
    fn event_message(&self, at: usize, without_name: &'static str, before_name: &'static str) -> Text {
        if self.ctx.cluster.kubernetes().has(Difference::NamelessContainerEvents) {
            return without_name.into();
        }
        let name = self.worker.containers.get(at).map_or("", |container| container.name.as_str());
        format!("{before_name}{name}").into()
    }

    /// The process begins; whether it can is known a moment later.
    pub(super) fn start(&mut self, at: usize) -> Flow {
        let created = self.event_message(at, "Container created", "Created container: ");
        self.container_event(at, false, "Created", created);
        let id: Text = format!("containerd://{}", hex64(self.ctx.cluster.rng())).into();
        let (now, behaviour) = (self.now(), self.behaviour(at));
        let resources = super::resize::resources_of(&self.spec(at));
        let Some(container) = self.worker.containers.get_mut(at) else { return Flow::On };
        if let Life::Ended(end) = &container.life {
            container.earlier = Some(end.clone());
        }
        (container.actuated, container.allocated) = (resources.clone(), resources);
        container.lives += 1;
        container.id = id;
        container.life = Life::Running { since: now };
        container.start_error = None;
        let life = container.lives;
        if let Some(job) = &mut self.worker.job {
            job.has_acted = true;
            job.is_seen_twice |= job.has_pulled && job.has_made_network;
        }
        let error = self.ctx.cluster.runtime().image(&self.image_of(at)).and_then(|p| p.start_error.clone());
        if let Some(error) = error {
            if let Some(container) = self.worker.containers.get_mut(at) {
                container.start_error = Some(error);
            }
            return self.started(at);
        }
        let (run, ip) = (self.run_of(at), self.worker.ip.clone());
        self.ctx.cluster.runtime_mut().order(Order::Start { run, ip });
        if let Some(end) = behaviour.end {
            let action = super::worker::Action::End { at, life, code: end.code, reason: end.reason };
            self.worker.plan(now + end.after, action);
        }
        self.then(Step::Started(at));
        Flow::After(Millis(1))
    }

    pub(super) fn started(&mut self, at: usize) -> Flow {
        let (now, id) = (self.now(), self.worker.containers.get(at).map(|c| c.id.clone()).unwrap_or_default());
        let Some(container) = self.worker.containers.get_mut(at) else { return Flow::On };
        if let Some(message) = container.start_error.take() {
            container.life = Life::Ended(Termination {
                code: 128,
                reason: "StartError",
                started: None,
                finished: Some(now),
                id,
                message: message.clone(),
            });
            self.container_event(at, true, "Failed", format!("Error: {message}"));
            return self.fail(at, "RunContainerError", message, Failing::Plainly);
        }
        container.trouble = None;
        if self.worker.resize == Some(super::status::Resize::InProgress) {
            let now = self.now();
            self.worker.plan_once(now, super::worker::Action::Resized);
        }
        self.plan_ticks(at);
        let started = self.event_message(at, "Container started", "Started container ");
        self.container_event(at, false, "Started", started);
        let hook = self.spec(at).at(&["lifecycle", "postStart"]).cloned();
        match hook.filter(|hook| !hook.is_null()) {
            None => Flow::On,
            Some(hook) => {
                self.ask_hook(at, Purpose::PostStart, &hook);
                Flow::Blocked
            }
        }
    }

    /// The hook after the start is over, or its container is.
    pub(super) fn post_start_answered(&mut self, at: usize, reply: &Reply) {
        let hook = self.spec(at).at(&["lifecycle", "postStart"]).cloned().unwrap_or_default();
        if let Some(message) = self.hook_error(at, &hook, reply) {
            self.container_event(at, true, "FailedPostStartHook", "PostStartHook failed");
            self.then(Step::HookFailed { at, message });
            self.then(Step::Stops);
            if self.worker.containers.get(at).is_some_and(|container| container.is_running()) {
                self.stop(at, "FailedPostStartHook".to_string(), None, false);
            } else {
                self.stop_ended(at);
            }
        }
        self.go_on();
    }

    /// What is told of stopping a container whose process is over already: the kubelet asks for it all the same.
    fn stop_ended(&mut self, at: usize) {
        self.container_event(at, false, "Killing", "FailedPostStartHook");
        let hook = self.spec(at).at(&["lifecycle", "preStop"]).cloned().unwrap_or_default();
        if part(&hook, "exec").is_some() {
            self.container_event(at, true, "FailedPreStopHook", "PreStopHook failed");
        }
    }

    /// Tells of pull secrets that are not there; the pull is tried without them.
    pub(super) fn tell_missing_pull_secrets(&mut self) {
        let names = self.pod.list_at(&["spec", "imagePullSecrets"]).iter().map(|it| Text::new(it.str_at(&["name"])));
        let namespace = self.pod.meta.namespace.clone();
        let missing: Vec<Text> =
            names.filter(|name| self.ctx.cluster.find(Kind::Secret, &namespace, name).is_none()).collect();
        if !missing.is_empty() {
            let names = missing.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
            let text = format!(
                "Unable to retrieve some image pull secrets ({names}); attempting to pull the image may not succeed."
            );
            self.pod_event(true, "FailedToRetrieveImagePullSecret", text);
        }
    }
}

/// What the runtime says of an image that a registry does not have.
fn refusal(image: &str, missing: Missing) -> String {
    let whole = whole_reference(image);
    let (code, why) = match missing {
        Missing::Tag => ("NotFound", format!("{whole}: not found")),
        Missing::Repository => (
            "Unknown",
            "pull access denied, repository does not exist or may require authorization: server message: \
             insufficient_scope: authorization failed"
                .to_string(),
        ),
    };
    format!(
        "rpc error: code = {code} desc = failed to pull and unpack image \"{whole}\": failed to resolve reference \
         \"{whole}\": {why}"
    )
}

/// An image's name with its registry, as the container runtime names it.
pub(super) fn whole_reference(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let image = if last.contains([':', '@']) { image.to_string() } else { format!("{image}:latest") };
    match image.split_once('/') {
        None => format!("docker.io/library/{image}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => image,
        Some(_) => format!("docker.io/{image}"),
    }
}

/// The value of a hook's field that is there.
pub(super) fn part<'v>(hook: &'v Value, name: &str) -> Option<&'v Value> {
    hook.get(name).filter(|value| !value.is_null())
}
