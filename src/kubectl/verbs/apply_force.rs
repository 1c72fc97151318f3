//! `kubectl apply --force`: what cannot be changed is deleted, and made anew once it is gone.
//!
//! Follows `deleteAndCreate` in kubectl's `cmd/apply/patcher.go`.

use super::delete;
use super::requests::{long_name, warn};
use crate::cluster::{ApiError, Client, DeleteOptions, FieldValidation};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::Args;
use crate::kubectl::host::Pause;
use crate::kubectl::output_formats::print_operation;
use crate::model::{Key, Millis, Object, Text, Value, to_json};
use std::rc::Rc;

/// An object that is to be made anew.
#[derive(Clone, Debug)]
pub(super) struct Renewal {
    pub key: Key,
    /// What shall be there.
    pub modified: Value,
    pub old: Rc<Object>,
    pub file: String,
    pub validation: FieldValidation,
}

/// Whether a refusal is one that a new object gets around.
pub(super) fn helps_against(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Server(ApiError::Invalid { .. } | ApiError::Conflict { .. })
            | Failure::ServerAt(_, ApiError::Invalid { .. } | ApiError::Conflict { .. })
    )
}

impl Renewal {
    /// Deletes the old object.
    ///
    /// # Errors
    /// What the API server refuses.
    pub(super) fn begin(&self, args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
        let options = DeleteOptions {
            grace_period_seconds: args.int("grace-period").filter(|grace| *grace >= 0),
            propagation: delete::propagation(args, cx)?,
            ..DeleteOptions::BACKGROUND
        };
        cx.request(|cluster| cluster.delete(&self.key, &options))
            .map_err(|error| Failure::ServerAt(self.place(), error))?;
        cx.host.pause(Pause::Request);
        Ok(())
    }

    fn place(&self) -> String {
        let (modified, name) = (to_json(&self.modified), long_name(&self.key));
        format!("error when applying patch:\n{modified}\nto:\n{name}\nfor: {:?}", self.file)
    }

    fn is_gone(&self, cx: &Cx<'_>) -> bool {
        cx.cluster().get(&self.key).is_none()
    }

    /// Makes the new object, or the old one again if that is refused.
    fn end(&self, args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
        let namespace = &self.key.namespace;
        let validation = self.validation;
        let made = cx.send(false, &mut |cluster, manager| {
            cluster.create_from(&self.modified, namespace, Client { manager, validation })
        });
        match made {
            Ok(answer) => {
                warn(&answer, cx);
                print_operation(args, &answer.object, "configured", cx)
            }
            Err(error) => {
                let mut old = Object::clone(&self.old);
                old.meta.resource_version = 0;
                old.meta.uid = Text::default();
                let old = old.to_value();
                _ = cx.send(false, &mut |cluster, manager| {
                    cluster.create_from(&old, namespace, Client { manager, validation: FieldValidation::Ignore })
                });
                Err(Failure::ServerAt(self.place(), error))
            }
        }
    }
}

/// The renewals that have begun, until the old objects are gone.
#[derive(Clone, Debug)]
pub(super) struct Renewals {
    left: Vec<Renewal>,
    until: Millis,
    failures: Vec<Failure>,
    args: Args,
    manager: Text,
    exit: i32,
}

/// Ends what has begun; `exit` is the status of what was done before.
pub(super) fn finish(left: Vec<Renewal>, args: &Args, exit: i32, cx: &mut Cx<'_>) -> Flow {
    let until = cx.now() + args.duration("timeout").unwrap_or(Millis::ZERO);
    let manager = cx.manager.clone();
    Box::new(Renewals { left, until, failures: Vec::new(), args: args.clone(), manager, exit }).poll(cx)
}

impl Job for Renewals {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        cx.manager = self.manager.clone();
        let is_late = cx.now() >= self.until;
        let mut left = Vec::new();
        for renewal in std::mem::take(&mut self.left) {
            if renewal.is_gone(cx) {
                self.failures.extend(renewal.end(&self.args, cx).err());
            } else if is_late {
                self.failures.push(Failure::client(format!("{}: context deadline exceeded", renewal.place())));
            } else {
                left.push(renewal);
            }
        }
        self.left = left;
        if self.left.is_empty() {
            return Flow::Done(cx.fail_all(&self.failures).max(self.exit));
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        Some(self.until)
    }
}
