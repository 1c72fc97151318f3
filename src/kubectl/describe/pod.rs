//! Pods, pod templates, containers and their volumes as `kubectl describe` shows them.

use super::pod_volumes::volumes;
use super::{Page, amount, joined, or_none, scalar, written_time};
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::conditions::{all_conditions, condition, status_reason};
use crate::model::container_status::restarts;
use crate::model::object::labels_from_value;
use crate::model::pod::{init_containers, node_name, priority, priority_class, resource_value};
use crate::model::pod_resources::said_of_whole;
use crate::model::{Object, Value, conditions, pod};
use crate::ordering::Order;

/// Writes a pod. Always ends with its events.
pub(in crate::kubectl) fn pod(page: &mut Page<'_>, pod: &Object) -> bool {
    page.name(pod);
    page.field(0, "Priority", priority(pod));
    page.optional(0, "Priority Class Name", priority_class(pod));
    page.optional(0, "Runtime Class Name", pod.str_at(&["spec", "runtimeClassName"]));
    page.optional(0, "Service Account", pod.str_at(&["spec", "serviceAccountName"]));
    match node_name(pod) {
        "" => page.field(0, "Node", "<none>"),
        node => page.field(0, "Node", format_args!("{node}/{}", pod.str_at(&["status", "hostIP"]))),
    }
    if let Some(start) = pod.at(&["status", "startTime"]) {
        page.field(0, "Start Time", written_time(Some(start)));
    }
    page.metadata(pod);
    status(page, pod);
    if let Some(owner) = pod.meta.controller() {
        page.field(0, "Controlled By", format_args!("{}/{}", owner.kind, owner.name));
    }
    page.optional(0, "NominatedNodeName", pod.str_at(&["status", "nominatedNodeName"]));
    if let Some(own) = said_of_whole(pod) {
        page.line(0, "Resources:");
        resources(page, 1, own);
    }
    let described = Containers { pod: Some(pod), indent: 0 };
    if !init_containers(pod).is_empty() {
        described.write(page, "Init Containers", init_containers(pod), "initContainerStatuses");
    }
    described.write(page, "Containers", pod::containers(pod), "containerStatuses");
    let debugging = pod.list_at(&["spec", "ephemeralContainers"]);
    if !debugging.is_empty() {
        described.write(page, "Ephemeral Containers", debugging, "ephemeralContainerStatuses");
    }
    readiness_gates(page, pod);
    conditions(page, pod);
    volumes(page, pod::volumes(pod), 0);
    page.field(0, "QoS Class", pod.str_at(&["status", "qosClass"]));
    page.labels(0, "Node-Selectors", &labels_from_value(pod.at(&["spec", "nodeSelector"])));
    tolerations(page, 0, pod.list_at(&["spec", "tolerations"]));
    spread_constraints(page, 0, pod.list_at(&["spec", "topologySpreadConstraints"]));
    group(page, pod.body.get("spec"), "");
    true
}

fn status(page: &mut Page<'_>, pod: &Object) {
    let phase = conditions::phase(pod);
    match pod.meta.deletion_timestamp {
        Some(at) if !matches!(phase, "Succeeded" | "Failed") => {
            page.field(0, "Status", format_args!("Terminating (lasts {})", page.since(at)));
            let grace = pod.meta.deletion_grace_period_seconds.unwrap_or(0);
            page.field(0, "Termination Grace Period", format_args!("{grace}s"));
        }
        _ => page.field(0, "Status", phase),
    }
    page.optional(0, "Reason", status_reason(pod));
    page.optional(0, "Message", pod.str_at(&["status", "message"]));
    page.optional(0, "SeccompProfile", pod.str_at(&["spec", "securityContext", "seccompProfile", "type"]));
    page.optional(
        0,
        "LocalhostProfile",
        pod.str_at(&["spec", "securityContext", "seccompProfile", "localhostProfile"]),
    );
    page.field(0, "IP", pod::ip(pod));
    match pod.list_at(&["status", "podIPs"]) {
        [] => page.field(0, "IPs", "<none>"),
        ips => {
            page.line(0, "IPs:");
            for ip in ips {
                page.field(1, "IP", ip.str_at(&["ip"]));
            }
        }
    }
}

