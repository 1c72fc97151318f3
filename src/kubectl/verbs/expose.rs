//! `kubectl expose`: a Service for what runs already.
//!
//! Follows `pkg/cmd/expose/expose.go` of kubectl.

use super::dry_run::{self, DRY_RUN, finish, is_local};
use super::requests::{FIELD_MANAGER, RECORD, create_value, label_pairs, pairs_of, tree, with_saved_config};
use crate::api::go_quoted;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::manifests;
use crate::kubectl::output_formats::{self, print_operation, print_typed_operation};
use crate::kubectl::selection::{Rules, objects_of_types, select_named};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::pod::containers;
use crate::model::{Kind, Map, Object, Text, Value};
use crate::obj;

/// The row of `kubectl expose`.
pub const EXPOSE: Verb = Verb {
    name: "expose",
    flags: FLAGS,
    run: expose,
    manager: "kubectl-expose",
    completes: Completes::Objects,
    listed: Group::Beginner.at(2),
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Create a Service for a pod or another Service.",
        &[("Make one pod reachable by a name of its own", "kubectl expose pod web-0 --port=80 --name=first")],
        &[
            ("--port=''", "The port that the Service serves."),
            ("--name=''", "The Service's name."),
            ("--cluster-ip=''", "None for a headless Service."),
        ],
        "expose (TYPE NAME | TYPE/NAME) [--port=port] [--name=name] [options]",
    ),
};

/// The flags of `expose`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        DRY_RUN,
        FIELD_MANAGER,
        long("selector", Takes::Text),
        RECORD,
        long("name", Takes::Text),
        long("port", Takes::Text),
        long("target-port", Takes::Text),
        long("protocol", Takes::Text),
        long("type", Takes::Text),
        long("cluster-ip", Takes::Text),
        long("load-balancer-ip", Takes::Text),
        short("labels", 'l', Takes::Text),
        long("external-ip", Takes::Text),
        long("session-affinity", Takes::Text),
        long("save-config", Takes::Bool),
        long("overrides", Takes::Text),
        long("override-type", Takes::Text),
    ],
];

/// `kubectl expose`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn expose(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    // `--selector` is the new Service's, not a choice among the objects.
    let mut named = args.without("selector");
    named.words = args.words.clone();
    // What a file says is not asked for.
    let found = match manifests::are_named(args) {
        true => objects_of_types(&named, true, cx)?,
        false => select_named(&named, Rules { needs_types: true, ..Rules::default() }, cx)?,
    };
    let mut failures = Vec::new();
    for object in &found.objects {
        failures.extend(expose_one(args, object, cx).err());
    }
    failures.extend(found.failures);
    finish(&failures, cx)
}

