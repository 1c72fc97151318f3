//! The page's terminal as the world of a shell: its files, its time, kubectl and the small tools as its programs.

use super::screen::{Marks, pieces_of};
use crate::kubectl::command::{Cx, Door, Failure, Flow, Job, State};
use crate::kubectl::files::{self, tidy_path};
use crate::kubectl::host::{Host, Pause};
use crate::kubectl::screen_text::{Output, Stream};
use crate::kubectl::{console_commands, verbs};
use crate::model::{Millis, Text};
use crate::shell::container::{FileError, normalize};
use crate::shell::language::limits::LIMITS;
use crate::shell::language::{Invocation, Message, Outcome, Program, Shell, Stat, World, run_wrapper};
use crate::shell::sql::Client;
use crate::shell::{FOREVER, Prompt};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// How many commands a kubectl command counts for.
const KUBECTL_COST: u32 = 100;

/// What a terminal keeps beside its shell.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub state: State,
    /// Commands that wait, by the numbers that the shell knows them by.
    pub works: SharedMap<u32, Work>,
    work_count: u32,
    pub marks: Marks,
    /// Whether the lines that were entered have started a program already.
    pub has_started: bool,
    pub history: Rc<Vec<String>>,
    /// Whether the screen is to be cleared.
    pub clears: bool,
    /// The doors that commands in other terminals hold open.
    pub doors_elsewhere: Vec<Door>,
    /// The text that a command hands to the editor.
    pub opens: Option<(String, String)>,
}

/// A command that waits.
#[derive(Clone, Debug)]
pub(super) struct Work {
    job: Box<dyn Job>,
    /// Whether it may look at the cluster again.
    pub is_due: bool,
    /// What it came to when somebody sent it something.
    answer: Option<(Ended, Output)>,
}

/// How a command came out that was sent something.
#[derive(Clone, Copy, Debug)]
enum Ended {
    Waits,
    With(i32),
}

impl Work {
    /// The command that waits.
    pub fn job(&self) -> &dyn Job {
        self.job.as_ref()
    }
}

/// A terminal at work.
pub(super) struct Terminal<'a> {
    pub host: &'a mut dyn Host,
    pub kept: &'a mut Kept,
}

