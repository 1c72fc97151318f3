//! What the API server warns of while it accepts an object; kubectl prints it as `Warning: …`.
//!
//! Follows `WarningsOnCreate` and `WarningsOnUpdate` of the kinds' strategies, `pkg/api/pod/warnings.go`,
//! `pkg/api/service/warnings.go` and what `pkg/api/persistentvolume` and `pkg/api/persistentvolumeclaim` warn of.

use super::names;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::stateful_set::claim_templates;
use crate::model::volume::{node_terms, reclaim_policy};
use crate::model::{Object, Quantity, Text, Value};
use crate::sorted::SharedSet;

/// An object that is accepted.
pub(super) struct Accepted<'a> {
    pub object: &'a Object,
    /// The stored one whose place it takes.
    pub old: Option<&'a Object>,
    pub kubernetes: Kubernetes,
}

impl Accepted<'_> {
    /// Whether it asks for something that was not asked for before.
    fn is_asked_anew(&self) -> bool {
        self.old.is_none_or(|old| old.meta.generation != self.object.meta.generation)
    }

    fn has_annotation(&self, key: &str) -> bool {
        self.object.meta.annotations.contains_key(key)
    }
}

/// Labels of nodes that have other names by now: since when, and which.
const OLD_LABELS: [(&str, &str, &str); 5] = [
    ("beta.kubernetes.io/arch", "v1.14", "kubernetes.io/arch"),
    ("beta.kubernetes.io/instance-type", "v1.17", "node.kubernetes.io/instance-type"),
    ("beta.kubernetes.io/os", "v1.14", "kubernetes.io/os"),
    ("failure-domain.beta.kubernetes.io/region", "v1.17", "topology.kubernetes.io/region"),
    ("failure-domain.beta.kubernetes.io/zone", "v1.17", "topology.kubernetes.io/zone"),
];

/// Sources of volumes that come to nothing by now.
const OLD_VOLUMES: [(&str, &str); 9] = [
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "deprecated in v1.11"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
];

/// Annotations of pods that come to nothing by now, and the fields in their place.
const OLD_ANNOTATIONS: [(&str, &str, &str); 3] = [
    ("scheduler.alpha.kubernetes.io/critical-pod", "v1.16", "priorityClassName"),
    ("security.alpha.kubernetes.io/sysctls", "v1.11", "sysctls"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "v1.11", "sysctls"),
];

const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// Those of a set: of its template and of its claim templates, too.
pub(super) fn stateful_set(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    if !accepted.is_asked_anew() {
        return;
    }
    let set = accepted.object;
    if set.i64_at(&["spec", "revisionHistoryLimit"]).is_some_and(|limit| limit < 0) {
        out.push(
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
                .into(),
        );
    }
    template(out, "spec.template.", set.at(&["spec", "template"]));
    for (at, claim) in claim_templates(set).iter().enumerate() {
        claim_spec(out, &format!("spec.volumeClaimTemplates[{at}]"), claim.get("spec"));
    }
}

/// Those of whatever else makes pods of a template: of its name, which theirs begin with, and of the template.
pub(super) fn workload(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    makes_pods(out, accepted, &["spec", "template"]);
}

pub(super) fn cron_job(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    makes_pods(out, accepted, &["spec", "jobTemplate", "spec", "template"]);
}

pub(super) fn job(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    let is_huge = |field: &str, limit: i64| accepted.object.i64_at(&["spec", field]).is_some_and(|it| it > limit);
    let is_indexed = accepted.object.str_at(&["spec", "completionMode"]) == "Indexed";
    if accepted.is_asked_anew() && is_indexed && is_huge("completions", 100_000) && is_huge("parallelism", 10_000) {
        out.push(
            "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, \
             Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
                .into(),
        );
    }
    makes_pods(out, accepted, &["spec", "template"]);
}

fn makes_pods(out: &mut Vec<String>, accepted: &Accepted<'_>, path: &[&str]) {
    pod_names(out, accepted, "Pod names and hostnames");
    if accepted.is_asked_anew() {
        template(out, &format!("{}.", path.join(".")), accepted.object.at(path));
    }
}

/// Those of a pod; nobody is warned of an update, because it is seldom a person's.
pub(super) fn pod(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    let pod = accepted.object;
    if accepted.old.is_some() {
        return;
    }
    pod_names(out, accepted, "the Pod's hostname");
    let annotations: Vec<&str> = pod.meta.annotations.iter().map(|(key, _)| key.as_str()).collect();
    if let Some(spec) = pod.at(&["spec"]) {
        pod_spec(out, "", spec, &annotations);
    }
}

