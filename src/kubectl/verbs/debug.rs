//! `kubectl debug`: a container of its own beside those of a pod, a copy of a pod, or a pod in the place of a node.
//!
//! Follows pkg/cmd/debug/debug.go of kubectl.

use super::debug_profiles::{Profile, Style};
use super::requests::read_patch;
use super::run::attach_when_running;
use crate::api::PodPart;
use crate::cluster::patch::strategic_merge;
use crate::cluster::{Client, DeleteOptions, FieldValidation, NAME_ALPHABET, Part, PatchType};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::files::read_file;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::host::Pause;
use crate::kubectl::manifests;
use crate::kubectl::resources::{Resource, fetch, namespace_of};
use crate::kubectl::selection::{Rules, select};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::pod::container_of_name;
use crate::model::{Key, Kind, Object, Text, Value, pod};
use crate::shell::Streams;
use crate::{list, obj, schema};
use std::rc::Rc;

/// The row of `kubectl debug`.
pub const DEBUG: Verb = Verb {
    name: "debug",
    flags: &[DEBUG_FLAGS, &[manifests::FILENAME]],
    run: debug,
    manager: "kubectl",
    completes: Completes::Pods,
    listed: Group::Troubleshooting.at(9),
    ways: Ways { takes_command: true, ..Ways::USUAL },
    help: help(
        "Debug cluster resources using interactive debugging containers.",
        &[
            ("A container to look into a pod with", "kubectl debug web-0 --image=busybox:1.36"),
            ("A copy of a pod with a container more", "kubectl debug web-0 --image=busybox:1.36 --copy-to=web-debug"),
        ],
        &[
            ("--image=''", "The image of the debugging container."),
            ("--target=''", "The container whose processes it shall see."),
            ("--copy-to=''", "Make a copy of the pod, of this name."),
            ("--profile='general'", "legacy, general, baseline, restricted, netadmin or sysadmin."),
        ],
        "debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
    ),
};

/// The flags of `debug`.
pub const DEBUG_FLAGS: &[Flag] = &[
    long("image", Takes::Text),
    long("target", Takes::Text),
    long("copy-to", Takes::Text),
    long("share-processes", Takes::Bool),
    long("profile", Takes::Text),
    long("custom", Takes::Text),
    short("container", 'c', Takes::Text),
    short("stdin", 'i', Takes::Bool),
    short("tty", 't', Takes::Bool),
    short("quiet", 'q', Takes::Bool),
    long("attach", Takes::Bool),
    long("arguments-only", Takes::Bool),
    long("env", Takes::Pairs),
    long("image-pull-policy", Takes::Text),
    long("replace", Takes::Bool),
    long("same-node", Takes::Bool),
    long("set-image", Takes::Pairs),
    long("keep-labels", Takes::Bool),
    long("keep-annotations", Takes::Bool),
    long("keep-liveness", Takes::Bool),
    long("keep-readiness", Takes::Bool),
    long("keep-startup", Takes::Bool),
    long("keep-init-containers", Takes::Bool),
];

/// `kubectl debug`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn debug(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_general = cx.cluster().kubernetes().has(Difference::DebugIsGeneral);
    let profile = Profile::of(args, is_general)?;
    let custom = custom_profile(args, cx)?;
    check(args)?;
    let fixed = ["name", "command", "image", "lifecycle", "volumeDevices"];
    if fixed.iter().any(|field| custom.get(field).is_some()) {
        let text = "name, command, image, lifecycle and volume devices are not modifiable via custom profile";
        return Err(Failure::client(text));
    }
    if args.before_dash().is_empty() && !manifests::are_named(args) {
        return Err(Failure::client("NAME or filename is required for debug"));
    }
    if args.has("target") && !args.is("quiet") {
        cx.out.out(format!(
            "Targeting container {:?}. If you don't see processes from this container it may be because the container \
             runtime doesn't support this feature.",
            args.text("target")
        ));
    }
    if profile == Profile::Legacy {
        cx.out.err(match is_general {
            true => {
                "--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other \
                 profile, for example \"--profile=general\"."
            }
            false => {
                "--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly \
                 specify a profile, for example \"--profile=general\"."
            }
        });
    }
    let Some(target) = target(args, cx)? else { return Ok(Flow::Done(1)) };
    cx.host.pause(Pause::Request);
    match target.kind {
        Kind::Node => by_node_pod(args, profile, &target, cx),
        Kind::Pod if args.has("copy-to") => by_copy(args, profile, &target, cx),
        Kind::Pod => by_ephemeral_container(args, profile, &target, cx),
        kind => {
            let version = kind.api_version();
            let (group, version) = version.split_once('/').unwrap_or(("", version));
            Err(Failure::client(format!("\"{group}/{version}, Kind={kind}\" not supported by debug")))
        }
    }
}

