//! The cells of the bindings of roles.

use crate::kubectl::table::Cell;
use crate::model::Object;

pub(in crate::kubectl) fn binding(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let role = format!("{}/{}", object.str_at(&["roleRef", "kind"]), object.str_at(&["roleRef", "name"]));
    let subjects = |kind: &str| {
        let all = object.list_at(&["subjects"]).iter().filter(|subject| subject.str_at(&["kind"]) == kind);
        let names: Vec<String> = all
            .map(|subject| match subject.str_at(&["namespace"]) {
                "" => subject.str_at(&["name"]).to_string(),
                namespace => format!("{namespace}/{}", subject.str_at(&["name"])),
            })
            .collect();
        Cell::new(names.join(", "))
    };
    vec![name, Cell::new(role), age, subjects("User"), subjects("Group"), subjects("ServiceAccount")]
}
