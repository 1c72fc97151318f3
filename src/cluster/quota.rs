//! Resource quotas: what a namespace may hold, counted when something is created; runs nothing by itself.

use super::error::ApiError;
use super::store::Cluster;
use crate::model::{Kind, Map, Object, Quantity, Text, Value};
use crate::ordering::Order;

/// Refuses `object` if it would go over a quota of its namespace; what it takes beyond its old form is counted before it
/// is stored.
///
/// # Errors
/// `Forbidden`.
pub fn check(cluster: &mut Cluster, old: Option<&Object>, object: &Object) -> Result<(), ApiError> {
    if cluster.count(Kind::ResourceQuota) == 0 || !object.kind.names().is_namespaced {
        return Ok(());
    }
    let quotas: Vec<_> = cluster.list_in(Kind::ResourceQuota, &object.meta.namespace).cloned().collect();
    for quota in quotas {
        let Some(hard) = quota.at(&["spec", "hard"]).and_then(Value::as_map) else { continue };
        demand(object, &quota.meta.name, hard)?;
        let (mut requested, mut used, mut limited) = (Vec::new(), Vec::new(), Vec::new());
        let mut taken = Vec::new();
        for (resource, limit) in hard.iter() {
            let Some(limit) = limit.as_str().and_then(|text| Quantity::parse(text).ok()) else { continue };
            let asks = old.iter().fold(usage(object, resource), |asks, old| asks.minus(usage(old, resource)));
            if asks.is_zero() || asks.is_negative() {
                continue;
            }
            let holds = used_in(cluster, &object.meta.namespace, resource);
            taken.push((resource.clone(), Value::from(holds.plus(asks).to_string())));
            if holds.plus(asks) > limit {
                requested.push(format!("{resource}={asks}"));
                used.push(format!("{resource}={holds}"));
                limited.push(format!("{resource}={limit}"));
            }
        }
        if !requested.is_empty() {
            let why = format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                quota.meta.name,
                requested.join(","),
                used.join(","),
                limited.join(",")
            );
            return Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why });
        }
        if !taken.is_empty() && quota.at(&["status", "used"]).is_some() {
            // It was there a moment ago.
            _ = cluster.modify(&quota.key(), |quota| {
                let used = quota.at_mut(&["status", "used"]).map_mut();
                taken.into_iter().for_each(|(resource, amount)| _ = used.insert(resource, amount));
            });
        }
    }
    Ok(())
}

/// Refuses a pod that does not say how much it asks for of what the quota limits.
fn demand(pod: &Object, quota: &str, hard: &Map) -> Result<(), ApiError> {
    if pod.kind != Kind::Pod {
        return Ok(());
    }
    let mut missing = Vec::new();
    for resource in hard.keys() {
        let Some((list, name)) = compute_resource(resource) else { continue };
        let lists = ["containers", "initContainers"].into_iter().flat_map(|list| pod.list_at(&["spec", list]));
        let silent = lists.filter(|container| container.str_at(&["resources", list, name]).is_empty());
        let mut names: Vec<&str> = silent.map(|container| container.str_at(&["name"])).collect();
        names.order();
        if !names.is_empty() {
            missing.push(format!("{resource} for: {}", names.join(",")));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let why = format!("failed quota: {quota}: must specify {}", missing.join("; "));
    Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why })
}

/// Where a container says how much it asks for of a quota's resource: `requests` or `limits`, and the name.
fn compute_resource(resource: &str) -> Option<(&'static str, &'static str)> {
    match resource {
        "cpu" | "requests.cpu" => Some(("requests", "cpu")),
        "memory" | "requests.memory" => Some(("requests", "memory")),
        "limits.cpu" => Some(("limits", "cpu")),
        "limits.memory" => Some(("limits", "memory")),
        _ => None,
    }
}

/// How much of a quota's resource the living objects of a namespace use.
pub fn used_in(cluster: &Cluster, namespace: &Text, resource: &str) -> Quantity {
    let Some(kind) = counted_kind(resource) else { return Quantity::ZERO };
    cluster
        .list_in(kind, namespace)
        .filter(|object| !matches!(object.str_at(&["status", "phase"]), "Succeeded" | "Failed") || kind != Kind::Pod)
        .fold(Quantity::ZERO, |sum, object| sum.plus(usage(object, resource)))
}

/// The kind whose objects count towards a resource.
fn counted_kind(resource: &str) -> Option<Kind> {
    match resource {
        "requests.storage" => Some(Kind::PersistentVolumeClaim),
        "cpu" | "memory" | "requests.cpu" | "requests.memory" | "limits.cpu" | "limits.memory" => Some(Kind::Pod),
        name => Kind::from_resource(name.strip_prefix("count/").unwrap_or(name)),
    }
}

/// How much of a resource one object uses.
fn usage(object: &Object, resource: &str) -> Quantity {
    if counted_kind(resource) != Some(object.kind) {
        return Quantity::ZERO;
    }
    if resource == "requests.storage" {
        let size = object.str_at(&["spec", "resources", "requests", "storage"]);
        return Quantity::parse(size).unwrap_or(Quantity::ZERO);
    }
    let Some((list, name)) = compute_resource(resource) else { return Quantity::from_units(1) };
    let size =
        |container: &Value| Quantity::parse(container.str_at(&["resources", list, name])).unwrap_or(Quantity::ZERO);
    let is_sidecar = |container: &&Value| container.str_at(&["restartPolicy"]) == "Always";
    let sum = |sum: Quantity, container: &Value| sum.plus(size(container));
    let (main, init) = (object.list_at(&["spec", "containers"]), object.list_at(&["spec", "initContainers"]));
    let running = main.iter().chain(init.iter().filter(is_sidecar)).fold(Quantity::ZERO, sum);
    // Init containers run one at a time, beside the sidecars before them, and are over when the others begin.
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
