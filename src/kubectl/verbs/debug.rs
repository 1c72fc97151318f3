//! `kubectl debug`: a container of its own beside those of a pod.

use super::exec::pod_of;
use super::run::attach_when_running;
use crate::cluster::{Client, DeleteOptions, FieldValidation, NAME_ALPHABET};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::host::Pause;
use crate::kubectl::verb::{Completes, Verb};
use crate::model::{Key, Kind, Object, Text, Value};
use crate::obj;
use crate::shell::Streams;

/// The row of `kubectl debug`.
pub const DEBUG: Verb = Verb {
    name: "debug",
    flags: &[DEBUG_FLAGS],
    run: debug,
    manager: "kubectl",
    completes: Completes::Pods,
    help: help(
        "Debug cluster resources using interactive debugging containers. This lab has no such containers.",
        &[],
        &[("--image=''", "The image of the debugging container."), ("--target=''", "The container to look into.")],
        "debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
    ),
};

/// The flags of `debug`.
pub const DEBUG_FLAGS: &[Flag] = &[
    long("image", Takes::Text),
    long("target", Takes::Text).ignored(),
    long("copy-to", Takes::Text),
    long("share-processes", Takes::Bool),
    long("profile", Takes::Text).ignored(),
    long("custom", Takes::Text).ignored(),
    short("container", 'c', Takes::Text),
    short("stdin", 'i', Takes::Bool),
    short("tty", 't', Takes::Bool),
    short("quiet", 'q', Takes::Bool),
    long("attach", Takes::Bool),
    long("arguments-only", Takes::Bool),
    long("env", Takes::Each),
    long("image-pull-policy", Takes::Text),
    long("replace", Takes::Bool),
    long("same-node", Takes::Bool),
    long("set-image", Takes::Each),
    long("keep-labels", Takes::Bool),
    long("keep-annotations", Takes::Bool),
    long("keep-liveness", Takes::Bool),
    long("keep-readiness", Takes::Bool),
    long("keep-startup", Takes::Bool),
    long("keep-init-containers", Takes::Bool),
];

/// `kubectl debug`: a copy of a pod to look into. The lab has no ephemeral containers.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn debug(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(word) = args.before_dash().first() else {
        return Err(Failure::Usage("NAME or TYPE/NAME is required for debug".into(), "debug".into()));
    };
    if args.is("replace") && !args.has("copy-to") {
        return Err(Failure::client("--replace may only be used with --copy-to."));
    }
    if args.is("same-node") && !args.has("copy-to") {
        return Err(Failure::client("--same-node may only be used with --copy-to."));
    }
    if !(args.has("image") || args.has("copy-to") && args.has("set-image")) {
        return Err(Failure::client("you must specify --image when not using --target or --copy-to with --set-image."));
    }
    let pod = pod_of(word, args, cx)?;
    cx.host.pause(Pause::Request);
    if args.has("copy-to") {
        return copy(args, &pod, cx);
    }
    let exit = cx.fail(&Failure::client("this lab has no ephemeral containers"));
    cx.hint("no_debug", &[("pod", &pod.meta.name)]);
    Ok(Flow::Done(exit))
}

/// Makes the copy, and talks to the container that was added to it.
fn copy(args: &Args, pod: &Object, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut copy = copied(args, pod);
    set_images(args, &mut copy)?;
    let mut added = Text::default();
    if args.has("image") {
        added = add_container(args, &mut copy, cx);
    }
    let namespace = pod.meta.namespace.clone();
    let value = copy.to_value();
    cx.send(false, &mut |cluster, manager| {
        cluster.create_from(&value, &namespace, Client { manager, validation: FieldValidation::Ignore })
    })?;
    if args.is("replace") {
        cx.cluster_mut().delete(&pod.key(), &DeleteOptions::BACKGROUND)?;
    }
    let is_attached = if args.has("attach") { args.is("attach") } else { args.is("stdin") };
    if !is_attached || added.is_empty() {
        return OK;
    }
    let key = Key::new(Kind::Pod, namespace, copy.meta.name.clone());
    let streams = Streams { stdin: args.is("stdin"), tty: args.is("tty") };
    Ok(attach_when_running(key, added, streams, args.is("quiet"), cx))
}

