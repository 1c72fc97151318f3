//! The rules for services.

use super::super::field_error::{Errors, FieldError, Path};
use super::super::names;
use super::meta::check_labels;
use super::network::{NO_CIDR, network};
use super::{at, list, number, of, text};
use crate::model::{Object, Value};

/// Where every node's kubelet listens.
const KUBELET_PORT: i64 = 10_250;

/// Follows `ValidateService` in pkg/apis/core/validation.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value) {
    let kind = text(spec, "type");
    let is_headless = text(spec, "clusterIP") == "None";
    let ports = list(spec, "ports");
    if ports.is_empty() && !is_headless && kind != "ExternalName" {
        errors.required(&path.child("ports"), "");
    }
    if kind == "ExternalName" {
        check_no_addresses(errors, path, spec);
        let name = text(spec, "externalName");
        match name.is_empty() {
            true => errors.required(&path.child("externalName"), ""),
            false => errors.check_text(&path.child("externalName"), name, names::dns_subdomain(name)),
        }
    }
    for (at_index, port) in ports.iter().enumerate().filter(|_| kind == "LoadBalancer") {
        if number(port, "port") == Some(KUBELET_PORT) {
            let detail = format!("may not expose port {KUBELET_PORT} externally since it is used by kubelet");
            errors.invalid(&path.child("ports").index(at_index), &KUBELET_PORT.into(), detail);
        }
    }
    if matches!(kind, "LoadBalancer" | "NodePort") && is_headless {
        let detail = format!("may not be set to 'None' for {kind} services");
        errors.invalid_text(&path.child("clusterIPs").index(0), "None", detail);
    }
    let mut seen: Vec<(&str, i64, &str)> = Vec::new();
    for (at_index, port) in ports.iter().enumerate() {
        let path = path.child("ports").index(at_index);
        check_port(errors, &path, port, ports.len() > 1, &seen);
        if kind == "ClusterIP" && number(port, "nodePort").is_some_and(|port| port != 0) {
            errors.forbidden(&path.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
        }
        seen.push((text(port, "name"), number(port, "port").unwrap_or(0), text(port, "protocol")));
    }
    check_labels(errors, &path.child("selector"), spec.get("selector"));
    match text(spec, "sessionAffinity") {
        "" => errors.required(&path.child("sessionAffinity"), ""),
        affinity => errors.check_one_of(&path.child("sessionAffinity"), affinity, &["ClientIP", "None"]),
    }
    check_affinity(errors, path, spec);
    check_addresses(errors, path, spec);
    for (number, address) in list(spec, "externalIPs").iter().enumerate() {
        check_outside_address(errors, &path.child("externalIPs").index(number), address.as_str().unwrap_or(""));
    }
    match kind {
        "" => errors.required(&path.child("type"), ""),
        kind => {
            let kinds = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
            errors.check_one_of(&path.child("type"), kind, &kinds);
        }
    }
    check_node_ports(errors, &path.child("ports"), ports);
    check_ranges(errors, path, spec);
    check_balancer(errors, path, spec);
    check_traffic(errors, path, spec);
    for (field, supported) in [
        ("internalTrafficPolicy", &["Cluster", "Local"][..]),
        ("trafficDistribution", &["PreferClose", "PreferSameNode", "PreferSameZone"]),
    ] {
        if let Some(value) = spec.get(field).and_then(Value::as_str) {
            errors.check_one_of(&path.child(field), value, supported);
        }
    }
}

pub(super) const NO_ADDRESS: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

/// What a name outside of the cluster may not have.
fn check_no_addresses(errors: &mut Errors, path: &Path, spec: &Value) {
    let has_address = !text(spec, "clusterIP").is_empty() || !list(spec, "clusterIPs").is_empty();
    let set = [
        ("clusterIPs", has_address),
        ("ipFamilies", !list(spec, "ipFamilies").is_empty()),
        ("ipFamilyPolicy", !at(spec, "ipFamilyPolicy").is_null()),
    ];
    for (field, _) in set.into_iter().filter(|(_, is_set)| *is_set) {
        errors.forbidden(&path.child(field), "may not be set for ExternalName services");
    }
}

/// A port of the nodes leads to one port of the service.
fn check_node_ports(errors: &mut Errors, path: &Path, ports: &[Value]) {
    let key = |port: &Value| (number(port, "nodePort").unwrap_or(0), text(port, "protocol").to_string());
    for (at_index, port) in ports.iter().enumerate().filter(|(_, port)| key(port).0 != 0) {
        if ports.iter().take(at_index).any(|other| key(other) == key(port)) {
            errors.duplicate(&path.index(at_index).child("nodePort"), at(port, "nodePort"));
        }
    }
}

