//! The cells of PodDisruptionBudgets.

use crate::kubectl::cells::int_or_string;
use crate::kubectl::table::Cell;
use crate::model::Object;

pub(in crate::kubectl) fn budget(budget: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let allowed = budget.i64_at(&["status", "disruptionsAllowed"]).unwrap_or(0);
    vec![
        name,
        Cell::new(int_or_string(budget.at(&["spec", "minAvailable"]))),
        Cell::new(int_or_string(budget.at(&["spec", "maxUnavailable"]))),
        Cell::new(allowed.to_string()),
        age,
    ]
}
