//! `kubectl auth reconcile`: roles and bindings get what they lack of a file.
//!
//! Follows `pkg/cmd/auth/reconcile.go` of kubectl and `component-helpers/auth/rbac/reconciliation`.

use super::dry_run::{DRY_RUN, is_local};
use super::requests::{create_made, key_of, kind_of, update};
use crate::cluster::DeleteOptions;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::manifests::{self, Source, are_named, sources};
use crate::kubectl::output_formats::{self, Format, print};
use crate::kubectl::resources::qualified_name;
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Key, Kind, Labels, Map, Object, PolicyRule, Text, Value};
use std::rc::Rc;

/// The row of `kubectl auth reconcile`.
pub const AUTH_RECONCILE: Verb = Verb {
    name: "auth reconcile",
    flags: FLAGS,
    run: reconcile,
    manager: "kubectl-auth",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects.",
        &[("Give roles what a file says", "kubectl auth reconcile -f my-rbac-rules.yaml")],
        &[
            ("--remove-extra-permissions=false", "If true, removes extra permissions added to roles."),
            ("--remove-extra-subjects=false", "If true, removes extra subjects added to rolebindings."),
        ],
        "auth reconcile -f FILENAME",
    ),
};

const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[DRY_RUN, long("remove-extra-permissions", Takes::Bool), long("remove-extra-subjects", Takes::Bool)],
];

/// An object that says that nobody reconciles it.
const OPTED_OUT: &str = "rbac.authorization.kubernetes.io/autoupdate";

/// What has to be done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    None,
    Create,
    Update,
    Recreate,
}

/// What comes of one object, and what is told of it.
struct Outcome {
    object: Object,
    operation: Operation,
    is_protected: bool,
    missing: Vec<String>,
    extra: Vec<String>,
}

