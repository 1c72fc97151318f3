//! A pod whose labels fit the selector of what made it no longer: its controller has let it go.
//!
//! Follows `ControllerRefManager.ClaimPods` in pkg/controller: what does not match is released.

use super::{Link, in_namespace, short};
use crate::cluster::Cluster;
use crate::model::{Kind, Object, Text, Value, selector_matches};
use std::rc::Rc;

/// Why a pod belongs to nobody although what made it is still there, with the labels that give it back. `None` for a
/// pod that belongs to somebody, and for one that nobody made.
pub(super) fn link(cluster: &Cluster, pod: &Object) -> Option<Link> {
    if pod.meta.controller().is_some() {
        return None;
    }
    let maker = maker(cluster, pod)?;
    let selector = maker.at(&["spec", "selector"]).filter(|selector| !selector_matches(selector, &pod.meta.labels))?;
    let wanted = wanted(selector, pod);
    if wanted.is_empty() {
        return None;
    }
    let (name, place) = (&pod.meta.name, in_namespace(&pod.meta.namespace));
    // A set lacks a pod of the name meanwhile; others have made one more under another name.
    let is_set = maker.kind == Kind::StatefulSet;
    let rule = if is_set { "pod.released" } else { "pod.released-replaced" };
    let maker = if is_set { maker.meta.name.to_string() } else { short(maker) };
    let labels: Vec<&str> = wanted.iter().map(String::as_str).filter(|label| !label.ends_with('-')).collect();
    let labels = if labels.is_empty() { selector_words(selector) } else { labels.join(",") };
    let link = Link::of(pod, rule).fact("set", &maker).fact("labels", &labels);
    let line = format!("kubectl label pod {name}{place} {} --overwrite", wanted.join(" "));
    let link = link.remedy(line, if is_set { "pod.take-back" } else { "pod.take-back-one-more" });
    let (delete, effect) = (format!("kubectl delete pod {name}{place}"), "pod.delete-released");
    Some(if is_set { link.remedy(delete, effect) } else { link })
}

/// What made a pod, by the marks that it has of it.
fn maker<'a>(cluster: &'a Cluster, pod: &Object) -> Option<&'a Rc<Object>> {
    let find = |kind, name: &str| cluster.find(kind, &pod.meta.namespace, &Text::new(name));
    let name = pod.meta.name.as_str();
    if pod.meta.label("statefulset.kubernetes.io/pod-name") == name {
        let (set, _) = name.rsplit_once('-')?;
        return find(Kind::StatefulSet, set);
    }
    let stem = pod.meta.generate_name.strip_suffix('-')?;
    [Kind::ReplicaSet, Kind::DaemonSet].into_iter().find_map(|kind| find(kind, stem))
}

/// The labels that a pod lacks for a selector, as `kubectl label` takes them: `app=nginx`, or `app-` for one that has to
/// go.
fn wanted(selector: &Value, pod: &Object) -> Vec<String> {
    let labels = selector.at(&["matchLabels"]).and_then(Value::as_map).into_iter().flat_map(|labels| labels.iter());
    let labels = labels.map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default()));
    let lacking = labels.filter(|(key, value)| pod.meta.label(key) != *value || !pod.meta.labels.contains_key(key));
    let mut wanted: Vec<String> = lacking.map(|(key, value)| format!("{key}={value}")).collect();
    for rule in selector.list_at(&["matchExpressions"]) {
        let key = rule.str_at(&["key"]);
        let is_there = pod.meta.labels.contains_key(key);
        let values: Vec<&str> = rule.list_at(&["values"]).iter().filter_map(Value::as_str).collect();
        let has = is_there && values.contains(&pod.meta.label(key));
        match (rule.str_at(&["operator"]), values.first()) {
            ("In", Some(first)) if !has => wanted.push(format!("{key}={first}")),
            ("Exists", _) if !is_there => wanted.push(format!("{key}=true")),
            ("NotIn", _) if has => wanted.push(format!("{key}-")),
            ("DoesNotExist", _) if is_there => wanted.push(format!("{key}-")),
            _ => {}
        }
    }
    wanted
}

/// The keys of a selector's expressions that forbid something.
fn selector_words(selector: &Value) -> String {
    let rules = selector.list_at(&["matchExpressions"]).iter();
    let words: Vec<String> =
        rules.map(|rule| format!("{} {}", rule.str_at(&["key"]), rule.str_at(&["operator"]))).collect();
    words.join(", ")
}
