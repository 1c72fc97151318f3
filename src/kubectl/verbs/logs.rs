//! `kubectl logs`: what a container wrote; the lines themselves come from the shell's side.
//!
//! Follows `pkg/cmd/logs/logs.go` of kubectl.

use super::chosen_container::{Asking, container_named, container_of};
use super::exec::{check_patience, not_found_in};
use super::pod_of_workload::pods_of;
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::resources::{Resource, Scope, namespace_of};
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::container_status::{is_running, waiting_reason};
use crate::model::duration::parse_go_duration;
use crate::model::pod::{SUPPLIED_BY, node_name, status_of};
use crate::model::{Kind, Millis, Object, Text, Value, container_status};
use crate::shell::language::limits::{BOUND, NO_ROOM};
use crate::shell::{LogLine, container_log};
use std::rc::Rc;

/// The row of `kubectl logs`.
pub const LOGS: Verb = Verb {
    name: "logs",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Pods,
    listed: Group::Troubleshooting.at(2),
    ways: Ways::USUAL,
    help: help(
        "Print the logs for a container in a pod.",
        &[
            ("What a pod wrote", "kubectl logs web-0"),
            ("What it wrote before its last restart", "kubectl logs web-0 -p"),
            ("Go on printing what it writes", "kubectl logs -f web-0"),
        ],
        &[
            ("-c, --container=''", "Which container."),
            ("-f, --follow=false", "Go on printing; Ctrl-C ends it."),
            ("-p, --previous=false", "The container before the last restart."),
            ("--tail=-1", "Only the last lines."),
            help::SELECTOR,
        ],
        "logs (POD | TYPE/NAME) [-c CONTAINER] [options]",
    ),
};

/// The flags of `logs`.
pub const FLAGS: &[&[Flag]] = &[&[
    selection::SELECTOR,
    short("container", 'c', Takes::Text),
    short("follow", 'f', Takes::Bool),
    short("previous", 'p', Takes::Bool),
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
    long("insecure-skip-tls-verify-backend", Takes::Bool).ignored(),
    long("pod-running-timeout", Takes::Duration),
]];

/// The lines of each container that are shown by default where a selector chooses pods.
const TAIL_OF_SELECTED: i64 = 10;

/// `kubectl logs`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    let selector = args.text("selector");
    if words.is_empty() && selector.is_empty() || words.len() > 2 {
        return Err(Failure::Usage(
            "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for \
             the logs command"
                .into(),
            "logs".into(),
        ));
    }
    if !selector.is_empty() && !words.is_empty() {
        return Err(Failure::Usage("only a selector (-l) or a POD name is allowed".into(), "logs".into()));
    }
    check_patience(args, "logs")?;
    check_since_time(args)?;
    let pods = if selector.is_empty() { named_pods(args, cx)? } else { selected_pods(args, selector, cx)? };
    check(args)?;
    let streams_max = args.int("max-log-requests").unwrap_or(5);
    if args.is("follow") && i64::try_from(pods.len()).is_ok_and(|count| count > streams_max) {
        return Err(Failure::client(format!(
            "you are attempting to follow {} log streams, but maximum allowed concurrency is {streams_max}, use \
             --max-log-requests to increase the limit",
            pods.len()
        )));
    }
    let tail = if selector.is_empty() { i64::MAX } else { TAIL_OF_SELECTED };
    // All requests are made before the first is read: what is said of them comes first.
    let mut requests = Vec::new();
    for pod in &pods {
        cx.check_access("get", Kind::Pod, "log", &pod.meta.namespace, &pod.meta.name)?;
        requests.push((pod, containers(args, pod, cx)?));
    }
    for (pod, containers) in requests {
        log_of(args, pod, &containers, tail, cx)?;
    }
    follow(args, &pods, cx)
}