impl Terminal<'_> {
    /// Gives `kubectl edit` its text back.
    pub fn answer(&mut self, number: u32, text: Option<&str>) {
        self.act(number, |job, cx| Some(job.answer(text, cx)));
    }

    /// Lets something happen to a command that waits; what it says is kept until the shell asks. Returns whether it took
    /// it.
    fn act(&mut self, number: u32, act: impl FnOnce(Box<dyn Job>, &mut Cx<'_>) -> Option<Flow>) -> bool {
        let Some(work) = self.kept.works.get(&number) else { return false };
        let job = work.job.copied();
        let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
        let flow = act(job, &mut cx);
        let said = cx.out;
        match (flow, self.kept.works.get_mut(&number)) {
            (Some(Flow::Done(exit)), Some(work)) => work.answer = Some((Ended::With(exit), said)),
            (Some(Flow::Wait(job)), Some(work)) => {
                work.job = job;
                work.answer = Some((Ended::Waits, said));
            }
            _ => return false,
        }
        true
    }

    /// Hands over what a program said.
    pub(super) fn say(&mut self, mut said: Output, call: &mut Invocation) {
        self.kept.clears |= said.clears;
        self.kept.opens = said.opens.take().or(self.kept.opens.take());
        let lines = said.lines.iter().filter(|line| line.stream == Stream::Out);
        lines.for_each(|line| self.kept.marks.note(line));
        call.pieces.extend(pieces_of(&said));
    }

    /// Runs kubectl or a tool.
    fn start(&mut self, shell: &mut Shell, words: &[String], call: &mut Invocation) -> Outcome {
        let is_kubectl = matches!(words.first().map(String::as_str), Some("kubectl" | "k"));
        if is_kubectl {
            call.cost = KUBECTL_COST;
            let exported = shell.variables.exported.iter().cloned().collect();
            self.kept.state.variables = Rc::new(exported);
            // The first command starts with the key press, each later one when its program is there.
            if std::mem::replace(&mut self.kept.has_started, true) {
                self.host.pause(Pause::Command);
            }
        }
        // What stands in `<(…)` is a file for as long as the command reads it.
        let behind_name = |word: &str| word.find("/dev/fd/").and_then(|at| word.get(at..)).map(str::to_string);
        let places = words.iter().filter_map(|word| behind_name(word));
        let lent: Vec<(String, String)> =
            places.filter_map(|place| shell.process_file(&place).map(|text| (place, text))).collect();
        for (name, text) in &lent {
            Rc::make_mut(&mut self.kept.state.files).insert(name.clone(), text.clone());
        }
        let stdin = call.stdin.take();
        self.kept.state.directory = files::tidy_path(&shell.directory);
        let mut cx = Cx { stdin, room: call.room, ..Cx::new(&mut *self.host, &mut self.kept.state) };
        let result = match is_kubectl {
            true => verbs::run(words.get(1..).unwrap_or(&[]), &mut cx),
            false => console_commands::run(words, &mut cx),
        };
        let flow = match result {
            Ok(flow) => flow,
            Err(Failure::Said) => Flow::Done(1),
            Err(failure) => Flow::Done(cx.fail(&failure)),
        };
        let said = cx.out;
        for (name, _) in &lent {
            Rc::make_mut(&mut self.kept.state.files).remove(name);
        }
        self.say(said, call);
        match flow {
            Flow::Done(exit) => Outcome::Exit(i64::from(exit)),
            Flow::Wait(job) => {
                self.kept.work_count += 1;
                let number = self.kept.work_count;
                self.kept.works.insert(number, Work { job, is_due: false, answer: None });
                Outcome::Launch(Box::new(Program::Job(number)))
            }
        }
    }

    /// `kill`, for jobs by their numbers.
    fn kill(&self, shell: &mut Shell, words: &[String], call: &mut Invocation) -> Outcome {
        let mut exit = 0;
        for word in words.iter().skip(1).filter(|word| !word.starts_with('-')) {
            if !shell.job_number(word).is_some_and(|number| shell.end_job(number)) {
                call.err.push_str(&format!("bash: kill: {word}: no such job\n"));
                exit = 1;
            }
        }
        Outcome::Exit(exit)
    }

    /// `cd`. Tutorials go into directories that are not here: there everything is taken to happen where one is.
    fn go_to(&mut self, shell: &mut Shell, call: &mut Invocation) -> Outcome {
        let word = call.words.iter().skip(1).find(|word| *word == "-" || !word.starts_with('-'));
        let path = match word.map(String::as_str) {
            None => files::HOME.to_string(),
            Some("-") => shell.variable("OLDPWD").unwrap_or_else(|| shell.directory.clone()),
            Some(word) => shell.path(word),
        };
        if word.is_some_and(|word| word == "-") {
            call.out.push_str(&format!("{path}\n"));
        }
        let here = word.map_or("", String::as_str);
        if self.text_of(&path).is_some() && !files::has_directory(&path, &self.kept.state) {
            call.err.push_str(&format!("bash: cd: {here}: Not a directory\n"));
            return Outcome::Exit(1);
        }
        // Out of one that is not here leads `..` back to where one is.
        let is_above = !path.starts_with(files::HOME) && word.is_some_and(|word| !word.starts_with('/'));
        if files::has_directory(&path, &self.kept.state) && !is_above {
            let before = std::mem::replace(&mut shell.directory, path);
            shell.set("OLDPWD", before);
        } else if !is_above {
            let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
            cx.hint("no_folder", &[("name", here)]);
            let said = cx.out;
            self.say(said, call);
        }
        Outcome::Exit(0)
    }

    fn history(&self, call: &mut Invocation) -> Outcome {
        for (number, line) in self.kept.history.iter().enumerate() {
            call.out.push_str(&format!("{:5}  {line}\n", number + 1));
        }
        Outcome::Exit(0)
    }

    pub(super) fn text_of(&self, path: &str) -> Option<String> {
        files::find(path, &self.kept.state, self.host.editor_text()).map(str::to_string)
    }
}

