//! Tells what a sync decided; costs nothing while nobody listens.

use super::pod_cache::PodFacts;
use crate::controllers::{ControllerId, Ctx, Decision, Decisions, Outcome, Subject};
use crate::model::conditions::{all_conditions, phase};
use crate::model::pod::container_statuses;
use crate::model::{Key, Millis, Object, Text, Value};
use std::rc::Rc;

/// A decision that is being put together.
pub struct Report<'a> {
    decisions: &'a mut Decisions,
    decision: Option<Decision>,
}

impl<'a> Report<'a> {
    /// A decision about the whole set.
    pub fn new(ctx: &'a mut Ctx<'_>, set: &Rc<Object>, rule: &'static str) -> Report<'a> {
        let at = ctx.cluster.now();
        Report::about(ctx.decisions, at, || set.key(), rule)
    }

    /// A decision about the set that `key` gives.
    pub fn about(
        decisions: &'a mut Decisions,
        at: Millis,
        key: impl FnOnce() -> Key,
        rule: &'static str,
    ) -> Report<'a> {
        let decision = decisions.is_listening().then(|| {
            let key = key();
            let facts = vec![("set", key.name.clone())];
            let (controller, subject, outcome) = (ControllerId::StatefulSet, Subject::Whole, Outcome::Skips);
            Decision { at, controller, key, rule, subject, facts, outcome }
        });
        Report { decisions, decision }
    }

    /// It is about an ordinal.
    pub fn ordinal(mut self, ordinal: i64) -> Self {
        if let Some(decision) = &mut self.decision {
            decision.subject = Subject::Ordinal(ordinal);
            decision.facts.push(("ordinal", ordinal.to_string().into()));
            decision.facts.push(("pod", format!("{}-{ordinal}", decision.key.name).into()));
        }
        self
    }

    /// It is about a pod.
    pub fn pod(mut self, facts: &PodFacts) -> Self {
        if let Some(decision) = &mut self.decision {
            decision.subject = Subject::Object(facts.pod.key());
            decision.facts.push(("ordinal", facts.ordinal.to_string().into()));
            decision.facts.push(("pod", facts.pod.meta.name.clone()));
        }
        self
    }

    /// Another pod of the set plays a part, under this name.
    pub fn pod_as(mut self, name: &'static str, ordinal: i64) -> Self {
        if let Some(decision) = &mut self.decision {
            decision.facts.push((name, format!("{}-{ordinal}", decision.key.name).into()));
        }
        self
    }

    /// It depends on the pod's phase, its revision and the reason why it is not ready.
    pub fn state(mut self, facts: &PodFacts) -> Self {
        if let Some(decision) = &mut self.decision {
            let phase = Text::new(phase(&facts.pod));
            decision.facts.push(("phase", phase));
            decision.facts.push(("revision", facts.revision.clone()));
            decision.facts.push(("why", why_not_ready(&facts.pod)));
        }
        self
    }

    /// It depends on a value.
    pub fn fact(mut self, name: &'static str, value: &Text) -> Self {
        if let Some(decision) = &mut self.decision {
            decision.facts.push((name, value.clone()));
        }
        self
    }

    /// It depends on a number.
    pub fn number(mut self, name: &'static str, value: i64) -> Self {
        if let Some(decision) = &mut self.decision {
            decision.facts.push((name, value.to_string().into()));
        }
        self
    }

    /// The controller writes something.
    pub fn acts(self) {
        self.end(Outcome::Acts);
    }

    /// The controller does nothing until something else happens.
    pub fn waits(self) {
        self.end(Outcome::Waits);
    }

    /// Nothing is needed here.
    pub fn skips(self) {
        self.end(Outcome::Skips);
    }

    fn end(self, outcome: Outcome) {
        if let Some(decision) = self.decision {
            self.decisions.record(|| Decision { outcome, ..decision });
        }
    }
}

/// The word that `kubectl get pods` shows for what keeps a pod from being ready.
fn why_not_ready(pod: &Object) -> Text {
    if pod.meta.is_terminating() {
        return "Terminating".into();
    }
    for status in container_statuses(pod) {
        for state in ["waiting", "terminated"] {
            if let Some(reason) = status.at(&["state", state, "reason"]).and_then(Value::as_text) {
                return reason.clone();
            }
        }
    }
    let mut conditions = all_conditions(pod).iter();
    let unmet = conditions.find(|condition| {
        matches!(condition.str_at(&["type"]), "PodScheduled" | "Ready") && condition.str_at(&["status"]) == "False"
    });
    let reason = unmet.and_then(|condition| condition.get("reason")).and_then(Value::as_text);
    reason.cloned().unwrap_or_else(|| Text::new(phase(pod)))
}
