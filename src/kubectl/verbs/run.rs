//! `kubectl run`: a pod from the command line, and its terminal once it runs.
//!
//! Follows `pkg/cmd/run/run.go` of kubectl.

use super::delete;
use super::dry_run::{self, DRY_RUN, is_dry, is_local};
use super::exec::{DETACH_KEYS, Process, connect};
use super::requests::{FIELD_MANAGER, RECORD, create_made, create_value, label_pairs, tree, with_saved_config};
use crate::kubectl::attach_messages::Attachment;
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::output_formats::{self, Format, print_typed_operation};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::container_status::is_running;
use crate::model::pod::{container_statuses, containers, debug_statuses};
use crate::model::{Key, Kind, Map, Millis, Object, Text, Value, conditions};
use crate::obj;
use crate::shell::{Streams, Target};

/// The row of `kubectl run`.
pub const RUN: Verb = Verb {
    name: "run",
    flags: FLAGS,
    run,
    manager: "kubectl-run",
    completes: Completes::Nothing,
    listed: Group::Beginner.at(3),
    ways: Ways { takes_command: true, ..Ways::USUAL },
    help: help(
        "Create and run a particular image in a pod.",
        &[("A pod to look around from", "kubectl run -it my-pod --image=busybox:1.36 -- sh")],
        &[
            ("--image=''", "The image to run."),
            ("--env=[]", "Variables to set, as in NAME=value."),
            ("--labels=''", "Labels to set."),
            ("--restart='Always'", "Always, OnFailure or Never."),
            ("--rm=false", "Delete the pod when the command ends."),
            ("-i, --stdin=false", "Pass what is typed."),
            ("-t, --tty=false", "A terminal."),
            help::DRY_RUN,
        ],
        "run NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]",
    ),
};

/// The flags of `run`.
pub const FLAGS: &[&[Flag]] = &[
    output_formats::FLAGS,
    &[
        DRY_RUN,
        FIELD_MANAGER,
        long("image", Takes::Text),
        long("restart", Takes::Text),
        long("rm", Takes::Bool),
        long("command", Takes::Bool),
        long("port", Takes::Text),
        long("env", Takes::Each),
        short("labels", 'l', Takes::Text),
        long("annotations", Takes::Each),
        long("attach", Takes::Bool),
        short("stdin", 'i', Takes::Bool),
        short("tty", 't', Takes::Bool),
        short("quiet", 'q', Takes::Bool),
        long("image-pull-policy", Takes::Text),
        long("overrides", Takes::Text),
        long("override-type", Takes::Text),
        long("expose", Takes::Bool),
        long("leave-stdin-open", Takes::Bool),
        long("pod-running-timeout", Takes::Duration),
        long("grace-period", Takes::Int).ignored(),
        long("timeout", Takes::Duration).ignored(),
        long("wait", Takes::Bool).ignored(),
        long("force", Takes::Bool).ignored(),
        long("cascade", Takes::TextOr("background")),
        short("filename", 'f', Takes::List),
        short("kustomize", 'k', Takes::Text).ignored(),
        short("recursive", 'R', Takes::Bool).ignored(),
        long("privileged", Takes::Bool),
        long("save-config", Takes::Bool),
        RECORD,
        DETACH_KEYS,
    ],
];

/// `run -it`, until the container runs.
#[derive(Clone, Debug)]
pub struct Start {
    key: Key,
    streams: Streams,
    /// The container to talk to; empty for the first.
    container: Text,
    attachment: Attachment,
    /// What is piped in.
    stdin: Option<String>,
    until: Millis,
}

/// `kubectl run`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.has("image") {
        return Err(Failure::client("required flag(s) \"image\" not set"));
    }
    if args.has("filename") {
        cx.out.err(
            "Flag --filename has been deprecated, it is ignored by kubectl run and will be removed in a future release",
        );
    }
    dry_run::check(args, cx)?;
    Format::of(args, cx)?;
    delete::propagation(args, cx)?;
    let is_brief = cx.cluster().kubernetes().has(Difference::RunRefusesBriefly);
    let (name, image) = (named(args, is_brief)?, args.text("image"));
    let (stdin, tty) = (args.is("stdin"), args.is("tty"));
    let restart = check(args, is_brief)?;
    let mut value = pod_value(args, &name, image, restart, is_brief)?;
    cx.note_cause_in(&mut value);
    // On the client kubectl does not look at `--save-config`.
    let pod = match is_local(args) {
        true => create_value(&value, args, cx)?,
        false => create_value(&with_saved_config(value, args), args, cx)?,
    };
    if args.is("expose") && !is_brief {
        expose(args, &pod, cx)?;
        if args.text("output") == "yaml" {
            // Which the printer does again before the pod.
            cx.out.out("---");
        }
    }
    let is_attached = if args.has("attach") { args.is("attach") } else { stdin };
    if is_dry(args) || !is_attached {
        print_typed_operation(args, &pod, "created", cx)?;
        if args.is("expose") && is_brief {
            expose(args, &pod, cx)?;
        }
        return Ok(Flow::Done(0));
    }
    if args.is("expose") && is_brief {
        expose(args, &pod, cx)?;
    }
    let start = Start {
        key: pod.key(),
        streams: Streams { stdin, tty },
        container: Text::default(),
        attachment: Attachment {
            is_quiet: args.is("quiet"),
            removes: args.is("rm"),
            awaits_end: restart != "Always" && !args.is("leave-stdin-open"),
        },
        stdin: cx.stdin.take().filter(|_| stdin),
        until: cx.now() + args.duration("pod-running-timeout").unwrap_or(Millis::seconds(60)),
    };
    start.announce(true, cx);
    Ok(Box::new(start).poll(cx))
}

