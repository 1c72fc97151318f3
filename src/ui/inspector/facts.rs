//! The facts about an object as pairs of a key and a text, and the commands that act on it; draws nothing.

use crate::cluster::Cluster;
use crate::model::claim::{access_modes, class_name, volume_of};
use crate::model::conditions::{all_conditions, condition, phase};
use crate::model::node::{ZONE, is_cordoned};
use crate::model::pod::{REVISION_LABEL, ip, node_name};
use crate::model::stateful_set::given_partition;
use crate::model::volume::{claim_name, claim_namespace, node_terms, reclaim_policy};
use crate::model::workload::{min_ready, replicas};
use crate::model::{Kind, Millis, Object, Text, Value, claim, node, pod};
use crate::scene::cards::unused_since;
use crate::scene::style::{claim_status, pod_status, ready_containers, restarts};

/// A key of the catalogue and what stands there.
pub type Fact = (&'static str, String);

/// A key of the catalogue and the line for the console.
pub type Command = (&'static str, String);

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
    let slices = cluster.list_in(Kind::EndpointSlice, &service.meta.namespace);
    let own = slices.filter(|slice| slice.meta.label("kubernetes.io/service-name") == service.meta.name.as_str());
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

/// What can be done about an object, as lines for the console.
pub fn commands(cluster: &Cluster, object: &Object) -> Vec<Command> {
    let name = &object.meta.name;
    let space = match object.meta.namespace.as_str() {
        "" | "default" => String::new(),
        namespace => format!(" -n {namespace}"),
    };
    let kubectl = |rest: String| format!("kubectl {rest}{space}");
    match object.kind {
        Kind::Pod => pod_commands(cluster, object, name, &kubectl),
        Kind::PersistentVolumeClaim => claim_commands(cluster, name, &kubectl),
        Kind::StatefulSet => set_commands(object, name, &kubectl),
        Kind::Service => vec![
            ("do-get", kubectl(format!("get svc {name}"))),
            ("do-describe", kubectl(format!("describe svc {name}"))),
            ("do-delete", kubectl(format!("delete svc {name}"))),
        ],
        Kind::Node => node_commands(cluster, object, name),
        Kind::PersistentVolume => vec![
            ("do-describe", format!("kubectl describe pv {name}")),
            ("do-free", format!(r#"kubectl patch pv {name} -p '{{"spec":{{"claimRef":null}}}}'"#)),
            ("do-delete", format!("kubectl delete pv {name} --wait=false")),
        ],
        kind => {
            let resource = kind.names().plural;
            vec![
                ("do-get", kubectl(format!("get {resource} {name} -o yaml"))),
                ("do-describe", kubectl(format!("describe {resource} {name}"))),
                ("do-delete", kubectl(format!("delete {resource} {name} --wait=false"))),
            ]
        }
    }
}

fn pod_commands(cluster: &Cluster, pod: &Object, name: &Text, kubectl: &dyn Fn(String) -> String) -> Vec<Command> {
    let broken = cluster.runtime().breakage(&pod.key());
    let switch = |is_on: bool, on: &'static str, off: &'static str, what: &str| {
        if is_on { (off, format!("lab {what} {name} off")) } else { (on, format!("lab {what} {name}")) }
    };
    vec![
        ("do-delete", kubectl(format!("delete pod {name}"))),
        ("do-describe", kubectl(format!("describe pod {name}"))),
        ("do-logs", kubectl(format!("logs {name}"))),
        ("do-exec", kubectl(format!("exec -it {name} -- bash"))),
        ("do-kill", format!("lab kill {name}")),
        switch(broken.crashes, "do-crash", "do-crash-off", "crash"),
        switch(broken.is_unready, "do-unready", "do-unready-off", "unready"),
        switch(broken.hangs, "do-hang", "do-hang-off", "hang"),
        ("do-force", kubectl(format!("delete pod {name} --grace-period=0 --force"))),
    ]
}

fn claim_commands(cluster: &Cluster, name: &Text, kubectl: &dyn Fn(String) -> String) -> Vec<Command> {
    let has_classes = cluster.list(Kind::StorageClass).next().is_some();
    vec![
        ("do-get", kubectl(format!("get pvc {name}"))),
        ("do-describe", kubectl(format!("describe pvc {name}"))),
        ("do-delete", kubectl(format!("delete pvc {name} --wait=false"))),
        match cluster.runtime().slow_provisioning() {
            None => ("do-slow-storage", "lab slow-storage 60".into()),
            Some(_) => ("do-slow-storage-off", "lab slow-storage off".into()),
        },
        match has_classes {
            true => ("do-no-classes", "lab no-storageclass".into()),
            false => ("do-classes", "lab restore-storageclasses".into()),
        },
    ]
}

fn set_commands(set: &Object, name: &Text, kubectl: &dyn Fn(String) -> String) -> Vec<Command> {
    let replicas = replicas(set);
    let (more, less) = (replicas.saturating_add(1), (replicas - 1).max(0));
    vec![
        ("do-scale-up", kubectl(format!("scale sts {name} --replicas={more}"))),
        ("do-scale-down", kubectl(format!("scale sts {name} --replicas={less}"))),
        ("do-restart", kubectl(format!("rollout restart sts {name}"))),
        ("do-status", kubectl(format!("rollout status sts {name}"))),
        ("do-undo", kubectl(format!("rollout undo sts {name}"))),
        ("do-bad-image", format!("lab bad-image {name}")),
        ("do-describe", kubectl(format!("describe sts {name}"))),
        ("do-delete", kubectl(format!("delete sts {name}"))),
        ("do-orphan", kubectl(format!("delete sts {name} --cascade=orphan"))),
    ]
}

fn node_commands(cluster: &Cluster, node: &Object, name: &Text) -> Vec<Command> {
    let is_stopped = |node: &Object| cluster.runtime().stopped(&node.meta.name).is_some();
    let zone_of = |node: &Object| node.meta.label(ZONE).to_string();
    let zone = zone_of(node);
    let is_dark = cluster.list(Kind::Node).filter(|other| zone_of(other) == zone).all(|other| is_stopped(other));
    let is_lost = is_stopped(node);
    let is_cordoned = is_cordoned(node);
    let is_kubelet_alone = cluster.runtime().stopped(&node.meta.name).is_some_and(|it| it.is_kubelet_alone);
    let power = if is_lost { ("do-start-node", "start") } else { ("do-stop-node", "stop") };
    let kubelet = if is_lost { ("do-start-kubelet", "start-kubelet") } else { ("do-stop-kubelet", "stop-kubelet") };
    // A machine whose kubelet alone stands still is not switched on, but its kubelet.
    let switches = [power, kubelet].into_iter().filter(|it| !is_lost || (it.1 == "start-kubelet") == is_kubelet_alone);
    let cordon = if is_cordoned { ("do-uncordon", "uncordon") } else { ("do-cordon", "cordon") };
    let zone = (!zone.is_empty()).then(|| match is_dark {
        true => ("do-start-zone", format!("lab start-zone {zone}")),
        false => ("do-stop-zone", format!("lab stop-zone {zone}")),
    });
    let mut commands: Vec<Command> = switches.map(|(key, verb)| (key, format!("lab {verb} {name}"))).collect();
    commands.extend([
        (cordon.0, format!("kubectl {} {name}", cordon.1)),
        ("do-drain", format!("kubectl drain {name} --ignore-daemonsets --delete-emptydir-data")),
        ("do-describe", format!("kubectl describe node {name}")),
        ("do-delete-node", format!("kubectl delete node {name}")),
    ]);
    commands.extend(zone);
    commands
}
