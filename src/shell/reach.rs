//! Who answers at an address and a port: where connections from a container lead. Follows what kube-proxy lays down on
//! nodes.

use super::addresses::{containers_at, endpoints_of, is_address};
use super::container::Container;
use crate::cluster::{Cluster, dns};
use crate::model::node::addresses;
use crate::model::{Kind, Object, Value};
use std::rc::Rc;

/// Why no container answers.
pub(super) enum Unreached {
    /// Nobody listens there, and says so.
    Refused,
    /// Nobody says anything.
    Lost,
    /// Somebody outside of the cluster is asked, of whom nobody here knows anything.
    Outside,
}

/// The Service that has an address: its own, one that it was given from outside, or a balancer's.
pub(super) fn service_at<'c>(cluster: &'c Cluster, address: &str) -> Option<&'c Rc<Object>> {
    let is_outer = |service: &Object| {
        let given = service.list_at(&["spec", "externalIPs"]).iter().filter_map(Value::as_str);
        let balancers = service.list_at(&["status", "loadBalancer", "ingress"]).iter().map(|it| it.str_at(&["ip"]));
        given.chain(balancers).any(|outer| outer == address)
    };
    let services = || cluster.list(Kind::Service);
    let own = services().find(|service| service.str_at(&["spec", "clusterIP"]) == address);
    own.or_else(|| services().find(|service| is_outer(service)))
}

/// The container that answers at an address and a port, and the port on which it does: of a Service, the one that it
/// sends to.
pub(super) fn reach(
    own: &Container,
    cluster: &Cluster,
    address: &str,
    port: i64,
) -> Result<(Container, i64), Unreached> {
    if let Some(service) = service_at(cluster, address) {
        // Nobody is behind a port that the Service has not.
        let entry = service.list_at(&["spec", "ports"]).iter().find(|entry| entry.i64_at(&["port"]) == Some(port));
        return through(own, cluster, service, entry.ok_or(Unreached::Lost)?);
    }
    // What is open for its own pod alone is asked by the name that a host has for itself.
    let (is_nodes, is_inside) = (is_nodes(cluster, address), address.starts_with("127."));
    if is_nodes && let Some((service, entry)) = behind_node_port(cluster, port) {
        return through(own, cluster, service, entry);
    }
    let mut containers = containers_at(own, cluster, address);
    if is_nodes {
        // Of what runs on a node's own network, nobody has every port.
        let has = |ports: Vec<i64>| ports.contains(&port);
        containers
            .retain(|it| has(it.own_ports(cluster)) || has(it.declared_ports()) || it.mentions_port(cluster, port));
    }
    if containers.is_empty() && !is_inside && !is_nodes {
        return Err(if is_outer(cluster, address) { Unreached::Outside } else { Unreached::Lost });
    }
    listener(cluster, containers, port, is_inside)
}

fn listener(cluster: &Cluster, all: Vec<Container>, port: i64, is_inside: bool) -> Result<(Container, i64), Unreached> {
    let found = all.into_iter().find(|it| it.answers(cluster, port, is_inside));
    found.map(|it| (it, port)).ok_or(Unreached::Refused)
}

/// Who is behind a port of a Service.
fn through(own: &Container, cluster: &Cluster, service: &Object, entry: &Value) -> Result<(Container, i64), Unreached> {
    let containers = containers_at(own, cluster, service.str_at(&["spec", "clusterIP"]));
    // Whoever keeps the endpoints by hand means hosts that nobody here knows.
    let is_foreign = |endpoint: &&Value| endpoint.at(&["targetRef", "name"]).is_none();
    let is_kept_by_hand = service.at(&["spec", "selector"]).and_then(Value::as_map).is_none_or(|map| map.is_empty());
    if containers.is_empty() && is_kept_by_hand && endpoints_of(cluster, service).iter().any(is_foreign) {
        return Err(Unreached::Outside);
    }
    let name = entry.str_at(&["targetPort"]);
    let named = containers.iter().flat_map(|it| it.field(&["ports"]).cloned()).find_map(|ports| {
        let ports = ports.as_list()?.to_vec();
        ports.iter().find(|port| port.str_at(&["name"]) == name)?.i64_at(&["containerPort"])
    });
    let target = entry.i64_at(&["targetPort"]).or(named).or_else(|| entry.i64_at(&["port"]));
    listener(cluster, containers, target.unwrap_or(0), false)
}

/// The Service, and its entry, behind a port that every node listens on.
fn behind_node_port(cluster: &Cluster, port: i64) -> Option<(&Rc<Object>, &Value)> {
    let listens = |entry: &&Value| entry.i64_at(&["nodePort"]) == Some(port);
    cluster
        .list(Kind::Service)
        .find_map(|service| Some((service, service.list_at(&["spec", "ports"]).iter().find(listens)?)))
}

fn is_nodes(cluster: &Cluster, address: &str) -> bool {
    cluster.list(Kind::Node).any(|node| addresses(node).iter().any(|it| it.str_at(&["address"]) == address))
}

/// Whether an address is one of the internet's, or of a host that somebody has named as an endpoint.
fn is_outer(cluster: &Cluster, address: &str) -> bool {
    const OWN: &[&str] = &["10.", "127.", "169.254.", "172.", "192.168.", "100."];
    let is_public = is_address(address) && !OWN.iter().any(|own| address.starts_with(own));
    let is_named = || {
        let mut all = cluster.list(Kind::EndpointSlice).flat_map(|slice| slice.list_at(&["endpoints"]));
        all.any(|endpoint| {
            endpoint.at(&["targetRef", "name"]).is_none()
                && endpoint.list_at(&["addresses"]).iter().any(|it| it.as_str() == Some(address))
        })
    };
    address == dns::OUTSIDE || is_public || is_named()
}
