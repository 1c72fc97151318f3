//! Which ReplicaSet has a Deployment's template, and the making of a new one; sizes none that exists.
//!
//! Follows pkg/controller/deployment/sync.go and util/deployment_util.go.

use super::conditions::{self, Progress};
use super::{COMPONENT, DESIRED_REPLICAS, HASH_LABEL, MAX_REPLICAS, REVISION_HISTORY, Rollout, replicas, total};
use crate::api::template_hash;
use crate::cluster::{ApiError, LAST_APPLIED};
use crate::controllers::{Ctx, Outcome};
use crate::kubernetes::Kubernetes;
use crate::model::object::labels_from_value;
use crate::model::workload::{DEPLOYMENT_REVISION, min_ready};
use crate::model::{Key, Kind, Millis, Object, OwnerReference, Text, Value};
use crate::obj;
use std::rc::Rc;

/// A ReplicaSet's revision; 0 if it has none.
pub(super) fn number(object: &Object) -> i64 {
    object.meta.annotation(DEPLOYMENT_REVISION).parse().unwrap_or(0)
}

/// A Deployment with its ReplicaSets told apart. `sets` are oldest first.
pub(super) fn rollout(deployment: Object, mut sets: Vec<Rc<Object>>) -> Rollout {
    let none = Value::Null;
    let template = deployment.at(&["spec", "template"]).unwrap_or(&none);
    let new = sets.iter().position(|set| has_template(set, template)).map(|at| sets.remove(at));
    Rollout { deployment, new, old: sets }
}

/// Whether a ReplicaSet was made from this template. Follows `EqualIgnoreHash`.
pub fn has_template(set: &Object, template: &Value) -> bool {
    let mut own = set.at(&["spec", "template"]).cloned().unwrap_or_default();
    own.remove_at(&["metadata", "labels", HASH_LABEL]);
    own == *template
}

/// Numbers the new ReplicaSet, and makes it if `creates` and there is none.
///
/// Follows `getAllReplicaSetsAndSyncRevision`.
pub(super) fn settle(ctx: &mut Ctx<'_>, rollout: &mut Rollout, creates: bool) -> Result<(), ApiError> {
    let next = rollout.old.iter().map(|set| number(set)).max().unwrap_or(0) + 1;
    match rollout.new.clone() {
        Some(new) => keep(ctx, rollout, &new, next),
        None if creates => create(ctx, rollout, next),
        None => Ok(()),
    }
}

fn keep(ctx: &mut Ctx<'_>, rollout: &mut Rollout, new: &Rc<Object>, next: i64) -> Result<(), ApiError> {
    let mut set = Object::clone(new);
    let is_annotated = annotate(&rollout.deployment, &mut set, next);
    let wait = min_ready(&rollout.deployment);
    if is_annotated || min_ready(&set) != wait {
        if wait == Millis::ZERO {
            set.remove_at(&["spec", "minReadySeconds"]);
        } else {
            set.set_at(&["spec", "minReadySeconds"], wait.whole_seconds());
        }
        if number(new) < next && number(new) > 0 {
            rollout.decide(ctx, "deployment.rolls-back", Outcome::Acts, || vec![("set", set.meta.name.clone())]);
        }
        let written = ctx.cluster.update(set)?;
        rollout.renew(written);
    }
    let stored =
        rollout.new.as_ref().map(|set| Text::new(set.meta.annotation(DEPLOYMENT_REVISION))).unwrap_or_default();
    let mut is_news = set_revision(&mut rollout.deployment, &stored);
    if conditions::has_deadline(&rollout.deployment) && conditions::progress(&rollout.deployment).is_none() {
        let text = format!("Found new replica set \"{}\"", new.meta.name);
        conditions::set_progress(ctx, &mut rollout.deployment, Progress::new("True", "FoundNewReplicaSet", text));
        is_news = true;
    }
    if is_news { conditions::write(ctx, &mut rollout.deployment) } else { Ok(()) }
}

/// Whether a ReplicaSet of the name that a new one would have is that of the Deployment's template.
fn is_made_for(deployment: &Object, set: &Object) -> bool {
    let template = deployment.at(&["spec", "template"]).cloned().unwrap_or_default();
    let is_own = set.meta.is_controlled_by(deployment);
    is_own && has_template(set, &template)
}

/// Another ReplicaSet has the name: the next hash is another one.
fn count_collision(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    let count = rollout.deployment.i64_at(&["status", "collisionCount"]).unwrap_or(0) + 1;
    rollout.deployment.set_at(&["status", "collisionCount"], count);
    conditions::write(ctx, &mut rollout.deployment)
}

