//! Why nobody answers behind a Service, and why a set's pods have no names of their own.

use super::{Link, held_by_finalizer, in_namespace};
use crate::cluster::Cluster;
use crate::model::object::labels_from_value;
use crate::model::pod::{containers, is_over, is_ready};
use crate::model::stateful_set::service_name;
use crate::model::{Key, Kind, Map, Object, Text, Value, map_matches};
use crate::shell::container::Container;
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, service: &Rc<Object>) -> Option<Link> {
    if service.meta.is_terminating() {
        return held_by_finalizer(service);
    }
    let selector = service.at(&["spec", "selector"]).and_then(Value::as_map).filter(|it| it.iter().next().is_some())?;
    let pods = cluster.list_in(Kind::Pod, &service.meta.namespace);
    let pods: Vec<&Rc<Object>> = pods.filter(|pod| !is_over(pod) && map_matches(selector, &pod.meta.labels)).collect();
    if pods.is_empty() {
        return misses_its_set(cluster, service, selector).or_else(|| selects_nobody(cluster, service, selector));
    }
    let Some(ready) = pods.iter().find(|pod| is_ready(pod)) else {
        let pod = pods.first()?;
        return Some(Link::of(service, "service.nobody-ready").fact("pod", &pod.meta.name).waits_for(pod.key()));
    };
    nobody_listens(cluster, service, ready).or_else(|| no_balancer(service))
}

/// Labels as a selector is typed: `app=web,tier=db`.
pub(super) fn shown(labels: &Map) -> String {
    let pairs = labels.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    pairs.collect::<Vec<String>>().join(",")
}

/// The Service of a set that selects other labels than the set's pods have.
fn misses_its_set(cluster: &Cluster, service: &Object, selector: &Map) -> Option<Link> {
    let mut sets = cluster.list_in(Kind::StatefulSet, &service.meta.namespace);
    let labels = |set: &Object| labels_from_value(set.at(&["spec", "template", "metadata", "labels"]));
    let set = sets.find(|set| service_name(set) == service.meta.name.as_str())?;
    if map_matches(selector, &labels(set)) {
        return None;
    }
    let wanted = set.at(&["spec", "selector", "matchLabels"]).and_then(Value::as_map).map(shown)?;
    let link = Link::of(service, "service.misses-set").fact("set", &set.meta.name);
    let place = in_namespace(&service.meta.namespace);
    let line = format!("kubectl set selector svc {}{place} {wanted}", service.meta.name);
    Some(link.fact("selector", &shown(selector)).fact("labels", &wanted).remedy(line, "service.select-set"))
}

/// A Service whose pods nobody makes. Where a workload has such pods and none now, that is the workload's matter.
fn selects_nobody(cluster: &Cluster, service: &Object, selector: &Map) -> Option<Link> {
    let kinds = [Kind::StatefulSet, Kind::Deployment, Kind::ReplicaSet, Kind::DaemonSet];
    let makers = kinds.into_iter().flat_map(|kind| cluster.list_in(kind, &service.meta.namespace));
    let labels = |maker: &Object| labels_from_value(maker.at(&["spec", "template", "metadata", "labels"]));
    let makers: Vec<&Rc<Object>> = makers.filter(|maker| maker.kind != Kind::ReplicaSet || is_alone(maker)).collect();
    if makers.iter().any(|maker| map_matches(selector, &labels(maker))) {
        return None;
    }
    let link = Link::of(service, "service.selects-nobody").fact("selector", &shown(selector));
    // Where there is only one whose pods can be meant, the line is known.
    let only =
        if let [only] = makers[..] { only.at(&["spec", "selector", "matchLabels"]).zip(Some(only)) } else { None };
    let Some((wanted, only)) = only.and_then(|(labels, only)| Some((shown(labels.as_map()?), only))) else {
        return Some(link);
    };
    let place = in_namespace(&service.meta.namespace);
    let line = format!("kubectl set selector svc {}{place} {wanted}", service.meta.name);
    Some(link.fact("set", &only.meta.name).remedy(line, "service.select-only"))
}

