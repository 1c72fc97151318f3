//! Pods that ran before the lab's first moment: their kubelet finds them running. Starts nothing.

use super::status::Role;
use super::worker::{Finding, Life, Probe, Worker};
use super::{Kubelet, Visit};
use crate::cluster::Rng;
use crate::controllers::Ctx;
use crate::fnv::Fnv1a64;
use crate::model::{Key, Text, pod};
use crate::world::Order;

impl Kubelet {
    /// Takes over a pod whose containers have run for a while and are ready, under an address; tells its status.
    pub fn take_over(&mut self, ctx: &mut Ctx<'_>, key: &Key, address: Text) {
        let Some(pod) = ctx.cluster.get(key).cloned() else { return };
        let now = ctx.now();
        let mut worker = Worker::new(&pod, pod::node_of(&pod), now);
        (worker.ip, worker.has_sandbox) = (address, true);
        (worker.probing, worker.synced) = (Some(now), now);
        let mut chance = Rng::new(Fnv1a64::of(key.name.bytes()));
        for container in worker.containers.iter_mut().filter(|container| container.role == Role::Main) {
            container.lives = 1;
            container.id = format!("containerd://{}", super::status::hex64(&mut chance)).into();
            container.life = Life::Running { since: now };
            container.origins = [now; 3];
            let found = Finding { life: 1, result: Some(true), last: Some(true), in_a_row: 1, is_on_hold: false };
            container.findings = [found; Probe::ALL.len()];
        }
        let mut visit = Visit { kubelet: self, ctx, pod, worker };
        for at in visit.worker.running() {
            let resources = super::resize::resources_of(&visit.spec(at));
            if let Some(container) = visit.worker.containers.get_mut(at) {
                (container.actuated, container.allocated) = (resources.clone(), resources);
            }
            let (node, image) = (visit.worker.node.clone(), visit.image_of(at));
            visit.ctx.cluster.runtime_mut().add_image(&node, &image);
            let (run, ip) = (visit.run_of(at), visit.worker.ip.clone());
            visit.ctx.cluster.runtime_mut().order(Order::Start { run, ip });
        }
        visit.write_all_files();
        visit.show_bound();
        visit.keep();
    }
}
