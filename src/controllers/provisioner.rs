//! The storage backends: make volumes for claims, remove released ones, enlarge them. Binds nothing.
//!
//! Follows controller/controller.go of sig-storage-lib-external-provisioner, and for growth pkg/controller/controller.go of
//! external-resizer.

use super::scheduler::volumes::{SELECTED_NODE, waits_for_consumer};
use super::unknown_programs::{provisioner_pod, runs_unknown};
use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb, quantity_at};
use crate::model::claim::{PROVISIONER, claim_reference, class_name, is_bound, volume_name, volume_of};
use crate::model::conditions::phase;
use crate::model::node::{HOSTNAME, ZONE};
use crate::model::pod::containers;
use crate::model::volume::reclaim_policy;
use crate::model::{Key, Kind, Object, Text};
use crate::sorted::SharedSet;
use crate::world::{ClassProfile, KubeletKind};
use crate::{list, obj};
use std::rc::Rc;

/// The claims that are being worked on.
#[derive(Clone, Debug, Default)]
pub struct Provisioner {
    busy: Rc<SharedSet<Text>>,
    /// Claims whose provisioner does not run, until a pod may bring it.
    waiting: Rc<SharedSet<Key>>,
}

const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";
const TASK_MAKE: &str = "make";
const TASK_RECLAIM: &str = "reclaim";
const TASK_GROW: &str = "grow";

