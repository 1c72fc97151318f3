//! One pod on a node: its containers, what they are about to do, and what its status says. Writes nothing.

use crate::cluster::Rng;
use crate::model::{Millis, Object, Text, Value};
use crate::{list, obj};

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs to its end before the next one starts.
    Init,
    /// An init container with `restartPolicy: Always`: runs beside the others.
    Sidecar,
    /// A regular container.
    Main,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Termination {
    pub code: i64,
    pub reason: &'static str,
    pub started: Millis,
    pub finished: Millis,
    pub id: Text,
}

/// What a container's status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting { reason: &'static str, message: Text },
    Running { since: Millis },
    Terminated(Termination),
}

/// What is to happen to a container, by its place in the list; work of an earlier run is told by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Get the image.
    Begin(usize),
    /// The image is there.
    Pulled(usize),
    /// The image cannot be had.
    PullFailed(usize),
    /// Wait before asking for the image again.
    PullBackOff(usize),
    /// Create and start it.
    Start(usize),
    /// Its process ends.
    Exit { at: usize, run: u64, code: i64, reason: &'static str },
    /// Its next start is put off.
    BackOff(usize),
    /// It starts again.
    Restart(usize),
    /// The stand-in's kubelet finds it ready.
    Ready { at: usize, run: u64 },
    /// A probe runs.
    Probe { at: usize, run: u64, probe: Probe },
    /// A failing probe stopped it, and its time is up.
    Kill { at: usize, run: u64 },
    /// Nothing runs any more: the last status is written.
    Finish,
    /// The object can go.
    LetGo,
}

/// The three kinds of probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Startup,
    Liveness,
    Readiness,
}

impl Probe {
    pub const ALL: [Probe; 3] = [Probe::Startup, Probe::Liveness, Probe::Readiness];

    pub fn field(self) -> &'static str {
        match self {
            Probe::Startup => "startupProbe",
            Probe::Liveness => "livenessProbe",
            Probe::Readiness => "readinessProbe",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Probe::Startup => "Startup",
            Probe::Liveness => "Liveness",
            Probe::Readiness => "Readiness",
        }
    }
}

/// Consecutive outcomes of one probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub successes: i64,
    pub failures: i64,
}

/// A container of the pod.
#[derive(Clone, Debug)]
pub(super) struct Container {
    pub name: Text,
    pub image: Text,
    pub role: Role,
    /// Its place among the containers of its list in the spec.
    pub place: usize,
    pub state: State,
    pub last: Option<Termination>,
    pub restarts: i64,
    pub ready: bool,
    pub started: bool,
    /// Counts starts, so that work for an earlier run can be told.
    pub run: u64,
    pub id: Text,
    /// Whether it was begun at all.
    pub is_begun: bool,
    /// The wait before the next start, and when it was raised last.
    pub back_off: Option<(Millis, Millis)>,
    pub pull_delay: Millis,
    pub tallies: [Tally; 3],
}

impl Container {
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }

    /// Whether it ended with exit code 0 and stays so.
    pub fn is_done(&self) -> bool {
        matches!(&self.state, State::Terminated(end) if end.code == 0)
    }

    /// How its latest run ended.
    pub fn latest_end(&self) -> Option<&Termination> {
        match &self.state {
            State::Terminated(end) => Some(end),
            State::Waiting { .. } => self.last.as_ref(),
            State::Running { .. } => None,
        }
    }

    /// Whether it ever ran.
    pub fn has_run(&self) -> bool {
        self.run > 0
    }

    pub fn wait(&mut self, reason: &'static str, message: impl Into<Text>) {
        if let State::Terminated(end) = &self.state {
            self.last = Some(end.clone());
        }
        self.state = State::Waiting { reason, message: message.into() };
        self.ready = false;
        self.started = false;
    }
}

/// When a condition last changed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    pub value: Option<bool>,
    pub since: Millis,
}

/// A pod on its node.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub uid: Text,
    pub node: Text,
    pub ip: Text,
    pub started: Millis,
    pub containers: Vec<Container>,
    pub agenda: Vec<(Millis, Action)>,
    /// When the processes are killed, once the pod is being deleted.
    pub deadline: Option<Millis>,
    /// The phase that the pod keeps for ever.
    pub final_phase: Option<&'static str>,
    pub turns: [Turn; 4],
    /// Whether it waits for its volumes.
    pub waits_for_volumes: bool,
    /// Why the kubelet ends it to save its node, once it does.
    pub evicted: Option<Text>,
}

impl Worker {
    pub fn new(pod: &Object, node: Text, now: Millis) -> Worker {
        let mut containers = Vec::new();
        let inits = pod.list_at(&["spec", "initContainers"]);
        for (place, spec) in inits.iter().enumerate() {
            let role = if spec.str_at(&["restartPolicy"]) == "Always" { Role::Sidecar } else { Role::Init };
            containers.push(Container::new(spec, role, place, "PodInitializing"));
        }
        let reason = if inits.is_empty() { "ContainerCreating" } else { "PodInitializing" };
        for (place, spec) in pod.list_at(&["spec", "containers"]).iter().enumerate() {
            containers.push(Container::new(spec, Role::Main, place, reason));
        }
        Worker {
            uid: pod.meta.uid.clone(),
            node,
            ip: Text::default(),
            started: now,
            containers,
            agenda: Vec::new(),
            deadline: None,
            final_phase: None,
            turns: [Turn::default(); 4],
            waits_for_volumes: false,
            evicted: None,
        }
    }

