//! What was done and when, so that every moment can be visited again and acted on anew; knows nothing of what a
//! world is.
//!
//! State is a function of the start and the recorded inputs.
//! Going back restores the nearest checkpoint and replays from there; acting where inputs follow opens a branch and
//! leaves the old one as it was.

use crate::model::Millis;

/// What a history is about: something that inputs act on and that goes on by itself.
pub trait World: Clone {
    /// What a user does to it.
    type Input: Clone;
    /// What it reports while it goes on.
    type Record;

    /// Its virtual time.
    fn now(&self) -> Millis;
    /// How many records it has reported since its start.
    fn record_count(&self) -> usize;
    /// Takes the records since the last call, oldest first.
    fn take_records(&mut self) -> Vec<Self::Record>;
    /// Acts on it.
    fn apply(&mut self, input: &Self::Input);
    /// How much has happened since its start, as a measure of how long it takes to replay: rises with every record and
    /// with work that reports nothing.
    fn work_count(&self) -> usize;
    /// Lets it go on until `until`, or until its work count has risen by `work_max`. Returns whether it got there.
    fn advance_some(&mut self, until: Millis, work_max: usize) -> bool;
    /// Lets it go on until `until`.
    fn advance_to(&mut self, until: Millis) {
        while !self.advance_some(until, usize::MAX) {}
    }
}

/// An input with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed<I> {
    /// When it was done.
    pub at: Millis,
    /// What was done.
    pub input: I,
}

/// A branch that is to be built from its inputs.
#[derive(Clone, Debug)]
pub struct Replay<I> {
    /// Its number; 0 takes the place of the branch that the history began with.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// The branch that it leaves, and when.
    pub parent: Option<(usize, Millis)>,
    /// What is done in it, from the start.
    pub inputs: Vec<Timed<I>>,
    /// Up to when it is played.
    pub end: Millis,
}

#[derive(Clone)]
pub(super) struct Checkpoint<W> {
    pub world: W,
    /// How many of the branch's inputs it has seen.
    pub inputs: usize,
}

/// One line of events from the start.
///
/// Invariants:
/// - Inputs are in order of time; records are complete until `end`.
/// - The first checkpoint is the start; checkpoints are in order of time and inputs.
pub struct Branch<W: World> {
    /// A name for people.
    pub name: String,
    /// The branch it came from and when, unless it is the first.
    pub parent: Option<(usize, Millis)>,
    inputs: Vec<Timed<W::Input>>,
    records: Vec<W::Record>,
    checkpoints: Vec<Checkpoint<W>>,
    /// How much work lies between two checkpoints at least.
    spacing: usize,
    end: Millis,
}

impl<W: World> Branch<W> {
    /// What was done, in order.
    pub fn inputs(&self) -> &[Timed<W::Input>] {
        &self.inputs
    }

    /// What the world reported, in order.
    pub fn records(&self) -> &[W::Record] {
        &self.records
    }

    /// The latest moment that was reached.
    pub fn end(&self) -> Millis {
        self.end
    }

    /// The last checkpoint at a moment or before.
    pub(super) fn nearest(&self, at: Millis) -> &Checkpoint<W> {
        let upto = self.checkpoints.partition_point(|c| c.world.now() <= at).max(1);
        &self.checkpoints[upto - 1]
    }

    /// How many moments can be restored without replay.
    pub fn checkpoint_count(&self) -> usize {
        self.checkpoints.len()
    }
}

/// All branches, and the moment that is looked at.
pub struct History<W: World> {
    branches: Vec<Branch<W>>,
    current: usize,
    world: W,
    /// How many of the branch's inputs the world has seen.
    seen: usize,
    /// The most work that a branch may take while somebody else's inputs are played.
    work_max: usize,
    /// Where the branch ends that is being played from stored inputs.
    goal: Millis,
}

/// A checkpoint is made when this much work was done since the last one, at first.
const WORK_PER_CHECKPOINT: usize = 384;

/// With more checkpoints than this, every second one is dropped, and new ones are made half as often.
const CHECKPOINTS_MAX: usize = 192;

/// Inputs that are replayed at most from one checkpoint to the next.
const INPUTS_PER_CHECKPOINT: usize = 32;

