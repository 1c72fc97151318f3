//! A set's status: what is counted, when a rollout is complete, and what is written; knows no pods.

use super::spec::{SetSpec, Strategy};
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::{Map, Millis, Object, Text, Value};
use crate::obj;

/// A StatefulSet's status as the controller computes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// The generation that was looked at.
    pub observed_generation: i64,
    /// Pods that exist.
    pub replicas: i64,
    /// Pods that run and are ready.
    pub ready_replicas: i64,
    /// Pods that have been ready for `minReadySeconds`.
    pub available_replicas: i64,
    /// Pods of the current revision.
    pub current_replicas: i64,
    /// Pods of the update revision.
    pub updated_replicas: i64,
    /// The name of the revision that pods had before.
    pub current_revision: Text,
    /// The name of the revision that pods shall have.
    pub update_revision: Text,
    /// How often a revision's name was taken.
    pub collision_count: i64,
    /// Its conditions; null if there are none.
    pub conditions: Value,
}

impl Status {
    /// Reads the status that a set has stored.
    pub fn of(set: &Object) -> Status {
        let int = |field: &str| set.i64_at(&["status", field]).unwrap_or(0);
        let text = |field: &str| set.at(&["status", field]).and_then(Value::as_text).cloned().unwrap_or_default();
        Status {
            observed_generation: int("observedGeneration"),
            replicas: int("replicas"),
            ready_replicas: int("readyReplicas"),
            available_replicas: int("availableReplicas"),
            current_replicas: int("currentReplicas"),
            updated_replicas: int("updatedReplicas"),
            current_revision: text("currentRevision"),
            update_revision: text("updateRevision"),
            collision_count: int("collisionCount"),
            conditions: set.at(&["status", "conditions"]).cloned().unwrap_or_default(),
        }
    }

    /// As the API stores it.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut unless_zero = |field: &'static str, count: i64| {
            if count != 0 {
                map.insert(field, count.into());
            }
        };
        unless_zero("observedGeneration", self.observed_generation);
        unless_zero("readyReplicas", self.ready_replicas);
        unless_zero("currentReplicas", self.current_replicas);
        unless_zero("updatedReplicas", self.updated_replicas);
        for (field, text) in [("currentRevision", &self.current_revision), ("updateRevision", &self.update_revision)] {
            if !text.is_empty() {
                map.insert(field, text.into());
            }
        }
        if !self.conditions.is_null() {
            map.insert("conditions", self.conditions.clone());
        }
        map.insert("replicas", self.replicas.into());
        map.insert("availableReplicas", self.available_replicas.into());
        map.insert("collisionCount", self.collision_count.into());
        map.into()
    }

    /// Whether every pod is updated and ready, so that the update revision becomes the current one.
    ///
    /// Follows `completeRollingUpdate` in pkg/controller/statefulset/stateful_set_utils.go; up to 1.36 a set with
    /// `OnDelete` never gets there (issue 73492).
    pub fn is_complete(&self, spec: &SetSpec, kubernetes: Kubernetes) -> bool {
        (matches!(spec.strategy, Strategy::RollingUpdate(_)) || kubernetes.has(Difference::OnDeleteCompletes))
            && self.updated_replicas == self.replicas
            && self.ready_replicas == self.replicas
            && self.replicas == spec.replicas
    }

    /// Makes the update revision the current one.
    pub fn complete(&mut self) {
        self.current_replicas = self.updated_replicas;
        self.current_revision = self.update_revision.clone();
    }

    /// Sets the condition `Progressing`, which only sets with `Recreate` have.
    pub fn set_progress(&mut self, now: Millis, reason: &'static str, message: &'static str) {
        let mut conditions = self.conditions.as_list().map(<[Value]>::to_vec).unwrap_or_default();
        let mut next = obj! {
            "lastTransitionTime" => now.rfc3339(), "reason" => reason, "status" => "True", "type" => "Progressing",
        };
        if !message.is_empty() {
            next.set_at(&["message"], message);
        }
        match conditions.iter_mut().find(|it| it.str_at(&["type"]) == "Progressing") {
            Some(it) => {
                // The time is that of the last change of status, and this one is always True.
                next.set_at(&["lastTransitionTime"], it.at(&["lastTransitionTime"]).cloned().unwrap_or_default());
                *it = next;
            }
            None => conditions.push(next),
        }
        self.conditions = conditions.into();
    }

    /// Whether it differs from the stored one in anything that is worth a write. The collision count is not.
    pub fn is_news(&self, stored: &Status) -> bool {
        let counts = |status: &Status| {
            let Status { replicas, ready_replicas, available_replicas, current_replicas, updated_replicas, .. } =
                status;
            [*replicas, *ready_replicas, *available_replicas, *current_replicas, *updated_replicas]
        };
        self.observed_generation > stored.observed_generation
            || counts(self) != counts(stored)
            || self.current_revision != stored.current_revision
            || self.update_revision != stored.update_revision
            || self.has_other_conditions(stored)
    }

    /// Whether the controller said something new; that it dropped a condition of somebody else's is none.
    fn has_other_conditions(&self, stored: &Status) -> bool {
        !self.conditions.is_null() && self.conditions != stored.conditions
    }
}
