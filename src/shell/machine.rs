//! Runs the shell's language step by step, so that it can wait for time and for lines; knows no command's effect.

use super::commands::{self, Call, Outcome};
use super::container::{Container, normalize, parent_of};
use super::expand::{self, Surroundings};
use super::flow::{Next, Scope, Tasks};
use super::parse::{Command, ParseError, Pipeline, Redirect, Stage, Word, parse};
use super::session::{Program, Streams};
use crate::cluster::Cluster;
use crate::model::Millis;
use crate::sorted::BTreeMap;
use std::rc::Rc;

/// Which shell it is, as far as prompts and messages differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    /// `bash`.
    Bash,
    /// Debian's `sh`.
    Dash,
    /// BusyBox's `sh`.
    Ash,
}

/// The most commands that run without virtual time passing, so that an endless loop cannot hold the page.
const STEPS_MAX: u32 = 2000;
/// How long a loop that never waits is taken to have run when the limit is met.
const BUSY: Millis = Millis(1000);
/// The most text at once.
pub const OUTPUT_BYTES_MAX: usize = 256 * 1024;
/// The longest value of a variable.
const VALUE_BYTES_MAX: usize = 8 * 1024;
/// How deep shells may stand inside each other.
const DEPTH_MAX: u32 = 10;

/// A running shell.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Which one it is.
    pub kind: ShellKind,
    /// Whether it asks for lines.
    pub is_interactive: bool,
    /// Whether a person can type to its programs.
    pub streams: Streams,
    /// The working directory.
    pub directory: String,
    /// The exported variables, in order.
    pub exported: Vec<(String, String)>,
    /// The other variables.
    pub variables: BTreeMap<String, String>,
    /// `$0`, `$1` and so on.
    pub arguments: Vec<String>,
    /// The exit code of the last command.
    pub status: i64,
    tasks: Tasks,
    partial: String,
    depth: u32,
    fuel: u32,
}

/// What a shell comes to.
#[derive(Clone, Debug)]
pub enum Event {
    /// It is over.
    Exit(i64),
    /// It wants a line.
    Line(String),
    /// It waits.
    Sleep(Millis),
    /// It started a program that talks to the user.
    Launch(Program),
}

impl Shell {
    /// A shell at the start of its life.
    pub fn new(kind: ShellKind, container: &Container, cluster: &Cluster, streams: Streams) -> Shell {
        let mut exported = container.environment(cluster);
        if streams.tty {
            exported.push(("TERM".to_string(), "xterm".to_string()));
        }
        Shell {
            kind,
            is_interactive: false,
            streams,
            directory: container.directory().to_string(),
            exported,
            variables: BTreeMap::new(),
            arguments: vec![kind.name().to_string()],
            status: 0,
            tasks: Tasks::default(),
            partial: String::new(),
            depth: 0,
            fuel: STEPS_MAX,
        }
    }

    /// A shell inside this one.
    pub fn child(&self) -> Shell {
        Shell {
            is_interactive: false,
            tasks: Tasks::default(),
            partial: String::new(),
            depth: self.depth + 1,
            ..self.clone()
        }
    }

    /// Whether another shell may stand inside this one.
    pub fn may_nest(&self) -> bool {
        self.depth < DEPTH_MAX
    }

    /// Takes a script to be run.
    pub fn load(&mut self, script: &str, err: &mut String) {
        match parse(script) {
            Ok(list) => self.tasks.push(Rc::new(list)),
            Err(error) => {
                self.status = 2;
                err.push_str(&self.syntax_error(&error));
            }
        }
    }

    /// Takes a command with its words as they are.
    pub fn load_words(&mut self, words: &[String]) {
        use super::parse::Part;
        let words = words.iter().map(|word| Word(vec![(Part::Text(word.clone()), true)])).collect();
        let command = Command::Simple { assignments: Vec::new(), words };
        self.tasks.push_command(Stage { command, redirects: Vec::new() });
    }

    /// Takes a line that was typed.
    pub fn line(&mut self, text: &str, out: &mut String) {
        self.partial.push_str(text);
        self.partial.push('\n');
        match parse(&self.partial) {
            Err(ParseError::Incomplete | ParseError::InHere(_)) => {}
            Ok(list) => {
                self.partial.clear();
                self.tasks.push(Rc::new(list));
            }
            Err(error) => {
                self.partial.clear();
                self.status = 2;
                out.push_str(&self.syntax_error(&error));
            }
        }
    }

