//! The rules for changing a stored object: what has to stay as it is.

use super::super::field_error::{Errors, Path};
use super::super::semantic_equality::is_same;
use super::super::spec_difference::volume_diff;
use super::super::template_dump::{struct_dump, template_dump};
use super::{at, of, quantity};
use crate::kubernetes::Kubernetes;
use crate::model::workload::is_suspended;
use crate::model::{Object, Value, to_json};
use crate::ordering::Order;

/// A change of a stored object, and what holds for objects of its kind in any case.
pub(in crate::api) struct Change<'a> {
    pub(in crate::api) old: &'a Object,
    pub(in crate::api) new: &'a Object,
    pub(in crate::api) kubernetes: Kubernetes,
    pub(in crate::api) rules: fn(&mut Errors, &Object, Kubernetes),
}

impl Change<'_> {
    /// Checks the new object as if it was created, but for its metadata.
    pub(in crate::api) fn check(&self, errors: &mut Errors) {
        (self.rules)(errors, self.new, self.kubernetes);
    }

    /// Checks that a field of the body stays as it is.
    fn check_field(&self, errors: &mut Errors, field: &str) {
        check_same(errors, &Path::new(field), self.old.body.get(field), self.new.body.get(field));
    }
}

pub(in crate::api) fn check_revision(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    change.check_field(errors, "data");
}

/// Follows `ValidateEndpointSliceUpdate` in pkg/apis/discovery/validation.
pub(in crate::api) fn check_slice(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    change.check_field(errors, "addressType");
}

/// Follows `ValidateDeploymentUpdate` and its sisters.
pub(in crate::api) fn check_selector(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    check_kept(errors, change.old, change.new, &["selector"]);
}

/// Follows `ValidateRoleBindingUpdate`.
pub(in crate::api) fn check_binding(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    let (old, new) = (change.old.body.get("roleRef"), change.new.body.get("roleRef"));
    if old != new {
        let field = |name: &str| to_json(&Value::text(new.map_or("", |role| super::text(role, name))));
        let (group, kind, name) = (field("apiGroup"), field("kind"), field("name"));
        let shown = format!("{{\"APIGroup\":{group},\"Kind\":{kind},\"Name\":{name}}}");
        errors.invalid_shown(&Path::new("roleRef"), shown, "cannot change roleRef");
    }
}

pub(in crate::api) fn check_ingress_class(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    let controller = |object: &Object| object.at(&["spec", "controller"]).cloned();
    let path = Path::new("spec").child("controller");
    check_same(errors, &path, controller(change.old).as_ref(), controller(change.new).as_ref());
}

pub(in crate::api) fn check_runtime_class(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    change.check_field(errors, "handler");
}

pub(super) fn check_same(errors: &mut Errors, path: &Path, old: Option<&Value>, new: Option<&Value>) {
    let (old, new) = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
    if old != new {
        errors.invalid(path, new, "field is immutable");
    }
}

/// Fields of the spec that stay as they are.
fn check_kept(errors: &mut Errors, old: &Object, new: &Object, fields: &[&str]) {
    for field in fields {
        check_same(errors, &Path::new("spec").child(field), old.at(&["spec", field]), new.at(&["spec", field]));
    }
}

/// Follows `ValidateJobSpecUpdate` in pkg/apis/batch/validation.
pub(in crate::api) fn check_job(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, kubernetes, .. } = *change;
    change.check(errors);
    super::job::check_selected(errors, new);
    let is_indexed = new.str_at(&["spec", "completionMode"]) == "Indexed";
    let is_elastic = is_indexed && new.at(&["spec", "completions"]) == new.at(&["spec", "parallelism"]);
    if !is_elastic {
        check_kept(errors, old, new, &["completions"]);
    }
    check_kept(errors, old, new, &["selector"]);
    let template = |object: &Object| object.at(&["spec", "template"]).cloned().unwrap_or_default();
    let (mut before, after) = (template(old), template(new));
    if is_suspended(old) && old.at(&["status", "startTime"]).is_none() {
        take_directives(&mut before, &after);
    }
    if !is_same(&before, &after) {
        let shown = template_dump(&after, kubernetes);
        errors.invalid_shown(&Path::new("spec").child("template"), shown, "field is immutable");
    }
    check_kept(errors, old, new, &["completionMode"]);
    check_policy(errors, old, new, "podFailurePolicy", "batch.PodFailurePolicy");
    check_kept(errors, old, new, &["backoffLimitPerIndex", "managedBy"]);
    check_policy(errors, old, new, "successPolicy", "batch.SuccessPolicy");
}

