//! JSON whose members stand in the order in which they are given, for what has no type here: the server's own documents.

use crate::model::{Value, to_json};

/// A text in quotes.
pub fn text(value: &str) -> String {
    to_json(&Value::text(value))
}

/// An object of members that are JSON already.
pub fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// A list of what is JSON already.
pub fn list(values: &[String]) -> String {
    format!("[{}]", values.join(","))
}

/// The Status that says how a request ended; `rest` are its members behind `status`.
///
/// Follows `Status` in apimachinery's `pkg/apis/meta/v1/types.go`.
pub fn status(outcome: &str, rest: &[(&str, String)]) -> String {
    let mut members = vec![
        ("kind", text("Status")),
        ("apiVersion", text("v1")),
        ("metadata", "{}".to_string()),
        ("status", text(outcome)),
    ];
    members.extend(rest.iter().cloned());
    object(&members) + "\n"
}
