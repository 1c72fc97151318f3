//! What a StatefulSet promises, as lights: each holds, does not apply, or was broken at a moment by an input.
//!
//! Kept as things happen; a write costs what concerns its own object, and a set's status its budgets.

use super::invariants::check_change;
use super::origin::{Deed, How, Origins};
use crate::cluster::{Change, Cluster, Verb};
use crate::controllers::stateful_set::max_unavailable;
use crate::i18n::{Lang, causes};
use crate::model::node::is_out_of_service;
use crate::model::pod::node_of;
use crate::model::pod_ordinal::ordinal_in;
use crate::model::stateful_set::{claim_templates, first_ordinal, is_parallel, is_updating};
use crate::model::workload::{available_replicas, replicas, update_type};
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// At most one pod runs under a name.
    OnePod,
    /// Claims go only where the retention policy says so.
    ClaimsKept,
    /// Pods start and stop one after the other.
    InOrder,
    /// Never are fewer pods available than budgets and the update strategy allow.
    Available,
}

impl Promise {
    /// All, in the order of the page.
    pub const ALL: [Promise; 4] = [Promise::OnePod, Promise::ClaimsKept, Promise::InOrder, Promise::Available];

    /// The key of its words: `light.` and this.
    pub fn name(self) -> &'static str {
        match self {
            Promise::OnePod => "one-pod",
            Promise::ClaimsKept => "claims-kept",
            Promise::InOrder => "in-order",
            Promise::Available => "available",
        }
    }
}

/// A promise that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Which.
    pub promise: Promise,
    /// When.
    pub at: Millis,
    /// The set.
    pub set: Key,
    /// The key of its sentence.
    pub rule: &'static str,
    /// The values of the sentence's places.
    pub facts: Vec<(&'static str, Text)>,
    /// What somebody did that led to it.
    pub deed: Option<Rc<Deed>>,
}

impl Break {
    /// Whether Kubernetes promises what did not hold: when a set is deleted, it promises no order.
    pub fn is_promised(&self) -> bool {
        self.rule != AT_ONCE
    }

    /// What was broken, in words.
    pub fn say(&self, lang: Lang) -> String {
        let facts: Vec<(&str, &str)> = self.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        causes::said(lang, self.rule, &facts)
    }
}

/// What happens when a set is deleted.
const AT_ONCE: &str = "light.stopped-at-once";

/// The most breaks that are kept.
const KEPT_MAX: usize = 200;

/// Whether a set was complete since its number of replicas is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Armed {
    replicas: i64,
    is_low: bool,
}

/// The lights of all sets.
#[derive(Clone, Debug, Default)]
pub struct Lights {
    breaks: Rc<Vec<Break>>,
    /// Pods that were taken out of the API while their node was silent: the node, and what somebody did.
    unsure: SharedMap<Key, (Text, Option<Rc<Deed>>)>,
    armed: SharedMap<Key, Armed>,
}

impl Lights {
    /// What was broken so far, oldest first.
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// The latest break of a promise; what is not promised only where there is no other.
    pub fn latest(&self, promise: Promise) -> Option<&Break> {
        let all = || self.breaks.iter().rev().filter(|it| it.promise == promise);
        all().find(|it| it.is_promised()).or_else(|| all().next())
    }