/// A policy of a Job stays as it is.
fn check_policy(errors: &mut Errors, old: &Object, new: &Object, field: &'static str, structure: &'static str) {
    let nothing = Value::Null;
    let of = |object: &'_ Object| object.at(&["spec", field]).cloned().unwrap_or_default();
    let (before, after) = (of(old), of(new));
    if !is_same(&before, &after) {
        let shown = if after == nothing { "null".into() } else { struct_dump(structure, &after) };
        errors.invalid_shown(&Path::new("spec").child(field), shown, "field is immutable");
    }
}

/// Gives the template of a Job that was not started what of a new one may be another: where its pods go, what they are
/// called, and what they ask for.
///
/// Follows `validatePodTemplateUpdate`.
fn take_directives(before: &mut Value, after: &Value) {
    let mut take = |path: &[&'static str]| match after.at(path) {
        Some(value) => before.set_at(path, value.clone()),
        None => _ = before.remove_at(path),
    };
    take(&["metadata", "annotations"]);
    take(&["metadata", "labels"]);
    for field in ["nodeSelector", "tolerations", "schedulingGates"] {
        take(&["spec", field]);
    }
    let node = ["spec", "affinity", "nodeAffinity"];
    take(&node);
    for path in [&["spec", "affinity"][..], &["metadata"]] {
        if after.at(path).is_none() && before.at(path).is_some_and(|it| *it == Value::map()) {
            before.remove_at(path);
        }
    }
    for kind in ["containers", "initContainers"] {
        let count = before.list_at(&["spec", kind]).len();
        if count == 0 || count != after.list_at(&["spec", kind]).len() {
            continue;
        }
        for (place, container) in before.at_mut(&["spec", kind]).list_mut().iter_mut().enumerate() {
            match after.list_at(&["spec", kind]).get(place).and_then(|it| it.get("resources")) {
                Some(resources) => container.set_at(&["resources"], resources.clone()),
                None => _ = container.remove_at(&["resources"]),
            }
        }
    }
}

const CLAIM_SPEC: &str =
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

/// Follows `ValidatePersistentVolumeClaimUpdate`.
pub(in crate::api) fn check_claim(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    let path = Path::new("spec");
    let (old_spec, new_spec) = (of(&old.body, "spec"), of(&new.body, "spec"));
    let is_bound = old.str_at(&["status", "phase"]) == "Bound";
    let masked = |spec: &Value| {
        let mut spec = spec.clone();
        if is_bound {
            spec.remove_at(&["resources", "requests"]);
            spec.remove_at(&["volumeAttributesClassName"]);
        }
        if super::text(old_spec, "volumeName").is_empty() {
            spec.remove_at(&["volumeName"]);
        }
        if old_spec.get("storageClassName").is_none_or(Value::is_null) {
            spec.remove_at(&["storageClassName"]);
        }
        spec
    };
    if !is_same(&masked(old_spec), &masked(new_spec)) {
        let detail = format!("{CLAIM_SPEC}\n{}", super::super::spec_difference::claim_diff(old_spec, new_spec));
        errors.forbidden(&path, detail);
        return;
    }
    let wanted = new_spec.at(&["resources", "requests", "storage"]);
    let given = old.at(&["status", "capacity", "storage"]);
    let before = old_spec.at(&["resources", "requests", "storage"]);
    if let (Some(wanted), Some(before)) = (wanted, before)
        && quantity(wanted) < quantity(before)
        && given.is_none_or(|given| quantity(wanted) < quantity(given))
    {
        let path = path.child("resources").child("requests").child("storage");
        errors.forbidden(&path, "field can not be less than status.capacity");
    }
}

