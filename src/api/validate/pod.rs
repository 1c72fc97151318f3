//! The rules for a pod's spec.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::super::template_dump::struct_dump;
use super::meta::check_labels;
use super::placing::{check_affinity, check_spreads, check_tolerations};
use super::pod_mounts::{check_devices, check_mounts};
pub(super) use super::pod_volume::PodOptions;
use super::service::check_port_reference;
use super::{at, downward, list, number, pod_network, pod_resources, pod_security, pod_volume, restart_rules, text};
use crate::kubernetes::Kubernetes;
use crate::model::Value;
use crate::sorted::SharedSet;

/// Follows `ValidatePod` in pkg/apis/core/validation, but for the metadata.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value, kubernetes: Kubernetes) {
    check_spec(errors, path, spec, &PodOptions::pod(kubernetes));
    check_images(errors, path, spec);
}

/// Follows `ValidatePodSpec` in pkg/apis/core/validation.
pub(in crate::api) fn check_spec(errors: &mut Errors, path: &Path, spec: &Value, options: &PodOptions) {
    let volumes = pod_volume::check_all(errors, &path.child("volumes"), spec, options);
    let claims = pod_security::check_resource_claims(errors, &path.child("resourceClaims"), spec);
    let around = Around {
        volumes,
        blocks: pod_volume::blocks(spec, &options.claims),
        claims,
        policy: text(spec, "restartPolicy"),
    };
    check_containers(errors, path, spec, &around, options.kubernetes);
    pod_resources::check_whole(errors, &path.child("resources"), spec);
    pod_network::check_host_network(errors, path, spec);
    let policy = text(spec, "restartPolicy");
    match policy.is_empty() {
        true => errors.required(&path.child("restartPolicy"), ""),
        false => errors.check_one_of(&path.child("restartPolicy"), policy, &["Always", "OnFailure", "Never"]),
    }
    let dns = text(spec, "dnsPolicy");
    match dns.is_empty() {
        true => errors.required(&path.child("dnsPolicy"), ""),
        false => {
            let supported = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
            errors.check_one_of(&path.child("dnsPolicy"), dns, &supported);
        }
    }
    check_labels(errors, &path.child("nodeSelector"), spec.get("nodeSelector"));
    pod_security::check_pod(errors, &path.child("securityContext"), spec);
    check_affinity(errors, &path.child("affinity"), at(spec, "affinity"));
    pod_network::check_resolver(errors, &path.child("dnsConfig"), spec);
    for (place, gate) in list(spec, "readinessGates").iter().enumerate() {
        let (path, kind) = (path.child("readinessGates").index(place), text(gate, "conditionType"));
        errors.check_text(&path.child("conditionType"), kind, names::qualified_name(kind));
    }
    check_gates(errors, path, spec);
    check_spreads(errors, &path.child("topologySpreadConstraints"), list(spec, "topologySpreadConstraints"));
    pod_security::check_host_users(errors, path, spec);
    check_identity(errors, path, spec, options);
    check_running(errors, path, spec);
}

/// Who a pod is: its account, its node, its time, its name.
fn check_identity(errors: &mut Errors, path: &Path, spec: &Value, options: &PodOptions) {
    for field in ["serviceAccountName", "nodeName"] {
        let name = text(spec, field);
        if !name.is_empty() {
            errors.check_text(&path.child(field), name, names::dns_subdomain(name));
        }
    }
    if let Some(seconds) = number(spec, "activeDeadlineSeconds") {
        for fault in names::in_range(seconds, 1, i64::from(i32::MAX)) {
            errors.invalid(&path.child("activeDeadlineSeconds"), &seconds.into(), fault);
        }
    }
    for field in ["hostname", "subdomain"] {
        let name = text(spec, field);
        if !name.is_empty() && !options.names_hosts {
            errors.check_text(&path.child(field), name, names::dns_label(name));
        }
    }
    if let Some(name) = spec.get("hostnameOverride").and_then(Value::as_str) {
        errors.check_text(&path.child("hostnameOverride"), name, names::dns_subdomain(name));
    }
    check_tolerations(errors, &path.child("tolerations"), list(spec, "tolerations"));
    pod_network::check_aliases(errors, &path.child("hostAliases"), list(spec, "hostAliases"));
}

