//! What can be said of a session's branches: what was done in them, what follows, and any of them at any moment.

use super::{BranchFacts, Input, Playground, REPLAYED_WORK_MAX, Record, is_setting, record_at};
use crate::controllers::{Decision, Outcome};
use crate::explain::Lights;
use crate::kubernetes::Kubernetes;
use crate::model::workload::{ready_replicas, replicas};
use crate::model::{Key, Kind, Millis, Text};
use crate::sim::{Replay, Sim, Timed};

/// The name of the branch that a playground begins with.
pub(super) const FIRST_BRANCH: &str = "main";

/// How the line begins that makes a branch another Kubernetes from the start.
const CHOICE: &str = "minikube start ";

/// How many records of another branch are looked through for decisions.
const DECISIONS_MAX: usize = 5000;

impl Playground {
    /// The number of branches.
    pub fn branch_count(&self) -> usize {
        self.history.branches().len()
    }

    /// The number of the branch that is looked at.
    pub fn current_branch(&self) -> usize {
        self.history.current()
    }

    /// What can be said of a branch. `None` for an unknown number.
    pub fn branch_facts(&self, branch: usize) -> Option<BranchFacts> {
        let branch = self.history.branches().get(branch)?;
        Some(BranchFacts { name: branch.name.clone(), parent: branch.parent, end: branch.end() })
    }

    /// Looks at another branch, at the same moment if it reaches so far.
    pub fn switch_branch(&mut self, branch: usize) {
        self.history.switch(branch);
        self.version += 1;
    }

    /// Plays everything that was done in this branch under another Kubernetes, as a branch of its own from the very
    /// start; the moment that is looked at stays. Returns its number.
    pub fn branch_under(&mut self, kubernetes: Kubernetes) -> usize {
        let (current, now, seen) = (self.history.current(), self.now(), self.history.seen());
        let mut line = format!("{CHOICE}--kubernetes-version={}", kubernetes.version());
        let gates = kubernetes.gates_text();
        if !gates.is_empty() {
            line += &format!(" --feature-gates={gates}");
        }
        let mut inputs = vec![Timed { at: Millis::ZERO, input: Input::Line(line) }];
        // What made this branch another version is not repeated.
        inputs.extend(without_choice(self.history.branch().inputs()).cloned());
        // Beside another version, the first branch goes by its own.
        if self.history.branch().name == FIRST_BRANCH {
            let own = self.cluster().kubernetes().version();
            self.history.rename(current, &format!("Kubernetes {own}"));
        }
        let (number, end) = (self.history.branches().len(), self.history.branch().end());
        let name = self.name_under(kubernetes, gates);
        // What took longer here is played as far as it gets: the other story need not be of the same length.
        let replay = Replay { number, name, parent: Some((current, Millis::ZERO)), inputs, end };
        self.history.replay_branch(replay, REPLAYED_WORK_MAX);
        self.history.switch(current);
        self.history.seek_before(seen, now);
        self.version += 1;
        number
    }

    /// A name for this story under another Kubernetes that no other branch has.
    fn name_under(&self, kubernetes: Kubernetes, gates: String) -> String {
        let mut name = format!("Kubernetes {}", kubernetes.version());
        if !gates.is_empty() {
            name += &format!(" {gates}");
        }
        let is_taken = |name: &str| self.history.branches().iter().any(|branch| branch.name == name);
        match is_taken(&name) {
            false => name,
            true => (2..).map(|number| format!("{name} ({number})")).find(|name| !is_taken(name)).unwrap_or(name),
        }
    }

    /// The branch whose story another one tells under another Kubernetes; the branch itself if it tells its own.
    fn story_of(&self, mut branch: usize) -> usize {
        while let Some(parent) = self.history.branches().get(branch).and_then(|it| {
            let is_other_version = it.inputs().first().is_some_and(is_choice);
            it.parent.filter(|(parent, at)| is_other_version && *at == Millis::ZERO && *parent < branch)
        }) {
            branch = parent.0;
        }
        branch
    }

    /// Whether another branch tells the story of the one that is looked at under another Kubernetes: what is done here is
    /// to be done there.
    pub fn is_same_story(&self, branch: usize) -> bool {
        let current = self.history.current();
        branch != current && branch < self.branch_count() && self.story_of(branch) == self.story_of(current)
    }

    /// Does what was done here in a branch that tells the same story under another Kubernetes. Where the two have parted,
    /// as after acting in the past, the story is told anew. Returns the number of the branch that tells it.
    pub fn follow(&mut self, branch: usize) -> usize {
        if branch == self.history.current() || branch >= self.branch_count() {
            return branch;
        }
        let Some(missing) = self.missing_in(branch) else {
            let begun = self.history.world_at(branch, Millis::ZERO);
            return begun.map_or(branch, |begun| self.branch_under(begun.sim.cluster.kubernetes()));
        };
        if !missing.is_empty() {
            self.history.act_in(branch, missing);
            self.version += 1;
        }
        branch
    }

