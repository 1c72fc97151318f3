//! Jobs: what a shell runs behind its prompt, how one gets there and back.

use super::file_descriptors::Input;
use super::limits::{BOUND, LIMITS};
use super::state::{Event, Job, ProcessGroup, Program, Purpose, Role, Shell, ShellKind, Task};
use super::syntax::{Command, Joint, Pipeline, Stage, Word};
use super::turn_io::{Io, Piece};
use crate::model::Millis;
use crate::shell::waiting::FOREVER;
use std::rc::Rc;

/// What a process does that hears a signal.
enum Heard {
    Ignored,
    Traps,
}

/// What dash says of a process that a signal ended.
fn signal_text(signal: i64) -> Option<&'static str> {
    match signal {
        1 => Some("Hangup\n"),
        3 => Some("Quit\n"),
        9 => Some("Killed\n"),
        15 => Some("Terminated\n"),
        _ => None,
    }
}

impl Job {
    /// What it is, as far as words tell.
    pub fn line(&self) -> String {
        self.shell.front_text().unwrap_or_else(|| self.text.clone())
    }

    /// Whether the shell has started it as a job.
    fn is_own(&self) -> bool {
        (self.outlet.is_none() || self.answers.is_some()) && !self.is_orphan
    }

    /// What is said when it is over.
    fn end_text(&self) -> String {
        match self.status {
            Some(0) | None => format!("[{}]+  Done                    {}\n", self.number, self.text),
            Some(status) => format!("[{}]+  Exit {status:<18} {}\n", self.number, self.text),
        }
    }
}

impl Shell {
    /// The number of the next job: numbers above the highest that still runs are free again.
    pub(super) fn next_number(&self) -> u32 {
        let running = self.jobs.iter().filter(|job| job.status.is_none() && job.is_own());
        running.map(|job| job.number).max().unwrap_or(0) + 1
    }

    /// What a console says of a job that a signal has just ended.
    pub(super) fn end_of_killed(&self, pid: u32) -> Option<String> {
        let job = self.jobs.iter().find(|job| job.pid == pid)?;
        let word = job.signal.and_then(signal_text)?.trim_end();
        let running = self.jobs.iter().filter(|job| job.status.is_none() && job.is_own());
        // The latest is the current one, the one before it the previous one.
        let sign = match running.filter(|other| other.number > job.number).count() {
            0 => '+',
            1 => '-',
            _ => ' ',
        };
        let text = format!("[{}]{sign}  {word:<24}{}\n", job.number, job.text);
        (self.is_interactive && self.role == Role::Console).then_some(text)
    }

    /// Runs a pipeline in the background.
    pub(super) fn start_job(&mut self, pipeline: &Rc<Pipeline>, io: &mut Io<'_>) {
        self.jobs.retain(|job| job.status.is_none() || job.pid == 12 + self.job_count);
        if self.jobs.len() >= LIMITS.jobs || self.branches_too_deep(io) {
            self.grant(BOUND);
            let message = self.complain("fork: retry: Resource temporarily unavailable");
            self.emit(2, &message, io);
            self.status = 254;
            return;
        }
        self.job_count += 1;
        let number = self.next_number();
        let mut shell = self.child();
        shell.streams.stdin = false;
        // A job reads nothing from the terminal.
        if let Some(input @ Input::Terminal) = shell.inputs.first_mut() {
            *input = Input::text("");
        }
        let front = Pipeline { is_background: false, ..Pipeline::clone(pipeline) };
        shell.tasks.push(Task::List(Rc::new(vec![(Joint::Always, Rc::new(front))]), 0));
        let pid = 12 + self.job_count;
        let text = first_words(pipeline);
        match self.role {
            // The page has no process numbers.
            Role::Console if self.is_interactive => self.emit(1, &format!("[{number}]\n"), io),
            Role::Console => {}
            _ if self.is_interactive && self.streams.tty => {
                self.emit(2, &format!("[{number}] {pid}\n"), io);
            }
            _ => {}
        }
        let wake = Millis(i64::MIN);
        self.last_job = Some(pid);
        self.jobs.push(Job {
            number,
            pid,
            status: None,
            text,
            was_in_front: false,
            shell,
            wake,
            signal: None,
            outlet: None,
            is_orphan: false,
            is_collected: false,
            answers: None,
        });
        self.status = 0;
    }