impl<W: World> History<W>
where
    W::Record: Clone,
{
    /// A history that begins with `world`.
    pub fn new(mut world: W, name: &str) -> History<W> {
        let records = world.take_records();
        let end = world.now();
        let checkpoints = vec![Checkpoint { world: world.clone(), inputs: 0 }];
        let first = Branch {
            name: name.to_string(),
            parent: None,
            inputs: Vec::new(),
            records,
            checkpoints,
            spacing: WORK_PER_CHECKPOINT,
            end,
        };
        History { branches: vec![first], current: 0, world, seen: 0, work_max: usize::MAX, goal: Millis::ZERO }
    }

    /// The world at the moment that is looked at.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// All branches, oldest first.
    pub fn branches(&self) -> &[Branch<W>] {
        &self.branches
    }

    /// The number of the branch that is looked at.
    pub fn current(&self) -> usize {
        self.current
    }

    /// The branch that is looked at.
    pub fn branch(&self) -> &Branch<W> {
        &self.branches[self.current]
    }

    /// Gives a branch another name. Unknown numbers are ignored.
    pub fn rename(&mut self, branch: usize, name: &str) {
        if let Some(branch) = self.branches.get_mut(branch) {
            branch.name = name.to_string();
        }
    }

    /// Whether inputs follow after the moment that is looked at.
    pub fn has_future_inputs(&self) -> bool {
        self.seen < self.branch().inputs.len()
    }

    /// How many of the branch's inputs the world has seen.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// Acts at the moment that is looked at. If inputs follow, a new branch called `name` begins here.
    /// Returns whether it did.
    pub fn act(&mut self, input: W::Input, name: impl FnOnce(usize) -> String) -> bool {
        let forks = self.has_future_inputs();
        if forks {
            self.fork(name(self.branches.len()));
        } else {
            self.drop_future();
        }
        let at = self.world.now();
        // What is due at this moment happens first, as it does when the input is replayed.
        self.advance_world(at, usize::MAX);
        self.world.apply(&input);
        let branch = &mut self.branches[self.current];
        branch.inputs.push(Timed { at, input });
        self.seen += 1;
        self.keep_records();
        // So does what follows at once: a session that stops here is the same when it is played again up to here.
        self.advance_world(self.world.now(), usize::MAX);
        forks
    }

    /// Does in another branch what was done in this one, each input at its time; none may lie before the last one there.
    /// What is looked at stays. Unknown numbers are ignored.
    pub fn act_in(&mut self, branch: usize, inputs: Vec<Timed<W::Input>>) {
        if branch >= self.branches.len() {
            return;
        }
        let (current, seen, now) = (self.current, self.seen, self.world.now());
        self.switch(branch);
        for timed in inputs {
            self.seek(timed.at);
            self.act(timed.input, |number| format!("branch {number}"));
        }
        self.switch(current);
        self.seek_before(seen, now);
    }

    /// Begins a branch called `name` at the moment that is looked at, if inputs follow: what was undone stays undone.
    /// Returns whether it did.
    pub fn branch_off(&mut self, name: impl FnOnce(usize) -> String) -> bool {
        let forks = self.has_future_inputs();
        if forks {
            self.fork(name(self.branches.len()));
        }
        forks
    }

    /// Lets time go on until `until`; recorded inputs happen again at their times.
    pub fn advance_to(&mut self, until: Millis) {
        self.advance_some(until, usize::MAX);
    }

    /// The same until about so much work was done. Returns whether it got there, or is not to go on.
    pub fn advance_some(&mut self, until: Millis, work: usize) -> bool {
        let enough = self.world.work_count().saturating_add(work);
        while let Some(next) = self.branches[self.current].inputs.get(self.seen) {
            if next.at > until || self.is_too_much() {
                break;
            }
            // What inputs do is work as well.
            if self.world.work_count() >= enough {
                return false;
            }
            let (at, input) = (next.at, next.input.clone());
            if !self.advance_world(at, enough) {
                return false;
            }
            self.world.apply(&input);
            self.seen += 1;
            self.keep_records();
        }
        self.advance_world(until, enough)
    }

    /// Looks at the moment `at` of the same branch, back or forth. At the time of an input it has happened.
    pub fn seek(&mut self, at: Millis) {
        let checkpoints = &self.branches[self.current].checkpoints;
        let nearest = checkpoints.partition_point(|c| c.world.now() <= at).max(1);
        // Forth, too, a checkpoint on the way saves the replay up to it.
        if at < self.world.now() || checkpoints[nearest - 1].world.work_count() > self.world.work_count() {
            self.restore(nearest);
        }
        self.advance_to(at);
    }

    /// Looks at the moment just before the last input that has happened, ready to act otherwise.
    /// Returns whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(last) = self.seen.checked_sub(1) else { return false };
        self.seek_before(last, self.branch().inputs[last].at);
        true
    }

    /// Looks at the moment `at` with `count` of the branch's inputs done, also where others were done at the same moment.
    /// Counts that do not fit the moment are ignored.
    pub fn seek_before(&mut self, count: usize, at: Millis) {
        let branch = self.branch();
        let time_of = |number: usize| branch.inputs.get(number).map(|timed| timed.at);
        let is_of_moment = time_of(count).is_none_or(|next| next >= at)
            && count.checked_sub(1).is_none_or(|last| time_of(last).is_some_and(|last| last <= at));
        if !is_of_moment {
            return self.seek(at);
        }
        self.restore(branch.checkpoints.partition_point(|c| c.inputs <= count && c.world.now() <= at));
        while self.seen < count {
            let next = &self.branches[self.current].inputs[self.seen];
            let (at, input) = (next.at, next.input.clone());
            self.advance_world(at, usize::MAX);
            self.world.apply(&input);
            self.seen += 1;
            self.keep_records();
        }
        self.advance_world(at, usize::MAX);
    }

    /// Looks at another branch, at the same moment or its end if that is earlier. Unknown numbers are ignored.
    pub fn switch(&mut self, branch: usize) {
        let Some(target) = self.branches.get(branch) else { return };
        let at = self.world.now().min(target.end);
        self.current = branch;
        self.restore(self.branches[branch].checkpoints.partition_point(|c| c.world.now() <= at));
        self.advance_to(at);
    }

    /// The world of any branch at any moment, without moving. `None` for an unknown branch.
    pub fn world_at(&self, branch: usize, at: Millis) -> Option<W> {
        let branch = self.branches.get(branch)?;
        let checkpoint = branch.nearest(at);
        let mut world = checkpoint.world.clone();
        for timed in branch.inputs[checkpoint.inputs..].iter().take_while(|timed| timed.at <= at) {
            world.advance_to(timed.at);
            world.apply(&timed.input);
        }
        world.advance_to(at);
        Some(world)
    }

    /// Builds a branch from its inputs. Returns whether that was done within so much work.
    pub fn replay_branch(&mut self, replay: Replay<W::Input>, work_max: usize) -> bool
    where
        W::Input: PartialEq,
    {
        self.begin_branch(replay, work_max);
        self.replay_some(usize::MAX);
        let is_done = !self.is_too_much();
        self.allow_all();
        is_done
    }

    /// Begins with what [`History::replay_branch`] does; [`History::replay_some`] goes on with it.
    pub fn begin_branch(&mut self, replay: Replay<W::Input>, work_max: usize)
    where
        W::Input: PartialEq,
    {
        let Replay { number, name, parent, inputs, end } = replay;
        let checkpoints = match parent.and_then(|(parent, at)| Some((self.branches.get(parent)?, at))) {
            Some((old, at)) if number > 0 => shared_checkpoints(old, &inputs, at.min(end)),
            _ => vec![self.branches[0].checkpoints[0].clone()],
        };
        let last = &checkpoints[checkpoints.len() - 1].world;
        let (start, count) = (last.now(), last.record_count());
        let old = parent.and_then(|(parent, _)| self.branches.get(parent)).filter(|_| number > 0);
        let records = old.map_or(&[][..], |old| &old.records[..count.min(old.records.len())]).to_vec();
        let upto = checkpoints.len();
        let spacing = WORK_PER_CHECKPOINT;
        let branch = Branch { name, parent, inputs, records, checkpoints, spacing, end: start };
        if number == 0 {
            self.branches[0] = branch;
            self.current = 0;
        } else {
            self.branches.push(branch);
            self.current = self.branches.len() - 1;
        }
        self.restore(upto);
        self.work_max = self.world.work_count().saturating_add(work_max);
        self.goal = end;
    }

    /// Plays about so much of the branch that was begun. Returns whether it is complete, or too much, see
    /// [`History::is_too_much`].
    pub fn replay_some(&mut self, work: usize) -> bool {
        self.advance_some(self.goal, work)
    }

    /// Whether the branch took more work than it may.
    pub fn is_too_much(&self) -> bool {
        self.world.work_count() > self.work_max
    }

    /// Lets the branches take as much work as they want from now on.
    pub fn allow_all(&mut self) {
        self.work_max = usize::MAX;
    }

    /// Restores the last of the first `upto` checkpoints of the current branch.
    fn restore(&mut self, upto: usize) {
        let checkpoint = &self.branches[self.current].checkpoints[upto.max(1) - 1];
        self.world = checkpoint.world.clone();
        self.seen = checkpoint.inputs;
    }

    /// Begins a branch at the moment that is looked at.
    fn fork(&mut self, name: String) {
        let (now, count) = (self.world.now(), self.world.record_count());
        let old = &self.branches[self.current];
        let seen = self.seen;
        let fork = Branch {
            name,
            parent: Some((self.current, now)),
            inputs: old.inputs[..seen].to_vec(),
            records: old.records[..count.min(old.records.len())].to_vec(),
            checkpoints: old
                .checkpoints
                .iter()
                .filter(|c| c.inputs <= seen && c.world.record_count() <= count && c.world.now() <= now)
                .cloned()
                .collect(),
            spacing: old.spacing,
            end: now,
        };
        self.branches.push(fork);
        self.current = self.branches.len() - 1;
    }

    /// Forgets what the world did by itself after the moment that is looked at: it follows from the rest.
    fn drop_future(&mut self) {
        let (now, count) = (self.world.now(), self.world.record_count());
        let branch = &mut self.branches[self.current];
        if branch.end > now {
            branch.records.truncate(count);
            branch.checkpoints.retain(|c| c.world.record_count() <= count && c.world.now() <= now);
            branch.end = now;
        }
    }

    /// Goes on in pieces, so that long stretches get checkpoints on the way, until the world's work count is `enough`.
    /// Returns whether it got there, or is not to go on.
    fn advance_world(&mut self, until: Millis, enough: usize) -> bool {
        loop {
            let left = enough.saturating_sub(self.world.work_count()).clamp(1, WORK_PER_CHECKPOINT);
            let is_there = self.world.advance_some(until, left);
            self.keep_records();
            if is_there || self.is_too_much() {
                return true;
            }
            if self.world.work_count() >= enough {
                return false;
            }
        }
    }

    /// Appends what is new to the branch's records and makes a checkpoint when it is time.
    fn keep_records(&mut self) {
        let count = self.world.record_count();
        let fresh = self.world.take_records();
        let branch = &mut self.branches[self.current];
        let is_new = count.saturating_sub(branch.records.len());
        let skip = fresh.len().saturating_sub(is_new);
        branch.records.extend(fresh.into_iter().skip(skip));
        branch.end = branch.end.max(self.world.now());
        let Some(last) = branch.checkpoints.last() else { return };
        let is_due = self.world.work_count() >= last.world.work_count() + branch.spacing
            || self.seen >= last.inputs + INPUTS_PER_CHECKPOINT;
        if !is_due {
            return;
        }
        branch.checkpoints.push(Checkpoint { world: self.world.clone(), inputs: self.seen });
        if branch.checkpoints.len() > CHECKPOINTS_MAX {
            let mut number = 0;
            branch.checkpoints.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            branch.spacing *= 2;
        }
    }
}

/// The checkpoints of a branch that another one shares: up to where both were told the same, and before `until`.
fn shared_checkpoints<W: World>(old: &Branch<W>, inputs: &[Timed<W::Input>], until: Millis) -> Vec<Checkpoint<W>>
where
    W::Input: PartialEq,
{
    let common = old.inputs.iter().zip(inputs).take_while(|(a, b)| a == b).count();
    let differs = [old.inputs.get(common), inputs.get(common)].into_iter().flatten().map(|timed| timed.at).min();
    let until = differs.map_or(until, |at| at.min(until));
    let is_shared = |c: &Checkpoint<W>| c.inputs <= common && c.world.now() < until;
    let first = old.checkpoints.iter().take(1);
    first.chain(old.checkpoints.iter().skip(1).take_while(|c| is_shared(c))).cloned().collect()
}

#[cfg(test)]
mod tests;
