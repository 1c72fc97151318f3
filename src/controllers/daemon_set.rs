//! The DaemonSet controller: one pod on every node that takes it; places them by affinity, the scheduler binds them.
//!
//! Follows pkg/controller/daemon.

use super::failed_pods::FailedPods;
use super::scheduler::node_match::{selects, tolerates};
use super::stateful_set::revisions::{number, revision_data};
use super::workload::{self, Failures, owned_pods};
use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work};
use crate::api::template_hash;
use crate::cluster::{ApiError, Change, Cluster, DeleteOptions, Verb};
use crate::kubernetes::Kubernetes;
use crate::model::conditions::phase;
use crate::model::int_or_percent::scaled;
use crate::model::node::{DISK_PRESSURE, MEMORY_PRESSURE, NOT_READY, UNREACHABLE, UNSCHEDULABLE, is_cordoned, taints};
use crate::model::object::labels_from_value;
use crate::model::pod::{REVISION_LABEL, is_available, is_over, is_ready, node_of};
use crate::model::workload::{min_ready, update_type};
use crate::model::{Key, Kind, Millis, Object, OwnerReference, Text, Value};
use crate::ordering::Order;
use crate::sorted::SharedMap;
use crate::{list, obj};
use std::rc::Rc;

const COMPONENT: &str = "daemonset-controller";
const GENERATION_LABEL: &str = "pod-template-generation";
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// The DaemonSet controller.
#[derive(Clone, Debug, Default)]
pub struct DaemonSetController {
    failures: Failures,
    failed_pods: FailedPods,
}

/// The pod of the new template and the one of an old one on a node.
type NewAndOld<'p> = (Option<&'p Rc<Object>>, Option<&'p Rc<Object>>);

impl Controller for DaemonSetController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::DaemonSet => {
                let key = change.object.key();
                if change.verb == Verb::Deleted {
                    return self.failures.forget(&key);
                }
                enqueue(timers, cluster.now(), key);
            }
            Kind::Pod | Kind::ControllerRevision => {
                workload::observe_dependent(change, Kind::DaemonSet, ControllerId::DaemonSet, cluster, timers);
            }
            Kind::Node => {
                let shape = |node: &Object| {
                    (node.meta.labels.clone(), node.at(&["spec", "taints"]).cloned(), is_cordoned(node))
                };
                if change.old.as_ref().is_none_or(|old| shape(old) != shape(&change.object)) {
                    cluster.list(Kind::DaemonSet).for_each(|set| enqueue(timers, cluster.now(), set.key()));
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match sync(work, ctx, &mut self.failed_pods) {
            Ok(()) => self.failures.forget(&work.key),
            Err(_) => self.failures.retry(work, ctx),
        }
    }
}

fn enqueue(timers: &mut Timers, at: Millis, key: Key) {
    timers.add(at, Work { controller: ControllerId::DaemonSet, key, task: "" });
}

/// The pods of a DaemonSet by node, oldest first.
type ByNode = SharedMap<Text, Vec<Rc<Object>>>;

/// What a sync works with.
struct Sync<'a> {
    set: &'a Rc<Object>,
    /// The hash of the template as it is now.
    hash: Text,
    min_ready: Millis,
    /// A pod of the template that could be any node's: what nodes are judged by.
    pod: Object,
}

/// Follows `syncDaemonSet`.
fn sync(work: &Work, ctx: &mut Ctx<'_>, failed_pods: &mut FailedPods) -> Result<(), ApiError> {
    let Some(set) = ctx.cluster.get(&work.key).cloned() else { return Ok(()) };
    if set.meta.is_terminating() {
        return Ok(());
    }
    let (current, old) = settle_revisions(ctx, &set)?;
    let hash = Text::new(current.meta.label(REVISION_LABEL));
    let min_ready = min_ready(&set);
    let sync = Sync { set: &set, pod: anywhere(&set, &hash), hash, min_ready };
    let managed = sync.manage(ctx, failed_pods).and_then(|()| match update_type(&set) {
        "RollingUpdate" => sync.roll(ctx),
        _ => Ok(()),
    });
    clean_up(ctx, &set, old)?;
    sync.write_status(ctx, work)?;
    managed
}

