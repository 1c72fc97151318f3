//! Writes a view of a pod as its status: phase, conditions and containers. Finds nothing out.
//!
//! Follows pkg/kubelet/kubelet_pods.go (`getPhase`) and pkg/kubelet/status/generate.go.

use crate::cluster::Rng;
use crate::fnv::Fnv1a64;
use crate::model::conditions::{all_conditions, condition};
use crate::model::container_status::is_running;
use crate::model::pod::{container_statuses, init_statuses};
use crate::model::{Millis, Object, Text, Value, conditions};
use crate::ordering::Order;
use crate::{list, obj};

/// How the words begin with which a pod is evicted for its node's sake.
pub(super) const NODE_IS_LOW: &str = "The node was low on resource: ";

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs to its end before the next one starts.
    Init,
    /// An init container with `restartPolicy: Always`: runs beside the others.
    Sidecar,
    /// A regular container.
    Main,
    /// Added to a running pod to look into it; it is never started again.
    Ephemeral,
}

impl Role {
    /// Whether it stands among the init containers.
    pub fn is_initial(self) -> bool {
        matches!(self, Role::Init | Role::Sidecar)
    }

    /// The list of the pod's spec in which it stands.
    pub fn list(self) -> &'static str {
        match self {
            Role::Init | Role::Sidecar => "initContainers",
            Role::Main => "containers",
            Role::Ephemeral => "ephemeralContainers",
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Termination {
    pub code: i64,
    pub reason: &'static str,
    /// `None` if it never began.
    pub started: Option<Millis>,
    pub finished: Option<Millis>,
    pub id: Text,
    pub message: Text,
}

/// What a container's status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Waiting { reason: &'static str, message: Text },
    Running { since: Millis },
    Terminated(Termination),
}

/// A container as its status shows it.
#[derive(Clone, Debug)]
pub(super) struct ContainerView {
    pub name: Text,
    pub image: Text,
    pub role: Role,
    pub state: Shown,
    pub last: Option<Termination>,
    pub restarts: i64,
    pub ready: bool,
    pub started: bool,
    /// Empty while it never ran.
    pub id: Text,
    /// Whether it is to be started again once it ended.
    pub comes_again: bool,
    /// The resources that are actuated for it, and those that are allocated; nothing where that is not told.
    pub resources: Option<(Value, Value)>,
}

impl ContainerView {
    fn is_done(&self) -> bool {
        matches!(&self.state, Shown::Terminated(end) if end.code == 0)
    }
}

/// How far a resize is, as a condition says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resize {
    /// The node cannot give it: the reason and the words.
    Pending(&'static str, Text),
    /// It is being done.
    InProgress,
}

/// A pod as its status shows it.
#[derive(Clone, Debug)]
pub(super) struct PodView {
    pub containers: Vec<ContainerView>,
    pub phase: &'static str,
    /// The phase that the conditions go by, which is ahead of the other while containers may still run.
    pub coming: &'static str,
    pub has_network: bool,
    /// Whether sidecars count as started because the pod is going.
    pub is_ending: bool,
    pub ip: Text,
    pub host_ip: Text,
    pub began: Millis,
    /// Reason and message of the whole pod.
    pub why: Option<(&'static str, Text)>,
    /// Whether the containers stand in the order of their names.
    pub is_sorted: bool,
    /// How far a change of its resources is.
    pub resize: Option<Resize>,
}

/// When a condition last changed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    pub value: Option<bool>,
    pub since: Millis,
}

impl PodView {
    /// Whether all init containers are done and all sidecars have started.
    fn is_initialized(&self) -> bool {
        let has_begun = self.containers.iter().any(|c| c.role == Role::Main && !c.id.is_empty());
        self.containers.iter().all(|container| match container.role {
            Role::Init => container.is_done(),
            Role::Sidecar => container.started || self.is_ending || has_begun,
            Role::Main | Role::Ephemeral => true,
        })
    }

