//! Creates, deletes and repairs a set's pods with their claims, and tells it in events; decides nothing.

use super::StatefulSetError;
use super::claims::{ClaimOwner, new_claim};
use super::identity;
use super::spec::SetSpec;
use crate::cluster::{ApiError, DeleteOptions};
use crate::controllers::Ctx;
use crate::kubernetes::Difference;
use crate::model::{Key, Object, Text};
use std::rc::Rc;

pub(super) const COMPONENT: &str = "statefulset-controller";

/// Creates a pod and, before it, the claims that it lacks.
///
/// Follows `CreateStatefulPod` in pkg/controller/statefulset/stateful_pod_control.go.
pub fn create_pod(ctx: &mut Ctx<'_>, spec: &SetSpec, ordinal: i64, pod: Object) -> Result<(), StatefulSetError> {
    let owner = ClaimOwner { spec, ordinal, uid: Text::default() };
    let name = pod.meta.name.clone();
    if let Err(error) = create_claims(ctx, &owner) {
        tell(ctx, spec, "create", &name, Some(&error));
        return Err(error);
    }
    let created = match ctx.cluster.create(pod) {
        // Nothing is told about a name that is taken: the real controller is silent, too.
        Err(error @ ApiError::AlreadyExists { .. }) => return Err(error.into()),
        Err(error) => Err(StatefulSetError::from(error)),
        Ok(_) => Ok(()),
    };
    if let Err(error) = repair_claims(ctx, &owner) {
        tell(ctx, spec, "update", &name, Some(&error));
        return Err(error);
    }
    tell(ctx, spec, "create", &name, created.as_ref().err());
    created
}

/// Creates the claims that a pending pod lacks, and gives all of them their owners.
pub fn complete_claims(ctx: &mut Ctx<'_>, owner: &ClaimOwner<'_>) -> Result<(), StatefulSetError> {
    create_claims(ctx, owner)?;
    repair_claims(ctx, owner)
}

/// Asks for a pod's deletion. A pod that is gone already counts as deleted.
pub fn delete_pod(ctx: &mut Ctx<'_>, spec: &SetSpec, pod: &Key) -> Result<(), StatefulSetError> {
    let error = match ctx.cluster.delete(pod, &DeleteOptions::BACKGROUND) {
        Ok(_) | Err(ApiError::NotFound { .. }) => None,
        Err(error) => Some(StatefulSetError::from(error)),
    };
    tell(ctx, spec, "delete", &pod.name, error.as_ref());
    error.map_or(Ok(()), Err)
}

/// Repairs a pod's identity, volumes and claims.
///
/// Follows `UpdateStatefulPod` in pkg/controller/statefulset/stateful_pod_control.go.
pub fn repair_pod(
    ctx: &mut Ctx<'_>,
    spec: &SetSpec,
    ordinal: i64,
    pod: &Rc<Object>,
    has_wrong_owners: bool,
) -> Result<(), StatefulSetError> {
    let owner = ClaimOwner { spec, ordinal, uid: pod.meta.uid.clone() };
    let mut repaired = Object::clone(pod);
    let mut claims = Ok(());
    if !identity::identity_matches(spec, pod, ordinal) {
        identity::update_identity(spec, &mut repaired, ordinal);
    }
    if !identity::storage_matches(spec, &repaired, ordinal) {
        identity::update_storage(spec, &mut repaired, ordinal);
        claims = create_claims(ctx, &owner);
    }
    if claims.is_ok() && has_wrong_owners {
        claims = repair_claims(ctx, &owner);
    }
    if let Err(error) = claims {
        tell(ctx, spec, "update", &pod.meta.name, Some(&error));
        return Err(error);
    }
    let name = repaired.meta.name.clone();
    let error = ctx.cluster.update(repaired).err().map(StatefulSetError::from);
    tell(ctx, spec, "update", &name, error.as_ref());
    error.map_or(Ok(()), Err)
}

/// Gives a pod's claims the owners that the retention policy asks for.
///
/// Follows `UpdatePodClaimForRetentionPolicy` in pkg/controller/statefulset/stateful_pod_control.go.
pub fn repair_claims(ctx: &mut Ctx<'_>, owner: &ClaimOwner<'_>) -> Result<(), StatefulSetError> {
    for (key, _) in owner.claims() {
        let Some(claim) = ctx.cluster.get(&key).cloned() else { continue };
        if owner.has_unexpected_controller(&claim) {
            let text = format!(
                "PersistentVolumeClaim {} has a conflicting OwnerReference that acts as a manging controller, the \
                 retention policy is ignored for this claim",
                key.name
            );
            ctx.event(&owner.spec.set, COMPONENT, true, "ConflictingController", text);
        }
        if !owner.is_up_to_date(&claim) {
            let mut claim = Object::clone(&claim);
            owner.repair(&mut claim);
            ctx.cluster.update(claim).map_err(|error| {
                StatefulSetError::new(format!(
                    "could not update claim {} for delete policy ownerRefs: {error}",
                    key.name
                ))
            })?;
        }
    }
    Ok(())
}

fn create_claims(ctx: &mut Ctx<'_>, owner: &ClaimOwner<'_>) -> Result<(), StatefulSetError> {
    let mut errors = Vec::new();
    for (key, template) in owner.claims() {
        match ctx.cluster.get(&key) {
            Some(claim) if claim.meta.is_terminating() => {
                errors.push(StatefulSetError::new(format!("pvc {} is being deleted", key.name)));
            }
            Some(_) => {}
            None => {
                let (set, pod) = (owner.spec.name(), owner.name());
                let claim = &key.name;
                let create = verb_word(ctx, "create");
                match ctx.cluster.create(new_claim(owner.spec, &key, template)) {
                    Ok(_) => {
                        let text = format!("{create} Claim {claim} Pod {pod} in StatefulSet {set} success");
                        ctx.event(&owner.spec.set, COMPONENT, false, "SuccessfulCreate", text);
                    }
                    Err(error) => {
                        if !error.is_already_exists() {
                            let text = format!(
                                "{create} Claim {claim} for Pod {pod} in StatefulSet {set} failed error: {error}"
                            );
                            ctx.event(&owner.spec.set, COMPONENT, true, "FailedCreate", text);
                        }
                        errors.push(StatefulSetError::new(format!("failed to create PVC {claim}: {error}")));
                    }
                }
            }
        }
    }
    StatefulSetError::all(errors)
}

fn tell(ctx: &mut Ctx<'_>, spec: &SetSpec, verb: &'static str, pod: &str, error: Option<&StatefulSetError>) {
    let (good, bad) = match verb {
        "create" => ("SuccessfulCreate", "FailedCreate"),
        "delete" => ("SuccessfulDelete", "FailedDelete"),
        _ => ("SuccessfulUpdate", "FailedUpdate"),
    };
    let word = verb_word(ctx, verb);
    let set = spec.name();
    match error {
        None => {
            ctx.event(&spec.set, COMPONENT, false, good, format!("{word} Pod {pod} in StatefulSet {set} successful"));
        }
        Some(error) => {
            let text = format!("{word} Pod {pod} in StatefulSet {set} failed error: {error}");
            ctx.event(&spec.set, COMPONENT, true, bad, text);
        }
    }
}

/// A verb as it begins an event's message.
fn verb_word(ctx: &Ctx<'_>, verb: &'static str) -> &'static str {
    match (ctx.cluster.kubernetes().has(Difference::CapitalEvents), verb) {
        (false, verb) => verb,
        (true, "create") => "Create",
        (true, "delete") => "Delete",
        (true, _) => "Update",
    }
}