    /// Puts something on the agenda.
    pub fn plan(&mut self, at: Millis, action: Action) {
        self.agenda.push((at, action));
    }

    /// Takes the earliest thing that is due.
    pub fn take_due(&mut self, now: Millis) -> Option<Action> {
        let (place, _) =
            self.agenda.iter().enumerate().filter(|(_, (at, _))| *at <= now).min_by_key(|(_, (at, _))| *at)?;
        Some(self.agenda.remove(place).1)
    }

    /// When the next thing is due.
    pub fn next_at(&self) -> Option<Millis> {
        self.agenda.iter().map(|(at, _)| *at).min()
    }

    /// The machine started anew: nothing of what ran before runs any more.
    pub fn reboot(&mut self, now: Millis) {
        for (at, container) in self.containers.iter().enumerate() {
            if container.is_running() {
                let exit = Action::Exit { at, run: container.run, code: 255, reason: "Unknown" };
                self.agenda.insert(0, (now, exit));
            }
        }
    }

    /// Whether all init containers are done and all sidecars have started.
    pub fn is_initialized(&self) -> bool {
        self.containers.iter().all(|container| match container.role {
            Role::Init => container.is_done(),
            Role::Sidecar => container.started || self.deadline.is_some(),
            Role::Main => true,
        })
    }

    /// The regular containers and sidecars, which count for readiness.
    fn counted(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|container| container.role != Role::Init)
    }

    pub fn mains(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|container| container.role == Role::Main)
    }

    /// The pod's phase.
    pub fn phase(&self, restart_policy: &str) -> &'static str {
        if let Some(phase) = self.final_phase {
            return phase;
        }
        if !self.is_initialized()
            || self
                .mains()
                .any(|container| matches!(&container.state, State::Waiting { .. }) && container.last.is_none())
        {
            return "Pending";
        }
        if self.mains().any(Container::is_running) || restart_policy == "Always" {
            return "Running";
        }
        let all_fine = self.mains().all(|container| container.latest_end().is_some_and(|end| end.code == 0));
        match (all_fine, restart_policy) {
            (true, _) => "Succeeded",
            (false, "OnFailure") => "Running",
            (false, _) => "Failed",
        }
    }

    /// Writes the worker's view into the status of `pod`.
    pub fn write_status(&mut self, pod: &mut Object, host_ip: &Text, now: Millis) {
        let phase = self.phase(pod.str_at(&["spec", "restartPolicy"]));
        let conditions = self.conditions(pod, phase, now);
        let statuses = |roles: &[Role]| -> Vec<Value> {
            let chosen = self.containers.iter().filter(|container| roles.contains(&container.role));
            chosen.map(container_status).collect()
        };
        let (inits, mains) = (statuses(&[Role::Init, Role::Sidecar]), statuses(&[Role::Main]));
        let generation = pod.meta.generation;
        let status = pod.at_mut(&["status"]).map_mut();
        status.insert("conditions", conditions);
        status.insert("containerStatuses", mains.into());
        if !inits.is_empty() {
            status.insert("initContainerStatuses", inits.into());
        }
        status.insert("hostIP", host_ip.into());
        status.insert("hostIPs", list![obj! { "ip" => host_ip }]);
        status.insert("observedGeneration", generation.into());
        status.insert("phase", phase.into());
        if !self.ip.is_empty() {
            status.insert("podIP", (&self.ip).into());
            status.insert("podIPs", list![obj! { "ip" => &self.ip }]);
        }
        status.insert("startTime", self.started.rfc3339().into());
        if let Some(why) = self.evicted.as_ref().filter(|_| self.final_phase.is_some()) {
            status.insert("message", why.into());
            status.insert("reason", "Evicted".into());
        }
    }

    fn conditions(&mut self, pod: &Object, phase: &str, now: Millis) -> Value {
        let is_initialized = self.is_initialized();
        let missing = self.names(|container| match container.role {
            Role::Init => !container.is_done(),
            Role::Sidecar => !container.started,
            Role::Main => false,
        });
        let unready = self.counted().filter(|container| !container.ready).map(|c| c.name.as_str()).collect::<Vec<_>>();
        let unready = (!unready.is_empty()).then(|| format!("containers with unready status: [{}]", unready.join(" ")));
        let over = match phase {
            "Succeeded" => Some(("PodCompleted", None)),
            "Failed" => Some(("PodFailed", None)),
            _ => unready.map(|text| ("ContainersNotReady", Some(text))),
        };
        let gate = over.is_none().then(|| failing_gate(pod)).flatten();
        let has_network = !self.ip.is_empty() && !matches!(phase, "Succeeded" | "Failed");
        let not_initialized = (!is_initialized).then(|| {
            ("ContainersNotInitialized", Some(format!("containers with incomplete status: [{}]", missing.join(" "))))
        });
        let initialized = match phase {
            "Succeeded" => Some(("PodCompleted", None)),
            _ => not_initialized,
        };
        let ready = over.clone().or(gate);
        let own = [
            ("PodReadyToStartContainers", has_network, None),
            ("Initialized", is_initialized, initialized),
            ("Ready", ready.is_none(), ready),
            ("ContainersReady", over.is_none(), over),
        ];
        let mut conditions = Vec::with_capacity(5);
        let is_own = |kind: &str| own.iter().any(|(own, _, _)| *own == kind);
        let old = pod.list_at(&["status", "conditions"]);
        conditions.extend(
            old.iter().filter(|c| !is_own(c.str_at(&["type"])) && c.str_at(&["type"]) != "PodScheduled").cloned(),
        );
        for (turn, (kind, value, why)) in self.turns.iter_mut().zip(own) {
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
        if let (Some(why), Some(_)) = (&self.evicted, self.final_phase)
            && !old.iter().any(|c| c.str_at(&["type"]) == "DisruptionTarget")
        {
            conditions.push(obj! {
                "lastProbeTime" => Value::Null, "lastTransitionTime" => now.rfc3339(), "message" => why,
                "observedGeneration" => pod.meta.generation, "reason" => "TerminationByKubelet", "status" => "True",
                "type" => "DisruptionTarget",
            });
        }
        conditions.into()
    }

    fn names(&self, keep: impl Fn(&Container) -> bool) -> Vec<&str> {
        self.containers.iter().filter(|container| keep(container)).map(|container| container.name.as_str()).collect()
    }
}

