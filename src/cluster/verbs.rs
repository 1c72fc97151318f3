//! The API server's verbs over the store: create, update, status, with generations; deletion has a file of its own; knows no controller.
//!
//! Follows apiserver's pkg/registry/generic/registry/store.go.

use super::admission;
use super::error::ApiError;
use super::namespace_objects::{default_account, root_certificate};
use super::request::Asked;
use super::status_rules::check_status;
use super::store::Cluster;
use crate::model::{Key, Kind, Object, Text};
use std::rc::Rc;

impl Cluster {
    /// Creates an object: admission, then the store. Defaults and validation of what a user wrote happen before,
    /// see `manifest`.
    ///
    /// # Errors
    /// `AlreadyExists`, or what admission refuses.
    pub fn create(&mut self, object: Object) -> Result<Rc<Object>, ApiError> {
        let key = object.key();
        self.traced(Asked::Create, || key.clone(), |cluster| cluster.create_now(object))
    }

    fn create_now(&mut self, mut object: Object) -> Result<Rc<Object>, ApiError> {
        if self.get(&object.key()).is_some() {
            return Err(ApiError::AlreadyExists { kind: object.kind, name: object.meta.name });
        }
        admission::admit_create(self, &mut object)?;
        if object.kind.info().has_generation {
            object.meta.generation = 1;
        }
        let created = self.insert(object)?;
        match created.kind {
            Kind::Namespace => self.fill_namespace(&created.meta.name),
            Kind::ClusterRole => self.aggregate_roles(),
            _ => {}
        }
        Ok(created)
    }

    /// What every namespace gets; the real controllers take a moment for it, in which pods are refused.
    fn fill_namespace(&mut self, name: &Text) {
        // The namespace is new, hence empty.
        _ = self.insert(root_certificate(name));
        _ = self.insert(default_account(name));
    }

    /// Writes an object's metadata and everything but its status; a changed spec raises `generation`.
    ///
    /// # Errors
    /// `NotFound`, `Conflict`, or what admission refuses.
    pub fn update(&mut self, object: Object) -> Result<Rc<Object>, ApiError> {
        let key = object.key();
        self.traced(Asked::Update, || key.clone(), |cluster| cluster.update_now(object))
    }

    fn update_now(&mut self, mut object: Object) -> Result<Rc<Object>, ApiError> {
        let old = Rc::clone(self.fetch(&object.key())?);
        if object.kind.info().has_status {
            object.take_status(&old);
        }
        keep_system_fields(&mut object, &old);
        admission::admit_update(self, &old, &mut object)?;
        raise_generation(&mut object, &old);
        let is_role = object.kind == Kind::ClusterRole;
        let stored = self.replace(object)?;
        if is_role {
            self.aggregate_roles();
        }
        Ok(stored)
    }

    /// Writes an object's status and nothing else.
    ///
    /// # Errors
    /// `NotFound`, `Conflict`, `Invalid`.
    pub fn update_status(&mut self, object: &Object) -> Result<Rc<Object>, ApiError> {
        self.authorize("patch", "status", &object.key())?;
        self.traced(Asked::UpdateStatus, || object.key(), |cluster| cluster.update_status_now(object))
    }

    fn update_status_now(&mut self, object: &Object) -> Result<Rc<Object>, ApiError> {
        let mut next = Object::clone(self.fetch(&object.key())?);
        if object.meta.resource_version != 0 {
            next.meta.resource_version = object.meta.resource_version;
        }
        next.take_status(object);
        if !self.trusts_statuses {
            check_status(self.fetch(&next.key())?, &next)?;
        }
        self.replace(next)
    }

    /// Reads, changes and writes an object in one go, status included; a changed spec raises `generation`.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn modify(&mut self, key: &Key, change: impl FnOnce(&mut Object)) -> Result<Rc<Object>, ApiError> {
        let old = Rc::clone(self.fetch(key)?);
        let mut object = Object::clone(&old);
        change(&mut object);
        raise_generation(&mut object, &old);
        self.replace(object)
    }
}

fn keep_system_fields(object: &mut Object, old: &Object) {
    object.meta.uid = old.meta.uid.clone();
    object.meta.created = old.meta.created;
    object.meta.generation = old.meta.generation;
    object.meta.deletion_timestamp = old.meta.deletion_timestamp;
    object.meta.deletion_grace_period_seconds = old.meta.deletion_grace_period_seconds;
    if object.meta.managers.is_none() {
        object.meta.managers = old.meta.managers.clone();
    }
}

fn raise_generation(object: &mut Object, old: &Object) {
    if crate::api::raises_generation(object, old) {
        object.meta.generation = old.meta.generation + 1;
    }
}
