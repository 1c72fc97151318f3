//! Breaks things on request, through the API or beneath it; decides nothing about the consequences.

use super::Sim;
use crate::cluster::{DeleteOptions, Fault, Refusal};
use crate::controllers::Ctx;
use crate::model::pod::{container_statuses, init_statuses};
use crate::model::workload::ready_replicas;
use crate::model::{Key, Kind, Object, Text, container_status, pod};
use crate::world::registered_objects;
use crate::world::{Breakage, Shortage, Stopped};

impl Sim {
    /// Does what the fault says, now.
    ///
    /// # Errors
    /// Says why it cannot be done.
    pub fn fault(&mut self, fault: Fault) -> Result<(), Refusal> {
        match self.change_machines(fault) {
            Ok(done) => done,
            Err(fault) => self.act(|ctx| apply(ctx, fault)),
        }
    }
}

fn apply(ctx: &mut Ctx<'_>, fault: Fault) -> Result<(), Refusal> {
    match fault {
        Fault::KillContainer { pod, container } => kill(ctx, &pod, &container),
        Fault::CrashLoop { pod, is_on } => {
            break_pod(ctx, &pod, |broken| broken.crashes = is_on)?;
            if is_on { kill(ctx, &pod, &Text::default()).or(Ok(())) } else { Ok(()) }
        }
        Fault::FailReadiness { pod, is_on } => break_pod(ctx, &pod, |broken| broken.is_unready = is_on),
        Fault::Hang { pod, is_on } => break_pod(ctx, &pod, |broken| broken.hangs = is_on),
        Fault::BadImage { set } => bad_image(ctx, &set),
        Fault::StopNode(node) => set_stopped(ctx, &node, true, false),
        Fault::StartNode(node) => set_stopped(ctx, &node, false, false),
        Fault::StopKubelet(node) => set_stopped(ctx, &node, true, true),
        Fault::StartKubelet(node) => set_stopped(ctx, &node, false, true),
        Fault::DeleteNode(node) => {
            let key = Key::new(Kind::Node, "", node);
            ctx.cluster.delete(&key, &DeleteOptions::BACKGROUND)?;
            Ok(())
        }
        // Whether there are machines is the simulation's affair, see `machines`.
        Fault::AddNodes { .. } | Fault::RemoveNode(_) => Ok(()),
        Fault::StopZone(zone) => set_zone_stopped(ctx, &zone, true),
        Fault::StartZone(zone) => set_zone_stopped(ctx, &zone, false),
        Fault::LowMemory { node, is_on } => shorten(ctx, &node, |shortage| shortage.memory = is_on),
        Fault::LowDisk { node, is_on } => shorten(ctx, &node, |shortage| shortage.disk = is_on),
        Fault::Load { target, percent } => {
            let pods = ready_replicas(ctx.cluster.fetch(&target)?).max(1);
            ctx.cluster.runtime_mut().set_load(&target, percent.map(|percent| percent.saturating_mul(pods)));
            Ok(())
        }
        Fault::SlowProvisioner(delay) => {
            ctx.cluster.runtime_mut().set_slow_provisioning(delay);
            Ok(())
        }
        Fault::NoStorageClass => {
            let keys: Vec<Key> = ctx.cluster.list(Kind::StorageClass).map(|class| class.key()).collect();
            for key in keys {
                // Listed a moment ago.
                _ = ctx.cluster.delete(&key, &DeleteOptions::BACKGROUND);
            }
            Ok(())
        }
        Fault::RestoreStorageClasses => {
            restore_classes(ctx, |_| true);
            Ok(())
        }
        Fault::RestoreStorageClass(name) => {
            restore_classes(ctx, |class| *class == name);
            Ok(())
        }
    }
}

fn restore_classes(ctx: &mut Ctx<'_>, is_meant: impl Fn(&Text) -> bool) {
    for profile in ctx.environment.classes.iter().filter(|profile| is_meant(&profile.name)) {
        // One that is still there stays as it is.
        _ = ctx.cluster.create(registered_objects::class(profile));
    }
}

