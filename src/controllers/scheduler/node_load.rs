//! What the pods on each node ask for, kept up to date pod by pod; decides nothing.
//!
//! Follows `NodeInfo` in pkg/scheduler/framework/types.go.

use crate::cluster::Cluster;
use crate::model::pod::{node_of, priority};
use crate::model::pod_resources::{requests, requests_or};
use crate::model::{Key, Object, Quantity, Text};
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// What one pod asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub cpu_milli: i64,
    pub memory: i64,
    /// As scores count it: a container that asks for nothing counts as 100m and 200 MB.
    pub score_cpu_milli: i64,
    pub score_memory: i64,
}

/// What the pods on a node ask for together.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    pub pods: i64,
    pub sum: Request,
    /// How many pods there are of each priority, the lowest first.
    priorities: Vec<(i64, i64)>,
}

impl Load {
    /// Whether a pod is less important than this.
    pub fn has_below(&self, priority: i64) -> bool {
        self.priorities.first().is_some_and(|(lowest, _)| *lowest < priority)
    }

    /// Counts pods of a priority, or no longer.
    fn count(&mut self, priority: i64, difference: i64) {
        self.pods += difference;
        match self.priorities.binary_search_by_key(&priority, |(known, _)| *known) {
            Ok(at) => {
                self.priorities[at].1 += difference;
                self.priorities.retain(|(_, count)| *count > 0);
            }
            Err(at) => self.priorities.insert(at, (priority, difference)),
        }
    }
}

#[derive(Clone, Debug)]
struct Placed {
    node: Text,
    owner: Text,
    request: Request,
    priority: i64,
}

/// What every node carries.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    nodes: Rc<SharedMap<Text, Load>>,
    placed: Rc<SharedMap<Key, Placed>>,
    by_owner: Rc<SharedMap<(Text, Text), i64>>,
    with_anti_affinity: Rc<SharedSet<Key>>,
    /// Pods that have a place and are not bound to it yet, with their nodes.
    assumed: Rc<SharedMap<Key, Text>>,
}

const SCORE_CPU: i64 = 100;
const SCORE_MEMORY: i64 = 200 * 1024 * 1024;

/// How much CPU, in thousandths, and how many bytes of memory a pod asks for.
pub fn requested(pod: &Object) -> (i64, i64) {
    let request = Request::of(pod);
    (request.cpu_milli, request.memory)
}

impl Request {
    /// What a pod asks for.
    pub fn of(pod: &Object) -> Request {
        Request {
            cpu_milli: requests(pod, "cpu").milli_value(),
            memory: requests(pod, "memory").value(),
            score_cpu_milli: requests_or(pod, "cpu", Quantity::from_millis(SCORE_CPU)).milli_value(),
            score_memory: requests_or(pod, "memory", Quantity::from_units(SCORE_MEMORY)).value(),
        }
    }

    /// Both together.
    pub fn plus(self, other: Request) -> Request {
        Request {
            cpu_milli: self.cpu_milli.saturating_add(other.cpu_milli),
            memory: self.memory.saturating_add(other.memory),
            score_cpu_milli: self.score_cpu_milli.saturating_add(other.score_cpu_milli),
            score_memory: self.score_memory.saturating_add(other.score_memory),
        }
    }

    fn minus(self, other: Request) -> Request {
        Request {
            cpu_milli: self.cpu_milli - other.cpu_milli,
            memory: self.memory - other.memory,
            score_cpu_milli: self.score_cpu_milli - other.score_cpu_milli,
            score_memory: self.score_memory - other.score_memory,
        }
    }
}

/// The UID of the pod's controller; empty for none.
pub(super) fn owner_uid(pod: &Object) -> Text {
    pod.meta.controller().map_or(Text::default(), |owner| owner.uid.clone())
}

impl Loads {
    /// What a node carries.
    pub fn on(&self, node: &str) -> Load {
        self.nodes.get(node).cloned().unwrap_or_default()
    }

