//! `kubectl port-forward` and `proxy`: doors that nothing outside of the page can go through; the console's curl can.
//!
//! Follows `pkg/cmd/portforward/portforward.go` and `pkg/cmd/proxy/proxy.go` of kubectl.

use super::exec::check_patience;
use super::pod_of_workload::pod_of;
use crate::kubectl::command::{Cx, Door, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::resources::{Resource, fetch, namespace_of};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::pod::is_over;
use crate::model::{Kind, Object, Text, Value, conditions};
use crate::sorted::SharedSet;
use std::net::IpAddr;

/// The row of `kubectl proxy`.
pub const PROXY: Verb = Verb {
    name: "proxy",
    flags: &[PROXY_FLAGS],
    run: proxy,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: Group::Troubleshooting.at(6),
    ways: Ways::USUAL,
    help: help(
        "Run a proxy to the Kubernetes API server. Nothing outside of this page can connect to it.",
        &[("Serve the API on port 8001", "kubectl proxy")],
        &[("-p, --port=8001", "The port to serve on.")],
        "proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]",
    ),
};

/// The row of `kubectl port-forward`.
pub const PORT_FORWARD: Verb = Verb {
    name: "port-forward",
    flags: &[&[PATIENCE, long("address", Takes::List)]],
    run: port_forward,
    manager: "kubectl",
    completes: Completes::Pods,
    listed: Group::Troubleshooting.at(5),
    ways: Ways::USUAL,
    help: help(
        "Forward one or more local ports to a pod. Only the console's own curl can connect to them.",
        &[("Port 8080 to the pod's port 80", "kubectl port-forward web-0 8080:80")],
        &[("--address=[localhost]", "Addresses to listen on.")],
        "port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    ),
};

/// The flag of `port-forward` that says how long it waits for a pod.
const PATIENCE: Flag = long("pod-running-timeout", Takes::Duration);

/// The flags of `proxy`. What keeps requests out is not there.
const PROXY_FLAGS: &[Flag] = &[
    short("port", 'p', Takes::Int),
    long("address", Takes::Text),
    long("accept-hosts", Takes::Text).ignored(),
    long("accept-paths", Takes::Text).refused(),
    long("api-prefix", Takes::Text).refused(),
    long("append-server-path", Takes::Bool).ignored(),
    long("disable-filter", Takes::Bool).ignored(),
    long("keepalive", Takes::Duration).ignored(),
    long("reject-methods", Takes::Text).refused(),
    long("reject-paths", Takes::Text).refused(),
    short("unix-socket", 'u', Takes::Text).refused(),
    short("www", 'w', Takes::Text).ignored(),
    short("www-prefix", 'P', Takes::Text).ignored(),
];

/// `kubectl port-forward`: says what it would forward and waits; nothing outside of the page can connect.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn port_forward(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [word, ports @ ..] = args.before_dash() else {
        return Err(Failure::Usage(
            "TYPE/NAME and list of ports are required for port-forward".into(),
            "port-forward".into(),
        ));
    };
    if ports.is_empty() {
        return Err(Failure::Usage(
            "TYPE/NAME and list of ports are required for port-forward".into(),
            "port-forward".into(),
        ));
    }
    check_patience(args, "port-forward")?;
    let namespace = namespace_of(args, cx);
    let service = match word.split_once('/') {
        Some((kind, name)) if Resource::find(kind, &[]) == Some(Resource::Kept(Kind::Service)) => {
            Some(fetch(Resource::Kept(Kind::Service), &namespace, name, cx)?)
        }
        _ => None,
    };
    let pod = pod_of(word, args, cx)?;
    cx.check_access("create", Kind::Pod, "portforward", &namespace, &pod.meta.name)?;
    let phase = conditions::phase(&pod);
    if phase != "Running" {
        return Err(Failure::client(format!(
            "unable to forward port because pod is not running. Current status={phase}"
        )));
    }
    let addresses = addresses(args)?;
    let mut pairs = Vec::new();
    for port in ports {
        let (local, remote) = port.split_once(':').unwrap_or((port, port));
        let remote: i64 = match &service {
            Some(service) => target_port(service, &pod, remote)?,
            None => remote.parse().ok().or_else(|| named_port(&pod, remote)).ok_or_else(|| {
                Failure::client(format!("Pod '{}' does not have a named port '{remote}'", pod.meta.name))
            })?,
        };
        let local = match local {
            "" => 0,
            // A port by its name is the same at both ends.
            local if local == port => remote,
            local => port_number(local, "local")?,
        };
        let remote = port_number(&remote.to_string(), "remote")?;
        if remote == 0 {
            return Err(Failure::client("remote port must be > 0"));
        }
        let local = if local == 0 { 40_000 + remote % 10_000 } else { local };
        pairs.push((local, remote));
    }
    for (local, remote) in &pairs {
        for address in &addresses {
            cx.out.out(format!("Forwarding from {address}:{local} -> {remote}"));
        }
    }
    let local = pairs.first().map_or(80, |pair| pair.0).to_string();
    cx.hint("forwarded", &[("port", &local)]);
    Ok(Flow::Wait(Box::new(Forward(Door { uid: pod.meta.uid.clone(), ports: pairs, user: None }))))
}

