//! The short forms of `kubectl create` for workloads, roles and ingresses; the other kinds' stand with `create`.
//!
//! Follows pkg/cmd/create of kubectl.

use super::requests::{create_value, tree};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::print::print_typed_operation;
use crate::kubectl::resources::{Resource, fetch, namespace_of};
use crate::model::{Kind, Map, OwnerReference, Text, Value};
use crate::{list, obj};

/// Whether `kubectl create WORD` is one of these.
pub(super) fn takes(word: &str) -> bool {
    kind_of(word).is_some()
}

fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "deployment" | "deploy" => Kind::Deployment,
        "job" => Kind::Job,
        "cronjob" | "cj" => Kind::CronJob,
        "role" => Kind::Role,
        "clusterrole" => Kind::ClusterRole,
        "rolebinding" => Kind::RoleBinding,
        "clusterrolebinding" => Kind::ClusterRoleBinding,
        "ingress" | "ing" => Kind::Ingress,
        _ => return None,
    })
}

/// The object that the flags describe.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn object(word: &str, name: &str, args: &Args, cx: &Cx<'_>) -> Result<Value, Failure> {
    let kind = kind_of(word).unwrap_or(Kind::Deployment);
    match kind {
        Kind::Deployment => deployment(name, args),
        Kind::Job => {
            if !args.has("image") {
                return Err(Failure::client("either --image or --from must be specified"));
            }
            Ok(tree(kind, name, obj! { "spec" => job_spec(name, "Never", args) }))
        }
        Kind::CronJob => cron_job(name, args),
        Kind::Role | Kind::ClusterRole => role(kind, name, args, &cx.custom_kinds()),
        Kind::RoleBinding | Kind::ClusterRoleBinding => binding(kind, name, args),
        _ => ingress(name, args),
    }
}

fn need(args: &Args, flag: &str) -> Result<(), Failure> {
    match args.has(flag) {
        true => Ok(()),
        false => Err(Failure::client(format!("required flag(s) \"{flag}\" not set"))),
    }
}

/// `docker.io/library/nginx:1.27` is `nginx`.
fn name_of_image(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let name = last.split(['@', ':']).next().unwrap_or(last);
    name.replace(['_', '.'], "-")
}

/// Gives containers whose image has letters that a name may not have an ending of their own (`sanitizeAndUniquify`).
pub(super) fn make_names_unique(value: &mut Value, args: &Args, ending: &mut dyn FnMut() -> String) {
    if value.str_at(&["kind"]) != "Deployment" {
        return;
    }
    let images = args.list("image");
    let containers = value.at_mut(&["spec", "template", "spec", "containers"]).list_mut();
    for (image, container) in images.iter().zip(containers) {
        let last = image.rsplit('/').next().unwrap_or(image);
        let plain = last.split(['@', ':']).next().unwrap_or(last);
        if plain.contains(['_', '.']) {
            container.set_at(&["name"], format!("{}-{}", name_of_image(image), ending()));
        }
    }
}

fn command(args: &Args) -> Option<Value> {
    let words: Vec<Value> = args.after_dash().iter().map(|word| Value::text(word)).collect();
    (!words.is_empty()).then(|| words.into())
}

fn deployment(name: &str, args: &Args) -> Result<Value, Failure> {
    need(args, "image")?;
    if args.list("image").len() > 1 && command(args).is_some() {
        return Err(Failure::client("cannot specify multiple --image options and command"));
    }
    let mut containers = Vec::new();
    for image in args.list("image") {
        let mut container =
            obj! { "image" => Text::new(image), "name" => name_of_image(image), "resources" => Value::map() };
        if let Some(command) = command(args) {
            container.set_at(&["command"], command);
        }
        containers.push(container);
    }
    if let (Some(port), Some(first)) = (args.int("port").filter(|port| *port > 0), containers.first_mut()) {
        first.set_at(&["ports"], list![obj! { "containerPort" => port }]);
    }
    let labels = || obj! { "app" => Text::new(name) };
    let spec = obj! {
        "replicas" => args.int("replicas").unwrap_or(1), "selector" => obj! { "matchLabels" => labels() },
        "strategy" => Value::map(),
        "template" => obj! { "metadata" => obj! { "labels" => labels() }, "spec" => obj! { "containers" => containers } },
    };
    let mut value = tree(Kind::Deployment, name, obj! { "spec" => spec });
    value.set_at(&["metadata", "labels"], labels());
    Ok(value)
}

