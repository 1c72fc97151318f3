//! Attaches volumes to the nodes of their pods, and detaches them; mounts nothing.
//!
//! Follows pkg/controller/volume/attachdetach: a volume for one node is not attached to a second one before it is
//! detached from the first, and a node that does not answer keeps its volumes for six minutes.

use super::{Controller, ControllerId, Ctx, Decision, Outcome, Subject, Timers, Work};
use crate::cluster::{Change, Cluster, Rng, Verb};
use crate::fnv::Fnv1a64;
use crate::model::claim::{access_modes, is_bound, volume_of};
use crate::model::node::{OUT_OF_SERVICE, has_taint, is_node_ready};
use crate::model::pod::{claims_of, is_over, node_of};
use crate::model::volume::claim_of_volume;
use crate::model::volume_attachment::{attached_node, attached_volume};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The controller keeps nothing: VolumeAttachment objects tell what is attached.
#[derive(Clone, Debug, Default)]
pub struct AttachDetach {}

const SOURCE: &str = "attachdetach-controller";
const TASK_ATTACHED: &str = "attached";
const TASK_DETACH: &str = "detach";
/// How long a silent node keeps a volume that no pod uses any more.
pub const UNMOUNT_WAIT: Millis = Millis::seconds(360);
/// Notes on an attachment since when no pod uses it.
pub const UNUSED_SINCE: &str = "sim/unused-since";

/// The name of the VolumeAttachment of a volume and a node; `None` for volumes that need none.
pub fn attachment_name(volume: &Object, node: &str) -> Option<Text> {
    let driver = volume.at(&["spec", "csi", "driver"])?.as_str()?;
    let handle = volume.str_at(&["spec", "csi", "volumeHandle"]);
    let mut rng = Rng::new(Fnv1a64::of(handle.bytes().chain(driver.bytes()).chain(node.bytes())));
    let mut digits = || rng.next_u64();
    Some(format!("csi-{:016x}{:016x}{:016x}{:016x}", digits(), digits(), digits(), digits()).into())
}