    /// Forgets what was to be done (Ctrl-C).
    pub fn interrupt(&mut self) {
        self.tasks.clear();
        self.partial.clear();
        self.status = 130;
    }

    /// Whether the line that was begun is not complete.
    pub fn has_partial(&self) -> bool {
        !self.partial.is_empty()
    }

    /// What stands before the cursor.
    pub fn prompt(&self) -> String {
        if !self.streams.tty {
            return String::new();
        }
        if self.has_partial() {
            return "> ".to_string();
        }
        let host = self.variable("HOSTNAME").unwrap_or_default();
        let place = match self.directory.strip_prefix("/root") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
            _ => self.directory.clone(),
        };
        match self.kind {
            ShellKind::Bash => format!("root@{host}:{place}# "),
            ShellKind::Dash => "# ".to_string(),
            ShellKind::Ash => format!("{place} # "),
        }
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        let exported = self.exported.iter().find(|pair| pair.0 == name).map(|pair| &pair.1);
        self.variables.get(name).or(exported).cloned()
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, mut value: String) {
        if value.len() > VALUE_BYTES_MAX {
            value = value.chars().take(VALUE_BYTES_MAX / 4).collect();
        }
        match self.exported.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => _ = self.variables.insert(name.to_string(), value),
        }
    }

    /// Makes a variable part of the environment.
    pub fn export(&mut self, name: &str, value: Option<String>) {
        let value = value.or_else(|| self.variable(name));
        self.variables.remove(name);
        let Some(value) = value else { return };
        match self.exported.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => self.exported.push((name.to_string(), value)),
        }
    }

    /// Keeps what a command left of what comes in.
    pub fn keep_input(&mut self, rest: &str) {
        self.variables.insert(STDIN.to_string(), rest.to_string());
    }

    /// The path that a word means.
    pub fn path(&self, word: &str) -> String {
        normalize(&self.directory, word)
    }

    /// `bash: what`: how this shell begins a message.
    pub fn complain(&self, what: &str) -> String {
        self.kind.complain(what)
    }

    fn syntax_error(&self, error: &ParseError) -> String {
        match (error, self.kind) {
            (ParseError::Incomplete | ParseError::InHere(_), ShellKind::Bash) => {
                "bash: syntax error: unexpected end of file\n".to_string()
            }
            (ParseError::Incomplete | ParseError::InHere(_), _) => {
                self.complain("Syntax error: end of file unexpected")
            }
            (ParseError::Unexpected(token), ShellKind::Bash) => {
                format!("bash: syntax error near unexpected token `{token}'\n")
            }
            (ParseError::Unexpected(token), ShellKind::Dash) => {
                self.complain(&format!("Syntax error: \"{token}\" unexpected"))
            }
            (ParseError::Unexpected(token), ShellKind::Ash) => {
                self.complain(&format!("syntax error: unexpected \"{token}\""))
            }
        }
    }

    /// How much it ran since it was allowed to.
    pub fn used_fuel(&self) -> u32 {
        STEPS_MAX.saturating_sub(self.fuel)
    }

    /// Allows it to run again after its time was up.
    pub fn refuel(&mut self) {
        self.fuel = STEPS_MAX;
    }

    /// Runs until it is over or waits for something.
    pub fn run(&mut self, container: &Container, cluster: &mut Cluster, out: &mut String) -> Event {
        while !self.tasks.is_empty() {
            self.fuel = self.fuel.saturating_sub(1);
            if self.fuel == 0 || out.len() > OUTPUT_BYTES_MAX {
                return Event::Sleep(cluster.now() + BUSY);
            }
            let mut io = Io { container, cluster: &mut *cluster, out: &mut *out };
            let outcome = match self.tasks.next(&mut self.status) {
                Some(Next::Run(pipeline)) => self.pipeline(&pipeline, &mut io),
                Some(other) => {
                    self.take(other);
                    Outcome::Exit(self.status)
                }
                None => break,
            };
            match outcome {
                Outcome::Exit(code) => self.status = code,
                Outcome::Quit(code) => {
                    self.status = code;
                    self.tasks.clear();
                    return Event::Exit(code);
                }
                Outcome::Sleep(until) => {
                    self.status = 0;
                    return Event::Sleep(until);
                }
                Outcome::Launch(program) => return Event::Launch(*program),
                Outcome::Break => self.tasks.leave_loop(true).into_iter().for_each(|ended| self.take(ended)),
                Outcome::Continue => self.tasks.leave_loop(false).into_iter().for_each(|ended| self.take(ended)),
            }
        }
        if self.is_interactive { Event::Line(self.prompt()) } else { Event::Exit(self.status) }
    }

    /// Runs a script to its end without waiting, and gives its output without the last line ends.
    pub fn capture(&mut self, script: &str, container: &Container, cluster: &mut Cluster, err: &mut String) -> String {
        if !self.may_nest() {
            return String::new();
        }
        let mut child = self.child();
        let mut out = String::new();
        child.load(script, err);
        child.finish(container, cluster, &mut out);
        self.join(&child);
        out.truncate(out.trim_end_matches('\n').len());
        out
    }

    /// Runs to the end without waiting.
    pub fn finish(&mut self, container: &Container, cluster: &mut Cluster, out: &mut String) {
        while self.fuel > 0 && out.len() <= OUTPUT_BYTES_MAX {
            match self.run(container, cluster, out) {
                Event::Exit(_) | Event::Line(_) => return,
                Event::Sleep(_) => {}
                Event::Launch(program) => program.finish(container, cluster, out),
            }
        }
        self.tasks.clear();
    }

    /// Takes over what a finished child left.
    fn join(&mut self, child: &Shell) {
        self.status = child.status;
        self.fuel = child.fuel;
    }

    fn take(&mut self, next: Next) {
        match next {
            Next::Set(name, value) => self.set(&name, value),
            Next::Restore(scope) => {
                self.directory = scope.directory;
                self.exported = scope.exported;
                self.variables = scope.variables;
            }
            Next::Run(_) | Next::Nothing | Next::Mark => {}
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, io: &mut Io<'_>) -> Outcome {
        if pipeline.is_negated {
            self.tasks.push_negation();
        }
        if let [stage] = pipeline.stages.as_slice() {
            return self.stage(stage, io);
        }
        let mut input: Option<String> = None;
        for (at, stage) in pipeline.stages.iter().enumerate() {
            let mut child = self.child();
            let mut produced = String::new();
            let mut stage_io = Io { container: io.container, cluster: &mut *io.cluster, out: &mut produced };
            let (outcome, err) = child.captured_stage(stage, input.take(), &mut stage_io);
            self.fuel = child.fuel;
            self.status = outcome;
            io.out.push_str(&err);
            if at + 1 == pipeline.stages.len() {
                io.out.push_str(&produced);
            } else {
                input = Some(produced);
            }
        }
        Outcome::Exit(self.status)
    }

    /// Runs one command of a pipeline to its end; messages come back apart.
    fn captured_stage(&mut self, stage: &Stage, input: Option<String>, io: &mut Io<'_>) -> (i64, String) {
        if let Command::Simple { assignments, words } = &stage.command {
            let mut err = String::new();
            let outcome = self.simple(assignments, words, &stage.redirects, input, io, Some(&mut err));
            match outcome {
                Outcome::Exit(code) | Outcome::Quit(code) => return (code, err),
                Outcome::Launch(program) => program.finish(io.container, io.cluster, io.out),
                _ => {}
            }
            return (0, err);
        }
        if let Some(text) = input {
            self.variables.insert(STDIN.to_string(), text);
        }
        match self.stage(stage, io) {
            Outcome::Launch(program) => program.finish(io.container, io.cluster, io.out),
            _ => self.finish(io.container, io.cluster, io.out),
        }
        (self.status, String::new())
    }

    fn stage(&mut self, stage: &Stage, io: &mut Io<'_>) -> Outcome {
        match &stage.command {
            Command::Simple { assignments, words } => {
                return self.simple(assignments, words, &stage.redirects, None, io, None);
            }
            _ if stage.redirects.is_empty() => {}
            _ if !self.may_nest() => return Outcome::Exit(1),
            command => return self.redirected(command, &stage.redirects, io),
        }
        let mut tasks = std::mem::take(&mut self.tasks);
        let scope = Scope {
            directory: self.directory.clone(),
            exported: self.exported.clone(),
            variables: self.variables.clone(),
        };
        let mut err = String::new();
        let mut words = |values: &[Word]| {
            expand::words(
                &mut Inside { shell: self, container: io.container, cluster: io.cluster, err: &mut err },
                values,
            )
        };
        tasks.enter(&stage.command, &mut words, &|| Some(scope.clone()));
        io.out.push_str(&err);
        self.tasks = tasks;
        Outcome::Exit(self.status)
    }

    /// Runs a loop or a group to its end, with its output going elsewhere.
    fn redirected(&mut self, command: &Command, redirects: &[Redirect], io: &mut Io<'_>) -> Outcome {
        let mut child = self.child();
        let bare = Stage { command: command.clone(), redirects: Vec::new() };
        child.tasks.push_command(bare);
        let mut produced = String::new();
        child.finish(io.container, io.cluster, &mut produced);
        self.join(&child);
        let mut err = String::new();
        let routes = match self.routes(redirects, io, &mut err) {
            Ok(routes) => routes,
            Err(()) => {
                io.out.push_str(&err);
                return Outcome::Exit(1);
            }
        };
        self.deliver(&routes, &produced, "", io, None);
        Outcome::Exit(self.status)
    }

    fn simple(
        &mut self,
        assignments: &[(String, Word)],
        words: &[Word],
        redirects: &[Redirect],
        input: Option<String>,
        io: &mut Io<'_>,
        apart: Option<&mut String>,
    ) -> Outcome {
        let mut err = String::new();
        let words = expand::words(
            &mut Inside { shell: self, container: io.container, cluster: io.cluster, err: &mut err },
            words,
        );
        let routes = match self.routes(redirects, io, &mut err) {
            Ok(routes) => routes,
            Err(()) => {
                io.out.push_str(&err);
                return Outcome::Exit(1);
            }
        };
        let before = self.exported.clone();
        for (name, word) in assignments {
            let value = expand::text(
                &mut Inside { shell: self, container: io.container, cluster: io.cluster, err: &mut err },
                word,
            );
            if words.is_empty() { self.set(name, value) } else { self.export(name, Some(value)) }
        }
        let stdin = routes.stdin.clone().or(input).or_else(|| self.variables.get(STDIN).cloned());
        let (outcome, out) = if words.is_empty() {
            (Outcome::Exit(0), String::new())
        } else {
            let destination = routes.to_file(1).cloned();
            let mut call = Call {
                words: &words,
                container: io.container,
                cluster: &mut *io.cluster,
                shell: &mut *self,
                stdin,
                destination,
                out: String::new(),
                err: std::mem::take(&mut err),
            };
            let outcome = commands::run(&mut call);
            err = std::mem::take(&mut call.err);
            (outcome, std::mem::take(&mut call.out))
        };
        if !words.is_empty() && !assignments.is_empty() {
            self.exported = before;
        }
        self.deliver(&routes, &out, &err, io, apart);
        outcome
    }

    /// Reads the redirections and empties the files that are written anew.
    fn routes(&mut self, redirects: &[Redirect], io: &mut Io<'_>, err: &mut String) -> Result<Routes, ()> {
        let mut routes = Routes::default();
        for redirect in redirects {
            match redirect {
                Redirect::Join(from, to) => {
                    let target = routes.place(*to).clone();
                    *routes.place(*from) = target;
                }
                Redirect::Here(word) => {
                    let mut text = expand::text(
                        &mut Inside { shell: self, container: io.container, cluster: io.cluster, err },
                        word,
                    );
                    if !text.ends_with('\n') {
                        text.push('\n');
                    }
                    routes.stdin = Some(text);
                }
                Redirect::In(word) => {
                    let name = expand::text(
                        &mut Inside { shell: self, container: io.container, cluster: io.cluster, err },
                        word,
                    );
                    match io.container.read(io.cluster, &self.path(&name)) {
                        Ok(text) => routes.stdin = Some(text.to_string()),
                        Err(error) => {
                            err.push_str(&self.complain(&format!("{name}: {error}")));
                            return Err(());
                        }
                    }
                }
                Redirect::Out { stream, appends, file } => {
                    let name = expand::text(
                        &mut Inside { shell: self, container: io.container, cluster: io.cluster, err },
                        file,
                    );
                    let path = self.path(&name);
                    let is_standard =
                        matches!(path.as_str(), "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/proc/1/fd/1");
                    if !is_standard && let Err(error) = io.container.write(io.cluster, &path, "", *appends) {
                        err.push_str(&match self.kind {
                            ShellKind::Bash => self.complain(&format!("{name}: {error}")),
                            _ => self.complain(&format!("can't create {name}: {error}")),
                        });
                        return Err(());
                    }
                    let target = if is_standard { Target::Own(1) } else { Target::File(path) };
                    if *stream & 1 != 0 {
                        routes.out = target.clone();
                    }
                    if *stream & 2 != 0 {
                        routes.err = target;
                    }
                }
            }
        }
        Ok(routes)
    }

    fn deliver(&self, routes: &Routes, out: &str, err: &str, io: &mut Io<'_>, mut apart: Option<&mut String>) {
        for (text, target) in [(out, &routes.out), (err, &routes.err)] {
            if text.is_empty() {
                continue;
            }
            match (target, apart.as_deref_mut()) {
                (Target::File(path), apart) => {
                    if let Err(error) = io.container.write(io.cluster, path, text, true) {
                        let message = self.complain(&format!("write error: {error}"));
                        apart.unwrap_or(&mut *io.out).push_str(&message);
                    }
                }
                (Target::Own(2), Some(apart)) => apart.push_str(text),
                (Target::Own(_), _) => io.out.push_str(text),
            }
        }
    }
}