fn readiness_gates(page: &mut Page<'_>, pod: &Object) {
    let gates = pod.list_at(&["spec", "readinessGates"]);
    if gates.is_empty() {
        return;
    }
    page.line(0, "Readiness Gates:");
    page.line(1, "Type\tStatus");
    for gate in gates {
        let name = gate.str_at(&["conditionType"]);
        let condition = condition(pod, name);
        page.line(1, format_args!("{name} \t{} ", condition.map_or("<none>", |c| c.str_at(&["status"]))));
    }
}

fn conditions(page: &mut Page<'_>, pod: &Object) {
    let conditions = all_conditions(pod);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus");
    for condition in conditions {
        page.line(1, format_args!("{} \t{} ", condition.str_at(&["type"]), condition.str_at(&["status"])));
    }
}

/// Writes a pod template under its heading.
pub(super) fn template(page: &mut Page<'_>, template: &Value) {
    page.labels(1, "Labels", &labels_from_value(template.at(&["metadata", "labels"])));
    let annotations = labels_from_value(template.at(&["metadata", "annotations"]));
    if !annotations.is_empty() {
        page.annotations(1, "Annotations", &annotations);
    }
    page.optional(1, "Service Account", template.str_at(&["spec", "serviceAccountName"]));
    let described = Containers { pod: None, indent: 1 };
    if !template.list_at(&["spec", "initContainers"]).is_empty() {
        described.write(page, "Init Containers", template.list_at(&["spec", "initContainers"]), "");
    }
    described.write(page, "Containers", template.list_at(&["spec", "containers"]), "");
    volumes(page, template.list_at(&["spec", "volumes"]), 1);
    spread_constraints(page, 1, template.list_at(&["spec", "topologySpreadConstraints"]));
    page.optional(1, "Priority Class Name", template.str_at(&["spec", "priorityClassName"]));
    page.labels(1, "Node-Selectors", &labels_from_value(template.at(&["spec", "nodeSelector"])));
    tolerations(page, 1, template.list_at(&["spec", "tolerations"]));
    group(page, template.get("spec"), "  ");
}

/// The group with which a pod is scheduled; its fields stand at the same depth in a template and in a pod.
///
/// Follows `describeSchedulingGroup`, and `describeWorkloadReference` of 1.35.
fn group(page: &mut Page<'_>, spec: Option<&Value>, space: &str) {
    if let Some(workload) = spec.and_then(|spec| spec.get("workloadRef")) {
        page.line(0, format_args!("{space}WorkloadRef:"));
        page.field(1, "Name", workload.str_at(&["name"]));
        page.field(1, "PodGroup", workload.str_at(&["podGroup"]));
        page.optional(1, "PodGroupReplicaKey", workload.str_at(&["podGroupReplicaKey"]));
    }
    if let Some(group) = spec.and_then(|spec| spec.get("schedulingGroup")) {
        page.line(0, format_args!("{space}SchedulingGroup:"));
        page.field(1, "PodGroupName", group.str_at(&["podGroupName"]));
    }
}

/// How a list of containers is written: of a pod with what its containers do, or of a template.
struct Containers<'a> {
    pod: Option<&'a Object>,
    indent: usize,
}