/// Follows `validateClientIPAffinityConfig`.
fn check_affinity(errors: &mut Errors, path: &Path, spec: &Value) {
    let (path, config) = (path.child("sessionAffinityConfig"), at(spec, "sessionAffinityConfig"));
    match text(spec, "sessionAffinity") {
        "None" if !config.is_null() => {
            errors.forbidden(&path, "must not be set when session affinity is None");
        }
        "ClientIP" => {
            let seconds = at(at(config, "clientIP"), "timeoutSeconds");
            if seconds.as_i64().is_some_and(|seconds| !(1..=86_400).contains(&seconds)) {
                let path = path.child("clientIP").child("timeoutSeconds");
                errors.invalid(&path, seconds, "must be greater than 0 and less than 86400");
            }
        }
        _ => {}
    }
}

/// What is wrong with a Service's addresses and their families; what the server looks at before everything else.
pub fn validate_addresses(service: &Object) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_addresses(&mut errors, &Path::new("spec"), of(&service.body, "spec"));
    errors.0
}

/// Follows `ValidateServiceClusterIPsRelatedFields`.
fn check_addresses(errors: &mut Errors, path: &Path, spec: &Value) {
    if text(spec, "type") == "ExternalName" {
        return;
    }
    let before = errors.0.len();
    let (all, address) = (list(spec, "clusterIPs"), text(spec, "clusterIP"));
    let (ips, shown) = (path.child("clusterIPs"), at(spec, "clusterIPs"));
    match all.first() {
        None if !address.is_empty() => errors.required(&ips, ""),
        Some(_) if address.is_empty() => {
            errors.invalid(&ips, shown, "must be empty when `clusterIP` is not specified");
        }
        Some(first) if first.as_str() != Some(address) => {
            errors.invalid(&ips, shown, "first value must match `clusterIP`");
        }
        _ => {}
    }
    let families = list(spec, "ipFamilies");
    for (number, family) in families.iter().enumerate() {
        let path = path.child("ipFamilies").index(number);
        errors.check_one_of(&path, family.as_str().unwrap_or(""), &["IPv4", "IPv6"]);
        if families[..number].contains(family) {
            errors.duplicate(&path, family);
        }
    }
    let policy = text(spec, "ipFamilyPolicy");
    if !policy.is_empty() {
        let known = ["PreferDualStack", "RequireDualStack", "SingleStack"];
        errors.check_one_of(&path.child("ipFamilyPolicy"), policy, &known);
    }
    if !check_each_address(errors, &ips, all, shown) || address == "None" || errors.0.len() > before {
        return;
    }
    for (number, (ip, family)) in all.iter().zip(families).enumerate() {
        let is_v6 = ip.as_str().unwrap_or("").contains(':');
        if is_v6 != (family.as_str() == Some("IPv6")) {
            let family = if is_v6 { "an IPv4" } else { "an IPv6" };
            let detail = format!("expected {family} value as indicated by `ipFamilies[{number}]`");
            errors.invalid(&ips.index(number), ip, detail);
        }
    }
}

/// The addresses of a service by themselves; false if one is none, so that nothing more can be said.
fn check_each_address(errors: &mut Errors, path: &Path, all: &[Value], shown: &Value) -> bool {
    let ips: Vec<&str> = all.iter().map(|ip| ip.as_str().unwrap_or("")).collect();
    let mut are_valid = true;
    for (number, ip) in ips.iter().enumerate() {
        if number == 0 && *ip == "None" {
            if ips.len() > 1 {
                errors.invalid(path, shown, "'None' must be the first and only value");
                are_valid = false;
            }
        } else if ip.parse::<std::net::IpAddr>().is_err() {
            errors.invalid_text(&path.index(number), ip, NO_ADDRESS);
            are_valid = false;
        }
    }
    if ips.len() > 2 {
        errors.invalid(path, shown, "may only hold up to 2 values");
    }
    if are_valid && ips.len() > 1 {
        let count_of_v6 = ips.iter().filter(|ip| ip.contains(':')).count();
        if count_of_v6 == 0 || count_of_v6 == ips.len() || ips.len() > 2 {
            errors.invalid(path, shown, "may specify no more than one IP for each IP family");
        }
    }
    are_valid
}

/// Follows `ValidateNonSpecialIP`.
pub(super) fn check_outside_address(errors: &mut Errors, path: &Path, text: &str) {
    use std::net::IpAddr;
    let Ok(address) = text.parse::<IpAddr>() else {
        errors.invalid_text(path, text, NO_ADDRESS);
        return;
    };
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    let is_local_group = match address {
        IpAddr::V4(address) => address.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(address) => address.segments()[0] == 0xff02,
    };
    let detail = match () {
        () if address.is_unspecified() => format!("may not be unspecified ({text})"),
        () if address.is_loopback() => "may not be in the loopback range (127.0.0.0/8, ::1/128)".into(),
        () if is_link_local => "may not be in the link-local range (169.254.0.0/16, fe80::/10)".into(),
        () if is_local_group => "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)".into(),
        () => return,
    };
    errors.invalid_text(path, text, detail);
}

