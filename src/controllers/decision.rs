//! What a controller decided and why, as data; the words are in the catalogues.

use super::{ControllerId, Ctx};
use crate::model::{Key, Millis, Object, Text};

/// What a decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The object that was reconciled, as a whole.
    Whole,
    /// One ordinal of the set.
    Ordinal(i64),
    /// Another object: a pod, a claim, a revision.
    Object(Key),
}

/// What followed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The controller writes something.
    Acts,
    /// The controller does nothing until something else happens.
    Waits,
    /// Nothing is needed here.
    Skips,
}

/// What decided, by the names that the rule's text uses.
pub type Facts = Vec<(&'static str, Text)>;

/// One branch that a controller took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Millis,
    /// Who decided.
    pub controller: ControllerId,
    /// The object that was reconciled.
    pub key: Key,
    /// The rule's id in the catalogue.
    pub rule: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// The inputs that decided it, by the names that the rule's text uses.
    pub facts: Facts,
    /// What followed.
    pub outcome: Outcome,
}

impl Ctx<'_> {
    /// Records a decision about `object`. The facts begin with its name as `object`, and are made if somebody listens.
    pub fn decide(
        &mut self,
        controller: ControllerId,
        object: &Object,
        rule: &'static str,
        outcome: Outcome,
        facts: impl FnOnce() -> Facts,
    ) {
        let at = self.cluster.now();
        self.decisions.record(|| {
            let mut all = vec![("object", object.meta.name.clone())];
            all.extend(facts());
            Decision { at, controller, key: object.key(), rule, subject: Subject::Whole, facts: all, outcome }
        });
    }

    /// Records a decision about the object under `key`. The facts end with its name, as they call it: `pod`, `claim`.
    pub fn decide_about(
        &mut self,
        controller: ControllerId,
        (called, key): (&'static str, &Key),
        rule: &'static str,
        outcome: Outcome,
        facts: impl FnOnce() -> Facts,
    ) {
        let at = self.cluster.now();
        self.decisions.record(|| {
            let mut facts = facts();
            facts.push((called, key.name.clone()));
            Decision { at, controller, key: key.clone(), rule, subject: Subject::Whole, facts, outcome }
        });
    }
}

/// Collects decisions while somebody asks for them.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    records: Option<Vec<Decision>>,
}

impl Decisions {
    /// A collector that keeps what it is told.
    pub fn listening() -> Decisions {
        Decisions { records: Some(Vec::new()) }
    }

    /// A collector that keeps nothing, at no cost.
    pub fn deaf() -> Decisions {
        Decisions { records: None }
    }

    /// Whether anybody asks.
    pub fn is_listening(&self) -> bool {
        self.records.is_some()
    }

    /// Keeps the decision that `make` builds; without a listener `make` is not called.
    pub fn record(&mut self, make: impl FnOnce() -> Decision) {
        if let Some(records) = &mut self.records {
            records.push(make());
        }
    }

    /// Takes what was collected, oldest first.
    pub fn take(&mut self) -> Vec<Decision> {
        self.records.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
