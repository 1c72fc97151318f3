//! The visible transitions as sentences to be: a key of the catalogue and facts; writes no words.

use super::set_members::{identity_of, wanted_ordinals};
use super::style::{NodeStyle, PodStyle, claim_status, node_style, pod_status, pod_style, short_revision};
use crate::cluster::{Change, Verb};
use crate::model::claim::volume_of;
use crate::model::pod::node_name;
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::sorted::{SharedMap, SharedSet};

/// A transition that one sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// When.
    pub at: Millis,
    /// The object to which it happened.
    pub object: Key,
    /// The key of its text.
    pub key: &'static str,
    /// The values for the text's places.
    pub facts: Vec<(&'static str, Text)>,
}

/// Turns stored writes into sentences.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// By namespace and set: how many pods it wants, and which are ready.
    sets: SharedMap<(Text, Text), (i64, SharedSet<Text>)>,
}

impl Story {
    /// What a stored write shows; they come in order of time.
    pub fn note(&mut self, change: &Change) -> Option<Sentence> {
        let (key, facts) = match change.kind() {
            Kind::StatefulSet => self.set(change)?,
            Kind::Pod => self.pod(change)?,
            Kind::PersistentVolumeClaim => claim(change)?,
            Kind::Node => node(change)?,
            _ => return None,
        };
        Some(Sentence { at: change.at, object: change.object.key(), key, facts })
    }

    fn set(&mut self, change: &Change) -> Option<(&'static str, Vec<(&'static str, Text)>)> {
        let set = &*change.object;
        let name = ("name", set.meta.name.clone());
        let wanted = wanted_ordinals(set);
        let wanted = wanted.1 - wanted.0;
        self.sets.entry((set.meta.namespace.clone(), set.meta.name.clone())).or_default().0 = wanted;
        if change.verb == Verb::Deleted {
            return Some(("say-set-deleted", vec![name]));
        }
        let Some(old) = change.old.as_deref() else {
            return Some(("say-set-created", vec![name, ("n", wanted.to_string().into())]));
        };
        let before = wanted_ordinals(old);
        let before = before.1 - before.0;
        if before != wanted {
            let facts = vec![name, ("from", before.to_string().into()), ("to", wanted.to_string().into())];
            return Some(("say-set-scaled", facts));
        }
        let revision = |set: &Object, field| Text::new(short_revision(set.str_at(&["status", field]), &set.meta.name));
        let (current, update) = (revision(set, "currentRevision"), revision(set, "updateRevision"));
        if current != update && update != revision(old, "updateRevision") {
            return Some(("say-update-begins", vec![name, ("revision", update)]));
        }
        let was_rolling = revision(old, "currentRevision") != revision(old, "updateRevision");
        (was_rolling && current == update).then(|| ("say-update-done", vec![name, ("revision", current)]))
    }

    fn pod(&mut self, change: &Change) -> Option<(&'static str, Vec<(&'static str, Text)>)> {
        let pod = &*change.object;
        let look = |pod: &Object| {
            let status = pod_status(pod);
            (pod_style(pod, &status, false), status)
        };
        let (style, status) = look(pod);
        let is_ready = style == PodStyle::Ready && change.verb != Verb::Deleted;
        let mut facts = vec![("pod", pod.meta.name.clone())];
        let counts = identity_of(pod).map(|(set, _)| {
            let (wanted, ready) = self.sets.entry((pod.meta.namespace.clone(), set)).or_default();
            if is_ready {
                ready.insert(pod.meta.name.clone());
            } else {
                ready.remove(&pod.meta.name);
            }
            (ready.len(), *wanted)
        });
        if change.verb == Verb::Deleted {
            return Some(("say-pod-gone", facts));
        }
        let Some(old) = change.old.as_deref() else { return Some(("say-pod-created", facts)) };
        let (old_style, old_status) = look(old);
        if style == old_style && status == old_status {
            let node = node_name(pod);
            if node_name(old).is_empty() && !node.is_empty() {
                facts.push(("node", Text::new(node)));
                return Some(("say-pod-bound", facts));
            }
            return None;
        }
        if let Some((ready, wanted)) = counts {
            facts.push(("ready", ready.to_string().into()));
            facts.push(("wanted", wanted.to_string().into()));
        }
        facts.push(("status", status));
        let has_set = counts.is_some();
        Some((
            match style {
                PodStyle::Ready if has_set => "say-pod-ready",
                PodStyle::Ready => "say-pod-ready-alone",
                PodStyle::NotReady if old_style == PodStyle::Ready && has_set => "say-pod-unready",
                PodStyle::NotReady => "say-pod-running",
                PodStyle::Starting => "say-pod-starting",
                PodStyle::Terminating if old_style == PodStyle::Terminating => return None,
                PodStyle::Terminating => "say-pod-terminating",
                PodStyle::Failing => "say-pod-failing",
                PodStyle::Done => "say-pod-done",
                PodStyle::Pending | PodStyle::Lost | PodStyle::Absent => return None,
            },
            facts,
        ))
    }
}

