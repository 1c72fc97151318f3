//! One process inside a container that somebody talks to; knows neither kubectl nor the browser.

use super::container::Container;
use super::machine::{Event, Shell, ShellKind};
use super::sql::Client;
use crate::cluster::Cluster;
use crate::model::{Millis, Text};

/// Which container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The pod's namespace.
    pub namespace: Text,
    /// The pod's name.
    pub pod: Text,
    /// The container's name.
    pub container: Text,
}

/// What a session is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Whether lines can be sent (`-i`). Without it a shell ends at once.
    pub stdin: bool,
    /// Whether it is a terminal (`-t`): prompts are shown.
    pub tty: bool,
}

/// A line that a program waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What stands before the cursor: `root@web-0:/# `. Empty without a terminal.
    pub text: String,
    /// Whether what is typed must not be shown (a password).
    pub is_hidden: bool,
}

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

/// The end of a wait that never ends by itself.
pub const FOREVER: Millis = Millis(i64::MAX);

/// The exit code of a process whose container went away.
const KILLED: i64 = 137;

/// A program that talks to the user.
#[derive(Clone, Debug)]
pub enum Program {
    /// A shell.
    Shell(Box<Shell>),
    /// A database client.
    Client(Box<Client>),
    /// `cat` without a file: repeats lines, or writes them to a file.
    Reader {
        /// The file that gets the lines.
        path: Option<String>,
    },
    /// Something that only waits.
    Wait(Millis),
}

impl Program {
    /// Lets it run to its end without anybody there to answer.
    pub fn finish(self, container: &Container, cluster: &mut Cluster, out: &mut String) {
        if let Program::Shell(mut shell) = self {
            shell.is_interactive = false;
            shell.finish(container, cluster, out);
        }
    }
}

/// A process inside a container, with the programs that it started on top of each other.
#[derive(Clone, Debug)]
pub struct Session {
    target: Target,
    container: Option<Container>,
    streams: Streams,
    stack: Vec<Program>,
    exit_code: i64,
}

impl Session {
    /// Starts `argv` in the container, as `kubectl exec` does. If there is no such program, `out` gets the runtime's
    /// message behind kubectl's `error: ` and the exit code is 126 or 127.
    pub fn start(
        target: Target,
        argv: &[String],
        streams: Streams,
        cluster: &mut Cluster,
        out: &mut String,
    ) -> (Session, Step) {
        let Some(container) = Container::find(cluster, &target) else {
            let name = &target.container;
            out.push_str(&format!(
                "error: Internal error occurred: unable to upgrade connection: container not found (\"{name}\")\n"
            ));
            let session = Session { target, container: None, streams, stack: Vec::new(), exit_code: 1 };
            return (session, Step::Done { exit_code: 1 });
        };
        super::sql::initialize(&container, cluster);
        let mut session = Session { target, container: None, streams, stack: Vec::new(), exit_code: 0 };
        let program = argv.first().map_or("", String::as_str);
        let name = program.rsplit('/').next().unwrap_or(program);
        let is_there = super::commands::is_program(name, &container)
            || container.read(cluster, &super::container::normalize(container.directory(), program)).is_ok();
        if !is_there {
            let place = if program.starts_with('/') || program.starts_with('.') {
                format!("stat {program}: no such file or directory")
            } else {
                "executable file not found in $PATH".to_string()
            };
            out.push_str(&format!(
                "error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: \"{program}\": {place}: unknown\n"
            ));
            return (session, Step::Done { exit_code: if program.contains('/') { 127 } else { 126 } });
        }
        let kind = ShellKind::of("sh", &container).unwrap_or(ShellKind::Dash);
        let mut shell = Shell::new(kind, &container, cluster, streams);
        shell.load_words(argv);
        session.stack.push(Program::Shell(Box::new(shell)));
        session.container = Some(container);
        let step = session.go(cluster, out);
        (session, step)
    }

    /// Connects to the container's own process, as `kubectl attach` and `kubectl run -it` do. When that is a shell and
    /// it ends, the caller ends the container with its exit code.
    pub fn attach(target: Target, streams: Streams, cluster: &mut Cluster, out: &mut String) -> (Session, Step) {
        let Some(container) = Container::find(cluster, &target) else {
            return Session::start(target, &[], streams, cluster, out);
        };
        match container.main_words() {
            Some(words) if super::commands::is_program(words.first().map_or("", String::as_str), &container) => {
                Session::start(target, &words, streams, cluster, out)
            }
            _ => {
                let stack = vec![Program::Wait(FOREVER)];
                let mut session = Session { target, container: Some(container), streams, stack, exit_code: 0 };
                let step = session.go(cluster, out);
                (session, step)
            }
        }
    }

