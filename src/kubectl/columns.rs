//! The cells of `kubectl get`, kind by kind, as the API server's table printer fills them; lines nothing up.
//!
//! Follows `pkg/printers/internalversion/printers.go`.

pub use super::cells::{Column, int_or_string, labels_text, pairs, since, since_text};
use super::output::Style;
use super::table::Cell;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::claim::volume_name;
use crate::model::conditions::{condition, is_true, phase};
use crate::model::node::is_cordoned;
use crate::model::pod::node_name;
use crate::model::pod_state::pod_state_in;
use crate::model::volume_attachment::{attached_node, attached_volume, is_attached};
use crate::model::workload::ready_replicas;
use crate::model::{Millis, Object, Text, Value, claim, node, pod};

/// The column of a ServiceAccount's secrets.
pub(super) const SECRETS: &str = "SECRETS";

/// Whether a version of Kubernetes prints a column.
pub fn is_printed(column: &Column, kubernetes: Kubernetes) -> bool {
    column.0 != SECRETS || !kubernetes.has(Difference::NoSecretsColumn)
}

/// The cell that names an object, and leads to it.
pub fn name_cell(object: &Object, name: &str) -> Cell {
    let style = Style::Name {
        kind: object.kind,
        namespace: object.meta.namespace.to_string(),
        name: object.meta.name.to_string(),
    };
    Cell::styled(name, style)
}

/// How long ago an object was created.
pub fn age(object: &Object, now: Millis) -> String {
    since(object.meta.created.truncated(), now)
}

/// A state with its meaning.
pub(super) fn state(text: &str) -> Cell {
    let style = match text {
        "Running" | "Bound" | "Active" | "Ready" | "Completed" | "Succeeded" | "Available" => Style::Good,
        "Pending" | "ContainerCreating" | "Terminating" | "Released" | "PodInitializing" | "Unknown" => Style::Warn,
        text if text.starts_with("Init:") && !text.contains("Err") && !text.contains("Back") => Style::Warn,
        text if text.starts_with("Ready,") => Style::Warn,
        "" => Style::Plain,
        _ => Style::Bad,
    };
    Cell::styled(text, style)
}

fn or_none(text: &str) -> Cell {
    Cell::new(if text.is_empty() { "<none>" } else { text })
}

pub(super) fn pod(pod: &Object, name: Cell, age: Cell, now: Millis, kubernetes: Kubernetes) -> Vec<Cell> {
    let it = pod_state_in(pod, kubernetes);
    let restarts = match it.last_restart {
        Some(at) if it.restarts > 0 => format!("{} ({} ago)", it.restarts, since(at, now)),
        _ => it.restarts.to_string(),
    };
    let gates = pod.list_at(&["spec", "readinessGates"]);
    let passed = gates.iter().filter(|gate| is_true(pod, gate.str_at(&["conditionType"]))).count();
    let gates = if gates.is_empty() { "<none>".into() } else { format!("{passed}/{}", gates.len()) };
    vec![
        name,
        Cell::new(format!("{}/{}", it.ready, it.total)),
        state(&it.status),
        Cell::new(restarts),
        age,
        or_none(pod::ip(pod)),
        or_none(node_name(pod)),
        or_none(pod.str_at(&["status", "nominatedNodeName"])),
        Cell::new(gates),
    ]
}

pub(super) fn stateful_set(set: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let ready = ready_replicas(set);
    let wanted = set.i64_at(&["spec", "replicas"]).unwrap_or(0);
    let containers = set.list_at(&["spec", "template", "spec", "containers"]);
    let join = |field: &str| containers.iter().map(|it| it.str_at(&[field])).collect::<Vec<_>>().join(",");
    let style = if ready == wanted { Style::Good } else { Style::Warn };
    vec![name, Cell::styled(format!("{ready}/{wanted}"), style), age, Cell::new(join("name")), Cell::new(join("image"))]
}

/// `RWO,ROX`: the access modes in short, in the API's order.
pub fn access_modes(modes: &[Value]) -> String {
    const SHORT: [(&str, &str); 4] =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let has = |long: &str| modes.iter().any(|mode| mode.as_str() == Some(long));
    SHORT.iter().filter(|(long, _)| has(long)).map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}

