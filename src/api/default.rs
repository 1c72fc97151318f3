//! The defaults of sets, pods, claims, volumes and Services; the other kinds' stand in `workload_defaults`.

use super::image::default_pull_policy;
use crate::model::pod_resources::{is_of_pods, names_of_containers, of_containers};
use crate::model::{Map, Object, Quantity, Value};
use crate::obj;

/// Puts a value where there is none.
pub(super) fn fill(map: &mut Map, key: &'static str, make: impl FnOnce() -> Value) {
    if map.get(key).is_none_or(Value::is_null) {
        map.insert(key, make());
    }
}

/// Puts a value where there is none or an empty string.
pub(super) fn fill_text(map: &mut Map, key: &'static str, text: &'static str) {
    if map.get(key).is_none_or(|value| value.is_null() || value.as_str() == Some("")) {
        map.insert(key, text.into());
    }
}

/// The object under `key`, made if it is missing.
pub(super) fn sub<'a>(map: &'a mut Map, key: &'static str) -> &'a mut Map {
    map.get_or_insert_with(key, Value::map).map_mut()
}

/// The object under `key`, if there is one.
pub(super) fn sub_if<'a>(map: &'a mut Map, key: &str) -> Option<&'a mut Map> {
    match map.get_mut(key) {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    }
}

/// Runs `change` over the objects of the list under `key`.
pub(super) fn each(map: &mut Map, key: &str, mut change: impl FnMut(&mut Map)) {
    if map.get(key).and_then(Value::as_list).is_none_or(<[Value]>::is_empty) {
        return;
    }
    if let Some(value) = map.get_mut(key) {
        for element in value.list_mut() {
            if let Value::Map(element) = element {
                change(element);
            }
        }
    }
}

pub(super) fn stateful_set(body: &mut Map) {
    let spec = sub(body, "spec");
    fill_text(spec, "podManagementPolicy", "OrderedReady");
    let strategy = sub(spec, "updateStrategy");
    if strategy.get("type").and_then(Value::as_str).unwrap_or("").is_empty() {
        strategy.insert("type", "RollingUpdate".into());
        fill(strategy, "rollingUpdate", Value::map);
    }
    if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate")
        && let Some(rolling) = sub_if(strategy, "rollingUpdate")
    {
        fill(rolling, "partition", || 0.into());
    }
    let retention = sub(spec, "persistentVolumeClaimRetentionPolicy");
    fill_text(retention, "whenDeleted", "Retain");
    fill_text(retention, "whenScaled", "Retain");
    fill(spec, "replicas", || 1.into());
    fill(spec, "revisionHistoryLimit", || 10.into());
    pod_spec(sub(sub(spec, "template"), "spec"));
    each(spec, "volumeClaimTemplates", |template| {
        fill_text(template, "apiVersion", "v1");
        fill_text(template, "kind", "PersistentVolumeClaim");
        claim(template);
    });
}

pub(super) fn pod(body: &mut Map) {
    pod_spec(sub(body, "spec"));
    of_pods_alone(body);
}

/// The same of a pod that a controller makes: what its template was filled in with stays shared with the template.
pub fn made_pod(pod: &mut Object) {
    let is_made = pod.meta.controller().is_some();
    if !(is_made && pod.body.get("spec").and_then(Value::as_map).is_some_and(is_complete)) {
        pod_spec(sub(&mut pod.body, "spec"));
    }
    of_pods_alone(&mut pod.body);
}

/// Whether a spec looks filled in. Somebody may have written as much by hand, so it is asked only of what was made.
fn is_complete(spec: &Map) -> bool {
    spec.contains_key("schedulerName")
        && ["containers", "initContainers", "ephemeralContainers"].iter().all(|key| {
            let containers = spec.get(key).and_then(Value::as_list).unwrap_or(&[]);
            let has = |container: &Value, field: &str| container.get(field).is_some_and(|value| !value.is_null());
            let fields = ["terminationMessagePolicy", "imagePullPolicy"];
            containers.iter().all(|container| fields.iter().all(|field| has(container, field)))
        })
}

