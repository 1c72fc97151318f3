//! The rules for changing a stored object: what has to stay as it is.

use super::super::decode::{is_same, tidy};
use super::super::field_error::{Errors, FieldError, Path};
use super::super::template_dump::template_dump;
use super::stateful_set::{self, Scope};
use super::{at, check_body, meta, of, pod_update, quantity};
use crate::kubernetes::{Gate, Kubernetes};
use crate::model::{Kind, Object, Value, to_json};

/// Everything that keeps a stored object from being changed from `old` to `new`, in the API server's order.
pub fn validate_update(old: &Object, new: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    match new.kind {
        Kind::StatefulSet => check_set(&mut errors, old, new, kubernetes),
        _ => {
            check_meta(&mut errors, old, new);
            match new.kind {
                Kind::Pod => pod_update::check(&mut errors, old, new, kubernetes),
                Kind::PersistentVolumeClaim => check_claim(&mut errors, old, new),
                Kind::PersistentVolume => check_volume(&mut errors, old, new, kubernetes),
                Kind::StorageClass => check_class(&mut errors, old, new),
                Kind::PriorityClass => check_priority(&mut errors, old, new),
                Kind::Service => check_service(&mut errors, old, new, kubernetes),
                Kind::ConfigMap | Kind::Secret => check_config(&mut errors, old, new, kubernetes),
                Kind::ControllerRevision => {
                    check_body(&mut errors, new, kubernetes);
                    check_same(&mut errors, &Path::new("data"), old.body.get("data"), new.body.get("data"));
                }
                Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
                    check_body(&mut errors, new, kubernetes);
                    check_kept(&mut errors, old, new, &["selector"]);
                }
                Kind::Job => {
                    check_body(&mut errors, new, kubernetes);
                    check_job(&mut errors, old, new, kubernetes);
                }
                Kind::RoleBinding | Kind::ClusterRoleBinding => {
                    check_body(&mut errors, new, kubernetes);
                    let (old, new) = (old.body.get("roleRef"), new.body.get("roleRef"));
                    if old != new {
                        let path = Path::new("roleRef");
                        errors.invalid(&path, new.unwrap_or(&Value::Null), "cannot change roleRef");
                    }
                }
                Kind::RuntimeClass => {
                    check_body(&mut errors, new, kubernetes);
                    check_same(&mut errors, &Path::new("handler"), old.body.get("handler"), new.body.get("handler"));
                }
                _ => check_body(&mut errors, new, kubernetes),
            }
        }
    }
    errors.0
}

