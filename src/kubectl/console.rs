//! The terminal: a line goes in, marked-up text comes out, and a waiting command goes on as the cluster does.

use super::command::{Cx, Failure, Flow, State};
use super::completion;
use super::host::{Host, Pause};
use super::jobs::Job;
use super::output::{Line, Output, Stream};
use super::tools;
use super::verbs;
use super::words::{self, Command, Pipeline, When, WordsError};
use crate::i18n::Lang;
use crate::model::Millis;
use std::collections::VecDeque;
use std::rc::Rc;

/// What stands before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// `$ `, `root@my-pod:/# `, `MariaDB [(none)]> `, `Enter password: `.
    pub text: String,
    /// Whether what is typed stays invisible.
    pub is_hidden: bool,
}

/// What could stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Byte offset in the line where the completed word begins.
    pub from: usize,
    /// The candidates: the text to insert and a short explanation, in order.
    pub items: Vec<(String, String)>,
}

/// A pipeline that is under way.
#[derive(Clone, Debug)]
struct Running {
    /// Its commands; those before `at` have ended.
    commands: Rc<Vec<Command>>,
    at: usize,
    /// What the command at `at` waits for.
    job: Job,
    /// What the command at `at` said so far, if somebody behind it reads it.
    carried: Output,
}

/// How a pipeline stands after a step.
enum Progress {
    Ended(i32),
    Waits(Running),
}

/// A terminal session: files of the working directory, settings, and what runs in the foreground.
///
/// Invariants:
/// - While something is in the foreground, commands wait in `queue` and lines in `typed`.
#[derive(Clone, Debug, Default)]
pub struct Console {
    state: State,
    typed: VecDeque<String>,
    pending: String,
    queue: VecDeque<Pipeline>,
    foreground: Option<Running>,
    background: Vec<(u32, Running)>,
    background_count: u32,
    last_exit: i32,
    /// Whether the lines that were entered have started a program already.
    has_started: bool,
    history: Rc<Vec<String>>,
}