/// The pod without what ties it to its owner and to its node.
fn copied(args: &Args, pod: &Object) -> Object {
    let mut copy = Object::new(Kind::Pod, pod.meta.namespace.clone(), Text::new(args.text("copy-to")));
    copy.body = pod.body.clone();
    copy.remove_at(&["status"]);
    for field in ["ephemeralContainers", "priority"] {
        copy.remove_at(&["spec", field]);
    }
    if !args.is("same-node") {
        copy.remove_at(&["spec", "nodeName"]);
    }
    if args.is("keep-labels") {
        copy.meta.labels = pod.meta.labels.clone();
    }
    if args.is("keep-annotations") {
        copy.meta.annotations = pod.meta.annotations.clone();
    }
    if !args.is_unless_false("keep-init-containers") {
        copy.remove_at(&["spec", "initContainers"]);
    }
    for container in copy.at_mut(&["spec", "containers"]).list_mut() {
        for (flag, probe) in
            [("keep-liveness", "livenessProbe"), ("keep-readiness", "readinessProbe"), ("keep-startup", "startupProbe")]
        {
            if !args.is(flag) {
                container.remove_at(&[probe]);
            }
        }
        without_token(container);
    }
    let is_own = |volume: &Value| !volume.str_at(&["name"]).starts_with("kube-api-access-");
    let volumes: Vec<Value> = copy.list_at(&["spec", "volumes"]).iter().filter(|it| is_own(it)).cloned().collect();
    copy.set_at(&["spec", "volumes"], volumes);
    copy.set_at(&["spec", "shareProcessNamespace"], args.is_unless_false("share-processes"));
    copy
}

/// Takes the mount of the account's token away, which admission adds anew.
fn without_token(container: &mut Value) {
    let is_own = |mount: &Value| !mount.str_at(&["name"]).starts_with("kube-api-access-");
    let mounts: Vec<Value> = container.list_at(&["volumeMounts"]).iter().filter(|it| is_own(it)).cloned().collect();
    container.set_at(&["volumeMounts"], mounts);
}

fn set_images(args: &Args, copy: &mut Object) -> Result<(), Failure> {
    for pair in args.list("set-image").iter().flat_map(|list| list.split(',')) {
        let Some((name, image)) = pair.split_once('=') else {
            return Err(Failure::client(format!("invalid set-image argument: {pair:?}")));
        };
        for container in copy.at_mut(&["spec", "containers"]).list_mut() {
            if name == "*" || container.str_at(&["name"]) == name {
                container.set_at(&["image"], Text::new(image));
            }
        }
    }
    Ok(())
}

/// Adds the container to debug with, or gives the one of `-c` another image. Returns its name.
fn add_container(args: &Args, copy: &mut Object, cx: &mut Cx<'_>) -> Text {
    let mut name = args.text("container").to_string();
    if name.is_empty() {
        name = format!("debugger-{}", cx.cluster_mut().rng().word(NAME_ALPHABET, 5));
        if !args.is("quiet") {
            cx.out.err(format!("Defaulting debug container name to {name}."));
        }
    }
    let mut container = obj! { "image" => Text::new(args.text("image")), "name" => Text::new(&name) };
    let argv: Vec<Value> = args.after_dash().iter().map(|word| Value::text(word)).collect();
    if !argv.is_empty() {
        container.set_at(&[if args.is("arguments-only") { "args" } else { "command" }], argv);
    }
    let pairs = args.list("env").iter().filter_map(|pair| pair.split_once('='));
    let env: Vec<Value> =
        pairs.map(|(name, value)| obj! { "name" => Text::new(name), "value" => Text::new(value) }).collect();
    if !env.is_empty() {
        container.set_at(&["env"], env);
    }
    if args.has("image-pull-policy") {
        container.set_at(&["imagePullPolicy"], Text::new(args.text("image-pull-policy")));
    }
    for flag in ["stdin", "tty"] {
        if args.is(flag) {
            container.set_at(&[flag], true);
        }
    }
    let containers = copy.at_mut(&["spec", "containers"]).list_mut();
    match containers.iter_mut().find(|known| known.str_at(&["name"]) == name) {
        Some(known) => {
            for (field, value) in container.as_map().cloned().unwrap_or_default().iter() {
                known.map_mut().insert(field.clone(), value.clone());
            }
        }
        None => containers.push(container),
    }
    Text::from(name)
}
