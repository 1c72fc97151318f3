//! A pod's claims: which there should be, and who owns them under the retention policy; decides nothing about pods.

use super::spec::{ClaimTemplate, SetSpec};
use crate::cluster::Cluster;
use crate::model::object::labels_from_value;
use crate::model::{Key, Kind, Object, OwnerReference, Text, Value};
use std::rc::Rc;

/// The pod whose claims are looked at; it need not exist yet.
#[derive(Clone, Debug)]
pub struct ClaimOwner<'a> {
    /// The set it belongs to.
    pub spec: &'a SetSpec,
    /// The pod's ordinal.
    pub ordinal: i64,
    /// The pod's UID; empty before it is created.
    pub uid: Text,
}

/// What is to be done about a pod's claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimFacts {
    /// Whether one is missing.
    pub is_missing: bool,
    /// Whether one is being deleted.
    pub is_terminating: bool,
    /// Whether one has owners that do not fit the retention policy.
    pub has_wrong_owners: bool,
    /// Whether one is managed by somebody else while the policy asks for owners.
    pub is_contested: bool,
    /// Whether one still belongs to an earlier pod of the name.
    pub is_stale: bool,
}

impl ClaimFacts {
    /// Whether a pending pod's claims need nothing.
    pub fn are_complete(self) -> bool {
        !self.is_missing && !self.is_terminating && !self.has_wrong_owners && !self.is_contested
    }
}

impl ClaimOwner<'_> {
    /// The pod's name.
    pub fn name(&self) -> Text {
        self.spec.pod_name(self.ordinal)
    }

    /// The keys of the pod's claims with their templates, in order of name.
    pub fn claims(&self) -> impl Iterator<Item = (Key, &ClaimTemplate)> {
        self.spec.claims.iter().map(|template| {
            let name = self.spec.claim_name(template, self.ordinal);
            (Key::new(Kind::PersistentVolumeClaim, self.spec.namespace(), name), template)
        })
    }

    /// The state of all claims.
    pub fn facts(&self, cluster: &Cluster) -> ClaimFacts {
        let mut facts = ClaimFacts::default();
        for (key, _) in self.claims() {
            let Some(claim) = cluster.get(&key) else {
                facts.is_missing = true;
                continue;
            };
            facts.is_terminating |= claim.meta.is_terminating();
            if !claim.meta.owner_references.is_empty() || !self.spec.retention.retains_all() {
                facts.has_wrong_owners |= !self.is_up_to_date(claim);
                facts.is_contested |= self.has_unexpected_controller(claim);
                facts.is_stale |= self.has_stale_pod(claim);
            }
        }
        facts
    }

    /// Whether a claim still belongs to an earlier pod of this name.
    pub fn has_stale_pod(&self, claim: &Object) -> bool {
        let owners = claim.meta.owner_references.iter();
        let mut mine = owners.filter(|owner| self.is_pod(owner));
        mine.next().is_some_and(|owner| owner.uid != self.uid)
    }

    /// Whether the claim's owners fit the retention policy, or are none of the set's business.
    ///
    /// Follows `isClaimOwnerUpToDate` in pkg/controller/statefulset/stateful_set_utils.go.
    pub fn is_up_to_date(&self, claim: &Object) -> bool {
        let owners = &claim.meta.owner_references;
        let set_uid = &self.spec.set.meta.uid;
        let stale_set = owners.iter().find(|owner| self.is_set(owner)).is_some_and(|owner| owner.uid != *set_uid);
        if stale_set || self.has_stale_pod(claim) {
            return true;
        }
        let has_set = owners.iter().any(|owner| owner.uid == *set_uid);
        let has_pod = !self.uid.is_empty() && owners.iter().any(|owner| owner.uid == self.uid);
        if self.has_unexpected_controller(claim) {
            return !has_set && !has_pod;
        }
        let mut ours = owners.iter().filter(|owner| owner.uid == *set_uid || owner.uid == self.uid);
        if ours.next().is_some_and(|owner| !owner.is_controller()) {
            return false;
        }
        (has_set, has_pod) == (self.wants_set(), self.wants_pod())
    }

    /// Whether the policy asks for owners although somebody else manages the claim.
    pub fn has_unexpected_controller(&self, claim: &Object) -> bool {
        if self.spec.retention.retains_all() {
            return false;
        }
        claim.meta.owner_references.iter().any(|owner| {
            if self.is_set(owner) {
                owner.uid != self.spec.set.meta.uid
            } else if self.is_pod(owner) {
                owner.uid != self.uid
            } else {
                owner.is_controller()
            }
        })
    }

    /// Gives a claim the owners that the policy asks for.
    ///
    /// Follows `updateClaimOwnerRefForSetAndPod` in pkg/controller/statefulset/stateful_set_utils.go.
    pub fn repair(&self, claim: &mut Object) {
        let is_contested = self.has_unexpected_controller(claim);
        let owners = Rc::make_mut(&mut claim.meta.owner_references);
        owners.retain(|owner| !self.is_set(owner) && !self.is_pod(owner));
        if is_contested {
            return;
        }
        if self.wants_set() {
            owners.push(self.spec.owner.clone());
        }
        if self.wants_pod() {
            owners.push(OwnerReference {
                api_version: "v1".into(),
                kind: "Pod".into(),
                name: self.name(),
                uid: self.uid.clone(),
                controller: Some(true),
                block_owner_deletion: Some(true),
            });
        }
    }

    fn wants_set(&self) -> bool {
        let retention = self.spec.retention;
        retention.deletes_when_deleted && (!retention.deletes_when_scaled || self.spec.wants(self.ordinal))
    }

    fn wants_pod(&self) -> bool {
        self.spec.retention.deletes_when_scaled && !self.spec.wants(self.ordinal)
    }

    fn is_set(&self, owner: &OwnerReference) -> bool {
        owner.kind == "StatefulSet" && owner.api_version == "apps/v1" && owner.name == *self.spec.name()
    }

    fn is_pod(&self, owner: &OwnerReference) -> bool {
        owner.kind == "Pod"
            && owner.api_version == "v1"
            && super::identity::ordinal_in(self.spec.name(), &owner.name) == Some(self.ordinal)
    }
}

/// A new claim as the template asks for it, with the labels that the set's selector names.
pub fn new_claim(spec: &SetSpec, key: &Key, template: &ClaimTemplate) -> Object {
    let mut claim = Object::new(Kind::PersistentVolumeClaim, key.namespace.clone(), key.name.clone());
    claim.meta.labels = labels_from_value(template.value.at(&["metadata", "labels"]));
    claim.meta.annotations = labels_from_value(template.value.at(&["metadata", "annotations"]));
    for (label, value) in labels_from_value(spec.selector.get("matchLabels")).iter() {
        claim.meta.labels.insert(label.clone(), value.clone());
    }
    for field in ["spec", "status"] {
        if let Some(value) = template.value.get(field) {
            claim.body.insert(field, Value::clone(value));
        }
    }
    claim
}
