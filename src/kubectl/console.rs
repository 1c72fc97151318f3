//! The terminal: a line goes in, marked-up text comes out, and a waiting command goes on as the cluster does.

mod background;
mod typing;

pub use background::Waiting;

use super::command::{Cx, Failure, Flow, Job, Sleep, State};
use super::completion::{self, Completions};
use super::console_commands;
use super::files::{self, tidy_path};
use super::host::{Host, Pause};
use super::output::{Line, Output, Prompt, Stream};
use super::verbs;
use crate::i18n::Lang;
use crate::model::Millis;
use crate::shell::expand;
use crate::shell::flow::{Next, Tasks};
use crate::shell::language::limits::LIMITS;
use crate::shell::parse::{self, ParseError, Part, Pipeline, Stage, Word, parse};
use background::Background;
use std::collections::VecDeque;
use std::rc::Rc;
use typing::{Command, Typing, is_plain, stdin_of, strip_prompt, xargs};

/// A pipeline that is under way.
#[derive(Clone, Debug)]
struct Running {
    /// Its commands; those before `at` have ended.
    commands: Rc<Vec<Command>>,
    at: usize,
    /// What the command at `at` waits for.
    job: Box<dyn Job>,
    /// What the command at `at` said so far, if somebody behind it reads it.
    carried: Output,
    is_background: bool,
}

/// How a pipeline stands after a step.
enum Progress {
    Ended(i32),
    Waits(Running),
}

/// What happens when the part of a pipeline that is on top of the tasks is over.
#[derive(Clone, Debug)]
enum After {
    /// What it said goes into the stages from this one on.
    Stages(Rc<Vec<Stage>>, usize),
    /// What it said goes where this command's output goes.
    Redirect(Command),
    /// The lines that it read from are forgotten.
    Input,
}

/// A terminal session: files of the working directory, settings, and what runs in the foreground.
///
/// Invariants:
/// - While something is in the foreground, commands wait in `tasks` and lines in `typed`.
/// - Every mark among the tasks has its place in `after`; `captures` has one for each of them that collects.
#[derive(Clone, Debug, Default)]
pub struct Console {
    state: State,
    typed: VecDeque<String>,
    pending: String,
    /// The line that ends the open here-document of `pending`.
    here_end: Option<String>,
    tasks: Tasks,
    after: Vec<After>,
    captures: Vec<Output>,
    /// What `read` reads, one for each loop that has something of its own.
    inputs: Vec<VecDeque<String>>,
    foreground: Option<Running>,
    background: Vec<Background>,
    background_count: u32,
    status: i64,
    /// Whether the lines that were entered have started a program already.
    has_started: bool,
    /// What was run since virtual time went on, and how deep commands stand in each other.
    steps: u32,
    depth: u32,
    history: Rc<Vec<String>>,
    /// Limits that were met and not yet told of.
    complaints: Vec<String>,
}

/// The most lines that are remembered.
const HISTORY_MAX: usize = 500;
/// The most steps that are run without virtual time passing, so that an endless loop cannot hold the page.
const STEPS_MAX: u32 = 2000;
/// How long a loop that never waits is taken to have run when the limit is met.
const BUSY: Millis = Millis(1000);
/// How deep commands may stand in each other.
const DEPTH_MAX: u32 = 10;
/// The longest file, in bytes.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many steps a kubectl command counts for.
const KUBECTL_STEPS: u32 = 40;

impl Console {
    /// Runs a line, or several. A command that waits stays in the foreground; see [`Console::poll`].
    pub fn enter(&mut self, line: &str, host: &mut dyn Host) -> Output {
        self.typed.extend(line.trim_end_matches('\n').split('\n').map(|line| line.trim_end_matches('\r').to_string()));
        let mut out = Output::default();
        self.has_started &= self.foreground.is_some();
        self.pump(host, &mut out);
        out
    }