/// What pods have and templates have not.
fn of_pods_alone(body: &mut Map) {
    let spec = sub(body, "spec");
    fill(spec, "enableServiceLinks", || true.into());
    // Only pods get them: a template keeps its hash.
    if spec.get("hostNetwork").and_then(Value::as_bool) == Some(true) {
        for key in ["containers", "initContainers"] {
            each(spec, key, |container| each(container, "ports", host_port));
        }
    }
    for key in ["containers", "initContainers"] {
        let lacks_requests = |container: &Value| match container.at(&["resources", "limits"]) {
            Some(Value::Map(limits)) => {
                let requests = container.at(&["resources", "requests"]);
                limits.keys().any(|name| requests.and_then(|r| r.get(name)).is_none())
            }
            _ => false,
        };
        if spec.get(key).and_then(Value::as_list).unwrap_or(&[]).iter().any(lacks_requests) {
            each(spec, key, requests_from_limits);
        }
    }
    requests_of_pod(spec);
    fill_text(sub(body, "status"), "phase", "Pending");
}

/// A pod in its node's network listens there.
fn host_port(port: &mut Map) {
    if let Some(number) = port.get("containerPort").cloned() {
        fill(port, "hostPort", || number);
    }
}

/// A pod that says something as a whole requests what its containers do, and else what it is limited to.
///
/// Follows `defaultPodRequests` in pkg/apis/core/v1/defaults.go.
fn requests_of_pod(spec: &mut Map) {
    let own = |list: &str| spec.get("resources").and_then(|it| it.at(&[list])?.as_map()).filter(|it| !it.is_empty());
    let (limits, requests) = (own("limits"), own("requests"));
    if limits.is_none() && requests.is_none() {
        return;
    }
    let mut all = requests.cloned().unwrap_or_default();
    let whole = Value::from(spec.clone());
    for name in names_of_containers(&whole, "requests") {
        if matches!(name.as_str(), "cpu" | "memory") && !all.contains_key(&name) {
            let sum = of_containers(&whole, "requests", &name, Quantity::ZERO);
            all.insert(name, sum.to_string().into());
        }
    }
    for (name, limit) in limits.into_iter().flat_map(Map::iter).filter(|(name, _)| is_of_pods(name)) {
        if !all.contains_key(name) {
            all.insert(name.clone(), limit.clone());
        }
    }
    if requests != Some(&all) {
        sub(spec, "resources").insert("requests", all.into());
    }
}

fn requests_from_limits(container: &mut Map) {
    let resources = sub(container, "resources");
    let limits = resources.get("limits").and_then(Value::as_map).cloned().unwrap_or_default();
    if limits.is_empty() {
        return;
    }
    let requests = sub(resources, "requests");
    for (name, amount) in limits.iter() {
        if !requests.contains_key(name) {
            requests.insert(name.clone(), amount.clone());
        }
    }
}

pub(super) fn pod_spec(spec: &mut Map) {
    fill_text(spec, "dnsPolicy", "ClusterFirst");
    fill_text(spec, "restartPolicy", "Always");
    fill(spec, "securityContext", Value::map);
    fill(spec, "terminationGracePeriodSeconds", || 30.into());
    fill_text(spec, "schedulerName", "default-scheduler");
    both_account_names(spec);
    for key in ["containers", "initContainers", "ephemeralContainers"] {
        each(spec, key, container);
    }
    each(spec, "volumes", pod_volume);
}

/// The field `serviceAccount` is the old name of `serviceAccountName`.
fn both_account_names(spec: &mut Map) {
    let name = |key: &str| spec.get(key).filter(|value| value.as_str() != Some("")).cloned();
    if let Some(name) = name("serviceAccountName").or_else(|| name("serviceAccount")) {
        spec.insert("serviceAccount", name.clone());
        spec.insert("serviceAccountName", name);
    }
}

fn container(container: &mut Map) {
    let image = container.get("image").and_then(Value::as_str).unwrap_or("");
    let policy = default_pull_policy(image);
    fill_text(container, "imagePullPolicy", policy);
    fill_text(container, "terminationMessagePath", "/dev/termination-log");
    fill_text(container, "terminationMessagePolicy", "File");
    let resources = sub(container, "resources");
    for key in ["limits", "requests"] {
        if let Some(amounts) = sub_if(resources, key) {
            round_to_millis(amounts);
        }
    }
    each(container, "ports", |port| {
        fill_text(port, "protocol", "TCP");
    });
    each(container, "env", |variable| {
        if let Some(from) = sub_if(variable, "valueFrom") {
            downward_item(from);
        }
    });
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = sub_if(container, key) {
            self::probe(probe);
        }
    }
    if let Some(lifecycle) = sub_if(container, "lifecycle") {
        for key in ["postStart", "preStop"] {
            if let Some(request) = sub_if(lifecycle, key).and_then(|handler| sub_if(handler, "httpGet")) {
                http_get(request);
            }
        }
    }
}