    /// The jobs that run: their processes, and the lines of `jobs`.
    pub(super) fn job_lines(&self) -> Vec<(u32, String)> {
        let running = self.jobs.iter().filter(|job| job.status.is_none() && job.is_own());
        running.map(|job| (job.pid, format!("[{}]+  Running                 {} &", job.number, job.line()))).collect()
    }

    /// Lets the jobs run whose time has come.
    pub(super) fn run_jobs(&mut self, io: &mut Io<'_>) {
        for at in 0..self.jobs.len() {
            let Some(job) = self.jobs.get_mut(at).filter(|job| job.status.is_none()) else { continue };
            if (job.wake > io.world.now() && !io.has_news) || io.is_spent() {
                continue;
            }
            let mut inner = io.inner();
            let event = job.shell.run(&mut inner);
            let sent = std::mem::take(&mut job.shell.sent);
            let (fuel, written) = (inner.fuel, inner.take());
            io.fuel = fuel;
            let number = job.number;
            let (answers, pipe) = (job.answers, self.pipe_number());
            for piece in written {
                match answers.and_then(|at| self.inputs.get_mut(at)).filter(|_| piece.stream == pipe) {
                    Some(input) => {
                        input.write(&piece.text);
                        self.has_answers = true;
                    }
                    None => io.push_piece(Piece { job: number, ..piece }),
                }
            }
            let is_over = matches!(event, Event::Exit(_));
            if let Some(input) = answers.and_then(|at| self.inputs.get_mut(at)).filter(|_| is_over) {
                input.close();
                self.has_answers = true;
            }
            let Some(job) = self.jobs.get_mut(at) else { continue };
            match event {
                Event::Exit(status) => {
                    job.status = Some(status);
                    if job.was_in_front {
                        io.push_piece(Piece { stream: 1, job: number, text: job.end_text() });
                    }
                    self.assumed = self.assumed.take().or(job.shell.assumed.take());
                    self.may_run_on |= job.shell.may_run_on();
                }
                Event::Sleep(until) => job.wake = until.max(io.world.now() + Millis(1)),
                Event::Line(_) | Event::Blocked => job.wake = FOREVER,
            }
            self.take_sent(sent, io);
            if let Some(ended) = self.jobs.get_mut(at).filter(|job| job.status.is_some()) {
                let left = ended.shell.take_left();
                self.adopt(left);
            }
        }
    }

    /// Whether jobs were started that have not run yet.
    pub(super) fn has_new_jobs(&self) -> bool {
        self.jobs.iter().any(|job| job.status.is_none() && job.wake == Millis(i64::MIN))
    }

    /// When a job goes on next.
    pub fn jobs_wake(&self) -> Option<Millis> {
        self.jobs.iter().filter(|job| job.status.is_none()).map(|job| job.wake).min()
    }

    /// `wait`: until these jobs are over, or all.
    pub(super) fn wait(&mut self, wanted: Option<Vec<u32>>, io: &mut Io<'_>) -> Option<Event> {
        let is_wanted = |job: &&Job| job.is_own() && wanted.as_ref().is_none_or(|pids| pids.contains(&job.pid));
        if let Some(wake) = self.jobs.iter().filter(is_wanted).filter(|job| job.status.is_none()).map(|j| j.wake).min()
        {
            self.tasks.push(Task::Wait(wanted));
            return Some(Event::Sleep(wake));
        }
        self.status = match &wanted {
            None => 0,
            Some(pids) => {
                let last = pids.last().copied().unwrap_or(0);
                let is_wanted = |job: &&mut Job| pids.contains(&job.pid);
                self.jobs.iter_mut().filter(is_wanted).for_each(|job| job.is_collected = true);
                let job = self.jobs.iter_mut().find(|job| job.pid == last);
                let signal = job.as_ref().and_then(|job| job.signal);
                let status = job.and_then(|job| job.status.inspect(|_| job.signal = None)).unwrap_or(127);
                if let Some(words) = signal.and_then(signal_text).filter(|_| self.kind == ShellKind::Dash) {
                    self.emit(2, words, io);
                }
                status
            }
        };
        None
    }

