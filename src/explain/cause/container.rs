//! Why the containers of a pod that has a machine do not run, or are not ready.

use super::template::{set_of, with_template_remedy};
use super::{End, Link, condition, in_namespace, latest_event};
use crate::cluster::Cluster;
use crate::model::{Key, Kind, Object, Text, Value};

pub(super) fn link(cluster: &Cluster, pod: &Object) -> Link {
    if let Some(link) = missing_reference(cluster, pod) {
        return link;
    }
    if let Some(link) = attached_elsewhere(cluster, pod) {
        return link;
    }
    let statuses = |field| pod.list_at(&["status", field]).iter();
    for status in statuses("initContainerStatuses") {
        let name = status.str_at(&["name"]);
        let is_over = status.i64_at(&["state", "terminated", "exitCode"]) == Some(0);
        // One that goes on is a sidecar; any other has to end, however long it has been running.
        let is_sidecar = |it: &Value| it.str_at(&["name"]) == name && it.str_at(&["restartPolicy"]) == "Always";
        let has_started = status.at(&["started"]).and_then(Value::as_bool) == Some(true);
        let serves = has_started && pod.list_at(&["spec", "initContainers"]).iter().any(is_sidecar);
        if is_over || serves {
            continue;
        }
        return match troubled(cluster, pod, status) {
            Some(link) => link,
            None if status.at(&["state", "running"]).is_some() => init_runs(pod, name),
            None => Link::of(pod, "container.init").fact("container", name).by_itself(),
        };
    }
    for status in statuses("containerStatuses") {
        if let Some(link) = troubled(cluster, pod, status) {
            return link;
        }
    }
    for status in statuses("containerStatuses") {
        if status.at(&["state", "running"]).is_some() && status.at(&["ready"]).and_then(Value::as_bool) != Some(true) {
            return not_ready(cluster, pod, status.str_at(&["name"]));
        }
    }
    if statuses("containerStatuses").any(|status| status.at(&["state", "running"]).is_none()) {
        return Link::of(pod, "container.starting").by_itself();
    }
    gated(pod).unwrap_or_else(|| Link::of(pod, "pod.soon-ready").by_itself())
}

/// An init container that runs: whether it ends is its own affair, and what it says is the best clue.
fn init_runs(pod: &Object, name: &str) -> Link {
    let line = format!("kubectl logs {}{} -c {name}", pod.meta.name, in_namespace(&pod.meta.namespace));
    Link::of(pod, "container.init-runs").fact("container", name).remedy(line, "container.init-logs")
}

/// A container that cannot be pulled, made or kept running.
fn troubled(cluster: &Cluster, pod: &Object, status: &Value) -> Option<Link> {
    let waiting = status.at(&["state", "waiting"]);
    let reason = waiting.map_or("", |state| state.str_at(&["reason"]));
    let ended = status.at(&["lastState", "terminated"]).or_else(|| status.at(&["state", "terminated"]));
    let named =
        |rule| Link::of(pod, rule).fact("container", status.str_at(&["name"])).fact("image", status.str_at(&["image"]));
    match reason {
        "ErrImagePull" | "ImagePullBackOff" => Some(with_template_remedy(cluster, pod, named("container.no-image"))),
        "InvalidImageName" => Some(with_template_remedy(cluster, pod, named("container.image-name"))),
        "ErrImageNeverPull" => Some(with_template_remedy(cluster, pod, named("container.never-pull"))),
        "" | "ContainerCreating" | "PodInitializing" if ended.is_none() => None,
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
            let message = waiting.map_or("", |state| state.str_at(&["message"]));
            Some(with_template_remedy(cluster, pod, named("container.refused").fact("message", message)))
        }
        _ => {
            let ended = ended.filter(|_| status.at(&["state", "running"]).is_none())?;
            Some(ends_again(cluster, pod, named("container.crashes"), ended, status))
        }
    }
}

fn ends_again(cluster: &Cluster, pod: &Object, link: Link, ended: &Value, status: &Value) -> Link {
    let place = in_namespace(&pod.meta.namespace);
    let code = ended.i64_at(&["exitCode"]).unwrap_or(0);
    let mut link = link.number("code", code).number("restarts", status.i64_at(&["restartCount"]).unwrap_or(0));
    if ended.str_at(&["reason"]) == "OOMKilled" {
        link.rule = "container.out-of-memory";
        return with_template_remedy(cluster, pod, link);
    }
    if cluster.runtime().breakage(&pod.key()).crashes {
        return link.remedy(format!("lab crash {} off", pod.meta.name), "lab.mend");
    }
    let container = status.str_at(&["name"]);
    let line = format!("kubectl logs {}{place} -c {container} --previous", pod.meta.name);
    with_template_remedy(cluster, pod, link).remedy(line, "container.logs")
}