impl Containers<'_> {
    fn write(&self, page: &mut Page<'_>, label: &str, containers: &[Value], statuses: &str) {
        page.line(self.indent, format_args!("{label}:"));
        for container in containers {
            let name = container.str_at(&["name"]);
            let status = self.pod.and_then(|pod| {
                let list = pod.list_at(&["status", statuses]);
                list.iter().find(|status| status.str_at(&["name"]) == name)
            });
            // A template's names stand one blank further in, not two.
            page.line(1, format_args!("{}{name}:", if self.indent > 0 { " " } else { "" }));
            self.basics(page, container, status);
            lines_of(page, "Command", container.list_at(&["command"]));
            lines_of(page, "Args", container.list_at(&["args"]));
            if let Some(status) = status {
                container_status(page, status);
            }
            resources(page, 2, container.get("resources").unwrap_or(&Value::Null));
            for (label, field) in
                [("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")]
            {
                if let Some(probe) = container.get(field) {
                    page.field(2, label, probe_text(probe, page.cluster.kubernetes()));
                }
            }
            environment(page, container, self.pod);
            mounts(page, container);
        }
    }

    fn basics(&self, page: &mut Page<'_>, container: &Value, status: Option<&Value>) {
        if let Some(status) = status {
            page.field(2, "Container ID", status.str_at(&["containerID"]));
        }
        page.field(2, "Image", container.str_at(&["image"]));
        if let Some(status) = status {
            page.field(2, "Image ID", status.str_at(&["imageID"]));
        }
        for (label, field) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
            let ports: Vec<String> = container.list_at(&["ports"]).iter().map(|port| port_text(port, field)).collect();
            let label = if ports.len() > 1 { format!("{label}s") } else { label.to_string() };
            page.field(2, &label, or_none(&ports.join(", ")));
        }
    }
}

fn port_text(port: &Value, field: &str) -> String {
    let number = port.i64_at(&[field]).unwrap_or(0);
    let protocol = match port.str_at(&["protocol"]) {
        "" => "TCP",
        protocol => protocol,
    };
    match port.str_at(&["name"]) {
        "" => format!("{number}/{protocol}"),
        name => format!("{number}/{protocol} ({name})"),
    }
}

fn lines_of(page: &mut Page<'_>, label: &str, words: &[Value]) {
    if words.is_empty() {
        return;
    }
    page.line(2, format_args!("{label}:"));
    for word in words {
        for line in scalar(word).split('\n') {
            page.line(3, line);
        }
    }
}

fn container_status(page: &mut Page<'_>, status: &Value) {
    container_state(page, "State", status.get("state"));
    if status.at(&["lastState", "terminated"]).is_some() {
        container_state(page, "Last State", status.get("lastState"));
    }
    let is_ready = status.get("ready").and_then(Value::as_bool).unwrap_or(false);
    page.field(2, "Ready", if is_ready { "True" } else { "False" });
    page.field(2, "Restart Count", restarts(status));
}

fn container_state(page: &mut Page<'_>, label: &str, state: Option<&Value>) {
    let part = |name: &str| state.and_then(|state| state.get(name));
    if let Some(running) = part("running") {
        page.field(2, label, "Running");
        page.field(3, "Started", written_time(running.get("startedAt")));
    } else if let Some(ended) = part("terminated") {
        page.field(2, label, "Terminated");
        page.optional(3, "Reason", ended.str_at(&["reason"]));
        page.optional(3, "Message", ended.str_at(&["message"]));
        page.field(3, "Exit Code", ended.i64_at(&["exitCode"]).unwrap_or(0));
        if let Some(signal) = ended.i64_at(&["signal"]).filter(|signal| *signal > 0) {
            page.field(3, "Signal", signal);
        }
        page.field(3, "Started", written_time(ended.get("startedAt")));
        page.field(3, "Finished", written_time(ended.get("finishedAt")));
    } else {
        page.field(2, label, "Waiting");
        page.optional(3, "Reason", part("waiting").map_or("", |waiting| waiting.str_at(&["reason"])));
    }
}

fn resources(page: &mut Page<'_>, level: usize, resources: &Value) {
    for (label, field) in [("Limits", "limits"), ("Requests", "requests")] {
        let amounts = resources.at(&[field]).and_then(Value::as_map);
        let Some(amounts) = amounts.filter(|amounts| !amounts.is_empty()) else { continue };
        page.line(level, format_args!("{label}:"));
        for (name, value) in amounts.iter() {
            page.field(level + 1, name, amount(Some(value)));
        }
    }
}