/// Follows `ValidateNodeUpdate`, as far as the spec goes.
pub(in crate::api) fn check_node(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    change.check(errors);
    let path = Path::new("spec");
    let ranges = |node: &Object| {
        let first = node.at(&["spec", "podCIDR"]).cloned();
        (first, node.list_at(&["spec", "podCIDRs"]).to_vec())
    };
    if ranges(old).0.is_some() && ranges(old) != ranges(new) {
        let detail = "node updates may not change podCIDR except from \"\" to valid";
        errors.forbidden(&path.child("podCIDRs"), detail);
    }
    let provider = |node: &Object| node.str_at(&["spec", "providerID"]).to_string();
    if !provider(old).is_empty() && provider(old) != provider(new) {
        let detail = "node updates may not change providerID except from \"\" to valid";
        errors.forbidden(&path.child("providerID"), detail);
    }
}

/// Follows `ValidateResourceQuotaUpdate`.
pub(in crate::api) fn check_quota(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    change.check(errors);
    let scopes = |quota: &Object| {
        let mut scopes: Vec<String> =
            quota.list_at(&["spec", "scopes"]).iter().filter_map(Value::as_str).map(str::to_string).collect();
        scopes.order();
        scopes
    };
    if scopes(old) != scopes(new) {
        let shown = new.at(&["spec", "scopes"]).cloned().unwrap_or_default();
        errors.invalid(&Path::new("spec").child("scopes"), &shown, "field is immutable");
    }
}

/// Follows `ValidatePersistentVolumeUpdate`.
pub(in crate::api) fn check_volume(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    change.check(errors);
    let fields =
        crate::schema::structure("core.PersistentVolumeSpec").map(|it| it.fields.as_slice()).unwrap_or_default();
    let (old_spec, new_spec) = (of(&old.body, "spec"), of(&new.body, "spec"));
    let is_changed = |name: &str| at(old_spec, name) != at(new_spec, name);
    if fields.iter().filter(|field| !field.embedded_in.is_empty()).any(|field| is_changed(field.name)) {
        let diff = volume_diff(old_spec, new_spec, change.kubernetes);
        let detail = format!("spec.persistentvolumesource is immutable after creation\n{diff}");
        errors.forbidden(&Path::new("spec").child("persistentvolumesource"), detail);
    }
    if is_changed("volumeMode") {
        errors.invalid(&Path::new("volumeMode"), at(new_spec, "volumeMode"), "field is immutable");
    }
    if is_changed("nodeAffinity") && !at(old_spec, "nodeAffinity").is_null() {
        let shown = match at(new_spec, "nodeAffinity") {
            Value::Null => "null".into(),
            affinity => struct_dump("core.VolumeNodeAffinity", affinity),
        };
        errors.invalid_shown(&Path::new("nodeAffinity"), shown, "field is immutable");
    }
}

/// Follows `ValidatePriorityClassUpdate`.
pub(in crate::api) fn check_priority(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    if old.body.get("value") != new.body.get("value") {
        errors.forbidden(&Path::new("value"), "may not be changed in an update.");
    }
    let name = "preemptionPolicy";
    check_same(errors, &Path::new(name), old.body.get(name), new.body.get(name));
}

/// Follows `ValidateVolumeAttributesClassUpdate`.
pub(in crate::api) fn check_attributes_class(errors: &mut Errors, change: &Change<'_>) {
    for field in ["driverName", "parameters"] {
        if change.old.body.get(field) != change.new.body.get(field) {
            errors.forbidden(&Path::new(field), format!("updates to {field} are forbidden."));
        }
    }
}