fn round_to_millis(amounts: &mut Map) {
    let small = |value: &Value| Quantity::parse(value.as_str().unwrap_or("")).ok().filter(|q| !q.is_in_millis());
    let rounded: Vec<_> = amounts.iter().filter_map(|(name, value)| Some((name.clone(), small(value)?))).collect();
    for (name, quantity) in rounded {
        amounts.insert(name, Quantity::from_millis(quantity.milli_value()).to_string().into());
    }
}

fn probe(probe: &mut Map) {
    for (key, number) in
        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
    {
        fill(probe, key, || number.into());
    }
    if let Some(request) = sub_if(probe, "httpGet") {
        http_get(request);
    }
    if let Some(request) = sub_if(probe, "grpc") {
        fill(request, "service", || "".into());
    }
}

fn http_get(request: &mut Map) {
    fill_text(request, "path", "/");
    fill_text(request, "scheme", "HTTP");
}

fn pod_volume(volume: &mut Map) {
    if volume.iter().all(|(key, value)| key == "name" || value.is_null()) {
        volume.insert("emptyDir", Value::map());
    }
    for key in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = sub_if(volume, key) {
            fill(source, "defaultMode", || 420.into());
            each(source, "sources", |projection| {
                if let Some(token) = sub_if(projection, "serviceAccountToken") {
                    fill(token, "expirationSeconds", || 3600.into());
                }
                if let Some(api) = sub_if(projection, "downwardAPI") {
                    each(api, "items", downward_item);
                }
            });
            if key == "downwardAPI" {
                each(source, "items", downward_item);
            }
        }
    }
    if let Some(source) = sub_if(volume, "hostPath") {
        fill(source, "type", || "".into());
    }
    if let Some(source) = sub_if(volume, "image") {
        let policy = default_pull_policy(source.get("reference").and_then(Value::as_str).unwrap_or(""));
        fill_text(source, "pullPolicy", policy);
    }
    outside_source(volume);
    if let Some(template) = sub_if(volume, "ephemeral").and_then(|it| sub_if(it, "volumeClaimTemplate")) {
        fill(sub(template, "spec"), "volumeMode", || "Filesystem".into());
    }
}

/// What lies outside of the cluster, of pods' volumes and others alike.
///
/// Follows `SetDefaults_ISCSIVolumeSource`, `SetDefaults_RBDVolumeSource` and their sisters.
fn outside_source(volume: &mut Map) {
    const TEXTS: [(&str, &str, &str); 9] = [
        ("azureDisk", "cachingMode", "ReadWrite"),
        ("azureDisk", "kind", "Shared"),
        ("azureDisk", "fsType", "ext4"),
        ("scaleIO", "storageMode", "ThinProvisioned"),
        ("scaleIO", "fsType", "xfs"),
        ("iscsi", "iscsiInterface", "default"),
        ("rbd", "pool", "rbd"),
        ("rbd", "user", "admin"),
        ("rbd", "keyring", "/etc/ceph/keyring"),
    ];
    for (source, field, text) in TEXTS {
        if let Some(source) = sub_if(volume, source) {
            fill_text(source, field, text);
        }
    }
    if let Some(disk) = sub_if(volume, "azureDisk") {
        fill(disk, "readOnly", || false.into());
    }
}

fn downward_item(item: &mut Map) {
    if let Some(reference) = sub_if(item, "fieldRef") {
        fill_text(reference, "apiVersion", "v1");
    }
    // A quantity that is not set reads 0.
    if let Some(reference) = sub_if(item, "resourceFieldRef") {
        fill_text(reference, "divisor", "0");
    }
}

pub(super) fn claim(body: &mut Map) {
    fill(sub(body, "spec"), "volumeMode", || "Filesystem".into());
    fill_text(sub(body, "status"), "phase", "Pending");
}

