//! Which address a pod gets on its node.

use super::Kubelet;
use crate::cluster::{Change, Verb};
use crate::controllers::Ctx;
use crate::model::pod::{ip, is_over, node_of};
use crate::model::{Object, Text};
use crate::world::NodeProfile;
use std::rc::Rc;

impl Kubelet {
    /// The next free address on a node.
    pub(super) fn next_address(&mut self, ctx: &Ctx<'_>, node: &Text) -> Text {
        let Some(profile) = ctx.environment.node(node) else { return Text::default() };
        let counter = Rc::make_mut(&mut self.addresses).entry(node.clone()).or_insert(0);
        let size = addresses_of(profile) - ctx.environment.first_pod_address;
        let mut address = Text::default();
        for _ in 0..size {
            let number = ctx.environment.first_pod_address + *counter % size;
            let is_first_round = *counter < size;
            *counter += 1;
            address = nth_address(profile, number);
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

/// How many addresses a node has: one network of 254, or several if it takes more pods.
fn addresses_of(profile: &NodeProfile) -> i64 {
    if profile.pods > 200 { 10 * 254 } else { 254 }
}

/// An address of a node by its number. What does not go into the node's network lies in networks of its own number behind
/// the cluster's, where no other node's are.
fn nth_address(profile: &NodeProfile, number: i64) -> Text {
    let numbers: Vec<i64> = profile.pod_network.split('.').filter_map(|number| number.parse().ok()).collect();
    let [first, second, third] = numbers[..] else { return Text::default() };
    format!("{first}.{}.{third}.{}", second + number / 254, number % 254).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sorted::SharedSet;
    use crate::world::Environment;

    #[test]
    fn no_two_nodes_have_an_address_in_common() {
        let zones = Environment::zones();
        let each = zones.nodes.iter().flat_map(|node| (0..addresses_of(node)).map(|number| nth_address(node, number)));
        let all: Vec<Text> = each.collect();
        let different: SharedSet<Text> = all.iter().cloned().collect();
        assert_eq!(different.iter().count(), all.len());
        assert!(all.len() > 3 * 400, "{}", all.len());
    }
}
