//! Why a pod has no machine: its claims, the machine that holds its volume, or what every machine lacks.

use super::template::set_of;
use super::{Link, condition, in_namespace};
use crate::cluster::Cluster;
use crate::model::claim::volume_of;
use crate::model::conditions::is_true;
use crate::model::pod::claims_of;
use crate::model::{Kind, Object, Text, Value};
use crate::sorted::SharedMap;
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, pod: &Object) -> Link {
    if let Some(gate) = pod.list_at(&["spec", "schedulingGates"]).first() {
        let line = format!(
            "kubectl patch pod {}{} --type=json -p '[{{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}}]'",
            pod.meta.name,
            in_namespace(&pod.meta.namespace)
        );
        return Link::of(pod, "placing.gate").fact("gate", gate.str_at(&["name"])).remedy(line, "placing.open-gate");
    }
    for key in claims_of(pod) {
        let Some(claim) = cluster.get(&key) else {
            let link = Link::of(pod, "placing.claim-missing").fact("claim", &key.name);
            return with_recreate(cluster, pod, link);
        };
        let is_bound = claim.str_at(&["status", "phase"]) == "Bound";
        if !is_bound && !may_wait_for_pod(cluster, claim) || claim.meta.is_terminating() {
            return Link::of(pod, "placing.claim").fact("claim", &key.name).waits_for(key);
        }
        if let Some(link) = pinned(cluster, pod, claim) {
            return link;
        }
    }
    let refused = condition(pod, "PodScheduled").filter(|found| found.str_at(&["status"]) == "False");
    match refused {
        Some(refused) => by_message(cluster, pod, refused.str_at(&["message"])),
        None => Link::of(pod, "placing.soon").by_itself(),
    }
}

/// A set makes a claim that is missing together with its pod.
fn with_recreate(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    match set_of(cluster, pod) {
        Some(_) => {
            let line = format!("kubectl delete pod {}{}", pod.meta.name, in_namespace(&pod.meta.namespace));
            link.remedy(line, "placing.recreate")
        }
        None => link,
    }
}

/// Whether a pending claim is not what the pod waits for, but waits for the pod.
fn may_wait_for_pod(cluster: &Cluster, claim: &Object) -> bool {
    let class = Text::new(claim.str_at(&["spec", "storageClassName"]));
    let class = cluster.find(Kind::StorageClass, &Text::default(), &class);
    class.is_some_and(|class| {
        class.str_at(&["volumeBindingMode"]) == "WaitForFirstConsumer"
            && class.str_at(&["provisioner"]) != "kubernetes.io/no-provisioner"
    })
}

/// A pod whose volume belongs to a place where no machine takes it.
fn pinned(cluster: &Cluster, pod: &Object, claim: &Object) -> Option<Link> {
    let name = volume_of(claim);
    let volume = cluster.find(Kind::PersistentVolume, &Text::default(), &name)?;
    let terms = volume.list_at(&["spec", "nodeAffinity", "required", "nodeSelectorTerms"]);
    let rule = terms.first()?.list_at(&["matchExpressions"]).first()?;
    let (label, value) = (rule.str_at(&["key"]), rule.list_at(&["values"]).first()?.as_str()?);
    let there: Vec<&Rc<Object>> = cluster.list(Kind::Node).filter(|node| node.meta.label(label) == value).collect();
    let link = |rule| Link::of(pod, rule).fact("claim", &claim.meta.name).fact("place", value);
    if there.is_empty() {
        return Some(link("placing.place-gone"));
    }
    let is_down = |node: &&&Rc<Object>| {
        cluster.runtime().stopped(&node.meta.name).is_some() || node.at(&["spec", "unschedulable"]).is_some()
    };
    match there.iter().all(|node| is_down(&node)) {
        true => {
            there.first().map(|node| link("placing.pinned-down").fact("node", &node.meta.name).waits_for(node.key()))
        }
        false if there.len() < cluster.count(Kind::Node) => Some(there_is_no_room(cluster, pod, &there, link)?),
        false => None,
    }
}