fn claim(change: &Change) -> Option<(&'static str, Vec<(&'static str, Text)>)> {
    let claim = &*change.object;
    let mut facts = vec![("claim", claim.meta.name.clone())];
    if change.verb == Verb::Deleted {
        return Some(("say-claim-gone", facts));
    }
    let Some(old) = change.old.as_deref() else { return Some(("say-claim-created", facts)) };
    let status = claim_status(claim).1;
    if status == claim_status(old).1 {
        return None;
    }
    facts.push(("volume", volume_of(claim)));
    Some((
        match status.as_str() {
            "Bound" => "say-claim-bound",
            "Terminating" => "say-claim-terminating",
            "Lost" => "say-claim-lost",
            _ => return None,
        },
        facts,
    ))
}

fn node(change: &Change) -> Option<(&'static str, Vec<(&'static str, Text)>)> {
    let old = change.old.as_deref()?;
    let facts = vec![("node", change.object.meta.name.clone())];
    if change.verb == Verb::Deleted {
        return Some(("say-node-gone", facts));
    }
    let (before, now) = (node_style(old), node_style(&change.object));
    let key = match now {
        _ if before == now => return None,
        NodeStyle::Ready => "say-node-ready",
        NodeStyle::Cordoned => "say-node-cordoned",
        NodeStyle::NotReady => "say-node-not-ready",
        NodeStyle::Lost => "say-node-lost",
    };
    Some((key, facts))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, State};
    use super::*;
    use crate::{list, obj};

    #[test]
    fn transitions_become_sentences() {
        let mut cluster = fixture::cluster();
        fixture::set(&mut cluster, "web", 2);
        fixture::pod(&mut cluster, "web", 0, "node-1", State::Creating);
        let pod = Key::new(Kind::Pod, "default", "web-0");
        _ = cluster.modify(&pod, |pod| {
            pod.set_at(&["status", "phase"], "Running");
            pod.set_at(&["status", "conditions"], list![obj! { "type" => "Ready", "status" => "True" }]);
            let state = obj! { "running" => crate::model::Value::map() };
            let status = obj! { "name" => "nginx", "ready" => true, "state" => state };
            pod.set_at(&["status", "containerStatuses"], list![status]);
        });
        cluster.remove(&pod);
        let mut story = Story::default();
        let told: Vec<Sentence> = cluster.take_changes().iter().filter_map(|change| story.note(change)).collect();
        let keys: Vec<&str> = told.iter().map(|sentence| sentence.key).collect();
        assert_eq!(keys, ["say-set-created", "say-pod-created", "say-pod-ready", "say-pod-gone"]);
        assert!(told[2].facts.contains(&("ready", "1".into())) && told[2].facts.contains(&("wanted", "2".into())));
        for key in keys {
            assert!(crate::i18n::find(crate::i18n::scene::ENTRIES, crate::i18n::Lang::Ja, key).is_some(), "{key}");
        }
    }
}
