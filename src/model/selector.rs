//! Label selectors as the API's objects hold them; knows nothing of how kubectl writes them.

use super::text::Text;
use super::value::{Labels, Map, Value};

/// Whether a `LabelSelector` (`matchLabels`, `matchExpressions`) takes `labels`. An empty selector takes everything,
/// a missing one (`null`) nothing.
pub fn selector_matches(selector: &Value, labels: &Labels) -> bool {
    let Some(selector) = selector.as_map() else { return false };
    let all = selector.get("matchLabels").and_then(Value::as_map);
    let expressions = selector.get("matchExpressions").and_then(Value::as_list).unwrap_or(&[]);
    all.is_none_or(|wanted| map_matches(wanted, labels)) && expressions.iter().all(|e| expression_matches(e, labels))
}

/// Whether `labels` hold every entry of a plain selector such as a Service's. An empty one takes everything.
pub fn map_matches(wanted: &Map, labels: &Labels) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key).map(Text::as_str) == value.as_str())
}

/// Whether one expression (`key`, `operator`, `values`) takes `labels`; also those of node selectors (`Gt`, `Lt`).
pub fn expression_matches(expression: &Value, labels: &Labels) -> bool {
    let found = labels.get(expression.str_at(&["key"]));
    let values = expression.list_at(&["values"]);
    let is_listed = |found: &Text| values.iter().any(|value| value.as_str() == Some(found.as_str()));
    let number = |text: &str| text.parse::<i64>().ok();
    let compare = |keep: fn(i64, i64) -> bool| {
        let bound = values.first().and_then(Value::as_str).and_then(number);
        found.and_then(|found| number(found)).zip(bound).is_some_and(|(found, bound)| keep(found, bound))
    };
    match expression.str_at(&["operator"]) {
        "In" => found.is_some_and(is_listed),
        "NotIn" => !found.is_some_and(is_listed),
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        "Gt" => compare(|found, bound| found > bound),
        "Lt" => compare(|found, bound| found < bound),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn selectors_take_what_they_say() {
        let labels: Labels = [("app", Text::from("web")), ("tier", Text::from("2"))].into_iter().collect();
        let cases = [
            (r#"{}"#, true),
            (r#"{"matchLabels":{"app":"web"}}"#, true),
            (r#"{"matchLabels":{"app":"db"}}"#, false),
            (r#"{"matchExpressions":[{"key":"app","operator":"In","values":["db","web"]}]}"#, true),
            (r#"{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}"#, false),
            (r#"{"matchExpressions":[{"key":"zone","operator":"DoesNotExist"}]}"#, true),
            (r#"{"matchExpressions":[{"key":"tier","operator":"Gt","values":["1"]}]}"#, true),
            ("null", false),
        ];
        for (text, expected) in cases {
            assert_eq!(selector_matches(&parse_json(text).unwrap(), &labels), expected, "{text}");
        }
    }
}
