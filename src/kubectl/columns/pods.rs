//! The cells of pods and of the templates that stand alone. The word under STATUS comes of `model/pod_status_word.rs`.

use super::{or_none, state, wide_cells};
use crate::kubectl::cells::{pairs, since};
use crate::kubectl::table::Cell;
use crate::kubernetes::Kubernetes;
use crate::model::conditions::is_true;
use crate::model::pod::node_name;
use crate::model::pod_status_word::pod_state_in;
use crate::model::{Millis, Object, pod};

pub(in crate::kubectl) fn pod(pod: &Object, name: Cell, age: Cell, now: Millis, kubernetes: Kubernetes) -> Vec<Cell> {
    let it = pod_state_in(pod, kubernetes);
    let restarts = match it.last_restart {
        Some(at) if it.restarts > 0 => format!("{} ({} ago)", it.restarts, since(at, now)),
        _ => it.restarts.to_string(),
    };
    let gates = pod.list_at(&["spec", "readinessGates"]);
    let passed = gates.iter().filter(|gate| is_true(pod, gate.str_at(&["conditionType"]))).count();
    let gates = if gates.is_empty() { "<none>".into() } else { format!("{passed}/{}", gates.len()) };
    vec![
        name,
        Cell::new(format!("{}/{}", it.ready, it.total)),
        state(&it.status),
        Cell::new(restarts),
        age,
        or_none(pod::ip(pod)),
        or_none(node_name(pod)),
        or_none(pod.str_at(&["status", "nominatedNodeName"])),
        Cell::new(gates),
    ]
}

/// Follows `printPodTemplate`: the labels are those of the template.
pub(in crate::kubectl) fn pod_template(object: &Object, name: Cell) -> Vec<Cell> {
    let mut cells = vec![name];
    cells.extend(wide_cells(object, &["template"]).into_iter().take(2));
    let labels = pairs(object.at(&["template", "metadata", "labels"]), ",");
    cells.push(Cell::new(if labels.is_empty() { "<none>".to_string() } else { labels }));
    cells
}