fn check_since_time(args: &Args) -> Result<(), Failure> {
    let text = args.text("since-time");
    match text.is_empty() || Millis::parse_rfc3339(text).is_some() {
        true => Ok(()),
        false => Err(Failure::client(format!(
            "parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text:?} as \"2006\""
        ))),
    }
}

/// Refuses what does not go together. kubectl asks for the pods before.
///
/// Follows `Validate` in pkg/cmd/logs/logs.go.
fn check(args: &Args) -> Result<(), Failure> {
    let since = args.duration("since").unwrap_or(Millis::ZERO).0;
    let inline = args.words.get(1).map_or("", String::as_str);
    let container = if inline.is_empty() { args.text("container") } else { inline };
    let why = match () {
        () if since != 0 && !args.text("since-time").is_empty() => {
            "at most one of `sinceTime` or `sinceSeconds` may be specified"
        }
        () if args.is("all-containers") && !container.is_empty() => {
            return Err(Failure::client(format!(
                "--all-containers=true should not be specified with container name {container}"
            )));
        }
        () if args.has("container") && args.words.len() == 2 => {
            "only one of -c or an inline [CONTAINER] arg is allowed"
        }
        () if args.int("limit-bytes").is_some_and(|limit| limit < 0) => "--limit-bytes must be greater than 0",
        () if since < 0 => "--since must be greater than 0",
        () if args.int("tail").is_some_and(|tail| tail < -1) => "--tail must be greater than or equal to -1",
        () => return Ok(()),
    };
    Err(Failure::client(why))
}

/// The pods that a selector takes, in the namespace that is meant.
fn selected_pods(args: &Args, selector: &str, cx: &mut Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let namespace = namespace_of(args, cx);
    let scope = Scope { namespace: Some(namespace.clone()), ..Scope::with_labels(selector) };
    let pods = scope.list(Resource::Kept(Kind::Pod), cx)?;
    if pods.is_empty() {
        cx.out.err(format!("No resources found in {namespace} namespace."));
    }
    Ok(pods)
}

/// The pod of a name, or the one that speaks for a workload; all of its pods with `--all-pods`.
fn named_pods(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let namespace = namespace_of(args, cx);
    let word = args.before_dash().first().map_or("", String::as_str);
    let pods = pods_of(word, args, cx).map_err(|failure| match failure {
        Failure::Server(error) if error.is_not_found() => not_found_in(&error, &namespace),
        Failure::Client(why) => Failure::Client(why.replace("cannot attach to", "cannot get the logs from")),
        failure => failure,
    })?;
    if args.is("all-pods") {
        return Ok(pods);
    }
    let first = pods.first().cloned().ok_or_else(|| Failure::client("timed out waiting for the condition"))?;
    if pods.len() > 1 {
        cx.out.err(format!("Found {} pods, using pod/{}", pods.len(), first.meta.name));
    }
    Ok(vec![first])
}

/// The containers whose logs are meant.
fn containers(args: &Args, pod: &Object, cx: &mut Cx<'_>) -> Result<Vec<Text>, Failure> {
    Ok(if args.is("all-containers") {
        let names = |field: &'static str| pod.list_at(&["spec", field]).iter().filter_map(|it| it.get("name"));
        let all = names("initContainers").chain(names("containers")).chain(names("ephemeralContainers"));
        all.filter_map(Value::as_text).cloned().collect()
    } else if args.dash_at.is_none() && args.words.len() > 1 && !args.has("container") {
        vec![container_named(pod, args.words.get(1).map_or("", String::as_str), Asking::Logs, args, cx)?]
    } else {
        vec![container_of(pod, Asking::Logs, args, cx)?]
    })
}

/// A line as it is printed.
fn shown(args: &Args, pod: &str, container: &str, line: &LogLine) -> String {
    let at = if args.is("timestamps") {
        format!("{}000Z ", line.at.rfc3339_micro().trim_end_matches('Z'))
    } else {
        String::new()
    };
    let prefix =
        if args.is("prefix") || args.is("all-pods") { format!("[pod/{pod}/{container}] ") } else { String::new() };
    format!("{prefix}{at}{}", line.text)
}

