//! Commands that wait: state machines that are polled while virtual time goes on; know no clock.

use super::command::{Cx, Flow};
use super::verbs::{delete, drain, edit, exec, get, logs, rollout, run, wait};
use crate::model::Millis;

/// A command that waits.
#[derive(Clone, Debug)]
pub enum Job {
    /// `get --watch`.
    Watch(Box<get::Watch>),
    /// `delete`, until the objects are gone.
    Delete(Box<delete::Deletion>),
    /// `rollout status`.
    Rollout(Box<rollout::Status>),
    /// `wait`.
    Wait(Box<wait::Waiting>),
    /// `drain`.
    Drain(Box<drain::Drain>),
    /// A process in a container that somebody talks to.
    Shell(Box<exec::Talk>),
    /// `run`, until its pod runs.
    Run(Box<run::Start>),
    /// `logs --follow`.
    Follow(Box<logs::Follow>),
    /// `edit`, until the text comes back.
    Edit(Box<edit::Edit>),
    /// `sleep`.
    Sleep(Millis),
}

impl Job {
    /// Looks at the cluster again.
    pub fn poll(self, cx: &mut Cx<'_>) -> Flow {
        match self {
            Job::Watch(job) => job.poll(cx),
            Job::Delete(job) => job.poll(cx),
            Job::Rollout(job) => job.poll(cx),
            Job::Wait(job) => job.poll(cx),
            Job::Drain(job) => job.poll(cx),
            Job::Shell(job) => job.poll(cx),
            Job::Run(job) => job.poll(cx),
            Job::Follow(job) => job.poll(cx),
            Job::Edit(job) => Flow::Wait(Job::Edit(job)),
            Job::Sleep(until) if cx.now() >= until => Flow::Done(0),
            Job::Sleep(until) => Flow::Wait(Job::Sleep(until)),
        }
    }

    /// When it wants to be polled even if nothing changes.
    pub fn wakes_at(&self) -> Option<Millis> {
        match self {
            Job::Watch(job) => job.wakes_at(),
            Job::Delete(job) => job.wakes_at(),
            Job::Rollout(job) => job.wakes_at(),
            Job::Wait(job) => job.wakes_at(),
            Job::Drain(job) => job.wakes_at(),
            Job::Shell(job) => job.wakes_at(),
            Job::Run(job) => job.wakes_at(),
            Job::Follow(job) => Some(job.wakes_at()),
            Job::Edit(_) => None,
            Job::Sleep(until) => Some(*until),
        }
    }
}
