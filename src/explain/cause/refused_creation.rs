//! What the API server said when a controller was to create a pod, with what helps.

use super::{End, Link, in_namespace, short};
use crate::cluster::Cluster;
use crate::cluster::refusals::{LIMIT_PER, POD_SECURITY, QUOTA_EXCEEDED, QUOTA_UNSTATED};
use crate::model::{Key, Kind, Millis, Object, Quantity, Text, Value};

/// A failure is tried again after a growing delay, at most this long.
const RETRY_MAX: Millis = Millis::seconds(1000);

/// What comes after so short a pause is awaited without a word.
const SOON: Millis = Millis::seconds(10);

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
    let error = ["failed error: ", "Error creating: "]
        .iter()
        .find_map(|mark| message.split_once(mark))
        .map_or(message, |(_, error)| error);
    let pod = if pod.is_empty() { between(error, "pods \"", &["\""]).unwrap_or("a pod") } else { pod };
    let (place, short) = (in_namespace(&owner.meta.namespace), short(owner));
    let refusal = Refusal { cluster, owner, named: &named, pod, error, place, short };
    refusal
        .exceeded_quota(have)
        .or_else(|| refusal.unstated_quota())
        .or_else(|| refusal.pod_security())
        .or_else(|| refusal.missing_class())
        .or_else(|| refusal.limit_range())
        .unwrap_or_else(|| refusal.any())
}

/// A refusal, and whose pod it is.
struct Refusal<'a> {
    cluster: &'a Cluster,
    owner: &'a Object,
    named: &'a dyn Fn(&'static str) -> Link,
    pod: &'a str,
    /// The API server's words.
    error: &'a str,
    /// The owner's namespace, as a flag.
    place: String,
    /// The owner, as the console takes it.
    short: String,
}

