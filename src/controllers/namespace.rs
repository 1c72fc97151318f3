//! Empties namespaces that are being deleted, and lets them go when nothing is left.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::conditions::all_conditions;
use crate::model::{Key, Kind, Millis, Text, Value};
use crate::obj;
use crate::ordering::Order;
use crate::sorted::SharedMap;

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {}

/// How long the controller takes to notice.
const DELAY: Millis = Millis(20);
/// How long content is left alone, so that whoever still writes to the namespace finds out first.
const GRACE: Millis = Millis::seconds(5);

impl Controller for Namespaces {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        if change.kind() == Kind::Namespace && change.verb != Verb::Deleted && object.meta.is_terminating() {
            let since = object.meta.deletion_timestamp.unwrap_or(change.at);
            timers.add((since + GRACE).max(change.at + DELAY), work(&object.meta.name));
        } else if change.verb == Verb::Deleted && change.kind().names().is_namespaced {
            let name = &object.meta.namespace;
            let since = cluster.find(Kind::Namespace, name, name).and_then(|it| it.meta.deletion_timestamp);
            if let Some(since) = since {
                timers.add((since + GRACE).max(change.at + DELAY), work(name));
            }
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let name = work.key.name.clone();
        if ctx.cluster.get(&work.key).is_none_or(|namespace| !namespace.meta.is_terminating()) {
            return;
        }
        let mut is_empty = true;
        let kinds: Vec<Kind> = ctx.cluster.kinds().filter(|kind| kind.names().is_namespaced).collect();
        for kind in kinds {
            let living: Vec<Key> =
                ctx.cluster.list_in(kind, &name).filter(|o| !o.meta.is_terminating()).map(|o| o.key()).collect();
            for key in living {
                // Listed a moment ago.
                _ = ctx.cluster.delete(&key, &DeleteOptions::BACKGROUND);
            }
            is_empty &= ctx.cluster.list_in(kind, &name).next().is_none();
        }
        if is_empty {
            _ = ctx.cluster.modify(&work.key, |namespace| _ = namespace.remove_at(&["spec", "finalizers"]));
        } else {
            tell_what_remains(&work.key, ctx);
        }
    }
}

fn work(name: &Text) -> Work {
    let key = Key::new(Kind::Namespace, "", name.clone());
    Work { controller: ControllerId::Namespace, key, task: "" }
}

/// Writes the conditions that say why a namespace is still there, if they changed.
///
/// Follows pkg/controller/namespace/deletion/status_condition_utils.go.
fn tell_what_remains(key: &Key, ctx: &mut Ctx<'_>) {
    let (mut kinds, mut finalizers) = (Vec::new(), SharedMap::<Text, usize>::new());
    for kind in ctx.cluster.kinds().filter(|kind| kind.names().is_namespaced) {
        let count = ctx.cluster.list_in(kind, &key.name).count();
        if count > 0 {
            kinds.push(format!("{} has {count} resource instances", resource_name(kind)));
        }
        for object in ctx.cluster.list_in(kind, &key.name) {
            for finalizer in object.meta.finalizers.iter() {
                *finalizers.entry(finalizer.clone()).or_default() += 1;
            }
        }
    }
    kinds.order();
    let finalizers: Vec<String> =
        finalizers.iter().map(|(name, count)| format!("{name} in {count} resource instances")).collect();
    let now = Text::from(ctx.now().rfc3339());
    let condition = |kind: &'static str, reason: &'static str, status: &'static str, message: String| {
        obj! {
            "lastTransitionTime" => &now, "message" => message, "reason" => reason, "status" => status, "type" => kind,
        }
    };
    let remaining = format!("Some resources are remaining: {}", kinds.join(", "));
    let held = format!("Some content in the namespace has finalizers remaining: {}", finalizers.join(", "));
    let mut conditions = vec![
        condition(
            "NamespaceDeletionDiscoveryFailure",
            "ResourcesDiscovered",
            "False",
            "All resources successfully discovered".into(),
        ),
        condition(
            "NamespaceDeletionGroupVersionParsingFailure",
            "ParsedGroupVersions",
            "False",
            "All legacy kube types successfully parsed".into(),
        ),
        condition(
            "NamespaceDeletionContentFailure",
            "ContentDeleted",
            "False",
            "All content successfully deleted, may be waiting on finalization".into(),
        ),
        condition("NamespaceContentRemaining", "SomeResourcesRemain", "True", remaining),
    ];
    conditions.push(match finalizers.is_empty() {
        false => condition("NamespaceFinalizersRemaining", "SomeFinalizersRemain", "True", held),
        true => condition(
            "NamespaceFinalizersRemaining",
            "ContentHasNoFinalizers",
            "False",
            "All content-preserving finalizers finished".into(),
        ),
    });
    let said = |conditions: &[Value]| -> Vec<String> {
        let text =
            |it: &Value| format!("{}{}{}", it.str_at(&["type"]), it.str_at(&["status"]), it.str_at(&["message"]));
        conditions.iter().map(text).collect()
    };
    let Some(namespace) = ctx.cluster.get(key) else { return };
    if said(all_conditions(namespace)) != said(&conditions) {
        // It was there a moment ago.
        _ = ctx.cluster.modify(key, |namespace| namespace.set_at(&["status", "conditions"], conditions));
    }
}

/// `configmaps.`, `statefulsets.apps`: a resource with its group, as the controller names it.
fn resource_name(kind: Kind) -> String {
    format!("{}.{}", kind.names().plural, kind.names().group)
}