    /// Learns of writes, with the cluster as it is after them.
    pub fn note(&mut self, changes: &[Change], cluster: &Cluster, origins: &Origins) {
        for change in changes {
            match change.kind() {
                Kind::Pod => self.pod(change, cluster, origins),
                Kind::PersistentVolumeClaim => self.claim(change, cluster, origins),
                Kind::StatefulSet => self.set(change, cluster, origins),
                Kind::Node => {
                    let node = &change.object;
                    if is_out_of_service(node)
                        || change.verb == Verb::Deleted
                        || cluster.runtime().stopped(&node.meta.name).is_none()
                    {
                        self.unsure.retain(|_, (name, _)| *name != node.meta.name);
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, origins: &Origins, about: &Key, broken: Break) {
        self.keep(Break { deed: deed_behind(origins, about), ..broken });
    }

    fn keep(&mut self, broken: Break) {
        let is_told = |it: &Break| it.promise == broken.promise && it.set == broken.set && it.at == broken.at;
        if self.breaks.len() >= KEPT_MAX || self.breaks.iter().any(is_told) {
            return;
        }
        Rc::make_mut(&mut self.breaks).push(broken);
    }

    fn pod(&mut self, change: &Change, cluster: &Cluster, origins: &Origins) {
        let pod = &change.object;
        let Some(owner) = pod.meta.controller().filter(|owner| owner.kind == "StatefulSet") else { return };
        let set = Key::new(Kind::StatefulSet, pod.meta.namespace.clone(), owner.name.clone());
        let (key, at, name) = (pod.key(), change.at, pod.meta.name.clone());
        match change.verb {
            Verb::Deleted => {
                let node = node_of(pod);
                let is_out =
                    cluster.find(Kind::Node, &Text::default(), &node).is_none_or(|node| is_out_of_service(node));
                if !node.is_empty() && !is_out && cluster.runtime().stopped(&node).is_some() {
                    self.unsure.insert(key.clone(), (node, deed_behind(origins, &key)));
                }
            }
            Verb::Added => {
                if let Some((node, deed)) = self.unsure.remove(&key) {
                    let facts = vec![("pod", name.clone()), ("node", node)];
                    let broken =
                        Break { promise: Promise::OnePod, at, set: set.clone(), rule: "light.twice", facts, deed };
                    self.keep(broken);
                }
                let found = check_change(cluster, change).into_iter().any(|it| it.property == "created-in-order");
                if found {
                    let facts = vec![("pod", name)];
                    let broken =
                        Break { promise: Promise::InOrder, at, set, rule: "light.started-early", facts, deed: None };
                    self.add(origins, &key, broken);
                }
            }
            Verb::Modified => {
                let begins =
                    pod.meta.is_terminating() && change.old.as_ref().is_some_and(|old| !old.meta.is_terminating());
                if begins {
                    self.stops(pod, &set, at, cluster, origins);
                }
            }
        }
    }

    /// A set that is deleted lets go of its pods all at once.
    fn stops(&mut self, pod: &Object, set: &Key, at: Millis, cluster: &Cluster, origins: &Origins) {
        let owner = pod.meta.controller().and_then(|owner| cluster.by_uid(&owner.uid));
        let is_going = owner.is_none_or(|set| set.meta.is_terminating());
        let is_parallel = owner.is_some_and(|set| is_parallel(set));
        let Some(own) = ordinal_in(&set.name, &pod.meta.name).filter(|_| is_going && !is_parallel) else { return };
        let uid = pod.meta.controller().map(|owner| owner.uid.clone()).unwrap_or_default();
        let is_later = |other: &Key| ordinal_in(&set.name, &other.name).is_some_and(|it| it > own);
        if cluster.dependents(&uid).any(|key| key.kind == Kind::Pod && is_later(key)) {
            let facts = vec![("set", set.name.clone())];
            let broken = Break { promise: Promise::InOrder, at, set: set.clone(), rule: AT_ONCE, facts, deed: None };
            self.add(origins, &set.clone(), broken);
        }
    }

    fn claim(&mut self, change: &Change, cluster: &Cluster, origins: &Origins) {
        let claim = &change.object;
        let is_going = |object: &Object| object.meta.is_terminating();
        let begins = match change.verb {
            Verb::Added => false,
            Verb::Modified => is_going(claim) && !change.old.as_ref().is_some_and(|old| is_going(old)),
            Verb::Deleted => !change.old.as_ref().is_some_and(|old| is_going(old)) && !is_going(claim),
        };
        if !begins || !claim.meta.owner_references.is_empty() {
            return;
        }
        let Some(set) = set_of_claim(cluster, claim) else { return };
        let facts = vec![("claim", claim.meta.name.clone()), ("set", set.name.clone())];
        let broken =
            Break { promise: Promise::ClaimsKept, at: change.at, set, rule: "light.claim-deleted", facts, deed: None };
        self.add(origins, &claim.key(), broken);
    }

    fn set(&mut self, change: &Change, cluster: &Cluster, origins: &Origins) {
        let (set, key) = (&change.object, change.object.key());
        let replicas = replicas(set);
        let available = available_replicas(set);
        if change.verb == Verb::Deleted || set.meta.is_terminating() || replicas == 0 {
            self.armed.remove(&key);
            return;
        }
        let armed = self.armed.get(&key).copied().filter(|armed| armed.replicas == replicas);
        if available >= replicas {
            self.armed.insert(key, Armed { replicas, is_low: false });
            return;
        }
        let Some(armed) = armed else {
            self.armed.remove(&key);
            return;
        };
        let (least, budget) = allowed(cluster, set, replicas);
        let is_low = available < least;
        if is_low && !armed.is_low {
            let number = |number: i64| Text::from(number.to_string());
            let mut facts =
                vec![("set", set.meta.name.clone()), ("available", number(available)), ("least", number(least))];
            let rule = match budget {
                Some(budget) => {
                    facts.push(("budget", budget));
                    "light.below-budget"
                }
                None => "light.below-one",
            };
            let about = unavailable(cluster, set).unwrap_or_else(|| key.clone());
            let broken =
                Break { promise: Promise::Available, at: change.at, set: key.clone(), rule, facts, deed: None };
            self.add(origins, &about, broken);
        }
        self.armed.insert(key, Armed { replicas, is_low });
    }
}

/// What somebody did that led to what happened to an object last.
fn deed_behind(origins: &Origins, about: &Key) -> Option<Rc<Deed>> {
    origins.chain(about).into_iter().find_map(|step| match step.how {
        How::Deed(deed, _) => Some(deed),
        _ => None,
    })
}

/// A pod of a set that is missing or not ready: of several, the one that fell last.
fn unavailable(cluster: &Cluster, set: &Object) -> Option<Key> {
    let start = first_ordinal(set);
    let replicas = replicas(set).min(1000);
    let key = |ordinal: i64| Key::new(Kind::Pod, set.meta.namespace.clone(), format!("{}-{ordinal}", set.meta.name));
    let fell = |key: &Key| match cluster.get(key) {
        None => Some(Millis(i64::MAX)),
        Some(pod) if pod.meta.is_terminating() => Some(Millis(i64::MAX - 1)),
        Some(pod) if !crate::model::pod::is_ready(pod) => crate::model::conditions::changed_at(pod, "Ready"),
        Some(_) => None,
    };
    let all = (start..start + replicas).map(key).filter_map(|key| fell(&key).map(|at| (at, key)));
    all.max_by_key(|(at, _)| *at).map(|(_, key)| key)
}

/// How many pods have to be available, and by which budget.
fn allowed(cluster: &Cluster, set: &Object, replicas: i64) -> (i64, Option<Text>) {
    // Budgets bind evictions alone, and `Recreate` takes all old pods away at once.
    let is_updating = is_updating(set);
    if is_updating && update_type(set) == "Recreate" {
        return (0, None);
    }
    let asked = cluster
        .budgets_of_workload(set)
        .map(|it| (it.i64_at(&["status", "desiredHealthy"]).unwrap_or(0), it.meta.name.clone()));
    match asked.max_by_key(|(least, _)| *least) {
        Some((least, budget)) => (least, Some(budget)),
        None => {
            let max = set.at(&["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"]);
            (replicas - max_unavailable(max, replicas), None)
        }
    }
}

/// The set that has a claim for one of the pods that it wants.
fn set_of_claim(cluster: &Cluster, claim: &Object) -> Option<Key> {
    let fits = |set: &Rc<Object>| {
        let start = first_ordinal(set);
        let replicas = replicas(set);
        claim_templates(set).iter().any(|template| {
            let rest = claim.meta.name.strip_prefix(template.str_at(&["metadata", "name"]));
            let rest = rest.and_then(|rest| rest.strip_prefix('-'));
            let ordinal = rest.and_then(|rest| ordinal_in(&set.meta.name, rest));
            ordinal.is_some_and(|ordinal| (start..start + replicas).contains(&ordinal))
        })
    };
    let mut sets = cluster.list_in(Kind::StatefulSet, &claim.meta.namespace);
    sets.find(|set| fits(set) && !set.meta.is_terminating()).map(|set| set.key())
}

/// Whether a promise applies to any set: order does not to those that are `Parallel`.
pub fn applies(cluster: &Cluster, promise: Promise) -> bool {
    let applies_to = |set: &Rc<Object>| match promise {
        Promise::InOrder => !is_parallel(set),
        Promise::ClaimsKept => !claim_templates(set).is_empty(),
        Promise::OnePod | Promise::Available => true,
    };
    cluster.list(Kind::StatefulSet).any(applies_to)
}
