//! One process inside a container that somebody talks to; knows neither kubectl nor the browser.

use super::commands::{self, Found};
use super::container::Container;
use super::container_world::ContainerWorld;
use super::exec_target::{Streams, Target};
use super::identifiers::hex_digits;
use super::language::{Event, Io, Shell, ShellKind};
use super::waiting::{FOREVER, Prompt};
use crate::cluster::Cluster;
use crate::model::Millis;

/// What a session waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is over. The caller says `command terminated with exit code N` if that is its habit.
    Done {
        /// The process's exit code; 137 when its container went away.
        exit_code: i64,
    },
    /// It wants a line: call [`Session::line`].
    Prompt(Prompt),
    /// It wants time to pass: call [`Session::wake`] then, or [`Session::interrupt`].
    Sleeping {
        /// When to wake it; [`FOREVER`] if it never goes on by itself.
        until: Millis,
    },
}

/// Where what a process writes goes.
pub trait Sink {
    /// Takes a text of standard output (1) or of standard error (2).
    fn write(&mut self, stream: u8, text: &str);
}

/// A terminal makes no difference between the two.
impl Sink for String {
    fn write(&mut self, _: u8, text: &str) {
        self.push_str(text);
    }
}

/// Texts in their order, each with its stream.
impl Sink for Vec<(u8, String)> {
    fn write(&mut self, stream: u8, text: &str) {
        match self.last_mut().filter(|(last, _)| *last == stream) {
            Some((_, before)) => before.push_str(text),
            None => self.push((stream, text.to_string())),
        }
    }
}

/// The exit code of a process whose container went away.
const KILLED: i64 = 137;

/// A process inside a container, with the programs that it started.
#[derive(Clone, Debug)]
pub struct Session {
    target: Target,
    container: Option<Container>,
    streams: Streams,
    shell: Option<Box<Shell>>,
    exit_code: i64,
    /// Whether there was anything to start.
    has_started: bool,
    assumed: Option<String>,
}

/// What a kubelet answers whose pod runs no container of that name.
pub fn no_container(name: &str) -> String {
    format!("Internal error occurred: unable to upgrade connection: container not found ({name:?})")
}

impl Session {
    fn new(target: Target, streams: Streams) -> Session {
        Session { target, container: None, streams, shell: None, exit_code: 0, has_started: false, assumed: None }
    }

    /// Starts `argv` in the container, as `kubectl exec` does. If there is no such program, `out` gets the runtime's
    /// message behind kubectl's `error: `, and nothing has started.
    pub fn start(
        target: Target,
        argv: &[String],
        streams: Streams,
        cluster: &mut Cluster,
        out: &mut dyn Sink,
    ) -> (Session, Step) {
        Session::start_with(target, argv, streams, None, cluster, out)
    }

    /// The same for a program that reads this text, and then its end.
    pub fn start_with(
        target: Target,
        argv: &[String],
        streams: Streams,
        input: Option<&str>,
        cluster: &mut Cluster,
        out: &mut dyn Sink,
    ) -> (Session, Step) {
        let mut session = Session::new(target, streams);
        let Some(container) = Container::find(cluster, &session.target) else {
            out.write(2, &format!("error: {}\n", no_container(&session.target.container)));
            session.exit_code = 1;
            return (session, Step::Done { exit_code: 1 });
        };
        super::sql::initialize(&container, cluster);
        if let Err(why) = may_start(argv, &container, cluster) {
            let id = exec_id(&container, cluster);
            let what = "error executing command in container: failed to exec in container: failed to start exec";
            let lead = "error: Internal error occurred: Internal error occurred:";
            out.write(2, &format!("{lead} {what} \"{id}\": {why}\n"));
            session.exit_code = 1;
            return (session, Step::Done { exit_code: 1 });
        }
        let mut shell = first_shell(&container, cluster, streams);
        if let Some(text) = input {
            shell.set_input(text);
        }
        load_started(&mut shell, argv, &container, cluster);
        session.shell = Some(Box::new(shell));
        session.has_started = true;
        session.container = Some(container);
        let step = session.go(cluster, out);
        (session, step)
    }

    /// Connects to the container's own process, as `kubectl attach` and `kubectl run -it` do. When that is a shell and
    /// it ends, the caller ends the container with its exit code.
    pub fn attach(target: Target, streams: Streams, cluster: &mut Cluster, out: &mut dyn Sink) -> (Session, Step) {
        let Some(container) = Container::find(cluster, &target) else {
            return Session::start(target, &[], streams, cluster, out);
        };
        if let Some(words) = container.main_words() {
            return Session::start(target, &words, streams, cluster, out);
        }
        let mut session = Session::new(target, streams);
        let mut shell = first_shell(&container, cluster, streams);
        shell.load_words(&["sleep".to_string(), "infinity".to_string()]);
        session.shell = Some(Box::new(shell));
        session.has_started = true;
        session.container = Some(container);
        let step = session.go(cluster, out);
        (session, step)
    }

    /// Which container it runs in.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What it is connected to.
    pub fn streams(&self) -> Streams {
        self.streams
    }

    /// Whether there was a program to start.
    pub fn has_started(&self) -> bool {
        self.has_started
    }

    /// The program that was asked for and that this lab does not have, once.
    pub fn take_assumed(&mut self) -> Option<String> {
        self.assumed.take()
    }

