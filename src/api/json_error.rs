//! What Go's JSON decoder says of a value that does not fit a type.

use crate::model::Value;
use crate::model::json::go_float;

/// The whole sentence: `json: cannot unmarshal array into Go value of type string`.
pub(super) fn type_error(value: &Value, go_type: &str) -> String {
    let what = match value {
        Value::Float(number) if go_type == "int32" => format!("number {}", go_float(*number)),
        value => value.json_type().to_string(),
    };
    format!("json: cannot unmarshal {what} into Go value of type {go_type}")
}
