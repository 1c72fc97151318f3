//! The cells of Services, of what stands behind them, of Ingresses and of APIServices.

use super::{or_none, unset};
use crate::kubectl::cells::pairs;
use crate::kubectl::table::Cell;
use crate::model::Object;
use crate::model::conditions::condition;

pub(in crate::kubectl) fn service(service: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let ports = service.list_at(&["spec", "ports"]).iter().map(|port| {
        let number = port.i64_at(&["port"]).unwrap_or(0);
        let protocol = port.str_at(&["protocol"]);
        match port.i64_at(&["nodePort"]) {
            Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
            _ => format!("{number}/{protocol}"),
        }
    });
    let ports: Vec<String> = ports.collect();
    let external = match service.str_at(&["spec", "type"]) {
        "ExternalName" => service.str_at(&["spec", "externalName"]).to_string(),
        "LoadBalancer" => "<pending>".into(),
        _ => String::new(),
    };
    vec![
        name,
        Cell::new(service.str_at(&["spec", "type"])),
        or_none(service.str_at(&["spec", "clusterIP"])),
        or_none(&external),
        or_none(&ports.join(",")),
        age,
        or_none(&pairs(service.at(&["spec", "selector"]), ",")),
    ]
}

/// The first three of several, and how many more.
pub fn first_three(all: &[String]) -> String {
    match all.get(..3) {
        Some(first) if all.len() > 3 => format!("{} + {} more...", first.join(","), all.len() - 3),
        _ => all.join(","),
    }
}

pub(in crate::kubectl) fn endpoints(endpoints: &Object) -> String {
    let subsets = endpoints.list_at(&["subsets"]);
    if subsets.is_empty() {
        return "<none>".into();
    }
    let mut all = Vec::new();
    for subset in subsets {
        let ports = subset.list_at(&["ports"]);
        for address in subset.list_at(&["addresses"]) {
            let ip = address.str_at(&["ip"]);
            if ports.is_empty() {
                all.push(ip.to_string());
            }
            for port in ports {
                all.push(format!("{ip}:{}", port.i64_at(&["port"]).unwrap_or(0)));
            }
        }
    }
    first_three(&all)
}

pub(in crate::kubectl) fn slice(slice: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let ports: Vec<String> = slice
        .list_at(&["ports"])
        .iter()
        .map(|port| port.i64_at(&["port"]).map_or_else(|| "*".into(), |number| number.to_string()))
        .collect();
    let addresses: Vec<String> = slice
        .list_at(&["endpoints"])
        .iter()
        .flat_map(|endpoint| endpoint.list_at(&["addresses"]))
        .filter_map(|address| address.as_str().map(str::to_string))
        .collect();
    vec![
        name,
        Cell::new(slice.str_at(&["addressType"])),
        unset(&first_three(&ports)),
        unset(&first_three(&addresses)),
        age,
    ]
}

pub(in crate::kubectl) fn ingress(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    const HOSTS_MAX: usize = 3;
    let class = object.str_at(&["spec", "ingressClassName"]);
    let hosts: Vec<&str> = object.list_at(&["spec", "rules"]).iter().map(|rule| rule.str_at(&["host"])).collect();
    let mut shown: Vec<&str> = hosts.iter().filter(|host| !host.is_empty()).copied().take(HOSTS_MAX).collect();
    let more = hosts.len().saturating_sub(HOSTS_MAX);
    if shown.is_empty() {
        shown.push("*");
    }
    let mut text = shown.join(",");
    if more > 0 {
        text.push_str(&format!(" + {more} more..."));
    }
    let ports = if object.list_at(&["spec", "tls"]).is_empty() { "80" } else { "80, 443" };
    let addresses = object.list_at(&["status", "loadBalancer", "ingress"]).iter();
    let addresses: Vec<&str> = addresses.map(|it| it.str_at(&["ip"])).filter(|ip| !ip.is_empty()).collect();
    vec![
        name,
        Cell::new(if class.is_empty() { "<none>" } else { class }),
        Cell::new(text),
        Cell::new(addresses.join(",")),
        Cell::new(ports),
        age,
    ]
}

pub(in crate::kubectl) fn ingress_class(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let parameter = |field: &str| object.str_at(&["spec", "parameters", field]);
    let parameters = match (parameter("kind"), parameter("apiGroup")) {
        ("", _) => "<none>".to_string(),
        (kind, "") => format!("{kind}/{}", parameter("name")),
        (kind, group) => format!("{kind}.{group}/{}", parameter("name")),
    };
    vec![name, Cell::new(object.str_at(&["spec", "controller"])), Cell::new(parameters), age]
}

/// Follows `ConvertToTable` of kube-aggregator's pkg/registry/apiservice/etcd/etcd.go.
pub(in crate::kubectl) fn api_service(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let server = match object.at(&["spec", "service"]) {
        Some(service) => format!("{}/{}", service.str_at(&["namespace"]), service.str_at(&["name"])),
        None => "Local".to_string(),
    };
    let available = match condition(object, "Available").map(|it| (it.str_at(&["status"]), it.str_at(&["reason"]))) {
        None => "Unknown".to_string(),
        Some((status, reason)) if status != "True" && !reason.is_empty() => format!("{status} ({reason})"),
        Some((status, _)) => status.to_string(),
    };
    vec![name, Cell::new(server), Cell::new(available), age]
}
