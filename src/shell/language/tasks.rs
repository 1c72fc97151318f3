//! One task of a shell after another: lists, pipelines, loops, conditions. What single commands do stands elsewhere.

use super::compound_command::is_compound;
use super::expand::{Expanded, Expander, Halt};
use super::file_descriptors::{Fds, Input};
use super::machine::NEVER;
use super::state::{Event, ProcessGroup, Purpose, Role, Shell, ShellKind, Task};
use super::syntax::{Assigned, Command, Joint, List, Pipeline, Stage, Word};
use super::turn_io::Io;
use super::variables::Array;
use crate::shell::waiting::Prompt;
use std::rc::Rc;

/// The words of a simple command as they are written, as far as they need no value.
fn written(command: &Command) -> Vec<String> {
    let Command::Simple { assignments, words, .. } = command else { return Vec::new() };
    let assigned = assignments.iter().filter_map(|one| match &one.value {
        Assigned::Word(word) => Some(format!("{}={}", one.name, word.constant()?)),
        Assigned::Array(..) => None,
    });
    assigned.chain(words.iter().filter_map(Word::constant)).collect()
}

impl Shell {
    /// Runs until it is over or waits for something.
    pub fn run(&mut self, io: &mut Io<'_>) -> Event {
        let before = io.world.act_as(self.user.clone());
        let event = self.run_on(io);
        io.world.act_as(before);
        event
    }

    fn run_on(&mut self, io: &mut Io<'_>) -> Event {
        if self.started == NEVER {
            self.started = io.world.now();
        }
        self.run_jobs(io);
        let event = loop {
            if io.is_spent() && !self.tasks.is_empty() {
                break io.end_turn();
            }
            self.take_signal();
            let Some(task) = self.tasks.pop() else {
                match self.idle() {
                    Some(event) => break event,
                    None => continue,
                }
            };
            io.fuel -= 1;
            if let Some(event) = self.task(task, io) {
                break event;
            }
        };
        let is_over = matches!(event, Event::Exit(_));
        let reads_on = is_over && self.close_outlets(None);
        if reads_on || self.has_outlet_news() || self.role == Role::Console && self.has_new_jobs() {
            self.run_jobs(io);
        }
        // Jobs write beside it, and it may wait for them; what is due goes on now, and no earlier.
        let now = io.world.now();
        let has_answers = std::mem::take(&mut self.has_answers);
        match event {
            Event::Blocked if has_answers => Event::Sleep(now),
            Event::Sleep(until) => Event::Sleep(self.jobs_wake().map_or(until, |wake| wake.min(until)).max(now)),
            Event::Blocked => self.jobs_wake().map_or(Event::Blocked, |wake| Event::Sleep(wake.max(now))),
            event => event,
        }
    }

    /// Nothing is left: the end of a script, or a prompt.
    pub(super) fn idle(&mut self) -> Option<Event> {
        if self.is_interactive && !self.is_over {
            return Some(Event::Line(Prompt { text: self.prompt(), is_hidden: false }));
        }
        if let Some(trap) = self.traps.remove("EXIT").filter(|trap| !trap.is_empty()) {
            self.is_over = true;
            self.options.errexit = false;
            self.tasks.push(Task::Trapped(self.status));
            self.load(&trap);
            return None;
        }
        Some(Event::Exit(self.status))
    }

    /// Ends the shell: nothing but its last trap runs any more.
    pub(super) fn quit(&mut self, status: i64) {
        self.unwind(|_| false);
        self.status = status;
        // The page's own prompt stays; only the line is over.
        self.is_over = self.role != Role::Console || !self.is_interactive;
        self.options.errexit &= self.is_over;
    }

    /// Takes tasks away down to one that is meant, which stays. What they had changed is as before.
    pub(super) fn unwind(&mut self, is_meant: impl Fn(&Task) -> bool) -> bool {
        while let Some(task) = self.tasks.pop() {
            if is_meant(&task) {
                self.tasks.push(task);
                return true;
            }
            self.end(task);
        }
        false
    }

