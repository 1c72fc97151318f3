//! A shell as a state machine: what is still to be done stands on a stack, so that it can wait anywhere for time, for
//! lines and for other commands. What a single command does stands elsewhere.

use super::file_descriptors::{Fds, Input};
use super::lexer::Aliases;
use super::limits::LIMITS;
use super::state::{CallSite, Options, Program, Role, Shell, ShellKind, Task};
use super::syntax::List;
use super::turn_io::Io;
use super::unfinished_line::Partial;
use super::variables::{Array, SetError, Variables};
use super::world::World;
use crate::fnv::Fnv1a32;
use crate::model::Millis;
use crate::shell::exec_target::Streams;
use crate::shell::waiting::FOREVER;
use crate::sorted::SharedMap;
use std::rc::Rc;

/// When a shell has begun that has not run yet.
pub(super) const NEVER: Millis = Millis(i64::MIN);

impl Shell {
    /// A shell at the start of its life.
    pub fn new(kind: ShellKind, environment: Vec<(String, String)>, directory: &str, streams: Streams) -> Shell {
        let variables = of_kind(kind, Variables::of_environment(environment));
        Shell {
            kind,
            is_interactive: false,
            streams,
            role: Role::Other,
            directory: directory.to_string(),
            directory_stack: Vec::new(),
            variables,
            arguments: vec![kind.name().to_string()],
            status: 0,
            options: Options::default(),
            assumed: None,
            wrapper: None,
            granted: 0,
            may_run_on: false,
            is_of_unknown_image: false,
            has_unknown_functions: false,
            serves: false,
            left_server: false,
            user: None,
            uid: 0,
            listeners: Vec::new(),
            has_lines: false,
            is_tracing: false,
            has_traced: false,
            is_command: false,
            pid: 12,
            parent: "0".to_string(),
            last_job: None,
            jobs_above: Rc::default(),
            sent: Vec::new(),
            calls: Vec::new(),
            sources: SharedMap::new(),
            script: None,
            outlets: Vec::new(),
            deadline_status: None,
            functions: SharedMap::new(),
            aliases: SharedMap::new(),
            function_texts: SharedMap::new(),
            capture_status: None,
            process_files: SharedMap::new(),
            traps: SharedMap::new(),
            signal: None,
            tasks: Vec::new(),
            fds: Fds::default(),
            inputs: vec![Input::Terminal],
            jobs: Vec::new(),
            job_count: 0,
            partial: Partial::default(),
            depth: 0,
            unchecked: 0,
            line: 1,
            is_line_kept: false,
            exported_functions: SharedMap::new(),
            trace_depth: 1,
            is_shielded: false,
            is_subshell: false,
            subshells: 0,
            is_of_function: false,
            level: 1,
            umask: super::umask::USUAL,
            has_answers: false,
            is_over: false,
            deadline: None,
            random: 4,
            started: NEVER,
            running: Rc::default(),
        }
    }

    /// A copy of this shell that runs beside or inside it.
    pub fn child(&self) -> Shell {
        // What is ignored stays ignored.
        let is_kept = |trap: &(&String, &String)| trap.1.is_empty() || trap.0 == "ERR" && self.options.errtrace;
        Shell {
            is_interactive: false,
            tasks: Vec::new(),
            jobs: Vec::new(),
            partial: Partial::default(),
            signal: None,
            traps: self.traps.iter().filter(is_kept).map(|(k, v)| (k.clone(), v.clone())).collect(),
            is_subshell: true,
            subshells: self.subshells + 1,
            is_of_function: self.is_in_function(),
            jobs_above: match self.job_lines() {
                lines if lines.is_empty() => Rc::clone(&self.jobs_above),
                lines => Rc::new(lines),
            },
            sent: Vec::new(),
            outlets: Vec::new(),
            depth: self.depth + 1,
            role: self.role_inside(),
            assumed: None,
            wrapper: None,
            granted: 0,
            may_run_on: false,
            serves: false,
            left_server: false,
            listeners: Vec::new(),
            has_answers: false,
            is_over: false,
            deadline: None,
            ..self.clone()
        }
    }

