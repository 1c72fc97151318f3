//! The cells of what keeps pods running: sets, Deployments and their kin, and their revisions.

use super::{number, shares, wide_cells};
use crate::kubectl::cells::pairs;
use crate::kubectl::screen_text::Style;
use crate::kubectl::table::Cell;
use crate::model::Object;
use crate::model::workload::{ready_replicas, replicas};

pub(in crate::kubectl) fn stateful_set(set: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let ready = ready_replicas(set);
    let wanted = replicas(set);
    let containers = set.list_at(&["spec", "template", "spec", "containers"]);
    let join = |field: &str| containers.iter().map(|it| it.str_at(&[field])).collect::<Vec<_>>().join(",");
    let style = if ready == wanted { Style::Good } else { Style::Warn };
    vec![name, Cell::styled(format!("{ready}/{wanted}"), style), age, Cell::new(join("name")), Cell::new(join("image"))]
}

pub(in crate::kubectl) fn deployment(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let status = |field: &str| number(object, &["status", field]);
    let mut cells = vec![
        name,
        shares(status("readyReplicas"), number(object, &["spec", "replicas"])),
        Cell::new(status("updatedReplicas").to_string()),
        Cell::new(status("availableReplicas").to_string()),
        age,
    ];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

pub(in crate::kubectl) fn replica_set(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let status = |field: &str| Cell::new(number(object, &["status", field]).to_string());
    let wanted = Cell::new(number(object, &["spec", "replicas"]).to_string());
    let mut cells = vec![name, wanted, status("replicas"), status("readyReplicas"), age];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

pub(in crate::kubectl) fn daemon_set(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let status = |field: &str| Cell::new(number(object, &["status", field]).to_string());
    let selector = pairs(object.at(&["spec", "template", "spec", "nodeSelector"]), ",");
    let mut cells = vec![
        name,
        status("desiredNumberScheduled"),
        status("currentNumberScheduled"),
        status("numberReady"),
        status("updatedNumberScheduled"),
        status("numberAvailable"),
        Cell::new(if selector.is_empty() { "<none>".to_string() } else { selector }),
        age,
    ];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

pub(in crate::kubectl) fn revision(revision: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let controller = match revision.meta.controller() {
        Some(owner) => match owner.api_version.split_once('/') {
            Some((group, _)) => format!("{}.{group}/{}", owner.kind.to_ascii_lowercase(), owner.name),
            None => format!("{}/{}", owner.kind.to_ascii_lowercase(), owner.name),
        },
        None => "<none>".into(),
    };
    let number = revision.i64_at(&["revision"]).unwrap_or(0);
    vec![name, Cell::new(controller), Cell::new(number.to_string()), age]
}
