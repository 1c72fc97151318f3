//! What the scheduler says of single nodes, also of nodes that are not as they could be, for whoever explains why a pod
//! waits. Binds nothing.

use super::filter::Query;
use super::node_load::{Loads, Nominated};
use super::volumes;
use crate::cluster::Cluster;
use crate::model::pod::{is_over, node_name};
use crate::model::{Key, Kind, Object, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The most pods of a cluster whose requests are added up for one question.
const PODS_MAX: usize = 2000;

/// The places for one pod, as they are now.
pub struct Places<'a> {
    cluster: &'a Cluster,
    pod: &'a Object,
    loads: Loads,
    nominated: SharedMap<Key, Nominated>,
}

impl<'a> Places<'a> {
    /// The places for a pod. `None` in a cluster of very many pods.
    pub fn of(cluster: &'a Cluster, pod: &'a Object) -> Option<Places<'a>> {
        if cluster.count(Kind::Pod) > PODS_MAX {
            return None;
        }
        let mut loads = Loads::default();
        for other in cluster.list(Kind::Pod).filter(|other| !node_name(other).is_empty() && !is_over(other)) {
            loads.add(&other.key(), other);
        }
        Some(Places { cluster, pod, loads, nominated: SharedMap::new() })
    }

    /// The question for single nodes. `None` where no node is looked at at all, because of the pod's claims.
    pub fn asked(&self) -> Option<Asked<'_>> {
        let claims = volumes::prefilter(self.cluster, self.pod).ok()?;
        Some(Asked(Query::new(self.cluster, &self.loads, &self.nominated, self.pod, claims)))
    }
}

/// What single nodes are asked: whether they take the pod.
pub struct Asked<'p>(Query<'p>);

impl<'p> Asked<'p> {
    /// The nodes that cannot take the pod, each with the scheduler's first reason.
    pub fn misses(&self) -> Vec<(&'p Rc<Object>, Text)> {
        let nodes = self.0.cluster.list(Kind::Node);
        let missed = nodes.filter_map(|node| Some((node, self.0.check(node).err()?.reasons.into_iter().next()?)));
        missed.collect()
    }

    /// Whether a node would take the pod, if it was like this.
    pub fn would_take(&self, node: &Object) -> bool {
        self.0.check(node).is_ok()
    }
}
