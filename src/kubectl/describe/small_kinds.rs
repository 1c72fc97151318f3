//! Services, nodes, budgets and the small kinds as `kubectl describe` shows them.

use super::{Page, amount, joined, limits, or_none, scalar, selector_text, written_time};
use crate::kubectl::columns::first_three;
use crate::kubernetes::Difference;
use crate::model::conditions::{all_conditions, phase};
use crate::model::node::{addresses, is_cordoned};
use crate::model::pod::{is_over, node_name};
use crate::model::{Kind, Map, Object, Quantity, Text, Value, pod};
use crate::ordering::Order;

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
    let slices = page.cluster.list_in(Kind::EndpointSlice, &service.meta.namespace);
    slices.filter(|slice| slice.meta.label("kubernetes.io/service-name") == &*service.meta.name).cloned().collect()
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

/// A map as `k=v,k=v`.
fn flat(map: Option<&Value>) -> String {
    let entries = map.and_then(Value::as_map).into_iter().flat_map(Map::iter);
    entries.map(|(key, value)| format!("{key}={}", scalar(value))).collect::<Vec<_>>().join(",")
}

/// Writes a disruption budget. Always ends with its events.
pub(in crate::kubectl) fn budget(page: &mut Page<'_>, budget: &Object) -> bool {
    page.name(budget);
    if let Some(least) = budget.at(&["spec", "minAvailable"]) {
        page.field(0, "Min available", scalar(least));
    } else if let Some(most) = budget.at(&["spec", "maxUnavailable"]) {
        page.field(0, "Max unavailable", scalar(most));
    }
    match budget.at(&["spec", "selector"]) {
        Some(selector) => page.field(0, "Selector", selector_text(Some(selector))),
        None => page.field(0, "Selector", "<unset>"),
    }
    page.line(0, "Status:");
    for (label, field) in [
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ] {
        page.field(2, label, budget.i64_at(&["status", field]).unwrap_or(0));
    }
    true
}

/// A priority class.
pub(in crate::kubectl) fn priority_class(page: &mut Page<'_>, class: &Object) -> bool {
    page.field(0, "Name", &class.meta.name);
    page.field(0, "Value", class.i64_at(&["value"]).unwrap_or(0));
    page.field(0, "GlobalDefault", class.at(&["globalDefault"]).and_then(Value::as_bool).unwrap_or(false));
    page.field(0, "PreemptionPolicy", class.str_at(&["preemptionPolicy"]));
    page.field(0, "Description", class.str_at(&["description"]));
    page.field(0, "Annotations", crate::kubectl::columns::labels_text(&class.meta.annotations));
    true
}

/// Writes a namespace. Has no events.
pub(in crate::kubectl) fn namespace(page: &mut Page<'_>, namespace: &Object) -> bool {
    page.name(namespace);
    page.metadata(namespace);
    page.field(0, "Status", phase(namespace));
    namespace_conditions(page, namespace);
    let quotas: Vec<_> = page.cluster.list_in(Kind::ResourceQuota, &namespace.meta.name).cloned().collect();
    page.line(0, "");
    if quotas.is_empty() {
        page.line(0, "No resource quota.");
    } else {
        page.line(0, "Resource Quotas");
    }
    for quota in quotas {
        page.field(1, "Name", &quota.meta.name);
        limits::quota_scopes(page, 1, &quota);
        limits::quota_table(page, 1, &quota);
    }
    page.line(0, "");
    let ranges: Vec<_> = page.cluster.list_in(Kind::LimitRange, &namespace.meta.name).cloned().collect();
    if ranges.is_empty() {
        page.line(0, "No LimitRange resource.");
    } else {
        page.line(0, "Resource Limits");
        limits::limit_table(page, &ranges, " ");
    }
    false
}

/// Why a namespace is not gone yet.
fn namespace_conditions(page: &mut Page<'_>, namespace: &Object) {
    let conditions = all_conditions(namespace);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage");
    page.line(1, "----\t------\t------------------\t------\t-------");
    for condition in conditions {
        let field = |name: &str| condition.str_at(&[name]).to_string();
        let since = written_time(condition.get("lastTransitionTime"));
        let row = [field("type"), field("status"), since, field("reason"), field("message")];
        page.line(1, row.join("\t"));
    }
}

