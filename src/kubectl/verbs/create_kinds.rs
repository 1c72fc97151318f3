//! The short forms of `kubectl create` for workloads and roles; the other kinds' stand in `generators`.
//!
//! Follows pkg/cmd/create of kubectl.

use super::create_ingress;
use super::requests::tree;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::resources::{Resource, Targets, fetch, go_type, namespace_of};
use crate::model::{Kind, Map, Object, OwnerReference, Text, Value};
use crate::ordering::Order;
use crate::{list, obj};

/// The object that the flags describe; `word` is the subcommand's name.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn object(word: &str, name: &str, args: &Args, cx: &Cx<'_>) -> Result<Value, Failure> {
    match word {
        "deployment" => deployment(name, args),
        "job" => job(name, args),
        "cronjob" => Ok(cron_job(name, args)),
        "role" => role(Kind::Role, name, args, &cx.custom_kinds()),
        "clusterrole" => role(Kind::ClusterRole, name, args, &cx.custom_kinds()),
        "rolebinding" => binding(Kind::RoleBinding, name, args),
        "clusterrolebinding" => binding(Kind::ClusterRoleBinding, name, args),
        _ => create_ingress::ingress(name, args),
    }
}

fn job(name: &str, args: &Args) -> Result<Value, Failure> {
    if args.text("image").is_empty() {
        return Err(Failure::client("either --image or --from must be specified"));
    }
    Ok(tree(Kind::Job, name, obj! { "spec" => job_spec(name, "Never", args) }))
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
    if let (Some(port), Some(first)) = (args.int("port").filter(|port| *port >= 0), containers.first_mut()) {
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
        "image" => Text::new(args.text("image")), "name" => Text::new(name),
        "resources" => Value::map(),
    };
    if let Some(command) = command(args) {
        container.set_at(&["command"], command);
    }
    let pod = obj! { "containers" => list![container], "restartPolicy" => Text::new(restart) };
    obj! { "template" => obj! { "spec" => pod } }
}

fn cron_job(name: &str, args: &Args) -> Value {
    let restart = if args.text("restart").is_empty() { "OnFailure" } else { args.text("restart") };
    let template = obj! { "metadata" => obj! { "name" => Text::new(name) }, "spec" => job_spec(name, restart, args) };
    let spec = obj! { "jobTemplate" => template, "schedule" => Text::new(args.text("schedule")) };
    tree(Kind::CronJob, name, obj! { "spec" => spec })
}

/// The Job of `kubectl create job NAME --from=cronjob/NAME`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub(super) fn job_from(name: &str, args: &Args, cx: &Cx<'_>) -> Result<Value, Failure> {
    if args.text("image").is_empty() == args.text("from").is_empty() {
        return Err(Failure::client("either --image or --from must be specified"));
    }
    if args.text("from").is_empty() {
        return job(name, args);
    }
    if command(args).is_some() {
        return Err(Failure::client("cannot specify --from and command"));
    }
    let from = args.text("from").to_string();
    let Targets::Names(names) = Targets::parse(&[from], cx)? else {
        return Err(Failure::client("resource(s) were provided, but no name was specified"));
    };
    let namespace = namespace_of(args, cx);
    let [(resource, source)] = names.as_slice() else {
        return Err(Failure::client("from must be an existing cronjob"));
    };
    let cron_job = fetch(*resource, &namespace, source, cx)?;
    if cron_job.kind != Kind::CronJob {
        return Err(Failure::client(format!("unknown object type {}", go_type(cron_job.kind))));
    }
    Ok(job_of(name, &cron_job))
}

