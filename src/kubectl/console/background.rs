//! Commands that go on behind the prompt: who stands there, how one gets there and back, and how its lines are marked.

use super::{After, BUSY, Console, Running, STEPS_MAX};
use crate::kubectl::command::Sleep;
use crate::kubectl::host::Host;
use crate::kubectl::output::Output;
use crate::model::Millis;
use crate::shell::flow::Tasks;
use std::collections::VecDeque;
use std::rc::Rc;

/// A command that goes on behind the prompt.
#[derive(Clone, Debug)]
pub(super) struct Background {
    /// Its number: `%1`.
    pub number: u32,
    pub running: Running,
    /// What follows it in its line.
    pub rest: Rest,
    /// Whether it stood in front before: its end is said then.
    pub was_in_front: bool,
}

/// What is to be done after the command in the foreground.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    tasks: Tasks,
    after: Vec<After>,
    captures: Vec<Output>,
    inputs: Vec<VecDeque<String>>,
}

/// A command that waits, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What was typed, as far as it is still to be done.
    pub line: String,
    /// Whether it goes on until somebody ends it, such as `get --watch`.
    pub is_endless: bool,
}

impl Console {
    /// The command in the foreground that takes no lines.
    pub fn waiting(&self) -> Option<Waiting> {
        let running = self.foreground.as_ref().filter(|_| self.is_busy())?;
        Some(Waiting { line: running.line(), is_endless: running.job.is_endless() })
    }

    /// The commands behind the prompt: number and line.
    pub fn jobs(&self) -> Vec<(u32, String)> {
        self.background.iter().map(|job| (job.number, job.running.line())).collect()
    }

    /// Runs a line that nobody typed at the prompt: a button, the guide, the editor. What waits goes behind the prompt
    /// first; a session in a container, a text in `kubectl edit` and an open line stay as they are.
    pub fn ask(&mut self, line: &str, host: &mut dyn Host) -> Output {
        if !self.is_attached() && self.pending.is_empty() {
            let mut out = self.to_background();
            out.append(self.enter(line, host));
            return out;
        }
        let front = (self.foreground.take(), self.swap(Rest::default()));
        let open = (std::mem::take(&mut self.typed), std::mem::take(&mut self.pending), self.here_end.take());
        let mut out = self.enter(line, host);
        out.append(self.to_background());
        (self.typed, self.pending, self.here_end) = open;
        self.swap(front.1);
        self.foreground = front.0;
        out
    }

    /// Sends the command in the foreground behind the prompt, as Ctrl-Z and `bg` do; nothing if none waits there.
    pub fn to_background(&mut self) -> Output {
        let mut out = Output::default();
        if let Some(running) = self.foreground.take() {
            let rest = self.swap(Rest::default());
            self.background_count += 1;
            let number = self.background_count;
            out.out(format!("[{number}]+ {} &", running.line()));
            self.background.push(Background { number, running, rest, was_in_front: true });
        }
        out
    }

    /// Ends a command behind the prompt. Returns whether there was one of that number.
    pub fn end_job(&mut self, number: u32) -> bool {
        let before = self.background.len();
        self.background.retain(|job| job.number != number);
        self.background.len() < before
    }

    /// Brings a command back to the foreground: the one with this number, or the latest.
    pub(super) fn bring_back(&mut self, number: Option<u32>) -> Option<String> {
        let at = match number {
            Some(number) => self.background.iter().position(|job| job.number == number)?,
            None => self.background.len().checked_sub(1)?,
        };
        // What follows `fg` in its line is done after what followed the command in its own.
        let job = self.background.remove(at);
        let mut running = job.running;
        running.is_background = false;
        let line = running.line();
        self.tasks.put_on_top(job.rest.tasks);
        self.after.extend(job.rest.after);
        self.captures.extend(job.rest.captures);
        self.inputs.extend(job.rest.inputs);
        self.foreground = Some(running);
        Some(line)
    }

    /// Lets a command behind the prompt look at the cluster again, and do what follows it in its line.
    pub(super) fn poll_background(&mut self, job: Background, host: &mut dyn Host, out: &mut Output) {
        let Background { number, running, rest, was_in_front } = job;
        let (front, own) = (self.foreground.take(), self.swap(rest));
        let status = self.status;
        let (mut said, line) = (Output::default(), running.line());
        self.steps = 0;
        let progress = self.go_on(running, None, host, &mut said);
        self.settle(progress);
        while self.foreground.is_none() && !self.tasks.is_empty() {
            if self.steps > STEPS_MAX {
                let job = Box::new(Sleep(Millis(host.cluster().now().0 + BUSY.0)));
                self.foreground = Some(Running::new(Rc::default(), 0, job));
            } else {
                self.step(host, &mut said);
            }
        }
        let running = std::mem::replace(&mut self.foreground, front);
        let rest = self.swap(own);
        let exit = std::mem::replace(&mut self.status, status);
        match running {
            Some(running) => self.background.push(Background { number, running, rest, was_in_front }),
            None if was_in_front => said.out(match exit {
                0 => format!("[{number}]+  Done                    {line}"),
                exit => format!("[{number}]+  Exit {exit:<18} {line}"),
            }),
            None => {}
        }
        said.lines.iter_mut().for_each(|line| line.job = number);
        said.exit = None;
        out.append(said);
    }

    /// Whether what is in front is a session that somebody talks to, or becomes one.
    fn is_attached(&self) -> bool {
        self.foreground.as_ref().is_some_and(|running| running.job.is_session())
    }

    fn swap(&mut self, rest: Rest) -> Rest {
        Rest {
            tasks: std::mem::replace(&mut self.tasks, rest.tasks),
            after: std::mem::replace(&mut self.after, rest.after),
            captures: std::mem::replace(&mut self.captures, rest.captures),
            inputs: std::mem::replace(&mut self.inputs, rest.inputs),
        }
    }
}

impl Running {
    /// Its commands as they were typed, as far as words tell.
    pub(super) fn line(&self) -> String {
        let words: Vec<String> = self.commands.iter().map(|command| command.words.join(" ")).collect();
        if words.is_empty() { "…".into() } else { words.join(" | ") }
    }
}