    /// Which container it runs in.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What it is connected to.
    pub fn streams(&self) -> Streams {
        self.streams
    }

    /// Whether its container is still the run that it was started in.
    pub fn is_alive(&self, cluster: &Cluster) -> bool {
        self.container.as_ref().is_some_and(|container| container.is_same_run(cluster))
    }

    /// Sends a line that was typed, without the line end.
    pub fn line(&mut self, text: &str, cluster: &mut Cluster, out: &mut String) -> Step {
        if let (Some(container), true) = (&self.container, self.is_alive(cluster)) {
            match self.stack.last_mut() {
                Some(Program::Shell(shell)) => shell.line(text, out),
                Some(Program::Client(client)) => client.line(text, container, cluster, out),
                Some(Program::Reader { path: Some(path) }) => {
                    if let Err(error) = container.write(cluster, path, &format!("{text}\n"), true) {
                        out.push_str(&format!("cat: write error: {error}\n"));
                    }
                }
                Some(Program::Reader { path: None }) => out.push_str(&format!("{text}\n")),
                Some(Program::Wait(_)) | None => {}
            }
        }
        self.go(cluster, out)
    }

    /// Goes on after a sleep.
    pub fn wake(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        self.go(cluster, out)
    }

    /// Ctrl-C: ends what runs in front of the nearest shell that a person types to.
    pub fn interrupt(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        out.push_str("^C\n");
        if let Some(Program::Client(client)) = self.stack.last_mut() {
            if client.interrupt(out) {
                self.leave(130);
            }
            return self.go(cluster, out);
        }
        while let Some(program) = self.stack.last_mut() {
            match program {
                Program::Shell(shell) if shell.is_interactive => {
                    shell.interrupt();
                    break;
                }
                _ => self.leave(130),
            }
        }
        self.go(cluster, out)
    }

    /// Ctrl-D on an empty line.
    pub fn end_of_input(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        match self.stack.last_mut() {
            Some(Program::Shell(shell)) => {
                if shell.streams.tty && shell.is_interactive {
                    out.push_str(if shell.kind == ShellKind::Bash { "exit\n" } else { "\n" });
                }
                let status = shell.status;
                self.leave(status);
            }
            Some(Program::Client(client)) => {
                client.farewell(out);
                self.leave(0);
            }
            Some(Program::Reader { .. }) => self.leave(0),
            Some(Program::Wait(_)) | None => {}
        }
        self.go(cluster, out)
    }

    /// Takes the program on top away and tells the one below how it ended.
    fn leave(&mut self, exit_code: i64) {
        self.stack.pop();
        self.exit_code = exit_code;
        if let Some(Program::Shell(shell)) = self.stack.last_mut() {
            shell.status = exit_code;
        }
    }

    fn go(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        let Some(container) = self.container.clone().filter(|container| container.is_same_run(cluster)) else {
            let exit_code = if self.container.is_some() { KILLED } else { self.exit_code };
            self.stack.clear();
            return Step::Done { exit_code };
        };
        for program in &mut self.stack {
            if let Program::Shell(shell) = program {
                shell.refuel();
            }
        }
        loop {
            let Some(program) = self.stack.last_mut() else { return Step::Done { exit_code: self.exit_code } };
            match program {
                Program::Wait(until) if *until > cluster.now() => return Step::Sleeping { until: *until },
                Program::Wait(_) => self.leave(0),
                Program::Reader { .. } if self.streams.stdin => {
                    return Step::Prompt(Prompt { text: String::new(), is_hidden: false });
                }
                Program::Reader { .. } => self.leave(0),
                Program::Client(client) => match client.prompt() {
                    Ok(prompt) => return Step::Prompt(prompt),
                    Err(exit_code) => self.leave(exit_code),
                },
                Program::Shell(shell) => match shell.run(&container, cluster, out) {
                    Event::Exit(code) => self.leave(code),
                    Event::Line(_) if !self.streams.stdin => {
                        let status = shell.status;
                        self.leave(status);
                    }
                    Event::Line(text) => return Step::Prompt(Prompt { text, is_hidden: false }),
                    Event::Sleep(until) => {
                        self.stack.push(Program::Wait(until));
                        return Step::Sleeping { until };
                    }
                    Event::Launch(program) => self.stack.push(program),
                },
            }
        }
    }
}
