//! The image's server among a shell's programs: whether it runs, where it listens, how it ends, and what becomes of what
//! a shell left in the background that is over.

use super::file_descriptors::Target;
use super::limits::LIMITS;
use super::state::{Job, Program, Shell, Task};
use super::turn_io::PIPES;
use crate::model::Millis;
use crate::shell::waiting::FOREVER;
use crate::world::Listener;

/// What a shell that is over has left in the background.
pub(super) struct Left {
    jobs: Vec<Job>,
    has_server: bool,
    listeners: Vec<Listener>,
}

impl Shell {
    /// Gathers the ports that programs have opened in it or in a shell inside.
    pub fn listeners(&self, all: &mut Vec<Listener>) {
        all.extend(self.listeners.iter().cloned());
        for task in &self.tasks {
            if let Task::Group(group) = task {
                let alive = group.members.iter().filter(|member| member.status.is_none());
                alive.for_each(|member| member.shell.listeners(all));
            }
        }
        self.jobs.iter().filter(|job| job.status.is_none()).for_each(|job| job.shell.listeners(all));
    }

    /// Whether the image's server runs in it or in a shell inside.
    pub fn runs_server(&self) -> bool {
        let inside = self.tasks.iter().any(|task| matches!(task, Task::Group(group) if group.serves()));
        let own = self.serves || self.left_server;
        own || inside || self.jobs.iter().any(|job| job.status.is_none() && job.shell.runs_server())
    }

    /// It was to serve, and runs a script before that: then the server begins by these words.
    pub fn begin_with(&mut self, script: &str, server: &[String]) {
        self.serves = false;
        self.tasks.clear();
        self.load_words(server);
        self.load(script);
    }

    /// Whether the image's server has taken its place, as a script tells it to (`exec`).
    pub fn is_server(&self) -> bool {
        match self.tasks.last() {
            Some(Task::Program(_)) => self.serves && self.is_last(),
            Some(Task::Group(group)) => self.is_last() && group.members.last().is_some_and(|it| it.shell.is_server()),
            _ => false,
        }
    }

    /// Whether nothing follows what stands in front, or nothing can.
    fn is_last(&self) -> bool {
        let is_script = self.is_command || self.script.is_some();
        !is_script && self.tasks.len() == 1 || self.tasks.iter().any(|task| matches!(task, Task::Replace))
    }

    /// What it leaves in the background: once it is over, whoever started it has that.
    pub(super) fn take_left(&mut self) -> Left {
        // What writes into a pipe of it has nobody any more who reads that.
        let is_piped = |job: &Job| matches!(job.shell.fds.out, Target::Stream(number) if number >= PIPES);
        let goes_on = |job: &Job| job.status.is_none() && job.outlet.is_none() && !is_piped(job);
        let jobs = std::mem::take(&mut self.jobs).into_iter().filter(goes_on);
        let has_server = std::mem::take(&mut self.left_server);
        let listeners = if has_server { std::mem::take(&mut self.listeners) } else { Vec::new() };
        Left { jobs: jobs.map(|job| Job { is_orphan: true, ..job }).collect(), has_server, listeners }
    }

    /// Takes over what a shell inside has left.
    pub(super) fn adopt(&mut self, left: Left) {
        let room = LIMITS.jobs.saturating_sub(self.jobs.len());
        self.jobs.extend(left.jobs.into_iter().take(room));
        self.left_server |= left.has_server;
        self.listeners.extend(left.listeners);
    }

    /// The image's server ends with this status, wherever it runs in it. Returns whether it did.
    pub fn end_server(&mut self, status: i64) -> bool {
        let mut has_ended = std::mem::take(&mut self.left_server);
        if std::mem::take(&mut self.serves) {
            has_ended = true;
            let waits = |program: &Program| matches!(program, Program::Wait(until) if *until == FOREVER);
            if matches!(self.tasks.last(), Some(Task::Program(program)) if waits(program)) {
                self.tasks.pop();
                self.status = status;
            }
        }
        if has_ended {
            self.listeners.clear();
        }
        for task in &mut self.tasks {
            if let Task::Group(group) = task {
                for member in group.members.iter_mut().filter(|member| member.status.is_none()) {
                    if member.shell.end_server(status) {
                        (member.wake, member.has_news, has_ended) = (Millis(i64::MIN), true, true);
                    }
                }
            }
        }
        for job in self.jobs.iter_mut().filter(|job| job.status.is_none()) {
            if job.shell.end_server(status) {
                (job.wake, has_ended) = (Millis(i64::MIN), true);
            }
        }
        has_ended
    }
}
