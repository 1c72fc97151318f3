//! One pod on a node: its containers as the runtime has them, what the kubelet remembers of them, and what is due.
//! Writes nothing.
//!
//! Follows pkg/kubelet/pod_workers.go.

mod container;

use super::status::{Resize, Role, Turn};
use crate::cluster::Rng;
use crate::controllers::back_off::BackOff;
use crate::model::pod::init_containers;
use crate::model::{Millis, Object, Text, pod};
use crate::sorted::SharedMap;
use crate::world::{Question, Reply};
use container::ephemeral;
pub(in crate::controllers::kubelet) use container::{Container, Finding, Life, Probe, RESTARTING_ALL, Trouble};
use std::rc::Rc;

/// How far the pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its containers are kept running.
    Kept,
    /// They are stopped.
    Ending,
    /// Nothing runs any more.
    Over,
}

/// What is due at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Look at the pod and do what is to be done.
    Sync,
    /// The step under way is over.
    GoOn,
    /// Try to mount what is not mounted.
    Mount,
    /// A process ends by itself.
    End { at: usize, life: i64, code: i64, reason: &'static str },
    /// A probe's turn.
    Tick { at: usize, probe: Probe },
    /// The answer to a question is there.
    Reply(u64),
    /// The time for an answer is up.
    TimeUp(u64),
    /// The grace of a container is up.
    Kill { at: usize, life: i64 },
    /// The pod was active for as long as it may be.
    Deadline,
    /// It is measured how much the pod wrote.
    Measure,
    /// The runtime changed the limits of the pod's containers.
    Resized,
}

/// One step of a sync; what follows from a step is put before the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait for the volumes.
    Mounts,
    /// Decide what is to be done.
    Decide,
    /// Wait until what is being stopped has stopped.
    Stops,
    /// The pod's network is there.
    Sandbox,
    /// Start a container if it may be started.
    Try(usize),
    /// The image was pulled.
    Pulled { at: usize, took: Millis },
    /// The image of a volume that a container mounts was pulled.
    VolumePulled { at: usize, volume: Text, image: Text, took: Millis },
    /// The container is made and its process begins.
    Start(usize),
    /// The process began, or did not.
    Started(usize),
    /// The hook after the start failed, and the container was stopped.
    HookFailed { at: usize, message: Text },
    /// Nothing runs any more.
    Close,
}

/// What a step leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next step.
    On,
    /// The next step, after a while.
    After(Millis),
    /// Something else lets it go on.
    Blocked,
}

/// What went wrong in a sync, as far as the time of the next one hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failing {
    /// A wait is not over for this long.
    BackOff(Millis),
    /// Anything else.
    Plainly,
}

/// A sync under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    /// What is to be done, the next step last.
    pub steps: Vec<Step>,
    pub failings: Vec<Failing>,
    /// Whether a container was started or stopped.
    pub has_acted: bool,
    /// Whether an image was pulled, and whether a container was started after that.
    pub has_pulled: bool,
    /// Whether the pod's network was made.
    pub has_made_network: bool,
    pub is_seen_twice: bool,
    /// Whether it waits for volumes.
    pub waits_for_mounts: bool,
}

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Probe(Probe),
    PostStart,
    PreStop,
}

/// A question without an answer.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub number: u64,
    pub at: usize,
    pub life: i64,
    pub purpose: Purpose,
    /// What is asked; nothing for a hook that only waits.
    pub question: Option<Rc<Question>>,
    /// The answer that comes by itself.
    pub reply: Option<(Reply, bool)>,
}

/// How far the stopping of a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopping {
    /// Its hook runs.
    Hook,
    /// Others have to stop first.
    Turn,
    /// It got the signal.
    Signalled,
}

/// A container that is being stopped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub at: usize,
    /// What is left of the grace, counted from `since`.
    pub grace: Millis,
    pub since: Millis,
    pub stage: Stopping,
    /// Whether sidecars wait for the others.
    pub is_ordered: bool,
}

/// The wait before the second try to mount a volume.
pub(super) const FIRST_DELAY: Millis = Millis(500);

/// A volume that is not mounted yet.
#[derive(Clone, Debug)]
pub(super) struct Unmounted {
    /// Its place among the pod's volumes.
    pub place: usize,
    pub next: Millis,
    pub delay: Millis,
}

/// How far the pull of a volume's image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pull {
    /// It is there for this pod.
    Done,
    /// It failed, with the registry's words, and is tried again after a while.
    Failed(BackOff, Text),
}

/// A pod on its node.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub uid: Text,
    pub node: Text,
    pub ip: Text,
    pub began: Millis,
    pub containers: Vec<Container>,
    pub stage: Stage,
    pub has_sandbox: bool,
    pub job: Option<Job>,
    /// Whether somebody asked for a sync while one was under way.
    pub is_asked: bool,
    /// Whether what the latest sync did is seen in two steps.
    pub is_seen_twice: bool,
    /// When the pod's end began.
    pub ending: Option<Millis>,
    /// When the latest sync ended.
    pub synced: Millis,
    pub agenda: Vec<(Millis, Action)>,
    pub asking: Vec<Asking>,
    pub asked: u64,
    pub stops: Vec<Stop>,
    pub unmounted: Vec<Unmounted>,
    /// How far the images of its volumes are, by the volumes' names.
    pub image_pulls: SharedMap<Text, Pull>,
    /// Since when probes tick.
    pub probing: Option<Millis>,
    pub turns: [Turn; 4],
    /// How far a change of its resources is.
    pub resize: Option<Resize>,
    /// Why the kubelet ends the pod, once it does: reason, message, and the grace that it gives.
    pub ended_for: Option<(&'static str, Text, Option<Millis>)>,
    /// Whether all its containers are to begin anew.
    pub restarts_all: bool,
    /// How often chance was asked.
    pub draws: u64,
}