fn job_spec(name: &str, restart: &str, args: &Args) -> Value {
    let mut container = obj! {
        "image" => Text::new(args.list("image").first().map_or("", String::as_str)), "name" => Text::new(name),
        "resources" => Value::map(),
    };
    if let Some(command) = command(args) {
        container.set_at(&["command"], command);
    }
    let pod = obj! { "containers" => list![container], "restartPolicy" => Text::new(restart) };
    obj! { "template" => obj! { "spec" => pod } }
}

fn cron_job(name: &str, args: &Args) -> Result<Value, Failure> {
    let missing: Vec<String> =
        ["image", "schedule"].iter().filter(|flag| !args.has(flag)).map(|flag| format!("{flag:?}")).collect();
    if !missing.is_empty() {
        return Err(Failure::client(format!("required flag(s) {} not set", missing.join(", "))));
    }
    let restart = if args.has("restart") { args.text("restart") } else { "OnFailure" };
    let template = obj! { "metadata" => obj! { "name" => Text::new(name) }, "spec" => job_spec(name, restart, args) };
    let spec = obj! { "jobTemplate" => template, "schedule" => Text::new(args.text("schedule")) };
    Ok(tree(Kind::CronJob, name, obj! { "spec" => spec }))
}

/// `kubectl create job NAME --from=cronjob/NAME`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub(super) fn job_from(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let from = args.text("from");
    if args.has("image") {
        return Err(Failure::client("either --image or --from must be specified"));
    }
    if command(args).is_some() {
        return Err(Failure::client("cannot specify --from and command"));
    }
    let Some((kind, source)) = from.split_once('/') else {
        return Err(Failure::client(format!("resource(s) were provided, but no name was specified: {from}")));
    };
    let namespace = namespace_of(args, cx);
    let cron_job = fetch(Resource::named(kind, cx)?, &namespace, source, cx)?;
    if cron_job.kind != Kind::CronJob {
        return Err(Failure::client("from must be an existing cronjob"));
    }
    let template = cron_job.at(&["spec", "jobTemplate"]).cloned().unwrap_or_default();
    let spec = template.get("spec").cloned().unwrap_or_else(Value::map);
    let mut value = tree(Kind::Job, name, obj! { "spec" => spec });
    if let Some(annotations) = template.at(&["metadata", "annotations"]) {
        value.set_at(&["metadata", "annotations"], annotations.clone());
    }
    value.set_at(&["metadata", "annotations", "cronjob.kubernetes.io/instantiate"], "manual");
    if let Some(labels) = template.at(&["metadata", "labels"]) {
        value.set_at(&["metadata", "labels"], labels.clone());
    }
    let owner = OwnerReference::controller_of(&cron_job);
    value.set_at(
        &["metadata", "ownerReferences"],
        list![obj! {
            "apiVersion" => owner.api_version, "blockOwnerDeletion" => true, "controller" => true,
            "kind" => owner.kind, "name" => owner.name, "uid" => owner.uid,
        }],
    );
    let stored = create_value(&value, args, cx)?;
    print_typed_operation(args, &stored, "created", cx)?;
    OK
}

/// The verbs that kubectl knows of.
const VERBS: &[&str] = &[
    "*",
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
];

/// What `create role` and `create clusterrole` say of verbs of somebody else.
pub(super) fn strange_verbs(word: &str, args: &Args) -> Vec<String> {
    if !matches!(word, "role" | "clusterrole") || args.list("resource").is_empty() {
        return Vec::new();
    }
    let strange = args.list("verb").iter().filter(|verb| !VERBS.contains(&verb.as_str()));
    strange.map(|verb| format!("Warning: '{verb}' is not a standard resource verb")).collect()
}