/// The revision of the template as it is now, made or raised if need be, and the others.
///
/// Follows `constructHistory` in pkg/controller/daemon/update.go.
fn settle_revisions(ctx: &mut Ctx<'_>, set: &Rc<Object>) -> Result<(Rc<Object>, Vec<Rc<Object>>), ApiError> {
    let mut old = workload::claim(ctx, set, Kind::ControllerRevision, |_| true);
    let none = Value::map();
    let data = revision_data(set.at(&["spec", "template"]).unwrap_or(&none));
    let current = old.iter().position(|it| it.body.get("data") == Some(&data)).map(|at| old.remove(at));
    let next = old.iter().map(|it| number(it)).max().unwrap_or(0) + 1;
    match current {
        Some(current) if number(&current) >= next => Ok((current, old)),
        Some(current) => {
            let mut raised = Object::clone(&current);
            raised.set_at(&["revision"], next);
            ctx.decide(ControllerId::DaemonSet, set, "daemon-set.rolls-back", Outcome::Acts, || {
                vec![("revision", current.meta.name.clone())]
            });
            Ok((ctx.cluster.update(raised)?, old))
        }
        None => Ok((create_revision(ctx, set, next)?, old)),
    }
}

/// The revision of a DaemonSet's template; its name and label end in the template's hash.
///
/// Follows `snapshot` in pkg/controller/daemon/update.go.
pub fn revision_of(set: &Object, number: i64, kubernetes: Kubernetes) -> Object {
    let none = Value::map();
    let template = set.at(&["spec", "template"]).unwrap_or(&none);
    let hash = Text::from(template_hash(template, set.i64_at(&["status", "collisionCount"]), kubernetes));
    let name = format!("{}-{hash}", set.meta.name);
    let mut revision = Object::new(Kind::ControllerRevision, set.meta.namespace.clone(), name);
    revision.meta.labels = labels_from_value(template.at(&["metadata", "labels"]));
    revision.meta.labels.insert(REVISION_LABEL, hash);
    revision.meta.annotations = set.meta.annotations.clone();
    revision.meta.owner_references = Rc::new(vec![OwnerReference::controller_of(set)]);
    revision.set_at(&["data"], revision_data(template));
    revision.set_at(&["revision"], number);
    revision
}

/// A pod of a DaemonSet's template for a node, yet without a name.
///
/// Follows `CreatePodTemplate` in pkg/controller/daemon/util.
pub fn pod_of(set: &Rc<Object>, hash: &Text, node: &Text) -> Object {
    let mut pod = unplaced(set, hash);
    let field = obj! { "key" => "metadata.name", "operator" => "In", "values" => list![node] };
    let mut terms = pod.at(&REQUIRED).map_or(Vec::new(), |it| it.list_at(&["nodeSelectorTerms"]).to_vec());
    if terms.is_empty() {
        terms.push(Value::map());
    }
    terms.iter_mut().for_each(|term| term.set_at(&["matchFields"], list![field.clone()]));
    pod.set_at(&REQUIRED, obj! { "nodeSelectorTerms" => terms });
    pod
}