    /// Lets waiting commands look at the cluster again, after a change or when their time has come.
    pub fn poll(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        for job in std::mem::take(&mut self.background) {
            self.poll_background(job, host, &mut out);
        }
        if let Some(running) = self.foreground.take() {
            let progress = self.go_on(running, None, host, &mut out);
            self.settle(progress);
            self.pump(host, &mut out);
        }
        out
    }

    /// Ctrl-C: ends what is in the foreground. Lines that wait for it are run then, as they were typed to be.
    pub fn interrupt(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        self.pending.clear();
        self.here_end = None;
        match self.foreground.take() {
            None => {}
            Some(running) => {
                let mut cx = Cx::new(host, &mut self.state);
                let (job, running) = running.without_job();
                match job.interrupt(&mut cx) {
                    Some(flow) => {
                        let said = cx.out;
                        let progress = self.after(running, flow, said, host, &mut out);
                        self.settle(progress);
                        self.pump(host, &mut out);
                    }
                    None => {
                        self.forget();
                        self.status = 130;
                        out.lines.push(Line::plain(Stream::Out, "^C"));
                        out.exit = Some(130);
                        if !self.typed.is_empty() {
                            self.pump(host, &mut out);
                        }
                    }
                }
            }
        }
        out
    }

    /// Gives `kubectl edit` its text back; `None` if the editor was closed without saving.
    pub fn answer(&mut self, text: Option<&str>, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        match self.foreground.take() {
            Some(running) if running.job.is_editing() => self.answer_edit(running, text, host, &mut out),
            other => self.foreground = other,
        }
        self.pump(host, &mut out);
        out
    }

    fn answer_edit(&mut self, running: Running, text: Option<&str>, host: &mut dyn Host, out: &mut Output) {
        let (job, running) = running.without_job();
        let mut cx = Cx::new(host, &mut self.state);
        let flow = job.answer(text, &mut cx);
        let said = cx.out;
        let progress = self.after(running, flow, said, host, out);
        self.settle(progress);
    }

    /// Whether `kubectl edit` waits for its text.
    pub fn is_editing(&self) -> bool {
        self.foreground.as_ref().is_some_and(|running| running.job.is_editing())
    }

    /// Ctrl-D on an empty line: ends a shell in a container.
    pub fn end_of_input(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        if let Some(running) = self.foreground.take() {
            let mut cx = Cx::new(host, &mut self.state);
            let (job, running) = running.without_job();
            let flow = job.end_of_input(&mut cx);
            let said = cx.out;
            let progress = self.after(running, flow, said, host, &mut out);
            self.settle(progress);
            self.pump(host, &mut out);
        }
        out
    }

    /// Whether a command is in the foreground that takes no lines.
    pub fn is_busy(&self) -> bool {
        self.foreground.as_ref().is_some_and(|running| shell_prompt(running).is_none())
    }

    /// Whether a line that is typed next is read by the console's own shell, and not inside a container.
    pub fn is_at_home(&self) -> bool {
        self.foreground.is_none()
    }

    /// When a waiting command wants to be polled even if nothing changes.
    pub fn wakes_at(&self) -> Option<Millis> {
        let jobs = self.foreground.iter().chain(self.background.iter().map(|job| &job.running));
        jobs.filter_map(|running| running.job.wakes_at()).min()
    }

    /// What stands before the cursor.
    pub fn prompt(&self) -> Prompt {
        match &self.foreground {
            Some(running) => shell_prompt(running).unwrap_or_default(),
            None if !self.pending.is_empty() => Prompt { text: "> ".into(), is_hidden: false },
            None => Prompt { text: "$ ".into(), is_hidden: false },
        }
    }

    /// What could stand at byte offset `cursor` of `line`.
    pub fn complete(&self, line: &str, cursor: usize, host: &dyn Host) -> Completions {
        if self.foreground.is_some() || !self.pending.is_empty() {
            return Completions::default();
        }
        completion::complete(line, cursor, &self.state, host.cluster())
    }