pub(super) fn endpoints(out: &mut Vec<String>, _: &Accepted<'_>) {
    out.push("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice".into());
}

pub(super) fn ingress(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    const CLASS: &str = "kubernetes.io/ingress.class";
    if accepted.has_annotation(CLASS) && accepted.object.at(&["spec", "ingressClassName"]).is_none() {
        out.push(format!("annotation {CLASS:?} is deprecated, please use 'spec.ingressClassName' instead"));
    }
}

pub(super) fn claim(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    beta_class(out, accepted);
    claim_spec(out, "spec", accepted.object.at(&["spec"]));
}

pub(super) fn volume(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    let volume = accepted.object;
    beta_class(out, accepted);
    if reclaim_policy(volume) == "Recycle" {
        out.push(
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended \
             approach is to use dynamic provisioning."
                .into(),
        );
    }
    for (at, term) in node_terms(volume).iter().enumerate() {
        selector_term(out, &format!("spec.nodeAffinity.required.nodeSelectorTerms[{at}]"), term);
    }
    if let Some(amount) = volume.at(&["spec", "capacity", "storage"]) {
        fraction(out, "spec.capacity[storage]", amount);
    }
}

pub(super) fn service(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    let spec = |field: &str| accepted.object.str_at(&["spec", field]);
    if accepted.has_annotation("service.kubernetes.io/topology-aware-hints") {
        out.push(
            "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use \
             service.kubernetes.io/topology-mode instead"
                .into(),
        );
    }
    let (kind, is_headless) = (spec("type"), spec("type") == "ClusterIP" && spec("clusterIP") == "None");
    let has_addresses = !accepted.object.list_at(&["spec", "externalIPs"]).is_empty();
    if is_headless {
        let ignored = [
            ("loadBalancerIP", !spec("loadBalancerIP").is_empty()),
            ("externalIPs", has_addresses),
            ("SessionAffinity", spec("sessionAffinity") != "None"),
        ];
        let ignored = ignored.iter().filter(|(_, is_set)| *is_set);
        out.extend(ignored.map(|(field, _)| format!("spec.{field} is ignored for headless services")));
    }
    let warns_of_addresses = accepted.kubernetes.has(Difference::ExternalAddressesWarning);
    if has_addresses && !is_headless && kind != "ExternalName" && warns_of_addresses {
        out.push("spec.externalIPs is deprecated and may no longer be implemented in some clusters".into());
    }
    if kind == "ExternalName" && has_addresses {
        out.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".into());
    }
    if kind != "ExternalName" && !spec("externalName").is_empty() {
        out.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".into());
    }
    if spec("trafficDistribution") == "PreferClose" {
        out.push("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"".into());
    }
}

fn beta_class(out: &mut Vec<String>, accepted: &Accepted<'_>) {
    if accepted.has_annotation(BETA_CLASS) {
        let what = "deprecated since v1.8; use \"storageClassName\" attribute instead";
        out.push(format!("metadata.annotations[{BETA_CLASS}]: {what}"));
    }
}

/// Pods and their hosts are named after a new object.
fn pod_names(out: &mut Vec<String>, accepted: &Accepted<'_>, what: &str) {
    let faults = names::dns_label(&accepted.object.meta.name);
    if accepted.old.is_none() && !faults.is_empty() {
        out.push(format!(
            "metadata.name: this is used in {what}, which can result in surprising behavior; a DNS label is \
             recommended: [{}]",
            faults.join(" ")
        ));
    }
}

fn template(out: &mut Vec<String>, base: &str, template: Option<&Value>) {
    let Some(template) = template else { return };
    let annotations = template.at(&["metadata", "annotations"]).and_then(Value::as_map);
    let annotations: Vec<&str> =
        annotations.into_iter().flat_map(crate::model::Map::iter).map(|(key, _): (&Text, _)| key.as_str()).collect();
    if let Some(spec) = template.get("spec") {
        pod_spec(out, base, spec, &annotations);
    }
}

/// `base` is what stands before `spec` and `metadata` in paths: nothing, or the template with its dot.
fn pod_spec(out: &mut Vec<String>, base: &str, spec: &Value, annotations: &[&str]) {
    let path = format!("{base}spec");
    placing(out, &path, spec);
    for (key, since, field) in OLD_ANNOTATIONS.iter().filter(|(key, ..)| annotations.contains(key)) {
        out.push(format!(
            "{base}metadata.annotations[{key}]: non-functional in {since}+; use the \"{field}\" field instead"
        ));
    }
    volumes(out, &path, spec);
    repeated(out, &format!("{path}.hostAliases"), "ip", spec.list_at(&["hostAliases"]));
    let secrets = spec.list_at(&["imagePullSecrets"]);
    repeated(out, &format!("{path}.imagePullSecrets"), "name", secrets);
    for (at, _) in secrets.iter().enumerate().filter(|(_, it)| it.str_at(&["name"]).is_empty()) {
        out.push(format!("{path}.imagePullSecrets[{at}].name: invalid empty name \"\""));
    }
    let containers = containers(&path, spec);
    for (path, container) in &containers {
        for kind in ["limits", "requests"] {
            for name in ["memory", "ephemeral-storage"] {
                if let Some(amount) = container.at(&["resources", kind, name]) {
                    fraction(out, &format!("{path}.resources.{kind}[{name}]"), amount);
                }
            }
        }
        hidden_variables(out, path, container);
    }
    ports(out, &containers);
    if spec.i64_at(&["terminationGracePeriodSeconds"]).is_some_and(|seconds| seconds < 0) {
        out.push(format!(
            "{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
        ));
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let list = |field: &str| spec.list_at(&["affinity", kind, field]).iter().enumerate();
        let (must, should) =
            ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution");
        for (at, term) in list(must) {
            labels_of_none(out, &format!("{path}.affinity.{kind}.{must}[{at}]"), Some(term));
        }
        for (at, term) in list(should) {
            let path = format!("{path}.affinity.{kind}.{should}[{at}].podAffinityTerm");
            labels_of_none(out, &path, term.get("podAffinityTerm"));
        }
    }
}

/// The containers of a pod with their paths.
fn containers<'a>(path: &str, spec: &'a Value) -> Vec<(String, &'a Value)> {
    let kinds = ["initContainers", "containers", "ephemeralContainers"].iter();
    let all = kinds.flat_map(|key| spec.list_at(&[key]).iter().enumerate().map(move |(at, it)| (key, at, it)));
    all.map(|(key, at, container)| (format!("{path}.{key}[{at}]"), container)).collect()
}

