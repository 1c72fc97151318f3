//! The rules for EndpointSlices, Endpoints and events.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::service::check_outside_address;
use super::{list, number, text};
use crate::model::{Object, Value};

/// Follows `ValidateEndpointSlice` in pkg/apis/discovery/validation.
pub(in crate::api) fn check_slice(errors: &mut Errors, object: &Object) {
    let kind = object.str_at(&["addressType"]);
    match kind {
        "" => errors.required(&Path::new("addressType"), ""),
        kind => errors.check_one_of(&Path::new("addressType"), kind, &["FQDN", "IPv4", "IPv6"]),
    }
    for (number, endpoint) in object.list_at(&["endpoints"]).iter().enumerate() {
        let path = Path::new("endpoints").index(number).child("addresses");
        if list(endpoint, "addresses").is_empty() {
            errors.required(&path, "must contain at least 1 address");
        }
        for (number, address) in list(endpoint, "addresses").iter().enumerate() {
            let (path, address) = (path.index(number), address.as_str().unwrap_or(""));
            match kind {
                "FQDN" => errors.check_text(&path, address, names::dns_subdomain(address)),
                "IPv4" | "IPv6" => check_outside_address(errors, &path, address),
                _ => {}
            }
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    for (number, port) in object.list_at(&["ports"]).iter().enumerate() {
        let (path, name) = (Path::new("ports").index(number), text(port, "name"));
        if !name.is_empty() {
            errors.check_text(&path.child("name"), name, names::dns_label(name));
        }
        if seen.contains(&name) {
            errors.duplicate(&path.child("name"), &Value::text(name));
        }
        seen.push(name);
        check_protocol(errors, &path.child("protocol"), text(port, "protocol"));
        if let Some(application) = port.get("appProtocol").and_then(Value::as_str) {
            errors.check_text(&path.child("appProtocol"), application, names::qualified_name(application));
        }
    }
}

/// Follows `ValidateEndpoints` in pkg/apis/core/validation.
pub(in crate::api) fn check_endpoints(errors: &mut Errors, object: &Object) {
    for (at, subset) in object.list_at(&["subsets"]).iter().enumerate() {
        let path = Path::new("subsets").index(at);
        if list(subset, "addresses").is_empty() && list(subset, "notReadyAddresses").is_empty() {
            errors.required(&path, "must specify `addresses` or `notReadyAddresses`");
        }
        for field in ["addresses", "notReadyAddresses"] {
            for (at, address) in list(subset, field).iter().enumerate() {
                check_outside_address(errors, &path.child(field).index(at).child("ip"), text(address, "ip"));
            }
        }
        let ports = list(subset, "ports");
        for (at, port) in ports.iter().enumerate() {
            let (path, name) = (path.child("ports").index(at), text(port, "name"));
            match name {
                "" if ports.len() > 1 => errors.required(&path.child("name"), ""),
                "" => {}
                name => errors.check_text(&path.child("name"), name, names::dns_label(name)),
            }
            let value = number(port, "port").unwrap_or(0);
            for fault in names::port_number(value) {
                errors.invalid(&path.child("port"), &value.into(), fault);
            }
            check_protocol(errors, &path.child("protocol"), text(port, "protocol"));
        }
    }
}

fn check_protocol(errors: &mut Errors, path: &Path, protocol: &str) {
    // What is not named is TCP.
    if !protocol.is_empty() {
        errors.check_one_of(path, protocol, &["SCTP", "TCP", "UDP"]);
    }
}

/// Follows `legacyValidateEvent`, as far as the namespace goes.
pub(in crate::api) fn check_event(errors: &mut Errors, object: &Object) {
    let about = object.str_at(&["involvedObject", "namespace"]);
    let own = object.meta.namespace.as_str();
    let is_wide = about.is_empty() && matches!(own, "" | "default" | "kube-system");
    if !is_wide && about != own {
        let path = Path::new("involvedObject").child("namespace");
        errors.invalid_text(&path, about, "does not match event.namespace");
    }
}
