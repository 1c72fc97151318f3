//! `kubectl auth`: who asks, and what they may do. What is allowed is the API server's to say.
//!
//! Follows pkg/cmd/auth of kubectl.

use crate::cluster::{User, attributes};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::output_formats::{self, Format};
use crate::kubectl::resources::{Resource, namespace_of};
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::policy_rule::listed;
use crate::model::{Attributes, PolicyRule, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl auth whoami`.
pub const AUTH_WHOAMI: Verb = Verb {
    name: "auth whoami",
    flags: WHOAMI_FLAGS,
    run: who_am_i,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways::USUAL,
    help: help("Check self subject attributes.", &[("Who am I?", "kubectl auth whoami")], &[], "auth whoami [options]"),
};

/// The row of `kubectl auth can-i`.
pub const AUTH_CAN_I: Verb = Verb {
    name: "auth can-i",
    flags: &[AUTH_FLAGS],
    run: can_i,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Check whether an action is allowed.",
        &[("May I create pods?", "kubectl auth can-i create pods"), ("What may I do?", "kubectl auth can-i --list")],
        &[("--list=false", "Print all allowed actions."), ("-q, --quiet=false", "Only the exit code tells.")],
        "auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
    ),
};

/// The flags of `auth can-i`.
pub const AUTH_FLAGS: &[Flag] = &[
    short("quiet", 'q', Takes::Bool),
    short("all-namespaces", 'A', Takes::Bool),
    long("list", Takes::Bool),
    long("subresource", Takes::Text),
    long("no-headers", Takes::Bool),
];

/// The flags of `auth whoami`.
pub const WHOAMI_FLAGS: &[&[Flag]] = &[output_formats::FLAGS];

/// Who types at the console.
fn typist() -> User {
    User {
        name: "minikube-user".into(),
        groups: vec!["system:masters".into(), "system:authenticated".into()],
        uid: Text::default(),
    }
}

/// In whose name a request is made.
pub(super) fn asking(cx: &Cx<'_>) -> Rc<User> {
    cx.user.clone().unwrap_or_else(|| Rc::new(typist()))
}

/// The verbs that the API has words for.
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "*",
    "approve",
    "sign",
    "escalate",
    "attest",
];
/// The verbs of paths that are no resources.
const URL_VERBS: &[&str] = &["get", "put", "post", "head", "options", "delete", "patch", "*"];

/// `kubectl auth can-i`.
///
/// # Errors
/// What is wrong with the arguments.
pub fn can_i(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    if args.is("list") {
        return list(args, cx);
    }
    let (verb, what, name) = match words {
        [verb, what] => (verb, what.as_str(), ""),
        [verb, what, name] if !what.starts_with('/') => (verb, what.as_str(), name.as_str()),
        _ => {
            return Err(Failure::client(
                "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' \
                 for help and examples.",
            ));
        }
    };
    let mut asked = match what.starts_with('/') {
        true => {
            if !args.text("subresource").is_empty() {
                return Err(Failure::client("--subresource can not be used with NonResourceURL"));
            }
            Attributes { url: Text::new(what), ..Attributes::default() }
        }
        false => resource_of(what, name, args, cx)?,
    };
    asked.verb = Text::new(verb);
    let known = if asked.url.is_empty() { VERBS } else { URL_VERBS };
    if !known.contains(&verb.as_str()) {
        warn(cx, format!("Warning: verb '{verb}' is not a known verb"));
    }
    let answer = cx.cluster().may(&asking(cx), &asked);
    if !args.is("quiet") {
        cx.out.out(match &answer {
            Ok(()) => "yes".to_string(),
            Err(reason) if reason.is_empty() => "no".to_string(),
            Err(reason) => format!("no - {reason}"),
        });
    }
    Ok(Flow::Done(i32::from(answer.is_err())))
}

/// A warning, with an empty line below it.
fn warn(cx: &mut Cx<'_>, text: String) {
    cx.out.err(text);
    cx.out.err("");
}

/// What `TYPE`, `TYPE/NAME` or `TYPE.GROUP` asks for.
fn resource_of(what: &str, name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Attributes, Failure> {
    let (word, name) = match what.split_once('/') {
        Some((word, name)) if name.contains('/') || word.is_empty() => {
            return Err(Failure::client(format!(
                "there is no need to specify a resource type as a separate argument when \
                passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of \
                'kubectl get resource resource/<resource_name>': {word}/{name}"
            )));
        }
        Some((word, name)) => (word, name),
        None => (what, name),
    };
    let namespace = if args.is("all-namespaces") { Text::default() } else { namespace_of(args, cx) };
    let mut asked = Attributes { resource: Text::new(word), namespace, name: Text::new(name), ..Attributes::default() };
    asked.subresource = Text::new(args.text("subresource"));
    if word == "*" {
        asked.group = "*".into();
        return Ok(asked);
    }
    match Resource::find(word, &cx.custom_kinds()) {
        None => {
            let (resource, group) = word.split_once('.').unwrap_or((word, ""));
            (asked.resource, asked.group) = (Text::new(resource), Text::new(group));
            let place = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
            warn(cx, format!("Warning: the server doesn't have a resource type '{resource}'{place}"));
        }
        Some(found) => {
            if let Resource::Kept(kind) = found {
                let kept = attributes("", kind, "", "", "");
                (asked.resource, asked.group) = (kept.resource, kept.group);
            } else {
                asked.resource = found.plural().into();
            }
            if !found.is_namespaced() && !args.is("all-namespaces") {
                let group = asked.group.clone();
                let place = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
                warn(cx, format!("Warning: resource '{}' is not namespace scoped{place}", asked.resource));
            }
        }
    }
    Ok(asked)
}

/// `can-i --list`.
fn list(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.before_dash().is_empty() {
        return Err(Failure::client("list option must be specified with no arguments"));
    }
    let namespace = namespace_of(args, cx);
    let rules = cx.cluster().rules_for(&asking(cx), &namespace, &mut Vec::new());
    let mut rows = Vec::new();
    if !args.is("no-headers") {
        rows.push(["Resources", "Non-Resource URLs", "Resource Names", "Verbs"].map(Cell::new).to_vec());
    }
    rows.extend(listed(&rules).iter().map(|rule| row(rule).map(Cell::new).to_vec()));
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}

fn row(rule: &PolicyRule) -> [String; 4] {
    let list = |texts: &[Text]| format!("[{}]", texts.iter().map(Text::as_str).collect::<Vec<_>>().join(" "));
    [rule.listed_resource(), list(&rule.urls), list(&rule.names), list(&rule.verbs)]
}

/// `kubectl auth whoami`.
///
/// # Errors
/// An unknown format.
pub fn who_am_i(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let user = asking(cx);
    let format = Format::of(args, cx)?;
    if !format.is_table() {
        let mut info =
            obj! { "groups" => user.groups.iter().map(Value::from).collect::<Vec<_>>(), "username" => &user.name };
        if !user.uid.is_empty() {
            info.set_at(&["uid"], &user.uid);
        }
        let review = obj! {
            "apiVersion" => "authentication.k8s.io/v1", "kind" => "SelfSubjectReview",
            "metadata" => obj! { "creationTimestamp" => cx.now().rfc3339() }, "status" => obj! { "userInfo" => info },
        };
        return Ok(Flow::Done(output_formats::print_value(&format, &review, &mut cx.out)));
    }
    let groups = user.groups.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
    let mut rows = vec![["ATTRIBUTE".to_string(), "VALUE".into()], ["Username".into(), user.name.to_string()]];
    if !user.uid.is_empty() {
        rows.push(["UID".into(), user.uid.to_string()]);
    }
    if !groups.is_empty() {
        rows.push(["Groups".into(), format!("[{groups}]")]);
    }
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.map(Cell::new).to_vec()).collect();
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}
