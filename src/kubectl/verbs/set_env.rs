//! `kubectl set env`: the variables of a pod template.
//!
//! Follows `pkg/cmd/set/set_env.go` and `pkg/cmd/set/env` of kubectl.

use super::client_objects;
use super::dry_run::{check_place, finish};
use super::requests::update_as_asked;
use super::set::{COMMON, chosen, containers_path, init_path, is_meant, needs_template, refused, split, told};
use crate::api::go_quoted;
use crate::api::names::strict_variable_name;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, print_operation};
use crate::kubectl::resources::{Resource, fetch, namespace_of};
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Key, Kind, Map, Object, Text, Value};
use crate::obj;
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// The row of `kubectl set env`.
pub const SET_ENV: Verb = Verb {
    name: "set env",
    flags: ENV_FLAGS,
    run: env,
    manager: "kubectl-set",
    completes: Completes::Sets,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Update environment variables on a pod template.",
        &[("Set a variable", "kubectl set env sts/web MODE=test")],
        &[("--list=false", "Print the variables."), ("-c, --containers='*'", "Which containers.")],
        "set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
    ),
};

/// The flags of `set env`.
pub const ENV_FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    COMMON,
    &[
        selection::SELECTOR,
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

/// What is to be done to the variables of a container.
struct Changes {
    set: Vec<Value>,
    removed: Vec<String>,
}

/// `kubectl set env`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn env(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (mut chosen_args, mut words) = split(args, "environment", |word| word.contains('=') || word.ends_with('-'))?;
    check(args, &chosen_args)?;
    if args.is("local") {
        // It looks at files alone.
        chosen_args.words.clear();
    }
    words.splice(0..0, args.list("env").iter().cloned());
    let mut changes = read_changes(&words, cx)?;
    changes.set.extend(sourced(args, cx)?);
    for variable in changes.set.iter_mut().filter(|_| args.has("prefix")) {
        let name = format!("{}{}", args.text("prefix"), variable.str_at(&["name"]));
        variable.set_at(&["name"], name);
    }
    let (objects, mut failures) = (chosen(&chosen_args, cx)?, Vec::new());
    cx.one_by_one(&objects, &mut failures, &mut |object, cx| {
        let next = changed(args, object, &changes, cx)?;
        if args.is("list") || next == **object {
            return Ok(());
        }
        let stored = match args.is("local") {
            true => Rc::new(client_objects::typed(next)),
            false => update_as_asked(object, next, args, cx).map_err(|failure| refused(failure, "env updated"))?,
        };
        print_operation(args, &stored, "env updated", cx)
    });
    if args.is("list") { OK } else { finish(&failures, cx) }
}