/// A ConfigMap, Secret or ServiceAccount that the pod names and that does not exist.
fn missing_reference(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let mut wanted: Vec<(Kind, &str, &str)> = Vec::new();
    for volume in pod.list_at(&["spec", "volumes"]) {
        if volume.at(&["configMap", "optional"]).and_then(Value::as_bool) != Some(true) {
            wanted.push((Kind::ConfigMap, volume.str_at(&["configMap", "name"]), ""));
        }
        if volume.at(&["secret", "optional"]).and_then(Value::as_bool) != Some(true) {
            wanted.push((Kind::Secret, volume.str_at(&["secret", "secretName"]), ""));
        }
    }
    for field in ["initContainers", "containers"] {
        for container in pod.list_at(&["spec", field]) {
            references_of(container, &mut wanted);
        }
    }
    let namespace = &pod.meta.namespace;
    let lacks = |(kind, name, key): &(Kind, &str, &str)| {
        let object = cluster.find(*kind, namespace, &Text::new(name));
        let has_key = |object: &Object| {
            let has = |field| object.at(&[field]).and_then(|data| data.get(key)).is_some();
            key.is_empty() || has("data") || has("stringData") || has("binaryData")
        };
        !name.is_empty() && object.is_none_or(|object| !has_key(object))
    };
    let (kind, name, key) = wanted.into_iter().find(lacks)?;
    let is_there = cluster.find(kind, namespace, &Text::new(name)).is_some();
    let (verb, word) = match kind {
        Kind::Secret => ("secret generic", "Secret"),
        _ => ("configmap", "ConfigMap"),
    };
    let entry = if key.is_empty() { "key" } else { key };
    let place = in_namespace(namespace);
    let link = Link::of(pod, if is_there { "reference.key-missing" } else { "reference.missing" });
    let link = link.fact("kind", word).fact("name", name).fact("key", entry);
    Some(if is_there {
        let short = if kind == Kind::Secret { "secret" } else { "configmap" };
        let field = if kind == Kind::Secret { "stringData" } else { "data" };
        let patch = format!("'{{\"{field}\":{{\"{entry}\":\"value\"}}}}'");
        link.remedy(format!("kubectl patch {short} {name}{place} -p {patch}"), "reference.create")
    } else {
        link.remedy(format!("kubectl create {verb} {name}{place} --from-literal={entry}=value"), "reference.create")
    })
}

/// What a container's environment names.
fn references_of<'a>(container: &'a Value, wanted: &mut Vec<(Kind, &'a str, &'a str)>) {
    let is_needed = |reference: &&Value| reference.at(&["optional"]).and_then(Value::as_bool) != Some(true);
    for (field, kind) in [("configMapKeyRef", Kind::ConfigMap), ("secretKeyRef", Kind::Secret)] {
        let env = container.list_at(&["env"]).iter();
        let found = env.filter_map(|entry| entry.at(&["valueFrom", field])).filter(is_needed);
        wanted.extend(found.map(|it| (kind, it.str_at(&["name"]), it.str_at(&["key"]))));
    }
    for (field, kind) in [("configMapRef", Kind::ConfigMap), ("secretRef", Kind::Secret)] {
        let env = container.list_at(&["envFrom"]).iter();
        let found = env.filter_map(|entry| entry.get(field)).filter(is_needed);
        wanted.extend(found.map(|it| (kind, it.str_at(&["name"]), "")));
    }
}

/// A volume that still hangs on another machine.
fn attached_elsewhere(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let node = pod.str_at(&["spec", "nodeName"]);
    let claims = crate::model::pod::claims_of(pod);
    let volumes = claims.iter().filter_map(|key| Some(cluster.get(key)?.str_at(&["spec", "volumeName"])));
    for volume in volumes.filter(|name| !name.is_empty()) {
        let mut attachments = cluster.list(Kind::VolumeAttachment);
        let other = attachments.find(|it| {
            it.str_at(&["spec", "source", "persistentVolumeName"]) == volume && it.str_at(&["spec", "nodeName"]) != node
        });
        if let Some(other) = other {
            let is_refused = latest_event(cluster, pod, &["FailedAttachVolume"]).is_some();
            let holder = Text::new(other.str_at(&["spec", "nodeName"]));
            let link = Link::of(pod, "volume.attached-elsewhere").fact("volume", volume).fact("node", &holder);
            let link = link.waits_for(Key::new(Kind::Node, "", holder));
            return is_refused.then_some(link);
        }
    }
    None
}