/// A shell's words are expanded inside its container.
struct Inside<'a> {
    shell: &'a mut Shell,
    container: &'a Container,
    cluster: &'a mut Cluster,
    err: &'a mut String,
}

impl Surroundings for Inside<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let shell = &self.shell;
        match name {
            "?" => Some(shell.status.to_string()),
            "$" => Some("1".to_string()),
            "!" => Some(String::new()),
            "#" => Some(shell.arguments.len().saturating_sub(1).to_string()),
            "@" | "*" => Some(shell.arguments.get(1..).unwrap_or(&[]).join(" ")),
            "PWD" => Some(shell.directory.clone()),
            "RANDOM" => Some("4".to_string()),
            name => match name.parse::<usize>() {
                Ok(at) => shell.arguments.get(at).cloned(),
                Err(_) => shell.variable(name),
            },
        }
    }

    fn set(&mut self, name: &str, value: String) {
        self.shell.set(name, value);
    }

    fn capture(&mut self, script: &str) -> String {
        self.shell.capture(script, self.container, self.cluster, self.err)
    }

    fn complain(&mut self, what: &str) {
        self.err.push_str(&self.shell.complain(what));
    }

    fn files(&self, directory: &str) -> Vec<String> {
        let place = match directory {
            "" => self.shell.path("x"),
            directory => self.shell.path(&format!("{directory}/x")),
        };
        let entries = self.container.list(self.cluster, &parent_of(&place)).unwrap_or_default();
        entries.into_iter().map(|entry| entry.0).collect()
    }

    fn home(&self) -> &str {
        "/root"
    }

    fn has_braces(&self) -> bool {
        self.shell.kind == ShellKind::Bash
    }
}

