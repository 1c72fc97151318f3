//! Resource quotas: what a namespace may hold, counted when something is created; runs nothing by itself.

use super::error::ApiError;
use super::refusals::{QUOTA_EXCEEDED, QUOTA_UNSTATED};
use super::store::Cluster;
use crate::model::claim::class_name;
use crate::model::conditions::phase;
use crate::model::pod::{priority_class, qos_class};
use crate::model::pod_resources;
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
        if !covers(&quota, object) {
            continue;
        }
        demand(object, &quota.meta.name, hard)?;
        let (mut requested, mut used, mut limited) = (Vec::new(), Vec::new(), Vec::new());
        let mut taken = Vec::new();
        for (resource, limit) in hard.iter() {
            let Some(limit) = limit.as_str().and_then(|text| Quantity::parse(text).ok()) else { continue };
            let asks = old.iter().fold(usage(object, resource), |asks, old| asks.minus(usage(old, resource)));
            if asks.is_zero() || asks.is_negative() {
                continue;
            }
            let holds = used_of(cluster, &quota, resource);
            taken.push((resource.clone(), Value::from(holds.plus(asks).to_string())));
            if holds.plus(asks) > limit {
                requested.push(format!("{resource}={asks}"));
                used.push(format!("{resource}={holds}"));
                limited.push(format!("{resource}={limit}"));
            }
        }
        if !requested.is_empty() {
            let why = format!(
                "{QUOTA_EXCEEDED}{}, requested: {}, used: {}, limited: {}",
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
    for resource in hard.keys().filter(|resource| is_demanded(resource)) {
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
    let why = format!("{QUOTA_UNSTATED}{quota}: must specify {}", missing.join("; "));
    Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why })
}

/// Where a container says how much it asks for of a quota's resource: `requests` or `limits`, and the name.
///
/// Follows `podResources` and `isExtendedResourceNameForQuota` in pkg/quota/v1/evaluator/core/pods.go.
fn compute_resource(resource: &str) -> Option<(&'static str, &str)> {
    let is_known = |name: &str| matches!(name, "cpu" | "memory" | "ephemeral-storage");
    let is_huge = |name: &str| name.starts_with("hugepages-");
    // What a device plugin offers: `requests.example.com/gpu`.
    let is_extended = |name: &str| name.contains('/') && !name.contains("kubernetes.io/");
    if is_known(resource) || is_huge(resource) {
        return Some(("requests", resource));
    }
    if let Some(name) = resource.strip_prefix("requests.") {
        return (is_known(name) || is_huge(name) || is_extended(name)).then_some(("requests", name));
    }
    let name = resource.strip_prefix("limits.")?;
    is_known(name).then_some(("limits", name))
}

/// Whether a pod has to say how much it asks for of a quota's resource.
fn is_demanded(resource: &str) -> bool {
    let name = resource.strip_prefix("requests.").or_else(|| resource.strip_prefix("limits.")).unwrap_or(resource);
    matches!(name, "cpu" | "memory")
}

/// The class of storage that a quota's resource is about, and what of it is counted.
fn class_resource(resource: &str) -> Option<(&str, &str)> {
    resource.split_once(".storageclass.storage.k8s.io/")
}

/// How much of a quota's resource the living objects of its namespace use.
pub fn used_of(cluster: &Cluster, quota: &Object, resource: &str) -> Quantity {
    let Some(kind) = counted_kind(resource, cluster.custom_kinds()) else { return Quantity::ZERO };
    // Objects are counted whether they live or not; what a pod asks for, only as long as it does.
    let counts_all = kind != Kind::Pod || resource.starts_with("count/");
    cluster
        .list_in(kind, &quota.meta.namespace)
        .filter(|object| covers(quota, object))
        .filter(|object| counts_all || !matches!(phase(object), "Succeeded" | "Failed"))
        .fold(Quantity::ZERO, |sum, object| sum.plus(usage(object, resource)))
}

/// Whether a quota looks at an object: all of its scopes must take it. Of the scopes here only pods have any.
///
/// Follows `podMatchesScopeFunc` in pkg/quota/v1/evaluator/core/pods.go.
fn covers(quota: &Object, object: &Object) -> bool {
    let scopes =
        quota.list_at(&["spec", "scopes"]).iter().filter_map(Value::as_str).map(|scope| (scope, "Exists", &[][..]));
    let selected = quota.list_at(&["spec", "scopeSelector", "matchExpressions"]).iter();
    let selected = selected.map(|it| (it.str_at(&["scopeName"]), it.str_at(&["operator"]), it.list_at(&["values"])));
    scopes.chain(selected).all(|(scope, operator, values)| is_in_scope(object, scope, operator, values))
}

