//! Commands beside a shell that read what it writes: those of `>(…)`, and `coproc`, which answers as well.

use super::file_descriptors::{Fds, Input, Target};
use super::limits::{BOUND, LIMITS};
use super::state::{Job, Shell, Task};
use super::syntax::Stage;
use super::turn_io::Io;
use super::variables::Array;
use crate::model::Millis;
use crate::shell::waiting::FOREVER;
use std::rc::Rc;

impl Shell {
    /// `coproc NAME COMMAND`: a command beside the shell, which reads what is written to the second stream of the array
    /// and whose words come in at the first.
    pub(super) fn start_coproc(&mut self, name: &str, body: &Rc<Stage>, io: &mut Io<'_>) {
        let is_free = |stream: &u8| *self.fds.target(*stream) == Target::Closed;
        let mut free = (10..=63).rev().filter(is_free);
        let (Some(from), Some(to)) = (free.next(), free.nth(2)) else { return };
        if self.jobs.len() >= LIMITS.jobs || self.branches_too_deep(io) {
            return self.grant(BOUND);
        }
        self.job_count += 1;
        let (pid, path) = (12 + self.job_count, format!("/dev/fd/{name}"));
        let mut shell = self.child();
        shell.inputs = vec![Input::pipe()];
        (shell.fds.input, shell.fds.out) = (0, Target::Stream(self.pipe_number()));
        shell.tasks.push(Task::Stage(Rc::clone(body), Vec::new()));
        let answers = self.inputs.len();
        self.inputs.push(Input::pipe());
        self.fds.set(from, Target::Input(answers));
        self.fds.set(to, Target::Outlet(path.as_str().into()));
        let streams = [(0, from.to_string()), (1, to.to_string())].into_iter().collect();
        _ = self.variables.set_array(name, Array::List(streams));
        self.set(&format!("{name}_PID"), pid.to_string());
        self.last_job = Some(pid);
        let number = self.next_number();
        self.jobs.push(Job {
            number,
            pid,
            status: None,
            text: format!("coproc {name}"),
            was_in_front: false,
            shell,
            wake: Millis(i64::MIN),
            signal: None,
            outlet: Some(path),
            is_orphan: false,
            is_collected: false,
            answers: Some(answers),
        });
        self.status = 0;
    }

    /// Streams have changed: what is written to no longer is closed.
    pub(super) fn close_lost_outlets(&mut self, before: &Fds) {
        let now = self.fds.outlets();
        for path in before.outlets().into_iter().filter(|path| !now.contains(path)) {
            self.close_outlets(Some(&path));
        }
    }

    /// Starts the commands of `>(…)`, which read what is written under a name.
    pub(super) fn start_outlets(&mut self) {
        for (path, list) in std::mem::take(&mut self.outlets) {
            if self.jobs.len() >= LIMITS.jobs || self.depth >= LIMITS.branch_depth {
                return;
            }
            self.job_count += 1;
            let mut shell = self.child();
            shell.inputs = vec![Input::pipe()];
            shell.fds.input = 0;
            shell.tasks.push(Task::List(list, 0));
            self.jobs.push(Job {
                number: self.job_count,
                pid: 12 + self.job_count,
                status: None,
                text: String::new(),
                was_in_front: false,
                shell,
                wake: FOREVER,
                signal: None,
                outlet: Some(path),
                is_orphan: false,
                is_collected: false,
                answers: None,
            });
        }
    }

    /// Writes to the commands of `>(…)`. Returns whether there are any of that name.
    pub(super) fn write_outlet(&mut self, path: &str, text: &str) -> bool {
        let is_meant = |job: &&mut Job| job.outlet.as_deref() == Some(path) && job.status.is_none();
        let Some(job) = self.jobs.iter_mut().find(is_meant) else { return false };
        job.shell.feed(text);
        job.wake = Millis(i64::MIN);
        true
    }

    /// Nothing more is written under a name, or under any: they read to the end.
    pub(super) fn close_outlets(&mut self, path: Option<&str>) -> bool {
        let mut has_any = false;
        for job in self.jobs.iter_mut().filter(|job| job.status.is_none()) {
            if job.outlet.is_some() && (path.is_none() || job.outlet.as_deref() == path) {
                job.shell.close_input();
                job.wake = Millis(i64::MIN);
                has_any = true;
            }
        }
        has_any
    }

    /// Whether something is written under a name.
    pub(super) fn is_outlet(&self, path: &str) -> bool {
        self.outlets.iter().any(|outlet| outlet.0 == path)
            || self.jobs.iter().any(|job| job.status.is_none() && job.outlet.as_deref() == Some(path))
    }

    /// Whether something was written to `>(…)` that has not been read.
    pub(super) fn has_outlet_news(&self) -> bool {
        let waits = |job: &Job| job.outlet.is_some() && job.status.is_none() && job.wake == Millis(i64::MIN);
        self.jobs.iter().any(waits)
    }

    /// A command is over that had these names of `>(…)`: what programs wrote there goes to the commands inside.
    pub(super) fn pass_to_outlets(&mut self, paths: &[String], io: &mut Io<'_>) {
        let status = self.status;
        for path in paths {
            let text = io.world.read(path).map(|text| text.to_string()).unwrap_or_default();
            if !text.is_empty() {
                self.write_outlet(path, &text);
                _ = io.world.write(path, "", false);
            }
            self.close_outlets(Some(path));
        }
        self.run_jobs(io);
        self.status = status;
    }
}
