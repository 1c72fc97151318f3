//! Why a Deployment, ReplicaSet, DaemonSet, Job or CronJob is not as asked.

use super::template::{owner_of, with_job_remedy};
use super::{Link, held_by_finalizer, in_namespace, latest_event, min_ready, refused_creation, short};
use crate::cluster::Cluster;
use crate::controllers::deployment::has_template;
use crate::model::conditions::{condition, is_true, phase};
use crate::model::pod::{is_over as has_ended, is_ready};
use crate::model::workload::{
    DEPLOYMENT_REVISION, desired_scheduled, is_finished, is_suspended, ready_replicas, ready_scheduled, replicas,
};
use crate::model::{Kind, Object, Value};
use crate::ordering::Order;
use std::rc::Rc;

/// A workload's pods: those of the newest template first.
fn pods_of<'a>(cluster: &'a Cluster, object: &Object) -> Vec<&'a Rc<Object>> {
    if object.kind != Kind::Deployment {
        return cluster.dependents_of(object, Kind::Pod).collect::<Vec<_>>();
    }
    let number = |set: &Object| set.meta.annotation(DEPLOYMENT_REVISION).parse::<i64>().unwrap_or(0);
    let mut sets = cluster.dependents_of(object, Kind::ReplicaSet).collect::<Vec<_>>();
    sets.order_by_key(|set| std::cmp::Reverse(number(set)));
    sets.into_iter().flat_map(|set| cluster.dependents_of(set, Kind::Pod)).collect()
}

/// How many pods a workload asks for, and how many of them are ready.
fn counts(object: &Object) -> (i64, i64) {
    match object.kind {
        Kind::DaemonSet => (desired_scheduled(object), ready_scheduled(object)),
        _ => (replicas(object), ready_replicas(object)),
    }
}

pub(super) fn link(cluster: &Cluster, object: &Rc<Object>) -> Option<Link> {
    if object.meta.is_terminating() {
        return held_by_finalizer(object);
    }
    let name = short(object);
    let named = |rule| Link::of(object, rule).fact("workload", &name);
    if let Some(link) = paused(cluster, object) {
        return Some(link);
    }
    let (wanted, ready) = counts(object);
    let pods = pods_of(cluster, object);
    let unready = pods.iter().find(|pod| !pod.meta.is_terminating() && !has_ended(pod) && !is_ready(pod));
    if let Some(pod) = unready {
        let rule = if ready < wanted { "workload.waits" } else { "workload.update-waits" };
        let link = named(rule).number("wanted", wanted).number("ready", ready);
        return Some(link.fact("pod", &pod.meta.name).waits_for(pod.key()));
    }
    let makers = match object.kind {
        Kind::Deployment => cluster.dependents_of(object, Kind::ReplicaSet).collect::<Vec<_>>(),
        _ => vec![object],
    };
    let failed = makers.into_iter().filter(|maker| replicas(maker) > 0 || maker.kind == Kind::DaemonSet);
    let failed = failed.filter_map(|maker| latest_event(cluster, maker, &["FailedCreate"]));
    let failed = failed.filter(|(at, _)| refused_creation::is_recent(cluster, *at)).max_by_key(|(at, _)| *at);
    let have = pods.iter().filter(|pod| !pod.meta.is_terminating() && !has_ended(pod)).count() as i64;
    match failed.filter(|_| have < wanted) {
        Some((_, message)) => Some(refused_creation::refused(cluster, object, named, "", &message, have)),
        None if ready < wanted => Some(named("workload.soon").by_itself()),
        None => not_yet_available(cluster, object).or_else(|| at_rest(cluster, object)),
    }
}

/// A Deployment that stands still although its template is another one.
fn paused(cluster: &Cluster, deployment: &Object) -> Option<Link> {
    let is_paused = deployment.at(&["spec", "paused"]).and_then(Value::as_bool) == Some(true);
    let template = deployment.at(&["spec", "template"]).filter(|_| is_paused)?;
    let mut sets = cluster.dependents_of(deployment, Kind::ReplicaSet);
    let is_new = sets.all(|set| !has_template(set, template) || replicas(set) < replicas(deployment));
    let place = in_namespace(&deployment.meta.namespace);
    let line = format!("kubectl rollout resume {}{place}", short(deployment));
    let link = Link::of(deployment, "deployment.paused").fact("workload", &short(deployment));
    is_new.then(|| link.remedy(line, "deployment.resume"))
}

