//! NetworkPolicies, Ingresses and their classes as `kubectl describe` shows them.

use super::{Page, joined, scalar, selector_text};
use crate::model::{Kind, Object, Text, Value};

/// Writes a NetworkPolicy. Shows no events.
///
/// Follows `describeNetworkPolicy`.
pub(in crate::kubectl) fn network_policy(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.field(
        0,
        "Created on",
        format_args!("{} +0000 UTC", object.meta.created.rfc3339().replace(['T', 'Z'], " ").trim_end()),
    );
    page.metadata(object);
    page.line(0, "Spec:");
    let selector = match selector_text(object.at(&["spec", "podSelector"])) {
        none if none == "<none>" => "<none> (Allowing the specific traffic to all pods in this namespace)".into(),
        text => text,
    };
    page.line(1, format_args!("PodSelector:     {selector}"));
    let types = object.list_at(&["spec", "policyTypes"]);
    for (side, kind, peers, word) in [("ingress", "Ingress", "from", "From"), ("egress", "Egress", "to", "To")] {
        if types.iter().any(|it| it.as_str() == Some(kind)) {
            page.line(1, format_args!("Allowing {side} traffic:"));
            traffic(page, object.list_at(&["spec", side]), side, (peers, word));
        } else {
            page.line(1, format_args!("Not affecting {side} traffic"));
        }
    }
    page.line(1, format_args!("Policy Types: {}", joined(types, ", ")));
    false
}

fn traffic(page: &mut Page<'_>, rules: &[Value], side: &str, (peers, word): (&str, &str)) {
    if rules.is_empty() {
        page.line(2, format_args!("<none> (Selected pods are isolated for {side} connectivity)"));
        return;
    }
    for (number, rule) in rules.iter().enumerate() {
        ports(page, rule);
        let all = rule.list_at(&[peers]);
        if all.is_empty() {
            page.line(
                2,
                format_args!(
                    "{word}: <any> (traffic not restricted by {})",
                    if side == "ingress" { "source" } else { "destination" }
                ),
            );
        }
        for peer in all {
            page.line(2, format_args!("{word}:"));
            self::peer(page, peer);
        }
        if number + 1 < rules.len() {
            page.line(2, "----------");
        }
    }
}

fn ports(page: &mut Page<'_>, rule: &Value) {
    if rule.list_at(&["ports"]).is_empty() {
        page.line(2, "To Port: <any> (traffic allowed to all ports)");
    }
    for port in rule.list_at(&["ports"]) {
        let protocol = port.str_at(&["protocol"]);
        let protocol = if protocol.is_empty() { "TCP" } else { protocol };
        match (port.get("port"), port.get("endPort")) {
            (None, _) => page.line(2, format_args!("To Port: <nil>/{protocol}")),
            (Some(from), Some(to)) => {
                page.line(2, format_args!("To Port Range: {}-{}/{protocol}", scalar(from), scalar(to)));
            }
            (Some(from), None) => page.line(2, format_args!("To Port: {}/{protocol}", scalar(from))),
        }
    }
}

fn peer(page: &mut Page<'_>, peer: &Value) {
    if let Some(selector) = peer.get("namespaceSelector") {
        page.line(3, format_args!("NamespaceSelector: {}", selector_text(Some(selector))));
    }
    if let Some(selector) = peer.get("podSelector") {
        page.line(3, format_args!("PodSelector: {}", selector_text(Some(selector))));
    }
    if let Some(block) = peer.get("ipBlock") {
        page.line(3, "IPBlock:");
        page.line(4, format_args!("CIDR: {}", block.str_at(&["cidr"])));
        page.line(4, format_args!("Except: {}", joined(block.list_at(&["except"]), ", ")));
    }
}

/// Writes an IngressClass. Always ends with its events.
///
/// Follows `describeIngressClassV1`.
pub(in crate::kubectl) fn ingress_class(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.metadata(object);
    page.field(0, "Controller", object.str_at(&["spec", "controller"]));
    if let Some(parameters) = object.at(&["spec", "parameters"]) {
        page.line(0, "Parameters:");
        page.optional(1, "APIGroup", parameters.str_at(&["apiGroup"]));
        page.field(1, "Kind", parameters.str_at(&["kind"]));
        page.field(1, "Name", parameters.str_at(&["name"]));
    }
    true
}