impl Controller for Provisioner {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        if change.verb == Verb::Deleted {
            return;
        }
        match change.kind() {
            Kind::PersistentVolumeClaim => {
                let is_new = is_wanted(cluster, object) && !self.busy.contains(&object.meta.uid);
                if is_new || wants_to_grow(object) {
                    timers.add(change.at, work(&object.key(), ""));
                }
            }
            Kind::PersistentVolume if is_reclaimable(object) => timers.add(change.at, work(&object.key(), "")),
            // It may bring what claims wait for.
            Kind::Pod | Kind::ClusterRole | Kind::ClusterRoleBinding
                if !self.waiting.is_empty() && may_bring_provisioner(change, cluster) =>
            {
                for key in std::mem::take(Rc::make_mut(&mut self.waiting)) {
                    timers.add(change.at, work(&key, ""));
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(object) = ctx.cluster.get(&work.key).cloned() else { return };
        match (work.key.kind, work.task) {
            (Kind::PersistentVolume, TASK_RECLAIM) if is_reclaimable(&object) => {
                _ = ctx.cluster.delete(&work.key, &DeleteOptions::BACKGROUND);
            }
            (Kind::PersistentVolume, TASK_RECLAIM) => {}
            (Kind::PersistentVolume, _) => reclaim_later(ctx, &object),
            (_, TASK_MAKE) => self.make(ctx, &object),
            (_, TASK_GROW) => grow(ctx, &object),
            _ if is_wanted(ctx.cluster, &object) => self.begin(ctx, &object),
            _ if wants_to_grow(&object) => grow_later(ctx, &object),
            _ => {}
        }
    }
}

/// Whether a pod begins to run with a program that is unknown here, or somebody may do more than before.
fn may_bring_provisioner(change: &Change, cluster: &Cluster) -> bool {
    if change.kind() != Kind::Pod {
        return true;
    }
    let is_new = change.old.as_ref().is_none_or(|old| phase(old) != "Running");
    let mut specs = containers(&change.object).iter();
    is_new && phase(&change.object) == "Running" && specs.any(|spec| runs_unknown(cluster, &change.object, spec))
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Provisioner, key: key.clone(), task }
}

/// Whether somebody waits for the claim's volume.
fn is_wanted(cluster: &Cluster, claim: &Object) -> bool {
    !claim.meta.annotation(PROVISIONER).is_empty()
        && volume_name(claim).is_empty()
        && !claim.meta.is_terminating()
        && (claim.meta.annotations.contains_key(SELECTED_NODE) || !waits_for_consumer(cluster, claim))
}

fn is_reclaimable(volume: &Object) -> bool {
    phase(volume) == "Released"
        && reclaim_policy(volume) == "Delete"
        && volume.meta.annotations.contains_key(PROVISIONED_BY)
        && !volume.meta.is_terminating()
}

fn wants_to_grow(claim: &Object) -> bool {
    let (request, capacity) = (
        quantity_at(claim, &["spec", "resources", "requests", "storage"]),
        quantity_at(claim, &["status", "capacity", "storage"]),
    );
    is_bound(claim) && !capacity.is_zero() && request > capacity
}

/// Why what a claim is to be filled from is not there; snapshots are not in this lab. In the words of the external
/// provisioner.
fn missing_source(cluster: &Cluster, claim: &Object) -> Option<String> {
    let source = |field: &str| claim.at(&["spec", field]).filter(|source| !source.is_null());
    let source = source("dataSourceRef").or_else(|| source("dataSource"))?;
    let (kind, name) = (source.str_at(&["kind"]), source.str_at(&["name"]));
    let handle = format!("error getting handle for DataSource Type {kind} by Name {name}: ");
    match kind {
        "PersistentVolumeClaim" => {
            let key = Key::new(Kind::PersistentVolumeClaim, claim.meta.namespace.clone(), Text::new(name));
            let why =
                format!("error getting PVC {name} (namespace {:?}) from api server: ", claim.meta.namespace.as_str());
            let is_missing = cluster.get(&key).is_none();
            is_missing.then(|| format!("{handle}{why}persistentvolumeclaims \"{name}\" not found"))
        }
        "VolumeSnapshot" => {
            let why = format!("error getting snapshot {name} from api server: ");
            Some(format!("{handle}{why}volumesnapshots.snapshot.storage.k8s.io \"{name}\" not found"))
        }
        _ => None,
    }
}

fn reclaim_later(ctx: &mut Ctx<'_>, volume: &Object) {
    let provisioner = volume.meta.annotation(PROVISIONED_BY);
    if profile_of(ctx, "", provisioner).is_some() {
        let at = ctx.now() + ctx.environment.delays.reclaim;
        ctx.timers.add(at, work(&volume.key(), TASK_RECLAIM));
    }
}

fn grow_later(ctx: &mut Ctx<'_>, claim: &Rc<Object>) {
    if ctx.timers.due_at(&work(&claim.key(), TASK_GROW)).is_some() {
        return;
    }
    ctx.event(
        claim,
        "volume_expand",
        false,
        "ExternalExpanding",
        "waiting for an external controller to expand this PVC",
    );
    if ctx.environment.kubelet == KubeletKind::Real {
        let at = ctx.now() + ctx.environment.delays.resize;
        ctx.timers.add(at, work(&claim.key(), TASK_GROW));
    }
}

/// Enlarges volume and file system at once, as a driver does whose volumes are in use.
fn grow(ctx: &mut Ctx<'_>, claim: &Rc<Object>) {
    if !wants_to_grow(claim) {
        return;
    }
    let name = volume_of(claim);
    let size = claim.at(&["spec", "resources", "requests", "storage"]).cloned().unwrap_or_default();
    let volume = Key::new(Kind::PersistentVolume, "", name.clone());
    let wanted = size.clone();
    if ctx.cluster.modify(&volume, |volume| volume.set_at(&["spec", "capacity", "storage"], wanted)).is_err() {
        return;
    }
    let users: Vec<_> = ctx.cluster.pods_using(&claim.key()).filter_map(|key| ctx.cluster.get(key)).cloned().collect();
    let node = users.first().map_or(Text::default(), |pod| crate::model::pod::node_of(pod));
    let text = format!("MountVolume.NodeExpandVolume succeeded for volume \"{name}\" {node}");
    for object in users.iter().chain([claim]) {
        ctx.event(object, "kubelet", false, "FileSystemResizeSuccessful", text.clone());
    }
    _ = ctx.cluster.modify(&claim.key(), |claim| claim.set_at(&["status", "capacity", "storage"], size));
}

/// Who makes the volumes of a provisioner: one of the cluster's own, or a pod whose program is unknown here.
fn profile_of(ctx: &Ctx<'_>, class: &str, provisioner: &str) -> Option<ClassProfile> {
    if let Some(profile) = ctx.environment.provisioner(class, provisioner) {
        return Some(profile.clone());
    }
    let pod = provisioner_pod(ctx.cluster, provisioner)?;
    Some(ClassProfile {
        name: Text::new(class),
        provisioner: Text::new(provisioner),
        identity: format!("{provisioner}_{}_{}", pod.meta.name, pod.meta.uid).into(),
        is_default: false,
        waits_for_consumer: false,
        allows_expansion: true,
        is_zonal: false,
        // What is no driver of CSI has its volumes on nodes or behind servers.
        is_attachable: !provisioner.contains('/'),
    })
}

impl Provisioner {
    fn begin(&mut self, ctx: &mut Ctx<'_>, claim: &Rc<Object>) {
        let class = class_name(claim);
        let provisioner = claim.meta.annotation(PROVISIONER);
        let Some(profile) = profile_of(ctx, class, provisioner) else {
            Rc::make_mut(&mut self.waiting).insert(claim.key());
            return;
        };
        if self.busy.contains(&claim.meta.uid) {
            return;
        }
        if let Some(why) = missing_source(ctx.cluster, claim) {
            let text = format!("failed to provision volume with StorageClass \"{class}\": {why}");
            ctx.event(claim, profile.identity.clone(), true, "ProvisioningFailed", text);
            return;
        }
        Rc::make_mut(&mut self.busy).insert(claim.meta.uid.clone());
        let text = format!(
            "External provisioner is provisioning volume for claim \"{}/{}\"",
            claim.meta.namespace, claim.meta.name
        );
        ctx.event(claim, profile.identity.clone(), false, "Provisioning", text);
        let delay = ctx.cluster.runtime().slow_provisioning().unwrap_or(ctx.environment.delays.provision);
        let at = ctx.now() + delay;
        ctx.timers.add(at, work(&claim.key(), TASK_MAKE));
    }

