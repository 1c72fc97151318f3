//! `kubectl exec`: a process in a container, and whoever talks to it; what it does is the shell's.
//!
//! Follows `pkg/cmd/exec/exec.go` of kubectl.

mod terminal;

use super::chosen_container::{Asking, container_of};
use super::pod_of_workload::pod_of;
use crate::cluster::{ApiError, Cluster};
use crate::kubectl::attach_messages::Attachment;
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::output_formats::text_lines;
use crate::kubectl::screen_text::{self, Output};
use crate::kubectl::selection::{Rules, named_in_files};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::container_status::is_running;
use crate::model::pod::{node_name, status_of};
use crate::model::{Key, Kind, Millis, Object, Text, conditions};
use crate::shell::language::limits::{BOUND, NO_ROOM};
use crate::shell::terminal_session::no_container;
use crate::shell::{Prompt, Session, Step, Streams, Target};

/// The row of `kubectl exec`.
pub const EXEC: Verb = Verb {
    name: "exec",
    flags: &[FLAGS],
    run,
    manager: "kubectl",
    completes: Completes::Pods,
    listed: Group::Troubleshooting.at(4),
    ways: Ways { takes_command: true, ..Ways::USUAL },
    help: help(
        "Execute a command in a container.",
        &[
            ("Ask a pod for its name", "kubectl exec web-0 -- hostname"),
            ("Open a shell", "kubectl exec -it web-0 -- sh"),
        ],
        &[
            ("-c, --container=''", "Which container."),
            ("-i, --stdin=false", "Pass what is typed."),
            ("-t, --tty=false", "A terminal."),
        ],
        "exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]",
    ),
};

/// The flags of `exec`.
pub const FLAGS: &[Flag] = &[
    short("container", 'c', Takes::Text),
    short("stdin", 'i', Takes::Bool),
    short("tty", 't', Takes::Bool),
    short("quiet", 'q', Takes::Bool),
    short("filename", 'f', Takes::List),
    long("pod-running-timeout", Takes::Duration),
];

/// `--detach-keys`: a session here is left by Ctrl-C or Ctrl-D.
pub const DETACH_KEYS: Flag = long("detach-keys", Takes::Text).ignored();

/// What a process wrote: texts in their order, each with its stream.
type Written = Vec<(u8, String)>;

/// A process in a container that the console is connected to.
#[derive(Clone, Debug)]
pub struct RemoteCommand {
    session: Session,
    step: Step,
    /// Set for the container's own process, which ends with its terminal.
    attachment: Option<Attachment>,
    /// Lines that were piped in.
    input: Vec<String>,
    has_tty: bool,
    /// Whether both flags of a terminal were given.
    is_raw: bool,
    /// What was said last of what this lab has not.
    said: Option<String>,
}

impl Job for RemoteCommand {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        if !self.session.is_alive(cx.cluster()) {
            return self.go_on(Step::Done { exit_code: 137 }, &[], cx);
        }
        if let Step::Sleeping { until } = self.step
            && until <= cx.now()
        {
            let mut out = Written::new();
            let step = watched(&self.session.target().clone(), cx, |cluster| self.session.wake(cluster, &mut out));
            return self.go_on(step, &out, cx);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        match self.step {
            Step::Sleeping { until } => Some(until),
            _ => None,
        }
    }

    fn prompt(&self) -> Option<screen_text::Prompt> {
        match &self.step {
            Step::Prompt(Prompt { text, is_hidden }) => {
                Some(screen_text::Prompt { text: text.clone(), is_hidden: *is_hidden })
            }
            _ => None,
        }
    }

    fn line(mut self: Box<Self>, text: &str, cx: &mut Cx<'_>) -> Flow {
        self.said = None;
        let mut out = Written::new();
        let step = watched(&self.session.target().clone(), cx, |cluster| self.session.line(text, cluster, &mut out));
        let flow = self.go_on(step, &out, cx);
        let is_ours = matches!(text.split_whitespace().next(), Some("kubectl" | "lab" | "minikube"));
        if is_ours && cx.out.lines.iter().any(|line| line.text().ends_with("not found")) {
            cx.hint("in_shell", &[]);
        }
        flow
    }

    fn interrupt(mut self: Box<Self>, cx: &mut Cx<'_>) -> Option<Flow> {
        let mut out = Written::new();
        let step = self.session.interrupt(cx.cluster_mut(), &mut out);
        Some(self.go_on(step, &out, cx))
    }

    fn end_of_input(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let mut out = Written::new();
        let step = self.session.end_of_input(cx.cluster_mut(), &mut out);
        self.go_on(step, &out, cx)
    }
}

