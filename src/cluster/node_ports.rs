//! The node ports of services: which are taken, which are allowed, and which a service is given; opens none of them.
//!
//! Follows the port allocator of pkg/registry/core/service.

use super::error::ApiError;
use super::store::Cluster;
use crate::model::{Kind, Object, Text, Value};

/// The first and the last node port.
const RANGE: (i64, i64) = (30_000, 32_767);

/// Gives the ports of a service that needs them a number each, and refuses those that it cannot have.
///
/// # Errors
/// `Invalid` for a port outside of the range, or one that another service has.
pub fn allocate(cluster: &mut Cluster, service: &mut Object) -> Result<(), ApiError> {
    allocate_ports(cluster, service)?;
    allocate_health_check(cluster, service)
}

/// Whether somebody asks the nodes whether they have an endpoint of the service.
fn needs_health_check(service: &Object) -> bool {
    service.str_at(&["spec", "type"]) == "LoadBalancer" && service.str_at(&["spec", "externalTrafficPolicy"]) == "Local"
}

/// Gives a load balancer that keeps traffic on its node the port at which nodes are asked for their health.
fn allocate_health_check(cluster: &mut Cluster, service: &mut Object) -> Result<(), ApiError> {
    if !needs_health_check(service) {
        return Ok(());
    }
    let taken = taken(cluster, service);
    let own: Vec<i64> =
        service.list_at(&["spec", "ports"]).iter().filter_map(|port| port.i64_at(&["nodePort"])).collect();
    match service.i64_at(&["spec", "healthCheckNodePort"]).unwrap_or(0) {
        0 => {
            let number = free_port(cluster, &taken, &own);
            service.set_at(&["spec", "healthCheckNodePort"], number);
            Ok(())
        }
        number => match fault(number, &taken) {
            None => Ok(()),
            Some(why) => {
                let causes = vec![format!("spec.healthCheckNodePort: Invalid value: {number}: {why}")];
                Err(ApiError::Invalid { kind: Kind::Service, name: service.meta.name.clone(), causes })
            }
        },
    }
}

/// Why a service cannot have a port.
fn fault(number: i64, taken: &[i64]) -> Option<String> {
    if !(RANGE.0..=RANGE.1).contains(&number) {
        let (first, last) = RANGE;
        return Some(format!("provided port is not in the valid range. The range of valid ports is {first}-{last}"));
    }
    taken.contains(&number).then(|| "provided port is already allocated".to_string())
}

/// Refuses a new service a port that it names and cannot have; gives none out.
///
/// # Errors
/// `Invalid` for the first such port.
pub fn check(cluster: &Cluster, service: &Object) -> Result<(), ApiError> {
    if !has_ports(service) {
        return Ok(());
    }
    let all = cluster.list(Kind::Service).flat_map(|other| numbers_of(other));
    let taken: Vec<i64> = all.filter(|number| *number != 0).collect();
    check_named(service, &taken)
}

fn has_ports(service: &Object) -> bool {
    matches!(service.str_at(&["spec", "type"]), "NodePort" | "LoadBalancer")
}

/// Looks at the ports that a service names, one after the other: two of its own may have one number if they have one
/// port, of two protocols.
///
/// Follows `initNodePorts`.
fn check_named(service: &Object, taken: &[i64]) -> Result<(), ApiError> {
    let ports = service.list_at(&["spec", "ports"]);
    let pair = |port: &Value| (port.i64_at(&["port"]).unwrap_or(0), port.i64_at(&["nodePort"]).unwrap_or(0));
    let mut given: Vec<(i64, i64)> = Vec::new();
    for (at, port) in ports.iter().map(pair).enumerate() {
        if port.1 == 0 || given.contains(&port) {
            continue;
        }
        let is_own = given.iter().any(|(_, number)| *number == port.1);
        let own = [port.1];
        if let Some(why) = fault(port.1, if is_own { &own } else { taken }) {
            let causes = vec![format!("spec.ports[{at}].nodePort: Invalid value: {}: {why}", port.1)];
            return Err(ApiError::Invalid { kind: Kind::Service, name: service.meta.name.clone(), causes });
        }
        given.push(port);
    }
    Ok(())
}

