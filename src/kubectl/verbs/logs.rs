//! `kubectl logs`: what a container wrote; the lines themselves come from the shell's side.

use super::exec::{container_of, not_found_in, pod_of};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::duration::parse_go_duration;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::resources::namespace_of;
use crate::kubectl::selector::LabelSelector;
use crate::model::{Kind, Object, Text, Value};
use crate::shell::{LogLine, container_log};
use std::rc::Rc;

/// The flags of `logs`.
pub const FLAGS: &[Flag] = &[
    short("container", 'c', Takes::Text),
    short("follow", 'f', Takes::Bool),
    short("previous", 'p', Takes::Bool),
    short("selector", 'l', Takes::Text),
    long("all-containers", Takes::Bool),
    long("all-pods", Takes::Bool),
    long("tail", Takes::Int),
    long("since", Takes::Duration),
    long("since-time", Takes::Text),
    long("timestamps", Takes::Bool),
    long("prefix", Takes::Bool),
    long("limit-bytes", Takes::Int),
    long("max-log-requests", Takes::Int),
    long("ignore-errors", Takes::Bool),
    long("pod-running-timeout", Takes::Duration),
];

/// `kubectl logs`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    let namespace = namespace_of(args, cx);
    if words.is_empty() && !args.has("selector") {
        return Err(Failure::Usage(
            "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for \
             the logs command"
                .into(),
            "logs".into(),
        ));
    }
    if args.has("selector") {
        let selector =
            LabelSelector::parse(args.text("selector")).map_err(|error| Failure::client(error.to_string()))?;
        let pods: Vec<Rc<Object>> = cx
            .cluster()
            .list_in(Kind::Pod, &namespace)
            .filter(|pod| selector.matches(&pod.meta.labels))
            .cloned()
            .collect();
        if pods.is_empty() {
            cx.out.err(format!("No resources found in {namespace} namespace."));
        }
        for pod in &pods {
            log_of(args, pod, 10, cx)?;
        }
        return Ok(Flow::Done(0));
    }
    let word = words.first().map(String::as_str).unwrap_or("");
    let pod = pod_of(word, args, cx).map_err(|failure| match failure {
        Failure::Server(error) if error.is_not_found() => not_found_in(&error, &namespace),
        failure => failure,
    })?;
    log_of(args, &pod, i64::MAX, cx)?;
    Ok(Flow::Done(0))
}

fn log_of(args: &Args, pod: &Rc<Object>, tail: i64, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let containers: Vec<Text> = if args.is("all-containers") {
        let names = |field: &'static str| pod.list_at(&["spec", field]).iter().filter_map(|it| it.get("name"));
        names("initContainers").chain(names("containers")).filter_map(Value::as_text).cloned().collect()
    } else if args.dash_at.is_none() && args.words.len() > 1 && !args.has("container") {
        args.words.iter().skip(1).map(|word| Text::new(word)).collect()
    } else {
        vec![container_of(pod, args, cx)?]
    };
    for container in containers {
        for line in lines(args, pod, &container, cx)? {
            let at = if args.is("timestamps") { format!("{} ", line.at.rfc3339_micro()) } else { String::new() };
            let prefix =
                if args.is("prefix") { format!("[pod/{}/{container}] ", pod.meta.name) } else { String::new() };
            cx.out.out(format!("{prefix}{at}{}", line.text));
        }
        let limit = args.int("tail").filter(|tail| *tail >= 0).unwrap_or(tail);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let surplus = cx.out.lines.len().saturating_sub(limit);
        if surplus > 0 && limit < usize::MAX {
            cx.out.lines.drain(..surplus);
        }
    }
    Ok(())
}

fn lines(args: &Args, pod: &Rc<Object>, container: &Text, cx: &Cx<'_>) -> Result<Vec<LogLine>, Failure> {
    let refuse = |text: String| Err(Failure::Raw(format!("Error from server (BadRequest): {text}")));
    let name = &pod.meta.name;
    let statuses = pod.list_at(&["status", "containerStatuses"]).iter();
    let mut all = statuses.chain(pod.list_at(&["status", "initContainerStatuses"]));
    let status = all.find(|it| it.str_at(&["name"]) == container.as_str()).cloned().unwrap_or_default();
    let is_previous = args.is("previous");
    if pod.str_at(&["spec", "nodeName"]).is_empty() {
        return Ok(Vec::new());
    }
    if is_previous && status.at(&["lastState", "terminated"]).is_none() {
        return refuse(format!("previous terminated container \"{container}\" in pod \"{name}\" not found"));
    }
    let waiting = status.str_at(&["state", "waiting", "reason"]);
    let reason = match waiting {
        "CrashLoopBackOff" | "" => "",
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        other => other,
    };
    let has_run = status.at(&["lastState", "terminated"]).is_some();
    if !reason.is_empty() && !has_run && !is_previous {
        return refuse(format!("container \"{container}\" in pod \"{name}\" is waiting to start: {reason}"));
    }
    let shows_previous = is_previous || waiting == "CrashLoopBackOff";
    let mut lines = container_log(cx.cluster(), pod, container, shows_previous).unwrap_or_default();
    if let Some(since) = args.get("since").and_then(parse_go_duration) {
        let from = cx.now() - since;
        lines.retain(|line| line.at >= from);
    }
    Ok(lines)
}