fn create(ctx: &mut Ctx<'_>, rollout: &mut Rollout, next: i64) -> Result<(), ApiError> {
    let deployment = &rollout.deployment;
    let set = new_set(rollout, next, ctx.cluster.kubernetes());
    let (name, size) = (set.meta.name.clone(), replicas(&set));
    match ctx.cluster.create(set) {
        Ok(set) => rollout.new = Some(set),
        Err(error @ ApiError::AlreadyExists { .. }) => {
            let key = Key::new(Kind::ReplicaSet, deployment.meta.namespace.clone(), name.clone());
            let taken = Rc::clone(ctx.cluster.fetch(&key)?);
            if !is_made_for(deployment, &taken) {
                count_collision(ctx, rollout)?;
                return Err(error);
            }
            rollout.new = Some(taken);
        }
        Err(error) => {
            let text = format!("Failed to create new replica set \"{name}\": {error}");
            if conditions::has_deadline(deployment) {
                let progress = Progress::new("False", "ReplicaSetCreateError", text.clone());
                conditions::set_progress(ctx, &mut rollout.deployment, progress);
                conditions::write(ctx, &mut rollout.deployment)?;
            }
            ctx.event(&rollout.deployment, COMPONENT, true, "ReplicaSetCreateError", text);
            return Err(error);
        }
    }
    if size > 0 {
        let text = format!("Scaled up replica set {name} from 0 to {size}");
        ctx.event(&rollout.deployment, COMPONENT, false, "ScalingReplicaSet", text);
    }
    rollout.decide(ctx, "deployment.creates", Outcome::Acts, || {
        vec![("set", name.clone()), ("to", Text::from(size.to_string()))]
    });
    let mut is_news = set_revision(&mut rollout.deployment, &Text::from(next.to_string()));
    if conditions::has_deadline(&rollout.deployment) {
        let text = format!("Created new replica set \"{name}\"");
        conditions::set_progress(ctx, &mut rollout.deployment, Progress::new("True", "NewReplicaSetCreated", text));
        is_news = true;
    }
    if is_news { conditions::write(ctx, &mut rollout.deployment) } else { Ok(()) }
}

/// The first ReplicaSet of a Deployment that is complete.
pub fn first_set(deployment: &Object, kubernetes: Kubernetes) -> Object {
    new_set(&rollout(deployment.clone(), Vec::new()), 1, kubernetes)
}

/// The ReplicaSet of a Deployment's template, as large as it may be at once.
fn new_set(rollout: &Rollout, next: i64, kubernetes: Kubernetes) -> Object {
    let deployment = &rollout.deployment;
    let mut template = deployment.at(&["spec", "template"]).cloned().unwrap_or_default();
    let hash = Text::from(template_hash(&template, deployment.i64_at(&["status", "collisionCount"]), kubernetes));
    template.set_at(&["metadata", "labels", HASH_LABEL], &hash);
    let mut selector = deployment.at(&["spec", "selector"]).cloned().unwrap_or_default();
    selector.set_at(&["matchLabels", HASH_LABEL], &hash);
    let name = format!("{}-{hash}", deployment.meta.name);
    let mut set = Object::new(Kind::ReplicaSet, deployment.meta.namespace.clone(), name);
    set.meta.labels = labels_from_value(template.at(&["metadata", "labels"]));
    set.meta.owner_references = Rc::new(vec![OwnerReference::controller_of(deployment)]);
    let mut spec = obj! { "replicas" => 0, "selector" => selector, "template" => template };
    if min_ready(deployment) > Millis::ZERO {
        spec.set_at(&["minReadySeconds"], min_ready(deployment).whole_seconds());
    }
    set.set_at(&["spec"], spec);
    set.set_at(&["status"], obj! { "replicas" => 0 });
    set.set_at(&["spec", "replicas"], new_replicas(rollout, 0));
    annotate(deployment, &mut set, next);
    set.meta.annotations.insert(DESIRED_REPLICAS, rollout.replicas().to_string().into());
    set.meta.annotations.insert(MAX_REPLICAS, (rollout.replicas() + rollout.max_surge()).to_string().into());
    set
}

/// The size that the new ReplicaSet, of `size` now, may have at once.
///
/// Follows `NewRSNewReplicas`.
pub(super) fn new_replicas(rollout: &Rollout, size: i64) -> i64 {
    if !rollout.is_rolling() {
        return rollout.replicas();
    }
    let existing = total(rollout.all(), replicas);
    let most = rollout.replicas() + rollout.max_surge();
    if existing >= most { size } else { size + (most - existing).min(rollout.replicas() - size) }
}

/// Gives a ReplicaSet the Deployment's annotations and its number. Says whether that changed anything.
///
/// Follows `SetNewReplicaSetAnnotations`.
fn annotate(deployment: &Object, set: &mut Object, next: i64) -> bool {
    const OWN: [&str; 6] = [
        LAST_APPLIED,
        DEPLOYMENT_REVISION,
        REVISION_HISTORY,
        DESIRED_REPLICAS,
        MAX_REPLICAS,
        "deprecated.deployment.rollback.to",
    ];
    let mut is_changed = false;
    for (key, value) in deployment.meta.annotations.iter().filter(|(key, _)| !OWN.contains(&key.as_str())) {
        if set.meta.annotations.get(key) != Some(value) {
            set.meta.annotations.insert(key.clone(), value.clone());
            is_changed = true;
        }
    }
    let before = Text::new(set.meta.annotation(DEPLOYMENT_REVISION));
    if number(set) < next {
        set.meta.annotations.insert(DEPLOYMENT_REVISION, next.to_string().into());
        is_changed = true;
        if !before.is_empty() {
            let history = match set.meta.annotation(REVISION_HISTORY) {
                "" => before,
                history => format!("{history},{before}").into(),
            };
            set.meta.annotations.insert(REVISION_HISTORY, history);
        }
    }
    is_changed
}

/// Follows `SetDeploymentRevision`.
fn set_revision(deployment: &mut Object, revision: &Text) -> bool {
    if deployment.meta.annotation(DEPLOYMENT_REVISION) == revision.as_str() {
        return false;
    }
    deployment.meta.annotations.insert(DEPLOYMENT_REVISION, revision.clone());
    true
}
