//! Which pod somebody means who names a workload or a Service: `exec sts/web`, `logs deploy/web`, `port-forward svc/web`.
//!
//! Follows `AttachablePodForObject` in `pkg/polymorphichelpers` of kubectl.

use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::resources::{Resource, fetch, go_type, namespace_of};
use crate::model::conditions::condition;
use crate::model::pod::{container_statuses, is_ready, node_name};
use crate::model::{Kind, Millis, Object, conditions, container_status};
use crate::ordering::Order;
use std::rc::Rc;

/// The pod that an argument names: `web-0`, `pod/web-0`, or the one that answers for `sts/web`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn pod_of(word: &str, args: &Args, cx: &Cx<'_>) -> Result<Rc<Object>, Failure> {
    let pods = pods_of(word, args, cx)?;
    pods.into_iter().next().ok_or_else(|| Failure::client("timed out waiting for the condition"))
}

/// The pods that an argument names, the most useful one first.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn pods_of(word: &str, args: &Args, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let namespace = namespace_of(args, cx);
    let (kind, name) = word.split_once('/').unwrap_or(("pod", word));
    let resource = Resource::named(kind, cx)?;
    if resource == Resource::Kept(Kind::Pod) {
        return Ok(vec![fetch(resource, &namespace, name, cx)?]);
    }
    let owner = fetch(resource, &namespace, name, cx)?;
    let selector = match owner.kind {
        Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet | Kind::Job => {
            owner.at(&["spec", "selector"]).cloned().unwrap_or_default()
        }
        Kind::Service => crate::obj! { "matchLabels" => owner.at(&["spec", "selector"]).cloned().unwrap_or_default() },
        kind => {
            let kind = go_type(kind);
            return Err(Failure::client(format!("cannot attach to {kind}: selector for {kind} not implemented")));
        }
    };
    cx.check_access("list", Kind::Pod, "", &namespace, "")?;
    let all = cx.cluster().list_in(Kind::Pod, &namespace);
    let fits = |pod: &&Rc<Object>| crate::model::selector_matches(&selector, &pod.meta.labels);
    let mut pods: Vec<Rc<Object>> = all.filter(fits).cloned().collect();
    pods.order_by_key(|pod| usefulness(pod));
    Ok(pods)
}

/// Where a pod stands among those of a workload: assigned, running, ready, and longest so come first.
///
/// Follows `ByLogging` in kubectl's `util/podutils`.
fn usefulness(pod: &Object) -> (bool, u8, bool, String, i64, Millis) {
    let phase = match conditions::phase(pod) {
        "Running" => 0,
        "Unknown" => 1,
        "Pending" => 2,
        _ => 0,
    };
    let ready = condition(pod, "Ready").filter(|_| is_ready(pod));
    let since = ready.map_or("", |ready| ready.str_at(&["lastTransitionTime"])).to_string();
    let restarts = container_statuses(pod).iter().map(container_status::restarts).max().unwrap_or(0);
    let is_assigned = !node_name(pod).is_empty();
    (!is_assigned, phase, ready.is_none(), since, -restarts, pod.meta.created)
}
