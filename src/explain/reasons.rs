//! Why something is as it is: the latest decisions, the objects' own facts, and what will happen next, as sentences.

use crate::cluster::Cluster;
use crate::controllers::{ControllerId, Decision, Outcome, Subject, Work};
use crate::i18n::{self, Lang};
use crate::model::conditions::{false_condition, phase};
use crate::model::pod::{claims_of, container_statuses, has_ended, is_ready, node_name};
use crate::model::stateful_set::partition;
use crate::model::workload::{replicas, update_type};
use crate::model::{Key, Kind, Millis, Object, Text, container_status};
use crate::ordering::Order;
use crate::sim::Sim;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A StatefulSet as a whole, or any other object.
    Object(Key),
    /// One ordinal of a StatefulSet, whether its pod exists or not.
    Ordinal {
        /// The StatefulSet.
        set: Key,
        /// The ordinal.
        ordinal: i64,
    },
}

/// One reason. Its words stand in the catalogues under `rule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The rule's id.
    pub rule: &'static str,
    /// The values that the words have places for.
    pub facts: Vec<(&'static str, Text)>,
    /// Since when, for a decision.
    pub at: Option<Millis>,
    /// Whether something waits here.
    pub is_wait: bool,
}

impl Sentence {
    fn new(rule: &'static str, facts: Vec<(&'static str, Text)>) -> Sentence {
        Sentence { rule, facts, at: None, is_wait: false }
    }

    fn waiting(rule: &'static str, facts: Vec<(&'static str, Text)>) -> Sentence {
        Sentence { is_wait: true, ..Sentence::new(rule, facts) }
    }

    fn of_decision(decision: &Decision) -> Sentence {
        Sentence {
            rule: decision.rule,
            facts: decision.facts.clone(),
            at: Some(decision.at),
            is_wait: decision.outcome == Outcome::Waits,
        }
    }
}

/// A sentence in words, with what would end the wait behind it if it is one.
pub fn say(lang: Lang, sentence: &Sentence) -> String {
    let facts: Vec<(&str, &str)> = sentence.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let own = i18n::find(i18n::reasons::ENTRIES, lang, sentence.rule).map(|text| i18n::fill(text, &facts));
    let mut text = own.unwrap_or_else(|| i18n::decisions::say(lang, sentence.rule, &facts));
    if let Some(until) = i18n::decisions::until(lang, sentence.rule, &facts).filter(|_| sentence.is_wait) {
        if lang == Lang::En {
            text.push(' ');
        }
        text.push_str(&until);
    }
    text
}

/// The reasons for what is asked about, the most telling first. `decisions` are those that were told so far, oldest
/// first.
pub fn why(sim: &Sim, decisions: &[Decision], about: &About) -> Vec<Sentence> {
    let keys = keys_of(&sim.cluster, about);
    let mut sentences = latest_decisions(decisions, about, &keys);
    for key in &keys {
        facts_of(sim, key, &mut sentences);
    }
    if let About::Ordinal { set, ordinal } = about
        && keys.iter().all(|key| key.kind != Kind::Pod || sim.cluster.get(key).is_none())
    {
        let pod = format!("{}-{ordinal}", set.name);
        sentences.push(Sentence::new("why.pod.absent", vec![("pod", pod.into()), ("set", set.name.clone())]));
    }
    timers(sim, &keys, &mut sentences);
    sentences.order_by_key(|sentence| !sentence.is_wait);
    sentences.dedup();
    sentences
}

/// The objects that an answer has to look at: a pod brings its claims along.
fn keys_of(cluster: &Cluster, about: &About) -> Vec<Key> {
    let mut keys = match about {
        About::Object(key) => vec![key.clone()],
        About::Ordinal { set, ordinal } => {
            vec![Key::new(Kind::Pod, set.namespace.clone(), format!("{}-{ordinal}", set.name))]
        }
    };
    let Some(pod) = keys.first().filter(|key| key.kind == Kind::Pod).cloned() else { return keys };
    match cluster.get(&pod) {
        Some(object) => keys.extend(claims_of(object)),
        None => {
            let ending = format!("-{}", pod.name);
            let claims = cluster.list_in(Kind::PersistentVolumeClaim, &pod.namespace);
            keys.extend(claims.filter(|claim| claim.meta.name.ends_with(&ending)).map(|claim| claim.key()));
        }
    }
    keys
}