/// The last of a pod's rules: classes, what it costs to run it, the system that it is for.
fn check_running(errors: &mut Errors, path: &Path, spec: &Value) {
    let class = text(spec, "priorityClassName");
    if !class.is_empty() {
        errors.check_text(&path.child("priorityClassName"), class, names::dns_subdomain(class));
    }
    if let Some(class) = spec.get("runtimeClassName").and_then(Value::as_str) {
        errors.check_text(&path.child("runtimeClassName"), class, names::dns_subdomain(class));
    }
    match spec.get("preemptionPolicy").and_then(Value::as_str) {
        None => {}
        Some("") => errors.required(&path.child("preemptionPolicy"), ""),
        Some(policy) => {
            errors.check_one_of(&path.child("preemptionPolicy"), policy, &["PreemptLowerPriority", "Never"]);
        }
    }
    let overhead = crate::obj! { "limits" => at(spec, "overhead").clone() };
    pod_resources::check(errors, &path.child("overhead"), &overhead, &SharedSet::new());
    pod_security::check_system(errors, path, spec);
}

/// What a container is looked at with: the pod around it.
struct Around<'a> {
    /// The names of the pod's volumes, as far as they are right.
    volumes: SharedSet<String>,
    /// Those of them that can be devices.
    blocks: SharedSet<String>,
    /// The names of its claims of resources.
    claims: SharedSet<&'a str>,
    /// When its containers are started again.
    policy: &'a str,
}

/// Follows `validateSchedulingGates`.
fn check_gates(errors: &mut Errors, path: &Path, spec: &Value) {
    let gates = list(spec, "schedulingGates");
    let mut seen = SharedSet::new();
    for (at_index, gate) in gates.iter().enumerate() {
        let (path, name) = (path.child("schedulingGates").index(at_index), text(gate, "name"));
        errors.check_text(&path, name, names::qualified_name(name));
        if !seen.insert(name) {
            errors.duplicate(&path, at(gate, "name"));
        }
    }
}

