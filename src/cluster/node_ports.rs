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
    if !matches!(service.str_at(&["spec", "type"]), "NodePort" | "LoadBalancer") {
        return Ok(());
    }
    let gives = service.str_at(&["spec", "type"]) == "NodePort"
        || service.at(&["spec", "allocateLoadBalancerNodePorts"]).and_then(Value::as_bool) != Some(false);
    let taken = taken(cluster, service);
    let mut ports = service.list_at(&["spec", "ports"]).to_vec();
    let mut causes = Vec::new();
    for (at, port) in ports.iter().enumerate() {
        let number = port.i64_at(&["nodePort"]).unwrap_or(0);
        let why = match number {
            0 => continue,
            number if !(RANGE.0..=RANGE.1).contains(&number) => {
                format!("provided port is not in the valid range. The range of valid ports is {}-{}", RANGE.0, RANGE.1)
            }
            number if taken.contains(&number) => "provided port is already allocated".to_string(),
            _ => continue,
        };
        causes.push(format!("spec.ports[{at}].nodePort: Invalid value: {number}: {why}"));
    }
    if !causes.is_empty() {
        return Err(ApiError::Invalid { kind: Kind::Service, name: service.meta.name.clone(), causes });
    }
    let mut own: Vec<i64> = ports.iter().filter_map(|port| port.i64_at(&["nodePort"])).collect();
    for port in &mut ports {
        if gives && port.i64_at(&["nodePort"]).unwrap_or(0) == 0 {
            let number = free_port(cluster, &taken, &own);
            own.push(number);
            port.set_at(&["nodePort"], number);
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
    let ports = others.flat_map(|other| other.list_at(&["spec", "ports"]));
    ports.filter_map(|port| port.i64_at(&["nodePort"])).filter(|number| *number != 0).collect()
}

/// Takes away from a changed service what its new type has no use for, as far as it was there before.
pub fn drop_unused(old: &Object, service: &mut Object) {
    let kind = Text::new(service.str_at(&["spec", "type"]));
    let had_ports = matches!(old.str_at(&["spec", "type"]), "NodePort" | "LoadBalancer");
    if had_ports && matches!(kind.as_str(), "ClusterIP" | "ExternalName") {
        let before: Vec<i64> =
            old.list_at(&["spec", "ports"]).iter().filter_map(|port| port.i64_at(&["nodePort"])).collect();
        let mut ports = service.list_at(&["spec", "ports"]).to_vec();
        let has_new = ports.iter().filter_map(|port| port.i64_at(&["nodePort"])).any(|it| !before.contains(&it));
        if !has_new && !ports.is_empty() {
            ports.iter_mut().for_each(|port| _ = port.remove_at(&["nodePort"]));
            service.set_at(&["spec", "ports"], ports);
        }
        for field in ["externalTrafficPolicy", "healthCheckNodePort", "allocateLoadBalancerNodePorts"] {
            if service.at(&["spec", field]) == old.at(&["spec", field]) {
                service.remove_at(&["spec", field]);
            }
        }
    }
    if kind == "ExternalName" && old.str_at(&["spec", "type"]) != "ExternalName" {
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"] {
            if service.at(&["spec", field]).unwrap_or(&Value::Null) == old.at(&["spec", field]).unwrap_or(&Value::Null)
            {
                service.remove_at(&["spec", field]);
            }
        }
    }
}