/// A Job by the template of a CronJob. It does not hold up the deletion of its owner: for that one would need more
/// rights.
fn job_of(name: &str, cron_job: &Object) -> Value {
    let template = cron_job.at(&["spec", "jobTemplate"]).cloned().unwrap_or_default();
    let spec = template.get("spec").cloned().unwrap_or_else(Value::map);
    let mut value = tree(Kind::Job, name, obj! { "spec" => spec });
    let mut annotations = obj! { "cronjob.kubernetes.io/instantiate" => "manual" };
    let own = template.at(&["metadata", "annotations"]).and_then(Value::as_map);
    own.into_iter().flat_map(Map::iter).for_each(|(key, text)| {
        annotations.map_mut().insert(key.clone(), text.clone());
    });
    value.set_at(&["metadata", "annotations"], annotations);
    if let Some(labels) = template.at(&["metadata", "labels"]) {
        value.set_at(&["metadata", "labels"], labels.clone());
    }
    let owner = OwnerReference::controller_of(cron_job);
    value.set_at(
        &["metadata", "ownerReferences"],
        list![obj! {
            "apiVersion" => owner.api_version, "controller" => true, "kind" => owner.kind, "name" => owner.name,
            "uid" => owner.uid,
        }],
    );
    value
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

/// The verbs of rules for paths.
const PATH_VERBS: &[&str] = &["*", "get", "post", "put", "delete", "patch", "head", "options"];

/// The verbs that only make sense for some resources, by group and name.
const SPECIAL_VERBS: &[(&str, &[(&str, &str)])] = &[
    ("use", &[("policy", "podsecuritypolicies"), ("extensions", "podsecuritypolicies")]),
    ("bind", &[(RBAC, "roles"), (RBAC, "clusterroles")]),
    ("escalate", &[(RBAC, "roles"), (RBAC, "clusterroles")]),
    ("impersonate", &[("", "users"), ("", "serviceaccounts"), ("", "groups"), ("authentication.k8s.io", "userextras")]),
];

const RBAC: &str = "rbac.authorization.k8s.io";

/// What `create role` and `create clusterrole` say of verbs of somebody else.
pub(super) fn strange_verbs(word: &str, args: &Args) -> Vec<String> {
    if word != "role" && (word != "clusterrole" || args.list("resource").is_empty()) || args.has("aggregation-rule") {
        return Vec::new();
    }
    let verbs = verbs_of(args);
    let strange = verbs.iter().filter(|verb| !VERBS.contains(&verb.as_str()));
    strange.map(|verb| format!("Warning: '{verb}' is not a standard resource verb")).collect()
}

/// The verbs of a rule, each once; `*` stands for all others.
fn verbs_of(args: &Args) -> Vec<String> {
    match args.list("verb") {
        verbs if verbs.iter().any(|verb| verb == "*") => vec!["*".into()],
        verbs => each_once(verbs),
    }
}

fn each_once(words: &[String]) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for word in words {
        if !once.contains(word) {
            once.push(word.clone());
        }
    }
    once
}

fn texts<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Value> {
    words.map(Value::text).collect()
}

/// A Role or ClusterRole: `--resource=pods,deployments.apps` become one rule a group.
///
/// Follows pkg/cmd/create/create_role.go and create_clusterrole.go of kubectl.
fn role(kind: Kind, name: &str, args: &Args, custom: &[Kind]) -> Result<Value, Failure> {
    let (verbs, urls) = (verbs_of(args), each_once(args.list("non-resource-url")));
    let resources = args.list("resource");
    let refuse = |text: &str| Err(Failure::client(text));
    let is_wide = kind == Kind::ClusterRole;
    if is_wide && args.has("aggregation-rule") {
        let is_alone = verbs.is_empty() && urls.is_empty() && resources.is_empty();
        return match is_alone && args.list("resource-name").is_empty() {
            true => aggregated(name, args),
            false => {
                refuse("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames")
            }
        };
    }
    if verbs.is_empty() {
        return refuse("at least one verb must be specified");
    }
    if resources.is_empty() && (!is_wide || urls.is_empty()) {
        let wide = "one of resource or nonResourceURL must be specified";
        return refuse(if is_wide { wide } else { "at least one resource must be specified" });
    }
    let resources = named_resources(resources, custom);
    check_resources(&resources, &verbs)?;
    check_paths(&urls, &verbs)?;
    let texts = |words: &[String]| texts(words.iter().map(String::as_str));
    let mut rules: Vec<Value> = Vec::new();
    for (group, resources) in by_group(&resources) {
        let mut rule = obj! {
            "apiGroups" => list![Text::new(group)], "resources" => texts(&resources), "verbs" => texts(&verbs),
        };
        if !args.list("resource-name").is_empty() {
            rule.set_at(&["resourceNames"], texts(&each_once(args.list("resource-name"))));
        }
        rules.push(rule);
    }
    if !urls.is_empty() {
        rules.push(obj! { "nonResourceURLs" => texts(&urls), "verbs" => texts(&verbs) });
    }
    Ok(tree(kind, name, obj! { "rules" => rules }))
}

/// A ClusterRole that gathers the rules of others.
fn aggregated(name: &str, args: &Args) -> Result<Value, Failure> {
    let mut labels = Map::new();
    for pair in args.list("aggregation-rule") {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::Raw(format!(
                "error: invalid argument {pair:?} for \"--aggregation-rule\" flag: malformed pair, expect string=string\n\
                 See 'kubectl create clusterrole --help' for usage."
            )));
        };
        labels.insert(Text::new(key), Value::text(value));
    }
    let rule = obj! { "clusterRoleSelectors" => list![obj! { "matchLabels" => labels }] };
    Ok(tree(Kind::ClusterRole, name, obj! { "aggregationRule" => rule, "rules" => Value::Null }))
}

/// A resource of `--resource`, as far as it is known.
struct NamedResource {
    group: String,
    plural: String,
    /// Behind the slash.
    part: String,
    is_known: bool,
}

