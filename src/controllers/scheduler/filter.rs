//! Which nodes can take a pod: the filters in their order, each with its reason. Weighs nothing.
//!
//! Follows `findNodesThatFitPod` in pkg/scheduler/schedule_one.go and pkg/scheduler/framework/plugins.

use super::affinity;
use super::miss::Miss;
use super::node_load::{Loads, Nominated, Request};
use super::node_match::{selects, tolerates, untolerated_taint};
use super::topology_spread::HardConstraints;
use super::volumes::{self, Claims};
use crate::cluster::{Cluster, quantity_at};
use crate::kubernetes::Difference;
use crate::model::node::{UNSCHEDULABLE, is_cordoned};
use crate::model::pod::{host_ports, is_over, is_same_host_port, priority};
use crate::model::{Key, Object, Quantity, Text, Value};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// One pod looking for a node.
pub(super) struct Query<'a> {
    pub cluster: &'a Cluster,
    pub loads: &'a Loads,
    /// Where pods that wait for others to go shall come.
    pub nominated: &'a SharedMap<Key, Nominated>,
    pub pod: &'a Object,
    pub request: Request,
    claims: Claims,
    spread: HardConstraints,
    affinity: affinity::Rules,
}

/// What the containers of a pod ask for beyond cpu and memory: extended resources and ephemeral storage, by name.
pub fn other_requests(pod: &Object) -> SharedMap<Text, i64> {
    let mut all: SharedMap<Text, i64> = SharedMap::new();
    let mut of = |list: &str, is_sum: bool| {
        for container in pod.list_at(&["spec", list]) {
            let requests = container.at(&["resources", "requests"]).and_then(Value::as_map);
            for (name, amount) in requests.into_iter().flat_map(|map| map.iter()) {
                if matches!(name.as_str(), "cpu" | "memory") {
                    continue;
                }
                let amount = amount.as_str().and_then(|text| Quantity::parse(text).ok()).map_or(0, Quantity::value);
                let before = all.get(name).copied().unwrap_or(0);
                let after = if is_sum { before.saturating_add(amount) } else { before.max(amount) };
                all.insert(name.clone(), after);
            }
        }
    };
    of("containers", true);
    of("initContainers", false);
    all
}

