//! Why a pod has no machine: its claims, the machine that holds its volume, or what every machine lacks.

use super::claim::CHOSEN;
use super::room::{Need, with_room};
use super::template::{set_of, with_outdated_remedy, with_template_remedy};
use super::{Link, each_node, in_namespace, preemption};
use crate::cluster::Cluster;
use crate::controllers::scheduler::{Places, selects, untolerated_taint};
use crate::model::claim::{access_modes, class_name, volume_of};
use crate::model::conditions::{false_condition, is_true, phase};
use crate::model::node::{ZONE, is_cordoned, is_systems_taint, taints};
use crate::model::pod::claims_of;
use crate::model::volume::node_terms;
use crate::model::{Key, Kind, Object, Text, Value};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, pod: &Object) -> Link {
    if let Some(link) = preemption::waits_for_victim(cluster, pod) {
        return link;
    }
    let link = preemption::with_usurper(cluster, pod, unplaced(cluster, pod));
    with_outdated_remedy(cluster, pod, link)
}

fn unplaced(cluster: &Cluster, pod: &Object) -> Link {
    if let Some(gate) = pod.list_at(&["spec", "schedulingGates"]).first() {
        let line = format!(
            "kubectl patch pod {}{} --type=json -p '[{{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}}]'",
            pod.meta.name,
            in_namespace(&pod.meta.namespace)
        );
        return Link::of(pod, "placing.gate").fact("gate", gate.str_at(&["name"])).remedy(line, "placing.open-gate");
    }
    let scheduler = pod.str_at(&["spec", "schedulerName"]);
    if !matches!(scheduler, "" | "default-scheduler") {
        return with_template_remedy(cluster, pod, Link::of(pod, "placing.scheduler").fact("scheduler", scheduler));
    }
    for key in claims_of(pod) {
        let Some(claim) = cluster.get(&key) else {
            let link = Link::of(pod, "placing.claim-missing").fact("claim", &key.name);
            return with_recreate(cluster, pod, link);
        };
        let is_bound = phase(claim) == "Bound";
        // One whose place is chosen is being made: that takes a moment, or long where the storage is slow.
        let is_slow = cluster.runtime().slow_provisioning().is_some() && !claim.meta.annotation(CHOSEN).is_empty();
        let waits_for_it = !is_bound && (is_slow || !may_wait_for_pod(cluster, claim));
        if waits_for_it || claim.meta.is_terminating() {
            return Link::of(pod, "placing.claim").fact("claim", &key.name).waits_for(key);
        }
        if let Some(link) = pinned(cluster, pod, claim) {
            return link;
        }
    }
    let refused = false_condition(pod, "PodScheduled");
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
        None => {
            let claim = link.facts.iter().find(|(name, _)| *name == "claim").map(|(_, claim)| claim.clone());
            let line = format!(
                "printf 'apiVersion: v1\\nkind: PersistentVolumeClaim\\nmetadata: {{name: {}}}\\nspec: {{accessModes: \
                 [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}\\n' | kubectl apply{} -f -",
                claim.unwrap_or_default(),
                in_namespace(&pod.meta.namespace)
            );
            link.remedy(line, "placing.make-claim")
        }
    }
}

/// Whether a pending claim is not what the pod waits for, but waits for the pod.
fn may_wait_for_pod(cluster: &Cluster, claim: &Object) -> bool {
    let class = Text::new(class_name(claim));
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
    let terms = node_terms(volume);
    let rule = terms.first()?.list_at(&["matchExpressions"]).first()?;
    let (label, value) = (rule.str_at(&["key"]), rule.list_at(&["values"]).first()?.as_str()?);
    let there: Vec<&Rc<Object>> = cluster.list(Kind::Node).filter(|node| node.meta.label(label) == value).collect();
    let link = |rule| Link::of(pod, rule).fact("claim", &claim.meta.name).fact("place", value);
    if there.is_empty() {
        let link = link("placing.place-gone");
        return Some(match label {
            ZONE => link.remedy(format!("lab add node {value}"), "placing.add-there"),
            _ => link,
        });
    }
    let is_down = |node: &&&Rc<Object>| {
        let (runtime, name) = (cluster.runtime(), &node.meta.name);
        let shortage = runtime.shortage(name);
        let is_short = shortage.memory || shortage.disk;
        runtime.stopped(name).is_some() || is_cordoned(node) || is_short
    };
    if let Some(link) = kept_away(cluster, pod, &there, link) {
        return Some(link);
    }
    match there.iter().all(|node| is_down(&node)) {
        true => {
            let link = link("placing.pinned-down");
            let link =
                if label == ZONE { link.remedy(format!("lab add node {value}"), "placing.add-there") } else { link };
            there.first().map(|node| link.fact("node", &node.meta.name).waits_for(node.key()))
        }
        false if there.len() < cluster.count(Kind::Node) => Some(there_is_no_room(cluster, pod, &there, link)?),
        false => None,
    }
}