fn phase_or_terminating(object: &Object) -> String {
    if object.meta.is_terminating() { "Terminating".into() } else { phase(object).to_string() }
}

/// The class of a claim or volume, by field or by the old annotation.
pub fn class_name(object: &Object) -> String {
    match object.meta.annotation("volume.beta.kubernetes.io/storage-class") {
        "" => claim::class_name(object).to_string(),
        class => class.to_string(),
    }
}

fn unset(text: &str) -> Cell {
    Cell::new(if text.is_empty() { "<unset>" } else { text })
}

pub(super) fn claim(claim: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let volume = volume_name(claim);
    let (capacity, modes) = if volume.is_empty() {
        (String::new(), String::new())
    } else {
        let capacity = match claim::capacity(claim) {
            "" => "0",
            capacity => capacity,
        };
        (capacity.to_string(), access_modes(claim.list_at(&["status", "accessModes"])))
    };
    vec![
        name,
        state(&phase_or_terminating(claim)),
        Cell::new(volume),
        Cell::new(capacity),
        Cell::new(modes),
        Cell::new(class_name(claim)),
        unset(claim.str_at(&["spec", "volumeAttributesClassName"])),
        age,
        unset(claim.str_at(&["spec", "volumeMode"])),
    ]
}

pub(super) fn volume(volume: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let claim = match volume.str_at(&["spec", "claimRef", "name"]) {
        "" => String::new(),
        claim => format!("{}/{claim}", volume.str_at(&["spec", "claimRef", "namespace"])),
    };
    vec![
        name,
        Cell::new(volume.str_at(&["spec", "capacity", "storage"])),
        Cell::new(access_modes(claim::access_modes(volume))),
        Cell::new(volume.str_at(&["spec", "persistentVolumeReclaimPolicy"])),
        state(&phase_or_terminating(volume)),
        Cell::new(claim),
        Cell::new(class_name(volume)),
        unset(volume.str_at(&["spec", "volumeAttributesClassName"])),
        Cell::new(volume.str_at(&["status", "reason"])),
        age,
        unset(volume.str_at(&["spec", "volumeMode"])),
    ]
}

pub(super) fn service(service: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let ports = service.list_at(&["spec", "ports"]).iter().map(|port| {
        let number = port.i64_at(&["port"]).unwrap_or(0);
        let protocol = port.str_at(&["protocol"]);
        match port.i64_at(&["nodePort"]) {
            Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
            _ => format!("{number}/{protocol}"),
        }
    });
    let ports: Vec<String> = ports.collect();
    let external = match service.str_at(&["spec", "type"]) {
        "ExternalName" => service.str_at(&["spec", "externalName"]).to_string(),
        "LoadBalancer" => "<pending>".into(),
        _ => String::new(),
    };
    vec![
        name,
        Cell::new(service.str_at(&["spec", "type"])),
        or_none(service.str_at(&["spec", "clusterIP"])),
        or_none(&external),
        or_none(&ports.join(",")),
        age,
        or_none(&pairs(service.at(&["spec", "selector"]), ",")),
    ]
}

/// A node's STATUS column.
pub fn node_status(node: &Object) -> String {
    let mut status = match condition(node, "Ready").map(|it| it.str_at(&["status"])) {
        Some("True") => "Ready".to_string(),
        Some(_) => "NotReady".into(),
        None => "Unknown".into(),
    };
    if is_cordoned(node) {
        status.push_str(",SchedulingDisabled");
    }
    status
}

/// A node's roles, by its labels.
pub fn node_roles(node: &Object) -> String {
    let roles: Vec<&str> = node
        .meta
        .labels
        .keys()
        .filter_map(|key| key.strip_prefix("node-role.kubernetes.io/"))
        .filter(|role| !role.is_empty())
        .collect();
    if roles.is_empty() { "<none>".into() } else { roles.join(",") }
}

