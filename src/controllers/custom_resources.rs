//! Takes CustomResourceDefinitions into service, and with one that is deleted its objects; acts on no custom object.
//!
//! Follows apiextensions-apiserver's `pkg/controller/status/naming_controller.go`, `establish` and `finalizer`.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{CLEANUP_FINALIZER, Change, Cluster, DeleteOptions, Verb, kind_of_definition};
use crate::model::conditions::is_true;
use crate::model::{Key, Kind, Object, Value, conditions};
use crate::obj;
use std::rc::Rc;

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct CustomResources {}

impl Controller for CustomResources {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let mut add =
            |key: Key| timers.add(change.at, Work { controller: ControllerId::CustomResources, key, task: "" });
        match change.kind() {
            Kind::CustomResourceDefinition if change.verb != Verb::Deleted => add(change.object.key()),
            // Another definition may have waited for the names.
            Kind::CustomResourceDefinition => {
                cluster.list(Kind::CustomResourceDefinition).map(|object| object.key()).for_each(add);
            }
            Kind::Custom(kind) if change.verb == Verb::Deleted => {
                let definition = cluster.definition(Kind::Custom(kind));
                let waiting = definition.filter(|definition| definition.meta.is_terminating());
                waiting.map(|definition| definition.key()).into_iter().for_each(add);
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(definition) = ctx.cluster.get(&work.key).cloned() else { return };
        match definition.meta.is_terminating() {
            true => clean_up(&definition, ctx),
            false => take_into_service(&definition, ctx),
        }
    }
}

/// Deletes the objects of a definition that goes, and lets it go behind the last of them.
fn clean_up(definition: &Rc<Object>, ctx: &mut Ctx<'_>) {
    let Some(kind) = kind_of_definition(definition) else { return let_go(definition, ctx) };
    let living: Vec<Key> =
        ctx.cluster.list(kind).filter(|object| !object.meta.is_terminating()).map(|object| object.key()).collect();
    for key in living {
        // Listed a moment ago.
        _ = ctx.cluster.delete(&key, &DeleteOptions::BACKGROUND);
    }
    if ctx.cluster.count(kind) == 0 {
        let_go(definition, ctx);
    }
}

fn let_go(definition: &Rc<Object>, ctx: &mut Ctx<'_>) {
    if definition.meta.has_finalizer(CLEANUP_FINALIZER) {
        _ = ctx.cluster.modify(&definition.key(), |object| object.meta.remove_finalizer(CLEANUP_FINALIZER));
    }
}

/// Writes which names are accepted and whether the kind is served, if that changed.
fn take_into_service(definition: &Rc<Object>, ctx: &mut Ctx<'_>) {
    let now = ctx.now().rfc3339();
    let conflict = conflict(definition, ctx.cluster);
    let is_served = conflict.is_none();
    let named = match &conflict {
        None => ("True", "NoConflicts", "no conflicts found".to_string()),
        Some((reason, name)) => ("False", *reason, format!("{name:?} is already in use")),
    };
    let established = match is_served {
        true => ("True", "InitialNamesAccepted", "the initial names have been accepted".to_string()),
        false => ("False", "NotAccepted", "not all names are accepted".to_string()),
    };
    let condition = |kind: &'static str, (status, reason, message): (&'static str, &'static str, String)| {
        let known = conditions::condition(definition, kind);
        match known.filter(|it| it.str_at(&["status"]) == status && it.str_at(&["reason"]) == reason) {
            Some(known) => known.clone(),
            None => obj! {
                "lastTransitionTime" => now.clone(), "message" => message, "reason" => reason, "status" => status,
                "type" => kind,
            },
        }
    };
    let conditions: Vec<Value> = vec![condition("NamesAccepted", named), condition("Established", established)];
    let mut next = Object::clone(definition);
    next.set_at(&["status", "conditions"], conditions);
    if is_served && let Some(names) = definition.at(&["spec", "names"]) {
        next.set_at(&["status", "acceptedNames"], names.clone());
    }
    if next != **definition {
        // Read a moment ago.
        _ = ctx.cluster.update_status(&next);
    }
}

/// The first name of a definition that another one of its group had before, and the reason word for it.
fn conflict(definition: &Object, cluster: &Cluster) -> Option<(&'static str, String)> {
    const NAMES: [(&str, &str); 3] =
        [("kind", "KindConflict"), ("listKind", "ListKindConflict"), ("singular", "SingularConflict")];
    let name = |of: &Object, field: &'static str| of.str_at(&["spec", "names", field]).to_string();
    let others = cluster.list(Kind::CustomResourceDefinition).filter(|other| {
        other.meta.uid != definition.meta.uid
            && other.str_at(&["spec", "group"]) == definition.str_at(&["spec", "group"])
            && is_true(other, "Established")
    });
    let mut found = None;
    for other in others {
        let same = NAMES.into_iter().find(|(field, _)| name(other, field) == name(definition, field));
        found = found.or_else(|| same.map(|(field, reason)| (reason, name(definition, field))));
    }
    found
}
