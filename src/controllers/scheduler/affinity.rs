//! Rules between pods: affinity and anti-affinity. Costs nothing for pods without such rules.
//!
//! Follows pkg/scheduler/framework/plugins/interpodaffinity.

use super::miss::Miss;
use super::node_load::Loads;
use super::node_match::topology;
use crate::cluster::Cluster;
use crate::model::pod::is_over;
use crate::model::{Key, Kind, Object, Text, Value, selector_matches};
use crate::sorted::{SharedMap, SharedSet};

/// The rules between one pod and the pods that are there.
pub(super) struct Rules {
    /// Where the pod's own anti-affinity finds somebody: topology key and value.
    avoided: SharedSet<(Text, Text)>,
    /// Where somebody's anti-affinity finds this pod.
    refused: SharedSet<(Text, Text)>,
    /// For each required affinity term: its topology key, and where somebody fits it; `None` if the pod is its own
    /// first.
    wanted: Vec<(Text, Option<SharedSet<Text>>)>,
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

impl Rules {
    /// The rules of a pod, and those of other pods that speak of it.
    pub fn new(cluster: &Cluster, loads: &Loads, pod: &Object) -> Rules {
        let anti = pod.list_at(&["spec", "affinity", "podAntiAffinity", REQUIRED]);
        let with = pod.list_at(&["spec", "affinity", "podAffinity", REQUIRED]);
        let mut avoided = SharedSet::new();
        for term in anti {
            let key = Text::new(term.str_at(&["topologyKey"]));
            avoided.extend(matches_by_domain(cluster, loads, pod, term).into_keys().map(|value| (key.clone(), value)));
        }
        let wanted = with.iter().map(|term| wanted_domains(cluster, loads, pod, term)).collect();
        Rules { avoided, refused: refused_domains(cluster, loads, pod), wanted }
    }

    /// Whether a node is within the rules; else which of them it breaks.
    pub fn check(&self, node: &Object) -> Result<(), Miss> {
        let is_in = |domains: &SharedSet<(Text, Text)>| {
            domains.iter().any(|(key, value)| topology(&node.meta.labels, key) == Some(value))
        };
        for (key, domains) in &self.wanted {
            let here = topology(&node.meta.labels, key);
            let fits = here.is_some_and(|here| domains.as_ref().is_none_or(|domains| domains.contains(here)));
            if !fits {
                return Err(Miss::for_good("node(s) didn't match pod affinity rules"));
            }
        }
        if is_in(&self.avoided) {
            return Err(Miss::for_now("node(s) didn't match pod anti-affinity rules"));
        }
        if is_in(&self.refused) {
            return Err(Miss::for_now("node(s) didn't satisfy existing pods anti-affinity rules"));
        }
        Ok(())
    }
}

/// Whether a term of `owner` takes `other`: namespaces and selector.
///
/// Follows `AffinityTerm.Matches` and `getNamespacesFromPodAffinityTerm` in `pkg/scheduler/framework/types.go`.
fn term_takes(cluster: &Cluster, term: &Value, owner: &Object, other: &Object) -> bool {
    takes_namespace(cluster, term, &owner.meta.namespace, &other.meta.namespace)
        && term.get("labelSelector").is_some_and(|selector| selector_matches(selector, &other.meta.labels))
}

/// Whether a term of a pod in `own` looks into `namespace`: it is listed, or its labels are selected; the own one where a
/// term names neither.
fn takes_namespace(cluster: &Cluster, term: &Value, own: &Text, namespace: &Text) -> bool {
    let (listed, selector) = (term.list_at(&["namespaces"]), term.get("namespaceSelector").filter(|it| !it.is_null()));
    if listed.is_empty() && selector.is_none() {
        return own == namespace;
    }
    let labels =
        || cluster.find(Kind::Namespace, namespace, namespace).map(|it| it.meta.labels.clone()).unwrap_or_default();
    listed.iter().any(|it| it.as_str() == Some(namespace.as_str()))
        || selector.is_some_and(|selector| selector_matches(selector, &labels()))
}

/// The pods that stand on a node, or have their place there, and are not over.
fn placed<'a>(cluster: &'a Cluster, loads: &'a Loads) -> impl Iterator<Item = (&'a Object, &'a Object)> {
    cluster.list(Kind::Node).flat_map(move |node| {
        let living = loads.pods_on(cluster, &node.meta.name).filter(|pod| !is_over(pod));
        living.map(move |pod| (&**node, &**pod))
    })
}

/// In which domains of a term's topology pods fit it, and how many.
pub(super) fn matches_by_domain(cluster: &Cluster, loads: &Loads, pod: &Object, term: &Value) -> SharedMap<Text, i64> {
    let key = term.str_at(&["topologyKey"]);
    let mut found = SharedMap::new();
    for (node, other) in placed(cluster, loads) {
        if let Some(value) = topology(&node.meta.labels, key)
            && term_takes(cluster, term, pod, other)
        {
            *found.entry(value.clone()).or_default() += 1;
        }
    }
    found
}

fn wanted_domains(cluster: &Cluster, loads: &Loads, pod: &Object, term: &Value) -> (Text, Option<SharedSet<Text>>) {
    let found: SharedSet<Text> = matches_by_domain(cluster, loads, pod, term).into_keys().collect();
    // The first of a group that wants to stand together may stand anywhere.
    let is_first = found.is_empty() && term_takes(cluster, term, pod, pod);
    (Text::new(term.str_at(&["topologyKey"])), if is_first { None } else { Some(found) })
}

fn refused_domains(cluster: &Cluster, loads: &Loads, pod: &Object) -> SharedSet<(Text, Text)> {
    let mut refused = SharedSet::new();
    let me = pod.key();
    for key in loads.with_anti_affinity().filter(|key: &&Key| **key != me) {
        let (Some(other), Some(node_name)) = (cluster.get(key), loads.node_of(key)) else { continue };
        let Some(node) = cluster.find(Kind::Node, &Text::default(), node_name) else { continue };
        for term in other.list_at(&["spec", "affinity", "podAntiAffinity", REQUIRED]) {
            let key = Text::new(term.str_at(&["topologyKey"]));
            if let Some(value) = topology(&node.meta.labels, &key)
                && term_takes(cluster, term, other, pod)
            {
                refused.insert((key, value.clone()));
            }
        }
    }
    refused
}