impl Controller for AttachDetach {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match (change.kind(), change.verb) {
            (Kind::Pod, Verb::Deleted) => let_go(object, change.at, cluster, timers),
            // A pod that has ended needs its volumes no more, though its object stays.
            (Kind::Pod, Verb::Modified) if is_over(object) && !change.old.as_ref().is_some_and(|old| is_over(old)) => {
                let_go(object, change.at, cluster, timers);
            }
            (Kind::Pod, _) => {
                let node = node_of(object);
                let is_new = change.old.as_ref().is_none_or(|old| node_of(old) != node);
                if !node.is_empty() && is_new && !claims_of(object).is_empty() {
                    timers.add(change.at, work(&object.key(), ""));
                }
            }
            // Pods that were given their nodes by hand may stand there before their claims are bound.
            (Kind::PersistentVolumeClaim, Verb::Modified)
                if is_bound(object) && !change.old.as_ref().is_some_and(|old| is_bound(old)) =>
            {
                let users = cluster.pods_using(&object.key()).filter_map(|key| cluster.get(key));
                users
                    .filter(|pod| !node_of(pod).is_empty())
                    .for_each(|pod| timers.add(change.at, work(&pod.key(), "")));
            }
            (Kind::VolumeAttachment, Verb::Deleted) => {
                let volume = volume_of_attachment(object);
                for key in waiting_pods(cluster, &volume) {
                    timers.add(change.at, work(&key, ""));
                }
            }
            (Kind::Node, Verb::Modified) if has_taint(object, OUT_OF_SERVICE, "NoExecute") || is_node_ready(object) => {
                for attachment in cluster.list(Kind::VolumeAttachment) {
                    if attached_node(attachment) == object.meta.name.as_str() {
                        timers.add(change.at, work(&attachment.key(), TASK_DETACH));
                    }
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match work.task {
            TASK_ATTACHED => attached(ctx, &work.key),
            TASK_DETACH => detach(ctx, &work.key),
            _ => attach(ctx, &work.key),
        }
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::AttachDetach, key: key.clone(), task }
}

/// Looks whether the volumes of a pod that needs them no more can be detached.
fn let_go(pod: &Object, now: Millis, cluster: &Cluster, timers: &mut Timers) {
    let node = node_of(pod);
    for volume in volumes_of(cluster, pod) {
        if let Some(name) = attachment_name(&volume, &node) {
            timers.add(now, work(&Key::new(Kind::VolumeAttachment, "", name), TASK_DETACH));
        }
    }
}

fn volumes_of(cluster: &Cluster, pod: &Object) -> Vec<Rc<Object>> {
    let claims = claims_of(pod).into_iter().filter_map(|key| cluster.get(&key));
    let names = claims.map(|claim| volume_of(claim));
    names.filter_map(|name| cluster.find(Kind::PersistentVolume, &Text::default(), &name)).cloned().collect()
}

fn volume_of_attachment(attachment: &Object) -> Text {
    Text::new(attached_volume(attachment))
}

/// The pods that use a volume and have not ended.
fn pods_of_volume(cluster: &Cluster, volume: &Text) -> Vec<Rc<Object>> {
    let volume = cluster.find(Kind::PersistentVolume, &Text::default(), volume);
    let claim = volume.and_then(|volume| claim_of_volume(volume));
    let keys = claim.into_iter().flat_map(|claim| cluster.pods_using(&claim).cloned().collect::<Vec<_>>());
    keys.filter_map(|key| cluster.get(&key).cloned()).filter(|pod| !is_over(pod)).collect()
}

/// The pods of a volume that stand on a node to which it is not attached.
fn waiting_pods(cluster: &Cluster, volume: &Text) -> Vec<Key> {
    let pods = pods_of_volume(cluster, volume).into_iter();
    pods.filter(|pod| !node_of(pod).is_empty() && !pod.meta.is_terminating()).map(|pod| pod.key()).collect()
}

fn attach(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(pod) = ctx.cluster.get(key).filter(|pod| !pod.meta.is_terminating() && !is_over(pod)).cloned() else {
        return;
    };
    let node = node_of(&pod);
    for volume in volumes_of(ctx.cluster, &pod) {
        let Some(name) = attachment_name(&volume, &node) else { continue };
        if let Some(attachment) = ctx.cluster.find(Kind::VolumeAttachment, &Text::default(), &name) {
            if attachment.meta.annotations.contains_key(UNUSED_SINCE) {
                let key = attachment.key();
                _ = ctx.cluster.modify(&key, |a| _ = a.meta.annotations.remove(UNUSED_SINCE));
                ctx.timers.cancel(&work(&key, TASK_DETACH));
            }
            continue;
        }
        if is_for_one_node(&volume)
            && let Some(other) = other_attachment(ctx.cluster, &volume, &node)
        {
            refuse(ctx, &pod, &volume, &other);
            continue;
        }
        let mut attachment = Object::new(Kind::VolumeAttachment, "", name);
        attachment.set_at(
            &["spec"],
            obj! {
                "attacher" => Text::new(volume.str_at(&["spec", "csi", "driver"])), "nodeName" => &node,
                "source" => obj! { "persistentVolumeName" => &volume.meta.name },
            },
        );
        attachment.set_at(&["status"], obj! { "attached" => false });
        let key = attachment.key();
        if ctx.cluster.create(attachment).is_ok() {
            let at = ctx.now() + ctx.environment.delays.attach;
            ctx.timers.add(at, work(&key, TASK_ATTACHED));
        }
    }
}

/// Whether a volume may be attached to one node at a time.
fn is_for_one_node(volume: &Object) -> bool {
    let modes = access_modes(volume).iter();
    !modes.filter_map(Value::as_str).any(|mode| matches!(mode, "ReadWriteMany" | "ReadOnlyMany"))
}

fn other_attachment(cluster: &Cluster, volume: &Object, node: &str) -> Option<Rc<Object>> {
    let nodes = cluster.list(Kind::Node).map(|node| node.meta.name.clone());
    // A vanished node may still hold a volume, but its attachment went with it.
    nodes.filter(|other| other != node).find_map(|other| {
        let name = attachment_name(volume, &other)?;
        cluster.find(Kind::VolumeAttachment, &Text::default(), &name).cloned()
    })
}

fn refuse(ctx: &mut Ctx<'_>, pod: &Object, volume: &Object, other: &Object) {
    let node = attached_node(other);
    let users: Vec<String> = pods_of_volume(ctx.cluster, &volume.meta.name)
        .iter()
        .filter(|user| node_of(user) == node)
        .map(|user| user.meta.name.to_string())
        .collect();
    let name = &volume.meta.name;
    let text = if users.is_empty() {
        format!(
            "Multi-Attach error for volume \"{name}\" Volume is already exclusively attached to one node and can't be \
             attached to another"
        )
    } else {
        format!("Multi-Attach error for volume \"{name}\" Volume is already used by pod(s) {}", users.join(", "))
    };
    ctx.event(pod, SOURCE, true, "FailedAttachVolume", text);
    let (at, key, node) = (ctx.now(), pod.key(), Text::new(node));
    ctx.decisions.record(|| {
        let facts = vec![("pod", key.name.clone()), ("volume", name.clone()), ("node", node)];
        let (controller, rule) = (ControllerId::AttachDetach, "attach-detach.multi-attach");
        Decision { at, controller, key, rule, subject: Subject::Whole, facts, outcome: Outcome::Waits }
    });
}

fn attached(ctx: &mut Ctx<'_>, key: &Key) {
    let Ok(attachment) = ctx.cluster.modify(key, |a| a.set_at(&["status", "attached"], true)) else { return };
    let volume = volume_of_attachment(&attachment);
    let node = attached_node(&attachment);
    for pod in pods_of_volume(ctx.cluster, &volume).iter().filter(|pod| node_of(pod) == node) {
        let text = format!("AttachVolume.Attach succeeded for volume \"{volume}\" ");
        ctx.event(pod, SOURCE, false, "SuccessfulAttachVolume", text);
    }
}

/// Detaches a volume that no pod on the node uses any more, once the node has let go of it.
fn detach(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(attachment) = ctx.cluster.get(key).cloned() else { return };
    let node_name = Text::new(attached_node(&attachment));
    let volume = volume_of_attachment(&attachment);
    if pods_of_volume(ctx.cluster, &volume).iter().any(|pod| node_of(pod) == node_name) {
        return;
    }
    let node = ctx.cluster.find(Kind::Node, &Text::default(), &node_name);
    let is_silent = node.is_some_and(|node| !is_node_ready(node) && !has_taint(node, OUT_OF_SERVICE, "NoExecute"))
        || ctx.cluster.runtime().stopped(&node_name).is_some() && node.is_none_or(|n| is_node_ready(n));
    let now = ctx.now();
    let since = Millis::parse_rfc3339(attachment.meta.annotation(UNUSED_SINCE));
    let wait = if is_silent { UNMOUNT_WAIT } else { ctx.environment.delays.attach };
    match since {
        Some(since) if since + wait <= now => {
            ctx.cluster.remove(key);
        }
        _ => {
            let since = since.unwrap_or(now);
            _ = ctx.cluster.modify(key, |a| _ = a.meta.annotations.insert(UNUSED_SINCE, since.rfc3339_micro().into()));
            ctx.timers.set((since + wait).max(now + Millis(1)), work(key, TASK_DETACH));
        }
    }
}
