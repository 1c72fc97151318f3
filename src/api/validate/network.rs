//! The rules for NetworkPolicies and Ingresses.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, check_selector, list, number, text};
use crate::model::{Object, Value};

/// Follows `ValidateNetworkPolicySpec` in pkg/apis/networking/validation.
pub(in crate::api) fn check_policy(errors: &mut Errors, path: &Path, spec: &Value) {
    check_selector(errors, &path.child("podSelector"), at(spec, "podSelector"));
    for (side, peers) in [("ingress", "from"), ("egress", "to")] {
        for (number, rule) in list(spec, side).iter().enumerate() {
            let path = path.child(side).index(number);
            for (number, port) in list(rule, "ports").iter().enumerate() {
                check_port(errors, &path.child("ports").index(number), port);
            }
            for (number, peer) in list(rule, peers).iter().enumerate() {
                check_peer(errors, &path.child(peers).index(number), peer);
            }
        }
    }
    if list(spec, "policyTypes").len() > 2 {
        let detail = "may not specify more than two policyTypes";
        return errors.invalid(&path.child("policyTypes"), at(spec, "policyTypes"), detail);
    }
    for (number, kind) in list(spec, "policyTypes").iter().enumerate() {
        let path = path.child("policyTypes").index(number);
        errors.check_one_of(&path, kind.as_str().unwrap_or(""), &["Ingress", "Egress"]);
    }
}

fn check_port(errors: &mut Errors, path: &Path, port: &Value) {
    let protocol = text(port, "protocol");
    if !protocol.is_empty() {
        errors.check_one_of(&path.child("protocol"), protocol, &["TCP", "UDP", "SCTP"]);
    }
    let (own_path, end_path, end) = (path.child("port"), path.child("endPort"), number(port, "endPort"));
    match (at(port, "port"), end) {
        (Value::Int(begin), end) => {
            if end.is_some_and(|end| end < *begin) {
                // The server shows the first port here.
                errors.invalid(&end_path, &(*begin).into(), "must be greater than or equal to `port`");
            }
            for (path, number) in end.map(|end| (&end_path, end)).into_iter().chain([(&own_path, *begin)]) {
                for fault in names::port_number(number) {
                    errors.invalid(path, &number.into(), fault);
                }
            }
        }
        (Value::Str(name), end) => {
            if let Some(end) = end {
                errors.invalid(&end_path, &end.into(), "may not be specified when `port` is non-numeric");
            }
            errors.check_text(&own_path, name, names::port_name(name));
        }
        (_, Some(end)) => {
            errors.invalid(&end_path, &end.into(), "may not be specified when `port` is not specified");
        }
        _ => {}
    }
}

fn check_peer(errors: &mut Errors, path: &Path, peer: &Value) {
    let block = at(peer, "ipBlock");
    let mut count = 0;
    for field in ["podSelector", "namespaceSelector"] {
        if !at(peer, field).is_null() {
            count += 1;
            check_selector(errors, &path.child(field), at(peer, field));
        }
    }
    if !block.is_null() {
        if count > 0 {
            errors.forbidden(path, "may not specify both ipBlock and another peer");
        }
        count += 1;
        check_block(errors, &path.child("ipBlock"), block);
    }
    if count == 0 {
        errors.required(path, "must specify a peer");
    }
}

fn check_block(errors: &mut Errors, path: &Path, block: &Value) {
    let cidr = text(block, "cidr");
    if cidr.is_empty() {
        errors.required(&path.child("cidr"), "");
        return;
    }
    let Some(whole) = network(cidr) else {
        errors.invalid_text(&path.child("cidr"), cidr, NO_CIDR);
        return;
    };
    for (number, except) in list(block, "except").iter().enumerate() {
        let path = path.child("except").index(number);
        let text = except.as_str().unwrap_or("");
        match network(text) {
            None => errors.invalid_text(&path, text, NO_CIDR),
            Some((address, length)) => {
                let is_inside = length > whole.1 && address & mask(whole.1) == whole.0 & mask(whole.1);
                if !is_inside {
                    errors.invalid_text(&path, text, "must be a strict subset of `cidr`");
                }
            }
        }
    }
}