/// The most lines that are remembered.
const HISTORY_MAX: usize = 500;

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
        for (number, running) in std::mem::take(&mut self.background) {
            match self.go_on(running, None, host, &mut out) {
                Progress::Ended(_) => {}
                Progress::Waits(running) => self.background.push((number, running)),
            }
        }
        if let Some(running) = self.foreground.take() {
            let progress = self.go_on(running, None, host, &mut out);
            self.settle(progress);
            self.pump(host, &mut out);
        }
        out
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        self.pending.clear();
        self.typed.clear();
        match self.foreground.take() {
            None => {}
            Some(running) => {
                let mut cx = Cx::new(host, &mut self.state);
                match running.job {
                    Job::Shell(talk) => {
                        let flow = talk.interrupt(&mut cx);
                        let said = cx.out;
                        let shell = Running { job: Job::Sleep(Millis::ZERO), ..running };
                        let progress = self.after(shell, flow, said, host, &mut out);
                        self.settle(progress);
                        self.pump(host, &mut out);
                    }
                    _ => {
                        self.queue.clear();
                        self.last_exit = 130;
                        out.lines.push(Line::plain(Stream::Out, "^C"));
                        out.exit = Some(130);
                    }
                }
            }
        }
        out
    }

    /// Ctrl-D on an empty line: ends a shell in a container.
    pub fn end_of_input(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        if let Some(Running { job: Job::Shell(talk), commands, at, carried }) = self.foreground.take() {
            let mut cx = Cx::new(host, &mut self.state);
            let flow = talk.end_of_input(&mut cx);
            let said = cx.out;
            let running = Running { job: Job::Sleep(Millis::ZERO), commands, at, carried };
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

    /// When a waiting command wants to be polled even if nothing changes.
    pub fn wakes_at(&self) -> Option<Millis> {
        let jobs = self.foreground.iter().chain(self.background.iter().map(|(_, running)| running));
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

    /// Chooses the language of hints.
    pub fn set_lang(&mut self, lang: Lang) {
        self.state.lang = lang;
    }

    /// Puts a file into the working directory.
    pub fn put_file(&mut self, name: &str, text: &str) {
        Rc::make_mut(&mut self.state.files).insert(name.to_string(), text.to_string());
    }

    /// Takes typed lines and queued commands as long as nothing waits.
    fn pump(&mut self, host: &mut dyn Host, out: &mut Output) {
        let mut has_run = false;
        loop {
            if let Some(running) = self.foreground.take() {
                let can_take = shell_prompt(&running).is_some();
                match self.typed.pop_front().filter(|_| can_take) {
                    Some(line) => {
                        let progress = self.go_on(running, Some(line), host, out);
                        self.settle(progress);
                    }
                    None => {
                        self.foreground = Some(running);
                        return;
                    }
                }
            } else if let Some(pipeline) = self.queue.pop_front() {
                // The first command starts with the key press, each later one when its program is there.
                let is_program = pipeline.commands.iter().any(|command| is_kubectl(&command.words));
                if is_program && std::mem::replace(&mut self.has_started, true) {
                    host.pause(Pause::Command);
                }
                has_run = true;
                self.run(pipeline, host, out);
            } else if let Some(line) = self.typed.pop_front() {
                self.read(&line, host, out);
            } else {
                break;
            }
        }
        if has_run || out.exit.is_none() && self.pending.is_empty() {
            out.exit = Some(self.last_exit);
        }
    }

    /// Splits a line, together with the open ones before it, and queues its commands.
    fn read(&mut self, line: &str, host: &mut dyn Host, out: &mut Output) {
        let text = if self.pending.is_empty() { line.to_string() } else { format!("{}\n{line}", self.pending) };
        self.pending.clear();
        let text = if text.contains("<<") { text } else { self.substitute(text, host, out) };
        let (last_exit, variables) = (self.last_exit, Rc::clone(&self.state.variables));
        let variable = |name: &str| match name {
            "?" => last_exit.to_string(),
            name => variables.get(name).cloned().unwrap_or_default(),
        };
        match words::parse(&text, &variable) {
            Ok(pipelines) => {
                self.queue.extend(pipelines);
                if !text.trim().is_empty() {
                    let history = Rc::make_mut(&mut self.history);
                    history.push(text);
                    if history.len() > HISTORY_MAX {
                        history.remove(0);
                    }
                }
            }
            Err(WordsError::Incomplete) => self.pending = text,
            Err(WordsError::Unexpected(what)) => {
                self.last_exit = 2;
                out.err(format!("bash: syntax error near unexpected token `{what}'"));
            }
        }
    }

    /// Puts what `$(command)` says in its place, as far as the command does not wait.
    fn substitute(&mut self, text: String, host: &mut dyn Host, out: &mut Output) -> String {
        let Some((before, behind)) = text.split_once("$(") else { return text };
        let Some((inner, after)) = behind.split_once(')') else { return text };
        if before.matches('\'').count() % 2 == 1 {
            return text;
        }
        let mut said = Output::default();
        for pipeline in words::parse(inner, &|_| String::new()).unwrap_or_default() {
            let progress = self.start(Rc::new(pipeline.commands), 0, Output::default(), host, &mut said);
            if let Progress::Ended(exit) = progress {
                self.last_exit = exit;
            }
        }
        let found = take_out(&mut said);
        out.append(said);
        let found = text_of(&found).trim_end().replace('\n', " ");
        let after = self.substitute(after.to_string(), host, out);
        format!("{before}{found}{after}")
    }

    fn run(&mut self, pipeline: Pipeline, host: &mut dyn Host, out: &mut Output) {
        let is_due = match pipeline.when {
            When::Always => true,
            When::Succeeded => self.last_exit == 0,
            When::Failed => self.last_exit != 0,
        };
        if !is_due {
            return;
        }
        if let [Command { words, .. }] = pipeline.commands.as_slice()
            && let Some(exit) = self.run_own(words, out)
        {
            self.last_exit = exit;
            return;
        }
        let is_background = pipeline.is_background;
        let progress = self.start(Rc::new(pipeline.commands), 0, Output::default(), host, out);
        match progress {
            Progress::Waits(running) if is_background => {
                self.background_count += 1;
                out.out(format!("[{}]", self.background_count));
                self.background.push((self.background_count, running));
                self.last_exit = 0;
            }
            progress => self.settle(progress),
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
                for (number, running) in &self.background {
                    let words: Vec<String> = running.commands.iter().map(|command| command.words.join(" ")).collect();
                    out.out(format!("[{number}]  Running  {}", words.join(" | ")));
                }
                Some(0)
            }
            ["kill", numbers @ ..] if !numbers.is_empty() => {
                let mut exit = 0;
                for number in numbers {
                    let before = self.background.len();
                    let wanted = number.trim_start_matches('%');
                    self.background.retain(|(number, _)| number.to_string() != wanted);
                    if self.background.len() == before {
                        out.err(format!("bash: kill: {number}: no such job"));
                        exit = 1;
                    }
                }
                Some(exit)
            }
            ["fg"] => match self.background.pop() {
                Some((_, running)) => {
                    self.foreground = Some(running);
                    Some(0)
                }
                None => {
                    out.err("bash: fg: current: no such job");
                    Some(1)
                }
            },
            _ => None,
        }
    }

    /// Starts the command at `at` with what the one before it said.
    fn start(
        &mut self,
        commands: Rc<Vec<Command>>,
        at: usize,
        input: Output,
        host: &mut dyn Host,
        out: &mut Output,
    ) -> Progress {
        let Some(command) = commands.get(at).cloned() else { return Progress::Ended(self.last_exit) };
        if let Some((file, false)) = &command.output_file {
            self.write_file(file, "", false);
        }
        let input_lines = (at > 0).then_some(input);
        let mut stdin = input_lines.as_ref().map(text_of);
        if let Some(here) = &command.here {
            stdin = Some(here.clone());
        }
        let mut cx = Cx { stdin, ..Cx::new(host, &mut self.state) };
        if let Some(file) = &command.input_file {
            match cx.state.files.get(file) {
                Some(text) => cx.stdin = Some(text.clone()),
                None => {
                    cx.out.err(format!("bash: {file}: No such file or directory"));
                    out.append(cx.out);
                    return Progress::Ended(1);
                }
            }
        }
        let result = match command.words.split_first() {
            None => tools::run("cat", &[], input_lines.as_ref(), &mut cx),
            Some((_, rest)) if is_kubectl(&command.words) => verbs::run(rest, &mut cx),
            Some((name, rest)) => tools::run(name, rest, input_lines.as_ref(), &mut cx),
        };
        let flow = settle_result(result, &mut cx);
        let said = cx.out;
        let running = Running { commands, at, job: Job::Sleep(Millis::ZERO), carried: Output::default() };
        self.after(running, flow, said, host, out)
    }

    /// Polls a waiting command, or sends it a line.
    fn go_on(&mut self, mut running: Running, line: Option<String>, host: &mut dyn Host, out: &mut Output) -> Progress {
        let mut cx = Cx::new(host, &mut self.state);
        let job = std::mem::replace(&mut running.job, Job::Sleep(Millis::ZERO));
        let flow = match (job, line) {
            (Job::Shell(talk), Some(line)) => talk.line(&line, &mut cx),
            (job, _) => job.poll(&mut cx),
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
        if let Some(target) = &command.error_file {
            redirect_errors(&mut said, target.is_none());
        }
        let exit = match flow {
            Flow::Done(exit) => Some(exit),
            Flow::Wait(_) => None,
        };
        if let Some((file, _)) = &command.output_file {
            let text = take_out(&mut said);
            self.write_file(file, &text_of(&text), true);
            out.append(said);
        } else if is_last {
            out.append(said);
        } else {
            let text = take_out(&mut said);
            running.carried.append(text);
            out.append(said);
        }
        match flow {
            Flow::Wait(job) => Progress::Waits(Running { job, ..running }),
            Flow::Done(_) if is_last => Progress::Ended(exit.unwrap_or(0)),
            Flow::Done(_) => self.start(running.commands, running.at + 1, running.carried, host, out),
        }
    }

    fn settle(&mut self, progress: Progress) {
        match progress {
            Progress::Ended(exit) => self.last_exit = exit,
            Progress::Waits(running) => self.foreground = Some(running),
        }
    }

    fn write_file(&mut self, name: &str, text: &str, appends: bool) {
        if name == "/dev/null" {
            return;
        }
        let files = Rc::make_mut(&mut self.state.files);
        let file = files.entry(name.trim_start_matches("./").to_string()).or_default();
        if !appends {
            file.clear();
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
    match &running.job {
        Job::Shell(talk) => talk.prompt(),
        _ => None,
    }
}

/// Takes the lines of standard output out of what was said.
fn take_out(said: &mut Output) -> Output {
    let (out, rest) = std::mem::take(&mut said.lines).into_iter().partition(|line| line.stream == Stream::Out);
    said.lines = rest;
    Output { lines: out, is_unterminated: std::mem::take(&mut said.is_unterminated), ..Output::default() }
}

fn redirect_errors(said: &mut Output, joins: bool) {
    if joins {
        for line in &mut said.lines {
            if line.stream == Stream::Err {
                line.stream = Stream::Out;
            }
        }
    } else {
        said.lines.retain(|line| line.stream != Stream::Err);
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
