//! Why a pod is not ready, or not gone.

use super::template::with_template_remedy;
use super::{
    End, Link, clock, container, held_by_finalizer, in_namespace, placing, preemption, released, template, workload,
};
use crate::cluster::Cluster;
use crate::model::conditions::{phase, status_reason};
use crate::model::pod::{containers, has_ended, is_ready, node_name};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, pod: &Rc<Object>) -> Option<Link> {
    if pod.meta.is_terminating() {
        return terminating(cluster, pod);
    }
    if let Some(link) = released::link(cluster, pod) {
        return Some(link);
    }
    match phase(pod) {
        "Succeeded" => return None,
        "Failed" => return failed(cluster, pod),
        _ => {}
    }
    if node_name(pod).is_empty() {
        return Some(placing::link(cluster, pod));
    }
    if let Some(link) = on_dead_node(cluster, pod, "pod.node-down") {
        return Some(link);
    }
    if is_ready(pod) {
        return container::of_ready(cluster, pod).or_else(|| orphaned(cluster, pod));
    }
    Some(container::link(cluster, pod))
}

/// A pod that a StatefulSet has left behind: it runs on, and nobody makes it anew when it goes.
fn orphaned(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let name = pod.meta.label("statefulset.kubernetes.io/pod-name");
    let (set, _) = pod.meta.name.as_str().rsplit_once('-').filter(|_| name == pod.meta.name.as_str())?;
    let is_there = cluster.find(Kind::StatefulSet, &pod.meta.namespace, &Text::new(set)).is_some();
    if pod.meta.controller().is_some() || is_there {
        return None;
    }
    let line = format!("kubectl apply{} -f manifest.yaml", in_namespace(&pod.meta.namespace));
    Some(Link::of(pod, "pod.orphan").fact("set", set).remedy(line, "pod.adopt"))
}

/// A pod whose machine does not answer waits for that machine.
fn on_dead_node(cluster: &Cluster, pod: &Object, rule: &'static str) -> Option<Link> {
    let node = Text::new(node_name(pod));
    if cluster.find(Kind::Node, &Text::default(), &node).is_none() {
        let link = Link::of(pod, "pod.node-gone").fact("node", &node);
        // A template that names the node makes the next pod for it as well.
        return Some(match template::set_of(cluster, pod).is_some_and(|set| names_node(set, &node)) {
            true => with_template_remedy(cluster, pod, Link { rule: "pod.node-unknown", ..link }),
            false => link.by_itself(),
        });
    }
    let is_down = cluster.runtime().stopped(&node).is_some();
    is_down.then(|| Link::of(pod, rule).fact("node", &node).waits_for(Key::new(Kind::Node, "", node)))
}

fn names_node(set: &Object, node: &str) -> bool {
    set.str_at(&["spec", "template", "spec", "nodeName"]) == node
}

fn terminating(cluster: &Cluster, pod: &Rc<Object>) -> Option<Link> {
    if let Some(link) = on_dead_node(cluster, pod, "pod.terminating-unreachable") {
        return Some(link.remedy(
            format!(
                "kubectl delete pod {}{} --force --grace-period=0",
                pod.meta.name,
                in_namespace(&pod.meta.namespace)
            ),
            "pod.force",
        ));
    }
    let until = pod.meta.deletion_timestamp?;
    let have_ended = has_ended(pod);
    if (have_ended || until <= cluster.now())
        && let Some(link) = held_by_finalizer(pod)
    {
        return Some(link);
    }
    if have_ended {
        return Some(preemption::with_preemptor(cluster, pod, Link::of(pod, "pod.terminating-ended").by_itself()));
    }
    let hook = containers(pod).iter().find_map(|container| container.at(&["lifecycle", "preStop"])).map(hook_words);
    let rule = if hook.is_some() { "pod.terminating-hook" } else { "pod.terminating" };
    let link = Link::of(pod, rule).fact("until", &clock(until)).ends(End::ByItself(Some(until)));
    let Some(hook) = hook else { return Some(preemption::with_preemptor(cluster, pod, link)) };
    let line = format!("kubectl delete pod {}{} --grace-period=1", pod.meta.name, in_namespace(&pod.meta.namespace));
    let link = link.fact("hook", &hook);
    let link = if until - cluster.now() > LONG { link.remedy(line, "pod.hurry") } else { link };
    Some(preemption::with_preemptor(cluster, pod, link))
}

/// From here on a wait for a pod's end is long.
const LONG: Millis = Millis::seconds(60);

/// What a hook does, as its manifest says it.
fn hook_words(hook: &Value) -> String {
    let command: Vec<&str> = hook.list_at(&["exec", "command"]).iter().filter_map(Value::as_str).collect();
    match hook.i64_at(&["sleep", "seconds"]) {
        Some(seconds) => format!("sleep {seconds} s"),
        None if !command.is_empty() => command.join(" "),
        None => format!("GET {}", hook.str_at(&["httpGet", "path"])),
    }
}

fn failed(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let reason = status_reason(pod);
    let message = pod.str_at(&["status", "message"]);
    let named = |rule| Link::of(pod, rule).fact("reason", reason).fact("message", message.trim_end_matches('.'));
    let link = match reason {
        "" => container::failed(cluster, pod).unwrap_or_else(|| named("pod.failed")),
        _ => named("pod.failed-because"),
    };
    match (workload::has_given_up(cluster, pod), pod.meta.controller()) {
        (Some(true), _) | (None, None) => Some(with_template_remedy(cluster, pod, link)),
        // A Job tries again, and what it needs no more is nobody's affair.
        (Some(false), _) if workload::is_over(cluster, pod) => None,
        // Its controller takes it away and makes it anew.
        _ => Some(link.by_itself()),
    }
}
