//! Empties namespaces that are being deleted, and lets them go when nothing is left.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::{Key, Kind, Millis, Text};

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {}

/// How long the controller takes to notice.
const DELAY: Millis = Millis(20);

impl Controller for Namespaces {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        if change.kind() == Kind::Namespace && change.verb != Verb::Deleted && object.meta.is_terminating() {
            timers.add(change.at + DELAY, work(&object.meta.name));
        } else if change.verb == Verb::Deleted && change.kind().names().is_namespaced {
            let name = &object.meta.namespace;
            if cluster.find(Kind::Namespace, name, name).is_some_and(|namespace| namespace.meta.is_terminating()) {
                timers.add(change.at + DELAY, work(name));
            }
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let name = work.key.name.clone();
        if ctx.cluster.get(&work.key).is_none_or(|namespace| !namespace.meta.is_terminating()) {
            return;
        }
        let mut is_empty = true;
        for kind in Kind::ALL.into_iter().filter(|kind| kind.names().is_namespaced) {
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
        }
    }
}

fn work(name: &Text) -> Work {
    let key = Key::new(Kind::Namespace, "", name.clone());
    Work { controller: ControllerId::Namespace, key, task: "" }
}