    /// What a task changed is as before.
    pub(super) fn end(&mut self, task: Task) {
        match task {
            Task::Traced => self.is_tracing = false,
            Task::Trapped(_) => self.is_line_kept = false,
            Task::Unguard => self.unchecked = self.unchecked.saturating_sub(1),
            Task::Fds(fds, count) => {
                self.fds = *fds;
                self.inputs.truncate(count);
            }
            Task::Shut(paths) => paths.iter().for_each(|path| _ = self.process_files.remove(path)),
            Task::Scope => self.variables.leave(),
            Task::Call(arguments) => {
                self.arguments = arguments;
                self.variables.leave();
                self.leave_call();
            }
            Task::Sourced(arguments) => {
                if let Some(arguments) = arguments {
                    self.arguments = arguments;
                }
                self.leave_call();
            }
            _ => {}
        }
    }

    /// Does one task. Says what the shell waits for, if it does.
    pub(super) fn task(&mut self, task: Task, io: &mut Io<'_>) -> Option<Event> {
        match task {
            // A script is only looked at (`sh -n`).
            Task::List(..) | Task::Stage(..) if self.options.noexec => {}
            Task::List(list, at) => self.list(list, at, io),
            Task::Stage(stage, captured) => self.stage(&stage, captured, io),
            Task::For { name, values, body, heading } => self.next_value(name, values, body, heading, io),
            Task::Count { sums, body } => self.count(sums, body, io),
            Task::CountTest { parts, body, last } => self.count_test(parts, body, last),
            Task::CountStep { parts, body } => self.count_step(parts, body),
            Task::While { is_until, condition, body } => self.test_loop(is_until, condition, body, self.status),
            Task::WhileTest { is_until, condition, body, last, granted } => {
                // What is waited for with the help of something that nobody here can run has come.
                let waits = is_until || self.role != Role::Main;
                let is_unknown = self.granted != granted && waits;
                let goes_on = (self.status == 0) != is_until && !is_unknown;
                if !goes_on {
                    self.status = last;
                } else {
                    self.tasks.push(Task::While { is_until, condition, body: Rc::clone(&body) });
                    self.tasks.push(Task::List(body, 0));
                }
            }
            Task::IfTest { branches, at, otherwise } => self.branch(branches, at, otherwise),
            Task::Negate => self.status = i64::from(self.status == 0),
            Task::Check => self.check_status(),
            Task::Leave(status) => self.quit(status),
            Task::WaitNext(pids, name) => return self.wait_next(pids, name),
            Task::Outlets(paths) => self.pass_to_outlets(&paths, io),
            Task::Group(group) => return self.group_step(group, io),
            Task::Program(program) => return self.program_step(*program, io),
            Task::Invoke(words) => return self.invoke(words, None, io),
            Task::Asker(asker) => return self.answer(*asker, io),
            Task::GoOn(words, so_far) => return self.invoke(words, Some(so_far), io),
            Task::Read(words) => return self.read(words, io),
            Task::Wait(wanted) => return self.wait(wanted, io),
            Task::Replace => self.quit(self.status),
            Task::Timed(began, timing) => self.say_time(began, timing, io),
            Task::Trapped(status) => (self.status, self.is_line_kept) = (status, false),
            Task::Traced => self.is_tracing = false,
            // `xargs` runs nothing more then.
            Task::Each(..) if self.status == 255 && self.wrapper.as_deref() == Some("xargs") => {
                let name = self.running.first().cloned().unwrap_or_default();
                self.emit(2, &format!("xargs: {name}: exited with status 255; aborting\n"), io);
                self.status = 124;
            }
            Task::Each(mut commands, has_failed) => {
                let has_failed = has_failed || self.status != 0;
                match commands.pop() {
                    Some(words) => {
                        self.status = 0;
                        self.tasks.push(Task::Each(commands, has_failed));
                        self.tasks.push(Task::Invoke(Rc::new(words)));
                    }
                    None => self.status = if has_failed { 123 } else { 0 },
                }
            }
            Task::Rest(text, by) => self.load_of(&text, by.as_deref()),
            Task::Broken(broken) => self.broken(&broken, io),
            task => self.end(task),
        }
        None
    }