/// Puts the first line of what comes next behind a line that is still open, even if an error stands between: they are
/// one stream.
fn join_open_line(before: &mut Output, next: &mut Output) {
    let open = before.lines.iter_mut().rfind(|line| line.stream == screen_text::Stream::Out);
    if let (true, Some(open), false) = (before.is_unterminated, open, next.lines.is_empty()) {
        open.spans.append(&mut next.lines.remove(0).spans);
        before.is_unterminated = next.is_unterminated && next.lines.is_empty();
        next.is_unterminated &= !next.lines.is_empty();
    }
}

impl RemoteCommand {
    fn go_on(mut self: Box<Self>, step: Step, out: &[(u8, String)], cx: &mut Cx<'_>) -> Flow {
        self.show(out, cx);
        self.step = step;
        self.say_assumed(cx);
        // Piped input is read line by line and ends with the pipe.
        while let Step::Prompt(_) = self.step {
            let mut out = Written::new();
            if self.has_tty {
                break;
            }
            self.step = watched(&self.session.target().clone(), cx, |cluster| match self.input.is_empty() {
                false => self.session.line(&self.input.remove(0), cluster, &mut out),
                true => self.session.end_of_input(cluster, &mut out),
            });
            self.show(&out, cx);
            self.say_assumed(cx);
        }
        match self.step {
            Step::Done { exit_code } => self.end(exit_code, cx),
            _ => Flow::Wait(self),
        }
    }

    /// Shows what the process wrote: at a terminal all of it comes in one stream, else errors in their own.
    fn show(&self, written: &[(u8, String)], cx: &mut Cx<'_>) {
        let is_terminal = self.session.streams().tty;
        for (stream, text) in written {
            match stream {
                2 if !is_terminal => text.lines().for_each(|line| cx.out.err(line)),
                _ => {
                    let mut said = Output::default();
                    text_lines(text, &mut said);
                    join_open_line(&mut cx.out, &mut said);
                    cx.out.append(said);
                }
            }
        }
    }

    /// Says which program was asked for that the image has and this lab has not.
    fn say_assumed(&mut self, cx: &mut Cx<'_>) {
        let assumed = self.session.take_assumed();
        if let Some(name) = assumed.filter(|name| self.said.as_ref() != Some(name)) {
            // Several words are no program's name: what a program wanted to see.
            let key = match name.as_str() {
                NO_ROOM => "no_room",
                BOUND => "own_bound",
                name if name.contains(' ') => "no_answer",
                _ => "no_program",
            };
            cx.hint(key, &[("name", &name)]);
            self.said = Some(name);
        }
    }

    fn end(&self, exit_code: i64, cx: &mut Cx<'_>) -> Flow {
        let target = self.session.target().clone();
        let key = Key::new(Kind::Pod, target.namespace.clone(), target.pod.clone());
        if let Some(attachment) = self.attachment {
            if self.session.is_alive(cx.cluster()) {
                cx.cluster_mut().runtime_mut().end_container(&key, &target.container, exit_code);
            }
            if self.is_raw {
                attachment.tell_way_back(&key, &target.container, cx);
            }
            return attachment.end(key, cx);
        }
        if exit_code != 0 && self.session.has_started() {
            cx.out.err(format!("command terminated with exit code {exit_code}"));
        }
        Flow::Done(i32::try_from(exit_code).unwrap_or(1))
    }
}

/// Refuses a `--pod-running-timeout` that leaves no time.
///
/// # Errors
/// kubectl's words for it.
pub fn check_patience(args: &Args, verb: &str) -> Result<(), Failure> {
    const WHY: &str = "--pod-running-timeout must be higher than zero";
    match args.duration("pod-running-timeout") {
        // Of these commands `logs` alone does not say where help is.
        Some(length) if length.0 <= 0 && verb == "logs" => Err(Failure::client(WHY)),
        Some(length) if length.0 <= 0 => Err(Failure::Usage(WHY.into(), verb.into())),
        _ => Ok(()),
    }
}

/// Why nobody can talk to a container, if so.
pub fn refusal(cluster: &Cluster, pod: &Object, container: &str) -> Option<Failure> {
    let phase = conditions::phase(pod);
    if matches!(phase, "Succeeded" | "Failed") {
        return Some(Failure::client(format!(
            "cannot exec into a container in a completed pod; current phase is {phase}"
        )));
    }
    if node_name(pod).is_empty() {
        return Some(Failure::client(format!(
            "unable to upgrade connection: pod {} does not have a host assigned",
            pod.meta.name
        )));
    }
    let is_shown = status_of(pod, container).is_some_and(is_running);
    // What the status does not show yet may run all the same: a container whose hook after the start runs.
    let runs = is_shown || cluster.runtime().life(&pod.meta.uid, &Text::new(container)).is_some();
    (!runs).then(|| Failure::client(no_container(container)))
}

