//! The scheduler's view of claims and volumes: which nodes a pod's data allows, and claims that wait for the node, which it
//! writes to once the node is chosen (before the pod is bound to it).
//!
//! Follows pkg/scheduler/framework/plugins/volumebinding.

use super::node_match::node_terms_match;
use crate::cluster::{Cluster, quantity_at};
use crate::controllers::Ctx;
use crate::model::claim::{access_modes, claim_reference, class_name, is_bound, volume_of};
use crate::model::conditions::phase;
use crate::model::pod::{claims_of, ephemeral_claim};
use crate::model::volume::{claim_reference_of, claim_uid};
use crate::model::{Key, Kind, Object, Text, pod, selector_matches};
use std::rc::Rc;

/// Says which node a claim's first consumer gets.
pub const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// A pod's claims as the filters need them.
#[derive(Default)]
pub(in crate::controllers) struct Claims {
    /// The volumes of bound claims.
    pub bound: Vec<Rc<Object>>,
    /// The claims that wait for a node.
    pub waiting: Vec<Rc<Object>>,
    /// Claims that one pod alone may use.
    pub exclusive: Vec<Key>,
}

/// Whether a claim may have, or get, the volume.
pub(in crate::controllers) fn may_be_used(volume: &Object) -> bool {
    !volume.meta.is_terminating() && !matches!(phase(volume), "Released" | "Failed")
}

/// Whether all claims of a pod are bound.
pub(in crate::controllers) fn are_all_bound(cluster: &Cluster, pod: &Object) -> bool {
    claims_of(pod).iter().all(|key| cluster.get(key).is_some_and(|claim| is_bound(claim)))
}

/// Looks up a pod's claims.
///
/// # Errors
/// Says why no node can be considered at all.
pub(in crate::controllers) fn prefilter(cluster: &Cluster, pod: &Object) -> Result<Claims, String> {
    let mut claims = Claims::default();
    let mut has_unbound_immediate = false;
    for key in claims_of(pod) {
        let mut volumes = pod::volumes(pod).iter();
        let is_ephemeral = volumes.any(|volume| ephemeral_claim(pod, volume).as_ref() == Some(&key));
        let Some(claim) = cluster.get(&key) else {
            let waits = "waiting for ephemeral volume controller to create the ";
            let waits = if is_ephemeral { waits } else { "" };
            let why = if is_ephemeral { "" } else { " not found" };
            return Err(format!("{waits}persistentvolumeclaim \"{}\"{why}", key.name));
        };
        if is_ephemeral && claim.meta.controller().is_none_or(|owner| owner.uid != pod.meta.uid) {
            let (claim, pod) = (&claim.meta, &pod.meta);
            return Err(format!(
                "PVC {}/{} was not created for pod {}/{} (pod is not owner)",
                claim.namespace, claim.name, pod.namespace, pod.name
            ));
        }
        let volume_name = volume_of(claim);
        let volume = cluster.find(Kind::PersistentVolume, &Text::default(), &volume_name);
        if phase(claim) == "Lost" || (is_bound(claim) && volume.is_none()) {
            let name = &key.name;
            return Err(format!(
                "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume_name}\""
            ));
        }
        if claim.meta.is_terminating() {
            return Err(format!("persistentvolumeclaim \"{}\" is being deleted", key.name));
        }
        if access_modes(claim).iter().any(|mode| mode.as_str() == Some("ReadWriteOncePod")) {
            claims.exclusive.push(key);
        }
        match volume {
            Some(volume) if is_bound(claim) => claims.bound.push(Rc::clone(volume)),
            _ if waits_for_consumer(cluster, claim) && volume_name.is_empty() => claims.waiting.push(Rc::clone(claim)),
            _ => has_unbound_immediate = true,
        }
    }
    match has_unbound_immediate {
        true => Err("pod has unbound immediate PersistentVolumeClaims".to_string()),
        false => Ok(claims),
    }
}

/// Whether the claim's class lets volumes wait for the pod's node.
pub(in crate::controllers) fn waits_for_consumer(cluster: &Cluster, claim: &Object) -> bool {
    class_of(cluster, claim).is_some_and(|class| class.str_at(&["volumeBindingMode"]) == "WaitForFirstConsumer")
}

fn class_of<'a>(cluster: &'a Cluster, claim: &Object) -> Option<&'a Rc<Object>> {
    let name = Text::new(class_name(claim));
    cluster.find(Kind::StorageClass, &Text::default(), &name)
}

