//! Names of other objects inside of objects: they follow when those get another name.
//!
//! Follows `nameReference` in `api/internal/konfig/builtinpluginconsts` of kustomize.

use super::resource::Resource;
use crate::model::{Kind, Text, Value};

/// Where objects of a kind are named inside a pod's spec; `*` stands for each element of a list.
const IN_PODS: &[(&str, &[&str])] = &[
    ("ConfigMap", &["volumes", "*", "configMap", "name"]),
    ("ConfigMap", &["volumes", "*", "projected", "sources", "*", "configMap", "name"]),
    ("ConfigMap", &["containers", "*", "env", "*", "valueFrom", "configMapKeyRef", "name"]),
    ("ConfigMap", &["containers", "*", "envFrom", "*", "configMapRef", "name"]),
    ("ConfigMap", &["initContainers", "*", "env", "*", "valueFrom", "configMapKeyRef", "name"]),
    ("ConfigMap", &["initContainers", "*", "envFrom", "*", "configMapRef", "name"]),
    ("Secret", &["volumes", "*", "secret", "secretName"]),
    ("Secret", &["volumes", "*", "projected", "sources", "*", "secret", "name"]),
    ("Secret", &["containers", "*", "env", "*", "valueFrom", "secretKeyRef", "name"]),
    ("Secret", &["containers", "*", "envFrom", "*", "secretRef", "name"]),
    ("Secret", &["initContainers", "*", "env", "*", "valueFrom", "secretKeyRef", "name"]),
    ("Secret", &["initContainers", "*", "envFrom", "*", "secretRef", "name"]),
    ("Secret", &["imagePullSecrets", "*", "name"]),
    ("PersistentVolumeClaim", &["volumes", "*", "persistentVolumeClaim", "claimName"]),
    ("ServiceAccount", &["serviceAccountName"]),
    ("PriorityClass", &["priorityClassName"]),
];

/// Where objects of a kind are named inside objects of another.
const ELSEWHERE: &[(&str, &str, &[&str])] = &[
    ("Service", "StatefulSet", &["spec", "serviceName"]),
    ("Service", "Ingress", &["spec", "rules", "*", "http", "paths", "*", "backend", "service", "name"]),
    ("Service", "Ingress", &["spec", "defaultBackend", "service", "name"]),
    ("Secret", "Ingress", &["spec", "tls", "*", "secretName"]),
    ("Secret", "Ingress", &["metadata", "annotations", "ingress.kubernetes.io/auth-secret"]),
    ("Secret", "Ingress", &["metadata", "annotations", "nginx.ingress.kubernetes.io/auth-secret"]),
    ("Secret", "Ingress", &["metadata", "annotations", "nginx.ingress.kubernetes.io/auth-tls-secret"]),
    ("Secret", "ServiceAccount", &["imagePullSecrets", "*", "name"]),
    ("Secret", "StorageClass", &["parameters", "secretName"]),
    ("Secret", "StorageClass", &["parameters", "adminSecretName"]),
    ("Secret", "StorageClass", &["parameters", "userSecretName"]),
    ("Secret", "StorageClass", &["parameters", "secretRef"]),
    ("Secret", "PersistentVolume", &["spec", "azureFile", "secretName"]),
    ("ConfigMap", "Role", &["rules", "*", "resourceNames", "*"]),
    ("ConfigMap", "ClusterRole", &["rules", "*", "resourceNames", "*"]),
    ("Secret", "Role", &["rules", "*", "resourceNames", "*"]),
    ("Secret", "ClusterRole", &["rules", "*", "resourceNames", "*"]),
    ("Role", "RoleBinding", &["roleRef", "name"]),
    ("ClusterRole", "RoleBinding", &["roleRef", "name"]),
    ("ClusterRole", "ClusterRoleBinding", &["roleRef", "name"]),
    ("StatefulSet", "HorizontalPodAutoscaler", &["spec", "scaleTargetRef", "name"]),
    ("Deployment", "HorizontalPodAutoscaler", &["spec", "scaleTargetRef", "name"]),
    ("StorageClass", "PersistentVolumeClaim", &["spec", "storageClassName"]),
    ("StorageClass", "PersistentVolume", &["spec", "storageClassName"]),
    ("StorageClass", "StatefulSet", &["spec", "volumeClaimTemplates", "*", "spec", "storageClassName"]),
    ("PersistentVolume", "PersistentVolumeClaim", &["spec", "volumeName"]),
];