pub(super) fn node(node: &Object, name: Cell, age: Cell, kubernetes: Kubernetes) -> Vec<Cell> {
    let info = |field: &str| node.str_at(&["status", "nodeInfo", field]).to_string();
    let address = |kind: &str| {
        let addresses = node::addresses(node);
        let found = addresses.iter().find(|address| address.str_at(&["type"]) == kind);
        or_none(found.map_or("", |address| address.str_at(&["address"])))
    };
    vec![
        name,
        state(&node_status(node)),
        Cell::new(node_roles(node)),
        age,
        Cell::new(info("kubeletVersion")),
        address("InternalIP"),
        address("ExternalIP"),
        Cell::new(info("osImage")),
        Cell::new(match kubernetes.has(Difference::KernelArchitecture) {
            true => format!("{} ({})", info("kernelVersion"), info("architecture")),
            false => info("kernelVersion"),
        }),
        Cell::new(info("containerRuntimeVersion")),
    ]
}

/// When an event was seen last and first, and how often.
pub fn event_times(event: &Object) -> (Option<Millis>, Option<Millis>, i64) {
    let read = |path: &[&str]| Millis::parse_rfc3339(event.str_at(path));
    let series = event.at(&["series"]).filter(|series| !series.is_null());
    let first = read(&["firstTimestamp"]).or_else(|| read(&["eventTime"]));
    let last = match series {
        Some(_) => read(&["series", "lastObservedTime"]),
        None => read(&["lastTimestamp"]).or(first),
    };
    let count = match series {
        Some(_) => event.i64_at(&["series", "count"]).unwrap_or(1),
        None => event.i64_at(&["count"]).unwrap_or(1).max(1),
    };
    (last, first, count)
}

/// `kubelet, node-1` or `kubelet`: who wrote an event.
fn event_source(event: &Object) -> String {
    let component = match event.str_at(&["source", "component"]) {
        "" => event.str_at(&["reportingComponent"]),
        component => component,
    };
    let host = match event.str_at(&["source", "host"]) {
        "" => event.str_at(&["reportingInstance"]),
        host => host,
    };
    let is_repeated = host.is_empty() || event.str_at(&["source", "component"]) == host;
    if is_repeated { component.to_string() } else { format!("{component}, {host}") }
}

pub(super) fn event(event: &Object, now: Millis) -> Vec<Cell> {
    let (last, first, count) = event_times(event);
    let text = |at: Option<Millis>| at.map_or_else(|| "<unknown>".to_string(), |at| since(at, now));
    let kind = event.str_at(&["involvedObject", "kind"]).to_ascii_lowercase();
    let type_of = event.str_at(&["type"]);
    vec![
        Cell::new(text(last)),
        Cell::styled(type_of, if type_of == "Warning" { Style::Bad } else { Style::Plain }),
        Cell::new(event.str_at(&["reason"])),
        Cell::new(format!("{kind}/{}", event.str_at(&["involvedObject", "name"]))),
        Cell::new(event.str_at(&["involvedObject", "fieldPath"])),
        Cell::new(event_source(event)),
        Cell::new(event.str_at(&["message"]).trim()),
        Cell::new(text(first)),
        Cell::new(count.to_string()),
        Cell::new(event.meta.name.as_str()),
    ]
}

pub(super) fn revision(revision: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let controller = match revision.meta.controller() {
        Some(owner) => match owner.api_version.split_once('/') {
            Some((group, _)) => format!("{}.{group}/{}", owner.kind.to_ascii_lowercase(), owner.name),
            None => format!("{}/{}", owner.kind.to_ascii_lowercase(), owner.name),
        },
        None => "<none>".into(),
    };
    let number = revision.i64_at(&["revision"]).unwrap_or(0);
    vec![name, Cell::new(controller), Cell::new(number.to_string()), age]
}

/// Whether a class is the default one.
pub fn is_default_class(class: &Object) -> bool {
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
        .iter()
        .any(|key| class.meta.annotation(key) == "true")
}

