//! The addresses of Services: their families, which are taken, and which one a Service is given; serves none of them.
//!
//! Follows the allocators of pkg/registry/core/service/storage, which work before a new Service is checked.

use super::error::ApiError;
use super::node_ports;
use super::store::Cluster;
use crate::api::{default_object, messages, prepare_create, validate_addresses};
use crate::model::{Kind, Object, Text, Value};
use crate::{list, obj};

/// Where the addresses of services lie, as kubeadm sets it.
const SERVICE_RANGE: &str = "10.96.0.0/12";

/// What keeps a new Service from its addresses and ports. It is asked before anything else about it is looked at, and
/// gives nothing out.
///
/// # Errors
/// `Invalid` for the first thing that it cannot have.
pub fn begin(cluster: &Cluster, service: &Object) -> Result<(), ApiError> {
    let mut service = service.clone();
    default_object(&mut service);
    prepare_create(&mut service, cluster.kubernetes());
    let errors = validate_addresses(&service);
    if !errors.is_empty() {
        return Err(invalid(&service, messages(&errors)));
    }
    check_families(&service)?;
    let ip = service.str_at(&["spec", "clusterIP"]);
    // One of the same name is no other: it has what it has.
    let taken = cluster.list(Kind::Service).any(|other| other.str_at(&["spec", "clusterIP"]) == ip);
    check_address(&service, ip, taken)?;
    node_ports::check(cluster, &service)
}

/// Completes a new Service.
///
/// # Errors
/// `Invalid` for an address or port that it cannot have.
pub fn admit(cluster: &mut Cluster, service: &mut Object) -> Result<(), ApiError> {
    allocate(cluster, service)?;
    node_ports::allocate(cluster, service)?;
    if service.at(&["status"]).is_none() {
        service.set_at(&["status"], obj! { "loadBalancer" => Value::map() });
    }
    Ok(())
}

fn invalid(service: &Object, causes: Vec<String>) -> ApiError {
    ApiError::Invalid { kind: Kind::Service, name: service.meta.name.clone(), causes }
}

/// Whether a service has no address and selects no pods: whoever makes its endpoints knows their families.
fn is_bare(service: &Object) -> bool {
    let has_selector = service.at(&["spec", "selector"]).and_then(Value::as_map).is_some_and(|it| !it.is_empty());
    service.str_at(&["spec", "clusterIP"]) == "None" && !has_selector
}

/// Refuses families of addresses that the cluster has not; it has one.
///
/// Follows `initIPFamilyFields`.
fn check_families(service: &Object) -> Result<(), ApiError> {
    if service.str_at(&["spec", "type"]) == "ExternalName" {
        return Ok(());
    }
    let (families, policy) = (service.list_at(&["spec", "ipFamilies"]), service.str_at(&["spec", "ipFamilyPolicy"]));
    if families.len() == 2 && matches!(policy, "SingleStack" | "") && !(policy.is_empty() && is_bare(service)) {
        let why = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
        return Err(invalid(service, vec![format!("spec.ipFamilyPolicy: Invalid value: \"SingleStack\": {why}")]));
    }
    if is_bare(service) {
        return Ok(());
    }
    let mut causes = Vec::new();
    if policy == "RequireDualStack" {
        let why = "this cluster is not configured for dual-stack services";
        causes.push(format!("spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": {why}"));
    }
    for (at, family) in families.iter().enumerate().filter(|(_, family)| family.as_str() == Some("IPv6")) {
        let family = family.as_str().unwrap_or("");
        causes.push(format!("spec.ipFamilies[{at}]: Invalid value: \"{family}\": not configured on this cluster"));
    }
    if causes.is_empty() { Ok(()) } else { Err(invalid(service, causes)) }
}

/// Whether an IPv4 address lies outside of the range of services.
fn is_outside(ip: &str) -> bool {
    let octets: Vec<u8> = ip.split('.').filter_map(|octet| octet.parse().ok()).collect();
    matches!(octets.as_slice(), [first, second, _, _] if *first != 10 || !(96..112).contains(second))
}

/// Refuses an address that is asked for and cannot be had.
fn check_address(service: &Object, ip: &str, is_taken: bool) -> Result<(), ApiError> {
    let why = match ip {
        "" | "None" => return Ok(()),
        _ if service.str_at(&["spec", "type"]) == "ExternalName" => return Ok(()),
        ip if is_outside(ip) => {
            format!("the provided IP ({ip}) is not in the valid range. The range of valid IPs is {SERVICE_RANGE}")
        }
        _ if is_taken => "provided IP is already allocated".to_string(),
        _ => return Ok(()),
    };
    let cause = format!("spec.clusterIPs: Invalid value: [\"{ip}\"]: failed to allocate IP {ip}: {why}");
    Err(invalid(service, vec![cause]))
}

/// Gives a service that is reached by an address the one that it asks for, or one that is free.
///
/// Follows `allocClusterIPs`.
///
/// # Errors
/// `Invalid` for an address or family that it cannot have.
pub fn allocate(cluster: &mut Cluster, service: &mut Object) -> Result<(), ApiError> {
    if service.str_at(&["spec", "type"]) == "ExternalName" {
        return Ok(());
    }
    check_families(service)?;
    let is_taken = |cluster: &Cluster, ip: &str| {
        let mut others = cluster.list(Kind::Service).filter(|other| other.key() != service.key());
        others.any(|other| other.str_at(&["spec", "clusterIP"]) == ip)
    };
    let ip = match service.str_at(&["spec", "clusterIP"]) {
        "" => loop {
            let ip = format!("10.{}.{}.{}", 96 + cluster.rng().below(16), octet(cluster), octet(cluster));
            if !is_taken(cluster, &ip) {
                break Text::from(ip);
            }
        },
        ip => {
            check_address(service, ip, is_taken(cluster, ip))?;
            Text::new(ip)
        }
    };
    service.set_at(&["spec", "clusterIP"], &ip);
    if service.list_at(&["spec", "clusterIPs"]).is_empty() {
        service.set_at(&["spec", "clusterIPs"], list![ip]);
    }
    settle_families(service);
    Ok(())
}

/// Fills in the families of a service and what it wants of them.
fn settle_families(service: &mut Object) {
    let is_bare = is_bare(service);
    if service.str_at(&["spec", "ipFamilyPolicy"]).is_empty() {
        let policy = if is_bare { "RequireDualStack" } else { "SingleStack" };
        service.set_at(&["spec", "ipFamilyPolicy"], policy);
    }
    let mut families = service.list_at(&["spec", "ipFamilies"]).to_vec();
    if families.is_empty() {
        families.push("IPv4".into());
    }
    if is_bare && families.len() == 1 && service.str_at(&["spec", "ipFamilyPolicy"]) != "SingleStack" {
        let other = if families[0].as_str() == Some("IPv4") { "IPv6" } else { "IPv4" };
        families.push(other.into());
    }
    if service.list_at(&["spec", "ipFamilies"]) != families.as_slice() {
        service.set_at(&["spec", "ipFamilies"], families);
    }
}

fn octet(cluster: &mut Cluster) -> u64 {
    1 + cluster.rng().below(254)
}
