//! Secrets and ConfigMaps that are missing although a program would have made them that this lab cannot run: such a
//! program is taken to do its job, so they are made in its place, if its account may make them. Whose job it was stands
//! in an annotation. Invents nothing that nobody could have made.

use super::Visit;
use super::references::{is_optional, present};
use crate::cluster::{Cluster, User, attributes};
use crate::controllers::unknown_programs::runs_unknown;
use crate::controllers::{ControllerId, Decision, Outcome, Subject};
use crate::model::conditions::phase;
use crate::model::container_status::exit_code;
use crate::model::pod::{SUPPLIED_BY, status_of, volumes};
use crate::model::{Key, Kind, Map, Millis, Object, Text, Value, encode_base64};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// How long a program runs until what it makes is there.
const MOMENT: Millis = Millis::seconds(3);
/// The value of what a program would have made.
const VALUE: &str = "taken-for-granted";

/// The keys of Secrets and ConfigMaps that a pod asks for; an object may be asked for without a key.
fn wanted(pod: &Object) -> SharedMap<Key, Vec<Text>> {
    let mut all: SharedMap<Key, Vec<Text>> = SharedMap::new();
    let mut want = |kind: Kind, name: &str, keys: Vec<Text>| {
        let key = Key::new(kind, pod.meta.namespace.clone(), Text::new(name));
        all.entry(key).or_default().extend(keys);
    };
    let items = |source: &Value| -> Vec<Text> {
        source.list_at(&["items"]).iter().map(|item| Text::new(item.str_at(&["key"]))).collect()
    };
    let needed = |source: &&Value| !is_optional(source);
    for volume in volumes(pod) {
        if let Some(secret) = present(volume, "secret").filter(needed) {
            want(Kind::Secret, secret.str_at(&["secretName"]), items(secret));
        }
        if let Some(map) = present(volume, "configMap").filter(needed) {
            want(Kind::ConfigMap, map.str_at(&["name"]), items(map));
        }
        for source in volume.list_at(&["projected", "sources"]) {
            for (field, kind) in [("secret", Kind::Secret), ("configMap", Kind::ConfigMap)] {
                if let Some(part) = present(source, field).filter(needed) {
                    want(kind, part.str_at(&["name"]), items(part));
                }
            }
        }
    }
    for container in ["initContainers", "containers"].into_iter().flat_map(|list| pod.list_at(&["spec", list])) {
        for entry in container.list_at(&["envFrom"]) {
            for (field, kind) in [("configMapRef", Kind::ConfigMap), ("secretRef", Kind::Secret)] {
                if let Some(part) = present(entry, field).filter(needed) {
                    want(kind, part.str_at(&["name"]), Vec::new());
                }
            }
        }
        for from in container.list_at(&["env"]).iter().filter_map(|entry| present(entry, "valueFrom")) {
            for (field, kind) in [("configMapKeyRef", Kind::ConfigMap), ("secretKeyRef", Kind::Secret)] {
                if let Some(part) = present(from, field).filter(needed) {
                    want(kind, part.str_at(&["name"]), vec![Text::new(part.str_at(&["key"]))]);
                }
            }
        }
    }
    all
}

/// Whether something of a pod that this lab cannot run has had the time to do its job.
fn has_done_its_job(cluster: &Cluster, pod: &Object) -> bool {
    let now = cluster.now();
    let specs = ["containers", "initContainers"].into_iter().flat_map(|list| pod.list_at(&["spec", list]));
    specs.into_iter().any(|spec| {
        let Some(status) = status_of(pod, spec.str_at(&["name"])) else { return false };
        let began = Millis::parse_rfc3339(status.str_at(&["state", "running", "startedAt"]));
        let is_done = exit_code(status) == Some(0) || began.is_some_and(|began| began + MOMENT <= now);
        is_done && runs_unknown(cluster, pod, spec)
    })
}

/// Whether a pod's account may make objects of a kind in a namespace, or everywhere.
fn may_make(cluster: &Cluster, pod: &Object, kind: Kind, namespace: &str) -> bool {
    cluster.may(&User::of_pod(pod), &attributes("create", kind, "", namespace, "")).is_ok()
}

