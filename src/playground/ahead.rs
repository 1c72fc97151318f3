//! A lab as a copy that runs ahead: a plan is the lab itself, a little later.

use super::terminals::Terminals;
use super::{Entry, Input, Lab, Playground, Record, record_at};
use crate::cluster::{Change, Cluster};
use crate::controllers::{ControllerId, Decision};
use crate::explain::{self, Ahead, Applied, Outcome, Plan};
use crate::fnv::Fnv1a64;
use crate::i18n::Lang;
use crate::kubectl::Stream;
use crate::kubectl::manifests::objects_of;
use crate::kubernetes::{Area, DIFFERENCES, Difference, Kubernetes};
use crate::manifest::to_yaml;
use crate::model::{Key, Millis, Value};
use crate::sim::{Replay, Timed, World};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::Hash;
use std::rc::Rc;

/// The name of the file from which a copy applies.
const FILE: &str = "plan.yaml";

impl Lab {
    /// A copy in which nobody types and nothing was said yet.
    pub(super) fn ahead(&self) -> Lab {
        let mut lab = Lab { terminals: Terminals::default(), ..self.clone() };
        lab.fresh.clear();
        lab
    }

    /// What applying manifests would lead to, here or under another Kubernetes. Asked again at the same moment of the same
    /// session it is remembered.
    pub(super) fn plan_ahead(&self, manifests: &[Value], namespace: &str, kubernetes: Kubernetes) -> Rc<Plan> {
        let asked = Asked {
            past: self.past,
            now: self.sim.now(),
            count: self.count,
            namespace: namespace.to_string(),
            kubernetes,
            manifests: manifests.to_vec(),
        };
        let known = self.plans.borrow().iter().find(|(it, _)| *it == asked).map(|(_, plan)| Rc::clone(plan));
        if let Some(plan) = known {
            return plan;
        }
        let mut lab = self.ahead();
        if kubernetes != self.sim.cluster.kubernetes() {
            lab.sim.upgrade(kubernetes);
        }
        let plan = Rc::new(explain::plan(&lab, manifests, namespace));
        let mut plans = self.plans.borrow_mut();
        plans.push_back((asked, Rc::clone(&plan)));
        if plans.len() > PLANS_MAX {
            plans.pop_front();
        }
        plan
    }
}

/// The most plans that are remembered.
const PLANS_MAX: usize = 8;

/// Plans by what was asked; all copies of a lab remember them together.
pub(super) type Plans = Rc<RefCell<VecDeque<(Asked, Rc<Plan>)>>>;

/// What a plan was asked of: a moment of a session, and what would be applied.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    past: Past,
    now: Millis,
    count: usize,
    namespace: String,
    kubernetes: Kubernetes,
    manifests: Vec<Value>,
}

/// What was done in a session so far, as a number: a lab is what follows from it and from the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Past(Fnv1a64);

impl Past {
    /// Notes one more input. What the lines of a console do, faults and upgrades, follows from the lines.
    pub fn note(&mut self, at: Millis, input: &Input) {
        (at, input).hash(&mut self.0);
    }
}

impl Ahead for Lab {
    fn cluster(&self) -> &Cluster {
        &self.sim.cluster
    }

    fn apply(&mut self, manifests: &[Value], namespace: &str) -> Applied {
        let texts: Vec<String> = manifests.iter().map(to_yaml).collect();
        self.terminals.here_mut().console.put_file(FILE, &texts.join("---\n"));
        let place = if namespace == "default" { String::new() } else { format!(" -n {namespace}") };
        let before = self.terminals.here().entries.len();
        World::apply(self, &Input::Line(format!("kubectl apply -f {FILE}{place}")));
        let mut applied = Applied::default();
        for entry in self.terminals.here().entries.iter().skip(before) {
            let Entry::Said { output, .. } = &**entry else { continue };
            for line in output.lines.iter().filter(|line| line.stream == Stream::Err) {
                let text = line.text();
                match text.strip_prefix("Warning: ") {
                    Some(warning) => applied.warnings.push(warning.to_string()),
                    None => applied.errors.push(text.replace(&format!("error when creating \"{FILE}\": "), "")),
                }
            }
        }
        applied
    }

    fn next_at(&self) -> Option<Millis> {
        Lab::next_at(self)
    }

    fn run_to(&mut self, at: Millis) {
        self.advance_to(at.max(self.sim.now()));
    }

    fn take_changes(&mut self) -> Vec<Change> {
        let fresh = std::mem::take(&mut self.fresh).into_iter();
        fresh.filter_map(|record| if let Record::Change(change) = record { Some(change) } else { None }).collect()
    }

