//! The eviction subresource: deletes a pod unless a disruption budget holds it, and notes in the budget's status that one more pod is on its way out.
//!
//! Follows pkg/registry/core/pod/storage/eviction.go.

use super::deletion::check_deletable;
use super::error::ApiError;
use super::store::{Cluster, DeleteOptions};
use crate::model::conditions::phase;
use crate::model::object::labels_from_value;
use crate::model::pod::is_ready;
use crate::model::{Key, Kind, Labels, Object, Value, selector_matches};
use crate::obj;
use std::rc::Rc;

const BLOCKED: &str = "Cannot evict pod as it would violate the pod's disruption budget.";

impl Cluster {
    /// Deletes a pod as the options say, if the disruption budget over it allows.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where the options mean another pod; `TooManyRequests` while a budget holds the pod; `Internal` for a pod under several budgets.
    pub fn evict(&mut self, key: &Key, options: &DeleteOptions) -> Result<(), ApiError> {
        self.authorize("create", "eviction", key)?;
        // Whoever may evict need not be allowed to delete.
        self.acting_as(None, |cluster| cluster.evict_now(key, options))
    }

    fn evict_now(&mut self, key: &Key, options: &DeleteOptions) -> Result<(), ApiError> {
        let pod = Rc::clone(self.fetch(key)?);
        check_deletable(key, &pod, options)?;
        // Its status is written in between, so that its version is another one then.
        let options = DeleteOptions { uid: Some(pod.meta.uid.clone()), resource_version: None, ..options.clone() };
        let is_free = matches!(phase(&pod), "Pending" | "Succeeded" | "Failed");
        if is_free || pod.meta.is_terminating() {
            return self.delete(key, &options).map(|_| ());
        }
        let budgets: Vec<_> =
            self.list_in(Kind::PodDisruptionBudget, &key.namespace).filter(|b| covers(b, &pod)).cloned().collect();
        match budgets.as_slice() {
            [] => {}
            [budget] => self.take_from_budget(budget, &pod)?,
            _ => {
                return Err(ApiError::Internal(
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
                        .to_string(),
                ));
            }
        }
        let at = self.now().rfc3339();
        let condition = obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => at, "message" => "Eviction API: evicting",
            "observedGeneration" => pod.meta.generation, "reason" => "EvictionByEvictionAPI", "status" => "True",
            "type" => "DisruptionTarget",
        };
        self.modify(key, |pod| pod.at_mut(&["status", "conditions"]).list_mut().insert(0, condition))?;
        self.delete(key, &options).map(|_| ())
    }

    fn take_from_budget(&mut self, budget: &Rc<Object>, pod: &Object) -> Result<(), ApiError> {
        let number = |name: &str| budget.i64_at(&["status", name]).unwrap_or(0);
        let always = budget.str_at(&["spec", "unhealthyPodEvictionPolicy"]) == "AlwaysAllow";
        let is_covered = number("currentHealthy") >= number("desiredHealthy") && number("desiredHealthy") > 0;
        if !is_ready(pod) && (always || is_covered) {
            return Ok(());
        }
        let is_stale = number("observedGeneration") < budget.meta.generation;
        if is_stale || number("disruptionsAllowed") <= 0 {
            return Err(ApiError::TooManyRequests(BLOCKED.to_string()));
        }
        let (at, name) = (self.now().rfc3339(), pod.meta.name.clone());
        self.modify(&budget.key(), |budget| {
            let left = budget.i64_at(&["status", "disruptionsAllowed"]).unwrap_or(0) - 1;
            budget.set_at(&["status", "disruptionsAllowed"], left);
            budget.at_mut(&["status", "disruptedPods"]).map_mut().insert(name, at.into());
        })?;
        Ok(())
    }
}

/// Whether a budget counts a pod.
pub fn covers(budget: &Object, pod: &Object) -> bool {
    selects(budget, &pod.meta.labels)
}

fn selects(budget: &Object, labels: &Labels) -> bool {
    budget.at(&["spec", "selector"]).is_some_and(|selector| selector_matches(selector, labels))
}

impl Cluster {
    /// The budgets that count a pod.
    pub fn budgets_of<'a>(&'a self, pod: &'a Object) -> impl Iterator<Item = &'a Rc<Object>> {
        self.list_in(Kind::PodDisruptionBudget, &pod.meta.namespace).filter(|budget| covers(budget, pod))
    }

    /// The budgets that count the pods of a workload, by its template.
    pub fn budgets_of_workload<'a>(&'a self, workload: &'a Object) -> impl Iterator<Item = &'a Rc<Object>> {
        let labels = labels_from_value(workload.at(&["spec", "template", "metadata", "labels"]));
        self.list_in(Kind::PodDisruptionBudget, &workload.meta.namespace).filter(move |it| selects(it, &labels))
    }
}
