//! Paths of kinds that the lab keeps no objects of: their lists are empty, and questions about who asks and what they may
//! do are answered.
//!
//! Follows pkg/registry/authorization and pkg/registry/authentication.

use super::auth::asking;
use super::raw_url::Url;
use crate::cluster::{User, bearer};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::json_in_order::{list, object, text};
use crate::kubectl::output_formats;
use crate::kubectl::resources::{ABSENT, Absent};
use crate::model::{Attributes, PolicyRule, Text, Value, to_json};

/// A path's version, namespace, plural and name, if it leads to objects.
fn parts_of(url: &Url) -> Option<(String, Text, String, Option<String>)> {
    let parts = url.parts();
    let (version, rest) = match parts.as_slice() {
        ["api", version, rest @ ..] => ((*version).to_string(), rest),
        ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
        _ => return None,
    };
    let (namespace, rest) = match rest {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Text::new(namespace), rest),
        rest => (Text::default(), rest),
    };
    match rest {
        [plural] => Some((version, namespace, (*plural).to_string(), None)),
        [plural, name] => Some((version, namespace, (*plural).to_string(), Some((*name).to_string()))),
        _ => None,
    }
}

fn find(version: &str, plural: &str) -> Option<&'static Absent> {
    ABSENT.iter().find(|it| it.plural == plural && it.api_version() == version)
}

/// What is at a path of such a kind: an empty list, or nothing of that name. `None` for other paths.
pub(super) fn get(url: &Url, cx: &mut Cx<'_>) -> Option<Result<Flow, Failure>> {
    let (version, namespace, plural, name) = parts_of(url)?;
    let kind = find(&version, &plural).filter(|kind| kind.is_readable())?;
    let verb = if name.is_some() { "get" } else { "list" };
    let asked = Attributes {
        verb: verb.into(),
        group: kind.group.into(),
        resource: kind.plural.into(),
        namespace,
        name: Text::new(name.as_deref().unwrap_or("")),
        ..Attributes::default()
    };
    if let Err(failure) = check(&asked, cx) {
        return Some(Err(failure));
    }
    let qualified = if kind.group.is_empty() { kind.plural.into() } else { format!("{}.{}", kind.plural, kind.group) };
    if let Some(name) = name {
        return Some(Err(Failure::Raw(format!("Error from server (NotFound): {qualified} {name:?} not found"))));
    }
    let metadata = object(&[("resourceVersion", text(&cx.cluster().resource_version().to_string()))]);
    let name = text(&format!("{}List", kind.kind));
    put(&[("kind", name), ("apiVersion", text(&version)), ("metadata", metadata), ("items", "[]".into())], cx);
    Some(OK)
}

/// Refuses what whoever asks may not do.
fn check(asked: &Attributes, cx: &Cx<'_>) -> Result<(), Failure> {
    let Some(user) = &cx.user else { return Ok(()) };
    let Err(reason) = cx.cluster().may(user, asked) else { return Ok(()) };
    let place = match asked.namespace.as_str() {
        "" => "at the cluster scope".to_string(),
        namespace => format!("in the namespace {namespace:?}"),
    };
    let what =
        if asked.group.is_empty() { asked.resource.to_string() } else { format!("{}.{}", asked.resource, asked.group) };
    let name = if asked.name.is_empty() { String::new() } else { format!(" {:?}", asked.name.as_str()) };
    let end = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    Err(Failure::Raw(format!(
        "Error from server (Forbidden): {what}{name} is forbidden: User {:?} cannot {} resource {:?} in API group {:?} \
         {place}{end}",
        user.name.as_str(),
        asked.verb,
        asked.resource.as_str(),
        asked.group.as_str()
    )))
}

fn put(members: &[(&str, String)], cx: &mut Cx<'_>) {
    output_formats::text_lines(&(object(members) + "\n"), &mut cx.out);
}

/// The kind of question that is sent to a path, if it takes questions alone.
pub(super) fn review(url: &Url) -> Option<&'static str> {
    let (version, _, plural, name) = parts_of(url)?;
    let kind = find(&version, &plural).filter(|_| name.is_none())?.kind;
    kind.ends_with("Review").then_some(kind)
}

