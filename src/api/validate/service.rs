//! The rules for services and disruption budgets.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{PERCENT, at, check_labels, check_selector, list, number, text};
use crate::model::{Value, to_json};

/// Follows `ValidateService` in pkg/apis/core/validation.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value) {
    let kind = text(spec, "type");
    let is_headless = text(spec, "clusterIP") == "None";
    let ports = list(spec, "ports");
    if ports.is_empty() && !is_headless && kind != "ExternalName" {
        errors.required(&path.child("ports"), "");
    }
    if kind == "ExternalName" {
        let name = text(spec, "externalName");
        match name.is_empty() {
            true => errors.required(&path.child("externalName"), ""),
            false => errors.check_text(&path.child("externalName"), name, names::dns_subdomain(name)),
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
    match kind {
        "" => errors.required(&path.child("type"), ""),
        kind => {
            let kinds = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
            errors.check_one_of(&path.child("type"), kind, &kinds);
        }
    }
    check_traffic(errors, path, spec);
    let address = text(spec, "clusterIP");
    if !matches!(address, "" | "None") && address.parse::<std::net::IpAddr>().is_err() {
        let detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
        errors.invalid_text(&path.child("clusterIPs").index(0), address, detail);
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
    if kind != "LoadBalancer" {
        for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if !at(spec, field).is_null() {
                errors.forbidden(&path.child(field), "may only be used when `type` is 'LoadBalancer'");
            }
        }
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

/// Follows `ValidatePodDisruptionBudgetSpec` in pkg/apis/policy/validation.
pub(in crate::api) fn check_budget(errors: &mut Errors, path: &Path, spec: &Value) {
    let (least, most) = (at(spec, "minAvailable"), at(spec, "maxUnavailable"));
    if !least.is_null() && !most.is_null() {
        let shown = format!(
            "{{\"MinAvailable\":{},\"Selector\":{},\"MaxUnavailable\":{},\"UnhealthyPodEvictionPolicy\":{}}}",
            to_json(least),
            to_json(at(spec, "selector")),
            to_json(most),
            to_json(at(spec, "unhealthyPodEvictionPolicy"))
        );
        errors.invalid_shown(path, shown, "minAvailable and maxUnavailable cannot be both set");
    }
    check_share(errors, &path.child("minAvailable"), least);
    check_share(errors, &path.child("maxUnavailable"), most);
    if !at(spec, "selector").is_null() {
        check_selector(errors, &path.child("selector"), at(spec, "selector"));
    }
    if let Some(policy) = spec.get("unhealthyPodEvictionPolicy").and_then(Value::as_str) {
        let supported = ["AlwaysAllow", "IfHealthyBudget"];
        errors.check_one_of(&path.child("unhealthyPodEvictionPolicy"), policy, &supported);
    }
}

fn check_share(errors: &mut Errors, path: &Path, value: &Value) {
    match value {
        Value::Int(number) => errors.check_not_negative(path, *number),
        Value::Str(share) => match names::percent(share) {
            None => errors.invalid(path, value, PERCENT),
            Some(number) if number > 100 => errors.invalid(path, value, "must not be greater than 100%"),
            Some(_) => {}
        },
        _ => {}
    }
}