/// Writes an Ingress. Always ends with its events.
///
/// Follows `describeIngressV1`.
pub(in crate::kubectl) fn ingress(page: &mut Page<'_>, object: &Object) -> bool {
    let none = |text: &str| if text.is_empty() { "<none>".to_string() } else { text.to_string() };
    page.field(0, "Name", &object.meta.name);
    page.labels(0, "Labels", &object.meta.labels);
    page.field(0, "Namespace", &object.meta.namespace);
    let addresses: Vec<&str> =
        object.list_at(&["status", "loadBalancer", "ingress"]).iter().map(|it| it.str_at(&["ip"])).collect();
    page.field(0, "Address", addresses.join(","));
    page.field(0, "Ingress Class", none(object.str_at(&["spec", "ingressClassName"])));
    let default = object.at(&["spec", "defaultBackend"]);
    page.field(0, "Default backend", default.map_or("<default>".into(), |it| backend(page, object, it)));
    if !object.list_at(&["spec", "tls"]).is_empty() {
        page.line(0, "TLS:");
        for tls in object.list_at(&["spec", "tls"]) {
            let hosts = joined(tls.list_at(&["hosts"]), ",");
            match tls.str_at(&["secretName"]) {
                "" => page.line(1, format_args!("SNI routes {hosts}")),
                secret => page.line(1, format_args!("{secret} terminates {hosts}")),
            }
        }
    }
    page.line(0, "Rules:");
    page.line(1, "Host\tPath\tBackends");
    page.line(1, "----\t----\t--------");
    let rules: Vec<&Value> =
        object.list_at(&["spec", "rules"]).iter().filter(|rule| rule.get("http").is_some()).collect();
    for rule in &rules {
        let host = rule.str_at(&["host"]);
        page.line(1, format_args!("{}\t", if host.is_empty() { "*" } else { host }));
        for path in rule.list_at(&["http", "paths"]) {
            let target = backend(page, object, path.get("backend").unwrap_or(&Value::Null));
            page.line(1, format_args!("\t{} \t{target}", path.str_at(&["path"])));
        }
    }
    if rules.is_empty() {
        let target = default.map_or("<default>".into(), |it| backend(page, object, it));
        page.line(1, format_args!("*\t*\t{target}"));
    }
    page.annotations(0, "Annotations", &object.meta.annotations);
    true
}

/// `web:80 (10.244.1.1:80)`.
fn backend(page: &Page<'_>, object: &Object, backend: &Value) -> String {
    if let Some(resource) = backend.get("resource") {
        let group = super::or_none(resource.str_at(&["apiGroup"]));
        let (kind, name) = (resource.str_at(&["kind"]), resource.str_at(&["name"]));
        return format!("APIGroup: {group}, Kind: {kind}, Name: {name}");
    }
    let name = backend.str_at(&["service", "name"]);
    let port = match backend.i64_at(&["service", "port", "number"]) {
        Some(number) => number.to_string(),
        None => backend.str_at(&["service", "port", "name"]).to_string(),
    };
    let Some(service) = page.cluster.find(Kind::Service, &object.meta.namespace, &Text::new(name)) else {
        return format!("{name}:{port} (<error: services \"{name}\" not found>)");
    };
    let ports = service.list_at(&["spec", "ports"]).iter();
    let named = ports
        .clone()
        .find(|it| it.str_at(&["name"]) == port || it.i64_at(&["port"]).is_some_and(|n| n.to_string() == port));
    let slices = super::services::slices_of(page, service);
    let endpoints = super::services::ready_endpoints(&slices, named.map_or("", |it| it.str_at(&["name"])));
    let endpoints = if endpoints == "<none>" { String::new() } else { endpoints };
    format!("{name}:{port} ({endpoints})")
}
