//! Which address a pod gets on its node.

use super::Kubelet;
use crate::cluster::Cluster;
use crate::controllers::Ctx;
use crate::model::Text;
use crate::model::pod::{ip, is_over};
use crate::sorted::SharedSet;
use std::rc::Rc;

impl Kubelet {
    /// The next free address on a node.
    pub(super) fn next_address(&mut self, ctx: &Ctx<'_>, node: &Text) -> Text {
        let Some(profile) = ctx.environment.node(node) else { return Text::default() };
        let counter = Rc::make_mut(&mut self.addresses).entry(node.clone()).or_insert(0);
        let (network, third) = profile.pod_network.rsplit_once('.').unwrap_or(("10.244", "0"));
        let third: i64 = third.parse().unwrap_or(0);
        // A node that takes more pods than a network of 254 has addresses uses the networks behind its own, too.
        let size = if profile.pods > 200 { 60_000 } else { 254 - ctx.environment.first_pod_address };
        let mut address = Text::default();
        let mut used: Option<SharedSet<Text>> = None;
        for _ in 0..size {
            let number = ctx.environment.first_pod_address + *counter % size;
            let is_first_round = *counter < size;
            *counter += 1;
            address = format!("{network}.{}.{}", third + number / 254, number % 254).into();
            if is_first_round || !used.get_or_insert_with(|| addresses_on(ctx.cluster, node)).contains(&address) {
                break;
            }
        }
        address
    }
}

/// The addresses of a node's pods; one that is over has given its own back.
fn addresses_on(cluster: &Cluster, node: &Text) -> SharedSet<Text> {
    let pods = cluster.pods_on(node).filter_map(|key| cluster.get(key)).filter(|pod| !is_over(pod));
    pods.map(|pod| Text::new(ip(pod))).collect()
}