/// The addresses that are listened on, as they are printed.
///
/// Follows `parseAddresses` in `tools/portforward` of client-go.
fn addresses(args: &Args) -> Result<Vec<String>, Failure> {
    let asked = args.list("address");
    let usual = ["localhost".to_string()];
    let mut found = SharedSet::new();
    for address in if asked.is_empty() { &usual } else { asked } {
        match address.parse() {
            _ if address == "localhost" => found.extend(["127.0.0.1".to_string(), "[::1]".to_string()]),
            Ok(IpAddr::V4(_)) => _ = found.insert(address.clone()),
            Ok(IpAddr::V6(_)) => _ = found.insert(format!("[{address}]")),
            Err(_) => return Err(Failure::client(format!("{address} is not a valid IP"))),
        }
    }
    Ok(found.iter().cloned().collect())
}

/// A port's number as Go reads it.
fn port_number(text: &str, which: &str) -> Result<i64, Failure> {
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.parse::<u16>().ok().filter(|_| is_number).map(i64::from).ok_or_else(|| {
        let why = if is_number { "value out of range" } else { "invalid syntax" };
        Failure::client(format!("error parsing {which} port '{text}': strconv.ParseUint: parsing {text:?}: {why}"))
    })
}

/// Ports that are forwarded for as long as the pod runs.
#[derive(Clone, Debug)]
struct Forward(Door);

impl Job for Forward {
    fn is_endless(&self) -> bool {
        true
    }

    fn poll(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let pod = cx.cluster().by_uid(&self.0.uid);
        if pod.is_some_and(|pod| !is_over(pod)) {
            return Flow::Wait(self);
        }
        Flow::Done(cx.fail(&Failure::client("lost connection to pod")))
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn door(&self) -> Option<&Door> {
        Some(&self.0)
    }
}

/// The API server behind a port of this machine.
#[derive(Clone, Debug)]
struct Serve(Door);

impl Job for Serve {
    fn is_endless(&self) -> bool {
        true
    }

    fn poll(self: Box<Self>, _: &mut Cx<'_>) -> Flow {
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn door(&self) -> Option<&Door> {
        Some(&self.0)
    }
}

/// The pod's port behind a service's.
fn target_port(service: &Object, pod: &Object, port: &str) -> Result<i64, Failure> {
    let fits =
        |it: &&Value| it.str_at(&["name"]) == port || it.i64_at(&["port"]).is_some_and(|at| at.to_string() == port);
    let Some(found) = service.list_at(&["spec", "ports"]).iter().find(fits) else {
        let name = &service.meta.name;
        return Err(Failure::client(match port.parse::<i64>() {
            Ok(_) => format!("Service {name} does not have a service port {port}"),
            Err(_) => format!("Service '{name}' does not have a named port '{port}'"),
        }));
    };
    let target =
        found.get("targetPort").and_then(|target| target.as_i64().or_else(|| named_port(pod, target.as_str()?)));
    Ok(target.or(found.i64_at(&["port"])).unwrap_or(80))
}

/// The number of a pod's port by its name.
fn named_port(pod: &Object, name: &str) -> Option<i64> {
    let containers = crate::model::pod::containers(pod).iter();
    let mut ports = containers.flat_map(|it| it.list_at(&["ports"])).filter(|it| it.str_at(&["name"]) == name);
    ports.next().and_then(|it| it.i64_at(&["containerPort"]))
}

/// `kubectl proxy`: the same for the API server.
///
/// # Errors
/// A port that is none.
pub fn proxy(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let port = args.int("port").unwrap_or(8001);
    if u16::try_from(port).is_err() {
        return Err(Failure::client(format!("listen tcp: address {port}: invalid port")));
    }
    let address = if args.text("address").is_empty() { "127.0.0.1" } else { args.text("address") };
    cx.out.out(format!("Starting to serve on {address}:{port}"));
    cx.hint("not_served", &[("port", &port.to_string())]);
    Ok(Flow::Wait(Box::new(Serve(Door { uid: Text::default(), ports: vec![(port, port)], user: cx.user.clone() }))))
}