/// Talks to a container of a pod that was just made, once it runs.
pub fn attach_when_running(key: Key, container: Text, streams: Streams, is_quiet: bool, cx: &mut Cx<'_>) -> Flow {
    let until = cx.now() + Millis::seconds(60);
    let attachment = Attachment { is_quiet, ..Attachment::default() };
    let stdin = cx.stdin.take().filter(|_| streams.stdin);
    let start = Start { key, streams, container, attachment, stdin, until };
    start.announce(true, cx);
    Box::new(start).poll(cx)
}

/// The Service of `--expose`; before 1.37 it is named before its pod.
fn expose(args: &Args, pod: &Object, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let port = args.int("port").unwrap_or(0);
    let spec = obj! {
        "ports" => vec![obj! { "port" => port, "protocol" => "TCP", "targetPort" => port }],
        "selector" => Value::from(&pod.meta.labels),
    };
    let service = tree(Kind::Service, &pod.meta.name, obj! { "spec" => spec });
    let stored = create_made(&service, args, cx)?;
    print_typed_operation(args, &stored, "created", cx)
}

/// The name, and whether there is an image at all.
fn named(args: &Args, is_brief: bool) -> Result<String, Failure> {
    let usage = |text: &str| refused(text, is_brief);
    let Some(name) = args.before_dash().first() else {
        return Err(usage("NAME is required for run"));
    };
    if args.duration("pod-running-timeout").is_some_and(|length| length.0 <= 0) {
        return Err(usage("--pod-running-timeout must be higher than zero"));
    }
    let image = args.text("image");
    if image.is_empty() {
        return Err(Failure::client("--image is required"));
    }
    if !crate::api::is_image_name(image) {
        let invalid = if is_brief { "invalid" } else { "Invalid" };
        return Err(Failure::client(format!("{invalid} image name {image:?}: invalid reference format")));
    }
    Ok(name.clone())
}

/// The other flags, in kubectl's order; what is left is the restart policy.
///
/// Follows `Run` in pkg/cmd/run/run.go and the generator in pkg/generate/versioned/run.go.
fn check(args: &Args, is_brief: bool) -> Result<&'static str, Failure> {
    let usage = |text: &str| refused(text, is_brief);
    let policy = |what: &str, given: &str, valid: &str| match is_brief {
        true => usage(&format!("invalid {what} policy: {given}, valid values are: {valid}")),
        false => usage(&format!("invalid {what} policy: {given}")),
    };
    let (stdin, attach) = (args.is("stdin"), args.is("attach"));
    let attach = if args.has("attach") { attach } else { stdin };
    if args.is("tty") && !stdin {
        return Err(usage("-i/--stdin is required for containers with -t/--tty=true"));
    }
    if args.is("expose") && args.text("port").is_empty() {
        return Err(usage("--port must be set when exposing a service"));
    }
    let restart = match args.text("restart") {
        "" | "Always" => "Always",
        "OnFailure" => "OnFailure",
        "Never" => "Never",
        other => return Err(policy("restart", other, "Always, OnFailure, Never")),
    };
    if args.is("rm") && !attach {
        return Err(usage("--rm should only be used for attached containers"));
    }
    if is_dry(args) && attach {
        return Err(usage(
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        ));
    }
    let pull = args.text("image-pull-policy");
    if !matches!(pull, "" | "Always" | "IfNotPresent" | "Never") {
        return Err(policy("image pull", pull, "Always, IfNotPresent, Never"));
    }
    let is_pair = |pair: &str| pair.split_once('=').is_some_and(|(key, _)| !key.is_empty());
    let is_variable = |pair: &&String| {
        pair.split_once('=').is_some_and(|(name, _)| crate::api::names::strict_variable_name(name).is_empty())
    };
    let labels = args.text("labels");
    let is_label = |pair: &str| is_pair(pair) && pair.matches('=').count() == 1;
    if let Some(other) = labels.split(',').find(|pair| !labels.is_empty() && !is_label(pair)) {
        return Err(Failure::client(format!("unexpected label spec: {other}")));
    }
    if let Some(other) = args.list("annotations").iter().find(|pair| !is_pair(pair)) {
        return Err(Failure::client(format!("invalid annotations format: {other}")));
    }
    if let Some(other) = args.list("env").iter().find(|pair| !is_variable(pair)) {
        return Err(Failure::client(format!("invalid env: {other}")));
    }
    Ok(restart)
}

