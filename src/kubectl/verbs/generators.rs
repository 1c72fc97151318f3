//! The short forms of `create`: `create configmap NAME` and its kin, which put an object together from flags.

use super::requests::{create_value, tree, validation, with_saved_config};
use super::{create_flags, create_kinds, create_secret, create_token, data_sources, dry_run};
use crate::cluster::NAME_ALPHABET;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::kustomize::content_hash;
use crate::kubectl::print::{Format, print_typed_operation};
use crate::kubectl::selector::LabelSelector;
use crate::model::{Kind, Map, Quantity, Text, Value};
use crate::obj;

/// `kubectl create namespace lab` and its kin; `words` stand behind `create`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn create_object(words: &[String], args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((row, rest)) = create_flags::find(words) else {
        return match words.split_first().and_then(|(first, rest)| Some((create_flags::family_of(first)?, rest))) {
            Some((family, rest)) => unknown_subcommand(family, rest, cx),
            None => Err(Failure::Usage(format!("Unexpected args: [{}]", words.join(" ")), "create".into())),
        };
    };
    if let Some(text) = create_flags::missing(row, args) {
        return Err(Failure::client(text));
    }
    let [name] = rest else {
        let text = format!("exactly one NAME is required, got {}", rest.len());
        return Err(Failure::Usage(text, format!("create {}", row.name)));
    };
    if row.name == "token" {
        return create_token::token(name, args, cx);
    }
    dry_run::check(args, cx)?;
    Format::of(args, cx)?;
    validation(args)?;
    if name.is_empty() && row.asks_for_name() {
        return Err(Failure::client("name must be specified"));
    }
    let mut value = object(row.name, name, args, cx)?;
    if args.is("append-hash") {
        let name = format!("{}-{}", value.str_at(&["metadata", "name"]), content_hash(&value));
        value.set_at(&["metadata", "name"], name);
    }
    // For a Service kubectl does not look at the flag.
    if !row.name.starts_with("service ") {
        value = with_saved_config(value, args);
    }
    let stored = create_value(&value, args, cx).map_err(|failure| match (failure, attempt(row.name, &value)) {
        (Failure::Server(error), Some(attempt)) => Failure::Raw(format!("error: failed to create {attempt} {error}")),
        (failure, _) => failure,
    })?;
    print_typed_operation(args, &stored, "created", cx)?;
    OK
}

/// The object that the flags of a subcommand describe.
fn object(what: &str, name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    Ok(match what {
        "namespace" => tree(Kind::Namespace, name, obj! {}),
        "serviceaccount" => tree(Kind::ServiceAccount, name, obj! {}),
        "configmap" => config_map(name, args, cx)?,
        "service clusterip" => service(name, "ClusterIP", args)?,
        "service nodeport" => service(name, "NodePort", args)?,
        "service loadbalancer" => service(name, "LoadBalancer", args)?,
        "service externalname" => service(name, "ExternalName", args)?,
        "poddisruptionbudget" => budget(name, args)?,
        "priorityclass" => priority_class(name, args),
        "quota" => quota(name, args)?,
        sort if sort.starts_with("secret ") => create_secret::secret(sort, name, args, cx)?,
        "job" if args.has("from") => create_kinds::job_from(name, args, cx)?,
        word => {
            create_kinds::strange_verbs(word, args).into_iter().for_each(|warning| cx.out.err(warning));
            let mut value = create_kinds::object(word, name, args, cx)?;
            create_kinds::make_names_unique(&mut value, args, &mut || cx.cluster_mut().rng().word(NAME_ALPHABET, 5));
            value
        }
    })
}

/// What `create` says that it failed to create; the commands for some types pass the server's answer on as it is.
fn attempt(what: &str, value: &Value) -> Option<String> {
    Some(match what {
        "namespace" | "role" | "clusterrole" => return None,
        "poddisruptionbudget" => "poddisruptionbudgets:".into(),
        word if word.starts_with("secret ") => "secret".into(),
        word if word.starts_with("service ") => format!("{} service:", value.str_at(&["spec", "type"])),
        word => format!("{word}:"),
    })
}

