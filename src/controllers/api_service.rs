//! Says of APIServices whether the server that they name can be asked; asks none, and answers for no group.
//!
//! Follows kube-aggregator's pkg/controllers/status: `local` and `remote`. A server that runs is taken to answer.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::service_endpoints::{SERVICE_NAME, ready_endpoints};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::conditions::{condition, set_condition};
use crate::model::{Kind, Object, Text, Value};
use crate::obj;

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct ApiServices {}

impl Controller for ApiServices {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        let service = match object.kind {
            Kind::APIService if change.verb == Verb::Deleted => return,
            Kind::APIService => "",
            Kind::Service => &object.meta.name,
            Kind::EndpointSlice => object.meta.label(SERVICE_NAME),
            _ => return,
        };
        for own in cluster.list(Kind::APIService) {
            let named = |field: &'static str| own.str_at(&["spec", "service", field]);
            let is_meant = match service {
                "" => own.key() == object.key(),
                service => named("name") == service && named("namespace") == object.meta.namespace.as_str(),
            };
            if is_meant {
                timers.add(change.at, Work { controller: ControllerId::ApiService, key: own.key(), task: "" });
            }
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(own) = ctx.cluster.get(&work.key).cloned() else { return };
        let (status, reason, message) = availability(ctx.cluster, &own);
        let before = condition(&own, "Available");
        let before = |field: &'static str| before.map_or("", |it| it.str_at(&[field]));
        if (before("status"), before("reason"), before("message")) == (status, reason, &message) {
            return;
        }
        let since = match before("status") == status {
            true => Value::text(before("lastTransitionTime")),
            false => ctx.now().rfc3339().into(),
        };
        let next = obj! {
            "lastTransitionTime" => since, "message" => message, "reason" => reason, "status" => status,
            "type" => "Available",
        };
        // Nothing else writes it at this moment.
        _ = ctx.cluster.modify(&work.key, |own| set_condition(own, next));
    }
}

/// Whether the server can be asked: `status`, `reason` and `message` of the condition.
fn availability(cluster: &Cluster, own: &Object) -> (&'static str, &'static str, String) {
    let Some(named) = own.at(&["spec", "service"]) else {
        return ("True", "Local", "Local APIServices are always available".to_string());
    };
    let (name, namespace) = (named.str_at(&["name"]), named.str_at(&["namespace"]));
    let Some(service) = cluster.find(Kind::Service, &Text::new(namespace), &Text::new(name)) else {
        return ("False", "ServiceNotFound", format!("service/{name} in {namespace:?} is not present"));
    };
    let passed = ("True", "Passed", "all checks passed".to_string());
    if service.str_at(&["spec", "type"]) != "ClusterIP" {
        return passed;
    }
    let number = named.i64_at(&["port"]).unwrap_or(443);
    let ports = service.list_at(&["spec", "ports"]);
    let Some(port) = ports.iter().find(|port| port.i64_at(&["port"]) == Some(number)) else {
        let message = format!("service/{name} in {namespace:?} is not listening on port {number}");
        return ("False", "ServicePortError", message);
    };
    let mut slices = cluster.slices_of(namespace, name).peekable();
    if slices.peek().is_none() {
        return (
            "False",
            "EndpointsNotFound",
            format!("cannot find endpointslices for service/{name} in {namespace:?}"),
        );
    }
    let port = port.str_at(&["name"]);
    let has_port = |slice: &Object| slice.list_at(&["ports"]).iter().any(|it| it.str_at(&["name"]) == port);
    if slices.any(|slice| has_port(slice) && ready_endpoints(slice).next().is_some()) {
        return passed;
    }
    let message = format!("endpoints for service/{name} in {namespace:?} have no addresses with port name {port:?}");
    ("False", "MissingEndpoints", message)
}
