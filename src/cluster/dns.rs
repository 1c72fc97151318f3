//! The cluster's DNS: names answered from Services and EndpointSlices as CoreDNS does; sends no packet.
//!
//! Follows CoreDNS' plugin `kubernetes`.

use super::service_endpoints;
use super::store::Cluster;
use crate::model::{Kind, Object, Text, Value};

/// The zone of the cluster.
pub const ZONE: &str = "cluster.local";
/// The address of the DNS server when no Service `kube-dns` says another.
pub const SERVER: &str = "10.96.0.10";
/// The address of the API server when no Service `kubernetes` says another.
pub const API_SERVER: &str = "10.96.0.1";

/// The address that hosts outside of the cluster have here: one of those that documentation uses.
pub const OUTSIDE: &str = "203.0.113.10";
/// How many names may follow each other until an address.
const ALIASES_MAX: usize = 8;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryKind {
    /// An IPv4 address.
    A,
    /// An IPv6 address; the cluster has none.
    Aaaa,
    /// A name for an address.
    Ptr,
    /// Where a named port is served.
    Srv,
}

/// One record of an answer; names have no dot at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// `name` has this address.
    A {
        /// The name that was asked for.
        name: String,
        /// Its address.
        address: Text,
    },
    /// `name` stands for `target`.
    Cname {
        /// The name that was asked for.
        name: String,
        /// The name that is meant.
        target: String,
    },
    /// `name` (`….in-addr.arpa`) belongs to `target`.
    Ptr {
        /// The reversed address that was asked for.
        name: String,
        /// The name of the address.
        target: String,
    },
    /// The port is served at `target`.
    Srv {
        /// The name that was asked for.
        name: String,
        /// The share of this target.
        weight: i64,
        /// The port's number.
        port: i64,
        /// Who serves it.
        target: String,
    },
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is no such name.
    NxDomain,
    /// The records of the name; empty if it has none of the kind.
    Records {
        /// What was asked for.
        answers: Vec<Record>,
        /// The addresses of the targets of `answers`.
        additional: Vec<Record>,
    },
}

impl Answer {
    /// Whether the name exists.
    pub fn is_found(&self) -> bool {
        !matches!(self, Answer::NxDomain)
    }

    /// The name that has the addresses, where the one that was asked for stands for another.
    pub fn meant_name(&self) -> Option<&String> {
        let Answer::Records { answers, .. } = self else { return None };
        answers.iter().rev().find_map(|record| match record {
            Record::Cname { target, .. } => Some(target),
            _ => None,
        })
    }

    /// The addresses in the answer, in order.
    pub fn addresses(&self) -> Vec<Text> {
        let Answer::Records { answers, .. } = self else { return Vec::new() };
        let address = |record: &Record| match record {
            Record::A { address, .. } => Some(address.clone()),
            _ => None,
        };
        answers.iter().filter_map(address).collect()
    }
}

/// The domains that a pod's resolver puts behind a short name, in order.
pub fn search_path(namespace: &str) -> [String; 3] {
    [format!("{namespace}.svc.{ZONE}"), format!("svc.{ZONE}"), ZONE.to_string()]
}

/// The full names that a resolver tries for `name`, in order: one with `dots` dots or more is tried as it is first.
pub fn candidates(searches: &[String], dots: usize, name: &str) -> Vec<String> {
    if let Some(absolute) = name.strip_suffix('.') {
        return vec![absolute.to_string()];
    }
    let mut names: Vec<String> = searches.iter().map(|domain| format!("{name}.{domain}")).collect();
    let place = if name.matches('.').count() >= dots { 0 } else { names.len() };
    names.insert(place, name.to_string());
    names
}

/// Asks the server for a full name.
pub fn query(cluster: &Cluster, name: &str, kind: QueryKind) -> Answer {
    query_behind(cluster, name, kind, ALIASES_MAX)
}

/// The same behind so many names at most that stand for others.
fn query_behind(cluster: &Cluster, name: &str, kind: QueryKind, aliases: usize) -> Answer {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if let Some(reversed) = name.strip_suffix(".in-addr.arpa") {
        let octets: Vec<&str> = reversed.split('.').rev().collect();
        let targets = names_of(cluster, &octets.join("."));
        let answers = targets.into_iter().map(|target| Record::Ptr { name: name.clone(), target }).collect();
        return found(answers, Vec::new());
    }
    let Some(inside) = name.strip_suffix(ZONE).and_then(|rest| rest.strip_suffix('.')) else {
        return Answer::NxDomain;
    };
    let labels: Vec<&str> = inside.split('.').collect();
    match labels.as_slice() {
        [dashed, namespace, "pod"] => pod_by_address(cluster, &name, dashed, namespace, kind),
        [service, namespace, "svc"] => match external_name(cluster, namespace, service).filter(|_| aliases > 0) {
            Some(target) => alias(cluster, &name, target.trim_end_matches('.'), kind, aliases - 1),
            None => addresses(&name, service_addresses(cluster, namespace, service), kind),
        },
        [host, service, namespace, "svc"] => {
            let endpoints = ready_endpoints(cluster, namespace, service);
            let own = endpoints.iter().filter(|endpoint| endpoint.host == *host);
            addresses(&name, own.map(|endpoint| endpoint.address.clone()).collect(), kind)
        }
        [port, protocol, service, namespace, "svc"] => match (port.strip_prefix('_'), protocol.strip_prefix('_')) {
            (Some(port), Some(protocol)) => {
                let answer = service_port(cluster, &name, [port, protocol, service, namespace]);
                if kind == QueryKind::Srv || !answer.is_found() { answer } else { Answer::EMPTY }
            }
            _ => Answer::NxDomain,
        },
        _ => Answer::NxDomain,
    }
}

