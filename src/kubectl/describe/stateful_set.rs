//! StatefulSets as `kubectl describe` shows them.

use super::{Page, amount, pod, scalar, selector_text};
use crate::kubernetes::Difference;
use crate::model::conditions::phase;
use crate::model::object::labels_from_value;
use crate::model::selector::selector_matches;
use crate::model::stateful_set::{claim_templates, management_policy, service_name};
use crate::model::workload::{current_replicas, replicas, update_type};
use crate::model::{Kind, Object, Value};

/// Writes a StatefulSet. Always ends with its events.
pub(in crate::kubectl) fn stateful_set(page: &mut Page<'_>, set: &Object) -> bool {
    page.name(set);
    page.field(0, "CreationTimestamp", set.meta.created.rfc1123z());
    page.field(0, "Selector", selector_text(set.at(&["spec", "selector"])));
    page.metadata(set);
    let is_long = page.cluster.kubernetes().has(Difference::SetDescription);
    if is_long {
        service_and_management(page, set);
    }
    let desired = replicas(set);
    let total = current_replicas(set);
    page.field(0, "Replicas", format_args!("{desired} desired | {total} total"));
    update_strategy(page, set);
    if is_long {
        retention(page, set);
    }
    pods_status(page, set);
    if let Some(template) = set.at(&["spec", "template"]) {
        page.line(0, "Pod Template:");
        pod::template(page, template);
    }
    templates_of_claims(page, claim_templates(set));
    true
}

fn service_and_management(page: &mut Page<'_>, set: &Object) {
    match service_name(set) {
        "" => {}
        name => page.field(0, "Service Name", name),
    }
    page.field(0, "Pod Management Policy", management_policy(set));
}

fn retention(page: &mut Page<'_>, set: &Object) {
    if let Some(policy) = set.at(&["spec", "persistentVolumeClaimRetentionPolicy"]) {
        page.line(0, "Persistent Volume Claim Retention Policy:");
        page.field(1, "WhenDeleted", policy.str_at(&["whenDeleted"]));
        page.field(1, "WhenScaled", policy.str_at(&["whenScaled"]));
    }
}

fn update_strategy(page: &mut Page<'_>, set: &Object) {
    let strategy = update_type(set);
    page.field(0, "Update Strategy", strategy);
    let rolling = set.at(&["spec", "updateStrategy", "rollingUpdate"]);
    if let Some(partition) = rolling.and_then(|rolling| rolling.get("partition")) {
        page.field(1, "Partition", scalar(partition));
        if let Some(unavailable) = rolling.and_then(|rolling| rolling.get("maxUnavailable")) {
            page.field(1, "MaxUnavailable", scalar(unavailable));
        }
    }
}

pub(in crate::kubectl) fn pods_status(page: &mut Page<'_>, set: &Object) {
    let no_selector = Value::map();
    let selector = set.at(&["spec", "selector"]).unwrap_or(&no_selector);
    let (mut running, mut waiting, mut succeeded, mut failed) = (0, 0, 0, 0);
    for pod in page.cluster.list_in(Kind::Pod, &set.meta.namespace) {
        let is_own = pod.meta.is_controlled_by(set);
        if !is_own || !selector_matches(selector, &pod.meta.labels) {
            continue;
        }
        match phase(pod) {
            "Running" => running += 1,
            "Pending" => waiting += 1,
            "Succeeded" => succeeded += 1,
            "Failed" => failed += 1,
            _ => {}
        }
    }
    let text = format!("{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed");
    page.field(0, "Pods Status", text);
}

fn templates_of_claims(page: &mut Page<'_>, templates: &[Value]) {
    if templates.is_empty() {
        page.field(0, "Volume Claims", "<none>");
        return;
    }
    page.line(0, "Volume Claims:");
    for template in templates {
        page.field(1, "Name", template.str_at(&["metadata", "name"]));
        page.field(1, "StorageClass", template.str_at(&["spec", "storageClassName"]));
        page.labels(1, "Labels", &labels_from_value(template.at(&["metadata", "labels"])));
        page.labels(1, "Annotations", &labels_from_value(template.at(&["metadata", "annotations"])));
        match template.at(&["spec", "resources", "requests", "storage"]) {
            Some(storage) => page.field(1, "Capacity", amount(Some(storage))),
            None => page.field(1, "Capacity", "<default>"),
        }
        let modes = super::joined(template.list_at(&["spec", "accessModes"]), " ");
        page.field(1, "Access Modes", format_args!("[{modes}]"));
    }
}
