//! The variables that tell a container of Services: `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP_ADDR` and their like.
//!
//! Follows pkg/kubelet/envvars/envvars.go.

use crate::cluster::{Cluster, dns};
use crate::model::{Kind, Millis};

/// The variables that tell a container of the Services that existed before it; the API server's are always there.
pub(super) fn service_variables(
    cluster: &Cluster,
    namespace: &str,
    before: Millis,
    has_links: bool,
) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |name: &str, address: &str, port: i64, port_name: &str| {
        let name = name.to_ascii_uppercase().replace('-', "_");
        all.push((format!("{name}_SERVICE_HOST"), address.to_string()));
        all.push((format!("{name}_SERVICE_PORT"), port.to_string()));
        if !port_name.is_empty() {
            let port_name = port_name.to_ascii_uppercase().replace('-', "_");
            all.push((format!("{name}_SERVICE_PORT_{port_name}"), port.to_string()));
        }
        all.push((format!("{name}_PORT"), format!("tcp://{address}:{port}")));
        all.push((format!("{name}_PORT_{port}_TCP"), format!("tcp://{address}:{port}")));
        all.push((format!("{name}_PORT_{port}_TCP_PROTO"), "tcp".to_string()));
        all.push((format!("{name}_PORT_{port}_TCP_PORT"), port.to_string()));
        all.push((format!("{name}_PORT_{port}_TCP_ADDR"), address.to_string()));
    };
    add("kubernetes", dns::API_SERVER, 443, "https");
    for service in cluster.list_in(Kind::Service, namespace).filter(|_| has_links) {
        let address = service.str_at(&["spec", "clusterIP"]);
        if matches!(address, "" | "None") || service.meta.created > before || service.meta.name == "kubernetes" {
            continue;
        }
        if let Some(port) = service.list_at(&["spec", "ports"]).first() {
            add(&service.meta.name, address, port.i64_at(&["port"]).unwrap_or(0), port.str_at(&["name"]));
        }
    }
    all
}