/// What each controller decided when it looked last.
fn latest_decisions(decisions: &[Decision], about: &About, keys: &[Key]) -> Vec<Sentence> {
    let mut looked: Vec<(ControllerId, &Key, Millis)> = Vec::new();
    let mut found: Vec<Sentence> = Vec::new();
    for decision in decisions.iter().rev() {
        let place =
            looked.iter().find(|(controller, key, _)| *controller == decision.controller && **key == decision.key);
        match place {
            Some((_, _, at)) if *at != decision.at => continue,
            Some(_) => {}
            None => looked.push((decision.controller, &decision.key, decision.at)),
        }
        // Several looks at the same moment say much of the same.
        let sentence = Sentence::of_decision(decision);
        if concerns(decision, about, keys) && !found.contains(&sentence) {
            found.push(sentence);
        }
    }
    found.reverse();
    found
}

fn concerns(decision: &Decision, about: &About, keys: &[Key]) -> bool {
    if keys.contains(&decision.key) {
        return true;
    }
    match (&decision.subject, about) {
        (Subject::Object(key), _) if keys.contains(key) => true,
        (Subject::Ordinal(own), About::Ordinal { set, ordinal }) => decision.key == *set && own == ordinal,
        (Subject::Whole, _) => false,
        (_, About::Ordinal { set, .. }) if decision.key != *set => false,
        _ => {
            // A decision about one pod may name another that it waits for.
            let pod = keys.iter().find(|key| key.kind == Kind::Pod);
            let is_named = |pod: &Key| decision.facts.iter().any(|(name, value)| *name == "pod" && *value == pod.name);
            pod.is_some_and(is_named)
        }
    }
}

fn facts_of(sim: &Sim, key: &Key, out: &mut Vec<Sentence>) {
    let Some(object) = sim.cluster.get(key) else { return };
    match key.kind {
        Kind::StatefulSet => set_facts(object, out),
        Kind::Pod => pod_facts(sim, object, out),
        Kind::PersistentVolumeClaim => claim_facts(&sim.cluster, object, out),
        _ => {}
    }
}

/// Whether a StatefulSet is as its spec wants it.
pub(super) fn is_complete(set: &Object) -> bool {
    let count = |field: &str| set.i64_at(&["status", field]).unwrap_or(0);
    let replicas = replicas(set);
    let partition = partition(set);
    let is_rolling = update_type(set) != "OnDelete";
    let updated = (replicas - partition).max(0);
    count("observedGeneration") == set.meta.generation
        && count("replicas") == replicas
        && count("readyReplicas") == replicas
        && count("availableReplicas") == replicas
        && (!is_rolling || count("updatedReplicas") >= updated)
}

fn set_facts(set: &Object, out: &mut Vec<Sentence>) {
    let count = |field: &str| Text::from(set.i64_at(&["status", field]).unwrap_or(0).to_string());
    let facts = vec![
        ("set", set.meta.name.clone()),
        ("replicas", replicas(set).to_string().into()),
        ("ready", count("readyReplicas")),
        ("updated", count("updatedReplicas")),
    ];
    if is_complete(set) {
        out.push(Sentence::new("why.set.complete", facts));
    } else {
        out.push(Sentence::waiting("why.set.incomplete", facts));
    }
}