    /// Writes the view into the status of `pod`.
    pub fn write(&self, turns: &mut [Turn; 4], pod: &mut Object, now: Millis) {
        let conditions = self.conditions(turns, pod, now);
        let statuses = |list: &'static str| -> Vec<Value> {
            let mut chosen: Vec<_> = self.containers.iter().filter(|c| c.role.list() == list).collect();
            if list == "containers" && self.is_sorted {
                chosen.order_by_key(|container| container.name.clone());
            }
            let specs = pod.list_at(&["spec", list]);
            let spec = |name: &Text| specs.iter().find(|spec| spec.str_at(&["name"]) == name.as_str());
            chosen.into_iter().map(|container| container_status(container, spec(&container.name))).collect()
        };
        let (mut inits, mut mains) = (statuses("initContainers"), statuses("containers"));
        let ephemeral = statuses("ephemeralContainers");
        keep_resources(&mut inits, init_statuses(pod));
        keep_resources(&mut mains, container_statuses(pod));
        let generation = pod.meta.generation;
        let status = pod.at_mut(&["status"]).map_mut();
        status.insert("conditions", conditions);
        status.insert("containerStatuses", mains.into());
        if !inits.is_empty() {
            status.insert("initContainerStatuses", inits.into());
        }
        if !ephemeral.is_empty() {
            status.insert("ephemeralContainerStatuses", ephemeral.into());
        }
        status.insert("hostIP", (&self.host_ip).into());
        status.insert("hostIPs", list![obj! { "ip" => &self.host_ip }]);
        status.insert("observedGeneration", generation.into());
        status.insert("phase", self.phase.into());
        if !self.ip.is_empty() {
            status.insert("podIP", (&self.ip).into());
            status.insert("podIPs", list![obj! { "ip" => &self.ip }]);
        }
        status.insert("startTime", self.began.rfc3339().into());
        if let Some((reason, message)) = &self.why {
            status.insert("message", message.into());
            status.insert("reason", (*reason).into());
        } else {
            status.remove("message");
            status.remove("reason");
        }
    }

    fn conditions(&self, turns: &mut [Turn; 4], pod: &Object, now: Millis) -> Value {
        let own = self.own_conditions(pod);
        let mut conditions = Vec::with_capacity(5);
        let is_own = |kind: &str| own.iter().any(|(own, _, _)| *own == kind);
        let old = all_conditions(pod);
        let is_kept = |kind: &str| !is_own(kind) && kind != "PodScheduled" && !kind.starts_with("PodResize");
        conditions.extend(old.iter().filter(|c| is_kept(c.str_at(&["type"]))).cloned());
        conditions.extend(self.resize_condition(pod, now));
        for (turn, (kind, value, why)) in turns.iter_mut().zip(own) {
            // Somebody else may have written the condition: the node controller when the node was lost.
            let stored = old.iter().find(|c| c.str_at(&["type"]) == kind).map(|c| c.str_at(&["status"]) == "True");
            if turn.value != Some(value) || stored.is_some_and(|stored| stored != value) {
                *turn = Turn { value: Some(value), since: now };
            }
            let mut condition = obj! {
                "lastProbeTime" => Value::Null, "lastTransitionTime" => turn.since.rfc3339(),
                "observedGeneration" => pod.meta.generation, "status" => if value { "True" } else { "False" },
                "type" => kind,
            };
            if let Some((reason, message)) = why {
                condition.set_at(&["reason"], reason);
                if let Some(message) = message {
                    condition.set_at(&["message"], message);
                }
            }
            conditions.push(condition);
        }
        conditions.extend(old.iter().filter(|c| c.str_at(&["type"]) == "PodScheduled").cloned());
        if let Some((_, message)) = self.why.as_ref().filter(|(_, message)| message.starts_with(NODE_IS_LOW))
            && !old.iter().any(|c| c.str_at(&["type"]) == "DisruptionTarget")
        {
            conditions.push(obj! {
                "lastProbeTime" => Value::Null, "lastTransitionTime" => now.rfc3339(), "message" => message,
                "observedGeneration" => pod.meta.generation, "reason" => "TerminationByKubelet", "status" => "True",
                "type" => "DisruptionTarget",
            });
        }
        conditions.into()
    }