    /// What was done here after everything that was done in another branch. `None` if the two have parted before.
    fn missing_in(&self, branch: usize) -> Option<Vec<Timed<Input>>> {
        let mut here = without_choice(self.history.branch().inputs());
        let mut there = without_choice(self.history.branches().get(branch)?.inputs());
        there.all(|timed| here.next() == Some(timed)).then(|| here.cloned().collect())
    }

    /// Whether something was done here since another branch, or this one, began: the other one knows nothing of it.
    pub fn stands_still(&self, branch: usize) -> bool {
        let since = |number: usize| self.history.branches().get(number).and_then(|it| it.parent);
        let begun = since(branch).or(since(self.history.current())).map_or(Millis::ZERO, |(_, at)| at);
        let mut own = self.history.branch().inputs().iter();
        !self.is_same_story(branch) && own.any(|timed| timed.at > begun && !is_setting(&timed.input))
    }

    /// Gives a branch another name.
    pub fn rename_branch(&mut self, branch: usize, name: &str) {
        self.history.rename(branch, name);
        self.version += 1;
    }

    /// Any branch at any moment, and what was decided there lately, in order of time. `None` for an unknown branch.
    pub fn branch_at(&self, branch: usize, at: Millis) -> Option<(Sim, Vec<Decision>)> {
        let mut cursor = self.cursor.borrow_mut();
        let look = self.history.look(&mut cursor, branch, at)?;
        let branch = self.history.branches().get(branch)?;
        let records = branch.records();
        let recent = records.get(records.len().saturating_sub(DECISIONS_MAX)..).unwrap_or(&[]);
        let past = recent.iter().filter(|record| record_at(record) <= at);
        // Beyond its end it was played just now.
        let beyond = look.recent().iter().filter(|record| record_at(record) > branch.end());
        let decisions = past.chain(beyond).filter_map(|record| match record {
            Record::Decision(decision) => Some(decision.clone()),
            Record::Change(_) => None,
        });
        Some((look.world().sim.clone(), decisions.collect()))
    }

    /// What StatefulSets promise, as it was held in a branch by a moment.
    pub fn lights_at(&self, branch: usize, at: Millis) -> Option<Lights> {
        let mut cursor = self.cursor.borrow_mut();
        Some(self.history.look(&mut cursor, branch, at)?.world().lights.clone())
    }

    /// What a set's controller did last in a branch, as far as it goes by ordinals, and behind it what it waits for since.
    pub fn reasons_at(&self, branch: usize, at: Millis) -> Vec<Decision> {
        let mut cursor = self.cursor.borrow_mut();
        let Some(look) = self.history.look(&mut cursor, branch, at) else { return Vec::new() };
        let before = look.world().count.saturating_sub(look.recent().len());
        let past = self.history.branches().get(branch).map_or(&[][..], |branch| branch.records());
        let all = look.recent().iter().rev().chain(past.get(..before).unwrap_or_default().iter().rev());
        let decisions = all.take(DECISIONS_MAX).filter_map(|record| match record {
            Record::Decision(decision) => Some(decision),
            Record::Change(_) => None,
        });
        reasons_of(decisions)
    }

    /// How the latest update of a set went in a branch, by a moment. `None` where none has begun.
    pub fn course_at(&self, branch: usize, at: Millis) -> Option<Course> {
        let mut cursor = self.cursor.borrow_mut();
        let look = self.history.look(&mut cursor, branch, at)?;
        let before = look.world().count.saturating_sub(look.recent().len());
        let past = self.history.branches().get(branch).map_or(&[][..], |branch| branch.records());
        let past = past.get(..before).unwrap_or_default();
        let past = past.get(past.len().saturating_sub(DECISIONS_MAX)..).unwrap_or_default();
        course_of(past.iter().chain(look.recent()))
    }

    /// Whether something was done later in this branch than the moment that is looked at: acting here begins another.
    pub fn has_future_inputs(&self) -> bool {
        let later = self.history.branch().inputs().get(self.history.seen()..).unwrap_or(&[]);
        later.iter().any(|timed| !is_setting(&timed.input))
    }

    /// How much was done in this branch by the moment that is looked at.
    pub fn deeds(&self) -> usize {
        let seen = self.inputs().get(..self.history.seen()).unwrap_or_default();
        seen.iter().filter(|timed| !is_setting(&timed.input)).count()
    }

    /// The lines that were run in this branch after so many deeds, by the moment that is looked at.
    pub fn lines_since(&self, deeds: usize) -> impl Iterator<Item = &str> {
        let seen = self.inputs().get(..self.history.seen()).unwrap_or_default();
        let later = seen.iter().filter(|timed| !is_setting(&timed.input)).skip(deeds);
        later.filter_map(|timed| match &timed.input {
            Input::Line(line) | Input::Ask(line) => Some(&**line),
            _ => None,
        })
    }