/// What only a new pod is asked.
pub(in crate::api) fn check_new(errors: &mut Errors, path: &Path, spec: &Value) {
    if !list(spec, "schedulingGates").is_empty() && !text(spec, "nodeName").is_empty() {
        errors.forbidden(&path.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
    if !list(spec, "ephemeralContainers").is_empty() {
        errors.forbidden(&path.child("ephemeralContainers"), "cannot be set on create");
    }
}

/// What pods are asked beyond what their templates are.
///
/// Follows `validateContainersOnlyForPod`.
fn check_images(errors: &mut Errors, path: &Path, spec: &Value) {
    for kind in ["containers", "initContainers"] {
        for (place, container) in list(spec, kind).iter().enumerate() {
            let image = text(container, "image");
            if image.trim() != image {
                let path = path.child(kind).index(place).child("image");
                errors.invalid_text(&path, image, "must not have leading or trailing whitespace");
            }
        }
    }
}

fn check_containers(errors: &mut Errors, path: &Path, spec: &Value, around: &Around<'_>, kubernetes: Kubernetes) {
    let containers = list(spec, "containers");
    if containers.is_empty() {
        errors.required(&path.child("containers"), "");
    }
    let grace = number(spec, "terminationGracePeriodSeconds").unwrap_or(30);
    let mut seen = SharedSet::new();
    for (at_index, container) in containers.iter().enumerate() {
        let path = path.child("containers").index(at_index);
        check_container(errors, &path, container, around);
        restart_rules::check(errors, &path, container, kubernetes);
        if !seen.insert(text(container, "name")) {
            errors.duplicate(&path.child("name"), at(container, "name"));
        }
        check_life(errors, &path, container, grace);
    }
    pod_network::check_host_ports(errors, &path.child("containers"), containers);
    for (at_index, container) in list(spec, "initContainers").iter().enumerate() {
        let path = path.child("initContainers").index(at_index);
        let is_sidecar = text(container, "restartPolicy") == "Always";
        check_container(errors, &path, container, around);
        restart_rules::check(errors, &path, container, kubernetes);
        let name = text(container, "name");
        if !name.is_empty() && !seen.insert(name) {
            errors.duplicate(&path.child("name"), at(container, "name"));
        }
        if is_sidecar {
            check_life(errors, &path, container, grace);
            continue;
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if !at(container, field).is_null() {
                let detail = "may not be set for init containers without restartPolicy=Always";
                errors.forbidden(&path.child(field), detail);
            }
        }
        if !list(container, "resizePolicy").is_empty() {
            let policies = list(container, "resizePolicy").iter();
            let shown: Vec<String> = policies.map(|it| struct_dump("core.ContainerResizePolicy", it)).collect();
            let shown = format!("[{}]", shown.join(","));
            errors.invalid_shown(&path.child("resizePolicy"), shown, "must not be set for init containers");
        }
    }
}

/// What a container to debug with may not have.
const FORBIDDEN_EPHEMERAL: [&str; 7] =
    ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resources", "resizePolicy"];

/// Follows `validateEphemeralContainers`.
pub(in crate::api) fn check_ephemeral(errors: &mut Errors, path: &Path, spec: &Value) {
    let mut volumes = SharedSet::new();
    list(spec, "volumes").iter().for_each(|volume| _ = volumes.insert(text(volume, "name").to_string()));
    let claims = list(spec, "resourceClaims").iter().map(|claim| text(claim, "name")).collect();
    let blocks = pod_volume::blocks(spec, &[]);
    let around = Around { volumes, blocks, claims, policy: text(spec, "restartPolicy") };
    let others = list(spec, "containers").iter().chain(list(spec, "initContainers"));
    let others: Vec<&str> = others.map(|container| text(container, "name")).collect();
    let mut seen: SharedSet<&str> = SharedSet::new();
    others.iter().for_each(|name| _ = seen.insert(name));
    for (at_index, container) in list(spec, "ephemeralContainers").iter().enumerate() {
        let path = path.index(at_index);
        check_container(errors, &path, container, &around);
        let name = text(container, "name");
        if !name.is_empty() && !seen.insert(name) {
            errors.duplicate(&path.child("name"), at(container, "name"));
        }
        let target = text(container, "targetContainerName");
        if !target.is_empty() && !others.contains(&target) {
            errors.not_found(&path.child("targetContainerName"), target);
        }
        for field in FORBIDDEN_EPHEMERAL {
            let value = at(container, field);
            let is_set = match value {
                Value::Map(map) => !map.is_empty() || field.ends_with("Probe"),
                Value::List(list) => !list.is_empty(),
                value => !value.is_null(),
            };
            if is_set {
                errors.forbidden(&path.child(field), "cannot be set for an Ephemeral Container");
            }
        }
        for (mount_at, mount) in list(container, "volumeMounts").iter().enumerate() {
            for field in ["subPath", "subPathExpr"] {
                if !text(mount, field).is_empty() {
                    let path = path.child("volumeMounts").index(mount_at).child(field);
                    errors.forbidden(&path, "cannot be set for an Ephemeral Container");
                }
            }
        }
    }
}

/// Follows `validateContainerCommon`.
fn check_container(errors: &mut Errors, path: &Path, container: &Value, around: &Around<'_>) {
    let name = text(container, "name");
    match name.is_empty() {
        true => errors.required(&path.child("name"), ""),
        false => errors.check_text(&path.child("name"), name, names::dns_label(name)),
    }
    if text(container, "image").is_empty() {
        errors.required(&path.child("image"), "");
    }
    match text(container, "terminationMessagePolicy") {
        "" => errors.required(&path.child("terminationMessagePolicy"), ""),
        policy => {
            let supported = ["FallbackToLogsOnError", "File"];
            errors.check_one_of(&path.child("terminationMessagePolicy"), policy, &supported);
        }
    }
    check_ports(errors, &path.child("ports"), list(container, "ports"));
    check_env(errors, &path.child("env"), list(container, "env"));
    check_env_from(errors, &path.child("envFrom"), list(container, "envFrom"));
    check_mounts(errors, &path.child("volumeMounts"), container, &around.volumes);
    check_devices(errors, &path.child("volumeDevices"), container, &around.volumes, &around.blocks);
    match text(container, "imagePullPolicy") {
        "" => errors.required(&path.child("imagePullPolicy"), ""),
        policy => errors.check_one_of(&path.child("imagePullPolicy"), policy, &["Always", "IfNotPresent", "Never"]),
    }
    pod_resources::check(errors, &path.child("resources"), at(container, "resources"), &around.claims);
    pod_security::check_resize_policy(errors, &path.child("resizePolicy"), container, around.policy);
    restart_rules::check_policy(errors, path, container);
    pod_security::check_container(errors, &path.child("securityContext"), at(container, "securityContext"));
}

fn check_ports(errors: &mut Errors, path: &Path, ports: &[Value]) {
    let mut names_seen = SharedSet::new();
    for (at_index, port) in ports.iter().enumerate() {
        let path = path.index(at_index);
        let name = text(port, "name");
        if !name.is_empty() {
            let faults = names::port_name(name);
            let is_well_formed = faults.is_empty();
            errors.check_text(&path.child("name"), name, faults);
            if is_well_formed && !names_seen.insert(name) {
                errors.duplicate(&path.child("name"), at(port, "name"));
            }
        }
        let inside = number(port, "containerPort").unwrap_or(0);
        match inside {
            0 => errors.required(&path.child("containerPort"), ""),
            _ => check_port_reference(errors, &path.child("containerPort"), &inside.into()),
        }
        let outside = number(port, "hostPort").unwrap_or(0);
        if outside != 0 {
            check_port_reference(errors, &path.child("hostPort"), &outside.into());
        }
        match text(port, "protocol") {
            "" => errors.required(&path.child("protocol"), ""),
            protocol => errors.check_one_of(&path.child("protocol"), protocol, &["SCTP", "TCP", "UDP"]),
        }
    }
}

fn check_env(errors: &mut Errors, path: &Path, variables: &[Value]) {
    for (at_index, variable) in variables.iter().enumerate() {
        let path = path.index(at_index);
        let name = text(variable, "name");
        match name.is_empty() {
            true => errors.required(&path.child("name"), ""),
            false => errors.check_text(&path.child("name"), name, names::variable_name(name)),
        }
        let from = at(variable, "valueFrom");
        if !from.is_null() {
            check_env_source(errors, &path.child("valueFrom"), from, !text(variable, "value").is_empty());
        }
    }
}

fn check_env_source(errors: &mut Errors, path: &Path, from: &Value, has_value: bool) {
    let mut sources = 0;
    for field in ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] {
        let source = at(from, field);
        if source.is_null() {
            continue;
        }
        sources += 1;
        let path = path.child(field);
        match field {
            "fieldRef" => downward::check_field(errors, &path, source, &downward::POD_FIELDS),
            "resourceFieldRef" => downward::check_resource(errors, &path, source, false),
            "fileKeyRef" => {}
            _ => {
                let key = text(source, "key");
                match key.is_empty() {
                    true => errors.required(&path.child("key"), ""),
                    false => errors.check_text(&path.child("key"), key, names::config_key(key)),
                }
            }
        }
    }
    let nothing = Value::text("");
    if sources == 0 {
        let detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
        errors.invalid(path, &nothing, detail);
    } else if has_value {
        errors.invalid(path, &nothing, "may not be specified when `value` is not empty");
    } else if sources > 1 {
        errors.invalid(path, &nothing, "may not have more than one field specified at a time");
    }
}

fn check_env_from(errors: &mut Errors, path: &Path, sources: &[Value]) {
    for (at_index, source) in sources.iter().enumerate() {
        let path = path.index(at_index);
        let mut given = 0;
        for field in ["configMapRef", "secretRef"] {
            if at(source, field).is_null() {
                continue;
            }
            given += 1;
            if text(at(source, field), "name").is_empty() {
                errors.required(&path.child(field).child("name"), "");
            }
        }
        let nothing = Value::text("");
        match given {
            0 => errors.invalid(&path, &nothing, "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => errors.invalid(&path, &nothing, "may not have more than one field specified at a time"),
        }
    }
}

/// Hooks and probes; `grace` is the pod's grace period in seconds.
fn check_life(errors: &mut Errors, path: &Path, container: &Value, grace: i64) {
    let lifecycle = at(container, "lifecycle");
    for field in ["postStart", "preStop"] {
        let (hook, path) = (at(lifecycle, field), path.child("lifecycle").child(field));
        if hook.is_null() {
            continue;
        }
        check_handler(errors, &path, hook);
        let seconds = number(at(hook, "sleep"), "seconds").filter(|seconds| *seconds < 0 || *seconds > grace);
        if let Some(seconds) = seconds {
            let detail = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
            errors.invalid(&path.child("sleep"), &seconds.into(), detail);
        }
    }
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = at(container, field);
        if probe.is_null() {
            continue;
        }
        let path = path.child(field);
        check_handler(errors, &path, probe);
        for count in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
        {
            errors.check_not_negative(&path.child(count), number(probe, count).unwrap_or(0));
        }
        if let Some(seconds) = number(probe, "terminationGracePeriodSeconds").filter(|seconds| *seconds <= 0) {
            let detail = "must be greater than 0";
            errors.invalid(&path.child("terminationGracePeriodSeconds"), &seconds.into(), detail);
        }
        let successes = number(probe, "successThreshold").unwrap_or(1);
        if field == "readinessProbe" && !at(probe, "terminationGracePeriodSeconds").is_null() {
            let path = path.child("terminationGracePeriodSeconds");
            errors.invalid(&path, at(probe, "terminationGracePeriodSeconds"), "must not be set for readinessProbes");
        }
        if field != "readinessProbe" && successes != 1 {
            errors.invalid(&path.child("successThreshold"), &successes.into(), "must be 1");
        }
    }
}

/// Follows `validateHandler`: one way to ask, and it is complete.
fn check_handler(errors: &mut Errors, path: &Path, handler: &Value) {
    let mut handlers = 0;
    for field in ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] {
        let how = at(handler, field);
        if how.is_null() {
            continue;
        }
        handlers += 1;
        let path = path.child(field);
        if handlers > 1 {
            errors.forbidden(&path, "may not specify more than 1 handler type");
            continue;
        }
        match field {
            "exec" if list(how, "command").is_empty() => errors.required(&path.child("command"), ""),
            "httpGet" => {
                if text(how, "path").is_empty() {
                    errors.required(&path.child("path"), "");
                }
                check_port_reference(errors, &path.child("port"), at(how, "port"));
                errors.check_one_of(&path.child("scheme"), text(how, "scheme"), &["HTTP", "HTTPS"]);
                for header in list(how, "httpHeaders") {
                    let name = text(header, "name");
                    errors.check_text(&path.child("httpHeaders"), name, names::header_name(name));
                }
            }
            "tcpSocket" | "grpc" => check_port_reference(errors, &path.child("port"), at(how, "port")),
            _ => {}
        }
    }
    if handlers == 0 {
        errors.required(path, "must specify a handler type");
    }
}