impl Worker {
    /// What is known of a pod that its node's kubelet hears of for the first time.
    pub fn new(pod: &Object, node: Text, now: Millis) -> Worker {
        let mut containers = Vec::new();
        for (place, spec) in init_containers(pod).iter().enumerate() {
            let role = if spec.str_at(&["restartPolicy"]) == "Always" { Role::Sidecar } else { Role::Init };
            containers.push(Container::new(spec, role, place));
        }
        for (place, spec) in pod::containers(pod).iter().enumerate() {
            containers.push(Container::new(spec, Role::Main, place));
        }
        containers.extend(ephemeral(pod, 0));
        Worker {
            uid: pod.meta.uid.clone(),
            node,
            ip: Text::default(),
            began: now,
            containers,
            stage: Stage::Kept,
            has_sandbox: false,
            job: None,
            is_asked: false,
            is_seen_twice: false,
            ending: None,
            synced: Millis(-1),
            agenda: Vec::new(),
            asking: Vec::new(),
            asked: 0,
            stops: Vec::new(),
            unmounted: Vec::new(),
            image_pulls: SharedMap::new(),
            probing: None,
            turns: [Turn::default(); 4],
            resize: None,
            ended_for: None,
            restarts_all: false,
            draws: 0,
        }
    }

    /// Takes up the containers that were added to the pod.
    pub fn take_added(&mut self, pod: &Object) {
        let known = self.containers.iter().filter(|container| container.role == Role::Ephemeral).count();
        self.containers.extend(ephemeral(pod, known));
    }

    /// Puts something on the agenda.
    pub fn plan(&mut self, at: Millis, action: Action) {
        self.agenda.push((at, action));
    }

    /// Puts something on the agenda that stands there at most once, at its earliest time.
    pub fn plan_once(&mut self, at: Millis, action: Action) {
        match self.agenda.iter_mut().find(|(_, planned)| *planned == action) {
            Some((planned, _)) => *planned = at.min(*planned),
            None => self.plan(at, action),
        }
    }

    /// Takes something off the agenda.
    pub fn cancel(&mut self, action: &Action) {
        self.agenda.retain(|(_, planned)| planned != action);
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

    /// The containers that are neither init containers nor ones to debug with.
    pub fn mains(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|container| container.role == Role::Main)
    }

    /// The places of the containers that run.
    pub fn running(&self) -> Vec<usize> {
        let containers = self.containers.iter().enumerate();
        containers.filter(|(_, container)| container.is_running()).map(|(at, _)| at).collect()
    }

    /// A length of time that chance makes up to half as long again.
    pub fn jitter(&mut self, length: Millis) -> Millis {
        self.draws += 1;
        let seed = self.uid.bytes().fold(self.draws, |hash, byte| hash.wrapping_mul(0x100_0000_01b3) ^ u64::from(byte));
        let factor = 1000 + Rng::new(seed).below(501) as i64;
        Millis(length.0.saturating_mul(factor) / 1000)
    }

    /// When the kubelet looks at the pod next after `now` although nothing happens to it: every 60 to 90 seconds.
    pub fn look_after(&self, now: Millis) -> Millis {
        let (mut at, mut worker) = (self.synced.max(Millis::ZERO), Worker { agenda: Vec::new(), ..self.clone() });
        // Long after the latest sync any tick is as good as another.
        at = at.max(now - Millis::seconds(3600));
        while at <= now {
            at += worker.jitter(Millis::seconds(60));
        }
        at
    }

    /// Forgets all but what the runtime and the stored status know: the kubelet was started anew.
    /// `is_ready` says whether the stored status calls the pod ready: then its containers go on counting as ready.
    pub fn restart(&mut self, at: Millis, is_ready: bool) {
        for container in &mut self.containers {
            (container.crash, container.pull, container.trouble) = (None, None, None);
            let ready = container.findings[Probe::Readiness as usize];
            (container.findings, container.origins) = Default::default();
            if is_ready {
                container.findings[Probe::Readiness as usize] = ready;
            }
        }
        self.stage = if self.stage == Stage::Over { Stage::Over } else { Stage::Kept };
        (self.job, self.is_asked, self.is_seen_twice) = (None, false, false);
        (self.ending, self.probing, self.synced) = (None, None, Millis(-1));
        self.agenda.clear();
        self.asking.clear();
        self.stops.clear();
        self.unmounted.clear();
        self.plan(at, Action::Sync);
    }

    /// Forgets what runs: the machine was switched off.
    pub fn reboot(&mut self, now: Millis) {
        for (at, container) in self.containers.iter_mut().enumerate() {
            container.crash = None;
            if container.is_running() {
                let end = Action::End { at, life: container.lives, code: 255, reason: "Unknown" };
                self.agenda.insert(0, (now, end));
            }
        }
    }
}
