//! Makes the API's own service again when somebody deletes it, as the API server does; knows no other service.
//!
//! Follows pkg/controlplane/controller/kubernetesservice/controller.go.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Millis};
use crate::world::registered_objects::api_service;

/// The name of the service and of its endpoints.
const NAME: &str = "kubernetes";

/// How often the API server looks.
const PERIOD: Millis = Millis::seconds(10);

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct KubernetesService {}

impl Controller for KubernetesService {
    fn observe(&mut self, change: &Change, _cluster: &Cluster, timers: &mut Timers) {
        let is_own = matches!(change.kind(), Kind::Service | Kind::Endpoints | Kind::EndpointSlice)
            && change.object.meta.name == NAME
            && change.object.meta.namespace == "default";
        if is_own && change.verb == Verb::Deleted {
            let next = Millis((change.at.0 / PERIOD.0 + 1).saturating_mul(PERIOD.0));
            let key = Key::new(Kind::Service, "default", NAME);
            timers.add(next, Work { controller: ControllerId::KubernetesService, key, task: "" });
        }
    }

    fn reconcile(&mut self, _work: &Work, ctx: &mut Ctx<'_>) {
        for object in api_service(ctx.environment) {
            if ctx.cluster.get(&object.key()).is_none() {
                // Nothing refuses it: the namespace cannot be deleted.
                _ = ctx.cluster.create(object);
            }
        }
    }
}
