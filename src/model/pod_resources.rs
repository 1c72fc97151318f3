//! What a pod asks for, or is limited to, as a whole: its containers together, what the pod itself says, and overhead.
//!
//! Follows `PodRequests` and `PodLimits` in component-helpers' resource/helpers.go.

use super::{Map, Object, Quantity, Text, Value};

/// What a pod requests of a resource.
pub fn requests(pod: &Object, resource: &str) -> Quantity {
    requests_or(pod, resource, Quantity::ZERO)
}

/// The same where a container that says nothing counts as `missing`.
pub fn requests_or(pod: &Object, resource: &str, missing: Quantity) -> Quantity {
    whole(pod, "requests", resource, missing).plus(overhead(pod, resource))
}

/// What a pod is limited to of a resource; zero without a limit.
pub fn limits(pod: &Object, resource: &str) -> Quantity {
    match whole(pod, "limits", resource, Quantity::ZERO) {
        none if none.is_zero() => none,
        limit => limit.plus(overhead(pod, resource)),
    }
}

/// What the RuntimeClass adds.
fn overhead(pod: &Object, resource: &str) -> Quantity {
    read(pod.at(&["spec", "overhead", resource])).unwrap_or(Quantity::ZERO)
}

fn read(value: Option<&Value>) -> Option<Quantity> {
    match value? {
        Value::Str(text) => Quantity::parse(text).ok(),
        Value::Int(number) => Some(Quantity::from_units(*number)),
        _ => None,
    }
}

/// What a pod says of its resources as a whole.
pub fn said_of_whole(pod: &Object) -> Option<&Value> {
    pod.at(&["spec", "resources"])
}

/// Whether a pod as a whole may name a resource.
///
/// Follows `IsSupportedPodLevelResource`.
pub fn is_of_pods(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-")
}

/// What the pod itself says goes before its containers, for the resources that it may name.
fn whole(pod: &Object, list: &str, resource: &str, missing: Quantity) -> Quantity {
    let own = pod.at(&["spec", "resources", list, resource]).filter(|_| is_of_pods(resource));
    let nothing = Value::Null;
    let spec = pod.body.get("spec").unwrap_or(&nothing);
    read(own).unwrap_or_else(|| of_containers(spec, list, resource, missing))
}

/// What the containers of a pod's spec come to. Init containers run one at a time, beside the sidecars before them, and
/// are over when the others begin; a container that says nothing counts as `missing`.
pub fn of_containers(spec: &Value, list: &str, resource: &str, missing: Quantity) -> Quantity {
    let size = |container: &Value| read(container.at(&["resources", list, resource])).unwrap_or(missing);
    let is_sidecar = |container: &&Value| container.str_at(&["restartPolicy"]) == "Always";
    let init = spec.list_at(&["initContainers"]);
    let running = spec.list_at(&["containers"]).iter().chain(init.iter().filter(is_sidecar));
    let running = running.fold(Quantity::ZERO, |sum, container| sum.plus(size(container)));
    let (mut before, mut most) = (Quantity::ZERO, running);
    for container in init {
        let here = before.plus(size(container));
        most = most.max(here);
        if is_sidecar(&container) {
            before = here;
        }
    }
    most
}

/// The resources that a pod's containers request or are limited to, by name.
pub fn names_of_containers(spec: &Value, list: &str) -> Vec<Text> {
    let containers = ["initContainers", "containers"].into_iter().flat_map(|key| spec.list_at(&[key]));
    let lists = containers.filter_map(|container| container.at(&["resources", list])?.as_map());
    let names: Map = lists.flat_map(Map::keys).map(|name| (name.clone(), Value::Null)).collect();
    names.keys().cloned().collect()
}