fn allocate_ports(cluster: &mut Cluster, service: &mut Object) -> Result<(), ApiError> {
    if !has_ports(service) {
        return Ok(());
    }
    let gives = service.str_at(&["spec", "type"]) == "NodePort"
        || service.at(&["spec", "allocateLoadBalancerNodePorts"]).and_then(Value::as_bool) != Some(false);
    let taken = taken(cluster, service);
    check_named(service, &taken)?;
    let mut ports = service.list_at(&["spec", "ports"]).to_vec();
    let mut own: Vec<i64> = ports.iter().filter_map(|port| port.i64_at(&["nodePort"])).collect();
    for at in 0..ports.len() {
        if gives && ports[at].i64_at(&["nodePort"]).unwrap_or(0) == 0 {
            // The same port of another protocol has its number already.
            let same = |other: &&Value| other.get("port") == ports[at].get("port");
            let known = ports.iter().filter(same).filter_map(|other| other.i64_at(&["nodePort"])).find(|it| *it != 0);
            let number = known.unwrap_or_else(|| free_port(cluster, &taken, &own));
            own.push(number);
            ports[at].set_at(&["nodePort"], number);
        }
    }
    if service.list_at(&["spec", "ports"]) != ports.as_slice() {
        service.set_at(&["spec", "ports"], ports);
    }
    Ok(())
}

/// A port by chance, or the next one that is free.
fn free_port(cluster: &mut Cluster, taken: &[i64], own: &[i64]) -> i64 {
    let count = RANGE.1 - RANGE.0 + 1;
    let first = i64::try_from(cluster.rng().below(count.unsigned_abs())).unwrap_or(0);
    let is_free = |number: &i64| !taken.contains(number) && !own.contains(number);
    (0..count).map(|step| RANGE.0 + (first + step) % count).find(is_free).unwrap_or(RANGE.0)
}

/// The node ports of all other services.
fn taken(cluster: &Cluster, service: &Object) -> Vec<i64> {
    let others = cluster.list(Kind::Service).filter(|other| other.key() != service.key());
    others.flat_map(|other| numbers_of(other)).filter(|number| *number != 0).collect()
}

/// The node ports of a service.
fn numbers_of(service: &Object) -> impl Iterator<Item = i64> {
    let ports = service.list_at(&["spec", "ports"]).iter().filter_map(|port| port.i64_at(&["nodePort"]));
    ports.chain(service.i64_at(&["spec", "healthCheckNodePort"]))
}

/// Takes away from a changed service what its new type has no use for, as far as it was there before.
pub fn drop_unused(old: &Object, service: &mut Object) {
    let kind = Text::new(service.str_at(&["spec", "type"]));
    if has_ports(old) && matches!(kind.as_str(), "ClusterIP" | "ExternalName") {
        let before: Vec<i64> =
            old.list_at(&["spec", "ports"]).iter().filter_map(|port| port.i64_at(&["nodePort"])).collect();
        let mut ports = service.list_at(&["spec", "ports"]).to_vec();
        let has_new = ports.iter().filter_map(|port| port.i64_at(&["nodePort"])).any(|it| !before.contains(&it));
        if !has_new && !ports.is_empty() {
            ports.iter_mut().for_each(|port| _ = port.remove_at(&["nodePort"]));
            service.set_at(&["spec", "ports"], ports);
        }
        drop_same(old, service, &["externalTrafficPolicy"]);
    }
    if needs_health_check(old) && !needs_health_check(service) {
        drop_same(old, service, &["healthCheckNodePort"]);
    }
    if old.str_at(&["spec", "type"]) == "LoadBalancer" && kind != "LoadBalancer" {
        drop_same(old, service, &["allocateLoadBalancerNodePorts", "loadBalancerClass"]);
    }
    if kind != "ExternalName" && old.str_at(&["spec", "type"]) == "ExternalName" {
        drop_same(old, service, &["externalName"]);
    }
    if kind == "ExternalName" && old.str_at(&["spec", "type"]) != "ExternalName" {
        let fields = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"];
        drop_same(old, service, &fields);
    }
}

/// Removes fields of the spec that are as they were.
fn drop_same(old: &Object, service: &mut Object, fields: &[&str]) {
    for field in fields {
        let (before, after) = (old.at(&["spec", field]), service.at(&["spec", field]));
        if before.unwrap_or(&Value::Null) == after.unwrap_or(&Value::Null) {
            service.remove_at(&["spec", field]);
        }
    }
}