    /// Whether its container is still the run that it was started in.
    pub fn is_alive(&self, cluster: &Cluster) -> bool {
        self.container.as_ref().is_some_and(|container| container.is_same_run(cluster))
    }

    /// Lets something happen to the shell while its container lives.
    fn with<T>(
        &mut self,
        cluster: &mut Cluster,
        out: &mut dyn Sink,
        act: impl FnOnce(&mut Shell, &mut Io<'_>) -> T,
    ) -> Option<T> {
        let container = self.container.clone().filter(|container| container.is_same_run(cluster))?;
        let shell = self.shell.as_mut()?;
        let mut world = ContainerWorld::new(&container, cluster);
        let mut io = Io::new(&mut world);
        let result = act(shell, &mut io);
        for piece in io.take() {
            out.write(piece.stream, &piece.text);
        }
        Some(result)
    }

    /// Sends a line that was typed, without the line end.
    pub fn line(&mut self, text: &str, cluster: &mut Cluster, out: &mut dyn Sink) -> Step {
        self.with(cluster, out, |shell, io| shell.line(text, io));
        self.go(cluster, out)
    }

    /// Goes on after a sleep.
    pub fn wake(&mut self, cluster: &mut Cluster, out: &mut dyn Sink) -> Step {
        self.go(cluster, out)
    }

    /// Ctrl-C: ends what runs in front of the nearest shell that a person types to.
    pub fn interrupt(&mut self, cluster: &mut Cluster, out: &mut dyn Sink) -> Step {
        out.write(1, "^C\n");
        if self.with(cluster, out, |shell, io| shell.interrupt(io)) == Some(false) {
            self.shell = None;
            self.exit_code = 130;
        }
        self.go(cluster, out)
    }

    /// Ctrl-D on an empty line.
    pub fn end_of_input(&mut self, cluster: &mut Cluster, out: &mut dyn Sink) -> Step {
        self.with(cluster, out, |shell, io| shell.end_of_input(io));
        self.go(cluster, out)
    }

    fn go(&mut self, cluster: &mut Cluster, out: &mut dyn Sink) -> Step {
        if self.shell.is_none() {
            return Step::Done { exit_code: self.exit_code };
        }
        let has_input = self.streams.stdin;
        for _ in 0..ENDS_MAX {
            let Some(event) = self.with(cluster, out, |shell, io| shell.run(io)) else {
                self.shell = None;
                self.exit_code = KILLED;
                break;
            };
            let assumed = self.shell.as_mut().and_then(|shell| shell.take_assumed());
            self.assumed = self.assumed.take().or(assumed);
            match event {
                Event::Exit(code) => {
                    self.shell = None;
                    self.exit_code = code;
                    break;
                }
                Event::Line(prompt) if has_input => return Step::Prompt(prompt),
                // Nobody types: what wants a line finds the end of its input.
                Event::Line(_) => _ = self.with(cluster, out, |shell, io| shell.end_of_input(io)),
                Event::Sleep(until) => return Step::Sleeping { until: until.max(cluster.now()) },
                Event::Blocked => return Step::Sleeping { until: FOREVER },
            }
        }
        self.shell = None;
        Step::Done { exit_code: self.exit_code }
    }
}

/// How often a program that nobody types to may ask for a line.
const ENDS_MAX: usize = 100;

/// The shell that programs of a container start in.
pub(super) fn first_shell(container: &Container, cluster: &Cluster, streams: Streams) -> Shell {
    let kind = if container.image.is_busybox { ShellKind::Ash } else { ShellKind::Dash };
    let mut environment = container.environment(cluster);
    if streams.tty {
        environment.push(("TERM".to_string(), "xterm".to_string()));
    }
    let mut shell = Shell::new(kind, environment, container.directory(), streams);
    shell.uid = container.user().id;
    shell.is_of_unknown_image = !container.image.is_known() && kind != ShellKind::Ash;
    // Each process has numbers of its own, which follow from the pod and the moment.
    shell.seed(&format!("{}{}{}", container.pod.meta.uid, container.name, cluster.now().0));
    shell
}

/// Gives a shell the words that the runtime is to start, or what the kernel says of their file and the runtime's code.
pub(super) fn load_started(shell: &mut Shell, argv: &[String], container: &Container, cluster: &Cluster) {
    let word = argv.first().map_or("", String::as_str);
    match commands::unrunnable(word, container, cluster) {
        Some(message) => shell.load(&format!("echo '{}' >&2; exit 255", message.replace('\'', "'\\''"))),
        None => shell.load_words(argv),
    }
}

/// Whether the runtime finds a program to start.
///
/// # Errors
/// The runtime's words.
pub(super) fn may_start(argv: &[String], container: &Container, cluster: &Cluster) -> Result<(), String> {
    let program = argv.first().map_or("", String::as_str);
    let why = match commands::find_at_start(program, container, cluster) {
        Found::Missing if program.contains('/') => format!("stat {program}: no such file or directory"),
        Found::Missing => "executable file not found in $PATH".to_string(),
        Found::Directory => "is a directory".to_string(),
        Found::File(path) if !container.may_run(cluster, &path) => "permission denied".to_string(),
        _ => return Ok(()),
    };
    Err(format!(
        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"{program}\": {why}: unknown"
    ))
}

/// A number for a process that could not be started, made of what it was to run in and when.
pub(super) fn exec_id(container: &Container, cluster: &Cluster) -> String {
    hex_digits(&format!("{}{}{}", container.pod.meta.uid, container.name, cluster.now().0), 64)
}