/// `Guaranteed` if what is requested of cpu and memory equals what it is limited to, `BestEffort` if nothing is said,
/// otherwise `Burstable`. What the pod itself says counts in place of its containers; zero is nothing.
///
/// Follows `ComputePodQOS` in pkg/apis/core/v1/helper/qos.
pub fn qos_class(pod: &Object) -> &'static str {
    let own = said_of_whole(pod).filter(|own| {
        let lists = ["requests", "limits"].into_iter().filter_map(|list| own.at(&[list])?.as_map());
        lists.flat_map(Map::keys).any(|name| is_of_pods(name))
    });
    let holders: Vec<Option<&Value>> = match own {
        Some(own) => vec![Some(own)],
        None => {
            let lists = ["containers", "initContainers"].into_iter().flat_map(|list| pod.list_at(&["spec", list]));
            lists.map(|container| container.at(&["resources"])).collect()
        }
    };
    let (mut requests, mut limits) = ([Quantity::ZERO; 2], [Quantity::ZERO; 2]);
    let mut is_guaranteed = true;
    for holder in holders {
        for (at, name) in ["cpu", "memory"].into_iter().enumerate() {
            let amount =
                |list: &str| read(holder.and_then(|it| it.at(&[list, name]))).filter(|it| *it > Quantity::ZERO);
            requests[at] = requests[at].plus(amount("requests").unwrap_or(Quantity::ZERO));
            limits[at] = limits[at].plus(amount("limits").unwrap_or(Quantity::ZERO));
            is_guaranteed &= amount("limits").is_some();
        }
    }
    let is_nothing = |all: &[Quantity; 2]| all.iter().all(|amount| amount.is_zero());
    match () {
        () if is_nothing(&requests) && is_nothing(&limits) => "BestEffort",
        () if is_guaranteed && requests == limits => "Guaranteed",
        () => "Burstable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, parse_json};

    fn pod(spec: &str) -> Object {
        let mut pod = Object::new(Kind::Pod, "default", "p");
        pod.set_at(&["spec"], parse_json(spec).unwrap());
        pod
    }

    #[test]
    fn sidecars_run_beside_and_init_containers_before() {
        let asks = |name: &str, cpu: &str, more: &str| {
            format!(
                r#"{{"name":"{name}","resources":{{"requests":{{"cpu":"{cpu}"}},"limits":{{"memory":"1Gi"}}}}{more}}}"#
            )
        };
        let (main, side) = (asks("a", "100m", ""), asks("s", "500m", r#","restartPolicy":"Always""#));
        let first = asks("i", "2", "");
        let spec = |init: &str| format!(r#"{{"initContainers":[{init}],"containers":[{main}]}}"#);
        let cpu = |spec: &str| requests(&pod(spec), "cpu").to_string();
        assert_eq!(cpu(&spec(&side)), "600m");
        assert_eq!(cpu(&spec(&first)), "2");
        assert_eq!(cpu(&spec(&format!("{side},{first}"))), "2500m");
        assert_eq!(cpu(&spec(&format!("{first},{side}"))), "2");
        assert_eq!(limits(&pod(&spec(&side)), "memory").to_string(), "2Gi");
    }

    #[test]
    fn the_class_is_by_amounts_above_zero_and_by_the_pod_before_its_containers() {
        let of = |own: &str, container: &str| {
            qos_class(&pod(&format!(r#"{{{own}"containers":[{{"name":"a","resources":{{{container}}}}}]}}"#)))
        };
        let both = r#""requests":{"cpu":"1","memory":"1Gi"},"limits":{"cpu":"1000m","memory":"1024Mi"}"#;
        assert_eq!(of("", ""), "BestEffort");
        assert_eq!(of("", r#""requests":{"cpu":"0","memory":"0"}"#), "BestEffort");
        assert_eq!(of("", r#""requests":{"cpu":"1"}"#), "Burstable");
        assert_eq!(of("", both), "Guaranteed");
        assert_eq!(of(&format!(r#""resources":{{{both}}},"#), ""), "Guaranteed");
        assert_eq!(of(r#""resources":{"requests":{"cpu":"1"}},"#, both), "Burstable");
        assert_eq!(of(r#""resources":{},"#, both), "Guaranteed");
    }

    #[test]
    fn what_the_pod_says_goes_before_and_overhead_on_top() {
        let spec = r#"{"resources":{"requests":{"cpu":"3"}},"overhead":{"cpu":"250m","memory":"64Mi"},
            "containers":[{"name":"a","resources":{"requests":{"cpu":"1","memory":"1Gi"}}}]}"#;
        let pod = pod(spec);
        assert_eq!(requests(&pod, "cpu").to_string(), "3250m");
        assert_eq!(requests(&pod, "memory").to_string(), "1088Mi");
        assert!(limits(&pod, "cpu").is_zero(), "overhead is no limit");
        assert_eq!(requests_or(&pod, "x", Quantity::from_units(1)).to_string(), "1");
    }
}