    pub(super) fn list(&mut self, list: Rc<List>, at: usize, io: &mut Io<'_>) {
        let Some((joint, pipeline)) = list.get(at) else { return };
        let runs = match joint {
            Joint::Always => true,
            Joint::And => self.status == 0,
            Joint::Or => self.status != 0,
        };
        let is_joined = list.get(at + 1).is_some_and(|next| next.0 != Joint::Always);
        let pipeline = Rc::clone(pipeline);
        if at + 1 < list.len() {
            self.tasks.push(Task::List(list, at + 1));
        }
        if runs {
            self.pipeline(&pipeline, !is_joined, io);
        }
    }

    pub(super) fn pipeline(&mut self, pipeline: &Rc<Pipeline>, is_checked: bool, io: &mut Io<'_>) {
        if pipeline.is_background {
            return self.start_job(pipeline, io);
        }
        if let Some(timing) = pipeline.timing {
            self.tasks.push(Task::Timed(io.world.now(), timing));
        }
        let is_compound = matches!(pipeline.stages.as_slice(), [stage] if is_compound(&stage.command));
        if !is_checked || pipeline.is_negated {
            self.unchecked += 1;
            self.tasks.push(Task::Unguard);
        } else if !is_compound {
            self.tasks.push(Task::Check);
        }
        if pipeline.is_negated {
            self.tasks.push(Task::Negate);
        }
        match pipeline.stages.as_slice() {
            [stage] => self.tasks.push(Task::Stage(Rc::clone(stage), Vec::new())),
            stages => self.start_pipe(stages, io),
        }
    }