/// The resources of `deploy.apps/scale` and the like; `*` alone stands for all others.
fn named_resources(words: &[String], custom: &[Kind]) -> Vec<NamedResource> {
    if words.iter().any(|word| word == "*") {
        return vec![NamedResource { group: String::new(), plural: "*".into(), part: String::new(), is_known: true }];
    }
    let one = |word: &String| {
        let (word, part) = word.split_once('/').unwrap_or((word, ""));
        let known = match Resource::find(word, custom) {
            Some(Resource::Kept(kind)) => Some((kind.names().group, kind.names().plural)),
            Some(Resource::Absent(absent)) => Some((absent.group, absent.plural)),
            None => None,
        };
        let (plural, group) = word.split_once('.').unwrap_or((word, ""));
        let is_known = known.is_some() || plural == "*";
        let (group, plural) = known.unwrap_or((group, plural));
        NamedResource { group: group.into(), plural: plural.into(), part: part.into(), is_known }
    };
    words.iter().map(one).collect()
}

/// Follows `validateResource`.
fn check_resources(resources: &[NamedResource], verbs: &[String]) -> Result<(), Failure> {
    for NamedResource { group, plural, is_known, .. } in resources {
        if plural.is_empty() {
            return Err(Failure::client("resource must be specified if apiGroup/subresource specified"));
        }
        if plural == "*" {
            return Ok(());
        }
        let mut is_meant = *is_known;
        for verb in verbs {
            let Some((_, special)) = SPECIAL_VERBS.iter().find(|(name, _)| name == verb) else { continue };
            if !special.contains(&(group.as_str(), plural.as_str())) {
                return Err(Failure::client(format!("can not perform '{verb}' on '{plural}' in group '{group}'")));
            }
            is_meant = true;
        }
        if !is_meant {
            let place = if group.is_empty() { String::new() } else { format!(" in group {group:?}") };
            return Err(Failure::Raw(format!("the server doesn't have a resource type {plural:?}{place}")));
        }
    }
    Ok(())
}

/// What is wrong with the paths of `--non-resource-url`.
fn check_paths(urls: &[String], verbs: &[String]) -> Result<(), Failure> {
    if let Some(verb) = verbs.iter().find(|verb| !urls.is_empty() && !PATH_VERBS.contains(&verb.as_str())) {
        return Err(Failure::client(format!("invalid verb: '{verb}' for nonResourceURL")));
    }
    for url in urls.iter().filter(|url| *url != "*") {
        if !url.starts_with('/') {
            return Err(Failure::client("nonResourceURL should start with /"));
        }
        if url.strip_suffix('*').unwrap_or(url).contains('*') {
            return Err(Failure::client("nonResourceURL only supports wildcard matches when '*' is at the end"));
        }
    }
    Ok(())
}

/// Resources by their API group, in the groups' order.
fn by_group(resources: &[NamedResource]) -> Vec<(&str, Vec<String>)> {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for NamedResource { group, plural, part, .. } in resources {
        let whole = if part.is_empty() { plural.clone() } else { format!("{plural}/{part}") };
        match groups.iter_mut().find(|(known, _)| known == group) {
            Some((_, all)) if all.contains(&whole) => {}
            Some((_, all)) => all.push(whole),
            None => groups.push((group, vec![whole])),
        }
    }
    groups.order_by_key(|(group, _)| *group);
    groups
}

/// Follows create_rolebinding.go and create_clusterrolebinding.go.
fn binding(kind: Kind, name: &str, args: &Args) -> Result<Value, Failure> {
    let (role, role_kind) = match (args.text("role"), args.text("clusterrole")) {
        (_, role) if kind == Kind::ClusterRoleBinding => (role, "ClusterRole"),
        (role, "") if !role.is_empty() => (role, "Role"),
        ("", role) if !role.is_empty() => (role, "ClusterRole"),
        _ => return Err(Failure::client("exactly one of clusterrole or role must be specified")),
    };
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        for name in args.list(flag) {
            subjects.push(obj! { "apiGroup" => RBAC, "kind" => kind, "name" => Text::new(name) });
        }
    }
    for account in args.list("serviceaccount") {
        let parts: Vec<&str> = account.split(':').collect();
        let [namespace, name] = parts.as_slice() else {
            return Err(Failure::client("serviceaccount must be <namespace>:<name>"));
        };
        if namespace.is_empty() || name.is_empty() {
            return Err(Failure::client("serviceaccount must be <namespace>:<name>"));
        }
        subjects.push(obj! {
            "kind" => "ServiceAccount", "name" => Text::new(name), "namespace" => Text::new(namespace),
        });
    }
    let reference = obj! { "apiGroup" => RBAC, "kind" => role_kind, "name" => Text::new(role) };
    let mut body = obj! { "roleRef" => reference };
    if !subjects.is_empty() {
        body.set_at(&["subjects"], subjects);
    }
    Ok(tree(kind, name, body))
}