impl Answer {
    const EMPTY: Answer = Answer::Records { answers: Vec::new(), additional: Vec::new() };
}

/// An endpoint that is in DNS.
struct Endpoint {
    address: Text,
    host: String,
}

fn found(answers: Vec<Record>, additional: Vec<Record>) -> Answer {
    if answers.is_empty() { Answer::NxDomain } else { Answer::Records { answers, additional } }
}

fn addresses(name: &str, addresses: Vec<Text>, kind: QueryKind) -> Answer {
    if addresses.is_empty() {
        return Answer::NxDomain;
    }
    if kind != QueryKind::A {
        return Answer::EMPTY;
    }
    let answers = addresses.into_iter().map(|address| Record::A { name: name.to_string(), address });
    found(answers.collect(), Vec::new())
}

/// The name that a Service of type ExternalName stands for.
fn external_name<'a>(cluster: &'a Cluster, namespace: &str, service: &str) -> Option<&'a str> {
    let service = find_service(cluster, namespace, service)?;
    let name = service.str_at(&["spec", "externalName"]);
    (service.str_at(&["spec", "type"]) == "ExternalName" && !name.is_empty()).then_some(name)
}

/// The name that is meant, and its records. A host outside of the cluster is taken to be there.
fn alias(cluster: &Cluster, name: &str, target: &str, kind: QueryKind, aliases: usize) -> Answer {
    let record = Record::Cname { name: name.to_string(), target: target.to_string() };
    let is_inside = target.strip_suffix(ZONE).is_some_and(|rest| rest.ends_with('.'));
    let is_address = target.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let answer = match is_inside {
        true => query_behind(cluster, target, kind, aliases),
        false if is_address || !target.contains('.') => Answer::NxDomain,
        false => addresses(target, vec![OUTSIDE.into()], kind),
    };
    match answer {
        Answer::NxDomain => Answer::NxDomain,
        Answer::Records { mut answers, additional } => {
            answers.insert(0, record);
            Answer::Records { answers, additional }
        }
    }
}

fn pod_by_address(cluster: &Cluster, name: &str, dashed: &str, namespace: &str, kind: QueryKind) -> Answer {
    let is_address = dashed.split('-').count() == 4 && dashed.split('-').all(|part| part.parse::<u8>().is_ok());
    let has_namespace = cluster.list(Kind::Namespace).any(|found| found.meta.name == namespace);
    if !is_address || !(has_namespace || cluster.count(Kind::Namespace) == 0) {
        return Answer::NxDomain;
    }
    addresses(name, vec![dashed.replace('-', ".").into()], kind)
}

fn find_service<'a>(cluster: &'a Cluster, namespace: &str, name: &str) -> Option<&'a Object> {
    cluster.find(Kind::Service, &Text::new(namespace), &Text::new(name)).map(AsRef::as_ref)
}

fn service_addresses(cluster: &Cluster, namespace: &str, service: &str) -> Vec<Text> {
    let Some(object) = find_service(cluster, namespace, service) else {
        return match (namespace, service) {
            ("default", "kubernetes") => vec![API_SERVER.into()],
            ("kube-system", "kube-dns") => vec![SERVER.into()],
            _ => Vec::new(),
        };
    };
    match object.str_at(&["spec", "clusterIP"]) {
        "None" => ready_endpoints(cluster, namespace, service).into_iter().map(|endpoint| endpoint.address).collect(),
        "" => Vec::new(),
        address => vec![Text::new(address)],
    }
}

fn ready_endpoints(cluster: &Cluster, namespace: &str, service: &str) -> Vec<Endpoint> {
    if find_service(cluster, namespace, service).is_none() {
        return Vec::new();
    }
    let slices = cluster.slices_of(namespace, service);
    slices.flat_map(|slice| service_endpoints::ready_endpoints(slice)).filter_map(endpoint).collect()
}

/// A ready endpoint as DNS knows it.
fn endpoint(value: &Value) -> Option<Endpoint> {
    let address = value.list_at(&["addresses"]).first().and_then(Value::as_text)?.clone();
    let host = match value.str_at(&["hostname"]) {
        "" => address.replace('.', "-"),
        host => host.to_string(),
    };
    Some(Endpoint { address, host })
}

