//! Which pods a set owns: adopts orphans that fit, lets go of pods that no longer do; looks at nothing else.

use super::spec::SetSpec;
use super::{StatefulSetError, identity};
use crate::cluster::{ApiError, Cluster};
use crate::model::{Key, Kind, Object, selector_matches};
use std::rc::Rc;

/// What a set has to do with a pod of its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// It is none of the set's business.
    Foreign,
    /// It is the set's pod.
    Owned,
    /// It is the set's but no longer fits.
    ToRelease,
    /// It fits and belongs to nobody.
    ToAdopt,
}

/// What the set has to do with `pod`.
///
/// Follows `ClaimObject` in pkg/controller/controller_ref_manager.go.
pub fn ownership(spec: &SetSpec, pod: &Object) -> Ownership {
    let fits = || {
        identity::ordinal_in(spec.name(), &pod.meta.name).is_some()
            && selector_matches(&spec.selector, &pod.meta.labels)
    };
    let is_leaving = spec.set.meta.is_terminating();
    match pod.meta.controller() {
        Some(owner) if owner.uid != spec.set.meta.uid => Ownership::Foreign,
        Some(_) if fits() => Ownership::Owned,
        Some(_) if is_leaving => Ownership::Foreign,
        Some(_) => Ownership::ToRelease,
        None if is_leaving || pod.meta.is_terminating() || !fits() => Ownership::Foreign,
        None => Ownership::ToAdopt,
    }
}

/// Whether the set, looked at anew, may still own things; says why not.
pub fn can_adopt(cluster: &Cluster, spec: &SetSpec) -> Result<(), String> {
    let key = spec.set.key();
    let fresh = cluster.fetch(&key).map_err(|error| error.to_string())?;
    let (now, before) = (&fresh.meta.uid, &spec.set.meta.uid);
    if now != before {
        return Err(format!(
            "original StatefulSet {}/{} is gone: got uid {now}, wanted {before}",
            key.namespace, key.name
        ));
    }
    match fresh.meta.deletion_timestamp {
        Some(at) => Err(format!("{}/{} has just been deleted at {}", key.namespace, key.name, at.rfc3339())),
        None => Ok(()),
    }
}

/// Makes the set the pod's controller. `Ok(false)` if the pod is gone.
pub fn adopt(cluster: &mut Cluster, spec: &SetSpec, pod: &Key) -> Result<bool, StatefulSetError> {
    if let Err(why) = can_adopt(cluster, spec) {
        let uid = cluster.get(pod).map(|pod| pod.meta.uid.clone()).unwrap_or_default();
        let text = format!("can't adopt Pod {}/{} ({uid}): {why}", pod.namespace, pod.name);
        return Err(StatefulSetError::new(text));
    }
    let adopted = cluster.modify(pod, |pod| {
        Rc::make_mut(&mut pod.meta.owner_references).push(spec.owner.clone());
    });
    gone_is_fine(adopted)
}

/// Takes the set's owner reference off a pod. `Ok(false)` if the pod is gone.
pub fn release(cluster: &mut Cluster, spec: &SetSpec, pod: &Key) -> Result<bool, StatefulSetError> {
    let uid = &spec.set.meta.uid;
    let released = cluster.modify(pod, |pod| {
        Rc::make_mut(&mut pod.meta.owner_references).retain(|owner| owner.uid != *uid);
    });
    gone_is_fine(released)
}

fn gone_is_fine(answer: Result<Rc<Object>, ApiError>) -> Result<bool, StatefulSetError> {
    match answer {
        Ok(_) => Ok(true),
        Err(ApiError::NotFound { kind: Kind::Pod, .. } | ApiError::Invalid { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
