//! The short forms of `create`: `create configmap NAME` and its kin, which put an object together from flags.

use super::create_kinds;
use super::requests::{create_value, tree};
use super::{create_secret, create_token, data_sources};
use crate::cluster::NAME_ALPHABET;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::kustomize::content_hash;
use crate::kubectl::print::print_typed_operation;
use crate::kubectl::resources::Resource;
use crate::kubectl::selector::LabelSelector;
use crate::model::{Kind, Map, Text, Value};
use crate::obj;

/// `kubectl create namespace lab` and its kin.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn create_object(what: &str, rest: &[String], args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = match (what, rest.first().map(String::as_str)) {
        ("secret" | "service" | "svc", Some(sort)) => format!("create {} {sort}", long_word(what)),
        _ => format!("create {}", long_word(what)),
    };
    let usage = |text: String| Failure::Usage(text, name.clone());
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
                if !args.has("external-name") {
                    return Err(Failure::client("required flag(s) \"external-name\" not set"));
                }
                let mut value = service(&exactly_one(rest)?, "ExternalName", args)?;
                value.set_at(&["spec", "externalName"], Value::text(args.text("external-name")));
                value
            }
            _ => return unknown_subcommand(what, rest, cx),
        },
        "serviceaccount" | "sa" => tree(Kind::ServiceAccount, &exactly_one(rest)?, obj! {}),
        "poddisruptionbudget" | "pdb" => budget(&exactly_one(rest)?, args)?,
        "priorityclass" | "pc" => {
            let mut body = obj! { "value" => args.int("value").unwrap_or(0) };
            if !args.text("description").is_empty() {
                body.set_at(&["description"], Text::new(args.text("description")));
            }
            if args.is("global-default") {
                body.set_at(&["globalDefault"], true);
            }
            if args.has("preemption-policy") {
                body.set_at(&["preemptionPolicy"], Text::new(args.text("preemption-policy")));
            }
            tree(Kind::PriorityClass, &exactly_one(rest)?, body)
        }
        "quota" | "resourcequota" => {
            let mut hard = Map::new();
            for pair in args.list("hard") {
                let Some((key, amount)) = pair.split_once('=').filter(|(key, _)| !key.is_empty()) else {
                    return Err(Failure::client(format!(
                        "Invalid argument syntax {pair}, expected <resource>=<value>"
                    )));
                };
                crate::model::Quantity::parse(amount).map_err(|error| Failure::client(error.to_string()))?;
                hard.insert(Text::new(key), Value::text(amount));
            }
            let spec = if hard.is_empty() {
                Value::map()
            } else {
                obj! { "hard" => hard }
            };
            let mut value = tree(Kind::ResourceQuota, &exactly_one(rest)?, obj! { "spec" => spec });
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
            create_kinds::strange_verbs(word, args).into_iter().for_each(|warning| cx.out.err(warning));
            let mut value = create_kinds::object(word, &exactly_one(rest)?, args, cx)?;
            create_kinds::make_names_unique(&mut value, args, &mut || cx.cluster_mut().rng().word(NAME_ALPHABET, 5));
            value
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
    let mut value = value;
    if args.is("append-hash") {
        let name = format!("{}-{}", value.str_at(&["metadata", "name"]), content_hash(&value));
        value.set_at(&["metadata", "name"], name);
    }
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
        "deploy" => "deployment",
        "cj" => "cronjob",
        "ing" => "ingress",
        "pc" => "priorityclass",
        "resourcequota" => "quota",
        other => other,
    }
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

fn service(name: &str, kind: &'static str, args: &Args) -> Result<Value, Failure> {
    let mut ports = Vec::new();
    for pair in args.list("tcp") {
        let (port, target) = pair.split_once(':').unwrap_or((pair, pair));
        let number = port_of(port)?;
        let target = if target == port { Value::Int(number) } else { target_of(target)? };
        let shown = pair.replace(':', "-");
        ports.push(obj! { "name" => shown, "port" => number, "protocol" => "TCP", "targetPort" => target });
    }
    let has_none = kind == "ExternalName" || kind == "ClusterIP" && args.text("clusterip") == "None";
    if ports.is_empty() && !has_none {
        return Err(Failure::client("at least one tcp port specifier must be provided"));
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
    let text = args.text("selector");
    if text.is_empty() {
        return Err(Failure::client("a selector must be specified"));
    }
    let selector = LabelSelector::parse(text)
        .map_err(|error| Failure::client(format!("couldn't parse the selector string {text:?}: {error}")))?;
    if !args.has("min-available") && !args.has("max-unavailable") {
        return Err(Failure::client("one of min-available or max-unavailable must be specified"));
    }
    for flag in ["min-available", "max-unavailable"] {
        let number = args.text(flag).trim_end_matches('%');
        if args.has(flag) && !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Failure::client(format!("invalid format specified for {flag}")));
        }
    }
    let mut spec = obj! { "selector" => selector.to_value() };
    for (flag, field) in [("min-available", "minAvailable"), ("max-unavailable", "maxUnavailable")] {
        if let Some(text) = args.get(flag) {
            let value = text.parse::<i64>().map_or_else(|_| Value::text(text), Value::Int);
            spec.set_at(&[field], value);
        }
    }
    Ok(tree(Kind::PodDisruptionBudget, name, obj! { "spec" => spec }))
}