    /// The lines that were typed, oldest first.
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// The language of hints.
    pub fn lang(&self) -> Lang {
        self.state.lang
    }

    /// Chooses the language of hints.
    pub fn set_lang(&mut self, lang: Lang) {
        self.state.lang = lang;
    }

    /// Puts a file into the working directory.
    pub fn put_file(&mut self, name: &str, text: &str) {
        Rc::make_mut(&mut self.state.files).insert(name.to_string(), text.to_string());
    }

    /// Takes typed lines and what is still to be done as long as nothing waits.
    fn pump(&mut self, host: &mut dyn Host, out: &mut Output) {
        let mut has_run = false;
        self.steps = 0;
        loop {
            if self.is_editing() && !self.typed.is_empty() {
                self.end_edit(host, out);
            } else if let Some(running) = self.foreground.take() {
                let can_take = shell_prompt(&running).is_some();
                // Lines that nothing takes wait for what runs to end.
                match if can_take { self.typed.pop_front() } else { None } {
                    Some(line) => {
                        let progress = self.go_on(running, Some(line), host, out);
                        self.settle(progress);
                    }
                    None => {
                        self.foreground = Some(running);
                        return;
                    }
                }
            } else if !self.tasks.is_empty() {
                has_run = true;
                if self.steps > STEPS_MAX {
                    let job = Box::new(Sleep(host.cluster().now() + BUSY));
                    self.foreground = Some(Running::new(Rc::default(), 0, job));
                    return;
                }
                self.step(host, out);
                std::mem::take(&mut self.complaints).into_iter().for_each(|text| out.err(text));
            } else if let Some(line) = self.typed.pop_front() {
                self.read(&line, out);
            } else {
                break;
            }
        }
        if has_run || out.exit.is_none() && self.pending.is_empty() {
            out.exit = Some(exit_of(self.status));
        }
    }

    /// A line is typed while `kubectl edit` waits: whatever the editor holds is its answer.
    fn end_edit(&mut self, host: &mut dyn Host, out: &mut Output) {
        let text = host.editor_text().to_string();
        // Applying what the editor holds means nothing but the answer.
        if self.typed.front().is_some_and(|line| line.trim() == format!("kubectl apply -f {}", files::EDITOR_FILE)) {
            self.typed.pop_front();
        }
        if let Some(running) = self.foreground.take() {
            self.answer_edit(running, Some(&text), host, out);
        }
    }

    /// Reads a line, together with the open ones before it, and puts its commands on top of the tasks.
    fn read(&mut self, line: &str, out: &mut Output) {
        let is_inside = self.here_end.as_ref().is_some_and(|end| *end != line.trim_start_matches('\t'));
        let text = match self.pending.is_empty() {
            true => strip_prompt(line).to_string(),
            false => format!("{}\n{line}", std::mem::take(&mut self.pending)),
        };
        if is_inside {
            self.pending = text;
            return;
        }
        self.here_end = None;
        match parse(&text) {
            Ok(list) => {
                if !list.is_empty() {
                    self.tasks.push(Rc::new(list));
                }
                if !text.trim().is_empty() {
                    let history = Rc::make_mut(&mut self.history);
                    history.push(text);
                    if history.len() > HISTORY_MAX {
                        history.remove(0);
                    }
                }
            }
            Err(ParseError::Incomplete) => self.pending = text,
            Err(ParseError::InHere(end)) => {
                self.here_end = Some(end);
                self.pending = text;
            }
            Err(ParseError::Unexpected(what)) => {
                self.status = 2;
                out.err(format!("bash: syntax error near unexpected token `{what}'"));
            }
        }
    }

