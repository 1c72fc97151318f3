//! What belongs to a set beside its pods and claims: Services, budgets, and the ConfigMaps and Secrets of its template.

use crate::cluster::Cluster;
use crate::model::object::labels_from_value;
use crate::model::stateful_set::service_name;
use crate::model::{Key, Kind, Labels, Object, Text, Value, map_matches};
use std::rc::Rc;

/// The most that are shown.
const SHOWN_MAX: usize = 8;

/// The objects of a set, as keys with whether they exist: budgets first, because they hold things up.
pub fn beside(cluster: &Cluster, set: &Object) -> Vec<(Key, bool)> {
    let namespace = &set.meta.namespace;
    let labels = labels_from_value(set.at(&["spec", "template", "metadata", "labels"]));
    let governing = service_name(set);
    let services = cluster.list_in(Kind::Service, namespace);
    let services = services.filter(|it| it.meta.name != governing && sends_to(it, &labels));
    let keys = cluster.budgets_of_workload(set).chain(services).map(|object: &Rc<Object>| (object.key(), true));
    let mut all: Vec<(Key, bool)> = keys.take(SHOWN_MAX).collect();
    let mut named = Vec::new();
    if let Some(spec) = set.at(&["spec", "template", "spec"]) {
        named_in(spec, &mut named);
    }
    for (kind, name) in named {
        let key = Key::new(kind, namespace.clone(), name);
        if all.len() < SHOWN_MAX && all.iter().all(|(known, _)| *known != key) {
            let is_there = cluster.get(&key).is_some();
            all.push((key, is_there));
        }
    }
    all
}

/// Whether a Service sends to pods with `labels`; one that selects nothing has no pods.
fn sends_to(service: &Object, labels: &Labels) -> bool {
    let selector = service.at(&["spec", "selector"]).and_then(Value::as_map);
    selector.is_some_and(|it| it.iter().next().is_some() && map_matches(it, labels))
}

/// Notes the ConfigMaps and Secrets that a pod's spec names, in the order in which they stand there.
fn named_in(spec: &Value, named: &mut Vec<(Kind, Text)>) {
    let mut note = |kind: Kind, name: &str| {
        if !name.is_empty() {
            named.push((kind, Text::new(name)));
        }
    };
    for container in spec.list_at(&["initContainers"]).iter().chain(spec.list_at(&["containers"])) {
        for from in container.list_at(&["envFrom"]) {
            note(Kind::ConfigMap, from.str_at(&["configMapRef", "name"]));
            note(Kind::Secret, from.str_at(&["secretRef", "name"]));
        }
        for variable in container.list_at(&["env"]) {
            note(Kind::ConfigMap, variable.str_at(&["valueFrom", "configMapKeyRef", "name"]));
            note(Kind::Secret, variable.str_at(&["valueFrom", "secretKeyRef", "name"]));
        }
    }
    for volume in spec.list_at(&["volumes"]) {
        note(Kind::ConfigMap, volume.str_at(&["configMap", "name"]));
        note(Kind::Secret, volume.str_at(&["secret", "secretName"]));
        for source in volume.list_at(&["projected", "sources"]) {
            note(Kind::ConfigMap, source.str_at(&["configMap", "name"]));
            note(Kind::Secret, source.str_at(&["secret", "name"]));
        }
    }
}