/// Writes a ConfigMap. Always ends with its events.
pub(in crate::kubectl) fn config_map(page: &mut Page<'_>, map: &Object) -> bool {
    page.name(map);
    page.metadata(map);
    page.line(0, "\nData\n====");
    for (key, value) in map.body.get("data").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
        page.line(0, format_args!("{key}:\n----\n{}\n", scalar(value)));
    }
    page.line(0, "\nBinaryData\n====");
    for (key, value) in map.body.get("binaryData").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
        page.line(0, format_args!("{key}: {} bytes", scalar(value).len() / 4 * 3));
    }
    page.line(0, "");
    true
}

/// Writes a Secret. Has no events.
pub(in crate::kubectl) fn secret(page: &mut Page<'_>, secret: &Object) -> bool {
    page.name(secret);
    page.metadata(secret);
    page.line(0, "");
    page.field(0, "Type", secret.str_at(&["type"]));
    page.line(0, "\nData\n====");
    for (key, value) in secret.body.get("data").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
        let text = scalar(value);
        let bytes = text.len() / 4 * 3 - text.bytes().rev().take_while(|b| *b == b'=').count().min(2);
        page.field(0, key, format_args!("{bytes} bytes"));
    }
    false
}

/// Writes a service account. Always ends with its events.
pub(in crate::kubectl) fn service_account(page: &mut Page<'_>, account: &Object) -> bool {
    page.name(account);
    page.metadata(account);
    let is_kept = |page: &Page<'_>, name: &str| {
        page.cluster.find(Kind::Secret, &account.meta.namespace, &Text::new(name)).is_some()
    };
    for (label, field) in [("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")] {
        let names: Vec<String> = account
            .list_at(&[field])
            .iter()
            .map(|secret| secret.str_at(&["name"]))
            .map(|name| if is_kept(page, name) { name.to_string() } else { format!("{name} (not found)") })
            .collect();
        page.lines(0, label, names);
    }
    let tokens = page.cluster.list_in(Kind::Secret, &account.meta.namespace).filter(|secret| {
        secret.str_at(&["type"]) == "kubernetes.io/service-account-token"
            && secret.meta.annotation("kubernetes.io/service-account.name") == account.meta.name.as_str()
    });
    let tokens: Vec<String> = tokens.map(|secret| secret.meta.name.to_string()).collect();
    page.lines(0, "Tokens", tokens);
    true
}

/// Writes an EndpointSlice. Always ends with its events.
pub(in crate::kubectl) fn endpoint_slice(page: &mut Page<'_>, slice: &Object) -> bool {
    page.name(slice);
    page.metadata(slice);
    page.field(0, "AddressType", slice.str_at(&["addressType"]));
    match slice.list_at(&["ports"]) {
        [] => page.field(0, "Ports", "<unset>"),
        ports => {
            page.line(0, "Ports:");
            page.line(1, "Name\tPort\tProtocol");
            page.line(1, "----\t----\t--------");
            for port in ports {
                let name = match port.str_at(&["name"]) {
                    "" => "<unset>",
                    name => name,
                };
                let number = port.get("port").map_or("<unset>".into(), scalar);
                page.line(1, format_args!("{name}\t{number}\t{}", port.str_at(&["protocol"])));
            }
        }
    }
    match slice.list_at(&["endpoints"]) {
        [] => page.field(0, "Endpoints", "<none>"),
        endpoints => {
            page.line(0, "Endpoints:");
            for endpoint in endpoints {
                slice_endpoint(page, endpoint);
            }
        }
    }
    true
}

