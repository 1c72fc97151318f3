//! Simple commands: assignments, then a function, a command of the shell itself, or a program.

use super::assign::shown_array;
use super::builtins;
use super::expand::Expander;
use super::file_descriptors::{Input, Target};
use super::inner_answers::Told;
use super::limits::{BOUND, LIMITS};
use super::misuse::is_special;
use super::names::is_builtin;
use super::quoting::shown_word;
use super::reads_input::{has_enough, is_input, reads_input};
use super::redirect::Routes;
use super::state::{Event, Program, Role, Shell, ShellKind, Task};
use super::syntax::{Command, Redirect, Stage, Timing, is_name};
use super::turn_io::{Io, PIPES};
use super::world::{Invocation, Outcome};
use crate::model::Millis;
use crate::shell::waiting::FOREVER;
use std::rc::Rc;

/// A simple command that is ready to run.
struct Ready {
    words: Vec<String>,
    routes: Routes,
    /// The assignments as `set -x` shows them.
    shown: Vec<String>,
}

impl Shell {
    pub(super) fn simple(&mut self, stage: &Rc<Stage>, captured: Vec<(String, i64)>, io: &mut Io<'_>) {
        let Command::Simple { assignments, words, arrays } = &stage.command else { return };
        if let Some(stage) = self.named_stream(stage, io) {
            return self.simple(&stage, captured, io);
        }
        let prepare = |expander: &mut Expander<'_>| {
            let words = expander.command_words(words)?;
            let routes = expander.routes(&stage.redirects)?;
            if !words.is_empty() && !assignments.is_empty() {
                expander.shell.variables.enter();
            }
            let mut shown = Vec::new();
            for assignment in assignments {
                shown.push(expander.assign_value(assignment, !words.is_empty())?);
            }
            for array in arrays {
                let has = |letter: char| words.iter().skip(1).any(|it| it.starts_with('-') && it.contains(letter));
                let is_declared = |word: &String| matches!(word.as_str(), "local" | "declare" | "typeset");
                let is_map = has('A') || expander.is_map(&array.name);
                let entries = expander.array_entries(array, is_map)?;
                shown.push(shown_array(array, &entries, is_map));
                if words.first().is_some_and(is_declared) && !has('g') && expander.shell.is_in_function() {
                    expander.shell.variables.make_local(&array.name);
                }
                expander.assign_array(array, entries, is_map)?;
            }
            // Arrays that are made already are among the names whose marks `declare` sets.
            let words = words.into_iter().chain(arrays.iter().map(|array| array.name.clone())).collect();
            Ok(Ready { words, routes, shown })
        };
        let Some(ready) = self.expanding(stage, captured, io, prepare) else { return };
        if self.options.xtrace {
            self.trace_ready(&ready, io);
        }
        if !self.outlets.is_empty() {
            let paths = self.outlets.iter().map(|outlet| outlet.0.clone()).collect();
            self.start_outlets();
            if ready.words.len() != 1 || ready.words.first().is_none_or(|word| word != "exec") {
                self.tasks.push(Task::Outlets(paths));
            }
        }
        if !assignments.is_empty() && !ready.words.is_empty() {
            self.tasks.push(Task::Scope);
        }
        if ready.words.is_empty() {
            self.status = self.capture_status.take().unwrap_or(0);
            if let Err(message) = ready.routes {
                self.refuse(&message, io);
            }
            return;
        }
        // `exec > file` keeps the streams.
        if let ([word], Ok((fds, inputs))) = (ready.words.as_slice(), &ready.routes)
            && word == "exec"
        {
            let before = std::mem::replace(&mut self.fds, fds.clone());
            self.inputs.extend(inputs.iter().cloned());
            self.close_lost_outlets(&before);
            self.status = 0;
            return;
        }
        if !stage.redirects.is_empty() && !self.take_routes(ready.routes, io) {
            // A special command of the shell that cannot have its streams ends a script, but for bash.
            let is_special = ready.words.first().is_some_and(|word| is_special(word));
            if is_special && self.kind != ShellKind::Bash && !self.is_interactive {
                self.tasks.push(Task::Leave(self.status));
            }
            return;
        }
        self.dispatch(ready.words, io);
    }

    /// `exec {name}> file`: the same with a number for the stream, which the variable holds from then on.
    fn named_stream(&mut self, stage: &Rc<Stage>, io: &Io<'_>) -> Option<Rc<Stage>> {
        let Command::Simple { assignments, words, arrays } = &stage.command else { return None };
        let [exec, name] = words.as_slice() else { return None };
        let name = name.literal().and_then(|word| word.strip_prefix('{')?.strip_suffix('}')).map(str::to_string)?;
        if self.kind != ShellKind::Bash
            || exec.literal() != Some("exec")
            || stage.redirects.is_empty()
            || name.contains(',')
        {
            return None;
        }
        let closes = |redirect: &Redirect| matches!(redirect, Redirect::Join(_, word) if word.literal() == Some("-"));
        let number = match stage.redirects.iter().any(closes) {
            true => match name.split_once('[') {
                Some((name, rest)) => {
                    let key = rest.strip_suffix(']')?;
                    let own = self.variables.elements(name);
                    own.into_iter().find(|element| element.0 == key)?.1.parse().ok()?
                }
                None => self.parameter(&name, io.world.now())?.parse().ok()?,
            },
            false => (10..=u8::MAX).find(|number| *self.fds.target(*number) == Target::Closed)?,
        };
        self.set(&name, number.to_string());
        let mut redirects = stage.redirects.clone();
        match redirects.first_mut() {
            Some(
                Redirect::Join(stream, _)
                | Redirect::In(stream, _)
                | Redirect::Both(stream, _)
                | Redirect::Out { stream, .. },
            ) => *stream = number,
            _ => return None,
        }
        let command =
            Command::Simple { assignments: assignments.clone(), words: vec![exec.clone()], arrays: arrays.clone() };
        Some(Rc::new(Stage { command, redirects, line: stage.line }))
    }

    fn refuse(&mut self, message: &str, io: &mut Io<'_>) {
        let message = self.complain(message);
        self.emit(2, &message, io);
        self.status = if self.kind == ShellKind::Dash { 2 } else { 1 };
    }

    fn trace_ready(&mut self, ready: &Ready, io: &mut Io<'_>) {
        let words: Vec<String> = ready.words.iter().map(|word| shown_word(self.kind, word)).collect();
        if self.kind == ShellKind::Bash {
            for assignment in &ready.shown {
                self.trace(assignment, io);
            }
            if !words.is_empty() {
                self.trace(&words.join(" "), io);
            }
            // What becomes part of the environment is an assignment of its own.
            let is_assigned = matches!(words.first().map(String::as_str), Some("export" | "readonly"));
            for word in ready.words.iter().skip(1).filter(|_| is_assigned) {
                if let Some((name, value)) = word.split_once('=').filter(|(name, _)| is_name(name)) {
                    self.trace(&format!("{name}={}", shown_word(self.kind, value)), io);
                }
            }
        } else {
            let all = [ready.shown.as_slice(), words.as_slice()].concat();
            self.trace(&all.join(" "), io);
        }
    }

    /// Runs a command whose words are known.
    pub(super) fn dispatch(&mut self, words: Vec<String>, io: &mut Io<'_>) {
        let name = words.first().cloned().unwrap_or_default();
        if let Some(body) = self.functions.get(&name).cloned() {
            return self.call(body, words, io);
        }
        if self.traps.contains_key("ERR") && !self.is_line_kept {
            // The trap may ask what it was.
            self.running = Rc::new(words.clone());
        }
        if self.kind == ShellKind::Ash && name == "time" {
            return self.time_program(&words, io);
        }
        if is_builtin(self.kind, &name) && !io.world.replaces(&words) {
            return builtins::run(self, words, io);
        }
        self.tasks.push(Task::Invoke(Rc::new(words)));
    }

    /// BusyBox's `time`, which is a program: what stands behind it is one, too.
    fn time_program(&mut self, words: &[String], io: &Io<'_>) {
        let is_portable = words.iter().skip(1).take_while(|word| word.starts_with('-')).any(|word| word == "-p");
        let rest: Vec<String> = words.iter().skip(1).skip_while(|word| word.starts_with('-')).cloned().collect();
        if !rest.is_empty() {
            let timing = if is_portable { Timing::Portable } else { Timing::OfBusybox };
            self.tasks.push(Task::Timed(io.world.now(), timing));
            self.tasks.push(Task::Invoke(Rc::new(rest)));
        }
    }

    fn call(&mut self, body: Rc<Stage>, words: Vec<String>, io: &mut Io<'_>) {
        if self.is_called_too_deep(&words.concat(), io) {
            return;
        }
        if let Some(name) = words.first() {
            let source = self.sources.get(name).cloned().unwrap_or_else(|| "environment".to_string());
            let name = name.clone();
            self.enter_call(&name, source);
        }
        let mut arguments = words;
        let own = self.arguments.first().cloned().unwrap_or_default();
        if let Some(first) = arguments.first_mut() {
            *first = own;
        }
        let before = std::mem::replace(&mut self.arguments, arguments);
        self.variables.enter();
        self.tasks.push(Task::Call(before));
        self.tasks.push(Task::Stage(body, Vec::new()));
    }

    /// What a program that is run now would read: `None` if it is the terminal; an event if it has to wait. A program
    /// gets everything at once: what it says depends on the last line, too.
    fn input_for(&mut self, words: &[String], io: &mut Io<'_>) -> Result<Option<String>, Event> {
        let known = words.first().and_then(|word| io.world.known_name(self, word));
        let renamed = known.map(|name| [&[name], words.get(1..).unwrap_or(&[])].concat());
        let words = renamed.as_deref().unwrap_or(words);
        if !reads_input(words) {
            return Ok(None);
        }
        self.note_peer(self.fds.input);
        let (rest, is_open) = match self.inputs.get(self.fds.input) {
            Some(Input::Text { text, is_open }) => (text, *is_open),
            Some(Input::Terminal) => return Ok(None),
            Some(Input::Peer(_)) | None => return Ok(Some(String::new())),
        };
        let is_too_much = rest.len() >= LIMITS.gathered || rest.line_count() >= LIMITS.gathered_lines;
        let has_enough = !is_open || has_enough(words, rest);
        if !has_enough && !is_too_much {
            return Err(Event::Blocked);
        }
        let text = rest.text();
        if let Some(input) = self.inputs.get_mut(self.fds.input) {
            input.skip(text.len());
        }
        if !has_enough {
            let (size, lines) = (LIMITS.gathered / 1024, LIMITS.gathered_lines);
            let text = format!(
                "the rest is left out: what one command reads ends at {size} KiB and {lines} lines in this lab"
            );
            self.grant(BOUND);
            let message = self.complain(&text);
            self.emit(2, &message, io);
        }
        Ok(Some(text))
    }

    /// How much text a program may write, by its name. One that makes text of nothing may make as much as is seen.
    pub(super) fn room(&self, name: &str) -> usize {
        let makes = matches!(name, "seq" | "printf" | "echo");
        match &self.fds.out {
            // What goes into a file may be as long as a file, and what others read as long as what they get.
            Target::File(_) | Target::Both(..) => LIMITS.file,
            Target::Stream(number) if *number >= PIPES && !makes => LIMITS.gathered,
            _ => LIMITS.program_output,
        }
    }

    /// Runs a program, once what it reads is there. `so_far` is the status of the part that it has worked on before.
    pub(super) fn invoke(&mut self, words: Rc<Vec<String>>, so_far: Option<i64>, io: &mut Io<'_>) -> Option<Event> {
        let stdin = match self.input_for(&words, io) {
            Ok(stdin) => stdin,
            Err(event) => {
                let so_far = self.passes_on(&words, so_far, io).or(so_far);
                self.tasks.push(match so_far {
                    None => Task::Invoke(words),
                    Some(status) => Task::GoOn(words, status),
                });
                return Some(event);
            }
        };
        self.run_program(&words, stdin, Told::default(), so_far, io)
    }

    /// The same, with what it reads. `told` is what it has learnt before, if it runs commands itself.
    pub(super) fn run_program(
        &mut self,
        words: &Rc<Vec<String>>,
        stdin: Option<String>,
        told: Told,
        so_far: Option<i64>,
        io: &mut Io<'_>,
    ) -> Option<Event> {
        self.running = Rc::clone(words);
        let named: Vec<&String> = words.iter().skip(1).filter(|word| is_input(word)).collect();
        for name in &named {
            self.process_files.insert((*name).clone(), stdin.clone().unwrap_or_default());
        }
        let destination = self.fds.out_file();
        let words_now = if so_far.is_some() { words_to_go_on(words) } else { words.to_vec() };
        let room = self.room(words.first().map_or("", String::as_str));
        let mut call = Invocation { words: words_now, stdin, told, destination, room, ..Invocation::default() };
        let outcome = io.world.run(self, &mut call);
        named.iter().for_each(|name| _ = self.process_files.remove(name.as_str()));
        io.fuel = io.fuel.saturating_sub(call.cost_in_all());
        self.emit_call(call, io);
        let at_end = self.is_at_end();
        match outcome {
            // A search has found something if any part of what it read fits.
            Outcome::Exit(status) => self.status = so_far.map_or(status, |before| status.min(before)),
            Outcome::Sleep(until) => self.tasks.push(Task::Program(Box::new(Program::Wait(until)))),
            Outcome::Launch(program) => self.tasks.push(Task::Program(program)),
            Outcome::Shell(shell) => self.start_shell(*shell),
            Outcome::Asks(asked) => self.ask(Rc::clone(words), *asked, io),
            Outcome::Serves => {
                self.serves = true;
                self.tasks.push(Task::Program(Box::new(Program::Wait(FOREVER))));
            }
            Outcome::ServesBehind => {
                self.left_server = true;
                self.status = 0;
            }
            Outcome::Assumed => self.take_program_for_granted(words, true, at_end, io),
            Outcome::AssumedOver => self.take_program_for_granted(words, false, at_end, io),
        }
        None
    }

    /// A program that this lab does not have: it takes a moment, or runs on if it may be the container's server.
    fn take_program_for_granted(&mut self, words: &[String], may_run_on: bool, at_end: bool, io: &Io<'_>) {
        self.take_for_granted(words.first().map_or("", String::as_str), may_run_on);
        self.status = 0;
        let until = match self.role {
            // What a container's own script ends with is its server.
            Role::Main if at_end && may_run_on => {
                self.serves = true;
                Some(FOREVER)
            }
            Role::Main | Role::Init | Role::Task => Some(io.world.now() + Millis(1000)),
            Role::Other | Role::Console => None,
        };
        self.tasks.extend(until.map(|until| Task::Program(Box::new(Program::Wait(until)))));
    }

    /// Programs that write what they read as it comes, line by line. Says the status of what was read so far.
    fn passes_on(&mut self, words: &[String], so_far: Option<i64>, io: &mut Io<'_>) -> Option<i64> {
        let is_plain = match words.first().map(String::as_str) {
            Some("cat") => words.len() == 1,
            Some("tee") => words.iter().skip(1).all(|word| word == "-a" || !word.starts_with('-')),
            Some("grep") => words.iter().skip(1).all(|word| !word.starts_with('-') || word == "--line-buffered"),
            _ => false,
        };
        let at = self.fds.input;
        let input = self.inputs.get_mut(at).filter(|_| is_plain)?;
        let (rest, _) = input.rest()?;
        let text = rest.get(..=rest.rfind('\n')?)?.to_string();
        input.skip(text.len());
        let words = if so_far.is_some() { words_to_go_on(words) } else { words.to_vec() };
        let mut call = Invocation { words, stdin: Some(text), ..Invocation::default() };
        let status = match io.world.run(self, &mut call) {
            Outcome::Exit(status) => status,
            _ => 0,
        };
        self.emit_call(call, io);
        Some(so_far.map_or(status, |before| status.min(before)))
    }
}

impl Shell {
    /// What is left of the shell's own input, where that is what a path means.
    pub(super) fn rest_of_input(&mut self, path: &str) -> Option<String> {
        let input = self.inputs.get_mut(self.fds.input).filter(|_| is_input(path))?;
        let text = input.rest()?.0.to_string();
        input.skip(text.len());
        Some(text)
    }
}

/// The words of a program that has written a part of its output: its files are not begun anew.
fn words_to_go_on(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if words.first().is_some_and(|word| word == "tee") && !words.iter().any(|word| word == "-a") {
        words.insert(1, "-a".to_string());
    }
    words
}