    /// Does the next of what is to be done. Returns whether there was anything.
    fn step(&mut self, host: &mut dyn Host, out: &mut Output) -> bool {
        self.steps += 1;
        let mut status = self.status;
        let next = self.tasks.next(&mut status);
        self.status = status;
        match next {
            None => return false,
            Some(Next::Nothing | Next::Restore(_)) => {}
            Some(Next::Set(name, value)) => self.set(&name, value),
            Some(Next::Run(pipeline)) => self.run(pipeline, host, out),
            Some(Next::Mark) => self.end_part(host, out),
        }
        true
    }

    fn set(&mut self, name: &str, value: String) {
        if value.len() > LIMITS.value {
            self.status = 1;
            return self
                .complaints
                .push(format!("bash: {name}: values end at {} KiB in this lab", LIMITS.value / 1024));
        }
        Rc::make_mut(&mut self.state.variables).insert(name.to_string(), value);
    }

    /// Forgets what was to be done.
    fn forget(&mut self) {
        self.tasks.clear();
        self.after.clear();
        self.captures.clear();
        self.inputs.clear();
    }

    /// What was said goes to the screen, or to whoever collects it.
    fn emit(&mut self, mut said: Output, out: &mut Output) {
        if let Some(capture) = self.captures.last_mut() {
            capture.append(take_out(&mut said));
        }
        out.append(said);
    }

    /// What a script says: `$(…)`, as far as it does not wait.
    fn capture(&mut self, script: &str, host: &mut dyn Host, out: &mut Output) -> String {
        if self.depth >= DEPTH_MAX {
            return String::new();
        }
        let list = match parse(script) {
            Ok(list) => list,
            Err(_) => {
                out.err(format!("bash: command substitution: syntax error in `{script}'"));
                return String::new();
            }
        };
        let (tasks, after) = (std::mem::take(&mut self.tasks), std::mem::take(&mut self.after));
        let level = self.captures.len();
        self.captures.push(Output::default());
        self.depth += 1;
        self.tasks.push(Rc::new(list));
        while self.steps <= STEPS_MAX && self.foreground.is_none() && self.step(host, out) {}
        self.foreground = None;
        self.depth -= 1;
        (self.tasks, self.after) = (tasks, after);
        self.captures.truncate(level + 1);
        let said = self.captures.pop().unwrap_or_default();
        text_of(&said).trim_end_matches('\n').to_string()
    }

    fn run(&mut self, pipeline: Pipeline, host: &mut dyn Host, out: &mut Output) {
        if pipeline.is_negated {
            self.tasks.push_negation();
        }
        if pipeline.is_background && pipeline.stages.iter().all(is_plain) {
            let commands = self.expand(&pipeline.stages, host, out);
            if let Progress::Waits(mut running) = self.start(Rc::new(commands), 0, None, host, out) {
                running.is_background = true;
                self.background_count += 1;
                let number = self.background_count;
                out.out(format!("[{number}]"));
                self.background.push(Background { number, running, rest: Default::default(), was_in_front: false });
            }
            self.status = 0;
            return;
        }
        self.stages(Rc::new(pipeline.stages), 0, None, host, out);
    }