/// Where a pod says which nodes it may be on.
const REQUIRED: [&str; 4] = ["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];

/// A pod of the template without a word about its node's name: a node is judged by what is left. A term that says nothing
/// else takes every node.
fn anywhere(set: &Rc<Object>, hash: &Text) -> Object {
    let mut pod = unplaced(set, hash);
    let mut terms = pod.at(&REQUIRED).map_or(Vec::new(), |it| it.list_at(&["nodeSelectorTerms"]).to_vec());
    for term in &mut terms {
        _ = term.remove_at(&["matchFields"]);
    }
    if terms.iter().any(|term| term.list_at(&["matchExpressions"]).is_empty()) {
        pod.remove_at(&REQUIRED);
    } else if !terms.is_empty() {
        pod.set_at(&REQUIRED, obj! { "nodeSelectorTerms" => terms });
    }
    pod
}

/// A pod of the template with tolerations for what befalls nodes, for none in particular.
fn unplaced(set: &Rc<Object>, hash: &Text) -> Object {
    let none = Value::map();
    let mut pod = workload::pod_of_template(set, set.at(&["spec", "template"]).unwrap_or(&none));
    pod.meta.labels.insert(REVISION_LABEL, hash.clone());
    let generation = set.meta.annotation(TEMPLATE_GENERATION);
    if !generation.is_empty() {
        pod.meta.labels.insert(GENERATION_LABEL, Text::new(generation));
    }
    let tolerations = pod.at_mut(&["spec", "tolerations"]).list_mut();
    let mut ailments = vec![
        (NOT_READY, "NoExecute"),
        (UNREACHABLE, "NoExecute"),
        (DISK_PRESSURE, "NoSchedule"),
        (MEMORY_PRESSURE, "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        (UNSCHEDULABLE, "NoSchedule"),
    ];
    if set.at(&["spec", "template", "spec", "hostNetwork"]).and_then(Value::as_bool) == Some(true) {
        ailments.push(("node.kubernetes.io/network-unavailable", "NoSchedule"));
    }
    for (key, effect) in ailments {
        tolerations.push(obj! { "effect" => effect, "key" => key, "operator" => "Exists" });
    }
    pod
}

fn create_revision(ctx: &mut Ctx<'_>, set: &Rc<Object>, next: i64) -> Result<Rc<Object>, ApiError> {
    let count = set.i64_at(&["status", "collisionCount"]);
    let revision = revision_of(set, next, ctx.cluster.kubernetes());
    let name = revision.meta.name.clone();
    let answer = ctx.cluster.create(revision);
    match &answer {
        Err(ApiError::AlreadyExists { .. }) => {
            let mut status = set.at(&["status"]).cloned().unwrap_or_else(Value::map);
            status.set_at(&["collisionCount"], count.unwrap_or(0) + 1);
            workload::write_status(ctx, set, status)?;
        }
        _ => ctx.decide(ControllerId::DaemonSet, set, "daemon-set.new-revision", Outcome::Acts, || {
            vec![("revision", name)]
        }),
    }
    answer
}

/// Deletes old revisions beyond the limit that no pod has.
///
/// Follows `cleanupHistory`.
fn clean_up(ctx: &mut Ctx<'_>, set: &Object, mut old: Vec<Rc<Object>>) -> Result<(), ApiError> {
    let limit = set.i64_at(&["spec", "revisionHistoryLimit"]).unwrap_or(10);
    let live: Vec<Text> = owned_pods(ctx.cluster, set).map(|pod| Text::new(pod.meta.label(REVISION_LABEL))).collect();
    let excess = old.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    old.order_by(|a, b| number(a).cmp(&number(b)));
    let unused = old.iter().filter(|it| !live.iter().any(|hash| it.meta.label(REVISION_LABEL) == hash.as_str()));
    for revision in unused.take(excess) {
        ctx.cluster.delete(&revision.key(), &DeleteOptions::BACKGROUND)?;
    }
    Ok(())
}

/// The node that a pod is bound to, or made for.
///
/// Follows `GetTargetNodeName` in pkg/controller/daemon/util.
fn target_node(pod: &Object) -> Text {
    let bound = node_of(pod);
    if !bound.is_empty() {
        return bound;
    }
    let terms = pod.at(&REQUIRED).map_or(&[][..], |it| it.list_at(&["nodeSelectorTerms"]));
    let fields = terms.iter().flat_map(|term| term.list_at(&["matchFields"]));
    let values =
        fields.filter(|field| field.str_at(&["key"]) == "metadata.name").flat_map(|it| it.list_at(&["values"]));
    values.filter_map(Value::as_text).next().cloned().unwrap_or_default()
}

impl Sync<'_> {
    fn pods_by_node(&self, ctx: &mut Ctx<'_>) -> ByNode {
        let mut pods = workload::claim(ctx, self.set, Kind::Pod, |_| true);
        pods.order_by(|a, b| (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name)));
        let mut found: ByNode = SharedMap::new();
        // What has ended and is being deleted makes room already.
        for pod in pods.into_iter().filter(|pod| !(is_over(pod) && pod.meta.is_terminating())) {
            found.entry(target_node(&pod)).or_default().push(pod);
        }
        found
    }

    fn nodes(&self, ctx: &Ctx<'_>) -> Vec<Rc<Object>> {
        ctx.cluster.list(Kind::Node).cloned().collect()
    }

    /// Whether a pod of the set should come to a node, and whether one that is there may stay.
    ///
    /// Follows `NodeShouldRunDaemonPod`.
    fn should_run(&self, node: &Object) -> (bool, bool) {
        let fixed = self.set.str_at(&["spec", "template", "spec", "nodeName"]);
        if !(fixed.is_empty() || node.meta.name == fixed) || !selects(&self.pod, node) {
            return (false, false);
        }
        let repels = |effects: &[&str]| {
            let taints = taints(node).iter();
            let is_of = |taint: &&Value| effects.contains(&taint.str_at(&["effect"]));
            taints.filter(is_of).any(|taint| !tolerates(&self.pod, taint))
        };
        (!repels(&["NoSchedule", "NoExecute"]), !repels(&["NoExecute"]))
    }

    /// Puts pods on nodes that lack one, and takes away what should not be there.
    ///
    /// Follows `manage` and `podsShouldBeOnNode`.
    fn manage(&self, ctx: &mut Ctx<'_>, failed_pods: &mut FailedPods) -> Result<(), ApiError> {
        let pods = self.pods_by_node(ctx);
        let (mut to_create, mut to_delete) = (Vec::new(), Vec::new());
        let surges = self.surge(1) > 0;
        for node in self.nodes(ctx) {
            let here = pods.get(&node.meta.name).map_or(&[][..], Vec::as_slice);
            match self.should_run(&node) {
                (true, _) if here.is_empty() => to_create.push(node.meta.name.clone()),
                (_, true) => {
                    let (over, running): (Vec<_>, Vec<_>) =
                        here.iter().filter(|pod| !pod.meta.is_terminating()).partition(|pod| is_over(pod));
                    for pod in over {
                        let now = ctx.cluster.now();
                        if phase(pod) == "Failed"
                            && let Some(wait) = failed_pods.wait(self.set, &node.meta.name, now)
                        {
                            enqueue(ctx.timers, now + wait, self.set.key());
                            continue;
                        }
                        self.tell_over(ctx, pod);
                        to_delete.push(pod.key());
                    }
                    if !surges {
                        to_delete.extend(running.iter().skip(1).map(|pod| pod.key()));
                    }
                }
                (_, false) => {
                    to_delete.extend(here.iter().filter(|pod| !pod.meta.is_terminating()).map(|pod| pod.key()));
                }
            }
        }
        self.act(ctx, &to_delete, &to_create)
    }

    fn tell_over(&self, ctx: &mut Ctx<'_>, pod: &Object) {
        let place = format!("{}/{} on node {}", pod.meta.namespace, pod.meta.name, node_of(pod));
        let (is_warning, reason, text) = match phase(pod) {
            "Failed" => (true, "FailedDaemonPod", format!("Found failed daemon pod {place}, will try to kill it")),
            _ => (false, "SucceededDaemonPod", format!("Found succeeded daemon pod {place}, will try to delete it")),
        };
        ctx.event(self.set, COMPONENT, is_warning, reason, text);
    }

    /// Creates and deletes pods.
    ///
    /// Follows `syncNodes`.
    fn act(&self, ctx: &mut Ctx<'_>, to_delete: &[Key], to_create: &[Text]) -> Result<(), ApiError> {
        let mut result = Ok(());
        for node in to_create {
            ctx.decide(ControllerId::DaemonSet, self.set, "daemon-set.creates", Outcome::Acts, || {
                vec![("node", node.clone())]
            });
            let created = workload::create_pod(ctx, self.set, COMPONENT, pod_of(self.set, &self.hash, node));
            result = result.and(created);
            if result.is_err() {
                break;
            }
        }
        for pod in to_delete {
            ctx.decide(ControllerId::DaemonSet, self.set, "daemon-set.deletes", Outcome::Acts, || {
                vec![("pod", pod.name.clone())]
            });
            result = result.and(workload::delete_pod(ctx, self.set, COMPONENT, pod));
        }
        result
    }

    fn rolling(&self, field: &'static str) -> Option<&Value> {
        self.set.at(&["spec", "updateStrategy", "rollingUpdate", field])
    }

    fn surge(&self, desired: i64) -> i64 {
        scaled(self.rolling("maxSurge"), desired, true)
    }

    fn is_available(&self, ctx: &Ctx<'_>, pod: &Object) -> bool {
        is_available(pod, self.min_ready, ctx.cluster.now())
    }

    fn is_updated(&self, pod: &Object) -> bool {
        pod.meta.label(REVISION_LABEL) == self.hash.as_str()
    }

    /// The pod of the new template and the one of an old one on a node; `None` if there are more.
    ///
    /// Follows `findUpdatedPodsOnNode`.
    fn new_and_old<'p>(&self, pods: &'p [Rc<Object>]) -> Option<NewAndOld<'p>> {
        let living = || pods.iter().filter(|pod| !pod.meta.is_terminating());
        let (new, old): (Vec<_>, Vec<_>) = living().partition(|pod| self.is_updated(pod));
        (new.len() <= 1 && old.len() <= 1).then(|| (new.first().copied(), old.first().copied()))
    }

    /// Replaces pods of old templates, as many at a time as may be missing.
    ///
    /// Follows `rollingUpdate` in pkg/controller/daemon/update.go.
    fn roll(&self, ctx: &mut Ctx<'_>) -> Result<(), ApiError> {
        let pods = self.pods_by_node(ctx);
        let desired = self.nodes(ctx).iter().filter(|node| self.should_run(node).0).count() as i64;
        let surge = self.surge(desired);
        if surge > 0 {
            return self.roll_with_surge(ctx, &pods, surge);
        }
        let most = scaled(self.rolling("maxUnavailable"), desired, true).max(1);
        let (mut missing, mut at_once, mut candidates) = (0, Vec::new(), Vec::new());
        for here in pods.values() {
            match self.new_and_old(here) {
                None | Some((None, None)) => missing += 1,
                Some((Some(new), _)) => missing += i64::from(!self.is_available(ctx, new)),
                // An old pod that is not available is replaced, whatever else is missing.
                Some((None, Some(old))) if !self.is_available(ctx, old) => at_once.push(old.key()),
                Some((None, Some(old))) => candidates.push(old.key()),
            }
        }
        let room = usize::try_from(most - missing).unwrap_or(0);
        if room == 0 && !candidates.is_empty() {
            ctx.decide(ControllerId::DaemonSet, self.set, "daemon-set.waits-for-new-pods", Outcome::Waits, || {
                vec![("missing", missing.to_string().into()), ("most", most.to_string().into())]
            });
        }
        at_once.extend(candidates.into_iter().take(room));
        self.act(ctx, &at_once, &[])
    }

    fn roll_with_surge(&self, ctx: &mut Ctx<'_>, pods: &ByNode, most: i64) -> Result<(), ApiError> {
        let (mut surging, mut at_once, mut candidates, mut to_delete) = (0, Vec::new(), Vec::new(), Vec::new());
        for (node, here) in pods.iter() {
            match self.new_and_old(here) {
                Some((Some(new), Some(old))) => match self.is_available(ctx, new) {
                    true => to_delete.push(old.key()),
                    false => surging += 1,
                },
                Some((None, Some(old))) if !self.is_available(ctx, old) => at_once.push(node.clone()),
                Some((None, Some(_))) => candidates.push(node.clone()),
                _ => {}
            }
        }
        let room = usize::try_from(most - surging).unwrap_or(0);
        at_once.extend(candidates.into_iter().take(room));
        self.act(ctx, &to_delete, &at_once)
    }

    /// Follows `updateDaemonSetStatus`.
    fn write_status(&self, ctx: &mut Ctx<'_>, work: &Work) -> Result<(), ApiError> {
        let pods = self.pods_by_node(ctx);
        let (mut desired, mut current, mut misplaced) = (0, 0, 0);
        let (mut ready, mut available, mut updated) = (0, 0, 0);
        for node in self.nodes(ctx) {
            let oldest = pods.get(&node.meta.name).and_then(|here| here.first());
            match (self.should_run(&node).0, oldest) {
                (true, None) => desired += 1,
                (true, Some(pod)) => {
                    desired += 1;
                    current += 1;
                    ready += i64::from(is_ready(pod));
                    available += i64::from(self.is_available(ctx, pod));
                    updated += i64::from(self.is_updated(pod));
                }
                (false, Some(_)) => misplaced += 1,
                (false, None) => {}
            }
        }
        let mut status = obj! {
            "currentNumberScheduled" => current, "desiredNumberScheduled" => desired,
            "numberMisscheduled" => misplaced, "numberReady" => ready,
        };
        let optional = [
            ("numberAvailable", available),
            ("numberUnavailable", desired - available),
            ("observedGeneration", self.set.meta.generation),
            ("updatedNumberScheduled", updated),
        ];
        for (field, number) in optional.into_iter().filter(|(_, number)| *number != 0) {
            status.set_at(&[field], number);
        }
        let stored = ctx.cluster.get(&work.key).and_then(|set| set.i64_at(&["status", "collisionCount"]));
        if let Some(count) = stored {
            status.set_at(&["collisionCount"], count);
        }
        workload::write_status(ctx, self.set, status)?;
        if self.min_ready > Millis::ZERO && ready != available {
            ctx.timers.add(ctx.cluster.now() + self.min_ready, work.clone());
        }
        Ok(())
    }
}