/// Answers a question: what was sent, with a status.
///
/// # Errors
/// `Forbidden` for questions about others, `Invalid` for one that asks nothing.
pub(super) fn answer_review(kind: &str, url: &Url, sent: Value, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((version, namespace, plural, _)) = parts_of(url) else { return OK };
    let group = version.split('/').next().unwrap_or("");
    let verb = Text::from("create");
    let (own_group, resource) = (Text::new(group), Text::new(&plural));
    check(&Attributes { verb, group: own_group, resource, namespace, ..Attributes::default() }, cx)?;
    let user = asking(cx);
    let spec = sent.at(&["spec"]).cloned().unwrap_or_else(Value::map);
    let status = match kind {
        "SelfSubjectReview" => object(&[("userInfo", user_info(&user))]),
        "TokenReview" => token_status(spec.str_at(&["token"]), cx),
        "SelfSubjectRulesReview" => {
            let namespace = spec.str_at(&["namespace"]);
            if namespace.is_empty() {
                return Err(Failure::Raw("Error from server (BadRequest): no namespace on request".into()));
            }
            rules_status(&cx.cluster().rules_for(&user, namespace, &mut Vec::new()))
        }
        _ => {
            let whom = if kind == "SelfSubjectAccessReview" { User::clone(&user) } else { user_of(&spec) };
            access_status(&whom, &attributes_of(&spec, kind)?, cx)
        }
    };
    let mut members = vec![("kind", text(kind)), ("apiVersion", text(&version)), ("metadata", "{}".to_string())];
    if kind != "SelfSubjectReview" {
        members.push(("spec", to_json(&spec)));
    }
    members.push(("status", status));
    put(&members, cx);
    OK
}

/// What is asked about: an object, or a path.
fn attributes_of(spec: &Value, kind: &str) -> Result<Attributes, Failure> {
    let (object, path) = (spec.at(&["resourceAttributes"]), spec.at(&["nonResourceAttributes"]));
    let field = |of: &Value, name: &str| Text::new(of.str_at(&[name]));
    match (object, path) {
        (Some(of), None) => Ok(Attributes {
            verb: field(of, "verb"),
            group: field(of, "group"),
            resource: field(of, "resource"),
            subresource: field(of, "subresource"),
            namespace: field(of, "namespace"),
            name: field(of, "name"),
            url: Text::default(),
        }),
        (None, Some(of)) => Ok(Attributes { verb: field(of, "verb"), url: field(of, "path"), ..Attributes::default() }),
        (object, _) => {
            let why = match object {
                None => {
                    "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or \
                         resourceAttributes must be specified"
                }
                Some(_) => {
                    "spec.nonResourceAttributes: Invalid value: \"nonResourceAttributes\": cannot be specified in \
                            combination with resourceAttributes"
                }
            };
            Err(Failure::Raw(format!(
                "Error from server (Invalid): {kind}.authorization.k8s.io \"\" is invalid: {why}"
            )))
        }
    }
}

/// Whom a question about somebody else means.
fn user_of(spec: &Value) -> User {
    let groups = spec.list_at(&["groups"]).iter().filter_map(Value::as_text).cloned().collect();
    User { name: Text::new(spec.str_at(&["user"])), groups, uid: Text::new(spec.str_at(&["uid"])) }
}

fn access_status(user: &User, asked: &Attributes, cx: &Cx<'_>) -> String {
    let answer = cx.cluster().allowed_by(user, asked);
    let mut members = vec![("allowed", answer.is_ok().to_string())];
    let reason = answer.unwrap_or_else(|why| why);
    if !reason.is_empty() {
        members.push(("reason", text(&reason)));
    }
    object(&members)
}

fn user_info(user: &User) -> String {
    let mut members = vec![("username", text(&user.name))];
    if !user.uid.is_empty() {
        members.push(("uid", text(&user.uid)));
    }
    if !user.groups.is_empty() {
        members.push(("groups", texts(&user.groups)));
    }
    object(&members)
}

fn texts(all: &[Text]) -> String {
    list(&all.iter().map(|it| text(it)).collect::<Vec<_>>())
}

/// Whose token it is.
fn token_status(token: &str, cx: &Cx<'_>) -> String {
    match bearer(token, cx.cluster()) {
        Some(user) => object(&[
            ("authenticated", "true".into()),
            ("user", user_info(&user)),
            ("audiences", list(&[text("https://kubernetes.default.svc.cluster.local")])),
        ]),
        None => object(&[("user", "{}".into()), ("error", text("invalid bearer token"))]),
    }
}

/// What somebody may do, rule by rule.
fn rules_status(rules: &[PolicyRule]) -> String {
    let shown = |is_path: bool| {
        let each = rules.iter().filter(|rule| rule.urls.is_empty() != is_path).map(|rule| {
            let mut members = vec![("verbs", texts(&rule.verbs))];
            for (name, all) in [
                ("apiGroups", &rule.groups),
                ("resources", &rule.resources),
                ("resourceNames", &rule.names),
                ("nonResourceURLs", &rule.urls),
            ] {
                if !all.is_empty() {
                    members.push((name, texts(all)));
                }
            }
            object(&members)
        });
        list(&each.collect::<Vec<_>>())
    };
    object(&[("resourceRules", shown(false)), ("nonResourceRules", shown(true)), ("incomplete", "false".into())])
}
