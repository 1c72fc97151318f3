//! Namespaces, data, endpoints and other kinds with a few lines each, as `kubectl describe` shows them.

use super::{Page, joined, limits, or_none, scalar, written_time};
use crate::kubernetes::Difference;
use crate::model::conditions::{all_conditions, phase};
use crate::model::{Kind, Map, Object, Text, Value};

/// A map as `k=v,k=v`.
pub(super) fn flat(map: Option<&Value>) -> String {
    let entries = map.and_then(Value::as_map).into_iter().flat_map(Map::iter);
    entries.map(|(key, value)| format!("{key}={}", scalar(value))).collect::<Vec<_>>().join(",")
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
    let tells_secrets = !page.cluster.kubernetes().has(Difference::NoSecretsColumn);
    let fields = [("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")];
    for (label, field) in fields.into_iter().take(if tells_secrets { 2 } else { 1 }) {
        let names: Vec<String> = account
            .list_at(&[field])
            .iter()
            .map(|secret| secret.str_at(&["name"]))
            .map(|name| if is_kept(page, name) { name.to_string() } else { format!("{name} (not found)") })
            .collect();
        page.lines(0, label, names);
    }
    if !tells_secrets {
        return true;
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