    /// A program of its own that is a shell: only the environment is taken over. `None` if shells stand too deep in
    /// each other.
    pub fn program(&self, kind: ShellKind) -> Option<Shell> {
        if self.depth >= LIMITS.depth {
            return None;
        }
        let mut child = self.child();
        let exported = std::mem::take(&mut child.variables.exported);
        child.kind = kind;
        (child.running, child.is_command) = (Rc::default(), false);
        (child.is_tracing, child.has_traced) = (false, false);
        child.parent = match self.role {
            Role::Other | Role::Console => self.pid.to_string(),
            Role::Main | Role::Init | Role::Task => "1".to_string(),
        };
        child.pid = self.pid + 1;
        (child.is_subshell, child.subshells, child.is_of_function) = (false, 0, false);
        child.jobs_above = Rc::default();
        child.last_job = None;
        child.calls = Vec::new();
        child.directory_stack = Vec::new();
        child.sources = SharedMap::new();
        child.script = None;
        child.role = Role::Other;
        child.level += u32::from(!self.is_at_end());
        child.variables = of_kind(kind, Variables::of_environment(exported));
        child.is_line_kept = false;
        // Other shells hand on no variables with names like those of functions.
        if kind != ShellKind::Bash {
            child.exported_functions = SharedMap::new();
        }
        child.functions = child.exported_functions.clone();
        child.aliases = Aliases::new();
        child.options = Options::default();
        child.started = NEVER;
        child.arguments = vec![kind.name().to_string()];
        child.status = 0;
        child.unchecked = 0;
        child.line = 1;
        child.trace_depth = 1;
        Some(child)
    }

    /// Whether another shell may stand inside this one.
    pub fn may_nest(&self) -> bool {
        self.depth < LIMITS.depth
    }

    /// A function, or a file that is read, begins.
    pub(super) fn enter_call(&mut self, name: &str, source: String) {
        if self.kind == ShellKind::Bash {
            self.calls.push(CallSite { name: name.to_string(), source, line: self.line });
            self.note_calls();
        }
    }

    /// It ends.
    pub(super) fn leave_call(&mut self) {
        if self.kind == ShellKind::Bash {
            self.calls.pop();
            self.note_calls();
        }
    }

    /// Whether a function is under way, here or in the shell that this one is a part of.
    pub(super) fn is_in_function(&self) -> bool {
        self.is_of_function || self.tasks.iter().any(|task| matches!(task, Task::Call(_)))
    }

    /// The file that is read now.
    pub(super) fn source_now(&self) -> Option<String> {
        self.calls.last().map(|call| call.source.clone()).or_else(|| self.script.clone())
    }

    /// `caller`: where the function that is so many calls out was called, as line, function and file.
    pub(super) fn caller(&self, out: usize) -> Option<(u32, String, String)> {
        let at = self.calls.len().checked_sub(out + 1)?;
        let line = self.calls.get(at)?.line;
        let around = at.checked_sub(1).and_then(|at| self.calls.get(at));
        match around {
            Some(around) => Some((line, around.name.clone(), around.source.clone())),
            None => Some((line, "main".to_string(), self.script.clone()?)),
        }
    }

    /// Sets `FUNCNAME`, `BASH_SOURCE` and `BASH_LINENO`, the innermost first.
    pub(super) fn note_calls(&mut self) {
        if self.kind != ShellKind::Bash {
            return;
        }
        let list = |names: Vec<String>| {
            let pairs = names.into_iter().enumerate();
            Array::List(pairs.map(|(at, name)| (i64::try_from(at).unwrap_or(0), name)).collect())
        };
        let is_main = self.script.is_some() && !self.calls.is_empty();
        let main = is_main.then(|| "main".to_string());
        let names: Vec<String> = self.calls.iter().rev().map(|call| call.name.clone()).chain(main).collect();
        let sources: Vec<String> =
            self.calls.iter().rev().map(|call| call.source.clone()).chain(self.script.clone()).collect();
        let lines = self.calls.iter().rev().map(|call| call.line.to_string());
        let lines = lines.chain(is_main.then(|| "0".to_string())).collect();
        for (name, values) in [("FUNCNAME", names), ("BASH_SOURCE", sources), ("BASH_LINENO", lines)] {
            match values.is_empty() {
                true => self.variables.unset(name),
                false => _ = self.variables.set_array(name, list(values)),
            }
        }
    }