    /// Runs the stages of a pipeline from one on: plain commands beside each other, loops as tasks of their own.
    fn stages(
        &mut self,
        stages: Rc<Vec<Stage>>,
        from: usize,
        input: Option<Output>,
        host: &mut dyn Host,
        out: &mut Output,
    ) {
        let behind = stages.get(from..).unwrap_or(&[]);
        let plain = behind.iter().take_while(|stage| is_plain(stage)).count();
        if plain > 0 {
            let commands = self.expand(behind.get(..plain).unwrap_or(&[]), host, out);
            if plain < behind.len() {
                self.collect(After::Stages(Rc::clone(&stages), from + plain));
            }
            if let ([Command { words, .. }], 1, None) = (commands.as_slice(), behind.len(), &input) {
                let mut said = Output::default();
                if let Some(exit) = self.run_own(words, &mut said) {
                    self.status = i64::from(exit);
                    return self.emit(said, out);
                }
            }
            let progress = self.start(Rc::new(commands), 0, input, host, out);
            return self.settle(progress);
        }
        let Some(stage) = behind.first() else { return };
        let command = self.expand(std::slice::from_ref(stage), host, out).pop().unwrap_or_default();
        if behind.len() > 1 {
            self.collect(After::Stages(Rc::clone(&stages), from + 1));
        } else if command.output_file.is_some() {
            self.collect(After::Redirect(command.clone()));
        }
        let read = command.input_file.as_ref().and_then(|file| self.state.files.get(file).cloned());
        let lines = command.here.clone().or(read).or(input.map(|input| text_of(&input)));
        if let Command { words, .. } = &command
            && words.first().is_some_and(|word| word == "xargs")
        {
            for words in xargs(words, &lines.unwrap_or_default()).into_iter().rev() {
                let quoted = words.into_iter().map(|word| Word(vec![(Part::Text(word), true)])).collect();
                let command = parse::Command::Simple { assignments: Vec::new(), words: quoted };
                self.tasks.push_command(Stage { command, redirects: Vec::new() });
            }
            return;
        }
        if let Some(lines) = lines {
            self.inputs.push(lines.lines().map(str::to_string).collect());
            self.after.push(After::Input);
            self.tasks.push_mark();
        }
        let mut tasks = std::mem::take(&mut self.tasks);
        let mut typing = Typing { console: self, host, out };
        tasks.enter(&stage.command, &mut |words| expand::words(&mut typing, words), &|| None);
        self.tasks = tasks;
    }

    /// Collects what is said from now on until the tasks that are put on top next are done.
    fn collect(&mut self, after: After) {
        self.after.push(after);
        self.captures.push(Output::default());
        self.tasks.push_mark();
    }

    /// The part of a pipeline on top of the tasks is over.
    fn end_part(&mut self, host: &mut dyn Host, out: &mut Output) {
        match self.after.pop() {
            None => {}
            Some(After::Input) => _ = self.inputs.pop(),
            Some(After::Stages(stages, at)) => {
                let said = self.captures.pop().unwrap_or_default();
                self.stages(stages, at, Some(said), host, out);
            }
            Some(After::Redirect(command)) => {
                let said = self.captures.pop().unwrap_or_default();
                let (file, appends) = command.output_file.unwrap_or_default();
                self.write_file(&file, &text_of(&said), appends);
            }
        }
    }

