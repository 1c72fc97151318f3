//! The commands that act on an object, as lines for the console; runs none.

use crate::cluster::Cluster;
use crate::model::node::{ZONE, is_cordoned};
use crate::model::workload::replicas;
use crate::model::{Kind, Object, Text};

/// A key of the catalogue and the line for the console.
pub type Command = (&'static str, String);

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