    /// Whether anything was done beside what it began with: a line, a fault, another branch.
    pub fn is_touched(&self) -> bool {
        let acts = |timed: &&Timed<Input>| !is_setting(&timed.input);
        self.branch_count() > 1 || self.inputs().iter().filter(acts).count() > self.options.lines.len()
    }

    /// The line for the cluster that was run last in this branch. What is typed elsewhere may be a password.
    pub fn last_line(&self) -> Option<&str> {
        let is_ours = |line: &&str| matches!(line.split(' ').next(), Some("kubectl" | "k" | "lab" | "minikube"));
        let mut lines = self.inputs().iter().rev().filter_map(|timed| match &timed.input {
            Input::Line(line) | Input::Ask(line) => Some(line.trim()),
            _ => None,
        });
        lines.find(is_ours)
    }

    /// The names of the sets that there are at the moment that is looked at.
    pub fn set_names(&self) -> Vec<String> {
        self.cluster().list(Kind::StatefulSet).map(|set| set.meta.name.to_string()).collect()
    }
}

/// Whether an input is the choice of a Kubernetes with which a branch begins.
fn is_choice(timed: &Timed<Input>) -> bool {
    timed.at == Millis::ZERO && matches!(&timed.input, Input::Line(line) if line.starts_with(CHOICE))
}

/// What was done in a branch beside that choice.
fn without_choice(inputs: &[Timed<Input>]) -> impl Iterator<Item = &Timed<Input>> {
    inputs.iter().filter(|timed| !is_choice(timed))
}

/// How an update of a set goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// What decided the way that it takes: the first pod that it deletes, or what it waits for instead.
    pub first: Option<Decision>,
    /// The pods that it deleted, and when.
    pub replaced: Vec<(Millis, Text)>,
    /// How few pods were ready at once, and how many there are to be.
    pub fewest: Option<(i64, i64)>,
}

/// The latest update among records in order of time.
fn course_of<'a>(records: impl Iterator<Item = &'a Record>) -> Option<Course> {
    let (mut key, mut course): (Option<&Key>, Course) = (None, Course::default());
    for record in records {
        match record {
            Record::Decision(it) if matches!(it.rule, "sts.revision.created" | "sts.revision.rolled-back") => {
                (key, course) = (Some(&it.key), Course::default());
            }
            Record::Decision(it) if key == Some(&it.key) => course.note(it),
            Record::Change(change) if key == Some(&change.object.key()) => {
                let ready = ready_replicas(&change.object);
                let now = (ready, replicas(&change.object));
                course.fewest = Some(course.fewest.filter(|fewest| fewest.0 <= ready).unwrap_or(now));
            }
            _ => {}
        }
    }
    course.first.is_some().then_some(course)
}

impl Course {
    fn note(&mut self, decision: &Decision) {
        let deletes = ["sts.update.delete", "sts.recreate.delete"].iter().any(|rule| decision.rule.starts_with(rule));
        let is_way = deletes || decision.rule.starts_with("sts.update.budget");
        if is_way && decision.outcome != Outcome::Skips && self.first.is_none() {
            self.first = Some(decision.clone());
        }
        let pod = decision.facts.iter().find(|it| it.0 == "pod").map(|it| Text::new(it.1.as_str()));
        if let Some(pod) = pod.filter(|pod| deletes && self.replaced.iter().all(|it| it.1 != *pod)) {
            self.replaced.push((decision.at, pod));
        }
    }
}

/// Of decisions, the latest first: what a set's controller did last, and behind it what it waits for still.
fn reasons_of<'a>(decisions: impl Iterator<Item = &'a Decision>) -> Vec<Decision> {
    let groups = ["sts.replica.", "sts.condemned.", "sts.update.", "sts.recreate."];
    let pod_of = |decision: &Decision| decision.facts.iter().find(|it| it.0 == "pod").map(|it| it.1.clone());
    // The sets at which the controller has looked again: what an earlier look waited for is over.
    let mut looked: Vec<&Key> = Vec::new();
    let (mut wait, mut done): (Option<&Decision>, Option<&Decision>) = (None, None);
    for decision in decisions {
        if decision.rule == "sts.sync" && !looked.contains(&&decision.key) {
            looked.push(&decision.key);
        }
        if decision.outcome == Outcome::Skips || !groups.iter().any(|group| decision.rule.starts_with(group)) {
            continue;
        }
        match (decision.outcome, done) {
            (Outcome::Waits, None) if wait.is_none() && !looked.contains(&&decision.key) => wait = Some(decision),
            (Outcome::Acts, None) => {
                done = Some(decision);
                if !decision.rule.starts_with("sts.replica.create") {
                    break;
                }
            }
            // A pod that comes again says less than why its predecessor was taken away.
            (Outcome::Acts, Some(made)) if made.key == decision.key && pod_of(made) == pod_of(decision) => {
                done = if decision.rule.starts_with("sts.replica.") { done } else { Some(decision) };
                break;
            }
            _ => {}
        }
    }
    done.into_iter().chain(wait).cloned().collect()
}
