//! Writes to the parts of an object that have places of their own below it: its status, what its pod asks for, its
//! containers to debug with. The scale is a kind of its own and not among them.

use super::client_writes::{Answer, Client, cannot_be_handled, invalid, patched, settle_namespace, strict, version_of};
use super::error::ApiError;
use super::managed_fields::{self, Applier};
use super::patch::PatchType;
use super::request::Asked;
use super::resource_version::check_version;
use super::store::Cluster;
use super::{pod_security, status_rules};
use crate::api::{self, PodPart};
use crate::model::{Key, Kind, Object, Value};
use std::rc::Rc;

/// A part of an object that can be written alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `status`: what is the case.
    Status,
    /// `finalize`: who has to be done before a namespace goes.
    Finalize,
    /// A part of a pod.
    Pod(PodPart),
}

impl Part {
    /// The part of a kind's objects that is called `name`.
    pub fn named(name: &str, kind: Kind) -> Option<Part> {
        match name {
            "status" => kind.info().has_status.then_some(Part::Status),
            "finalize" => (kind == Kind::Namespace).then_some(Part::Finalize),
            name if kind == Kind::Pod => PodPart::named(name).map(Part::Pod),
            _ => None,
        }
    }

    /// The subresource's name.
    pub fn name(self) -> &'static str {
        match self {
            Part::Status => "status",
            Part::Finalize => "finalize",
            Part::Pod(part) => part.name(),
        }
    }
}

impl Cluster {
    /// Changes a part of an object by a patch to its subresource.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn patch_part(
        &mut self,
        key: &Key,
        part: Part,
        patch_type: PatchType,
        patch: &Value,
        client: Client<'_>,
    ) -> Result<Answer, ApiError> {
        self.authorize("patch", part.name(), key)?;
        let old = Rc::clone(self.fetch(key)?);
        let (object, warnings) = patched(&old, patch_type, patch, client.validation, self)?;
        self.put_part(&old, object, part, warnings, client.manager)
    }

    /// Puts the part that a client's tree has in the place of the stored object's, as `kubectl replace` does.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn replace_part(
        &mut self,
        value: &Value,
        key: &Key,
        part: Part,
        client: Client<'_>,
    ) -> Result<Answer, ApiError> {
        let decoded = self.decode(value).map_err(|error| cannot_be_handled(value, &error.to_string()))?;
        let warnings = strict(&decoded, client.validation).map_err(|error| cannot_be_handled(value, &error))?;
        let mut object = decoded.object;
        settle_namespace(&mut object, &key.namespace);
        self.authorize("update", part.name(), key)?;
        let old = Rc::clone(self.fetch(key)?);
        self.put_part(&old, object, part, warnings, client.manager)
    }

    /// Merges the part that a client's tree has into the stored object, as `kubectl apply --server-side` does; the
    /// object has to be there.
    ///
    /// # Errors
    /// `ApplyConflict` if others own what it changes, unless `is_forced`; whatever the API server would refuse.
    pub fn apply_part(
        &mut self,
        config: &Value,
        key: &Key,
        part: Part,
        client: Client<'_>,
        is_forced: bool,
    ) -> Result<Answer, ApiError> {
        self.authorize("patch", part.name(), key)?;
        self.check_applied(config, key)?;
        let root = &self.root_of(key.kind, version_of(config))?;
        let old = Rc::clone(self.fetch(key)?);
        check_version(&old, config)?;
        let config = managed_fields::counting(config, key.kind, part.name());
        let applier = Applier { name: client.manager, subresource: part.name() };
        let next = managed_fields::merge_applied(&old, &config, root, applier);
        let decoded = self.decode_as(key.kind, &next).map_err(|error| ApiError::BadRequest(error.to_string()))?;
        let mut object = decoded.object;
        object.meta.resource_version = old.meta.resource_version;
        managed_fields::note_apply(Some((&old, &next)), &mut object, &config, root, applier, self.now(), is_forced)?;
        let managers = object.meta.managers.clone();
        let mut object = self.with_part(&old, object, part)?;
        object.meta.managers = managers;
        self.store_part(&old, object, part, Vec::new())
    }

    /// Applies a configuration to an object's Scale: nothing that clients read of files is one.
    ///
    /// # Errors
    /// The API server's words for that, or `NotFound`.
    pub fn apply_scale(&mut self, config: &Value, key: &Key) -> Result<Answer, ApiError> {
        self.authorize("patch", "scale", key)?;
        self.fetch(key)?;
        let version = config.str_at(&["apiVersion"]);
        Err(ApiError::BadRequest(format!(
            "Incorrect version specified in apply patch. Specified patch version: {version}, expected: autoscaling/v1"
        )))
    }

    /// Stores an object of which one part may be another than before; what differs there is `manager`'s from now on.
    fn put_part(
        &mut self,
        old: &Object,
        object: Object,
        part: Part,
        warnings: Vec<String>,
        manager: &str,
    ) -> Result<Answer, ApiError> {
        // What the part does not take is dropped; that somebody asked for it is noted all the same.
        let asks = part != Part::Status && object.body.get("spec") != old.body.get("spec");
        let mut object = self.with_part(old, object, part)?;
        let root = self.root_of(old.kind, "")?;
        managed_fields::note_update(Some(old), &mut object, &root, manager, part.name(), self.now());
        let answer = self.store_part(old, object, part, warnings)?;
        Ok(Answer { is_changed: answer.is_changed || asks, ..answer })
    }

    /// The stored object with the part of `object`, by the part's rules.
    fn with_part(&self, old: &Object, object: Object, part: Part) -> Result<Object, ApiError> {
        match part {
            Part::Status => Ok(with_status(old, object)),
            Part::Finalize => Ok(with_finalizers(old, object)),
            Part::Pod(part) => {
                let admitted = api::admit_part(part, old, object, self.kubernetes())
                    .map_err(|errors| invalid(old.kind, &old.meta.name, &errors))?;
                if part == PodPart::EphemeralContainers {
                    pod_security::check_pod(self, &admitted.object)?;
                }
                Ok(admitted.object)
            }
        }
    }

    fn store_part(
        &mut self,
        old: &Object,
        object: Object,
        part: Part,
        warnings: Vec<String>,
    ) -> Result<Answer, ApiError> {
        if part != Part::Status {
            return self.store_changed(old, object, warnings);
        }
        let key = object.key();
        let object = self.traced(
            Asked::UpdateStatus,
            || key.clone(),
            |cluster| {
                status_rules::check_status(old, &object)?;
                cluster.replace(object)
            },
        )?;
        let is_changed = object.meta.resource_version != old.meta.resource_version;
        Ok(Answer { object, is_changed, warnings })
    }
}

/// The stored namespace without those that are done with it.
///
/// Follows `namespaceFinalizeStrategy` in pkg/registry/core/namespace.
fn with_finalizers(old: &Object, mut object: Object) -> Object {
    object.take_status(old);
    object
}

/// The stored object with another status. What else of its metadata a client may write there is written.
///
/// Follows the status strategies below pkg/registry: the spec stays, and of workloads the labels do.
fn with_status(old: &Object, object: Object) -> Object {
    let mut next = old.clone();
    next.take_status(&object);
    if object.meta.resource_version != 0 {
        next.meta.resource_version = object.meta.resource_version;
    }
    next.meta.annotations = object.meta.annotations;
    next.meta.finalizers = object.meta.finalizers;
    if old.kind != Kind::Deployment {
        next.meta.labels = object.meta.labels;
    }
    next
}