/// What says where a pod may run.
fn placing(out: &mut Vec<String>, path: &str, spec: &Value) {
    let selected = spec.get("nodeSelector").and_then(Value::as_map);
    for (key, _) in selected.into_iter().flat_map(crate::model::Map::iter) {
        if let Some(what) = old_label(key.as_str()) {
            out.push(format!("{path}.nodeSelector[{}]: {what}", key.as_str()));
        }
    }
    let near = ["affinity", "nodeAffinity"];
    let terms = spec
        .at(&near)
        .map_or(&[][..], |it| it.list_at(&["requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"]));
    let path_of_terms =
        format!("{path}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
    for (at, term) in terms.iter().enumerate() {
        selector_term(out, &format!("{path_of_terms}[{at}]"), term);
    }
    let should = "preferredDuringSchedulingIgnoredDuringExecution";
    for (at, term) in spec.list_at(&["affinity", "nodeAffinity", should]).iter().enumerate() {
        if let Some(term) = term.get("preference") {
            selector_term(out, &format!("{path}.affinity.nodeAffinity.{should}[{at}].preference"), term);
        }
    }
    for (at, constraint) in spec.list_at(&["topologySpreadConstraints"]).iter().enumerate() {
        let path = format!("{path}.topologySpreadConstraints[{at}]");
        let key = constraint.str_at(&["topologyKey"]);
        if let Some(what) = old_label(key) {
            out.push(format!("{path}.topologyKey: {key} is {what}"));
        }
        labels_of_none(out, &path, Some(constraint));
    }
}

fn old_label(key: &str) -> Option<String> {
    let (_, since, name) = OLD_LABELS.iter().find(|(old, ..)| *old == key)?;
    Some(format!("deprecated since {since}; use \"{name}\" instead"))
}

fn selector_term(out: &mut Vec<String>, path: &str, term: &Value) {
    for (at, expression) in term.list_at(&["matchExpressions"]).iter().enumerate() {
        let key = expression.str_at(&["key"]);
        if let Some(what) = old_label(key) {
            out.push(format!("{path}.matchExpressions[{at}].key: {key} is {what}"));
        }
    }
}

fn labels_of_none(out: &mut Vec<String>, path: &str, term: Option<&Value>) {
    if term.is_some_and(|term| term.get("labelSelector").is_none_or(Value::is_null)) {
        out.push(format!("{path}.labelSelector: a null labelSelector results in matching no pod"));
    }
}

fn volumes(out: &mut Vec<String>, path: &str, spec: &Value) {
    for (at, volume) in spec.list_at(&["volumes"]).iter().enumerate() {
        let path = format!("{path}.volumes[{at}]");
        for (source, what) in OLD_VOLUMES.iter().filter(|(source, _)| volume.get(source).is_some()) {
            out.push(format!("{path}.{}: {what}", if *source == "storageos" { "storageOS" } else { source }));
        }
        if let Some(claim) = volume.at(&["ephemeral", "volumeClaimTemplate", "spec"]) {
            claim_spec(out, &format!("{path}.ephemeral.volumeClaimTemplate.spec"), Some(claim));
        }
    }
}

/// Items of a list that are there twice by one of their fields.
fn repeated(out: &mut Vec<String>, path: &str, field: &str, items: &[Value]) {
    for (at, item) in items.iter().enumerate() {
        let value = item.str_at(&[field]);
        if items.get(..at).is_some_and(|before| before.iter().any(|other| other.str_at(&[field]) == value)) {
            out.push(format!("{path}[{at}].{field}: duplicate {field} {value:?}"));
        }
    }
}

/// Variables that take another's place without building on it.
fn hidden_variables(out: &mut Vec<String>, path: &str, container: &Value) {
    let env = container.list_at(&["env"]);
    let mut known = SharedSet::new();
    for (at, variable) in env.iter().enumerate() {
        let (name, value) = (variable.str_at(&["name"]), variable.str_at(&["value"]));
        if known.insert(name) {
            continue;
        }
        let itself = format!("$({name})");
        if variable.get("valueFrom").is_some() || value == itself || !value.contains(&itself) {
            out.push(format!(
                "{path}.env[{at}]: hides previous definition of \"{name}\", which may be dropped when using apply"
            ));
        }
    }
}

/// Ports that are declared twice, in one container or in two.
fn ports(out: &mut Vec<String>, containers: &[(String, &Value)]) {
    let mut known: Vec<(String, &Value)> = Vec::new();
    for (path, container) in containers {
        for (at, port) in container.list_at(&["ports"]).iter().enumerate() {
            let path = format!("{path}.ports[{at}]");
            let number = |it: &Value, field: &str| it.i64_at(&[field]).unwrap_or(0);
            let protocol = |it: &Value| match it.str_at(&["protocol"]) {
                "" => "TCP".to_string(),
                protocol => protocol.to_string(),
            };
            let (host, address) = (number(port, "hostPort"), port.str_at(&["hostIP"]));
            if !address.is_empty() && host == 0 {
                let (name, inside) = (port.str_at(&["name"]), number(port, "containerPort"));
                let protocol = protocol(port);
                out.push(format!(
                    "{path}: hostIP set without hostPort: {{Name:{name} HostPort:0 ContainerPort:{inside} \
                     Protocol:{protocol} HostIP:{address}}}"
                ));
            }
            let is_same = |other: &Value| {
                number(other, "containerPort") == number(port, "containerPort") && protocol(other) == protocol(port)
            };
            for (first, other) in known.iter().filter(|(_, other)| is_same(other)) {
                let (their_host, theirs) = (number(other, "hostPort"), other.str_at(&["hostIP"]));
                let how = match () {
                    () if host == their_host && address == theirs => "duplicate",
                    () if host == 0 || their_host == 0 => "overlapping",
                    () if host == their_host && address.is_empty() != theirs.is_empty() => "dangerously ambiguous",
                    () => continue,
                };
                out.push(format!("{path}: {how} port definition with {first}"));
            }
            if port.get("containerPort").is_some() {
                known.push((path, port));
            }
        }
    }
}

fn claim_spec(out: &mut Vec<String>, path: &str, spec: Option<&Value>) {
    for kind in ["requests", "limits"] {
        if let Some(amount) = spec.and_then(|spec| spec.at(&["resources", kind, "storage"])) {
            fraction(out, &format!("{path}.resources.{kind}[storage]"), amount);
        }
    }
}

fn fraction(out: &mut Vec<String>, path: &str, amount: &Value) {
    let text = amount.as_str().unwrap_or("");
    if Quantity::parse(text).is_ok_and(|quantity| quantity.milli_value() % 1000 != 0) {
        out.push(format!("{path}: fractional byte value \"{text}\" is invalid, must be an integer"));
    }
}
