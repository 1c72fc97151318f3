//! The cause at the end of the chain: why an object is not as it is asked to be, what ends that, and what one can do.
//!
//! [`answer`] follows an object's symptom to what is behind it: a set waits for its pod, the pod for its claim, the
//! claim for a StorageClass that does not exist. The last link is the cause; its words stand in the catalogue
//! `i18n::causes`. Every remedy is a line for the console, with what comes of it.
//!
//! # Differences from Kubernetes
//! Nothing there follows the chain; `kubectl describe` shows each object's own message.

mod autoscaler;
mod budget;
mod claim;
mod container;
mod drain;
mod each_node;
mod further;
mod limitation;
mod min_ready;
mod namespace;
mod node;
mod placing;
mod pod;
mod preemption;
mod probe;
mod refused_creation;
mod refused_update;
mod released;
mod room;
mod service;
mod set;
mod since;
mod template;
mod workload;

pub use autoscaler::of_target;
pub use further::further;
pub use refused_update::{fixed_fields, way_out};
pub use since::since;

use crate::cluster::Cluster;
use crate::i18n::{Lang, causes, fill};
use crate::model::conditions::condition;
use crate::model::{Key, Kind, Millis, Object, Text};
use std::rc::Rc;

/// What ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Time alone; at this moment at the latest, where that is known.
    ByItself(Option<Millis>),
    /// The end of what stands behind it.
    Follows,
    /// Somebody has to act.
    Somebody,
}

/// A line that helps, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What to type.
    pub line: String,
    /// The key of its consequence in the catalogue; its places are those of the link.
    pub effect: &'static str,
    /// The keys of what else comes of it.
    also: Vec<&'static str>,
}

impl Remedy {
    fn new(line: String, effect: &'static str) -> Remedy {
        Remedy { line, effect, also: Vec::new() }
    }
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The object that it is about.
    pub key: Key,
    /// The key of its sentence.
    pub rule: &'static str,
    /// The values of the sentence's places.
    pub facts: Vec<(&'static str, Text)>,
    /// What ends it.
    pub end: End,
    /// What helps, the mildest first.
    pub remedies: Vec<Remedy>,
    /// The object that it waits for.
    next: Option<Key>,
    /// Other objects that play a part in it, for how it came.
    pub(super) around: Vec<Key>,
    /// The keys of sentences behind its own: what keeps it so.
    also: Vec<&'static str>,
}

impl Link {
    fn new(key: Key, rule: &'static str) -> Link {
        Link {
            key,
            rule,
            facts: Vec::new(),
            end: End::Somebody,
            remedies: Vec::new(),
            next: None,
            around: Vec::new(),
            also: Vec::new(),
        }
    }

    fn of(object: &Object, rule: &'static str) -> Link {
        let name: &'static str = match object.kind {
            Kind::Pod => "pod",
            Kind::StatefulSet => "set",
            Kind::PersistentVolumeClaim => "claim",
            Kind::PersistentVolume => "volume",
            Kind::Node => "node",
            Kind::PodDisruptionBudget => "budget",
            Kind::HorizontalPodAutoscaler => "autoscaler",
            Kind::Service => "service",
            _ => "name",
        };
        Link::new(object.key(), rule).fact(name, object.meta.name.as_str())
    }

    fn fact(mut self, name: &'static str, value: &str) -> Link {
        self.facts.push((name, Text::new(value)));
        self
    }

    /// The same with a fact, unless it has one of that name.
    fn fact_once(self, name: &'static str, value: &str) -> Link {
        let is_there = self.facts.iter().any(|(fact, _)| *fact == name);
        if is_there { self } else { self.fact(name, value) }
    }

    fn number(self, name: &'static str, value: i64) -> Link {
        self.fact(name, &value.to_string())
    }

    fn ends(self, end: End) -> Link {
        Link { end, ..self }
    }

    fn by_itself(self) -> Link {
        self.ends(End::ByItself(None))
    }

    fn waits_for(self, next: Key) -> Link {
        Link { next: Some(next), end: End::Follows, ..self }
    }