    fn make(&mut self, ctx: &mut Ctx<'_>, claim: &Rc<Object>) {
        Rc::make_mut(&mut self.busy).remove(&claim.meta.uid);
        if !is_wanted(ctx.cluster, claim) {
            return;
        }
        let class_name = Text::new(class_name(claim));
        let Some(class) = ctx.cluster.find(Kind::StorageClass, &Text::default(), &class_name).cloned() else { return };
        let provisioner = Text::new(class.str_at(&["provisioner"]));
        let Some(profile) = profile_of(ctx, &class_name, &provisioner) else { return };
        let volume = volume_for(ctx, claim, &class, &profile);
        let name = volume.meta.name.clone();
        if ctx.cluster.create(volume).is_ok() {
            let text = format!("Successfully provisioned volume {name}");
            ctx.event(claim, profile.identity.clone(), false, "ProvisioningSucceeded", text);
            if ctx.environment.provisioner(&class_name, &provisioner).is_none() {
                let facts = || vec![("provisioner", provisioner)];
                ctx.decide(ControllerId::Provisioner, claim, "provisioner.taken", Outcome::Acts, facts);
            }
        }
    }
}

fn volume_for(ctx: &mut Ctx<'_>, claim: &Object, class: &Object, profile: &ClassProfile) -> Object {
    let mut volume = Object::new(Kind::PersistentVolume, "", format!("pvc-{}", claim.meta.uid));
    volume.meta.annotations.insert(PROVISIONED_BY, profile.provisioner.clone());
    let policy = match class.str_at(&["reclaimPolicy"]) {
        "" => Text::from("Delete"),
        policy => Text::new(policy),
    };
    let field = |path: &[&str]| claim.at(path).cloned().unwrap_or_default();
    let mut spec = obj! {
        "accessModes" => field(&["spec", "accessModes"]),
        "capacity" => obj! { "storage" => field(&["spec", "resources", "requests", "storage"]) },
        "claimRef" => claim_reference(claim),
        "persistentVolumeReclaimPolicy" => policy,
        "storageClassName" => &class.meta.name,
        "volumeMode" => "Filesystem",
    };
    if claim.str_at(&["spec", "volumeMode"]) == "Block" {
        spec.set_at(&["volumeMode"], "Block");
    }
    if profile.is_attachable {
        let handle = obj! { "driver" => &profile.provisioner, "volumeHandle" => &volume.meta.name };
        spec.set_at(&["csi"], handle);
    } else {
        let path = format!("/var/lib/volumes/{}-{}", claim.meta.namespace, claim.meta.name);
        spec.set_at(&["hostPath"], obj! { "path" => path, "type" => "DirectoryOrCreate" });
    }
    // What lies on a node's own disk is there alone.
    let is_local = ["local", "hostpath", "lvm", "zfs"].iter().any(|word| profile.provisioner.contains(word));
    let selected = claim.meta.annotation(SELECTED_NODE);
    if is_local && !selected.is_empty() && ctx.environment.provisioner("", &profile.provisioner).is_none() {
        let expression = obj! { "key" => HOSTNAME, "operator" => "In", "values" => list![Text::new(selected)] };
        let terms = list![obj! { "matchExpressions" => list![expression] }];
        spec.set_at(&["nodeAffinity", "required", "nodeSelectorTerms"], terms);
    }
    if profile.is_zonal
        && let Some(zone) = zone_for(ctx, claim)
    {
        let expression = obj! { "key" => ZONE, "operator" => "In", "values" => list![zone] };
        let terms = list![obj! { "matchExpressions" => list![expression] }];
        spec.set_at(&["nodeAffinity", "required", "nodeSelectorTerms"], terms);
    }
    volume.set_at(&["spec"], spec);
    volume
}

/// The zone of the node that was chosen, or else any.
fn zone_for(ctx: &mut Ctx<'_>, claim: &Object) -> Option<Text> {
    let selected = Text::new(claim.meta.annotation(SELECTED_NODE));
    if let Some(node) = ctx.cluster.find(Kind::Node, &Text::default(), &selected) {
        return node.meta.labels.get(ZONE).cloned();
    }
    let zones: SharedSet<Text> =
        ctx.cluster.list(Kind::Node).filter_map(|n| n.meta.labels.get(ZONE).cloned()).collect();
    let at = ctx.cluster.rng().below(zones.len() as u64);
    zones.into_iter().nth(usize::try_from(at).unwrap_or(0))
}