fn log_of(args: &Args, pod: &Rc<Object>, containers: &[Text], tail: i64, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let tail = args.int("tail").filter(|tail| *tail >= 0).unwrap_or(tail);
    let tail = usize::try_from(tail).unwrap_or(usize::MAX);
    for container in containers {
        let lines = match lines_of(args, pod, container, cx) {
            Ok(lines) => lines,
            Err(failure) if args.is("ignore-errors") => {
                let text = failure.to_string();
                let why = text.split_once("): ").map_or(text.as_str(), |(_, why)| why);
                cx.out.out(format!("error: {why}"));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let surplus = lines.len().saturating_sub(tail);
        put(args, &pod.meta.name, container, lines.get(surplus..).unwrap_or(&[]), cx);
        if let Some(what) = cx.cluster().runtime().assumed(&pod.meta.uid, container).cloned() {
            let key = match what.as_str() {
                what if what.starts_with('$') => "taken_for_set",
                "its own program" => "taken_for_granted",
                NO_ROOM => "no_room",
                BOUND => "own_bound",
                // Several words are no program's name: what a program wanted to see.
                what if what.contains(' ') => "no_such_thing",
                _ => "taken_for_granted",
            };
            cx.hint(key, &[("name", &what)]);
            for object in supplied_by(pod, cx) {
                cx.hint("supplied", &[("name", &what), ("object", &object)]);
            }
        }
    }
    Ok(())
}

/// The objects that were made in place of a pod's programs.
fn supplied_by(pod: &Object, cx: &Cx<'_>) -> Vec<String> {
    let name = format!("{}/{}", pod.meta.namespace, pod.meta.name);
    let all = [Kind::ConfigMap, Kind::Secret].into_iter().flat_map(|kind| cx.cluster().list(kind));
    let own = all.filter(|object| object.meta.annotations.get(SUPPLIED_BY).is_some_and(|by| by.as_str() == name));
    own.map(|object| format!("{}/{}", object.kind.names().singular, object.meta.name)).collect()
}

/// Prints lines of a container, as far as `--limit-bytes` lets them; the last of them may be cut.
fn put(args: &Args, pod: &str, container: &str, lines: &[LogLine], cx: &mut Cx<'_>) {
    let mut left = args
        .int("limit-bytes")
        .filter(|limit| *limit > 0)
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
    for line in lines {
        if left == 0 {
            return;
        }
        let length = line.text.len() + 1;
        if length <= left {
            cx.out.out(shown(args, pod, container, line));
            left -= length;
            continue;
        }
        let end = (0..=left).rev().find(|end| line.text.is_char_boundary(*end)).unwrap_or(0);
        let text = line.text.get(..end).unwrap_or("").to_string();
        cx.out.out(shown(args, pod, container, &LogLine { text, ..line.clone() }));
        cx.out.is_unterminated = true;
        left = 0;
    }
}

pub(super) fn lines_of(args: &Args, pod: &Rc<Object>, container: &Text, cx: &Cx<'_>) -> Result<Vec<LogLine>, Failure> {
    let mut lines = written(pod, container, args.is("previous"), cx)?;
    if let Some(since) = args.get("since").and_then(parse_go_duration) {
        let from = cx.now() - since;
        lines.retain(|line| line.at >= from);
    }
    if let Some(from) = args.get("since-time").and_then(Millis::parse_rfc3339) {
        lines.retain(|line| line.at >= from);
    }
    Ok(lines)
}

/// What a container wrote, this time or the time before.
///
/// # Errors
/// Why there is nothing, in the kubelet's words.
pub(super) fn written(
    pod: &Rc<Object>,
    container: &Text,
    is_previous: bool,
    cx: &Cx<'_>,
) -> Result<Vec<LogLine>, Failure> {
    let refuse = |text: String| Err(Failure::Raw(format!("Error from server (BadRequest): {text}")));
    let name = &pod.meta.name;
    let status = status_of(pod, container).cloned().unwrap_or_default();
    if node_name(pod).is_empty() {
        return Ok(Vec::new());
    }
    if is_previous && status.at(&["lastState", "terminated"]).is_none() {
        return refuse(format!("previous terminated container \"{container}\" in pod \"{name}\" not found"));
    }
    let waiting = waiting_reason(&status);
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
    Ok(container_log(cx.cluster(), pod, container, shows_previous).unwrap_or_default())
}

/// A log that is followed.
#[derive(Clone, Debug)]
struct Stream {
    pod: Rc<Object>,
    container: Text,
    restarts: i64,
    /// When the last line was written that was shown, and how many of that moment were.
    last: (Millis, usize),
}

/// `logs --follow`, until the containers end.
#[derive(Clone, Debug)]
pub struct Follow {
    args: Args,
    streams: Vec<Stream>,
    wakes_at: Millis,
}

/// How often a log is looked at: scripts write without anything else happening.
const LOOK_EVERY: Millis = Millis::seconds(1);

fn follow(args: &Args, pods: &[Rc<Object>], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut streams = Vec::new();
    for pod in pods.iter().filter(|_| args.is("follow") && !args.is("previous")) {
        let said = cx.out.lines.len();
        for container in containers(args, pod, cx)? {
            if let Some(restarts) = runs(pod, &container) {
                let lines = container_log(cx.cluster(), pod, &container, false).unwrap_or_default();
                streams.push(Stream { pod: Rc::clone(pod), container, restarts, last: last_of(&lines) });
            }
        }
        // Which container was taken was said already.
        cx.out.lines.truncate(said);
    }
    if streams.is_empty() {
        return Ok(Flow::Done(0));
    }
    let wakes_at = cx.now() + LOOK_EVERY;
    Ok(Flow::Wait(Box::new(Follow { args: args.clone(), streams, wakes_at })))
}

/// How often a container was restarted, if it runs.
fn runs(pod: &Object, container: &str) -> Option<i64> {
    status_of(pod, container).filter(|status| is_running(status)).map(container_status::restarts)
}

fn last_of(lines: &[LogLine]) -> (Millis, usize) {
    let at = lines.last().map_or(Millis::ZERO, |line| line.at);
    (at, lines.iter().rev().take_while(|line| line.at == at).count())
}

impl Job for Follow {
    fn is_endless(&self) -> bool {
        true
    }

    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let mut left = Vec::new();
        for mut stream in std::mem::take(&mut self.streams) {
            let now = cx.cluster().by_uid(&stream.pod.meta.uid).cloned();
            let is_same_run = now.as_ref().and_then(|pod| runs(pod, &stream.container)) == Some(stream.restarts);
            // What a container that ended wrote is that of its last run.
            let pod = now.unwrap_or_else(|| Rc::clone(&stream.pod));
            let started_anew = runs(&pod, &stream.container).is_some_and(|restarts| restarts != stream.restarts);
            let lines = container_log(cx.cluster(), &pod, &stream.container, started_anew).unwrap_or_default();
            let (at, count) = stream.last;
            let seen = lines.iter().take_while(|line| line.at < at).count() + count;
            for line in lines.iter().skip(seen) {
                cx.out.out(shown(&self.args, &pod.meta.name, &stream.container, line));
            }
            if lines.len() > seen {
                stream.last = last_of(&lines);
            }
            if is_same_run {
                left.push(stream);
            }
        }
        self.streams = left;
        if self.streams.is_empty() {
            return Flow::Done(0);
        }
        self.wakes_at = cx.now() + LOOK_EVERY;
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        Some(self.wakes_at)
    }
}

impl Follow {}
