//! Deletion: grace periods, finalizers that hold an object, and what may not be deleted at all.
//!
//! Follows `BeforeDelete` in apiserver's `registry/rest` and the pod strategy's `CheckGracefulDelete`.

use super::error::ApiError;
use super::request::Asked;
use super::store::{Cluster, DeleteOptions, Propagation};
use crate::model::pod::node_name;
use crate::model::{Key, Kind, Millis, Object, pod};
use std::rc::Rc;

/// Holds an object until its dependents are gone.
pub const FOREGROUND_FINALIZER: &str = "foregroundDeletion";

/// Holds an object until its dependents have forgotten it.
pub const ORPHAN_FINALIZER: &str = "orphan";

impl Cluster {
    /// Deletes an object as far as it lets itself be deleted: a running pod gets its grace period, an object with
    /// finalizers waits for them. Returns the object as it is now, or its last form if it is gone.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the UID or the version differs.
    pub fn delete(&mut self, key: &Key, options: &DeleteOptions) -> Result<Rc<Object>, ApiError> {
        self.authorize("delete", "", key)?;
        let deleted = self.traced(Asked::Delete, || key.clone(), |cluster| cluster.delete_now(key, options))?;
        if key.kind == Kind::ClusterRole {
            self.aggregate_roles();
        }
        Ok(deleted)
    }

    fn delete_now(&mut self, key: &Key, options: &DeleteOptions) -> Result<Rc<Object>, ApiError> {
        let old = Rc::clone(self.fetch(key)?);
        check_deletable(key, &old, options)?;
        let mut object = Object::clone(&old);
        if key.kind == Kind::Namespace {
            object.set_at(&["status", "phase"], "Terminating");
        }
        if key.kind == Kind::CustomResourceDefinition && !old.meta.is_terminating() {
            object.meta.add_finalizer(super::definition::CLEANUP_FINALIZER);
        }
        match options.propagation {
            Propagation::Background => {}
            Propagation::Foreground => object.meta.add_finalizer(FOREGROUND_FINALIZER),
            Propagation::Orphan => object.meta.add_finalizer(ORPHAN_FINALIZER),
        }
        let grace = grace_period_seconds(&object, options.grace_period_seconds);
        let is_shorter = old.meta.deletion_grace_period_seconds.is_none_or(|before| grace < before);
        let is_shorter = is_shorter && key.kind != Kind::Namespace;
        if old.meta.is_terminating() && !is_shorter {
            return self.replace(object);
        }
        object.meta.deletion_timestamp = Some(self.now() + Millis::seconds(grace));
        // Namespaces are marked by their own storage, which knows of no grace.
        object.meta.deletion_grace_period_seconds = (key.kind != Kind::Namespace).then_some(grace);
        if object.kind.info().has_generation && !old.meta.is_terminating() {
            object.meta.generation += 1;
        }
        let is_forced_pod = key.kind == Kind::Pod && grace == 0;
        if is_forced_pod && !old.meta.is_terminating() && object.meta.finalizers.is_empty() {
            // A watcher sees the deletion timestamp before the object is gone.
            let mut marked = object.clone();
            marked.meta.deletion_grace_period_seconds = Some(1);
            object.meta.resource_version = self.replace(marked)?.meta.resource_version;
        }
        self.replace(object)
    }
}

/// The grace of a deletion in seconds: pods have one while something may run, everything else goes at once.
fn grace_period_seconds(object: &Object, asked: Option<i64>) -> i64 {
    let is_over = pod::is_over(object);
    if object.kind != Kind::Pod || is_over || node_name(object).is_empty() {
        return 0;
    }
    let own = object.i64_at(&["spec", "terminationGracePeriodSeconds"]).unwrap_or(30);
    let grace = asked.unwrap_or(own);
    if grace < 0 { 1 } else { grace }
}

/// Refuses to delete another object of the same name than is meant, and what belongs to the system.
pub(super) fn check_deletable(key: &Key, old: &Object, options: &DeleteOptions) -> Result<(), ApiError> {
    if let Some(uid) = options.uid.as_ref().filter(|uid| **uid != old.meta.uid) {
        let why = format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have been deleted \
             and then recreated",
            old.meta.uid
        );
        return Err(ApiError::Conflict { kind: key.kind, name: key.name.clone(), why });
    }
    let version = old.meta.resource_version.to_string();
    if let Some(wanted) = options.resource_version.as_ref().filter(|wanted| wanted.as_str() != version) {
        let why = format!(
            "the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({version}). \
             The object might have been modified"
        );
        return Err(ApiError::Conflict { kind: key.kind, name: key.name.clone(), why });
    }
    if key.kind == Kind::Namespace && matches!(key.name.as_str(), "default" | "kube-system" | "kube-public") {
        let why = "this namespace may not be deleted".to_string();
        return Err(ApiError::Forbidden { kind: key.kind, name: key.name.clone(), why });
    }
    if key.kind == Kind::PriorityClass && key.name.starts_with("system-") {
        let why = "this is a system priority class and cannot be deleted".to_string();
        return Err(ApiError::Forbidden { kind: key.kind, name: key.name.clone(), why });
    }
    Ok(())
}
