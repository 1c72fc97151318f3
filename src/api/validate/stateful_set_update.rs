//! The rules for changing a stored StatefulSet.

use super::super::decode::tidy;
use super::super::field_error::{Errors, Path};
use super::of;
use super::stateful_set::{self, Scope};
use super::update::Change;
use crate::kubernetes::Gate;
use crate::model::Object;

const SET_SPEC: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// Follows `ValidateStatefulSetUpdate` in pkg/apis/apps/validation: a set that was stored with a bad spec keeps it.
pub(in crate::api) fn check(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, kubernetes, .. } = *change;
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