fn probe_text(probe: &Value, kubernetes: Kubernetes) -> String {
    let number = |key: &str| probe.i64_at(&[key]).unwrap_or(0);
    let (success, failure) = match kubernetes.has(Difference::ProbeFieldNames) {
        true => ("successThreshold", "failureThreshold"),
        false => ("#success", "#failure"),
    };
    let attributes = format!(
        "delay={}s timeout={}s period={}s {success}={} {failure}={}",
        number("initialDelaySeconds"),
        number("timeoutSeconds"),
        number("periodSeconds"),
        number("successThreshold"),
        number("failureThreshold")
    );
    let text = |handler: &Value, key: &str| handler.get(key).map(scalar).unwrap_or_default();
    if let Some(exec) = probe.get("exec") {
        return format!("exec [{}] {attributes}", joined(exec.list_at(&["command"]), " "));
    }
    if let Some(get) = probe.get("httpGet") {
        let scheme = text(get, "scheme").to_ascii_lowercase();
        let scheme = if scheme.is_empty() { "http" } else { &scheme };
        let path = escaped_path(&text(get, "path"));
        let slash = if path.starts_with('/') { "" } else { "/" };
        return format!("http-get {scheme}://{}:{}{slash}{path} {attributes}", text(get, "host"), text(get, "port"));
    }
    if let Some(socket) = probe.get("tcpSocket") {
        return format!("tcp-socket {}:{} {attributes}", text(socket, "host"), text(socket, "port"));
    }
    if let Some(grpc) = probe.get("grpc") {
        return format!("grpc <pod>:{} {} {attributes}", text(grpc, "port"), text(grpc, "service"));
    }
    format!("unknown {attributes}")
}