    /// `wait -n`: for the first of these jobs that ends, and nobody has waited for.
    pub(super) fn wait_next(&mut self, pids: Vec<u32>, name: Option<String>) -> Option<Event> {
        let is_wanted = |job: &&mut Job| pids.contains(&job.pid) && !job.is_collected;
        if let Some(job) = self.jobs.iter_mut().filter(is_wanted).find(|job| job.status.is_some()) {
            job.is_collected = true;
            let pid = job.pid;
            self.status = job.status.unwrap_or(0);
            if let Some(name) = name {
                self.set(&name, pid.to_string());
            }
            return None;
        }
        let Some(wake) = self.jobs.iter_mut().filter(is_wanted).map(|job| job.wake).min() else {
            self.status = 127;
            return None;
        };
        self.tasks.push(Task::WaitNext(pids, name));
        Some(Event::Sleep(wake))
    }

    /// A signal comes to the process of a job: the shell inside has taken its place if that is all that it does, as in
    /// `(…) &` and `sh FILE &`. `None`: nobody has set a trap.
    fn hears(&mut self, signal: &str) -> Option<Heard> {
        let last = self.tasks.pop();
        let is_at_end = self.is_at_end();
        self.tasks.extend(last);
        if let Some(Task::Group(group)) = self.tasks.last_mut().filter(|_| is_at_end)
            && let Some(inner) = group.only_process()
        {
            return inner.hears(signal);
        }
        if self.traps.get(signal)?.is_empty() {
            return Some(Heard::Ignored);
        }
        self.signal = Some(signal.to_string());
        Some(Heard::Traps)
    }

    /// Sends a signal to a job. Returns whether there is one.
    pub(super) fn kill_job(&mut self, pid: u32, signal: &str) -> bool {
        let Some(job) = self.jobs.iter_mut().find(|job| job.pid == pid && job.status.is_none()) else {
            return false;
        };
        let number = super::signal_names::signal_number(signal);
        match if signal == "KILL" { None } else { job.shell.hears(signal) } {
            Some(Heard::Ignored) => return true,
            Some(Heard::Traps) => {
                job.wake = Millis(i64::MIN);
                return true;
            }
            None if super::signal_names::is_ignored(signal) => return true,
            None => {}
        }
        {
            job.status = Some(if job.shell.runs_server() { 0 } else { 128 + number });
            job.signal = job.status.filter(|status| *status > 128).map(|_| number);
        }
        true
    }
}