    /// Commands that concern the console itself.
    fn run_own(&mut self, words: &[String], out: &mut Output) -> Option<i32> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["history"] => {
                for (number, line) in self.history.iter().enumerate() {
                    out.out(format!("{:5}  {line}", number + 1));
                }
                Some(0)
            }
            ["jobs"] => {
                for (number, line) in self.jobs() {
                    out.out(format!("[{number}]  Running  {line}"));
                }
                Some(0)
            }
            ["kill", numbers @ ..] if !numbers.is_empty() => {
                let mut exit = 0;
                for number in numbers {
                    if !number.trim_start_matches('%').parse().is_ok_and(|number| self.end_job(number)) {
                        out.err(format!("bash: kill: {number}: no such job"));
                        exit = 1;
                    }
                }
                Some(exit)
            }
            ["break"] | ["continue"] => {
                for ended in self.tasks.leave_loop(words == ["break"]) {
                    if let Next::Mark = ended
                        && let Some(After::Stages(..) | After::Redirect(_)) = self.after.pop()
                    {
                        self.captures.pop();
                    }
                }
                Some(0)
            }
            ["read", names @ ..] => {
                let names: Vec<&str> = names.iter().copied().filter(|name| !name.starts_with('-')).collect();
                let line = self.inputs.last_mut().and_then(VecDeque::pop_front);
                let text = line.clone().unwrap_or_default();
                let mut rest = text.trim();
                for (number, name) in names.iter().enumerate() {
                    let is_last = number + 1 == names.len();
                    let (word, behind) = match rest.split_once(char::is_whitespace) {
                        Some((word, behind)) if !is_last => (word, behind.trim_start()),
                        _ => (rest, ""),
                    };
                    self.set(name, word.to_string());
                    rest = behind;
                }
                Some(i32::from(line.is_none()))
            }
            ["fg", numbers @ ..] => {
                let number = numbers.first().map(|number| number.trim_start_matches('%').parse().unwrap_or(0));
                match self.bring_back(number) {
                    Some(line) => {
                        out.out(line);
                        Some(0)
                    }
                    None => {
                        out.err(format!("bash: fg: {}: no such job", numbers.first().unwrap_or(&"current")));
                        Some(1)
                    }
                }
            }
            _ => None,
        }
    }

    /// Starts the command at `at` with what the one before it said.
    fn start(
        &mut self,
        commands: Rc<Vec<Command>>,
        at: usize,
        input: Option<Output>,
        host: &mut dyn Host,
        out: &mut Output,
    ) -> Progress {
        let Some(command) = commands.get(at).cloned() else { return Progress::Ended(exit_of(self.status)) };
        if let Some((file, false)) = &command.output_file {
            self.write_file(file, "", false);
        }
        let mut stdin = input.as_ref().map(text_of);
        if let Some(here) = &command.here {
            stdin = Some(here.clone());
        }
        // The first command starts with the key press, each later one when its program is there.
        if is_kubectl(&command.words) {
            self.steps = self.steps.saturating_add(KUBECTL_STEPS);
        }
        if is_kubectl(&command.words) && std::mem::replace(&mut self.has_started, true) {
            host.pause(Pause::Command);
        }
        let mut cx = Cx { stdin, ..Cx::new(host, &mut self.state) };
        if let Some(file) = command.input_file.as_ref().filter(|file| *file != "/dev/null") {
            match files::read_file(file, &cx) {
                Some(text) => cx.stdin = Some(text),
                None => {
                    out.err(format!("bash: {file}: No such file or directory"));
                    return Progress::Ended(1);
                }
            }
        }
        let result = match command.words.split_first() {
            // Nothing but assignments, or a redirection alone.
            None if stdin_of(&command).is_none() && input.is_none() => Ok(Flow::Done(0)),
            None => console_commands::run("cat", &[], input.as_ref(), &mut cx),
            Some((_, rest)) if is_kubectl(&command.words) => verbs::run(rest, &mut cx),
            Some((name, _)) => console_commands::run(name, &command.words, input.as_ref(), &mut cx),
        };
        let flow = settle_result(result, &mut cx);
        let said = cx.out;
        let running = Running::new(commands, at, Box::new(Sleep(Millis::ZERO)));
        self.after(running, flow, said, host, out)
    }

    /// Polls a waiting command, or sends it a line.
    fn go_on(&mut self, running: Running, line: Option<String>, host: &mut dyn Host, out: &mut Output) -> Progress {
        let mut cx = Cx::new(host, &mut self.state);
        let (job, running) = running.without_job();
        let flow = match line {
            Some(line) => job.line(&line, &mut cx),
            None => job.poll(&mut cx),
        };
        let said = cx.out;
        self.after(running, flow, said, host, out)
    }

    /// Takes what a command said and goes on to the next one when it has ended.
    fn after(
        &mut self,
        mut running: Running,
        flow: Flow,
        said: Output,
        host: &mut dyn Host,
        out: &mut Output,
    ) -> Progress {
        let command = running.commands.get(running.at).cloned().unwrap_or_default();
        let is_last = running.at + 1 >= running.commands.len();
        let mut said = said;
        match &command.error_file {
            Some(None) => move_lines(&mut said, Stream::Err, Stream::Out),
            Some(Some(file)) => {
                let is_error = |line: &Line| line.stream == Stream::Err;
                let text: String =
                    said.lines.iter().filter(|line| is_error(line)).map(|line| line.text() + "\n").collect();
                said.lines.retain(|line| !is_error(line));
                self.write_file(file, &text, true);
            }
            None => {}
        }
        if command.is_error {
            move_lines(&mut said, Stream::Out, Stream::Err);
        }
        let exit = match flow {
            Flow::Done(exit) => Some(exit),
            Flow::Wait(_) => None,
        };
        if let Some((file, _)) = &command.output_file {
            let text = take_out(&mut said);
            self.write_file(file, &text_of(&text), true);
            out.append(said);
        } else if is_last && running.is_background {
            out.append(said);
        } else if is_last {
            self.emit(said, out);
        } else {
            running.carried.append(take_out(&mut said));
            out.append(said);
        }
        match flow {
            Flow::Wait(job) => Progress::Waits(Running { job, ..running }),
            Flow::Done(_) if is_last => Progress::Ended(exit.unwrap_or(0)),
            Flow::Done(_) => {
                let is_background = running.is_background;
                match self.start(running.commands, running.at + 1, Some(running.carried), host, out) {
                    Progress::Waits(next) => Progress::Waits(Running { is_background, ..next }),
                    ended => ended,
                }
            }
        }
    }

    fn settle(&mut self, progress: Progress) {
        match progress {
            Progress::Ended(exit) => self.status = i64::from(exit),
            Progress::Waits(running) => self.foreground = Some(running),
        }
    }

    fn write_file(&mut self, name: &str, text: &str, appends: bool) {
        if name == "/dev/null" {
            return;
        }
        let files = Rc::make_mut(&mut self.state.files);
        let file = files.entry(tidy_path(name)).or_default();
        if !appends {
            file.clear();
        }
        if file.len() + text.len() > FILE_BYTES_MAX {
            self.status = 1;
            return self.complaints.push(format!("bash: {name}: No space left on device"));
        }
        file.push_str(text);
    }
}

