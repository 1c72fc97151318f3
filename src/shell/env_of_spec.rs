//! What a container's `env` and `envFrom` come to: texts, ConfigMaps, Secrets, fields of the pod (`fieldRef`, read in
//! `downward_api`). The variables that tell of Services come before (`service_variables`).

use super::downward_api;
use super::kubelet_expansion::{expand, value_of};
use super::service_variables::service_variables;
use crate::cluster::Cluster;
use crate::model::pod::{containers, init_containers};
use crate::model::{Kind, Object, Text, Value, decode_base64};
use crate::sorted::SharedMap;

/// The variables that the kubelet gives a container: those of Services, then `envFrom`, then `env`, each once.
/// `ip` is the pod's address. Follows `makeEnvironmentVariables`.
pub fn variables(cluster: &Cluster, pod: &Object, container: &Value, ip: &str) -> Vec<(String, String)> {
    let namespace = &pod.meta.namespace;
    let has_links = pod.at(&["spec", "enableServiceLinks"]).and_then(Value::as_bool) != Some(false);
    let services = service_variables(cluster, namespace, pod.meta.created, has_links);
    told(cluster, pod, container, ip, services)
}

/// The variables of `envFrom` and `env` behind those that there are `before` them, each once.
pub(super) fn told(
    cluster: &Cluster,
    pod: &Object,
    container: &Value,
    ip: &str,
    before: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let (namespace, mut all) = (&pod.meta.namespace, before);
    for source in container.list_at(&["envFrom"]) {
        let prefix = source.str_at(&["prefix"]);
        for (kind, field) in [(Kind::ConfigMap, "configMapRef"), (Kind::Secret, "secretRef")] {
            let name = source.str_at(&[field, "name"]);
            let data = if name.is_empty() { SharedMap::new() } else { data_of(cluster, namespace, kind, name) };
            all.extend(data.into_iter().map(|(key, value)| (format!("{prefix}{key}"), value.to_string())));
        }
    }
    for entry in container.list_at(&["env"]) {
        let name = entry.str_at(&["name"]).to_string();
        let value = match entry.get("valueFrom").filter(|from| !from.is_null()) {
            Some(from) => value_from(cluster, pod, container, from, ip),
            None => Some(expand(entry.str_at(&["value"]), |name| value_of(&all, name))),
        };
        all.extend(value.map(|value| (name, value)));
    }
    each_once(all)
}

/// Every name once, at its first place and with its last value.
pub(super) fn each_once(all: Vec<(String, String)>) -> Vec<(String, String)> {
    let (mut each, mut places) = (Vec::<(String, String)>::new(), SharedMap::<String, usize>::new());
    for (name, value) in all {
        match places.get(&name).and_then(|at| each.get_mut(*at)) {
            Some(pair) => pair.1 = value,
            None => {
                places.insert(name.clone(), each.len());
                each.push((name, value));
            }
        }
    }
    each
}

fn value_from(cluster: &Cluster, pod: &Object, container: &Value, from: &Value, ip: &str) -> Option<String> {
    let part = |name: &str| from.get(name).filter(|part| !part.is_null());
    for (kind, field) in [(Kind::ConfigMap, "configMapKeyRef"), (Kind::Secret, "secretKeyRef")] {
        if let Some(reference) = part(field) {
            let data = data_of(cluster, &pod.meta.namespace, kind, reference.str_at(&["name"]));
            return data.get(reference.str_at(&["key"])).map(Text::to_string);
        }
    }
    if let Some(reference) = part("resourceFieldRef") {
        let name = reference.str_at(&["containerName"]);
        let lists = [containers(pod), init_containers(pod)];
        let mut all = lists.into_iter().flatten();
        let named = all.find(|container| !name.is_empty() && container.str_at(&["name"]) == name);
        return downward_api::resource(cluster, pod, named.unwrap_or(container), reference);
    }
    downward_api::field(cluster, pod, from.str_at(&["fieldRef", "fieldPath"]), ip)
}

/// The entries of a ConfigMap or a Secret, decoded.
fn data_of(cluster: &Cluster, namespace: &Text, kind: Kind, name: &str) -> SharedMap<String, Text> {
    let Some(object) = cluster.find(kind, namespace, &Text::new(name)) else { return SharedMap::new() };
    let mut data = SharedMap::new();
    for (key, value) in object.at(&["data"]).and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
        let text = value.as_str().unwrap_or("");
        let text = if kind == Kind::Secret { decode_base64(text) } else { text.to_string() };
        data.insert(key.to_string(), text.into());
    }
    data
}