/// Follows `ValidateStorageClassUpdate`.
pub(in crate::api) fn check_class(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    let parameters = |object: &Object| object.body.get("parameters").filter(|it| **it != Value::map()).cloned();
    if parameters(old) != parameters(new) {
        errors.forbidden(&Path::new("parameters"), "updates to parameters are forbidden.");
    }
    if old.body.get("provisioner") != new.body.get("provisioner") {
        errors.forbidden(&Path::new("provisioner"), "updates to provisioner are forbidden.");
    }
    if old.body.get("reclaimPolicy") != new.body.get("reclaimPolicy") {
        errors.forbidden(&Path::new("reclaimPolicy"), "updates to reclaimPolicy are forbidden.");
    }
    let name = "volumeBindingMode";
    check_same(errors, &Path::new(name), old.body.get(name), new.body.get(name));
}

/// Follows `ValidateServiceUpdate`. What the allocator of addresses refuses is told alone.
pub(in crate::api) fn check_service(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    let faults = super::service::validate_addresses(new);
    if !faults.is_empty() {
        errors.0.extend(faults);
        return;
    }
    check_kept_addresses(errors, old, new);
    let is_balancer = |service: &Object| service.str_at(&["spec", "type"]) == "LoadBalancer";
    if is_balancer(old) && is_balancer(new) {
        let class = |service: &Object| service.at(&["spec", "loadBalancerClass"]).cloned().unwrap_or_default();
        if class(old) != class(new) {
            let path = Path::new("spec").child("loadBalancerClass");
            errors.invalid(&path, &class(new), "may not change once set");
        }
    }
    let is_balanced = |service: &Object| {
        let spec = of(&service.body, "spec");
        super::text(spec, "type") == "LoadBalancer" && super::text(spec, "externalTrafficPolicy") == "Local"
    };
    let health = |service: &Object| service.i64_at(&["spec", "healthCheckNodePort"]).unwrap_or(0);
    if is_balanced(old) && is_balanced(new) && health(old) != health(new) {
        errors.forbidden(&Path::new("spec").child("healthCheckNodePort"), "field is immutable");
    }
    change.check(errors);
}

/// Follows `validateUpgradeDowngradeClusterIPs`, as far as one address goes, and `validateUpgradeDowngradeIPFamilies`.
fn check_kept_addresses(errors: &mut Errors, old: &Object, new: &Object) {
    let is_elsewhere = |service: &Object| service.str_at(&["spec", "type"]) == "ExternalName";
    let is_headless = |service: &Object| service.str_at(&["spec", "clusterIP"]) == "None";
    if is_elsewhere(old) || is_elsewhere(new) {
        return;
    }
    for (field, unset) in
        [("clusterIPs", "primary clusterIP can not be unset"), ("ipFamilies", "primary ipFamily can not be unset")]
    {
        let (before, after) = (old.list_at(&["spec", field]), new.list_at(&["spec", field]));
        if before.is_empty() || before.first() == after.first() || (is_headless(old) && is_headless(new)) {
            continue;
        }
        let detail = if after.is_empty() { unset } else { "may not change once set" };
        errors.invalid(&Path::new("spec").child(field).index(0), &after.to_vec().into(), detail);
    }
}

/// Follows `ValidateConfigMapUpdate`.
pub(in crate::api) fn check_config(errors: &mut Errors, change: &Change<'_>) {
    check_immutable(errors, change);
    change.check(errors);
}

/// Follows `ValidateSecretUpdate`.
pub(in crate::api) fn check_secret(errors: &mut Errors, change: &Change<'_>) {
    check_immutable(errors, change);
    change.check_field(errors, "type");
    change.check(errors);
}

fn check_immutable(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, .. } = *change;
    if old.at(&["immutable"]).and_then(Value::as_bool) == Some(true) {
        let detail = "field is immutable when `immutable` is set";
        if new.at(&["immutable"]).and_then(Value::as_bool) != Some(true) {
            errors.forbidden(&Path::new("immutable"), detail);
        }
        for name in ["data", "binaryData"] {
            if old.body.get(name) != new.body.get(name) {
                errors.forbidden(&Path::new(name), detail);
            }
        }
    }
}
