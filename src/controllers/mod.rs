//! The control loops, one a file, as reconcilers over the cluster.
//!
//! A controller never runs by itself.
//! It is told of every [`Change`] and asks for work with a key ([`Timers`]); `sim` takes the due work in order and
//! calls [`Controller::reconcile`], which reads the cluster and writes to it like any client of the API.
//! What a controller keeps for itself (caches, back-offs) is part of the simulation's state and copied with it.

pub mod api_service;
pub mod attach_detach;
pub mod autoscaler;
mod back_off;
pub mod cron_job;
mod custom_resources;
pub mod daemon_set;
pub mod decision;
mod deletion_order;
pub mod deployment;
pub mod disruption;
pub mod endpoints;
pub mod ephemeral_volume;
mod event_correlator;
mod event_series;
pub mod event_ttl;
pub mod events;
mod failed_pods;
pub mod garbage_collector;
pub mod job;
pub mod kubelet;
pub mod kubernetes_service;
pub mod namespace;
pub mod node_lifecycle;
pub mod pod_gc;
pub mod protection;
pub mod provisioner;
pub mod replica_set;
pub mod resource_quota;
pub mod scheduler;
pub mod service_account;
pub mod stateful_set;
pub mod taint_eviction;
pub mod timers;
mod unknown_programs;
pub mod volume_binder;
pub mod workload;

pub use decision::{Decision, Decisions, Facts, Outcome, Subject};
pub use events::{Events, NewEvent, RecordedEvent};
pub use stateful_set::StatefulSetController;
pub use timers::{Timers, Work};

use crate::cluster::{Change, Cluster};
use crate::model::{Key, Millis};
use crate::world::{Environment, RuntimeEvent};

/// What a controller sees when something happened to machines and processes.
pub struct RuntimeCtx<'a> {
    /// The cluster; nothing is written to it here.
    pub cluster: &'a Cluster,
    /// The environment.
    pub environment: &'a Environment,
    /// Takes the work that follows.
    pub timers: &'a mut Timers,
}

/// Which controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is described in its own file")]
pub enum ControllerId {
    StatefulSet,
    Scheduler,
    Kubelet,
    VolumeBinder,
    Provisioner,
    GarbageCollector,
    Endpoints,
    NodeLifecycle,
    PodGc,
    Disruption,
    AttachDetach,
    Namespace,
    EventTtl,
    Protection,
    EphemeralVolume,
    TaintEviction,
    ResourceQuota,
    ReplicaSet,
    Deployment,
    DaemonSet,
    CronJob,
    Job,
    Autoscaler,
    KubernetesService,
    ApiService,
    CustomResources,
    ServiceAccount,
}

/// What a controller works with while it reconciles.
pub struct Ctx<'a> {
    /// The API server.
    pub cluster: &'a mut Cluster,
    /// The queue of due work.
    pub timers: &'a mut Timers,
    /// The environment.
    pub environment: &'a Environment,
    /// Where decisions are told.
    pub decisions: &'a mut Decisions,
    /// What the event recorders remember.
    pub events: &'a mut Events,
}

impl Ctx<'_> {
    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.cluster.now()
    }

    /// Asks for a controller's ordinary reconcile of `key` as soon as possible.
    pub fn enqueue(&mut self, controller: ControllerId, key: Key) {
        self.timers.add(self.cluster.now(), Work { controller, key, task: "" });
    }
}

/// A control loop.
pub trait Controller {
    /// Learns of a stored write and asks for work. Reads the cluster as it is now, which may be newer.
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers);

    /// Does the work that was asked for.
    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>);
}

/// All control loops of a cluster.
#[derive(Clone, Default)]
pub struct Controllers {
    /// The StatefulSet controller.
    pub stateful_set: StatefulSetController,
    protection: protection::Protection,
    ephemeral_volume: ephemeral_volume::EphemeralVolumes,
    volume_binder: volume_binder::VolumeBinder,
    provisioner: provisioner::Provisioner,
    scheduler: scheduler::Scheduler,
    kubelet: kubelet::Kubelet,
    endpoints: endpoints::Endpoints,
    node_lifecycle: node_lifecycle::NodeLifecycle,
    taint_eviction: taint_eviction::TaintEviction,
    pod_gc: pod_gc::PodGc,
    disruption: disruption::Disruption,
    namespace: namespace::Namespaces,
    event_ttl: event_ttl::EventTtl,
    attach_detach: attach_detach::AttachDetach,
    resource_quota: resource_quota::ResourceQuotas,
    replica_set: replica_set::ReplicaSetController,
    deployment: deployment::DeploymentController,
    daemon_set: daemon_set::DaemonSetController,
    cron_job: cron_job::CronJobController,
    job: job::JobController,
    autoscaler: autoscaler::AutoscalerController,
    garbage_collector: garbage_collector::GarbageCollector,
    kubernetes_service: kubernetes_service::KubernetesService,
    api_service: api_service::ApiServices,
    custom_resources: custom_resources::CustomResources,
    service_account: service_account::ServiceAccounts,
}

