//! The console's `why`: the cause, the chain, what ends it, what helps, and how it came, as lines.

use super::cause::{self, End, Link};
use super::origin::{How, Origins, Step, say_step_of};
use crate::cluster::Cluster;
use crate::i18n::{Lang, causes};
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::ordering::Order;
use crate::sim::Sim;

/// Whether there is something to say of an object: it is there, somebody is to make it, or something happened to it.
pub fn is_known(cluster: &Cluster, origins: &Origins, key: &Key) -> bool {
    cluster.get(key).is_some() || !cause::answer(cluster, key).is_empty() || !origins.chain(key).is_empty()
}

/// The answer to `why OBJECT`.
pub fn say_why(lang: Lang, sim: &Sim, origins: &Origins, key: &Key) -> Vec<String> {
    say_answer(lang, sim, origins, key, &cause::answer(&sim.cluster, key))
}

/// The same for an object whose chain is known.
fn say_answer(lang: Lang, sim: &Sim, origins: &Origins, key: &Key, links: &[Link]) -> Vec<String> {
    let text = |key: &str, values: &[(&str, &str)]| causes::said(lang, key, values);
    let mut lines = Vec::new();
    match links.first() {
        None => {
            let name = format!("{}/{}", key.kind.names().singular, key.name);
            let is_there = sim.cluster.get(key).is_some();
            lines.push(text(if is_there { "why.fine" } else { "why.absent" }, &[("name", &name)]));
            if let Some(link) = cause::of_target(&sim.cluster, key) {
                lines.push(link.say(lang));
                lines.extend(
                    remedies(std::slice::from_ref(&link)).into_iter().flat_map(|(link, it)| try_lines(lang, link, it)),
                );
            }
        }
        Some(root) => {
            lines.extend(say_chain(lang, links));
            if root.rule != "absent.not-wanted" {
                lines.push(say_end(lang, &sim.cluster, root));
            }
            lines.extend(remedies(links).into_iter().flat_map(|(link, remedy)| try_lines(lang, link, remedy)));
            let more = cause::further(&sim.cluster, key, links);
            for link in more.iter().take(ALSO_MAX) {
                lines.push(text("why.also", &[("text", &link.say(lang))]));
                let first = link.remedies.first();
                lines.extend(first.into_iter().flat_map(|remedy| try_lines(lang, link, remedy)));
            }
            if more.len() > ALSO_MAX {
                lines.push(text("why.further", &[("n", &(more.len() - ALSO_MAX).to_string())]));
            }
        }
    }
    let steps = came(origins, key, links);
    for (number, step) in steps.iter().enumerate() {
        let said = say_step_of(lang, number, step);
        lines.push(if number == 0 { text("why.came", &[("text", &said)]) } else { format!("  {said}") });
    }
    lines
}

/// A cause, and below it what follows from it.
fn say_chain(lang: Lang, links: &[Link]) -> Vec<String> {
    let later = |link: &Link| format!("  {}", causes::said(lang, "why.chain", &[("text", &link.say(lang))]));
    links.iter().take(1).map(|root| root.say(lang)).chain(links.iter().skip(1).map(later)).collect()
}

/// The most causes beside the first that are told at once.
pub const ALSO_MAX: usize = 2;

/// A line that helps, and what comes of it.
fn try_lines(lang: Lang, link: &Link, remedy: &cause::Remedy) -> [String; 2] {
    let line = causes::said(lang, "why.try", &[("line", &remedy.line)]);
    [line, format!("     {}", link.effect(lang, remedy))]
}

/// Since when a cause is one, and what ends it: time, or somebody.
pub fn say_end(lang: Lang, cluster: &Cluster, root: &Link) -> String {
    let text = |key: &str, values: &[(&str, &str)]| causes::said(lang, key, values);
    let end = match root.end {
        // Whether an image can be pulled is not known before somebody has tried.
        End::ByItself(None) if root.rule == "container.starting" => text("why.ends.open", &[]),
        End::ByItself(None) | End::Follows => text("why.ends.itself", &[]),
        End::ByItself(Some(until)) => text("why.ends.until", &[("until", &cause::clock(until))]),
        End::Somebody => text("why.ends.somebody", &[]),
    };
    let tells_since = root.facts.iter().any(|(name, _)| *name == "since");
    match cause::since(cluster, root).filter(|_| !tells_since) {
        Some(since) => {
            let since = text("why.since", &[("since", &cause::clock(since))]);
            format!("{since}{}{end}", if lang == Lang::Ja { "" } else { " " })
        }
        None => end,
    }
}

