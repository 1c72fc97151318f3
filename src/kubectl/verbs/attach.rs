//! `kubectl attach`: the way to the process that a container runs already.
//!
//! Follows `pkg/cmd/attach/attach.go` of kubectl.

use super::chosen_container::{Asking, container_of};
use super::exec::{DETACH_KEYS, Process, check_patience, connect, refusal, unreachable};
use super::pod_of_workload::pod_of;
use crate::kubectl::attach_messages::Attachment;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::pod::container_of_name;
use crate::model::{Kind, Object, Value};
use crate::shell::{Streams, Target};

/// The row of `kubectl attach`.
pub const ATTACH: Verb = Verb {
    name: "attach",
    flags: &[ATTACH_FLAGS],
    run: attach,
    manager: "kubectl",
    completes: Completes::Pods,
    listed: Group::Troubleshooting.at(3),
    ways: Ways { takes_command: true, ..Ways::USUAL },
    help: help(
        "Attach to a running container.",
        &[("Go back to a client pod", "kubectl attach my-client -c my-client -i -t")],
        &[
            ("-c, --container=''", "Which container."),
            ("-i, --stdin=false", "Pass what is typed."),
            ("-t, --tty=false", "A terminal."),
        ],
        "attach POD -c CONTAINER [options]",
    ),
};

/// The flags of `attach`.
pub const ATTACH_FLAGS: &[Flag] = &[
    short("container", 'c', Takes::Text),
    short("stdin", 'i', Takes::Bool),
    short("tty", 't', Takes::Bool),
    short("quiet", 'q', Takes::Bool),
    long("pod-running-timeout", Takes::Duration),
    DETACH_KEYS,
];

/// `kubectl attach`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn attach(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let word = match args.words.as_slice() {
        [] => return Err(Failure::client("at least 1 argument is required for attach")),
        [word] => word.clone(),
        [kind, name] => format!("{kind}/{name}"),
        words => {
            let (count, words) = (words.len(), words.join(" "));
            return Err(Failure::client(format!(
                "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {count}: [{words}]"
            )));
        }
    };
    check_patience(args, "attach")?;
    let pod = pod_of(&word, args, cx)?;
    let container = container_of(&pod, Asking::Attach, args, cx).map_err(|failure| match failure {
        Failure::Client(why) => Failure::Client(format!("cannot attach to the container: {why}")),
        failure => failure,
    })?;
    cx.check_access("create", Kind::Pod, "attach", &pod.meta.namespace, &pod.meta.name)?;
    if let Some(failure) = refusal(cx.cluster(), &pod, &container).or_else(|| unreachable(&pod, cx)) {
        return Err(failure);
    }
    let attachment = Attachment { is_quiet: args.is("quiet"), ..Attachment::default() };
    let streams = offered(&pod, &container, args, cx);
    attachment.announce(cx);
    let target = Target { namespace: pod.meta.namespace.clone(), pod: pod.meta.name.clone(), container };
    Ok(connect(target, Process::Container(attachment), streams, cx))
}

/// What of the streams that are asked for the container has: one without a terminal gets none, one with it always; what
/// is typed reaches nobody where the container has no input.
fn offered(pod: &Object, container: &str, args: &Args, cx: &mut Cx<'_>) -> Streams {
    let Some(declared) = container_of_name(pod, container) else {
        return Streams { stdin: false, tty: false };
    };
    let has = |field: &str| declared.get(field).and_then(Value::as_bool) == Some(true);
    if args.is("tty") && !has("tty") && !args.is("quiet") {
        cx.out.err(format!("error: Unable to use a TTY - container {container} did not allocate one"));
    }
    Streams { stdin: args.is("stdin") && has("stdin"), tty: has("tty") }
}