pub(super) fn class(class: &Object, mut name: Cell, age: Cell) -> Vec<Cell> {
    if is_default_class(class) {
        name.text.push_str(" (default)");
    }
    let or = |field: &str, other: &str| {
        let text = class.str_at(&[field]);
        Cell::new(if text.is_empty() { other } else { text })
    };
    let grows = class.at(&["allowVolumeExpansion"]).and_then(Value::as_bool).unwrap_or(false);
    vec![
        name,
        Cell::new(class.str_at(&["provisioner"])),
        or("reclaimPolicy", "Delete"),
        or("volumeBindingMode", "Immediate"),
        Cell::new(grows.to_string()),
        age,
    ]
}

pub(super) fn budget(budget: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let allowed = budget.i64_at(&["status", "disruptionsAllowed"]).unwrap_or(0);
    vec![
        name,
        Cell::new(int_or_string(budget.at(&["spec", "minAvailable"]))),
        Cell::new(int_or_string(budget.at(&["spec", "maxUnavailable"]))),
        Cell::new(allowed.to_string()),
        age,
    ]
}

/// The first three of several, and how many more.
pub fn first_three(all: &[String]) -> String {
    match all.get(..3) {
        Some(first) if all.len() > 3 => format!("{} + {} more...", first.join(","), all.len() - 3),
        _ => all.join(","),
    }
}

pub(super) fn endpoints(endpoints: &Object) -> String {
    let subsets = endpoints.list_at(&["subsets"]);
    if subsets.is_empty() {
        return "<none>".into();
    }
    let mut all = Vec::new();
    for subset in subsets {
        let ports = subset.list_at(&["ports"]);
        for address in subset.list_at(&["addresses"]) {
            let ip = address.str_at(&["ip"]);
            if ports.is_empty() {
                all.push(ip.to_string());
            }
            for port in ports {
                all.push(format!("{ip}:{}", port.i64_at(&["port"]).unwrap_or(0)));
            }
        }
    }
    first_three(&all)
}

pub(super) fn slice(slice: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let ports: Vec<String> = slice
        .list_at(&["ports"])
        .iter()
        .map(|port| port.i64_at(&["port"]).map_or_else(|| "*".into(), |number| number.to_string()))
        .collect();
    let addresses: Vec<String> = slice
        .list_at(&["endpoints"])
        .iter()
        .flat_map(|endpoint| endpoint.list_at(&["addresses"]))
        .filter_map(|address| address.as_str().map(str::to_string))
        .collect();
    vec![
        name,
        Cell::new(slice.str_at(&["addressType"])),
        unset(&first_three(&ports)),
        unset(&first_three(&addresses)),
        age,
    ]
}

pub(super) fn quota(quota: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let mut requests = Vec::new();
    let mut limits = Vec::new();
    let hard = quota.at(&["status", "hard"]).and_then(Value::as_map);
    for (resource, amount) in hard.into_iter().flat_map(crate::model::Map::iter) {
        let used = quota.str_at(&["status", "used", resource]);
        let used = if used.is_empty() { "0" } else { used };
        let text = format!("{resource}: {used}/{}", amount.as_str().unwrap_or(""));
        if resource.starts_with("limits.") { limits.push(text) } else { requests.push(text) }
    }
    vec![name, Cell::new(requests.join(", ")), Cell::new(limits.join(", ")), age]
}

/// The value of a label as a column, and the column's header.
pub fn label_header(key: &str) -> String {
    key.rsplit('/').next().unwrap_or(key).to_ascii_uppercase()
}

/// The value of a label.
pub fn label_cell(object: &Object, key: &str) -> Cell {
    Cell::new(object.meta.labels.get(key).map_or("", Text::as_str))
}

pub(super) fn priority_class(class: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let value = class.i64_at(&["value"]).unwrap_or(0).to_string();
    let is_default = class.at(&["globalDefault"]).and_then(Value::as_bool).unwrap_or(false).to_string();
    vec![name, Cell::new(value), Cell::new(is_default), age, Cell::new(class.str_at(&["preemptionPolicy"]))]
}

pub(super) fn attachment(attachment: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let attached = is_attached(attachment);
    vec![
        name,
        Cell::new(attachment.str_at(&["spec", "attacher"])),
        Cell::new(attached_volume(attachment)),
        Cell::new(attached_node(attachment)),
        Cell::new(attached.to_string()),
        age,
    ]
}
