//! Machines that come and go while a cluster runs: their profiles are part of its environment from then on.

use super::Sim;
use crate::cluster::{DeleteOptions, Fault, Refusal};
use crate::model::{Key, Kind, Text};
use crate::world::{NodeProfile, Stopped, registered_objects};

/// The most machines of a cluster.
const MACHINES_MAX: usize = 100;

impl Sim {
    /// Does what a fault says, as far as it is about machines that come or go; gives it back otherwise.
    pub(super) fn change_machines(&mut self, fault: Fault) -> Result<Result<(), Refusal>, Fault> {
        match fault {
            Fault::AddNodes { zone, count } => Ok(self.add_machines(&zone, count)),
            Fault::RemoveNode(node) => Ok(self.remove_machine(&node)),
            other => Err(other),
        }
    }

    /// Registers machines like the first one, in a zone; an empty one is the first machine's.
    fn add_machines(&mut self, zone: &Text, count: usize) -> Result<(), Refusal> {
        let there = self.environment.nodes.len();
        if there + count > MACHINES_MAX {
            let max = Text::from(MACHINES_MAX.to_string());
            return Err(Refusal::Own("error.machines", vec![("max", max), ("there", there.to_string().into())]));
        }
        for _ in 0..count {
            let Some(profile) = self.next_machine(zone) else { break };
            let version = self.environment.kubernetes.version();
            self.environment.nodes.push(profile.clone());
            self.act(|ctx| {
                let mut node = registered_objects::node(&profile, version);
                node.set_at(&["status", "conditions"], registered_objects::ready_conditions(ctx.now(), ctx.now()));
                // Its name is free: no machine has it.
                _ = ctx.cluster.create(node);
            });
        }
        Ok(())
    }

    fn next_machine(&self, zone: &Text) -> Option<NodeProfile> {
        let nodes = &self.environment.nodes;
        let like = nodes.first()?;
        let is_free = |name: &Text| nodes.iter().all(|node| node.name != *name);
        let numbers = nodes.len() + 1..=nodes.len() + 1 + MACHINES_MAX;
        let (number, name) = numbers.map(|n| (n, Text::from(format!("node-{n}")))).find(|(_, name)| is_free(name))?;
        let network = like.internal_ip.rsplit_once('.').map_or("10.0.0", |(network, _)| network);
        Some(NodeProfile {
            name,
            zone: if zone.is_empty() { like.zone.clone() } else { zone.clone() },
            region: if zone.is_empty() && like.zone.is_empty() { Text::default() } else { "local".into() },
            internal_ip: format!("{network}.{}", number + 1).into(),
            pod_network: format!("10.244.{number}").into(),
            is_control_plane: false,
            ..like.clone()
        })
    }

    /// Switches a machine off for good, and deletes its Node object: what ran there is lost, as the object says at once.
    fn remove_machine(&mut self, node: &Text) -> Result<(), Refusal> {
        if self.environment.node(node).is_none() {
            return Err(Refusal::Own("error.no-machine", vec![("node", node.clone())]));
        }
        self.act(|ctx| {
            if ctx.cluster.runtime().stopped(node).is_none() {
                let since = ctx.now();
                ctx.cluster.runtime_mut().set_stopped(node, Some(Stopped { since, is_kubelet_alone: false }));
            }
            let key = Key::new(Kind::Node, "", node.clone());
            ctx.cluster.delete(&key, &DeleteOptions::BACKGROUND)?;
            Ok(())
        })
    }
}