pub(super) const NO_CIDR: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

/// A network's address and the length of its prefix; those of IPv4 stand in the last 32 bits.
pub(super) fn network(text: &str) -> Option<(u128, u32)> {
    let (address, length) = text.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    match address.parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(address) if length <= 32 => Some((u128::from(u32::from(address)), length + 96)),
        std::net::IpAddr::V6(address) if length <= 128 => Some((u128::from(address), length)),
        _ => None,
    }
}

fn mask(length: u32) -> u128 {
    if length == 0 { 0 } else { u128::MAX << (128 - length) }
}

/// Follows `ValidateIngressSpec`.
pub(in crate::api) fn check_ingress(errors: &mut Errors, path: &Path, spec: &Value) {
    let default = at(spec, "defaultBackend");
    if default.is_null() && list(spec, "rules").is_empty() {
        let detail = "either `defaultBackend` or `rules` must be specified";
        errors.invalid_shown(path, "null".into(), detail);
    }
    if !default.is_null() {
        check_backend(errors, &path.child("defaultBackend"), default);
    }
    for (number, rule) in list(spec, "rules").iter().enumerate() {
        let path = path.child("rules").index(number);
        let host = text(rule, "host");
        if host.parse::<std::net::IpAddr>().is_ok() {
            errors.invalid_text(&path.child("host"), host, "must be a DNS name, not an IP address");
        }
        check_host(errors, &path.child("host"), host);
        let paths = list(at(rule, "http"), "paths");
        if !at(rule, "http").is_null() && paths.is_empty() {
            errors.required(&path.child("http").child("paths"), "");
        }
        for (number, entry) in paths.iter().enumerate() {
            check_path(errors, &path.child("http").child("paths").index(number), entry);
        }
    }
    for (number, entry) in list(spec, "tls").iter().enumerate() {
        let path = path.child("tls").index(number);
        for (number, host) in list(entry, "hosts").iter().enumerate() {
            check_host(errors, &path.child("hosts").index(number), host.as_str().unwrap_or(""));
        }
        let secret = text(entry, "secretName");
        if !secret.is_empty() {
            errors.check_text(&path.child("secretName"), secret, names::dns_subdomain(secret));
        }
    }
    if let Some(class) = spec.get("ingressClassName").and_then(Value::as_str) {
        errors.check_text(&path.child("ingressClassName"), class, names::dns_subdomain(class));
    }
}

/// Follows `ValidateIngressCreate`: the old way to name a class and the new one agree.
pub(in crate::api) fn check_new_ingress(errors: &mut Errors, object: &Object) {
    const ANNOTATION: &str = "kubernetes.io/ingress.class";
    let class = object.at(&["spec", "ingressClassName"]).and_then(Value::as_str);
    let old_class = object.meta.annotation(ANNOTATION);
    if object.meta.annotations.contains_key(ANNOTATION) && class.is_some_and(|class| class != old_class) {
        let detail = "must match `ingressClassName` when both are specified";
        errors.invalid_text(&Path::new("annotations").child(ANNOTATION), old_class, detail);
    }
}

/// A host by its name; a star may stand for its first part.
fn check_host(errors: &mut Errors, path: &Path, host: &str) {
    const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let is_wild = |host: &str| host.strip_prefix("*.").is_some_and(|rest| names::dns_subdomain(rest).is_empty());
    match host {
        "" => {}
        host if host.contains('*') && !is_wild(host) => errors.invalid_text(path, host, WILDCARD),
        host if host.contains('*') => {}
        host => errors.check_text(path, host, names::dns_subdomain(host)),
    }
}

fn check_path(errors: &mut Errors, path: &Path, entry: &Value) {
    match text(entry, "pathType") {
        "" => errors.required(&path.child("pathType"), "pathType must be specified"),
        "Exact" | "Prefix" => {
            let word = text(entry, "path");
            check_steps(errors, &path.child("path"), word);
        }
        "ImplementationSpecific" => {
            let word = text(entry, "path");
            if !word.is_empty() && !word.starts_with('/') {
                errors.invalid_text(&path.child("path"), word, "must be an absolute path");
            }
        }
        kind => errors.check_one_of(&path.child("pathType"), kind, &["Exact", "ImplementationSpecific", "Prefix"]),
    }
    check_backend(errors, &path.child("backend"), at(entry, "backend"));
}