/// A container that runs and is not ready.
fn not_ready(cluster: &Cluster, pod: &Object, name: &str) -> Link {
    let place = in_namespace(&pod.meta.namespace);
    let containers = pod.list_at(&["spec", "containers"]);
    let Some(container) = containers.iter().find(|container| container.str_at(&["name"]) == name) else {
        return Link::of(pod, "pod.soon-ready").by_itself();
    };
    let broken = cluster.runtime().breakage(&pod.key());
    let link = |rule| Link::of(pod, rule).fact("container", name);
    if broken.is_unready {
        return link("probe.unready").remedy(format!("lab unready {} off", pod.meta.name), "lab.mend");
    }
    if broken.hangs {
        return link("probe.hangs").remedy(format!("lab hang {} off", pod.meta.name), "lab.mend");
    }
    let failure = latest_event(cluster, pod, &["Unhealthy"]);
    let has_started = pod.list_at(&["status", "containerStatuses"]).iter().any(|status| {
        status.str_at(&["name"]) == name && status.at(&["started"]).and_then(Value::as_bool) == Some(true)
    });
    let (word, probe) = match (container.get("startupProbe"), container.get("readinessProbe")) {
        (Some(probe), _) if !has_started => ("startupProbe", probe),
        (_, Some(probe)) => ("readinessProbe", probe),
        _ => return link("pod.soon-ready").by_itself(),
    };
    let Some((_, message)) = failure else {
        let seconds = probe.i64_at(&["initialDelaySeconds"]).unwrap_or(0);
        return link("probe.not-yet").fact("probe", word).number("seconds", seconds).ends(End::ByItself(None));
    };
    let link = asked(link, probe, container, &message).fact("probe", word);
    let link = match set_of(cluster, pod) {
        Some(_) => with_template_remedy(cluster, pod, link),
        None => link,
    };
    link.remedy(format!("kubectl describe pod {}{place}", pod.meta.name), "probe.look")
}

/// What a probe asks, and what it finds.
fn asked(link: impl Fn(&'static str) -> Link, probe: &Value, container: &Value, message: &str) -> Link {
    let port = ["httpGet", "tcpSocket", "grpc"].iter().find_map(|kind| probe.at(&[kind, "port"]));
    let number = port.and_then(|port| match port.as_str() {
        Some(name) => {
            let ports = container.list_at(&["ports"]);
            ports.iter().find(|it| it.str_at(&["name"]) == name)?.i64_at(&["containerPort"])
        }
        None => port.as_i64(),
    });
    let path = probe.str_at(&["httpGet", "path"]);
    let path = if path.is_empty() { "/" } else { path };
    let words: Vec<&str> = probe.list_at(&["exec", "command"]).iter().filter_map(Value::as_str).collect();
    let detail = message.split_once(": ").map_or(message, |(_, detail)| detail).trim();
    let port = number.unwrap_or(0);
    if !words.is_empty() {
        return link("probe.command").fact("command", &words.join(" ")).fact("message", detail);
    }
    if message.contains("connection refused") {
        return link("probe.nobody-listens").number("port", port);
    }
    if let Some((_, status)) = message.split_once("statuscode: ") {
        return link("probe.status").number("port", port).fact("path", path).fact("status", status.trim());
    }
    link("probe.fails").number("port", port).fact("message", detail)
}

/// A readiness gate that nobody has opened.
fn gated(pod: &Object) -> Option<Link> {
    let gates = pod.list_at(&["spec", "readinessGates"]).iter();
    let mut closed = gates
        .map(|gate| gate.str_at(&["conditionType"]))
        .filter(|gate| condition(pod, gate).is_none_or(|condition| condition.str_at(&["status"]) != "True"));
    let gate = closed.next()?;
    let patch = format!("{{\"status\":{{\"conditions\":[{{\"type\":\"{gate}\",\"status\":\"True\"}}]}}}}");
    let place = in_namespace(&pod.meta.namespace);
    let line = format!("kubectl patch pod {}{place} --subresource=status -p '{patch}'", pod.meta.name);
    Some(Link::of(pod, "pod.gate").fact("gate", gate).remedy(line, "pod.open-gate"))
}