impl Refusal<'_> {
    fn link(&self, rule: &'static str) -> Link {
        let has = |link: &Link, name: &str| link.facts.iter().any(|(known, _)| *known == name);
        let link = (self.named)(rule);
        let link = if has(&link, "pod") { link } else { link.fact("pod", self.pod) };
        if has(&link, "workload") { link } else { link.fact("workload", &self.short) }
    }

    /// The same about an object that stands in the pod's way.
    fn link_around(&self, rule: &'static str, kind: Kind, name: &str) -> Link {
        let space = if kind == Kind::Namespace { "" } else { self.owner.meta.namespace.as_str() };
        let pod = Key::new(Kind::Pod, self.owner.meta.namespace.clone(), self.pod.to_string());
        let around = vec![Key::new(kind, space.to_string(), name.to_string()), pod];
        Link { around, ..self.link(rule) }
    }

    /// The line that lets the user change the template.
    fn edit_owner(&self) -> String {
        format!("kubectl edit {}{}", self.short, self.place)
    }

    fn exceeded_quota(&self, have: i64) -> Option<Link> {
        let (_, quota) = self.error.split_once(QUOTA_EXCEEDED)?;
        let (place, short) = (&self.place, &self.short);
        let name = quota.split(", ").next().unwrap_or_default();
        let part = |word: &str| between(quota, word, &[", used:", ", limited:"]).unwrap_or_default();
        let link = self.link_around("create.quota", Kind::ResourceQuota, name);
        let link = link.fact("quota", name).fact("requested", part("requested: "));
        let link = link.fact("used", part("used: ")).fact("limited", part("limited: "));
        if is_another_limit(self.cluster, self.owner, name, part("limited: ")) {
            return Some(self.tried_again(Link { rule: "create.quota-raised", ..link }));
        }
        let link = link.remedy(format!("kubectl edit quota {name}{place}"), "create.more-quota");
        let smaller = format!("kubectl scale {short}{place} --replicas={have}");
        Some(if self.owner.kind == Kind::DaemonSet { link } else { link.remedy(smaller, "create.smaller") })
    }

    fn unstated_quota(&self) -> Option<Link> {
        let (_, needs) = self.error.split_once(QUOTA_UNSTATED)?;
        let (name, rest) = needs.split_once(": must specify ").unwrap_or((needs, ""));
        let fields = rest.split(" for: ").next().unwrap_or_default();
        let link = self.link_around("create.quota-needs", Kind::ResourceQuota, name);
        let link = link.fact("quota", name).fact("fields", fields);
        let flags = needed_flags(fields);
        let line = format!("kubectl set resources {}{} {flags}", self.short, self.place);
        Some(if flags.is_empty() { link } else { link.remedy(line, "create.state-needs") })
    }

    fn pod_security(&self) -> Option<Link> {
        let level = between(self.error, POD_SECURITY, &[":", "\""])?;
        let namespace = &self.owner.meta.namespace;
        let detail = self.error.split_once("\": ").map_or(self.error, |(_, detail)| detail);
        let link = self.link_around("create.pod-security", Kind::Namespace, namespace);
        let link = link.fact("level", level).fact("namespace", namespace).fact("error", detail);
        let space = self.cluster.find(Kind::Namespace, &Text::default(), namespace);
        if space.is_none_or(|space| space.meta.label(ENFORCE) != level_name(level)) {
            return Some(self.mended(link, &format!("Namespace {namespace}")));
        }
        let line = format!("kubectl label ns {namespace} {ENFORCE}-");
        Some(link.remedy(self.edit_owner(), "create.loosen").remedy(line, "create.drop-level"))
    }

    fn missing_class(&self) -> Option<Link> {
        if let Some(class) = between(self.error, "no PriorityClass with name ", &[" was found"]) {
            let line = format!("kubectl create priorityclass {class} --value=1000");
            let link = self.link("create.no-priority").fact("class", class);
            return Some(match self.is_there(Kind::PriorityClass, class) {
                true => self.mended(link, &format!("PriorityClass {class}")),
                false => link.remedy(line, "create.priority"),
            });
        }
        let class = between(self.error, "RuntimeClass \"", &["\" not found"])?;
        let link = self.link("create.no-runtime").fact("class", class);
        Some(match self.is_there(Kind::RuntimeClass, class) {
            true => self.mended(link, &format!("RuntimeClass {class}")),
            false => link.remedy(self.edit_owner(), "create.loosen"),
        })
    }

    /// Whether something that has no namespace is there by now.
    fn is_there(&self, kind: Kind, name: &str) -> bool {
        self.cluster.find(kind, &Text::default(), &Text::new(name)).is_some()
    }

    fn limit_range(&self) -> Option<Link> {
        if !self.error.contains(LIMIT_PER) {
            return None;
        }
        let limits = self.cluster.list_in(Kind::LimitRange, &self.owner.meta.namespace).next();
        let Some(limits) = limits.filter(|limits| states(limits, self.error)) else {
            return Some(self.mended(self.link("create.limit-range"), "LimitRange"));
        };
        let name = &limits.meta.name;
        let detail = self.error.split_once("forbidden: ").map_or(self.error, |(_, detail)| detail);
        let link = self.link_around("create.limit-range", Kind::LimitRange, name);
        let link = link.fact("limits", name).fact("error", detail);
        let link = link.remedy(format!("kubectl edit limitrange {name}{}", self.place), "create.raise-limits");
        Some(link.remedy(self.edit_owner(), "create.loosen"))
    }

    /// A refusal whose reason is gone: the controller finds out when it tries again.
    fn mended(&self, link: Link, what: &str) -> Link {
        self.tried_again(Link { rule: "create.mended", ..link.fact("what", what) })
    }

    /// What ends when the controller tries again, and what makes it do so at once where that is not soon: each pause is as
    /// long as all before it together, so the time from the first refusal to the last is the next pause.
    fn tried_again(&self, link: Link) -> Link {
        let events = self.cluster.list_in(Kind::Event, &self.owner.meta.namespace).filter(|event| {
            event.str_at(&["involvedObject", "uid"]) == self.owner.meta.uid.as_str()
                && event.str_at(&["reason"]) == "FailedCreate"
        });
        let at = |event: &Object, field: &str| Millis::parse_rfc3339(event.str_at(&[field]));
        let spans = events.filter_map(|event| Some((at(event, "lastTimestamp")?, at(event, "firstTimestamp")?)));
        let next = spans.max().map(|(last, first)| (last + (last - first).min(RETRY_MAX), last - first));
        match next.filter(|(at, pause)| *pause >= SOON && *at > self.cluster.now()) {
            Some((at, _)) => {
                let line = format!("kubectl annotate {}{} retry=now --overwrite", self.short, self.place);
                link.ends(End::ByItself(Some(at))).remedy(line, "create.at-once")
            }
            None => link.by_itself(),
        }
    }

    fn any(&self) -> Link {
        let line = format!("kubectl describe {}{}", self.short, self.place);
        self.link("create.refused").fact("error", self.error).remedy(line, "create.look")
    }
}

/// The label of a namespace with the standard that its pods have to keep.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// The level in what a refusal names: `restricted:latest`.
fn level_name(level: &str) -> &str {
    level.split(':').next().unwrap_or(level)
}

/// Whether a LimitRange still has the amount that a refusal tells of: `maximum cpu usage per Container is 500m, but …`.
fn states(limits: &Object, error: &str) -> bool {
    let told = error.split_once(LIMIT_PER).and_then(|(_, rest)| between(rest, " is ", &[","]));
    let amount = |text: &str| Quantity::parse(text).ok().map(Quantity::milli_value);
    let Some(told) = told.and_then(|told| amount(told.trim())) else { return true };
    let rules = limits.list_at(&["spec", "limits"]).iter().filter_map(Value::as_map);
    let mut amounts = rules.flat_map(|rule| rule.iter()).filter_map(|(_, it)| it.as_map()).flat_map(|it| it.iter());
    amounts.any(|(_, it)| it.as_str().and_then(amount) == Some(told))
}

/// Whether a quota is gone, or has other limits than those that a message tells of: `pods=3,requests.cpu=1`.
fn is_another_limit(cluster: &Cluster, owner: &Object, quota: &str, told: &str) -> bool {
    let Some(quota) = cluster.find(Kind::ResourceQuota, &owner.meta.namespace, &Text::new(quota)) else { return true };
    let limits = told.split(',').filter_map(|limit| limit.split_once('='));
    let amount = |text: &str| Quantity::parse(text).ok().map(Quantity::milli_value);
    limits.into_iter().any(|(resource, told)| amount(quota.str_at(&["spec", "hard", resource.trim()])) != amount(told))
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
