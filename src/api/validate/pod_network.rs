//! The rules for a pod's names and ports: its resolver, names of other hosts, and ports of its node.
//!
//! Follows pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::service::NO_ADDRESS;
use super::{at, list, number, text};
use crate::model::Value;
use crate::sorted::SharedSet;

const NAMESERVERS_MAX: usize = 3;
const SEARCHES_MAX: usize = 32;
const SEARCH_LENGTH_MAX: usize = 2048;

/// Follows `validatePodDNSConfig`.
pub(super) fn check_resolver(errors: &mut Errors, path: &Path, spec: &Value) {
    let (config, servers) = (at(spec, "dnsConfig"), list(at(spec, "dnsConfig"), "nameservers"));
    if text(spec, "dnsPolicy") == "None" {
        if config.is_null() {
            return errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if servers.is_empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return errors.required(&path.child("nameservers"), detail);
        }
    }
    if servers.len() > NAMESERVERS_MAX {
        let detail = format!("must not have more than {NAMESERVERS_MAX} nameservers");
        errors.invalid(&path.child("nameservers"), at(config, "nameservers"), detail);
    }
    for (place, server) in servers.iter().enumerate() {
        check_address(errors, &path.child("nameservers").index(place), server.as_str().unwrap_or(""));
    }
    let searches: Vec<&str> = list(config, "searches").iter().filter_map(Value::as_str).collect();
    if searches.len() > SEARCHES_MAX {
        let detail = format!("must not have more than {SEARCHES_MAX} search paths");
        errors.invalid(&path.child("searches"), at(config, "searches"), detail);
    }
    if searches.join(" ").len() > SEARCH_LENGTH_MAX {
        let detail =
            format!("must not have more than {SEARCH_LENGTH_MAX} characters (including spaces) in the search list");
        errors.invalid(&path.child("searches"), at(config, "searches"), detail);
    }
    for (place, _) in list(config, "options").iter().enumerate().filter(|(_, it)| text(it, "name").is_empty()) {
        errors.required(&path.child("options").index(place), "must not be empty");
    }
}

fn check_address(errors: &mut Errors, path: &Path, address: &str) {
    if address.parse::<std::net::IpAddr>().is_err() {
        errors.invalid_text(path, address, NO_ADDRESS);
    }
}

/// Follows `ValidateHostAliases`.
pub(super) fn check_aliases(errors: &mut Errors, path: &Path, aliases: &[Value]) {
    for (place, alias) in aliases.iter().enumerate() {
        let path = path.index(place);
        check_address(errors, &path.child("ip"), text(alias, "ip"));
        for (place, name) in list(alias, "hostnames").iter().enumerate() {
            let name = name.as_str().unwrap_or("");
            errors.check_text(&path.child("hostnames").index(place), name, names::dns_subdomain(name));
        }
    }
}

/// Two containers cannot have one port of their node.
///
/// Follows `checkHostPortConflicts`.
pub(super) fn check_host_ports(errors: &mut Errors, path: &Path, containers: &[Value]) {
    let mut seen: SharedSet<String> = SharedSet::new();
    for (at_container, container) in containers.iter().enumerate() {
        for (at_port, port) in list(container, "ports").iter().enumerate() {
            let outside = number(port, "hostPort").unwrap_or(0);
            if outside == 0 {
                continue;
            }
            let name = format!("{}/{}/{outside}", text(port, "protocol"), text(port, "hostIP"));
            if !seen.insert(name.clone()) {
                let path = path.index(at_container).child("ports").index(at_port).child("hostPort");
                errors.duplicate(&path, &Value::from(name));
            }
        }
    }
}

/// In its node's network a port has one number.
///
/// Follows `validatePodHostNetworkDeps`.
pub(super) fn check_host_network(errors: &mut Errors, path: &Path, spec: &Value) {
    if at(spec, "hostNetwork").as_bool() != Some(true) {
        return;
    }
    for (at_container, container) in list(spec, "containers").iter().enumerate() {
        for (at_port, port) in list(container, "ports").iter().enumerate() {
            let (outside, inside) = (number(port, "hostPort").unwrap_or(0), number(port, "containerPort").unwrap_or(0));
            if outside != 0 && outside != inside {
                let path = path.child("containers").index(at_container).child("ports").index(at_port);
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.invalid(&path.child("hostPort"), &outside.into(), detail);
            }
        }
    }
}