    /// Ends it at this time, with this exit code instead of the usual one.
    pub fn set_deadline(&mut self, at: Millis, status: Option<i64>) {
        (self.deadline, self.deadline_status) = (Some(at), status);
    }

    /// What stands under `/dev/fd/…`.
    pub fn process_file(&self, path: &str) -> Option<String> {
        self.process_files.get(path).cloned()
    }

    /// What a program is for that is the last thing that the shell does: the same as the shell.
    pub fn role_of_last(&self) -> Role {
        if self.is_at_end() && self.role != Role::Console { self.role } else { Role::Other }
    }

    /// What a shell inside it is for: what is waited for is to end.
    fn role_inside(&self) -> Role {
        if self.role == Role::Main && !self.is_at_end() { Role::Task } else { self.role }
    }

    /// Takes something for granted that this lab cannot run.
    pub(super) fn take_for_granted(&mut self, what: &str, may_run_on: bool) {
        self.assumed.get_or_insert_with(|| what.to_string());
        self.granted = self.granted.saturating_add(1);
        self.may_run_on |= may_run_on;
    }

    /// Takes an answer for granted that nobody here knows.
    pub fn grant(&mut self, what: &str) {
        self.take_for_granted(what, false);
    }

    /// Whether what it says goes to another command.
    pub fn is_piped(&self) -> bool {
        self.is_subshell
    }

    /// Whether something that was taken for granted may be what its container is there for.
    pub fn may_run_on(&self) -> bool {
        self.may_run_on
    }

    /// It is the image's server.
    pub fn serve(&mut self) {
        self.serves = true;
        self.wait_until(FOREVER);
    }

    /// It only waits.
    pub fn wait_until(&mut self, until: Millis) {
        self.tasks.push(Task::Program(Box::new(Program::Wait(until))));
    }

    /// It is something that this lab cannot run, and is taken to have done its job by then.
    pub fn assume_until(&mut self, what: &str, until: Millis) {
        self.take_for_granted(what, true);
        self.wait_until(until);
    }

    /// Says that its script stood behind `-c`.
    pub fn set_command(&mut self) {
        self.is_command = true;
    }

    /// Takes commands that were read.
    pub fn load_list(&mut self, list: List) {
        self.tasks.push(Task::List(Rc::new(list), 0));
    }

    /// Takes a command with its words as they are.
    pub fn load_words(&mut self, words: &[String]) {
        self.tasks.push(Task::Invoke(Rc::new(words.to_vec())));
    }

    /// Gives what comes in, all of it.
    pub fn set_input(&mut self, text: &str) {
        if let Some(input) = self.inputs.first_mut() {
            *input = Input::text(text);
        }
    }

