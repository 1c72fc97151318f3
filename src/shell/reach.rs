//! Who answers at an address and a port: where connections from a container lead.

use super::addresses::containers_at;
use super::container::Container;
use crate::cluster::Cluster;
use crate::model::{Kind, Object};
use std::rc::Rc;

/// Why nobody answers.
pub(super) enum Unreached {
    /// Nobody listens there, and says so.
    Refused,
    /// Nobody says anything.
    Lost,
}

/// The Service that has an address.
pub(super) fn service_at<'c>(cluster: &'c Cluster, address: &str) -> Option<&'c Rc<Object>> {
    cluster.list(Kind::Service).find(|service| service.str_at(&["spec", "clusterIP"]) == address)
}

/// The container that answers at an address and a port, and the port on which it does: of a Service, the one that it
/// sends to.
pub(super) fn reach(
    own: &Container,
    cluster: &Cluster,
    address: &str,
    port: i64,
) -> Result<(Container, i64), Unreached> {
    let find = |all: Vec<Container>, port: i64| {
        let found = all.into_iter().find(|it| it.listens_on(cluster, port));
        found.map(|it| (it, port)).ok_or(Unreached::Refused)
    };
    let containers = containers_at(own, cluster, address);
    let Some(service) = service_at(cluster, address) else {
        if containers.is_empty() && !address.starts_with("127.") {
            return Err(Unreached::Lost);
        }
        return find(containers, port);
    };
    // Nobody is behind a port that the Service has not.
    let entry = service.list_at(&["spec", "ports"]).iter().find(|entry| entry.i64_at(&["port"]) == Some(port));
    let entry = entry.ok_or(Unreached::Lost)?;
    let name = entry.str_at(&["targetPort"]).to_string();
    let named = containers.iter().flat_map(|it| it.field(&["ports"]).cloned()).find_map(|ports| {
        let ports = ports.as_list()?.to_vec();
        ports.iter().find(|port| port.str_at(&["name"]) == name)?.i64_at(&["containerPort"])
    });
    let target = entry.i64_at(&["targetPort"]).or(named).unwrap_or(port);
    find(containers, target)
}
