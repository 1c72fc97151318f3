//! The columns of custom kinds as their definitions name them; knows no kind of Kubernetes itself.
//!
//! Follows apiextensions-apiserver's `pkg/registry/customresource/tableconvertor`.

use super::cells::since_text;
use super::jsonpath;
use super::table::Cell;
use crate::cluster::Cluster;
use crate::model::{Kind, Object, Value, to_json};
use crate::obj;

/// The columns behind the name.
fn definitions(kind: Kind, cluster: &Cluster) -> Vec<Value> {
    let version = cluster.preferred_version(kind);
    let own = version.map_or(&[][..], |version| version.list_at(&["additionalPrinterColumns"]));
    match own {
        [] => vec![obj! { "jsonPath" => ".metadata.creationTimestamp", "name" => "Age", "type" => "date" }],
        own => own.to_vec(),
    }
}

fn is_wide(column: &Value) -> bool {
    column.i64_at(&["priority"]).is_some_and(|priority| priority > 0)
}

/// The headers of a kind's table, each with whether only `-o wide` shows it.
pub fn headers(kind: Kind, cluster: &Cluster) -> Vec<(String, bool)> {
    let columns = definitions(kind, cluster);
    let named = columns.iter().map(|column| (column.str_at(&["name"]).to_uppercase(), is_wide(column)));
    [("NAME".to_string(), false)].into_iter().chain(named).collect()
}

/// The cells of an object's row, each with whether only `-o wide` shows it.
pub fn cells(object: &Object, name: Cell, cluster: &Cluster) -> Vec<(Cell, bool)> {
    let value = object.to_value();
    let columns = definitions(object.kind, cluster);
    let cell = |column: &Value| {
        let found = jsonpath::find(column.str_at(&["jsonPath"]), &value).unwrap_or_default();
        let text = match (found.first(), column.str_at(&["type"])) {
            (None | Some(Value::Null), _) => String::new(),
            (Some(Value::Str(at)), "date") => since_text(at, cluster.now()),
            (Some(Value::Str(text)), _) => text.to_string(),
            (Some(other), _) => to_json(other),
        };
        (Cell::new(text), is_wide(column))
    };
    [(name, false)].into_iter().chain(columns.iter().map(cell)).collect()
}