/// What is looked into: the first of what is named. `None` if that is not there, which was said.
fn target(args: &Args, cx: &mut Cx<'_>) -> Result<Option<Rc<Object>>, Failure> {
    if manifests::are_named(args) {
        let mut named = args.clone();
        named.words = args.before_dash().to_vec();
        named.dash_at = None;
        let found = select(&named, Rules::default(), cx)?;
        return match cx.fail_all(&found.failures) {
            0 => Ok(found.objects.first().cloned()),
            _ => Ok(None),
        };
    }
    let word = args.before_dash().first().map_or("", String::as_str);
    let (kind, name) = word.split_once('/').unwrap_or(("pods", word));
    fetch(Resource::named(kind, cx)?, &namespace_of(args, cx), name, cx).map(Some)
}

/// What does not go together.
fn check(args: &Args) -> Result<(), Failure> {
    let refuse = |text: &str| Err(Failure::client(text));
    let has_command = !args.after_dash().is_empty();
    if args.is("attach") && args.text("image").is_empty() && !args.has("container") {
        return refuse("you must specify --container or create a new container using --image in order to attach.");
    }
    if args.has("copy-to") {
        if args.text("image").is_empty() && !args.has("set-image") && !has_command {
            return refuse("you must specify --image, --set-image or command arguments.");
        }
        if has_command && !args.has("container") && args.text("image").is_empty() {
            return refuse("you must specify an existing container or a new image when specifying args.");
        }
    } else if args.is("replace") {
        return refuse("--replace may only be used with --copy-to.");
    } else if args.is("same-node") {
        return refuse("--same-node may only be used with --copy-to.");
    } else if args.has("set-image") {
        return refuse("--set-image may only be used with --copy-to.");
    } else if args.text("image").is_empty() {
        return refuse("you must specify --image when not using --copy-to.");
    }
    let image = args.text("image");
    if !image.is_empty() && !crate::api::is_image_name(image) {
        return Err(Failure::client(format!("invalid image name {image:?}: invalid reference format")));
    }
    match args.text("image-pull-policy") {
        "" | "Always" | "IfNotPresent" | "Never" => {}
        other => return Err(Failure::client(format!("invalid image pull policy: {other}"))),
    }
    for (name, image) in args.list("set-image").iter().filter_map(|pair| pair.split_once('=')) {
        if !crate::api::is_image_name(image) {
            let text = format!("invalid image name {image:?} for container {name:?}: invalid reference format");
            return Err(Failure::client(text));
        }
    }
    if args.has("target") && args.has("copy-to") {
        return refuse("--target is incompatible with --copy-to. Use --share-processes instead.");
    }
    if args.is("tty") && !args.is("stdin") {
        return refuse("-i/--stdin is required for containers with -t/--tty=true");
    }
    Ok(())
}

/// Adds a container to a pod that stays as it is otherwise.
fn by_ephemeral_container(args: &Args, profile: Profile, pod: &Rc<Object>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = name_of(args, pod, cx);
    let mut container = container(args, &name);
    if args.has("target") {
        container.set_at(&["targetContainerName"], Text::new(args.text("target")));
    }
    let mut next = Object::clone(pod);
    next.at_mut(&["spec", "ephemeralContainers"]).list_mut().push(container);
    profile.apply(Style::Ephemeral, &mut next, &name, args);
    customize(args, &mut next, &name, cx)?;
    let all = next.list_at(&["spec", "ephemeralContainers"]).to_vec();
    let patch = obj! { "spec" => obj! { "ephemeralContainers" => all } };
    let key = pod.key();
    cx.send(false, &mut |cluster, manager| {
        let client = Client { manager, validation: FieldValidation::Ignore };
        cluster.patch_part(&key, Part::Pod(PodPart::EphemeralContainers), PatchType::Merge, &patch, client)
    })?;
    Ok(attach(args, key, name, cx))
}