    /// Whether the line that was begun is not complete.
    pub fn has_partial(&self) -> bool {
        !self.partial.is_empty()
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name)
    }

    /// The value of a variable or of a special parameter.
    pub(super) fn parameter(&mut self, name: &str, now: Millis) -> Option<String> {
        Some(match name {
            "?" => self.status.to_string(),
            "$" => match self.role {
                Role::Other | Role::Console => self.pid.to_string(),
                Role::Main | Role::Init | Role::Task => "1".to_string(),
            },
            "!" => self.last_job?.to_string(),
            "#" => self.arguments.len().saturating_sub(1).to_string(),
            "-" => self.flags(),
            "PWD" => self.directory.clone(),
            "LINENO" => self.line.to_string(),
            "SECONDS" if self.kind == ShellKind::Bash => (now - self.started).whole_seconds().to_string(),
            "RANDOM" if self.kind != ShellKind::Dash => {
                self.random = self.random.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                ((self.random >> 16) & 0x7fff).to_string()
            }
            "BASH" if self.kind == ShellKind::Bash => "/bin/bash".to_string(),
            "BASH_SUBSHELL" if self.kind == ShellKind::Bash => self.subshells.to_string(),
            "BASHPID" if self.kind == ShellKind::Bash && self.subshells > 0 => (self.pid + self.subshells).to_string(),
            "BASHPID" if self.kind == ShellKind::Bash => return self.parameter("$", now),
            "SHLVL" if self.kind != ShellKind::Dash => self.variable(name).unwrap_or_else(|| self.level.to_string()),
            "OSTYPE" if self.kind == ShellKind::Bash => "linux-gnu".to_string(),
            "BASH_VERSION" if self.kind == ShellKind::Bash => "5.2.15(1)-release".to_string(),
            "UID" | "EUID" if self.kind == ShellKind::Bash => self.uid.to_string(),
            "BASH_COMMAND" if self.kind == ShellKind::Bash => self.running.join(" "),
            "PPID" => self.variable(name).unwrap_or_else(|| self.parent.clone()),
            name => match name.parse::<usize>() {
                Ok(at) => return self.arguments.get(at).cloned(),
                Err(_) => return self.variable(name),
            },
        })
    }

    fn flags(&self) -> String {
        let options = self.options;
        let is_bash = self.kind == ShellKind::Bash;
        let all = [
            (is_bash, 'h'),
            (is_bash, 'B'),
            (self.is_interactive, 'i'),
            (options.errexit, 'e'),
            (options.noglob, 'f'),
            (options.nounset, 'u'),
            (options.xtrace, 'x'),
        ];
        all.into_iter().filter(|flag| flag.0).map(|flag| flag.1).collect()
    }

    /// Begins the sequence of `RANDOM` that follows from a text.
    pub fn seed(&mut self, text: &str) {
        self.random = Fnv1a32::of(text.bytes());
    }

    /// Sets a variable; what may not be changed stays.
    pub fn set(&mut self, name: &str, value: String) {
        if let Err(error @ (SetError::TooLong | SetError::TooMany)) = self.try_set(name, value) {
            self.refused(name, error);
        }
    }

    /// The same, or why it cannot be set.
    pub(super) fn try_set(&mut self, name: &str, value: String) -> Result<(), SetError> {
        match self.options.allexport {
            true => self.variables.export(name, Some(value)),
            false => self.variables.set(name, value),
        }
    }

    /// The path that a word means.
    pub fn path(&self, word: &str) -> String {
        crate::shell::container::normalize(&self.directory, word)
    }

    /// The first program or construct that was taken for granted, once.
    pub fn take_assumed(&mut self) -> Option<String> {
        let own = self.assumed.take();
        let inside = self.tasks.iter_mut().filter_map(|task| match task {
            Task::Group(group) => group.take_assumed(),
            _ => None,
        });
        let inside = inside.last();
        own.or(inside)
    }

    /// What a shell inside has taken for granted so far.
    pub fn peek_assumed(&self) -> Option<String> {
        let inside = self.tasks.iter().rev().find_map(|task| match task {
            Task::Group(group) => group.peek_assumed(),
            _ => None,
        });
        self.assumed.clone().or(inside)
    }

    /// Whether nothing is left to be done but what is done now.
    pub(super) fn is_at_end(&self) -> bool {
        self.tasks.iter().all(|task| match task {
            Task::List(list, at) => *at >= list.len(),
            Task::Each(commands, _) => commands.is_empty(),
            Task::Check
            | Task::Outlets(_)
            | Task::Shut(_)
            | Task::Unguard
            | Task::Fds(..)
            | Task::Scope
            | Task::Call(_)
            | Task::Replace => true,
            Task::Sourced(_) | Task::Timed(..) => true,
            _ => false,
        })
    }

    /// What is around it is gone through at its turn: the world, for programs.
    pub fn io<'w>(world: &'w mut dyn World) -> Io<'w> {
        Io::new(world)
    }
}

/// Variables with what a shell of this kind sets by itself.
fn of_kind(kind: ShellKind, variables: Variables) -> Variables {
    let mut variables = if kind == ShellKind::Bash { variables.of_bash() } else { variables };
    _ = variables.set("IFS", " \t\n".to_string());
    variables
}