/// What a terminal does with jobs.
impl Shell {
    /// Whether anything is in front, be it waiting or not.
    pub fn is_working(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// The commands in front as they were typed, as far as words tell; `None` if nothing runs.
    pub fn front_text(&self) -> Option<String> {
        let stage = |stage: &Rc<Stage>| match &stage.command {
            Command::Simple { words, .. } => Some(plain_words(words)),
            _ => None,
        };
        self.tasks.iter().rev().find_map(|task| match task {
            Task::Group(group) => Some(group.text()),
            Task::Program(_) if !self.running.is_empty() => Some(self.running.join(" ")),
            Task::Invoke(words) | Task::GoOn(words, _) => Some(words.join(" ")),
            Task::Stage(one, _) => stage(one),
            _ => None,
        })
    }

    /// The program of the world that stands in front.
    pub fn front_program(&self) -> Option<u32> {
        match self.tasks.last() {
            Some(Task::Group(group)) => group.front_program(),
            Some(Task::Program(program)) => match program.as_ref() {
                Program::Job(number) => Some(*number),
                _ => None,
            },
            _ => None,
        }
    }

    /// Gathers the programs of the world that run in it, in front and behind.
    pub fn programs(&self, all: &mut Vec<u32>) {
        for task in &self.tasks {
            match task {
                Task::Group(group) => group.programs(all),
                Task::Program(program) => {
                    if let Program::Job(number) = program.as_ref() {
                        all.push(*number);
                    }
                }
                _ => {}
            }
        }
        self.jobs.iter().filter(|job| job.status.is_none()).for_each(|job| job.shell.programs(all));
    }

    /// The jobs that run: number and line.
    pub fn running_jobs(&self) -> impl Iterator<Item = (u32, String)> {
        self.jobs.iter().filter(|job| job.status.is_none() && job.is_own()).map(|job| (job.number, job.line()))
    }

    /// Sends what is in front behind the prompt, with everything that follows it in its line. Gives its number and
    /// line, if there was anything.
    pub fn to_background(&mut self) -> Option<(u32, String)> {
        if self.tasks.is_empty() {
            return None;
        }
        let text = self.front_text().unwrap_or_else(|| "…".to_string());
        let shell = Shell { is_interactive: false, jobs: Vec::new(), depth: self.depth + 1, ..self.clone() };
        self.unwind(|_| false);
        self.jobs.retain(|job| job.status.is_none());
        self.job_count += 1;
        let number = self.next_number();
        let job = Job {
            number,
            pid: 12 + self.job_count,
            status: None,
            text: text.clone(),
            was_in_front: true,
            shell,
            wake: Millis(i64::MIN),
            signal: None,
            outlet: None,
            is_orphan: false,
            is_collected: false,
            answers: None,
        };
        self.jobs.push(job);
        Some((number, text))
    }

    /// The number of the job that a word names: `%2`, `2`, `%%` and `%+` for the latest, `%-` for the one before it, the
    /// beginning of its line (`%sleep`) or a part of it (`%?web`).
    pub fn job_number(&self, word: &str) -> Option<u32> {
        let name = word.strip_prefix('%').unwrap_or(word);
        let mut latest = self.jobs.iter().rev().filter(|job| job.status.is_none());
        let found = match name {
            "" | "%" | "+" => latest.next(),
            "-" => latest.nth(1),
            name => match (name.parse(), name.strip_prefix('?')) {
                (Ok(number), _) => return Some(number),
                (_, Some(part)) => latest.find(|job| job.text.contains(part)),
                _ if name == word => None,
                _ => latest.find(|job| job.text.starts_with(name)),
            },
        };
        found.map(|job| job.number)
    }

    /// Brings the job with a number back to the front. Gives its line.
    pub fn bring_back(&mut self, number: u32) -> Option<String> {
        let at = self.jobs.iter().rposition(|job| job.status.is_none() && job.number == number)?;
        let job = self.jobs.remove(at);
        let line = job.line();
        let mut shell = job.shell;
        shell.streams = self.streams;
        self.tasks.push(Task::Group(Box::new(ProcessGroup::new(vec![shell], Purpose::Front))));
        Some(line)
    }

    /// Ends a job. Returns whether there was one of that number.
    pub fn end_job(&mut self, number: u32) -> bool {
        let before = self.jobs.len();
        self.jobs.retain(|job| job.number != number || job.status.is_some());
        self.jobs.len() < before
    }

    /// Puts what is in front aside, so that something else can run in its place.
    pub fn put_aside(&mut self) -> Aside {
        let front = self.clone();
        self.unwind(|_| false);
        Aside(Box::new(front))
    }

    /// Puts what was in front back in its place.
    pub fn put_back(&mut self, front: Aside) {
        let Shell { tasks, fds, inputs, arguments, variables, unchecked, line, running, .. } = *front.0;
        if variables.has_scopes() {
            self.variables = variables;
        }
        (self.tasks, self.fds, self.inputs, self.arguments) = (tasks, fds, inputs, arguments);
        (self.unchecked, self.line, self.running) = (unchecked, line, running);
    }
}

/// What was in front of a shell.
#[derive(Clone, Debug)]
pub struct Aside(Box<Shell>);

fn plain_words(words: &[Word]) -> String {
    words.iter().map(|word| word.constant().unwrap_or_else(|| "…".to_string())).collect::<Vec<_>>().join(" ")
}

/// A pipeline as `jobs` shows it: its plain words.
fn first_words(pipeline: &Pipeline) -> String {
    let words = |stage: &Rc<Stage>| match &stage.command {
        Command::Simple { words, .. } => plain_words(words),
        _ => "{ …; }".to_string(),
    };
    pipeline.stages.iter().map(words).collect::<Vec<_>>().join(" | ")
}
