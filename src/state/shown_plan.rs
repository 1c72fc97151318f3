//! The plan that a lab shows, and what becomes of it.

use super::{Effect, Micros, Panel, State};
use crate::explain::{Outcome, Plan};
use crate::i18n::scene::word;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::Millis;
use crate::playground::Playground;
use std::rc::Rc;

/// A plan, and for what it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownPlan {
    /// The text that was to be applied.
    pub text: Rc<str>,
    /// The name of its file.
    pub name: Rc<str>,
    /// When it was made.
    pub at: Millis,
    /// In which branch.
    pub branch: usize,
    /// Under which Kubernetes, where that is another than the cluster's.
    pub under: Option<Kubernetes>,
    /// What the same text leads to under the cluster's own, where another was asked for, and what makes the difference.
    pub here: Option<Beside>,
    /// What the cluster was.
    pub kubernetes: Kubernetes,
    /// How much had been done in the branch.
    pub inputs: usize,
    /// What it foretells.
    pub plan: Plan,
    /// When the text was applied, if it was.
    pub begun: Option<Millis>,
}

impl ShownPlan {
    /// Whether it tells of another beginning than the one that is looked at: something was done since, or in another
    /// branch. One that was applied is compared with what came instead.
    pub fn is_outdated(&self, playground: &Playground) -> bool {
        self.begun.is_none()
            && (playground.current_branch() != self.branch
                || playground.now() < self.at
                || playground.deeds() != self.inputs
                || playground.cluster().kubernetes() != self.kubernetes)
    }

    /// Whether a line of the way out was run since the plan was made, in the branch of the plan.
    pub fn was_run(&self, playground: &Playground, line: &str) -> bool {
        playground.current_branch() == self.branch && playground.lines_since(self.inputs).any(|it| it.trim() == line)
    }

    /// How many lines of the way out were run, and how many there are.
    pub fn way_so_far(&self, playground: &Playground) -> (usize, usize) {
        let lines: Vec<&str> = self.plan.ways.iter().flat_map(|way| &way.remedies).map(|it| it.line.as_str()).collect();
        (lines.iter().filter(|line| self.was_run(playground, line)).count(), lines.len())
    }

    /// Whether all of them were.
    pub fn is_way_over(&self, playground: &Playground) -> bool {
        let (done, all) = self.way_so_far(playground);
        done > 0 && done == all
    }

    /// What has become of it by now. `None` before it was applied, and in another branch.
    pub fn outcome(&self, playground: &Playground) -> Option<Outcome> {
        let begun =
            self.begun.filter(|begun| playground.current_branch() == self.branch && playground.now() >= *begun)?;
        Some(playground.outcome(&self.plan, begun))
    }
}

/// The plan under the cluster's own Kubernetes, and the rules that make the difference.
type Beside = (Rc<Plan>, Vec<Difference>);

/// The plan for a text, and beside one for another Kubernetes that of the cluster's own.
fn plans(playground: &Playground, text: &str, under: Option<Kubernetes>) -> (Plan, Option<Beside>) {
    let here = under.map(|under| (Rc::new(playground.plan(text, None)), playground.what_matters(text, under)));
    (playground.plan(text, under), here)
}

impl State {
    /// Plays everything that was done under another Kubernetes, beside what is looked at.
    pub(super) fn play_version(&mut self, kubernetes: Kubernetes, effects: &mut Vec<Effect>) {
        let other = self.playground.borrow_mut().branch_under(kubernetes);
        self.compared = vec![other];
        // The picture needs the room, and the plan is played there.
        self.close_plan();
        self.changed(effects);
    }

    pub(super) fn show_plan(&mut self, under: Option<Kubernetes>) {
        let playground = self.playground.borrow();
        let (text, name) = (self.files.text(), self.files.name());
        let (plan, here) = plans(&playground, &text, under);
        let (at, branch) = (playground.now(), playground.current_branch());
        let (kubernetes, inputs) = (playground.cluster().kubernetes(), playground.deeds());
        drop(playground);
        let shown_plan = ShownPlan { text, name, at, branch, under, here, kubernetes, inputs, plan, begun: None };
        self.shown_plan = Some(Rc::new(shown_plan));
        self.selected = None;
        if self.media.is_narrow {
            self.panel = Panel::Inspector;
        }
    }