fn service_port(cluster: &Cluster, name: &str, [port, protocol, service, namespace]: [&str; 4]) -> Answer {
    let number = cluster.slices_of(namespace, service).flat_map(|slice| slice.list_at(&["ports"])).find_map(|found| {
        let is_meant = found.str_at(&["name"]) == port && found.str_at(&["protocol"]).eq_ignore_ascii_case(protocol);
        if is_meant { found.i64_at(&["port"]) } else { None }
    });
    let Some(number) = number else { return Answer::NxDomain };
    let endpoints = ready_endpoints(cluster, namespace, service);
    let weight = (100 / i64::try_from(endpoints.len()).unwrap_or(1).max(1)).max(1);
    let target = |endpoint: &Endpoint| format!("{}.{service}.{namespace}.svc.{ZONE}", endpoint.host);
    let srv =
        |endpoint: &Endpoint| Record::Srv { name: name.to_string(), weight, port: number, target: target(endpoint) };
    let a = |endpoint: &Endpoint| Record::A { name: target(endpoint), address: endpoint.address.clone() };
    found(endpoints.iter().map(srv).collect(), endpoints.iter().map(a).collect())
}

/// The names of an address: of a Service, or of an endpoint in each Service that has it.
fn names_of(cluster: &Cluster, address: &str) -> Vec<String> {
    let full = |service: &Object| format!("{}.{}.svc.{ZONE}", service.meta.name, service.meta.namespace);
    if let Some(service) = cluster.list(Kind::Service).find(|found| found.str_at(&["spec", "clusterIP"]) == address) {
        return vec![full(service)];
    }
    match address {
        SERVER => return vec![format!("kube-dns.kube-system.svc.{ZONE}")],
        API_SERVER => return vec![format!("kubernetes.default.svc.{ZONE}")],
        _ => {}
    }
    let mut names = Vec::new();
    for service in cluster.list(Kind::Service) {
        let endpoints = ready_endpoints(cluster, &service.meta.namespace, &service.meta.name);
        let own = endpoints.iter().filter(|endpoint| endpoint.address == address);
        names.extend(own.map(|endpoint| format!("{}.{}", endpoint.host, full(service))));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{list, obj};

    fn cluster() -> Cluster {
        let mut cluster = Cluster::new(1);
        let mut service = Object::new(Kind::Service, "default", "nginx");
        service.set_at(&["spec"], obj! { "clusterIP" => "None" });
        cluster.insert(service).unwrap();
        let mut slice = Object::new(Kind::EndpointSlice, "default", "nginx-x");
        slice.meta.labels.insert("kubernetes.io/service-name", "nginx".into());
        let endpoint = |host: &'static str, address: &'static str, is_ready: bool| {
            obj! { "hostname" => host, "addresses" => list![address], "conditions" => obj! { "ready" => is_ready } }
        };
        slice.set_at(
            &["endpoints"],
            list![endpoint("web-0", "10.244.0.5", true), endpoint("web-1", "10.244.0.6", false)],
        );
        slice.set_at(&["ports"], list![obj! { "name" => "web", "port" => 80, "protocol" => "TCP" }]);
        cluster.insert(slice).unwrap();
        cluster
    }

    #[test]
    fn ready_pods_have_names_and_others_have_none() {
        let cluster = cluster();
        let at = |name: &str| {
            let mut names = candidates(&search_path("default"), 5, name).into_iter();
            names.find_map(|full| match query(&cluster, &full, QueryKind::A) {
                Answer::NxDomain => None,
                answer => Some((full, answer.addresses())),
            })
        };
        let ip: Text = "10.244.0.5".into();
        assert_eq!(at("nginx"), Some(("nginx.default.svc.cluster.local".to_string(), vec![ip.clone()])));
        assert_eq!(at("web-0.nginx"), Some(("web-0.nginx.default.svc.cluster.local".to_string(), vec![ip.clone()])));
        assert_eq!(at("web-1.nginx"), None);
        assert_eq!(at("web-0"), None);
        assert_eq!(at("10-244-9-9.default.pod").map(|found| found.1), Some(vec!["10.244.9.9".into()]));
        let name = "5.0.244.10.in-addr.arpa".to_string();
        let target = "web-0.nginx.default.svc.cluster.local".to_string();
        let ptr = Record::Ptr { name: name.clone(), target: target.clone() };
        assert_eq!(query(&cluster, &name, QueryKind::Ptr), found(vec![ptr], vec![]));
        let name = "_web._tcp.nginx.default.svc.cluster.local".to_string();
        let srv = Record::Srv { name: name.clone(), weight: 100, port: 80, target: target.clone() };
        let a = Record::A { name: target, address: ip };
        assert_eq!(query(&cluster, &name, QueryKind::Srv), found(vec![srv], vec![a]));
        assert_eq!(query(&cluster, "nginx.default.svc.cluster.local", QueryKind::Aaaa), Answer::EMPTY);
    }
}