fn slice_endpoint(page: &mut Page<'_>, endpoint: &Value) {
    page.line(1, format_args!("- Addresses:\t{}", joined(endpoint.list_at(&["addresses"]), ", ")));
    page.line(2, "Conditions:");
    let ready = endpoint.at(&["conditions", "ready"]).map_or("<unset>".into(), scalar);
    page.field(3, "Ready", ready);
    let hostname = match endpoint.str_at(&["hostname"]) {
        "" => "<unset>",
        name => name,
    };
    page.field(2, "Hostname", hostname);
    if let Some(target) = endpoint.get("targetRef") {
        page.field(2, "TargetRef", format_args!("{}/{}", target.str_at(&["kind"]), target.str_at(&["name"])));
    }
    for (label, field) in [("NodeName", "nodeName"), ("Zone", "zone")] {
        let value = endpoint.str_at(&[field]);
        page.field(2, label, if value.is_empty() { "<unset>" } else { value });
    }
}

/// Writes an Endpoints object. Always ends with its events.
pub(in crate::kubectl) fn endpoints(page: &mut Page<'_>, endpoints: &Object) -> bool {
    page.name(endpoints);
    page.metadata(endpoints);
    page.line(0, "Subsets:");
    for subset in endpoints.list_at(&["subsets"]) {
        for (label, field) in [("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")] {
            let ips: Vec<&str> = subset.list_at(&[field]).iter().map(|address| address.str_at(&["ip"])).collect();
            page.field(1, label, or_none(&ips.join(",")));
        }
        let ports = subset.list_at(&["ports"]);
        if !ports.is_empty() {
            page.line(1, "Ports:");
            page.line(2, "Name\tPort\tProtocol");
            page.line(2, "----\t----\t--------");
        }
        for port in ports {
            let name = match port.str_at(&["name"]) {
                "" => "<unset>",
                name => name,
            };
            let number = port.get("port").map(scalar).unwrap_or_default();
            page.line(2, format_args!("{name}\t{number}\t{}", port.str_at(&["protocol"])));
        }
        page.line(0, "");
    }
    true
}

/// Writes a node. Always ends with its events.
pub(in crate::kubectl) fn node(page: &mut Page<'_>, node: &Object) -> bool {
    page.name(node);
    page.field(0, "Roles", or_none(&roles(node)));
    page.metadata(node);
    page.field(0, "CreationTimestamp", node.meta.created.rfc1123z());
    taints(page, node.list_at(&["spec", "taints"]));
    let is_unschedulable = is_cordoned(node);
    page.field(0, "Unschedulable", is_unschedulable);
    lease(page, node);
    node_conditions(page, node);
    page.line(0, "Addresses:");
    for address in addresses(node) {
        page.field(1, address.str_at(&["type"]), address.str_at(&["address"]));
    }
    for (label, field) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
        page.line(0, format_args!("{label}:"));
        for (name, value) in node.at(&["status", field]).and_then(Value::as_map).into_iter().flat_map(Map::iter) {
            page.field(1, name, amount(Some(value)));
        }
    }
    system_info(page, node);
    page.optional(0, "PodCIDR", node.str_at(&["spec", "podCIDR"]));
    let ranges = joined(node.list_at(&["spec", "podCIDRs"]), ",");
    page.optional(0, "PodCIDRs", &ranges);
    page.optional(0, "ProviderID", node.str_at(&["spec", "providerID"]));
    pods_on_node(page, node);
    true
}

/// The roles in a node's labels, joined.
pub fn roles(node: &Object) -> String {
    let labels = node.meta.labels.iter();
    let roles = labels.filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
        Some("") | None if key.as_str() == "kubernetes.io/role" => Some(value.as_str()),
        Some("") | None => None,
        Some(role) => Some(role),
    });
    let mut roles: Vec<&str> = roles.collect();
    roles.order();
    roles.join(",")
}

fn taints(page: &mut Page<'_>, taints: &[Value]) {
    let mut texts: Vec<String> = taints
        .iter()
        .map(|taint| {
            let text = |key: &str| taint.str_at(&[key]);
            match text("value") {
                "" => format!("{}:{}", text("key"), text("effect")),
                value => format!("{}={value}:{}", text("key"), text("effect")),
            }
        })
        .collect();
    texts.order();
    page.lines(0, "Taints", texts);
}

