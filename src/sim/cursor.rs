//! A look at any branch that goes on from moment to moment, instead of playing from a checkpoint each time.

use super::history::{Branch, History, World};
use crate::model::Millis;

/// The most records of a look that are kept.
const RECENT_MAX: usize = 5000;

/// A branch at a moment, apart from the one that is looked at.
pub struct Cursor<W: World> {
    branch: usize,
    /// How many inputs the branch had: with more of them it is another story.
    length: usize,
    seen: usize,
    world: W,
    /// What happened last, the oldest first.
    recent: Vec<W::Record>,
}

impl<W: World> Cursor<W> {
    /// The world at the moment.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// What had happened last by the moment, oldest first; a few thousand records at most.
    pub fn recent(&self) -> &[W::Record] {
        &self.recent
    }

    fn of(number: usize, branch: &Branch<W>, at: Millis) -> Cursor<W> {
        let checkpoint = branch.nearest(at);
        let (world, seen) = (checkpoint.world.clone(), checkpoint.inputs);
        Cursor { branch: number, length: branch.inputs().len(), seen, world, recent: Vec::new() }
    }

    /// Whether going on from here is the shortest way to a moment of a branch.
    fn leads_to(&self, number: usize, branch: &Branch<W>, at: Millis) -> bool {
        self.branch == number
            && self.length == branch.inputs().len()
            && self.world.now() <= at
            && self.world.work_count() >= branch.nearest(at).world.work_count()
    }

    fn go_on(&mut self, branch: &Branch<W>, at: Millis) {
        while let Some(timed) = branch.inputs().get(self.seen).filter(|timed| timed.at <= at) {
            self.world.advance_to(timed.at);
            self.world.apply(&timed.input);
            self.seen += 1;
        }
        self.world.advance_to(at);
        self.recent.extend(self.world.take_records());
        self.recent.drain(..self.recent.len().saturating_sub(RECENT_MAX));
    }
}

impl<W: World> History<W>
where
    W::Record: Clone,
{
    /// Any branch at any moment, also beyond its end, where it goes on by itself. The cursor is where it was looked at last,
    /// and then where it is looked at now. `None` for an unknown branch.
    pub fn look<'c>(&self, cursor: &'c mut Option<Cursor<W>>, number: usize, at: Millis) -> Option<&'c Cursor<W>> {
        let branch = self.branches().get(number)?;
        let kept = cursor.take().filter(|it| it.leads_to(number, branch, at));
        let mut next = kept.unwrap_or_else(|| Cursor::of(number, branch, at));
        next.go_on(branch, at);
        Some(cursor.insert(next))
    }
}
