//! What a fresh cluster holds before anybody used it: namespaces, nodes, storage classes, the API's own service.

use super::{Sim, kube_system};
use crate::cluster::default_roles;
use crate::controllers::ControllerId;
use crate::model::{Key, Kind, Object};
use crate::obj;
use crate::world::registered_objects::{api_service, class, node};

/// Fills an empty cluster with what its environment brings.
pub(super) fn boot(sim: &mut Sim) {
    let environment = sim.environment.clone();
    sim.cluster.runtime_mut().set_lease_renewal(environment.delays.node_lease_renewal);
    sim.cluster.preset(default_roles());
    sim.act_as(|controllers, ctx| {
        // Storing these cannot fail: the cluster is empty and no plugin refuses them.
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            _ = ctx.cluster.create(Object::new(Kind::Namespace, "", name));
        }
        for (name, value, description) in [
            ("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
            ("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their node."),
        ] {
            let mut class = Object::new(Kind::PriorityClass, "", name);
            class.meta.generation = 1;
            class.body = obj! {
                "description" => description, "preemptionPolicy" => "PreemptLowerPriority", "value" => value,
            }
            .as_map()
            .cloned()
            .unwrap_or_default();
            _ = ctx.cluster.create(class);
        }
        for object in api_service(&environment) {
            _ = ctx.cluster.create(object);
        }
        for profile in &environment.nodes {
            _ = ctx.cluster.create(node(profile, environment.kubernetes.version()));
        }
        for profile in &environment.classes {
            _ = ctx.cluster.create(class(profile));
        }
        kube_system::fill(controllers, ctx);
    });
}

/// What restarts with another version: nodes and the system's pods say their new version, and controllers look at
/// everything again.
pub(super) fn restart_components(sim: &mut Sim) {
    let version = sim.environment.kubernetes.version();
    sim.act(|ctx| {
        for profile in &ctx.environment.nodes {
            let key = Key::new(Kind::Node, "", profile.name.clone());
            // A node that is gone registers itself with the new version.
            _ = ctx.cluster.modify(&key, |node| {
                node.set_at(&["status", "nodeInfo", "kubeletVersion"], version.to_string());
            });
        }
        kube_system::upgrade(ctx);
        let sets: Vec<Key> = ctx.cluster.list(Kind::StatefulSet).map(|set| set.key()).collect();
        let claims: Vec<Key> = ctx.cluster.list(Kind::PersistentVolumeClaim).map(|claim| claim.key()).collect();
        sets.into_iter().for_each(|key| ctx.enqueue(ControllerId::StatefulSet, key));
        claims.into_iter().for_each(|key| ctx.enqueue(ControllerId::Protection, key));
    });
}