fn reconcile(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !are_named(args) {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    if !args.before_dash().is_empty() {
        return Err(Failure::client("no arguments are allowed"));
    }
    Format::of(args, cx)?;
    if args.text("dry-run") == "server" {
        return Err(Failure::client("--dry-run=server for command reconcile is not supported yet"));
    }
    let (sources, mut failures) = sources(args, cx)?;
    for source in &sources {
        failures.extend(reconcile_one(args, source, cx).err());
    }
    Ok(Flow::Done(cx.fail_all(&failures)))
}

fn reconcile_one(args: &Args, source: &Source, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let kind = kind_of(source, cx)?;
    let field = match kind {
        Kind::Role | Kind::ClusterRole => "rules",
        Kind::RoleBinding | Kind::ClusterRoleBinding => "subjects",
        _ => return Ok(()),
    };
    let key = key_of(source, kind, args, cx)?;
    let Some(mut expected) = Object::from_value(&source.value) else { return Ok(()) };
    expected.meta.namespace = key.namespace.clone();
    let removes_flag = if field == "rules" { "remove-extra-permissions" } else { "remove-extra-subjects" };
    let removes = args.is(removes_flag);
    let outcome = match cx.cluster().get(&key).cloned() {
        None => Outcome {
            missing: shown(field, expected.list_at(&[field])),
            extra: Vec::new(),
            object: expected,
            operation: Operation::Create,
            is_protected: false,
        },
        Some(existing) => compared(&existing, &expected, field, removes),
    };
    let object = match outcome.is_protected || is_local(args) {
        true => Rc::new(outcome.object.clone()),
        false => carried_out(args, &key, &outcome, cx)?,
    };
    say(args, &object, &outcome, (field, removes), cx)
}

/// What the existing object lacks of the expected one, and has beside it.
fn compared(existing: &Object, expected: &Object, field: &'static str, removes: bool) -> Outcome {
    let mut object = existing.clone();
    add_missing(&mut object.meta.labels, &expected.meta.labels);
    add_missing(&mut object.meta.annotations, &expected.meta.annotations);
    let (own, wanted) = (existing.list_at(&[field]), expected.list_at(&[field]));
    let lacks = |have: &[Value], want: &[Value]| match field {
        "rules" => uncovered(have, want),
        _ => want.iter().filter(|subject| !have.iter().any(|it| is_same_subject(it, subject))).cloned().collect(),
    };
    let (missing, extra): (Vec<Value>, Vec<Value>) = (lacks(own, wanted), lacks(wanted, own));
    if removes && !(missing.is_empty() && extra.is_empty()) {
        object.set_at(&[field], wanted.to_vec());
    } else if !missing.is_empty() {
        object.set_at(&[field], own.iter().chain(&missing).cloned().collect::<Vec<_>>());
    }
    let is_other_role = field == "subjects" && existing.at(&["roleRef"]) != expected.at(&["roleRef"]);
    if is_other_role && let Some(role) = expected.at(&["roleRef"]) {
        object.set_at(&["roleRef"], role.clone());
    }
    let operation = match () {
        () if is_other_role => Operation::Recreate,
        () if object != *existing => Operation::Update,
        () => Operation::None,
    };
    let is_protected = existing.meta.annotations.get(OPTED_OUT).is_some_and(|it| it.as_str() == "false");
    Outcome { object, operation, is_protected, missing: shown(field, &missing), extra: shown(field, &extra) }
}

/// What is there already has the last word.
fn add_missing(own: &mut Labels, new: &Labels) {
    for (name, value) in new.iter() {
        if !own.contains_key(name) {
            own.insert(name.clone(), value.clone());
        }
    }
}

fn is_same_subject(one: &Value, other: &Value) -> bool {
    ["kind", "name", "namespace"].iter().all(|field| one.str_at(&[field]) == other.str_at(&[field]))
}

/// The single permissions of `want` that no rule of `have` gives. Follows `validation.Covers`.
fn uncovered(have: &[Value], want: &[Value]) -> Vec<Value> {
    let have: Vec<PolicyRule> = have.iter().map(PolicyRule::from_value).collect();
    let parts = want.iter().flat_map(|rule| PolicyRule::from_value(rule).taken_apart());
    let missing = parts.filter(|part| {
        let asked = part.asked();
        !have.iter().any(|rule| rule.allows(&asked))
    });
    missing.map(|part| part.to_value()).collect()
}

/// Rules and subjects as Go prints them.
fn shown(field: &str, values: &[Value]) -> Vec<String> {
    let texts = |value: &Value, field: &str| {
        let texts: Vec<&str> = value.list_at(&[field]).iter().filter_map(Value::as_str).collect();
        texts.join(" ")
    };
    let one = |value: &Value| match field {
        "rules" => format!(
            "{{Verbs:[{}] APIGroups:[{}] Resources:[{}] ResourceNames:[{}] NonResourceURLs:[{}]}}",
            texts(value, "verbs"),
            texts(value, "apiGroups"),
            texts(value, "resources"),
            texts(value, "resourceNames"),
            texts(value, "nonResourceURLs")
        ),
        _ => format!(
            "{{Kind:{} APIGroup:{} Name:{} Namespace:{}}}",
            value.str_at(&["kind"]),
            value.str_at(&["apiGroup"]),
            value.str_at(&["name"]),
            value.str_at(&["namespace"])
        ),
    };
    values.iter().map(one).collect()
}

fn carried_out(args: &Args, key: &Key, outcome: &Outcome, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    let existing = cx.cluster().get(key).cloned();
    match (outcome.operation, existing) {
        (Operation::Update, Some(existing)) => update(&existing, outcome.object.clone(), cx),
        (Operation::Recreate, Some(_)) => {
            cx.request(|cluster| cluster.delete(key, &DeleteOptions::BACKGROUND))?;
            let mut made = outcome.object.clone();
            made.meta.resource_version = 0;
            made.meta.uid = Text::default();
            create_made(&made.to_value(), args, cx)
        }
        (Operation::Create, _) => {
            let namespace = Key::new(Kind::Namespace, "", key.namespace.clone());
            if !key.namespace.is_empty() && cx.cluster().get(&namespace).is_none() {
                let mut value = Object::new(Kind::Namespace, "", key.namespace.clone()).to_value();
                value.set_at(&["spec"], Map::new());
                create_made(&value, args, cx)?;
            }
            create_made(&outcome.object.to_value(), args, cx)
        }
        _ => Ok(Rc::new(outcome.object.clone())),
    }
}

fn say(
    args: &Args,
    object: &Rc<Object>,
    outcome: &Outcome,
    (field, removes): (&str, bool),
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    let format = Format::of(args, cx)?;
    let dry = if is_local(args) { " (dry run)" } else { "" };
    match format.is_table() {
        true => cx.out.out(format!("{} reconciled{dry}", qualified_name(object))),
        false if print(&format, std::slice::from_ref(object), true, &mut cx.out) != 0 => return Err(Failure::Said),
        false => {}
    }
    let what = match outcome.operation {
        Operation::None => return Ok(()),
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Recreate => "recreate",
    };
    let caveat = match outcome.is_protected {
        true => format!(", but object opted out ({OPTED_OUT}: false)"),
        false => String::new(),
    };
    cx.out.err(format!("\treconciliation required {what}{caveat}"));
    let mut list = |head: String, all: &[String]| {
        if !all.is_empty() {
            cx.out.err(head);
            all.iter().for_each(|one| cx.out.err(format!("\t\t{one}")));
        }
    };
    list(format!("\tmissing {field} added:"), &outcome.missing);
    if removes {
        list(format!("\textra {field} removed:"), &outcome.extra);
    }
    Ok(())
}
