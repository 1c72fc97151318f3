//! Which pods go first when there are too many: those of least use; deletes none.
//!
//! Follows `ActivePods` and `ActivePodsWithRanks` in pkg/controller/controller_utils.go.

use crate::model::conditions::{changed_at, phase};
use crate::model::pod::{container_statuses, is_ready, node_of};
use crate::model::{Millis, Object, container_status};
use std::cmp::{Ordering, Reverse};

/// Says which pods are to go first when there are too many.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The order of two pods, the one that goes first is less. `tie` decides between pods that are equally ready.
pub fn deletion_order(a: &Object, b: &Object, now: Millis, tie: impl FnOnce(&Object, &Object) -> Ordering) -> Ordering {
    usefulness(a).cmp(&usefulness(b)).then_with(|| tie(a, b)).then_with(|| by_age(a, b, now))
}

/// What a pod is worth: one without a node is worth least, one that is ready most.
fn usefulness(pod: &Object) -> (bool, u8, bool) {
    let phase = match phase(pod) {
        "Pending" => 0,
        "Running" => 2,
        _ => 1,
    };
    (!node_of(pod).is_empty(), phase, is_ready(pod))
}

/// Of pods of equal use those go first that are ready for less time, then those that restarted more, then the younger.
/// Times count by their powers of two; what is equal then goes by UID.
fn by_age(a: &Object, b: &Object, now: Millis) -> Ordering {
    let power = |at: Millis| match (now - at).0 {
        0 => -1,
        age => i64::from((age.max(1) as u64).saturating_mul(1_000_000).ilog2()),
    };
    let uid = || a.meta.uid.cmp(&b.meta.uid);
    let ready = |pod: &Object| changed_at(pod, "Ready").filter(|_| is_ready(pod));
    if let (Some(first), Some(second)) = (ready(a), ready(b))
        && first != second
    {
        return power(first).cmp(&power(second)).then_with(uid);
    }
    let restarts = |pod: &Object| {
        let statuses = container_statuses(pod).iter();
        Reverse(statuses.map(container_status::restarts).max())
    };
    restarts(a).cmp(&restarts(b)).then_with(|| match a.meta.created == b.meta.created {
        true => Ordering::Equal,
        false => power(a.meta.created).cmp(&power(b.meta.created)).then_with(uid),
    })
}

/// What a pod says that it costs to delete it.
pub fn deletion_cost(pod: &Object) -> i64 {
    pod.meta.annotation(DELETION_COST).parse().unwrap_or(0)
}