/// A node that stands still answers nobody.
pub fn unreachable(pod: &Object, cx: &Cx<'_>) -> Option<Failure> {
    let node = node_name(pod);
    let why = match cx.cluster().runtime().stopped(node)?.is_kubelet_alone {
        true => "connection refused",
        false => "no route to host",
    };
    let address = pod.str_at(&["status", "hostIP"]);
    Some(Failure::Raw(format!("Error from server: error dialing backend: dial tcp {address}:10250: connect: {why}")))
}

/// What the file of `-f` names, as a word.
fn word_of_file(args: &Args, cx: &mut Cx<'_>) -> Result<Option<String>, Failure> {
    let mut named = args.clone();
    named.words.clear();
    named.dash_at = None;
    let (names, failures) = named_in_files(&named, Rules::default(), cx)?;
    match failures.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(names.first().map(|named| format!("{}/{}", named.resource.plural(), named.name))),
    }
}

/// `kubectl exec`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut words = args.before_dash().to_vec();
    let argv = args.after_dash().to_vec();
    if args.has("filename") {
        words.splice(..0, word_of_file(args, cx)?);
    }
    if words.is_empty() {
        return Err(Failure::client("pod, type/name or --filename must be specified"));
    }
    let word = words.remove(0);
    // Before 1.37 what stands too much before the dashes was passed over.
    if (argv.is_empty() || cx.is_kubectl(37)) && !words.is_empty() {
        return Err(Failure::client(
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' \
             for help and examples",
        ));
    }
    if argv.is_empty() {
        return Err(Failure::client("you must specify at least one command for the container"));
    }
    check_patience(args, "exec")?;
    let pod = pod_of(&word, args, cx)?;
    let container = container_of(&pod, Asking::Server, args, cx)?;
    cx.check_access("create", Kind::Pod, "exec", &pod.meta.namespace, &pod.meta.name)?;
    if let Some(failure) = refusal(cx.cluster(), &pod, &container).or_else(|| unreachable(&pod, cx)) {
        return Err(failure);
    }
    let streams = Streams { stdin: args.is("stdin"), tty: args.is("tty") };
    let target = Target { namespace: pod.meta.namespace.clone(), pod: pod.meta.name.clone(), container };
    Ok(connect(target, Process::Own(&argv), streams, cx))
}

/// Whom somebody talks to.
#[derive(Clone, Copy, Debug)]
pub enum Process<'a> {
    /// A program of one's own, started in the container.
    Own(&'a [String]),
    /// The container's process, which runs already.
    Container(Attachment),
}

/// Lets a process act, and tells the world when it wrote files.
fn watched<T>(target: &Target, cx: &mut Cx<'_>, act: impl FnOnce(&mut Cluster) -> T) -> T {
    let version = cx.cluster().disks().version();
    let result = act(cx.host.cluster_mut());
    if cx.cluster().disks().version() != version {
        cx.host.wrote_files(&Key::new(Kind::Pod, target.namespace.clone(), target.pod.clone()));
    }
    result
}

/// Starts a process in a container, or connects to the one that runs.
pub fn connect(target: Target, process: Process<'_>, streams: Streams, cx: &mut Cx<'_>) -> Flow {
    let mut out = Written::new();
    let streams = terminal::without_false_terminal(process, streams, cx);
    let input = match (&cx.stdin, streams.stdin) {
        (Some(text), true) => text.lines().map(str::to_string).collect(),
        _ => Vec::new(),
    };
    let has_tty = streams.tty || streams.stdin && cx.stdin.is_none();
    // What is piped in is all there, unless a terminal is in front of it.
    let piped = cx.stdin.clone().filter(|_| streams.stdin && !streams.tty);
    let (session, step) = watched(&target.clone(), cx, |cluster| match process {
        Process::Own(argv) => Session::start_with(target, argv, streams, piped.as_deref(), cluster, &mut out),
        Process::Container(_) => Session::attach(target, streams, cluster, &mut out),
    });
    let attachment = match process {
        Process::Own(_) => None,
        Process::Container(attachment) => Some(attachment),
    };
    let command = RemoteCommand {
        session,
        step: Step::Done { exit_code: 0 },
        attachment,
        input,
        has_tty,
        is_raw: streams.tty && streams.stdin,
        said: None,
    };
    Box::new(command).go_on(step, &out, cx)
}

/// The pod was not found, in the words of `logs`.
pub fn not_found_in(error: &ApiError, namespace: &str) -> Failure {
    Failure::client(format!("error from server (NotFound): {error} in namespace {namespace:?}"))
}
