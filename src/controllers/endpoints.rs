//! Keeps the EndpointSlices and the Endpoints of every Service with a selector. Answers no query.
//!
//! What each pod contributes is remembered, so that a change of one pod costs one slice and not the whole Service.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::service_endpoints::SERVICE_NAME;
use crate::cluster::{Change, Cluster, NAME_ALPHABET, Verb};
use crate::model::node::ZONE;
use crate::model::pod::{ip, is_over, is_ready, node_of};
use crate::model::{Key, Kind, Labels, Map, Millis, Object, OwnerReference, Text, Value, map_matches};
use crate::sorted::{SharedMap, SharedSet};
use crate::{list, obj};
use std::rc::Rc;

/// What one pod contributes to a Service.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    slice: usize,
    ip: [u8; 4],
    endpoint: Value,
    address: Value,
    /// Whether the legacy object lists it as ready; `None` if it leaves it out.
    is_listed_ready: Option<bool>,
}

/// A slice and the pods in it.
#[derive(Clone, Debug)]
struct Slice {
    name: Text,
    pods: SharedSet<Key>,
}

/// A Service as it was written last.
#[derive(Clone, Debug, Default)]
struct Tracked {
    entries: Rc<SharedMap<Key, Entry>>,
    slices: Vec<Slice>,
    ready: Rc<SharedMap<[u8; 4], Value>>,
    unready: Rc<SharedMap<[u8; 4], Value>>,
    ports: Option<Value>,
}

/// The endpoint controllers' memory.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    selectors: Rc<SharedMap<Key, Map>>,
    tracked: Rc<SharedMap<Key, Tracked>>,
    dirty: Rc<SharedMap<Key, SharedSet<Key>>>,
}

/// Looks at all pods of the Service.
const TASK_ALL: &str = "all";
/// Writes the legacy object of a large Service.
const TASK_LEGACY: &str = "legacy";
/// The legacy object holds all endpoints; with more than a slice of them its changes are gathered for so long.
const LEGACY_DELAY: Millis = Millis::seconds(10);
/// How many endpoints a slice holds.
const SLICE_MAX: usize = 100;
/// How long changes of a Service with more than a slice of endpoints are gathered; others are written at once, as
/// upstream does without a batch period: who waited for a rollout finds the new pods behind the Service.
const GATHERED: Millis = Millis(50);

/// How long it takes to see that something is gone.
const MADE_AGAIN: Millis = Millis(100);