fn texts<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Value> {
    words.map(Value::text).collect()
}

/// Follows `CreateRoleOptions`: `--resource=pods,deployments.apps` become one rule a group.
/// Follows pkg/cmd/create/create_role.go and create_clusterrole.go of kubectl.
fn role(kind: Kind, name: &str, args: &Args, custom: &[Kind]) -> Result<Value, Failure> {
    let (verbs, urls) = (args.list("verb"), args.list("non-resource-url"));
    let refuse = |text: &str| Err(Failure::client(text));
    let is_wide = kind == Kind::ClusterRole;
    if is_wide && args.has("aggregation-rule") {
        if !(verbs.is_empty() && urls.is_empty() && args.list("resource").is_empty()) {
            return refuse(
                "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames",
            );
        }
        let pairs = args.list("aggregation-rule").iter().filter_map(|pair| pair.split_once('='));
        let labels: Map = pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect();
        let selectors = list![obj! { "matchLabels" => labels }];
        let rule = obj! { "clusterRoleSelectors" => selectors };
        return Ok(tree(kind, name, obj! { "aggregationRule" => rule, "rules" => Value::Null }));
    }
    if verbs.is_empty() {
        return refuse("at least one verb must be specified");
    }
    if args.list("resource").is_empty() && (!is_wide || urls.is_empty()) {
        let wide = "one of resource or nonResourceURL must be specified";
        return refuse(if is_wide { wide } else { "at least one resource must be specified" });
    }
    let texts = |words: &[String]| texts(words.iter().map(String::as_str));
    let mut rules: Vec<Value> = Vec::new();
    for (group, resources) in by_group(args.list("resource"), custom)? {
        let mut rule = obj! {
            "apiGroups" => list![Text::from(group)], "resources" => texts(&resources), "verbs" => texts(verbs),
        };
        if !args.list("resource-name").is_empty() {
            rule.set_at(&["resourceNames"], texts(args.list("resource-name")));
        }
        rules.push(rule);
    }
    if is_wide && !urls.is_empty() {
        if urls.iter().any(|url| url != "*" && !url.starts_with('/')) {
            return refuse("nonResourceURL should start with /");
        }
        rules.push(obj! { "nonResourceURLs" => texts(urls), "verbs" => texts(verbs) });
    }
    Ok(tree(kind, name, obj! { "rules" => rules }))
}

/// Resources by their API group, as `deploy.apps/scale` names them.
fn by_group(words: &[String], custom: &[Kind]) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for word in words {
        let (word, part) = word.split_once('/').map_or((word.as_str(), ""), |(word, part)| (word, part));
        let (group, plural) = match Resource::find(word, custom) {
            _ if word == "*" => ("*", "*"),
            Some(Resource::Kept(kind)) => (kind.names().group, kind.names().plural),
            _ => return Err(Failure::Raw(format!("the server doesn't have a resource type {word:?}"))),
        };
        let whole = if part.is_empty() { plural.to_string() } else { format!("{plural}/{part}") };
        match groups.iter_mut().find(|(known, _)| known == group) {
            Some((_, all)) => all.push(whole),
            None => groups.push((group.to_string(), vec![whole])),
        }
    }
    Ok(groups)
}

fn binding(kind: Kind, name: &str, args: &Args) -> Result<Value, Failure> {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let (role, role_kind) = match (args.text("role"), args.text("clusterrole")) {
        ("", "") if kind == Kind::ClusterRoleBinding => {
            return Err(Failure::client("required flag(s) \"clusterrole\" not set"));
        }
        ("", "") => return Err(Failure::client("exactly one of clusterrole or role must be specified")),
        (role, "") => (role, "Role"),
        ("", role) => (role, "ClusterRole"),
        _ => return Err(Failure::client("exactly one of clusterrole or role must be specified")),
    };
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        for name in args.list(flag) {
            subjects.push(obj! { "apiGroup" => GROUP, "kind" => kind, "name" => Text::new(name) });
        }
    }
    for account in args.list("serviceaccount") {
        let Some((namespace, name)) = account.split_once(':') else {
            return Err(Failure::client("serviceaccount must be <namespace>:<name>"));
        };
        subjects.push(obj! {
            "kind" => "ServiceAccount", "name" => Text::new(name), "namespace" => Text::new(namespace),
        });
    }
    let reference = obj! { "apiGroup" => GROUP, "kind" => role_kind, "name" => Text::new(role) };
    Ok(tree(kind, name, obj! { "roleRef" => reference, "subjects" => subjects }))
}

