//! Where names and addresses lead from a container: to other containers.

use super::container::Container;
use crate::cluster::Cluster;
use crate::cluster::dns::QueryKind;
use crate::cluster::service_endpoints::ready_endpoints;
use crate::fnv::Fnv1a64;
use crate::model::{Kind, Object, Text, Value};

/// The address of a host, as the container's resolver finds it.
pub fn address_of(container: &Container, cluster: &Cluster, host: &str) -> Option<String> {
    if is_address(host) {
        return Some(host.to_string());
    }
    if matches!(host, "localhost") {
        return Some("127.0.0.1".to_string());
    }
    if host == container.hostname() || host == container.full_hostname() {
        return Some(container.ip().to_string());
    }
    if let Some(address) = container.alias_address(host) {
        return Some(address);
    }
    let (_, answer) = container.find_name(cluster, host, QueryKind::A)?;
    answer.addresses().first().map(Text::to_string)
}

/// A number below `count` that follows from the words and looks like chance.
fn drawn(words: &[&str], count: usize) -> usize {
    let mut state = Fnv1a64::of(words.iter().flat_map(|word| word.bytes()));
    state ^= state >> 33;
    state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
    state ^= state >> 33;
    usize::try_from(state % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or(0)
}

/// The running containers behind an address; of a Service, those of one of its ready pods.
pub fn containers_at(own: &Container, cluster: &Cluster, address: &str) -> Vec<Container> {
    if address.starts_with("127.") || address == own.ip() {
        return Container::all_running(cluster, &own.pod);
    }
    if let Some(found) = Container::at_address(cluster, address) {
        return found;
    }
    let Some(service) = cluster.list(Kind::Service).find(|service| service.str_at(&["spec", "clusterIP"]) == address)
    else {
        return Vec::new();
    };
    let ready = endpoints_of(cluster, service);
    // A node's rules draw one for each connection, or for each client where the Service says so.
    let sticks = service.str_at(&["spec", "sessionAffinity"]) == "ClientIP";
    let moment = format!("{} {}", cluster.now().0, cluster.runtime().connections());
    let moment = if sticks { String::new() } else { moment };
    let drawn = drawn(&[own.ip(), &moment, &service.meta.name], ready.len());
    let address = ready
        .get(drawn)
        .copied()
        .and_then(|endpoint| endpoint.list_at(&["addresses"]).first())
        .and_then(|value| value.as_str());
    address.and_then(|address| Container::at_address(cluster, address)).unwrap_or_default()
}

/// The endpoints of a Service that are ready.
pub(super) fn endpoints_of<'c>(cluster: &'c Cluster, service: &'c Object) -> Vec<&'c Value> {
    let slices = cluster.slices_of(&service.meta.namespace, &service.meta.name);
    slices.flat_map(|slice| ready_endpoints(slice)).collect()
}

/// Whether a text is an address of version 4.
pub fn is_address(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(|part| part.parse::<u8>().is_ok())
}