impl World for Terminal<'_> {
    fn now(&self) -> Millis {
        self.host.cluster().now()
    }

    fn read(&mut self, path: &str) -> Result<Text, FileError> {
        match self.text_of(path) {
            Some(text) => Ok(text.into()),
            None if path == "/dev/null" => Ok(Text::default()),
            None if files::has_directory(path, &self.kept.state) => Err(FileError::IsDirectory),
            None => Err(FileError::NotFound),
        }
    }

    fn write(&mut self, path: &str, text: &str, appends: bool) -> Result<(), FileError> {
        if files::has_directory(path, &self.kept.state) {
            return Err(FileError::IsDirectory);
        }
        let place = files::place_for(path, &self.kept.state);
        let all = Rc::make_mut(&mut self.kept.state.files);
        let sum: usize = all.values().map(String::len).sum();
        let file = all.entry(place).or_default();
        if !appends {
            file.clear();
        }
        if file.len() + text.len() > LIMITS.file || sum + text.len() > LIMITS.files {
            return Err(FileError::NoSpace);
        }
        file.push_str(text);
        Ok(())
    }

    fn stat(&self, path: &str) -> Option<Stat> {
        let modified = Millis::ZERO;
        match self.text_of(path) {
            Some(text) => Some(Stat { is_directory: false, size: text.len(), modified, is_unknown: false }),
            None if matches!(path, "/dev/null" | "/dev/stdin") => {
                Some(Stat { is_directory: false, size: 0, modified, is_unknown: false })
            }
            None if files::has_directory(path, &self.kept.state) => {
                Some(Stat { is_directory: true, size: 4096, modified, is_unknown: false })
            }
            None => None,
        }
    }

    fn entries(&self, directory: &str) -> Vec<String> {
        files::entries_of(directory, &self.kept.state, self.host.editor_text())
    }

    fn find_program(&self, _: &Shell, name: &str) -> Option<String> {
        console_commands::NAMES.contains(&name).then(|| format!("/usr/bin/{name}"))
    }

    fn replaces(&self, words: &[String]) -> bool {
        let operand = words.get(1).map_or("", String::as_str);
        match words.first().map_or("", String::as_str) {
            "cd" => true,
            // Windows shows a file so.
            "type" => self.text_of(operand).is_some(),
            // What a person's own terminal would have there.
            "source" | "." => !operand.starts_with("/dev/fd/") && self.text_of(&tidy_path(operand)).is_none(),
            _ => false,
        }
    }

    fn run(&mut self, shell: &mut Shell, call: &mut Invocation) -> Outcome {
        let name = call.words.first().cloned().unwrap_or_default();
        let now = self.now();
        match name.as_str() {
            "sh" | "bash" | "dash" => {
                let here = shell.directory.clone();
                let mut read = |name: &str| match self.text_of(&normalize(&here, name)) {
                    Some(text) => Ok(text),
                    None => Err(FileError::NotFound.to_string()),
                };
                return shell.start_words(call, &mut read);
            }
            "history" => return self.history(call),
            "cd" => return self.go_to(shell, call),
            "curl" | "wget" => return self.fetch(shell, call),
            "kill" => return self.kill(shell, &call.words.clone(), call),
            name if name.contains('/') => {
                if let Some(text) = self.text_of(&shell.path(name)) {
                    let Some(mut child) = shell.program(shell.kind) else { return Outcome::Exit(254) };
                    child.arguments = call.words.clone();
                    child.load_script(&text, name);
                    return Outcome::Shell(Box::new(child));
                }
            }
            _ => {
                if let Some(outcome) = run_wrapper(shell, call, now) {
                    return outcome;
                }
            }
        }
        let words = std::mem::take(&mut call.words);
        self.start(shell, &words, call)
    }

    fn tell(&mut self, _: &mut Client, _: &str, _: &mut String) {}

    fn poll(&mut self, number: u32, call: &mut Invocation) -> Outcome {
        let Some(work) = self.kept.works.get_mut(&number) else { return Outcome::Exit(130) };
        if work.answer.is_none() && std::mem::take(&mut work.is_due) {
            self.act(number, |job, cx| Some(job.poll(cx)));
        }
        let Some(work) = self.kept.works.get_mut(&number) else { return Outcome::Exit(130) };
        match work.answer.take() {
            Some((Ended::With(exit), said)) => {
                self.kept.works.remove(&number);
                self.say(said, call);
                Outcome::Exit(i64::from(exit))
            }
            Some((Ended::Waits, said)) => {
                let until = work.job.wakes_at().unwrap_or(FOREVER);
                self.say(said, call);
                Outcome::Sleep(until)
            }
            None => Outcome::Sleep(work.job.wakes_at().unwrap_or(FOREVER)),
        }
    }

    fn send(&mut self, number: u32, message: Message<'_>) -> bool {
        match message {
            Message::Line(text) => self.act(number, |job, cx| Some(job.line(text, cx))),
            Message::Interrupt => self.act(number, |job, cx| job.interrupt(cx)),
            Message::EndOfInput => self.act(number, |job, cx| Some(job.end_of_input(cx))),
        }
    }

    fn prompt_of(&self, number: u32) -> Option<Prompt> {
        let prompt = self.kept.works.get(&number)?.job.prompt()?;
        Some(Prompt { text: prompt.text, is_hidden: prompt.is_hidden })
    }
}
