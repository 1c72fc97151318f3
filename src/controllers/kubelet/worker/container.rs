//! What a kubelet knows of one container: whether it lives, what probes found, when it may start again.
//!
//! Follows pkg/kubelet/container/runtime.go and pkg/kubelet/prober/results.

use crate::controllers::back_off::BackOff;
use crate::controllers::kubelet::status::{Role, Shown, Termination};
use crate::model::{Millis, Object, Text, Value};

/// Why containers are shown as ended while all of their pod's are started anew.
pub(in crate::controllers::kubelet) const RESTARTING_ALL: &str = "RestartingAllContainers";

/// The life that a container leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::controllers::kubelet) enum Life {
    /// It never began.
    None,
    /// Its process runs.
    Running {
        /// Since when.
        since: Millis,
    },
    /// Its process ended, or could not begin.
    Ended(Termination),
}

/// Why the kubelet could not start a container; shown by the next sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::controllers::kubelet) struct Trouble {
    pub reason: &'static str,
    pub message: Text,
}

/// The three kinds of probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::controllers::kubelet) enum Probe {
    Startup,
    Liveness,
    Readiness,
}

impl Probe {
    /// All probes, in the order in which they are looked at.
    pub const ALL: [Probe; 3] = [Probe::Startup, Probe::Liveness, Probe::Readiness];

    /// Its field in a container: `livenessProbe`.
    pub fn field(self) -> &'static str {
        match self {
            Probe::Startup => "startupProbe",
            Probe::Liveness => "livenessProbe",
            Probe::Readiness => "readinessProbe",
        }
    }

    /// Its name at the begin of events: `Liveness`.
    pub fn word(self) -> &'static str {
        match self {
            Probe::Startup => "Startup",
            Probe::Liveness => "Liveness",
            Probe::Readiness => "Readiness",
        }
    }
}

/// What one probe found out about one life of its container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::controllers::kubelet) struct Finding {
    /// Which life it is about; 0 before the first.
    pub life: i64,
    /// What counts now: the threshold was crossed.
    pub result: Option<bool>,
    /// The latest answer, and how many in a row were like it.
    pub last: Option<bool>,
    pub in_a_row: i64,
    /// Whether it waits for the next life.
    pub is_on_hold: bool,
}

impl Finding {
    /// What is known when a life begins: a container is not ready until a probe says so.
    pub fn of_life(life: i64, probe: Probe) -> Finding {
        Finding { life, result: (probe == Probe::Readiness).then_some(false), ..Finding::default() }
    }
}

/// A container of the pod.
#[derive(Clone, Debug)]
pub(in crate::controllers::kubelet) struct Container {
    pub name: Text,
    /// The image that it was made from, or is to be made from.
    pub image: Text,
    pub role: Role,
    /// Its place among the containers of its list in the spec.
    pub place: usize,
    pub life: Life,
    /// The end of the life before this one.
    pub earlier: Option<Termination>,
    /// How many lives it began, this one too.
    pub lives: i64,
    /// How many of them it led before all containers of its pod began anew.
    pub lives_before: i64,
    /// The life that a written status showed as running.
    pub shown: i64,
    pub id: Text,
    pub trouble: Option<Trouble>,
    pub crash: Option<BackOff>,
    pub pull: Option<BackOff>,
    pub pull_error: Text,
    /// The latest death that the sync under way knows of.
    pub death: Option<Millis>,
    pub findings: [Finding; 3],
    /// Since when each of its probes ticks.
    pub origins: [Millis; 3],
    /// The resources that it runs with (upstream's actuated ones).
    pub actuated: Value,
    /// Those that its node has put aside for it, in its status from then on.
    pub allocated: Value,
    /// What the log holds back until the start is settled: why the process could not begin.
    pub start_error: Option<Text>,
}

impl Container {
    pub(super) fn new(spec: &Value, role: Role, place: usize) -> Container {
        Container {
            name: Text::new(spec.str_at(&["name"])),
            image: Text::new(spec.str_at(&["image"])),
            role,
            place,
            life: Life::None,
            earlier: None,
            lives: 0,
            lives_before: 0,
            shown: 0,
            id: Text::default(),
            trouble: None,
            crash: None,
            pull: None,
            pull_error: Text::default(),
            death: None,
            findings: [Finding::default(); 3],
            origins: [Millis::ZERO; 3],
            actuated: Value::Null,
            allocated: Value::Null,
            start_error: None,
        }
    }

    /// Whether it began a life since the pod's containers began, or began anew.
    pub fn has_begun(&self) -> bool {
        self.lives > self.lives_before
    }

    /// How often it was started again. A restart of all containers counts from when it is shown.
    pub fn restarts(&self) -> i64 {
        let is_restarted = !self.has_begun() || self.end().is_some_and(|end| end.reason == RESTARTING_ALL);
        if is_restarted { self.lives } else { self.lives - 1 }
    }

    /// It is to begin as if it had never lived, but for the count of its lives.
    pub fn begin_anew(&mut self) {
        if let Life::Ended(end) = std::mem::replace(&mut self.life, Life::None) {
            self.earlier = Some(end);
        }
        (self.trouble, self.crash, self.lives_before) = (None, None, self.lives);
    }

    /// Whether the pod brought it with it: nobody added it to debug with.
    pub fn is_own(&self) -> bool {
        self.role != Role::Ephemeral
    }

    /// Whether its process runs.
    pub fn is_running(&self) -> bool {
        matches!(self.life, Life::Running { .. })
    }

    /// How its life ended, once it did.
    pub fn end(&self) -> Option<&Termination> {
        match &self.life {
            Life::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// What a probe says of this life.
    pub fn result(&self, probe: Probe) -> Option<bool> {
        self.findings.get(probe as usize).filter(|finding| finding.life == self.lives)?.result
    }

    /// Whether it counts as started: it runs, and its startup probe, if it has one, succeeded. What the probe found
    /// out about the life before holds until it ticks again.
    pub fn is_started(&self, spec: &Value) -> bool {
        let startup = self.findings.get(Probe::Startup as usize).and_then(|finding| finding.result);
        self.is_running() && (spec.get(Probe::Startup.field()).is_none() || startup == Some(true))
    }

    /// Whether it counts as ready.
    pub fn is_ready(&self, spec: &Value) -> bool {
        self.is_started(spec)
            && (spec.get(Probe::Readiness.field()).is_none() || self.result(Probe::Readiness) == Some(true))
    }

    /// Its state and its last state for the status. `waiting` is the reason while nothing is known of it; `restarts`
    /// says that it is to be started again.
    pub fn show(&self, waiting: &'static str, restarts: bool) -> (Shown, Option<Termination>) {
        let (state, last) = match &self.life {
            Life::None => (Shown::Waiting { reason: waiting, message: Text::default() }, self.earlier.clone()),
            Life::Running { since } => (Shown::Running { since: *since }, self.earlier.clone()),
            Life::Ended(end) => (Shown::Terminated(end.clone()), self.earlier.clone()),
        };
        match &self.trouble {
            Some(trouble) if restarts && !self.is_running() => {
                let last = self.end().cloned().or(last);
                (Shown::Waiting { reason: trouble.reason, message: trouble.message.clone() }, last)
            }
            _ => (state, last),
        }
    }
}

/// The containers that were added to a pod, but for the first ones.
pub(super) fn ephemeral(pod: &Object, known: usize) -> Vec<Container> {
    let added = pod.list_at(&["spec", "ephemeralContainers"]).iter().enumerate().skip(known);
    added.map(|(place, spec)| Container::new(spec, Role::Ephemeral, place)).collect()
}