/// A path as Go writes it in an address.
///
/// Follows `shouldEscape` of net/url.
fn escaped_path(path: &str) -> String {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    let signs =
        path.bytes().map(|byte| if stays(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    signs.collect()
}

fn environment(page: &mut Page<'_>, container: &Value, pod: Option<&Object>) {
    let from = container.list_at(&["envFrom"]);
    if !from.is_empty() {
        page.line(2, "Environment Variables from:");
    }
    for source in from {
        let (kind, reference) = match (source.get("configMapRef"), source.get("secretRef")) {
            (Some(map), _) => ("ConfigMap", map),
            (None, Some(secret)) => ("Secret", secret),
            (None, None) => continue,
        };
        let prefix = match source.str_at(&["prefix"]) {
            "" => String::new(),
            prefix => format!(" with prefix '{prefix}'"),
        };
        let is_optional = reference.get("optional") == Some(&Value::Bool(true));
        let name = reference.str_at(&["name"]);
        page.line(3, format_args!("{name}\t{kind}{prefix}\tOptional: {is_optional}"));
    }
    let variables = container.list_at(&["env"]);
    if variables.is_empty() {
        page.field(2, "Environment", "<none>");
        return;
    }
    page.line(2, "Environment:");
    for variable in variables {
        let name = variable.str_at(&["name"]);
        match variable.get("valueFrom") {
            None => {
                let value = variable.str_at(&["value"]);
                let mut lines = value.split('\n');
                page.field(3, name, lines.next().unwrap_or(""));
                for line in lines {
                    page.line(3, format_args!("\t{line}"));
                }
            }
            Some(source) => variable_source(page, name, source, container, pod),
        }
    }
}

fn variable_source(page: &mut Page<'_>, name: &str, source: &Value, container: &Value, pod: Option<&Object>) {
    if let Some(field) = source.get("fieldRef") {
        let path = field.str_at(&["fieldPath"]);
        let version = match field.str_at(&["apiVersion"]) {
            "" => "v1",
            version => version,
        };
        let value = pod.map(|pod| pod_field(pod, path)).unwrap_or_default();
        page.field(3, name, format_args!("{value} ({version}:{path})"));
    } else if let Some(resource) = source.get("resourceFieldRef") {
        let name_of_resource = resource.str_at(&["resource"]);
        let value = match resource_value(container.get("resources").unwrap_or(&Value::Null), resource) {
            Some(0) if matches!(name_of_resource, "limits.cpu" | "limits.memory") => "node allocatable".to_string(),
            value => value.map(|value| value.to_string()).unwrap_or_default(),
        };
        page.field(3, name, format_args!("{value} ({name_of_resource})"));
    } else if let Some(secret) = source.get("secretKeyRef") {
        let is_optional = secret.get("optional") == Some(&Value::Bool(true));
        let (key, secret) = (secret.str_at(&["key"]), secret.str_at(&["name"]));
        page.field(3, name, format_args!("<set to the key '{key}' in secret '{secret}'>\tOptional: {is_optional}"));
    } else if let Some(map) = source.get("configMapKeyRef") {
        let is_optional = map.get("optional") == Some(&Value::Bool(true));
        let (key, map) = (map.str_at(&["key"]), map.str_at(&["name"]));
        let text = format!("<set to the key '{key}' of config map '{map}'>\tOptional: {is_optional}");
        page.field(3, name, text);
    }
}

/// The value of a field that kubectl looks up in a pod's metadata; nothing for other paths, which it does not follow.
fn pod_field(pod: &Object, path: &str) -> String {
    let quoted = |prefix: &str| path.strip_prefix(prefix)?.strip_prefix("['")?.strip_suffix("']");
    if let Some(key) = quoted("metadata.labels") {
        return pod.meta.label(key).to_string();
    }
    if let Some(key) = quoted("metadata.annotations") {
        return pod.meta.annotation(key).to_string();
    }
    match path {
        "metadata.name" => pod.meta.name.to_string(),
        "metadata.namespace" => pod.meta.namespace.to_string(),
        "metadata.uid" => pod.meta.uid.to_string(),
        _ => String::new(),
    }
}

fn mounts(page: &mut Page<'_>, container: &Value) {
    let mounts = container.list_at(&["volumeMounts"]);
    if mounts.is_empty() {
        page.field(2, "Mounts", "<none>");
    } else {
        page.line(2, "Mounts:");
    }
    let mut sorted: Vec<&Value> = mounts.iter().collect();
    sorted.order_by_key(|mount| mount.str_at(&["mountPath"]));
    for mount in sorted {
        let is_read_only = mount.get("readOnly") == Some(&Value::Bool(true));
        let mut flags = String::from(if is_read_only { "ro" } else { "rw" });
        if let Some(path) = mount.get("subPath").and_then(Value::as_str).filter(|path| !path.is_empty()) {
            flags = format!("{flags},path=\"{path}\"");
        }
        let (path, name) = (mount.str_at(&["mountPath"]), mount.str_at(&["name"]));
        page.line(3, format_args!("{path} from {name} ({flags})"));
    }
    let devices = container.list_at(&["volumeDevices"]);
    if !devices.is_empty() {
        page.line(2, "Devices:");
    }
    for device in devices {
        page.line(3, format_args!("{} from {}", device.str_at(&["devicePath"]), device.str_at(&["name"])));
    }
}

fn tolerations(page: &mut Page<'_>, level: usize, tolerations: &[Value]) {
    let mut sorted: Vec<&Value> = tolerations.iter().collect();
    sorted.order_by_key(|toleration| toleration.str_at(&["key"]));
    let texts = sorted.into_iter().map(|toleration| {
        let text = |key: &str| toleration.str_at(&[key]);
        let mut out = text("key").to_string();
        if !text("value").is_empty() {
            out = format!("{out}={}", text("value"));
        }
        if !text("effect").is_empty() {
            out = format!("{out}:{}", text("effect"));
        }
        if text("operator") == "Exists" && text("value").is_empty() {
            out = if out.is_empty() { "op=Exists".into() } else { format!("{out} op=Exists") };
        }
        match toleration.i64_at(&["tolerationSeconds"]) {
            Some(seconds) => format!("{out} for {seconds}s"),
            None => out,
        }
    });
    let texts: Vec<String> = texts.collect();
    page.lines(level, "Tolerations", texts);
}

fn spread_constraints(page: &mut Page<'_>, level: usize, constraints: &[Value]) {
    if constraints.is_empty() {
        return;
    }
    let texts = constraints.iter().map(|constraint| {
        let selector = super::selector_text(constraint.get("labelSelector"));
        let text = |key: &str| constraint.get(key).map(scalar).unwrap_or_default();
        let (topology, unsatisfiable, skew) = (text("topologyKey"), text("whenUnsatisfiable"), text("maxSkew"));
        format!("{topology}:{unsatisfiable} when max skew {skew} is exceeded for selector {selector}")
    });
    let texts: Vec<String> = texts.collect();
    page.lines(level, "Topology Spread Constraints", texts);
}
