//! The short forms of `kubectl create` for what says who may do what: roles and their bindings.
//!
//! Follows create_role.go, create_clusterrole.go and their bindings in pkg/cmd/create of kubectl.

use super::requests::tree;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::resources::Resource;
use crate::model::{Kind, Map, Text, Value};
use crate::ordering::Order;
use crate::{list, obj};

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

/// Warns of verbs of somebody else.
fn warn_of_strange_verbs(args: &Args, cx: &mut Cx<'_>) {
    let verbs = if args.has("aggregation-rule") { Vec::new() } else { verbs_of(args) };
    for verb in verbs.iter().filter(|verb| !VERBS.contains(&verb.as_str())) {
        cx.out.err(format!("Warning: '{verb}' is not a standard resource verb"));
    }
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

/// A Role.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn role(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    warn_of_strange_verbs(args, cx);
    role_of(Kind::Role, name, args, &cx.custom_kinds())
}

/// A ClusterRole; the verbs of rules for paths are others.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn cluster_role(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    if !args.list("resource").is_empty() {
        warn_of_strange_verbs(args, cx);
    }
    role_of(Kind::ClusterRole, name, args, &cx.custom_kinds())
}

/// A RoleBinding.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn role_binding(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    binding(Kind::RoleBinding, name, args)
}

/// A ClusterRoleBinding.
///
/// # Errors
/// What kubectl says of wrong flags.
pub(super) fn cluster_role_binding(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    binding(Kind::ClusterRoleBinding, name, args)
}

/// A Role or ClusterRole: `--resource=pods,deployments.apps` become one rule a group.
///
/// Follows pkg/cmd/create/create_role.go and create_clusterrole.go of kubectl.
fn role_of(kind: Kind, name: &str, args: &Args, custom: &[Kind]) -> Result<Value, Failure> {
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
