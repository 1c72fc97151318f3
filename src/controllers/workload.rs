//! What the controllers of pods share: ownership of objects, pods made of templates and retries. No loop.

use super::{ControllerId, Ctx, Timers, Work};
use crate::cluster::{ApiError, Change, Cluster, DeleteOptions, NAME_ALPHABET, Verb};
use crate::model::object::labels_from_value;
use crate::model::{Key, Kind, Meta, Millis, Object, OwnerReference, Text, Value, selector_matches};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The first delay after an error; it doubles with each further one.
const BACK_OFF_FIRST: Millis = Millis(5);
/// The longest delay after an error.
const BACK_OFF_MAX: Millis = Millis::seconds(1000);

/// How often a key failed in a row: the rate limiter of a work queue.
#[derive(Clone, Debug, Default)]
pub struct Failures(SharedMap<Key, u32>);

impl Failures {
    /// Forgets the failures of a key that went well.
    pub fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }

    /// Counts a failure, and says after how long the key is to be tried again.
    pub fn next_delay(&mut self, key: &Key) -> Millis {
        let failures = self.0.entry(key.clone()).or_default();
        let delay = Millis(BACK_OFF_FIRST.0.saturating_mul(1 << (*failures).min(30))).min(BACK_OFF_MAX);
        *failures += 1;
        delay
    }

    /// Asks for the same work again, later each time.
    pub fn retry(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let delay = self.next_delay(&work.key);
        ctx.timers.add(ctx.cluster.now() + delay, Work { task: "", ..work.clone() });
    }
}

/// The object that controls `object`, if it is of this kind and lives.
pub fn controller_of(object: &Object, kind: Kind, cluster: &Cluster) -> Option<Key> {
    let owner = object.meta.controller().filter(|owner| owner.kind.as_str() == kind.names().kind)?;
    let found = cluster.find(kind, &object.meta.namespace, &owner.name)?;
    (found.meta.uid == owner.uid).then(|| found.key())
}

/// Asks for work on the owners, of this kind, of an object that changed; on those that might adopt it, if it has none.
pub fn observe_dependent(
    change: &Change,
    kind: Kind,
    controller: ControllerId,
    cluster: &Cluster,
    timers: &mut Timers,
) {
    let new = controller_of(&change.object, kind, cluster);
    let old = change.old.as_ref().and_then(|old| controller_of(old, kind, cluster));
    let at = cluster.now();
    for key in old.iter().filter(|old| Some(*old) != new.as_ref()).chain(&new) {
        timers.add(at, Work { controller, key: key.clone(), task: "" });
    }
    let is_orphan = change.object.meta.controller().is_none() && change.verb != Verb::Deleted;
    let is_other = change.old.as_ref().is_none_or(|old| {
        let (old, new) = (&old.meta, &change.object.meta);
        old.labels != new.labels || old.owner_references != new.owner_references
    });
    if is_orphan && is_other {
        for owner in cluster.list_in(kind, &change.object.meta.namespace) {
            if owner.at(&["spec", "selector"]).is_some_and(|it| selector_matches(it, &change.object.meta.labels)) {
                timers.add(at, Work { controller, key: owner.key(), task: "" });
            }
        }
    }
}

/// The objects of `kind` that `owner` owns, after it adopted the orphans that its selector takes, and released what it
/// no longer takes. `is_wanted` says which objects count at all.
///
/// Follows `ClaimObject` in pkg/controller/controller_ref_manager.go.
pub fn claim(
    ctx: &mut Ctx<'_>,
    owner: &Rc<Object>,
    kind: Kind,
    is_wanted: impl Fn(&Object) -> bool,
) -> Vec<Rc<Object>> {
    let none = Value::Null;
    let selector = owner.at(&["spec", "selector"]).unwrap_or(&none);
    let all: Vec<Rc<Object>> =
        ctx.cluster.list_in(kind, &owner.meta.namespace).filter(|object| is_wanted(object)).cloned().collect();
    let is_leaving = owner.meta.is_terminating();
    let mut owned = Vec::new();
    for object in all {
        let fits = selector_matches(selector, &object.meta.labels);
        match object.meta.controller() {
            Some(reference) if reference.uid != owner.meta.uid => {}
            Some(_) if fits => owned.push(object),
            Some(_) if is_leaving => {}
            Some(_) => {
                let uid = &owner.meta.uid;
                _ = ctx.cluster.modify(&object.key(), |object| {
                    Rc::make_mut(&mut object.meta.owner_references).retain(|reference| reference.uid != *uid);
                });
            }
            None if is_leaving || object.meta.is_terminating() || !fits => {}
            None => {
                let reference = OwnerReference::controller_of(owner);
                let adopted = ctx.cluster.modify(&object.key(), |object| {
                    Rc::make_mut(&mut object.meta.owner_references).push(reference);
                });
                owned.extend(adopted);
            }
        }
    }
    owned
}