/// Whether nobody made it.
fn is_alone(maker: &Object) -> bool {
    maker.meta.controller().is_none()
}

/// A port behind which no program of the pod listens. A Service without an address sends nobody to a port.
fn nobody_listens(cluster: &Cluster, service: &Object, pod: &Rc<Object>) -> Option<Link> {
    if service.str_at(&["spec", "clusterIP"]) == "None" {
        return None;
    }
    let running = Container::all_running(cluster, pod);
    let declared: Vec<&Value> = containers(pod).iter().flat_map(|container| container.list_at(&["ports"])).collect();
    for (number, port) in service.list_at(&["spec", "ports"]).iter().enumerate() {
        let asked = port.at(&["targetPort"]).cloned().unwrap_or_default();
        let link = |rule, word: &str| Link::of(service, rule).fact("port", word).fact("pod", &pod.meta.name);
        let target = match asked.as_str() {
            Some(name) => match declared.iter().find(|it| it.str_at(&["name"]) == name) {
                Some(found) => found.i64_at(&["containerPort"]).unwrap_or(0),
                None => return Some(with_port(service, &declared, number, link("service.no-port", name))),
            },
            None => asked.as_i64().or_else(|| port.i64_at(&["port"])).unwrap_or(0),
        };
        if !running.iter().any(|container| container.answers(cluster, target, false)) {
            return Some(with_port(service, &declared, number, link("service.nobody-listens", &target.to_string())));
        }
    }
    None
}

/// The port that the pods declare takes the place of the wrong one.
fn with_port(service: &Object, declared: &[&Value], number: usize, link: Link) -> Link {
    let Some(own) = declared.first().and_then(|port| port.i64_at(&["containerPort"])) else { return link };
    let patch = format!("[{{\"op\":\"replace\",\"path\":\"/spec/ports/{number}/targetPort\",\"value\":{own}}}]");
    let place = in_namespace(&service.meta.namespace);
    let line = format!("kubectl patch svc {}{place} --type=json -p '{patch}'", service.meta.name);
    link.fact("own", &own.to_string()).remedy(line, "service.own-port")
}

/// A Service that waits for a load balancer from outside.
fn no_balancer(service: &Object) -> Option<Link> {
    let is_waiting = service.str_at(&["spec", "type"]) == "LoadBalancer"
        && service.list_at(&["status", "loadBalancer", "ingress"]).is_empty();
    is_waiting.then(|| Link::of(service, "service.no-balancer"))
}

/// What keeps a set's pods from having names of their own: its Service is missing, or has an address.
pub(super) fn of_set(cluster: &Cluster, set: &Object) -> Option<Link> {
    let name = Text::new(service_name(set));
    if name.is_empty() {
        return None;
    }
    let place = in_namespace(&set.meta.namespace);
    let labels = set.at(&["spec", "selector", "matchLabels"]).and_then(Value::as_map);
    let pairs: Vec<String> = labels
        .into_iter()
        .flat_map(Map::iter)
        .map(|(key, value)| format!("{key}: {}", value.as_str().unwrap_or_default()))
        .collect();
    let around = || vec![Key::new(Kind::Service, set.meta.namespace.clone(), name.clone())];
    let link = |rule| Link { around: around(), ..Link::of(set, rule).fact("service", &name) };
    let make = format!(
        "printf 'apiVersion: v1\\nkind: Service\\nmetadata: {{name: {name}}}\\nspec: {{clusterIP: None, selector: {{{}}}}}\\n' \
         | kubectl apply{place} -f -",
        pairs.join(", ")
    );
    match cluster.find(Kind::Service, &set.meta.namespace, &name) {
        None => Some(link("set.no-service").remedy(make, "set.make-service")),
        Some(service) if service.str_at(&["spec", "clusterIP"]) != "None" => Some(
            link("set.service-with-address")
                .remedy(format!("kubectl delete svc {name}{place} && {make}"), "set.headless"),
        ),
        Some(_) => None,
    }
}