/// Makes a copy of a pod, and talks to the container that was added to it.
fn by_copy(args: &Args, profile: Profile, pod: &Rc<Object>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut copy = copied(args, pod);
    set_images(args, &mut copy);
    let wanted = args.text("container");
    let is_known = pod::containers(&copy).iter().any(|it| it.str_at(&["name"]) == wanted);
    let mut name = Text::default();
    if is_known || !args.text("image").is_empty() {
        name = if is_known { Text::new(wanted) } else { name_of(args, &copy, cx) };
        put_container(args, &mut copy, &name);
        profile.apply(Style::Copy, &mut copy, &name, args);
        customize(args, &mut copy, &name, cx)?;
    } else if !args.has("set-image") {
        return Err(Failure::client("you must specify image when creating new container"));
    }
    let key = Key::new(Kind::Pod, pod.meta.namespace.clone(), copy.meta.name.clone());
    create(&copy, cx)?;
    if args.is("replace") {
        cx.request(|cluster| cluster.delete(&pod.key(), &DeleteOptions::FORCE))?;
    }
    Ok(attach(args, key, name, cx))
}

/// Starts a pod on a node that sees what the node sees.
fn by_node_pod(args: &Args, profile: Profile, node: &Rc<Object>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let container_name = if args.has("container") { args.text("container") } else { "debugger" };
    let suffix = cx.cluster_mut().rng().word(NAME_ALPHABET, 5);
    let name = format!("node-debugger-{}-{suffix}", node.meta.name);
    if !args.is("quiet") {
        let node = &node.meta.name;
        cx.out.out(format!("Creating debugging pod {name} with container {container_name} on node {node}."));
    }
    let mut pod = Object::new(Kind::Pod, namespace_of(args, cx), name);
    pod.meta.labels.insert("app.kubernetes.io/managed-by", "kubectl-debug".into());
    pod.set_at(
        &["spec"],
        obj! {
            "containers" => list![container(args, container_name)], "nodeName" => &node.meta.name,
            "restartPolicy" => "Never", "tolerations" => list![obj! { "operator" => "Exists" }],
        },
    );
    profile.apply(Style::Node, &mut pod, container_name, args);
    customize(args, &mut pod, container_name, cx)?;
    create(&pod, cx)?;
    Ok(attach(args, pod.key(), Text::new(container_name), cx))
}

fn create(pod: &Object, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let value = pod.to_value();
    cx.send(false, &mut |cluster, manager| {
        let client = Client { manager, validation: FieldValidation::Ignore };
        cluster.create_from(&value, &pod.meta.namespace, client)
    })?;
    Ok(())
}

/// Talks to a container once it runs, if that was asked for.
fn attach(args: &Args, pod: Key, container: Text, cx: &mut Cx<'_>) -> Flow {
    let is_wanted = if args.has("attach") { args.is("attach") } else { args.is("stdin") };
    if !is_wanted || container.is_empty() {
        return Flow::Done(0);
    }
    let streams = Streams { stdin: args.is("stdin"), tty: args.is("tty") };
    attach_when_running(pod, container, streams, args.is("quiet"), cx)
}

/// The name of the new container: the one that is wanted, or one that no other has.
fn name_of(args: &Args, pod: &Object, cx: &mut Cx<'_>) -> Text {
    if args.has("container") {
        return Text::new(args.text("container"));
    }
    let name = loop {
        let name = format!("debugger-{}", cx.cluster_mut().rng().word(NAME_ALPHABET, 5));
        if container_of_name(pod, &name).is_none() {
            break name;
        }
    };
    if !args.is("quiet") {
        cx.out.out(format!("Defaulting debug container name to {name}."));
    }
    Text::from(name)
}

/// The container that the flags describe.
fn container(args: &Args, name: &str) -> Value {
    let mut container = obj! {
        "image" => Text::new(args.text("image")), "name" => Text::new(name), "terminationMessagePolicy" => "File",
    };
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
    container
}

