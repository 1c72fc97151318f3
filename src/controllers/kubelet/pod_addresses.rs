//! Which address a pod gets on its node.

use super::Kubelet;
use crate::cluster::{Change, Verb};
use crate::controllers::Ctx;
use crate::model::pod::{ip, is_over, node_of};
use crate::model::{Object, Text};
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
        for _ in 0..size {
            let number = ctx.environment.first_pod_address + *counter % size;
            let is_first_round = *counter < size;
            *counter += 1;
            address = format!("{network}.{}.{}", third + number / 254, number % 254).into();
            if is_first_round || !self.used_addresses.contains(&(node.clone(), address.clone())) {
                break;
            }
        }
        address
    }

    /// Keeps the list of used addresses.
    pub(super) fn note_address(&mut self, change: &Change) {
        let of =
            |pod: &Object| Some((node_of(pod), Text::new(ip(pod)))).filter(|(_, ip)| !ip.is_empty() && !is_over(pod));
        let before = change.old.as_deref().and_then(of);
        let now = of(&change.object).filter(|_| change.verb != Verb::Deleted);
        let is_noted = now.as_ref().is_some_and(|now| self.used_addresses.contains(now));
        if before == now && is_noted == now.is_some() {
            return;
        }
        let used = Rc::make_mut(&mut self.used_addresses);
        before.iter().for_each(|before| _ = used.remove(before));
        used.extend(now);
    }
}
