//! What a container's probes find: why it is not ready, and why the kubelet restarts it again and again.

use super::template::with_template_remedy;
use super::{End, Link, event_where, in_namespace};
use crate::cluster::Cluster;
use crate::model::container_status::{restarts, running};
use crate::model::pod::{container_statuses, init_containers};
use crate::model::{Millis, Object, Value, pod};

/// A container that runs and is not ready.
pub(super) fn not_ready(cluster: &Cluster, pod: &Object, name: &str) -> Link {
    let containers = pod::containers(pod);
    let Some(container) = containers.iter().find(|container| container.str_at(&["name"]) == name) else {
        return Link::of(pod, "pod.soon-ready").by_itself();
    };
    let link = |rule| Link::of(pod, rule).fact("container", name);
    if let Some(link) = told(cluster, pod, link) {
        return link;
    }
    let has_started = container_statuses(pod).iter().any(|status| {
        status.str_at(&["name"]) == name && status.at(&["started"]).and_then(Value::as_bool) == Some(true)
    });
    let (word, probe) = match (container.get("startupProbe"), container.get("readinessProbe")) {
        (Some(probe), _) if !has_started => ("startupProbe", probe),
        (_, Some(probe)) => ("readinessProbe", probe),
        _ => return restarting(cluster, pod).unwrap_or_else(|| link("pod.soon-ready").by_itself()),
    };
    // What gives up before the program listens is the cause of the restarts as well.
    let restarts = (word == "startupProbe").then(|| restarting(cluster, pod)).flatten();
    if let Some(link) = restarts {
        return link;
    }
    match failure(cluster, pod, word) {
        Some((_, message)) => found(cluster, pod, container, word, &message),
        None => {
            let seconds = probe.i64_at(&["initialDelaySeconds"]).unwrap_or(0);
            link("probe.not-yet").fact("probe", word).number("seconds", seconds).ends(End::ByItself(None))
        }
    }
}

/// What somebody told the pod on purpose.
fn told(cluster: &Cluster, pod: &Object, link: impl Fn(&'static str) -> Link) -> Option<Link> {
    let broken = cluster.runtime().breakage(&pod.key());
    let name = &pod.meta.name;
    if broken.is_unready {
        return Some(link("probe.unready").remedy(format!("lab unready {name} off"), "lab.mend"));
    }
    broken.hangs.then(|| link("probe.hangs").remedy(format!("lab hang {name} off"), "lab.mend"))
}

/// The latest time that a probe failed, and what it found.
fn failure(cluster: &Cluster, pod: &Object, field: &str) -> Option<(Millis, String)> {
    let word = match field {
        "startupProbe" => "Startup",
        "livenessProbe" => "Liveness",
        _ => "Readiness",
    };
    let (at, message) =
        event_where(cluster, pod, |reason, message| reason == "Unhealthy" && message.starts_with(word))?;
    Some((at, message.to_string()))
}

/// A probe that failed, with what it asked and what helps.
fn found(cluster: &Cluster, pod: &Object, container: &Value, field: &str, message: &str) -> Link {
    let name = container.str_at(&["name"]);
    let none = Value::Null;
    let probe = container.get(field).unwrap_or(&none);
    let link = asked(|rule| Link::of(pod, rule).fact("container", name), probe, container, message);
    let link = with_template_remedy(cluster, pod, link.fact("probe", field));
    let line = format!("kubectl describe pod {}{}", pod.meta.name, in_namespace(&pod.meta.namespace));
    link.remedy(line, "probe.look")
}

/// What a probe asks, and what it finds.
fn asked(link: impl Fn(&'static str) -> Link, probe: &Value, container: &Value, message: &str) -> Link {
    let port = ["httpGet", "tcpSocket", "grpc"].iter().find_map(|kind| probe.at(&[kind, "port"]));
    let named = port.and_then(Value::as_str).filter(|name| name.parse::<i64>().is_err());
    let number = match named {
        Some(name) => {
            let ports = container.list_at(&["ports"]);
            ports.iter().find(|it| it.str_at(&["name"]) == name).and_then(|it| it.i64_at(&["containerPort"]))
        }
        None => port.and_then(|port| port.as_i64().or_else(|| port.as_str()?.parse().ok())),
    };
    if let Some(name) = named.filter(|_| number.is_none()) {
        return link("probe.no-port").fact("port", name);
    }
    let path = probe.str_at(&["httpGet", "path"]);
    let path = if path.is_empty() { "/" } else { path };
    let words: Vec<&str> = probe.list_at(&["exec", "command"]).iter().filter_map(Value::as_str).collect();
    let detail = message.split_once(": ").map_or(message, |(_, detail)| detail).trim();
    let port = number.unwrap_or(0);
    if !words.is_empty() {
        let rule = if detail.is_empty() { "probe.command-silent" } else { "probe.command" };
        return link(rule).fact("command", &words.join(" ")).fact("message", detail);
    }
    if message.contains("connection refused") {
        return link("probe.nobody-listens").number("port", port);
    }
    if let Some((_, status)) = message.split_once("statuscode: ") {
        return link("probe.status").number("port", port).fact("path", path).fact("status", status.trim());
    }
    link("probe.fails").number("port", port).fact("message", detail)
}

/// A container of a pod that the kubelet restarts again and again because of a probe; also while it runs once more and
/// has not failed yet.
pub(super) fn restarting(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let restarted = |status: &&Value| status.i64_at(&["restartCount"]).is_some_and(|count| count > 0);
    let mut statuses = container_statuses(pod).iter().filter(restarted);
    statuses.find_map(|status| killed(cluster, pod, status))
}

/// The probe by which the kubelet killed a container last, if that goes on.
pub(super) fn killed(cluster: &Cluster, pod: &Object, status: &Value) -> Option<Link> {
    let name = status.str_at(&["name"]);
    let mut containers = pod::containers(pod).iter().chain(init_containers(pod));
    let container = containers.find(|container| container.str_at(&["name"]) == name)?;
    let of_probe = |field: &&str| {
        let words =
            format!("ontainer {name} failed {} probe", if *field == "startupProbe" { "startup" } else { "liveness" });
        container.get(field).is_some()
            && event_where(cluster, pod, |reason, message| reason == "Killing" && message.contains(&words)).is_some()
    };
    let field = ["startupProbe", "livenessProbe"].into_iter().find(of_probe)?;
    let (at, message) = failure(cluster, pod, field)?;
    if !goes_on(cluster, status, container.get(field)?, at) {
        return None;
    }
    let link = |rule| Link::of(pod, rule).fact("container", name);
    let link = told(cluster, pod, link).unwrap_or_else(|| found(cluster, pod, container, field, &message));
    let link = link.number("restarts", restarts(status));
    Some(link.and("probe.restarts"))
}

/// Whether a container that a probe had killed is not yet through the time in which it would be killed again, or has
/// failed since. `at` is the probe's latest failure.
fn goes_on(cluster: &Cluster, status: &Value, probe: &Value, at: Millis) -> bool {
    let Some(running) = running(status) else { return true };
    let started = Millis::parse_rfc3339(running.str_at(&["startedAt"])).unwrap_or(Millis::ZERO);
    let number = |field: &str, default: i64| probe.i64_at(&[field]).unwrap_or(default);
    let each = number("periodSeconds", 10) + number("timeoutSeconds", 1);
    let seconds = number("initialDelaySeconds", 0) + each * (number("failureThreshold", 3) + 1);
    at >= started || cluster.now() - started < Millis::seconds(seconds.clamp(0, 100_000))
}