fn check(args: &Args, chosen: &Args) -> Result<(), Failure> {
    let refuse = |text: &str| Err(Failure::client(text));
    check_place(args)?;
    if chosen.words.is_empty() && !are_named(args) {
        return refuse("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    }
    if args.is("list") && !args.text("output").is_empty() {
        return refuse("--list and --output may not be specified together");
    }
    if args.has("keys") && args.text("from").is_empty() {
        return refuse("when specifying --keys, a configmap or secret must be provided with --from");
    }
    Ok(())
}

/// Reads `A=b`, `A-`, and `-` for lines of the input.
fn read_changes(words: &[String], cx: &Cx<'_>) -> Result<Changes, Failure> {
    let mut changes = Changes { set: Vec::new(), removed: Vec::new() };
    for word in words {
        match word.strip_suffix('-') {
            Some("") => {
                for line in cx.stdin.as_deref().unwrap_or("").lines() {
                    let line = line.split('#').next().unwrap_or("").trim();
                    if line.contains('=') {
                        changes.set.push(variable(line)?);
                    }
                }
            }
            _ if word.contains('=') => changes.set.push(variable(word)?),
            Some(name) => changes.removed.push(name.to_string()),
            None => return Err(Failure::client(format!("unknown environment variable: {word}"))),
        }
    }
    let is_set = |name: &String| changes.set.iter().any(|it| it.str_at(&["name"]) == name);
    if changes.removed.iter().any(is_set) {
        let text = "can not both modify and remove the same environment variable in the same command";
        return Err(Failure::client(text));
    }
    Ok(changes)
}

fn variable(pair: &str) -> Result<Value, Failure> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    match strict_variable_name(name).as_slice() {
        [] => Ok(obj! { "name" => Text::new(name), "value" => Text::new(value) }),
        wrong => Err(Failure::client(format!("{} is not a valid key name: {}", go_quoted(name), wrong.join(";")))),
    }
}

/// The variables that `--from` takes out of a ConfigMap or Secret: all of its keys, or those of `--keys`.
fn sourced(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<Value>, Failure> {
    let Some(source) = args.get("from").filter(|source| !source.is_empty()) else { return Ok(Vec::new()) };
    let (kind, name) = source.split_once('/').unwrap_or((source, ""));
    if args.is("local") {
        // Without a server there is nothing to look into.
        return Err(Failure::client("unsupported resource specified in --from"));
    }
    let resource = Resource::named(kind, cx)?;
    let reference = match resource {
        Resource::Kept(Kind::ConfigMap) => "configMapKeyRef",
        Resource::Kept(Kind::Secret) => "secretKeyRef",
        _ => return Err(Failure::client("unsupported resource specified in --from")),
    };
    let object = fetch(resource, &namespace_of(args, cx), name, cx)?;
    let keys = object.at(&["data"]).and_then(Value::as_map).into_iter().flat_map(Map::keys);
    let is_wanted = |key: &&Text| !args.has("keys") || args.list("keys").iter().any(|wanted| wanted == key.as_str());
    let mut found = Vec::new();
    for key in keys.filter(is_wanted) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word: String = key.chars().map(|c| if is_word(c) { c.to_ascii_uppercase() } else { '_' }).collect();
        if word != key.as_str() {
            cx.out.err(format!("Warning: key {key} transferred to {word}"));
        }
        let mut from = Map::new();
        from.insert(reference, obj! { "key" => key.clone(), "name" => Text::new(name) });
        found.push(obj! { "name" => word, "valueFrom" => Value::from(from) });
    }
    Ok(found)
}

/// The object as it becomes; with `--list` its variables are said.
fn changed(args: &Args, object: &Object, changes: &Changes, cx: &mut Cx<'_>) -> Result<Object, Failure> {
    needs_template(args, object)?;
    let mut next = object.clone();
    let mut is_any = false;
    for path in [containers_path(object), init_path(object)] {
        for at in 0..object.list_at(&path).len() {
            let container = &mut next.at_mut(&path).list_mut()[at];
            if !is_meant(args, container) {
                continue;
            }
            is_any = true;
            check_overwriting(args, object, container, changes)?;
            change(container, changes);
            if args.is("list") {
                let container = container.clone();
                list(args, object, &container, cx);
            }
        }
    }
    if !is_any {
        let wanted = go_quoted(args.get("containers").unwrap_or("*"));
        let (kind, name) = (object.kind.names().kind, &object.meta.name);
        cx.out.err(format!("Warning: {kind}/{name} does not have any containers matching {wanted}"));
    }
    Ok(next)
}

/// Refuses to write over other values where that is not wished.
fn check_overwriting(args: &Args, object: &Object, container: &Value, changes: &Changes) -> Result<(), Failure> {
    if args.is_unless_false("overwrite") {
        return Ok(());
    }
    for wanted in &changes.set {
        let name = wanted.str_at(&["name"]);
        if let Some(known) = container.list_at(&["env"]).iter().find(|it| it.str_at(&["name"]) == name) {
            let value = known.str_at(&["value"]);
            if *known == *wanted {
                continue;
            }
            let taken = format!("'{name}' already has a value ({value}), and --overwrite is false");
            return Err(told(args, object, &taken));
        }
    }
    Ok(())
}

/// Follows `updateEnv`: what is there keeps its place.
fn change(container: &mut Value, changes: &Changes) {
    let mut list = container.list_at(&["env"]).to_vec();
    let had_any = !list.is_empty();
    let removed: SharedSet<&str> = changes.removed.iter().map(AsRef::as_ref).collect();
    list.retain(|it| !removed.contains(it.str_at(&["name"])));
    let mut places: SharedMap<String, usize> = SharedMap::new();
    for (at, variable) in list.iter().enumerate() {
        places.entry(variable.str_at(&["name"]).to_string()).or_insert(at);
    }
    let mut set = SharedSet::new();
    // Of two values for one variable the first one counts.
    for variable in changes.set.iter().filter(|it| set.insert(it.str_at(&["name"]))) {
        match places.get(variable.str_at(&["name"])).and_then(|at| list.get_mut(*at)) {
            Some(known) => *known = variable.clone(),
            None => list.push(variable.clone()),
        }
    }
    match list.is_empty() {
        true if had_any => _ = container.remove_at(&["env"]),
        true => {}
        false => container.set_at(&["env"], list),
    }
}

/// Says the variables of a container.
fn list(args: &Args, object: &Object, container: &Value, cx: &mut Cx<'_>) {
    cx.out.out(format!("# {} {}, container {}", object.kind, object.meta.name, container.str_at(&["name"])));
    let mut wrong: Vec<(String, Vec<&str>)> = Vec::new();
    for variable in container.list_at(&["env"]) {
        let name = variable.str_at(&["name"]);
        let Some(source) = variable.get("valueFrom").filter(|it| !it.is_null()) else {
            cx.out.out(format!("{name}={}", variable.str_at(&["value"])));
            continue;
        };
        let resolved = if args.is("resolve") { Some(resolved(source, object, container, cx)) } else { None };
        match resolved {
            Some(Ok(value)) => {
                cx.out.out(format!("{name}={value}"));
                continue;
            }
            Some(Err(why)) => match wrong.iter_mut().find(|(known, _)| *known == why) {
                Some((_, names)) => names.push(name),
                None => wrong.push((why, vec![name])),
            },
            None => {}
        }
        cx.out.out(format!("# {name} from {}", reference(source)));
    }
    for (why, names) in wrong {
        cx.out.err(format!("error retrieving reference for {}: {why}", names.join(", ")));
    }
}

/// Where a variable comes from, in words.
fn reference(source: &Value) -> String {
    let keyed = |part: &Value, what: &str| format!("{what} {}, key {}", part.str_at(&["name"]), part.str_at(&["key"]));
    if let Some(part) = source.get("configMapKeyRef") {
        return keyed(part, "configmap");
    }
    if let Some(part) = source.get("secretKeyRef") {
        return keyed(part, "secret");
    }
    if let Some(part) = source.get("fieldRef") {
        return format!("field path {}", part.str_at(&["fieldPath"]));
    }
    if let Some(part) = source.get("resourceFieldRef") {
        let container = part.str_at(&["containerName"]);
        let lead = if container.is_empty() { String::new() } else { format!("{container}/") };
        return format!("resource field {lead}{}", part.str_at(&["resource"]));
    }
    "invalid valueFrom".into()
}

/// The value that a variable gets from elsewhere.
///
/// # Errors
/// Why it cannot be had, in kubectl's words.
fn resolved(source: &Value, object: &Object, container: &Value, cx: &Cx<'_>) -> Result<String, String> {
    let of = |kind: Kind, part: &Value, what: &str| {
        let key = Key::new(kind, object.meta.namespace.clone(), Text::new(part.str_at(&["name"])));
        let found = cx.cluster().fetch(&key).map_err(|error| error.to_string())?;
        let name = part.str_at(&["key"]);
        let value = found.at(&["data"]).and_then(|data| data.get(name)?.as_text());
        value.map(|text| text.to_string()).ok_or_else(|| format!("key {name} not found in {what} {}", key.name))
    };
    if let Some(part) = source.get("configMapKeyRef") {
        return of(Kind::ConfigMap, part, "config map");
    }
    if let Some(part) = source.get("secretKeyRef") {
        return of(Kind::Secret, part, "secret").map(|text| crate::model::decode_base64(&text));
    }
    if let Some(part) = source.get("fieldRef") {
        let (meta, path) = (&object.meta, part.str_at(&["fieldPath"]));
        return match path {
            "metadata.name" => Ok(meta.name.to_string()),
            "metadata.namespace" => Ok(meta.namespace.to_string()),
            "metadata.uid" => Ok(meta.uid.to_string()),
            path => Err(format!("unsupported fieldPath: {path}")),
        };
    }
    let part = source.get("resourceFieldRef").ok_or("invalid valueFrom")?;
    Ok(crate::shell::downward_api::resource(cx.cluster(), object, container, part).unwrap_or_else(|| "0".into()))
}