    /// Expands what a command needs. What has to run first is put on top; then the command is done anew.
    pub(super) fn expanding<T>(
        &mut self,
        stage: &Rc<Stage>,
        captured: Vec<(String, i64)>,
        io: &mut Io<'_>,
        expand: impl FnOnce(&mut Expander<'_>) -> Expanded<T>,
    ) -> Option<T> {
        let before = self.variables.clone();
        let status = self.status;
        self.capture_status = None;
        let files_before = self.process_files.clone();
        self.outlets.clear();
        let mut expander = Expander { shell: self, world: &mut *io.world, captured: &captured, used: 0 };
        match expand(&mut expander) {
            Ok(value) => {
                let is_new = |path: &&String| !files_before.contains_key(*path);
                let opened: Vec<String> = self.process_files.keys().filter(is_new).cloned().collect();
                if !opened.is_empty() {
                    self.tasks.push(Task::Shut(opened));
                }
                Some(value)
            }
            Err(Halt::Capture(list, trims)) => {
                self.process_files = files_before;
                // The commands see what was assigned before them; then everything is done anew.
                self.status = status;
                self.tasks.push(Task::Stage(Rc::clone(stage), captured));
                self.start_capture(&list, trims, io);
                self.variables = before;
                None
            }
            Err(Halt::Fail(message)) if self.kind == ShellKind::Bash && !self.is_interactive && !self.is_subshell => {
                let message = self.complain(&message);
                self.emit(2, &message, io);
                self.drop_line();
                self.status = 1;
                None
            }
            Err(Halt::Fail(message)) => {
                self.fail(&message, 1, io);
                None
            }
            Err(Halt::NoMatch(pattern)) => {
                let message = self.complain(&format!("no match: {pattern}"));
                self.emit(2, &message, io);
                self.drop_line();
                self.status = 1;
                None
            }
            Err(Halt::Unset(message)) => {
                let status = if self.is_subshell || self.has_lines && !self.is_command { 1 } else { 127 };
                self.fail(&message, if self.kind == ShellKind::Bash { status } else { 2 }, io);
                None
            }
        }
    }

    /// A mistake after which a script goes on with its next line.
    fn drop_line(&mut self) {
        // What is read now, be it a file, goes on with its own next line.
        let start = self.tasks.iter().rposition(|task| matches!(task, Task::Sourced(_))).map_or(0, |at| at + 1);
        let rest = self.tasks.iter().skip(start).take_while(|task| matches!(task, Task::Broken(_) | Task::Rest(..)));
        let base = start + rest.count();
        let is_called = !self.calls.is_empty();
        let has_list = matches!(self.tasks.get(base), Some(Task::List(..)));
        while self.tasks.len() > base + usize::from(has_list) {
            let task = self.tasks.pop();
            task.into_iter().for_each(|task| self.end(task));
        }
        if let Some(Task::List(list, next)) = self.tasks.last_mut().filter(|_| has_list) {
            let begun = next.checked_sub(1).and_then(|at| list.get(at)?.1.stages.first()).map_or(0, |stage| stage.line);
            // Inside a function the line is of another place.
            let line = if is_called { begun } else { begun.max(self.line) };
            let is_here = |pipeline: &Pipeline| pipeline.stages.first().is_some_and(|stage| stage.line <= line);
            while list.get(*next).is_some_and(|(_, pipeline)| is_here(pipeline)) {
                *next += 1;
            }
        }
    }

    /// A mistake that ends a script, and a line at a terminal.
    pub(super) fn fail(&mut self, message: &str, status: i64, io: &mut Io<'_>) {
        let message = self.complain(message);
        self.emit(2, &message, io);
        self.break_off(if self.kind == ShellKind::Bash { status } else { 2 });
    }

    pub(super) fn stage(&mut self, stage: &Rc<Stage>, captured: Vec<(String, i64)>, io: &mut Io<'_>) {
        if let Command::Simple { .. } = &stage.command {
            if !self.is_line_kept {
                self.line = stage.line;
            }
            if captured.is_empty() && self.is_traced_now() {
                return self.trace_command(stage);
            }
            return self.simple(stage, captured, io);
        }
        if !stage.redirects.is_empty() && !matches!(stage.command, Command::Function { .. }) {
            self.line = stage.line;
            let routes = |expander: &mut Expander<'_>| expander.routes(&stage.redirects);
            let Some(routes) = self.expanding(stage, captured, io, routes) else { return };
            let inner = Stage { command: stage.command.clone(), redirects: Vec::new(), line: stage.line };
            if self.take_routes(routes, io) {
                self.tasks.push(Task::Stage(Rc::new(inner), Vec::new()));
            } else if is_compound(&stage.command) && self.kind != ShellKind::Ash {
                // Nothing inside has failed, and the command has. BusyBox goes on.
                self.check_status();
            }
            return;
        }
        self.enter(stage, captured, io);
    }

    /// Whether bash's trap on `DEBUG` comes before the command that is next.
    fn is_traced_now(&mut self) -> bool {
        if self.kind != ShellKind::Bash || self.traps.get("DEBUG").is_none_or(String::is_empty) {
            return false;
        }
        let is_inside = || self.tasks.iter().any(|task| matches!(task, Task::Call(_)));
        !self.is_tracing && !self.is_subshell && !is_inside() && !std::mem::take(&mut self.has_traced)
    }

    fn trace_command(&mut self, stage: &Rc<Stage>) {
        let trap = self.traps.get("DEBUG").cloned().unwrap_or_default();
        (self.is_tracing, self.has_traced, self.is_line_kept) = (true, true, true);
        self.running = Rc::new(written(&stage.command));
        self.tasks.push(Task::Stage(Rc::clone(stage), Vec::new()));
        self.tasks.push(Task::Trapped(self.status));
        self.tasks.push(Task::Traced);
        self.load(&trap);
    }

    /// Puts the streams of a command in place. Returns whether they could be had.
    pub(super) fn take_routes(&mut self, routes: Result<(Fds, Vec<Input>), String>, io: &mut Io<'_>) -> bool {
        match routes {
            Ok((fds, inputs)) => {
                let before = std::mem::replace(&mut self.fds, fds);
                self.tasks.push(Task::Fds(Box::new(before), self.inputs.len()));
                self.inputs.extend(inputs);
                true
            }
            Err(message) => {
                let message = self.complain(&message);
                self.emit(2, &message, io);
                self.status = if self.kind == ShellKind::Dash { 2 } else { 1 };
                false
            }
        }
    }

    /// Remembers the exit codes of a pipeline's commands.
    pub(super) fn keep_statuses(&mut self, statuses: &[i64]) {
        if self.kind == ShellKind::Bash {
            let list = statuses.iter().enumerate();
            let list = list.map(|(at, status)| (i64::try_from(at).unwrap_or(0), status.to_string())).collect();
            _ = self.variables.set_array("PIPESTATUS", Array::List(list));
        }
    }

    pub(super) fn push_group(&mut self, members: Vec<Shell>, purpose: Purpose) {
        self.tasks.push(Task::Group(Box::new(ProcessGroup::new(members, purpose))));
    }
}