fn expose_one(args: &Args, object: &Object, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let selector = match object.kind {
        _ if args.has("selector") => Some(Value::from(pairs_of(args.text("selector")))),
        Kind::Pod if object.meta.labels.is_empty() => {
            return Err(Failure::client(
                "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be \
                 exposed",
            ));
        }
        Kind::Pod => Some(Value::from(&object.meta.labels)),
        Kind::Service => object.at(&["spec", "selector"]).cloned(),
        Kind::Deployment | Kind::ReplicaSet => {
            if !object.list_at(&["spec", "selector", "matchExpressions"]).is_empty() {
                return Err(Failure::client(
                    "couldn't convert expressions - \"matchExpressions\" to map-based selector format",
                ));
            }
            object.at(&["spec", "selector", "matchLabels"]).cloned()
        }
        _ => {
            let names = object.kind.names();
            let group = if names.group.is_empty() { String::new() } else { format!(".{}", names.group) };
            return Err(Failure::client(format!("cannot expose a {}{group}", names.kind)));
        }
    };
    check_labels(args.text("selector"))?;
    if let Some(wrong) = args.text("port").split(',').find(|port| args.has("port") && port.parse::<i64>().is_err()) {
        return Err(Failure::client(format!("strconv.Atoi: parsing {}: invalid syntax", go_quoted(wrong))));
    }
    let ports = exposed_ports(object, args);
    if ports.is_empty() {
        return Err(Failure::client("couldn't find port via --port flag or introspection"));
    }
    let mut spec = obj! { "ports" => ports, "selector" => selector.unwrap_or_default() };
    if args.has("external-ip") {
        spec.set_at(&["externalIPs"], args.text("external-ip").split(',').map(Value::text).collect::<Vec<_>>());
    }
    if args.has("session-affinity") {
        spec.set_at(&["sessionAffinity"], Text::new(args.text("session-affinity")));
    }
    if args.has("cluster-ip") {
        spec.set_at(&["clusterIP"], Text::new(args.text("cluster-ip")));
    }
    if args.has("load-balancer-ip") {
        spec.set_at(&["loadBalancerIP"], Text::new(args.text("load-balancer-ip")));
    }
    if args.has("type") {
        spec.set_at(&["type"], Text::new(args.text("type")));
    }
    let name = if args.has("name") { args.text("name") } else { object.meta.name.as_str() };
    let mut service = tree(Kind::Service, name, obj! { "spec" => spec });
    let labels: Map = if args.has("labels") {
        label_pairs(args)
    } else {
        object.meta.labels.iter().map(|(key, value)| (key.clone(), value.into())).collect()
    };
    if !labels.is_empty() {
        service.set_at(&["metadata", "labels"], labels);
    }
    cx.note_cause_in(&mut service);
    let stored = create_value(&if is_local(args) { service } else { with_saved_config(service, args) }, args, cx)?;
    match is_local(args) {
        true => print_typed_operation(args, &stored, "exposed", cx),
        false => print_operation(args, &stored, "exposed", cx),
    }
}

/// Refuses what is no list of labels: `a=b,c=d`.
fn check_labels(text: &str) -> Result<(), Failure> {
    for spec in text.split(',').filter(|_| !text.is_empty()) {
        match spec.split('=').collect::<Vec<_>>().as_slice() {
            ["", _] => return Err(Failure::client("unexpected empty label key")),
            [_, _] => {}
            _ => return Err(Failure::client(format!("unexpected label spec: {spec}"))),
        }
    }
    Ok(())
}

/// The ports of a service for an object: those of the flags, or all that the object names.
fn exposed_ports(object: &Object, args: &Args) -> Vec<Value> {
    let found: Vec<(i64, Text)> = if args.has("port") {
        let numbers = args.text("port").split(',').filter_map(|port| port.parse().ok());
        numbers.map(|port| (port, Text::new(args.text("protocol")))).collect()
    } else {
        let field = if object.kind == Kind::Service { "port" } else { "containerPort" };
        let owners = match object.kind {
            Kind::Pod => containers(object),
            Kind::Deployment | Kind::ReplicaSet => object.list_at(&["spec", "template", "spec", "containers"]),
            _ => std::slice::from_ref(object.at(&["spec"]).unwrap_or(&Value::Null)),
        };
        let ports = owners.iter().flat_map(|owner| owner.list_at(&["ports"]));
        ports.filter_map(|port| Some((port.i64_at(&[field])?, Text::new(port.str_at(&["protocol"]))))).collect()
    };
    let are_named = found.len() > 1;
    let one = |(at, (port, protocol)): (usize, (i64, Text))| {
        let target = match args.int("target-port") {
            Some(target) => Value::Int(target),
            None if args.has("target-port") => Value::text(args.text("target-port")),
            None => Value::Int(port),
        };
        let protocol = if protocol.is_empty() { "TCP".into() } else { protocol };
        let mut value = obj! { "port" => port, "protocol" => protocol, "targetPort" => target };
        if are_named {
            value.set_at(&["name"], format!("port-{}", at + 1));
        }
        value
    };
    found.into_iter().enumerate().map(one).collect()
}