/// The pod whose program may have made an object, as far as its account may make such objects there.
fn maker(cluster: &Cluster, key: &Key) -> Option<Key> {
    // The fewest pods have such programs, and the fewest accounts may make anything.
    let mut pods = cluster.list(Kind::Pod).filter(|pod| matches!(phase(pod), "Running" | "Succeeded"));
    let may = |pod: &Object| has_done_its_job(cluster, pod) && may_make(cluster, pod, key.kind, &key.namespace);
    pods.find(|pod| may(pod)).map(|pod| pod.key())
}

fn value_for(kind: Kind) -> Text {
    if kind == Kind::Secret { encode_base64(VALUE.as_bytes()).into() } else { VALUE.into() }
}

impl Visit<'_, '_, '_> {
    /// Makes what is missing and a program would have made that this lab cannot run. Returns whether it made something.
    pub(super) fn supply(&mut self) -> bool {
        let mut has_made = false;
        for (key, keys) in wanted(&self.pod) {
            if key.name.is_empty() {
                continue;
            }
            let found = self.ctx.cluster.get(&key).cloned();
            let has = |name: &Text| {
                let found = found.as_ref();
                found.is_some_and(|object| ["data", "binaryData"].iter().any(|map| object.at(&[map, name]).is_some()))
            };
            let missing: Vec<Text> = keys.into_iter().filter(|name| !name.is_empty() && !has(name)).collect();
            let is_supplied = found.as_ref().is_some_and(|object| object.meta.annotations.get(SUPPLIED_BY).is_some());
            if found.is_some() && (missing.is_empty() || !is_supplied) {
                continue;
            }
            has_made |= match found {
                Some(_) => self.ctx.cluster.modify(&key, |object| fill(object, &missing)).is_ok(),
                None => self.make(&key, &missing),
            };
        }
        has_made
    }

    /// Remembers what a program may have made that this lab cannot run and that ended well: its pod, and its account's
    /// rights, may be gone by the time somebody misses that.
    pub(super) fn note_maker(&mut self, at: usize) {
        let cluster = &self.ctx.cluster;
        if !runs_unknown(cluster, &self.pod, &self.spec(at)) {
            return;
        }
        let namespaces = [Text::default(), self.pod.meta.namespace.clone()];
        let places = [Kind::Secret, Kind::ConfigMap].into_iter().filter_map(|kind| {
            let namespace = namespaces.iter().find(|namespace| may_make(cluster, &self.pod, kind, namespace))?;
            Some((kind, namespace.clone()))
        });
        let places: Vec<_> = places.collect();
        for place in places {
            Rc::make_mut(&mut self.kubelet.makers).insert(place, self.pod.key());
        }
    }

    /// The pod whose program may have made an object, though it may be gone.
    fn maker(&self, key: &Key) -> Option<Key> {
        let noted = || {
            let places = [key.namespace.clone(), Text::default()].map(|namespace| (key.kind, namespace));
            places.iter().find_map(|place| self.kubelet.makers.get(place)).cloned()
        };
        maker(self.ctx.cluster, key).or_else(noted)
    }

    fn make(&mut self, key: &Key, keys: &[Text]) -> bool {
        let Some(maker) = self.maker(key) else { return false };
        let mut object = Object::new(key.kind, key.namespace.clone(), key.name.clone());
        object.meta.annotations.insert(SUPPLIED_BY, format!("{}/{}", maker.namespace, maker.name).into());
        if key.kind == Kind::Secret {
            object.set_at(&["type"], "Opaque");
        }
        object.set_at(&["data"], Map::new());
        fill(&mut object, keys);
        if self.ctx.cluster.create(object).is_err() {
            return false;
        }
        let (at, pod) = (self.now(), self.pod.key());
        self.ctx.decisions.record(|| Decision {
            at,
            controller: ControllerId::Kubelet,
            key: pod.clone(),
            rule: "kubelet.supplied",
            subject: Subject::Whole,
            facts: vec![
                ("pod", pod.name.clone()),
                ("object", format!("{}/{}", key.kind.names().singular, key.name).into()),
                ("maker", maker.name.clone()),
            ],
            outcome: Outcome::Acts,
        });
        true
    }
}

fn fill(object: &mut Object, keys: &[Text]) {
    let value = value_for(object.kind);
    let mut data = object.at(&["data"]).and_then(Value::as_map).cloned().unwrap_or_default();
    for key in keys {
        data.insert(key.clone(), Value::Str(value.clone()));
    }
    object.set_at(&["data"], data);
}