impl<'a> Query<'a> {
    /// What is asked of every node for one pod.
    pub fn new(
        cluster: &'a Cluster,
        loads: &'a Loads,
        nominated: &'a SharedMap<Key, Nominated>,
        pod: &'a Object,
        claims: Claims,
    ) -> Query<'a> {
        let affinity = affinity::Rules::new(cluster, loads, pod);
        let spread = HardConstraints::new(cluster, loads, pod);
        Query { cluster, loads, nominated, pod, request: Request::of(pod), claims, spread, affinity }
    }

    /// Whether the node can take the pod; the first filter that says no supplies the reason.
    pub fn check(&self, node: &Object) -> Result<(), Miss> {
        let is_closed = is_cordoned(node);
        if is_closed && !tolerates_key(self.pod, UNSCHEDULABLE, "NoSchedule") {
            return Err(Miss::for_good("node(s) were unschedulable"));
        }
        if let Some(taint) = untolerated_taint(self.pod, node) {
            return Err(match self.cluster.kubernetes().has(Difference::NamelessTaints) {
                true => Miss::for_good("node(s) had untolerated taint(s)"),
                false => {
                    let (key, value) = (taint.str_at(&["key"]), taint.str_at(&["value"]));
                    Miss::for_good(format!("node(s) had untolerated taint {{{key}: {value}}}"))
                }
            });
        }
        if !selects(self.pod, node) {
            return Err(Miss::for_good("node(s) didn't match Pod's node affinity/selector"));
        }
        self.check_ports(node)?;
        self.check_resources(node)?;
        self.check_volumes(node)?;
        self.spread.check(node)?;
        self.affinity.check(node)
    }

    /// The pods on a node, with those that have their place there.
    fn pods_on(&self, node: &'a Object) -> impl Iterator<Item = &'a Rc<Object>> {
        self.loads.pods_on(self.cluster, &node.meta.name)
    }

    fn check_ports(&self, node: &Object) -> Result<(), Miss> {
        let wanted = host_ports(self.pod);
        if wanted.is_empty() {
            return Ok(());
        }
        let mut taken = self.pods_on(node).filter(|pod| !is_over(pod)).flat_map(|pod| host_ports(pod));
        let is_taken = taken.any(|port| wanted.iter().any(|own| is_same_host_port(*own, port)));
        if is_taken {
            return Err(Miss::for_now("node(s) didn't have free ports for the requested pod ports"));
        }
        Ok(())
    }

    fn check_other_resources(&self, node: &Object, miss: &mut Miss) {
        let wanted = other_requests(self.pod);
        if wanted.is_empty() {
            return;
        }
        let mut used: SharedMap<Text, i64> = SharedMap::new();
        for pod in self.pods_on(node) {
            for (name, amount) in other_requests(pod).iter().filter(|_| !is_over(pod)) {
                let before = used.get(name).copied().unwrap_or(0);
                used.insert(name.clone(), before.saturating_add(*amount));
            }
        }
        for (name, amount) in wanted.iter().filter(|(_, amount)| **amount > 0) {
            let all = quantity_at(node, &["status", "allocatable", name.as_str()]).value();
            if *amount > all.saturating_sub(used.get(name).copied().unwrap_or(0)) {
                miss.reasons.push(format!("Insufficient {name}").into());
                miss.resolvable &= *amount <= all;
            }
        }
    }

    fn check_resources(&self, node: &Object) -> Result<(), Miss> {
        let mut load = self.loads.on(&node.meta.name);
        // Room that was made for a pod that is as important is not free.
        let (me, own) = (self.pod.key(), priority(self.pod));
        for (key, place) in self.nominated.iter() {
            if place.node == node.meta.name && place.priority >= own && *key != me {
                load.pods += 1;
                load.sum = load.sum.plus(place.request);
            }
        }
        let allocatable = |name| quantity_at(node, &["status", "allocatable", name]);
        let mut miss = Miss { reasons: Vec::new(), resolvable: true };
        if load.pods + 1 > allocatable("pods").value() {
            miss.reasons.push("Too many pods".into());
        }
        if self.request.cpu_milli > 0 {
            let all = allocatable("cpu").milli_value();
            if self.request.cpu_milli > all - load.sum.cpu_milli {
                miss.reasons.push("Insufficient cpu".into());
                miss.resolvable &= self.request.cpu_milli <= all;
            }
        }
        if self.request.memory > 0 {
            let all = allocatable("memory").value();
            if self.request.memory > all - load.sum.memory {
                miss.reasons.push("Insufficient memory".into());
                miss.resolvable &= self.request.memory <= all;
            }
        }
        self.check_other_resources(node, &mut miss);
        if miss.reasons.is_empty() { Ok(()) } else { Err(miss) }
    }

    fn check_volumes(&self, node: &Object) -> Result<(), Miss> {
        let me = self.pod.key();
        let is_used = |claim: &Key| self.cluster.pods_using(claim).any(|key| *key != me && self.loads.is_placed(key));
        if self.claims.exclusive.iter().any(is_used) {
            return Err(Miss::for_now(
                "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use \
                 by another pod",
            ));
        }
        if self.claims.bound.iter().any(|volume| !volumes::volume_allows(volume, node)) {
            return Err(Miss::for_good("node(s) didn't match PersistentVolume's node affinity"));
        }
        if self.claims.waiting.iter().any(|claim| !volumes::can_provide(self.cluster, claim, node)) {
            return Err(Miss::for_good("node(s) didn't find available persistent volumes to bind"));
        }
        Ok(())
    }
}

fn tolerates_key(pod: &Object, key: &'static str, effect: &'static str) -> bool {
    tolerates(pod, &crate::obj! { "key" => key, "effect" => effect })
}
