//! The cells of quotas and of priorities.

use crate::kubectl::table::Cell;
use crate::model::{Object, Value};

pub(in crate::kubectl) fn quota(quota: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let mut requests = Vec::new();
    let mut limits = Vec::new();
    let hard = quota.at(&["status", "hard"]).and_then(Value::as_map);
    for (resource, amount) in hard.into_iter().flat_map(crate::model::Map::iter) {
        let used = quota.str_at(&["status", "used", resource]);
        let used = if used.is_empty() { "0" } else { used };
        let text = format!("{resource}: {used}/{}", amount.as_str().unwrap_or(""));
        if resource.starts_with("limits.") { limits.push(text) } else { requests.push(text) }
    }
    vec![name, Cell::new(requests.join(", ")), Cell::new(limits.join(", ")), age]
}

pub(in crate::kubectl) fn priority_class(class: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let value = class.i64_at(&["value"]).unwrap_or(0).to_string();
    let is_default = class.at(&["globalDefault"]).and_then(Value::as_bool).unwrap_or(false).to_string();
    vec![name, Cell::new(value), Cell::new(is_default), age, Cell::new(class.str_at(&["preemptionPolicy"]))]
}