/// From where a load balancer takes requests.
fn check_ranges(errors: &mut Errors, path: &Path, spec: &Value) {
    let (path, ranges) = (path.child("loadBalancerSourceRanges"), list(spec, "loadBalancerSourceRanges"));
    if !ranges.is_empty() && text(spec, "type") != "LoadBalancer" {
        errors.forbidden(&path, "may only be used when `type` is 'LoadBalancer'");
    }
    for (number, range) in ranges.iter().enumerate() {
        let range = range.as_str().unwrap_or("").trim();
        if network(range).is_none() {
            errors.invalid_text(&path.index(number), range, NO_CIDR);
        }
    }
}

/// What only services with a load balancer have. Follows `validateLoadBalancerClassField` as well.
fn check_balancer(errors: &mut Errors, path: &Path, spec: &Value) {
    let is_balancer = text(spec, "type") == "LoadBalancer";
    for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
        if !is_balancer && !at(spec, field).is_null() {
            errors.forbidden(&path.child(field), "may only be used when `type` is 'LoadBalancer'");
        }
    }
    if let Some(class) = spec.get("loadBalancerClass").and_then(Value::as_str).filter(|_| is_balancer) {
        errors.check_text(&path.child("loadBalancerClass"), class, names::qualified_name(class));
    }
}

/// Follows `validateServiceExternalTrafficPolicy`: what only services that are reached from outside have.
fn check_traffic(errors: &mut Errors, path: &Path, spec: &Value) {
    let (kind, policy) = (text(spec, "type"), text(spec, "externalTrafficPolicy"));
    let is_external = matches!(kind, "LoadBalancer" | "NodePort") || !list(spec, "externalIPs").is_empty();
    match policy {
        "" if is_external => errors.required(&path.child("externalTrafficPolicy"), ""),
        "" => {}
        policy if !is_external => {
            let detail = "may only be set for externally-accessible services";
            errors.invalid_text(&path.child("externalTrafficPolicy"), policy, detail);
        }
        policy => errors.check_one_of(&path.child("externalTrafficPolicy"), policy, &["Cluster", "Local"]),
    }
    let port = number(spec, "healthCheckNodePort").unwrap_or(0);
    if port != 0 && !(kind == "LoadBalancer" && policy == "Local") {
        let detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        errors.invalid(&path.child("healthCheckNodePort"), &port.into(), detail);
    }
}

fn check_port(errors: &mut Errors, path: &Path, port: &Value, needs_name: bool, seen: &[(&str, i64, &str)]) {
    let name = text(port, "name");
    if name.is_empty() && needs_name {
        errors.required(&path.child("name"), "");
    } else if !name.is_empty() {
        errors.check_text(&path.child("name"), name, names::dns_label(name));
        if seen.iter().any(|(other, ..)| *other == name) {
            errors.duplicate(&path.child("name"), &Value::text(name));
        }
    }
    let at_port = number(port, "port").unwrap_or(0);
    for fault in names::port_number(at_port) {
        errors.invalid(&path.child("port"), &at_port.into(), fault);
    }
    match text(port, "protocol") {
        "" => errors.required(&path.child("protocol"), ""),
        protocol => errors.check_one_of(&path.child("protocol"), protocol, &["SCTP", "TCP", "UDP"]),
    }
    check_port_reference(errors, &path.child("targetPort"), at(port, "targetPort"));
    if let Some(application) = port.get("appProtocol").and_then(Value::as_str) {
        errors.check_text(&path.child("appProtocol"), application, names::qualified_name(application));
    }
    let protocol = text(port, "protocol");
    if seen.iter().any(|(_, number, other)| *number == at_port && *other == protocol) {
        let shown = format!(
            "{{\"Name\":\"\",\"Protocol\":\"{protocol}\",\"AppProtocol\":null,\"Port\":{at_port},\"TargetPort\":0,\"NodePort\":0}}"
        );
        errors.0.push(super::FieldError {
            field: path.as_str().to_string(),
            kind: super::super::field_error::FieldErrorKind::Duplicate,
            value: shown,
            detail: String::new(),
        });
    }
}

/// A port by number or by name.
pub(in crate::api) fn check_port_reference(errors: &mut Errors, path: &Path, port: &Value) {
    match port {
        Value::Int(number) => {
            for fault in names::port_number(*number) {
                errors.invalid(path, port, fault);
            }
        }
        Value::Str(name) => errors.check_text(path, name, names::port_name(name)),
        _ => {}
    }
}