    /// A plan is made anew when the cluster becomes another version or has other gates: that is what it was asked for.
    pub(super) fn follow_kubernetes(&mut self) {
        let Some(old) = self.shown_plan.as_ref().filter(|it| it.begun.is_none()) else { return };
        let playground = self.playground.borrow();
        let kubernetes = playground.cluster().kubernetes();
        if kubernetes == old.kubernetes || playground.current_branch() != old.branch {
            return;
        }
        let under = old.under.filter(|under| *under != kubernetes);
        let (plan, here) = plans(&playground, &old.text, under);
        let (at, inputs) = (playground.now(), playground.deeds());
        let anew = ShownPlan { at, under, here, kubernetes, inputs, plan, ..(**old).clone() };
        drop(playground);
        self.shown_plan = Some(Rc::new(anew));
    }

    pub(super) fn close_plan(&mut self) {
        self.shown_plan = None;
        if self.panel == Panel::Inspector && self.selected.is_none() {
            self.panel = Panel::Picture;
        }
    }

    /// Remembers that the text of the plan is applied now; a plan for another text or moment says nothing of it.
    pub(super) fn plan_begins(&mut self) {
        let playground = self.playground.borrow();
        let (now, branch) = (playground.now(), playground.current_branch());
        let text = self.files.text();
        let fits = |it: &ShownPlan| it.text == text && it.under.is_none() && it.branch == branch;
        if let Some(plan) = self.shown_plan.as_mut().filter(|it| fits(it) && it.begun.is_none()) {
            // What happened since it was made may be another beginning: it is made anew, unseen.
            let anew = if plan.at == now { plan.plan.clone() } else { playground.plan(&plan.text, None) };
            *plan = Rc::new(ShownPlan { plan: anew, at: now, begun: Some(now), ..(**plan).clone() });
        }
    }

    /// Applies what was planned, whichever text the editor shows by now. If that text was changed since, it is planned
    /// anew instead, to be looked at first.
    pub(super) fn apply_plan(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        let Some(shown_plan) = self.shown_plan.clone() else { return };
        match self.files.names.iter().position(|name| *name == shown_plan.name) {
            Some(index) if index == self.files.current => {}
            Some(index) => self.show_file(index),
            None => self.open(Some(Rc::clone(&shown_plan.name)), Rc::clone(&shown_plan.text), effects),
        }
        if self.files.text() == shown_plan.text { self.apply(now, effects) } else { self.show_plan(None) }
    }

    /// Plays the plan as a branch: beside the picture, or to look at.
    pub(super) fn play_plan(&mut self, is_beside: bool, effects: &mut Vec<Effect>) {
        let Some(shown_plan) = self.shown_plan.clone() else { return };
        let name = word(self.view.lang, "plan-branch");
        let mut playground = self.playground.borrow_mut();
        let before = playground.current_branch();
        // Time may have gone on since the plan was made: the branch begins now, and the plan is of now as well.
        let now = playground.now();
        let shown_plan = match shown_plan.at == now && before == shown_plan.branch {
            true => shown_plan,
            false => {
                let plan = playground.plan(&shown_plan.text, None);
                let (kubernetes, inputs) = (playground.cluster().kubernetes(), playground.deeds());
                Rc::new(ShownPlan { plan, at: now, branch: before, kubernetes, inputs, ..(*shown_plan).clone() })
            }
        };
        self.shown_plan = Some(Rc::clone(&shown_plan));
        // Several plans are told apart by their numbers.
        let names = (0..playground.branch_count()).filter_map(|it| playground.branch_facts(it));
        let name = match names.filter(|facts| facts.name.starts_with(name)).count() {
            0 => name.to_string(),
            earlier => format!("{name} {}", earlier + 1),
        };
        let number = playground.play_plan(&shown_plan.text, &shown_plan.plan, &name);
        self.pace.is_playing = true;
        self.clock.wake();
        if is_beside {
            self.compared = vec![number];
        } else {
            playground.switch_branch(number);
            self.compared = vec![before];
            let at = playground.now();
            self.shown_plan = Some(Rc::new(ShownPlan { branch: number, at, begun: Some(at), ..(*shown_plan).clone() }));
        }
        drop(playground);
        self.changed(effects);
    }
}