/// What keeps a pod from all nodes where its volume is: a taint of theirs, or its own selector.
fn kept_away(
    cluster: &Cluster,
    pod: &Object,
    there: &[&Rc<Object>],
    link: impl Fn(&'static str) -> Link,
) -> Option<Link> {
    let first = there.first()?;
    if there.iter().all(|node| !selects(pod, node)) {
        let link = link("placing.pinned-selector").fact("node", &first.meta.name);
        return Some(with_template_remedy(cluster, pod, link));
    }
    // A machine that is off does not take it without its taint either.
    let is_off = |node: &Rc<Object>| cluster.runtime().stopped(&node.meta.name).is_some();
    let taint = |node: &Rc<Object>| {
        untolerated_taint(pod, node).filter(|taint| !is_systems_taint(taint.str_at(&["key"])) && !is_off(node)).cloned()
    };
    let taint = taint(first).filter(|_| there.iter().all(|node| taint(node).is_some()))?;
    let (key, effect) = (taint.str_at(&["key"]), taint.str_at(&["effect"]));
    let line = format!("kubectl taint nodes {} {key}:{effect}-", first.meta.name);
    let link = link("placing.pinned-tainted").fact("node", &first.meta.name).fact("taint", key);
    Some(link.remedy(line, "placing.untaint"))
}

fn there_is_no_room(
    cluster: &Cluster,
    pod: &Object,
    there: &[&Rc<Object>],
    link: impl Fn(&'static str) -> Link,
) -> Option<Link> {
    let refused = false_condition(pod, "PodScheduled")?;
    let message = refused.str_at(&["message"]);
    let node = &there.first()?.meta.name;
    if let Some(need) = Need::of(cluster, pod, message) {
        let link = link("placing.pinned-full").fact("node", node);
        let link = need.tell(cluster, link, there.iter().copied());
        return Some(with_room(cluster, pod, link, need.fits_a_node()));
    }
    let link = message.contains("anti-affinity").then(|| link("placing.pinned-taken").fact("node", node))?;
    Some(with_room(cluster, pod, link, true))
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
    if let Some(link) = each_node::link(cluster, pod) {
        return link.fact("message", message);
    }
    if has("untolerated taint") && !has("Insufficient ") && !has("affinity") {
        return tainted(cluster, link("placing.taints"));
    }
    if has("were unschedulable") && !has("Insufficient") && !has("affinity") {
        return cordoned(cluster, link("placing.cordoned"));
    }
    if let Some(need) = Need::of(cluster, pod, message) {
        let link = need.tell(cluster, link("placing.full"), cluster.list(Kind::Node));
        return with_room(cluster, pod, link, need.fits_a_node());
    }
    if has("Too many pods") {
        return with_room(cluster, pod, link("placing.too-many"), true);
    }
    if has("anti-affinity") {
        return with_room(cluster, pod, link("placing.anti-affinity"), true);
    }
    if has("topology spread") {
        let link = each_node::with_spread_facts(pod, link("placing.spread"));
        let places = Places::of(cluster, pod);
        let link = match places.as_ref().and_then(Places::asked) {
            Some(asked) => each_node::with_machine(cluster, &asked, link),
            None => link,
        };
        return with_room(cluster, pod, link, false);
    }
    if has("ReadWriteOncePod") {
        return alone(cluster, pod, link("placing.alone"));
    }
    if has("free ports") {
        return with_room(cluster, pod, link("placing.ports"), true);
    }
    if has("pod affinity rules") {
        let link = link("placing.pod-affinity").fact("labels", &wanted_company(pod));
        return with_template_remedy(cluster, pod, link);
    }
    if has("node affinity/selector") {
        return selected(cluster, pod, link("placing.selector"));
    }
    link("placing.message")
}

/// A claim that one pod alone may use, and that another pod has.
fn alone(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let is_alone = |key: &Key| {
        let modes = cluster.get(key).map(|claim| access_modes(claim)).unwrap_or_default();
        modes.iter().any(|mode| mode.as_str() == Some("ReadWriteOncePod"))
    };
    let Some(claim) = claims_of(pod).into_iter().find(|key| is_alone(key)) else { return link };
    let user = cluster.pods_using(&claim).find(|key| key.name != pod.meta.name);
    let link = link.fact("claim", &claim.name).fact("user", user.map_or("?", |key| key.name.as_str()));
    with_room(cluster, pod, link, false)
}

fn tainted(cluster: &Cluster, link: Link) -> Link {
    // A taint that the node controller set goes with its cause.
    let dead = cluster.list(Kind::Node).find(|node| cluster.runtime().stopped(&node.meta.name).is_some());
    let up = cluster.list(Kind::Node).filter(|node| cluster.runtime().stopped(&node.meta.name).is_none());
    let own = up.into_iter().find_map(|node| {
        let taint = taints(node).iter().find(|taint| !is_systems_taint(taint.str_at(&["key"])))?;
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

fn cordoned(cluster: &Cluster, link: Link) -> Link {
    let node = cluster.list(Kind::Node).find(|node| is_cordoned(node));
    match node {
        Some(node) => {
            let line = format!("kubectl uncordon {}", node.meta.name);
            link.fact("node", &node.meta.name).remedy(line, "node.uncordon")
        }
        None => link,
    }
}

/// The labels of the pods that a pod wants to stand beside.
fn wanted_company(pod: &Object) -> String {
    let terms = ["spec", "affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let labels = pod.list_at(&terms).iter().filter_map(|term| term.at(&["labelSelector", "matchLabels"])?.as_map());
    let pairs = labels.flat_map(|labels| labels.iter());
    let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or("…"))).collect();
    if pairs.is_empty() { "…".into() } else { pairs.join(",") }
}

/// A label that no machine has.
fn selected(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let takes = |node: &&Rc<Object>| !is_cordoned(node) && is_true(node, "Ready");
    let node = cluster.list(Kind::Node).find(takes).map_or("NODE", |node| node.meta.name.as_str());
    let wanted = pod.at(&["spec", "nodeSelector"]).and_then(Value::as_map);
    let wanted = wanted.into_iter().flat_map(|labels| labels.iter());
    let wanted: Vec<(&str, &str)> = wanted
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap_or("")))
        // A label that some node has is not what is missing, unless no node has all of them.
        .collect();
    let has = |(key, value): &(&str, &str)| cluster.list(Kind::Node).any(|node| node.meta.label(key) == *value);
    let lacking: Vec<&(&str, &str)> = wanted.iter().filter(|label| !has(label)).collect();
    let shown = if lacking.is_empty() { wanted.iter().collect() } else { lacking };
    let labels: Vec<String> = shown.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let (link, label) = match labels.first() {
        Some(first) => (link.fact("labels", &labels.join(", ")), Some(first.clone())),
        None => (Link { rule: "placing.affinity", ..link }, affinity_label(pod)),
    };
    match label {
        Some(label) if !is_given(&label) => {
            let line = format!("kubectl label node {node} {label}");
            link.fact("node", node).remedy(line, "placing.label")
        }
        _ => with_template_remedy(cluster, pod, link),
    }
}

/// Whether a label says where a machine is, and so is nobody's to set.
fn is_given(label: &str) -> bool {
    ["kubernetes.io/", "topology.kubernetes.io/", "node.kubernetes.io/"].iter().any(|prefix| label.starts_with(prefix))
}

/// A label that a pod's required node affinity would take.
fn affinity_label(pod: &Object) -> Option<String> {
    let required = ["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let terms = pod.at(&required)?.list_at(&["nodeSelectorTerms"]);
    let rule = terms.first()?.list_at(&["matchExpressions"]).first()?;
    let key = rule.str_at(&["key"]);
    match rule.str_at(&["operator"]) {
        "In" => Some(format!("{key}={}", rule.list_at(&["values"]).first()?.as_str()?)),
        "Exists" => Some(format!("{key}=true")),
        _ => None,
    }
}
