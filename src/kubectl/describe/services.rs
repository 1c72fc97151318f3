//! `kubectl describe service`, and what other pages show of the pods behind one.

use super::small_kinds::flat;
use super::{Page, joined, or_none, scalar};
use crate::kubectl::columns::first_three;
use crate::kubernetes::Difference;
use crate::model::{Object, Value};

/// Writes a Service. Always ends with its events.
pub(in crate::kubectl) fn service(page: &mut Page<'_>, service: &Object) -> bool {
    page.name(service);
    page.metadata(service);
    page.field(0, "Selector", or_none(&flat(service.at(&["spec", "selector"]))));
    page.field(0, "Type", service.str_at(&["spec", "type"]));
    page.optional(0, "IP Family Policy", service.str_at(&["spec", "ipFamilyPolicy"]));
    page.field(0, "IP Families", or_none(&joined(service.list_at(&["spec", "ipFamilies"]), ",")));
    page.field(0, "IP", service.str_at(&["spec", "clusterIP"]));
    page.field(0, "IPs", or_none(&joined(service.list_at(&["spec", "clusterIPs"]), ",")));
    page.optional(0, "External IPs", &joined(service.list_at(&["spec", "externalIPs"]), ","));
    page.optional(0, "Desired LoadBalancer IP", service.str_at(&["spec", "loadBalancerIP"]));
    page.optional(0, "External Name", service.str_at(&["spec", "externalName"]));
    page.optional(0, "LoadBalancer Ingress", &balancer_addresses(service));
    let slices = slices_of(page, service);
    for port in service.list_at(&["spec", "ports"]) {
        service_port(page, port, &slices);
    }
    page.field(0, "Session Affinity", service.str_at(&["spec", "sessionAffinity"]));
    page.optional(0, "External Traffic Policy", service.str_at(&["spec", "externalTrafficPolicy"]));
    page.optional(0, "Internal Traffic Policy", service.str_at(&["spec", "internalTrafficPolicy"]));
    if let Some(port) = service.i64_at(&["spec", "healthCheckNodePort"]).filter(|port| *port != 0) {
        page.field(0, "HealthCheck NodePort", port);
    }
    page.optional(
        0,
        "LoadBalancer Source Ranges",
        &joined(service.list_at(&["spec", "loadBalancerSourceRanges"]), ","),
    );
    page.optional(0, "Traffic Distribution", service.str_at(&["spec", "trafficDistribution"]));
    true
}

/// Where a load balancer is reached: `1.2.3.4 (VIP), db.example.com`.
fn balancer_addresses(service: &Object) -> String {
    let address = |ingress: &Value| match (ingress.str_at(&["ip"]), ingress.str_at(&["ipMode"])) {
        ("", _) => ingress.str_at(&["hostname"]).to_string(),
        (ip, "") => ip.to_string(),
        (ip, mode) => format!("{ip} ({mode})"),
    };
    let all = service.list_at(&["status", "loadBalancer", "ingress"]).iter();
    all.map(address).collect::<Vec<_>>().join(", ")
}

pub(super) fn slices_of(page: &Page<'_>, service: &Object) -> Vec<std::rc::Rc<Object>> {
    page.cluster.slices_of(&service.meta.namespace, &service.meta.name).cloned().collect()
}

fn service_port(page: &mut Page<'_>, port: &Value, slices: &[std::rc::Rc<Object>]) {
    let name = port.str_at(&["name"]);
    let protocol = port.str_at(&["protocol"]);
    let number = port.get("port").map(scalar).unwrap_or_default();
    let label = if name.is_empty() { "<unset>" } else { name };
    page.field(0, "Port", format_args!("{label}\t{number}/{protocol}"));
    let target = port.get("targetPort").map_or(number, scalar);
    page.field(0, "TargetPort", format_args!("{target}/{protocol}"));
    if page.cluster.kubernetes().has(Difference::AppProtocolLine) {
        page.optional(0, "AppProtocol", port.str_at(&["appProtocol"]));
    }
    if let Some(node_port) = port.i64_at(&["nodePort"]).filter(|port| *port != 0) {
        page.field(0, "NodePort", format_args!("{label}\t{node_port}/{protocol}"));
    }
    page.field(0, "Endpoints", ready_endpoints(slices, name));
}

/// The addresses that a Service's port leads to: three, and how many more.
pub(super) fn ready_endpoints(slices: &[std::rc::Rc<Object>], port_name: &str) -> String {
    if slices.is_empty() {
        return "<none>".into();
    }
    let mut all = Vec::new();
    for slice in slices {
        let ports = slice.list_at(&["ports"]);
        let port = ports.iter().find(|port| port.str_at(&["name"]) == port_name).and_then(|port| port.get("port"));
        for endpoint in slice.list_at(&["endpoints"]) {
            if endpoint.at(&["conditions", "ready"]) == Some(&Value::Bool(false)) {
                continue;
            }
            for address in endpoint.list_at(&["addresses"]).iter().filter_map(Value::as_str) {
                match port {
                    Some(port) => all.push(format!("{address}:{}", scalar(port))),
                    None => all.push(address.to_string()),
                }
            }
        }
    }
    first_three(&all)
}