fn is_in_scope(object: &Object, scope: &str, operator: &str, values: &[Value]) -> bool {
    if object.kind != Kind::Pod {
        return false;
    }
    let is_short =
        object.at(&["spec", "activeDeadlineSeconds"]).is_some_and(|it| it.as_i64().is_some_and(|it| it >= 0));
    let is_best_effort = qos_class(object) == "BestEffort";
    match scope {
        "Terminating" => is_short,
        "NotTerminating" => !is_short,
        "BestEffort" => is_best_effort,
        "NotBestEffort" => !is_best_effort,
        "PriorityClass" => {
            let class = priority_class(object);
            let is_listed = values.iter().any(|value| value.as_str() == Some(class));
            match operator {
                "In" => is_listed,
                "NotIn" => !is_listed,
                "DoesNotExist" => class.is_empty(),
                _ => !class.is_empty(),
            }
        }
        "CrossNamespacePodAffinity" => {
            ["podAffinity", "podAntiAffinity"].iter().any(|kind| looks_elsewhere(object, kind))
        }
        _ => false,
    }
}

/// Whether rules about other pods name namespaces.
fn looks_elsewhere(pod: &Object, kind: &'static str) -> bool {
    let required = pod.list_at(&["spec", "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution"]).iter();
    let preferred = pod.list_at(&["spec", "affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution"]).iter();
    let preferred = preferred.filter_map(|it| it.at(&["podAffinityTerm"]));
    required
        .chain(preferred)
        .any(|term| !term.list_at(&["namespaces"]).is_empty() || term.at(&["namespaceSelector"]).is_some())
}

/// The kind whose objects count towards a resource.
fn counted_kind(resource: &str, custom: &[Kind]) -> Option<Kind> {
    if class_resource(resource).is_some() {
        return Some(Kind::PersistentVolumeClaim);
    }
    match resource {
        "requests.storage" => Some(Kind::PersistentVolumeClaim),
        name if compute_resource(name).is_some() => Some(Kind::Pod),
        "services.nodeports" | "services.loadbalancers" => Some(Kind::Service),
        name => {
            let counted = name.strip_prefix("count/");
            let of_definition = || custom.iter().copied().find(|kind| counted == Some(&kind.qualified_plural()));
            Kind::from_resource(counted.unwrap_or(name)).or_else(of_definition)
        }
    }
}

/// How much of a resource one object uses.
fn usage(object: &Object, resource: &str) -> Quantity {
    if counted_kind(resource, &[object.kind]) != Some(object.kind) {
        return Quantity::ZERO;
    }
    if object.kind == Kind::PersistentVolumeClaim {
        return claimed(object, resource);
    }
    if resource.starts_with("services.") {
        return Quantity::from_units(outside(object, resource));
    }
    let Some((list, name)) = compute_resource(resource) else { return Quantity::from_units(1) };
    if list == "limits" { pod_resources::limits(object, name) } else { pod_resources::requests(object, name) }
}

/// How much storage a claim asks for, or one for the claim itself; nothing of another class than its own.
///
/// Follows `pvcEvaluator` in pkg/quota/v1/evaluator/core/persistent_volume_claims.go.
fn claimed(claim: &Object, resource: &str) -> Quantity {
    let what = match class_resource(resource) {
        Some((class, what)) if class == claim_class(claim) => what,
        Some(_) => return Quantity::ZERO,
        None => resource,
    };
    match what {
        "requests.storage" => {
            let size = claim.str_at(&["spec", "resources", "requests", "storage"]);
            Quantity::parse(size).unwrap_or(Quantity::ZERO)
        }
        _ => Quantity::from_units(1),
    }
}

/// The class of a claim: the annotation of old goes before the field.
fn claim_class(claim: &Object) -> &str {
    let old = claim.meta.annotations.get("volume.beta.kubernetes.io/storage-class");
    old.map_or_else(|| class_name(claim), Text::as_str)
}

/// How many ports of nodes a Service takes, or how many load balancers.
///
/// Follows `serviceEvaluator` in pkg/quota/v1/evaluator/core/services.go.
fn outside(service: &Object, resource: &str) -> i64 {
    let ports = i64::try_from(service.list_at(&["spec", "ports"]).len()).unwrap_or(i64::MAX);
    let has_none = service.at(&["spec", "allocateLoadBalancerNodePorts"]).and_then(Value::as_bool) == Some(false);
    match (resource, service.str_at(&["spec", "type"])) {
        ("services.nodeports", "NodePort") => ports,
        ("services.nodeports", "LoadBalancer") if !has_none => ports,
        ("services.loadbalancers", "LoadBalancer") => 1,
        _ => 0,
    }
}
