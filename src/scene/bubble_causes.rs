//! Which cause a sentence in the picture tells: why a set's controller waits, what else is not as asked, and what of it is
//! trouble. Lays nothing out.

use super::cards::{Cards, SetFacts};
use super::item::{CursorPart, RemedyPart};
use super::set_members::{Column, SetRow};
use crate::cluster::Cluster;
use crate::controllers::{Decision, Outcome};
use crate::explain::cause::{End, Link, answer, further, lasts, told_alone};
use crate::explain::why_answer::{ALSO_MAX, is_on_purpose};
use crate::explain::{beside, remedies};
use crate::model::conditions::phase;
use crate::model::volume::{claim_name, claim_namespace};
use crate::model::workload::replicas;
use crate::model::{Key, Kind, Object, Text};
use std::rc::Rc;

/// Whether a bubble tells of something that somebody may have to mend: neither what is so on purpose nor a mere wait.
pub fn is_trouble(part: &CursorPart) -> bool {
    let is_mere_wait = |cause: &Link| cause.end != End::Somebody && cause.remedies.is_empty();
    part.outcome != Outcome::Skips && part.cause.as_ref().is_some_and(|cause| !is_mere_wait(cause))
}

/// The sentence of a set, with the ordinal that it points at.
pub(super) fn of_band(cards: &Cards<'_>, set_row: &SetRow, facts: &SetFacts) -> Option<(CursorPart, Option<i64>)> {
    let cluster = cards.source.cluster;
    if let Some((decision, ordinal)) = cards.cursor(set_row) {
        let links = set_row.set.as_deref().map(|set| cause_of(cluster, set, &decision)).unwrap_or_default();
        let outcome = decision.outcome;
        let own = set_row.set.as_deref().map(|set| of_set(cluster, set, links, outcome == Outcome::Waits));
        let own = own.unwrap_or_else(|| of_links(&[]));
        let outcome = if own.cause.is_some() { own.outcome } else { outcome };
        return Some((CursorPart { decision: Some(decision), outcome, ..own }, ordinal));
    }
    let links = set_row.set.as_deref().map(|set| rest_of(cluster, set)).unwrap_or_default();
    if facts.rests(set_row) && links.is_empty() {
        let (kept, released) = (kept(set_row), released(cluster, set_row));
        return Some((CursorPart { outcome: Outcome::Skips, kept, released, ..of_links(&[]) }, None));
    }
    let set = set_row.set.as_deref().filter(|_| !links.is_empty())?;
    Some((of_set(cluster, set, links, true), None))
}

/// A cause with what helps first.
fn of_links(links: &[Link]) -> CursorPart {
    let helps = remedies(links);
    let remedy = helps.first().map(|(link, remedy)| {
        let number = link.remedies.iter().position(|it| it == *remedy).unwrap_or(0);
        RemedyPart { link: Rc::new((*link).clone()), number }
    });
    CursorPart {
        decision: None,
        cause: told_alone(links).map(Rc::new),
        remedy,
        more: helps.len().saturating_sub(1),
        also: Vec::new(),
        further: 0,
        pointer: None,
        // What is so on purpose is no trouble.
        outcome: if is_on_purpose(links) { Outcome::Skips } else { Outcome::Waits },
        kept: 0,
        released: None,
    }
}

/// The same of a set, with the causes of its other pods. While it waits for one that is only on its way, another one's
/// cause is what there is to say.
fn of_set(cluster: &Cluster, set: &Object, mut links: Vec<Link>, waits: bool) -> CursorPart {
    if replicas(set) > SEARCHED_MAX || links.is_empty() && !waits {
        return of_links(&links);
    }
    let mut all = further(cluster, &set.key(), &links);
    if links.is_empty() && !all.is_empty() {
        links.push(all.remove(0));
    }
    with_also(&links, all)
}

/// The same of an object, with what else is a cause at the same time.
fn of_object(cluster: &Cluster, key: &Key, links: &[Link]) -> CursorPart {
    let all = if links.is_empty() { Vec::new() } else { further(cluster, key, links) };
    with_also(links, all)
}

fn with_also(links: &[Link], all: Vec<Link>) -> CursorPart {
    let further = all.len().saturating_sub(ALSO_MAX);
    CursorPart { also: all.into_iter().take(ALSO_MAX).map(Rc::new).collect(), further, ..of_links(links) }
}