impl Controllers {
    /// A kubelet takes over a pod that ran before: see [`kubelet::Kubelet::take_over`].
    pub fn take_over(&mut self, ctx: &mut Ctx<'_>, pod: &Key, address: crate::model::Text) {
        self.kubelet.take_over(ctx, pod, address);
    }

    /// The controllers in the order in which they hear of a change.
    fn each(&mut self, mut act: impl FnMut(&mut dyn Controller)) {
        act(&mut self.stateful_set);
        act(&mut self.protection);
        act(&mut self.ephemeral_volume);
        act(&mut self.volume_binder);
        act(&mut self.provisioner);
        act(&mut self.scheduler);
        act(&mut self.kubelet);
        act(&mut self.endpoints);
        act(&mut self.node_lifecycle);
        act(&mut self.taint_eviction);
        act(&mut self.pod_gc);
        act(&mut self.disruption);
        act(&mut self.namespace);
        act(&mut self.event_ttl);
        act(&mut self.attach_detach);
        act(&mut self.resource_quota);
        act(&mut self.deployment);
        act(&mut self.replica_set);
        act(&mut self.daemon_set);
        act(&mut self.cron_job);
        act(&mut self.job);
        act(&mut self.autoscaler);
        act(&mut self.garbage_collector);
        act(&mut self.kubernetes_service);
        act(&mut self.api_service);
        act(&mut self.custom_resources);
        act(&mut self.service_account);
    }

    /// The controller that `id` names.
    fn by_id(&mut self, id: ControllerId) -> &mut dyn Controller {
        match id {
            ControllerId::StatefulSet => &mut self.stateful_set,
            ControllerId::Protection => &mut self.protection,
            ControllerId::EphemeralVolume => &mut self.ephemeral_volume,
            ControllerId::VolumeBinder => &mut self.volume_binder,
            ControllerId::Provisioner => &mut self.provisioner,
            ControllerId::Scheduler => &mut self.scheduler,
            ControllerId::Kubelet => &mut self.kubelet,
            ControllerId::Endpoints => &mut self.endpoints,
            ControllerId::NodeLifecycle => &mut self.node_lifecycle,
            ControllerId::TaintEviction => &mut self.taint_eviction,
            ControllerId::PodGc => &mut self.pod_gc,
            ControllerId::Disruption => &mut self.disruption,
            ControllerId::Namespace => &mut self.namespace,
            ControllerId::EventTtl => &mut self.event_ttl,
            ControllerId::AttachDetach => &mut self.attach_detach,
            ControllerId::ResourceQuota => &mut self.resource_quota,
            ControllerId::ReplicaSet => &mut self.replica_set,
            ControllerId::Deployment => &mut self.deployment,
            ControllerId::DaemonSet => &mut self.daemon_set,
            ControllerId::CronJob => &mut self.cron_job,
            ControllerId::Job => &mut self.job,
            ControllerId::Autoscaler => &mut self.autoscaler,
            ControllerId::GarbageCollector => &mut self.garbage_collector,
            ControllerId::KubernetesService => &mut self.kubernetes_service,
            ControllerId::ApiService => &mut self.api_service,
            ControllerId::CustomResources => &mut self.custom_resources,
            ControllerId::ServiceAccount => &mut self.service_account,
        }
    }

    /// Tells every controller of a stored write.
    pub fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        self.each(|controller| controller.observe(change, cluster, timers));
    }

    /// Tells those whom it concerns what happened to machines and processes.
    pub fn on_runtime_event(&mut self, event: &RuntimeEvent, ctx: &mut RuntimeCtx<'_>) {
        self.node_lifecycle.on_runtime_event(event, ctx);
        self.kubelet.on_runtime_event(event, ctx);
    }

    /// Lets the right controller do a piece of work.
    pub fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        self.by_id(work.controller).reconcile(work, ctx);
    }
}
