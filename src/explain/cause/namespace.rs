//! Why a namespace that is being deleted does not go.

use super::{Link, held_by_finalizer};
use crate::cluster::Cluster;
use crate::model::conditions::phase;
use crate::model::{Kind, Object, Text};
use std::rc::Rc;

/// A namespace that is being deleted and still has something in it.
pub(super) fn link(cluster: &Cluster, namespace: &Rc<Object>) -> Option<Link> {
    if phase(namespace) != "Terminating" && !namespace.meta.is_terminating() {
        return None;
    }
    let name = Text::new(&namespace.meta.name);
    let kinds =
        [Kind::Pod, Kind::PersistentVolumeClaim, Kind::StatefulSet, Kind::ConfigMap, Kind::Secret, Kind::Service];
    let left = kinds.into_iter().find_map(|kind| cluster.list_in(kind, &name).next());
    let link = Link::new(namespace.key(), "namespace.not-empty").fact("namespace", &name);
    match left {
        Some(object) => {
            let what = format!("{}/{}", object.kind.names().singular, object.meta.name);
            Some(link.fact("what", &what).waits_for(object.key()))
        }
        None => held_by_finalizer(namespace),
    }
}