/// A pod that is ready, but not for long enough.
fn not_yet_available(cluster: &Cluster, object: &Object) -> Option<Link> {
    min_ready::link(cluster, object, &short(object), pods_of(cluster, object).into_iter())
}

/// What may be wrong although all pods are ready: one of them is restarted again and again.
fn at_rest(cluster: &Cluster, object: &Rc<Object>) -> Option<Link> {
    let pods = pods_of(cluster, object);
    let pod = pods.into_iter().find(|pod| is_ready(pod) && super::container::of_ready(cluster, pod).is_some())?;
    let link = Link::of(object, "workload.restarts").fact("workload", &short(object));
    Some(link.fact("pod", &pod.meta.name).waits_for(pod.key()))
}

/// A Job that failed, stands still or whose pods do not run.
pub(super) fn job_link(cluster: &Cluster, job: &Rc<Object>) -> Option<Link> {
    if job.meta.is_terminating() {
        return held_by_finalizer(job);
    }
    let (name, place) = (&job.meta.name, in_namespace(&job.meta.namespace));
    let named = |rule| Link::of(job, rule);
    let pods = cluster.dependents_of(job, Kind::Pod).collect::<Vec<_>>();
    if is_true(job, "Failed") {
        let found = condition(job, "Failed");
        let message = found.map_or("", |found| found.str_at(&["message"])).trim_end_matches('.');
        let link = named("job.failed").fact("message", message);
        let failed = pods.iter().rev().find(|pod| phase(pod) == "Failed");
        return Some(match failed {
            Some(pod) => link.waits_for(pod.key()),
            None => with_job_remedy(cluster, job, link),
        });
    }
    if is_true(job, "Complete") {
        return None;
    }
    if is_suspended(job) {
        let line = format!("kubectl patch job {name}{place} -p '{{\"spec\":{{\"suspend\":false}}}}'");
        return Some(named("job.suspended").remedy(line, "job.resume"));
    }
    let is_troubled = |pod: &&&Rc<Object>| !has_ended(pod) && !is_ready(pod) && !pod.meta.is_terminating();
    if let Some(pod) = pods.iter().find(is_troubled) {
        return Some(named("job.waits").fact("pod", &pod.meta.name).waits_for(pod.key()));
    }
    let failed =
        latest_event(cluster, job, &["FailedCreate"]).filter(|(at, _)| refused_creation::is_recent(cluster, *at));
    let (_, message) = failed.filter(|_| pods.is_empty())?;
    let named = |rule| Link::of(job, rule).fact("workload", &short(job));
    Some(refused_creation::refused(cluster, job, named, "", &message, 0))
}

/// A CronJob that stands still.
pub(super) fn cron_job_link(cron_job: &Rc<Object>) -> Option<Link> {
    if cron_job.meta.is_terminating() {
        return held_by_finalizer(cron_job);
    }
    let (name, place) = (&cron_job.meta.name, in_namespace(&cron_job.meta.namespace));
    let line = format!("kubectl patch cronjob {name}{place} -p '{{\"spec\":{{\"suspend\":false}}}}'");
    is_suspended(cron_job).then(|| Link::of(cron_job, "cronjob.suspended").remedy(line, "cronjob.resume"))
}

/// Whether the one that made a failed pod makes no other: a Job that has ended badly.
pub(super) fn has_given_up(cluster: &Cluster, pod: &Object) -> Option<bool> {
    let job = owner_of(cluster, pod).filter(|owner| owner.kind == Kind::Job)?;
    Some(is_true(job, "Failed"))
}

/// Whether a pod's Job has ended, well or badly.
pub(super) fn is_over(cluster: &Cluster, pod: &Object) -> bool {
    owner_of(cluster, pod).is_some_and(|owner| owner.kind == Kind::Job && is_finished(owner))
}