fn there_is_no_room(
    cluster: &Cluster,
    pod: &Object,
    there: &[&Rc<Object>],
    link: impl Fn(&'static str) -> Link,
) -> Option<Link> {
    let refused = condition(pod, "PodScheduled").filter(|found| found.str_at(&["status"]) == "False")?;
    let message = refused.str_at(&["message"]);
    let node = &there.first()?.meta.name;
    if message.contains("Insufficient cpu") || message.contains("Insufficient memory") {
        let what = if message.contains("Insufficient cpu") { "CPU" } else { "memory" };
        return Some(with_smaller(cluster, pod, link("placing.pinned-full").fact("node", node).fact("what", what)));
    }
    message.contains("anti-affinity").then(|| link("placing.pinned-taken").fact("node", node))
}

/// What the scheduler's message comes down to.
///
/// Follows `FitError.Error` in `pkg/scheduler/framework`: a count before each reason, as many as there are nodes.
fn by_message(cluster: &Cluster, pod: &Object, message: &str) -> Link {
    let count = cluster.count(Kind::Node) as i64;
    let link = |rule| Link::of(pod, rule).number("count", count).fact("message", message);
    let has = |text: &str| message.contains(text);
    if count == 0 {
        return link("placing.no-nodes");
    }
    if has("untolerated taint") && !has("Insufficient") && !has("affinity") {
        return tainted(cluster, link("placing.taints"));
    }
    if has("were unschedulable") && !has("Insufficient") && !has("affinity") {
        return cordoned(cluster, link("placing.cordoned"));
    }
    if has("Insufficient cpu") || has("Insufficient memory") {
        let what = if has("Insufficient cpu") { "CPU" } else { "memory" };
        return with_smaller(cluster, pod, link("placing.full").fact("what", what));
    }
    if has("Too many pods") {
        return with_smaller(cluster, pod, link("placing.too-many"));
    }
    if has("anti-affinity") {
        return with_smaller(cluster, pod, link("placing.anti-affinity"));
    }
    if has("topology spread") {
        return link("placing.spread");
    }
    if has("free ports") {
        return link("placing.ports");
    }
    if has("node affinity/selector") {
        return selected(cluster, pod, link("placing.selector"));
    }
    link("placing.message")
}

/// More machines take the pods, or fewer replicas fit.
fn with_smaller(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let Some(set) = set_of(cluster, pod) else { return link };
    let (place, name) = (in_namespace(&set.meta.namespace), &set.meta.name);
    let link = link.fact("set", name);
    let pods = cluster.dependents(&set.meta.uid).filter(|key| key.kind == Kind::Pod).filter_map(|key| cluster.get(key));
    let nodes: Vec<&str> = pods.map(|pod| pod.str_at(&["spec", "nodeName"])).filter(|node| !node.is_empty()).collect();
    match nodes.len() {
        0 => link.remedy(format!("kubectl edit sts {name}{place}"), "placing.ask-less"),
        count => {
            let more = has_room_elsewhere(&link, pod).then(|| more_nodes(set, &nodes));
            let link = more.into_iter().fold(link, |link, line| link.remedy(line, "placing.add-node"));
            link.remedy(format!("kubectl scale sts {name}{place} --replicas={count}"), "placing.smaller")
        }
    }
}

/// Whether a pod that is refused everywhere would be taken by one more machine like the others.
fn has_room_elsewhere(link: &Link, pod: &Object) -> bool {
    let terms = ["spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let is_by_node = |term: &Value| term.str_at(&["topologyKey"]) == "kubernetes.io/hostname";
    match link.rule {
        "placing.full" | "placing.too-many" => true,
        "placing.anti-affinity" => pod.list_at(&terms).iter().all(is_by_node),
        _ => false,
    }
}

/// The line that adds as many machines as the missing pods of a set need; `nodes` is where its others are.
fn more_nodes(set: &Object, nodes: &[&str]) -> String {
    let mut counts: SharedMap<String, i64> = SharedMap::new();
    for node in nodes {
        let count = counts.get(*node).copied().unwrap_or(0);
        counts.insert((*node).to_string(), count + 1);
    }
    let most = counts.values().copied().max().unwrap_or(1);
    let missing = set.i64_at(&["spec", "replicas"]).unwrap_or(1) - nodes.len() as i64;
    match (missing + most - 1).div_euclid(most).clamp(1, 1000) {
        1 => "lab add node".to_string(),
        count => format!("lab add node {count}"),
    }
}

fn tainted(cluster: &Cluster, link: Link) -> Link {
    // A taint that the node controller set goes with its cause.
    let dead = cluster.list(Kind::Node).find(|node| cluster.runtime().stopped(&node.meta.name).is_some());
    let own = cluster.list(Kind::Node).find_map(|node| {
        let taint = node.list_at(&["spec", "taints"]).iter().find(|taint| !is_systems(taint))?;
        Some((node, taint))
    });
    match (own, dead) {
        (Some((node, taint)), _) => {
            let (key, effect) = (taint.str_at(&["key"]), taint.str_at(&["effect"]));
            let line = format!("kubectl taint nodes {} {key}:{effect}-", node.meta.name);
            link.fact("node", &node.meta.name).fact("taint", key).remedy(line, "placing.untaint")
        }
        (None, Some(node)) => Link { rule: "placing.nodes-down", ..link }.waits_for(node.key()),
        (None, None) => link.fact("taint", "?").fact("node", "?"),
    }
}

fn is_systems(taint: &Value) -> bool {
    taint.str_at(&["key"]).starts_with("node.kubernetes.io/")
}

fn cordoned(cluster: &Cluster, link: Link) -> Link {
    let node = cluster.list(Kind::Node).find(|node| node.at(&["spec", "unschedulable"]).is_some());
    match node {
        Some(node) => {
            let line = format!("kubectl uncordon {}", node.meta.name);
            link.fact("node", &node.meta.name).remedy(line, "node.uncordon")
        }
        None => link,
    }
}

/// A label that no machine has.
fn selected(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let wanted = pod.at(&["spec", "nodeSelector"]).and_then(Value::as_map);
    let labels: Vec<String> = wanted
        .into_iter()
        .flat_map(|labels| labels.iter())
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    match labels.first() {
        Some(first) => {
            let takes = |node: &&Rc<Object>| node.at(&["spec", "unschedulable"]).is_none() && is_true(node, "Ready");
            let node = cluster.list(Kind::Node).find(takes).map_or("NODE", |node| node.meta.name.as_str());
            let line = format!("kubectl label node {node} {first}");
            link.fact("labels", &labels.join(", ")).fact("node", node).remedy(line, "placing.label")
        }
        None => Link { rule: "placing.affinity", ..link },
    }
}