    fn remedy(mut self, line: String, effect: &'static str) -> Link {
        self.remedies.push(Remedy::new(line, effect));
        self
    }

    /// The same with a sentence behind its own.
    fn and(mut self, rule: &'static str) -> Link {
        self.also.push(rule);
        self
    }

    /// Its sentence.
    pub fn say(&self, lang: Lang) -> String {
        self.texts(lang, self.rule, &self.also)
    }

    /// What a remedy leads to.
    pub fn effect(&self, lang: Lang, remedy: &Remedy) -> String {
        self.texts(lang, remedy.effect, &remedy.also)
    }

    fn texts(&self, lang: Lang, first: &str, also: &[&str]) -> String {
        let all: Vec<String> =
            std::iter::once(first).chain(also.iter().copied()).map(|key| self.text(lang, key)).collect();
        all.join(if lang == Lang::En { " " } else { "" })
    }

    fn text(&self, lang: Lang, key: &str) -> String {
        let facts: Vec<(&str, &str)> = self.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        causes::find(lang, key).map_or_else(|| key.to_string(), |text| fill(text, &facts))
    }
}

/// Whether a cause that ends by itself is worth a word of its own meanwhile: why a pod goes, what holds up its end, or
/// that nothing is to be done any more.
pub fn lasts(link: &Link) -> bool {
    const RULES: [&str; 10] = [
        "autoscaler.steadies",
        "create.mended",
        "create.quota-raised",
        "placing.preempts",
        "pod.preempted",
        "pod.terminating-hook",
        "reference.mounted-soon",
        "reference.tried-soon",
        "volume.taken",
        "workload.min-ready",
    ];
    RULES.contains(&link.rule)
}

/// The longest chain that is followed.
const LINKS_MAX: usize = 8;

/// Why an object is not as it is asked to be: the cause first, the object's own symptom last. Empty if it is.
/// For a pod that does not exist, the answer is why its set does not create it.
pub fn answer(cluster: &Cluster, key: &Key) -> Vec<Link> {
    let mut chain: Vec<Link> = Vec::new();
    let mut next = Some(key.clone());
    while let Some(key) = next.filter(|key| chain.len() < LINKS_MAX && chain.iter().all(|link| link.key != *key)) {
        let Some(mut link) = link_of(cluster, &key) else { break };
        next = link.next.take();
        chain.push(link);
    }
    if let Some(last) = chain.pop() {
        chain.push(limitation::of_broken_pod(cluster, last));
    }
    // Whoever waits for something that is as asked waits for nobody else.
    if let Some(last) = chain.last_mut()
        && last.end == End::Follows
    {
        last.end = End::ByItself(None);
    }
    chain.reverse();
    chain
}

/// A cause as it is told where the rest of its chain is not: what somebody asked for, and waits for it, is named.
pub fn told_alone(links: &[Link]) -> Option<Link> {
    let root = links.first()?;
    let own = links.last()?;
    // Why no other machine takes the pod is no matter of the machine.
    if let Some(pinned) = links.iter().find(|link| link.rule == "placing.pinned-down" && link.key != root.key) {
        let facts = pinned.facts.iter().filter(|(name, _)| *name != "node");
        let root = facts.fold(root.clone(), |root, (name, value)| root.fact_once(name, value));
        return Some(root.and("placing.pinned-there"));
    }
    let (name, rule) = match own.rule {
        _ if own.key == root.key => return Some(root.clone()),
        "namespace.not-empty" => ("namespace", "namespace.waits"),
        "node.drain-waits" => ("node", "node.waits"),
        _ => return Some(root.clone()),
    };
    Some(root.clone().fact_once(name, &own.key.name).and(rule))
}

/// The object that an object waits for, if it waits for one: the next link of its chain.
pub(super) fn awaited(cluster: &Cluster, key: &Key) -> Option<Key> {
    link_of(cluster, key)?.next
}

