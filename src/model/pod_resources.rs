//! What a pod asks for, or is limited to, as a whole: its containers together, what the pod itself says, and overhead.
//!
//! Follows `PodRequests` and `PodLimits` in component-helpers' resource/helpers.go.

use super::pod::{containers, init_containers};
use super::{Object, Quantity, Value};

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

/// What the pod itself says goes before its containers, for the resources that it may name.
fn whole(pod: &Object, list: &str, resource: &str, missing: Quantity) -> Quantity {
    let may_name = matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-");
    let own = pod.at(&["spec", "resources", list, resource]).filter(|_| may_name);
    read(own).unwrap_or_else(|| of_containers(pod, list, resource, missing))
}

/// Init containers run one at a time, beside the sidecars before them, and are over when the others begin.
fn of_containers(pod: &Object, list: &str, resource: &str, missing: Quantity) -> Quantity {
    let size = |container: &Value| read(container.at(&["resources", list, resource])).unwrap_or(missing);
    let is_sidecar = |container: &&Value| container.str_at(&["restartPolicy"]) == "Always";
    let init = init_containers(pod);
    let running = containers(pod).iter().chain(init.iter().filter(is_sidecar));
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
