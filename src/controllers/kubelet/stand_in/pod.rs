//! What the stand-in knows of a pod and its containers.

use crate::controllers::kubelet::status::{ContainerView, Role, Shown, Termination, Turn};
use crate::model::pod::init_containers;
use crate::model::{Millis, Object, Text, Value, pod};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Begin(usize),
    PullFailed(usize),
    PullBackOff(usize),
    Start(usize),
    Exit { at: usize, run: u64, code: i64, reason: &'static str },
    BackOff(usize),
    Restart(usize),
    Ready { at: usize, run: u64 },
    Finish,
    LetGo,
}

#[derive(Clone, Debug)]
pub(super) struct Container {
    pub(super) view: ContainerView,
    pub(super) place: usize,
    /// Counts starts, so that work for an earlier run can be told.
    pub(super) run: u64,
    pub(super) is_begun: bool,
    /// The wait before the next start, and when it was raised last.
    pub(super) back_off: Option<(Millis, Millis)>,
}

impl Container {
    pub(super) fn new(spec: &Value, role: Role, place: usize, reason: &'static str) -> Container {
        let view = ContainerView {
            name: Text::new(spec.str_at(&["name"])),
            image: Text::new(spec.str_at(&["image"])),
            role,
            state: Shown::Waiting { reason, message: Text::default() },
            last: None,
            restarts: 0,
            ready: false,
            started: false,
            id: Text::default(),
            comes_again: false,
            resources: None,
        };
        Container { view, place, run: 0, is_begun: false, back_off: None }
    }

    pub(super) fn is_running(&self) -> bool {
        matches!(self.view.state, Shown::Running { .. })
    }

    pub(super) fn end(&self) -> Option<&Termination> {
        match &self.view.state {
            Shown::Terminated(end) => Some(end),
            Shown::Waiting { .. } => self.view.last.as_ref(),
            Shown::Running { .. } => None,
        }
    }

    pub(super) fn wait(&mut self, reason: &'static str, message: impl Into<Text>) {
        if let Shown::Terminated(end) = &self.view.state {
            self.view.last = Some(end.clone());
        }
        self.view.state = Shown::Waiting { reason, message: message.into() };
        (self.view.ready, self.view.started) = (false, false);
    }
}

/// A pod that a stand-in keeps.
#[derive(Clone, Debug)]
pub(in crate::controllers::kubelet) struct StandInPod {
    pub uid: Text,
    pub(super) node: Text,
    pub(super) ip: Text,
    pub(super) began: Millis,
    pub(super) containers: Vec<Container>,
    pub(super) agenda: Vec<(Millis, Action)>,
    /// When the processes are killed, once the pod is being deleted.
    pub(super) deadline: Option<Millis>,
    /// The phase that the pod keeps for ever.
    pub(super) final_phase: Option<&'static str>,
    pub(super) turns: [Turn; 4],
    pub waits_for_volumes: bool,
    /// Why the pod is ended to save its node, once it is.
    pub(super) evicted: Option<Text>,
}

impl StandInPod {
    pub(super) fn new(pod: &Object, node: Text, now: Millis) -> StandInPod {
        let mut containers = Vec::new();
        let inits = init_containers(pod);
        for (place, spec) in inits.iter().enumerate() {
            let role = if spec.str_at(&["restartPolicy"]) == "Always" { Role::Sidecar } else { Role::Init };
            containers.push(Container::new(spec, role, place, "PodInitializing"));
        }
        let reason = if inits.is_empty() { "ContainerCreating" } else { "PodInitializing" };
        for (place, spec) in pod::containers(pod).iter().enumerate() {
            containers.push(Container::new(spec, Role::Main, place, reason));
        }
        StandInPod {
            uid: pod.meta.uid.clone(),
            node,
            ip: Text::default(),
            began: now,
            containers,
            agenda: Vec::new(),
            deadline: None,
            final_phase: None,
            turns: [Turn::default(); 4],
            waits_for_volumes: false,
            evicted: None,
        }
    }

    /// A process ends with this code.
    pub fn end_container(&mut self, name: &str, code: i64, now: Millis) {
        let found = self.containers.iter().position(|c| c.view.name == name && c.is_running());
        if let Some(at) = found {
            let run = self.containers.get(at).map_or(0, |container| container.run);
            let reason = if code == 0 { "Completed" } else { "Error" };
            self.agenda.push((now, Action::Exit { at, run, code, reason }));
        }
    }

    /// Whether the pod is being ended to save its node.
    pub fn is_leaving(&self) -> bool {
        self.evicted.is_some() && self.final_phase.is_none()
    }

    /// Whether the pod is over or on its way there.
    pub fn is_over(&self) -> bool {
        self.final_phase.is_some() || self.deadline.is_some()
    }

    /// Notes that the pod is thrown out, with the words that its status says then.
    pub fn evict(&mut self, why: Text) {
        self.evicted = Some(why);
    }
}