fn kill(ctx: &mut Ctx<'_>, pod: &Key, container: &Text) -> Result<(), Refusal> {
    let object = ctx.cluster.fetch(pod)?;
    let name = match container {
        none if none.is_empty() => {
            let first = pod::containers(object).first();
            first.map_or(Text::default(), |first| Text::new(first.str_at(&["name"])))
        }
        name => name.clone(),
    };
    let statuses = container_statuses(object).iter();
    let mut statuses = statuses.chain(init_statuses(object));
    let is_running = statuses.any(|s| s.str_at(&["name"]) == name.as_str() && container_status::is_running(s));
    if !is_running {
        return Err(Refusal::Own("error.not-running", vec![("container", name), ("pod", pod.name.clone())]));
    }
    ctx.cluster.runtime_mut().end_container(pod, &name, 137);
    Ok(())
}

fn break_pod(ctx: &mut Ctx<'_>, pod: &Key, change: impl FnOnce(&mut Breakage)) -> Result<(), Refusal> {
    let mut broken = ctx.cluster.runtime().breakage(pod);
    if broken == Breakage::default() {
        // What is broken can be mended even while no pod stands behind the name.
        ctx.cluster.fetch(pod)?;
    }
    change(&mut broken);
    ctx.cluster.runtime_mut().set_breakage(pod, broken);
    Ok(())
}

fn bad_image(ctx: &mut Ctx<'_>, set: &Key) -> Result<(), Refusal> {
    let mut object = Object::clone(ctx.cluster.fetch(set)?);
    let containers = object.at_mut(&["spec", "template", "spec", "containers"]).list_mut();
    let Some(first) = containers.first_mut() else {
        return Err(Refusal::Own("error.no-container", vec![("set", set.name.clone())]));
    };
    let image = first.str_at(&["image"]);
    let base = match image.rsplit_once(':') {
        Some((base, tag)) if !tag.contains('/') => base,
        _ => image,
    };
    let image = format!("{base}:bad");
    first.set_at(&["image"], image);
    ctx.cluster.update(object)?;
    Ok(())
}

fn check_machine(ctx: &Ctx<'_>, node: &Text) -> Result<(), Refusal> {
    match ctx.environment.node(node) {
        Some(_) => Ok(()),
        None => Err(Refusal::Own("error.no-machine", vec![("node", node.clone())])),
    }
}

fn shorten(ctx: &mut Ctx<'_>, node: &Text, change: impl FnOnce(&mut Shortage)) -> Result<(), Refusal> {
    check_machine(ctx, node)?;
    let mut shortage = ctx.cluster.runtime().shortage(node);
    change(&mut shortage);
    ctx.cluster.runtime_mut().set_shortage(node, shortage);
    Ok(())
}

fn set_stopped(ctx: &mut Ctx<'_>, node: &Text, is_stopped: bool, is_kubelet_alone: bool) -> Result<(), Refusal> {
    check_machine(ctx, node)?;
    let old = ctx.cluster.runtime().stopped(node);
    // A machine that stands still takes its kubelet along.
    if old.is_some() == is_stopped && old.is_none_or(|old| old.is_kubelet_alone == is_kubelet_alone || is_kubelet_alone)
        || !is_stopped && old.is_some_and(|old| is_kubelet_alone && !old.is_kubelet_alone)
    {
        let why = if is_stopped { "error.stopped" } else { "error.running" };
        return Err(Refusal::Own(why, vec![("node", node.clone())]));
    }
    let stopped = is_stopped.then(|| Stopped { is_kubelet_alone, since: ctx.now() });
    ctx.cluster.runtime_mut().set_stopped(node, stopped);
    Ok(())
}

fn set_zone_stopped(ctx: &mut Ctx<'_>, zone: &Text, is_stopped: bool) -> Result<(), Refusal> {
    let nodes: Vec<Text> =
        ctx.environment.nodes.iter().filter(|node| node.zone == *zone).map(|node| node.name.clone()).collect();
    if nodes.is_empty() {
        return Err(Refusal::Own("error.no-zone", vec![("zone", zone.clone())]));
    }
    let results: Vec<_> = nodes.iter().map(|node| set_stopped(ctx, node, is_stopped, false)).collect();
    // It is enough if one machine of the zone changed.
    if results.iter().any(Result::is_ok) { Ok(()) } else { results.into_iter().next().unwrap_or(Ok(())) }
}