/// Follows `CreateIngressOptions`: `--rule=host/path=service:port,tls=secret`.
fn ingress(name: &str, args: &Args) -> Result<Value, Failure> {
    let mut rules: Vec<(String, Vec<Value>)> = Vec::new();
    let mut tls: Vec<(String, Vec<String>)> = Vec::new();
    for text in args.list("rule") {
        let rule = read_rule(text)?;
        match rules.iter_mut().find(|(host, _)| *host == rule.host) {
            Some((_, paths)) => paths.push(rule.path),
            None => rules.push((rule.host.clone(), vec![rule.path])),
        }
        let Some(secret) = rule.secret else { continue };
        match tls.iter_mut().find(|(known, _)| *known == secret) {
            Some((_, hosts)) => hosts.push(rule.host),
            None => tls.push((secret, vec![rule.host])),
        }
    }
    if rules.is_empty() && !args.has("default-backend") {
        return Err(Failure::client(
            "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut spec = Value::map();
    if args.has("class") {
        spec.set_at(&["ingressClassName"], Text::new(args.text("class")));
    }
    if let Some((service, port)) = args.text("default-backend").split_once(':') {
        spec.set_at(&["defaultBackend"], backend(service, port));
    }
    let one = |(host, paths): (String, Vec<Value>)| obj! { "host" => host, "http" => obj! { "paths" => paths } };
    if !rules.is_empty() {
        spec.set_at(&["rules"], rules.into_iter().map(one).collect::<Vec<_>>());
    }
    if !tls.is_empty() {
        let one = |(secret, hosts): (String, Vec<String>)| {
            let mut entry = obj! { "hosts" => texts(hosts.iter().map(String::as_str)) };
            if !secret.is_empty() {
                entry.set_at(&["secretName"], secret);
            }
            entry
        };
        spec.set_at(&["tls"], tls.into_iter().map(one).collect::<Vec<_>>());
    }
    let mut value = tree(Kind::Ingress, name, obj! { "spec" => spec });
    let pairs = args.list("annotation").iter().filter_map(|pair| pair.split_once('='));
    let annotations: Map = pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect();
    if !annotations.is_empty() {
        value.set_at(&["metadata", "annotations"], annotations);
    }
    Ok(value)
}

struct Rule {
    host: String,
    path: Value,
    /// The secret for TLS; empty for one without a name.
    secret: Option<String>,
}

fn backend(service: &str, port: &str) -> Value {
    let port = match port.parse::<i64>() {
        Ok(number) => obj! { "number" => number },
        Err(_) => obj! { "name" => Text::new(port) },
    };
    obj! { "service" => obj! { "name" => Text::new(service), "port" => port } }
}

fn read_rule(text: &str) -> Result<Rule, Failure> {
    let wrong = || {
        Failure::client(format!(
            "rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
        ))
    };
    let (address, target) = text.split_once('=').ok_or_else(wrong)?;
    let (host, path) = address.split_once('/').ok_or_else(wrong)?;
    let (target, tls) = target.split_once(',').map_or((target, None), |(target, tls)| (target, Some(tls)));
    let (service, port) = target.split_once(':').ok_or_else(wrong)?;
    let secret = match tls {
        None => None,
        Some("tls") => Some(String::new()),
        Some(tls) => Some(tls.strip_prefix("tls=").ok_or_else(wrong)?.to_string()),
    };
    let (path, kind) = match path.strip_suffix('*') {
        Some(path) => (path, "Prefix"),
        None => (path, "Exact"),
    };
    let path = obj! { "backend" => backend(service, port), "path" => format!("/{path}"), "pathType" => kind };
    Ok(Rule { host: host.to_string(), path, secret })
}