fn check_same(errors: &mut Errors, path: &Path, old: Option<&Value>, new: Option<&Value>) {
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

/// Follows `ValidateJobSpecUpdate` in pkg/apis/batch/validation: a template may change only while nothing was started.
fn check_job(errors: &mut Errors, old: &Object, new: &Object, kubernetes: Kubernetes) {
    let is_indexed = new.str_at(&["spec", "completionMode"]) == "Indexed";
    let is_elastic = is_indexed && new.at(&["spec", "completions"]) == new.at(&["spec", "parallelism"]);
    if !is_elastic {
        check_kept(errors, old, new, &["completions"]);
    }
    check_kept(errors, old, new, &["selector"]);
    let was_suspended = old.at(&["spec", "suspend"]).and_then(Value::as_bool) == Some(true);
    if !was_suspended || old.at(&["status", "startTime"]).is_some() {
        let template = |object: &Object| object.at(&["spec", "template"]).cloned().unwrap_or_default();
        if !is_same(&template(old), &template(new)) {
            let shown = template_dump(&template(new), kubernetes);
            errors.invalid_shown(&Path::new("spec").child("template"), shown, "field is immutable");
        }
    }
    let fixed = ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"];
    check_kept(errors, old, new, &fixed);
}

fn check_meta(errors: &mut Errors, old: &Object, new: &Object) {
    meta::check_stored(errors, new);
    meta::check_kept(errors, old, new);
}

const SET_SPEC: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// Follows `ValidateStatefulSetUpdate` in pkg/apis/apps/validation: a set that was stored with a bad spec keeps it.
fn check_set(errors: &mut Errors, old: &Object, new: &Object, kubernetes: Kubernetes) {
    check_meta(errors, old, new);
    let path = Path::new("spec");
    // A set that has the strategy already may keep it, whatever became of the gate.
    let has_recreate = old.str_at(&["spec", "updateStrategy", "type"]) == "Recreate";
    let kubernetes = match has_recreate && kubernetes.knows(Gate::StatefulSetRecreateStrategy) {
        true => kubernetes.with(Gate::StatefulSetRecreateStrategy, true),
        false => kubernetes,
    };
    let mut stored = Errors::default();
    let whole = Scope { is_create: false, has_template: true };
    stateful_set::check(&mut stored, &path, of(&old.body, "spec"), whole, kubernetes);
    let scope = Scope { is_create: false, has_template: stored.0.is_empty() };
    stateful_set::check(errors, &path, of(&new.body, "spec"), scope, kubernetes);
    let fixed = |object: &Object| {
        let mut object = object.clone();
        tidy(&mut object);
        let mut spec = of(&object.body, "spec").as_map().cloned().unwrap_or_default();
        for name in SET_FREE {
            spec.remove(name);
        }
        spec
    };
    if fixed(old) != fixed(new) {
        errors.forbidden(&path, SET_SPEC);
    }
}

/// The fields of a StatefulSet's `spec` that an update may change. Follows `ValidateStatefulSetUpdate`.
pub const SET_FREE: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

const CLAIM_SPEC: &str =
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

/// Follows `ValidatePersistentVolumeClaimUpdate`.
fn check_claim(errors: &mut Errors, old: &Object, new: &Object) {
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
        let detail = format!("{CLAIM_SPEC}\n{}", super::super::diff::claim_diff(old_spec, new_spec));
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

/// Follows `ValidatePersistentVolumeUpdate`.
fn check_volume(errors: &mut Errors, old: &Object, new: &Object, kubernetes: Kubernetes) {
    check_body(errors, new, kubernetes);
    let fields =
        crate::schema::structure("core.PersistentVolumeSpec").map(|it| it.fields.as_slice()).unwrap_or_default();
    let (old_spec, new_spec) = (of(&old.body, "spec"), of(&new.body, "spec"));
    let is_changed = |name: &str| at(old_spec, name) != at(new_spec, name);
    if fields.iter().filter(|field| !field.embedded_in.is_empty()).any(|field| is_changed(field.name)) {
        let detail = "spec.persistentvolumesource is immutable after creation\n";
        errors.forbidden(&Path::new("spec").child("persistentvolumesource"), detail);
    }
    if is_changed("volumeMode") {
        errors.invalid(&Path::new("volumeMode"), at(new_spec, "volumeMode"), "field is immutable");
    }
    if is_changed("nodeAffinity") && !at(old_spec, "nodeAffinity").is_null() {
        errors.invalid(&Path::new("nodeAffinity"), at(new_spec, "nodeAffinity"), "field is immutable");
    }
}

/// Follows `ValidatePriorityClassUpdate`.
fn check_priority(errors: &mut Errors, old: &Object, new: &Object) {
    if old.body.get("value") != new.body.get("value") {
        errors.forbidden(&Path::new("value"), "may not be changed in an update.");
    }
    let name = "preemptionPolicy";
    check_same(errors, &Path::new(name), old.body.get(name), new.body.get(name));
}

/// Follows `ValidateStorageClassUpdate`.
fn check_class(errors: &mut Errors, old: &Object, new: &Object) {
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

fn check_service(errors: &mut Errors, old: &Object, new: &Object, kubernetes: Kubernetes) {
    let path = Path::new("spec").child("clusterIPs").index(0);
    let (before, after) = (old.str_at(&["spec", "clusterIP"]), new.str_at(&["spec", "clusterIP"]));
    let keeps_address =
        new.str_at(&["spec", "type"]) != "ExternalName" && old.str_at(&["spec", "type"]) != "ExternalName";
    if keeps_address && !before.is_empty() && before != after {
        let shown = to_json(&Value::from(vec![Value::text(after)]));
        match after.is_empty() {
            true => errors.invalid_shown(&path, shown, "primary clusterIP can not be unset"),
            false => errors.invalid_shown(&path, shown, "may not change once set"),
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
    check_body(errors, new, kubernetes);
}

fn check_config(errors: &mut Errors, old: &Object, new: &Object, kubernetes: Kubernetes) {
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
    if new.kind == Kind::Secret {
        check_same(errors, &Path::new("type"), old.body.get("type"), new.body.get("type"));
    }
    check_body(errors, new, kubernetes);
}
