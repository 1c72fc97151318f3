//! `kubectl explain`, `expose`, `autoscale` and the short forms of `create`.

use super::change::{chosen, finish};
use super::write::{create_value, tree};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::explain::explain as explain_text;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::print::{text_lines, told};
use crate::kubectl::resources::{NOTHING_NAMED, Resource};
use crate::model::{Kind, Map, Object, Text, Value};
use crate::obj;

/// The flags of `explain`.
pub const EXPLAIN_FLAGS: &[Flag] =
    &[long("recursive", Takes::Bool), long("api-version", Takes::Text), short("output", 'o', Takes::Text)];

/// The flags of `expose`.
pub const EXPOSE_FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("selector", 'l', Takes::Text),
    short("output", 'o', Takes::Text),
    long("name", Takes::Text),
    long("port", Takes::Text),
    long("target-port", Takes::Text),
    long("protocol", Takes::Text),
    long("type", Takes::Text),
    long("cluster-ip", Takes::Text),
    long("labels", Takes::Text),
    long("external-ip", Takes::Text),
    long("session-affinity", Takes::Text),
    long("overrides", Takes::Text),
    long("override-type", Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    long("field-manager", Takes::Text),
];

/// The flags of `autoscale`.
pub const AUTOSCALE_FLAGS: &[Flag] = &[
    long("min", Takes::Int),
    long("max", Takes::Int),
    long("cpu-percent", Takes::Int),
    long("cpu", Takes::Text),
    long("memory", Takes::Text),
    long("name", Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    short("filename", 'f', Takes::List),
    short("output", 'o', Takes::Text),
];

/// `kubectl explain`.
///
/// # Errors
/// What kubectl refuses.
pub fn explain(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(path) = args.before_dash().first() else {
        return Err(Failure::client(
            "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    };
    match explain_text(path, args.is("recursive"), cx.state.lang) {
        Ok(text) => {
            text_lines(&text, &mut cx.out);
            if path.ends_with(".image") {
                cx.hint("images", &[]);
            }
            OK
        }
        Err(text) => Err(Failure::Raw(text)),
    }
}

/// `kubectl expose`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn expose(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().is_empty() && !args.has("filename") {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let (objects, failures) = chosen(args, cx)?;
    for object in &objects {
        let selector = match object.kind {
            Kind::Pod => Some(Value::from(&object.meta.labels)),
            Kind::Service => object.at(&["spec", "selector"]).cloned(),
            _ => {
                let names = object.kind.names();
                let group = if names.group.is_empty() { String::new() } else { format!(".{}", names.group) };
                return Err(Failure::client(format!("cannot expose a {}{group}", names.kind)));
            }
        };
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
        let stored = create_value(&service, args, cx)?;
        told(args, &stored, "exposed", cx)?;
    }
    finish(&failures, cx)
}

/// The labels that `--labels` names.
pub fn label_pairs(args: &Args) -> Map {
    let pairs = args.text("labels").split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect()
}

/// The ports of a service for an object: those of the flags, or all that the object names.
fn exposed_ports(object: &Object, args: &Args) -> Vec<Value> {
    let found: Vec<(i64, Text)> = if args.has("port") {
        let numbers = args.text("port").split(',').filter_map(|port| port.parse().ok());
        numbers.map(|port| (port, Text::new(args.text("protocol")))).collect()
    } else {
        let field = if object.kind == Kind::Pod { "containerPort" } else { "port" };
        let owners = match object.kind {
            Kind::Pod => object.list_at(&["spec", "containers"]),
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

/// `kubectl autoscale`: the lab has no metrics to scale by.
///
/// # Errors
/// What kubectl refuses.
pub fn autoscale(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().is_empty() && !args.has("filename") {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let (objects, failures) = chosen(args, cx)?;
    if args.int("max").is_none() {
        return Err(Failure::client("required flag(s) \"max\" not set"));
    }
    if !objects.is_empty() {
        return not_kept("horizontalpodautoscaler", "horizontalpodautoscalers", cx);
    }
    finish(&failures, cx)
}

/// `kubectl create namespace lab` and its kin.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn create_object(what: &str, rest: &[String], args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let usage = |text: String| Failure::Usage(text, format!("create {what}"));
    let exactly_one = |rest: &[String]| match rest {
        [name] => Ok(name.clone()),
        _ => Err(usage(format!("exactly one NAME is required, got {}", rest.len()))),
    };
    let value = match what {
        "namespace" | "ns" => tree(Kind::Namespace, &exactly_one(rest)?, obj! {}),
        "configmap" | "cm" => tree(Kind::ConfigMap, &exactly_one(rest)?, obj! { "data" => literals(args, cx)? }),
        "secret" => match rest.split_first() {
            Some((kind, rest)) if kind == "generic" => {
                let body = obj! { "stringData" => literals(args, cx)?, "type" => "Opaque" };
                tree(Kind::Secret, &exactly_one(rest)?, body)
            }
            _ => return unknown_subcommand(what, rest, cx),
        },
        "service" | "svc" => match rest.split_first() {
            Some((kind, rest)) if kind == "clusterip" => service(&exactly_one(rest)?, "ClusterIP", args)?,
            Some((kind, rest)) if kind == "nodeport" => service(&exactly_one(rest)?, "NodePort", args)?,
            Some((kind, rest)) if kind == "loadbalancer" => service(&exactly_one(rest)?, "LoadBalancer", args)?,
            Some((kind, rest)) if kind == "externalname" => {
                let mut value = service(&exactly_one(rest)?, "ExternalName", args)?;
                value.set_at(&["spec", "externalName"], Value::text(args.text("external-name")));
                value
            }
            _ => return unknown_subcommand(what, rest, cx),
        },
        "serviceaccount" | "sa" => tree(Kind::ServiceAccount, &exactly_one(rest)?, obj! {}),
        "poddisruptionbudget" | "pdb" => budget(&exactly_one(rest)?, args)?,
        "priorityclass" | "pc" => {
            let Some(value) = args.int("value") else {
                return Err(Failure::client("required flag(s) \"value\" not set"));
            };
            let mut body = obj! { "description" => Text::new(args.text("description")), "value" => value };
            if args.is("global-default") {
                body.set_at(&["globalDefault"], true);
            }
            if args.has("preemption-policy") {
                body.set_at(&["preemptionPolicy"], Text::new(args.text("preemption-policy")));
            }
            tree(Kind::PriorityClass, &exactly_one(rest)?, body)
        }
        "quota" | "resourcequota" => {
            let pairs = args.list("hard").iter().filter_map(|pair| pair.split_once('='));
            let hard: Map = pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect();
            tree(Kind::ResourceQuota, &exactly_one(rest)?, obj! { "spec" => obj! { "hard" => hard } })
        }
        other if let Some(Resource::Absent(absent)) = Resource::find(other) => {
            return not_kept(absent.singular, absent.plural, cx);
        }
        other => {
            return Err(Failure::Usage(
                format!(
                    "Unexpected args: [{}]",
                    std::iter::once(other).chain(rest.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
                ),
                "create".into(),
            ));
        }
    };
    let stored = create_value(&value, args, cx).map_err(|failure| match failure {
        Failure::Server(error @ crate::cluster::ApiError::Invalid { .. }) => Failure::Server(error),
        Failure::Server(error) => Failure::Raw(format!("error: failed to create {}: {error}", long_word(what))),
        failure => failure,
    })?;
    told(args, &stored, "created", cx)?;
    OK
}

/// What `create secret` and `create service` say of a subcommand that they do not have, or of none.
fn unknown_subcommand(what: &str, rest: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = format!("create {}", long_word(what));
    if !rest.is_empty() {
        return Err(Failure::Usage(format!("unknown command {:?}", rest.join(" ")), name));
    }
    let help = crate::kubectl::help::family(&name).unwrap_or_default();
    help.lines().for_each(|line| cx.out.err(line.to_string()));
    Ok(Flow::Done(1))
}

/// Says that the API server knows no such type, in kubectl's words, and what that means here.
pub fn not_kept(singular: &str, plural: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let text = format!("failed to create {singular}: the server could not find the requested resource");
    let exit = cx.fail(&Failure::client(text));
    cx.hint("unmodelled_kind", &[("kind", plural)]);
    Ok(Flow::Done(exit))
}

fn long_word(what: &str) -> &str {
    match what {
        "ns" => "namespace",
        "cm" => "configmap",
        "svc" => "service",
        "sa" => "serviceaccount",
        "pdb" => "poddisruptionbudget",
        other => other,
    }
}

fn literals(args: &Args, cx: &Cx<'_>) -> Result<Map, Failure> {
    let mut data = Map::new();
    for literal in args.list("from-literal") {
        let Some((key, value)) = literal.split_once('=') else {
            return Err(Failure::client(format!("invalid literal source {literal}, expected key=value")));
        };
        data.insert(key.to_string(), Value::text(value));
    }
    for file in args.list("from-file") {
        let (key, file) = file.split_once('=').unwrap_or((file.rsplit('/').next().unwrap_or(file), file));
        let Some(text) = crate::kubectl::tools::read_file(file, cx) else {
            return Err(Failure::client(format!("error reading {file}: no such file or directory")));
        };
        data.insert(key.to_string(), Value::text(&text));
    }
    Ok(data)
}

fn service(name: &str, kind: &'static str, args: &Args) -> Result<Value, Failure> {
    let mut ports = Vec::new();
    for pair in args.list("tcp") {
        let (port, target) = pair.split_once(':').unwrap_or((pair, pair));
        let (Ok(port), Ok(target)) = (port.parse::<i64>(), target.parse::<i64>()) else {
            return Err(Failure::client(format!("invalid port number: {pair}")));
        };
        let shown = pair.replace(':', "-");
        ports.push(obj! { "name" => shown, "port" => port, "protocol" => "TCP", "targetPort" => target });
    }
    let mut spec = obj! { "selector" => obj! { "app" => Text::new(name) }, "type" => kind };
    if !ports.is_empty() {
        spec.set_at(&["ports"], ports);
    }
    if args.has("clusterip") {
        spec.set_at(&["clusterIP"], Text::new(args.text("clusterip")));
    }
    let mut value = tree(Kind::Service, name, obj! { "spec" => spec });
    value.set_at(&["metadata", "labels"], obj! { "app" => Text::new(name) });
    Ok(value)
}

fn budget(name: &str, args: &Args) -> Result<Value, Failure> {
    let selector: Map = args
        .text("selector")
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (Text::new(key), Value::text(value)))
        .collect();
    if selector.is_empty() {
        return Err(Failure::client("a selector must be specified"));
    }
    let mut spec = obj! { "selector" => obj! { "matchLabels" => selector } };
    for (flag, field) in [("min-available", "minAvailable"), ("max-unavailable", "maxUnavailable")] {
        if let Some(text) = args.get(flag) {
            let value = text.parse::<i64>().map_or_else(|_| Value::text(text), Value::Int);
            spec.set_at(&[field], value);
        }
    }
    Ok(tree(Kind::PodDisruptionBudget, name, obj! { "spec" => spec }))
}