/// A refusal; whether it ends with the way to the help depends on the version.
fn refused(text: &str, is_brief: bool) -> Failure {
    match is_brief {
        true => Failure::client(text),
        false => Failure::Usage(text.into(), "run".into()),
    }
}

fn pod_value(args: &Args, name: &str, image: &str, restart: &'static str, is_brief: bool) -> Result<Value, Failure> {
    let mut argv: Vec<Value> = args.before_dash().iter().skip(1).map(|word| Value::text(word)).collect();
    argv.extend(args.after_dash().iter().map(|word| Value::text(word)));
    let mut container = obj! { "image" => Text::new(image), "name" => Text::new(name) };
    if !argv.is_empty() {
        container.set_at(&[if args.is("command") { "command" } else { "args" }], argv);
    }
    if args.is("stdin") {
        container.set_at(&["stdin"], true);
        if restart != "Always" || !args.is("leave-stdin-open") {
            container.set_at(&["stdinOnce"], true);
        }
    }
    if args.is("tty") {
        container.set_at(&["tty"], true);
    }
    let env: Vec<Value> = args
        .list("env")
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| match value {
            "" => obj! { "name" => Text::new(name) },
            value => obj! { "name" => Text::new(name), "value" => Text::new(value) },
        })
        .collect();
    if !env.is_empty() {
        container.set_at(&["env"], env);
    }
    if !args.text("port").is_empty() {
        let Some(port) = args.int("port") else {
            return Err(Failure::client(match is_brief {
                true => "--port must be a number".to_string(),
                false => format!("strconv.Atoi: parsing {:?}: invalid syntax", args.text("port")),
            }));
        };
        container.set_at(&["ports"], vec![obj! { "containerPort" => port }]);
    }
    if args.is("privileged") {
        container.set_at(&["securityContext", "privileged"], true);
    }
    if args.has("image-pull-policy") {
        container.set_at(&["imagePullPolicy"], Text::new(args.text("image-pull-policy")));
    }
    let labels: Map = if args.text("labels").is_empty() {
        [("run", Value::text(name))].into_iter().collect()
    } else {
        label_pairs(args)
    };
    let mut metadata = obj! { "name" => Text::new(name), "labels" => labels };
    if args.has("annotations") {
        let pairs = args.list("annotations").iter().filter_map(|pair| pair.split_once('='));
        let annotations: Map = pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect();
        metadata.set_at(&["annotations"], annotations);
    }
    Ok(obj! {
        "apiVersion" => "v1", "kind" => "Pod",
        "metadata" => metadata,
        "spec" => obj! { "containers" => vec![container], "restartPolicy" => restart },
    })
}

impl Job for Start {
    fn is_session(&self) -> bool {
        true
    }

    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let Some(pod) = cx.cluster().get(&self.key).cloned() else {
            cx.out.err(format!("error: pods {:?} not found", self.key.name.as_str()));
            return Flow::Done(1);
        };
        let own = container_statuses(&pod).iter().chain(debug_statuses(&pod));
        let is_meant =
            |status: &&Value| self.container.is_empty() || status.str_at(&["name"]) == self.container.as_str();
        let runs = own.filter(is_meant).any(is_running);
        let phase = conditions::phase(&pod);
        if runs {
            self.attachment.announce(cx);
            let container = self.container_in(&pod);
            let target = Target { namespace: self.key.namespace.clone(), pod: self.key.name.clone(), container };
            cx.stdin = self.stdin.take();
            return connect(target, Process::Container(self.attachment), self.streams, cx);
        }
        if matches!(phase, "Succeeded" | "Failed") {
            for line in crate::shell::container_log(cx.cluster(), &pod, &self.key.name, false).unwrap_or_default() {
                cx.out.out(line.text);
            }
            return self.attachment.end(self.key, cx);
        }
        if cx.now() >= self.until {
            cx.out.err("error: timed out waiting for the condition");
            self.announce(false, cx);
            self.attachment.remove(&self.key, cx);
            return Flow::Done(1);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        Some(self.until)
    }
}

impl Start {
    /// Lets the machines know that the container's process is talked to from its beginning, or is not after all.
    fn announce(&self, is_awaited: bool, cx: &mut Cx<'_>) {
        let Some(pod) = cx.cluster().get(&self.key).cloned() else { return };
        let container = self.container_in(&pod);
        cx.cluster_mut().runtime_mut().set_awaited(&pod.meta.uid, &container, is_awaited);
    }

    /// The name of the container to talk to.
    fn container_in(&self, pod: &Object) -> Text {
        let first = || Text::new(containers(pod).first().map_or("", |it| it.str_at(&["name"])));
        if self.container.is_empty() { first() } else { self.container.clone() }
    }
}
