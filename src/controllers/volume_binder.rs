//! Binds claims to volumes and keeps their phases; makes and removes no volume itself.
//!
//! Follows pkg/controller/volume/persistentvolume.

use super::scheduler::volumes::{SELECTED_NODE, is_candidate};
use super::{Controller, ControllerId, Ctx, Facts, Outcome, Timers, Work};
use crate::cluster::default_class;
use crate::cluster::{Change, Cluster, DeleteOptions, Verb, quantity_at};
use crate::model::claim::{
    BIND_COMPLETED, PROVISIONER, PROVISIONER_BETA, access_modes, claim_reference, class_name, is_bound, volume_name,
    volume_of,
};
use crate::model::conditions::phase;
use crate::model::pod::node_of;
use crate::model::volume::{claim_of_volume, claim_uid, reclaim_policy};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The binder keeps nothing: everything stands in the objects.
#[derive(Clone, Debug, Default)]
pub struct VolumeBinder {}

const SOURCE: &str = "persistentvolume-controller";
/// Says that the binder chose the volume.
const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
/// Who made a volume for a claim.
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";
/// How long the binder takes to look at a new claim.
const CLAIM_DELAY: Millis = Millis(30);
/// How long the binder takes to look at a new volume that nobody has: it is free before the next request comes.
const VOLUME_DELAY: Millis = Millis(3);
/// How long it takes to look at one that was made for a claim.
const MADE_VOLUME_DELAY: Millis = Millis(60);
/// How often the binder looks at all claims that are not bound yet.
const RESYNC: Millis = Millis::seconds(15);
/// Looks at all claims that are not bound yet.
const TASK_RESYNC: &str = "resync";