/// Whether a volume may be used on a node.
pub(in crate::controllers) fn volume_allows(volume: &Object, node: &Object) -> bool {
    let Some(required) = volume.at(&["spec", "nodeAffinity", "required"]) else { return true };
    node_terms_match(required.list_at(&["nodeSelectorTerms"]), node)
}

/// Whether a claim that waits for a node can get a volume there. One that got its node already, for another pod, can get
/// it nowhere else.
///
/// Follows `FindPodVolumes`.
pub(in crate::controllers) fn can_provide(cluster: &Cluster, claim: &Object, node: &Object) -> bool {
    if let Some(selected) = claim.meta.annotations.get(SELECTED_NODE) {
        return *selected == node.meta.name;
    }
    if let Some(kept) = kept_volume(cluster, claim) {
        return volume_allows(kept, node);
    }
    static_volume(cluster, claim, node).is_some()
        || class_of(cluster, claim)
            .is_some_and(|class| !matches!(class.str_at(&["provisioner"]), "" | "kubernetes.io/no-provisioner"))
}

/// The volume that is kept for a claim that does not have it yet.
fn kept_volume<'a>(cluster: &'a Cluster, claim: &Object) -> Option<&'a Rc<Object>> {
    let is_its = |volume: &&Rc<Object>| matches!(claim_uid(volume), "") || claim_uid(volume) == claim.meta.uid.as_str();
    cluster.volumes_kept_for(&claim.key()).find(is_its)
}

/// The first of a pod's volumes that may not be used on a node.
pub(in crate::controllers) fn misplaced(cluster: &Cluster, pod: &Object, node: &Text) -> Option<Text> {
    let node = cluster.find(Kind::Node, &Text::default(), node)?;
    let claims = prefilter(cluster, pod).ok()?;
    let volume = claims.bound.iter().find(|volume| !volume_allows(volume, node))?;
    Some(volume.meta.name.clone())
}

/// The smallest free volume that fits the claim and the node.
fn static_volume(cluster: &Cluster, claim: &Object, node: &Object) -> Option<Rc<Object>> {
    let fitting = cluster.free_volumes().filter(|volume| is_candidate(volume, claim) && volume_allows(volume, node));
    fitting.min_by_key(|volume| quantity_at(volume, &["spec", "capacity", "storage"])).cloned()
}

/// Whether a free volume fits a claim, whatever the node.
pub fn is_candidate(volume: &Object, claim: &Object) -> bool {
    let modes = access_modes(volume);
    let mode = |object: &Object| match object.str_at(&["spec", "volumeMode"]) {
        "" => "Filesystem".to_string(),
        mode => mode.to_string(),
    };
    phase(volume) == "Available"
        && claim_reference_of(volume).is_none()
        && !volume.meta.is_terminating()
        && class_name(volume) == class_name(claim)
        && mode(volume) == mode(claim)
        && access_modes(claim).iter().all(|mode| modes.contains(mode))
        && claim.at(&["spec", "selector"]).is_none_or(|s| s.is_null() || selector_matches(s, &volume.meta.labels))
        && quantity_at(volume, &["spec", "capacity", "storage"])
            >= quantity_at(claim, &["spec", "resources", "requests", "storage"])
}

/// Asks for volumes on the chosen node for the claims that waited for it. Says whether there are any.
///
/// Follows `BindPodVolumes`.
pub(in crate::controllers) fn bind_pod_volumes(ctx: &mut Ctx<'_>, pod: &Object, node_name: &Text) -> bool {
    let Ok(claims) = prefilter(ctx.cluster, pod) else { return false };
    let Some(node) = ctx.cluster.find(Kind::Node, &Text::default(), node_name).cloned() else { return false };
    for claim in &claims.waiting {
        if claim.meta.annotations.contains_key(SELECTED_NODE) || kept_volume(ctx.cluster, claim).is_some() {
            // Another pod asked for it already.
            continue;
        }
        match static_volume(ctx.cluster, claim, &node) {
            Some(volume) => {
                let reference = claim_reference(claim);
                _ = ctx.cluster.modify(&volume.key(), |volume| {
                    volume.set_at(&["spec", "claimRef"], reference);
                    volume.meta.annotations.insert("pv.kubernetes.io/bound-by-controller", "yes".into());
                });
            }
            None => {
                _ = ctx.cluster.modify(&claim.key(), |claim| {
                    claim.meta.annotations.insert(SELECTED_NODE, node_name.clone());
                });
            }
        }
    }
    !claims.waiting.is_empty()
}