impl Container {
    fn new(spec: &Value, role: Role, place: usize, reason: &'static str) -> Container {
        Container {
            name: Text::new(spec.str_at(&["name"])),
            image: Text::new(spec.str_at(&["image"])),
            role,
            place,
            state: State::Waiting { reason, message: Text::default() },
            last: None,
            restarts: 0,
            ready: false,
            started: false,
            run: 0,
            id: Text::default(),
            is_begun: false,
            back_off: None,
            pull_delay: Millis::ZERO,
            tallies: [Tally::default(); 3],
        }
    }
}

/// The first readiness gate that is not open, as reason and message.
fn failing_gate(pod: &Object) -> Option<(&'static str, Option<String>)> {
    let conditions = pod.list_at(&["status", "conditions"]);
    pod.list_at(&["spec", "readinessGates"]).iter().find_map(|gate| {
        let kind = gate.str_at(&["conditionType"]);
        let status = conditions.iter().find(|c| c.str_at(&["type"]) == kind).map(|c| c.str_at(&["status"]));
        let message = match status {
            Some("True") => return None,
            Some(status) => format!("the status of pod readiness gate \"{kind}\" is not \"True\", but {status}"),
            None => format!("corresponding condition of pod readiness gate \"{kind}\" does not exist."),
        };
        Some(("ReadinessGatesNotReady", Some(message)))
    })
}

fn container_status(container: &Container) -> Value {
    let mut status = obj! {
        "image" => &container.image, "imageID" => "", "lastState" => Value::map(), "name" => &container.name,
        "ready" => container.ready || (container.role == Role::Init && container.is_done()),
        "restartCount" => container.restarts, "started" => container.started,
    };
    if container.has_run() {
        status.set_at(&["containerID"], &container.id);
        status.set_at(&["imageID"], image_id(&container.image));
    }
    if let Some(end) = &container.last {
        status.set_at(&["lastState", "terminated"], termination(end));
    }
    let state = match &container.state {
        State::Waiting { reason, message } if message.is_empty() => obj! { "waiting" => obj! { "reason" => *reason } },
        State::Waiting { reason, message } => obj! { "waiting" => obj! { "message" => message, "reason" => *reason } },
        State::Running { since } => obj! { "running" => obj! { "startedAt" => since.rfc3339() } },
        State::Terminated(end) => obj! { "terminated" => termination(end) },
    };
    status.set_at(&["state"], state);
    status
}

fn termination(end: &Termination) -> Value {
    obj! {
        "containerID" => &end.id, "exitCode" => end.code, "finishedAt" => end.finished.rfc3339(),
        "reason" => end.reason, "startedAt" => end.started.rfc3339(),
    }
}

/// The digest of an image; depends on its name alone.
fn image_id(image: &Text) -> String {
    let seed = image
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let name = image.split('@').next().unwrap_or(image);
    let tag = format!(":{}", super::workload::tag_of(name));
    format!("{}@sha256:{}", name.strip_suffix(&tag).unwrap_or(name), hex64(&mut Rng::new(seed)))
}

/// 64 hexadecimal digits.
pub(super) fn hex64(rng: &mut Rng) -> String {
    let mut digits = || rng.next_u64();
    format!("{:016x}{:016x}{:016x}{:016x}", digits(), digits(), digits(), digits())
}
