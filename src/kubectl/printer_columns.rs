//! The columns of custom kinds as their definitions name them; knows no kind of Kubernetes itself.
//!
//! Follows apiextensions-apiserver's `pkg/registry/customresource/tableconvertor`.

use super::cells::since_text;
use super::jsonpath;
use super::table::Cell;
use crate::cluster::Cluster;
use crate::model::{Kind, Millis, Object, Value, to_json};
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
        let text = found.first().map_or_else(String::new, |found| text_of(found, column.str_at(&["type"]), cluster));
        (Cell::new(text), is_wide(column))
    };
    [(name, false)].into_iter().chain(columns.iter().map(cell)).collect()
}

/// What a cell of a type says of a value; nothing where it is of another type.
fn text_of(value: &Value, kind: &str, cluster: &Cluster) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        ("date", Value::Str(at)) if Millis::parse_rfc3339(at).is_none() => "<invalid>".into(),
        ("date", Value::Str(at)) => since_text(at, cluster.now()),
        ("string" | "", Value::Str(text)) => text.to_string(),
        ("integer", Value::Float(number)) => to_json(&Value::Float(number.trunc())),
        ("string" | "", other) | ("integer" | "number", other @ Value::Int(_)) => to_json(other),
        ("number", other @ Value::Float(_)) | ("boolean", other @ Value::Bool(_)) => to_json(other),
        _ => String::new(),
    }
}
