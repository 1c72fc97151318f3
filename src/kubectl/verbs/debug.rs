//! `kubectl debug`: a container of its own beside those of a pod.

use super::exec::pod_of;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::host::Pause;
use crate::kubectl::verb::{Completes, Verb};

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
    long("target", Takes::Text),
    long("copy-to", Takes::Text),
    long("share-processes", Takes::Bool),
    long("profile", Takes::Text),
    short("container", 'c', Takes::Text),
    short("stdin", 'i', Takes::Bool),
    short("tty", 't', Takes::Bool),
    short("quiet", 'q', Takes::Bool),
    long("attach", Takes::Bool),
    long("env", Takes::Each),
    long("replace", Takes::Bool),
    long("same-node", Takes::Bool),
    long("set-image", Takes::Text),
];

/// `kubectl debug`: the lab has no ephemeral containers.
///
/// # Errors
/// Always.
pub fn debug(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(word) = args.before_dash().first() else {
        return Err(Failure::Usage("NAME or TYPE/NAME is required for debug".into(), "debug".into()));
    };
    let pod = pod_of(word, args, cx)?;
    if !args.has("image") {
        return Err(Failure::client("you must specify --image when not using --target or --copy-to with --set-image."));
    }
    cx.host.pause(Pause::Request);
    let exit = cx.fail(&Failure::client(
        "ephemeral containers are disabled for this cluster (error from server: \"the server could not find the requested \
         resource\").",
    ));
    cx.hint("no_debug", &[("pod", &pod.meta.name)]);
    Ok(Flow::Done(exit))
}