    fn resize_condition(&self, pod: &Object, now: Millis) -> Option<Value> {
        let (kind, why) = match self.resize.as_ref()? {
            Resize::Pending(reason, message) => ("PodResizePending", Some((*reason, message))),
            Resize::InProgress => ("PodResizeInProgress", None),
        };
        let old = conditions::condition(pod, kind);
        let since = old.map_or_else(|| now.rfc3339(), |old| old.str_at(&["lastTransitionTime"]).to_string());
        let mut condition = obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => since,
            "observedGeneration" => pod.meta.generation, "status" => "True", "type" => kind,
        };
        if let Some((reason, message)) = why {
            condition.set_at(&["reason"], reason);
            condition.set_at(&["message"], message);
        }
        Some(condition)
    }

    /// The four conditions that the kubelet keeps: type, value, and reason with message.
    fn own_conditions(&self, pod: &Object) -> [(&'static str, bool, Option<Why>); 4] {
        let is_initialized = self.is_initialized();
        let missing = self.names(|container| match container.role {
            Role::Init => !container.is_done(),
            Role::Sidecar => !container.started,
            Role::Main | Role::Ephemeral => false,
        });
        let unready = self.names(|it| matches!(it.role, Role::Main | Role::Sidecar) && !it.ready);
        let unready = (!unready.is_empty()).then(|| format!("containers with unready status: [{unready}]"));
        let over = match self.coming {
            "Succeeded" => Some(("PodCompleted", None)),
            "Failed" => Some(("PodFailed", None)),
            _ => unready.map(|text| ("ContainersNotReady", Some(text))),
        };
        let gate = over.is_none().then(|| failing_gate(pod)).flatten();
        let initialized = match self.coming {
            "Succeeded" => Some(("PodCompleted", None)),
            _ if is_initialized => None,
            _ => {
                let text = format!("containers with incomplete status: [{missing}]");
                Some(("ContainersNotInitialized", Some(text)))
            }
        };
        let ready = over.clone().or(gate);
        [
            ("PodReadyToStartContainers", self.has_network, None),
            ("Initialized", is_initialized || self.coming == "Succeeded", initialized),
            ("Ready", ready.is_none(), ready),
            ("ContainersReady", over.is_none(), over),
        ]
    }

    fn names(&self, keep: impl Fn(&ContainerView) -> bool) -> String {
        let names = self.containers.iter().filter(|container| keep(container)).map(|c| c.name.as_str());
        names.collect::<Vec<_>>().join(" ")
    }

    /// The phase that the containers' states make. Follows `getPhase`.
    pub fn phase_of(containers: &[ContainerView], restart_policy: &str, is_over: bool) -> &'static str {
        let has_begun = containers.iter().any(|c| c.role == Role::Main && !c.id.is_empty());
        let (mut pending, mut failed, mut has_sidecar) = (false, false, false);
        for container in containers {
            match (container.role, &container.state) {
                (Role::Main | Role::Ephemeral, _) => {}
                (Role::Sidecar, state) => {
                    pending |= !has_begun && !container.started && !is_over;
                    has_sidecar |= matches!(state, Shown::Running { .. });
                }
                (Role::Init, Shown::Terminated(end)) => failed |= end.code != 0,
                (Role::Init, Shown::Waiting { .. }) if container.last.as_ref().is_some_and(|end| end.code != 0) => {
                    failed = true;
                }
                (Role::Init, _) => pending = true,
            }
        }
        if failed && restart_policy == "Never" {
            return "Failed";
        }
        let mains = || containers.iter().filter(|container| container.role == Role::Main);
        let is_waiting = mains().any(|c| matches!(c.state, Shown::Waiting { .. }) && c.last.is_none());
        if pending || failed || is_waiting {
            return "Pending";
        }
        if has_sidecar || mains().any(|container| matches!(container.state, Shown::Running { .. })) {
            return "Running";
        }
        let is_fine = mains().all(|container| match (&container.state, &container.last) {
            (Shown::Terminated(end), _) | (Shown::Waiting { .. }, Some(end)) => end.code == 0,
            _ => false,
        });
        let done = if is_fine { "Succeeded" } else { "Failed" };
        let comes_again = mains().any(|container| container.comes_again);
        match (is_over, restart_policy) {
            (true, _) => done,
            (false, "Always") => "Running",
            (false, _) if comes_again || (restart_policy == "OnFailure" && !is_fine) => "Running",
            (false, _) => done,
        }
    }
}