/// The name under which a group in a pipeline keeps what comes in.
const STDIN: &str = "0<";

/// What running needs.
struct Io<'a> {
    container: &'a Container,
    cluster: &'a mut Cluster,
    out: &'a mut String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Own(u8),
    File(String),
}

/// Where a command's streams go.
struct Routes {
    stdin: Option<String>,
    out: Target,
    err: Target,
}

impl Default for Routes {
    fn default() -> Routes {
        Routes { stdin: None, out: Target::Own(1), err: Target::Own(2) }
    }
}

impl Routes {
    fn place(&mut self, stream: u8) -> &mut Target {
        if stream == 2 { &mut self.err } else { &mut self.out }
    }

    fn to_file(&self, stream: u8) -> Option<&String> {
        match if stream == 2 { &self.err } else { &self.out } {
            Target::File(path) => Some(path),
            Target::Own(_) => None,
        }
    }
}

impl ShellKind {
    /// `bash: what`: how it begins a message.
    pub fn complain(self, what: &str) -> String {
        match self {
            ShellKind::Bash => format!("bash: {what}\n"),
            ShellKind::Dash => format!("sh: 1: {what}\n"),
            ShellKind::Ash => format!("sh: {what}\n"),
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            ShellKind::Bash => "bash",
            ShellKind::Dash | ShellKind::Ash => "sh",
        }
    }

    /// The shell that `program` starts in the container.
    pub fn of(program: &str, container: &Container) -> Option<ShellKind> {
        match program {
            "bash" => Some(ShellKind::Bash),
            "sh" | "ash" | "dash" if container.image.is_busybox => Some(ShellKind::Ash),
            "sh" | "dash" => Some(ShellKind::Dash),
            _ => None,
        }
    }
}