impl Controller for Endpoints {
    fn observe(&mut self, change: &Change, _: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match change.kind() {
            Kind::Service => self.observe_service(change, timers),
            Kind::Endpoints | Kind::EndpointSlice if change.verb == Verb::Deleted => self.make_again(change, timers),
            Kind::Pod => {
                let has_ip = |pod: &Object| !ip(pod).is_empty();
                if !has_ip(object) && change.old.as_ref().is_none_or(|old| !has_ip(old)) {
                    return;
                }
                let pod = object.key();
                for (service, selector) in self.selectors.iter() {
                    let takes = |labels| map_matches(selector, labels);
                    let is_ours = service.namespace == pod.namespace
                        && (takes(&object.meta.labels) || change.old.as_ref().is_some_and(|o| takes(&o.meta.labels)));
                    if is_ours {
                        Rc::make_mut(&mut self.dirty).entry(service.clone()).or_default().insert(pod.clone());
                        let is_large = self.tracked.get(service).is_some_and(|own| own.entries.len() > SLICE_MAX);
                        let delay = if is_large { GATHERED } else { Millis::ZERO };
                        timers.add(change.at + delay, work(service, ""));
                    }
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(service) = ctx.cluster.get(&work.key).cloned() else { return };
        let Some(selector) = self.selectors.get(&work.key).cloned() else { return };
        let mut pods = Rc::make_mut(&mut self.dirty).remove(&work.key).unwrap_or_default();
        let mut tracked = Rc::make_mut(&mut self.tracked).remove(&work.key).unwrap_or_default();
        if work.task == TASK_LEGACY {
            tracked.write_legacy(ctx, &service);
        }
        let is_whole = work.task == TASK_ALL;
        if is_whole {
            let all = ctx.cluster.list_in(Kind::Pod, &work.key.namespace);
            pods.extend(all.filter(|pod| map_matches(&selector, &pod.meta.labels)).map(|pod| pod.key()));
            pods.extend(tracked.entries.keys().cloned());
            tracked.ports = None;
        }
        let mut changed = SharedSet::new();
        for key in pods {
            tracked.update(ctx.cluster, &service, &selector, &key, &mut changed);
        }
        if !changed.is_empty() || is_whole {
            tracked.write_slices(ctx, &service, &changed, is_whole);
            if tracked.entries.len() <= SLICE_MAX || is_whole {
                tracked.write_legacy(ctx, &service);
            } else {
                ctx.timers.add(ctx.cluster.now() + LEGACY_DELAY, self::work(&work.key, TASK_LEGACY));
            }
        }
        Rc::make_mut(&mut self.tracked).insert(work.key.clone(), tracked);
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Endpoints, key: key.clone(), task }
}

impl Endpoints {
    /// Somebody has deleted what is kept for a Service that is there.
    ///
    /// Follows `onEndpointSliceDelete` in pkg/controller/endpointslice and `onEndpointsDelete` in pkg/controller/endpoint.
    fn make_again(&mut self, change: &Change, timers: &mut Timers) {
        let object = &change.object;
        let service = match object.kind {
            Kind::Endpoints => object.meta.name.clone(),
            _ => Text::new(object.meta.label(SERVICE_NAME)),
        };
        let key = Key::new(Kind::Service, object.meta.namespace.clone(), service);
        if !self.selectors.contains_key(&key) {
            return;
        }
        if let Some(tracked) = Rc::make_mut(&mut self.tracked).get_mut(&key) {
            let gone = tracked.slices.iter_mut().filter(|slice| slice.name == object.meta.name);
            gone.for_each(|slice| slice.name = Text::default());
        }
        timers.add(change.at + MADE_AGAIN, work(&key, TASK_ALL));
    }

    fn observe_service(&mut self, change: &Change, timers: &mut Timers) {
        let (service, key) = (&change.object, change.object.key());
        // What has its addresses elsewhere gets none here.
        let is_elsewhere = service.str_at(&["spec", "type"]) == "ExternalName";
        let selector = service.at(&["spec", "selector"]).and_then(Value::as_map);
        let selector = selector.filter(|map| !map.is_empty() && !is_elsewhere);
        if change.verb == Verb::Deleted || selector.is_none() {
            Rc::make_mut(&mut self.selectors).remove(&key);
            Rc::make_mut(&mut self.tracked).remove(&key);
            Rc::make_mut(&mut self.dirty).remove(&key);
            return;
        }
        let is_same = change.old.as_ref().is_some_and(|old| {
            old.body.get("spec") == service.body.get("spec") && old.meta.labels == service.meta.labels
        });
        if let Some(selector) = selector.filter(|_| !is_same) {
            Rc::make_mut(&mut self.selectors).insert(key.clone(), selector.clone());
            timers.add(change.at, work(&key, TASK_ALL));
        }
    }
}

impl Tracked {
    /// Looks at one pod again; the numbers of the slices that change because of it go into `changed`.
    fn update(
        &mut self,
        cluster: &Cluster,
        service: &Object,
        selector: &Map,
        key: &Key,
        changed: &mut SharedSet<usize>,
    ) {
        let pod = cluster.get(key).filter(|pod| map_matches(selector, &pod.meta.labels));
        let old = self.entries.get(key).cloned();
        let new = pod.and_then(|pod| entry_of(cluster, service, pod, old.as_ref().map_or(0, |old| old.slice)));
        if self.ports.is_none()
            && let Some(pod) = pod.filter(|_| new.is_some())
        {
            self.ports = Some(ports_of(service, pod));
        }
        if old == new {
            return;
        }
        if let Some(old) = &old {
            changed.insert(old.slice);
            Rc::make_mut(&mut self.ready).remove(&old.ip);
            Rc::make_mut(&mut self.unready).remove(&old.ip);
            if new.is_none() {
                Rc::make_mut(&mut self.entries).remove(key);
                if let Some(slice) = self.slices.get_mut(old.slice) {
                    slice.pods.remove(key);
                }
            }
        }
        let Some(mut entry) = new else { return };
        if old.is_none() {
            entry.slice = self.place_for(key);
        }
        changed.insert(entry.slice);
        match entry.is_listed_ready {
            Some(true) => _ = Rc::make_mut(&mut self.ready).insert(entry.ip, entry.address.clone()),
            Some(false) => _ = Rc::make_mut(&mut self.unready).insert(entry.ip, entry.address.clone()),
            None => {}
        }
        Rc::make_mut(&mut self.entries).insert(key.clone(), entry);
    }

    /// Puts a pod into the first slice with room.
    fn place_for(&mut self, key: &Key) -> usize {
        let at = match self.slices.iter().position(|slice| slice.pods.len() < SLICE_MAX) {
            Some(at) => at,
            None => {
                self.slices.push(Slice { name: Text::default(), pods: SharedSet::new() });
                self.slices.len() - 1
            }
        };
        if let Some(slice) = self.slices.get_mut(at) {
            slice.pods.insert(key.clone());
        }
        at
    }

    fn write_slices(&mut self, ctx: &mut Ctx<'_>, service: &Object, changed: &SharedSet<usize>, is_whole: bool) {
        if self.slices.is_empty() {
            self.slices.push(Slice { name: Text::default(), pods: SharedSet::new() });
        }
        let labels = labels_for(service);
        let ports = self.ports.clone().unwrap_or_else(|| list![]);
        for (at, slice) in self.slices.iter_mut().enumerate() {
            if !is_whole && !changed.contains(&at) && !slice.name.is_empty() {
                continue;
            }
            if slice.name.is_empty() {
                let suffix = ctx.cluster.rng().word(NAME_ALPHABET, 5);
                slice.name = format!("{}-{suffix}", service.meta.name).into();
            }
            let endpoints: Vec<Value> =
                slice.pods.iter().filter_map(|key| self.entries.get(key)).map(|entry| entry.endpoint.clone()).collect();
            let mut labels = labels.clone();
            labels.insert("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io".into());
            labels.insert(SERVICE_NAME, service.meta.name.clone());
            let mut object = Object::new(Kind::EndpointSlice, service.meta.namespace.clone(), slice.name.clone());
            object.meta.generate_name = format!("{}-", service.meta.name).into();
            object.meta.owner_references = Rc::new(vec![OwnerReference::controller_of(service)]);
            object.meta.labels = labels;
            object.set_at(&["addressType"], "IPv4");
            object.set_at(&["endpoints"], endpoints);
            object.set_at(&["ports"], named(&ports));
            store(ctx.cluster, object);
        }
    }

    fn write_legacy(&self, ctx: &mut Ctx<'_>, service: &Object) {
        let mut labels = labels_for(service);
        let ports = self.ports.clone().unwrap_or_else(|| list![]);
        let mut object = Object::new(Kind::Endpoints, service.meta.namespace.clone(), service.meta.name.clone());
        labels.insert("endpoints.kubernetes.io/managed-by", "endpoint-controller".into());
        object.meta.labels = labels;
        let addresses = |map: &SharedMap<[u8; 4], Value>| map.values().cloned().collect::<Vec<Value>>();
        let mut subset = Map::new();
        if !self.ready.is_empty() {
            subset.insert("addresses", addresses(&self.ready).into());
        }
        if !self.unready.is_empty() {
            subset.insert("notReadyAddresses", addresses(&self.unready).into());
        }
        if !subset.is_empty() {
            if ports.as_list().is_some_and(|ports| !ports.is_empty()) {
                subset.insert("ports", ports);
            }
            object.set_at(&["subsets"], list![Value::Map(subset)]);
        }
        store(ctx.cluster, object);
    }
}

/// The ports of a slice: one without a name says so.
fn named(ports: &Value) -> Value {
    let mut ports = ports.clone();
    let is_complete = ports.as_list().unwrap_or(&[]).iter().all(|port| port.get("name").is_some());
    if !is_complete {
        for port in ports.list_mut().iter_mut().filter(|port| port.get("name").is_none()) {
            port.set_at(&["name"], "");
        }
    }
    ports
}

/// The Service's labels and the mark of a headless one.
fn labels_for(service: &Object) -> Labels {
    let mut labels = service.meta.labels.clone();
    if service.str_at(&["spec", "clusterIP"]) == "None" {
        labels.insert("service.kubernetes.io/headless", "".into());
    }
    labels
}

/// Writes an object whether it is there or not.
fn store(cluster: &mut Cluster, mut object: Object) {
    match cluster.get(&object.key()).cloned() {
        None => _ = cluster.create(object),
        Some(old) => {
            object.meta = crate::model::Meta {
                labels: object.meta.labels,
                owner_references: object.meta.owner_references,
                ..old.meta.clone()
            };
            if crate::api::raises_generation(&object, &old) {
                object.meta.generation += 1;
            }
            // Read a moment ago: nobody wrote it in between.
            _ = cluster.replace(object);
        }
    }
}

fn entry_of(cluster: &Cluster, service: &Object, pod: &Object, slice: usize) -> Option<Entry> {
    let ip = pod.at(&["status", "podIP"]).and_then(Value::as_text).filter(|ip| !ip.is_empty())?;
    if is_over(pod) {
        return None;
    }
    let publishes = service.at(&["spec", "publishNotReadyAddresses"]).and_then(Value::as_bool) == Some(true);
    let (is_ready, is_terminating) = (is_ready(pod), pod.meta.is_terminating());
    let target = obj! {
        "kind" => "Pod", "name" => &pod.meta.name, "namespace" => &pod.meta.namespace, "uid" => &pod.meta.uid,
    };
    let node_name = node_of(pod);
    let mut endpoint = obj! {
        "addresses" => list![ip],
        "conditions" => obj! {
            "ready" => publishes || (is_ready && !is_terminating), "serving" => is_ready,
            "terminating" => is_terminating,
        },
        "nodeName" => &node_name, "targetRef" => target.clone(),
    };
    let mut address = obj! { "ip" => ip, "nodeName" => &node_name, "targetRef" => target };
    let node = cluster.find(Kind::Node, &Text::default(), &node_name);
    if let Some(zone) = node.and_then(|node| node.meta.labels.get(ZONE)) {
        endpoint.set_at(&["zone"], zone);
    }
    let hostname = pod.str_at(&["spec", "hostname"]);
    if !hostname.is_empty() && pod.str_at(&["spec", "subdomain"]) == service.meta.name.as_str() {
        endpoint.set_at(&["hostname"], Text::new(hostname));
        address.set_at(&["hostname"], Text::new(hostname));
    }
    let is_listed_ready = (publishes || !is_terminating).then_some(publishes || is_ready);
    Some(Entry { slice, ip: octets(ip), endpoint, address, is_listed_ready })
}

fn octets(ip: &str) -> [u8; 4] {
    let mut octets = [0; 4];
    for (octet, part) in octets.iter_mut().zip(ip.split('.')) {
        *octet = part.parse().unwrap_or(0);
    }
    octets
}

/// The Service's ports with the numbers that they have in the pod.
fn ports_of(service: &Object, pod: &Object) -> Value {
    let containers = crate::model::pod::containers(pod).iter();
    let pod_ports: Vec<&Value> = containers.flat_map(|container| container.list_at(&["ports"])).collect();
    let ports = service.list_at(&["spec", "ports"]).iter().filter_map(|port| {
        let number = match port.get("targetPort") {
            Some(Value::Str(name)) => {
                pod_ports.iter().find(|p| p.str_at(&["name"]) == name.as_str())?.i64_at(&["containerPort"])?
            }
            Some(Value::Int(number)) if *number > 0 => *number,
            _ => port.i64_at(&["port"])?,
        };
        let protocol = match port.str_at(&["protocol"]) {
            "" => Text::from("TCP"),
            protocol => Text::new(protocol),
        };
        let mut found = obj! { "port" => number, "protocol" => protocol };
        if !port.str_at(&["name"]).is_empty() {
            found.set_at(&["name"], Text::new(port.str_at(&["name"])));
        }
        Some(found)
    });
    ports.collect::<Vec<Value>>().into()
}
