//! What a StatefulSet's object says, read by name; counts and times that all workloads have are in `workload`.

use super::{Object, Value};

/// Whether pods come and go side by side (`podManagementPolicy: Parallel`), not one after another.
pub fn is_parallel(set: &Object) -> bool {
    management_policy(set) == "Parallel"
}

/// How pods come and go: `OrderedReady` or `Parallel`; empty in an object without defaults.
pub fn management_policy(set: &Object) -> &str {
    set.str_at(&["spec", "podManagementPolicy"])
}

/// How many pods, counted from the first, keep the old template in a rolling update.
pub fn partition(set: &Object) -> i64 {
    given_partition(set).unwrap_or(0).max(0)
}

/// The partition that stands in a set; `None` if none does.
pub fn given_partition(set: &Object) -> Option<i64> {
    set.i64_at(&["spec", "updateStrategy", "rollingUpdate", "partition"])
}

/// The ordinal from which on a rolling update replaces pods; ordinals do not have to begin with 0.
pub fn first_updated_ordinal(set: &Object) -> i64 {
    first_ordinal(set).saturating_add(partition(set))
}

/// The ordinal of the first pod.
pub fn first_ordinal(set: &Object) -> i64 {
    set.i64_at(&["spec", "ordinals", "start"]).unwrap_or(0)
}

/// The Service that gives the pods their names; empty for none.
pub fn service_name(set: &Object) -> &str {
    set.str_at(&["spec", "serviceName"])
}

/// What the claims of each pod are made of.
pub fn claim_templates(set: &Object) -> &[Value] {
    set.list_at(&["spec", "volumeClaimTemplates"])
}

/// The revision that the pods had before the update that is under way; empty before the first sync.
pub fn current_revision(set: &Object) -> &str {
    set.str_at(&["status", "currentRevision"])
}

/// The revision that the pods are to have; empty before the first sync.
pub fn update_revision(set: &Object) -> &str {
    set.str_at(&["status", "updateRevision"])
}

/// How many pods have the revision that they had before the update.
pub fn pods_at_current(set: &Object) -> i64 {
    set.i64_at(&["status", "currentReplicas"]).unwrap_or(0)
}

/// Whether an update is under way: not all pods have the new revision yet.
pub fn is_updating(set: &Object) -> bool {
    current_revision(set) != update_revision(set)
}
