//! `kubectl create ingress`: rules as `host/path=service:port,tls=secret`.
//!
//! Follows pkg/cmd/create/create_ingress.go of kubectl.

use super::requests::tree;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::model::{Kind, Map, Text, Value};
use crate::obj;

/// The Ingress that the flags describe.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn ingress(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    validate(args)?;
    let rules = args.list("rule").iter().map(|text| read_rule(text)).collect::<Result<Vec<_>, _>>()?;
    let mut spec = Value::map();
    if !args.text("class").is_empty() {
        spec.set_at(&["ingressClassName"], Text::new(args.text("class")));
    }
    if let Some((service, port)) = args.text("default-backend").split_once(':') {
        spec.set_at(&["defaultBackend"], backend(service, port));
    }
    let (by_host, tls) = (by_host(&rules), certificates(&rules));
    if !by_host.is_empty() {
        spec.set_at(&["rules"], by_host);
    }
    if !tls.is_empty() {
        spec.set_at(&["tls"], tls);
    }
    let mut value = tree(Kind::Ingress, name, obj! { "spec" => spec });
    let pairs = args.list("annotation").iter().filter_map(|pair| pair.split_once('='));
    let annotations: Map = pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect();
    if !annotations.is_empty() {
        value.set_at(&["metadata", "annotations"], annotations);
    }
    Ok(value)
}

fn validate(args: &Args) -> Result<(), Failure> {
    let fallback = args.text("default-backend");
    if fallback.is_empty() && args.list("rule").is_empty() {
        return Err(Failure::client(
            "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    if let Some(rule) = args.list("rule").iter().find(|rule| !is_rule(rule)) {
        return Err(wrong_rule(rule));
    }
    if let Some(pair) = args.list("annotation").iter().find(|pair| !pair.contains('=')) {
        let text = format!("annotation {pair} is invalid and should be in format key=[value]");
        return Err(Failure::client(text));
    }
    match fallback.is_empty() || fallback.split(':').count() == 2 {
        true => Ok(()),
        false => Err(Failure::client("default-backend should be in format servicename:serviceport")),
    }
}

fn wrong_rule(rule: &str) -> Failure {
    let form = "host/path=svcname:svcport[,tls[=secret]]";
    Failure::client(format!("rule {rule} is invalid and should be in format {form}"))
}

/// Whether a rule begins as kubectl's expression asks; what stands behind is not looked at.
fn is_rule(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let Some((host, path)) = text.split_once('/') else { return false };
    let is_backend = |text: &str| {
        text.split_once(':').is_some_and(|(service, port)| {
            !service.is_empty() && service.chars().all(is_word) && port.starts_with(is_word)
        })
    };
    host.chars().all(|c| is_word(c) || matches!(c, '*' | '.'))
        && path.match_indices('=').any(|(at, _)| path.get(at + 1..).is_some_and(is_backend))
}

struct Rule {
    host: String,
    path: Value,
    /// The secret for TLS; empty for one without a name.
    secret: Option<String>,
}

fn read_rule(text: &str) -> Result<Rule, Failure> {
    let wrong = || wrong_rule(text);
    let parts: Vec<&str> = text.split(',').collect();
    let (address, secret) = match parts.as_slice() {
        [address, tls] => (*address, Some(tls.split('=').nth(1).unwrap_or_default().to_string())),
        _ => (parts.first().copied().unwrap_or_default(), None),
    };
    let (host, path) = address.split_once('/').ok_or_else(wrong)?;
    let mut path = path.split('=');
    let (path, target) = (path.next().unwrap_or_default(), path.next().ok_or_else(wrong)?);
    let mut target = target.split(':');
    let (service, port) = (target.next().unwrap_or_default(), target.next().ok_or_else(wrong)?);
    let (path, kind) = match path.strip_suffix('*') {
        Some(path) => (path, "Prefix"),
        None => (path, "Exact"),
    };
    let path = obj! { "backend" => backend(service, port), "path" => format!("/{path}"), "pathType" => kind };
    Ok(Rule { host: host.to_string(), path, secret })
}

fn backend(service: &str, port: &str) -> Value {
    let port = match port.parse::<i32>() {
        Ok(0) => Value::map(),
        Ok(number) => obj! { "number" => i64::from(number) },
        Err(_) => obj! { "name" => Text::new(port) },
    };
    obj! { "service" => obj! { "name" => Text::new(service), "port" => port } }
}

/// One rule a host, with all of its paths.
fn by_host(rules: &[Rule]) -> Vec<Value> {
    let mut hosts: Vec<(&str, Vec<Value>)> = Vec::new();
    for rule in rules {
        match hosts.iter_mut().find(|(host, _)| *host == rule.host) {
            Some((_, paths)) => paths.push(rule.path.clone()),
            None => hosts.push((&rule.host, vec![rule.path.clone()])),
        }
    }
    let one = |(host, paths): (&str, Vec<Value>)| {
        let mut value = obj! { "http" => obj! { "paths" => paths } };
        if !host.is_empty() {
            value.set_at(&["host"], Text::new(host));
        }
        value
    };
    hosts.into_iter().map(one).collect()
}

/// The hosts of each secret; a host counts once.
fn certificates(rules: &[Rule]) -> Vec<Value> {
    let mut seen: Vec<&str> = Vec::new();
    let mut secrets: Vec<(&str, Vec<&str>)> = Vec::new();
    for rule in rules {
        let (Some(secret), host) = (&rule.secret, rule.host.as_str()) else { continue };
        if seen.contains(&host) {
            continue;
        }
        seen.push(host);
        match secrets.iter_mut().find(|(known, _)| known == secret) {
            Some((_, hosts)) => hosts.push(host),
            None if host.is_empty() && secret.is_empty() => {}
            None if host.is_empty() => secrets.push((secret, Vec::new())),
            None => secrets.push((secret, vec![host])),
        }
    }
    let one = |(secret, hosts): (&str, Vec<&str>)| {
        let mut entry = Value::map();
        if !hosts.is_empty() {
            entry.set_at(&["hosts"], hosts.into_iter().map(Value::text).collect::<Vec<_>>());
        }
        if !secret.is_empty() {
            entry.set_at(&["secretName"], Text::new(secret));
        }
        entry
    };
    secrets.into_iter().map(one).collect()
}