impl Controller for VolumeBinder {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        if change.kind() == Kind::PersistentVolumeClaim && change.verb != Verb::Deleted && !is_bound(object) {
            plan_resync(change.at, timers);
        }
        match (change.kind(), change.verb) {
            (Kind::PersistentVolumeClaim, Verb::Deleted) => {
                let volume = volume_of(object);
                if !volume.is_empty() {
                    timers.add(change.at, work(Key::new(Kind::PersistentVolume, "", volume)));
                }
            }
            (Kind::PersistentVolumeClaim, Verb::Added) => {
                // Before the scheduler chooses a node, or after its first attempt.
                let waits = super::scheduler::volumes::waits_for_consumer(cluster, object);
                let delay = if waits { Millis::ZERO } else { CLAIM_DELAY };
                timers.add(change.at + delay, work(object.key()));
            }
            (Kind::PersistentVolumeClaim, _) => timers.add(change.at, work(object.key())),
            (Kind::PersistentVolume, Verb::Deleted) => match claim_of_volume(object) {
                Some(claim) => timers.add(change.at, work(claim)),
                // Its claim is looked at with all the others.
                None => {
                    let claims = cluster.list(Kind::PersistentVolumeClaim);
                    let bound = claims.filter(|claim| volume_name(claim) == object.meta.name.as_str());
                    bound.for_each(|claim| timers.add(next_resync(change.at), work(claim.key())));
                }
            },
            (Kind::PersistentVolume, verb) => {
                let delay = match (verb, claim_of_volume(object)) {
                    (Verb::Added, Some(_)) => MADE_VOLUME_DELAY,
                    (Verb::Added, None) => VOLUME_DELAY,
                    _ => Millis::ZERO,
                };
                let is_settled = change
                    .old
                    .as_ref()
                    .is_some_and(|old| old.body.get("spec") == object.body.get("spec") && phase(object) == "Bound");
                if !is_settled {
                    timers.add(change.at + delay, work(object.key()));
                }
                // Whose volume has come unbound is bound to it again.
                let lost = change.old.as_ref().and_then(|old| claim_of_volume(old));
                if let Some(claim) = lost.filter(|_| claim_of_volume(object).is_none()) {
                    timers.add(next_resync(change.at), work(claim));
                }
            }
            (Kind::StorageClass, Verb::Added | Verb::Modified) => {
                for claim in cluster.list(Kind::PersistentVolumeClaim).filter(|claim| !is_bound(claim)) {
                    timers.add(change.at, work(claim.key()));
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        if work.task == TASK_RESYNC {
            return resync(ctx);
        }
        let Some(object) = ctx.cluster.get(&work.key).cloned() else { return };
        match work.key.kind {
            Kind::PersistentVolume => sync_volume(ctx, &object),
            _ if is_bound(&object) => sync_bound_claim(ctx, &object),
            _ => sync_unbound_claim(ctx, &object),
        }
    }
}

fn work(key: Key) -> Work {
    Work { controller: ControllerId::VolumeBinder, key, task: "" }
}

/// When the controller looks at all claims next: its clock ticks from the cluster's start on.
fn next_resync(now: Millis) -> Millis {
    Millis((now.0.div_euclid(RESYNC.0) + 1) * RESYNC.0)
}

/// Asks for the next look at the claims that are not bound.
fn plan_resync(now: Millis, timers: &mut Timers) {
    let next = next_resync(now);
    let key = Key::new(Kind::PersistentVolumeClaim, "", "");
    timers.add(next, Work { controller: ControllerId::VolumeBinder, key, task: TASK_RESYNC });
}

/// A volume that came or was freed meanwhile is found here, and what keeps a claim waiting is told again.
fn resync(ctx: &mut Ctx<'_>) {
    let claims = ctx.cluster.list(Kind::PersistentVolumeClaim).filter(|claim| !is_bound(claim));
    let keys: Vec<Key> = claims.map(|claim| claim.key()).collect();
    for key in &keys {
        ctx.timers.add(ctx.cluster.now(), work(key.clone()));
    }
    if !keys.is_empty() {
        plan_resync(ctx.now(), ctx.timers);
    }
}

/// Whether a volume is kept for this very claim.
fn is_kept_for(volume: &Object, claim: &Object) -> bool {
    let uid = claim_uid(volume);
    claim_of_volume(volume).is_some_and(|key| key == claim.key()) && (uid.is_empty() || claim.meta.uid == uid)
}

fn sync_unbound_claim(ctx: &mut Ctx<'_>, claim: &Rc<Object>) {
    if claim.meta.is_terminating() {
        return;
    }
    let name = volume_of(claim);
    if !name.is_empty() {
        return sync_claim_with_name(ctx, claim, &name);
    }
    let class = Text::new(class_name(claim));
    let has_no_class = class.is_empty() && claim.at(&["spec", "storageClassName"]).is_none_or(Value::is_null);
    let default = if has_no_class { default_class(ctx.cluster).map(|class| class.meta.name.clone()) } else { None };
    if let Some(class) = default {
        _ = ctx.cluster.modify(&claim.key(), |claim| claim.set_at(&["spec", "storageClassName"], class));
        return;
    }
    let waits = super::scheduler::volumes::waits_for_consumer(ctx.cluster, claim)
        && !claim.meta.annotations.contains_key(SELECTED_NODE);
    match best_volume(ctx.cluster, claim) {
        Some(volume) if !waits || is_kept_for(&volume, claim) => bind(ctx, &volume, claim),
        _ if waits => tell_waiting(ctx, claim),
        _ if class.is_empty() => {
            let text = "no persistent volumes available for this claim and no storage class is set";
            ctx.event(claim, SOURCE, false, "FailedBinding", text);
            record(ctx, claim, "volume-binder.no-class", Outcome::Waits, Vec::new);
        }
        _ => ask_provisioner(ctx, claim, &class),
    }
}

/// The volume kept for the claim, or else the smallest of those that allow exactly what the claim asks for, or else the
/// smallest that fits. Follows `findMatchingVolume`.
fn best_volume(cluster: &Cluster, claim: &Object) -> Option<Rc<Object>> {
    let key = claim.key();
    let kept = cluster.volumes_kept_for(&key).find(|volume| is_kept_for(volume, claim));
    // The first look at a claim comes before whatever is made behind it.
    let is_first = cluster.now() <= claim.meta.created + CLAIM_DELAY;
    let is_there = |volume: &Object| !is_first || volume.meta.created <= claim.meta.created;
    let smallest = || {
        let free = cluster.free_volumes().filter(|volume| is_there(volume) && is_candidate(volume, claim));
        free.min_by_key(|volume| {
            (!has_same_modes(volume, claim), quantity_at(volume, &["spec", "capacity", "storage"]))
        })
    };
    kept.or_else(smallest).cloned()
}

/// Whether a volume allows what the claim asks for and nothing else.
fn has_same_modes(volume: &Object, claim: &Object) -> bool {
    let (offered, asked) = (access_modes(volume), access_modes(claim));
    offered.len() == asked.len() && asked.iter().all(|mode| offered.contains(mode))
}

fn tell_waiting(ctx: &mut Ctx<'_>, claim: &Object) {
    let pods = ctx.cluster.pods_using(&claim.key()).filter_map(|key| ctx.cluster.get(key));
    // A pod that was made together with its claim comes after it.
    let is_waiting = |pod: &&Rc<Object>| node_of(pod).is_empty() && pod.meta.created > claim.meta.created;
    let names: Vec<&str> = pods.filter(is_waiting).map(|pod| pod.meta.name.as_str()).collect();
    if names.is_empty() {
        let text = "waiting for first consumer to be created before binding";
        ctx.event(claim, SOURCE, false, "WaitForFirstConsumer", text);
    } else {
        let noun = if names.len() == 1 { "pod" } else { "pods" };
        let text = format!("waiting for {noun} {} to be scheduled", names.join(","));
        ctx.event(claim, SOURCE, false, "WaitForPodScheduled", text);
    }
    record(ctx, claim, "volume-binder.waits-for-consumer", Outcome::Waits, Vec::new);
}

fn ask_provisioner(ctx: &mut Ctx<'_>, claim: &Rc<Object>, class: &Text) {
    let Some(found) = ctx.cluster.find(Kind::StorageClass, &Text::default(), class) else {
        let text = format!("storageclass.storage.k8s.io \"{class}\" not found");
        ctx.event(claim, SOURCE, true, "ProvisioningFailed", text);
        return record(ctx, claim, "volume-binder.class-missing", Outcome::Waits, || vec![("class", class.clone())]);
    };
    let provisioner = Text::new(found.str_at(&["provisioner"]));
    if provisioner == "kubernetes.io/no-provisioner" {
        let text = "no volume plugin matched name: kubernetes.io/no-provisioner";
        return ctx.event(claim, SOURCE, true, "ProvisioningFailed", text);
    }
    let is_asked = claim.meta.annotation(PROVISIONER) == provisioner.as_str();
    let text = format!(
        "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the \
         system administrator. If volume creation is delayed, please verify that the provisioner is running and \
         correctly registered."
    );
    // Other looks at a claim that is asked for already tell nothing.
    if !is_asked || ctx.now().0.rem_euclid(RESYNC.0) == 0 {
        ctx.event(claim, SOURCE, false, "ExternalProvisioning", text);
    }
    if is_asked {
        return;
    }
    let mut next = Object::clone(claim);
    next.meta.annotations.insert(PROVISIONER_BETA, provisioner.clone());
    next.meta.annotations.insert(PROVISIONER, provisioner.clone());
    record(ctx, claim, "volume-binder.asks-provisioner", Outcome::Acts, || vec![("provisioner", provisioner)]);
    _ = ctx.cluster.replace(next);
}

/// The claim names its volume itself.
fn sync_claim_with_name(ctx: &mut Ctx<'_>, claim: &Rc<Object>, name: &Text) {
    let Some(volume) = ctx.cluster.find(Kind::PersistentVolume, &Text::default(), name).cloned() else { return };
    if claim_of_volume(&volume).is_some() && !is_kept_for(&volume, claim) {
        let text = format!("volume \"{name}\" already bound to a different claim.");
        return ctx.event(claim, SOURCE, true, "FailedBinding", text);
    }
    let modes = access_modes(&volume);
    let size = |object: &Object, path: &[&str]| quantity_at(object, path);
    let problem = if size(claim, &["spec", "resources", "requests", "storage"])
        > size(&volume, &["spec", "capacity", "storage"])
    {
        Some("requested PV is too small")
    } else if class_name(claim) != class_name(&volume) {
        Some("storageClassName does not match")
    } else if !access_modes(claim).iter().all(|mode| modes.contains(mode)) {
        Some("incompatible accessMode")
    } else {
        None
    };
    match problem {
        Some(problem) => {
            let text = format!("Cannot bind to requested volume \"{name}\": {problem}");
            ctx.event(claim, SOURCE, true, "VolumeMismatch", text);
        }
        None => bind(ctx, &volume, claim),
    }
}

fn sync_bound_claim(ctx: &mut Ctx<'_>, claim: &Rc<Object>) {
    let name = volume_of(claim);
    match ctx.cluster.find(Kind::PersistentVolume, &Text::default(), &name).cloned() {
        Some(volume) if claim_of_volume(&volume).is_none() || is_kept_for(&volume, claim) => {
            if phase(claim) != "Bound" || phase(&volume) != "Bound" {
                bind(ctx, &volume, claim);
            }
        }
        _ if phase(claim) == "Lost" => {}
        _ => {
            let mut next = Object::clone(claim);
            next.set_at(&["status"], obj! { "phase" => "Lost" });
            _ = ctx.cluster.replace(next);
            let text = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
            ctx.event(claim, SOURCE, true, "ClaimLost", text);
            record(ctx, claim, "volume-binder.claim-lost", Outcome::Acts, || vec![("volume", name)]);
        }
    }
}

/// Ties volume and claim together: the volume first, then the claim, each with its status after it.
fn bind(ctx: &mut Ctx<'_>, volume: &Rc<Object>, claim: &Rc<Object>) {
    let mut next = Object::clone(volume);
    if claim_uid(volume) != claim.meta.uid.as_str() {
        if claim_of_volume(volume).is_none() {
            next.meta.annotations.insert(BOUND_BY_CONTROLLER, "yes".into());
        }
        next.set_at(&["spec", "claimRef"], claim_reference(claim));
    }
    let Ok(volume) = ctx.cluster.replace(next) else { return };
    set_volume_phase(ctx, &volume, "Bound");
    let mut next = Object::clone(claim);
    if volume_name(claim).is_empty() {
        next.set_at(&["spec", "volumeName"], &volume.meta.name);
        next.meta.annotations.insert(BOUND_BY_CONTROLLER, "yes".into());
    }
    next.meta.annotations.insert(BIND_COMPLETED, "yes".into());
    let Ok(bound) = ctx.cluster.replace(next) else { return };
    if bound.meta.resource_version != claim.meta.resource_version {
        // The status follows with the next look at the claim, so that watchers see both writes.
        return;
    }
    let mut next = Object::clone(&bound);
    let mut status = obj! { "phase" => "Bound" };
    status.set_at(&["accessModes"], volume.at(&["spec", "accessModes"]).cloned().unwrap_or_default());
    status.set_at(&["capacity"], volume.at(&["spec", "capacity"]).cloned().unwrap_or_default());
    next.set_at(&["status"], status);
    record(ctx, claim, "volume-binder.bound", Outcome::Acts, || vec![("volume", volume.meta.name.clone())]);
    _ = ctx.cluster.replace(next);
}

fn set_volume_phase(ctx: &mut Ctx<'_>, volume: &Rc<Object>, wanted: &'static str) {
    if phase(volume) == wanted {
        return;
    }
    let mut next = Object::clone(volume);
    next.set_at(&["status"], obj! { "lastPhaseTransitionTime" => ctx.now().rfc3339(), "phase" => wanted });
    _ = ctx.cluster.replace(next);
}

fn sync_volume(ctx: &mut Ctx<'_>, volume: &Rc<Object>) {
    let Some(key) = claim_of_volume(volume) else { return set_volume_phase(ctx, volume, "Available") };
    let uid = claim_uid(volume);
    let claim = ctx.cluster.get(&key).filter(|claim| uid.is_empty() || claim.meta.uid == uid).cloned();
    match claim {
        None if uid.is_empty() => set_volume_phase(ctx, volume, "Available"),
        None => match phase(volume) {
            "Failed" => {}
            "Released" => reclaim(ctx, volume),
            _ => set_volume_phase(ctx, volume, "Released"),
        },
        Some(claim) if volume_name(&claim) == volume.meta.name.as_str() => {
            if is_bound(&claim) {
                set_volume_phase(ctx, volume, "Bound");
            } else {
                ctx.enqueue(ControllerId::VolumeBinder, key);
            }
        }
        Some(claim) if volume_name(&claim).is_empty() => {
            if uid.is_empty() || phase(volume) == "Pending" {
                // A volume that somebody reserved counts as free until the claim takes it.
                if uid.is_empty() {
                    set_volume_phase(ctx, volume, "Available");
                }
            }
            ctx.enqueue(ControllerId::VolumeBinder, key);
        }
        // The claim took another volume.
        Some(_) if volume.meta.annotations.contains_key("pv.kubernetes.io/provisioned-by") => {
            set_volume_phase(ctx, volume, "Released");
        }
        Some(_) => {
            let mut next = Object::clone(volume);
            next.remove_at(&["spec", "claimRef"]);
            next.meta.annotations.remove(BOUND_BY_CONTROLLER);
            _ = ctx.cluster.replace(next);
        }
    }
}

/// Deletes a volume that nobody uses any more, if its kind of volume can be deleted from here; whoever provisioned a
/// volume deletes it himself.
///
/// Follows `deleteVolumeOperation` in pkg/controller/volume/persistentvolume and the deleter of pkg/volume/hostpath.
fn reclaim(ctx: &mut Ctx<'_>, volume: &Rc<Object>) {
    let is_deleted = reclaim_policy(volume) == "Delete";
    if !is_deleted || volume.meta.is_terminating() || volume.meta.annotations.contains_key(PROVISIONED_BY) {
        return;
    }
    let name = &volume.meta.name;
    let why = match volume.at(&["spec", "hostPath"]) {
        Some(source) => {
            let path = source.str_at(&["path"]);
            if path.split_once("/tmp/").is_some_and(|(_, rest)| !rest.is_empty()) {
                _ = ctx.cluster.delete(&volume.key(), &DeleteOptions::BACKGROUND);
                return;
            }
            format!("host_path deleter only supports /tmp/.+ but received provided {path}")
        }
        None => {
            format!("error getting deleter volume plugin for volume \"{name}\": no deletable volume plugin matched")
        }
    };
    let mut next = Object::clone(volume);
    let since = ctx.now().rfc3339();
    next.set_at(
        &["status"],
        obj! { "lastPhaseTransitionTime" => since, "message" => Text::from(why.clone()), "phase" => "Failed" },
    );
    if ctx.cluster.replace(next).is_ok() {
        ctx.event(volume, SOURCE, true, "VolumeFailedDelete", why);
    }
}

fn record(ctx: &mut Ctx<'_>, claim: &Object, rule: &'static str, outcome: Outcome, facts: impl FnOnce() -> Facts) {
    ctx.decide_about(ControllerId::VolumeBinder, ("claim", &claim.key()), rule, outcome, facts);
}
