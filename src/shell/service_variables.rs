//! The variables that tell a container of Services: `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP_ADDR` and their like.
//!
//! Follows pkg/kubelet/envvars/envvars.go.

use crate::cluster::{Cluster, dns};
use crate::model::{Kind, Millis, Value};

/// The variables that tell a container of the Services that existed before it; the API server's are always there.
pub(super) fn service_variables(
    cluster: &Cluster,
    namespace: &str,
    before: Millis,
    has_links: bool,
) -> Vec<(String, String)> {
    let api = ServicePort { number: 443, name: "https", protocol: "TCP" };
    let mut all = variables_of("kubernetes", dns::API_SERVER, &[api]);
    for service in cluster.list_in(Kind::Service, namespace).filter(|_| has_links) {
        let address = service.str_at(&["spec", "clusterIP"]);
        if matches!(address, "" | "None") || service.meta.created > before || service.meta.name == "kubernetes" {
            continue;
        }
        let ports: Vec<ServicePort<'_>> = service.list_at(&["spec", "ports"]).iter().map(ServicePort::of).collect();
        all.extend(variables_of(&service.meta.name, address, &ports));
    }
    all
}

/// A port of a Service.
struct ServicePort<'s> {
    number: i64,
    name: &'s str,
    protocol: &'s str,
}

impl ServicePort<'_> {
    fn of(port: &Value) -> ServicePort<'_> {
        let protocol = match port.str_at(&["protocol"]) {
            "" => "TCP",
            protocol => protocol,
        };
        ServicePort { number: port.i64_at(&["port"]).unwrap_or(0), name: port.str_at(&["name"]), protocol }
    }
}

/// The variables of one Service.
fn variables_of(name: &str, address: &str, ports: &[ServicePort<'_>]) -> Vec<(String, String)> {
    let upper = |name: &str| name.to_ascii_uppercase().replace('-', "_");
    let name = upper(name);
    let Some(first) = ports.first() else { return Vec::new() };
    let mut all = vec![
        (format!("{name}_SERVICE_HOST"), address.to_string()),
        (format!("{name}_SERVICE_PORT"), first.number.to_string()),
    ];
    for port in ports.iter().filter(|port| !port.name.is_empty()) {
        all.push((format!("{name}_SERVICE_PORT_{}", upper(port.name)), port.number.to_string()));
    }
    for (at, ServicePort { number, protocol, .. }) in ports.iter().enumerate() {
        let scheme = protocol.to_ascii_lowercase();
        let url = format!("{scheme}://{address}:{number}");
        if at == 0 {
            all.push((format!("{name}_PORT"), url.clone()));
        }
        let prefix = format!("{name}_PORT_{number}_{protocol}");
        all.push((prefix.clone(), url));
        all.push((format!("{prefix}_PROTO"), scheme));
        all.push((format!("{prefix}_PORT"), number.to_string()));
        all.push((format!("{prefix}_ADDR"), address.to_string()));
    }
    all
}