fn config_map(name: &str, args: &Args, cx: &Cx<'_>) -> Result<Value, Failure> {
    let data = data_sources::config_map(name, args, cx)?;
    let body = if data.is_empty() {
        obj! {}
    } else {
        obj! { "data" => data }
    };
    Ok(tree(Kind::ConfigMap, name, body))
}

fn priority_class(name: &str, args: &Args) -> Value {
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
    tree(Kind::PriorityClass, name, body)
}

fn quota(name: &str, args: &Args) -> Result<Value, Failure> {
    let mut spec = Value::map();
    let mut hard = Map::new();
    for pair in args.text("hard").split(',').filter(|_| !args.text("hard").is_empty()) {
        let Some((key, amount)) = pair.split_once('=').filter(|(_, amount)| !amount.contains('=')) else {
            let text = format!("Invalid argument syntax {pair}, expected <resource>=<value>");
            return Err(Failure::client(text));
        };
        Quantity::parse(amount).map_err(|error| Failure::client(error.to_string()))?;
        hard.insert(Text::new(key), Value::text(amount));
    }
    if !hard.is_empty() {
        spec.set_at(&["hard"], hard);
    }
    if !args.text("scopes").is_empty() {
        let scopes: Vec<Value> = args.text("scopes").split(',').map(Value::text).collect();
        if scopes.iter().any(|scope| scope.as_str() == Some("")) {
            return Err(Failure::client("invalid resource quota scope \"\""));
        }
        spec.set_at(&["scopes"], scopes);
    }
    Ok(tree(Kind::ResourceQuota, name, obj! { "spec" => spec }))
}

/// What `create secret` and `create service` say of a subcommand that they do not have, or of none.
fn unknown_subcommand(family: &str, rest: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = format!("create {family}");
    if !rest.is_empty() {
        return Err(Failure::Usage(format!("unknown command {:?}", rest.join(" ")), name));
    }
    let help = crate::kubectl::help::family(&name).unwrap_or_default();
    help.lines().for_each(|line| cx.out.err(line.to_string()));
    Ok(Flow::Done(1))
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

/// Follows pkg/cmd/create/create_pdb.go.
fn budget(name: &str, args: &Args) -> Result<Value, Failure> {
    const AMOUNTS: [(&str, &str); 2] = [("min-available", "minAvailable"), ("max-unavailable", "maxUnavailable")];
    let text = args.text("selector");
    if text.is_empty() {
        return Err(Failure::client("a selector must be specified"));
    }
    let given = AMOUNTS.map(|(flag, _)| args.text(flag));
    match given {
        ["", ""] => return Err(Failure::client("one of min-available or max-unavailable must be specified")),
        ["", _] | [_, ""] => {}
        _ => return Err(Failure::client("min-available and max-unavailable cannot be both specified")),
    }
    let is_amount = |text: &str| {
        let digits = text.strip_suffix('%').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let amounts = || AMOUNTS.into_iter().zip(given).filter(|(_, text)| !text.is_empty());
    if let Some(((flag, _), _)) = amounts().find(|(_, text)| !is_amount(text)) {
        return Err(Failure::client(format!("invalid format specified for {flag}")));
    }
    let selector = LabelSelector::parse(text)
        .map_err(|error| Failure::client(format!("couldn't parse the selector string {text:?}: {error}")))?;
    let mut spec = obj! { "selector" => selector.to_value() };
    for ((_, field), text) in amounts() {
        let value = text.parse::<i32>().map_or_else(|_| Value::text(text), |number| Value::Int(number.into()));
        spec.set_at(&[field], value);
    }
    Ok(tree(Kind::PodDisruptionBudget, name, obj! { "spec" => spec }))
}
