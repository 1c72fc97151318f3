//! The short forms of `create`: `create configmap NAME` and its kin, which put an object together from flags.

use super::create_kinds;
use super::requests::{create_value, tree};
use super::{create_secret, create_token, data_sources};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::print::print_typed_operation;
use crate::kubectl::resources::Resource;
use crate::model::{Kind, Map, Text, Value};
use crate::obj;

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
        "configmap" | "cm" => config_map(&exactly_one(rest)?, args, cx)?,
        "secret" => match rest.split_first() {
            Some((sort, behind)) => match create_secret::secret(sort, &exactly_one(behind)?, args, cx) {
                Some(secret) => secret?,
                None => return unknown_subcommand(what, rest, cx),
            },
            None => return unknown_subcommand(what, rest, cx),
        },
        "token" => return create_token::token(&exactly_one(rest)?, args, cx),
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
            let mut value = tree(Kind::ResourceQuota, &exactly_one(rest)?, obj! { "spec" => obj! { "hard" => hard } });
            if args.has("scopes") {
                let scopes: Vec<Value> = args.list("scopes").iter().map(|scope| Value::text(scope)).collect();
                value.set_at(&["spec", "scopes"], scopes);
            }
            value
        }
        word if create_kinds::takes(word) => {
            if word == "job" && args.has("from") {
                return create_kinds::job_from(&exactly_one(rest)?, args, cx);
            }
            create_kinds::object(word, &exactly_one(rest)?, args, cx)?
        }
        other if let Some(Resource::Absent(absent)) = Resource::find(other, &[]) => {
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
    let stored = create_value(&value, args, cx).map_err(|failure| match (failure, attempt(what, &value)) {
        (Failure::Server(error), Some(attempt)) => Failure::Raw(format!("error: failed to create {attempt} {error}")),
        (failure, _) => failure,
    })?;
    print_typed_operation(args, &stored, "created", cx)?;
    OK
}

/// What `create` says that it failed to create; the commands for some types pass the server's answer on as it is.
fn attempt(what: &str, value: &Value) -> Option<String> {
    Some(match what {
        "namespace" | "ns" | "role" | "clusterrole" => return None,
        "secret" => "secret".into(),
        "service" | "svc" => format!("{} service:", value.str_at(&["spec", "type"])),
        "poddisruptionbudget" | "pdb" => "poddisruptionbudgets:".into(),
        "deploy" => "deployment:".into(),
        "cj" => "cronjob:".into(),
        "ing" => "ingress:".into(),
        "pc" => "priorityclass:".into(),
        "resourcequota" => "quota:".into(),
        word => format!("{}:", long_word(word)),
    })
}

fn config_map(name: &str, args: &Args, cx: &Cx<'_>) -> Result<Value, Failure> {
    let place = format!(" in Data for ConfigMap {name:?}");
    let data = data_sources::data(args, &place, cx)?;
    Ok(tree(
        Kind::ConfigMap,
        name,
        if data.is_empty() {
            obj! {}
        } else {
            obj! { "data" => data }
        },
    ))
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
    if let (Some(number), "NodePort") = (args.int("node-port"), kind) {
        ports.iter_mut().for_each(|port| port.set_at(&["nodePort"], number));
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