fn link_of(cluster: &Cluster, key: &Key) -> Option<Link> {
    let Some(object) = cluster.get(key) else {
        return set::of_absent_pod(cluster, key).or_else(|| preemption::of_gone_pod(cluster, key));
    };
    match key.kind {
        Kind::Pod => pod::link(cluster, object),
        Kind::StatefulSet => set::link(cluster, object),
        Kind::PersistentVolumeClaim => claim::link(cluster, object),
        Kind::PersistentVolume => claim::volume_link(object),
        Kind::Node => node::link(cluster, object),
        Kind::PodDisruptionBudget => budget::link(cluster, object),
        Kind::Namespace => namespace::link(cluster, object),
        Kind::HorizontalPodAutoscaler => autoscaler::link(cluster, object),
        Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => workload::link(cluster, object),
        Kind::Job => workload::job_link(cluster, object),
        Kind::CronJob => workload::cron_job_link(object),
        Kind::Service => service::link(cluster, object),
        _ => held_by_finalizer(object),
    }
}

/// An object that is being deleted and that a finalizer keeps.
fn held_by_finalizer(object: &Object) -> Option<Link> {
    let finalizer = object.meta.finalizers.first().filter(|_| object.meta.is_terminating())?;
    let kind = object.kind.names().singular;
    let line = format!(
        "kubectl patch {kind} {}{} --type=merge -p '{{\"metadata\":{{\"finalizers\":null}}}}'",
        object.meta.name,
        in_namespace(&object.meta.namespace)
    );
    let link = Link::new(object.key(), "finalizer").fact("kind", object.kind.names().kind);
    Some(link.fact("name", &object.meta.name).fact("finalizer", finalizer).remedy(line, "finalizer.drop"))
}

/// The most names that most sentences list.
const NAMES_MAX: usize = 6;

/// Some names, and how many there are if not all of them are said.
pub(in crate::explain) fn listed(names: &[&str], most: usize) -> String {
    let more = if names.len() > most { format!(", … ({})", names.len()) } else { String::new() };
    names.get(..most).unwrap_or(names).join(", ") + &more
}

/// ` -n NAMESPACE` where it is not the one that commands mean anyway.
fn in_namespace(namespace: &str) -> String {
    if namespace.is_empty() || namespace == "default" { String::new() } else { format!(" -n {namespace}") }
}

/// A moment as the page's clock shows it: `0:40`.
pub(super) fn clock(at: Millis) -> Text {
    let seconds = at.0.max(0) / 1000;
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
    .into()
}

/// The latest event about an object with one of these reasons: when, and what it says.
fn latest_event(cluster: &Cluster, object: &Object, reasons: &[&str]) -> Option<(Millis, Text)> {
    event_where(cluster, object, |reason, _| reasons.contains(&reason))
}

/// The latest event about an object whose reason and message fit: when, and what it says.
fn event_where(cluster: &Cluster, object: &Object, fits: impl Fn(&str, &str) -> bool) -> Option<(Millis, Text)> {
    let events = cluster.list_in(Kind::Event, &object.meta.namespace);
    let of_object = events.filter(|event| {
        event.str_at(&["involvedObject", "uid"]) == object.meta.uid.as_str()
            && fits(event.str_at(&["reason"]), event.str_at(&["message"]))
    });
    let at = |event: &Rc<Object>| {
        let field = ["lastTimestamp", "eventTime"].into_iter().find_map(|field| event.at(&[field])?.as_str());
        field.and_then(Millis::parse_rfc3339).unwrap_or(Millis::ZERO)
    };
    of_object.map(|event| (at(event), Text::new(event.str_at(&["message"])))).max_by_key(|(at, _)| *at)
}

/// `kind/name` as one types it.
fn short(object: &Object) -> String {
    let word = match object.kind {
        Kind::StatefulSet => "sts",
        Kind::Deployment => "deploy",
        Kind::DaemonSet => "ds",
        Kind::ReplicaSet => "rs",
        kind => kind.names().singular,
    };
    format!("{word}/{}", object.meta.name)
}