/// The same of a claim that is one, and no template: both fields of its source say the same, and the older one may name
/// nothing but claims and snapshots.
///
/// Follows `EnforceDataSourceBackwardsCompatibility` and `NormalizeDataSources` in pkg/api/persistentvolumeclaim/util.go.
pub(super) fn stored_claim(body: &mut Map) {
    claim(body);
    let spec = sub(body, "spec");
    let given = |spec: &Map, field: &str| spec.get(field).filter(|source| !source.is_null()).cloned();
    match (given(spec, "dataSource"), given(spec, "dataSourceRef")) {
        (Some(source), None) => {
            let kind = (source.str_at(&["kind"]), source.str_at(&["apiGroup"]));
            let is_usual =
                matches!(kind, ("PersistentVolumeClaim", "") | ("VolumeSnapshot", "snapshot.storage.k8s.io"));
            match is_usual {
                true => _ = spec.insert("dataSourceRef", source),
                false => _ = spec.remove("dataSource"),
            }
        }
        (None, Some(reference)) if reference.str_at(&["namespace"]).is_empty() => {
            spec.insert("dataSource", reference);
        }
        _ => {}
    }
}

pub(super) fn volume(body: &mut Map) {
    let spec = sub(body, "spec");
    fill_text(spec, "persistentVolumeReclaimPolicy", "Retain");
    fill(spec, "volumeMode", || "Filesystem".into());
    if let Some(source) = sub_if(spec, "hostPath") {
        fill(source, "type", || "".into());
    }
    outside_source(spec);
    fill_text(sub(body, "status"), "phase", "Pending");
}

/// Both fields for a node's addresses say the same, and it has room for all that it has.
///
/// Follows `SetDefaults_NodeStatus`, and the conversion of NodeSpecs in pkg/apis/core/v1.
pub(super) fn node(body: &mut Map) {
    if let Some(spec) = sub_if(body, "spec") {
        let ranges = spec.get("podCIDRs").and_then(Value::as_list).unwrap_or(&[]);
        match (spec.get("podCIDR").cloned(), ranges.first().cloned()) {
            (Some(range), first) if range.as_str() != Some("") && first.as_ref() != Some(&range) => {
                spec.insert("podCIDRs", vec![range].into());
            }
            (_, Some(first)) => _ = spec.insert("podCIDR", first),
            _ => {}
        }
    }
    if let Some(status) = sub_if(body, "status")
        && let Some(capacity) = status.get("capacity").filter(|it| !it.is_null()).cloned()
    {
        fill(status, "allocatable", || capacity);
    }
}

pub(super) fn service(body: &mut Map) {
    let spec = sub(body, "spec");
    fill_text(spec, "sessionAffinity", "None");
    fill_text(spec, "type", "ClusterIP");
    let seconds = ["clientIP", "timeoutSeconds"];
    let config = "sessionAffinityConfig";
    match spec.get("sessionAffinity").and_then(Value::as_str) {
        Some("None") => _ = spec.remove(config),
        Some("ClientIP") if spec.get(config).is_none_or(|it| it.at(&seconds).is_none_or(Value::is_null)) => {
            spec.insert(config, obj! { "clientIP" => obj! { "timeoutSeconds" => 10800 } });
        }
        _ => {}
    }
    each(spec, "ports", |port| {
        fill_text(port, "protocol", "TCP");
        let is_unset =
            port.get("targetPort").is_none_or(|to| matches!(to, Value::Null | Value::Int(0)) || *to == "".into());
        if is_unset && let Some(number) = port.get("port").cloned() {
            port.insert("targetPort", number);
        }
    });
    let kind = spec.get("type").and_then(Value::as_str).unwrap_or("");
    let (is_exposed, is_balanced) = (matches!(kind, "NodePort" | "LoadBalancer"), kind == "LoadBalancer");
    let has_addresses = spec.get("externalIPs").and_then(Value::as_list).is_some_and(|list| !list.is_empty());
    if is_exposed || has_addresses {
        fill_text(spec, "externalTrafficPolicy", "Cluster");
    }
    if is_exposed || spec.get("type").and_then(Value::as_str) == Some("ClusterIP") {
        fill(spec, "internalTrafficPolicy", || "Cluster".into());
    }
    if is_balanced {
        fill(spec, "allocateLoadBalancerNodePorts", || true.into());
    }
}

/// Follows `SetDefaults_CustomResourceDefinitionSpec` in apiextensions' `v1/defaults.go`.
pub(super) fn definition(body: &mut Map) {
    let spec = sub(body, "spec");
    let kind = spec.get("names").map_or("", |names| names.str_at(&["kind"])).to_string();
    fill(sub(spec, "conversion"), "strategy", || "None".into());
    let names = sub(spec, "names");
    if !kind.is_empty() {
        fill(names, "singular", || kind.to_lowercase().into());
        fill(names, "listKind", || format!("{kind}List").into());
    }
}
