//! A set's status: what is counted, when a rollout is complete, and what is written; knows no pods.

use super::spec::{SetSpec, Strategy};
use crate::model::{Map, Object, Text, Value};

/// A StatefulSet's status as the controller computes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
        map.insert("replicas", self.replicas.into());
        map.insert("availableReplicas", self.available_replicas.into());
        map.insert("collisionCount", self.collision_count.into());
        map.into()
    }

    /// Whether every pod is updated and ready, so that the update revision becomes the current one.
    ///
    /// Follows `completeRollingUpdate` in pkg/controller/statefulset/stateful_set_utils.go; a set with `OnDelete`
    /// never gets there (issue 73492).
    pub fn is_complete(&self, spec: &SetSpec) -> bool {
        matches!(spec.strategy, Strategy::RollingUpdate(_))
            && self.updated_replicas == self.replicas
            && self.ready_replicas == self.replicas
            && self.replicas == spec.replicas
    }

    /// Makes the update revision the current one.
    pub fn complete(&mut self) {
        self.current_replicas = self.updated_replicas;
        self.current_revision = self.update_revision.clone();
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
    }
}