fn pod_facts(sim: &Sim, pod: &Object, out: &mut Vec<Sentence>) {
    let named = |more: Vec<(&'static str, Text)>| [vec![("pod", pod.meta.name.clone())], more].concat();
    let node = Text::new(node_name(pod));
    let is_stopped = sim.cluster.runtime().stopped(&node).is_some();
    if let Some(until) = pod.meta.deletion_timestamp {
        if is_stopped {
            out.push(Sentence::waiting("why.pod.unreachable", named(vec![("node", node)])));
        } else if has_ended(pod) {
            out.push(Sentence::waiting("why.pod.ended", named(Vec::new())));
        } else {
            let left = length(until - sim.now());
            out.push(Sentence::waiting("why.pod.terminating", named(vec![("left", left)])));
        }
        return;
    }
    if let Some(scheduled) = false_condition(pod, "PodScheduled") {
        let message = Text::new(scheduled.str_at(&["message"]));
        out.push(Sentence::waiting("why.pod.unscheduled", named(vec![("message", message)])));
        return;
    }
    if is_stopped {
        out.push(Sentence::waiting("why.pod.node-down", named(vec![("node", node)])));
        return;
    }
    for status in container_statuses(pod) {
        let waiting = container_status::waiting(status);
        if let Some(reason) = waiting.map(|state| state.str_at(&["reason"])).filter(|reason| !reason.is_empty()) {
            let message = waiting.map_or("", |state| state.str_at(&["message"]));
            let container = Text::new(status.str_at(&["name"]));
            let facts = vec![("container", container), ("reason", Text::new(reason)), ("message", Text::new(message))];
            out.push(Sentence::waiting("why.pod.waiting", named(facts)));
            return;
        }
    }
    match is_ready(pod) {
        true => out.push(Sentence::new("why.pod.ready", named(Vec::new()))),
        false => out.push(Sentence::waiting("why.pod.unready", named(Vec::new()))),
    }
}

fn claim_facts(cluster: &Cluster, claim: &Object, out: &mut Vec<Sentence>) {
    let named = |more: Vec<(&'static str, Text)>| [vec![("claim", claim.meta.name.clone())], more].concat();
    let mut pods = cluster.list_in(Kind::Pod, &claim.meta.namespace);
    let user = pods.find(|pod| claims_of(pod).contains(&claim.key())).map(|pod| pod.meta.name.clone());
    let phase = phase(claim);
    match (claim.meta.is_terminating(), user) {
        (true, Some(pod)) => out.push(Sentence::waiting("why.claim.protected", named(vec![("pod", pod)]))),
        (true, None) => out.push(Sentence::waiting("why.claim.terminating", named(Vec::new()))),
        (false, _) if phase == "Lost" => out.push(Sentence::waiting("why.claim.lost", named(Vec::new()))),
        (false, _) if phase != "Bound" => out.push(Sentence::waiting("why.claim.pending", named(Vec::new()))),
        (false, None) => out.push(Sentence::new("why.claim.kept", named(Vec::new()))),
        (false, Some(pod)) => out.push(Sentence::new("why.claim.used", named(vec![("pod", pod)]))),
    }
}

/// What will look at the objects again without anybody doing anything.
fn timers(sim: &Sim, keys: &[Key], out: &mut Vec<Sentence>) {
    let mut told: Vec<ControllerId> = Vec::new();
    for (at, Work { controller, key, .. }) in sim.timers.iter() {
        if at <= sim.now() || !keys.contains(key) || told.contains(controller) {
            continue;
        }
        told.push(*controller);
        let facts = vec![
            ("name", key.name.clone()),
            ("controller", Text::from(format!("{controller:?}"))),
            ("left", length(at - sim.now())),
        ];
        out.push(Sentence::new("why.timer", facts));
    }
}

/// A length of time as people say it: `1m30s`.
pub(super) fn length(time: Millis) -> Text {
    let seconds = (time.0.max(0) + 999) / 1000;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, rest) => format!("{rest}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, rest) => format!("{minutes}m{rest}s"),
        (hours, minutes, _) => format!("{hours}h{minutes}m"),
    }
    .into()
}
