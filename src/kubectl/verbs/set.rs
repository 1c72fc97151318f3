//! `kubectl set image`, `set env` and `set resources`: changes of a pod template.

use super::dry_run::{self, DRY_RUN, finish, is_dry};
use super::requests::{FIELD_MANAGER, update};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::print::print_operation;
use crate::kubectl::resources::{NOTHING_NAMED, Resource, fetch, namespace_of};
use crate::kubectl::selection::{self, All, Labelled, Rules, objects_in_files, select_named};
use crate::kubectl::verb::{Completes, Verb};
use crate::model::{Key, Kind, Map, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl set resources`.
pub const SET_RESOURCES: Verb = Verb {
    name: "set resources",
    flags: RESOURCES_FLAGS,
    run: resources,
    manager: "kubectl-set",
    completes: Completes::Sets,
    help: help(
        "Specify compute resource requirements for any resource that defines a pod template.",
        &[("Ask for more memory", "kubectl set resources sts/web --requests=memory=128Mi")],
        &[
            ("--limits=''", "The most, as in cpu=200m,memory=512Mi."),
            ("--requests=''", "The least, in the same form."),
            ("-c, --containers='*'", "Which containers."),
        ],
        "set resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]",
    ),
};

/// The row of `kubectl set image`.
pub const SET_IMAGE: Verb = Verb {
    name: "set image",
    flags: IMAGE_FLAGS,
    run: image,
    manager: "kubectl-set",
    completes: Completes::Sets,
    help: help(
        "Update existing container image(s) of resources.",
        &[("Roll out another image", "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25")],
        &[help::SELECTOR, help::DRY_RUN],
        "set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
    ),
};

/// The row of `kubectl set env`.
pub const SET_ENV: Verb = Verb {
    name: "set env",
    flags: ENV_FLAGS,
    run: env,
    manager: "kubectl-set",
    completes: Completes::Sets,
    help: help(
        "Update environment variables on a pod template.",
        &[("Set a variable", "kubectl set env sts/web MODE=test")],
        &[("--list=false", "Print the variables."), ("-c, --containers='*'", "Which containers.")],
        "set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
    ),
};

/// What all `set` subcommands have.
pub(super) const COMMON: &[Flag] = &[
    selection::SELECTOR,
    DRY_RUN,
    FIELD_MANAGER,
    long("all", Takes::Bool),
    long("local", Takes::Bool),
    short("output", 'o', Takes::Text),
];

/// The flags of `set image`.
pub const IMAGE_FLAGS: &[&[Flag]] = &[manifests::FLAGS, COMMON];

/// The flags of `set resources`.
pub const RESOURCES_FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    COMMON,
    &[long("limits", Takes::Text), long("requests", Takes::Text), short("containers", 'c', Takes::Text)],
];

/// The flags of `set env`.
pub const ENV_FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    COMMON,
    &[
        long("list", Takes::Bool),
        long("overwrite", Takes::Bool),
        long("resolve", Takes::Bool),
        short("containers", 'c', Takes::Text),
        short("env", 'e', Takes::Each),
        long("from", Takes::Text),
        long("keys", Takes::List),
        long("prefix", Takes::Text),
    ],
];

/// The words that name objects, and the others.
fn split(args: &Args, is_change: impl Fn(&str) -> bool) -> (Args, Vec<String>) {
    let words = args.before_dash();
    let (changes, objects): (Vec<String>, Vec<String>) = words.iter().cloned().partition(|word| is_change(word));
    let mut chosen = args.clone();
    chosen.words = objects;
    chosen.dash_at = None;
    (chosen, changes)
}

/// The objects that are meant. Where one of them cannot be read, none is changed.
fn chosen(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    dry_run::check(args, cx)?;
    if args.is("local") && !args.before_dash().is_empty() {
        return Err(Failure::client(
            "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   \
             '-f rsrc.yaml'\n   '--filename=rsrc.json'",
        ));
    }
    let rules = Rules { all: All::Type, labelled: Labelled::Live, needs_types: true, ..Rules::default() };
    let found = if args.is("local") { objects_in_files(args, cx)? } else { select_named(args, rules, cx)? };
    match cx.fail_all(&found.failures) {
        0 => Ok(found.objects),
        _ => Err(Failure::Said),
    }
}

/// Where an object says what its pods are.
pub(super) fn pod_spec_path(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Pod => &["spec"],
        Kind::CronJob => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    }
}

/// The containers of an object: a pod's own or its template's.
fn containers_path(object: &Object) -> &'static [&'static str] {
    match object.kind {
        Kind::Pod => &["spec", "containers"],
        Kind::CronJob => &["spec", "jobTemplate", "spec", "template", "spec", "containers"],
        _ => &["spec", "template", "spec", "containers"],
    }
}

fn init_path(object: &Object) -> &'static [&'static str] {
    match object.kind {
        Kind::Pod => &["spec", "initContainers"],
        Kind::CronJob => &["spec", "jobTemplate", "spec", "template", "spec", "initContainers"],
        _ => &["spec", "template", "spec", "initContainers"],
    }
}

/// Whether a subcommand also names what it leaves as it is.
fn says_all(verb: &str) -> bool {
    matches!(verb, "serviceaccount updated" | "selector updated")
}

/// Changes each chosen object; says `verb` of those that changed.
pub(super) fn change_all(
    args: &Args,
    chosen_args: &Args,
    verb: &str,
    cx: &mut Cx<'_>,
    change: &dyn Fn(&mut Object) -> Result<(), Failure>,
) -> Result<Flow, Failure> {
    let (objects, mut failures) = (chosen(chosen_args, cx)?, Vec::new());
    cx.one_by_one(&objects, &mut failures, &mut |object, cx| {
        let mut next = Object::clone(object);
        change(&mut next)?;
        if next == **object && !args.is("local") && !says_all(verb) {
            return Ok(());
        }
        let stored = if is_dry(args) || args.is("local") { Rc::new(next) } else { update(object, next, cx)? };
        print_operation(args, &stored, verb, cx)
    });
    finish(&failures, cx)
}

/// `kubectl set image`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn image(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (chosen_args, changes) = split(args, |word| word.contains('='));
    if chosen_args.words.is_empty() && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    if changes.is_empty() {
        return Err(Failure::client("at least one image update is required"));
    }
    change_all(args, &chosen_args, "image updated", cx, &|object| {
        for change in &changes {
            let (name, image) = change.split_once('=').unwrap_or((change, ""));
            let mut is_found = false;
            for path in [init_path(object), containers_path(object)] {
                if object.list_at(path).is_empty() {
                    continue;
                }
                for container in object.at_mut(path).list_mut() {
                    if name == "*" || container.str_at(&["name"]) == name {
                        is_found = true;
                        container.set_at(&["image"], Text::new(image));
                    }
                }
            }
            if !is_found {
                return Err(Failure::client(format!("unable to find container named {name:?}")));
            }
        }
        Ok(())
    })
}

/// Whether `-c` means a container.
fn is_meant(args: &Args, container: &Value) -> bool {
    match args.get("containers") {
        None | Some("*") => true,
        Some(name) => container.str_at(&["name"]) == name,
    }
}

/// `kubectl set env`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn env(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_change = |word: &str| word.contains('=') || word.ends_with('-') && word.len() > 1 && !word.contains('/');
    let (chosen_args, mut changes) = split(args, is_change);
    changes.extend(args.list("env").iter().cloned());
    if args.is("list") {
        let objects = chosen(&chosen_args, cx)?;
        for object in &objects {
            for container in object.list_at(containers_path(object)).iter().filter(|it| is_meant(args, it)) {
                let name = container.str_at(&["name"]);
                cx.out.out(format!("# {} {}, container {name}", object.kind, object.meta.name));
                for variable in container.list_at(&["env"]) {
                    let resolved = if args.is("resolve") { resolved(variable, object, cx) } else { None };
                    cx.out.out(resolved.unwrap_or_else(|| env_line(variable)));
                }
            }
        }
        return OK;
    }
    let from = sourced(args, cx)?;
    if chosen_args.words.is_empty() && !are_named(args) {
        return Err(Failure::client(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if changes.is_empty() && from.is_empty() {
        return Err(Failure::client("at least one environment variable must be provided"));
    }
    change_all(args, &chosen_args, "env updated", cx, &|object| {
        let path = containers_path(object);
        for container in object.at_mut(path).list_mut().iter_mut().filter(|it| is_meant(args, it)) {
            for change in &changes {
                check_overwriting(args, container, change)?;
                put_env(container, change);
            }
            for variable in &from {
                put_variable(container, variable.clone());
            }
        }
        Ok(())
    })
}

/// The variables that `--from` takes out of a ConfigMap or Secret: all of its keys, or those of `--keys`.
fn sourced(args: &Args, cx: &Cx<'_>) -> Result<Vec<Value>, Failure> {
    let Some(source) = args.get("from") else {
        if args.has("keys") {
            let text = "when specifying --keys, a configmap or secret must be provided with --from";
            return Err(Failure::client(text));
        }
        return Ok(Vec::new());
    };
    let (kind, name) = source.split_once('/').unwrap_or(("", source));
    let resource = Resource::named(kind, cx)?;
    let reference = match resource {
        Resource::Kept(Kind::ConfigMap) => "configMapKeyRef",
        Resource::Kept(Kind::Secret) => "secretKeyRef",
        other => return Err(Failure::client(format!("unsupported resource specified in --from: {}", other.plural()))),
    };
    let object = fetch(resource, &namespace_of(args, cx), name, cx)?;
    let keys = object.at(&["data"]).and_then(Value::as_map).into_iter().flat_map(Map::keys);
    let is_wanted = |key: &&Text| !args.has("keys") || args.list("keys").iter().any(|wanted| wanted == key.as_str());
    let variable = |key: &Text| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word: String = key.chars().map(|c| if is_word(c) { c.to_ascii_uppercase() } else { '_' }).collect();
        let source = obj! { "key" => key.clone(), "name" => Text::new(name) };
        let mut from = Map::new();
        from.insert(reference, source);
        obj! { "name" => format!("{}{word}", args.text("prefix")), "valueFrom" => Value::from(from) }
    };
    Ok(keys.filter(is_wanted).map(variable).collect())
}

/// Refuses to write over other values where that is not wished.
fn check_overwriting(args: &Args, container: &Value, change: &str) -> Result<(), Failure> {
    let Some((name, _)) = change.split_once('=').filter(|_| !args.is_unless_false("overwrite")) else { return Ok(()) };
    match container.list_at(&["env"]).iter().find(|it| it.str_at(&["name"]) == name) {
        Some(known) => Err(Failure::client(format!(
            "'{name}' already has a value ({}), and --overwrite is false",
            known.str_at(&["value"])
        ))),
        None => Ok(()),
    }
}

/// A variable with the value that it gets from elsewhere, as far as that is there.
fn resolved(variable: &Value, object: &Object, cx: &Cx<'_>) -> Option<String> {
    let name = variable.str_at(&["name"]);
    let of = |kind: Kind, source: &Value| {
        let key = Key::new(kind, object.meta.namespace.clone(), Text::new(source.str_at(&["name"])));
        let found = cx.cluster().get(&key)?.at(&["data"])?.get(source.str_at(&["key"]))?.as_text()?.to_string();
        Some(found)
    };
    let value = match variable.at(&["valueFrom", "configMapKeyRef"]) {
        Some(source) => of(Kind::ConfigMap, source)?,
        None => {
            let text = of(Kind::Secret, variable.at(&["valueFrom", "secretKeyRef"])?)?;
            crate::shell::decode_base64(&text)
        }
    };
    Some(format!("{name}={value}"))
}

fn env_line(variable: &Value) -> String {
    let name = variable.str_at(&["name"]);
    let from = |kind: &str, what: &str| {
        let source = variable.at(&["valueFrom", kind])?;
        let (owner, key) = (source.str_at(&["name"]), source.str_at(&["key"]));
        Some(format!("# {name} from {what} {owner}, key {key}"))
    };
    from("secretKeyRef", "secret")
        .or_else(|| from("configMapKeyRef", "configmap"))
        .or_else(|| {
            let path = variable.at(&["valueFrom", "fieldRef"])?.str_at(&["fieldPath"]);
            Some(format!("# {name} from field path {path}"))
        })
        .unwrap_or_else(|| format!("{name}={}", variable.str_at(&["value"])))
}

fn put_env(container: &mut Value, change: &str) {
    if let Some(name) = change.strip_suffix('-').filter(|name| !name.contains('=')) {
        let is_other = |variable: &Value| variable.str_at(&["name"]) != name;
        let left: Vec<Value> = container.list_at(&["env"]).iter().filter(|it| is_other(it)).cloned().collect();
        if left.is_empty() {
            container.remove_at(&["env"]);
        } else {
            container.set_at(&["env"], left);
        }
        return;
    }
    let (name, value) = change.split_once('=').unwrap_or((change, ""));
    put_variable(container, obj! { "name" => Text::new(name), "value" => Text::new(value) });
}

fn put_variable(container: &mut Value, variable: Value) {
    let name = variable.str_at(&["name"]).to_string();
    let list = container.at_mut(&["env"]).list_mut();
    match list.iter_mut().find(|it| it.str_at(&["name"]) == name) {
        Some(known) => *known = variable,
        None => list.push(variable),
    }
}

/// `kubectl set resources`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn resources(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut chosen_args = args.clone();
    chosen_args.words = args.before_dash().to_vec();
    chosen_args.dash_at = None;
    if chosen_args.words.is_empty() && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    if !args.has("limits") && !args.has("requests") {
        return Err(Failure::client(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let mut wanted = Vec::new();
    for what in ["limits", "requests"] {
        for pair in args.text(what).split(',').filter(|pair| !pair.is_empty()) {
            let Some((name, amount)) = pair.split_once('=') else {
                return Err(Failure::client(format!("Invalid argument syntax {pair}, expected <resource>=<value>")));
            };
            if crate::model::Quantity::parse(amount).is_err() {
                return Err(Failure::client(
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
                ));
            }
            wanted.push((what, name.to_string(), amount.to_string()));
        }
    }
    change_all(args, &chosen_args, "resource requirements updated", cx, &|object| {
        let path = containers_path(object);
        if !object.list_at(path).iter().any(|it| is_meant(args, it)) {
            return Err(Failure::client(format!("unable to find container named {}", args.text("containers"))));
        }
        for container in object.at_mut(path).list_mut().iter_mut().filter(|it| is_meant(args, it)) {
            for (what, name, amount) in &wanted {
                container.at_mut(&["resources", what]).map_mut().insert(name.clone(), Value::text(amount));
            }
        }
        Ok(())
    })
}