    fn work_count(&self) -> usize {
        World::work_count(self)
    }
}

/// Whether a plan's line tells of a field that a text does not have: it gets a value by default, and nothing comes of it.
fn is_defaulted(line: &str, text: &str) -> bool {
    let field = line.split_once(" – → ").and_then(|(path, _)| path.rsplit('.').next());
    field.is_some_and(|field| !text.contains(&format!("{}:", field.trim())))
}

/// How many records are looked through for a set's latest sync.
const SYNC_RECORDS_MAX: usize = 20_000;

/// How much work playing a plan as a branch may take.
const PLAYED_WORK_MAX: usize = 1_000_000;

impl Playground {
    /// What applying a text would lead to, here or under another Kubernetes: found out on a copy.
    pub fn plan(&self, text: &str, kubernetes: Option<Kubernetes>) -> Plan {
        let lab = self.lab();
        let (manifests, failure) = objects_of(Playground::MANIFEST_NAME, text);
        let kubernetes = kubernetes.unwrap_or(lab.sim.cluster.kubernetes());
        let mut plan = Plan::clone(&lab.plan_ahead(&manifests, "default", kubernetes));
        if let Some(failure) = failure {
            plan.refused.push(failure);
            plan.end = if manifests.is_empty() { explain::End::Refused } else { plan.end };
        }
        plan
    }

    /// What differs between the cluster's Kubernetes and another that matters to a text: without it, the plan of the one
    /// that has it is another.
    pub fn what_matters(&self, text: &str, other: Kubernetes) -> Vec<Difference> {
        let here = self.cluster().kubernetes();
        let rows = DIFFERENCES.iter().filter(|row| row.area != Area::Text);
        let matters = rows.map(|row| row.difference).filter(|difference| {
            let with = match (here.has(*difference), other.has(*difference)) {
                (true, false) => here,
                (false, true) => other,
                _ => return false,
            };
            let said = |kubernetes| {
                let mut lines = explain::say_plan(Lang::En, &self.plan(text, Some(kubernetes)));
                lines.retain(|line| !is_defaulted(line, text));
                lines
            };
            said(with) != said(with.without(*difference))
        });
        matters.collect()
    }

    /// What has become of a plan that was carried out at `begin`, by the moment that is looked at.
    pub fn outcome(&self, plan: &Plan, begin: Millis) -> Outcome {
        let seen = self.records().get(..self.record_count().min(self.records().len())).unwrap_or(&[]);
        let first = seen.partition_point(|record| record_at(record) < begin);
        let changes = seen.get(first..).unwrap_or(&[]).iter().filter_map(|record| match record {
            // What was written before, at the same moment, does not come of it.
            Record::Change(change) => Some(change).filter(|change| change.resource_version > plan.seen),
            Record::Decision(_) => None,
        });
        explain::outcome(plan, begin, self.now(), changes)
    }

    /// What the controller of a set decided when it looked last, in order. Empty where that is too long ago.
    pub fn latest_sync(&self, set: &Key) -> Vec<&Decision> {
        let seen = self.records().get(..self.record_count().min(self.records().len())).unwrap_or(&[]);
        let mut found: Vec<&Decision> = Vec::new();
        for record in seen.iter().rev().take(SYNC_RECORDS_MAX) {
            if found.last().is_some_and(|it| record_at(record) < it.at) {
                break;
            }
            if let Record::Decision(decision) = record
                && decision.controller == ControllerId::StatefulSet
                && decision.key == *set
            {
                found.push(decision);
            }
        }
        found.reverse();
        found
    }

    /// Plays a plan as a branch of its own from this moment on, called `name`: what was done so far, then `text` is
    /// applied. The branch that is looked at stays the one. Returns the new one's number.
    pub fn play_plan(&mut self, text: &str, plan: &Plan, name: &str) -> usize {
        let (current, now) = (self.history.current(), self.now());
        let mut inputs: Vec<Timed<Input>> = self.inputs().iter().take(self.history.seen()).cloned().collect();
        let apply = format!("kubectl apply -f {}", Playground::MANIFEST_NAME);
        inputs.push(Timed { at: now, input: Input::Editor(text.into()) });
        inputs.push(Timed { at: now, input: Input::Ask(apply) });
        let (number, end) = (self.branch_count(), now + plan.duration + Millis::seconds(2));
        let replay = Replay { number, name: name.to_string(), parent: Some((current, now)), inputs, end };
        self.history.replay_branch(replay, PLAYED_WORK_MAX);
        self.history.switch(current);
        self.history.seek(now);
        self.version += 1;
        number
    }
}
