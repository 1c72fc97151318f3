//! The short forms of `kubectl create service`.
//!
//! Follows create_service.go in pkg/cmd/create of kubectl.

use super::requests::tree;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::model::{Kind, Text, Value};
use crate::obj;

/// A Service with an address in the cluster.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn cluster_ip(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    service(name, "ClusterIP", args)
}

/// A Service with a port on every node.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn node_port(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    service(name, "NodePort", args)
}

/// A Service with an address outside.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn load_balancer(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    service(name, "LoadBalancer", args)
}

/// A Service that stands for a name outside.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn external_name(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    service(name, "ExternalName", args)
}

/// The number of a port.
fn port_of(text: &str) -> Result<i64, Failure> {
    let why = match text.parse::<u64>() {
        Ok(number) if number <= 65_535 => return Ok(i64::try_from(number).unwrap_or(0)),
        Ok(_) => "value out of range",
        Err(_) => "invalid syntax",
    };
    Err(Failure::client(format!("strconv.ParseUint: parsing {text:?}: {why}")))
}

/// A port by its number or its name.
fn target_of(text: &str) -> Result<Value, Failure> {
    match text.parse::<i64>() {
        Ok(number) if (1..=65_535).contains(&number) => Ok(number.into()),
        Ok(_) => Err(Failure::client("must be between 1 and 65535, inclusive")),
        Err(_) => match crate::api::names::port_name(text).as_slice() {
            [] => Ok(Value::text(text)),
            faults => Err(Failure::client(faults.join(","))),
        },
    }
}

/// The port and the target of `80`, `80:8080` or `80:web`; what stands behind a second colon is not looked at.
///
/// Follows `parsePorts` in create_service.go.
fn parse_ports(text: &str) -> Result<(i64, Value), Failure> {
    let mut parts = text.split(':');
    let port = port_of(parts.next().unwrap_or_default())?;
    let target = parts.next().map_or(Ok(Value::Int(port)), target_of)?;
    Ok((port, target))
}

/// A Service of a type.
fn service(name: &str, kind: &'static str, args: &Args) -> Result<Value, Failure> {
    let has_none = kind == "ExternalName" || args.text("clusterip") == "None";
    if args.list("tcp").is_empty() && !has_none {
        return Err(Failure::client("at least one tcp port specifier must be provided"));
    }
    let outside = args.text("external-name");
    if kind == "ExternalName" && !crate::api::names::dns_subdomain(outside).is_empty() {
        return Err(Failure::client(format!("invalid service external name {outside}")));
    }
    let mut ports = Vec::new();
    for text in args.list("tcp") {
        let (port, target) = parse_ports(text)?;
        let mut value =
            obj! { "name" => text.replace(':', "-"), "port" => port, "protocol" => "TCP", "targetPort" => target };
        if let Some(number) = args.int("node-port").filter(|number| *number != 0) {
            value.set_at(&["nodePort"], number);
        }
        ports.push(value);
    }
    let mut spec = obj! { "selector" => obj! { "app" => Text::new(name) }, "type" => kind };
    if !ports.is_empty() {
        spec.set_at(&["ports"], ports);
    }
    for (flag, field) in [("clusterip", "clusterIP"), ("external-name", "externalName")] {
        if !args.text(flag).is_empty() {
            spec.set_at(&[field], Text::new(args.text(flag)));
        }
    }
    let mut value = tree(Kind::Service, name, obj! { "spec" => spec });
    value.set_at(&["metadata", "labels"], obj! { "app" => Text::new(name) });
    Ok(value)
}
