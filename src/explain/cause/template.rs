//! The way out for a pod whose template is broken; knows no symptom.

use super::{Link, in_namespace, workload};
use crate::cluster::Cluster;
use crate::model::pod::is_ready;
use crate::model::{Kind, Object};
use std::rc::Rc;

/// The set that a pod belongs to.
pub(super) fn set_of<'a>(cluster: &'a Cluster, pod: &Object) -> Option<&'a Rc<Object>> {
    let owner = pod.meta.controller().filter(|owner| owner.kind == "StatefulSet")?;
    cluster.by_uid(&owner.uid)
}

/// The way out for a pod whose template is broken: by the template, and by hand where the controller does not replace
/// the pod itself.
///
/// Follows "Forced rollback" in the documentation of StatefulSets: a pod that never gets ready is not replaced.
pub(super) fn with_template_remedy(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let place = in_namespace(&pod.meta.namespace);
    let name = &pod.meta.name;
    let Some(set) = set_of(cluster, pod) else { return workload::with_remedy(cluster, pod, link) };
    let set_name = &set.meta.name;
    let link = link.fact("set", set_name);
    let update = set.str_at(&["status", "updateRevision"]);
    if pod.meta.label("controller-revision-hash") != update {
        return link.remedy(format!("kubectl delete pod {name}{place}"), "pod.delete-outdated");
    }
    let has_earlier =
        cluster.dependents(&set.meta.uid).filter(|key| key.kind == Kind::ControllerRevision).nth(1).is_some();
    if has_earlier && is_ready(pod) {
        link.remedy(format!("kubectl rollout undo sts/{set_name}{place}"), "set.undo-alone")
    } else if has_earlier {
        let line = format!("kubectl rollout undo sts/{set_name}{place} && kubectl delete pod {name}{place}");
        link.remedy(line, "set.undo")
    } else {
        link.remedy(format!("kubectl edit sts {set_name}{place}"), "set.edit")
    }
}
