//! Virtual time over a cluster and its controllers: what is due next happens next; knows no clock.

mod boot;
mod faults;
pub mod history;

pub use history::{Branch, History, Timed, World};

use crate::cluster::{Change, Cluster};
use crate::controllers::{Controllers, Ctx, Decision, Decisions, Events, Timers, Work};
use crate::kubernetes::Kubernetes;
use crate::model::{Key, Kind, Millis};
use crate::world::Environment;

/// A cluster with everything that runs in it. A function of seed, environment and what was done to it.
#[derive(Clone)]
pub struct Sim {
    /// The API server.
    pub cluster: Cluster,
    /// The control loops.
    pub controllers: Controllers,
    /// The work that is due or will be.
    pub timers: Timers,
    /// The surroundings.
    pub environment: Environment,
    decisions: Decisions,
    events: Events,
    outbox: Vec<Change>,
}

/// The most pieces of work done at one moment of virtual time before time is made to move on, so that two
/// controllers at odds cannot hold the page.
const WORK_PER_MOMENT_MAX: u32 = 1_000_000;

impl Sim {
    /// A cluster without any object.
    pub fn empty(seed: u64, environment: Environment) -> Sim {
        let mut cluster = Cluster::new(seed);
        cluster.set_kubernetes(environment.kubernetes);
        Sim {
            cluster,
            controllers: Controllers::default(),
            timers: Timers::default(),
            environment,
            decisions: Decisions::listening(),
            events: Events::default(),
            outbox: Vec::new(),
        }
    }

    /// A cluster that has booted in its surroundings.
    pub fn new(seed: u64, environment: Environment) -> Sim {
        let mut sim = Sim::empty(seed, environment);
        boot::boot(&mut sim);
        sim.take_changes();
        sim
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
        for kind in Kind::ALL {
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

    /// When the next piece of work is due.
    pub fn next_at(&self) -> Option<Millis> {
        self.timers.next_at()
    }

    /// Does the earliest piece of work that is due at `until` or before; `None` if there is none.
    pub fn step(&mut self, until: Millis) -> Option<Work> {
        let at = self.timers.next_at().filter(|at| *at <= until)?;
        self.cluster.set_now(at);
        let work = self.timers.pop(at)?;
        self.act_as(|controllers, ctx| controllers.reconcile(&work, ctx));
        Some(work)
    }

    /// Does everything that is due until `until` and moves the time there.
    pub fn advance_to(&mut self, until: Millis) {
        let (mut at, mut count) = (self.now(), 0);
        while self.step(until).is_some() {
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

    fn tell(&mut self) {
        if self.cluster.runtime().has_events() {
            for event in self.cluster.runtime_mut().take_events() {
                self.controllers.on_runtime_event(&event, &self.cluster, &self.environment, &mut self.timers);
            }
        }
        for change in self.cluster.take_changes() {
            self.controllers.observe(&change, &self.cluster, &mut self.timers);
            self.outbox.push(change);
        }
    }
}