fn lease(page: &mut Page<'_>, node: &Object) {
    page.line(0, "Lease:");
    page.field(1, "HolderIdentity", &node.meta.name);
    page.field(1, "AcquireTime", "<unset>");
    let renewed = page.cluster.runtime().stopped(&node.meta.name).map_or(page.now, |stopped| stopped.since);
    page.field(1, "RenewTime", renewed.rfc1123z());
}

fn node_conditions(page: &mut Page<'_>, node: &Object) {
    let conditions = all_conditions(node);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    page.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for condition in conditions {
        let text = |key: &str| condition.str_at(&[key]);
        let (beat, moved) = (condition.get("lastHeartbeatTime"), condition.get("lastTransitionTime"));
        let (beat, moved) = (written_time(beat), written_time(moved));
        let (kind, status) = (text("type"), text("status"));
        let line = format!("{kind} \t{status} \t{beat} \t{moved} \t{} \t{}", text("reason"), text("message"));
        page.line(1, line);
    }
}

fn system_info(page: &mut Page<'_>, node: &Object) {
    page.line(0, "System Info:");
    for (label, field) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        page.field(1, label, node.str_at(&["status", "nodeInfo", field]));
    }
    if !page.cluster.kubernetes().has(Difference::NoKubeProxyLine) {
        page.field(1, "Kube-Proxy Version", node.str_at(&["status", "nodeInfo", "kubeProxyVersion"]));
    }
}

/// What the containers of a pod ask for and are limited to, of one resource.
struct Asked {
    requests: Quantity,
    limits: Quantity,
}

fn asked(pod: &Object, resource: &str) -> Asked {
    let sum = |field: &str| {
        let containers = pod::containers(pod).iter();
        containers.fold(amount(None), |sum, container| match container.at(&["resources", field, resource]) {
            Some(value) => sum.plus(amount(Some(value))),
            None => sum,
        })
    };
    Asked { requests: sum("requests"), limits: sum("limits") }
}

/// An amount with its share of a node's: `100m (1%)`.
fn with_share(part: Quantity, node: &Object, resource: &str) -> String {
    let whole = amount(node.at(&["status", "allocatable", resource]));
    let (part_units, whole_units) = match resource {
        "cpu" => (part.milli_value(), whole.milli_value()),
        _ => (part.value(), whole.value()),
    };
    let share = if whole_units == 0 { 0 } else { i128::from(part_units) * 100 / i128::from(whole_units) };
    format!("{part} ({share}%)")
}

fn pods_on_node(page: &mut Page<'_>, node: &Object) {
    let is_here = |pod: &Object| node_name(pod) == node.meta.name.as_str() && !is_over(pod);
    let pods: Vec<_> = page.cluster.list(Kind::Pod).filter(|pod| is_here(pod)).cloned().collect();
    page.field(0, "Non-terminated Pods", format_args!("({} in total)", pods.len()));
    page.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
    page.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
    for pod in &pods {
        let (cpu, memory) = (asked(pod, "cpu"), asked(pod, "memory"));
        let line = format!(
            "{}\t{}\t\t{}\t{}\t{}\t{}\t{}",
            pod.meta.namespace,
            pod.meta.name,
            with_share(cpu.requests, node, "cpu"),
            with_share(cpu.limits, node, "cpu"),
            with_share(memory.requests, node, "memory"),
            with_share(memory.limits, node, "memory"),
            page.since(pod.meta.created)
        );
        page.line(1, line);
    }
    page.line(0, "Allocated resources:");
    page.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)");
    page.line(1, "Resource\tRequests\tLimits");
    page.line(1, "--------\t--------\t------");
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let (requests, limits) = pods.iter().fold((amount(None), amount(None)), |(requests, limits), pod| {
            let asked = asked(pod, resource);
            (requests.plus(asked.requests), limits.plus(asked.limits))
        });
        let (requests, limits) = (with_share(requests, node, resource), with_share(limits, node, resource));
        page.line(1, format_args!("{resource}\t{requests}\t{limits}"));
    }
}
