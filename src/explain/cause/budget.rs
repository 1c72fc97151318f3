//! Why a PodDisruptionBudget allows no disruption.

use super::{Link, in_namespace};
use crate::cluster::Cluster;
use crate::cluster::eviction::covers;
use crate::model::pod::is_ready;
use crate::model::{Kind, Object, budget};
use std::rc::Rc;

/// A budget that allows no disruption: of a pod that is not healthy, or of its own arithmetic.
pub(super) fn link(cluster: &Cluster, budget: &Rc<Object>) -> Option<Link> {
    if budget::disruptions_allowed(budget) > 0 || budget::expected_pods(budget) == 0 {
        return None;
    }
    let counted = |rule| {
        let link = Link::of(budget, rule).number("healthy", budget::current_healthy(budget));
        link.number("expected", budget::expected_pods(budget)).number("desired", budget::desired_healthy(budget))
    };
    let unwell = cluster.list_in(Kind::Pod, &budget.meta.namespace).find(|pod| covers(budget, pod) && !is_ready(pod));
    if let Some(pod) = unwell {
        return Some(counted("budget.unhealthy").fact("pod", &pod.meta.name).waits_for(pod.key()));
    }
    let place = in_namespace(&budget.meta.namespace);
    let name = &budget.meta.name;
    let (field, value) = match budget.at(&["spec", "maxUnavailable"]).is_some() {
        true => ("maxUnavailable", 1),
        false => ("minAvailable", (budget::expected_pods(budget) - 1).max(0)),
    };
    let line = format!("kubectl patch pdb {name}{place} --type=merge -p '{{\"spec\":{{\"{field}\":{value}}}}}'");
    Some(counted("budget.zero").remedy(line, "budget.relax"))
}
