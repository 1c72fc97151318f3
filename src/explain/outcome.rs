//! Plan and outcome: which steps of a plan have happened, and what happened that it did not foretell.

use super::plan::{Plan, PlanStep, steps_of};
use crate::cluster::Change;
use crate::model::Millis;

/// What became of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// When each of its steps happened, counted as the plan counts.
    pub done: Vec<Option<Millis>>,
    /// What happened to the same objects and was not foretold.
    pub strays: Vec<PlanStep>,
    /// Whether its time is over.
    pub is_over: bool,
}

impl Outcome {
    /// Whether everything that was foretold by now has happened, and nothing else.
    pub fn is_as_foretold(&self) -> bool {
        self.strays.is_empty() && (!self.is_over || self.done.iter().all(Option::is_some))
    }

    /// How many steps have happened.
    pub fn count(&self) -> usize {
        self.done.iter().flatten().count()
    }
}

/// How far a step may be from its time: a command at the console takes a moment.
const TOLERANCE: i64 = 1500;

/// Compares a plan with what was written since `begin`, by `now`.
pub fn outcome<'a>(plan: &Plan, begin: Millis, now: Millis, changes: impl Iterator<Item = &'a Change>) -> Outcome {
    let mut out = Outcome { done: vec![None; plan.steps.len()], ..Outcome::default() };
    let until = begin + plan.duration + Millis(TOLERANCE);
    out.is_over = now >= until;
    let is_known = |step: &PlanStep| plan.steps.iter().any(|own| own.key == step.key);
    let is_near =
        |a: &PlanStep, b: &PlanStep| a.key == b.key && a.what == b.what && (a.after - b.after).0.abs() <= TOLERANCE;
    let is_anyway = |step: &PlanStep| plan.anyway.iter().any(|own| is_near(own, step));
    for step in changes.filter(|change| change.at >= begin && change.at <= until).flat_map(|it| steps_of(it, begin)) {
        let is_it = |(own, done): &(&PlanStep, &mut Option<Millis>)| done.is_none() && is_near(own, &step);
        match plan.steps.iter().zip(&mut out.done).find(is_it) {
            Some((_, done)) => *done = Some(step.after),
            None if is_known(&step) && !is_anyway(&step) => out.strays.push(step),
            None => {}
        }
    }
    // Nothing more is foretold: nobody need wait for the end of its time.
    out.is_over |= out.done.iter().all(Option::is_some);
    out
}
