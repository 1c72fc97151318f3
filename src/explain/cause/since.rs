//! Since when a cause is one, as far as the objects say it.

use super::Link;
use crate::cluster::Cluster;
use crate::model::conditions::{changed_at, is_true, phase};
use crate::model::stateful_set::update_revision;
use crate::model::{Key, Kind, Millis, Object};

/// Since when what a link is about is so. `None` where no object says it.
pub fn since(cluster: &Cluster, link: &Link) -> Option<Millis> {
    let object = cluster.get(&link.key)?;
    if let Some(until) = object.meta.deletion_timestamp {
        return Some(until - Millis::seconds(object.meta.deletion_grace_period_seconds.unwrap_or(0)));
    }
    match object.kind {
        // When its labels were changed, nothing says.
        Kind::Pod if link.rule.starts_with("pod.released") => None,
        Kind::Pod => of_pod(object),
        Kind::Node => cluster.runtime().stopped(&object.meta.name).map(|it| it.since).or_else(|| {
            let is_ready = is_true(object, "Ready");
            changed_at(object, "Ready").filter(|_| !is_ready)
        }),
        Kind::PersistentVolumeClaim => (phase(object) == "Pending").then_some(object.meta.created),
        Kind::StatefulSet if link.rule.starts_with("update.") => {
            let name = update_revision(object).to_string();
            let revision = Key::new(Kind::ControllerRevision, object.meta.namespace.clone(), name);
            cluster.get(&revision).map(|revision| revision.meta.created)
        }
        _ => None,
    }
}

fn of_pod(pod: &Object) -> Option<Millis> {
    let lacks = |kind: &str| (!is_true(pod, kind)).then(|| changed_at(pod, kind)).flatten();
    Some(lacks("PodScheduled").or_else(|| lacks("Ready")).unwrap_or(pod.meta.created))
}