/// Adds the container of the flags to a copy, or gives the one of that name another image and command.
fn put_container(args: &Args, copy: &mut Object, name: &str) {
    let wanted = container(args, name);
    let containers = copy.at_mut(&["spec", "containers"]).list_mut();
    let Some(known) = containers.iter_mut().find(|known| known.str_at(&["name"]) == name) else {
        containers.push(wanted);
        return;
    };
    if wanted.get("command").is_some() {
        known.remove_at(&["args"]);
    }
    for flag in ["stdin", "tty"] {
        known.remove_at(&[flag]);
    }
    for (field, value) in wanted.as_map().into_iter().flat_map(crate::model::Map::iter) {
        let is_said = field.as_str() != "image" || !args.text("image").is_empty();
        if is_said && field.as_str() != "terminationMessagePolicy" {
            known.map_mut().insert(field.clone(), value.clone());
        }
    }
}

/// The container of `--custom`; null without one.
fn custom_profile(args: &Args, cx: &Cx<'_>) -> Result<Value, Failure> {
    let file = args.text("custom");
    if file.is_empty() {
        return Ok(Value::Null);
    }
    let text = read_file(file, cx).ok_or_else(|| {
        Failure::client(format!(
            "must pass a container spec json file for custom profile: open {file}: no such file or directory"
        ))
    })?;
    read_patch(&text)
}

/// Lays the container of `--custom` over the one that was made.
fn customize(args: &Args, pod: &mut Object, name: &str, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let custom = custom_profile(args, cx)?;
    if custom.is_null() {
        return Ok(());
    }
    let Some(root) = schema::structure("core.Container") else { return Ok(()) };
    for list in ["containers", "ephemeralContainers"] {
        if pod.list_at(&["spec", list]).is_empty() {
            continue;
        }
        for container in pod.at_mut(&["spec", list]).list_mut() {
            if container.str_at(&["name"]) == name {
                *container =
                    strategic_merge(container, &custom, root).map_err(|error| Failure::client(error.to_string()))?;
            }
        }
    }
    Ok(())
}

/// The pod without what ties it to its owner and to its node.
fn copied(args: &Args, pod: &Object) -> Object {
    let mut copy = Object::new(Kind::Pod, pod.meta.namespace.clone(), Text::new(args.text("copy-to")));
    copy.body = pod.body.clone();
    copy.meta.labels = pod.meta.labels.clone();
    copy.meta.annotations = pod.meta.annotations.clone();
    copy.remove_at(&["status"]);
    // The priority is that of the class, which admission looks up again.
    for field in ["ephemeralContainers", "priority"] {
        copy.remove_at(&["spec", field]);
    }
    if !args.is("same-node") {
        copy.remove_at(&["spec", "nodeName"]);
    }
    if args.has("share-processes") {
        copy.set_at(&["spec", "shareProcessNamespace"], args.is("share-processes"));
    }
    for list in ["containers", "initContainers"] {
        if !copy.list_at(&["spec", list]).is_empty() {
            copy.at_mut(&["spec", list]).list_mut().iter_mut().for_each(without_token);
        }
    }
    let is_own = |volume: &Value| !volume.str_at(&["name"]).starts_with("kube-api-access-");
    let volumes: Vec<Value> = pod::volumes(&copy).iter().filter(|it| is_own(it)).cloned().collect();
    copy.set_at(&["spec", "volumes"], volumes);
    copy
}

/// Takes the mount of the account's token away, which admission adds anew.
fn without_token(container: &mut Value) {
    let is_own = |mount: &Value| !mount.str_at(&["name"]).starts_with("kube-api-access-");
    let mounts: Vec<Value> = container.list_at(&["volumeMounts"]).iter().filter(|it| is_own(it)).cloned().collect();
    container.set_at(&["volumeMounts"], mounts);
}

fn set_images(args: &Args, copy: &mut Object) {
    for (name, image) in args.list("set-image").iter().filter_map(|pair| pair.split_once('=')) {
        for container in copy.at_mut(&["spec", "containers"]).list_mut() {
            if name == "*" || container.str_at(&["name"]) == name {
                container.set_at(&["image"], Text::new(image));
            }
        }
    }
}
