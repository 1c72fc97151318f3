//! What cells of tables say: times, maps and numbers as text; knows no kind.

use crate::model::duration::human_duration;
use crate::model::{Millis, Value};
use crate::ordering::Order;

/// A column: its header, and whether it is shown only with `-o wide`.
pub type Column = (&'static str, bool);

/// How long ago a moment was.
pub fn since(at: Millis, now: Millis) -> String {
    human_duration(now - at)
}

/// How long ago a moment was that the API wrote; `<unknown>` if there is none.
pub fn since_text(at: &str, now: Millis) -> String {
    Millis::parse_rfc3339(at).map_or_else(|| "<unknown>".into(), |at| since(at, now))
}

/// `a=b,c=d` of a map of strings.
pub fn pairs(map: Option<&Value>, joint: &str) -> String {
    let entries = map.and_then(Value::as_map).into_iter().flat_map(crate::model::Map::iter);
    entries.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or(""))).collect::<Vec<_>>().join(joint)
}

/// A field as it stands; empty for none.
pub fn field_text(value: Option<&Value>) -> String {
    match value {
        Some(Value::Str(text)) => text.to_string(),
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Bool(holds)) => holds.to_string(),
        _ => String::new(),
    }
}

/// A number or a percentage.
pub fn int_or_string(value: Option<&Value>) -> String {
    match value {
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Str(text)) => text.to_string(),
        _ => "N/A".into(),
    }
}

/// `a=b,c=d` of labels; `<none>` without any.
pub fn labels_text(labels: &crate::model::Labels) -> String {
    if labels.is_empty() {
        return "<none>".into();
    }
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// A scalar as Go prints it with `%v`.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::Str(text) => text.to_string(),
        other => crate::model::to_json(other),
    }
}

/// A label selector on one line: `app=nginx,tier in (back,front)`; `<none>` if it is empty.
pub fn selector_text(selector: Option<&Value>) -> String {
    let mut parts = Vec::new();
    if let Some(labels) = selector.and_then(|s| s.get("matchLabels")).and_then(Value::as_map) {
        parts.extend(labels.iter().map(|(key, value)| format!("{key}={}", scalar(value))));
    }
    for expression in selector.map_or(&[][..], |s| s.list_at(&["matchExpressions"])) {
        let key = expression.str_at(&["key"]);
        let mut values: Vec<String> = expression.list_at(&["values"]).iter().map(scalar).collect();
        values.order();
        let values = values.join(",");
        parts.push(match expression.str_at(&["operator"]) {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_string(),
        });
    }
    if parts.is_empty() { "<none>".into() } else { parts.join(",") }
}