/// How it came: the way back from the cause, where somebody moved it, then what somebody did to the object itself, which
/// stands for itself.
pub fn came(origins: &Origins, key: &Key, links: &[Link]) -> Vec<Step> {
    let is_deed = |step: &Step| matches!(step.how, How::Deed(..));
    let own = origins.chain(key);
    // Where others play a part, what was done to them and what was changed matters, not that the object was made once.
    let around = links.first().into_iter().flat_map(|root| &root.around).flat_map(|key| origins.chain(key));
    let mut steps: Vec<Step> = around.filter(is_deed).collect();
    if !steps.is_empty() {
        let is_change = |step: &Step| matches!(&step.how, How::Deed(deed, _) if !deed.fields.is_empty());
        let is_new = |step: &Step| is_change(step) && !steps.contains(step);
        let changes: Vec<Step> = own.into_iter().filter(is_new).collect();
        steps.extend(changes);
        steps.order_by_key(|step| std::cmp::Reverse(step.at));
        // None of them led to another.
        steps.iter_mut().skip(1).for_each(|step| step.is_apart = true);
        return steps;
    }
    let root = links.first().filter(|root| root.key != *key).map(|root| origins.chain(&root.key));
    let Some(mut steps) = root.filter(|steps| steps.iter().any(is_deed)) else { return own };
    let line = |step: &Step| if let How::Deed(deed, _) = &step.how { Some(deed.line.clone()) } else { None };
    let known: Vec<Text> = steps.iter().filter_map(line).collect();
    // A set is as old as its manifest: only what was done to it later is news.
    let news = own
        .into_iter()
        .filter(|step| step.at >= Millis::seconds(1) && line(step).is_some_and(|it| !known.contains(&it)));
    steps.extend(news.map(|step| Step { is_apart: true, ..step }));
    steps
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
        Kind::Deployment,
        Kind::DaemonSet,
        Kind::CronJob,
        Kind::Job,
        Kind::HorizontalPodAutoscaler,
        Kind::Service,
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
const ON_PURPOSE: [&str; 23] = [
    "autoscaler.at-zero",
    "autoscaler.bounds",
    "autoscaler.kept",
    "autoscaler.left",
    "autoscaler.no-metrics",
    "autoscaler.overrules",
    "claim.no-consumer",
    "cronjob.suspended",
    "deployment.paused",
    "job.suspended",
    "node.cordoned",
    "pod.orphan",
    "pod.released-replaced",
    "service.no-balancer",
    "service.selects-nobody",
    "set.no-service",
    "set.renamed",
    "set.service-with-address",
    "set.shared",
    "update.on-delete",
    "update.partition",
    "update.partition-from",
    "volume.released",
];

/// What of it is said in the picture all the same, as nobody sees it otherwise.
const SAID: [&str; 7] = [
    "autoscaler.bounds",
    "autoscaler.kept",
    "autoscaler.left",
    "autoscaler.no-metrics",
    "autoscaler.overrules",
    "pod.orphan",
    "pod.released-replaced",
];

/// Whether a cause is so on purpose: somebody could go on from there, and nothing is wrong.
pub fn is_on_purpose(links: &[Link]) -> bool {
    links.len() == 1 && links.iter().any(|root| ON_PURPOSE.contains(&root.rule))
}

/// The first cause that waits for somebody, if there is one.
pub fn stuck(sim: &Sim, namespace: &str) -> Option<Link> {
    let all = restless(sim, namespace).into_iter().map(|(_, links)| links);
    let mut roots = all.filter(|links| !is_on_purpose(links)).filter_map(|links| links.into_iter().next());
    roots.find(|root| root.end == End::Somebody)
}

/// How many pods and claims are gone through for what stands beside the sets.
const BESIDE_MAX: usize = 300;

/// The set, by its uid, for whose pod a claim waits.
fn set_awaited_by(cluster: &Cluster, claim: &Object) -> Option<Text> {
    let pod = cause::awaited(cluster, &claim.key()).filter(|key| key.kind == Kind::Pod)?;
    let owner = cluster.get(&pod)?.meta.controller().filter(|owner| owner.kind == "StatefulSet")?;
    Some(owner.uid.clone())
}

/// What is not as asked beside the sets, the cause of each once: pods and claims of their own, nodes, namespaces,
/// autoscalers. What is so on purpose, or only for a moment, is left out.
pub fn beside(cluster: &Cluster) -> Vec<Vec<Link>> {
    let in_set = |object: &Object| object.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
    let pods = cluster.list(Kind::Pod).take(BESIDE_MAX).filter(|pod| !in_set(pod));
    let claims = cluster.list(Kind::PersistentVolumeClaim).take(BESIDE_MAX);
    let few = [
        Kind::Namespace,
        Kind::Node,
        Kind::HorizontalPodAutoscaler,
        Kind::Service,
        Kind::Deployment,
        Kind::DaemonSet,
        Kind::Job,
    ];
    let few = few.into_iter();
    let volumes = cluster.list(Kind::PersistentVolume).filter(|volume| volume.meta.is_terminating()).take(BESIDE_MAX);
    let all = few.flat_map(|kind| cluster.list(kind)).chain(claims).chain(volumes).chain(pods);
    let (mut found, mut sets): (Vec<Vec<Link>>, Vec<Text>) = (Vec::new(), Vec::new());
    for object in all {
        // The claims of a set's many pods mostly wait for the same: one of them is followed to its end.
        if object.kind == Kind::PersistentVolumeClaim
            && let Some(set) = set_awaited_by(cluster, object)
        {
            if sets.contains(&set) {
                continue;
            }
            sets.push(set);
        }
        let links = cause::answer(cluster, &object.key());
        let (Some(root), Some(own)) = (links.first(), links.last()) else { continue };
        let lasts = root.end == End::Somebody
            || own.rule == "node.drain-waits"
            || cause::lasts(own)
            || (object.meta.is_terminating() && object.kind != Kind::Pod);
        let is_new = found.iter().filter_map(|links| links.first()).all(|told| told.rule != root.rule);
        // What is so on purpose is none of its own, and is a cause where something else waits for it.
        let is_own = links.len() == 1;
        let is_meant = is_own && ON_PURPOSE.contains(&root.rule) && !SAID.contains(&root.rule);
        if lasts && is_new && !is_meant {
            found.push(links);
        }
    }
    found
}

/// The objects that one cause keeps from being as asked.
struct Kept {
    cause: String,
    waits_for_somebody: bool,
    /// How many links stand between the cause and each, with its name.
    names: Vec<(usize, String)>,
}

/// The answer to `why` alone: each cause once, with what it keeps from being as asked. What waits for somebody stands
/// before what ends by itself, and the object that is the cause before those that wait for it.
pub fn say_restless(lang: Lang, sim: &Sim, namespace: &str) -> Vec<String> {
    let mut all: Vec<Kept> = Vec::new();
    for (key, links) in restless(sim, namespace) {
        let cause = links.first().map(|root| root.say(lang)).unwrap_or_default();
        let waits_for_somebody = links.first().is_some_and(|root| root.end == End::Somebody);
        let name = (links.len(), format!("{}/{}", key.kind.names().singular, key.name));
        match all.iter_mut().find(|kept| kept.cause == cause) {
            Some(kept) => kept.names.push(name),
            None => all.push(Kept { cause, waits_for_somebody, names: vec![name] }),
        }
    }
    if all.is_empty() {
        return vec![causes::said(lang, "why.all-fine", &[])];
    }
    all.order_by_key(|kept| (!kept.waits_for_somebody, std::cmp::Reverse(kept.names.len())));
    let said = all.into_iter().map(|mut kept| {
        kept.names.order_by_key(|(links, _)| *links);
        let names: Vec<String> = kept.names.into_iter().map(|(_, name)| name).collect();
        format!("{}\n  {}", names.join(", "), kept.cause)
    });
    said.collect()
}

/// The answer to `why` with several objects: each under its name, what is a cause before what waits for it. What helps
/// against a cause is told once.
pub fn say_each(lang: Lang, sim: &Sim, origins: &Origins, keys: &[Key]) -> Vec<String> {
    let mut keys: Vec<(Vec<Link>, &Key)> = keys.iter().map(|key| (cause::answer(&sim.cluster, key), key)).collect();
    keys.order_by_key(|(links, _)| links.len());
    let mut told: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for (links, key) in keys {
        lines.push(format!("{}/{}:", key.kind.names().singular, key.name));
        let root = links.first().map(|root| root.say(lang)).unwrap_or_default();
        match told.contains(&root) && !root.is_empty() {
            true => lines.extend(say_chain(lang, &links)),
            false => lines.extend(say_answer(lang, sim, origins, key, &links)),
        }
        told.push(root);
    }
    lines
}