/// A condition's reason, and its message if it has one.
type Why = (&'static str, Option<String>);

/// The first readiness gate that is not open, as reason and message.
fn failing_gate(pod: &Object) -> Option<Why> {
    pod.list_at(&["spec", "readinessGates"]).iter().find_map(|gate| {
        let kind = gate.str_at(&["conditionType"]);
        let status = condition(pod, kind).map(|it| it.str_at(&["status"]));
        let message = match status {
            Some("True") => return None,
            Some(status) => format!("the status of pod readiness gate \"{kind}\" is not \"True\", but {status}"),
            None => format!("corresponding condition of pod readiness gate \"{kind}\" does not exist."),
        };
        Some(("ReadinessGatesNotReady", Some(message)))
    })
}

/// What others said of the resources of running containers stays where the kubelet itself says nothing of them.
fn keep_resources(statuses: &mut [Value], old: &[Value]) {
    for status in statuses.iter_mut().filter(|it| is_running(it)) {
        let Some(before) = old.iter().find(|before| before.get("name") == status.get("name")) else { continue };
        for field in ["allocatedResources", "resources"] {
            if let Some(value) = before.get(field).filter(|_| status.get(field).is_none()) {
                status.set_at(&[field], value.clone());
            }
        }
    }
}

fn add_resources_and_mounts(status: &mut Value, container: &ContainerView, spec: Option<&Value>) {
    let Some((actuated, allocated)) = &container.resources else { return };
    if !container.id.is_empty() {
        if let Some(requests) = allocated.get("requests") {
            status.set_at(&["allocatedResources"], requests.clone());
        }
        status.set_at(&["resources"], if actuated.is_null() { Value::map() } else { actuated.clone() });
    }
    let mounts: Vec<Value> =
        spec.map_or(&[][..], |spec| spec.list_at(&["volumeMounts"])).iter().map(mount_status).collect();
    if !mounts.is_empty() {
        status.set_at(&["volumeMounts"], Value::from(mounts));
    }
}

fn mount_status(mount: &Value) -> Value {
    let mut status = obj! {
        "mountPath" => Text::new(mount.str_at(&["mountPath"])), "name" => Text::new(mount.str_at(&["name"])),
    };
    if mount.get("readOnly").and_then(Value::as_bool) == Some(true) {
        status.set_at(&["readOnly"], true);
        status.set_at(&["recursiveReadOnly"], "Disabled");
    }
    status
}

fn container_status(container: &ContainerView, spec: Option<&Value>) -> Value {
    let mut status = obj! {
        "image" => &container.image, "imageID" => "", "lastState" => Value::map(), "name" => &container.name,
        "ready" => container.ready || (container.role == Role::Init && container.is_done()),
        "restartCount" => container.restarts, "started" => container.started,
    };
    if !container.id.is_empty() {
        status.set_at(&["containerID"], &container.id);
        status.set_at(&["imageID"], image_id(&container.image));
    }
    if let Some(end) = &container.last {
        status.set_at(&["lastState", "terminated"], termination(end));
    }
    let state = match &container.state {
        Shown::Waiting { reason, message } if message.is_empty() => obj! { "waiting" => obj! { "reason" => *reason } },
        Shown::Waiting { reason, message } => obj! { "waiting" => obj! { "message" => message, "reason" => *reason } },
        Shown::Running { since } => obj! { "running" => obj! { "startedAt" => since.rfc3339() } },
        Shown::Terminated(end) => obj! { "terminated" => termination(end) },
    };
    status.set_at(&["state"], state);
    add_resources_and_mounts(&mut status, container, spec);
    status
}

fn termination(end: &Termination) -> Value {
    let time = |at: Option<Millis>| at.map_or_else(|| Text::from("1970-01-01T00:00:00Z"), |at| at.rfc3339().into());
    let mut value = obj! {
        "exitCode" => end.code, "finishedAt" => if end.finished.is_some() { time(end.finished).into() } else { Value::Null },
        "reason" => end.reason,
        "startedAt" => if end.finished.is_some() { time(end.started).into() } else { Value::Null },
    };
    if !end.id.is_empty() {
        value.set_at(&["containerID"], &end.id);
    }
    if !end.message.is_empty() {
        value.set_at(&["message"], &end.message);
    }
    value
}

/// The digest of an image; depends on its name alone.
fn image_id(image: &Text) -> String {
    let seed = Fnv1a64::of(image.bytes());
    let name = image.split('@').next().unwrap_or(image);
    let tag = format!(":{}", super::misbehaviour::tag_of(name));
    format!("{}@sha256:{}", name.strip_suffix(&tag).unwrap_or(name), hex64(&mut Rng::new(seed)))
}

/// 64 hexadecimal digits.
pub(super) fn hex64(rng: &mut Rng) -> String {
    let mut digits = || rng.next_u64();
    format!("{:016x}{:016x}{:016x}{:016x}", digits(), digits(), digits(), digits())
}
