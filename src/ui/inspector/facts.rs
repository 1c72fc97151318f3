//! The facts about an object as pairs of a key and a text; draws nothing.

use crate::cluster::Cluster;
use crate::model::claim::{access_modes, class_name, volume_of};
use crate::model::conditions::{all_conditions, condition, phase};
use crate::model::node::ZONE;
use crate::model::pod::{REVISION_LABEL, ip, node_name};
use crate::model::stateful_set::given_partition;
use crate::model::volume::{claim_name, claim_namespace, node_terms, reclaim_policy};
use crate::model::workload::min_ready;
use crate::model::{Kind, Millis, Object, Text, Value, claim, node, pod};
use crate::scene::cards::unused_since;
use crate::scene::style::{claim_status, pod_status, ready_containers, restarts};

/// A key of the catalogue and what stands there.
pub type Fact = (&'static str, String);

/// Everything worth knowing that is not in the picture.
pub fn facts(cluster: &Cluster, object: &Object) -> Vec<Fact> {
    let mut facts = match object.kind {
        Kind::Pod => pod(cluster, object),
        Kind::PersistentVolumeClaim => claim(cluster, object),
        Kind::StatefulSet => set(object),
        Kind::Service => service(cluster, object),
        Kind::Node => node(cluster, object),
        Kind::PersistentVolume => volume(object),
        _ => Vec::new(),
    };
    let owners: Vec<String> =
        object.meta.owner_references.iter().map(|owner| format!("{}/{}", owner.kind, owner.name)).collect();
    if matches!(object.kind, Kind::Pod | Kind::PersistentVolumeClaim) {
        facts.push(("fact-owner", owners.join(", ")));
    }
    if !object.meta.finalizers.is_empty() {
        facts.push(("fact-finalizers", join(&object.meta.finalizers)));
    }
    if let Some(at) = object.meta.deletion_timestamp {
        facts.push(("fact-deadline", at.to_string()));
    }
    facts.push(("fact-age", age((cluster.now() - object.meta.created).whole_seconds())));
    facts.push(("fact-uid", object.meta.uid.to_string()));
    facts.retain(|(_, text)| !text.is_empty());
    facts
}

fn join(texts: &[Text]) -> String {
    texts.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

fn age(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{}s", seconds.max(0)),
        120..3600 => format!("{}m{}s", seconds / 60, seconds % 60),
        _ => format!("{}h{}m", seconds / 3600, seconds / 60 % 60),
    }
}

fn texts(values: &[Value]) -> String {
    values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn conditions(object: &Object) -> String {
    let conditions = all_conditions(object).iter();
    let shown = conditions.map(|it| format!("{}={}", it.str_at(&["type"]), it.str_at(&["status"])));
    shown.collect::<Vec<_>>().join(" ")
}

fn pod(cluster: &Cluster, pod: &Object) -> Vec<Fact> {
    let (ready, all) = ready_containers(pod);
    let node = node_name(pod);
    let zone = cluster.find(Kind::Node, &Text::default(), &Text::new(node));
    let images: Vec<&str> = pod::containers(pod).iter().map(|c| c.str_at(&["image"])).collect();
    let subdomain = pod.str_at(&["spec", "subdomain"]);
    let host = pod.str_at(&["spec", "hostname"]);
    let dns = if subdomain.is_empty() || host.is_empty() {
        String::new()
    } else {
        format!("{host}.{subdomain}.{}.svc.cluster.local", pod.meta.namespace)
    };
    vec![
        ("fact-status", pod_status(pod).to_string()),
        ("fact-ready", format!("{ready}/{all}")),
        ("fact-restarts", restarts(pod).to_string()),
        ("fact-node", node.to_string()),
        ("fact-zone", zone.map(|node| node.meta.label(ZONE).to_string()).unwrap_or_default()),
        ("fact-ip", ip(pod).to_string()),
        ("fact-dns", dns),
        ("fact-revision", pod.meta.label(REVISION_LABEL).to_string()),
        ("fact-image", images.join(", ")),
        ("fact-conditions", conditions(pod)),
    ]
}

fn claim(cluster: &Cluster, claim: &Object) -> Vec<Fact> {
    let name = volume_of(claim);
    let volume = cluster.find(Kind::PersistentVolume, &Text::default(), &name);
    let uses = |pod: &Object| {
        let volumes = pod::volumes(pod).iter();
        volumes.into_iter().any(|it| pod::claim_name(it) == Some(&claim.meta.name))
    };
    let pods = cluster.list_in(Kind::Pod, &claim.meta.namespace).filter(|pod| uses(pod));
    let pods: Vec<&str> = pods.map(|pod| pod.meta.name.as_str()).collect();
    vec![
        ("fact-status", claim_status(claim).1.to_string()),
        ("fact-volume", name.to_string()),
        ("fact-capacity", claim::capacity(claim).to_string()),
        ("fact-access", texts(access_modes(claim))),
        ("fact-class", class_name(claim).to_string()),
        ("fact-reclaim", volume.map(|v| reclaim_policy(v).to_string()).unwrap_or_default()),
        ("fact-zone", volume.map(|volume| affinity(volume)).unwrap_or_default()),
        ("fact-used", pods.join(", ")),
        ("fact-unused", unused_since(claim).to_string()),
    ]
}

fn volume(volume: &Object) -> Vec<Fact> {
    let claim = match claim_name(volume) {
        "" => String::new(),
        name => format!("{}/{name}", claim_namespace(volume)),
    };
    vec![
        ("fact-status", phase(volume).to_string()),
        ("fact-claim", claim),
        ("fact-capacity", volume.str_at(&["spec", "capacity", "storage"]).to_string()),
        ("fact-access", texts(access_modes(volume))),
        ("fact-class", class_name(volume).to_string()),
        ("fact-reclaim", reclaim_policy(volume).to_string()),
        ("fact-zone", affinity(volume)),
    ]
}

fn affinity(volume: &Object) -> String {
    let terms = node_terms(volume).iter();
    let values = terms.flat_map(|term| term.list_at(&["matchExpressions"])).map(|it| texts(it.list_at(&["values"])));
    values.collect::<Vec<_>>().join(", ")
}

fn set(set: &Object) -> Vec<Fact> {
    let number = |path: &[&str]| set.i64_at(path).unwrap_or(0).to_string();
    let text = |path: &[&str]| set.str_at(path).to_string();
    let containers = set.list_at(&["spec", "template", "spec", "containers"]).iter();
    let retention = ["spec", "persistentVolumeClaimRetentionPolicy"];
    let when = |field| set.str_at(&[retention[0], retention[1], field]);
    vec![
        ("fact-replicas", format!("{} → {}", number(&["status", "replicas"]), number(&["spec", "replicas"]))),
        ("fact-ready", number(&["status", "readyReplicas"])),
        ("fact-available", number(&["status", "availableReplicas"])),
        ("fact-updated", number(&["status", "updatedReplicas"])),
        ("fact-current-revision", text(&["status", "currentRevision"])),
        ("fact-update-revision", text(&["status", "updateRevision"])),
        ("fact-image", containers.map(|c| c.str_at(&["image"])).collect::<Vec<_>>().join(", ")),
        ("fact-policy", text(&["spec", "podManagementPolicy"])),
        ("fact-strategy", text(&["spec", "updateStrategy", "type"])),
        ("fact-partition", given_partition(set).map(|n| n.to_string()).unwrap_or_default()),
        (
            "fact-min-ready",
            Some(min_ready(set))
                .filter(|it| *it > Millis::ZERO)
                .map(|it| it.whole_seconds().to_string())
                .unwrap_or_default(),
        ),
        (
            "fact-retention",
            if when("whenDeleted").is_empty() {
                String::new()
            } else {
                format!("whenDeleted={} whenScaled={}", when("whenDeleted"), when("whenScaled"))
            },
        ),
        ("fact-generation", format!("{} ({})", set.meta.generation, number(&["status", "observedGeneration"]))),
    ]
}

fn service(cluster: &Cluster, service: &Object) -> Vec<Fact> {
    let selector = service.at(&["spec", "selector"]).and_then(Value::as_map);
    let selector = selector.into_iter().flat_map(|map| map.iter());
    let selector = selector.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or(""))).collect::<Vec<_>>();
    let ports = service.list_at(&["spec", "ports"]).iter().map(|port| {
        let protocol = if port.str_at(&["protocol"]).is_empty() { "TCP" } else { port.str_at(&["protocol"]) };
        format!("{}/{protocol}", port.i64_at(&["port"]).unwrap_or(0))
    });
    let own = cluster.slices_of(&service.meta.namespace, &service.meta.name);
    let endpoints =
        own.flat_map(|slice| slice.list_at(&["endpoints"])).flat_map(|endpoint| endpoint.list_at(&["addresses"]));
    vec![
        ("fact-cluster-ip", service.str_at(&["spec", "clusterIP"]).to_string()),
        ("fact-ports", ports.collect::<Vec<_>>().join(", ")),
        ("fact-selector", selector.join(", ")),
        ("fact-endpoints", endpoints.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
    ]
}

fn node(cluster: &Cluster, node: &Object) -> Vec<Fact> {
    let pods = cluster.list(Kind::Pod).filter(|pod| node_name(pod) == node.meta.name.as_str());
    let taint = |taint: &Value| format!("{}:{}", taint.str_at(&["key"]), taint.str_at(&["effect"]));
    let capacity = |what: &'static str| node.str_at(&["status", "capacity", what]).to_string();
    let ready = condition(node, "Ready").map_or("", |ready| ready.str_at(&["message"]));
    vec![
        ("fact-status", ready.to_string()),
        ("fact-zone", node.meta.label(ZONE).to_string()),
        ("fact-ip", node::internal_ip(node).to_string()),
        ("fact-pods", pods.map(|pod| pod.meta.name.to_string()).collect::<Vec<_>>().join(", ")),
        ("fact-taints", node::taints(node).iter().map(taint).collect::<Vec<_>>().join(", ")),
        (
            "fact-capacity-node",
            format!("cpu {}, memory {}, pods {}", capacity("cpu"), capacity("memory"), capacity("pods")),
        ),
        ("fact-conditions", conditions(node)),
    ]
}