/// The bubbles of a picture without bands: what sets wait for, as far as it is a cause, and what else is not as asked.
pub(super) fn causes(cards: &Cards<'_>, facts: &[SetFacts]) -> Vec<(Option<Key>, CursorPart)> {
    let mut told = Vec::new();
    let mut all: Vec<(Option<Key>, CursorPart)> = Vec::new();
    for (set_row, facts) in cards.source.groups.set_rows.iter().zip(facts) {
        let said = of_band(cards, set_row, facts).map(|(part, _)| part);
        if let Some(part) = said.filter(|part| part.cause.is_some()) {
            told.extend(part.causes());
            all.push((set_row.set.as_ref().map(|set| set.key()), part));
        }
    }
    let (notes, _) = notes(cards, &told);
    all.extend(notes.into_iter().map(|(key, part)| (Some(key), part)));
    all
}

/// For how many ordinals a set keeps claims whose pods it wants no more.
fn kept(set_row: &SetRow) -> usize {
    let policy = ["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"];
    let keeps = set_row.set.as_ref().is_some_and(|set| set.str_at(&policy) != "Delete");
    let is_kept = |it: &&Column| keeps && it.pod.is_none() && !it.is_wanted && !it.claims.is_empty();
    set_row.columns.values().filter(is_kept).count()
}

/// A volume with the data of an earlier claim of a set: of a claim of that name that is gone.
fn released(cluster: &Cluster, set_row: &SetRow) -> Option<Text> {
    let is_of = |volume: &Object, claim: &Object| {
        claim_namespace(volume) == claim.meta.namespace.as_str() && claim_name(volume) == claim.meta.name.as_str()
    };
    let mut volumes = cluster.list(Kind::PersistentVolume).filter(|it| phase(it) == "Released");
    volumes.find_map(|volume| {
        let mut claims = set_row.columns.values().flat_map(|column| &column.claims);
        claims.find(|claim| is_of(volume, claim)).map(|claim| claim.meta.name.clone())
    })
}

/// The most sentences beside those of the sets.
const NOTES_MAX: usize = 3;

/// What is not as asked beside the sets, as far as no set's sentence says it already, and how much more there is.
pub(super) fn notes(cards: &Cards<'_>, told: &[Rc<Link>]) -> (Vec<(Key, CursorPart)>, usize) {
    // What waits for time says what waits; what waits for somebody, why.
    let shown = |links: Vec<Link>| match links.first().map(|root| root.end) {
        Some(End::Somebody) => links,
        _ => links.into_iter().next_back().into_iter().collect(),
    };
    let all = beside(cards.source.cluster).into_iter();
    let mut all: Vec<(Option<Key>, Vec<Link>)> =
        all.map(|links| (links.last().map(|own| own.key.clone()), shown(links))).collect();
    all.retain(|(_, links)| links.first().is_some_and(|root| told.iter().all(|it| it.rule != root.rule)));
    let more = all.len().saturating_sub(NOTES_MAX);
    all.truncate(NOTES_MAX);
    let cluster = cards.source.cluster;
    let note = |(key, links): (Option<Key>, Vec<Link>)| Some((key.clone()?, of_object(cluster, &key?, &links)));
    (all.into_iter().filter_map(note).collect(), more)
}

/// The largest set whose pods are gone through for a cause; of a larger one, only the pod that it waits for.
const SEARCHED_MAX: i64 = 100;

/// Why a set is not complete of which its controller says nothing.
fn rest_of(cluster: &Cluster, set: &Object) -> Vec<Link> {
    let is_small = replicas(set) <= SEARCHED_MAX;
    let links = if is_small { answer(cluster, &set.key()) } else { Vec::new() };
    if links.first().is_some_and(|root| root.end == End::Somebody) { links } else { Vec::new() }
}

/// What a waiting set waits for in the end: the cause first. Empty for what the controller's own rule says better.
fn cause_of(cluster: &Cluster, set: &Object, decision: &Decision) -> Vec<Link> {
    if decision.outcome != Outcome::Waits {
        return Vec::new();
    }
    let pod = decision.facts.iter().find(|(name, _)| *name == "pod").map(|(_, pod)| pod.clone());
    let pod = pod.map(|pod| Key::new(Kind::Pod, set.meta.namespace.clone(), pod));
    let is_small = replicas(set) <= SEARCHED_MAX;
    let of_pod = pod.filter(|pod| cluster.get(pod).is_some()).map(|pod| answer(cluster, &pod)).unwrap_or_default();
    // A pod that is as asked is none of the cause.
    let links = if of_pod.is_empty() && is_small { answer(cluster, &set.key()) } else { of_pod };
    // A pod that is on its way is the rule's own matter; a slow volume, a node on its way, and what holds up the end of
    // a pod are not.
    let is_told = |root: &Link| {
        root.end == End::Somebody || !matches!(root.key.kind, Kind::Pod | Kind::StatefulSet) || lasts(root)
    };
    if links.first().is_some_and(is_told) { links } else { Vec::new() }
}
