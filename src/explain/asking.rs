//! The console's `why`: the cause, the chain, what ends it, what helps, and how it came, as lines.

use super::cause::{self, End, Link};
use super::origin::{Origins, say_step};
use crate::i18n::{Lang, causes, fill};
use crate::model::{Key, Kind};
use crate::ordering::Order;
use crate::sim::Sim;

/// The answer to `why OBJECT`.
pub fn say_why(lang: Lang, sim: &Sim, origins: &Origins, key: &Key) -> Vec<String> {
    let text = |key: &str, values: &[(&str, &str)]| fill(causes::find(lang, key).unwrap_or(key), values);
    let links = cause::answer(&sim.cluster, key);
    let mut lines = Vec::new();
    match links.first() {
        None => {
            let name = format!("{}/{}", key.kind.names().singular, key.name);
            lines.push(text("why.fine", &[("name", &name)]));
        }
        Some(root) => {
            lines.push(root.say(lang));
            let later = links.iter().skip(1);
            lines.extend(later.map(|link| format!("  {}", text("why.chain", &[("text", &link.say(lang))]))));
            lines.push(match root.end {
                End::ByItself(None) | End::Follows => text("why.ends.itself", &[]),
                End::ByItself(Some(until)) => text("why.ends.until", &[("until", &cause::clock(until))]),
                End::Somebody => text("why.ends.somebody", &[]),
            });
            for (link, remedy) in remedies(&links) {
                lines.push(text("why.try", &[("line", &remedy.line)]));
                lines.push(format!("     {}", link.effect(lang, remedy)));
            }
        }
    }
    let steps = origins.chain(key);
    for (number, step) in steps.iter().enumerate() {
        let said = say_step(lang, step);
        lines.push(if number == 0 { text("why.came", &[("text", &said)]) } else { format!("  ← {said}") });
    }
    lines
}

/// The most remedies that are told at once.
const REMEDIES_MAX: usize = 3;

/// What helps against a chain: the root's remedies first.
pub fn remedies(links: &[Link]) -> Vec<(&Link, &cause::Remedy)> {
    let all = links.iter().flat_map(|link| link.remedies.iter().map(move |remedy| (link, remedy)));
    all.take(REMEDIES_MAX).collect()
}

/// Every object of a namespace that is not as it is asked to be, sets before what belongs to them.
pub fn restless(sim: &Sim, namespace: &str) -> Vec<(Key, Vec<Link>)> {
    let kinds = [
        Kind::StatefulSet,
        Kind::Pod,
        Kind::PersistentVolumeClaim,
        Kind::PodDisruptionBudget,
        Kind::Node,
        Kind::Namespace,
    ];
    let cluster = &sim.cluster;
    let all = kinds.into_iter().flat_map(|kind| {
        let is_namespaced = kind.names().is_namespaced;
        cluster.list(kind).filter(move |object| !is_namespaced || object.meta.namespace.as_str() == namespace)
    });
    all.filter_map(|object| {
        Some((object.key(), cause::answer(cluster, &object.key()))).filter(|(_, links)| !links.is_empty())
    })
    .collect()
}

/// What is as it is on purpose, although somebody could go on from there.
const ON_PURPOSE: [&str; 5] =
    ["claim.no-consumer", "node.cordoned", "update.on-delete", "update.partition", "volume.released"];

/// The first cause that waits for somebody, if there is one.
pub fn stuck(sim: &Sim, namespace: &str) -> Option<Link> {
    let roots = restless(sim, namespace).into_iter().filter_map(|(_, links)| links.into_iter().next());
    roots.into_iter().find(|root| root.end == End::Somebody && !ON_PURPOSE.contains(&root.rule))
}

/// The answer to `why` alone: each cause once, with what it keeps from being as asked.
pub fn say_restless(lang: Lang, sim: &Sim, namespace: &str) -> Vec<String> {
    let text = |key: &str, values: &[(&str, &str)]| fill(causes::find(lang, key).unwrap_or(key), values);
    let mut causes: Vec<(String, Vec<String>)> = Vec::new();
    for (key, links) in restless(sim, namespace) {
        let said = links.first().map(|root| root.say(lang)).unwrap_or_default();
        let name = format!("{}/{}", key.kind.names().singular, key.name);
        match causes.iter_mut().find(|(cause, _)| *cause == said) {
            Some((_, names)) => names.push(name),
            None => causes.push((said, vec![name])),
        }
    }
    if causes.is_empty() {
        return vec![text("why.all-fine", &[])];
    }
    causes.order_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    causes.into_iter().map(|(cause, names)| format!("{}\n  {cause}", names.join(", "))).collect()
}
