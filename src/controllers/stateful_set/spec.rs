//! A StatefulSet's desired state with its fields read once; knows nothing of pods.

use crate::model::stateful_set::{claim_templates, is_parallel};
use crate::model::workload::{min_ready, update_type};
use crate::model::{Millis, Object, OwnerReference, Text, Value};
use std::rc::Rc;

/// When pods of an old revision are replaced.
#[derive(Clone, Debug, PartialEq)]
pub enum Strategy {
    /// When somebody deletes them.
    OnDelete,
    /// All at once, before any new one is made.
    Recreate,
    /// By the controller, from the highest ordinal down.
    RollingUpdate(Option<Rolling>),
}

/// `updateStrategy.rollingUpdate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rolling {
    /// Pods below this index keep the current revision.
    pub partition: i64,
    /// How many may be unavailable, as a number or a percentage.
    pub max_unavailable: Option<Value>,
}

/// What becomes of claims: `persistentVolumeClaimRetentionPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Whether claims go with the set.
    pub deletes_when_deleted: bool,
    /// Whether claims go with pods that are scaled away.
    pub deletes_when_scaled: bool,
}

impl Retention {
    /// Whether every claim stays.
    pub fn retains_all(self) -> bool {
        !self.deletes_when_deleted && !self.deletes_when_scaled
    }
}

/// One of the set's `volumeClaimTemplates`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimTemplate {
    /// The template's name, which is the volume's.
    pub name: Text,
    /// The template as written.
    pub value: Value,
}

/// What a StatefulSet asks for.
#[derive(Clone, Debug)]
pub struct SetSpec {
    /// The set as stored.
    pub set: Rc<Object>,
    /// A reference that makes the set the controller of an object.
    pub owner: OwnerReference,
    /// How many pods.
    pub replicas: i64,
    /// The first ordinal.
    pub start: i64,
    /// Which pods may belong to it.
    pub selector: Value,
    /// What its pods look like.
    pub template: Value,
    /// One claim of each for every pod.
    pub claims: Rc<Vec<ClaimTemplate>>,
    /// The headless Service's name.
    pub service_name: Text,
    /// Whether pods come and go one at a time.
    pub is_ordered: bool,
    /// When pods of an old revision are replaced.
    pub strategy: Strategy,
    /// How long a pod has to be ready to count as available.
    pub min_ready: Millis,
    /// What becomes of claims.
    pub retention: Retention,
    /// How many unused revisions are kept; negative keeps all.
    pub history_limit: i64,
}

impl SetSpec {
    /// Reads a stored set; absent fields have the API's defaults.
    pub fn read(set: &Rc<Object>) -> SetSpec {
        let int = |path: &[&str], default: i64| set.i64_at(path).unwrap_or(default);
        let value = |path: &[&str]| set.at(path).cloned().unwrap_or_default();
        let policy = &["spec", "persistentVolumeClaimRetentionPolicy"];
        let deletes = |when: &str| set.str_at(&[policy[0], policy[1], when]) == "Delete";
        let templates = claim_templates(set).iter();
        SetSpec {
            set: Rc::clone(set),
            owner: OwnerReference::controller_of(set),
            replicas: int(&["spec", "replicas"], 1).max(0),
            start: int(&["spec", "ordinals", "start"], 0).max(0),
            selector: value(&["spec", "selector"]),
            template: value(&["spec", "template"]),
            claims: Rc::new(
                templates
                    .map(|template| ClaimTemplate {
                        name: template.at(&["metadata", "name"]).and_then(Value::as_text).cloned().unwrap_or_default(),
                        value: template.clone(),
                    })
                    .collect(),
            ),
            service_name: set.at(&["spec", "serviceName"]).and_then(Value::as_text).cloned().unwrap_or_default(),
            is_ordered: !is_parallel(set),
            strategy: read_strategy(set),
            min_ready: min_ready(set),
            retention: Retention {
                deletes_when_deleted: deletes("whenDeleted"),
                deletes_when_scaled: deletes("whenScaled"),
            },
            history_limit: int(&["spec", "revisionHistoryLimit"], 10),
        }
    }

    /// The set's name.
    pub fn name(&self) -> &Text {
        &self.set.meta.name
    }

    /// The set's namespace.
    pub fn namespace(&self) -> &Text {
        &self.set.meta.namespace
    }

    /// The ordinal behind the last one.
    pub fn end(&self) -> i64 {
        self.start.saturating_add(self.replicas)
    }

    /// Whether the set wants a pod of this ordinal.
    pub fn wants(&self, ordinal: i64) -> bool {
        ordinal >= self.start && ordinal < self.end()
    }

    /// The first ordinal that a rolling update touches.
    pub fn partition(&self) -> i64 {
        match &self.strategy {
            Strategy::RollingUpdate(Some(rolling)) => self.start.saturating_add(rolling.partition),
            _ => self.start,
        }
    }

    /// The name of the claim that the template makes for an ordinal.
    pub fn claim_name(&self, template: &ClaimTemplate, ordinal: i64) -> Text {
        format!("{}-{}-{ordinal}", template.name, self.name()).into()
    }

    /// The name of the pod of an ordinal.
    pub fn pod_name(&self, ordinal: i64) -> Text {
        format!("{}-{ordinal}", self.name()).into()
    }
}

fn read_strategy(set: &Object) -> Strategy {
    match update_type(set) {
        "OnDelete" => return Strategy::OnDelete,
        "Recreate" => return Strategy::Recreate,
        _ => {}
    }
    let rolling = set.at(&["spec", "updateStrategy", "rollingUpdate"]).filter(|value| value.as_map().is_some());
    Strategy::RollingUpdate(rolling.map(|rolling| Rolling {
        partition: rolling.i64_at(&["partition"]).unwrap_or(0).max(0),
        max_unavailable: rolling.get("maxUnavailable").filter(|value| !value.is_null()).cloned(),
    }))
}
