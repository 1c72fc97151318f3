//! Virtual time over a cluster, its controllers and its containers' processes: what is due next happens next; knows no
//! clock.

mod boot;
mod cursor;
mod faults;
pub mod history;
mod kube_system;
mod machines;

pub use cursor::Cursor;
pub use history::{Branch, History, Replay, Timed, World};

use crate::cluster::{Change, Cluster};
use crate::controllers::{Controllers, Ctx, Decision, Decisions, Events, RuntimeCtx, Timers};
use crate::kubectl::api_server;
use crate::kubernetes::Kubernetes;
use crate::model::{Key, Kind, Millis};
use crate::shell::Processes;
use crate::world::{Environment, RuntimeEvent};

/// A cluster with everything that runs in it. A function of seed, environment and what was done to it.
#[derive(Clone)]
pub struct Sim {
    /// The API server.
    pub cluster: Cluster,
    /// The control loops.
    pub controllers: Controllers,
    /// The work that is due or will be.
    pub timers: Timers,
    /// The environment.
    pub environment: Environment,
    decisions: Decisions,
    events: Events,
    outbox: Vec<Change>,
    /// The version of the disks that was last told of.
    disks_seen: u64,
    /// What runs in the containers; none if somebody else plays it.
    processes: Option<Processes>,
}

/// The most pieces of work done at one moment of virtual time before time is made to move on, so that two
/// controllers at odds cannot hold the page.
const WORK_PER_MOMENT_MAX: u32 = 1_000_000;

impl Sim {
    /// A cluster without any object.
    pub fn empty(seed: u64, environment: Environment) -> Sim {
        let mut cluster = Cluster::new(seed);
        cluster.set_kubernetes(environment.kubernetes);
        cluster.set_front(api_server::answer);
        Sim {
            cluster,
            controllers: Controllers::default(),
            timers: Timers::default(),
            environment,
            decisions: Decisions::listening(),
            events: Events::default(),
            outbox: Vec::new(),
            disks_seen: 0,
            processes: Some(Processes::default()),
        }
    }

    /// A cluster that has booted in its environment.
    pub fn new(seed: u64, environment: Environment) -> Sim {
        let mut sim = Sim::empty(seed, environment);
        boot::boot(&mut sim);
        sim.take_changes();
        sim
    }

    /// Leaves the containers' processes to somebody else, who takes the orders and brings the news.
    pub fn play_elsewhere(&mut self) {
        self.processes = None;
    }

    /// Runs what is only run when somebody looks at it: loops in containers that nothing waits for.
    pub fn catch_up(&mut self) {
        let now = self.now();
        if let Some(processes) = &mut self.processes {
            processes.advance(&mut self.cluster, now);
        }
    }

    /// Makes the running cluster another Kubernetes: its components restart, what is stored stays.
    pub fn upgrade(&mut self, kubernetes: Kubernetes) {
        self.cluster.set_kubernetes(kubernetes);
        self.environment.kubernetes = kubernetes;
        boot::restart_components(self);
    }

    /// Puts a fresh cluster in the place of this one, at the same moment of virtual time.
    pub fn start_over(&mut self, kubernetes: Kubernetes) {
        self.cluster.set_kubernetes(kubernetes);
        self.environment.kubernetes = kubernetes;
        let kinds: Vec<Kind> = self.cluster.kinds().collect();
        for kind in kinds {
            let keys: Vec<Key> = self.cluster.list(kind).map(|object| object.key()).collect();
            self.act(|ctx| keys.iter().for_each(|key| _ = ctx.cluster.remove(key)));
        }
        boot::boot(self);
    }

    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.cluster.now()
    }

    /// Whether decisions are collected.
    pub fn listen(&mut self, listens: bool) {
        self.decisions = if listens { Decisions::listening() } else { Decisions::deaf() };
    }

    /// Acts on the cluster as a client of the API, then tells the controllers what changed.
    pub fn act<T>(&mut self, act: impl FnOnce(&mut Ctx<'_>) -> T) -> T {
        self.act_as(|_, ctx| act(ctx))
    }

    /// Acts with the controllers at hand, then tells them what changed.
    pub fn act_as<T>(&mut self, act: impl FnOnce(&mut Controllers, &mut Ctx<'_>) -> T) -> T {
        let mut ctx = Ctx {
            cluster: &mut self.cluster,
            timers: &mut self.timers,
            environment: &self.environment,
            decisions: &mut self.decisions,
            events: &mut self.events,
        };
        let result = act(&mut self.controllers, &mut ctx);
        self.tell();
        result
    }

    /// When something is due next: work, or a process.
    pub fn next_at(&self) -> Option<Millis> {
        let process = self.processes.as_ref().and_then(Processes::next_at).map(|at| at.max(self.now()));
        self.timers.next_at().into_iter().chain(process).min()
    }

    /// Does the earliest thing that is due at `until` or before. Returns whether there was one.
    pub fn step(&mut self, until: Millis) -> bool {
        let Some(at) = self.next_at().filter(|at| *at <= until) else { return false };
        self.cluster.set_now(at);
        if self.timers.next_at().is_some_and(|work| work <= at) {
            let Some(work) = self.timers.pop(at) else { return false };
            self.act_as(|controllers, ctx| controllers.reconcile(&work, ctx));
        } else {
            if let Some(processes) = &mut self.processes {
                processes.step(&mut self.cluster, at);
            }
            self.tell();
        }
        true
    }

    /// Does everything that is due until `until` and moves the time there.
    pub fn advance_to(&mut self, until: Millis) {
        let (mut at, mut count) = (self.now(), 0);
        while self.step(until) {
            count = if self.now() == at { count + 1 } else { 0 };
            at = self.now();
            if count > WORK_PER_MOMENT_MAX {
                break;
            }
        }
        self.cluster.set_now(until);
    }

    /// Takes the changes since the last call, oldest first.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.outbox)
    }

    /// Takes the decisions since the last call, oldest first.
    pub fn take_decisions(&mut self) -> Vec<Decision> {
        self.decisions.take()
    }

    /// Lets the controllers hear of what was written and of what processes did, and the processes of what was ordered,
    /// until nobody has anything new to say.
    fn tell(&mut self) {
        loop {
            for event in self.cluster.runtime_mut().take_events() {
                let (cluster, environment) = (&self.cluster, &self.environment);
                let mut ctx = RuntimeCtx { cluster, environment, timers: &mut self.timers };
                self.controllers.on_runtime_event(&event, &mut ctx);
            }
            for change in self.cluster.take_changes() {
                self.controllers.observe(&change, &self.cluster, &mut self.timers);
                if let Some(processes) = &mut self.processes {
                    processes.observe(&change, &mut self.cluster);
                }
                self.outbox.push(change);
            }
            if let Some(processes) = &mut self.processes {
                processes.obey(&mut self.cluster);
                processes.look(&mut self.cluster);
            }
            let version = self.cluster.disks().version();
            if std::mem::replace(&mut self.disks_seen, version) != version {
                self.cluster.runtime_mut().post(RuntimeEvent::LookAtDisks);
            }
            if !self.cluster.runtime().has_events() {
                break;
            }
        }
    }
}
