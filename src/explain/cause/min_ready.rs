//! A pod that is ready, but has not been so for `minReadySeconds`.

use super::{End, Link, clock};
use crate::cluster::Cluster;
use crate::model::Object;
use crate::model::conditions::true_since;
use crate::model::pod::{is_available, is_ready};
use crate::model::workload::min_ready;
use std::rc::Rc;

/// Why `owner`, called `name`, waits for the first of its pods that does not count as available yet.
pub(super) fn link<'a>(
    cluster: &Cluster,
    owner: &Object,
    name: &str,
    mut pods: impl Iterator<Item = &'a Rc<Object>>,
) -> Option<Link> {
    let (wait, now) = (min_ready(owner), cluster.now());
    let pod = pods.find(|pod| is_ready(pod) && !is_available(pod, wait, now))?;
    let until = true_since(pod, "Ready").unwrap_or(now) + wait;
    let link = Link::of(owner, "workload.min-ready").fact("workload", name).fact("pod", &pod.meta.name);
    let link = link.number("seconds", wait.whole_seconds()).fact("until", &clock(until));
    Some(link.ends(End::ByItself(Some(until))))
}