/// Where the spec of a kind's pods stands. `None` for kinds without pods.
pub fn pod_spec(kind: &str) -> Option<&'static [&'static str]> {
    if kind == "ReplicationController" {
        return Some(&["spec", "template", "spec"]);
    }
    Kind::ALL.into_iter().find(|known| known.names().kind == kind)?.info().pods
}

/// Lets every reference follow its object.
pub fn follow(resources: &mut [Resource]) {
    let known: Vec<Resource> = resources.to_vec();
    for (at, resource) in resources.iter_mut().enumerate() {
        let kind = resource.kind().to_string();
        let namespace =
            resource.past.first().map_or(resource.namespace(), |(_, namespace)| namespace.as_str()).to_string();
        let is_other = |other: usize| other != at;
        let find = |wanted: &str, name: &str| target(&known, wanted, name, &namespace, &is_other);
        if let Some(spec) = pod_spec(&kind)
            && resource.value.at(spec).is_some()
        {
            for (wanted, path) in IN_PODS {
                visit(resource.value.at_mut(spec), path, &mut |value| follow_one(value, wanted, &find));
            }
        }
        if matches!(kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
            visit(&mut resource.value, &["subjects", "*"], &mut |subject| follow_subject(subject, &known));
        }
        for (wanted, _, path) in ELSEWHERE.iter().filter(|(_, holder, _)| *holder == kind) {
            visit(&mut resource.value, path, &mut |value| follow_one(value, wanted, &find));
        }
    }
}

/// A binding's subject follows an account that it names, with its namespace; the subject's kind does not count.
///
/// Follows `setMapping` in `api/filters/nameref` of kustomize.
fn follow_subject(subject: &mut Value, known: &[Resource]) {
    let name = subject.str_at(&["name"]).to_string();
    let namespace = subject.get("namespace").and_then(Value::as_str).map(str::to_string);
    let is_meant = |it: &&Resource| {
        it.kind() == "ServiceAccount" && it.is_called(&name) && namespace.as_ref().is_none_or(|own| it.is_in(own))
    };
    let mut found = known.iter().filter(is_meant);
    let (Some(account), None) = (found.next(), found.next()) else { return };
    subject.set_at(&["name"], Value::text(account.name()));
    if !account.namespace().is_empty() {
        subject.set_at(&["namespace"], Value::text(account.namespace()));
    }
}

fn follow_one(value: &mut Value, wanted: &str, find: &dyn Fn(&str, &str) -> Option<String>) {
    if let Some(new) = value.as_str().and_then(|name| find(wanted, name)) {
        *value = Value::from(Text::from(new));
    }
}

/// The name that an object has now which was called `name` once.
fn target(
    known: &[Resource],
    kind: &str,
    name: &str,
    namespace: &str,
    is_other: &dyn Fn(usize) -> bool,
) -> Option<String> {
    let fits = |it: &Resource| {
        let (first, first_namespace) =
            it.past.first().cloned().unwrap_or_else(|| (it.name().into(), it.namespace().into()));
        it.kind() == kind
            && (first == name || it.past.iter().any(|(past, _)| past == name))
            && (!it.is_namespaced() || first_namespace == namespace || it.namespace() == namespace)
    };
    let found = known.iter().enumerate().find(|(at, it)| is_other(*at) && fits(it))?;
    Some(found.1.name().to_string())
}

/// Calls `change` for each value at a path that exists.
pub fn visit(value: &mut Value, path: &[&str], change: &mut dyn FnMut(&mut Value)) {
    let Some((first, rest)) = path.split_first() else { return change(value) };
    if *first == "*" {
        if value.as_list().is_some() {
            value.list_mut().iter_mut().for_each(|inner| visit(inner, rest, change));
        }
    } else if value.as_map().is_some_and(|map| map.contains_key(first))
        && let Some(inner) = value.map_mut().get_mut(first)
    {
        visit(inner, rest, change);
    }
}