/// What a path of an Ingress may not lead through.
fn check_steps(errors: &mut Errors, path: &Path, word: &str) {
    if !word.starts_with('/') {
        errors.invalid_text(path, word, "must be an absolute path");
    }
    for step in ["//", "/./", "/../", "%2f", "%2F"].into_iter().filter(|step| word.contains(step)) {
        errors.invalid_text(path, word, format!("must not contain '{step}'"));
    }
    for end in ["/..", "/."].into_iter().filter(|end| word.ends_with(end)) {
        errors.invalid_text(path, word, format!("cannot end with '{end}'"));
    }
}

/// Follows `validateIngressBackend`.
fn check_backend(errors: &mut Errors, path: &Path, backend: &Value) {
    let (service, resource) = (at(backend, "service"), at(backend, "resource"));
    match (service.is_null(), resource.is_null()) {
        (false, false) => {
            errors.invalid_shown(path, "\"\"".into(), "cannot set both resource and service backends");
        }
        (true, true) => errors.invalid_shown(path, "\"\"".into(), "resource or service backend is required"),
        (true, false) => {
            for field in ["kind", "name"].into_iter().filter(|field| text(resource, field).is_empty()) {
                errors.required(&path.child("resource").child(field), &format!("{field} is required"));
            }
        }
        (false, true) => check_service_backend(errors, path, service),
    }
}

fn check_service_backend(errors: &mut Errors, path: &Path, service: &Value) {
    let own_path = path.child("service");
    match text(service, "name") {
        "" => errors.required(&own_path.child("name"), ""),
        name => errors.check_text(&own_path.child("name"), name, names::dns_1035_label(name)),
    }
    let (port, port_path) = (at(service, "port"), own_path.child("port"));
    match (text(port, "name"), number(port, "number").unwrap_or(0)) {
        ("", 0) => errors.required(path, "port name or number is required"),
        ("", number) => {
            for fault in names::port_number(number) {
                errors.invalid(&port_path.child("number"), &number.into(), fault);
            }
        }
        (name, 0) => errors.check_text(&port_path.child("name"), name, names::port_name(name)),
        _ => errors.invalid_shown(path, "\"\"".into(), "cannot set both port name & port number"),
    }
}

/// Follows `ValidateIngressClass`.
pub(in crate::api) fn check_ingress_class(errors: &mut Errors, object: &Object) {
    check_domain_path(errors, &Path::new("spec").child("controller"), object.str_at(&["spec", "controller"]));
    let Some(parameters) = object.at(&["spec", "parameters"]).filter(|it| !it.is_null()) else { return };
    let path = Path::new("spec").child("parameters");
    for field in ["kind", "name"].into_iter().filter(|field| text(parameters, field).is_empty()) {
        errors.required(&path.child(field), &format!("{field} is required"));
    }
    let has_namespace = !text(parameters, "namespace").is_empty();
    match text(parameters, "scope") {
        "Namespace" if !has_namespace => {
            errors.required(&path.child("namespace"), "`parameters.scope` is set to 'Namespace'");
        }
        "Cluster" if has_namespace => {
            errors.forbidden(&path.child("namespace"), "`parameters.scope` is set to 'Cluster'");
        }
        "" | "Namespace" | "Cluster" => {}
        scope => errors.check_one_of(&path.child("scope"), scope, &["Cluster", "Namespace"]),
    }
}

/// Follows `IsDomainPrefixedPath`.
pub(super) fn check_domain_path(errors: &mut Errors, path: &Path, value: &str) {
    match value.split_once('/') {
        _ if value.is_empty() => errors.required(path, ""),
        Some((host, rest)) if !host.is_empty() && !rest.is_empty() => {
            errors.check_text(path, host, names::dns_subdomain(host));
        }
        _ => errors.invalid_text(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")"),
    }
}