    /// How many pods of a controller stand on a node.
    pub fn of_owner(&self, owner: &Text, node: &Text) -> i64 {
        self.by_owner.get(&(owner.clone(), node.clone())).copied().unwrap_or(0)
    }

    /// The placed pods that keep others away.
    pub fn with_anti_affinity(&self) -> impl Iterator<Item = &Key> {
        self.with_anti_affinity.iter()
    }

    /// Whether a pod stands on a node, or has a place there.
    pub fn is_placed(&self, pod: &Key) -> bool {
        self.placed.contains_key(pod)
    }

    /// The node that a pod stands on, or has its place on.
    pub fn node_of(&self, pod: &Key) -> Option<&Text> {
        self.placed.get(pod).map(|placed| &placed.node)
    }

    /// The pods of a node with those that have their place there and wait for their claims.
    pub fn pods_on<'a>(&'a self, cluster: &'a Cluster, node: &'a str) -> impl Iterator<Item = &'a Rc<Object>> {
        let assumed = self.assumed.iter().filter(move |(_, at)| at.as_str() == node).map(|(key, _)| key);
        cluster.pods_on(node).chain(assumed).filter_map(|key| cluster.get(key))
    }

    /// Counts a pod at a node to which it is not bound yet.
    pub fn assume(&mut self, key: &Key, pod: &Object, node: Text) {
        self.add_to(key, pod, node.clone());
        Rc::make_mut(&mut self.assumed).insert(key.clone(), node);
    }

    /// Counts a pod at the node that it is bound to.
    pub fn add(&mut self, key: &Key, pod: &Object) {
        let node = node_of(pod);
        if self.assumed.contains_key(key) {
            Rc::make_mut(&mut self.assumed).remove(key);
        }
        if self.placed.get(key).is_none_or(|placed| placed.node != node || placed.owner != owner_uid(pod)) {
            self.remove(key);
            self.add_to(key, pod, node);
        }
    }

    /// Counts a pod at a node.
    fn add_to(&mut self, key: &Key, pod: &Object, node: Text) {
        let (request, owner) = (Request::of(pod), owner_uid(pod));
        let load = Rc::make_mut(&mut self.nodes).entry(node.clone()).or_default();
        load.count(priority(pod), 1);
        load.sum = load.sum.plus(request);
        if !owner.is_empty() {
            *Rc::make_mut(&mut self.by_owner).entry((owner.clone(), node.clone())).or_default() += 1;
        }
        if pod.at(&["spec", "affinity", "podAntiAffinity"]).is_some() {
            Rc::make_mut(&mut self.with_anti_affinity).insert(key.clone());
        }
        Rc::make_mut(&mut self.placed).insert(key.clone(), Placed { node, owner, request, priority: priority(pod) });
    }

    /// Counts a pod no longer. Says whether it was counted.
    pub fn remove(&mut self, key: &Key) -> bool {
        if !self.placed.contains_key(key) {
            return false;
        }
        let Some(placed) = Rc::make_mut(&mut self.placed).remove(key) else { return false };
        if let Some(load) = Rc::make_mut(&mut self.nodes).get_mut(&placed.node) {
            load.count(placed.priority, -1);
            load.sum = load.sum.minus(placed.request);
        }
        if !placed.owner.is_empty() {
            let by_owner = Rc::make_mut(&mut self.by_owner);
            let at = (placed.owner, placed.node);
            if let Some(count) = by_owner.get_mut(&at) {
                *count -= 1;
                if *count == 0 {
                    by_owner.remove(&at);
                }
            }
        }
        if self.assumed.contains_key(key) {
            Rc::make_mut(&mut self.assumed).remove(key);
        }
        if self.with_anti_affinity.contains(key) {
            Rc::make_mut(&mut self.with_anti_affinity).remove(key);
        }
        true
    }
}

/// A place that a pod may get.
#[derive(Clone, Debug)]
pub(super) struct Nominated {
    pub node: Text,
    pub priority: i64,
    pub request: Request,
}
