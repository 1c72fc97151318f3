//! What the API server said when a controller was to create a pod, with what helps.

use super::{Link, in_namespace, short};
use crate::cluster::Cluster;
use crate::model::{Key, Kind, Millis, Object};

/// A failure is tried again after a growing delay, at most this long.
const RETRY_MAX: Millis = Millis::seconds(1000);

pub(super) fn is_recent(cluster: &Cluster, at: Millis) -> bool {
    cluster.now() - at <= RETRY_MAX
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &[&str]) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    let end = to.iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
    rest.get(..end)
}

/// Why `owner` cannot create `pod` (empty where the pod has no name of its own), by the event's message. `have` is how
/// many pods it has.
pub(super) fn refused(
    cluster: &Cluster,
    owner: &Object,
    named: impl Fn(&'static str) -> Link,
    pod: &str,
    message: &str,
    have: i64,
) -> Link {
    let place = in_namespace(&owner.meta.namespace);
    let error = ["failed error: ", "Error creating: "]
        .iter()
        .find_map(|mark| message.split_once(mark))
        .map_or(message, |(_, error)| error);
    let short = short(owner);
    let pod = if pod.is_empty() { between(error, "pods \"", &["\""]).unwrap_or("a pod") } else { pod };
    let link = |rule| {
        let has = |link: &Link, name: &str| link.facts.iter().any(|(known, _)| *known == name);
        let link = named(rule);
        let link = if has(&link, "pod") { link } else { link.fact("pod", pod) };
        if has(&link, "workload") { link } else { link.fact("workload", &short) }
    };
    let around = |kind, name: &str| {
        let space = if kind == Kind::Namespace { "" } else { owner.meta.namespace.as_str() };
        let pod = Key::new(Kind::Pod, owner.meta.namespace.clone(), pod.to_string());
        vec![Key::new(kind, space.to_string(), name.to_string()), pod]
    };
    if let Some(quota) = error.split_once("exceeded quota: ").map(|(_, quota)| quota) {
        let name = quota.split(", ").next().unwrap_or_default();
        let part = |word: &str| between(quota, word, &[", used:", ", limited:"]).unwrap_or_default();
        let link = Link { around: around(Kind::ResourceQuota, name), ..link("create.quota") };
        let link = link.fact("quota", name).fact("requested", part("requested: "));
        let link = link.fact("used", part("used: ")).fact("limited", part("limited: "));
        let link = link.remedy(format!("kubectl edit quota {name}{place}"), "create.more-quota");
        let smaller = format!("kubectl scale {short}{place} --replicas={have}");
        return if owner.kind == Kind::DaemonSet { link } else { link.remedy(smaller, "create.smaller") };
    }
    if let Some(needs) = error.split_once("failed quota: ").map(|(_, rest)| rest) {
        let (name, rest) = needs.split_once(": must specify ").unwrap_or((needs, ""));
        let fields = rest.split(" for: ").next().unwrap_or_default();
        let link = Link { around: around(Kind::ResourceQuota, name), ..link("create.quota-needs") };
        let link = link.fact("quota", name).fact("fields", fields);
        let flags = needed_flags(fields);
        let line = format!("kubectl set resources {short}{place} {flags}");
        return if flags.is_empty() { link } else { link.remedy(line, "create.state-needs") };
    }
    if let Some(level) = between(error, "violates PodSecurity \"", &[":", "\""]) {
        let link = Link { around: around(Kind::Namespace, &owner.meta.namespace), ..link("create.pod-security") };
        let detail = error.split_once("\": ").map_or(error, |(_, detail)| detail);
        let link = link.fact("level", level).fact("namespace", &owner.meta.namespace).fact("error", detail);
        let line = format!("kubectl label ns {} pod-security.kubernetes.io/enforce-", owner.meta.namespace);
        let link = link.remedy(format!("kubectl edit {short}{place}"), "create.loosen");
        return link.remedy(line, "create.drop-level");
    }
    if let Some(class) = between(error, "no PriorityClass with name ", &[" was found"]) {
        let line = format!("kubectl create priorityclass {class} --value=1000");
        return link("create.no-priority").fact("class", class).remedy(line, "create.priority");
    }
    if let Some(class) = between(error, "RuntimeClass \"", &["\" not found"]) {
        return link("create.no-runtime")
            .fact("class", class)
            .remedy(format!("kubectl edit {short}{place}"), "create.loosen");
    }
    let limits = cluster.list_in(Kind::LimitRange, &owner.meta.namespace).next();
    if let Some(limits) = limits.filter(|_| error.contains("usage per ")) {
        let link = Link { around: around(Kind::LimitRange, &limits.meta.name), ..link("create.limit-range") };
        let detail = error.split_once("forbidden: ").map_or(error, |(_, detail)| detail);
        let link = link.fact("limits", &limits.meta.name).fact("error", detail);
        let link = link.remedy(format!("kubectl edit limitrange {}{place}", limits.meta.name), "create.raise-limits");
        return link.remedy(format!("kubectl edit {short}{place}"), "create.loosen");
    }
    let line = format!("kubectl describe {short}{place}");
    link("create.refused").fact("error", error).remedy(line, "create.look")
}

/// The flags of `kubectl set resources` that state what a quota counts: `requests.cpu,limits.memory`.
fn needed_flags(fields: &str) -> String {
    let amount = |name: &str| match name {
        "cpu" => Some("100m"),
        "memory" => Some("128Mi"),
        _ => None,
    };
    let of = |list: &str| {
        let names = fields.split(',').map(str::trim);
        let names = names.filter_map(|field| match field.split_once('.') {
            Some((own, name)) if own == list => Some(name),
            None if list == "requests" => Some(field),
            _ => None,
        });
        let parts: Vec<String> = names.filter_map(|name| Some(format!("{name}={}", amount(name)?))).collect();
        if parts.is_empty() { String::new() } else { format!("--{list}={}", parts.join(",")) }
    };
    [of("requests"), of("limits")].join(" ").trim().to_string()
}