/// The pods that an object controls.
pub fn owned_pods<'a>(cluster: &'a Cluster, owner: &Object) -> impl Iterator<Item = &'a Rc<Object>> {
    let uid = owner.meta.uid.clone();
    let pods = cluster.dependents_of(owner, Kind::Pod);
    pods.filter(move |pod| pod.meta.controller().is_some_and(|owner| owner.uid == uid))
}

/// A name with five random letters behind `prefix`.
pub fn generated_name(cluster: &mut Cluster, prefix: &str) -> Text {
    let ending = cluster.rng().word(NAME_ALPHABET, 5);
    // What is longer than a name may be is cut before the letters.
    let prefix: String = prefix.chars().take(58).collect();
    format!("{prefix}{ending}").into()
}

/// A pod as a template makes it for `owner`; its name is yet to be given.
///
/// Follows `GetPodFromTemplate` in pkg/controller/controller_utils.go.
pub fn pod_of_template(owner: &Object, template: &Value) -> Object {
    let mut pod = Object::new(Kind::Pod, owner.meta.namespace.clone(), "");
    let meta = template.get("metadata");
    let finalizers = template.list_at(&["metadata", "finalizers"]).iter().filter_map(Value::as_text);
    pod.meta = Meta {
        generate_name: format!("{}-", owner.meta.name).into(),
        labels: labels_from_value(meta.and_then(|meta| meta.get("labels"))),
        annotations: labels_from_value(meta.and_then(|meta| meta.get("annotations"))),
        finalizers: Rc::new(finalizers.cloned().collect()),
        owner_references: Rc::new(vec![OwnerReference::controller_of(owner)]),
        ..pod.meta
    };
    if let Some(spec) = template.get("spec") {
        pod.body.insert("spec", spec.clone());
    }
    pod
}

/// Creates a pod under a generated name, and tells it in an event of `owner`.
///
/// # Errors
/// What the API server refused.
pub fn create_pod(ctx: &mut Ctx<'_>, owner: &Object, component: &'static str, mut pod: Object) -> Result<(), ApiError> {
    if pod.meta.name.is_empty() {
        pod.meta.name = generated_name(ctx.cluster, &pod.meta.generate_name);
    }
    match ctx.cluster.create(pod) {
        Ok(pod) => {
            ctx.event(owner, component, false, "SuccessfulCreate", format!("Created pod: {}", pod.meta.name));
            Ok(())
        }
        Err(error) => {
            ctx.event(owner, component, true, "FailedCreate", format!("Error creating: {error}"));
            Err(error)
        }
    }
}

/// Deletes a pod, and tells it in an event of `owner`. A pod that is gone already counts as deleted.
///
/// # Errors
/// What the API server refused.
pub fn delete_pod(ctx: &mut Ctx<'_>, owner: &Object, component: &'static str, pod: &Key) -> Result<(), ApiError> {
    match ctx.cluster.delete(pod, &DeleteOptions::BACKGROUND) {
        Ok(_) | Err(ApiError::NotFound { .. }) => {
            ctx.event(owner, component, false, "SuccessfulDelete", format!("Deleted pod: {}", pod.name));
            Ok(())
        }
        Err(error) => {
            ctx.event(owner, component, true, "FailedDelete", format!("Error deleting: {error}"));
            Err(error)
        }
    }
}

/// Writes the status of `object` if it differs from the stored one.
///
/// # Errors
/// What the API server refused.
pub fn write_status(ctx: &mut Ctx<'_>, object: &Object, status: Value) -> Result<bool, ApiError> {
    let Some(stored) = ctx.cluster.get(&object.key()) else { return Ok(false) };
    if stored.at(&["status"]) == Some(&status) {
        return Ok(false);
    }
    let mut next = Object::clone(stored);
    next.set_at(&["status"], status);
    ctx.cluster.update_status(&next).map(|_| true)
}