fn is_kubectl(words: &[String]) -> bool {
    words.first().is_some_and(|name| name == "kubectl" || name == "k")
}

fn settle_result(result: Result<Flow, Failure>, cx: &mut Cx<'_>) -> Flow {
    match result {
        Ok(flow) => flow,
        Err(Failure::Said) => Flow::Done(1),
        Err(failure) => Flow::Done(cx.fail(&failure)),
    }
}

/// The prompt of a shell that wants a line.
fn shell_prompt(running: &Running) -> Option<Prompt> {
    running.job.prompt()
}

/// Takes the lines of standard output out of what was said.
fn take_out(said: &mut Output) -> Output {
    let (out, rest) = std::mem::take(&mut said.lines).into_iter().partition(|line| line.stream == Stream::Out);
    said.lines = rest;
    Output { lines: out, is_unterminated: std::mem::take(&mut said.is_unterminated), ..Output::default() }
}

fn move_lines(said: &mut Output, from: Stream, to: Stream) {
    said.lines.iter_mut().filter(|line| line.stream == from).for_each(|line| line.stream = to);
}

fn exit_of(status: i64) -> i32 {
    i32::try_from(status).unwrap_or(1)
}

impl Running {
    fn new(commands: Rc<Vec<Command>>, at: usize, job: Box<dyn Job>) -> Running {
        Running { commands, at, job, carried: Output::default(), is_background: false }
    }

    /// What it waits for, and the rest of it.
    fn without_job(mut self) -> (Box<dyn Job>, Running) {
        let job = std::mem::replace(&mut self.job, Box::new(Sleep(Millis::ZERO)));
        (job, self)
    }
}

/// The text of what was said.
pub(super) fn text_of(output: &Output) -> String {
    let mut text = String::new();
    for line in &output.lines {
        text.push_str(&line.text());
        text.push('\n');
    }
    if output.is_unterminated {
        text.pop();
    }
    text
}
